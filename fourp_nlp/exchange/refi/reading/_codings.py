"""Reads the codings of a project as the table MARKS, and lists those without a place as losses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.exchange.exchange import MARKS
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.offsets.selection_places import SelectionPlaces
    from fourp_nlp.exchange.refi.reading.qde_elements import CodingElement, SelectionElement
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["Codings", "read_codings"]


@dataclass(frozen=True)
class Codings:
    """Codings, and those that are lost.

    Attributes
    ----------
    marks : pandas.DataFrame
        The table MARKS.
    mark_row : numpy.ndarray
        Row in `marks` of each element Coding, -1 where it has no place, shape (codings,), int64.
    users : list of str
        GUIDs of the coders of all codings, also of lost ones.
    lost : list of (item, reason, source, node, user)
        Codings without a place: the name of the source, and GUIDs of code and coder.
    """

    marks: pd.DataFrame
    mark_row: NDArray[np.int64]
    users: list[str]
    lost: list[tuple[str, str, str, str, str]]

    def add_losses(self, nodes: dict[str, str], coders: dict[str, str], losses: Losses) -> None:
        """Add codings without a place to the losses: how many, of which codes, by whom.

        Parameters
        ----------
        nodes, coders : dict of str to str
            Names by GUID.
        losses : Losses
            They are added here.
        """
        by_reason: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for item, reason, source, node, user in self.lost:
            by_reason.setdefault((item, reason), []).append((
                nodes.get(node, "a code that is not there"),
                coders.get(user, "nobody named"),
                source,
            ))  # fmt: skip
        for (item, reason), rows in by_reason.items():
            counts = Counter(rows)
            examples = [
                f"{code} by {coder} in {source}" + (f": {number}" if number > 1 else "")
                for (code, coder, source), number in counts.most_common(3)
            ]
            n_codes = len({code for code, _, _ in rows})
            n_coders = len({coder for _, coder, _ in rows})
            extent = f"{n_codes} code{'s' * (n_codes > 1)}, {n_coders} coder{'s' * (n_coders > 1)}"
            losses.add(item, f"{reason} Codings of {extent} are lost.", examples, count=len(rows))


def read_codings(
    elements: Sequence[CodingElement],
    selections: Sequence[SelectionElement],
    places: SelectionPlaces,
    sources: Sources,
    nodes: set[str],
    guids: Guids,
    losses: Losses,
    remarks: list[str],
) -> Codings:
    """Return codings as the table MARKS.

    `selections` are in the order of `places`, and `nodes` are GUIDs. `losses` gets codings of whole
    sources, `remarks` codings that the project has twice. Returns the table, in the order of the
    project, and what has no place.
    """
    rows = [-1 if coding.selection is None else coding.selection.row for coding in elements]
    code_guids = [guids.normalise(coding.code) for coding in elements]
    # The author of the coding counts; some programs name only that of the selection.
    user_guids = [
        guids.normalise(coding.user) or (places.users[row] if row >= 0 else "")
        for coding, row in zip(elements, rows, strict=True)
    ]
    duplicates = _duplicates(rows, code_guids, user_guids, selections, places, guids)
    placed: list[int] = []
    spans: list[_Span] = []
    lost: list[tuple[str, str, str, str, str]] = []
    whole_sources = []
    for number, (coding, row) in enumerate(zip(elements, rows, strict=True)):
        if number in duplicates:
            continue
        if row >= 0:
            source = int(places.source[row])
            item, reason = places.loss_item[row], places.loss_reason[row]
            span = _Span(int(places.text[row]), int(places.start[row]), int(places.end[row]))
        else:
            source, span, item, reason = _whole_source(coding, sources)
        title = sources.rows[source][1] if source >= 0 else ""
        if not reason and not code_guids[number]:
            item, reason = "codings without a code", "They name none."
        elif not reason and code_guids[number] not in nodes:
            item, reason = "codings of unknown codes", "The codebook has no code of that identity."
        if reason:
            lost.append((item, reason, title, code_guids[number], user_guids[number]))
            continue
        if row < 0:
            whole_sources.append(title)
        placed.append(number)
        spans.append(span)
    losses.add(
        "codings of whole sources",
        "A coding is of a stretch of text here; these are of all the source's text.",
        whole_sources,
    )
    if duplicates:
        remarks.append(
            f"{len(duplicates)} coding{'s' if len(duplicates) > 1 else ''} of areas of PDF pages are in the "
            "project as stretches of text as well; those were read, without the areas."
        )
    mark_row = np.full(len(elements), -1, dtype=np.int64)
    mark_row[placed] = np.arange(len(placed))
    table = _marks_table(elements, placed, spans, code_guids, user_guids, sources, guids)
    return Codings(table, mark_row, user_guids, lost)


class _Span(NamedTuple):
    """A stretch of the text of that index."""

    text: int
    start: int
    end: int


_NO_SPAN = _Span(-1, -1, -1)


def _duplicates(
    rows: list[int],
    code_guids: list[str],
    user_guids: list[str],
    selections: Sequence[SelectionElement],
    places: SelectionPlaces,
    guids: Guids,
) -> set[int]:
    """Return the numbers of codings of areas of pages that the project also has as stretches of text."""
    if not places.duplicate.any():
        return set()
    keys = [
        (guids.normalise(selections[row].guid) if row >= 0 else "", code, user)
        for row, code, user in zip(rows, code_guids, user_guids, strict=True)
    ]
    as_text = {
        key for key, row in zip(keys, rows, strict=True) if row >= 0 and places.start[row] >= 0
    }
    return {
        number
        for number, (key, row) in enumerate(zip(keys, rows, strict=True))
        if row >= 0 and places.duplicate[row] and key in as_text
    }


def _whole_source(coding: CodingElement, sources: Sources) -> tuple[int, _Span, str, str]:
    """Return source and span of a coding of a whole source; of one without a place, what it is and why."""
    parent = coding.holder if coding.holder is not None else coding.source
    source = sources.row_of.get(id(parent), -1)
    if source < 0:
        item = "codings of notes" if coding.holder is not None else "codings of nothing"
        return -1, _NO_SPAN, item, "Only sources and parts of them are coded here."
    text = sources.text_of_row.get(source, -1)
    holder = coding.holder
    if text < 0 and holder is not None:
        text = sources.text_of_holder.get(id(holder), -1)
    if text < 0 or not sources.texts[text].text:
        reason = sources.missing_text_reason.get(id(holder)) if holder is not None else None
        return (
            source,
            _NO_SPAN,
            "codings of sources without a text",
            reason or "The project has no text of their source.",
        )
    return source, _Span(text, 0, len(sources.texts[text].text)), "", ""


def _marks_table(
    elements: Sequence[CodingElement],
    placed: list[int],
    spans: list[_Span],
    code_guids: list[str],
    user_guids: list[str],
    sources: Sources,
    guids: Guids,
) -> pd.DataFrame:
    if not placed:
        return empty(MARKS)
    taken_guids: set[str] = set()
    texts = [source_text.text for source_text in sources.texts]
    source_guids = [sources.rows[row][0] for row in sources.row_of_text]
    return conform(
        pd.DataFrame({
            "guid": [guids.unique(elements[n].guid, taken_guids, "mark", n) for n in placed],
            "source": [source_guids[text] for text, _, _ in spans],
            "start": [start for _, start, _ in spans],
            "end": [end for _, _, end in spans],
            "node": [code_guids[n] for n in placed],
            "user": [user_guids[n] for n in placed],
            "quote": [texts[text][start:end] for text, start, end in spans],
            "made_at": utc([elements[n].made_at for n in placed]),
            "probability": np.nan,
            "why": "",
        }),
        MARKS,
    )  # fmt: skip
