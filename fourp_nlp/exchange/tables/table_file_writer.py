"""Writes tables as CSV or workbooks, within the limits of a workbook and safe from formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.control_characters import printable
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.tables.table_file import is_workbook
from fourp_nlp.spreadsheets import cell_is_formula, cut_texts, write_csv, write_xlsx

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["MOST_ROWS", "check_size", "write_tables"]

_TOLD = ("quote", "definition")
_CUT = "they are too long for a cell of Excel: they are cut and marked"
MOST_ROWS = 1_048_575
"""Rows below the head that a sheet of Excel holds."""

_COLUMNS = 16_384


def check_size(path: str | os.PathLike[str], rows: int, columns: int) -> None:
    """Refuse a table that no sheet of a workbook holds.

    Parameters
    ----------
    path : str or os.PathLike
        The file to be written.
    rows, columns : int
        Size of the table, its head not counted.

    Raises
    ------
    ExchangeError
        If it is a workbook and the table is larger than a sheet.
    """
    if is_workbook(path) and (rows > MOST_ROWS or columns > _COLUMNS):
        raise ExchangeError(
            f"The table has {rows:,} rows and {columns:,} columns; a sheet of Excel holds {MOST_ROWS:,} "
            f"rows below its head and {_COLUMNS:,} columns.",
            file=path,
            cure="Write it as .csv.",
        )


def write_tables(
    path: str | os.PathLike[str], sheets: Mapping[str, pd.DataFrame], losses: Losses
) -> None:
    """Write a table, with further ones beside it where the file is a workbook.

    Parameters
    ----------
    path : str or os.PathLike
        The file, CSV or XLSX by its ending.
    sheets : mapping of str to pandas.DataFrame
        Tables by the name of their sheet. A text file gets the first one alone.
    losses : Losses
        Gets texts that are too long for a cell; quotes and definitions are added elsewhere.

    Raises
    ------
    ExchangeError
        If a table is too large for a workbook, or the name says no kind of table.
    FourpError
        If the file cannot be written.
    """
    for frame in sheets.values():
        check_size(path, *frame.shape)
    if is_workbook(path):
        for frame in sheets.values():
            for at, head in enumerate(frame.columns):
                if head not in _TOLD:
                    losses.add(f"texts of the column '{head}'", _CUT, cut_texts(frame.iloc[:, at]))
        write_xlsx(sheets, path)
        return
    first = next(iter(sheets.values())).copy(deep=False)
    first.columns = pd.Index([_guarded(str(name)) for name in first.columns])
    for at in range(first.shape[1]):
        column = first.iloc[:, at]
        if isinstance(column.dtype, pd.StringDtype) and column.str.startswith("'").any():
            first.isetitem(at, column.map(_guarded).to_numpy())
    write_csv(first, path)


def _guarded(text: str) -> str:
    """Put an apostrophe before those that would be taken for the one that guards a formula."""
    clean = printable(text)
    return f"'{clean}" if clean.startswith("'") and cell_is_formula(clean.lstrip("'")) else clean
