"""Gives variables of both documents and cases two names: QualCoder allows a variable for one of them only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.identity import guid_of

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["name_for_cases", "restored_name"]

_SUFFIX = " (of the case)"


def name_for_cases(name: str) -> tuple[str, str]:
    """Return the GUID and name of a variable for cases.

    Parameters
    ----------
    name : str
        Name of a variable that documents have too.

    Returns
    -------
    guid, name : str
        Of the variable for cases.
    """
    return guid_of("variable", "case", name), f"{name}{_SUFFIX}"


def restored_name(guid: str, name: str, names: Container[str] = ()) -> str:
    """Return the name that a variable has in this program.

    Parameters
    ----------
    guid, name : str
        GUID and name as read.
    names : container of str
        Names of the project's other variables, if no document has a value of this one: after a program that
        gives new GUIDs, only the name is left.

    Returns
    -------
    str
        The documents' variable, if `name_for_cases` made this one of it; else the name itself.
    """
    shared = name.removesuffix(_SUFFIX)
    is_ours = shared != name and (name_for_cases(shared)[0] == guid or shared in names)
    return shared if is_ours else name
