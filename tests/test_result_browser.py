"""Results in a real browser: numbers and their passages by mouse and by keys, hostile text, barriers."""

from __future__ import annotations

import csv
import shutil

import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fourp_nlp.documents import read_documents
from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, WATER, write_gold_file, write_project
from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, reload, visit
from tests.test_review_browser import number_of, press, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())

HOSTILE = '<script>window.broken = 1</script> "><img src=x onerror="window.broken = 2"> \u202e {{ 7 * 7 }} once'
BRUNO = "<b>bruno</b> & co"
PLOT = '<i>plot</i> " style="x:y'


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """Anna coded all but one document; another coded a hostile one; all have suggestions."""
    project = write_project(tmp_path_factory.mktemp("results") / "p")
    text = project.codebook.read_text(encoding="utf-8")
    project.codebook.write_text(
        text.replace("name: Water", "name: <i>Water</i> & hoses"), encoding="utf-8"
    )
    (project.corpus / "hostile.txt").write_text(f"{HOSTILE}\n\n{OTHER[0]}", encoding="utf-8")
    attributes = project.corpus / "documents.csv"
    quoted = f'"{PLOT.replace(chr(34), chr(34) * 2)}"'
    listed = attributes.read_text(encoding="utf-8").replace("plot0", quoted)
    attributes.write_text(listed, encoding="utf-8")
    write_gold_file(project, "anna", but=("meeting5.txt",))
    rows = [["document", "start", "end", "code", "coder", "quote"]]
    documents, _ = read_documents(project.corpus)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    first = texts["hostile.txt"].partition("\n")[0]
    rows += [["hostile.txt", 0, len(first), "water", BRUNO, first]]
    for at in range(4):
        rows.append([f"meeting{at}.txt", 0, len(WATER[at]), "seeds", BRUNO, WATER[at]])
    with (project.gold / "bruno.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    settings = 'title = "Allotment"\n[coders]\ngold = "anna"\n'
    (project.root / "fourp.toml").write_text(settings, encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


@pytest.fixture
def root(coded, tmp_path):
    return shutil.copytree(coded, tmp_path / "p")


@pytest.fixture(scope="module")
def driver():
    browser = open_browser()
    yield browser
    browser.quit()


def show(driver, served, table="frequencies", more=""):
    visit(driver, served.address)
    visit(driver, f"{served.base}/results#table={table}{more}")
    reload(driver)
    ready(driver, table)


def ready(driver, table):
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, f"#figures[data-ready={table}]"))


def passages(driver):
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#behind[data-ready]"))
    return driver.find_elements(By.CSS_SELECTOR, "#behind-list > .pass")


def go_to(driver, table):
    driver.find_element(By.CSS_SELECTOR, f"[data-table={table}]").click()
    ready(driver, table)


def numbers(driver):
    return driver.find_elements(By.CSS_SELECTOR, "#table button.number")


def text_of(driver, identity):
    return driver.find_element(By.ID, identity).text


def test_a_click_on_a_number_shows_as_many_passages_and_a_link_opens_one(root, driver):
    with ReviewProcess(root) as served:
        visit(driver, served.address)
        driver.find_element(By.LINK_TEXT, "Results").click()
        ready(driver, "frequencies")
        clicked = 0
        for at in range(len(numbers(driver))):
            number = numbers(driver)[at]
            count = int(number.text)
            number.click()
            shown = passages(driver)
            assert len(shown) == count
            assert f"{count} passage" in text_of(driver, "behind-text")
            clicked += 1
        assert clicked > 6
        first = passages(driver)[0]
        assert "anna: " in first.text
        assert "The machine" in first.text
        words = first.find_element(By.CLASS_NAME, "pass-text").text
        link = first.find_element(By.TAG_NAME, "a")
        place = link.get_attribute("href").partition("#s")[2]
        link.click()
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))
        assert driver.find_element(By.ID, f"t{place}").text == words
        # Going back, the same number is open.
        driver.back()
        ready(driver, "frequencies")
        assert passages(driver)[0].find_element(By.CLASS_NAME, "pass-text").text == words


def test_tables_are_read_by_keyboard_alone(root, driver):
    with ReviewProcess(root) as served:
        show(driver, served)
        first = numbers(driver)[0]
        driver.execute_script("arguments[0].focus()", first)
        press(driver, Keys.ARROW_RIGHT)
        wait(driver, lambda: driver.switch_to.active_element == numbers(driver)[1])
        press(driver, Keys.ENTER)
        shown = passages(driver)
        assert len(shown) == int(numbers(driver)[1].text)
        wait(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "behind")
        press(driver, Keys.TAB)
        press(driver, Keys.ENTER)
        wait(driver, lambda: driver.switch_to.active_element == numbers(driver)[1])
        assert not driver.find_elements(By.CSS_SELECTOR, ".pass")
        reached = driver.find_elements(By.CSS_SELECTOR, '#table button.number[tabindex="0"]')
        assert reached == [numbers(driver)[1]]


def test_the_other_tables_their_passages_and_their_charts(root, driver):
    with ReviewProcess(root) as served:
        driver.get("about:blank")  # the page of a server that ended goes on asking it
        driver.get_log("browser")
        show(driver, served)
        driver.find_element(By.CSS_SELECTOR, ".results-charts summary").click()
        wait(
            driver,
            lambda: driver.find_elements(
                By.CSS_SELECTOR, ".results-chart svg rect, .results-chart svg path"
            ),
        )
        colours = driver.execute_script(
            "return [...document.querySelectorAll('.results-chart path')].map((one) => getComputedStyle(one).fill)"
        )
        assert len(set(colours)) > 2  # no style is lost to the page's policy
        for by, count in (("document", 5), ("group", 2)):
            select = driver.find_element(By.ID, "choose-by")
            select.send_keys(by)
            wait(driver, lambda by=by: f"by={by}" in driver.current_url)
            ready(driver, "frequencies")
            heads = driver.find_elements(By.CSS_SELECTOR, "#table thead th")
            assert len(heads) == count + 2
        go_to(driver, "agreement")
        for number in filter(lambda one: one.is_displayed(), numbers(driver)):
            number.click()
            assert len(passages(driver)) == int(number.text)
        assert "to" in driver.find_element(By.CSS_SELECTOR, "#table td small").text
        go_to(driver, "confusions")
        for number in numbers(driver):
            number.click()
            assert len(passages(driver)) == int(number.text)
        go_to(driver, "estimates")
        wait(driver, lambda: "random" in text_of(driver, "table"))
        faults = [
            each["message"] for each in driver.get_log("browser") if each["level"] == "SEVERE"
        ]
        assert faults == []


def test_decisions_of_the_page_are_counted_when_they_are_written(root, driver):
    number = number_of(root, "meeting5.txt")
    with ReviewProcess(root) as served:
        show(driver, served, more="&by=document&unit=segments")
        assert "meeting5.txt" not in text_of(driver, "table")
        assert not driver.find_element(By.ID, "pending").is_displayed()
        served.change("bulk", {"document": number, "above": 0.0, "preview": False})
        reload(driver)
        ready(driver, "frequencies")
        assert "not in the gold files yet" in text_of(driver, "pending-text")
        assert "meeting5.txt" not in text_of(driver, "table")
        driver.find_element(By.ID, "write").click()
        wait(driver, lambda: "meeting5.txt" in text_of(driver, "table"))
        assert not driver.find_element(By.ID, "pending").is_displayed()


def test_hostile_texts_names_and_cases_are_shown_as_text(root, driver):
    with ReviewProcess(root, "carla") as served:
        driver.get("about:blank")  # the page of a server that ended goes on asking it
        driver.get_log("browser")
        show(driver, served)
        driver.find_element(By.ID, "choose-coder").send_keys(BRUNO)
        wait(driver, lambda: "bruno" in driver.current_url)
        ready(driver, "frequencies")
        assert "<i>Water</i> & hoses" in text_of(driver, "table")
        assert PLOT in text_of(driver, "table")
        numbers(driver)[0].click()
        passages(driver)
        for number in numbers(driver):
            number.click()
            passages(driver)
            if "window.broken" in text_of(driver, "behind-list"):
                break
        assert "{{ 7 * 7 }}" in text_of(driver, "behind-list")
        assert BRUNO in text_of(driver, "behind-list")
        driver.find_element(By.CSS_SELECTOR, ".results-charts summary").click()
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, ".results-chart svg"))
        for table in ("agreement", "confusions"):
            go_to(driver, table)
        assert driver.execute_script("return window.broken") is None
        found = "return document.querySelectorAll('#figures script, #figures img, #figures b, #figures i, .behind img').length"
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
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_no_barrier_is_found(root, width, dark):
    browser = open_browser(width, 900, dark=dark)
    try:
        with ReviewProcess(root) as served:
            show(browser, served)
            for table in ("frequencies", "agreement", "confusions", "estimates"):
                if table != "frequencies":
                    go_to(browser, table)
                if numbers(browser):
                    browser.execute_script("arguments[0].click()", numbers(browser)[0])
                    passages(browser)
                browser.execute_script(AXE.read_text(encoding="utf-8"))
                found = browser.execute_async_script(
                    "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done("
                    "r.violations.map((v) => [v.id, v.impact, v.nodes.map((n) => n.html).slice(0, 3)])))"
                )
                assert [each for each in found if each[1] in {"serious", "critical"}] == []
                wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert browser.execute_script(wide) <= 0
    finally:
        browser.quit()
