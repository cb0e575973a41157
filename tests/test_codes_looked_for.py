"""A reading covers the codes that there were, as they were defined: for all other codes it is unread."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.gold.writer import gold_content
from fourp_nlp.coding.reading.reading_record import ReadRecord
from fourp_nlp.coding.reading.readings import readings
from fourp_nlp.coding.reading.record_file import RECORD_NAME, read_record
from fourp_nlp.errors import GoldError
from fourp_nlp.segments.alignment import codes_read, codes_redefined
from fourp_nlp.study.machine.code_warnings import cautions
from fourp_nlp.study.machine.suggestions import stored_suggestions, suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.measuring.agreement import agree
from fourp_nlp.study.measuring.estimates import estimate_frequencies
from fourp_nlp.study.measuring.sample_size import plan_coding
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.marked_as_read import confirm_definition, mark_as_read
from fourp_nlp.study.reading.unread_notes import unread_notes
from fourp_nlp.study.sampling.new_codes import sheet_for_new_codes
from fourp_nlp.study.study import Study
from tests.conftest import gold_labels, study_of, write_gold_file, write_project
from tests.test_cli import fourp
from tests.test_next import draw, fill_in, read, taken
from tests.test_read_since import BIRDS

TOML = '[coders]\ngold = "anna"\n'


@pytest.fixture
def uncoded(tmp_path):
    """Twelve documents that nobody has coded."""
    return write_project(tmp_path / "allotment", documents=12, gold=False)


def add_birds(project):
    with project.codebook.open("a", encoding="utf-8") as stream:
        stream.write(BIRDS)


def redefine(project, old="Watering, rain barrels, hoses and taps.", new="Getting water to beds."):
    text = project.codebook.read_text(encoding="utf-8")
    assert old in text
    project.codebook.write_text(text.replace(old, new), encoding="utf-8")


def rows_of(path):
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


def with_column(path, head, cells):
    """Add a column before the note, as a person does in a spreadsheet."""
    head_row, *body = rows_of(path)
    at = head_row.index("note")
    made = [[*head_row[:at], head, *head_row[at:]]]
    made += [[*row[:at], cell, *row[at:]] for row, cell in zip(body, cells, strict=True)]
    write_rows(path, made)


def looked_for(project, coder="anna"):
    corpus, gold, codebook = read(project)
    counts = gold_labels(corpus, gold, codebook, coder).read.sum(axis=0)
    return dict(zip(codebook.code_ids, counts.tolist(), strict=True))


def drawn_and_filled(project, count=20):
    made = draw(project, count)
    fill_in(made.files[1])
    return made


def test_a_sheet_from_before_a_code_was_added_covers_its_own_codes(uncoded):
    made = drawn_and_filled(uncoded)
    add_birds(uncoded)
    sheet = taken(uncoded, made.files[1])
    assert sheet.read == 20
    assert any("'birds' was added to the codebook after d1-" in note for note in sheet.notes)
    assert looked_for(uncoded) == {"water": 20, "seeds": 20, "birds": 0}


@pytest.mark.parametrize(("first", "count"), [("0", 20), ("x", 20), ("", 0)])
def test_a_column_that_was_added_counts_if_something_is_said_in_it(uncoded, first, count):
    made = draw(uncoded, 20)
    rows = rows_of(made.files[0])
    rows = [rows[0], *([*row[:-2], "x", row[-1]] for row in rows[1:])]  # none
    if first == "x":
        rows[1][-2] = ""
    write_rows(made.files[0], rows)
    add_birds(uncoded)
    with_column(made.files[0], "birds", [first, *[""] * 19])
    sheet = taken(uncoded, made.files[0])
    assert looked_for(uncoded) == {"water": 20, "seeds": 20, "birds": count}
    said = " ".join(sheet.notes)
    assert ("count as read for it" in said) == bool(count)
    assert ("Write 0 where it does not apply" in said) == (not count)


def test_marks_of_a_code_that_went_are_told_and_their_rows_were_read(uncoded):
    made = drawn_and_filled(uncoded)
    text = uncoded.codebook.read_text(encoding="utf-8").replace("        use: seeds\n", "")
    uncoded.codebook.write_text(text[: text.index("  - id: seeds")], encoding="utf-8")
    sheet = taken(uncoded, made.files[1])
    assert sheet.read == 20
    assert any(
        "marks of codes that are not in the codebook any more (seeds)" in n for n in sheet.notes
    )
    assert looked_for(uncoded) == {"water": 20}


def test_a_missing_column_of_a_code_that_the_sheet_had_is_refused(uncoded):
    made = drawn_and_filled(uncoded)
    head, *body = rows_of(made.files[0])
    at = head.index("water")
    write_rows(made.files[0], [row[:at] + row[at + 1 :] for row in (head, *body)])
    with pytest.raises(GoldError, match="The column 'water' is missing"):
        taken(uncoded, made.files[0])


def test_rows_of_draws_with_other_codes_on_one_sheet_keep_their_own(uncoded):
    first = draw(uncoded, 6)
    add_birds(uncoded)
    second = draw(uncoded, 6, seed=2)
    old, new = rows_of(first.files[0]), rows_of(second.files[0])
    at = new[0].index("birds")
    both = [new[0], *([*row[:at], "", *row[at:]] for row in old[1:]), *new[1:]]
    for row in both[1:]:
        row[new[0].index("none")] = "x"
    write_rows(second.files[0], both)
    assert taken(uncoded, second.files[0]).read == 12
    assert looked_for(uncoded) == {"water": 12, "seeds": 12, "birds": 6}


@pytest.mark.parametrize("log", ["kept", "lost"])
def test_a_project_that_lost_its_record_knows_the_codes_of_its_draws(uncoded, log):
    made = drawn_and_filled(uncoded)
    taken(uncoded, made.files[1])
    (uncoded.gold / RECORD_NAME).unlink()
    if log == "lost":
        with closing(sqlite3.connect(uncoded.store)) as connection, connection:
            connection.execute("DELETE FROM log")
    add_birds(uncoded)
    assert looked_for(uncoded) == {"water": 20, "seeds": 20, "birds": 0}


def test_what_a_sheet_covered_beyond_its_draw_is_not_forgotten_with_the_record(uncoded):
    made = drawn_and_filled(uncoded)
    head, *body = rows_of(made.files[0])
    write_rows(made.files[0], [head, *([*row[:-2], "x", row[-1]] for row in body)])
    add_birds(uncoded)
    with_column(made.files[0], "birds", ["0"] * 20)
    taken(uncoded, made.files[0])
    (uncoded.gold / RECORD_NAME).unlink()
    assert looked_for(uncoded)["birds"] == 20


def test_no_step_takes_a_later_code_for_absent(uncoded):
    taken(uncoded, drawn_and_filled(uncoded, 40).files[1])
    (uncoded.gold / RECORD_NAME).unlink()  # as in a project of an earlier version
    add_birds(uncoded)
    corpus, gold, codebook = read(uncoded)
    model = train_project(Study(uncoded, corpus=corpus, gold=gold, codebook=codebook))
    assert model.out_of_fold.read.sum(axis=0).tolist() == [40, 40, 0]
    assert model.card["positives"]["birds"]["without"] == 0
    assert not any("Few segments lack birds" in note for note in cautions(model))
    assert any(
        note.startswith("Few coded segments") and "birds" in note for note in cautions(model)
    )
    suggestions = suggest_corpus(Study(uncoded, corpus=corpus, codebook=codebook)).suggestions
    table = estimate_frequencies(
        Study(uncoded, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
    ).table
    birds = table[(table["code"] == "birds") & (table["level"] == "corpus")].set_index("method")
    assert np.isnan(birds.loc[["corrected", "gold"], "value"]).all()
    assert (birds["coded"] == 0).all()
    needs, _ = plan_coding(
        Study(uncoded, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions),
        margin=0.05,
    )
    assert (needs.loc[needs["code"] == "birds", "more"] > 0).all()
    pairs = agree(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions), resamples=0
    )
    assert set(pairs.loc[(pairs["level"] == "code") & (pairs["code"] == "birds"), "n"]) == {0}


def test_a_sheet_for_new_codes_makes_the_sample_hold_for_them(uncoded):
    taken(uncoded, drawn_and_filled(uncoded, 40).files[1])
    add_birds(uncoded)
    corpus, _, codebook = read(uncoded)
    made = sheet_for_new_codes(Study(uncoded, corpus=corpus, codebook=codebook), coder="anna")
    assert (made.codes, len(made.rows)) == (["birds"], 40)
    head, *body = rows_of(made.files[0])
    assert "water" not in head
    assert {row[head.index("looked_for")] for row in body} == {"birds"}
    body[0][head.index("birds")] = "x"
    for row in body[1:-1]:
        row[head.index("none")] = "x"
    write_rows(made.files[0], [head, *body])  # the last row is not read
    before = gold_labels(*read(uncoded), "anna")
    sheet = taken(uncoded, made.files[0])
    assert (sheet.read, sheet.codings, sheet.replaced) == (39, 1, 0)
    after = gold_labels(*read(uncoded), "anna")
    assert (after.labels[:, :2] == before.labels[:, :2]).all()
    assert looked_for(uncoded) == {"water": 40, "seeds": 40, "birds": 39}
    again = sheet_for_new_codes(
        Study(uncoded, corpus=corpus, codebook=codebook), coder="anna", overwrite=True
    )
    assert len(again.rows) == 1
    fill = rows_of(again.files[0])
    fill[1][fill[0].index("none")] = "x"
    write_rows(again.files[0], fill)
    taken(uncoded, again.files[0])
    corpus, gold, codebook = read(uncoded)
    train_project(Study(uncoded, corpus=corpus, gold=gold, codebook=codebook))
    suggestions = suggest_corpus(Study(uncoded, corpus=corpus, codebook=codebook)).suggestions
    table = estimate_frequencies(
        Study(uncoded, corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
    ).table
    birds = table[(table["code"] == "birds") & (table["level"] == "corpus")].set_index("method")
    assert birds.loc["gold", "value"] == pytest.approx(1 / 40, abs=0.02)
    with pytest.raises(GoldError, match="looked for every code"):
        sheet_for_new_codes(
            Study(uncoded, corpus=corpus, codebook=codebook), coder="anna", overwrite=True
        )


def test_the_command_writes_the_sheet_for_new_codes(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    add_birds(uncoded)
    said = fourp("next", "--new-codes", "-p", uncoded.root)
    assert said.exit_code == 0, said.output
    assert "20 segments that anna coded before there were these codes: birds" in said.output
    assert (uncoded.reports / "new_codes_anna.xlsx").is_file()
    refused = fourp("next", "5", "--new-codes", "-p", uncoded.root)
    assert refused.exit_code == 2


# Definitions


def test_a_changed_definition_is_told_with_its_date_and_counts_as_read(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    before = looked_for(uncoded)
    redefine(uncoded)
    corpus, gold, codebook = read(uncoded)
    (told,) = unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    date = read_record(uncoded.gold / RECORD_NAME).defined_since("water")
    assert told.startswith(
        f"The definition of 'water' changed on {date}, after anna read 20 segments for it."
    )
    assert "fourp gold --same-definition water" in told
    assert looked_for(uncoded) == before


def test_the_methods_text_says_what_came_after_the_reading(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    add_birds(uncoded)
    redefine(uncoded)
    assert fourp("report", "--methods", "-p", uncoded.root).exit_code == 0
    text = (uncoded.reports / "methods.md").read_text("utf-8")
    assert "1 code was added after anna had read" in text
    date = read_record(uncoded.gold / RECORD_NAME).defined_since("water")
    assert f"The definition of Water changed on {date}, after segments had been read for it" in text


def test_examples_and_colours_are_no_other_definition(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    redefine(uncoded, "We dragged the hose across three plots.", "A hose burst.")
    assert unread_notes(study_of(*read(uncoded))) == []


@pytest.mark.parametrize("by", ["command", "reading again", "putting it back"])
def test_a_changed_definition_is_told_no_more_once_that_is_settled(uncoded, by):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    redefine(uncoded)
    assert unread_notes(study_of(*read(uncoded)))
    if by == "command":
        said = fourp("gold", "--same-definition", "water", "-p", uncoded.root)
        assert "the same as before: water" in said.output
        assert (
            "nothing was changed"
            in fourp("gold", "--same-definition", "water", "-p", uncoded.root).output
        )
    elif by == "reading again":
        corpus, gold, codebook = read(uncoded)
        mark_as_read(
            Study(uncoded, corpus=corpus, gold=gold, codebook=codebook), "anna", codes=["water"]
        )
    else:
        redefine(uncoded, "Getting water to beds.", "Watering, rain barrels, hoses and taps.")
    assert unread_notes(study_of(*read(uncoded))) == []


def test_only_those_who_read_by_the_old_definition_are_named(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    redefine(uncoded)
    read(uncoded)
    write_gold_file(uncoded, "ben")
    (uncoded.root / "fourp.toml").write_text(TOML, encoding="utf-8")
    project = open_project(uncoded.root)
    (told,) = [note for note in unread_notes(study_of(*read(project))) if "definition" in note]
    assert "anna read 20" in told
    assert "ben" not in told


def test_a_sheet_counts_by_the_definitions_that_it_showed(uncoded):
    made = drawn_and_filled(uncoded)
    redefine(uncoded)
    taken(uncoded, made.files[1])
    (told,) = unread_notes(study_of(*read(uncoded)))
    assert "anna read 20 segments" in told


def test_no_such_code_has_the_same_definition(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    _, gold, codebook = read(uncoded)
    with pytest.raises(GoldError, match="There is no code 'x'"):
        confirm_definition(Study(uncoded, gold=gold, codebook=codebook), ["x"])


def test_a_part_that_was_read_again_by_the_new_definition_is_not_told():
    documents = pd.DataFrame({"document": ["a"], "text": ["One two. Three four."]})
    segments = pd.DataFrame(
        {
            "document": ["a", "a"], "segment": [0, 1], "start": [0, 9], "end": [8, 20],
            "text": ["One two.", "Three four."], "speaker": "", "role": "sentence",
        }
    )  # fmt: skip
    whole = pd.DataFrame(
        {"coder": ["k"], "document": ["a"], "start": 0, "end": 20, "scope": "document", "quote": ""}
    )
    part = whole.assign(start=9, end=20, scope="segment", quote="Three four.")
    texts = {"a": "One two. Three four."}
    old, new = {"x": "1", "y": "1"}, {"x": "2", "y": "1"}
    record = ReadRecord().with_reading(whole, texts, ["x", "y"], since="1", definitions=old)
    record = record.with_reading(part, texts, ["x", "y"], since="2", definitions=new)
    held = readings(
        pd.concat([whole, part]), record, documents, ["x", "y"], since="3", definitions=new
    )
    stale = codes_redefined(segments, held.read, ["x", "y"], "k")
    assert stale.tolist() == [[True, False], [False, False]]
    assert held.redefined == {"x": "3"}
    assert codes_read(segments, held.read, ["x", "y"], "k").all()


# The record's file


def as_before(path):
    """Write a record as earlier versions did: lists of codes, and no definitions."""
    held = json.loads(path.read_text(encoding="utf-8"))
    held["format"] = "fourp what was read, 1"
    held["codes"] = [list(each) for each in held["codes"]]
    del held["definitions"]
    path.write_text(json.dumps(held), encoding="utf-8")


def test_a_record_of_an_earlier_version_says_what_it_said(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    path = uncoded.gold / RECORD_NAME
    as_before(path)
    add_birds(uncoded)
    redefine(uncoded)
    # What was read before there were definitions was read by those that there are at first sight.
    corpus, gold, codebook = read(uncoded)
    (told,) = unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    assert "'birds' was added to the codebook after" in told
    assert looked_for(uncoded) == {"water": 20, "seeds": 20, "birds": 0}
    redefine(uncoded, "Getting water to beds.", "Water that people bring.")
    assert any(
        "definition of 'water' changed" in note for note in unread_notes(study_of(*read(uncoded)))
    )


def test_an_earlier_version_refuses_the_record_and_does_not_overwrite_it(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    held = json.loads((uncoded.gold / RECORD_NAME).read_text(encoding="utf-8"))
    # Earlier versions take nothing but this one for whole, and write nothing when they take it for damaged.
    assert held["format"] != "fourp what was read, 1"


def test_a_record_of_a_later_version_is_refused_and_stays_as_it_is(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    path = uncoded.gold / RECORD_NAME
    text = path.read_text(encoding="utf-8").replace("was read, 2", "was read, 3")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GoldError, match="written by a later version of fourp"):
        read(uncoded)
    assert path.read_text(encoding="utf-8") == text


def test_a_record_comes_back_as_it_was_written(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    redefine(uncoded)
    read(uncoded)
    path = uncoded.gold / RECORD_NAME
    assert read_record(path).content() == path.read_bytes()


CODES = ["x", "y", "z"]
TEXT = "One two. Three four. Five six."
SPANS = [(0, 8), (9, 20), (21, 30)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sets(st.sampled_from(CODES), min_size=1),
            st.dictionaries(st.sampled_from(CODES), st.sampled_from("12"), min_size=3, max_size=3),
        ),
        max_size=6,
    )
)
def test_the_record_keeps_the_last_definition_of_every_code_that_was_looked_for(steps):
    segments = pd.DataFrame(
        {
            "document": "a", "segment": range(3), "start": [a for a, _ in SPANS],
            "end": [b for _, b in SPANS], "text": [TEXT[a:b] for a, b in SPANS], "speaker": "",
            "role": "sentence",
        }
    )  # fmt: skip
    documents = pd.DataFrame({"document": ["a"], "text": [TEXT]})
    record, expected, coded = ReadRecord(), {}, []
    for at, codes, definitions in steps:
        start, end = SPANS[at]
        row = pd.DataFrame(
            {
                "coder": ["k"], "document": ["a"], "start": start, "end": end, "scope": "segment",
                "quote": TEXT[start:end], "looked_for": " ".join(sorted(codes)),
            }
        )  # fmt: skip
        coded.append(row.assign(looked_for=""))
        record = record.with_reading(row, {"a": TEXT}, CODES, since="1", definitions=definitions)
        expected.update({(at, code): definitions[code] for code in codes})
    if not coded:
        return
    now = dict.fromkeys(CODES, "1")
    held = readings(
        pd.concat(coded).drop_duplicates(["start", "end"]), record, documents, CODES,
        since="2", definitions=now,
    )  # fmt: skip
    read_for = codes_read(segments, held.read, CODES, "k")
    stale = codes_redefined(segments, held.read, CODES, "k")
    for at in range(3):
        for number, code in enumerate(CODES):
            assert read_for[at, number] == ((at, code) in expected)
            assert stale[at, number] == (expected.get((at, code)) == "2")
    assert not held.is_new or set(held.record.seen) == set(CODES)


# Gold files that say which codes their coder looked for


def gold_file(project, rows, name="ben"):
    write_rows(project.gold / f"{name}.csv", rows)
    (project.root / "fourp.toml").write_text(TOML, encoding="utf-8")
    return open_project(project.root)


HEAD = ["document", "start", "end", "code", "quote", "looked_for"]


def test_a_coder_can_say_once_for_a_file_which_codes_they_looked_for(project):
    first = "The tap by the shed drips all night into the barrel."
    rows = [
        HEAD,
        ["", "", "", "", "", "water"],
        ["meeting0.txt", 0, len(first), "water", first, ""],
        ["meeting1.txt", "", "", "", "", ""],
    ]
    project = gold_file(project, rows)
    assert looked_for(project, "ben") == {"water": 12, "seeds": 0}
    corpus, gold, codebook = read(project)
    table = agree(
        Study(
            corpus=corpus, gold=gold, codebook=codebook, suggestions=pd.DataFrame(columns=["model"])
        ),
        resamples=0,
    )
    counts = table[(table["level"] == "code")].groupby("code")["n"].max()
    assert counts.to_dict() == {"seeds": 0, "water": 12}
    assert not any(
        "seeds" in note for note in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    )


@pytest.mark.parametrize("cell", ["water", "water, seeds", "seeds;water", "water seeds"])
def test_what_was_looked_for_is_said_document_by_document(project, cell):
    rows = [HEAD, ["meeting0.txt", "", "", "", "", cell], ["meeting1.txt", "", "", "", "", ""]]
    project = gold_file(project, rows)
    assert looked_for(project, "ben") == {"water": 12, "seeds": 12 if "seeds" in cell else 6}


def test_the_column_counts_whenever_it_is_changed_and_reading_again_does_not_contradict_it(project):
    rows = [HEAD, ["meeting0.txt", "", "", "", "", "water"]]
    project = gold_file(project, rows)
    assert looked_for(project, "ben") == {"water": 6, "seeds": 0}
    corpus, gold, codebook = read(project)
    with pytest.raises(GoldError, match="Add seeds to that column"):
        mark_as_read(
            Study(project, corpus=corpus, gold=gold, codebook=codebook), "ben", codes=["seeds"]
        )
    project = gold_file(project, [HEAD, ["meeting0.txt", "", "", "", "", "water seeds"]])
    assert looked_for(project, "ben") == {"water": 6, "seeds": 6}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([["meeting0.txt", "", "", "", "", "watr"]], "names 'watr', and there is no such code"),
        (
            [["meeting0.txt", 0, 7, "seeds", "The tap", "water"]],
            "The code is 'seeds', but by the column looked_for ben looked here only for: water",
        ),
    ],
)
def test_what_the_column_says_is_held_to_the_codebook_and_the_codings(project, rows, problem):
    project = gold_file(project, [HEAD, *rows])
    with pytest.raises(GoldError, match=problem) as refused:
        read(project)
    assert "line 2" in str(refused.value)


def test_a_gold_file_with_the_column_comes_back_as_it_was(project):
    rows = [
        [*HEAD, "scope"],
        ["meeting0.txt", "", "", "", "", "water", ""],
        ["meeting1.txt", 0, 5, "water", "Carlo", "water", "segment"],
        ["meeting1.txt", 6, 13, "", "carried", "", "segment"],
    ]
    project = gold_file(project, rows)
    corpus, _, codebook = read(project)
    path = project.gold / "ben.csv"
    once = read_gold(path, corpus.documents, codebook.code_ids)
    path.write_bytes(gold_content(once.codings, coded=once.coded))
    again = read_gold(path, corpus.documents, codebook.code_ids)
    for name in ("codings", "coded"):
        key = ["document", "start", "end"]
        pd.testing.assert_frame_equal(
            getattr(once, name).sort_values(key, ignore_index=True),
            getattr(again, name).sort_values(key, ignore_index=True),
        )
    assert set(again.coded["looked_for"]) == {"water", ""}


def test_a_sheet_taken_in_beside_the_column_keeps_what_the_file_says(uncoded):
    made = drawn_and_filled(uncoded)
    taken(uncoded, made.files[1])
    path = uncoded.gold / "anna_next.csv"
    head, *body = rows_of(path)
    own = next(at for at, row in enumerate(body) if row[head.index("code")] in {"", "water"})
    write_rows(
        path,
        [[*head, "looked_for"], *([*r, "water" if n == own else ""] for n, r in enumerate(body))],
    )
    assert looked_for(uncoded) == {"water": 20, "seeds": 19}
    second = draw(uncoded, 5, seed=3)
    fill_in(second.files[1])
    taken(uncoded, second.files[1])
    assert looked_for(uncoded) == {"water": 25, "seeds": 24}


def test_stored_suggestions_and_the_machine_look_for_every_code(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    corpus, gold, codebook = read(uncoded)
    suggest_corpus(Study(uncoded, corpus=corpus, codebook=codebook))
    suggestions = stored_suggestions(uncoded, corpus, codebook)
    machine = suggestions["model"].iloc[0]
    assert (
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=suggestions)
        .labels(machine)
        .looked_for.all()
    )


def test_without_a_record_a_code_that_came_after_the_last_draw_is_not_taken_for_absent(uncoded):
    taken(uncoded, drawn_and_filled(uncoded).files[1])
    write_gold_file(uncoded, "ben")
    (uncoded.root / "fourp.toml").write_text(TOML, encoding="utf-8")
    project = open_project(uncoded.root)
    (project.gold / RECORD_NAME).unlink()
    add_birds(project)
    assert looked_for(project, "ben") == {"water": 72, "seeds": 72, "birds": 0}
    corpus, gold, codebook = read(project)
    assert any(
        "after ben read 12 documents" in note
        for note in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    )
    mark_as_read(
        Study(project, corpus=corpus, gold=gold, codebook=codebook), "ben", codes=["birds"]
    )
    assert looked_for(project, "ben")["birds"] == 72
    # A file that comes when there is a record is read as it is now.
    write_gold_file(project, "carla")
    assert looked_for(project, "carla") == {"water": 72, "seeds": 72, "birds": 72}
