"""Scored pages in a real browser: numbers and passages, a search, hostile text, barriers."""

from __future__ import annotations

import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")
pytest.importorskip("duckdb")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, visit
from tests.scored_shards import write_scores
from tests.test_result_browser import go_to, numbers, passages, ready, text_of
from tests.test_review_browser import press, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())

HOSTILE = '<script>window.broken = 1</script> "><img src=x onerror="window.broken = 2"> {{ 7 * 7 }}'
URL = "javascript:window.broken = 3 // {site} <b>{page}</b>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    sizes = {f"site{at:02}": [20 + at, 8] for at in range(60)}
    groups = {f"site{at:02}": "<b>north</b>" if at % 2 else "south" for at in range(60)}
    place = tmp_path_factory.mktemp("scored") / "scored"
    return write_scores(place, sizes, groups=groups, words=HOSTILE, urls=URL)


@pytest.fixture(scope="module")
def served(folder):
    with ReviewProcess(folder, scored=True) as process:
        yield process


@pytest.fixture(scope="module")
def driver():
    browser = open_browser()
    yield browser
    browser.quit()


def show(driver, served):
    visit(driver, served.address)
    ready(driver, "counts")


def test_a_click_shows_the_passages_of_a_site_and_the_next_fifty_of_all(served, driver):
    show(driver, served)
    first = numbers(driver)[0]
    count = int(first.text)
    first.click()
    assert len(passages(driver)) == count
    assert "site00" in text_of(driver, "behind-list")
    everything = driver.find_elements(By.CSS_SELECTOR, "#table tr.total button.number")[0]
    total = int(everything.text.replace(",", ""))
    assert total > 100
    driver.execute_script("arguments[0].click()", everything)
    wait(driver, lambda: f"The first 50 of {total} passages" in text_of(driver, "behind-text"))
    driver.execute_script("document.getElementById('behind-more').click()")
    wait(driver, lambda: "The first 100 of" in text_of(driver, "behind-text"))
    assert len(passages(driver)) == 100
    rows = driver.find_elements(By.CSS_SELECTOR, "#table tbody tr")
    assert len(rows) == 51
    driver.find_element(By.XPATH, "//button[contains(., 'Next')]").click()
    wait(driver, lambda: "51 to 60 of 60" in text_of(driver, "table"))


def test_a_search_by_keyboard_finds_text_in_one_site(served, driver):
    show(driver, served)
    driver.find_element(By.ID, "search-text").send_keys("site07 1 3")
    press(driver, Keys.ENTER)
    wait(driver, lambda: text_of(driver, "behind-text") == "1 passage.")
    assert "site07 1 3" in passages(driver)[0].text
    driver.find_element(By.ID, "search-code").send_keys("law")
    driver.find_element(By.ID, "search-text").clear()
    driver.find_element(By.ID, "search-site").send_keys("site09")
    driver.find_element(By.ID, "search-all").click()
    driver.find_element(By.ID, "search-site").send_keys(Keys.ENTER)
    wait(driver, lambda: text_of(driver, "behind-text") == "37 passages.")
    assert "does not suggest it" in text_of(driver, "behind-list")


def test_hostile_pages_are_shown_as_text_and_their_addresses_are_no_links(served, driver):
    driver.get_log("browser")
    show(driver, served)
    numbers(driver)[0].click()
    passages(driver)
    said = text_of(driver, "behind-list")
    assert "window.broken = 1" in said
    assert "{{ 7 * 7 }}" in said
    assert "javascript:window.broken = 3" in said
    assert driver.find_elements(By.CSS_SELECTOR, "#behind a") == []
    assert "<b>north</b>" in text_of(driver, "table")
    assert driver.execute_script("return window.broken") is None
    found = "return document.querySelectorAll('#figures :is(script, img, b), #behind :is(script, img, b)').length"
    assert driver.execute_script(found) == 0
    faults = [each["message"] for each in driver.get_log("browser") if each["level"] == "SEVERE"]
    assert faults == []


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed: make installs it where there is npm"
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_no_barrier_is_found(served, width, dark):
    browser = open_browser(width, 900, dark=dark)
    try:
        show(browser, served)
        browser.execute_script("arguments[0].click()", numbers(browser)[0])
        passages(browser)
        for table in ("counts", "estimates"):
            if table == "estimates":
                go_to(browser, table)
            browser.execute_script(AXE.read_text(encoding="utf-8"))
            found = browser.execute_async_script(
                "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done("
                "r.violations.map((v) => [v.id, v.impact, v.nodes.map((n) => n.html).slice(0, 3)])))"
            )
            assert [each for each in found if each[1] in {"serious", "critical"}] == []
            wide = (
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert browser.execute_script(wide) <= 0
    finally:
        browser.quit()
