"""Settling differences between coders: decisions, comments, undo and redo, and the settled coding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import one_spelling
from fourp_nlp.coding.store.backups import back_up
from fourp_nlp.coding.store.carried_names import followed
from fourp_nlp.errors import FourpError, GoldError, ProjectError
from fourp_nlp.study.changes import changing
from fourp_nlp.study.reconciling.adjudication import adjudicate
from fourp_nlp.study.reviewing.decisions.review_history import (
    DO,
    REDO,
    UNDO,
    ReviewHistory,
    passed_over,
)
from fourp_nlp.study.reviewing.decisions.written_decisions import text_hashes
from fourp_nlp.study.reviewing.differences.difference_state import chosen_coders, read_differences
from fourp_nlp.study.reviewing.review_state import OPEN
from fourp_nlp.tables import ADJUDICATED, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
    from fourp_nlp.study.reconciling.adjudication import Settled
    from fourp_nlp.study.reviewing.differences.difference_state import DifferenceState
    from fourp_nlp.study.study import Study

__all__ = [
    "Choice",
    "DifferenceOutcome",
    "DifferenceSession",
    "Filters",
    "OutdatedDifferenceError",
    "Standing",
]

_SPAN = ["document", "start", "end"]
_KEY = [*_SPAN, "code"]
_BEFORE = {
    "value": "before",
    "decided_by": "before_by",
    "decided_at": "before_at",
    "note": "before_note",
}
"""Columns of what stands after an action, and of what stood before."""
_PATIENCE = 5.0  # seconds that a decision waits for a command that changes the project
_KEPT_STATES = 4
_LONGEST_NOTE = 5000  # characters


class Choice(NamedTuple):
    """What a person decides about a segment: one of the three.

    Attributes
    ----------
    coder : str
        As this coder had it.
    codes : sequence of int or None
        These codes apply and no others, by their numbers in the codebook.
    none : bool
        None of the codes over which the coders differ.
    """

    coder: str = ""
    codes: Sequence[int] | None = None
    none: bool = False


class Filters(NamedTuple):
    """Which differences are listed.

    Attributes
    ----------
    code : int, optional
        Number of a code that is at odds, or decided.
    document, group : str, optional
        Ids.
    state : {"all", "open", "settled", "changed"}
        What is decided of them; "changed" is where codings changed after the decision.
    """

    code: int | None = None
    document: str = ""
    group: str = ""
    state: str = "all"


@dataclass(frozen=True)
class Standing:
    """What is decided about the differences of a state.

    Attributes
    ----------
    state : DifferenceState
        The differences.
    decisions : pandas.DataFrame
        Decisions about segments and codes that there are, apart from those that are left out: columns row,
        column, value, decided_by, decided_at, note, changed (codings are not those that were decided about).
    unused : pandas.DataFrame
        Decisions about places that are no segment that a person read: columns document, start, end, code,
        settled, decided_by and decided_at. No command uses them.
    rows : ndarray of int64, shape (n_items,)
        Segments with a difference, or with a decision about one that is none any more, in reading order.
    n_open : ndarray of int64, shape (n_items,)
        How many codes at odds are not decided.
    changed : ndarray of bool, shape (n_items,)
        Where codings changed after a decision.
    """

    state: DifferenceState
    decisions: pd.DataFrame
    unused: pd.DataFrame
    rows: NDArray[np.int64]
    n_open: NDArray[np.int64]
    changed: NDArray[np.bool_]

    def of(self, row: int) -> pd.DataFrame:
        """Return the decisions about a segment."""
        return self.decisions[self.decisions["row"] == row]


class DifferenceOutcome(NamedTuple):
    """What an action changed.

    Attributes
    ----------
    document : str
        Id of the document.
    start, end : int
        The segment.
    what : str
        The action in a few words.
    """

    document: str
    start: int
    end: int
    what: str


class OutdatedDifferenceError(FourpError):
    """Codings or decisions of a segment changed after it was shown."""


class DifferenceSession:
    """What one person settles between coders.

    Each decision is in the database, with its log, before the method returns. It is of the same kind as one
    that `fourp reconcile --decisions` imports from a sheet.

    Parameters
    ----------
    study : Study
        The study, which reads its files anew when they change.
    coder : str
        Who decides.
    log : AdjudicationLog
        The log, open.
    """

    def __init__(self, study: Study, coder: str, log: AdjudicationLog) -> None:
        self.study = study
        self.coder = coder
        self._log = log
        self._entries = empty(ADJUDICATED)
        self._log_state: tuple[int, int] | None = None
        self._made_from: tuple[object, ...] = ()
        self._states: dict[tuple[str, ...], DifferenceState] = {}
        self._standings: dict[tuple[str, ...], Standing] = {}
        self._sheet_notes = pd.DataFrame()
        self._decided = False
        self._names = log.names
        self.history = ReviewHistory()
        self.decisions = pd.DataFrame()
        self.version = 0

    # What is there.

    def refresh(self) -> bool:
        """Read anew what was changed elsewhere; return whether anything was."""
        study = self.study
        inputs = (study.segments, study.codebook, study.gold)
        same_files = len(self._made_from) == len(inputs) and all(
            one is other for one, other in zip(self._made_from, inputs, strict=True)
        )
        log_state = self._log.state()
        if same_files and log_state == self._log_state:
            return False
        # A change of the database may be of its draws and suggestions, too.
        elsewhere = self._log_state is None or log_state[0] != self._log_state[0]
        if not same_files or elsewhere:
            self._states.clear()
        if elsewhere:
            self._sheet_notes = self._log.notes_of_sheets().drop_duplicates(
                [*_KEY, "decided_by"], keep="last"
            )
        self._made_from, self._log_state = inputs, log_state
        self._standings.clear()
        if self._log.names != self._names:
            self.coder = followed(self.coder, self._names, self._log.names)
            self._names = self._log.names
            self._entries, self.history = empty(ADJUDICATED), ReviewHistory()
        self.decisions = self._log.decisions()
        new = self._log.read(after=self._last)
        if len(new):
            self._entries = pd.concat([self._entries, new], ignore_index=True)
            self.history.add(new[new["coder"] == self.coder])
        self.version += 1
        return True

    @property
    def _last(self) -> int:
        return int(self._entries["number"].iloc[-1]) if len(self._entries) else 0

    @property
    def people(self) -> list[str]:
        """Who coded without seeing suggestions."""
        return self.study.coded_blind().gold.people

    @property
    def seen_only(self) -> list[str]:
        """Who coded only with suggestions before their eyes: such codings are not compared."""
        blind = set(self.people)
        return [name for name in self.study.gold.people if name not in blind]

    @property
    def possible(self) -> bool:
        """Whether there are two people, or one and the machine."""
        people = self.people
        return len(people) > 1 or bool(people and self.study.machine_if_any)

    def standing(self, between: Sequence[str] = ()) -> Standing:
        """Return the differences between coders, and what is decided about them.

        Parameters
        ----------
        between : sequence of str, optional
            Whom to compare; by default as `chosen_coders` has it.

        Returns
        -------
        Standing
            As of now.

        Raises
        ------
        GoldError
            If these cannot be compared.
        """
        self.refresh()
        coders = tuple(chosen_coders(self.study, between))
        if coders not in self._states:
            while len(self._states) >= _KEPT_STATES:
                self._states.pop(next(iter(self._states)))
            self._states[coders] = read_differences(self.study, coders, self.coder)
            self._standings.pop(coders, None)
        if coders not in self._standings:
            self._standings[coders] = self._stand(self._states[coders])
        return self._standings[coders]

    def _stand(self, state: DifferenceState) -> Standing:
        decisions = self._with_notes()
        row = state.places.get_indexer(pd.MultiIndex.from_frame(decisions[_SPAN]))
        column = pd.Index(self.study.codebook.code_ids).get_indexer(pd.Index(decisions["code"]))
        placed = (row >= 0) & (column >= 0)
        placed[placed] = state.read[row[placed]]
        # Of segments that are left out nothing is shown, not even what others decided.
        left_out = (row >= 0) & state.waiting[row]
        unused = decisions[~placed & ~left_out]
        decisions = decisions.assign(row=row, column=column)[placed & ~left_out]
        decisions = decisions.reset_index(drop=True)
        decisions["changed"] = state.changed_since(decisions)
        n_codes = len(self.study.codebook.code_ids)
        cells = state.rows * n_codes + state.columns
        decided_cells = decisions["row"].to_numpy() * n_codes + decisions["column"].to_numpy()
        is_open = ~np.isin(cells, decided_cells)
        of_change = decisions.loc[decisions["changed"], "row"].to_numpy(np.int64)
        rows = np.union1d(state.rows, of_change)
        n_open = np.bincount(np.searchsorted(rows, state.rows[is_open]), minlength=len(rows))
        return Standing(
            state, decisions, unused, rows, n_open.astype(np.int64), np.isin(rows, of_change)
        )

    def _with_notes(self) -> pd.DataFrame:
        """Return the decisions with the comments on them, and with the codings that were decided about."""
        decisions = self.decisions.assign(value=self.decisions["settled"].astype("int64"))
        if decisions.empty:
            return decisions.assign(note="", given_by="", not_given_by="")
        last = self._entries.drop_duplicates(_KEY, keep="last")
        key = [*_KEY, "value", "decided_by", "decided_at"]
        beside = [*key, "note", "given_by", "not_given_by"]
        known = decisions.merge(last[beside], on=key, how="left")
        if len(self._sheet_notes):
            said = decisions.merge(self._sheet_notes, on=[*_KEY, "decided_by"], how="left")["note"]
            known["note"] = known["note"].fillna(said)
        columns = ["note", "given_by", "not_given_by"]
        return known.assign(**known[columns].fillna("").astype("str"))

    def chosen(self, standing: Standing, filters: Filters) -> NDArray[np.int64]:
        """Return which items the filters let through, as positions in `standing.rows`."""
        state, rows = standing.state, standing.rows
        keep = {
            "open": standing.n_open > 0,
            "settled": standing.n_open == 0,
            "changed": standing.changed,
        }.get(filters.state, np.ones(len(rows), dtype=bool))
        if filters.code is not None:
            decided = standing.decisions
            keep &= np.isin(rows, state.rows[state.columns == filters.code]) | np.isin(
                rows, decided.loc[decided["column"] == filters.code, "row"]
            )
        names = self.study.segments["document"].iloc[rows]
        if filters.document:
            keep &= (names == filters.document).to_numpy(dtype=bool)
        if filters.group:
            documents = self.study.documents
            of_group = documents.loc[documents["group"] == filters.group, "document"]
            keep &= names.isin(of_group).to_numpy(dtype=bool)
        return np.flatnonzero(keep)

    def row_of(self, standing: Standing, document: str, segment: int) -> int:
        """Return the row of a segment that is among the differences.

        Raises
        ------
        ProjectError
            If the coders do not differ there, or not any more.
        """
        segments = self.study.segments
        at = (segments["document"] == document) & (segments["segment"] == segment)
        (rows,) = np.nonzero(at.to_numpy(dtype=bool))
        if not len(rows) or rows[0] not in standing.rows:
            raise ProjectError("There is no difference between these coders here, or not any more.")
        return int(rows[0])

    def fingerprint(self, standing: Standing, row: int) -> str:
        """Return a short text that changes when codings or decisions of a segment do."""
        decided = standing.of(row)
        facts = decided[["column", "value", "decided_by", "decided_at", "note"]].sort_values(
            "column"
        )
        text = str(self.study.segments["text"].iloc[row])
        return standing.state.fingerprint(row, text, facts.to_numpy(dtype=object).tolist())

    def in_scope(self, standing: Standing, row: int) -> NDArray[np.int64]:
        """Return the codes that a decision about a segment is about.

        They are those over which the chosen coders differ, and those decided over which nobody differs.
        """
        state = standing.state
        decided = standing.of(row)["column"].to_numpy(np.int64)
        own = decided[~state.disputed_by_anybody(row)[decided]]
        return np.union1d(state.disputed(row), own)

    # What a person does.

    def settle(
        self,
        between: Sequence[str],
        document: str,
        segment: int,
        choice: Choice,
        *,
        seen: str,
        note: str = "",
    ) -> DifferenceOutcome:
        """Decide about the codes over which coders differ in a segment: about all of them, or nothing.

        Parameters
        ----------
        between : sequence of str
            Who is compared.
        document : str
            Id of the document.
        segment : int
            Number of the segment in it.
        choice : Choice
            The decision.
        seen : str
            The fingerprint of what the person saw.
        note : str, optional
            A comment.

        Returns
        -------
        DifferenceOutcome
            What changed.

        Raises
        ------
        OutdatedDifferenceError
            If codings or decisions are not any more what the person saw. Nothing is kept.
        GoldError
            If a code cannot be decided on here.
        """
        with changing(self.study.project.root, wait=_PATIENCE):
            standing, row = self._as_seen(between, document, segment, seen)
            value, what = self._values(standing, row, choice)
            return self._do(standing, row, value, what, note=note)

    def reopen(
        self, between: Sequence[str], document: str, segment: int, *, seen: str
    ) -> DifferenceOutcome:
        """Take the decisions about a segment back, so that the difference is open again; as `settle`."""
        with changing(self.study.project.root, wait=_PATIENCE):
            standing, row = self._as_seen(between, document, segment, seen)
            scope = self.in_scope(standing, row).tolist()
            decided = standing.of(row)["column"].tolist()
            value = {code: OPEN for code in scope if code in decided}
            if not value:
                raise GoldError("Nothing is decided here.")
            return self._do(standing, row, value, "opened again")

    def comment(
        self, between: Sequence[str], document: str, segment: int, note: str, *, seen: str
    ) -> DifferenceOutcome:
        """Change the comment on the decisions about a segment; as `settle`."""
        with changing(self.study.project.root, wait=_PATIENCE):
            standing, row = self._as_seen(between, document, segment, seen)
            decided = standing.of(row).set_index("column")
            scope = [
                code for code in self.in_scope(standing, row).tolist() if code in decided.index
            ]
            if not scope:
                raise GoldError("Nothing is decided here that could be commented on.")
            entries = self._entries_of(standing, row, dict.fromkeys(scope, OPEN), "", note)
            same = {"value": "before", "decided_by": "before_by", "decided_at": "before_at"}
            entries = entries.assign(
                **{name: entries[before] for name, before in same.items()},
                note=self._tidy(note),
                what="changed the comment",
                given_by=decided.loc[scope, "given_by"].to_numpy(dtype=object),
                not_given_by=decided.loc[scope, "not_given_by"].to_numpy(dtype=object),
            )
            return self._keep(entries.assign(kind=DO, of_action=0))

    def undo(self) -> DifferenceOutcome | None:
        """Take the person's last action back; None if there is none.

        Raises
        ------
        GoldError
            If what it changed was changed again elsewhere.
        """
        return self._turn(UNDO)

    def redo(self) -> DifferenceOutcome | None:
        """Do the action again that was taken back last; as `undo`."""
        return self._turn(REDO)

    def write(self, *, overwrite: bool = False) -> Settled:
        """Write the settled coding, as `fourp reconcile --settle` does.

        Parameters
        ----------
        overwrite : bool, default False
            Whether an earlier file may be replaced.

        Returns
        -------
        Settled
            What was written.

        Raises
        ------
        FourpError
            If nothing is settled, or the file is there already.
        """
        with changing(self.study.project.root, wait=_PATIENCE):
            settled = adjudicate(self.study, overwrite=overwrite)
        self.back_up()
        return settled

    def back_up(self) -> None:
        """Back up the database, if anything was decided since the last time."""
        if self._decided:
            back_up(self._log.path)
        self._decided = False

    def _as_seen(
        self, between: Sequence[str], document: str, segment: int, seen: str
    ) -> tuple[Standing, int]:
        standing = self.standing(between)
        try:
            row = self.row_of(standing, document, segment)
        except ProjectError as error:
            raise OutdatedDifferenceError(
                "Nothing was kept: these coders do not differ here any more."
            ) from error
        if self.fingerprint(standing, row) != seen:
            raise OutdatedDifferenceError(
                "Nothing was kept: codings or decisions of this passage were changed elsewhere. It is shown "
                "anew."
            )
        return standing, row

    def _values(self, standing: Standing, row: int, choice: Choice) -> tuple[dict[int, int], str]:
        """Return what is decided about which code, and the decision in a few words."""
        state, disputed = standing.state, standing.state.disputed(row).tolist()
        others = {
            int(code): OPEN for code in self.in_scope(standing, row) if int(code) not in disputed
        }
        if choice.codes is not None:
            return self._values_of_codes(standing, row, set(choice.codes))
        if choice.none:
            return others | dict.fromkeys(disputed, 0), "settled: none of the codes at odds"
        if choice.coder not in state.coders:
            raise GoldError(f'"{choice.coder}" is not compared here.')
        who = state.everyone.index(choice.coder)
        looked_for, given = state.looked_for[who, row], state.labels[who, row]
        read = {code: int(given[code]) for code in disputed if looked_for[code]}
        if not read:
            raise GoldError(f"{choice.coder} did not look for these codes here.")
        return others | read, f"settled as {choice.coder} coded it"

    def _values_of_codes(
        self, standing: Standing, row: int, codes: set[int]
    ) -> tuple[dict[int, int], str]:
        state, names = standing.state, self.study.codebook.names
        ids = self.study.codebook.code_ids
        if any(not 0 <= code < len(ids) for code in codes):
            raise ProjectError("There is no such code.")
        agreed, by_anybody = state.agreed(row), state.disputed_by_anybody(row)
        possible = state.can_be_decided(row)
        disputed = set(state.disputed(row).tolist())
        of_row = standing.of(row)
        decided = dict(zip(of_row["column"].tolist(), of_row["value"].tolist(), strict=True))
        values: dict[int, int] = {}
        for code in sorted(disputed | set(decided) | codes | set(np.flatnonzero(agreed).tolist())):
            wanted = code in codes
            if code in disputed:
                values[code] = int(wanted)
            elif wanted == bool(agreed[code]) and not by_anybody[code]:
                if code in decided:
                    values[code] = OPEN
            elif wanted != bool(decided.get(code, agreed[code])):
                values[code] = int(wanted)
            if values.get(code) == 1 and not possible[code]:
                raise GoldError(
                    f"Nobody read this passage for {names[ids[code]]} without seeing suggestions, or the "
                    "code cannot apply here. Between coders it cannot be decided.",
                    cure="Code it in the document: it is then a coding of your own.",
                )
        chosen = [names[ids[code]] for code in sorted(codes)]
        return values, "settled: " + (", ".join(chosen) or "no code")

    def _tidy(self, note: str) -> str:
        tidy = note.strip()
        if len(tidy) > _LONGEST_NOTE:
            raise GoldError(f"The comment is longer than {_LONGEST_NOTE:,} characters.")
        return tidy

    def _do(
        self, standing: Standing, row: int, value: dict[int, int], what: str, *, note: str = ""
    ) -> DifferenceOutcome:
        entries = self._entries_of(standing, row, value, what, self._tidy(note))
        changed = standing.of(row)["changed"].any()
        same = (
            (entries["value"] == entries["before"])
            & (entries["note"] == entries["before_note"])
            & ((entries["value"] == OPEN) | (entries["decided_by"] == entries["before_by"]))
        )
        nothing = (entries["value"] == OPEN) & (entries["before"] == OPEN)
        if same.all() and not changed:
            return self._outcome(entries)
        return self._keep(entries[~nothing].assign(kind=DO, of_action=0))

    def _entries_of(
        self, standing: Standing, row: int, value: dict[int, int], what: str, note: str
    ) -> pd.DataFrame:
        """Return the entries of an action about a segment, without their kind."""
        segment = self.study.segments.iloc[row]
        decided = standing.of(row).set_index("column")
        person = one_spelling([self.coder], self.decisions["decided_by"])[self.coder]
        ids = self.study.codebook.code_ids
        rows = []
        for code, now in sorted(value.items()):
            before = decided.loc[code] if code in decided.index else None
            given, not_given = standing.state.views(row, code)
            stands = now != OPEN
            rows.append(
                {
                    "code": ids[code],
                    "value": now,
                    "decided_by": person if stands else "",
                    "decided_at": "now" if stands else "",
                    "note": note if stands else "",
                    "before": OPEN if before is None else before["value"],
                    "before_by": "" if before is None else before["decided_by"],
                    "before_at": "" if before is None else before["decided_at"],
                    "before_note": "" if before is None else before["note"],
                    "given_by": "\n".join(given),
                    "not_given_by": "\n".join(not_given),
                }
            )
        return pd.DataFrame(rows).assign(
            document=segment["document"], start=int(segment["start"]), end=int(segment["end"]),
            text=text_hashes(pd.Series([segment["text"]]))[0], coder=self.coder, what=what,
        )  # fmt: skip

    def _turn(self, kind: str) -> DifferenceOutcome | None:
        with changing(self.study.project.root, wait=_PATIENCE):
            self.refresh()
            action, possible = self.history.next_possible(
                kind, lambda each: self._stands(self._turned(each, kind))
            )
            if action is None:
                return None
            if not possible:
                raise GoldError(
                    passed_over(action, kind, "the decision was changed elsewhere since"),
                    cure="Decide about the passage anew.",
                )
            return self._keep(self._turned(action, kind))

    def _turned(self, action: pd.DataFrame, kind: str) -> pd.DataFrame:
        """Return the entries by which an action is undone or done again."""
        stood = action
        if kind == UNDO:
            swapped = {new: action[old] for new, old in _BEFORE.items()}
            swapped |= {old: action[new] for new, old in _BEFORE.items()}
            stood = action.assign(**swapped, **self._views_before(action))
        return stood.assign(kind=kind, of_action=int(action["action"].iloc[0]))

    def _views_before(self, action: pd.DataFrame) -> dict[str, NDArray[np.object_]]:
        """Return the codings that had been decided about before an action."""
        earlier = self._entries[self._entries["number"] < int(action["number"].iloc[0])]
        key = [*_KEY, "value", "decided_by", "decided_at"]
        last = earlier.drop_duplicates(_KEY, keep="last").set_index(key)
        stood = pd.MultiIndex.from_frame(action[[*_KEY, "before", "before_by", "before_at"]])
        found = last.reindex(stood) if len(last) else None
        return {
            name: np.full(len(action), "", dtype=object)
            if found is None
            else found[name].fillna("").to_numpy(dtype=object)
            for name in ("given_by", "not_given_by")
        }

    def _stands(self, entries: pd.DataFrame) -> bool:
        """Return whether decisions and comments are what entries say that stood before them."""
        now = self._with_notes()
        key = [*_KEY, "value", "decided_by", "decided_at", "note"]
        before = [*_KEY, "before", "before_by", "before_at", "before_note"]
        decided = (entries["before"] != OPEN).to_numpy(dtype=bool)
        stand = pd.MultiIndex.from_frame(entries.loc[decided, before]).isin(
            pd.MultiIndex.from_frame(now[key])
        )
        free = pd.MultiIndex.from_frame(entries.loc[~decided, _KEY]).isin(
            pd.MultiIndex.from_frame(now[_KEY])
        )
        return bool(stand.all() and not free.any())

    def _keep(self, entries: pd.DataFrame) -> DifferenceOutcome:
        kept = self._log.append(entries, after=self._last)
        if kept is None:
            self.refresh()
            raise OutdatedDifferenceError(
                "Nothing was kept: something was decided elsewhere at the same time. It is shown anew."
            )
        self._decided = True
        self.refresh()
        return self._outcome(kept)

    def _outcome(self, entries: pd.DataFrame) -> DifferenceOutcome:
        first = entries.iloc[0]
        return DifferenceOutcome(
            str(first["document"]), int(first["start"]), int(first["end"]), str(first["what"])
        )
