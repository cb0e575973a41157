"""However another program counts its offsets, the words that were coded are the words that are read."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.exchange.refi import read_qdpx
from tests.qdpx import coding, pack, project, selection, source

if TYPE_CHECKING:
    from pathlib import Path

TEXT = (
    "Ana 👩‍👩‍👧 arrived at nine: “we were told nothing”.\n"
    "Then the café closed, cafe\u0301 and all 🙂.\n"
    "قالت إنها لا تعرف أحدا في المدينة.\n"
    "\n"
    "Tabs\there, and a naïve question – who pays? 💶💶\n"
    "The last line says that nobody knew."
)
UNITS = ("code points", "UTF-16 units")


def offset(text: str, place: int, *, unit: str, line_end: str) -> int:
    """Count to a place as another program would."""
    before = text[:place].replace("\n", line_end)
    return len(before) if unit == "code points" else len(before.encode("utf-16-le")) // 2


def word_spans(text: str) -> list[tuple[int, int]]:
    """Stretches of one to four words, in all lines and across them."""
    starts = [
        i for i in range(len(text)) if not text[i].isspace() and (i == 0 or text[i - 1].isspace())
    ]
    ends = [
        i + 1
        for i in range(len(text))
        if not text[i].isspace() and (i + 1 == len(text) or text[i + 1].isspace())
    ]
    return [(starts[i], ends[min(i + 1 + i % 4, len(ends)) - 1]) for i in range(len(starts))]


def write(
    path: Path, texts: list[str], spans: list[list[tuple[int, int]]], *, name, unit: str, line_end: str,
    in_file: str, marked: bool,
) -> Path:  # fmt: skip
    """Write a project whose offsets are counted in one way."""
    numbers = itertools.count(1)
    parts, files = [], {}
    for which, (text, places) in enumerate(zip(texts, spans, strict=True)):
        made = []
        for start, end in places:
            number = next(numbers)
            first = offset(text, start, unit=unit, line_end=line_end)
            last = offset(text, end, unit=unit, line_end=line_end)
            made.append(selection(number, first, last, name(text[start:end]), coding(number)))
        parts.append(source(which, "".join(made)))
        files[which] = ("\ufeff" * marked + text.replace("\n", in_file)).encode()
    return pack(path, project("".join(parts)), files)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("in_file", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["one", "two"])
@pytest.mark.parametrize("marked", [False, True])
def test_the_offset_unit_is_found_and_reported(tmp_path, unit, in_file, line_end, marked):
    spans = word_spans(TEXT)
    path = write(
        tmp_path / "p.qdpx", [TEXT], [spans], name=lambda quote: quote, unit=unit, line_end=line_end,
        in_file=in_file, marked=marked,
    )  # fmt: skip
    read = read_qdpx(path)
    assert read.sources["text"].tolist() == [TEXT]
    assert list(zip(read.marks["start"], read.marks["end"], strict=True)) == spans
    assert read.marks["quote"].tolist() == [TEXT[start:end] for start, end in spans]
    assert read.losses.empty
    assert read.remarks == (
        f"Offsets count {unit}, line ends as {'one' if line_end == chr(10) else 'two'}: {len(spans)} of "
        f"{len(spans)} quotations match.",
    )


@pytest.mark.parametrize(
    "name",
    [
        lambda quote: quote if len(quote) < 24 else quote[:24] + "…",
        lambda quote: quote if len(quote) < 24 else quote[:24] + "...",
        lambda quote: quote[:40],
        lambda quote: " ".join(quote.split()),
        lambda quote: f"  {quote} ",
    ],
    ids=[
        "ellipsis",
        "three dots",
        "cut without a sign",
        "white space made one",
        "white space added",
    ],
)
@pytest.mark.parametrize("unit", UNITS)
def test_names_may_be_cut_or_have_other_white_space(tmp_path, name, unit):
    spans = word_spans(TEXT)
    path = write(
        tmp_path / "p.qdpx", [TEXT], [spans], name=name, unit=unit, line_end="\r\n", in_file="\n",
        marked=False,
    )  # fmt: skip
    read = read_qdpx(path)
    assert list(zip(read.marks["start"], read.marks["end"], strict=True)) == spans
    assert f"Offsets count {unit}, line ends as two" in read.remarks[0]


def test_an_utf_16_file_is_counted_like_any_other(tmp_path):
    start = TEXT.index("💶")
    xml = project(source(1, selection(1, start, start + 2, "💶💶", coding(1))))
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: TEXT.encode("utf-16")}))
    assert read.marks["quote"].tolist() == ["💶💶"]
    assert "Texts read as UTF-16-LE: 1 (document 1)." in read.remarks


def test_offsets_of_content_in_the_xml_may_count_the_line_ends_that_xml_makes_one(tmp_path):
    places = [
        (text := "One.\r\nTwo two.\r\nThree.").index(word) for word in ("One", "Two", "Three")
    ]
    parts = "".join(
        selection(n, at, at + len(word), word, coding(n))
        for n, (at, word) in enumerate(zip(places, ("One", "Two", "Three"), strict=True))
    )
    content = f"<PlainTextContent>{text}</PlainTextContent>{parts}"
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, content, plainTextPath=""))))
    assert read.marks["quote"].tolist() == ["One", "Two", "Three"]
    assert "line ends as two" in read.remarks[0]


def test_a_source_counted_otherwise_than_the_rest_is_read_in_its_own_way(tmp_path):
    spans = word_spans(TEXT)
    made = []
    for which, unit in ((1, "code points"), (2, "code points"), (3, "UTF-16 units")):
        parts = [
            selection(
                100 * which + n,
                offset(TEXT, start, unit=unit, line_end="\n"),
                offset(TEXT, end, unit=unit, line_end="\n"),
                TEXT[start:end],
                coding(100 * which + n),
            )
            for n, (start, end) in enumerate(spans)
        ]
        made.append(source(which, "".join(parts)))
    read = read_qdpx(
        pack(tmp_path / "p.qdpx", project("".join(made)), dict.fromkeys((1, 2, 3), TEXT))
    )
    assert list(zip(read.marks["start"], read.marks["end"], strict=True)) == spans * 3
    first, second = read.remarks
    assert "In document 1, document 2: offsets count code points" in first
    assert "In document 3: offsets count UTF-16 units" in second
    assert f"{len(spans)} of {len(spans)} quotations match" in second


def test_without_names_the_standard_is_recognised_by_the_words_that_it_cuts_out(tmp_path):
    spans = word_spans(TEXT)
    path = write(
        tmp_path / "p.qdpx", [TEXT], [spans], name=lambda _: "", unit="code points", line_end="\n",
        in_file="\n", marked=False,
    )  # fmt: skip
    read = read_qdpx(path)
    assert list(zip(read.marks["start"], read.marks["end"], strict=True)) == spans
    (said,) = read.remarks
    assert said.startswith("Offsets count code points, line ends as one: ")
    assert f"of {len(spans)} selections then begin and end with a word; with " in said


def test_without_names_in_a_crlf_file_each_line_end_is_the_two_characters_that_it_is(tmp_path):
    parts = "".join(selection(n, 5 * n, 5 * n + 3, None, coding(n)) for n in range(8))
    xml = project(source(1, parts))
    path = pack(tmp_path / "p.qdpx", xml, {1: b"abc\r\n" * 8})
    read = read_qdpx(path)
    assert read.marks["quote"].tolist() == ["abc"] * 8
    assert "line ends as two" in read.remarks[0]
    assert "8 of 8 selections then begin and end with a line" in read.remarks[0]


def test_offsets_that_have_no_place_by_the_standard_speak_against_it(tmp_path):
    text = "🙂🙂 " * 10
    parts = "".join(selection(n, 5 * n, 5 * n + 4, None, coding(n)) for n in range(10))
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: text}))
    assert read.marks["quote"].tolist() == ["🙂🙂"] * 10
    assert read.remarks[0].startswith("Offsets count UTF-16 units: 10 of 10 selections")
    assert "only" not in read.remarks[0]


def test_where_all_ways_come_to_the_same_nothing_is_called_unchecked(tmp_path):
    xml = project(source(1, selection(1, 4, 7, None, coding(1))))
    read = read_qdpx(pack(tmp_path / "p.qdpx", xml, {1: "The tap drips."}))
    assert "give the same places" in read.remarks[0]


def test_a_quotation_that_stands_elsewhere_once_is_moved_there_and_told(tmp_path):
    text = "The tap drips. Somebody left the sprinkler running. The tap drips."
    quote = "Somebody left the sprinkler"
    at = text.index(quote)
    parts = (
        selection(1, 0, 14, "The tap drips.", coding(1))
        + selection(2, at + 3, at + 3 + len(quote), quote, coding(2))
        + selection(3, at, at + len(quote), quote, coding(3))
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: text}))
    assert read.marks["quote"].tolist() == ["The tap drips.", quote, quote]
    (row,) = read.losses.to_dict("records")
    assert row["item"] == "selections that were moved"
    assert row["count"] == 1
    assert f"document 1 {at + 3}-{at + 3 + len(quote)}: {quote}" in row["examples"]
    assert "2 of 3 quotations match" in read.remarks[0]


def test_a_quotation_that_stands_elsewhere_twice_stays_where_its_offsets_say_and_is_told(tmp_path):
    text = "The tap drips. Nobody knows. The tap drips. Every pump runs, and all is well."
    parts = (
        selection(1, 15, 28, "Nobody knows.", coding(1))
        + selection(2, 46, 60, "The tap drips.", coding(2))
        + selection(3, 44, 60, "Every pump runs,", coding(3))
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: text}))
    assert read.marks["quote"].tolist()[1] == text[46:60]
    assert read.losses["item"].tolist() == [
        "selections whose name is not the text at their offsets"
    ]


def test_a_title_is_no_quotation_and_moves_nothing(tmp_path):
    # The title's words occur once, within a selection that is much longer than they are.
    text = (
        "The tap by the shed drips. " * 3
        + "Watering cans were carried. "
        + "The pump lifts water. " * 3
    )
    parts = (
        selection(1, 0, 26, "The tap by the shed drips.", coding(1))
        + selection(2, 0, len(text), "Watering cans were", coding(2))
        + selection(3, 27, 80, "neighbours and their hoses", coding(3))
    )
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: text}))
    assert list(zip(read.marks["start"], read.marks["end"], strict=True)) == [
        (0, 26),
        (0, len(text)),
        (27, 80),
    ]
    told = dict(zip(read.losses["item"], read.losses["examples"], strict=True))
    assert "neighbours and their hoses" in told["titles of selections"]
    assert "Watering cans were" in told["selections whose name is not the text at their offsets"]


def test_names_that_fit_nowhere_are_said_to_prove_nothing_and_edges_are_looked_at(tmp_path):
    spans, number = word_spans(TEXT), itertools.count(1)
    path = write(
        tmp_path / "p.qdpx", [TEXT], [spans], name=lambda _: f"Quotation 1:{next(number)}",
        unit="UTF-16 units", line_end="\r\n", in_file="\r\n", marked=True,
    )  # fmt: skip
    read = read_qdpx(path)
    assert list(zip(read.marks["start"], read.marks["end"], strict=True)) == spans
    assert f"0 of {len(spans)}" in read.remarks[0]
    assert "Offsets count UTF-16 units, line ends as two" in read.remarks[0]


def test_an_end_just_past_the_text_is_the_end_of_the_text_and_told(tmp_path):
    text = "The tap drips."
    parts = selection(1, 4, 7, "tap", coding(1)) + selection(2, 0, 15, "The tap drips.", coding(2))
    read = read_qdpx(pack(tmp_path / "p.qdpx", project(source(1, parts)), {1: text}))
    assert read.marks["quote"].tolist() == ["tap", text]
    assert read.losses["item"].tolist() == ["selections that ended past their text"]


WORDS = st.text(
    st.sampled_from([*"abc .,\n\té👩\u200d🙂ن\u0301“”", "\r"]), min_size=30, max_size=200
).filter(lambda text: len(text.split()) > 8)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    text=WORDS,
    unit=st.sampled_from(UNITS),
    two=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_any_text_counted_in_any_way_is_restored_where_its_names_match(
    tmp_path_factory, text, unit, two, seed
):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    draw = random.Random(seed)
    spans = sorted({tuple(sorted(draw.sample(range(len(text) + 1), 2))) for _ in range(30)})
    spans = [(start, end) for start, end in spans if text[start:end].strip()]
    path = write(
        tmp_path_factory.mktemp("any") / "p.qdpx", [text], [spans], name=lambda quote: quote, unit=unit,
        line_end="\r\n" if two else "\n", in_file="\n", marked=False,
    )  # fmt: skip
    read = read_qdpx(path)
    assert read.sources["text"].tolist() == [text]
    assert len(read.marks) == len(spans)
    for (start, end), quote in zip(spans, read.marks["quote"], strict=True):
        assert "".join(quote.split()) == "".join(text[start:end].split())
