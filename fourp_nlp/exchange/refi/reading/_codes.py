"""Reads the codes of a project or codebook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange.code_definition import read_definition
from fourp_nlp.exchange.exchange import NODES
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.reading.qde_elements import CodeElement
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["read_nodes"]

_COLOR = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})", re.ASCII)


def read_nodes(elements: list[CodeElement], guids: Guids, losses: Losses) -> pd.DataFrame:
    """Return the table NODES of codes in the XML.

    `elements` have parents before their children. `losses` gets codes without a name, codes with
    another code's GUID, and invalid colours. The column `code` is the id in a description that this
    program wrote, empty in others.
    """
    taken: set[str] = set()
    guid_of_element: dict[int, str] = {}
    ids: set[str] = set()
    rows = []
    unnamed, repeated, invalid_colours = [], [], []
    for number, code in enumerate(elements):
        written = guids.normalise(code.guid)
        guid = guids.unique(code.guid, taken, "node", number, code.name)
        guid_of_element[id(code)] = guid
        name = code.name.strip()
        if not name:
            name = f"code {guid[:8]}"
            unnamed.append(name)
        if written and guid != written:
            repeated.append(name)
        color = code.color.strip()
        if color and not _COLOR.fullmatch(color):
            invalid_colours.append(f"{name}: {color}")
            color = ""
        if len(color) == 4:
            color = "#" + "".join(2 * digit for digit in color[1:])
        parent = guid_of_element.get(id(code.parent), "") if code.parent else ""
        codable = code.codable.strip().lower() not in {"false", "0"}
        description = code.description.replace("\r\n", "\n").replace("\r", "\n")
        described_id = read_definition(description).id
        code_id = described_id if described_id not in ids else ""
        ids.add(code_id)
        written_name = code.name if code.name.strip() else name
        rows.append((guid, parent, code_id, written_name, description, color, codable))
    losses.add("names of codes", "The code has none; it is named after its identity here.", unnamed)
    losses.add(
        "codes of the same identity",
        "Two codes have the same identity. Codings belong to the first; the second has a new identity.",
        repeated,
    )
    losses.add("colours of codes", "They are no valid colours.", invalid_colours)
    return conform(pd.DataFrame(rows, columns=NODES.names), NODES) if rows else empty(NODES)
