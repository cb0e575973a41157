"""Warnings about unread text and codes, printed by every command that uses codings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

__all__ = ["warn_unread"]


def warn_unread(study: Study) -> None:
    """Print a line for each coder of several spellings, a reference coder by default, and what is unread."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.study.reading.unread_notes import unread_notes

    gold = study.gold
    for text in (*gold.spellings, *filter(None, [gold.reference_note]), *unread_notes(study)):
        warn(text)
