"""OpenDocument texts: paragraphs, lists, tables, text boxes and notes in reading order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._blocks import Block, join_blocks
from fourp_nlp.documents._package import check_package, read_member
from fourp_nlp.documents._xml import local, parse
from fourp_nlp.errors import DocumentError

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
    root = parse(read_member(path, "content.xml"), file=path, place="content.xml")
    body = next((child for child in root if local(child) == "body"), None)
    if body is None:
        raise DocumentError("The file has no body.", file=path, cure="Save it again as .odt.")
    return join_blocks(_blocks(body, in_list=False))


def _blocks(element: Any, *, in_list: bool) -> Iterator[Block]:  # noqa: ANN401 - lxml has no types
    for child in element:
        name = local(child)
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
    for child in element:
        name = local(child)
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
