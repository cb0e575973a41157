"""Reconciliation and frequencies of a study, and whom agreement compares."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.coding.reconciliation import reconcile
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError
from fourp_nlp.frequencies import count
from fourp_nlp.study.reading.assisted import assisted_decisions
from fourp_nlp.tables import FREQUENCIES, RECONCILIATION, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

__all__ = [
    "frequencies",
    "machine_of",
    "pairs_of_coders",
    "reconcile_with_gold",
]


def machine_of(suggestions: pd.DataFrame) -> str:
    """Return the machine coder's id, empty without suggestions."""
    return "" if suggestions.empty else str(suggestions["model"].iloc[0])


def reconcile_with_gold(study: Study) -> pd.DataFrame:
    """Compare the machine's suggestions with the reference coder's codes and decide differences.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        Table of reconciliation; without rows if nobody coded.
    """
    if not study.gold.reference:
        return empty(RECONCILIATION)
    suggestions, codebook = study.suggestions_if_any, study.codebook
    everything = study.labels(study.gold.reference)
    documents = set(everything.of_read_documents.segments["document"])
    # A decision about a suggestion is compared with nothing: it is listed as the decision that it is.
    human = study.coded_blind().labels(study.gold.reference)
    human = human.where(human.segments["document"].isin(documents).to_numpy(dtype=bool))
    return reconcile(
        suggestions[suggestions["document"].isin(documents)],
        human.segments,
        human.labels,
        codebook.code_ids,
        codebook.code_themes,
        covered=human.looked_for,
        decisions=_decisions(study),
    )


def _decisions(study: Study) -> pd.DataFrame:
    """Return decisions between coders, and those of the reference coder about suggestions."""
    between = Store(study.project.store).read_decisions()
    decided = assisted_decisions(study)
    own = decided[(decided["coder"] == study.gold.reference) & (decided["code"] != "")]
    if own.empty:
        return between
    own = own.assign(settled=own["accepted"], decided_by=own["coder"])[between.columns]
    both = pd.concat([frame for frame in (between, own) if len(frame)], ignore_index=True)
    return both.drop_duplicates(["document", "start", "end", "code"])


def pairs_of_coders(gold: Gold, machine: str) -> list[tuple[str, str]]:
    """Return whom to compare: people with each other, then each coder with the machine.

    Parameters
    ----------
    gold : Gold
        Who coded.
    machine : str
        The machine's id; empty without suggestions.

    Returns
    -------
    list of (str, str)
        What was settled between people is paired with the machine alone: no person agrees or
        disagrees with it.

    Raises
    ------
    GoldError
        If there are no two coders to compare.
    """
    coders = [*gold.coders, *([machine] if machine and gold.coders else [])]
    pairs = [pair for pair in combinations(coders, 2) if machine in pair or SETTLED not in pair]
    pairs.sort(key=lambda pair: pair[1] == machine)
    if not pairs:
        raise GoldError(
            "Agreement needs two coders, and there is "
            + ("one person and no machine." if gold.coders else "none."),
            cure="Add gold files to the folder `gold`, or run `fourp suggest` first.",
        )
    return pairs


def frequencies(
    study: Study,
    *,
    unit: Literal["occurrences", "segments", "documents"] = "occurrences",
    by: Literal["case", "document", "group"] = "case",
    coders: Sequence[str] = (),
) -> pd.DataFrame:
    """Count codes by case, document or group, for the reference coder and the machine.

    Parameters
    ----------
    study : Study
        The study.
    unit : str
        What is counted. An occurrence is a run of neighbouring segments with the same code.
    by : str
        What the counts are for.
    coders : sequence of str, optional
        Other coders than those two.

    Returns
    -------
    pandas.DataFrame
        Table of frequencies, coder by coder. They are counts, not corrected for the machine's errors;
        of a document that a coder read in part, they count the segments that were read.
    """
    documents, codebook = study.documents, study.codebook
    chosen = list(coders) or [name for name in (study.gold.reference, study.machine) if name]
    tables = [empty(FREQUENCIES)]
    for coder in chosen:
        coded = study.labels(coder).of_read_segments
        is_read = documents["document"].isin(set(coded.segments["document"]))
        tables.append(
            count(
                coded.segments,
                coded.labels,
                codebook.code_ids,
                codebook.code_themes,
                documents[is_read],
                unit=unit,
                by=by,
                coder=coder,
            )
        )
    return conform(pd.concat(tables, ignore_index=True), FREQUENCIES)
