"""Suggestions that were made for an earlier codebook, as far as its codes are still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.study.machine.suggestions import suggestions_of_these_documents
from fourp_nlp.study.reading.applicability import only_where_it_applies

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus

__all__ = ["suggestions_of_present_codes"]


def suggestions_of_present_codes(
    project: Project, corpus: Corpus, codebook: Codebook
) -> pd.DataFrame:
    """Return the stored suggestions, also of an earlier codebook, for the codes that there are.

    Parameters
    ----------
    project : Project
        The project.
    corpus, codebook
        What was read from it.

    Returns
    -------
    pandas.DataFrame
        Table of suggestions. A code that was renamed since has them under its new id; one that was added,
        merged or split since has none until the machine learns it.

    Raises
    ------
    NoSuggestionsError
        If there are none, or documents or unit have changed since.
    """
    suggestions = suggestions_of_these_documents(project, corpus)
    with ReviewLog(project.store) as log:
        made = log.rows("SELECT max(at) FROM log WHERE what = 'suggestions'")[0][0]
        codes = pd.DataFrame({"code": suggestions["code"].unique()})
        then = codes.assign(at=str(made or ""), coder="")
        now = dict(zip(codes["code"], log.names.entries(then)["code"], strict=True))
    carried = suggestions.assign(code=suggestions["code"].map(now).astype("str"))
    there = carried[carried["code"].isin(codebook.code_ids)].reset_index(drop=True)
    return only_where_it_applies(there, corpus, codebook)
