"""What one person has decided about each code of each segment, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import BULK, FINISHED
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.assisted import assisted_decisions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = ["OPEN", "ReviewState", "hide", "read_state"]

OPEN = -1
"""Nothing is decided."""

_SPAN = ["document", "start", "end"]


@dataclass
class ReviewState:
    """Decisions of one person, and what the machine suggested, by segment and code.

    Attributes
    ----------
    value : ndarray of int8, shape (n_segments, n_codes)
        1 the code applies, 0 it does not, -1 nothing is decided.
    blind : ndarray of bool, shape (n_segments, n_codes)
        Whether the person read the segment for the code without seeing suggestions.
    bulk : ndarray of bool, shape (n_segments, n_codes)
        Whether the code was accepted in bulk.
    applies : ndarray of bool, shape (n_segments, n_codes)
        Where a code can apply.
    finished : set of str
        Documents of which the person has read everything.
    probability : ndarray of float32, shape (n_segments, n_codes)
        What the machine gives; nan without suggestions.
    suggested : ndarray of bool, shape (n_segments, n_codes)
        What it suggests.
    row : ndarray of int64, shape (n_segments, n_codes)
        The row of the table of suggestions, -1 where there is none.
    """

    value: NDArray[np.int8]
    blind: NDArray[np.bool_]
    bulk: NDArray[np.bool_]
    applies: NDArray[np.bool_]
    finished: set[str]
    probability: NDArray[np.float32]
    suggested: NDArray[np.bool_]
    row: NDArray[np.int64]

    @property
    def open(self) -> NDArray[np.bool_]:
        """Suggestions on which nothing is decided."""
        return np.asarray(self.suggested & (self.value == OPEN) & self.applies)

    @property
    def decided(self) -> NDArray[np.bool_]:
        """Suggestions on which something is decided."""
        return np.asarray(self.suggested & (self.value != OPEN))


def read_state(study: Study, coder: str) -> ReviewState:
    """Return what the gold files say of a person, and what the machine suggests.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person; somebody new has decided nothing.

    Returns
    -------
    ReviewState
        Of all segments, in the order of the table.
    """
    segments, codes = study.segments, study.codebook.code_ids
    shape = (len(segments), len(codes))
    value = np.full(shape, OPEN, dtype=np.int8)
    blind = np.zeros(shape, dtype=bool)
    bulk = np.zeros(shape, dtype=bool)
    finished: set[str] = set()
    coded_blind = study.coded_blind()
    if coder in coded_blind.gold.people:
        labels = coded_blind.labels(coder)
        blind = labels.looked_for
        value[blind] = labels.labels[blind]
    places = pd.MultiIndex.from_frame(segments[_SPAN])
    columns = pd.Index(codes)
    decided = assisted_decisions(study)
    decided = decided[decided["coder"] == coder]
    finished |= set(decided.loc[decided["origin"] == FINISHED, "document"])
    on_codes = decided[decided["origin"] != FINISHED]
    at = places.get_indexer(pd.MultiIndex.from_frame(on_codes[_SPAN]))
    column = columns.get_indexer(pd.Index(on_codes["code"]))
    known = (at >= 0) & (column >= 0)
    known[known] = ~blind[at[known], column[known]]
    value[at[known], column[known]] = on_codes["accepted"].to_numpy()[known]
    bulk[at[known], column[known]] = (on_codes["origin"] == BULK).to_numpy()[known]
    probability = np.full(shape, np.nan, dtype=np.float32)
    suggested = np.zeros(shape, dtype=bool)
    row = np.full(shape, -1, dtype=np.int64)
    suggestions = study.suggestions_of_present_codes
    if len(suggestions):
        at = places.get_indexer(pd.MultiIndex.from_frame(suggestions[_SPAN]))
        column = columns.get_indexer(pd.Index(suggestions["code"]))
        known = (at >= 0) & (column >= 0)
        cells = at[known], column[known]
        probability[cells] = suggestions["probability"].to_numpy()[known]
        suggested[cells] = suggestions["suggested"].to_numpy(dtype=bool)[known]
        row[cells] = np.flatnonzero(known)
    applies = applies_to_segments(study.corpus, study.codebook)
    return ReviewState(value, blind, bulk, applies, finished, probability, suggested, row)


def hide(state: ReviewState, segments: NDArray[np.bool_]) -> None:
    """Take everything out of a state that is known of some segments, but where codes can apply.

    Parameters
    ----------
    state : ReviewState
        The state; it is changed.
    segments : ndarray of bool, shape (n_segments,)
        Segments that are to be coded without suggestions.
    """
    state.value[segments] = OPEN
    state.blind[segments] = False
    state.bulk[segments] = False
    state.probability[segments] = np.nan
    state.suggested[segments] = False
    state.row[segments] = -1
