"""Writes variables and cases of another program's project to documents.csv, and keeps every cell of it."""

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
from fourp_nlp.spreadsheets import cell_is_formula, unguarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.documents.documents import Source

__all__ = ["AttributesImport", "import_attributes"]

_SEPARATORS = (",", ";", "\t", "|")


@dataclass
class AttributesImport:
    """The attributes of documents in a file.

    Attributes
    ----------
    content : bytes or None
        The new documents.csv, if it changes.
    values : pandas.DataFrame
        The rows of VALUES that it cannot hold.
    members : pandas.DataFrame
        The rows of MEMBERS that it cannot hold.
    notes : list of str
        Messages for the user.
    """

    content: bytes | None
    values: pd.DataFrame
    members: pd.DataFrame
    notes: list[str] = field(default_factory=list)


def import_attributes(
    exchange: Exchange,
    sources: Mapping[str, Source],
    path: Path,
    *,
    replacing: bool,
) -> AttributesImport:
    """Write case, group, date, kind and speaker of documents into documents.csv.

    Parameters
    ----------
    exchange : Exchange
        The project of the other program.
    sources : mapping of str to Source
        Its sources by GUID.
    path : pathlib.Path
        The file of attributes, whether or not it is there.
    replacing : bool
        Whether values from the file replace ours.

    Returns
    -------
    AttributesImport
        The file, and the values that it cannot hold.
    """
    documents = {guid: s.document for guid, s in sources.items() if s.document}
    cases = exchange.members[exchange.members["kind"] == "case"]
    case_of, one_case_each = _cases(cases, documents)
    attributes, values = _file_attributes(
        exchange.values, documents, case_of if one_case_each else {}, cases
    )
    if one_case_each:
        names = cases.drop_duplicates("guid").set_index("guid")["name"]
        for document, guid in case_of.items():
            attributes.setdefault(document, {}).setdefault("case", normalise(names[guid]))
    # A case of ours that says no more than its documents' rows do needs no row of its own.
    case_guids = [guid_of("case", name) for name in exchange.members["name"]]
    is_plain = (
        (exchange.members["kind"] == "case")
        & (
            exchange.members["guid"]
            == pd.Series(case_guids, index=exchange.members.index, dtype="str")
        )
        & (exchange.members["description"] == "")
        & exchange.members["member"].isin(documents)
    )
    other_members = exchange.members[~is_plain] if one_case_each else exchange.members
    notes: list[str] = []
    if not one_case_each:
        notes.append(
            "Documents are in more than one case, which documents.csv cannot say: the cases are kept in "
            "exchange/members.csv."
        )
    new = [s.document for s in sources.values() if s.status == "new"]
    content, differences = _updated_table(path, attributes, new, replacing=replacing)
    if differences:
        what = "were replaced" if replacing else "stay; --replace takes the others over"
        more = f" and {len(differences) - 5} more" if len(differences) > 5 else ""
        notes.append(
            f"{len(differences)} value(s) in documents.csv differ from the file's and {what}: "
            f"{'; '.join(differences[:5])}{more}."
        )
    return AttributesImport(content, values, other_members.reset_index(drop=True), notes)


def _cases(cases: pd.DataFrame, documents: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """Return the case of each document, by its GUID, and whether no document is in several."""
    of_documents = cases[cases["member"].isin(documents)].drop_duplicates(["guid", "member"])
    case_of_document = dict(
        zip(of_documents["member"].map(documents), of_documents["guid"], strict=True)
    )
    n_cases = Counter(of_documents["member"])
    return case_of_document, all(count == 1 for count in n_cases.values())


def _file_attributes(
    values: pd.DataFrame,
    documents: Mapping[str, str],
    case_of: Mapping[str, str],
    cases: pd.DataFrame,
) -> tuple[dict[str, dict[str, str]], pd.DataFrame]:
    """Return the attributes of each document, and the values without a column.

    Attributes of a case are those of its documents, unless a document has its own.
    """
    names = values["variable"].map(lambda name: normalise(name).casefold())
    # A variable "case" of a case says nothing that its name does not.
    fits = names.isin(ATTRIBUTES[1:]) & (values["value"].map(normalise) != "")
    of_documents = fits & values["about"].isin(documents)
    attributes: dict[str, dict[str, str]] = {}
    rows = values.assign(variable=names)
    for about, name, value in _rows(rows[of_documents]):
        attributes.setdefault(documents[about], {})[name] = _in_one(value)
    in_case: dict[str, list[str]] = {}
    for document, guid in case_of.items():
        in_case.setdefault(guid, []).append(document)
    of_cases = fits & (names != "case") & values["about"].isin(in_case)
    of_cases &= values["about"].isin(cases["guid"])
    for about, name, value in _rows(rows[of_cases]):
        for document in in_case[about]:
            attributes.setdefault(document, {}).setdefault(name, _in_one(value))
    return attributes, values[~of_documents & ~of_cases].reset_index(drop=True)


def _rows(frame: pd.DataFrame) -> Iterable[tuple[str, str, str]]:
    return zip(frame["about"], frame["variable"], frame["value"], strict=True)


def _in_one(value: str) -> str:
    return " ".join(normalise(value).split())


def _updated_table(
    path: Path,
    attributes: Mapping[str, Mapping[str, str]],
    new_documents: list[str],
    *,
    replacing: bool,
) -> tuple[bytes | None, list[str]]:
    """Return the file with the imported attributes, and the cells that differ.

    Existing rows, columns, cells and the separator are kept.
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
        if name not in names and (any(name in cells for cells in attributes.values()))
    ]
    header, names = [*header, *missing], [*names, *missing]
    places = {name: names.index(name) for name in ATTRIBUTES if name in names}
    table = [[*row, *[""] * (len(header) - len(row))] for row in rows[1:]]
    row_of = {_id(row[places["document"]]): row for row in table}
    changed, differences = bool(missing), []
    for document in new_documents:
        if document not in row_of:
            row = [""] * len(header)
            row[places["document"]] = document
            row_of[document] = row
            table.append(row)
            changed = True
    for document, cells in attributes.items():
        if document not in row_of:
            if not any(cells.values()):
                continue
            row = [""] * len(header)
            row[places["document"]] = document
            row_of[document] = row
            table.append(row)
            changed = True
        row = row_of[document]
        for name, value in cells.items():
            our_value = unguarded(_in_one(row[places[name]]))
            if our_value == value:
                continue
            if our_value:
                differences.append(f"{document}: {name} is {our_value}, there {value}")
            if not our_value or replacing:
                # A spreadsheet would take it for a formula without; it is taken off when it is read.
                row[places[name]] = f"'{value}" if cell_is_formula(value) else value
                changed = True
    if not changed:
        return None, differences
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator, lineterminator="\n").writerows([header, *table])
    return buffer.getvalue().encode("utf-8-sig"), differences


def _id(cell: str) -> str:
    return normalise(cell).replace("\\", "/").removeprefix("./")
