"""Shortens quotes that are too long for a cell, so that they can still be checked against the text."""

from __future__ import annotations

import hashlib
import re

__all__ = ["cell_is_full", "is_shortened", "quote_cell", "quote_places"]

_LONGEST = 32_000
"""UTF-16 units of a quote that is written whole; a cell of Excel holds 32,767."""

_SHOWN = 1_000
_MARK = re.compile(r" \[…(\d{1,12}) characters in all, SHA-256 ([0-9a-f]{64})…\] ")


def quote_cell(text: str) -> str:
    """Return a quote as a cell can hold it.

    Parameters
    ----------
    text : str
        The text that is quoted.

    Returns
    -------
    str
        The text. If it is longer than a cell can be, its beginning and its end, and between them how many
        characters it has and the SHA-256 of all of it (as UTF-8).

    Notes
    -----
    Excel lets what is too long for a cell of a CSV file run over into further rows, and keeps that
    when it saves.
    """
    if _units(text) <= _LONGEST:
        return text
    mark = f" […{len(text)} characters in all, SHA-256 {_digest(text)}…] "
    return f"{text[:_SHOWN]}{mark}{text[-_SHOWN:]}"


def is_shortened(cell: str) -> bool:
    """Return whether a cell is a quote that `quote_cell` shortened.

    Parameters
    ----------
    cell : str
        What the cell says.

    Returns
    -------
    bool
        Whether it names length and SHA-256 of a longer text.
    """
    return _MARK.search(cell, 0, 4 * _SHOWN) is not None


def quote_places(cell: str, text: str) -> list[tuple[int, int]]:
    """Return where the text stands that a shortened quote is of.

    Parameters
    ----------
    cell : str
        A quote that `quote_cell` shortened.
    text : str
        The document's text.

    Returns
    -------
    list of (int, int)
        Starts and ends, at most two; none if the cell is no shortened quote.
    """
    mark = _MARK.search(cell, 0, 4 * _SHOWN)
    if mark is None:
        return []
    beginning, length = cell[: mark.start()], int(mark[1])
    places: list[tuple[int, int]] = []
    at = text.find(beginning) if beginning else -1
    # Of a text without variety, there would be no end of comparing.
    for _ in range(100):
        if at < 0 or at + length > len(text) or len(places) == 2:
            break
        if _digest(text[at : at + length]) == mark[2]:
            places.append((at, at + length))
        at = text.find(beginning, at + 1)
    return places


def cell_is_full(cell: str) -> bool:
    """Return whether a spreadsheet may have cut a cell without a mark, because it holds no more.

    Parameters
    ----------
    cell : str
        What the cell says.

    Returns
    -------
    bool
        Whether it is about as long as a cell can be, or longer.
    """
    return _units(cell) > _LONGEST


def _units(text: str) -> int:
    if 2 * len(text) <= _LONGEST:
        return len(text)
    return len(text) + sum(letter > "\uffff" for letter in text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
