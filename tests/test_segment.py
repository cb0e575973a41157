"""Where documents are cut, and what is left outside of the segments."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.documents import normalise
from fourp_nlp.errors import TableError
from fourp_nlp.segments import segment
from fourp_nlp.tables import DOCUMENTS, SEGMENTS
from tests.growth import assert_linear


def _documents(*texts):
    frame = pd.DataFrame({"document": [f"d{place}" for place in range(len(texts))], "text": texts})
    return frame.reindex(columns=DOCUMENTS.names, fill_value="")


def _cut(text, unit="sentence"):
    return segment(_documents(text), unit=unit)


def _texts(text, unit="sentence"):
    return _cut(text, unit)["text"].tolist()


_PIECES = st.sampled_from(
    [
        "We met. ", "Dr. ", "ANNA: ", "Q1: ", "[laughter] ", "[00:01:02] ", "00:14 ", "(12:33)",
        "- ", "1. ", "a) ", "\n", "\n\n", "... ", "? ", "! ", "”", '"', "’", ")", "Ont. ", "U.S. ",
        "5 p.m. ", "and then we left ", "the town", "نلتقي غدا؟ ", "e\u0301", "👩\u200d🚒 ", "🇨🇦",
        "东西。好", "no", ": ", ", ", "; ", "x" * 150, "Anna Roe: ", "\u00a0", "\r\n",
        "[the town] ", "…", "»", "at nine.The bus ", "?It was ", "(laughs) ", "Mrs.\n",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))


def _check(text, table):
    assert list(table.columns) == list(SEGMENTS.columns)
    assert table["segment"].tolist() == list(range(len(table)))
    before = 0
    for row in table.itertuples():
        assert before <= row.start < row.end <= len(text)
        assert text[row.start : row.end] == row.text
        assert row.text == row.text.strip()
        assert any(letter.isalnum() for letter in row.text)
        before = row.end


@given(_TEXTS, st.sampled_from(["sentence", "turn", "paragraph"]))
@settings(max_examples=400, deadline=None)
def test_offsets_hold_on_any_normalised_text(text, unit):
    text = normalise(text)
    _check(text, _cut(text, unit))


@given(st.lists(_PIECES, max_size=40).map("".join))
@settings(max_examples=100, deadline=None)
def test_offsets_hold_on_text_that_was_not_normalised(text):
    text = text.encode("utf-8", "ignore").decode("utf-8")
    _check(text, _cut(text))


@given(st.lists(_PIECES, max_size=60).map("".join))
@settings(max_examples=100, deadline=None)
def test_no_sentence_is_too_long(text):
    table = _cut(normalise(text))
    sentences = table.loc[table["role"] != "heading", "text"]
    assert all(len(one) <= 600 and len(one.split()) <= 80 for one in sentences)


@pytest.mark.parametrize(
    "text",
    [
        "We met Dr. Amsel and Mrs. Okoro at St. Brendan hall.",
        "She came to Toronto, Ont. and stayed.",
        "No. 5 was better vs. No. 6.",
        "Bring something warm, e.g. a coat, i.e. what you have, cf. the list.",
        "The J. R. Okoro fund paid for it.",
        "She moved to B.C. because of work.",
        "The U.S. border is an hour away.",
        "We open at 5 p.m. every day.",
        "I was... not sure about it.",
        "It was… well, odd.",
        '"Did you go?" he asked.',
        "We saw [inaudible] and left.",
        "The fee of $3.50 is paid by us.",
        "At 10:30 we went home.",
        "10:30 was late for them.",
        "[The town] agreed to it.",
        "Prof. Lindqvist et al. wrote about it.",
        "The shelter (est. 1987) answers at ext. 14 and tel. 555.",
        "See the file Notes.The.Board.docx or write to anna.The@elmford.example, please.",
        "It is at www.elmford.The or elmford.example/a.The and so on.",
        "So...I went, and…The rest is known, e.g.The coat.",
        "We gave the keys of the house to old Mrs.\nOkoro and went.",
    ],
)
def test_one_sentence_stays_whole(text):
    assert _texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We came. They left.", ["We came.", "They left."]),
        ("Really? Yes! Good.", ["Really?", "Yes!", "Good."]),
        ("She lives in the U.S. He does not.", ["She lives in the U.S.", "He does not."]),
        ("We stop at 5 p.m. The bus is late.", ["We stop at 5 p.m.", "The bus is late."]),
        ("(We met in May.) Then it rained.", ["(We met in May.)", "Then it rained."]),
        ("She said “Go home.” We went.", ["She said “Go home.”", "We went."]),
        ("We chose Plan B. It worked.", ["We chose Plan B.", "It worked."]),
        ("I said no. No. That was it.", ["I said no.", "No.", "That was it."]),
        ("Hmm… Then we left.", ["Hmm…", "Then we left."]),
        ("so that is it. yeah.", ["so that is it.", "yeah."]),
        ("我们见了市长。他很高兴。", ["我们见了市长。", "他很高兴。"]),
        ("هل ذهبت؟ نعم ذهبت.", ["هل ذهبت؟", "نعم ذهبت."]),
        ("We left. [laughter] Then we slept.", ["We left.", "Then we slept."]),
        ("So he said no. (laughs) And I said fine.", ["So he said no.", "And I said fine."]),
        ("Doors close at 11 p.m. Nobody gets in.", ["Doors close at 11 p.m.", "Nobody gets in."]),
        (
            "He was hired by Okoro & Co. Everyone was.",
            ["He was hired by Okoro & Co.", "Everyone was."],
        ),
        ("We closed at nine.The bus had gone.", ["We closed at nine.", "The bus had gone."]),
        ("Was it safe?It was.", ["Was it safe?", "It was."]),
        ("I called (twice).They were out.", ["I called (twice).", "They were out."]),
        ("It shut in 2014.Then it rained.", ["It shut in 2014.", "Then it rained."]),
        ("I saw the Dr.\nShe was kind.", ["I saw the Dr.", "She was kind."]),
    ],
)
def test_two_sentences_are_parted(text, expected):
    assert _texts(text) == expected


@pytest.mark.parametrize(
    ("line", "speaker", "text"),
    [
        ("NADIA: We began.", "NADIA", "We began."),
        ("Dr. Jane Roe: We began.", "Dr. Jane Roe", "We began."),
        ("Q: Why?", "Q", "Why?"),
        ("Q1: Why?", "Q1", "Why?"),
        ("Presenter 1: so we began", "Presenter 1", "so we began"),
        ("INTERVIEWER (F): Why?", "INTERVIEWER (F)", "Why?"),
        ("interviewer: why?", "interviewer", "why?"),
        ("Marguerite Oduya: We began.", "Marguerite Oduya", "We began."),
        ("[00:14:05] NADIA: [laughter] We began.", "NADIA", "We began."),
        ("00:14 NADIA: We began. [crosstalk]", "NADIA", "We began."),
        ("NADIA (00:01:02): We began.", "NADIA", "We began."),
        ("Nadia Roe 0:05\nWe began.", "Nadia Roe", "We began."),
        ("NADIA:\n\nWe began.", "NADIA", "We began."),
        ("Élodie Ångström: We began.", "Élodie Ångström", "We began."),
    ],
)
def test_a_speakers_label_is_known_and_left_out(line, speaker, text):
    table = _cut(line)
    assert table["text"].tolist() == [text]
    assert table["speaker"].tolist() == [speaker]


@pytest.mark.parametrize(
    "line",
    [
        "Note: this is new.",
        "The answer: yes.",
        "The Answer: yes.",
        "There is one rule: be kind.",
        "Housing: we need far more of it.",
        "NOTE: this is new.",
        "Next Steps: call the school.",
        "Human Trafficking: A Guide",
        "We asked one thing: why?",
        "Date: 5 May",
    ],
)
def test_an_ordinary_colon_makes_no_speaker(line):
    table = _cut(line)
    assert table["text"].tolist() == [line]
    assert table["speaker"].tolist() == [""]


def test_a_single_name_is_a_label_once_it_recurs():
    table = _cut("Anna: Hi.\nBen: Hello.\nAnna: Shall we?")
    assert table["speaker"].tolist() == ["Anna", "Ben", "Anna"]


def test_a_speaker_goes_on_until_the_next():
    table = _cut("NADIA: One.\n\nTwo.\nThree.\nQ: Four?")
    assert table["speaker"].tolist() == ["NADIA", "NADIA", "NADIA", "Q"]


@pytest.mark.parametrize(
    "line", ["[laughter]", "(12:33)", "[00:01:02]", "[tape ends]", "—", "00:14"]
)
def test_a_line_of_notes_or_times_makes_no_segment(line):
    assert _texts(f"We came.\n{line}\nWe left.") == ["We came.", "We left."]


@pytest.mark.parametrize("mark", ["-", "•", "*", "1.", "12)", "a)", "(ii)"])
def test_bullets_are_left_out(mark):
    table = _cut(f"{mark} posters at the stop\n{mark} talks")
    assert table["text"].tolist() == ["posters at the stop", "talks"]
    assert table["role"].tolist() == ["bullet", "bullet"]


def test_headings_are_known():
    table = _cut("Our first year\n\nWe met in May.\n\nWhat we did\nWe went out to every shop.")
    assert table["role"].tolist() == ["heading", "sentence", "heading", "sentence"]


@pytest.mark.parametrize("note", ["#00:12:40-1#", "[laughter]", "[00:12:40]"])
def test_a_line_of_sentences_with_a_note_at_its_end_is_no_heading(note):
    table = _cut(f"We packed the car. It would not start. {note}\n\nOur first year {note}")
    assert table["text"].tolist() == ["We packed the car.", "It would not start.", "Our first year"]
    assert table["role"].tolist() == ["sentence", "sentence", "heading"]


def test_short_replies_are_no_headings():
    table = _cut("Q: Was it hard?\n\nYes it was\n\nNADIA: Okay\n\nWhat We Did Next\n\nWe ate.")
    assert table["role"].tolist() == ["sentence", "sentence", "sentence", "heading", "sentence"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We walked to the\nold school and back.", ["We walked to the\nold school and back."]),
        ("We asked the mayor of\nElmford to come.", ["We asked the mayor of\nElmford to come."]),
        ("We walked.\nand then we ate.", ["We walked.", "and then we ate."]),
        ("Our goals\nBe kind.", ["Our goals", "Be kind."]),
        ("the end\n\nof it", ["the end", "of it"]),
    ],
)
def test_wrapped_lines_are_one_sentence(text, expected):
    assert _texts(text) == expected


def test_a_wrapped_paragraph_is_read_as_one():
    text = (
        "On the second evening of the fair we put up the long table beside\n"
        "Elmford library. Nobody came at first, and we had thought of going\n"
        "Monday instead, but by seven there was a line of people at it."
    )
    assert len(_texts(text)) == 2
    assert _texts(text, "paragraph") == [text]


def test_speech_without_full_stops_is_cut_at_good_places():
    clause = "we went from house to house with the cards, and nobody asked us what they were for "
    table = _cut(clause * 40)
    assert all(len(one) <= 600 and len(one.split()) <= 80 for one in table["text"])
    assert all(one.endswith(",") for one in table["text"][:-1])
    assert " ".join(table["text"]) == (clause * 40).strip()


def test_a_word_without_end_is_cut_but_not_inside_an_emoji():
    text = "👩\u200d🚒é" * 2000
    parts = _texts(text)
    assert all(len(part) <= 600 for part in parts)
    assert not any(part.startswith("\u200d") or part.endswith("\u200d") for part in parts)


def test_a_turn_is_what_is_said_under_one_label():
    text = "Before it.\n\nQ: Why? [pause]\nTell me.\n\nNADIA: So.\n\nIt rained. [laughter]"
    table = _cut(text, "turn")
    assert table["text"].tolist() == ["Before it.", "Why? [pause]\nTell me.", "So.\n\nIt rained."]
    assert table["speaker"].tolist() == ["", "Q", "NADIA"]
    assert set(table["role"]) == {"turn"}


def test_paragraphs_end_at_empty_lines_labels_and_bullets():
    text = "One. Two.\n\nThree.\n- four\n- five\nQ: Six?"
    table = _cut(text, "paragraph")
    assert table["text"].tolist() == ["One. Two.", "Three.", "four", "five", "Six?"]
    assert set(table["role"]) == {"paragraph"}


def test_many_documents_are_numbered_apart_and_the_same_as_alone():
    texts = ["We came. We left at 5 p.m. Monday.", "", "NADIA: So. okay. yes.", "One. Two."]
    seen = []
    table = segment(_documents(*texts), progress=lambda done, total: seen.append((done, total)))
    assert table["document"].unique().tolist() == ["d0", "d2", "d3"]
    for place, text in enumerate(texts):
        alone = _cut(text)
        own = table[table["document"] == f"d{place}"]
        assert own["text"].tolist() == alone["text"].tolist()
        assert own["segment"].tolist() == list(range(len(own)))
    assert seen[-1] == (4, 4)


def test_no_documents_make_no_segments():
    assert segment(_documents()).empty


def test_a_wrong_unit_or_table_is_refused():
    with pytest.raises(ValueError, match="sentence, turn, paragraph"):
        segment(_documents("a"), unit="word")
    with pytest.raises(TableError):
        segment(pd.DataFrame({"text": ["a"]}))


@pytest.mark.parametrize(
    "piece",
    [
        "word ",
        "a",
        ". ",
        "...",
        "[",
        "(",
        "00:00 ",
        "- ",
        "Dr. ",
        '."',
        "A: b\n",
        "Go, ",
        "at.The ",
        "at.The",
        ". (laughs) ",
    ],
)
def test_strange_text_takes_linear_time(piece):
    assert_linear(lambda size: _cut(piece * (size // len(piece))), 200_000)
