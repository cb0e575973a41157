"""Subtitles: every word once, under the speaker that the file names, and no mark of the file in it."""

import pytest

from fourp_nlp.documents import read_documents
from fourp_nlp.segments import segment
from tests.cases import shared_case


def _file(parts, *, web=False, numbers=True):
    lines = ["WEBVTT", ""] if web else []
    mark = "." if web else ","
    for number, part in enumerate(parts, start=1):
        lines += [str(number)] if numbers else []
        lines += [f"00:00:{number:02}{mark}000 --> 00:00:{number:02}{mark}900", part, ""]
    return "\n".join(lines)


@pytest.fixture
def read(tmp_path):
    def reading(content, suffix=".srt"):
        (tmp_path / f"a{suffix}").write_text(content, encoding="utf-8")
        documents, skipped = read_documents(tmp_path / f"a{suffix}")
        assert skipped.empty
        return documents.iloc[0]

    return reading


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        # Rolling: each line below first, and above in the next cue.
        (["we have\neleven beds", "eleven beds\nfor the town", "for the town\nand more"],
         "we have eleven beds for the town and more"),
        # Tripled, as cues of no length between them.
        (["we have", "we have", "we have\neleven", "eleven", "eleven\nbeds", "beds"], "we have eleven beds"),
        # Every cue twice.
        (["we have eleven beds", "we have eleven beds", "and no more of", "and no more of",
          "them in all", "them in all", "the town is", "the town is"],
         "we have eleven beds and no more of them in all the town is"),
        # Word by word.
        (["we", "we have", "we have eleven", "we have eleven beds", "and", "and no", "and no more"],
         "we have eleven beds and no more"),
        # Somebody says the same again.
        (["Are you sure?", "Yes.", "Yes.", "Yes.", "I am sure of it.", "Good."],
         "Are you sure? Yes. Yes. Yes. I am sure of it. Good."),
        (["We have no beds at all.", "We have no beds at all.", "Did you hear?", "Yes.", "Then go."],
         "We have no beds at all. We have no beds at all. Did you hear? Yes. Then go."),
    ],
)  # fmt: skip
def test_captions_that_roll_are_read_once(read, parts, text):
    assert read(_file(parts))["text"] == text


def test_what_was_left_out_of_rolling_captions_is_told(read):
    parts = ["we have\neleven beds", "eleven beds\nfor the town", "for the town\nand more"]
    assert read(_file(parts))["remarks"] == "2 repeated lines of rolling captions left out."


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("He wept {in tears} and {the} town [paid].", "He wept {in tears} and {the} town [paid]."),
        ("5 < 6 beds & more > 3 <unknown> men", "5 < 6 beds & more > 3 <unknown> men"),
        (r"{\an8}{\pos(1,2)}<i>On</i> <font color='#fff'>top</font>", "On top"),
        ("{b}bold{/b} <b>and</b><br>so", "bold and so"),
        ("R&amp;B &#233; &lt;b&gt; &copy 5", "R&B é <b> &copy 5"),
        ("♪", ""),
        ("♪ la la ♪", "♪ la la ♪"),
    ],
)
def test_marks_go_and_words_stay(read, words, text):
    assert read(_file(["One.", words, "Two."]))["text"] == " ".join(f"One. {text} Two.".split())


def test_empty_lines_between_times_and_words(read):
    content = "1\n\n00:00:01,000 --> 00:00:02,000\n\nHow many\n\nbeds?\n\n2\n\n00:00:02,000 --> 00:00:03,000\n\n"
    content += "11\n\n3\n\n00:00:03,000 --> 00:00:04,000\n\nFine.\n"
    assert read(content)["text"] == "How many beds? 11 Fine."


def test_a_number_that_somebody_says_is_no_number_of_a_cue(read):
    content = "00:01.000 --> 00:02.000\nHow many?\n\n00:02.000 --> 00:03.000\n5\n\n00:03.000 --> 00:04.000\nYes.\n"
    assert read(content)["text"] == "How many? 5 Yes."


def test_note_is_a_word_in_subrip(read):
    content = "1\n00:00:01,000 --> 00:00:02,000\nIt said\n\nNOTE to all: go home.\n"
    assert read(content)["text"] == "It said NOTE to all: go home."


def _spoken(row):
    table = segment(row.to_frame().T)
    return list(zip(table["speaker"], table["text"], strict=True))


def test_labels_in_every_cue_are_speakers_whatever_their_spelling(read):
    parts = ["li's phone: Hi.", "王芳: So", "王芳: we left.", "+49 30 5550100: When?", "Room 3: B: In May.",
             "li's phone: One thing: why?", "Room 3: B: Because.", "Ana | NGO: Yes."]  # fmt: skip
    assert _spoken(read(_file(parts, web=True), ".vtt")) == [
        ("li's phone", "Hi."),
        ("王芳", "So we left."),
        ("+49 30 5550100", "When?"),
        ("Room 3: B", "In May."),
        ("li's phone", "One thing: why?"),
        ("Room 3: B", "Because."),
        ("Ana | NGO", "Yes."),
    ]


@pytest.mark.parametrize(
    "parts",
    [
        ["We came here.", "Note: we have two beds", "in the house."],
        ["We came here.", "and there is one thing: we have", "two beds in the house."],
        ["Housing: we need", "more of it."],
    ],
)
def test_a_colon_in_few_cues_makes_no_speaker(read, parts):
    row = read(_file(parts))
    assert row["labels"] == ""
    assert {speaker for speaker, _ in _spoken(row)} == {""}


def test_labels_where_the_speaker_changes(read):
    parts = [
        ">> ANA: We have",
        "eleven beds.",
        ">> BEN: One thing:",
        "who pays?",
        ">> ANA: Nobody.",
    ]
    assert _spoken(read(_file(parts))) == [
        ("ANA", "We have eleven beds."),
        ("BEN", "One thing: who pays?"),
        ("ANA", "Nobody."),
    ]


def test_two_voices_in_a_cue_and_notes_behind_labels(read):
    parts = ["<v Ana>Well.</v>\n<v Ben>[laughs] Yes.</v>", "<v.loud Ana Roe>So.", "<v Ana>Then."]
    row = read(_file(parts, web=True), ".vtt")
    assert row["text"] == "Ana: Well.\n\nBen: [laughs] Yes.\n\nAna Roe: So.\n\nAna: Then."
    assert row["labels"] == "Ana\nBen\nAna Roe"


def test_names_of_cues_by_webex(read):
    content = (
        'WEBVTT\n\n1 "Ana Diaz" (1234)\n00:01.000 --> 00:02.000\nWe have beds.\n\n'
        '2 "Ben Roy" (77)\n00:02.000 --> 00:03.000\nHow many?\n'
    )
    assert read(content, ".vtt")["text"] == "Ana Diaz: We have beds.\n\nBen Roy: How many?"


def test_numbers_of_speakers_in_brackets(read):
    row = read(_file(["[SPEAKER_00]: So", "[SPEAKER_00]: we left.", "[SPEAKER_01]: When?"]))
    assert row["text"] == "SPEAKER_00: So we left.\n\nSPEAKER_01: When?"


def test_dashes_part_two_persons_of_a_cue(read):
    assert read(_file(["- Are there beds?\n- No."]))["text"] == "- Are there beds?\n\n- No."
    assert _spoken(read(_file(["- ANA: Are there beds\nleft?\n- BEN: No.", "- ANA: Why?"]))) == [
        ("ANA", "Are there beds left?"),
        ("BEN", "No."),
        ("ANA", "Why?"),
    ]


def test_cases_of_captions():
    def texts(name):
        documents, _ = read_documents(shared_case("reading", name))
        own = documents[documents["document"] != "expected.txt"]
        return dict(zip(own["document"], own["text"], strict=True)), segment(own)

    rolling, _ = texts("youtube-rolling-captions")
    assert set(rolling.values()) == {
        "welcome to the community meeting today we talk about shelter beds for young people"
    }
    blank, _ = texts("srt-blank-line-after-times")
    assert blank["blank.srt"] == "We have eleven beds in the house. Nobody pays."
    braces, _ = texts("srt-braces")
    assert braces["braces.srt"].startswith(
        "He said {in tears} that {the} city [pays] for 5 < 6 beds"
    )
    _, odd = texts("zoom-odd-names")
    assert odd.groupby("document")["speaker"].nunique().to_dict() == {
        "zoom.vtt": 4,
        "zoom_unknown.vtt": 6,
    }
    assert not odd["speaker"].eq("").any()
