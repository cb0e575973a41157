"""Coded spans fall on the segments that they cover, and what falls on none is told."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import TableError
from fourp_nlp.segments.alignment import codings_to_matrix, covered_segments
from fourp_nlp.tables import CODED, CODINGS, SEGMENTS, conform
from tests.growth import assert_linear

CODES = ["a", "b"]


def segments_of(**documents):
    rows = [
        (name, number, start, end, "x" * (end - start), "", "sentence")
        for name, spans in documents.items()
        for number, (start, end) in enumerate(spans)
    ]
    return conform(pd.DataFrame(rows, columns=SEGMENTS.names), SEGMENTS)


def coded_of(*rows):
    return conform(pd.DataFrame([(*row, "") for row in rows], columns=CODED.names), CODED)


def codings_of(*rows):
    made = [(doc, s, e, code, coder, "x" * (e - s)) for doc, s, e, code, coder in rows]
    return conform(pd.DataFrame(made, columns=CODINGS.names), CODINGS)


# Three segments of ten characters, with a gap of two after the first.
ONE = segments_of(d=[(0, 10), (12, 22), (22, 32)])


def lay(*rows, segments=ONE, **options):
    found = codings_to_matrix(segments, codings_of(*rows), CODES, **options)
    carried = [
        "".join(code for code, here in zip(CODES, row, strict=True) if here) for row in found.matrix
    ]
    return carried, len(found.missed)


@pytest.mark.parametrize(
    ("span", "majority", "anything", "containment"),
    [
        ((0, 10), ["a", "", ""], ["a", "", ""], ["a", "", ""]),
        ((0, 32), ["a", "a", "a"], ["a", "a", "a"], ["a", "a", "a"]),
        ((3, 5), ["a", "", ""], ["a", "", ""], ["", "", ""]),
        ((8, 12), ["a", "", ""], ["a", "", ""], ["", "", ""]),
        ((8, 17), ["", "a", ""], ["a", "a", ""], ["", "", ""]),
        ((8, 16), ["", "", ""], ["a", "a", ""], ["", "", ""]),
        ((18, 26), ["", "", ""], ["", "a", "a"], ["", "", ""]),
        ((17, 32), ["", "a", "a"], ["", "a", "a"], ["", "", "a"]),
        ((10, 12), ["", "", ""], ["", "", ""], ["", "", ""]),
        ((40, 50), ["", "", ""], ["", "", ""], ["", "", ""]),
    ],
)
def test_a_span_falls_on_segments_by_the_rule(span, majority, anything, containment):
    expected = {"majority": majority, "any": anything, "containment": containment}
    for rule, carried in expected.items():
        missed = int(not any(carried))
        assert lay(("d", *span, "a", "ana"), rule=rule) == (carried, missed)


def test_spans_of_one_coder_count_together():
    one_coder = [("d", 6, 15, "a", "ana"), ("d", 19, 26, "a", "ana")]
    assert lay(*one_coder) == (["", "a", ""], 0)
    two_coders = [("d", 6, 15, "a", "ana"), ("d", 19, 26, "a", "bo")]
    assert lay(*two_coders) == (["", "", ""], 2)


def test_overlapping_spans_do_not_count_twice():
    assert lay(("d", 6, 15, "a", "ana"), ("d", 8, 15, "a", "ana")) == (["", "", ""], 2)


def test_one_coder_or_everybody():
    rows = [("d", 0, 10, "a", "ana"), ("d", 12, 22, "b", "bo")]
    assert lay(*rows, coder="ana") == (["a", "", ""], 0)
    assert lay(*rows) == (["a", "b", ""], 0)
    assert lay(*rows, coder="nobody") == (["", "", ""], 0)


def test_documents_do_not_mix_and_rows_keep_the_order_of_the_segments():
    segments = segments_of(d=[(0, 10)], e=[(0, 5), (5, 10)]).iloc[[2, 0, 1]]
    found = codings_to_matrix(
        segments, codings_of(("e", 5, 10, "a", "ana"), ("f", 0, 5, "a", "ana")), CODES
    )
    assert found.matrix.tolist() == [[True, False], [False, False], [False, False]]
    assert found.missed["document"].tolist() == ["f"]


def test_nothing_to_lay_gives_an_empty_matrix():
    assert lay() == (["", "", ""], 0)
    none = codings_to_matrix(ONE.iloc[:0], codings_of(("d", 0, 5, "a", "ana")), CODES)
    assert none.matrix.shape == (0, 2)
    assert len(none.missed) == 1


def test_wrong_input_is_refused():
    with pytest.raises(TableError, match="not in the codebook: z"):
        lay(("d", 0, 5, "z", "ana"))
    with pytest.raises(TableError, match="Segment 1 of 'd' overlaps"):
        lay(("d", 0, 5, "a", "ana"), segments=segments_of(d=[(0, 10), (9, 12)]))
    with pytest.raises(ValueError, match="majority, any, containment"):
        lay(rule="most")


def touch(segment, span):
    return (
        segment.document == span.document and segment.start < span.end and span.start < segment.end
    )


def by_hand(segments, codings, rule):
    """Count characters one by one; return what carries what by whom, and the spans in vain."""
    carried = set()
    for row, segment in enumerate(segments.itertuples()):
        length = segment.end - segment.start
        for code in CODES:
            for coder in "xy":
                covered, alone = set(), False
                for span in codings.itertuples():
                    if touch(segment, span) and (span.code, span.coder) == (code, coder):
                        covered |= set(range(span.start, span.end))
                        alone |= sum(touch(one, span) for one in segments.itertuples()) == 1
                covered &= set(range(segment.start, segment.end))
                enough = {
                    "any": len(covered) > 0,
                    "containment": len(covered) == length,
                    "majority": 2 * len(covered) >= length or alone,
                }
                if enough[rule]:
                    carried.add((row, code, coder))
    missed = [
        number
        for number, span in enumerate(codings.itertuples())
        if not any(
            touch(segment, span) and (row, span.code, span.coder) in carried
            for row, segment in enumerate(segments.itertuples())
        )
    ]
    return carried, missed


@st.composite
def documents(draw):
    made = {}
    for name in "de":
        cuts = sorted(draw(st.sets(st.integers(0, 25), min_size=2, max_size=8)))
        made[name] = [
            (start, end)
            for start, end in pairwise(cuts)
            if draw(st.sampled_from([True, True, False]))
        ]
    return made


@settings(max_examples=100, deadline=None)
@given(
    made=documents(),
    rows=st.lists(
        st.tuples(
            st.sampled_from("def"),
            st.integers(0, 25),
            st.integers(1, 12),
            st.sampled_from(CODES),
            st.sampled_from("xy"),
        ),
        max_size=10,
    ),
    rule=st.sampled_from(["majority", "any", "containment"]),
)
def test_the_matrix_is_that_of_counting_characters(made, rows, rule):
    segments = segments_of(**made)
    codings = codings_of(*((d, s, s + n, code, coder) for d, s, n, code, coder in rows))
    found = codings_to_matrix(segments, codings, CODES, rule=rule)
    carried, missed = by_hand(segments, codings, rule)
    assert {(int(row), CODES[column]) for row, column in np.argwhere(found.matrix)} == {
        (row, code) for row, code, _ in carried
    }
    pd.testing.assert_frame_equal(found.missed, codings.iloc[missed].reset_index(drop=True))


def test_a_million_segments_take_time_in_proportion():
    starts = np.tile(np.arange(0, 100_000, 100), 1000)
    segments = pd.DataFrame(
        {
            "document": np.repeat([f"d{n}" for n in range(1000)], 1000),
            "segment": starts // 100,
            "start": starts,
            "end": starts + 100,
            "text": "",
            "speaker": "",
            "role": "sentence",
        }
    )
    rng = np.random.default_rng(0)
    begin = rng.integers(0, 99_000, size=100_000)
    codings = pd.DataFrame(
        {
            "document": [f"d{n}" for n in rng.integers(0, 1000, size=100_000)],
            "start": begin,
            "end": begin + rng.integers(1, 400, size=100_000),
            "code": rng.choice(CODES, size=100_000),
            "coder": rng.choice(["ana", "bo"], size=100_000),
            "quote": "",
        }
    )
    found = codings_to_matrix(segments, codings, CODES)
    assert 100_000 < found.matrix.sum() < 400_000
    numbers = codings["document"].str[1:].astype(int)

    def work(size):
        codings_to_matrix(segments[: size * 1000], codings[numbers < size], CODES)

    assert_linear(work, 1000)


def test_segments_of_coded_documents_are_covered():
    segments = segments_of(d=[(0, 10)], e=[(0, 5), (5, 10)])
    coded = coded_of(("ana", "d", 0, 10, "document"), ("bo", "e", 0, 10, "document"))
    assert covered_segments(segments, coded, "ana").tolist() == [True, False, False]
    assert covered_segments(segments, coded).tolist() == [True, True, True]
    assert covered_segments(segments, coded, "nobody").tolist() == [False, False, False]


def test_of_a_document_read_in_part_only_the_segments_inside_what_was_read_are_covered():
    segments = segments_of(d=[(0, 10), (12, 22), (22, 32)], e=[(0, 5)])
    parts = coded_of(
        ("ana", "d", 0, 10, "segment"),
        ("ana", "d", 22, 30, "segment"),
        ("bo", "d", 30, 32, "segment"),
        ("bo", "d", 12, 22, "segment"),
    )
    assert covered_segments(segments, parts, "ana").tolist() == [True, False, False, False]
    assert covered_segments(segments, parts, "bo").tolist() == [False, True, False, False]
    # Nobody read all of the third segment, though two people together did.
    assert covered_segments(segments, parts).tolist() == [True, True, False, False]
