"""Estimated frequencies: right by hand, unbiased over every possible sample, refused where nothing can be said."""

from functools import partial
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom
from scipy.stats import t as student
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
)

from fourp_nlp.agreement import wilson
from fourp_nlp.frequencies import compare, prevalence
from fourp_nlp.frequencies._coded_samples import read_draws
from fourp_nlp.frequencies._probability_strata import expected_best, tally
from fourp_nlp.frequencies._score_intervals import (
    quantile,
    score_interval,
    score_ratio_interval,
    score_statistic,
)
from fourp_nlp.frequencies.estimators import (
    CORRELATION,
    hajek,
    horvitz_thompson,
    prediction_powered,
)

Z = quantile(0.95)
PPI_TUNED = (0.4135802469135803, 0.22119057021261046, 0.6059699236145502)
PPI_WHOLE = (0.4087301587301587, 0.21538903766439346, 0.602071279795924)


def sample(truth, rows, probability=None):
    """Return gold codes and inclusion probabilities of a sample."""
    truth = np.asarray(truth, dtype=float)
    gold, chance = np.full(len(truth), np.nan), np.full(len(truth), np.nan)
    rows = np.asarray(rows)
    gold[rows] = truth[rows]
    chance[rows] = len(rows) / len(truth) if probability is None else probability
    return gold, chance


def corpus(size=2000, seed=0, rare=2.0):
    """Return the truth, and probabilities of a machine that are right on average."""
    random = np.random.default_rng(seed)
    chance = random.beta(0.2, rare, size)
    return (random.random(size) < chance).astype(float), chance


# By hand, and against other programs


def test_gold_alone_is_wilsons_interval_with_the_finite_population_correction():
    gold, chance = sample([1] * 10 + [0] * 190, [*range(3), *range(20, 67)])
    found = prevalence(gold, chance, method="gold")
    assert found.value == pytest.approx(3 / 50)
    # A sample of 50 of 200 is worth 50 * 199 / 150 of an endless number. Of 200 segments a whole number has
    # the code: Wilson's interval, to the nearest, and one fewer below by the correction for skewness.
    low, high = proportion_confint(3 / 50 * 50 * 199 / 150, 50 * 199 / 150, method="wilson")
    assert found.high == round(200 * high) / 200
    assert (found.low, round(200 * low)) == (4 / 200, 5)
    assert (found.coded, found.positives, found.segments) == (50, 3, 200)
    assert found.target == "corpus"


def test_the_corrected_estimate_weights_what_people_found_in_each_of_the_machines_cells():
    machine = np.repeat([1.0, 0.0], [20, 80])
    truth = np.zeros(100)
    truth[[0, 1, 2, 30]] = 1
    gold, chance = sample(truth, [0, 1, 2, 3, 30, 31, 32, 33, 34, 35, 36, 37])
    found = prevalence(gold, chance, machine=machine)
    # Of four suggestions three are right; of eight others one was missed.
    assert found.value == pytest.approx(0.2 * 3 / 4 + 0.8 * 1 / 8)


def score_by_brute_force(counts, sizes, gap):
    """Return Mee's statistic and its skewness, the constrained estimate found by trying."""
    (k1, k2), (n1, n2) = counts, sizes

    def against(p2):
        p1 = p2 + gap
        return -(
            k1 * np.log(p1)
            + (n1 - k1) * np.log(1 - p1)
            + k2 * np.log(p2)
            + (n2 - k2) * np.log(1 - p2)
        )

    bounds = (max(0, -gap) + 1e-12, min(1, 1 - gap) - 1e-12)
    p2 = minimize_scalar(against, bounds=bounds, method="bounded", options={"xatol": 1e-13}).x
    p1 = p2 + gap
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    third = p1 * (1 - p1) * (1 - 2 * p1) / n1**2 - p2 * (1 - p2) * (1 - 2 * p2) / n2**2
    return (k1 / n1 - k2 / n2 - gap) / np.sqrt(variance), third / variance**1.5


def statistic(weights, shares, sizes, value):
    w, share, size = map(np.asarray, (weights, shares, sizes))
    return float(score_statistic(w, share, size, np.zeros(w.shape), value)[0])


def test_score_intervals_are_those_of_other_ways_to_find_them():
    for counts, sizes in (((15, 8), (50, 40)), ((1, 6), (30, 25)), ((20, 2), (30, 90))):
        share = np.array(counts) / sizes
        for sign, end in zip((1, -1), score_interval([1.0, -1.0], share, sizes, z=Z), strict=True):
            assert score_by_brute_force(counts, sizes, float(end))[0] == pytest.approx(
                sign * Z, abs=1e-5
            )
    found = statistic([1.0, -1.0], [7 / 50, 2 / 40], [50, 40], 0.05)
    assert found == pytest.approx(score_by_brute_force((7, 2), (50, 40), 0.05)[0], abs=1e-6)
    ratio = score_ratio_interval([1.0, 0.0], [0.0, 1.0], [15 / 50, 8 / 40], [50, 40], z=Z)
    others = confint_proportions_2indep(
        15, 50, 8, 40, method="score", compare="ratio", correction=False
    )
    np.testing.assert_allclose(ratio, others, atol=1e-5)


def test_the_correction_for_skewness_only_ever_lets_in_more():
    for counts, sizes in (((15, 8), (50, 40)), ((1, 6), (30, 25)), ((20, 2), (30, 90))):
        share, thirds = np.array(counts) / sizes, 1 / np.array(sizes) ** 2
        plain = score_interval([1.0, -1.0], share, sizes, z=Z)
        ends = score_interval([1.0, -1.0], share, sizes, z=Z, thirds=thirds)
        assert ends[0] <= plain[0]
        assert plain[1] <= ends[1]
        for sign, end in zip((1, -1), ends, strict=True):
            statistic, skew = score_by_brute_force(counts, sizes, float(end))
            limit = Z + max(0, sign * skew) * (Z**2 - 1) / 6
            assert statistic == pytest.approx(sign * limit, abs=1e-4)
    # One code in a thousand: the plain interval begins at 0.18, and under so many one comes in 16 of 100.
    plain = score_interval([1.0], [1 / 1000], [1000], z=Z)
    ends = score_interval([1.0], [1 / 1000], [1000], z=Z, thirds=[1e-6])
    assert binom.sf(0, 1000, plain[0]) > 0.16
    assert binom.sf(0, 1000, ends[0]) == pytest.approx(0.055, abs=0.002)
    assert ends[1] == pytest.approx(plain[1])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10_000))
def test_the_ends_of_a_score_interval_are_values_that_are_only_just_not_rejected(seed):
    random = np.random.default_rng(seed)
    cells = int(random.integers(1, 6))
    size = random.integers(1, 60, cells).astype(float)
    share = random.integers(0, size + 1) / size
    weight = random.dirichlet(np.ones(cells)) * random.choice([-1, 1], cells)
    low, high = score_interval(weight, share, size, z=Z)
    value = (weight * share).sum()
    assert low <= value + 1e-9 <= high + 2e-9
    least, most = weight[weight < 0].sum(), weight[weight > 0].sum()
    assert least - 1e-9 <= low <= high <= most + 1e-9
    for end in (low, high):
        if abs(end - value) > 1e-6 and least + 1e-6 < end < most - 1e-6:
            assert abs(statistic(weight, share, size, end)) == pytest.approx(Z, abs=1e-3)


def test_prediction_powered_values_are_those_of_ppi_python():
    # From ppi-python 0.2.3 by scripts/frequency_oracles.py's way of asking.
    at = np.arange(60)
    said = np.round((at * 37 % 60) / 60 * 0.9 + 0.05, 3)
    truth = (said + ((at * at * 7 + at) % 61) / 61 > 1.1).astype(float)
    gold, chance = sample(truth, np.flatnonzero(at % 7 < 2))
    options = {"machine": said, "method": "prediction_powered", "target": "segments"}
    for power, expected in ((None, PPI_TUNED), (1.0, PPI_WHOLE)):
        found = prevalence(gold, chance, power=power, **options)
        np.testing.assert_allclose((found.value, found.low, found.high), expected, atol=1e-9)


def test_rogan_and_gladens_share_by_hand():
    machine = np.repeat([1.0, 0.0], [30, 70])
    truth = np.zeros(100)
    truth[[*range(8), 40, 41]] = 1
    gold, chance = sample(truth, [*range(10), *range(40, 60)])
    # Sensitivity 8 / 10, specificity 18 / 20, the machine's share 0.3.
    found = prevalence(gold, chance, machine=machine, method="adjusted_count")
    assert found.value == pytest.approx((0.3 + 0.9 - 1) / (0.8 + 0.9 - 1))
    assert found.low < found.value < found.high


def test_the_naive_share_is_the_machines_and_has_no_interval_because_nothing_was_sampled():
    machine = np.repeat([1.0, 0.0], [30, 70])
    nothing = np.full(100, np.nan)
    found = prevalence(nothing, nothing, machine=machine, method="naive")
    assert found.value == 0.3
    assert np.isnan([found.low, found.high]).all()
    assert "not based on a sample" in found.reason
    first = np.arange(100) < 40
    both = compare(nothing, nothing, first, ~first, machine=machine, method="naive")
    assert both.value == pytest.approx(30 / 40)
    assert np.isnan([both.low, both.high]).all()
    assert "not based on a sample" in both.reason


# Over every sample that could have been drawn

TRUTH = np.array([1.0, 0, 0, 1, 0, 1, 0, 0])
SAID = np.array([0.9, 0.1, 0.3, 0.6, 0.0, 0.2, 0.1, 0.5])


def powered(draws, power):
    return prediction_powered(draws, confidence=0.95, target="corpus", power=power)[0]


@pytest.mark.parametrize(
    ("estimator", "part"),
    [
        (partial(horvitz_thompson, confidence=0.95), TRUTH),
        (partial(hajek, confidence=0.95), TRUTH),
        (partial(powered, power=1.0), TRUTH - SAID),
        (partial(powered, power=0.4), TRUTH - 0.4 * SAID),
    ],
)
def test_over_all_simple_random_samples_estimate_and_variance_are_unbiased(estimator, part):
    found = [
        estimator(read_draws(*sample(TRUTH, rows), machine=SAID)[0])
        for rows in combinations(range(len(TRUTH)), 3)
    ]
    assert len(found) == 56
    values = np.array([each.value[0] for each in found])
    assert values.mean() == pytest.approx(TRUTH.mean(), abs=1e-12)
    true = values.var()
    assert true == pytest.approx((1 - 3 / 8) / 3 * part.var(ddof=1))
    told = [((each.high[0] - each.value[0]) / student.ppf(0.975, 2)) ** 2 for each in found]
    assert np.mean(told) == pytest.approx(true, abs=1e-12)


def test_over_all_uneven_stratified_samples_estimate_and_variance_are_unbiased():
    strata = np.repeat([0, 1], [3, 5])
    probability = np.repeat([2 / 3, 2 / 5], 2)
    values, told = [], []
    for first in combinations(range(3), 2):
        for second in combinations(range(3, 8), 2):
            drawn = sample(TRUTH, [*first, *second], probability)
            draws, _ = read_draws(*drawn, strata=strata)
            found = horvitz_thompson(draws, confidence=0.95)
            values.append(found.value[0])
            told.append(((found.high[0] - found.value[0]) / student.ppf(0.975, 2)) ** 2)
    assert len(values) == 30
    assert np.mean(values) == pytest.approx(TRUTH.mean(), abs=1e-12)
    assert np.mean(told) == pytest.approx(np.var(values), abs=1e-12)


def test_given_how_many_fell_into_each_cell_the_corrected_estimate_is_unbiased():
    truth, machine = np.array([1.0, 1, 0, 1, 0, 0, 0, 1, 0]), np.repeat([1.0, 0.0], [4, 5])
    values = [
        prevalence(*sample(truth, [*yes, *no]), machine=machine).value
        for yes in combinations(range(4), 2)
        for no in combinations(range(4, 9), 3)
    ]
    assert np.mean(values) == pytest.approx(truth.mean(), abs=1e-12)


# What a reader would expect


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    truth, machine = corpus(rare=4)
    random = np.random.default_rng(1)
    held = {"gold": 0, "corrected": 0}
    widths = {"gold": 0.0, "corrected": 0.0}
    for _ in range(600):
        drawn = sample(truth, random.choice(len(truth), 150, replace=False))
        for method in held:
            found = prevalence(*drawn, machine=machine, method=method)
            held[method] += found.low <= truth.mean() <= found.high
            widths[method] += found.high - found.low
    # Three standard errors are 0.027.
    assert 0.923 < held["gold"] / 600 < 0.985
    assert 0.923 < held["corrected"] / 600 < 0.985
    assert widths["corrected"] < 0.95 * widths["gold"]


def test_a_perfect_machine_makes_the_interval_narrow_and_a_useless_one_leaves_it_as_it_was():
    truth, _ = corpus(rare=1)
    random = np.random.default_rng(2)
    drawn = sample(truth, random.choice(len(truth), 200, replace=False))
    gold = prevalence(*drawn, method="gold")
    perfect = prevalence(*drawn, machine=truth)
    assert perfect.value == pytest.approx(truth.mean())
    # Two hundred segments without an error do not prove that there is none.
    assert 0 < perfect.margin < 0.6 * gold.margin
    wald = prevalence(*drawn, machine=truth, method="prediction_powered")
    assert wald.margin < 0.1 * gold.margin
    assert wald.power == pytest.approx(1, abs=0.2)
    useless = random.random(len(truth))
    for method in ("corrected", "prediction_powered"):
        beside = gold if method == "corrected" else prevalence(*drawn, method="hajek")
        found = prevalence(*drawn, machine=useless, method=method)
        assert found.margin < 1.03 * beside.margin
    constant = prevalence(*drawn, machine=np.full(len(truth), 0.3))
    assert (constant.low, constant.high) == (pytest.approx(gold.low), pytest.approx(gold.high))


def test_a_sample_without_the_code_still_leaves_room_for_it():
    gold, chance = sample(np.zeros(1000), range(100))
    for method in ("gold", "corrected"):
        found = prevalence(gold, chance, machine=np.linspace(0, 0.2, 1000), method=method)
        assert (found.value, found.low) == (0, 0)
        assert found.high > 0.025
    assert prevalence(gold, chance, method="hajek").high == 0


def test_an_interval_never_leaves_out_what_people_have_seen():
    truth = np.repeat([1.0, 0.0], [30, 10])
    found = prevalence(*sample(truth, [*range(20), *range(30, 39)]), method="gold")
    assert found.low >= 20 / 40
    assert found.high <= 1 - 9 / 40


def test_weights_undo_an_uneven_draw():
    truth = np.repeat([1.0, 0.0], [20, 180])
    rows = [*range(10), *range(20, 38)]
    gold, chance = sample(truth, rows, np.repeat([0.5, 0.1], [10, 18]))
    for method in ("gold", "hajek", "horvitz_thompson"):
        assert prevalence(gold, chance, method=method).value == pytest.approx(0.1)


def test_segments_that_were_sure_to_be_read_stand_for_themselves_alone():
    truth = np.zeros(500)
    truth[:40] = 1
    rows = [*range(50), *range(50, 150)]
    probability = np.repeat([1.0, 100 / 450], [50, 100])
    found = prevalence(*sample(truth, rows, probability), method="gold")
    # Nobody coded so among the hundred: at most 40 and what Wilson leaves of the other 450.
    assert found.value == pytest.approx(40 / 500)
    assert found.low == pytest.approx(40 / 500)
    size = 100 * 449 / 350
    assert found.high == (40 + round(450 * Z**2 / (size + Z**2))) / 500


def test_documents_like_these_are_less_certain_than_these_documents():
    random = np.random.default_rng(3)
    documents = np.repeat(np.arange(20), 50)
    share = np.repeat(random.beta(0.5, 2, 20), 50)
    truth = (random.random(1000) < share).astype(float)
    drawn = sample(truth, random.choice(1000, 300, replace=False))
    for method in ("gold", "corrected"):
        options = {"documents": documents, "machine": share, "method": method}
        here = prevalence(*drawn, **options)
        like = prevalence(*drawn, **options, target="documents")
        assert like.value == here.value
        assert like.margin > 1.5 * here.margin
        assert like.target == "documents"


def of_documents(truth, documents):
    """Return the interval for documents like these, which are coded whole."""
    options = {"documents": documents, "method": "gold", "target": "documents"}
    return prevalence(truth, np.ones(len(truth)), **options)


def test_documents_that_are_coded_whole_have_the_error_of_documents_alone():
    documents = np.repeat(np.arange(4), 25)
    truth = np.repeat([1.0, 0.0, 1.0, 0.0], 25)
    found = of_documents(truth, documents)
    # Four documents, two of them whole: the variance of their mean is 1/12, an effective size of 3, and two
    # documents in effect have what fewer have.
    z = student.ppf(0.975, 2)
    assert found.high == pytest.approx(0.5 + z * np.sqrt(1 / 12 + z**2 / 36) / (1 + z**2 / 3))


def test_documents_that_are_alike_are_worth_no_more_than_their_segments():
    documents = np.repeat(np.arange(4), 25)
    found = of_documents(np.tile(np.repeat([1.0, 0.0], [5, 20]), 4), documents)
    # All documents are alike: as if 100 segments had been drawn, with three degrees of freedom.
    assert found.caution == ""
    z = student.ppf(0.975, 3)
    low, high = wilson(0.2, 100, z=z)
    assert (found.value, found.low, found.high) == (
        pytest.approx(0.2), pytest.approx(low), pytest.approx(high)
    )  # fmt: skip


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("held", [0, 1, 2, 20])
def test_no_code_or_a_code_of_one_document_does_not_make_documents_certain(held, flip):
    # Five documents of 200 segments, coded whole; one of them may hold all codes.
    documents = np.repeat(np.arange(5), 200)
    truth = (np.arange(1000) < held).astype(float)
    found = of_documents(1 - truth if flip else truth, documents)
    share, high = held / 1000, found.high
    if flip:
        share, high = 1 - share, 1 - found.low
    assert found.value == share
    # Segments of a document are taken for correlated: these are worth no more than 1000 / 10.95 others.
    worth = 1000 / (1 + CORRELATION * 199)
    assert "a correlation of 0.05" in found.caution
    assert high - held / 1000 > wilson(0.0, worth, z=Z)[1]
    assert (found.high - found.low) * 1000 > 2


def test_one_document_says_nothing_of_documents_like_it():
    found = of_documents(np.array([1.0, 0, 0]), np.zeros(3, dtype=int))
    assert found.value == pytest.approx(1 / 3)
    assert np.isnan(found.low)
    assert "one document does not show" in found.reason


def test_cells_follow_the_machine_and_join_where_too_few_are_coded():
    assert expected_best(np.array([0.0, 1, 0, 1]), 50).tolist() == [0, 1, 0, 1]
    assert expected_best(np.full(5, 0.3), 50).tolist() == [0] * 5
    machine = np.r_[np.full(90, 0.01), np.full(10, 0.9)]
    assert expected_best(machine, 30).tolist() == [0] * 90 + [1] * 10
    gold, chance = sample(np.zeros(100), range(30))
    draws, _ = read_draws(gold, chance, machine=machine)
    counted = tally(draws, draws.machine)
    # None of the ten is coded: they are counted with the others.
    assert counted.weights.max() == 1
    with_two = sample(np.zeros(100), [*range(28), 90, 91])
    draws, _ = read_draws(*with_two, machine=machine)
    assert sorted(tally(draws, draws.machine).weights[0].tolist()) == [0.1, 0.9]


# What is refused


def test_what_was_picked_on_purpose_is_refused_with_the_reason():
    gold, chance = sample(TRUTH, [0, 1, 2])
    chance[1] = np.nan
    found = prevalence(gold, chance, machine=SAID)
    assert not found.defined
    assert "1 of 3 coded segments were not drawn at random" in found.reason
    assert (found.coded, found.segments) == (3, 8)


def test_a_group_without_a_coded_segment_is_refused():
    gold, chance = sample(TRUTH, [0, 1, 2])
    group = np.arange(8) >= 5
    assert "coded none" in prevalence(gold, chance, within=group, method="gold").reason
    found = compare(gold, chance, ~group, group, machine=SAID)
    assert np.isnan(found.value)
    assert found.reason.startswith("second group: people coded none")


def test_everything_coded_is_a_count():
    found = prevalence(TRUTH, np.full(8, np.nan), machine=SAID)
    assert found.value == TRUTH.mean()
    assert np.isnan(found.low)
    assert np.isnan(found.high)
    assert "this is a count" in found.reason
    both = compare(TRUTH, np.full(8, np.nan), np.arange(8) < 4, np.arange(8) >= 4, machine=SAID)
    assert both.value == pytest.approx(0.5 - 0.25)
    assert "this is a count" in both.reason


def test_nothing_is_said_of_others_where_all_that_is_coded_was_sure_to_be():
    gold, chance = sample(TRUTH, [0, 1, 2], 1.0)
    assert "certain to be read" in prevalence(gold, chance, method="gold").reason


def test_an_adjusted_count_whose_interval_holds_everything_is_no_figure():
    # The machine says yes to all but one; people found six of the coded thirty.
    truth = np.tile(np.repeat([1.0, 0.0], [1, 4]), 40)
    machine = np.ones(200)
    machine[1] = 0
    found = prevalence(*sample(truth, range(30)), machine=machine, method="adjusted_count")
    assert not found.defined
    assert np.isnan([found.low, found.high]).all()
    assert "half of all shares" in found.reason


def test_a_machine_that_tells_nothing_cannot_be_adjusted():
    gold, chance = sample([1, 1, 0, 0] * 5, range(8))
    worse = 1 - np.tile([1.0, 1, 0, 0], 5)
    found = prevalence(gold, chance, machine=worse, method="adjusted_count")
    assert "suggestions are uninformative" in found.reason
    gold, chance = sample([0] * 20, range(8))
    found = prevalence(gold, chance, machine=worse, method="adjusted_count")
    assert "all alike" in found.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "magic"}, "must be one of gold"),
        ({"target": "world"}, "must be one of corpus"),
        ({"method": "hajek", "target": "documents"}, "no interval for the target documents"),
        ({"machine": None}, "needs the machine's probabilities"),
        ({"machine": SAID[:4]}, "for 8 segments"),
        ({"machine": SAID * 9}, "between 0 and 1"),
        ({"method": "adjusted_count"}, "suggestions of 0 and 1"),
        ({"target": "documents"}, "needs the documents"),
        ({"confidence": 95}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_computed_is_an_error(change, said):
    gold, chance = sample(TRUTH, [0, 1, 2])
    with pytest.raises(ValueError, match=said):
        prevalence(gold, chance, **{"machine": SAID, **change})


# Groups


def test_groups_are_compared_by_the_score_interval_of_their_difference():
    truth = np.r_[np.repeat([1.0, 0.0], [15, 35]), np.repeat([1.0, 0.0], [8, 32])]
    gold = np.r_[truth, np.full(10**6, np.nan)]
    chance = np.r_[np.full(90, 1e-9), np.full(10**6, np.nan)]
    first = np.zeros(len(gold), dtype=bool)
    first[:50] = first[90:500_090] = True
    found = compare(gold, chance, first, ~first, method="gold")
    assert found.value == pytest.approx(0.1)
    for sign, end in ((1, found.low), (-1, found.high)):
        statistic, skew = score_by_brute_force((15, 8), (50, 40), end)
        limit = Z + max(0, sign * skew) * (Z**2 - 1) / 6
        assert statistic == pytest.approx(sign * limit, abs=1e-3)
    odds = compare(gold, chance, first, ~first, method="gold", scale="odds_ratio")
    assert odds.value == pytest.approx(15 * 32 / (35 * 8))
    assert odds.low < odds.value < odds.high
    angle = compare(gold, chance, first, ~first, method="gold", scale="cohen_h")
    assert angle.value == pytest.approx(2 * np.arcsin(np.sqrt(0.3)) - 2 * np.arcsin(np.sqrt(0.2)))
    ratio = compare(gold, chance, first, ~first, method="gold", scale="ratio")
    assert ratio.value == pytest.approx(1.5)


def test_a_group_without_the_code_has_no_odds_ratio_but_a_ratio_and_a_difference():
    truth = np.r_[np.repeat([1.0, 0.0], [10, 90]), np.zeros(100)]
    gold, chance = sample(truth, [*range(5), *range(20, 40), *range(100, 130)])
    first = np.arange(200) < 100
    assert (
        "a share of 0 or 1"
        in compare(gold, chance, first, ~first, method="gold", scale="odds_ratio").reason
    )
    ratio = compare(gold, chance, first, ~first, method="gold", scale="ratio")
    assert ratio.value == np.inf
    assert 1 < ratio.low < np.inf
    assert ratio.high == np.inf
    assert (
        ratio.caution == "nothing was found in the second group: the ratio to it has no upper bound"
    )
    nothing = compare(
        np.where(np.isnan(gold), gold, 0), chance, first, ~first, method="gold", scale="ratio"
    )
    assert np.isnan(nothing.value)
    assert "a share of 0" in nothing.reason
    found = compare(gold, chance, first, ~first, method="gold")
    assert 0 < found.low < found.value < found.high


def test_swapping_the_groups_turns_the_comparison_round():
    truth, machine = corpus(size=600, rare=1)
    first = np.arange(600) % 3 == 0
    drawn = sample(truth, np.random.default_rng(0).choice(600, 120, replace=False))
    for method in ("gold", "corrected", "prediction_powered"):
        one = compare(*drawn, first, ~first, machine=machine, method=method)
        other = compare(*drawn, ~first, first, machine=machine, method=method)
        np.testing.assert_allclose(
            (one.value, one.low, one.high), (-other.value, -other.high, -other.low), atol=1e-9
        )


def test_a_document_in_both_groups_cannot_stand_for_documents_like_it():
    gold, chance = sample(np.tile([1.0, 0], 20), range(0, 40, 3))
    first = np.arange(40) < 25
    options = {"documents": np.arange(40) // 10, "method": "gold", "target": "documents"}
    assert "in both groups" in compare(gold, chance, first, ~first, **options).reason
    first = np.arange(40) < 20
    assert compare(gold, chance, first, ~first, **options).reason == ""
