"""One person's review of a study: decisions, undo and redo, and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import ASSISTED, BULK, EARLIER, FINISHED, SPAN
from fourp_nlp.coding.gold.coder_names import SETTLED, name_key, one_spelling
from fourp_nlp.coding.store.carried_names import followed
from fourp_nlp.errors import FourpError, GoldError, ProjectError
from fourp_nlp.study.reading.assisted import assisted_decisions
from fourp_nlp.study.reviewing.decisions.hand_edits import HandEdit, hand_edits
from fourp_nlp.study.reviewing.decisions.person_codings import read_person_codings
from fourp_nlp.study.reviewing.decisions.review_history import (
    DO,
    REDO,
    UNDO,
    ReviewHistory,
    passed_over,
)
from fourp_nlp.study.reviewing.decisions.written_decisions import (
    fits_text,
    text_hashes,
    write_decisions,
)
from fourp_nlp.study.reviewing.draws.draw_queues import DrawQueues
from fourp_nlp.study.reviewing.review_state import OPEN, hide, read_state
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.coding.store.review_log import ReviewLog
    from fourp_nlp.study.reviewing.decisions.person_codings import PersonCodings
    from fourp_nlp.study.reviewing.decisions.written_decisions import WrittenDecisions
    from fourp_nlp.study.reviewing.review_state import ReviewState
    from fourp_nlp.study.study import Study

__all__ = ["ChangedElsewhereError", "Decision", "Outcome", "ReviewProgress", "ReviewSession"]

_SPAN = ["document", "start", "end"]
_VALUES = {True: 1, False: 0, None: OPEN}
_EXAMPLE = "coded example"  # how a reason begins that quotes one
_QUOTED = 40  # characters by which a quoted segment is known


class Decision(NamedTuple):
    """A decision about a code of a segment.

    Attributes
    ----------
    segment : int
        Number of the segment in its document.
    code : int
        Number of the code in the codebook, from 0.
    value : bool or None
        Whether the code applies; None if that is open again.
    was : bool or None
        What the person saw before.
    """

    segment: int
    code: int
    value: bool | None
    was: bool | None


class ReviewProgress(NamedTuple):
    """How far a person is with a document, or with all.

    Attributes
    ----------
    open, decided : int
        Suggestions on which nothing is decided, and something is.
    finished : bool
        Whether the person has read everything.
    """

    open: int
    decided: int
    finished: bool


class Outcome(NamedTuple):
    """What an action changed.

    Attributes
    ----------
    document : int
        Number of the document, from 0.
    segments : list of int
        Numbers of segments in it whose codes changed.
    """

    document: int
    segments: list[int]


class ChangedElsewhereError(FourpError):
    """A code was changed in another window after it was shown.

    Attributes
    ----------
    segments : list of int
        The segments.
    """

    segments: list[int]


class ReviewSession:
    """What one person decides about the suggestions of a study.

    Each decision is in the log of the database before the method returns. `write` writes the gold files.

    Parameters
    ----------
    study : Study
        The study, which reads its files anew when they change.
    coder : str
        The person.
    log : ReviewLog
        The log of decisions, open.

    Attributes
    ----------
    hand_edited : dict of (str, int, int, str) to HandEdit
        Where the gold file was edited by hand after the person decided, by document, start, end and code.
        What the file says is shown, until the person decides anew.

    Raises
    ------
    GoldError
        If nobody can have that name.
    ProjectError
        If no file can have that name.
    """

    def __init__(self, study: Study, coder: str, log: ReviewLog) -> None:
        if not coder.strip() or coder.strip() == SETTLED:
            raise GoldError("No coder is named who decides.", cure="Add --coder NAME.")
        self.study = study
        self.coder = _spelling(study, coder.strip())
        study.project.gold_of_assisted(self.coder)
        self._log = log
        self.drawn = DrawQueues(study, self.coder, log)
        self.history = ReviewHistory()
        self._names = log.names
        self._made_from: tuple[object, ...] = ()
        self._suggestions_made = -1
        self._begins_anew = False
        self.hand_edited: dict[tuple[Any, ...], HandEdit] = {}
        self.refresh()

    # What is there.

    def refresh(self) -> bool:
        """Read anew what was changed elsewhere; return whether anything was."""
        self._follow_names()
        study, made = self.study, self._log.suggestions_made()
        inputs = (study.segments, study.codebook, study.gold, self.drawn.hidden)
        same = (
            made == self._suggestions_made
            and len(self._made_from) == len(inputs)
            and all(one is other for one, other in zip(self._made_from, inputs, strict=True))
        )
        if not same:
            # Suggestions are read anew only if some were made: each decision changes the database, too.
            self._suggestions_made = made
            self._rebuild(inputs)
        return self.follow_log() or not same

    def _follow_names(self) -> None:
        """Have earlier entries under the names that codes and coders have now."""
        names = self._log.names
        if names != self._names:
            self.coder = self.drawn.coder = followed(self.coder, self._names, names)
            self._names = names
            self.history = ReviewHistory()

    def follow_draws(self) -> None:
        """Hide suggestions of segments that were drawn since, and show those of finished draws."""
        if self.drawn.changed:
            self.refresh()

    @property
    def hidden(self) -> NDArray[np.int64]:
        """The number of the draw in which each segment waits to be coded, 0 if in none."""
        return self._hidden

    def follow_log(self) -> bool:
        """Take over what the same person decided in another window; return whether there was anything."""
        new = self._log.read(self.coder, after=self.history.last)
        # What was written is in the gold files, where people may have changed it since.
        written = self._log.written(self.coder)
        if self._begins_anew:
            self._begins_anew = False
            self._apply_pending(self._log.read(self.coder, after=written))
        else:
            self._apply(new[new["number"] > written])
        self.history.add(new)
        return len(new) > 0

    def _apply_pending(self, pending: pd.DataFrame) -> None:
        """Lay what is not written yet over what the gold files say, but where they were edited by hand."""
        decided = assisted_decisions(self.study)
        edits = hand_edits(pending, decided[decided["coder"] == self.coder])
        self._apply(pending[~among(pending, edits, [*_SPAN, "code"])])
        places = (edits[name].tolist() for name in (*_SPAN, "code"))
        said = map(HandEdit, edits["page"].tolist(), edits["file"].tolist())
        self.hand_edited = dict(zip(zip(*places, strict=True), said, strict=True))

    def _rebuild(self, inputs: tuple[object, ...]) -> None:
        self._made_from = inputs
        segments = self.study.segments
        self.suggestions = self.study.suggestions_of_present_codes
        self.machine = "" if self.suggestions.empty else str(self.suggestions["model"].iloc[0])
        self.state: ReviewState = read_state(self.study, self.coder)
        self.person: PersonCodings = read_person_codings(self.study, self.coder)
        self._hidden: NDArray[np.int64] = self.drawn.hidden
        hide(self.state, self._hidden > 0)
        drawn = segments[self._hidden > 0]
        self._quotes = [
            *(
                f"({name}, segment {number})"
                for name, number in zip(drawn["document"], drawn["segment"], strict=True)
            ),
            *(f"): {text[:_QUOTED]}" for text in drawn["text"]),
        ]
        self.documents: list[str] = self.study.documents["document"].tolist()
        self.codes: list[str] = self.study.codebook.code_ids
        names = segments["document"].to_numpy(dtype=object)
        numbers = pd.Index(self.documents).get_indexer(pd.Index(names))
        self._first = np.searchsorted(numbers, np.arange(len(self.documents)), side="left")
        self._after = np.searchsorted(numbers, np.arange(len(self.documents)), side="right")
        self._numbers = numbers
        self._places = pd.MultiIndex.from_frame(segments[_SPAN])
        self._starts = segments["start"].to_numpy(dtype=np.int64)
        self._ends = segments["end"].to_numpy(dtype=np.int64)
        self._begins_anew = True

    def rows(self, document: int) -> tuple[int, int]:
        """Return the first row of a document in the table of segments, and one past its last.

        Raises
        ------
        ProjectError
            If there is no such document.
        """
        if not 0 <= document < len(self.documents):
            raise ProjectError(f"There is no document number {document}.")
        return int(self._first[document]), int(self._after[document])

    def row_of(self, document: str, start: int, end: int) -> int:
        """Return the row of the segment at a place, -1 if the place is no segment."""
        return int(self._places.get_indexer(pd.Index([(document, start, end)]))[0])

    def touched(self, document: str, start: int, end: int) -> NDArray[np.int64]:
        """Return the rows of the segments that a passage touches with at least one character."""
        first, after = self.rows(self.documents.index(document))
        touches = (self._starts[first:after] < end) & (self._ends[first:after] > start)
        return np.flatnonzero(touches).astype(np.int64) + first

    def progress(self, document: int | None = None) -> ReviewProgress:
        """Return how far the person is with a document, or with all."""
        first, after = (0, len(self._numbers)) if document is None else self.rows(document)
        part = slice(first, after)
        state = self.state
        seen = state.suggested[part] & state.applies[part]
        is_open = seen & (state.value[part] == OPEN)
        n_open = int(is_open.sum())
        names = self.documents if document is None else [self.documents[document]]
        return ReviewProgress(n_open, int(seen.sum()) - n_open, set(names) <= state.finished)

    @property
    def version(self) -> int:
        """The last entry of the person's log that is shown."""
        return self.history.last

    @property
    def pending(self) -> int:
        """How many entries of the log are not in the gold files yet."""
        return len(self._log.read(self.coder, after=self._log.written(self.coder)))

    def carried(self, entries: pd.DataFrame) -> pd.DataFrame:
        """Return rows with what their codes and coders are called now: columns at, code and coder."""
        return self._log.names.entries(entries)

    def entries(self) -> pd.DataFrame:
        """Return the person's whole log: the table REVIEWED."""
        return self._log.read(self.coder)

    def next_open(
        self, document: int, segment: int, *, back: bool = False, uncertain: bool = False
    ) -> tuple[int, int] | None:
        """Return the segment and code of the next open suggestion in a document, None if there is none.

        Parameters
        ----------
        document : int
            Number of the document.
        segment : int
            From where: -1 from the beginning. After the last comes the first again.
        back : bool, default False
            Whether to look for the one before.
        uncertain : bool, default False
            Whether to go from the most uncertain one to the most certain: the next after this segment's.

        Returns
        -------
        tuple of int, or None
            Number of the segment in the document, number of the code.
        """
        self.follow_draws()
        first, after = self.rows(document)
        part = slice(first, after)
        state = self.state
        is_open = state.suggested[part] & (state.value[part] == OPEN) & state.applies[part]
        segments, codes = np.nonzero(is_open)
        if not len(segments):
            return None
        probability = state.probability[part][segments, codes]
        if uncertain:
            order = np.lexsort((codes, segments, np.abs(probability - 0.5)))
            here = np.flatnonzero(segments[order] == segment)
            at = order[(here[-1] + 1) % len(order)] if len(here) else order[0]
            return int(segments[at]), int(codes[at])
        # Within a segment, the likeliest first.
        order = np.lexsort((-probability, segments))
        segments, codes = segments[order], codes[order]
        if back:
            earlier = np.flatnonzero(segments < segment)
            target = segments[earlier[-1]] if len(earlier) else segments[-1]
        else:
            later = np.flatnonzero(segments > segment)
            target = segments[later[0]] if len(later) else segments[0]
        at = int(np.flatnonzero(segments == target)[0])
        return int(segments[at]), int(codes[at])

    # What a person does.

    def decide(self, document: int, decisions: Sequence[Decision]) -> Outcome:
        """Decide about codes of segments of one document: all of it, or nothing.

        Parameters
        ----------
        document : int
            Number of the document.
        decisions : sequence of Decision
            At least one.

        Returns
        -------
        Outcome
            What changed.

        Raises
        ------
        ChangedElsewhereError
            If a code is not any more what the person saw.
        GoldError
            If a code cannot be decided on here.
        ProjectError
            If there is no such document, segment or code.
        """
        self.follow_draws()
        first, after = self.rows(document)
        if not decisions:
            raise ProjectError("Nothing is decided.")
        segments = np.array([each.segment for each in decisions], dtype=np.int64)
        codes = np.array([each.code for each in decisions], dtype=np.int64)
        if ((segments < 0) | (segments >= after - first)).any():
            raise ProjectError("There is no such segment.")
        if ((codes < 0) | (codes >= len(self.codes))).any():
            raise ProjectError("There is no such code.")
        rows = segments + first
        value = np.array([_VALUES[each.value] for each in decisions], dtype=np.int8)
        was = np.array([_VALUES[each.was] for each in decisions], dtype=np.int8)
        self.follow_log()
        self.refuse_drawn(rows)
        self.refuse_where_fixed(rows, codes)
        self._refuse_changed(rows, codes, was)
        changed = value != was
        if not changed.any():
            return Outcome(document, [])
        rows, codes, value = rows[changed], codes[changed], value[changed]
        self._append(DO, self._what(rows, codes, value), rows, codes, value, ASSISTED)
        return Outcome(document, sorted({int(row) - first for row in rows}))

    def accept_in_bulk(
        self, *, above: float, document: int | None = None, code: int | None = None
    ) -> Outcome:
        """Accept all open suggestions from a probability on.

        Parameters
        ----------
        above : float
            The probability.
        document, code : int, optional
            Only in this document, only of this code.

        Returns
        -------
        Outcome
            What changed in the document (in the first one, if none is named).
        """
        self.refresh()
        rows, codes = self.bulk(above=above, document=document, code=code)
        first, after = self.rows(document or 0)
        if len(rows):
            value = np.ones(len(rows), dtype=np.int8)
            what = f"accepted {len(rows)} suggestions in bulk"
            self._append(DO, what, rows, codes, value, BULK)
        here = (rows >= first) & (rows < after)
        return Outcome(document or 0, sorted({int(row) - first for row in rows[here]}))

    def bulk(
        self, *, above: float, document: int | None = None, code: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return rows and codes of the open suggestions from a probability on."""
        self.follow_draws()
        is_open = self.state.open & (np.nan_to_num(self.state.probability) >= above)
        if document is not None:
            first, after = self.rows(document)
            is_open[:first] = False
            is_open[after:] = False
        if code is not None:
            if not 0 <= code < len(self.codes):
                raise ProjectError("There is no such code.")
            others = np.arange(len(self.codes)) != code
            is_open[:, others] = False
        rows, codes = np.nonzero(is_open)
        return rows.astype(np.int64), codes.astype(np.int64)

    def finish(self, document: int) -> Outcome:
        """Record that the person has read all of a document: no other code applies in it.

        Raises
        ------
        GoldError
            If suggestions in it are open.
        """
        self.refresh()
        first, after = self.rows(document)
        name = self.documents[document]
        n_drawn = int((self._hidden[first:after] > 0).sum())
        if n_drawn:
            raise GoldError(
                f"{n_drawn} segment{' of this document is' if n_drawn == 1 else 's of this document are'} in "
                "a draw that you are coding without suggestions.",
                cure="Code and import the draw first.",
            )
        n_open = self.progress(document).open
        if n_open:
            raise GoldError(
                f"{n_open} suggestion{' is' if n_open == 1 else 's are'} open in {name}.",
                cure="Decide on them first.",
            )
        if name not in self.state.finished:
            entry = self.entries_of(f"finished {name}", pd.DataFrame({"document": [name]}))
            entry = entry.assign(value=1, before=OPEN, origin=FINISHED)
            self.keep(entry.assign(kind=DO, of_action=0))
        return Outcome(document, [])

    def undo(self) -> Outcome | None:
        """Take back the last action; return what changed, None if there is nothing to undo."""
        return self._turn(UNDO)

    def redo(self) -> Outcome | None:
        """Do again what was undone last; return what changed, None if there is nothing."""
        return self._turn(REDO)

    def write(self) -> WrittenDecisions:
        """Write the decisions into the gold files.

        Raises
        ------
        FourpError
            If a file was changed meanwhile or cannot be written; the decisions stay in the log.
        """
        self.refresh()
        return write_decisions(self.study, self.coder, self._log)

    # How it is kept.

    def _turn(self, kind: str) -> Outcome | None:
        self.follow_draws()
        self.follow_log()
        goal, now = ("before", "value") if kind == UNDO else ("value", "before")
        action, possible = self.history.next_possible(kind, lambda each: self._stands(each, now))
        if action is None:
            return None
        rows = self._rows_of(action)
        self.refuse_drawn(rows)
        if not possible:
            raise GoldError(
                passed_over(action, kind, "its text or its codes were changed elsewhere since"),
                cure="Change the codes one by one.",
            )
        number = int(action["action"].iloc[0])
        swapped = {"value": action[goal], "before": action[now]}
        if kind == UNDO:
            swapped |= {"memo": action["memo_before"], "memo_before": action["memo"]}
        self.keep(action.assign(kind=kind, of_action=number, **swapped))
        document = int(self.documents.index(action["document"].iloc[0]))
        first, after = self.rows(max(document, 0))
        here = (rows >= first) & (rows < after)
        return Outcome(max(document, 0), sorted({int(row) - first for row in rows[here]}))

    def _rows_of(self, action: pd.DataFrame) -> NDArray[np.int64]:
        """Return the rows of the segments that an action is about, or touches."""
        rows, _, known = self._cells(action)
        passages = action[~known & action["origin"].isin([SPAN, EARLIER]).to_numpy()]
        if passages.empty:
            return rows
        passages = passages[passages["document"].isin(self.documents)]
        touched = [
            self.touched(document, start, end)
            for document, start, end in passages[_SPAN].itertuples(index=False)
        ]
        return np.concatenate([rows, *touched])

    def _stands(self, action: pd.DataFrame, now: str) -> bool:
        """Return whether everything is as an action left it, or as it found it."""
        if (action["origin"] == FINISHED).all():
            return True
        rows, codes, known = self._cells(action)
        memos = "memo" if now == "value" else "memo_before"
        if self._memos(action) != action[memos].tolist():
            return False
        # What is hidden in a draw is told as that.
        hidden = self._hidden[rows] > 0
        same = self.state.value[rows, codes] == action[now].to_numpy(dtype=np.int8)[known]
        if not (same | hidden).all():
            return False
        others = action[~known]
        if not self.fits_text(others).all():
            return False
        columns = (others[name].tolist() for name in (*_SPAN, "code", "origin", now))
        for document, start, end, code, origin, value in zip(*columns, strict=True):
            place = (document, start, end, code)
            is_there = (
                self.person.is_earlier(place) if origin == EARLIER else self.person.is_span(place)
            )
            if origin not in {SPAN, EARLIER} or is_there != (value == 1):
                return False
        return True

    def _what(
        self, rows: NDArray[np.int64], codes: NDArray[np.int64], value: NDArray[np.int8]
    ) -> str:
        """Return an action in a few words."""
        names = self.study.codebook.names
        suggested = self.state.suggested[rows, codes]
        verbs = {
            1: "accepted" if suggested.all() else "added",
            0: "rejected",
            OPEN: "opened again:",
        }
        kinds = set(value.tolist())
        verb = verbs[kinds.pop()] if len(kinds) == 1 else "changed"
        if len(rows) == 1:
            return f"{verb} {names[self.codes[codes[0]]]}"
        return f"{verb} {len(rows)} codes"

    def reason(self, row: int) -> str:
        """Return why something was suggested, unless that says how a drawn segment was coded.

        Parameters
        ----------
        row : int
            Row of the table of suggestions.
        """
        why = str(self.suggestions["why"].iloc[row])
        if why.startswith(_EXAMPLE) and any(quote in why for quote in self._quotes):
            return (
                "The nearest example is a segment of a draw that you are coding. The reason is shown when "
                "the draw is imported."
            )
        return why

    def in_words(self, action: pd.DataFrame) -> str:
        """Return an action in a few words, which say nothing of segments that are drawn."""
        rows = self._rows_of(action)
        if (self._hidden[rows] > 0).any():
            return "a decision on words that you are coding in a draw"
        return str(action["what"].iloc[0])

    def refuse_drawn(self, rows: NDArray[np.int64]) -> None:
        """Refuse what touches segments that the person is coding in a draw."""
        if (self._hidden[rows] > 0).any():
            raise GoldError(
                "These words are in a draw that you are coding without suggestions.",
                cure="Code them there; when the draw is imported, you can decide on them here.",
            )

    def refuse_where_fixed(self, rows: NDArray[np.int64], codes: NDArray[np.int64]) -> None:
        """Refuse codes where they were looked for without suggestions, or cannot apply."""
        state, names = self.state, self.study.codebook.names
        blind = state.blind[rows, codes]
        if blind.any():
            code = names[self.codes[codes[blind][0]]]
            raise GoldError(
                f"{self.coder} read this passage for {code} without seeing suggestions, and that counts.",
                cure="Change it in the gold file, or in the program in which it was coded.",
            )
        applies = state.applies[rows, codes]
        if not applies.all():
            code = names[self.codes[codes[~applies][0]]]
            raise GoldError(f"By the codebook, {code} cannot apply here.")

    def _refuse_changed(
        self, rows: NDArray[np.int64], codes: NDArray[np.int64], was: NDArray[np.int8]
    ) -> None:
        other = self.state.value[rows, codes] != was
        if other.any():
            error = ChangedElsewhereError("This was changed in another window. It is shown anew.")
            error.segments = sorted(
                {int(row - self._first[self._numbers[row]]) for row in rows[other]}
            )
            raise error

    def entries_of(self, what: str, places: pd.DataFrame) -> pd.DataFrame:
        """Return entries of the log, with nothing under the columns that `places` lacks."""
        nothing: dict[str, Any] = {
            "start": 0, "end": 0, "code": "", "text": "", "model": "", "probability": np.nan, "memo": "",
            "memo_before": "",
        }  # fmt: skip
        missing = {name: fill for name, fill in nothing.items() if name not in places.columns}
        return places.assign(**missing, coder=self.coder, what=what)

    def _append(
        self,
        kind: str,
        what: str,
        rows: NDArray[np.int64],
        codes: NDArray[np.int64],
        value: NDArray[np.int8],
        origin: str,
    ) -> None:
        segments, state = self.study.segments.iloc[rows], self.state
        places = pd.DataFrame(
            {
                **{name: segments[name].to_numpy() for name in _SPAN},
                "code": [self.codes[code] for code in codes],
                "text": text_hashes(segments["text"]),
                "probability": state.probability[rows, codes].astype(np.float64),
                "model": np.where(state.row[rows, codes] >= 0, self.machine, ""),
                "value": value,
                "before": state.value[rows, codes],
                "origin": origin,
            }
        )
        # A memo goes with the coding that it is on, and comes back with it.
        places["memo_before"] = self._memos(places)
        self.keep(self.entries_of(what, places).assign(kind=kind, of_action=0))

    def _memos(self, places: pd.DataFrame) -> list[str]:
        """Return the memo on each of some codings, empty where there is none."""
        columns = (places[name].tolist() for name in (*_SPAN, "code"))
        return [self.person.memos.get(place, "") for place in zip(*columns, strict=True)]

    def keep(self, entries: pd.DataFrame) -> None:
        """Keep the entries of one action, and show what they change.

        Raises
        ------
        ChangedElsewhereError
            If the person did something in another window meanwhile.
        """
        kept = self._log.append(entries, after=self.history.last)
        if kept is None:
            self.refresh()
            error = ChangedElsewhereError("Something was changed in another window. Try again.")
            error.segments = []
            raise error
        self._apply(kept)
        self.history.add(kept)

    def _cells(
        self, entries: pd.DataFrame
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Return rows and codes of entries, and which of them are about a segment and code that are there."""
        rows = self._places.get_indexer(pd.MultiIndex.from_frame(entries[_SPAN]))
        codes = pd.Index(self.codes).get_indexer(pd.Index(entries["code"]))
        known = (rows >= 0) & (codes >= 0)
        hashes = np.array(text_hashes(self.study.segments["text"].iloc[rows[known]]), dtype=object)
        known[known] = hashes == entries["text"].to_numpy(dtype=object)[known]
        return rows[known], codes[known], known

    def _apply(self, entries: pd.DataFrame) -> None:
        """Change what is shown by entries of the log."""
        if entries.empty:
            return
        for document, value in entries.loc[
            entries["origin"] == FINISHED, ["document", "value"]
        ].itertuples(index=False):
            (self.state.finished.add if value == 1 else self.state.finished.discard)(str(document))
        final = entries.drop_duplicates([*_SPAN, "code"], keep="last")
        if self.hand_edited:
            for place in final[[*_SPAN, "code"]].itertuples(index=False, name=None):
                self.hand_edited.pop(place, None)
        rows, codes, known = self._cells(final)
        self._apply_passages(final[~known | (final["origin"] == EARLIER).to_numpy()])
        free = ~self.state.blind[rows, codes] & (self._hidden[rows] == 0)
        chosen = final[known][free]
        cells = rows[free], codes[free]
        self.state.value[cells] = chosen["value"].to_numpy(dtype=np.int8)
        self.state.bulk[cells] = ((chosen["origin"] == BULK) & (chosen["value"] == 1)).to_numpy(
            dtype=bool
        )
        noted = chosen[(chosen["memo"] != "") | (chosen["memo_before"] != "")]
        columns = (noted[name].tolist() for name in (*_SPAN, "code", "memo"))
        for document, start, end, code, memo in zip(*columns, strict=True):
            self.person.note((document, start, end, code), memo)

    def _apply_passages(self, entries: pd.DataFrame) -> None:
        """Change passages and memos on earlier codings by entries of the log."""
        entries = entries[entries["origin"].isin([SPAN, EARLIER])]
        entries = entries[self.fits_text(entries) & entries["code"].isin(self.codes).to_numpy()]
        columns = (entries[name].tolist() for name in (*_SPAN, "code", "value", "memo", "origin"))
        for document, start, end, code, value, memo, origin in zip(*columns, strict=True):
            self.person.put((document, start, end, code), value=value, memo=memo, origin=origin)

    def fits_text(self, entries: pd.DataFrame) -> NDArray[np.bool_]:
        """Return which entries are about a text that still stands where it stood."""
        return fits_text(self.study, entries)


def _spelling(study: Study, coder: str) -> str:
    """Return a coder's name as gold files or draws spell it."""
    draws = study.store.read_draws()["coder"].tolist()
    keys = {name_key(name) for name in study.gold.coded}
    only_drawn = {name_key(name): name for name in draws if name_key(name) not in keys}
    return one_spelling([coder], [*study.gold.coded, *only_drawn.values()])[coder]
