"""The tutorial, walked from its first command to its last, exactly as it is written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.study.study import open_study
from scripts import make_tutorial
from tests.tutorial_people import ROOT, act, codes_of

STEP = re.compile(r"^\$ (?P<command>.+)$|^<!-- person: (?P<person>.+) -->$", re.MULTILINE)


def steps():
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    return [match.groupdict() for match in STEP.finditer(text)]


def walk(folder):
    """Do every step in a folder; return what each command of fourp printed."""
    printed = []
    shutil.copytree(ROOT / "docs" / "tutorial", folder / "docs" / "tutorial")
    for step in steps():
        if step["person"]:
            act(step["person"])
            continue
        words = [
            found
            for word in shlex.split(step["command"])
            for found in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
        ]
        if words[0] == "cd":
            os.chdir(words[1])
        elif words[0] == "cp":
            for name in words[1:-1]:
                shutil.copy(name, words[-1])
        else:
            assert words[0] == "fourp", step["command"]
            done = CliRunner().invoke(app, words[1:])
            assert done.exit_code == 0, f"{step['command']}: {done.output} {done.exception}"
            printed.append((step["command"], done.output))
    return printed


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tutorial")
    before = Path.cwd()
    os.chdir(folder)
    try:
        printed = walk(folder)
        yield folder / "night-buses", dict(printed), [command for command, _ in printed]
    finally:
        os.chdir(before)


def test_the_files_of_the_tutorial_are_those_of_its_script(tmp_path):
    for path in make_tutorial.write_all(tmp_path):
        assert make_tutorial.content_of(path) == make_tutorial.content_of(
            make_tutorial.FOLDER / path.name
        )


def test_it_ends_with_a_finished_transcript(walked):
    project, _, _ = walked
    study = open_study(project)
    anna = study.labels("anna")
    of_ida = (study.segments["document"] == "ida.docx").to_numpy()
    data = anna.looked_for.any(axis=1)
    speakers = study.segments["speaker"].to_numpy()
    assert data[of_ida & (speakers == "Ida")].all()
    assert not data[speakers == "Interviewer"].any()
    given = {
        code
        for segment, labels in zip(study.segments["text"][of_ida], anna.labels[of_ida], strict=True)
        for code, has in zip(study.codebook.code_ids, labels, strict=True)
        if has and code in codes_of(segment)
    }
    assert given == set(study.codebook.code_ids)


def test_agreement_and_a_corrected_table_and_a_methods_text_are_there(walked):
    project, printed, _ = walked
    assert "Agreement: anna and ben" in printed["fourp agree"]
    assert "corrected" in printed["fourp frequencies --corrected"]
    methods = (project / "reports" / "methods.md").read_text(encoding="utf-8")
    assert "anna decided on" in methods
    assert (project / "reports" / "methods.docx").exists()


def test_from_nothing_to_a_methods_text_it_takes_few_commands_and_no_edit_of_settings(walked):
    project, _, commands = walked
    looking = {"fourp status", "fourp speakers", "fourp agree", "fourp frequencies --corrected"}
    looking |= {command for command in commands if command.startswith("fourp frequencies --by")}
    finishing = {command for command in commands if command.startswith("fourp accept")}
    needed = [command for command in commands if command not in looking | finishing]
    assert len(needed) <= 10
    settings = tomllib.loads((project / "fourp.toml").read_text(encoding="utf-8"))
    assert settings["coders"]["gold"] == ""
