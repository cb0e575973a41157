"""Quotations for the report: coded passages, how many there are of each code, and what people decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.study.reading.applicability import speakers_of
from fourp_nlp.study.reading.assisted import assisted_decisions

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

__all__ = ["quotation_counts", "quotations_of"]

_OF_EACH = 3  # quotations of one code from one case by one coder
_PLACE = ["document", "start", "end", "code"]
_COLUMNS = ["code", "text", "document", "coder", "probability", "words", "speaker", "speaker_role"]


def quotations_of(study: Study) -> pd.DataFrame:
    """Return coded passages: the reference coder's in reading order, the machine's likeliest first.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        The table QUOTATIONS; of each code, case and coder the first three alone.
    """
    documents = study.documents
    parts = [_of_people(study), _of_machine(study)]
    quotations = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    cases = documents.set_index("document")["case"]
    quotations["case"] = quotations["document"].map(cases).fillna("")
    place = quotations["case"].where(quotations["case"] != "", quotations["document"])
    by_place = quotations.groupby([quotations["code"], quotations["coder"], place], sort=False)
    return by_place.head(_OF_EACH).reset_index(drop=True)


def quotation_counts(study: Study) -> pd.DataFrame:
    """Return how many codings there are of each code: the reference coder's, and the machine's suggestions.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        The table QUOTATION_COUNTS.
    """
    codings, suggestions = study.gold.codings, study.suggestions_if_any
    given = codings.loc[codings["coder"] == study.gold.reference, ["code", "coder"]]
    suggested = suggestions.loc[suggestions["suggested"], ["code", "model"]]
    both = pd.concat([given, suggested.rename(columns={"model": "coder"})], ignore_index=True)
    counts = both.groupby(["code", "coder"], sort=False).size()
    return counts.rename("count").reset_index().astype({"count": "int64"})


def _of_people(study: Study) -> pd.DataFrame:
    gold, corpus = study.gold, study.corpus
    codings = gold.codings[gold.codings["coder"] == gold.reference]
    order = {name: number for number, name in enumerate(corpus.documents["document"])}
    in_order = codings.assign(number=codings["document"].map(order)).sort_values(
        ["number", "start", "end"], kind="stable"
    )
    speaker, role = speakers_of(corpus, in_order["document"], in_order["start"])
    return in_order.rename(columns={"quote": "text"}).assign(
        probability=float("nan"), words="", speaker=speaker, speaker_role=role
    )[_COLUMNS]


def _of_machine(study: Study) -> pd.DataFrame:
    suggestions = study.suggestions_if_any
    suggested = suggestions[suggestions["suggested"]]
    decisions = _rejections(study, suggested)
    suggested = suggested.assign(coder=suggested["model"], decision=decisions)
    return suggested.sort_values("probability", ascending=False)[[*_COLUMNS, "decision"]]


def _rejections(study: Study, suggested: pd.DataFrame) -> pd.Series[str]:
    """Return, for each suggestion, who rejected it, or read the segment without giving the code."""
    places = pd.MultiIndex.from_frame(suggested[_PLACE])
    words = pd.Series("", index=suggested.index, dtype="str")
    reference = study.gold.reference
    if reference and len(suggested):
        codes = study.codebook.code_ids
        labels = study.labels(reference)
        segments = pd.MultiIndex.from_frame(labels.segments[["document", "segment"]])
        row = segments.get_indexer(pd.MultiIndex.from_frame(suggested[["document", "segment"]]))
        column = pd.Index(codes).get_indexer(pd.Index(suggested["code"]))
        missed = (labels.looked_for & ~labels.labels)[row, column] & (row >= 0) & (column >= 0)
        words = words.mask(missed, f"not coded by {reference}")
    decided = assisted_decisions(study)
    rejected = decided[~decided["accepted"] & decided["code"].isin(study.codebook.code_ids)]
    by_place = rejected.groupby(_PLACE, sort=False)["coder"].agg(
        lambda coders: ", ".join(dict.fromkeys(coders))
    )
    who = by_place.reindex(places).set_axis(suggested.index)
    return words.mask(who.notna(), "rejected by " + who.fillna("").astype("str"))
