"""The agreement of any number of coders on every code, with intervals by document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.cautions import (
    beside_interval,
    counts_told,
    documents_with_code,
    little_is_known,
)
from fourp_nlp.agreement.formulas.indices import (
    bias_index,
    negative_agreement_of,
    positive_agreement_of,
    prevalence_index,
    shares_of,
)
from fourp_nlp.agreement.formulas.label_matrix import Labels
from fourp_nlp.agreement.intervals.bootstrap_estimate import number_documents
from fourp_nlp.agreement.intervals.coefficients_of_share import carried_coefficients
from fourp_nlp.agreement.intervals.count_formulas import FORMULAS, OF_TWO, alpha_of, why_undefined
from fourp_nlp.agreement.intervals.document_intervals import (
    Drawing,
    Intervals,
    intervals_by_document,
)
from fourp_nlp.agreement.intervals.tallies import Tallies, tally_by_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "APART",
    "BEYOND_CHANCE",
    "COEFFICIENTS",
    "KINDS",
    "Units",
    "agreement_of_codes",
    "below_of",
    "caution_of",
    "reason_of",
    "values_of",
]

Numbers = npt.NDArray[np.float64]
Units = Literal["all", "any_code", "this_code"]

COEFFICIENTS = (
    "percent",
    "positive_agreement",
    "negative_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "conger_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "brennan_prediger",
)
BEYOND_CHANCE = frozenset(COEFFICIENTS[3:])
APART = 1.0 - np.eye(2)
_VALUES = np.array([0.0, 1.0])
KINDS = {
    "units": "str",
    "code": "str",
    "coefficient": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n_units": "int64",
    "n_documents": "int64",
    "n_coders": "int64",
    "both": "float64",
    "some": "float64",
    "codings": "str",
    "prevalence": "float64",
    "prevalence_index": "float64",
    "bias_index": "float64",
    "reason": "str",
    "no_interval": "str",
    "caution": "str",
    "below": "object",
}


class _Read(NamedTuple):
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
) -> pd.DataFrame:
    """Return every coefficient of every code, on all units and on those that anyone coded.

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
        How documents are drawn: by default 1000 times, for 95% intervals.

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
          `Drawing.minima`, nan where there is none (of percent, specific agreement, and without an
          interval)

        The coefficients are percent, positive_agreement, negative_agreement, cohen_kappa and
        scott_pi (of two coders only), fleiss_kappa, conger_kappa, krippendorff_alpha, gwet_ac1 and
        brennan_prediger (PABAK).

    Raises
    ------
    ValueError
        If shapes do not fit, an id repeats itself, a document belongs to two parts, or labels hold
        anything but 0, 1 and nan.

    Notes
    -----
    Both categories of a code are taken as known, so that AC1 and Brennan-Prediger are defined
    where nobody used it. With "any_code" a unit counts for all codes if it was given one of them,
    which leaves out text that nobody found anything in. With "this_code" the units depend on the
    very labels that are compared: no unit is left on whose absence all agree, and coefficients
    that allow for chance are pushed down (those of two coders that take chance from the shares are
    never above 0); percent is then, for two coders, Jaccard's index. Which of the three was
    used belongs beside the figure.

    The same documents are drawn for all codes, so that their differences can be compared. Units
    with one label count only where a coefficient takes the shares of categories from them, as
    Gwet's (2014) forms of Fleiss' and Conger's kappa and AC1 do.
    """
    drawing = drawing or Drawing()
    drawing.check()
    read = _read(labels, codes, documents)
    names = [name for name in COEFFICIENTS if name not in OF_TWO or read.numbers.shape[1] == 2]
    of_parts = _parts(parts, read.documents)
    rows: list[dict[str, object]] = []
    for chosen in units:
        if chosen not in get_args(Units):
            raise ValueError(
                f"The units are {chosen!r}; each must be one of {', '.join(get_args(Units))}."
            )
        rows.extend(_of_units(read, codes, names, chosen, of_parts, drawing))
    made = pd.DataFrame(rows, columns=list(KINDS)).astype(KINDS)
    if parts is not None:
        made.insert(0, "part", [row["part"] for row in rows])
    return made


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


def _read(labels: npt.ArrayLike, codes: Sequence[str], documents: npt.ArrayLike) -> _Read:
    given = np.asarray(labels)
    if given.ndim != 3 or given.shape[2] != len(codes):
        raise ValueError(
            f"The labels are of shape {given.shape}; they must be units x coders x codes, with "
            f"{len(codes)} codes."
        )
    if len(set(codes)) != len(codes):
        raise ValueError("An id of a code repeats itself.")
    if given.dtype != np.bool_:
        given = given.astype(np.float64)
        missing = np.isnan(given)
        if not np.isin(given[~missing], (0.0, 1.0)).all():
            raise ValueError("Labels may hold only 0, 1 and, where a coder did not look, nan.")
        numbers = np.where(missing, -1.0, given).astype(np.int8)
    else:
        numbers = given.astype(np.int8)
    return _Read(numbers, number_documents(documents, len(given)))


def _of_units(
    read: _Read,
    codes: Sequence[str],
    names: list[str],
    units: Units,
    parts: list[_Part],
    drawing: Drawing,
) -> list[dict[str, object]]:
    """Return the rows of each part and code for one choice of units."""
    n_documents = int(read.documents.max()) + 1 if read.documents.size else 0
    coded = (read.numbers == 1).any(axis=1)
    of_codes: list[Numbers] = []
    counts: list[Numbers] = []
    m = read.numbers.shape[1]
    for code in range(len(codes)):
        chosen = np.ones(len(coded), dtype=bool)
        if units != "all":
            chosen = coded.any(axis=1) if units == "any_code" else coded[:, code]
        numbers = Labels(read.numbers[chosen][:, :, code].astype(np.int64), 2)
        counts.append(_given(numbers.numbers, read.documents[chosen], n_documents))
        tallied = tally_by_document(numbers, read.documents[chosen], n_documents, APART)
        of_codes.append(tallied.flat)
    if not of_codes:
        return []
    sums = np.stack(of_codes, axis=1)
    used = Tallies(sums, m, 2).coded.any(axis=1)
    given = np.stack(counts, axis=1)
    rows: list[dict[str, object]] = []
    for part in parts:
        own = used & part.documents
        of_part = _of_sums(sums[own], given[own].sum(axis=0), codes, names, units, m, drawing)
        rows.extend({"part": part.name, **row} for row in of_part)
    return rows


def _given(
    numbers: npt.NDArray[np.int64], documents: npt.NDArray[np.int64], n_documents: int
) -> Numbers:
    """Return units with the code of two labels or more: all gave it, some did, each coder; by document."""
    present = numbers >= 0
    paired = present.sum(axis=1) >= 2
    gave = (numbers == 1) & paired[:, None]
    everybody = paired & (gave | ~present).all(axis=1)
    columns = [everybody, gave.any(axis=1) & ~everybody, *gave.T]
    return np.stack(
        [np.bincount(documents, weights=each, minlength=n_documents) for each in columns], axis=1
    ).astype(np.float64)


def _of_sums(
    sums: Numbers,
    given: Numbers,
    codes: Sequence[str],
    names: list[str],
    units: Units,
    m: int,
    drawing: Drawing,
) -> list[dict[str, object]]:
    """Return the rows of each code from sums of documents."""

    def coefficients(flat: Numbers) -> Numbers:
        made = values_of(Tallies(flat, m, 2), names)
        return made.reshape(len(made), -1)

    n_documents_of = (Tallies(sums, m, 2).paired > 0).sum(axis=0)
    counted = np.repeat(n_documents_of, len(names))
    whole = Tallies(sums.sum(axis=0), m, 2)
    values = values_of(whole, names)
    carried = carried_coefficients(Tallies(sums, m, 2), names, values)
    found = intervals_by_document(sums, coefficients, drawing, counted=counted, carried=carried)
    held = documents_with_code(Tallies(sums, m, 2))
    rows: list[dict[str, object]] = []
    for code, name in enumerate(codes):
        own = slice(code * len(names), (code + 1) * len(names))
        below = None if found.below is None else found.below[own]
        of_code = Intervals(found.low[own], found.high[own], found.reasons[own], below)
        one = Tallies(whole.flat[code], m, 2)
        made = _rows(
            one, names, values[code], of_code, int(n_documents_of[code]), units, drawing.minima
        )
        told = counts_told(given[code])
        little = little_is_known(told["both"] + told["some"], int(held[code]))
        for row in made:
            cautions = beside_interval(str(row["caution"]), little, str(row["coefficient"]))
            row["caution"] = cautions if row["no_interval"] == "" else row["caution"]
            rows.append({"units": units, "code": name, **row, **told})
    return rows


def values_of(sums: Tallies, names: list[str]) -> Numbers:
    """Return coefficients of sums.

    Parameters
    ----------
    sums : Tallies
        Of shape (..., width), of the two categories of codes.
    names : list of str
        Which coefficients.

    Returns
    -------
    numpy.ndarray of float64, shape (..., n_names)
        nan where undefined.
    """
    extra: dict[str, Callable[[], Numbers]] = {
        "positive_agreement": lambda: positive_agreement_of(sums),
        "negative_agreement": lambda: negative_agreement_of(sums),
        "krippendorff_alpha": lambda: alpha_of(sums.coincidences, _VALUES),
        "gwet_ac1": lambda: FORMULAS["gwet_ac"](sums, APART),
    }
    made = [extra[name]() if name in extra else FORMULAS[name](sums, APART) for name in names]
    return np.stack(made, axis=-1)


def _rows(
    sums: Tallies,
    names: list[str],
    values: Numbers,
    found: Intervals,
    n_documents: int,
    units: Units,
    minima: tuple[float, ...],
) -> list[dict[str, object]]:
    shares = shares_of(sums)
    known = ~np.isnan(shares)
    rows: list[dict[str, object]] = []
    for at, name in enumerate(names):
        undefined = bool(np.isnan(values[at]))
        rows.append(
            {
                "coefficient": name,
                "value": values[at],
                "low": found.low[at],
                "high": found.high[at],
                "n_units": int(sums.paired),
                "n_documents": n_documents,
                "n_coders": int(known.sum()),
                "prevalence": float(shares[known].mean()) if known.any() else np.nan,
                "prevalence_index": prevalence_index(shares) if known.any() else np.nan,
                "bias_index": bias_index(shares),
                "reason": reason_of(name, sums, units) if undefined else "",
                "no_interval": found.reasons[at],
                "caution": caution_of(name, units),
                "below": below_of(name, found, at, minima),
            }
        )
    return rows


def below_of(name: str, found: Intervals, at: int, minima: tuple[float, ...]) -> tuple[float, ...]:
    """Return the probabilities that a coefficient lies below minima.

    Parameters
    ----------
    name : str
        The coefficient.
    found : Intervals
        What was found of several.
    at : int
        Its place among them.
    minima : tuple of float
        The minima.

    Returns
    -------
    tuple of float
        One for each minimum; nan where there is none.
    """
    if found.below is None or name not in BEYOND_CHANCE:
        return (float("nan"),) * len(minima)
    return tuple(found.below[at].tolist())


_CAUTION = (
    "units were chosen by this very code, so that none is left on whose absence all agree: the "
    "coefficient is pushed down"
)


def caution_of(name: str, units: Units) -> str:
    """Return what the choice of units does to a coefficient.

    Parameters
    ----------
    name : str
        The coefficient.
    units : {"all", "any_code", "this_code"}
        Which units.

    Returns
    -------
    str
        A sentence, or nothing.
    """
    return _CAUTION if units == "this_code" and name in BEYOND_CHANCE else ""


def reason_of(name: str, sums: Tallies, units: Units) -> str:
    """Return why a coefficient is undefined.

    Parameters
    ----------
    name : str
        The coefficient.
    sums : Tallies
        Sums of one corpus and code.
    units : {"all", "any_code", "this_code"}
        Which units.

    Returns
    -------
    str
        The reason.
    """
    if float(sums.coded) == 0 and units != "all":
        return "nobody gave any code" if units == "any_code" else "nobody gave the code"
    if float(sums.paired) > 0:
        if name == "positive_agreement":
            return "nobody gave the code to a unit that two coders or more looked at"
        if name == "negative_agreement":
            return "everybody gave the code to every unit that two coders or more looked at"
    return why_undefined(name, sums)
