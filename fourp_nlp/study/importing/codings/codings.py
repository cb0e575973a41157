"""Codings of another program's project as codings of documents here."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.exchange import MARKS
from fourp_nlp.study.exporting.exchange_extras import KEPT_MARKS
from fourp_nlp.tables import CODINGS, Table, conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.documents.documents import Source

__all__ = ["LOST", "PLACED", "Placing", "place_marks", "place_read"]

PLACED = Table(
    "placed",
    MappingProxyType(
        dict(CODINGS.columns)
        | {name: KEPT_MARKS.columns[name] for name in ("guid", "came_start", "came_end", "made_at")}
        | {name: MARKS.columns[name] for name in ("user", "probability", "why", "selection")}
    ),
)
"""Codings with their place here and as they came."""

LOST = ["document", "code", "coder", "guid", "placeless"]
"""Columns of codings of the file that are not taken: empty where unknown; `placeless` says whether document,
code and coder are here, and their place is not."""

_SHOWN = 60  # characters of a quote that a message shows


class Placing(NamedTuple):
    """Where the codings of a file stand here.

    Attributes
    ----------
    placed : pandas.DataFrame
        The table PLACED, each coding once.
    lost : pandas.DataFrame
        Codings that are not among them, with the columns LOST, one row each.
    moved : int
        Codings that were found at another place of an edited text.
    """

    placed: pd.DataFrame
    lost: pd.DataFrame
    moved: int


def place_marks(
    marks: pd.DataFrame,
    sources: Mapping[str, Source],
    coders: Mapping[str, Coder],
    codes: Mapping[str, str],
    losses: Losses,
    *,
    why_no_code: Mapping[str, str],
) -> Placing:
    """Carry codings to the documents, codes and coders of this project.

    Parameters
    ----------
    marks : pandas.DataFrame
        The table MARKS.
    sources, coders, codes
        The document, coder and code of each GUID.
    losses : Losses
        What cannot be carried is added here.
    why_no_code : mapping of str to str
        Why a node has no code here, by its GUID.

    Returns
    -------
    Placing
        Every coding, placed or lost.
    """
    if marks.empty:
        return Placing(empty(PLACED), _lost(empty(PLACED)), 0)
    frame = marks.assign(
        document=marks["source"].map({guid: s.document for guid, s in sources.items()}).fillna(""),
        code=marks["node"].map(codes).fillna(""),
        coder=marks["user"].map({guid: c.known_as for guid, c in coders.items()}),
        came_start=marks["start"],
        came_end=marks["end"],
    ).reset_index(drop=True)
    stray = frame["coder"].isna()
    if stray.any():
        losses.add("codings", "The file does not say whose they are.", frame.loc[stray, "quote"])
    every = frame.assign(coder=frame["coder"].fillna(""))
    frame = _with_code(_with_document(frame[~stray], sources, losses), why_no_code, losses)
    homeless = every.drop(index=frame.index)
    found = np.zeros(len(frame), dtype=bool)
    start, end = np.full(len(frame), -1), np.full(len(frame), -1)
    quotes = np.full(len(frame), "", dtype=object)
    moved = 0
    for guid, at in frame.groupby("source", sort=False).indices.items():
        source = sources[str(guid)]
        own = frame.iloc[at]
        first, last, true = _as_quoted(own, source.came)
        begins, ends, there, looked_for = source.carry(first, last)
        there &= true
        moved += int((there & looked_for).sum())
        found[at], start[at], end[at] = there, begins, ends
        quotes[at] = [
            source.text[a:b] if ok else "" for a, b, ok in zip(begins, ends, there, strict=True)
        ]
        _tell_lost(own[~there], source, true[~there], first[~there] < last[~there], losses)
    frame = frame.assign(start=start, end=end)
    placed = conform(frame.assign(quote=quotes)[found], PLACED)
    key = ["document", "start", "end", "code", "coder"]
    twice = placed.duplicated(key)
    alike = placed.duplicated([*key, "came_start", "came_end"])
    losses.add(
        "codings",
        "The same coder gave the same code to the same place more than once; one coding was taken.",
        placed.loc[twice & alike, "quote"],
    )
    losses.add(
        "codings",
        "Two places in the file are one place in our text, with the same code of the same coder; one coding "
        "was taken.",
        placed.loc[twice & ~alike, "quote"],
    )
    lost = [_lost(homeless), _lost(frame[~found], placeless=True), _lost(placed[twice])]
    return Placing(placed[~twice].reset_index(drop=True), pd.concat(lost, ignore_index=True), moved)


def _lost(frame: pd.DataFrame, *, placeless: bool = False) -> pd.DataFrame:
    return frame.assign(placeless=placeless)[LOST]


def _with_document(
    frame: pd.DataFrame, sources: Mapping[str, Source], losses: Losses
) -> pd.DataFrame:
    none = frame["document"] == ""
    if none.any():
        names = frame.loc[none, "source"].map({guid: s.name for guid, s in sources.items()})
        losses.add(
            "codings",
            "They are of a source that has no text here.",
            names.fillna("a source that the file does not hold"),
        )
    return frame[~none]


def _with_code(frame: pd.DataFrame, why_no_code: Mapping[str, str], losses: Losses) -> pd.DataFrame:
    none = frame["code"] == ""
    for guid, own in frame[none].groupby("node", sort=False):
        why = why_no_code.get(str(guid), "They name a code that the file does not hold.")
        losses.add("codings", why, own["quote"].str[:_SHOWN])
    return frame[~none]


def _as_quoted(
    frame: pd.DataFrame, text: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return places in the text as it came, and which codings stand where they say.

    One whose quote stands elsewhere, and only once, is taken from there.
    """
    start, end = (frame[name].to_numpy(dtype=np.int64).copy() for name in ("start", "end"))
    true = (start >= 0) & (start <= end) & (end <= len(text))
    for at, quote in enumerate(frame["quote"]):
        if true[at] and (not quote or text[start[at] : end[at]] == quote):
            continue
        place = text.find(quote) if quote else -1
        true[at] = place >= 0 and text.find(quote, place + 1) < 0
        if true[at]:
            start[at], end[at] = place, place + len(quote)
    start[~true] = end[~true] = 0
    return start, end, true


def _tell_lost(
    frame: pd.DataFrame,
    source: Source,
    true: npt.NDArray[np.bool_],
    filled: npt.NDArray[np.bool_],
    losses: Losses,
) -> None:
    if frame.empty:
        return
    named = np.array([f"{source.document}: {quote[:_SHOWN]}" for quote in frame["quote"]])
    losses.add("codings", "What stands at their place is not what they quote.", named[~true])
    there = true & filled & (source.status == "edited")
    losses.add(
        "codings",
        "The text was edited elsewhere, and here their quote stands not at all or more than once.",
        named[there],
    )
    losses.add(
        "codings",
        "They hold nothing but white space or characters that nobody sees.",
        named[true & ~there],
    )


def place_read(
    read: pd.DataFrame, sources: Mapping[str, Source], coders: Mapping[str, Coder], losses: Losses
) -> pd.DataFrame:
    """Carry what coders read to the documents and coders of this project.

    Parameters
    ----------
    read : pandas.DataFrame
        The table CODED, with coders and documents by their names in the other program.
    sources, coders
        The document and coder of each GUID.
    losses : Losses
        What cannot be carried is added here.

    Returns
    -------
    pandas.DataFrame
        The table CODED, of people alone.
    """
    if read.empty:
        return empty(CODED)
    counts = Counter(source.name for source in sources.values())
    # Where two sources have one name, nobody knows which of them was read.
    by_name = {s.name: s for s in sources.values() if s.document and counts[s.name] == 1}
    read = read.assign(document=read["document"].str.strip())
    people = {coder.name: coder.known_as for coder in coders.values() if not coder.machine}
    known = read["document"].isin(by_name).to_numpy()
    theirs = read["coder"].isin(people).to_numpy()
    machines = {coder.name for coder in coders.values() if coder.machine}
    for lost, why in (
        (
            theirs & read["document"].map(counts).gt(1).to_numpy(),
            "Several sources of the file have this name, and nobody knows which of them was read.",
        ),
        (
            theirs & ~known & ~read["document"].map(counts).gt(1).to_numpy(),
            "The file holds no text of this document.",
        ),
        (
            ~theirs & ~read["coder"].isin(machines).to_numpy(),
            "The file does not name who read them.",
        ),
    ):
        own = read[lost]
        losses.add("documents that were read", why, own["coder"] + ": " + own["document"])
    frame = read[known & theirs]
    frame = frame.assign(coder=frame["coder"].map(people)).reset_index(drop=True)
    tables = [empty(CODED)]
    for name, own in frame.groupby("document", sort=False):
        source = by_name[str(name)]
        whole = own[own["scope"] == "document"]
        tables.append(
            whole.assign(document=source.document, start=0, end=len(source.text), quote="")
        )
        part = own[own["scope"] != "document"]
        if part.empty:
            continue
        first, last, true = _as_quoted(part, source.came)
        start, end, there, _ = source.carry(first, last)
        there &= true
        quotes = [source.text[a:b] for a, b in zip(start[there], end[there], strict=True)]
        part_there = part[there]
        tables.append(
            part_there.assign(
                document=source.document, start=start[there], end=end[there], quote=quotes
            )
        )
        losses.add(
            "places that were read",
            "Their text was edited elsewhere, and was not found here.",
            (f"{source.document}: {quote[:_SHOWN]}" for quote in part.loc[~there, "quote"]),
            count=int((~there).sum()),
        )
    return conform(pd.concat([table for table in tables if len(table)] or tables), CODED)
