"""Reading a units x coders matrix of labels into category numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NO_PAIR", "NO_PAIR_OF_TWO", "Labels", "as_matrix", "read_labels"]

NO_PAIR = "no unit was coded by two coders or more"
NO_PAIR_OF_TWO = "no unit was coded by both"


@dataclass(frozen=True)
class Labels:
    """A units x coders matrix of category numbers.

    Parameters
    ----------
    numbers : numpy.ndarray of int64, shape (n_units, n_coders)
        Number of the category that the coder gave the unit, -1 where there is none.
    n_categories : int
        How many categories there are: those given by the caller, or those that occur.
    """

    numbers: npt.NDArray[np.int64]
    n_categories: int

    @property
    def present(self) -> npt.NDArray[np.bool_]:
        """Where a coder gave a unit a label, shape (n_units, n_coders)."""
        return self.numbers >= 0

    @property
    def per_unit(self) -> npt.NDArray[np.int64]:
        """How many coders gave each unit a label, shape (n_units,)."""
        return np.asarray(self.present.sum(axis=1), dtype=np.int64)

    @property
    def n_coders(self) -> int:
        """How many coders the matrix has a column for."""
        return int(self.numbers.shape[1])

    @property
    def no_pair(self) -> str:
        """Why nothing can be said where no unit has two labels."""
        return NO_PAIR_OF_TWO if self.n_coders == 2 else NO_PAIR

    def only_one_category(self) -> bool:
        """Whether all labels that were given are the same (or there is none)."""
        given = self.numbers[self.present]
        return bool(given.size == 0 or given.min() == given.max())


def as_matrix(labels: npt.ArrayLike | pd.DataFrame) -> npt.NDArray[np.generic]:
    """Return labels as a two-dimensional array, with None and nan left as they are.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        One row a unit, one column a coder.

    Returns
    -------
    numpy.ndarray, shape (n_units, n_coders)
        The same labels.

    Raises
    ------
    ValueError
        If the labels have no two dimensions.
    """
    if isinstance(labels, pd.DataFrame):
        matrix = labels.to_numpy()
    elif isinstance(labels, np.ndarray):
        matrix = labels
    else:
        # Left to itself, numpy turns [["a", nan]] into the text "nan".
        matrix = np.array(labels, dtype=object)
    if matrix.ndim != 2:
        raise ValueError(
            f"Labels must be a matrix of units x coders; this has {matrix.ndim} dimension(s)."
        )
    return matrix


def read_labels(
    labels: npt.ArrayLike | pd.DataFrame,
    categories: Sequence[object] | None = None,
    *,
    n_coders: int | None = None,
) -> Labels:
    """Turn a units x coders matrix of labels into category numbers.

    Parameters
    ----------
    labels : array_like or pandas.DataFrame, shape (n_units, n_coders)
        Labels of any hashable kind; missing ones None or nan.
    categories : sequence, optional
        All categories that a coder could have chosen. By default those that occur.
    n_coders : int, optional
        The number of columns that the matrix must have.

    Returns
    -------
    Labels
        The category numbers.

    Raises
    ------
    ValueError
        If the matrix has the wrong shape, or a label is none of the categories.
    """
    matrix = as_matrix(labels)
    if n_coders is not None and matrix.shape[1] != n_coders:
        raise ValueError(f"This coefficient is for {n_coders} coders; there are {matrix.shape[1]}.")
    flat = matrix.ravel()
    if categories is None:
        numbers, known_labels = pd.factorize(flat, use_na_sentinel=True)
        n_categories = len(known_labels)
    else:
        index = pd.Index(list(categories))
        if not index.is_unique:
            raise ValueError("The categories repeat themselves.")
        numbers = index.get_indexer(pd.Index(flat))
        foreign = (numbers < 0) & ~np.asarray(pd.isna(flat))
        if foreign.any():
            first = flat[int(foreign.argmax())]
            raise ValueError(f"The label {first!r} is none of the categories.")
        n_categories = len(index)
    return Labels(np.asarray(numbers, dtype=np.int64).reshape(matrix.shape), n_categories)
