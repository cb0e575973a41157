"""OpenDocument texts: paragraphs, lists, tables, text boxes and notes in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._blocks import Block, join_blocks
from fourp_nlp.errors import DocumentError
from fourp_nlp.zipped import check_package, read_member

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read"]

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


def read(path: Path) -> str:
    """Return the text of an .odt file, without headers, footers, comments and deleted text.

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
        If the file is damaged, encrypted, unsafe or not an OpenDocument text.
    """
    names = check_package(path, main="content.xml", kind="OpenDocument text")
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in read_member(path, manifest):
        raise DocumentError(
            "The file is password-protected.", file=path, cure="Save it without the password."
        )
    from lxml.etree import XMLSyntaxError  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415
    from odfdo import Document  # noqa: PLC0415 - slow to import

    try:
        body = Document(str(path)).body
        return join_blocks(_blocks(body, in_list=False))
    except (XMLSyntaxError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise DocumentError(
            f"The text is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in its own program and save it again as .odt.",
        ) from error


def _blocks(element: Any, *, in_list: bool) -> Iterator[Block]:  # noqa: ANN401 - odfdo's classes differ by tag
    for child in element.children:
        name = child.tag.rpartition(":")[2]
        if name in {"p", "h"}:
            text: list[str] = []
            after: list[Block] = []
            _runs(child, text, after)
            yield Block("".join(text), is_item=in_list and name == "p")
            yield from after
        elif name not in _UNSEEN:
            yield from _blocks(child, in_list=in_list or name == "list")


def _runs(element: Any, text: list[str], after: list[Block]) -> None:  # noqa: ANN401
    text.append(element.text or "")
    for child in element.children:
        name = child.tag.rpartition(":")[2]
        if name in {"s", "tab"}:
            # However many spaces it stands for: runs of them are collapsed anyway.
            text.append(" ")
        elif name == "line-break":
            text.append("\n")
        elif name in {"note-body", "text-box"}:
            after.extend(_blocks(child, in_list=False))
        elif name not in _UNSEEN:
            _runs(child, text, after)
        text.append(child.tail or "")
