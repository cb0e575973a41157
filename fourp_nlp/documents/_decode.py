"""Bytes of a text file into text, whatever their encoding."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from fourp_nlp.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["decode", "decode_markup", "read_text"]

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a zip or Office file", "Give it its own suffix, such as .docx."),
    (b"%PDF-", "a PDF file", "Rename it to .pdf."),
    (b"{\\rtf", "a Rich Text file", "Rename it to .rtf."),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file", "Save it as .docx."),
    (b"\x89PNG", "a picture", "Only text can be coded."),
    (b"\xff\xd8\xff", "a picture", "Only text can be coded."),
    (b"GIF8", "a picture", "Only text can be coded."),
    (b"\x1f\x8b", "a compressed file", "Unpack it first."),
    (b"\x7fELF", "a program", "Only text can be coded."),
    (b"ID3", "a sound file", "Only text can be coded: transcribe it first."),
)
_SAMPLE = 1 << 16
# Guesses among the Latin alphabets are no better than chance in short or mostly English text, so
# that only these are believed.
_NOT_LATIN = (
    "big5", "cp1251", "cp1253", "cp1255", "cp1256", "cp866", "cp874", "cp932", "cp949", "cp950",
    "euc", "gb", "iso2022", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "johab", "koi8",
    "shift", "tis_620",
)  # fmt: skip
# What pages claim, and what browsers read them as: https://encoding.spec.whatwg.org/#names-and-labels
_READ_AS = {
    "ascii": "cp1252",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
# Python's names of what no page can be written in: units of two or four bytes, where the claim itself was
# read byte by byte; and encodings of no text of the web.
_NO_CHARSET = ("utf-16", "utf-32", "utf-7", "idna", "punycode", "raw", "undefined", "unicode")
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_WORDLESS = re.compile(rb"[^\x80-\xff]+")
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)


def read_text(path: Path, *, markup: bool = False) -> str:
    """Return the text of a plain text file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    markup : bool, default False
        Whether an encoding that a ``<meta>`` element declares is to be believed.

    Returns
    -------
    str
        Its text, not yet normalised.

    Raises
    ------
    DocumentError
        If the file does not hold text.
    """
    data = path.read_bytes()
    return decode_markup(data, file=path) if markup else decode(data, file=path)


def decode_markup(data: bytes, *, file: object = None, header: str | None = None) -> str:
    """Return the text of a page's bytes; of what it declares, only what its bytes bear out is believed.

    Parameters
    ----------
    data : bytes
        The page.
    file : object, optional
        Its path, for the error.
    header : str, optional
        The charset of the HTTP header; as in browsers, it comes before what the page itself declares.

    Returns
    -------
    str
        The page, tags and all, without NUL characters.

    Raises
    ------
    DocumentError
        If the bytes are not text.
    UnsafeDocumentError
        If they are those of another kind of file.
    """
    named = _charset(header) if header else None
    if named is not None and _bears_out(data, named):
        return decode(data, file=file, declared=named)
    return decode(data, file=file, declared=_declared(data))


def _bears_out(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def decode(data: bytes, *, file: object = None, declared: str | None = None) -> str:
    """Return the text that some bytes stand for.

    Tried in this order: a byte order mark; UTF-16 or UTF-32 without one, known by its pattern of
    zero bytes; UTF-8; the declared encoding; charset-normalizer's guess, where at least a quarter
    of the bytes are beyond ASCII and it names an alphabet other than the Latin; Windows-1252.

    Parameters
    ----------
    data : bytes
        Content of the file.
    file : object, optional
        Its path, for the error.
    declared : str, optional
        Name of the encoding that the file itself claims.

    Returns
    -------
    str
        The text, not yet normalised.

    Raises
    ------
    DocumentError
        If the bytes are not text.
    UnsafeDocumentError
        If they are those of another kind of file.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data, name, file)
    for signature, what, cure in _SIGNATURES:
        if data.startswith(signature):
            raise UnsafeDocumentError(
                f"This is {what} under the name of a text file.", file=file, cure=cure
            )
    wide = _wide(data[:_SAMPLE])
    if wide is not None:
        return _strictly(data, wide, file)
    if b"\x00" in data:
        raise DocumentError(
            "The file contains NUL bytes: it is binary or damaged.",
            file=file,
            place=f"byte {data.index(0)}",
            cure="Save it again as plain text in UTF-8.",
        )
    sample = data[:_SAMPLE]
    if len(_CONTROL.findall(sample)) > len(sample) / 50:
        raise DocumentError(
            "The file is binary, not text.", file=file, cure="Save it as plain text in UTF-8."
        )
    for encoding in filter(None, ("utf-8", declared)):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode(_guess(data), errors="replace")


def _strictly(data: bytes, encoding: str, file: object) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"The file says that it is {encoding.upper()}, but it is cut off or damaged.",
            file=file,
            place=f"byte {error.start}",
            cure="Save it again as plain text in UTF-8.",
        ) from error
    if "\x00" in text:
        raise DocumentError(
            "The file contains NUL characters: it is binary or damaged.",
            file=file,
            cure="Save it again as plain text in UTF-8.",
        )
    return text


def _wide(sample: bytes) -> str | None:
    """Name UTF-16 or UTF-32 without a mark by where its zero bytes stand."""
    if sample.count(0) < len(sample) / 4 or len(sample) < 4:
        return None
    size = len(sample) // 4
    zeros = [sample[place::4].count(0) / size for place in range(4)]
    patterns = {
        "utf-32-le": (False, True, True, True),
        "utf-32-be": (True, True, True, False),
        "utf-16-le": (False, True, False, True),
        "utf-16-be": (True, False, True, False),
    }
    for name, pattern in patterns.items():
        if all((z > 0.5) if zero else (z < 0.05) for z, zero in zip(zeros, pattern, strict=True)):
            return name
    return None


def _guess(data: bytes) -> str:
    middle = len(data) // 2
    sample = data if len(data) <= 2 * _SAMPLE else data[:_SAMPLE] + data[middle : middle + _SAMPLE]
    beyond = len(_WORDLESS.sub(b"", sample))
    if beyond < len(sample) / 4:
        return "cp1252"
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import

    guesses = [guess.encoding for guess in from_bytes(sample)]
    best = guesses[0] if guesses else "cp1252"
    # The Windows and the Macintosh Cyrillic differ in two letters; people have the former.
    if best == "mac_cyrillic" and "cp1251" in guesses:
        return "cp1251"
    return best if best.startswith(_NOT_LATIN) else "cp1252"


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:4096])
    if found is None:
        return None
    return _charset(found.group(1).decode("ascii"))


def _charset(name: str) -> str | None:
    """Return Python's name of an encoding that a page or its server names; None if it cannot be one."""
    name = name.strip(" \t\"'").lower().removeprefix("x-")
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return None if known.startswith(_NO_CHARSET) else _READ_AS.get(known, known)
