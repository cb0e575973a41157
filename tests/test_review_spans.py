"""Passages of any length and memos in a review: kept at once, undone, and written where they belong."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from fourp_nlp.coding.gold.assisted import SPAN, read_assisted
from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.review.pages.document_data import segment_data
from fourp_nlp.study.reviewing.decisions.memos import CodingPlace, memo_of, write_memo
from fourp_nlp.study.reviewing.decisions.spans import (
    give_code_to_span,
    refuse_other_text,
    remove_code_from_span,
)
from fourp_nlp.study.reviewing.review_session import (
    ChangedElsewhereError,
    Decision,
    ReviewSession,
)
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.study import open_study
from tests.conftest import OTHER, SEEDS, WATER, write_project
from tests.test_cli import fourp

NEW = "open_day.txt"
TEXT = " ".join([WATER[1], OTHER[4], SEEDS[2], OTHER[0], WATER[5]])
HOSTILE = [
    '=cmd|"/c calc"!A1',
    "'=2+3",
    "''quoted' and more",
    "<script>window.broken = 1</script> & {{ 7 * 7 }}",
    "right to left \u202e again \u2066isolated",
    'one, "two"; three\nfour\n\n- five',
    "\U0001f331\u0301 e\u0301 \u05e9\u05dc\u05d5\u05dd",
    "long " + "x" * 49_995,
]


@pytest.fixture
def study(tmp_path):
    """Anna coded six documents without seeing suggestions; nobody coded the seventh."""
    project = write_project(tmp_path / "p")
    (project.corpus / NEW).write_text(TEXT, encoding="utf-8")
    return open_study(project.root)


@pytest.fixture
def session(study):
    with ReviewLog(study.project.store) as log:
        yield ReviewSession(study, "anna", log)


def number_of(session, name=NEW):
    return session.documents.index(name)


def text_of(study, name=NEW):
    texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
    return texts[name]


def give(session, start, end, code=0, name=NEW):
    return give_code_to_span(session, number_of(session, name), start, end, code)


def take(session, start, end, code=0, name=NEW):
    return remove_code_from_span(session, number_of(session, name), start, end, code)


def place(session, start, end, code=0, name=NEW):
    return CodingPlace(number_of(session, name), start, end, code)


def segment_place(session, number, code=0, name=NEW):
    row = session.rows(number_of(session, name))[0] + number
    segment = session.study.segments.iloc[row]
    return place(session, int(segment["start"]), int(segment["end"]), code, name)


def accept(session, segment, code=0, was=None, value=True):
    return session.decide(number_of(session), [Decision(segment, code, value, was)])


def written(study, coder="anna"):
    return read_assisted(study.project.gold_of_assisted(coder), study.codebook.code_ids)


def spans(session, name=NEW):
    return [tuple(each[:3]) for each in session.person.passages(name) if not each.earlier]


def test_words_inside_a_segment_are_one_coding_with_its_exact_place_and_quote(study, session):
    start = TEXT.index(WATER[1]) + 3
    assert give(session, start, start + 10).segments == [0]
    assert spans(session) == [(start, start + 10, study.codebook.code_ids[0])]
    with ReviewLog(study.project.store) as log:
        entry = log.read("anna").iloc[-1]
    assert (entry["start"], entry["end"], entry["origin"], entry["value"]) == (
        start, start + 10, SPAN, 1,
    )  # fmt: skip
    session.write()
    rows = written(study)
    assert rows["quote"].tolist() == [TEXT[start : start + 10]]
    assert rows["origin"].tolist() == [SPAN]
    codings = open_study(study.project.root).gold.codings
    ours = codings[codings["document"] == NEW]
    assert ours[["start", "end", "quote"]].to_numpy().tolist() == [
        [start, start + 10, TEXT[start : start + 10]]
    ]


def test_a_passage_over_several_segments_is_undone_done_again_and_taken_away(study, session):
    start, end = 5, TEXT.index(SEEDS[2]) + 8
    assert give(session, start, end, 1).segments == [0, 1, 2]
    one = [(start, end, study.codebook.code_ids[1])]
    assert spans(session) == one
    assert session.undo().segments == [0, 1, 2]
    assert spans(session) == []
    session.redo()
    assert spans(session) == one
    take(session, start, end, 1)
    assert spans(session) == []
    session.undo()
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        assert spans(again) == one  # also after a new start, before anything is written
        again.write()
        anew = ReviewSession(open_study(study.project.root), "anna", log)
        assert spans(anew) == one
        take(anew, start, end, 1)
        anew.write()
    assert not study.project.gold_of_assisted("anna").exists()


def test_a_passage_counts_in_frequencies_where_the_rule_gives_its_segments_the_code(study, session):
    code = study.codebook.code_ids[0]
    before = study.frequencies(unit="segments", coders=["anna"])
    first = TEXT.index(WATER[1])
    give(session, first + 3, first + 12)  # a phrase inside one segment gives it the code
    start = TEXT.index(SEEDS[2])
    give(session, start - 2, start + len(SEEDS[2]))  # two signs of the segment before do not
    session.write()
    anew = open_study(study.project.root)
    labels = anew.labels("anna")
    here = (labels.segments["document"] == NEW).to_numpy()
    column = anew.codebook.code_ids.index(code)
    assert labels.labels[here, column].tolist() == [True, False, True, False, False]
    assert labels.looked_for[here, column].tolist() == [True, False, True, False, False]
    assert not labels.looked_for[here][:, 1 - column].any()
    counts = anew.frequencies(unit="segments", coders=["anna"])
    counted = counts.loc[counts["code"] == code, "count"].sum()
    assert counted == labels.labels[:, column].sum()
    assert counted == before.loc[before["code"] == code, "count"].sum() + 2


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f331\U0001f331 We water \U0001f4a7 the beans. \U0001f469\u200d\U0001f33e came late.",
        "Cafe\u0301 re\u0301sume\u0301 was shared. Nai\u0308ve words count.",
        "\u05e9\u05dc\u05d5\u05dd \u05dc\u05db\u05d5\u05dc\u05dd. We water \u0645\u0631\u062d\u0628\u0627 beans.",
        "First line\r\nsecond line.\r\n\r\nThird line here.",
    ],
    ids=["astral", "combining", "right to left", "crlf"],
)
def test_offsets_and_quotes_are_exact_in_every_script(tmp_path, text):
    project = write_project(tmp_path / "p")
    (project.corpus / NEW).write_bytes(text.encode())
    study = open_study(project.root)
    own = text_of(study)
    with ReviewLog(project.store) as log:
        session = ReviewSession(study, "anna", log)
        for start, end in ((1, 4), (2, len(own) - 1), (len(own) - 5, len(own) - 2)):
            if own[start:end].strip():
                give(session, start, end)
        session.write()
    table = pd.read_csv(project.gold_of_assisted("anna"), encoding="utf-8-sig")
    for start, end, quote in table[["start", "end", "quote"]].itertuples(index=False):
        assert quote.lstrip("'") == own[start:end].lstrip("'")
    assert len(open_study(project.root).gold.codings.query("document == @NEW")) == len(table)


def test_what_equals_a_segment_is_a_decision_on_the_segment(session):
    whole = segment_place(session, 1)
    give(session, whole.start, whole.end)
    assert spans(session) == []
    row = session.rows(number_of(session))[0] + 1
    assert session.state.value[row, 0] == 1
    assert give(session, whole.start, whole.end).segments == []


def test_passages_that_cannot_be_coded_are_refused_with_a_sentence(study, session):
    # Anna read the first documents without suggestions.
    with pytest.raises(GoldError, match="without seeing suggestions"):
        give(session, 2, 9, name=session.documents[0])
    whole = segment_place(session, 0)
    accept(session, 0, value=False)
    with pytest.raises(GoldError, match=r"You rejected .* in segment 1"):
        give(session, whole.start + 2, whole.start + 9)
    with pytest.raises(GoldError, match="no words"):
        give(session, whole.end, whole.end + 1)
    for start, end in ((-1, 3), (3, 3), (5, 2), (0, len(TEXT) + 1)):
        with pytest.raises(ProjectError):
            give(session, start, end)
    with pytest.raises(ProjectError):
        give(session, 1, 3, code=99)
    with pytest.raises(ChangedElsewhereError):
        take(session, 40, 50)
    assert session.person.spans.get(NEW, set()) == set()


def test_passages_that_touch_a_draw_are_refused_and_shown_no_more(study, session):
    start = TEXT.index(SEEDS[2])
    give(session, start + 1, start + 9)
    draw_next(study, DrawOptions(count=5, coder="anna", seed=3))
    session.refresh()
    row = session.rows(number_of(session))[0] + 2
    assert session.hidden[row]
    assert segment_data(session, number_of(session), [2])[0]["spans"] == []
    for change in (give, take):
        with pytest.raises(GoldError, match="in a draw"):
            change(session, start + 1, start + 9)
    with pytest.raises(GoldError, match="in a draw"):
        session.undo()
    with pytest.raises(GoldError, match="in a draw"):
        write_memo(session, place(session, start + 1, start + 9), "x", was="")


def test_a_passage_whose_text_changed_meanwhile_is_refused_and_not_written(study, session):
    sha = hashlib.sha256(TEXT.encode()).hexdigest()
    document = number_of(session)
    refuse_other_text(session, document, sha)
    give(session, 3, 12)
    write_memo(session, place(session, 3, 12), "noted", was="")
    (study.project.corpus / NEW).write_text("Now " + TEXT, encoding="utf-8")
    session.refresh()
    with pytest.raises(GoldError, match="text of this document was changed"):
        refuse_other_text(session, document, sha)
    assert spans(session) == []
    result = session.write()
    assert len(result.lost) == 1
    assert not study.project.gold_of_assisted("anna").exists()


@pytest.mark.parametrize("memo", HOSTILE, ids=range(len(HOSTILE)))
def test_a_memo_comes_back_letter_by_letter_from_gold_files_and_log(study, session, memo):
    accept(session, 0)
    give(session, 5, 12, 1)
    own = session.documents[0]
    earlier = next(iter(sorted(session.person.earlier[own])))
    blind = place(session, earlier[0], earlier[1], study.codebook.code_ids.index(earlier[2]), own)
    places = [segment_place(session, 0), place(session, 5, 12, 1), blind]
    for each in places:
        write_memo(session, each, memo, was="")
    before = {path: path.read_bytes() for path in study.project.gold_files}
    session.write()
    with ReviewLog(study.project.store) as log:
        assert log.read("anna")["memo"].tolist()[-3:] == [memo] * 3
        anew = ReviewSession(open_study(study.project.root), "anna", log)
        assert [memo_of(anew, each) for each in places] == [memo] * 3
        # Written again, by a command that reads and writes the file whole.
        write_memo(anew, places[0], memo + "!", was=memo)
        anew.write()
        again = ReviewSession(open_study(study.project.root), "anna", log)
        assert [memo_of(again, each) for each in places] == [memo + "!", memo, memo]
    cells = [
        cell
        for path in (*study.project.gold_files, *study.project.assisted_files)
        for cell in pd.read_csv(path, encoding="utf-8-sig", dtype=str)
        .get("memo", pd.Series())
        .dropna()
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    # In the file of earlier codings, nothing but the column changed.
    for path, content in before.items():
        old = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
        new = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
        assert new[old.columns].equals(old), content[:0]


def test_a_memo_is_changed_removed_undone_and_done_again(study, session):
    accept(session, 0)
    where = segment_place(session, 0)
    write_memo(session, where, " first \r\nline ", was="")
    assert memo_of(session, where) == "first \nline"
    write_memo(session, where, "second", was="first \nline")
    write_memo(session, where, "", was="second")
    assert memo_of(session, where) == ""
    assert [session.undo() is not None for _ in range(2)] == [True, True]
    assert memo_of(session, where) == "first \nline"
    session.redo()
    assert memo_of(session, where) == "second"
    assert write_memo(session, where, "second", was="second").segments == []
    session.write()
    assert written(study)["memo"].tolist() == ["second"]
    # After a new start, too.
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        again.undo()
        assert memo_of(again, where) == "first \nline"
        again.write()
    assert written(study)["memo"].tolist() == ["first \nline"]


def test_a_memo_goes_with_its_coding_and_comes_back_with_it(study, session):
    accept(session, 0)
    give(session, 5, 12, 1)
    where, passage = segment_place(session, 0), place(session, 5, 12, 1)
    write_memo(session, where, "on the segment", was="")
    write_memo(session, passage, "on the passage", was="")
    take(session, 5, 12, 1)
    accept(session, 0, was=True, value=None)
    with pytest.raises(GoldError, match="not given this code here"):
        memo_of(session, where)
    give(session, 5, 12, 1)
    assert memo_of(session, passage) == ""
    for _ in range(3):
        session.undo()
    assert memo_of(session, where) == "on the segment"
    assert memo_of(session, passage) == "on the passage"


def test_a_memo_alone_changes_neither_the_day_nor_the_origin_of_a_decision(study, session):
    accept(session, 0)
    session.write()
    path = study.project.gold_of_assisted("anna")
    text = path.read_text(encoding="utf-8-sig")
    day = written(study)["decided_at"].iloc[0]
    path.write_text(
        text.replace(day, "2020-02-02").replace('"assisted"', '"bulk"'), encoding="utf-8"
    )
    session.refresh()
    write_memo(session, segment_place(session, 0), "later", was="")
    session.write()
    row = written(study).iloc[0]
    assert (row["decided_at"], row["origin"], row["memo"]) == ("2020-02-02", "bulk", "later")


def test_of_two_windows_the_second_memo_is_refused(study, session):
    accept(session, 0)
    with ReviewLog(study.project.store) as log:
        other = ReviewSession(open_study(study.project.root), "anna", log)
        where = segment_place(session, 0)
        write_memo(other, where, "from the other window", was="")
        with pytest.raises(ChangedElsewhereError) as refused:
            write_memo(session, where, "from this one", was="")
        assert refused.value.segments == [0]
        assert memo_of(session, where) == "from the other window"


def test_there_is_no_memo_without_a_coding_and_none_of_any_length(session):
    for where in (segment_place(session, 0), place(session, 3, 9)):
        with pytest.raises(GoldError, match="Give the code first"):
            write_memo(session, where, "x", was="")
    accept(session, 0)
    with pytest.raises(GoldError, match="characters"):
        write_memo(session, segment_place(session, 0), "x" * 100_001, was="")


def test_the_log_lists_memos_and_passages(study, session):
    accept(session, 0)
    give(session, 5, 12, 1)
    write_memo(session, place(session, 5, 12, 1), "why <b>", was="")
    root = str(study.project.root)
    shown = fourp("log", "--project", root).output
    assert "wrote a memo on" in shown
    lines = fourp("log", "--json", "--project", root).output.splitlines()
    assert '"memo":"why <b>"' in lines[-1].replace(": ", ":")


def test_a_database_of_the_version_before_is_brought_up(study, session):
    import sqlite3

    accept(session, 0)
    session._log.__exit__(None, None, None)
    with sqlite3.connect(study.project.store) as connection:
        for column in ("memo", "memo_before"):
            connection.execute(f"ALTER TABLE reviewed DROP COLUMN {column}")
        connection.execute("PRAGMA user_version=8")
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        write_memo(again, segment_place(again, 0), "now", was="")
        assert log.read("anna")["memo"].tolist() == ["", "now"]


def test_a_backup_gets_memos_and_passages_that_came_later(study, session):
    from fourp_nlp.coding.store.backups import back_up, backups, restore

    accept(session, 0)
    back_up(study.project.store)
    give(session, 5, 12, 1)
    write_memo(session, place(session, 5, 12, 1), "kept", was="")
    session._log.__exit__(None, None, None)
    restore(study.project.store, backups(study.project.store)[0].file)
    with ReviewLog(study.project.store) as log:
        again = ReviewSession(open_study(study.project.root), "anna", log)
        assert memo_of(again, place(again, 5, 12, 1)) == "kept"


def test_hand_edited_gold_files_with_and_without_the_column_read_alike(study):
    path = study.project.gold_files[0]
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str)
    assert "memo" not in table
    plain = study.gold.codings
    assert (plain["memo"] == "").all()
    table.assign(Memo=["by hand", *[""] * (len(table) - 1)]).to_csv(path, index=False)
    noted = open_study(study.project.root).gold.codings
    assert noted.drop(columns="memo").equals(plain.drop(columns="memo"))
    assert noted["memo"].tolist().count("by hand") == 1
