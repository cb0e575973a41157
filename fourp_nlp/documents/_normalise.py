"""The one place where text takes its final form, to which all offsets refer."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["normalise"]

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
_MANY_LINES = re.compile("\n{3,}")

# Putting marks in canonical order takes time that grows with the square of their number, so that a
# few thousand on one letter would stall the program; thirty is Unicode's own stream-safe limit.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0711-\u074a\u08d3-\u08ff\u0e38-\u0e4b\u0eb8-\u0ecb\u0f18-\u0f87\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u2cef-\u2cf1\u2de0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\ua69f\ufe20-\ufe2f"
)
_TOO_MANY_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")


def normalise(text: str) -> str:
    r"""Return a text in the form in which it is coded.

    Line ends become ``\n``; byte order marks, soft hyphens, zero-width, directional and control
    characters go; tabs, non-breaking and other spaces become single spaces; spaces at the ends of
    lines go; more than one empty line becomes one; letters are composed (Unicode NFC). Joiners that
    a script or an emoji needs are kept. Applying it twice is the same as applying it once.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The normalised text, without white space at either end.
    """
    text = _LINE_END.sub("\n", text)
    text = _REMOVED.sub("", text)
    if not text.isascii():
        text = _TOO_MANY_MARKS.sub(r"\1", text)
        text = unicodedata.normalize("NFC", text)
        # Composing can lengthen a run of marks (U+0344 becomes two): the limit is applied again.
        text = _TOO_MANY_MARKS.sub(r"\1", text)
    text = _ODD_SPACE.sub(" ", text)
    text = _SPACES.sub(" ", text)
    text = text.replace(" \n", "\n").replace("\n ", "\n")
    return _MANY_LINES.sub("\n\n", text).strip(" \n")
