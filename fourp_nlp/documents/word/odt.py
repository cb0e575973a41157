"""OpenDocument texts: paragraphs, lists, tables, text boxes and notes in reading order."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.tables.speaker_table import SpeakerTables
from fourp_nlp.documents.text.blocks import Block, join_blocks, separate_turns
from fourp_nlp.documents.web.xml import local, parse
from fourp_nlp.documents.word._odt_styles import Styles
from fourp_nlp.documents.word.bold_labels import LONGEST_LABEL, Opening, bold_labels
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.zip_limits import check_package, read_member

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read"]

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_UNSEEN = frozenset(
    {
        "annotation",
        "annotation-end",
        "forms",
        "note-citation",
        "sequence-decls",
        "table-of-content",
        "tracked-changes",
    }
)
_COUNTED = {
    "hidden": ("piece of hidden text", "pieces of hidden text"),
    "placeholder": ("placeholder of an empty field", "placeholders of empty fields"),
    "ruby-text": ("reading beside characters (ruby)", "readings beside characters (ruby)"),
}
_SPACE = re.compile("[ \t\r\n]+")
_MOST_COLUMNS = 63


def read(path: Path) -> Reading:
    """Return the text of an .odt file, without headers, footers, comments, deleted and hidden text.

    A footnote or text box follows the paragraph that it belongs to. A table of speakers and words is
    read as ``Name: words``; the cells of another table follow one another as paragraphs, row by row.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not an OpenDocument text.
    """
    names = check_package(path, main="content.xml", kind="OpenDocument text")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in read_member(path, manifest):
        raise DocumentError(
            "The file is password-protected.", file=path, cure="Save it without the password."
        )
    parts = [
        parse(read_member(path, name), file=path, place=name)
        for name in ("styles.xml", "content.xml")
        if name in names
    ]
    body = parts[-1].find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise DocumentError(
            "The file has no text document in it.",
            file=path,
            cure="Open it in its own program and save it again as .odt.",
        )
    reader = _Body(Styles(parts))
    blocks = list(reader.blocks(body, in_list=False))
    bold = bold_labels(opening for opening in reader.openings if opening.text)
    labels = tuple(dict.fromkeys((*reader.tables.labels, *bold)))
    text = Text(join_blocks(separate_turns(blocks, labels)), labels=labels)
    return Reading([text], remarks=reader.remarks())


class _Paragraph:
    """What has been read of a paragraph."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.bold = 0
        self.bold_goes_on = True
        self.after: list[Block] = []

    def add(self, text: str, *, bold: bool) -> None:
        if self.bold_goes_on and (bold or not text.strip()) and self.bold < 2 * LONGEST_LABEL:
            self.bold += len(text)
        else:
            self.bold_goes_on = False
        self.text.append(text)


class _Body:
    """Reads the paragraphs of one document."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.tables = SpeakerTables()
        self.openings: list[Opening] = []
        self._left_out: Counter[tuple[str, str]] = Counter()

    def remarks(self) -> list[str]:
        remarks = [
            f"{count} {one if count == 1 else several} left out."
            for (one, several), count in self._left_out.items()
        ]
        return [*self.tables.remarks(), *remarks]

    def blocks(self, element: Any, *, in_list: bool) -> Iterator[Block]:
        """Yield the paragraphs below an element; depth is bounded by the parser's 256."""
        for child in element:
            name = local(child)
            if name in {"p", "h"}:
                yield from self._paragraph(child, is_item=in_list and name == "p")
            elif name == "table" and child.tag.startswith(_TABLE):
                yield from self.tables.blocks(list(self._rows(child)))
            elif name == "section" and child.get(f"{_TEXT}display") == "none":
                self._left_out[_COUNTED["hidden"]] += 1
            elif name not in _UNSEEN:
                yield from self.blocks(child, in_list=in_list or name == "list")

    def _rows(self, table: Any) -> Iterator[list[list[Block]]]:
        for child in table:
            name = local(child)
            if name == "table-row":
                yield list(self._cells(child))
            elif name in {"table-header-rows", "table-row-group", "table-rows"}:
                yield from self._rows(child)

    def _cells(self, row: Any) -> Iterator[list[Block]]:
        for cell in row:
            name = local(cell)
            if name in {"table-cell", "covered-table-cell"}:
                yield list(self.blocks(cell, in_list=False))
                again = str(cell.get(f"{_TABLE}number-columns-repeated", "1"))
                if again.isdecimal() and len(again) < 9:
                    for _ in range(min(int(again), _MOST_COLUMNS) - 1):
                        yield []

    def _paragraph(self, element: Any, *, is_item: bool) -> Iterator[Block]:
        style = str(element.get(f"{_TEXT}style-name", ""))
        hidden = any(
            mark.get(f"{_TEXT}is-hidden") == "true"
            for mark in element.iterchildren(f"{_TEXT}hidden-paragraph")
        )
        if hidden or self.styles.is_hidden("paragraph", style):
            self._left_out[_COUNTED["hidden"]] += 1
            return
        into = _Paragraph()
        self._runs(element, into, bold=self.styles.is_bold("paragraph", style))
        text = "".join(into.text)
        tidy = text.strip()
        bold = len(text[: into.bold].strip())
        self.openings.append(
            Opening(tidy[: 2 * LONGEST_LABEL + 1], bold, is_heading=local(element) == "h")
        )
        yield Block(text, is_item=is_item)
        yield from into.after

    def _runs(self, element: Any, into: _Paragraph, *, bold: bool) -> None:
        into.add(_SPACE.sub(" ", element.text or ""), bold=bold)
        for child in element:
            self._run(child, into, bold=bold)
            into.add(_SPACE.sub(" ", child.tail or ""), bold=bold)

    def _run(self, child: Any, into: _Paragraph, *, bold: bool) -> None:
        name = local(child)
        if name in {"s", "tab"}:
            # However many spaces it stands for: runs of them are collapsed anyway.
            into.add(" ", bold=bold)
        elif name == "line-break":
            into.add("\n", bold=bold)
        elif name in {"note-body", "text-box"}:
            into.after.extend(self.blocks(child, in_list=False))
        elif name in {"ruby-text", "placeholder"}:
            self._left_out[_COUNTED[name]] += 1
        elif name == "hidden-text" and child.get(f"{_TEXT}is-hidden") != "false":
            self._left_out[_COUNTED["hidden"]] += 1
        elif name == "span":
            style = str(child.get(f"{_TEXT}style-name", ""))
            if self.styles.is_hidden("text", style):
                self._left_out[_COUNTED["hidden"]] += 1
            else:
                style_bold = self.styles.bold("text", style)
                self._runs(child, into, bold=bold if style_bold is None else style_bold)
        elif name and name not in _UNSEEN and not child.tag.startswith(_SVG):
            self._runs(child, into, bold=bold)
