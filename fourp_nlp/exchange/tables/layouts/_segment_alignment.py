"""Codings laid over segments, coder by coder, for tables with a row a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.alignment import codings_to_matrix, covered_segments
from fourp_nlp.coding.gold.coder_names import unknown_coder
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.tables.exchange_builder import WHOLE
from fourp_nlp.exchange.tables.readable_names import code_labels, column_heads, one_each
from fourp_nlp.tables import SEGMENTS, conform

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Literal

    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Exchange, Losses

    Flags = npt.NDArray[np.bool_]
    Rule = Literal["majority", "any", "containment"]

__all__ = ["Ground", "Laid", "ground", "lay", "user_named"]

_EXAMPLES = 3
_SAYS = {
    "majority": "a segment has the code if half of it is coded, or the coding lies within it",
    "any": "a segment has the code if any of it is coded",
    "containment": "a segment has the code if all of it is coded",
}


class Ground(NamedTuple):
    """What codings are laid over, and for which codes.

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


class Laid(NamedTuple):
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


def ground(
    exchange: Exchange,
    segments: pd.DataFrame,
    names: Literal["id", "label"],
    taken: Collection[str],
) -> Ground:
    """Return what codings are laid over.

    Parameters
    ----------
    exchange : Exchange
        The project.
    segments : pandas.DataFrame
        The table SEGMENTS.
    names : {"id", "label"}
        Whether columns are called by the codes' ids or by their names.
    taken : collection of str
        Heads of other columns, in lower case.

    Returns
    -------
    Ground
        Segments, codes and heads.

    Raises
    ------
    ExchangeError
        If there are no segments of these documents, or they are those of another text.
    """
    own = conform(segments, SEGMENTS)
    own = own[own["document"].isin(set(exchange.sources["document"]))].reset_index(drop=True)
    if own.empty:
        raise ExchangeError(
            "There are no segments of these documents.",
            cure="Divide the documents into segments first (`fourp suggest` does).",
        )
    _hold_to_texts(own, exchange.sources)
    used = exchange.nodes["guid"].isin(set(exchange.marks["node"]))
    nodes = exchange.nodes[exchange.nodes["codable"] | used].reset_index(drop=True)
    labels = code_labels(exchange.nodes)
    said = [labels[guid] for guid in nodes["guid"]]
    if names == "label":
        lines = [" ".join(name.split()) for name in nodes["name"]]
        said = one_each([name or label for name, label in zip(lines, said, strict=True)])
    return Ground(own, nodes, labels, column_heads(said, taken))


def _hold_to_texts(segments: pd.DataFrame, sources: pd.DataFrame) -> None:
    """Refuse segments of another text: codings would be laid over the wrong ones."""
    held = sources[sources["has_text"]]
    texts = dict(zip(held["document"], held["text"], strict=True))
    for document, start, end, text in zip(
        segments["document"], segments["start"], segments["end"], segments["text"], strict=True
    ):
        if document in texts and texts[document][start:end] != text:
            raise ExchangeError(
                f"The segments of '{document}' are not those of the text that is exchanged: at {start} "
                f"to {end} it says something else.",
                cure="Lay codings over segments of the very text in which they have their places.",
            )


def user_named(exchange: Exchange, coder: str) -> str:
    """Return the GUID of a coder.

    Parameters
    ----------
    exchange : Exchange
        The project.
    coder : str
        The coder's name.

    Returns
    -------
    str
        The GUID.

    Raises
    ------
    ExchangeError
        If nobody has this name.
    """
    found = exchange.users.loc[exchange.users["coder"] == coder, "guid"].tolist()
    if not found:
        raise ExchangeError(f"{unknown_coder(coder, exchange.users['coder'].tolist())}.")
    return str(found[0])


def lay(exchange: Exchange, on: Ground, user: str, rule: Rule, losses: Losses) -> Laid:
    """Lay a coder's codings over segments.

    Parameters
    ----------
    exchange : Exchange
        The project.
    on : Ground
        Segments and codes.
    user : str
        GUID of the coder; empty for codings of nobody.
    rule : {"majority", "any", "containment"}
        When a segment has a code (`fourp_nlp.coding.alignment.alignment.codings_to_matrix`).
    losses : Losses
        Is told of codings that begin or end inside a segment, or gave no segment their code, and of
        coders of whom it is not known what they read.

    Returns
    -------
    Laid
        Codes and what was read. Where nothing is known of what a coder read, it is the documents that
        the coder coded something in.
    """
    by_guid = dict(zip(exchange.sources["guid"], exchange.sources["document"], strict=True))
    names = dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True)) | {"": ""}
    coder = names.get(user, "")
    own = exchange.marks[exchange.marks["user"] == user]
    own = own[own["source"].isin(set(by_guid)) & own["node"].isin(set(on.nodes["guid"]))]
    codings = pd.DataFrame(
        {
            "document": own["source"].map(by_guid),
            "start": own["start"],
            "end": own["end"],
            "code": own["node"],
            "coder": coder,
            "quote": own["quote"],
        }
    ).reset_index(drop=True)
    laid = codings_to_matrix(on.segments, codings, on.nodes["guid"].tolist(), rule=rule)
    missed = laid.missed
    losses.add(
        "codings",
        f"they gave no segment their code ({_SAYS[rule]})",
        _said(missed),
        count=len(missed),
    )
    _tell_ends(codings, on.segments, rule, losses)
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
    covered = covered_segments(on.segments, read)
    return Laid(laid.matrix, covered, len(codings) - len(missed))


def _tell_ends(codings: pd.DataFrame, segments: pd.DataFrame, rule: Rule, losses: Losses) -> None:
    """Tell of codings whose place does not survive being laid over segments."""
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
        _said(rest),
        count=len(rest),
    )
    several = codings[at_ends & ~exact]
    losses.add(
        "codings over several segments",
        "each of their segments has the code, and nothing says that they were one",
        _said(several),
        count=len(several),
    )


def _said(codings: pd.DataFrame) -> list[str]:
    first = codings.head(_EXAMPLES)
    return [
        f"{document} {start}-{end} {quote}"
        for document, start, end, quote in zip(
            first["document"], first["start"], first["end"], first["quote"], strict=True
        )
    ]
