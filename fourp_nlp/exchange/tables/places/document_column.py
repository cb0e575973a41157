"""Finds the column of a table that names the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.tables.column_heads import heads_named, plain
from fourp_nlp.exchange.tables.places.document_names import matched_share

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fourp_nlp.exchange.tables.table_file import TableFile

__all__ = ["document_cells"]

_GROUPS = frozenset({"document group", "dokumentgruppe", "group", "folder", "ordner", "dossier"})


def document_cells(
    table: TableFile, texts: Mapping[str, str], other: Collection[int], remarks: list[str]
) -> tuple[int | None, list[str]]:
    """Return the column that names the documents, and what it says.

    Of several columns that may be meant, the one whose names are those of documents is taken; of equal ones,
    a name rather than a number.

    Parameters
    ----------
    table : TableFile
        The table.
    texts : mapping of str to str
        Texts by document id, as far as they are known.
    other : collection of int
        Columns that are known to hold something else.
    remarks : list of str
        Gets a sentence if the column's head is not one of documents.

    Returns
    -------
    column : int or None
        Its place; None if there is none.
    names : list of str, length n_rows
        The names.
    """
    named = [at for at in heads_named(table.header, "document") if at not in other]
    if not texts:
        return (named[0], table.texts(named[0])) if named else (None, table.texts(None))
    best: tuple[float, int] = (0.0, named[0] if named else -1)
    for at in named:
        share = matched_share(table.texts(at), texts)
        if share > best[0]:
            best = (share, at)
    if best[0] == 0.0:
        free = [
            at
            for at, head in enumerate(table.header)
            if head and at not in other and at not in named
        ]
        for at in free:
            share = matched_share(table.texts(at), texts)
            if share > max(best[0], 0.5):
                best = (share, at)
        if best[0] > 0.0:
            remarks.append(
                f"The column '{table.header[best[1]]}' contains names of documents of the "
                "project, and was read as the column of documents."
            )
    share, column = best
    if column < 0:
        return None, table.texts(None)
    names = table.texts(column)
    if share < 1.0 and named:
        joined = _with_group(table, column, names, other)
        if joined and matched_share(joined, texts) > share:
            return column, joined
    return column, names


def _with_group(
    table: TableFile, column: int, names: list[str], other: Collection[int]
) -> list[str]:
    """Return names with the groups before them, as folders; none if there is no column of groups."""
    at = next(
        (
            at
            for at, head in enumerate(table.header)
            if plain(head) in _GROUPS and at != column and at not in other
        ),
        None,
    )
    if at is None:
        return []
    groups = table.texts(at)
    return [
        f"{group.strip()}/{name.strip()}" if group.strip() and name.strip() else name
        for group, name in zip(groups, names, strict=True)
    ]
