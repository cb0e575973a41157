"""Confused codes: counted by hand, and what must hold of any two coders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fourp_nlp.agreement.confusion import confused_pairs, confused_segments


def matrix(rows: str) -> np.ndarray:
    """Return labels from words of letters, one word a segment; '-' is no code."""
    return np.array([[letter in word for letter in "abc"] for word in rows.split()])


def test_pairs_are_counted_as_by_hand():
    gold = matrix("a a a  b c  - ab a  -")
    made = matrix("b b bc b -  b b  a  -")
    table = confused_pairs(gold, made, "abc").set_index(["code", "taken_for"])
    assert table.index.tolist() == [("a", "b"), ("a", "c")]
    # Segments 0, 1, 2. Not 6, where both are gold; not 5, where gold has none.
    assert table.loc[("a", "b"), "segments"] == 3
    assert confused_segments(gold, made, 0, 1).tolist() == [0, 1, 2]
    assert table.loc[("a", "b"), "coded"] == 5
    # Of 8 segments with any code, 4 lack a and 4 have b added.
    assert table.loc[("a", "b"), "expected"] == pytest.approx(4 * 4 / 8)
    assert table.loc[("a", "b"), "lift"] == pytest.approx(1.5)


def test_the_pair_furthest_above_its_base_rate_comes_first():
    # c is added everywhere, so that its meeting a is no news; b is added where a is missed alone.
    gold = matrix("a a - - - - - - - - a")
    made = matrix("bc bc c c c c c c c c c")
    table = confused_pairs(gold, made, "abc")
    assert table.loc[0, ["code", "taken_for"]].tolist() == ["a", "b"]
    assert table.loc[1, "segments"] == 3
    assert table.loc[1, "lift"] == pytest.approx(1)


def test_coders_who_agree_confuse_nothing():
    gold = matrix("a b c ab -")
    assert confused_pairs(gold, gold, "abc").empty
    assert confused_pairs(gold[:0], gold[:0], "abc").empty


labels = st.integers(0, 30).flatmap(
    lambda n: st.tuples(hnp.arrays(bool, (n, 4)), hnp.arrays(bool, (n, 4)))
)


@settings(max_examples=80, deadline=None)
@given(labels)
def test_two_coders_the_other_way_round_confuse_the_other_way_round(pair):
    one, other = pair
    there = confused_pairs(one, other, "abcd").set_index(["code", "taken_for"])["segments"]
    back = confused_pairs(other, one, "abcd").set_index(["taken_for", "code"])["segments"]
    assert there.to_dict() == back.to_dict()
    for (code, taken_for), count in there.items():
        rows = confused_segments(one, other, "abcd".index(code), "abcd".index(taken_for))
        assert len(rows) == count
        assert code != taken_for
