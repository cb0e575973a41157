"""A change to a project that is planned, shown, and then made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fourp_nlp.codebook import parse_codebook
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import ProjectError
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.renaming.codebook_versions import version_entries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fourp_nlp.coding.store import Store
    from fourp_nlp.files import Content
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = ["PlannedChange", "make_change", "pending_decisions"]


@dataclass
class PlannedChange:
    """What is to be written.

    Attributes
    ----------
    what : str
        What the change is for, in a few words.
    contents : dict of pathlib.Path to bytes or None
        What files are to hold; None for one that goes.
    expect : dict of pathlib.Path to str or None
        Their fingerprints when they were read.
    rows : dict of str to int
        Rows that change, by the names of gold files.
    decisions, draws : int
        Rows of the database that change.
    in_store : callable, optional
        Writes what belongs to it into the database.
    notes : list of str
        What is out of date afterwards, or must be done by hand.
    """

    what: str
    contents: dict[Path, Content] = field(default_factory=dict)
    expect: dict[Path, str | None] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    decisions: int = 0
    draws: int = 0
    in_store: Callable[[Store], object] | None = None
    notes: list[str] = field(default_factory=list)

    def write(self, path: Path, content: Content) -> None:
        """Plan the content of a file."""
        self.expect.setdefault(path, fingerprint(path))
        self.contents[path] = content


def make_change(study: Study, plan: PlannedChange) -> None:
    """Write what was planned: all of it, or nothing.

    Parameters
    ----------
    study : Study
        The study; what it has read is forgotten.
    plan : PlannedChange
        The plan.

    Raises
    ------
    FourpError
        If a file was changed since it was read, or cannot be written; or if decisions of the review page are
        not in the gold files yet, which would name what there is no more. Nothing is changed then.
    """
    project = study.project
    project.refuse_outside(plan.contents)
    _refuse_while_pending(project)
    change_files(
        project.root,
        plan.contents,
        what=plan.what,
        expect=plan.expect,
        in_store=_with_version(study, plan),
    )
    study.forget()


def pending_decisions(project: Project) -> list[str]:
    """Return whose decisions in the review page are not in the gold files yet.

    Parameters
    ----------
    project : Project
        The project.
    """
    if not project.store.exists():
        return []
    with ReviewLog(project.store) as log:
        return list(log.coders_with_pending_entries())


def _with_version(study: Study, plan: PlannedChange) -> Callable[[Store], object] | None:
    """Return what writes into the database, with the new version of the codebook, if there is one."""
    path = study.project.codebook
    content = plan.contents.get(path)
    if not isinstance(content, bytes):
        return plan.in_store
    after = parse_codebook(content.decode("utf-8-sig"), path)
    add = version_entries(study.store, plan.what, after, study.codebook)

    def in_store(store: Store) -> None:
        if plan.in_store is not None:
            plan.in_store(store)
        add(store)

    return in_store


def _refuse_while_pending(project: Project) -> None:
    coders = pending_decisions(project)
    if coders:
        raise ProjectError(
            f"Decisions of {', '.join(coders)} in the review page are not in the gold files yet.",
            cure="Write them first: add --write-decisions to the command, end the page, or run: fourp log "
            "--write",
        )
