"""Who speaks: roles are guessed and told, set by people, and decide what is data and what is context."""

from __future__ import annotations

import csv
import tomllib

import numpy as np
import openpyxl
import pandas as pd
import pytest

from fourp_nlp.codebook import codebook_text, parse_codebook, read_codebook
from fourp_nlp.coding.sheets.coding_sheet import read_sheet
from fourp_nlp.documents.speaker_attributes import is_speaker_table, read_speakers
from fourp_nlp.errors import (
    CodebookError,
    DocumentError,
    NoSuggestionsError,
    ProjectError,
    TableError,
)
from fourp_nlp.study.confirmed_roles import RolesToConfirm, with_roles_added
from fourp_nlp.study.machine.suggestions import stored_suggestions, suggest_corpus
from fourp_nlp.study.machine.training import train_project, training_fingerprint
from fourp_nlp.study.measuring.agreement import agree, agreement_in_full
from fourp_nlp.study.measuring.comparison import compare_groups
from fourp_nlp.study.measuring.estimates import estimate_frequencies
from fourp_nlp.study.measuring.measures import frequencies
from fourp_nlp.study.measuring.sample_size import plan_coding
from fourp_nlp.study.measuring.speaker_parts import speaker_frequencies, speaker_rates
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.applicability import applies_to_segments, data_segments
from fourp_nlp.study.reading.corpus import reading_notes
from fourp_nlp.study.reading.unread_notes import unread_notes
from fourp_nlp.study.reading.who_speaks import guessed_roles, unset_note
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.study.study import Study, open_study
from fourp_nlp.tables import SUGGESTIONS, empty
from fourp_nlp.turns import role_by_name
from tests.conftest import gold_labels, study_of
from tests.test_cli import fourp
from tests.test_next import draw, read, taken

ASKED = [
    "How did you come to the bakery?",
    "Is the oven an old one?",
    "Who kneads the dough with you?",
    "Does the flour ever run out?",
    "Thank you for the coffee.",
]
ANSWERED = [
    "My aunt baked before me and left me her apron.",
    "The oven is older than I am, and hotter.",
    "Nobody helps me on Sundays.",
    "Once the mill flooded and we had no flour.",
    "Come back on Friday for rye bread.",
]
CODEBOOK = """\
id: bakery
title: Bakers
codes:
  - id: oven
    name: Oven
    short_definition: Ovens and their heat.
    examples: [The oven smokes.]
  - id: help
    name: Help
    short_definition: Who helps in the bakery.
    examples: [My cousin carries the flour.]
"""
TOML = 'unit = "turn"   # as they speak\n\n[coders]\ngold = "vera"\n'
ROLES = '\n[speakers]\ninterviewer = ["Interviewer", "Tove"]\n'
CODED = {ANSWERED[1]: "oven", ANSWERED[2]: "help", ANSWERED[3]: "help"}
BAKERS = ["Oda", "Nils", "Ragna", "Pelle"]


def turns(asks, answers):
    return [
        line
        for question, answer in zip(ASKED, ANSWERED, strict=True)
        for line in (f"{asks}: {question}", f"{answers}: {answer}")
    ]


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


@pytest.fixture
def bakery(tmp_path):
    """Eight interviews, asked by "Interviewer" and, in two, by Tove; and a note in which nobody speaks."""
    root = tmp_path / "bakery"
    (root / "corpus").mkdir(parents=True)
    (root / "gold").mkdir()
    (root / "fourp.toml").write_text(TOML, encoding="utf-8")
    (root / "corpus" / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    listed = [["document", "case", "group", "date", "kind", "speaker"]]
    for number in range(8):
        asks = "Tove" if number > 5 else "Interviewer"
        text = "\n\n".join(turns(asks, BAKERS[number % 4])) + "\n"
        (root / "corpus" / f"talk{number}.txt").write_text(text, encoding="utf-8")
        listed.append([f"talk{number}.txt", "", "north" if number % 2 else "south", "", "", ""])
    note = "The oven was hot at five.\n\nA boy carried the flour upstairs.\n"
    (root / "corpus" / "note.txt").write_text(note, encoding="utf-8")
    listed.append(["note.txt", "", "north", "", "", ""])
    write_csv(root / "corpus" / "documents.csv", listed)
    project = open_project(root)
    for coder, misses in (("vera", ""), ("ines", "talk0.txt")):
        write_gold(project, coder, misses)
    return project


def write_gold(project, coder, misses="", more=()):
    corpus = read(project)[0]
    rows = [["document", "start", "end", "code", "quote"]]
    rows += [[name, "", "", "", ""] for name in corpus.documents["document"]]
    rows += [
        [row.document, row.start, row.end, code, row.text]
        for row in corpus.segments.itertuples()
        for text, code in [*CODED.items(), *more]
        if row.text == text and row.document != misses
    ]
    write_csv(project.gold / f"{coder}.csv", rows)


def with_settings(project, more=ROLES):
    (project.root / "fourp.toml").write_text(TOML + more, encoding="utf-8")
    return open_project(project.root)


def suggested(project):
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    return suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions


# Guesses


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            "interviewer",
            "Interviewer|I|INT|Moderator 2|Facilitator|Researcher|Q|Intervieweur|Enquêteur",
        ),
        (
            "interviewer",
            "Animatrice|Intervieweuse 1|Anna (moderator)|Interviewer Anna|I1|enquêtrice",
        ),
        (
            "participant",
            "Participant|P1|Respondent|R|Participante|Répondante 3|P-12|Interviewee|Enquêtée",
        ),
        ("", "Denise|Speaker 1|SPEAKER_00|Irene|Paul|Dr. Roe|Priya|Rosa|Quentin"),
    ],
)
def test_usual_labels_tell_the_role(role, labels):
    assert {label: role_by_name(label).role for label in labels.split("|")} == dict.fromkeys(
        labels.split("|"), role
    )


def test_the_one_who_asks_is_guessed_by_label_or_by_questions(bakery):
    table = open_study(bakery.root).speakers()
    assert list(table["document"].unique()) == [f"talk{number}.txt" for number in range(8)]
    guess = table.groupby("speaker")["guess"].agg(set).to_dict()
    assert guess == {
        "Interviewer": {"interviewer"},
        "Tove": {"interviewer"},
        **{name: {"participant"} for name in BAKERS},
    }
    tove = table[(table["document"] == "talk7.txt") & (table["speaker"] == "Tove")].iloc[0]
    assert (tove["turns"], tove["sentences"], tove["questions"]) == (5, 5, 4)
    assert tove["words"] == sum(len(text.split()) for text in ASKED)
    assert tove["question_share"] == pytest.approx(0.8)
    assert tove["why"] == "asks most: 4 of 5 sentences are questions"
    assert table["coded"].all()


def test_guesses_are_careful_where_labels_and_questions_differ(bakery):
    corpus = bakery.corpus
    # "P" asks, and "R" asks as often as "A": no letter outweighs questions, and nothing is guessed of equals.
    (corpus / "talk0.txt").write_text("\n\n".join(turns("P", "R")) + "\n", encoding="utf-8")
    both = [f"{who}: {text}" for text in ASKED for who in ("Sten", "Ylva")]
    (corpus / "talk1.txt").write_text("\n\n".join(both) + "\n", encoding="utf-8")
    alone = [f"Egil: {text}" for text in ANSWERED]
    (corpus / "talk2.txt").write_text("\n\n".join(alone) + "\n", encoding="utf-8")
    guesses = guessed_roles(read_corpus_of(bakery)).set_index(["document", "speaker"])
    assert guesses.loc[("talk0.txt", "P"), "guess"] == "interviewer"
    assert guesses.loc[("talk0.txt", "R"), "guess"] == "participant"
    assert guesses.loc["talk1.txt", "guess"].tolist() == ["", ""]
    assert guesses.loc[("talk2.txt", "Egil")].tolist()[2:4] == ["", "speaks alone"]


def read_corpus_of(project):
    from fourp_nlp.study.reading.corpus import read_corpus

    return read_corpus(open_project(project.root))


def test_a_guess_changes_no_count_and_is_told_with_what_is_on_it(bakery):
    said = suggested(bakery)
    assert set(said["why"]).isdisjoint({"context alone: this speaker's role is not coded"})
    shown = fourp("suggest", "-p", bakery.root)
    on_askers = said[said["suggested"] & said["speaker"].isin(["Interviewer", "Tove"])]
    (line,) = [one for one in shown.output.splitlines() if "asks most questions" in one]
    assert line.startswith(
        f"Note: {len(on_askers)} of {int(said['suggested'].sum())} suggestions are on the speaker who asks "
        "most questions (Interviewer in 6 documents, Tove in 2 documents)."
    )
    assert "`fourp speakers`" in line
    for command in (("frequencies",), ("run",), ("next", "5", "--coder", "rolf")):
        assert "asks most questions" in fourp(*command, "-p", bakery.root).output
    assert gold_labels(*read(bakery), "vera").read.all()


def test_the_note_goes_when_roles_are_set(bakery):
    assert "speakers who ask" not in " ".join(unset_note(Study(bakery)))
    assert unset_note(Study(bakery))[0].startswith("40 of 82 segments are on the speaker")
    project = with_settings(bakery, '\n[speakers]\ninterviewer = ["Interviewer"]\n')
    assert "(Tove in 2 documents)" in unset_note(Study(project))[0]
    assert unset_note(Study(with_settings(bakery))) == []
    everybody = ROLES + 'participant = ["Oda"]\ncoded = ["interviewer", "participant"]\n'
    assert unset_note(Study(with_settings(bakery, everybody))) == []


# Confirming


def test_confirming_writes_the_roles_and_leaves_the_rest_as_it_is(bakery):
    path = bakery.root / "fourp.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode())
    before = path.read_bytes()
    dry = fourp("speakers", "--confirm", "--dry-run", "-p", bakery.root)
    assert 'interviewer = ["Interviewer", "Tove"]' in dry.output
    assert path.read_bytes() == before
    assert fourp("speakers", "--confirm", "-p", bakery.root).exit_code == 0
    after = path.read_bytes()
    assert after.startswith(before)
    added = after[len(before) :].decode()
    assert added.count("\n") == added.count("\r\n") == 4
    settings = open_project(bakery.root).settings.speakers
    assert settings.roles == {"interviewer": ["Interviewer", "Tove"], "participant": BAKERS}
    assert "Nothing to confirm" in fourp("speakers", "--confirm", "-p", bakery.root).output
    assert path.read_bytes() == after
    shown = fourp("speakers", "-p", bakery.root).output
    assert "set in fourp.toml, [speakers] interviewer" in shown
    assert "Coded: every role but 'interviewer'. 8 of 16 rows above are context, not data." in shown


def added_to(text, everywhere, documents=None):
    return with_roles_added(text, RolesToConfirm(everywhere, documents or {}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        '[speakers]\ninterviewer = ["Tove"]  # asks\n\n[model]\nseed = 3\n',
        '[speakers]\ninterviewer = "Tove"\n[model]\n',
        '[speakers]\ninterviewer = [\n  "Tove",\n  "A]b",\n]\ncoded = ["oven"]\n',
        "[speakers]",
        '[speakers.documents."a.txt"]\ninterviewer = ["Tove"]\n',
        'notice = """\n[speakers]\n"""\n',
    ],
)
def test_roles_are_added_to_whatever_stands_in_the_settings(text):
    changed = added_to(
        text, {"interviewer": ["Siv"], "guide": ['Åke "x"']}, {"a.txt": {"guide": ["Bo"]}}
    )
    if text.startswith("notice"):
        assert changed is None or tomllib.loads(changed)["notice"] == "[speakers]\n"
        return
    before, after = tomllib.loads(text), tomllib.loads(changed)
    speakers = after["speakers"]
    earlier = before.get("speakers", {}).get("interviewer", [])
    earlier = [earlier] if isinstance(earlier, str) else earlier
    assert speakers["interviewer"] == [*earlier, "Siv"]
    assert speakers["guide"] == ['Åke "x"']
    assert speakers["documents"]["a.txt"]["guide"] == ["Bo"]
    assert {key: after[key] for key in before if key != "speakers"} == {
        key: before[key] for key in before if key != "speakers"
    }
    assert [line for line in text.splitlines() if "#" in line] == [
        line.replace(', "Siv"', "") for line in changed.splitlines() if "#" in line
    ]


def test_what_cannot_be_added_without_a_loss_is_to_be_pasted(bakery):
    settings = '\n[speakers]\ninterviewer = [\n  "Interviewer",  # the project\'s own\n]\n'
    project = with_settings(bakery, settings)
    before = (project.root / "fourp.toml").read_bytes()
    refused = fourp("speakers", "--confirm", "-p", bakery.root)
    assert refused.exit_code == 1
    assert 'interviewer = ["Tove"]' in refused.output
    assert "add the lines above by hand" in refused.output
    assert (project.root / "fourp.toml").read_bytes() == before
    assert added_to('speakers = {interviewer = ["Tove"]}\n', {"guide": ["Siv"]}) is None


def test_one_label_with_two_roles_is_confirmed_document_by_document(bakery):
    (bakery.corpus / "talk0.txt").write_text(
        "\n\n".join(turns("Oda", "Tove")) + "\n", encoding="utf-8"
    )
    assert fourp("speakers", "--confirm", "-p", bakery.root).exit_code == 0
    settings = open_project(bakery.root).settings.speakers
    assert settings.documents["talk0.txt"] == {"interviewer": ["Oda"], "participant": ["Tove"]}
    assert settings.documents["talk6.txt"] == {"interviewer": ["Tove"]}
    table = open_study(bakery.root).speakers().set_index(["document", "speaker"])
    assert table.loc[("talk0.txt", "Oda"), "role"] == "interviewer"
    assert table.loc[("talk4.txt", "Oda"), "role"] == "participant"


# Setting roles


def roles_of(project):
    segments = read_corpus_of(project).segments
    pairs = segments[segments["speaker"] != ""].drop_duplicates(["document", "speaker"])
    return pairs.set_index(["document", "speaker"])["speaker_role"].to_dict()


def test_roles_are_set_by_label_pattern_and_document(bakery):
    settings = (
        '\n[speakers]\ninterviewer = ["inter*", "tov?"]\nguide = "ODA"\n'
        '[speakers.documents."talk7.txt"]\nguide = ["Tove"]\n'
    )
    roles = roles_of(with_settings(bakery, settings))
    assert roles["talk0.txt", "Interviewer"] == roles["talk6.txt", "Tove"] == "interviewer"
    assert roles["talk7.txt", "Tove"] == roles["talk0.txt", "Oda"] == "guide"
    assert roles["talk1.txt", "Nils"] == ""
    # A label counts before a pattern.
    settings = '\n[speakers]\ninterviewer = ["*"]\nguest = ["Nils"]\n'
    assert roles_of(with_settings(bakery, settings))["talk1.txt", "Nils"] == "guest"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            'interviewer = ["Tove"]\nguide = ["tove"]',
            r"'Tove' in talk6.txt has two roles: 'interviewer' ",
        ),
        (
            'interviewer = ["Tove"]\ncoded = ["participent"]\nparticipant = ["Oda"]',
            "mean 'participant'",
        ),
        ("coded = []", r"line 7: 'speakers.coded' names no role; leave the key out"),
        ("interviewer = 3", r"line 7: 'speakers.interviewer' input should be a valid list"),
        ('guide = ["A"]\nGuide = ["B"]', "has the role 'guide' twice"),
    ],
)
def test_wrong_settings_are_told_with_their_place_and_cure(bakery, settings, problem):
    path = bakery.root / "fourp.toml"
    path.write_text(f"{TOML}\n[speakers]\n{settings}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=problem) as refused:
        read_corpus_of(bakery)
    assert str(refused.value).startswith(str(path))


def test_labels_that_nobody_has_are_told(bakery):
    settings = '\n[speakers]\ninterviewer = ["Interviewer", "Towe", "X*"]\n'
    told = unread_notes(Study(with_settings(bakery, settings)))
    assert len(told) == 2
    assert told[0].startswith(
        "fourp.toml, [speakers] interviewer: 'Towe' is the label of no speaker"
    )
    assert "Did you mean 'Tove'?" in told[0]
    assert "'X*'" in told[1]


# What is data


def test_what_interviewers_say_is_neither_suggested_nor_drawn_nor_counted(bakery):
    before = training_fingerprint(Study(bakery))
    counts_before = frequencies(Study(bakery), unit="segments", coders=["vera"])
    project = with_settings(bakery)
    corpus, gold, codebook = read(project)
    data = data_segments(corpus, codebook)
    asks = corpus.segments["speaker"].isin(["Interviewer", "Tove"]).to_numpy()
    assert (data == ~asks).all()
    assert data.sum() == 42
    assert not applies_to_segments(corpus, codebook)[~data].any()
    assert training_fingerprint(Study(project)) != before
    model = train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    assert model.out_of_fold.read.sum() == 42
    said = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    stored = stored_suggestions(project, corpus, codebook)
    for table in (said, stored):
        aside = np.repeat(asks, 2)
        assert (table["probability"].to_numpy()[aside] == 0).all()
        assert not table["suggested"].to_numpy()[aside].any()
        assert set(table["why"].to_numpy()[aside]) == {
            "context alone: this speaker's role is not coded"
        }
        assert set(table["speaker_role"].to_numpy()[aside]) == {"interviewer"}
        assert (table["probability"].to_numpy()[~aside] > 0).any()
    study = Study(project, corpus=corpus, gold=gold, codebook=codebook, suggestions=stored)
    agreed = agree(study, resamples=0)
    people = agreed[(agreed["coder_b"] == "ines") | (agreed["coder_a"] == "ines")]
    people = people[people["coder_a"] == "vera"]
    assert set(people.loc[people["level"] == "code", "n"]) == {42}
    assert set(people.loc[people["level"] == "overall", "n"]) == {84}
    counted = frequencies(study, unit="segments", coders=["vera"])
    assert counted["count"].tolist() == counts_before["count"].tolist()
    needs, _ = plan_coding(study, margin=0.1)
    assert set(needs["segments"]) == {42}
    assert reading_notes(study) == []
    made = draw(project, 42, coder="rolf")
    assert len(made.drawn) == 42
    texts = set(made.texts)
    assert texts.isdisjoint(ASKED)
    assert "40 of speakers whose role is not coded left out" in made.facts["frame"]
    with pytest.raises(Exception, match="40 others are context alone"):
        draw(project, 1, coder="rolf")


def test_roles_set_after_the_machine_was_asked_hold_at_once(bakery):
    suggested(bakery)
    project = with_settings(bakery)
    stored = stored_suggestions(project, *read(project)[::2])
    asks = stored["speaker"].isin(["Interviewer", "Tove"])
    assert not stored.loc[asks, "suggested"].any()
    suggest_corpus(Study(project))
    # What was never suggested cannot be told when it is data again.
    project = with_settings(bakery, "")
    with pytest.raises(NoSuggestionsError, match="has changed since `fourp suggest`"):
        stored_suggestions(project, *read(project)[::2])


def test_sheets_say_who_speaks_and_show_interviewers_as_context(bakery):
    made = draw(with_settings(bakery), 42, coder="rolf", context=1)
    rows = list(csv.DictReader(made.files[0].read_text("utf-8-sig").splitlines()))
    assert list(rows[0])[5:8] == ["speaker", "speaker_role", "before"]
    helped = [row for row in rows if row["text"] == ANSWERED[2]]
    assert {row["speaker"] for row in helped} == set(BAKERS)
    assert {row["before"] for row in helped} == {ASKED[2]}
    assert {row["after"] for row in helped} == {ASKED[3]}
    book = openpyxl.load_workbook(made.files[1])
    assert sorted(cell.value for cell in book["segments"][1]) == sorted(rows[0])
    for row in rows:
        row["none"] = "x"
    write_csv(made.files[0], [list(rows[0]), *(list(row.values()) for row in rows)])
    assert taken(open_project(bakery.root), made.files[0]).read == 42


def test_a_sheet_of_a_study_without_speakers_is_as_it_was(bakery):
    for number in range(8):
        (bakery.corpus / f"talk{number}.txt").write_text(
            "\n\n".join(ANSWERED) + "\n", encoding="utf-8"
        )
    for path in bakery.gold.iterdir():
        path.unlink()
    made = draw(open_project(bakery.root), 5, coder="rolf")
    head = made.files[0].read_text("utf-8-sig").splitlines()[0]
    assert head == "draw,order,document,start,end,before,text,after,oven,help,none,note"


def test_an_older_sheet_with_a_code_called_speaker_is_still_read(tmp_path):
    documents = pd.DataFrame({"document": ["a.txt"], "text": ["Bread rises."]})
    head = [
        "draw",
        "order",
        "document",
        "start",
        "end",
        "before",
        "text",
        "after",
        "speaker",
        "none",
        "note",
    ]
    path = tmp_path / "sheet.csv"
    write_csv(path, [head, ["d1", 1, "a.txt", 0, 12, "", "Bread rises.", "", "x", "", ""]])
    filled = read_sheet(path, documents, ["speaker"])
    assert filled.marks.tolist() == [[True]]
    head[8:9] = ["speaker", "code speaker"]
    write_csv(path, [head, ["d1", 1, "a.txt", 0, 12, "", "Bread rises.", "", "Oda", "x", "", ""]])
    assert read_sheet(path, documents, ["speaker"]).marks.tolist() == [[True]]
    write_csv(path, [head, ["d1", 1, "a.txt", 0, 12, "", "Bread rises.", "", "Oda", "", "x", ""]])
    assert read_sheet(path, documents, ["speaker"]).marks.tolist() == [[False]]


def test_codings_on_interviewers_are_told_with_counts_and_kept(bakery):
    write_gold(bakery, "vera", more=[(ASKED[1], "oven")])
    content = (bakery.gold / "vera.csv").read_bytes()
    counted = frequencies(Study(bakery), coders=["vera"], unit="segments")
    assert counted.groupby("code")["count"].sum().to_dict() == {"oven": 16, "help": 16}
    project = with_settings(bakery)
    (told,) = unread_notes(Study(project))
    assert told.startswith(
        "8 codings (vera 8) on segments of speakers whose role is not coded (interviewer 8; vera.csv, line "
    )
    assert "They stay in the gold files and count for nothing" in told
    assert (bakery.gold / "vera.csv").read_bytes() == content
    counted = frequencies(Study(project), coders=["vera"], unit="segments")
    assert counted.groupby("code")["count"].sum().to_dict() == {"oven": 8, "help": 16}
    project = with_settings(
        bakery, f'{ROLES}participant = ["*"]\ncoded = ["interviewer", "participant"]\n'
    )
    assert unread_notes(Study(project)) == []
    counted = frequencies(Study(project), coders=["vera"], unit="segments")
    assert counted.groupby("code")["count"].sum().to_dict() == {"oven": 16, "help": 16}


def test_named_roles_alone_are_coded_and_a_document_without_speakers_is_data(bakery):
    settings = '\n[speakers]\nparticipant = ["Oda", "Nils"]\ncoded = ["participant"]\n'
    study = Study(with_settings(bakery, settings))
    data = data_segments(study.corpus, study.codebook)
    assert set(study.segments.loc[data, "speaker"]) == {"Oda", "Nils", ""}
    assert set(study.segments.loc[data & (study.segments["speaker"] == ""), "document"]) == {
        "note.txt"
    }
    codings, told = unread_notes(study)
    assert codings.startswith(
        "24 codings (ines 12, vera 12) on segments of speakers whose role is not"
    )
    assert "(Ragna 12, Pelle 12; " in codings
    assert told.startswith(
        "60 segments of speakers without a role (Interviewer, Ragna, Pelle, Tove) are not coded, because "
        "`coded` under [speakers] names participant alone."
    )


def test_a_code_that_names_its_speakers_applies_to_them_whatever_is_coded(bakery):
    text = CODEBOOK + (
        "  - id: question\n    name: Question\n    applies_to: {speakers: [tove]}\n"
        "  - id: opening\n    name: Opening\n    applies_to: {speaker_roles: [Interviewer]}\n"
        "  - id: answer\n    name: Answer\n    applies_to: {speaker_roles: [guest]}\n"
    )
    bakery.codebook.write_text(text, encoding="utf-8")
    project = with_settings(bakery, f'{ROLES}guest = ["Oda"]\n')
    corpus, codebook = read(project)[::2]
    can = pd.DataFrame(applies_to_segments(corpus, codebook), columns=codebook.code_ids)
    speakers = corpus.segments["speaker"]
    assert set(speakers[can["oven"]]) == {*BAKERS, ""}
    assert set(speakers[can["question"]]) == {"Tove"}
    assert set(speakers[can["opening"]]) == {"Tove", "Interviewer"}
    assert set(speakers[can["answer"]]) == {"Oda"}
    assert data_segments(corpus, codebook).all()
    assert parse_codebook(codebook_text(codebook), bakery.codebook) == codebook


def test_roles_of_speakers_have_a_key_of_their_own_in_the_codebook(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK + "    applies_to: {roles: [participant]}\n", encoding="utf-8")
    with pytest.raises(CodebookError, match="use speaker_roles"):
        read_codebook(path)
    path.write_text(CODEBOOK + "    applies_to: {roles: [turn]}\n", encoding="utf-8")
    assert "speaker_roles" not in str(read_codebook(path).wording())


def test_spans_on_interviewers_do_not_count_for_agreement_on_spans(bakery):
    write_gold(bakery, "ines", "talk0.txt", more=[(ASKED[1], "oven"), (ASKED[2], "help")])

    def alpha(project):
        study = study_of(*read(project), empty(SUGGESTIONS))
        table = agreement_in_full(study, coders=["vera", "ines"], units=("all",))
        rows = table[(table["units"] == "spans") & (table["level"] == "overall")]
        return rows.set_index("coefficient")

    before, after = alpha(bakery), alpha(with_settings(bakery))
    asked = 8 * sum(len(text) for text in ASKED)
    assert (
        before.loc["u_alpha_binary" if "u_alpha_binary" in before.index else "u_alpha", "n"]
        - after["n"].iloc[0]
        == asked
    )
    # On the answers the two differ in one document of eight alone.
    assert after.loc["u_alpha", "value"] > before.loc["u_alpha", "value"] + 0.2
    assert after.loc["u_alpha", "value"] > 0.7


# Estimates from draws


def fill(path, coder_codes):
    """Mark every row of a sheet as a coder does."""
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    for row in rows:
        row[coder_codes.get(row["text"], "none")] = "x"
    write_csv(path, [list(rows[0]), *(list(row.values()) for row in rows)])


def drawn_and_coded(project, count, seed, coder="vera"):
    made = draw(project, count, coder=coder, seed=seed)
    fill(made.files[0], CODED)
    return taken(project, made.files[0])


def uncoded(bakery):
    for path in bakery.gold.iterdir():
        path.unlink()
    return open_project(bakery.root)


def test_a_sample_drawn_before_the_role_was_set_is_a_sample_of_what_is_data(bakery):
    project = uncoded(bakery)
    drawn_and_coded(project, 50, seed=4)
    whole = coded_sample(Study(project), "vera")
    assert (whole.drawn, whole.reason) == (50, "")
    assert whole.inclusion == pytest.approx(50 / 82)
    project = with_settings(bakery)
    study = Study(project)
    sample = coded_sample(study, "vera")
    data = data_segments(study.corpus, study.codebook)
    n_data = int((whole.sampled & data).sum())
    assert 0 < n_data < 50
    assert sample.drawn == n_data
    assert sample.inclusion[data] == pytest.approx(n_data / 42)
    assert np.isnan(sample.gold[~data]).all()
    assert not sample.missing.any()
    # The shares of the sample are those of the drawn segments that are data.
    labels = sample.gold[sample.sampled]
    assert len(labels) == n_data
    study = Study(project, suggestions=flat_suggestions(study))
    table = estimate_frequencies(study).table
    gold = table[(table["level"] == "corpus") & (table["method"] == "gold")].set_index("code")
    assert set(gold["segments"]) == {42}
    assert set(gold["coded"]) == {n_data}
    assert gold.loc["help", "value"] == pytest.approx(labels[:, 1].mean())


def flat_suggestions(study):
    """Return suggestions of a machine that knows nothing."""
    from tests.filled import suggestions_of

    codes = study.codebook.code_ids
    rows = study.segments.loc[study.segments.index.repeat(len(codes))].reset_index(drop=True)
    rows["code"] = codes * len(study.segments)
    return suggestions_of(rows, np.arange(len(rows)) % 7 == 0, model="m@1")


def test_rows_of_interviewers_may_stay_unread_in_a_sheet_drawn_before(bakery):
    project = uncoded(bakery)
    made = draw(project, 50, coder="vera", seed=4)
    rows = list(csv.DictReader(made.files[0].read_text("utf-8-sig").splitlines()))
    project = with_settings(bakery)
    for row in rows:
        if row["text"] not in ASKED:
            row[CODED.get(row["text"], "none")] = "x"
    write_csv(made.files[0], [list(rows[0]), *(list(row.values()) for row in rows)])
    taken(project, made.files[0])
    sample = coded_sample(Study(project), "vera")
    assert sample.reason == ""
    assert sample.drawn == sum(row["text"] not in ASKED for row in rows)
    # Where interviewers are data, what is missing of the draw is missing.
    assert (
        "No random draw was read to its end"
        in coded_sample(Study(with_settings(bakery, "")), "vera").reason
    )


def test_draws_before_and_after_the_role_was_set_are_one_sample(bakery):
    project = uncoded(bakery)
    drawn_and_coded(project, 30, seed=2)
    project = with_settings(bakery)
    before = coded_sample(Study(project), "vera").drawn
    drawn_and_coded(project, 10, seed=3)
    study = Study(project)
    sample = coded_sample(study, "vera")
    data = data_segments(study.corpus, study.codebook)
    assert len(sample.draws) == 2
    assert sample.drawn == before + 10
    assert sample.inclusion[data] == pytest.approx((before + 10) / 42)
    drawn_and_coded(project, 42 - sample.drawn, seed=5)
    assert coded_sample(Study(project), "vera").census


def test_estimates_of_the_domain_are_right_on_average(bakery):
    uncoded(bakery)
    study = Study(with_settings(bakery))
    data = data_segments(study.corpus, study.codebook)
    texts = study.segments["text"].tolist()
    truth = np.array([[CODED.get(text) == code for code in ("oven", "help")] for text in texts])
    values = []
    for seed in range(25):
        name = f"coder{seed}"
        settings = TOML.replace("vera", name)
        (bakery.root / "fourp.toml").write_text(settings, encoding="utf-8")
        drawn_and_coded(open_project(bakery.root), 30, seed=seed, coder=name)
        (bakery.root / "fourp.toml").write_text(settings + ROLES, encoding="utf-8")
        sample = coded_sample(Study(open_project(bakery.root)), name)
        weight = np.where(np.isnan(sample.gold[:, 0]), 0, 1 / sample.inclusion)
        assert weight.sum() == pytest.approx(42)
        values.append((np.nan_to_num(sample.gold) * weight[:, None]).sum(axis=0))
    assert np.mean(values, axis=0) == pytest.approx(truth[data].sum(axis=0), rel=0.15)


def test_groups_are_compared_by_what_is_data(bakery):
    (bakery.gold / "ines.csv").unlink()
    project = with_settings(bakery)
    study = Study(project)
    table = compare_groups(study.without_machine(), ("north", "south")).table
    shares = table[table["scale"] == "difference"].set_index("code")
    assert shares.loc["help", "share_second"] == pytest.approx(8 / 20)
    assert shares.loc["help", "share_first"] == pytest.approx(8 / 22)
    assert shares.loc["help", ["coded_first", "coded_second"]].tolist() == [22, 20]
    assert shares["p_value"].notna().all()


# By speaker, role and attribute


def listed(bakery, rows):
    write_csv(bakery.corpus / "speakers.csv", rows)
    return open_project(bakery.root)


def test_counts_by_speaker_keep_people_of_one_label_apart(bakery):
    counted = speaker_frequencies(Study(bakery), by="speaker", coders=["vera"], unit="segments")
    people = counted.drop_duplicates(["part", "document"])
    assert len(people) == 17  # two in each of eight documents, and what nobody says
    assert people["part"].tolist()[:2] == ["Interviewer (talk0.txt)", "Oda (talk0.txt)"]
    assert people["part"].tolist()[-1] == ""
    helped = counted[(counted["code"] == "help") & (counted["speaker"] == "Oda")]
    assert helped[["document", "count", "segments"]].to_numpy().tolist() == [
        ["talk0.txt", 2, 5],
        ["talk4.txt", 2, 5],
    ]
    # Unless the table of speakers says that they are one person.
    project = listed(bakery, [["speaker", "role"], ["oda", "participant"]])
    counted = speaker_frequencies(Study(project), by="speaker", coders=["vera"], unit="documents")
    oda = counted[(counted["code"] == "help") & (counted["part"] == "Oda")]
    assert oda[["document", "speaker_role", "count", "segments"]].to_numpy().tolist() == [
        ["", "participant", 2, 10]
    ]


def test_counts_rates_and_estimates_by_role_and_by_attribute(bakery):
    rows = [
        ["document", "Speaker", "role", "Years baking", "gender"],
        ["", "Interviewer", "interviewer", "", "man"],
        ["", "Tove", "interviewer", "", "woman"],
        ["", "Oda", "baker", "30", "woman"],
        ["talk4.txt", "Oda", "", "2", ""],
        ["", "Nils", "baker", "2", "man"],
        ["", "Ragna", "baker", "", "woman"],
    ]
    project = listed(bakery, rows)
    study = Study(project)
    assert study.segments.loc[study.segments["speaker_role"] == "interviewer", "context"].all()
    counted = study.frequencies(by="role", coders=["vera"], unit="segments")
    by_role = counted.pivot(index="part", columns="code", values="count")
    assert by_role.loc["baker"].to_dict() == {"oven": 6, "help": 12}
    assert by_role.loc[""].to_dict() == {"oven": 2, "help": 4}
    assert "interviewer" not in by_role.index
    years = speaker_frequencies(study, by="years baking", coders=["vera"], unit="segments")
    segments = years[years["code"] == "oven"].set_index("part")["segments"].to_dict()
    assert segments == {"30": 5, "2": 15, "": 22}
    rates = speaker_rates(study, by="gender", coders=["vera"], unit="segments")
    woman = rates[(rates["part"] == "woman") & (rates["code"] == "help")].iloc[0]
    words = 4 * sum(len(text.split()) for text in ANSWERED)
    assert (woman["count"], woman["words"]) == (8, words)
    assert woman["rate"] == pytest.approx(8 / words * 1000)
    suggestions = flat_suggestions(study)
    table = estimate_frequencies(Study(project, suggestions=suggestions), by="role").table
    parts = table[(table["method"] == "gold") & (table["level"] == "role")].set_index(
        ["place", "code"]
    )
    assert parts.loc[("baker", "help"), "value"] == pytest.approx(12 / 30)
    assert "interviewer" not in parts.index.get_level_values(0)
    assert fourp("frequencies", "--by", "gender", "-p", bakery.root).exit_code == 0
    shown = fourp("frequencies", "--by", "role", "--json", "-p", bakery.root).output
    assert '"speaker_role": "baker"' in shown
    assert (project.reports / "frequencies_by_gender.csv").exists()


def test_what_nothing_can_be_counted_by_is_told_with_what_is_known(bakery):
    with pytest.raises(TableError, match="case, document, group, speaker, role"):
        speaker_frequencies(Study(bakery), by="gender")
    with pytest.raises(TableError, match="no role is set"):
        speaker_frequencies(Study(bakery), by="role")
    refused = fourp("frequencies", "--by", "gender", "-p", bakery.root)
    assert "Nothing can be counted by 'gender'" in str(refused.exception)


# The table of speakers


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([["name", "role"], ["Oda", "baker"]], "line 1: There is no column 'speaker'"),
        (
            [["speaker", "role"], ["Oda", "baker"], ["", "baker"]],
            "line 3: The row names no speaker",
        ),
        (
            [["speaker", "role"], ["Oda", "a"], ["ODA", "b"]],
            "line 3: The speaker 'ODA' is on line 2",
        ),
        ([["speaker", "age", "Age"], ["Oda", "1", "2"]], "'age' is there more than once"),
        ([["speaker", "group"], ["Oda", "x"]], "cannot be called 'group'"),
    ],
)
def test_a_wrong_table_of_speakers_is_told_with_file_line_and_cure(bakery, rows, problem):
    write_csv(bakery.corpus / "speakers.csv", rows)
    with pytest.raises(DocumentError, match=problem) as refused:
        read_corpus_of(bakery)
    assert "speakers.csv" in str(refused.value)
    assert refused.value.cure


def test_speakers_of_the_table_who_never_speak_are_told(bakery):
    rows = [
        ["document", "speaker", "role"],
        ["", "Odda", "baker"],
        ["talk0.txt", "Nils", "baker"],
        ["talk9.txt", "Oda", "baker"],
        ["talk0.txt", "Oda", "baker"],
    ]
    (told,) = unread_notes(Study(listed(bakery, rows)))
    assert told.startswith(
        "speakers.csv: line 2: 'Odda' never speaks (did you mean 'Oda'?); line 3: 'Nils' never speaks in "
        "talk0.txt"
    )
    assert "line 4: there is no document 'talk9.txt'" in told
    assert "never speaks" in fourp("speakers", "-p", bakery.root).output


def test_the_table_of_speakers_is_no_document_but_a_transcript_of_this_name_is(bakery):
    listed(bakery, [["speaker", "role"], ["Oda", "baker"]])
    assert "speakers.csv" not in set(read_corpus_of(bakery).documents["document"])
    rows = [["speaker", "text"], *([who, text] for text in ANSWERED for who in ("Oda", "Nils"))]
    write_csv(bakery.corpus / "speakers.csv", rows)
    corpus = read_corpus_of(bakery)
    assert "speakers.csv" in set(corpus.documents["document"])
    assert corpus.speakers.empty


def test_two_places_that_contradict_each_other_are_told(bakery):
    with_settings(bakery)
    listed(bakery, [["speaker", "role"], ["Tove", "guest"]])
    with pytest.raises(ProjectError, match=r"'guest' \(speakers.csv, line 2\)"):
        read_corpus_of(bakery)
    listed(bakery, [["document", "speaker", "role"], ["talk7.txt", "Tove", "guest"]])
    roles = roles_of(bakery)
    assert (roles["talk7.txt", "Tove"], roles["talk6.txt", "Tove"]) == ("guest", "interviewer")


def test_the_table_is_read_as_spreadsheets_write_it(tmp_path):
    path = tmp_path / "speakers.csv"
    path.write_bytes("Speaker;Role;Ålder\r\nOda;Baker;'=31\r\n".encode("utf-8-sig"))
    table = read_speakers(path)
    assert table.loc[0, ["document", "speaker", "role", "ålder"]].tolist() == [
        "",
        "Oda",
        "Baker",
        "=31",
    ]
    for content in ("speaker\trole\rOda\tBaker\r", "speaker\trole\nOda\tBaker\n"):
        for encoding in ("utf-8", "utf-16"):
            path.write_bytes(content.encode(encoding))
            assert is_speaker_table(path)
            assert read_speakers(path)["role"].tolist() == ["Baker"]
    path.write_bytes(b"")
    assert not is_speaker_table(path)


# What is written


def test_suggestions_report_and_methods_say_who_speaks(bakery):
    project = with_settings(bakery)
    shown = fourp("run", "-p", project.root)
    assert shown.exit_code == 0
    rows = list(
        csv.DictReader((project.reports / "suggestions.csv").read_text("utf-8-sig").splitlines())
    )
    assert {row["speaker"] for row in rows} <= {*BAKERS, ""}
    assert set(rows[0]) >= {"speaker", "speaker_role"}
    page = (project.reports / "report.html").read_text("utf-8")
    assert "<footer>Oda · talk0.txt · vera</footer>" in page
    assert "<dt>Of these context, not coded</dt><dd>40 (interviewer 40)</dd>" in page
    assert fourp("report", "--methods", "-p", project.root).exit_code == 0
    text = (project.reports / "methods.md").read_text("utf-8")
    assert (
        "40 segments of speakers whose role was not coded (interviewer) were context: not coded, learned "
        "from, compared or counted." in text
    )


def test_files_of_a_project_are_read_with_its_roles(bakery, tmp_path):
    project = with_settings(bakery)
    suggested(project)
    path = tmp_path / "later.txt"
    path.write_text("\n\n".join(turns("Tove", "Siv")) + "\n", encoding="utf-8")
    shown = fourp("suggest", path, "-p", project.root, "--json", "--all-codes", "--unit", "turn")
    assert "5 of 10 segments get no suggestion" in shown.output
    assert '"speaker": "Tove", "speaker_role": "interviewer"' in shown.output


def test_suggestions_of_an_earlier_version_get_their_speakers(bakery):
    import sqlite3

    suggested(bakery)
    with sqlite3.connect(bakery.store) as database:
        database.execute("ALTER TABLE suggestions DROP COLUMN speaker")
        database.execute("ALTER TABLE suggestions DROP COLUMN speaker_role")
        database.execute("PRAGMA user_version = 6")
    stored = stored_suggestions(bakery, *read(bakery)[::2])
    assert set(stored["speaker"]) == {"Interviewer", "Tove", *BAKERS, ""}


def test_rates_of_what_was_read_whole_need_no_caution_because_of_context(bakery):
    from fourp_nlp.study.measuring.cooccurrence import rates_per_words

    table = rates_per_words(Study(with_settings(bakery)), by="group", coders=["vera"])
    assert set(table["caution"]) == {""}
    words = table[table["code"] == "help"].set_index("group")["words"].to_dict()
    answers = 4 * sum(len(text.split()) for text in ANSWERED)
    assert words == {"south": answers, "north": answers + 12}


def test_a_table_of_speakers_that_changes_is_read_anew(bakery):
    study = open_study(bakery.root)
    assert data_segments(study.corpus, study.codebook).all()
    write_csv(bakery.corpus / "speakers.csv", [["speaker", "role"], ["Tove", "Interviewer"]])
    assert int((~data_segments(study.corpus, study.codebook)).sum()) == 10
    assert set(study.speakers().set_index("speaker").loc["Tove", "set_in"]) == {
        "speakers.csv, line 2"
    }
