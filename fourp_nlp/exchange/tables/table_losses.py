"""Lists what a table cannot hold, whatever its layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.own_notes import MEMO

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Exchange, Losses

__all__ = ["add_table_losses"]

_EXAMPLES = 3


def add_table_losses(
    exchange: Exchange, losses: Losses, *, beside: bool, memos: bool = False
) -> None:
    """Add what no table can hold to the losses.

    Parameters
    ----------
    exchange : Exchange
        The exported project.
    losses : Losses
        Gets what is lost.
    beside : bool
        Whether there are further sheets with definitions and documents, as in a workbook.
    memos : bool, default False
        Whether the table has a column of memos on codings.
    """
    sources, nodes, users, marks = (
        exchange.sources,
        exchange.nodes,
        exchange.users,
        exchange.marks,
    )
    values = exchange.values
    _add(
        losses,
        "texts of documents",
        "a table of codings holds no documents: keep the documents with it",
        sources.loc[sources["has_text"], "document"],
    )
    _add(
        losses,
        "kinds of documents",
        "a table of codings does not say what was no text",
        sources.loc[sources["kind"] != "text", "document"],
    )
    notes = exchange.notes
    is_memo = (notes["name"] == MEMO) & notes["about"].isin(exchange.marks["guid"])
    others = notes[~is_memo]
    _add(
        losses,
        "notes",
        "a table of codings has no place for them",
        others["name"].where(others["name"] != "", others["text"]),
    )
    if not memos:
        why = "this table has no place for them: write a table with one row for each coding"
        _add(losses, "memos on codings", why, notes.loc[is_memo, "text"])
    for kind in ("case", "set"):
        these = exchange.members[exchange.members["kind"] == kind]
        _add(
            losses,
            f"{kind}s",
            "a table of codings has no place for them",
            these["name"].drop_duplicates(),
        )
    of_sources = values["about"].isin(set(sources["guid"]))
    _add(
        losses,
        "values of cases",
        "a table of codings has no place for them",
        values.loc[~of_sources, "variable"],
    )
    if not beside:
        cure = "only a workbook has a sheet for them: write .xlsx to keep them"
        _add(losses, "values of documents", cure, values.loc[of_sources, "variable"])
        _add(
            losses,
            "descriptions of documents",
            cure,
            sources.loc[sources["description"] != "", "document"],
        )
        _add(losses, "definitions", cure, nodes.loc[nodes["description"] != "", "name"])
        _add(losses, "colours of codes", cure, nodes.loc[nodes["color"] != "", "name"])
        above = nodes["guid"].isin(set(nodes["parent"]))
        _add(
            losses,
            "levels of the codebook",
            cure,
            nodes.loc[above & (nodes["parent"] != ""), "name"],
        )
    _add_identities(exchange, losses)
    quiet = users[
        ~users["guid"].isin(set(marks["user"])) & ~users["coder"].isin(exchange.read["coder"])
    ]
    _add(losses, "coders", "the table holds nothing of theirs", quiet["coder"])


def _add_identities(exchange: Exchange, losses: Losses) -> None:
    """Add the things that have a GUID of another program, for which no table has a column."""
    for item, frame, kind, names in (
        ("documents", exchange.sources, "source", exchange.sources["document"]),
        (
            "codes",
            exchange.nodes,
            "node",
            exchange.nodes["code"].where(exchange.nodes["code"] != "", exchange.nodes["name"]),
        ),
        ("coders", exchange.users, "user", exchange.users["coder"]),
    ):
        ours = [guid_of(kind, name) for name in names]
        _add(
            losses,
            f"identities of {item}",
            "a table has no column for the GUID of another program: it identifies them by name",
            names[frame["guid"].to_numpy() != pd.Index(ours)],
        )


def _add(losses: Losses, item: str, why: str, examples: pd.Series) -> None:
    losses.add(item, why, examples.head(_EXAMPLES).tolist(), count=len(examples))
