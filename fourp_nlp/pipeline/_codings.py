"""How often coders gave a code, and how often all of them did: what stands beside each coefficient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

__all__ = ["with_codings"]


def with_codings(
    table: pd.DataFrame, labels: Numbers, codes: Sequence[str], parts: NDArray[np.object_]
) -> pd.DataFrame:
    """Return a table of coefficients with both, some and codings, unless it has them.

    Parameters
    ----------
    table : pandas.DataFrame
        With a column code, and one part where there are several.
    labels : numpy.ndarray of float64, shape (n_units, n_coders, n_codes)
        1 where a coder gave the code, 0 where not, nan where they did not read.
    codes : sequence of str, length n_codes
        Ids of the codes.
    parts : numpy.ndarray of object, shape (n_units,)
        The part that each unit belongs to.

    Returns
    -------
    pandas.DataFrame
        The table with the columns.
    """
    if "both" in table.columns:
        return table
    made = {}
    for part in dict.fromkeys(parts):
        own = labels[parts == part]
        read = ~np.isnan(own)
        given = (own == 1) & (read.sum(axis=1) >= 2)[:, None]
        anybody, all_of_them = given.any(axis=1), given.sum(axis=1) == read.sum(axis=1)
        for at, code in enumerate(codes):
            both = float((anybody & all_of_them)[:, at].sum())
            codings = "; ".join(str(number) for number in given[:, :, at].sum(axis=0))
            made[part, code] = (both, float(anybody[:, at].sum()) - both, codings)
    own_parts = table["part"] if "part" in table.columns else [""] * len(table)
    rows = [made[key] for key in zip(own_parts, table["code"], strict=True)]
    counts = pd.DataFrame(rows, columns=["both", "some", "codings"], index=table.index)
    return pd.concat([table, counts], axis=1)
