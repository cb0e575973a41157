"""All candidates of a code in a row: order, windows, filters and counts; decisions are those of the review."""

from __future__ import annotations

import shutil
import time

import numpy as np
import pytest

from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.reviewing.code_queue import CodeQueue
from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
from fourp_nlp.study.reviewing.queue_filters import QueueFilters, QueuePlace, attribute_values
from fourp_nlp.study.reviewing.review_session import (
    ChangedElsewhereError,
    Decision,
    ReviewSession,
)
from fourp_nlp.study.reviewing.review_state import OPEN
from fourp_nlp.study.study import open_study
from tests.small_study import write_codes, write_suggested
from tests.test_draw_session import draw

WATER = 0


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Twenty-four documents with suggestions; Ben coded five of them blind, Cleo three."""
    root = tmp_path_factory.mktemp("queue") / "p"
    write_suggested(root)
    write_codes(root, "ben", range(5))
    write_codes(root, "cleo", range(3, 6))
    settings = root / "fourp.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("anna", "ben"), encoding="utf-8"
    )
    return root


@pytest.fixture
def study(written, tmp_path):
    return open_study(shutil.copytree(written, tmp_path / "p"))


@pytest.fixture
def queue(study):
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "anna", log)
        differences = DifferenceSession(study, "anna", AdjudicationLog(log))
        yield CodeQueue(session, differences)


def probabilities(queue, candidates):
    return [float(queue.session.state.probability[each]) for each in candidates]


def decide(queue, candidate, value, was=None):
    return queue.decide(
        queue.place(candidate), value=value, was=was, seen=queue.seen(candidate.row)
    )


def whole(queue, filters, **how):
    """Everything, window by window, as the page asks for it."""
    window = queue.window(filters, count=7, **how)
    found = list(window.candidates)
    while window.later:
        window = queue.window(filters, count=7, start=queue.place(found[-1]), way="after", **how)
        found += window.candidates
    return found


def test_the_open_suggestions_of_a_code_come_from_all_documents_the_likeliest_first(queue):
    found = whole(queue, QueueFilters(WATER, state="open"))
    state = queue.session.state
    assert {each.row for each in found} == set(np.flatnonzero(state.open[:, WATER]))
    assert len({queue.place(each).document for each in found}) > 10
    chances = probabilities(queue, found)
    assert chances == sorted(chances, reverse=True)
    unsure = whole(queue, QueueFilters(WATER, state="open"), order="unsure")
    distances = [abs(each - 0.5) for each in probabilities(queue, unsure)]
    assert distances == sorted(distances)
    assert set(unsure) == set(found)


def test_the_whole_project_is_one_queue_over_all_codes(queue):
    found = whole(queue, QueueFilters(state="open"), order="unsure")
    assert len(found) == queue.session.progress().open == int(queue.by_code()[0].sum())
    assert len({each.code for each in found}) > 3
    with pytest.raises(ProjectError, match="one code at a time"):
        queue.window(QueueFilters(scope="others"))


def test_what_lies_just_below_the_threshold_is_found_by_probability(queue):
    below = whole(queue, QueueFilters(WATER, scope="others", state="open"))
    suggested = queue.session.state.suggested[:, WATER]
    assert not suggested[[each.row for each in below]].any()
    assert len(below) == int((~suggested).sum())
    chances = probabilities(queue, below)
    assert chances == sorted(chances, reverse=True)
    both = queue.counts(QueueFilters(WATER, scope="both"))
    assert both.open == len(below) + int(suggested.sum())
    # One that was missed is accepted, and counts as a decision like any other.
    decide(queue, below[0], True)
    assert queue.session.history.next_to_undo()["what"].iloc[0] == "added Water"
    assert queue.counts(QueueFilters(WATER, scope="others")).accepted == 1


def test_decisions_are_those_of_the_reading_page(queue, study):
    filters = QueueFilters(WATER, state="open")
    first, second = queue.window(filters).candidates[:2]
    place = queue.place(first)
    decide(queue, first, True)
    session = queue.session
    number = session.documents.index(place.document)
    assert session.state.value[first] == 1
    with pytest.raises(ChangedElsewhereError):
        session.decide(number, [Decision(place.segment, WATER, False, None)])
    # What the reading page decides is not open in the queue any more.
    other = queue.place(second)
    session.decide(
        session.documents.index(other.document), [Decision(other.segment, WATER, False, None)]
    )
    assert not {first, second} & set(whole(queue, filters))
    counts = queue.counts(filters)
    assert (counts.accepted, counts.rejected) == (1, 1)
    outcome, candidate = queue.undo()
    assert candidate == second
    assert session.documents[outcome.document] == other.document
    assert queue.undo()[1] == first
    assert queue.undo() is None
    assert queue.redo()[1] == first
    with ReviewLog(study.project.store) as log:
        assert log.read("anna")["kind"].tolist() == ["do", "do", "undo", "undo", "redo"]


def test_many_codes_accepted_at_once_are_taken_back_by_the_queue(queue):
    session = queue.session
    number = session.documents.index("meeting9.txt")
    session.accept_in_bulk(above=0.0, document=number)
    outcome, candidate = queue.undo()
    first, _ = session.rows(number)
    assert candidate.row == first + outcome.segments[0]
    assert session.state.suggested[candidate]
    assert session.state.value[candidate] == OPEN


def test_a_window_goes_on_where_the_last_one_ended_though_its_candidates_were_decided(queue):
    filters = QueueFilters(WATER, state="open")
    everything = whole(queue, filters)
    window = queue.window(filters, count=5)
    assert not window.earlier
    for each in window.candidates:
        decide(queue, each, False)
    after = queue.window(filters, count=5, start=queue.place(window.candidates[-1]), way="after")
    assert after.candidates == everything[5:10]
    before = queue.window(filters, count=3, start=queue.place(everything[9]), way="before")
    assert before.candidates == everything[6:9]
    assert before.earlier
    # A decided candidate that is named is shown, so that an address leads back to it.
    named = queue.window(filters, count=2, start=queue.place(everything[1]))
    assert named.candidates == [everything[1], everything[5]]
    gone = queue.window(filters, count=1, start=QueuePlace("nothing.txt", 0, "water"))
    assert gone.candidates == [everything[5]]


def test_filters_choose_by_state_probability_group_speaker_and_document(queue):
    for row, value in zip(whole(queue, QueueFilters(WATER))[:6], [True, False] * 3, strict=True):
        decide(queue, row, value)
    accepted = whole(queue, QueueFilters(WATER, state="accepted"))
    assert len(accepted) == 3
    assert all(queue.session.state.value[each] == 1 for each in accepted)
    counts = queue.counts(QueueFilters(WATER, state="rejected"))
    assert (counts.accepted, counts.rejected, counts.matching) == (3, 3, 3)
    some = whole(queue, QueueFilters(WATER, least=0.6, most=0.7))
    assert some
    assert all(0.6 <= round(each, 4) <= 0.7 for each in probabilities(queue, some))
    documents = queue.session.study.documents.set_index("document")
    north = whole(queue, QueueFilters(attribute="group", value="north"))
    assert {documents["group"][queue.place(each).document] for each in north} == {"north"}
    parts = [
        queue.counts(QueueFilters(attribute="group", value=group)).matching
        for group in ("north", "south", "")
    ]
    assert sum(parts) == queue.counts(QueueFilters()).matching
    one = whole(queue, QueueFilters(document="meeting3.txt"))
    assert {queue.place(each).document for each in one} == {"meeting3.txt"}
    assert queue.counts(QueueFilters(speaker="nobody")).matching == 0
    with pytest.raises(ProjectError, match="no such attribute"):
        queue.counts(QueueFilters(attribute="sha256", value="x"))
    with pytest.raises(ProjectError, match="no such document"):
        queue.counts(QueueFilters(document="nothing.txt"))
    with pytest.raises(ProjectError, match="no such code"):
        queue.counts(QueueFilters(99))


def test_the_filters_of_a_document_count_what_its_page_shows(queue):
    filters = QueueFilters(scope="marked", document="meeting2.txt")
    progress = queue.session.progress(queue.session.documents.index("meeting2.txt"))
    assert queue.counts(filters).open == progress.open
    added = queue.window(QueueFilters(2, scope="others", document="meeting2.txt")).candidates[0]
    decide(queue, added, True)
    assert queue.counts(filters).open == progress.open
    assert queue.counts(filters).accepted == 1
    assert queue.counts(filters._replace(state="accepted")).segments == 1
    assert queue.counts(filters._replace(state="open")).matching == progress.open


def test_differences_between_the_machine_and_a_person_and_between_coders_are_chosen(queue):
    wrong = queue.window(QueueFilters(WATER)).candidates[0]
    missed = queue.window(QueueFilters(WATER, scope="others")).candidates[0]
    decide(queue, wrong, False)
    decide(queue, missed, True)
    found = whole(queue, QueueFilters(WATER, scope="both", differ="machine"))
    assert set(found) == {wrong, missed}
    differing = whole(queue, QueueFilters(WATER, scope="both", differ="coders"))
    standing = queue._differences.standing(["ben", "cleo"]).state
    assert {each.row for each in differing} == set(standing.rows[standing.columns == WATER])
    assert differing
    number = queue.session.documents.index(queue.place(differing[0]).document)
    assert differing[0] in queue.differing(number)
    alone = CodeQueue(queue.session)
    assert not alone.people_differ
    with pytest.raises(GoldError, match="no two people"):
        alone.counts(QueueFilters(WATER, differ="coders"))


def test_what_was_coded_without_suggestions_counts_as_decided_and_is_not_changed(study):
    with ReviewLog(study.project.store) as log:
        queue = CodeQueue(ReviewSession(study, "ben", log))
        blind = queue.session.state.blind[:, WATER] & queue.session.state.suggested[:, WATER]
        assert blind.any()
        assert not blind[
            [each.row for each in whole(queue, QueueFilters(WATER, state="open"))]
        ].any()
        decided = [
            each for each in whole(queue, QueueFilters(WATER, state="all")) if blind[each.row]
        ]
        assert len(decided) == blind.sum()
        was = bool(queue.session.state.value[decided[0]])
        with pytest.raises(GoldError, match="without seeing suggestions"):
            decide(queue, decided[0], not was, was)


def test_a_decision_on_a_text_that_has_changed_since_is_refused(queue, study):
    candidate = queue.window(QueueFilters(WATER, document="meeting9.txt")).candidates[0]
    place, seen = queue.place(candidate), queue.seen(candidate.row)
    path = study.project.corpus / place.document
    path.write_text("Quite another text. " + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ChangedElsewhereError, match="has changed since"):
        queue.decide(place, value=True, was=None, seen=seen)
    assert queue.session.version == 0
    with pytest.raises(ChangedElsewhereError):
        queue.decide(QueuePlace("nothing.txt", 0, "water"), value=True, was=None, seen=seen)


def test_drawn_segments_are_in_no_queue_and_in_no_count(study):
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "anna", log)
        queue = CodeQueue(session, DifferenceSession(study, "anna", AdjudicationLog(log)))
        before = whole(queue, QueueFilters())
        counts = queue.counts(QueueFilters(WATER, scope="both"))
        assert len(whole(queue, QueueFilters(scope="suggested", differ="coders")))
        draw(open_study(study.project.root), 30, coder="anna")
        hidden = None
        for scope in ("suggested", "others", "both"):
            for state in ("all", "open"):
                for code in range(len(session.codes)):
                    found = whole(queue, QueueFilters(code, scope=scope, state=state))
                    hidden = session.hidden > 0
                    assert not hidden[[each.row for each in found]].any()
        assert hidden.sum() >= 30
        assert len(whole(queue, QueueFilters())) == sum(not hidden[each.row] for each in before)
        later = queue.counts(QueueFilters(WATER, scope="both"))
        assert later.open == counts.open - hidden.sum()
        for number in range(len(session.documents)):
            assert not hidden[[each.row for each in queue.differing(number)]].any()
        drawn = queue.place(next(each for each in before if hidden[each.row]))
        seen = queue.seen(queue.find(drawn).row)
        with pytest.raises(GoldError, match="in a draw that you are coding"):
            queue.decide(drawn, value=True, was=None, seen=seen)
        window = queue.window(QueueFilters(), start=drawn, count=1)
        assert not hidden[window.candidates[0].row]


def test_attributes_of_many_values_tell_documents_apart_and_are_not_offered(study):
    values = attribute_values(study.documents, most=5)
    assert values["group"] == ["north", "south"]
    assert values["kind"] == ["minutes"]
    assert "date" not in values
    assert "date" in attribute_values(study.documents)


def test_a_project_of_many_segments_answers_at_once(study, monkeypatch):
    """200,000 segments of five codes: each question after the first takes a fraction of a second."""
    with ReviewLog(study.project.store) as log:
        session = ReviewSession(study, "anna", log)
        queue = CodeQueue(session)
        n = 200_000
        generator = np.random.default_rng(1)
        state = session.state
        shape = (n, 5)
        state.probability = generator.random(shape, dtype=np.float32)
        state.suggested = state.probability > 0.6
        state.applies = np.ones(shape, dtype=bool)
        state.value = np.full(shape, OPEN, dtype=np.int8)
        state.blind = state.bulk = np.zeros(shape, dtype=bool)
        monkeypatch.setattr(session, "follow_draws", lambda: None)
        for filters in (QueueFilters(WATER, state="open"), QueueFilters(state="open")):
            first = queue.window(filters, order="unsure").candidates
            state.value[first[0]] = 1
            begun = time.perf_counter()
            for _ in range(5):
                queue.window(filters, order="unsure")
                queue.counts(filters)
            assert (time.perf_counter() - begun) / 5 < 0.5


def test_every_candidate_is_named_and_found_again(queue):
    for each in whole(queue, QueueFilters())[::9]:
        assert queue.find(queue.place(each)) == each
