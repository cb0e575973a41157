"""Matches names in a table to documents of the project."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy.typing as npt

__all__ = ["match_documents", "matched_share"]

_WINDOW = 3  # names that a sentence shows
# "1 interview1", "D 1: interview1", "P1: interview1", "1: interview1".
_NUMBERED = re.compile(r"^(?:[dp] ?)?[0-9]{1,5}(?:[:.)] ?| )(?=\S)")
_MOST_NAMES = 2_000  # names of a column by which it is judged


def match_documents(
    names: list[str], texts: Mapping[str, str], remarks: list[str]
) -> npt.NDArray[np.object_]:
    """Return the documents that names refer to.

    Parameters
    ----------
    names : list of str
        The names in the rows.
    texts : mapping of str to str
        Texts by document id.
    remarks : list of str
        Gets names that only resemble an id.

    Returns
    -------
    numpy.ndarray of str, shape (n_rows,)
        The document of that id; else the only one whose id differs in case, folder, ending, signs, or in a
        number that a program puts before it; else the name, without white space at its ends.
    """
    number, different = pd.factorize(pd.Series(names, dtype=object))
    known = _matched(different, texts)
    meant = {name: known.get(name) or name.strip() for name in different}
    loosely = [
        f"'{name.strip()}' for '{document}'"
        for name, document in known.items()
        if document != name.strip()
    ]
    if loosely:
        shown = ", ".join(loosely[:_WINDOW]) + (", …" if len(loosely) > _WINDOW else "")
        remarks.append(f"{len(loosely)} document(s) were matched by a similar name: {shown}.")
    return np.array([meant[name] for name in different], dtype=object)[number]


def matched_share(names: Iterable[str], texts: Mapping[str, str]) -> float:
    """Return the share of the different names in a column that match a document.

    Parameters
    ----------
    names : iterable of str
        The cells of a column; blank ones do not count.
    texts : mapping of str to str
        Texts by document id.
    """
    different = list(dict.fromkeys(name for name in names if name.strip()))[:_MOST_NAMES]
    return len(_matched(different, texts)) / len(different) if different else 0.0


def _matched(names: Iterable[str], texts: Mapping[str, str]) -> dict[str, str]:
    """Return the documents of names that match exactly one."""
    ways = (_tidy, _without_folder, _without_suffix, _letters)
    indexes = [_unambiguous(texts, way) for way in ways]
    documents: dict[str, str] = {}
    for name in names:
        clean = name.strip()
        forms = [name, clean, clean.removeprefix("'")]
        document = next((form for form in forms if form in texts), None)
        without = _NUMBERED.sub("", _tidy(clean))
        for form in dict.fromkeys((clean, without)):
            for way, index in zip(ways, indexes, strict=True) if form and not document else ():
                document = document or index.get(way(form))
        if document and clean:
            documents[name] = document
    return documents


def _unambiguous(names: Iterable[str], way: Callable[[str], str]) -> dict[str, str]:
    count = Counter(way(name) for name in names)
    return {way(name): name for name in names if count[way(name)] == 1}


def _tidy(name: str) -> str:
    tidy = unicodedata.normalize("NFC", name).replace("\\", "/").removeprefix("./").casefold()
    return re.sub("/+", "/", tidy)


def _without_folder(name: str) -> str:
    return _tidy(name).rpartition("/")[2]


def _without_suffix(name: str) -> str:
    last = _without_folder(name)
    stem, dot, suffix = last.rpartition(".")
    # What follows a full stop in a title is no suffix.
    return stem if dot and stem and len(suffix) <= 5 and suffix.isalnum() else last


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, _without_suffix(name)))
