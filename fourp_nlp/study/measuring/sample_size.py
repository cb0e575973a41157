"""Sample size: how many more segments people must code, code by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import matching_coder
from fourp_nlp.errors import GoldError
from fourp_nlp.frequencies import PlanMethod, segments_needed
from fourp_nlp.study.measuring.estimate_checks import FEWEST_CODED
from fourp_nlp.study.measuring.estimates import probability_matrix, sample_notes
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.tables import NEEDS, conform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.sampling.coded_sample import CodedSample
    from fourp_nlp.study.study import Study

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]

__all__ = ["plan_coding"]

_WIDEST = 0.49  # half an interval that holds nearly every share
_FEW_FOUND = 5  # drawn segments with the code; fewer say little of how often there is one


def plan_coding(
    study: Study,
    *,
    margin: float,
    code: str = "",
    coder: str = "",
    confidence: float = 0.95,
) -> tuple[pd.DataFrame, list[str]]:
    """Return how many segments must be coded for a wanted margin, gold-only and corrected.

    Parameters
    ----------
    study : Study
        The study.
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
        Table of needs, both methods of every code. What is known (read whole, or before the draw) is
        counted, and the margin is that of all segments: the plan is for the rest.
    notes : list of str
        Sentences for the reader.

    Raises
    ------
    GoldError
        If there is no such code or coder.
    """
    study = study.coded_blind()
    corpus, gold, codebook, suggestions = (
        study.corpus,
        study.gold,
        study.codebook,
        study.suggestions_if_any,
    )
    if code and code not in codebook.code_ids:
        raise GoldError(
            f"There is no code '{code}'.", cure=f"The codebook has: {', '.join(codebook.code_ids)}."
        )
    who = matching_coder(coder, gold.coders) if coder else gold.reference
    sample = coded_sample(study, who) if who else None
    pilot = sample is not None and not sample.reason
    if sample is not None and pilot:
        notes = sample_notes(sample, suggestions)
        missing = int((sample.missing & np.isnan(sample.labels).all(axis=1)).sum())
        if missing:
            notes.append(
                f"{missing:,} segments could not be drawn by any of these draws; the plan assumes that they "
                "are like the others."
            )
    else:
        notes = [
            *([sample.reason] if sample is not None else []),
            "Without a random sample the plan relies on the machine: if it is wrong about how often a code "
            "occurs, so is the plan. Plan again when some are coded.",
        ]
    probability = probability_matrix(suggestions, codebook)
    labels = _labels(sample, probability)
    applicable = applies_to_segments(corpus, codebook)
    rows: list[dict[str, object]] = []
    for number, (name, theme) in enumerate(
        zip(codebook.code_ids, codebook.code_themes, strict=True)
    ):
        if code and name != code:
            continue
        applicable_segments = applicable[:, number]
        if not applicable_segments.any():
            notes.append(f"'{name}' can apply to no segment, so there is nothing to plan for it.")
            continue
        facts = _Facts(sample if pilot else None, labels[:, number], number, applicable_segments)
        rows += [
            {
                "code": name,
                "theme": theme,
                "method": method,
                "wanted": margin,
                "segments": int(applicable_segments.sum()),
                "confidence": confidence,
                **facts.need(probability[applicable_segments, number], margin, method, confidence),
            }
            for method in reversed(get_args(PlanMethod))
        ]
    return conform(pd.DataFrame(rows), NEEDS), notes


class _Facts:
    """What is known of one code: what was read and counts as it is, and the sample of the rest.

    Parameters
    ----------
    sample : CodedSample or None
        The sample; None if there is none.
    labels : ndarray of float, shape (n_segments,)
        1 or 0 where somebody read the segment for the code; nan elsewhere.
    number : int
        Column of the code.
    own : ndarray of bool, shape (n_segments,)
        Segments to which the code can apply: all else is of these.
    """

    def __init__(
        self, sample: CodedSample | None, labels: Floats, number: int, applicable: Flags
    ) -> None:
        if sample is None:
            # Nothing was drawn: what was read is known, and a draw would be of the rest.
            self.known = ~np.isnan(labels)
            self.gold = np.full(len(labels), np.nan)
            self.chance = self.gold
            self.found = np.nan_to_num(labels)
        else:
            self.known = sample.known(number)
            drawn = ~np.isnan(sample.gold[:, number]) & ~self.known
            self.gold = np.where(drawn, sample.gold[:, number], np.nan)
            self.chance = np.where(drawn, sample.chance(number), np.nan)
            self.found = np.nan_to_num(sample.gold[:, number])
        self.known, self.gold = self.known[applicable], self.gold[applicable]
        self.chance, self.found = self.chance[applicable], self.found[applicable]

    def need(
        self, probability: Floats, margin: float, method: PlanMethod, confidence: float
    ) -> dict[str, object]:
        """Return the figures of one row of the table of needs."""
        size, rest = len(self.known), ~self.known
        n_rest, n_drawn = int(rest.sum()), int((~np.isnan(self.gold)).sum())
        counted = int(self.found[self.known].sum())
        coded = size - n_rest + n_drawn
        if not n_rest:
            share = counted / size if size else float("nan")
            return {
                "coded": coded, "now": 0.0, "more": 0, "total": coded, "then": 0.0, "prevalence": share,
                "reason": "", "caution": "",
            }  # fmt: skip
        # The margin is wanted of all segments, and only the rest is uncertain.
        part = n_rest / size
        need = segments_needed(
            probability[rest],
            min(margin / part, _WIDEST),
            gold=self.gold[rest] if n_drawn else None,
            inclusion=self.chance[rest] if n_drawn else None,
            method=method,
            confidence=confidence,
        )
        more, then = need.more, need.margin * part
        cautions = []
        if not n_drawn:
            cautions.append(
                "no random sample was read for this code: the plan relies on the machine"
                + (" for segments that were not read" if counted or n_rest < size else "")
            )
            more = max(more, min(FEWEST_CODED, n_rest))
        elif (n_positive := int(np.nansum(self.gold))) < _FEW_FOUND:
            cautions.append(
                f"{n_positive or 'none'} found among the {n_drawn:,} drawn segments: the plan assumes more"
            )
        return {
            "coded": coded,
            "now": need.now * part,
            "more": more,
            "total": coded + more,
            "then": then,
            "prevalence": (counted + need.prevalence * n_rest) / size,
            "reason": need.reason,
            "caution": "; ".join(cautions),
        }


def _labels(sample: CodedSample | None, probability: Floats) -> Floats:
    """Return what was read of each segment for each code; nan where nothing was."""
    return np.full(probability.shape, np.nan) if sample is None else sample.labels
