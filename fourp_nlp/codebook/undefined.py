"""Tells which codes of a codebook have nothing but their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.codebook.codebook import Codebook

__all__ = ["undefined_codes"]

_SHOWN = 5


def undefined_codes(codebook: Codebook) -> str:
    """Return the sentence on codes that have nothing but their names.

    Parameters
    ----------
    codebook : Codebook
        The codebook.

    Returns
    -------
    str
        Empty if there are none.

    Examples
    --------
    >>> from fourp_nlp.codebook import Code, Codebook
    >>> undefined_codes(Codebook(id="plots", codes=[Code(id="water", name="Water")]))
    "1 code has no definition ('Water'): the machine knows its name only."
    """
    bare = [
        code.name
        for code in codebook.all_codes
        if not (code.short_definition or code.full_definition or code.when_to_use or code.examples)
    ]
    if not bare:
        return ""
    shown = ", ".join(f"'{name}'" for name in bare[:_SHOWN])
    more = f" and {len(bare) - _SHOWN} more" if len(bare) > _SHOWN else ""
    return (
        f"{len(bare)} code{' has' if len(bare) == 1 else 's have'} no definition ({shown}{more}): the "
        f"machine knows {'its name' if len(bare) == 1 else 'their names'} only."
    )
