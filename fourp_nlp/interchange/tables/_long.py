"""The long table: one row a coding."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.errors import ExchangeError
from fourp_nlp.interchange._exchange import NOTES, Losses
from fourp_nlp.interchange.tables._beside import (
    CODEBOOK,
    DOCUMENTS,
    codebook_sheet,
    documents_sheet,
    read_codebook_sheet,
    read_documents_sheet,
)
from fourp_nlp.interchange.tables._build import PART, WHOLE, build, drop_repeated, reading
from fourp_nlp.interchange.tables._codes import Codes
from fourp_nlp.interchange.tables._file import is_workbook, read_table, write_tables
from fourp_nlp.interchange.tables._heads import SAID, find_columns
from fourp_nlp.interchange.tables._names import code_labels, unlike_names
from fourp_nlp.interchange.tables._place import documents_named, place_rows, texts_of
from fourp_nlp.interchange.tables._unsaid import tell_unsaid
from fourp_nlp.spreadsheet import CUT_MARK, cell_text
from fourp_nlp.tables import empty

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from fourp_nlp.interchange._contents import Contents
    from fourp_nlp.interchange._exchange import Exchange
    from fourp_nlp.interchange.tables._file import TableFile

__all__ = ["read_long", "write_long"]

_SHEET = "codings"
_ROLES = (
    "document", "quote", "code", "start", "end", "coder", "name", "theme", "scope", "probability",
    "made_at", "why",
)  # fmt: skip
_EXAMPLES = 3
_PLACE = ["document", "start", "end"]


def write_long(
    exchange: Exchange, path: str | os.PathLike[str], *, contents: Contents | None = None
) -> pd.DataFrame:
    """Write codings as a long table, one row each.

    The columns are document, start, end, quote, code, name, theme and coder; probability, made_at and why
    where a coding has such; scope where it is known what coders read (as in a gold file: ``document``
    if the coder read all of it, ``segment`` if this span was read; a row without a code says that
    nothing was found). A workbook has two more sheets, ``codebook`` and ``documents``.

    Parameters
    ----------
    exchange : Exchange
        The project.
    path : str or os.PathLike
        The file: .csv or .xlsx.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES: what the table could not carry.

    Raises
    ------
    ExchangeError
        If the name is that of no table, or there are more codings than a sheet of Excel has rows.
    FourpError
        If the file cannot be written.
    """
    own = exchange.conformed()
    losses = Losses()
    beside = is_workbook(path)
    documents = dict(
        zip(
            own.sources["guid"],
            unlike_names(own.sources["document"], losses, "documents"),
            strict=True,
        )
    )
    coders = dict(
        zip(own.users["guid"], unlike_names(own.users["coder"], losses, "coders"), strict=True)
    )
    labels = code_labels(own.nodes)
    frame = _rows(own, documents, coders, labels, losses)
    if beside:
        _tell_cut(frame, losses)
    else:
        unused = own.nodes[own.nodes["codable"] & ~own.nodes["guid"].isin(set(own.marks["node"]))]
        losses.add(
            "codes",
            "they are applied to nothing, and only a workbook has a sheet for them: write .xlsx",
            unused["name"].head(_EXAMPLES).tolist(),
            count=len(unused),
        )
    machines = own.users[own.users["machine"]]
    sure = own.marks.groupby("user")["probability"].agg(lambda each: bool(each.notna().all()))
    told = set(sure.index[sure.astype(bool)])
    silent = machines[~machines["guid"].isin(told)]
    losses.add(
        "machines",
        "a table tells them from people by their probabilities, and these have none",
        silent["coder"].tolist(),
    )
    tell_unsaid(own, losses, beside=beside)
    sheets = {_SHEET: frame}
    if beside:
        sheets[CODEBOOK] = codebook_sheet(own.nodes, labels, losses)
        sheets[DOCUMENTS] = documents_sheet(documents, own.sources, own.values, losses)
    write_tables(path, sheets, losses)
    if contents is not None:
        contents.of_project(own, own.marks[~_homeless(own, documents, labels)])
        if not beside:
            contents.documents = frame["document"].nunique()
            contents.codes = frame.loc[frame["code"] != "", "code"].nunique()
            contents.themes = frame.loc[frame["theme"] != "", "theme"].nunique()
    return losses.table()


def read_long(
    path: str | os.PathLike[str],
    documents: Mapping[str, str] | pd.DataFrame | None = None,
    *,
    nodes: pd.DataFrame | None = None,
    coder: str = "",
) -> Exchange:
    """Read a long table of codings.

    Columns are known by their heads in any order and case, and by what others call them (file, begin, stop,
    text, label, annotator and so on); further columns are passed over. Rows may be sorted, added and
    deleted. It takes a document, a code, and a place or a quote.

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
        Whose codings they are where the table does not say.

    Returns
    -------
    Exchange
        The codings, with what could not be placed among the losses.

    Raises
    ------
    ExchangeError
        If it cannot be read, or has no columns for document, code, and place or quote.
    UnsafeExchangeError
        If it would expand beyond measure, or is not what its name says.
    """
    file = read_table(path, _SHEET, _is_head)
    columns = _columns(file)
    texts = texts_of(documents)
    losses = Losses()
    remarks = list(file.remarks)
    cells = pd.DataFrame({role: file.texts(columns.get(role)) for role in _ROLES}, dtype=object)
    cells["row"] = file.numbers
    for role in ("code", "theme", "coder", "scope", "made_at"):
        cells[role] = _stripped(cells[role])
    cells["coder"] = cells["coder"].where(cells["coder"] != "", coder.strip())
    if not len(cells) or (cells["coder"] == "").any():
        nobody = int((cells["coder"] == "").sum())
        if nobody:
            remarks.append(f"{nobody} row(s) name no coder.")
    _check_details(cells, losses)
    # Some programs list the codes of a passage in one cell, a line each.
    if cells["code"].str.contains("\n", regex=False).any():
        cells["code"] = cells["code"].str.split("\n")
        cells = cells.explode("code", ignore_index=True)
        cells["code"] = _stripped(cells["code"])

    known, _ = read_codebook_sheet(file.book)
    codes = Codes(nodes)
    codes.merge(known)
    cells["code"] = _code_of(cells, codes, remarks)

    scope = cells["scope"].str.lower()
    coded = cells["code"] != ""
    blank = (cells["start"].str.strip() == "") & (cells["end"].str.strip() == "")
    whole = ~coded & (blank | (scope == WHOLE)) & (cells["coder"] != "")
    part = ~coded & ~whole & (scope == PART)
    odd = ~coded & ~whole & ~part
    losses.add(
        "rows",
        "they name no code, and do not say that their place was read",
        [f"row {row}" for row in cells.loc[odd, "row"].head(_EXAMPLES)],
        count=int(odd.sum()),
    )
    placed = place_rows(
        cells.loc[coded | part, ["row", *_PLACE, "quote"]], texts, losses, item="codings"
    )
    remarks += placed.remarks
    rows = cells.loc[placed.rows.index]
    rows[[*_PLACE, "quote"]] = placed.rows[[*_PLACE, "quote"]]
    wholes = cells.loc[whole, ["coder", "document"]]
    wholes["document"] = documents_named(wholes["document"].tolist(), texts, [])
    marks = drop_repeated(rows[rows["code"] != ""], losses)
    said = rows["scope"].str.lower()
    wholes = pd.concat([wholes, rows.loc[said == WHOLE, ["coder", "document"]]])
    read = reading(
        rows.loc[said == PART, ["coder", *_PLACE, "quote"]], wholes[wholes["coder"] != ""], texts
    )
    return build(
        Path(path),
        marks,
        codes=codes,
        texts=texts,
        described=read_documents_sheet(file.book),
        read=read,
        notes=empty(NOTES),
        losses=losses,
        remarks=remarks,
    )


def _rows(
    own: Exchange,
    documents: Mapping[str, str],
    coders: Mapping[str, str],
    labels: Mapping[str, str],
    losses: Losses,
) -> pd.DataFrame:
    """Return the table's rows, sorted by document and place so that versions can be compared."""
    marks, nodes = own.marks, own.nodes
    homeless = _homeless(own, documents, labels)
    losses.add(
        "codings",
        "their document or code is not in the project",
        marks.loc[homeless, "quote"].head(_EXAMPLES).tolist(),
        count=int(homeless.sum()),
    )
    marks = marks[~homeless]
    names = dict(zip(nodes["guid"], nodes["name"], strict=True))
    themes = {
        guid: labels.get(parent, "")
        for guid, parent in zip(nodes["guid"], nodes["parent"], strict=True)
    }
    frame = pd.DataFrame(
        {
            "document": marks["source"].map(dict(documents)),
            "start": marks["start"],
            "end": marks["end"],
            "quote": marks["quote"],
            "code": marks["node"].map(dict(labels)),
            "name": marks["node"].map(names),
            "theme": marks["node"].map(themes),
            "coder": [coders.get(guid, "") for guid in marks["user"]],
            "probability": marks["probability"],
            "made_at": marks["made_at"],
            "why": marks["why"],
            "_document": marks["source"].map({g: at for at, g in enumerate(documents)}),
            "_code": marks["node"].map({g: at for at, g in enumerate(labels)}),
        }
    )
    if len(own.read):
        frame = _with_what_was_read(frame, own, documents)
    frame = frame.sort_values(["_document", "start", "end", "_code", "coder"], kind="stable")
    frame = frame.drop(columns=["_document", "_code"])
    for name in ("start", "end"):
        frame[name] = frame[name].astype("Int64").where(frame[name] >= 0)
    optional = [
        name for name in ("probability", "made_at", "why") if not _says_nothing(frame[name])
    ]
    shown = [name for name in frame.columns if name not in {"probability", "made_at", "why"}]
    texts = {name: "str" for name in frame.columns if name not in {"start", "end", "probability"}}
    return frame.astype(texts)[[*shown, *optional]].reset_index(drop=True)


def _homeless(own: Exchange, documents: Mapping[str, str], labels: Mapping[str, str]) -> pd.Series:
    """Return which codings are of a document or code that is not there."""
    marks = own.marks
    return ~marks["source"].isin(set(documents)) | ~marks["node"].isin(set(labels))


def _says_nothing(column: pd.Series) -> bool:
    return bool(column.isna().all() or (column == "").all())


def _with_what_was_read(
    frame: pd.DataFrame, own: Exchange, documents: Mapping[str, str]
) -> pd.DataFrame:
    """Add the column scope, and rows for what was read without finding anything."""
    guids = dict(zip(own.sources["document"], own.sources["guid"], strict=True))
    pair, span = ["coder", "document"], ["coder", "document", "start", "end"]
    read = own.read[own.read["document"].isin(set(guids))]
    order = {guid: at for at, guid in enumerate(documents)}
    guid = read["document"].map(guids)
    read = read.assign(document=guid.map(dict(documents)), _document=guid.map(order))
    whole = read[read["scope"] == WHOLE].drop_duplicates(pair)
    parts = read[read["scope"] == PART].drop_duplicates(span)
    parts = parts[~_among(parts, whole, pair)]
    scope = np.where(
        _among(frame, whole, pair), WHOLE, np.where(_among(frame, parts, span), PART, "")
    )
    made = frame.assign(scope=scope.astype(object))
    more = [
        whole[~_among(whole, frame, pair)].assign(start=-1, end=-1, quote=""),
        parts[~_among(parts, frame, span)],
    ]
    nothing = {"code": "", "name": "", "theme": "", "made_at": "", "why": ""}
    more = [each.assign(**nothing).assign(probability=np.nan, _code=-1) for each in more]
    kept = [made, *(each[made.columns] for each in more if len(each))]
    return pd.concat(kept, ignore_index=True)


def _among(frame: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> np.ndarray:
    texts = {name: object for name in key if name not in {"start", "end"}}
    these, those = frame[key].astype(texts), others[key].astype(texts)
    return pd.MultiIndex.from_frame(these).isin(pd.MultiIndex.from_frame(those))


def _tell_cut(frame: pd.DataFrame, losses: Losses) -> None:
    longest = frame["quote"].str.len() > 16_000
    cut = [text for text in frame.loc[longest, "quote"] if cell_text(text).endswith(CUT_MARK)]
    losses.add("quotes", "a cell of Excel holds no more: they are cut and marked", cut)


def _is_head(cells: list[str]) -> bool:
    found = find_columns(cells, _ROLES[:5])
    return "document" in found and "code" in found and ("quote" in found or "start" in found)


def _columns(file: TableFile) -> dict[str, int]:
    found = find_columns(file.header, _ROLES)
    if "code" not in found and "name" in found:
        found["code"] = found["name"]
    lacking = [role for role in ("document", "code") if role not in found]
    if "quote" not in found and not {"start", "end"} <= set(found):
        lacking.append("quote")
    if lacking:
        ways = "; ".join(f"{role} may be called {', '.join(SAID[role][:8])}" for role in lacking)
        there = ", ".join(repr(head) for head in file.header[:20] if head)
        raise ExchangeError(
            f"There is no column for {' and '.join(lacking)}. Its columns are: {there}.",
            file=file.path,
            place=f"sheet '{file.sheet}'" if file.sheet else "first row",
            cure=f"Name them in the first row: {ways}.",
        )
    return found


def _check_details(cells: pd.DataFrame, losses: Losses) -> None:
    """Make numbers of probabilities, and leave out those, and dates, that are none."""
    said = cells["probability"]
    cells["probability"] = pd.to_numeric(said.replace("", None), errors="coerce")
    cells.loc[~cells["probability"].between(0, 1), "probability"] = np.nan
    odd = cells["probability"].isna() & (said.str.strip() != "")
    no_date = cells["made_at"].map({each: not _is_date(each) for each in cells["made_at"].unique()})
    for item, why, lost, shown in (
        ("probabilities", "they are no numbers from 0 to 1", odd, said),
        ("dates", "they are not written as ISO 8601 (2026-05-31T14:00)", no_date, cells["made_at"]),
    ):
        examples = [
            f"row {row}: {each}"
            for row, each in zip(
                cells.loc[lost, "row"].head(_EXAMPLES), shown[lost].head(_EXAMPLES), strict=True
            )
        ]
        losses.add(item, why, examples, count=int(lost.sum()))
    cells.loc[no_date, "made_at"] = ""


def _is_date(said: str) -> bool:
    try:
        return not said or datetime.fromisoformat(said) is not None
    except ValueError:
        return False


def _stripped(column: pd.Series) -> pd.Series:
    number, texts = pd.factorize(column)
    return pd.Series(
        np.array([str(text).strip() for text in texts], dtype=object)[number], index=column.index
    )


def _code_of(cells: pd.DataFrame, codes: Codes, remarks: list[str]) -> pd.Series:
    """Return the label of each row's code; one that is not known yet is added."""
    first = cells[cells["code"] != ""].drop_duplicates("code")
    given = bool(len(codes))
    meant = {said: codes.find(said) for said in first["code"]}
    new = []
    for said, name, theme in zip(first["code"], first["name"], first["theme"], strict=True):
        if not meant[said]:
            meant[said] = said
            codes.add(said, name=name, theme=theme)
            new.append(said)
    if new and given:
        remarks.append(f"{len(new)} code(s) are not in the codebook: {', '.join(new[:10])}.")
    return cells["code"].map(meant | {"": ""})
