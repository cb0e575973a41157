"""The summary of an import adds up, whatever was edited elsewhere: every item in exactly one column."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.gold.writer import write_gold
from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.coding.store import Store
from fourp_nlp.exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    guid_of,
    read_qdpx,
    write_qdpx,
)
from fourp_nlp.study.importing.import_project import apply_import, plan_import
from fourp_nlp.study.importing.plan import ImportOptions
from fourp_nlp.study.importing.target import new_target, read_target
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import no_progress, read_corpus
from fourp_nlp.study.reading.reading_state import record_path
from tests.exchanges import mark, table
from tests.filled import suggestions_of
from tests.test_export import sent
from tests.test_import import KEY, everything
from tests.test_import_qdpx import fourp

FIRST = (
    "The tap drips all night. The shed is cold.\n"
    "We share the seeds. The well is dry, and the river is low.\n"
    "Nobody came to the meeting in May.\n"
    "The last word is peace."
)
SECOND = "Rain fell on the beds. The hose is torn.\nWe bought new seeds in spring."
THIRD = "A short note about the river."
TEXTS = {"one.txt": FIRST, "two.txt": SECOND, "three.txt": THIRD}
MACHINE, OTHER = "machine@0a1b2c3d", "robot@0123abcd"
FILE = ("same", "new", "moved", "not_taken")
HERE = ("same", "moved", "gone", "untouched", "unclear", "lost")
MACHINES_FILE = ("kept", "moved", "added", "not_taken")
MACHINES_HERE = ("kept", "moved", "removed", "untouched", "unclear", "lost")


def study():
    """Three documents, nested codes, two people and a machine of somebody else, notes, values, cases, sets."""
    source = {name: guid_of("source", name) for name in TEXTS}
    node = {name: guid_of("node", name) for name in ("water", "tap", "seeds", "people")}
    rows = [
        ("one.txt", "The tap drips all night.", "tap", "Anna"),
        ("one.txt", "The well is dry", "water", "Anna"),
        ("one.txt", "the river is low.", "water", "Anna"),
        ("one.txt", "The tap drips", "tap", "Ben"),
        ("one.txt", "We share the seeds.", "seeds", "Ben"),
        ("one.txt", "Nobody came to the meeting in May.", "people", "Ben"),
        ("two.txt", "The hose is torn.", "water", "Anna"),
        ("two.txt", "We bought new seeds in spring.", "seeds", "Anna"),
        ("two.txt", "Rain fell on the beds.", "water", "Ben"),
        ("three.txt", "A short note about the river.", "water", "Anna"),
    ]
    marks = [mark(doc, TEXTS[doc], quote, code, coder) for doc, quote, code, coder in rows]
    marks.append(mark("two.txt", SECOND, "new seeds", "seeds", OTHER, probability=0.9, why="seeds"))
    users = [(guid_of("user", name), name, name == OTHER) for name in ("Anna", "Ben", OTHER)]
    anna = users[0][0]
    return Exchange(
        name="Allotment",
        sources=table(SOURCES, [(source[n], n, text, True, "text", "") for n, text in TEXTS.items()]),
        nodes=table(
            NODES,
            [
                (node["water"], "", "water", "Water", "Id: water", "", True),
                (node["tap"], node["water"], "tap", "Tap", "Id: tap", "", True),
                (node["seeds"], "", "seeds", "Seeds", "Id: seeds", "", True),
                (node["people"], "", "people", "People", "Id: people", "", True),
            ],
        ),
        users=table(USERS, users),
        marks=table(MARKS, marks),
        notes=table(
            NOTES,
            [
                (guid_of("note", 1), source["one.txt"], -1, -1, anna, "On one", "a text", ""),
                (guid_of("note", 2), node["tap"], -1, -1, anna, "On taps", "another", ""),
                (guid_of("note", 3), marks[0][0], -1, -1, anna, "On a coding", "why", ""),
            ],
        ),
        values=table(
            VALUES,
            [
                (source["one.txt"], "group", "Text", "north"),
                (source["two.txt"], "group", "Text", "south"),
                (source["one.txt"], "age", "Integer", "41"),
            ],
        ),
        members=table(
            MEMBERS,
            [
                (guid_of("case", "Plot 1"), "case", "Plot 1", source["one.txt"], ""),
                (guid_of("set", "mine"), "set", "Mine", source["two.txt"], "a set"),
            ],
        ),
    )  # fmt: skip


def suggest(project):
    """Keep suggestions: water for every sentence that names it, half of them accepted."""
    corpus = read_corpus(project)
    codes = read_codebook(project.codebook).code_ids
    rows = corpus.segments.loc[corpus.segments.index.repeat(len(codes))].reset_index(drop=True)
    rows["code"] = codes * len(corpus.segments)
    hit = rows["text"].str.contains("river|well|tap|Rain|hose") & (rows["code"] == "water")
    suggestions = suggestions_of(
        rows,
        hit,
        accepted=hit & (hit.cumsum() % 2 == 0),
        accepted_from=0.8,
        model=MACHINE,
        why=np.where(hit, "the word “water”", ""),
    )
    facts = {"unit": project.settings.unit}
    Store(project.store).write_suggestions(suggestions, corpus.documents, facts)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A project, and what a reader makes of its export."""
    folder = tmp_path_factory.mktemp("adds_up")
    root = folder / "allotment"
    apply_import(plan_import(study(), new_target(root)))
    (root / "fourp.toml").write_text('[coders]\ngold = "Anna"\n', encoding="utf-8")
    project = open_project(root)
    suggest(project)
    assert write_qdpx(sent(project), folder / "out.qdpx").empty
    return project, read_qdpx(folder / "out.qdpx")


@pytest.fixture
def mine(exported, tmp_path):
    """A copy of the project to change, and the export."""
    project, out = exported
    shutil.copytree(project.root, tmp_path / "allotment")
    return open_project(tmp_path / "allotment"), out


def planned(exchange, project, **options):
    return plan_import(exchange, read_target(project, no_progress), ImportOptions(**options))


def row_of(table, coder):
    """What a table says of a coder, without what is zero."""
    row = table.set_index("coder").loc[coder]
    return {name: int(count) for name, count in row.items() if count}


def adds_up(plan, exchange, project):
    """Count the file and the project anew, and hold the summary to it."""
    target = read_target(project, no_progress)
    for frame, file, here in (
        (plan.coders, FILE, HERE), (plan.machines, MACHINES_FILE, MACHINES_HERE),
    ):  # fmt: skip
        assert (frame["codings"] == frame[list(file)].sum(axis=1)).all(), frame.to_string()
        assert (frame["here"] == frame[list(here)].sum(axis=1)).all(), frame.to_string()
        assert frame["coder"].is_unique
    assert plan.coders["codings"].sum() + plan.machines["codings"].sum() == len(exchange.marks)
    ours = target.codings["coder"].value_counts()
    for coder, here in zip(plan.coders["coder"], plan.coders["here"], strict=True):
        assert here == ours.get(coder, 0)
    others = target.extras.machine_codings["coder"].value_counts()
    for coder, here in zip(plan.machines["coder"], plan.machines["here"], strict=True):
        assert here == (
            len(target.suggestions) if coder == target.machine else others.get(coder, 0)
        )
    # What is not taken is told, and nothing else.
    told = plan.losses.set_index("item")["count"]
    machine = plan.machines[plan.machines["coder"] == target.machine]
    names = ["codings", "codings under the machine's name"]
    assert sum(int(told.loc[[name]].sum()) for name in names if name in told.index) == sum(
        int(frame[column].sum())
        for frame, column in (
            (plan.coders, "not_taken"), (plan.machines, "not_taken"), (machine, "moved"), (machine, "added"),
        )
    )  # fmt: skip
    lost = plan.coders["lost"].sum() + plan.machines["lost"].sum()
    assert (told.loc[["codings here"]].sum() if "codings here" in told.index else 0) == lost
    assert len(plan.documents) == len(exchange.sources)
    assert set(plan.documents["status"]) <= {
        "new", "known", "edited", "replaced", "without text", "doubled",
    }  # fmt: skip
    assert len(plan.codes) == len(exchange.nodes)
    counts = {"notes": len(exchange.notes), "values": len(exchange.values)}
    facts = plan.facts.set_index("item")
    for item, count in counts.items():
        assert (facts.loc[item, "in_file"] if item in facts.index else 0) == count
    assert (facts["in_file"] == facts[["same", "new", "changed", "not_taken"]].sum(axis=1)).all()
    assert plan.all_taken == plan.losses.empty


# ---- each edit by itself ------------------------------------------------------------------------------------


def taken(exchange, project, **options):
    """Take an exchange over, hold the summary to what is there, and return project and plan."""
    plan = planned(exchange, project, **options)
    adds_up(plan, exchange, project)
    return (apply_import(plan) if plan.changes else project), plan


def without(exchange, name, mask):
    """The same without the rows that are marked."""
    frame = getattr(exchange, name)
    return replace(exchange, **{name: frame[~mask].reset_index(drop=True)})


def which(exchange, coder, quote):
    """The one coding of a coder that quotes this."""
    users = dict(zip(exchange.users["coder"], exchange.users["guid"], strict=True))
    marks = exchange.marks
    (at,) = marks.index[(marks["user"] == users[coder]) & (marks["quote"] == quote)]
    return at


def put(exchange, at, **cells):
    """The same with other cells in a row of the codings; their quote follows their place."""
    marks = exchange.marks.copy()
    for name, cell in cells.items():
        marks.loc[at, name] = cell
    text = exchange.sources.set_index("guid")["text"].get(marks.loc[at, "source"], "")
    if {"start", "end"} & set(cells):
        marks.loc[at, "quote"] = text[marks.loc[at, "start"] : marks.loc[at, "end"]]
    return replace(exchange, marks=marks)


def renamed_guids(exchange, seed="other"):
    """Every GUID another one, as a program gives them that makes its own."""
    made = {}

    def other(guid):
        return made.setdefault(guid, guid_of("other", seed, guid)) if guid else guid

    columns = {
        "sources": ["guid"], "nodes": ["guid", "parent"], "users": ["guid"], "values": ["about"],
        "marks": ["guid", "source", "node", "user"], "notes": ["guid", "about", "user"],
        "members": ["guid", "member"],
    }  # fmt: skip
    return replace(
        exchange,
        **{
            name: getattr(exchange, name).assign(
                **{each: getattr(exchange, name)[each].map(other).astype("str") for each in those}
            )
            for name, those in columns.items()
        },
    )


def in_text(exchange, name, old, new):
    """The same with other words in a text; codings behind them go along, and those around them grow."""
    sources, marks = exchange.sources.copy(), exchange.marks.copy()
    row = sources.index[sources["document"] == name][0]
    text = sources.loc[row, "text"]
    at, by = text.index(old), len(new) - len(old)
    sources.loc[row, "text"] = text.replace(old, new, 1)
    own = marks["source"] == sources.loc[row, "guid"]
    for column in ("start", "end"):
        marks.loc[own & (marks[column] >= at + len(old)), column] += by
    made = replace(exchange, sources=sources, marks=marks)
    for each in marks.index[own]:
        made = put(made, each, end=int(marks.loc[each, "end"]))
    return made


def told_of(plan, words):
    """The one note that says these words."""
    (note,) = [note for note in plan.notes if words in note]
    return note


def test_what_went_out_comes_back_all_the_same(mine):
    project, out = mine
    _, plan = taken(out, project)
    assert not plan.changes
    assert plan.all_taken
    assert row_of(plan.coders, "Anna") == {"documents": 3, "codings": 6, "same": 6, "here": 6}
    assert row_of(plan.coders, "Ben") == {"documents": 2, "codings": 4, "same": 4, "here": 4}
    assert row_of(plan.machines, MACHINE) == {"codings": 5, "kept": 5, "here": 5}
    assert row_of(plan.machines, OTHER) == {"codings": 1, "kept": 1, "here": 1}
    assert not [note for note in plan.notes if "not in the file" in note]


def test_codings_of_a_code_that_was_deleted_there_stay_and_are_told(mine):
    project, out = mine
    seeds = out.nodes.loc[out.nodes["code"] == "seeds", "guid"].iloc[0]
    deleted = without(
        without(out, "marks", out.marks["node"] == seeds), "nodes", out.nodes["guid"] == seeds
    )
    for options in ({}, {"replace": True}):
        _, plan = taken(deleted, project, **options)
        assert not plan.changes
        row = row_of(plan.coders, "Anna")
        assert row == {"documents": 3, "codings": 5, "same": 5, "here": 6, "untouched": 1}
        assert row_of(plan.machines, OTHER) == {"here": 1, "untouched": 1}
        note = told_of(plan, "not in the file")
        assert "1 code(s) (Seeds), with 2 coding(s)" in note
        assert "--replace --whole" in note
    _, plan = taken(deleted, project, whole=True)
    assert row_of(plan.coders, "Ben")["gone"] == 1
    less, plan = taken(deleted, project, whole=True, replace=True)
    assert row_of(plan.coders, "Ben") == {
        "documents": 2, "codings": 3, "same": 3, "here": 4, "gone": 1,
    }  # fmt: skip
    assert "seeds" not in read_target(less, no_progress).codings["code"].tolist()
    assert "seeds" in read_codebook(less.codebook).code_ids
    assert not planned(deleted, less, whole=True, replace=True).changes


def test_documents_and_coders_that_were_deleted_there_stay_and_are_told(mine):
    project, out = mine
    third = out.sources.loc[out.sources["document"] == "three.txt", "guid"].iloc[0]
    ben = guid_of("user", "Ben")
    made = without(out, "marks", (out.marks["source"] == third) | (out.marks["user"] == ben))
    made = without(made, "sources", made.sources["guid"] == third)
    made = without(made, "users", made.users["guid"] == ben)
    _, plan = taken(made, project, replace=True)
    assert row_of(plan.coders, "Anna")["untouched"] == 1
    assert "Ben" not in plan.coders["coder"].tolist()
    note = told_of(plan, "not in the file")
    assert "1 document(s) (three.txt), 1 coder(s) (Ben), with 5 coding(s)" in note


@pytest.mark.parametrize("own_guids", [False, True])
def test_a_coding_whose_edges_were_moved_is_one_that_moved_whatever_its_identity(mine, own_guids):
    project, out = mine
    at = which(out, "Anna", "The tap drips all night.")
    moved = put(out, at, end=int(out.marks.loc[at, "end"]) - 11)
    moved = renamed_guids(moved) if own_guids else moved
    both, plan = taken(moved, project)
    row = row_of(plan.coders, "Anna")
    assert row == {"documents": 3, "codings": 6, "same": 5, "moved": 1, "here": 6}
    assert "1 coding(s) here have another position" in told_of(plan, "another position")
    assert plan.all_taken
    _, plan = taken(moved, both)
    assert row_of(plan.coders, "Anna") == {
        "documents": 3, "codings": 6, "same": 6, "here": 7, "gone": 1,
    }  # fmt: skip


@pytest.mark.parametrize("own_guids", [False, True])
def test_a_coding_that_moved_keeps_its_identity_and_its_notes(mine, own_guids):
    project, out = mine
    at = which(out, "Anna", "The tap drips all night.")
    was = out.marks.loc[at, "guid"]
    assert was in out.notes["about"].tolist()
    moved = put(out, at, end=int(out.marks.loc[at, "end"]) - 11)
    moved = renamed_guids(moved) if own_guids else moved
    after, plan = taken(moved, project, replace=True)
    assert row_of(plan.coders, "Anna")["moved"] == 1
    assert len(read_target(after, no_progress).codings) == 10
    assert not planned(moved, after, replace=True).changes
    sent_again = sent(after)
    marks = sent_again.marks.set_index("guid")
    assert marks.loc[was, "quote"] == "The tap drips"
    assert was in sent_again.notes["about"].tolist()


def test_of_several_that_overlap_the_best_overlap_is_the_pair(mine):
    project, out = mine
    first, second = (which(out, "Anna", q) for q in ("The well is dry", "the river is low."))
    start = int(out.marks.loc[first, "start"])
    # One grows into the other, and that one shrinks; a third that only touches them is new.
    made = put(out, first, end=int(out.marks.loc[first, "end"]) + 9)
    made = put(made, second, start=int(out.marks.loc[second, "start"]) + 4)
    extra = out.marks.loc[[first]].assign(
        guid=guid_of("x"), start=start - 7, end=start + 3, quote=FIRST[start - 7 : start + 3]
    )
    made = replace(made, marks=pd.concat([made.marks, extra], ignore_index=True))
    _, plan = taken(renamed_guids(made), project, replace=True)
    row = row_of(plan.coders, "Anna")
    assert row == {"documents": 3, "codings": 7, "same": 4, "new": 1, "moved": 2, "here": 6}


def test_another_code_or_coder_is_no_move(mine):
    project, out = mine
    at = which(out, "Ben", "Rain fell on the beds.")
    made = put(out, at, user=guid_of("user", "Anna"))
    made = put(made, which(out, "Anna", "The hose is torn."), node=guid_of("node", "people"))
    _, plan = taken(made, project)
    assert row_of(plan.coders, "Anna") == {
        "documents": 3, "codings": 7, "same": 5, "new": 2, "here": 6, "gone": 1,
    }  # fmt: skip
    assert row_of(plan.coders, "Ben") == {
        "documents": 1, "codings": 3, "same": 3, "here": 4, "gone": 1,
    }  # fmt: skip


def test_no_decision_is_made_of_a_machines_coding_that_was_moved(mine):
    project, out = mine
    machine = out.marks.index[out.marks["user"] == guid_of("user", MACHINE)]
    made = put(out, machine[0], end=int(out.marks.loc[machine[0], "end"]) - 3)
    made = without(made, "marks", made.marks.index == machine[1])
    made = renamed_guids(made)
    after, plan = taken(made, project, decided_by="Clara")
    row = row_of(plan.machines, MACHINE)
    assert row == {"codings": 4, "kept": 3, "moved": 1, "here": 5, "removed": 1}
    decisions = Store(after.store).read_decisions()
    assert decisions["settled"].value_counts().to_dict() == {True: 3, False: 1}


def test_what_only_accepted_suggestions_say_is_not_taken_for_more(mine):
    project, _ = mine
    out = sent(project, suggestions="accepted")
    machine = out.marks.index[out.marks["user"] == guid_of("user", MACHINE)]
    assert len(machine) == 2
    made = put(out, machine[0], end=int(out.marks.loc[machine[0], "end"]) - 3)
    _, plan = taken(made, project, decided_by="Clara")
    row = row_of(plan.machines, MACHINE)
    assert row == {"codings": 2, "kept": 1, "moved": 1, "here": 5, "untouched": 3}
    assert plan.decisions["settled"].tolist() == [True]


def test_codings_of_a_text_that_is_replaced_are_carried_moved_or_lost(mine):
    project, out = mine
    ben = without(out, "marks", out.marks["user"] == guid_of("user", "Anna"))
    ben = without(ben, "users", ben.users["coder"] == "Anna")
    made = in_text(ben, "one.txt", "the seeds", "all our seed")
    # Anna is not in the file: her codings go along, but for one whose words are there no more.
    made = in_text(made, "one.txt", "the river is low.", "the river rose.")
    after, plan = taken(made, project, replace=True)
    assert row_of(plan.coders, "Ben") == {
        "documents": 2, "codings": 4, "same": 3, "moved": 1, "here": 4,
    }  # fmt: skip
    assert row_of(plan.coders, "Anna") == {"here": 6, "untouched": 5, "lost": 1}
    told = plan.losses.set_index("item")
    assert told.loc["codings here", ["count", "examples"]].tolist() == [1, "the river is low."]
    assert told.loc["codings under the machine's name", "count"] == 2
    assert not plan.all_taken
    codings = read_target(after, no_progress).codings
    text = read_target(after, no_progress).texts["one.txt"]
    assert all(
        text[start:end] == quote
        for document, start, end, quote in codings[
            ["document", "start", "end", "quote"]
        ].itertuples(index=False, name=None)
        if document == "one.txt"
    )
    assert "We share all our seed." in codings["quote"].tolist()


def test_what_found_no_place_is_neither_taken_nor_gone(mine):
    project, out = mine
    made = in_text(out, "one.txt", "Nobody came", "Somebody came")
    _, plan = taken(made, project)
    row = row_of(plan.coders, "Ben")
    assert row == {
        "documents": 2, "codings": 4, "same": 3, "not_taken": 1, "here": 4, "unclear": 1,
    }  # fmt: skip
    assert "They may or" in told_of(plan, "place was not found")
    assert plan.losses.set_index("item").loc["texts", "count"] == 1


def test_what_is_not_taken_is_counted_once_and_for_its_reason(mine):
    project, out = mine
    anna = guid_of("user", "Anna")
    doubled = out.marks.loc[[which(out, "Anna", "The well is dry")]].assign(guid=guid_of("x"))
    more = [
        doubled,
        doubled.assign(guid=guid_of("x", 1), node=guid_of("none")),
        doubled.assign(guid=guid_of("x", 2), source=guid_of("none")),
        doubled.assign(guid=guid_of("x", 3), user=guid_of("none")),
        doubled.assign(guid=guid_of("x", 4), quote="Nobody said this."),
        doubled.assign(guid=guid_of("x", 5), user=""),
        doubled.assign(guid=guid_of("x", 6), user=guid_of("user", MACHINE), node=guid_of("node", "people")),
    ]  # fmt: skip
    made = replace(out, marks=pd.concat([out.marks, *more], ignore_index=True))
    _, plan = taken(made, project)
    assert row_of(plan.coders, "Anna") == {
        "documents": 3, "codings": 10, "same": 6, "not_taken": 4, "here": 6,
    }  # fmt: skip
    assert row_of(plan.coders, "") == {"codings": 1, "not_taken": 1}
    assert row_of(plan.coders, "unknown") == {"documents": 1, "codings": 1, "new": 1}
    assert row_of(plan.machines, MACHINE) == {"codings": 6, "kept": 5, "added": 1, "here": 5}
    told = plan.losses[plan.losses["item"] == "codings"]
    assert told["count"].tolist() == [1] * 5
    assert told["why"].is_unique
    assert anna


def test_coders_that_are_left_out_are_lost_by_their_number(mine):
    project, out = mine
    made = without(out, "marks", out.marks["quote"] == "The well is dry")
    _, plan = taken(made, project, coders=("Ben",), replace=True)
    assert row_of(plan.coders, "Anna") == {
        "codings": 5, "not_taken": 5, "here": 6, "untouched": 6,
    }  # fmt: skip
    assert row_of(plan.machines, MACHINE) == {
        "codings": 5, "not_taken": 5, "here": 5, "untouched": 5,
    }  # fmt: skip
    assert plan.losses[["item", "count"]].to_numpy().tolist() == [["codings", 11]]
    assert not plan.changes


def test_what_was_settled_and_what_was_coded_again_have_rows_of_their_own(mine):
    project, _ = mine
    codings = read_target(project, no_progress).codings
    write_gold(codings[codings["coder"] == "Ben"].assign(coder="settled"), project.settled)
    repeat = project.gold / "repeat"
    repeat.mkdir()
    shutil.copy(project.gold / "Anna.csv", repeat / "Anna.csv")
    out = sent(project, include_repeat=True)
    made = put(out, which(out, "settled", "We share the seeds."), node=guid_of("node", "people"))
    again = which(made, "Anna, again", "The hose is torn.")
    made = put(made, again, end=int(made.marks.loc[again, "end"]) - 1)
    plan = planned(made, project, replace=True)
    assert row_of(plan.coders, "settled") == {
        "documents": 2, "codings": 4, "same": 3, "not_taken": 1, "here": 4, "untouched": 1,
    }  # fmt: skip
    assert row_of(plan.coders, "Anna, again") == {
        "documents": 3, "codings": 6, "same": 5, "moved": 1, "here": 6,
    }  # fmt: skip
    assert row_of(plan.coders, "Anna")["same"] == 6
    assert plan.losses["count"].tolist() == [1]


def test_codings_of_another_machine_move_and_go_as_those_of_people(mine):
    project, out = mine
    at = which(out, OTHER, "new seeds")
    made = put(out, at, end=int(out.marks.loc[at, "end"]) - 1)
    both, plan = taken(made, project)
    assert row_of(plan.machines, OTHER) == {"codings": 1, "moved": 1, "here": 1}
    kept = read_target(both, no_progress).extras.machine_codings
    assert len(kept) == 2
    assert kept["guid"].is_unique
    assert not planned(made, both).changes
    one, plan = taken(renamed_guids(made), project, replace=True)
    kept = read_target(one, no_progress).extras.machine_codings
    assert row_of(plan.machines, OTHER)["here"] == len(kept) + 1
    assert kept["quote"].tolist() == ["new seed"]
    assert not planned(renamed_guids(made), one, replace=True).changes


def test_notes_values_cases_and_sets_are_counted(mine):
    project, out = mine
    source = dict(zip(out.sources["document"], out.sources["guid"], strict=True))
    notes = out.notes.copy()
    notes.loc[notes["name"] == "On taps", "text"] = "said otherwise"
    notes = notes[notes["name"] != "On one"]
    new = (guid_of("x"), "", -1, -1, "", "New", "said", "")
    values = out.values.copy()
    at = (values["variable"] == "group") & (values["about"] == source["two.txt"])
    values.loc[at, "value"] = "west"
    values.loc[values["variable"] == "age", "value"] = "42"
    more = (source["three.txt"], "group", "Text", "east")
    made = replace(
        out,
        notes=pd.concat([notes, table(NOTES, [new])], ignore_index=True),
        values=pd.concat([values, table(VALUES, [more])], ignore_index=True),
        members=out.members[out.members["kind"] != "set"].reset_index(drop=True),
    )
    _, plan = taken(made, project)
    facts = plan.facts.set_index("item")
    columns = ["new", "changed", "not_taken", "only_here"]
    assert facts.loc["notes", columns].tolist() == [1, 1, 0, 1]
    assert facts.loc["values", columns].tolist() == [1, 1, 1, 0]
    assert facts.loc["members of cases", ["in_file", "same"]].tolist() == [1, 1]
    assert facts.loc["members of sets", ["in_file", "only_here"]].tolist() == [0, 1]
    assert plan.losses[["item", "count"]].to_numpy().tolist() == [["values", 1]]


def test_every_source_has_one_status(mine):
    project, out = mine
    sources = out.sources.copy()
    sources.loc[sources["document"] == "three.txt", ["text", "has_text"]] = ["", False]
    twice = sources[sources["document"] == "two.txt"]
    new = table(SOURCES, [(guid_of("x"), "new", "A new text of its own.", True, "text", "")])
    made = replace(out, sources=pd.concat([sources, twice, new], ignore_index=True))
    made = in_text(made, "one.txt", "May", "June")
    _, plan = taken(made, project)
    assert dict(zip(plan.documents["name"], plan.documents["status"], strict=True)) == {
        "one.txt": "edited", "three.txt": "without text", "two.txt": "doubled", "new": "new",
    }  # fmt: skip
    assert plan.documents["status"].tolist().count("known") == 1
    assert row_of(plan.coders, "Anna")["untouched"] == 1
    assert "1 document(s) (three.txt)" in told_of(plan, "not in the file")


def test_other_names_of_documents_and_coders_are_told(mine):
    project, out = mine
    made = replace(
        out,
        sources=out.sources.assign(
            document=out.sources["document"].replace("one.txt", "Interview with Mo")
        ),
        users=out.users.assign(coder=out.users["coder"].replace("Ben", "Benjamin")),
    )
    _, plan = taken(made, project)
    assert not plan.changes
    assert "one.txt: there Interview with Mo" in told_of(plan, "document(s) have another name")
    assert "Ben: there Benjamin" in told_of(plan, "coder(s) have another name")


def test_a_code_that_the_file_does_not_have_was_not_looked_for_in_what_was_read_there(mine):
    project, out = mine
    seeds = guid_of("node", "seeds")
    # That nobody gave one of its codes says that the file holds a codebook.
    gone = out.marks["node"].isin([seeds, guid_of("node", "people")])
    made = without(without(out, "marks", gone), "nodes", out.nodes["guid"] == seeds)
    new = table(SOURCES, [(guid_of("x"), "four", "The well is deep.", True, "text", "")])
    coded = made.marks.iloc[[0]].assign(
        guid=guid_of("x", 1), source=guid_of("x"), start=0, end=17, quote="The well is deep.",
        user=guid_of("user", "Ben"), node=guid_of("node", "water"),
    )  # fmt: skip
    made = replace(
        made,
        sources=pd.concat([made.sources, new], ignore_index=True),
        marks=pd.concat([made.marks, coded], ignore_index=True),
    )
    project, _ = taken(made, project)
    record = read_record(record_path(project.gold))
    read_for = {
        (coder, document): list(record.codes[int(number)])
        for coder, document, number in record.entries[["coder", "document", "codes"]].itertuples(
            index=False, name=None
        )
    }
    assert set(read_for["Ben", "four.txt"]) == {"water", "tap", "people"}
    assert set(read_for["Ben", "one.txt"]) == {"water", "tap", "seeds", "people"}


# ---- what the command says ----------------------------------------------------------------------------------


def test_the_printed_summary_and_its_json_add_up(mine, tmp_path):
    project, out = mine
    at = which(out, "Anna", "The tap drips all night.")
    made = put(out, at, end=int(out.marks.loc[at, "end"]) - 11)
    made = without(made, "marks", made.marks["quote"] == "Nobody came to the meeting in May.")
    path = tmp_path / "back.qdpx"
    write_qdpx(made, path)
    words = ("import", path, "--project", project.root, "--dry-run")
    code, said, done = fourp(*words)
    assert code == 0
    table = said.split("Codings by coder\n")[1].split("\n\n")[0].splitlines()
    assert [line.split() for line in table[:3]] == [
        ["coder", "documents", "codings", "same", "new", "moved", "here", "gone"],
        ["Anna", "3", "6", "5", "0", "1", "6", "0"],
        ["Ben", "2", "3", "3", "0", "0", "4", "1"],
    ]
    assert "nothing was lost" in said
    assert "1 coding(s) here were deleted in the file. They are kept" in " ".join(
        done.stderr.split()
    )
    code, said, _ = fourp(*words, "--json")
    rows = [json.loads(line) for line in said.splitlines()]
    for kind, file, here in (
        ("coder", FILE, HERE), ("machine", MACHINES_FILE, MACHINES_HERE),
    ):  # fmt: skip
        own = [row for row in rows if row["kind"] == kind]
        assert len(own) == 2
        for row in own:
            assert row["codings"] == sum(row[name] for name in file)
            assert row["here"] == sum(row[name] for name in here)
    facts = {row["item"]: row for row in rows if row["kind"] == "fact"}
    assert facts["notes"]["in_file"] == facts["notes"]["same"] == 4


@pytest.mark.parametrize(
    "edit",
    [
        lambda out: in_text(out, "one.txt", "May", "June"),
        lambda out: put(out, which(out, MACHINE, FIRST[:24]), end=9),
        lambda out: replace(out, nodes=out.nodes.assign(name=out.nodes["name"] + "s")),
        lambda out: replace(out, values=out.values.assign(value="9")),
    ],
)
def test_nothing_was_lost_is_not_said_and_strict_stops_where_something_is(mine, tmp_path, edit):
    project, out = mine
    path = tmp_path / "back.qdpx"
    write_qdpx(edit(out), path)
    code, said, _ = fourp("import", path, "--project", project.root, "--dry-run")
    assert code == 0
    assert "nothing was lost" not in said
    assert "all of it is here already" not in said
    before = everything(project.root)
    code, said, _ = fourp("import", path, "--project", project.root, "--strict")
    assert code == 1
    assert everything(project.root) == before


# ---- any edits ---------------------------------------------------------------------------------------------


def edited_text(exchange, guid, at, gone, put):
    """A source's text with something put in the place of what stood there; codings go along."""
    sources, marks = exchange.sources.copy(), exchange.marks.copy()
    row = sources.index[sources["guid"] == guid][0]
    old = sources.loc[row, "text"]
    gone = min(gone, len(old) - at)
    new = old[:at] + put + old[at + gone :]
    sources.loc[row, "text"] = new
    for each in marks.index[marks["source"] == guid]:
        start, end = (int(marks.loc[each, name]) for name in ("start", "end"))
        start, end = (
            place if place <= at else max(place + len(put) - gone, at) for place in (start, end)
        )
        end = max(end, start)
        marks.loc[each, ["start", "end", "quote"]] = [start, end, new[start:end]]
    marks = marks[marks["end"] > marks["start"]].reset_index(drop=True)
    return replace(exchange, sources=sources, marks=marks)


def edit(draw, exchange):
    """One thing that people do in another program."""
    sources, nodes, users, marks = (
        getattr(exchange, name) for name in ("sources", "nodes", "users", "marks")
    )
    kinds = [
        "add", "remove", "move", "move", "move", "recode", "give", "double", "stray", "unnamed",
        "misquoted", "no code", "name code", "put code", "take code", "new code", "name text",
        *["edit text"] * 5, "take text", "empty text", "new text", "double text", "guids", "note",
        "no note", "new note", "value", "no value", "new value", "name user", "take user", "member",
    ]  # fmt: skip
    kind = draw(st.sampled_from(kinds))

    def one(frame):
        return int(draw(st.integers(0, len(frame) - 1)))

    def place(text):
        start = draw(st.integers(0, len(text) - 2))
        return start, draw(st.integers(start + 1, min(len(text), start + 30)))

    texts = sources[sources["text"].str.len() > 3].reset_index(drop=True)
    number = str(draw(st.integers(0, 10**6)))
    if kind in {
        "add", "remove", "move", "recode", "give", "double", "stray", "unnamed", "misquoted", "no code",
    }:  # fmt: skip
        if marks.empty or texts.empty or users.empty or nodes.empty:
            return exchange
        at = one(marks)
        row = marks.iloc[[at]].copy()
        if kind == "remove":
            return without(exchange, "marks", marks.index == at)
        fresh = guid_of("x", number)
        if kind == "add":
            where = texts.iloc[one(texts)]
            start, end = place(where["text"])
            row = row.assign(
                guid=fresh, source=where["guid"], start=start, end=end, quote=where["text"][start:end],
                node=nodes["guid"].iloc[one(nodes)], user=users["guid"].iloc[one(users)],
            )  # fmt: skip
            return replace(exchange, marks=pd.concat([marks, row], ignore_index=True))
        if kind == "double":
            row = row.assign(guid=fresh)
            return replace(exchange, marks=pd.concat([marks, row], ignore_index=True))
        held = dict(zip(sources["guid"], sources["text"], strict=True))
        text = held.get(row["source"].iloc[0], "")
        if kind == "move" and len(text) > 3:
            start = min(max(int(row["start"].iloc[0]) + draw(st.integers(-9, 9)), 0), len(text) - 1)
            end = min(max(int(row["end"].iloc[0]) + draw(st.integers(-9, 9)), start + 1), len(text))
            row = row.assign(start=start, end=end, quote=text[start:end])
        elif kind == "recode":
            row = row.assign(node=nodes["guid"].iloc[one(nodes)])
        elif kind == "give":
            row = row.assign(user=users["guid"].iloc[one(users)])
        elif kind == "misquoted":
            row = row.assign(quote="Nobody ever said this.")
        elif kind == "stray":
            row = row.assign(user=guid_of("user", "nobody of the file"))
        elif kind == "unnamed":
            row = row.assign(user="")
        elif kind == "no code":
            row = row.assign(node=guid_of("node", "none of the file"))
        if draw(st.booleans()):
            row = row.assign(guid=fresh)
        rest = marks.drop(index=at)
        return replace(exchange, marks=pd.concat([rest, row], ignore_index=True))
    if "code" in kind and len(nodes):
        at = one(nodes)
        guid = nodes["guid"].iloc[at]
        if kind == "name code":
            changed = nodes["name"].mask(nodes.index == at, f"Code {number}")
            return replace(exchange, nodes=nodes.assign(name=changed))
        if kind == "put code":
            parent = draw(st.sampled_from(["", *nodes["guid"].iloc[:at]]))
            changed = nodes["parent"].mask(nodes.index == at, parent)
            return replace(exchange, nodes=nodes.assign(parent=changed))
        if kind == "take code":
            made = without(exchange, "marks", marks["node"] == guid)
            left = nodes.assign(parent=nodes["parent"].mask(nodes["parent"] == guid, ""))
            return replace(made, nodes=left[left["guid"] != guid].reset_index(drop=True))
        new = (guid_of("x", number), "", "", f"New {number}", "", "", True)
        return replace(exchange, nodes=pd.concat([nodes, table(NODES, [new])], ignore_index=True))
    if "text" in kind and len(texts):
        at = one(texts)
        guid, text = texts["guid"].iloc[at], texts["text"].iloc[at]
        here = sources["guid"] == guid
        if kind == "name text":
            changed = sources["document"].mask(here, f"Talk {number}")
            return replace(exchange, sources=sources.assign(document=changed))
        if kind == "edit text":
            start, end = place(text)
            put = draw(st.sampled_from(["", "A line above.\n", "x", "The tap drips. ", text[:9]]))
            return edited_text(exchange, guid, start, (end - start) * draw(st.integers(0, 1)), put)
        if kind == "take text":
            made = without(exchange, "marks", marks["source"] == guid)
            return without(made, "sources", here)
        if kind == "empty text":
            return replace(exchange, sources=sources.assign(text=sources["text"].mask(here, " \n")))
        if kind == "double text":
            return replace(exchange, sources=pd.concat([sources, sources[here]], ignore_index=True))
        new = (
            guid_of("x", number),
            f"new {number}",
            f"The well {number} is new.",
            True,
            "text",
            "",
        )
        return replace(
            exchange, sources=pd.concat([sources, table(SOURCES, [new])], ignore_index=True)
        )
    if kind == "guids":
        return renamed_guids(exchange, number)
    notes, values = exchange.notes, exchange.values
    if "note" in kind:
        if kind == "new note":
            new = (guid_of("x", number), "", -1, -1, "", f"Note {number}", "said", "")
            return replace(
                exchange, notes=pd.concat([notes, table(NOTES, [new])], ignore_index=True)
            )
        at = one(notes) if len(notes) else 0
        if kind == "no note":
            return without(exchange, "notes", notes.index == at)
        return replace(
            exchange, notes=notes.assign(text=notes["text"].mask(notes.index == at, number))
        )
    if "value" in kind and len(values):
        at = one(values)
        if kind == "no value":
            return without(exchange, "values", values.index == at)
        if kind == "new value":
            about = sources["guid"].iloc[one(sources)] if len(sources) else ""
            name = draw(st.sampled_from(["kind", f"v{number}"]))
            row = table(VALUES, [(about, name, "Text", f"said {number}")])
            both = pd.concat([values, row], ignore_index=True).drop_duplicates(
                ["about", "variable"]
            )
            return replace(exchange, values=both.reset_index(drop=True))
        changed = values["value"].mask(values.index == at, number)
        return replace(exchange, values=values.assign(value=changed))
    if "user" in kind and len(users):
        at = one(users)
        if kind == "name user":
            changed = users["coder"].mask(users.index == at, f"Person {number}")
            return replace(exchange, users=users.assign(coder=changed))
        made = without(exchange, "marks", marks["user"] == users["guid"].iloc[at])
        return without(made, "users", users.index == at)
    if kind == "member" and len(exchange.members):
        return without(exchange, "members", exchange.members.index == one(exchange.members))
    return exchange


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_after_any_edits_everything_is_in_one_column_and_taken_over_once(
    exported, tmp_path_factory, data
):
    project, out = exported
    for _ in range(data.draw(st.integers(2, 8))):
        out = edit(data.draw, out)
    out = replace(out, read=out.read.iloc[:0]) if data.draw(st.booleans()) else out
    options = {
        "replace": data.draw(st.booleans()),
        "whole": data.draw(st.booleans()),
        "new_codes": data.draw(st.sampled_from(["add", "add", "ignore"])),
        "decided_by": data.draw(st.sampled_from(["", "Clara"])),
        "machines": frozenset(
            {OTHER, MACHINE} & set(out.users["coder"]) if data.draw(st.booleans()) else ()
        ),
    }
    if data.draw(st.integers(0, 4)) == 0 and len(out.users):
        options["coders"] = (data.draw(st.sampled_from(out.users["coder"].tolist())),)
    root = tmp_path_factory.mktemp("edited") / "allotment"
    shutil.copytree(project.root, root)
    copy = open_project(root)
    before, were = everything(root), read_target(copy, no_progress)
    plan = planned(out, copy, **options)
    assert everything(root) == before, "planning writes nothing"
    adds_up(plan, out, copy)
    stays_there = same_places(plan, out, were)
    if not plan.changes:
        return
    apply_import(plan)
    after = everything(root)
    named = {path.relative_to(root).as_posix() for path in [*plan.contents, *plan.before.values()]}
    changed = {
        name
        for name in before | after
        if before.get(name) != after.get(name) and not name.startswith(".fourp/undo/")
    }
    assert changed <= named, "nothing is written that the plan does not name"
    # What the summary says there will be is there.
    now = read_target(copy, no_progress).codings["coder"].value_counts()
    for row in plan.coders.itertuples():
        stays = 0 if options["replace"] else row.gone + row.moved
        assert now.get(row.coder, 0) == (
            row.same + row.new + row.moved + row.untouched + row.unclear + stays
        ), row  # fmt: skip
    for coder in set(were.codings["coder"]) - set(plan.coders["coder"]):
        assert now.get(coder, 0) == (were.codings["coder"] == coder).sum()
    second = planned(out, copy, **options)
    adds_up(second, out, copy)
    assert not second.changes, list(second.contents)
    assert (second.coders["same"] == second.coders["codings"] - second.coders["not_taken"]).all()
    assert stays_there <= int(plan.coders["same"].sum())


def same_places(plan, exchange, target):
    """Codings of the file that stand here, counted by their quotes' places in documents that are the same."""
    known = {
        name: document
        for name, document, status in zip(
            plan.documents["name"],
            plan.documents["document"],
            plan.documents["status"],
            strict=True,
        )
        if status == "known"
    }
    name = dict(zip(exchange.sources["guid"], exchange.sources["document"], strict=True))
    text = dict(zip(exchange.sources["guid"], exchange.sources["text"], strict=True))
    code = dict(zip(exchange.nodes["guid"], plan.codes["code"], strict=True))
    coder = dict(zip(exchange.users["guid"], exchange.users["coder"], strict=True))
    chosen = set(plan.coders.loc[plan.coders["codings"] > plan.coders["not_taken"], "coder"])
    found = {
        (known.get(name.get(source, ""), ""), start, end, code.get(node, ""), coder.get(user, ""))
        for source, start, end, node, user, quote in exchange.marks[
            ["source", "start", "end", "node", "user", "quote"]
        ].itertuples(index=False, name=None)
        if text.get(source, "")[start:end] == quote
    }
    here = target.codings[target.codings["coder"].isin(chosen)]
    return len(found & set(here[KEY].itertuples(index=False, name=None)))
