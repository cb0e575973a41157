"""Paragraphs and list items put together into one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Block", "join_blocks"]


class Block(NamedTuple):
    """A paragraph, heading, table cell or list item."""

    text: str
    is_item: bool = False


def join_blocks(blocks: Iterable[Block]) -> str:
    """Return blocks as one text: an empty line between two, list items on following lines.

    Parameters
    ----------
    blocks : iterable of Block
        Blocks in reading order; empty ones are left out.

    Returns
    -------
    str
        The text; list items begin with ``- ``.
    """
    parts: list[str] = []
    after_item = False
    for block in blocks:
        text = block.text.strip()
        if not text:
            continue
        if parts:
            parts.append("\n" if after_item and block.is_item else "\n\n")
        parts.append(f"- {text}" if block.is_item else text)
        after_item = block.is_item
    return "".join(parts)
