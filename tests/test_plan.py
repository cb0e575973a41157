"""How many more segments to code: plans are kept by samples of that size."""

import numpy as np
import pytest

from fourp_nlp.frequencies import prevalence, segments_needed


def corpus(size=3000, rare=2.0, seed=0):
    random = np.random.default_rng(seed)
    chance = random.beta(0.25, rare, size)
    return (random.random(size) < chance).astype(float), chance


def drawn(truth, count, random):
    rows = random.choice(len(truth), count, replace=False)
    gold = np.full(len(truth), np.nan)
    gold[rows] = truth[rows]
    return gold, np.full(len(truth), count / len(truth))


def real_margin(truth, machine, count, method):
    random = np.random.default_rng(1)
    found = [
        prevalence(*drawn(truth, count, random), machine=machine, method=method).margin
        for _ in range(100)
    ]
    return np.mean(found)


@pytest.mark.parametrize("method", ["gold", "corrected"])
@pytest.mark.parametrize("margin", [0.02, 0.04])
def test_samples_of_the_planned_size_reach_the_margin(method, margin):
    truth, machine = corpus()
    plan = segments_needed(machine, margin, method=method)
    assert plan.margin <= margin
    assert plan.more == plan.total < 3000
    assert real_margin(truth, machine, plan.total, method) == pytest.approx(margin, rel=0.1)


def test_the_machine_saves_coding_where_it_is_good():
    _, machine = corpus()
    alone = segments_needed(machine, 0.02, method="gold").total
    with_it = segments_needed(machine, 0.02, method="corrected").total
    assert with_it < 0.8 * alone


def test_a_pilot_corrects_a_machine_that_is_wrong_about_how_often():
    truth, chance = corpus()
    machine = np.clip(3 * chance, 0, 1)
    random = np.random.default_rng(2)
    gold, inclusion = drawn(truth, 200, random)
    plan = segments_needed(machine, 0.025, gold=gold, inclusion=inclusion)
    assert plan.prevalence == pytest.approx(truth.mean(), abs=0.05)
    assert abs(machine.mean() - truth.mean()) > 0.1
    assert plan.more == plan.total - 200
    assert plan.now > 0.025
    assert real_margin(truth, machine, plan.total, "corrected") == pytest.approx(0.025, rel=0.15)


def test_a_pilot_without_the_code_is_not_taken_for_its_absence():
    gold, inclusion = drawn(np.zeros(3000), 50, np.random.default_rng(0))
    plan = segments_needed(
        np.full(3000, 0.001), 0.02, gold=gold, inclusion=inclusion, method="gold"
    )
    assert plan.prevalence == pytest.approx(1 / 52, abs=1e-6)
    assert plan.more > 50


def test_what_is_enough_needs_no_more_and_what_is_never_enough_needs_all():
    truth, machine = corpus()
    gold, inclusion = drawn(truth, 1500, np.random.default_rng(0))
    assert segments_needed(machine, 0.1, gold=gold, inclusion=inclusion).more == 0
    everything = segments_needed(machine[:40], 0.001)
    assert (everything.total, everything.margin) == (40, 0)


def test_a_pilot_that_was_picked_on_purpose_is_refused():
    gold, _ = drawn(np.zeros(100), 10, np.random.default_rng(0))
    plan = segments_needed(np.full(100, 0.1), 0.05, gold=gold, inclusion=np.full(100, np.nan))
    assert "not drawn at random" in plan.reason
    with pytest.raises(ValueError, match="between 0 and"):
        segments_needed(np.full(100, 0.1), 2)
    with pytest.raises(ValueError, match="must be one of gold"):
        segments_needed(np.full(100, 0.1), 0.02, method="magic")
