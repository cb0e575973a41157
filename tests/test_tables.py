"""Frames are brought to their table's columns and types, or refused with a reason."""

from __future__ import annotations

import importlib.util
from threading import Event, Thread

import pandas as pd
import pytest

from fourp_nlp import string_storage
from fourp_nlp.errors import TableError
from fourp_nlp.string_storage import python_strings
from fourp_nlp.tables import CODINGS, RECONCILIATION, SEGMENTS, among, conform, empty


def codings(**changes: object) -> pd.DataFrame:
    row = {
        "document": "a",
        "start": 0,
        "end": 3,
        "code": "c",
        "coder": "x",
        "quote": "abc",
    } | changes
    return pd.DataFrame([row])


@pytest.mark.parametrize("other", ["str", "object"])
@pytest.mark.parametrize("times", [1, 400])
def test_rows_are_found_among_others_however_many_there_are(times, other):
    names = ["a", "b", None, "", "a"]
    few = pd.DataFrame({"name": pd.Series(names, dtype="str"), "at": [1, 1, 2, 3, 2]})
    many = pd.concat([few] * times, ignore_index=True)
    others = pd.DataFrame(
        {"name": pd.Series(["a", None, "", "c"], dtype=other), "at": [2, 2, 4, 1], "more": 1}
    )
    expected = [False, False, True, False, True] * times
    assert among(many, others, ["name", "at"]).tolist() == expected
    assert among(many.assign(at=many["at"].astype(float)), others, ["name", "at"]).tolist() == (
        expected
    )
    assert not among(many, others[:0], ["name", "at"]).any()


def test_columns_come_in_order_and_others_are_left_behind():
    frame = conform(
        codings(extra=1)[["quote", "extra", "coder", "code", "end", "start", "document"]], CODINGS
    )
    assert frame.columns.tolist() == list(CODINGS.columns)
    assert frame["start"].dtype == "int64"


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="lacks the column"):
        conform(codings().drop(columns="quote"), CODINGS)


@pytest.mark.parametrize("value", [None, "three", 1.5])
def test_what_is_not_a_whole_number_is_refused(value):
    with pytest.raises(TableError, match="'start'"):
        conform(codings(start=value), CODINGS)


def test_whole_numbers_may_come_as_floats():
    assert conform(codings(start=2.0), CODINGS)["start"].tolist() == [2]


def test_the_word_false_is_not_taken_for_true():
    row = dict.fromkeys(RECONCILIATION.names, "x") | {
        "segment": 0, "start": 0, "end": 1, "probability": 0.5, "gold": "False", "machine": True, "settled": True,
    }  # fmt: skip
    with pytest.raises(TableError, match="'gold'"):
        conform(pd.DataFrame([row]), RECONCILIATION)


def test_an_empty_table_has_its_types():
    frame = empty(SEGMENTS)
    assert frame.columns.tolist() == list(SEGMENTS.columns)
    pd.testing.assert_frame_equal(conform(frame, SEGMENTS), frame)


def test_a_table_holds_texts_that_pyarrow_would_refuse():
    assert importlib.util.find_spec("pyarrow")  # else this shows nothing
    quote = "half of a pair \ud800"
    frame = codings().assign(quote=pd.Series([quote], dtype=object))
    assert conform(frame, CODINGS)["quote"].tolist() == [quote]
    with python_strings():
        assert codings(quote=quote)["quote"].tolist() == [quote]


@pytest.fixture
def _no_block_running(monkeypatch):
    """As outside the tests, which run in a block of their own."""
    monkeypatch.setattr(string_storage, "_running", 0)
    monkeypatch.setattr(string_storage, "_before", None)
    with pd.option_context("mode.string_storage", "auto"):
        yield


@pytest.mark.usefixtures("_no_block_running")
def test_the_pandas_option_is_put_back_when_the_last_block_ends():
    before = pd.get_option("mode.string_storage")
    assert before != "python"
    with python_strings():
        with python_strings():
            assert pd.get_option("mode.string_storage") == "python"
        assert pd.get_option("mode.string_storage") == "python"
    assert pd.get_option("mode.string_storage") == before


@pytest.mark.usefixtures("_no_block_running")
def test_the_pandas_option_is_put_back_after_an_error_and_after_a_thread():
    before = pd.get_option("mode.string_storage")
    inside, may_end = Event(), Event()

    def work():
        with python_strings():
            inside.set()
            may_end.wait(20)

    @python_strings()
    def fail():
        assert inside.wait(20)
        raise ZeroDivisionError

    thread = Thread(target=work)
    thread.start()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert pd.get_option("mode.string_storage") == "python"  # the thread still needs it
    may_end.set()
    thread.join()
    assert pd.get_option("mode.string_storage") == before
