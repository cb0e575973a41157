"""Recognises notes about the whole project that this program wrote, after a program changed their GUIDs."""

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
    read_codebook_note,
    text_without_note,
)
from fourp_nlp.study.exporting.facts import project_notes
from fourp_nlp.tables import among, conform

if TYPE_CHECKING:
    from typing import Any

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.target import ImportTarget

    Note = dict[Any, Any]

__all__ = ["restore_own_notes", "without_own_notes"]

_SHOWN = 60  # characters of a note that a message shows


def restore_own_notes(exchange: Exchange, target: ImportTarget, notes: list[str]) -> Exchange:
    """Recognise the exported notes about the project, and which users are machines.

    Notes get the GUIDs of the export. Text that was added above or below becomes a separate note. A user is
    not a machine because of its name alone: one of its codings must have a property that only machine codings
    have, or quote a passage that the machine coded here.

    Parameters
    ----------
    exchange : Exchange
        The project, with normalised GUIDs.
    target : ImportTarget
        The project before the import.
    notes : list of str
        Messages about differences between such a note and the project are added here.

    Returns
    -------
    Exchange
        The same, with each of these notes once in this program's form, and with its machines.
    """
    return _restore_machines(_restore_notes(exchange, target, notes), target)


def _restore_notes(exchange: Exchange, target: ImportTarget, notes: list[str]) -> Exchange:
    table = exchange.notes
    our_guids = {name: guid_of("note", "project", name) for name in (CODEBOOK, NOTICE)}
    on_project = (table["about"] == "") & (table["start"] < 0)
    has_our_name = on_project & table["name"].str.strip().isin(list(our_guids))
    is_own = has_our_name | table["guid"].isin(list(our_guids.values()))
    if not is_own.any():
        return exchange
    our_texts = _our_texts(target)
    rows: list[Note] = []
    our_guid_of: dict[str, str] = {}
    own_rows = table[is_own].to_dict("records")
    parsed_notes = [read_codebook_note(row["name"], row["text"]) for row in own_rows]
    from_here = any(parsed is not None for parsed in parsed_notes)
    for row, parsed in zip(own_rows, parsed_notes, strict=True):
        by_identity = next((name for name, guid in our_guids.items() if guid == row["guid"]), "")
        name = by_identity or row["name"].strip()
        our_text = our_texts.get(name, "")
        other_text = text_without_note(row["text"], our_text) if our_text else None
        text = our_text or row["text"]
        if other_text is None and name == CODEBOOK and parsed is not None:
            other_text = _other_lines(parsed[1], our_text)
            _remark_on_facts(parsed[0], our_text, notes)
            text = our_text or codebook_note(parsed[0])[1]
        elif other_text is None and name == NOTICE and (by_identity or from_here):
            other_text = ""
            if our_text:
                notes.append(
                    f"The note “{NOTICE}” in the file is not the notice of this project, which stays: "
                    f"{' '.join(row['text'].split())[:_SHOWN]}"
                )
        if other_text is None:
            # Somebody's own note; if it has the identity of ours, they wrote it over ours.
            rows.append(_added_note(row, row["text"], name) if by_identity else row)
            continue
        our_guid_of[row["guid"]] = our_guids[name]
        ours_again = {"guid": our_guids[name], "about": "", "start": -1, "end": -1, "user": ""}
        rows.append(row | ours_again | {"name": name, "text": text})
        if other_text:
            rows.append(_added_note(row, other_text, name))
    restored = pd.DataFrame(rows).drop_duplicates("guid")
    all_notes = pd.concat([conform(restored, NOTES), table[~is_own]], ignore_index=True)
    members = exchange.members.assign(member=exchange.members["member"].replace(our_guid_of))
    return replace(exchange, notes=all_notes, members=members)


def _our_texts(target: ImportTarget) -> dict[str, str]:
    """Return the texts of notes that are exported from here."""
    if target.is_new or target.codebook is None:
        return {}
    own_notes = project_notes(target.project, target.codebook)
    return dict(zip(own_notes["name"], own_notes["text"], strict=True))


def _other_lines(lines: str, our_text: str) -> str:
    """Return the text beside the facts, without our own lines: a citation may have several."""
    our_lines = {line.strip() for line in our_text.split("\n")}
    return "\n".join(line for line in lines.split("\n") if line.strip() not in our_lines).strip()


def _remark_on_facts(facts: dict[str, str], our_text: str, notes: list[str]) -> None:
    """Return a message about facts that differ in the file."""
    our_facts = read_codebook_note(CODEBOOK, our_text)
    if our_facts is None:
        return
    differences = [
        f"{label} there {text}, here {our_facts[0].get(label) or 'none'}"
        for label, text in facts.items()
        if text != our_facts[0].get(label, "")
    ]
    if differences:
        notes.append(
            f"The note “{CODEBOOK}” in the file says otherwise than the codebook, which stays: "
            f"{'; '.join(differences)}."
        )


def _added_note(row: Note, text: str, name: str) -> Note:
    """Return the text that was added to a note of ours, as a separate note."""
    guid = guid_of("note", "added", name, text)
    added = {"guid": guid, "name": added_name(name), "text": text, "made_at": ""}
    return row | added | {"about": "", "start": -1, "end": -1}


def _restore_machines(exchange: Exchange, target: ImportTarget) -> Exchange:
    """Mark users as machines again if the file lost this property."""
    users, marks, extras = exchange.users, exchange.marks, target.extras
    machines = set(extras.users.loc[extras.users["machine"].astype(bool), "coder"])
    people = set(extras.users.loc[~extras.users["machine"].astype(bool), "coder"])
    people |= set(target.coded["coder"])
    named_like_machine = users["coder"].isin(machines - people) & ~users["machine"].astype(bool)
    if not named_like_machine.any():
        return exchange
    machine_quotes = set(
        zip(extras.machine_codings["coder"], extras.machine_codings["quote"], strict=True)
    )
    names = dict(zip(users["guid"], users["coder"], strict=True))
    quotes_machine = pd.Series(
        [
            (names.get(user, ""), quote) in machine_quotes
            for user, quote in zip(marks["user"], marks["quote"], strict=True)
        ],
        index=marks.index,
        dtype=bool,
    )
    with_machine_codings = set(
        marks.loc[quotes_machine | marks["probability"].notna() | (marks["why"] != ""), "user"]
    )
    machine = users["machine"].astype(bool) | (
        named_like_machine & users["guid"].isin(with_machine_codings)
    )
    return replace(exchange, users=users.assign(machine=machine))


def without_own_notes(notes: pd.DataFrame, target: ImportTarget) -> pd.DataFrame:
    """Return kept notes without copies of those that this program writes about the project itself.

    Parameters
    ----------
    notes : pandas.DataFrame
        The table NOTES.
    target : ImportTarget
        The project before the import.

    Returns
    -------
    pandas.DataFrame
        The same without those with the text of ours.
    """
    if target.is_new or target.codebook is None:
        return notes
    key = ["about", "name", "text"]
    return notes[~among(notes, project_notes(target.project, target.codebook), key)]
