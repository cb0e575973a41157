"""Aligns codings with segments, coder by coder, for tables with a row a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.columns import WHOLE
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.tables.readable_names import code_labels, column_heads, unique_names
from fourp_nlp.segments.alignment import codings_to_matrix, covered_segments
from fourp_nlp.tables import SEGMENTS, conform

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Literal

    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Exchange, Losses

    Flags = npt.NDArray[np.bool_]
    Rule = Literal["majority", "any", "containment"]

__all__ = ["CoderLabels", "SegmentGrid", "align_codings", "coder_guid", "segment_grid"]

_EXAMPLES = 3
_SAYS = {
    "majority": "a segment has the code if half of it is coded, or the coding lies within it",
    "any": "a segment has the code if any of it is coded",
    "containment": "a segment has the code if all of it is coded",
}


class SegmentGrid(NamedTuple):
    """The segments with which codings are aligned, and the codes that have a column.

    Attributes
    ----------
    segments : pandas.DataFrame
        The table SEGMENTS of the documents that are exchanged.
    nodes : pandas.DataFrame
        The table NODES of the codes that have a column.
    labels : dict of str to str
        What the table calls codes and themes, by GUID.
    heads : list of str
        Heads of the codes' columns.
    """

    segments: pd.DataFrame
    nodes: pd.DataFrame
    labels: dict[str, str]
    heads: list[str]


class CoderLabels(NamedTuple):
    """One coder's codes on segments.

    Attributes
    ----------
    given : numpy.ndarray of bool, shape (n_segments, n_codes)
        The codes that each segment has.
    read : numpy.ndarray of bool, shape (n_segments,)
        Whether the coder read it.
    codings : int
        How many codings gave a segment their code.
    """

    given: Flags
    read: Flags
    codings: int


def segment_grid(
    exchange: Exchange,
    segments: pd.DataFrame,
    names: Literal["id", "label"],
    taken: Collection[str],
) -> SegmentGrid:
    """Return the segments and codes of a table.

    `names` says whether columns are called by the codes' ids or by their names ("label"); `taken`
    are heads of other columns, in lower case. Raises ExchangeError if there are no segments of
    these documents, or they are those of another text.
    """
    rows = conform(segments, SEGMENTS)
    rows = rows[rows["document"].isin(set(exchange.sources["document"]))].reset_index(drop=True)
    if rows.empty:
        raise ExchangeError(
            "There are no segments of these documents.",
            cure="Divide the documents into segments first (`fourp suggest` does).",
        )
    _check_segment_texts(rows, exchange.sources)
    used = exchange.nodes["guid"].isin(set(exchange.marks["node"]))
    nodes = exchange.nodes[exchange.nodes["codable"] | used].reset_index(drop=True)
    labels = code_labels(exchange.nodes)
    labels_shown = [labels[guid] for guid in nodes["guid"]]
    if names == "label":
        lines = [" ".join(name.split()) for name in nodes["name"]]
        labels_shown = unique_names(
            [name or label for name, label in zip(lines, labels_shown, strict=True)]
        )
    return SegmentGrid(rows, nodes, labels, column_heads(labels_shown, taken))


def _check_segment_texts(segments: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Check that segments are of the exported texts: codings would be aligned with the wrong ones."""
    held = sources[sources["has_text"]]
    texts = dict(zip(held["document"], held["text"], strict=True))
    for document, start, end, text in zip(
        segments["document"], segments["start"], segments["end"], segments["text"], strict=True
    ):
        if document in texts and texts[document][start:end] != text:
            raise ExchangeError(
                f"The segments of '{document}' are not those of the exported text: from {start} to {end} "
                "the text is another.",
                cure="Divide the very text into segments that the codings refer to.",
            )


def coder_guid(exchange: Exchange, coder: str) -> str:
    """Return the GUID of a coder.

    Raises ExchangeError if nobody has this name.
    """
    guids = exchange.users.loc[exchange.users["coder"] == coder, "guid"].tolist()
    if not guids:
        names = ", ".join(exchange.users["coder"]) or "nobody"
        raise ExchangeError(f"There is no coder '{coder}'.", cure=f"The coders are: {names}.")
    return str(guids[0])


def align_codings(
    exchange: Exchange, grid: SegmentGrid, user: str, rule: Rule, losses: Losses
) -> CoderLabels:
    """Align a coder's codings with segments.

    `user` is the GUID of the coder; empty for codings of nobody. `rule` says when a segment has a
    code (`fourp_nlp.segments.alignment.codings_to_matrix`). `losses` gets codings that
    begin or end inside a segment, or gave no segment their code, and coders of whom it is not known
    what they read: then the documents count in which the coder coded something.
    """
    by_guid = dict(zip(exchange.sources["guid"], exchange.sources["document"], strict=True))
    names = dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True)) | {"": ""}
    coder = names.get(user, "")
    marks = exchange.marks[exchange.marks["user"] == user]
    marks = marks[marks["source"].isin(set(by_guid)) & marks["node"].isin(set(grid.nodes["guid"]))]
    codings = pd.DataFrame(
        {
            "document": marks["source"].map(by_guid),
            "start": marks["start"],
            "end": marks["end"],
            "code": marks["node"],
            "coder": coder,
            "quote": marks["quote"],
        }
    ).reset_index(drop=True)
    alignment = codings_to_matrix(grid.segments, codings, grid.nodes["guid"].tolist(), rule=rule)
    without_segment = alignment.missed
    losses.add(
        "codings",
        f"they gave no segment their code ({_SAYS[rule]})",
        _examples(without_segment),
        count=len(without_segment),
    )
    _add_misaligned(codings, grid.segments, rule, losses)
    read = exchange.read[exchange.read["coder"] == coder]
    if read.empty and len(codings):
        losses.add(
            "coders",
            "it is not known what they read: taken to be all of each document that they coded something in",
            [coder or "nobody named"],
        )
        coded = pd.unique(codings["document"])
        read = pd.DataFrame({"coder": coder, "document": coded, "scope": WHOLE}).assign(
            start=0, end=0, quote=""
        )
    covered = covered_segments(grid.segments, read)
    return CoderLabels(alignment.matrix, covered, len(codings) - len(without_segment))


def _add_misaligned(
    codings: pd.DataFrame, segments: pd.DataFrame, rule: Rule, losses: Losses
) -> None:
    """Add codings whose exact span the alignment does not keep to the losses."""
    ends = {
        side: pd.MultiIndex.from_frame(segments[["document", side]]) for side in ("start", "end")
    }
    at_ends = np.ones(len(codings), dtype=bool)
    for side, known in ends.items():
        at_ends &= pd.MultiIndex.from_frame(codings[["document", side]]).isin(known)
    one = pd.MultiIndex.from_frame(segments[["document", "start", "end"]])
    exact = pd.MultiIndex.from_frame(codings[["document", "start", "end"]]).isin(one)
    rest = codings[~at_ends]
    losses.add(
        "places of codings",
        f"they do not begin and end where segments do: {_SAYS[rule]}",
        _examples(rest),
        count=len(rest),
    )
    several = codings[at_ends & ~exact]
    losses.add(
        "codings over several segments",
        "each of their segments has the code; the table does not show that it was one coding",
        _examples(several),
        count=len(several),
    )


def _examples(codings: pd.DataFrame) -> list[str]:
    first = codings.head(_EXAMPLES)
    return [
        f"{document} {start}-{end} {quote}"
        for document, start, end, quote in zip(
            first["document"], first["start"], first["end"], first["quote"], strict=True
        )
    ]
