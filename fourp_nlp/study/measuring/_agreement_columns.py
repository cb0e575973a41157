"""Columns of the full table of agreement that follow from others: notes, formulas, thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.agreement import (
    against_thresholds,
    analytic_intervals,
    chance_corrected_ids,
    kappa_paradox,
    select_coefficients,
)
from fourp_nlp.agreement.paradox import BESIDE_KAPPA
from fourp_nlp.tables import AGREEMENT_FULL, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.agreement.levels import LevelLabels

__all__ = [
    "NO_CODE",
    "NO_FORMULA",
    "add_notes",
    "analytic_intervals_of",
    "finish_table",
    "place_by_thresholds",
]

NO_FORMULA = "no standard error by formula"
NO_CODE = "no coder gave any code"

_TEXTS = (
    "by", "part", "interval", "against", "caution", "note", "reason", "no_interval", "codings",
)  # fmt: skip
_FIGURES = ("prevalence", "prevalence_index", "bias_index", "coverage", "both", "some")


def add_notes(table: pd.DataFrame, n_coders: int) -> pd.DataFrame:
    """Add the column note: why a kappa differs from AC1, where it does.

    `table` is from `agreement_of_codes`, with the column level. Of two coders the notes stand with
    Cohen's kappa, of more with Conger's.
    """
    kappa = "cohen_kappa" if n_coders == 2 else "conger_kappa"
    of_kappa = table["coefficient"] == kappa
    rows = table.loc[of_kappa].assign(
        **{
            name: table.loc[table["coefficient"] == name, "value"].to_numpy()
            for name in BESIDE_KAPPA
        }
    )
    notes = np.full(len(table), "", dtype=object)
    notes[of_kappa.to_numpy(dtype=bool)] = [
        ""
        if np.isnan(row["percent"])
        else kappa_paradox(
            row["percent"],
            row["value"],
            row["gwet_ac1"],
            row["prevalence_index"],
            row["bias_index"],
            with_code=row["both"] + row["some"],
            without_code=row["n_units"] - row["both"],
            positive=row["positive_agreement"],
            negative=row["negative_agreement"],
            pooled=row["level"] == "overall",
        )
        for row in rows.to_dict("records")
    ]
    return table.assign(note=pd.Series(notes, index=table.index, dtype="str"))


def analytic_intervals_of(
    table: pd.DataFrame, level: LevelLabels, parts: NDArray[np.object_]
) -> pd.DataFrame:
    """Return a table with intervals by formula in the place of those by document.

    `table` is from `agreement_of_codes`, with the column part; `level` has the labels that it
    measures, `parts` the part of each, shape (n_labels,). Low, high and no_interval are replaced.
    """
    low, high = np.full((2, len(table)), np.nan)
    reasons = np.full(len(table), NO_FORMULA, dtype=object)
    coded = (level.labels == 1).any(axis=1)
    column = {code: place for place, code in enumerate(level.codes)}
    with_formula = [each.id for each in select_coefficients(with_standard_error=True)]
    rows = table[table["coefficient"].isin(with_formula)]
    for (part, code), of_code in rows.groupby(["part", "code"], sort=False):
        place = column[str(code)]
        used = parts == part
        if level.measured_units != "all":
            used &= coded.any(axis=1) if level.measured_units == "any_code" else coded[:, place]
        intervals = analytic_intervals(
            level.labels[used][:, :, place],
            of_code["coefficient"].tolist(),
            categories=(0.0, 1.0),
        )
        for at, interval in zip(of_code.index, intervals, strict=True):
            low[at], high[at] = interval.low, interval.high
            undefined = np.isnan(interval.value)
            reasons[at] = "the value is undefined" if undefined else interval.reason
    return table.assign(low=low, high=high, no_interval=pd.Series(reasons, dtype="str"))


def finish_table(
    tables: dict[int, list[pd.DataFrame]],
    comparisons: list[list[str]],
    *,
    between: str,
    analytic: bool,
) -> pd.DataFrame:
    """Return one table, comparison by comparison, with the columns that are the same for all rows of each.

    `tables` are by the number of their comparison; `between` separates coders' ids. Columns that
    some lack are filled in.
    """
    numbered = [(number, table) for number in sorted(tables) for table in tables[number]]
    which = np.repeat([number for number, _ in numbered], [len(table) for _, table in numbered])
    whole = pd.concat([table for _, table in numbered], ignore_index=True)
    pairs = [names if len(names) == 2 else ["", ""] for names in comparisons]
    for column in _TEXTS:
        if column not in whole.columns:
            whole[column] = ""
    for column in _FIGURES:
        if column not in whole.columns:
            whole[column] = np.nan
    kind = "analytic" if analytic else "by document"
    return whole.fillna(dict.fromkeys(_TEXTS, "")).assign(
        coders=np.array([between.join(names) for names in comparisons], dtype=object)[which],
        coder_a=np.array([first for first, _ in pairs], dtype=object)[which],
        coder_b=np.array([second for _, second in pairs], dtype=object)[which],
        interval=np.where(whole["low"].notna(), kind, ""),
    )


def place_by_thresholds(table: pd.DataFrame, thresholds: Sequence[float]) -> pd.DataFrame:
    """Say where each interval of a chance-corrected coefficient lies, and how probably below each threshold.

    There may be no thresholds. Returns the table AGREEMENT_FULL.
    """
    if not thresholds:
        return conform(table, AGREEMENT_FULL)
    corrected = table["coefficient"].isin(chance_corrected_ids())
    unknown = (float("nan"),) * len(thresholds)
    # Where nothing was drawn (intervals by formula), no chance is known: there is none, or an empty tuple.
    chances = [
        row if isinstance(row, tuple) and row else unknown
        for row in table.get("below", pd.Series([unknown] * len(table)))
    ]
    against = [
        against_thresholds(low, high, thresholds, dict(zip(thresholds, row, strict=True)))
        if is_corrected
        else ""
        for low, high, is_corrected, row in zip(
            table["low"], table["high"], corrected, chances, strict=True
        )
    ]
    placed = table.assign(against=pd.Series(against, index=table.index, dtype="str"))
    return conform(placed, AGREEMENT_FULL)
