"""What came back of machines' codings: recognised, counted, and decisions if somebody stands for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.interchange import Losses, guid_of
from fourp_nlp.pipeline._kept import KEPT_MACHINE
from fourp_nlp.pipeline._take_over_gold import KEY, among
from fourp_nlp.store import DECISIONS_COLUMNS
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fourp_nlp.pipeline._take_over_coders import Coder
    from fourp_nlp.pipeline._take_over_target import Target

__all__ = ["MachineBack", "take_back"]

_PLACE = ["document", "start", "end", "code"]


@dataclass
class MachineBack:
    """What came back of machines' codings.

    Attributes
    ----------
    counts : pandas.DataFrame
        Columns coder, codings, kept, moved, removed and added, one row a machine of this project.
    others : pandas.DataFrame
        The table KEPT_MACHINE: codings of machines that are not this project's.
    decisions : pandas.DataFrame
        Decisions to be kept, with the columns of a decision but its date.
    notes : list of str
        What is to be known.
    """

    counts: pd.DataFrame
    others: pd.DataFrame = field(default_factory=lambda: empty(KEPT_MACHINE))
    decisions: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=DECISIONS_COLUMNS[:-1])
    )
    notes: list[str] = field(default_factory=list)


def take_back(
    codings: pd.DataFrame,
    target: Target,
    coders: Mapping[str, Coder],
    losses: Losses,
    *,
    documents: Collection[str],
    codes: Collection[str],
    lost: pd.DataFrame,
    decided_by: str,
    replacing: bool,
) -> MachineBack:
    """Compare machines' codings with what went out.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of machines: the table PLACED.
    target : Target
        What there is: suggestions, and decisions.
    coders : mapping of str to Coder
        The coders of the file.
    losses : Losses
        What was added or moved under the name of a machine of this project is added here.
    documents, codes : collection of str
        Documents (whose text is the same here) and codes that the file holds.
    lost : pandas.DataFrame
        Codings that the file holds and that found no place.
    decided_by : str
        Who stands for what was removed and kept; empty: no decisions are made.
    replacing : bool
        Whether decisions that were made otherwise before are replaced.

    Returns
    -------
    MachineBack
        Counts, codings to be kept, and decisions.
    """
    machine = target.machine
    back = MachineBack(pd.DataFrame())
    strangers = codings[codings["coder"] != machine]
    if len(strangers):
        back.others = conform(strangers, KEPT_MACHINE)
        names = ", ".join(strangers["coder"].unique())
        back.notes.append(
            f"{len(strangers)} coding(s) of a machine that did not make this project's suggestions ({names}) "
            "are kept in exchange/machine_codings.csv, and are nobody's gold codes."
        )
    counts, decided = [], []
    if any(each.ours for each in coders.values()):
        theirs = codings[(codings["coder"] == machine) & codings["document"].isin(documents)]
        known = target.suggestions.assign(coder=machine)
        known = known[known["document"].isin(documents) & known["code"].isin(codes)]
        kept = theirs[among(theirs, known, KEY)]
        added = theirs[~among(theirs, known, KEY)]
        missing = _went_out(known, theirs)
        missing = missing[~among(missing, theirs, KEY)]
        missing = missing[~among(missing, lost, ["document", "code", "coder"])]
        moved = _moved(missing, added)
        removed = missing[~moved]
        losses.add(
            "codings under the machine's name",
            f"They were moved or added there, and are not what {machine} suggested. Give them to a person "
            "in the other program to have them taken over.",
            added["quote"],
        )
        more = max(len(added) - int(moved.sum()), 0)
        counts.append((machine, len(theirs), len(kept), int(moved.sum()), len(removed), more))
        decided += [kept[_PLACE].assign(settled=True), removed[_PLACE].assign(settled=False)]
    back.counts = pd.DataFrame(
        counts, columns=["coder", "codings", "kept", "moved", "removed", "added"]
    )
    if decided and decided_by:
        wanted = pd.concat(decided).assign(decided_by=decided_by)
        back.decisions = _new(wanted, target.decisions, back.notes, replacing=replacing)
    elif decided and (removed_count := int(back.counts["removed"].sum())):
        back.notes.append(
            f"{removed_count} of the machine's codings were removed there. With --decided-by NAME they "
            "become decisions against them, and those that stayed become decisions for them."
        )
    return back


def _went_out(suggested: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
    """Return the suggestions that went out: all, or what was accepted if nothing else came back."""
    accepted = suggested[suggested["accepted"].astype(bool)]
    if len(accepted) and len(came) and not (~among(came, accepted, KEY)).any():
        return accepted
    return suggested


def _moved(missing: pd.DataFrame, added: pd.DataFrame) -> np.ndarray:
    """Return which missing codings stand at another place: by identity, or over the same text."""
    if missing.empty or added.empty:
        return np.zeros(len(missing), dtype=bool)
    guids = set(added["guid"])
    by_place: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for document, code, start, end in zip(
        added["document"], added["code"], added["start"], added["end"], strict=True
    ):
        by_place.setdefault((document, code), []).append((start, end))
    return np.array(
        [
            guid_of("mark", document, start, end, code, coder) in guids
            or any(a < end and start < b for a, b in by_place.get((document, code), []))
            for document, start, end, code, coder in missing[KEY].itertuples(index=False, name=None)
        ],
        dtype=bool,
    )


def _new(
    wanted: pd.DataFrame, before: pd.DataFrame, notes: list[str], *, replacing: bool
) -> pd.DataFrame:
    """Return the decisions that are not there yet; those made otherwise before only if they replace them."""
    wanted = wanted.drop_duplicates(_PLACE)
    both = wanted.merge(before, on=_PLACE, how="left", suffixes=("", "_before"), indicator=True)
    there = both["_merge"] == "both"
    same = (
        there
        & (both["settled"].astype(bool) == both["settled_before"].eq(True))  # noqa: FBT003 - a value
        & (both["decided_by"] == both["decided_by_before"])
    )
    differs = there & ~same
    if differs.any() and not replacing:
        notes.append(
            f"{int(differs.sum())} of them were decided otherwise, or by somebody else, before. These "
            "decisions stay; --replace lets the new ones stand."
        )
    taken = both[~there | (differs & replacing)]
    return taken[DECISIONS_COLUMNS[:-1]].reset_index(drop=True)
