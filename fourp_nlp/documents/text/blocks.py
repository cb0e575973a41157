"""Joining paragraphs and list items into one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.turns import turn_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["AlignedBlock", "Block", "Piece", "align_blocks", "join_blocks", "separate_turns"]


class Piece(NamedTuple):
    """A stretch of a block's text and the element of the file that it was read from.

    It begins at character ``skipped`` of what the element says. A stretch that stands in no element, such
    as the colon between a speaker and the words, has None.
    """

    text: str
    element: Any
    skipped: int = 0


class Block(NamedTuple):
    """A paragraph, heading, table cell or list item.

    A reader that can tell where each character came from gives the pieces that its text is made of.
    """

    text: str
    is_item: bool = False
    pieces: tuple[Piece, ...] = ()


class AlignedBlock(NamedTuple):
    """Where a block stands in the text that blocks were joined to.

    ``text[start : start + length]`` is ``block.text[skipped : skipped + length]``; white space around a
    block is left out, and so is a block of white space alone.
    """

    block: Block
    start: int
    skipped: int
    length: int


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
    return "".join(f"{before}{text}" for before, text, _ in _joined(blocks))


def align_blocks(blocks: Iterable[Block]) -> tuple[str, list[AlignedBlock]]:
    """Return the text that `join_blocks` returns, and where in it each block stands.

    Parameters
    ----------
    blocks : iterable of Block
        Blocks in reading order.

    Returns
    -------
    text : str
        The text.
    laid : list of AlignedBlock
        The blocks that are in it, in its order.
    """
    parts: list[str] = []
    places: list[AlignedBlock] = []
    at = 0
    for before, text, block in _joined(blocks):
        at += len(before)
        skipped = len(block.text) - len(block.text.lstrip())
        places.append(AlignedBlock(block, at, skipped, len(text)))
        parts += [before, text]
        at += len(text)
    return "".join(parts), places


def _joined(blocks: Iterable[Block]) -> Iterator[tuple[str, str, Block]]:
    """Yield each block that has a text: what stands before the text, the text, and the block."""
    before = ""
    after_item = False
    for block in blocks:
        text = block.text.strip()
        if not text:
            continue
        if before:
            before = "\n" if after_item and block.is_item else "\n\n"
        yield f"{before}- " if block.is_item else before, text, block
        before = "\n\n"
        after_item = block.is_item


def separate_turns(blocks: list[Block], labels: Sequence[str] = ()) -> list[Block]:
    """Return blocks among which turns whose paragraphs are numbered are no items of a list.

    Parameters
    ----------
    blocks : list of Block
        Blocks in reading order.
    labels : sequence of str
        Names that are certain to be speakers.

    Returns
    -------
    list of Block
        The same blocks; those that begin with a speaker's label are plain paragraphs.
    """
    if not any(block.is_item for block in blocks):
        return blocks
    starts = turn_starts([block.text for block in blocks], frozenset(labels))
    return [
        block._replace(is_item=False) if begins and block.is_item else block
        for block, begins in zip(blocks, starts, strict=True)
    ]
