"""Normalising text: all offsets refer to the normalised text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.text.line_numbers import typed_line_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STEPS", "Step", "normalise", "normalise_and_count"]

# Characters that nobody sees and that would make two equal passages differ. The joiners U+200C and
# U+200D stay: Persian, the scripts of India and many emoji are misspelt without them.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff"
)
_CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_SURROGATE = "\ud800-\udfff"
_REMOVED = re.compile(f"[{_INVISIBLE}{_CONTROL}{_SURROGATE}]+")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ODD_SPACE = re.compile("[\t\x1f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SPACES = re.compile(" {2,}")
_EDGE_OF_LINE = re.compile(" (?=\n)|(?<=\n) ")
_MANY_LINES = re.compile("\n{3,}")
_EDGE_OF_TEXT = re.compile(r"\A[ \n]+|[ \n]+\Z")

# Putting marks in canonical order takes time that grows with the square of their number, so that a
# few thousand on one letter would stall the program; thirty is Unicode's own stream-safe limit.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0711-\u074a\u08d3-\u08ff\u0e38-\u0e4b\u0eb8-\u0ecb\u0f18-\u0f87\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\ua69f\ufe20-\ufe2f"
)
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")


class Step(NamedTuple):
    """One step of normalising, from which `normalised_places` also learns what moved.

    Parameters
    ----------
    pattern : re.Pattern or None
        What is replaced; None where letters are composed, and where `spans` finds what goes.
    replacement : str
        What replaces it, at most as long as any match: its characters stand for the first ones of
        the match, each for one.
    merges : bool
        Whether what the match has beyond goes into the replacement's last character; otherwise it
        vanishes.
    in_ascii : bool
        Whether the step can change a text of ASCII characters alone.
    spans : callable, optional
        Returns the start and end of each passage that is taken away, in order and apart, where that
        depends on the whole text.
    """

    pattern: re.Pattern[str] | None
    replacement: str = ""
    merges: bool = False
    in_ascii: bool = True
    spans: Callable[[str], list[tuple[int, int]]] | None = None

    def after(self, text: str) -> str:
        """Return the text after the step."""
        if not self.in_ascii and text.isascii():
            return text
        if self.spans is not None:
            return _without(text, self.spans(text))
        if self.pattern is None:
            return unicodedata.normalize("NFC", text)
        return self.pattern.sub(self.replacement, text)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts = []
    at = 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    return "".join([*parts, text[at:]]) if spans else text


_CLEANING = (Step(_EDGE_OF_LINE), Step(_MANY_LINES, "\n\n", merges=True), Step(_EDGE_OF_TEXT))

# The one list: what is done to a text here is what `normalised_places` follows.
STEPS = (
    Step(_LINE_END, "\n", merges=True),
    Step(_REMOVED),
    Step(_TOO_MANY_MARKS, r"\1", in_ascii=False),
    Step(None, in_ascii=False),
    # Composing can lengthen a run of marks (U+0344 becomes two): the limit is applied again.
    Step(_TOO_MANY_MARKS, r"\1", in_ascii=False),
    Step(_ODD_SPACE, " "),
    Step(_SPACES, " ", merges=True),
    *_CLEANING,
    # On the text as it will be, so that the same is found in it when it is normalised again.
    Step(None, spans=typed_line_numbers),
    *_CLEANING,
)


def normalise(text: str) -> str:
    r"""Return a text in the form in which it is coded.

    Line ends become ``\n``; byte order marks, soft hyphens, zero-width, directional and control
    characters go; tabs, non-breaking and other spaces become single spaces; spaces at the ends of
    lines go; more than one empty line becomes one; letters are composed (Unicode NFC). Joiners that
    a script or an emoji needs are kept. Numbers that are typed before every line of a transcript go
    (see `text.line_numbers`). Applying it twice is the same as applying it once.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The normalised text, without white space at either end.
    """
    return normalise_and_count(text)[0]


def normalise_and_count(text: str) -> tuple[str, int]:
    """Return a text in the form in which it is coded, and how many typed line numbers it lost.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        What `normalise` returns.
    int
        How many numbers at line starts were left out.
    """
    numbers = 0
    for step in STEPS:
        spans = step.spans(text) if step.spans is not None else None
        numbers += len(spans or ())
        text = step.after(text) if spans is None else _without(text, spans)
    return text, numbers
