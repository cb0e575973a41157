"""Sheets of all segments for coding in Excel: writes and reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.exchange import NOTES, Losses
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.tables.exchange_builder import build, reading
from fourp_nlp.exchange.tables.layouts._segment_alignment import (
    align_codings,
    coder_guid,
    segment_grid,
)
from fourp_nlp.exchange.tables.layouts.further_sheets import (
    CODEBOOK,
    codebook_sheet,
    read_documents_sheet,
)
from fourp_nlp.exchange.tables.layouts.grid_reader import NO, RESERVED, STRANGE, YES, read_grids
from fourp_nlp.exchange.tables.layouts.wide_table import add_detail_losses, marks_of
from fourp_nlp.exchange.tables.places.row_places import texts_of
from fourp_nlp.exchange.tables.table_file import is_workbook
from fourp_nlp.exchange.tables.table_file_writer import MOST_ROWS, check_size
from fourp_nlp.exchange.tables.table_losses import add_table_losses
from fourp_nlp.spreadsheets import (
    CUT_MARK,
    MARK,
    SUGGESTED,
    cell_text,
    open_book,
    set_up_printing,
    write_marking_sheet,
    write_plain,
)
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Literal

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.tables.layouts._segment_alignment import Rule, SegmentGrid
    from fourp_nlp.exchange.tables.layouts.grid_reader import Grid
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["read_segment_sheet", "write_segment_sheet"]

_SHEET = "segments"
_NONE, _NOTE, _SPEAKER = "none", "note", "speaker"
_HOW_SHEET = "how to"
_HOW = (
    f"Read each text on the sheet '{_SHEET}' and put an {MARK} into the column of every code that "
    "applies to it.",
    f"If no code applies, put an {MARK} under '{_NONE}'. A row without any mark counts as not read yet.",
    f"The definitions are on the sheet '{CODEBOOK}'.",
    "You may sort, filter, move and delete rows, and add columns. Do not change document, start, end and "
    "text. To have the rows in their first order again, sort by document and segment.",
    "For a passage of your own, add a row with the document and, under text, the exact passage (it must "
    "occur only once in the document); leave segment, start and end empty.",
    f"For a new code, add a column with its name in the first row, and an {MARK} where it applies.",
    f"Remarks go under '{_NOTE}', or into a comment on a cell.",
)
_FILLED = "The existing marks are those of {coder}: change and delete them as you see fit."
_SUGGESTS = (
    f"'{SUGGESTED}' shows the machine's suggestion. Read the text and decide for yourself first: suggestions "
    "that you see first influence you."
)
_WIDTHS = {
    "document": 18.0, "segment": 8.0, "start": 7.0, "end": 7.0, _SPEAKER: 11.0, "text": 60.0,
    SUGGESTED: 26.0, _NOTE: 30.0,
}  # fmt: skip
_ASIDE = frozenset({"document", "segment", "start", "end", _SPEAKER, SUGGESTED})
_FEW = 8  # codes whose names can stand upright over their columns
_UPRIGHT, _TURNED = 13.0, 4.5
_EXAMPLES = 3
_LONGEST_QUOTED = 16_000
_SPARE = 1000  # rows for passages of one's own


def write_segment_sheet(
    exchange: Exchange,
    path: str | os.PathLike[str],
    segments: pd.DataFrame,
    *,
    coder: str = "",
    suggestions: bool = False,
    rule: Rule = "majority",
    names: Literal["id", "label"] = "id",
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write a workbook in which a person codes: one row a segment, one column a code.

    Each cell of a code offers an x; a column ``none`` tells what was read and has no code from what was not
    read. Definitions are on a second sheet, what to do on a third. Nothing of the machine is on it
    unless asked for.

    Parameters
    ----------
    exchange : Exchange
        The project.
    path : str or os.PathLike
        The file, .xlsx.
    segments : pandas.DataFrame
        The table SEGMENTS: the rows.
    coder : str, optional
        Whose codes are marked on it already; by default nobody's.
    suggestions : bool, default False
        Whether a column says which codes the machines of the project give.
    rule : {"majority", "any", "containment"}
        When a segment has the code of a coding.
    names : {"id", "label"}
        Whether columns are called by the codes' ids or by their names.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES: what the sheet could not carry.

    Raises
    ------
    ExchangeError
        If the name is not that of a workbook, there is no such coder, or there are more segments than a
        sheet of Excel has rows.
    TableError
        If segments overlap.
    FourpError
        If the file cannot be written.
    """
    if not is_workbook(path):
        raise ExchangeError(
            "A sheet to code on is a workbook.",
            file=path,
            cure="Give it a name that ends in .xlsx.",
        )
    project = exchange.conformed()
    losses = Losses()
    grid = segment_grid(project, segments, names, RESERVED)
    check_size(path, len(grid.segments), len(grid.heads) + len(_WIDTHS) + 1)
    sheet = _sheet(project, grid, coder, rule, losses, suggestions=suggestions)
    marks = [*grid.heads, _NONE]
    few = len(grid.heads) <= _FEW
    widths = _WIDTHS | dict.fromkeys(marks, _UPRIGHT if few else _TURNED)
    how = [
        *_HOW,
        *([_FILLED.format(coder=coder)] if coder else []),
        *([_SUGGESTS] if suggestions else []),
    ]
    heads = dict(zip(grid.nodes["guid"], grid.heads, strict=True))
    definitions = codebook_sheet(project.nodes, grid.labels, losses, heads=heads)
    with open_book(path) as (book, formats):
        page = book.add_worksheet(_SHEET)
        write_marking_sheet(
            page,
            sheet,
            marks,
            formats,
            widths=widths,
            aside=_ASIDE,
            frozen=list(sheet.columns).index("text") + 1,
            spare=min(_SPARE, MOST_ROWS - len(sheet)),
            turned=not few,
        )
        for added, frame in (
            (CODEBOOK, definitions),
            (_HOW_SHEET, pd.DataFrame({"How to": how})),
        ):
            further_page = book.add_worksheet(added)
            write_plain(further_page, frame, formats)
            if added == CODEBOOK:
                for first, last, width in ((2, 2, 28), (3, 5, 16), (6, 6, 80)):
                    further_page.set_column(first, last, width)
            set_up_printing(further_page)
        set_up_printing(page)
    if contents is not None:
        contents.of_project(project, project.marks.iloc[:0])
        contents.documents, contents.codes = sheet["document"].nunique(), len(grid.heads)
    return losses.table()


def read_segment_sheet(
    path: str | os.PathLike[str],
    documents: Mapping[str, str] | pd.DataFrame | None = None,
    *,
    coder: str = "",
    nodes: pd.DataFrame | None = None,
) -> Exchange:
    """Read a sheet of segments that a person filled in.

    Rows may be sorted, deleted and added, columns moved and added. Anything in a code's cell is a mark but
    nothing, 0 and no; words in it become a note. A row without any mark was not read. Sheets of
    `fourp next` are read as well.

    Parameters
    ----------
    path : str or os.PathLike
        XLSX or CSV.
    documents : mapping of str to str, or pandas.DataFrame, optional
        Normalised texts by document id, to place and check the rows, as for `read_long`. Passages that
        somebody added need them.
    coder : str
        Who filled it in. Only a sheet with a column of coders needs none.
    nodes : pandas.DataFrame, optional
        The table NODES of codes that are known; needed where the sheet has lost its second sheet, and a
        code is given nowhere.

    Returns
    -------
    Exchange
        A coding for each mark, what was read, and notes.

    Raises
    ------
    ExchangeError
        If it is not said who filled it in; if it cannot be read, or lacks columns for document, place
        or text, or any code.
    UnsafeExchangeError
        If it would expand beyond the limits, or does not match its ending.
    """
    texts = texts_of(documents)
    losses = Losses()
    grids = read_grids(path, _SHEET, texts, nodes, coder, losses)
    if any((grid.rows["coder"] == "").any() for grid in grids):
        raise ExchangeError(
            "The sheet does not say who filled it in.", file=path, cure="Name the coder."
        )
    remarks: list[str] = []
    marked, done, notes = [], [], []
    for grid in grids:
        given = (grid.answers == YES) | (grid.answers == STRANGE)
        marked.append((grid, given))
        done.append(_read_rows(grid, given, losses))
        notes.append(_notes(grid, given, losses))
        remarks += grid.remarks
    rows = pd.concat([grid.rows for grid in grids], ignore_index=True)
    return build(
        Path(path),
        marks_of(marked, losses),
        codes=grids[0].codes,
        texts=texts,
        described=read_documents_sheet(grids[0].file.book),
        read=reading(pd.concat(done), rows.iloc[:0], texts),
        notes=conform(pd.concat(notes).drop_duplicates("guid"), NOTES),
        losses=losses,
        remarks=remarks,
        more_documents=rows["document"].unique().tolist(),
    )


def _read_rows(grid: Grid, given: np.ndarray, losses: Losses) -> pd.DataFrame:
    """Return the rows that were read."""
    nothing = (grid.none == YES) | (grid.none == STRANGE)
    both = given.any(axis=1) & nothing
    losses.add(
        f"marks under '{_NONE}'",
        "the same row has a code, which counts",
        [f"row {row}" for row in grid.rows.loc[both, "row"].head(_EXAMPLES)],
        count=int(both.sum()),
    )
    # A 0 says that somebody looked, a 0 under none says nothing.
    read = given.any(axis=1) | nothing | (grid.answers == NO).any(axis=1)
    unread = grid.rows.loc[~read & (grid.rows["note"].str.strip() != "").to_numpy(), "row"]
    if len(unread):
        grid.remarks.append(f"{len(unread)} row(s) have a note but no mark, and count as not read.")
    rows: pd.DataFrame = grid.rows[read]
    return rows


def _sheet(
    project: Exchange,
    grid: SegmentGrid,
    coder: str,
    rule: Rule,
    losses: Losses,
    *,
    suggestions: bool,
) -> pd.DataFrame:
    sheet = grid.segments[["document", "segment", "start", "end"]].copy()
    if (grid.segments["speaker"] != "").any():
        sheet[_SPEAKER] = grid.segments["speaker"]
    sheet["text"] = grid.segments["text"]
    long = sheet["text"].str.len() > _LONGEST_QUOTED
    cut = [text for text in sheet.loc[long, "text"] if cell_text(text).endswith(CUT_MARK)]
    losses.add(
        "texts of segments", "they are too long for a cell of Excel: they are cut and marked", cut
    )
    if suggestions:
        sheet[SUGGESTED] = _suggested(project, grid, rule)
    marked = np.full((len(sheet), len(grid.heads) + 1), "", dtype=object)
    if coder:
        user = coder_guid(project, coder)
        labels = align_codings(project, grid, user, rule, losses)
        marked[:, :-1][labels.given] = MARK
        marked[labels.read & ~labels.given.any(axis=1), -1] = MARK
        unsure = labels.given.any(axis=1) & ~labels.read
        losses.add(
            "segments",
            "they have a code but were not read by themselves: on a sheet, a mark says that they were",
            grid.segments.loc[unsure, "text"].head(_EXAMPLES).tolist(),
            count=int(unsure.sum()),
        )
        add_detail_losses(_of(project, {user}), losses)
    else:
        user = ""
    machines = set(project.users.loc[project.users["machine"], "guid"]) if suggestions else set()
    others = project.users[~project.users["guid"].isin({user, *machines})]
    others = others[others["guid"].isin(set(project.marks["user"]))]
    losses.add(
        "coders", "a sheet is for one person: their codes are not on it", others["coder"].tolist()
    )
    values = project.values
    of_values = values["about"].isin(set(project.sources["guid"]))
    losses.add(
        "values of documents",
        "a sheet to code on has no place for them",
        values.loc[of_values, "variable"].drop_duplicates().tolist(),
        count=int(of_values.sum()),
    )
    add_table_losses(project, losses, beside=True)
    sheet[[*grid.heads, _NONE]] = marked
    return sheet.assign(**{_NOTE: ""})


def _suggested(project: Exchange, grid: SegmentGrid, rule: Rule) -> list[str]:
    """Return the names of the codes that machines give each segment."""
    suggested = np.zeros((len(grid.segments), len(grid.heads)), dtype=bool)
    for user in project.users.loc[project.users["machine"], "guid"]:
        suggested |= align_codings(project, grid, str(user), rule, Losses()).given
    names = [name or head for name, head in zip(grid.nodes["name"], grid.heads, strict=True)]
    return ["; ".join(names[at] for at in np.flatnonzero(row)) for row in suggested]


def _of(project: Exchange, users: set[str]) -> Exchange:
    return replace(project, marks=project.marks[project.marks["user"].isin(users)])


def _notes(grid: Grid, given: np.ndarray, losses: Losses) -> pd.DataFrame:
    """Return the table NOTES of the column note, of words in cells, and of comments on cells."""
    rows = grid.rows
    places = list(
        zip(
            rows["document"],
            rows["start"].tolist(),
            rows["end"].tolist(),
            rows["coder"],
            strict=True,
        )
    )
    notes: list[tuple[str, ...] | tuple[object, ...]] = []
    for place, note in zip(places, rows["note"], strict=True):
        if note.strip():
            notes.append(_note(place, "", "", note.strip()))
    strange = np.argwhere(grid.answers == STRANGE)
    words = []
    for row, column in strange:
        text = grid.words[column][row].strip()
        words.append(f"row {rows['row'].iloc[row]}, column '{grid.labels[column]}': {text}")
        notes.append(_note(places[row], grid.labels[column], "", text))
    losses.add("marks with words in them", "they count as marks, and the words became notes", words)
    book = grid.file.book
    comments = [] if book is None else book.comments(grid.file.sheet)
    of_row = {int(row): at for at, row in enumerate(rows["number"])}
    of_column = {column: at for at, column in enumerate(grid.columns)}
    nowhere = []
    for comment in comments:
        at = of_row.get(comment.row)
        if at is None:
            nowhere.append(comment.text)
            continue
        column = of_column.get(comment.column)
        label = grid.labels[column] if column is not None and given[at, column] else ""
        notes.append(_note(places[at], label, comment.author, comment.text))
    losses.add("comments", "they are not on the row of a segment", nowhere)
    if not notes:
        return empty(NOTES)
    return conform(pd.DataFrame(notes, columns=NOTES.names).drop_duplicates("guid"), NOTES)


def _note(
    place: tuple[str, int, int, str], label: str, author: str, text: str
) -> tuple[object, ...]:
    """Return a note on a segment, or on the coding if a label is given."""
    document, start, end, coder = place
    about = (
        guid_of("mark", document, start, end, label, coder)
        if label
        else guid_of("source", document)
    )
    span = (-1, -1) if label else (start, end)
    name = f"comment by {author}" if author else ""
    guid = guid_of("note", document, start, end, label, coder, text)
    return (guid, about, *span, guid_of("user", coder), name, text, "")
