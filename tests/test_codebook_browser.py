"""The codebook in a real browser: edited with a preview, faults at their fields, and other windows that say so."""

from __future__ import annotations

import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fourp_nlp.codebook import read_codebook
from fourp_nlp.study.reading.second_look import second_look
from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.review_process import AXE, ReviewProcess, missing_browser, open_browser, visit
from tests.test_cli import fourp
from tests.test_review_browser import _without_barriers, press, show, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A project with suggestions, and a code whose name would break a careless page."""
    project = write_project(tmp_path_factory.mktemp("codebook") / "p")
    text = project.codebook.read_text(encoding="utf-8")
    hostile = "name: \"<img src=x onerror='window.broken = 1'> & {{ 7 * 7 }}\""
    project.codebook.write_text(text.replace("name: Water", hostile), encoding="utf-8")
    lines = [WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5], SEEDS[3], OTHER[2]]
    (project.corpus / "open_day.txt").write_text(" ".join(lines), encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


@pytest.fixture(scope="module")
def served(root):
    with ReviewProcess(root) as process:
        yield process


@pytest.fixture(scope="module")
def driver():
    browser = open_browser()
    yield browser
    browser.quit()


def one(driver, selector):
    """The element of a selector, as soon as it is shown."""

    def shown():
        found = driver.find_elements(By.CSS_SELECTOR, selector)
        return found[0] if found and found[0].is_displayed() else None

    return wait(driver, shown)


def open_codebook(driver, served, code):
    visit(driver, served.address)
    visit(driver, f"{served.base}/codebook#code-{code}")
    one(driver, "#codebook[data-ready]")
    one(driver, f"#code-{code} .code-body")


def fill(driver, selector, text):
    field = one(driver, selector)
    field.clear()
    field.send_keys(text)


def do(driver):
    one(driver, "#change-show").click()
    one(driver, "#preview-do").click()
    wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#change[open]"))
    wait(driver, lambda: "Done: " in driver.find_element(By.ID, "says-status").text)


def test_a_definition_is_edited_looked_at_again_and_taken_back(root, served, driver):
    study = open_study(root)
    before = study.project.codebook.read_bytes()
    visit(driver, served.address)
    one(driver, 'a[href="/codebook"]').click()
    one(driver, "#codebook[data-ready]")
    one(driver, "#code-seeds summary").click()
    one(driver, "#code-seeds [data-kind=edit]").click()
    fill(driver, "[data-field=when_to_use]", "Seeds and seedlings.")
    one(driver, "#change-show").click()
    assert (
        "12 codings of seeds were made by the earlier definition"
        in one(driver, "#preview-list").text
    )
    assert study.project.codebook.read_bytes() == before
    one(driver, "#preview-do").click()
    wait(driver, lambda: "12 for a second look" in driver.find_element(By.ID, "code-seeds").text)
    assert read_codebook(study.project.codebook).all_codes[1].when_to_use == "Seeds and seedlings."
    one(driver, "#code-seeds .looks-show").click()
    assert one(driver, ".look a").get_attribute("href").startswith(f"{served.base}/documents/")
    one(driver, ".look button").click()
    wait(driver, lambda: "11 for a second look" in driver.find_element(By.ID, "code-seeds").text)
    assert (second_look(open_study(root))["looked_at_by"] == "anna").sum() == 1
    one(driver, "#take-back").click()
    wait(driver, lambda: "Taken back" in driver.find_element(By.ID, "says-status").text)
    assert study.project.codebook.read_bytes() == before
    wait(driver, lambda: "second look" not in driver.find_element(By.ID, "code-seeds").text)


def test_a_fault_is_told_at_its_field_and_what_was_typed_stays(root, served, driver):
    open_codebook(driver, served, "water")
    one(driver, "#code-water [data-kind=edit]").click()
    fill(driver, "[data-field=full_definition]", "A long text that must not be lost.")
    one(driver, "[data-field=name]").clear()
    one(driver, "#change-show").click()
    fault = one(driver, "[data-field=name] ~ .field-fault")
    assert fault.text == "A code needs a name."
    name = driver.find_element(By.CSS_SELECTOR, "[data-field=name]")
    assert name.get_attribute("aria-invalid") == "true"
    assert name.get_attribute("aria-describedby") == fault.get_attribute("id")
    assert driver.switch_to.active_element == name
    name.send_keys("Seeds")
    one(driver, "#change-show").click()
    wait(
        driver, lambda: "has this name already" in driver.find_element(By.ID, "change-fields").text
    )
    # Closed and opened again, the form is as it was left.
    press(driver, Keys.ESCAPE)
    wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#change[open]"))
    one(driver, "#code-water [data-kind=edit]").click()
    typed = one(driver, "[data-field=full_definition]").get_attribute("value")
    assert typed == "A long text that must not be lost."
    one(driver, "#change-cancel").click()
    one(driver, "#add-code").click()
    fill(driver, "[data-field=name]", "Taps")
    fill(driver, "[data-field=id]", "seeds")
    one(driver, "#change-show").click()
    wait(
        driver,
        lambda: "There is 'seeds' already" in driver.find_element(By.ID, "change-fields").text,
    )
    assert (
        driver.find_element(By.CSS_SELECTOR, "[data-field=name]").get_attribute("value") == "Taps"
    )
    one(driver, "#change-cancel").click()
    assert read_codebook(open_study(root).project.codebook).code_ids == ["water", "seeds"]


def test_codes_are_added_renamed_merged_split_and_retired_and_taken_back(root, served, driver):
    codebook = open_study(root).project.codebook
    before = codebook.read_bytes()
    open_codebook(driver, served, "water")
    for name in ("Taps", "Hoses"):
        one(driver, "#add-code").click()
        fill(driver, "[data-field=name]", name)
        do(driver)
        one(driver, f"#code-{name.lower()}")
    one(driver, "#code-water [data-kind=rename]").click()
    fill(driver, "[data-field=new]", "watering")
    do(driver)
    one(driver, "#code-watering summary").click()
    one(driver, "#code-watering [data-kind=split]").click()
    wait(driver, lambda: len(driver.find_elements(By.CSS_SELECTOR, ".split-row")) == 12)
    for code in ("taps", "hoses"):
        one(driver, f"[data-field=into] input[value={code}]").click()
    one(driver, "#change-show").click()
    wait(driver, lambda: "are not decided on" in driver.find_element(By.ID, "change-fault").text)
    for number, row in enumerate(driver.find_elements(By.CSS_SELECTOR, ".split-row")):
        value = ("taps", "hoses", "")[number % 3]
        row.find_element(By.CSS_SELECTOR, f'input[value="{value}"]').click()
    one(driver, "#change-show").click()
    assert "taps 4, hoses 4, none 4" in one(driver, "#preview-list").text
    one(driver, "#preview-do").click()
    wait(driver, lambda: read_codebook(codebook).code_ids == ["seeds", "taps", "hoses"])
    wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#code-watering"))
    one(driver, "#merge-codes").click()
    for code in ("taps", "hoses"):
        one(driver, f"[data-field=codes] input[value={code}]").click()
    fill(driver, "[data-field=into]", "plumbing")
    do(driver)
    wait(driver, lambda: "8 codings" in one(driver, "#code-plumbing").text)
    one(driver, "#code-plumbing summary").click()
    one(driver, "#code-plumbing [data-kind=retire]").click()
    do(driver)
    assert read_codebook(codebook).code_ids == ["seeds"]
    for left in range(5, -1, -1):
        button = one(driver, "#take-back:not(:disabled)")
        label = button.text
        button.click()
        wait(driver, lambda label=label: driver.find_element(By.ID, "take-back").text != label)
        assert left or codebook.read_bytes() == before
    wait(driver, lambda: "12 codings" in one(driver, "#code-water").text)


def test_decisions_are_written_first_in_one_step(root, served, driver):
    documents = open_study(root).documents["document"].tolist()
    number = documents.index("open_day.txt")
    place = served.ask(f"/api/documents/{number}/open?after=-1")
    item = {"segment": place["i"], "code": place["code"], "value": True, "was": None}
    served.change("decide", {"document": number, "items": [item]})
    open_codebook(driver, served, "seeds")
    one(driver, "#code-seeds [data-kind=rename]").click()
    fill(driver, "[data-field=new]", "sowing")
    one(driver, "#change-show").click()
    assert (
        "Decisions of anna in this page are not in the gold files yet"
        in one(driver, "#preview-pending").text
    )
    button = one(driver, "#preview-do")
    assert button.text == "Write the decisions, and do it"
    button.click()
    one(driver, "#code-sowing")
    assert open_study(root).project.gold_of_assisted("anna").is_file()
    one(driver, "#take-back:not(:disabled)").click()
    one(driver, "#code-seeds")
    served.change("undo", {})


def test_another_window_says_that_the_codebook_was_changed_and_loads_the_new_one(
    root, served, driver
):
    number = open_study(root).documents["document"].tolist().index("open_day.txt")
    show(driver, served, number)
    said = fourp("codebook", "rename", "seeds", "sowing", "--write-decisions", "-p", root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert "What you decided is kept" in one(driver, "#codebook-changed").text
    before = served.ask("/api/version")["version"]
    press(driver, Keys.ENTER)  # a decision by the earlier codebook
    wait(driver, lambda: served.ask("/api/version")["version"] > before)
    one(driver, "#codebook-changed button").click()
    wait(driver, lambda: not driver.find_elements(By.ID, "codebook-changed"))
    one(driver, "#reading[data-ready]")
    codes = served.ask(f"/api/documents/{number}")["codes"]
    assert [code["id"] for code in codes] == ["water", "sowing"]
    # It is taken back under the name of now, and the codebook has its own codes again.
    assert served.change("undo", {})["version"] == before + 2
    said = fourp("codebook", "rename", "sowing", "seeds", "--write-decisions", "-p", root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"


def test_hostile_names_are_shown_as_text_everywhere_on_the_page(served, driver):
    open_codebook(driver, served, "water")
    for kind in ("edit", "rename", "merge", "split", "retire"):
        one(driver, f"#code-water [data-kind={kind}]").click()
        one(driver, "#change-form")
        text = driver.find_element(By.ID, "change").text
        assert kind == "merge" or "<img src=x onerror='window.broken = 1'> & {{ 7 * 7 }}" in text
        one(driver, "#change-cancel").click()
    assert "<img src=x" in driver.find_element(By.ID, "book").text
    assert driver.execute_script("return window.broken") is None
    assert driver.execute_script("return document.querySelectorAll('#codebook img').length") == 0


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed: make installs it where there is npm"
)
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, False), (1280, True)])
def test_no_barrier_is_found(root, served, width, dark):
    fourp("codebook", "edit", "seeds", "--when-to-use", f"Seeds {width} {dark}.", "-p", root)
    browser = open_browser(width, 900, dark=dark)
    try:
        open_codebook(browser, served, "seeds")
        one(browser, "#code-seeds .looks-show").click()
        one(browser, ".look")
        one(browser, ".version summary").click()
        _without_barriers(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        one(browser, "#code-seeds [data-kind=edit]").click()
        one(browser, "[data-field=name]").clear()
        one(browser, "#change-show").click()
        one(browser, ".field-fault")
        _without_barriers(browser)
        one(browser, "[data-field=name]").send_keys("Seeds and more")
        one(browser, "#change-show").click()
        one(browser, "#preview-list")
        _without_barriers(browser)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        browser.execute_script("window.onbeforeunload = null")
        one(browser, "#preview-back").click()
        one(browser, "#change-cancel").click()
    finally:
        browser.quit()
