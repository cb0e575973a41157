"""Encodings of Rich Text files: code pages and fonts."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

__all__ = ["ANSI", "Font", "codec_of_page", "decoded", "fonts_of"]

ANSI = "cp1252"
"""The codec of a file that names none."""
# Number of a code page to Python's codec, where its name is not "cp" and the number.
_PAGES = {
    708: "iso8859_6", 709: "iso8859_6", 1361: "johab", 10000: "mac_roman", 10001: "cp932",
    10002: "cp950", 10003: "cp949", 10004: "mac_arabic", 10006: "mac_greek", 10007: "mac_cyrillic",
    10008: "cp936", 10029: "mac_latin2", 10079: "mac_iceland", 10081: "mac_turkish", 20866: "koi8_r",
    21866: "koi8_u", 28591: "iso8859_1", 28592: "iso8859_2", 28595: "iso8859_5", 28597: "iso8859_7",
    28599: "iso8859_9", 65001: "utf_8",
}  # fmt: skip
# A font's character set to the number of a code page (Rich Text Format Specification 1.9.1, Font Table);
# 1 is the file's own.
_CHARSETS = {
    0: 1252, 77: 10000, 78: 932, 79: 949, 80: 936, 81: 950, 82: 1361, 83: 1255, 84: 10004, 85: 10006,
    86: 10081, 87: 874, 88: 10029, 89: 10007, 128: 932, 129: 949, 130: 1361, 134: 936, 136: 950,
    161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
    254: 437, 255: 850,
}  # fmt: skip
_SYMBOLS = 2
_FONT = re.compile(rb"\\f(\d{1,6})\b")
_CHARSET = re.compile(rb"\\fcharset(\d{1,6})\b")
_PAGE = re.compile(rb"\\cpg(\d{1,6})\b")
_HEX = re.compile(rb"\\'([0-9A-Fa-f]{2})")
_REST = re.compile(rb"\{\\\*[^{}]*\}|\\[A-Za-z]+-?\d* ?|\\.|[{};\r\n]")


class Font(NamedTuple):
    """A font: its name, the codec of its bytes (empty if it is the file's) and whether it has symbols."""

    name: str = ""
    codec: str = ""
    is_symbols: bool = False


def codec_of_page(number: int) -> str:
    """Return Python's codec for the number of a code page.

    Such as 1250, or 10000 for the Macintosh's; empty if there is none.
    """
    name = _PAGES.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name if number else ""
    except LookupError:
        return ""


def fonts_of(table: bytes) -> dict[int, Font]:
    r"""Return the fonts that a table of fonts defines.

    Where all fonts have the set of Western letters, or none, the file's own code page holds for all:
    programs that know one only write that set whatever the letters are.

    They are by number.
    """
    fonts: dict[int, Font] = {}
    marks = list(_FONT.finditer(table))
    ends = [*(mark.start() for mark in marks), len(table)][1:]
    for mark, end in zip(marks, ends, strict=True):
        entry = table[mark.end() : min(end, mark.end() + 1000)]
        charset = _CHARSET.search(entry)
        page = _PAGE.search(entry)
        number = int(charset[1]) if charset is not None else 1
        codec = codec_of_page(int(page[1])) if page is not None else ""
        named = _HEX.sub(lambda byte: bytes([int(byte[1], 16)]), entry.partition(b";")[0])
        name = _REST.sub(b"", named).decode("latin-1").strip()
        fonts[int(mark[1])] = Font(
            name, codec or codec_of_page(_CHARSETS.get(number, 0)), number == _SYMBOLS
        )
    if all(font.codec in {"", ANSI} for font in fonts.values()):
        return {number: font._replace(codec="") for number, font in fonts.items()}
    return fonts


def decoded(raw: bytes, codec: str, *, escaped: bool) -> str:
    """Return bytes as text.

    `escaped` says whether bytes beyond ASCII were escaped, as the rules want it; some programs
    write UTF-8 as it is. What cannot be read becomes the replacement character.
    """
    if raw.isascii():
        return raw.decode("ascii")
    if not escaped:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return raw.decode(codec, errors="replace")
