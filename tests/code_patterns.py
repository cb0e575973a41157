"""What programs make of a tree of codes: each takes a project as it travels, and gives it back so."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from fourp_nlp.exchange import guid_of


def with_new_identities(exchange, *, seed=0):
    """Every code has another identity, as in programs that keep none."""
    made = {guid: guid_of("test", seed, guid) for guid in exchange.nodes["guid"]}
    return _mapped(exchange, made)


def _mapped(exchange, made):
    def mapped(column):
        return column.map(lambda guid: made.get(guid, guid)).astype("str")

    return replace(
        exchange,
        nodes=exchange.nodes.assign(
            guid=mapped(exchange.nodes["guid"]), parent=mapped(exchange.nodes["parent"])
        ),
        marks=exchange.marks.assign(node=mapped(exchange.marks["node"])),
        notes=exchange.notes.assign(about=mapped(exchange.notes["about"])),
        members=exchange.members.assign(member=mapped(exchange.members["member"])),
    )


def doubled(exchange, *, beside=False, behind="", folders_without_memo=False):
    """A code with codes below it is a category, and a code in it or beside it.

    Parameters
    ----------
    beside : bool
        Whether the code is beside its category rather than in it.
    behind : str
        What the program puts behind the name of the code, as equal names are forbidden there.
    folders_without_memo : bool
        Whether categories have no descriptions there.
    """
    rows = []
    holding = set(exchange.nodes["parent"])
    for row in exchange.nodes.to_dict("records"):
        if not row["codable"]:
            memo = "" if folders_without_memo else row["description"]
            rows.append(row | {"description": memo, "code": ""})
            continue
        own = row | {"parent": _category(row["parent"], exchange)}
        if row["guid"] in holding:
            category = _category(row["guid"], exchange)
            memo = "" if folders_without_memo else row["description"]
            more = {"codable": False, "description": memo, "guid": category, "color": ""}
            rows.append(own | more | {"code": ""})
            place = own["parent"] if beside else category
            own |= {"parent": place, "name": f"{row['name']}{behind}"}
        rows.append(own | {"code": ""})
    return replace(exchange, nodes=pd.DataFrame(rows, columns=exchange.nodes.columns)).conformed()


def _category(guid, exchange):
    """Return the identity of what stands where a node stood that has others below it."""
    nodes = exchange.nodes
    is_code = nodes.loc[nodes["guid"] == guid, "codable"].astype(bool).any()
    return guid_of("test category", guid) if is_code else guid


def flat(exchange):
    """All codes and folders in one list."""
    return replace(exchange, nodes=exchange.nodes.assign(parent=""))


def all_codable(exchange):
    """Every node may be applied to text."""
    return replace(exchange, nodes=exchange.nodes.assign(codable=True))


def without_descriptions(exchange):
    """Only names tell what a code is."""
    return replace(exchange, nodes=exchange.nodes.assign(description="", code=""))


def unchanged(exchange):
    """As it went out, with what a reader of a format knows."""
    return replace(exchange, nodes=exchange.nodes.assign(code=""))
