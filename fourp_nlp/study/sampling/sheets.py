"""Writing coding sheets of draws."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.coding.sheets.coding_sheet import CANNOT_APPLY, mark_columns
from fourp_nlp.errors import ProjectError
from fourp_nlp.reporting import write_coding_sheet
from fourp_nlp.spreadsheets import cut_cells, write_csv
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.sampling.code_definitions import definitions_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.store import Store
    from fourp_nlp.files import Content

__all__ = ["DrawSheet", "mark_cells", "save_draw", "save_draws", "sheet_definitions"]


def sheet_definitions(codebook: Codebook) -> pd.DataFrame:
    """Return the definitions of the codes, by their columns on a sheet.

    Parameters
    ----------
    codebook : Codebook
        The codebook.

    Returns
    -------
    pandas.DataFrame
        One row a code; the first column is the head of its column.
    """
    return definitions_table(codebook, column=mark_columns(codebook.code_ids)[:-1])


def mark_cells(marks: Sequence[str], applicable: NDArray[np.bool_] | None) -> dict[str, Any]:
    """Return the initial content of the columns to be marked.

    Parameters
    ----------
    marks : sequence of str, length n_codes + 1
        Heads of the columns: the codes, and none.
    applicable : ndarray of bool, shape (n_rows, n_codes), or None
        Which codes can apply to each row; by default all.

    Returns
    -------
    dict of str to str or list of str
        Nothing, or that the code cannot apply.
    """
    blank: dict[str, Any] = dict.fromkeys(marks, "")
    if applicable is None or applicable.all():
        return blank
    return blank | {
        column_name: ["" if is_applicable else CANNOT_APPLY for is_applicable in column]
        for column_name, column in zip(marks[:-1], applicable.T, strict=True)
    }


def save_draw(
    root: Path,
    facts: Mapping[str, object],
    drawn: pd.DataFrame,
    files: Sequence[Path],
    sheet: pd.DataFrame,
    codes: Sequence[str],
    definitions: pd.DataFrame,
    *,
    overwrite: bool,
    applicable: NDArray[np.bool_] | None = None,
) -> None:
    """Store a draw and write its sheet as CSV and workbook: all of it, or nothing.

    A sheet without its draw would lose its inclusion probabilities.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder, or a folder of scores.
    facts : mapping
        One row of the table of draws.
    drawn : pandas.DataFrame
        Table of drawn segments.
    files : sequence of pathlib.Path, length 2
        The CSV file and the workbook.
    sheet : pandas.DataFrame
        What is said of each segment, from `fourp_nlp.coding.sheets.coding_sheet.PLACE_COLUMNS` on.
    codes : sequence of str
        Ids of the codes to be marked.
    definitions : pandas.DataFrame
        What they mean, one row a code.
    overwrite : bool
        Whether earlier files are replaced.
    applicable : ndarray of bool, shape (n_drawn, n_codes), optional
        Which codes can apply to each segment; the others are marked so that nobody is asked for them.

    Raises
    ------
    ProjectError
        If a file is there already and not to be replaced.
    FourpError
        If something cannot be written; nothing is then.
    """
    save_draws(
        root,
        [(facts, drawn)],
        [DrawSheet(files, sheet, applicable)],
        codes,
        definitions,
        overwrite=overwrite,
    )


class DrawSheet(NamedTuple):
    """One coding sheet.

    Attributes
    ----------
    files : sequence of pathlib.Path, length 2
        The CSV file and the workbook.
    table : pandas.DataFrame
        What is said of each segment.
    applicable : ndarray of bool, shape (n_rows, n_codes), or None
        Which codes can apply to each segment; by default all.
    """

    files: Sequence[Path]
    table: pd.DataFrame
    applicable: NDArray[np.bool_] | None = None


def save_draws(
    root: Path,
    draws: Sequence[tuple[Mapping[str, object], pd.DataFrame]],
    sheets: Sequence[DrawSheet],
    codes: Sequence[str],
    definitions: pd.DataFrame,
    *,
    overwrite: bool,
) -> None:
    """Store several draws and write their sheets: all of it, or nothing.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.
    draws : sequence of (mapping, pandas.DataFrame)
        For each draw one row of the table of draws, and the table of drawn segments.
    sheets : sequence of DrawSheet
        The sheets; one may show the segments of several draws.
    codes, definitions, overwrite
        As for `save_draw`.

    Raises
    ------
    ProjectError
        If a file is there already and not to be replaced.
    FourpError
        If something cannot be written; nothing is then.
    """
    for path in (path for sheet in sheets for path in sheet.files):
        if path.exists() and not overwrite:
            raise ProjectError(
                "This sheet is there already; nothing was changed.",
                file=path,
                cure="Add --overwrite to replace it, or move it away.",
            )
    marks = mark_columns(codes)
    contents: dict[Path, Content] = {}
    for sheet in sheets:
        as_csv, as_xlsx = sheet.files
        table = sheet.table.assign(**mark_cells(marks, sheet.applicable), note="")
        contents[as_csv] = partial(write_csv, cut_cells(table))
        contents[as_xlsx] = partial(write_coding_sheet, table, marks, definitions)

    def keep(store: Store) -> None:
        for facts, drawn in draws:
            store.write_draw(facts, drawn)

    names = ", ".join(str(facts["draw"]) for facts, _ in draws)
    what = f"the draw{'' if len(draws) == 1 else 's'} {names}"
    change_files(root, contents, what=what, in_store=keep)
