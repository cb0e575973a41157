"""How many segments are still to be coded at random, code by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.frequency import PlanMethod, segments_needed
from fourp_nlp.gold import known_coder
from fourp_nlp.pipeline._estimates import probability_matrix, sample_notes
from fourp_nlp.pipeline._sample import coded_sample
from fourp_nlp.tables import NEEDS, conform

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.pipeline._corpus import Corpus, Gold
    from fourp_nlp.project import Project

__all__ = ["plan_coding"]


def plan_coding(
    project: Project,
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
    suggestions: pd.DataFrame,
    *,
    margin: float,
    code: str = "",
    coder: str = "",
    confidence: float = 0.95,
) -> tuple[pd.DataFrame, list[str]]:
    """Return how many segments must be coded for a wanted margin, gold-only and corrected.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.
    suggestions : pandas.DataFrame
        Table of suggestions.
    margin : float
        Half the width of the interval that is wanted, as a share.
    code : str, optional
        One code; by default all.
    coder : str, optional
        Whose sample is the pilot; by default the reference coder's. Without a sample, the machine's
        probabilities are believed.
    confidence : float, default 0.95
        Of the interval.

    Returns
    -------
    table : pandas.DataFrame
        Table of needs, both methods of every code.
    notes : list of str
        Sentences for the reader.

    Raises
    ------
    GoldError
        If there is no such code or coder.
    """
    if code and code not in codebook.code_ids:
        raise GoldError(
            f"There is no code '{code}'.", cure=f"The codebook has: {', '.join(codebook.code_ids)}."
        )
    who = known_coder(coder, gold.coders) if coder else gold.reference
    sample = coded_sample(project, corpus, gold, codebook, who) if who else None
    pilot = sample is not None and not sample.reason
    if sample is not None and pilot:
        notes = sample_notes(sample, suggestions)
        missing = int(sample.missing.sum())
        if missing:
            notes.append(
                f"{missing:,} segments could not be drawn by any of these draws; the plan takes them for "
                "like the others."
            )
    else:
        notes = [
            *([sample.reason] if sample is not None else []),
            "Without a random sample the plan believes the machine: if it is wrong about how often a code "
            "occurs, so is the plan. Plan again when some are coded.",
        ]
    probability = probability_matrix(suggestions, codebook)
    rows = []
    for number, (name, theme) in enumerate(
        zip(codebook.code_ids, codebook.code_themes, strict=True)
    ):
        if code and name != code:
            continue
        own = sample.gold[:, number] if sample is not None and pilot else None
        if own is not None and np.isnan(own).all():
            own = None  # nobody has looked for this code yet
        chance = (
            None
            if own is None or sample is None
            else np.where(np.isnan(own), np.nan, sample.inclusion)
        )
        for method in reversed(get_args(PlanMethod)):
            need = segments_needed(
                probability[:, number],
                margin,
                gold=own,
                inclusion=chance,
                method=method,
                confidence=confidence,
            )
            coded = 0 if own is None else int((~np.isnan(own)).sum())
            rows.append(
                {
                    "code": name,
                    "theme": theme,
                    "method": method,
                    "wanted": margin,
                    "segments": len(probability),
                    "coded": coded,
                    "now": need.now,
                    "more": need.more,
                    "total": need.total,
                    "then": need.margin,
                    "prevalence": need.prevalence,
                    "confidence": confidence,
                    "reason": need.reason,
                }
            )
    return conform(pd.DataFrame(rows), NEEDS), notes
