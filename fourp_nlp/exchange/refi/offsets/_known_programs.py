"""Offset units that programs are known to use, by the `origin` that they write into their projects.

A known unit is evidence, and no proof: names and edges of selections count for more (`_unit_choice`).

- fourp_nlp: the unit of its dialect (`dialects`), for certain.
- NVivo for Windows: UTF-16 units. Line ends are CRLF in its files and count as two; the byte order mark does
  not count; selections have no names. From projects of NVivo 12.6, and from QualCoder's import
  (`load_text_source`), which makes two characters of line ends.
- NVivo for Mac: nothing is known.
- MAXQDA: line ends as in its files. A project of MAXQDA 24.7 has LF, which is one. By QualCoder's import, as
  above, and its export for MAXQDA, others have CRLF, which is two.
- ATLAS.ti: code points, a line end as one, though its files have CRLF. From QualCoder's import.
- QualCoder: code points of its own text, a line end as one in any file, the byte order mark not. From its
  export (`export_project`, `text_selection_xml`).

In all of them, counting begins with 0 and the end is not included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.exchange.refi.dialects import DIALECT_STYLES, dialect_of

if TYPE_CHECKING:
    from fourp_nlp.exchange.refi.offsets.offset_units import LineEnd, OffsetUnit, Unit

__all__ = ["Program", "program_of"]


class Program(NamedTuple):
    """What is known of a program's offset units.

    Attributes
    ----------
    name : str
        The program.
    units : tuple of str
        What it counts; empty where unknown.
    line_ends : tuple of str
        How many units a line end is; empty where unknown.
    sureness : float
        How much less likely any other unit is, as a logarithm: 8 is one in three thousand.
    """

    name: str
    units: tuple[Unit, ...] = ()
    line_ends: tuple[LineEnd, ...] = ()
    sureness: float = 8.0

    def uses(self, offset_unit: OffsetUnit) -> bool:
        """Return whether the program is known to use a unit, characters and line ends both."""
        return offset_unit.unit in self.units and offset_unit.line_end in self.line_ends


_CERTAIN = 40.0
_PROGRAMS = (
    # Early versions did not write the dialect.
    (r"fourp_nlp \S+$", Program("fourp_nlp", ("code points",), ("as it stands",), _CERTAIN)),
    (r"nvivo\b.*\bmac\b", Program("NVivo for Mac")),
    # Its text in the XML has line ends of one character, which it counts as two.
    (
        r"nvivo\b.*\bwindows\b",
        Program("NVivo for Windows", ("UTF-16 units",), ("as it stands", "two")),
    ),
    (r"nvivo\b", Program("NVivo")),
    (r"maxqda\b", Program("MAXQDA", (), ("as it stands", "two"))),
    (r"atlas\.ti\b", Program("ATLAS.ti", ("code points",), ("one",))),
    (r"qualcoder\b", Program("QualCoder", ("code points",), ("one",))),
)


def program_of(origin: str) -> Program | None:
    """Return what is known of the program that wrote a project.

    `origin` is the attribute of the project. None for an unknown program.
    """
    dialect = dialect_of(origin)
    if dialect is not None:
        unit, line_end = DIALECT_STYLES[dialect].offset_unit
        return Program("fourp_nlp", (unit,), (line_end,), _CERTAIN)
    name = origin.strip().lower()
    return next((program for pattern, program in _PROGRAMS if re.match(pattern, name)), None)
