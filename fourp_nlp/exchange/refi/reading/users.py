"""Reads the users of a project, and normalises GUIDs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.exchange.identity import guid_of, normalise_guid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["MACHINE", "UNKNOWN_USER", "Guids", "distinct_names", "is_machine", "read_users"]

MACHINE = "machine"
"""The attribute `id` of a user who is a machine."""

UNKNOWN_USER = guid_of("user", "nobody known")
"""Stands for an unknown author, where a program wants one; read as nobody."""

_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?", re.ASCII)
_MODEL = re.compile(r".+@[0-9a-f]{8}", re.DOTALL)


class Guids:
    """Normalises GUIDs, each once; `invalid` lists what is no GUID."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self.invalid: list[str] = []

    def normalise(self, written: str) -> str:
        """Return a GUID in lower case without braces; empty for an empty one.

        Parameters
        ----------
        written : str
            As the project writes it.

        Returns
        -------
        str
            See `normalise_guid`.
        """
        guid = self._known.get(written)
        if guid is None:
            guid = normalise_guid(written)
            guid = self._known[written] = "" if guid == UNKNOWN_USER else guid
            if guid and not _GUID.fullmatch(written.strip()):
                self.invalid.append(written)
        return guid

    def unique(self, written: str, taken: set[str], *otherwise: str | int) -> str:
        """Return a GUID that nothing else of its kind has, and add it to those that are taken.

        Parameters
        ----------
        written : str
            As the project writes it.
        taken : set of str
            GUIDs that are taken.
        *otherwise : str or int
            Kind and parts of the GUID to make where it is missing or taken.

        Returns
        -------
        str
            The GUID.
        """
        guid = self.normalise(written)
        if not guid or guid in taken:
            guid = guid_of("foreign", *otherwise, written)
            while guid in taken:
                guid = guid_of("foreign", guid)
        taken.add(guid)
        return guid


def is_machine(name: str, identity: str) -> bool:
    """Return whether a user is a machine.

    Parameters
    ----------
    name : str
        Its name; that of a model of this program ends in ``@`` and eight hexadecimal digits.
    identity : str
        The attribute ``id``.

    Returns
    -------
    bool
        Whether it is.
    """
    return identity.strip().lower() == MACHINE or _MODEL.fullmatch(name) is not None


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names of which no two are the same.

    Parameters
    ----------
    names : iterable of str
        Names.

    Returns
    -------
    list of str
        The same, a repeated one with a number in brackets.
    """
    originals = list(names)
    taken = set(originals)
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    distinct = []
    for name in originals:
        candidate = name
        while candidate in seen or (candidate is not name and candidate in taken):
            numbers[name] = numbers.get(name, 1) + 1
            candidate = f"{name} ({numbers[name]})"
        seen.add(candidate)
        distinct.append(candidate)
    return distinct


def read_users(
    users: list[tuple[str, str, str]], author_guids: Iterable[str], guids: Guids, losses: Losses
) -> list[tuple[str, str, bool, str]]:
    """Return the rows of USERS, with the columns coder, machine and id.

    Parameters
    ----------
    users : list of (guid, name, id)
        As they are written.
    author_guids : iterable of str
        GUIDs of authors of codings, notes, sources and selections, normalised.
    guids : Guids
        Normalises GUIDs.
    losses : Losses
        Users without a name, of the same name, or not in the list are added here.

    Returns
    -------
    list of (guid, coder, machine, id)
        The rows; `id` is empty where it only says that the user is a machine.
    """
    rows: dict[str, tuple[str, bool, str]] = {}
    for guid, name, identity in users:
        if normalise_guid(guid) == UNKNOWN_USER:
            continue
        normalised = guids.normalise(guid) or guid_of("foreign", "user", name, identity)
        coder = name.strip() or identity.strip() or f"user {normalised[:8]}"
        if normalised in rows:
            losses.add(
                "users of the same identity",
                "Two users have the same identity; the first was read.",
                [coder],
            )
            continue
        short = "" if identity.strip().lower() == MACHINE else identity
        rows[normalised] = (coder, is_machine(name, identity), short)
    unknown = sorted({guid for guid in author_guids if guid and guid not in rows})
    rows |= {guid: (f"user {guid[:8]}", False, "") for guid in unknown}
    losses.add(
        "users without a name",
        "Codings or notes are theirs, but the list of users does not have them. They are named after "
        "their identities.",
        [rows[guid][0] for guid in unknown],
    )
    coders = distinct_names(coder for coder, _, _ in rows.values())
    losses.add(
        "users of the same name",
        "They are different users, and have a number after their names here.",
        [new for new, (old, _, _) in zip(coders, rows.values(), strict=True) if new != old],
    )
    return [
        (guid, coder, machine, short)
        for (guid, (_, machine, short)), coder in zip(rows.items(), coders, strict=True)
    ]
