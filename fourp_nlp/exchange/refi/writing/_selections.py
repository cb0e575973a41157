"""Makes selections of codings: one for each coding, or one for all codings of a passage."""

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

__all__ = ["Selection", "Selections", "build_selections", "written_codings"]


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
        Who made it, and when; empty if unknown.
    codings : list of (str, str, str, str)
        GUIDs of coding, code and coder, and date.
    notes : list of str
        GUIDs of notes about the stretch.
    modified_by, modified_at : str
        Who changed it last, and when; empty if unknown.
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


class _Authorship(NamedTuple):
    """Who made a selection and changed it last, and when."""

    user: str = ""
    made_at: str = ""
    modified_by: str = ""
    modified_at: str = ""


_AUTHORSHIP_COLUMNS = ("guid", *_Authorship._fields)


@dataclass(frozen=True)
class Selections:
    """Selections by source."""

    by_source: dict[str, list[Selection]]

    def of(self, source: str) -> list[Selection]:
        """Return the selections of a source, in the order of the text."""
        return self.by_source.get(source, [])


def build_selections(
    project: Exchange, marks: pd.DataFrame, notes: Notes, *, shared: bool | None
) -> Selections:
    """Make the selections of all codings, and of notes about stretches.

    An imported selection keeps its GUID, author and dates.

    `marks` are as `written_codings` returns them. `shared` says whether codings of the same stretch
    share a selection; None: only those that were imported on one, and are still of the same
    stretch.
    """
    texts = dict(zip(project.sources["guid"], project.sources["text"], strict=True))
    authorships = {
        guid: _Authorship(*rest)
        for guid, *rest in rows_of(project.selections, *_AUTHORSHIP_COLUMNS)
    }
    by_source: dict[str, list[Selection]] = {}
    taken_guids: set[str] = set()
    by_place: dict[tuple[str, str, int, int], Selection] = {}
    columns = ["guid", "source", "start", "end", "node", "user", "made_at", "selection"]
    for guid, source, start, end, node, user, made_at, foreign in rows_of(marks, *columns):
        coding = (guid, node, user, made_at)
        place = ("" if shared else foreign, source, start, end)
        if (shared or (shared is None and foreign)) and place in by_place:
            by_place[place].codings.append(coding)
            continue
        made_guid = guid_of("selection", *((source, start, end) if shared else (guid,)))
        identity = foreign if foreign and foreign not in taken_guids else made_guid
        taken_guids.add(identity)
        authorship = authorships.get(identity, _Authorship(user, made_at))
        if shared is False:
            # Who reads the coder from the selection finds this coding's.
            authorship = authorship._replace(user=user)
        quote = texts[source][start:end]
        selection = Selection(
            identity, start, end, quote, authorship.user or user, authorship.made_at or made_at, [coding], [],
            authorship.modified_by, authorship.modified_at,
        )  # fmt: skip
        by_place.setdefault(place, selection)
        if foreign:
            by_place.setdefault((foreign, source, start, end), selection)
        by_source.setdefault(source, []).append(selection)
    for source, places in notes.stretches.items():
        for start, end, note in places:
            foreign = notes.on.get(note, "")
            if foreign and (foreign, source, start, end) in by_place:
                by_place[foreign, source, start, end].notes.append(note)
                continue
            quote = texts[source][start:end]
            identity = (
                foreign
                if foreign and foreign not in taken_guids
                else guid_of("selection", "note", note)
            )
            taken_guids.add(identity)
            note_written = notes.known[note]
            authorship = authorships.get(
                identity, _Authorship(note_written.user, note_written.made_at)
            )
            selection = Selection(
                identity, start, end, quote, authorship.user or note_written.user,
                authorship.made_at or note_written.made_at, [], [note],
                authorship.modified_by, authorship.modified_at,
            )  # fmt: skip
            if foreign:
                by_place[foreign, source, start, end] = selection
            by_source.setdefault(source, []).append(selection)
    return Selections(by_source)


def written_codings(project: Exchange, losses: Losses) -> pd.DataFrame:
    """Return the codings that can be written, in the order of the texts.

    `losses` gets codings that lead nowhere, or whose quote is not what the text has there.
    """
    marks = project.marks
    with_text = project.sources[project.sources["has_text"]]
    length = marks["source"].map(
        dict(zip(with_text["guid"], with_text["text"].str.len(), strict=True))
    )
    in_text = (marks["start"] >= 0) & (marks["end"] > marks["start"]) & (marks["end"] <= length)
    has_code = marks["node"].isin(set(project.nodes["guid"]))
    for item, wrong in (
        ("codings of documents without text", length.isna()),
        ("codings outside their text", length.notna() & ~in_text),
        ("codings with a code that is not there", length.notna() & in_text & ~has_code),
    ):
        if wrong.any():
            losses.add(item, "they lead nowhere: left out", marks.loc[wrong, "quote"].tolist())
    chosen = marks[in_text & has_code].reset_index(drop=True)
    unknown_user = (chosen["user"] != "") & ~chosen["user"].isin(set(project.users["guid"]))
    chosen["user"] = chosen["user"].where(~unknown_user, "")
    texts = dict(zip(with_text["guid"], with_text["text"], strict=True))
    other_words = [
        f"{quote} / {words}"
        for source, start, end, quote in rows_of(chosen, "source", "start", "end", "quote")
        if (words := texts[source][start:end]) != quote
    ]
    if other_words:
        losses.add(
            "quotes of codings",
            "the text at their positions is different: the positions are used",
            other_words,
        )
    order = np.lexsort((chosen["end"].to_numpy(), chosen["start"].to_numpy()))
    return chosen.iloc[order]
