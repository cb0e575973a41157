"""Checks values against the types of XML Schema: a value that does not fit is written as text."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache
from types import MappingProxyType

__all__ = ["fits"]

_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
# Numbers of more digits are valid, and no program computes with them.
_FORMS = MappingProxyType({
    "Text": re.compile(r".*", re.DOTALL),
    "Boolean": re.compile(r"true|false|1|0"),
    "Integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "Float": re.compile(r"(?=.{1,20}\Z)[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    "Date": re.compile(_DAY + _ZONE),
    "DateTime": re.compile(_DAY + _TIME + _ZONE),
})  # fmt: skip


@lru_cache(maxsize=4096)
def fits(kind: str, value: str) -> bool:
    """Return whether a value is written as XML Schema writes those of its kind.

    Parameters
    ----------
    kind : str
        Text, Boolean, Integer, Float, Date or DateTime.
    value : str
        The value.

    Returns
    -------
    bool
        Whether it is; of dates also whether there is such a day, in the years 1 to 9999.
    """
    match = _FORMS[kind].fullmatch(value) if kind in _FORMS else None
    if match is None or not match.groups():
        return match is not None
    year, month, day = (int(part) for part in match.groups())
    return year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
