"""Plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents._decode import read_decoded

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents._reading import Reading

__all__ = ["read"]


def read(path: Path) -> Reading:
    """Return the text of a plain text file in any common encoding.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Reading
        The text, not yet normalised, and what is doubtful about its encoding.

    Raises
    ------
    DocumentError
        If the file does not hold text.
    """
    content = read_decoded(path)
    return content.reading(content.text)
