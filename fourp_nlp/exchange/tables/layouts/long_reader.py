"""Reads long tables of any program: one row for each coding."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.exchange.exchange import NOTES, Losses
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.tables.code_nodes import Codes
from fourp_nlp.exchange.tables.codes_in_cell import codes_in_cells, names_no_code
from fourp_nlp.exchange.tables.coding_rows import coded_rows, is_coded_head
from fourp_nlp.exchange.tables.exchange_builder import build, drop_repeated, reading
from fourp_nlp.exchange.tables.fill_down import fill_from_above
from fourp_nlp.exchange.tables.layouts.further_sheets import (
    read_codebook_sheet,
    read_documents_sheet,
)
from fourp_nlp.exchange.tables.places.document_names import match_documents
from fourp_nlp.exchange.tables.places.row_places import locate_rows, texts_of
from fourp_nlp.exchange.tables.table_file import read_tables
from fourp_nlp.exchange.tables.workbook_sheets import FURTHER_SHEETS
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.tables.codes_in_cell import NewCode

__all__ = ["read_long"]

_SHEET = "codings"
_EXAMPLES = 3
_PLACE = ["document", "start", "end"]


def read_long(
    path: str | os.PathLike[str],
    documents: Mapping[str, str] | pd.DataFrame | None = None,
    *,
    nodes: pd.DataFrame | None = None,
    coder: str = "",
) -> Exchange:
    """Read a long table of codings.

    Columns are known by their heads in any order and case, and by what others call them (file, begin, stop,
    text, label, annotator and so on). Rows may be sorted, added and deleted. It takes a document, a code, and
    a place or a quote. A cell may name several codes; codes may have a column each, or coders. Of a workbook,
    all sheets of this kind are read.

    Parameters
    ----------
    path : str or os.PathLike
        CSV (comma, semicolon, tab or bar; UTF-8, UTF-16 or Windows-1252) or XLSX.
    documents : mapping of str to str, or pandas.DataFrame, optional
        Normalised texts by document id, or a frame with the columns document and text. With them, each row is
        held to what stands at its place; a row that has none, or where something else stands, is placed
        where its quote stands, if that is once. Without them, places and quotes stay as they are, and the
        sources have no text.
    nodes : pandas.DataFrame, optional
        The table NODES of codes that are known: cells may name them by id or name.
    coder : str, optional
        The coder where the table does not say.

    Returns
    -------
    Exchange
        The codings, with what could not be placed among the losses. A code that is not known is there only if
        a coding of it is.

    Raises
    ------
    ExchangeError
        If it cannot be read, or has no columns for document, code, and place or quote.
    UnsafeExchangeError
        If it would expand beyond the limits, or does not match its ending.
    """
    files = read_tables(path, _SHEET, is_coded_head, beside=FURTHER_SHEETS)
    texts = texts_of(documents)
    losses = Losses()
    remarks = files.remarks
    known, _ = read_codebook_sheet(files.book)
    codes = Codes(nodes)
    codes.merge(known)
    has_codebook = bool(len(codes))
    cells = coded_rows(files, texts, codes, coder, losses, remarks).cells
    for role in ("code", "theme", "scope", "made_at"):
        cells[role] = _stripped(cells[role])
    cells = fill_from_above(cells, texts, remarks)
    nobody = int((cells["coder"] == "").sum())
    if nobody:
        remarks.append(f"{nobody} row(s) name no coder.")
    _check_details(cells, losses)
    _mark_as_read(cells, codes, remarks)
    cells, new = _one_code_a_row(cells, codes, remarks)

    scope = cells["scope"].str.lower()
    coded = cells["code"] != ""
    whole = ~coded & (scope == WHOLE) & (cells["coder"] != "")
    part = ~coded & ~whole & (scope == PART)
    to_do = cells[~coded & ~whole & ~part]
    _add_rows_without_code(to_do, losses)
    placed = locate_rows(
        cells.loc[coded | part, ["row", *_PLACE, "quote", "paragraph"]],
        texts,
        losses,
        item="codings",
    )
    remarks += placed.remarks
    rows = cells.loc[placed.rows.index]
    rows[[*_PLACE, "quote"]] = placed.rows[[*_PLACE, "quote"]]
    # Without the documents, nobody knows which rows have a place.
    _add_new(rows if texts else cells, new, codes, remarks if has_codebook else [])
    _remark_on_left_out(cells, new, codes, remarks)
    wholes = cells.loc[whole, ["coder", "document"]]
    wholes["document"] = match_documents(wholes["document"].tolist(), texts, [])
    marks = drop_repeated(rows[rows["code"] != ""], losses)
    _read_in_part(rows, to_do, texts, remarks)
    scopes = rows["scope"].str.lower()
    wholes = pd.concat([wholes, rows.loc[scopes == WHOLE, ["coder", "document"]]])
    read = reading(
        rows.loc[scopes == PART, ["coder", *_PLACE, "quote"]], wholes[wholes["coder"] != ""], texts
    )
    return build(
        Path(path),
        marks,
        codes=codes,
        texts=texts,
        described=read_documents_sheet(files.book),
        read=read,
        notes=_notes(marks),
        losses=losses,
        remarks=remarks,
    )


def _mark_as_read(cells: pd.DataFrame, codes: Codes, remarks: list[str]) -> None:
    """Mark rows whose code is "none" as read passages without a code."""
    none = (
        cells["code"]
        .map({code: names_no_code(code, codes) for code in cells["code"].unique()})
        .astype(bool)
    )
    if none.any():
        cells.loc[none & (cells["scope"] == ""), "scope"] = PART
        cells.loc[none, "code"] = ""
        remarks.append(
            f"{int(none.sum())} row(s) say that no code applies: only their passage counts as read."
        )


def _one_code_a_row(
    cells: pd.DataFrame, codes: Codes, remarks: list[str]
) -> tuple[pd.DataFrame, dict[str, NewCode]]:
    """Return a row for each code that a cell names, by its label, and the codes that are not known."""
    same = cells["code"] + "\x00" + cells["theme"]
    below = {
        key: label
        for key, code, theme in zip(same, cells["code"], cells["theme"], strict=True)
        if code and theme and (label := _below(code, theme, codes))
    }
    cell_codes = codes_in_cells([code for code in cells["code"].unique() if code], codes)
    remarks += cell_codes.remarks
    cells["code"] = [
        [below[key]] if key in below else cell_codes.labels.get(code, [])
        for key, code in zip(same, cells["code"], strict=True)
    ]
    several = cells["code"].map(len) > 1
    cells.loc[several, ["name", "theme"]] = ""
    cells = cells.explode("code", ignore_index=True)
    cells["code"] = cells["code"].where(cells["code"].notna(), "").astype(object)
    return cells, cell_codes.new


def _below(name: str, theme: str, codes: Codes) -> str:
    """Return the code of a name that is below a theme; empty if the name is unique."""
    called = codes.labels_named(name)
    if len(called) < 2:
        return ""
    themes = codes.labels_named(theme)
    labels = [label for label in called if set(codes.above(label)) & set(themes)]
    return labels[0] if len(labels) == 1 else ""


def _add_rows_without_code(rows: pd.DataFrame, losses: Losses) -> None:
    losses.add(
        "rows",
        "they name no code, and do not say that a passage or document was read",
        [f"row {row}" for row in rows["row"].head(_EXAMPLES)],
        count=len(rows),
    )


def _read_in_part(
    rows: pd.DataFrame, to_do: pd.DataFrame, texts: Mapping[str, str], remarks: list[str]
) -> None:
    """Mark documents as read in part if the coder left rows without a code."""
    to_do = to_do[to_do["to_do"].astype(bool)]
    uncoded = to_do[(to_do["quote"].str.strip() != "") | (to_do["start"].str.strip() != "")]
    names = match_documents(uncoded["document"].tolist(), texts, [])
    pairs = set(zip(names, uncoded["coder"], strict=True))
    unfinished = [
        pair in pairs and not scope
        for pair, scope in zip(
            zip(rows["document"], rows["coder"], strict=True), rows["scope"], strict=True
        )
    ]
    rows.loc[unfinished, "scope"] = PART
    count = len(rows.loc[unfinished, ["document", "coder"]].drop_duplicates())
    if count:
        remarks.append(
            f"In {count} document(s), a coder left rows without a code: only the coded passages count as "
            "read."
        )


def _add_new(
    rows: pd.DataFrame, new: Mapping[str, NewCode], codes: Codes, remarks: list[str]
) -> None:
    """Add the codes that are not known and of which a coding has its place."""
    first = rows[rows["code"].isin(new)].drop_duplicates("code")
    for label, name, theme in zip(first["code"], first["name"], first["theme"], strict=True):
        code = new[label]
        above = codes.find(theme) or theme
        if code.parents:
            above = _add_parents(code.parents, codes)
        codes.add(label, name=name.strip() or code.name, theme=above if above != label else "")
    if len(first):
        listed = ", ".join(first["code"].head(10))
        remarks.append(f"{len(first)} code(s) are not in the codebook: {listed}.")


def _remark_on_left_out(
    cells: pd.DataFrame, new: Mapping[str, NewCode], codes: Codes, remarks: list[str]
) -> None:
    """Add a remark on new codes that were not added, because none of their codings was placed."""
    labels = set(codes.labels)
    named = [label for label in cells["code"].unique() if label in new and label not in labels]
    if named:
        remarks.append(
            f"{len(named)} code(s) are unknown and were not added, since none of their codings could be "
            f"placed: {', '.join(named[:10])}."
        )


def _add_parents(parents: tuple[str, ...], codes: Codes) -> str:
    """Add the unknown parents of a new code; return the label of the nearest."""
    known = [depth for depth, name in enumerate(parents, 1) if codes.find(name)]
    first = known[-1] if known else 0
    above = codes.find(parents[first - 1]) if known else ""
    for depth, name in enumerate(parents[first:], first + 1):
        label = " > ".join(parents[:depth])
        codes.add(label, name=name, theme=above, codable=False)
        above = label
    return above


def _notes(marks: pd.DataFrame) -> pd.DataFrame:
    """Return the table NOTES of the notes on codings."""
    noted = marks[marks["note"].str.strip() != ""]
    if noted.empty:
        return empty(NOTES)
    rows = [
        (
            guid_of("note", *key, text),
            guid_of("mark", *key),
            -1,
            -1,
            guid_of("user", key[-1]) if key[-1] else "",
            "",
            text.strip(),
            "",
        )
        for *key, text in zip(
            *(noted[name].tolist() for name in (*_PLACE, "code", "coder", "note")), strict=True
        )
    ]
    return conform(pd.DataFrame(rows, columns=NOTES.names).drop_duplicates("guid"), NOTES)


def _check_details(cells: pd.DataFrame, losses: Losses) -> None:
    """Convert probabilities to numbers; drop invalid ones and invalid dates."""
    probabilities = cells["probability"]
    cells["probability"] = pd.to_numeric(probabilities.replace("", None), errors="coerce")
    cells.loc[~cells["probability"].between(0, 1), "probability"] = np.nan
    odd = cells["probability"].isna() & (probabilities.str.strip() != "")
    no_date = cells["made_at"].map({text: not _is_date(text) for text in cells["made_at"].unique()})
    for item, why, lost, shown in (
        ("probabilities", "they are no numbers from 0 to 1", odd, probabilities),
        ("dates", "they are not written as ISO 8601 (2026-05-31T14:00)", no_date, cells["made_at"]),
    ):
        examples = [
            f"row {row}: {text}"
            for row, text in zip(
                cells.loc[lost, "row"].head(_EXAMPLES), shown[lost].head(_EXAMPLES), strict=True
            )
        ]
        losses.add(item, why, examples, count=int(lost.sum()))
    cells.loc[no_date, "made_at"] = ""


def _is_date(text: str) -> bool:
    try:
        return not text or datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def _stripped(column: pd.Series) -> pd.Series:
    number, texts = pd.factorize(column)
    return pd.Series(
        np.array([str(text).strip() for text in texts], dtype=object)[number], index=column.index
    )
