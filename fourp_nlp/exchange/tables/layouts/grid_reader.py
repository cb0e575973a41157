"""Reads tables with a row for each segment and a column for each code."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.tables.code_nodes import Codes
from fourp_nlp.exchange.tables.column_heads import HEADS, find_columns
from fourp_nlp.exchange.tables.layouts.further_sheets import read_codebook_sheet
from fourp_nlp.exchange.tables.places.document_column import document_cells
from fourp_nlp.exchange.tables.places.row_places import locate_rows
from fourp_nlp.exchange.tables.table_file import read_tables
from fourp_nlp.exchange.tables.workbook_sheets import (
    FURTHER_SHEETS,
    sheets_are_coders,
    sheets_remark,
)
from fourp_nlp.spreadsheets import SUGGESTED

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.tables.table_file import TableFile, TableFiles

__all__ = [
    "BLANK",
    "NO",
    "RESERVED",
    "STRANGE",
    "YES",
    "Grid",
    "answers_yes",
    "is_grid_head",
    "read_grids",
    "share_of_answers",
]

YES, NO, BLANK, STRANGE = 1, 0, -1, -2
"""What a cell says: the code applies, does not, nothing, or something else."""

RESERVED = frozenset(
    {
        "document", "segment", "start", "end", "text", "coder", "none", "note", "speaker", "role",
        "draw", "order", "before", "after", SUGGESTED,
    }
)  # fmt: skip
"""Heads that are no code's; a code of such a name is headed "code" and its name."""

_ANSWERS = {
    **dict.fromkeys(
        ["1", "1.0", "x", "xx", "yes", "y", "true", "wahr", "ja", "j", "vrai", "oui", "o", "sí", "si",
         "sim", "✓", "✔", "✅", "☑", "☒", "×"],
        YES,
    ),
    **dict.fromkeys(["0", "0.0", "no", "n", "false", "falsch", "nein", "faux", "non", "não"], NO),
    "": BLANK,
}  # fmt: skip
_ROLES = ("document", "start", "end", "quote", "segment", "coder", "none", "note")
_EXAMPLES = 3


class Grid(NamedTuple):
    """A table with a row a segment, every row at its place.

    Attributes
    ----------
    file : TableFile
        The file.
    rows : pandas.DataFrame
        row (what messages call it), number (in its sheet), document, start, end, quote, coder, note and at
        (its index in the file).
    labels : list of str
        What the columns stand for, each a label of `codes`.
    columns : list of int
        Their places in the file.
    answers : numpy.ndarray of int8, shape (n_rows, n_codes)
        What the cells say.
    none : numpy.ndarray of int8, shape (n_rows,)
        What the cells of the column none say.
    words : list of list of str
        The cells of each code as text.
    codes : Codes
        The codes.
    remarks : list of str
        What the user should know.
    """

    file: TableFile
    rows: pd.DataFrame
    labels: list[str]
    columns: list[int]
    answers: npt.NDArray[np.int8]
    none: npt.NDArray[np.int8]
    words: list[list[str]]
    codes: Codes
    remarks: list[str]


def read_grids(
    path: str | os.PathLike[str],
    sheet: str,
    texts: Mapping[str, str],
    nodes: pd.DataFrame | None,
    coder: str,
    losses: Losses,
) -> list[Grid]:
    """Read a table with a row a segment, or all sheets of a workbook that are such tables.

    Parameters
    ----------
    path : str or os.PathLike
        CSV or XLSX.
    sheet : str
        Which sheet of a workbook comes first.
    texts : mapping of str to str
        Normalised texts by document id, as far as they are known.
    nodes : pandas.DataFrame, optional
        The table NODES of codes that are known.
    coder : str
        Whose the rows are that name nobody. If nobody is named at all and there are several sheets, their
        names are those of the coders.
    losses : Losses
        Gets columns and sheets that are not read, and rows without a place or that were moved.

    Returns
    -------
    list of Grid
        Rows and cells of each table. A column that no known code is called by is a new code if most of its
        cells that say anything are yes or no.

    Raises
    ------
    ExchangeError
        If it cannot be read, or has no columns for documents and places or texts.
    UnsafeExchangeError
        If it would expand beyond the limits, or does not match its ending.
    """
    files = read_tables(path, sheet, is_grid_head, beside=FURTHER_SHEETS)
    described, heads = read_codebook_sheet(files.book)
    codes = Codes(nodes)
    codes.merge(described)
    has_codebook = bool(len(described) + (0 if nodes is None else len(nodes)))
    grids: list[Grid] = []
    for file in files.tables:
        remarks = list(file.remarks)
        columns, known = _columns_of_table(
            file, heads, codes, remarks, losses, has_codebook=has_codebook
        )
        if known:
            cells = _cells(file, files, columns, texts, remarks)
            grids.append(_grid(file, cells, columns, known, texts, codes, remarks, losses))
        else:
            files.passed.append(file.sheet)
    if not grids:
        raise ExchangeError(
            "No column of the table is a code.",
            file=path,
            cure="Codes have a column each, with 1 and 0 or an x in its cells.",
        )
    files.add_unread_sheets(losses)
    _name_coders(grids, texts, coder)
    return grids


def _name_coders(grids: list[Grid], texts: Mapping[str, str], coder: str) -> None:
    """Say whose rows are that name nobody."""
    silent = not coder and all((grid.rows["coder"] == "").all() for grid in grids)
    names = [grid.file.sheet for grid in grids]
    for grid in grids:
        name = coder.strip()
        if len(grids) > 1:
            named = silent and sheets_are_coders(names, texts)
            name = grid.file.sheet.strip() if named else name
            if grid is grids[0]:
                grid.remarks.append(sheets_remark(names, named=named))
        grid.rows["coder"] = grid.rows["coder"].where(grid.rows["coder"] != "", name)


def _columns_of_table(
    file: TableFile,
    heads: Mapping[str, str],
    codes: Codes,
    remarks: list[str],
    losses: Losses,
    *,
    has_codebook: bool,
) -> tuple[dict[str, int], dict[int, str]]:
    """Return the columns of roles, and those of codes with the codes' labels."""
    known = _known_columns(file.header, heads, codes)
    columns = _columns(file, known, remarks)
    new: list[str] = []
    passed: list[str] = []
    for at, head in enumerate(file.header):
        if at in known or at in columns.values() or head.casefold() in RESERVED or not head:
            continue
        share = share_of_answers(file.texts(at))
        if share > 0.5:
            codes.add(head)
            known[at] = head
            new.append(head)
        elif share >= 0:
            passed.append(head)
    if new and has_codebook:
        remarks.append(
            f"{len(new)} column(s) are codes that are not in the codebook: {', '.join(new)}."
        )
    losses.add("columns", "they are neither codes nor places", passed)
    return columns, known


def _cells(
    file: TableFile,
    files: TableFiles,
    columns: dict[str, int],
    texts: Mapping[str, str],
    remarks: list[str],
) -> pd.DataFrame:
    cells = pd.DataFrame(
        {role: file.texts(columns.get(role)) for role in (*_ROLES[:4], "coder", "note")},
        dtype=object,
    )
    others = {at for role, at in columns.items() if role != "document"}
    _, cells["document"] = document_cells(file, texts, others, remarks)
    cells["row"] = pd.Series(files.rows_named(file), dtype=object)
    cells["number"] = file.numbers
    cells["at"] = np.arange(len(cells))
    cells["coder"] = [name.strip() for name in cells["coder"]]
    return cells


def _grid(
    file: TableFile,
    cells: pd.DataFrame,
    columns: Mapping[str, int],
    known: Mapping[int, str],
    texts: Mapping[str, str],
    codes: Codes,
    remarks: list[str],
    losses: Losses,
) -> Grid:
    placed = locate_rows(cells, texts, losses, item="rows")
    remarks += placed.remarks
    rows = cells.loc[placed.rows.index]
    rows[[*_ROLES[:4]]] = placed.rows[[*_ROLES[:4]]]
    again = rows.duplicated(["coder", "document", "start", "end"])
    losses.add(
        "repeated rows",
        "an earlier row of the same coder has the same place: the marks of both count",
        [f"row {row}" for row in rows.loc[again, "row"].head(_EXAMPLES)],
        count=int(again.sum()),
    )
    places = rows["at"].to_numpy()
    order = sorted(known)
    if len(rows):
        codes.list_too(known.values())
    columns_of_text = [file.texts(column) for column in order]
    answers = [answers_of(texts_)[places] for texts_ in columns_of_text]
    none = answers_of(file.texts(columns.get("none")))[places]
    return Grid(
        file,
        rows.reset_index(drop=True),
        [known[column] for column in order],
        order,
        np.array(answers, dtype=np.int8).reshape(len(order), len(rows)).T,
        none,
        [[texts_[place] for place in places] for texts_ in columns_of_text],
        codes,
        remarks,
    )


def is_grid_head(cells: list[str]) -> bool:
    """Return whether a row of cells is the head of a table with a row a segment."""
    columns = find_columns(cells, _ROLES[:4])
    return "document" in columns and ("start" in columns or "quote" in columns)


def _known_columns(header: Sequence[str], heads: Mapping[str, str], codes: Codes) -> dict[int, str]:
    """Return the columns of codes that are known, by place."""
    labels: dict[int, str] = {}
    for at, head in enumerate(header):
        folded = head.casefold()
        if folded in RESERVED:
            continue
        label = heads.get(folded) or codes.find(head)
        if not label and folded.startswith("code ") and folded[5:] in RESERVED:
            label = codes.find(head[5:]) or head[5:]
            codes.add(label)
        if label and label not in labels.values():
            labels[at] = label
    return labels


def _columns(file: TableFile, known: Mapping[int, str], remarks: list[str]) -> dict[str, int]:
    hidden = ["" if at in known else head for at, head in enumerate(file.header)]
    columns = find_columns(hidden, _ROLES)
    # A column called author may be a code as well as a coder.
    if "coder" in columns and share_of_answers(file.texts(columns["coder"])) == 1:
        del columns["coder"]
    lacking = [role for role in ("document", "quote") if role not in columns]
    if "quote" in lacking and {"start", "end"} <= set(columns):
        lacking.remove("quote")
    if lacking:
        heads = ", ".join(repr(head) for head in file.header[:20] if head)
        ways = "; ".join(f"{role} may be called {', '.join(HEADS[role][:8])}" for role in lacking)
        raise ExchangeError(
            f"There is no column for {' and '.join(lacking)}. Its columns are: {heads}.",
            file=file.path,
            place=f"sheet '{file.sheet}'" if file.sheet else "first row",
            cure=f"Name them in the first row: {ways}.",
        )
    if "quote" not in columns:
        remarks.append("There is no column of texts, so that places cannot be checked.")
    return columns


def answers_of(cells: Sequence[str]) -> npt.NDArray[np.int8]:
    number, different = pd.factorize(np.array(cells, dtype=object))
    answers = [_ANSWERS.get(str(cell).strip().casefold(), STRANGE) for cell in different]
    return np.array(answers, dtype=np.int8)[number]


def answers_yes(cells: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which cells say yes."""
    return np.asarray(answers_of(cells) == YES, dtype=bool)


def share_of_answers(cells: Sequence[str]) -> float:
    """Return which share of the cells that say anything say yes or no; -1 if none says anything."""
    answers = answers_of(cells)
    filled = answers != BLANK
    return float((answers[filled] >= NO).mean()) if filled.any() else -1.0
