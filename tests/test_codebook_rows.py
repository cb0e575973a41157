"""The codebook is text to learn from: each part speaks for its code, and weighs less as people code."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fourp_nlp.codebook import Codebook, parse_codebook
from fourp_nlp.machine.classifier import build_classifier, codebook_rows, segment_features
from fourp_nlp.machine.classifier.features import word_counts
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.training import zero_shot_model
from tests.conftest import CODEBOOK, OTHER, SEEDS, WATER

ENCODER = load_encoder()
_, LAYERS, DIMENSIONS = embed_layers(["."], ENCODER).shape


def codebook(text: str = CODEBOOK) -> Codebook:
    return parse_codebook(text, Path("codebook.yaml"))


def rows_of(parts, text: str) -> np.ndarray:
    """Return the rows that hold exactly the words of a text."""
    words = word_counts([text])
    own = parts.features[:, (LAYERS + 1) * DIMENSIONS + 5 :][:, : words.shape[1]]
    return np.flatnonzero([(row != words).nnz == 0 for row in own])


def features(texts: list[str]):
    """Return features of texts, each of which stands alone."""
    vectors = embed_layers(texts, ENCODER)
    return segment_features(texts, vectors, [f"d{row}" for row in range(len(texts))])


def test_when_not_to_use_speaks_for_the_code_that_it_names():
    book = codebook()
    parts = codebook_rows(book, ENCODER)
    (row,) = rows_of(parts, "Water is only weather.")
    assert book.code_ids[parts.codes[row]] == "seeds"
    examples = rows_of(parts, "We dragged the hose across three plots.")
    assert [book.code_ids[code] for code in parts.codes[examples]] == ["water"]
    assert parts.weights[row] < parts.weights[examples[0]]


def test_when_not_to_use_that_names_no_code_speaks_for_none():
    with_name = codebook_rows(codebook(), ENCODER)
    without = codebook_rows(codebook(CODEBOOK.replace("\n        use: seeds", "")), ENCODER)
    assert len(rows_of(without, "Water is only weather.")) == 0
    assert len(without.codes) == len(with_name.codes) - 1
    nothing = codebook_rows(
        codebook(
            CODEBOOK.replace(
                "    when_not_to_use:\n      - when: Water is only weather.\n        use: seeds\n",
                "",
            )
        ),
        ENCODER,
    )
    assert (nothing.features != without.features).nnz == 0


def test_changing_when_not_to_use_changes_what_is_suggested():
    text = ["A frost was forecast for the whole of next week."]
    frost = CODEBOOK.replace("Water is only weather.", "A frost is forecast.")
    before, after, unnamed = (
        zero_shot_model(codebook(said), ENCODER, unit="sentence").classifier.predict_proba(
            features(text)
        )[0]
        for said in (CODEBOOK, frost, frost.replace("\n        use: seeds", ""))
    )
    water, seeds = 0, 1
    # It speaks for the code to use instead.
    assert after[seeds] > before[seeds] + 0.01
    assert after[seeds] > unnamed[seeds] + 0.01
    assert after[water] < after[seeds]


def test_a_longer_part_is_there_once_as_a_whole_and_once_a_sentence():
    text = "Sowing in rows under fleece. Seed swaps at the hut; seedlings on a window sill."
    book = codebook(
        CODEBOOK.replace(
            "Sowing, seed swaps and seedlings.", f"Seeds.\n    full_definition: {text}"
        )
    )
    parts = codebook_rows(book, ENCODER)
    whole = rows_of(parts, text)
    assert len(whole) == 1
    for sentence in (
        "Sowing in rows under fleece.",
        "Seed swaps at the hut;",
        "seedlings on a window sill.",
    ):
        (row,) = rows_of(parts, sentence)
        assert book.code_ids[parts.codes[row]] == "seeds"
        assert parts.weights[row] < parts.weights[whole[0]]
    # A part of one sentence is not there twice.
    assert len(rows_of(parts, "Watering, rain barrels, hoses and taps.")) == 1


def nothing_coded(texts_or_rows, labels=None):
    """Return a classifier that was given text which nobody read."""
    count = texts_or_rows.shape[0]
    made = build_classifier((LAYERS, DIMENSIONS))
    made.fit_out_of_fold(
        texts_or_rows,
        np.zeros((count, 2), dtype=int) if labels is None else labels,
        definitions=codebook_rows(codebook(), ENCODER),
        folds=[],
        read=np.zeros(count, dtype=bool),
    )
    return made


def test_with_nothing_coded_the_machine_is_what_the_definitions_alone_make_it():
    parts = codebook_rows(codebook(), ENCODER)
    # Means and scales come from all text that is given: here from the same as for definitions alone.
    made = nothing_coded(parts.features)
    alone = build_classifier((LAYERS, DIMENSIONS)).fit_definitions(parts, 2)
    asked = features(WATER + SEEDS + OTHER)
    assert np.array_equal(made.predict_proba(asked), alone.predict_proba(asked))
    assert not made.learned_.any()
    assert not made.by_definitions_
    assert made.n_definitions_ == len(made.rows_) == len(parts.codes)


def test_codes_of_text_that_nobody_read_teach_nothing():
    asked = features(WATER + SEEDS + OTHER)
    labels = np.random.default_rng(0).random((18, 2)) < 0.5
    one, other = nothing_coded(asked), nothing_coded(asked, labels)
    assert np.array_equal(one.predict_proba(asked), other.predict_proba(asked))
    assert np.array_equal(one.thresholds_, other.thresholds_)


def test_definitions_alone_tell_the_codes_apart():
    made = zero_shot_model(codebook(), ENCODER, unit="sentence").classifier
    said = made.predict_proba(features(WATER + SEEDS + OTHER))
    for code, own in enumerate((slice(0, 6), slice(6, 12))):
        others = np.delete(said[:, code], np.arange(18)[own])
        assert said[own, code].mean() > 2 * others.mean()
