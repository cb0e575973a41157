"""Two people coded, and the settings name nobody: who read most is the reference, and a note says so."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.errors import FourpWarning
from fourp_nlp.study.study import open_study
from tests.conftest import write_gold_file, write_project


@pytest.fixture
def study(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    write_gold_file(project, "anna", but=("meeting0.txt",))
    write_gold_file(project, "ben")
    return open_study(project.root)


def test_who_read_most_is_the_reference_and_that_is_told(study):
    assert study.gold.reference == "ben"
    agreement = study.agreement(resamples=0)
    assert {"anna", "ben"} <= set(agreement["coder_a"]) | set(agreement["coder_b"])
    told = r"those of ben are used, who read most \(segments: ben 36, anna 30"
    with pytest.warns(FourpWarning, match=told):
        study.train()
    output = CliRunner().invoke(app, ["train", "--project", str(study.project.root)])
    assert output.exit_code == 0
    assert 'write under [coders]: gold = "anna"' in " ".join(output.output.split())


def test_of_two_who_read_as_much_the_first_by_name(study):
    write_gold_file(study.project, "anna")
    assert study.gold.reference == "anna"
    assert "first by name" in study.gold.reference_note


def test_settled_codes_are_the_reference_once_there_are_any(study):
    study.project.root.joinpath("fourp.toml").write_text("", encoding="utf-8")
    done = CliRunner().invoke(app, ["reconcile", "--settle", "--project", str(study.project.root)])
    assert done.exit_code == 0, done.output
    assert study.gold.reference == "settled"
    assert "the settled codes are used" in study.gold.reference_note


def test_the_settings_decide_without_a_note(study):
    settings = study.project.root / "fourp.toml"
    settings.write_text('[coders]\ngold = "Anna"\n', encoding="utf-8")
    assert study.gold.reference == "anna"
    assert study.gold.reference_note == ""


def test_a_table_of_quotes_among_the_gold_files_is_named_with_what_to_do(study):
    (study.project.gold / "cleo.csv").write_text(
        "document,code,quote\na,water,b\n", encoding="utf-8"
    )
    done = CliRunner().invoke(app, ["gold", "--project", str(study.project.root)])
    assert "fourp import cleo.csv --coded-by NAME" in str(done.exception)
    assert str(done.exception).count("cleo.csv, line 1") == 1
