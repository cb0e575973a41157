"""Builds an exchange from the rows of a table: sources, coders, codings and what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.exchange.exchange import MARKS, SOURCES, USERS, VALUES, Exchange
from fourp_nlp.exchange.identity import guid_of, guids_of
from fourp_nlp.exchange.tables.layouts.further_sheets import values_table
from fourp_nlp.tables import CODED, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.tables.code_nodes import Codes
    from fourp_nlp.exchange.tables.layouts.further_sheets import DocumentFacts

__all__ = ["build", "drop_repeated", "reading"]


_EXAMPLES = 3
_ORIGIN = "a table"


def drop_repeated(marks: pd.DataFrame, losses: Losses) -> pd.DataFrame:
    """Return codings without repetitions, which are added to the losses.

    Parameters
    ----------
    marks : pandas.DataFrame
        Columns row, document, start, end, code and coder at least.
    losses : Losses
        Gets the repetitions.

    Returns
    -------
    pandas.DataFrame
        The first coding of each place, code and coder.
    """
    again = marks.duplicated(["document", "start", "end", "code", "coder"])
    losses.add(
        "repeated codings",
        "the same coder gave the same code to the same place in an earlier row: one was kept",
        [f"row {row}" for row in marks.loc[again, "row"].head(_EXAMPLES)],
        count=int(again.sum()),
    )
    return marks[~again]


def reading(parts: pd.DataFrame, wholes: pd.DataFrame, texts: Mapping[str, str]) -> pd.DataFrame:
    """Return the table CODED: which documents and spans coders read.

    Parameters
    ----------
    parts : pandas.DataFrame
        Columns coder, document, start, end and quote: spans that were read.
    wholes : pandas.DataFrame
        Columns coder and document: documents that were read as a whole.
    texts : mapping of str to str
        Texts by document id, as far as they are known. Spans that cover all of a document but white space
        make it one that was read as a whole.

    Returns
    -------
    pandas.DataFrame
        The table CODED; without a text, a whole document's end is 0.
    """
    pair = ["coder", "document"]
    stretches = parts.drop_duplicates([*pair, "start", "end"])
    whole_frames = [wholes[pair]]
    for (coder, document), coder_spans in stretches.groupby(pair, sort=False):
        text = texts.get(str(document))
        if text is not None and _nothing_left(text, coder_spans):
            whole_frames.append(pd.DataFrame({"coder": [coder], "document": [document]}))
    whole_documents = pd.concat(whole_frames).drop_duplicates()
    lengths = [len(texts.get(name, "")) for name in whole_documents["document"].tolist()]
    whole_documents = whole_documents.assign(start=0, end=lengths, scope=WHOLE, quote="")
    keys = pd.MultiIndex.from_frame(stretches[pair].astype(object))
    partial = stretches[~keys.isin(pd.MultiIndex.from_frame(whole_documents[pair].astype(object)))]
    frames = [frame for frame in (whole_documents, partial.assign(scope=PART)) if len(frame)]
    return conform(pd.concat(frames), CODED) if frames else empty(CODED)


def build(
    path: Path,
    marks: pd.DataFrame,
    *,
    codes: Codes,
    texts: Mapping[str, str],
    described: DocumentFacts,
    read: pd.DataFrame,
    notes: pd.DataFrame,
    losses: Losses,
    remarks: Iterable[str],
    more_documents: Iterable[str] = (),
) -> Exchange:
    """Return the exchange of a table.

    Parameters
    ----------
    path : pathlib.Path
        The table.
    marks : pandas.DataFrame
        Columns document, start, end, quote, code (its label), coder, probability, made_at and why.
    codes : Codes
        All codes of the table.
    texts : mapping of str to str
        Texts by document id, as far as they are known.
    described : DocumentFacts
        Descriptions and variables of documents.
    read : pandas.DataFrame
        The table CODED.
    notes : pandas.DataFrame
        The table NOTES.
    losses : Losses
        What was not read.
    remarks : iterable of str
        What the user should know.
    more_documents : iterable of str
        Documents without a coding.

    Returns
    -------
    Exchange
        The exchange. A coder is a machine if all codings of it have a probability.
    """
    names = [*described.descriptions, *marks["document"].unique(), *read["document"].unique()]
    sources = _sources([*names, *more_documents], texts, described)
    guids = dict(zip(sources["document"], sources["guid"], strict=True))
    users = _users(marks, read)
    node_guids = codes.guids()
    guid_by_coder = dict(zip(users["coder"], users["guid"], strict=True)) | {"": ""}
    mark_rows = pd.DataFrame(
        {
            "guid": guids_of(
                "mark",
                *(marks[name].tolist() for name in ("document", "start", "end", "code", "coder")),
            ),
            "source": marks["document"].map(guids),
            "start": marks["start"],
            "end": marks["end"],
            "node": marks["code"].map(node_guids),
            "user": marks["coder"].map(guid_by_coder),
            "quote": marks["quote"],
            "made_at": marks["made_at"],
            "probability": marks["probability"],
            "why": marks["why"],
        }
    )
    return Exchange(
        name=path.stem,
        origin=_ORIGIN,
        sources=sources,
        nodes=codes.table(marks["code"].unique().tolist()),
        users=users,
        marks=conform(mark_rows, MARKS),
        notes=notes,
        values=conform(values_table(described, guids), VALUES),
        read=read,
        losses=losses.table(),
        remarks=tuple(remarks),
        only_coded=codes.only_coded(),
    )


def _sources(
    documents: Iterable[str], texts: Mapping[str, str], described: DocumentFacts
) -> pd.DataFrame:
    names = list(dict.fromkeys(documents))
    table = {
        "guid": [guid_of("source", name) for name in names],
        "document": names,
        "text": [texts.get(name, "") for name in names],
        "has_text": [name in texts for name in names],
        "kind": "text",
        "description": [described.descriptions.get(name, "") for name in names],
    }
    return conform(pd.DataFrame(table), SOURCES)


def _users(marks: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    coders = dict.fromkeys([*marks["coder"].unique(), *read["coder"].unique()])
    coders.pop("", None)
    machines = set(marks["coder"]) - set(marks.loc[marks["probability"].isna(), "coder"])
    table = {
        "guid": [guid_of("user", coder) for coder in coders],
        "coder": list(coders),
        "machine": [coder in machines for coder in coders],
    }
    return conform(pd.DataFrame(table), USERS)


def _nothing_left(text: str, stretches: pd.DataFrame) -> bool:
    """Return whether spans cover all of a text but white space."""
    order = stretches.sort_values("start")
    start = order["start"].to_numpy(dtype=np.int64)
    reached = np.maximum.accumulate(order["end"].to_numpy(dtype=np.int64))
    begins = np.concatenate([start, [len(text)]])
    before = np.concatenate([[0], reached])
    return not any(
        text[first:last].strip() for first, last in zip(before, begins, strict=True) if first < last
    )
