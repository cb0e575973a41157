"""Prepares an exchange for the import: normalised GUIDs, and only the chosen coders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import unknown_coder
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import Exchange, Losses, normalise_guid
from fourp_nlp.study.importing.codings.coders import NOBODY

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.plan import ImportOptions

__all__ = ["normalise_guids", "select_coders"]


def normalise_guids(exchange: Exchange) -> Exchange:
    """Return the same with every GUID in one spelling, which also makes it safe as a file's name."""
    guids = {
        "sources": ["guid", "user", "modified_by"],
        "nodes": ["guid", "parent"],
        "users": ["guid"],
        "marks": ["guid", "source", "node", "user", "selection"],
        "notes": ["guid", "about", "user", "modified_by", "selection"],
        "values": ["about", "variable_guid"],
        "members": ["guid", "member"],
        "selections": ["guid", "user", "modified_by"],
    }
    tables: dict[str, pd.DataFrame] = {}
    for table, columns in guids.items():
        frame: pd.DataFrame = getattr(exchange, table)
        tables[table] = frame.assign(
            **{
                name: frame[name].map({text: normalise_guid(text) for text in frame[name].unique()})
                for name in columns
            }
        )
    # Spaces at the ends of a name do not survive everywhere, and tell nobody apart.
    tables["users"] = tables["users"].assign(coder=tables["users"]["coder"].str.strip())
    tables["read"] = exchange.read.assign(coder=exchange.read["coder"].str.strip())
    return replace(exchange, **tables).conformed()  # type: ignore[arg-type]


def select_coders(
    exchange: Exchange, coders: dict[str, Coder], options: ImportOptions, losses: Losses
) -> tuple[Exchange, dict[str, Coder], pd.Series]:
    """Keep only the coders that the user asks for.

    Parameters
    ----------
    exchange : Exchange
        The project of the other program.
    coders : dict of str to Coder
        Its coders by GUID.
    options : ImportOptions
        What the user asks for.
    losses : Losses
        Codings that are left out are added here.

    Returns
    -------
    exchange : Exchange
        The project with the codings and readings of these coders.
    coders : dict of str to Coder
        These coders.
    left_out : pandas.Series
        The GUID of the user of each coding that was left out.

    Raises
    ------
    ExchangeError
        If one of them is not in the file.
    """
    if not options.coders:
        return exchange, coders, exchange.marks["user"].iloc[:0]
    known = {name for coder in coders.values() for name in (coder.name or NOBODY, coder.coder)}
    for name in options.coders:
        if name not in known:
            raise ExchangeError(
                f"{unknown_coder(name, sorted(known))} in the file.",
                cure="Correct the name after --coder.",
            )
    chosen = {
        guid: coder
        for guid, coder in coders.items()
        if {coder.name or NOBODY, coder.coder} & set(options.coders)
    }
    marks = exchange.marks
    is_selected = marks["user"].isin(chosen)
    losses.add(
        "codings",
        "They are of other coders than those named with --coder.",
        {
            coders[guid].known_as if guid in coders else guid: None
            for guid in marks["user"][~is_selected]
        },
        count=int((~is_selected).sum()),
    )
    names = {coder.name for coder in chosen.values()}
    read = exchange.read[exchange.read["coder"].isin(names)]
    selected = replace(exchange, marks=marks[is_selected].reset_index(drop=True), read=read)
    return selected, chosen, marks["user"][~is_selected]
