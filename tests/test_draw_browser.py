"""A draw in a real browser: coded by keyboard alone, in two windows, through a kill, with hostile text, on a phone."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.study import open_study
from tests.conftest import SEEDS, WATER, write_project
from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, visit
from tests.test_review_browser import HOSTILE, press, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A project with suggestions, and a document of hostile text."""
    project = write_project(tmp_path_factory.mktemp("draws") / "p")
    text = project.codebook.read_text(encoding="utf-8")
    text = text.replace("name: Water", "name: <i>Water</i> & hoses")
    project.codebook.write_text(text, encoding="utf-8")
    (project.corpus / "hostile.txt").write_text("\n\n".join(HOSTILE), encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


@pytest.fixture
def root(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "p")


@pytest.fixture(scope="module")
def opened():
    browser = open_browser()
    yield browser
    browser.quit()


@pytest.fixture
def driver(opened):
    yield opened
    # A page that is left open would ask a server that has ended.
    visit(opened, "about:blank")
    opened.get_log("browser")


def draw(root, count=8, **options):
    return draw_next(open_study(root), DrawOptions(count=count, coder="ben", seed=3, **options))


def show(driver, served, number=1):
    visit(driver, served.address)
    visit(driver, f"{served.base}/draws/{number}")
    ready(driver)


def ready(driver):
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))


def text_of(driver, name):
    return driver.find_element(By.ID, name).text


def coded(served):
    return served.ask("/api/draws/1")["progress"]["coded"]


def right_keys(text):
    keys = ("1" if text in WATER else "") + ("2" if text in SEEDS else "")
    return keys or "0"


def test_a_draw_is_coded_and_imported_by_keyboard_alone(root, driver):
    draw(root)
    with ReviewProcess(root, "ben") as served:
        visit(driver, served.address)
        # From the list of documents by keys, too: the draw is the first of its links.
        press(driver, "j")
        press(driver, Keys.ENTER)
        ready(driver)
        for at in range(1, 9):
            wait(driver, lambda at=at: text_of(driver, "place") == f"Segment {at} of 8")
            keys = right_keys(text_of(driver, "now"))
            press(driver, *keys)
            wait(driver, lambda at=at: coded(served) == at)
            if keys != "0":
                press(driver, Keys.ENTER)
        wait(driver, lambda: driver.find_element(By.ID, "import").is_displayed())
        assert text_of(driver, "ending-title") == "Everything is coded"
        assert text_of(driver, "progress-text") == "8 of 8 coded"
        # Back: the first answer is changed, the change undone and done again.
        press(driver, Keys.ARROW_LEFT)
        for _ in range(7):
            press(driver, "k")
        wait(driver, lambda: text_of(driver, "place") == "Segment 1 of 8")
        press(driver, "o")
        wait(driver, lambda: coded(served) == 7)
        press(driver, "z")
        wait(driver, lambda: coded(served) == 8)
        wait(driver, lambda: text_of(driver, "progress-text") == "8 of 8 coded")
        press(driver, "I")
        wait(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "import")
        wait(driver, lambda: driver.find_element(By.ID, "import").is_displayed())
        press(driver, Keys.ENTER)
        wait(driver, lambda: "Written to gold/ben_next.csv" in text_of(driver, "imported"))
        assert text_of(driver, "ending-title") == "This draw is finished"
        wait(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "leave")
        press(driver, Keys.ENTER)  # on the link to the documents
        wait(driver, lambda: "/draws/" not in driver.current_url)
        assert not driver.find_elements(By.CSS_SELECTOR, "a[href^='/draws/']")
    labels = open_study(root).labels("ben")
    rows = labels.looked_for.all(axis=1)
    assert rows.sum() == 8
    given = labels.labels[rows]
    texts = labels.segments["text"][rows]
    assert given[:, 0].tolist() == texts.isin(WATER).tolist()
    assert given[:, 1].tolist() == texts.isin(SEEDS).tolist()


def test_answers_survive_a_kill_and_are_shown_as_saved_only_when_they_are(root, driver):
    draw(root)
    with ReviewProcess(root, "ben") as served:
        show(driver, served)
        press(driver, "1")
        wait(driver, lambda: text_of(driver, "saved") == "Saved.")
        served.kill()
        press(driver, "2")
        wait(driver, lambda: text_of(driver, "saved") == "Not saved yet: trying again.")
        assert "1 answer not saved yet" in text_of(driver, "unsaved")
    with ReviewProcess(root, "ben") as served:
        facts = served.ask("/api/draws/1")
        assert facts["answers"][0]["codes"] == [0]
        assert facts["progress"]["coded"] == 1


def test_answers_of_another_window_are_shown_and_not_overwritten(root, driver):
    draw(root)
    with ReviewProcess(root, "ben") as served:
        show(driver, served)
        content = {
            "number": 1, "draw": served.ask("/api/draws/1")["draw"], "segment": 0,
            "now": {"codes": [1], "read": True}, "was": {"codes": [], "read": False},
        }  # fmt: skip
        served.change("draws/answer", content)
        press(driver, "1")  # on what the page still shows as not coded
        wait(driver, lambda: "another window" in text_of(driver, "says-error-text"))
        assert served.ask("/api/draws/1")["answers"][0]["codes"] == [1]
        wait(driver, lambda: text_of(driver, "marks").startswith("Seeds"))
        # What is answered there later is seen without a key.
        served.change("draws/undo", {"number": 1, "draw": content["draw"]})
        wait(driver, lambda: text_of(driver, "given-none") == "Not coded yet.")


def test_any_code_is_found_by_letters_and_every_answer_is_a_click_too(root, driver):
    draw(root)
    with ReviewProcess(root, "ben") as served:
        show(driver, served)
        press(driver, "c")
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#add[open]"))
        press(driver, *"see")
        assert driver.find_element(By.CSS_SELECTOR, "#option-0 .option-name").text == "Seeds"
        press(driver, Keys.ENTER)
        wait(driver, lambda: served.ask("/api/draws/1")["answers"][0]["codes"] == [1])
        book = driver.find_elements(By.CSS_SELECTOR, ".give")
        assert [one.get_attribute("aria-pressed") for one in book] == ["false", "true"]
        # The whole definition stands beside the text, and is searched.
        assert "The speaker tells of getting water to the beds." in text_of(driver, "book-list")
        book[0].click()
        wait(driver, lambda: served.ask("/api/draws/1")["answers"][0]["codes"] == [0, 1])
        # The mouse leaves the keys where they were: Enter goes on, and takes nothing away.
        press(driver, Keys.ENTER)
        wait(driver, lambda: text_of(driver, "place") == "Segment 2 of 8")
        press(driver, "k")
        wait(driver, lambda: text_of(driver, "place") == "Segment 1 of 8")
        driver.find_element(By.CSS_SELECTOR, "#marks .mark-label").click()
        wait(driver, lambda: served.ask("/api/draws/1")["answers"][0]["codes"] == [1])
        driver.find_element(By.ID, "none-button").click()
        wait(
            driver,
            lambda: (
                served.ask("/api/draws/1")["answers"][0]
                == {"i": 0, "codes": [], "read": True, "locked": False, "there": True, "lost": ""}
            ),
        )
        press(driver, "g")
        press(driver, *"getting")
        assert [one.is_displayed() for one in driver.find_elements(By.CSS_SELECTOR, ".give")] == [
            True, False,
        ]  # fmt: skip
        press(driver, "1")  # typed into the search, and no answer
        assert coded(served) == 1


def test_hostile_text_is_shown_as_text_and_nothing_of_the_machine_reaches_the_browser(root, driver):
    made = draw(root, 200)
    sheet = pd.read_csv(made.files[0], dtype=str, keep_default_na=False)
    at = next(k for k, text in enumerate(sheet["text"]) if "window.broken = 1" in text)
    with ReviewProcess(root, "ben") as served:
        show(driver, served)
        visit(driver, f"{served.base}/?")
        visit(driver, f"{served.base}/draws/1#s{at + 1}")
        ready(driver)
        assert "<script>window.broken = 1</script>" in text_of(driver, "now")
        assert driver.execute_script("return window.broken") is None
        selector = "#passage script, #passage img, #passage i, #side i"
        assert driver.find_elements(By.CSS_SELECTOR, selector) == []
        assert "<i>Water</i> & hoses" in text_of(driver, "book-list")
        wide = next(k for k, text in enumerate(sheet["text"]) if "xxxx" in text)
        visit(driver, f"{served.base}/?")
        visit(driver, f"{served.base}/draws/1#s{wide + 1}")
        ready(driver)
        width = driver.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert width[0] <= width[1]
        # All that the page asked for: of this server alone, and without a word of the machine.
        asked = driver.execute_script(
            "return performance.getEntriesByType('resource').map((one) => one.name)"
        )
        assert asked
        assert all(one.startswith(f"{served.base}/") for one in asked)
        for address in (one.removeprefix(served.base) for one in asked if "/api/" in one):
            said = served.raw(address).decode()
            assert not any(word in said for word in ("probability", '"why"', '"p"', "candidates"))
            assert all(not one["suggested"] for one in json.loads(said).get("segments", []))
        faults = [one["message"] for one in driver.get_log("browser") if one["level"] == "SEVERE"]
        assert faults == []


def test_a_document_says_which_segments_are_in_the_draw(root, driver):
    draw(root, 200)
    with ReviewProcess(root, "ben") as served:
        visit(driver, served.address)
        visit(driver, f"{served.base}/documents/1")
        ready(driver)
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#text .seg-side a"))
        assert "code these words there" in text_of(driver, "text")
        assert driver.find_elements(By.CSS_SELECTOR, "#text .mark") == []
        press(driver, "c")
        press(driver, Keys.ENTER)
        wait(driver, lambda: "without suggestions" in text_of(driver, "says-error-text"))
        wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#text .mark"))


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed: make installs it where there is npm"
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, False), (1280, True)])
def test_no_barrier_is_found_in_a_draw(root, width, dark):
    draw(root, 6)
    browser = open_browser(width, 900, dark=dark)

    def check():
        browser.execute_script(AXE.read_text(encoding="utf-8"))
        wait(browser, lambda: browser.execute_script("return document.getAnimations().length") == 0)
        found = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
        bad = [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
        assert bad == []
        widths = browser.execute_script(
            "return [document.documentElement.scrollWidth, window.innerWidth]"
        )
        assert widths[0] <= widths[1]

    try:
        with ReviewProcess(root, "ben") as served:
            show(browser, served)
            check()
            press(browser, "1", "2")
            wait(browser, lambda: text_of(browser, "saved") == "Saved.")
            check()
            press(browser, "c")
            check()
            press(browser, Keys.ESCAPE)
            press(browser, "?")
            check()
            press(browser, Keys.ESCAPE)
            press(browser, "I")
            check()
            browser.find_element(By.ID, "import").click()
            wait(browser, lambda: text_of(browser, "imported"))
            press(browser, "k")
            wait(browser, lambda: browser.find_element(By.ID, "passage").is_displayed())
            check()
            visit(browser, served.address)
            check()
    finally:
        browser.quit()
