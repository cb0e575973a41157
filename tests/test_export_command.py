"""`fourp export`: the file, what it says of it, and what it refuses."""

from __future__ import annotations

import json
import shutil
import zipfile

import pandas as pd
import pytest
from lxml import etree

from fourp_nlp.exchange import DIALECTS
from fourp_nlp.study.project import open_project
from tests.conftest import ROOT, write_gold_file
from tests.test_cli import fourp
from tests.test_export import with_suggestions


def exported(project, file, *words):
    return fourp("export", file, "--project", project.root, *words)


def tags(path):
    """Count the elements of a project file by their name."""
    with zipfile.ZipFile(path) as package:
        (name,) = [each for each in package.namelist() if each.endswith(".qde")]
        tree = etree.fromstring(package.read(name))
    return pd.Series([etree.QName(each).localname for each in tree.iter("{*}*")]).value_counts()


def rows(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_everything_goes_out_and_is_told(project, tmp_path):
    write_gold_file(project, "ben")
    count = with_suggestions(project)
    result = exported(project, path := tmp_path / "study.qdpx")
    assert result.exit_code == 0, result.output
    found = tags(path)
    assert (found["TextSource"], found["Coding"], found["User"]) == (6, 48 + count, 3)
    for line in ("documents      6", "codes          2", "coders         3", "machine@0a1b2c3d"):
        assert line in result.stdout
    assert "wrote " in result.stdout


def test_only_what_was_asked_for_goes_out(project, tmp_path):
    write_gold_file(project, "ben")
    with_suggestions(project)
    words = ["--coder", "ben", "--no-suggestions", "--document", "meeting1.txt", "--json"]
    result = exported(project, path := tmp_path / "ben.qdpx", *words)
    told = {
        (row["item"], row["coder"]): row["count"]
        for row in rows(result)
        if row["kind"] == "written"
    }
    assert told == {
        ("documents", ""): 1,
        ("themes", ""): 0,
        ("codes", ""): 2,
        ("coders", ""): 1,
        ("codings", ""): 4,
        ("codings", "ben"): 4,
    }
    assert tags(path)["Coding"] == 4


def test_what_is_lost_is_told_on_the_screen_and_in_a_file(project, tmp_path):
    path = tmp_path / "codes.qdc"
    result = exported(project, path)
    assert result.exit_code == 0, result.output
    assert "Lost, or not as it was" in result.stdout
    losses = pd.read_csv(tmp_path / "codes.qdc.losses.csv")
    assert losses.set_index("item")["count"]["codings"] == 24
    lost = [
        row
        for row in rows(exported(project, path, "--overwrite", "--json"))
        if row["kind"] == "lost"
    ]
    assert len(lost) == len(losses)


def test_with_strict_a_loss_is_an_error_and_nothing_is_written(project, tmp_path):
    result = exported(project, tmp_path / "codes.qdc", "--strict")
    assert result.exit_code == 1
    assert "nothing was written" in str(result.exception)
    assert "Lost, or not as it was" in result.stdout
    assert [each.name for each in tmp_path.iterdir()] == [project.root.name]


def test_no_file_is_written_over_by_chance(project, tmp_path):
    path = tmp_path / "study.qdpx"
    path.write_bytes(b"mine")
    assert exported(project, path).exit_code == 1
    assert path.read_bytes() == b"mine"
    assert exported(project, path, "--overwrite").exit_code == 0
    assert zipfile.is_zipfile(path)
    # Neither is the table of what an earlier export lost.
    (tmp_path / "new.qdpx.losses.csv").write_bytes(b"mine")
    result = exported(project, tmp_path / "new.qdpx")
    assert "new.qdpx.losses.csv" in str(result.exception)
    assert not (tmp_path / "new.qdpx").exists()


def test_a_table_of_losses_goes_when_nothing_is_lost_any_more(project, tmp_path):
    earlier = tmp_path / "study.qdpx.losses.csv"
    earlier.write_text("old", encoding="utf-8")
    result = exported(project, tmp_path / "study.qdpx", "--no-suggestions", "--overwrite", "--json")
    lost = [row for row in rows(result) if row["kind"] == "lost"]
    assert earlier.exists() == bool(lost)
    assert not earlier.exists() or "old" not in earlier.read_text(encoding="utf-8")


def test_equal_projects_give_equal_files(project, tmp_path):
    with_suggestions(project)
    for name in ("one.qdpx", "two.qdpx"):
        exported(project, tmp_path / name)
    assert (tmp_path / "one.qdpx").read_bytes() == (tmp_path / "two.qdpx").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["a.xyz"], 1, "No format has the ending"),
        (["a.qdpx", "--as", "nvivo"], 1, "There is no format 'nvivo'"),
        (["a.qdpx", "--dialect", "dedoose"], 2, "plain, maxqda, atlasti or nvivo"),
        (["a.qdc", "--dialect", "maxqda"], 2, "does not go with the format qdc"),
        (["a.qdpx", "--no-suggestions", "--accepted-only"], 2, "exclude each other"),
        (["a.qdpx", "--coder", "ana"], 1, "Did you mean 'anna'"),
        (["a.qdpx", "--document", "meeting"], 1, "no document 'meeting'"),
        (["a.qdpx", "--accepted-only"], 1, "There are no suggestions yet"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_cure(
    project, tmp_path, monkeypatch, words, code, said
):
    monkeypatch.chdir(tmp_path)
    result = exported(project, *words)
    assert result.exit_code == code
    assert said in f"{result.output}{result.exception}"
    assert not (tmp_path / "a.qdpx").exists()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_written(project, tmp_path, dialect):
    path = tmp_path / "study.qdpx"
    assert exported(project, path, "--dialect", dialect, "--shared-selections").exit_code == 0
    assert tags(path)["Coding"] == 24


def test_the_demonstration_goes_out_whole(tmp_path):
    for name in ("corpus", "gold", "fourp.toml"):
        into = tmp_path / "demo" / name
        into.parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, into)
    project = open_project(tmp_path / "demo")
    path = tmp_path / "study.qdpx"
    assert exported(project, path).exit_code == 0
    found = tags(path)
    gold = pd.concat(pd.read_csv(file, encoding="utf-8-sig") for file in project.gold_files)
    assert found["TextSource"] == 10
    assert found["Coding"] == gold["code"].notna().sum()
    assert found["User"] == 2
