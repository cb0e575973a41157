"""The machine's suggestions for a command that can do without them, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus

__all__ = ["suggestions_if_any"]


def suggestions_if_any(
    here: Project, corpus: Corpus, codebook: Codebook, *, needed: bool
) -> pd.DataFrame:
    """Return the stored suggestions; without any that fit, an empty table unless they are needed."""
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.coding.store import Store
    from fourp_nlp.errors import NoSuggestionsError
    from fourp_nlp.study.machine.suggestions import stored_suggestions
    from fourp_nlp.tables import SUGGESTIONS, empty

    try:
        return stored_suggestions(here, corpus, codebook)
    except NoSuggestionsError as error:
        if needed:
            raise
        if Store(here.store).read_documents():
            warn(f"The machine is left out: {error.problem} {error.cure}")
        return empty(SUGGESTIONS)
