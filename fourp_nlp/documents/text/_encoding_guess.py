"""Guessing the encoding of bytes, by the text that each encoding gives."""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from functools import cache
from typing import NamedTuple

from fourp_nlp.documents.text._language_letters import COMMON, ENCODINGS, LANGUAGES, WIDE

__all__ = ["Guess", "guess", "is_letter", "plausibility"]

_PIECES = 3_000
"""Words that are looked at from the beginning of a file, and as many from its middle."""
_BEFORE = 15
_LAST = re.compile(rb"[\x21-\x7f]*\Z")
_PIECE = re.compile(rb"(?:[\x80-\xff]{1,200}[\x21-\x7f]{0,15}){1,30}")
_ASCII = re.compile(rb"[\x00-\x7f]+")
_BEYOND = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(r"[A-Za-z]+")
_STRETCH = 20_000
"""Bytes of a stretch that is tried in the encodings of several bytes a character."""
_FEW = 100
"""Of so many characters one may be damaged."""
_ALL = 1 << 16

_OPENING, _CLOSING, _EITHER = "‘‚„‹«¿¡", "’›”", "“»"
_SURE = 6.0
"""How much likelier, as a logarithm, a reading must be than the next for it to be no mere guess."""
_POOR = -9.0
"""Of a character on average, below which no reading makes sense."""


_SIGNS = {
    "–": (-2.0, -6.0),
    "—": (-2.0, -4.0),
    "…": (-2.0, -4.0),
    " ": (-2.0, -5.0),
    "£": (-7.0, -12.0),
    "®": (-6.0, -12.0),
}
"""How likely a sign is at the edge of a word, and within one."""


class Guess(NamedTuple):
    """An encoding that bytes are probably in.

    Attributes
    ----------
    encoding : str
        Python's name of it.
    sure : bool
        Whether every other reading is far less likely.
    """

    encoding: str
    sure: bool


def guess(data: bytes) -> Guess:
    """Return the encoding that bytes are probably in, which are not UTF-8 and do not say what they are.

    Every encoding that files are found in is tried on words with bytes beyond ASCII. A reading is likely
    if it has the letters of one language, in small letters inside words, and if quotation marks stand at
    the edges of words, apostrophes between letters and signs where signs stand.

    Of a long file only samples are looked at. It is Windows-1252 if no reading makes sense.
    """
    first = _BEYOND.search(data)
    if first is None:
        return Guess("cp1252", sure=True)
    pieces = _pieces(data, first.start())
    block = b"\n".join(pieces)
    number = sum(len(_ASCII.sub(b"", piece)) * _damped(n) for piece, n in pieces.items())
    favours = _favours(data)
    scores: dict[str, float] = {}
    readings: dict[str, str] = {}
    for encoding, facts in ENCODINGS.items():
        text = block.decode(encoding, errors="replace")
        words = dict(zip(text.split("\n"), pieces.values(), strict=False))
        scores[encoding] = facts.usual + _likelihood(words, facts.languages, favours)
        readings[encoding] = text
    for encoding in WIDE:
        if encoding in COMMON or encoding == "euc_jp":
            scores[encoding], readings[encoding] = _wide(data, first.start(), encoding, number)
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = ranked[0]
    others = [scores[name] for name in ranked[1:] if readings[name] != readings[best]]
    if scores[best] < _POOR * number:
        return Guess(_by_library(data, first.start()), sure=False)
    return Guess(best, sure=scores[best] - others[0] > _SURE)


def plausibility(text: str) -> float:
    """Return how likely a text is as it reads, as a logarithm of which only differences count.

    Words with characters beyond ASCII are judged; a text in ASCII has 0.0.
    """
    words = Counter(word for word in text[: 8 * _ALL].split() if not word.isascii())
    several = dict(itertools.islice(words.items(), 2 * _PIECES))
    return _likelihood(several, tuple(LANGUAGES), {})


def is_letter(char: str) -> bool:
    """Return whether a character is a letter or sign that texts of the known languages have.

    Letters of no language here are none, nor is what is no sign of running text.
    """
    if unicodedata.category(char)[0] in "LM":
        return any(char.lower() in language.letters for language in LANGUAGES.values())
    return char in _OPENING + _CLOSING + _EITHER + "–—…£€°§©®™•·½¼¾²³×\xa0"


def _pieces(data: bytes, first: int) -> dict[bytes, int]:
    """Count the words with bytes beyond ASCII: those from the first on, and some of the rest."""
    middle = (first + len(data)) // 2
    counts: Counter[bytes] = Counter()
    for begin, end in ((max(0, first - _BEFORE), middle), (middle, len(data))):
        at = begin
        for _ in range(_PIECES):
            match = _BEYOND.search(data, at, end)
            if match is None:
                break
            before = data[max(at, match.start() - _BEFORE) : match.start()]
            piece = _PIECE.match(data, match.start())
            at = piece.end() if piece else end
            # Of what stands before, the word alone.
            counts[_LAST.search(before).group() + data[match.start() : at]] += 1  # type: ignore[union-attr]
    return dict(counts)


def _favours(data: bytes) -> dict[str, float]:
    """Return how much the words of ASCII letters speak for each language, zero for the likeliest."""
    middle = len(data) // 2
    sample = data[:_ALL] + data[middle : middle + _ALL]
    text = sample.decode("ascii", errors="replace").lower()
    words = Counter(_WORD.findall(text.replace("\ufffd", "a")))
    hits = {
        name: math.log1p(sum(_damped(words[word]) for word in language.words))
        for name, language in LANGUAGES.items()
    }
    most = max(hits.values())
    return {name: 2.0 * (value - most) for name, value in hits.items()}


def _damped(number: int) -> float:
    """Return how much a word counts that was met so often: its tenth time proves little."""
    return 1.0 + math.log(number) if number > 1 else float(number)


def _likelihood(
    words: dict[str, int], languages: tuple[str, ...], favours: dict[str, float]
) -> float:
    letters: Counter[str] = Counter()
    score = 0.0
    block = "".join(words)
    for word, number in words.items():
        weight = _damped(number)
        padded = f"  {word}  "
        for at, char in enumerate(padded):
            if char < "\x80":
                continue
            score += weight * _place(padded[at - 2], padded[at - 1], char, padded[at + 1])
            if unicodedata.category(char)[0] in "LM" and char not in "ªºµƒˆ":
                letters[char.lower() if char != "İ" else char] += weight  # type: ignore[assignment]
    score -= 3.0 * sum(
        any(one in block for one in pair) and not all(one in block for one in pair)
        for pair in ("“”", "«»")
    )
    return score + max(
        favours.get(name, 0.0)
        + sum(
            number * _rarity(name).get(letter, _rarest(letter))
            for letter, number in letters.items()
        )
        for name in languages
    )


@cache
def _rarity(language: str) -> dict[str, float]:
    """Return the logarithm of how often each letter is met among those beyond ASCII."""
    letters = LANGUAGES[language].letters
    parts = {letter: 1.0 / (rank + 2) for rank, letter in enumerate(letters)}
    whole = sum(parts.values())
    return {letter: math.log(part / whole) for letter, part in parts.items()}


@cache
def _rarest(letter: str) -> float:
    """Return the same of a letter that is none of the language."""
    if letter in LANGUAGES["other"].letters:
        return -8.0
    return -11.0 if any(letter in language.letters for language in LANGUAGES.values()) else -14.0


@cache
def _place(earlier: str, before: str, char: str, after: str) -> float:
    """Return the logarithm of how likely a character stands there, what letter it is left aside."""
    kind = unicodedata.category(char)
    left, right = before.isalpha(), after.isalpha()
    if kind in {"Cc", "Cn", "Co", "Cs"} or char == "\ufffd":
        return -16.0
    if char in "ªº":
        return -4.0 if not right and before in "0123456789nN." else -12.0
    if kind[0] in "LM" and char not in "ˆƒµ":
        return _place_of_letter(earlier, before, char, after)
    if char in _OPENING + _CLOSING + _EITHER:
        return _place_of_quote(before, char, after)
    return _place_of_sign(before, char, after, inside=left and right)


def _place_of_sign(before: str, char: str, after: str, *, inside: bool) -> float:
    """Return the same of a sign: how likely it stands alone and, the second number, within a word."""
    by_number = before.isdigit() or after.isdigit()
    if char in "£€¥¢":
        return -3.0 if by_number else _SIGNS["£"][inside]
    if char == "°":
        return -3.0 if before.isdigit() or (after.isdigit() and before in "nN") else -8.0
    if char in "•·" or char in "§±×÷¼½¾‰†‡¶µ¬":
        by_letter = before.isalpha() or after.isalpha()
        return -12.0 if inside else (-4.0 if char in "•·" else -6.0) - 4.0 * by_letter
    if char in "®™²³¹©\xad":
        return _SIGNS["®"][inside]
    alone, within = _SIGNS.get(" " if char.isspace() else char, (-12.0, -12.0))
    return within if inside else alone


def _place_of_letter(earlier: str, before: str, char: str, after: str) -> float:
    left, right = before.isalpha() or before in "'’-", after.isalpha() or after in "'’-"
    latin = char < "\u0250"
    if any(near.isalpha() and (near < "\u0250") != latin for near in (before, after)):
        # Two alphabets in one word.
        return -10.0
    score = 0.0
    if char.isupper():
        if before.islower():
            score -= 9.0
        elif latin:
            score -= 1.5
    elif earlier.isupper() and before.isupper() and after.isupper():
        score -= 5.0
    elif before.isupper() and after.isupper():
        score -= 6.0
    if not left and not right:
        score -= 1.0 if char in "àéóíáèýоавикусяійґηοוה" else 5.0
    return score


def _place_of_quote(before: str, char: str, after: str) -> float:
    left, right = before.isalnum(), after.isalnum()
    if left and right:
        # An apostrophe; "l’" and "it’s".
        return -1.0 if char == "’" and before.isalpha() and after.isalpha() else -12.0
    ends = left or before in ".,;:!?…)]%-–—"
    begins = right or after in "([¿¡…"
    if char in _CLOSING:
        return -2.0 if ends and not right else -2.5 if right and char == "’" else -7.0
    if char in _OPENING:
        return -2.0 if begins and not left else -4.0 if char in "«‹" and not left else -7.0
    return -2.0 if begins and not left else -2.5 if ends and not right else -6.0


def _wide(data: bytes, first: int, encoding: str, number: float) -> tuple[float, str]:
    """Return how likely bytes are in an encoding of several bytes a character, and what they read.

    `number` is how many bytes beyond ASCII the other encodings were judged by.
    """
    stretch = data[first : first + _STRETCH]
    text = stretch.decode(encoding, errors="replace")
    beyond = Counter(char for char in text if char > "\x7f")
    # At its end the stretch may cut a character.
    if beyond["\ufffd"] - 1 > sum(beyond.values()) / _FEW:
        return -math.inf, text
    common = COMMON.get(encoding, COMMON["cp932"])
    score = sum(times * _rarity_of_sign(char, common) for char, times in beyond.items())
    return -2.0 + score * number / (len(_ASCII.sub(b"", stretch))), text


def _rarity_of_sign(char: str, common: frozenset[str]) -> float:
    if char in common:
        return -4.0
    if "\u3040" <= char <= "\u30ff":
        return -4.0 if common is COMMON["cp932"] else -14.0
    if "\u4e00" <= char <= "\u9fff":
        return -9.0
    if "\uac00" <= char <= "\ud7a3":
        return -6.5
    if "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e":
        return -5.0
    return -26.0


def _by_library(data: bytes, first: int) -> str:
    from charset_normalizer import from_bytes

    start = max(0, first - 1000)
    best = from_bytes(data[start : start + _ALL]).best()
    usable = best is not None and best.encoding not in {"ascii", "utf_8"}
    return best.encoding if best is not None and usable else "cp1252"
