"""The codes that a table names, as the table NODES."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.codebook import id_from_name, is_id
from fourp_nlp.exchange.exchange import NODES
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.tables.readable_names import code_labels
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Codes", "without_number"]

# What a codebook of ours takes for an id.
# It stands between codes, or in a path of them.
_BETWEEN = re.compile(r"[;|>\\\n\r]")
# "1.", "1.2", "a)", "K1:", before a name.
_NUMBER = re.compile(r"^(?:[a-z]?[0-9]{1,3}(?:\.[0-9]{1,3}){0,6}[.):]?|[a-z][.)]) (?=.)")


class Codes:
    """Codes and themes by their labels in a table.

    Parameters
    ----------
    nodes : pandas.DataFrame, optional
        The table NODES of codes that are known already; they keep their GUIDs.
    """

    def __init__(self, nodes: pd.DataFrame | None = None) -> None:
        self._rows: dict[str, dict[str, object]] = {}
        self._label_by_name: dict[str, str] = {}
        self._labels_by_name: dict[str, list[str]] = {}
        self._numbered: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        self._known: set[str] = set()
        self._listed: set[str] = set()
        if nodes is None:
            return
        known = conform(nodes, NODES)
        labels = code_labels(known)
        for row in known.to_dict("records"):
            label = labels[str(row["guid"])]
            self._rows[label] = {str(key): value for key, value in row.items()} | {
                "theme": labels.get(str(row["parent"]), "")
            }
            self._known.add(label)
        self._index()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def labels(self) -> list[str]:
        """What there is, in order."""
        return list(self._rows)

    def add(
        self,
        label: str,
        *,
        name: str = "",
        theme: str = "",
        description: str = "",
        color: str = "",
        codable: bool = True,
    ) -> None:
        """Add a code or theme, unless it is there.

        Parameters
        ----------
        label : str
            Its label in the table.
        name, theme, description, color : str
            Its name (by default the label), its parent's label, definition and colour.
        codable : bool
            Whether it may be applied to text.
        """
        if label in self._rows:
            return
        self._label_by_name = {}
        self._rows[label] = {
            "guid": guid_of("node", label),
            "code": label if is_id(label) else "",
            "name": name if name.strip() else label,
            "theme": theme,
            "description": description,
            "color": color,
            "codable": codable,
        }

    def merge(self, other: Codes) -> None:
        """Add the codes of another collection that are missing here.

        Parameters
        ----------
        other : Codes
            The other.
        """
        for label, row in other._rows.items():
            self._rows.setdefault(label, row)
        self._listed |= other._rows.keys()
        self._known |= other._known
        self._label_by_name = {}

    def find(self, name: str) -> str:
        """Return the label of the code with a name.

        Parameters
        ----------
        name : str
            An id, a name or a label, in any case; a number before a name, its accents and signs may differ if
            only one code fits.

        Returns
        -------
        str
            The label; empty if there is no such code.
        """
        if name in self._rows:
            return name
        if not self._label_by_name:
            self._index()
        return (
            self._label_by_name.get(_folded(name), "")
            or self._numbered.get(without_number(name), "")
            or ("" if _BETWEEN.search(name) else self._plain.get(id_from_name(name), ""))
        )

    def labels_named(self, name: str) -> list[str]:
        """Return the labels of all codes and themes with a name.

        Parameters
        ----------
        name : str
            An id or a name, in any case.

        Returns
        -------
        list of str
            Their labels.
        """
        if not self._label_by_name:
            self._index()
        same = self._labels_by_name.get(_folded(name), [])
        only = same or [self.find(name)]
        return only if only != [""] else []

    def above(self, label: str) -> list[str]:
        """Return the labels of a code's ancestors, the nearest first."""
        return self._ancestry(label)[-2::-1] if label in self._rows else []

    def table(self, used: Iterable[str]) -> pd.DataFrame:
        """Return the table NODES.

        Parameters
        ----------
        used : iterable of str
            Labels of the codes that are applied. Codes that were known before are included only if they or
            their descendants are among these.

        Returns
        -------
        pandas.DataFrame
            The table NODES, parents before their children.
        """
        for row in list(self._rows.values()):
            if row["theme"]:
                self.add(str(row["theme"]), codable=False)
        labels = [label for label in self._rows if label not in self._known]
        labels += [label for label in used if label in self._rows]
        parent_of: dict[str, str] = {}
        needed: set[str] = set()
        for label in labels:
            needed.update(self._ancestry(label))
        for label in self._rows:
            if label in needed:
                path = self._ancestry(label)
                for above, part in zip(["", *path], path, strict=False):
                    parent_of.setdefault(part, above)
        if not parent_of:
            return empty(NODES)
        guids = {label: str(self._rows[label]["guid"]) for label in parent_of}
        rows = [
            self._rows[label] | {"parent": guids.get(above, "")}
            for label, above in parent_of.items()
        ]
        return conform(pd.DataFrame(rows), NODES)

    def list_too(self, labels: Iterable[str]) -> None:
        """Mark codes as listed, whether or not they are applied."""
        self._listed |= set(labels)

    def only_coded(self) -> frozenset[str]:
        """Return the GUIDs of codes and themes that neither the codebook nor a sheet of codes lists."""
        rows = self._rows.items()
        listed = self._known | self._listed
        return frozenset(str(row["guid"]) for label, row in rows if label not in listed)

    def guids(self) -> dict[str, str]:
        """Return the GUIDs of all codes and themes by their labels."""
        return {label: str(row["guid"]) for label, row in self._rows.items()}

    def _ancestry(self, label: str) -> list[str]:
        """Return a code's ancestors from the top, and the code itself; a circle is not followed."""
        way = [label]
        above = str(self._rows[label]["theme"])
        while above and above in self._rows and above not in way:
            way.append(above)
            above = str(self._rows[above]["theme"])
        return way[::-1]

    def _index(self) -> None:
        self._label_by_name = {}
        self._labels_by_name = {}
        for key in ("code", "name"):
            for label, row in self._rows.items():
                key_name = _folded(str(row[key]) or label)
                self._label_by_name.setdefault(key_name, label)
                if label not in (same := self._labels_by_name.setdefault(key_name, [])):
                    same.append(label)
        names = [(label, str(row["name"]) or label) for label, row in self._rows.items()]
        self._numbered = _unambiguous((without_number(name), label) for label, name in names)
        self._plain = _unambiguous((id_from_name(name), label) for label, name in names)


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the labels of names that only one code has."""
    labels_by_name: dict[str, list[str]] = {}
    for name, label in pairs:
        labels_by_name.setdefault(name, []).append(label)
    return {name: labels[0] for name, labels in labels_by_name.items() if name and len(labels) == 1}


def without_number(name: str) -> str:
    """Return a name in lower case, without a number such as 1.2 before it."""
    folded = _folded(name)
    return _NUMBER.sub("", folded) or folded


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
