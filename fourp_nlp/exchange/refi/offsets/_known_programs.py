"""What programs are known to count, by the `origin` that they write into their projects.

A fact here is weighed, not believed: what selections' names and edges say goes before it (`_evidence`).

- this package: as its writer counts in each dialect (`origin`), and beyond doubt.
- NVivo for Windows: UTF-16 units, in files with CRLF, which is two, and a byte order mark, which does not
  count; selections have no names. From projects of NVivo 12.6, and from QualCoder's import
  (`load_text_source`), which makes two characters of their line ends.
- NVivo for Mac: nothing that would tell.
- MAXQDA: line ends as they stand in its files. A project of MAXQDA 24.7 has LF, which is one; by
  QualCoder's import, as above, and its export for MAXQDA, others have CRLF, which is two.
- ATLAS.ti: code points, a line end as one, though its files have CRLF; QualCoder's import says so.
- QualCoder: code points of its own text, a line end as one whatever its file has, and no mark; from its
  export (`export_project`, `text_selection_xml`).

The end is exclusive and counting begins with 0 in all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.exchange.refi.origin import COUNTED, dialect_of

if TYPE_CHECKING:
    from fourp_nlp.exchange.refi.offsets.offset_units import Counting, LineEnd, Unit

__all__ = ["Program", "program_of"]


class Program(NamedTuple):
    """What a program is known to count.

    Attributes
    ----------
    name : str
        The program.
    units : tuple of str
        What it counts; empty where that is not known.
    line_ends : tuple of str
        How many units a line end is; empty where that is not known.
    sureness : float
        How much less likely another way is, as a logarithm: 8 is one in three thousand.
    """

    name: str
    units: tuple[Unit, ...] = ()
    line_ends: tuple[LineEnd, ...] = ()
    sureness: float = 8.0

    def counts(self, counting: Counting) -> bool:
        """Say whether the program is known to count so, in all of what is counted."""
        return (
            bool(self.units and self.line_ends)
            and counting.unit in self.units
            and counting.line_end in self.line_ends
            and not counting.shifted
            and not counting.inclusive
        )


_CERTAIN = 40.0
_PROGRAMS = (
    # Before it wrote its dialect there.
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

    Parameters
    ----------
    origin : str
        As the project says.

    Returns
    -------
    Program or None
        What is known; None of a program that nothing is known of.
    """
    dialect = dialect_of(origin)
    if dialect is not None:
        own = COUNTED[dialect]
        return Program("fourp_nlp", (own.unit,), (own.line_end,), _CERTAIN)
    said = origin.strip().lower()
    return next((program for pattern, program in _PROGRAMS if re.match(pattern, said)), None)
