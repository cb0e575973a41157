"""The meaning of Rich Text control words.

The words are those of the Rich Text Format Specification, version 1.9.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "CHARACTERS",
    "FILE",
    "FORMATS",
    "FRAME",
    "PASSED",
    "READ",
    "READ_THOUGH_MARKED",
    "SIGNS",
    "SYMBOL_FIELD",
    "SYMBOL_FONT",
    "State",
    "is_aside",
]

READ, PASSED, FRAME = range(3)
"""What becomes of the text of a group: it is read, passed over, or only text boxes inside it are read."""
# Groups whose text is not the document's, whatever is in them.
_ASIDE_OF_TEXT = frozenset(
    {
        "annotation", "atnauthor", "atndate", "atnicn", "atnid", "atnref", "atrfend", "atrfstart",
        "bkmkend", "bkmkstart", "colorschememapping", "colortbl", "comment", "datafield", "datastore",
        "falt", "filetbl", "footer", "footerf", "footerl", "footerr", "formfield", "ftncn", "ftnsep",
        "ftnsepc", "aftncn", "aftnsep", "aftnsepc", "generator", "header", "headerf", "headerl",
        "headerr", "info", "latentstyles", "listoverridetable", "listtable", "mmathPict", "nonesttables",
        "nonshppict", "objalias", "objclass", "objdata", "objname", "objsect", "pgdsctbl", "picprop",
        "pict", "pnseclvl", "revtbl", "rsidtbl", "rxe", "shppict", "shprslt", "sp", "stylesheet", "tc",
        "template", "themedata", "txe", "userprops", "xe", "xmlnstbl",
    }
)  # fmt: skip
READ_THOUGH_MARKED = frozenset(
    {"do", "fldinst", "fonttbl", "moMath", "moMathPara", "nesttableprops", "shpinst", "ud"}
)
"""Words of groups that are looked into although they are marked as such that may be passed over."""
_MATH_PROPERTIES = re.compile(r"m[A-Za-z]+Pr$")
CHARACTERS = {
    "bullet": "•", "emdash": "—", "emspace": "\u2003", "endash": "–", "enspace": "\u2002",
    "ldblquote": "“", "line": "\n", "lbr": "\n", "lquote": "‘", "qmspace": "\u2005", "rdblquote": "”",
    "rquote": "’", "softline": "\n", "tab": "\t", "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
SIGNS = {b"~": "\u00a0", b"_": "-", b"-": "\u00ad", b"{": "{", b"}": "}", b"\\": "\\"}
SYMBOL_FIELD = re.compile(r"\s*SYMBOL\s+(0x[0-9A-Fa-f]{1,6}|\d{1,6})\b")
SYMBOL_FONT = re.compile(r"\\f\s+(?:\"([^\"]{1,60})\"|(\w{1,60}))")
"""The code of a field that stands for a symbol: its number, and its font."""


class State(NamedTuple):
    """What a group returns to when one inside it ends."""

    kind: int = READ
    font: int = -1
    skipped: int = 1
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    is_heading: bool = False
    opens: str = ""


FILE = {"deff": 0, "ansicpg": 0, "ansi": 1252, "mac": 10000, "pc": 437, "pca": 850}
"""Words about the whole file; those of a set of characters with the number of its code page."""
FORMATS: Mapping[str, Callable[[State, int | None], State]] = {
    "f": lambda state, value: state._replace(font=value if value is not None else -1),
    "uc": lambda state, value: state._replace(skipped=min(max(value or 0, 0), 10)),
    "b": lambda state, value: state._replace(bold=value != 0),
    "v": lambda state, value: state._replace(hidden=value != 0),
    "deleted": lambda state, value: state._replace(deleted=value != 0),
    "mvf": lambda state, value: state._replace(deleted=value != 0),
    "plain": lambda state, _: state._replace(font=-1, bold=False, hidden=False, deleted=False),
    "pard": lambda state, _: state._replace(in_table=False, is_heading=False),
    "intbl": lambda state, _: state._replace(in_table=True),
    "outlinelevel": lambda state, value: state._replace(is_heading=(value or 0) < 9),
}
"""Words that change the state of their group, which the group after it does not see."""


def is_aside(name: str) -> bool:
    """Tell whether a group's text is not the document's, whatever is in it.

    `name` is the word with which the group begins.
    """
    return name in _ASIDE_OF_TEXT or (name[0] == "m" and _MATH_PROPERTIES.match(name) is not None)
