"""Decodes texts of sources, and keeps how long their line ends were, which offsets depend on."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NotText", "SourceText", "decode_source_text", "source_text_in_xml"]

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


class NotText(ValueError):  # noqa: N818 - it says what the bytes are
    """The bytes are those of another kind of file."""


@dataclass(frozen=True)
class SourceText:
    r"""The text of a source, with line ends as \n and without a byte order mark.

    Attributes
    ----------
    text : str
        The text.
    line_end_widths : numpy.ndarray or None
        How many characters each line end of `text` had in the file, shape (line ends,), uint8; None if all
        had one.
    encoding : str
        Name of the encoding; empty for a text in the XML.
    damaged : bool
        Whether some bytes are invalid in that encoding, and are U+FFFD here.
    """

    text: str
    line_end_widths: NDArray[np.uint8] | None = None
    encoding: str = ""
    damaged: bool = False


def source_text_in_xml(text: str) -> SourceText:
    """Return a text that is in the XML.

    Parameters
    ----------
    text : str
        Content of the element.

    Returns
    -------
    SourceText
        The text.
    """
    return _with_line_ends(text.removeprefix("\ufeff"), encoding="", damaged=False)


def decode_source_text(data: bytes) -> SourceText:
    """Return the text of a plain text file.

    Tried in this order: a byte order mark; UTF-16 without one, known by where its zero bytes stand;
    UTF-8; Windows-1252.

    Parameters
    ----------
    data : bytes
        Content of the file.

    Returns
    -------
    SourceText
        The text.

    Raises
    ------
    NotText
        If it begins as another kind of file does.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise NotText(what)
    utf_16 = _utf_16_without_mark(data[:_SAMPLE])
    if utf_16:
        return _decoded(data, utf_16)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")
    return _with_line_ends(text, encoding="utf-8", damaged=False)


def _decoded(data: bytes, encoding: str) -> SourceText:
    try:
        text, damaged = data.decode(encoding), False
    except UnicodeDecodeError:
        text, damaged = data.decode(encoding, errors="replace"), True
    return _with_line_ends(text, encoding=encoding, damaged=damaged)


def _utf_16_without_mark(sample: bytes) -> str | None:
    size = len(sample) // 2
    if size < 2:
        return None
    zeros = [sample[place::2].count(0) / size for place in range(2)]
    if zeros[1] > 0.5 and zeros[0] < 0.05:
        return "utf-16-le"
    return "utf-16-be" if zeros[0] > 0.5 and zeros[1] < 0.05 else None


def _with_line_ends(text: str, *, encoding: str, damaged: bool) -> SourceText:
    if "\r" not in text:
        return SourceText(text, None, encoding, damaged)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    carriage, feed = points == 13, points == 10
    is_second = np.zeros(len(points), dtype=bool)
    is_second[1:] = carriage[:-1] & feed[1:]
    is_pair = np.zeros(len(points), dtype=bool)
    is_pair[:-1] = is_second[1:]
    widths = np.where(is_pair, 2, 1).astype(np.uint8)[(carriage | feed) & ~is_second]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return SourceText(text, widths if (widths != 1).any() else None, encoding, damaged)
