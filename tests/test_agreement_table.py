"""The table of two coders' agreement: its rows, its intervals and its reasons."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from scipy import stats

from fourp_nlp import agreement
from fourp_nlp.tables import AGREEMENT
from tests.growth import assert_linear

CODES = ["awareness", "strategies", "victims"]
THEMES = ["prevention", "prevention", "protection"]
PER_CODE = [
    "percent",
    "cohen_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "precision",
    "recall",
    "f1",
]


def table(a, b, documents=None, **options):
    a, b = np.asarray(a), np.asarray(b)
    documents = np.arange(len(a)) if documents is None else documents
    return agreement.agreement_table(
        a, b, CODES, THEMES, documents, coder_a="ana", coder_b="machine", **options
    )


def pick(frame, level, code, coefficient):
    chosen = frame[
        (frame["level"] == level) & (frame["code"] == code) & (frame["coefficient"] == coefficient)
    ]
    assert len(chosen) == 1
    return chosen.iloc[0]


def random_codes(seed, units=120):
    rng = np.random.default_rng(seed)
    a = rng.random((units, 3)) < [0.5, 0.2, 0.1]
    b = np.where(rng.random((units, 3)) < 0.8, a, rng.random((units, 3)) < 0.3)
    return a, b, rng.integers(0, 8, size=units)


def test_every_code_theme_and_the_whole_have_every_coefficient():
    found = table(*random_codes(0), resamples=50)
    assert list(found.columns) == list(AGREEMENT.columns)
    assert found["coefficient"].tolist() == PER_CODE * 6 + ["macro_f1"]
    assert found["level"].tolist() == ["code"] * 21 + ["theme"] * 14 + ["overall"] * 8
    assert found["code"].drop_duplicates().tolist() == [*CODES, "prevention", "protection", ""]
    assert set(found["coder_a"]) == {"ana"}
    assert set(found["coder_b"]) == {"machine"}


def general(name, a, b):
    pair = np.column_stack([a, b]).astype(float)
    return {
        "percent": lambda: agreement.percent_agreement(pair),
        "cohen_kappa": lambda: agreement.cohen_kappa(pair),
        "krippendorff_alpha": lambda: agreement.krippendorff_alpha(pair),
        "gwet_ac1": lambda: agreement.gwet_ac1(pair, categories=(0, 1)),
        "precision": lambda: agreement.precision(a, b),
        "recall": lambda: agreement.recall(a, b),
        "f1": lambda: agreement.f1(a, b),
    }[name]()


@settings(max_examples=40, deadline=None)
@given(
    both=st.integers(0, 9).flatmap(lambda units: nps.arrays(np.bool_, (2, units, 3))),
)
def test_values_are_those_of_the_general_functions(both):
    a, b = both
    found = table(a, b, resamples=0)
    parts = {("code", code): (a[:, at], b[:, at]) for at, code in enumerate(CODES)}
    parts["theme", "prevention"] = (a[:, :2].any(axis=1), b[:, :2].any(axis=1))
    parts["theme", "protection"] = (a[:, 2], b[:, 2])
    parts["overall", ""] = (a.ravel(), b.ravel())
    for (level, code), (one, other) in parts.items():
        for name in PER_CODE:
            row = pick(found, level, code, name)
            expected = general(name, one, other)
            assert row["value"] == pytest.approx(expected.value, nan_ok=True)
            assert (row["reason"] == "") == expected.defined
            assert row["n"] == len(one)
            if len(one):
                assert row["prevalence"] == pytest.approx((one.mean() + other.mean()) / 2)


def test_different_codes_of_one_theme_agree_on_the_theme():
    found = table([[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1]], resamples=0)
    assert pick(found, "code", "awareness", "f1")["value"] == 0.0
    assert pick(found, "theme", "prevention", "f1")["value"] == 1.0


def test_units_that_one_coder_never_saw_do_not_count():
    a, b, documents = random_codes(1)
    seen = documents < 5
    a, b = a.astype(float), b.astype(float)
    b[~seen] = np.nan
    found = table(a, b, documents, compared=seen, resamples=30)
    alone = table(a[seen], b[seen], documents[seen], resamples=30)
    pd.testing.assert_frame_equal(found, alone)
    assert pick(found, "code", "victims", "percent")["n"] == seen.sum()


def test_nothing_in_common_is_said_for_every_figure():
    found = table([[1, 0, 0]], [[1, 0, 0]], compared=np.array([False]))
    assert found["value"].isna().all()
    assert found["low"].isna().all()
    assert set(found["reason"]) == {"no unit was coded by both"}
    assert set(found["n"]) == {0}


def test_reasons_name_the_coder_who_did_not_use_the_code():
    found = table([[1, 0, 1], [0, 0, 1]], [[0, 0, 1], [0, 0, 1]], resamples=0)
    assert pick(found, "code", "awareness", "precision")["reason"] == "machine never used the code"
    assert pick(found, "code", "awareness", "recall")["value"] == 0.0
    assert pick(found, "code", "awareness", "cohen_kappa")["value"] == 0.0
    for name in ("cohen_kappa", "krippendorff_alpha", "precision", "recall", "f1"):
        row = pick(found, "code", "strategies", name)
        assert math.isnan(row["value"])
        assert row["reason"] == "neither coder used the code"
    assert pick(found, "code", "strategies", "gwet_ac1")["value"] == 1.0
    assert pick(found, "code", "strategies", "gwet_ac1")["prevalence"] == 0.0
    full = pick(found, "code", "victims", "krippendorff_alpha")
    assert full["reason"] == "both coders gave every unit the code"
    assert "ana never used any code of the theme" in set(
        table([[0, 0, 1]], [[0, 1, 0]], resamples=0)["reason"]
    )


def test_macro_f1_says_of_how_many_codes_it_is_the_mean():
    a, b = [[1, 0, 1], [1, 0, 0]], [[1, 0, 1], [0, 0, 1]]
    row = pick(table(a, b, resamples=0), "overall", "", "macro_f1")
    assert row["value"] == pytest.approx(2 / 3)
    assert row["reason"] == "mean of 2 of 3 codes; undefined for strategies"
    none = pick(table([[0, 0, 0]], [[0, 0, 0]], resamples=0), "overall", "", "macro_f1")
    assert math.isnan(none["value"])
    assert none["reason"] == "F1 is undefined for every code"
    whole = pick(table([[1, 1, 1]], [[1, 1, 0]], resamples=0), "overall", "", "macro_f1")
    assert whole["reason"] == ""
    assert whole["value"] == pytest.approx(2 / 3)


def test_intervals_hold_the_value_and_repeat_with_the_seed():
    a, b, documents = random_codes(2, units=400)
    found = table(a, b, documents)
    inside = (found["low"] <= found["value"]) & (found["value"] <= found["high"])
    assert inside.all()
    assert (found["low"] < found["high"]).all()
    pd.testing.assert_frame_equal(found, table(a, b, documents))


def test_intervals_are_those_of_documents_drawn_one_by_one():
    a, b, documents = random_codes(3)
    found = table(a, b, documents, drawing=agreement.Drawing("expanded", resamples=4000))
    rng = np.random.default_rng(99)
    values = []
    for _ in range(1500):
        units = np.concatenate([np.flatnonzero(documents == d) for d in rng.integers(0, 8, 8)])
        pair = np.column_stack([a[units, 0], b[units, 0]]).astype(float)
        values.append(agreement.krippendorff_alpha(pair).value)
    row = pick(found, "code", "awareness", "krippendorff_alpha")
    # As far out as t on 7 degrees of freedom, times sqrt(8 / 7), is on a normal curve.
    tail = stats.norm.cdf(stats.t.ppf(0.025, 7) * np.sqrt(8 / 7))
    expected = np.quantile(values, [tail, 1 - tail])
    assert [row["low"], row["high"]] == pytest.approx(expected, abs=0.03)


def test_units_that_resemble_each_other_within_documents_widen_the_interval():
    rng = np.random.default_rng(4)
    agree = np.repeat(rng.random(20) < 0.5, 50)
    a = np.tile((rng.random((1000, 1)) < 0.5), 3)
    b = np.where(agree[:, None], a, ~a)
    clustered = pick(table(a, b, np.repeat(np.arange(20), 50)), "code", "victims", "percent")
    alone = pick(table(a, b, np.arange(1000)), "code", "victims", "percent")
    assert clustered["high"] - clustered["low"] > 3 * (alone["high"] - alone["low"])


def test_one_document_or_no_resamples_give_no_interval():
    a, b, documents = random_codes(5)
    one = table(a, b, np.zeros(len(a)))
    assert one["value"].notna().all()
    assert one[["low", "high"]].isna().all(axis=None)
    assert table(a, b, documents, resamples=0)["low"].isna().all()


def test_a_code_in_one_document_of_many_has_no_interval():
    a = np.zeros((20, 3), dtype=int)
    a[0, 0] = 1
    held = pick(table(a, a), "code", "awareness", "cohen_kappa")
    assert held["value"] == 1
    assert math.isnan(held["low"])
    assert "one document alone" in held["no_interval"]
    resampled = table(a, a, drawing=agreement.Drawing("percentile"))
    assert pick(resampled, "code", "awareness", "cohen_kappa")["low"] == 1.0


def test_the_codings_behind_each_figure_stand_beside_it():
    a = [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0]]
    b = [[1, 0, 0], [0, 0, 0], [0, 1, 0], [1, 0, 0]]
    row = pick(table(a, b), "code", "awareness", "cohen_kappa")
    assert (row["both"], row["some"], row["codings"]) == (1, 2, "2; 2")
    assert row["n_documents"] > 0


def test_wrong_input_is_refused_in_words():
    good = np.zeros((2, 3))
    with pytest.raises(ValueError, match="units x codes"):
        table(good, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="other than 0 and 1"):
        table(good + 0.5, good)
    with pytest.raises(ValueError, match="one document"):
        table(good, good, np.arange(3))
    with pytest.raises(ValueError, match="True and False"):
        table(good, good, compared=np.array([0, 1]))
    for codes, themes in ((["a", "a", "b"], THEMES), (CODES, ["x"])):
        with pytest.raises(ValueError, match=r"repeats itself|themes"):
            agreement.agreement_table(good, good, codes, themes, [0, 1], coder_a="a", coder_b="b")


def test_a_million_units_take_time_in_proportion():
    def work(size):
        rng = np.random.default_rng(6)
        a, b = rng.random((2, size, 3)) < 0.1
        matrix = (rng.random((size, 5)) < 0.1).astype(float)
        table(a, b, rng.integers(0, 5000, size=size))
        for coefficient in (
            agreement.fleiss_kappa,
            agreement.conger_kappa,
            agreement.gwet_ac1,
            agreement.krippendorff_alpha,
        ):
            coefficient(matrix)

    assert_linear(work, 1_000_000)
