"""Coders' names: which spellings belong to one person, and errors for unknown names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.problems import did_you_mean
from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = [
    "SETTLED",
    "matching_coder",
    "name_key",
    "no_such_coder",
    "one_spelling",
    "spelling_notes",
    "unknown_coder",
]

SETTLED = "settled"
"""Stands as coder for the codes that were settled between coders: nobody's own, and no person's name."""

# Characters that nobody sees, such as a zero-width space.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
_SHOWN = 8


def name_key(name: str) -> str:
    """Return what is the same for all spellings of one name.

    Parameters
    ----------
    name : str
        A name.

    Returns
    -------
    str
        The name in small letters, with composed accents and single spaces.

    Examples
    --------
    >>> name_key("Jose\u0301  Roe ") == name_key("jos\u00e9 roe")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", _tidy(name)).casefold())


def _tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", name)).split())


def one_spelling(names: Iterable[str], known: Iterable[str] = ()) -> dict[str, str]:
    """Return the spelling to be used for each name.

    Parameters
    ----------
    names : iterable of str
        Names as they are written, in the order in which they are met.
    known : iterable of str
        Names that go before these.

    Returns
    -------
    dict of str to str
        By the name as it is written: the first spelling that was met, without stray spaces.

    Examples
    --------
    >>> one_spelling(["Anna ", "anna", "Ben"])
    {'Anna ': 'Anna', 'anna': 'Anna', 'Ben': 'Ben'}
    """
    first: dict[str, str] = {}
    for name in known:
        first.setdefault(name_key(name), name)
    return {name: first.setdefault(name_key(name), _tidy(name)) for name in dict.fromkeys(names)}


def spelling_notes(spellings: Mapping[str, str], where: Mapping[str, str]) -> list[str]:
    """Return a sentence for each person whose name is written in several ways.

    Parameters
    ----------
    spellings : mapping of str to str
        By the name as it is written, the spelling that is used.
    where : mapping of str to str
        By the name as it is written, the file in which it was met first; nothing where there is none.

    Returns
    -------
    list of str
        The sentences.
    """
    by_person: dict[str, list[str]] = {}
    for spelling, used in spellings.items():
        by_person.setdefault(used, []).append(spelling)
    notes = []
    for used, names in by_person.items():
        examples = [_shown(name, where.get(name, "")) for name in names[:_SHOWN]]
        if len(names) > 1:
            notes.append(
                f"{' and '.join(examples)} are matched to one coder, {used}. Names that differ only in "
                "capitals, spaces or the form of accents count as one person; if they are not, change one."
            )
        elif _tidy(names[0]) != used:
            notes.append(f"{examples[0]} is matched to the coder {used}.")
    return notes


def _shown(name: str, file: str) -> str:
    how = "" if unicodedata.is_normalized("NFC", name) else " with separate accents"
    return f'"{name}"{how}{f" ({file})" if file else ""}'


def no_such_coder(name: str, coders: Sequence[str]) -> GoldError:
    """Return the error for an unknown coder, which lists the known coders.

    Parameters
    ----------
    name : str
        The name.
    coders : sequence of str
        Who there is.

    Returns
    -------
    GoldError
        The error.
    """
    return GoldError(f"{unknown_coder(name, coders)}.", cure=did_you_mean(name, coders) or None)


def unknown_coder(name: str, coders: Sequence[str]) -> str:
    """Return the message for an unknown coder.

    Parameters
    ----------
    name : str
        The name.
    coders : sequence of str
        Who there is.

    Returns
    -------
    str
        A sentence without its full stop.

    Examples
    --------
    >>> unknown_coder("bob", ["anna", "ben"])
    'there is no coder "bob"; there are anna and ben'
    """
    *most, last = [*coders] or [""]
    if not last:
        who_there_is = "there are no coders yet"
    elif not most:
        who_there_is = f"there is {last} alone"
    else:
        who_there_is = f"there are {', '.join(most)} and {last}"
    return f'there is no coder "{name}"; {who_there_is}'


def matching_coder(name: str, coders: Sequence[str]) -> str:
    """Return the coder whose name this is, however it is spelt.

    Parameters
    ----------
    name : str
        The name.
    coders : sequence of str
        Who there is.

    Returns
    -------
    str
        The name as it is spelt among those known.

    Raises
    ------
    GoldError
        If there is nobody of this name; it says who there is.
    """
    if name in coders:
        return name
    key = name_key(name)
    for coder in coders:
        if name_key(coder) == key:
            return coder
    raise no_such_coder(name, coders)
