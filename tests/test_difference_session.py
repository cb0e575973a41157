"""Differences settled in the review page: the same decisions as on a sheet, kept at once, undone, never lost."""

from __future__ import annotations

import csv
import shutil

import pandas as pd
import pytest

from fourp_nlp.coding.store import Store
from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
from fourp_nlp.coding.store.backups import backups, restore
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import FourpError, GoldError, ProjectError, StoreError
from fourp_nlp.study.changes import changing
from fourp_nlp.study.measuring.confusions import confusions
from fourp_nlp.study.reviewing.differences.difference_session import (
    Choice,
    DifferenceSession,
    Filters,
    OutdatedDifferenceError,
)
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.study import Study
from fourp_nlp.study.undo import undo_last_change
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file
from tests.test_cli import fourp, records
from tests.test_disagreements import fill_in, pair, recode, settings, sheet  # noqa: F401 - a fixture

FIRST = "meeting0.txt"
KEY = ["document", "start", "end", "code"]
NUMBER = {"water": 0, "seeds": 1}


@pytest.fixture
def opened(pair):  # noqa: F811 - the fixture
    """Opens a session of a person; several may be open at once."""
    logs = []

    def opens(coder="carla", project=pair):
        log = ReviewLog(project.store).__enter__()
        logs.append(log)
        study = Study(project, reference_needed=False)
        return DifferenceSession(study, coder, AdjudicationLog(log))

    yield opens
    for log in logs:
        log.__exit__(None, None, None)


@pytest.fixture
def session(opened):
    return opened()


def place_of(session, text, document=FIRST):
    segments = session.study.segments
    (at,) = segments.index[(segments["text"] == text) & (segments["document"] == document)]
    return document, int(segments["segment"].iloc[at]), int(at)


def seen(session, row, between=()):
    return session.fingerprint(session.standing(between), row)


def settle(session, text, choice, *, note="", between=()):
    document, segment, row = place_of(session, text)
    return session.settle(
        between, document, segment, choice, seen=seen(session, row, between), note=note
    )


def decided(project):
    table = Store(project.store).read_decisions()
    return {
        (row.document, row.start, row.code): (row.settled, row.decided_by)
        for row in table.itertuples()
    }


def codes_of(project):
    return {(code, settled) for (_, _, code), (settled, _) in decided(project).items()}


def test_the_same_differences_are_listed_as_on_the_sheet(pair, session):  # noqa: F811
    standing = session.standing()
    assert standing.state.coders == ["anna", "bruno"]
    texts = session.study.segments["text"].iloc[standing.rows].tolist()
    assert texts == [WATER[0], SEEDS[0]]
    assert standing.n_open.tolist() == [1, 2]
    listed = fourp("agree", "--disagreements", "--json", "-p", pair.root)
    keys = [tuple(row[name] for name in KEY) for row in records(listed.stdout)]
    table = standing.state.table
    assert list(table[KEY].itertuples(index=False, name=None)) == keys
    _, _, row = place_of(session, SEEDS[0])
    counted = confusions(session.study)
    counted = counted[(counted["code"] == "seeds") & (counted["taken_for"] == "water")]
    assert standing.state.confused(0, 1) == counted["segments"].sum() == 1
    assert standing.state.views(row, 0) == (["bruno"], ["anna"])


def test_one_action_settles_all_codes_at_odds_and_is_in_the_database_when_it_returns(
    pair,  # noqa: F811
    session,
):
    outcome = settle(session, SEEDS[0], Choice(coder="anna"), note="  the tin held seeds ")
    assert outcome.what == "settled as anna coded it"
    _, _, row = place_of(session, SEEDS[0])
    start = int(session.study.segments["start"].iloc[row])
    assert decided(pair) == {
        (FIRST, start, "water"): (False, "carla"),
        (FIRST, start, "seeds"): (True, "carla"),
    }
    standing = session.standing()
    assert standing.n_open.tolist() == [1, 0]
    assert standing.of(row)["note"].tolist() == ["the tin held seeds"] * 2
    entries = session._log.read()
    assert len(set(entries["action"])) == 1
    assert set(entries["given_by"]) == {"anna", "bruno"}
    assert entries["at"].str.endswith("+00:00").all()


@pytest.mark.parametrize("overwritten", [False, True])
def test_settled_in_the_page_and_on_the_sheet_are_equal_to_the_byte(
    pair,  # noqa: F811
    opened,
    tmp_path,
    overwritten,
):
    by_sheet = settings_of_copy(pair, tmp_path / "by_sheet")
    choices = {WATER[0]: "bruno", SEEDS[0]: "anna"}

    def filled(row):
        said = "yes" if choices[row["text"]] in row["given_by"] else "no"
        return {"settled": said, "decided_by": "carla", "note": "because"}

    path = sheet(by_sheet, ".csv")
    fill_in(path, filled)
    words = ["reconcile", "--decisions", path, "--settle", "-p", by_sheet.root]
    if overwritten:
        fourp("reconcile", "--settle", "-p", by_sheet.root)
        words.append("--overwrite")
    assert fourp(*words).exit_code == 0
    session = opened()
    if overwritten:
        session.write()
        with pytest.raises(ProjectError, match="exists already"):
            session.write()
    for text, coder in choices.items():
        settle(session, text, Choice(coder=coder), note="because")
    session.write(overwrite=overwritten)
    assert decided(pair) == decided(by_sheet)
    for name in ("settled.csv", "bruno.csv", "anna.csv"):
        assert (pair.gold / name).read_bytes() == (by_sheet.gold / name).read_bytes()
    tables = [
        pd.read_csv(each.reports / "decisions.csv", encoding="utf-8-sig").drop(columns="decided_at")
        for each in (pair, by_sheet)
    ]
    pd.testing.assert_frame_equal(*tables)
    projects = [settings(each, gold="settled") for each in (pair, by_sheet)]
    for command in (["agree", "--json"], ["frequencies", "--json"]):
        said = [fourp(*command, "-p", each.root) for each in projects]
        assert said[0].exit_code == 0, said[0].output
        assert said[0].stdout == said[1].stdout
    # What was written beside goes out with an export in the same words.
    notes = [notes_of(each) for each in (pair, by_sheet)]
    pd.testing.assert_frame_equal(*notes)


def settings_of_copy(project, folder):
    shutil.copytree(project.root, folder)
    return settings(type(project)(folder, project.settings), gold="anna")


def notes_of(project):
    with ReviewLog(project.store) as log:
        notes = AdjudicationLog(log).notes_of_sheets()
    return notes.sort_values(KEY).reset_index(drop=True)


def test_other_codes_several_codes_and_none(pair, session):  # noqa: F811
    settle(session, SEEDS[0], Choice(codes=[0, 1]))
    assert codes_of(pair) == {("water", True), ("seeds", True)}
    settle(session, SEEDS[0], Choice(none=True))
    assert codes_of(pair) == {("water", False), ("seeds", False)}
    # A code that nobody gave: the others are decided with it, and one view later takes all of it back.
    settle(session, SEEDS[0], Choice(none=True))
    settle(session, WATER[0], Choice(codes=[1]))
    _, _, row = place_of(session, WATER[0])
    assert set(session.standing().of(row)["column"]) == {0, 1}
    settle(session, WATER[0], Choice(coder="anna"))
    assert session.standing().of(row)[["column", "value"]].to_numpy().tolist() == [[0, 1]]


def test_what_all_agree_on_stays_unless_it_is_taken_away(pair, opened):  # noqa: F811
    # Both give seeds to the passage, bruno water as well.
    recode(
        pair,
        "bruno",
        lambda rows: [
            *rows,
            *(
                [*row[:3], "seeds", *row[4:]]
                for row in rows
                if row[0] == FIRST and row[5] == SEEDS[0]
            ),
        ],
    )
    session = opened()
    _, _, row = place_of(session, SEEDS[0])
    assert session.standing().state.disputed(row).tolist() == [0]
    settle(session, SEEDS[0], Choice(none=True))
    assert codes_of(pair) == {("water", False)}
    settle(session, SEEDS[0], Choice(codes=[0]))
    assert codes_of(pair) == {("water", True), ("seeds", False)}
    settle(session, SEEDS[0], Choice(codes=[0, 1]))
    assert codes_of(pair) == {("water", True)}


def test_a_code_that_nobody_looked_for_without_suggestions_is_refused(pair, opened):  # noqa: F811
    # Anna and bruno read before there was this code: a decision would be a coding of its own.
    fourp("agree", "-p", pair.root)
    text = pair.codebook.read_text(encoding="utf-8")
    new = text + "  - id: tools\n    name: Tools\n    short_definition: Spades and forks.\n"
    pair.codebook.write_text(new, encoding="utf-8")
    session = opened()
    with pytest.raises(GoldError, match="Nobody read this passage for Tools"):
        settle(session, SEEDS[0], Choice(codes=[2]))
    assert decided(pair) == {}
    with pytest.raises(ProjectError, match="no such code"):
        settle(session, SEEDS[0], Choice(codes=[7]))
    with pytest.raises(GoldError, match="not compared here"):
        settle(session, SEEDS[0], Choice(coder="dora"))


def test_undo_and_redo_reach_back_to_the_beginning_also_after_a_new_start(pair, opened):  # noqa: F811
    path = sheet(pair, ".csv")
    fill_in(path, lambda _: {"settled": "yes", "decided_by": "dora", "note": "by dora"})
    fourp("reconcile", "--decisions", path, "-p", pair.root)
    before = Store(pair.store).read_decisions()
    first = opened()
    steps = [
        (SEEDS[0], Choice(coder="anna")),
        (WATER[0], Choice(none=True)),
        (SEEDS[0], Choice(codes=[0, 1])),
    ]
    shots = [before]
    for text, choice in steps:
        settle(first, text, choice, note=f"step {len(shots)}")
        shots.append(Store(pair.store).read_decisions())
    session = opened()
    session.refresh()
    for shot in shots[-2::-1]:
        assert session.undo() is not None
        same_decisions(pair, shot)
    assert session.undo() is None
    _, _, row = place_of(session, SEEDS[0])
    assert set(session.standing().of(row)["note"]) == {"by dora"}
    for shot in shots[1:]:
        assert session.redo() is not None
        same_decisions(pair, shot)
    assert session.redo() is None
    session.undo()
    settle(session, WATER[0], Choice(coder="bruno"))
    assert session.redo() is None
    kinds = session._log.read().drop_duplicates("action")["kind"].tolist()
    assert kinds == ["do"] * 3 + ["undo"] * 3 + ["redo"] * 3 + ["undo", "do"]


def same_decisions(project, expected):
    columns = [*KEY, "settled", "decided_by", "decided_at"]
    now = Store(project.store).read_decisions()[columns].sort_values(KEY).reset_index(drop=True)
    pd.testing.assert_frame_equal(now, expected[columns].sort_values(KEY).reset_index(drop=True))


def test_an_undo_of_what_another_decided_over_is_refused(pair, opened):  # noqa: F811
    carla, dora = opened("carla"), opened("dora")
    settle(carla, SEEDS[0], Choice(coder="anna"))
    settle(dora, SEEDS[0], Choice(coder="bruno"))
    with pytest.raises(GoldError, match="cannot be taken back: the decision was changed elsewhere"):
        carla.undo()
    assert dora.undo() is not None
    assert {by for _, by in decided(pair).values()} == {"carla"}
    assert carla.undo() is not None
    assert decided(pair) == {}


def test_two_people_at_once_lose_nothing_and_the_second_is_told(pair, opened):  # noqa: F811
    carla, dora = opened("carla"), opened("dora")
    document, segment, row = place_of(carla, SEEDS[0])
    shown = seen(dora, row)
    settle(carla, SEEDS[0], Choice(coder="anna"))
    with pytest.raises(OutdatedDifferenceError, match="changed elsewhere"):
        dora.settle((), document, segment, Choice(coder="bruno"), seen=shown)
    assert {by for _, by in decided(pair).values()} == {"carla"}
    # About another passage both may decide, and in the newest state the same one, too.
    settle(dora, WATER[0], Choice(none=True))
    dora.settle((), document, segment, Choice(coder="bruno"), seen=seen(dora, row))
    assert {by for _, by in decided(pair).values()} == {"dora"}
    assert len(carla._log.read()) == 5


def test_a_sheet_imported_meanwhile_is_seen_and_not_overwritten(pair, session):  # noqa: F811
    document, segment, row = place_of(session, SEEDS[0])
    shown = seen(session, row)
    path = sheet(pair, ".csv")
    fill_in(path, lambda _: {"settled": "yes", "decided_by": "dora"})
    fourp("reconcile", "--decisions", path, "-p", pair.root)
    with pytest.raises(OutdatedDifferenceError):
        session.settle((), document, segment, Choice(coder="anna"), seen=shown)
    assert session.standing().n_open.tolist() == [0, 0]
    # And the other way round: the sheet does not replace a decision of the page unasked.
    settle(session, SEEDS[0], Choice(coder="anna"))
    again = fourp("reconcile", "--decisions", path, "-p", pair.root)
    assert "decided otherwise before" in str(again.exception)
    # What the sheet had decided can be taken back, apart from what the page decided since.
    with pytest.raises(FourpError):
        undo_last_change(pair)


def test_a_command_at_work_is_waited_for_a_little_and_then_told(pair, session, monkeypatch):  # noqa: F811
    import threading

    monkeypatch.setattr("fourp_nlp.study.reviewing.differences.difference_session._PATIENCE", 0.2)
    held, done = threading.Event(), threading.Event()

    def hold():
        with changing(pair.root):
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        with pytest.raises(FourpError, match="one command at a time"):
            settle(session, SEEDS[0], Choice(coder="anna"))
    finally:
        done.set()
        thread.join()
    assert decided(pair) == {}
    settle(session, SEEDS[0], Choice(coder="anna"))
    assert len(decided(pair)) == 2


def test_a_coding_changed_by_hand_refuses_what_was_based_on_it_and_marks_what_was_decided(
    pair,  # noqa: F811
    session,
):
    settle(session, SEEDS[0], Choice(coder="anna"))
    document, segment, row = place_of(session, SEEDS[0])
    shown = seen(session, row)
    assert not session.standing().changed.any()
    # Bruno takes the water away in a text editor: nobody differs over it any more.
    recode(pair, "bruno", lambda rows: [each for each in rows if not at_first_seeds(each)])
    standing = session.standing()
    with pytest.raises(OutdatedDifferenceError):
        session.settle((), document, segment, Choice(coder="bruno"), seen=shown)
    (at,) = [place for place, each in enumerate(standing.rows.tolist()) if each == row]
    assert standing.changed[at]
    changed = standing.of(row).set_index("column")["changed"]
    assert changed.to_dict() == {0: True, 1: False}
    # The command goes on counting it; so does the page, and it can be decided anew.
    assert len(decided(pair)) == 2
    assert session.chosen(standing, Filters(state="changed")).tolist() == [at]
    settle(session, SEEDS[0], Choice(coder="anna"))
    assert not session.standing().changed.any()
    assert codes_of(pair) == {("seeds", True)}


def at_first_seeds(row):
    return row[0] == FIRST and row[5] == SEEDS[0]


def test_a_decision_about_a_passage_that_is_gone_is_listed_and_changes_nothing(pair, session):  # noqa: F811
    corpus = pair.root / "mine.csv"
    corpus.write_text(
        "document,start,end,code,settled,decided_by\nmeeting5.txt,0,3,water,yes,dora\n",
        encoding="utf-8",
    )
    fourp("reconcile", "--decisions", corpus, "-p", pair.root)
    standing = session.standing()
    assert standing.unused[["document", "end", "decided_by"]].to_numpy().tolist() == [
        ["meeting5.txt", 3, "dora"]
    ]
    assert session.write().unused == 1


def test_drawn_segments_that_a_person_is_to_code_are_left_out_until_they_are_coded(
    pair,  # noqa: F811
    opened,
):
    draw = draw_next(Study(pair), DrawOptions(count=6, coder="Dora", seed=1, include_coded=True))
    dora, carla = opened("dora"), opened("carla")
    everything = carla.standing()
    assert not everything.state.waiting.any()
    drawn = set(zip(draw.drawn["document"], draw.drawn["start"], strict=True))
    segments = dora.study.segments
    rows = dora.standing().rows
    shown = set(zip(segments["document"].iloc[rows], segments["start"].iloc[rows], strict=True))
    assert not shown & drawn
    assert dora.standing().state.waiting.sum() == 6
    hidden = [row for row in everything.rows.tolist() if row not in rows.tolist()]
    for row in hidden:
        with pytest.raises(ProjectError):
            dora.row_of(
                dora.standing(), segments["document"].iloc[row], int(segments["segment"].iloc[row])
            )


def test_the_differences_of_the_draw_are_really_among_those_left_out(pair, opened):  # noqa: F811
    options = DrawOptions(count=36, coder="dora", seed=1, include_coded=True)
    draw_next(Study(pair), options)
    dora = opened("dora")
    assert dora.standing().state.waiting.sum() == 36
    assert len(dora.standing().rows) == 0
    document, segment, row = place_of(dora, SEEDS[0])
    with pytest.raises(OutdatedDifferenceError):
        dora.settle((), document, segment, Choice(coder="anna"), seen="")
    # Decisions of others about them are not shown either.
    settle(opened("carla"), SEEDS[0], Choice(coder="anna"))
    assert dora.standing().decisions.empty
    assert dora.standing().unused.empty
    # What she has coded is shown from then on.
    write_gold_file(pair, "dora", but=tuple(f"meeting{n}.txt" for n in range(1, 6)))
    assert dora.standing(("anna", "bruno")).state.waiting.sum() == 30
    assert row in dora.standing(("anna", "bruno")).rows


def test_only_what_was_coded_without_suggestions_is_compared(pair, opened):  # noqa: F811
    folder = pair.gold / "assisted"
    folder.mkdir()
    rows = [["document", "start", "end", "code", "coder", "quote", "decision", "origin", "probability", "model", "decided_at"]]  # fmt: skip
    text = (pair.corpus / FIRST).read_text(encoding="utf-8")
    start = text.find(OTHER[0])
    rows.append([FIRST, start, start + len(OTHER[0]), "water", "emil", OTHER[0], "accepted", "assisted", "0.9", "m@12345678", "2026-01-01"])  # fmt: skip
    with (folder / "emil.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    session = opened()
    assert session.people == ["anna", "bruno"]
    assert session.seen_only == ["emil"]
    assert session.standing().state.coders == ["anna", "bruno"]
    with pytest.raises(GoldError, match="emil"):
        session.standing(("anna", "emil"))


def test_the_machine_is_compared_with_one_person_only(pair, opened):  # noqa: F811
    study = Study(pair)
    study.train()
    study.suggest()
    session = opened()
    machine = session.study.machine
    standing = session.standing(("machine", "anna"))
    assert standing.state.coders == ["anna", machine]
    listed = fourp(
        "agree", "--disagreements", "--between", "anna", "machine", "--json", "-p", pair.root
    )
    expected = [tuple(row[name] for name in KEY) for row in records(listed.stdout)]
    assert list(standing.state.table[KEY].itertuples(index=False, name=None)) == expected
    with pytest.raises(GoldError, match="one person at a time"):
        session.standing(("anna", "bruno", machine))
    assert machine not in session.standing().state.coders
    (pair.gold / "bruno.csv").unlink()
    assert opened().standing().state.coders == ["anna", machine]


def test_filters_by_code_document_group_and_state(pair, session):  # noqa: F811
    def texts(**filters):
        standing = session.standing()
        at = standing.rows[session.chosen(standing, Filters(**filters))]
        return session.study.segments["text"].iloc[at].tolist()

    assert texts() == [WATER[0], SEEDS[0]]
    assert texts(code=1) == [SEEDS[0]]
    assert texts(document="meeting1.txt") == []
    assert texts(group="south") == [WATER[0], SEEDS[0]]
    assert texts(group="north") == []
    settle(session, SEEDS[0], Choice(coder="anna"))
    assert texts(state="open") == [WATER[0]]
    assert texts(state="settled") == [SEEDS[0]]


def test_a_comment_can_be_changed_without_deciding_anew(pair, session):  # noqa: F811
    document, segment, row = place_of(session, SEEDS[0])
    with pytest.raises(GoldError, match="Nothing is decided here"):
        session.comment((), document, segment, "why", seen=seen(session, row))
    settle(session, SEEDS[0], Choice(coder="anna"), note="one")
    before = Store(pair.store).read_decisions()
    session.comment((), document, segment, "two", seen=seen(session, row))
    same_decisions(pair, before)
    assert set(session.standing().of(row)["note"]) == {"two"}
    session.undo()
    assert set(session.standing().of(row)["note"]) == {"one"}
    with pytest.raises(GoldError, match="longer than"):
        session.comment((), document, segment, "x" * 6000, seen=seen(session, row))
    session.reopen((), document, segment, seen=seen(session, row))
    assert decided(pair) == {}
    with pytest.raises(GoldError, match="Nothing is decided"):
        session.reopen((), document, segment, seen=seen(session, row))


def test_a_replaced_database_is_noticed_and_backups_hold_the_decisions(pair, session, tmp_path):  # noqa: F811
    settle(session, SEEDS[0], Choice(coder="anna"))
    session.write()
    (newest, *_) = backups(pair.store)
    assert newest.decisions == 2
    copy = tmp_path / "copy.sqlite"
    shutil.copy(newest.file, copy)
    document, segment, row = place_of(session, WATER[0])
    shown = seen(session, row)
    copy.replace(pair.store)
    with pytest.raises(StoreError, match="replaced while the page was open"):
        session.settle((), document, segment, Choice(coder="anna"), seen=shown)


def test_the_log_lists_what_was_settled_with_who_when_and_why(pair, session):  # noqa: F811
    settle(session, SEEDS[0], Choice(coder="anna"), note="the tin")
    session.undo()
    rows = records(fourp("log", "--json", "-p", pair.root).stdout)
    assert [(row["kind"], row["value"], row["note"]) for row in rows] == [
        ("do", 0, "the tin"),
        ("do", 1, "the tin"),
        ("undo", -1, ""),
        ("undo", -1, ""),
    ]
    assert {row["origin"] for row in rows} == {"between coders"}
    assert records(fourp("log", "--coder", "anna", "--json", "-p", pair.root).stdout) == []
    shown = fourp("log", "-p", pair.root)
    assert "settled as anna coded it" in " ".join(shown.output.split())


def test_a_draw_for_a_second_coding_hides_its_passages_too(pair, opened):  # noqa: F811
    draw_next(Study(pair), DrawOptions(count=6, coder="anna", seed=1, repeat=True))
    assert opened("Anna").standing().state.waiting.sum() == 6
    assert opened("carla").standing().state.waiting.sum() == 0


def test_gold_codings_are_read_anew_after_a_draw_but_not_after_a_decision(pair, session):  # noqa: F811
    gold = session.study.gold
    settle(session, SEEDS[0], Choice(coder="anna"))
    assert session.study.gold is gold
    draw_next(Study(pair), DrawOptions(count=3, coder="dora", seed=1, include_coded=True))
    assert session.study.gold is not gold


def test_a_restored_database_has_what_was_settled_and_taken_back_after_the_backup(
    pair,  # noqa: F811
    opened,
):
    session = opened()
    settle(session, SEEDS[0], Choice(coder="anna"))
    settle(session, WATER[0], Choice(coder="bruno"))
    session.back_up()
    (backup, *_) = backups(pair.store)
    assert backup.decisions == 3
    settle(session, SEEDS[0], Choice(coder="bruno"))
    session.undo()
    document, segment, row = place_of(session, WATER[0])
    session.reopen((), document, segment, seen=seen(session, row))
    expected = Store(pair.store).read_decisions()
    entries = session._log.read()
    session._log._log.__exit__(None, None, None)
    restore(pair.store, backup.file)
    same_decisions(pair, expected)
    again = opened()
    again.refresh()
    pd.testing.assert_frame_equal(again._log.read(), entries)
    assert again.undo() is not None
    assert len(Store(pair.store).read_decisions()) == 3
