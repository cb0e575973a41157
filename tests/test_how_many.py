"""How many are suggested: thresholds against trying every one of them, and what they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from fourp_nlp.machine.classifier import (
    BALANCED,
    FEWER,
    MORE,
    Aim,
    expected_counts,
    reaches,
    thresholds_for,
)
from fourp_nlp.machine.classifier.thresholds import BINS

EDGES = np.arange(BINS) / BINS
CODES = 6


def known(seed: int) -> np.ndarray:
    """Return probabilities of 3,000 segments and six codes, rare and common, each in the middle of a class."""
    random = np.random.default_rng(seed)
    rates = np.array([0.003, 0.02, 0.05, 0.2, 0.5, 0.8])
    sure = random.uniform(0.3, 4, size=CODES)
    drawn = random.beta(rates * sure, (1 - rates) * sure, size=(3000, CODES))
    return (np.minimum((drawn * BINS).astype(int), BINS - 1) + 0.5) / BINS


def expected(probabilities: np.ndarray, threshold: float, beta: float) -> float:
    """Return the F-beta to be expected of one code, by adding up one segment after another's probability."""
    said = probabilities >= threshold
    right = probabilities[said].sum()
    return (1 + beta**2) * right / max(said.sum() + beta**2 * probabilities.sum(), 1e-12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("aim", [BALANCED, MORE, FEWER], ids=["balanced", "more", "fewer"])
def test_no_other_threshold_is_to_be_expected_to_do_better(seed, aim):
    probabilities = known(seed)
    chosen = thresholds_for(expected_counts(probabilities), aim)
    for column, threshold in zip(probabilities.T, chosen, strict=True):
        tried = [expected(column, edge, aim.beta) for edge in EDGES]
        assert expected(column, threshold, aim.beta) == pytest.approx(max(tried), abs=1e-6)
        # Far from it something is lost, or this says nothing.
        assert min(tried) < max(tried) - 0.05


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95, 1.0])
def test_a_wanted_recall_is_to_be_expected_and_the_next_threshold_would_miss_it(wanted):
    probabilities = known(7)
    chosen = thresholds_for(expected_counts(probabilities), Aim(recall=wanted))

    def recall(column, threshold):
        return column[column >= threshold].sum() / column.sum()

    for column, threshold in zip(probabilities.T, chosen, strict=True):
        assert recall(column, threshold) >= wanted - 1e-6
        higher = threshold + 1 / BINS
        assert higher >= 1 or recall(column, higher) < wanted


@pytest.mark.parametrize("seed", range(4))
def test_who_asks_for_more_gets_no_fewer_and_who_asks_for_fewer_no_more(seed):
    probabilities = known(seed)
    counts = expected_counts(probabilities)
    more, usual, fewer = (
        (probabilities >= thresholds_for(counts, aim)).sum(axis=0)
        for aim in (MORE, BALANCED, FEWER)
    )
    assert (more >= usual).all()
    assert (usual >= fewer).all()
    assert more.sum() > usual.sum() > fewer.sum()


def test_probabilities_are_counted_with_the_weight_of_their_segments():
    probabilities = np.array([[0.0, 1.0], [0.004, 0.996], [0.5, 0.25]])
    counts = expected_counts(probabilities)
    assert counts.shape == (2, BINS)
    assert counts[0, [0, 100]].tolist() == [2, 1]
    assert counts[1, [199, 50]].tolist() == [2, 1]
    assert counts.sum() == 6
    weighted = expected_counts(probabilities, np.array([[1, 0], [2, 0], [5, 0.5]]))
    assert weighted[0, [0, 100]].tolist() == [3, 5]
    assert weighted[1].sum() == 0.5


def test_segments_that_stand_for_many_move_the_threshold_as_if_each_were_there():
    probabilities = known(3)
    weights = np.ones(probabilities.shape)
    weights[:500] = 4
    repeated = np.vstack([probabilities, *[probabilities[:500]] * 3])
    weighted = thresholds_for(expected_counts(probabilities, weights))
    assert np.array_equal(weighted, thresholds_for(expected_counts(repeated)))
    assert not np.array_equal(weighted, thresholds_for(expected_counts(probabilities)))


def test_what_is_told_to_four_places_is_what_decides():
    probabilities = np.array([[0.32996, 0.32994, 0.33, 0.3301]])
    assert reaches(probabilities, np.full(4, 0.33)).tolist() == [[True, False, True, True]]
