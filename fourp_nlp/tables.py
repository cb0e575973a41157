"""The tables that travel between the steps, as frames that keep to their columns and types."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.columns import (
    ADJUDICATED,
    AGREEMENT,
    AGREEMENT_FULL,
    ALT_TEST,
    ALT_TESTS,
    ANCHORING,
    ANSWERED,
    CALIBRATION,
    CODED,
    CODINGS,
    COMPARISONS,
    CONFUSIONS,
    COOCCURRENCE,
    DISAGREEMENTS,
    DOCUMENTS,
    DRAWN,
    DRAWS,
    ESTIMATES,
    FREQUENCIES,
    HISTOGRAM,
    NEEDS,
    PROMISES,
    RATES,
    READ,
    RECONCILIATION,
    RELIABILITY,
    REVIEWED,
    SEGMENTS,
    SKIPPED,
    SPEAKER_FREQUENCIES,
    SPEAKER_RATES,
    SPEAKERS,
    SUGGESTIONS,
    Column,
    Kind,
    Table,
    make_table,
)
from fourp_nlp.errors import TableError
from fourp_nlp.string_storage import apply_to_pandas

__all__ = [
    "ADJUDICATED",
    "AGREEMENT",
    "AGREEMENT_FULL",
    "ALT_TEST",
    "ALT_TESTS",
    "ANCHORING",
    "ANSWERED",
    "CALIBRATION",
    "CODED",
    "CODINGS",
    "COMPARISONS",
    "CONFUSIONS",
    "COOCCURRENCE",
    "DISAGREEMENTS",
    "DOCUMENTS",
    "DRAWN",
    "DRAWS",
    "ESTIMATES",
    "FREQUENCIES",
    "HISTOGRAM",
    "NEEDS",
    "PROMISES",
    "RATES",
    "READ",
    "RECONCILIATION",
    "RELIABILITY",
    "REVIEWED",
    "SEGMENTS",
    "SKIPPED",
    "SPEAKERS",
    "SPEAKER_FREQUENCIES",
    "SPEAKER_RATES",
    "SUGGESTIONS",
    "Column",
    "Kind",
    "Table",
    "among",
    "conform",
    "empty",
    "make_table",
]

apply_to_pandas()  # where this package is at work already, pandas may have come with this module

_TYPES = MappingProxyType(
    {
        # The same tables whether pyarrow is there or not; see `fourp_nlp.string_storage`.
        "str": pd.StringDtype("python", na_value=np.nan),
        **{kind: pd.api.types.pandas_dtype(kind) for kind in ("int64", "float64", "bool")},
    }
)

_FEW_ROWS = 1_000
"""Rows that Python compares faster than pandas makes an index of them."""


def conform(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the table's columns of a frame, in order and in their types.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame that has at least the table's columns without a default and without an older name.
    table : Table
        The table that it should be.

    Returns
    -------
    pandas.DataFrame
        A frame with exactly the table's columns and a fresh index.

    Raises
    ------
    TableError
        If a column is missing or holds a value that its type cannot take.
    """
    missing = [name for name in table.names if name not in frame.columns]
    if missing:
        raise TableError(
            f"The table '{table.name}' lacks the column(s) {', '.join(missing)}.",
            cure=f"It needs: {', '.join(table.names)}.",
        )
    if _is_conform(frame, table):
        names = list(table.columns)
        chosen = frame if frame.columns.tolist() == names else frame.loc[:, names]
        return chosen.reset_index(drop=True)
    frame = frame.reset_index(drop=True)
    columns: dict[str, pd.Series] = {}
    for name, column in table.columns.items():
        values = _given(frame, name, column)
        if column.kind != "float64" and values.hasnans:
            row = int(values.isna().to_numpy().argmax())
            raise TableError(
                f"The table '{table.name}' has no value in column '{name}', row {row}."
            )
        if values.dtype == _TYPES[column.kind]:
            columns[name] = values
            continue
        _refuse_other_values(values, column.kind, name, table.name)
        try:
            columns[name] = values.astype(_TYPES[column.kind])
        except (TypeError, ValueError, OverflowError) as error:
            raise TableError(
                f"The table '{table.name}' has a value in column '{name}' that is not of type "
                f"{column.kind}: {error}."
            ) from error
    return pd.DataFrame(columns, columns=list(table.columns))


def _is_conform(frame: pd.DataFrame, table: Table) -> bool:
    """Return whether a frame has all columns in their types, each once, and no text is missing."""
    if not frame.columns.is_unique:
        return False
    types = dict(zip(frame.columns.tolist(), frame.dtypes.tolist(), strict=True))
    if not all(_is_of(types.get(name), column.kind) for name, column in table.columns.items()):
        return False
    if not len(frame):
        return True
    # Asked of the array: asking the column costs three times as much, and small tables are many.
    return not any(
        frame[name].array.isna().any()
        for name, column in table.columns.items()
        if column.kind == "str"
    )


def _is_of(dtype: object, kind: Kind) -> bool:
    """Return whether a type is that of a kind; of texts' types, the usual one is known at a glance."""
    wanted = _TYPES[kind]
    if type(dtype) is pd.StringDtype and type(wanted) is pd.StringDtype:
        alike = dtype.na_value is wanted.na_value and dtype.storage == wanted.storage
        return alike or dtype == wanted
    return bool(dtype == wanted)


def _given(frame: pd.DataFrame, name: str, column: Column) -> pd.Series:
    """Return a column of a frame; where the frame has none, that of its older name, or the default."""
    if name not in frame.columns and column.same_as is not None:
        return frame[column.same_as]
    if name not in frame.columns:
        return pd.Series([column.default] * len(frame), dtype="object")
    values = frame[name]
    keep_missing = column.default is None or column.kind == "float64"  # of floats, nan is a value
    return values.fillna(column.default) if values.hasnans and not keep_missing else values


def _refuse_other_values(values: pd.Series, kind: Kind, name: str, table: str) -> None:
    """Refuse what a change of type would quietly turn into something else."""
    if kind == "bool" and values.dtype != bool:
        # As a type, bool takes any text for True, "False" among them.
        wrong = ~values.isin([True, False])
    elif kind == "int64" and values.dtype.kind == "f":
        wrong = values != values.round()
    else:
        return
    if wrong.any():
        raise TableError(
            f"The table '{table}' has {values[wrong].iloc[0]!r} in column '{name}', which is not of "
            f"type {kind}."
        )


def among(frame: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> npt.NDArray[np.bool_]:
    """Return which rows of a frame are rows of another, by some columns."""
    if frame.empty or others.empty:
        return np.zeros(len(frame), dtype=bool)
    if len(frame) + len(others) <= _FEW_ROWS and _compare_alike(frame, others, key):
        rows = set(zip(*(others[name].tolist() for name in key), strict=True))
        own = zip(*(frame[name].tolist() for name in key), strict=True)
        return np.fromiter((row in rows for row in own), dtype=bool, count=len(frame))
    return pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(others[key]))


def _compare_alike(frame: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> bool:
    """Return whether Python and pandas find the same rows equal: both have texts or whole numbers."""
    types = ((frame[name].dtype, others[name].dtype) for name in key)
    return all(
        (_is_of(one, "str") and _is_of(other, "str"))
        or (_is_of(one, "int64") and _is_of(other, "int64"))
        for one, other in types
    )


def empty(table: Table) -> pd.DataFrame:
    """Return the table without rows.

    Parameters
    ----------
    table : Table
        The table wanted.

    Returns
    -------
    pandas.DataFrame
        No rows, the table's columns in their types.
    """
    return _empty(tuple((name, column.kind) for name, column in table.columns.items())).copy()


@lru_cache(maxsize=128)
def _empty(columns: tuple[tuple[str, Kind], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=_TYPES[kind]) for name, kind in columns})
