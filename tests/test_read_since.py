"""What grew, changed or was added after somebody read is unread, in every step, until somebody reads it."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.agreement import agreement_table
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.alignment.unchanged_text import sha256_of, text_pieces, unchanged_stretches
from fourp_nlp.coding.reading.reading_record import ReadRecord
from fourp_nlp.coding.reading.record_file import RECORD_NAME, read_record
from fourp_nlp.coding.reading.undecided import UNDECIDED_NAME, read_undecided
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError
from fourp_nlp.frequencies import cooccurrence, rates
from fourp_nlp.machine.classifier import CodeClassifier
from fourp_nlp.segments.alignment import codes_read
from fourp_nlp.study.machine.training import training_fingerprint
from fourp_nlp.study.measuring.agreement import agree, agreement_in_full
from fourp_nlp.study.measuring.measures import reconcile_with_gold
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes, reading_notes
from fourp_nlp.study.reading.marked_as_read import mark_as_read
from fourp_nlp.study.reading.moving_codings import move_codings
from fourp_nlp.study.reading.unread_notes import unread_notes
from fourp_nlp.study.reconciling.adjudication import adjudicate
from fourp_nlp.study.reconciling.disagreements import disagreements
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.sampling.sheet_import import import_sheet
from fourp_nlp.study.study import Study
from fourp_nlp.tables import RECONCILIATION, SUGGESTIONS, empty
from tests.conftest import (
    OTHER,
    SEEDS,
    WATER,
    gold_labels,
    labels_in_context,
    study_of,
    write_gold_file,
)
from tests.test_cli import fourp
from tests.test_export import sent
from tests.test_import import taken
from tests.test_next import fill_in

GROWN = "The new pond is full. The bucket leaks. A pump was lent. The path is wet."
BIRDS = """\
  - id: birds
    name: Birds
    short_definition: Sparrows, pigeons and their nests.
    examples: [A wren nests in the hut.]
"""
NONE = empty(SUGGESTIONS)
FIRST = "meeting0.txt"


@pytest.fixture
def two(project):
    """Anna coded six documents and Ben three, and a command has seen it."""
    write_gold_file(project, "ben", but=("meeting3.txt", "meeting4.txt", "meeting5.txt"))
    (project.root / "fourp.toml").write_text('[coders]\ngold = "anna"\n', encoding="utf-8")
    project = open_project(project.root)
    read(project)
    return project


def read(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    return corpus, read_gold_codes(project, corpus, codebook), codebook


def change(project, text, *, name=FIRST):
    """Give a document another text, made from the one that it has."""
    path = project.corpus / name
    path.write_text(text(path.read_text(encoding="utf-8")), encoding="utf-8")


def grow(project, *, name=FIRST):
    change(project, lambda text: f"{text}\n\n{GROWN}", name=name)


def add_code(project):
    with project.codebook.open("a", encoding="utf-8") as stream:
        stream.write(BIRDS)


def of_pair(project):
    table = agree(study_of(*read(project), NONE), resamples=0)
    return table.set_index(["level", "code", "coefficient"]).sort_index()[["value", "n"]]


def test_agreement_is_the_same_after_a_document_grew(two):
    before = of_pair(two)
    grow(two)
    pd.testing.assert_frame_equal(of_pair(two), before)
    full = agreement_in_full(study_of(*read(two), NONE), coders=["anna", "ben"])
    everything = full[(full["level"] == "code") & (full["units"] == "all")]
    assert set(everything["n"]) == {18}


def test_sentences_that_were_added_are_no_segments_without_a_code(two):
    first, labels, _, _ = labels_in_context(*read(two), "anna")
    grow(two)
    corpus, gold, codebook = read(two)
    chosen, after, coded, looked_for = labels_in_context(corpus, gold, codebook, "anna")
    assert len(chosen) == len(first) + 4
    assert set(chosen.loc[~coded, "text"]) == set(GROWN.replace(". ", ".|").split("|"))
    assert (after[coded] == labels).all()
    assert not looked_for[~coded].any()


def test_a_model_is_out_of_date_when_a_document_grew(two):
    before = training_fingerprint(study_of(*read(two), project=two))
    grow(two)
    assert training_fingerprint(study_of(*read(two), project=two)) != before


def test_reconciliation_says_nothing_of_what_was_added(two):
    grow(two)
    corpus, gold, codebook = read(two)
    segments = corpus.segments
    codes = codebook.code_ids
    rows = segments.loc[segments.index.repeat(len(codes))].assign(
        code=codes * len(segments), theme="", probability=0.9, threshold=0.5, suggested=True,
        accepted=False, accepted_from=np.nan, model="m", out_of_fold=True, why="", words="", rank=1,
        out_of_fold_probability=0.9, out_of_fold_suggested=True,
    )  # fmt: skip
    made = reconcile_with_gold(
        Study(two, corpus=corpus, gold=gold, codebook=codebook, suggestions=rows)
    )
    assert list(made.columns) == RECONCILIATION.names
    assert len(made) == 36 * len(codes)
    assert not made["text"].isin(GROWN.replace(". ", ".|").split("|")).any()


def test_one_line_names_the_document_the_coder_and_what_to_do(two):
    grow(two)
    said = fourp("agree", "-p", two.root)
    told = [line for line in said.output.splitlines() if FIRST in line]
    assert len(told) == 2
    assert "grew after anna coded it: 4 of 10 segments are unread and do not count" in told[0]
    assert f"fourp gold --read-again anna --document {FIRST}" in told[0]
    # One line is enough: that the document was read in part is not told once more.
    assert reading_notes(study_of(*read(two))) == []
    listed = fourp("gold", "-p", two.root)
    row = next(line for line in listed.output.splitlines() if line.startswith("anna"))
    assert row.split()[:5] == ["anna", "6", "1", row.split()[3], "4"]


def test_what_somebody_says_they_have_read_counts_again(two):
    grow(two)
    said = fourp("gold", "--read-again", "anna", "--document", FIRST, "-p", two.root)
    assert "anna has read 1 document; 4 sentences count now that did not" in said.output
    corpus, gold, codebook = read(two)
    assert len(gold_labels(corpus, gold, codebook, "anna").segments) == 40
    assert len(gold_labels(corpus, gold, codebook, "ben").segments) == 18
    assert [
        note.split()[3] for note in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    ] == ["ben"]
    assert fourp("gold", "--read-again", "ben", "-p", two.root).exit_code == 0
    assert set(of_pair(two).loc["code", "n"]) == {22}
    assert unread_notes(study_of(*read(two))) == []


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (("--read-again", "carla"), 'there is no coder "carla"'),
        (("--read-again", "ben", "--document", "meeting5.txt"), "ben did not code a document"),
        (("--read-again", "ben", "--code", "x"), "There is no code 'x'"),
        (("--document", FIRST), "go with --read-again"),
    ],
)
def test_who_and_what_was_read_again_must_be_there(two, asked, problem):
    said = fourp("gold", *asked, "-p", two.root)
    assert said.exit_code
    assert problem in f"{said.output} {said.exception}"


def test_added_sentences_can_be_drawn_and_count_when_they_were_coded(two):
    grow(two)
    corpus, gold, codebook = read(two)
    made = draw_next(
        study_of(*read(two), project=two), DrawOptions(count=4, by="random", coder="anna", seed=1)
    )
    assert set(made.drawn["document"]) == {FIRST}
    fill_in(made.files[1], only=3)
    # Nothing contradicts the first coding: the document that was coded as a whole did not hold this.
    sheet = import_sheet(Study(two, corpus=corpus, codebook=codebook), made.files[1])
    assert (sheet.read, sheet.replaced) == (3, 0)
    corpus, gold, codebook = read(two)
    assert len(gold_labels(corpus, gold, codebook, "anna").segments) == 39
    assert (
        "1 of 10 segments are unread"
        in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))[0]
    )


def test_a_changed_sentence_is_unread_and_its_neighbours_are_not(two):
    change(two, lambda text: text.replace(OTHER[0], "The minutes were not read out at all."))
    # The sentences after it have moved.
    made = move_codings(Study(two, corpus=read_corpus(two)))
    assert made.undecided == 0
    corpus, gold, codebook = read(two)
    chosen, _, coded, _ = labels_in_context(corpus, gold, codebook, "anna")
    assert chosen.loc[~coded, "text"].tolist() == ["The minutes were not read out at all."]
    assert (
        "was changed after anna coded it: 1 of 6"
        in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))[0]
    )


def test_codings_move_with_the_text_that_was_put_in_before_them(two):
    before = gold_labels(*read(two), "anna")
    change(two, lambda text: f"A word of welcome. {text}")
    with pytest.raises(GoldError, match="fourp gold --move"):
        read(two)
    said = fourp("gold", "--move", "-p", two.root)
    assert said.exit_code == 0
    assert f"{FIRST} has changed since it was coded: 8 codings carried along." in said.output
    after = gold_labels(*read(two), "anna")
    assert after.segments["text"].tolist() == before.segments["text"].tolist()
    assert (after.labels == before.labels).all()
    assert "A word of welcome." not in set(after.segments["text"])
    assert "nothing was moved" in fourp("gold", "--move", "-p", two.root).output


def test_moving_leaves_everything_else_of_a_gold_file_as_it_was(two):
    path = two.gold / "anna.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    lines = [";".join([*row, f"mine {at}"]) for at, row in enumerate(rows)]
    path.write_bytes(b"\xef\xbb\xbf" + ("\r\n".join(lines) + "\r\n").encode())
    change(two, lambda text: text.replace(WATER[0], "") + f" {SEEDS[0]}", name=FIRST)
    made = move_codings(Study(two, corpus=read_corpus(two)))
    waiting = read_undecided(two.gold / UNDECIDED_NAME)
    assert made.undecided == len(waiting) == 2
    assert [(each.file, each.quote) for each in waiting] == [
        ("anna.csv", WATER[0]),
        ("ben.csv", WATER[0]),
    ]
    held = path.read_bytes()
    assert held.startswith(b"\xef\xbb\xbf")
    moved = [line.split(";") for line in held.decode("utf-8-sig").split("\r\n")[:-1]]
    assert [row[-1] for row in moved] == [f"mine {at}" for at in range(len(rows)) if at != 1]
    same = [[*row[:1], *row[3:6]] for row in moved]
    assert same == [[*row[:1], *row[3:]] for at, row in enumerate(rows) if at != 1]
    text = (two.corpus / FIRST).read_text(encoding="utf-8").strip()
    for row in moved[1:]:
        if row[0] == FIRST:
            assert text[int(row[1]) : int(row[2])] == row[5]


def test_a_new_code_is_neither_agreed_upon_nor_learned_as_absent(two):
    before = of_pair(two)
    add_code(two)
    after = of_pair(two)
    assert set(after.loc[("code", "birds"), "n"]) == {0}
    assert after.loc[("code", "birds"), "value"].isna().all()
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    corpus, gold, codebook = read(two)
    full = agreement_in_full(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=NONE), coders=["anna", "ben"]
    )
    birds = full[(full["code"] == "birds") & (full["units"] == "all")]
    assert set(birds["n"]) == {0}
    overall = full[(full["level"] == "overall") & (full["units"] == "all")].set_index("coefficient")
    assert overall.loc["percent", "n"] == 36
    looked_for = labels_in_context(corpus, gold, codebook, "anna").read
    assert looked_for.sum(axis=0).tolist() == [36, 36, 0]
    told = unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    assert told[0].startswith(
        "'birds' was added to the codebook after anna read 6 documents: 36 segments"
    )
    assert told[0].endswith("fourp gold --read-again anna --code birds")


def test_a_new_code_counts_once_it_was_looked_for_and_text_stays_unread(two):
    add_code(two)
    grow(two)
    corpus, gold, codebook = read(two)
    done = mark_as_read(
        Study(two, corpus=corpus, gold=gold, codebook=codebook), "anna", codes=["birds"]
    )
    assert (len(done.documents), done.segments) == (6, 36)
    corpus, gold, codebook = read(two)
    looked_for = labels_in_context(corpus, gold, codebook, "anna").read
    assert looked_for.sum(axis=0).tolist() == [36, 36, 36]
    assert "grew" in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))[0]


def test_a_new_code_given_on_a_sheet_is_no_other_coding_of_the_same_segment(two):
    corpus, _, codebook = read(two)
    grow(two)
    corpus, _, codebook = read(two)
    made = draw_next(
        study_of(*read(two), project=two), DrawOptions(count=4, by="random", coder="anna", seed=1)
    )
    fill_in(made.files[1])
    import_sheet(Study(two, corpus=corpus, codebook=codebook), made.files[1])
    add_code(two)
    corpus, gold, codebook = read(two)
    again = draw_next(
        Study(two, corpus=corpus, codebook=codebook),
        DrawOptions(count=40, by="random", coder="anna", seed=2, include_coded=True),
    )
    before = gold_labels(corpus, gold, codebook, "anna")
    place = pd.MultiIndex.from_frame(before.segments[["document", "start", "end"]])
    given = dict(zip(place, before.labels.tolist(), strict=True))
    rows = list(csv.reader(again.files[0].read_text(encoding="utf-8-sig").splitlines()))
    head = rows[0]
    for row in rows[1:]:
        key = (
            row[head.index("document")],
            int(row[head.index("start")]),
            int(row[head.index("end")]),
        )
        for code, here in zip(codebook.code_ids, given[key], strict=True):
            row[head.index(code)] = "x" if here or code == "birds" else ""
    with again.files[0].open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    sheet = import_sheet(Study(two, corpus=corpus, codebook=codebook), again.files[0])
    assert (sheet.read, sheet.replaced) == (40, 0)
    corpus, gold, codebook = read(two)
    after = gold_labels(corpus, gold, codebook, "anna")
    assert after.read.all()
    assert after.labels[:, 2].all()


def test_what_is_settled_says_nothing_of_what_nobody_read(two):
    add_code(two)
    grow(two)
    corpus, gold, codebook = read(two)
    adjudicate(Study(two, corpus=corpus, gold=gold, codebook=codebook))
    corpus, gold, codebook = read(two)
    _, _, coded, looked_for = labels_in_context(corpus, gold, codebook, "settled")
    assert coded.sum() == 36
    assert looked_for.sum(axis=0).tolist() == [36, 36, 0]
    mark_as_read(Study(two, corpus=corpus, gold=gold, codebook=codebook), "anna")
    corpus, gold, codebook = read(two)
    assert any(
        "reconcile --settle --overwrite" in note
        for note in unread_notes(Study(corpus=corpus, gold=gold, codebook=codebook))
    )
    adjudicate(Study(two, corpus=corpus, gold=gold, codebook=codebook), overwrite=True)
    corpus, gold, codebook = read(two)
    assert (
        labels_in_context(corpus, gold, codebook, "settled").read.sum(axis=0).tolist() == [40] * 3
    )
    with pytest.raises(GoldError, match="not a person"):
        mark_as_read(Study(two, corpus=corpus, gold=gold, codebook=codebook), "settled")


def test_nobody_disagrees_about_a_code_that_one_of_them_did_not_know(two):
    add_code(two)
    corpus, gold, codebook = read(two)
    mark_as_read(Study(two, corpus=corpus, gold=gold, codebook=codebook), "anna", codes=["birds"])
    with (two.gold / "anna.csv").open("a", encoding="utf-8", newline="") as stream:
        text = (two.corpus / FIRST).read_text(encoding="utf-8")
        start = text.find(OTHER[0])
        csv.writer(stream).writerow(
            [FIRST, start, start + len(OTHER[0]), "birds", "anna", OTHER[0]]
        )
    corpus, gold, codebook = read(two)
    assert gold_labels(corpus, gold, codebook, "anna").labels[:, 2].sum() == 1
    found = disagreements(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=NONE),
        Store(two.store).read_decisions(),
    )
    assert "birds" not in set(found.table["code"])
    full = agreement_in_full(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=NONE), coders=["anna", "ben"]
    )
    sets = full[full["coefficient"] == "alpha_masi"]
    assert (sets["value"] == 1).all()
    spans = full[(full["coefficient"] == "u_alpha") & (full["level"] == "overall")]
    assert (spans["value"] == 1).all()


def test_the_record_survives_what_people_do_with_their_files(two):
    grow(two)
    # Edited in a spreadsheet, renamed, with the coder in a column of its own.
    path = two.gold / "anna.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    path.unlink()
    with (two.gold / "codes of anna.csv").open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(rows[:1] + rows[:0:-1])
    corpus, gold, codebook = read(two)
    assert len(gold_labels(corpus, gold, codebook, "anna").segments) == 36
    # A renamed document is known by its text; taken away and brought back, codes are what they were.
    (two.corpus / "meeting1.txt").rename(two.corpus / "opening.txt")
    for own in two.gold_files:
        own.write_text(own.read_text("utf-8-sig").replace("meeting1.txt", "opening.txt"), "utf-8")
    add_code(two)
    corpus, gold, codebook = read(two)
    kept = [(own, own.read_bytes()) for own in two.gold_files]
    for own, _ in kept:
        own.unlink()
    assert read(two)[1].coded == {}
    for own, content in kept:
        own.write_bytes(content)
    corpus, gold, codebook = read(two)
    looked_for = codes_read(corpus.segments, gold.read, codebook.code_ids, "anna")
    assert looked_for.sum(axis=0).tolist() == [36, 36, 0]


def test_without_a_record_everything_counts_as_read_as_it_stands(two):
    grow(two)
    (two.gold / RECORD_NAME).unlink()
    assert set(of_pair(two).loc["code", "n"]) == {22}
    record = read_record(two.gold / RECORD_NAME)
    assert set(record.entries["coder"]) == {"anna", "ben"}
    assert two.gold_files == [two.gold / "anna.csv", two.gold / "ben.csv"]


def test_codes_that_are_new_here_of_a_document_that_changed_are_named(two):
    grow(two)
    write_gold_file(two, "carla")
    told = [note for note in unread_notes(study_of(*read(two))) if "carla" in note]
    assert len(told) == 1
    assert "count as codes of its present text. Make sure that carla read that one" in told[0]


def test_a_damaged_record_is_named_with_its_cure(two):
    path = two.gold / RECORD_NAME
    held = json.loads(path.read_text(encoding="utf-8"))
    held["documents"][0]["codes"] = 9
    for damaged in ("{", "[1]", json.dumps(held), "[" * 100_000):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(GoldError, match="is damaged") as told:
            read(two)
        assert "Restore an earlier copy" in (told.value.cure or "")


def test_a_folder_that_cannot_be_written_is_read_all_the_same(two, monkeypatch):
    shutil.move(two.gold / RECORD_NAME, two.root / "aside.json")
    (two.gold / RECORD_NAME).symlink_to(two.root / "nowhere" / "x.json")
    monkeypatch.setattr("fourp_nlp.study.reading.reading_state.write_together", _no_space)
    assert set(of_pair(two).loc["code", "n"]) == {18}


def _no_space(contents, **_options):
    from fourp_nlp.errors import FourpError

    raise FourpError(
        "The file cannot be written: No space left on device.", file=next(iter(contents))
    )


def test_nothing_of_the_documents_can_be_read_in_the_record(two):
    held = (two.gold / RECORD_NAME).read_text(encoding="utf-8")
    assert not any(word in held for word in ("barrel", "Carlo", "tomato"))


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ("One. Two.\nThree", "One. Two.\nThree\nFour.", ["One. Two.\nThree"]),
        ("One. Two.\nThree", "One. Two.\nThree and more", ["One. Two."]),
        ("One. Two. Three.", "Zero. One. Two. Three.", ["One. Two. Three."]),
        ("One. Two. Three.", "One. Three.", ["One.", "Three."]),
        ("One. Two. Three.", "One. New. Two. Three.", ["One.", "Two. Three."]),
        ("One. Two.", "One.\n\n  Two.", ["One.\n\n  Two."]),
        ("One. Two.", "Two. One.", ["One."]),
        ("One.", "", []),
        ("", "One.", []),
        ("Yes. No. Yes.", "Yes. Yes. No. Yes.", ["Yes.", "Yes. No. Yes."]),
    ],
)
def test_only_what_stands_in_both_texts_is_the_same(before, now, same):
    stretches = unchanged_stretches(text_pieces(before).hashes, text_pieces(now))
    if before.startswith("Yes"):
        # Which of two equal sentences is new cannot be known: both say the same.
        assert "".join(now[a:b] for a, b in stretches).replace(" ", "") in "Yes.Yes.No.Yes."
        return
    assert [now[a:b] for a, b in stretches] == same


def test_pieces_cover_everything_but_white_space():
    text = ' Über "so." Then…  (yes!) no\n\n\nA: Lines, 3.5 of them?\u2028And\ttabs. \n'
    pieces = text_pieces(text)
    rest = np.array(list(text), dtype=object)
    for start, end in zip(pieces.start, pieces.end, strict=True):
        assert text[start:end] == text[start:end].strip()
        rest[start:end] = ""
    assert not "".join(rest).strip()


def test_a_long_document_is_compared_in_no_time():
    lines = [f"Line {number} of many.\nYes." for number in range(20_000)]
    old, new = "\n".join(lines), "\n".join([*lines[:9000], "New.", *lines[9001:], "More."])
    stretches = unchanged_stretches(text_pieces(old).hashes, text_pieces(new))
    same = sum(end - start for start, end in stretches)
    assert len(new) - 60 < same < len(new)


def test_entries_that_say_no_more_are_not_added_again():
    coded = pd.DataFrame(
        [("anna", "a", 0, 0, "document", ""), ("anna", "b", 0, 4, "segment", "Five")],
        columns=["coder", "document", "start", "end", "scope", "quote"],
    )
    texts = {"a": "One.", "b": "Five."}
    once = ReadRecord().with_reading(coded, texts, ["x", "y"], since="2026-01-01")
    assert once.with_reading(coded, texts, ["x"], since="2026-02-02").content() == once.content()
    more = once.with_reading(coded, texts, ["x", "y", "z"], since="2026-02-02")
    assert set(more.entries["since"]) == {"2026-02-02"}
    assert len(more.entries) == 2
    assert json.loads(once.content())["texts"][0]["sha256"] == sha256_of("One.")


def made_up(seed=0):
    random = np.random.default_rng(seed)
    features = random.normal(size=(240, 8)).astype(np.float32)
    labels = np.column_stack([features[:, 0] > 0.3, features[:, 1] > 0.5, features[:, 2] > 0.4])
    return features, labels, np.repeat(np.arange(12), 20)


def test_a_code_is_learned_as_if_unread_rows_had_not_been_there():
    features, labels, documents = made_up()
    read = np.ones(labels.shape, dtype=bool)
    read[documents >= 6, 2] = False
    wrong = labels.copy()
    wrong[~read] = False
    folds = [np.flatnonzero(documents // 3 == number) for number in (2, 3)]
    typical = np.ones(len(labels), dtype=bool)
    given = (documents, typical)
    model, whole = CodeClassifier(), CodeClassifier()
    probability, _ = model.fit_out_of_fold(features, wrong, *given, folds=folds, read=read)
    # The codes that were looked for everywhere have the coefficients that they had, but for how common codes
    # are on the whole, towards which each is drawn as by one segment.
    expected, _ = whole.fit_out_of_fold(features, labels, *given, folds=folds)
    np.testing.assert_allclose(model.mean_[:2], whole.mean_[:2], atol=1e-4)
    np.testing.assert_allclose(model.dual_[:, :2], whole.dual_[:, :2], atol=1e-4)
    assert (model.dual_[documents >= 6, 2] == 0).all()
    unseen = documents >= 6
    auc = _ranked(probability[unseen, 2], labels[unseen, 2])
    assert auc > 0.9
    assert probability[unseen, 2].mean() == pytest.approx(labels[unseen, 2].mean(), abs=0.1)
    false, _ = CodeClassifier().fit_out_of_fold(features, wrong, *given, folds=folds)
    assert false[unseen, 2].mean() < 0.75 * probability[unseen, 2].mean()
    assert model.positives_.tolist() == wrong.sum(axis=0).tolist()
    assert expected.shape == probability.shape


def _ranked(scores, labels):
    return (scores[labels][:, None] > scores[~labels][None, :]).mean()


def test_unread_rows_of_a_code_are_left_out_of_its_table_of_agreement():
    random = np.random.default_rng(3)
    a, b = random.random((2, 40, 2)) < 0.4
    compared = np.ones((40, 2), dtype=bool)
    compared[20:, 1] = False
    documents = np.repeat(np.arange(4), 10)
    names = {"coder_a": "a", "coder_b": "b", "resamples": 0}
    made = agreement_table(a, b, ["x", "y"], ["t", "t"], documents, compared=compared, **names)
    half = agreement_table(a[:20], b[:20], ["x", "y"], ["t", "t"], documents[:20], **names)
    key = ["level", "code", "coefficient"]
    made, half = (table.set_index(key).sort_index() for table in (made, half))
    assert set(made.loc[("code", "x"), "n"]) == {40}
    same = made.loc[("code", "y")].drop(columns="no_interval")  # of fewer documents, in other words
    pd.testing.assert_frame_equal(same, half.loc[("code", "y")].drop(columns="no_interval"))
    assert made.loc[("overall", "", "percent"), "n"] == 60


def test_words_and_pairs_count_where_the_code_was_looked_for():
    segments = pd.DataFrame(
        {
            "document": ["a", "a", "b"], "segment": [0, 1, 0], "start": [0, 10, 0], "end": [9, 19, 9],
            "text": ["one two three", "four five", "six"], "speaker": "", "role": "sentence",
        }
    )  # fmt: skip
    documents = pd.DataFrame({"document": ["a", "b"], "case": "", "group": ""})
    labels = np.array([[True, True], [True, False], [False, False]])
    read = np.array([[True, True], [True, False], [True, False]])
    made = rates(
        segments,
        labels & read,
        ["x", "y"],
        ["", ""],
        documents,
        by="document",
        coder="anna",
        read=read,
    )
    words = made.pivot(index="code", columns="document", values="words")
    assert words.loc["x"].tolist() == [5, 1]
    assert words.loc["y"].tolist() == [3, 0]
    assert made.loc[(made["code"] == "y") & (made["document"] == "b"), "rate"].isna().all()
    pair = cooccurrence(labels & read, ["x", "y"], coder="anna", read=read).iloc[0]
    assert (pair["segments"], pair["with_code"], pair["with_other"], pair["both"]) == (1, 1, 1, 1)


def test_a_project_that_comes_back_has_read_no_more_than_it_had(two):
    add_code(two)
    grow(two)
    out = sent(two)
    before = (two.gold / RECORD_NAME).read_bytes()
    taken(out, two)
    assert (two.gold / RECORD_NAME).read_bytes() == before
    # Unless it is said of everybody and everything.
    taken(out, two, read="all")
    corpus, gold, codebook = read(two)
    assert gold_labels(corpus, gold, codebook, "anna").read.sum(axis=0).tolist() == [40, 40, 40]


def test_a_text_that_grew_elsewhere_was_read_there_if_the_file_says_so(two):
    out = sent(two)
    texts = [
        f"{text} {GROWN}" if text.startswith(WATER[0]) else text for text in out.sources["text"]
    ]
    grown = replace(out, sources=out.sources.assign(text=texts))
    # Ours stays: what was read there is here, and no more.
    project, _ = taken(grown, two)
    assert unread_notes(study_of(*read(project))) == []
    silent = replace(grown, read=grown.read.iloc[:0])
    project, plan = taken(silent, two, replace=True)
    assert plan.documents["status"].tolist().count("replaced") == 1
    assert "4 of 10 segments are unread" in unread_notes(study_of(*read(project)))[0]
    project, _ = taken(grown, project)
    assert unread_notes(study_of(*read(project))) == []


def test_the_machine_looks_for_every_code(two):
    corpus, gold, codebook = read(two)
    with pytest.raises(GoldError, match="no coder"):
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=NONE).labels("machine")
