"""A code that can apply to some segments only is asked, compared, learned and counted there, and not elsewhere."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest

from fourp_nlp.codebook import codebook_text, parse_codebook, read_codebook
from fourp_nlp.errors import CodebookError, NoSuggestionsError
from fourp_nlp.study.machine.suggestions import stored_suggestions, suggest_corpus
from fourp_nlp.study.machine.training import train_project, training_fingerprint
from fourp_nlp.study.measuring.agreement import agree, agreement_in_full
from fourp_nlp.study.measuring.comparison import compare_groups
from fourp_nlp.study.measuring.cooccurrence import rates_per_words
from fourp_nlp.study.measuring.estimates import estimate_frequencies
from fourp_nlp.study.measuring.measures import frequencies, reconcile_with_gold
from fourp_nlp.study.measuring.sample_size import plan_coding
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.unread_notes import unread_notes
from fourp_nlp.study.reconciling.adjudication import adjudicate
from fourp_nlp.study.study import Study
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import CODEBOOK, gold_labels, study_of
from tests.test_cli import fourp
from tests.test_export import sent
from tests.test_next import draw, read, taken

SAYS = {
    "T": ["What would you like to change?", "You are tired of it all.", "How sure are you?"],
    "C": ["I want to drink less at home.", "I do not know where to begin.", "My brother stopped."],
}
THERAPY = """\
id: therapy
title: Therapy
codes:
  - id: question
    name: Question
    applies_to:
      speakers: [T]
    short_definition: The therapist asks.
    examples: ["What brings you here?"]
  - id: change
    name: Change talk
    applies_to: {speakers: c}
    short_definition: The client speaks for change.
    examples: [I will stop.]
  - id: feeling
    name: Feeling
    short_definition: Somebody names a feeling.
"""
CODED = {SAYS["T"][0]: "question", SAYS["T"][2]: "question", SAYS["C"][0]: "change"}
TOML = 'unit = "turn"\n\n[coders]\ngold = "anna"\n'


@pytest.fixture
def therapy(tmp_path):
    """Eight sessions of six turns each, coded by two."""
    root = tmp_path / "therapy"
    (root / "corpus").mkdir(parents=True)
    (root / "gold").mkdir()
    (root / "fourp.toml").write_text(TOML, encoding="utf-8")
    (root / "corpus" / "codebook.yaml").write_text(THERAPY, encoding="utf-8")
    turns = [f"{who}: {SAYS[who][at]}" for at in range(3) for who in "TC"]
    listed = ["document,case,group,date,kind,speaker"]
    for number in range(8):
        name = f"s{number}.txt"
        (root / "corpus" / name).write_text("\n\n".join(turns) + "\n", encoding="utf-8")
        listed.append(f"{name},,{'north' if number % 2 else 'south'},,session,")
    (root / "corpus" / "documents.csv").write_text("\n".join(listed) + "\n", encoding="utf-8")
    project = open_project(root)
    corpus, codebook = read(project)[::2]
    assert set(corpus.segments["speaker"]) == {"T", "C"}
    assert len(corpus.segments) == 48
    assert codebook.applies_to.keys() == {"question", "change"}
    for coder, misses in (("anna", ""), ("ben", "s0.txt")):
        write_gold(project, corpus, coder, misses)
    return open_project(root)


def write_gold(project, corpus, coder, misses, more=()):
    with (project.gold / f"{coder}.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["document", "start", "end", "code", "quote"])
        for name in corpus.documents["document"]:
            writer.writerow([name, "", "", "", ""])
        for row in corpus.segments.itertuples():
            for text, code in [*CODED.items(), *more]:
                if row.text.endswith(text) and row.document != misses:
                    writer.writerow([row.document, row.start, row.end, code, row.text])


def unlimited(project):
    """Return the codebook's text without applies_to."""
    text = THERAPY.replace("    applies_to:\n      speakers: [T]\n", "")
    return text.replace("    applies_to: {speakers: c}\n", "")


def change(project, text):
    project.codebook.write_text(text, encoding="utf-8")


def test_agreement_is_of_the_turns_to_which_a_code_can_apply(therapy):
    table = agree(study_of(*read(therapy), empty(SUGGESTIONS)), resamples=0)
    codes = table[table["level"] == "code"].set_index(["code", "coefficient"]).sort_index()
    assert codes.loc[("question", "percent"), "n"] == 24
    assert codes.loc[("change", "percent"), "n"] == 24
    assert codes.loc[("feeling", "percent"), "n"] == 48
    assert codes.loc[("question", "percent"), "value"] == pytest.approx(22 / 24)
    full = agreement_in_full(study_of(*read(therapy), empty(SUGGESTIONS)), coders=["anna", "ben"])
    question = full[(full["code"] == "question") & (full["units"] == "all")]
    assert set(question["n"]) == {24}
    change(therapy, unlimited(therapy))
    table = agree(study_of(*read(therapy), empty(SUGGESTIONS)), resamples=0)
    codes = table[table["level"] == "code"].set_index(["code", "coefficient"])
    assert codes.loc[("question", "percent"), "n"] == 48
    assert codes.loc[("question", "percent"), "value"] == pytest.approx(46 / 48)


def test_the_machine_learns_and_suggests_a_code_where_it_can_apply(therapy):
    corpus, gold, codebook = read(therapy)
    model = train_project(Study(therapy, corpus=corpus, gold=gold, codebook=codebook))
    assert model.out_of_fold.read.sum(axis=0).tolist() == [24, 24, 48]
    said = suggest_corpus(Study(therapy, corpus=corpus, codebook=codebook)).suggestions
    stored = stored_suggestions(therapy, corpus, codebook)
    can = applies_to_segments(corpus, codebook)
    for table in (said, stored):
        assert (table["probability"].to_numpy().reshape(can.shape)[~can] == 0).all()
        assert not table["suggested"].to_numpy().reshape(can.shape)[~can].any()
        assert set(table["why"].to_numpy().reshape(can.shape)[~can]) == {
            "cannot apply here, by the codebook"
        }
        assert (table["probability"].to_numpy().reshape(can.shape)[can] > 0).any()
    ranks = said["rank"].to_numpy().reshape(can.shape)
    assert (np.sort(ranks, axis=1) == [1, 2, 3]).all()
    table = agree(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=stored), resamples=0
    )
    machine = table[(table["coder_b"] != "ben") & (table["level"] == "code")]
    assert machine.groupby("code")["n"].max().to_dict() == {
        "question": 24, "change": 24, "feeling": 48,
    }  # fmt: skip
    made = reconcile_with_gold(
        Study(therapy, corpus=corpus, gold=gold, codebook=codebook, suggestions=stored)
    )
    own = corpus.segments[["document", "segment", "speaker"]]
    where = made.merge(own, on=["document", "segment"]).groupby("code")["speaker"].agg(set)
    assert (where["question"], where["change"]) == ({"T"}, {"C"})
    # What was made under other rules is not taken for what these say.
    change(therapy, THERAPY.replace("speakers: [T]", "speakers: [T, C]"))
    with pytest.raises(NoSuggestionsError, match="To which segments codes can apply has changed"):
        stored_suggestions(therapy, *read(therapy)[::2])


def test_a_model_is_out_of_date_when_codes_can_apply_elsewhere(therapy):
    before = training_fingerprint(study_of(*read(therapy), project=therapy))
    change(therapy, THERAPY.replace("[T]", "[T, C]"))
    other = training_fingerprint(study_of(*read(therapy), project=therapy))
    assert other != before
    change(therapy, THERAPY)
    # Also when what documents.csv says of them is another thing.
    change(therapy, THERAPY.replace("speakers: [T]", "groups: [north]"))
    grouped = training_fingerprint(study_of(*read(therapy), project=therapy))
    table = therapy.attributes.read_text(encoding="utf-8").replace("north", "south", 1)
    therapy.attributes.write_text(table, encoding="utf-8")
    assert training_fingerprint(study_of(*read(therapy), project=therapy)) != grouped


def test_shares_are_of_the_turns_to_which_a_code_can_apply(therapy):
    corpus, gold, codebook = read(therapy)
    train_project(Study(therapy, corpus=corpus, gold=gold, codebook=codebook))
    said = suggest_corpus(Study(therapy, corpus=corpus, codebook=codebook)).suggestions
    table = estimate_frequencies(
        Study(therapy, corpus=corpus, gold=gold, codebook=codebook, suggestions=said)
    ).table
    whole = table[(table["level"] == "corpus") & (table["method"] == "gold")].set_index("code")
    assert whole["segments"].to_dict() == {"question": 24, "change": 24, "feeling": 48}
    assert whole.loc["question", "value"] == pytest.approx(16 / 24)
    assert whole.loc["question", "count"] == pytest.approx(16)
    needs, _ = plan_coding(
        Study(therapy, corpus=corpus, gold=gold, codebook=codebook, suggestions=said), margin=0.05
    )
    assert needs.groupby("code")["segments"].max().to_dict()["question"] == 24
    compared = compare_groups(
        Study(therapy, corpus=corpus, gold=gold, codebook=codebook, suggestions=said),
        ("north", "south"),
    ).table
    shares = compared[compared["scale"] == "difference"].set_index("code")["share_first"]
    assert shares["question"] == pytest.approx(2 / 3)
    per_words = rates_per_words(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=said),
        by="group",
        coders=["anna"],
    )
    words = per_words.groupby("code")["words"].sum()
    assert words["question"] + words["change"] == words["feeling"]
    counts = frequencies(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=said),
        by="group",
        coders=["anna"],
        unit="segments",
    )
    assert counts.groupby("code")["count"].sum()["question"] == 16


def test_the_report_says_of_how_many_segments_each_share_is(therapy):
    corpus, gold, codebook = read(therapy)
    train_project(Study(therapy, corpus=corpus, gold=gold, codebook=codebook))
    assert fourp("suggest", "-p", therapy.root).exit_code == 0
    assert fourp("report", "-p", therapy.root).exit_code == 0
    page = (therapy.reports / "report.html").read_text("utf-8")
    shares = page[page.index('id="corrected"') : page.index('id="groups"')]
    whole = shares[: shares.index("</table>")]
    assert '<span class="soft">(48 segments)</span>' in whole
    heads, *rows = whole.split("<tr>")[1:]
    assert heads.index(">Segments<") < heads.index(">Coded<")
    cells = [re.findall(r"<t[hd][^>]*>([^<]*)", row)[:2] for row in rows]
    assert dict(cells) == {
        **dict.fromkeys([codebook.names["question"], codebook.names["change"]], "24"),
        codebook.names["feeling"]: "48",
    }


def test_a_code_that_applies_nowhere_in_a_group_has_no_share_there(therapy):
    change(therapy, THERAPY.replace("speakers: [T]", "groups: [north]"))
    corpus, gold, codebook = read(therapy)
    train_project(Study(therapy, corpus=corpus, gold=gold, codebook=codebook))
    said = suggest_corpus(Study(therapy, corpus=corpus, codebook=codebook)).suggestions
    table = estimate_frequencies(
        Study(therapy, corpus=corpus, gold=gold, codebook=codebook, suggestions=said), by="group"
    ).table
    south = table[(table["place"] == "south") & (table["code"] == "question")]
    assert south["value"].isna().all()
    assert set(south["reason"]) == {"the code can apply to no segment here"}
    compared = compare_groups(
        Study(therapy, corpus=corpus, gold=gold, codebook=codebook, suggestions=said),
        ("north", "south"),
    ).table
    own = compared[compared["code"] == "question"]
    assert own["value"].isna().all()
    assert own["p_value"].isna().all()
    assert (own["reason"] != "").all()


def test_nobody_is_asked_on_a_sheet_where_a_code_cannot_apply(therapy):
    made = draw(therapy, 48, coder="carla")
    rows = list(csv.reader(made.files[0].read_text(encoding="utf-8-sig").splitlines()))
    head, body = rows[0], rows[1:]
    for row in body:
        said = dict(zip(head, row, strict=True))
        therapist = said["text"] in SAYS["T"] or said["text"].startswith("T:")
        assert (said["question"], said["change"]) == (("", "n/a") if therapist else ("n/a", ""))
        assert said["feeling"] == said["none"] == ""
        row[head.index("none")] = "x"
    with made.files[0].open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *body])
    sheet = taken(therapy, made.files[0])
    assert (sheet.read, sheet.codings) == (48, 0)
    assert gold_labels(*read(therapy), "carla").read.sum(axis=0).tolist() == [24, 24, 48]


def test_a_coding_where_the_code_cannot_apply_is_told_kept_and_not_counted(therapy):
    before = gold_labels(*read(therapy), "anna").labels
    corpus = read(therapy)[0]
    path = therapy.gold / "anna.csv"
    write_gold(therapy, corpus, "anna", "", more=[(SAYS["C"][1], "question")])
    content = path.read_bytes()
    corpus, gold, codebook = read(therapy)
    (told,) = [
        note
        for note in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
        if "cannot apply" in note
    ]
    assert told.startswith("8 codings where the code cannot apply by the codebook (anna.csv, line ")
    assert ": question in s0.txt " in told
    assert "and 3 more" in told
    assert (gold_labels(corpus, gold, codebook, "anna").labels == before).all()
    assert path.read_bytes() == content
    assert "cannot apply" in fourp("gold", "-p", therapy.root).output


def test_the_methods_text_says_which_codes_were_limited(therapy):
    assert fourp("report", "--methods", "-p", therapy.root).exit_code == 0
    text = (therapy.reports / "methods.md").read_text("utf-8")
    assert (
        "could apply to some segments only, and were coded, compared and counted in these" in text
    )


def test_a_label_that_nobody_has_is_told(therapy):
    change(therapy, THERAPY.replace("[T]", "[Therapist, T]"))
    told = unread_notes(study_of(*read(therapy)))
    assert told == [
        "In the codebook, 'question' applies to speakers 'Therapist', but no segment has this value. Is it "
        "spelt as in the documents?"
    ]


def test_settling_leaves_nothing_over_where_codes_cannot_apply(therapy):
    (therapy.gold / "ben.csv").unlink()
    corpus, gold, codebook = read(therapy)
    adjudicate(Study(therapy, corpus=corpus, gold=gold, codebook=codebook))
    assert unread_notes(study_of(*read(therapy))) == []


# The codebook


def test_a_theme_and_the_codes_above_hold_for_the_codes_below(tmp_path):
    text = """\
id: deep
themes:
  - id: therapist
    name: Therapist
    applies_to:
      speakers: [T]
      kinds: [session, intake]
    codes:
      - id: question
        name: Question
        applies_to:
          roles: [turn]
      - id: open_question
        name: Open question
        parent: question
"""
    codebook = parse_codebook(text, tmp_path / "codebook.yaml")
    needed = codebook.applies_to["open_question"]
    assert [each.model_dump(exclude_none=True) for each in needed] == [
        {"roles": ["turn"]},
        {"speakers": ["T"], "kinds": ["session", "intake"]},
    ]
    again = parse_codebook(codebook_text(codebook), tmp_path / "codebook.yaml")
    assert again == codebook
    assert "applies_to" in codebook_text(codebook)


@pytest.mark.parametrize(
    ("says", "line", "problem"),
    [
        ("applies_to: {}", 5, "'applies_to': it is empty; name speakers, roles"),
        ("applies_to: {speaker: [T]}", 5, "did you mean 'speakers'"),
        ("applies_to: {roles: [talk]}", 5, "'talk' is not known here; write 'sentence'"),
        ("applies_to: {speakers: []}", 5, "'speakers' is empty"),
        ("applies_to: T", 5, "'applies_to' must hold keys"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_its_line(tmp_path, says, line, problem):
    text = f"id: x\ncodes:\n  - id: a\n    name: A\n    {says}\n"
    with pytest.raises(CodebookError, match=problem) as refused:
        parse_codebook(text, tmp_path / "codebook.yaml")
    assert f"line {line}" in str(refused.value)


def test_a_codebook_without_it_is_the_same_codebook_as_before(tmp_path):
    path = tmp_path / "codebook.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    codebook = read_codebook(path)
    assert "applies_to" not in str(codebook.wording())
    assert "applies_to" not in codebook_text(codebook)


def test_what_other_programs_do_not_keep_is_told_as_a_loss(therapy):
    write_gold(therapy, read(therapy)[0], "ben", "")
    add = "  - id: late\n    name: Late\n    short_definition: A code that came later.\n"
    read(therapy)
    change(therapy, THERAPY + add)
    lost = sent(therapy).losses
    told = dict(zip(lost["item"], lost["examples"], strict=True))
    assert "Question" in told["where codes can apply"]
    assert "anna, s0.txt: late" in told["codes for which a document was not read"]
