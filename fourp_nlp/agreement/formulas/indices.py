"""How unequally a code and its absence, and coders, share the labels.

References
----------
Byrt, T., Bishop, J. and Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46, 423-429.
Cicchetti, D. V. and Feinstein, A. R. (1990). High agreement but low kappa: II. Resolving the
    paradoxes. Journal of Clinical Epidemiology 43, 551-558.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = [
    "bias_index",
    "prevalence_index",
    "shares_of",
]

Numbers = npt.NDArray[np.float64]


def shares_of(sums: Tallies) -> Numbers:
    """Return each coder's share of labels that give the code.

    Parameters
    ----------
    sums : Tallies
        Of the two categories 0 (the code is absent) and 1.

    Returns
    -------
    numpy.ndarray of float64, shape (..., n_coders)
        nan for a coder without labels.
    """
    labels = sums.labels.sum(axis=-1)
    shares = np.full(labels.shape, np.nan)
    np.divide(sums.labels[..., 1], labels, out=shares, where=labels > 0)
    return shares


def prevalence_index(shares: npt.ArrayLike) -> float:
    """Return by how much the code is used more often than its absence.

    Parameters
    ----------
    shares : array_like, shape (n_coders,)
        Each coder's share of units with the code; nan for a coder without labels.

    Returns
    -------
    float
        From -1 (the code is never given) to 1 (always); 0 where both are as frequent.

    Notes
    -----
    Byrt, Bishop and Carlin (1993): of the two-by-two table (a both, b and c one, d neither) of n
    units, (a - d) / n, here with its sign. It is 2 p - 1 with p the mean of the coders' shares,
    and in this form holds for any number of coders.

    Examples
    --------
    >>> from fourp_nlp.agreement import prevalence_index
    >>> prevalence_index([0.5, 0.25])
    -0.25
    """
    return float(2.0 * np.nanmean(np.asarray(shares, dtype=np.float64)) - 1.0)


def bias_index(shares: npt.ArrayLike) -> float:
    """Return by how much coders differ in how often they give the code.

    Parameters
    ----------
    shares : array_like, shape (n_coders,)
        Each coder's share of units with the code; nan for a coder without labels.

    Returns
    -------
    float
        From 0 (all give it equally often) to 1; nan with fewer than two coders.

    Notes
    -----
    Byrt, Bishop and Carlin (1993), for two coders: abs(b - c) / n, the difference of their shares.
    For g coders, our generalisation: 2 s / sqrt(g) with s the standard deviation (on g - 1) of the
    shares. It is the one with which their identity for Cohen's kappa,

        kappa = (PABAK - PI^2 + BI^2) / (1 - PI^2 + BI^2),

    holds for Conger's kappa of any number of coders without missing labels.

    Examples
    --------
    >>> from fourp_nlp.agreement import bias_index
    >>> round(bias_index([0.5, 0.3]), 2)
    0.2
    """
    p = np.asarray(shares, dtype=np.float64)
    p = p[~np.isnan(p)]
    return float(2.0 * p.std(ddof=1) / np.sqrt(len(p))) if len(p) >= 2 else float("nan")
