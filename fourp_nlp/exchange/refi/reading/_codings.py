"""Codings of a project as the table MARKS, and what is told of those that have no place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.exchange.exchange import MARKS
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.exchange import Losses
    from fourp_nlp.exchange.refi.offsets.selection_places import Places
    from fourp_nlp.exchange.refi.reading.qde_elements import Applied, Selection
    from fourp_nlp.exchange.refi.reading.sources import Sources
    from fourp_nlp.exchange.refi.reading.users import Guids

__all__ = ["Codings", "lay_codings"]


@dataclass(frozen=True)
class Codings:
    """Codings before they have the names of their coders.

    Attributes
    ----------
    marks : pandas.DataFrame
        The table MARKS.
    mark_of : numpy.ndarray
        Row in `marks` of each element Coding, -1 where it has no place, shape (codings,), int64.
    users : list of str
        Identities of all coders that codings name, those of lost ones too.
    lost : list of (item, why, source, node, user)
        Codings that have no place: identities, and the name of the source.
    """

    marks: pd.DataFrame
    mark_of: NDArray[np.int64]
    users: list[str]
    lost: list[tuple[str, str, str, str, str]]

    def tell(self, nodes: dict[str, str], coders: dict[str, str], losses: Losses) -> None:
        """Tell of codings that have no place: how many, of which codes, by whom.

        Parameters
        ----------
        nodes, coders : dict of str to str
            Names by identity.
        losses : Losses
            Takes them up.
        """
        kinds: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for item, why, source, node, user in self.lost:
            kinds.setdefault((item, why), []).append((
                nodes.get(node, "a code that is not there"),
                coders.get(user, "nobody named"),
                source,
            ))  # fmt: skip
        for (item, why), rows in kinds.items():
            counts = Counter(rows)
            told = [
                f"{code} by {coder} in {source}" + (f": {number}" if number > 1 else "")
                for (code, coder, source), number in counts.most_common(3)
            ]
            codes = len({code for code, _, _ in rows})
            people = len({coder for _, coder, _ in rows})
            reach = f"{codes} code{'s' * (codes > 1)}, {people} coder{'s' * (people > 1)}"
            losses.add(item, f"{why} Lost are codings of {reach}.", told, count=len(rows))


def lay_codings(
    applied: Sequence[Applied],
    selections: Sequence[Selection],
    places: Places,
    sources: Sources,
    nodes: set[str],
    guids: Guids,
    losses: Losses,
    remarks: list[str],
) -> Codings:
    """Return codings as the table MARKS.

    Parameters
    ----------
    applied : sequence of Applied
        Elements Coding.
    selections : sequence of Selection
        Selections, as `places` has them.
    places : Places
        Where they stand.
    sources : Sources
        The sources and their texts.
    nodes : set of str
        Identities of the codes.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up codings of whole sources.
    remarks : list of str
        Takes up codings that the project has twice.

    Returns
    -------
    Codings
        The table, in the order of the project, and what has no place.
    """
    at = [-1 if one.selection is None else one.selection.row for one in applied]
    node = [guids.tidy(one.code) for one in applied]
    # The coding's own author counts; some programs name the selection's alone.
    user = [
        guids.tidy(one.user) or (places.users[row] if row >= 0 else "")
        for one, row in zip(applied, at, strict=True)
    ]
    twins: set[tuple[str, str, str]] = set()
    if places.same.any():
        twins = {
            (guids.tidy(selections[row].guid), code, who)
            for row, code, who in zip(at, node, user, strict=True)
            if row >= 0 and places.start[row] >= 0
        }
    twice = 0
    kept: list[int] = []
    lost: list[tuple[str, str, str, str, str]] = []
    spans: list[tuple[int, int, int]] = []
    whole = []
    start, end, text = places.start.tolist(), places.end.tolist(), places.text.tolist()
    of = places.source.tolist()
    for number, (one, row) in enumerate(zip(applied, at, strict=True)):
        if row >= 0:
            source, item, why = of[row], places.item[row], places.why[row]
            span = (text[row], start[row], end[row])
            if twins and places.same[row]:
                guid = guids.tidy(selections[row].guid)
                if (guid, node[number], user[number]) in twins:
                    twice += 1
                    continue
        else:
            source, span, item, why = _whole(one, sources)
        title = sources.rows[source][1] if source >= 0 else ""
        if not why and not node[number]:
            item, why = "codings without a code", "They name none."
        elif not why and node[number] not in nodes:
            item, why = "codings of unknown codes", "The codebook has no code of that identity."
        if why:
            lost.append((item, why, title, node[number], user[number]))
            continue
        if row < 0:
            whole.append(title)
        kept.append(number)
        spans.append(span)
    losses.add(
        "codings of whole sources",
        "A coding is of a stretch of text here; they are of all the source's text.",
        whole,
    )
    if twice:
        remarks.append(
            f"{twice} coding{'s' if twice > 1 else ''} of areas of PDF pages stand in the project as "
            "stretches of text as well; those were taken, without the areas."
        )
    mark_of = np.full(len(applied), -1, dtype=np.int64)
    mark_of[kept] = np.arange(len(kept))
    return Codings(
        _table(applied, kept, spans, node, user, sources, guids),
        mark_of,
        user,
        lost,
    )


def _whole(one: Applied, sources: Sources) -> tuple[int, tuple[int, int, int], str, str]:
    """Return the source of a coding of no selection, its whole text's span, and why it has none."""
    about = one.holder if one.holder is not None else one.source
    source = sources.row_of.get(id(about), -1)
    if source < 0:
        item = "codings of notes" if one.holder is not None else "codings of nothing"
        return -1, (-1, -1, -1), item, "Only sources and parts of them are coded here."
    text = sources.text_of_row.get(source, -1)
    holder = one.holder
    if text < 0 and holder is not None:
        text = sources.text_of_holder.get(id(holder), -1)
    if text < 0 or not sources.texts[text].text:
        why = sources.why_without.get(id(holder)) if holder is not None else None
        return (
            source,
            (-1, -1, -1),
            "codings of sources without a text",
            why or "The project has no text of their source, so that they have no place.",
        )
    return source, (text, 0, len(sources.texts[text].text)), "", ""


def _table(
    applied: Sequence[Applied],
    kept: list[int],
    spans: list[tuple[int, int, int]],
    node: list[str],
    user: list[str],
    sources: Sources,
    guids: Guids,
) -> pd.DataFrame:
    if not kept:
        return empty(MARKS)
    taken: set[str] = set()
    texts = [came.text for came in sources.texts]
    owner = [sources.rows[row][0] for row in sources.owner]
    return conform(
        pd.DataFrame({
            "guid": [guids.own(applied[n].guid, taken, "mark", n) for n in kept],
            "source": [owner[text] for text, _, _ in spans],
            "start": [start for _, start, _ in spans],
            "end": [end for _, _, end in spans],
            "node": [node[n] for n in kept],
            "user": [user[n] for n in kept],
            "quote": [texts[text][start:end] for text, start, end in spans],
            "made_at": utc([applied[n].made_at for n in kept]),
            "probability": np.nan,
            "why": "",
        }),
        MARKS,
    )  # fmt: skip
