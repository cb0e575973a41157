"""Word documents: paragraphs, lists, tables, text boxes and notes in reading order."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._blocks import Block, join_blocks
from fourp_nlp.documents._package import check_package, read_member
from fourp_nlp.documents._xml import local, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text, field codes and the layout of a paragraph are not what a reader sees.
_UNSEEN = frozenset(
    {"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "Fallback", "pict"}
)


def read(path: Path) -> str:
    """Return the text of a .docx file, without headers, footers, comments and deleted text.

    A footnote or text box follows the paragraph that it belongs to; the cells of a table follow
    one another as paragraphs, row by row. A table of contents is left out.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        The text, not yet normalised.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not a Word document.
    """
    names = check_package(path, main="word/", kind="Word document")
    main = _main_part(path, names)
    folder = posixpath.dirname(main)
    document = _Document(
        listed=_styles(path, names, f"{folder}/styles.xml"),
        notes={
            kind: _notes(path, names, f"{folder}/{kind}s.xml") for kind in ("footnote", "endnote")
        },
    )
    root = parse(read_member(path, main), file=path, place=main)
    return join_blocks(document.blocks(root))


def _main_part(path: Path, names: frozenset[str]) -> str:
    if "_rels/.rels" in names:
        relations = parse(read_member(path, "_rels/.rels"), file=path, place="_rels/.rels")
        for relation in relations:
            target = str(relation.get("Target", "")).lstrip("/")
            if str(relation.get("Type", "")).endswith("/officeDocument") and target in names:
                return target
    return "word/document.xml"


def _styles(path: Path, names: frozenset[str], place: str) -> dict[str, str]:
    """Map the ids of list and contents styles to ``item`` or ``contents``."""
    if place not in names:
        return {}
    found: dict[str, str] = {}
    for style in parse(read_member(path, place), file=path, place=place).iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        label = str(name.get(f"{_W}val", "")).casefold() if name is not None else ""
        if label.startswith("toc "):
            found[str(style.get(f"{_W}styleId"))] = "contents"
        elif label.startswith(("list bullet", "list number")):
            found[str(style.get(f"{_W}styleId"))] = "item"
        elif label.startswith("heading"):
            found[str(style.get(f"{_W}styleId"))] = "heading"
    return found


def _notes(path: Path, names: frozenset[str], place: str) -> dict[str, Any]:
    if place not in names:
        return {}
    root = parse(read_member(path, place), file=path, place=place)
    # Separators are notes too, told apart by their type.
    return {
        str(note.get(f"{_W}id")): note for note in root if note.get(f"{_W}type") in {None, "normal"}
    }


class _Document:
    """What the paragraphs of one document refer to."""

    def __init__(self, *, listed: dict[str, str], notes: dict[str, dict[str, Any]]) -> None:
        self.listed = listed
        self.notes = notes

    def blocks(self, element: Any) -> Iterator[Block]:  # noqa: ANN401 - lxml has no types
        """Yield the blocks below an element; depth is bounded by the parser's 256."""
        for child in element:
            name = local(child)
            if name == "p":
                yield from self.paragraph(child)
            elif name == "sdt" and _is_contents(child):
                continue
            elif name not in _UNSEEN:
                yield from self.blocks(child)

    def paragraph(self, element: Any) -> Iterator[Block]:  # noqa: ANN401 - lxml has no types
        style = element.find(f"{_W}pPr/{_W}pStyle")
        role = self.listed.get(str(style.get(f"{_W}val")), "") if style is not None else ""
        if role == "contents":
            return
        number = element.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        numbered = number is not None and number.get(f"{_W}val") != "0"
        text: list[str] = []
        after: list[Block] = []
        self.runs(element, text, after)
        yield Block("".join(text), is_item=(numbered and role != "heading") or role == "item")
        yield from after

    def runs(self, element: Any, text: list[str], after: list[Block]) -> None:  # noqa: ANN401
        for child in element:
            name = local(child)
            if name == "t":
                text.append(child.text or "")
            elif name in {"tab", "ptab"}:
                text.append(" ")
            elif name in {"br", "cr"}:
                text.append("\n")
            elif name == "noBreakHyphen":
                text.append("-")
            elif name in {"footnoteReference", "endnoteReference"}:
                note = self.notes[name.removesuffix("Reference")].pop(
                    str(child.get(f"{_W}id")), None
                )
                if note is not None:
                    after.extend(self.blocks(note))
            elif name == "txbxContent":
                after.extend(self.blocks(child))
            elif name == "pict":
                # Old text boxes; pictures inside one have no paragraphs.
                for box in child.iter(f"{_W}txbxContent"):
                    after.extend(self.blocks(box))
            elif name not in _UNSEEN:
                self.runs(child, text, after)


def _is_contents(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"
