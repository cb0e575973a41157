"""Summarises an import of notes, values, cases and sets: each item in exactly one column."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.documents import normalise
from fourp_nlp.documents.attributes import ATTRIBUTES
from fourp_nlp.documents.tables.text_table import rows_of
from fourp_nlp.exchange import NOTES, guid_of
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.spreadsheets import unguarded
from fourp_nlp.study.exporting.facts import project_notes
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fourp_nlp.exchange import Exchange, Losses
    from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["FACTS", "facts_table"]

FACTS = ("same", "new", "changed", "not_taken")
"""Columns that add up to the items in the file."""

_OTHERWISE = "Here they are otherwise, and ours stay. --replace takes values of documents over."
_OURS = "This program writes them itself, from its settings and decisions; changes in them are not taken."
_TWICE = "Their identity is that of another note in the file; one was taken."
_SEPARATORS = (",", ";", "\t", "|")

# Notes of which a new project takes its title, its notice and facts of its codebook.
_PROJECT = {guid_of("note", "project", name) for name in ("Codebook", "Notice")}

Cells = dict[tuple[str, str], str]


class _Fates(NamedTuple):
    """The import of one kind of item: the result for each item, the number only here, and reasons."""

    fates: list[str]
    only_here: int
    lost: list[tuple[str, str]]


def facts_table(
    exchange: Exchange,
    before: ImportTarget,
    extras: ExchangeExtras,
    sources: Mapping[str, Source],
    content: bytes | None,
    losses: Losses,
) -> pd.DataFrame:
    """Return the table of notes, values, and members of cases and sets.

    Parameters
    ----------
    exchange : Exchange
        The project that is imported.
    before : ImportTarget
        The project before the import.
    extras : ExchangeExtras
        The extras after the import.
    sources : mapping of str to Source
        Its sources by GUID.
    content : bytes or None
        The new documents.csv, if it changes.
    losses : Losses
        Items that are not imported are added here.

    Returns
    -------
    pandas.DataFrame
        Columns item; in_file, which are same, new, changed or not_taken; and only_here. One row for each kind
        of item of which there is any.
    """
    documents = {guid: s.document for guid, s in sources.items() if s.document}
    path = before.project.attributes
    old = _cells(row for _, row in rows_of(path)) if path.is_file() else {}
    new = old if content is None else _written_cells(content)
    members = exchange.members
    kinds = {
        "notes": _notes(exchange, before, extras),
        "values": _values(exchange, before.extras, extras, documents, old, new),
    }
    for kind in ("case", "set"):
        of_kind = members[members["kind"] == kind]
        kinds[f"members of {kind}s"] = _members(
            of_kind, kind, before.extras, extras, documents, old, new
        )
    rows = []
    for item, (fates, only_here, lost) in kinds.items():
        counts = [fates.count(name) for name in FACTS]
        for why, example in lost:
            losses.add(item, why, [example])
        if fates or only_here:
            rows.append((item, len(fates), *counts, only_here))
    return pd.DataFrame(rows, columns=["item", "in_file", *FACTS, "only_here"])


def _written_cells(content: bytes) -> Cells:
    """Return the attributes of each document in a documents.csv that will be written."""
    text = content.decode("utf-8-sig")
    separator = max(_SEPARATORS, key=text.split("\n", 1)[0].count)
    with cell_reader(io.StringIO(text, newline=""), delimiter=separator) as reader:
        return _cells(row for row in reader if row)


def _cells(lines: Iterable[list[str]]) -> Cells:
    """Return the attributes of each document in the rows of a documents.csv."""
    rows = list(lines)
    if not rows:
        return {}
    names = [normalise(cell).casefold() for cell in rows[0]]
    cells: Cells = {}
    for row in rows[1:]:
        by_name = {
            name: unguarded(" ".join(normalise(cell).split()))
            for name, cell in zip(names, row, strict=False)
        }
        document = by_name.pop(ATTRIBUTES[0], "").replace("\\", "/").removeprefix("./")
        cells |= {(document, name): value for name, value in by_name.items() if value}
    return cells


def _notes(exchange: Exchange, before: ImportTarget, extras: ExchangeExtras) -> _Fates:
    our_notes = _own(before)
    old, new = (
        dict(zip(frame["guid"], frame.itertuples(index=False, name=None), strict=True))
        for frame in (conform(tables.notes, NOTES) for tables in (before.extras, extras))
    )
    fates, lost, seen = [], [], set[str]()
    notes = exchange.notes
    for guid, name, text in zip(notes["guid"], notes["name"], notes["text"], strict=True):
        fate = "not_taken"
        if before.is_new and guid in _PROJECT:
            fate = "new"
        elif guid in our_notes and text.startswith(our_notes[guid]):
            fate = "same"
        elif guid in our_notes:
            lost.append((_OURS, f"{name}: {text}"))
        elif guid in seen or guid not in new:
            lost.append((_TWICE, f"{name}: {text}"))
        elif guid in old:
            fate = "same" if old[guid] == new[guid] else "changed"
        else:
            fate = "new"
        seen.add(guid)
        fates.append(fate)
    return _Fates(fates, len(old.keys() - seen), lost)


def _own(before: ImportTarget) -> dict[str, str]:
    """Return the unchanged texts of notes that this program writes itself, by GUID."""
    if before.is_new or before.codebook is None:
        return {}
    notes = project_notes(before.project, before.codebook)
    our_texts = dict(zip(notes["guid"], notes["text"], strict=True))
    place = ["document", "start", "end", "code", "decided_by"]
    for *key, name in before.decisions[place].itertuples(index=False, name=None):
        our_texts[guid_of("note", "decision", *key)] = f"Decided by {name}: "
    return our_texts


def _values(
    exchange: Exchange,
    before: ExchangeExtras,
    extras: ExchangeExtras,
    documents: Mapping[str, str],
    old: Cells,
    new: Cells,
) -> _Fates:
    key = ["about", "variable"]
    before_by_key, after_by_key = (_by(each.values, key) for each in (before, extras))
    table = extras.values
    extras_values = dict(
        zip(zip(table["about"], table["variable"], strict=True), table["value"], strict=True)
    )
    cases = exchange.members[exchange.members["kind"] == "case"]
    inside: dict[str, list[str]] = {}
    for guid, member in zip(cases["guid"], cases["member"], strict=True):
        if member in documents:
            inside.setdefault(guid, []).append(documents[member])
    fates, lost, seen = [], [], set[tuple[str, ...]]()
    mentioned_cells: set[tuple[str, str]] = set()
    values = exchange.values
    for about, name, value in zip(
        values["about"], values["variable"], values["value"], strict=True
    ):
        column, plain_value = normalise(name).casefold(), " ".join(normalise(value).split())
        where = [documents[about]] if about in documents else inside.get(about, [])
        places = [(document, column) for document in where if column in ATTRIBUTES[1:]]
        if (about, name) in after_by_key:
            fate = _fate(before_by_key.get((about, name)), after_by_key[about, name])
            fate = fate if extras_values[about, name] == value else "not_taken"
        elif column == "case" and about not in documents:
            # A case says by its name already which case it is.
            fate = "same"
        else:
            fate = _of_cells(
                [old.get(at) for at in places], [new.get(at) for at in places], plain_value
            )
        seen.add((about, name))
        mentioned_cells.update(places)
        fates.append(fate)
        lost += [(_OTHERWISE, f"{name}: {value}")] if fate == "not_taken" else []
    file_guids = set(exchange.sources["guid"]) | set(exchange.members["guid"])
    n_only_here = sum(
        about in file_guids and (about, name) not in seen for about, name in before_by_key
    )
    documents_in_file = set(documents.values())
    n_only_here += sum(
        at[0] in documents_in_file and at[1] in ATTRIBUTES[2:] and at not in mentioned_cells
        for at in old
    )
    return _Fates(fates, n_only_here, lost)


def _members(
    members: pd.DataFrame,
    kind: str,
    before: ExchangeExtras,
    extras: ExchangeExtras,
    documents: Mapping[str, str],
    old: Cells,
    new: Cells,
) -> _Fates:
    before_by_key, after_by_key = (
        _by(each.members[each.members["kind"] == kind], ["guid", "member"])
        for each in (before, extras)
    )
    fates, lost, seen = [], [], set[tuple[str, ...]]()
    for guid, name, member in zip(members["guid"], members["name"], members["member"], strict=True):
        at = (documents.get(member, ""), "case")
        if (guid, member) in after_by_key:
            fate = _fate(before_by_key.get((guid, member)), after_by_key[guid, member])
        else:
            fate = _of_cells([old.get(at)], [new.get(at)], " ".join(normalise(name).split()))
        seen.add((guid, member))
        fates.append(fate)
        lost += [(_OTHERWISE, name)] if fate == "not_taken" else []
    n_only_here = sum(key not in seen for key in before_by_key)
    if kind == "case":
        inside = {documents[member] for member in members["member"] if member in documents}
        other_documents = {documents.get(member, "") for _, member in before_by_key}
        n_only_here += sum(
            column == "case"
            and document in documents.values()
            and document not in inside | other_documents
            for document, column in old
        )
    return _Fates(fates, n_only_here, lost)


def _by(frame: pd.DataFrame, key: list[str]) -> dict[tuple[str, ...], tuple[object, ...]]:
    """Return the content of rows by their key."""
    rest = [name for name in frame.columns if name not in key]
    return dict(
        zip(
            frame[key].itertuples(index=False, name=None),
            frame[rest].itertuples(index=False, name=None),
            strict=True,
        )
    )


def _fate(was: object, now: object) -> str:
    return "new" if was is None else "same" if was == now else "changed"


def _of_cells(before: Iterable[str | None], after: Iterable[str | None], value: str) -> str:
    """Return how a value was imported, from the cells that should hold it; one is enough."""
    fates = {
        "same" if old == value else "changed" if old else "new"
        for old, new in zip(before, after, strict=True)
        if new == value
    }
    return next((fate for fate in ("new", "changed", "same") if fate in fates), "not_taken")
