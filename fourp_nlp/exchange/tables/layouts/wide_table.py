"""The wide table: a row for each segment and coder, a column for each code, with 0 and 1."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.exchange.exchange import NOTES, Losses
from fourp_nlp.exchange.tables.exchange_builder import build, drop_repeated, reading
from fourp_nlp.exchange.tables.layouts._segment_alignment import (
    align_codings,
    coder_guid,
    segment_grid,
)
from fourp_nlp.exchange.tables.layouts.further_sheets import (
    CODEBOOK,
    DOCUMENTS,
    codebook_sheet,
    documents_sheet,
    read_documents_sheet,
)
from fourp_nlp.exchange.tables.layouts.grid_reader import (
    BLANK,
    NO,
    RESERVED,
    STRANGE,
    YES,
    read_grids,
)
from fourp_nlp.exchange.tables.places.row_places import texts_of
from fourp_nlp.exchange.tables.table_file import is_workbook
from fourp_nlp.exchange.tables.table_file_writer import check_size, write_tables
from fourp_nlp.exchange.tables.table_losses import add_table_losses
from fourp_nlp.exchange.written_contents import NOBODY
from fourp_nlp.tables import empty

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Literal

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.tables.layouts._segment_alignment import CoderLabels, Rule
    from fourp_nlp.exchange.tables.layouts.grid_reader import Grid
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["add_detail_losses", "marks_of", "read_wide", "write_wide"]

_SHEET = "matrix"
_PLACE = ["document", "segment", "start", "end", "text"]
_EXAMPLES = 3


def write_wide(
    exchange: Exchange,
    path: str | os.PathLike[str],
    segments: pd.DataFrame,
    *,
    coder: str = "",
    rule: Rule = "majority",
    names: Literal["id", "label"] = "id",
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write codes as a matrix of 0 and 1 for a statistics program.

    The columns are document, segment, start, end, text, coder, and one a code. Every coder has a row for
    every segment. A cell is empty where the coder did not read the segment, so that what was not read is
    never taken for 0. A workbook has two more sheets, ``codebook`` and ``documents``.

    Parameters
    ----------
    exchange : Exchange
        The project.
    path : str or os.PathLike
        The file: .csv or .xlsx.
    segments : pandas.DataFrame
        The table SEGMENTS: the rows.
    coder : str, optional
        Whose codes alone to write; by default everybody's, one block of rows after another.
    rule : {"majority", "any", "containment"}
        When a segment has the code of a coding (`fourp_nlp.segments.alignment.codings_to_matrix`).
    names : {"id", "label"}
        Whether columns are called by the codes' ids or by their names.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES: what the table could not carry.

    Raises
    ------
    ExchangeError
        If there is no such coder, there are no segments of the documents, or the table is larger than a
        sheet of Excel.
    TableError
        If segments overlap.
    FourpError
        If the file cannot be written.
    """
    project = exchange.conformed()
    losses = Losses()
    grid = segment_grid(project, segments, names, RESERVED)
    users = [coder_guid(project, coder)] if coder else project.users["guid"].tolist()
    if not coder and (project.marks["user"] == "").any():
        users.append("")
    coder_names = dict(zip(project.users["guid"], project.users["coder"], strict=True)) | {"": ""}
    check_size(path, len(grid.segments) * max(len(users), 1), len(_PLACE) + 1 + len(grid.heads))
    labels = {user: align_codings(project, grid, user, rule, losses) for user in users}
    blocks = [
        _block(grid.segments, coder_labels, coder_names[user], grid.heads)
        for user, coder_labels in labels.items()
    ]
    nothing = grid.segments.iloc[:0][_PLACE].assign(coder="", **dict.fromkeys(grid.heads, 0))
    frame = pd.concat(blocks, ignore_index=True) if blocks else nothing
    if coder:
        others = project.users.loc[project.users["coder"] != coder, "coder"]
        losses.add("coders", "only one coder's codes were asked for", others.tolist())
    add_detail_losses(project, losses)
    has_sheets = is_workbook(path)
    add_table_losses(project, losses, beside=has_sheets)
    sheets = {_SHEET: frame}
    if has_sheets:
        heads = dict(zip(grid.nodes["guid"], grid.heads, strict=True))
        sheets[CODEBOOK] = codebook_sheet(project.nodes, grid.labels, losses, heads=heads)
        named = dict(zip(project.sources["guid"], project.sources["document"], strict=True))
        sheets[DOCUMENTS] = documents_sheet(named, project.sources, project.values, losses)
    write_tables(path, sheets, losses)
    if contents is not None:
        contents.of_project(project, project.marks.iloc[:0])
        contents.documents = frame["document"].nunique()
        contents.codes = len(grid.heads)
        contents.themes = contents.themes if has_sheets else 0
        contents.codings = {
            coder_names[user] or NOBODY: coder_labels.codings
            for user, coder_labels in labels.items()
        }
    return losses.table()


def read_wide(
    path: str | os.PathLike[str],
    documents: Mapping[str, str] | pd.DataFrame | None = None,
    *,
    nodes: pd.DataFrame | None = None,
    coder: str = "",
) -> Exchange:
    """Read a matrix of 0 and 1.

    Cells may say 1 and 0, x, yes and no, true and false, and the like in German and French. A cell that says
    something else is a loss, named by row and column. A row with a 0 was read; one without any says
    so only if every code of it has a 1.

    Parameters
    ----------
    path : str or os.PathLike
        CSV or XLSX, with columns for the document, and its place or its text.
    documents : mapping of str to str, or pandas.DataFrame, optional
        Normalised texts by document id, to place and check the rows, as for `read_long`.
    nodes : pandas.DataFrame, optional
        The table NODES of codes that are known: heads may name them by id or name. Other columns are new
        codes if most of their cells say yes or no.
    coder : str, optional
        Whose codes they are where the table does not say.

    Returns
    -------
    Exchange
        A coding for each segment that has a code, and what was read.

    Raises
    ------
    ExchangeError
        If it cannot be read, or lacks columns for document, place or text, or any code.
    UnsafeExchangeError
        If it would expand beyond the limits, or does not match its ending.
    """
    texts = texts_of(documents)
    losses = Losses()
    grids = read_grids(path, _SHEET, texts, nodes, coder, losses)
    remarks, done = [], []
    for grid in grids:
        _add_unclear_cells(grid, losses)
        read = (grid.answers == NO).any(axis=1) | (grid.answers == YES).all(axis=1)
        done.append(grid.rows[read & (grid.rows["coder"] != "").to_numpy()])
        remarks += grid.remarks
    if not any((grid.answers == NO).any() for grid in grids):
        remarks.append(
            "There is no 0 in the table: it does not show which segments were read and have no code."
        )
    rows = pd.concat([grid.rows for grid in grids], ignore_index=True)
    nobody = int((rows["coder"] == "").sum())
    if nobody:
        remarks.append(f"{nobody} row(s) name no coder.")
    return build(
        Path(path),
        marks_of([(grid, grid.answers == YES) for grid in grids], losses),
        codes=grids[0].codes,
        texts=texts,
        described=read_documents_sheet(grids[0].file.book),
        read=reading(pd.concat(done), rows.iloc[:0], texts),
        notes=empty(NOTES),
        losses=losses,
        remarks=remarks,
        more_documents=rows["document"].unique().tolist(),
    )


def marks_of(given: list[tuple[Grid, np.ndarray]], losses: Losses) -> pd.DataFrame:
    """Return the codings of marked cells.

    Parameters
    ----------
    given : list of (Grid, numpy.ndarray of bool, shape (n_rows, n_codes))
        Tables, and which cells of each give a code.
    losses : Losses
        Gets repeated codings.

    Returns
    -------
    pandas.DataFrame
        Columns row, document, start, end, quote, code, coder, probability, made_at and why.
    """
    frames = []
    for grid, cells in given:
        row, column = np.nonzero(cells)
        frames.append(
            grid.rows.iloc[row].assign(
                code=np.array(grid.labels, dtype=object)[column],
                probability=np.nan,
                made_at="",
                why="",
            )
        )
    return drop_repeated(pd.concat(frames, ignore_index=True), losses)


def add_detail_losses(exchange: Exchange, losses: Losses) -> None:
    """Add what a mark in a cell does not hold of a coding to the losses.

    Parameters
    ----------
    exchange : Exchange
        The exported project.
    losses : Losses
        Gets what is lost.
    """
    machines = exchange.users["machine"] & exchange.users["guid"].isin(set(exchange.marks["user"]))
    losses.add(
        "machines",
        "nothing in a cell tells a machine's code from a person's: they come back as people",
        exchange.users.loc[machines, "coder"].tolist(),
    )
    marks = exchange.marks
    why = "a cell says only that the code applies"
    for item, having in (
        ("probabilities", marks["probability"].notna()),
        ("dates of codings", marks["made_at"] != ""),
        ("reasons", marks["why"] != ""),
    ):
        losses.add(item, why, count=int(having.sum()))


def _block(
    segments: pd.DataFrame, labels: CoderLabels, coder: str, heads: list[str]
) -> pd.DataFrame:
    cells = np.where(labels.read[:, None] | labels.given, labels.given.astype(np.int8), BLANK)
    block = segments[_PLACE].assign(coder=coder)
    codes = pd.DataFrame(cells, columns=heads, index=block.index)
    codes = codes.astype("Int8").mask(codes == BLANK)
    return pd.concat([block, codes], axis=1)


def _add_unclear_cells(grid: Grid, losses: Losses) -> None:
    row, column = np.nonzero(grid.answers == STRANGE)
    losses.add(
        "cells",
        "they say neither yes nor no, and were read as blank",
        [
            f"row {grid.rows['row'].iloc[r]}, column '{grid.file.header[grid.columns[c]]}': "
            f"{grid.words[c][r]}"
            for r, c in zip(row[:_EXAMPLES], column[:_EXAMPLES], strict=True)
        ],
        count=len(row),
    )
