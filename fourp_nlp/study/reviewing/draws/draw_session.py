"""One person codes drawn segments without suggestions: answers, undo and redo, and their import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.sheets.coding_sheet import SheetRows, filled_sheet, mark_columns
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.changes import changing
from fourp_nlp.study.reviewing.decisions.review_history import DO, REDO, UNDO, passed_over
from fourp_nlp.study.reviewing.decisions.written_decisions import text_hashes
from fourp_nlp.study.sampling.context import neighbours, speaker_columns
from fourp_nlp.study.sampling.sheet_checks import REPLACES, codes_of_draws
from fourp_nlp.study.sampling.sheet_import import import_filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.reviewing.draws.draw_queues import DrawQueue, DrawQueues
    from fourp_nlp.study.sampling.sheet_checks import SheetImport
    from fourp_nlp.study.study import Study

__all__ = ["Answer", "AnsweredElsewhereError", "CodedOtherwiseError", "DrawSession", "DrawnText"]

_PLACES = ["draw", "order", "document", "start", "end"]


class Answer(NamedTuple):
    """An answer about a drawn segment.

    Attributes
    ----------
    codes : frozenset of int
        Numbers of the codes that apply, in the codebook, from 0.
    read : bool
        Whether it is answered. With no codes, it is answered if none applies.
    """

    codes: frozenset[int]
    read: bool


class DrawnText(NamedTuple):
    """What the sheet of a draw shows of a segment.

    Attributes
    ----------
    document, text, before, after : str
        The document's id, the segment's text, and the text around it.
    speaker, speaker_role : str
        Who speaks, if anybody does, and the role, if any is set.
    suggested : str
        What the machine suggests, where the sheet shows it; else empty.
    cannot : list of int
        Codes that cannot apply here.
    """

    document: str
    text: str
    before: str
    after: str
    speaker: str
    speaker_role: str
    suggested: str
    cannot: list[int]


class AnsweredElsewhereError(GoldError):
    """A segment was answered in another window after it was shown.

    Attributes
    ----------
    segments : list of int
        Which; empty if that is not known.
    """

    segments: list[int]


class CodedOtherwiseError(GoldError):
    """Answers contradict codes that were imported before; they are imported only if they replace them."""


class DrawSession:
    """What one person answers about drawn segments.

    Each answer is in the log of the database before the method returns. `take_in` writes the gold file.

    Parameters
    ----------
    study : Study
        The study, which reads its files anew when they change.
    queues : DrawQueues
        The person's draws.
    """

    def __init__(self, study: Study, queues: DrawQueues) -> None:
        self.study = study
        self._queues = queues

    # What is there.

    @property
    def unfinished(self) -> list[DrawQueue]:
        """Draws of which something is not in the gold files yet, oldest first."""
        return [queue for queue in self._queues.queues if not queue.progress.finished]

    def queue(self, number: int) -> DrawQueue:
        """Return a draw of the person, with the answers that were given in other windows.

        Parameters
        ----------
        number : int
            Its place among all draws, from 1.

        Returns
        -------
        DrawQueue
            The draw.

        Raises
        ------
        ProjectError
            If the person has no such draw.
        """
        for queue in self._queues.queues:
            if queue.sheet.number == number:
                self._follow(queue)
                return queue
        raise ProjectError(f"You have no draw number {number}.")

    def answer_of(self, queue: DrawQueue, segment: int) -> Answer:
        """Return what stands about a segment of a draw."""
        codes = np.flatnonzero(queue.answers.marks[segment])
        return Answer(frozenset(codes.tolist()), bool(queue.answers.read[segment]))

    def texts(self, queue: DrawQueue, segments: Sequence[int]) -> list[DrawnText]:
        """Return what the sheet of a draw shows of some of its segments.

        Parameters
        ----------
        queue : DrawQueue
            The draw.
        segments : sequence of int
            Their rows on the sheet, from 0.

        Returns
        -------
        list of DrawnText
            One each; without text where the segment is no longer there.
        """
        table = self.study.segments
        chosen = np.asarray(list(segments), dtype=np.int64)
        place = queue.place[chosen]
        there = queue.there[chosen]
        rows = np.where(there, place, 0)
        before, after = neighbours(table, rows, queue.context)
        speakers = speaker_columns(table, rows)
        names = queue.sheet.rows["document"].to_numpy(dtype=object)[chosen]
        texts = table["text"].iloc[rows].tolist()
        nothing = [""] * len(chosen)
        columns = zip(
            texts,
            before,
            after,
            speakers.get("speaker", nothing),
            speakers.get("speaker_role", nothing),
            strict=True,
        )
        result = []
        for at, (segment, said) in enumerate(zip(chosen.tolist(), columns, strict=True)):
            if not there[at]:
                result.append(DrawnText(str(names[at]), "", "", "", "", "", "", []))
                continue
            cannot = np.flatnonzero(~queue.applies[segment]).tolist()
            result.append(DrawnText(str(names[at]), *said, queue.suggested[segment], cannot))
        return result

    # What a person does.

    def answer(self, number: int, segment: int, now: Answer, was: Answer) -> DrawQueue:
        """Answer a segment of a draw, or change or take back the answer.

        Parameters
        ----------
        number : int
            The draw's place among all draws, from 1.
        segment : int
            Row of the segment on the sheet, from 0.
        now, was : Answer
            The answer, and what the person saw before.

        Returns
        -------
        DrawQueue
            The draw as it is then.

        Raises
        ------
        AnsweredElsewhereError
            If another answer stands than the person saw.
        GoldError
            If the segment or a code cannot be answered.
        ProjectError
            If there is no such draw, segment or code.
        """
        queue = self.queue(number)
        if not 0 <= segment < len(queue.place):
            raise ProjectError("There is no such segment.")
        if any(not 0 <= code < len(queue.asked) for code in (*now.codes, *was.codes)):
            raise ProjectError("There is no such code.")
        if now.codes and not now.read:
            raise GoldError("A segment with codes is answered.")
        self._refuse_closed(queue, segment)
        if self.answer_of(queue, segment) != was:
            raise _elsewhere([segment])
        names = self.study.codebook.names
        ids = self.study.codebook.code_ids
        for code in sorted(now.codes - was.codes):
            if not queue.asked[code]:
                raise GoldError(
                    f"{names[ids[code]]} was added to the codebook after the draw was made.",
                    cure="For new codes: fourp next --new-codes",
                )
            if not queue.applies[segment, code]:
                raise GoldError(f"By the codebook, {names[ids[code]]} cannot apply here.")
        if now != was or queue.answers.lost[segment]:
            self._keep(queue, segment, now, kind=DO, of_action=0, what=self._what(now, was))
        return queue

    def undo(self, number: int) -> int | None:
        """Take back the last answer in a draw; return its segment, None if there is nothing to undo."""
        return self._turn(number, UNDO)

    def redo(self, number: int) -> int | None:
        """Answer again as before the last undo; return the segment, None if there is nothing."""
        return self._turn(number, REDO)

    def take_in(self, number: int, *, replace: bool = False) -> SheetImport:
        """Import the answers into the gold file, as the filled sheet of the draw is.

        Parameters
        ----------
        number : int
            The draw's place among all draws, from 1.
        replace : bool, default False
            Whether they replace other codes that an earlier sheet gave the same segments.

        Returns
        -------
        SheetImport
            What was written, and where.

        Raises
        ------
        CodedOtherwiseError
            If they contradict codes of an earlier sheet, and are not to replace them.
        GoldError
            If nothing is answered, or an answer contradicts another gold file. Nothing is written then.
        """
        with changing(self.study.project.root):
            self.study.carry_codings()
            queue = self.queue(number)
            path = Path(f"draw {queue.id} (review page)")
            filled = filled_sheet(
                path,
                self._cells(queue),
                self.study.documents,
                self.study.codebook.code_ids,
                codes_of_draws(self.study.store),
            )
            if not queue.pending.any():
                raise GoldError(
                    "There is no answer that is not in the gold file yet."
                    if queue.answers.read.any()
                    else "No segment is answered.",
                    cure="Answer a segment first: with codes, or with none.",
                )
            try:
                imported = import_filled(
                    self.study,
                    path,
                    filled,
                    replace=replace,
                    repeat=queue.repeat,
                    answers=queue.answers.version,
                )
            except GoldError as error:
                if error.cure != REPLACES:
                    raise
                raise CodedOtherwiseError(error.problem) from error
        gone = int((queue.answers.read & ~queue.there).sum())
        if gone:
            imported.notes.append(
                f"{gone} answered segment{' was' if gone == 1 else 's were'} left out: the text has changed "
                "since. The log keeps the answers."
            )
        return imported

    # How it is kept.

    def _cells(self, queue: DrawQueue) -> SheetRows:
        """Return the answers that are not imported yet, and what is open, as the cells of a filled sheet."""
        codes = self.study.codebook.code_ids
        asked = [code for code, is_asked in zip(codes, queue.asked, strict=True) if is_asked]
        heads = mark_columns(asked)
        header = [*_PLACES, "text", *heads]
        rows = np.flatnonzero(queue.pending | queue.open)
        texts = self.study.segments["text"].iloc[queue.place[rows]].tolist()
        places = queue.sheet.rows[_PLACES].iloc[rows].astype(str).to_numpy(dtype=object).tolist()
        marks = queue.answers.marks[rows][:, queue.asked]
        read = queue.answers.read[rows]
        nothing = read & ~marks.any(axis=1)
        body = [
            (
                int(row) + 1,
                [*place, text, *("x" if mark else "" for mark in given), "x" if none else ""],
            )
            for row, place, text, given, none in zip(
                rows, places, texts, marks, nothing, strict=True
            )
        ]
        return SheetRows(header, body)

    def _follow(self, queue: DrawQueue) -> None:
        """Take over what was answered in another window."""
        queue.answers.add(self._queues.log.read(queue.draws, after=queue.answers.version))

    def _turn(self, number: int, kind: str) -> int | None:
        queue = self.queue(number)
        history = queue.answers.history
        end = "_before" if kind == UNDO else ""
        column = {code: at for at, code in enumerate(self.study.codebook.code_ids)}

        def why_not(action: pd.DataFrame) -> str:
            entry = action.iloc[0]
            if any(code not in column for code in str(entry[f"codes{end}"]).split()):
                return "it has a code that is not in the codebook any more"
            try:
                self._refuse_closed(queue, queue.answers.row_of(entry))
            except GoldError as error:
                return error.problem[0].lower() + error.problem[1:].removesuffix(".")
            return ""

        action, possible = history.next_possible(kind, lambda each: not why_not(each))
        if action is None:
            return None
        if not possible:
            raise GoldError(passed_over(action, kind, why_not(action)))
        entry = action.iloc[0]
        segment = queue.answers.row_of(entry)
        codes = str(entry[f"codes{end}"]).split()
        goal = Answer(frozenset(column[code] for code in codes), bool(entry[f"read{end}"]))
        self._keep(
            queue, segment, goal, kind=kind, of_action=int(entry["action"]), what=str(entry["what"])
        )
        return segment

    def _refuse_closed(self, queue: DrawQueue, segment: int) -> None:
        if not queue.there[segment]:
            raise GoldError(
                "This segment is no longer there: its document or the unit of coding has changed.",
                cure="Draw anew: fourp next",
            )
        if queue.read[segment]:
            raise GoldError(
                "This segment is in the gold file already, and its suggestions may have been seen since.",
                cure="Change the code in the gold file.",
            )

    def _what(self, now: Answer, was: Answer) -> str:
        """Return an answer in a few words."""
        codebook = self.study.codebook
        added, removed = now.codes - was.codes, was.codes - now.codes
        changed = added or removed
        if now.read and not now.codes:
            return "no code applies"
        if not now.read:
            return "open again"
        if len(changed) == 1:
            verb = "added" if added else "removed"
            return f"{verb} {codebook.names[codebook.code_ids[next(iter(changed))]]}"
        return f"answered with {len(now.codes)} codes"

    def _keep(
        self, queue: DrawQueue, segment: int, now: Answer, *, kind: str, of_action: int, what: str
    ) -> None:
        codes = self.study.codebook.code_ids
        before = self.answer_of(queue, segment)
        row = {name: queue.sheet.rows[name].iloc[segment] for name in _PLACES}
        text = self.study.segments["text"].iloc[[queue.place[segment]]]
        entry = pd.DataFrame(
            [
                {
                    **row,
                    "kind": kind,
                    "of_action": of_action,
                    "what": what,
                    "coder": self._queues.coder,
                    "codes": " ".join(codes[code] for code in sorted(now.codes)),
                    "read": now.read,
                    "codes_before": " ".join(codes[code] for code in sorted(before.codes)),
                    "read_before": before.read,
                    "text": text_hashes(text)[0],
                }
            ]
        )
        kept = self._queues.log.append(entry, queue.draws, after=queue.answers.version)
        if kept is None:
            self._follow(queue)
            raise _elsewhere([])
        queue.answers.add(kept)


def _elsewhere(segments: list[int]) -> AnsweredElsewhereError:
    error = AnsweredElsewhereError("This was answered in another window. It is shown anew.")
    error.segments = segments
    return error
