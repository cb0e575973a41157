"""Places codings of another program's project in documents of the study."""

from __future__ import annotations

from collections import Counter, defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.exchange import MARKS
from fourp_nlp.study.exporting.exchange_extras import MARK_EXTRAS
from fourp_nlp.tables import CODED, CODINGS, Table, conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.documents.documents import Source

__all__ = ["LOST_COLUMNS", "PLACED", "PlacedMarks", "place_marks", "place_readings"]

PLACED = Table(
    "placed",
    MappingProxyType(
        dict(CODINGS.columns)
        | {
            name: MARK_EXTRAS.columns[name]
            for name in ("guid", "came_start", "came_end", "made_at")
        }
        | {name: MARKS.columns[name] for name in ("user", "probability", "why", "selection")}
    ),
)
"""Codings with their place here and as they came."""

LOST_COLUMNS = ["document", "code", "coder", "guid", "placeless"]
"""Columns of codings of the file that are not taken: empty where unknown; `placeless` says whether document,
code and coder are here, and their place is not."""

_SHOWN = 60  # characters of a quote that a message shows


class PlacedMarks(NamedTuple):
    """The positions of a file's codings here.

    Attributes
    ----------
    placed : pandas.DataFrame
        The table PLACED, each coding once.
    lost : pandas.DataFrame
        Codings that are not among them, with the columns LOST_COLUMNS, one row each.
    moved : int
        Number of codings found at another position of an edited text.
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
) -> PlacedMarks:
    """Map codings to the documents, codes and coders of this project.

    Parameters
    ----------
    marks : pandas.DataFrame
        The table MARKS.
    sources, coders, codes
        The document, coder and code of each GUID.
    losses : Losses
        Codings or readings that cannot be mapped are added here.
    why_no_code : mapping of str to str
        Why a node has no code here, by its GUID.

    Returns
    -------
    PlacedMarks
        Every coding, placed or lost.
    """
    if marks.empty:
        return PlacedMarks(empty(PLACED), _lost_rows(empty(PLACED)), 0)
    frame = marks.assign(
        document=marks["source"].map(
            defaultdict(str, {guid: s.document for guid, s in sources.items()})
        ),
        code=marks["node"].map(defaultdict(str, codes)),
        coder=marks["user"].map({guid: c.known_as for guid, c in coders.items()}),
        came_start=marks["start"],
        came_end=marks["end"],
    ).reset_index(drop=True)
    without_coder = frame["coder"].isna()
    if without_coder.any():
        losses.add(
            "codings", "The file does not say whose they are.", frame.loc[without_coder, "quote"]
        )
    all_rows = frame.assign(coder=frame["coder"].fillna(""))
    frame = _with_code(_with_document(frame[~without_coder], sources, losses), why_no_code, losses)
    without_target = all_rows.drop(index=frame.index)
    is_found = np.zeros(len(frame), dtype=bool)
    start, end = np.full(len(frame), -1), np.full(len(frame), -1)
    quotes = np.full(len(frame), "", dtype=object)
    moved = 0
    for guid, at in frame.groupby("source", sort=False).indices.items():
        source = sources[str(guid)]
        of_source = frame.iloc[at]
        first, last, matches_quote = _places_by_quote(of_source, source.came)
        begins, ends, in_text, looked_for = source.carry(first, last)
        in_text &= matches_quote
        moved += int((in_text & looked_for).sum())
        is_found[at], start[at], end[at] = in_text, begins, ends
        quotes[at] = [
            source.text[a:b] if ok else "" for a, b, ok in zip(begins, ends, in_text, strict=True)
        ]
        _add_lost_codings(
            of_source[~in_text],
            source,
            matches_quote[~in_text],
            first[~in_text] < last[~in_text],
            losses,
        )
    frame = frame.assign(start=start, end=end)
    placed_rows = conform(frame.assign(quote=quotes)[is_found], PLACED)
    key = ["document", "start", "end", "code", "coder"]
    repeated = placed_rows.duplicated(key)
    same_place = placed_rows.duplicated([*key, "came_start", "came_end"])
    losses.add(
        "codings",
        "The same coder gave the same code to the same place more than once; one coding was taken.",
        placed_rows.loc[repeated & same_place, "quote"],
    )
    losses.add(
        "codings",
        "Two places in the file are one place in our text, with the same code of the same coder; one coding "
        "was taken.",
        placed_rows.loc[repeated & ~same_place, "quote"],
    )
    lost = [
        _lost_rows(without_target),
        _lost_rows(frame[~is_found], placeless=True),
        _lost_rows(placed_rows[repeated]),
    ]
    return PlacedMarks(
        placed_rows[~repeated].reset_index(drop=True), pd.concat(lost, ignore_index=True), moved
    )


def _lost_rows(frame: pd.DataFrame, *, placeless: bool = False) -> pd.DataFrame:
    return frame.assign(placeless=placeless)[LOST_COLUMNS]


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
    for guid, of_node in frame[none].groupby("node", sort=False):
        why = why_no_code.get(str(guid), "They name a code that the file does not hold.")
        losses.add("codings", why, of_node["quote"].str[:_SHOWN])
    return frame[~none]


def _places_by_quote(
    frame: pd.DataFrame, text: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return positions in the imported text, and which codings are at the position that they give.

    A coding whose quote is elsewhere, and only once, gets that position.
    """
    start, end = (frame[name].to_numpy(dtype=np.int64).copy() for name in ("start", "end"))
    matches = (start >= 0) & (start <= end) & (end <= len(text))
    for at, quote in enumerate(frame["quote"]):
        if matches[at] and (not quote or text[start[at] : end[at]] == quote):
            continue
        place = text.find(quote) if quote else -1
        matches[at] = place >= 0 and text.find(quote, place + 1) < 0
        if matches[at]:
            start[at], end[at] = place, place + len(quote)
    start[~matches] = end[~matches] = 0
    return start, end, matches


def _add_lost_codings(
    frame: pd.DataFrame,
    source: Source,
    matches_quote: npt.NDArray[np.bool_],
    not_empty: npt.NDArray[np.bool_],
    losses: Losses,
) -> None:
    if frame.empty:
        return
    named = np.array([f"{source.document}: {quote[:_SHOWN]}" for quote in frame["quote"]])
    losses.add(
        "codings", "The text at their position differs from their quote.", named[~matches_quote]
    )
    edited_away = matches_quote & not_empty & (source.status == "edited")
    losses.add(
        "codings",
        "The text was edited elsewhere, and our text has their quote not at all or more than once.",
        named[edited_away],
    )
    losses.add(
        "codings",
        "They contain only white space or invisible characters.",
        named[matches_quote & ~edited_away],
    )


def place_readings(
    read: pd.DataFrame, sources: Mapping[str, Source], coders: Mapping[str, Coder], losses: Losses
) -> pd.DataFrame:
    """Map coders' readings to the documents and coders of this project.

    Parameters
    ----------
    read : pandas.DataFrame
        The table CODED, with coders and documents by their names in the other program.
    sources, coders
        The document and coder of each GUID.
    losses : Losses
        Codings or readings that cannot be mapped are added here.

    Returns
    -------
    pandas.DataFrame
        The table CODED, of people only.
    """
    if read.empty:
        return empty(CODED)
    counts = Counter(source.name for source in sources.values())
    # Where two sources have one name, nobody knows which of them was read.
    by_name = {s.name: s for s in sources.values() if s.document and counts[s.name] == 1}
    read = read.assign(document=read["document"].str.strip())
    people = {coder.name: coder.known_as for coder in coders.values() if not coder.machine}
    has_document = read["document"].isin(by_name).to_numpy()
    by_people = read["coder"].isin(people).to_numpy()
    machines = {coder.name for coder in coders.values() if coder.machine}
    for is_lost, why in (
        (
            by_people & read["document"].map(counts).gt(1).to_numpy(),
            "Several sources of the file have this name; which of them was read is unknown.",
        ),
        (
            by_people & ~has_document & ~read["document"].map(counts).gt(1).to_numpy(),
            "The file holds no text of this document.",
        ),
        (
            ~by_people & ~read["coder"].isin(machines).to_numpy(),
            "The file does not name who read them.",
        ),
    ):
        of_document = read[is_lost]
        losses.add(
            "documents that were read", why, of_document["coder"] + ": " + of_document["document"]
        )
    frame = read[has_document & by_people]
    frame = frame.assign(coder=frame["coder"].map(people)).reset_index(drop=True)
    tables = [empty(CODED)]
    for name, of_document in frame.groupby("document", sort=False):
        source = by_name[str(name)]
        whole = of_document[of_document["scope"] == "document"]
        tables.append(
            whole.assign(document=source.document, start=0, end=len(source.text), quote="")
        )
        parts = of_document[of_document["scope"] != "document"]
        if parts.empty:
            continue
        first, last, matches_quote = _places_by_quote(parts, source.came)
        start, end, is_found, _ = source.carry(first, last)
        is_found &= matches_quote
        quotes = [source.text[a:b] for a, b in zip(start[is_found], end[is_found], strict=True)]
        part_there = parts[is_found]
        tables.append(
            part_there.assign(
                document=source.document, start=start[is_found], end=end[is_found], quote=quotes
            )
        )
        losses.add(
            "places that were read",
            "Their text was edited elsewhere, and was not found here.",
            (f"{source.document}: {quote[:_SHOWN]}" for quote in parts.loc[~is_found, "quote"]),
            count=int((~is_found).sum()),
        )
    return conform(pd.concat([table for table in tables if len(table)] or tables), CODED)
