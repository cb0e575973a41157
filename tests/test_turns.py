"""Who says what: labels of every form are recognised, and nothing else is taken for one."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.documents import normalise, read_documents
from fourp_nlp.segments import segment, speakers_in
from fourp_nlp.tables import DOCUMENTS
from fourp_nlp.turns import recognise, turn_starts
from tests.cases import shared_case
from tests.growth import assert_linear
from tests.transcript_forms import DIALOGUE, FORMS, SECOND_DIALOGUE, words_right


def _segments(text, labels=""):
    frame = pd.DataFrame({"document": ["d"], "text": [normalise(text)], "labels": [labels]})
    return segment(frame.reindex(columns=[*DOCUMENTS.names, "labels"], fill_value=""))


def _spoken(text, labels=""):
    table = _segments(text, labels)
    return list(zip(table["speaker"], table["text"].str.replace("\n", " "), strict=True))


def _speakers(text, labels=""):
    return list(dict.fromkeys(_segments(text, labels)["speaker"]))


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    for key, form in FORMS.items():
        (folder / f"{key}{form.suffix}").write_bytes(form.render(DIALOGUE))
    documents, skipped = read_documents(folder)
    assert skipped.empty
    return documents, dict(iter(segment(documents).groupby("document")))


@pytest.mark.parametrize("key", list(FORMS))
def test_words_stand_under_the_right_speaker_in_every_form(forms, key):
    form = FORMS[key]
    said = [(form.shown.get(name, name), words) for name, words in DIALOGUE]
    words, right, strange = words_right(forms[1][f"{key}{form.suffix}"], said)
    assert right >= 0.99 * words
    # The heading of the page in Markdown is text; nothing else is read that nobody said.
    assert strange == (2 if form.suffix == ".md" else 0)


def test_long_names_and_turns_that_look_like_labels_are_read_right_in_every_form(tmp_path):
    # In the column of names there is no room for a long one.
    keys = [key for key, form in FORMS.items() if not form.shown and key != "column"]
    for key in keys:
        path = tmp_path / f"{key}{FORMS[key].suffix}"
        path.write_bytes(FORMS[key].render(SECOND_DIALOGUE))
    documents, _ = read_documents(tmp_path)
    segments = dict(iter(segment(documents).groupby("document")))
    for key in keys:
        words, right, strange = words_right(segments[f"{key}{FORMS[key].suffix}"], SECOND_DIALOGUE)
        assert right >= 0.99 * words, key
        assert strange <= 2, key


@pytest.mark.parametrize("key", list(FORMS))
def test_no_label_is_a_segment_or_in_one(forms, key):
    form = FORMS[key]
    table = forms[1][f"{key}{form.suffix}"]
    names = {form.shown.get(name, name) for name, _ in DIALOGUE}
    for text in table["text"]:
        assert not any(name in text for name in names if len(name) > 3), text


# Ordinary texts, whose colons, dashes, brackets and short lines make no speakers.
ORDINARY = {
    "contacts": "Whom to call\n\nRCMP: 1-800-555-0100\nOffice: 12 Main Street\nPolice: call 911\n"
    "Shelter: open all night\nNurse: Tuesday and Friday",
    "recipe": "Lentil soup\n\nIngredients:\n- 2 onions\n- 1 cup of lentils\n\nPreparation:\nChop the "
    "onions. Boil the lentils.\n\nBean soup\n\nIngredients:\n- 3 carrots\n\nPreparation:\nChop the carrots.",
    "form": "Applicant: Jane Roe\nOccupation: nurse\nAge: 34\nDwelling: none\n\nApplicant: Ben Oak\n"
    "Occupation: driver\nAge: 40\nDwelling: shelter\n\nApplicant: Li Wei\nOccupation: cook\nAge: 28\n"
    "Dwelling: rent",
    "handout": "What the city can do\n\nHousing: We need far more of it. People wait for years.\n"
    "Transport: The bus comes once an hour. That is too little.\nHealth: Nurses could visit.\n"
    "Schools: Teachers should know whom to call.",
    "minutes": "Minutes of the board\n\nPresent: Ana Diaz, Ben Roy\n\nHousing: The board heard a report. "
    "It was accepted.\n\nBudget: The treasurer asked for more time.\n\nHousing: A second report will "
    "come in May.\n\nNext meeting: 5 May",
    "pros and cons": "Pros: It is cheap. It is near.\nCons: It is loud.\n\nPros: It is new.\n"
    "Cons: It is far. The pros and cons are many.",
    "gains and losses": "Gains: We have a house. The gains are many.\nLosses: We lost a friend.\n\n"
    "Gains: We have a garden.\nLosses: The losses are few.",
    "programme": "Opening 9:00\nCoffee Break 10:30\nKeynote 11:00\nLunch 12:30\nCoffee Break 15:30\n"
    "Closing 17:00",
    "programme, times first": "9:00 Opening\n9:30 Housing\n10:30 Break\n11:00 Police\n12:30 Break",
    "poem": "The river\n\nRoses\nare red and nobody knows it.\n\nRoses\nare red again tonight.\n\n"
    "The river\nis wide and cold.",
    "references": "References\n\n[Smith 2010] Smith, J. On beds. Oxford.\n[Roe 2011] Roe, J. On police. "
    "Leeds.\n[Smith 2012] Smith, J. On towns. Oxford.",
    "questions of visitors": "Frequently asked\n\nQ. What is a shelter?\nIt is a house.\n\nWhat else?\nNothing.",
    "list by letters": "A. First we eat.\nB. Then we sleep.\nC. Then we go home.",
    "glossary": "Coalition – a group of groups.\nShelter – a house for a night.\nShelter bed – a bed in "
    "it.\nPolice – they know. A coalition helps.",
    "opening hours": "Monday – closed\nTuesday – open until five.\nMonday – closed again.\nTuesday – open.",
    "capitals": "WARNING SIGNS: Bruises and fear of the police.\nHOUSING: The housing is bad.\n"
    "SAFETY: Think of your safety first.",
    "addresses and ratios": "See http://example.org: it is good.\nRatio 3:1 was fine.\n"
    "Genesis 3:16: Unto the woman he said it.",
    "dashes in sentences": "We met – at last – in May.\nAna – of all people – was late.\n"
    "Then Ana – who knew – left.",
    "poster": "Speaker: Dr. Lee\nHost: City Hall\nModerator: Jane Roe\nDoors: 7 pm",
    "books": "He said this.\nAnna: a life\nA book about Anna: how she lived.\nIt has 300 pages.",
    "message": "From: jane@example.org\nTo: ben@example.org\nSubject: Beds\nDate: 5 May\n\n"
    "Thank you: it is about the beds.",
    "steps": "Step 1: Call the police.\nStep 2: Call the shelter.\nStep 3: Wait. Then call again.\n"
    "Step 1: Call.\nStep 2: Wait again.",
    "tasks": "[TODO] Write to the city.\n[TODO] Call the police.\n[DONE] Eat.\n[TODO] Sleep.",
    "placeholders": "<First name> please come to the office.\n<First name> we wait.\n<Last name> is needed.",
    "times in sentences": "10:30 Monday works for me.\nWe met.\n11:30 Tuesday too.",
    "team": "Our team\n\nChair: Anna Roe\nTreasurer: Ben Oak\nSecretary: Li Wei",
    "cases": "Case 1: A woman came from abroad.\nCase 2: A man was held.\nCase 3: A girl was sold.",
    "Chinese notice": "时间：五月五日\n地点：多伦多\n主题：住房\n主持：李明",
    "reasons": "Why is it hard?\nBecause nobody pays: that is why.\nFirst: money. Second: time.",
    "that of a program": "The report was transcribed by https://otter.ai last year.\n\nIts summary keywords "
    "were wrong.\n\nAna started transcription\n\nPage 1 of 12\n\nWe read it again.",
}  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_texts_have_no_speakers_and_lose_nothing(text):
    openings = recognise(normalise(text).split("\n")).openings
    assert {one.speaker for one in openings} == {None}
    assert not any(one.is_boilerplate for one in openings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A label inside a wrapped sentence, where no other label stands.
        (
            "Ana: We went there in the morning, and on the way back we told\nAnna: go home. "
            "Nobody did.\nBen: Why did nobody listen to you and to all the others who were\nthere that "
            "day?\nAna: They were afraid of what the police would have done to them\nif they had "
            "spoken.\nBen: Who was?\nAna: All of them.\nBen: Thank you for telling me that, I did not know "
            "it, and I will\ncome back.\nAna: Please do.",
            ["Ana", "Ben"],
        ),
        # One speaker, one time, in a dialogue whose turns are long.
        (
            "Interviewer: How was it?\n\nGrace: It was by grace alone.\n\nI cannot say more.\n\nIt is "
            "long ago.\n\nInterviewer: And then?\n\nGrace: Then we left.\n\nWe had to.\n\nNobody asked.\n\n"
            "Interviewer: Who helped?\n\nGrace: A nurse.\n\nInterviewer: Which one?\n\nGrace: From the "
            "town.\n\nMother of Grace: May I add something?",
            ["Interviewer", "Grace", "Mother of Grace"],
        ),
        ("Anna: Hi.\nANNA: Yes.\nBen: No.\nAnna: So.", ["Anna", "Ben"]),
        ("*MOT:\tdo you want it ?\n*CHI:\tno .\n*MOT:\twhy not ?", ["MOT", "CHI"]),
        ("Q.\tWere you there?\nA.\tI was.\nQ.\tWhen?\nA.\tIn May.", ["Q", "A"]),
        ("THE COURT: Sit down.\nTHE WITNESS: Thank you.", ["THE COURT", "THE WITNESS"]),
        ("[00:00 - 00:05] SPEAKER_00: Hi.\n[00:05 - 00:09] SPEAKER_01: Yes.", ["SPEAKER_00", "SPEAKER_01"]),
        ("المحاور: كيف كان؟\nآمنة: كان صعبا.\nالمحاور: ثم ماذا؟\nآمنة: لا شيء.", ["المحاور", "آمنة"]),
        ("Ana Roe  00:03\nAnna: come here, she said.\n\nBen Oak  00:09\nQ: is no name.\n\nAna Roe  00:12\nSo.",
         ["Ana Roe", "Ben Oak"]),
        ("The Chair (Ms. Roe): Order.\n\nMr. Oak (Elmford): Thank you.\n\nThe Chair: Go on.\n\nMr. Oak: So.",
         ["The Chair", "Mr. Oak"]),
        ("M: Who begins?\n?: I do.\nW1: No.\nAll: [laugh]\nM: Well.\nW1?: So then.", ["M", "?", "W1", "W1?"]),
        ("S1:So we met.\nS2:Yes we did.\nS1:When?", ["S1", "S2"]),
        ("Ana : On y va ?\nBen : Oui.\nAna : Bien.", ["Ana", "Ben"]),
        ("(Speaker 1)\nWe came here.\n\n(Speaker 2)\nWhy?", ["Speaker 1", "Speaker 2"]),
        ("1. Anna: We came.\n2. Ben: Why?\n3. Anna: To see.", ["Anna", "Ben"]),
        ("- ANNA: We came.\n- BEN: Why?\n- ANNA: To see.", ["ANNA", "BEN"]),
        ("Anna\nWe came late.\n\nBen\nWhy?\n\nAnna\nThe bus.\n\nBen\nI see.", ["Anna", "Ben"]),
        ("0:03\nAnna\nWe came.\n0:09\nBen\nWhy?\n0:12\nAnna\nThe bus.", ["Anna", "Ben"]),
        ("Anna Roe, 10:31 AM\nWe came.\n\nBen Oak, 10:32 AM\nWhy?\n\nAnna Roe, 10:33 AM\nSo.", ["Anna Roe", "Ben Oak"]),
    ],
)  # fmt: skip
def test_labels_of_other_forms(text, expected):
    assert _speakers(text) == expected


def test_captions_pasted_as_text_have_no_speakers():
    text = "0:03\nwelcome to the meeting\n0:07\nyeah\n0:09\nwe have eleven beds\n0:12\nyeah"
    assert _spoken(text) == [
        ("", "welcome to the meeting"),
        ("", "yeah"),
        ("", "we have eleven beds"),
        ("", "yeah"),
    ]
    assert _speakers("0:15 yeah\n0:18 okay so\n0:22 yeah\n0:25 we left\n0:29 yeah") == [""]


def test_known_names_are_certain_whatever_their_spelling():
    text = "nobody 7: We have two.\n\nDr: Who: When?\n\nnote: So.\n\nthe one in the back\nWe came."
    labels = "nobody 7\nDr: Who\nnote\nthe one in the back"
    assert _speakers(text, labels) == labels.split("\n")


def test_the_names_that_a_head_lists_are_speakers():
    text = (
        "SUMMARY KEYWORDS\nbeds, city\nSPEAKERS\nHope, Ana Diaz\n\nHope  0:03\nWe have hope.\n\n"
        "Ana Diaz  0:09\nSo.\n\nTranscribed by https://otter.ai"
    )
    assert _spoken(text) == [("Hope", "We have hope."), ("Ana Diaz", "So.")]


def test_a_head_of_fields_is_nobodys_words():
    text = (
        "Date: 5 May\nPlace: Elmford\nInterviewer: Anna Roe\n\nInterviewer: How was it?\n\n"
        "P7: It was fine.\n\nInterviewer: And then?\n\nP7: We left."
    )
    assert [speaker for speaker, _ in _spoken(text)] == ["Interviewer", "P7"] * 2
    assert "Anna Roe" not in "".join(_segments(text)["text"])


def test_stamps_are_no_text_and_end_a_sentence():
    text = (
        "I: Wie war das? #00:00:05-1#\nB: Gut. #00:00:09-2# und dann schlecht #00:00:12-3# Ja.\n"
        "[00.00.12] I: Warum? {00:02:00}\nB: Wegen Dr. [00:02:04] Lee. [00:02:05] so war es."
    )
    assert _spoken(text) == [
        ("I", "Wie war das?"),
        ("B", "Gut."),
        ("B", "und dann schlecht"),
        ("B", "Ja."),
        ("I", "Warum?"),
        ("B", "Wegen Dr. [00:02:04] Lee."),
        ("B", "so war es."),
    ]


def test_an_answer_that_is_a_time_is_an_answer():
    text = "Ana: When was it?\nBen: 10:30\nAna: At night?\nBen: 22:15 Monday, I think.\nAna: So."
    assert _spoken(text)[1] == ("Ben", "10:30")
    assert _spoken(text)[3] == ("Ben", "22:15 Monday, I think.")


def test_boilerplate_inside_a_turn_does_not_hide_the_words_after_it():
    text = FORMS["rev"].render(DIALOGUE).decode()
    table = _segments(text)
    assert not table["text"].str.contains("Rev.com|Page|exported|Completed").any()
    found = speakers_in(normalise(text))
    assert len(found.left_out) == 7
    assert found.without_speaker == 0


def test_what_was_not_taken_is_told_with_its_line():
    text = (
        "Ana: So.\nBen: Yes.\nAna: One.\nBen: Two.\nLovely Weather: it is about the lovely weather."
    )
    found = speakers_in(text)
    assert found.turns == {"Ana": 2, "Ben": 2}
    assert found.forms == ["Name: words"]
    [(doubt, begins)] = found.not_taken
    assert (doubt.name, doubt.times, doubt.line) == ("Lovely Weather", 1, 5)
    assert begins.startswith("Lovely Weather: it")


def test_turns_start_with_their_times():
    lines = ["", "0:03", "Anna", "We came.", "", "0:09", "Ben", "Why?", "0:12", "Anna", "So."]
    assert [at for at, starts in enumerate(turn_starts(lines)) if starts] == [1, 5, 8]
    assert turn_starts(["x7: yes", "y: no"], frozenset({"x7"})) == [True, False]


_LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["Anna: So.", "[Anna] So.", "Anna  0:03", "0:03", "Anna", "#00:00:01-2# B: Ja.", "Q. Why?", ">> So.",
             "A. So.", "Anna – So.", "**Anna:** So.", "SPEAKERS", "Transcribed by otter.ai", "", "- Anna: x",
             "Date: 5 May", "Page 1 of 2", "Ana\tSo", "李明：好。"]
        ),
    ),
    max_size=25,
)  # fmt: skip


@given(_LINES, st.frozensets(st.sampled_from(["Anna", "x", "Anna ⇥", "a:b"])))
@settings(max_examples=80, deadline=None)
def test_any_lines_have_an_opening_each(lines, known):
    kept = [" ".join(line.split()) for line in lines]
    found = recognise(kept, known)
    assert len(found.openings) == len(found.starts) == len(kept)
    assert all(0 <= one.start <= len(line) for one, line in zip(found.openings, kept, strict=True))
    assert all(0 < one.line <= len(kept) for one in found.not_taken)
    assert turn_starts(lines, known) == found.starts


@pytest.mark.parametrize(
    "piece",
    ["Ana: ", "Ana: b\n", "[Ana] b\n", "Ana 0:03\nb\n", "0:03\nAna\nb\n", "Ana\nb\n\n", "#0:00:01# ", "12:00 ",
     "Ana – b\n", "Q. b\nA. b\n", "(", "[a:", ">>", "**", "Transcribed by ", "x" * 99 + ":\n", "Page 1 of 2\n",
     "W{}: We did it, they said.\n"],
)  # fmt: skip
def test_strange_lines_take_linear_time(piece):
    def work(size):
        number = size // len(piece)
        text = (
            "".join(piece.format(at) for at in range(number)) if "{}" in piece else piece * number
        )
        recognise([line.strip() for line in text.split("\n")])

    assert_linear(work, 100_000)


def _case(name):
    documents, skipped = read_documents(shared_case("reading", name))
    assert skipped.empty
    table = segment(documents[documents["document"] != "expected.txt"])
    return {
        document: list(zip(own["speaker"], own["text"], strict=True))
        for document, own in table.groupby("document")
    }


def test_case_of_names_in_brackets():
    found = _case("bracket-labels")
    assert [one for one, _ in found["bracket.txt"]] == ["Anna", "Ben"] * 2
    assert [one for one, _ in found["angle.txt"]] == ["Ana", "Ben"] * 2
    speakers = list(dict.fromkeys(one for one, _ in found["whisper.txt"]))
    assert speakers == ["Speaker 1", "Speaker 2", "SPEAKER_01", "SPEAKER_00"]


def test_case_of_stamps():
    found = _case("f4-stamps")
    assert len(found["f4.txt"]) == 7
    assert not any("#" in text for own in found.values() for _, text in own)
    assert found["f4.txt"][-1][0] == "I"
    assert [one for one, _ in found["atlas.txt"]] == ["Anna", "Ben", "Anna"]
    assert [one for one, _ in _case("qualcoder-stamp")["qc.txt"]] == ["I", "B", "I"]


def test_case_of_typed_line_numbers():
    found = _case("line-numbers-typed")
    assert {one for one, _ in found["linenum.txt"]} == {"I", "P1"}
    assert {one for one, _ in found["jefferson.txt"]} == {"INT", "P1"}
    assert not any(text[0] in "02345678" for own in found.values() for _, text in own)


def test_case_of_boilerplate():
    found = _case("transcript-boilerplate")
    words = (
        "otter.ai",
        "Page 1",
        "transcription",
        "KEYWORDS",
        "exported",
        "Rev.com",
        "2024",
        "27m",
    )
    for own in found.values():
        assert all(speaker for speaker, _ in own)
        assert not any(word in text for _, text in own for word in words)
    assert [one for one, _ in found["teams_docx_like.txt"]] == ["Ana Diaz"] + ["Ben Roy"] * 3


def test_read_with_turns_shows_who_speaks_and_what_was_not_taken(project, monkeypatch):
    (project.corpus / "talk.txt").write_bytes(FORMS["otter"].render(DIALOGUE))
    monkeypatch.chdir(project.root)
    run = CliRunner().invoke(app, ["read", "--turns"])
    assert run.exit_code == 0
    line = next(line for line in run.output.splitlines() if line.startswith("talk.txt"))
    assert line.split()[1:3] == ["4", "18"]
    assert "Name 00:03 on a line of its own, words below" in line
    run = CliRunner().invoke(app, ["read", "--turns", "--json"])
    objects = [json.loads(line) for line in run.output.splitlines() if line.startswith("{")]
    talk = next(one for one in objects if one["document"] == "talk.txt")
    assert [one["speaker"] for one in talk["speakers"]][:2] == ["Ana Diaz", "Ben Roy"]
    assert talk["without_speaker"] == 0
    assert talk["lines_left_out"][:6] == [1, 2, 3, 4, 5, 6]
    assert len(talk["lines_left_out"]) == 7


def test_headings_in_one_chapter_of_a_long_manual_are_no_speakers():
    kinds = ["INTEGER", "BOOLEAN", "OCTET", "ENUMERATED", "UTCTIME", "NULLTYPE"]
    said = "It is set with one call, and read with another one, as the list above has shown."
    chapter = "\n\n".join(f"{kind}: {said}" for kind in kinds * 2)
    rest = "\n\n".join(f"Part {n} of the manual tells how errors are handled." for n in range(400))
    assert _speakers(f"{chapter}\n\n{rest}") == [""]
    spoken = _speakers(f"Moderator: Shall we begin?\n\n{chapter}\n\n{rest}")
    assert "Moderator" in spoken
