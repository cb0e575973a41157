"""Decoding the bytes of text files, whatever their encoding."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.reading import Reading
from fourp_nlp.documents.text._damage import (
    damage_of,
    double_encoded,
    lost_letters,
    number_beyond,
    two_encodings,
)
from fourp_nlp.documents.text._encoding_guess import guess, plausibility
from fourp_nlp.documents.text._language_letters import name_of
from fourp_nlp.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.text._damage import Damage

__all__ = [
    "Decoded",
    "charset_name",
    "decode",
    "decode_markup",
    "decoded",
    "decoded_markup",
    "read_decoded",
]

_MARKS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
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
_META = re.compile(
    rb"<meta[^>]{0,500}?charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([A-Za-z0-9_.:-]{2,40})",
    re.IGNORECASE,
)
_XML = re.compile(
    rb"\s{0,20}<\?xml[^>]{0,200}?encoding\s{0,20}=\s{0,20}[\"']([A-Za-z0-9_.:-]{2,40})",
    re.IGNORECASE,
)
_HEAD = 1 << 16
"""Bytes within which a page may declare its encoding; browsers find a late declaration, too."""
_JAPANESE = re.compile(rb"\x1b\$[@B]")
_FEW = 20
"""Characters beyond ASCII that may be UTF-8 by accident."""
_MIXED = 2
"""Against a sound character of UTF-8 so many damaged ones may stand where two encodings are mixed."""
_WORD = re.compile(r"[^\s,;:!?.，。、]{2,30}")
_SHOWN_FROM = 1 << 20
_BORNE_OUT = 50
"""Of so many characters beyond ASCII one may be damaged in the encoding that a page declares."""


class Decoded(NamedTuple):
    """The text of some bytes, and what to know of it.

    Attributes
    ----------
    text : str
        The text, not yet normalised.
    encoding : str
        Python's name of the encoding.
    doubts : tuple of str
        What should be looked at, a line each: a guess, damaged places.
    remarks : tuple of str
        What is good to know, a line each: an encoding that is old, but certain.
    """

    text: str
    encoding: str
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def reading(self, texts: str | list[tuple[str, str]] | Reading) -> Reading:
        """Return what a reader made of the text, with the doubts and remarks of its decoding.

        Parameters
        ----------
        texts : str or list or Reading
            What a reader returns.

        Returns
        -------
        Reading
            The reading.
        """
        read = Reading.of(texts)
        return Reading(read.texts, [*self.doubts, *read.doubts], [*self.remarks, *read.remarks])


def read_decoded(path: Path, *, markup: bool = False) -> Decoded:
    """Return the text of a plain text file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    markup : bool, default False
        Whether an encoding that a ``<meta>`` element or an XML declaration names is to be believed.

    Returns
    -------
    Decoded
        Its text, not yet normalised, and what is doubtful about it.

    Raises
    ------
    DocumentError
        If the file does not hold text.
    """
    data = path.read_bytes()
    return decoded_markup(data, file=path) if markup else decoded(data, file=path)


def decode_markup(data: bytes, *, file: object = None, header: str | None = None) -> str:
    """Return the text of a page's bytes, as `decoded_markup` does."""
    return decoded_markup(data, file=file, header=header).text


def decoded_markup(data: bytes, *, file: object = None, header: str | None = None) -> Decoded:
    """Return the text of a page's bytes; of what it declares, only what its bytes bear out is believed.

    Parameters
    ----------
    data : bytes
        The page.
    file : object, optional
        Its path, for the error.
    header : str, optional
        The charset of the HTTP header. As in browsers, it comes before what the page itself declares: a
        ``<meta>`` element, then an XML declaration.

    Returns
    -------
    Decoded
        The page, tags and all, without NUL characters, and what is doubtful about it.

    Raises
    ------
    DocumentError
        If the bytes are not text.
    UnsafeDocumentError
        If they are those of another kind of file.
    """
    claims = [charset_name(header)] if header else []
    head = data[:_HEAD]
    claims += [
        charset_name(match.group(1).decode("ascii"))
        for match in (_META.search(head), _XML.match(head))
        if match is not None
    ]
    return decoded(data, file=file, declared=[claim for claim in claims if claim])


def decode(data: bytes, *, file: object = None, declared: str | None = None) -> str:
    """Return the text that some bytes stand for, as `decoded` does."""
    return decoded(data, file=file, declared=[declared] if declared else []).text


def decoded(data: bytes, *, file: object = None, declared: list[str] | None = None) -> Decoded:
    """Return the text that some bytes stand for.

    Tried in this order: a byte order mark; UTF-16 or UTF-32 without one, known by its pattern of
    zero bytes; UTF-8, also where a few bytes of it are damaged; the declared encodings; what the bytes
    would read like in each of the encodings that files are found in.

    Parameters
    ----------
    data : bytes
        Content of the file.
    file : object, optional
        Its path, for the error.
    declared : list of str, optional
        Names of the encodings that the file itself claims, the first to be believed first.

    Returns
    -------
    Decoded
        The text, not yet normalised, and what is doubtful about it.

    Raises
    ------
    DocumentError
        If the bytes are not text.
    UnsafeDocumentError
        If they are those of another kind of file.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _wide_text(data, name, file)
    for signature, what, cure in _SIGNATURES:
        if data.startswith(signature):
            raise UnsafeDocumentError(
                f"This is {what} under the name of a text file.", file=file, cure=cure
            )
    wide = _wide(data[:_SAMPLE])
    if wide is not None:
        return _wide_text(data, wide, file)
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
    return _byte_text(data, declared or [])


def _byte_text(data: bytes, declared: list[str]) -> Decoded:
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    if _JAPANESE.search(data[:_HEAD]) and (read := _strictly(data, "iso2022_jp")) is not None:
        return Decoded(read, "iso2022_jp")
    text = _strictly(data, "utf-8")
    others = [name for name in declared if name != "utf-8"]
    if text is not None:
        for name in others:
            if (other := _by_declaration(data, name)) and _rather(other.text, text):
                return other
        return Decoded(text, "utf-8", (*lost_letters(text), *double_encoded(text)))
    damage = damage_of(data)
    if marked or damage.is_slight or (damage.is_cut and not others):
        return _damaged(damage)
    for name in others:
        if (other := _by_declaration(data, name)) is not None:
            return other
    return _by_its_look(data, damage)


def _by_its_look(data: bytes, damage: Damage) -> Decoded:
    """Read bytes that are not UTF-8, or not all of them, and do not say what they are."""
    guessed = guess(data)
    text = data.decode(guessed.encoding, errors="replace")
    if damage.valid * _MIXED >= damage.bad:
        # Some of it is UTF-8, such as what was pasted behind a file in another encoding.
        mixed = two_encodings(data)
        likely = {part: plausibility(part) for part in (text, damage.text, mixed.text)}
        best = max(likely, key=likely.__getitem__)
        if best == damage.text != text:
            return _damaged(damage)
        if best == mixed.text != text:
            also = f"read as UTF-8, but {mixed.lines} as {name_of(mixed.encoding)}, a guess"
            return Decoded(best, "utf-8", (_to_be_sure(also, best), *lost_letters(best)))
    called = name_of(guessed.encoding)
    if guessed.sure and guessed.encoding == "cp1252":
        return Decoded(text, "cp1252", lost_letters(text), (f"Read as {called}; it is not UTF-8.",))
    doubt = _to_be_sure(f"read as {called}, a guess", text)
    return Decoded(text, guessed.encoding, (doubt, *lost_letters(text)))


def _damaged(damage: Damage) -> Decoded:
    return Decoded(damage.text, "utf-8", (damage.doubt, *double_encoded(damage.text)))


def _by_declaration(data: bytes, name: str) -> Decoded | None:
    """Return the text in an encoding that is declared, if nearly all bytes bear it out."""
    try:
        text = data.decode(name)
    except LookupError:
        return None
    except UnicodeDecodeError:
        text = data.decode(name, errors="replace")
    if text.count("\ufffd") * _BORNE_OUT > number_beyond(text):
        return None
    return Decoded(text, name, lost_letters(text))


def _rather(other: str, text: str) -> bool:
    """Say whether what a page declares reads better than UTF-8, which bytes may be by accident."""
    return 0 < number_beyond(text) < _FEW and plausibility(other) > plausibility(text)


def _to_be_sure(doubt: str, text: str) -> str:
    """Add words that show whether a guess is right, and what to do."""
    words = dict.fromkeys(word for word in _WORD.findall(text[:_SHOWN_FROM]) if not word.isascii())
    shown = ", ".join(list(words)[:3])
    return f"{doubt}{': ' if shown else ''}{shown}. Save it as UTF-8 to be sure."


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide_text(data: bytes, encoding: str, file: object) -> Decoded:
    doubts: tuple[str, ...] = ()
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="replace")
        bad = text.count("\ufffd")
        if bad * _BORNE_OUT > len(text) and error.end < len(data):
            raise DocumentError(
                f"The file says that it is {encoding.upper()}, but it is cut off or damaged.",
                file=file,
                place=f"byte {error.start}",
                cure="Save it again as plain text in UTF-8.",
            ) from error
        doubts = lost_letters(text)
    if "\x00" in text:
        raise DocumentError(
            "The file contains NUL characters: it is binary or damaged.",
            file=file,
            cure="Save it again as plain text in UTF-8.",
        )
    return Decoded(text, encoding, doubts)


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


def charset_name(name: str) -> str | None:
    """Return Python's name of an encoding that a page or its server names.

    Parameters
    ----------
    name : str
        The name there.

    Returns
    -------
    str or None
        None if no page can be written in it.
    """
    name = name.strip(" \t\"'").lower().removeprefix("x-")
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return None if known.startswith(_NO_CHARSET) else _READ_AS.get(known, known)
