"""The language of a text, block by block."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.documents.languages import language_probabilities
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["InLanguages", "in_languages", "language_of", "languages_of"]

_FEWEST = 60  # letters, below which a guess says little
_MOST = 20_000
_BLOCK = 1_000
"""Characters of a block that are looked at."""
_SURE = 0.9
"""Probability from which the language of a block is taken as known."""
_FEW = 30
"""Letters below which it is not, whatever the probability."""
_AMONG = 0.9
"""Probability among the page's languages from which a short block is taken for one of them."""


def language_of(text: str) -> str:
    """Return the language of a text.

    It is an ISO 639-1 code; empty for a text of fewer than 60 letters. Raises MissingExtraError if
    py3langid is not installed.
    """
    sample = text[:_MOST]
    if _letters(sample) < _FEWEST:
        return ""
    return language_probabilities(sample)[0][0]


def languages_of(blocks: Sequence[str], declared: Sequence[str] = ()) -> list[str]:
    """Return the language of each block of a text.

    Long blocks are known by their words. A short one follows its neighbours: a heading what stands below it,
    another block what stands above it. What an element declares (``lang``) is believed of blocks whose words
    do not clearly say otherwise.

    All are ISO 639-1 codes. `declared` is empty where nothing is; the result is empty where nothing
    is declared and the text has fewer than 60 letters. Raises MissingExtraError if
    py3langid is not installed.
    """
    declared = list(declared) if len(declared) == len(blocks) else [""] * len(blocks)
    whole = language_of("\n".join(blocks))
    ranked = [
        language_probabilities(block[:_BLOCK]) if _letters(block) >= 10 else [] for block in blocks
    ]
    sizes = [_letters(block[:_BLOCK]) for block in blocks]
    known = [
        ranks[0][0] if ranks and size >= _FEW and ranks[0][1] >= _SURE else ""
        for ranks, size in zip(ranked, sizes, strict=True)
    ]
    spoken = _spoken(known, sizes, declared, whole)
    languages = []
    for ranks, size, sure, declaration in zip(ranked, sizes, known, declared, strict=True):
        if declaration and not (sure in spoken and sure != declaration and size >= _FEWEST):
            languages.append(declaration)
        elif sure in spoken:
            languages.append(sure)
        else:
            languages.append(_among(ranks, size, spoken))
    return _with_neighbours(blocks, languages, whole)


@dataclass(frozen=True)
class InLanguages:
    """What a text says in the languages that are wanted.

    Attributes
    ----------
    text : str
        It without blocks in other languages; empty if there is no other.
    language : str
        The language that most of it is in; of a text of which nothing is left, of all of it.
    blocks, words : int
        How many blocks, and words of them, were left out.
    others : tuple of str
        The languages that these are in.
    """

    text: str
    language: str
    blocks: int = 0
    words: int = 0
    others: tuple[str, ...] = ()


def in_languages(
    text: str,
    wanted: Collection[str],
    *,
    declared: Sequence[str] = (),
    by: str = "\n",
) -> InLanguages:
    """Leave out what a text says in languages that are not wanted.

    Languages are ISO 639-1 codes; no `wanted` ones mean all. `declared` is the language that is
    declared for each block, and `by` what divides the blocks. A text that is too short to tell is
    kept. Raises MissingExtraError if py3langid is not installed.
    """
    if not wanted:
        return InLanguages(text, language_of(text))
    pieces = text.split(by)
    places = [number for number, piece in enumerate(pieces) if piece.strip()]
    declared_of_kept = (
        [declared[number] for number in places] if len(declared) == len(pieces) else []
    )
    languages = languages_of([pieces[number] for number in places], declared_of_kept)
    left = {
        number
        for number, language in zip(places, languages, strict=True)
        if language and language not in wanted
    }
    if not left:
        return InLanguages(text, _most(languages, pieces, places))
    if len(left) == len(places):
        return InLanguages("", _most(languages, pieces, places))
    kept = [(n, language) for n, language in zip(places, languages, strict=True) if n not in left]
    language = _most([language for _, language in kept], pieces, [n for n, _ in kept])
    lines: list[str] = []
    for number, piece in enumerate(pieces):
        if number not in left and (piece or (lines and lines[-1])):
            lines.append(piece)
    others = {language for n, language in zip(places, languages, strict=True) if n in left}
    return InLanguages(
        by.join(lines).strip("\n"),
        language,
        len(left),
        sum(count_words(pieces[number]) for number in left),
        tuple(sorted(others)),
    )


def _most(languages: Sequence[str], pieces: Sequence[str], places: Sequence[int]) -> str:
    letters: Counter[str] = Counter()
    for language, place in zip(languages, places, strict=True):
        letters[language] += _letters(pieces[place]) if language else 0
    return max(letters, key=lambda code: letters[code], default="")


def _spoken(
    known: Sequence[str], sizes: Sequence[int], declared: Sequence[str], whole: str
) -> set[str]:
    """Return the languages of a page: what is known of enough letters, or is declared; or of all of it."""
    letters: Counter[str] = Counter()
    for language, size in zip(known, sizes, strict=True):
        if language:
            letters[language] += size
    languages = {language for language, size in letters.items() if size >= _FEWEST}
    languages |= {declaration for declaration in declared if declaration}
    return languages or ({whole} if whole else set())


def _among(ranks: Sequence[tuple[str, float]], size: int, spoken: Collection[str]) -> str:
    """Return the language of a short block among those of the page; empty if it could be in any of them."""
    if len(spoken) == 1:
        return next(iter(spoken))
    shares = {language: share for language, share in ranks if language in spoken}
    total = sum(shares.values())
    if size < 15 or not total:
        return ""
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] / total >= _AMONG and shares[best] >= 0.2 else ""


def _with_neighbours(blocks: Sequence[str], languages: list[str], whole: str) -> list[str]:
    above: list[str] = []
    for language in languages:
        above.append(language or (above[-1] if above else ""))
    below: list[str] = []
    for language in reversed(languages):
        below.append(language or (below[-1] if below else ""))
    below.reverse()
    completed = []
    for block, language, before, after in zip(blocks, languages, above, below, strict=True):
        # What ends like a sentence, or is an item, goes on; what does not is the head of what follows.
        goes_on = block.startswith("- ") or block.rstrip()[-1:] in '.!?…:;»”")'
        follows = (before or after) if goes_on else (after or before)
        completed.append(language or follows or whole)
    return completed


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
