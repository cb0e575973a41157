"""The paragraphs of a Word document in reading order, with their XML elements."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.tables.speaker_table import SpeakerTables
from fourp_nlp.documents.text.blocks import Block, Piece
from fourp_nlp.documents.web.xml import local
from fourp_nlp.documents.word._symbol_fonts import symbol, with_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.documents.word._docx_styles import Styles

__all__ = ["Body"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text, field codes, readings beside characters and the layout of a paragraph are not what is read.
_UNSEEN = frozenset(
    {
        "cellDel", "del", "delInstrText", "delText", "Fallback", "instrText", "moveFrom", "pPr", "pict",
        "rPr", "rt", "rubyPr", "sdtPr", "sdtEndPr", "sectPr", "tblGrid", "tblPr", "tcPr", "trPr",
    }
)  # fmt: skip
_ONE_CHARACTER = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_ASIDE = frozenset({"endnoteReference", "footnoteReference", "pict", "txbxContent"})
_CODE = re.compile("[0-9A-Fa-f]{1,6}")
_MOST_COLUMNS = 63  # Word's own limit
_COUNTED = {
    "del": ("tracked deletion", "tracked deletions"),
    "moveFrom": ("tracked deletion", "tracked deletions"),
    "vanish": ("piece of hidden text", "pieces of hidden text"),
    "placeholder": ("placeholder of an empty field", "placeholders of empty fields"),
    "rt": ("reading beside characters (ruby)", "readings beside characters (ruby)"),
}


@dataclass
class _Paragraph:
    """What has been read of a paragraph, or of several that a deleted mark joins."""

    element: Any
    pieces: list[Piece] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    is_item: bool = False
    # For each open field whether its code is being passed; its result is read.
    fields: list[bool] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        pieces = tuple(self.pieces)
        yield Block("".join(piece.text for piece in pieces), self.is_item, pieces)
        yield from self.after


class Body:
    """Reads the paragraphs of one document.

    Parameters
    ----------
    styles : Styles
        Its styles.
    notes : dict of str to dict of str to lxml.etree._Element
        Its ``footnote`` and ``endnote`` elements by id; each is taken out when it is read.

    Attributes
    ----------
    tables : SpeakerTables
        What was read of tables of speakers.
    """

    def __init__(self, *, styles: Styles, notes: dict[str, dict[str, Any]]) -> None:
        self.styles = styles
        self.notes = notes
        self.tables = SpeakerTables()
        self._left_out: Counter[tuple[str, str]] = Counter()
        self._unknown: Counter[str] = Counter()

    def blocks(self, element: Any) -> Iterator[Block]:
        """Yield the paragraphs below an element.

        How deep an element goes is bounded by the parser's 256.
        """
        joined: _Paragraph | None = None
        for child in self._parts(element):
            if local(child) == "p":
                if self.styles.role(child) == "contents":
                    continue
                current = self._paragraph(child, joined)
                joined = current if _goes_on(child) else None
                if joined is None:
                    yield from current.blocks()
            else:
                if joined is not None:
                    yield from joined.blocks()
                    joined = None
                yield from self.tables.blocks(list(self._rows(child)))
        if joined is not None:
            yield from joined.blocks()

    def outline(self, element: Any) -> Iterator[tuple[Any, list[list[list[Block]]]]]:
        """Yield the paragraphs below an element with their blocks, and its tables with their rows of cells.

        Of a paragraph, the element and one row of one cell are yielded; of a table, None and its rows.
        """
        for child in self._parts(element):
            if local(child) != "p":
                yield None, list(self._rows(child))
            elif self.styles.role(child) != "contents":
                yield child, [[list(self._paragraph(child, None).blocks())]]

    def remarks(self) -> list[str]:
        """Return what was left out as a matter of course, a line each."""
        remarks = [
            f"{count} {one if count == 1 else several} left out."
            for (one, several), count in self._left_out.items()
        ]
        return [*self.tables.remarks(), *remarks]

    def doubts(self) -> list[str]:
        """Return what should be looked at, a line each."""
        return [
            f"{count} symbol(s) of the font “{font}” are not known and were left out."
            for font, count in self._unknown.items()
        ]

    def _parts(self, element: Any) -> Iterator[Any]:
        """Yield the paragraphs and tables of an element, whatever they are wrapped in."""
        for child in element:
            name = local(child)
            if name in {"p", "tbl"}:
                yield child
            elif not self._is_hidden(child, name):
                yield from self._parts(child)

    def _is_hidden(self, element: Any, name: str) -> bool:
        if name == "Fallback":
            return element.getparent() is None or any(
                local(other) == "Choice" for other in element.getparent()
            )
        if name == "sdt":
            if _is_contents(element):
                return True
            if element.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None:
                self._left_out[_COUNTED["placeholder"]] += 1
                return True
        if name in _UNSEEN:
            if name in _COUNTED and len(element):
                self._left_out[_COUNTED[name]] += 1
            return True
        return False

    def _rows(self, table: Any) -> Iterator[list[list[Block]]]:
        for row in self._inside(table, "tr"):
            if row.find(f"{_W}trPr/{_W}del") is not None:
                self._left_out[_COUNTED["del"]] += 1
                continue
            cells: list[list[Block]] = [[] for _ in range(_number(row, "trPr", "gridBefore"))]
            for cell in self._inside(row, "tc"):
                cells.append(list(self.blocks(cell)))
                cells += [[] for _ in range(_number(cell, "tcPr", "gridSpan") - 1)]
            yield cells

    def _inside(self, element: Any, wanted: str) -> Iterator[Any]:
        for child in element:
            name = local(child)
            if name == wanted:
                yield child
            elif not self._is_hidden(child, name):
                yield from self._inside(child, wanted)

    def _paragraph(self, element: Any, joined: _Paragraph | None) -> _Paragraph:
        role = self.styles.role(element)
        number = element.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        numbered = number is not None and number.get(f"{_W}val") != "0"
        is_item = (numbered and role != "heading") or role == "item"
        if joined is None or not joined.pieces:
            after = joined.after if joined is not None else []
            joined = _Paragraph(element, after=after, is_item=is_item)
        joined.element = element
        joined.fields.clear()
        self._runs(element, joined)
        return joined

    def _runs(self, element: Any, into: _Paragraph) -> None:
        for child in element:
            name = local(child)
            if name == "r":
                if self.styles.toggled(child, into.element, "vanish"):
                    self._left_out[_COUNTED["vanish"]] += bool(len(child))
                    _follow_field(child, into)
                else:
                    self._runs(child, into)
            elif name == "fldChar":
                _follow_field(element, into, child)
            elif name in _ASIDE:
                for aside in self._aside(child, name):
                    into.after.extend(self.blocks(aside))
            elif name in {"t", "sym", "symEx"} or name in _ONE_CHARACTER:
                if not any(into.fields):
                    into.pieces += self._piece(child, name)
            elif not self._is_hidden(child, name):
                self._runs(child, into)

    def _aside(self, element: Any, name: str) -> Iterator[Any]:
        """Yield what is read after the paragraph that an element stands in: a note, text boxes."""
        if name == "txbxContent":
            yield element
        elif name == "pict":
            # Old text boxes; pictures inside one have no paragraphs.
            yield from _boxes(element)
        else:
            notes = self.notes[name.removesuffix("Reference")]
            note = notes.pop(str(element.get(f"{_W}id")), None)
            if note is not None:
                yield note

    def _piece(self, element: Any, name: str) -> Iterator[Piece]:
        if name in _ONE_CHARACTER:
            yield Piece(_ONE_CHARACTER[name], element)
        elif name == "t":
            text = element.text or ""
            if not text.isascii():
                text = with_symbols(text, _font(element.getparent()))
            yield Piece(text, element)
        else:
            values = {key.rpartition("}")[2]: str(value) for key, value in element.attrib.items()}
            code = values.get("char", "")
            is_code = _CODE.fullmatch(code) is not None
            letter = symbol(values.get("font", ""), int(code, 16)) if is_code else ""
            if letter:
                yield Piece(letter, element)
            else:
                self._unknown[values.get("font", "")] += 1


def _follow_field(run: Any, into: _Paragraph, mark: Any = None) -> None:
    marks = [mark] if mark is not None else [one for one in run if local(one) == "fldChar"]
    for one in marks:
        kind = one.get(f"{_W}fldCharType")
        if kind == "begin":
            into.fields.append(True)
        elif into.fields and kind == "separate":
            into.fields[-1] = False
        elif into.fields and kind == "end":
            into.fields.pop()


def _goes_on(paragraph: Any) -> bool:
    """Tell whether a paragraph's mark is deleted or hidden, so that the next one goes on in its line."""
    mark = paragraph.find(f"{_W}pPr/{_W}rPr")
    if mark is None:
        return False
    hidden = mark.find(f"{_W}vanish")
    return (
        mark.find(f"{_W}del") is not None
        or mark.find(f"{_W}moveFrom") is not None
        or (hidden is not None and hidden.get(f"{_W}val") not in {"0", "false", "off"})
    )


def _number(element: Any, properties: str, name: str) -> int:
    property_element = element.find(f"{_W}{properties}/{_W}{name}")
    value = str(property_element.get(f"{_W}val", "")) if property_element is not None else ""
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() and len(value) < 9 else 0


def _font(run: Any) -> str:
    fonts = run.find(f"{_W}rPr/{_W}rFonts")
    if fonts is None:
        return ""
    return str(fonts.get(f"{_W}ascii") or fonts.get(f"{_W}hAnsi") or "")


def _boxes(element: Any) -> Iterator[Any]:
    """Yield the text boxes below an element, but none inside another one, whose blocks have its own."""
    for child in element:
        if local(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _is_contents(element: Any) -> bool:
    gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"
