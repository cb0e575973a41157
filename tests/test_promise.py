"""What precision can be promised: exact cases by hand, and promises that are kept where the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom, norm
from scipy.stats import t as student

from fourp_nlp.machine.classifier.precision_guarantee import (
    design_effects,
    guarantee_precision,
    guarantee_without_each_document,
    lower_bound,
    needed,
    p_value,
    shared_correlation,
)


def one_code(probabilities, labels, documents=None, **options):
    """Return the promise for one code; by default each row is a document of its own."""
    rows = len(probabilities)
    documents = np.arange(rows) if documents is None else documents
    options = {"precision": 0.9, "confidence": 0.9, **options}
    return guarantee_precision(
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
    assert one_wrong.reasons[0].startswith("not enough evidence: 21 of 22 are right")
    too_few = one_code(np.full(21, 0.8), np.ones(21))
    assert np.isnan(too_few.thresholds[0])
    assert "21 segments reach 0.50" in too_few.reasons[0]
    assert "22 would be needed" in too_few.reasons[0]


def two_codes(first, second, rows):
    """Return the promise for two codes with equal probabilities, each row a document of its own."""
    return guarantee_precision(
        np.full((rows, 2), 0.8),
        np.column_stack([np.arange(rows) < first, np.arange(rows) < second]),
        np.arange(rows),
        precision=0.9,
        confidence=0.9,
        thresholds=np.array([0.3, 0.3]),
        learned=np.ones(2, bool),
    )


def test_of_two_codes_each_is_tested_at_half_of_the_error_and_leaves_it_to_the_other():
    # 0.9 ** 29 = 0.047 passes at 0.05, and 0.9 ** 28 = 0.052 does not.
    assert two_codes(29, 29, 29).thresholds.tolist() == [0.5, 0.5]
    few = two_codes(28, 28, 28)
    assert np.isnan(few.thresholds).all()
    assert few.reasons[0] == (
        "too few: 28 segments reach 0.50 out of fold, in 28 documents; 29 would be needed, all of them right "
        "(about 1 more coded document)"
    )
    # 38 of 40 happens with a chance of 0.22, and 39 of 40 with 0.080: only at the whole error.
    assert np.isnan(two_codes(39, 39, 40).thresholds).all()
    assert two_codes(40, 39, 40).thresholds.tolist() == [0.5, 0.5]
    other = two_codes(40, 38, 40)
    assert other.thresholds[0] == 0.5
    assert np.isnan(other.thresholds[1])


def test_the_cut_is_above_the_first_one_left_out():
    # 40 right ones above 60 wrong ones: no cut that takes in more than a few wrong ones can be promised.
    probabilities = np.round(np.linspace(0.95, 0.55, 100), 4)
    labels = np.arange(100) < 40
    made = one_code(probabilities, labels)
    count = int(made.n[0])
    assert 22 <= count <= 44
    assert made.true_positives[0] == min(count, 40)
    assert made.thresholds[0] == pytest.approx(probabilities[count] + 0.0001)
    assert made.recall[0] == made.true_positives[0] / 40
    assert (made.documents[0], made.largest[0]) == (count, 1)
    if made.true_positives[0] == count:
        assert made.lower[0] == pytest.approx(0.1 ** (1 / count))


def test_equal_probabilities_are_never_parted():
    probabilities = np.repeat([0.9, 0.8, 0.7], [20, 30, 50])
    made = one_code(probabilities, probabilities > 0.75)
    assert made.n[0] == 50
    assert made.thresholds[0] == pytest.approx(0.7001)


def test_the_binomial_tail_and_the_bound_are_those_of_scipy():
    right, count = np.meshgrid(np.arange(1, 40), [40, 60])
    for target in (0.6, 0.8, 0.9):
        assert p_value(right, count, target) == pytest.approx(binom.sf(right - 1, count, target))
    bound = lower_bound(right, count, 0.9)
    assert binom.sf(right - 1, count, bound) == pytest.approx(0.1)
    assert p_value(0, 5, 0.9) == 1
    assert lower_bound(0, 5, 0.9) == 0


def test_few_documents_make_a_p_value_larger_and_a_bound_lower():
    exact = 0.9**22
    assert p_value(22, 22, 0.9, 1.0, 22) == pytest.approx(exact)
    # As many standard errors away, read with the degrees of freedom that eleven documents leave.
    assert p_value(22, 22, 0.9, 1.0, 11) == pytest.approx(
        student.sf(student.isf(exact, 21), 10), rel=1e-9
    )
    assert p_value(22, 22, 0.9, 1.0, 1) == 1
    falling = p_value(22, 22, 0.9, 1.0, np.arange(2, 23))
    assert (np.diff(falling) < 0).all()
    right, count, documents = np.array([20, 30, 44]), np.array([22, 33, 48]), np.array([5, 9, 48])
    bound = lower_bound(right, count, 0.9, 1.3, documents)
    for at, *case in zip(bound, right, count, documents, strict=True):
        assert p_value(case[0], case[1], at, 1.3, case[2]) == pytest.approx(0.1)
    assert (bound <= lower_bound(right, count, 0.9, 1.3)).all()


def test_kish_by_hand():
    # Four in one document and two in another: (16 + 4) / 6 = 10 / 3 beside each member, itself counted.
    places = np.array([0, 1, 2, 3, 0, 1])
    assert design_effects(places, 0.3)[-1] == pytest.approx(1 + 0.3 * (10 / 3 - 1))
    assert (design_effects(places, 0.0) == 1).all()
    assert (design_effects(np.zeros(6, dtype=int), 1.0) == 1).all()
    # With one document and errors that all go together, 22 are one.
    assert design_effects(np.arange(22), 1.0)[-1] == 22
    assert p_value(22, 22, 0.9, 22) == pytest.approx(0.9)


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
    told = f"{positives} segments reach" if positives else "no segment reaches"
    assert told in made.reasons[0]
    assert np.isnan(made.recall[0])
    assert made.n[0] == positives


def test_a_code_that_every_segment_carries_is_promised_when_there_are_enough():
    documents = np.repeat(np.arange(5), 10)
    made = one_code(np.full(50, 0.98), np.ones(50), documents)
    assert made.thresholds[0] == 0.5
    assert made.recall[0] == 1


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
    without = guarantee_without_each_document(probabilities, labels, documents, **options)
    assert without[:, 0].tolist()[0] == 0.5
    assert np.isnan(without[1:, 0]).all()
    turned = labels.copy()
    turned[:12] = True
    again = guarantee_without_each_document(probabilities, turned, documents, **options)
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
    made = guarantee_precision(
        probabilities, labels, documents, thresholds=thresholds, learned=learned, **options()
    )
    for code in range(codes):
        assert "about 0 more" not in made.reasons[code]
        if made.reasons[code]:
            assert np.isnan([made.thresholds[code], made.lower[code], made.recall[code]]).all()
            continue
        over = np.rint(probabilities[:, code] * 1e4) >= np.rint(made.thresholds[code] * 1e4)
        assert made.thresholds[code] >= 0.5
        assert made.n[code] == over.sum()
        assert made.true_positives[code] == (over & labels[:, code]).sum()
        assert made.true_positives[code] / made.n[code] > 0.8
        assert made.lower[code] >= 0.8 - 1e-9
        assert made.recall[code] == made.true_positives[code] / labels[:, code].sum()


@settings(max_examples=100, deadline=None)
@given(judged(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(data, random):
    probabilities, labels, documents = data
    order = list(range(len(documents)))
    random.shuffle(order)
    rest = {"thresholds": np.full(labels.shape[1], 0.4), "learned": np.ones(labels.shape[1], bool)}
    one = guarantee_precision(probabilities, labels, documents, **rest, **options(precision=0.6))
    other = guarantee_precision(
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
    before = guarantee_precision(probabilities, labels, documents, **rest, **options())
    after = guarantee_precision(
        probabilities, labels | (probabilities > 0.7), documents, **rest, **options()
    )
    assert (~np.isnan(after.thresholds)).sum() >= (~np.isnan(before.thresholds)).sum()


@settings(max_examples=200, deadline=None)
@given(judged(), st.floats(0.5, 0.98), st.floats(0.5, 0.98), st.sampled_from([0.6, 0.9, 0.95]))
def test_asking_for_less_never_accepts_fewer(data, one, other, confidence):
    probabilities, labels, documents = data
    rest = {"thresholds": np.full(labels.shape[1], 0.4), "learned": np.ones(labels.shape[1], bool)}
    low, high = (
        np.nan_to_num(
            guarantee_precision(
                probabilities, labels, documents, **rest, precision=each, confidence=confidence
            ).thresholds,
            nan=2,
        )
        for each in sorted([one, other])
    )
    assert (low <= high).all()
    less, more = (
        np.nan_to_num(
            guarantee_precision(
                probabilities, labels, documents, **rest, precision=0.7, confidence=each
            ).thresholds,
            nan=2,
        )
        for each in sorted([one, other])
    )
    assert (less <= more).all()


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 60),
    st.integers(0, 20),
    st.integers(2, 5),
    st.floats(0.5, 0.99),
    st.floats(1, 4),
    st.floats(0.05, 1),
)
def test_more_evidence_at_the_same_share_is_never_weaker(
    right, wrong, times, precision, effect, spread
):
    count = right + wrong
    documents = max(int(spread * count), 1)
    once = p_value(right, count, precision, effect, documents)
    again = p_value(times * right, times * count, precision, effect, times * documents)
    # The median of the binomial lies within one of its mean, so a share just above may still be luck.
    if once <= 0.5:
        assert again <= once + 1e-12
        before = lower_bound(right, count, 0.9, effect, documents)
        after = lower_bound(times * right, times * count, 0.9, effect, times * documents)
        assert after >= before - 1e-9


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 40), st.integers(0, 6), st.integers(2, 4), st.floats(0.5, 0.95))
def test_more_documents_of_the_same_kind_never_lose_a_promise(documents, wrong, times, precision):
    labels = np.arange(documents) >= wrong
    made = one_code(np.full(documents, 0.8), labels, precision=precision)
    many = one_code(np.full(times * documents, 0.8), np.tile(labels, times), precision=precision)
    if not made.reasons[0]:
        assert not many.reasons[0]


@settings(max_examples=200, deadline=None)
@given(judged(), st.sampled_from([0.5, 0.6, 0.8, 0.9, 0.95]), st.sampled_from([0.5, 0.8, 0.9]))
def test_no_promise_comes_from_fewer_than_could_show_it(data, precision, confidence):
    probabilities, labels, documents = data
    rest = {"thresholds": np.full(labels.shape[1], 0.4), "learned": np.ones(labels.shape[1], bool)}
    made = guarantee_precision(
        probabilities, labels, documents, **rest, precision=precision, confidence=confidence
    )
    for code in np.flatnonzero(~np.isnan(made.thresholds)):
        assert made.n[code] >= needed(precision, 1 - confidence)
        assert made.documents[code] >= 2


def test_what_it_would_take_is_enough_and_less_is_not():
    right, rows = 33, 36
    made = one_code(np.full(rows, 0.8), np.arange(rows) < right, precision=0.85)
    told = made.reasons[0]
    assert told.startswith("not enough evidence: 33 of 36 are right out of fold, from 0.50 on")
    more = int(told.partition("about ")[2].split()[0])
    assert f"(about {more} more coded documents)" in told

    def promised(extra):
        # As often right: p-values are defined for fractions too.
        times = (rows + extra) / rows
        return p_value(times * right, times * rows, 0.85, 1.0, times * rows) <= 0.1

    assert promised(more)
    assert not promised(more - 1)


def test_too_near_to_be_shown_is_told_from_too_low():
    near = one_code(np.full(100, 0.8), np.arange(100) >= 10, precision=0.9)
    assert near.reasons[0].endswith(
        "90 of 100 are right out of fold, from 0.50 on, too close to the precision asked for"
    )
    low = one_code(np.full(100, 0.8), np.arange(100) >= 11, precision=0.9)
    assert low.reasons[0].startswith(
        "precision too low at every cut that was tested: at best 89 of 100"
    )


def clustered(random, documents, each, codes, correlation, precision):
    """Return labels whose precision is known: errors alike in documents, and documents alike over codes."""
    of = np.repeat(np.arange(documents), each)
    share = np.full((documents, codes), precision)
    if correlation:
        common = random.normal(size=(documents, 1)) + random.normal(size=(documents, codes))
        spread = 1 / correlation - 1
        share = beta.ppf(
            norm.cdf(common / np.sqrt(2)), precision * spread, (1 - precision) * spread
        )
    return random.random((len(of), codes)) < share[of], of


def test_the_correlation_is_found_from_few_documents_too():
    random = np.random.default_rng(3)
    made = []
    for _ in range(150):
        labels, of = clustered(random, 6, 20, 6, 0.3, 0.7)
        made.append(shared_correlation(np.full(labels.shape, 0.7), labels, of, np.full(6, 0.5)))
    # Six documents, as if their mean were known: 0.3 less about 0.07.
    assert np.mean(made) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    ("documents", "each", "codes", "correlation"),
    [(5, 60, 1, 0.1), (10, 10, 8, 0.0), (10, 30, 8, 0.1), (30, 6, 8, 0.2)],
)
def test_studies_in_which_any_promise_is_broken_are_rare(documents, each, codes, correlation):
    """Every cut of every code has a precision of 0.79, and 0.8 is asked for: any promise is broken."""
    random = np.random.default_rng(11)
    broken = 0
    for _ in range(100):
        labels, of = clustered(random, documents, each, codes, correlation, 0.79)
        made = guarantee_precision(
            np.round(random.uniform(0.5, 1, labels.shape), 4),
            labels,
            of,
            precision=0.8,
            confidence=0.9,
            thresholds=np.full(codes, 0.3),
            learned=np.ones(codes, dtype=bool),
        )
        broken += any(not reason for reason in made.reasons)
    # 0.1 is permitted; 19 of 100 is three standard deviations above it.
    assert broken <= 19


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
