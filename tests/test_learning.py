"""The machine learns while a person decides: nothing changes until the person takes the new model."""

from __future__ import annotations

import os
import time

import pytest

pytest.importorskip("starlette")

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import FourpError
from fourp_nlp.review.guard import Keys
from fourp_nlp.study.reviewing.learning import Learning
from fourp_nlp.study.reviewing.review_session import ReviewSession
from fourp_nlp.study.study import open_study
from tests.conftest import ROOT
from tests.test_review_page import Browser
from tests.test_review_session import accept, open_ones, study  # noqa: F401 - a fixture


@pytest.fixture
def session(study, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT)]))
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "anna", log)


@pytest.fixture
def learning(session):
    learning = Learning(session)
    yield learning
    learning.close()


def ended(ask, phases=("training", "taking")):
    """Wait until nothing goes on."""
    for _ in range(600):
        state = ask()
        if state["phase"] not in phases:
            return state
        time.sleep(0.1)
    raise AssertionError(state)


def decide_all(session):
    for segment, code in open_ones(session):
        accept(session, segment, code)


def model_bytes(session):
    folder = session.study.project.model
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_what_was_decided_since_the_last_training_is_counted(session, learning):
    assert learning.state().decisions == 0
    ones = open_ones(session)
    decide_all(session)
    assert learning.state().decisions == len(ones)
    session.undo()
    assert learning.state().decisions == len(ones) - 1
    session.accept_in_bulk(above=0)  # that is not learned from
    assert learning.state().decisions == len(ones) - 1
    assert learning.state().phase == "idle"


def test_a_new_model_is_compared_and_changes_nothing_until_it_is_taken(session, learning):
    decide_all(session)
    model, suggestions = model_bytes(session), session.study.suggestions_if_any
    learning.start()
    assert session.pending == 0  # the decisions are in the gold files
    with pytest.raises(FourpError, match="learning already"):
        learning.start()
    state = ended(lambda: learning.state()._asdict())
    assert state["phase"] == "trained", state
    result = state["result"]
    # Six documents that anna coded, and those segments of the seventh on which she decided.
    assert 36 < result["segments"] <= 43
    assert 0 < result["in_sight"] <= 7
    assert all(0 <= value <= 1 for value in result["macro_f1"])
    assert model_bytes(session) == model
    assert open_study(session.study.project.root).suggestions.equals(suggestions)
    learning.take()
    assert ended(lambda: learning.state()._asdict())["phase"] == "idle"
    assert model_bytes(session) != model
    session.refresh()
    assert session.machine == open_study(session.study.project.root).model.id
    assert learning.state().decisions == 0
    assert not (session.study.project.cache.parent / "learning").exists()


def test_the_present_model_stays_where_the_new_one_is_not_wanted(session, learning):
    decide_all(session)
    model = model_bytes(session)
    learning.start()
    assert ended(lambda: learning.state()._asdict())["phase"] == "trained"
    learning.discard()
    assert learning.state().phase == "idle"
    assert model_bytes(session) == model
    with pytest.raises(FourpError, match="no new model"):
        learning.take()


def test_a_training_that_is_stopped_or_dies_leaves_everything_as_it_was(session, learning):
    decide_all(session)
    model = model_bytes(session)
    learning.start()
    learning.discard()
    assert learning.state().phase == "idle"
    learning.start()
    learning._process.kill()
    state = ended(lambda: learning.state()._asdict())
    assert state["phase"] == "failed"
    assert "ended before it was done" in state["result"]["error"]
    assert model_bytes(session) == model
    learning.start()  # and it can be tried again
    assert ended(lambda: learning.state()._asdict())["phase"] == "trained"


def test_who_is_not_learned_from_is_told(study):  # noqa: F811 - the fixture
    with ReviewLog(study.project.store) as log:
        learning = Learning(ReviewSession(study, "ben", log))
        with pytest.raises(FourpError, match="learns from anna, and you decide as ben"):
            learning.start()


def test_an_error_of_the_training_is_told_on_the_page(session):
    browser = Browser(session, Keys())
    browser.open()
    assert browser.get("/api/learning").json()["phase"] == "idle"
    assert browser.post("learn", {"do": "nonsense"}).status_code == 400
    assert browser.post("learn", {"do": "take"}).status_code == 422
    decide_all(session)
    settings = session.study.project.root / "fourp.toml"
    settings.write_text('[model]\ncoded_sentences = ["nowhere.csv"]\n', encoding="utf-8")
    assert browser.post("learn", {"do": "start"}).status_code == 200
    state = ended(lambda: browser.get("/api/learning").json())
    assert state["phase"] == "failed"
    assert "nowhere.csv" in state["result"]["error"]


def test_the_page_lets_the_machine_learn(session):
    browser = Browser(session, Keys())
    browser.open()
    decide_all(session)
    assert 'id="learning"' in browser.get("/").text
    assert browser.post("learn", {"do": "start"}).json()["phase"] == "training"
    state = ended(lambda: browser.get("/api/learning").json())
    assert state["phase"] == "trained"
    assert {"id", "name", "n", "f1"} >= {key for code in state["result"]["codes"] for key in code}
    assert browser.post("learn", {"do": "take"}).json()["phase"] == "taking"
    assert ended(lambda: browser.get("/api/learning").json())["phase"] == "idle"
