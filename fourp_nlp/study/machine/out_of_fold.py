"""Out-of-fold performance: figures and reliability diagram for the model card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.agreement.confusion import confused_pairs
from fourp_nlp.machine.calibration import (
    calibration_table,
    probability_histogram,
    reliability_points,
)
from fourp_nlp.reporting import reliability_chart, svg_file
from fourp_nlp.tables import CALIBRATION, HISTOGRAM, RELIABILITY, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.tables import Table

__all__ = ["card_table", "codes_with_enough", "diagram", "out_of_fold_tables"]

_DIGITS = 4


def out_of_fold_tables(
    model: TrainedModel, labels: NDArray[np.bool_], read: NDArray[np.bool_], *, seed: int = 0
) -> dict[str, list[dict[str, Any]]]:
    """Return the model card's tables of out-of-fold calibration and confused codes.

    Parameters
    ----------
    model : TrainedModel
        A trained model.
    labels : ndarray of bool, shape (n_segments, n_codes)
        The gold codes of its training documents' segments, in the order of `model.out_of_fold`.
    read : ndarray of bool, shape (n_segments, n_codes)
        Which codes were looked for in these; the others count for nothing.
    seed : int, default 0
        Seed of resampling.

    Returns
    -------
    dict
        `calibration`, `reliability`, `histogram` (rows of these tables) and `confused` (rows of
        `confused_pairs`), with None for what is undefined; empty lists if nothing was said out of
        fold, or by definitions alone.
    """
    out_of_fold = model.out_of_fold
    if not out_of_fold.documents or model.from_one_document or not read.any():
        return {"calibration": [], "reliability": [], "histogram": [], "confused": []}
    coded = read.any(axis=1)
    probabilities, gold = (
        out_of_fold.probabilities[coded].astype(np.float64),
        (labels & read)[coded],
    )
    looked_for = read[coded]
    documents = np.asarray(out_of_fold.documents, dtype=object)[coded]
    points = [
        reliability_points(
            probabilities[looked_for[:, column], column],
            gold[looked_for[:, column], column],
            seed=seed,
        ).assign(code=code)
        for column, code in enumerate(model.codes)
        if looked_for[:, column].any()
    ]
    pooled = reliability_points(probabilities[looked_for], gold[looked_for], seed=seed).assign(
        code=""
    )
    return {
        "calibration": _records(
            _calibration(probabilities, gold, looked_for, model.codes, documents, seed), CALIBRATION
        ),
        "reliability": _records(pd.concat([pooled, *points], ignore_index=True), RELIABILITY),
        "histogram": _records(
            probability_histogram(probabilities[looked_for], gold[looked_for]), HISTOGRAM
        ),
        "confused": _plain(
            confused_pairs(gold, out_of_fold.suggested[coded] & looked_for, model.codes)
        ),
    }


def _calibration(
    probabilities: NDArray[np.float64],
    gold: NDArray[np.bool_],
    looked_for: NDArray[np.bool_],
    codes: Sequence[str],
    documents: NDArray[np.object_],
    seed: int,
) -> pd.DataFrame:
    """Return the table of calibration: each code by the segments in which it was looked for.

    All are pooled that were looked for in every segment: a code that came later would stand for other
    segments than the rest. If there is none, those that were looked for in most.
    """
    tables = []
    pattern, which = np.unique(looked_for, axis=1, return_inverse=True)
    most = int(pattern.sum(axis=0).argmax())
    for number, kind in enumerate(pattern.T):
        columns = np.flatnonzero(which.ravel() == number)
        if not kind.any():
            continue
        table = calibration_table(
            probabilities[np.ix_(kind, columns)],
            gold[np.ix_(kind, columns)],
            [codes[int(column)] for column in columns],
            documents[kind].tolist(),
            seed=seed,
        )
        tables.append(table if number == most else table[table["level"] == "code"])
    order = {code: place for place, code in enumerate(codes)}
    return pd.concat(tables, ignore_index=True).sort_values(
        "code", key=lambda names: names.map(order).fillna(len(order)), kind="stable",
        ignore_index=True,
    )  # fmt: skip


def card_table(card: dict[str, Any], name: str, table: Table) -> pd.DataFrame:
    """Return a table that `out_of_fold_tables` put on a card.

    Parameters
    ----------
    card : dict
        A model's card.
    name : str
        Such as ``calibration``.
    table : Table
        What it must be.

    Returns
    -------
    pandas.DataFrame
        The table; without rows if the card has none.
    """
    rows = card.get(name)
    return conform(pd.DataFrame(rows), table) if rows else empty(table)


def codes_with_enough(calibration: pd.DataFrame) -> list[str]:
    """Return the codes whose figures rest on enough positives to be drawn by themselves."""
    enough = ~calibration["uncertain"] & (calibration["level"] == "code")
    return [str(code) for code in calibration.loc[enough, "code"]]


def diagram(facts: dict[str, list[dict[str, Any]]], names: dict[str, str], *, title: str) -> str:
    """Return the reliability diagram as the content of an SVG file.

    Parameters
    ----------
    facts : dict
        From `out_of_fold_tables`.
    names : dict
        Display names of codes.
    title : str
        Its title.

    Returns
    -------
    str
        Empty if nothing was said out of fold.
    """
    points = card_table(facts, "reliability", RELIABILITY)
    if points.empty:
        return ""
    return svg_file(
        reliability_chart(
            points,
            card_table(facts, "histogram", HISTOGRAM),
            title=title,
            names=names,
            codes=codes_with_enough(card_table(facts, "calibration", CALIBRATION)),
        )
    )


def _records(frame: pd.DataFrame, table: Table) -> list[dict[str, Any]]:
    return _plain(conform(frame, table))


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows for JSON: rounded, and None for undefined values."""
    return [
        {
            str(name): (None if np.isnan(value) else round(value, _DIGITS))
            if isinstance(value, float)
            else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
