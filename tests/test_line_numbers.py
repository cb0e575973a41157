"""Numbers typed before every line of a transcript are no text; those of lists and tables are."""

import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.documents import normalise, normalised_places, read_documents
from tests.growth import assert_linear

PROSE = (
    "On the second evening of the fair we put up the long table beside the library. Nobody came at "
    "first, and we had thought of going home. By seven there was a line of people at it. They had "
    "questions about beds, about the police and about the one house in town that was still open. We "
    "answered what we could. In 2017 there had been four of these houses, and in 2018 only one was "
    "left of them. Nobody knew why it had been kept. The mayor did not come."
)
WRAPPED = textwrap.wrap(PROSE, width=58)
TALK = [
    "I: So tell me about it. How many",
    "were there?",
    "",
    "P1: Eleven. Two of them are",
    "new.",
    "I: And?",
]


def _numbered(lines, *, start=1, gap="    ", page=0, width=1):
    numbers = [at % page + 1 if page else at + start for at in range(len(lines))]
    return "\n".join(
        f"{number:{width}}{gap}{line}" for number, line in zip(numbers, lines, strict=True)
    )


@pytest.mark.parametrize(
    "text",
    [
        _numbered(WRAPPED),
        _numbered(WRAPPED, gap="\t", width=3),
        _numbered(WRAPPED * 8, page=25),
        _numbered(WRAPPED * 3, start=0),
        _numbered(WRAPPED * 3).replace("\n7    ", "\n"),
        "Smith, direct examination\n\n" + _numbered(WRAPPED * 2),
        _numbered(WRAPPED).replace("\n", "\r\n\r\n"),
    ],
    ids=["plain", "tabs", "pages", "from zero", "one wanting", "head", "double spaced"],
)
def test_numbers_of_wrapped_lines_go(text):
    left = normalise(text).replace("\n\n", "\n").replace("Smith, direct examination\n", "")
    assert set(left.split("\n")) == set(WRAPPED)


def test_numbers_of_turns_and_their_lines_go():
    assert normalise(_numbered(TALK)) == "\n".join(TALK)
    jefferson = "01 A:   so (.) how\n02      (1.2)\n03 B:   we::ll (0.5)\n04 A:   =right"
    assert normalise(jefferson) == "A: so (.) how\n(1.2)\nB: we::ll (0.5)\nA: =right"


@pytest.mark.parametrize(
    "text",
    [
        "1 eggs\n2 milk\n3 bread\n4 salt\n5 oil\n6 rice\n7 beans\n8 tea\n9 soap",
        "1 Toronto 2,731,571\n2 Ottawa 934,243\n3 London 383,822\n4 Windsor 217,188\n5 Barrie 141,434\n"
        "6 Guelph 131,794\n7 Oshawa 159,458\n8 Ajax 119,677\n9 Milton 110,128",
        "\n".join(f"{at} We need more beds in town number {at}. They are full." for at in range(1, 20)),
        "\n".join(f"{at} they came late and there was no food for those who came" for at in range(1, 20)),
        "\n".join(f"{at}. Anna: We came late." for at in range(1, 9)),
        "1 Chair: Anna Roe\n2 Treasurer: Ben Oak\n3 Secretary: Li Wei\n4 Auditor: Jo Ash",
        "\n".join(f"{1990 + at} was a year in which we had no house and" for at in range(12)),
        "\n".join(f"{at} {at * 3} {at * 7}" for at in range(1, 30)),
        _numbered(WRAPPED[:3], gap=" "),
        "\n".join(WRAPPED),
        "1 In the beginning there was a house;\n2 And the house was empty.\n3 And they said: Let us go in.\n"
        "4 And they saw that it was good.\n5 And there was an evening.\n6 And there was a morning.\n"
        "7 And they said again: Let us stay.\n8 And they stayed.",
    ],
)  # fmt: skip
def test_lists_and_tables_keep_their_numbers(text):
    assert normalise(text) == text


def test_a_number_that_is_not_of_the_row_is_text():
    lines = [
        *WRAPPED[:4],
        "2017 was the year in which we came to the town and built it.",
        *WRAPPED[4:],
    ]
    assert "\n2017 was the year" in normalise(_numbered(lines))


_PIECES = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([*WRAPPED, *TALK, "1 x", "A: B", "\u0301x", " ", "5"])),
    max_size=25,
)  # fmt: skip
_RUNS = st.lists(st.sampled_from([*WRAPPED, *TALK, "2 So. we", "3", "\u0301 x"]), max_size=20)
_TEXTS = st.one_of(
    _PIECES.map(lambda rows: "\n".join(f"{number} {line}" for number, line in rows)),
    _RUNS.map(_numbered),
    _RUNS.map(lambda lines: _numbered([f"{at + 1} {line}" for at, line in enumerate(lines)])),
)


@given(_TEXTS)
@settings(max_examples=200, deadline=None)
def test_normalising_twice_changes_nothing_and_places_are_followed(text):
    once = normalise(text)
    assert normalise(once) == once
    places = normalised_places(text)
    assert places.text == once
    starts, ends = np.triu_indices(min(len(once), 40) + 1, k=1)
    back = places.to_original(starts, ends)
    there = places.to_normalised(*back)
    if once.isascii():
        np.testing.assert_array_equal(there[0], starts)
        np.testing.assert_array_equal(there[1], ends)


def test_a_passage_of_a_numbered_text_is_found_in_it():
    text = _numbered(TALK)
    places = normalised_places(text)
    start = places.text.index("How many\nwere there?")
    begin, end = places.to_original([start], [start + len("How many\nwere there?")])
    assert text[begin[0] : end[0]] == "How many\n2    were there?"
    # What points at a number alone is where it was.
    assert [
        int(x[0]) for x in places.to_normalised([text.index("4    P1")], [text.index("P1")])
    ] == [places.text.index("P1")] * 2


def test_how_many_numbers_were_left_out_is_told(tmp_path):
    (tmp_path / "a.txt").write_text(_numbered(WRAPPED), encoding="utf-8")
    documents, _ = read_documents(tmp_path)
    told = f"{len(WRAPPED)} line numbers left out, which were typed before the words."
    assert documents["remarks"].tolist() == [told]


@pytest.mark.parametrize("piece", ["1 ", "1 a\n", "1\n", "1 A: b\n2 B: c\n"])
def test_hostile_numbers_take_linear_time(piece):
    assert_linear(lambda size: normalise(piece * (size // len(piece))), 300_000)
    assert_linear(
        lambda size: normalise("\n".join(f"{at} " + "a: " * 9 for at in range(size))), 10_000
    )
