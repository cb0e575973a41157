"""A code is split: people decide on a sheet what each of its codings becomes."""

from __future__ import annotations

import csv
import json

import openpyxl
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import CodebookError, GoldError, ProjectError
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.marked_as_read import mark_as_read
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from fourp_nlp.study.undo import undo_last_change
from tests.test_changed_texts import (
    DOG,
    GARDEN,
    HOME,
    MINUTES,
    TEXT,
    TRUSTED,
    rewrite,
    rows,
    write_codings,
    write_visits,
)
from tests.test_cli import fourp
from tests.test_code_changes import read_for
from tests.test_next import fill_in
from tests.test_undo import codings_of

NEW = """\
      - id: dread
        name: Dread of people
        short_definition: Being afraid of people.
      - id: startle
        name: Startle
        short_definition: Being afraid of animals and noises.
"""
INTO = ("--into", "dread", "--into", "startle")


@pytest.fixture
def visits(tmp_path):
    """Anna and Ben coded fear; then two codes were added into which it is to be split."""
    project = write_visits(tmp_path / "visits")
    write_codings(project.gold / "ben.csv", [(HOME, "fear"), (DOG, "fear")], coder="ben")
    write_codings(project.repeat / "anna.csv", [(HOME, "trust"), (DOG, "fear")])
    assert Study(project).gold.coders == ["anna", "ben"]
    project.codebook.write_text(
        project.codebook.read_text(encoding="utf-8") + NEW, encoding="utf-8"
    )
    assert Study(project).repeats.coders == ["anna"]
    return project


def sheet_of(project, *words):
    said = fourp("codebook", "split", "fear", *INTO, *words, "-p", project.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    return project.reports / "split_fear.xlsx"


def decide(path, becomes):
    """Fill in the sheet: what each quote becomes, or what a function of the row says."""
    book = openpyxl.load_workbook(path)
    sheet = book["split"]
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        cells = {name: cell.value for name, cell in zip(header, row, strict=True)}
        answer = becomes(cells) if callable(becomes) else becomes.get(cells["text"])
        row[header.index("becomes")].value = answer
    book.save(path)


def split(project, path, *words):
    said = fourp("codebook", "split", "fear", "--take-in", path, *words, "-p", project.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    return said.output


ANSWERS = {GARDEN: "none", MINUTES: "Dread of people; startle", DOG: "startle", HOME: "dread"}


def test_the_sheet_has_each_coding_of_the_code_once(visits):
    path = sheet_of(visits)
    sheet = pd.read_excel(path, sheet_name="split")
    assert sheet[["text", "coder", "file"]].to_numpy().tolist() == [
        [HOME, "ben", "ben.csv"],
        [GARDEN, "anna", "anna.csv"],
        [MINUTES, "anna", "anna.csv"],
        [DOG, "anna", "anna.csv"],
        [DOG, "ben", "ben.csv"],
        [DOG, "anna", "repeat/anna.csv"],
    ]
    assert sheet["becomes"].isna().all()
    assert set(sheet["into"]) == {"dread; startle"}
    assert sheet["before"].iloc[2].endswith("Yes.")
    defined = pd.read_excel(path, sheet_name="codebook")
    assert defined["code"].tolist() == ["fear", "dread", "startle"]
    # It is not written over, and one coder's codings can be written alone.
    said = fourp("codebook", "split", "fear", *INTO, "-p", visits.root)
    assert isinstance(said.exception, ProjectError)
    said = fourp("codebook", "split", "fear", *INTO, "--coder", "Ben", "-p", visits.root)
    assert "2 codings" in said.output
    assert (visits.reports / "split_fear_Ben.xlsx").is_file()


def test_each_coding_becomes_what_was_decided_and_nothing_is_unread(visits):
    assert read_for(visits, "anna") == {"trust": 8, "fear": 8, "dread": 0, "startle": 0}
    before = codings_of(visits)
    path = sheet_of(visits)
    decide(path, ANSWERS)
    output = split(visits, path)
    assert "done: code fear split into dread, startle" in output
    assert "Of 6 codings of fear: dread 2, startle 4, none 1." in output
    assert read_codebook(visits.codebook).code_ids == ["trust", "dread", "startle"]
    assert [(row["quote"], row["code"]) for row in rows(visits.gold / "anna.csv")] == [
        (HOME, "trust"),
        (TRUSTED, "trust"),
        (MINUTES, "dread"),
        (MINUTES, "startle"),
        (DOG, "startle"),
    ]
    assert [row["code"] for row in rows(visits.gold / "ben.csv")] == ["dread", "startle"]
    assert [row["code"] for row in rows(visits.repeat / "anna.csv")] == ["trust", "startle"]
    (kept,) = rows(visits.gold / "retired" / "fear.csv")
    assert (kept["quote"], kept["code"], kept["file"]) == (GARDEN, "fear", "anna.csv")
    # Who looked for the code has looked for the new ones, and no definition counts as changed.
    for coder in ("anna", "ben"):
        assert read_for(visits, coder) == {"trust": 8, "dread": 8, "startle": 8}
    assert read_for(visits, "anna", repeat=True) == {"trust": 8, "dread": 8, "startle": 8}
    study = Study(visits)
    assert study.gold.redefined == {}
    assert study.gold.changed.empty
    agreement = study.agreement(coders=("anna", "ben"))
    of_startle = agreement[
        (agreement["code"] == "startle") & (agreement["coefficient"] == "cohen_kappa")
    ]
    assert of_startle["n"].max() == 8
    undo_last_change(visits)
    assert codings_of(visits) == before
    assert not (visits.gold / "retired").exists() or not list((visits.gold / "retired").iterdir())


def test_a_dry_run_changes_nothing(visits):
    path = sheet_of(visits)
    decide(path, ANSWERS)
    before = codings_of(visits)
    output = split(visits, path, "--dry-run")
    assert "would be done: code fear split into dread, startle" in output
    assert "3 rows of anna.csv" in output
    assert codings_of(visits) == before


def test_nothing_changes_until_every_coding_is_decided_on(visits):
    path = sheet_of(visits)
    decide(path, {**ANSWERS, MINUTES: None})
    before = codings_of(visits)
    said = fourp("codebook", "split", "fear", "--take-in", path, "-p", visits.root)
    assert isinstance(said.exception, GoldError)
    assert "1 coding(s) with the code 'fear' are not decided on: anna.csv: i1.txt" in str(
        said.exception
    )
    assert "The minutes were read aloud" in str(said.exception)
    assert codings_of(visits) == before
    # Codings that came after the sheet are on none.
    decide(path, ANSWERS)
    write_codings(visits.gold / "cleo.csv", [(HOME, "fear")], coder="cleo")
    said = fourp("codebook", "split", "fear", "--take-in", path, "-p", visits.root)
    assert "cleo.csv" in str(said.exception)
    # Two sheets together decide on all.
    second = visits.reports / "second.csv"
    sheet_of(visits, "--coder", "cleo", "--to", second)
    text = second.read_text(encoding="utf-8-sig").splitlines()
    header = next(csv.reader(text[:1]))
    with second.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for row in csv.reader(text[1:]):
            row[header.index("becomes")] = "STARTLE"
            writer.writerow(row)
    split(visits, path, "--take-in", second)
    assert [row["code"] for row in rows(visits.gold / "cleo.csv")] == ["startle"]


@pytest.mark.parametrize(
    ("becomes", "problem"),
    [
        ("dred", "Did you mean 'dread'"),
        ("trust", "'trust' is not allowed in the column 'becomes'"),
        ("fear", "'fear' is not allowed"),
        ("none; dread", "'none' is not allowed"),
    ],
)
def test_what_is_no_answer_is_named_with_its_row(visits, becomes, problem):
    path = sheet_of(visits)
    decide(path, {**ANSWERS, HOME: becomes})
    said = fourp("codebook", "split", "fear", "--take-in", path, "-p", visits.root)
    assert isinstance(said.exception, GoldError)
    assert problem in str(said.exception)
    assert "row 2" in str(said.exception)


def test_rows_that_decide_otherwise_than_others_are_named(visits):
    path = sheet_of(visits)
    decide(path, ANSWERS)
    other = visits.reports / "other.xlsx"
    sheet_of(visits, "--to", other)
    decide(other, {**ANSWERS, DOG: "dread"})
    words = ("--take-in", path, "--take-in", other)
    said = fourp("codebook", "split", "fear", *words, "-p", visits.root)
    assert "decides otherwise than row" in str(said.exception)


def test_codes_that_are_not_there_or_needed_are_named(visits):
    refused = fourp("codebook", "split", "fear", "--into", "dred", "--into", "x", "-p", visits.root)
    assert "Did you mean 'dread'" in str(refused.exception)
    refused = fourp("codebook", "split", "fear", "--into", "panic", "-p", visits.root)
    assert "Add new codes to the codebook first" in str(refused.exception)
    refused = fourp("codebook", "split", "feer", *INTO, "-p", visits.root)
    assert isinstance(refused.exception, CodebookError)
    refused = fourp("codebook", "split", "fear", "--into", "fear", "-p", visits.root)
    assert "split into no other code" in str(refused.exception)
    refused = fourp("codebook", "split", "fear", *INTO, "--coder", "zoe", "-p", visits.root)
    assert 'no coder "zoe"' in str(refused.exception)
    assert fourp("codebook", "split", "fear", "-p", visits.root).exit_code == 2
    assert not list(visits.reports.glob("*"))


def test_a_code_that_others_name_stays_if_that_is_asked(visits):
    text = visits.codebook.read_text(encoding="utf-8")
    visits.codebook.write_text(
        text.replace("name: Startle\n", "name: Startle\n        parent: fear\n"), encoding="utf-8"
    )
    path = sheet_of(visits)
    decide(path, ANSWERS)
    said = fourp("codebook", "split", "fear", "--take-in", path, "-p", visits.root)
    assert "The code 'startle' names 'fear' as its parent" in str(said.exception)
    assert "--keep" in str(said.exception)
    split(visits, path, "--keep")
    assert read_codebook(visits.codebook).code_ids == ["trust", "fear", "dread", "startle"]
    assert "fear" not in {row["code"] for row in rows(visits.gold / "anna.csv")}
    assert set(read_for(visits, "anna").values()) == {8}


def test_a_code_is_narrowed_to_a_part_of_itself(visits):
    text = visits.codebook.read_text(encoding="utf-8")
    visits.codebook.write_text(
        text.replace("Being afraid.", "Being afraid of people."), encoding="utf-8"
    )
    words = ("--into", "fear", "--into", "startle")
    said = fourp("codebook", "split", "fear", *words, "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    path = visits.reports / "split_fear.xlsx"
    decide(path, lambda cells: "startle" if cells["text"] == DOG else "fear; startle")
    split(visits, path)
    assert [(row["quote"], row["code"]) for row in rows(visits.gold / "ben.csv")] == [
        (HOME, "fear"),
        (HOME, "startle"),
        (DOG, "startle"),
    ]
    assert read_for(visits, "ben") == {"trust": 8, "fear": 8, "dread": 0, "startle": 8}
    # Its codings were looked at by the new definition.
    assert Study(visits).gold.redefined == {}


def test_decisions_and_settled_codes_follow_from_the_codings_or_are_asked(visits):
    decisions = [
        ("i1.txt", TEXT.index(DOG), TEXT.index(DOG) + len(DOG), "fear", True, "anna"),
        ("i1.txt", TEXT.index(HOME), TEXT.index(HOME) + len(HOME), "fear", False, "anna"),
    ]
    columns = ["document", "start", "end", "code", "settled", "decided_by"]
    Store(visits.store).write_decisions(pd.DataFrame(decisions, columns=columns))
    write_codings(visits.gold / "settled.csv", [(DOG, "fear"), (MINUTES, "fear")], coder="settled")
    path = sheet_of(visits)
    sheet = pd.read_excel(path, sheet_name="split")
    assert "fourp.sqlite" in set(sheet["file"])
    by_people = {"anna.csv", "ben.csv", "repeat/anna.csv"}
    decide(path, lambda cells: ANSWERS[cells["text"]] if cells["file"] in by_people else None)
    output = split(visits, path)
    assert "fourp reconcile --settle --overwrite" in output
    assert [row["code"] for row in rows(visits.gold / "settled.csv")] == [
        "startle",
        "dread",
        "startle",
    ]
    table = Store(visits.store).read_decisions()
    assert sorted(table[["start", "code", "settled"]].to_numpy().tolist()) == [
        [TEXT.index(HOME), "dread", False],
        [TEXT.index(HOME), "startle", False],
        [TEXT.index(DOG), "dread", False],
        [TEXT.index(DOG), "startle", True],
    ]


def test_settled_codes_are_asked_where_codings_become_different_ones(visits):
    write_codings(visits.gold / "settled.csv", [(DOG, "fear")], coder="settled")
    path = sheet_of(visits)

    def answer(cells):
        if cells["coder"] == "settled":
            return None
        return "dread" if cells["coder"] == "ben" else ANSWERS[cells["text"]]

    decide(path, answer)
    said = fourp("codebook", "split", "fear", "--take-in", path, "-p", visits.root)
    assert "1 coding(s) with the code 'fear' are not decided on: settled.csv" in str(said.exception)
    decide(path, lambda cells: answer(cells) or "dread")
    split(visits, path)
    assert [row["code"] for row in rows(visits.gold / "settled.csv")] == ["dread"]


def test_a_code_that_nobody_gave_is_split_at_once(visits):
    for path in (*visits.gold_files, *visits.repeat_files):
        path.write_text(
            path.read_text(encoding="utf-8").replace(",fear,", ",trust,"), encoding="utf-8"
        )
    said = fourp("codebook", "split", "fear", *INTO, "-p", visits.root)
    assert "done: code fear split into dread, startle" in said.output
    assert read_for(visits, "anna") == {"trust": 8, "dread": 8, "startle": 8}


def test_codings_that_wait_for_a_decision_come_first(visits):
    rewrite(visits, (DOG, "I like cats and nothing else on earth."))
    fourp("gold", "--move", "-p", visits.root)
    said = fourp("codebook", "split", "fear", *INTO, "-p", visits.root)
    assert "wait for a decision" in str(said.exception)
    assert "fourp gold --move" in str(said.exception)


def test_what_was_looked_for_and_drawn_is_split_too(visits):
    study = Study(visits)
    mark_as_read(study, "anna")
    draw = draw_next(Study(visits), DrawOptions(count=3, by="random", coder="cleo", seed=1))
    fill_in(draw.files[1])
    import_sheet(Study(visits), draw.files[1])
    given = {row["code"] for row in rows(visits.gold / "cleo_next.csv")}
    path = sheet_of(visits)
    decide(path, lambda cells: ANSWERS.get(cells["text"], "startle"))
    split(visits, path)
    options = json.loads(Store(visits.store).read_draws()["options"].iloc[0])
    assert options["codes"] == ["trust", "dread", "startle"]
    assert {row["code"] for row in rows(visits.gold / "cleo_next.csv")} <= (given - {"fear"}) | {
        "startle",
        "dread",
    }
    assert set(read_for(visits, "cleo").values()) == {3}


def test_a_text_in_which_no_code_applied_counts_as_read_for_the_new_ones(visits):
    """Reading by passages, with the codes that were looked for: as decisions about suggestions are kept."""
    start = TEXT.index(DOG)
    folder = visits.assisted
    folder.mkdir()
    (folder / "anna.csv").write_text(
        "document,start,end,code,coder,quote,scope,looked_for,origin,probability,model,decided_at,rejected\n"
        f'i1.txt,{start},{start + len(DOG)},fear,eva,"{DOG}",segment,fear,assisted,0.8,m,2026-01-01,\n'
        f'i1.txt,{TEXT.index(HOME)},{TEXT.index(HOME) + len(HOME)},,eva,"{HOME}",segment,fear trust,assisted,'
        ",m,2026-01-01,fear 0.6; trust 0.7\n",
        encoding="utf-8",
    )
    path = sheet_of(visits)
    decide(path, ANSWERS)
    split(visits, path)
    accepted, rejected = rows(folder / "anna.csv")
    assert (accepted["code"], accepted["looked_for"], accepted["probability"]) == (
        "startle",
        "dread startle",
        "",
    )
    assert (rejected["code"], rejected["looked_for"], rejected["rejected"]) == (
        "",
        "dread startle trust",
        "trust 0.7",
    )
    assert open_project(visits.root).assisted_files
    assert Study(visits).gold.coders == ["anna", "ben", "eva"]
