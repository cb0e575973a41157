"""More than a hundred bad and odd files: the good ones are read, the bad ones are named, nothing stops."""

import os
import re
import resource
import time

import pytest

from fourp_nlp.documents import NOTE, read_documents
from fourp_nlp.documents.files import document_id
from tests import bad_files


def _most_memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    made = bad_files.write(folder)
    start, before = time.process_time(), _most_memory()
    documents, skipped = read_documents(folder)
    taken = time.process_time() - start, _most_memory() - before
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    prefix = f"{document_id(folder)}/"
    told = [
        (path.removeprefix(prefix), reason)
        for path, reason in zip(skipped["path"], skipped["reason"], strict=True)
    ]
    reasons = {path: reason for path, reason in told if not reason.startswith(NOTE)}
    notes = {path: reason for path, reason in told if reason.startswith(NOTE)}
    yield made, texts, reasons, taken, notes
    (folder / "closed.txt").chmod(0o600)


def test_there_are_many_and_each_is_read_or_named(outcome):
    made, texts, reasons, *_ = outcome
    names = {document_id(case.name) for case in made}
    assert len(made) == len(names)
    assert texts.keys() | reasons.keys() == names
    assert not texts.keys() & reasons.keys()


@pytest.mark.parametrize("case", bad_files.cases(), ids=lambda case: ascii(case.name[:30]))
def test_each_is_read_right_or_refused_with_its_reason(outcome, case):
    _, texts, reasons, _, notes = outcome
    name = document_id(case.name)
    if name == "closed.txt" and os.geteuid() == 0:
        assert texts[name] == "Closed."
    elif case.reason is not None:
        assert re.search(case.reason, reasons[name])
    elif case.text is not None:
        assert name in texts, reasons[name]
        assert texts[name] == case.text
    else:
        assert name in texts, reasons[name]
    assert re.search(case.note or "^$", notes.get(name, ""))


def test_every_reason_is_one_line_that_ends_with_a_cure(outcome):
    for reason in outcome[2].values():
        assert "\n" not in reason
        assert not reason.startswith(NOTE)
        assert len(re.findall(r"[.!](?:\s|$)", reason)) >= 2, reason
        assert "Error" not in reason or "damaged" in reason


def test_long_lines_are_read_whole(outcome):
    texts = outcome[1]
    assert len(texts["one_line_10mb.txt"]) == 17 * 600_000 - 1
    assert len(texts["one_word_5mb.txt"]) == 5_000_000
    assert len(texts["huge_field.csv"]) == 5_000_000 - 1
    assert texts["accents.txt"].endswith(" end")


def test_it_takes_reasonable_time_and_memory(outcome):
    seconds, kibibytes = outcome[3]
    assert seconds < 60
    assert kibibytes < 1_000_000


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (RecursionError(), "nested too deeply"),
        (MemoryError(), "more memory"),
        (ZeroDivisionError(), "ZeroDivisionError"),
    ],
)
def test_an_unforeseen_fault_of_a_parser_skips_one_file(tmp_path, monkeypatch, fault, reason):
    from fourp_nlp.documents import _one_file as _one

    def break_down(path):
        raise fault

    monkeypatch.setattr(_one, "SUPPORTED", dict(_one.SUPPORTED) | {".md": break_down})
    for name in ("a.md", "b.txt"):
        (tmp_path / name).write_text("Hello.")
    documents, skipped = read_documents(tmp_path)
    assert documents["document"].tolist() == ["b.txt"]
    assert reason in skipped["reason"][0]
