"""A sheet of rows to decide on, as a workbook with the definitions beside it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.spreadsheets import cell_text, open_book, write_plain, write_text

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["write_decision_sheet"]

_HOW = (
    "Each row is one code that one coder gave to the text and another, who also read it, did not.",
    "Read the text and the code's definition, and choose yes under 'settled' if the code applies, or no.",
    "Write under 'decided_by' who decided: your name, or the names of all who agreed on it.",
    "Leave 'settled' blank if nothing is decided. A blank row stays open; it does not count as no.",
    "Write under 'note' why, if a reviewer may ask.",
    "You may sort, move or delete rows and add columns. Do not change document, start, end, text and code.",
    "When you are done: fourp reconcile --decisions THIS_FILE",
)
_YES_OR_NO = ("settled", "accept")
_ANSWERS = (*_YES_OR_NO, "becomes", "decided_by", "note")
_CHOICES = ["yes", "no"]
_ASIDE = {
    "document",
    "segment",
    "start",
    "end",
    "before",
    "after",
    "code",
    "speaker",
    "file",
    "into",
}
# What is needed for a decision fits into a screen of 1280 pixels, which is about 175 characters.
_FIRST = (
    "text",
    "name",
    "given_by",
    "not_given_by",
    "probability",
    "settled",
    "accept",
    "coder",
    "into",
    "becomes",
    "decided_by",
    "note",
)
_WIDTHS = {
    "text": 58, "name": 22, "given_by": 12, "not_given_by": 13, "probability": 10, "settled": 9, "accept": 9,
    "decided_by": 16, "note": 26, "definition": 50, "before": 34, "after": 34, "speaker": 14, "document": 22,
    "segment": 9, "start": 8, "end": 8, "code": 20, "coder": 14, "into": 26, "becomes": 22, "file": 22,
}  # fmt: skip
_LONGEST_LIST = 255  # characters of a list to choose from, in Excel
_THEN = ("definition", "before", "after")


def write_decision_sheet(
    sheet: pd.DataFrame,
    definitions: pd.DataFrame,
    path: str | os.PathLike[str],
    *,
    name: str,
    how: Sequence[str] = _HOW,
    becomes: Sequence[str] = (),
) -> Path:
    """Write what is to be decided as an Excel workbook, with a list of answers to choose from.

    The text comes first and stays in sight, then the code and the decision.

    Parameters
    ----------
    sheet : pandas.DataFrame
        One row a disagreement, suggestion or coding; the columns settled, accept or becomes, decided_by and
        note are to be filled in.
    definitions : pandas.DataFrame
        What the codes mean, one row a code.
    path : str or os.PathLike
        File to be written, whole or not at all.
    name : str
        Name of the sheet to be filled in.
    how : sequence of str, optional
        What to do, in sentences. By default for disagreements.
    becomes : sequence of str, optional
        Answers offered under becomes; others may be typed.

    Returns
    -------
    pathlib.Path
        The file. Its texts stay texts: none becomes a formula or a link.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    order = [column for column in (*_FIRST, *_THEN) if column in sheet.columns]
    order += [column for column in sheet.columns if column not in order]
    with open_book(path) as (book, formats):
        _write_rows(book.add_worksheet(name), sheet[order], formats, becomes)
        write_plain(book.add_worksheet("codebook"), definitions, formats)
        write_plain(book.add_worksheet("how to"), pd.DataFrame({"How to": list(how)}), formats)
    return Path(path)


def _write_rows(
    page: Worksheet, sheet: pd.DataFrame, formats: dict[str, Format], becomes: Sequence[str]
) -> None:
    for at, column in enumerate(sheet.columns):
        head = str(column)
        style = "answer" if head in _ANSWERS else "aside" if head in _ASIDE else ""
        page.set_column(at, at, _WIDTHS.get(head, 26))
        page.write_string(0, at, cell_text(head), formats["head"])
        for row, value in enumerate(sheet[column].tolist(), start=1):
            if isinstance(value, int | float):
                if math.isfinite(value):
                    page.write_number(row, at, value, formats[style or "text"])
            elif value:
                write_text(page, row, at, str(value), formats, style=style)
            elif style == "answer":
                page.write_blank(row, at, None, formats[style])
        if head in _YES_OR_NO and len(sheet):
            # An error, not a warning: what is neither yes nor no would be refused when it is read.
            choice = {
                "validate": "list",
                "source": _CHOICES,
                "error_title": head.capitalize(),
                "error_message": "Choose yes or no, or leave it blank.",
            }
            page.data_validation(1, at, len(sheet), at, choice)
        if head == "becomes" and len(sheet) and len(",".join(becomes)) <= _LONGEST_LIST:
            # Several codes are typed: the list only offers single ones.
            page.data_validation(
                1,
                at,
                len(sheet),
                at,
                {"validate": "list", "source": list(becomes), "show_error": False},
            )
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(sheet), 1), sheet.shape[1] - 1)
