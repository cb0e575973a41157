"""Users of a project, and identities in one spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.exchange.identity import guid_of, tidy_guid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["MACHINE", "SOMEBODY", "Guids", "is_machine", "named_apart", "read_users"]

MACHINE = "machine"
"""The attribute `id` of a user who is a machine."""

SOMEBODY = guid_of("user", "nobody known")
"""Stands for whoever made a thing, where that is not known and a program wants somebody; read as nobody."""

_WELL = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?", re.ASCII)
_MACHINE = re.compile(r".+@[0-9a-f]{8}", re.DOTALL)


class Guids:
    """Identities in one spelling, each worked out once; it counts what is no GUID."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self.odd: list[str] = []

    def tidy(self, written: str) -> str:
        """Return an identity in one spelling; empty for an empty one.

        Parameters
        ----------
        written : str
            As the project writes it.

        Returns
        -------
        str
            See `tidy_guid`.
        """
        made = self._known.get(written)
        if made is None:
            made = tidy_guid(written)
            # What nobody is known to have made is nobody's.
            made = self._known[written] = "" if made == SOMEBODY else made
            if made and not _WELL.fullmatch(written.strip()):
                self.odd.append(written)
        return made

    def own(self, written: str, taken: set[str], *otherwise: str | int) -> str:
        """Return an identity that nothing else of its kind has, and note it as taken.

        Parameters
        ----------
        written : str
            As the project writes it.
        taken : set of str
            Identities that are taken.
        *otherwise : str or int
            Kind and parts of the identity to be made where it is missing or taken.

        Returns
        -------
        str
            The identity.
        """
        made = self.tidy(written)
        if not made or made in taken:
            made = guid_of("foreign", *otherwise, written)
            while made in taken:
                made = guid_of("foreign", made)
        taken.add(made)
        return made


def is_machine(name: str, identity: str) -> bool:
    """Say whether a user is a machine.

    Parameters
    ----------
    name : str
        Its name; that of a model of ours ends in ``@`` and eight hexadecimal digits.
    identity : str
        The attribute ``id``.

    Returns
    -------
    bool
        Whether it is.
    """
    return identity.strip().lower() == MACHINE or _MACHINE.fullmatch(name) is not None


def named_apart(names: Iterable[str]) -> list[str]:
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
    given = list(names)
    taken = set(given)
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    made = []
    for name in given:
        own = name
        while own in seen or (own is not name and own in taken):
            numbers[name] = numbers.get(name, 1) + 1
            own = f"{name} ({numbers[name]})"
        seen.add(own)
        made.append(own)
    return made


def read_users(
    users: list[tuple[str, str, str]], named: Iterable[str], guids: Guids, losses: Losses
) -> list[tuple[str, str, bool, str]]:
    """Return the rows of USERS, with the columns coder, machine and id.

    Parameters
    ----------
    users : list of (guid, name, id)
        As they are written.
    named : iterable of str
        Identities that codings, notes, sources and selections name, in one spelling.
    guids : Guids
        Spellings.
    losses : Losses
        Takes up users without a name, of the same name, and those that are not in the list.

    Returns
    -------
    list of (guid, coder, machine, id)
        The rows; `id` is empty where it says no more than that it is a machine.
    """
    rows: dict[str, tuple[str, bool, str]] = {}
    for guid, name, identity in users:
        if tidy_guid(guid) == SOMEBODY:
            continue
        own = guids.tidy(guid) or guid_of("foreign", "user", name, identity)
        coder = name.strip() or identity.strip() or f"user {own[:8]}"
        if own in rows:
            losses.add(
                "users of the same identity",
                "Two users cannot be told apart by an identity that both have; the first was taken.",
                [coder],
            )
            continue
        short = "" if identity.strip().lower() == MACHINE else identity
        rows[own] = (coder, is_machine(name, identity), short)
    unknown = sorted({guid for guid in named if guid and guid not in rows})
    rows |= {guid: (f"user {guid[:8]}", False, "") for guid in unknown}
    losses.add(
        "users without a name",
        "Codings or notes are theirs, but the list of users does not have them; they are named after "
        "their identities.",
        [rows[guid][0] for guid in unknown],
    )
    coders = named_apart(coder for coder, _, _ in rows.values())
    losses.add(
        "users of the same name",
        "They are different users, and have a number after their names here.",
        [new for new, (old, _, _) in zip(coders, rows.values(), strict=True) if new != old],
    )
    return [
        (guid, coder, machine, short)
        for (guid, (_, machine, short)), coder in zip(rows.items(), coders, strict=True)
    ]
