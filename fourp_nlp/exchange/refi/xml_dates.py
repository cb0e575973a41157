"""Converts dates and times of XML Schema to UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["UNKNOWN", "utc"]

UNKNOWN = "1970-01-01T00:00:00Z"
"""Written where no date is known: QualCoder fails on a passage or note without one."""

_IN_UTC = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|\+00:00)", re.ASCII
)
_NEVER = "0001-01-01T00:00:00"


def utc(written: Sequence[str]) -> list[str]:
    """Return dates and times in UTC.

    Parameters
    ----------
    written : sequence of str
        As XML Schema writes them (``xsd:dateTime``). Without a time zone, UTC is taken.

    Returns
    -------
    list of str
        ISO 8601 in UTC, as written where that is so already; empty where there is none, it is no
        date, or it is the first moment of the year 1 or of 1970, with which programs (the latter: this
        one) say that they do not know.
    """
    converted = {text: _in_utc(text.strip()) for text in set(written)}
    return [converted[text] for text in written]


def _in_utc(text: str) -> str:
    if not text or text == UNKNOWN or text.startswith(_NEVER):
        return ""
    try:
        when = datetime.fromisoformat(text)
        if _IN_UTC.fullmatch(text):
            return text
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    return when.isoformat().replace("+00:00", "Z")
