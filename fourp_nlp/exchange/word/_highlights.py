"""Finds highlighted and shaded passages of a Word document."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.exchange.word._markup_names import W

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.documents.text.blocks import Block
    from fourp_nlp.exchange.word._plain_document import Pieces

__all__ = ["Coloured", "colour_name", "coloured_in", "tidy_colour"]

# The sixteen colours of ST_HighlightColor (ECMA-376, part 1, 17.18.40) with the values given there.
_VALUES: Mapping[str, str] = MappingProxyType(
    {
        "black": "000000",
        "blue": "0000ff",
        "cyan": "00ffff",
        "green": "00ff00",
        "magenta": "ff00ff",
        "red": "ff0000",
        "yellow": "ffff00",
        "white": "ffffff",
        "darkblue": "00008b",
        "darkcyan": "008b8b",
        "darkgreen": "006400",
        "darkmagenta": "800080",
        "darkred": "8b0000",
        "darkyellow": "808000",
        "darkgray": "a9a9a9",
        "lightgray": "d3d3d3",
    }
)
# What Word calls them on its button, and other spellings.
_OTHER: Mapping[str, str] = MappingProxyType(
    {
        "brightgreen": "green",
        "turquoise": "cyan",
        "pink": "magenta",
        "teal": "darkcyan",
        "violet": "darkmagenta",
        "purple": "darkmagenta",
        "gray50": "darkgray",
        "gray25": "lightgray",
        "darkgrey": "darkgray",
        "lightgrey": "lightgray",
        "grey50": "darkgray",
        "grey25": "lightgray",
    }
)
_NAMES = {value: name for name, value in _VALUES.items()}
_SPOKEN = {
    "darkblue": "dark blue",
    "darkcyan": "dark cyan",
    "darkgreen": "dark green",
    "darkmagenta": "dark magenta",
    "darkred": "dark red",
    "darkyellow": "dark yellow",
    "darkgray": "dark gray",
    "lightgray": "light gray",
}
_PALE = 0xF0  # a background that was pasted with the text is nearly white
_HEX = re.compile("[0-9a-f]{6}")


class Coloured(NamedTuple):
    """A coloured passage: its colour as six hexadecimal digits, its span, and the number of its paragraph."""

    colour: str
    start: int
    end: int
    block: int


def tidy_colour(written: str) -> str:
    """Return a colour as six hexadecimal digits.

    `written` is a highlight colour by any of its names, or the digits with or without a number
    sign. In lower case; empty where it is no colour.
    """
    name = re.sub(r"[\s_%#-]", "", written.casefold())
    name = _OTHER.get(name, name)
    return _VALUES.get(name, name if _HEX.fullmatch(name) else "")


def colour_name(colour: str) -> str:
    """Return what to call a colour: the name of the highlight colour, or its digits with a number sign."""
    name = _NAMES.get(colour)
    return _SPOKEN.get(name, name) if name else f"#{colour.upper()}"


def coloured_in(pieces: Pieces, blocks: list[Block]) -> list[Coloured]:
    """Find the coloured passages of a document.

    They are in the order of the text. Neighbouring runs of one colour are one passage; so are
    neighbouring paragraphs where the end of the first is coloured too. White space at the ends is
    left out.
    """
    known: dict[Any, str] = {}
    block_of = {
        piece.element: number for number, block in enumerate(blocks) for piece in block.pieces
    }
    passages: list[Coloured] = []
    before = -1
    for number, element in enumerate(pieces.elements):
        run = element.getparent()
        if run not in known:
            known[run] = _colour_of(run.find(f"{W}rPr"))
        colour = known[run]
        if colour:
            block = block_of[element]
            start, end = int(pieces.starts[number]), int(pieces.ends[number])
            last = passages[-1] if passages and before == number - 1 else None
            if (
                last is not None
                and last.colour == colour
                and (last.block == block or _goes_on(pieces.elements[before], colour))
            ):
                passages[-1] = Coloured(colour, last.start, end, block)
            else:
                passages.append(Coloured(colour, start, end, block))
            before = number
    trimmed = []
    for colour, start, end, block in passages:
        text = pieces.text[start:end]
        first = start + len(text) - len(text.lstrip())
        if text.strip():
            trimmed.append(Coloured(colour, first, first + len(text.strip()), block))
    return trimmed


def _goes_on(element: Any, colour: str) -> bool:
    """Say whether the end of an element's paragraph has a colour too."""
    paragraph = next(element.iterancestors(f"{W}p"), None)
    return paragraph is not None and _colour_of(paragraph.find(f"{W}pPr/{W}rPr")) == colour


def _colour_of(properties: Any) -> str:
    if properties is None:
        return ""
    highlight = properties.find(f"{W}highlight")
    if highlight is not None and (value := str(highlight.get(f"{W}val") or "")) != "none":
        colour = tidy_colour(value)
    else:
        shading = properties.find(f"{W}shd")
        colour = tidy_colour(str(shading.get(f"{W}fill") or "")) if shading is not None else ""
    if colour and min(int(colour[at : at + 2], 16) for at in (0, 2, 4)) >= _PALE:
        return ""
    return colour
