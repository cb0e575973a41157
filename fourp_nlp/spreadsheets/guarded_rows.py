"""Writes rows of plain values as a CSV file that Excel opens correctly and safely, without pandas."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.control_characters import printable
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

__all__ = ["cell_is_formula", "guarded", "write_rows"]

# White space first, because a spreadsheet may drop it before it looks for a formula; the wide
# forms, because some East Asian settings read them like their narrow twins.
_FORMULA = re.compile(r"(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def write_rows(
    names: Sequence[str], rows: Iterable[Sequence[str | int]], path: str | os.PathLike[str]
) -> Path:
    """Write rows of texts and whole numbers as `write_csv` writes a frame of them.

    A process that starts often, and writes a table or two, need not load pandas for it.

    Parameters
    ----------
    names : sequence of str
        Names of the columns.
    rows : iterable of sequence
        A value for each column: texts and whole numbers.
    path : str or os.PathLike
        File to be written, whole or not at all.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    with (
        replacing(path) as partial,
        partial.open("w", encoding="utf-8-sig", newline="") as stream,
    ):
        # CRLF not only for Excel: it makes the writer quote a lone CR inside a text as well.
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([guarded(name) for name in names])
        writer.writerows([guarded(value) for value in row] for row in rows)
    return Path(path)


def guarded(value: object) -> object:
    """Return a text that a spreadsheet shows and does not run; anything else as it is.

    Parameters
    ----------
    value : object
        What a cell is to say.

    Returns
    -------
    object
        A text without characters that cannot be printed, with an apostrophe in front where it might
        be taken for a formula; any other value unchanged.
    """
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if cell_is_formula(text) else text


def cell_is_formula(text: str) -> bool:
    """Return whether a spreadsheet might take a text for a formula.

    Parameters
    ----------
    text : str
        What a cell is to say.

    Returns
    -------
    bool
        Whether it must be marked as text.
    """
    return _FORMULA.match(text) is not None
