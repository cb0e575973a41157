"""The wide table of frequencies: a row per code, a column per case, with totals."""

from __future__ import annotations

import pandas as pd

from fourp_nlp.errors import TableError
from fourp_nlp.tables import FREQUENCIES, conform

__all__ = ["with_totals"]


def with_totals(frequencies: pd.DataFrame, *, total: str = "total") -> pd.DataFrame:
    """Return frequencies with a row per code and a column per case, with totals.

    Parameters
    ----------
    frequencies : pandas.DataFrame
        The table FREQUENCIES, of one coder, counted in one unit by one thing.
    total : str
        The name of the totals.

    Returns
    -------
    pandas.DataFrame of int64
        Columns: the documents if it was counted by document, else the cases, else the groups; then
        the total of the row. Rows, indexed by theme and code: the codes of each theme, followed by
        the theme's subtotal at (theme, total), and last the total of all at (total, total). All in the order
        of their first row in `frequencies`.

    Raises
    ------
    TableError
        If the frame is not of the table FREQUENCIES, mixes coders or units, has a cell twice, or something in
        it has the name of the totals.

    Notes
    -----
    Totals and subtotals are sums of the cells above and beside them. A segment or document with two codes of
    a theme therefore counts twice in the theme's subtotal, and so do occurrences: it is the number of codes
    given, not the number of segments or documents that carry the theme.

    Examples
    --------
    >>> from fourp_nlp.frequencies import count, with_totals
    >>> import numpy as np
    >>> import pandas as pd
    >>> segments = pd.DataFrame({"document": ["a", "a", "b"], "segment": [0, 1, 0]})
    >>> documents = pd.DataFrame({"document": ["a", "b"], "case": [""] * 2, "group": [""] * 2})
    >>> codes = np.array([[True], [False], [True]])
    >>> table = count(segments, codes, ["hope"], ["mood"], documents, coder="ana")
    >>> with_totals(table)["total"].tolist()
    [2, 2, 2]
    """
    frame = conform(frequencies, FREQUENCIES)
    for name in ("unit", "coder"):
        values = frame[name].unique()
        if len(values) > 1:
            mixed = ", ".join(values)
            raise TableError(
                f"The frequencies are of more than one {name}: {mixed}.",
                cure="Choose one of them first.",
            )
    across = next((name for name in ("document", "case") if (frame[name] != "").any()), "group")
    if frame.duplicated([across, "code"]).any():
        raise TableError(
            f"The frequencies have a {across} and code twice.",
            cure="Choose those that were counted in one way first.",
        )
    for name in (across, "theme", "code"):
        if (frame[name] == total).any():
            raise TableError(
                f"A {name} is called '{total}', as the totals are.",
                cure="Give the totals another name.",
            )
    themes, columns = frame["theme"].unique(), frame[across].unique()
    wide = frame.pivot_table(index=["theme", "code"], columns=across, values="count", aggfunc="sum")
    codes = frame[["theme", "code"]].drop_duplicates()
    wide = wide.reindex(index=pd.MultiIndex.from_frame(codes), columns=list(columns))
    if wide.isna().any(axis=None):
        raise TableError(
            f"The frequencies lack a code in some {across}.",
            cure="Hand in the complete table, zeros included.",
        )
    wide[total] = wide.sum(axis=1)
    parts = [
        part
        for theme in themes
        for part in (
            wide.loc[[theme]],
            _row(wide.loc[[theme]], theme, total),
        )
    ]
    complete = pd.concat([*parts, _row(wide, total, total)]).astype("int64")
    complete.columns.name = across
    return complete


def _row(frame: pd.DataFrame, theme: str, code: str) -> pd.DataFrame:
    """Return the sums of the columns as one row."""
    index = pd.MultiIndex.from_tuples([(theme, code)], names=["theme", "code"])
    return pd.DataFrame([frame.sum(axis=0).to_numpy()], index=index, columns=frame.columns)
