"""Stored suggestions for commands that can work without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

__all__ = ["with_machine_if_any"]


def with_machine_if_any(study: Study, *, needed: bool) -> Study:
    """Return the study; where no suggestions fit it, without the machine, unless that is needed."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.errors import NoSuggestionsError

    try:
        return study.with_machine()
    except NoSuggestionsError as error:
        if needed:
            raise
        if study.store.read_documents():
            warn(f"The machine is left out: {error.problem} {error.cure}")
        return study.without_machine()
