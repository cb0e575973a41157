"""How numbers and texts are written for reading."""

from __future__ import annotations

import math
import re

from fourp_nlp.number_format import ABSENT, fixed, percentage

__all__ = ["ABSENT", "decimal", "marked", "percent", "shortened", "whole"]


def whole(value: float | None) -> str:
    """Return a count for reading, with a comma at every thousand.

    Parameters
    ----------
    value : float or None
        A count; None or nan where nothing was counted.

    Returns
    -------
    str
        Such as "1,204", or a dash.
    """
    if value is None or math.isnan(value):
        return ABSENT
    return f"{int(value):,}"


def decimal(value: float, *, digits: int = 2) -> str:
    """Return a number with a fixed number of decimals.

    Parameters
    ----------
    value : float
        Any number; nan where it is undefined.
    digits : int
        How many decimals.

    Returns
    -------
    str
        Such as "0.71" or "−0.04" (with a true minus sign, which screen readers speak), or a dash.
    """
    return fixed(value, digits).replace("-", "−")


def percent(value: float) -> str:
    """Return a share as a percentage with one decimal.

    Parameters
    ----------
    value : float
        A share between 0 and 1; nan where it is undefined.

    Returns
    -------
    str
        Such as "94.1%", or a dash; "<0.1%" and ">99.9%" of what would round to nothing or to all.
    """
    return percentage(value).replace("-", "−")


def shortened(text: str, length: int) -> str:
    """Return a text of at most so many characters, cut between words where possible.

    Parameters
    ----------
    text : str
        Any text; its white space is made single spaces.
    length : int
        The most characters wanted, at least 4.

    Returns
    -------
    str
        The text, with an ellipsis where it was cut.
    """
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    # Room for the ellipsis and, after the end of a sentence, a space.
    cut = line[: length - 2]
    at_word, _, rest = cut.rpartition(" ")
    kept = (at_word if at_word and len(rest) < length // 2 else cut).rstrip(" ,;:")
    return f"{kept} …" if kept.endswith((".", "!", "?")) else f"{kept}…"


def marked(text: str, words: str) -> list[tuple[str, bool]]:
    """Return a text in pieces, each with whether it is one of some words.

    Parameters
    ----------
    text : str
        Any text.
    words : str
        Words separated by semicolons, as in the table of suggestions; upper and lower case are the same.

    Returns
    -------
    list of (str, bool)
        The pieces, in order; put together they are the text.
    """
    patterns = [re.escape(word.strip()) for word in words.split(";") if word.strip()]
    if not patterns:
        return [(text, False)]
    pieces = re.split(rf"\b({'|'.join(patterns)})\b", text, flags=re.IGNORECASE)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]
