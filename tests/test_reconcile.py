"""Suggestions and gold codes are compared pair by pair, and every difference is settled."""

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.coding.reconciliation import (
    DECISIONS,
    reconcile,
    reconciliation_summary,
)
from fourp_nlp.errors import TableError
from fourp_nlp.tables import RECONCILIATION, SEGMENTS, SUGGESTIONS, conform, empty
from tests.filled import suggestions_of

CODES = ["awareness", "victims"]
THEMES = ["prevention", "protection"]
SEGMENT_ROWS = [
    ("a.txt", 0, 0, 5, "Zero.", "", "sentence"),
    ("a.txt", 1, 6, 10, "One.", "", "sentence"),
    ("a.txt", 2, 11, 15, "Two.", "", "sentence"),
    ("b.txt", 0, 0, 6, "Three.", "", "sentence"),
]
SEGMENTS_HERE = conform(pd.DataFrame(SEGMENT_ROWS, columns=SEGMENTS.names), SEGMENTS)
COVERED = np.array([True, True, True, False])
#                 awareness, victims
GOLD = np.array([[True, False], [True, True], [False, False], [True, True]])
MACHINE = np.array([[True, False], [False, True], [True, False], [True, True]])


def suggestions(machine=MACHINE):
    rows = [
        {
            "document": document, "segment": segment, "start": start, "end": end, "text": text,
            "code": code, "theme": THEMES[column], "suggested": machine[row, column],
        }
        for column, code in enumerate(CODES)
        for row, (document, segment, start, end, text, _, _) in enumerate(SEGMENT_ROWS)
    ]  # fmt: skip
    suggested = [row["suggested"] for row in rows]
    return suggestions_of(rows, suggested, model="m1", out_of_fold=True)


def settle(**options):
    options = {"covered": COVERED, **options}
    return reconcile(suggestions(), SEGMENTS_HERE, GOLD, CODES, THEMES, **options)


def decision(segment, code, person="cara", *, stands=True):
    document, _, start, end, *_ = SEGMENT_ROWS[segment]
    return (document, start, end, code, stands, person)


def decisions(*rows):
    return conform(pd.DataFrame(rows, columns=DECISIONS.names), DECISIONS)


def test_pairs_that_gold_or_machine_have_are_compared_in_coded_documents():
    found = settle()
    assert list(found.columns) == RECONCILIATION.names
    pairs = list(zip(found["text"], found["code"], found["status"], strict=True))
    assert pairs == [
        ("Zero.", "awareness", "agreed"),
        ("One.", "awareness", "human_only"),
        ("One.", "victims", "agreed"),
        ("Two.", "awareness", "machine_only"),
    ]
    assert set(found["document"]) == {"a.txt"}
    assert found["theme"].tolist() == ["prevention", "prevention", "protection", "prevention"]
    assert found["probability"].tolist() == [0.9, 0.1, 0.9, 0.9]


@pytest.mark.parametrize(
    ("policy", "settled", "rule"),
    [
        ("human", [True, True, True, False], "rule: gold codes stand"),
        ("machine", [True, False, True, True], "rule: suggestions stand"),
        ("none", [True, False, True, False], ""),
    ],
)
def test_the_policy_settles_differences(policy, settled, rule):
    found = settle(policy=policy)
    assert found["settled"].tolist() == settled
    assert found["decided_by"].tolist() == ["both", rule, "both", rule]


def test_a_person_decides_over_the_rule_and_over_agreement():
    found = settle(
        decisions=decisions(
            decision(2, "awareness"),
            decision(0, "awareness", "dan", stands=False),
            decision(0, "victims"),
        )
    )
    assert found["settled"].tolist() == [False, True, True, True]
    assert found["decided_by"].tolist() == ["dan", "rule: gold codes stand", "both", "cara"]


def test_the_last_decision_of_a_pair_counts():
    twice = [decision(2, "awareness"), decision(2, "awareness", "dan", stands=False)]
    found = settle(policy="machine", decisions=decisions(*twice))
    assert not found["settled"].iloc[3]
    assert found["decided_by"].iloc[3] == "dan"


def test_an_earlier_reconciliation_serves_as_decisions():
    earlier = settle(policy="machine", decisions=decisions(decision(2, "awareness", stands=False)))
    again = settle(policy="human", decisions=earlier)
    assert again["decided_by"].tolist() == ["both", "rule: gold codes stand", "both", "cara"]
    assert again["settled"].tolist() == [True, True, True, False]


def test_decisions_on_segments_that_are_no_longer_there_change_nothing():
    made = decisions(
        decision(2, "awareness"),
        ("a.txt", 6, 9, "awareness", True, "cara"),
        ("a.txt", 6, 9, "awareness", True, "rule: gold codes stand"),
    )
    used = decisions(decision(2, "awareness"))
    pd.testing.assert_frame_equal(settle(decisions=made), settle(decisions=used))


def test_a_pair_without_a_suggestion_is_not_suggested():
    few = suggestions().iloc[1:]
    found = reconcile(few, SEGMENTS_HERE, GOLD, CODES, THEMES, covered=COVERED)
    first = found.iloc[0]
    assert first["status"] == "human_only"
    assert np.isnan(first["probability"])


def test_the_summary_counts_every_code():
    made = decisions(decision(2, "awareness"))
    found = reconciliation_summary(
        settle(policy="none", decisions=made), [*CODES, "policy"], [*THEMES, "partnerships"]
    )
    assert found.to_dict("records") == [
        {
            "code": "awareness",
            "theme": "prevention",
            "gold": 2,
            "machine": 2,
            "agreed": 1,
            "machine_only": 1,
            "human_only": 1,
            "settled": 2,
            "by_person": 1,
            "open": 1,
        },
        {
            "code": "victims",
            "theme": "protection",
            "gold": 1,
            "machine": 1,
            "agreed": 1,
            "machine_only": 0,
            "human_only": 0,
            "settled": 1,
            "by_person": 0,
            "open": 0,
        },
        {
            "code": "policy",
            "theme": "partnerships",
            "gold": 0,
            "machine": 0,
            "agreed": 0,
            "machine_only": 0,
            "human_only": 0,
            "settled": 0,
            "by_person": 0,
            "open": 0,
        },
    ]


def test_the_codes_that_stand_are_those_of_their_segments():
    found = settle()
    found = found[found["settled"]]
    assert found["text"].tolist() == ["Zero.", "One.", "One."]
    assert found["code"].tolist() == ["awareness", "awareness", "victims"]


def test_nothing_to_compare_gives_empty_tables():
    found = settle(covered=np.zeros(4, dtype=bool), decisions=decisions())
    pd.testing.assert_frame_equal(found, empty(RECONCILIATION))
    assert reconciliation_summary(found, CODES, THEMES)["gold"].tolist() == [0, 0]
    none = reconcile(empty(SUGGESTIONS), SEGMENTS_HERE, GOLD, CODES, THEMES, covered=COVERED)
    assert set(none["status"]) == {"human_only"}


def test_suggestions_that_do_not_fit_are_refused():
    moved = suggestions().assign(end=99)
    with pytest.raises(TableError, match=r"segment 0 of 'a.txt'.*suggest again"):
        reconcile(moved, SEGMENTS_HERE, GOLD, CODES, THEMES, covered=COVERED)
    strange = suggestions().assign(code="other")
    with pytest.raises(TableError, match=r"not in the codebook: other\."):
        reconcile(strange, SEGMENTS_HERE, GOLD, CODES, THEMES, covered=COVERED)
    twice = pd.concat([suggestions(), suggestions().assign(model="m2")])
    with pytest.raises(TableError, match="one model only"):
        reconcile(twice, SEGMENTS_HERE, GOLD, CODES, THEMES, covered=COVERED)
    words = decisions(decision(2, "awareness")).astype({"settled": "object"}).assign(settled="no")
    with pytest.raises(TableError, match="'no' in column 'settled'"):
        settle(decisions=words)
    with pytest.raises(ValueError, match="human, machine, none"):
        settle(policy="vote")
    with pytest.raises(ValueError, match="entries of covered"):
        settle(covered=COVERED[:2])
