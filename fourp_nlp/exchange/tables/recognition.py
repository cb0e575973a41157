"""Recognises the kind of a table by the heads of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.tables.codebooks.reader import is_codebook_head
from fourp_nlp.exchange.tables.coding_rows import is_coded_head
from fourp_nlp.exchange.tables.column_heads import plain
from fourp_nlp.exchange.tables.layouts.grid_reader import is_grid_head, share_of_answers
from fourp_nlp.exchange.tables.table_file import read_tables

if TYPE_CHECKING:
    import os

    from fourp_nlp.exchange.tables.table_file import TableFiles

__all__ = ["kind_of_table"]

_SHEETS = {"codings": "long", "matrix": "wide"}


def kind_of_table(path: str | os.PathLike[str], *, codebook: bool = False) -> str:
    """Return the name of the format that a table is of.

    Parameters
    ----------
    path : str or os.PathLike
        The table.
    codebook : bool
        Whether the codebook is what is wanted of it.

    Returns
    -------
    str
        One of the names in `FORMATS`; empty if the heads do not tell.
    """
    try:
        files = read_tables(path, "", lambda cells: is_coded_head(cells) or is_grid_head(cells))
        coded = _kind_of_coded(files)
        written_here = files.book is not None and any(name in _SHEETS for name in files.book.names)
        if coded and not (codebook and not written_here):
            return coded
        # Of codings and a codebook beside them, the codebook is wanted.
        return _kind_of_codebook(path, codebook=codebook and not coded) or coded
    except ExchangeError:
        # Its reader reports the error.
        return ""


def _kind_of_coded(files: TableFiles) -> str:
    """Return the format of a table of codings; empty if it is none."""
    heads = [table.header for table in files.tables]
    sheet_formats = [
        _SHEETS[name] for name in (files.book.names if files.book else []) if name in _SHEETS
    ]
    kinds = (
        (bool(sheet_formats), sheet_formats[0] if sheet_formats else ""),
        (any(_is_label_studio(head) for head in heads), "label-studio"),
        (any(_is_doccano(head) for head in heads), "doccano"),
        (any(is_coded_head(head) for head in heads), "long"),
        (any(is_grid_head(head) for head in heads), _grid_kind(files)),
    )
    return next((kind for fits, kind in kinds if fits), "")


def _kind_of_codebook(path: str | os.PathLike[str], *, codebook: bool) -> str:
    """Return the format of a codebook's table; empty if it is none."""
    files = read_tables(path, "", is_codebook_head)
    heads = [[plain(head) for head in table.header] for table in files.tables]
    if any({"tag", "number of highlights"} <= set(head) for head in heads):
        return "taguette-codebook"
    known = any(is_codebook_head(table.header) for table in files.tables)
    return "codebook" if known or (codebook and any(len(head) == 1 for head in heads)) else ""


def _grid_kind(files: TableFiles) -> str:
    """Return whether a table with a row a segment is a matrix, a sheet that was filled in, or neither."""
    for table in files.tables:
        heads = [plain(head) for head in table.header]
        if "none" in heads:
            return "sheet"
        if any(share_of_answers(table.texts(at)) > 0.5 for at in range(len(heads))):
            return "wide"
    return "long"


def _is_label_studio(header: list[str]) -> bool:
    heads = {head.casefold() for head in header}
    return {"annotation_id", "annotator"} <= heads or {"annotation_id", "lead_time"} <= heads


def _is_doccano(header: list[str]) -> bool:
    heads = [head.casefold() for head in header]
    return (
        {"text", "label"} <= set(heads)
        and not {"document", "start", "tag"} & set(heads)
        and (heads[0] in {"id", "text"})
    )
