"""Labels of codes for annotation programs, and the codes of labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from fourp_nlp.codebook import is_id
from fourp_nlp.exchange.exchange import NODES, table_of_rows
from fourp_nlp.exchange.identity import guid_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Naming", "colours_of", "label_nodes", "labels_of", "node_of"]

Naming = Literal["id", "name"]
# What an id of a codebook of ours looks like.
_BETWEEN = " / "
# Colours that can be told apart by most people (Paul Tol's qualitative schemes "bright" and "muted").
_PALETTE = (
    "#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#332288", "#DDCC77",
    "#117733", "#88CCEE", "#882255", "#44AA99", "#999933", "#CC6677", "#AA4499",
)  # fmt: skip


def labels_of(nodes: pd.DataFrame, *, by: Naming = "id") -> pd.Series:
    """Return a label for every code, none of them twice.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    by : {"id", "name"}
        What a label is: the code's id, which finds its way back into the codebook, or its name. A code
        without an id is called by its name.

    Returns
    -------
    pandas.Series
        Labels, with the nodes' GUIDs as index. Where two nodes would have the same, each has its
        themes' names before its own; where that is the same too, a number behind it.
    """
    names = dict(zip(nodes["guid"], nodes["name"], strict=True))
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    first = [
        " ".join((code if code and by == "id" else name or code).split()) or "(no name)"
        for code, name in zip(nodes["code"], nodes["name"], strict=True)
    ]
    labels = pd.Series(first, index=pd.Index(nodes["guid"], dtype="str"), dtype="str")
    twice = labels.duplicated(keep=False)
    for guid in labels.index[twice.to_numpy()]:
        above: list[str] = []
        at = parents[guid]
        while at in parents and len(above) < len(parents):
            above.insert(0, " ".join(names[at].split()))
            at = parents[at]
        labels[guid] = _BETWEEN.join([*above, labels[guid]])
    number = labels.groupby(labels).cumcount()
    while bool((number > 0).any()):
        labels = labels.where(number == 0, labels + " (" + (number + 1).astype("str") + ")")
        number = labels.groupby(labels).cumcount()
    return labels


def colours_of(nodes: pd.DataFrame) -> list[str]:
    """Return a colour for every node: its own, or the next of a palette.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    list of str
        Colours as #RRGGBB.
    """
    return [
        color or _PALETTE[number % len(_PALETTE)] for number, color in enumerate(nodes["color"])
    ]


def node_of(label: str) -> str:
    """Return the GUID of a label's code.

    Parameters
    ----------
    label : str
        The label.

    Returns
    -------
    str
        That of our code where the label is its id; otherwise one made of the label.
    """
    return guid_of("node", label)


def label_nodes(labels: Iterable[str]) -> pd.DataFrame:
    """Return the nodes of labels.

    Parameters
    ----------
    labels : iterable of str
        Labels, none twice.

    Returns
    -------
    pandas.DataFrame
        The table NODES: a label that looks like an id of a codebook of ours is taken for one.
    """
    rows = [
        (node_of(label), "", label if is_id(label) else "", label, "", "", True) for label in labels
    ]
    return table_of_rows(rows, NODES)
