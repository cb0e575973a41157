"""Taking back the last change to people's codings."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from fourp_nlp.codebook import YAML_ENDINGS, parse_codebook, read_codebook
from fourp_nlp.coding.reading.kept_texts import KEPT_FOLDER
from fourp_nlp.coding.reading.reading_record import ENTRIES, ReadRecord
from fourp_nlp.coding.reading.record_file import RECORD_NAME, read_record
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import ProjectError
from fourp_nlp.files import fingerprint, temporary_name
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.renaming.codebook_versions import version_entries
from fourp_nlp.study.undo_journal import read_entries
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from fourp_nlp.files import Content
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.undo_journal import FileBefore, Rows, UndoEntry

__all__ = ["TakenBack", "changes_to_undo", "undo_last_change"]

_INDEX = "index.json"
_SHOWN = 5


class TakenBack(NamedTuple):
    """A change that was taken back, or would be.

    Attributes
    ----------
    what, at : str
        What it was for, and when it was made.
    files : list of pathlib.Path
        Files that get their earlier content.
    gone : list of pathlib.Path
        Those of them that were not there before.
    rows : int
        Rows of the database (decisions, draws) that are as before.
    """

    what: str
    at: str
    files: list[Path]
    gone: list[Path]
    rows: int


def changes_to_undo(project: Project) -> list[UndoEntry]:
    """Return the changes to people's codings that can be taken back, the last one first.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    list of UndoEntry
        Changes that were made, and have not been taken back.
    """
    store = Store(project.store)
    return [
        entry
        for entry in read_entries(project.root)
        if not entry.change or store.has_change(entry.change)
    ]


def undo_last_change(project: Project, *, dry_run: bool = False) -> TakenBack:
    """Take back the last change to people's codings: all of it, or nothing.

    Parameters
    ----------
    project : Project
        The project.
    dry_run : bool, default False
        Only find out what would be done.

    Returns
    -------
    TakenBack
        What was done.

    Raises
    ------
    ProjectError
        If there is no such change, or something was changed since that would be lost.
    """
    entries = changes_to_undo(project)
    if not entries:
        raise ProjectError(
            "There is no change that can be taken back.",
            file=project.root,
            cure="Changes to codings are kept for this from this version on: fourp undo --list",
        )
    entry = entries[0]
    store = Store(project.store)
    rows = _earlier_rows(entry, store.people_rows())
    contents, expect = _earlier_contents(entry)
    files = [path for path in contents if KEPT_FOLDER not in path.parts[-2:-1]]
    n_rows = sum(len(each) for part in (entry.removed, entry.added) for each in part.values())
    gone = [path for path in files if contents[path] is None]
    outcome = TakenBack(entry.what, entry.at, files, gone, n_rows)
    if dry_run:
        return outcome
    project.refuse_outside(contents)
    detail = {"what": entry.what, "at": entry.at, "files": [path.name for path in files]}

    version = _earlier_version(project, contents, entry.what)

    def put_back(database: Store) -> None:
        if rows:
            database.put_people_rows(rows)
        database.log("undone", detail)
        version(database)

    change_files(
        project.root,
        {**contents, entry.file: None},
        what=f"taking back: {entry.what}",
        expect=expect,
        in_store=put_back,
        undoable=False,
    )
    return outcome


def _earlier_version(
    project: Project, contents: Mapping[Path, Content], what: str
) -> Callable[[Store], object]:
    """Return what notes that a codebook has its earlier content again, if it has."""
    content = contents.get(project.codebook)
    if not isinstance(content, bytes) or project.codebook.suffix.lower() not in YAML_ENDINGS:
        return lambda _: None
    before = parse_codebook(content.decode("utf-8-sig"), project.codebook)
    now = read_codebook(project.codebook)
    return version_entries(Store(project.store), f"taken back: {what}", before, now)


def _earlier_contents(entry: UndoEntry) -> tuple[dict[Path, Content], dict[Path, str | None]]:
    """Return what files are to hold again, and their present fingerprints."""
    contents: dict[Path, Content] = {}
    expect: dict[Path, str | None] = {}
    changed_since = []
    for each in entry.files:
        now = fingerprint(each.path)
        is_kept_text = each.path.parent.name == KEPT_FOLDER and each.path.name.endswith(".gz")
        if is_kept_text:
            if each.before is not None and now is None:
                contents[each.path], expect[each.path] = each.before, None
            continue
        if now == each.after:
            content: bytes | None = each.before
        elif now is not None and each.path.read_bytes() == each.before:
            continue
        elif each.path.name == RECORD_NAME and each.after_content is not None and now is not None:
            content = _earlier_record(each)
        elif each.path.name == _INDEX and each.path.parent.name == KEPT_FOLDER:
            content = _earlier_index(each)
        else:
            changed_since.append(each.path)
            continue
        contents[each.path], expect[each.path] = content, now
    if changed_since:
        names = ", ".join(path.name for path in changed_since[:_SHOWN])
        raise ProjectError(
            f"'{entry.what}' ({entry.at}) cannot be taken back, because these files were changed since: "
            f"{names}. Nothing was changed.",
            file=changed_since[0],
            cure="What is in them now would be lost. Correct them by hand.",
        )
    return contents, expect


def _earlier_rows(entry: UndoEntry, now: Rows) -> Rows:
    """Return the rows of the tables of which a change added or removed some, as they were before it."""
    earlier: Rows = {}
    for name in dict.fromkeys([*entry.removed, *entry.added]):
        removed, added = entry.removed.get(name, []), Counter(entry.added.get(name, []))
        if added - Counter(now[name]):
            raise ProjectError(
                f"'{entry.what}' ({entry.at}) cannot be taken back, because {name} were changed since. "
                "Nothing was changed.",
                cure="What was decided since would be lost.",
            )
        kept = [row for row in now[name] if row not in added]
        earlier[name] = [*kept, *removed]
    return earlier


def _earlier_index(each: FileBefore) -> bytes | None:
    """Return which texts positions belong to, without what a change made of it, and with what came since."""
    before, after, now = (_index(content) for content in (each.before, each.after_content, None))
    now = _index(each.path.read_bytes() if each.path.is_file() else None)
    if not now:
        return each.before
    documents = now.setdefault("documents", {})
    old, new = before.get("documents", {}), after.get("documents", {})
    for name in {*old, *new}:
        if old.get(name) != new.get(name):
            documents.pop(name, None)
            if name in old:
                documents[name] = old[name]
    # The fingerprints of files are found again when they are read next.
    now["files"] = before.get("files", {})
    return (json.dumps(now, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _index(content: bytes | None) -> dict[str, Any]:
    try:
        index = json.loads(content or b"{}")
    except ValueError:
        return {}
    return index if isinstance(index, dict) else {}


def _earlier_record(each: FileBefore) -> bytes:
    """Return the record of what was read without what a change made of it, and with what came since."""
    before, after, now = (
        _record(each, content)
        for content in (each.before, each.after_content, each.path.read_bytes())
    )
    rows_before, rows_after, rows_now = (_rows(record) for record in (before, after, now))
    rows = dict.fromkeys(
        [row for row in rows_now if row not in set(rows_after) - set(rows_before)]
        + [row for row in rows_before if row not in rows_after]
    )
    lists = list(dict.fromkeys(row[-1] for row in rows))
    table = pd.DataFrame(
        [(*row[:-1], lists.index(row[-1])) for row in rows],
        columns=[*(name for name in ENTRIES.names if name != "codes"), "codes"],
    )
    entries = conform(table, ENTRIES) if len(table) else empty(ENTRIES)
    texts = {**now.texts, **before.texts}
    return replace(now, entries=entries, lists=tuple(lists), texts=texts).content()


def _record(each: FileBefore, content: bytes | None) -> ReadRecord:
    """Return the record of an earlier time."""
    if content is None:
        return ReadRecord()
    draft = temporary_name(each.path)
    try:
        draft.write_bytes(content)
        return read_record(draft)
    finally:
        draft.unlink(missing_ok=True)


def _rows(record: ReadRecord) -> list[tuple[Any, ...]]:
    """Return what somebody read, with the list of codes itself."""
    names = [name for name in ENTRIES.names if name != "codes"]
    return [
        (*row[:-1], record.lists[row[-1]])
        for row in record.entries[[*names, "codes"]].itertuples(index=False, name=None)
    ]
