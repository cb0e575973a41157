"""Rates per thousand words and co-occurrence of codes, coder by coder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from fourp_nlp.frequencies import cooccurrence, rates
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.tables import COOCCURRENCE, RATES, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.study import Study

__all__ = ["cooccurrence_by_coder", "rates_per_words"]

_BY_MACHINE = "the machine's suggestions counted as they are, with its errors"


def rates_per_words(
    study: Study,
    *,
    unit: Literal["occurrences", "segments", "documents"] = "occurrences",
    by: Literal["case", "document", "group"] = "case",
    coders: Sequence[str] = (),
) -> pd.DataFrame:
    """Return how often each code occurs for 1,000 words, for the reference coder and the machine.

    Parameters
    ----------
    study : Study
        The study.
    unit, by, coders
        As in `frequencies`.

    Returns
    -------
    pandas.DataFrame
        Table of rates, coder by coder; words are those of the segments that the coder read.
    """
    corpus, codebook = study.corpus, study.codebook
    sizes = applies_to_segments(corpus, codebook).sum(axis=0).tolist()
    tables = [empty(RATES)]
    for coder in _coders(study, coders):
        coded = study.labels(coder).of_read_segments
        looked_for = coded.looked_for
        with_read_segments = corpus.documents["document"].isin(set(coded.segments["document"]))
        rates_of_coder = rates(
            coded.segments,
            coded.labels,
            codebook.code_ids,
            codebook.code_themes,
            corpus.documents[with_read_segments],
            unit=unit,
            by=by,
            coder=coder,
            read=looked_for,
        )
        if coder == study.machine:
            caution_of = dict.fromkeys(codebook.code_ids, _BY_MACHINE)
        else:
            caution_of = {
                code: ""
                if n_read == size
                else f"of the {n_read:,} of {size:,} segments that {coder} read, however they were chosen"
                for code, n_read, size in zip(
                    codebook.code_ids, looked_for.sum(axis=0).tolist(), sizes, strict=True
                )
            }
        tables.append(rates_of_coder.assign(caution=rates_of_coder["code"].map(caution_of)))
    return conform(pd.concat(tables, ignore_index=True), RATES)


def cooccurrence_by_coder(
    study: Study,
    *,
    coders: Sequence[str] = (),
) -> pd.DataFrame:
    """Return how often two codes occur in the same segment, for the reference coder and the machine.

    Parameters
    ----------
    study : Study
        The study.
    coders : sequence of str, optional
        Other coders than those two.

    Returns
    -------
    pandas.DataFrame
        Table of co-occurrence, coder by coder.
    """
    codebook = study.codebook
    tables = [empty(COOCCURRENCE)]
    for coder in _coders(study, coders):
        coded = study.labels(coder).of_read_segments
        tables.append(
            cooccurrence(coded.labels, codebook.code_ids, coder=coder, read=coded.looked_for)
        )
    return conform(pd.concat(tables, ignore_index=True), COOCCURRENCE)


def _coders(study: Study, coders: Sequence[str]) -> list[str]:
    return list(coders) or [name for name in (study.gold.reference, study.machine) if name]
