"""Rows that were read, made into an Exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.exchange.exchange import MARKS, SOURCES, USERS, VALUES, Exchange
from fourp_nlp.exchange.identity import guid_of, guids_of
from fourp_nlp.exchange.tables.layouts.further_sheets import values_table
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.tables.code_nodes import Codes
    from fourp_nlp.exchange.tables.layouts.further_sheets import Described

__all__ = ["PART", "WHOLE", "build", "drop_repeated", "reading"]

WHOLE, PART = "document", "segment"
"""What stands in the column scope: a row speaks for its whole document, or for its span alone."""

_EXAMPLES = 3
_ORIGIN = "a table"


def drop_repeated(marks: pd.DataFrame, losses: Losses) -> pd.DataFrame:
    """Keep one of codings that are the same.

    Parameters
    ----------
    marks : pandas.DataFrame
        Columns row, document, start, end, code and coder at least.
    losses : Losses
        Is told of the others.

    Returns
    -------
    pandas.DataFrame
        The first of each.
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
    """Return the table CODED of what was read in part and of what was read as a whole.

    Parameters
    ----------
    parts : pandas.DataFrame
        Columns coder, document, start, end and quote: stretches that were read.
    wholes : pandas.DataFrame
        Columns coder and document.
    texts : mapping of str to str
        Texts by document id, as far as they are at hand. Stretches that leave nothing of a document's
        text but white space make it one that was read as a whole.

    Returns
    -------
    pandas.DataFrame
        The table CODED; without a text, a whole document's end is 0.
    """
    pair = ["coder", "document"]
    stretches = parts.drop_duplicates([*pair, "start", "end"])
    whole = [wholes[pair]]
    for (coder, document), own in stretches.groupby(pair, sort=False):
        text = texts.get(str(document))
        if text is not None and _nothing_left(text, own):
            whole.append(pd.DataFrame({"coder": [coder], "document": [document]}))
    done = pd.concat(whole).drop_duplicates()
    lengths = [len(texts.get(name, "")) for name in done["document"].tolist()]
    done = done.assign(start=0, end=lengths, scope=WHOLE, quote="")
    keys = pd.MultiIndex.from_frame(stretches[pair].astype(object))
    left = stretches[~keys.isin(pd.MultiIndex.from_frame(done[pair].astype(object)))]
    made = [frame for frame in (done, left.assign(scope=PART)) if len(frame)]
    return conform(pd.concat(made), CODED) if made else empty(CODED)


def build(
    path: Path,
    marks: pd.DataFrame,
    *,
    codes: Codes,
    texts: Mapping[str, str],
    described: Described,
    read: pd.DataFrame,
    notes: pd.DataFrame,
    losses: Losses,
    remarks: Iterable[str],
    more_documents: Iterable[str] = (),
) -> Exchange:
    """Make an Exchange of what a table says.

    Parameters
    ----------
    path : pathlib.Path
        The table.
    marks : pandas.DataFrame
        Columns document, start, end, quote, code (its label), coder, probability, made_at and why.
    codes : Codes
        All codes of the table.
    texts : mapping of str to str
        Texts by document id, as far as they are at hand.
    described : Described
        What is said of documents.
    read : pandas.DataFrame
        The table CODED.
    notes : pandas.DataFrame
        The table NOTES.
    losses : Losses
        What was left behind.
    remarks : iterable of str
        What was found out.
    more_documents : iterable of str
        Documents that the table names without a coding.

    Returns
    -------
    Exchange
        The project as far as a table knows it. A coder all of whose codings have a probability is a machine.
    """
    names = list(
        dict.fromkeys(
            [
                *described.descriptions,
                *marks["document"].unique().tolist(),
                *read["document"].unique().tolist(),
                *more_documents,
            ]
        )
    )
    guids = {name: guid_of("source", name) for name in names}
    sources = conform(
        pd.DataFrame(
            {
                "guid": list(guids.values()),
                "document": names,
                "text": [texts.get(name, "") for name in names],
                "has_text": [name in texts for name in names],
                "kind": "text",
                "description": [described.descriptions.get(name, "") for name in names],
            }
        ),
        SOURCES,
    )
    coders = [
        str(coder)
        for coder in dict.fromkeys([*marks["coder"].unique(), *read["coder"].unique()])
        if coder
    ]
    unsure = set(marks.loc[marks["probability"].isna(), "coder"].unique())
    given = set(marks["coder"].unique())
    users = conform(
        pd.DataFrame(
            {
                "guid": [guid_of("user", coder) for coder in coders],
                "coder": coders,
                "machine": [coder in given and coder not in unsure for coder in coders],
            }
        ),
        USERS,
    )
    ids = codes.guids()
    people = dict(zip(users["coder"], users["guid"], strict=True)) | {"": ""}
    marked = pd.DataFrame(
        {
            "guid": guids_of(
                "mark",
                *(marks[name].tolist() for name in ("document", "start", "end", "code", "coder")),
            ),
            "source": marks["document"].map(guids),
            "start": marks["start"],
            "end": marks["end"],
            "node": marks["code"].map(ids),
            "user": marks["coder"].map(people),
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
        marks=conform(marked, MARKS),
        notes=notes,
        values=conform(values_table(described, guids), VALUES),
        read=read,
        losses=losses.table(),
        remarks=tuple(remarks),
        only_coded=codes.only_coded(),
    )


def _nothing_left(text: str, stretches: pd.DataFrame) -> bool:
    """Whether stretches leave nothing of a text but white space."""
    order = stretches.sort_values("start")
    start = order["start"].to_numpy(dtype=np.int64)
    reached = np.maximum.accumulate(order["end"].to_numpy(dtype=np.int64))
    begins = np.concatenate([start, [len(text)]])
    before = np.concatenate([[0], reached])
    return not any(
        text[first:last].strip() for first, last in zip(before, begins, strict=True) if first < last
    )
