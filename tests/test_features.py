"""What the machine sees of a segment: its neighbours and place where it has them, and nothing made up."""

from __future__ import annotations

import numpy as np
import pytest

from fourp_nlp.codebook import Code, Codebook
from fourp_nlp.machine.classifier import (
    WORD_COLUMNS,
    build_classifier,
    codebook_rows,
    feature_count,
    segment_features,
)
from fourp_nlp.machine.classifier.features import feature_blocks
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from tests.conftest import OTHER, SEEDS, WATER

ENCODER = load_encoder()
SAID = "The hose burst and the lettuces stood in water."
GARDEN = Codebook(
    id="g",
    codes=[
        Code(id="water", name="Water", full_definition="Watering and hoses.", examples=[SAID]),
        Code(id="seeds", name="Seeds", full_definition="Sowing and seedlings."),
    ],
)
_, LAYERS, DIMENSIONS = embed_layers(["."], ENCODER).shape
*_, LENGTH = np.cumsum([block.size for block in feature_blocks(LAYERS, DIMENSIONS)]) - 1
PLACE = slice(LENGTH - 4, LENGTH)  # the columns before the length
NEIGHBOURS = slice(DIMENSIONS, 2 * DIMENSIONS)


def features(texts, names=None, **options):
    made = segment_features(
        texts, embed_layers(texts, ENCODER), names or ["d"] * len(texts), **options
    )
    assert made.shape == (len(texts), feature_count(LAYERS, DIMENSIONS))
    return made


@pytest.fixture(scope="module")
def learned():
    """A classifier that learned from documents of 24 sentences and from loose ones."""
    texts = (WATER + SEEDS + OTHER + OTHER) * 4
    names = [f"d{row // 24}" for row in range(96)]
    codes = np.array([[text in WATER, text in SEEDS] for text in texts])
    assert features(texts, names)[:, PLACE].toarray().any()
    return build_classifier((LAYERS, DIMENSIONS)).fit(
        features(texts, names), codes, groups=names, definitions=codebook_rows(GARDEN, ENCODER)
    )


def test_a_document_of_one_segment_is_a_passage_that_stands_alone(learned):
    alone = features([SAID])
    loose = features([SAID], placed=[False])
    assert (alone != loose).nnz == 0
    among = features([*WATER, SAID, *OTHER], ["a"] * 6 + ["b"] + ["c"] * 6)[[6]]
    assert (alone != among).nnz == 0
    assert np.array_equal(learned.predict_proba(alone), learned.predict_proba(loose))
    # Between others it is another matter.
    between = features([WATER[0], SAID, WATER[1]])[[1]]
    assert not np.allclose(learned.predict_proba(between), learned.predict_proba(alone))


@pytest.mark.parametrize(("count", "has_place"), [(1, False), (2, False), (19, False), (20, True)])
def test_only_documents_of_twenty_segments_have_places(count, has_place):
    texts = [f"{OTHER[row % 6]} {row}" for row in range(count)]
    # Behind a long one, whose segments have theirs.
    long = [f"Row {row}." for row in range(30)]
    made = features(long + texts, ["long"] * 30 + ["d"] * count)
    assert made[:30, PLACE].toarray().any(axis=1)[1:].all()
    assert made[30:, PLACE].toarray().any() == has_place
    if has_place:
        first, middle, last = made[[30, 40, 49]][:, PLACE].toarray()
        assert first.tolist() == [0, 0, 1, 0]
        assert middle.tolist() == pytest.approx([10 / 19, (10 / 19) ** 2, 0, 0])
        assert last.tolist() == [1, 1, 0, 1]


def test_loose_sentences_have_no_place_however_many_come_from_one_passage():
    made = features([f"Row {row}." for row in range(40)], placed=[False] * 40)
    assert not made[:, PLACE].toarray().any()
    assert made[:, NEIGHBOURS].toarray().any(axis=1).all()


def test_a_sentence_alone_is_what_the_same_sentence_in_the_codebook_is_but_for_its_length():
    parts = codebook_rows(GARDEN, ENCODER)
    (row,) = np.flatnonzero(parts.weights == parts.weights.max())  # the only example
    in_codebook, alone = parts.features[[row]].toarray()[0], features([SAID]).toarray()[0]
    assert alone[LENGTH] == pytest.approx(len(SAID) / 200)
    assert in_codebook[LENGTH] == 0
    same = np.arange(len(alone)) != LENGTH
    assert np.array_equal(alone[same], in_codebook[same])
    assert alone[-2 * WORD_COLUMNS : -WORD_COLUMNS].any()
    assert not alone[-WORD_COLUMNS:].any()
    assert not alone[NEIGHBOURS].any()


def test_definitions_know_nothing_of_neighbours_place_and_length_and_are_not_put_off_by_them():
    alone = build_classifier((LAYERS, DIMENSIONS)).fit_definitions(
        codebook_rows(GARDEN, ENCODER), 2
    )
    document = [f"{said} {number}" for number, said in enumerate((OTHER + WATER + SEEDS) * 2)]
    document[30] = f"{SAID} {' and so on' * 60}"  # longer than anything around it
    inside = features(document)
    assert inside[:, PLACE].toarray().any()
    by_itself = features(document, [f"d{row}" for row in range(len(document))])
    assert np.array_equal(alone.scores(inside), alone.scores(by_itself))
    shorter = by_itself.tolil()
    shorter[:, LENGTH] = 0.1
    assert np.array_equal(alone.scores(shorter.tocsr()), alone.scores(by_itself))


def test_what_a_segment_lacks_counts_as_the_mean_and_not_as_nothing(learned):
    scaled = learned.scaling_.rows(
        learned._columns.dense(features([SAID])), learned._columns.words(features([SAID]))
    )
    assert not scaled.dense[:, NEIGHBOURS].any()
    assert not scaled.dense[:, PLACE].any()
    assert scaled.dense[:, :DIMENSIONS].any()
