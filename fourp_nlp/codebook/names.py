"""Ids made from the names of codes, themes and codebooks."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING

from fourp_nlp.codebook.codebook import free_id

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["id_from_name", "new_id"]

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 60  # characters of an id that is made from a name
_HASHED = 8  # characters of a hash
# Latin letters that do not come apart into a plain one and a mark.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h"}
)


def id_from_name(name: str) -> str:
    """Return an id made of a name.

    Parameters
    ----------
    name : str
        Any name.

    Returns
    -------
    str
        Its letters in ASCII, in lower case; empty if there are none.

    Examples
    --------
    >>> id_from_name("Thème: l'eau")
    'theme_l_eau'
    """
    return (
        _OTHER.sub("_", _plain(name).encode("ascii", "ignore").decode())
        .strip("_")[:_LONGEST]
        .rstrip("_")
    )


def new_id(name: str, taken: Container[str], *, kind: str = "code") -> str:
    """Return an id for a name that is not taken.

    It depends on the name alone, and not on the place of the code in its codebook, unless two names
    differ in nothing that an id can hold. A name with letters that have no Latin form gets a hash.

    Parameters
    ----------
    name : str
        Any name.
    taken : container of str
        Ids of the codebook.
    kind : str, default "code"
        How an id begins that has no letter of the name.

    Returns
    -------
    str
        The id.

    Examples
    --------
    >>> new_id("Thème", set()), new_id("Thème", {"theme"}), new_id("漢字", set())
    ('theme', 'theme_2', 'code_c6d29771')
    """
    plain = _plain(name)
    slug = id_from_name(name)
    if not slug or any(letter.isalpha() and not letter.isascii() for letter in plain):
        folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        digest = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:_HASHED]
        slug = f"{slug or kind}_{digest}"
    return free_id(slug, taken)


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
