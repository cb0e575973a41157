"""Blends the regression's scores with the probabilities of fine-tuned networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["average_precision", "blend_scores", "choose_blend_weight"]

_SHARES = np.round(np.arange(0, 0.81, 0.1), 1)  # weights of the networks that are tried


def blend_scores(scores: Floats, tuned: NDArray[Any], share: float) -> Floats:
    """Return the weighted mean of two scores of the same shape; without weight, the first alone."""
    return (1 - share) * scores + share * tuned if share else scores


def choose_blend_weight(
    scores: Floats,
    tuned: NDArray[Any],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
) -> float:
    """Return the networks' weight that ranks segments best: a linear pool, its weight from unseen text.

    The pool of predictions is Stone's, its weight chosen by cross-validation as in stacking
    (Wolpert 1992, Breiman 1996). One weight serves all codes, so that few positives suffice.

    Parameters
    ----------
    scores, tuned : ndarray, shape (n, n_codes)
        The regression's scores and the networks' probabilities, each of rows that were not learned
        from.
    labels : ndarray of bool, shape (n, n_codes)
        Whether the code applies.
    weights : ndarray, shape (n, n_codes)
        Weight of each row for each code; 0 leaves it out.

    Returns
    -------
    float
        From 0 to 0.8, where the mean over codes of average precision is highest; the lowest of equals.
    """
    precision = [
        np.mean(
            [
                average_precision(of_code, labels[:, code], weights[:, code])
                for code, of_code in enumerate(blend_scores(scores, tuned, share).T)
            ]
        )
        for share in _SHARES.tolist()
    ]
    return float(_SHARES[int(np.argmax(precision))])


def average_precision(
    scores: Floats, labels: NDArray[np.bool_], weights: NDArray[np.float64]
) -> float:
    """Return the mean, over positives, of the precision down to each."""
    order = np.argsort(-scores, kind="stable")
    positive_weight = (weights * labels)[order]
    true_positives, retrieved = positive_weight.cumsum(), weights[order].cumsum()
    total = true_positives[-1] if len(true_positives) else 0.0
    if not total:
        return 0.0
    precise = np.divide(
        true_positives, retrieved, out=np.zeros_like(true_positives), where=retrieved > 0
    )
    return float((precise * positive_weight).sum() / total)
