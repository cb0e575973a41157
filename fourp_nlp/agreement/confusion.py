"""Confused codes: where one coder gave one code and another coder gave a different one in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["confused_pairs", "confused_segments"]


def confused_pairs(
    first: NDArray[np.bool_], second: NDArray[np.bool_], codes: Sequence[str]
) -> pd.DataFrame:
    """Return which codes of one coder stand where another coder has others.

    A pair counts a segment to which the first coder gave `code` and not `taken_for`, and the second
    `taken_for` and not `code`. A segment with several such codes counts in each pair. What base
    rates alone would give is a product of margins, as in any table of counts: of the segments to which
    either coder gave any code, those where the second lacks `code` times those where the second adds
    `taken_for`, over all.

    Parameters
    ----------
    first, second : numpy.ndarray of bool, shape (n_segments, n_codes)
        The codes by each coder, of segments that both read.
    codes : sequence of str, length n_codes
        Ids of the codes.

    Returns
    -------
    pandas.DataFrame
        `code`, `taken_for`, `segments`, `coded` (segments to which the first coder gave `code`),
        `expected` (segments by base rates), `lift` (segments over expected). Pairs without a segment are left
        out; those furthest above what base rates would give come first.
    """
    missed, added = first & ~second, second & ~first
    counts = missed.T.astype(np.int64) @ added.astype(np.int64)
    either = max(int((first | second).any(axis=1).sum()), 1)
    expected = np.outer(missed.sum(axis=0), added.sum(axis=0)) / either
    rows, columns = np.nonzero(counts)
    number = counts[rows, columns]
    by_chance = expected[rows, columns]
    order = np.lexsort((columns, rows, -number, by_chance - number))
    names = np.asarray(list(codes), dtype=object)
    return pd.DataFrame(
        {
            "code": names[rows[order]],
            "taken_for": names[columns[order]],
            "segments": number[order],
            "coded": first.sum(axis=0)[rows[order]],
            "expected": by_chance[order],
            "lift": number[order] / by_chance[order],
        }
    )


def confused_segments(
    first: NDArray[np.bool_], second: NDArray[np.bool_], code: int, taken_for: int
) -> NDArray[np.int64]:
    """Return the segments that a pair of `confused_pairs` counts.

    Parameters
    ----------
    first, second : numpy.ndarray of bool, shape (n_segments, n_codes)
        The codes by each coder.
    code, taken_for : int
        The pair, as columns.

    Returns
    -------
    numpy.ndarray of int64
        Row numbers, rising.
    """
    missed = first[:, code] & ~second[:, code]
    added = second[:, taken_for] & ~first[:, taken_for]
    return np.flatnonzero(missed & added)
