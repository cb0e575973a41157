"""Variables that documents and cases both have: in QualCoder a variable is of one or the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.identity import guid_of

if TYPE_CHECKING:
    from collections.abc import Container

__all__ = ["here", "there"]

_WRITTEN = "{} (of the case)"


def there(name: str) -> tuple[str, str]:
    """Return identity and name of the variable that cases get.

    Parameters
    ----------
    name : str
        Name of the variable that documents have too.

    Returns
    -------
    guid, name : str
        Of a variable for cases alone.
    """
    return guid_of("variable", "case", name), _WRITTEN.format(name)


def here(guid: str, name: str, names: Container[str] = ()) -> str:
    """Return the name that a variable has in this program.

    Parameters
    ----------
    guid, name : str
        Identity and name, as they were read.
    names : container of str
        Names of the project's other variables, if no document has a value of this one: programs that give
        new identities leave the name alone to know it by.

    Returns
    -------
    str
        The documents' name, if `there` made it from that; else the name itself.
    """
    own = name.removesuffix(_WRITTEN.format(""))
    return own if own != name and (there(own)[0] == guid or own in names) else name
