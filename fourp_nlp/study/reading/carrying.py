"""Carrying codings along when the text of a document has changed, or its file was renamed."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.moved_codings import PlacesByRecord
from fourp_nlp.coding.alignment.text_changes import TextChange
from fourp_nlp.coding.alignment.unchanged_text import sha256_of, text_pieces
from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.coding.gold.columns import SCOPE, guard, unguard
from fourp_nlp.coding.gold.scope_edits import GoldTable, read_table
from fourp_nlp.coding.gold.validation import quote_matches
from fourp_nlp.coding.reading.carried_record import (
    CarriedSpan,
    carried_pieces,
    record_with_carried_text,
    record_with_spans,
)
from fourp_nlp.coding.reading.kept_texts import (
    KeptTexts,
    is_all_kept,
    kept_contents,
    kept_text,
    read_kept_texts,
)
from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.coding.reading.undecided import (
    UNDECIDED_NAME,
    Undecided,
    read_undecided,
    undecided_content,
)
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.errors import FourpError
from fourp_nlp.files import fingerprint
from fourp_nlp.spreadsheets import quote_cell
from fourp_nlp.study.reading.reading_state import record_path
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.coding.reading.reading_record import ReadRecord
    from fourp_nlp.files import Content
    from fourp_nlp.study.project import Project

__all__ = ["CarriedDocument", "Carrying", "EditedCoding", "plan_carrying", "undecided_path"]

_NO_DECISIONS: Mapping[int, tuple[int, int] | None] = MappingProxyType({})
_NEEDED = ("document", "start", "end", "quote")


@dataclass
class CarriedDocument:
    """What becomes of the codings of a document that has changed.

    Attributes
    ----------
    document, before : str
        Its id, and the one that it had when it was coded.
    carried : int
        Codings whose place is certain.
    moved : int
        Rows of gold files, with or without a code, that are written anew.
    edited : int
        Those codings whose passage was changed by a small edit.
    uncertain : int
        Codings that nobody but a person can place.
    unread : int
        Spans that were read, without a code, and have changed: they are unread now.
    restored : int
        Codings that were undecided, and whose place is certain now.
    """

    document: str
    before: str
    carried: int = 0
    moved: int = 0
    edited: int = 0
    uncertain: int = 0
    unread: int = 0
    restored: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether gold files must be changed."""
        return self.before != self.document or bool(
            self.moved or self.uncertain or self.unread or self.restored
        )

    def sentence(self) -> str:
        """Return what was done, in a sentence or two."""
        if self.before != self.document:
            return (
                f"{self.before} is called {self.document} now, and its text is the same: "
                f"{_count(self.carried, 'coding')} carried along."
            )
        parts = [f"{_count(self.carried, 'coding')} carried along"]
        if self.edited:
            parts[0] += f" ({self.edited} with a small change inside)"
        if self.uncertain:
            parts.append(f"{self.uncertain} uncertain")
        if self.restored:
            parts.append(f"{self.restored} certain again")
        if self.unread:
            parts.append(f"{_count(self.unread, 'passage')} without a code changed and now unread")
        return f"{self.document} has changed since it was coded: {', '.join(parts)}."


@dataclass(frozen=True)
class EditedCoding:
    """A coding that was carried along although its passage was changed by a small edit."""

    file: str
    document: str
    coder: str
    code: str
    start: int
    end: int
    old_quote: str
    new_quote: str


@dataclass
class Carrying:
    """What is to be written so that codings stand where their passages stand now.

    Attributes
    ----------
    documents : list of CarriedDocument
        Documents that have changed since they were coded.
    contents : dict of pathlib.Path to bytes or None
        Files that change: gold files, the record of what was read, undecided codings, kept texts.
    expect : dict of pathlib.Path to str or None
        The fingerprints of files when they were read.
    edited : list of EditedCoding
        Codings whose passage was changed by a small edit.
    undecided : list of Undecided
        All codings that nobody has decided about yet.
    texts : dict of str to (str, TextChange or None)
        By the earlier ids of changed documents, the present ids and how the text changed.
    """

    documents: list[CarriedDocument] = field(default_factory=list)
    contents: dict[Path, Content] = field(default_factory=dict)
    expect: dict[Path, str | None] = field(default_factory=dict)
    edited: list[EditedCoding] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    texts: dict[str, tuple[str, TextChange | None]] = field(default_factory=dict)

    @property
    def changed(self) -> list[CarriedDocument]:
        """Documents for which gold files must be changed."""
        return [each for each in self.documents if each.is_changed]


def undecided_path(project: Project) -> Path:
    """Return the path of the undecided codings of a project."""
    return project.gold / UNDECIDED_NAME


def plan_carrying(
    project: Project,
    documents: pd.DataFrame,
    *,
    by_quotes: bool = False,
    decisions: Mapping[int, tuple[int, int] | None] = _NO_DECISIONS,
) -> Carrying:
    """Find out what must be written so that codings stand where their passages stand now.

    Parameters
    ----------
    project : Project
        The project.
    documents : pandas.DataFrame
        Its documents.
    by_quotes : bool, default False
        Whether codings that do not fit are looked for by their quotes also where nothing tells that the
        document has changed.
    decisions : mapping of int to (int, int) or None
        By the numbers of undecided codings, where they belong; None for those that are dropped.

    Returns
    -------
    Carrying
        Nothing is written. Of each document all certain codings are carried, or none.

    Raises
    ------
    GoldError
        If the record of what was read, or the file of undecided codings, is damaged.
    """
    return _Plan(project, documents, by_quotes=by_quotes).carrying(decisions)


@dataclass
class _Change:
    """How a document changed."""

    before: str
    document: str
    old: str | None
    new: str
    sha: str
    done: CarriedDocument
    known: bool = True
    _change: TextChange | None = None

    @property
    def change(self) -> TextChange | None:
        if self._change is None and self.old is not None and self.old != self.new:
            self._change = TextChange(self.old, self.new)
        return self._change

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Return where a span of the old text surely stands."""
        if self.old == self.new:
            return start, end
        if self.change is None:
            return None
        placement = self.change.place(start, end)
        return (placement.start, placement.end) if placement.certain else None


class _Row:
    """One row of a gold file with a span."""

    def __init__(self, table: GoldTable, row: list[str], document: str) -> None:
        self.row, self.document = row, document
        self.start, self.end = int(table.cell(row, "start")), int(table.cell(row, "end"))
        self.code, self.coder = table.cell(row, "code"), table.cell(row, "coder")
        self.part = table.cell(row, SCOPE).lower() == PART
        self.quote = row[table.header.index("quote")]

    def key(self, start: int, end: int) -> tuple[object, ...]:
        return (self.document, start, end, self.code, name_key(self.coder), self.part)


class _Plan:
    """The work of `plan_carrying`, and what it has come to."""

    def __init__(self, project: Project, documents: pd.DataFrame, *, by_quotes: bool) -> None:
        self.project, self.by_quotes = project, by_quotes
        self.texts: dict[str, str] = dict(
            zip(documents["document"], documents["text"], strict=True)
        )
        self.shas: dict[str, str] = dict(
            zip(documents["document"], documents["sha256"], strict=True)
        )
        self.composed = {
            unicodedata.normalize("NFD", name): name for name in self.texts if not name.isascii()
        }
        self.gold = project.gold
        self.kept = read_kept_texts(self.gold)
        self.files = [*project.gold_files, *project.repeat_files, *project.assisted_files]
        self.prints = {path: fingerprint(path) for path in self.files}
        self.result = Carrying()

    def carrying(self, decisions: Mapping[int, tuple[int, int] | None]) -> Carrying:
        undecided_file = undecided_path(self.project)
        self.waiting = read_undecided(undecided_file)
        self.result.undecided = self.waiting
        if self._is_current() or not self.files:
            return self.result
        self.tables = {path: table for path in self.files if (table := _table(path)) is not None}
        self.record_files = {
            folder: record_path(folder) for folder in {path.parent for path in self.files}
        }
        record_prints = {path: fingerprint(path) for path in self.record_files.values()}
        self.records = {folder: read_record(path) for folder, path in self.record_files.items()}
        self.by_record = {
            folder: PlacesByRecord(self.texts, record) for folder, record in self.records.items()
        }
        coded = self._coded_documents()
        self.changes = self._changes(coded)
        expect = {
            **self.prints,
            **record_prints,
            undecided_file: fingerprint(undecided_file),
        }
        waiting = self._decide(self._carry_rows(), decisions)
        contents: dict[Path, Content] = {
            path: table.content() for path, table in self.tables.items() if path in self.touched
        }
        for folder, path in self.record_files.items():
            record = self._carried_record(folder)
            if record is not self.records[folder]:
                contents[path] = record.content()
        if waiting != self.waiting:
            contents[undecided_file] = undecided_content(waiting)
        self._rename_in_attributes(contents, expect)
        self._keep_texts(contents, waiting)
        self.result.contents = contents
        self.result.expect = {path: sha for path, sha in expect.items() if path in contents}
        self.result.undecided = waiting
        self.result.documents = [
            change.done
            for change in self.changes.values()
            if change.known or change.done.is_changed
        ]
        self.result.texts = {
            change.before: (change.document, change.change)
            for change in self.changes.values()
            if change.before != change.document or change.change is not None
        }
        return self.result

    # Which documents have changed.

    def _is_current(self) -> bool:
        """Whether all texts and gold files are as they were when they were last compared."""
        names = {self._name_in_index(path): print_ for path, print_ in self.prints.items()}
        return (
            not self.by_quotes
            and not self.waiting
            and self.kept.files == names
            and all(self.shas.get(name) == sha for name, sha in self.kept.documents.items())
            and is_all_kept(self.gold, self.kept)
        )

    def _name_in_index(self, path: Path) -> str:
        return path.relative_to(self.gold).as_posix()

    def document_of(self, cell: str) -> str:
        """Return the id of the document that a cell names."""
        name = cell.strip()
        name = name if name in self.texts else unguard(name)
        return self.composed.get(name, name)

    def _coded_documents(self) -> list[str]:
        names = dict.fromkeys(
            self.document_of(row[table.header.index("document")])
            for table in self.tables.values()
            for row in table.rows[1:]
            if len(row) > table.header.index("document")
        )
        names |= dict.fromkeys(each.document for each in self.waiting)
        names.pop("", None)
        return list(names)

    def _changes(self, coded: Sequence[str]) -> dict[str, _Change]:
        changes = {}
        for name in coded:
            is_there = name in self.texts
            change = self._changed_text(name) if is_there else self._renamed(name, coded)
            if change is not None:
                changes[name] = change
        return changes

    def _changed_text(self, name: str) -> _Change | None:
        now, text = self.shas[name], self.texts[name]
        sha = self.kept.documents.get(name, "")
        if not sha:
            read = self._shas_read(name)
            sha = read[-1] if read and now not in read else ""
        known = sha not in {"", now}
        is_waiting = any(each.document == name for each in self.waiting)
        if not (known or is_waiting or self.by_quotes):
            return None
        old = kept_text(self.gold, sha) if known else text if sha else None
        return _Change(name, name, old, text, sha, CarriedDocument(name, name), known)

    def _renamed(self, name: str, coded: Sequence[str]) -> _Change | None:
        """Return the document that has the text of one that is not there any more, if it is the only one."""
        shas = [self.kept.documents.get(name, ""), *self._shas_read(name)[::-1]]
        for sha in filter(None, shas):
            same = [other for other, its_sha in self.shas.items() if its_sha == sha]
            if len(same) == 1 and same[0] not in coded:
                done = CarriedDocument(same[0], name)
                text = self.texts[same[0]]
                return _Change(name, same[0], text, text, sha, done)
        return None

    def _shas_read(self, name: str) -> list[str]:
        """Return the texts of a document that somebody read, oldest first."""
        rows = [
            (since, sha)
            for record in self.records.values()
            for document, scope, sha, since in record.entries[
                ["document", "scope", "text", "since"]
            ].itertuples(index=False, name=None)
            if document == name and scope == WHOLE
        ]
        return list(dict.fromkeys(sha for _, sha in sorted(rows, key=lambda row: row[0])))

    # Rows of gold files.

    def _carry_rows(self) -> list[Undecided]:
        """Change the rows of gold files; return all undecided codings."""
        self.touched: set[Path] = set()
        self.spans: dict[Path, list[CarriedSpan]] = {}
        self.doubtful: set[str] = set()
        self.taken: set[tuple[object, ...]] = set()
        waiting: list[Undecided] = []
        number = max((each.number for each in self.waiting), default=0)
        for path, table in self.tables.items():
            rows = table.rows[:1]
            removed: list[list[str]] = []
            for row in table.rows[1:]:
                number, keep = self._carry_row(path, table, row, waiting, number)
                (rows if keep else removed).append(row)
            if removed:
                rows = self._still_read(table, rows, removed)
            self.tables[path] = table._replace(rows=rows)
        restored = [each for each in self.waiting if self._restore(each)]
        stay = [each for each in self.waiting if each not in restored]
        for each in stay:
            change = self.changes.get(each.document)
            if change is not None and change.before != change.document:
                stay[stay.index(each)] = replace(each, document=change.document)
        return [*stay, *waiting]

    def _carry_row(
        self,
        path: Path,
        table: GoldTable,
        row: list[str],
        waiting: list[Undecided],
        number: int,
    ) -> tuple[int, bool]:
        """Carry one row along; return the last number of an undecided coding, and whether the row stays."""
        header = table.header
        if len(row) < len(header):
            row += [""] * (len(header) - len(row))
        name = self.document_of(row[header.index("document")])
        change = self.changes.get(name)
        if change is None:
            if _has_span(table, row) and not self._fits(table, row, name):
                self.doubtful.add(name)
            return number, True
        if change.before != change.document:
            row[header.index("document")] = guard(change.document)
            self.touched.add(path)
        if not _has_span(table, row):
            return number, True
        each = _Row(table, row, change.document)
        place, surely = self._place(path, each, change)
        if place is None and surely:
            self.doubtful.add(change.document)
            return number, True
        if place is not None and (path.parent, *each.key(*place)) in self.taken:
            place = None  # two passages have become one
        if place is None:
            self.touched.add(path)
            if not each.code:
                change.done.unread += 1
                return number, False
            number += 1
            change.done.uncertain += 1
            waiting.append(
                Undecided(
                    number,
                    self._name_in_index(path),
                    dict(zip(header, row, strict=False)),
                    change.document,
                    each.start,
                    each.end,
                    change.sha if change.old is not None else "",
                    _full_quote(each, change),
                )
            )
            return number, False
        self.taken.add((path.parent, *each.key(*place)))
        self._write(path, table, each, place, change)
        return number, True

    def _place(
        self, path: Path, each: _Row, change: _Change
    ) -> tuple[tuple[int, int] | None, bool]:
        """Return where a row belongs, or None; and whether the row is wrong by itself if it is nowhere."""
        here = (each.start, each.end)
        fits = quote_matches(each.quote, change.new[each.start : each.end])
        old = change.old
        fitted = old is not None and quote_matches(each.quote, old[each.start : each.end])
        if not fitted:
            by_quote = old is None or self.by_quotes
            if fits or not by_quote:
                return (here if fits else None), True
            record = self.by_record[path.parent]
            place = record.place(change.document, each.start, each.end, each.quote)
            return place, not change.known or old is not None
        place = change.place(each.start, each.end)
        same_file = self.kept.files.get(self._name_in_index(path)) == self.prints[path]
        if fits and place != here and not same_file:
            return None, False  # it may have been coded before the change or after it
        return place, False

    def _write(
        self, path: Path, table: GoldTable, each: _Row, place: tuple[int, int], change: _Change
    ) -> None:
        """Write the place of a row, and its quote if that has changed."""
        header, text = table.header, change.new[place[0] : place[1]]
        before = _full_quote(each, change)
        if each.code:
            change.done.carried += 1
        if not quote_matches(each.quote, text):
            each.row[header.index("quote")] = guard(quote_cell(text))
            if each.code:
                change.done.edited += 1
                self.result.edited.append(
                    EditedCoding(
                        self._name_in_index(path), change.document, each.coder, each.code, *place,
                        before, text,
                    )
                )  # fmt: skip
        elif place == (each.start, each.end):
            if change.before != change.document:
                self._add_span(path, each, place, change, before)
            return
        each.row[header.index("start")], each.row[header.index("end")] = map(str, place)
        change.done.moved += 1
        self.touched.add(path)
        self._add_span(path, each, place, change, before)

    def _add_span(
        self, path: Path, each: _Row, place: tuple[int, int], change: _Change, before: str
    ) -> None:
        if each.part:
            text = change.new[place[0] : place[1]]
            self.spans.setdefault(path.parent, []).append(
                CarriedSpan(
                    change.before, each.start, each.end, before, change.document, *place, text
                )
            )

    def _fits(self, table: GoldTable, row: list[str], name: str) -> bool:
        each = _Row(table, row, name)
        return quote_matches(each.quote, self.texts.get(name, "")[each.start : each.end])

    def _still_read(
        self, table: GoldTable, rows: list[list[str]], removed: list[list[str]]
    ) -> list[list[str]]:
        """Return rows with one for each document that only the removed ones say was read as a whole."""

        def pair(row: list[str]) -> tuple[str, str] | None:
            whole = table.cell(row, SCOPE).lower() in {"", WHOLE}
            key = (name_key(table.cell(row, "coder")), table.cell(row, "document"))
            return key if whole else None

        known = {pair(row) for row in rows[1:]}
        for row in removed:
            if pair(row) is None or pair(row) in known:
                continue
            known.add(pair(row))
            kept = {"document", "coder", SCOPE, "looked_for"}
            rows.append(
                [
                    cell if name in kept else ""
                    for name, cell in zip(table.header, row, strict=False)
                ]
            )
        return rows

    def _restore(self, each: Undecided) -> bool:
        """Put an undecided coding back into its file if its place is certain now; return whether it was."""
        change = self.changes.get(each.document)
        path = self.gold / each.file
        if change is None or path not in self.tables:
            return False
        text = change.new
        old = text if sha256_of(text) == each.text else kept_text(self.gold, each.text)
        if old is None:
            return False
        if old == text:
            place = (each.start, each.end)
        else:
            placement = TextChange(old, text).place(each.start, each.end)
            if not placement.certain:
                return False
            place = (placement.start, placement.end)
        return self.put_back(each, change.document, place)

    def put_back(self, each: Undecided, document: str, place: tuple[int, int]) -> bool:
        """Add the row of an undecided coding to its file again, at a place."""
        path = self.gold / each.file
        table = self.tables[path]
        cells = {**each.cells, "document": guard(document)}
        cells |= {"start": str(place[0]), "end": str(place[1])}
        text = self.texts[document][place[0] : place[1]]
        if not quote_matches(each.cells.get("quote", ""), text):
            cells["quote"] = guard(quote_cell(text))
        row = [cells.get(name, "") for name in table.header]
        key = (path.parent, *_Row(table, row, document).key(*place))
        if key in self.taken:
            return False
        self.taken.add(key)
        self.tables[path] = table._replace(rows=[*table.rows, row])
        self.touched.add(path)
        self.changes[each.document].done.restored += 1
        return True

    def _decide(
        self, waiting: list[Undecided], decisions: Mapping[int, tuple[int, int] | None]
    ) -> list[Undecided]:
        """Put back or drop what was decided; return what is still undecided."""
        self.decided: list[tuple[Undecided, tuple[int, int]]] = []
        rest = []
        for each in waiting:
            if each.number not in decisions:
                rest.append(each)
                continue
            place = decisions[each.number]
            if place is not None:
                self.put_back(each, each.document, place)
                self.decided.append((each, place))
        return rest

    # What belongs to them.

    def _carried_record(self, folder: Path) -> ReadRecord:
        record = self.records[folder]
        record = record_with_spans(record, self.spans.get(folder, []))
        for change in self.changes.values():
            if change.before != change.document:
                record = _record_with_name(record, change.before, change.document)
            elif change.old is not None and change.old != change.new:
                carried = carried_pieces(
                    text_pieces(change.old), text_pieces(change.new), change.place
                )
                record = record_with_carried_text(
                    record, change.document, change.old, change.new, carried
                )
        for each, place in self.decided:
            if (self.gold / each.file).parent == folder:
                record = self._with_decided(record, each, place)
        return record

    def _with_decided(
        self, record: ReadRecord, each: Undecided, place: tuple[int, int]
    ) -> ReadRecord:
        """Return the record after somebody looked at a passage again, to decide about a coding in it."""
        new = self.texts[each.document]
        quote = new[place[0] : place[1]]
        span = CarriedSpan(
            each.document, each.start, each.end, each.quote, each.document, *place, quote
        )
        record = record_with_spans(record, [span])
        old = kept_text(self.gold, each.text)
        if old is None:
            return record
        before, now = text_pieces(old), text_pieces(new)
        there = (before.start < each.end) & (before.end > each.start)
        here = (now.start < place[1]) & (now.end > place[0])
        numbers = np.flatnonzero(there).tolist()
        carried: dict[int, list[int]] = {number: [] for number in numbers} | {
            number: np.flatnonzero(here).tolist() for number in numbers[:1]
        }
        key = name_key(each.cells.get("coder", "") or (self.gold / each.file).stem)
        coders = [name for name in record.entries["coder"].unique() if name_key(name) == key]
        return record_with_carried_text(record, each.document, old, new, carried, coders=coders)

    def _rename_in_attributes(
        self, contents: dict[Path, Content], expect: dict[Path, str | None]
    ) -> None:
        """Give the rows of documents.csv the new ids of renamed documents."""
        renamed = {
            change.before: change.document
            for change in self.changes.values()
            if change.before != change.document
        }
        path = self.project.attributes
        if not renamed or not path.is_file():
            return
        table = _table(path)
        if table is None or "document" not in table.header:
            return
        at = table.header.index("document")
        names = {table.cell(row, "document") for row in table.rows[1:]}
        changed = False
        for row in table.rows[1:]:
            new = renamed.get(table.cell(row, "document"))
            if new is not None and new not in names:
                row[at], changed = guard(new), True
        if changed:
            expect[path] = fingerprint(path)
            contents[path] = table.content()

    def _keep_texts(self, contents: dict[Path, Content], waiting: Sequence[Undecided]) -> None:
        """Add the files by which the present texts are kept."""
        names = {
            self.document_of(row[table.header.index("document")])
            for table in self.tables.values()
            for row in table.rows[1:]
        } | {each.document for each in waiting}
        # Where a row does not fit, nobody knows which text it belongs to.
        documents = {
            name: self.shas[name]
            if name not in self.doubtful
            else self.kept.documents.get(name, "")
            for name in names
            if name in self.shas
        }
        gone = {
            name: sha
            for name, sha in self.kept.documents.items()
            if name in names and name not in self.shas
        }
        files = {}
        for path in self.files:
            content = contents.get(path)
            print_ = _sha256(content) if isinstance(content, bytes) else self.prints[path]
            if print_:
                files[self._name_in_index(path)] = print_
        kept = KeptTexts({**{k: v for k, v in documents.items() if v}, **gone}, files)
        texts = {self.shas[name]: self.texts[name] for name in documents}
        also = {each.text for each in waiting if each.text}
        contents |= kept_contents(self.gold, kept, texts, also=also)


def _table(path: Path) -> GoldTable | None:
    """Return the rows of a gold file, or None if something is wrong with it, which `read_gold` says."""
    try:
        table = read_table(path)
    except (OSError, UnicodeDecodeError, csv.Error, IndexError, FourpError):
        return None
    header = table.header
    if "document" not in header or len(set(header)) != len(header):
        return None
    return table


def _has_span(table: GoldTable, row: list[str]) -> bool:
    if any(name not in table.header for name in _NEEDED):
        return False
    numbers = (table.cell(row, "start"), table.cell(row, "end"))
    return all(cell.isdecimal() and cell.isascii() and len(cell) < 18 for cell in numbers)


def _full_quote(each: _Row, change: _Change) -> str:
    if change.old is not None:
        text = change.old[each.start : each.end]
        if quote_matches(each.quote, text):
            return text
    return unguard(each.quote)


def _record_with_name(record: ReadRecord, before: str, document: str) -> ReadRecord:
    entries = record.entries
    if not (entries["document"] == before).any():
        return record
    key = ["coder", "document", "start", "end", "scope", "text"]
    old = entries[entries["document"] == before].assign(document=document)
    rest = entries[entries["document"] != before]
    renamed = old[~among(old, rest, key)]
    return replace(record, entries=pd.concat([rest, renamed], ignore_index=True))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
