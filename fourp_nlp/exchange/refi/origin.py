"""What a project says of the program that wrote it: how our own writer counted is read, and not guessed."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Literal

from fourp_nlp.exchange.refi.offsets.offset_units import Counting

__all__ = ["COUNTED", "DIALECTS", "Dialect", "dialect_of", "origin_of"]

Dialect = Literal["plain", "maxqda", "atlasti", "nvivo"]

DIALECTS: tuple[Dialect, ...] = ("plain", "maxqda", "atlasti", "nvivo")

COUNTED = MappingProxyType(
    {
        "plain": Counting(),
        "maxqda": Counting(),
        "atlasti": Counting(),
        "nvivo": Counting("UTF-16 units", "two"),
    }
)
"""How offsets are counted in each dialect that this program writes."""

_OURS = re.compile(r"fourp_nlp (?P<version>\S+) \((?P<dialect>[a-z]+)\)")


def origin_of(version: str, dialect: Dialect) -> str:
    """Return the attribute `origin` of a project.

    Parameters
    ----------
    version : str
        Of this program.
    dialect : {"plain", "maxqda", "atlasti", "nvivo"}
        How it is written.

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
        The dialect; None if another program wrote it, or an earlier version, which did not say.
    """
    found = _OURS.fullmatch(origin.strip())
    return next((name for name in DIALECTS if found and found["dialect"] == name), None)
