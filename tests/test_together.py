"""Codes that occur together, and rates for so many words."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import jaccard_score

from fourp_nlp.errors import TableError
from fourp_nlp.frequencies import cooccurrence, rates
from fourp_nlp.tables import COOCCURRENCE, RATES

DOCUMENTS = pd.DataFrame(
    [("a", "Ottawa", "local"), ("b", "Ottawa", "local"), ("c", "", "provincial")],
    columns=["document", "case", "group"],
)
SEGMENTS = pd.DataFrame(
    [
        ("a", 0, "One two three."),
        ("a", 1, "Don't follow-up."),
        ("b", 0, "Four words stand here"),
        ("c", 0, "…"),
    ],
    columns=["document", "segment", "text"],
)
MATRIX = np.array([[1, 0], [1, 0], [1, 1], [0, 1]], dtype=bool)


def test_rates_are_counts_over_the_words_of_what_was_read():
    found = rates(SEGMENTS, MATRIX, ["x", "y"], ["t", "t"], DOCUMENTS, coder="ana", unit="segments")
    assert list(found.columns) == list(RATES.columns)
    by = found.set_index(["case", "code"])
    assert by.loc[("Ottawa", "x"), "words"] == 9
    assert by.loc[("Ottawa", "x"), "rate"] == pytest.approx(3 / 9 * 1000)
    assert by.loc[("Ottawa", "y"), "rate"] == pytest.approx(1 / 9 * 1000)
    # A document without a word has no rate, though it has a code.
    assert by.loc[("c", "y"), "count"] == 1
    assert np.isnan(by.loc[("c", "y"), "rate"])


@pytest.mark.parametrize("by", ["document", "group"])
def test_rates_by_document_or_group(by):
    options = {"coder": "ana", "unit": "segments", "by": by, "per": 100}
    found = rates(SEGMENTS, MATRIX, ["x", "y"], ["t", "t"], DOCUMENTS, **options)
    rate = found[found["code"] == "x"].set_index(by)["rate"]
    expected = {"document": {"a": 40.0, "b": 25.0}, "group": {"local": 300 / 9}}[by]
    for name, value in expected.items():
        assert rate[name] == pytest.approx(value)


def test_rates_need_texts_and_a_positive_number_of_words():
    with pytest.raises(TableError, match="text"):
        rates(
            SEGMENTS[["document", "segment"]], MATRIX, ["x", "y"], ["t", "t"], DOCUMENTS, coder="a"
        )
    with pytest.raises(ValueError, match="1 or more"):
        rates(SEGMENTS, MATRIX, ["x", "y"], ["t", "t"], DOCUMENTS, coder="ana", per=0)


def test_codes_together_are_counted_and_measured_as_elsewhere():
    matrix = np.random.default_rng(0).random((200, 4)) < [0.5, 0.3, 0.1, 0.6]
    found = cooccurrence(matrix, list("abcd"), coder="ana")
    assert list(found.columns) == COOCCURRENCE.names
    assert (found["code"] + found["other"]).tolist() == ["ab", "ac", "ad", "bc", "bd", "cd"]
    for row, (one, other) in zip(
        found.itertuples(), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], strict=True
    ):
        x, y = matrix[:, one], matrix[:, other]
        assert row.both == (x & y).sum()
        assert row.jaccard == pytest.approx(jaccard_score(x, y))
        assert row.phi == pytest.approx(np.corrcoef(x, y)[0, 1])
        assert row.expected == pytest.approx(x.sum() * y.sum() / 200)


def test_codes_that_are_nowhere_have_no_measure():
    found = cooccurrence(np.zeros((5, 2), dtype=bool), ["a", "b"], coder="ana")
    assert found["both"].tolist() == [0]
    assert found[["jaccard", "phi"]].isna().all(axis=None)
    assert len(cooccurrence(np.zeros((0, 2), dtype=bool), ["a", "b"], coder="ana")) == 1
    assert len(cooccurrence(np.zeros((3, 1), dtype=bool), ["a"], coder="ana")) == 0
    with pytest.raises(ValueError, match="for 1 codes"):
        cooccurrence(np.zeros((3, 2), dtype=bool), ["a"], coder="ana")
