"""The agreement of any number of coders on every code, with intervals by document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.coefficients import Units, find_coefficient, select_coefficients
from fourp_nlp.agreement.formulas.label_matrix import Labels
from fourp_nlp.agreement.intervals.bootstrap_estimate import number_documents
from fourp_nlp.agreement.intervals.document_intervals import Drawing
from fourp_nlp.agreement.intervals.tallies import Tallies, tally_by_document
from fourp_nlp.agreement.item_table import BINARY_DISAGREEMENTS, COLUMNS, measure_items

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.agreement.coefficients import CoefficientDefinition
    from fourp_nlp.agreement.item_table import Level

__all__ = ["agreement_of_codes", "chosen_coefficients"]

Numbers = npt.NDArray[np.float64]


class _LabelArray(NamedTuple):
    """Labels as numbers: 0 and 1, -1 where missing, (n_units, n_coders, n_codes); documents."""

    numbers: npt.NDArray[np.int8]
    documents: npt.NDArray[np.int64]


class _Part(NamedTuple):
    """Documents that get rows of their own: their id, and which they are, shape (n_documents,)."""

    name: object
    documents: npt.NDArray[np.bool_]


def agreement_of_codes(
    labels: npt.ArrayLike,
    codes: Sequence[str],
    documents: npt.ArrayLike,
    *,
    units: Sequence[Units] = ("all", "any_code"),
    parts: npt.ArrayLike | None = None,
    drawing: Drawing | None = None,
    names: Sequence[str] | None = None,
    coders: Sequence[str] = (),
    level: Level = "code",
) -> pd.DataFrame:
    """Return coefficients of every code, on all units and on those that anyone coded.

    Parameters
    ----------
    labels : array_like of bool or of 0, 1 and nan, shape (n_units, n_coders, n_codes)
        Whether each coder gave each unit each code; nan (in an array of floats) where the coder
        did not look for the code there. A unit that a coder read and left without codes is 0
        throughout, not nan.
    codes : sequence of str, length n_codes
        Ids of the codes, each once. For themes, hand in arrays in which a theme is a code.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    units : sequence of {"all", "any_code", "this_code"}
        Which units: all, those to which anyone gave any code, or those to which anyone gave the
        code in question.
    parts : array_like, shape (n_units,), optional
        Id of the part of the corpus that each unit's document belongs to, such as a group of
        documents: each part gets rows of its own. By default all documents are one part.
    drawing : Drawing, optional
        How intervals are made: by default from effective numbers of units, for 95% intervals.
    names : sequence of str, optional
        Which coefficients, by their ids in `COEFFICIENTS`. By default all that are measured on labels
        and treat coders alike; precision, recall and F1, which measure the second coder against the
        first, must be named.
    coders : sequence of str, optional
        Ids of two coders, as reasons name them.
    level : {"code", "theme", "overall"}
        What `codes` are, as reasons name them.

    Returns
    -------
    pandas.DataFrame
        One row for each of `units`, each part, each code and each coefficient, with the columns

        - part: the id, only where `parts` are given
        - units, code, coefficient: str
        - value, low, high: float64, nan where there is none
        - n_units, n_documents: int64; units with two labels or more of this code, and documents
          with any such
        - n_coders: int64; coders with any label of the code
        - both, some: float64; of those units, the ones to which everybody who looked gave the code,
          and those to which somebody did and not everybody
        - codings: str; to how many of them each coder gave it, with "; " between coders
        - prevalence: float64; mean of the coders' shares of units with the code
        - prevalence_index, bias_index: float64
        - reason: str; why the value is undefined, empty otherwise
        - no_interval: str; why there is no interval, empty otherwise
        - caution: str; what the choice of units does to the value, and whether little is known of it,
          empty otherwise
        - below: tuple of float; the probability that the coefficient lies below each of
          `Drawing.minima`, nan where there is none (of those not corrected for chance, and without an
          interval)

    Raises
    ------
    ValueError
        If shapes do not fit, an id repeats itself, a document belongs to two parts, a coefficient is
        unknown, or labels hold anything but 0, 1 and nan.

    Notes
    -----
    Both categories of a code are taken as known, so that AC1 and Brennan-Prediger are defined
    if no coder used it. With "any_code" a unit counts for all codes if it was given one of them, which leaves
    out text without any code. With "this_code" the units depend on the very labels that are compared: no unit
    is left on whose absence all agree, and coefficients that are corrected for chance are too low (those of
    two coders that take chance from the shares are never above 0); percent is then, for two coders, Jaccard's
    index. Report which of the three was used beside the figure.

    The same documents are drawn for all codes, so that their differences can be compared. Units
    with one label count only where a coefficient takes the shares of categories from them, as
    Gwet's (2014) forms of Fleiss' and Conger's kappa and AC1 do.

    Examples
    --------
    >>> labels = np.array([[[1], [1]], [[0], [0]], [[1], [0]], [[0], [0]]])
    >>> table = agreement_of_codes(labels, ["hope"], ["a", "a", "b", "b"], units=["all"])
    >>> table.set_index("coefficient")["value"].round(3)["cohen_kappa"]
    np.float64(0.5)
    """
    drawing = drawing or Drawing()
    drawing.check()
    array = _read(labels, codes, documents)
    n_coders = array.numbers.shape[1]
    definitions = chosen_coefficients(names, n_coders)
    of_parts = _parts(parts, array.documents)
    pair = (coders[0], coders[1]) if len(coders) == 2 else None
    tables: list[pd.DataFrame] = []
    for choice in units:
        if choice not in get_args(Units):
            raise ValueError(
                f"The units are {choice!r}; each must be one of {', '.join(get_args(Units))}."
            )
        sums, codings = _sums(array, len(codes), choice)
        used = sums.coded.any(axis=1)
        for part in of_parts:
            chosen = used & part.documents
            table = measure_items(
                Tallies(sums.flat[chosen], n_coders, 2),
                codings[chosen].sum(axis=0),
                codes,
                definitions,
                choice,
                drawing,
                coders=[pair] * len(codes) if pair else (),
                level=level,
            )
            if parts is not None:
                table.insert(0, "part", [part.name] * len(table))
            tables.append(table)
    if tables:
        return pd.concat(tables, ignore_index=True)
    columns = COLUMNS if parts is None else {"part": "object", **COLUMNS}
    return pd.DataFrame(columns=list(columns)).astype(columns)


def chosen_coefficients(
    names: Sequence[str] | None, n_coders: int
) -> tuple[CoefficientDefinition, ...]:
    """Return the coefficients of names, or those that treat coders alike.

    Parameters
    ----------
    names : sequence of str or None
        Ids of coefficients that are measured on labels.
    n_coders : int
        How many coders are compared.

    Returns
    -------
    tuple of CoefficientDefinition
        Those that there are of so many coders.

    Raises
    ------
    ValueError
        If there is no such coefficient.
    """
    if names is None:
        return select_coefficients(n_coders=n_coders, of_second_coder=False)
    allowed = select_coefficients()
    chosen = (find_coefficient(name, allowed) for name in names)
    return tuple(each for each in chosen if n_coders == 2 or not each.pairs_only)


def _parts(parts: npt.ArrayLike | None, documents: npt.NDArray[np.int64]) -> list[_Part]:
    """Return the parts in order of first appearance."""
    n_documents = int(documents.max()) + 1 if documents.size else 0
    if parts is None:
        return [_Part("", np.ones(n_documents, dtype=bool))]
    ids = np.asarray(parts)
    if ids.shape != documents.shape:
        raise ValueError("There must be one part for each unit.")
    numbers, names = pd.factorize(ids)
    of_document = np.full(n_documents, -1, dtype=np.int64)
    of_document[documents] = numbers
    if (numbers < 0).any() or (of_document[documents] != numbers).any():
        raise ValueError("A document belongs to two parts, or a unit to none.")
    return [_Part(name, of_document == number) for number, name in enumerate(names)]


def _read(labels: npt.ArrayLike, codes: Sequence[str], documents: npt.ArrayLike) -> _LabelArray:
    array = np.asarray(labels)
    if array.ndim != 3 or array.shape[2] != len(codes):
        raise ValueError(
            f"The labels are of shape {array.shape}; they must be units x coders x codes, with "
            f"{len(codes)} codes."
        )
    if len(set(codes)) != len(codes):
        raise ValueError("An id of a code repeats itself.")
    if array.dtype != np.bool_:
        array = array.astype(np.float64)
        missing = np.isnan(array)
        if not np.isin(array[~missing], (0.0, 1.0)).all():
            raise ValueError("Labels may hold only 0, 1 and, where a coder did not look, nan.")
        numbers = np.where(missing, -1.0, array).astype(np.int8)
    else:
        numbers = array.astype(np.int8)
    return _LabelArray(numbers, number_documents(documents, len(array)))


def _sums(array: _LabelArray, n_codes: int, units: Units) -> tuple[Tallies, Numbers]:
    """Return sums and numbers of codings by document, (n_documents, n_codes, ...), on one choice of units."""
    n_documents = int(array.documents.max()) + 1 if array.documents.size else 0
    n_coders = array.numbers.shape[1]
    coded = (array.numbers == 1).any(axis=1)
    sums = np.zeros((n_documents, n_codes, Tallies.width(n_coders, 2)))
    codings = np.zeros((n_documents, n_codes, 2 + n_coders))
    for code in range(n_codes):
        chosen = np.ones(len(coded), dtype=bool)
        if units != "all":
            chosen = coded.any(axis=1) if units == "any_code" else coded[:, code]
        labels = Labels(array.numbers[chosen][:, :, code].astype(np.int64), 2)
        documents = array.documents[chosen]
        codings[:, code] = _codings(labels.numbers, documents, n_documents)
        sums[:, code] = tally_by_document(labels, documents, n_documents, BINARY_DISAGREEMENTS).flat
    return Tallies(sums, n_coders, 2), codings


def _codings(
    numbers: npt.NDArray[np.int64], documents: npt.NDArray[np.int64], n_documents: int
) -> Numbers:
    """Return, by document, units (of two labels or more) with the code: of all, of some, of each coder."""
    present = numbers >= 0
    paired = present.sum(axis=1) >= 2
    gave = (numbers == 1) & paired[:, None]
    everybody = paired & (gave | ~present).all(axis=1)
    columns = [everybody, gave.any(axis=1) & ~everybody, *gave.T]
    return np.stack(
        [np.bincount(documents, weights=column, minlength=n_documents) for column in columns],
        axis=1,
    ).astype(np.float64)
