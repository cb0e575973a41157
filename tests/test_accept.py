"""Acceptance: what can stand, what is left to people, and who may promise it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import FourpError, ModelError
from fourp_nlp.machine.acceptance import accept
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.study.machine.precision_guarantee import stored_guarantee
from fourp_nlp.study.machine.suggestions import stored_suggestions, suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.sampling.draws import DrawOptions, draw_next
from fourp_nlp.study.study import Study
from fourp_nlp.tables import PROMISES
from tests.conftest import SEEDS, WATER, write_gold_file, write_project
from tests.test_cli import fourp, records


def trained(folder, **options):
    project = write_project(folder, **options)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    return project, corpus, codebook


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A project of twelve documents, ten of them coded, and its model."""
    folder = tmp_path_factory.mktemp("accept") / "allotment"
    project = write_project(folder, documents=12, gold=False)
    # Two documents in a dozen say the same words; a coda keeps each its own.
    for number in range(12):
        path = project.corpus / f"meeting{number}.txt"
        path.write_text(f"{path.read_text()} Meeting number {number} was closed.")
    write_gold_file(project, "anna", but=("meeting10.txt", "meeting11.txt"))
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    return project, corpus, codebook


def test_a_suggestion_is_accepted_or_left_and_nothing_else_is_either(study):
    project, corpus, codebook = study
    plain = suggest_corpus(Study(project, corpus=corpus, codebook=codebook))
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook), precision=0.6)
    frame, promises = made.suggestions, made.accepted.promises
    assert plain.accepted is None
    assert not plain.suggestions["accepted"].any()
    assert plain.suggestions["accepted_from"].isna().all()
    same = ["document", "segment", "code", "probability", "suggested", "why"]
    pd.testing.assert_frame_equal(frame[same], plain.suggestions[same])
    assert frame["accepted"].sum() > 10
    assert frame.loc[frame["accepted"], "suggested"].all()
    assert (frame.loc[frame["accepted"], "probability"] >= 0.5).all()
    over = frame["suggested"] & (frame["probability"] >= frame["accepted_from"] - 5e-5)
    assert (over == frame["accepted"]).all()
    assert promises["accepted"].sum() + promises["left"].sum() == frame["suggested"].sum()
    by_code = frame[~frame["accepted"]].groupby("code")["probability"].sum()
    assert by_code.loc[promises["code"]].to_numpy() == pytest.approx(promises["below"])


def test_what_was_promised_holds_on_the_documents_that_nobody_coded(study):
    project, corpus, codebook = study
    frame = suggest_corpus(
        Study(project, corpus=corpus, codebook=codebook), precision=0.6
    ).suggestions
    new = frame[frame["accepted"] & ~frame["out_of_fold"]]
    assert len(new) >= 4
    right = [row.text in {"water": WATER, "seeds": SEEDS}[row.code] for row in new.itertuples()]
    assert np.mean(right) >= 0.6


def test_the_evidence_is_what_people_coded_and_what_was_said_without_seeing_it(study):
    project, corpus, codebook = study
    promises = suggest_corpus(
        Study(project, corpus=corpus, codebook=codebook), precision=0.6
    ).accepted.promises
    known = load_model(project.model).out_of_fold
    assert known.labels.sum() == 40
    assert known.read.all()
    for column, row in enumerate(promises.itertuples()):
        over = known.probabilities[:, column] >= row.accepted_from - 5e-5
        assert row.judged == over.sum()
        assert row.right == (over & known.labels[:, column]).sum()
        assert row.found == pytest.approx(row.right / 20)
        assert row.lower >= 0.6


def test_loose_coded_sentences_prove_nothing(tmp_path):
    project = write_project(tmp_path / "p", documents=3)
    rows = [f'"{text}",water' for text in WATER] + [f'"{text}",seeds' for text in SEEDS]
    (project.root / "more.csv").write_text("text,codes\n" + "\n".join(rows) + "\n")
    (project.root / "fourp.toml").write_text('[model]\ncoded_sentences = ["more.csv"]\n')
    project = open_project(project.root)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    model = train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    assert len(model.out_of_fold.read) == len(corpus.segments) == 18
    assert model.out_of_fold.labels.sum() == 12
    promises = suggest_corpus(
        Study(project, corpus=corpus, codebook=codebook), precision=0.9
    ).accepted.promises
    assert promises["reason"].str.contains("would be needed").all()
    assert (promises["judged"] <= 18).all()


def test_segments_that_nobody_read_prove_nothing(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    rows = ["document,start,end,code,coder,quote,scope"]
    for one in corpus.segments[corpus.segments["segment"] < 3].itertuples():
        code = {**dict.fromkeys(WATER, "water"), **dict.fromkeys(SEEDS, "seeds")}.get(one.text, "")
        rows.append(f'{one.document},{one.start},{one.end},{code},anna,"{one.text}",segment')
    (project.gold / "anna.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    model = train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    assert (len(model.out_of_fold.read), model.out_of_fold.read.sum()) == (36, 18)
    promises = suggest_corpus(
        Study(project, corpus=corpus, codebook=codebook), precision=0.5
    ).accepted.promises
    # One sentence on water and one on seeds was read in each of six documents.
    assert (promises["right"] <= 6).all()
    whole = model.out_of_fold.probabilities[model.out_of_fold.read] >= 0.49995
    assert (promises["judged"].to_numpy() <= whole.sum(axis=0)).all()


def test_a_coded_document_has_no_say_in_what_is_accepted_of_itself(study, tmp_path):
    project, corpus, codebook = study
    made = suggest_corpus(
        Study(project, corpus=corpus, codebook=codebook), precision=0.6
    ).suggestions
    own = made[made["document"] == "meeting0.txt"].drop_duplicates("code")
    known = load_model(project.model).out_of_fold
    mine = np.array(known.documents) == corpus.sha256["meeting0.txt"]
    from fourp_nlp.machine.classifier import guarantee_precision

    _, others = np.unique(np.array(known.documents)[~mine], return_inverse=True)
    model = load_model(project.model)
    expected = guarantee_precision(
        known.probabilities[~mine].astype(float),
        known.labels[~mine],
        others,
        precision=0.6,
        confidence=0.9,
        thresholds=model.classifier.thresholds_,
        learned=model.classifier.learned_,
    )
    np.testing.assert_array_equal(own["accepted_from"], expected.thresholds)


def test_without_gold_a_precision_is_refused_and_a_wish_in_the_settings_is_told(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    with pytest.raises(ModelError, match="definitions alone"):
        suggest_corpus(Study(project, corpus=corpus, codebook=codebook), precision=0.9)
    assert not project.store.exists()
    (project.root / "fourp.toml").write_text("[model]\nprecision = 0.9\n")
    wishing = open_project(project.root)
    made = suggest_corpus(Study(wishing, corpus=corpus, codebook=codebook))
    assert made.accepted is None
    assert any("no precision can be guaranteed" in note for note in made.notes)
    assert not made.suggestions["accepted"].any()
    result = fourp("run", "-p", project.root)
    assert result.exit_code == 0
    assert "no precision can be guaranteed" in result.stderr


def test_the_shipped_model_promises_nothing_because_it_learned_from_fiction(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.txt").write_text("We trained the nurses.")
    result = fourp("suggest", "talk.txt", "--precision", "0.9")
    assert isinstance(result.exception, FourpError)
    assert "fiction" in str(result.exception)
    assert list(tmp_path.iterdir()) == [tmp_path / "talk.txt"]


def test_other_units_than_the_judged_ones_get_no_promise(study, tmp_path):
    project, _, _ = study
    (tmp_path / "new.txt").write_text("The hose leaks. The tap drips.")
    result = fourp(
        "suggest", tmp_path / "new.txt", "-p", project.root, "--unit", "paragraph",
        "--precision", "0.6", "--json",
    )  # fmt: skip
    assert "never judged on paragraphs" in str(result.exception)


def test_a_confidence_alone_is_refused_and_a_percentage_is_a_mistyped_command(study):
    project, _, _ = study
    alone = fourp("suggest", "-p", project.root, "--confidence", "0.95")
    assert "needs a precision" in str(alone.exception)
    assert fourp("suggest", "-p", project.root, "--precision", "90").exit_code == 2


def test_surer_promises_accept_no_more(study):
    project, corpus, codebook = study
    counts = [
        int(
            suggest_corpus(Study(project, corpus=corpus, codebook=codebook), precision=precision, confidence=confidence)
            .suggestions["accepted"].sum()
        )
        for precision, confidence in ((0.6, 0.8), (0.6, 0.9), (0.6, 0.99), (0.95, 0.99))
    ]  # fmt: skip
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


def test_the_promise_is_on_the_screen_in_the_files_in_the_database_and_on_the_page(study):
    project, corpus, codebook = study
    result = fourp("run", "-p", project.root, "--precision", "0.6")
    assert result.exit_code == 0, result.output
    assert "Accepted at precision 0.6" in result.output
    assert "people decide on them" in result.stderr
    kept = stored_suggestions(project, corpus, codebook)
    facts = Store(project.store).read_facts()["promise"]
    assert (facts["precision"], facts["confidence"]) == (0.6, 0.9)
    assert sum(row["accepted"] for row in facts["codes"]) == kept["accepted"].sum() > 0
    written = pd.read_csv(project.reports / "suggestions.csv", encoding="utf-8-sig")
    assert written["accepted"].sum() == kept["accepted"].sum()
    table = pd.read_csv(project.reports / "promises.csv", encoding="utf-8-sig")
    assert table.columns.tolist() == list(PROMISES.columns)
    book = pd.read_excel(project.reports / "tables.xlsx", sheet_name=None)
    assert book["promises"]["accepted"].tolist() == table["accepted"].tolist()
    assert book["suggestions"]["accepted"].sum() == kept["accepted"].sum()
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    assert "Accepted suggestions" in page
    # A report made later from the database says the same; one after suggestions without a promise, nothing.
    fourp("report", "-p", project.root)
    assert "Accepted suggestions" in (project.reports / "report.html").read_text(encoding="utf-8")
    fourp("run", "-p", project.root)
    assert "Accepted suggestions" not in (project.reports / "report.html").read_text(
        encoding="utf-8"
    )
    assert not (project.reports / "promises.csv").exists()


def test_json_tells_the_three_states_apart(study):
    project, _, _ = study
    rows = records(
        fourp("suggest", "-p", project.root, "--precision", "0.6", "--json", "--all-codes").stdout
    )
    states = {(row["suggested"], row["accepted"]) for row in rows}
    assert states <= {(True, True), (True, False), (False, False)}
    assert {(True, True), (False, False)} <= states
    assert all(isinstance(row["accepted_from"], float | None) for row in rows)


def test_files_of_one_name_keep_their_own_promises_apart(study, tmp_path):
    project, _, _ = study
    for name, text in (("one", WATER[0]), ("two", SEEDS[1])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"{text} Nobody came.")
    out = tmp_path / "out"
    result = fourp(
        "suggest", tmp_path / "one", tmp_path / "two", "-p", project.root,
        "--precision", "0.6", "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for name in ("one", "two"):
        frame = pd.read_csv(out / f"{name}.suggestions.csv", encoding="utf-8-sig")
        assert {"accepted", "accepted_from"} <= set(frame.columns)
        assert set(frame["document"]) == {"a.txt"}
        book = pd.read_excel(out / f"{name}.suggestions.xlsx", sheet_name=None)
        assert list(book) == ["suggestions", "candidates", "promises"]


def test_what_to_code_next_is_drawn_as_before(study):
    project, corpus, codebook = study
    suggest_corpus(Study(project, corpus=corpus, codebook=codebook), precision=0.6)
    draw = draw_next(
        Study(project, corpus=corpus, codebook=codebook),
        DrawOptions(count=4, by="uncertainty", seed=1),
    )
    assert len(draw.drawn) == 4


def test_a_promise_that_rests_on_little_says_so_wherever_it_stands(tmp_path):
    project = write_project(tmp_path / "p", documents=8, gold=False)
    for number in range(8):
        path = project.corpus / f"meeting{number}.txt"
        path.write_text(f"{path.read_text()} Meeting number {number} was closed.")
    write_gold_file(project, "anna", but=("meeting7.txt",))
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    result = fourp("run", "-p", project.root, "--precision", "0.5")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(
        project.reports / "promises.csv", encoding="utf-8-sig", keep_default_na=False
    )
    promised = table[table["reason"] == ""]
    assert len(promised)
    assert (promised["documents"] == 7).all()
    assert promised["caution"].str.contains("rests on 7 documents only").all()
    assert promised["caution"].str.contains(r"\d+ accepted here").all()
    assert (table.loc[table["reason"] != "", "caution"] == "").all()
    assert "rests on 7" in " ".join(result.output.split())
    page = (project.reports / "report.html").read_text(encoding="utf-8")
    assert "rests on 7 documents only" in page
    facts = Store(project.store).read_facts()["promise"]
    assert all("caution" in row for row in facts["codes"])
    rows = records(
        fourp("suggest", "-p", project.root, "--precision", "0.5", "--json", "--all-codes").stdout
    )
    told = {row["code"]: row["caution"] for row in rows if row["accepted"]}
    assert told
    assert all("rests on 7 documents only" in text for text in told.values())
    assert all(row["caution"] == "" for row in rows if not row["accepted"])


def test_a_promise_of_an_earlier_version_is_not_told_as_one_of_this(study):
    project, corpus, _ = study
    fourp("run", "-p", project.root, "--precision", "0.6")
    facts = Store(project.store).read_facts()
    said = stored_guarantee(project)[1]
    assert "with a confidence of 0.9 that" in said
    earlier = facts["promise"]
    del earlier["together"]
    for row in earlier["codes"]:
        del row["caution"], row["documents"]
    store = Store(project.store)
    store.write_suggestions(store.read_suggestions(), corpus.documents, facts)
    promises, said = stored_guarantee(project)
    assert "run `fourp suggest` again" in said
    assert (promises["caution"] == "").all()


def test_documents_read_in_part_and_unlike_ones_are_cautions(study):
    project, corpus, codebook = study
    model = load_model(project.model)
    made = suggest_corpus(Study(project, corpus=corpus, codebook=codebook)).suggestions
    sha256 = made["document"].map(corpus.sha256).tolist()
    plain = accept(made, sha256, model, precision=0.6, confidence=0.9).promises
    assert not plain["caution"].str.contains("unlike|in part").any()
    unlike = accept(made, sha256, model, precision=0.6, confidence=0.9, unlike=2).promises
    promised = unlike["reason"] == ""
    assert promised.any()
    assert unlike.loc[promised, "caution"].str.contains("2 of the documents here unlike").all()
    read = model.out_of_fold.read.copy()
    read[0] = False
    known = dataclasses.replace(model.out_of_fold, read=read)
    part = accept(
        made,
        sha256,
        dataclasses.replace(model, out_of_fold=known),
        precision=0.5,
        confidence=0.9,
    ).promises
    promised = part["reason"] == ""
    assert promised.any()
    assert part.loc[promised, "caution"].str.contains("1 coded document read in part only").all()
