"""Moves codings of documents whose text is replaced to their positions in the new text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.reader import Gold
from fourp_nlp.study.exporting.exchange_extras import MACHINE_CODINGS, MARK_EXTRAS
from fourp_nlp.study.importing.codings.moved_codings import KEY, coding_guids
from fourp_nlp.study.importing.documents.documents import Moves
from fourp_nlp.study.measuring.retest import AGAIN
from fourp_nlp.tables import CODED, CODINGS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["MovedTarget", "move_to_new_texts"]


class MovedTarget(NamedTuple):
    """The project with all codings at their positions in the replaced texts.

    Attributes
    ----------
    target : ImportTarget
        The same with these codings.
    changed : set of pathlib.Path
        Gold files that change because of this.
    fallen : pandas.DataFrame
        Codings of people whose quote is not in the new text, or more than once: columns of CODINGS and guid,
        with the old quote; start and end are the passage of the new text in which they would be.
    displaced_repeat : pandas.DataFrame
        The same for second codings.
    displaced_machine : pandas.DataFrame
        The same for machines that are not this project's.
    """

    target: ImportTarget
    changed: set[Path]
    fallen: pd.DataFrame
    displaced_repeat: pd.DataFrame
    displaced_machine: pd.DataFrame


class _MovedRows(NamedTuple):
    """The rows of a table with a position in the texts after the import, and those without.

    `fallen` has the passages in which a row would be, and `at` the numbers of these rows in the table.
    """

    there: pd.DataFrame
    fallen: pd.DataFrame
    at: npt.NDArray[np.int64]


def move_to_new_texts(
    target: ImportTarget, sources: Iterable[Source], losses: Losses
) -> MovedTarget:
    """Move all codings, and their kept properties, to the replaced texts.

    Parameters
    ----------
    target : ImportTarget
        The project before the import.
    sources : iterable of Source
        The sources, with their texts before and after.
    losses : Losses
        Passages that were read and are not in the new text are added here; codings are not.

    Returns
    -------
    MovedTarget
        The same, with codings at their positions in the new texts.
    """
    moves = {s.document: Moves(s.before, s.text) for s in sources if s.status == "replaced"}
    nothing = empty(CODINGS).assign(guid=pd.Series([], dtype="str"))
    if not moves:
        return MovedTarget(target, set(), nothing, nothing, nothing)
    changed: set[Path] = set()

    def of(files: Mapping[Path, Gold]) -> dict[Path, Gold]:
        moved_extras = {}
        for path, gold in files.items():
            part = gold.coded["scope"] != "document"
            touched = gold.codings["document"].isin(moves).any()
            if touched or gold.coded.loc[part, "document"].isin(moves).any():
                changed.add(path)
                parts = _move_rows(gold.coded[part], moves)
                losses.add(
                    "places that were read",
                    "Their document's text was replaced, and the new text has them not at all or more "
                    "than once.",
                    gold.coded[part].iloc[parts.at]["quote"],
                )
                gold = Gold(  # noqa: PLW2901 - from here on only this one counts
                    conform(_move_rows(gold.codings, moves, KEY).there, CODINGS),
                    conform(pd.concat([gold.coded[~part], parts.there]), CODED),
                )
            moved_extras[path] = gold
        return moved_extras

    extras = target.extras

    def fallen(files: dict[Path, Gold], ending: str) -> pd.DataFrame:
        codings = replace(target, gold=files).codings
        moved_rows = _move_rows(codings, moves, KEY)
        known_as = codings.iloc[moved_rows.at].assign(coder=lambda frame: frame["coder"] + ending)
        return moved_rows.fallen.assign(guid=coding_guids(known_as, extras.marks))

    moved_machine = _move_rows(extras.machine_codings, moves, KEY)
    moved_extras = replace(
        extras,
        marks=conform(_move_rows(extras.marks, moves, KEY).there, MARK_EXTRAS),
        machine_codings=conform(moved_machine.there, MACHINE_CODINGS),
    )
    return MovedTarget(
        replace(target, gold=of(target.gold), repeat=of(target.repeat), extras=moved_extras),
        changed,
        fallen(target.gold, ""),
        # What was coded a second time is known elsewhere under another name.
        fallen(target.repeat, AGAIN),
        moved_machine.fallen,
    )


def _move_rows(
    frame: pd.DataFrame, moves: Mapping[str, Moves], once: Sequence[str] = ()
) -> _MovedRows:
    """Move the rows of a table to the new texts; of rows that become equal, only the first."""
    frame = frame.reset_index(drop=True)
    is_found = np.ones(len(frame), dtype=bool)
    start, end, near_start, near_end = (
        frame[name].to_numpy(dtype=np.int64, copy=True) for name in ("start", "end") * 2
    )
    quotes = frame["quote"].to_numpy(dtype=object, copy=True) if "quote" in frame else None
    touched = frame["document"].isin(moves).to_numpy()
    for document, at in frame[touched].groupby("document", sort=False).groups.items():
        move, rows = moves[str(document)], np.asarray(at, dtype=np.int64)
        start[rows], end[rows], is_found[rows] = move(start[rows], end[rows])
        lost = rows[~is_found[rows]]
        near_start[lost], near_end[lost] = move.near(near_start[lost], near_end[lost])
        if quotes is not None:
            quotes[rows] = [
                move.new[a:b] if b >= 0 else quote
                for a, b, quote in zip(start[rows], end[rows], quotes[rows], strict=True)
            ]
    moved = frame.assign(start=start, end=end)
    if quotes is not None:
        moved = moved.assign(quote=quotes)
    if once:
        # Two places of the same words can be one in the new text: which of them it is, nobody knows.
        order = np.lexsort((frame["start"], ~is_found))
        duplicated = moved.iloc[order].duplicated(list(once)).sort_index().to_numpy()
        duplicated = duplicated & touched & is_found
        near_start[duplicated], near_end[duplicated] = start[duplicated], end[duplicated]
        is_found &= ~duplicated
    lost = np.flatnonzero(~is_found)
    displaced = frame.iloc[lost].assign(start=near_start[lost], end=near_end[lost])
    return _MovedRows(moved[is_found], displaced.reset_index(drop=True), lost)
