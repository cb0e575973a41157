"""Writes the long table: one row for each coding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.exchange.exchange import Losses
from fourp_nlp.exchange.own_notes import coding_memos
from fourp_nlp.exchange.tables.layouts.further_sheets import (
    CODEBOOK,
    DOCUMENTS,
    codebook_sheet,
    documents_sheet,
)
from fourp_nlp.exchange.tables.readable_names import code_labels, unique_names_with_losses
from fourp_nlp.exchange.tables.table_file import is_workbook
from fourp_nlp.exchange.tables.table_file_writer import write_tables
from fourp_nlp.exchange.tables.table_losses import add_table_losses
from fourp_nlp.spreadsheets import CUT_MARK, cell_text

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["write_long"]

_SHEET = "codings"
_OPTIONAL = ("probability", "made_at", "why", "memo")
_EXAMPLES = 3


def write_long(
    exchange: Exchange, path: str | os.PathLike[str], *, contents: Contents | None = None
) -> pd.DataFrame:
    """Write codings as a long table, one row each.

    The columns are document, start, end, quote, code, name, theme and coder; probability, made_at, why and
    memo where a coding has such; scope where it is known what coders read (as in a gold file: ``document``
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
    project = exchange.conformed()
    losses = Losses()
    has_sheets = is_workbook(path)
    documents = dict(
        zip(
            project.sources["guid"],
            unique_names_with_losses(project.sources["document"], losses, "documents"),
            strict=True,
        )
    )
    coders = dict(
        zip(
            project.users["guid"],
            unique_names_with_losses(project.users["coder"], losses, "coders"),
            strict=True,
        )
    )
    labels = code_labels(project.nodes)
    frame = _rows(project, documents, coders, labels, losses)
    if has_sheets:
        _add_cut_quotes(frame, losses)
    else:
        unused = project.nodes[
            project.nodes["codable"] & ~project.nodes["guid"].isin(set(project.marks["node"]))
        ]
        losses.add(
            "codes",
            "they are applied to nothing, and only a workbook has a sheet for them: write .xlsx",
            unused["name"].head(_EXAMPLES).tolist(),
            count=len(unused),
        )
    machines = project.users[project.users["machine"]]
    all_known = project.marks.groupby("user")["probability"].agg(
        lambda probabilities: bool(probabilities.notna().all())
    )
    with_probabilities = set(all_known.index[all_known.astype(bool)])
    silent = machines[~machines["guid"].isin(with_probabilities)]
    losses.add(
        "machines",
        "a table tells them from people by their probabilities, and these have none",
        silent["coder"].tolist(),
    )
    add_table_losses(project, losses, beside=has_sheets, memos=True)
    sheets = {_SHEET: frame}
    if has_sheets:
        sheets[CODEBOOK] = codebook_sheet(project.nodes, labels, losses)
        sheets[DOCUMENTS] = documents_sheet(documents, project.sources, project.values, losses)
    write_tables(path, sheets, losses)
    if contents is not None:
        contents.of_project(
            project, project.marks[~_without_document_or_code(project, documents, labels)]
        )
        if not has_sheets:
            contents.documents = frame["document"].nunique()
            contents.codes = frame.loc[frame["code"] != "", "code"].nunique()
            contents.themes = frame.loc[frame["theme"] != "", "theme"].nunique()
    return losses.table()


def _rows(
    project: Exchange,
    documents: Mapping[str, str],
    coders: Mapping[str, str],
    labels: Mapping[str, str],
    losses: Losses,
) -> pd.DataFrame:
    """Return the table's rows, sorted by document and place so that versions can be compared."""
    marks, nodes = project.marks, project.nodes
    homeless = _without_document_or_code(project, documents, labels)
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
            "memo": marks["guid"].map(coding_memos(project)).fillna(""),
            "_document": marks["source"].map({g: at for at, g in enumerate(documents)}),
            "_code": marks["node"].map({g: at for at, g in enumerate(labels)}),
        }
    )
    if len(project.read):
        frame = _with_reading(frame, project, documents)
    frame = frame.sort_values(["_document", "start", "end", "_code", "coder"], kind="stable")
    frame = frame.drop(columns=["_document", "_code"])
    for name in ("start", "end"):
        frame[name] = frame[name].astype("Int64").where(frame[name] >= 0)
    optional = [name for name in _OPTIONAL if not _is_blank(frame[name])]
    shown = [name for name in frame.columns if name not in _OPTIONAL]
    texts = {name: "str" for name in frame.columns if name not in {"start", "end", "probability"}}
    return frame.astype(texts)[[*shown, *optional]].reset_index(drop=True)


def _without_document_or_code(
    project: Exchange, documents: Mapping[str, str], labels: Mapping[str, str]
) -> pd.Series:
    """Return which codings are of a document or code that is not there."""
    marks = project.marks
    return ~marks["source"].isin(set(documents)) | ~marks["node"].isin(set(labels))


def _is_blank(column: pd.Series) -> bool:
    return bool(column.isna().all() or (column == "").all())


def _with_reading(
    frame: pd.DataFrame, project: Exchange, documents: Mapping[str, str]
) -> pd.DataFrame:
    """Add the column scope, and rows for what was read without finding anything."""
    guids = dict(zip(project.sources["document"], project.sources["guid"], strict=True))
    pair, span = ["coder", "document"], ["coder", "document", "start", "end"]
    read = project.read[project.read["document"].isin(set(guids))]
    order = {guid: at for at, guid in enumerate(documents)}
    guid = read["document"].map(guids)
    read = read.assign(document=guid.map(dict(documents)), _document=guid.map(order))
    whole = read[read["scope"] == WHOLE].drop_duplicates(pair)
    parts = read[read["scope"] == PART].drop_duplicates(span)
    parts = parts[~_rows_in(parts, whole, pair)]
    scope = np.where(
        _rows_in(frame, whole, pair), WHOLE, np.where(_rows_in(frame, parts, span), PART, "")
    )
    with_scope = frame.assign(scope=scope.astype(object))
    more = [
        whole[~_rows_in(whole, frame, pair)].assign(start=-1, end=-1, quote=""),
        parts[~_rows_in(parts, frame, span)],
    ]
    nothing = {"code": "", "name": "", "theme": "", "made_at": "", "why": "", "memo": ""}
    more = [rows.assign(**nothing).assign(probability=np.nan, _code=-1) for rows in more]
    frames = [with_scope, *(rows[with_scope.columns] for rows in more if len(rows))]
    return pd.concat(frames, ignore_index=True)


def _rows_in(frame: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> np.ndarray:
    texts = {name: object for name in key if name not in {"start", "end"}}
    these, those = frame[key].astype(texts), others[key].astype(texts)
    return pd.MultiIndex.from_frame(these).isin(pd.MultiIndex.from_frame(those))


def _add_cut_quotes(frame: pd.DataFrame, losses: Losses) -> None:
    for name, item in (("quote", "quotes"), ("memo", "memos")):
        texts = frame[name] if name in frame.columns else pd.Series(dtype="str")
        longest = texts[texts.str.len() > 16_000]
        cut = [text for text in longest if cell_text(text).endswith(CUT_MARK)]
        losses.add(item, "they are too long for a cell of Excel: they are cut and marked", cut)
