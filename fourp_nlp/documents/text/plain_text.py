"""Plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.text.decoding import read_decoded
from fourp_nlp.turns import column_labels

if TYPE_CHECKING:
    from pathlib import Path

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
        The text, not yet normalised, and what is doubtful about its encoding. Its labels are names that
        stand in a column of their own, which only the white space behind them tells.

    Raises
    ------
    DocumentError
        If the file does not hold text.
    """
    content = read_decoded(path)
    text = content.text
    has_gaps = "\t" in text or "   " in text
    labels = column_labels(text.splitlines()) if has_gaps else ()
    return content.reading(Reading([Text(text, labels=labels)]))
