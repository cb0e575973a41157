"""Dialects: how files of other programs are written, where they do more than the schema asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np

from fourp_nlp.exchange.refi.offsets.offset_units import STANDARD, OffsetUnit

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "DIALECTS",
    "DIALECT_STYLES",
    "Dialect",
    "DialectStyle",
    "dialect_of",
    "double_characters",
    "origin_of",
]

Dialect = Literal["plain", "maxqda", "atlasti", "nvivo"]

_LOCATION = (
    "urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
)
_LARGEST_SINGLE = 0xFFFF  # the last code point that is one UTF-16 unit
_ORIGIN = re.compile(r"fourp_nlp (?P<version>\S+) \((?P<dialect>[a-z]+)\)")


@dataclass(frozen=True)
class DialectStyle:
    """How a dialect is written.

    Attributes
    ----------
    offset_unit : OffsetUnit
        What offsets count; texts have line ends of two characters where these count as two.
    upper_guids : bool
        Whether GUIDs are in capital letters.
    lower_colors : bool
        Whether colours are in small letters.
    byte_order_mark : bool
        Whether texts begin with a byte order mark, which is not counted.
    folder : str
        The folder of texts in the zip.
    selection_names : bool
        Whether selections have the beginning of their words as their name.
    always_authored : bool
        Whether everything has a user and a date, also where these are unknown.
    links_to_codes : bool
        Whether notes are linked to codes. Otherwise codes refer to them, and QualCoder leaves such codes out.
    note_files : bool
        Whether notes about the project are files. QualCoder shows only these, in its journal.
    schema_location : str
        The attribute `xsi:schemaLocation` of the project; empty for none.
    """

    offset_unit: OffsetUnit = STANDARD
    upper_guids: bool = False
    lower_colors: bool = False
    byte_order_mark: bool = False
    folder: str = "sources"
    selection_names: bool = True
    always_authored: bool = False
    links_to_codes: bool = True
    note_files: bool = False
    schema_location: str = ""

    @property
    def crlf(self) -> bool:
        """Whether line ends are two characters."""
        return self.offset_unit.line_end == "two"


DIALECT_STYLES: MappingProxyType[Dialect, DialectStyle] = MappingProxyType({
    "plain": DialectStyle(note_files=True),
    "maxqda": DialectStyle(
        upper_guids=True,
        lower_colors=True,
        always_authored=True,
        links_to_codes=False,
        schema_location=_LOCATION,
    ),
    "atlasti": DialectStyle(upper_guids=True),
    "nvivo": DialectStyle(
        OffsetUnit("UTF-16 units", "two"),
        byte_order_mark=True,
        folder="Sources",
        selection_names=False,
        always_authored=True,
    ),
})  # fmt: skip
"""The dialects by name."""

DIALECTS: tuple[Dialect, ...] = tuple(DIALECT_STYLES)


def origin_of(version: str, dialect: Dialect) -> str:
    """Return the attribute `origin` of a project.

    Parameters
    ----------
    version : str
        Of this program.
    dialect : {"plain", "maxqda", "atlasti", "nvivo"}
        How the project is written.

    Returns
    -------
    str
        Such as "fourp_nlp 0.1.0 (nvivo)".
    """
    return f"fourp_nlp {version} ({dialect})"


def dialect_of(origin: str) -> Dialect | None:
    """Return the dialect in which this program wrote a project.

    Parameters
    ----------
    origin : str
        The attribute `origin`.

    Returns
    -------
    str or None
        The dialect; None if another program wrote the project, or a version that did not write the dialect.
    """
    match = _ORIGIN.fullmatch(origin.strip())
    return next((name for name in DIALECTS if match and match["dialect"] == name), None)


def double_characters(text: str, dialect: Dialect) -> npt.NDArray[np.int64] | None:
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
        Their places, ascending: an offset grows by as many as are before it. None if none counts as two.
    """
    unit = DIALECT_STYLES[dialect].offset_unit
    two_per_line_end, utf_16 = unit.line_end == "two", unit.unit == "UTF-16 units"
    if not (two_per_line_end or utf_16):
        return None
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    double = np.zeros(len(points), dtype=bool)
    if two_per_line_end:
        double |= points == ord("\n")
    if utf_16:
        double |= points > _LARGEST_SINGLE
    return np.flatnonzero(double).astype(np.int64)
