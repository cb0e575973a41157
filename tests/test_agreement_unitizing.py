"""Spans that coders marked where they liked: the four alphas for unitizing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp import agreement
from fourp_nlp.agreement import Drawing, Spans

# Krippendorff (2019), figure 12.11: three observers of a continuum of length 60.
BOOK = {
    0: [(0, 7, "1"), (7, 13, "2"), (30, 32, "5"), (32, 37, "6"), (37, 44, "6"), (44, 60, "7")],
    1: [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")],
    2: [(0, 7, "1"), (7, 13, "4"), (13, 21, "5"), (32, 37, "6"), (37, 41, "6"), (41, 44, "6")],
}
OFF = Drawing(resamples=0)


def spans(marked, document=0):
    rows = [(document, coder, *each) for coder, units in marked.items() for each in units]
    columns = list(zip(*rows, strict=True)) or [[]] * 5
    return Spans(*(np.array(each) for each in columns))


def joined(*parts):
    return Spans(*(np.concatenate([np.asarray(part[at]) for part in parts]) for at in range(5)))


def of(table, name, code=""):
    row = table[(table["coefficient"] == name) & (table["code"] == code)]
    assert len(row) == 1
    return row.iloc[0]


def position_by_position(marked, length, n_coders, codes):
    """Return the alphas, counting characters one at a time and units in loops."""
    held = np.full((n_coders, length), None, dtype=object)
    for coder, units in marked.items():
        for unit in units:
            held[coder, unit[0] : unit[1]] = [unit] * (unit[1] - unit[0])
    kinds = [None, *codes]
    met = {(c, k): 0.0 for c in kinds for k in kinds}
    own = dict.fromkeys(kinds, 0.0)
    star = dict.fromkeys(kinds, 0.0)
    for place in range(length):
        for one in range(n_coders):
            own[None] += held[one, place] is None
            for other in range(n_coders):
                if one != other:
                    c, k = (
                        None if held[each, place] is None else held[each, place][2]
                        for each in (one, other)
                    )
                    met[c, k] += 1 / (n_coders - 1)
    for coder, units in marked.items():
        for start, end, code in units:
            own[code] += (end - start) ** 2
            others = [
                other
                for place in range(start, end)
                for other in range(n_coders)
                if other != coder and held[other, place] is not None
            ]
            star[code] += (len(others) / (n_coders - 1)) ** 2

    def parts(kinds, squares):
        margin = {c: sum(met[c, k] for k in kinds) for c in kinds}
        total = sum(margin.values())
        below = total**2 - sum(squares[c] for c in kinds)
        expected = {
            (c, k): total * (margin[c] * margin[k] - (squares[c] if c == k else 0)) / below
            if below
            else math.nan
            for c in kinds
            for k in kinds
        }
        return margin, expected

    def one_less(part, whole):
        return 1 - part / whole if whole > 1e-9 else math.nan

    margin, expected = parts(kinds, own)
    u = one_less(
        sum(met[c, k] for c, k in met if c != k), sum(expected[c, k] for c, k in met if c != k)
    )
    binary = one_less(sum(met[None, k] for k in codes), sum(expected[None, k] for k in codes))
    margin, expected = parts(codes, star)
    cu = one_less(
        sum(met[c, k] for c in codes for k in codes if c != k),
        sum(expected[c, k] for c in codes for k in codes if c != k),
    )
    ku = []
    for k in codes:
        column = sum(expected[c, k] for c in codes)
        apart = column - expected[k, k]
        ku.append(one_less(column * (margin[k] - met[k, k]), margin[k] * apart))
    return [u, binary, cu, *ku]


@st.composite
def markings(draw, codes="ab"):
    length = draw(st.integers(4, 14))
    n_coders = draw(st.integers(2, 4))
    marked = {}
    for coder in range(n_coders):
        cuts = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
        pieces = pairwise(cuts)
        kinds = st.sampled_from([None, *codes])
        marked[coder] = [
            (start, end, code) for start, end in pieces if (code := draw(kinds)) is not None
        ]
    return marked, length, n_coders


def test_the_example_of_the_book_comes_out():
    found = agreement.unitizing_alphas(spans(BOOK), [60], 3)
    table = found.table
    assert (found.n_documents, found.length) == (1, 60)
    assert of(table, "u_alpha")["value"] == pytest.approx(0.510, abs=0.0005)
    # 0.4136: quoted as 0.413.
    assert of(table, "u_alpha_binary")["value"] == pytest.approx(0.413, abs=0.001)
    assert of(table, "cu_alpha")["value"] == pytest.approx(0.724, abs=0.0005)
    for code, value in {"1": 1, "2": 0, "3": 0, "4": 0, "5": 1, "6": 1}.items():
        assert of(table, "ku_alpha", code)["value"] == pytest.approx(value, abs=1e-12)
    assert of(table, "ku_alpha", "5")["coverage"] == pytest.approx(8 / 18)
    seven = of(table, "ku_alpha", "7")
    assert math.isnan(seven["value"])
    assert seven["reason"] == "no span of the code met another coder's span"
    assert seven["coverage"] == 0.0


@settings(max_examples=150, deadline=None)
@given(drawn=markings())
def test_values_are_those_of_counting_characters_one_by_one(drawn):
    marked, length, n_coders = drawn
    found = agreement.unitizing_alphas(
        spans(marked), [length], n_coders, codes=["a", "b"], drawing=OFF
    ).table
    slow = position_by_position(marked, length, n_coders, ["a", "b"])
    assert found["value"].tolist() == pytest.approx(slow, nan_ok=True)
    assert (found["value"].isna() == (found["reason"] != "")).all()


@settings(max_examples=80, deadline=None)
@given(drawn=markings("a"))
def test_with_one_code_both_wholes_are_the_same_and_the_code_by_itself(drawn):
    marked, length, n_coders = drawn
    found = agreement.unitizing_alphas(
        spans(marked), [length], n_coders, codes=["a"], drawing=OFF
    ).table
    alone = agreement.unitizing_alpha_of_code(
        spans(marked), [length], n_coders, codes=["a"], drawing=OFF
    )
    u = of(found, "u_alpha")["value"]
    assert of(found, "u_alpha_binary")["value"] == pytest.approx(u, nan_ok=True)
    assert alone["value"].tolist() == pytest.approx([u], nan_ok=True)


@settings(max_examples=50, deadline=None)
@given(first=markings(), second=markings())
def test_documents_laid_end_to_end_are_one_continuum(first, second):
    n_coders = max(first[2], second[2])
    one = {coder: first[0].get(coder, []) for coder in range(n_coders)}
    two = {coder: second[0].get(coder, []) for coder in range(n_coders)}
    apart = agreement.unitizing_alphas(
        joined(spans(one, 0), spans(two, 1)),
        [first[1], second[1]],
        n_coders,
        codes=["a", "b"],
        drawing=OFF,
    )
    shifted = {
        coder: one[coder] + [(s + first[1], e + first[1], c) for s, e, c in two[coder]]
        for coder in one
    }
    together = agreement.unitizing_alphas(
        spans(shifted), [first[1] + second[1]], n_coders, codes=["a", "b"], drawing=OFF
    )
    assert apart.table["value"].tolist() == pytest.approx(
        together.table["value"].tolist(), nan_ok=True
    )
    assert apart.length == together.length


def test_order_of_coders_and_rows_changes_nothing():
    turned = {2 - coder: units[::-1] for coder, units in BOOK.items()}
    one = agreement.unitizing_alphas(spans(BOOK), [60], 3).table.set_index(["coefficient", "code"])
    other = agreement.unitizing_alphas(spans(turned), [60], 3).table
    other = other.set_index(["coefficient", "code"]).loc[one.index]
    assert other["value"].tolist() == pytest.approx(one["value"].tolist(), nan_ok=True)


def test_the_same_spans_are_perfect_agreement_and_chance_is_about_nothing():
    same = dict.fromkeys(range(3), BOOK[0])
    table = agreement.unitizing_alphas(spans(same), [60], 3).table
    assert table["value"].tolist() == [1.0] * len(table)
    rng = np.random.default_rng(0)
    marked = {}
    for coder in range(3):
        starts = np.arange(20_000) * 50 + rng.integers(0, 30, size=20_000)
        codes = rng.choice(["a", "b"], size=20_000)
        kept = rng.random(20_000) < 0.5
        marked[coder] = [
            (int(s), int(s) + 20, str(c)) for s, c in zip(starts[kept], codes[kept], strict=True)
        ]
    table = agreement.unitizing_alphas(spans(marked), [1_000_050], 3).table
    assert of(table, "cu_alpha")["value"] == pytest.approx(0, abs=0.02)
    assert of(table, "ku_alpha", "a")["value"] == pytest.approx(0, abs=0.02)


def test_a_document_that_one_coder_read_does_not_count():
    more = joined(spans(BOOK), spans({0: [(3, 9, "1")]}, 1))
    read = np.array([[True, True, True], [True, False, False]])
    found = agreement.unitizing_alphas(more, [60, 40], 3, read=read)
    alone = agreement.unitizing_alphas(spans(BOOK), [60], 3)
    assert found.table["value"].tolist() == pytest.approx(
        alone.table["value"].tolist(), nan_ok=True
    )
    assert (found.n_documents, found.length) == (1, 60)


def test_a_document_that_two_of_three_read_counts_as_theirs():
    two = {coder: BOOK[coder] for coder in (0, 1)}
    found = agreement.unitizing_alphas(spans(two), [60], 3, read=np.array([[True, True, False]]))
    alone = agreement.unitizing_alphas(spans(two), [60], 2)
    assert found.table["value"].tolist() == pytest.approx(
        alone.table["value"].tolist(), nan_ok=True
    )


def test_intervals_by_document_hold_the_value():
    rng = np.random.default_rng(1)
    parts = []
    for document in range(12):
        marked = {}
        for coder in range(3):
            start = 10 + int(rng.integers(0, 4))
            marked[coder] = [(start, start + 10, "a"), (40, 48, str(rng.choice(["a", "b"])))]
        parts.append(spans(marked, document))
    found = agreement.unitizing_alphas(joined(*parts), [60] * 12, 3).table
    whole = found[found["coefficient"] != "ku_alpha"]
    assert (whole["no_interval"] == "").all()
    assert ((whole["low"] < whole["value"]) & (whole["value"] < whole["high"])).all()
    few = agreement.unitizing_alphas(joined(*parts[:2]), [60] * 2, 3).table
    assert set(few["no_interval"]) == {"2 documents: too few to draw from"}


def test_codes_that_overlap_are_compared_one_at_a_time():
    marked = {
        0: [(0, 10, "a"), (5, 20, "b"), (18, 25, "b")],
        1: [(0, 10, "a"), (5, 25, "b")],
    }
    with pytest.raises(ValueError, match="unitizing_alpha_of_code"):
        agreement.unitizing_alphas(spans(marked), [40], 2)
    found = agreement.unitizing_alpha_of_code(spans(marked), [40], 2)
    assert found["code"].tolist() == ["a", "b"]
    # The two spans of b that overlap are one.
    assert found["value"].tolist() == [1.0, 1.0]
    assert found["coverage"].tolist() == [10 / 40, 20 / 40]


def test_touching_spans_stay_two_units():
    marked = {0: [(0, 5, "a"), (5, 10, "a")], 1: [(0, 10, "a")]}
    whole = {0: [(0, 10, "a")], 1: [(0, 10, "a")]}
    values = [
        agreement.unitizing_alpha_of_code(
            joined(spans(each), spans({0: [(2, 5, "a")]}, 1)), [40, 40], 2
        )["value"].iloc[0]
        for each in (marked, whole)
    ]
    assert values[0] != values[1]


def test_nothing_to_compare_is_said():
    empty = agreement.unitizing_alphas(spans({}), [30], 2, codes=["a"]).table
    assert set(empty["reason"]) == {"no coder marked anything"}
    unread = agreement.unitizing_alphas(
        spans({}), [30], 2, codes=["a"], read=np.array([[True, False]])
    ).table
    assert set(unread["reason"]) == {"no document was read by two coders or more"}
    apart = agreement.unitizing_alphas(spans({0: [(0, 5, "a")], 1: [(5, 9, "b")]}), [30], 2).table
    assert of(apart, "cu_alpha")["reason"] == "no two coders marked the same text"
    one = agreement.unitizing_alphas(
        spans({0: [(0, 5, "a")], 1: [(0, 5, "a")]}), [30], 2, codes=["a", "b"]
    ).table
    assert of(one, "cu_alpha")["reason"] == ("coders who marked the same text all used one code")


@pytest.mark.parametrize(
    ("marked", "length", "words"),
    [
        ({0: [(5, 5, "a")]}, 30, "empty or lies outside"),
        ({0: [(5, 31, "a")]}, 30, "empty or lies outside"),
        ({2: [(5, 6, "a")]}, 30, "to no coder"),
        ({0: [(5, 6, "z")]}, 30, "none of the codes"),
    ],
)
def test_wrong_spans_are_refused_in_words(marked, length, words):
    with pytest.raises(ValueError, match=words):
        agreement.unitizing_alphas(spans(marked), [length], 2, codes=["a"])


def test_a_span_in_a_document_that_its_coder_did_not_read_is_refused():
    with pytest.raises(ValueError, match="did not read"):
        agreement.unitizing_alphas(
            spans({0: [(5, 6, "a")]}, 0), [30], 2, read=np.array([[False, True]])
        )
    with pytest.raises(ValueError, match="same length"):
        agreement.unitizing_alphas(Spans([0], [0], [1], [2], ["a", "b"]), [30], 2)
