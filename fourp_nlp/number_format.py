"""Formatting numbers for reading: rounded, without "-0.00", and never "100.0%" for less than all."""

from __future__ import annotations

import math

__all__ = ["ABSENT", "confidence_level", "fixed", "low_end", "percentage", "probability"]

ABSENT = "–"
"""Stands where a number is undefined."""

# Sums of floating-point numbers miss 0 and 1 by less than this.
_EXACT = 1e-9


def fixed(value: float, digits: int = 2, *, signed: bool = False) -> str:
    """Return a number with a fixed number of decimals.

    Parameters
    ----------
    value : float
        Any number; nan where it is undefined.
    digits : int, default 2
        How many decimals.
    signed : bool, default False
        Whether a number above 0 gets a plus sign.

    Returns
    -------
    str
        Such as "0.71", "-0.04" or, signed, "+0.75"; a dash for nan. What rounds to zero has no sign.

    Examples
    --------
    >>> fixed(-0.0001), fixed(0.75, signed=True), fixed(float("nan"))
    ('0.00', '+0.75', '–')
    """
    if math.isnan(value):
        return ABSENT
    written = f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    return written.lstrip("+-") if float(written) == 0 else written


def low_end(value: float, digits: int = 2) -> str:
    """Return the lower end of a coefficient's interval, which is not rounded to 1 unless it is 1.

    Parameters
    ----------
    value : float
        The end; nan where there is none.
    digits : int, default 2
        How many decimals.

    Returns
    -------
    str
        As `fixed`, but "0.99" of 0.9986.

    Examples
    --------
    >>> low_end(0.9986), low_end(1.0), low_end(0.714)
    ('0.99', '1.00', '0.71')
    """
    below_one = value < 1 - _EXACT and round(value, digits) >= 1
    return fixed(1 - 10.0**-digits if below_one else value, digits)


def percentage(share: float, digits: int = 1) -> str:
    """Return a share as a percentage that says neither all nor nothing unless it is so.

    Parameters
    ----------
    share : float
        A share, 1 for all; nan where it is undefined.
    digits : int, default 1
        How many decimals.

    Returns
    -------
    str
        Such as "94.1%"; "<0.1%" of a share above 0, and ">99.9%" of one below 1, that would round to
        nothing or to all; a dash for nan.

    Examples
    --------
    >>> percentage(0.9997), percentage(0.0002), percentage(1.0), percentage(0.9997, digits=2)
    ('>99.9%', '<0.1%', '100.0%', '99.97%')
    """
    written = fixed(100 * share, digits)
    if _EXACT < share < 1 - _EXACT:
        least = 10.0**-digits
        if float(written) == 0:
            return f"<{least:.{digits}f}%"
        if float(written) == 100:
            return f">{100 - least:.{digits}f}%"
    return written if written == ABSENT else f"{written}%"


def probability(value: float, digits: int = 2) -> str:
    """Return a probability as articles write it, without the zero before the point.

    Parameters
    ----------
    value : float
        Between 0 and 1; nan where it is undefined.
    digits : int, default 2
        How many decimals.

    Returns
    -------
    str
        Such as ".31"; "<.01" and ">.99" where it would round to 0 or to 1; a dash for nan.

    Examples
    --------
    >>> probability(0.312), probability(0.001), probability(0.9999)
    ('.31', '<.01', '>.99')
    """
    if math.isnan(value):
        return ABSENT
    least = 10.0**-digits
    if value < least / 2:
        return f"<{least:.{digits}f}".replace("0.", ".", 1)
    if value > 1 - least / 2:
        return f">{1 - least:.{digits}f}".replace("0.", ".", 1)
    return f"{value:.{digits}f}".replace("0.", ".", 1)


def confidence_level(confidence: float) -> str:
    """Return a confidence level as a percentage with as many decimals as it has.

    Parameters
    ----------
    confidence : float
        Between 0 and 1.

    Returns
    -------
    str
        Such as "95%" or "99.9%".

    Examples
    --------
    >>> confidence_level(0.95), confidence_level(0.999)
    ('95%', '99.9%')
    """
    return f"{100 * confidence:.10g}%"
