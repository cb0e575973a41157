"""What must hold of every coefficient, whatever the labels."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from fourp_nlp import agreement

OF_TWO = {"cohen": agreement.cohen_kappa, "scott": agreement.scott_pi}
OF_MANY = {
    "percent": agreement.percent_agreement,
    "fleiss": agreement.fleiss_kappa,
    "conger": agreement.conger_kappa,
    "alpha": agreement.krippendorff_alpha,
    "ac1": agreement.gwet_ac1,
    "brennan_prediger": agreement.brennan_prediger,
}
OF_NUMBERS = {
    level: partial(agreement.krippendorff_alpha, level=level) for level in ("ordinal", "interval")
}
ALL = {**OF_TWO, **OF_MANY, **OF_NUMBERS}


def matrices(coders):
    return nps.arrays(
        np.float64,
        st.tuples(st.integers(1, 12), coders),
        elements=st.sampled_from([0.0, 1.0, 2.0, np.nan]),
    )


def coders_of(name):
    return st.just(2) if name in OF_TWO else st.integers(2, 4)


def same(one, other):
    return one.reason == other.reason and one.value == pytest.approx(other.value, nan_ok=True)


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_order_of_coders_and_units_changes_nothing(name, data):
    matrix = data.draw(matrices(coders_of(name)))
    coders = data.draw(st.permutations(range(matrix.shape[1])))
    units = data.draw(st.permutations(range(matrix.shape[0])))
    assert same(ALL[name](matrix), ALL[name](matrix[units][:, coders]))


@pytest.mark.parametrize("name", {**OF_TWO, **OF_MANY})
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_other_names_for_the_categories_change_nothing(name, data):
    matrix = data.draw(matrices(coders_of(name)))
    names = data.draw(st.permutations(["none", "some", "all"]))
    renamed = np.array(
        [[None if np.isnan(x) else names[int(x)] for x in row] for row in matrix], dtype=object
    )
    assert same(ALL[name](matrix), ALL[name](renamed))


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_perfect_agreement_with_variation_is_exactly_one(name, data):
    values = data.draw(st.lists(st.sampled_from([0.1, 0.7, 3.3]), min_size=2, max_size=12))
    assume(len(set(values)) > 1)
    n_coders = data.draw(coders_of(name))
    assert ALL[name](np.tile(np.array(values)[:, None], n_coders)).value == 1.0


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_value_is_at_most_one_and_nan_comes_with_a_reason(name, data):
    found = ALL[name](data.draw(matrices(coders_of(name))))
    assert found.defined == (found.reason == "")
    assert not found.defined or found.value <= 1.0


@settings(max_examples=60, deadline=None)
@given(matrix=matrices(st.just(2)))
def test_conger_is_cohen_where_two_coders_coded_everything(matrix):
    whole = matrix[~np.isnan(matrix).any(axis=1)]
    assume(len(whole))
    assert same(agreement.conger_kappa(whole), agreement.cohen_kappa(whole))
    assert same(agreement.fleiss_kappa(whole), agreement.scott_pi(whole))


def test_two_coders_who_overlap_by_pure_chance_score_nothing():
    rng = np.random.default_rng(7)
    matrix = (rng.random((200_000, 2)) < 0.3).astype(float)
    for coefficient in (*OF_TWO.values(), agreement.krippendorff_alpha):
        assert abs(coefficient(matrix).value) < 0.01


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_alpha_of_sets_does_not_depend_on_the_order_of_coders_or_names(data):
    cell = st.none() | st.frozensets(st.sampled_from("abc"))
    cells = data.draw(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=8))
    other = dict(zip("abc", data.draw(st.permutations("xyz")), strict=True))
    renamed = [
        [None if each is None else {other[code] for code in each} for each in reversed(row)]
        for row in cells
    ]
    assert same(
        agreement.krippendorff_alpha_sets(cells), agreement.krippendorff_alpha_sets(renamed)
    )
