"""The tables of suggestions that people get are the same, whichever command writes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.columns import SUGGESTIONS
from tests.conftest import write_project

if TYPE_CHECKING:
    from pathlib import Path


def fourp(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


def tables(folder: Path) -> dict[str, str]:
    names = ("suggestions", "candidates", "promises")
    paths = (folder / f"{name}.csv" for name in names)
    return {path.stem: path.read_text(encoding="utf-8-sig") for path in paths if path.exists()}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What `fourp run`, `fourp suggest`, `fourp suggest FILE` and `--json` write of one project."""
    project = write_project(tmp_path_factory.mktemp("allotment") / "study", gold=False)
    fourp("run", "-p", project.root)
    by_run = tables(project.reports)
    book = pd.read_excel(project.reports / "tables.xlsx", sheet_name=None)
    (project.reports / "promises.csv").write_text("of earlier suggestions", encoding="utf-8")
    fourp("suggest", "-p", project.root)
    by_suggest = tables(project.reports)
    out = project.root.parent / "out"
    document = project.root / "corpus" / "meeting0.txt"
    fourp("suggest", document, "-p", project.root, "--out", out)
    of_file = (out / "meeting0.txt.suggestions.csv").read_text(encoding="utf-8-sig")
    told = fourp("suggest", document, "-p", project.root, "--json")
    return by_run, by_suggest, book, of_file, [json.loads(line) for line in told.splitlines()]


def header(table: str) -> list[str]:
    return table.splitlines()[0].split(",")


def test_run_and_suggest_write_the_same_columns_and_values(written):
    by_run, by_suggest, book, _, _ = written
    assert by_run == by_suggest  # and the promises of earlier suggestions are gone
    assert set(by_run) == {"suggestions", "candidates"}
    for name, table in by_run.items():
        assert len(table.splitlines()) > 5
        assert header(table) == SUGGESTIONS.names_in(name) == book[name].columns.tolist()


def test_the_words_that_carried_a_suggestion_are_in_every_form(written):
    by_run, _, _, of_file, told = written
    for table in (by_run["suggestions"], of_file):
        assert {"why", "words", "rank", "threshold", "accepted"} <= set(header(table))
    assert header(of_file) == header(by_run["suggestions"])
    assert list(told[0]) == [*SUGGESTIONS.names_in("json"), "caution"]
    assert any(row["words"] for row in told)


def test_what_nobody_needs_in_a_list_of_suggestions_is_not_there(written):
    by_run, *_ = written
    assert "suggested" not in header(by_run["suggestions"])  # all of them are
    assert {"why", "words", "suggested"}.isdisjoint(header(by_run["candidates"]))
