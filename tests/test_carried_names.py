"""Decisions of the review page follow the names of codes and coders, and undo goes on past what it cannot do."""

from __future__ import annotations

import pytest

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import GoldError
from fourp_nlp.study.reviewing.differences.difference_session import Choice
from fourp_nlp.study.reviewing.review_session import Decision, ReviewSession
from fourp_nlp.study.study import open_study
from tests.conftest import SEEDS
from tests.test_cli import fourp
from tests.test_difference_session import codes_of, opened, settle  # noqa: F401 - a fixture
from tests.test_disagreements import pair  # noqa: F401 - a fixture
from tests.test_review_session import accept, open_ones, session, study, values  # noqa: F401 - fixtures


def run(study, *words):  # noqa: F811 - the fixture
    said = fourp(*words, "-p", study.project.root)
    assert said.exit_code == 0, f"{said.output} {said.exception}"


def test_a_decision_is_undone_and_done_again_after_its_code_was_renamed(study, session):  # noqa: F811
    start = values(session)
    cells = open_ones(session)[:2]
    for segment, code in cells:
        accept(session, segment, code)
    decided = values(session)
    run(study, "log", "--write")
    run(study, "codebook", "rename", "water", "taps")
    session.refresh()
    assert "taps" in session.codes
    assert (values(session) == decided).all()
    for _ in cells:
        assert session.undo() is not None
    assert (values(session) == start).all()
    for _ in cells:
        assert session.redo() is not None
    assert (values(session) == decided).all()
    session.undo()
    run(study, "log", "--write")
    # Who starts anew sees the same; the log keeps the names of then.
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        again.undo()
        assert (again.state.value == start).all()
        assert set(log.read("anna", as_recorded=True)["code"][:2]) <= {"water", "seeds"}
        assert "water" not in set(log.read("anna")["code"])


def test_a_decision_is_undone_after_its_coder_was_renamed(study, session):  # noqa: F811
    start = values(session)
    (segment, code), *_ = open_ones(session)
    accept(session, segment, code)
    run(study, "log", "--write")
    run(study, "coder", "rename", "anna", "ann")
    # The page that is open goes on under the new name, and so does one that is opened now.
    session.refresh()
    assert session.coder == "ann"
    assert session.pending == 0
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "ann", log)
        assert again.pending == 0
        assert again.undo() is not None
        assert (again.state.value == start).all()
        assert again.pending == 1
        assert log.coders_with_pending_entries() == ["ann"]
        assert again.write().decisions == 1
        assert again.pending == 0
    assert session.history.next_to_undo() is not None
    session.refresh()
    assert session.history.next_to_undo() is None


def test_another_person_may_have_the_name_that_a_coder_had(study):  # noqa: F811
    with ReviewLog(study.project.store) as log:
        first = ReviewSession(study, "anna", log)
        (segment, code), (other, other_code), *_ = open_ones(first)
        accept(first, segment, code)
        run(study, "log", "--write")
    run(study, "coder", "rename", "anna", "ann")
    with ReviewLog(study.project.store) as log:
        log.connection.execute("UPDATE log SET at = '2020-01-01T00:00:00+00:00'")
        log.connection.execute("UPDATE reviewed SET at = '2019-12-31T00:00:00.000+00:00'")
        log.connection.commit()
    with ReviewLog(study.project.store) as log:
        second = ReviewSession(open_study(study.project.root), "anna", log)
        assert second.history.next_to_undo() is None
        second.decide(second.documents.index("open_day.txt"), decisions_of(other, other_code))
        second.write()
        assert len(log.read("ann")) == 1
        assert len(log.read("anna")) == 1
        assert log.written("ann") == 1
        assert log.written("anna") == 2


def decisions_of(segment, code):
    return [Decision(segment, code, value=True, was=None)]


def test_a_renaming_that_was_taken_back_takes_the_names_back(study, session):  # noqa: F811
    start = values(session)
    cells = open_ones(session)
    accept(session, *cells[0])
    run(study, "log", "--write")
    run(study, "codebook", "rename", "water", "taps")
    run(study, "undo")
    session.refresh()
    assert "water" in session.codes
    assert session.undo() is not None
    assert (values(session) == start).all()
    assert set(session.entries()["code"]) <= {"water", "seeds"}


def test_what_was_decided_between_a_renaming_and_its_undoing_keeps_its_code(study, session):  # noqa: F811
    run(study, "codebook", "rename", "water", "taps")
    session.refresh()
    column = session.codes.index("taps")
    segment = next(segment for segment, code in open_ones(session) if code == column)
    accept(session, segment, column)
    run(study, "undo")
    session.refresh()
    column = session.codes.index("water")
    first, _ = session.rows(session.documents.index("open_day.txt"))
    assert session.state.value[first + segment, column] == 1
    assert session.write().decisions == 1
    assert "water" in study.project.gold_of_assisted("anna").read_text(encoding="utf-8")


def test_what_cannot_be_undone_is_passed_over_with_a_sentence(study, session):  # noqa: F811
    seeds, water = session.codes.index("seeds"), session.codes.index("water")
    of_seeds = next(cell for cell in open_ones(session) if cell[1] == seeds)
    of_water = next(cell for cell in open_ones(session) if cell[1] == water)
    start = values(session)
    accept(session, *of_seeds)
    accept(session, *of_water)
    run(study, "log", "--write")
    run(study, "codebook", "retire", "water")
    session.refresh()
    with pytest.raises(GoldError, match="It is passed over: the next undo takes back"):
        session.undo()
    assert session.undo() is not None
    assert session.codes == ["seeds"]
    assert session.undo() is None
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        assert again.state.value[:, 0].tolist() == start[:, seeds].tolist()


def test_a_merged_code_is_not_opened_by_undoing_a_decision_about_one_of_its_parts(study, session):  # noqa: F811
    cells = open_ones(session)
    (segment, code) = next(cell for cell in cells if cell[1] == session.codes.index("water"))
    accept(session, segment, code)
    run(study, "log", "--write")
    run(study, "codebook", "merge", "seeds", "--into", "water")
    session.refresh()
    before = values(session)
    with pytest.raises(GoldError, match="passed over"):
        session.undo()
    assert (values(session) == before).all()


def test_a_settled_difference_is_undone_and_keeps_its_comment_after_renaming(pair, opened):  # noqa: F811
    carla = opened("carla")
    settle(carla, SEEDS[0], Choice(coder="anna"), note="the tin held seeds")
    for words in (("codebook", "rename", "water", "taps"), ("coder", "rename", "anna", "ann")):
        said = fourp(*words, "-p", pair.root)
        assert said.exit_code == 0, f"{said.output} {said.exception}"
    standing = carla.standing()
    assert set(standing.decisions["note"]) == {"the tin held seeds"}
    assert not standing.changed.any()
    assert codes_of(pair) == {("taps", False), ("seeds", True)}
    assert carla.undo() is not None
    assert codes_of(pair) == set()
    assert carla.redo() is not None
    assert codes_of(pair) == {("taps", False), ("seeds", True)}
