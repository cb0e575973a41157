"""Counts of codes by case, document or group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from fourp_nlp.errors import TableError
from fourp_nlp.tables import FREQUENCIES, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]

__all__ = ["By", "Unit", "check_cases", "count", "occurrences"]

Unit = Literal["occurrences", "segments", "documents"]
By = Literal["case", "document", "group"]


def count(
    segments: pd.DataFrame,
    matrix: npt.NDArray[np.bool_],
    codes: Sequence[str],
    themes: Sequence[str],
    documents: pd.DataFrame,
    *,
    unit: Unit = "occurrences",
    by: By = "case",
    coder: str,
) -> pd.DataFrame:
    """Count each code in each case, document or group.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS, in any order; only document and segment are used.
    matrix : numpy.ndarray of bool, shape (n_segments, n_codes)
        Whether each segment carries each code.
    codes, themes : sequence of str, length n_codes
        Ids of the codes in the order of the matrix, and of the theme of each.
    documents : pandas.DataFrame
        The documents to count in, with the columns document, case and group. Those without
        segments count as having no code.
    unit : {"occurrences", "segments", "documents"}
        What is counted: runs of neighbouring segments (consecutive numbers in one document) with
        the same code, which the study counts as one; segments; or documents with the code.
    by : {"case", "document", "group"}
        The unit that counts are given for. A document without a case is a case of its own, under its id.
        Documents without a group are counted together, under an empty group.
    coder : str
        Id of the coder whose codes are counted.

    Returns
    -------
    pandas.DataFrame
        The table FREQUENCIES: every code in every case (document, group), zeros included, in the order of
        their first row in `documents`, then of the codes. Occurrences of a case are the sum over its
        documents: a run never continues from one document to the next.

    Raises
    ------
    TableError
        If a column is missing, a segment's document is not among the documents, an id of a
        document or a segment repeats itself, or a case belongs to two groups.
    ValueError
        If unit or by is unknown, or lengths do not fit.

    Notes
    -----
    Documents that the coder did not code would appear with zeros: leave them out of `documents`
    and `segments`.

    Examples
    --------
    >>> from fourp_nlp.frequencies import count
    >>> import numpy as np
    >>> import pandas as pd
    >>> segments = pd.DataFrame({"document": ["a", "a", "b"], "segment": [0, 1, 0]})
    >>> documents = pd.DataFrame({"document": ["a", "b"], "case": [""] * 2, "group": [""] * 2})
    >>> codes = np.array([[True], [False], [True]])
    >>> table = count(segments, codes, ["hope"], ["mood"], documents, coder="ana")
    >>> table["count"].tolist()
    [1, 1]
    """
    for name, value, known in (("unit", unit, get_args(Unit)), ("by", by, get_args(By))):
        if value not in known:
            raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(known)}.")
    if matrix.shape != (len(segments), len(codes)) or len(themes) != len(codes):
        raise ValueError(
            f"The matrix is of shape {matrix.shape}, for {len(segments)} segments, {len(codes)} "
            f"codes and {len(themes)} themes."
        )
    _need(segments, "segments", ("document", "segment"))
    _need(documents, "documents", ("document", "case", "group"))
    counts = _per_document(segments, matrix, pd.Index(documents["document"]), unit)
    grid, place = _grid(documents, by)
    summed = np.zeros((len(grid), len(codes)), dtype=np.int64)
    np.add.at(summed, place, counts)
    n_rows, n_codes = summed.shape
    table = grid.loc[np.repeat(np.arange(n_rows), n_codes)].reset_index(drop=True)
    table["code"] = np.tile(np.asarray(codes, dtype=object), n_rows)
    table["theme"] = np.tile(np.asarray(themes, dtype=object), n_rows)
    return conform(table.assign(unit=unit, coder=coder, count=summed.ravel()), FREQUENCIES)


def _need(frame: pd.DataFrame, name: str, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise TableError(f"The table '{name}' lacks the column(s) {', '.join(missing)}.")


def _per_document(
    segments: pd.DataFrame, matrix: npt.NDArray[np.bool_], documents: pd.Index, unit: Unit
) -> Counts:
    """Return the counts of each document, shape (n_documents, n_codes)."""
    if not documents.is_unique:
        twice = documents[documents.duplicated()][0]
        raise TableError(f"The document '{twice}' is twice in the table 'documents'.")
    document = documents.get_indexer(pd.Index(segments["document"]))
    if (document < 0).any():
        strange = segments["document"].iloc[int((document < 0).argmax())]
        raise TableError(f"There are segments of '{strange}', which is not among the documents.")
    number = segments["segment"].to_numpy(dtype=np.int64)
    order = np.lexsort((number, document))
    document, number = document[order], number[order]
    carried = np.asarray(matrix, dtype=bool)[order]
    if ((document[1:] == document[:-1]) & (number[1:] == number[:-1])).any():
        raise TableError("A segment is twice in the table 'segments'.")
    if unit == "occurrences":
        carried = _starts(document, number, carried)
    row, column = np.nonzero(carried)
    cells = len(documents) * matrix.shape[1]
    counts = np.bincount(document[row] * matrix.shape[1] + column, minlength=cells)
    counts = counts.reshape(len(documents), matrix.shape[1]).astype(np.int64)
    return (counts > 0).astype(np.int64) if unit == "documents" else counts


def _starts(
    document: npt.NDArray[np.int64], number: npt.NDArray[np.int64], carried: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return where runs start: at a segment with the code whose neighbour before it lacks it.

    Segments are in the order of documents and of their numbers.
    """
    next_to = (document[1:] == document[:-1]) & (number[1:] == number[:-1] + 1)
    starts = carried.copy()
    starts[1:] &= ~(carried[:-1] & next_to[:, None])
    return starts


def occurrences(segments: pd.DataFrame, carried: npt.NDArray[np.bool_]) -> tuple[Counts, Counts]:
    """Return the segments with a code, and the occurrence that each is part of, as `count` counts them.

    Parameters
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS, in any order; only document and segment are used.
    carried : numpy.ndarray of bool, shape (n_segments,)
        Whether each segment carries the code.

    Returns
    -------
    rows : numpy.ndarray of int64, shape (n_carried,)
        Positions in the table: documents in the order of their first row, segments by their numbers.
    number : numpy.ndarray of int64, shape (n_carried,)
        Number of the occurrence, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> segments = pd.DataFrame({"document": ["a", "a", "a", "b"], "segment": [0, 1, 3, 0]})
    >>> [each.tolist() for each in occurrences(segments, np.ones(4, dtype=bool))]
    [[0, 1, 2, 3], [0, 0, 1, 2]]
    """
    document = pd.factorize(segments["document"])[0].astype(np.int64)
    number = segments["segment"].to_numpy(dtype=np.int64)
    order = np.lexsort((number, document))
    in_order = np.asarray(carried, dtype=bool)[order]
    starts = _starts(document[order], number[order], in_order[:, None])[:, 0]
    return order[in_order], (np.cumsum(starts) - 1)[in_order]


def check_cases(documents: pd.DataFrame) -> None:
    """Refuse documents if one case belongs to two groups.

    Parameters
    ----------
    documents : pandas.DataFrame
        Table of documents.

    Raises
    ------
    TableError
        If there is such a case.

    Examples
    --------
    >>> import pandas as pd
    >>> from fourp_nlp.frequencies import check_cases
    >>> check_cases(pd.DataFrame({"document": ["a"], "case": ["x"], "group": [""]}))
    """
    _grid(documents, "case")


def _grid(documents: pd.DataFrame, by: By) -> tuple[pd.DataFrame, Counts]:
    """Return the cases (documents, groups), and the one that each document belongs to."""
    frame = documents[["document", "case", "group"]].astype("str").reset_index(drop=True)
    if by == "document":
        return frame, np.arange(len(frame))
    if by == "group":
        place, names = pd.factorize(frame["group"])
        return pd.DataFrame({"document": "", "case": "", "group": names}), place.astype(np.int64)
    cases = frame["case"].where(frame["case"] != "", frame["document"])
    place, names = pd.factorize(cases)
    given = pd.DataFrame({"case": cases, "group": frame["group"]})
    given = given[given["group"] != ""].drop_duplicates()
    if given["case"].duplicated().any():
        case = given["case"][given["case"].duplicated()].iloc[0]
        groups = "', '".join(given["group"][given["case"] == case])
        raise TableError(
            f"The case '{case}' belongs to more than one group: '{groups}'.",
            cure="Give all of its documents the same group.",
        )
    group = given.set_index("case")["group"].reindex(names, fill_value="").to_numpy()
    return pd.DataFrame({"document": "", "case": names, "group": group}), place.astype(np.int64)
