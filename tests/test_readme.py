"""Every command of the README runs as it is written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from scripts import make_tutorial
from tests.conftest import CODEBOOK, ROOT

BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
OUTSIDE = ("make ", "pipx ", "uv ", "fourp collect ", "fourp score ")
"""What installs, and what asks the network (websites have tests of their own)."""


def commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the README speaks of."""
    make_tutorial.turns_to_docx(make_tutorial.NORA, tmp_path / "interview.docx")
    (tmp_path / "transcripts").mkdir()
    make_tutorial.turns_to_docx(make_tutorial.IDA, tmp_path / "transcripts" / "ida.docx")
    make_tutorial.turns_to_docx(make_tutorial.NORA, tmp_path / "transcripts" / "nora.docx")
    make_tutorial.codebook_to_xlsx(tmp_path / "codebook.xlsx")
    (tmp_path / "my-codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_of_the_readme_runs_as_it_is_written(folder):
    run = []
    for line in commands():
        if line.startswith(OUTSIDE):
            continue
        words = [
            found
            for word in shlex.split(line, comments=True)
            for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
        ]
        if words[0] == "cd":
            os.chdir(words[1])
        elif words[0] == "cp":
            for name in words[1:-1]:
                shutil.copy(name, words[-1])
        else:
            assert words[0] == "fourp", line
            done = CliRunner().invoke(app, words[1:])
            assert done.exit_code == 0, f"{line}: {done.output} {done.exception}"
            run.append(words[1])
    assert {"suggest", "init", "speakers", "next", "run", "status"} <= set(run)
    assert (folder / "my-study" / "reports" / "report.html").exists()


def test_what_is_left_out_are_commands_that_install_or_ask_the_network():
    assert sum(line.startswith(OUTSIDE) for line in commands()) == 6


def test_a_folder_with_earlier_tables_of_suggestions_is_suggested_for_again(folder):
    for _ in range(2):
        done = CliRunner().invoke(app, ["suggest", "interview.docx", "--overwrite"])
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, ["suggest", ".", "--overwrite"])
    assert done.exit_code == 0, done.output
    assert "Skipped" not in done.output
    for ending in ("csv", "xlsx"):
        (folder.parent / f"{folder.name}.suggestions.{ending}").unlink(missing_ok=True)
