"""Warnings about unread text and codes, and about speakers whose role is not set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

__all__ = ["warn_unread", "warn_unset"]


def warn_unread(study: Study) -> None:
    """Print a line for each coder of several spellings, and for new text and codes since a coder read."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.study.reading.unread_notes import unread_notes

    for text in (*study.gold.spellings, *unread_notes(study)):
        warn(text)


def warn_unset(study: Study) -> None:
    """Print a line if somebody seems to be an interviewer and no role is set for them."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.study.reading.who_speaks import unset_note

    for text in unset_note(study):
        warn(text)
