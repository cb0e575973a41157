"""Imports machines' codings: recognises suggestions, and makes decisions if somebody takes responsibility."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store import DECISIONS_COLUMNS
from fourp_nlp.exchange import Losses, guid_of
from fourp_nlp.study.exporting.exchange_extras import MACHINE_CODINGS, MARK_EXTRAS
from fourp_nlp.study.importing.codings.comparison import FileScope, compare, known_guids
from fourp_nlp.study.importing.codings.moved_codings import KEY, coding_guids, match_moved
from fourp_nlp.tables import among, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.moved_with_text import MovedTarget
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["MachineImport", "import_machine_codings"]

_PLACE = ["document", "start", "end", "code"]
_COUNTS = [
    "coder", "kept", "moved", "added", "not_taken",
    "here", "removed", "untouched", "unclear", "lost",
]  # fmt: skip


@dataclass
class MachineImport:
    """The imported codings of machines.

    Attributes
    ----------
    counts : pandas.DataFrame
        One row a machine of the file: coder, kept, moved, added and not_taken; here (codings before),
        removed, untouched, unclear and lost.
    others : pandas.DataFrame
        The table MACHINE_CODINGS: codings of machines that are not this project's.
    gone : pandas.DataFrame
        Codings of these machines here that are removed; columns as KEY.
    lost : pandas.DataFrame
        Codings of these machines here without a position in the new text of their document.
    guids : dict of str to str
        Identities here of codings of these, by their identities in the file, where they differ.
    decisions : pandas.DataFrame
        Decisions to keep, with all columns of a decision except its date.
    notes : list of str
        Messages for the user.
    """

    counts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_COUNTS))
    others: pd.DataFrame = field(default_factory=lambda: empty(MACHINE_CODINGS))
    gone: pd.DataFrame = field(default_factory=lambda: empty(MACHINE_CODINGS)[KEY])
    lost: pd.DataFrame = field(default_factory=lambda: empty(MACHINE_CODINGS))
    guids: dict[str, str] = field(default_factory=dict)
    decisions: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=DECISIONS_COLUMNS[:-1])
    )
    notes: list[str] = field(default_factory=list)


def import_machine_codings(
    codings: pd.DataFrame,
    moved: MovedTarget,
    coders: Mapping[str, Coder],
    losses: Losses,
    *,
    scope: FileScope,
    fresh: Collection[str],
    lost: pd.DataFrame,
    decided_by: str,
    replacing: bool,
) -> MachineImport:
    """Compare machines' codings with those that were exported.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings of machines: the table PLACED.
    moved : MovedTarget
        The project here: suggestions, decisions, and codings of other machines.
    coders : mapping of str to Coder
        The coders of the file that are wanted.
    losses : Losses
        Codings that were added or moved under the name of this project's machine are added here.
    scope : FileScope
        Documents and codes that the file holds.
    fresh : collection of str
        Documents that are new, or whose text is replaced.
    lost : pandas.DataFrame
        Codings of the file without a position here.
    decided_by : str
        The person responsible for removed and kept codings; empty: no decisions are made.
    replacing : bool
        Whether earlier decisions that differ are replaced, and codings of other machines that the file no
        longer has are removed.

    Returns
    -------
    MachineImport
        Counts, codings to keep, and decisions.
    """
    target = moved.target
    machine = target.machine
    machine_import = MachineImport()
    counts: list[dict[str, object]] = []
    if any(coder.ours for coder in coders.values()):
        our_machine_codings = codings[codings["coder"] == machine]
        our_counts, decided = _import_our_machine(
            our_machine_codings, target, losses, scope, fresh, lost
        )
        counts.append(our_counts)
        if decided_by:
            decisions = decided.assign(decided_by=decided_by)
            machine_import.decisions = _new_decisions(
                decisions, target.decisions, losses, replacing=replacing
            )
        elif (removed := int((~decided["settled"].astype(bool)).sum())) > 0:
            machine_import.notes.append(
                f"{removed} of the machine's codings were removed there. With --decided-by NAME they "
                "become decisions against them, and those that stayed become decisions for them."
            )
    other_machines = [c.coder for c in coders.values() if c.machine and not c.ours]
    other_codings = codings[codings["coder"].isin(other_machines)]
    # Fallen codings of machines that are not in the file are told all the same.
    displaced = moved.displaced_machine
    machine_import.lost = displaced[~displaced["coder"].isin(other_machines)]
    if len(other_codings):
        names = ", ".join(other_codings["coder"].unique())
        machine_import.notes.append(
            f"{len(other_codings)} coding(s) of a machine that did not make this project's suggestions "
            f"({names}) "
            "are kept in exchange/machine_codings.csv. They are not gold codes."
        )
    counts += [
        _import_other_machine(
            name, other_codings, moved, scope, lost, machine_import, replacing=replacing
        )
        for name in dict.fromkeys(other_machines)
    ]
    if replacing and len(machine_import.gone):
        machine_import.notes.append(
            f"{len(machine_import.gone)} coding(s) of other machines were deleted or moved in the file, and "
            "are removed from exchange/machine_codings.csv."
        )
    remaining = target.extras.machine_codings
    remaining = remaining[~among(remaining, other_codings, KEY)]
    if replacing:
        remaining = remaining[~among(remaining, machine_import.gone, KEY)]
    # What was moved there stays here at its old place too, and two codings cannot have one identity.
    machine_import.others = conform(
        _with_our_guids(other_codings, set(remaining["guid"]), machine_import.guids),
        MACHINE_CODINGS,
    )
    machine_import.counts = pd.DataFrame(counts, columns=_COUNTS)
    return machine_import


def _import_our_machine(
    file_codings: pd.DataFrame,
    target: ImportTarget,
    losses: Losses,
    scope: FileScope,
    fresh: Collection[str],
    lost: pd.DataFrame,
) -> tuple[dict[str, object], pd.DataFrame]:
    """Count the imported codings of this project's machine, and return decisions for and against codes."""
    machine = target.machine
    all_suggestions = target.suggestions.assign(coder=machine)
    # What the file does not hold was never looked at there.
    scope = FileScope(scope.texts, scope.codes)
    outside = file_codings["document"].isin({*fresh, *target.outdated}).to_numpy()
    losses.add(
        "codings under the machine's name",
        "They are in documents without suggestions here: new documents, or documents with another text. "
        "Run `fourp suggest` for suggestions.",
        file_codings.loc[outside, "quote"],
    )
    not_taken = int(outside.sum())
    file_codings = file_codings[~outside]
    known = all_suggestions[
        scope.covers(all_suggestions) & ~all_suggestions["document"].isin(fresh).to_numpy()
    ]
    unchanged = file_codings[among(file_codings, known, KEY)]
    added = file_codings[~among(file_codings, known, KEY)]
    exported = _exported_suggestions(known, unchanged, added, scope)
    compared = compare(
        file_codings,
        exported,
        scope,
        lost=lost,
        displaced=known.iloc[:0],
        guids=lambda frame: coding_guids(frame, empty(MARK_EXTRAS)),
    )
    losses.add(
        "codings under the machine's name",
        f"They were moved or added there, and are not suggestions of {machine}. To import them, assign them "
        "to a person in the other program.",
        added["quote"],
    )
    counts: dict[str, object] = {
        "coder": machine,
        "kept": len(unchanged),
        "moved": len(compared.moved),
        "added": len(compared.new),
        "not_taken": not_taken,
        "here": len(all_suggestions),
        "removed": len(compared.gone),
        "untouched": len(all_suggestions) - len(exported),
        "unclear": len(compared.unclear),
        "lost": 0,
    }
    decided = [unchanged[_PLACE].assign(settled=True), compared.gone[_PLACE].assign(settled=False)]
    return counts, pd.concat(decided)


def _import_other_machine(
    name: str,
    other_codings: pd.DataFrame,
    moved: MovedTarget,
    scope: FileScope,
    lost: pd.DataFrame,
    machine_import: MachineImport,
    *,
    replacing: bool,
) -> dict[str, object]:
    """Count the codings of another machine; record deleted codings and moved GUIDs."""
    extras = moved.target.extras.machine_codings
    our_codings, displaced = (
        table[table["coder"] == name] for table in (extras, moved.displaced_machine)
    )
    file_codings = other_codings[other_codings["coder"] == name]
    compared = compare(
        file_codings,
        our_codings,
        scope,
        lost=lost,
        displaced=displaced,
        guids=lambda frame: frame["guid"].tolist(),
    )
    machine_import.gone = pd.concat(
        [machine_import.gone, compared.gone[KEY], compared.was.loc[compared.has_place, KEY]]
    )
    machine_import.lost = pd.concat([machine_import.lost, compared.lost])
    machine_import.guids |= known_guids(file_codings, our_codings) | compared.guids(
        replacing=replacing
    )
    return {
        "coder": name,
        "kept": len(compared.same),
        "moved": len(compared.moved),
        "added": len(compared.new),
        "not_taken": 0,
        "here": len(our_codings) + len(displaced),
        "removed": len(compared.gone),
        "untouched": len(compared.untouched),
        "unclear": len(compared.unclear),
        "lost": len(compared.lost),
    }


def _with_our_guids(
    codings: pd.DataFrame, taken_guids: Collection[str], guids: Mapping[str, str]
) -> pd.DataFrame:
    """Return codings with the GUIDs that they had here, each GUID once."""
    guid = codings["guid"].map(lambda file_guid: guids.get(file_guid, file_guid))
    made_guids = [guid_of("mark", *key) for key in codings[KEY].itertuples(index=False, name=None)]
    return codings.assign(
        guid=guid.where(~guid.isin(taken_guids), pd.Series(made_guids, codings.index, "str"))
    )


def _exported_suggestions(
    suggested: pd.DataFrame, unchanged: pd.DataFrame, added: pd.DataFrame, scope: FileScope
) -> pd.DataFrame:
    """Return the exported suggestions: all, or the accepted ones if only these came back."""
    accepted = suggested["accepted"].to_numpy(dtype=bool)
    others = suggested[~accepted]
    first, _ = match_moved(others.assign(guid=""), added, scope.texts)
    if (
        accepted.any()
        and len(unchanged)
        and not among(unchanged, others, KEY).any()
        and not len(first)
    ):
        return suggested[accepted]
    return suggested


def _new_decisions(
    decisions: pd.DataFrame, before: pd.DataFrame, losses: Losses, *, replacing: bool
) -> pd.DataFrame:
    """Return new decisions; decisions that differ from earlier ones only if they replace them."""
    decisions = decisions.drop_duplicates(_PLACE)
    compared = decisions.merge(
        before, on=_PLACE, how="left", suffixes=("", "_before"), indicator=True
    )
    decided_before = compared["_merge"] == "both"
    same = (
        decided_before
        & (compared["settled"].astype(bool) == compared["settled_before"].eq(True))  # noqa: FBT003 - a value
        & (compared["decided_by"] == compared["decided_by_before"])
    )
    differs = decided_before & ~same
    if not replacing:
        losses.add(
            "decisions",
            "An earlier decision differs, or is another person's. The earlier decisions are kept; --replace "
            "imports the new ones.",
            compared.loc[differs, "document"] + ": " + compared.loc[differs, "code"],
        )
    new_rows = compared[~decided_before | (differs & replacing)]
    return new_rows[DECISIONS_COLUMNS[:-1]].reset_index(drop=True)
