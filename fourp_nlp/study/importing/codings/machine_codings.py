"""What came back of machines' codings: recognised, counted, and decisions if somebody stands for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store import DECISIONS_COLUMNS
from fourp_nlp.exchange import Losses, guid_of
from fourp_nlp.study.exporting.exchange_extras import KEPT_MACHINE, KEPT_MARKS
from fourp_nlp.study.importing.codings.comparison import Held, among, compare, known_guids
from fourp_nlp.study.importing.codings.moved_codings import KEY, identities, match_moved
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.moved_with_text import Carried
    from fourp_nlp.study.importing.target import Target

__all__ = ["MachineBack", "take_back"]

_PLACE = ["document", "start", "end", "code"]
_COUNTS = [
    "coder", "kept", "moved", "added", "not_taken",
    "here", "removed", "untouched", "unclear", "lost",
]  # fmt: skip


@dataclass
class MachineBack:
    """What came back of machines' codings.

    Attributes
    ----------
    counts : pandas.DataFrame
        One row a machine of the file: coder, kept, moved, added and not_taken; here (codings before),
        removed, untouched, unclear and lost.
    others : pandas.DataFrame
        The table KEPT_MACHINE: codings of machines that are not this project's.
    gone : pandas.DataFrame
        Codings of these machines here that are removed; columns as KEY.
    lost : pandas.DataFrame
        Codings of these machines here that do not stand in the new text of their document.
    guids : dict of str to str
        Identities here of codings of these, by their identities in the file, where they differ.
    decisions : pandas.DataFrame
        Decisions to be kept, with the columns of a decision but its date.
    notes : list of str
        What is to be known.
    """

    counts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_COUNTS))
    others: pd.DataFrame = field(default_factory=lambda: empty(KEPT_MACHINE))
    gone: pd.DataFrame = field(default_factory=lambda: empty(KEPT_MACHINE)[KEY])
    lost: pd.DataFrame = field(default_factory=lambda: empty(KEPT_MACHINE))
    guids: dict[str, str] = field(default_factory=dict)
    decisions: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=DECISIONS_COLUMNS[:-1])
    )
    notes: list[str] = field(default_factory=list)


def take_back(
    codings: pd.DataFrame,
    carried: Carried,
    coders: Mapping[str, Coder],
    losses: Losses,
    *,
    held: Held,
    fresh: Collection[str],
    lost: pd.DataFrame,
    decided_by: str,
    replacing: bool,
) -> MachineBack:
    """Compare machines' codings with what went out.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of machines: the table PLACED.
    carried : Carried
        What there is: suggestions, decisions, and codings of other machines.
    coders : mapping of str to Coder
        The coders of the file that are wanted.
    losses : Losses
        What was added or moved under the name of a machine of this project is added here.
    held : Held
        Documents and codes that the file holds.
    fresh : collection of str
        Documents that are new, or whose text is replaced.
    lost : pandas.DataFrame
        Codings that the file holds and that found no place.
    decided_by : str
        Who stands for what was removed and kept; empty: no decisions are made.
    replacing : bool
        Whether decisions that were made otherwise before are replaced, and codings of other machines that
        are gone in the file are removed.

    Returns
    -------
    MachineBack
        Counts, codings to be kept, and decisions.
    """
    target = carried.target
    machine = target.machine
    back = MachineBack()
    counts: list[dict[str, object]] = []
    if any(each.ours for each in coders.values()):
        theirs = codings[codings["coder"] == machine]
        own, decided = _ours(theirs, target, losses, held, fresh, lost)
        counts.append(own)
        if decided_by:
            wanted = decided.assign(decided_by=decided_by)
            back.decisions = _new(wanted, target.decisions, losses, replacing=replacing)
        elif (removed := int((~decided["settled"].astype(bool)).sum())) > 0:
            back.notes.append(
                f"{removed} of the machine's codings were removed there. With --decided-by NAME they "
                "become decisions against them, and those that stayed become decisions for them."
            )
    others = [c.coder for c in coders.values() if c.machine and not c.ours]
    strangers = codings[codings["coder"].isin(others)]
    # Fallen codings of machines that are not in the file are told all the same.
    missing = carried.fallen_machine
    back.lost = missing[~missing["coder"].isin(others)]
    if len(strangers):
        names = ", ".join(strangers["coder"].unique())
        back.notes.append(
            f"{len(strangers)} coding(s) of a machine that did not make this project's suggestions ({names}) "
            "are kept in exchange/machine_codings.csv, and are nobody's gold codes."
        )
    counts += [
        _other(name, strangers, carried, held, lost, back, replacing=replacing)
        for name in dict.fromkeys(others)
    ]
    if replacing and len(back.gone):
        back.notes.append(
            f"{len(back.gone)} coding(s) of other machines are gone in the file, or stand at another place "
            "there, and are removed from exchange/machine_codings.csv."
        )
    stays = target.kept.machine_codings
    stays = stays[~among(stays, strangers, KEY)]
    if replacing:
        stays = stays[~among(stays, back.gone, KEY)]
    # What was moved there stays here at its old place too, and two codings cannot have one identity.
    back.others = conform(_with_identities(strangers, set(stays["guid"]), back.guids), KEPT_MACHINE)
    back.counts = pd.DataFrame(counts, columns=_COUNTS)
    return back


def _ours(
    theirs: pd.DataFrame,
    target: Target,
    losses: Losses,
    held: Held,
    fresh: Collection[str],
    lost: pd.DataFrame,
) -> tuple[dict[str, object], pd.DataFrame]:
    """Count what came back of this project's machine, and return what it says for and against codes."""
    machine = target.machine
    every = target.suggestions.assign(coder=machine)
    # What the file does not hold was never looked at there.
    held = Held(held.texts, held.codes)
    outside = theirs["document"].isin({*fresh, *target.outdated}).to_numpy()
    losses.add(
        "codings under the machine's name",
        "They are of documents of which the machine has suggested nothing here: of a new one, or of another "
        "text. Run `fourp suggest` for suggestions.",
        theirs.loc[outside, "quote"],
    )
    not_taken = int(outside.sum())
    theirs = theirs[~outside]
    known = every[held.hold(every) & ~every["document"].isin(fresh).to_numpy()]
    kept = theirs[among(theirs, known, KEY)]
    added = theirs[~among(theirs, known, KEY)]
    out = _went_out(known, kept, added, held)
    found = compare(
        theirs,
        out,
        held,
        lost=lost,
        fallen=known.iloc[:0],
        guids=lambda frame: identities(frame, empty(KEPT_MARKS)),
    )
    losses.add(
        "codings under the machine's name",
        f"They were moved or added there, and are not what {machine} suggested. Give them to a person "
        "in the other program to have them taken over.",
        added["quote"],
    )
    counts: dict[str, object] = {
        "coder": machine,
        "kept": len(kept),
        "moved": len(found.moved),
        "added": len(found.new),
        "not_taken": not_taken,
        "here": len(every),
        "removed": len(found.gone),
        "untouched": len(every) - len(out),
        "unclear": len(found.unclear),
        "lost": 0,
    }
    decided = [kept[_PLACE].assign(settled=True), found.gone[_PLACE].assign(settled=False)]
    return counts, pd.concat(decided)


def _other(
    name: str,
    strangers: pd.DataFrame,
    carried: Carried,
    held: Held,
    lost: pd.DataFrame,
    back: MachineBack,
    *,
    replacing: bool,
) -> dict[str, object]:
    """Count what came of a machine that is not this project's; note what is gone, and moved identities."""
    here = carried.target.kept.machine_codings
    ours, fallen = (each[each["coder"] == name] for each in (here, carried.fallen_machine))
    theirs = strangers[strangers["coder"] == name]
    found = compare(
        theirs, ours, held, lost=lost, fallen=fallen, guids=lambda frame: frame["guid"].tolist()
    )
    back.gone = pd.concat([back.gone, found.gone[KEY], found.was.loc[found.stand, KEY]])
    back.lost = pd.concat([back.lost, found.lost])
    back.guids |= known_guids(theirs, ours) | found.guids(replacing=replacing)
    return {
        "coder": name,
        "kept": len(found.same),
        "moved": len(found.moved),
        "added": len(found.new),
        "not_taken": 0,
        "here": len(ours) + len(fallen),
        "removed": len(found.gone),
        "untouched": len(found.untouched),
        "unclear": len(found.unclear),
        "lost": len(found.lost),
    }


def _with_identities(
    codings: pd.DataFrame, taken: Collection[str], guids: Mapping[str, str]
) -> pd.DataFrame:
    """Return codings under the identities that they had here, and never under one that is taken."""
    guid = codings["guid"].map(lambda came: guids.get(came, came))
    made = [guid_of("mark", *key) for key in codings[KEY].itertuples(index=False, name=None)]
    return codings.assign(guid=guid.where(~guid.isin(taken), pd.Series(made, codings.index, "str")))


def _went_out(
    suggested: pd.DataFrame, kept: pd.DataFrame, added: pd.DataFrame, held: Held
) -> pd.DataFrame:
    """Return the suggestions that went out: all, or what was accepted if nothing else came back."""
    accepted = suggested["accepted"].to_numpy(dtype=bool)
    others = suggested[~accepted]
    first, _ = match_moved(others.assign(guid=""), added, held.texts)
    if accepted.any() and len(kept) and not among(kept, others, KEY).any() and not len(first):
        return suggested[accepted]
    return suggested


def _new(
    wanted: pd.DataFrame, before: pd.DataFrame, losses: Losses, *, replacing: bool
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
    if not replacing:
        losses.add(
            "decisions",
            "They were decided otherwise, or by somebody else, before. The earlier decisions stay; --replace "
            "lets the new ones stand.",
            both.loc[differs, "document"] + ": " + both.loc[differs, "code"],
        )
    taken = both[~there | (differs & replacing)]
    return taken[DECISIONS_COLUMNS[:-1]].reset_index(drop=True)
