"""How each program's own files are written, where that is more than the schema asks for."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.exchange.refi.origin import COUNTED, DIALECTS

if TYPE_CHECKING:
    import numpy.typing as npt

    from fourp_nlp.exchange.refi.origin import Dialect

__all__ = ["WAYS", "Way", "moved_by"]

_LOCATION = (
    "urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
)
_BEYOND = 0xFFFF  # the last code point that is one UTF-16 unit


@dataclass(frozen=True)
class Way:
    """How a dialect writes.

    Attributes
    ----------
    upper : bool
        Whether identities are in capital letters.
    lower_colors : bool
        Whether colours are in small letters.
    crlf : bool
        Whether a line end of a text is two characters, and counted so.
    marked : bool
        Whether texts begin with a byte order mark, which is not counted.
    folder : str
        Where texts are in the zip.
    named : bool
        Whether selections have the beginning of their words as their name.
    stamped : bool
        Whether everything has a user and a date, also where neither is known.
    linked : bool
        Whether notes about codes are linked to them: QualCoder leaves out a code that refers to a note.
    files : bool
        Whether notes about the project are files: QualCoder makes entries of its journal of these alone.
    location : str
        The attribute `xsi:schemaLocation` of the project; empty for none.
    """

    upper: bool = False
    lower_colors: bool = False
    crlf: bool = False
    marked: bool = False
    folder: str = "sources"
    named: bool = True
    stamped: bool = False
    linked: bool = True
    files: bool = False
    location: str = ""


WAYS = MappingProxyType(
    {
        "plain": Way(files=True),
        "maxqda": Way(
            upper=True, lower_colors=True, stamped=True, linked=False, location=_LOCATION
        ),
        "atlasti": Way(upper=True),
        "nvivo": Way(crlf=True, marked=True, folder="Sources", named=False, stamped=True),
    }
)
"""The dialects by name."""
assert tuple(WAYS) == DIALECTS  # noqa: S101 - each dialect is written in one way and counted in one


def moved_by(text: str, dialect: Dialect) -> npt.NDArray[np.int64] | None:
    r"""Return which characters of a text count as two in a dialect.

    Parameters
    ----------
    text : str
        The text, line ends as \n.
    dialect : str
        The dialect.

    Returns
    -------
    numpy.ndarray or None
        Their places, ascending: a place moves by as many as stand before it. None if none does.
    """
    counted = COUNTED[dialect]
    two_ends, units = counted.line_end == "two", counted.unit == "UTF-16 units"
    if not (two_ends or units):
        return None
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    double = np.zeros(len(points), dtype=bool)
    if two_ends:
        double |= points == ord("\n")
    if units:
        double |= points > _BEYOND
    return np.flatnonzero(double).astype(np.int64)
