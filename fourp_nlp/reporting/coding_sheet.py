"""A sheet of segments for a person to code, as a workbook with the definitions beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.sheets.coding_sheet import PLACE_COLUMNS, SHEET_NAME, SPEAKER_COLUMNS
from fourp_nlp.spreadsheets import SUGGESTED, open_book, write_marking_sheet, write_plain

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

__all__ = ["SUGGESTED", "write_coding_sheet"]

_HOW = (
    "Read each text on the sheet 'segments' and put an x into the column of every code that applies to it.",
    "If no code applies, put an x under 'none'. A row without any mark counts as not read yet.",
    "Code only the text; the context before and after it stands at the right, to help you understand it.",
    "The definitions are on the sheet 'codebook'. Do not ask other people or a machine for their codes.",
    "You may sort, move or delete rows and add columns. Do not change document, start, end and text.",
)
_SOME_SHOWN = (
    f"In some rows, chosen at random, '{SUGGESTED}' shows the machine's suggestion. Read the text and decide "
    "for yourself first. In the other rows nothing is shown, whether the machine suggests a code or not."
)
_NOTE = "note"
# Text, a suggestion, the ticks of 11 codes and none, and the note fit into a screen of 1280 pixels, which
# is about 175 characters.
_WIDTHS = {
    "text": 60.0,
    SUGGESTED: 22.0,
    _NOTE: 28.0,
    "before": 38.0,
    "after": 38.0,
    "speaker": 16.0,
}
_WIDTHS |= {
    "speaker_role": 14.0,
    "document": 22.0,
    "draw": 12.0,
    "order": 7.0,
    "start": 8.0,
    "end": 8.0,
}
_TICK = 4.5
_CONTEXT = ("before", "after", *SPEAKER_COLUMNS, "document", "draw", "order", "start", "end")
_ASIDE = frozenset({*PLACE_COLUMNS, *SPEAKER_COLUMNS}) - {"text"}


def write_coding_sheet(
    sheet: pd.DataFrame,
    marks: Sequence[str],
    definitions: pd.DataFrame,
    path: str | os.PathLike[str],
) -> Path:
    """Write a coding sheet as an Excel workbook: the text, and beside it what is to be marked.

    The text stays in sight. The columns that say where it stands come last.

    Parameters
    ----------
    sheet : pandas.DataFrame
        The sheet: the columns of `PLACE_COLUMNS` (`coding.sheets.coding_sheet`), perhaps `SUGGESTED`,
        those to be marked, and note.
    marks : sequence of str
        The columns to be marked; each of their cells offers an x.
    definitions : pandas.DataFrame
        What the codes mean, one row a code.
    path : str or os.PathLike
        File to be written, whole or not at all.

    Returns
    -------
    pathlib.Path
        The file. Its texts stay texts: none becomes a formula or a link.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    first = [name for name in ("text", SUGGESTED, *marks, _NOTE) if name in sheet.columns]
    last = [name for name in _CONTEXT if name in sheet.columns and name not in first]
    others = [name for name in sheet.columns if name not in {*first, *last}]
    with open_book(path) as (book, formats):
        write_marking_sheet(
            book.add_worksheet(SHEET_NAME),
            sheet[[*first, *last, *others]],
            list(marks),
            formats,
            widths=_WIDTHS | dict.fromkeys(marks, _TICK),
            aside=_ASIDE,
            frozen=1,
            turned=True,
        )
        write_plain(book.add_worksheet("codebook"), definitions, formats)
        how = [*_HOW, _SOME_SHOWN] if SUGGESTED in sheet.columns else list(_HOW)
        write_plain(book.add_worksheet("how to"), pd.DataFrame({"How to": how}), formats)
    return Path(path)
