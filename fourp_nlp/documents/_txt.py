"""Plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents._decode import read_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read"]


def read(path: Path) -> str:
    """Return the text of a plain text file in any common encoding.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        The text, not yet normalised.

    Raises
    ------
    DocumentError
        If the file does not hold text.
    """
    return read_text(path)
