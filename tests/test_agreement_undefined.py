"""Where a coefficient has no value it says why; where the input is wrong it says what."""

import math

import numpy as np
import pytest

from fourp_nlp import agreement

TWO = (agreement.cohen_kappa, agreement.scott_pi)
MANY = (
    agreement.percent_agreement,
    agreement.fleiss_kappa,
    agreement.conger_kappa,
    agreement.gwet_ac1,
    agreement.brennan_prediger,
    agreement.krippendorff_alpha,
)
nan = math.nan


@pytest.mark.parametrize("coefficient", TWO + MANY)
def test_coders_who_share_no_unit_cannot_be_compared(coefficient):
    found = coefficient([["a", None], [None, "b"]])
    assert math.isnan(found.value)
    assert found.reason == "no unit was coded by both"


@pytest.mark.parametrize("coefficient", MANY)
def test_more_coders_without_a_pair_cannot_be_compared(coefficient):
    found = coefficient(np.array([[1, nan, nan], [nan, nan, 1]]))
    assert found.reason == "no unit was coded by two coders or more"


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_of_no_pairs_is_undefined_at_every_level(level):
    found = agreement.krippendorff_alpha([[1, None], [None, 2]], level=level)
    assert found.reason == "no unit was coded by both"
    same = agreement.krippendorff_alpha([[1, 1], [1, 1]], level=level)
    assert "all labels are the same" in same.reason


@pytest.mark.parametrize(
    "coefficient",
    [*TWO, agreement.fleiss_kappa, agreement.conger_kappa, agreement.krippendorff_alpha],
)
def test_one_label_throughout_leaves_nothing_to_compare_with_chance(coefficient):
    found = coefficient([[0, 0], [0, 0]])
    assert math.isnan(found.value)
    assert "all labels are the same" in found.reason


@pytest.mark.parametrize("coefficient", [agreement.gwet_ac1, agreement.brennan_prediger])
def test_categories_that_nobody_chose_count_when_they_are_given(coefficient):
    assert "only one category" in coefficient([[0, 0], [0, 0]]).reason
    assert coefficient([[0, 0], [0, 0]], categories=(0, 1)).value == 1.0
    three = coefficient([[0, 1], [0, 0]], categories=(0, 1, 2)).value
    assert three > coefficient([[0, 1], [0, 0]]).value


def test_a_text_nan_is_a_missing_label_and_not_a_category():
    assert agreement.percent_agreement([["a", nan], ["b", "b"]]).value == 1.0


def test_sets_say_why_they_have_no_alpha():
    assert "coded by both" in agreement.krippendorff_alpha_sets([[{"a"}, None]]).reason
    assert "the same" in agreement.krippendorff_alpha_sets([[set(), set()]]).reason
    assert math.isnan(agreement.krippendorff_alpha_sets([]).value)


@pytest.mark.parametrize(
    ("coefficient", "reference", "coder", "reason"),
    [
        (agreement.precision, [1, 0], [0, 0], "the second coder never used the code"),
        (agreement.recall, [0, 0], [1, 0], "the reference never used the code"),
        (agreement.f1, [0, 0], [0, 0], "neither coder used the code"),
        (agreement.f1, [nan, 1], [0, nan], "no unit was coded by both"),
    ],
)
def test_precision_recall_and_f1_say_why_they_are_undefined(coefficient, reference, coder, reason):
    found = coefficient(reference, coder)
    assert math.isnan(found.value)
    assert found.reason == reason


def test_f1_is_zero_where_only_one_used_the_code():
    assert agreement.f1([1, 0], [0, 0]).value == 0.0
    assert agreement.recall([1, 0], [0, 0]).value == 0.0


@pytest.mark.parametrize("coefficient", TWO)
def test_a_coefficient_of_two_coders_refuses_three(coefficient):
    with pytest.raises(ValueError, match="for 2 coders; there are 3"):
        coefficient([[1, 1, 1]])


def test_wrong_input_is_refused_in_words():
    with pytest.raises(ValueError, match="units x coders"):
        agreement.percent_agreement([1, 2, 3])
    with pytest.raises(ValueError, match="none of the categories"):
        agreement.gwet_ac1([[1, 5]], categories=(0, 1))
    with pytest.raises(ValueError, match="repeat"):
        agreement.gwet_ac1([[1, 1]], categories=(1, 1))
    with pytest.raises(ValueError, match="must be one of nominal"):
        agreement.krippendorff_alpha([[1, 1]], level="ranks")
    with pytest.raises(ValueError, match="must be numbers"):
        agreement.krippendorff_alpha([["low", "high"]], level="ordinal")
    with pytest.raises(ValueError, match="finite"):
        agreement.krippendorff_alpha([[1.0, math.inf]], level="interval")
    with pytest.raises(ValueError, match="same length"):
        agreement.f1([1, 0], [1])
    with pytest.raises(ValueError, match="only 0, 1"):
        agreement.f1([2, 0], [1, 0])


def test_wrong_sets_are_refused_in_words():
    with pytest.raises(ValueError, match="not a text"):
        agreement.krippendorff_alpha_sets([["a", "b"]])
    with pytest.raises(ValueError, match="every coder"):
        agreement.krippendorff_alpha_sets([[{"a"}, {"b"}], [{"a"}]])
    with pytest.raises(ValueError, match="only 0, 1 and nan"):
        agreement.krippendorff_alpha_sets(np.full((2, 2, 2), 3.0))
    with pytest.raises(ValueError, match="all of its codes"):
        agreement.krippendorff_alpha_sets(np.array([[[1.0, nan], [0.0, 1.0]]]))
