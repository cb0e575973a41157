"""Suggestions and decisions survive; who decided what, and when, is on record."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from fourp_nlp.coding.store import Store, schema
from fourp_nlp.coding.store import store as store_module
from fourp_nlp.coding.store.answer_log import AnswerLog
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.coding.store.schema import VERSION
from fourp_nlp.columns import Column, Table
from fourp_nlp.errors import StoreError
from fourp_nlp.tables import SUGGESTIONS, conform
from tests.filled import filled

NAN = float("nan")


def suggestions(count: int, model: str = "m@1") -> pd.DataFrame:
    is_even = [number % 2 == 0 for number in range(count)]
    return filled(
        SUGGESTIONS,
        {"segment": range(count)},
        document="a.txt",
        end=5,
        text="héllo",
        code="water",
        probability=0.25,
        threshold=0.5,
        suggested=True,
        accepted=is_even,
        accepted_from=[0.5 if even else NAN for even in is_even],
        model=model,
        rank=1,
        out_of_fold_probability=0.125,
    )


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
    pd.testing.assert_frame_equal(frame, conform(suggestions(3), SUGGESTIONS))
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
    assert store.read_suggestions().columns.tolist() == list(SUGGESTIONS.columns)
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


VERSION_1 = """
CREATE TABLE documents (document TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE decisions (
    document TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, code TEXT NOT NULL,
    settled INTEGER NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT NOT NULL,
    PRIMARY KEY (document, start, "end", code)
);
CREATE TABLE log (at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL);
INSERT INTO decisions VALUES ('a.txt', 0, 5, 'water', 1, 'anna', '2025-01-01T00:00:00+00:00');
PRAGMA user_version=1;
"""

DRAW = {
    "draw": "d1-abc", "strategy": "mixed", "coder": "anna", "seed": 2**32 - 1, "frame_size": 40,
    "frame": "segments", "model": "m@1", "made_at": "2026-01-01T00:00:00+00:00", "options": "{}",
}  # fmt: skip


def drawn(*rows: tuple[int, float, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "draw": "d1-abc", "document": "a.txt", "document_sha256": "f" * 64, "start": start,
                "end": start + 5, "order": number, "inclusion_probability": chance, "stratum": "",
                "strategy": strategy, "arm": "",
            }
            for number, (start, chance, strategy) in enumerate(rows, start=1)
        ]
    )  # fmt: skip


def test_a_database_of_the_first_version_is_brought_up_and_loses_nothing(tmp_path):
    path = tmp_path / "s.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1)
    connection.close()
    store = Store(path)
    assert store.read_decisions()["decided_by"].tolist() == ["anna"]
    assert store.read_draws().empty
    store.write_draw(DRAW, drawn((0, 0.25, "random"), (9, NAN, "uncertainty")))
    assert store.read_draws().to_dict("records") == [DRAW]
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    connection.close()


VERSION_2 = """
CREATE TABLE suggestions (
    "document" TEXT NOT NULL, "segment" INTEGER NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, "text" TEXT NOT NULL, "code" TEXT NOT NULL, "theme" TEXT NOT NULL,
    "probability" REAL NOT NULL, "threshold" REAL NOT NULL, "suggested" INTEGER NOT NULL,
    "model" TEXT NOT NULL, "out_of_fold" INTEGER NOT NULL, "why" TEXT NOT NULL
);
INSERT INTO suggestions VALUES
    ('a.txt', 0, 0, 5, 'old', 'water', '', 0.75, 0.5, 1, 'm@0', 0, 'because');
PRAGMA user_version=2;
"""


def test_suggestions_of_the_second_version_are_kept_and_none_of_them_counts_as_accepted(tmp_path):
    path = tmp_path / "s.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1.replace("user_version=1", "user_version=2") + VERSION_2)
    connection.close()
    store = Store(path)
    old = store.read_suggestions()
    assert old[["text", "model", "why"]].to_numpy().tolist() == [["old", "m@0", "because"]]
    assert old["words"].tolist() == [""]
    assert old["accepted"].tolist() == [False]
    assert old["accepted_from"].isna().all()
    columns = ["rank", "out_of_fold_probability", "out_of_fold_suggested"]
    assert old[columns].to_numpy().tolist() == [[1, 0.75, True]]
    # The columns that were added stand last there, and what is written still goes where it belongs.
    store.write_suggestions(suggestions(3), DOCUMENTS, {})
    frame = store.read_suggestions()
    pd.testing.assert_frame_equal(frame, conform(suggestions(3), SUGGESTIONS))


VERSION_5 = """
CREATE TABLE suggestions (
    "document" TEXT NOT NULL, "segment" INTEGER NOT NULL, "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL, "text" TEXT NOT NULL, "code" TEXT NOT NULL, "theme" TEXT NOT NULL,
    "probability" REAL NOT NULL, "threshold" REAL NOT NULL, "suggested" INTEGER NOT NULL,
    "accepted" INTEGER NOT NULL, "accepted_from" REAL, "model" TEXT NOT NULL,
    "out_of_fold" INTEGER NOT NULL, "why" TEXT NOT NULL, "words" TEXT NOT NULL
);
CREATE TABLE changes (id TEXT PRIMARY KEY, at TEXT NOT NULL);
INSERT INTO suggestions VALUES
    ('a.txt', 0, 0, 5, 'one', 'water', '', 0.25, 0.5, 0, 0, NULL, 'm@0', 1, '', ''),
    ('a.txt', 0, 0, 5, 'one', 'seeds', '', 0.75, 0.5, 1, 1, 0.7, 'm@0', 1, 'because', 'pea'),
    ('a.txt', 0, 0, 5, 'one', 'paths', '', 0.25, 0.2, 1, 0, NULL, 'm@0', 1, 'so', 'gate'),
    ('b.txt', 0, 0, 5, 'two', 'water', '', 0.5, 0.5, 1, 0, NULL, 'm@0', 0, 'as', 'tap'),
    ('b.txt', 0, 0, 5, 'two', 'seeds', '', 0.0, 0.5, 0, 0, NULL, 'm@0', 0, '', ''),
    ('b.txt', 0, 0, 5, 'two', 'paths', '', 0.125, 0.2, 0, 0, NULL, 'm@0', 0, '', '');
PRAGMA user_version=5;
"""
# As if the machine had gone down while version 6 was made of it.
HALF_WAY = """
ALTER TABLE suggestions ADD COLUMN "rank" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE suggestions ADD COLUMN "out_of_fold_probability" REAL NOT NULL DEFAULT 0;
"""


@pytest.mark.parametrize("half", ["", HALF_WAY], ids=["untouched", "half-way"])
def test_suggestions_of_the_fifth_version_get_ranks_and_stay_what_was_said_out_of_fold(
    tmp_path, half
):
    path = tmp_path / "s.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_1.replace("user_version=1", "user_version=5") + VERSION_5)
        connection.executescript(half)
    connection.close()
    old = Store(path).read_suggestions()
    # Of equal ones the first.
    assert old["rank"].tolist() == [2, 1, 3, 1, 3, 2]
    assert old["out_of_fold_probability"].tolist() == old["probability"].tolist()
    assert old["out_of_fold_suggested"].tolist() == old["suggested"].tolist()
    assert old["suggested"].tolist() == [False, True, True, True, False, False]
    assert old["words"].tolist() == ["", "pea", "gate", "tap", "", ""]
    assert old["accepted"].tolist() == [False, True, False, False, False, False]
    # What came later is not made from that again.
    Store(path).write_suggestions(suggestions(3), DOCUMENTS, {})
    assert Store(path).read_suggestions()["out_of_fold_probability"].tolist() == [0.125] * 3
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    connection.close()


def test_decisions_of_the_seventh_version_are_kept_and_answers_to_draws_get_a_place(tmp_path):
    path = tmp_path / "s.sqlite"
    Store(path).write_draw(DRAW, drawn((0, 0.25, "random")))
    decided = {
        "kind": "do", "of_action": 0, "what": "accepted Water", "coder": "anna", "document": "a.txt", "start": 0,
        "end": 5, "code": "water", "value": 1, "before": -1, "origin": "assisted", "probability": 0.5,
        "model": "m@1", "text": "abc", "memo": "", "memo_before": "",
    }  # fmt: skip
    with ReviewLog(path) as log:
        log.append(pd.DataFrame([decided]), after=0)
    with closing(sqlite3.connect(path)) as connection, connection:
        # As the seventh version left it.
        connection.execute("DROP TABLE answered")
        connection.execute("ALTER TABLE reviewed DROP COLUMN memo")
        connection.execute("ALTER TABLE reviewed DROP COLUMN memo_before")
        connection.execute("PRAGMA user_version=7")
    with ReviewLog(path) as log:
        assert log.read()["what"].tolist() == ["accepted Water"]
        assert log.read()["memo"].tolist() == [""]
        assert AnswerLog(log).read().empty
        answered = {
            "kind": "do", "of_action": 0, "what": "no code applies", "coder": "anna", "draw": "d1-abc", "order": 1,
            "document": "a.txt", "start": 0, "end": 5, "codes": "", "read": True, "codes_before": "",
            "read_before": False, "text": "abc",
        }  # fmt: skip
        answers = AnswerLog(log)
        kept = answers.append(pd.DataFrame([answered]), ["d1-abc"], after=0)
        assert answers.append(pd.DataFrame([answered]), ["d1-abc"], after=0) is None
        pd.testing.assert_frame_equal(answers.read(["d1-abc"]), kept)
        assert answers.read(["d2-def"]).empty
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_draw_comes_back_as_it_was_and_no_probability_stays_none(tmp_path):
    store = Store(tmp_path / "s.sqlite")
    frame = drawn((30, 1 / 3, "random"), (9, NAN, "diversity"))
    store.write_draw(DRAW, frame)
    pd.testing.assert_frame_equal(store.read_drawn(), frame, check_dtype=False)
    assert store.read_drawn()["inclusion_probability"].isna().tolist() == [False, True]
    assert store.read_log()["what"].tolist() == ["draw"]


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 0.5, "random"), (0, 0.5, "random")],
        [(0, 0.5, "random"), (9, 0.0, "random")],
        [(0, 0.5, "random"), (9, 1.5, "random")],
        [(0, 0.5, "random"), (9, NAN, "random")],
        [(0, 0.5, "random"), (9, 1.0, "uncertainty")],
    ],
)
def test_a_draw_with_a_wrong_row_is_not_kept_at_all(tmp_path, rows):
    store = Store(tmp_path / "s.sqlite")
    with pytest.raises(StoreError):
        store.write_draw(DRAW, drawn(*rows))
    assert store.read_draws().empty
    assert store.read_drawn().empty
    assert store.read_log().empty


def test_a_column_declared_later_is_added_to_an_older_database_with_what_its_rows_are_to_hold(
    tmp_path, monkeypatch
):
    store = Store(tmp_path / "s.sqlite")
    store.write_suggestions(suggestions(2), DOCUMENTS, {})
    columns = dict(SUGGESTIONS.columns)
    columns["mood"] = Column("str", "how it sounds", default="it's plain")
    columns["length"] = Column("float64", "how long it is", default=NAN)
    later = Table("suggestions", columns)
    monkeypatch.setitem(schema._DECLARED, "suggestions", later)
    monkeypatch.setattr(store_module, "SUGGESTIONS", later)
    old = store.read_suggestions()
    assert old["mood"].tolist() == ["it's plain"] * 2
    assert old["length"].isna().all()
    assert old["text"].tolist() == ["héllo"] * 2
    # Frames that do not know the column can be written, and those that do keep what they hold.
    store.write_suggestions(suggestions(1), DOCUMENTS, {})
    assert store.read_suggestions()["mood"].tolist() == ["it's plain"]
    store.write_suggestions(suggestions(1).assign(mood="glad", length=2.5), DOCUMENTS, {})
    assert store.read_suggestions()[["mood", "length"]].to_numpy().tolist() == [["glad", 2.5]]
