"""Mapping spans between a text and its normalised form."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.documents.normalisation import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from fourp_nlp.documents.normalisation import Step

    Integers = npt.NDArray[np.int64]

__all__ = ["Places", "normalised_places"]

# Letters with more marks than this become one whole without looking for parts. Unicode's own limit
# is thirty; what is longer was made to stall programs.
_LONGEST_LETTER = 128


class _Kept(NamedTuple):
    """Which characters of a text as it came are left, and where.

    Parameters
    ----------
    came : numpy.ndarray of int64, shape (n_kept,)
        Places of the characters of which something is left, ascending.
    begin, end : numpy.ndarray of int64, shape (n_kept,)
        What became of each; neither ever descends. Characters that became one whole share theirs.
    """

    came: Integers
    begin: Integers
    end: Integers


@dataclass(frozen=True, eq=False)
class Places:
    """A normalised text, and where each of its characters came from.

    Where several characters became one (an e and its accent, a run of spaces), where one became
    several, and where the marks on a letter changed their order, what came and what is left belong
    together as one whole: a span with any part of it has all of it on the other side. Every other
    character that is left has exactly one character that it came from.

    Parameters
    ----------
    text : str
        The normalised text.
    length : int
        Length of the text as it came, in characters (code points).
    kept : tuple of three numpy.ndarray of int64, or None
        Places of what is left (ascending), begin and end of what became of it (neither
        descending); None where normalising moved nothing.
    """

    text: str
    length: int
    kept: _Kept | None

    def to_normalised(
        self, starts: npt.ArrayLike, ends: npt.ArrayLike
    ) -> tuple[Integers, Integers]:
        """Carry spans of the text as it came to the normalised text.

        Parameters
        ----------
        starts, ends : array_like of int, shape (n,)
            Where the spans start, and one past their last character.

        Returns
        -------
        tuple of numpy.ndarray of int64, each of shape (n,)
            The smallest spans that cover what is left. Where nothing is left, the span is empty
            and lies before the next character that is left, or at the end.

        Raises
        ------
        ValueError
            If starts and ends are not as many, or a span ends before it starts or lies outside
            the text.
        """
        starts, ends = _spans(starts, ends, self.length)
        if self.kept is None:
            return starts, ends
        source, begin, end = self.kept
        return _covering(
            np.searchsorted(source, starts, side="left"),
            np.searchsorted(source, ends, side="left"),
            begin,
            end,
            len(self.text),
        )

    def to_original(self, starts: npt.ArrayLike, ends: npt.ArrayLike) -> tuple[Integers, Integers]:
        """Carry spans of the normalised text back to the text as it came.

        Carrying the result forth again gives the same span, unless it cuts through a whole (see
        the class), which it then has entirely.

        Parameters
        ----------
        starts, ends : array_like of int, shape (n,)
            Where the spans start, and one past their last character.

        Returns
        -------
        tuple of numpy.ndarray of int64, each of shape (n,)
            The spans from the first to the last character that these characters came from: what
            vanished is inside a span only between two characters of it. An empty span stays
            empty, before the character before which it was.

        Raises
        ------
        ValueError
            If starts and ends are not as many, or a span ends before it starts or lies outside
            the normalised text.
        """
        starts, ends = _spans(starts, ends, len(self.text))
        if self.kept is None:
            return starts, ends
        source, begin, end = self.kept
        first = np.searchsorted(end, starts, side="right")
        after = np.searchsorted(begin, ends, side="left")
        # An empty span inside a whole would otherwise take in the whole.
        after = np.where(ends > starts, after, first)
        return _covering(first, after, source, source + 1, self.length)


def normalised_places(text: str) -> Places:
    """Normalise a text and follow where its characters go.

    Parameters
    ----------
    text : str
        Any text, as it came.

    Returns
    -------
    Places
        Its `text` is exactly ``normalise(text)``.

    Notes
    -----
    Where letters are composed (Unicode Standard Annex #15), a letter with its marks is divided
    into the smallest wholes that, composed one by one, give the same as the letter composed at
    once.
    """
    kept: _Kept | None = None
    current = text
    for step in STEPS:
        result = step.after(current)
        if result != current:
            wholes = (
                _replaced(step, current)
                if step.pattern is not None or step.spans is not None
                else _composed(current)
            )
            if len(wholes[0]):
                kept = _followed(kept, len(current), *wholes)
            current = result
    return Places(current, len(text), kept)


def _spans(starts: npt.ArrayLike, ends: npt.ArrayLike, length: int) -> tuple[Integers, Integers]:
    starts = np.atleast_1d(np.asarray(starts)).astype(np.int64)
    ends = np.atleast_1d(np.asarray(ends)).astype(np.int64)
    if starts.shape != ends.shape or starts.ndim != 1:
        raise ValueError(f"There are {starts.size} starts of spans and {ends.size} ends.")
    wrong = (starts < 0) | (ends < starts) | (ends > length)
    if wrong.any():
        at = int(wrong.argmax())
        raise ValueError(
            f"The span {starts[at]} to {ends[at]} (number {at}) does not lie in a text of "
            f"{length} characters."
        )
    return starts, ends


def _covering(
    first: npt.NDArray[np.intp],
    after: npt.NDArray[np.intp],
    begin: Integers,
    end: Integers,
    length: int,
) -> tuple[Integers, Integers]:
    """Return the spans from the first of what is left to the one before `after`."""
    starts = np.append(begin, length)[first]
    ends = np.concatenate([[0], end])[after]
    return starts, np.where(after > first, ends, starts)


def _followed(
    kept: _Kept | None, length: int, at: Integers, until: Integers, size: Integers
) -> _Kept:
    """Follow the characters through one more step.

    `length` is that of the text before the step; `at`, `until` and `size` are the wholes that the
    step changes, ascending, and the length of what becomes of each.
    """
    inside = np.zeros(length + 1, dtype=np.int64)
    inside[at] += 1
    inside[until] -= 1
    inside = np.cumsum(inside)[:-1]
    width = 1 - inside
    width[until - 1] = size
    # Before the last character of a whole nothing has width, so that all begin in one place.
    begin = np.cumsum(width) - width
    width[inside > 0] = np.repeat(size, until - at)
    end = begin + width
    source: Integers = np.arange(length, dtype=np.int64)
    if kept is not None:
        source, begin, end = kept.came, begin[kept.begin], end[kept.end - 1]
    left = end > begin
    return _Kept(source[left], begin[left], end[left])


def _replaced(step: Step, text: str) -> tuple[Integers, Integers, Integers]:
    """Return the wholes that a step changes which replaces or takes away, and what length is left."""
    if step.spans is not None:
        at, until = _columns(chain.from_iterable(step.spans(text)), 2)
        return at, until, np.zeros(len(at), dtype=np.int64)
    if step.pattern is None:
        raise ValueError("This step has no pattern.")
    matches = step.pattern.finditer(text)
    if "\\" in step.replacement:
        rows = [(*match.span(), len(match.expand(step.replacement))) for match in matches]
        at, until, size = _columns(chain.from_iterable(rows), 3)
    else:
        at, until = _columns(chain.from_iterable(match.span() for match in matches), 2)
        size = np.full(len(at), len(step.replacement), dtype=np.int64)
    shorter = size < until - at
    at, until, size = at[shorter], until[shorter], size[shorter]
    merged = int(step.merges)
    return at + size - merged, until, np.full(len(at), merged, dtype=np.int64)


def _composed(text: str) -> tuple[Integers, Integers, Integers]:
    """Return the wholes that composing letters changes, and the length of what becomes of each."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    joins, changes = _composing()
    heads = np.flatnonzero(~joins[points])
    if len(heads) == 0 or heads[0] > 0:
        heads = np.concatenate([[0], heads])
    tails = np.append(heads[1:], len(text))
    looked_at = (tails - heads > 1) | changes[points[heads]]
    heads, tails = heads[looked_at], tails[looked_at]

    number: dict[str, int] = {}
    letters = map(text.__getitem__, map(slice, heads.tolist(), tails.tolist()))
    which = np.array([number.setdefault(x, len(number)) for x in letters], dtype=np.int64)
    # The parts of all different letters in one list, then taken for each place of each letter.
    parts = [_parts(letter) for letter in number]
    at, until, size = _columns(chain.from_iterable(chain.from_iterable(parts)), 3)
    count = np.array([len(letter) for letter in parts], dtype=np.int64)
    times = count[which]
    skipped = np.repeat(np.cumsum(times) - times, times)
    part = np.arange(len(skipped)) - skipped + np.repeat((np.cumsum(count) - count)[which], times)
    start = np.repeat(heads, times)
    return start + at[part], start + until[part], size[part]


def _columns(numbers: Iterable[int], width: int) -> Integers:
    """Return the numbers of rows, one after the other, as an array of shape (width, n_rows)."""
    return np.fromiter(numbers, dtype=np.int64).reshape(-1, width).T


def _parts(letter: str) -> list[tuple[int, int, int]]:
    """Return the smallest wholes of a letter with its marks that composing changes."""
    composed = unicodedata.normalize("NFC", letter)
    if composed == letter:
        return []
    if len(letter) > _LONGEST_LETTER:
        return [(0, len(letter), len(composed))]
    parts = []
    at = 0
    while at < len(letter):
        for until in range(at + 1, len(letter) + 1):
            part, rest = (
                unicodedata.normalize("NFC", x) for x in (letter[at:until], letter[until:])
            )
            if part + rest == composed:
                break
        if part != letter[at:until] and not until - at == len(part) == 1:
            parts.append((at, until, len(part)))
        at, composed = until, rest
    return parts


@lru_cache(maxsize=1)
def _composing() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return for every code point whether it may join what stands before it, or change alone.

    A character that may join has a combining class, or stands second in a canonical decomposition
    (as vowels and finals of Hangul do by rule), or its own decomposition begins with such a one.
    No other character depends on what stands before it (Unicode Standard Annex #15, section 9).
    """
    second = {chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    changes = np.zeros(sys.maxunicode + 1, dtype=bool)
    begins: dict[str, list[int]] = {}
    for point in range(0x80, sys.maxunicode + 1):
        letter = chr(point)
        decomposed = unicodedata.decomposition(letter)
        if decomposed and not decomposed.startswith("<"):
            second.update(chr(int(part, 16)) for part in decomposed.split()[1:])
            letter = unicodedata.normalize("NFD", letter)[0]
            changes[point] = not unicodedata.is_normalized("NFC", chr(point))
        if letter != chr(point) or unicodedata.combining(letter):
            begins.setdefault(letter, []).append(point)
    joins = np.zeros(sys.maxunicode + 1, dtype=bool)
    joins[[ord(letter) for letter in second]] = True
    for first, points in begins.items():
        if first in second or unicodedata.combining(first):
            joins[points] = True
    return joins, changes
