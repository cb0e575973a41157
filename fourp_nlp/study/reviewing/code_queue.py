"""Candidates of a code over all documents, one after the other: which there are, in which order, how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.reviewing.decisions.written_decisions import text_hashes
from fourp_nlp.study.reviewing.queue_filters import (
    ATTRIBUTES,
    Candidate,
    QueueCounts,
    QueuePlace,
    QueueWindow,
)
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError, Decision
from fourp_nlp.study.reviewing.review_state import OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
    from fourp_nlp.study.reviewing.queue_filters import Order, QueueFilters, Scope, Way
    from fourp_nlp.study.reviewing.review_session import Outcome, ReviewSession

__all__ = ["CodeQueue"]

_KEPT_ORDERS = 6
_VALUES = {"open": OPEN, "accepted": 1, "rejected": 0}


class _Chosen(NamedTuple):
    """Candidates in order, and which of them the filters let through: all but that of states, and all."""

    rows: NDArray[np.int64]
    codes: NDArray[np.int64]
    among: NDArray[np.bool_]
    matches: NDArray[np.bool_]


class CodeQueue:
    """One person's candidates, code by code.

    Segments that wait in a draw of this person are in none of it: their suggestions are not in the state of
    the review.

    Parameters
    ----------
    session : ReviewSession
        The person's review: decisions are its decisions.
    differences : DifferenceSession, optional
        What the person may see of differences between coders; without it, nothing.
    """

    def __init__(
        self, session: ReviewSession, differences: DifferenceSession | None = None
    ) -> None:
        self.session = session
        self._differences = differences
        self._state: object = None
        self._orders: dict[
            tuple[Scope, int | None, Order], tuple[NDArray[np.int64], NDArray[np.int64]]
        ] = {}

    # What is there.

    @property
    def people_differ(self) -> bool:
        """Whether there are people whose differences this person may see."""
        return self._differences is not None and len(self._differences.people) > 1

    def by_code(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many suggestions of each code are open and decided, each of shape (n_codes,)."""
        self.session.follow_draws()
        state = self.session.state
        seen = state.suggested & state.applies
        n_open = (seen & (state.value == OPEN)).sum(axis=0)
        return n_open.astype(np.int64), (seen.sum(axis=0) - n_open).astype(np.int64)

    def counts(self, filters: QueueFilters) -> QueueCounts:
        """Return how many candidates the filters let through.

        Raises
        ------
        ProjectError
            If there is no such code, document or attribute.
        GoldError
            If no coders can be compared whose differences are asked for.
        """
        chosen = self._chosen(filters, "likely")
        rows, codes = chosen.rows[chosen.among], chosen.codes[chosen.among]
        state = self.session.state
        value = state.value[rows, codes]
        is_open = value == OPEN
        if filters.scope == "marked":
            is_open &= state.suggested[rows, codes]
        segments = np.zeros(len(state.value), dtype=bool)
        segments[chosen.rows[chosen.matches]] = True
        return QueueCounts(
            int(is_open.sum()),
            int((value == 1).sum()),
            int((value == 0).sum()),
            int(chosen.matches.sum()),
            int(segments.sum()),
        )

    def window(
        self,
        filters: QueueFilters,
        *,
        order: Order = "likely",
        count: int = 50,
        start: QueuePlace | None = None,
        way: Way = "from",
    ) -> QueueWindow:
        """Return some candidates in a row.

        Parameters
        ----------
        filters : QueueFilters
            Which.
        order : {"likely", "unsure"}
            The most probable first, or those nearest to 50%.
        count : int, default 50
            How many at most.
        start : QueuePlace, optional
            A candidate of the queue, decided or not. Without it, or if it is there no more, the beginning.
        way : {"from", "after", "before"}
            Whether the window begins with `start` (which is in it whatever the filters say), follows it, or
            ends before it.

        Returns
        -------
        QueueWindow
            The window.

        Raises
        ------
        ProjectError, GoldError
            As `counts`.
        """
        chosen = self._chosen(filters, order)
        matches = chosen.matches
        position = -1
        candidate = None if start is None else self.find(start)
        if candidate is not None:
            same = (chosen.rows == candidate.row) & (chosen.codes == candidate.code)
            position = int(same.argmax()) if same.any() else -1
        if position >= 0 and way == "from":
            matches = matches.copy()
            matches[position] = True
        places = np.flatnonzero(matches)
        if position < 0 or way == "from":
            first = int(np.searchsorted(places, position, side="left"))
        elif way == "after":
            first = int(np.searchsorted(places, position, side="right"))
        else:
            last = int(np.searchsorted(places, position, side="left"))
            first, count = max(0, last - count), min(count, last)
        part = places[first : first + count]
        candidates = [
            Candidate(row, code)
            for row, code in zip(
                chosen.rows[part].tolist(), chosen.codes[part].tolist(), strict=True
            )
        ]
        return QueueWindow(candidates, first > 0, first + len(part) < len(places))

    def differing(self, document: int) -> list[Candidate]:
        """Return where people differ in a document, apart from what waits in a draw of this person."""
        first, after = self.session.rows(document)
        rows, codes = np.nonzero(self._where_people_differ()[first:after])
        return [
            Candidate(row + first, code)
            for row, code in zip(rows.tolist(), codes.tolist(), strict=True)
        ]

    def find(self, place: QueuePlace) -> Candidate | None:
        """Return the candidate that the page names, None if it is there no more."""
        session = self.session
        if place.document not in session.documents or place.code not in session.codes:
            return None
        first, after = session.rows(session.documents.index(place.document))
        if not 0 <= place.segment < after - first:
            return None
        return Candidate(first + place.segment, session.codes.index(place.code))

    def place(self, candidate: Candidate) -> QueuePlace:
        """Return how the page names a candidate."""
        document = str(self.session.study.segments["document"].iloc[candidate.row])
        first, _ = self.session.rows(self.session.documents.index(document))
        return QueuePlace(document, candidate.row - first, self.session.codes[candidate.code])

    def seen(self, row: int) -> str:
        """Return a short text by which it is known which text a person saw."""
        return text_hashes(self.session.study.segments["text"].iloc[[row]])[0]

    # What a person does.

    def decide(
        self, place: QueuePlace, *, value: bool | None, was: bool | None, seen: str
    ) -> Candidate:
        """Decide about a candidate.

        Parameters
        ----------
        place : QueuePlace
            The candidate.
        value, was : bool or None
            Whether the code applies (None: open again), and what the person saw before.
        seen : str
            What `seen` said of the text that the person read.

        Returns
        -------
        Candidate
            The candidate.

        Raises
        ------
        ChangedElsewhereError
            If the text or the decision is not any more what the person saw.
        GoldError
            If it cannot be decided on here.
        """
        self.session.refresh()
        candidate = self.find(place)
        if candidate is None or self.seen(candidate.row) != seen:
            error = ChangedElsewhereError(
                "Nothing was kept: the document or the codebook has changed since. The queue is shown anew."
            )
            error.segments = []
            raise error
        document = self.session.documents.index(place.document)
        self.session.decide(document, [Decision(place.segment, candidate.code, value, was)])
        return candidate

    def undo(self) -> tuple[Outcome, Candidate | None] | None:
        """Take back the person's last action, wherever it was; None if there is nothing to undo.

        Returns
        -------
        (Outcome, Candidate or None), or None
            What changed, and its first candidate, if the action was about codes.
        """
        outcome = self.session.undo()
        return None if outcome is None else (outcome, self._first(outcome, undone=True))

    def redo(self) -> tuple[Outcome, Candidate | None] | None:
        """Do again what was undone last, as `undo`."""
        outcome = self.session.redo()
        return None if outcome is None else (outcome, self._first(outcome, undone=False))

    def _first(self, outcome: Outcome, *, undone: bool) -> Candidate | None:
        history = self.session.history
        action = history.next_to_redo() if undone else history.next_to_undo()
        if action is None or not outcome.segments:
            return None
        row = self.session.rows(outcome.document)[0] + outcome.segments[0]
        segment = self.session.study.segments.iloc[row]
        of_segment = (action["document"] == segment["document"]) & (
            action["start"] == segment["start"]
        )
        code = str(action.loc[of_segment, "code"].iloc[0])
        return Candidate(row, self.session.codes.index(code))

    # How they are chosen.

    def _chosen(self, filters: QueueFilters, order: Order) -> _Chosen:
        session = self.session
        session.follow_draws()
        if filters.code is not None and not 0 <= filters.code < len(session.codes):
            raise ProjectError("There is no such code.")
        rows, codes = (
            self._marked(filters)
            if filters.scope == "marked"
            else self._ordered(filters.scope, filters.code, order)
        )
        among = self._among(filters, rows, codes)
        wanted = _VALUES.get(filters.state)
        value = session.state.value[rows, codes]
        matches = among if wanted is None else among & (value == wanted)
        if filters.scope == "marked" and wanted == OPEN:
            matches &= session.state.suggested[rows, codes]
        return _Chosen(rows, codes, among, matches)

    def _ordered(
        self, scope: Scope, code: int | None, order: Order
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return all candidates in order: decisions do not change it."""
        state = self.session.state
        if state is not self._state:
            self._state = state
            self._orders.clear()
        key = scope, code, order
        if key not in self._orders:
            while len(self._orders) >= _KEPT_ORDERS:
                self._orders.pop(next(iter(self._orders)))
            if code is None and scope != "suggested":
                raise ProjectError(
                    "What the machine does not suggest is listed for one code at a time.",
                )
            columns = slice(None) if code is None else slice(code, code + 1)
            suggested, applies = state.suggested[:, columns], state.applies[:, columns]
            if scope == "suggested":
                mask = suggested & applies
            else:
                mask = applies & ~np.isnan(state.probability[:, columns])
                mask &= ~suggested if scope == "others" else True
            rows, codes = np.nonzero(mask)
            codes += code or 0
            probability = state.probability[rows, codes]
            sort_by = -probability if order == "likely" else np.abs(probability - 0.5)
            at = np.lexsort((codes, rows, sort_by))
            self._orders[key] = rows[at], codes[at]
        return self._orders[key]

    def _marked(self, filters: QueueFilters) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what the page of a document shows, in reading order."""
        first, after = self.session.rows(self._document(filters.document))
        state, part = self.session.state, slice(first, after)
        value, blind = state.value[part], state.blind[part]
        mask = (state.suggested[part] & state.applies[part]) | (value == 1) | (value == 0)
        mask &= ~blind | (value == 1)
        if filters.differ == "coders":
            mask |= self._where_people_differ()[part]
        if filters.code is not None:
            mask &= np.arange(mask.shape[1]) == filters.code
        rows, codes = np.nonzero(mask)
        return rows + first, codes

    def _among(
        self, filters: QueueFilters, rows: NDArray[np.int64], codes: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return which candidates the filters let through, whatever was decided about them."""
        session, state = self.session, self.session.state
        among = np.ones(len(rows), dtype=bool)
        if filters.least > 0 or filters.most < 1:
            # As they are shown, so that "to 50%" has what is shown as 50%.
            probability = state.probability[rows, codes].astype(np.float64).round(4)
            among &= (probability >= filters.least) & (probability <= filters.most)
        segments = session.study.segments
        if filters.document and filters.scope != "marked":
            first, after = session.rows(self._document(filters.document))
            among &= (rows >= first) & (rows < after)
        if filters.attribute:
            if filters.attribute not in ATTRIBUTES:
                raise ProjectError("Documents have no such attribute.")
            documents = session.study.documents
            names = documents.loc[documents[filters.attribute] == filters.value, "document"]
            among &= segments["document"].isin(names).to_numpy(dtype=bool)[rows]
        if filters.speaker:
            among &= (segments["speaker"] == filters.speaker).to_numpy(dtype=bool)[rows]
        if filters.differ == "machine":
            value, suggested = state.value[rows, codes], state.suggested[rows, codes]
            among &= ((value == 1) & ~suggested) | ((value == 0) & suggested)
        elif filters.differ == "coders":
            among &= self._where_people_differ()[rows, codes]
        return among

    def _document(self, name: str) -> int:
        if name not in self.session.documents:
            raise ProjectError("There is no such document.")
        return self.session.documents.index(name)

    def _where_people_differ(self) -> NDArray[np.bool_]:
        """Return where people who coded without suggestions differ, shape (n_segments, n_codes)."""
        if self._differences is None or not self.people_differ:
            raise GoldError("There are no two people who coded without suggestions.")
        found = self._differences.standing(self._differences.people).state
        differ = np.zeros(self.session.state.value.shape, dtype=bool)
        differ[found.rows, found.columns] = True
        differ[self.session.hidden > 0] = False
        return differ
