"""Variables and cases of another program's project in documents.csv, with every cell that is there."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.documents import normalise
from fourp_nlp.documents.attributes import ATTRIBUTES
from fourp_nlp.documents.tables.text_table import rows_of
from fourp_nlp.exchange import guid_of
from fourp_nlp.spreadsheets import cell_is_formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.documents.documents import Source

__all__ = ["AttributesTaken", "take_attributes"]

_SEPARATORS = (",", ";", "\t", "|")


@dataclass
class AttributesTaken:
    """What a file says of documents.

    Attributes
    ----------
    content : bytes or None
        The new documents.csv, if it changes.
    values : pandas.DataFrame
        The rows of VALUES that have no place in it.
    members : pandas.DataFrame
        The rows of MEMBERS that have no place in it.
    notes : list of str
        What is to be known.
    """

    content: bytes | None
    values: pd.DataFrame
    members: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def take_attributes(
    exchange: Exchange,
    sources: Mapping[str, Source],
    path: Path,
    *,
    replacing: bool,
) -> AttributesTaken:
    """Put case, group, date, kind and speaker of documents into documents.csv.

    Parameters
    ----------
    exchange : Exchange
        The project as it came.
    sources : mapping of str to Source
        Its sources by GUID.
    path : pathlib.Path
        The file of attributes, whether or not it is there.
    replacing : bool
        Whether values from elsewhere take the place of ours.

    Returns
    -------
    AttributesTaken
        The file, and what has no place in it.
    """
    documents = {guid: s.document for guid, s in sources.items() if s.document}
    cases = exchange.members[exchange.members["kind"] == "case"]
    case_of, in_one = _cases(cases, documents)
    told, values = _told(exchange.values, documents, case_of if in_one else {}, cases)
    if in_one:
        names = cases.drop_duplicates("guid").set_index("guid")["name"]
        for document, guid in case_of.items():
            told.setdefault(document, {}).setdefault("case", normalise(names[guid]))
    # A case of ours that says no more than its documents' rows do needs no row of its own.
    made = [guid_of("case", name) for name in exchange.members["name"]]
    plain = (
        (exchange.members["kind"] == "case")
        & (exchange.members["guid"] == pd.Series(made, index=exchange.members.index, dtype="str"))
        & (exchange.members["description"] == "")
        & exchange.members["member"].isin(documents)
    )
    rest = exchange.members[~plain] if in_one else exchange.members
    notes: list[str] = []
    if not in_one:
        notes.append(
            "Documents are in more than one case, which documents.csv cannot say: the cases are kept in "
            "exchange/members.csv."
        )
    new = [s.document for s in sources.values() if s.status == "new"]
    content, others = _written(path, told, new, replacing=replacing)
    if others:
        what = "were replaced" if replacing else "stay; --replace takes the others over"
        notes.append(
            f"{len(others)} value(s) in documents.csv differ from the file's and {what}: "
            f"{'; '.join(others[:5])}{f' and {len(others) - 5} more' if len(others) > 5 else ''}."
        )
    return AttributesTaken(content, values, rest.reset_index(drop=True), notes)


def _cases(cases: pd.DataFrame, documents: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return the case of each document, by its GUID, and whether no document is in several."""
    own = cases[cases["member"].isin(documents)].drop_duplicates(["guid", "member"])
    found = dict(zip(own["member"].map(documents), own["guid"], strict=True))
    several = Counter(own["member"])
    return found, all(count == 1 for count in several.values())


def _told(
    values: pd.DataFrame,
    documents: Mapping[str, str],
    case_of: Mapping[str, str],
    cases: pd.DataFrame,
) -> tuple[dict[str, dict[str, str]], pd.DataFrame]:
    """Return what is said of each document, and the values that have no column.

    What is said of a case is said of its documents, where it is not said of them otherwise.
    """
    names = values["variable"].map(lambda name: normalise(name).casefold())
    # A variable "case" of a case says nothing that its name does not.
    fits = names.isin(ATTRIBUTES[1:]) & (values["value"].map(normalise) != "")
    of_documents = fits & values["about"].isin(documents)
    told: dict[str, dict[str, str]] = {}
    rows = values.assign(variable=names)
    for about, name, value in _rows(rows[of_documents]):
        told.setdefault(documents[about], {})[name] = _in_one(value)
    in_case: dict[str, list[str]] = {}
    for document, guid in case_of.items():
        in_case.setdefault(guid, []).append(document)
    of_cases = fits & (names != "case") & values["about"].isin(in_case)
    of_cases &= values["about"].isin(cases["guid"])
    for about, name, value in _rows(rows[of_cases]):
        for document in in_case[about]:
            told.setdefault(document, {}).setdefault(name, _in_one(value))
    return told, values[~of_documents & ~of_cases].reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    return zip(frame["about"], frame["variable"], frame["value"], strict=True)


def _in_one(value: str) -> str:
    return " ".join(normalise(value).split())


def _written(
    path: Path, told: Mapping[str, Mapping[str, str]], new: list[str], *, replacing: bool
) -> tuple[bytes | None, list[str]]:
    """Return the file with what is told, and where it says something else.

    Rows, columns and cells that are there stay; the separator, too.
    """
    rows = [row for _, row in rows_of(path)] if path.is_file() else []
    separator = ","
    if rows:
        first = path.read_bytes().decode("utf-8-sig", errors="replace").split("\n", 1)[0]
        separator = max(_SEPARATORS, key=first.count)
    header = rows[0] if rows else list(ATTRIBUTES)
    names = [normalise(cell).casefold() for cell in header]
    missing = [
        name
        for name in ATTRIBUTES
        if name not in names and (any(name in cells for cells in told.values()))
    ]
    header, names = [*header, *missing], [*names, *missing]
    places = {name: names.index(name) for name in ATTRIBUTES if name in names}
    table = [[*row, *[""] * (len(header) - len(row))] for row in rows[1:]]
    at = {_id(row[places["document"]]): row for row in table}
    changed, others = bool(missing), []
    for document in new:
        if document not in at:
            row = [""] * len(header)
            row[places["document"]] = document
            at[document] = row
            table.append(row)
            changed = True
    for document, cells in told.items():
        if document not in at:
            if not any(cells.values()):
                continue
            row = [""] * len(header)
            row[places["document"]] = document
            at[document] = row
            table.append(row)
            changed = True
        row = at[document]
        for name, value in cells.items():
            ours = _in_one(row[places[name]])
            if ours.startswith("'") and cell_is_formula(ours[1:]):
                ours = ours[1:]
            if ours == value:
                continue
            if ours:
                others.append(f"{document}: {name} is {ours}, there {value}")
            if not ours or replacing:
                # A spreadsheet would take it for a formula without; it is taken off when it is read.
                row[places[name]] = f"'{value}" if cell_is_formula(value) else value
                changed = True
    if not changed:
        return None, others
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=separator, lineterminator="\n").writerows([header, *table])
    return made.getvalue().encode("utf-8-sig"), others


def _id(cell: str) -> str:
    return normalise(cell).replace("\\", "/").removeprefix("./")
