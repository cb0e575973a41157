"""Suggestions and decisions survive; who decided what, and when, is on record."""

from __future__ import annotations

import json
import sqlite3

import pandas as pd
import pytest

from fourp_nlp.errors import StoreError
from fourp_nlp.store import Store
from fourp_nlp.tables import SUGGESTIONS


def suggestions(count: int, model: str = "m@1") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": "a.txt", "segment": range(count), "start": 0, "end": 5, "text": "héllo",
            "code": "water", "theme": "", "probability": 0.25, "threshold": 0.5, "suggested": True,
            "model": model, "out_of_fold": False, "why": "",
        }
    )  # fmt: skip


DOCUMENTS = pd.DataFrame({"document": ["a.txt"], "sha256": ["f" * 64]})


def decision(by: str, *, settled: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "document": ["a.txt"],
            "start": [0],
            "end": [5],
            "code": ["water"],
            "settled": [settled],
            "decided_by": [by],
        }
    )


def test_suggestions_come_back_as_they_were(tmp_path):
    store = Store(tmp_path / "s.sqlite")
    store.write_suggestions(suggestions(3), DOCUMENTS, {"model": "m@1"})
    frame = store.read_suggestions()
    pd.testing.assert_frame_equal(frame, suggestions(3).astype(frame.dtypes.to_dict()))
    assert store.read_documents() == {"a.txt": "f" * 64}
    assert store.read_facts() == {"model": "m@1"}


def test_new_suggestions_replace_the_old_and_leave_decisions(tmp_path):
    store = Store(tmp_path / "s.sqlite")
    store.write_suggestions(suggestions(3), DOCUMENTS, {})
    store.write_decisions(decision("anna", settled=True))
    store.write_suggestions(suggestions(1, "m@2"), DOCUMENTS, {})
    assert store.read_suggestions()["model"].tolist() == ["m@2"]
    assert store.read_decisions()["decided_by"].tolist() == ["anna"]


def test_a_later_decision_wins_and_both_are_in_the_log(tmp_path):
    store = Store(tmp_path / "s.sqlite")
    store.write_decisions(decision("anna", settled=True))
    store.write_decisions(decision("bruno", settled=False))
    frame = store.read_decisions()
    assert frame[["settled", "decided_by"]].to_numpy().tolist() == [[False, "bruno"]]
    logged = [json.loads(text)["decided_by"] for text in store.read_log()["detail"]]
    assert logged == ["anna", "bruno"]


def test_an_interrupted_write_leaves_the_old_suggestions(tmp_path):
    store = Store(tmp_path / "s.sqlite")
    store.write_suggestions(suggestions(2), DOCUMENTS, {})
    broken = pd.DataFrame({"document": ["a.txt", "a.txt"], "sha256": ["1", "2"]})
    with pytest.raises(StoreError):
        store.write_suggestions(suggestions(9), broken, {})
    assert len(store.read_suggestions()) == 2


def test_reading_makes_no_file(tmp_path):
    store = Store(tmp_path / "s.sqlite")
    assert store.read_suggestions().columns.tolist() == SUGGESTIONS.names
    assert store.read_decisions().empty
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_or_newer_database_is_named(tmp_path):
    damaged = tmp_path / "d.sqlite"
    damaged.write_bytes(b"x" * 5000)
    with pytest.raises(StoreError, match=str(damaged)):
        Store(damaged).read_suggestions()
    newer = tmp_path / "n.sqlite"
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        Store(newer).read_suggestions()
