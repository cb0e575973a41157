"""The agreement of many pairs of coders on every code, all pairs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.intervals.bootstrap_estimate import number_documents
from fourp_nlp.agreement.intervals.document_intervals import Drawing
from fourp_nlp.agreement.intervals.tallies import Patterns, Tallies, features_of
from fourp_nlp.agreement.item_table import BINARY_DISAGREEMENTS, COLUMNS, measure_items
from fourp_nlp.agreement.many_coders import chosen_coefficients

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fourp_nlp.agreement.coefficients import Units
    from fourp_nlp.agreement.item_table import Level

__all__ = ["agreement_of_pairs", "sums_of_pairs"]

Numbers = npt.NDArray[np.float64]

_TWO = 2
# No label, 0 and 1 of the first coder, beside each of the second.
_PATTERNS = np.array([(one, other) for one in (-1, 0, 1) for other in (-1, 0, 1)], dtype=np.int64)
# Resampled sums and coefficients that are held at once: about 100 MB.
_BLOCK = 2_000_000


def agreement_of_pairs(
    labels: Numbers,
    codes: Sequence[str],
    documents: npt.ArrayLike,
    *,
    units: Units = "all",
    drawing: Drawing | None = None,
    names: Sequence[str] | None = None,
    coders: Sequence[tuple[str, str]] = (),
    level: Level = "code",
) -> pd.DataFrame:
    """Return what `agreement_of_codes` returns of two coders, for many pairs of coders at once.

    Parameters
    ----------
    labels : numpy.ndarray of float64, shape (n_pairs, n_units, 2, n_codes)
        1 where a coder gave the code, 0 where not, nan where the coder did not look for it, and in units that
        are none of this pair's.
    codes : sequence of str, length n_codes
        Ids of the codes.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    units : {"all", "any_code", "this_code"}
        Which units of each pair.
    drawing : Drawing, optional
        How intervals are made.
    names : sequence of str, optional
        Which coefficients, as in `agreement_of_codes`.
    coders : sequence of (str, str), length n_pairs, optional
        The coders of each pair, as reasons name them.
    level : {"code", "theme", "overall"}
        What `codes` are, as reasons name them.

    Returns
    -------
    pandas.DataFrame
        The columns of `agreement_of_codes`, and before them pair: the number of the pair, from 0. Values and
        intervals are the same to the last digits.

    Notes
    -----
    A pair's documents are those in which one of the two has any label. Pairs with the same documents draw
    the same ones, so that their sums are drawn together.

    Examples
    --------
    >>> labels = np.array([[[[1.0], [1.0]], [[0.0], [1.0]], [[0.0], [0.0]]]])
    >>> table = agreement_of_pairs(labels, ["hope"], ["a", "a", "b"])
    >>> float(table.set_index("coefficient")["value"].round(3)["percent"])
    0.667
    """
    drawing = drawing or Drawing()
    drawing.check()
    n_units, n_codes = labels.shape[1], labels.shape[3]
    definitions = chosen_coefficients(names, _TWO)
    sums = sums_of_pairs(labels, number_documents(documents, n_units), units)
    used = np.asarray((Tallies(sums, _TWO, _TWO).coded > 0).any(axis=2)).T
    most = max(1, _BLOCK // max(1, n_codes * len(definitions) * max(1, drawing.resamples)))
    tables = []
    for pairs, mask in _alike(used, most):
        chosen = sums[mask][:, pairs]
        chosen = chosen.reshape(len(chosen), len(pairs) * n_codes, sums.shape[-1])
        items = Tallies(chosen, _TWO, _TWO)
        table = measure_items(
            items,
            _codings(items.total().table),
            list(codes) * len(pairs),
            definitions,
            units,
            drawing,
            coders=[coders[pair] for pair in pairs for _ in codes] if coders else (),
            level=level,
        )
        table.insert(0, "pair", np.repeat(pairs, n_codes * len(definitions)))
        tables.append(table)
    if not tables:
        columns = {"pair": "int64", **COLUMNS}
        return pd.DataFrame(columns=list(columns)).astype(columns)
    return pd.concat(tables).sort_values("pair", kind="stable", ignore_index=True)


def sums_of_pairs(
    labels: Numbers, documents: npt.NDArray[np.int64], units: Units = "all"
) -> Numbers:
    """Return the sums of each document.

    Parameters
    ----------
    labels : numpy.ndarray of float64, shape (n_pairs, n_units, 2, n_codes)
        As in `agreement_of_pairs`.
    documents : numpy.ndarray of int64, shape (n_units,)
        Number of each unit's document, from 0.
    units : {"all", "any_code", "this_code"}
        Which units of each pair.

    Returns
    -------
    numpy.ndarray of float64, shape (n_documents, n_pairs, n_codes, width)
        As `Tallies` orders them.
    """
    n_pairs, _, _, n_codes = labels.shape
    n_documents = int(documents.max()) + 1 if documents.size else 0
    categories = np.where(np.isnan(labels), -1.0, labels).astype(np.int8)
    coded = (categories == 1).any(axis=2)
    if units == "any_code":
        coded = np.broadcast_to(coded.any(axis=2, keepdims=True), coded.shape)
    pattern = (categories[:, :, 0] + 1) * 3 + categories[:, :, 1] + 1
    if units != "all":
        pattern = np.where(coded, pattern, 0)
    column = np.arange(n_pairs * n_codes).reshape(n_pairs, 1, n_codes)
    at = (documents[None, :, None] * (n_pairs * n_codes) + column) * len(_PATTERNS) + pattern
    size = n_documents * n_pairs * n_codes * len(_PATTERNS)
    counts = np.bincount(at.ravel(), minlength=size).astype(np.float64)
    patterns = Patterns(_PATTERNS, np.empty(0, dtype=np.int64), _TWO)
    features = features_of(patterns, _TWO, BINARY_DISAGREEMENTS)
    return np.asarray(counts.reshape(n_documents, n_pairs, n_codes, len(_PATTERNS)) @ features)


def _alike(
    used: npt.NDArray[np.bool_], most: int
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
    """Yield pairs with the same documents, as many as can be drawn at once, and which these are."""
    masks, which = np.unique(used, axis=0, return_inverse=True)
    for number, mask in enumerate(masks):
        pairs = np.flatnonzero(which.ravel() == number)
        for start in range(0, len(pairs), most):
            yield pairs[start : start + most], mask


def _codings(table: Numbers) -> Numbers:
    """Return units that both gave the code, that one did, and each coder's, of tables (n_items, 2, 2)."""
    return np.stack(
        [
            table[..., 1, 1],
            table[..., 1, 0] + table[..., 0, 1],
            table[..., 1, :].sum(axis=-1),
            table[..., :, 1].sum(axis=-1),
        ],
        axis=-1,
    )
