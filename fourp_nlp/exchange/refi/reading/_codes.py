"""The codes of a project or codebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.code_definition import read_definition
from fourp_nlp.exchange.exchange import NODES
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading.qde_elements import FoundCode
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["read_nodes"]

_COLOR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})", re.ASCII)


def read_nodes(found: list[FoundCode], guids: Guids, losses: Losses) -> pd.DataFrame:
    """Return the table NODES of codes as they stand in the XML.

    Parameters
    ----------
    found : list of FoundCode
        Codes, parents before their children.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up codes without a name or of an identity that another has, and colours that are none.

    Returns
    -------
    pandas.DataFrame
        The table NODES; `code` is the id that a description of ours tells, empty in others.
    """
    taken: set[str] = set()
    own: dict[int, str] = {}
    ids: set[str] = set()
    rows = []
    nameless, repeated, colours = [], [], []
    for number, code in enumerate(found):
        written = guids.tidy(code.guid)
        guid = guids.own(code.guid, taken, "node", number, code.name)
        own[id(code)] = guid
        name = code.name.strip()
        if not name:
            name = f"code {guid[:8]}"
            nameless.append(name)
        if written and guid != written:
            repeated.append(name)
        color = code.color.strip()
        if color and not _COLOR.fullmatch(color):
            colours.append(f"{name}: {color}")
            color = ""
        if len(color) == 4:
            color = "#" + "".join(2 * digit for digit in color[1:])
        parent = own.get(id(code.parent), "") if code.parent else ""
        codable = code.codable.strip().lower() not in {"false", "0"}
        description = code.description.replace("\r\n", "\n").replace("\r", "\n")
        said = read_definition(description).id
        ours = said if said not in ids else ""
        ids.add(ours)
        written_name = code.name if code.name.strip() else name
        rows.append((guid, parent, ours, written_name, description, color, codable))
    losses.add(
        "names of codes", "The code has none; it is named after its identity here.", nameless
    )
    losses.add(
        "codes of the same identity",
        "Two codes cannot be told apart by an identity that both have: codings are those of the first; "
        "the second has a new identity.",
        repeated,
    )
    losses.add("colours of codes", "They are written as no colour is.", colours)
    return conform(pd.DataFrame(rows, columns=NODES.names), NODES) if rows else empty(NODES)
