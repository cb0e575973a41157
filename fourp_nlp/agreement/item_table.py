"""Coefficients, intervals and cautions of many items at once, from sums by document, as a table.

An item is a code (or a theme, or all codes pooled) of one comparison of coders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.cautions import (
    cautions_beside,
    count_columns,
    documents_with_code,
    little_is_known,
)
from fourp_nlp.agreement.formulas.indices import bias_index, shares_of
from fourp_nlp.agreement.intervals.coefficients_of_share import interleave
from fourp_nlp.agreement.intervals.document_intervals import intervals_by_document
from fourp_nlp.agreement.intervals.tallies import Tallies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.agreement.coefficients import CoefficientDefinition, Units
    from fourp_nlp.agreement.intervals.document_intervals import Drawing, Intervals

__all__ = ["BINARY_DISAGREEMENTS", "COLUMNS", "Level", "measure_items", "values_of"]

Numbers = npt.NDArray[np.float64]
Level = Literal["code", "theme", "overall"]

BINARY_DISAGREEMENTS = 1.0 - np.eye(2)
"""Disagreements of the categories "no code" and "code"."""

COLUMNS = {
    "units": "str",
    "code": "str",
    "coefficient": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n_units": "int64",
    "n_documents": "int64",
    "n_coders": "int64",
    "both": "float64",
    "some": "float64",
    "codings": "str",
    "prevalence": "float64",
    "prevalence_index": "float64",
    "bias_index": "float64",
    "reason": "str",
    "no_interval": "str",
    "caution": "str",
    "below": "object",
}
"""Columns of the tables of agreement that functions over arrays return, and their types."""

_WHAT: dict[Level, str] = {
    "code": "the code",
    "theme": "any code of the theme",
    "overall": "any code",
}
_PUSHED_DOWN = (
    "units were selected by this very code, so no unit remains on which all agree that it is absent: the "
    "coefficient is too low"
)


def values_of(sums: Tallies, definitions: Sequence[CoefficientDefinition]) -> Numbers:
    """Return coefficients of sums.

    Parameters
    ----------
    sums : Tallies
        Of shape (..., width), of the two categories of codes.
    definitions : sequence of CoefficientDefinition
        Coefficients that are measured on labels.

    Returns
    -------
    numpy.ndarray of float64, shape (..., n_definitions)
        nan where undefined.
    """
    return np.stack([each.value_of(sums, BINARY_DISAGREEMENTS) for each in definitions], axis=-1)


def measure_items(
    sums: Tallies,
    codings: Numbers,
    names: Sequence[str],
    definitions: Sequence[CoefficientDefinition],
    units: Units,
    drawing: Drawing,
    *,
    coders: Sequence[tuple[str, str]] = (),
    level: Level = "code",
) -> pd.DataFrame:
    """Return a row for each item and coefficient.

    Parameters
    ----------
    sums : Tallies
        Of each document with any label, of shape (n_documents, n_items, width).
    codings : numpy.ndarray of float64, shape (n_items, 2 + n_coders)
        Of units with two labels or more: those to which everybody gave the code, those to which somebody
        did and not everybody, and those of each coder.
    names : sequence of str, length n_items
        Content of the column `code`.
    definitions : sequence of CoefficientDefinition
        The coefficients.
    units : {"all", "any_code", "this_code"}
        Which units were counted.
    drawing : Drawing
        How intervals are made.
    coders : sequence of (str, str), length n_items, optional
        The two coders, as reasons name them.
    level : {"code", "theme", "overall"}
        What the items are, as reasons name them.

    Returns
    -------
    pandas.DataFrame
        The columns `COLUMNS`, item by item.
    """
    n_items, n_names = len(names), len(definitions)
    total = sums.total()
    n_documents = np.asarray((sums.paired > 0).sum(axis=0), dtype=np.int64)
    values = values_of(total, definitions)
    intervals = _intervals(sums, total, definitions, values, n_documents, drawing)
    undefined = np.isnan(values)
    shape = values.shape
    no_interval = np.array(intervals.reasons, dtype=object).reshape(shape)
    reasons = np.full(shape, "", dtype=object)
    for item, place in np.argwhere(undefined):
        first, second = coders[item] if coders else ("the first coder", "the second coder")
        one = Tallies(total.flat[item], sums.n_coders, sums.n_categories)
        reasons[item, place] = definitions[place].why_undefined(
            one, units, first=first, second=second, what=_WHAT[level]
        )
    counted = [count_columns(row) for row in codings]
    little = [
        little_is_known(row["both"] + row["some"], int(held))
        for row, held in zip(counted, documents_with_code(sums), strict=True)
    ]
    cautions = [
        _caution(definitions[place], units, little[item] if not no_interval[item, place] else "")
        for item, place in np.ndindex(shape)
    ]
    shares = shares_of(total)
    known = ~np.isnan(shares)
    n_coders = known.sum(axis=1)
    prevalence = np.full(n_items, np.nan)
    np.divide(np.nansum(shares, axis=1), n_coders, out=prevalence, where=n_coders > 0)

    def spread(of_items: npt.ArrayLike) -> npt.NDArray[np.generic]:
        return np.repeat(np.asarray(of_items), n_names)

    return pd.DataFrame(
        {
            "units": units,
            "code": np.repeat(np.asarray(names, dtype=object), n_names),
            "coefficient": np.tile([each.id for each in definitions], n_items),
            "value": values.ravel(),
            "low": intervals.low,
            "high": intervals.high,
            "n_units": spread(total.paired.astype(np.int64)),
            "n_documents": spread(n_documents),
            "n_coders": spread(n_coders),
            "both": spread([row["both"] for row in counted]),
            "some": spread([row["some"] for row in counted]),
            "codings": np.repeat(
                np.array([row["codings"] for row in counted], dtype=object), n_names
            ),
            "prevalence": spread(prevalence),
            "prevalence_index": spread(2.0 * prevalence - 1.0),
            "bias_index": spread([bias_index(row) for row in shares]),
            "reason": reasons.ravel(),
            "no_interval": no_interval.ravel(),
            "caution": cautions,
            "below": _below(intervals, definitions, n_items, drawing),
        }
    ).astype(COLUMNS)


def _intervals(
    sums: Tallies,
    total: Tallies,
    definitions: Sequence[CoefficientDefinition],
    values: Numbers,
    n_documents: npt.NDArray[np.int64],
    drawing: Drawing,
) -> Intervals:
    """Return the intervals of all coefficients, those of the first item first."""

    def coefficients(flat: Numbers) -> Numbers:
        drawn = values_of(Tallies(flat, sums.n_coders, sums.n_categories), definitions)
        return drawn.reshape(len(drawn), -1)

    of_shares = None
    if drawing.method == "effective" and values.size:
        of_shares = interleave(
            [
                each.from_share(sums, total, values[:, place])
                for place, each in enumerate(definitions)
            ]
        )
    return intervals_by_document(
        sums.flat,
        coefficients,
        drawing,
        counted=np.repeat(n_documents, len(definitions)),
        of_shares=of_shares,
    )


def _below(
    intervals: Intervals,
    definitions: Sequence[CoefficientDefinition],
    n_items: int,
    drawing: Drawing,
) -> npt.NDArray[np.object_]:
    """Return, for each row, the probabilities of lying below minima, nan where there is none."""
    unknown = (float("nan"),) * len(drawing.minima)
    column = np.empty(n_items * len(definitions), dtype=object)
    column.fill(unknown)
    if intervals.below is not None:
        for row, each in enumerate([*definitions] * n_items):
            if each.chance_corrected:
                column[row] = tuple(intervals.below[row].tolist())
    return column


def _caution(definition: CoefficientDefinition, units: Units, little: str) -> str:
    chosen_by_code = units == "this_code" and definition.chance_corrected
    return cautions_beside(_PUSHED_DOWN if chosen_by_code else "", little, definition)
