"""Precision, recall and F1 of one coder against another who is taken as the reference.

Reference: van Rijsbergen, C. J. (1979). Information retrieval, 2nd ed. Butterworths, chapter 7.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR_OF_TWO
from fourp_nlp.agreement.formulas.result import Coefficient, undefined
from fourp_nlp.agreement.formulas.two_by_two import TwoByTwo, f1_of, precision_of, recall_of

__all__ = ["f1", "precision", "recall"]


def _tabulate(reference: npt.ArrayLike, coder: npt.ArrayLike) -> TwoByTwo:
    a, b = (np.asarray(each, dtype=np.float64) for each in (reference, coder))
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError("The reference and the coder must be two arrays of the same length.")
    coded = ~(np.isnan(a) | np.isnan(b))
    a, b = a[coded], b[coded]
    if not (np.isin(a, (0.0, 1.0)).all() and np.isin(b, (0.0, 1.0)).all()):
        raise ValueError("The arrays may hold only 0, 1 and, where a unit was not coded, nan.")
    both, n_a, n_b = float(a @ b), float(a.sum()), float(b.sum())
    cells = (both, n_a - both, n_b - both, len(a) - n_a - n_b + both)
    return TwoByTwo(*(np.array(cell) for cell in cells))


def _answer(table: TwoByTwo, value: npt.NDArray[np.float64], reason: str) -> Coefficient:
    if table.n == 0:
        return undefined(NO_PAIR_OF_TWO)
    return undefined(reason) if np.isnan(value) else Coefficient(float(value))


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
    """
    table = _tabulate(reference, coder)
    return _answer(table, precision_of(table), "the second coder never used the code")


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
    """
    table = _tabulate(reference, coder)
    return _answer(table, recall_of(table), "the reference never used the code")


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
    """
    table = _tabulate(reference, coder)
    return _answer(table, f1_of(table), "neither coder used the code")
