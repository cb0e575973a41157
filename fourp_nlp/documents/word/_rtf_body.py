"""Rich Text control words into paragraphs.

A file is a
stream of words, text and groups; what a group's first word does not name as text is passed over. Every
byte is looked at once, and nothing is kept for a group but the state that it returns to.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from fourp_nlp.documents.tables.speaker_table import SpeakerTables
from fourp_nlp.documents.word._rtf_control_words import (
    CHARACTERS,
    FILE,
    FORMATS,
    FRAME,
    PASSED,
    READ,
    READ_THOUGH_MARKED,
    SIGNS,
    SYMBOL_FIELD,
    SYMBOL_FONT,
    State,
    is_aside,
)
from fourp_nlp.documents.word._rtf_encodings import ANSI, Font, codec_of_page, decoded, fonts_of
from fourp_nlp.documents.word._rtf_paragraphs import Story
from fourp_nlp.documents.word._symbol_fonts import is_symbol_font, symbol, with_symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fourp_nlp.documents.word._rtf_paragraphs import Paragraph

__all__ = ["MAX_DEPTH", "RichText"]

MAX_DEPTH = 200_000
"""Groups in groups at most."""
_LONGEST_FIELD = 400
_MOST_STORIES = 8  # notes in boxes in notes: what is deeper is read where it stands

_TOKEN = re.compile(
    rb"\\([A-Za-z]+)(-?\d+)? ?|\\'([0-9A-Fa-f]{2})|\\(.?)|([{}])|([^\\{}\r\n]+)|[\r\n]+", re.DOTALL
)


class RichText:
    """Reads one file.

    Parameters
    ----------
    data : bytes
        The file.

    Attributes
    ----------
    tables : SpeakerTables
        What was read of tables of speakers.
    too_deep : bool
        Whether reading stopped because groups lie in too many others.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tables = SpeakerTables()
        self.too_deep = False
        self._codec, self._fonts, self._default = ANSI, dict[int, Font](), 0
        self._state = State()
        self._groups: list[State] = []
        self._stories = [Story(self.tables)]
        self._pending = bytearray()
        self._escaped = True
        self._to_skip = 0
        self._marked = False
        self._field: list[str] | None = None
        self._symbol_fields: list[int] = []
        self._fonts_at = -1
        self._left_out: Counter[str] = Counter()
        self._at = 0
        self._ended = False
        self._destinations: Mapping[str, Callable[[str], None]] = {
            "do": self._open_frame,
            "dptxbxtext": self._open_story,
            "field": self._open_field,
            "fldinst": self._open_field_code,
            "fldrslt": self._open_result,
            "fonttbl": self._open_fonts,
            "footnote": self._open_story,
            "listtext": self._open_item,
            "pntext": self._open_item,
            "shpinst": self._open_frame,
            "shptxt": self._open_story,
            "ud": self._open_unicode,
            "upr": self._open_frame,
        }
        self._layout: Mapping[str, Callable[[], None]] = {
            "cell": self._cell,
            "nestcell": self._nested_cell,
            "page": self._page,
            "par": self._paragraph,
            "row": self._row,
            "sect": self._paragraph,
            "trowd": self._row_begins,
        }

    def paragraphs(self) -> list[Paragraph]:
        """Return the paragraphs of the file."""
        at, end = 0, len(self.data)
        while at < end and not self._is_over():
            for token in _TOKEN.finditer(self.data, at):
                at = self._at = token.end()
                skip = self._take(token)
                if skip or self._is_over():
                    at += skip
                    break
            else:
                break
        self._at = min(at, end)
        self._flush()
        while len(self._stories) > 1:
            self._end_story()
        return self._stories[0].end()

    def _is_over(self) -> bool:
        return self.too_deep or self._ended

    def remarks(self) -> list[str]:
        """Return what was left out as a matter of course, a line each."""
        return [
            *self._remarks_on_end(),
            *self.tables.remarks(),
            *(
                f"{count:,} characters of {what} left out."
                for what, count in self._left_out.items()
            ),
        ]

    def _remarks_on_end(self) -> Iterator[str]:
        if not self._ended:
            yield "The Rich Text is cut off: its last group has no end."
        elif rest := len(self.data[self._at :].strip(b"\0 \r\n\t}")):
            yield f"{rest:,} bytes after the end of the Rich Text were not read."

    def _take(self, token: re.Match[bytes]) -> int:
        """Take a token; return how many bytes after it are no text."""
        word, number, byte, sign, brace, text = token.groups()
        if text is not None:
            self._marked = False
            self._bytes(text)
        elif byte is not None:
            if self._to_skip:
                self._to_skip -= 1
            elif self._state.kind == READ or self._field is not None:
                self._pending.append(int(byte, 16))
        elif word is not None:
            value = int(number[:10]) if number else None
            name = word.decode("ascii")
            if name == "bin":
                return max(0, min(value or 0, len(self.data)))
            self._word(name, value)
        elif brace is not None:
            self._to_skip = 0
            self._flush()
            self._begin() if brace == b"{" else self._end(token.start())
        elif sign is not None:
            self._sign(sign)
        return 0

    def _bytes(self, text: bytes) -> None:
        if self._to_skip:
            text, self._to_skip = text[self._to_skip :], max(0, self._to_skip - len(text))
        if text and (self._state.kind == READ or self._field is not None):
            self._escaped = self._escaped and text.isascii()
            self._pending += text

    def _flush(self) -> None:
        """Make text of the bytes that came in one after another, which may be several to a character."""
        if not self._pending:
            return
        raw = bytes(self._pending)
        self._pending.clear()
        escaped, self._escaped = self._escaped, True
        font = self._font()
        if font.is_symbols and is_symbol_font(font.name):
            self._add("".join(symbol(font.name, code) for code in raw))
        else:
            self._add(decoded(raw, font.codec or self._codec, escaped=escaped))

    def _font(self) -> Font:
        number = self._state.font
        return self._fonts.get(number if number >= 0 else self._default, Font())

    def _add(self, text: str) -> None:
        state = self._state
        if self._field is not None:
            if text and len(self._field) < _LONGEST_FIELD:
                self._field.append(text[:_LONGEST_FIELD])
        elif state.kind != READ:
            return
        elif state.deleted or state.hidden:
            self._left_out["tracked deletions" if state.deleted else "hidden text"] += len(text)
        else:
            self._stories[-1].add(text, bold=state.bold)

    def _begin(self) -> None:
        self._groups.append(self._state)
        self._state = self._state._replace(opens="")
        self._marked = False
        self.too_deep = len(self._groups) > MAX_DEPTH

    def _end(self, at: int) -> None:
        state = self._state
        if state.opens == "fonttbl":
            self._fonts = fonts_of(self.data[self._fonts_at : at])
        elif state.opens == "fldinst":
            self._end_field_code()
        elif state.opens == "story":
            self._end_story()
        elif state.opens == "field" and self._symbol_fields[-1:] == [len(self._groups)]:
            self._symbol_fields.pop()
        self._marked = False
        if self._groups:
            self._state = self._groups.pop()
        self._ended = not self._groups

    def _end_story(self) -> None:
        story = self._stories.pop().end()
        self._stories[-1].add_after(story)

    def _end_field_code(self) -> None:
        """Read a field that stands for a symbol; the result of any other one is read, not its code."""
        code, self._field = "".join(self._field or ()), None
        match = SYMBOL_FIELD.match(code)
        if match is None:
            return
        named = SYMBOL_FONT.search(code)
        font = (named[1] or named[2]) if named is not None else ""
        letter = symbol(font, int(match[1], 16 if match[1].startswith("0x") else 10))
        self._state = self._state._replace(kind=READ)
        self._add(letter)
        self._symbol_fields.append(len(self._groups) - 1)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._marked = True
        elif sign in {b"\n", b"\r"}:
            self._flush()
            self._paragraph()
        elif sign in SIGNS:
            if self._to_skip:
                self._to_skip -= 1
            else:
                self._flush()
                self._add(SIGNS[sign])

    def _word(self, name: str, value: int | None) -> None:
        marked, self._marked = self._marked, False
        if name == "u":
            self._flush()
            self._unicode(value or 0)
            return
        if self._to_skip:
            self._to_skip -= 1
            if name in CHARACTERS and name not in {"line", "tab"}:
                return
        self._flush()
        if marked and name not in READ_THOUGH_MARKED:
            self._state = self._state._replace(kind=PASSED)
        elif name in self._destinations:
            self._destinations[name](name)
        elif is_aside(name):
            self._state = self._state._replace(kind=PASSED)
        elif name in CHARACTERS:
            self._add(CHARACTERS[name])
        elif name in self._layout:
            self._layout[name]()
        elif name in FORMATS:
            self._state = FORMATS[name](self._state, value)
        elif name in FILE:
            self._file_word(name, value)

    def _unicode(self, value: int) -> None:
        value += 65_536 if value < 0 else 0
        self._to_skip = self._state.skipped
        if not 0 < value < 0x110000:
            return
        letter = chr(value)
        if 0xF020 <= value < 0xF100:
            letter = with_symbols(letter, self._font().name)
        self._add(letter)

    def _file_word(self, name: str, value: int | None) -> None:
        if name == "deff":
            self._default = value or 0
        elif name == "ansicpg":
            self._codec = codec_of_page(value or 0) or self._codec
        else:
            self._codec = codec_of_page(FILE[name])

    # What begins a group of its own kind.

    def _open_fonts(self, name: str) -> None:
        if self._state.kind == PASSED:
            return
        self._state = self._state._replace(kind=PASSED, opens=name)
        self._fonts_at = self._at

    def _open_field_code(self, name: str) -> None:
        if self._state.kind == READ and self._field is None:
            self._field = []
            self._state = self._state._replace(kind=PASSED, opens=name)
        else:
            self._state = self._state._replace(kind=PASSED)

    def _open_field(self, name: str) -> None:
        self._state = self._state._replace(opens=name)

    def _open_result(self, _: str) -> None:
        if self._symbol_fields and self._symbol_fields[-1] == len(self._groups) - 1:
            self._state = self._state._replace(kind=PASSED)

    def _open_story(self, name: str) -> None:
        """Begin a note or text box, whose paragraphs follow the one that it stands in."""
        state = self._state
        if state.kind == PASSED or (state.kind == READ and name != "footnote"):
            return
        if len(self._stories) > _MOST_STORIES:
            self._state = state._replace(kind=READ)
            return
        if name == "footnote" and (state.deleted or state.hidden):
            self._state = state._replace(kind=PASSED)
            return
        self._stories.append(Story(self.tables))
        self._state = State(font=state.font, skipped=state.skipped, opens="story")

    def _open_frame(self, _: str) -> None:
        """Begin a drawing, of which text boxes are read, or a text in two codings, of which one is."""
        if self._state.kind == READ:
            self._state = self._state._replace(kind=FRAME)

    def _open_unicode(self, _: str) -> None:
        if self._state.kind == FRAME:
            self._state = self._state._replace(kind=READ)

    def _open_item(self, _: str) -> None:
        if self._state.kind == READ:
            self._stories[-1].is_item()
        self._state = self._state._replace(kind=PASSED)

    # What divides the text.

    def _paragraph(self) -> None:
        if self._state.kind != READ:
            return
        if self._state.deleted or self._state.hidden:
            return  # The paragraph goes on in the next one, as in Word.
        self._stories[-1].end_paragraph(
            in_table=self._state.in_table, is_heading=self._state.is_heading
        )

    def _page(self) -> None:
        if self._state.kind == READ:
            self._add("\n\n")

    def _cell(self) -> None:
        if self._state.kind == READ:
            self._stories[-1].end_cell()

    def _nested_cell(self) -> None:
        if self._state.kind == READ:
            self._stories[-1].end_paragraph(in_table=True, is_heading=False)

    def _row(self) -> None:
        if self._state.kind == READ:
            self._stories[-1].end_row()

    def _row_begins(self) -> None:
        if self._state.kind == READ:
            self._stories[-1].row_open = True
