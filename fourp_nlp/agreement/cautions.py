"""Cautions and numbers of codings beside coefficients: what they rest on, and when that is little."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from fourp_nlp.agreement.coefficients import CoefficientDefinition
    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = [
    "FEW_DOCUMENTS",
    "FEW_UNITS",
    "Counts",
    "cautions_beside",
    "count_columns",
    "documents_with_code",
    "little_is_known",
]

Numbers = npt.NDArray[np.float64]

FEW_UNITS = 10
"""Units with a code, below which little is known of how well it is agreed on."""

FEW_DOCUMENTS = 5
"""Documents with a code, below which little is known of how well it is agreed on."""


class Counts(TypedDict):
    """Units behind a coefficient, as the tables have them.

    Attributes
    ----------
    both, some : float
        Units to which everybody who looked gave the code, and those to which somebody did and not everybody.
    codings : str
        To how many units each coder gave it.
    """

    both: float
    some: float
    codings: str


def count_columns(counts: Numbers) -> Counts:
    """Return counts as the tables have them.

    Parameters
    ----------
    counts : numpy.ndarray of float64, shape (2 + n_coders,)
        Units that everybody gave the code, that somebody did and not everybody, and each coder's.

    Returns
    -------
    Counts
        The same.
    """
    codings = "; ".join(str(round(count)) for count in counts[2:].tolist())
    return Counts(both=float(counts[0]), some=float(counts[1]), codings=codings)


def documents_with_code(sums: Tallies) -> npt.NDArray[np.int64]:
    """Return in how many documents anybody gave the code to a unit with two labels or more.

    Parameters
    ----------
    sums : Tallies
        Of the two categories of codes, of shape (n_documents, ...).

    Returns
    -------
    numpy.ndarray of int64, shape (...)
        The numbers.
    """
    return np.asarray((sums.coincidences[..., 1, :].sum(axis=-1) > 0).sum(axis=0), dtype=np.int64)


def little_is_known(units: float, documents: int, what: str = "the code") -> str:
    """Return a caution where few units have a code, or few documents.

    Parameters
    ----------
    units : float
        Units to which anybody gave the code.
    documents : int
        The documents that they lie in.
    what : str
        What was given.

    Returns
    -------
    str
        A sentence; empty with `FEW_UNITS` units in `FEW_DOCUMENTS` documents or more. It is the one rule of
        everything that is said of agreement; docs/agreement.md has the table that it comes from.
    """
    if units == 0 or (units >= FEW_UNITS and documents >= FEW_DOCUMENTS):
        return ""
    many = "" if units == 1 else "s"
    return (
        f"{round(units)} unit{many} in {documents} document{'' if documents == 1 else 's'} "
        f"{'has' if units == 1 else 'have'} {what}: little is known of how well it is agreed on"
    )


def cautions_beside(caution: str, little: str, definition: CoefficientDefinition) -> str:
    """Return a coefficient's cautions, with that of `little_is_known` if it rests on units with the code.

    Parameters
    ----------
    caution, little : str
        What is to be said anyway, and what `little_is_known` says.
    definition : CoefficientDefinition
        The coefficient.

    Returns
    -------
    str
        Both, with "; " between them.
    """
    return "; ".join(filter(None, (caution, little if definition.needs_positives else "")))
