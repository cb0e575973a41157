"""Draws that a person codes in the review page, and the segments whose suggestions are hidden meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.coding.store.answer_log import AnswerLog
from fourp_nlp.segments.alignment import covered_segments
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reviewing.decisions.written_decisions import text_hashes
from fourp_nlp.study.reviewing.draws.drawn_answers import DrawnAnswers
from fourp_nlp.study.sampling.drawn_sheets import sheets_of_coder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.coding.store.answer_log import Import
    from fourp_nlp.coding.store.review_log import ReviewLog
    from fourp_nlp.study.sampling.drawn_sheets import DrawnSheet
    from fourp_nlp.study.study import Study

__all__ = ["DrawProgress", "DrawQueue", "DrawQueues"]

_SPAN = ["document", "start", "end"]
_SHOWN = "shown"  # the arm whose sheet shows the suggestion
_FEW = 20  # characters: shorter texts, such as "Yes.", say nothing by themselves
_NO_CODE = "no code"  # what a sheet says where the machine suggests none


class DrawProgress(NamedTuple):
    """How far a person is with a draw.

    Attributes
    ----------
    segments : int
        Segments that can be coded, or were.
    coded : int
        Those of them that are answered here, or read elsewhere.
    imported : int
        Those of them that are in the gold files.
    pending : int
        Answers that are not in the gold files yet.
    gone : int
        Segments that cannot be coded any more, because their documents or the unit have changed.
    """

    segments: int
    coded: int
    imported: int
    pending: int
    gone: int

    @property
    def finished(self) -> bool:
        """Whether everything that can be coded is in the gold files."""
        return self.imported == self.segments and not self.pending


@dataclass
class DrawQueue:
    """A draw as a person codes it: the rows of its sheet.

    Attributes
    ----------
    sheet : DrawnSheet
        The draws and their segments, in the order of the sheet.
    place : ndarray of int64, shape (n_rows,)
        The row of each segment in the table of segments, -1 where it is no longer one.
    there : ndarray of bool, shape (n_rows,)
        Whether the segment has the text that it had when it was drawn, or answered.
    read : ndarray of bool, shape (n_rows,)
        Whether the person read it without suggestions, by the gold files; in draws for a second coding,
        whether they read it again.
    applies : ndarray of bool, shape (n_rows, n_codes)
        Where a code of the codebook can apply.
    asked : ndarray of bool, shape (n_codes,)
        Codes that there were when it was drawn.
    suggested : list of str, length n_rows
        What the sheet shows of the machine: for one half, if that was asked for; else empty.
    answers : DrawnAnswers
        What the person answered.
    imported_until : int
        The last entry of the log of answers that was imported.
    """

    sheet: DrawnSheet
    place: NDArray[np.int64]
    there: NDArray[np.bool_]
    read: NDArray[np.bool_]
    applies: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    suggested: list[str]
    answers: DrawnAnswers
    imported_until: int

    @property
    def draws(self) -> list[str]:
        """Ids of its draws."""
        return [str(draw) for draw in self.sheet.facts["draw"]]

    @property
    def id(self) -> str:
        """The id of its last draw, by which its sheet is called."""
        return self.draws[-1]

    @property
    def made_at(self) -> str:
        """When it was drawn, in universal time."""
        return str(self.sheet.facts["made_at"].iloc[-1])

    @property
    def strategy(self) -> str:
        """By which strategy it was drawn."""
        return str(self.sheet.facts["strategy"].iloc[-1])

    @property
    def repeat(self) -> bool:
        """Whether it was drawn to be coded a second time."""
        return bool(self.sheet.options[-1].get("repeat", False))

    @property
    def context(self) -> int:
        """How many neighbouring segments its sheet shows on each side."""
        return int(self.sheet.options[-1].get("context", 0))

    @property
    def open(self) -> NDArray[np.bool_]:
        """Segments that can be coded here, and are shown nowhere else with suggestions."""
        return np.asarray(self.there & ~self.read)

    @property
    def pending(self) -> NDArray[np.bool_]:
        """Segments whose answers are not in the gold files yet."""
        answered = self.answers.read & self.there
        later = self.answers.number > self.imported_until
        return np.asarray(answered & (~self.read | later))

    @property
    def progress(self) -> DrawProgress:
        """How far the person is."""
        coded = self.there & (self.answers.read | self.read)
        return DrawProgress(
            int(self.there.sum()),
            int(coded.sum()),
            int((self.there & self.read).sum()),
            int(self.pending.sum()),
            int((~self.there).sum()),
        )


class DrawQueues:
    """The draws of one person, read anew when draws, gold files, documents or codebook change.

    Parameters
    ----------
    study : Study
        The study, which reads its files anew when they change.
    coder : str
        The person.
    log : ReviewLog
        The log of decisions, open: its database keeps the answers, too.
    """

    def __init__(self, study: Study, coder: str, log: ReviewLog) -> None:
        self.study, self.coder = study, coder
        self.log = AnswerLog(log)
        self._made_from: tuple[object, ...] = ()
        self._queues: list[DrawQueue] = []
        self._hidden = np.zeros(0, dtype=np.int64)

    @property
    def changed(self) -> bool:
        """Whether draws were made, imported or renamed since they were read."""
        return not self._made_from or self._made_from[0] != self.log.state()

    @property
    def queues(self) -> list[DrawQueue]:
        """All draws of the person, oldest first."""
        self._refresh()
        return self._queues

    @property
    def hidden(self) -> NDArray[np.int64]:
        """The number of the draw in which each segment waits to be coded, 0 if in none; shape (n_segments,).

        Other segments with the same words count with it, unless these are few: the machine says the same of
        them.
        It is the same array as long as nothing has changed.
        """
        self._refresh()
        return self._hidden

    def _refresh(self) -> None:
        with self.study.step():
            self._refresh_at_once()

    def _refresh_at_once(self) -> None:
        study, state = self.study, self.log.state()
        gold = study.coded_blind().gold
        inputs = (state, study.segments, study.codebook, gold, study.repeats)
        if len(self._made_from) == len(inputs) and (
            self._made_from[0] == state
            and all(one is two for one, two in zip(self._made_from[1:], inputs[1:], strict=True))
        ):
            return
        self._made_from = inputs
        self._queues = self._read()
        hidden = np.zeros(len(study.segments), dtype=np.int64)
        for queue in self._queues:
            hidden[queue.place[queue.open]] = queue.sheet.number
        self._hidden = _with_same_words(hidden, study.segments["text"])

    def _read(self) -> list[DrawQueue]:
        store = self.study.store
        draws = store.read_draws()
        if draws.empty:
            return []
        sheets = sheets_of_coder(draws, store.read_drawn(), self.coder)
        if not sheets:
            return []
        imports, renamed = self.log.imports(), self.log.renamed_codes()
        segments = self.study.segments
        places = pd.MultiIndex.from_frame(segments[_SPAN])
        sha256 = segments["document"].map(self.study.corpus.sha256).to_numpy(dtype=object)
        applies = applies_to_segments(self.study.corpus, self.study.codebook)
        read = self._read_by_coder(repeat=False)
        again = self._read_by_coder(repeat=True)
        queues = []
        for sheet in sheets:
            repeat = bool(sheet.options[-1].get("repeat", False))
            place = places.get_indexer(pd.MultiIndex.from_frame(sheet.rows[_SPAN])).astype(np.int64)
            names = self.study.codebook.code_ids
            answers = DrawnAnswers(sheet.rows, names, renamed)
            answers.add(self.log.read([str(draw) for draw in sheet.facts["draw"]]))
            read_now = np.zeros(len(place), dtype=bool)
            known = place >= 0
            read_now[known] = (again if repeat else read)[place[known]]
            queues.append(
                DrawQueue(
                    sheet,
                    place,
                    self._there(sheet, place, sha256, answers),
                    _done(sheet, read_now, imports),
                    applies[place] & known[:, None],
                    _asked(sheet, names),
                    _suggested(sheet),
                    answers,
                    max([0, *(each.until for each in _of(sheet, imports))]),
                )
            )
        return queues

    def _there(
        self,
        sheet: DrawnSheet,
        place: NDArray[np.int64],
        sha256: NDArray[np.object_],
        answers: DrawnAnswers,
    ) -> NDArray[np.bool_]:
        """Return which segments have the text that they had when they were drawn or answered."""
        known = place >= 0
        same = np.zeros(len(place), dtype=bool)
        drawn = sheet.rows["document_sha256"].to_numpy(dtype=object)
        same[known] = sha256[place[known]] == drawn[known]
        hashes = np.full(len(place), "", dtype=object)
        hashes[known] = text_hashes(self.study.segments["text"].iloc[place[known]])
        return np.asarray(same | (known & answers.read & (hashes == answers.text)))

    def _read_by_coder(self, *, repeat: bool) -> NDArray[np.bool_]:
        gold = self.study.repeats if repeat else self.study.coded_blind().gold
        key = name_key(self.coder)
        own = [name_key(str(name)) == key for name in gold.read["coder"]]
        return covered_segments(self.study.segments, gold.read[np.array(own, dtype=bool)])


def _with_same_words(hidden: NDArray[np.int64], texts: pd.Series) -> NDArray[np.int64]:
    drawn = hidden > 0
    number = dict(zip(texts[drawn], hidden[drawn].tolist(), strict=True))
    same = texts.isin([text for text in number if len(text) >= _FEW]).to_numpy(dtype=bool) & ~drawn
    hidden[same] = [number[text] for text in texts[same]]
    return hidden


def _of(sheet: DrawnSheet, imports: Sequence[Import]) -> list[Import]:
    """Return the imports of a sheet's draws."""
    draws = set(sheet.facts["draw"])
    return [each for each in imports if draws & each.draws]


def _done(
    sheet: DrawnSheet, read: NDArray[np.bool_], imports: Sequence[Import]
) -> NDArray[np.bool_]:
    """Return which segments count as read: if coded ones could be drawn, only after an import of the draw."""
    again = any(bool(options.get("include_coded", False)) for options in sheet.options)
    return read if not again or _of(sheet, imports) else np.zeros_like(read)


def _asked(sheet: DrawnSheet, codes: list[str]) -> NDArray[np.bool_]:
    """Return the codes that a sheet asks for; draws of earlier versions did not keep them."""
    if not all("codes" in options for options in sheet.options):
        return np.ones(len(codes), dtype=bool)
    asked = {str(code) for options in sheet.options for code in options["codes"]}
    return np.array([code in asked for code in codes], dtype=bool)


def _suggested(sheet: DrawnSheet) -> list[str]:
    """Return what a sheet shows of the machine, row by row."""
    said: dict[tuple[str, int], str] = {}
    for draw, options in zip(sheet.facts["draw"], sheet.options, strict=True):
        for order, codes in enumerate(options.get("suggested") or [], start=1):
            said[str(draw), order] = "; ".join(codes) or _NO_CODE
    return [
        said.get((str(draw), int(order)), "") if arm == _SHOWN else ""
        for draw, order, arm in zip(
            sheet.rows["draw"], sheet.rows["order"], sheet.rows["arm"], strict=True
        )
    ]
