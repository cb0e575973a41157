"""What precision can be promised: exact cases by hand, and promises that are kept where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from fourp_nlp.classify._promise import (
    design_effect,
    lower_bound,
    needed,
    p_value,
    promise,
    promise_without_each,
    shared_correlation,
)


def one_code(probabilities, labels, documents=None, **options):
    """Return the promise for one code; by default each row is a document of its own."""
    rows = len(probabilities)
    documents = np.arange(rows) if documents is None else documents
    options = {"precision": 0.9, "confidence": 0.9, **options}
    return promise(
        np.asarray(probabilities, dtype=float)[:, None],
        np.asarray(labels, dtype=bool)[:, None],
        np.asarray(documents, dtype=np.int64),
        thresholds=options.pop("thresholds", np.array([0.3])),
        learned=options.pop("learned", np.array([True])),
        **options,
    )


def test_twenty_two_of_twenty_two_show_nine_in_ten_and_twenty_one_do_not():
    # 0.9 ** 22 is 0.0985; one wrong among 22 happens in 0.339 of such samples.
    assert p_value(22, 22, 0.9) == pytest.approx(0.9**22)
    assert p_value(21, 22, 0.9) == pytest.approx(0.9**22 + 22 * 0.1 * 0.9**21)
    assert needed(0.9, 0.1) == 22
    assert needed(0.8, 0.1) == 11
    sure, doubtful = np.full(22, 0.8), np.full(22, 0.8)
    assert one_code(sure, np.ones(22)).thresholds[0] == 0.5
    one_wrong = one_code(doubtful, np.arange(22) > 0)
    assert np.isnan(one_wrong.thresholds[0])
    assert one_wrong.reasons[0].startswith("not sure enough: 21 of 22 are right")
    too_few = one_code(np.full(21, 0.8), np.ones(21))
    assert np.isnan(too_few.thresholds[0])
    assert "21 segments reach 0.50" in too_few.reasons[0]
    assert "22 would be needed" in too_few.reasons[0]


def test_with_two_codes_each_must_be_surer_unless_both_are():
    # One of two at level 0.05: 0.9 ** 29 = 0.047 passes and 0.9 ** 22 does not; two of two at 0.1.
    def both(second_right):
        return promise(
            np.full((22, 2), 0.8),
            np.column_stack([np.ones(22, bool), second_right]),
            np.arange(22),
            precision=0.9,
            confidence=0.9,
            thresholds=np.array([0.3, 0.3]),
            learned=np.ones(2, bool),
        )

    assert both(np.ones(22, bool)).thresholds.tolist() == [0.5, 0.5]
    alone = both(np.zeros(22, bool))
    assert np.isnan(alone.thresholds).all()
    assert "22 segments" in alone.reasons[0]
    assert "29 would be needed" in alone.reasons[0]
    assert "29 would be needed" in alone.reasons[1]


def test_the_cut_is_above_the_first_one_left_out():
    # 40 right ones above 60 wrong ones. Of the cuts tried, 29 (0.9 ** 29 is below half of 0.1) passes.
    probabilities = np.round(np.linspace(0.95, 0.55, 100), 4)
    labels = np.arange(100) < 40
    made = one_code(probabilities, labels)
    assert (made.right[0], made.judged[0]) == (29, 29)
    assert made.thresholds[0] == pytest.approx(probabilities[29] + 0.0001)
    assert made.found[0] == 29 / 40
    # It passed with half of the error; the bound is shown at all that the code had.
    assert made.lower[0] == pytest.approx(0.1 ** (1 / 29))


def test_equal_probabilities_are_never_parted():
    probabilities = np.repeat([0.9, 0.8, 0.7], [20, 30, 50])
    made = one_code(probabilities, probabilities > 0.75)
    assert made.judged[0] == 50
    assert made.thresholds[0] == pytest.approx(0.7001)


def test_the_binomial_tail_and_the_bound_are_those_of_scipy():
    right, count = np.meshgrid(np.arange(1, 40), [40, 60])
    for target in (0.6, 0.8, 0.9):
        assert p_value(right, count, target) == pytest.approx(binom.sf(right - 1, count, target))
    bound = lower_bound(right, count, 0.9)
    assert binom.sf(right - 1, count, bound) == pytest.approx(0.1)
    assert p_value(0, 5, 0.9) == 1
    assert lower_bound(0, 5, 0.9) == 0


def test_kish_by_hand():
    # Four in one document and two in another: (16 + 4) / 6 = 10 / 3 beside each member, itself counted.
    documents = np.array([0, 0, 0, 0, 1, 1])
    assert design_effect(documents, 0.3) == pytest.approx(1 + 0.3 * (10 / 3 - 1))
    assert design_effect(documents, 0.0) == 1
    assert design_effect(np.arange(6), 1.0) == 1
    # With one document and errors that all go together, 22 are one.
    assert design_effect(np.zeros(22, dtype=int), 1.0) == 22
    assert p_value(22, 22, 0.9, 22) == pytest.approx(0.9)
    assert needed(0.9, 0.1, 2.0) == 44


def test_likeness_within_documents_is_seen_and_made_dearer():
    # Documents are all right or all wrong, and the probabilities say nothing of it.
    documents = np.repeat(np.arange(10), 8)
    alike = np.repeat(np.arange(10) != 4, 8)
    spread = np.ones(80, bool)
    spread[::10] = False
    same = np.full((80, 1), 0.9)
    threshold = np.array([0.5])
    assert shared_correlation(same, alike[:, None], documents, threshold) == pytest.approx(1)
    assert shared_correlation(same, spread[:, None], documents, threshold) == 0
    options = {"documents": documents, "precision": 0.8}
    assert np.isnan(one_code(same[:, 0], alike, **options).thresholds[0])
    assert one_code(same[:, 0], spread, **options).thresholds[0] == 0.5
    unaware = one_code(same[:, 0], alike, correct_for_documents=False, **options)
    assert unaware.thresholds[0] == 0.5


def test_what_is_likelier_wrong_than_right_is_never_accepted_however_sure_the_others_are():
    probabilities = np.append(np.full(500, 0.99), np.full(20, 0.4))
    made = one_code(probabilities, probabilities > 0.5)
    assert made.thresholds[0] == 0.5
    higher = one_code(probabilities, probabilities > 0.5, thresholds=np.array([0.62]))
    assert higher.thresholds[0] == 0.62


@pytest.mark.parametrize("positives", [0, 3])
def test_few_positives_promise_nothing_and_say_what_would_be_needed(positives):
    probabilities = np.append(np.full(positives, 0.9), np.full(50, 0.1))
    made = one_code(probabilities, probabilities > 0.5)
    assert np.isnan(made.thresholds[0])
    assert f"{positives} segments reach" in made.reasons[0]
    assert np.isnan(made.found[0])
    assert made.judged[0] == positives


def test_a_code_that_every_segment_carries_is_promised_when_there_are_enough():
    documents = np.repeat(np.arange(5), 10)
    made = one_code(np.full(50, 0.98), np.ones(50), documents)
    assert made.thresholds[0] == 0.5
    assert made.found[0] == 1


def test_one_document_or_a_definition_alone_promises_nothing():
    one = one_code(np.full(50, 0.9), np.ones(50), np.zeros(50, dtype=int))
    assert "fewer than two coded documents" in one.reasons[0]
    none = one_code(np.zeros(0), np.zeros(0))
    assert "fewer than two coded documents" in none.reasons[0]
    alone = one_code(np.full(50, 0.9), np.ones(50), learned=np.array([False]))
    assert "by definition alone" in alone.reasons[0]
    assert np.isnan(alone.thresholds[0])


def test_wrong_at_every_cut_is_told_from_unlucky():
    wrong = one_code(np.linspace(0.9, 0.6, 60), np.arange(60) % 2 == 0)
    assert wrong.reasons[0].startswith("precision too low at every cut")


@pytest.mark.parametrize("name", ["precision", "confidence"])
@pytest.mark.parametrize("value", [0.3, 1.0])
def test_a_share_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(ValueError, match=name):
        one_code(np.full(5, 0.9), np.ones(5), **{name: value})


def test_a_document_has_no_say_in_what_is_accepted_of_itself():
    # Document 0 alone is wrong; without it all are right, and with it they are too many wrong.
    documents = np.repeat(np.arange(4), 12)
    probabilities = np.full((48, 1), 0.8)
    labels = (documents > 0)[:, None]
    options = {
        "precision": 0.9,
        "confidence": 0.9,
        "thresholds": np.array([0.3]),
        "learned": np.array([True]),
    }
    without = promise_without_each(probabilities, labels, documents, **options)
    assert without[:, 0].tolist()[0] == 0.5
    assert np.isnan(without[1:, 0]).all()
    turned = labels.copy()
    turned[:12] = True
    again = promise_without_each(probabilities, turned, documents, **options)
    assert again[0, 0] == without[0, 0]


@st.composite
def judged(draw):
    rows = draw(st.integers(2, 120))
    codes = draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    probabilities = np.round(random.beta(1, 1, (rows, codes)), draw(st.integers(1, 4)))
    labels = random.random((rows, codes)) < probabilities ** draw(st.floats(0.05, 2))
    documents = random.integers(0, draw(st.integers(1, 20)), rows)
    _, documents = np.unique(documents, return_inverse=True)
    return probabilities, labels, documents


def options(**changed):
    return {"precision": 0.8, "confidence": 0.9, **changed}


@settings(max_examples=200, deadline=None)
@given(judged())
def test_a_promise_always_has_its_evidence_or_its_reason(data):
    probabilities, labels, documents = data
    codes = labels.shape[1]
    thresholds, learned = np.full(codes, 0.4), np.ones(codes, bool)
    made = promise(
        probabilities, labels, documents, thresholds=thresholds, learned=learned, **options()
    )
    for code in range(codes):
        if made.reasons[code]:
            assert np.isnan([made.thresholds[code], made.lower[code], made.found[code]]).all()
            continue
        over = np.rint(probabilities[:, code] * 1e4) >= np.rint(made.thresholds[code] * 1e4)
        assert made.thresholds[code] >= 0.5
        assert made.judged[code] == over.sum()
        assert made.right[code] == (over & labels[:, code]).sum()
        assert made.right[code] / made.judged[code] > 0.8
        assert made.lower[code] >= 0.8 - 1e-9
        assert made.found[code] == made.right[code] / labels[:, code].sum()


@settings(max_examples=100, deadline=None)
@given(judged(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(data, random):
    probabilities, labels, documents = data
    order = list(range(len(documents)))
    random.shuffle(order)
    rest = {"thresholds": np.full(labels.shape[1], 0.4), "learned": np.ones(labels.shape[1], bool)}
    one = promise(probabilities, labels, documents, **rest, **options(precision=0.6))
    other = promise(
        probabilities[order], labels[order], documents[order], **rest, **options(precision=0.6)
    )
    np.testing.assert_array_equal(one.thresholds, other.thresholds)
    assert one.reasons == other.reasons


@settings(max_examples=100, deadline=None)
@given(judged())
def test_right_labels_in_place_of_wrong_ones_never_take_a_promise_away(data):
    probabilities, labels, documents = data
    rest = {"thresholds": np.full(labels.shape[1], 0.4), "learned": np.ones(labels.shape[1], bool)}
    rest["correct_for_documents"] = False
    before = promise(probabilities, labels, documents, **rest, **options())
    after = promise(probabilities, labels | (probabilities > 0.7), documents, **rest, **options())
    assert (~np.isnan(after.thresholds)).sum() >= (~np.isnan(before.thresholds)).sum()


@pytest.mark.parametrize("correlation", [0.0, 0.15])
def test_where_the_truth_is_just_missed_few_promises_are_made(correlation):
    """Every cut of every code has a precision of 0.79, and 0.8 is asked for: any promise is broken."""
    random = np.random.default_rng(7)
    broken = 0
    for _ in range(300):
        documents = np.repeat(np.arange(30), 6)
        share = np.full(30, 0.79)
        if correlation:
            spread = 1 / correlation - 1
            share = random.beta(0.79 * spread, 0.21 * spread, size=30)
        labels = random.random(180) < share[documents]
        made = one_code(random.uniform(0.5, 1, 180), labels, documents, precision=0.8)
        broken += not made.reasons[0]
    # 0.1 is permitted; 45 of 300 is three standard deviations above it.
    assert broken <= 45
