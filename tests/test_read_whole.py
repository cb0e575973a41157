"""What counts as read when a document comes back coded: all of it, or the coded passages alone."""

from __future__ import annotations

import csv

import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.coding.gold.scope_edits import passages_only, read_as_whole, read_table
from fourp_nlp.study.study import open_study
from tests.conftest import write_gold_file, write_project

DOCUMENT = "meeting0.txt"


def fourp(study, *words, code=0):
    done = CliRunner().invoke(app, [*map(str, words), "--project", str(study.project.root)])
    assert done.exit_code == code, f"{done.output} {done.exception}"
    return f"{done.output} {done.exception}"


@pytest.fixture
def study(tmp_path):
    """Anna read one sentence of one document, on a sheet."""
    project = write_project(tmp_path / "here", documents=2, gold=False)
    study = open_study(project.root)
    first = study.segments.iloc[0]
    row = [
        first["document"],
        first["start"],
        first["end"],
        "water",
        "anna",
        first["text"],
        "segment",
    ]
    with (project.gold / "anna_next.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["document", "start", "end", "code", "coder", "quote", "scope"])
        writer.writerow(row)
    return study


@pytest.fixture
def coded_in_word(tmp_path):
    """The same document, coded as a whole in Word."""
    project = write_project(tmp_path / "there", documents=2, gold=False)
    write_gold_file(project, "anna")
    path = tmp_path / "meeting0.docx"
    open_study(project.root).export(path, documents=[DOCUMENT], suggestions=False)
    return path


def quotes(study, path):
    rows = study.segments[study.segments["document"] == DOCUMENT].iloc[:3]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Document", "Quote", "Code", "Coder"])
        for text in rows["text"]:
            writer.writerow([DOCUMENT, text, "Water", "anna"])
    return path


def read_segments(study):
    return int(study.labels("anna").read.sum())


def test_a_document_that_came_whole_is_read_as_a_whole_and_that_is_told(study, coded_in_word):
    assert read_segments(study) == 1
    output = fourp(study, "import", coded_in_word)
    assert f"anna had read a part of {DOCUMENT} (1 of 6 sentences; 4 codings now)" in output
    assert "all of it counts as read" in output
    assert "fourp gold mark-read anna --document ID --as passages" in output
    assert read_segments(study) == 6
    assert "had read a part" not in fourp(study, "import", coded_in_word)


def test_only_the_passages_count_when_asked(study, coded_in_word):
    output = fourp(study, "import", coded_in_word, "--read", "passages")
    assert "only the coded passages, and what was read before, count as read" in output
    assert read_segments(study) == 4  # one of the codings is of the sentence on the sheet


def test_quotes_alone_add_passages_and_the_whole_when_asked(study, tmp_path):
    path = quotes(study, tmp_path / "quotes.csv")
    output = fourp(study, "import", path)
    assert "only the coded passages, and what was read before, count as read" in output
    assert "--as whole" in output
    assert read_segments(study) == 3
    output = fourp(study, "gold", "mark-read", "anna", "--document", DOCUMENT, "--as", "whole")
    assert "1 document changed: 6 sentences count as read, 3 before" in output
    assert read_segments(study) == 6


def test_quotes_are_read_as_a_whole_when_asked(study, tmp_path):
    fourp(study, "import", quotes(study, tmp_path / "quotes.csv"), "--read", "whole")
    assert read_segments(study) == 6


def test_a_project_that_comes_back_as_it_went_makes_nothing_read(study, tmp_path):
    study.export(tmp_path / "out.docx", documents=[DOCUMENT], suggestions=False)
    assert "had read a part" not in fourp(study, "import", tmp_path / "out.docx")
    assert read_segments(study) == 1


def test_what_was_read_is_shown_and_changed_in_the_gold_files(study):
    output = fourp(study, "gold")
    assert "Documents that were read in part, in sentences" in output
    row = next(line for line in output.splitlines() if DOCUMENT in line)
    assert row.split() == ["anna", DOCUMENT, "1", "6"]
    write_gold_file(study.project, "ben")
    settings = study.project.root / "fourp.toml"
    settings.write_text('title = "Allotment"\n[coders]\ngold = "anna"\n', encoding="utf-8")
    fourp(study, "gold", "mark-read", "ben", "--document", DOCUMENT, "--as", "passages")
    assert int(study.labels("ben").read.sum()) == 6 + 4
    fourp(study, "gold", "mark-read", "ben", "--document", DOCUMENT, "--as", "whole")
    assert int(study.labels("ben").read.sum()) == 12
    again = fourp(study, "gold", "mark-read", "ben", "--document", DOCUMENT, "--as", "whole")
    assert "0 documents changed" in again
    assert "did not code a document 'x'" in fourp(
        study, "gold", "mark-read", "ben", "--document", "x", "--as", "whole", code=1
    )


def test_the_other_rows_and_columns_of_a_gold_file_stay_as_they_are(tmp_path):
    path = tmp_path / "anna.csv"
    content = (
        "\ufeffsep=;\r\nDocument;start;end;code;quote;why\r\n"
        "a.txt;0;3;water;=1+1;sure\r\nb.txt;0;3;seeds;abc;no\r\nc.txt;;;;;\r\n"
    )
    path.write_bytes(content.encode())
    table = read_table(path)
    assert table.content() == content.encode()
    changed = passages_only(table, "anna", {"a.txt", "c.txt"})
    assert changed.content().decode() == (
        "\ufeffsep=;\r\nDocument;start;end;code;quote;why;scope\r\n"
        "a.txt;0;3;water;=1+1;sure;segment\r\nb.txt;0;3;seeds;abc;no;\r\n"
    )
    assert passages_only(table, "anna", {"d.txt"}) is None
    assert passages_only(table, "ben", {"a.txt"}) is None
    whole = read_as_whole(changed, "anna", ["a.txt", "b.txt"])
    assert whole.content().decode().splitlines()[-1] == "a.txt;;;;;;document"
