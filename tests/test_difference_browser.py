"""Differences settled in a real browser: by keyboard alone, by mouse, hostile text, two windows, kills."""

from __future__ import annotations

import csv
import shutil
import time

import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fourp_nlp.coding.store import Store
from fourp_nlp.documents import read_documents
from fourp_nlp.study.project import open_project
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file, write_project
from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, reload, visit
from tests.test_review_browser import press, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())

HOSTILE = '<script>window.broken = 1</script> "><img src=x onerror="window.broken = 2"> {{ 7 * 7 }} \u202e ${7 * 7}'
BRUNO = "<b>bruno</b> & co"
NAMES = [f"meeting{number}.txt" for number in range(6)]


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """Anna and another coded six documents and a hostile one; the other takes all seeds for water."""
    project = write_project(tmp_path_factory.mktemp("differences") / "p")
    text = project.codebook.read_text(encoding="utf-8")
    text = text.replace("name: Water", "name: <i>Water</i> & hoses")
    text += "  - id: tools\n    name: Tools\n    short_definition: Spades and forks.\n"
    project.codebook.write_text(text, encoding="utf-8")
    (project.corpus / "hostile.txt").write_text(f"{HOSTILE}\n\n{OTHER[0]}", encoding="utf-8")
    write_gold_file(project, "anna")
    documents, _ = read_documents(project.corpus)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    rows = [["document", "start", "end", "code", "coder", "quote"]]
    for name in NAMES:
        for sentence in (*WATER, *SEEDS):
            start = texts[name].find(sentence)
            if start >= 0:
                rows.append([name, start, start + len(sentence), "water", BRUNO, sentence])
    first = texts["hostile.txt"].partition("\n")[0]
    rows.append(["hostile.txt", 0, len(first), "tools", BRUNO, first])
    with (project.gold / "bruno.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    with (project.gold / "anna.csv").open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow(["hostile.txt", "", "", "", "anna", ""])
    settings = 'title = "Allotment"\n[coders]\ngold = "anna"\n'
    (project.root / "fourp.toml").write_text(settings, encoding="utf-8")
    return project.root


@pytest.fixture
def root(coded, tmp_path):
    shutil.copytree(coded, tmp_path / "p")
    return tmp_path / "p"


@pytest.fixture(scope="module")
def driver():
    browser = open_browser()
    yield browser
    browser.quit()


def show(driver, served, place=""):
    visit(driver, served.address)
    visit(driver, f"{served.base}/differences{place}")
    ready(driver, "one" if place else "list")


def ready(driver, what):
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, f"#differences[data-ready={what}]"))


def counts(served):
    return served.ask("/api/differences")["counts"]


def shown(driver, identity):
    return driver.find_element(By.ID, identity).text


def idle(driver):
    """Wait until what follows on a decision is shown: until then, no other one is taken."""
    wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "body.is-busy"))


def decided(root):
    table = Store(open_project(root).store).read_decisions()
    return {(row.document, row.start, row.code): row.settled for row in table.itertuples()}


def test_all_differences_are_settled_by_keyboard_alone_and_written(root, driver):
    with ReviewProcess(root, "carla") as served:
        show(driver, served)
        n = counts(served)["all"]
        assert n == 13
        assert f"{n} open" in shown(driver, "progress-text")
        press(driver, "n")
        ready(driver, "one")
        # As the second coder, as the first, a code of its own, several, none; each is one action.
        steps = [
            (["b"], "Settled as"),
            (["a"], "Settled as"),
            (["3", Keys.ENTER], "Settled: "),
            (["1", "2", Keys.ENTER], "Settled: "),
            (["0"], "none of the codes"),
        ]
        for at, (keys, said) in enumerate(steps, start=1):
            before = shown(driver, "one-text")
            for key in keys:
                press(driver, key)
            idle(driver)
            wait(driver, lambda at=at: counts(served)["settled"] == at)
            wait(driver, lambda before=before: shown(driver, "one-text") != before)
            wait(driver, lambda said=said: said in shown(driver, "says-status"))
        # A comment with a decision, and another code by its letters.
        press(driver, "m")
        press(driver, "seeds in the tin & <b>no</b> water")
        press(driver, Keys.ESCAPE)
        press(driver, "/")
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#add[open]"))
        press(driver, "too", Keys.ENTER)
        before = shown(driver, "one-text")
        press(driver, Keys.ENTER)
        wait(driver, lambda: counts(served)["settled"] == 6)
        wait(driver, lambda: shown(driver, "one-text") != before)
        # Skipping decides nothing.
        before = shown(driver, "one-text")
        press(driver, "s")
        wait(driver, lambda: shown(driver, "one-text") != before)
        assert counts(served)["settled"] == 6
        press(driver, "p")
        wait(driver, lambda: shown(driver, "one-text") == before)
        # Taken back to the beginning, and done again.
        for left in range(5, -1, -1):
            press(driver, "z")
            idle(driver)
            wait(driver, lambda left=left: counts(served)["settled"] == left)
            wait(driver, lambda left=left: f"{left} settled" in shown(driver, "progress-text"))
        assert decided(root) == {}
        for left in range(1, 7):
            press(driver, "y")
            idle(driver)
            wait(driver, lambda left=left: counts(served)["settled"] == left)
            wait(driver, lambda left=left: f"{left} settled" in shown(driver, "progress-text"))
        assert "<b>no</b> water" in shown(driver, "stands")
        press(driver, "n")
        wait(driver, lambda: "Skip: leave it open" in shown(driver, "skip"))
        for done in range(7, n + 1):
            press(driver, "a")
            idle(driver)
            wait(driver, lambda done=done: counts(served)["settled"] == done)
            wait(driver, lambda done=done: f"{done} settled" in shown(driver, "progress-text"))
        # After the last one comes the list, with the button that writes in focus.
        ready(driver, "list")
        wait(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "write")
        press(driver, Keys.ENTER)
        wait(driver, lambda: "gold/settled.csv" in shown(driver, "written"))
        assert "left out" not in shown(driver, "written")
        driver.find_element(By.ID, "write").click()
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#again[open]"))
        press(driver, Keys.ESCAPE)
    values = decided(root)
    assert len({key[:2] for key in values}) == n
    assert (root / "gold" / "settled.csv").is_file()


def test_mouse_filters_and_the_address_that_finds_a_difference_again(root, driver):
    with ReviewProcess(root, "carla") as served:
        show(driver, served)
        select = driver.find_element(By.ID, "filter-document")
        select.send_keys("meeting3")
        wait(driver, lambda: "2 differences of 13" in shown(driver, "matching"))
        driver.find_element(By.CSS_SELECTOR, ".diff-open").click()
        ready(driver, "one")
        address = driver.current_url
        assert "meeting3.txt" in address
        reload(driver)
        ready(driver, "one")
        assert driver.current_url == address
        wait(driver, lambda: "meeting3.txt" in shown(driver, "one-document"))
        driver.find_element(By.CSS_SELECTOR, '.view [data-do="view"]').click()
        wait(driver, lambda: counts(served)["settled"] == 1)
        # Only what the filters show comes next.
        wait(driver, lambda: "1 settled" in shown(driver, "progress-text"))
        assert "meeting3.txt" in shown(driver, "one-document")
        driver.find_element(By.ID, "undo").click()
        wait(driver, lambda: counts(served)["settled"] == 0)
        for _ in range(2):
            wait(driver, lambda: "Skip: leave it open" in shown(driver, "skip"))
            idle(driver)
            settled = counts(served)["settled"]
            driver.find_element(By.ID, "none").click()
            wait(driver, lambda settled=settled: counts(served)["settled"] == settled + 1)
            wait(driver, lambda s=settled: f"{s + 1} settled" in shown(driver, "progress-text"))
        ready(driver, "list")
        wait(driver, lambda: "that the filters show" in shown(driver, "says-status"))


def test_two_windows_the_second_decision_is_refused_and_what_stands_is_shown(root, driver):
    with ReviewProcess(root, "carla") as served, ReviewProcess(root, "dora") as other:
        show(driver, served)
        press(driver, "n")
        ready(driver, "one")
        first = other.ask("/api/differences")["items"][0]
        place = f"document={first['document']}&segment={first['segment']}"
        one = other.ask(f"/api/differences/one?{place}")
        content = {name: one[name] for name in ("document", "segment", "seen")}
        other.change("differences/settle", {**content, "choice": {"none": True}, "note": "mine"})
        press(driver, "a")
        idle(driver)
        # Refused, or shown anew before the key was pressed; in both cases the other's decision stands.
        wait(driver, lambda: "dora" in shown(driver, "stands"))
        assert {
            each["by"] for each in served.ask(f"/api/differences/one?{place}")["decisions"]
        } == {"dora"}
        # Whoever looks on sees the next change of the other one without asking.
        fresh = other.ask(f"/api/differences/one?{place}")
        other.change("differences/reopen", {**content, "seen": fresh["seen"]})
        wait(driver, lambda: shown(driver, "stands") == "")


def test_hostile_text_names_and_codes_are_shown_as_text(root, driver):
    with ReviewProcess(root, "carla") as served:
        driver.get("about:blank")  # the page of a server that ended goes on asking it
        driver.get_log("browser")
        show(driver, served)
        wait(driver, lambda: "window.broken" in shown(driver, "list"))
        assert BRUNO in shown(driver, "who")
        assert "<i>Water</i> & hoses" in shown(driver, "list")
        visit(driver, f"{served.base}/differences#0/hostile.txt")
        reload(driver)
        ready(driver, "one")
        wait(driver, lambda: "window.broken" in shown(driver, "one-text"))
        assert "{{ 7 * 7 }}" in shown(driver, "one-text")
        press(driver, "m", "<img src=x onerror=window.broken=3>", Keys.ESCAPE)
        driver.find_element(By.ID, "note").send_keys("<img src=x onerror=window.broken=3>")
        driver.find_element(By.ID, "none").click()
        wait(driver, lambda: counts(served)["settled"] == 1)
        press(driver, "z")
        idle(driver)
        press(driver, "y")
        idle(driver)
        wait(driver, lambda: "onerror=window.broken=3" in shown(driver, "stands"))
        assert driver.execute_script("return window.broken") is None
        found = "return document.querySelectorAll('#differences script, #differences img, #differences b').length"
        assert driver.execute_script(found) == 0
        names = driver.execute_script(
            "return performance.getEntriesByType('resource').map((one) => one.name)"
        )
        assert all(name.startswith(f"{served.base}/") for name in names)
        faults = [
            each["message"] for each in driver.get_log("browser") if each["level"] == "SEVERE"
        ]
        assert faults == []


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed: make installs it where there is npm"
)
@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (400, False), (1280, True), (400, True)]
)
def test_no_barrier_is_found(root, width, dark):
    browser = open_browser(width, 900, dark=dark)
    try:
        with ReviewProcess(root, "carla") as served:
            show(browser, served)
            for view in ("list", "one", "settled", "other", "help"):
                if view == "one":
                    press(browser, "n")
                    ready(browser, "one")
                elif view == "settled":
                    press(browser, "b")
                    wait(browser, lambda: counts(served)["settled"] == 1)
                    idle(browser)
                    press(browser, "k")
                    wait(browser, lambda: "Decided by" in shown(browser, "stands"))
                    press(browser, "1")
                elif view == "other":
                    press(browser, "/")
                elif view == "help":
                    press(browser, Keys.ESCAPE)
                    press(browser, "?")
                browser.execute_script(AXE.read_text(encoding="utf-8"))
                wait(
                    browser,
                    lambda: browser.execute_script("return document.getAnimations().length") == 0,
                )
                found = browser.execute_async_script(
                    "axe.run().then(arguments[arguments.length - 1])"
                )
                bad = [
                    (view, one["id"], one["nodes"][0]["html"][:200])
                    for one in found["violations"]
                    if one["impact"] in {"serious", "critical"}
                ]
                assert bad == []
                assert (
                    browser.execute_script("return document.documentElement.scrollWidth") <= width
                )
    finally:
        browser.quit()


def test_an_unreachable_server_shows_the_decision_as_not_saved(root, driver):
    with ReviewProcess(root, "carla") as served:
        show(driver, served)
        press(driver, "n")
        ready(driver, "one")
        served.kill()
        press(driver, "a")
        wait(driver, lambda: "not saved yet" in shown(driver, "unsaved"))
        assert "0 settled" in shown(driver, "progress-text")
    assert decided(root) == {}


def test_a_kill_loses_no_decision_that_was_acknowledged(root):
    expected = {}
    for _ in range(4):
        with ReviewProcess(root, "carla") as served:
            items = served.ask("/api/differences")["items"]
            for item in items:
                key = item["document"], item["segment"]
                assert (item["open"] == 0) == (key in expected)
            todo = [item for item in items if item["open"]][:3]
            for at, item in enumerate(todo):
                place = f"document={item['document']}&segment={item['segment']}"
                one = served.ask(f"/api/differences/one?{place}")
                content = {name: one[name] for name in ("document", "segment", "seen")}
                choice = {"none": True} if at % 2 else {"coder": "anna"}
                served.change("differences/settle", {**content, "choice": choice, "note": str(at)})
                expected[item["document"], item["segment"]] = choice
            served.kill()
    with ReviewProcess(root, "carla") as served:
        for (document, segment), choice in expected.items():
            one = served.ask(f"/api/differences/one?document={document}&segment={segment}")
            applies = {each["code"] for each in one["decisions"] if each["value"]}
            anna = set(one["by"][0]["codes"]) & set(one["disputed"])
            assert applies == (set() if "none" in choice else anna)
            assert {each["note"] for each in one["decisions"]} <= {"0", "1", "2"}
        started = time.monotonic()
        for _ in expected:
            served.change("differences/undo", {})
        assert served.ask("/api/differences")["counts"]["settled"] == 0
        assert time.monotonic() - started < 30
