"""Texts as they came, and how their line ends and marks stood: what offsets may have counted."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Came", "NotText", "came_in_xml", "came_of"]

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a zip or Office file"),
    (b"%PDF-", "a PDF file"),
    (b"{\\rtf", "a Rich Text file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
)
_SAMPLE = 1 << 16


class NotText(ValueError):  # noqa: N818 - it says what the bytes are, to its one caller
    """The bytes are those of another kind of file."""


@dataclass(frozen=True)
class Came:
    r"""A text with its line ends as \n and without its byte order mark, and what was taken away.

    Attributes
    ----------
    text : str
        The text.
    widths : numpy.ndarray or None
        For every line end of `text`, in order, how many characters it was made of, shape
        (line ends,), uint8; None if each was one.
    marked : bool
        Whether a byte order mark stood before it.
    encoding : str
        Name of the encoding; empty if it stood in the XML.
    damaged : bool
        Whether bytes had no meaning in that encoding and are U+FFFD now.
    """

    text: str
    widths: NDArray[np.uint8] | None = None
    marked: bool = False
    encoding: str = ""
    damaged: bool = False


def came_in_xml(text: str) -> Came:
    """Return a text that stood in the XML.

    Parameters
    ----------
    text : str
        Content of the element.

    Returns
    -------
    Came
        The text.
    """
    marked = text.startswith("\ufeff")
    return _with_line_ends(text[marked:], marked=marked, encoding="", damaged=False)


def came_of(data: bytes) -> Came:
    """Return the text of a plain text file.

    Tried in this order: a byte order mark; UTF-16 without one, known by where its zero bytes stand;
    UTF-8; Windows-1252.

    Parameters
    ----------
    data : bytes
        Content of the file.

    Returns
    -------
    Came
        The text.

    Raises
    ------
    NotText
        If it begins as another kind of file does.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name, marked=True)
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise NotText(what)
    wide = _wide(data[:_SAMPLE])
    if wide:
        return _decoded(data, wide, marked=False)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252", marked=False)
    return _with_line_ends(text, marked=False, encoding="utf-8", damaged=False)


def _decoded(data: bytes, encoding: str, *, marked: bool) -> Came:
    try:
        text, damaged = data.decode(encoding), False
    except UnicodeDecodeError:
        text, damaged = data.decode(encoding, errors="replace"), True
    return _with_line_ends(text, marked=marked, encoding=encoding, damaged=damaged)


def _wide(sample: bytes) -> str | None:
    size = len(sample) // 2
    if size < 2:
        return None
    zeros = [sample[place::2].count(0) / size for place in range(2)]
    if zeros[1] > 0.5 and zeros[0] < 0.05:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] > 0.5 and zeros[1] < 0.05 else None


def _with_line_ends(text: str, *, marked: bool, encoding: str, damaged: bool) -> Came:
    if "\r" not in text:
        return Came(text, None, marked, encoding, damaged)
    units = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    carriage, feed = units == 13, units == 10
    second = np.zeros(len(units), dtype=bool)
    second[1:] = carriage[:-1] & feed[1:]
    two = np.zeros(len(units), dtype=bool)
    two[:-1] = second[1:]
    widths = np.where(two, 2, 1).astype(np.uint8)[(carriage | feed) & ~second]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Came(text, widths if (widths != 1).any() else None, marked, encoding, damaged)
