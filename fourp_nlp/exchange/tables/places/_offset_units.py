"""Infers how a table counts offsets: from 0 or 1, in characters or bytes, line ends as one or two."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.exchange.offset_units import code_points, utf_8_sizes, utf_16_sizes
from fourp_nlp.exchange.tables.places._letters import letters_of
from fourp_nlp.spreadsheets import says

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["normalise_offsets"]

_SAMPLE = 300  # rows by which a way is judged
_ENOUGH = 0.8  # of the rows whose quotes must stand where a way says
_CLEARLY, _FITS = 0.25, 0.9


class _Way(NamedTuple):
    """A way to count."""

    says: str
    start: Callable[[str, Integers], Integers]
    end: Callable[[str, Integers], Integers]


def _minus(number: int) -> Callable[[str, Integers], Integers]:
    return lambda _text, places: places - number


def _same(_text: str, places: Integers) -> Integers:
    return places


def _cumulated(text: str, sizes: Integers, places: Integers) -> Integers:
    """Return the characters at places that count each character as so many."""
    begins = np.concatenate([[0], np.cumsum(sizes)])
    characters = np.searchsorted(begins, places, side="left").astype(np.int64)
    return np.where(places > begins[-1], len(text) + 1, characters)


def _utf_16(text: str, places: Integers) -> Integers:
    return _cumulated(text, utf_16_sizes(text), places)


def _line_ends(text: str, places: Integers) -> Integers:
    return _cumulated(text, 1 + (code_points(text) == ord("\n")).astype(np.int64), places)


def _bytes(text: str, places: Integers) -> Integers:
    return _cumulated(text, utf_8_sizes(text), places)


_PLAIN = _Way("", _same, _same)
_WAYS = (
    _Way("characters from 1", _minus(1), _minus(1)),
    _Way("characters from 1, the last one included", _minus(1), _same),
    _Way("characters from 0, the last one included", _same, _minus(-1)),
    _Way("an end of line as two characters", _line_ends, _line_ends),
    _Way("characters in UTF-16, where an emoji is two", _utf_16, _utf_16),
    _Way("bytes", _bytes, _bytes),
)


def normalise_offsets(
    document: npt.NDArray[np.object_],
    start: Integers,
    end: Integers,
    quote: npt.NDArray[np.object_],
    texts: Mapping[str, str],
    remarks: list[str],
) -> tuple[Integers, Integers]:
    """Return the offsets of rows in characters from 0, the end not included.

    If quotes show that the table counts differently, offsets are converted. If no row has a quote, the way of
    counting is chosen by which places begin and end with words.

    Parameters
    ----------
    document : numpy.ndarray of str, shape (n_rows,)
        The documents.
    start, end : numpy.ndarray of int64, shape (n_rows,)
        Their places, -1 where there is none.
    quote : numpy.ndarray of str, shape (n_rows,)
        What the rows quote.
    texts : mapping of str to str
        Texts by document id.
    remarks : list of str
        Gets sentences on how the table counts, and if places look wrong.

    Returns
    -------
    start, end : numpy.ndarray of int64, shape (n_rows,)
        The places.
    """
    known = np.fromiter((name in texts for name in document), dtype=bool, count=len(document))
    placed = known & (start >= 0) & (end >= start)
    quoted = placed & np.fromiter((bool(text.strip()) for text in quote), bool, len(quote))
    unquoted = placed & np.fromiter((text == "" for text in quote), bool, len(quote))
    sample = np.flatnonzero(quoted if quoted.any() else unquoted)
    sample = sample[:: max(1, len(sample) // _SAMPLE)]
    if not len(sample):
        return start, end
    fits = _share_quoted if quoted.any() else _share_of_words

    def share(way: _Way) -> float:
        places = _by_way(way, sample, document, start, end, texts)
        return fits(sample, *places, document, quote, texts)

    plain = share(_PLAIN)
    if plain >= (1.0 if quoted.any() else _FITS):
        return start, end
    shares = [share(way) for way in _WAYS]
    best = int(np.argmax(shares))
    if quoted.any():
        sure = shares[best] >= _ENOUGH and shares[best] > plain
    else:
        sure = shares[best] >= _FITS and shares[best] > plain + _CLEARLY
    if not sure:
        if not quoted.any():
            remarks.append(
                f"Many places ({1 - plain:.0%}) begin or end within a word: the table may count them "
                "differently, or in another version of the texts. Check some of them."
            )
        return start, end
    remarks.append(f"The table counts {_WAYS[best].says}; its offsets were converted.")
    rows = np.flatnonzero(placed)
    start, end = start.copy(), end.copy()
    start[rows], end[rows] = _by_way(_WAYS[best], rows, document, start, end, texts)
    return start, end


def _by_way(
    way: _Way,
    rows: Integers,
    document: npt.NDArray[np.object_],
    start: Integers,
    end: Integers,
    texts: Mapping[str, str],
) -> tuple[Integers, Integers]:
    first, last = start[rows].copy(), end[rows].copy()
    names = document[rows]
    for name in dict.fromkeys(names):
        in_document = names == name
        first[in_document] = way.start(texts[name], first[in_document])
        last[in_document] = way.end(texts[name], last[in_document])
    return first, last


def _share_quoted(
    rows: Integers,
    first: Integers,
    last: Integers,
    document: npt.NDArray[np.object_],
    quote: npt.NDArray[np.object_],
    texts: Mapping[str, str],
) -> float:
    """Return the share of rows whose quote is at their place."""
    right = 0
    for at, begin, until in zip(rows, first.tolist(), last.tolist(), strict=True):
        stands = texts[document[at]][begin:until] if 0 <= begin < until else ""
        # White space at an end is a place that is not meant.
        exact = bool(stands) and (stands == stands.strip() or quote[at] != quote[at].strip())
        right += exact and (says(quote[at], stands) or letters_of(quote[at]) == letters_of(stands))
    return right / len(rows)


def _share_of_words(
    rows: Integers,
    first: Integers,
    last: Integers,
    document: npt.NDArray[np.object_],
    _quote: npt.NDArray[np.object_],
    texts: Mapping[str, str],
) -> float:
    """Return the share of rows whose place begins and ends with a word."""
    right = 0
    for at, begin, until in zip(rows, first.tolist(), last.tolist(), strict=True):
        text = texts[document[at]]
        if not 0 <= begin < until <= len(text):
            continue
        begins = not text[begin].isspace() and not (begin and text[begin - 1].isalnum())
        ends = not text[until - 1].isspace() and not text[until : until + 1].isalnum()
        right += begins and ends
    return right / len(rows)
