"""A review: decisions are kept at once, undone and done again, and written into the gold files."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from fourp_nlp.coding.gold.assisted import read_assisted
from fourp_nlp.coding.store.backups import back_up, backups, restore
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import GoldError, ProjectError, StoreError
from fourp_nlp.study.reviewing.review_session import (
    ChangedElsewhereError,
    Decision,
    ReviewSession,
)
from fourp_nlp.study.study import open_study
from fourp_nlp.study.undo import undo_last_change
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.test_cli import fourp

NEW = "open_day.txt"


@pytest.fixture
def study(tmp_path):
    """Anna coded six documents without seeing suggestions; a seventh has suggestions alone."""
    project = write_project(tmp_path / "p")
    text = " ".join([WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5], SEEDS[3], OTHER[2]])
    (project.corpus / NEW).write_text(text, encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return study


@pytest.fixture
def session(study):
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "anna", log)


def number_of(session, name=NEW):
    return session.documents.index(name)


def open_ones(session, name=NEW):
    """Segment and code of each open suggestion of a document."""
    first, after = session.rows(number_of(session, name))
    segments, codes = session.state.open[first:after].nonzero()
    return list(zip(segments.tolist(), codes.tolist(), strict=True))


def accept(session, segment, code, value=True, was=None):
    return session.decide(number_of(session), [Decision(segment, code, value, was)])


def values(session):
    return session.state.value.copy()


def test_a_decision_is_in_the_log_at_once_and_in_the_gold_files_when_they_are_written(
    study, session
):
    cells = open_ones(session)
    assert len(cells) >= 4
    before = session.progress()
    (segment, code), (other, other_code) = cells[0], cells[1]
    assert accept(session, segment, code).segments == [segment]
    accept(session, other, other_code, value=False)
    assert session.progress() == (before.open - 2, before.decided + 2, False)
    with ReviewLog(study.project.store) as log:
        entries = log.read("anna")
    assert entries["value"].tolist() == [1, 0]
    assert entries["what"].tolist() == [
        "accepted " + name(session, code),
        "rejected " + name(session, other_code),
    ]
    assert entries["probability"].notna().all()
    assert entries["model"].tolist() == [study.machine] * 2
    path = study.project.gold_of_assisted("anna")
    assert not path.exists()
    assert session.pending == 2
    assert session.write().decisions == 2
    assert session.pending == 0
    decided = read_assisted(path, study.codebook.code_ids)
    assert sorted(decided["accepted"].tolist()) == [False, True]
    assert set(decided["origin"]) == {"assisted"}
    assert decided["probability"].notna().all()
    shown = values(session)
    session.refresh()
    assert (values(session) == shown).all()
    # The same is seen by whoever opens the review anew.
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "Anna", log)
        assert again.coder == "anna"
        assert (again.state.value == shown).all()


def name(session, code):
    return session.study.codebook.names[session.codes[code]]


def test_what_was_not_written_before_the_end_is_there_at_the_next_start(study, session):
    cells = open_ones(session)
    for segment, code in cells[:3]:
        accept(session, segment, code)
    shown = values(session)
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        assert (again.state.value == shown).all()
        assert again.write().decisions == 3


def test_everything_is_undone_and_done_again_without_limit_and_after_a_new_start(study, session):
    start = values(session)
    states = [start]
    for segment, code in open_ones(session)[:3]:
        accept(session, segment, code)
        states.append(values(session))
    session.accept_in_bulk(above=0.0)
    states.append(values(session))
    assert session.progress().open == 0
    session.write()
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        for state in states[-2::-1]:
            assert again.undo() is not None
            assert (again.state.value == state).all()
        assert again.undo() is None
        again.write()
        assert not study.project.gold_of_assisted("anna").exists()
        for state in states[1:]:
            assert again.redo() is not None
            assert (again.state.value == state).all()
        assert again.redo() is None
        again.undo()
        # A new action ends what could be done again.
        accept(again, *open_ones(again)[0], value=False)
        assert again.redo() is None


def test_codes_accepted_in_bulk_are_counted_and_marked_as_such(study, session):
    rows, codes = session.bulk(above=0.5)
    session.accept_in_bulk(above=0.5)
    assert session.state.bulk.sum() == len(rows) == len(codes)
    session.write()
    decided = read_assisted(study.project.gold_of_assisted("anna"), study.codebook.code_ids)
    assert set(decided["origin"]) == {"bulk"}
    one = open_ones(session)[0] if open_ones(session) else None
    chosen = session.bulk(
        above=0.0, document=number_of(session), code=None if one is None else one[1]
    )
    assert one is None or len(chosen[0]) >= 1


def test_a_code_that_was_not_suggested_is_added(study, session):
    first, _ = session.rows(number_of(session))
    segment = 1
    code = int((~session.state.suggested[first + segment]).nonzero()[0][0])
    accept(session, segment, code)
    assert session.history.next_to_undo()["what"].iloc[0] == "added " + name(session, code)
    accept(session, segment, code, value=None, was=True)
    assert session.write().decisions == 1
    assert not study.project.gold_of_assisted("anna").exists()


def test_a_document_is_finished_when_nothing_is_open_and_then_counts_as_read(study, session):
    number = number_of(session)
    with pytest.raises(GoldError, match=r"open in open_day\.txt"):
        session.finish(number)
    for segment, code in open_ones(session):
        accept(session, segment, code, value=False)
    session.finish(number)
    assert session.progress(number).finished
    session.finish(number)
    session.write()
    labels = open_study(study.project.root).labels("anna")
    here = (labels.segments["document"] == NEW).to_numpy()
    assert labels.looked_for[here].all()
    session.undo()
    assert not session.progress(number).finished
    session.write()
    labels = open_study(study.project.root).labels("anna")
    assert not labels.looked_for[here].all()


def test_two_windows_lose_no_decision(study, session):
    (segment, code), (other, other_code) = open_ones(session)[:2]
    with ReviewLog(study.project.store) as log:
        second = ReviewSession(open_study(study.project.root), "anna", log)
        accept(second, segment, code)
        with pytest.raises(ChangedElsewhereError) as caught:
            accept(session, segment, code, value=False)
        assert caught.value.segments == [segment]
        # It is shown as the other window has it, and another code can be decided on.
        assert session.state.value[session.rows(number_of(session))[0] + segment, code] == 1
        accept(session, other, other_code)
        assert second.refresh()
        assert (second.state.value == session.state.value).all()
        assert session.undo() is not None
        assert second.undo() is not None
        assert (values(session) == -1).sum() == (values(second) == -1).sum() - 1
    session.refresh()
    assert session.version == 4


def test_what_somebody_coded_without_suggestions_is_not_changed_here(session):
    number = 0
    first, after = session.rows(number)
    assert session.state.blind[first:after].all()
    value = bool(session.state.value[first, 0])
    with pytest.raises(GoldError, match="without seeing suggestions"):
        session.decide(number, [Decision(0, 0, not value, value)])
    assert session.progress(number).open == 0


def test_gold_files_that_change_while_the_page_is_open_are_shown(study, session):
    (segment, code), *_ = open_ones(session)
    accept(session, segment, code)
    session.write()
    undo_last_change(study.project)
    assert session.refresh()
    assert (segment, code) in open_ones(session)
    # What was changed elsewhere since cannot be taken back unseen.
    with pytest.raises(GoldError, match="cannot be taken back"):
        session.undo()


def edit_by_hand(study, *, rejected):
    """Have the first row of the gold file say that the code was rejected, or take the row out."""
    path = study.project.gold_of_assisted("anna")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if not rejected:
        table = table.iloc[1:]
    else:
        table.loc[0, "code"] = ""  # it stays under looked_for
    table.to_csv(path, index=False)


@pytest.fixture
def edited(study, session):
    """A decision that was written; then rejected in the page, and taken out of the file by hand."""
    cells = open_ones(session)[:2]
    for cell in cells:
        accept(session, *cell)
    session.write()
    accept(session, *cells[0], value=False, was=True)
    edit_by_hand(study, rejected=False)
    session.refresh()
    return cells


def test_a_gold_file_edited_by_hand_after_a_decision_stands_and_that_is_told(
    study, session, edited, capsys
):
    segment, code = edited[0]
    row = session.rows(number_of(session))[0] + segment
    place = study.segments[["document", "start", "end"]].iloc[row].tolist()
    assert session.hand_edited == {(*place, session.codes[code]): (0, -1)}
    assert session.state.value[row, code] == -1
    # So does whoever opens the review anew.
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        assert again.hand_edited == session.hand_edited
        assert (again.state.value == session.state.value).all()
    result = fourp("log", "--write", "--project", str(study.project.root))
    assert "1 decision was not written" in " ".join(result.stderr.split())
    assert f"{session.codes[code]} in {NEW}" in " ".join(result.stderr.split())
    assert "rejected in the page, open in the file" in " ".join(result.stderr.split())
    decided = read_assisted(study.project.gold_of_assisted("anna"), study.codebook.code_ids)
    assert len(decided) == 1


def test_who_decides_anew_after_an_edit_by_hand_is_heard(study, session, edited):
    segment, code = edited[0]
    accept(session, segment, code)
    assert session.hand_edited == {}
    written = session.write()
    assert written.hand_edited.empty
    decided = read_assisted(study.project.gold_of_assisted("anna"), study.codebook.code_ids)
    assert decided["accepted"].tolist() == [True, True]


def test_an_edit_by_hand_is_not_undone_by_what_was_taken_back_in_the_page(study, session):
    cell, other = open_ones(session)[:2]
    accept(session, *cell)
    accept(session, *other)
    session.write()
    accept(session, *cell, value=False, was=True)
    session.undo()
    edit_by_hand(study, rejected=True)
    session.refresh()
    assert [tuple(edit) for edit in session.hand_edited.values()] == [(1, 0)]
    assert len(session.write().hand_edited) == 1
    decided = read_assisted(study.project.gold_of_assisted("anna"), study.codebook.code_ids)
    assert sorted(decided["accepted"].tolist()) == [False, True]


def test_an_edit_by_hand_that_says_what_was_decided_is_no_difference(study, session):
    cell, other = open_ones(session)[:2]
    accept(session, *cell)
    accept(session, *other)
    session.write()
    accept(session, *cell, value=False, was=True)
    edit_by_hand(study, rejected=True)
    session.refresh()
    assert session.hand_edited == {}
    assert session.write().hand_edited.empty


def test_a_decision_about_a_text_that_changed_is_told_and_not_written_elsewhere(study, session):
    (segment, code), *_ = open_ones(session)
    accept(session, segment, code)
    path = study.project.corpus / NEW
    path.write_text(
        "Something else entirely. " + path.read_text(encoding="utf-8"), encoding="utf-8"
    )
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        written = again.write()
        assert len(written.lost) == 1
        assert written.lost["code"].tolist() == [again.codes[code]]
        assert again.pending == 0


@pytest.mark.parametrize(
    ("decisions", "problem"),
    [
        ([], "Nothing is decided"),
        ([Decision(999, 0, True, None)], "no such segment"),
        ([Decision(0, 99, True, None)], "no such code"),
        ([Decision(-1, 0, True, None)], "no such segment"),
    ],
)
def test_what_is_not_there_is_refused(session, decisions, problem):
    with pytest.raises(ProjectError, match=problem):
        session.decide(number_of(session), decisions)
    with pytest.raises(ProjectError):
        session.decide(99, [Decision(0, 0, True, None)])


def test_the_next_open_suggestion_is_found_in_reading_order_or_by_uncertainty(session):
    number, cells = number_of(session), open_ones(session)
    segments = sorted({segment for segment, _ in cells})
    assert session.next_open(number, -1)[0] == segments[0]
    assert session.next_open(number, segments[0])[0] == segments[1]
    assert session.next_open(number, segments[-1])[0] == segments[0]
    assert session.next_open(number, segments[1], back=True)[0] == segments[0]
    assert session.next_open(number, segments[0], back=True)[0] == segments[-1]
    first, _ = session.rows(number)
    distance = {
        cell: abs(session.state.probability[first + cell[0], cell[1]] - 0.5) for cell in cells
    }
    assert session.next_open(number, -1, uncertain=True) == min(
        cells, key=lambda cell: (distance[cell], cell)
    )
    for segment, code in cells:
        accept(session, segment, code)
    assert session.next_open(number, -1) is None


def test_nobody_reviews_as_settled_or_under_a_name_that_is_no_file(study, session):
    with ReviewLog(study.project.store) as log:
        for who in ("", "settled", "a/b"):
            with pytest.raises((GoldError, ProjectError)):
                ReviewSession(study, who, log)


def test_the_log_is_listed_and_what_is_pending_is_written_on_demand(study, session):
    said = fourp("log", "-p", study.project.root)
    assert "nothing was decided in the review page yet" in said.output
    (segment, code), (other, other_code) = open_ones(session)[:2]
    accept(session, segment, code)
    accept(session, other, other_code, value=False)
    session.undo()
    said = fourp("log", "-p", study.project.root)
    assert said.exit_code == 0, said.output
    words = " ".join(said.output.split())
    assert "applies" in words
    assert "does not apply" in words
    assert "open again" in words
    lines = fourp("log", "--json", "--coder", "anna", "-p", study.project.root).output.splitlines()
    entries = [json.loads(line) for line in lines]
    assert [(entry["kind"], entry["value"]) for entry in entries] == [
        ("do", 1),
        ("do", 0),
        ("undo", -1),
    ]
    assert fourp("log", "--json", "--coder", "ben", "-p", study.project.root).output == ""
    said = fourp("log", "--write", "-p", study.project.root)
    assert "gold/assisted/anna.csv: 2 decisions" in said.output.replace("\n", "")
    assert session.pending == 0
    decided = read_assisted(study.project.gold_of_assisted("anna"), study.codebook.code_ids)
    assert len(decided) == 1


def test_another_interface_is_refused_unless_it_is_asked_for_and_says_what_that_means(study):
    said = fourp("review", "--host", "0.0.0.0", "-p", study.project.root)
    assert said.exit_code == 2
    words = " ".join(said.output.replace("│", " ").split())
    assert "unencrypted" in words
    assert "--anyone-on-network" in words
    said = fourp("review", "--document", "nothing.txt", "--no-browser", "-p", study.project.root)
    assert "There is no document 'nothing.txt'" in f"{said.output}{said.exception}"


def test_a_database_that_is_replaced_meanwhile_takes_no_decision_that_would_be_lost(study, session):
    (segment, code), *_ = open_ones(session)
    path = study.project.store
    aside = path.with_name("other.sqlite")
    shutil.copy(path, aside)
    aside.replace(path)
    with pytest.raises(StoreError, match="replaced while the page was open"):
        accept(session, segment, code)
    assert (segment, code) in open_ones(session)


def test_a_restored_database_has_the_decisions_made_after_the_backup(study):
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "anna", log)
        (segment, code), (other, other_code), *_ = open_ones(session)
        accept(session, segment, code)
        back_up(study.project.store)
        accept(session, other, other_code)
        entries = log.read()
    (backup, *_) = backups(study.project.store)
    restored = restore(study.project.store, backup.file)
    assert restored.added["reviewed"] == 1
    with ReviewLog(study.project.store) as log:
        pd.testing.assert_frame_equal(log.read(), entries)


def test_codes_and_coders_are_renamed_only_when_decisions_are_in_the_gold_files(
    session, study, monkeypatch
):
    monkeypatch.chdir(study.project.root)
    (segment, code), *_ = open_ones(session)
    accept(session, segment, code)
    for words in (("codebook", "rename", "water", "taps"), ("coder", "rename", "anna", "ann")):
        refused = fourp(*words)
        assert "Decisions of anna in the review page are not in the gold files yet" in str(
            refused.exception
        )
    assert fourp("log", "--write").exit_code == 0
    assert fourp("codebook", "rename", "water", "taps").exit_code == 0
    decided = read_assisted(study.project.gold_of_assisted("anna"), ["taps", "seeds"])
    assert set(decided["code"]) <= {"taps", "seeds"}
    assert len(decided) == 1
