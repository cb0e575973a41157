"""Codes and coders are renamed, merged, retired and removed everywhere at once."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.codebook.text_edits import edited_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import CodebookError, GoldError, ProjectError
from fourp_nlp.segments.alignment import codes_read
from fourp_nlp.study.reading.reading_state import record_path
from fourp_nlp.study.renaming.code_changes import plan_merging
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from tests.test_changed_texts import (
    CODINGS,
    DOG,
    HOME,
    MINUTES,
    TEXT,
    rewrite,
    rows,
    write_codings,
    write_visits,
)
from tests.test_cli import fourp
from tests.test_next import fill_in

CODEBOOK = """\
# What we look for.
id: visits
themes:
  - id: t
    name: T
    codes:
      # Between people.
      - id: trust   # the first
        name: Trust
        short_definition: Trust in people.
        when_not_to_use:
          - when: The person is afraid.
            use: fear
      - id: "fear"
        name: Fear
        short_definition: >-
          Being afraid, of people
          or of dogs.
      # About places.
      - id: garden
        name: Garden
        parent: trust
        short_definition: Gardens.
"""


@pytest.fixture
def visits(tmp_path):
    project = write_visits(tmp_path / "visits")
    project.codebook.write_text(CODEBOOK, encoding="utf-8")
    write_codings(project.gold / "ben.csv", [(HOME, "fear"), (DOG, "fear")], coder="ben")
    write_codings(project.repeat / "anna.csv", [(HOME, "trust")])
    study = Study(project)
    draw = draw_next(study, DrawOptions(count=3, by="random", coder="cleo", seed=1))
    fill_in(draw.files[1])
    import_sheet(Study(project), draw.files[1])
    decisions = [
        ("i1.txt", 0, 10, "trust", True, "anna"),
        ("i1.txt", 0, 10, "fear", False, "anna"),
        ("i1.txt", 10, 20, "trust", False, "anna"),
        ("i1.txt", 10, 20, "fear", False, "anna"),
        ("i1.txt", 20, 30, "trust", False, "anna"),
    ]
    Store(project.store).write_decisions(
        pd.DataFrame(
            decisions, columns=["document", "start", "end", "code", "settled", "decided_by"]
        )
    )
    _ = Study(project).gold, Study(project).repeats
    return project


def codes_of(project):
    return [row["code"] for row in rows(project.gold / "anna.csv")]


def decided(project):
    table = Store(project.store).read_decisions()
    return table[["start", "code", "settled"]].to_numpy().tolist()


def read_for(project, coder, repeat=False):
    """How many segments a coder looked at for each code."""
    study = Study(project)
    gold = study.repeats if repeat else study.gold
    codes = study.codebook.code_ids
    mask = np.asarray(codes_read(study.segments, gold.read, codes, coder))
    return dict(zip(codes, mask.sum(axis=0).tolist(), strict=True))


def test_a_code_that_is_renamed_is_renamed_everywhere(visits):
    before = read_for(visits, "anna"), read_for(visits, "cleo")
    said = fourp("codebook", "rename", "fear", "dread", "-p", visits.root)
    assert said.exit_code == 0, said.output
    assert visits.codebook.read_text(encoding="utf-8") == CODEBOOK.replace(
        'id: "fear"', "id: dread"
    ).replace("use: fear", "use: dread")
    assert codes_of(visits) == ["trust", "dread", "trust", "dread", "dread"]
    assert {code for _, code, _ in decided(visits)} == {"trust", "dread"}
    draws = Store(visits.store).read_draws()
    assert "dread" in json.loads(draws["options"].iloc[0])["codes"]
    # Nothing is unread for the new id, and no definition counts as changed.
    study = Study(visits)
    assert study.gold.redefined == {}
    after = read_for(visits, "anna"), read_for(visits, "cleo")
    for was, now in zip(before, after, strict=True):
        assert {"dread": was.pop("fear"), **was} == {"dread": now.pop("dread"), **now}
    assert "fourp undo" in said.output


def test_a_dry_run_shows_what_would_change_and_changes_nothing(visits):
    files = {path: path.read_bytes() for path in visits.root.rglob("*") if path.is_file()}
    said = fourp("codebook", "rename", "fear", "dread", "--dry-run", "-p", visits.root)
    assert "would be done: code fear renamed to dread" in said.output
    assert "3 rows of anna.csv" in said.output
    for path, content in files.items():
        if "sqlite" not in path.name:
            assert path.read_bytes() == content


def test_merged_codes_are_one_and_no_coding_counts_twice(visits):
    write_codings(
        visits.gold / "ben.csv", [(HOME, "fear"), (HOME, "trust"), (DOG, "fear")], coder="ben"
    )
    said = fourp("codebook", "merge", "trust", "fear", "--into", "feeling", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    codebook = read_codebook(visits.codebook)
    assert codebook.code_ids == ["feeling", "garden"]
    assert "# What we look for." in visits.codebook.read_text(encoding="utf-8")
    assert codes_of(visits) == ["feeling"] * 5
    ben = Study(visits).gold.codings
    assert len(ben[ben["coder"] == "ben"]) == 2
    # It applies where one of them does; it does not apply where neither does; else nothing was decided.
    assert decided(visits) == [[0, "feeling", True], [10, "feeling", False]]
    assert set(read_for(visits, "anna").values()) == {8}


def test_codes_are_merged_into_one_of_them(visits):
    said = fourp("codebook", "merge", "fear", "--into", "trust", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert codes_of(visits) == ["trust"] * 5
    # It is not used in the place of itself.
    trust = read_codebook(visits.codebook).all_codes[0]
    assert (trust.id, trust.when_not_to_use) == ("trust", [])
    assert "Read the definition of trust again" in said.output


def test_a_passage_with_both_codes_has_the_merged_one_once(visits):
    write_codings(
        visits.gold / "ben.csv", [(HOME, "fear"), (HOME, "trust"), (DOG, "fear")], coder="ben"
    )
    said = fourp("codebook", "merge", "fear", "--into", "trust", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert [(row["quote"], row["code"]) for row in rows(visits.gold / "ben.csv")] == [
        (HOME, "trust"),
        (DOG, "trust"),
    ]
    assert Study(visits).gold.coders == ["anna", "ben", "cleo"]


def decided_on(visits):
    """Decisions about single suggestions, as accepting keeps them: fear in two passages, trust in one."""
    head = "document,start,end,code,coder,quote,scope,looked_for,origin,probability,rejected\n"
    body = [
        (HOME, "fear", "fear", ""),
        (DOG, "", "fear trust", "fear 0.7; trust 0.6"),
        (MINUTES, "", "fear", "fear 0.6"),
    ]
    lines = [
        f'i1.txt,{TEXT.index(quote)},{TEXT.index(quote) + len(quote)},{code},eva,"{quote}",segment,'
        f"{looked_for},assisted,,{rejected}\n"
        for quote, code, looked_for, rejected in body
    ]
    visits.assisted.mkdir()
    (visits.assisted / "eva.csv").write_text(head + "".join(lines), encoding="utf-8")


def test_a_code_is_retired_though_suggestions_of_it_alone_were_decided_on(visits):
    visits.codebook.write_text(
        CODEBOOK.replace("            use: fear\n", "            use: garden\n"), encoding="utf-8"
    )
    decided_on(visits)
    assert read_for(visits, "eva") == {"trust": 1, "fear": 3, "garden": 0}
    said = fourp("codebook", "retire", "fear", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    (left,) = rows(visits.assisted / "eva.csv")
    assert (left["quote"], left["looked_for"], left["rejected"]) == (DOG, "trust", "trust 0.6")
    kept = rows(visits.gold / "retired" / "fear.csv")
    assert [row["quote"] for row in kept if row["file"] == "assisted/eva.csv"] == [HOME, MINUTES]
    assert read_for(visits, "eva") == {"trust": 1, "garden": 0}


def test_codes_are_merged_though_suggestions_of_one_alone_were_decided_on(visits):
    decided_on(visits)
    said = fourp("codebook", "merge", "fear", "trust", "--into", "feeling", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    # Accepted: the merged code applies. Both rejected: it does not. One rejected: nothing is known.
    assert [
        (row["quote"], row["code"], row["looked_for"]) for row in rows(visits.assisted / "eva.csv")
    ] == [
        (HOME, "feeling", "feeling"),
        (DOG, "", "feeling"),
    ]
    (kept,) = rows(visits.gold / "merged" / "feeling.csv")
    assert kept["quote"] == MINUTES
    assert read_for(visits, "eva") == {"feeling": 2, "garden": 0}


def test_a_merged_code_was_looked_for_only_where_all_of_them_were(visits):
    path = visits.codebook
    path.write_text(
        path.read_text(encoding="utf-8")
        + "      - id: water\n        name: Water\n        short_definition: Water.\n",
        encoding="utf-8",
    )
    assert read_for(visits, "anna")["water"] == 0
    said = fourp("codebook", "merge", "garden", "water", "--into", "outside", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert read_for(visits, "anna") == {"trust": 8, "fear": 8, "outside": 0}


def test_who_looked_for_one_of_the_codes_alone_is_named(visits):
    path = visits.gold / "dora.csv"
    path.write_text(
        f'document,start,end,code,quote,looked_for\n,,,,,trust\ni1.txt,31,66,trust,"{HOME}",\n',
        encoding="utf-8",
    )
    study = Study(visits)
    with pytest.raises(GoldError, match="looked for trust and not for all codes"):
        plan_merging(study, ["trust", "fear"], "feeling")


def test_a_retired_code_leaves_what_was_read(visits):
    write_codings(visits.gold / "eva.csv", [(MINUTES, "fear")], coder="eva", scope="segment")
    assert read_for(visits, "eva") == {"trust": 1, "fear": 1, "garden": 1}
    visits.codebook.write_text(
        CODEBOOK.replace("            use: fear\n", "            use: garden\n"), encoding="utf-8"
    )
    _ = Study(visits).gold
    said = fourp("codebook", "retire", "fear", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert codes_of(visits) == ["trust", "trust"]
    kept = rows(visits.gold / "retired" / "fear.csv")
    assert {row["file"] for row in kept} >= {"anna.csv", "ben.csv", "eva.csv"}
    assert all(row["code"] == "fear" for row in kept)
    assert read_for(visits, "eva") == {"trust": 1, "garden": 1}
    # Ben coded nothing else, and has read the document all the same.
    assert read_for(visits, "ben") == {"trust": 8, "garden": 8}
    assert "About places." in visits.codebook.read_text(encoding="utf-8")


def test_a_code_that_others_need_is_not_retired(visits):
    before = visits.codebook.read_bytes()
    said = fourp("codebook", "retire", "trust", "-p", visits.root)
    assert said.exit_code == 1
    assert "garden" in f"{said.output}{said.exception}"
    assert visits.codebook.read_bytes() == before
    assert codes_of(visits)[0] == "trust"


@pytest.mark.parametrize(
    "text",
    [
        "id: a\ncodes:\n  - {id: x, name: X}\n  - {id: y, name: Y, parent: x}\n",
        "id: a\ncodes:\n- id: x\n  name: X\n- id: y\n  name: Y\n  parent: x\n",
        'id: a\ncodes: [{id: x, name: "X"}, {id: y, name: Y, parent: "x"}]\n',
    ],
)
def test_codebooks_are_edited_however_they_are_laid_out(tmp_path, text):
    path = tmp_path / "a.yaml"
    edited = edited_codebook(text, path, renamed={"x": "z"})
    assert edited.replace("z", "x").replace('"', "") == text.replace('"', "")
    if "[" in text:
        with pytest.raises(CodebookError, match="in one line with others"):
            edited_codebook(text, path, renamed={}, removed=frozenset("y"))
    else:
        assert "Y" not in edited_codebook(text, path, renamed={}, removed=frozenset("y"))


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (("rename", "feer", "dread"), "Did you mean 'fear'"),
        (("rename", "fear", "trust"), "There is a code 'trust' already"),
        (("rename", "fear", "two words"), "two words"),
        (("merge", "fear", "--into", "fear"), "Nothing is merged"),
        (("retire", "nothing"), "There is no code"),
    ],
)
def test_what_cannot_be_done_to_a_code_changes_nothing(visits, asked, problem):
    before = visits.codebook.read_bytes(), (visits.gold / "anna.csv").read_bytes()
    said = fourp("codebook", *asked, "-p", visits.root)
    assert said.exit_code
    assert problem in f"{said.output}{said.exception}"
    assert (visits.codebook.read_bytes(), (visits.gold / "anna.csv").read_bytes()) == before


def test_a_coder_is_renamed_everywhere(visits):
    toml = visits.root / "fourp.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8") + '\n[coders]\n# who counts\ngold = "anna"\n',
        encoding="utf-8",
    )
    before = read_for(visits, "anna"), read_for(visits, "anna", repeat=True)
    said = fourp("coder", "rename", "Anna", "coder1", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert 'gold = "coder1"' in toml.read_text(encoding="utf-8")
    assert "# who counts" in toml.read_text(encoding="utf-8")
    assert not (visits.gold / "anna.csv").exists()
    assert not (visits.repeat / "anna.csv").exists()
    assert {row["coder"] for row in rows(visits.gold / "coder1.csv")} == {"coder1"}
    assert (read_for(visits, "coder1"), read_for(visits, "coder1", repeat=True)) == before
    assert "anna" not in record_path(visits.gold).read_text(encoding="utf-8")
    assert set(Store(visits.store).read_decisions()["decided_by"]) == {"coder1"}
    said = fourp("coder", "rename", "cleo", "coder3", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert (visits.gold / "coder3_next.csv").is_file()
    assert Store(visits.store).read_draws()["coder"].tolist() == ["coder3"]


def test_a_file_without_the_column_coder_is_renamed_with_its_coder(visits):
    (visits.gold / "dora.csv").write_text(
        f'document,start,end,code,quote\ni1.txt,31,66,trust,"{HOME}"\n', encoding="utf-8"
    )
    assert "dora" in Study(visits).gold.coded
    fourp("coder", "rename", "dora", "Dorothea", "-p", visits.root)
    assert {"Dorothea", "dora"} & set(Study(visits).gold.coded) == {"Dorothea"}


def test_two_coders_are_not_made_one(visits):
    for old, new, error in (
        ("anna", "ben", GoldError),
        ("anna", "Ben", GoldError),
        ("anna", "settled", ProjectError),
        ("nobody", "x", GoldError),
    ):
        said = fourp("coder", "rename", old, new, "-p", visits.root)
        assert isinstance(said.exception, error)
    assert set(Study(visits).gold.coded) == {"anna", "ben", "cleo"}


def test_a_coder_who_is_removed_is_kept_aside(visits):
    said = fourp("coder", "remove", "ben", "-p", visits.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"
    assert set(Study(visits).gold.coded) == {"anna", "cleo"}
    assert not (visits.gold / "ben.csv").exists()
    assert [row["quote"] for row in rows(visits.gold / "removed" / "ben.csv")] == [HOME, DOG]
    assert '"ben"' not in record_path(visits.gold).read_text(encoding="utf-8")
    said = fourp("undo", "-p", visits.root)
    assert said.exit_code == 0, said.output
    assert set(Study(visits).gold.coded) == {"anna", "ben", "cleo"}
    assert not (visits.gold / "removed" / "ben.csv").exists()


def test_codings_that_wait_for_a_decision_are_renamed_too(visits):
    rewrite(visits, (DOG, "I like cats and nothing else on earth."))
    fourp("gold", "--move", "-p", visits.root)
    fourp("codebook", "rename", "fear", "dread", "-p", visits.root)
    fourp("coder", "rename", "anna", "coder1", "-p", visits.root)
    waiting = json.loads((visits.gold / "undecided.json").read_text(encoding="utf-8"))["codings"]
    assert {each["cells"]["code"] for each in waiting} == {"dread"}
    assert {each["file"] for each in waiting} == {"coder1.csv", "ben.csv"}
    assert len(CODINGS) == 5
