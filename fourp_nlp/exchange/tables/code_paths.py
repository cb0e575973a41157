r"""Codes that are named with their parents: Parent > Child, Nodes\\Parent\\Child, Parent/Child."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.exchange.tables.code_nodes import Codes

__all__ = ["CodePath", "find_by_path", "path_of"]

# They stand in paths and hardly in names; a name may hold the others as well.
_SURE = re.compile(r">|\\|»|›|→|::")
_UNSURE = re.compile(r"[:/]| [-–|] ")
_ROOTS = frozenset(
    {"nodes", "codes", "code system", "codesystem", "codes system", "list of codes", "liste der codes",
     "tree nodes", "free nodes", "knoten", "nœuds", "nodos", "códigos"}
)  # fmt: skip
_MOST_PARTS = 20
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_CODES = re.compile(r"[;|,\n\r]")


class CodePath(NamedTuple):
    """A code that is named with its parents.

    Attributes
    ----------
    label : str
        The known code that is meant; empty if it is a new one.
    parents : list of str
        Its parents, from the top.
    name : str
        Its own name.
    loose : bool
        Whether the known code is not below the named parents, but is the only one of its name.
    """

    label: str
    parents: list[str]
    name: str
    loose: bool = False


def path_of(cell: str) -> list[str]:
    """Return the names in a path with unmistakable separators.

    Parameters
    ----------
    cell : str
        The cell.

    Returns
    -------
    list of str
        At least two names, from the top, without the root that programs put before all codes; or one, if
        that is all that stands behind such a root. None at all if it is no path.
    """
    parts = [part.strip() for part in _SURE.split(cell)]
    parts = [part for part in parts if part]
    if not 1 < len(parts) <= _MOST_PARTS or any(not _LETTER.search(part) for part in parts):
        return []
    return parts[1:] if parts[0].casefold() in _ROOTS else parts


def find_by_path(cell: str, codes: Codes) -> CodePath | None:
    """Return the code that a path names.

    Parameters
    ----------
    cell : str
        The cell; it is no code's name.
    codes : Codes
        The codes that are known.

    Returns
    -------
    CodePath or None
        What was found; None if it is no path. Where a name may hold the sign between the names, it is a path
        only if there is such a code below such a parent.
    """
    if parts := path_of(cell):
        *parents, name = parts
        return _sure(parents, name, codes)
    for sign in list(_UNSURE.finditer(cell))[:_MOST_PARTS]:
        above, name = cell[: sign.start()].strip(), cell[sign.end() :].strip()
        parents = [part.strip() for part in _UNSURE.split(above) if part.strip()]
        for way in ([above], parents):
            label = _below(way, name, codes) if above and name else ""
            if label:
                return CodePath(label, way, name)
    return None


def _sure(parents: list[str], name: str, codes: Codes) -> CodePath | None:
    if not parents:
        return CodePath(codes.find(name), [], name)
    if label := _below(parents, name, codes):
        return CodePath(label, parents, name)
    of_name = codes.labels_named(name)
    if any(_BETWEEN_CODES.search(parent) for parent in parents):
        return None  # several paths
    if len(of_name) == 1 and (not codes.labels_named(parents[-1]) or not codes.above(of_name[0])):
        return CodePath(of_name[0], parents, name, loose=True)
    return CodePath("", parents, name)


def _below(parents: Sequence[str], name: str, codes: Codes) -> str:
    """Return the only code of a name below such parents; empty if there is none."""
    labels = [
        label
        for label in codes.labels_named(name)
        if _stands_below(codes.above(label), parents, codes)
    ]
    return labels[0] if len(labels) == 1 else ""


def _stands_below(above: list[str], parents: Sequence[str], codes: Codes) -> bool:
    """Return whether the parents are, in this order, ancestors of a code; levels may be left out."""
    at = 0
    for number, parent in enumerate(reversed(parents)):
        meant = codes.labels_named(parent)
        places = [place for place in range(at, len(above)) if above[place] in meant]
        if not places or (number == 0 and places[0] != 0):
            return False
        at = places[0] + 1
    return True
