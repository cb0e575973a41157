"""What people code next: drawn, written on a sheet, filled in, taken in, learned from and compared."""

from __future__ import annotations

import csv
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.sheets.coding_sheet import PLACE_COLUMNS, mark_columns
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError, GoldError, ProjectError, StoreError
from fourp_nlp.machine.encoder import load_encoder
from fourp_nlp.machine.training import train
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.measuring.agreement import agree
from fourp_nlp.study.measuring.measures import reconcile_with_gold
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes, reading_notes
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from tests.conftest import (
    SEEDS,
    WATER,
    gold_labels,
    labels_in_context,
    study_of,
    write_gold_file,
    write_project,
)
from tests.test_classify import toy_set
from tests.test_cli import fourp, records


@pytest.fixture
def uncoded(tmp_path):
    """A project that nobody has coded."""
    return write_project(tmp_path / "allotment", gold=False)


def read(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    return corpus, read_gold_codes(project, corpus, codebook), codebook


def draw(project, count=8, *, overwrite=False, **options):
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    return draw_next(
        Study(project, corpus=corpus, codebook=codebook),
        DrawOptions(count=count, **{"coder": "anna", "seed": 1, **options}),
        overwrite=overwrite,
    )


def taken(project, path, **options):
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    return import_sheet(Study(project, corpus=corpus, codebook=codebook), path, **options)


def right_codes(text):
    codes = [code for code, known in (("water", WATER), ("seeds", SEEDS)) if text in known]
    return codes or ["none"]


def fill_in(path, *, mark="x", only=None):
    """Mark the right codes on a sheet as a person does in a spreadsheet; return the open book."""
    book = openpyxl.load_workbook(path)
    page = book["segments"]
    heads = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        if only is None or row - 2 < only:
            for code in right_codes(page.cell(row, heads["text"]).value):
                page.cell(row, heads[code]).value = mark
    book.save(path)
    return book


def spans(frame):
    return set(frame[["document", "start", "end"]].itertuples(index=False, name=None))


def test_a_random_draw_is_kept_with_its_frame_and_exact_probabilities(uncoded):
    made = draw(uncoded, 9)
    store = Store(uncoded.store)
    (facts,) = store.read_draws().to_dict("records")
    assert (facts["strategy"], facts["coder"], facts["seed"]) == ("random", "anna", 1)
    assert facts["frame_size"] == 36
    assert (
        "that anna has not coded and does not have waiting from an earlier draw" in facts["frame"]
    )
    drawn = store.read_drawn()
    pd.testing.assert_frame_equal(drawn, made.drawn)
    assert (drawn["inclusion_probability"] == 9 / 36).all()
    assert drawn["order"].tolist() == list(range(1, 10))
    sha256 = read_corpus(uncoded).sha256
    assert drawn["document_sha256"].tolist() == [sha256[name] for name in drawn["document"]]
    assert json.loads(facts["options"])["corpus_segments"] == 36


def test_a_sheet_shows_nothing_of_the_machine(project):
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    suggested = suggest_corpus(Study(project, corpus=corpus, codebook=codebook))
    made = draw(project, coder="bruno")
    assert made.facts["model"] == ""
    with made.files[0].open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    assert header == [*PLACE_COLUMNS, "water", "seeds", "none", "note"]
    assert all(cell == "" for row in rows for cell in row[len(PLACE_COLUMNS) :])
    book = openpyxl.load_workbook(made.files[1])
    cells = [str(cell.value) for page in book for line in page for cell in line if cell.value]
    for word in (suggested.model.id, "machine@", "probability", "%"):
        assert not any(word in cell for cell in cells)
    # Nor has the machine any say in what is drawn: without a model, the same seed draws the same.
    for path in project.model.iterdir():
        path.unlink()
    project.model.rmdir()
    again = draw(project, coder="clara")
    assert spans(again.drawn) == spans(made.drawn)


def test_a_workbook_is_ready_to_be_filled_in(uncoded):
    book = openpyxl.load_workbook(draw(uncoded, 5).files[1])
    page = book["segments"]
    assert page.freeze_panes == "B2"
    (choice, *_) = page.data_validations.dataValidation
    assert choice.formula1 == '"x"'
    text = next(cell for cell in page[2] if page.cell(1, cell.column).value == "text")
    assert text.alignment.wrap_text
    told = [cell.value for line in book["codebook"] for cell in line]
    assert "Watering, rain barrels, hoses and taps." in told


def test_the_same_seed_draws_the_same_and_a_fresh_one_is_kept(uncoded, tmp_path):
    other = write_project(tmp_path / "other", gold=False)
    assert spans(draw(uncoded).drawn) == spans(draw(other).drawn)
    fresh = draw(uncoded, seed=None)
    assert Store(uncoded.store).read_draws()["seed"].tolist() == [1, fresh.facts["seed"]]


def test_what_is_coded_or_waits_in_a_draw_is_left_out_unless_asked_for(uncoded):
    write_gold_file(uncoded, "anna", but=tuple(f"meeting{n}.txt" for n in range(1, 6)))
    first = draw(uncoded, 20)
    assert "meeting0.txt" not in set(first.drawn["document"])
    assert first.facts["frame_size"] == 30
    rest = draw(uncoded, 20)
    assert not spans(rest.drawn) & spans(first.drawn)
    assert len(rest.drawn) == 10
    assert (rest.drawn["inclusion_probability"] == 1).all()
    assert "only 10 can be drawn" in rest.notes[0]
    with pytest.raises(GoldError, match="nothing left to draw for anna"):
        draw(uncoded, 1)
    assert draw(uncoded, 1, include_open=True).facts["frame_size"] == 30
    everything = draw(uncoded, 1, include_open=True, include_coded=True)
    assert everything.facts["frame_size"] == 36
    assert "that anna" not in everything.facts["frame"]
    # Another person's draws are none of hers.
    assert draw(uncoded, 5, coder="bruno").facts["frame_size"] == 36


@pytest.mark.parametrize("allocation", ["proportional", "equal"])
def test_a_draw_may_be_divided_by_groups_and_the_sizes_are_kept(uncoded, allocation):
    made = draw(uncoded, 8, stratify="group", allocation=allocation)
    strata = json.loads(made.facts["options"])["strata"]
    assert {name: size for name, (size, _) in strata.items()} == {"north": 24, "south": 12}
    assert sum(count for _, count in strata.values()) == 8
    expected = {"proportional": {8 / 36}, "equal": {4 / 24, 4 / 12}}[allocation]
    assert set(made.drawn["inclusion_probability"]) <= expected


def test_options_that_do_not_fit_are_refused_with_a_cure(uncoded):
    with pytest.raises(ProjectError, match=r"--by random"):
        draw(uncoded, by="mixed", stratify="document")
    with pytest.raises(ProjectError, match=r"--by uncertainty"):
        draw(uncoded, code="water")
    with pytest.raises(GoldError, match=r"no code 'wter'.*water, seeds"):
        draw(uncoded, by="mixed", code="wter")
    with pytest.raises(ProjectError, match=r"one view only"):
        draw(uncoded, by="disagreement")
    with pytest.raises(GoldError, match=r"--coder NAME"):
        draw(uncoded, coder="")
    with pytest.raises(ProjectError, match=r"'\.\./x' cannot be the name"):
        draw(uncoded, coder="../x")
    attributes = uncoded.attributes.read_text().replace("north", "").replace("south", "")
    uncoded.attributes.write_text(attributes)
    with pytest.raises(ProjectError, match=r"documents\.csv.*--stratify document"):
        draw(uncoded, stratify="group")
    assert Store(uncoded.store).read_draws().empty
    assert not uncoded.reports.exists()


@pytest.mark.parametrize("by", ["uncertainty", "disagreement", "diversity", "mixed"])
def test_what_is_picked_on_purpose_has_no_probability_in_the_store(project, by):
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    made = draw(project, coder="bruno", by=by)
    assert made.facts["model"].startswith("machine@") == (by != "diversity")
    drawn = Store(project.store).read_drawn()
    assert (
        drawn["inclusion_probability"].isna().tolist() == (drawn["strategy"] != "random").tolist()
    )
    assert drawn["inclusion_probability"].isna().any()
    with closing(sqlite3.connect(project.store)) as connection:
        query = "SELECT count(*) FROM drawn WHERE inclusion_probability IS NULL"
        (stored,) = connection.execute(query).fetchone()
    assert stored == drawn["inclusion_probability"].isna().sum()
    forged = made.drawn.assign(draw="d9-x", inclusion_probability=1.0)
    if by != "mixed":
        with pytest.raises(StoreError):
            Store(project.store).write_draw({**made.facts, "draw": "d9-x"}, forged)
        assert len(Store(project.store).read_draws()) == 1


def test_one_code_may_be_looked_at(project):
    corpus, gold, codebook = read(project)
    train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook))
    made = draw(project, 4, coder="bruno", by="uncertainty", code="water")
    assert json.loads(made.facts["options"])["code"] == "water"


def test_an_earlier_sheet_is_not_overwritten_unasked_and_a_draw_that_is_refused_leaves_none(
    uncoded, monkeypatch
):
    monkeypatch.setattr("fourp_nlp.coding.sampling.draws.draw_id", lambda *_: "d1-same")
    made = draw(uncoded)
    before = made.files[0].read_bytes()
    with pytest.raises(ProjectError, match=r"next_d1-same\.csv.*--overwrite"):
        draw(uncoded, include_open=True, seed=2)
    assert made.files[0].read_bytes() == before
    # The store refuses a second draw of that name; the sheet stays that of the first.
    with pytest.raises(StoreError):
        draw(uncoded, include_open=True, seed=2, overwrite=True)
    assert made.files[0].read_bytes() == before
    assert sorted(path.name for path in uncoded.reports.iterdir()) == [
        "next_d1-same.csv",
        "next_d1-same.xlsx",
    ]


def test_from_the_draw_to_a_model_and_its_agreement(uncoded):
    made = draw(uncoded, 24)
    fill_in(made.files[1])
    result = taken(uncoded, made.files[1])
    assert (result.coder, result.read, result.unread) == ("anna", 24, 0)
    assert result.file == uncoded.gold / "anna_next.csv"
    corpus, gold, codebook = read(uncoded)
    assert gold.coders == ["anna"]
    segments, labels, _ = gold_labels(corpus, gold, codebook, "anna")
    assert spans(segments) == spans(made.drawn)
    for text, row in zip(segments["text"], labels, strict=True):
        assert [c for c, here in zip(codebook.code_ids, row, strict=True) if here] == [
            code for code in right_codes(text) if code != "none"
        ]
    model = train_project(Study(uncoded, corpus=corpus, gold=gold, codebook=codebook))
    assert model.card["segments_in_documents"] == 24
    assert {figure["n"] for figure in model.card["out_of_fold"]} == {24}
    # Every segment of a touched document has a word that was said out of fold.
    touched = corpus.segments["document"].isin(set(segments["document"]))
    assert len(model.out_of_fold.documents) == touched.sum()
    made_by = suggest_corpus(Study(uncoded, corpus=corpus, codebook=codebook))
    table = agree(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=made_by.suggestions),
        resamples=0,
    )
    assert set(table.loc[table["level"] == "code", "n"]) == {24}
    settled = reconcile_with_gold(
        Study(uncoded, corpus=corpus, gold=gold, codebook=codebook, suggestions=made_by.suggestions)
    )
    assert spans(settled) <= spans(segments)
    assert "anna read" in reading_notes(Study(corpus=corpus, gold=gold))[0]
    page = fourp("run", "-p", uncoded.root)
    assert page.exit_code == 0, page.output
    assert "about the segments that were read" in (uncoded.reports / "report.html").read_text(
        encoding="utf-8"
    )


def test_a_half_read_document_is_not_counted_as_wholly_coded(uncoded):
    made = draw(uncoded, 36)
    fill_in(made.files[1], only=10)
    result = taken(uncoded, made.files[1])
    assert (result.read, result.unread) == (10, 26)
    write_gold_file(uncoded, "bruno")
    (uncoded.root / "fourp.toml").write_text('[coders]\ngold = "bruno"\n')
    project = open_project(uncoded.root)
    corpus, gold, codebook = read(project)
    segments, labels, coded, _ = labels_in_context(corpus, gold, codebook, "anna")
    assert coded.sum() == 10
    assert len(segments) > 10
    assert not labels[~coded].any()
    table = agree(
        Study(
            corpus=corpus,
            gold=gold,
            codebook=codebook,
            suggestions=suggest_corpus(
                Study(project, corpus=corpus, gold=gold, codebook=codebook)
            ).suggestions,
        )
    )
    people = table[(table["coder_b"] == "anna") & (table["level"] == "code")]
    assert set(people["n"]) == {10}
    assert set(people.loc[people["coefficient"] == "percent", "value"]) == {1.0}
    # What was not read still waits in the draw, and the rest of the sheet can be taken in later.
    fill_in(made.files[1])
    assert taken(project, made.files[1]).read == 36
    again = read(project)[1]
    assert (again.read["coder"] == "anna").sum() == 36


def test_context_of_what_was_read_is_the_whole_document_and_unread_neighbours_teach_nothing(
    uncoded,
):
    made = draw(uncoded, 24)
    fill_in(made.files[1])
    taken(uncoded, made.files[1])
    corpus, gold, codebook = read(uncoded)
    model = train_project(Study(uncoded, corpus=corpus, gold=gold, codebook=codebook))
    assert model.classifier.positives_.sum() == len(gold.codings)
    # Learned from two thirds of the segments: what is common among them is common, no rarer.
    share = gold_labels(corpus, gold, codebook, "anna")[1].mean(axis=0)
    probability = suggest_corpus(Study(uncoded, corpus=corpus, codebook=codebook)).suggestions[
        "probability"
    ]
    assert abs(probability.mean() - share.mean()) < 0.15


def csv_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def save(path, rows, *, separator=",", encoding="utf-8-sig"):
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=separator).writerows(rows)


def filled_csv(project, count=8):
    made = draw(project, count)
    rows = csv_of(made.files[0])
    heads = {name: at for at, name in enumerate(rows[0])}
    for row in rows[1:]:
        for code in right_codes(row[heads["text"]]):
            row[heads[code]] = "x"
    return made.files[0], rows, heads


def test_rows_may_be_reordered_and_deleted_and_columns_moved(uncoded):
    path, rows, _ = filled_csv(uncoded)
    moved = [[*row[::-1], "mine"] for row in [rows[0], *rows[:3:-1]]]
    save(path, moved, separator=";")
    result = taken(uncoded, path)
    assert result.read == 5
    _, labels, _ = gold_labels(*read(uncoded), "anna")
    assert labels.any()


@pytest.mark.parametrize(
    ("mark", "given"),
    [("1", True), ("yes", True), ("✓", True), ("0", False), ("No", False), ("FALSE", False)],
)
def test_anything_but_nothing_zero_and_no_is_a_mark(uncoded, mark, given):
    path, rows, heads = filled_csv(uncoded, 1)
    for head in ("seeds", "none"):
        rows[1][heads[head]] = ""
    rows[1][heads["water"]] = mark
    save(path, rows)
    result = taken(uncoded, path)
    assert (result.read, result.codings) == (1, int(given))


def test_a_row_left_blank_was_not_read_and_a_note_is_kept_in_the_log(uncoded):
    path, rows, heads = filled_csv(uncoded, 3)
    for head in ("water", "seeds", "none"):
        rows[1][heads[head]] = ""
    rows[1][heads["note"]] = "what is a butt?"
    save(path, rows)
    result = taken(uncoded, path)
    assert (result.read, result.unread) == (2, 1)
    assert "a note but no mark" in result.notes[0]
    detail = Store(uncoded.store).read_log()["detail"].iloc[-1]
    assert "what is a butt?" in detail


def broken(cell, value):
    def change(rows, heads):
        rows[2][heads[cell]] = value(rows[2][heads[cell]])

    return change


def add_none(rows, heads):
    rows[2][heads["water"]] = rows[2][heads["none"]] = "x"


def repeat(rows, heads):
    rows[2] = list(rows[1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (broken("text", lambda text: text.replace("the", "a")), "The text is '"),
        (broken("start", lambda start: str(int(start) + 1)), "The text is '"),
        (broken("end", lambda _: "99999"), "is not in 'meeting"),
        (broken("start", lambda _: "first"), "must be whole numbers"),
        (broken("document", lambda name: "x" + name), "There is no document 'xmeeting"),
        (add_none, "both 'water' and 'none'"),
        (repeat, "repeats row 2"),
    ],
)
def test_a_sheet_that_was_tampered_with_is_refused_whole(uncoded, change, says):
    path, rows, heads = filled_csv(uncoded)
    text = [number for number, row in enumerate(rows) if number and "the" in row[heads["text"]]]
    rows[2], rows[text[0]] = rows[text[0]], rows[2]
    change(rows, heads)
    save(path, rows)
    with pytest.raises(GoldError) as error:
        taken(uncoded, path)
    assert says in str(error.value)
    assert error.value.place == "row 3"
    assert str(path) in str(error.value)
    assert error.value.cure
    assert not uncoded.gold_files


def test_a_row_of_another_place_is_not_of_the_draw(uncoded):
    path, rows, heads = filled_csv(uncoded, 8)
    segments = read_corpus(uncoded).segments
    drawn = {(row[heads["document"]], int(row[heads["start"]])) for row in rows[1:]}
    other = next(row for row in segments.itertuples() if (row.document, row.start) not in drawn)
    for name in ("document", "start", "end", "text"):
        rows[3][heads[name]] = str(getattr(other, name))
    save(path, rows)
    with pytest.raises(GoldError, match=r"row 4: This segment was not in the draw d1-"):
        taken(uncoded, path)


def test_a_column_that_is_gone_is_named(uncoded):
    path, rows, heads = filled_csv(uncoded)
    for row in rows:
        del row[heads["seeds"]]
    save(path, rows)
    with pytest.raises(GoldError, match=r"row 1: The column 'seeds' is missing"):
        taken(uncoded, path)


def test_files_that_are_no_sheets_say_so(uncoded, tmp_path):
    for name, content, says in (
        ("a.xlsx", b"PK no", "Excel workbook"),
        ("b.csv", b"\xff\xfe\x00", "UTF-8"),
        ("c.csv", b"", "names of the columns"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(GoldError, match=says):
            taken(uncoded, tmp_path / name, coder="anna")
    with pytest.raises(GoldError, match="cannot be read"):
        taken(uncoded, tmp_path / "missing.csv", coder="anna")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    with pytest.raises(GoldError, match="expands more than 200 times"):
        taken(uncoded, tmp_path / "bomb.xlsx", coder="anna")
    empty = draw(uncoded).files[0]
    with pytest.raises(GoldError, match=r"No row of the sheet is marked"):
        taken(uncoded, empty)


def test_coding_a_segment_otherwise_the_second_time_is_an_error_unless_it_replaces(uncoded):
    path, rows, heads = filled_csv(uncoded)
    save(path, rows)
    taken(uncoded, path)
    before = (uncoded.gold / "anna_next.csv").read_bytes()
    assert taken(uncoded, path).replaced == 0
    assert (uncoded.gold / "anna_next.csv").read_bytes() == before
    for head in ("water", "seeds", "none"):
        rows[4][heads[head]] = "x" if head == "none" and not rows[4][heads["none"]] else ""
    rows[4][heads["water"]] = "" if rows[4][heads["none"]] else "x"
    save(path, rows)
    with pytest.raises(GoldError, match=r"1 segment\(s\) were coded otherwise.*row 5.*--replace"):
        taken(uncoded, path)
    assert (uncoded.gold / "anna_next.csv").read_bytes() == before
    result = taken(uncoded, path, replace=True)
    assert result.replaced == 1
    assert len(read(uncoded)[1].read) == 8


def test_what_a_coder_said_of_a_whole_document_is_not_contradicted(uncoded):
    write_gold_file(uncoded, "anna")
    made = draw(uncoded, 36, include_coded=True)
    fill_in(made.files[1])
    taken(uncoded, made.files[1])
    assert not reading_notes(study_of(*read(uncoded)))
    (uncoded.gold / "anna_next.csv").unlink()
    book = openpyxl.load_workbook(made.files[1])
    page = book["segments"]
    heads = {cell.value: cell.column for cell in page[1]}
    page.cell(2, heads["none"]).value = None
    page.cell(2, heads["water"]).value = page.cell(2, heads["seeds"]).value = "x"
    book.save(made.files[1])
    with pytest.raises(GoldError, match=r"coded otherwise before.*row 2: now .*water"):
        taken(uncoded, made.files[1], replace=True)


def test_further_sheets_are_added_to_the_first(uncoded):
    for seed in (1, 2):
        made = draw(uncoded, 6, seed=seed)
        fill_in(made.files[1])
        taken(uncoded, made.files[1])
    gold = read(uncoded)[1]
    assert len(gold.read) == 12
    assert set(gold.read["scope"]) == {"segment"}


def test_somebody_else_may_fill_in_a_sheet_and_a_lost_database_costs_only_probabilities(uncoded):
    path, rows, _ = filled_csv(uncoded)
    save(path, rows)
    assert "drawn for anna" in taken(uncoded, path, coder="bruno").notes[0]
    uncoded.store.unlink()
    with pytest.raises(GoldError, match="Add --coder NAME"):
        taken(uncoded, path)
    assert "without an inclusion probability" in taken(uncoded, path, coder="bruno").notes[0]


HOSTILE = '=HYPERLINK("http://evil.example","x") was on the flyer.'


def test_a_text_that_looks_like_a_formula_stays_a_text_there_and_back(uncoded):
    (uncoded.corpus / "meeting0.txt").write_text(HOSTILE + " +44 1632 960 was the number.\n\n007")
    for index, suffix in enumerate((".csv", ".xlsx")):
        made = draw(uncoded, 33, coder=f"anna{suffix[1:]}")
        if suffix == ".csv":
            rows = csv_of(made.files[0])
            heads = {name: at for at, name in enumerate(rows[0])}
            told = [row[heads["text"]] for row in rows]
            assert not any(text.startswith(("=", "+")) for text in told)
            for row in rows[1:]:
                row[heads["none"]] = "x"
                # What a spreadsheet makes of it.
                row[heads["text"]] = row[heads["text"]].replace("007", "7")
            save(made.files[0], rows)
        else:
            book = openpyxl.load_workbook(made.files[1])
            page = book["segments"]
            heads = {cell.value: cell.column for cell in page[1]}
            for row in range(2, page.max_row + 1):
                assert page.cell(row, heads["text"]).data_type == "s"
                page.cell(row, heads["none"]).value = 1
            book.save(made.files[1])
        assert taken(uncoded, made.files[index]).read == 33


def test_a_code_may_be_called_like_a_column():
    assert mark_columns(["water", "note", "none"]) == ["water", "code note", "code none", "none"]


def test_the_command_says_how_a_random_draw_is_used_and_takes_the_sheet_in(uncoded):
    result = fourp("next", 12, "--coder", "anna", "--seed", 5, "-p", uncoded.root)
    assert result.exit_code == 0, result.output
    assert "12 segments, inclusion probability 0.3333" in result.output
    assert "without looking at suggestions" in result.output
    (path,) = uncoded.reports.glob("*.xlsx")
    fill_in(path)
    said = fourp("next", "--take-in", path, "-p", uncoded.root)
    assert said.exit_code == 0, said.output
    assert "anna read 12 segments" in said.output
    (counts,) = records(fourp("next", "--take-in", path, "--json", "-p", uncoded.root).stdout)
    assert (counts["read"], counts["replaced"]) == (12, 0)
    mixed = fourp("next", 8, "--by", "mixed", "--json", "-p", uncoded.root)
    rows = records(mixed.stdout)
    assert [row["inclusion_probability"] is None for row in rows] == [
        row["strategy"] != "random" for row in rows
    ]
    frequencies = fourp("frequencies", "-p", uncoded.root)
    assert "not the rest" in frequencies.stderr
    wrong = fourp("next", "--by", "random", "--code", "water", "-p", uncoded.root)
    assert isinstance(wrong.exception, FourpError)


def test_how_often_a_segment_comes_up_in_many_draws_of_a_project_is_as_stated(uncoded):
    corpus, _, codebook = read(uncoded)
    hits: dict[tuple, int] = {}
    for seed in range(60):
        made = draw_next(
            Study(uncoded, corpus=corpus, codebook=codebook),
            DrawOptions(count=12, coder=f"c{seed}", seed=seed),
        )
        assert set(made.drawn["inclusion_probability"]) == {12 / 36}
        for span in spans(made.drawn):
            hits[span] = hits.get(span, 0) + 1
    counts = np.array(list(hits.values()))
    assert len(counts) == 36
    # 60 draws with a chance of a third: 20, give or take 3.7.
    assert abs(counts - 20).max() < 4.5 * 3.7


def test_people_may_draw_before_it_is_settled_whose_codes_are_the_reference(uncoded):
    for coder in ("bruno", "clara"):
        made = draw(uncoded, 4, coder=coder)
        fill_in(made.files[1])
        corpus, codebook = read_corpus(uncoded), read_codebook(uncoded.codebook)
        import_sheet(Study(uncoded, corpus=corpus, codebook=codebook), made.files[1])
    with pytest.raises(GoldError, match="--coder NAME"):
        draw_next(Study(uncoded, corpus=corpus, codebook=codebook), DrawOptions(count=4))
    made = draw_next(
        Study(uncoded, corpus=corpus, codebook=codebook), DrawOptions(count=4, coder="bruno")
    )
    assert made.facts["frame_size"] == 32


def test_what_nobody_read_changes_nothing_in_the_model_but_is_suggested_for(project):
    codebook, encoder = read_codebook(project.codebook), load_encoder()
    coded = np.arange(18) % 6 != 2
    made = []
    for given in (False, True):
        data = toy_set()
        labels = data.labels.copy()
        labels[~coded] = given
        data = replace(data, labels=labels, coded=coded)
        made.append(train(data, codebook, encoder, name="x", unit="sentence"))
    one, other = made
    assert one.classifier.learned_.all()
    for name in ("dual_", "word_weights_"):
        assert np.array_equal(getattr(one.classifier, name), getattr(other.classifier, name))
    assert np.array_equal(one.classifier.thresholds_, other.classifier.thresholds_)
    assert np.array_equal(one.out_of_fold.probabilities, other.out_of_fold.probabilities)
    assert len(one.out_of_fold.documents) == 18
    assert one.card["segments_in_documents"] == coded.sum() == 15
    # Had it been read as "no code", the model would be another.
    plain = train(toy_set(), codebook, encoder, name="x", unit="sentence")
    assert plain.classifier.dual_.shape != one.classifier.dual_.shape
