"""Removing or replacing characters that files cannot hold."""

from __future__ import annotations

import re

__all__ = ["printable", "without_halves"]

# What XML 1.0 cannot hold: most control characters, lone surrogates and two non-characters.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_HALF = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return a text without the characters that HTML, SVG and XLSX cannot hold.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text without control characters (but with tabs and line ends) and lone surrogates.
    """
    return _UNPRINTABLE.sub("", text)


def without_halves(text: str) -> str:
    """Return a text that can be written in UTF-8, of the same length.

    Parameters
    ----------
    text : str
        Any text, such as JSON can hold with its escapes.

    Returns
    -------
    str
        The text with a replacement character (U+FFFD) for each surrogate that stands alone.
    """
    return _HALF.sub("\ufffd", text)
