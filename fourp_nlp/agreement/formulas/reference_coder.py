"""Precision, recall and F1 of one coder against another who is taken as the reference.

Reference: van Rijsbergen, C. J. (1979). Information retrieval, 2nd ed. Butterworths, chapter 7.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR_OF_TWO
from fourp_nlp.agreement.formulas.result import Coefficient, undefined

__all__ = ["f1", "precision", "recall"]


def _counts(reference: npt.ArrayLike, coder: npt.ArrayLike) -> tuple[int, float, float, float]:
    """Return units that both coded, and how many of them both, the reference and the coder gave the code."""
    a, b = (np.asarray(each, dtype=np.float64) for each in (reference, coder))
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError("The reference and the coder must be two arrays of the same length.")
    coded = ~(np.isnan(a) | np.isnan(b))
    a, b = a[coded], b[coded]
    if not (np.isin(a, (0.0, 1.0)).all() and np.isin(b, (0.0, 1.0)).all()):
        raise ValueError("The arrays may hold only 0, 1 and, where a unit was not coded, nan.")
    return len(a), float(a @ b), float(a.sum()), float(b.sum())


def _share(n_units: int, part: float, whole: float, reason: str) -> Coefficient:
    if n_units == 0:
        return undefined(NO_PAIR_OF_TWO)
    return Coefficient(part / whole) if whole else undefined(reason)


def precision(reference: npt.ArrayLike, coder: npt.ArrayLike) -> Coefficient:
    """Return the share of a coder's codes that the reference has as well.

    Parameters
    ----------
    reference, coder : array_like, shape (n_units,)
        1 where the code was given, 0 where it was not, nan where the unit was not coded. Units
        that one of the two did not code are left out.

    Returns
    -------
    Coefficient
        From 0 to 1. Undefined where the coder never used the code.

    Raises
    ------
    ValueError
        If the arrays differ in length or hold anything but 0, 1 and nan.

    Notes
    -----
    both / (both + coder alone). It takes the reference to be right, and swapping the two turns it
    into `recall`.

    Examples
    --------
    >>> from fourp_nlp.agreement import precision
    >>> round(precision([1, 1, 0, 0], [1, 0, 1, 0]).value, 3)
    0.5
    """
    n_units, both, _, by_coder = _counts(reference, coder)
    return _share(n_units, both, by_coder, "the second coder never used the code")


def recall(reference: npt.ArrayLike, coder: npt.ArrayLike) -> Coefficient:
    """Return the share of the reference's codes that a coder has as well.

    Parameters
    ----------
    reference, coder : array_like, shape (n_units,)
        1 where the code was given, 0 where it was not, nan where the unit was not coded. Units
        that one of the two did not code are left out.

    Returns
    -------
    Coefficient
        From 0 to 1. Undefined where the reference never used the code.

    Raises
    ------
    ValueError
        If the arrays differ in length or hold anything but 0, 1 and nan.

    Notes
    -----
    both / (both + reference alone). It takes the reference to be right, and swapping the two turns
    it into `precision`.

    Examples
    --------
    >>> from fourp_nlp.agreement import recall
    >>> round(recall([1, 1, 1, 0], [1, 0, 1, 0]).value, 3)
    0.667
    """
    n_units, both, by_reference, _ = _counts(reference, coder)
    return _share(n_units, both, by_reference, "the reference never used the code")


def f1(reference: npt.ArrayLike, coder: npt.ArrayLike) -> Coefficient:
    """Return the harmonic mean of a coder's precision and recall.

    Parameters
    ----------
    reference, coder : array_like, shape (n_units,)
        1 where the code was given, 0 where it was not, nan where the unit was not coded. Units
        that one of the two did not code are left out.

    Returns
    -------
    Coefficient
        From 0 to 1. 0 where only one of the two used the code, undefined where neither did.

    Raises
    ------
    ValueError
        If the arrays differ in length or hold anything but 0, 1 and nan.

    Notes
    -----
    2 both / (2 both + reference alone + coder alone). Swapping the two changes nothing. Units that
    neither gave the code do not enter, nor is chance allowed for.

    Examples
    --------
    >>> from fourp_nlp.agreement import f1
    >>> round(f1([1, 1, 1, 0], [1, 0, 1, 0]).value, 3)
    0.8
    """
    n_units, both, by_reference, by_coder = _counts(reference, coder)
    return _share(n_units, 2 * both, by_reference + by_coder, "neither coder used the code")
