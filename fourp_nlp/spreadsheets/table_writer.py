"""Writes CSV and XLSX files that Excel opens correctly and safely."""

from __future__ import annotations

import datetime
import math
import re
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.control_characters import printable
from fourp_nlp.errors import TableError
from fourp_nlp.files import replacing
from fourp_nlp.spreadsheets.guarded_rows import cell_is_formula, guarded

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = [
    "CUT_MARK",
    "cell_text",
    "cut_cells",
    "cut_texts",
    "unguarded",
    "write_csv",
    "write_xlsx",
]

CUT_MARK = " […cut here: a cell holds no more]"

_CELL_LIMIT = 32_767
_ROW_LIMIT = 1_048_576
_COLUMN_LIMIT = 16_384
_SHEET_NAME_LIMIT = 31
_EXACT_INTEGER = 10**15
_LARGE = 20_000
_NARROWEST, _WIDEST, _TEXT_WIDTH = 8, 32, 70
_LONG_TEXT = {"text", "quote", "why", "reason", "note", "context"}
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def write_csv(frame: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a frame as CSV for reading in a spreadsheet.

    UTF-8 with a byte order mark, without which Excel garbles accents. A text that a spreadsheet
    would take for a formula gets an apostrophe in front (columns of numbers are left alone), so
    read such a file back with that in mind; names of columns are treated like texts.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame; its index is not written.
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
    safe = frame.copy(deep=False)
    safe.columns = pd.Index([guarded(str(name)) for name in frame.columns])
    for at in range(frame.shape[1]):
        column = frame.iloc[:, at]
        if isinstance(column.dtype, pd.StringDtype):
            # Texts repeat: each is looked at once.
            number, texts = pd.factorize(column)
            shown = np.array([*map(guarded, texts), None], dtype=object)
            safe.isetitem(at, shown[number])
        elif pd.api.types.is_float_dtype(column):
            safe.isetitem(at, column.to_numpy() + 0.0)  # no zero has a sign
        elif not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
            safe.isetitem(at, column.map(guarded).astype(object).to_numpy())
    with replacing(path) as partial:
        # CRLF not only for Excel: it makes the writer quote a lone CR inside a text as well.
        safe.to_csv(partial, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return Path(path)


def write_xlsx(
    sheets: Mapping[str, pd.DataFrame],
    path: str | os.PathLike[str],
    *,
    frozen: Mapping[str, int] | None = None,
) -> Path:
    """Write frames as the sheets of an Excel workbook.

    Texts stay texts: none becomes a formula or a link, not even when it is edited later. Control
    characters are removed, and a text that is longer than a cell can be is cut and marked. A frame
    with more rows than a sheet can have goes on in a further sheet. The same frames give the same
    bytes.

    Parameters
    ----------
    sheets : mapping of str to pandas.DataFrame
        Frames by the name of their sheet; names that Excel refuses are changed. Indexes are not
        written.
    path : str or os.PathLike
        File to be written, whole or not at all.
    frozen : mapping of str to int, optional
        How many columns of a sheet stay in sight; none where nothing is said. The head always does.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    TableError
        If there is no frame, or one has more columns than a sheet can have.
    FourpError
        If the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    if not sheets:
        raise TableError("There is no table to write.", file=path)
    for name, frame in sheets.items():
        if frame.shape[1] > _COLUMN_LIMIT:
            raise TableError(
                f"The table '{name}' has {frame.shape[1]:,} columns; "
                f"a sheet holds {_COLUMN_LIMIT:,}.",
                file=path,
                cure="Write it as CSV.",
            )
    large = sum(len(frame) for frame in sheets.values()) > _LARGE
    options: dict[str, object] = {
        "constant_memory": large,
        "in_memory": not large,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with replacing(path) as partial, ExitStack() as stack:
        if large:
            # What is half written lies here, and not where the system keeps temporary files.
            folder = TemporaryDirectory(prefix=".fourp-", dir=partial.parent)
            options["tmpdir"] = stack.enter_context(folder)
        book = xlsxwriter.Workbook(str(partial), options)
        # A fixed date, so that equal tables give equal files.
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
            "plain": book.add_format({"valign": "top"}),
            "wrapped": book.add_format({"valign": "top", "text_wrap": True}),
            "guarded": book.add_format({"valign": "top", "quote_prefix": True}),
            "guarded_wrapped": book.add_format(
                {"valign": "top", "text_wrap": True, "quote_prefix": True}
            ),
        }
        taken: set[str] = set()
        for name, frame in sheets.items():
            for first in range(0, max(len(frame), 1), _ROW_LIMIT - 1):
                sheet = book.add_worksheet(_sheet_name(name, taken))
                _write_sheet(sheet, frame.iloc[first : first + _ROW_LIMIT - 1], formats)
                sheet.freeze_panes(1, (frozen or {}).get(name, 0))
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
    return Path(path)


def _write_sheet(sheet: Worksheet, frame: pd.DataFrame, formats: dict[str, Format]) -> None:
    wrapped = [str(name) in _LONG_TEXT for name in frame.columns]
    for at, name in enumerate(frame.columns):
        sheet.set_column(at, at, _width(frame.iloc[:1000, at], str(name), wide=wrapped[at]))
        sheet.write_string(0, at, cell_text(str(name)), formats["head"])
    if frame.shape[1]:
        sheet.autofilter(0, 0, max(len(frame), 1), frame.shape[1] - 1)
    columns = [frame.iloc[:, at].tolist() for at in range(frame.shape[1])]
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for at, value in enumerate(values):
            _write_cell(sheet, row, at, value, formats, long=wrapped[at])


def _write_cell(
    sheet: Worksheet, row: int, at: int, value: object, formats: dict[str, Format], *, long: bool
) -> None:
    if isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, at, bool(value), formats["plain"])
    elif isinstance(value, int | float | np.number) and _is_exact(value):
        sheet.write_number(row, at, value, formats["plain"])
    elif not _is_missing(value):
        text = cell_text(str(value))
        guard = "guarded" if cell_is_formula(text) else ""
        style = "_".join(part for part in (guard, "wrapped" if long else "") if part) or "plain"
        sheet.write_string(row, at, text, formats[style])


def _is_missing(value: object) -> bool:
    # Any missing value there is (None, nan, pandas' NA and NaT), and no array.
    return value is None or value is pd.NA or value is pd.NaT or bool(value != value)  # noqa: PLR0124


def _is_exact(value: float | np.number[Any]) -> bool:
    """Whether Excel's numbers can hold it: a finite number with no more than 15 digits if whole."""
    if not math.isfinite(value):
        return False
    return isinstance(value, float | np.floating) or bool(abs(value) < _EXACT_INTEGER)


def unguarded(cell: str) -> str:
    """Return what a cell says without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell.startswith("'") and cell_is_formula(cell[1:]) else cell


def cell_text(text: str) -> str:
    """Return a text as a cell of Excel can hold it: printable, and cut and marked where too long.

    Parameters
    ----------
    text : str
        What the cell is to say.

    Returns
    -------
    str
        What it will say.
    """
    clean = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    # Excel counts UTF-16 units, in which an emoji is two.
    if len(clean) <= _CELL_LIMIT // 2:
        return clean
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * _CELL_LIMIT:
        return clean
    kept = units[: 2 * (_CELL_LIMIT - len(CUT_MARK))].decode("utf-16-le", errors="ignore")
    return kept + CUT_MARK


def cut_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame for a CSV file that people fill in with Excel: no text is longer than a cell can be.

    Excel else lets the rest of such a text run over into further rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame.

    Returns
    -------
    pandas.DataFrame
        The same, with texts that are too long cut and marked, as `write_xlsx` does.
    """
    shown = frame.copy(deep=False)
    for at in range(frame.shape[1]):
        column = frame.iloc[:, at]
        long = _long(column)
        if long.any():
            cut = [
                cell_text(value) if too_long else value
                for value, too_long in zip(column, long, strict=True)
            ]
            shown.isetitem(at, np.array(cut, dtype=object))
    return shown


def cut_texts(column: pd.Series) -> list[str]:
    """Return the texts of a column that are longer than a cell of Excel can be.

    Parameters
    ----------
    column : pandas.Series
        Any column.

    Returns
    -------
    list of str
        Those that `write_xlsx` cuts and marks.
    """
    return [text for text in column[_long(column)] if cell_text(text).endswith(CUT_MARK)]


def _long(column: pd.Series) -> pd.Series:
    """Return which values of a column may be too long for a cell."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return pd.Series(data=False, index=column.index)
    most = _CELL_LIMIT // 2
    return column.map(lambda value: isinstance(value, str) and len(value) > most).astype(bool)


def _width(values: pd.Series, name: str, *, wide: bool) -> int:
    if wide:
        return _TEXT_WIDTH
    longest = max((len(_shown(value)) for value in values.tolist()), default=0)
    # Three more for the filter's arrow beside the name.
    return max(_NARROWEST, min(_WIDEST, max(longest + 1, len(name) + 3)))


def _shown(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value).partition("\n")[0]


def _sheet_name(name: str, taken: set[str]) -> str:
    clean = _SHEET_FORBIDDEN.sub(" ", printable(name)).strip().strip("'").strip()
    # Excel keeps the name History for itself.
    base = f"{clean} table" if clean.casefold() == "history" else clean or "Sheet"
    number = 1
    unique = base[:_SHEET_NAME_LIMIT]
    while unique.casefold() in taken:
        number += 1
        suffix = f" ({number})"
        unique = base[: _SHEET_NAME_LIMIT - len(suffix)] + suffix
    taken.add(unique.casefold())
    return unique
