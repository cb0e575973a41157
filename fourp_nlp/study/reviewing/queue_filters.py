"""What a queue of candidates is asked for, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ATTRIBUTES",
    "Candidate",
    "Order",
    "QueueCounts",
    "QueueFilters",
    "QueuePlace",
    "QueueWindow",
    "Scope",
    "Way",
    "attribute_values",
]

Scope = Literal["suggested", "others", "both", "marked"]
Order = Literal["likely", "unsure"]
Way = Literal["from", "after", "before"]

ATTRIBUTES = ("group", "case", "kind", "speaker", "date")
"""Columns of documents.csv by which candidates are chosen."""


class QueueFilters(NamedTuple):
    """Which candidates a person wants to see.

    Attributes
    ----------
    code : int, optional
        Number of the code in the codebook, from 0; all codes without it.
    scope : {"suggested", "others", "both", "marked"}
        What the machine suggests, what it does not, both, or (in one document) what the page of the document
        shows: suggestions, and what the person gave or rejected.
    state : {"all", "open", "accepted", "rejected"}
        What the person decided.
    least, most : float
        Probabilities, both included.
    attribute, value : str
        A column of `ATTRIBUTES`, and what documents must have there; without a column, all documents.
    document, speaker : str
        Only in this document, only in the words of this speaker.
    differ : {"", "machine", "coders"}
        Only where the person and the machine differ, or where people do who coded without suggestions.
    """

    code: int | None = None
    scope: Scope = "suggested"
    state: str = "all"
    least: float = 0.0
    most: float = 1.0
    attribute: str = ""
    value: str = ""
    document: str = ""
    speaker: str = ""
    differ: str = ""


class Candidate(NamedTuple):
    """A code of a segment: their rows in the study's tables."""

    row: int
    code: int


class QueuePlace(NamedTuple):
    """A candidate as the page names it, so that it is the same one after documents or codes were added.

    Attributes
    ----------
    document : str
        Id of the document.
    segment : int
        Number of the segment in it.
    code : str
        Id of the code.
    """

    document: str
    segment: int
    code: str


class QueueWindow(NamedTuple):
    """Candidates in a row.

    Attributes
    ----------
    candidates : list of Candidate
        In the order that was asked for.
    earlier, later : bool
        Whether there are more before and after them.
    """

    candidates: list[Candidate]
    earlier: bool
    later: bool


class QueueCounts(NamedTuple):
    """How many candidates the filters let through.

    Attributes
    ----------
    open, accepted, rejected : int
        By what the person decided, whatever the filter of states says.
    matching, segments : int
        Those that all filters let through, and in how many segments they are.
    """

    open: int
    accepted: int
    rejected: int
    matching: int
    segments: int


def attribute_values(documents: pd.DataFrame, *, most: int = 100) -> dict[str, list[str]]:
    """Return by which attributes documents can be chosen, and the values of each.

    Parameters
    ----------
    documents : pandas.DataFrame
        The table DOCUMENTS.
    most : int, default 100
        An attribute of more values is left out: it tells documents apart and does not group them.

    Returns
    -------
    dict of str to list of str
        In the order of `ATTRIBUTES`; those that say something, with their values sorted.
    """
    values = {
        name: sorted(str(value) for value in documents[name].unique() if value)
        for name in ATTRIBUTES
        if name in documents.columns
    }
    return {name: each for name, each in values.items() if 0 < len(each) <= most}
