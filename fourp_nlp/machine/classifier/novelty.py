"""Novelty: how far segments and documents are from the training data.

The novelty of a segment is the squared distance to the nearest training segment, in the dense features of
the kernel. Training documents show what is usual: each is compared with the others. A document lies outside
if its mean novelty is above the upper prediction limit for one more document of the same kind, which such a
document exceeds with a probability of 1 in 200 [1]_. The limit is that of a normal variable. Its variance
is the variance between documents plus the variance within them over the number of segments, by the method
of moments [2]_.

References
----------
.. [1] Hahn, G. and Meeker, W. (1991). Statistical Intervals. Wiley, ch. 4.
.. [2] Searle, S., Casella, G. and McCulloch, C. (1992). Variance Components. Wiley, ch. 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t as student

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier.estimator import CodeClassifier

    Floats = NDArray[np.float64]

__all__ = ["Novelty", "fit_novelty", "novelty_scores"]

_CHANCE = 0.005  # of flagging a document of the same kind
_FEWEST = 3  # documents from which the spread between documents is known
_USUAL = 0.95  # share of left-out segments that are no more unlike than the bound
_BLOCK = 2048  # segments measured at once


@dataclass(frozen=True)
class Novelty:
    """The novelty that is usual for documents like the training documents.

    Attributes
    ----------
    documents : int
        Documents it was learned from.
    centre : float
        Mean of the documents' mean novelty.
    between, within : float
        Variance of documents about it, and of segments about their document.
    bound : float
        What 95 in 100 segments of left-out documents stay below.
    """

    documents: int
    centre: float
    between: float
    within: float
    bound: float

    def limit(self, segments: NDArray[np.int64]) -> Floats:
        """Return the mean novelty above which documents of so many segments lie outside."""
        count = self.documents
        quantile = float(student.ppf(1 - _CHANCE, count - 1))
        one = self.between + self.within / np.maximum(segments, 1)
        return np.asarray(self.centre + quantile * np.sqrt(one * (1 + 1 / count)))


def novelty_scores(
    dense: NDArray[np.float32],
    classifier: CodeClassifier,
    *,
    names: Sequence[str] | None = None,
    learned_names: Sequence[str] | None = None,
) -> Floats:
    """Return the novelty of each segment: how far it is from all training segments.

    Parameters
    ----------
    dense : ndarray of float32, shape (n, n_dense)
        From `dense_features`.
    classifier : CodeClassifier
        The classifier.
    names, learned_names : sequence of str, optional
        Documents of the segments and of what was learned from: a segment is not compared with its own.

    Returns
    -------
    ndarray, shape (n,)
        Squared distance to the nearest row; the rows' mean squared length is 1.

    Examples
    --------
    >>> from fourp_nlp.machine.classifier import CodeClassifier
    >>> import numpy as np
    >>> dense = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    >>> classifier = CodeClassifier().fit(dense, dense[:, 0] > 0)
    >>> near, far = novelty_scores(np.stack([dense[0], dense[0] + 5]), classifier)
    >>> bool(near < 0.01 < 1 < far)
    True
    """
    coded = len(classifier.rows_) - classifier.n_definitions_
    learned_rows = classifier.scaling_.unpacked(classifier.rows_[:coded])
    lengths = (learned_rows**2).sum(axis=1)
    distances = np.empty(len(dense))
    for first in range(0, len(dense), _BLOCK):
        part = classifier.scaling_.rows(dense[first : first + _BLOCK], []).dense
        block = lengths - 2 * (part @ learned_rows.T) + (part**2).sum(axis=1)[:, None]
        if names is not None and learned_names is not None:
            block_names = np.asarray(names[first : first + _BLOCK], dtype=object)
            block[block_names[:, None] == np.asarray(learned_names, dtype=object)[None, :]] = np.inf
        distances[first : first + _BLOCK] = block.min(axis=1)
    return np.maximum(distances, 0)


def fit_novelty(
    dense: NDArray[np.float32],
    classifier: CodeClassifier,
    names: Sequence[str],
    wanted: NDArray[np.bool_],
) -> Novelty | None:
    """Learn which novelty is usual, from training documents left out one at a time.

    Parameters
    ----------
    dense : ndarray of float32, shape (n, n_dense)
        Dense features of the training set.
    classifier : CodeClassifier
        Fitted on it just now.
    names : sequence of str, length n
        The document or passage of each row.
    wanted : ndarray of bool, shape (n,)
        Which rows are of documents.

    Returns
    -------
    Novelty or None
        None if there are fewer than three documents: nothing is known then of how they differ.

    Examples
    --------
    >>> from fourp_nlp.machine.classifier import CodeClassifier
    >>> import numpy as np
    >>> dense = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    >>> classifier = CodeClassifier().fit(dense, dense[:, 0] > 0)
    >>> names = [f"document {row // 10}" for row in range(60)]
    >>> novelty = fit_novelty(dense, classifier, names, np.ones(60, dtype=bool))
    >>> novelty.documents, novelty.bound > novelty.centre
    (6, True)
    """
    all_names = np.asarray(names, dtype=object)
    document_names = all_names[wanted].astype(str)
    _, document, sizes = np.unique(document_names, return_inverse=True, return_counts=True)
    if len(sizes) < _FEWEST:
        return None
    distances = novelty_scores(
        dense[wanted],
        classifier,
        names=all_names[wanted].tolist(),
        learned_names=all_names[classifier.drawn_].tolist(),
    )
    means = np.bincount(document, weights=distances) / sizes
    spread = float(((distances - means[document]) ** 2).sum()) / max(len(distances) - len(sizes), 1)
    between = max(float(means.var(ddof=1)) - spread * float((1 / sizes).mean()), 0.0)
    return Novelty(
        documents=len(sizes),
        centre=float(means.mean()),
        between=between,
        within=spread,
        bound=float(np.quantile(distances, _USUAL)),
    )
