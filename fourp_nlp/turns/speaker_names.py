"""Whether words could be a speaker's name, by their spelling."""

from __future__ import annotations

import functools
import re
from enum import IntEnum

from fourp_nlp.turns._label_words import (
    COURT,
    NO_SPEAKERS,
    NOT_ONE,
    PARTICLES,
    PERSONS,
    ROLES,
    TITLES,
)

__all__ = ["MOST_CHARACTERS", "Kind", "is_odd_name", "key_of", "kind_of", "parts_of"]

MOST_CHARACTERS = 70
_MOST_WORDS = 10
_INITIALS = re.compile(r"[A-Z]{1,3}\d{0,3}$")
_WORD = r"[\w.'’&/#-]{1,30}"
_USUAL = re.compile(
    rf"[^\W_][\w.'’&/#-]{{0,30}}(?:,?[ ]{_WORD}){{0,9}}(?:\s?[(\[][^()\[\]\n:]{{1,40}}[)\]]){{0,2}}$"
)
_NUMBER_AT_END = re.compile(r"[_\d]+$")
_PHONE = re.compile(r"\+?\d[\d ().-]{6,18}$")
_YEAR_OR_TIME = re.compile(r"\b\d{4}\b|\d:\d\d|^[\d\W_]+$")
# A sentence has these inside it; "Dr. Lee", "J. P." and "St. Clair" have a full stop, too.
_SENTENCE = re.compile(r"[!?;！？。؟…\"“”„«»]|[^\W\d_]{4,}\. |, (?:and|but|so|or) ")


class Kind(IntEnum):
    """How much the spelling of a name speaks for a label."""

    NEVER = 0
    """No name: a number, a sentence, or a word that begins something else."""
    ODD = 1
    """Could be anything: small letters, a script without capitals, a telephone number."""
    NAME = 2
    """Spelt as names are: Ana Diaz, Housing, JANE ROE."""
    PERSON = 3
    """A person without a name: Nurse, Student 2."""
    CAPITALS = 4
    """One word in capitals: NADIA, INT; but also NGO and HOUSING."""
    PLAIN = 5
    """A label even where it comes once: Interviewer, Dr. Lee, Q1."""


@functools.lru_cache(maxsize=20_000)
def key_of(name: str) -> str:
    """Return a name in small letters, without what stands in parentheses behind it."""
    return (name.partition("(")[0].rstrip() or name).casefold()


@functools.lru_cache(maxsize=20_000)
def parts_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters, without what stands in parentheses."""
    return tuple(_stripped(part) for part in _bare(name).split())


def _bare(name: str) -> str:
    return (name.partition("(")[0].partition("[")[0].strip() or name).strip("()[] ")


def _stripped(word: str) -> str:
    return word.strip(".,'’-#").casefold()


@functools.lru_cache(maxsize=20_000)
def kind_of(name: str) -> Kind:
    """Return how much the spelling of a name speaks for a label.

    Parameters
    ----------
    name : str
        What stands before a colon, in brackets or alone on a line.

    Returns
    -------
    Kind
        What it is.
    """
    words = _bare(name).replace(",", "").split()
    if not words or len(words) > _MOST_WORDS or len(name) > MOST_CHARACTERS:
        return Kind.NEVER
    if _PHONE.match(name):
        return Kind.ODD
    if name.endswith("?") and not name.rstrip("?").endswith(" "):
        # The transcriber was not sure.
        return kind_of(name.rstrip("?")) if name.strip("?") else Kind.PERSON
    if _YEAR_OR_TIME.search(name) or _SENTENCE.search(name):
        return Kind.NEVER
    lowered = tuple(_stripped(word) for word in words)
    stems = [_NUMBER_AT_END.sub("", part) or part for part in lowered]
    return _kind(name, words, lowered, stems)


def _kind(name: str, words: list[str], lowered: tuple[str, ...], stems: list[str]) -> Kind:
    never = lowered[0] in NO_SPEAKERS or lowered[-1] in NO_SPEAKERS
    if len(words) == 1 and _INITIALS.match(words[0]) and lowered[0] not in NOT_ONE:
        if len(words[0]) == 1 or words[0][-1].isdigit() or stems[0] in ROLES:
            return Kind.PLAIN
        return Kind.NEVER if never else Kind.CAPITALS
    if stems[0] == "the" and 2 <= len(words) <= 3 and stems[1] in COURT | ROLES | TITLES:
        return Kind.PLAIN if words[0].isupper() else Kind.PERSON
    has_role = not NO_SPEAKERS.intersection(lowered) and ROLES.intersection(stems)
    if len(words) <= 3 and (stems[0] in ROLES or has_role):
        return Kind.PLAIN
    if never:
        return Kind.NEVER
    return _usual_kind(name, words, lowered, stems) if _USUAL.match(name) else Kind.ODD


def _usual_kind(name: str, words: list[str], lowered: tuple[str, ...], stems: list[str]) -> Kind:
    capitals = words[0][0].isupper() and all(
        word[0].isupper() or word[0].isdigit() or low in PARTICLES
        for word, low in zip(words, lowered, strict=True)
    )
    if not capitals or len(words) > 5:
        return Kind.ODD
    if ROLES.intersection(stems) or stems[0] in TITLES:
        return Kind.PLAIN
    if any(word[0].isdigit() for word in words):
        return Kind.PERSON if _is_person(stems) else Kind.ODD
    letters = [letter for letter in name.partition("(")[0] if letter.isalpha()]
    if len(words) == 1 and all(letter.isupper() for letter in letters):
        return Kind.PLAIN if stems[0] in COURT else Kind.CAPITALS
    return Kind.PERSON if _is_person(stems) else Kind.NAME


def _is_person(stems: list[str]) -> bool:
    persons = PERSONS | COURT if len(stems) == 1 else PERSONS
    return len(stems) <= 3 and bool(persons.intersection(stems))


@functools.lru_cache(maxsize=20_000)
def is_odd_name(name: str) -> bool:
    """Tell whether an odd name is unlike the words of a sentence: by a digit, sign, capital or script.

    Parameters
    ----------
    name : str
        A name of the kind ODD.

    Returns
    -------
    bool
        False for a few words in small letters, such as "and another thing".
    """
    if any(letter.isdigit() or letter in "|@_+&/()[]" for letter in name):
        return True
    words = name.split()
    letters = [letter for letter in name if letter.isalpha()]
    if letters and not any(letter.isupper() or letter.islower() for letter in letters):
        return len(words) <= 4 and len(letters) <= 24
    capitals = sum(word[0].isupper() for word in words)
    return len(words) > 1 and capitals >= 0.5 * len(words)
