"""An exchange as it came, made ready: one spelling of GUIDs, the wanted coders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import unknown_coder
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import Exchange, Losses, tidy_guid
from fourp_nlp.study.importing.codings.coders import NOBODY

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.plan import ImportOptions

__all__ = ["tidy", "wanted"]


def tidy(exchange: Exchange) -> Exchange:
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
    made: dict[str, pd.DataFrame] = {}
    for table, columns in guids.items():
        frame: pd.DataFrame = getattr(exchange, table)
        made[table] = frame.assign(
            **{
                name: frame[name].map({text: tidy_guid(text) for text in frame[name].unique()})
                for name in columns
            }
        )
    # Spaces at the ends of a name do not survive everywhere, and tell nobody apart.
    made["users"] = made["users"].assign(coder=made["users"]["coder"].str.strip())
    made["read"] = exchange.read.assign(coder=exchange.read["coder"].str.strip())
    return replace(exchange, **made).conformed()  # type: ignore[arg-type]


def wanted(
    exchange: Exchange, coders: dict[str, Coder], options: ImportOptions, losses: Losses
) -> tuple[Exchange, dict[str, Coder], pd.Series]:
    """Leave out the coders who are not wanted.

    Parameters
    ----------
    exchange : Exchange
        The project as it came.
    coders : dict of str to Coder
        Its coders by GUID.
    options : ImportOptions
        What the user asks for.
    losses : Losses
        Codings that are left out are added here.

    Returns
    -------
    exchange : Exchange
        The project with the codings and readings of those who are wanted.
    coders : dict of str to Coder
        Who is wanted.
    left_out : pandas.Series
        The GUID of the user of each coding that was left out.

    Raises
    ------
    ExchangeError
        If a coder who is wanted is not there.
    """
    if not options.coders:
        return exchange, coders, exchange.marks["user"].iloc[:0]
    known = {name for each in coders.values() for name in (each.name or NOBODY, each.coder)}
    for name in options.coders:
        if name not in known:
            raise ExchangeError(
                f"{unknown_coder(name, sorted(known))} in the file.",
                cure="Correct the name after --coder.",
            )
    chosen = {
        guid: each
        for guid, each in coders.items()
        if {each.name or NOBODY, each.coder} & set(options.coders)
    }
    marks = exchange.marks
    own = marks["user"].isin(chosen)
    losses.add(
        "codings",
        "They are of other coders than those named with --coder.",
        {coders[guid].known_as if guid in coders else guid: None for guid in marks["user"][~own]},
        count=int((~own).sum()),
    )
    names = {each.name for each in chosen.values()}
    read = exchange.read[exchange.read["coder"].isin(names)]
    kept = replace(exchange, marks=marks[own].reset_index(drop=True), read=read)
    return kept, chosen, marks["user"][~own]
