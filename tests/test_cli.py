"""The command line as people and programs meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app, main
from fourp_nlp.errors import FourpError
from fourp_nlp.tables import AGREEMENT_FULL, FREQUENCIES
from tests.conftest import ROOT, write_gold_file

SUGGEST_KEYS = [
    "document",
    "segment",
    "start",
    "end",
    "text",
    "speaker",
    "speaker_role",
    "code",
    "theme",
    "probability",
    "rank",
    "threshold",
    "suggested",
    "accepted",
    "accepted_from",
    "model",
    "why",
    "words",
    "caution",
]
COMMANDS = [
    "init",
    "codebook check",
    "run",
    "collect",
    "read",
    "speakers",
    "segment",
    "gold",
    "train",
    "suggest",
    "plan",
    "next",
    "reconcile",
    "agree",
    "frequencies",
    "report",
    "export",
    "restore",
    "score",
]


def fourp(*words: object, catch: bool = True):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if (
        result.exception
        and not isinstance(result.exception, SystemExit)
        and not (catch and isinstance(result.exception, FourpError))
    ):
        raise result.exception
    return result


def records(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_help_needs_none_of_the_heavy_packages():
    code = (
        "import sys, fourp_nlp.cli; "
        "print([m for m in ('pandas','numpy','spacy','torch','sklearn','sentence_transformers','pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, "PASSIVE 10"),
        ({"OMP_WAIT_POLICY": "ACTIVE", "OPENBLAS_THREAD_TIMEOUT": "20"}, "ACTIVE 20"),
    ],
)
def test_threads_that_wait_leave_the_processor_to_others_unless_the_user_says_otherwise(
    own, expected
):
    names = ("OMP_WAIT_POLICY", "OPENBLAS_THREAD_TIMEOUT")
    # Set before what reads them is loaded.
    code = (
        "import os, sys, atexit; from fourp_nlp.cli import main; "
        f"atexit.register(lambda: print(*(os.environ[name] for name in {names}), "
        "{'numpy', 'torch'} & set(sys.modules))); "
        "sys.argv = ['fourp', '--help']; main()"
    )
    clean = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean | own
    )
    assert done.stdout.splitlines()[-1] == f"{expected} set()"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_stands_in_the_documentation(command):
    result = fourp(*command.split(), "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"`fourp {command}" in text


def test_one_file_and_nothing_else_gives_a_table_and_two_files(tmp_path, monkeypatch):
    from docx import Document

    monkeypatch.chdir(tmp_path)
    document = Document()
    document.add_paragraph("We drove her to the clinic and paid for the prescription. It rained.")
    document.save("interview.docx")
    result = fourp("suggest", "interview.docx")
    assert result.exit_code == 0, result.output
    assert "support_and_assist_victims" in result.output
    frame = pd.read_csv("interview.docx.suggestions.csv")
    assert frame["code"].tolist()[0] == "support_and_assist_victims"
    assert {"probability", "why", "model"} <= set(frame.columns)
    assert len(pd.read_excel("interview.docx.suggestions.xlsx")) == len(frame)


def test_earlier_tables_are_not_overwritten_unasked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.txt").write_text("We trained the nurses.")
    (tmp_path / "talk.txt.suggestions.csv").write_text("mine")
    result = fourp("suggest", "talk.txt")
    assert isinstance(result.exception, FourpError)
    assert (tmp_path / "talk.txt.suggestions.csv").read_text() == "mine"
    assert fourp("suggest", "talk.txt", "--overwrite").exit_code == 0
    assert (tmp_path / "talk.txt.suggestions.csv").read_text() != "mine"


def test_suggest_json_has_the_documented_keys_and_every_code_when_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.txt").write_text("Our nurses learned to ask the question. The bus was late.")
    rows = records(fourp("suggest", "talk.txt", "--json", "--all-codes").stdout)
    assert len(rows) == 2 * 11
    assert all(list(row) == SUGGEST_KEYS for row in rows)
    text = (tmp_path / "talk.txt").read_text()
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    assert list(tmp_path.iterdir()) == [tmp_path / "talk.txt"]
    fewer = records(fourp("suggest", "talk.txt", "--json").stdout)
    assert 0 < len(fewer) < len(rows)


def test_a_bad_file_among_good_ones_is_named_and_the_exit_code_tells(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "good.txt").write_text("We trained the nurses.")
    (folder / "bad.docx").write_bytes(b"PK\x03\x04 not really")
    result = fourp("suggest", "talks")
    assert result.exit_code == 3
    assert "bad.docx" in result.stderr
    assert (tmp_path / "talks.suggestions.csv").exists()


def test_run_does_everything_and_the_steps_say_the_same(project):
    write_gold_file(project, "bruno", but=("meeting0.txt", "meeting1.txt"))
    (project.root / "fourp.toml").write_text('title = "Allotment"\n[coders]\ngold = "anna"\n')
    result = fourp("run", "--project", project.root)
    assert result.exit_code == 0, result.output
    names = {path.name for path in project.reports.iterdir()}
    assert {
        "report.html",
        "agreement.csv",
        "frequencies.csv",
        "reconciliation.csv",
        "tables.xlsx",
    } <= names
    rows = records(fourp("agree", "--json", "-p", project.root).stdout)
    assert list(rows[0]) == list(AGREEMENT_FULL.columns)
    pairs = {(row["coder_a"], row["coder_b"].split("@")[0]) for row in rows}
    assert pairs == {("anna", "bruno"), ("anna", "machine"), ("bruno", "machine")}
    perfect = [
        r
        for r in rows
        if (r["coder_b"], r["coefficient"], r["level"]) == ("bruno", "cohen_kappa", "overall")
    ]
    assert [(row["units"], row["value"]) for row in perfect] == [("all", 1.0), ("any_code", 1.0)]
    again = fourp("run", "--project", project.root)
    assert "up to date" in again.output


@pytest.mark.parametrize("by", ["case", "document", "group"])
def test_frequencies_json_has_the_documented_keys_and_adds_up(project, by):
    fourp("suggest", "-p", project.root)
    rows = records(fourp("frequencies", "--json", "--by", by, "-p", project.root).stdout)
    assert all(list(row) == FREQUENCIES.names for row in rows)
    anna = [row for row in rows if row["coder"] == "anna"]
    # Two sentences on water and two on seeds in each of six documents, never side by side alike.
    assert sum(row["count"] for row in anna) == 24
    assert len(anna) == 2 * {"case": 3, "document": 6, "group": 2}[by]


def test_a_decision_of_a_person_is_kept_with_their_name(project):
    fourp("run", "-p", project.root)
    table = project.reports / "reconciliation.csv"
    frame = pd.read_csv(table, encoding="utf-8-sig")
    frame.loc[0, ["settled", "decided_by"]] = [False, "carla"]
    frame.to_csv(table, index=False)
    again = records(fourp("reconcile", "--decisions", table, "--json", "-p", project.root).stdout)
    assert (again[0]["settled"], again[0]["decided_by"]) == (False, "carla")
    assert {row["decided_by"] for row in again[1:]} <= {"both", "rule: gold codes stand"}
    later = records(fourp("reconcile", "--json", "-p", project.root).stdout)
    assert later[0]["decided_by"] == "carla"


def test_init_makes_a_project_in_which_the_next_command_works(tmp_path):
    folder = tmp_path / "study"
    assert fourp("init", folder).exit_code == 0
    (folder / "corpus" / "a.txt").write_text("We trained the nurses. It rained.")
    result = fourp("run", "-p", folder)
    assert result.exit_code == 0, result.output
    assert "nothing is coded yet" in result.output
    assert (folder / "reports" / "report.html").exists()


def test_codebook_check_lists_what_is_missing(project):
    result = fourp("codebook", "check", project.codebook)
    assert "valid: 2 codes" in result.output
    assert "no full definition" in result.stderr


def test_an_error_is_one_line_and_exit_code_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["fourp", "agree"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert capsys.readouterr().err.startswith("Error: You are not in a project")


def test_markup_in_a_document_is_shown_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.txt").write_text(
        "Our coalition trained [bold red]police officers[/bold red] to recognise trafficking."
    )
    result = fourp("suggest", "talk.txt")
    assert result.exit_code == 0
    assert "[bold red]police officers[/bold red]" in result.output


def test_the_report_quotes_every_case(project):
    fourp("run", "-p", project.root)
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    for number in range(3):
        assert f"plot{number} · meeting" in page
