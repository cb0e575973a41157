"""The macro-F1: the mean of the codes' F1, with an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.coefficients import find_coefficient
from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR_OF_TWO
from fourp_nlp.agreement.intervals.bootstrap_estimate import number_documents
from fourp_nlp.agreement.intervals.document_intervals import intervals_by_document
from fourp_nlp.agreement.intervals.tallies import Tallies
from fourp_nlp.agreement.many_pairs import sums_of_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.agreement.intervals.document_intervals import Drawing

__all__ = ["macro_f1_row"]

Numbers = npt.NDArray[np.float64]

# How alike the errors of codes' F1 are taken to be: coders who are careful with one code are with others.
_CORRELATION = 0.5


def macro_f1_row(
    labels: Numbers,
    codes: Sequence[str],
    documents: npt.ArrayLike,
    table: pd.DataFrame,
    drawing: Drawing,
) -> pd.DataFrame:
    """Return the mean of the codes' F1 of two coders as a row of their table.

    Parameters
    ----------
    labels : numpy.ndarray of float64, shape (n_units, 2, n_codes)
        1 where a coder gave the code, 0 where not, nan where the coder did not look for it.
    codes : sequence of str, length n_codes
        Ids of the codes.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    table : pandas.DataFrame
        From `agreement_of_codes`, with the column level: the F1 of the codes and of all pooled.
    drawing : Drawing
        How intervals are made.

    Returns
    -------
    pandas.DataFrame
        One row. `reason` says of how many codes it is the mean, if F1 is undefined for some.

    Notes
    -----
    The interval is the wider, at either end, of two: that of a mean of the codes' F1, whose errors are
    taken to be correlated by a half (Zou and Donner 2008), and of documents drawn again.
    """
    f1 = table[table["coefficient"] == "f1"]
    of_codes = f1[f1["level"] == "code"]
    pooled = f1[f1["level"] == "overall"]
    low, high, no_interval = _interval(labels, documents, of_codes, drawing)
    values = of_codes["value"].to_numpy(dtype=np.float64)
    value = float(np.nanmean(values)) if not np.isnan(values).all() else np.nan
    return pooled.assign(
        coefficient="macro_f1",
        value=value,
        low=np.nan if np.isnan(value) else low,
        high=np.nan if np.isnan(value) else high,
        reason=_reason(values, codes, empty_handed=int(pooled["n_units"].iloc[0]) == 0),
        no_interval=no_interval,
        caution="",
    )


def _interval(
    labels: Numbers, documents: npt.ArrayLike, of_codes: pd.DataFrame, drawing: Drawing
) -> tuple[float, float, str]:
    """Return both ends, or why there is no interval."""
    sums = sums_of_pairs(labels[None], number_documents(documents, len(labels)))[:, 0]
    tallies = Tallies(sums, 2, 2)
    sums = sums[(tallies.coded > 0).any(axis=1)]
    compared = int((tallies.paired > 0).any(axis=1).sum())
    effective = drawing.method == "effective"
    drawn = intervals_by_document(
        sums,
        _mean_f1,
        drawing._replace(method="expanded", minima=()) if effective else drawing,
        counted=np.array([compared]),
    )
    low, high, reason = float(drawn.low[0]), float(drawn.high[0]), drawn.reasons[0]
    if reason or not effective:
        return low, high, reason
    mean_low, mean_high, reason = _interval_of_mean(
        *(of_codes[column].to_numpy(dtype=np.float64) for column in ("value", "low", "high"))
    )
    if reason:
        return np.nan, np.nan, reason
    return min(low, mean_low), max(high, mean_high), ""


def _mean_f1(sums: Numbers) -> Numbers:
    """Return the macro-F1 of sums of codes, shape (..., n_codes, width), shape (..., 1)."""
    f1 = find_coefficient("f1").value_of(Tallies(sums, 2, 2), 1.0 - np.eye(2))
    defined = (~np.isnan(f1)).sum(axis=-1, keepdims=True)
    total = np.nansum(f1, axis=-1, keepdims=True)
    return np.where(defined > 0, total / np.maximum(defined, 1), np.nan)


def _interval_of_mean(values: Numbers, low: Numbers, high: Numbers) -> tuple[float, float, str]:
    """Return the interval of a mean of correlated figures from theirs (Zou and Donner 2008)."""
    known = ~np.isnan(values)
    if np.isnan(low[known]).any():
        return np.nan, np.nan, "F1 of some code has no interval"
    mean = float(values[known].mean())

    def reach(distances: Numbers) -> float:
        independent = (distances**2).sum() / len(distances) ** 2
        return float(
            np.sqrt((1 - _CORRELATION) * independent + _CORRELATION * distances.mean() ** 2)
        )

    under, over = reach(values[known] - low[known]), reach(high[known] - values[known])
    return max(mean - under, 0.0), min(mean + over, 1.0), ""


def _reason(values: Numbers, codes: Sequence[str], *, empty_handed: bool) -> str:
    """Say why the macro-F1 is undefined, or which codes it leaves out."""
    left_out = [code for code, value in zip(codes, values, strict=True) if np.isnan(value)]
    if not left_out and codes:
        return ""
    if empty_handed:
        return NO_PAIR_OF_TWO
    if len(left_out) == len(codes):
        return "F1 is undefined for every code"
    averaged = len(codes) - len(left_out)
    return f"mean of {averaged} of {len(codes)} codes; undefined for {', '.join(left_out)}"
