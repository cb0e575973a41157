"""The results of a study for the person who reviews it: tables, and the passages behind each number."""

from __future__ import annotations

from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fourp_nlp.agreement import pair_table
from fourp_nlp.errors import GoldError, TableError
from fourp_nlp.study.measuring.agreement import agreement_in_full
from fourp_nlp.study.measuring.confusions import confusions
from fourp_nlp.study.measuring.counted_segments import (
    agreed_segments,
    counted_segments,
    estimated_segments,
    places_of,
    segments_taken_for,
)
from fourp_nlp.study.measuring.estimates import estimate_frequencies
from fourp_nlp.study.measuring.measures import frequencies
from fourp_nlp.study.reporting.read_in_part import read_in_part
from fourp_nlp.study.reviewing.results.result_passages import passages_of
from fourp_nlp.tables import AGREEMENT_FULL, CONFUSIONS, ESTIMATES, empty

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.frequencies import By, Unit
    from fourp_nlp.study.measuring.counted_segments import CountedSegments
    from fourp_nlp.study.study import Study

__all__ = ["Cell", "Passages", "ResultFigures"]

_T = TypeVar("_T")

_MOST_BEHIND = 32  # numbers whose segments are kept


@dataclass(frozen=True)
class Cell:
    """A number in a table of results.

    Attributes
    ----------
    kind : {"frequency", "suggested", "found", "agreed", "some", "only", "confused"}
        The table, and the column.
    code : str
        Id of the code.
    coders : tuple of str
        Whose codes; of "only", the one who gave the code comes first.
    by, unit : str
        Of frequencies; of estimates, `by` is the level.
    place : str or None
        Which case, document or group; None for all.
    taken_for : str
        Of confusions: the code that the second coder gave.
    """

    kind: str
    code: str
    coders: tuple[str, ...] = ()
    by: str = ""
    unit: str = ""
    place: str | None = None
    taken_for: str = ""


@dataclass(frozen=True)
class Passages:
    """Some of the passages behind a number.

    Attributes
    ----------
    count : int
        How many there are: the number itself.
    shown : list of dict
        As `passages_of` returns them.
    left_out : int
        Segments of the place that the person codes in a draw, whatever codes they have: they are neither
        counted nor shown.
    """

    count: int
    shown: list[dict[str, Any]]
    left_out: int


class ResultFigures:
    """The results of a study at one moment.

    The tables are those of `fourp frequencies`, `fourp agree` and `fourp report`, made by the same functions.
    Each is made when it is first asked for, and kept. Methods may be called from several threads.

    Parameters
    ----------
    study : Study
        The study.
    person : str
        Who looks.
    hidden : ndarray of bool, shape (n_segments,)
        Segments that the person is coding in a draw, without suggestions. They count as read by nobody: the
        numbers would tell what the machine or others gave them. While there are any, nothing is told of what
        other people coded.
    version : int
        Tells these from earlier ones.
    """

    def __init__(self, study: Study, person: str, hidden: NDArray[np.bool_], version: int) -> None:
        self.version, self.hidden = version, hidden
        if hidden.any():
            study = study.with_one_coder(person).without_segments(hidden)
        # What takes long must not keep passages waiting: each has its copy of the study, and its lock.
        self._quick, self._slow = study.of_now(), study.of_now()
        self._quick_lock, self._slow_lock = RLock(), RLock()
        self._tables: dict[tuple[object, ...], Any] = {}
        self._behind: dict[Cell, CountedSegments] = {}
        self.machine, self.reference = study.machine, study.gold.reference
        self.coders = [*study.gold.coders, *filter(None, [self.machine])]
        self.documents, self.codebook = study.documents, study.codebook
        self.thresholds = study.project.settings.agreement.thresholds if study.has_project else []

    @property
    def n_hidden(self) -> int:
        """How many segments are left out."""
        return int(self.hidden.sum())

    def frequencies(self, *, by: By, unit: Unit, coder: str) -> pd.DataFrame:
        """Return the table FREQUENCIES of one coder."""
        self._check_coder(coder)
        return self._quickly(
            ("frequencies", by, unit, coder),
            lambda study: frequencies(study, unit=unit, by=by, coders=[coder]),
        )

    def read_in_part(self, coder: str) -> pd.DataFrame:
        """Return the table READ_IN_PART of one coder: cases of which not all was read."""
        self._check_coder(coder)
        return self._quickly(("in part", coder), lambda study: read_in_part(study, [coder]))

    def left_out(self, by: By) -> dict[str, int]:
        """Return how many segments of each place are left out, without those where none is."""
        names = self._quick.segments["document"][self.hidden]
        counts = names.map(places_of(self.documents, by)).value_counts()
        return {str(place): int(count) for place, count in counts.items()}

    def estimates(self, by: By) -> tuple[pd.DataFrame, list[str]]:
        """Return the table ESTIMATES of the corpus and its parts, and notes; or why there are none.

        Raises
        ------
        GoldError
            If the person is coding a draw.
        """
        self._refuse_while_drawn()

        def made(study: Study) -> tuple[pd.DataFrame, list[str]]:
            if not study.gold.reference or not study.machine:
                return empty(ESTIMATES), []
            try:
                estimates = estimate_frequencies(study.with_machine(), by=by)
            except GoldError as refused:
                return empty(ESTIMATES), [str(refused)]
            return estimates.table, estimates.notes

        return self._slowly(("estimates", by), made)

    def agreement(self) -> pd.DataFrame:
        """Return the table AGREEMENT_FULL of every pair, as the report has it; empty if nobody coded."""

        def made(study: Study) -> pd.DataFrame:
            if not study.gold.coders:
                return empty(AGREEMENT_FULL)
            return agreement_in_full(study, thresholds=self.thresholds)

        return self._slowly(("agreement",), made)

    def short_agreement(self) -> pd.DataFrame:
        """Return the table AGREEMENT of every pair."""
        return pair_table(self.agreement())

    def confusions(self) -> pd.DataFrame:
        """Return the table CONFUSIONS."""

        def made(study: Study) -> pd.DataFrame:
            return confusions(study) if study.gold.coders else empty(CONFUSIONS)

        return self._slowly(("confusions",), made)

    def passages(self, cell: Cell, first: int, number: int) -> Passages:
        """Return some of the passages behind a number.

        Raises
        ------
        FourpError
            If there is no such number.
        """
        with self._quick_lock, self._quick.step():
            if cell not in self._behind:
                while len(self._behind) >= _MOST_BEHIND:
                    self._behind.pop(next(iter(self._behind)))
                self._behind[cell] = self._segments_behind(cell)
            counted = self._behind[cell]
            people = list(cell.coders) or [self.reference]
            shown = passages_of(
                self._quick, counted, [each for each in people if each], first, number
            )
        return Passages(counted.count, shown, self._left_out_of(cell))

    def _segments_behind(self, cell: Cell) -> CountedSegments:
        study = self._quick
        for coder in cell.coders:
            self._check_coder(coder)
        if cell.kind == "frequency":
            (coder,) = cell.coders
            return counted_segments(
                study,
                coder=coder,
                code=cell.code,
                by=cast("By", cell.by),
                place=cell.place,
                unit=cast("Unit", cell.unit),
            )
        if cell.kind in {"suggested", "found"}:
            self._refuse_while_drawn()
            return estimated_segments(
                study,
                code=cell.code,
                level=cell.by,
                place=cell.place or "",
                suggested=cell.kind == "suggested",
            )
        if cell.kind == "confused":
            one, other = cell.coders
            return segments_taken_for(study, one, other, code=cell.code, taken_for=cell.taken_for)
        if cell.kind in {"agreed", "some", "only"} and len(cell.coders) > 1:
            return agreed_segments(
                study,
                cell.coders,
                code=cell.code,
                given_by=cell.coders[0] if cell.kind == "only" else "",
                some=cell.kind == "some",
            )
        raise TableError("There is no such table.")

    def _left_out_of(self, cell: Cell) -> int:
        if cell.kind != "frequency" or cell.place is None:
            return self.n_hidden
        return self.left_out(cast("By", cell.by)).get(cell.place, 0)

    def _refuse_while_drawn(self) -> None:
        if self.n_hidden:
            raise GoldError(
                "Corrected estimates are shown here when your draw is imported: they rest on all segments, "
                "also on those that you are coding."
            )

    def _check_coder(self, coder: str) -> None:
        if coder not in self.coders:
            raise GoldError("There is no such coder, or this person's codes are not shown.")

    def _quickly(self, key: tuple[object, ...], make: Callable[[Study], _T]) -> _T:
        with self._quick_lock:
            return self._kept(key, make, self._quick)

    def _slowly(self, key: tuple[object, ...], make: Callable[[Study], _T]) -> _T:
        with self._slow_lock:
            return self._kept(key, make, self._slow)

    def _kept(self, key: tuple[object, ...], make: Callable[[Study], _T], study: Study) -> _T:
        if key not in self._tables:
            with study.step():
                self._tables[key] = make(study)
        table: _T = self._tables[key]
        return table
