"""Cross-validation: what all folds share is computed once; each fold leaves out its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.machine.classifier._decision import (
    CodedRows,
    Decision,
    DefinitionParts,
    UnreadSegments,
    fit_decision,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier._kernel import Ridge, Rows

__all__ = ["Fitted", "FoldData"]


class Fitted(NamedTuple):
    """A solved regression and the decision made of it.

    Attributes
    ----------
    decision : Decision
        What makes probabilities and suggestions.
    dual : ndarray, shape (n_kept + m, n_codes)
        The regression's coefficients.
    mean : ndarray, shape (n_codes,)
        What scores start from.
    kept : ndarray of int, shape (n_kept,)
        Which of the coded rows were learned from.
    columns : ndarray of int, shape (n_kept + m,)
        Where these, and the parts of definitions, stand in the likeness.
    """

    decision: Decision
    dual: NDArray[np.float64]
    mean: NDArray[np.float64]
    kept: NDArray[np.int64]
    columns: NDArray[np.int64]


@dataclass(frozen=True)
class FoldData:
    """The coded rows and the parts of definitions, with all that is computed once for all folds.

    Attributes
    ----------
    place : ndarray of int, shape (n_segments,)
        Where each segment that was given stands among the coded rows; -1 if it is not learned from.
    rows : Rows
        The coded rows, n of them, and behind them the parts of definitions, m of them.
    learned : CodedRows
        What is known of the coded rows.
    parts : DefinitionParts
        What is known of the parts.
    likeness : ndarray of float32, shape (n + m, n + m)
        Of the rows to each other.
    ridge : Ridge
        The regression on all of them.
    unread_rows : ndarray of int, shape (n_unread,)
        Segments that nobody read.
    unread : UnreadSegments
        What is known of these.
    """

    place: NDArray[np.int64]
    rows: Rows
    learned: CodedRows
    parts: DefinitionParts
    likeness: NDArray[np.float32]
    ridge: Ridge
    unread_rows: NDArray[np.int64]
    unread: UnreadSegments

    def fitted(self, fold: NDArray[np.int64] | None = None, *, min_positives: int) -> Fitted:
        """Fit the regression and its decision without a fold.

        By default no fold is left out; `min_positives` is as for `fit_decision`.
        """
        size = len(self.learned.targets)
        remaining, unread_kept, ridge = (
            np.arange(size),
            np.ones(len(self.unread_rows), dtype=bool),
            self.ridge,
        )
        if fold is not None:
            left_out = self.place[fold]
            left_out = left_out[left_out >= 0]
            remaining, unread_kept = (
                np.setdiff1d(remaining, left_out),
                ~np.isin(self.unread_rows, fold),
            )
            ridge = ridge.without(left_out)
        columns = np.concatenate([remaining, np.arange(size, len(self.likeness))])
        decision, dual, mean = fit_decision(
            ridge,
            self.learned.only(remaining),
            self.parts,
            self.likeness[remaining, size:],
            UnreadSegments(
                self.unread.likeness[unread_kept][:, columns],
                self.unread.tuned[unread_kept],
                self.unread.weight,
            ),
            min_positives=min_positives,
        )
        return Fitted(decision, dual, mean, remaining, columns)
