"""Codings as selections of a text: one for each coding, or one shared by all codings of a passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fourp_nlp.interchange._exchange import rows_of
from fourp_nlp.interchange._identity import guid_of

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.interchange._exchange import Exchange, Losses
    from fourp_nlp.interchange.refi._notes_out import Notes

__all__ = ["Selection", "Selections", "selections_of"]


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
    """

    guid: str
    start: int
    end: int
    quote: str
    user: str
    made_at: str
    codings: list[tuple[str, str, str, str]]
    notes: list[str]


@dataclass(frozen=True)
class Selections:
    """Selections by source."""

    by_source: dict[str, list[Selection]]

    def of(self, source: str) -> list[Selection]:
        """Return the selections of a source, in the order of the text."""
        return self.by_source.get(source, [])


def selections_of(project: Exchange, notes: Notes, losses: Losses, *, shared: bool) -> Selections:
    """Make the selections of all codings, and of notes about stretches.

    Parameters
    ----------
    project : Exchange
        The project.
    notes : Notes
        Its notes.
    losses : Losses
        Is told of codings that lead nowhere.
    shared : bool
        Whether codings of the same stretch share a selection.

    Returns
    -------
    Selections
        The selections.
    """
    texts = dict(zip(project.sources["guid"], project.sources["text"], strict=True))
    marks = _usable(project, losses)
    made: dict[str, list[Selection]] = {}
    found: dict[tuple[str, int, int], Selection] = {}
    columns = ["guid", "source", "start", "end", "node", "user", "made_at"]
    for guid, source, start, end, node, user, made_at in rows_of(marks, *columns):
        coding = (guid, node, user, made_at)
        if shared and (source, start, end) in found:
            found[source, start, end].codings.append(coding)
            continue
        identity = guid_of("selection", *((source, start, end) if shared else (guid,)))
        quote = texts[source][start:end]
        selection = Selection(identity, start, end, quote, user, made_at, [coding], [])
        found[source, start, end] = selection
        made.setdefault(source, []).append(selection)
    for source, places in notes.stretches.items():
        for start, end, note in places:
            quote = texts[source][start:end]
            identity = guid_of("selection", "note", note)
            made.setdefault(source, []).append(
                Selection(identity, start, end, quote, "", "", [], [note])
            )
    return Selections(made)


def _usable(project: Exchange, losses: Losses) -> pd.DataFrame:
    """Return the codings that lead somewhere, in the order of the texts; tell of the others."""
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
    order = np.lexsort((chosen["end"].to_numpy(), chosen["start"].to_numpy()))
    return chosen.iloc[order]
