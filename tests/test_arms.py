"""Suggestions shown for half of a random draw: which half, what the sheet shows, and whether it sways."""

from __future__ import annotations

import csv
import sqlite3

import numpy as np
import openpyxl
import pandas as pd
import pytest

from fourp_nlp.coding.sampling import half_within
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import ProjectError, StoreError
from fourp_nlp.reporting import SUGGESTED
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.project import open_project
from fourp_nlp.study.study import Study
from fourp_nlp.tables import ANCHORING
from tests.conftest import write_project
from tests.test_cli import fourp, records
from tests.test_estimates import sample
from tests.test_next import draw, read, right_codes, taken


@pytest.fixture
def suggested(tmp_path):
    """A project of twelve documents that Bruno coded, with suggestions; Anna has coded nothing."""
    project = write_project(tmp_path / "allotment", documents=12)
    path = project.gold / "anna.csv"
    text = path.read_text(encoding="utf-8").replace(",anna,", ",bruno,")
    (project.gold / "bruno.csv").write_text(text, encoding="utf-8")
    path.unlink()
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    return project, suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions


def fill_in(path, choose):
    """Mark what `choose` says of a row's text and of what the machine suggests there."""
    book = openpyxl.load_workbook(path)
    page = book["segments"]
    heads = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        said = page.cell(row, heads[SUGGESTED]).value or ""
        for code in choose(page.cell(row, heads["text"]).value, said):
            page.cell(row, heads[code]).value = "x"
    book.save(path)


def follow(text, said):
    """Give what is suggested; where nothing is shown, give no code."""
    return ["none"] if said in {"", "no code"} else said.split("; ")


def test_half_of_every_document_is_chosen_and_every_choice_is_as_likely():
    documents = np.repeat(["a", "b", "c"], [4, 5, 1])
    random = np.random.default_rng(0)
    made = np.array([half_within(documents, random) for _ in range(4000)])
    assert set(made.sum(axis=1)) == {5}
    assert set(made[:, :4].sum(axis=1)) == {2}
    assert set(made[:, 4:9].sum(axis=1)) == {2, 3}
    np.testing.assert_allclose(made.mean(axis=0), 0.5, atol=0.03)
    pairs = {tuple(np.flatnonzero(row[:4])) for row in made}
    assert len(pairs) == 6


def test_suggestions_stand_on_the_sheet_in_one_arm_only(suggested):
    project, suggestions = suggested
    made = draw(project, 30, show="half")
    stored = Store(project.store).read_drawn()
    assert sorted(stored["arm"].unique()) == ["blind", "shown"]
    assert (stored["arm"] == "shown").sum() == 15
    given = (
        suggestions[suggestions["suggested"]].groupby(["document", "start"])["code"].agg("; ".join)
    )
    with made.files[0].open(encoding="utf-8-sig", newline="") as stream:
        rows = pd.DataFrame(csv.DictReader(stream))
    for row, arm in zip(rows.to_dict("records"), stored["arm"], strict=True):
        own = given.get((row["document"], int(row["start"])), "no code")
        assert row[SUGGESTED] == (own if arm == "shown" else "")
    assert made.facts["model"] == suggestions["model"].iloc[0]
    book = openpyxl.load_workbook(made.files[1])
    told = [cell.value for line in book["how to"] for cell in line]
    assert any(SUGGESTED in str(text) for text in told)
    # Unasked, a draw has no arms.
    plain = draw(project, 10, seed=2)
    assert (plain.drawn["arm"] == "").all()
    with plain.files[0].open(encoding="utf-8-sig", newline="") as stream:
        assert SUGGESTED not in next(csv.reader(stream))


def test_a_coder_who_follows_what_is_shown_is_found_out(suggested):
    project, _ = suggested
    made = draw(project, 60, show="half")
    fill_in(made.files[1], follow)
    taken(project, made.files[1])
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    words = ("agree", "--anchoring", "--project", project.root)
    table = pd.DataFrame(records(fourp(*words, "--json").stdout))
    assert list(table.columns) == ANCHORING.names
    whole = table[table["code"] == ""].iloc[0]
    assert (whole["n_shown"], whole["n_blind"]) == (30, 30)
    assert whole["shown"] == 1
    assert whole["difference"] > 0.1
    assert 0 < whole["low"] < whole["high"]
    assert whole["p_value"] < 0.01
    shown = fourp(*words)
    assert "which indicates anchoring" in shown.stdout
    assert (project.reports / "anchoring.csv").is_file()
    # Its codes are a random sample all the same, and whoever counts by them is told.
    found = sample(open_project(project.root))
    assert found.drawn == 60
    assert any("suggestion shown" in text for text in found.notes)


def test_a_coder_who_judges_the_text_alone_is_not_suspected(suggested):
    project, _ = suggested
    made = draw(project, 60, show="half")
    fill_in(made.files[1], lambda text, _: right_codes(text))
    taken(project, made.files[1])
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    shown = fourp("agree", "--anchoring", "--project", project.root)
    assert "No influence of the suggestions can be shown" in shown.stdout


def test_arms_are_refused_where_they_make_no_sense(suggested, tmp_path):
    project, _ = suggested
    with pytest.raises(ProjectError, match="--by random"):
        draw(project, 10, by="diversity", show="half")
    with pytest.raises(StoreError, match="no suggestions yet"):
        draw(write_project(tmp_path / "other", gold=False), 10, show="half")
    refused = fourp("agree", "--anchoring", "--project", project.root)
    assert "fourp next 100 --by random --show half" in str(refused.exception)


def test_draws_of_the_third_version_are_kept_and_have_no_arm(suggested):
    project, _ = suggested
    draw(project, 10)
    store = Store(project.store)
    before = store.read_drawn()
    with sqlite3.connect(project.store) as connection:
        connection.execute("ALTER TABLE drawn DROP COLUMN arm")
        connection.execute("PRAGMA user_version=3")
    connection.close()
    pd.testing.assert_frame_equal(store.read_drawn(), before)
    draw(project, 10, show="half", seed=2)
    assert store.read_drawn()["arm"].value_counts().to_dict() == {"": 10, "shown": 5, "blind": 5}
