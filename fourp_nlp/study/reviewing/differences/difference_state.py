"""What chosen coders differ about: which codes, on which segments, and how often."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.store import DECISIONS_COLUMNS
from fourp_nlp.errors import GoldError
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reconciling.disagreements import MACHINE, disagreements, is_machine
from fourp_nlp.study.sampling.waiting_segments import waiting_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = ["DifferenceState", "chosen_coders", "read_differences"]

_SPAN = ["document", "start", "end"]


@dataclass(frozen=True)
class DifferenceState:
    """Differences between chosen coders, decided or not.

    Attributes
    ----------
    coders : list of str
        Who is compared.
    table : pandas.DataFrame
        The table DISAGREEMENTS: what `fourp agree --disagreements` finds, without what is left out.
    rows, columns : ndarray of int64, shape (n_differences,)
        The segment and the code of each row of the table.
    everyone : list of str
        All people who coded without seeing suggestions, then the machine if it is compared.
    looked_for, labels : ndarray of bool, shape (n_everyone, n_segments, n_codes)
        For which codes each of them read which segments, and which codes each gave.
    n_people : int
        How many of `everyone` are people.
    applies : ndarray of bool, shape (n_segments, n_codes)
        Where a code can apply.
    waiting : ndarray of bool, shape (n_segments,)
        Segments that were drawn for the person who looks, who is still to code them: nothing of them is in
        the table.
    read : ndarray of bool, shape (n_segments,)
        Segments that some person read, with or without seeing suggestions.
    places : pandas.MultiIndex
        Document, start and end of each segment.
    """

    coders: list[str]
    table: pd.DataFrame
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    everyone: list[str]
    looked_for: NDArray[np.bool_]
    labels: NDArray[np.bool_]
    n_people: int
    applies: NDArray[np.bool_]
    waiting: NDArray[np.bool_]
    read: NDArray[np.bool_]
    places: pd.MultiIndex

    @property
    def at(self) -> list[int]:
        """Where the chosen coders are among `everyone`."""
        return [self.everyone.index(name) for name in self.coders]

    def disputed(self, row: int) -> NDArray[np.int64]:
        """Return the codes over which the chosen coders differ in a segment, in the codebook's order."""
        return np.sort(self.columns[self.rows == row])

    def disputed_by_anybody(self, row: int) -> NDArray[np.bool_]:
        """Return the codes over which anybody differs from anybody in a segment, shape (n_codes,)."""
        given, read = self.labels[:, row].sum(axis=0), self.looked_for[:, row].sum(axis=0)
        return np.asarray((given > 0) & (given < read))

    def agreed(self, row: int) -> NDArray[np.bool_]:
        """Return the codes that all chosen coders gave who looked for them, shape (n_codes,)."""
        given = self.labels[self.at, row].sum(axis=0)
        return np.asarray((given > 0) & (given == self.looked_for[self.at, row].sum(axis=0)))

    def can_be_decided(self, row: int) -> NDArray[np.bool_]:
        """Return the codes that can apply to a segment, and that a person looked for without suggestions."""
        by_people = self.looked_for[: self.n_people, row].any(axis=0)
        return np.asarray(by_people & self.applies[row])

    def views(self, row: int, column: int) -> tuple[list[str], list[str]]:
        """Return who gave a code to a segment, and who looked for it and did not."""
        given, read = self.labels[:, row, column], self.looked_for[:, row, column]
        gave = [name for name, yes in zip(self.everyone, given, strict=True) if yes]
        others = read & ~given
        return gave, [name for name, yes in zip(self.everyone, others, strict=True) if yes]

    def confused(self, code: int, other: int) -> int:
        """Return in how many segments one chosen coder gave one code, and another the other in its place.

        As `fourp_nlp.agreement.confusion.confused_pairs` counts, in both directions together.
        """
        at, both = self.at, [code, other]
        # Those who looked for both: of others it is not known what they would have given.
        read = self.looked_for[at][:, :, both].all(axis=2) & ~self.waiting
        gave_code, gave_other = self.labels[at, :, code], self.labels[at, :, other]
        one = (read & gave_code & ~gave_other).any(axis=0)
        two = (read & gave_other & ~gave_code).any(axis=0)
        return int((one & two).sum())

    def changed_since(self, recorded: pd.DataFrame) -> NDArray[np.bool_]:
        """Return of which decisions the codings are not any more those that were decided about.

        Parameters
        ----------
        recorded : pandas.DataFrame
            Columns row, column, given_by and not_given_by (names, a line each). Without any name nothing is
            known of what was decided about.

        Returns
        -------
        ndarray of bool, shape (n_decisions,)
            Whether somebody has given or taken away the code since.
        """
        changed = np.zeros(len(recorded), dtype=bool)
        known = {name: at for at, name in enumerate(self.everyone)}
        has_machine = len(self.everyone) > self.n_people
        rows, columns = recorded["row"].to_numpy(np.int64), recorded["column"].to_numpy(np.int64)
        for name, expected in (("given_by", True), ("not_given_by", False)):
            names = recorded[name].reset_index(drop=True).str.split("\n").explode()
            names = names[names != ""]
            number = names.index.to_numpy(np.int64)
            who = names.map(known).fillna(-1).to_numpy(np.int64)
            people = who >= 0
            # The machine is no witness if it is not compared now.
            counts = {each: has_machine or not is_machine(each) for each in names.unique()}
            gone = ~people & names.map(counts).to_numpy(dtype=bool)
            cells = who[people], rows[number[people]], columns[number[people]]
            same = self.looked_for[cells] & (self.labels[cells] == expected)
            changed[number[people][~same]] = True
            changed[number[gone]] = True
        return changed

    def fingerprint(self, row: int, text: str, decisions: object) -> str:
        """Return a short text that changes when codings or decisions of a segment do."""
        facts = [
            list(map(str, self.places[row])), text, self.everyone,
            np.packbits(self.looked_for[:, row]).tobytes().hex(),
            np.packbits(self.labels[:, row]).tobytes().hex(),
            decisions,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def chosen_coders(study: Study, between: Sequence[str]) -> list[str]:
    """Return whom to compare, as `fourp agree --disagreements` has it.

    Parameters
    ----------
    study : Study
        The study.
    between : sequence of str
        People, or one person and the machine, which may be called "machine". Without any, all people who
        coded without seeing suggestions, or the one person there is and the machine.

    Returns
    -------
    list of str
        Two or more names.

    Raises
    ------
    GoldError
        If there are no such two.
    """
    people, machine = study.coded_blind().gold.people, study.machine_if_any
    names = list(
        dict.fromkeys(
            machine if name == MACHINE and name not in people and machine else name
            for name in between
        )
    )
    if not names:
        names = people if len(people) > 1 else [*people, *filter(None, [machine])]
    unknown = [name for name in names if name not in people and name != machine]
    if unknown:
        raise GoldError(
            f'Nothing that "{unknown[0]}" coded can be compared.',
            cure="Choose among those who coded without seeing suggestions.",
        )
    if len(names) < 2:
        raise GoldError(
            "Differences need two coders, or one and the machine.",
            cure="Choose another coder."
            if len(people) > 1 or (people and machine)
            else "Add another person's gold file to the folder `gold`, or run `fourp suggest`.",
        )
    if machine in names and len(names) > 2:
        raise GoldError(
            "The machine is compared with one person at a time.", cure="Choose one person."
        )
    return sorted(names, key=[*people, machine].index)


def read_differences(study: Study, between: Sequence[str], coder: str) -> DifferenceState:
    """Return what chosen coders differ about, for a person who looks at it.

    Parameters
    ----------
    study : Study
        The study.
    between : sequence of str
        From `chosen_coders`.
    coder : str
        Who looks: segments that this person is still to code for a draw are left out.

    Returns
    -------
    DifferenceState
        The differences, decided or not.

    Raises
    ------
    GoldError
        If no two of them read the same segments.
    """
    machine = study.machine_if_any
    with_machine = machine in between
    chosen = study if with_machine else study.without_machine()
    found = disagreements(
        chosen,
        pd.DataFrame(columns=DECISIONS_COLUMNS),
        between=list(between),
        include_settled=True,
    ).table
    blind = chosen.coded_blind()
    people = blind.gold.people
    everyone = [*people, *([machine] if with_machine else [])]
    looked_for, labels = stacked_labels(blind, everyone)
    places = pd.MultiIndex.from_frame(study.segments[_SPAN])
    waiting = waiting_segments(study, coder)
    rows = places.get_indexer(pd.MultiIndex.from_frame(found[_SPAN])).astype(np.int64)
    columns = pd.Index(study.codebook.code_ids).get_indexer(pd.Index(found["code"]))
    shown = ~waiting[rows]
    return DifferenceState(
        list(between),
        found[shown].reset_index(drop=True),
        rows[shown],
        columns[shown].astype(np.int64),
        everyone,
        looked_for,
        labels,
        len(people),
        applies_to_segments(study.corpus, study.codebook),
        waiting,
        np.asarray(stacked_labels(study, study.gold.people)[0].any(axis=(0, 2))),
        places,
    )
