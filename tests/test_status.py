"""Where a study stands, and whether everything works."""

from __future__ import annotations

import json
import sqlite3

import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.cli.screen import checks
from fourp_nlp.study.status import study_status
from fourp_nlp.study.study import open_study
from tests.conftest import write_gold_file, write_project


def fourp(root, *words, code=0):
    done = CliRunner().invoke(app, [*words, "--project", str(root)])
    assert done.exit_code == code, f"{done.output} {done.exception}"
    return done.output


def commands(study):
    return [command for _, command in study_status(study).next_steps]


@pytest.fixture
def study(tmp_path):
    return open_study(write_project(tmp_path / "p", documents=3, gold=False).root)


def test_the_next_step_is_the_first_thing_that_is_missing(study):
    assert commands(study) == ["fourp run", "fourp next 60 --coder NAME"]
    study.draw(5, coder="anna", seed=1)
    status = study_status(study)
    assert status.coders.to_dict("records") == [
        {
            "coder": "anna",
            "documents": 0,
            "segments": 0,
            "of": 18,
            "codings": 0,
            "decided": 0,
            "waiting": 5,
        }
    ]
    assert status.next_steps[0] == (
        "Fill in the sheet of anna (5 segments) and import it", "fourp next --take-in FILE",
    )  # fmt: skip
    write_gold_file(study.project, "anna")
    status = study_status(study)
    assert status.coders["waiting"].tolist() == [0]
    assert status.coders["segments"].tolist() == [18]
    assert status.few.to_dict("records") == [
        {"code": "water", "positives": 6, "documents": 3},
        {"code": "seeds", "positives": 6, "documents": 3},
    ]
    assert "has not learned" in status.machine
    study.train()
    assert "no suggestions yet" in study_status(study).machine
    study.suggest()
    status = study_status(study)
    assert "has learned from the present codings" in status.machine
    assert status.undecided == 0
    assert commands(study) == ["fourp report"]  # everything is read: nothing is left to draw


def test_undecided_suggestions_and_disagreements_are_next_steps(study):
    write_gold_file(study.project, "anna", but=("meeting2.txt",))
    write_gold_file(study.project, "ben", but=("meeting2.txt",))
    path = study.project.gold / "ben.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    study.train()
    study.suggest()
    status = study_status(study)
    assert status.reference == "anna"
    of_new = study.suggestions.query("suggested and document == 'meeting2.txt'")
    assert status.undecided == len(of_new) > 0
    assert "fourp accept --coder anna" in commands(study)
    assert "fourp agree --disagreements" in commands(study)
    study.accept(of_new, "anna")
    status = study_status(study)
    assert status.undecided == 0
    assert status.coders.set_index("coder")["decided"].to_dict() == {"anna": len(of_new), "ben": 0}


def test_the_screen_and_json_say_the_same(study):
    write_gold_file(study.project, "anna")
    output = fourp(study.project.root, "status")
    assert "Allotment: 3 documents, 18 segments, 2 codes" in output
    assert "What to do next:" in output
    row = json.loads(fourp(study.project.root, "status", "--json"))
    assert (row["documents"], row["segments"], row["reference"]) == (3, 18, "anna")
    for step in row["next"]:
        assert step["command"] in output


def test_an_empty_project_says_where_documents_go(tmp_path):
    fourp_init = CliRunner().invoke(app, ["init", str(tmp_path / "new")])
    assert fourp_init.exit_code == 0
    assert "Put documents into corpus/" in fourp(tmp_path / "new", "status")


def test_the_doctor_finds_nothing_in_a_sound_project(study):
    output = fourp(study.project.root, "doctor")
    assert "problem" not in output
    for what in ("sentence splitter", "default encoder", "codebook: 2 codes", "documents: 3 read"):
        assert what in output


def test_the_doctor_names_each_fault_with_its_cure(study, monkeypatch):
    def broken():
        raise ValueError("no weights")

    monkeypatch.setattr(checks, "_encode", broken)
    (study.project.gold / "anna.csv").write_text("document,start\n", encoding="utf-8")
    study.project.store.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 40)
    output = fourp(study.project.root, "doctor", code=1)
    lines = [line for line in output.splitlines() if line.startswith("problem")]
    assert any("default encoder: ValueError: no weights" in line for line in lines)
    assert any("gold files" in line and "'end' is missing" in output for line in lines)
    assert any("database" in line for line in lines)
    rows = [
        json.loads(line)
        for line in fourp(study.project.root, "doctor", "--json", code=1).splitlines()
    ]
    assert sum(row["state"] == "problem" for row in rows) == len(lines)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(study.project.store).execute("SELECT * FROM draws")
