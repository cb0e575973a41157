"""Writing a sheet on which people decide row by row: the one place for all kinds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.errors import ProjectError
from fourp_nlp.reporting import write_decision_sheet
from fourp_nlp.spreadsheets import cut_cells, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

__all__ = ["SheetWords", "write_sheet_to_decide"]

_SUFFIXES = (".xlsx", ".csv")
_SHEET_ROWS = 1_048_575  # an Excel sheet has one more, for the header


class SheetWords(NamedTuple):
    """How messages speak of a sheet.

    Attributes
    ----------
    rows : str
        What its rows are, in the plural.
    subject : str
        The same as the subject of a sentence.
    import_first : str
        How a sheet that is there already is imported.
    fewer : str
        What to do if there are too many rows.
    """

    rows: str
    subject: str
    import_first: str
    fewer: str


def write_sheet_to_decide(
    path: Path,
    n_rows: int,
    words: SheetWords,
    make: Callable[[], tuple[pd.DataFrame, pd.DataFrame]],
    *,
    overwrite: bool,
    **workbook: object,
) -> Path:
    """Write a sheet as a workbook with the definitions beside it, or as CSV.

    Parameters
    ----------
    path : pathlib.Path
        An .xlsx or .csv file.
    n_rows : int
        How many rows it has.
    words : SheetWords
        How messages speak of it.
    make : callable
        Returns the sheet and the definitions, if they are to be written.
    overwrite : bool
        Whether an earlier file of this name may be replaced.
    **workbook
        What `fourp_nlp.reporting.write_decision_sheet` takes besides.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ProjectError
        If the file is there already, is of another kind, or cannot hold so many rows.
    """
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ProjectError(
            f"{words.subject} are written as XLSX or CSV.",
            file=path,
            cure="End the file's name in .xlsx or .csv.",
        )
    if path.exists() and not overwrite:
        raise ProjectError(
            "This sheet is there already; nothing was changed.",
            file=path,
            cure=f"{words.import_first}; then add --overwrite, or name another with --to.",
        )
    if suffix == ".xlsx" and n_rows > _SHEET_ROWS:
        raise ProjectError(
            f"There are {n_rows} {words.rows}; an Excel sheet holds {_SHEET_ROWS} rows.",
            file=path,
            cure=words.fewer,
        )
    sheet, definitions = make()
    if suffix == ".csv":
        return write_csv(cut_cells(sheet), path)
    return write_decision_sheet(sheet, definitions, path, **workbook)  # type: ignore[arg-type]
