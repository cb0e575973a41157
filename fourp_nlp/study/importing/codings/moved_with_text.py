"""Codings here of documents whose text is replaced, carried to where they stand in the new text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.coding.gold.reader import Gold
from fourp_nlp.study.exporting.exchange_extras import KEPT_MACHINE, KEPT_MARKS
from fourp_nlp.study.importing.codings.moved_codings import KEY, identities
from fourp_nlp.study.importing.documents.documents import Moves
from fourp_nlp.study.measuring.retest import AGAIN
from fourp_nlp.tables import CODINGS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import Target

__all__ = ["Carried", "carry_codings"]


class Carried(NamedTuple):
    """What there is, with every coding where it stands in the texts that are replaced.

    Attributes
    ----------
    target : Target
        The same with these codings.
    changed : set of pathlib.Path
        Gold files that change by it.
    fallen : pandas.DataFrame
        Codings of people that stand in the new text not at all or more than once: columns of CODINGS and
        guid, with the quote as it was, and as start and end the stretch of the new text in which they
        would be.
    fallen_again : pandas.DataFrame
        The same of what people coded a second time.
    fallen_machine : pandas.DataFrame
        The same of machines that are not this project's.
    """

    target: Target
    changed: set[Path]
    fallen: pd.DataFrame
    fallen_again: pd.DataFrame
    fallen_machine: pd.DataFrame


class _Placed(NamedTuple):
    """The rows of a table that have a place in the texts that there will be, and those that have none.

    `fallen` has the stretches in which a row would be, and `at` says which rows of the table these are.
    """

    there: pd.DataFrame
    fallen: pd.DataFrame
    at: npt.NDArray[np.int64]


def carry_codings(target: Target, sources: Iterable[Source], losses: Losses) -> Carried:
    """Carry everybody's codings, and what was kept of them, over to texts that are replaced.

    Parameters
    ----------
    target : Target
        What there is.
    sources : iterable of Source
        The sources, with their texts before and after.
    losses : Losses
        Places that were read and do not stand in the new text are added here; codings are not.

    Returns
    -------
    Carried
        The same, with codings where they stand in the new texts.
    """
    moves = {s.document: Moves(s.before, s.text) for s in sources if s.status == "replaced"}
    nothing = empty(CODINGS).assign(guid=pd.Series([], dtype="str"))
    if not moves:
        return Carried(target, set(), nothing, nothing, nothing)
    changed: set[Path] = set()

    def of(files: Mapping[Path, Gold]) -> dict[Path, Gold]:
        made = {}
        for path, gold in files.items():
            part = gold.coded["scope"] != "document"
            touched = gold.codings["document"].isin(moves).any()
            if touched or gold.coded.loc[part, "document"].isin(moves).any():
                changed.add(path)
                parts = _placed(gold.coded[part], moves)
                losses.add(
                    "places that were read",
                    "Their document's text was replaced, and in the new one they stand not at all or more "
                    "than once.",
                    gold.coded[part].iloc[parts.at]["quote"],
                )
                gold = Gold(  # noqa: PLW2901 - from here on only this one counts
                    conform(_placed(gold.codings, moves, KEY).there, CODINGS),
                    conform(pd.concat([gold.coded[~part], parts.there]), CODED),
                )
            made[path] = gold
        return made

    kept = target.kept

    def fallen(files: dict[Path, Gold], ending: str) -> pd.DataFrame:
        codings = replace(target, gold=files).codings
        found = _placed(codings, moves, KEY)
        known_as = codings.iloc[found.at].assign(coder=lambda frame: frame["coder"] + ending)
        return found.fallen.assign(guid=identities(known_as, kept.marks))

    machine = _placed(kept.machine_codings, moves, KEY)
    made = replace(
        kept,
        marks=conform(_placed(kept.marks, moves, KEY).there, KEPT_MARKS),
        machine_codings=conform(machine.there, KEPT_MACHINE),
    )
    return Carried(
        replace(target, gold=of(target.gold), repeat=of(target.repeat), kept=made),
        changed,
        fallen(target.gold, ""),
        # What was coded a second time is known elsewhere under another name.
        fallen(target.repeat, AGAIN),
        machine.fallen,
    )


def _placed(frame: pd.DataFrame, moves: Mapping[str, Moves], once: Sequence[str] = ()) -> _Placed:
    """Carry the rows of a table to the new texts, of those that would be alike the first alone."""
    frame = frame.reset_index(drop=True)
    found = np.ones(len(frame), dtype=bool)
    start, end, near_start, near_end = (
        frame[name].to_numpy(dtype=np.int64, copy=True) for name in ("start", "end") * 2
    )
    quotes = frame["quote"].to_numpy(dtype=object, copy=True) if "quote" in frame else None
    touched = frame["document"].isin(moves).to_numpy()
    for document, at in frame[touched].groupby("document", sort=False).groups.items():
        move, rows = moves[str(document)], np.asarray(at, dtype=np.int64)
        start[rows], end[rows], found[rows] = move(start[rows], end[rows])
        lost = rows[~found[rows]]
        near_start[lost], near_end[lost] = move.near(near_start[lost], near_end[lost])
        if quotes is not None:
            quotes[rows] = [
                move.new[a:b] if b >= 0 else quote
                for a, b, quote in zip(start[rows], end[rows], quotes[rows], strict=True)
            ]
    there = frame.assign(start=start, end=end)
    if quotes is not None:
        there = there.assign(quote=quotes)
    if once:
        # Two places of the same words can be one in the new text: which of them it is, nobody knows.
        order = np.lexsort((frame["start"], ~found))
        alike = there.iloc[order].duplicated(list(once)).sort_index().to_numpy()
        alike = alike & touched & found
        near_start[alike], near_end[alike] = start[alike], end[alike]
        found &= ~alike
    lost = np.flatnonzero(~found)
    fallen = frame.iloc[lost].assign(start=near_start[lost], end=near_end[lost])
    return _Placed(there[found], fallen.reset_index(drop=True), lost)
