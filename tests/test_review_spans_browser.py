"""Passages and memos in a real browser: chosen with mouse and keys, in every script, hostile, killed, two windows."""

from __future__ import annotations

import shutil
import urllib.error

import pandas as pd
import pytest

pytest.importorskip("selenium")
pytest.importorskip("starlette")

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.review_process import ReviewProcess, missing_browser, open_browser
from tests.test_review_browser import _without_barriers, number_of, press, show, wait

pytestmark = pytest.mark.skipif(bool(missing_browser()), reason=missing_browser())

SCRIPTS = {
    "astral": "\U0001f331\U0001f331 We water \U0001f4a7 the beans. Then \U0001f469\u200d\U0001f33e came late.",
    "combining": "Cafe\u0301 re\u0301sume\u0301 was shared. Nai\u0308ve words count.",
    "hebrew": "\u05e9\u05dc\u05d5\u05dd \u05dc\u05db\u05d5\u05dc\u05dd. \u05d0\u05e0\u05d7\u05e0\u05d5 water \u05d0\u05ea \u05d4\u05d2\u05df.",
    "crlf": "First line\r\nsecond line.\r\n\r\nThird line here.",
}
HOSTILE = (
    '=HYPERLINK(1)<script>window.broken = 1</script>"><img src=x onerror="window.broken = 2">\u202ebackwards\n'
    "{{ 7 * 7 }} "
)


@pytest.fixture(scope="module")
def coded(tmp_path_factory):
    """Anna coded six documents; others nobody coded. There is no machine."""
    project = write_project(tmp_path_factory.mktemp("spans") / "p")
    for name in ("keys.txt", "mouse.txt", "windows.txt", "killed.txt", "looks.txt"):
        text = " ".join([WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5]])
        (project.corpus / name).write_text(text, encoding="utf-8")
    for name, text in SCRIPTS.items():
        (project.corpus / f"{name}.txt").write_bytes(text.encode())
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


def gold(root):
    path = root / "gold" / "assisted" / "anna.csv"
    return pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)


def segments(served, number):
    return served.ask(f"/api/documents/{number}/segments")["segments"]


def spans(served, number):
    found = {
        (span["start"], span["end"], span["code"]): span
        for segment in segments(served, number)
        for span in segment["spans"]
    }
    return [found[key] for key in sorted(found)]


def shown(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector).is_displayed()


def text_of(driver, selector):
    return driver.execute_script(
        "return document.querySelector(arguments[0])?.textContent ?? ''", selector
    )


def choose_code(driver, letters):
    wait(driver, lambda: shown(driver, "#chosen"))
    press(driver, "c")
    wait(driver, lambda: shown(driver, "#add"))
    press(driver, letters)
    press(driver, Keys.ENTER)


def select(driver, first, last):
    """Select from (segment, UTF-16 offset) to (segment, offset), as dragging with the mouse does."""
    driver.execute_script(
        """
        const end = ([i, at]) => {
          const walker = document.createTreeWalker(document.querySelector(`#t${i}`), NodeFilter.SHOW_TEXT);
          let node = walker.nextNode();
          while (at > node.length) { at -= node.length; node = walker.nextNode(); }
          return [node, at];
        };
        getSelection().setBaseAndExtent(...end(arguments[0]), ...end(arguments[1]));
        """,
        first,
        last,
    )
    wait(driver, lambda: shown(driver, "#chosen"))


def test_words_are_chosen_and_coded_by_keyboard_alone(root, driver):
    number = number_of(root, "keys.txt")
    with ReviewProcess(root) as served:
        show(driver, served, number)
        text = segments(served, number)[0]["text"]
        words = text.split()
        for _ in range(3):
            press(driver, Keys.SHIFT + Keys.ARROW_RIGHT)
        wait(driver, lambda: text_of(driver, "#chosen-words") == " ".join(words[:3]))
        press(driver, Keys.ARROW_RIGHT)
        wait(driver, lambda: text_of(driver, "#chosen-words") == " ".join(words[1:3]))
        choose_code(driver, "wat")
        wait(driver, lambda: len(spans(served, number)) == 1)
        (span,) = spans(served, number)
        assert text[span["start"] : span["end"]] == " ".join(words[1:3])
        wait(driver, lambda: text_of(driver, "#s0 .in-span") == " ".join(words[1:3]))
        assert not shown(driver, "#chosen")
        # A memo on it, by one key.
        press(driver, "m")
        wait(driver, lambda: shown(driver, "#memo"))
        press(driver, "because of the hose", Keys.CONTROL + Keys.ENTER)
        wait(driver, lambda: text_of(driver, "#why-memo") == "because of the hose")
        assert driver.find_elements(By.CSS_SELECTOR, "#s0 .is-span .mark-memo")
        # Taken back one after the other, done again, and taken away.
        press(driver, "z")
        wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#s0 .mark-memo"))
        press(driver, "z")
        wait(driver, lambda: not spans(served, number))
        press(driver, "y", "y")
        wait(driver, lambda: spans(served, number) and spans(served, number)[0].get("memo"))
        wait(driver, lambda: driver.find_elements(By.CSS_SELECTOR, "#s0 .is-span .mark-memo"))
        press(driver, "l")
        press(driver, "x")
        wait(driver, lambda: not spans(served, number))
        press(driver, "z")
        wait(driver, lambda: spans(served, number))
        assert "wrote " in served.end()
    row = gold(root).iloc[0]
    assert (row["quote"], row["origin"], row["memo"]) == (
        " ".join(words[1:3]), "span", "because of the hose",
    )  # fmt: skip


def test_a_passage_over_several_segments_is_chosen_with_the_mouse(root, driver):
    number = number_of(root, "mouse.txt")
    with ReviewProcess(root) as served:
        show(driver, served, number)
        first, last = (driver.find_element(By.CSS_SELECTOR, f"#t{i}") for i in (0, 2))
        middle = first.size["width"] // 4
        (
            ActionChains(driver)
            .move_to_element_with_offset(first, -middle, 0)
            .click_and_hold()
            .move_to_element_with_offset(last, -middle, 0)
            .release()
            .perform()
        )
        wait(driver, lambda: shown(driver, "#chosen"))
        chosen = driver.execute_script("return getSelection().toString()")
        choose_code(driver, "see")
        wait(driver, lambda: len(spans(served, number)) == 1)
        (span,) = spans(served, number)
        texts = {each["i"]: each for each in segments(served, number)}
        whole = open_study(root).documents.set_index("document").loc["mouse.txt", "text"]
        quote = whole[span["start"] : span["end"]]
        assert quote.split() == chosen.split()
        assert texts[1]["text"] in quote
        wait(driver, lambda: len(driver.find_elements(By.CSS_SELECTOR, "#text .is-span")) == 3)
        drawn = driver.execute_script(
            "return [...document.querySelectorAll('.in-span')].map((one) => one.textContent).join(' ')"
        )
        assert drawn.split() == quote.split()
        driver.find_element(By.CSS_SELECTOR, "#s1 .is-span .mark-label").click()
        wait(driver, lambda: "given to these words" in text_of(driver, "#why-state"))
        driver.find_element(By.ID, "why-reject").click()
        wait(driver, lambda: not spans(served, number))


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_offsets_are_exact_in_every_script(root, driver, name):
    number = number_of(root, f"{name}.txt")
    with ReviewProcess(root) as served:
        show(driver, served, number)
        shown_segments = segments(served, number)
        text = shown_segments[0]["text"]
        units = text.encode("utf-16-le")
        wanted = []
        for from_point, to_point in ((0, 2), (1, 6), (3, len(text))):
            piece = text[from_point:to_point]
            if not piece.strip():
                continue
            before = [
                len(text[:point].encode("utf-16-le")) // 2 for point in (from_point, to_point)
            ]
            assert units[before[0] * 2 : before[1] * 2].decode("utf-16-le") == piece
            n_spans = len(spans(served, number))
            select(driver, [0, before[0]], [0, before[1]])
            wait(driver, lambda piece=piece: text_of(driver, "#chosen-words") == piece.strip())
            choose_code(driver, "wat")
            wait(driver, lambda n=n_spans: len(spans(served, number)) == n + 1)
            wanted.append(piece.strip())
            wait(driver, lambda: not shown(driver, "#chosen"))
        assert "wrote " in served.end()
    whole = open_study(root).documents.set_index("document").loc[f"{name}.txt", "text"]
    rows = gold(root)
    assert sorted(rows["quote"]) == sorted(wanted)
    for start, end, quote in rows[["start", "end", "quote"]].itertuples(index=False):
        assert whole[int(start) : int(end)] == quote


def test_earlier_codings_of_parts_are_shown_where_they_are_and_take_a_memo(root, driver):
    path = root / "gold" / "anna.csv"
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    at = table.index[table["code"] != ""][0]
    start, quote = int(table.loc[at, "start"]), table.loc[at, "quote"]
    table.loc[at, ["start", "end", "quote"]] = [str(start + 3), str(start + 11), quote[3:11]]
    table.to_csv(path, index=False, encoding="utf-8-sig")
    number = number_of(root, table.loc[at, "document"])
    with ReviewProcess(root) as served:
        show(driver, served, number)
        wait(driver, lambda: text_of(driver, ".in-span") == quote[3:11])
        label = driver.find_element(By.CSS_SELECTOR, "[data-span]")
        label.click()
        wait(driver, lambda: "coded earlier" in text_of(driver, "#why-state"))
        press(driver, "x")
        wait(driver, lambda: "cannot be changed" in text_of(driver, "#says-error-text"))
        press(driver, "m")
        wait(driver, lambda: shown(driver, "#memo"))
        press(driver, "see 3", Keys.CONTROL + Keys.ENTER)
        wait(driver, lambda: text_of(driver, "#why-memo") == "see 3")
        served.end()
    now = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    assert now.loc[at, "memo"] == "see 3"
    assert now[table.columns].equals(table)


def test_a_hostile_memo_is_text_everywhere(root, driver):
    number = number_of(root, "looks.txt")
    memo = HOSTILE + "y" * 50_000
    with ReviewProcess(root) as served:
        document = served.ask(f"/api/documents/{number}")
        item = {"segment": 0, "code": 0, "value": True, "was": None}
        served.change("decide", {"document": number, "items": [item]})
        first = segments(served, number)[0]
        place = {
            "document": number, "sha256": document["sha256"], "start": first["start"],
            "end": first["start"] + len(first["text"]), "code": 0,
        }  # fmt: skip
        served.change("memo", {**place, "memo": memo, "was": ""})
        show(driver, served, number)
        wait(driver, lambda: "window.broken" in text_of(driver, "#why-memo"))
        press(driver, "m")
        wait(driver, lambda: shown(driver, "#memo"))
        value = driver.execute_script("return document.getElementById('memo-text').value")
        assert value == memo
        assert driver.execute_script("return window.broken") is None
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= 1280
        # What is not saved is not lost by one Esc.
        driver.find_element(By.ID, "memo-text").send_keys(Keys.CONTROL + Keys.END)
        driver.find_element(By.ID, "memo-text").send_keys("!")
        press(driver, Keys.ESCAPE)
        wait(driver, lambda: "not saved" in text_of(driver, "#memo-note"))
        assert shown(driver, "#memo")
        driver.find_element(By.ID, "memo-remove").click()
        wait(driver, lambda: not driver.find_elements(By.CSS_SELECTOR, "#s0 .mark-memo"))
        served.change("undo", {})
        served.end()
    assert gold(root)["memo"].tolist() == [f"'{memo}"]  # no formula
    codings = open_study(root).gold.codings
    assert codings.loc[codings["document"] == "looks.txt", "memo"].tolist() == [memo]


def test_two_windows_overwrite_no_memo_of_each_other(root, driver):
    number = number_of(root, "windows.txt")
    with ReviewProcess(root) as served:
        item = {"segment": 0, "code": 0, "value": True, "was": None}
        served.change("decide", {"document": number, "items": [item]})
        show(driver, served, number)
        press(driver, "m")
        wait(driver, lambda: shown(driver, "#memo"))
        press(driver, "from the first window")
        first = segments(served, number)[0]
        place = {
            "document": number, "start": first["start"], "code": 0,
            "sha256": served.ask(f"/api/documents/{number}")["sha256"],
            "end": first["start"] + len(first["text"]),
        }  # fmt: skip
        served.change("memo", {**place, "memo": "from the second", "was": ""})
        press(driver, Keys.CONTROL + Keys.ENTER)
        wait(driver, lambda: "another window" in text_of(driver, "#says-error-text"))
        wait(driver, lambda: shown(driver, "#memo"))
        value = driver.execute_script("return document.getElementById('memo-text').value")
        assert value == "from the first window"
        assert segments(served, number)[0]["marks"][0]["memo"] == "from the second"
        with pytest.raises(urllib.error.HTTPError) as refused:
            served.change(
                "spans", {**place, "start": 1, "end": 4, "sha256": "0" * 64, "value": True}
            )
        assert "text of this document was changed" in refused.value.read().decode()


def test_a_kill_loses_no_passage_and_no_memo_that_was_acknowledged(root):
    number = number_of(root, "killed.txt")
    kept = []
    for turn in range(3):
        with ReviewProcess(root) as served:
            now = spans(served, number)
            assert [(each["start"], each.get("memo")) for each in now] == kept
            sha256 = served.ask(f"/api/documents/{number}")["sha256"]
            place = {"document": number, "sha256": sha256, "start": 2 + turn, "end": 9, "code": 1}
            served.change("spans", {**place, "value": True})
            served.change("memo", {**place, "memo": f"turn {turn}", "was": ""})
            kept.append((2 + turn, f"turn {turn}"))
            served.kill()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, False), (1280, True)])
def test_no_barrier_is_found_with_passages_memos_and_their_boxes(root, width, dark):
    number = number_of(root, "looks.txt")
    with ReviewProcess(root) as served:
        sha256 = served.ask(f"/api/documents/{number}")["sha256"]
        for start, end, code in ((3, 30, 0), (20, 80, 1), (70, 130, 0)):
            place = {"document": number, "sha256": sha256, "start": start, "end": end, "code": code}
            served.change("spans", {**place, "value": True})
        served.change("memo", {**place, "memo": "A first thought about this passage.", "was": ""})
        browser = open_browser(width, 900, dark=dark)
        try:
            show(browser, served, number)
            for action in ("", "select", "c", Keys.ESCAPE, "memo"):
                if action == "select":
                    select(browser, [0, 3], [1, 12])
                elif action == "memo":
                    browser.execute_script("document.querySelector('[data-span]').click()")
                    press(browser, "m")
                    wait(browser, lambda: shown(browser, "#memo"))
                elif action:
                    press(browser, action)
                _without_barriers(browser)
                assert (
                    browser.execute_script("return document.documentElement.scrollWidth") <= width
                )
        finally:
            browser.quit()
