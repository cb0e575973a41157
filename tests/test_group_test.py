"""Groups of documents are told apart by whole documents, and many codes are many chances to be wrong."""

import numpy as np
import pytest
from scipy.stats import permutation_test
from statsmodels.stats.multitest import multipletests

from fourp_nlp.frequencies import adjust_p_values, group_test


def test_three_documents_against_four_cannot_give_less_than_two_in_thirty_five():
    counts = np.array([[9, 1], [8, 0], [7, 2], [1, 1], [0, 0], [2, 2], [1, 0]])
    first = np.arange(7) < 3
    found = group_test(counts, np.full(7, 10), first)
    assert (found.assignments, found.exact) == (35, True)
    assert found.first.tolist() == [0.8, 0.1]
    assert found.second == pytest.approx([0.1, 0.075])
    # The greatest difference there is: the sample itself is the smallest p-value.
    assert found.p_value[0] == pytest.approx(2 / 35)
    assert found.smallest[0] == pytest.approx(2 / 35)
    assert found.p_value[1] > 0.5


def test_a_code_of_one_document_can_never_be_shown_to_differ():
    counts = np.array([[5], [0], [0], [0], [0], [0], [0]])
    found = group_test(counts, np.full(7, 10), np.arange(7) < 3)
    # In 15 of 35 ways the document is in the first group.
    assert found.smallest[0] == pytest.approx(2 * 15 / 35)


def test_p_values_are_those_of_scipy():
    random = np.random.default_rng(0)
    sizes = random.integers(20, 200, 9).astype(float)
    counts = random.poisson(sizes[:, None] * [0.1, 0.02, 0.3])
    first = np.arange(9) < 4
    found = group_test(counts, sizes, first)
    for code in range(3):

        def statistic(x, y, axis, code=code):
            x, y = x.astype(int), y.astype(int)
            one = counts[x, code].sum(axis=axis) / sizes[x].sum(axis=axis)
            other = counts[y, code].sum(axis=axis) / sizes[y].sum(axis=axis)
            return one - other

        parts = (np.flatnonzero(first), np.flatnonzero(~first))
        theirs = permutation_test(parts, statistic, n_resamples=np.inf, vectorized=True)
        assert found.difference[code] == pytest.approx(theirs.statistic)
        assert found.p_value[code] == pytest.approx(theirs.pvalue)


def test_where_there_are_too_many_ways_a_random_choice_of_them_says_about_the_same():
    random = np.random.default_rng(1)
    counts = random.poisson(5, (24, 1))
    first = np.arange(24) < 12
    found = group_test(counts, np.full(24, 50), first, resamples=4999, seed=3)
    assert (found.exact, found.assignments) == (False, 5000)
    again = group_test(counts, np.full(24, 50), first, resamples=4999, seed=4)
    assert found.p_value[0] == pytest.approx(again.p_value[0], abs=0.05)
    apart = np.r_[np.full(12, 9), np.zeros(12)][:, None]
    assert group_test(apart, np.full(24, 50), first).p_value[0] >= 2 / 10_000


def test_without_a_difference_small_p_values_are_as_rare_as_they_should_be():
    random = np.random.default_rng(2)
    # Documents differ much; groups do not. Segments alone would be sure that they do.
    share = random.beta(0.5, 2, (10, 400))
    counts = random.binomial(100, share)
    found = group_test(counts, np.full(10, 100), np.arange(10) < 5)
    assert (found.p_value <= 0.05).mean() < 0.08
    assert 0.35 < (found.p_value <= 0.5).mean() < 0.6


def test_a_group_without_documents_is_refused():
    found = group_test(np.ones((3, 2)), np.ones(3), np.ones(3, dtype=bool))
    assert np.isnan(found.p_value).all()
    assert found.reason == "a group has no document"
    with pytest.raises(ValueError, match="shape"):
        group_test(np.ones((3, 2)), np.ones(4), np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="more than 0"):
        group_test(np.ones((3, 2)), np.zeros(3), np.ones(3, dtype=bool))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("holm", "holm"), ("benjamini_hochberg", "fdr_bh"), ("benjamini_yekutieli", "fdr_by")],
)
def test_adjusted_p_values_are_those_of_statsmodels(ours, theirs):
    values = np.random.default_rng(0).uniform(0, 0.2, 15)
    expected = multipletests(values, method=theirs)[1]
    np.testing.assert_allclose(adjust_p_values(values, ours), expected)
    with_gap = np.insert(values, 4, np.nan)
    found = adjust_p_values(with_gap, ours)
    assert np.isnan(found[4])
    np.testing.assert_allclose(np.delete(found, 4), expected)


def test_adjusting_what_is_no_p_value_is_an_error():
    assert np.isnan(adjust_p_values([np.nan])).all()
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust_p_values([0.2, 1.2])
    with pytest.raises(ValueError, match="must be one of holm"):
        adjust_p_values([0.2], "magic")
