"""The coefficients give the values that were published for them."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from fourp_nlp import agreement

CASES = json.loads(
    (Path(__file__).parent / "data" / "agreement_reference.json").read_text(encoding="utf-8")
)


def share_of_equal_sets(matrix):
    cells = np.empty((len(matrix), len(matrix[0])), dtype=object)
    for unit, row in enumerate(matrix):
        for coder, codes in enumerate(row):
            cells[unit, coder] = frozenset(codes)
    return agreement.percent_agreement(cells)


COEFFICIENTS = {
    "pa": agreement.percent_agreement,
    "AC1": agreement.gwet_ac1,
    "fleiss": agreement.fleiss_kappa,
    "bp": agreement.brennan_prediger,
    "conger": agreement.conger_kappa,
    "cohen": agreement.cohen_kappa,
    "scott": agreement.scott_pi,
    "alpha_nominal": agreement.krippendorff_alpha,
    "alpha_ordinal": partial(agreement.krippendorff_alpha, level="ordinal"),
    "alpha_interval": partial(agreement.krippendorff_alpha, level="interval"),
    "alpha_masi": agreement.krippendorff_alpha_sets,
    "exact_match": share_of_equal_sets,
}

EXPECTED = [
    pytest.param(case, name, value, id=f"{case['name']}-{name}")
    for case in CASES
    for name, value in case["expected"].items()
]


def test_twelve_published_matrices_are_there():
    assert len(CASES) == 12
    assert len(EXPECTED) == 28


@pytest.mark.parametrize(("case", "name", "value"), EXPECTED)
def test_published_value_comes_out(case, name, value):
    found = COEFFICIENTS[name](case["matrix"])
    assert found.reason == ""
    assert found.value == pytest.approx(value, abs=case["tolerance"])


def test_alpha_of_sets_is_not_that_of_dkpro():
    case = CASES[-1]
    ours = agreement.krippendorff_alpha_sets(case["matrix"]).value
    assert ours == pytest.approx(0.27308066, abs=1e-8)
    assert abs(ours - case["of_other_definitions"]["alpha_masi_dkpro"]) > 0.02


def alpha_of_cells(matrix, distance):
    """Return alpha of complete cells of two coders, pair by pair."""
    cells = [[frozenset(cell) for cell in row] for row in matrix]
    flat = [cell for row in cells for cell in row]
    observed = np.mean([distance(one, other) for one, other in cells])
    pairs = [distance(a, b) for i, a in enumerate(flat) for j, b in enumerate(flat) if i != j]
    return 1 - observed / np.mean(pairs)


def relation(one, other):
    """Return how two sets differ: 0 the same, 1 one in the other, 2 overlapping, 3 disjoint."""
    if one == other:
        return 0
    if one <= other or other <= one:
        return 1
    return 2 if one & other else 3


def dkpro_masi(one, other):
    union = one | other
    return (1 - len(one & other) / len(union)) * relation(one, other) / 3 if union else 0.0


def test_alpha_of_sets_is_that_of_dkpro_with_the_distance_of_dkpro():
    case = CASES[-1]
    theirs = case["of_other_definitions"]
    found = alpha_of_cells(case["matrix"], dkpro_masi)
    assert found == pytest.approx(theirs["alpha_masi_dkpro"], abs=case["tolerance"])
    found = alpha_of_cells(case["matrix"], lambda one, other: relation(one, other) / 3)
    assert found == pytest.approx(theirs["alpha_setdist_dkpro"], abs=case["tolerance"])
    ours = alpha_of_cells(case["matrix"], agreement.masi_distance)
    assert ours == pytest.approx(case["expected"]["alpha_masi"])


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("ab", "ab", 0.0),
        ("", "", 0.0),
        ("a", "b", 1.0),
        ("a", "", 1.0),
        ("ab", "abcd", 1 - 2 / 4 * 2 / 3),
        ("ab", "bc", 1 - 1 / 3 * 1 / 3),
    ],
)
def test_masi_distance_is_that_of_passonneau(one, other, distance):
    assert agreement.masi_distance(set(one), set(other)) == pytest.approx(distance)
    assert agreement.masi_distance(set(other), set(one)) == pytest.approx(distance)


def test_alphas_interval_with_missing_labels_is_that_of_irrcac_for_r():
    # krippen.alpha.raw(cac.raw4raters) of irrCAC 1.4: 0.74342, 0.14548, (0.423, 1).
    found = agreement.analytic_interval(CASES[0]["matrix"], "krippendorff_alpha")
    assert CASES[0]["name"].endswith("cac.raw4raters")
    assert found.value == pytest.approx(0.74342, abs=6e-6)
    assert found.standard_error == pytest.approx(0.14548, abs=6e-6)
    assert (found.low, found.high) == (pytest.approx(0.423, abs=6e-4), 1.0)


def test_alphas_standard_error_is_the_delta_method_where_numbers_of_labels_differ():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, size=(400, 1))
    matrix = np.where(rng.random((400, 4)) < 0.7, truth, rng.integers(0, 3, size=(400, 4)))
    matrix = np.where(rng.random((400, 4)) < rng.choice([0.0, 0.45], size=(400, 1)), np.nan, matrix)
    left_out = [
        agreement.krippendorff_alpha(np.delete(matrix, unit, axis=0)).value for unit in range(400)
    ]
    jackknife = np.sqrt(399 / 400 * np.sum((left_out - np.mean(left_out)) ** 2))
    found = agreement.analytic_interval(matrix, "krippendorff_alpha")
    assert found.standard_error == pytest.approx(jackknife, rel=0.01)
