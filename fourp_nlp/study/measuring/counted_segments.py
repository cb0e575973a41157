"""The segments behind a number: which passages a count, an estimate or an agreement is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from fourp_nlp.agreement.confusion import confused_segments
from fourp_nlp.errors import TableError
from fourp_nlp.frequencies import occurrences
from fourp_nlp.study.labels import in_common, stacked_labels, suggestion_matrix
from fourp_nlp.study.measuring.estimate_checks import codes_of_part
from fourp_nlp.study.measuring.estimates import domains, sample_of
from fourp_nlp.study.reading.applicability import applies_to_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.frequencies import By, Unit
    from fourp_nlp.study.study import Study

    Flags = NDArray[np.bool_]

__all__ = [
    "CountedSegments",
    "agreed_segments",
    "counted_segments",
    "estimated_segments",
    "places_of",
    "segments_taken_for",
]


@dataclass(frozen=True)
class CountedSegments:
    """Segments behind a number, in reading order.

    Attributes
    ----------
    rows : ndarray of int64, shape (n_segments,)
        Rows of the table of segments.
    passage : ndarray of int64, shape (n_segments,)
        Which passage each belongs to, from 0: an occurrence may run over several segments.
    codes : list of int
        The codes that they were chosen by, as columns.
    """

    rows: NDArray[np.int64]
    passage: NDArray[np.int64]
    codes: list[int]

    @property
    def count(self) -> int:
        """How many passages there are: the number that they stand behind."""
        return int(self.passage[-1]) + 1 if len(self.passage) else 0


def places_of(documents: pd.DataFrame, by: By) -> pd.Series[str]:
    """Return the place that each document is counted in, indexed by document.

    Parameters
    ----------
    documents : pandas.DataFrame
        Table of documents.
    by : {"case", "document", "group"}
        As in `fourp_nlp.frequencies.count`: a document without a case is a case of its own.

    Returns
    -------
    pandas.Series of str
        Ids of places.
    """
    indexed = documents.set_index("document", drop=False)
    if by == "case":
        return indexed["case"].where(indexed["case"] != "", indexed["document"])
    return indexed[by]


def counted_segments(
    study: Study, *, coder: str, code: str, by: By, place: str | None, unit: Unit
) -> CountedSegments:
    """Return what `Study.frequencies` counts in a cell.

    Parameters
    ----------
    study : Study
        The study.
    coder, code : str
        Whose codes, and which.
    by : {"case", "document", "group"}
        What the counts are for.
    place : str or None
        Which of them; None for all together.
    unit : {"occurrences", "segments", "documents"}
        What is counted: each is a passage.

    Returns
    -------
    CountedSegments
        As many passages as the count.
    """
    labels = study.labels(coder)
    column = _column(study, code)
    carried = labels.read & labels.labels[:, column]
    if place is not None:
        carried &= _in_place(study, by, place)
    rows, passage = occurrences(study.segments, carried)
    if unit == "segments":
        passage = np.arange(len(rows), dtype=np.int64)
    elif unit == "documents":
        names = study.segments["document"].to_numpy(dtype=object)[rows]
        passage = _numbered(names)
    return CountedSegments(rows, passage, [column])


def agreed_segments(
    study: Study, coders: Sequence[str], *, code: str, given_by: str = "", some: bool = False
) -> CountedSegments:
    """Return what the table of agreement counts in its first columns: who gave a code where.

    Parameters
    ----------
    study : Study
        The study.
    coders : sequence of str
        Who is compared.
    code : str
        Id of the code.
    given_by : str, optional
        Segments to which this one of two gave the code, and the other did not; by default those to which
        all gave it who looked for it.
    some : bool, default False
        Segments to which some gave the code, and not all.

    Returns
    -------
    CountedSegments
        Each segment is a passage. Codings that were made with suggestions in sight are left out.
    """
    study = study.coded_blind()
    column = _column(study, code)
    looked_for, labels = (each[:, :, column] for each in stacked_labels(study, coders))
    compared = looked_for.sum(axis=0) >= 2
    given = (labels & looked_for).sum(axis=0)
    everybody = compared & (given == looked_for.sum(axis=0)) & (given > 0)
    chosen = compared & (given > 0) & ~everybody if some or given_by else everybody
    if given_by:
        if given_by not in coders:
            raise TableError(f"'{given_by}' is not compared here.")
        chosen = chosen & labels[list(coders).index(given_by)]
    return _one_by_one(np.flatnonzero(chosen), [column])


def segments_taken_for(
    study: Study, one: str, other: str, *, code: str, taken_for: str
) -> CountedSegments:
    """Return what `Study.confusions` counts: one coder gave a code, and the other another in its place.

    Parameters
    ----------
    study : Study
        The study.
    one, other : str
        The coders.
    code, taken_for : str
        Ids of the codes.

    Returns
    -------
    CountedSegments
        Each segment is a passage.
    """
    study = study.coded_blind()
    columns = [_column(study, code), _column(study, taken_for)]
    labels = study.labels(one), study.labels(other)
    both_read = np.flatnonzero(labels[0].read & labels[1].read)
    first, second = in_common(*labels)
    looked_for = first.looked_for & second.looked_for
    rows = confused_segments(first.labels & looked_for, second.labels & looked_for, *columns)
    return _one_by_one(both_read[rows], columns)


def estimated_segments(
    study: Study, *, code: str, level: str, place: str, suggested: bool
) -> CountedSegments:
    """Return what estimates rest on: what people coded in the sample, or what the machine suggests.

    Parameters
    ----------
    study : Study
        The study.
    code : str
        Id of the code.
    level, place : str
        The part, as the table ESTIMATES has it.
    suggested : bool
        The machine's count instead of the segments that people found.

    Returns
    -------
    CountedSegments
        Each segment is a passage.
    """
    column = _column(study, code)
    part = applies_to_segments(study.corpus, study.codebook)[:, column]
    if level != "corpus":
        masks = dict(domains(study.corpus, level))
        if place not in masks:
            raise TableError(f"There is no {level} '{place}'.")
        part = part & masks[place]
    if suggested:
        given = suggestion_matrix(study.suggestions, study.codebook.code_ids)[:, column]
    else:
        gold, _ = codes_of_part(sample_of(study), column, part)
        given = gold == 1
    return _one_by_one(np.flatnonzero(part & given), [column])


def _one_by_one(rows: NDArray[np.int64], codes: list[int]) -> CountedSegments:
    return CountedSegments(rows.astype(np.int64), np.arange(len(rows), dtype=np.int64), codes)


def _numbered(names: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the number of each run of equal names, from 0."""
    if not len(names):
        return np.zeros(0, dtype=np.int64)
    changes = np.r_[False, names[1:] != names[:-1]]
    return np.asarray(np.cumsum(changes), dtype=np.int64)


def _column(study: Study, code: str) -> int:
    ids = study.codebook.code_ids
    if code not in ids:
        raise TableError(f"There is no code '{code}'.")
    return ids.index(code)


def _in_place(study: Study, by: Literal["case", "document", "group"], place: str) -> Flags:
    places = places_of(study.documents, by)
    if place not in set(places):
        raise TableError(f"There is no {by} '{place}'.")
    names = places.index[places == place]
    return study.segments["document"].isin(names).to_numpy(dtype=bool)
