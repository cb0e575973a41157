"""Codings as selections of a text: one for each coding, or one shared by all codings of a passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.exchange.exchange import rows_of
from fourp_nlp.exchange.identity import guid_of

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange, Losses
    from fourp_nlp.exchange.refi.writing._notes import Notes

__all__ = ["Selection", "Selections", "going_out", "selections_of"]


class Selection(NamedTuple):
    """A stretch of a text, and what refers to it.

    Attributes
    ----------
    guid : str
        Its identity.
    start, end : int
        Its place in code points of the source's text.
    quote : str
        The text there.
    user, made_at : str
        Whose it is, and when it was made; empty if that is not told.
    codings : list of (str, str, str, str)
        GUIDs of coding, code and coder, and date.
    notes : list of str
        GUIDs of notes about the stretch.
    modified_by, modified_at : str
        Who changed it last, and when; empty if that is not told.
    """

    guid: str
    start: int
    end: int
    quote: str
    user: str
    made_at: str
    codings: list[tuple[str, str, str, str]]
    notes: list[str]
    modified_by: str
    modified_at: str


class _Stamp(NamedTuple):
    """Who made a selection and changed it last, and when."""

    user: str = ""
    made_at: str = ""
    modified_by: str = ""
    modified_at: str = ""


_STAMPED = ("guid", *_Stamp._fields)


@dataclass(frozen=True)
class Selections:
    """Selections by source."""

    by_source: dict[str, list[Selection]]

    def of(self, source: str) -> list[Selection]:
        """Return the selections of a source, in the order of the text."""
        return self.by_source.get(source, [])


def selections_of(
    project: Exchange, marks: pd.DataFrame, notes: Notes, *, shared: bool | None
) -> Selections:
    """Make the selections of all codings, and of notes about stretches.

    A selection that came with the project has the identity, author and dates with which it came.

    Parameters
    ----------
    project : Exchange
        The project.
    marks : pandas.DataFrame
        What `going_out` returns.
    notes : Notes
        Its notes.
    shared : bool or None
        Whether codings of the same stretch share a selection; None: those that came on one, as long as they
        are of the same stretch.

    Returns
    -------
    Selections
        The selections.
    """
    texts = dict(zip(project.sources["guid"], project.sources["text"], strict=True))
    stamps = {guid: _Stamp(*rest) for guid, *rest in rows_of(project.selections, *_STAMPED)}
    made: dict[str, list[Selection]] = {}
    taken: set[str] = set()
    found: dict[tuple[str, str, int, int], Selection] = {}
    columns = ["guid", "source", "start", "end", "node", "user", "made_at", "selection"]
    for guid, source, start, end, node, user, made_at, came in rows_of(marks, *columns):
        coding = (guid, node, user, made_at)
        place = ("" if shared else came, source, start, end)
        if (shared or (shared is None and came)) and place in found:
            found[place].codings.append(coding)
            continue
        own = guid_of("selection", *((source, start, end) if shared else (guid,)))
        identity = came if came and came not in taken else own
        taken.add(identity)
        stamp = stamps.get(identity, _Stamp(user, made_at))
        if shared is False:
            # Who reads the coder from the selection finds this coding's.
            stamp = stamp._replace(user=user)
        quote = texts[source][start:end]
        selection = Selection(
            identity, start, end, quote, stamp.user or user, stamp.made_at or made_at, [coding], [],
            stamp.modified_by, stamp.modified_at,
        )  # fmt: skip
        found.setdefault(place, selection)
        if came:
            found.setdefault((came, source, start, end), selection)
        made.setdefault(source, []).append(selection)
    for source, places in notes.stretches.items():
        for start, end, note in places:
            came = notes.on.get(note, "")
            if came and (came, source, start, end) in found:
                found[came, source, start, end].notes.append(note)
                continue
            quote = texts[source][start:end]
            identity = came if came and came not in taken else guid_of("selection", "note", note)
            taken.add(identity)
            said = notes.known[note]
            stamp = stamps.get(identity, _Stamp(said.user, said.made_at))
            selection = Selection(
                identity, start, end, quote, stamp.user or said.user, stamp.made_at or said.made_at,
                [], [note], stamp.modified_by, stamp.modified_at,
            )  # fmt: skip
            if came:
                found[came, source, start, end] = selection
            made.setdefault(source, []).append(selection)
    return Selections(made)


def going_out(project: Exchange, losses: Losses) -> pd.DataFrame:
    """Return the codings that lead somewhere, in the order of the texts.

    Parameters
    ----------
    project : Exchange
        The project.
    losses : Losses
        Is told of codings that lead nowhere, and of those that quote other words than stand there.

    Returns
    -------
    pandas.DataFrame
        Rows of MARKS.
    """
    marks = project.marks
    there = project.sources[project.sources["has_text"]]
    length = marks["source"].map(dict(zip(there["guid"], there["text"].str.len(), strict=True)))
    inside = (marks["start"] >= 0) & (marks["end"] > marks["start"]) & (marks["end"] <= length)
    coded = marks["node"].isin(set(project.nodes["guid"]))
    for item, wrong in (
        ("codings of documents without text", length.isna()),
        ("codings outside their text", length.notna() & ~inside),
        ("codings with a code that is not there", length.notna() & inside & ~coded),
    ):
        if wrong.any():
            losses.add(item, "they lead nowhere: left out", marks.loc[wrong, "quote"].tolist())
    chosen = marks[inside & coded].reset_index(drop=True)
    unknown = (chosen["user"] != "") & ~chosen["user"].isin(set(project.users["guid"]))
    chosen["user"] = chosen["user"].where(~unknown, "")
    texts = dict(zip(there["guid"], there["text"], strict=True))
    other = [
        f"{quote} / {words}"
        for source, start, end, quote in rows_of(chosen, "source", "start", "end", "quote")
        if (words := texts[source][start:end]) != quote
    ]
    if other:
        losses.add(
            "quotes of codings",
            "other words stand at their places in the text: their places count",
            other,
        )
    order = np.lexsort((chosen["end"].to_numpy(), chosen["start"].to_numpy()))
    return chosen.iloc[order]
