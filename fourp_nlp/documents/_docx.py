"""Word documents: paragraphs, lists, tables, text boxes and notes in reading order.

python-docx opens the file and knows its parts and styles. Its paragraphs leave out notes, text boxes
and what a reviewer inserted, so the text is taken from its element tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._blocks import Block, Piece, join_blocks
from fourp_nlp.documents._xml import local, parse
from fourp_nlp.errors import DocumentError
from fourp_nlp.zipped import check_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["blocks_of", "read"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text, field codes and the layout of a paragraph are not what a reader sees.
_UNSEEN = frozenset(
    {"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "Fallback", "pict"}
)
_ONE_CHARACTER = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


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
    return join_blocks(blocks_of(path)[1])


def blocks_of(path: Path) -> tuple[Any, list[Block]]:
    """Return a .docx file opened, and the blocks that its text is joined from.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    opened : docx.document.Document
        The file as python-docx opened it.
    blocks : list of Block
        The blocks in reading order, empty ones too, each with its pieces. A piece is what one element
        says: the text of a ``t``, the white space or hyphen of a ``tab``, ``br`` or the like.

    Raises
    ------
    DocumentError
        If the file is damaged, encrypted, unsafe or not a Word document.
    """
    check_package(path, main="word/", kind="Word document")
    from docx import Document  # noqa: PLC0415 - slow to import
    from docx.opc.exceptions import OpcError  # noqa: PLC0415 - slow to import
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415

    try:
        opened = Document(str(path))
        document = _Document(
            listed=_styles(opened),
            notes={kind: _notes(opened, kind, path) for kind in ("footnote", "endnote")},
        )
        return opened, list(document.blocks(opened.element))
    except (OpcError, XMLSyntaxError, KeyError, ValueError, AttributeError) as error:
        raise DocumentError(
            f"The Word document is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in Word and save it again.",
        ) from error


def _styles(opened: Any) -> dict[str, str]:  # noqa: ANN401 - python-docx's own types are partial
    """Map the ids of list, heading and contents styles to ``item``, ``heading`` or ``contents``."""
    found: dict[str, str] = {}
    for style in opened.styles:
        label = str(style.name or "").casefold()
        if label.startswith("toc "):
            found[style.style_id] = "contents"
        elif label.startswith(("list bullet", "list number")):
            found[style.style_id] = "item"
        elif label.startswith("heading"):
            found[style.style_id] = "heading"
    return found


def _notes(opened: Any, kind: str, path: Path) -> dict[str, Any]:  # noqa: ANN401
    """Return the foot- or endnotes by id; python-docx opens their part but does not read it."""
    for relation in opened.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}s"):
            part = relation.target_part
            root = parse(part.blob, file=path, place=str(part.partname))
            # Separators are notes too, told apart by their type.
            return {
                str(note.get(f"{_W}id")): note
                for note in root
                if note.get(f"{_W}type") in {None, "normal"}
            }
    return {}


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
        pieces: list[Piece] = []
        after: list[Block] = []
        self.runs(element, pieces, after)
        is_item = (numbered and role != "heading") or role == "item"
        yield Block("".join(piece.text for piece in pieces), is_item, tuple(pieces))
        yield from after

    def runs(self, element: Any, pieces: list[Piece], after: list[Block]) -> None:  # noqa: ANN401
        for child in element:
            name = local(child)
            if name == "t":
                pieces.append(Piece(child.text or "", child))
            elif name in _ONE_CHARACTER:
                pieces.append(Piece(_ONE_CHARACTER[name], child))
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
                for box in _boxes(child):
                    after.extend(self.blocks(box))
            elif name not in _UNSEEN:
                self.runs(child, pieces, after)


def _boxes(element: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml has no types
    """Yield the text boxes below an element, but none inside another one, whose blocks have its own."""
    for child in element:
        if local(child) == "txbxContent":
            yield child
        else:
            yield from _boxes(child)


def _is_contents(element: Any) -> bool:  # noqa: ANN401 - lxml has no types
    gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"
