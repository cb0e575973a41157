"""Codings travel to annotation programs and back: Taguette, Label Studio, doccano, Prodigy, Argilla."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SOURCES,
    USERS,
    Exchange,
    guid_of,
    read_argilla,
    read_doccano,
    read_label_studio,
    read_prodigy,
    read_taguette,
    read_taguette_codebook,
    write_argilla,
    write_doccano,
    write_label_studio,
    write_prodigy,
    write_taguette,
    write_taguette_codebook,
)
from fourp_nlp.exchange.annotation import json_records as _json
from fourp_nlp.exchange.offset_units import LineEnds, from_utf_16, to_utf_16
from fourp_nlp.tables import conform
from tests.annotated import (
    CODES,
    PEOPLE,
    PIECES,
    TEXTS,
    allotment,
    codings,
    project,
    projects,
    readings,
    segments_of,
    texts_of,
    values_of,
)

DATA = Path(__file__).parent / "data" / "annotation"
NAN = float("nan")
FEW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PROGRAMS = {
    "Label Studio": (write_label_studio, read_label_studio, "tasks.json"),
    "doccano": (write_doccano, read_doccano, "lines.jsonl"),
    "Prodigy": (write_prodigy, read_prodigy, "tasks.jsonl"),
    "Argilla": (write_argilla, read_argilla, "records.json"),
}  # fmt: skip
WITH_PROBABILITY = {"Label Studio", "Prodigy", "Argilla"}
every_program = pytest.mark.parametrize("program", PROGRAMS)


def told(exchange_or_losses):
    """Return what was lost, and how often."""
    losses = getattr(exchange_or_losses, "losses", exchange_or_losses)
    return dict(zip(losses["item"], losses["count"], strict=True))


def put(path, value):
    """Write a JSON list, or lines of JSON."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in value), encoding="utf-8")
    else:
        path.write_text(json.dumps(value), encoding="utf-8")
    return path


def region(start, end, text, *labels, **more):
    value = {"start": start, "end": end, "text": text, "labels": list(labels)}
    return {"from_name": "label", "to_name": "text", "type": "labels", "value": value, **more}


def task(text, *annotations, predictions=(), **data):
    return {
        "id": 1,
        "data": {"text": text, **data},
        "annotations": list(annotations),
        "predictions": list(predictions),
    }


# There and back


@every_program
@FEW
@given(given_project=projects())
def test_what_goes_out_comes_back_to_the_character(tmp_path, program, given_project):
    write, read, name = PROGRAMS[program]
    write(given_project, tmp_path / name)
    back = read(tmp_path / name)
    probability = program in WITH_PROBABILITY
    assert texts_of(back) == texts_of(given_project)
    assert codings(back, probability=probability) == codings(given_project, probability=probability)
    assert set(back.marks["guid"]) == set(given_project.marks["guid"])
    assert set(back.nodes["guid"]) <= set(given_project.nodes["guid"])
    assert readings(back) == readings(given_project)
    assert values_of(back) == values_of(given_project)
    assert told(back) == {}


@FEW
@given(given_project=projects(coders=("anna",)))
def test_a_taguette_project_comes_back_to_the_character(tmp_path, given_project):
    write_taguette(given_project, tmp_path / "p.sqlite3")
    back = read_taguette(tmp_path / "p.sqlite3", coder="anna")
    assert texts_of(back) == texts_of(given_project)
    assert codings(back) == codings(given_project)
    assert set(back.marks["guid"]) == set(given_project.marks["guid"])
    assert back.nodes[["guid", "code", "description"]].equals(
        given_project.nodes[["guid", "code", "description"]]
    )
    assert told(back) == {}


@every_program
@FEW
@given(given_project=projects(), length=st.integers(1, 25))
def test_segments_go_back_to_their_place_in_the_document(tmp_path, program, given_project, length):
    write, read, name = PROGRAMS[program]
    segments = segments_of(texts_of(given_project), length)
    losses = write(given_project, tmp_path / name, unit="segment", segments=segments)
    back = read(tmp_path / name, documents=texts_of(given_project))
    assert texts_of(back) == texts_of(given_project)

    # Cut at the segments' ends; and no more than that.
    def characters(exchange):
        return {
            (document, at, label, *who)
            for document, start, end, label, _, *who in codings(exchange)
            for at in range(start, end)
        }

    assert characters(back) == characters(given_project)
    cut = sum(
        any(start < a < end for a in segments.loc[segments["document"] == document, "start"])
        for document, start, end, *_ in codings(given_project)
    )
    assert told(losses).get("codings over the end of a segment", 0) == cut
    whole = {(coder, document) for coder, document, *_ in readings(given_project)}
    read_length = Counter()
    for coder, document, start, end, _ in readings(back):
        read_length[coder, document] += end - start
    assert read_length == {
        (coder, document): len(texts_of(given_project)[document]) for coder, document in whole
    }


@every_program
def test_codes_of_whole_segments_come_back_as_such(tmp_path, program):
    write, read, name = PROGRAMS[program]
    before = allotment()
    segments = segments_of(texts_of(before), 31)
    losses = write(before, tmp_path / name, unit="segment", segments=segments, whole=True)
    assert told(losses)["places of codings within a row"] > 0
    back = read(tmp_path / name, documents=texts_of(before))
    places = set(segments[["document", "start", "end"]].itertuples(index=False, name=None))
    assert {row[:3] for row in codings(back)} <= places
    last = texts_of(before)["meeting 0.txt"]
    assert ("meeting 0.txt", 31, len(last), "water", last[31:], "fourp", True) in codings(back)
    assert {row[-2:] for row in codings(back)} == {row[-2:] for row in codings(before)}


@every_program
def test_segments_whose_documents_are_not_given_stand_alone_and_it_is_said(tmp_path, program):
    write, read, name = PROGRAMS[program]
    before = allotment()
    write(before, tmp_path / name, unit="segment", segments=segments_of(texts_of(before), 31))
    back = read(tmp_path / name)
    assert any("documents of their own" in remark for remark in back.remarks)
    assert "meeting 0.txt, 0 to 31" in texts_of(back)


@every_program
def test_segments_are_found_again_where_a_document_has_grown(tmp_path, program):
    write, read, name = PROGRAMS[program]
    before = allotment()
    write(before, tmp_path / name, unit="segment", segments=segments_of(texts_of(before), 31))
    grown = {document: "Minutes.\n" + text for document, text in texts_of(before).items()}
    back = read(tmp_path / name, documents=grown)
    assert texts_of(back) == grown
    assert any("no longer where the file says" in remark for remark in back.remarks)
    assert {row[4] for row in codings(back)} >= {"dragged", "Seeds were swapped"}


@every_program
def test_segments_that_are_not_what_the_document_says_are_refused(tmp_path, program):
    write, _, name = PROGRAMS[program]
    segments = segments_of(texts_of(allotment()), 31)
    with pytest.raises(ExchangeError, match="not the document's text"):
        write(allotment(), tmp_path / name, unit="segment", segments=segments.assign(text="other"))
    with pytest.raises(ExchangeError, match="no segments are given"):
        write(allotment(), tmp_path / name, unit="segment")


@every_program
def test_who_read_a_part_of_a_document_does_not_come_back_as_having_read_all_of_it(
    tmp_path, program
):
    write, read, name = PROGRAMS[program]
    before = allotment()
    part = pd.DataFrame(
        [
            ("anna", "meeting 0.txt", 0, 30, "segment", "x", ""),
            ("anna", "meeting 1.txt", 0, 50, "document", "", ""),
        ],
        columns=before.read.columns,
    )
    write(replace(before, read=part).conformed(), tmp_path / name)
    back = read(tmp_path / name)
    assert readings(back) == {
        ("anna", "meeting 0.txt", 0, 30, "segment"),
        ("anna", "meeting 1.txt", 0, 50, "document"),
    }


@every_program
def test_codings_of_somebody_who_is_not_known_to_have_read_claim_no_reading(tmp_path, program):
    write, read, name = PROGRAMS[program]
    before = project(["We sowed."], [(0, 0, 2, "seeds", "anna", NAN)])
    write(before, tmp_path / name)
    assert readings(read(tmp_path / name)) == set()


@every_program
def test_a_machine_is_never_taken_for_the_person_of_its_name(tmp_path, program):
    write, read, name = PROGRAMS[program]
    before = project(
        ["We sowed."],
        [(0, 0, 2, "seeds", "anna", NAN), (0, 3, 8, "seeds", "fourp", 0.5)],
        [(0, "anna")],
    )
    same = before.users.assign(coder="anna", guid=before.users["guid"])
    write(replace(before, users=same), tmp_path / name)
    back = read(tmp_path / name)
    assert {(row[1], row[-2], row[-1]) for row in codings(back)} == {
        (0, "anna", False),
        (3, "anna (machine)", True),
    }
    assert {coder for coder, *_ in readings(back)} == {"anna"}


@every_program
def test_what_no_program_carries_is_told(tmp_path, program):
    write, _, name = PROGRAMS[program]
    before = allotment()
    theme = (guid_of("node", "place"), "", "place", "Place", "", "", False)
    nodes = before.nodes.assign(parent=theme[0], color="#123456")
    nodes = pd.concat([pd.DataFrame([theme], columns=NODES.names), nodes])
    picture = (guid_of("source", "map.png"), "map.png", "", False, "picture", "A map")
    sources = pd.concat([before.sources, pd.DataFrame([picture], columns=SOURCES.names)])
    member = pd.DataFrame(
        [(guid_of("case", "north"), "case", "North", before.sources["guid"].iloc[0], "")],
        columns=MEMBERS.names,
    )
    note = pd.DataFrame(
        [(guid_of("note", 1), "", -1, -1, "", "Diary", "It rained.", "")], columns=NOTES.names
    )
    marks = before.marks.assign(why=["", "", "", "", "near", ""], made_at="2024-01-01T00:00:00Z")
    losses = told(
        write(
            replace(
                before, nodes=nodes, sources=sources, members=member, notes=note, marks=marks
            ).conformed(),
            tmp_path / name,
        )
    )
    wanted = {
        "codes below a theme": 3, "sources without a text": 1, "cases and sets": 1, "notes": 1,
        "times of codings": 6, "descriptions of sources": 1,
    }  # fmt: skip
    assert wanted.items() <= losses.items()
    assert ("reasons of the machine" in losses) == (program != "Label Studio")
    assert ("probabilities of the machine" in losses) == (program == "doccano")
    assert ("colours of codes" in losses) == (program in {"Prodigy", "Argilla"})


@every_program
def test_two_codes_of_one_name_are_told_apart_by_their_themes(tmp_path, program):
    write, read, name = PROGRAMS[program]
    rows = [
        ("t1", "", "", "North", "", "", False), ("t2", "", "", "South", "", "", False),
        ("a", "t1", "", "Water", "", "", True), ("b", "t2", "", "Water", "", "", True),
    ]  # fmt: skip
    before = project(["We sowed."], [])
    marks = [
        (guid, before.sources["guid"].iloc[0], 0, 2, node, "", "We", "", NAN, "")
        for guid, node in (("m", "a"), ("n", "b"))
    ]
    before = replace(
        before,
        nodes=pd.DataFrame(rows, columns=NODES.names),
        marks=pd.DataFrame(marks, columns=MARKS.names),
    ).conformed()
    write(before, tmp_path / name)
    assert {row[3] for row in codings(read(tmp_path / name))} == {"North / Water", "South / Water"}


# What the programs themselves wrote


def test_doccanos_own_export_is_read_to_the_character():
    back = read_doccano(DATA / "doccano.jsonl")
    assert codings(back) == codings(allotment())
    assert readings(back) == readings(allotment())
    assert values_of(back) == values_of(allotment())
    assert back.notes["text"].tolist() == ["Look again."]


def test_argillas_own_records_are_read_to_the_character():
    back = read_argilla(DATA / "argilla.json")
    assert codings(back, probability=True) == codings(allotment(), probability=True)
    assert readings(back) == readings(allotment())


def test_label_studios_own_json_min_is_read_to_the_character():
    back = read_label_studio(DATA / "label_studio_min.json", coders={"7": "anna"})
    assert codings(back) == {row for row in codings(allotment()) if not row[-1]}
    assert readings(back) == readings(allotment())
    assert values_of(back) == values_of(allotment())


def test_taguettes_own_project_is_read_with_its_words_and_coders():
    back = read_taguette(DATA / "taguette.sqlite3")
    said = json.loads((DATA / "taguette.json").read_text())
    found = Counter((row[0], row[3], row[5], "".join(row[4].split())) for row in codings(back))
    assert found == Counter(
        (name, tag, who, "".join(text.split())) for name, tag, who, text in said
    )
    assert back.name == "Allotment"
    assert dict(zip(back.nodes["name"], back.nodes["description"], strict=True)) == {
        "water": "Hoses and taps.", "people.neighbours": "Who\nlives there.", "unused": "",
    }  # fmt: skip
    assert back.marks["made_at"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").all()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_taguettes_own_table_of_highlights_is_put_back_where_its_words_stand_once(suffix):
    whole = read_taguette(DATA / "taguette.sqlite3")
    back = read_taguette(DATA / f"taguette-highlights.{suffix}", texts_of(whole), coder="rosa")

    def bare(row):
        start = row[1] + len(row[4]) - len(row[4].lstrip())
        return row[0], start, start + len(row[4].strip()), row[3]

    placed = {bare(row) for row in codings(back)}
    assert placed <= {bare(row) for row in codings(whole)}
    lost = told(back)
    assert set(lost) == {"highlights whose words occur more than once"}
    rows = 13
    assert len(back.marks) + sum(lost.values()) == rows
    # What was told to be ambiguous is: two letters stand in many a word.
    assert ("meeting 1", "caféseed", "water") in {
        (row[0], "".join(row[4].split()), row[3]) for row in codings(back)
    }


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_taguettes_own_codebook_is_read(suffix):
    back = read_taguette_codebook(DATA / f"taguette-codebook.{suffix}")
    assert back.nodes["name"].tolist() == ["water", "people.neighbours", "unused"]
    assert back.nodes["description"].tolist() == ["Hoses and taps.", "Who\nlives there.", ""]
    assert back.nodes["code"].tolist() == ["water", "", "unused"]


# How places are counted


@given(TEXTS, st.data())
def test_places_in_utf_16_and_back_are_the_same(text, data):
    places = np.array(data.draw(st.lists(st.integers(0, len(text)), max_size=5)), dtype=np.int64)
    wide = to_utf_16(text, places)
    assert wide.tolist() == [len(text[:at].encode("utf-16-le")) // 2 for at in places]
    for up in (False, True):
        assert from_utf_16(text, wide, up=up).tolist() == places.tolist()


def test_a_place_within_an_emoji_goes_to_its_edge():
    text = "a👍b"
    inside = np.array([2])
    assert from_utf_16(text, inside, up=False).tolist() == [1]
    assert from_utf_16(text, inside, up=True).tolist() == [2]


RAW = st.lists(
    st.sampled_from([*PIECES, "\r\n", "\r", "\r\n\r\n", "\ufeff"]), min_size=1, max_size=12
).map("".join)


@given(RAW, st.data())
def test_line_ends_become_one_character_and_no_place_shifts(raw, data):
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    ends = LineEnds(raw)
    a, b = int(ends.starts(np.array([start]))[0]), int(ends.ends(np.array([end]))[0])
    assert "\r" not in ends.text
    assert ends.text == raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    # Half of a double line end counts as the line end, and a byte order mark as nothing.
    full_start = start - (raw[start - 1 : start + 1] == "\r\n" and start > 0)
    full_end = end + (raw[end - 1 : end + 1] == "\r\n")
    quote = raw[full_start:full_end]
    if full_start == 0:
        quote = quote.removeprefix("\ufeff")
    assert ends.text[a:b] == quote.replace("\r\n", "\n").replace("\r", "\n")


@FEW
@given(raw=RAW, wide=st.booleans(), data=st.data())
def test_foreign_tasks_are_read_whichever_way_they_count(tmp_path, raw, wide, data):
    start = data.draw(st.integers(0, len(raw) - 1))
    end = data.draw(st.integers(start + 1, len(raw)))
    quote = raw[start:end]
    # Words that stand at both places by chance cannot tell which is meant.
    assume(raw.count(quote) == 1 and quote.strip().strip("\ufeff"))
    assume(raw[start - 1 : start + 1] != "\r\n" and raw[end - 1 : end + 1] != "\r\n")
    places = [start, end]
    if wide:
        places = to_utf_16(raw, np.array(places)).tolist()
    path = put(
        tmp_path / "tasks.json",
        [task(raw, {"result": [region(*places, quote, "water")], "completed_by": 3})],
    )
    back = read_label_studio(path)
    (row,) = codings(back)
    first = 1 if raw.startswith("\ufeff") and start == 0 else 0
    assert row[4] == quote[first:].replace("\r\n", "\n").replace("\r", "\n")
    assert row[5] == "user 3"


def test_older_label_studio_counts_in_utf_16_and_it_is_said(tmp_path):
    text = "👍 tap tap"
    results = [
        region(3, 6, "tap", "water"),
        region(7, 10, "tap", "seeds"),
        region(0, 2, "👍", "water"),
    ]
    back = read_label_studio(
        put(tmp_path / "t.json", [task(text, {"result": results, "completed_by": 3})])
    )
    assert {row[1:4] for row in codings(back)} == {
        (2, 5, "water"),
        (6, 9, "seeds"),
        (0, 1, "water"),
    }
    assert any("counted in UTF-16" in remark for remark in back.remarks)


def test_a_coding_that_stands_elsewhere_goes_where_its_words_stand_once_or_is_told(tmp_path):
    text = "The tap drips. The hose drips."
    results = [
        region(1, 9, "tap drips", "water"),
        region(0, 5, "drips", "water"),
        region(0, 3, "pump", "water"),
    ]
    back = read_label_studio(
        put(tmp_path / "t.json", [task(text, {"result": results, "completed_by": 3})])
    )
    assert {row[1:3] for row in codings(back)} == {(4, 13)}
    assert told(back) == {"codings whose quoted text is elsewhere or nowhere": 2}
    assert any(
        "moved to the one place that has its quoted text" in remark for remark in back.remarks
    )


def test_doccano_is_read_in_utf_16_and_the_ends_of_words_may_speak_against_it(tmp_path):
    text = "👩\u200d🌾 firemen drive firetrucks at work"
    # As doccano's editor counts: two for an emoji.
    at = text.index("firetrucks") + 2
    wide = put(tmp_path / "w.jsonl", [{"text": text, "label": [[at, at + 10, "seeds"]]}])
    assert {row[4] for row in codings(read_doccano(wide))} == {"firetrucks"}
    at -= 2
    narrow = put(tmp_path / "n.jsonl", [{"text": text, "label": [[at, at + 10, "seeds"]]}])
    back = read_doccano(narrow)
    assert {row[4] for row in codings(back)} == {"firetrucks"}
    assert any("read as code points" in remark for remark in back.remarks)
    assert {row[4] for row in codings(read_doccano(narrow, counting="utf-16"))} == {"e firetruc"}


def test_codings_outside_the_text_are_told_and_not_bent(tmp_path):
    lines = [
        {"id": 5, "text": "short", "label": [[0, 99, "water"], [3, 3, "water"], [0, 5, "water"]]}
    ]
    back = read_doccano(put(tmp_path / "d.jsonl", lines), coder="anna")
    assert codings(back) == {("example 5", 0, 5, "water", "short", "anna", False)}
    assert told(back) == {"codings of no text": 1, "codings outside the text": 1}


# Label Studio


def test_people_and_predictions_are_kept_apart(tmp_path):
    text = "The tap drips."
    people = {"result": [region(4, 7, "tap", "water", id="x1", meta={"text": ["Or is it?"]})], "completed_by": {"id": 4, "email": "rosa@example.org"}, "created_at": "2024-05-01T10:00:00Z"}  # fmt: skip
    machine = {"model_version": "bert-2", "score": 0.9, "result": [region(8, 13, "drips", "water", score=0.4, meta={"text": ["near: hose"]})]}  # fmt: skip
    lone = {"model_version": "bert-3", "score": 0.7, "result": [region(0, 3, "The", "seeds")]}
    both = {
        "model_version": "bert-4",
        "score": 0.7,
        "result": [region(0, 3, "The", "seeds"), region(4, 7, "tap", "seeds")],
    }
    wild = {"model_version": "bert-5", "score": 3.2, "result": [region(0, 3, "The", "seeds")]}
    path = put(
        tmp_path / "t.json",
        [task(text, people, predictions=[machine, lone, both, wild], document="m.txt")],
    )
    back = read_label_studio(path, coders={"4": "Rosa"})
    rows = codings(back, probability=True)
    assert ("m.txt", 4, 7, "water", "tap", "Rosa", False, "") in rows
    assert ("m.txt", 8, 13, "water", "drips", "bert-2", True, 0.4) in rows
    assert ("m.txt", 0, 3, "seeds", "The", "bert-3", True, 0.7) in rows
    assert ("m.txt", 0, 3, "seeds", "The", "bert-4", True, "") in rows
    assert ("m.txt", 0, 3, "seeds", "The", "bert-5", True, "") in rows
    assert readings(back) == {("Rosa", "m.txt", 0, 14, "document")}
    assert back.notes["text"].tolist() == ["Or is it?"]
    assert set(back.marks["why"]) == {"", "near: hose"}
    assert set(back.marks["made_at"]) == {"", "2024-05-01T10:00:00Z"}
    assert told(back) == {"scores of predictions": 1, "scores outside 0 to 1": 1}


def test_a_person_who_took_over_a_prediction_has_a_coding_of_their_own(tmp_path):
    write_label_studio(allotment(), tmp_path / "t.json")
    tasks = json.loads((tmp_path / "t.json").read_text())
    # Label Studio copies a prediction's regions, identity and all, into the annotation made of it.
    taken = [{**each, "origin": "prediction"} for each in tasks[0]["predictions"][0]["result"]]
    tasks[0]["annotations"].append({"result": taken, "completed_by": 9})
    back = read_label_studio(put(tmp_path / "u.json", tasks))
    machine = back.marks[back.marks["user"] == guid_of("user", "fourp")]
    assert set(machine["guid"]) == set(allotment().marks["guid"].iloc[4:])
    assert back.marks["guid"].is_unique
    assert ("meeting 0.txt", 31, 44, "water", "he tap drips,", "user 9", False) in codings(back)


def test_the_field_that_was_taken_for_the_text_is_named(tmp_path):
    row = {"id": 1, "data": {"title": "One", "body": "The tap drips."}, "annotations": []}
    back = read_label_studio(put(tmp_path / "t.json", [row]))
    assert texts_of(back) == {"task 1": "The tap drips."}
    assert any("'body'" in remark for remark in back.remarks)


def test_a_skipped_task_was_not_read_and_other_results_are_told(tmp_path):
    skipped = {"result": [region(0, 3, "The", "water")], "was_cancelled": True, "completed_by": 1}
    other = {
        "completed_by": 2,
        "result": [
            {"type": "relation", "from_id": "a", "to_id": "b"},
            {"type": "rating", "value": {"rating": 4}},
            {
                "type": "hypertextlabels",
                "value": {"start": "/p[1]", "end": "/p[1]", "hypertextlabels": ["x"]},
            },
            region(0, 3, "The"),
            {"type": "choices", "value": {"choices": ["seeds", "water"]}},
        ],
    }
    back = read_label_studio(
        put(tmp_path / "t.json", [{**task("The tap.", skipped, other), "drafts": [{}]}])
    )
    assert {coder for coder, *_ in readings(back)} == {"user 2"}
    assert {row[1:4] for row in codings(back)} == {(0, 8, "seeds"), (0, 8, "water")}
    assert told(back) == {
        "annotations that were skipped": 1, "results of the type relation": 1, "results of the type rating": 1,
        "results of the type hypertextlabels": 1, "regions without a label": 1, "drafts": 1,
    }  # fmt: skip


def test_notes_on_codings_travel_through_label_studio(tmp_path):
    before = allotment()
    about = before.marks["guid"].iloc[1]
    note = (guid_of("note", about), about, -1, -1, guid_of("user", "anna"), "", "Unsure.", "")
    before = replace(before, notes=pd.DataFrame([note], columns=NOTES.names)).conformed()
    assert "notes" not in told(write_label_studio(before, tmp_path / "t.json"))
    back = read_label_studio(tmp_path / "t.json")
    assert back.notes[["about", "user", "text"]].to_numpy().tolist() == [
        [about, guid_of("user", "anna"), "Unsure."]
    ]


def test_the_configuration_has_a_button_for_each_code_and_nothing_breaks_out_of_it(tmp_path):
    before = allotment()
    nodes = before.nodes.assign(
        description='</Label><script>alert("x")</script> & \x07more', color=["#FF0000", "", ""]
    )
    write_label_studio(replace(before, nodes=nodes), tmp_path / "t.json")
    view = ElementTree.parse(tmp_path / "t-labels.xml").getroot()
    buttons = view.findall("./Labels/Label")
    assert [button.get("value") for button in buttons] == list(CODES)
    assert buttons[0].get("background") == "#FF0000"
    assert [button.get("hotkey") for button in buttons] == ["1", "2", "3"]
    assert buttons[0].get("hint") == 'Water: </Label><script>alert("x")</script> & more'
    assert view.find("Text").get("value") == "$text"
    assert {child.tag for child in view.iter()} == {"View", "Style", "Labels", "Label", "Text"}


def test_coders_are_named_as_label_studio_knows_them(tmp_path):
    losses = write_label_studio(allotment(), tmp_path / "t.json", users={"anna": 12})
    annotations = [
        each for row in json.loads((tmp_path / "t.json").read_text()) for each in row["annotations"]
    ]
    assert {json.dumps(each["completed_by"]) for each in annotations} == {
        "12",
        '{"email": "ben@example.org"}',
    }
    assert "names of coders" not in told(losses)
    assert told(write_label_studio(allotment(), tmp_path / "u.json"))["names of coders"] == 1


def test_tasks_that_only_point_at_a_text_are_told(tmp_path):
    pointing = task(
        "https://example.org/1.txt", {"result": [region(0, 3, "The", "water")], "completed_by": 1}
    )
    back = read_label_studio(put(tmp_path / "t.json", [pointing]))
    assert not back.sources["has_text"].any()
    assert told(back) == {"results of tasks without a text": 1}


def test_json_min_tells_choices_from_other_fields_only_if_it_is_told_which_they_are(tmp_path):
    row = {"id": 9, "text": "The tap.", "mood": "calm", "annotator": 1, "annotation_id": 3}
    path = put(
        tmp_path / "t.json",
        [row, {**row, "id": 10, "text": "The hose.", "mood": {"choices": ["calm", "wet"]}}],
    )
    assert {row[3] for row in codings(read_label_studio(path))} == {"calm", "wet"}
    assert len(codings(read_label_studio(path))) == 2
    assert len(codings(read_label_studio(path, choices={"mood"}))) == 3


# doccano


def test_doccanos_entities_relations_labels_and_comments_are_read(tmp_path):
    lines = [
        {"id": 1, "text": "The tap drips.", "entities": [{"id": 7, "label": "water", "start_offset": 4, "end_offset": 7}], "relations": [{"id": 1, "from_id": 7, "to_id": 7, "type": "is"}], "Comments": [{"text": "Hm."}], "group": "north"},
        {"id": 2, "text": "Seeds came.", "label": ["seeds", "water"], "Comments": []},
        {"id": 3, "text": "Nothing.", "label": []},
    ]  # fmt: skip
    back = read_doccano(put(tmp_path / "anna.jsonl", lines), coder="anna")
    assert {row[:4] for row in codings(back)} == {
        ("example 1", 4, 7, "water"), ("example 2", 0, 11, "seeds"), ("example 2", 0, 11, "water"),
    }  # fmt: skip
    # A line without labels may never have been looked at.
    assert {document for _, document, *_ in readings(back)} == {"example 1", "example 2"}
    assert back.notes["text"].tolist() == ["Hm."]
    assert values_of(back) == {("example 1", "group", "Text", "north")}
    assert told(back) == {"relations": 1}
    assert any(
        "name the coder with `coder`" in remark
        for remark in read_doccano(tmp_path / "anna.jsonl").remarks
    )


def test_every_line_for_doccano_has_every_field(tmp_path):
    write_doccano(allotment(), tmp_path / "d.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text().splitlines()]
    assert len({frozenset(row) for row in rows}) == 1
    labels = json.loads((tmp_path / "d-labels.json").read_text())
    assert [label["text"] for label in labels] == list(CODES)
    assert len({label["suffix_key"] for label in labels}) == 3


def test_one_coder_or_none_can_be_written(tmp_path):
    losses = write_doccano(allotment(), tmp_path / "d.jsonl", coder="anna")
    assert {row[5] for row in codings(read_doccano(tmp_path / "d.jsonl"))} == {"anna"}
    assert told(losses)["codings of other coders"] == 4
    losses = write_prodigy(allotment(), tmp_path / "p.jsonl", coder="")
    assert told(losses)["codings of other coders"] == 6
    rows = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()]
    assert [(len(row["spans"]), "answer" in row) for row in rows] == [(0, False), (0, False)]


# Prodigy


def test_accepted_was_read_rejected_was_read_without_codes_and_ignored_was_not(tmp_path):
    def line(answer, who, **more):
        spans = [{"start": 4, "end": 7, "label": "water", "token_start": 1, "token_end": 1}]
        return {
            "text": "The tap drips.",
            "spans": spans,
            "answer": answer,
            "_annotator_id": who,
            "meta": {"document": "m.txt"},
            **more,
        }

    lines = [
        line("accept", "set-anna"), line("reject", "set-ben"), line("ignore", "set-cleo"),
        {"text": "The tap drips.", "spans": [{"start": 0, "end": 3, "label": "seeds", "source": "en_core_web_sm"}], "meta": {"document": "m.txt"}},
        {"text": "Seeds.", "accept": ["seeds"], "options": [{"id": "seeds", "text": "Seeds"}], "answer": "accept", "_session_id": "set-anna"},
        {"text": "Hose.", "label": "water", "answer": "accept", "_session_id": "set-anna"},
        {"html": "<b>x</b>", "answer": "accept"},
    ]  # fmt: skip
    path = put(tmp_path / "p.jsonl", lines)
    back = read_prodigy(path, coders={"set-anna": "anna"})
    assert {(row[4], row[3], row[5]) for row in codings(back)} == {
        ("tap", "water", "anna"),
        ("Seeds.", "seeds", "anna"),
        ("Hose.", "water", "anna"),
    }
    assert {(coder, document) for coder, document, *_ in readings(back)} == {
        ("anna", "m.txt"), ("set-ben", "m.txt"), ("anna", "p, line 5"), ("anna", "p, line 6"),
    }  # fmt: skip
    assert told(back) == {
        "codings that were rejected": 1, "tasks that were ignored": 1, "codings of unanswered tasks": 1,
        "tasks without a text": 1,
    }  # fmt: skip
    mine = read_prodigy(path, coder="dora")
    assert ("The", "seeds", "dora") in {(row[4], row[3], row[5]) for row in codings(mine)}


@FEW
@given(given_project=projects())
def test_prodigys_tokens_cover_the_text_and_meet_every_span(tmp_path, given_project):
    write_prodigy(given_project, tmp_path / "p.jsonl", tokens=True)
    for line in (tmp_path / "p.jsonl").read_text().splitlines():
        row = json.loads(line)
        again = "".join(token["text"] + " " * token["ws"] for token in row["tokens"])
        assert again == row["text"]
        assert [token["id"] for token in row["tokens"]] == list(range(len(row["tokens"])))
        for span in row["spans"]:
            assert row["tokens"][span["token_start"]]["start"] == span["start"]
            assert row["tokens"][span["token_end"]]["end"] == span["end"]
    assert codings(read_prodigy(tmp_path / "p.jsonl")) == codings(given_project)


# Argilla


def test_argillas_questions_responses_and_suggestions(tmp_path):
    record = {
        "id": "r1",
        "fields": {"text": "The tap drips."},
        "metadata": {"document": "m.txt", "group": "north"},
        "responses": {
            "codes": [
                {"value": [{"start": 4, "end": 7, "label": "water"}], "user_id": "u1"},
                {"value": None, "user_id": "u2"},
                {"value": [], "user_id": "u3"},
            ],
            "mood": [{"value": "calm", "user_id": "u1"}],
        },
        "suggestions": {
            "topics": {"value": ["seeds", "water"], "score": [0.25, 0.75], "agent": "bert"}
        },
    }
    path = put(tmp_path / "r.json", [record])
    back = read_argilla(path, coders={"u1": "anna", "u3": "cleo"})
    assert codings(back, probability=True) == {
        ("m.txt", 4, 7, "water", "tap", "anna", False, ""),
        ("m.txt", 0, 14, "seeds", "The tap drips.", "bert", True, 0.25),
        ("m.txt", 0, 14, "water", "The tap drips.", "bert", True, 0.75),
    }
    assert {coder for coder, *_ in readings(back)} == {"anna", "cleo"}
    assert told(back) == {"responses without an answer": 1, "answers to the question 'mood'": 1}
    assert {row[3] for row in codings(read_argilla(path, questions={"mood"}))} == {"calm"}


def test_what_argillas_page_shows_in_the_wrong_place_is_told(tmp_path):
    losses = told(write_argilla(allotment(), tmp_path / "r.json"))
    assert losses["codings behind an emoji, as Argilla's page shows them"] == 2
    write_argilla(allotment(), tmp_path / "w.json", counting="utf-16")
    assert codings(read_argilla(tmp_path / "w.json")) == codings(allotment())


def test_argilla_takes_one_machine_and_the_others_are_told(tmp_path):
    before = allotment()
    marks = before.marks.assign(
        user=[guid_of("user", name) for name in ("anna", "anna", "m1", "m2", "m2", "m2")]
    )
    users = pd.concat(
        [
            before.users,
            pd.DataFrame(
                [(guid_of("user", name), name, True) for name in ("m1", "m2")],
                columns=USERS.names,
            ),
        ]
    )
    losses = told(
        write_argilla(replace(before, marks=marks, users=users).conformed(), tmp_path / "r.json")
    )
    assert losses["codings of further machines"] == 1


# Taguette


def test_a_passage_that_stands_twice_or_nowhere_is_told_with_examples(tmp_path):
    documents = {"talks/one.txt": "The tap drips.\nThe tap\nis old. It drips.", "two.txt": "Seeds."}
    table = pd.DataFrame(
        [
            (1, "one", "water", "The tap is old."), (2, "one.txt", "water", "drips."), (3, "one", "water", "a pump"),
            (4, "one", "", "The tap"), (5, "three", "water", "x"), (6, "TWO", "seeds", "Seeds."), (6, "TWO", "water", "Seeds."),
        ],
        columns=["id", "document", "tag", "content"],
    )  # fmt: skip
    table.to_csv(tmp_path / "h.csv", index=False)
    back = read_taguette(tmp_path / "h.csv", documents, coder="anna")
    assert codings(back) == {
        ("talks/one.txt", 15, 30, "water", "The tap\nis old.", "anna", False),
        ("two.txt", 0, 6, "seeds", "Seeds.", "anna", False), ("two.txt", 0, 6, "water", "Seeds.", "anna", False),
    }  # fmt: skip
    assert told(back) == {
        "documents that are not there": 1, "highlights without a tag": 1,
        "highlights whose words occur more than once": 1, "highlights whose words occur nowhere": 1,
    }  # fmt: skip
    examples = dict(zip(back.losses["item"], back.losses["examples"], strict=True))
    assert examples["highlights whose words occur nowhere"] == "one: a pump"
    with pytest.raises(ExchangeError, match="has no places"):
        read_taguette(tmp_path / "h.csv")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_of_highlights_that_was_written_here_is_read_again(tmp_path, suffix):
    before = project(
        ["The tap drips. =SUM(A1) too.", "Seeds."],
        [
            (0, 4, 13, "water", "anna", NAN),
            (0, 15, 23, "seeds", "anna", NAN),
            (1, 0, 6, "seeds", "anna", NAN),
        ],
    )
    losses = told(write_taguette(before, tmp_path / f"h.{suffix}"))
    assert losses["places of codings"] == 3
    assert codings(
        read_taguette(tmp_path / f"h.{suffix}", texts_of(before), coder="anna")
    ) == codings(before)


def test_a_machines_codings_never_look_like_peoples_in_taguette(tmp_path):
    losses = told(write_taguette(allotment(), tmp_path / "p.sqlite3"))
    assert losses["codings of a machine"] == 2
    assert len(read_taguette(tmp_path / "p.sqlite3").marks) == 4
    write_taguette(allotment(), tmp_path / "m.sqlite3", coder="fourp")
    assert len(read_taguette(tmp_path / "m.sqlite3").marks) == 2
    with pytest.raises(ExchangeError, match="no files of the kind"):
        write_taguette(allotment(), tmp_path / "p.docx")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_codebook_goes_to_taguette_and_back(tmp_path, suffix):
    before = allotment()
    nodes = before.nodes.assign(description=["=1+1", "two\nlines, “quoted”", ""])
    losses = told(write_taguette_codebook(replace(before, nodes=nodes), tmp_path / f"c.{suffix}"))
    back = read_taguette_codebook(tmp_path / f"c.{suffix}")
    columns = ["guid", "code", "description"]
    assert back.nodes[columns].to_numpy().tolist() == nodes[columns].to_numpy().tolist()
    assert losses.get("cells that look like a formula", 0) == (suffix == "csv")


def test_tags_with_parents_stand_below_them_and_a_circle_is_cut(tmp_path):
    rows = (
        "tag,parent,description\nleek,vegetable,\nvegetable,plant,\nplant,,\na,b,\nb,a,\nx,gone,\n"
    )
    (tmp_path / "c.csv").write_text(rows)
    nodes = read_taguette_codebook(tmp_path / "c.csv").nodes
    assert nodes["name"].tolist()[:3] == ["plant", "vegetable", "leek"]
    place = {guid: at for at, guid in enumerate(nodes["guid"])}
    assert all(parent == "" or place[parent] < at for at, parent in enumerate(nodes["parent"]))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [("name,x\na,b\n", "lacks the column"), ("tag\na\na\n", "has the tag twice"), ("tag,description\n,x\n", "names no tag"), ("", "is empty")],
)  # fmt: skip
def test_a_codebook_that_is_none_is_refused_with_its_row(tmp_path, rows, problem):
    (tmp_path / "c.csv").write_text(rows)
    with pytest.raises(ExchangeError, match=problem):
        read_taguette_codebook(tmp_path / "c.csv")


def tampered(tmp_path, *statements):
    path = tmp_path / "t.sqlite3"
    shutil.copy(DATA / "taguette.sqlite3", path)
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (["DROP TABLE highlight_tags"], "no table 'highlight_tags'"),
        (["ALTER TABLE tags RENAME COLUMN path TO name"], "no column 'path'"),
        (["UPDATE highlights SET start_offset = 'abc'"], "where a number belongs"),
        (["UPDATE documents SET contents = x'ff00'"], "where a text belongs"),
        (["INSERT INTO projects VALUES (9, 'Other', '', '2024-01-01')"], "2 projects"),
        (
            ["ALTER TABLE tags RENAME TO real", "CREATE VIEW tags AS SELECT * FROM real"],
            "no plain table",
        ),
    ],
)
def test_a_database_that_is_not_taguettes_is_refused(tmp_path, statements, problem):
    with pytest.raises(ExchangeError, match=problem):
        read_taguette(tampered(tmp_path, *statements))


def test_a_damaged_database_is_refused_and_none_is_written_to(tmp_path):
    whole = (DATA / "taguette.sqlite3").read_bytes()
    cut = tmp_path / "cut.sqlite3"
    cut.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(ExchangeError, match="damaged"):
        read_taguette(cut)
    path = tampered(tmp_path, "CREATE TRIGGER t AFTER INSERT ON tags BEGIN DELETE FROM tags; END")
    before = path.read_bytes()
    read_taguette(path)
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cut.sqlite3", "t.sqlite3"]


def test_highlights_beyond_the_document_are_told(tmp_path):
    back = read_taguette(tampered(tmp_path, "UPDATE highlights SET end_offset = 100000"))
    assert told(back)["codings outside the text"] > 0
    assert not len(back.marks)


def test_one_of_several_projects_can_be_named(tmp_path):
    path = tampered(tmp_path, "INSERT INTO projects VALUES (9, 'Other', '', '2024-01-01')")
    assert len(read_taguette(path, project="Allotment").marks) == 13
    assert not len(read_taguette(path, project="Other").sources)


# Files that nobody vouches for


READERS = {
    "Label Studio": read_label_studio,
    "doccano": read_doccano,
    "Prodigy": read_prodigy,
    "Argilla": read_argilla,
}
FINE = json.dumps({"text": "x", "fields": {"text": "x"}, "data": {"text": "x"}})


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"[" + FINE.encode(), "cut off"),
        (FINE.encode() + b'\n{"text": "a', "line 2: It is not JSON"),
        (FINE.encode() + b'\n{"text": "a", "score": NaN}', "line 2: A number is NaN"),
        (FINE.encode() + b'\n{"text": "a", "score": -Infinity}', "line 2: A number is -Infinity"),
        (FINE.encode() + b'\n{"text": "a", "score": 1e999}', "larger than any"),
        (
            FINE.encode() + b'\n\n{"text": "a", "text": "b"}',
            "line 3: A record names the field 'text' twice",
        ),
        (b"[1, 2]", "must begin with a brace"),
        (b"[" + FINE.encode() + b"] {}", "follows the end"),
        ('{"text": "é"}'.encode("latin-1"), "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_its_line(
    tmp_path, reader, content, problem
):
    path = tmp_path / "f.jsonl"
    path.write_bytes(content)
    with pytest.raises(ExchangeError, match=problem):
        READERS[reader](path)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "content", [b'{"a":' + b"[" * 100_000, b'{"a":' * 100_000, b'{"a": ' + b"9" * 5000 + b"}"]
)
def test_records_that_are_nested_too_deeply_or_hold_endless_numbers_are_refused(
    tmp_path, reader, content
):
    path = tmp_path / "f.jsonl"
    path.write_bytes(content)
    with pytest.raises(ExchangeError):
        READERS[reader](path)


@pytest.mark.parametrize(
    ("reader", "row", "problem"),
    [
        ("doccano", {"text": 5, "label": []}, "needs a field 'text'"),
        ("doccano", {"text": "a", "label": 5}, "label must be a list, but is the number 5"),
        ("doccano", {"text": "a", "label": [[0, "x", "w"]]}, "The end of a label must be a whole number, but is a text"),
        ("doccano", {"text": "a", "label": [[0]]}, "a start, an end and a name"),
        ("doccano", {"text": "a", "label": [[0, True, "w"]]}, "whole number, but is true or false"),
        ("Prodigy", {"text": "a", "spans": {}}, "spans must be a list, but is an object"),
        ("Prodigy", {"text": "a", "spans": [3], "answer": "accept"}, "A span must be an object"),
        ("Prodigy", {"text": "a", "answer": "maybe"}, "must be accept, reject or ignore"),
        ("Label Studio", {"data": [], "annotations": []}, "data must be an object"),
        ("Label Studio", {"data": {"text": "a"}, "annotations": [{"result": "x"}]}, "result must be a list, but is a text"),
        ("Label Studio", {"data": {"text": "a", "read_in_part": "[1]"}}, "does not list places"),
        ("Argilla", {"text": "a"}, "needs an object 'fields'"),
        ("Argilla", {"fields": {"text": "a"}, "suggestions": {"q": {"value": ["a"], "score": [0.1, 0.2]}}}, "1 codings, but 2 scores"),
        ("Argilla", {"fields": {"text": "a"}, "suggestions": {"q": {"value": ["a"], "score": 7}}}, "between 0 and 1"),
    ],
)  # fmt: skip
def test_a_wrong_type_is_named_with_its_line(tmp_path, reader, row, problem):
    path = put(tmp_path / "f.jsonl", [json.loads(FINE), row])
    with pytest.raises(ExchangeError, match=f"line 2: .*{problem}"):
        READERS[reader](path)


def test_files_and_records_beyond_the_limits_are_refused(tmp_path, monkeypatch):
    path = put(tmp_path / "f.jsonl", [{"text": "x" * 5000}])
    monkeypatch.setattr(_json, "_CHUNK", 64)
    monkeypatch.setattr(_json, "MAX_RECORD", 1000)
    with pytest.raises(UnsafeExchangeError, match="A record is longer"):
        read_doccano(path)
    monkeypatch.setattr(_json, "MAX_BYTES", 100)
    with pytest.raises(UnsafeExchangeError, match="The file has"):
        read_doccano(path)


@pytest.mark.parametrize(
    "form", ["lines", "list", "indented list", "one after another", "with a mark"]
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_records_are_the_same_however_they_are_laid_out_and_cut(tmp_path, monkeypatch, form, chunk):
    monkeypatch.setattr(_json, "_CHUNK", chunk)
    rows = [{"text": "a\n“é” 👍", "n": n, "deep": [{"x": [1.5, None, True]}]} for n in range(5)]
    text = {
        "lines": "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n\n",
        "list": json.dumps(rows),
        "indented list": json.dumps(rows, indent=2, ensure_ascii=False),
        "one after another": "".join(json.dumps(row, indent=1) for row in rows),
        "with a mark": "\ufeff" + json.dumps(rows, ensure_ascii=False),
    }[form]
    path = tmp_path / "f.json"
    path.write_text(text, encoding="utf-8")
    found = list(_json.read_records(path))
    assert [record.fields for record in found] == rows
    if form == "lines":
        assert [record.where.line for record in found] == [1, 2, 3, 4, 5]


def test_a_long_file_is_never_held_as_a_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(_json, "_CHUNK", 256)
    path = tmp_path / "f.jsonl"
    path.write_text('{"text": "fine"}\n' * 10_000 + "broken", encoding="utf-8")
    records = _json.read_records(path)
    # The first records come before the end has been looked at.
    assert len(list(itertools.islice(records, 100))) == 100
    with pytest.raises(ExchangeError, match="line 10001"):
        list(records)


def test_a_lone_half_of_a_character_does_not_stop_a_project(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text('{"text": "a\\ud83d b", "label": [[3, 4, "water"]]}\n')
    back = read_doccano(path, coder="anna")
    assert texts_of(back) == {"f, line 1": "a\ufffd b"}
    assert {row[4] for row in codings(back)} == {"b"}
    write_doccano(back, tmp_path / "g.jsonl")


def test_documents_are_named_by_their_texts_where_the_file_names_none(tmp_path):
    path = put(tmp_path / "f.jsonl", [{"text": "The  tap\r\ndrips.", "label": [[5, 8, "water"]]}])
    back = read_doccano(path, documents={"talks/one.txt": "The tap\ndrips.", "two.txt": "Seeds."})
    assert texts_of(back) == {"talks/one.txt": "The  tap\ndrips."}
    assert {row[4] for row in codings(back)} == {"tap"}


def test_two_texts_of_one_name_stay_two(tmp_path):
    rows = [
        {"text": "One.", "document": "m.txt", "label": []},
        {"text": "Two.", "document": "m.txt", "label": []},
    ]
    back = read_doccano(put(tmp_path / "f.jsonl", rows))
    assert texts_of(back) == {"m.txt": "One.", "m.txt, line 2": "Two."}
    assert told(back) == {"names of documents": 1}


def test_an_empty_project_goes_out_and_comes_back(tmp_path):
    for write, read, name in PROGRAMS.values():
        write(Exchange(), tmp_path / name)
        if name.endswith(".json"):
            assert not len(read(tmp_path / name).sources)
    write_taguette(Exchange(), tmp_path / "p.sqlite3")
    assert not len(read_taguette(tmp_path / "p.sqlite3").sources)
    assert conform(read_taguette(tmp_path / "p.sqlite3").marks, MARKS).empty
    assert PEOPLE
