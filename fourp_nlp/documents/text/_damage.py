"""Damaged bytes and letters of a text, and their lines."""

from __future__ import annotations

import codecs
import itertools
import re
from dataclasses import dataclass
from typing import NamedTuple

from fourp_nlp.documents.text._encoding_guess import guess, is_letter
from fourp_nlp.documents.text._language_letters import ENCODINGS

__all__ = [
    "Damage",
    "Mixed",
    "damage_of",
    "double_encoded",
    "lost_letters",
    "number_beyond",
    "two_encodings",
]

_HIGH = bytes(range(0x80, 0x100))
_REPLACEMENT = "\ufffd"
_SHOWN = 3
_SLIGHT = 3
"""So many sound characters of UTF-8 stand against a damaged one."""
_SAMPLE = 1 << 18
_BAD = re.compile("[\udc80-\udcff]+")
_SOUND = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]+")
_CHECKED = 1_000
"""Places that are looked at for letters that were decoded twice."""
# What begins a character of UTF-8, and what may follow, as Windows-1252, MacRoman, DOS and the Cyrillic
# Windows show them.
_TWICE = re.compile(
    "Ã[^\x00-\x7f]|Â[\xa0-\xbf]|â[€„†‡ˆ‚\x80-\x8f][^\x00-\x7f]|[ÄÅ][\x80-\xbf€-™ŒœŠšŽžƒˆ˜]"
    "|√[^\x00-\x7f]|‚[ÄÇàâ][^\x00-\x7f]|├[^\x00-\x7f]|┬[^\x00-\x7f]|[ÔΓ]Ç[^\x00-\x7f]"
    "|[ÐÑ][\x80-\xbf€-™ŒœŠšŽžƒˆ˜]|вЂ[^\x00-\x7f]|[РС][ЂЃѓ-џ°-їҐ]"
)
_DECODED_AS = ("cp1252", "mac_roman", "cp850", "cp437", "cp1250", "cp1251")


@dataclass(frozen=True)
class Damage:
    """What is wrong with bytes that are UTF-8 for the most part.

    Attributes
    ----------
    text : str
        The text, with U+FFFD for what is damaged.
    valid, bad : int
        Sound characters beyond ASCII, and damaged places.
    at : list of int
        Bytes at which the first of them begin.
    lines : list of int
        The lines that these are in, from 1.
    is_cut : bool
        Whether all that is wrong is that the last character is not whole.
    """

    text: str
    valid: int
    bad: int
    at: list[int]
    lines: list[int]
    is_cut: bool

    @property
    def is_slight(self) -> bool:
        """Whether the text is UTF-8 beyond doubt."""
        return self.valid >= _SLIGHT * self.bad

    @property
    def doubt(self) -> str:
        """What a person should look at, in a line."""
        if self.is_cut:
            return (
                "the file ends in the middle of a character, as one does that was cut off. Look whether its "
                "end is missing."
            )
        places = "; ".join(
            f"line {line:,}, byte {at + 1:,}" for line, at in zip(self.lines, self.at, strict=True)
        )
        if self.bad == 1:
            return (
                f"read as UTF-8, but one place is damaged ({places}) and appears as “{_REPLACEMENT}” in the "
                "text. Correct it in the file."
            )
        more = ", and more" if self.bad > len(self.at) else ""
        return (
            f"read as UTF-8, but {self.bad:,} places are damaged ({places}{more}) and appear as "
            f"“{_REPLACEMENT}” in the text. Correct them in the file."
        )


class Mixed(NamedTuple):
    """A text of which a part is UTF-8 and the rest is in another encoding.

    Attributes
    ----------
    text : str
        The text.
    encoding : str
        Python's name of the other encoding.
    lines : str
        The lines that are in it, in words.
    """

    text: str
    encoding: str
    lines: str


def damage_of(data: bytes) -> Damage:
    """Return what is wrong with bytes that are not quite UTF-8.

    That nearly nothing is right is for the caller to see.
    """
    text = data.decode("utf-8", errors="replace")
    replaced = text.count(_REPLACEMENT)
    bad = replaced - data.count(_REPLACEMENT.encode())
    valid = len(text) - len(data.translate(None, _HIGH)) - replaced
    at: list[int] = []
    end, is_cut = 0, False
    view = memoryview(data)
    while len(at) < _SHOWN:
        try:
            codecs.utf_8_decode(view[end:], "strict", True)  # noqa: FBT003 - takes no keyword
            break
        except UnicodeDecodeError as error:
            at.append(end + error.start)
            end += error.end
            # A single byte at the end may as well be a letter in another encoding.
            whole = error.reason != "unexpected end of data" or end < len(data)
            is_cut = not whole and len(at) == 1 and (valid > 0 or error.end - error.start > 1)
    lines, line, before = [], 1, 0
    for place in at:
        line += data.count(b"\n", before, place) or data.count(b"\r", before, place)
        before = place
        lines.append(line)
    return Damage(text, valid, bad, at, lines, is_cut)


def two_encodings(data: bytes) -> Mixed:
    """Read as UTF-8 what can be, and every other byte in the encoding that these are probably in."""
    text = data.decode("utf-8", errors="surrogateescape")
    first = _BAD.search(text)
    start = max(0, first.start() - _SAMPLE) if first else 0
    rest = _SOUND.sub(" ", text[start : start + 2 * _SAMPLE]).encode("ascii", "surrogateescape")
    encoding = guess(rest).encoding
    if encoding not in ENCODINGS:
        encoding = "cp1252"
    numbers: list[int] = []
    line, before = 1, 0
    for bad in _BAD.finditer(text):
        line += text.count("\n", before, bad.start()) or text.count("\r", before, bad.start())
        before = bad.start()
        if not numbers or numbers[-1] != line:
            numbers.append(line)
    table = {0xDC00 + byte: bytes([byte]).decode(encoding, errors="replace") for byte in _HIGH}
    return Mixed(text.translate(table), encoding, _lines(numbers))


def _lines(numbers: list[int]) -> str:
    if not numbers:
        return ""
    first, last = numbers[0], numbers[-1]
    if first == last:
        return f"line {first:,}"
    if len(numbers) * 2 > last - first:
        return f"lines {first:,} to {last:,}"
    return f"{len(numbers):,} lines from line {first:,} on"


def lost_letters(text: str) -> tuple[str, ...]:
    """Say how many letters of a text were lost, if any were.

    U+FFFD stands for each.
    """
    number = text.count(_REPLACEMENT)
    if not number:
        return ()
    line = _line_of(text, text.index(_REPLACEMENT))
    several = (
        f"{number:,} characters are lost and appear as “{_REPLACEMENT}”, the first in line {line:,}"
    )
    one = f"a character is lost and appears as “{_REPLACEMENT}” in line {line:,}"
    return (f"{one if number == 1 else several}. Look for a better copy of the file.",)


def double_encoded(text: str) -> tuple[str, ...]:
    """Say where a text was once decoded wrongly, and saved so: "Ã©" for "é"."""
    number, line, shown = 0, 0, ""
    end = 0
    for match in itertools.islice(_TWICE.finditer(text), _CHECKED):
        if match.start() < end:
            continue
        right, end = _once(text, match.start())
        if not right:
            continue
        if not number:
            line = _line_of(text, match.start())
            shown = f"“{text[match.start() : end]}” for “{right}”"
        number += 1 + right.isalpha() * (len(right) - 1)
    # Two letters of the alphabets beside the Latin are no evidence.
    if not number or (number < _SHOWN and "\u0400" <= shown[1] <= "\u04ff"):
        return ()
    places = "one place looks" if number == 1 else f"{number:,} places look"
    first = "" if number == 1 else "first "
    return (
        f"{places} as if UTF-8 had been read in another encoding before the file was saved: {shown}, "
        f"{first}in line {line:,}. The text is left as it is; look for a better copy.",
    )


def _once(text: str, start: int) -> tuple[str, int]:
    """Return the characters that were decoded twice, as they once were, and where they end."""
    for encoding in _DECODED_AS:
        data = b""
        right, end = "", start
        for at in range(start, min(len(text), start + 60)):
            if text[at] < "\x80":
                break
            try:
                data += text[at].encode(encoding)
            except UnicodeEncodeError:
                if encoding != "cp1252" or text[at] > "\x9f":
                    break
                data += text[at].encode("latin-1")
            try:
                right, end = data.decode("utf-8"), at + 1
            except UnicodeDecodeError:
                continue
        if right and all(map(is_letter, right)):
            return right, end
    return "", start + 1


def _line_of(text: str, at: int) -> int:
    return 1 + (text.count("\n", 0, at) or text.count("\r", 0, at))


def number_beyond(text: str) -> int:
    """Return how many characters of a text are beyond ASCII."""
    return len(text) - len(text.encode("ascii", errors="ignore"))
