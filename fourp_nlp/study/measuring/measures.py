"""The measuring steps: reconciliation, agreement and frequencies of a project."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.agreement import agreement_table
from fourp_nlp.coding.gold.coder_names import SETTLED, known_coder
from fourp_nlp.coding.reconciliation import reconcile
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, StoreError
from fourp_nlp.frequencies import count
from fourp_nlp.study.labels import suggestion_matrix
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.corpus import Corpus, Gold, GoldLabels, gold_labels, labels_in_context
from fourp_nlp.tables import AGREEMENT, FREQUENCIES, RECONCILIATION, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.project import Project

__all__ = [
    "agree",
    "codes_of_coder",
    "frequencies",
    "machine_of",
    "pairs_of_coders",
    "read_by_both",
    "reconcile_with_gold",
]


def machine_of(suggestions: pd.DataFrame) -> str:
    """Return the machine coder's id, empty without suggestions."""
    return "" if suggestions.empty else str(suggestions["model"].iloc[0])


def reconcile_with_gold(
    project: Project, corpus: Corpus, gold: Gold, codebook: Codebook, suggestions: pd.DataFrame
) -> pd.DataFrame:
    """Compare the machine's suggestions with the reference coder's codes and settle differences.

    Parameters
    ----------
    project : Project
        The project; people's decisions are read from its database.
    corpus, gold, codebook
        What was read from it.
    suggestions : pandas.DataFrame
        Table of suggestions.

    Returns
    -------
    pandas.DataFrame
        Table of reconciliation; without rows if nobody coded.
    """
    if not gold.reference:
        return empty(RECONCILIATION)
    codes = codebook.code_ids
    chosen, labels, _, read = labels_in_context(corpus, gold, codebook, gold.reference)
    own = suggestions[suggestions["document"].isin(set(chosen["document"]))]
    return reconcile(
        own,
        chosen,
        labels,
        codes,
        codebook.code_themes,
        covered=read,
        decisions=Store(project.store).read_decisions(),
    )


def codes_of_coder(
    corpus: Corpus, gold: Gold, codebook: Codebook, suggestions: pd.DataFrame, coder: str
) -> GoldLabels:
    """Return the segments that a coder read, person or machine, and the codes of each.

    Parameters
    ----------
    corpus, gold, codebook
        What was read from a project.
    suggestions : pandas.DataFrame
        Table of suggestions; may be empty.
    coder : str
        A person, or the machine's id.

    Returns
    -------
    GoldLabels
        Segments, codes, and which codes were looked for; the machine looks for all that can apply.

    Raises
    ------
    GoldError
        If there is no such coder.
    StoreError
        If there are segments about which the machine was not asked.
    """
    if coder and coder == machine_of(suggestions):
        # The documents may stand in another order now than when the machine was asked.
        asked, wanted = (
            pd.MultiIndex.from_frame(table[["document", "segment"]])
            for table in (suggestions.iloc[:: len(codebook.code_ids)], corpus.segments)
        )
        at = asked.get_indexer(wanted)
        if (at < 0).any():
            raise StoreError(
                f"The machine was not asked about {(at < 0).sum()} segments.",
                cure="Run `fourp suggest`.",
            )
        given = suggestion_matrix(suggestions, codebook.code_ids)[at]
        can = applies_to_segments(corpus, codebook)
        return GoldLabels(corpus.segments, given & can, can)
    known = [*gold.coders, *filter(None, [machine_of(suggestions)])]
    return gold_labels(corpus, gold, codebook, known_coder(coder, known))


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
            + ("one person and no machine." if gold.coders else "nobody who coded."),
            cure="Add gold files to the folder `gold`, or run `fourp suggest` first.",
        )
    return pairs


def agree(
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
    suggestions: pd.DataFrame,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the agreement of every pair of coders on the segments that both read.

    Parameters
    ----------
    corpus, gold, codebook
        What was read from a project.
    suggestions : pandas.DataFrame
        Table of suggestions; without rows, people alone are compared.
    resamples : int, default 1000
        Bootstrap samples of documents for the intervals.
    seed : int, default 0
        Their seed.

    Returns
    -------
    pandas.DataFrame
        Table of agreement: people with each other, then each coder with the machine. What was settled
        between people is compared with the machine alone: no person agrees or disagrees with it.

    Raises
    ------
    GoldError
        If there are no two coders to compare.
    """
    pairs = pairs_of_coders(gold, machine_of(suggestions))
    coders = list(dict.fromkeys(coder for pair in pairs for coder in pair))
    coded = {coder: codes_of_coder(corpus, gold, codebook, suggestions, coder) for coder in coders}
    tables = []
    for one, other in pairs:
        first, second = read_by_both(coded[one], coded[other])
        looked_for = first.read & second.read
        if not looked_for.any():
            continue
        tables.append(
            agreement_table(
                first.labels,
                second.labels,
                codebook.code_ids,
                codebook.code_themes,
                first.segments["document"].to_numpy(),
                coder_a=one,
                coder_b=other,
                compared=looked_for,
                resamples=resamples,
                seed=seed,
            )
        )
    if not tables:
        raise GoldError(
            f"No two of the coders {', '.join(coders)} read the same segments.",
            cure="Let two people code some of the same documents, or run `fourp suggest`.",
        )
    return conform(pd.concat(tables, ignore_index=True), AGREEMENT)


def read_by_both(first: GoldLabels, second: GoldLabels) -> tuple[GoldLabels, GoldLabels]:
    """Return two coders' codes on the segments that both read, in the same order.

    Parameters
    ----------
    first, second : GoldLabels
        What each read.

    Returns
    -------
    tuple of GoldLabels
        Both, on those segments alone.
    """
    places = [
        pd.MultiIndex.from_frame(own.segments[["document", "segment"]]) for own in (first, second)
    ]
    here = [places[0].isin(places[1]), places[1].isin(places[0])]
    one, other = (
        GoldLabels(own.segments[mask].reset_index(drop=True), own.labels[mask], own.read[mask])
        for own, mask in zip((first, second), here, strict=True)
    )
    return one, other


def frequencies(
    corpus: Corpus,
    gold: Gold,
    codebook: Codebook,
    suggestions: pd.DataFrame,
    *,
    unit: Literal["occurrences", "segments", "documents"] = "occurrences",
    by: Literal["case", "document", "group"] = "case",
    coders: Sequence[str] = (),
) -> pd.DataFrame:
    """Count codes by case, document or group, for the reference coder and the machine.

    Parameters
    ----------
    corpus, gold, codebook
        What was read from a project.
    suggestions : pandas.DataFrame
        Table of suggestions; may be empty.
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
    chosen = list(coders) or [c for c in (gold.reference, machine_of(suggestions)) if c]
    tables = [empty(FREQUENCIES)]
    for coder in chosen:
        segments, labels, _ = codes_of_coder(corpus, gold, codebook, suggestions, coder)
        own = corpus.documents[corpus.documents["document"].isin(set(segments["document"]))]
        tables.append(
            count(
                segments,
                labels,
                codebook.code_ids,
                codebook.code_themes,
                own,
                unit=unit,
                by=by,
                coder=coder,
            )
        )
    return conform(pd.concat(tables, ignore_index=True), FREQUENCIES)
