"""Any number of coders, every code, all units and those that anyone coded."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from fourp_nlp import agreement
from fourp_nlp.agreement import Drawing

OFF = Drawing(resamples=0)
CODES = ["a", "b", "c"]
# Shrinking an array of three dimensions takes minutes.
NO_SHRINK = [Phase.explicit, Phase.reuse, Phase.generate]


def random_labels(seed, units=150, coders=3, missing=0.1):
    rng = np.random.default_rng(seed)
    rates = [0.5, 0.2, 0.05]
    truth = rng.random((units, 1, 3)) < rates
    labels = np.where(
        rng.random((units, coders, 3)) < 0.8, truth, rng.random((units, coders, 3)) < rates
    ).astype(float)
    labels[rng.random((units, coders)) < missing] = np.nan
    return labels, rng.integers(0, 10, size=units)


def value(table, code, name, units="all"):
    row = table[
        (table["units"] == units) & (table["code"] == code) & (table["coefficient"] == name)
    ]
    assert len(row) == 1
    return row.iloc[0]


def single(name, matrix):
    return {
        "percent": agreement.percent_agreement,
        "cohen_kappa": agreement.cohen_kappa,
        "scott_pi": agreement.scott_pi,
        "fleiss_kappa": agreement.fleiss_kappa,
        "conger_kappa": agreement.conger_kappa,
        "krippendorff_alpha": agreement.krippendorff_alpha,
        "gwet_ac1": lambda each: agreement.gwet_ac1(each, categories=(0, 1)),
        "brennan_prediger": lambda each: agreement.brennan_prediger(each, categories=(0, 1)),
    }[name](matrix)


def names_of(coders):
    chosen = agreement.select_coefficients(n_coders=coders, of_second_coder=False)
    return [definition.id for definition in chosen]


@settings(max_examples=40, deadline=None, phases=NO_SHRINK)
@given(data=st.data(), coders=st.integers(2, 4))
def test_values_are_those_of_the_single_functions(data, coders):
    shape = st.tuples(st.integers(0, 9), st.just(coders), st.just(3))
    labels = data.draw(nps.arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, np.nan])))
    table = agreement.agreement_of_codes(
        labels, CODES, np.arange(len(labels)), units=("all", "any_code", "this_code"), drawing=OFF
    )
    for at, code in enumerate(CODES):
        chosen = {
            "all": np.ones(len(labels), dtype=bool),
            "any_code": (labels == 1).any(axis=(1, 2)),
            "this_code": (labels[:, :, at] == 1).any(axis=1),
        }
        for units, which in chosen.items():
            matrix = labels[which][:, :, at]
            for name in names_of(coders):
                row = value(table, code, name, units)
                assert (row["reason"] == "") == (not math.isnan(row["value"]))
                if name.endswith("_agreement"):
                    continue
                expected = single(name, matrix)
                assert row["value"] == pytest.approx(expected.value, nan_ok=True)
                assert row["n_units"] == ((~np.isnan(matrix)).sum(axis=1) >= 2).sum()


def test_positive_agreement_of_two_is_f1_and_prevalence_is_the_mean_share():
    labels, documents = random_labels(0, coders=2, missing=0.0)
    table = agreement.agreement_of_codes(labels, CODES, documents, drawing=OFF)
    for at, code in enumerate(CODES):
        one, other = labels[:, 0, at], labels[:, 1, at]
        found = value(table, code, "positive_agreement")
        assert found["value"] == pytest.approx(agreement.f1(one, other).value)
        negative = value(table, code, "negative_agreement")["value"]
        assert negative == pytest.approx(agreement.f1(1 - one, 1 - other).value)
        assert found["prevalence"] == pytest.approx((one.mean() + other.mean()) / 2)
        both, neither = ((one == other) & (one == each) for each in (1, 0))
        assert found["prevalence_index"] == pytest.approx(both.mean() - neither.mean())
        assert found["bias_index"] == pytest.approx(abs(one.mean() - other.mean()))


@settings(max_examples=80, deadline=None)
@given(
    labels=nps.arrays(
        np.float64,
        st.tuples(st.integers(1, 12), st.integers(2, 5)),
        elements=st.sampled_from([0.0, 1.0]),
    )
)
def test_the_identity_of_byrt_holds_for_any_number_of_coders(labels):
    kappa = agreement.conger_kappa(labels)
    assume(kappa.defined)
    shares = labels.mean(axis=0)
    pabak = agreement.brennan_prediger(labels, categories=(0, 1)).value
    shift = agreement.bias_index(shares) ** 2 - agreement.prevalence_index(shares) ** 2
    assert kappa.value == pytest.approx((pabak + shift) / (1 + shift))


def test_a_table_agrees_with_that_of_two_coders():
    labels, documents = random_labels(1, coders=2, missing=0.0)
    ours = agreement.agreement_of_codes(
        labels == 1, CODES, documents, drawing=Drawing(resamples=300)
    )
    theirs = agreement.agreement_table(
        labels[:, 0] == 1,
        labels[:, 1] == 1,
        CODES,
        ["t"] * 3,
        documents,
        coder_a="x",
        coder_b="y",
        resamples=300,
    )
    for code in CODES:
        for name in ("percent", "cohen_kappa", "krippendorff_alpha", "gwet_ac1"):
            row = theirs[
                (theirs["level"] == "code")
                & (theirs["code"] == code)
                & (theirs["coefficient"] == name)
            ].iloc[0]
            found = value(ours, code, name)
            for column in ("value", "low", "high", "prevalence"):
                assert found[column] == pytest.approx(row[column])


def test_intervals_are_those_of_each_code_by_itself():
    labels, documents = random_labels(2)
    table = agreement.agreement_of_codes(labels, CODES, documents, units=("all",))
    for at, code in enumerate(CODES):
        alone = agreement.estimate_alpha(labels[:, :, at], documents)
        found = value(table, code, "krippendorff_alpha")
        assert [found["low"], found["high"]] == pytest.approx([alone.low, alone.high])
        assert found["n_documents"] == alone.n_documents == 10


def test_units_that_anyone_coded_are_fewer_and_lower():
    labels, documents = random_labels(3)
    table = agreement.agreement_of_codes(
        labels, CODES, documents, units=("all", "any_code", "this_code"), drawing=OFF
    )
    for code in CODES:
        units = [
            value(table, code, "percent", each)["n_units"]
            for each in ("all", "any_code", "this_code")
        ]
        assert units[0] > units[1] > units[2]
        cautions = [
            value(table, code, name, "this_code")["caution"]
            for name in ("percent", "positive_agreement", "krippendorff_alpha", "gwet_ac1")
        ]
        assert cautions[:2] == ["", ""]
        assert all("selected by this very code" in each for each in cautions[2:])
        same = [
            value(table, code, "positive_agreement", each)["value"]
            for each in ("all", "any_code", "this_code")
        ]
        assert same == pytest.approx([same[0]] * 3)
    assert (table.loc[table["units"] != "this_code", "caution"] == "").all()


@settings(max_examples=60, deadline=None)
@given(labels=nps.arrays(np.bool_, st.tuples(st.integers(1, 12), st.just(2), st.just(1))))
def test_two_coders_on_units_chosen_by_the_code_never_beat_chance(labels):
    table = agreement.agreement_of_codes(
        labels, ["a"], np.arange(len(labels)), units=("this_code",), drawing=OFF
    )
    for name in ("cohen_kappa", "scott_pi", "fleiss_kappa", "krippendorff_alpha"):
        found = value(table, "a", name, "this_code")["value"]
        assert math.isnan(found) or found <= 1e-12
    shared = value(table, "a", "percent", "this_code")["value"]
    one, other = labels[:, 0, 0], labels[:, 1, 0]
    union = (one | other).sum()
    if union:
        assert shared == pytest.approx((one & other).sum() / union)


def test_a_code_that_nobody_used_says_so():
    labels = np.zeros((20, 3, 2), dtype=bool)
    labels[:10, :, 1] = True
    documents = np.arange(20) // 4
    table = agreement.agreement_of_codes(
        labels, ["never", "half"], documents, units=("all", "this_code"), drawing=OFF
    )
    assert value(table, "never", "gwet_ac1")["value"] == 1.0
    assert "all labels are the same" in value(table, "never", "conger_kappa")["reason"]
    assert value(table, "never", "positive_agreement")["reason"].startswith(
        "no coder gave the code"
    )
    assert value(table, "never", "percent", "this_code")["reason"] == "no coder gave the code"
    assert value(table, "half", "negative_agreement", "this_code")["reason"].startswith(
        "all coders"
    )


def test_a_code_compared_in_two_documents_has_no_interval_though_others_do():
    labels, documents = random_labels(4, missing=0.0)
    labels[documents > 1, :, 2] = np.nan
    table = agreement.agreement_of_codes(labels, CODES, documents, units=("all",))
    assert value(table, "c", "percent")["n_documents"] == 2
    assert value(table, "c", "percent")["no_interval"] == "2 documents: too few to draw from"
    assert math.isnan(value(table, "c", "percent")["low"])
    assert value(table, "a", "percent")["no_interval"] == ""


def test_columns_and_their_kinds_are_the_promised_ones():
    labels, documents = random_labels(5)
    table = agreement.agreement_of_codes(labels, CODES, documents, drawing=OFF)
    none = agreement.agreement_of_codes(np.zeros((0, 3, 0)), [], [], drawing=OFF)
    assert list(table.columns) == list(none.columns)
    pd.testing.assert_series_equal(table.dtypes, none.dtypes)
    assert len(table) == 2 * 3 * 8


def test_wrong_input_is_refused_in_words():
    labels, documents = random_labels(6)
    refused = [
        ((labels[0], CODES, documents), "units x coders x codes"),
        ((labels, CODES[:2], documents), "units x coders x codes"),
        ((labels, ["a", "a", "b"], documents), "repeats itself"),
        ((labels + 0.5, CODES, documents), "only 0, 1"),
        ((labels, CODES, documents[1:]), "one document for each"),
    ]
    for arguments, words in refused:
        with pytest.raises(ValueError, match=words):
            agreement.agreement_of_codes(*arguments)
    with pytest.raises(ValueError, match="must be one of all"):
        agreement.agreement_of_codes(labels, CODES, documents, units=("some",))


# Feinstein and Cicchetti (1990): two tables of 100 with 85% agreement.
BALANCED = (40, 9, 6, 45)
RARE = (80, 10, 5, 5)


def figures(table):
    both, first, second, neither = table
    matrix = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0)
    shares = matrix.mean(axis=0)
    return (
        agreement.percent_agreement(matrix).value,
        agreement.cohen_kappa(matrix).value,
        agreement.gwet_ac1(matrix, categories=(0, 1)).value,
        agreement.prevalence_index(shares),
        agreement.bias_index(shares),
    )


def paradox(table, **options):
    both, first, second, neither = table
    return agreement.kappa_paradox(
        *figures(table),
        with_code=both + first + second,
        without_code=neither + first + second,
        positive=2 * both / (2 * both + first + second),
        negative=2 * neither / (2 * neither + first + second),
        **options,
    )


def test_the_paradox_of_feinstein_and_cicchetti_is_told_with_the_disagreement_behind_it():
    assert figures(BALANCED)[1] == pytest.approx(0.70, abs=0.005)
    assert figures(RARE)[1] == pytest.approx(0.32, abs=0.005)
    assert paradox(BALANCED) == ""
    told = paradox(RARE)
    assert "Kappa is 0.32" in told
    assert "85.0% agreement" in told
    assert "frequent (prevalence index +0.75)" in told
    # Of 20 units that one of them at least left without the code, both did so on five.
    assert "coders also disagree where a coder withheld the code" in told
    assert "negative agreement is 0.40 (20 units)" in told
    assert "0.70" not in told
    assert paradox(RARE, apart=0.6) == ""


@pytest.mark.parametrize("table", [(1, 1, 0, 502), (9, 0, 0, 400), (0, 5, 4, 400), (2, 0, 1, 60)])
def test_of_few_units_with_the_code_no_reason_is_given(table):
    told = paradox(table, apart=0.0)
    assert told == "" or re.fullmatch(
        r"Kappa is [\d.-]+ and AC1 [\d.]+ with [\d.]+% agreement\. "
        rf"{sum(table[:3])} units with the code: too few to say why\.",
        told,
    )


@given(st.tuples(*[st.integers(0, 300)] * 4), st.sampled_from([0.0, 0.1, 0.2]))
@settings(max_examples=300, deadline=None)
def test_no_kappa_of_other_data_is_held_out_to_coders_who_disagree_about_the_code(table, apart):
    both, first, second, neither = table
    assume(sum(table) > 1 and 2 * both + first + second > 0 and 2 * neither + first + second > 0)
    told = paradox(table, apart=apart)
    rarer = min(both, neither)
    units = rarer + first + second
    assert ("too few to say why" in told) == (told != "" and units < 10)
    assert "As arithmetic" not in told or 2 * rarer / (rarer + units) >= 0.8
    assert "would give" not in told
    assert "-0.00" not in told
    assert "nan" not in told


def test_agreement_on_a_rare_code_is_told_with_arithmetic_and_its_limit():
    told = paradox((40, 5, 5, 950), apart=0.1)
    assert "Coders mostly agree where a coder gave the code: positive agreement is 0.89" in told
    assert "As arithmetic" in told
    assert "do not show that coders would agree as often there" in told


def test_the_paradox_names_a_rare_code_and_coders_who_differ():
    told = paradox((5, 2, 8, 85))
    assert "The code is rare (prevalence index -0.80)" in told
    assert "coders also disagree where a coder gave the code" in told
    assert "positive agreement is 0.50 (15 units)" in told
    # Their second paradox: 60 of 100 agree, in shares that differ between coders and that do not.
    differing, alike = figures((25, 35, 5, 35)), figures((45, 15, 25, 15))
    assert differing[1] == pytest.approx(0.26, abs=0.005)
    assert alike[1] == pytest.approx(0.13, abs=0.005)
    much = paradox((10, 80, 0, 10))
    assert "differ in how often they give the code (bias index 0.80), which raises kappa" in much


def test_kappa_undefined_beside_ac1_is_told():
    counts = {"with_code": 0, "without_code": 9, "positive": math.nan, "negative": 1.0}
    told = agreement.kappa_paradox(1.0, math.nan, 1.0, -1.0, 0.0, **counts)
    assert "Kappa is undefined and AC1 is 1.00: the code was never given" in told
    assert "always given" in agreement.kappa_paradox(1.0, math.nan, 1.0, 1.0, 0.0, **counts)
    assert agreement.kappa_paradox(*[math.nan] * 5, **counts) == ""
    with pytest.raises(ValueError, match="below 0"):
        agreement.kappa_paradox(1.0, 1.0, 1.0, 0.0, 0.0, apart=-1, **counts)


def test_one_coder_has_no_bias():
    assert math.isnan(agreement.bias_index([0.2]))
    assert agreement.bias_index([0.2, math.nan, 0.5]) == pytest.approx(0.3)


def test_parts_of_the_corpus_have_the_rows_that_they_would_have_alone():
    labels, documents = random_labels(4)
    group = np.where(documents % 2 == 0, "even", "odd")
    drawing = Drawing(resamples=50)
    together = agreement.agreement_of_codes(
        labels, CODES, documents, parts=group, drawing=drawing, units=("all", "this_code")
    )
    assert list(together.columns[:2]) == ["part", "units"]
    for name in ("even", "odd"):
        own = group == name
        alone = agreement.agreement_of_codes(
            labels[own], CODES, documents[own], drawing=drawing, units=("all", "this_code")
        )
        found = together[together["part"] == name].drop(columns="part").reset_index(drop=True)
        pd.testing.assert_frame_equal(found, alone)
    with pytest.raises(ValueError, match="two parts"):
        agreement.agreement_of_codes(labels, CODES, documents, parts=np.arange(len(labels)))
