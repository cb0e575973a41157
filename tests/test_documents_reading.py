"""What is known of how a file was read reaches the table of documents."""

from __future__ import annotations

import json
import re

import pytest

from fourp_nlp.documents import _one_file as _one
from fourp_nlp.documents import read_document, read_documents
from fourp_nlp.documents.limits import MAX_CHARACTERS, MAX_PAGES
from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.registry import FORMATS, LEGACY
from fourp_nlp.errors import UnsafeDocumentError
from fourp_nlp.segments import segment
from tests.conftest import ROOT

MARKED = Reading(
    [
        Text("anna7: We  have two beds.", "a", ("anna7", " ")),
        Text("Nobody came.", "b"),
        Text("bo: Yes.", "a", ("bo", "anna7")),
    ],
    ["The third byte\nis wrong."],
    ["2 running heads were left out."],
)


@pytest.fixture
def documents(tmp_path, monkeypatch):
    monkeypatch.setattr(_one, "SUPPORTED", {".txt": lambda _: MARKED})
    (tmp_path / "talk.txt").write_text("anything", encoding="utf-8")
    return read_documents(tmp_path / "talk.txt")


def test_labels_remarks_and_doubts_reach_the_tables(documents):
    frame, skipped = documents
    assert frame["document"].tolist() == ["talk.txt#a", "talk.txt#b"]
    assert frame["text"].tolist() == ["anna7: We have two beds.\n\nbo: Yes.", "Nobody came."]
    assert frame["labels"].tolist() == ["anna7\nbo", ""]
    assert set(frame["remarks"]) == {"2 running heads were left out."}
    assert skipped["reason"].tolist() == ["Note: The third byte is wrong."]


def test_documents_without_labels_are_segmented_all_the_same(documents):
    frame, _ = documents
    assert len(segment(frame.drop(columns=["labels", "remarks"]))) == len(segment(frame)) == 3


def test_a_reading_comes_whole_from_another_process():
    assert Reading.from_message(json.loads(json.dumps(MARKED.message()))) == MARKED


@pytest.mark.parametrize(
    "message",
    [
        None,
        {"texts": [], "doubts": [], "remarks": []},
        {"texts": [["a", "b"]], "doubts": [], "remarks": []},
        {"texts": [["a", "b", [1]]], "doubts": [], "remarks": []},
        {"texts": [["a", "b", []]], "doubts": [2], "remarks": []},
        {"texts": [["a", "b", []]], "doubts": []},
    ],
)
def test_of_a_message_nothing_is_believed_that_is_not_as_it_must_be(message):
    assert Reading.from_message(message) is None


def test_the_readme_names_every_format_that_is_read():
    listed = (ROOT / "README.md").read_text(encoding="utf-8").partition("**It reads** ")[2]
    listed = set(re.findall(r"[a-z0-9]+", listed.partition(".")[0]))
    assert listed >= {form.suffixes[0].removeprefix(".") for form in FORMATS}


def test_no_suffix_is_of_two_formats_and_none_of_a_kind_that_is_not_read():
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert not LEGACY.keys() & set(suffixes)
    assert set(LEGACY.values()) <= set(suffixes)


def test_a_text_beyond_the_limit_is_refused_and_one_at_the_limit_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(_one, "MAX_CHARACTERS", 100)
    path = tmp_path / "long.txt"
    path.write_text("x" * 100, encoding="utf-8")
    assert read_document(path) == "x" * 100
    path.write_text("x" * 101, encoding="utf-8")
    with pytest.raises(UnsafeDocumentError, match="101 characters of text; the limit is 100"):
        read_document(path)


def test_the_limits_are_those_of_the_documentation():
    page = (ROOT / "docs" / "outside_files.md").read_text(encoding="utf-8")
    assert f"| pages of a PDF | {MAX_PAGES:,} |" in page
    assert f"| text | {MAX_CHARACTERS:,} characters |" in page
