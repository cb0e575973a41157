"""How scores become probabilities: by what is held beforehand, by what people coded, and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from fourp_nlp.machine.classifier._probabilities import Prior, fit_calibration

CODES = 3


def some_parts(seed: int = 0):
    """Return scores of parts of definitions, and which are of other codes."""
    random = np.random.default_rng(seed)
    codes = np.repeat(np.arange(CODES), 8)
    others = codes[:, None] != np.arange(CODES)
    return np.where(others, 0.0, 0.3) + random.normal(0.1, 0.05, others.shape), others


def coded(count: int, seed: int = 1):
    """Return scores of coded segments and labels that follow a logistic curve of the score, code by code."""
    random = np.random.default_rng(seed)
    scores = random.uniform(0.03, 0.97, size=(count, CODES))
    true = curve(scores)
    return scores, random.random(scores.shape) < true


def curve(scores: np.ndarray) -> np.ndarray:
    return expit(np.array([-4.0, -3.4, -2.8]) + np.array([6.0, 6.5, 5.5]) * scores)


def test_with_nothing_coded_probabilities_are_what_is_held_beforehand():
    parts, others = some_parts()
    none = np.zeros((0, CODES))
    fitted = fit_calibration(none, none.astype(bool), none, parts, others)
    prior = Prior()
    tried = np.linspace(0, 0.6, 31)[:, None] + np.zeros(CODES)
    for code in range(CODES):
        own = parts[others[:, code], code]
        expected = expit(
            prior.intercept[0] + prior.slope[0] * (tried[:, code] - own.mean()) / own.std()
        )
        assert np.allclose(fitted.probabilities(tried)[:, code], expected, atol=1e-6)


def test_a_known_curve_is_found_again_from_many_coded_segments():
    scores, labels = coded(20_000)
    parts, others = some_parts()
    fitted = fit_calibration(scores, labels, np.ones(scores.shape), parts, others)
    tried = np.linspace(0.05, 0.95, 19)[:, None] + np.zeros(CODES)
    assert np.abs(fitted.probabilities(tried) - curve(tried)).max() < 0.02


def test_the_more_is_coded_the_nearer_probabilities_come_to_the_truth():
    tried = np.linspace(0.05, 0.95, 19)[:, None] + np.zeros(CODES)
    parts, others = some_parts()
    off = []
    for count in (0, 30, 300, 3000):
        scores, labels = coded(count)
        fitted = fit_calibration(scores, labels, np.ones(scores.shape), parts, others)
        off.append(np.abs(fitted.probabilities(tried) - curve(tried)).mean())
    assert off == sorted(off, reverse=True)
    assert off[-1] < 0.1 * off[0]


@pytest.mark.parametrize("count", [40, 2000])
def test_a_row_without_weight_has_no_influence(count):
    scores, labels = coded(count)
    parts, others = some_parts()
    alone = fit_calibration(scores, labels, np.ones(scores.shape), parts, others)
    more = np.vstack([scores, 5 + 0 * scores])
    wrong = np.vstack([labels, ~labels])
    weights = np.vstack([np.ones(scores.shape), np.zeros(scores.shape)])
    with_them = fit_calibration(more, wrong, weights, parts, others)
    tried = np.linspace(-0.2, 1.2, 29)[:, None] + np.zeros(CODES)
    assert np.allclose(with_them.probabilities(tried), alone.probabilities(tried), atol=1e-4)
    assert np.allclose(with_them.centre, alone.centre)
    assert np.allclose(with_them.spread, alone.spread)
    counted = fit_calibration(more, wrong, np.ones(more.shape), parts, others)
    assert np.abs(counted.probabilities(tried) - alone.probabilities(tried)).max() > 0.1


def test_a_weight_counts_as_so_many_rows():
    scores, labels = coded(200)
    parts, others = some_parts()
    weights = np.ones(scores.shape)
    weights[:50] = 3
    weighted = fit_calibration(scores, labels, weights, parts, others)
    rows = np.r_[np.arange(200), np.tile(np.arange(50), 2)]
    repeated = fit_calibration(scores[rows], labels[rows], np.ones((300, CODES)), parts, others)
    tried = np.linspace(0, 1, 21)[:, None] + np.zeros(CODES)
    assert np.allclose(weighted.probabilities(tried), repeated.probabilities(tried), atol=1e-4)


def test_a_higher_score_is_never_less_likely_whatever_people_coded():
    scores, labels = coded(300)
    parts, others = some_parts()
    fitted = fit_calibration(scores, ~labels, np.ones(scores.shape), parts, others)
    tried = np.linspace(-0.5, 1.5, 201)[:, None] + np.zeros(CODES)
    assert (np.diff(fitted.probabilities(tried), axis=0) >= 0).all()
