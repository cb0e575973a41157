"""How the machine did on documents that it had not seen: figures for its card, and the diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.calibration import calibration_table, probability_histogram, reliability_points
from fourp_nlp.confusion import confused_pairs
from fourp_nlp.report import reliability_chart, svg_file
from fourp_nlp.tables import CALIBRATION, HISTOGRAM, RELIABILITY, conform, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.classify import TrainedModel
    from fourp_nlp.tables import Table

__all__ = ["card_table", "codes_with_enough", "diagram", "unseen_facts"]

_DIGITS = 4


def unseen_facts(
    model: TrainedModel, labels: NDArray[np.bool_], coded: NDArray[np.bool_], *, seed: int = 0
) -> dict[str, list[dict[str, Any]]]:
    """Return what a model's card says of its probabilities, and of codes that it confuses.

    Parameters
    ----------
    model : TrainedModel
        A trained model.
    labels : ndarray of bool, shape (n_segments, n_codes)
        The gold codes of its training documents' segments, in the order of `model.out_of_fold`.
    coded : ndarray of bool, shape (n_segments,)
        Which of these were read; the others count for nothing.
    seed : int, default 0
        Seed of resampling.

    Returns
    -------
    dict
        `calibration`, `reliability`, `histogram` (rows of these tables) and `confused` (rows of
        `confused_pairs`), with None for what is undefined; empty lists if nothing was said out of
        fold.
    """
    known = model.out_of_fold
    if not known.documents or not coded.any():
        return {"calibration": [], "reliability": [], "histogram": [], "confused": []}
    said, gold = known.probabilities[coded].astype(np.float64), labels[coded]
    documents = np.asarray(known.documents, dtype=object)[coded].tolist()
    points = [
        reliability_points(said[:, column], gold[:, column], seed=seed).assign(code=code)
        for column, code in enumerate(model.codes)
    ]
    pooled = reliability_points(said.ravel(), gold.ravel(), seed=seed).assign(code="")
    return {
        "calibration": _records(
            calibration_table(said, gold, model.codes, documents, seed=seed), CALIBRATION
        ),
        "reliability": _records(pd.concat([pooled, *points], ignore_index=True), RELIABILITY),
        "histogram": _records(probability_histogram(said.ravel(), gold.ravel()), HISTOGRAM),
        "confused": _plain(confused_pairs(gold, known.suggested[coded], model.codes)),
    }


def card_table(card: dict[str, Any], name: str, table: Table) -> pd.DataFrame:
    """Return a table that `unseen_facts` put on a card.

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
        From `unseen_facts`.
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
    """Return rows as JSON can hold them: rounded, and None for what is undefined."""
    return [
        {
            str(name): (None if np.isnan(value) else round(value, _DIGITS))
            if isinstance(value, float)
            else value
            for name, value in row.items()
        }
        for row in frame.to_dict("records")
    ]
