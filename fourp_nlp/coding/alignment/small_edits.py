"""Telling small edits of a text (typos, case, names, fillers) from changes of what it says."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["is_small_edit", "is_word", "similar_words"]

_SIMILAR = 0.75  # of the letters of two words, from which on one is the other with a typo
_SHORTEST = 4  # letters of a word in which a typo can be told from another word
_LONGEST_NAME = 3  # words of a name
_PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis", "anti")
_FILLER = re.compile(r"(?:u+h+m*|u+m+|e+h*r+m*|e+h+m*|ä+h*m*|ö+h*m*|h+m+|m+h+m+|mm+|e+u+h*|a+h+)")
_OPENING, _CLOSING = "[(<{", "])>}"
_MASK = re.compile(r"(?:[Xx_*]{2,}|\w*\d\w*)")


def is_word(token: str) -> bool:
    """Return whether a token is a word, not punctuation."""
    return token[0].isalnum() or token[0] == "_"


@lru_cache(maxsize=50_000)
def similar_words(old: str, new: str) -> bool:
    """Return whether two tokens are the same word: in another case or spelling, or with a typo.

    Parameters
    ----------
    old, new : str
        Tokens that stand at the same place of two versions of a text.

    Returns
    -------
    bool
        False also for words of which one is the negation of the other (can, can't; able, unable).
    """
    if not (is_word(old) and is_word(new)):
        return is_word(old) == is_word(new)
    first, second = _folded(old), _folded(new)
    if first == second:
        return True
    shorter, longer = sorted((first, second), key=len)
    if first.isdecimal() or second.isdecimal() or _negates(longer, shorter):
        return False
    if len(shorter) < _SHORTEST:
        return len(shorter) == _SHORTEST - 1 and _are_swapped(first, second)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return _are_swapped(first, second) or matcher.ratio() >= _SIMILAR


def _negates(longer: str, shorter: str) -> bool:
    """Whether a word is the negation of another: can't of can, unable of able."""
    if longer.endswith(("n't", "nt")) and not shorter.endswith("t"):
        return True
    return any(longer == prefix + shorter for prefix in _PREFIXES)


def is_small_edit(
    old: Sequence[str], new: Sequence[str], around: tuple[str, str], names: Collection[str]
) -> bool:
    """Return whether a text still says the same after an edit.

    Parameters
    ----------
    old, new : sequence of str
        Tokens that were replaced, and those that replace them; either may be empty.
    around : (str, str)
        The tokens before and after in the old text, empty at its ends.
    names : collection of str
        Words that are written with a capital inside sentences of the old text.

    Returns
    -------
    bool
        True for white space and punctuation, words that were joined or split, a name that was replaced, and
        fillers, repeated words and remarks in brackets that were added or removed.
    """
    if _is_remark(new) and not old:
        return True
    if _is_remark(old) and not new:
        return True
    before, after = ([_folded(token) for token in part if is_word(token)] for part in (old, new))
    if not before and not after:
        return True
    if before and after:
        if "".join(before) == "".join(after):
            return True
        return _is_name(old, names) and _is_name_or_mask(new)
    words = before or after
    beside = {_folded(token) for token in around if token}
    return all(_FILLER.fullmatch(word) or word in beside for word in words)


def _is_remark(tokens: Sequence[str]) -> bool:
    return len(tokens) > 2 and tokens[0] in _OPENING and tokens[-1] in _CLOSING


def _is_name(tokens: Sequence[str], names: Collection[str]) -> bool:
    words = [token for token in tokens if is_word(token)]
    return 0 < len(words) <= _LONGEST_NAME and all(word in names for word in words)


def _is_name_or_mask(tokens: Sequence[str]) -> bool:
    if tokens[0] in _OPENING and tokens[-1] in _CLOSING:
        return True
    words = [token for token in tokens if is_word(token)]
    return len(words) <= _LONGEST_NAME and all(
        word[0].isupper() or _MASK.fullmatch(word) for word in words
    )


def _are_swapped(first: str, second: str) -> bool:
    """Whether two words differ in two neighbouring letters that changed places."""
    if len(first) != len(second):
        return False
    differing = [at for at, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    return (
        len(differing) == 2
        and differing[1] == differing[0] + 1
        and first[differing[0]] == second[differing[1]]
        and first[differing[1]] == second[differing[0]]
    )


@lru_cache(maxsize=50_000)
def _folded(token: str) -> str:
    """Return a word without case, accents and kinds of apostrophes."""
    plain = unicodedata.normalize("NFKD", token.casefold().replace("’", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char))
