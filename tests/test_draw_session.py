"""Drawn segments coded in the review page: kept at once, without suggestions, and imported as a sheet is."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.coding.store import backups, restore
from fourp_nlp.coding.store.answer_log import AnswerLog
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.study.reviewing.draws.draw_session import (
    Answer,
    AnsweredElsewhereError,
    CodedOtherwiseError,
    DrawSession,
)
from fourp_nlp.study.reviewing.review_session import ChangedElsewhereError, ReviewSession
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.shared_draws import draw_for_coders, draw_same_as
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import open_study
from fourp_nlp.study.undo import undo_last_change
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.test_cli import fourp

NEW_CODE = """\
  - id: gates
    name: Gates
    short_definition: The gate and its padlock.
"""
OPEN, NONE = Answer(frozenset(), read=False), Answer(frozenset(), read=True)


@pytest.fixture(scope="module")
def suggested(tmp_path_factory):
    """Anna coded six documents without seeing suggestions; all seven have suggestions."""
    project = write_project(tmp_path_factory.mktemp("draws") / "p")
    text = " ".join([WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5], SEEDS[3], OTHER[2]])
    (project.corpus / "open_day.txt").write_text(text, encoding="utf-8")
    study = open_study(project.root)
    study.train()
    study.suggest()
    return project.root


@pytest.fixture
def root(suggested, tmp_path):
    return shutil.copytree(suggested, tmp_path / "p")


@pytest.fixture
def study(root):
    return open_study(root)


def draw(study, count=8, coder="ben", **options):
    return draw_next(study, DrawOptions(count=count, coder=coder, seed=3, **options))


class Desk:
    """A person at the page: both sessions over one log, as the server has them."""

    def __init__(self, study, coder, log):
        self.review = ReviewSession(study, coder, log)
        self.draws = DrawSession(study, self.review.drawn)

    @property
    def queue(self):
        (queue,) = self.draws.unfinished
        return queue

    def right_answer(self, segment):
        text = self.draws.texts(self.queue, [segment])[0].text
        ids = self.review.codes
        codes = {ids.index("water")} if text in WATER else set()
        codes |= {ids.index("seeds")} if text in SEEDS else set()
        return Answer(frozenset(codes), read=True)

    def answer(self, segment, now=None):
        queue = self.queue
        was = self.draws.answer_of(queue, segment)
        self.draws.answer(queue.sheet.number, segment, now or self.right_answer(segment), was)

    def answer_all(self):
        for segment in range(len(self.queue.place)):
            self.answer(segment)


@pytest.fixture
def desk(study):
    draw(study)
    with ReviewLog(study.project.store) as log:
        yield Desk(study, "ben", log)


def fill_in(path):
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for row, text in enumerate(table["text"]):
        table.loc[row, "water"] = "x" if text in WATER else ""
        table.loc[row, "seeds"] = "x" if text in SEEDS else ""
        table.loc[row, "none"] = "" if text in [*WATER, *SEEDS] else "x"
    table.to_csv(path, index=False)


def answered(queue):
    return [
        (tuple(np.flatnonzero(marks)), bool(read))
        for marks, read in zip(queue.answers.marks, queue.answers.read, strict=True)
    ]


def outcome(root):
    """What the import of a draw leaves behind: gold files, record, log, and what is computed from them."""
    fourp("gold", "--project", root)  # which keeps what the codings were made of
    study = open_study(root)
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(study.project.gold.rglob("*"))
        if path.is_file()
    }
    log = study.store.read_log()
    detail = json.loads(log.loc[log["what"] == "take in", "detail"].iloc[-1])
    for name in ("file", "answers"):
        detail.pop(name, None)
    tables = [
        study.frequencies(corrected=True, coders=["ben"]),
        study.frequencies(by="document", unit="segments", coders=["ben"]),
        study.agreement(resamples=20),
    ]
    return files, detail, tables


@pytest.mark.parametrize("options", [{}, {"stratify": "document"}, {"context": 0}])
def test_coding_in_the_page_and_filling_in_the_sheet_give_the_same_files_and_estimates(
    root, tmp_path, options
):
    made = draw(open_study(root), 12, **options)
    other = shutil.copytree(root, tmp_path / "other")
    sheet = other / made.files[0].relative_to(root)
    fill_in(sheet)
    by_sheet = import_sheet(open_study(other), sheet)
    study = open_study(root)
    with ReviewLog(study.project.store) as log:
        desk = Desk(study, "ben", log)
        desk.answer_all()
        by_page = desk.draws.take_in(desk.queue.sheet.number)
        assert desk.draws.unfinished == []
    assert by_page.file.relative_to(root) == by_sheet.file.relative_to(other)
    assert (by_page.read, by_page.codings, by_page.empty_handed, by_page.unread, by_page.notes) == (
        by_sheet.read, by_sheet.codings, by_sheet.empty_handed, by_sheet.unread, by_sheet.notes,
    )  # fmt: skip
    assert by_page.read == 12
    (files, detail, tables), (files_2, detail_2, tables_2) = outcome(root), outcome(other)
    assert "gold/ben_next.csv" in files
    assert files == files_2
    assert detail == detail_2
    for one, two in zip(tables, tables_2, strict=True):
        pd.testing.assert_frame_equal(one, two)
    assert (tables[0]["coded"] == 12).any()


def test_the_page_shows_what_the_sheet_shows_in_its_order(study):
    made = draw(study, context=1)
    sheet = pd.read_csv(made.files[0], dtype=str, keep_default_na=False)
    with ReviewLog(study.project.store) as log:
        desk = Desk(study, "ben", log)
        texts = desk.draws.texts(desk.queue, range(len(sheet)))
    for name in ("document", "text", "before", "after"):
        assert [getattr(text, name) for text in texts] == sheet[name].tolist()
    assert "suggested" not in sheet.columns
    assert {text.suggested for text in texts} == {""}


@pytest.mark.parametrize("overlap", [0.0, 0.5, 1.0])
def test_a_sheet_of_two_draws_is_one_draw_here_in_the_order_of_its_rows(study, overlap):
    shared = draw_for_coders(
        study, DrawOptions(count=6, seed=8), ["cem", "dora"], overlap=overlap, overwrite=True
    )
    for each in shared.sheets:
        sheet = pd.read_csv(each.files[0], dtype=str, keep_default_na=False)
        with ReviewLog(study.project.store) as log:
            queue = Desk(study, each.coder, log).queue
        assert queue.draws == each.draws
        if overlap:
            columns = ["draw", "order", "document", "start"]
            assert queue.sheet.rows[columns].astype(str).to_numpy().tolist() == (
                sheet[columns].to_numpy().tolist()
            )
    # A further coder gets the segments as they were drawn, with as much context as was asked for.
    first = shared.sheets[0].draws[0]
    draw_same_as(study, first, "eli", context=5)
    with ReviewLog(study.project.store) as log:
        queue = Desk(study, "eli", log).queue
    assert queue.context == 5
    assert queue.sheet.rows["order"].tolist() == sorted(queue.sheet.rows["order"])


def test_each_answer_is_kept_at_once_and_undone_and_done_again_without_limit(study, desk):
    number = desk.queue.sheet.number
    desk.answer(0, Answer(frozenset({0}), read=True))
    desk.answer(0, Answer(frozenset({0, 1}), read=True))
    desk.answer(1, NONE)
    desk.answer(0, OPEN)
    end = answered(desk.queue)
    with ReviewLog(study.project.store) as other:
        again = Desk(open_study(study.project.root), "ben", other)
        assert answered(again.queue) == end
        assert [again.draws.undo(number) for _ in range(5)] == [0, 1, 0, 0, None]
        assert again.queue.progress.coded == 0
    # What was undone in another window is seen here, and done again.
    assert [desk.draws.redo(number) for _ in range(5)] == [0, 0, 1, 0, None]
    assert answered(desk.draws.queue(number)) == end
    with ReviewLog(study.project.store) as log:
        entries = AnswerLog(log).read()
    assert entries["kind"].tolist() == ["do"] * 4 + ["undo"] * 4 + ["redo"] * 4
    assert entries["what"].iloc[:4].tolist() == [
        f"added {desk.review.study.codebook.names[desk.review.codes[0]]}",
        f"added {desk.review.study.codebook.names[desk.review.codes[1]]}",
        "no code applies",
        "open again",
    ]


def test_an_answer_to_what_was_changed_in_another_window_is_refused(study, desk):
    number = desk.queue.sheet.number
    with ReviewLog(study.project.store) as log:
        other = Desk(open_study(study.project.root), "ben", log)
        other.answer(0, NONE)
        with pytest.raises(AnsweredElsewhereError) as refused:
            desk.draws.answer(number, 0, Answer(frozenset({0}), read=True), OPEN)
    assert refused.value.segments == [0]
    assert desk.draws.answer_of(desk.queue, 0) == NONE
    assert desk.queue.progress.coded == 1


def test_progress_says_what_is_coded_and_what_is_imported(study, desk):
    number = desk.queue.sheet.number
    assert desk.queue.progress == (8, 0, 0, 0, 0)
    with pytest.raises(GoldError, match="No segment is answered"):
        desk.draws.take_in(number)
    for segment in range(3):
        desk.answer(segment)
    assert desk.queue.progress == (8, 3, 0, 3, 0)
    # As the command allows: what is answered is imported, the rest counts as unread.
    imported = desk.draws.take_in(number)
    assert (imported.read, imported.unread) == (3, 5)
    assert desk.queue.progress == (8, 3, 3, 0, 0)
    with pytest.raises(GoldError, match="in the gold file already"):
        desk.answer(0, Answer(frozenset({0}), read=True))
    with pytest.raises(GoldError, match="in the gold file already"):
        desk.draws.undo(number)
    for segment in range(3, 8):
        desk.answer(segment)
    assert desk.draws.take_in(number).read == 5
    assert desk.draws.unfinished == []
    assert desk.draws.queue(number).progress.finished
    # Taken back, the draw waits again, and its answers are still there.
    undo_last_change(study.project)
    assert desk.queue.progress == (8, 8, 3, 5, 0)


def test_nothing_of_drawn_segments_is_seen_until_they_are_imported(study, desk):
    review, queue = desk.review, desk.queue
    rows = queue.place
    assert (review.hidden[rows] == queue.sheet.number).all()
    # The same words elsewhere are hidden, too: the machine would say the same of them.
    texts = study.segments["text"].to_numpy(dtype=object)
    assert (review.hidden > 0).sum() == np.isin(texts, texts[rows]).sum() > len(rows)
    assert np.isnan(review.state.probability[rows]).all()
    assert not review.state.suggested[rows].any()
    assert (review.state.value[rows] == -1).all()
    others = review.bulk(above=0.0)[0]
    assert len(others)
    assert not set(review.bulk(above=0.0)[0].tolist()) & set(rows.tolist())
    desk.answer_all()
    desk.draws.take_in(queue.sheet.number)
    review.refresh()
    assert not review.hidden.any()
    assert not np.isnan(review.state.probability[rows]).any()
    # What was coded in the draw counts as it is, and nothing of it can be decided on again.
    assert review.state.blind[rows].all()
    assert set(others.tolist()) < set(review.bulk(above=0.0)[0].tolist())
    assert not set(review.bulk(above=0.0)[0].tolist()) & set(rows.tolist())


def test_a_draw_that_is_made_while_the_page_is_open_hides_its_segments_at_once(study):
    with ReviewLog(study.project.store) as log:
        review = ReviewSession(study, "ben", log)
        rows, _ = review.bulk(above=0.0)
        review.accept_in_bulk(above=0.0)
        draw(open_study(study.project.root), 30)
        assert len(review.bulk(above=0.0)[0]) == 0
        hidden = review.hidden > 0
        assert hidden.sum() >= 30
        assert hidden[rows].any()
        assert (review.state.value[hidden] == -1).all()
        # What was decided before is neither undone nor named while it is hidden.
        action = review.history.next_to_undo()
        assert "draw" in review.in_words(action)
        with pytest.raises(GoldError, match="draw that you are coding"):
            review.undo()
        document = int(review._numbers[np.flatnonzero(hidden)[0]])
        with pytest.raises(GoldError, match="in a draw that you are coding"):
            review.finish(document)
        # Decisions from before are written all the same.
        assert review.write().decisions == len(rows)


def test_draws_of_others_are_neither_shown_nor_hidden(study, desk):
    with ReviewLog(study.project.store) as log:
        other = Desk(open_study(study.project.root), "anna", log)
        assert other.draws.unfinished == []
        assert not other.review.hidden.any()
        with pytest.raises(ProjectError, match="no draw number 1"):
            other.draws.queue(1)


def test_half_of_a_draw_shows_suggestions_where_the_sheet_does(study):
    made = draw(study, 12, show="half")
    sheet = pd.read_csv(made.files[0], dtype=str, keep_default_na=False)
    with ReviewLog(study.project.store) as log:
        desk = Desk(study, "ben", log)
        texts = desk.draws.texts(desk.queue, range(12))
        assert (desk.review.hidden[desk.queue.place] > 0).all()
    (column,) = [name for name in sheet.columns if "suggest" in name]
    assert [text.suggested for text in texts] == sheet[column].tolist()
    assert 0 < sum(text.suggested != "" for text in texts) < 12


def test_a_second_coding_goes_where_the_sheet_would_take_it(study):
    draw(study, 5, coder="anna", repeat=True)
    with ReviewLog(study.project.store) as log:
        desk = Desk(study, "anna", log)
        # Her first codes are not shown while she codes again.
        assert (desk.review.state.value[desk.queue.place] == -1).all()
        desk.answer_all()
        imported = desk.draws.take_in(desk.queue.sheet.number)
        assert imported.repeat
        assert imported.file.parent == study.project.repeat
        assert desk.draws.unfinished == []
    assert "agree" in fourp("agree", "--retest", "--project", study.project.root).output.casefold()


def test_codes_that_contradict_an_earlier_sheet_replace_it_only_if_that_is_wanted(study):
    first = draw(study, 4, coder="ben")
    fill_in(first.files[0])
    import_sheet(study, first.files[0])
    before = study.project.gold_of_draws("ben").read_bytes()
    draw(study, 30, coder="ben", include_coded=True)
    with ReviewLog(study.project.store) as log:
        desk = Desk(study, "ben", log)
        for segment in range(30):
            desk.answer(segment, NONE)
        number = desk.queue.sheet.number
        with pytest.raises(CodedOtherwiseError, match="coded otherwise before"):
            desk.draws.take_in(number)
        assert study.project.gold_of_draws("ben").read_bytes() == before
        assert desk.draws.take_in(number, replace=True).replaced > 0
        assert desk.draws.unfinished == []


def test_a_text_that_has_changed_is_not_coded_and_answers_to_it_are_left_out(root):
    for path in (root / "gold").glob("*.csv"):
        path.unlink()
    study = open_study(root)
    draw(study, 30)
    with ReviewLog(study.project.store) as log:
        desk = Desk(study, "ben", log)
        document = desk.queue.sheet.rows["document"].iloc[0]
        inside = np.flatnonzero(desk.queue.sheet.rows["document"] == document)
        assert len(inside) >= 4
        last = max(inside, key=lambda row: desk.queue.sheet.rows["start"].iloc[row])
        first = min(inside, key=lambda row: desk.queue.sheet.rows["start"].iloc[row])
        desk.answer(first)
        desk.answer(last)
        path = study.project.corpus / document
        whole = path.read_text(encoding="utf-8")
        # What was answered is still there at the beginning; the end is not.
        path.write_text(whole[:-12] + " Nobody knew why.", encoding="utf-8")
        queue = desk.queue
        assert queue.there[first]
        assert queue.progress.gone == len(inside) - 1
        assert desk.draws.texts(queue, [last])[0].text == ""
        with pytest.raises(GoldError, match="no longer there"):
            desk.answer(last, NONE)
        imported = desk.draws.take_in(queue.sheet.number)
        assert imported.read == 1
        assert any("1 answered segment was left out" in note for note in imported.notes)


def test_answers_follow_their_codes_and_segments_when_these_are_renamed(study, desk):
    desk.answer_all()
    water = desk.review.codes.index("water")
    marked = desk.queue.answers.marks[:, water].copy()
    assert marked.any()
    root = study.project.root
    fourp("codebook", "rename", "water", "irrigation", "--project", root)
    queue = desk.queue
    codes = study.codebook.code_ids
    assert queue.answers.marks[:, codes.index("irrigation")].tolist() == marked.tolist()
    assert queue.progress.coded == 8
    desk.draws.take_in(queue.sheet.number)
    assert "irrigation" in study.project.gold_of_draws("ben").read_text(encoding="utf-8")


def test_a_code_that_came_after_the_draw_is_not_asked_for(study, desk):
    path = study.project.codebook
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text.rstrip()}\n{NEW_CODE}", encoding="utf-8")
    code = study.codebook.code_ids.index("gates")
    assert not desk.queue.asked[code]
    with pytest.raises(GoldError, match="added to the codebook after the draw"):
        desk.answer(0, Answer(frozenset({code}), read=True))
    desk.answer(0, NONE)
    imported = desk.draws.take_in(desk.queue.sheet.number)
    assert any("'gates' was added" in note for note in imported.notes)


def test_answers_are_read_out_of_a_damaged_database(study, desk):
    desk.answer_all()
    end = answered(desk.queue)
    path = study.project.store
    with ReviewLog(path) as log:
        review = ReviewSession(study, "anna", log)
        review.accept_in_bulk(above=0.0)
        decided = len(log.read("anna"))
    done = restore(path, backups(path)[0].file)
    assert done.added["answered"] == 8
    with ReviewLog(path) as log:
        assert answered(Desk(open_study(study.project.root), "ben", log).queue) == end
        assert len(log.read("anna")) == decided


def test_two_windows_write_one_after_the_other(study, desk):
    """A window that has not seen the other's last answer, about another segment, sees it and is not refused."""
    with ReviewLog(study.project.store) as log:
        other = Desk(open_study(study.project.root), "ben", log)
        other.answer(1, NONE)
    desk.answer(0, NONE)
    assert desk.queue.progress.coded == 2


def test_a_drawn_segment_cannot_be_decided_on_elsewhere(study, desk):
    from fourp_nlp.study.reviewing.review_session import Decision

    row = int(desk.queue.place[0])
    document = int(desk.review._numbers[row])
    segment = row - desk.review.rows(document)[0]
    for was in (None, True):
        with pytest.raises((GoldError, ChangedElsewhereError), match="draw that you are coding"):
            desk.review.decide(document, [Decision(segment, 0, True, was)])
    assert desk.review.version == 0


def test_the_log_lists_answers_with_the_decisions_on_suggestions(study, desk):
    desk.answer(0, NONE)
    desk.answer(1, Answer(frozenset({0, 1}), read=True))
    desk.answer(1, OPEN)
    desk.review.accept_in_bulk(above=0.0)
    root = study.project.root
    listed = fourp("log", "--coder", "ben", "--project", root).output
    for words in ("no code applies", "water seeds", "open again", "blind", "bulk"):
        assert words in listed
    rows = [
        json.loads(line)
        for line in fourp("log", "--json", "--project", root).output.splitlines()
        if line.startswith("{")
    ]
    answers = [row for row in rows if row["origin"] == "blind"]
    assert [(row["codes"], row["read"]) for row in answers] == [
        ("", True), ("water seeds", True), ("", False),
    ]  # fmt: skip
    assert fourp("log", "--coder", "cleo", "--project", root).output.startswith("nothing")
