"""The text before and after a segment, and who speaks, shown to people who code it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["neighbours", "speaker_columns"]


def neighbours(
    segments: pd.DataFrame, rows: NDArray[np.int64], count: int
) -> tuple[list[str], list[str]]:
    """Return the text before and after segments in their documents.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table of segments, of all documents.
    rows : ndarray of int64, shape (n_rows,)
        Which of them.
    count : int
        How many neighbours on each side.

    Returns
    -------
    before, after : list of str, length n_rows
        The neighbours' texts, joined.
    """
    names, texts = segments["document"].to_numpy(dtype=object), segments["text"].tolist()

    def joined(row: int, others: range) -> str:
        return " ".join(
            texts[at] for at in others if 0 <= at < len(texts) and names[at] == names[row]
        )

    numbers = rows.tolist()
    before = [joined(row, range(row - count, row)) for row in numbers]
    after = [joined(row, range(row + 1, row + 1 + count)) for row in numbers]
    return before, after


def speaker_columns(segments: pd.DataFrame, rows: NDArray[np.int64]) -> dict[str, list[str]]:
    """Return who speaks in segments, for the columns of a sheet.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table of segments, of all documents.
    rows : ndarray of int64, shape (n_rows,)
        Which of them.

    Returns
    -------
    dict of str to list of str
        The speaker of each, if anybody speaks in any document, and the role, if any is set.
    """
    return {
        name: segments[name].iloc[rows].tolist()
        for name in ("speaker", "speaker_role")
        if name in segments.columns and (segments[name] != "").any()
    }
