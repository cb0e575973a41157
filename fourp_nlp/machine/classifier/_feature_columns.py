"""Which columns of a matrix of features hold what: dense features, words, and fine-tuned networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FeatureColumns"]


class FeatureColumns(NamedTuple):
    """The parts that the columns fall into, the dense ones first.

    Attributes
    ----------
    n_words, n_context_words : int
        Columns of counts of the segment's words, and of its neighbours' words.
    n_tuned : int
        Columns of what fine-tuned networks say; the last.
    """

    n_words: int
    n_context_words: int
    n_tuned: int

    def n_dense(self, X: Any) -> int:
        """Return the number of columns before the words."""
        return int(X.shape[1]) - sum(self)

    def dense(self, X: Any) -> NDArray[np.float32]:
        """Return the columns before the words, shape (n, n_dense)."""
        return _array(X[:, : self.n_dense(X)])

    def words(self, X: Any) -> list[sp.csr_matrix]:
        """Return the counts of words, one matrix each for the segment and its neighbours."""
        first = self.n_dense(X)
        parts = []
        for columns in (self.n_words, self.n_context_words):
            if columns:
                parts.append(sp.csr_matrix(X[:, first : first + columns]))
                first += columns
        return parts

    def tuned(self, X: Any) -> NDArray[np.float32]:
        """Return what fine-tuned networks say, shape (n, n_tuned)."""
        return _array(X[:, X.shape[1] - self.n_tuned :])


def _array(block: Any) -> NDArray[np.float32]:
    return np.asarray(block.toarray() if sp.issparse(block) else block, dtype=np.float32)
