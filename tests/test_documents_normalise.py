"""What becomes of a text before it is coded."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.documents import normalise

_ODD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            list(" \t\n\r\x0b\x0c\x1c\x85\xa0\u2028\u00ad\u200b\u200d\ufeff\u0344\u0301e")
        ),
    )
)


@given(_ODD)
@settings(max_examples=400, deadline=None)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once


@given(_ODD)
@settings(max_examples=200, deadline=None)
def test_result_can_be_written_as_utf8_and_has_no_stray_space(text):
    result = normalise(text)
    result.encode("utf-8")
    assert "  " not in result
    assert " \n" not in result
    assert "\n\n\n" not in result
    assert "\r" not in result
    assert result == result.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("\ufeffA\u200b\u00adB\x00\x07C", "ABC"),
        ("cafe\u0301", "café"),
        ("10\u00a0km \t away  ", "10 km away"),
        ("a\n\n\n \n b", "a\n\nb"),
        ("page\x0cbreak\u2028line", "page\nbreak\nline"),
        ("family 👩\u200d👩\u200d👧 fine", "family 👩\u200d👩\u200d👧 fine"),
        ("broken \ud800 half", "broken half"),
    ],
)
def test_known_cases(text, expected):
    assert normalise(text) == expected


def test_a_heap_of_accents_does_not_stall():
    start = time.process_time()
    result = normalise("a" + "\u0301\u0316" * 200_000 + " end")
    assert time.process_time() - start < 5
    assert result.endswith(" end")
    assert len(result) < 50
