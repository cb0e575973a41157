"""Speakers whom a Word document marks by bold type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents._xml import local

if TYPE_CHECKING:
    from fourp_nlp.documents._blocks import Block
    from fourp_nlp.documents._docx_styles import Styles

__all__ = ["bold_labels"]

_LONGEST = 60
_SHARE = 0.4
_ENDS = (".", "!", "?", "…", ",", ";")


def bold_labels(blocks: list[Block], styles: Styles) -> tuple[str, ...]:
    """Return the bold names with which paragraphs begin, where they are evidently speakers.

    They are if names come again and two in five paragraphs, from the first name to the last one, begin
    with one in bold before a colon, or follow one that stands alone in bold.

    Parameters
    ----------
    blocks : list of Block
        The paragraphs of a document.
    styles : Styles
        Its styles.

    Returns
    -------
    tuple of str
        The names, without their colon, in the order in which they came.
    """
    filled = [block for block in blocks if block.text.strip()]
    before: list[tuple[int, str]] = []
    alone: list[tuple[int, str]] = []
    for at, block in enumerate(filled):
        text = block.text.strip()
        name, colon, _ = text[: _LONGEST + 1].partition(":")
        name = name.rstrip()
        bold = _bold_length(block, styles) if name else 0
        if not bold:
            continue
        if colon and len(name) <= bold <= len(name) + 3 and "\n" not in name:
            before.append((at, name))
        elif (
            len(text) <= min(bold, _LONGEST)
            and not colon
            and not text.endswith(_ENDS)
            and "\n" not in text
            and not _is_heading(block, styles)
        ):
            alone.append((at, text))
    return tuple(dict.fromkeys((*_names(before, 1), *_names(alone, 2))))


def _names(found: list[tuple[int, str]], paragraphs: int) -> list[str]:
    """Return the names if they are those of a dialogue: each turn is at least so many paragraphs."""
    count = Counter(name for _, name in found)
    if len(found) < 3 or len(count) > 0.67 * len(found):
        return []
    reach = found[-1][0] - found[0][0] + paragraphs
    return list(count) if len(found) * paragraphs >= _SHARE * reach else []


def _bold_length(block: Block, styles: Styles) -> int:
    """Return how many characters at the beginning of a paragraph are bold; white space is not counted."""
    known: dict[Any, bool] = {}
    text = ""
    for piece in block.pieces:
        if len(text.strip()) > _LONGEST:
            break
        run = piece.element.getparent() if piece.element is not None else None
        if run is None or local(run) != "r":
            return len(text.strip())
        if run not in known:
            paragraph = next(run.iterancestors(run.tag[:-1] + "p"), None)
            known[run] = styles.toggled(run, paragraph, "b")
        if not known[run] and piece.text.strip():
            break
        text += piece.text
    return len(text.strip())


def _is_heading(block: Block, styles: Styles) -> bool:
    for piece in block.pieces:
        if piece.element is not None:
            paragraph = next(
                (above for above in piece.element.iterancestors() if local(above) == "p"), None
            )
            return paragraph is not None and styles.role(paragraph) == "heading"
    return False
