"""Notes that this program writes about a project, and recognises by their form."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.exchange.exchange import Exchange

__all__ = [
    "CODEBOOK",
    "MEMO",
    "NOTICE",
    "added_name",
    "codebook_note",
    "coding_memos",
    "decision_note",
    "note_text",
    "read_codebook_note",
    "read_decision_note",
    "text_without_note",
]

CODEBOOK, NOTICE = "Codebook", "Notice"
"""Names of the notes about the project."""

MEMO = "Memo"
"""Name of the note that is a coder's memo on one of their codings."""

_FACTS = (CODEBOOK, "Id", "Version", "Language", "Citation", "Word for a code")
_STANDS = MappingProxyType({True: "stands", False: "does not stand"})
_DECISION = re.compile(r"Decision: (.+) (stands|does not stand)", re.DOTALL)
_DECIDED = re.compile(r"Decided by (.*): the code “(.+)” (stands|does not stand) here\.")


def note_text(name: str, text: str) -> str:
    """Return a note as one text: its name on a line above its text.

    Parameters
    ----------
    name, text : str
        The note.

    Returns
    -------
    str
        The note as it is written into the description of a passage.
    """
    return "\n".join(filter(None, (name, text)))


def text_without_note(text: str, part: str) -> str | None:
    """Return the rest of a text that contains a note.

    Parameters
    ----------
    text : str
        The text.
    part : str
        The note, as `note_text` returns it.

    Returns
    -------
    str or None
        The text above and below the note; None if the text does not contain its lines unchanged.
    """
    lines = [line.rstrip() for line in part.strip().split("\n")]
    if lines == [""]:
        return None
    # White space at the ends of lines does not survive everywhere.
    pattern = r"[^\S\n]*\n".join(re.escape(line) for line in lines)
    match = re.search(rf"(?:\A|(?<=\n)){pattern}[^\S\n]*(?:\Z|(?=\n))", text)
    if match is None:
        return None
    above, below = text[: match.start()].strip(), text[match.end() :].strip()
    return "\n\n".join(part for part in (above, below) if part)


def coding_memos(exchange: Exchange) -> dict[str, str]:
    """Return coders' memos on their codings.

    Parameters
    ----------
    exchange : Exchange
        The project.

    Returns
    -------
    dict of str to str
        Memos by the GUIDs of codings.
    """
    notes = exchange.notes
    memos = notes[(notes["name"] == MEMO) & notes["about"].isin(exchange.marks["guid"])]
    first = memos.drop_duplicates("about")
    return dict(zip(first["about"].tolist(), first["text"].tolist(), strict=True))


def added_name(name: str) -> str:
    """Return the name of the note for text that somebody added to a note of this program."""
    return f"{name} (added)"


def codebook_note(facts: Mapping[str, str]) -> tuple[str, str]:
    """Return name and text of the note with facts on the codebook that no tree of codes can hold.

    Parameters
    ----------
    facts : mapping of str to str
        Of the codebook: Codebook (its title), Id, Version, Language, Citation and Word for a code; those
        that are empty are left out.

    Returns
    -------
    name, text : str
        A line for each.
    """
    return CODEBOOK, "\n".join(
        f"{label}: {facts[label]}" for label in _FACTS if facts.get(label, "")
    )


def read_codebook_note(name: str, text: str) -> tuple[dict[str, str], str] | None:
    """Return the facts on the codebook from a note.

    Parameters
    ----------
    name, text : str
        The note.

    Returns
    -------
    (dict, str) or None
        The facts, and the rest of the note; None for any other note.
    """
    facts: dict[str, str] = {}
    rest = []
    for line in text.replace("\r\n", "\n").split("\n"):
        label, colon, value = line.partition(": ")
        if colon and label in _FACTS and label not in facts:
            facts[label] = value.rstrip()
        else:
            rest.append(line)
    if name.strip() != CODEBOOK or not {CODEBOOK, "Id"} <= facts.keys():
        return None
    return facts, "\n".join(rest).strip()


def decision_note(code: str, by: str, why: str, *, stands: bool) -> tuple[str, str]:
    """Return name and text of the note on a decision.

    Parameters
    ----------
    code : str
        Name of the code.
    by : str
        Who decided.
    why : str
        What was written beside the decision; empty if nothing.
    stands : bool
        Whether the decision is for the code.

    Returns
    -------
    name, text : str
        The note.
    """
    first = f"Decided by {by}: the code “{code}” {_STANDS[stands]} here."
    return f"Decision: {code} {_STANDS[stands]}", f"{first}\n{why}" if why else first


def read_decision_note(name: str, text: str) -> tuple[str, str, bool, str] | None:
    """Return the decision from a note.

    Parameters
    ----------
    name, text : str
        The note. Where it is the description of a passage, its name is the first line of the text.

    Returns
    -------
    (str, str, bool, str) or None
        Code, who decided, whether for the code, and the rest of the note; None for any other note.
    """
    lines = text.replace("\r\n", "\n").strip().split("\n")
    if not name.strip() and len(lines) > 1:
        name, lines = lines[0], lines[1:]
    titled, decided = _DECISION.fullmatch(name.strip()), _DECIDED.fullmatch(lines[0].rstrip())
    if titled is None or decided is None or titled.groups() != decided.groups()[1:]:
        return None
    return decided[2], decided[1], decided[3] == _STANDS[True], "\n".join(lines[1:]).strip()
