"""The coefficients agree with statsmodels, scikit-learn and NLTK on random matrices."""

import warnings

import numpy as np
import pytest
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import binary_distance, interval_distance, masi_distance
from sklearn import metrics
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from fourp_nlp import agreement

SEEDS = range(5)


def labels(seed, n_coders, *, units=60, categories=4, missing=0.0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, categories, size=units)
    guess = rng.integers(0, categories, size=(units, n_coders))
    matrix = np.where(rng.random((units, n_coders)) < 0.6, truth[:, None], guess).astype(float)
    matrix[rng.random(matrix.shape) < missing] = np.nan
    return matrix


def triples(matrix):
    return [
        (f"coder{coder}", f"unit{unit}", label)
        for unit, row in enumerate(matrix)
        for coder, label in enumerate(row)
        if not (isinstance(label, float) and np.isnan(label))
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_cohen_kappa_is_that_of_scikit_learn_and_statsmodels(seed):
    matrix = labels(seed, 2)
    ours = agreement.cohen_kappa(matrix).value
    assert ours == pytest.approx(metrics.cohen_kappa_score(*matrix.T))
    square = metrics.confusion_matrix(*matrix.T)
    assert ours == pytest.approx(cohens_kappa(square, return_results=False))


@pytest.mark.parametrize("seed", SEEDS)
def test_cohen_kappa_leaves_out_what_one_coder_did_not_code(seed):
    matrix = labels(seed, 2, missing=0.2)
    both = matrix[~np.isnan(matrix).any(axis=1)]
    assert 0 < len(both) < len(matrix)
    assert agreement.cohen_kappa(matrix).value == pytest.approx(metrics.cohen_kappa_score(*both.T))


@pytest.mark.parametrize("seed", SEEDS)
def test_fleiss_kappa_is_that_of_statsmodels(seed):
    matrix = labels(seed, 4)
    counts, _ = aggregate_raters(matrix.astype(int))
    assert agreement.fleiss_kappa(matrix).value == pytest.approx(fleiss_kappa(counts))
    assert agreement.brennan_prediger(matrix).value == pytest.approx(
        fleiss_kappa(counts, method="uniform")
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_scott_pi_is_that_of_nltk(seed):
    matrix = labels(seed, 2)
    assert agreement.scott_pi(matrix).value == pytest.approx(AnnotationTask(triples(matrix)).pi())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize(
    ("level", "distance"), [("nominal", binary_distance), ("interval", interval_distance)]
)
def test_alpha_is_that_of_nltk(seed, missing, level, distance):
    matrix = labels(seed, 3, missing=missing)
    # NLTK counts a label without a partner, which Krippendorff leaves out.
    matrix = matrix[(~np.isnan(matrix)).sum(axis=1) >= 2]
    theirs = AnnotationTask(triples(matrix), distance=distance).alpha()
    assert agreement.krippendorff_alpha(matrix, level=level).value == pytest.approx(theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_ordinal_alpha_is_that_of_the_coincidence_matrix(seed):
    matrix = labels(seed, 3, missing=0.2, categories=5)
    coincidences = np.zeros((5, 5))
    for row in matrix:
        given = row[~np.isnan(row)].astype(int)
        for at, one in enumerate(given):
            for beside, other in enumerate(given):
                if at != beside:
                    coincidences[one, other] += 1 / (len(given) - 1)
    n_c = coincidences.sum(axis=1)
    n = n_c.sum()
    delta = np.zeros((5, 5))
    for c in range(5):
        for k in range(c, 5):
            delta[c, k] = delta[k, c] = (n_c[c : k + 1].sum() - (n_c[c] + n_c[k]) / 2) ** 2
    expected = 1 - (n - 1) * (coincidences * delta).sum() / (np.outer(n_c, n_c) * delta).sum()
    found = agreement.krippendorff_alpha(matrix, level="ordinal").value
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_alpha_of_sets_is_that_of_nltk(seed):
    rng = np.random.default_rng(seed)
    names = np.array(list("abcd"))
    cells = [[frozenset(names[rng.random(4) < 0.4]) | {"e"} for _ in range(3)] for _ in range(40)]
    theirs = AnnotationTask(triples(cells), distance=masi_distance).alpha()
    assert agreement.krippendorff_alpha_sets(cells).value == pytest.approx(theirs)


@pytest.mark.parametrize("n_codes", [3, 11, 70])
def test_alpha_of_sets_is_the_same_from_an_array(n_codes):
    rng = np.random.default_rng(n_codes)
    members = (rng.random((50, 3, n_codes)) < 0.3).astype(float)
    members[rng.random((50, 3)) < 0.2] = np.nan
    cells = [
        [None if np.isnan(codes).any() else set(np.flatnonzero(codes)) for codes in unit]
        for unit in members
    ]
    from_cells = agreement.krippendorff_alpha_sets(cells).value
    assert agreement.krippendorff_alpha_sets(members).value == pytest.approx(from_cells)
    whole = members[~np.isnan(members).any(axis=(1, 2))]
    assert agreement.krippendorff_alpha_sets(whole == 1).value == pytest.approx(
        agreement.krippendorff_alpha_sets(whole).value
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_precision_recall_and_f1_are_those_of_scikit_learn(seed):
    reference, coder = labels(seed, 2, categories=2).T
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theirs = metrics.precision_recall_fscore_support(reference, coder, average="binary")
    ours = [each(reference, coder).value for each in _AGAINST_REFERENCE]
    assert ours == pytest.approx(theirs[:3])


_AGAINST_REFERENCE = (agreement.precision, agreement.recall, agreement.f1)
