"""How well the machine does on fixed text may not fall unseen: floors, and the hashes of what they hold for.

Whoever changes the text, the codes or the split measures anew and sets hash and floors together. A floor is
set a little below what was measured, so that another processor's rounding does not reach it.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.machine.calibration import brier_skill, calibration_error
from fourp_nlp.machine.classifier import (
    build_classifier,
    codebook_rows,
    load_model,
    reaches,
    segment_features,
)
from fourp_nlp.machine.classifier._score_blend import average_precision
from fourp_nlp.machine.encoder import EmbeddingCache, embed_layers, load_encoder
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from tests.conftest import ROOT, gold_labels

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here

DATA_SHA256 = "c2116e0fa5535821048f4bbc1f5490325eaa7ff18ef33bf98a260e48ba80bcfc"
JUDGED = ["Alberta", "Manitoba", "Toronto"]  # cases that nothing is learned from


class Halves:
    """The demonstration's segments, of which those of some cases are judged and the others coded."""

    def __init__(self, project, codebook, corpus, segments, labels):
        encoder, cache = load_encoder(), EmbeddingCache(project.cache)
        vectors = embed_layers(segments["text"].tolist(), encoder, cache=cache)
        names = segments["document"].tolist()
        features = segment_features(segments["text"].tolist(), vectors, names)
        case = segments["document"].map(corpus.documents.set_index("document")["case"])
        judged = case.isin(JUDGED).to_numpy()
        self.shape = vectors.shape[1:]
        self.definitions = codebook_rows(codebook, encoder, cache=cache)
        self.features, self.labels = features[~judged], labels[~judged]
        self.groups = np.array(names)[~judged]
        self.asked, self.truth = features[judged], labels[judged]

    def learned(self, read=None):
        """Return a classifier that learned from what was read, and all that nobody reads as context."""
        model = build_classifier(self.shape)
        model.fit_out_of_fold(
            self.features,
            self.labels,
            self.groups,
            definitions=self.definitions,
            folds=[],
            read=read,
        )
        return model

    def ranked(self, model):
        """Return how well a classifier ranks the judged segments: mean average precision."""
        said, ones = model.predict_proba(self.asked), np.ones(len(self.truth))
        return float(
            np.mean(
                [
                    average_precision(said[:, code], self.truth[:, code], ones)
                    for code in np.flatnonzero(self.truth.any(axis=0))
                ]
            )
        )


@pytest.fixture(scope="module")
def halves(demonstration):
    return Halves(*demonstration)


@pytest.fixture(scope="module")
def demonstration():
    project = open_project(ROOT)
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    segments, labels, _ = gold_labels(corpus, gold, codebook, gold.reference)
    return project, codebook, corpus, segments, labels


def macro_f1(labels: np.ndarray, suggested: np.ndarray) -> float:
    there = labels.any(axis=0)
    both = 2 * (labels & suggested).sum(axis=0)[there]
    return float((both / (labels.sum(axis=0) + suggested.sum(axis=0))[there]).mean())


def test_the_floors_hold_for_this_text_and_these_codes(demonstration):
    _, codebook, corpus, segments, labels = demonstration
    rows, columns = np.nonzero(labels)
    places = segments[["document", "start", "end"]].iloc[rows].to_numpy().tolist()
    codes = [codebook.code_ids[column] for column in columns]
    content = {
        "documents": sorted(corpus.sha256.items()),
        "codes": sorted([*place, code] for place, code in zip(places, codes, strict=True)),
        "codebook": codebook.fingerprint(),
    }
    assert hashlib.sha256(json.dumps(content).encode()).hexdigest() == DATA_SHA256


def test_codings_of_some_documents_teach_the_machine_to_code_the_others(halves):
    model, truth = halves.learned(), halves.truth
    probabilities = model.predict_proba(halves.asked)
    figures = {
        "macro_f1": macro_f1(truth, reaches(probabilities, model.thresholds_)),
        "brier_skill": brier_skill(probabilities.ravel(), truth.ravel()),
        "calibration_error": calibration_error(probabilities.ravel(), truth.ravel()),
    }
    assert figures["macro_f1"] >= 0.42
    assert figures["brier_skill"] >= 0.32
    assert figures["calibration_error"] <= 0.01


def test_the_definitions_alone_rank_segments_of_whole_documents(halves):
    alone = build_classifier(halves.shape)
    alone.fit_definitions(halves.definitions, halves.labels.shape[1])
    assert halves.ranked(alone) >= 0.21


@pytest.mark.parametrize("count", [5, 20, 50])
def test_a_few_codings_take_nothing_from_what_the_definitions_tell(halves, count):
    nothing = halves.ranked(halves.learned(np.zeros(len(halves.labels), dtype=bool)))
    for seed in range(3):
        read = np.zeros(len(halves.labels), dtype=bool)
        read[np.random.default_rng(seed).permutation(len(read))[:count]] = True
        assert halves.ranked(halves.learned(read)) >= nothing - 0.02


def test_many_codings_tell_far_more_than_the_definitions(halves):
    nothing = halves.ranked(halves.learned(np.zeros(len(halves.labels), dtype=bool)))
    assert halves.ranked(halves.learned()) >= nothing + 0.25


def test_the_shipped_model_keeps_its_quality_on_documents_that_it_has_not_seen(demonstration):
    project, _, _, _, labels = demonstration
    model = load_model(project.model)
    known = model.out_of_fold
    figures = {
        "macro_f1": macro_f1(labels, known.suggested),
        "brier_skill": brier_skill(known.probabilities.ravel(), labels.ravel()),
        "calibration_error": calibration_error(known.probabilities.ravel(), labels.ravel()),
    }
    assert np.array_equal(known.labels, labels)
    assert figures["macro_f1"] >= 0.66
    assert figures["brier_skill"] >= 0.48
    # It is made for other people's text: how common codes are it has from long passages, too.
    assert model.card["other_text"]
    assert figures["calibration_error"] <= 0.006
