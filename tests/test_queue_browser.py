"""One code at a time in a real browser: decided by keys, filtered; codes taken by their numbers; the list of documents."""

from __future__ import annotations

import shutil

import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from fourp_nlp.study.study import open_study
from tests import small_study
from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, visit
from tests.small_study import write_codes, write_suggested
from tests.test_draw_session import draw
from tests.test_review_browser import _without_barriers, press, show, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())

HOSTILE = "<b onclick=alert(1)>Water</b> & hoses"
MORE = "".join(
    f"      - id: extra{number}\n        name: Extra {number}\n        short_definition: Nothing of {number}.\n"
    for number in range(6, 13)
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Twelve codes, suggestions for 24 documents, two people's codes, a file that cannot be read."""
    root = tmp_path_factory.mktemp("queue") / "p"
    with pytest.MonkeyPatch.context() as patch:
        codebook = small_study.CODEBOOK.replace("name: Water", f"name: '{HOSTILE}'") + MORE
        patch.setattr(small_study, "CODEBOOK", codebook)
        write_suggested(root)
    write_codes(root, "ben", range(5))
    write_codes(root, "cleo", range(3, 6))
    settings = root / "fourp.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("anna", "ben"), encoding="utf-8"
    )
    (root / "corpus" / "<i>broken<i>.docx").write_bytes(b"no zip")
    return root


@pytest.fixture
def root(written, tmp_path):
    return shutil.copytree(written, tmp_path / "p")


@pytest.fixture
def served(root):
    with ReviewProcess(root) as process:
        yield process


@pytest.fixture(scope="module")
def driver():
    browser = open_browser()
    yield browser
    browser.quit()


def text(driver, name):
    return driver.execute_script("return document.getElementById(arguments[0]).textContent", name)


def shown(driver):
    """The place that is shown, in one step."""
    return text(driver, "place")


def open_queue(driver, served, search="code=0"):
    visit(driver, served.address)
    visit(driver, f"{served.base}/queue?{search}")
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))


def items(served, search="code=0&state=open"):
    return served.ask(f"/api/queue/items?{search}")["items"]


def place_of(item):
    return f"{item['document']}, segment {item['segment'] + 1}"


def counts(served, search="code=0"):
    return served.ask(f"/api/queue/counts?{search}")


def goes_to(driver, item):
    wait(driver, lambda: shown(driver) == place_of(item))


def choose(driver, name, value):
    Select(driver.find_element(By.ID, name)).select_by_value(value)


def test_a_code_is_decided_one_candidate_after_the_other_by_keys(served, driver):
    first, second, third, fourth, *_ = items(served)
    n_open = counts(served)["open"]
    open_queue(driver, served)
    assert shown(driver) == place_of(first)
    assert "Watering, rain barrels" in text(driver, "definition")
    assert text(driver, "progress-text") == f"{n_open} open, 0 decided"
    press(driver, Keys.ENTER)
    goes_to(driver, second)
    press(driver, "x")
    goes_to(driver, third)
    press(driver, "n")
    goes_to(driver, fourth)
    press(driver, "p")
    goes_to(driver, third)
    wait(driver, lambda: counts(served)["accepted"] == counts(served)["rejected"] == 1)
    wait(driver, lambda: text(driver, "progress-text") == f"{n_open - 2} open, 2 decided")
    press(driver, "z")
    goes_to(driver, second)
    wait(driver, lambda: text(driver, "why-state") == "open")
    press(driver, "z")
    goes_to(driver, first)
    press(driver, "y")
    wait(driver, lambda: text(driver, "why-state") == "accepted")
    wait(driver, lambda: counts(served)["accepted"] == 1)
    press(driver, "o")
    wait(driver, lambda: counts(served)["accepted"] == 0)
    assert counts(served)["open"] == n_open
    press(driver, "?")
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "dialog#help[open]"))
    press(driver, Keys.ESCAPE)
    wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "dialog#help[open]"))
    # The passage is opened in its document, where the same decision is shown; back leads to the same place.
    press(driver, "n")
    goes_to(driver, second)
    press(driver, "d")
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, ".seg.is-current"))
    current = driver.find_element(By.CSS_SELECTOR, ".seg.is-current")
    assert current.get_attribute("data-i") == str(second["segment"])
    assert f"/documents/{second['number']}" in driver.current_url
    driver.back()
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))
    goes_to(driver, second)


def test_a_queue_is_decided_to_its_end_window_by_window(served, driver):
    n_open = counts(served)["open"]
    assert n_open > 50
    open_queue(driver, served)
    for left in range(n_open - 1, -1, -1):
        press(driver, "a")
        wait(driver, lambda left=left: text(driver, "progress-text").startswith(f"{left} open"))
    wait(driver, lambda: text(driver, "ending-title") == "Everything is decided")
    wait(driver, lambda: counts(served)["open"] == 0)
    assert counts(served)["accepted"] == n_open
    assert "Next code: Seeds" in text(driver, "next-code")
    driver.find_element(By.ID, "go-others").click()
    wait(driver, lambda: "below the threshold of" in text(driver, "why-percent"))
    assert shown(driver) == place_of(items(served, "code=0&scope=others&state=open")[0])


def test_filters_choose_what_is_in_the_queue_and_progress_counts_that_alone(served, driver):
    open_queue(driver, served)
    driver.execute_script("document.getElementById('filters').open = true")
    choose(driver, "filter-group", '["group","north"]')
    expected = counts(served, "code=0&attribute=group&value=north")["open"]
    wait(
        driver,
        lambda: text(driver, "progress-text") == f"{expected} open, 0 decided in these filters",
    )
    field = driver.find_element(By.ID, "filter-least")
    field.send_keys("70", Keys.TAB)
    fewer = counts(served, "code=0&attribute=group&value=north&least=0.7")["open"]
    assert fewer < expected
    wait(driver, lambda: text(driver, "progress-text").startswith(f"{fewer} open"))
    driver.execute_script("document.getElementById('passage').focus()")
    press(driver, "x")
    wait(driver, lambda: text(driver, "progress-text").startswith(f"{fewer - 1} open, 1 decided"))
    choose(driver, "filter-state", "rejected")
    wait(driver, lambda: text(driver, "why-state") == "rejected")
    choose(driver, "filter-differ", "machine")
    wait(driver, lambda: "0 open, 1 decided" in text(driver, "progress-text"))
    driver.find_element(By.CSS_SELECTOR, "#filters [data-do=clear]").click()
    total = counts(served)
    wait(driver, lambda: text(driver, "progress-text") == f"{total['open']} open, 1 decided")
    choose(driver, "filter-differ", "coders")
    differing = counts(served, "code=0&differ=coders")
    wait(driver, lambda: text(driver, "progress-text").startswith(f"{differing['open']} open"))
    # All codes together, the most uncertain first.
    open_queue(driver, served, "order=unsure")
    assert shown(driver) == place_of(items(served, "state=open&order=unsure")[0])
    assert not driver.find_element(By.ID, "filter-scope").is_enabled()


def test_what_was_decided_in_another_window_is_refused_and_shown(served, driver):
    first, *_ = items(served)
    open_queue(driver, served)
    item = {"segment": first["segment"], "code": 0, "value": False, "was": None}
    served.change("decide", {"document": first["number"], "items": [item]})
    press(driver, Keys.ENTER)
    wait(driver, lambda: "another window" in text(driver, "says-error-text"))
    goes_to(driver, first)
    wait(driver, lambda: text(driver, "why-state") == "rejected")
    assert counts(served) == {**counts(served), "accepted": 0, "rejected": 1}


def test_a_decision_that_cannot_be_sent_is_told_as_not_saved(root, driver):
    with ReviewProcess(root) as own:
        open_queue(driver, own)
        own.kill()
        press(driver, Keys.ENTER)
        wait(driver, lambda: driver.find_element(By.ID, "unsaved").is_displayed())
        assert "1 decision not saved yet" in text(driver, "unsaved-text")
        # Nothing asks whether to leave: the decision is lost only with this window.
        driver.execute_script(
            "window.addEventListener('beforeunload', (e) => e.stopImmediatePropagation(), true)"
        )


def test_drawn_passages_are_not_in_the_page_of_the_queue(root, driver):
    study = open_study(root)
    draw(study, 40, coder="anna")
    drawn = study.store.read_drawn()
    places = set(zip(drawn["document"], drawn["start"], strict=True))
    segments = study.segments
    is_drawn = [
        (document, start) in places
        for document, start in zip(segments["document"], segments["start"], strict=True)
    ]
    texts = set(segments["text"][is_drawn])
    with ReviewProcess(root) as own:
        open_queue(driver, own, "code=0&scope=both&state=all")
        for _ in range(20):
            source = driver.page_source
            assert not [words for words in texts if words in source]
            before = shown(driver)
            press(driver, "n")
            wait(
                driver,
                lambda before=before: (
                    shown(driver) != before or driver.find_element(By.ID, "ending").is_displayed()
                ),
            )


def numbers_of(driver):
    return driver.execute_script(
        "return [...document.querySelectorAll('.seg.is-current .mark.is-accepted .mark-label')]"
        ".map((one) => Number(one.dataset.code) + 1)"
    )


def box_is_open(driver):
    return bool(driver.find_elements(By.CSS_SELECTOR, "dialog#add[open]"))


def test_each_code_has_a_number_that_takes_it_without_ambiguity(served, driver):
    show(driver, served, 10)
    own = driver.execute_script(
        "return [...document.querySelectorAll('.book-own')].map((one) => one.textContent)"
    )
    assert own == [f"# {number}" for number in range(1, 13)]
    # 7 cannot go on: it is taken at once. A further digit is no key of the page.
    version = served.ask("/api/version")["version"]
    press(driver, "#")
    wait(driver, lambda: box_is_open(driver))
    press(driver, "73")
    wait(driver, lambda: not box_is_open(driver))
    wait(driver, lambda: numbers_of(driver) == [7])
    wait(driver, lambda: served.ask("/api/version")["version"] == version + 1)
    # 1 could go on to 10, 11 or 12.
    press(driver, "#")
    wait(driver, lambda: box_is_open(driver))
    press(driver, "1")
    wait(driver, lambda: len(driver.find_elements(By.CSS_SELECTOR, "#add-list .option")) == 4)
    assert box_is_open(driver)
    press(driver, "2")
    wait(driver, lambda: numbers_of(driver) == [7, 12])
    assert not box_is_open(driver)
    # With Enter it is 1; with a nought before it, at once.
    press(driver, "#")
    wait(driver, lambda: box_is_open(driver))
    press(driver, "02")
    wait(driver, lambda: 2 in numbers_of(driver))
    # A number typed after c, too: at once if nothing else fits.
    press(driver, "c")
    wait(driver, lambda: box_is_open(driver))
    press(driver, "8")
    wait(driver, lambda: 8 in numbers_of(driver))
    assert not box_is_open(driver)
    # Names have a 1, too: the code of this number stands first, and Enter takes it.
    press(driver, "c")
    wait(driver, lambda: box_is_open(driver))
    press(driver, "1")
    selected = (
        "return document.querySelector('#add-list [aria-selected=true] .option-number').textContent"
    )
    wait(driver, lambda: driver.execute_script(selected) == "1")
    assert box_is_open(driver)
    press(driver, Keys.ENTER)
    wait(driver, lambda: 1 in numbers_of(driver))
    assert served.ask("/api/version")["version"] == version + 5


def test_the_reading_page_shows_only_what_its_filters_let_through_and_counts_it(served, driver):
    number = 10
    show(driver, served, number)
    segments = served.ask(f"/api/documents/{number}/segments")["segments"]
    name = served.ask(f"/api/documents/{number}")["name"]
    marks = [mark for segment in segments for mark in segment["marks"]]
    least = sorted(mark["p"] for mark in marks)[len(marks) // 2]
    percent = int(least * 100)
    expected = [
        segment["i"]
        for segment in segments
        if any(mark["p"] >= percent / 100 for mark in segment["marks"])
    ]
    assert 0 < len(expected) < len(segments)
    driver.execute_script("document.getElementById('filters').open = true")

    def visible():
        return driver.execute_script(
            "return [...document.querySelectorAll('.seg')].filter((one) => one.offsetParent).map((one) => Number(one.dataset.i))"
        )

    choose(driver, "filter-state", "open")
    driver.find_element(By.ID, "filter-least").send_keys(str(percent), Keys.TAB)
    wait(driver, lambda: visible() == expected)
    told = counts(served, f"scope=marked&document={name}&state=open&least={percent / 100}")
    wait(
        driver,
        lambda: (
            f"{told['segments']} segment" in text(driver, "filter-counts")
            and f"{told['open']} open" in text(driver, "filter-counts")
        ),
    )
    assert told["segments"] == len(expected)
    driver.execute_script("document.querySelector('.seg.is-current').focus()")
    press(driver, "x")
    wait(driver, lambda: f"{told['open'] - 1} open, 1 decided" in text(driver, "filter-counts"))
    choose(driver, "filter-state", "rejected")
    wait(driver, lambda: len(visible()) == 1)
    choose(driver, "filter-differ", "machine")
    wait(driver, lambda: "the machine and I differ" in text(driver, "filter-text"))
    assert len(visible()) == 1
    driver.find_element(By.CSS_SELECTOR, "[data-do=show-all]").click()
    wait(driver, lambda: len(visible()) == len(segments))


def test_a_filter_shows_where_other_coders_differ(served, driver):
    number = 3
    cells = served.ask(f"/api/documents/{number}/differing")["cells"]
    show(driver, served, number)
    driver.execute_script("document.getElementById('filters').open = true")
    choose(driver, "filter-differ", "coders")
    wait(driver, lambda: "coders differ" in text(driver, "filter-text"))
    segments = sorted({segment for segment, _ in cells})
    wait(driver, lambda: f"{len(segments)} segment" in text(driver, "filter-counts"))
    passing = driver.execute_script(
        "return [...document.querySelectorAll('.seg:not(.is-hidden):not(.is-current)')].map((one) => Number(one.dataset.i))"
    )
    assert set(passing) <= set(segments)


def test_the_list_of_documents_is_filtered_by_group_and_counts_what_is_shown(root, served, driver):
    visit(driver, served.address)
    study = open_study(root)
    north = study.documents[study.documents["group"] == "north"]
    Select(driver.find_element(By.ID, "shelf-attribute")).select_by_value("north")
    wait(driver, lambda: "documents shown" in text(driver, "shelf-counts"))
    names = driver.execute_script(
        "return [...document.querySelectorAll('.shelf-row:not([hidden]) .shelf-name')].map((one) => one.textContent)"
    )
    assert names == north["document"].tolist()
    n_open = counts(served, "attribute=group&value=north")["open"]
    assert (
        text(driver, "shelf-counts")
        == f"{len(north)} of 24 documents shown: {n_open} open, 0 decided."
    )
    driver.find_element(By.ID, "shelf-queue").click()
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))
    assert text(driver, "progress-text") == f"{n_open} open, 0 decided in these filters"
    visit(driver, served.address)
    Select(driver.find_element(By.ID, "shelf-state")).select_by_value("finished")
    wait(driver, lambda: "0 of 24 documents shown" in text(driver, "shelf-counts"))
    assert "<i>broken<i>.docx" in driver.find_element(By.CSS_SELECTOR, ".skipped").text
    # A code of the table is opened as its queue.
    driver.find_element(By.LINK_TEXT, "Seeds").click()
    wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#reading[data-ready]"))
    assert text(driver, "title") == "Seeds"


def test_names_that_are_markup_are_shown_as_text_and_the_policy_is_kept(served, driver):
    driver.get("about:blank")  # the page of a server that ended goes on asking it
    driver.get_log("browser")
    open_queue(driver, served)
    assert text(driver, "title") == HOSTILE
    assert text(driver, "definition-name") == HOSTILE
    assert driver.execute_script("return document.querySelectorAll('b').length") == 0
    names = driver.execute_script(
        "return performance.getEntriesByType('resource').map((one) => one.name)"
    )
    assert names
    assert all(name.startswith(f"{served.base}/") for name in names)
    faults = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert faults == []


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed: make installs it where there is npm"
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, False), (1280, True)])
def test_no_barrier_is_found(served, width, dark):
    browser = open_browser(width, 900, dark=dark)
    try:
        for search in ("code=0", "order=unsure&attribute=group&value=north", "code=0&least=99"):
            open_queue(browser, served, search)
            _without_barriers(browser)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        visit(browser, served.address)
        _without_barriers(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        show(browser, served, 10)
        browser.execute_script("document.getElementById('filters').open = true")
        if width < 600:
            browser.execute_script("document.body.classList.add('drawer-open')")
        _without_barriers(browser)
    finally:
        browser.quit()
