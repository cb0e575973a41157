"""Agreement for the methods text: between people, with the machine, and of coders with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.agreement import (
    Drawing,
    agreement_of_codes,
    estimate_alpha_sets,
    select_coefficients,
)
from fourp_nlp.agreement.levels import sets_of_codes
from fourp_nlp.reporting import Compared
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.measuring.measures import machine_of
from fourp_nlp.study.measuring.retest import retest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

__all__ = ["compared_coders"]


class _CoderLabels(NamedTuple):
    """Which codes coders looked for in segments, (n_coders, n_segments, n_codes), and what they gave."""

    read: NDArray[np.bool_]
    given: NDArray[np.bool_]


def compared_coders(
    study: Study,
    model: TrainedModel | None,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[Compared, ...]:
    """Return the agreement of people, of each coder and the machine, and of repeats.

    They are in this order, as far as any two read the same segments. Raises GoldError if what was
    coded again has no first coding.
    """
    study = study.coded_blind()
    corpus, gold, again, codebook, suggestions = (
        study.corpus,
        study.gold,
        study.repeats,
        study.codebook,
        study.suggestions_if_any,
    )
    drawing = Drawing(resamples=resamples, seed=seed)
    comparisons: list[Compared | None] = []
    people = gold.people
    if len(people) > 1:
        coder_labels = _CoderLabels(*stacked_labels(study, people))
        comparisons.append(
            _compare("people", tuple(people), coder_labels, corpus, codebook, drawing)
        )
    machine = machine_of(suggestions)
    if model is not None:
        for coder in gold.coders:
            pair = (coder, machine)
            coder_labels = _CoderLabels(*stacked_labels(study, pair))
            comparisons.append(
                _compare(
                    "machine", pair, coder_labels, corpus, codebook, drawing, suggestions, model
                )
            )
    if again.coded:
        retest(study, resamples=0)  # refuses what cannot be compared
        for coder in sorted(again.coded):
            both = [study.labels(coder), study.labels(coder, repeat=True)]
            coder_labels = _CoderLabels(
                np.stack([labels.looked_for for labels in both]),
                np.stack([labels.labels for labels in both]),
            )
            comparisons.append(
                _compare("retest", (coder, coder), coder_labels, corpus, codebook, drawing)
            )
    return tuple(compared for compared in comparisons if compared is not None)


def _compare(
    kind: Literal["people", "machine", "retest"],
    coders: tuple[str, ...],
    coder_labels: _CoderLabels,
    corpus: Corpus,
    codebook: Codebook,
    drawing: Drawing,
    suggestions: pd.DataFrame | None = None,
    model: TrainedModel | None = None,
) -> Compared | None:
    looked_for = coder_labels.read.sum(axis=0) >= 2
    both = np.asarray(looked_for.any(axis=1))
    if not both.any():
        return None
    labels = np.moveaxis(coder_labels.given[:, both], 0, 1)
    was_looked_for = np.moveaxis(coder_labels.read[:, both], 0, 1)
    codes = codebook.code_ids
    documents = corpus.segments.loc[both, "document"].to_numpy()
    known = labels if was_looked_for.all() else np.where(was_looked_for, labels, np.nan)
    of_sets, _ = sets_of_codes(known.astype(np.float64))
    n_out_of_fold, alone = 0, False
    precision_recall = pd.DataFrame(columns=["code"])
    if suggestions is not None and model is not None:
        out_of_fold = suggestions["out_of_fold"].to_numpy(dtype=bool)[:: len(codes)]
        n_out_of_fold = int(out_of_fold[both].sum())
        alone = bool(n_out_of_fold) and model.from_one_document
        precision_recall = _of_second_coder(known.astype(np.float64), codebook, documents)
    table = agreement_of_codes(known, codes, documents, units=("all",), drawing=drawing)
    return Compared(
        kind=kind,
        coders=coders,
        by_code=table,
        sets=estimate_alpha_sets(of_sets, documents, drawing=drawing),
        segments=int(both.sum()),
        documents=len(set(documents)),
        precision_recall=precision_recall,
        out_of_fold=n_out_of_fold,
        alone=alone,
    )


def _of_second_coder(
    labels: NDArray[np.float64], codebook: Codebook, documents: NDArray[np.object_]
) -> pd.DataFrame:
    """Return precision, recall and F1 of each code, the first coder being the reference."""
    names = [each.id for each in select_coefficients(of_second_coder=True)]
    table = agreement_of_codes(
        labels,
        codebook.code_ids,
        documents,
        units=("all",),
        names=names,
        drawing=Drawing(resamples=0),
    )
    wide = table.pivot(index="code", columns="coefficient", values="value")
    return wide.loc[codebook.code_ids, names].reset_index()
