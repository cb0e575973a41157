"""Formats of the workbooks that people fill in, and texts that stay texts."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.files import replacing
from fourp_nlp.spreadsheets.guarded_rows import cell_is_formula
from fourp_nlp.spreadsheets.table_writer import cell_text

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    import pandas as pd
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["OpenBook", "open_book", "write_plain", "write_text"]


class OpenBook(NamedTuple):
    """A workbook that is being written, and its formats by name."""

    book: Workbook
    formats: dict[str, Format]


@contextmanager
def open_book(path: str | os.PathLike[str]) -> Iterator[OpenBook]:
    """Hand out a workbook; it is written when the block ends, whole or not at all.

    Parameters
    ----------
    path : str or os.PathLike
        File to be written.

    Yields
    ------
    OpenBook
        The workbook. Nothing that is written to it becomes a formula or a link.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = {
        "in_memory": True,  # and not, half written, where the system keeps temporary files
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with replacing(path) as partial:
        book = xlsxwriter.Workbook(str(partial), options)
        # A fixed date, so that equal sheets give equal files.
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})
        top = {"valign": "top", "text_wrap": True}
        aside = {**top, "font_color": "#666666"}
        paper = {**top, "bg_color": "#F4F1E6"}
        formats = {
            "head": book.add_format({**top, "bold": True, "bottom": 1}),
            "turned head": book.add_format(
                {"bold": True, "bottom": 1, "rotation": 90, "align": "center", "valign": "bottom"}
            ),
            "text": book.add_format(top),
            "guarded": book.add_format({**top, "quote_prefix": True}),
            "aside": book.add_format(aside),
            "guarded aside": book.add_format({**aside, "quote_prefix": True}),
            "mark": book.add_format({"valign": "top", "align": "center", "bg_color": "#F4F1E6"}),
            "answer": book.add_format(paper),
            "guarded answer": book.add_format({**paper, "quote_prefix": True}),
        }
        yield OpenBook(book, formats)
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error


def write_plain(page: Worksheet, frame: pd.DataFrame, formats: dict[str, Format]) -> None:
    """Write a frame of texts that is there to be read.

    Parameters
    ----------
    page : Worksheet
        An empty sheet.
    frame : pandas.DataFrame
        Texts.
    formats : dict of str to Format
        Formats by name.
    """
    for at, name in enumerate(frame.columns):
        page.set_column(at, at, 28 if frame.shape[1] > 1 and at < 2 else 60)
        page.write_string(0, at, cell_text(str(name)), formats["head"])
        for row, value in enumerate(frame[name].tolist(), start=1):
            write_text(page, row, at, str(value), formats)
    page.freeze_panes(1, 0)


def write_text(
    page: Worksheet, row: int, at: int, value: str, formats: dict[str, Format], *, style: str = ""
) -> None:
    """Write a text that stays one, even when somebody edits it.

    Parameters
    ----------
    page : Worksheet
        The sheet.
    row, at : int
        Row and column, from 0.
    value : str
        The text.
    formats : dict of str to Format
        Formats by name.
    style : {"", "aside", "answer"}
        How it looks.
    """
    text = cell_text(value)
    if cell_is_formula(text):
        page.write_string(row, at, text, formats[f"guarded {style}".strip()])
    else:
        page.write_string(row, at, text, formats[style or "text"])
