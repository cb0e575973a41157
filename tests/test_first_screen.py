"""Sheets that people fill in: what is read and marked stands on the first screen, and the sheet comes back."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from fourp_nlp.coding.sheets.coding_sheet import PLACE_COLUMNS, mark_columns, read_sheet
from fourp_nlp.reporting import SUGGESTED, write_coding_sheet, write_decision_sheet

SCREEN = 1235 / 7  # characters across 1280 pixels, without the heads of rows and the scroll bar
TEXT = "The tap drips. Nobody mends it. We wrote twice."
CODES = [f"a_rather_long_code_{number}" for number in range(11)]


def coding_table(*, suggested=False, speaker=False):
    places = [(0, 14), (15, 31), (32, 47)]
    rows = [
        ["d1", at, "a.txt", start, end, "before it", TEXT[start:end], "after it"]
        for at, (start, end) in enumerate(places, start=1)
    ]
    table = pd.DataFrame(rows, columns=PLACE_COLUMNS)
    if speaker:
        table = table.assign(speaker="Ann")
    if suggested:
        table[SUGGESTED] = "a_rather_long_code_3"
    return table.assign(**dict.fromkeys(mark_columns(CODES), ""), note="")


def opened(path, name):
    page = openpyxl.load_workbook(path)[name]
    heads = [cell.value for cell in page[1]]
    # Neighbours of the same width are described together.
    described = page.column_dimensions.values()
    widths = [
        next(each.width for each in described if each.min <= at <= each.max)
        for at in range(1, len(heads) + 1)
    ]
    return page, heads, dict(zip(heads, widths, strict=True))


@pytest.mark.parametrize("suggested", [False, True])
@pytest.mark.parametrize("speaker", [False, True])
def test_text_and_ticks_for_eleven_codes_fit_into_the_first_screen(tmp_path, suggested, speaker):
    path = tmp_path / "s.xlsx"
    table = coding_table(suggested=suggested, speaker=speaker)
    write_coding_sheet(table, mark_columns(CODES), pd.DataFrame({"column": CODES}), path)
    page, heads, widths = opened(path, "segments")
    assert page.freeze_panes == "B2"
    shown = [SUGGESTED] if suggested else []
    first = ["text", *shown, *CODES, "none", "note"]
    who = ["speaker"] if speaker else []
    assert heads == [*first, "before", "after", *who, "document", "draw", "order", "start", "end"]
    assert sum(widths[name] for name in first) <= SCREEN
    marks = page[1][heads.index(CODES[0])]
    assert marks.alignment.textRotation == 90
    assert page.row_dimensions[1].height > 6 * len(CODES[0])


def test_a_workbook_that_begins_with_the_text_comes_back(tmp_path):
    path = tmp_path / "s.xlsx"
    marks = mark_columns(CODES)
    table = coding_table(suggested=True, speaker=True)
    write_coding_sheet(table, marks, pd.DataFrame({"column": CODES}), path)
    book = openpyxl.load_workbook(path)
    page = book["segments"]
    at = {cell.value: cell.column for cell in page[1]}
    for row, name in ((2, CODES[0]), (2, CODES[10]), (3, "none")):
        page.cell(row, at[name]).value = "x"
    page.cell(2, at["note"]).value = "sure"
    book.save(path)
    filled = read_sheet(path, pd.DataFrame({"document": ["a.txt"], "text": [TEXT]}), CODES)
    codings, coded = filled.tables("ann", CODES)
    assert codings[["start", "end", "code"]].to_numpy().tolist() == [
        [0, 14, CODES[0]],
        [0, 14, CODES[10]],
    ]
    assert coded["start"].tolist() == [0, 15]
    assert filled.rows["note"].tolist() == ["sure", "", ""]
    assert filled.rows["draw"].tolist() == ["d1", "d1", "d1"]


@pytest.mark.parametrize("answer", ["accept", "settled"])
def test_decisions_stand_beside_the_text_and_the_code(tmp_path, answer):
    place = {"document": "a.txt", "segment": 0, "start": 0, "end": 14, "before": "b", "after": "a"}
    given = {"given_by": "ann", "not_given_by": "ben", "codes of ann": "Repairs"}
    row = place | (given if answer == "settled" else {})
    row |= {
        "code": "repairs", "definition": "What is mended.", "text": TEXT[:14], "name": "Repairs",
        "probability": 0.9, answer: "", "note": "", "decided_by": "",
    }  # fmt: skip
    path = tmp_path / "d.xlsx"
    write_decision_sheet(
        pd.DataFrame([row]), pd.DataFrame({"code": ["repairs"]}), path, name="decide"
    )
    page, heads, widths = opened(path, "decide")
    assert page.freeze_panes == "B2"
    first = heads[: heads.index("note") + 1]
    assert first[:2] == ["text", "name"]
    assert first[-3:] == [answer, "decided_by", "note"]
    assert sum(widths[name] for name in first) <= SCREEN
    assert sorted(heads) == sorted(row)
