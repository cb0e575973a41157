"""`fourp score` as people and programs meet it."""

import json
import sys

import pandas as pd
import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("fastwarc")

from fourp_nlp.batch import read_record
from fourp_nlp.batch import scoring as _batch
from fourp_nlp.errors import FourpError
from fourp_nlp.machine.shipped_model import shipped_model
from tests.test_cli import fourp
from tests.warc_files import write_warc

TEXTS = ["We teach cleaners to notice a missing key.", "Two beds stay free. Nobody gives a name."]
CODEBOOK = """\
id: two-codes
title: Two codes
version: "1.0"
language: en
themes:
  - id: help
    name: Help
    definition: What is done for people.
    codes:
      - id: beds
        name: Beds
        short_definition: Beds, rooms and shelter are offered to people who need them.
      - id: teaching
        name: Teaching
        short_definition: People are taught to notice or to do something.
"""


@pytest.fixture
def in_this_process(monkeypatch):
    """What workers do is done here: starting them takes longer than all else, and has its own tests."""

    def run(function, jobs, **_):
        yield from map(function, jobs)

    monkeypatch.setattr(_batch, "run", run)


@pytest.fixture
def shards(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b"):
        lines = "".join(json.dumps({"text": f"{text} Part {name}."}) + "\n" for text in TEXTS)
        (folder / f"{name}.jsonl").write_text(lines)
    return folder


def test_a_folder_of_shards_is_scored_with_nothing_but_two_names(shards, tmp_path):
    done = fourp("score", shards, "--to", tmp_path / "out", "--workers", "1")
    assert done.exit_code == 0
    assert "2 shards." in done.stdout
    assert "4 pages: 4 coded." in done.stdout
    assert "fourp frequencies --scored" in done.stdout
    again = fourp("score", shards, "--to", tmp_path / "out")
    assert again.exit_code == 0
    assert "2 shards, 2 of them finished before." in again.stdout


def test_a_folder_of_collected_sites_needs_no_options(tmp_path, in_this_process):
    write_warc(tmp_path / "valley.warc.gz", [(30, "/about"), (30, "/work")])
    head = "id,name,group,website\n"
    (tmp_path / "sites.csv").write_text(f"{head}valley,Valley,north,http://127.0.1.30:8040/\n")
    done = fourp("score", tmp_path, "--to", tmp_path / "scored")
    assert done.exit_code == 0
    frame = pd.read_parquet(tmp_path / "scored" / "segments" / "valley.parquet")
    assert set(frame["site"]) == {"valley"}
    assert set(frame["group"]) == {"north"}


def test_pages_and_shards_that_failed_are_named_and_the_exit_code_says_so(
    shards, tmp_path, in_this_process
):
    with (shards / "a.jsonl").open("a") as stream:
        stream.write("nonsense\n")
    (shards / "c.parquet").write_bytes(b"nonsense")
    done = fourp("score", shards, "--to", tmp_path / "out")
    assert done.exit_code == 3
    assert "3 shards, 1 not scored." in done.stdout
    assert "5 pages: 4 coded, 1 failed." in done.stdout
    assert "a#3: Line 3 is no JSON object" in done.stderr
    assert "c.parquet" in done.stderr
    assert "Write it again." in done.stderr


def test_nothing_scored_is_an_error(tmp_path, in_this_process):
    (tmp_path / "a.jsonl").write_text('{"text": ""}\n')
    done = fourp("score", tmp_path / "a.jsonl", "--to", tmp_path / "out")
    assert done.exit_code == 1
    assert "Nothing was scored" in done.stderr


def test_json_is_one_object_a_shard(shards, tmp_path, in_this_process):
    done = fourp("score", shards, "--to", tmp_path / "out", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["shard"] for row in rows] == ["a", "b"]
    assert rows[0]["kept"] == 2
    assert rows[0]["problem"] == ""


def test_a_codebook_that_nobody_coded_with_is_scored_by_its_definitions(
    shards, tmp_path, in_this_process
):
    (tmp_path / "codebook.yaml").write_text(CODEBOOK)
    words = ("score", shards, "--to", tmp_path / "out", "--codebook", tmp_path / "codebook.yaml")
    done = fourp(*words)
    assert done.exit_code == 0
    assert "from the definitions alone" in done.stderr
    assert read_record(tmp_path / "out")["codes"] == ["beds", "teaching"]
    # The codebook stays with the scores: a report that is made elsewhere has the names of the codes.
    (tmp_path / "codebook.yaml").rename(tmp_path / "moved.yaml")
    report = fourp("report", "--scored", tmp_path / "out")
    assert report.exit_code == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<th scope="row">Beds</th>' in page
    assert ">beds<" not in page
    (tmp_path / "moved.yaml").rename(tmp_path / "codebook.yaml")
    # The machine is made anew every time, and is the same.
    assert "2 of them finished before" in fourp(*words).stdout


def test_a_model_that_is_named_is_used_and_kept_with_the_scores(shards, tmp_path, in_this_process):
    done = fourp("score", shards, "--to", tmp_path / "out", "--model", shipped_model())
    assert done.exit_code == 0
    kept = tmp_path / "out" / "model"
    for path in shipped_model().iterdir():
        assert (kept / path.name).read_bytes() == path.read_bytes()


def test_languages_are_checked_before_anything_is_read(shards, tmp_path):
    done = fourp("score", shards, "--to", tmp_path / "out", "--languages", "english")
    assert isinstance(done.exception, FourpError)
    assert "'english' is no language. Write codes of two letters" in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_a_missing_extra_is_one_clear_line(shards, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = fourp("score", shards, "--to", tmp_path / "out")
    assert "pip install 'fourp_nlp[scale]'" in str(done.exception)
    assert "\n" not in str(done.exception)
