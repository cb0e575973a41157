"""Memos on codings go out to other programs' formats and come back, and are never taken for a formula."""

from __future__ import annotations

import pandas as pd
import pytest

from fourp_nlp.exchange import read_qdpx
from fourp_nlp.study.exporting.export import project_exchange
from fourp_nlp.study.study import open_study
from tests.conftest import write_project
from tests.test_cli import fourp

MEMOS = [
    "plain",
    "=1+1",
    "'=2",
    'two\nlines, "quoted"; and\n\nthree',
    "<b>bold</b> & \U0001f331 \u202e",
    "x" * 20_000,
]


@pytest.fixture
def project(tmp_path):
    """Anna has memos on the first of her codings, in a gold file that was edited by hand."""
    project = write_project(tmp_path / "p")
    path = project.gold_files[0]
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    coded = table.index[table["code"] != ""][: len(MEMOS)]
    cells = [f"'{memo}" if memo.lstrip("'").startswith("=") else memo for memo in MEMOS]
    table.loc[coded, "memo"] = cells[: len(coded)]
    table.to_csv(path, index=False)
    return project


def memos(root):
    codings = open_study(root).gold.codings
    noted = codings[codings["memo"] != ""].sort_values(["document", "start", "end", "code"])
    return noted[["document", "start", "end", "code", "coder", "quote", "memo"]].to_numpy().tolist()


def test_each_memo_is_a_note_on_its_coding_by_its_coder(project):
    assert sorted(row[-1] for row in memos(project.root)) == sorted(MEMOS)
    exchange = project_exchange(open_study(project.root), suggestions=False)
    notes = exchange.notes[exchange.notes["name"] == "Memo"]
    marks = exchange.marks.set_index("guid")
    assert sorted(notes["text"]) == sorted(MEMOS)
    assert notes["user"].tolist() == marks.loc[notes["about"], "user"].tolist()


@pytest.mark.parametrize("name", ["out.qdpx", "out.csv", "out.xlsx", "out.json", "word"])
def test_memos_are_equal_after_a_round_trip(project, tmp_path, name):
    before = memos(project.root)
    out = tmp_path / name
    words = {
        "csv": ["--as", "long"],
        "xlsx": ["--as", "long"],
        "json": ["--as", "label-studio"],
        "word": ["--as", "word"],
    }
    done = fourp("export", out, *words.get(name.rpartition(".")[2], []), "--project", project.root)
    assert done.exit_code == 0, done.output
    # Into the same study whose memos were removed.
    path = project.gold_files[0]
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    table.drop(columns="memo").to_csv(path, index=False)
    assert memos(project.root) == []
    files = sorted(out.glob("*.docx")) if out.is_dir() else [out]
    for file in files:
        done = fourp("import", file, "--project", project.root)
        assert done.exit_code == 0, done.output
    assert memos(project.root) == before
    assert not list(project.exchange.glob("notes.csv"))
    again = fourp("import", files[0], "--project", project.root)
    assert again.exit_code == 0
    assert memos(project.root) == before


def test_memos_are_equal_in_a_new_study(project, tmp_path):
    out = tmp_path / "out.qdpx"
    fourp("export", out, "--project", project.root)
    assert "Memo" in read_qdpx(out).notes["name"].tolist()
    done = fourp("import", out, "--new", tmp_path / "new")
    assert done.exit_code == 0, done.output
    assert sorted(row[-1] for row in memos(tmp_path / "new")) == sorted(MEMOS)


def test_formats_without_a_place_for_memos_list_them_as_lost(project, tmp_path):
    for name, kind, item in (
        ("out.jsonl", "doccano", "notes"), ("wide.csv", "wide", "memos on codings"),
    ):  # fmt: skip
        done = fourp("export", tmp_path / name, "--as", kind, "--project", project.root)
        assert done.exit_code == 0, done.output
        losses = pd.read_csv(tmp_path / f"{name}.losses.csv").set_index("item")
        assert losses.loc[item, "count"] >= len(MEMOS)
