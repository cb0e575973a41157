"""Escapes characters of XML that a program did not escape, as it streams by, where nothing is in doubt.

QualCoder writes annotations as they are typed (``A & B``, ``p < 0.05``), and programs write control
characters that XML does not have. These are repaired:

- an ampersand that begins no reference is an ampersand; ``&name;`` that nothing declares stays an error;
- a ``<`` that begins no tag is one, and so is any within ``PlainTextContent``, which holds text alone;
- ``]]>`` outside a marked section is text;
- a control character, or a reference to one, becomes a space.

In comments, marked sections and processing instructions these are legal and stay. From a document type on,
nothing is touched, so that it is refused like any other. The parser and all its limits come after this.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["XmlRepairer", "repair_encoding"]

# No name of an entity and no number of a character is longer.
_AHEAD = 64
_SHOWN = 3
_AROUND = 20
_CONTROL = rb"\x00-\x08\x0b\x0c\x0e-\x1f"
_IN_TEXT = re.compile(rb"[<&" + _CONTROL + rb"]|\]\]>|\xef\xbf[\xbe\xbf]")
_IN_VALUE = {
    quote: re.compile(rb"[<&" + quote + _CONTROL + rb"]|\xef\xbf[\xbe\xbf]")
    for quote in (b'"', b"'")
}
_IN_SECTION = re.compile(rb"\]\]>|[" + _CONTROL + rb"]|\xef\xbf[\xbe\xbf]")
_IN_TAG = re.compile(rb"[\"'>]")
_REFERENCE = re.compile(rb"&(?:([A-Za-z_:\x80-\xff][\w.:\x80-\xff-]*)|#([0-9]+)|#x([0-9A-Fa-f]+));")
_TAG = re.compile(rb"<(/?)([A-Za-z_:\x80-\xff][\w.:\x80-\xff-]*)")
_TEXT_ALONE = b"PlainTextContent"
_LEGAL = frozenset({9, 10, 13})
_ILLEGAL = frozenset({0xFFFE, 0xFFFF, *range(0xD800, 0xE000)})
_AMPERSAND, _LESS, _SECTION_END, _CONTROL_CHARACTER = "&", "<", "]]>", "control"
_PLAIN_ENCODINGS = re.compile(
    rb"(utf-?8|(us-)?ascii|iso-8859-\d+|latin-?1|(windows-|cp)125\d)", re.IGNORECASE
)
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")


def repair_encoding(head: bytes) -> str | None:
    """Return how XML must be decoded before it can be repaired.

    UTF-16 of either kind; empty where ASCII characters are single bytes; None for any other
    encoding, which is not repaired.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if head.startswith(b"<") else "utf-16-be"
    declared = _DECLARED.search(head[: _AHEAD * 4])
    return "" if declared is None or _PLAIN_ENCODINGS.fullmatch(declared[1]) else None


class XmlRepairer:
    """Repairs XML piece by piece, and counts the repairs.

    Parameters
    ----------
    encoding : str
        As `repair_encoding` says; UTF-16 comes out as UTF-8.
    """

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        self.lines: set[int] = set()
        """Lines with repairs."""
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {}
        self._state: Callable[[list[bytes]], bool] = self._in_text
        self._quote = b""
        self._opened = b""
        self._text_alone = False
        self._buffer = b""
        self._passed = b""
        self._at = 0
        self._done = False
        self._line = 1
        self._counted = 0

    def repaired(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the repaired XML.

        Raises UnicodeDecodeError if it is not in its encoding.
        """
        decoder = codecs.getincrementaldecoder(self.encoding)() if self.encoding else None
        for piece in pieces:
            yield self._take(decoder.decode(piece).encode() if decoder else piece)
        if decoder:
            yield self._take(decoder.decode(b"", final=True).encode())
        self._done = True
        yield self._take(b"")

    def report(self, remarks: list[str], losses: Losses) -> None:
        """Add the repairs to the remarks and losses.

        Parameters
        ----------
        remarks : list of str
            Characters that were escaped are added here.
        losses : Losses
            Control characters, which became spaces, are added here.
        """
        counts = [
            f"{self._counts[kind]:,} × {kind} ({'; '.join(self._examples[kind])})"
            for kind in (_AMPERSAND, _LESS, _SECTION_END)
            if self._counts[kind]
        ]
        if counts:
            remarks.append(
                "The XML is not well-formed: its program did not escape some characters. "
                f"Each was read as the character that it is: {', '.join(counts)}. Compare these places."
            )
        losses.add(
            "control characters",
            "XML cannot hold them. Each is a space here.",
            self._examples.get(_CONTROL_CHARACTER, []),
            count=self._counts[_CONTROL_CHARACTER],
        )

    def __bool__(self) -> bool:
        return bool(self._counts)

    def _take(self, piece: bytes) -> bytes:
        self._passed = (self._passed + self._buffer[: self._at])[-_AROUND:]
        self._buffer = self._buffer[self._at :] + piece
        self._at = self._counted = 0
        out: list[bytes] = []
        # A state takes what it can, and says whether more of the buffer can be looked at.
        while self._state(out):
            pass
        self._line += self._buffer.count(b"\n", self._counted, self._at)
        return b"".join(out)

    def _in_text(self, out: list[bytes]) -> bool:
        if not self._up_to(_IN_TEXT, out):
            return False
        sign = self._buffer[self._at]
        if sign == 0x26:
            return self._reference(out)
        if sign == 0x5D:
            return self._replace(out, 3, b"]]&gt;", _SECTION_END)
        if sign == 0x3C:
            return self._less(out)
        return self._replace(out, self._control_length(), b" ", _CONTROL_CHARACTER)

    def _less(self, out: list[bytes]) -> bool:
        buffer, at = self._buffer, self._at
        if len(buffer) - at < _AHEAD and not self._done:
            return False
        tag = _TAG.match(buffer, at)
        name = tag[2].rpartition(b":")[2] if tag else b""
        if buffer.startswith(b"<!--", at):
            return self._enter(out, 4, self._in_comment)
        if buffer.startswith(b"<![CDATA[", at):
            return self._enter(out, 9, self._in_section)
        ends = tag is not None and bool(tag[1]) and name == _TEXT_ALONE
        if (self._text_alone and not ends) or (
            tag is None and not buffer.startswith((b"<?", b"<!"), at)
        ):
            return self._replace(out, 1, b"&lt;", _LESS)
        if tag is not None:
            self._text_alone = False
            self._opened = name if not tag[1] else b""
            return self._enter(out, tag.end() - at, self._in_tag)
        return self._enter(
            out, 2, self._in_instruction if buffer[at + 1] == 0x3F else self._untouched
        )

    def _in_tag(self, out: list[bytes]) -> bool:
        match = _IN_TAG.search(self._buffer, self._at)
        if match is None:
            return self._all_but(out, 1)  # a slash before the end
        if match[0] != b">":
            self._quote = match[0]
            return self._enter(out, match.end() - self._at, self._in_value)
        closed = (
            self._buffer[match.start() - 1 : match.start()] == b"/" and match.start() > self._at
        )
        self._text_alone = self._opened == _TEXT_ALONE and not closed
        return self._enter(out, match.end() - self._at, self._in_text)

    def _in_value(self, out: list[bytes]) -> bool:
        if not self._up_to(_IN_VALUE[self._quote], out):
            return False
        sign = self._buffer[self._at : self._at + 1]
        if sign == self._quote:
            return self._enter(out, 1, self._in_tag)
        if sign == b"&":
            return self._reference(out)
        if sign == b"<":
            return self._replace(out, 1, b"&lt;", _LESS)
        return self._replace(out, self._control_length(), b" ", _CONTROL_CHARACTER)

    def _in_section(self, out: list[bytes]) -> bool:
        if not self._up_to(_IN_SECTION, out):
            return False
        if self._buffer[self._at] == 0x5D:
            return self._enter(out, 3, self._in_text)
        return self._replace(out, self._control_length(), b" ", _CONTROL_CHARACTER)

    def _in_comment(self, out: list[bytes]) -> bool:
        return self._past(out, b"-->")

    def _in_instruction(self, out: list[bytes]) -> bool:
        return self._past(out, b"?>")

    def _untouched(self, out: list[bytes]) -> bool:
        return self._all_but(out, 0)

    def _past(self, out: list[bytes], end: bytes) -> bool:
        place = self._buffer.find(end, self._at)
        if place < 0:
            return self._all_but(out, len(end) - 1)
        return self._enter(out, place + len(end) - self._at, self._in_text)

    def _up_to(self, pattern: re.Pattern[bytes], out: list[bytes]) -> bool:
        """Pass on what stands before the next find; say whether there is one."""
        match = pattern.search(self._buffer, self._at)
        if match is None:
            return self._all_but(out, 2)
        self._pass(out, match.start())
        return True

    def _reference(self, out: list[bytes]) -> bool:
        if len(self._buffer) - self._at < _AHEAD and not self._done:
            return False
        match = _REFERENCE.match(self._buffer, self._at, self._at + _AHEAD)
        if match is None:
            return self._replace(out, 1, b"&amp;", _AMPERSAND)
        if match[1] is None:
            number = int(match[2]) if match[2] else int(match[3], 16)
            if (number < 0x20 and number not in _LEGAL) or number in _ILLEGAL:
                return self._replace(out, match.end() - self._at, b" ", _CONTROL_CHARACTER)
        self._pass(out, match.end())
        return True

    def _control_length(self) -> int:
        return 3 if self._buffer[self._at] == 0xEF else 1

    def _enter(self, out: list[bytes], length: int, state: Callable[[list[bytes]], bool]) -> bool:
        self._pass(out, self._at + length)
        self._state = state
        return True

    def _pass(self, out: list[bytes], end: int) -> None:
        """Pass on what stands before `end`."""
        if end > self._at:
            out.append(self._buffer[self._at : end])
            self._at = end

    def _all_but(self, out: list[bytes], held_back: int) -> bool:
        """Pass on all but a few characters, with which something may begin; nothing is left to look at."""
        self._pass(out, len(self._buffer) - (0 if self._done else held_back))
        return False

    def _replace(self, out: list[bytes], length: int, by: bytes, kind: str) -> bool:
        at = self._at
        self._line += self._buffer.count(b"\n", self._counted, at)
        self._counted = at
        self.lines.add(self._line)
        self._counts[kind] += 1
        examples = self._examples.setdefault(kind, [])
        if len(examples) < _SHOWN:
            before = (self._passed + self._buffer[max(0, at - _AROUND) : at])[-_AROUND:]
            before = re.split(rb"[>\"\n]", before)[-1]
            behind = re.split(rb"[<\"\n]", self._buffer[at + length : at + _AROUND])[0]
            around = (before + self._buffer[at : at + length] + behind).decode(errors="ignore")
            examples.append(f"line {self._line}: {' '.join(around.split())}")
        out.append(by)
        self._at = at + length
        return True
