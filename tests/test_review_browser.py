"""The review page in a real browser: a document coded by keyboard alone, hostile text, two windows, kills."""

from __future__ import annotations

import random
import shutil
import time

import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from fourp_nlp.coding.gold.assisted import read_assisted
from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, visit

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())

HOSTILE = [
    "<script>window.broken = 1</script> We watered the beans.",
    '"><img src=x onerror="window.broken = 2"> Nobody was there.',
    "Right to left \u202e again, and <b>bold</b> &amp; {{ 7 * 7 }} ${7 * 7}.",
    "x" * 50_000,
]
NAMES = ["by_keys.txt", "in_bulk.txt", "two_windows.txt", "killed.txt", "looks.txt"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A project with suggestions: six coded documents, others that nobody coded, and a hostile one."""
    project = write_project(tmp_path_factory.mktemp("review") / "p")
    path = project.codebook
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("name: Water", "name: <i>Water</i> & hoses"), encoding="utf-8")
    for at, name in enumerate(NAMES):
        lines = [
            WATER[at], OTHER[4], SEEDS[2], OTHER[0], WATER[(at + 3) % 6], SEEDS[3], OTHER[2], WATER[(at + 1) % 6],
        ]  # fmt: skip
        (project.corpus / name).write_text(" ".join(lines), encoding="utf-8")
    (project.corpus / "hostile.txt").write_text("\n\n".join(HOSTILE), encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


@pytest.fixture(scope="module")
def served(trained):
    with ReviewProcess(trained) as process:
        yield process


@pytest.fixture(scope="module")
def driver():
    browser = open_browser()
    yield browser
    browser.quit()


def number_of(root, name):
    return open_study(root).documents["document"].tolist().index(name)


def show(driver, served, number):
    visit(driver, served.address)
    visit(driver, f"{served.base}/documents/{number}")
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))


def wait(driver, condition, seconds=20):
    return WebDriverWait(driver, seconds, poll_frequency=0.02).until(lambda _: condition())


def press(driver, *keys):
    driver.switch_to.active_element.send_keys(*keys)


def progress(served, number):
    return served.ask(f"/api/documents/{number}")["progress"]


def test_a_document_is_coded_by_keyboard_alone_from_start_to_end(trained, driver):
    number = number_of(trained, "by_keys.txt")
    with ReviewProcess(trained) as own:
        show(driver, own, number)
        n_open = progress(own, number)["open"]
        assert n_open >= 4
        # Reject the first, accept the others; each key is one decision.
        press(driver, "x")
        wait(driver, lambda: progress(own, number)["open"] == n_open - 1)
        for left in range(n_open - 2, -1, -1):
            press(driver, Keys.ENTER)
            wait(driver, lambda left=left: progress(own, number)["open"] == left)
        # Take one back, do it again, and add a code by its first letters.
        press(driver, "z")
        wait(driver, lambda: progress(own, number)["open"] == 1)
        press(driver, Keys.SHIFT + "z")
        wait(driver, lambda: progress(own, number)["open"] == 0)
        before = own.ask("/api/version")["version"]
        driver.find_element(By.CSS_SELECTOR, "body").send_keys("j")
        press(driver, "F")
        wait(
            driver,
            lambda: (
                driver.find_elements(By.CSS_SELECTOR, "dialog[open]")
                or progress(own, number)["finished"]
            ),
        )
        if not progress(own, number)["finished"]:
            press(driver, Keys.ENTER)
        wait(driver, lambda: progress(own, number)["finished"])
        assert own.ask("/api/version")["version"] == before + 1
        assert "wrote " in own.end()
    study = open_study(trained)
    decided = read_assisted(study.project.gold_of_assisted("anna"), study.codebook.code_ids)
    decided = decided[decided["document"] == "by_keys.txt"]
    assert decided["accepted"].sum() == n_open - 1
    assert (decided["origin"] == "finished").sum() == 1
    counts = study.frequencies(by="document", unit="segments", coders=["anna"])
    assert counts.loc[counts["document"] == "by_keys.txt", "count"].sum() >= n_open - 1


def test_undo_and_redo_reach_across_many_codes_accepted_at_once(trained, served, driver):
    number = number_of(trained, "in_bulk.txt")
    show(driver, served, number)
    n_open = progress(served, number)["open"]
    press(driver, Keys.ENTER)
    wait(driver, lambda: progress(served, number)["open"] == n_open - 1)
    served.change("bulk", {"document": number, "above": 0.0, "preview": False})
    # The page sees what was done elsewhere, and takes it back.
    wait(driver, lambda: "0 open" in driver.find_element(By.ID, "progress-text").text)
    for key, left in (
        ("z", n_open - 1),
        ("z", n_open),
        ("y", n_open - 1),
        ("y", 0),
        ("z", n_open - 1),
    ):
        press(driver, key)
        wait(driver, lambda left=left: progress(served, number)["open"] == left)
        wait(
            driver,
            lambda left=left: f"{left} open" in driver.find_element(By.ID, "progress-text").text,
        )


def test_two_windows_show_what_the_other_one_decided(trained, served, driver):
    number = number_of(trained, "two_windows.txt")
    show(driver, served, number)
    place = served.ask(f"/api/documents/{number}/open?after=-1")
    item = {"segment": place["i"], "code": place["code"], "value": False, "was": None}
    served.change("decide", {"document": number, "items": [item]})
    press(driver, Keys.ENTER)  # on what the page still shows as open
    wait(
        driver,
        lambda: (
            "elsewhere" in driver.page_source.casefold() or "another window" in driver.page_source
        ),
    )
    segment = served.ask(f"/api/documents/{number}/segments?from={place['i']}&count=1")["segments"][
        0
    ]
    (mark,) = [mark for mark in segment["marks"] if mark["code"] == place["code"]]
    assert mark["state"] == "rejected"


def test_hostile_text_and_names_are_shown_as_text(trained, served, driver):
    number = number_of(trained, "hostile.txt")
    show(driver, served, number)
    wait(driver, lambda: "window.broken" in driver.find_element(By.ID, "text").text)
    shown = driver.find_element(By.ID, "text").text
    assert "<script>window.broken = 1</script>" in shown
    assert "{{ 7 * 7 }} ${7 * 7}" in shown
    assert driver.execute_script("return window.broken") is None
    assert (
        driver.execute_script("return document.querySelectorAll('#text script, #text img').length")
        == 0
    )
    assert "<i>Water</i> & hoses" in driver.find_element(By.TAG_NAME, "body").text
    width = driver.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )
    assert width[0] <= width[1]


def test_nothing_is_asked_of_any_other_place_and_the_policy_is_kept(trained, served, driver):
    number = number_of(trained, "looks.txt")
    driver.get_log("browser")
    show(driver, served, number)
    for key in ("j", "n", "k", "?", Keys.ESCAPE, "f", Keys.ESCAPE, "c", Keys.ESCAPE):
        press(driver, key)
    time.sleep(0.5)
    names = driver.execute_script(
        "return performance.getEntriesByType('resource').map((one) => one.name)"
    )
    assert names
    assert all(name.startswith(f"{served.base}/") for name in names)
    faults = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert faults == []


def _without_barriers(browser):
    """Let axe-core look at the page; where it is not installed, nothing is looked for."""
    if not AXE.is_file():
        return
    # The page's own policy forbids a script of others: the driver puts it in past that.
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    wait(browser, lambda: browser.execute_script("return document.getAnimations().length") == 0)
    found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    bad = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert bad == []


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed: make installs it where there is npm"
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, False), (1280, True)])
def test_no_barrier_is_found(trained, served, width, dark):
    browser = open_browser(width, 900, dark=dark)
    try:
        for number in (None, number_of(trained, "looks.txt"), 0):
            if number is None:
                visit(browser, served.address)
            else:
                show(browser, served, number)
            _without_barriers(browser)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.quit()


def test_a_kill_loses_no_decision_that_was_acknowledged(trained, tmp_path):
    root = tmp_path / "p"
    shutil.copytree(trained, root)
    number = number_of(root, "killed.txt")
    chance = random.Random(7)
    expected: dict[tuple[int, int], bool | None] = {}
    for _ in range(3):
        with ReviewProcess(root) as process:
            shown = process.ask(f"/api/documents/{number}/segments")["segments"]
            for cell, value in expected.items():
                assert state_of(shown, *cell) is value
            for _ in range(chance.randrange(1, 6)):
                segment, code = chance.randrange(len(shown)), chance.randrange(2)
                was = expected.get((segment, code))
                value = chance.choice(
                    [choice for choice in (True, False, None) if choice is not was]
                )
                item = {"segment": segment, "code": code, "value": value, "was": was}
                process.change("decide", {"document": number, "items": [item]})
                expected[segment, code] = value
            process.kill()


def state_of(segments, segment, code):
    states = {mark["code"]: mark["state"] for mark in segments[segment]["marks"]}
    return {"accepted": True, "rejected": False}.get(states.get(code, ""))


def test_the_machine_learns_from_what_was_decided_and_is_taken_when_the_person_says_so(
    trained, driver, tmp_path
):
    root = tmp_path / "p"
    shutil.copytree(trained, root)
    with ReviewProcess(root) as own:
        number = number_of(root, "by_keys.txt")
        own.change("bulk", {"above": 0.3, "document": number, "code": None, "preview": False})
        first = own.ask(f"/api/documents/{number}/segments")["segments"][0]
        code = next(each["code"] for each in first["candidates"])
        marked = {mark["code"]: mark["state"] for mark in first["marks"]}
        was = {"accepted": True, "rejected": False}.get(marked.get(code))
        item = {"segment": 0, "code": code, "value": not was, "was": was}
        own.change("decide", {"document": number, "items": [item]})
        visit(driver, own.address)

        def text():
            # In one step: the page is loaded anew when the new machine has suggested.
            asked = "return document.getElementById('learning-text')?.textContent || ''"
            return driver.execute_script(asked)

        count = own.ask("/api/learning")["decisions"]
        assert count >= 1
        counted = f"{count} decision{'' if count == 1 else 's'} since the machine last learned"
        wait(driver, lambda: counted in text())
        driver.find_element(By.ID, "learning-start").click()
        wait(driver, lambda: "You can go on deciding" in text())
        wait(driver, lambda: "A new machine is ready" in text(), 60)
        _without_barriers(driver)
        driver.set_window_size(400, 800)
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        driver.set_window_size(1280, 900)
        assert wide <= 400
        driver.find_element(By.ID, "learning-take").click()
        wait(driver, lambda: "The machine has learned from all your decisions" in text(), 60)
        hidden = "return document.getElementById('learning-start')?.hidden"
        wait(driver, lambda: driver.execute_script(hidden))
