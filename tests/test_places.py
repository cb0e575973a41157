"""Spans carried from a text as it came to its normalised form, and back."""

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fourp_nlp.documents import normalise, normalised_places

# Pieces that do harm together: marks in the wrong order, letters that are composed, split or
# replaced, parts of Hangul, marks of three starters, every line end, spaces of all kinds, what
# nobody sees, flags and families.
_PIECES = (
    *"aeZ .,'",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\xa0",
    "\u2000",
    "\u3000",
    "\ufeff",
    "\u00ad",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u202b",
    "\u202c",
    "\x00",
    "\ud800",
    "\u0301",
    "\u0323",
    "\u0308",
    "\u0344",
    "\u0345",
    "\u0340",
    "\u212b",
    "\u1e69",
    "\u00e9",
    "e\u0301",
    "s\u0307\u0323",
    "\u1100",
    "\u1161",
    "\u11a8",
    "\uac00",
    "\u0cc6",
    "\u0cc2",
    "\u0cd5",
    "\u0958",
    "\ufb2c",
    "\U0001d15e",
    "\u05d0\u05b4\u05b0",
    "مرحبا",
    "👩\u200d👩\u200d👧",
    "🇩🇪",
    "❤\ufe0f",
    "\u201cquoted\u201d",
    "\u0301" * 40,
    "\u0323\u0301" * 20,
)
_HOSTILE = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=30).map("".join),
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("".join(_PIECES)))),
)


def _every_span(length):
    starts, ends = np.triu_indices(length + 1, k=1)
    return starts[:3000], ends[:3000]


def _whole_borders(places):
    """Places in the normalised text where no whole is cut, found from the spans of single ones."""
    single = np.arange(len(places.text))
    begin, end = places.to_normalised(*places.to_original(single, single + 1))
    border = np.isin(np.arange(len(places.text) + 1), np.concatenate([[0], end]))
    return border, begin, end


@given(_HOSTILE)
@settings(max_examples=600, deadline=None)
@example("\u0301" * 40 + "\u0344" * 40)
def test_the_text_is_what_normalising_gives(text):
    assert normalised_places(text).text == normalise(text)


@given(_HOSTILE)
@settings(max_examples=600, deadline=None)
def test_a_span_carried_back_and_forth_is_the_same_span(text):
    places = normalised_places(text)
    starts, ends = _every_span(len(places.text))
    back = places.to_original(starts, ends)
    assert (back[1] > back[0]).all()
    begin, end = places.to_normalised(*back)
    border, first, last = _whole_borders(places)
    uncut = border[starts] & border[ends]
    np.testing.assert_array_equal(begin[uncut], starts[uncut])
    np.testing.assert_array_equal(end[uncut], ends[uncut])
    # A span that cuts a whole gets all of it and nothing else.
    np.testing.assert_array_equal(begin, first[starts])
    np.testing.assert_array_equal(end, last[ends - 1])
    again = places.to_original(begin, end)
    np.testing.assert_array_equal(again[0], back[0])
    np.testing.assert_array_equal(again[1], back[1])


@given(_HOSTILE)
@settings(max_examples=600, deadline=None)
def test_only_marks_and_their_letters_are_wholes_of_several_characters(text):
    places = normalised_places(text)
    border, _, _ = _whole_borders(places)
    for place in np.flatnonzero(~border):
        assert unicodedata.combining(places.text[place]) or places.text[place] in "\u1161\u11a8"


@given(_HOSTILE)
@settings(max_examples=600, deadline=None)
def test_what_a_span_came_from_normalises_to_the_span(text):
    """The one property that no wrong offset survives: cut out, the passage is the same passage."""
    places = normalised_places(text)
    starts, ends = _every_span(len(places.text))
    border, _, _ = _whole_borders(places)
    for start, end, came, until in zip(
        starts, ends, *places.to_original(starts, ends), strict=True
    ):
        passage = places.text[start:end]
        loose = unicodedata.combining(passage[0]) or passage[0] in "\u1161\u11a8\u0cc2\u0cd5"
        if border[start] and border[end] and not loose:
            assert normalise(text[came:until]) == passage.strip(" \n")


@given(_HOSTILE)
@settings(max_examples=300, deadline=None)
def test_a_span_of_the_text_as_it_came_is_widened_by_nothing_that_was_not_in_it(text):
    places = normalised_places(text)
    starts, ends = _every_span(len(text))
    begin, end = places.to_normalised(starts, ends)
    left = end > begin
    back = places.to_original(begin[left], end[left])
    # Carried back, it reaches beyond itself only by the rest of the wholes at its edges.
    single = np.arange(len(places.text))
    whole = places.to_original(single, single + 1)
    assert (back[0] >= np.minimum(starts[left], whole[0][begin[left]])).all()
    assert (whole[1][begin[left]] > starts[left]).all()
    assert (whole[0][end[left] - 1] < ends[left]).all()
    assert (begin[~left] == end[~left]).all()
    assert (begin >= 0).all()
    assert (end <= len(places.text)).all()


def _there(text, start, end):
    begin, until = normalised_places(text).to_normalised([start], [end])
    return int(begin[0]), int(until[0])


def _back(text, passage):
    places = normalised_places(text)
    start = places.text.index(passage)
    begin, end = places.to_original([start], [start + len(passage)])
    return text[begin[0] : end[0]]


@pytest.mark.parametrize(
    ("text", "passage", "came"),
    [
        ("caf" + "e\u0301" + " noir", "é", "e\u0301"),
        ("soft\u00adhyphen here", "softhyphen", "soft\u00adhyphen"),
        ("\ufeffFirst line\r\n\r\n\r\n\r\nlast", "First line", "First line"),
        ("a   word   here", "word", "word"),
        ("a   word   here", "a word", "a   word"),
        ("a   word   here", "word ", "word   "),
        ("end of line  \r\n  next", "line", "line"),
        ("end of line  \r\n  next", "line\nnext", "line  \r\n  next"),
        ("end of line  \r\n  next", "\n", "\r\n"),
        ("x\u200f\u05d0\u200fy", "\u05d0", "\u05d0"),
        ("hi 👩\u200d👩\u200d👧 there", "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "한", "\u1112\u1161\u11ab"),
        ("10\u00a0\u00a0km", " ", "\u00a0\u00a0"),
        # Marks in the wrong order: the letter and its marks are one whole.
        ("be\u0301\u0323d", "\u1eb9", "e\u0301\u0323"),
        ("a" + "\u0301" * 50 + "b", "b", "b"),
        ("\t one\t", "one", "one"),
    ],
)
def test_what_a_passage_came_from(text, passage, came):
    assert _back(text, passage) == came


def test_what_vanished_is_an_empty_span_where_it_was():
    assert _there("soft\u00adhyphen", 4, 5) == (4, 4)
    assert _there("\ufeffstart", 0, 1) == (0, 0)
    assert _there("the end.  \r\n", 8, 12) == (8, 8)
    assert _there("ae\u00ad\u0301", 2, 3) == (1, 1)
    assert _there("  \n ", 0, 4) == (0, 0)


def test_what_is_left_of_a_span_is_covered():
    assert _there("the  end  \r\n of it", 4, 12) == (3, 8)
    assert _there("\ufeff\u00adab\u00ad", 0, 5) == (0, 2)
    assert _there("cafe\u0301", 4, 5) == (3, 4)


def test_an_empty_span_stays_empty_both_ways():
    places = normalised_places("a  \u0344b\u0344 c")
    every = np.arange(len(places.text) + 1)
    begin, end = places.to_original(every, every)
    np.testing.assert_array_equal(begin, end)
    every = np.arange(places.length + 1)
    begin, end = places.to_normalised(every, every)
    np.testing.assert_array_equal(begin, end)


def test_a_text_that_is_normal_already_moves_nothing():
    text = "Já café — 👩\u200d👩\u200d👧\nنص عربي\n\nlast"
    places = normalised_places(text)
    assert places.kept is None
    starts, ends = places.to_original([2, 0], [9, len(text)])
    assert (starts.tolist(), ends.tolist()) == ([2, 0], [9, len(text)])


def test_no_spans_and_an_empty_text_are_carried_too():
    places = normalised_places("")
    assert [x.tolist() for x in places.to_normalised([], [])] == [[], []]
    assert [x.tolist() for x in places.to_original([0], [0])] == [[0], [0]]
    nothing_left = normalised_places(" \r\n\ufeff ")
    assert nothing_left.text == ""
    assert [x.tolist() for x in nothing_left.to_normalised([0, 1], [5, 2])] == [[0, 0], [0, 0]]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (0, 99)])
def test_a_span_outside_the_text_is_refused_by_number(start, end):
    places = normalised_places("a  b")
    with pytest.raises(ValueError, match=r"number 1\)"):
        places.to_normalised([0, start], [1, end])
    with pytest.raises(ValueError, match=r"number 1\)"):
        places.to_original([0, start], [1, end])


def test_starts_and_ends_must_be_as_many():
    with pytest.raises(ValueError, match="2 starts of spans and 1 ends"):
        normalised_places("abc").to_normalised([0, 1], [2])


def test_a_long_text_is_followed_to_its_end():
    line = "Ce\u0301tait facile\u00a0: e\u0323\u0301  👩\u200d👩\u200d👧 voila\u0300.  \r\n\r\n\r\n\r\n"
    times = 5_000_000 // len(line)
    text = "\ufeff" + line * times
    places = normalised_places(text)
    assert places.text == normalise(text)
    each = len(normalise(line)) + 2
    begin, end = places.to_original(
        np.arange(times) * each, np.arange(times) * each + len(normalise(line))
    )
    np.testing.assert_array_equal(begin, 1 + np.arange(times) * len(line))
    np.testing.assert_array_equal(end - begin, len(line.rstrip()))


def test_one_letter_of_countless_parts_does_not_stall():
    text = "\u1100\u1161" + "\u1161" * 200_000 + " end"
    places = normalised_places(text)
    begin, end = places.to_original([len(places.text) - 3], [len(places.text)])
    assert text[begin[0] : end[0]] == "end"
