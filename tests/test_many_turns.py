"""A project goes out, another program takes it over and exports it, and it comes back: again and again."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

from fourp_nlp.coding.store import Store
from fourp_nlp.exchange import NOTES, read_qdpx, write_qdpx
from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
from fourp_nlp.study.importing.target import new_target, read_target
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import no_progress
from tests.cases import shared_case
from tests.conftest import write_gold_file
from tests.exchanges import full_exchanges, rich_exchange, write_extras
from tests.other_programs import (
    Q,
    as_atlasti,
    as_qualcoder,
    edited,
    otherwise_sorted,
    read_zip,
    with_new_guids,
    without_descriptions,
    without_notes,
)
from tests.test_export import sent, with_suggestions
from tests.test_import import codings, everything, table, taken


def out(project, path):
    """Write a project as .qdpx, with all that can go out."""
    write_qdpx(sent(project, include_repeat=True), path)
    return path


def turn(project, folder, other, number=0):
    """One turn through another program; return the plan and what was exported before."""
    there = out(project, folder / f"{number}_out.qdpx")
    back = other(there, folder / f"{number}_back.qdpx")
    _, plan = taken(read_qdpx(back), open_project(project.root))
    return plan, there.read_bytes()


def numbered(program, **options):
    """A program whose exports differ by number."""
    count = iter(range(100))
    return lambda path, back: program(path, back, seed=next(count), **options)


@pytest.fixture
def rich(tmp_path):
    """A project made of what travels at its richest: another machine, notes of every kind, cases, sets."""
    exchange = rich_exchange()
    more = table(
        NOTES,
        ("n6", "", -1, -1, "", "Same", "twice the same", ""),
        ("n7", "", -1, -1, "", "Same", "twice the same", ""),
        ("n8", exchange.sources["guid"][0], 3, 9, "", "On a passage", "text", ""),
    )
    notes = pd.concat([exchange.notes, more], ignore_index=True)
    project, _ = taken(replace(exchange, notes=notes), new_target(tmp_path / "rich"))
    taken(read_qdpx(out(project, tmp_path / "rich.qdpx")), project)
    return project


@pytest.fixture
def own(project):
    """A project of ours: two people, a machine, decisions, repeats, groups, a notice."""
    write_gold_file(project, "ben", but=("meeting0.txt",))
    (project.root / "fourp.toml").write_text(
        'title = "Allotment"\nnotice = "Do not pass on."\n[coders]\ngold = "anna"\n',
        encoding="utf-8",
    )
    project = open_project(project.root)
    project.repeat.mkdir(parents=True)
    gold = (project.gold / "ben.csv").read_bytes()
    (project.repeat / "ben.csv").write_bytes(gold)
    with_suggestions(project)
    target = read_target(project, no_progress)
    some = target.codings.drop_duplicates(["document"]).head(2)
    Store(project.store).write_decisions(
        some[["document", "start", "end", "code"]].assign(
            settled=[True, False], decided_by=["anna", "ben"]
        )
    )
    taken(read_qdpx(out(project, project.root.parent / "own.qdpx")), project)
    return project


PROGRAMS = {
    "new identities": lambda: numbered(with_new_guids),
    "ATLAS.ti": lambda: as_atlasti,
    "its own order, new identities": lambda: (
        lambda path, back: with_new_guids(otherwise_sorted(path, back), back)
    ),
    "no notes": lambda: without_notes,
    "no descriptions, new identities": lambda: (
        lambda path, back: with_new_guids(without_descriptions(path, back), back)
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("which", ["rich", "own"])
def test_nothing_changes_here_however_often_it_goes_round(which, program, request, tmp_path):
    project = request.getfixturevalue(which)
    files, exported = everything(project.root), out(project, tmp_path / "first.qdpx").read_bytes()
    other = PROGRAMS[program]()
    # Where a program changes nothing by chance, one turn is as good as many.
    for number in range(3 if program == "new identities" else 1):
        plan, _ = turn(project, tmp_path, other, number)
        assert not plan.changes, list(plan.contents)
        assert everything(project.root) == files
    assert out(project, tmp_path / "last.qdpx").read_bytes() == exported


@pytest.mark.parametrize(("which", "folds"), [("rich", True), ("rich", False), ("own", True)])
def test_qualcoder_adds_what_is_its_own_once(which, folds, request, tmp_path):
    project = request.getfixturevalue(which)
    before, there = codings(project), read_target(project, no_progress)
    other = numbered(as_qualcoder, folds=folds)
    turn(project, tmp_path, other)
    files, exported = everything(project.root), out(project, tmp_path / "first.qdpx").read_bytes()
    for number in range(1, 3):
        plan, _ = turn(project, tmp_path, other, number)
        assert not plan.changes, list(plan.contents)
        assert everything(project.root) == files
    assert out(project, tmp_path / "last.qdpx").read_bytes() == exported
    pd.testing.assert_frame_equal(codings(project), before)
    here = read_target(project, no_progress)
    assert here.codebook == there.codebook
    for name in ("notes", "values", "members", "machine_codings"):
        assert len(getattr(here.extras, name)) >= len(getattr(there.extras, name))


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(full_exchanges())
def test_any_project_goes_round_with_nothing_doubled(tmp_path_factory, came):
    folder = tmp_path_factory.mktemp("any")
    project, _ = taken(came, new_target(folder / "one"))
    if read_target(project, no_progress).documents.empty:
        return
    taken(read_qdpx(out(project, folder / "settled.qdpx")), project)
    files, exported = everything(project.root), out(project, folder / "first.qdpx").read_bytes()
    other = numbered(with_new_guids)
    for number in range(2):
        turn(project, folder, other, number)
    assert everything(project.root) == files
    assert out(project, folder / "last.qdpx").read_bytes() == exported


# ---- what people write there --------------------------------------------------------------------------


def with_description(path, back, edit):
    """QualCoder, in which somebody edits the memo of a coding."""
    as_qualcoder(path, back)

    def change(root):
        for said in root.iterfind(f".//{Q}PlainTextSelection/{Q}Description"):
            said.text = edit(said.text)

    return edited(back, back, change)


@pytest.mark.parametrize("own_words", ["{}\n\nHere I doubt it.", "Here I doubt it.\n{}"])
def test_own_words_beside_the_machines_in_a_memo_become_a_note_of_the_passage(
    own, tmp_path, own_words
):
    first = iter([True])

    def edit(text):
        machine = text.startswith("machine: probability")
        return own_words.format(text) if machine and next(first, False) else text

    there = out(own, tmp_path / "out.qdpx")
    came = read_qdpx(with_description(there, tmp_path / "back.qdpx", edit))
    before = read_qdpx(there)
    assert sorted(came.marks["probability"].dropna()) == sorted(
        before.marks["probability"].dropna()
    )
    (note,) = came.notes[came.notes["text"] == "Here I doubt it."].to_dict("records")
    assert note["start"] >= 0
    assert note["user"] == ""  # the passage is the machine's, and the words are not
    taken(came, own)
    files = everything(own.root)
    assert b"Here I doubt it." in files["exchange/notes.csv"]
    plan, _ = turn(own, tmp_path, numbered(as_qualcoder))
    assert not plan.changes, list(plan.contents)


def test_own_words_in_the_note_of_a_machine_are_kept_where_notes_come_back(own, tmp_path):
    def edit(root):
        content = root.find(f".//{Q}Note[@name='machine: probability 0.90']/{Q}PlainTextContent")
        content.text += "\nHere I doubt it."

    there = out(own, tmp_path / "out.qdpx")
    came = read_qdpx(edited(there, tmp_path / "back.qdpx", edit))
    assert came.marks["why"].str.contains("doubt").sum() == 0
    assert (came.notes["text"] == "Here I doubt it.").sum() == 1
    _, plan = taken(came, own)
    assert plan.changes
    assert (read_target(own, no_progress).extras.notes["text"] == "Here I doubt it.").sum() == 1


@pytest.mark.parametrize("name", ["Codebook", "Notice", "Decision: ", "fourp_nlp: what anna read"])
def test_what_is_written_below_a_note_of_ours_becomes_a_note_of_its_own(own, tmp_path, name):
    def edit(root):
        note = next(each for each in root.iter(f"{Q}Note") if each.get("name", "").startswith(name))
        if note.get("plainTextPath"):
            note.set("plainTextPath", "")
            inside = etree.SubElement(note, f"{Q}PlainTextContent")
            guid = note.get("guid")
            inside.text = files[f"sources/{guid}.txt"].decode()
        note.find(f"{Q}PlainTextContent").text += "\n\nMy own words."

    there = out(own, tmp_path / "out.qdpx")
    _, files = read_zip(there)
    back = edited(there, tmp_path / "back.qdpx", edit)
    for number in range(2):
        with_new_guids(back, tmp_path / "new.qdpx", seed=number)
        taken(read_qdpx(tmp_path / "new.qdpx"), own)
        notes = read_target(own, no_progress).extras.notes
        (note,) = notes[notes["text"] == "My own words."].to_dict("records")
        assert note["name"].startswith(name)
        assert note["name"].endswith(" (added)")
    files = everything(own.root)
    plan, _ = turn(own, tmp_path, numbered(with_new_guids))
    assert not plan.changes
    assert everything(own.root) == files


# ---- notes at a place ---------------------------------------------------------------------------------


def noted(project, tmp_path, *places):
    """Take over notes at places of the first document, as QualCoder tells annotations."""
    there = out(project, tmp_path / "out.qdpx")
    back = as_qualcoder(there, tmp_path / "back.qdpx")

    def edit(root):
        notes = root.find(f"{Q}Notes")
        source = root.find(f".//{Q}TextSource")
        for number, (start, end, text) in enumerate(places):
            guid = f"0000000{number}-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
            note = etree.SubElement(
                notes, f"{Q}Note", guid=guid, creationDateTime="2026-05-05T05:05:05Z"
            )
            etree.SubElement(note, f"{Q}PlainTextContent").text = text
            place = guid[:-1] + "b"
            where = {"startPosition": str(start), "endPosition": str(end)}
            etree.SubElement(note, f"{Q}PlainTextSelection", guid=place, **where)
            if number == 0:
                ref = etree.Element(f"{Q}NoteRef", targetGUID=guid)
                values = source.find(f"{Q}VariableValue")
                source.insert(source.index(values) if values is not None else len(source), ref)

    return read_qdpx(edited(back, back, edit))


def test_annotations_keep_their_places_and_go_out_at_them(own, tmp_path):
    came = noted(own, tmp_path, (3, 12, "Why this?"))
    (note,) = came.notes[came.notes["text"] == "Why this?"].to_dict("records")
    assert (note["about"], note["start"], note["end"]) == (came.sources["guid"][0], 3, 12)
    taken(came, own)
    exchange = sent(own)
    (gone,) = exchange.notes[exchange.notes["text"] == "Why this?"].to_dict("records")
    assert (gone["about"], gone["start"], gone["end"]) == (exchange.sources["guid"][0], 3, 12)
    plan, _ = turn(own, tmp_path, numbered(as_qualcoder))
    assert not plan.changes, list(plan.contents)


def test_an_annotation_of_which_the_file_does_not_say_the_document_is_found_again(own, tmp_path):
    came = noted(own, tmp_path, (3, 12, "Why this?"), (0, 2, "And this?"))
    taken(came, own)
    there = read_target(own, no_progress).extras.notes
    assert set(there["text"]) >= {"Why this?", "And this?"}
    plan, _ = turn(own, tmp_path, numbered(as_qualcoder))
    assert not plan.changes, list(plan.contents)


def test_a_note_moves_with_its_words_when_the_text_is_edited_here(own, tmp_path):
    document = sent(own).sources["document"][0]
    path = own.corpus / document
    text = path.read_text(encoding="utf-8")
    taken(noted(own, tmp_path, (3, 12, "Why this?")), own)
    path.write_text("A heading.\n\n" + text, encoding="utf-8")
    for coded in [*own.gold_files, *own.repeat_files]:
        coded.unlink()
    exchange = sent(own)
    (note,) = exchange.notes[exchange.notes["text"] == "Why this?"].to_dict("records")
    now = exchange.sources["text"][0]
    assert now[note["start"] : note["end"]] == text[3:12]


# ---- files that went round ----------------------------------------------------------------------------


def flat(tmp_path):
    """A small project, as one that went to QualCoder and back."""
    shutil.copytree(
        shared_case("exchange", "flat_project"), tmp_path / "flat", copy_function=shutil.copy
    )
    for path in [tmp_path / "flat", *(tmp_path / "flat").rglob("*")]:
        path.chmod(0o755)
    return open_project(tmp_path / "flat")


def test_what_came_back_from_qualcoder_goes_out_with_every_note_once(tmp_path):
    project = flat(tmp_path)
    first = out(project, tmp_path / "first.qdpx")
    back = shared_case("exchange", "flat_2_back_from_qualcoder382.qdpx")
    taken(read_qdpx(back), project)
    assert not read_target(project, no_progress).extras.notes["name"].isin(["Codebook"]).any()
    ours, now = read_qdpx(first), read_qdpx(out(project, tmp_path / "second.qdpx"))
    for name in ("sources", "nodes", "marks", "notes"):
        assert getattr(now, name)["guid"].tolist() == getattr(ours, name)["guid"].tolist()
    files = everything(project.root)
    taken(read_qdpx(back), project)
    assert everything(project.root) == files
    turn(project, tmp_path, numbered(as_qualcoder))
    files = everything(project.root)
    # Its import ends half-way at the second note of a name.
    plan, _ = turn(project, tmp_path, numbered(as_qualcoder))
    assert not plan.changes
    assert everything(project.root) == files


def test_a_project_that_got_its_note_twice_has_it_once_again(tmp_path):
    project = flat(tmp_path)
    spoilt = read_qdpx(shared_case("exchange", "flat_3_second_turn.qdpx"))
    twin = spoilt.notes[spoilt.notes["name"] == "Codebook"]
    assert len(twin) == 2
    write_extras(project, ExchangeExtras(notes=twin[twin["user"] != ""]))
    taken(spoilt, project)
    assert read_target(project, no_progress).extras.notes.empty
    assert (sent(project).notes["name"] == "Codebook").sum() == 1
