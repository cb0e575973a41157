"""What this program wrote about a project as a whole, known again in a file that gave it other identities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.exchange import (
    CODEBOOK,
    NOTES,
    NOTICE,
    added_name,
    codebook_note,
    guid_of,
    note_without,
    read_codebook_note,
)
from fourp_nlp.study.exporting.facts import project_notes
from fourp_nlp.study.importing.codings.comparison import among
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from typing import Any

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.target import Target

    Note = dict[Any, Any]

__all__ = ["not_ours", "own_again"]

_SHOWN = 60  # characters of a note that a message shows


def own_again(exchange: Exchange, target: Target, notes: list[str]) -> Exchange:
    """Know again the notes on the project that go out from here, and who is a machine.

    Notes get the identities with which they go out. What somebody wrote above or below becomes a note of its
    own. The name of a machine alone makes nobody one: some coding must have what only a machine's have, or
    quote what that machine coded here.

    Parameters
    ----------
    exchange : Exchange
        The project as it came, tidied.
    target : Target
        What there is.
    notes : list of str
        Takes up what such a note says otherwise than the project does.

    Returns
    -------
    Exchange
        The same with these notes once, as this program writes them, and with its machines.
    """
    return _own_machines(_own_notes(exchange, target, notes), target)


def _own_notes(exchange: Exchange, target: Target, notes: list[str]) -> Exchange:
    table = exchange.notes
    ours = {name: guid_of("note", "project", name) for name in (CODEBOOK, NOTICE)}
    on_project = (table["about"] == "") & (table["start"] < 0)
    called = on_project & table["name"].str.strip().isin(list(ours))
    own = called | table["guid"].isin(list(ours.values()))
    if not own.any():
        return exchange
    says = _says(target)
    rows: list[Note] = []
    twins: dict[str, str] = {}
    told = table[own].to_dict("records")
    facts = [read_codebook_note(row["name"], row["text"]) for row in told]
    from_here = any(found is not None for found in facts)
    for row, found in zip(told, facts, strict=True):
        by_identity = next((name for name, guid in ours.items() if guid == row["guid"]), "")
        name = by_identity or row["name"].strip()
        here = says.get(name, "")
        rest = note_without(row["text"], here) if here else None
        text = here or row["text"]
        if rest is None and name == CODEBOOK and found is not None:
            rest = _beside(found[1], here)
            _tell(found[0], here, notes)
            text = here or codebook_note(found[0])[1]
        elif rest is None and name == NOTICE and (by_identity or from_here):
            rest = ""
            if here:
                notes.append(
                    f"The note “{NOTICE}” in the file is not the notice of this project, which stays: "
                    f"{' '.join(row['text'].split())[:_SHOWN]}"
                )
        if rest is None:
            # Somebody's own note; if it has the identity of ours, they wrote it over ours.
            rows.append(_added(row, row["text"], name) if by_identity else row)
            continue
        twins[row["guid"]] = ours[name]
        ours_again = {"guid": ours[name], "about": "", "start": -1, "end": -1, "user": ""}
        rows.append(row | ours_again | {"name": name, "text": text})
        if rest:
            rows.append(_added(row, rest, name))
    made = pd.DataFrame(rows).drop_duplicates("guid")
    both = pd.concat([conform(made, NOTES), table[~own]], ignore_index=True)
    members = exchange.members.assign(member=exchange.members["member"].replace(twins))
    return replace(exchange, notes=both, members=members)


def _says(target: Target) -> dict[str, str]:
    """Return what the notes say that go out from here."""
    if target.is_new or target.codebook is None:
        return {}
    made = project_notes(target.project, target.codebook)
    return dict(zip(made["name"], made["text"], strict=True))


def _beside(lines: str, here: str) -> str:
    """Return what stands beside the facts, without lines that are ours: a citation may have several."""
    own = {line.strip() for line in here.split("\n")}
    return "\n".join(line for line in lines.split("\n") if line.strip() not in own).strip()


def _tell(facts: dict[str, str], here: str, notes: list[str]) -> None:
    """Tell which facts the file has otherwise."""
    found = read_codebook_note(CODEBOOK, here)
    if found is None:
        return
    other = [
        f"{label} there {text}, here {found[0].get(label) or 'none'}"
        for label, text in facts.items()
        if text != found[0].get(label, "")
    ]
    if other:
        notes.append(
            f"The note “{CODEBOOK}” in the file says otherwise than the codebook, which stays: "
            f"{'; '.join(other)}."
        )


def _added(row: Note, text: str, name: str) -> Note:
    """Return what somebody wrote beside a note of ours, as a note of its own."""
    guid = guid_of("note", "added", name, text)
    said = {"guid": guid, "name": added_name(name), "text": text, "made_at": ""}
    return row | said | {"about": "", "start": -1, "end": -1}


def _own_machines(exchange: Exchange, target: Target) -> Exchange:
    """Say again which users are machines, where the file lost it."""
    users, marks, kept = exchange.users, exchange.marks, target.kept
    machines = set(kept.users.loc[kept.users["machine"].astype(bool), "coder"])
    people = set(kept.users.loc[~kept.users["machine"].astype(bool), "coder"])
    people |= set(target.coded["coder"])
    called = users["coder"].isin(machines - people) & ~users["machine"].astype(bool)
    if not called.any():
        return exchange
    coded = set(zip(kept.machine_codings["coder"], kept.machine_codings["quote"], strict=True))
    names = dict(zip(users["guid"], users["coder"], strict=True))
    quoted = pd.Series(
        [
            (names.get(user, ""), quote) in coded
            for user, quote in zip(marks["user"], marks["quote"], strict=True)
        ],
        index=marks.index,
        dtype=bool,
    )
    shown = set(marks.loc[quoted | marks["probability"].notna() | (marks["why"] != ""), "user"])
    machine = users["machine"].astype(bool) | (called & users["guid"].isin(shown))
    return replace(exchange, users=users.assign(machine=machine))


def not_ours(notes: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Return kept notes without copies of those that this program writes about the project itself.

    Parameters
    ----------
    notes : pandas.DataFrame
        The table NOTES.
    target : Target
        What there is.

    Returns
    -------
    pandas.DataFrame
        The same without those that say what ours say.
    """
    if target.is_new or target.codebook is None:
        return notes
    key = ["about", "name", "text"]
    return notes[~among(notes, project_notes(target.project, target.codebook), key)]
