"""Matches users of another program with coders of the study, and recognises machines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import SETTLED, name_key, unknown_coder
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import guid_of
from fourp_nlp.study.importing.documents.file_names import coder_name, folded_name
from fourp_nlp.study.measuring.retest import AGAIN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["NOBODY", "Coder", "match_coders"]

NOBODY = "unknown"
"""Stands as coder for codings that name nobody."""

# Ids of our machines: a name, and the beginning of the model's hash.
_MACHINE = re.compile(r".+@([0-9a-f]{8}|unsaved)")


@dataclass(frozen=True)
class Coder:
    """A user of another program.

    Attributes
    ----------
    guid, name : str
        As imported; the GUID is empty for codings without a coder.
    coder : str
        The coder here; a person's name can be a gold file's name.
    machine : bool
        Whether it is a machine.
    ours : bool
        Whether it is the machine that made this project's suggestions.
    again : bool
        Whether these are a person's second codings, exported from here.
    """

    guid: str
    name: str
    coder: str
    machine: bool = False
    ours: bool = False
    again: bool = False

    @property
    def known_as(self) -> str:
        """The coder's name, different for a person's second coding."""
        return f"{self.coder}{AGAIN}" if self.again else self.coder


def match_coders(
    users: pd.DataFrame,
    target: ImportTarget,
    *,
    nameless: bool,
    rename: Mapping[str, str],
    machines: Collection[str],
) -> tuple[dict[str, Coder], list[str]]:
    """Find the coder of each user: by identity, then by name.

    Parameters
    ----------
    users : pandas.DataFrame
        The table USERS.
    target : ImportTarget
        The project before the import.
    nameless : bool
        Whether there are codings without a coder.
    rename : mapping of str to str
        Coders' names here by users' names there.
    machines : collection of str
        Names of users who are machines.

    Returns
    -------
    coders : dict of str to Coder
        Each user's coder, by the user's GUID.
    notes : list of str
        Messages for the user.

    Raises
    ------
    ExchangeError
        If no user has a name to be changed, or named as a machine.
    """
    user_extras = target.extras.users
    coder_of_guid = dict(zip(user_extras["guid"], user_extras["coder"], strict=True))
    were_machines = set(user_extras.loc[user_extras["machine"].astype(bool), "guid"])
    known_names = [*dict.fromkeys(target.coded["coder"]), *filter(None, [target.machine])]
    coder_of_our_guid = {
        guid_of("user", name): name
        for name in [*known_names, *target.decisions["decided_by"].unique()]
    }
    by_name = {folded_name(coder): coder for coder in known_names if coder != SETTLED}
    coders: dict[str, Coder] = {}
    rows = list(zip(users["guid"], users["coder"], users["machine"].astype(bool), strict=True))
    rows += [("", "", False)] if nameless else []
    _check_names([name or NOBODY for _, name, _ in rows], [*rename, *machines])
    people = {name for _, name, _ in rows} | set(known_names)
    for guid, name, says_machine in rows:
        # By its name too: some programs give everybody a new identity.
        if name.endswith(AGAIN) and (
            guid == guid_of("user", name) or name.removesuffix(AGAIN) in people
        ):
            coders.setdefault(guid, Coder(guid, name, name.removesuffix(AGAIN), again=True))
            continue
        is_our_model = guid == guid_of("user", name) and bool(_MACHINE.fullmatch(name))
        coder = (
            coder_of_guid.get(guid)
            or coder_of_our_guid.get(guid)
            or by_name.get(folded_name(coder_name(name)), "")
        )
        machine = (
            says_machine
            or is_our_model
            or guid in were_machines
            or (name or NOBODY) in machines
            or bool(target.machine and (coder or name) == target.machine)
        )
        if machine:
            # Never by the name alone: a person's codings must not become a machine's.
            known_as = coder_of_guid.get(guid) or (target.machine if name == target.machine else "")
            coder = known_as or coder_of_our_guid.get(guid) or name or "unknown machine"
        elif not coder:
            # What was settled comes back as such only if it went out from here.
            settled = name == SETTLED and (
                guid == guid_of("user", SETTLED) or SETTLED in known_names
            )
            coder = name if settled else coder_name(name)
        coder = rename.get(name or NOBODY, coder)
        if not machine and coder != SETTLED:
            coder = coder_name(coder)
            by_name.setdefault(folded_name(coder), coder)
        coders.setdefault(
            guid, Coder(guid, name, coder, machine, machine and coder == target.machine)
        )
    people = {coder.coder for coder in coders.values() if not coder.machine}
    people |= set(known_names) - {target.machine}
    for guid, coder in coders.items():
        if coder.machine and coder.coder in people:
            coders[guid] = replace(coder, coder=f"{coder.coder} (machine)")
    return coders, _remarks_on_names(coders, known_names)


def _remarks_on_names(coders: Mapping[str, Coder], known: Collection[str]) -> list[str]:
    """Return messages about users matched to one coder here, and about names spelt differently here."""
    names: dict[str, list[str]] = {}
    for coder in coders.values():
        if not coder.again:
            names.setdefault(coder.coder, []).append(coder.name or "no name")
    respelt = [
        f'"{file_names[0]}" in the file is matched to the coder {coder} here.'
        for coder, file_names in names.items()
        if len(file_names) == 1
        and coder in known
        and file_names[0] != coder
        and name_key(file_names[0]) == name_key(coder)
    ]
    return respelt + [
        f"{len(file_names)} users of the file are matched to one coder here, {coder}: "
        f"{', '.join(file_names)}."
        for coder, file_names in names.items()
        if len(file_names) > 1
    ]


def _check_names(file_names: Collection[str], named_in_options: Collection[str]) -> None:
    unknown = [name for name in named_in_options if name not in file_names]
    if unknown:
        raise ExchangeError(
            f"{unknown_coder(unknown[0], list(file_names))} in the file.",
            cure="Correct the name after --rename or --machine.",
        )
