"""What is new since people read, told by every command that counts what they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reading.corpus import Corpus, Gold

__all__ = ["warn_unread"]


def warn_unread(corpus: Corpus, gold: Gold, codebook: Codebook) -> None:
    """Print a line for each coder of several spellings, and for what is new since somebody read."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.study.reading.reading_state import unread_notes

    for text in (*gold.spellings, *unread_notes(corpus, gold, codebook)):
        warn(text)
