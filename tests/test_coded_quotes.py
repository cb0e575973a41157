"""Quotes that people typed find their place, nearly the same ones too, and never one of two in silence."""

from __future__ import annotations

import random

import numpy as np
import pytest

from fourp_nlp.exchange.tables.places._offset_units import normalise_offsets
from fourp_nlp.exchange.tables.places._quote_search import Found, Passages
from fourp_nlp.exchange.tables.places.row_places import paragraphs_named
from tests.coded_tables import TEXTS, coded, read
from tests.growth import assert_linear

ONE, TWO = TEXTS["interview1.txt"], TEXTS["interview2.txt"]


@pytest.fixture(scope="module")
def passages():
    return {"one": Passages(ONE), "two": Passages(TWO)}


@pytest.mark.parametrize(
    ("which", "quote", "stands", "how"),
    [
        ("one", "And who waters it?", "And who waters it?", "as it is"),
        ("one", "What  grows\non the plot?", "What grows on the plot?", "as it is"),
        ("one", 'nine rows of "old" beans - the slugs', "nine rows of “old” beans – the slugs", "as typed"),
        ("one", "We've planted nine rows", "We’ve planted nine rows", "as typed"),
        ("one", "‚old’ beans -- the slugs", "“old” beans – the slugs", "as typed"),
        ("one", "My Neighbour comes on fridays!", "My neighbour comes on Fridays.", "as typed"),
        ("two", "and the committee did not mend it", "and the com-\nmittee did not mend it", "as typed"),
        ("two", "The hose is torn... but it holds.", "The hose is torn … but it holds.", "as typed"),
        ("two", "The pump broke … until the autumn.", TWO[: TWO.index(" The hose")], "words left out"),
        ("two", "…did not mend it until […]", "did not mend it until", "broken off"),
        ("one", "We've planted nine rows...", "We’ve planted nine rows", "broken off"),
        ("two", "the hose is torn…", "The hose is torn", "as typed"),
        ("two", "[...] broke in the spring [...] did not mend it", "broke in the spring of 2019, and the com-\nmittee did not mend it", "words left out"),
        ("one", "My neighbor comes on Friday", "My neighbour comes on Fridays", "near"),
        ("two", "the pump broke in spring of 2019", "The pump broke in the spring of 2019", "near"),
    ],
)  # fmt: skip
def test_a_quote_finds_its_place(passages, which, quote, stands, how):
    found = passages[which].find(quote)
    assert isinstance(found, Found), found
    text = {"one": ONE, "two": TWO}[which]
    assert (text[found.start : found.end], found.how) == (stands, how)


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("Nobody pays her.", "twice"),
        ("nobody pays her", "twice"),
        ("The pump broke in the spring of 2018", "nowhere"),  # another number
        ("Nobody would pay for her work at all", "nowhere"),
        ("… !", "nowhere"),
        ("", "nowhere"),
    ],
)
def test_a_quote_without_one_place_has_none(passages, quote, why):
    assert passages["one"].find(quote) == why


def test_two_passages_that_are_like_a_quote_are_two():
    text = "The committee met on a Monday in May. The committee met on a Monday in May!"
    assert (
        Passages(text.replace("May!", "June")).find("The comittee met on a Monday in")
        == "two like it"
    )
    assert isinstance(Passages(text[:37]).find("The comittee met on a Monday in"), Found)


def test_near_quotes_are_told_with_both_texts(tmp_path):
    made = read(
        tmp_path / "t.csv",
        "document,quote,code,coder\ninterview1.txt,My neighbor comes on Friday,Beans,ann\n"
        "interview2.txt,The pump broke ... until the autumn,Beans,ann\n",
    )
    assert len(coded(made)) == 2
    told = next(remark for remark in made.remarks if "most like its quote" in remark)
    assert "My neighbor comes on Friday" in told
    assert "My neighbour comes on Fridays" in told
    assert made.losses["item"].tolist() == ["quotes of codings", "quotes of codings"]


def test_a_paragraph_tells_which_of_several_places_is_meant(tmp_path):
    text = "Nobody pays.\n\nWho pays? Nobody pays.\nYes."
    assert paragraphs_named("3", text) == [(14, 36), (37, 41)]
    assert paragraphs_named("¶ 1 - 2", text)[0] == (0, 13)
    assert paragraphs_named("99", text) == paragraphs_named("", text) == []
    made = read(
        tmp_path / "t.csv",
        "Document group,Document name,Code,Beginning,End,Segment,Author,Weight score\n"
        "A,a.txt,Beans,3,3,Nobody pays.,ann,0\nA,a.txt,Beans,1,1,Nobody pays.,ann,0\n",
        texts={"a.txt": text},
    )
    assert sorted(made.marks["start"]) == [0, 24]


@pytest.mark.parametrize(
    "by", ["from 1", "the last one included", "bytes", "UTF-16", "an end of line as two"]
)
def test_places_that_are_counted_otherwise_are_counted_anew(by):
    text = "One 🙂 é.\nTwo owls — and more.\nThree owls."
    spans = [
        (text.index(word), text.index(word) + len(word))
        for word in ("One", "Two owls", "Three", "more")
    ]

    def there(at, end):
        if by == "from 1":
            return at + 1
        if by == "the last one included":
            return at - end
        if by == "bytes":
            return len(text[:at].encode())
        if by == "UTF-16":
            return len(text[:at].encode("utf-16-le")) // 2
        return at + text[:at].count("\n")

    start = np.array([there(a, False) for a, _ in spans])
    end = np.array([there(b, True) for _, b in spans])
    names = np.array(["d"] * 4, dtype=object)
    quotes = np.array([text[a:b] for a, b in spans], dtype=object)
    remarks: list[str] = []
    first, last = normalise_offsets(names, start, end, quotes, {"d": text}, remarks)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == spans
    assert by in remarks[0]
    # Without quotes, that places begin and end with words shows it.
    none = np.array([""] * 4, dtype=object)
    first, last = normalise_offsets(names, start, end, none, {"d": text}, [])
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == spans


def test_places_within_words_are_told():
    remarks: list[str] = []
    places = np.array([2, 9]), np.array([6, 15])
    names, none = np.array(["d", "d"], dtype=object), np.array(["", ""], dtype=object)
    normalise_offsets(names, *places, none, {"d": "Several long words together"}, remarks)
    assert "within a word" in remarks[0]


def test_many_quotes_in_a_long_text_take_time_in_proportion():
    draw = random.Random(3)
    words = [
        "".join(draw.choices("abcdefghijklmnopqrst", k=draw.randint(2, 9))) for _ in range(5000)
    ]
    chosen = draw.choices(words, [1 / (at + 1) for at in range(5000)], k=60_000)
    text = " ".join(chosen)
    quotes = []
    for _ in range(150):
        at = draw.randrange(len(chosen) - 40)
        quote = chosen[at : at + 25]
        quote[12] = quote[12][::-1] + "x"
        quotes.append(" ".join(quote))
    passages = Passages(text)
    found = [passages.find(quote) for quote in quotes]
    assert sum(isinstance(each, Found) for each in found) > 140

    def work(size):
        part = Passages(" ".join(chosen[:size]))
        for quote in quotes[:40]:
            part.find(quote)

    assert_linear(work, len(chosen))
