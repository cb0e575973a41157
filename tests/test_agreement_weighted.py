"""Near misses count in part: weights, and the coefficients that use them."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from nltk.metrics.agreement import AnnotationTask
from sklearn import metrics
from statsmodels.stats.inter_rater import cohens_kappa

from fourp_nlp import agreement
from tests.test_agreement_other_programs import labels, triples

SCALE = (0.0, 1.0, 2.0)
PAIRS = {
    "percent": (agreement.weighted_percent, agreement.percent_agreement),
    "fleiss": (agreement.weighted_fleiss_kappa, agreement.fleiss_kappa),
    "conger": (agreement.weighted_conger_kappa, agreement.conger_kappa),
    "ac": (agreement.gwet_ac2, agreement.gwet_ac1),
    "bp": (agreement.weighted_brennan_prediger, agreement.brennan_prediger),
    "cohen": (agreement.weighted_cohen_kappa, agreement.cohen_kappa),
}
WEIGHTS = ("identity", "linear", "quadratic", "ordinal")


def matrices(name):
    coders = st.just(2) if name == "cohen" else st.integers(2, 4)
    return nps.arrays(
        np.float64,
        st.tuples(st.integers(1, 12), coders),
        elements=st.sampled_from([*SCALE, np.nan]),
    )


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_identity_weights_are_no_weights(name, data):
    weighted, plain = PAIRS[name]
    matrix = data.draw(matrices(name))
    one, other = weighted(matrix, weights="identity"), plain(matrix)
    assert one.value == pytest.approx(other.value, nan_ok=True)
    assert one.reason == other.reason


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("weights", WEIGHTS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_order_of_coders_and_units_and_a_scale_turned_round_change_nothing(name, weights, data):
    weighted = PAIRS[name][0]
    matrix = data.draw(matrices(name))
    found = weighted(matrix, weights=weights, categories=SCALE)
    coders = data.draw(st.permutations(range(matrix.shape[1])))
    units = data.draw(st.permutations(range(matrix.shape[0])))
    for other in (matrix[units][:, coders], 2 - matrix, np.concatenate([matrix, matrix])):
        again = weighted(other, weights=weights, categories=SCALE)
        assert again.value == pytest.approx(found.value, nan_ok=True)
        assert again.reason == found.reason


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_perfect_agreement_is_exactly_one_and_chance_is_about_nothing(name, weights):
    weighted = PAIRS[name][0]
    rng = np.random.default_rng(3)
    column = rng.integers(0, 3, size=30).astype(float)
    assert weighted(np.tile(column[:, None], 2), weights=weights).value == 1.0
    if name != "percent":
        chance = rng.integers(0, 3, size=(200_000, 2)).astype(float)
        assert abs(weighted(chance, weights=weights).value) < 0.01


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weighted_cohen_kappa_is_that_of_scikit_learn_and_statsmodels(seed, weights):
    matrix = labels(seed, 2)
    ours = agreement.weighted_cohen_kappa(matrix, weights=weights).value
    assert ours == pytest.approx(metrics.cohen_kappa_score(*matrix.T, weights=weights))
    square = metrics.confusion_matrix(*matrix.T)
    theirs = cohens_kappa(square, wt=weights, return_results=True)
    assert ours == pytest.approx(theirs.kappa)
    analytic = agreement.analytic_interval(matrix, "cohen_kappa", weights=weights)
    assert analytic.value == pytest.approx(ours)
    assert analytic.standard_error == pytest.approx(theirs.std_kappa)


@pytest.mark.parametrize("seed", range(5))
def test_linear_weighted_cohen_kappa_is_that_of_nltk(seed):
    matrix = labels(seed, 2)
    task = AnnotationTask(triples(matrix), distance=lambda a, b: abs(a - b) / 3)
    ours = agreement.weighted_cohen_kappa(matrix, categories=(0, 1, 2, 3)).value
    assert ours == pytest.approx(task.weighted_kappa(max_distance=1.0))


@pytest.mark.parametrize("seed", range(5))
def test_standard_error_without_weights_is_that_of_statsmodels(seed):
    matrix = labels(seed, 2)
    theirs = cohens_kappa(metrics.confusion_matrix(*matrix.T))
    ours = agreement.analytic_interval(matrix, "cohen_kappa")
    assert ours.standard_error == pytest.approx(theirs.std_kappa)
    assert [ours.low, ours.high] == pytest.approx([theirs.kappa_low, theirs.kappa_upp])


def test_weights_are_those_of_the_books():
    four = agreement.agreement_weights((1, 2, 3, 4), "linear")
    assert four[0] == pytest.approx([1, 2 / 3, 1 / 3, 0])
    assert agreement.agreement_weights((1, 2, 3, 4), "quadratic")[0] == pytest.approx(
        [1, 8 / 9, 5 / 9, 0]
    )
    # Pairs of categories from 1 to 2, 3 and 4: 1, 3 and 6.
    assert agreement.agreement_weights((1, 2, 3, 4), "ordinal")[0] == pytest.approx(
        [1, 5 / 6, 1 / 2, 0]
    )
    uneven = agreement.agreement_weights((0, 1, 10), "linear")
    assert uneven[0] == pytest.approx([1, 0.9, 0])
    named = agreement.agreement_weights(("low", "middle", "high"), "linear")
    assert named[0] == pytest.approx([1, 0.5, 0])


def test_quadratic_alpha_is_interval_alpha():
    matrix = labels(8, 3, missing=0.2)
    found = agreement.analytic_interval(matrix, "krippendorff_alpha", weights="quadratic")
    assert found.value == pytest.approx(
        agreement.krippendorff_alpha(matrix, level="interval").value
    )


def test_a_scale_that_nobody_used_to_its_end_changes_the_weights():
    matrix = [[1, 2], [2, 2], [1, 1]]
    assert (
        agreement.weighted_percent(matrix, categories=(1, 2, 3, 4, 5)).value
        > agreement.weighted_percent(matrix).value
    )


def test_words_need_their_order():
    matrix = [["low", "high"], ["low", "low"]]
    with pytest.raises(ValueError, match="give them in their order"):
        agreement.gwet_ac2(matrix)
    with pytest.raises(ValueError, match="must be one of identity"):
        agreement.gwet_ac2([[1, 2]], weights="cubic")
    with pytest.raises(ValueError, match="repeat"):
        agreement.agreement_weights((1, 1), "linear")
    with pytest.raises(ValueError, match="finite"):
        agreement.agreement_weights((1, math.inf), "linear")
    found = agreement.gwet_ac2(matrix, categories=("low", "middle", "high"))
    assert found.defined


def test_nothing_to_compare_is_said_and_not_computed():
    for weighted, _ in PAIRS.values():
        found = weighted([[1, None], [None, 2]])
        assert found.reason == "no unit was coded by both"
        assert not weighted(np.empty((0, 2))).defined
    one = agreement.analytic_interval([[1, 1]], "gwet_ac", categories=(1, 2))
    assert one.reason == "one unit has no standard error"
    same = agreement.analytic_interval([[1, 1], [1, 1]], "fleiss_kappa")
    assert "all labels are the same" in same.reason
    assert math.isnan(same.standard_error)
    with pytest.raises(ValueError, match="must be one of percent"):
        agreement.analytic_interval([[1, 1]], "lambda")


@pytest.mark.parametrize("seed", range(3))
def test_ratio_alpha_is_that_of_the_coincidence_matrix(seed):
    matrix = labels(seed, 3, missing=0.2)
    met = np.zeros((4, 4))
    for row in matrix:
        known = row[~np.isnan(row)].astype(int)
        for at, one in enumerate(known):
            for beside, other in enumerate(known):
                if at != beside:
                    met[one, other] += 1 / (len(known) - 1)
    values = np.arange(4.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        apart = np.nan_to_num(((values[:, None] - values) / (values[:, None] + values)) ** 2)
    n_c = met.sum(axis=1)
    expected = 1 - (n_c.sum() - 1) * (met * apart).sum() / (np.outer(n_c, n_c) * apart).sum()
    assert agreement.krippendorff_alpha(matrix, level="ratio").value == pytest.approx(expected)
    with pytest.raises(ValueError, match="below 0"):
        agreement.krippendorff_alpha(matrix - 1, level="ratio")
