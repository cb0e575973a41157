"""The codebook changed in the review page: planned, shown, made and taken back, as the commands do it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED, name_key
from fourp_nlp.coding.sheets.split_sheet import SplitDecision
from fourp_nlp.errors import CodebookError, FourpError, ProjectError
from fourp_nlp.study.changes import changing
from fourp_nlp.study.reading.marked_as_read import confirm_definition
from fourp_nlp.study.reading.second_look import mark_second_look, second_look
from fourp_nlp.study.renaming.code_changes import (
    plan_merging,
    plan_renaming_code,
    plan_retiring,
)
from fourp_nlp.study.renaming.editing_codes import plan_adding, plan_editing
from fourp_nlp.study.renaming.planned_change import make_change, pending_decisions
from fourp_nlp.study.renaming.splitting import codings_to_split, plan_splitting
from fourp_nlp.study.reviewing.decisions.written_decisions import write_pending_decisions
from fourp_nlp.study.undo import changes_to_undo, undo_last_change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.files import Content
    from fourp_nlp.study.renaming.planned_change import PlannedChange
    from fourp_nlp.study.study import Study
    from fourp_nlp.study.undo import TakenBack
    from fourp_nlp.study.undo_journal import UndoEntry

__all__ = ["MOST_TO_SPLIT", "ChangedMeanwhileError", "CodebookSession", "Preview"]

MOST_TO_SPLIT = 300
"""Codings of a code that the page asks about one by one; of more, a sheet does."""

_PATIENCE = 5.0  # seconds that a change waits for a command that changes the project
_OF_CODEBOOK = ("code ", "codes merged ", "definition of ")  # how such changes are called


class ChangedMeanwhileError(FourpError):
    """Something was changed after a change was shown."""


class Preview(NamedTuple):
    """What a change would do.

    Attributes
    ----------
    plan : PlannedChange
        The change.
    files : list of (str, str)
        The files in the project's folder, each "changed", "written" or "removed".
    pending : list of str
        Whose decisions of the page are written into the gold files first.
    mark : str
        What is equal as long as the change would do the same.
    """

    plan: PlannedChange
    files: list[tuple[str, str]]
    pending: list[str]
    mark: str


class CodebookSession:
    """Changes of the codebook by one person. Each is one change, which `fourp undo` takes back.

    Parameters
    ----------
    study : Study
        The study, which reads its files anew when they change.
    """

    def __init__(self, study: Study) -> None:
        self.study = study

    # What is there.

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many codings of each code each person gave, by codes and coders."""
        codings = self.study.gold.codings
        codings = codings[codings["coder"] != SETTLED]
        counts: dict[str, dict[str, int]] = {}
        table = codings.groupby(["code", "coder"], sort=True).size().reset_index(name="count")
        for code, coder, count in table.itertuples(index=False, name=None):
            counts.setdefault(str(code), {})[str(coder)] = int(count)
        return counts

    def waiting(self) -> pd.DataFrame:
        """Return the codings by earlier definitions, the table SECOND_LOOK, also those looked at again."""
        return second_look(self.study)

    def pending(self) -> list[str]:
        """Return whose decisions of the page are not in the gold files yet."""
        return pending_decisions(self.study.project)

    def last_change(self) -> tuple[UndoEntry | None, bool]:
        """Return the last change that can be taken back, and whether it is one of the codebook."""
        entries = changes_to_undo(self.study.project)
        if not entries:
            return None, False
        codebook = self.study.project.codebook
        named = entries[0].what.startswith(_OF_CODEBOOK)
        return entries[0], named and any(each.path == codebook for each in entries[0].files)

    def to_split(self, code: str) -> pd.DataFrame:
        """Return the codings of a code that is to be split, as `codings_to_split`.

        Raises
        ------
        CodebookError
            If there are more than a page should ask about.
        """
        codings = codings_to_split(self.study, code)
        if len(codings) > MOST_TO_SPLIT:
            raise CodebookError(
                f"The code '{code}' has {len(codings):,} codings: too many to decide on in a page.",
                cure=f"Write a sheet: fourp codebook split {code} --into CODE --into CODE",
            )
        return codings

    # What a person does.

    def preview(self, kind: str, asked: Mapping[str, Any]) -> Preview:
        """Return what a change would do; nothing is changed.

        Parameters
        ----------
        kind : {"edit", "add", "rename", "merge", "split", "retire"}
            The change.
        asked : mapping of str to object
            What it needs of ``code``, ``values``, ``theme``, ``new``, ``codes``, ``into``, ``keep`` and
            ``becomes``.

        Raises
        ------
        FourpError
            If it cannot be made, as the function that plans it says.
        """
        return self._shown(self._plan(kind, asked))

    def change(
        self, kind: str, asked: Mapping[str, Any], *, mark: str, write_decisions: bool = False
    ) -> Preview:
        """Make a change: all of it, or nothing.

        Parameters
        ----------
        kind, asked
            As for `preview`.
        mark : str
            The mark of the preview that the person saw.
        write_decisions : bool, default False
            Whether decisions of the page are written into the gold files first.

        Returns
        -------
        Preview
            What was done.

        Raises
        ------
        ChangedMeanwhileError
            If the change would do something else by now. Nothing is changed then.
        FourpError
            If it cannot be made.
        """
        with changing(self.study.project.root, wait=_PATIENCE):
            shown = self.preview(kind, asked)
            if shown.mark != mark:
                raise ChangedMeanwhileError(
                    "Something was changed since this was shown. Nothing was done.",
                    cure="Look again at what would change.",
                )
            if shown.pending and write_decisions:
                write_pending_decisions(self.study)
            plan = self._plan(kind, asked)
            done = self._shown(plan)
            make_change(self.study, plan)
        return done._replace(pending=shown.pending)

    def undo(self, what: str, at: str) -> TakenBack:
        """Take back the last change of the codebook.

        Parameters
        ----------
        what, at : str
            The change that the person saw.

        Raises
        ------
        ProjectError
            If another change came after it, or it cannot be taken back.
        """
        with changing(self.study.project.root, wait=_PATIENCE):
            entry, of_codebook = self.last_change()
            if entry is None or not of_codebook or (entry.what, entry.at) != (what, at):
                raise ProjectError(
                    "Another change was made since. Nothing was taken back.",
                    cure="To take changes back one after the other: fourp undo",
                )
            outcome = undo_last_change(self.study.project)
            self.study.forget()
        return outcome

    def look_again(
        self, by: str, code: str, codings: list[tuple[str, str, int, int]], *, taken_back: bool
    ) -> int:
        """Record that a person looked again at codings of a code, or take that back.

        Parameters
        ----------
        by : str
            The person.
        code : str
            The code.
        codings : list of (str, str, int, int)
            Coder, document, start and end of each.
        taken_back : bool
            Whether they wait for a second look again.

        Returns
        -------
        int
            How many were not like this before.
        """
        with changing(self.study.project.root, wait=_PATIENCE):
            table = second_look(self.study, code=code)
            if table.empty:
                return 0
            key = pd.MultiIndex.from_frame(table[["coder", "document", "start", "end"]])
            chosen = table[key.isin(codings)]
            return mark_second_look(self.study, chosen, by, taken_back=taken_back)

    def means_the_same(self, code: str) -> bool:
        """Record that a code means the same in other words; return whether anything was read by others."""
        with changing(self.study.project.root, wait=_PATIENCE):
            return bool(confirm_definition(self.study, [code]))

    # How it is planned.

    def _plan(self, kind: str, asked: Mapping[str, Any]) -> PlannedChange:
        study = self.study
        if kind == "edit":
            return plan_editing(study, asked["code"], asked["values"])
        if kind == "add":
            return plan_adding(study, asked["values"], theme=asked["theme"])
        if kind == "rename":
            return plan_renaming_code(study, asked["code"], asked["new"])
        if kind == "merge":
            return plan_merging(study, asked["codes"], asked["into"])
        if kind == "retire":
            return plan_retiring(study, asked["code"])
        into = list(dict.fromkeys(asked["into"]))
        decisions = [
            SplitDecision(
                (file, document, start, end, name_key(coder)), number, tuple(into), tuple(becomes)
            )
            for number, (file, document, start, end, coder, becomes) in enumerate(asked["becomes"])
        ]
        return plan_splitting(study, asked["code"], into, decisions, keep=asked["keep"])

    def _shown(self, plan: PlannedChange) -> Preview:
        root = self.study.project.root
        files = [
            (path.relative_to(root).as_posix(), _verb(content, there=path.exists()))
            for path, content in plan.contents.items()
        ]
        digest = hashlib.sha256(repr((plan.what, plan.decisions, plan.draws)).encode())
        for path, content in sorted(plan.contents.items()):
            # Decisions that are written first change gold files, and are told by themselves.
            if path.is_relative_to(self.study.project.assisted):
                continue
            digest.update(repr((path.name, plan.expect[path])).encode())
            digest.update(content if isinstance(content, bytes) else b"")
        return Preview(plan, files, self.pending(), digest.hexdigest()[:16])


def _verb(content: Content, *, there: bool) -> str:
    return "removed" if content is None else "changed" if there else "written"
