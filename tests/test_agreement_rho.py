"""Shaffer's rho: what is known of it, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fourp_nlp import agreement
from fourp_nlp.agreement.rho import _kappas, _pools, _test_sets

WIDE = (0.6, 1.0)


def rho(kappa, n_units=80, base_rate=0.2, **options):
    return agreement.shaffer_rho(kappa, base_rate=base_rate, n_units=n_units, **options)


def test_it_rises_toward_one_below_the_threshold_and_falls_above_it():
    values = [rho(kappa, replicates=4000).value for kappa in (0.1, 0.4, 0.6, 0.75, 0.9)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.97
    assert values[-1] < 0.01


def test_more_units_make_the_same_kappa_above_the_threshold_less_likely_by_luck():
    values = [rho(0.75, n_units=n, replicates=4000).value for n in (40, 80, 200, 400)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.05 > values[2]


def test_a_higher_threshold_is_harder_to_pass():
    assert rho(0.85, threshold=0.65).value < rho(0.85, threshold=0.8).value


def test_the_standard_error_is_that_of_the_simulation():
    found = [rho(0.75, seed=seed) for seed in range(60)]
    spread = np.std([each.value for each in found], ddof=1)
    assert found[0].standard_error == pytest.approx(spread, rel=0.35)
    assert found[0].replicates == 800
    assert rho(0.75, seed=1) == found[1]


@pytest.mark.parametrize("n_units", [80, 200])
def test_coders_as_bad_as_assumed_pass_no_more_often_than_one_time_in_twenty(n_units):
    generator = np.random.default_rng(11)
    pools = _pools(generator, 0.2, (0.4, 0.65), WIDE, 10_000, 600)
    observed = _kappas(_test_sets(generator, pools, n_units, 0.0))
    passed = [rho(float(kappa), n_units=n_units, seed=3).value < 0.05 for kappa in observed]
    # Three standard errors of 600 tries above .05.
    assert np.mean(passed) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)


def test_simulated_data_have_the_kappa_base_rate_and_precision_that_were_asked_for():
    for rate in (0.02, 0.2, 0.7):
        pools = _pools(np.random.default_rng(0), rate, (0.4, 0.65), WIDE, 10_000, 500)
        both, first, second, _ = pools.T
        assert (pools >= 0).all()
        assert (pools.sum(axis=1) == 10_000).all()
        assert ((both + first) == round(rate * 10_000)).all()
        kappas = _kappas(pools)
        assert kappas.min() >= 0.4
        assert kappas.max() <= 0.65
        precision = both / (both + second)
        assert precision.min() > 0.6 - 0.01


def test_a_test_set_with_inflated_base_rate_has_its_share():
    generator = np.random.default_rng(0)
    pools = _pools(generator, 0.05, (0.4, 0.65), WIDE, 10_000, 500)
    plain, inflated = (_test_sets(generator, pools, 80, share) for share in (0.0, 0.25))
    assert (inflated[:, :2].sum(axis=1) >= 20).all()
    assert (inflated.sum(axis=1) == 80).all()
    assert (plain.sum(axis=1) == 80).all()
    assert plain[:, :2].sum(axis=1).mean() == pytest.approx(4, abs=0.5)


def test_labels_give_kappa_base_rate_and_length():
    rng = np.random.default_rng(1)
    first = (rng.random(100) < 0.3).astype(float)
    second = np.where(rng.random(100) < 0.95, first, 1 - first)
    first[:5] = np.nan
    found = agreement.shaffer_rho_of(first, second)
    kept = ~np.isnan(first)
    kappa = agreement.cohen_kappa(np.column_stack([first, second])).value
    assert found.kappa == pytest.approx(kappa)
    expected = agreement.shaffer_rho(
        found.kappa, base_rate=float(first[kept].mean()), n_units=int(kept.sum())
    )
    assert found == expected


def test_perfect_agreement_on_enough_units_is_never_luck():
    first = np.repeat([1.0, 0.0], [40, 100])
    found = agreement.shaffer_rho_of(first, first)
    assert (found.value, found.kappa) == (0.0, 1.0)


def test_too_few_units_for_a_rare_code_are_said():
    found = rho(0.8, n_units=20, base_rate=0.01)
    assert math.isnan(found.value)
    assert "20 units at a base rate of 0.01 are too few" in found.reason
    assert found.undefined + found.replicates == 800


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([0, 0, 0], [0, 0, 0], "neither coder ever gave the code"),
        ([0, 0, 0], [0, 1, 0], "no base rate"),
        ([math.nan], [1], "coded by both"),
        ([], [], "coded by both"),
    ],
)
def test_labels_without_a_rho_say_why(first, second, words):
    found = agreement.shaffer_rho_of(first, second)
    assert math.isnan(found.value)
    assert words in found.reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_rate": 0.0}, "base rate"),
        ({"kappa_min": 0.7}, "lowest kappa"),
        ({"precision": (0.9, 0.8)}, "precision"),
        ({"base_rate_inflation": 2.0}, "from 0 to 1"),
        ({"n_units": 0}, "one unit or more"),
        ({"base_rate_inflation": 0.9, "n_units": 5000}, "fewer units with the code"),
        ({"replicates": 0}, "at least one replicate"),
        ({"base_rate": 0.9, "precision": (0.6, 0.7)}, "were found"),
    ],
)
def test_impossible_settings_are_refused_in_words(options, words):
    with pytest.raises(ValueError, match=words):
        rho(0.8, **options)
    with pytest.raises(ValueError, match="from -1 to 1"):
        rho(1.5)
    with pytest.raises(ValueError, match="only 0, 1"):
        agreement.shaffer_rho_of([2.0], [1.0])
    with pytest.raises(ValueError, match="same length"):
        agreement.shaffer_rho_of([1.0], [1.0, 0.0])
