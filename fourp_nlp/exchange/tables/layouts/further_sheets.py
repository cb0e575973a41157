"""The further sheets of a workbook: one for the codebook, one for facts about documents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.exchange.exchange import VALUES
from fourp_nlp.exchange.tables.code_nodes import Codes
from fourp_nlp.exchange.tables.column_heads import plain
from fourp_nlp.exchange.tables.readable_names import column_heads
from fourp_nlp.spreadsheets import cell_as_text, cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.spreadsheets import Book

__all__ = [
    "CODEBOOK",
    "DOCUMENTS",
    "DocumentFacts",
    "codebook_sheet",
    "documents_sheet",
    "read_codebook_sheet",
    "read_documents_sheet",
    "values_table",
]

CODEBOOK, DOCUMENTS = "codebook", "documents"
"""Names of the two sheets."""

_NO = {"no", "0", "false", "falsch", "nein", "faux", "non"}
_EXACT = 10**15
_EXAMPLES = 3


class DocumentFacts(NamedTuple):
    """Descriptions and variables of documents, from the sheet of documents.

    Attributes
    ----------
    descriptions : dict of str to str
        A description by the document's name, empty where there is none; in the order of the sheet.
    values : pandas.DataFrame
        Columns document, variable, kind and value.
    """

    descriptions: dict[str, str]
    values: pd.DataFrame


def codebook_sheet(
    nodes: pd.DataFrame,
    labels: Mapping[str, str],
    losses: Losses,
    *,
    heads: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return the sheet of codes and themes, one row each.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    labels : mapping of str to str
        Their labels in the table, by GUID.
    losses : Losses
        Gets definitions that are too long for a cell.
    heads : mapping of str to str, optional
        Which column of the table stands for a code, by GUID.

    Returns
    -------
    pandas.DataFrame
        Columns code, column (if `heads` is given), name, theme (the label of its parent), applied (yes, or no
        for a theme), color and definition.
    """
    columns: dict[str, list[str]] = {"code": nodes["guid"].map(dict(labels)).tolist()}
    if heads is not None:
        columns["column"] = [heads.get(guid, "") for guid in nodes["guid"]]
    columns["name"] = nodes["name"].tolist()
    columns["theme"] = [labels.get(guid, "") for guid in nodes["parent"]]
    columns["applied"] = ["yes" if codable else "no" for codable in nodes["codable"].tolist()]
    columns["color"] = nodes["color"].tolist()
    columns["definition"] = nodes["description"].tolist()
    long = [
        label
        for label, text in zip(columns["code"], columns["definition"], strict=True)
        if cell_text(text) != text
    ]
    losses.add(
        "definitions", "they are too long for a cell of Excel: they are cut and marked", long
    )
    return pd.DataFrame(columns)


def documents_sheet(
    names: Mapping[str, str], sources: pd.DataFrame, values: pd.DataFrame, losses: Losses
) -> pd.DataFrame:
    """Return the sheet of documents, one row each, with a column for each variable.

    Parameters
    ----------
    names : mapping of str to str
        The sources' names in the table, by GUID.
    sources, values : pandas.DataFrame
        The tables SOURCES and VALUES.
    losses : Losses
        Gets values that a cell cannot hold as they are.

    Returns
    -------
    pandas.DataFrame
        Columns document, description and the variables, with typed numbers and truth values.
    """
    sheet = pd.DataFrame(
        {"document": sources["guid"].map(dict(names)), "description": sources["description"]}
    ).astype(object)
    source_values = values[values["about"].isin(set(sources["guid"]))]
    repeated = source_values.duplicated(["about", "variable"])
    losses.add(
        "values",
        "a cell holds one: further values of the same variable were left out",
        source_values.loc[repeated, "variable"].head(_EXAMPLES).tolist(),
        count=int(repeated.sum()),
    )
    source_values = source_values[~repeated]
    dates = source_values["kind"].isin(["Date", "DateTime"])
    losses.add(
        "kinds of values",
        "dates are written as texts, and come back as such",
        source_values.loc[dates, "variable"].drop_duplicates().tolist(),
        count=int(dates.sum()),
    )
    variables = source_values["variable"].drop_duplicates().tolist()
    row = pd.Series(np.arange(len(sources)), index=sources["guid"].to_numpy())
    for variable, head in zip(
        variables, column_heads(variables, {"document", "description"}), strict=True
    ):
        of_variable = source_values[source_values["variable"] == variable]
        column = np.full(len(sources), None, dtype=object)
        column[row[of_variable["about"]].to_numpy()] = [
            _cell_value(value, kind)
            for value, kind in zip(of_variable["value"], of_variable["kind"], strict=True)
        ]
        sheet[head] = column
    return sheet


def read_codebook_sheet(book: Book | None) -> tuple[Codes, dict[str, str]]:
    """Read the sheet of codes, if there is one.

    Parameters
    ----------
    book : Book or None
        The workbook.

    Returns
    -------
    codes : Codes
        Its codes; none without such a sheet.
    heads : dict of str to str
        The label of a column's code, by the column's head in lower case.
    """
    codes, heads = Codes(), {}
    for row in _rows(book, CODEBOOK, "code"):
        label = row.get("code", "").strip()
        if not label:
            continue
        codes.add(
            label,
            name=row.get("name", ""),
            theme=row.get("theme", "").strip(),
            description=row.get("definition", ""),
            color=row.get("color", "").strip(),
            codable=row.get("applied", "").strip().casefold() not in _NO,
        )
        if head := row.get("column", "").strip():
            heads[head.casefold()] = label
    return codes, heads


def read_documents_sheet(book: Book | None) -> DocumentFacts:
    """Read the sheet of documents, if there is one.

    Parameters
    ----------
    book : Book or None
        The workbook.

    Returns
    -------
    DocumentFacts
        Its facts; none without such a sheet.
    """
    nothing = DocumentFacts({}, pd.DataFrame(columns=["document", "variable", "kind", "value"]))
    if book is None or DOCUMENTS not in book.names:
        return nothing
    rows = book.sheet(DOCUMENTS).rows
    if not rows:
        return nothing
    header = [cell_as_text(cell).strip() for cell in rows[0][1]]
    heads = [plain(head) for head in header]
    if "document" not in heads:
        return nothing
    body = [cells + [None] * (len(header) - len(cells)) for _, cells in rows[1:]]
    names = [cell_as_text(cells[heads.index("document")]).strip() for cells in body]
    description_column = heads.index("description") if "description" in heads else None
    descriptions = {
        name: "" if description_column is None else cell_as_text(cells[description_column])
        for name, cells in zip(names, body, strict=True)
        if name
    }
    values = []
    for at, head in enumerate(header):
        if not head or heads[at] in {"document", "description"}:
            continue
        cells = [cells[at] for cells in body]
        numbers = [
            cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)
        ]
        fractions = any(isinstance(cell, float) and not cell.is_integer() for cell in numbers)
        variable = (
            head.removeprefix("code ")
            if head[5:].casefold() in {"document", "description"}
            else head
        )
        for name, cell in zip(names, cells, strict=True):
            if name and cell is not None and cell != "":
                kind, value = _kind_and_value(cell, fractions=fractions)
                values.append((name, variable, kind, value))
    return DocumentFacts(descriptions, pd.DataFrame(values, columns=nothing.values.columns))


def values_table(described: DocumentFacts, sources: Mapping[str, str]) -> pd.DataFrame:
    """Return the table VALUES of the variables of documents.

    Parameters
    ----------
    described : DocumentFacts
        The facts about documents.
    sources : mapping of str to str
        GUIDs of sources by document.

    Returns
    -------
    pandas.DataFrame
        The table VALUES.
    """
    about = described.values["document"].map(dict(sources))
    return described.values.assign(about=about)[VALUES.names].reset_index(drop=True)


def _rows(book: Book | None, sheet: str, needed: str) -> list[dict[str, str]]:
    if book is None or sheet not in book.names:
        return []
    rows = book.sheet(sheet).rows
    if not rows:
        return []
    heads = [plain(cell_as_text(cell)) for cell in rows[0][1]]
    if needed not in heads:
        return []
    return [dict(zip(heads, map(cell_as_text, cells), strict=False)) for _, cells in rows[1:]]


def _cell_value(value: str, kind: str) -> object:
    """Return a value as the kind of cell that says it, a text where none does."""
    try:
        if kind == "Integer" and abs(int(value)) < _EXACT:
            return int(value)
        if kind == "Float" and math.isfinite(float(value)):
            return float(value)
    except ValueError:
        return value
    if kind == "Boolean" and value in {"true", "false"}:
        return value == "true"
    return value


def _kind_and_value(cell: object, *, fractions: bool) -> tuple[str, str]:
    if isinstance(cell, bool):
        return "Boolean", "true" if cell else "false"
    if isinstance(cell, int | float):
        if fractions or (isinstance(cell, float) and not cell.is_integer()):
            return "Float", repr(float(cell))
        return "Integer", str(int(cell))
    return "Text", cell_as_text(cell)  # type: ignore[arg-type]
