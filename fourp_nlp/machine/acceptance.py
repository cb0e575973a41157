"""Accepts the suggestions that keep a wanted precision; people decide on the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.machine.classifier import guarantee_precision, guarantee_without_each_document
from fourp_nlp.tables import PROMISES, SUGGESTIONS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier import PrecisionGuarantee, TrainedModel

__all__ = ["Accepted", "accept"]

_HALF_A_PLACE = 0.00005  # probabilities are told to four places
_FEW_DOCUMENTS = 10  # fewer say little of how unlike documents can be
_FEW_ACCEPTED = 20  # of fewer, the share that is right lies far from what it is in the long run


@dataclass(frozen=True)
class Accepted:
    """Suggestions with what is accepted, and the guarantees.

    Attributes
    ----------
    suggestions : pandas.DataFrame
        Table of suggestions, its columns `accepted` and `accepted_from` filled in.
    promises : pandas.DataFrame
        The table PROMISES, one row per code.
    precision, confidence : float
        What was asked for.
    correlation : float
        Of errors within a document, as it was estimated.
    """

    suggestions: pd.DataFrame
    promises: pd.DataFrame
    precision: float
    confidence: float
    correlation: float


def accept(
    suggestions: pd.DataFrame,
    sha256: Sequence[str],
    model: TrainedModel,
    *,
    precision: float,
    confidence: float,
    unlike: int = 0,
) -> Accepted:
    """Accept the suggestions whose precision the coded documents guarantee.

    Guarantees rest on out-of-fold predictions for the segments that people read. In a document that the model
    learned from, acceptance rests on the other documents alone. Only suggestions are accepted.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions by the model: every code of every segment.
    sha256 : sequence of str
        SHA-256 of the text of each row's document.
    model : TrainedModel
        The machine coder.
    precision : float
        Share of accepted suggestions that people would code so too, at least.
    confidence : float
        At least this is the chance, over studies, that all guarantees of a study hold.
    unlike : int, default 0
        How many of the documents are unlike everything that the model learned from.

    Returns
    -------
    Accepted
        The suggestions and the guarantees.

    Raises
    ------
    ValueError
        If precision or confidence is not between 0.5 and 1.
    """
    out_of_fold = model.out_of_fold
    classifier = model.classifier
    read = out_of_fold.read if out_of_fold.read.ndim == 1 else out_of_fold.read.any(axis=1)
    names = np.asarray(out_of_fold.documents, dtype=object).astype(str)[read]
    order, numbered = np.unique(names, return_inverse=True)
    # A code that every segment carries is not learned, and yet known from coded text.
    able = classifier.learned_ | ~np.isnan(classifier.constant_)
    # Where people did not look for a code, nothing was suggested that could be judged.
    looked_for = out_of_fold.read[:, None] if out_of_fold.read.ndim == 1 else out_of_fold.read
    evidence = (
        np.where(looked_for, out_of_fold.probabilities, 0.0)[read].astype(np.float64),
        out_of_fold.labels[read],
        numbered.astype(np.int64),
    )
    guarantee = guarantee_precision(
        *evidence,
        precision=precision,
        confidence=confidence,
        thresholds=classifier.thresholds_,
        learned=able,
    )
    frame = conform(suggestions, SUGGESTIONS)
    count = len(model.codes)
    rows = len(frame) // count
    from_here = np.tile(guarantee.thresholds, (rows, 1))
    place = {sha: number for number, sha in enumerate(order.tolist())}
    unseen = frame["out_of_fold"].to_numpy()[::count]
    document_number = np.array([place.get(sha, -1) for sha in sha256[::count]], dtype=np.int64)
    if unseen.any():
        from_here[unseen] = np.nan
        without = guarantee_without_each_document(
            *evidence,
            precision=precision,
            confidence=confidence,
            thresholds=classifier.thresholds_,
            learned=able,
        )
        inside = unseen & (document_number >= 0)
        from_here[inside] = without[document_number[inside]]
    probability = frame["probability"].to_numpy().reshape(rows, count)
    suggested = frame["suggested"].to_numpy().reshape(rows, count)
    accepted = suggested & (probability >= from_here - _HALF_A_PLACE)
    frame["accepted"] = accepted.ravel()
    frame["accepted_from"] = from_here.ravel()
    promises = pd.DataFrame(
        {
            "code": model.codes,
            "theme": model.themes,
            "accepted_from": guarantee.thresholds,
            "accepted": accepted.sum(axis=0),
            "lower": guarantee.lower,
            "right": guarantee.true_positives,
            "judged": guarantee.n,
            "documents": guarantee.documents,
            "found": guarantee.recall,
            "left": (suggested & ~accepted).sum(axis=0),
            "below": _below(probability, accepted, able),
            "reason": guarantee.reasons,
            "caution": _cautions(guarantee, accepted.sum(axis=0), _read_in_part(model), unlike),
        }
    )
    return Accepted(
        frame, conform(promises, PROMISES), precision, confidence, guarantee.correlation
    )


def _cautions(
    guarantee: PrecisionGuarantee, accepted: NDArray[np.int64], partial: int, unlike: int
) -> list[str]:
    """Return the caution for each code with a guarantee."""
    cautions = []
    for code, reason in enumerate(guarantee.reasons):
        judged, document_count, largest = (
            int(of[code]) for of in (guarantee.n, guarantee.documents, guarantee.largest)
        )
        accepted_count = int(accepted[code])
        sentences = [
            (document_count < _FEW_DOCUMENTS, f"rests on {document_count} documents only"),
            (2 * largest > judged, f"{largest} of the {judged} judged are in one document"),
            (partial > 0, f"{_documents(partial)} read in part only"),
            (unlike > 0, f"{unlike} of the documents here unlike the coded ones"),
            (
                0 < accepted_count < _FEW_ACCEPTED,
                f"{accepted_count} accepted here: the share of so few that is right may well be lower",
            ),
        ]
        cautions.append("" if reason else "; ".join(text for so, text in sentences if so))
    return cautions


def _documents(count: int) -> str:
    return f"{count} coded document{'' if count == 1 else 's'}"


def _read_in_part(model: TrainedModel) -> int:
    """Return how many documents were read only in part."""
    out_of_fold = model.out_of_fold
    read = out_of_fold.read if out_of_fold.read.ndim == 1 else out_of_fold.read.any(axis=1)
    names = np.asarray(out_of_fold.documents, dtype=object).astype(str)
    return len(set(names[read].tolist()) & set(names[~read].tolist()))


def _below(
    probability: NDArray[np.float64], accepted: NDArray[np.bool_], able: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how many codings are to be expected among what was not accepted.

    The sum of calibrated probabilities is the expected number; a definition's are not calibrated.
    """
    expected = np.where(accepted, 0.0, probability).sum(axis=0)
    return np.where(able, expected, np.nan)
