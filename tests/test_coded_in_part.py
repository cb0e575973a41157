"""A project that is coded in part: every suggestion follows from the probability and threshold beside it."""

from __future__ import annotations

import numpy as np
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.frequencies import prevalence
from fourp_nlp.machine.classifier import (
    FEWER,
    MORE,
    build_classifier,
    codebook_rows,
    load_model,
    model_features,
    segment_features,
)
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.suggestions import score, suggest
from fourp_nlp.machine.training import zero_shot_model
from fourp_nlp.study.machine.suggestions import stored_suggestions, suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.measuring.estimates import estimate_frequencies, probability_matrix
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.reporting.results import report_contents, run_measures
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.study.study import Study
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file, write_project
from tests.test_next import draw, fill_in, taken

ENCODER = load_encoder()
COUNT = 30  # segments that Anna coded, of 84 that could be drawn


def distinct(project):
    """Give each document a sentence of its own: of write_project's, every seventh is the first again."""
    for number, path in enumerate(sorted(project.corpus.glob("meeting*.txt"))):
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text} This was meeting {number} of the year.", encoding="utf-8")
    return project


class InPart:
    """A project of twelve documents and two that nobody opened, of which random segments were coded."""

    def __init__(self, folder):
        self.project = distinct(write_project(folder / "p", documents=12, gold=False))
        made = draw(self.project, COUNT)
        fill_in(made.files[1])
        taken(self.project, made.files[1])
        for number in range(2):
            lines = [WATER[number], OTHER[number], SEEDS[number], "A wheelbarrow was lent out."] * 2
            (self.project.corpus / f"new{number}.txt").write_text(" ".join(lines), encoding="utf-8")
        self.drawn = made.drawn
        self.codebook = read_codebook(self.project.codebook)
        self.corpus = read_corpus(self.project)
        self.gold = read_gold_codes(self.project, self.corpus, self.codebook)
        train_project(
            Study(self.project, corpus=self.corpus, gold=self.gold, codebook=self.codebook)
        )
        self.table = suggest_corpus(
            Study(self.project, corpus=self.corpus, codebook=self.codebook)
        ).suggestions
        self.model = load_model(self.project.model)
        self.vectors = embed_layers(self.corpus.segments["text"].tolist(), ENCODER)
        spans = ["document", "start", "end"]
        drawn = set(self.drawn[spans].itertuples(index=False, name=None))
        segments = self.corpus.segments[spans].itertuples(index=False, name=None)
        self.coded = np.array([span in drawn for span in segments])

    def matrix(self, column, table=None):
        return (self.table if table is None else table)[column].to_numpy().reshape(-1, 2)

    def whole_model(self):
        """Return what the whole model says, which learned from all that was coded."""
        segments = self.corpus.segments
        asked = segments["text"].tolist(), self.vectors, segments["document"].tolist()
        return self.model.classifier.predict_proba(model_features(*asked, self.model, ENCODER))

    def out_of_fold(self):
        """Return where each segment stands in what was said out of fold; -1 where it does not."""
        known = self.model.out_of_fold
        place = {
            (sha, *span): row
            for row, (sha, span) in enumerate(
                zip(known.documents, known.spans.tolist(), strict=True)
            )
        }
        segments = self.corpus.segments
        return np.array(
            [
                place.get((self.corpus.sha256[name], start, end), -1)
                for name, start, end in zip(
                    segments["document"], segments["start"], segments["end"], strict=True
                )
            ]
        )


@pytest.fixture(scope="module")
def in_part(tmp_path_factory):
    return InPart(tmp_path_factory.mktemp("part"))


def holds(table):
    """Return whether a code is suggested exactly where its probability reaches the threshold beside it."""
    return bool((table["suggested"] == (table["probability"] >= table["threshold"])).all())


def test_a_code_is_suggested_exactly_where_its_probability_reaches_the_threshold_beside_it(in_part):
    assert in_part.coded.sum() == COUNT
    assert len(set(in_part.drawn["document"])) > 5
    table = in_part.table
    assert holds(table)
    assert table["suggested"].any()
    assert not table["suggested"].all()
    assert not (table["suggested"] & (table["probability"] < table["threshold"])).any()
    assert holds(stored_suggestions(in_part.project, in_part.corpus, in_part.codebook))


@pytest.mark.parametrize("aim", [MORE, FEWER], ids=["more", "fewer"])
def test_that_holds_whether_more_or_fewer_are_asked_for(in_part, aim):
    table = suggest(
        in_part.corpus.documents, in_part.corpus.segments, in_part.vectors, in_part.model, aim=aim
    )
    assert holds(table)
    assert np.array_equal(table["probability"], in_part.table["probability"])
    more = in_part.table if aim is FEWER else table
    fewer = table if aim is FEWER else in_part.table
    assert (more["threshold"] <= fewer["threshold"]).all()
    assert not (fewer["suggested"] & ~more["suggested"]).any()


def test_what_nobody_coded_gets_what_the_whole_model_says(in_part):
    uncoded = ~in_part.coded
    assert not in_part.matrix("out_of_fold")[uncoded].any()
    known = in_part.out_of_fold() >= 0
    # Also in documents that the model learned from.
    assert (uncoded & known).sum() > 20
    assert (uncoded & ~known).sum() >= 16
    said = in_part.matrix("probability")
    assert np.array_equal(said[uncoded], np.round(in_part.whole_model(), 4)[uncoded])
    thresholds = np.round(in_part.model.classifier.thresholds_, 4)
    assert (in_part.matrix("threshold")[uncoded] == thresholds).all()


def test_what_people_coded_gets_what_was_said_by_who_had_not_seen_its_document(in_part):
    coded, rows = in_part.coded, in_part.out_of_fold()
    known = in_part.model.out_of_fold
    assert in_part.matrix("out_of_fold")[coded].all()
    assert (rows[coded] >= 0).all()
    said = in_part.matrix("probability")[coded]
    assert np.allclose(said, known.probabilities[rows[coded]], atol=0.5e-4 + 1e-6)
    thresholds = in_part.model.classifier.fold_thresholds_for()[known.folds[rows[coded]]]
    assert np.allclose(in_part.matrix("threshold")[coded], thresholds, atol=1e-9)
    # The whole model, which learned these very codes, would say something else.
    assert np.abs(said - in_part.whole_model()[coded]).mean() > 0.02


def test_the_columns_for_estimates_are_out_of_fold_in_whole_documents(in_part):
    rows, known = in_part.out_of_fold(), in_part.model.out_of_fold
    inside = rows >= 0
    said = in_part.matrix("out_of_fold_probability")
    assert np.allclose(said[inside], known.probabilities[rows[inside]], atol=0.5e-4 + 1e-6)
    assert np.array_equal(said[~inside], in_part.matrix("probability")[~inside])
    own = in_part.model.classifier.fold_thresholds_for()[known.folds[rows[inside]]]
    suggested = in_part.matrix("out_of_fold_suggested")
    assert np.array_equal(suggested[inside], said[inside] >= np.round(own, 4))
    assert np.array_equal(suggested[~inside], in_part.matrix("suggested")[~inside])
    between = inside & ~in_part.coded
    assert not np.array_equal(said[between], in_part.matrix("probability")[between])


def test_estimates_rest_on_what_was_said_out_of_fold(in_part):
    corpus, codebook, table = in_part.corpus, in_part.codebook, in_part.table
    # Of the documents that could be drawn from, so that the sample stands for all of them.
    drawn_from = ~corpus.segments["document"].str.startswith("new").to_numpy()
    kept = table[~table["document"].str.startswith("new")].reset_index(drop=True)
    some = type(corpus)(
        corpus.documents[~corpus.documents["document"].str.startswith("new")],
        corpus.skipped,
        corpus.segments[drawn_from].reset_index(drop=True),
    )
    sample = coded_sample(
        Study(in_part.project, corpus=some, gold=in_part.gold, codebook=codebook), "anna"
    )
    assert sample.drawn == COUNT
    made = estimate_frequencies(
        Study(in_part.project, corpus=some, gold=in_part.gold, codebook=codebook, suggestions=kept)
    ).table
    made = made[made["level"] == "corpus"].set_index(["code", "method"])["value"]
    unseen = in_part.matrix("out_of_fold_probability", kept)
    assert np.array_equal(probability_matrix(kept, codebook), unseen)
    documents = np.unique(some.segments["document"], return_inverse=True)[1].astype(np.int64)
    for number, code in enumerate(codebook.code_ids):
        for method, probability, suggested in (
            ("corrected", "out_of_fold_probability", "out_of_fold_suggested"),
            ("adjusted_count", "out_of_fold_probability", "out_of_fold_suggested"),
            ("naive", "probability", "suggested"),
        ):
            expected = prevalence(
                sample.gold[:, number],
                np.where(np.isnan(sample.gold[:, number]), np.nan, sample.inclusion),
                machine=in_part.matrix(probability, kept)[:, number],
                suggested=in_part.matrix(suggested, kept)[:, number].astype(float),
                documents=documents,
                strata=sample.strata,
                method=method,
            )
            assert made[code, method] == pytest.approx(expected.value, nan_ok=True)


def test_ranks_count_the_codes_of_a_segment_from_the_likeliest(in_part):
    ranks, said = in_part.matrix("rank"), in_part.matrix("probability")
    assert np.array_equal(np.sort(ranks, axis=1), np.tile([1, 2], (len(ranks), 1)))
    first = np.take_along_axis(said, ranks.argsort(axis=1), axis=1)
    assert (first[:, 0] >= first[:, 1]).all()
    assert len(np.unique(ranks[:, 0])) == 2


def test_scores_of_many_pages_are_those_of_the_table(in_part):
    corpus = in_part.corpus
    probabilities, suggested = score(
        corpus.documents, corpus.segments, in_part.vectors, in_part.model, ENCODER
    )
    assert np.allclose(probabilities, in_part.matrix("probability"), atol=1e-6)
    assert np.array_equal(suggested, in_part.matrix("suggested"))


def test_a_reason_stands_exactly_where_a_code_is_suggested(in_part):
    table = in_part.table
    assert ((table["why"] != "") == table["suggested"]).all()
    assert (table.loc[~table["suggested"], "words"] == "").all()


PART = ((WATER[0], "water"), (OTHER[0], ""), (SEEDS[0], "seeds"), (OTHER[3], ""))


def only_document(folder, codes=PART):
    """Write a project of six documents; four of the first one's six segments were coded, and no others."""
    project = write_project(folder, gold=False)
    text = (project.corpus / "meeting0.txt").read_text(encoding="utf-8")
    lines = ["document,start,end,code,coder,quote,scope"]
    for said, code in codes:
        start = text.index(said)
        lines.append(f"meeting0.txt,{start},{start + len(said)},{code},anna,{said},segment")
    (project.gold / "anna.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return project


def trained(project):
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    train_project(
        Study(
            project,
            corpus=corpus,
            gold=read_gold_codes(project, corpus, codebook),
            codebook=codebook,
        )
    )
    return (
        load_model(project.model),
        corpus,
        suggest_corpus(Study(project, corpus=corpus, codebook=codebook)),
    )


def test_of_an_only_document_the_coded_part_gets_definitions_alone_and_the_rest_the_whole_model(
    tmp_path,
):
    project = only_document(tmp_path / "p")
    model, corpus, made = trained(project)
    table = made.suggestions
    assert holds(table)
    assert any("one document only" in note for note in made.notes)
    own = table["document"] == "meeting0.txt"
    coded = own & table["text"].isin([said for said, _ in PART])
    assert table["out_of_fold"].tolist() == coded.tolist()
    texts = corpus.segments["text"].tolist()
    names = corpus.segments["document"].tolist()
    vectors = embed_layers(texts, ENCODER)
    features = model_features(texts, vectors, names, model, ENCODER)

    # The definitions, and how the words of this document lie; its codes are not there.
    inside = np.array(names) == "meeting0.txt"
    alone = build_classifier(vectors.shape[1:])
    alone.fit_out_of_fold(
        features[inside],
        np.ones((inside.sum(), 2)),
        definitions=codebook_rows(read_codebook(project.codebook), ENCODER),
        folds=[],
        read=np.zeros(inside.sum(), dtype=bool),
    )
    said = np.round(alone.predict_proba(features), 4)
    is_coded = coded.to_numpy().reshape(-1, 2)[:, 0]
    probabilities = table["probability"].to_numpy().reshape(-1, 2)
    assert np.allclose(probabilities[is_coded], said[is_coded], atol=1.1e-4)
    whole = np.round(model.classifier.predict_proba(features), 4)
    assert np.array_equal(probabilities[~is_coded], whole[~is_coded])
    assert np.abs(whole - said)[~is_coded].max() > 0.05


def test_what_is_said_of_coded_parts_of_an_only_document_does_not_depend_on_their_codes(tmp_path):
    other = [(said, {"water": "seeds", "seeds": "water"}.get(code, code)) for said, code in PART]
    made = [
        trained(only_document(tmp_path / name, codes))[2].suggestions
        for name, codes in (("one", PART), ("other", other))
    ]
    coded = made[0]["out_of_fold"]
    assert coded.sum() == 2 * len(PART)
    one, two = (table.loc[coded, "probability"].tolist() for table in made)
    assert one == two
    one, two = (table.loc[~coded, "probability"].tolist() for table in made)
    assert one != two


def dealt_at_random(folder, seed):
    """Write a project of twelve documents whose codes were dealt to their segments at random."""
    project = distinct(write_project(folder, documents=12, gold=False))
    segments = read_corpus(project).segments
    codes = [
        "water" if text in WATER else "seeds" if text in SEEDS else "" for text in segments["text"]
    ]
    lines = ["document,start,end,code,coder,quote,scope"]
    for row, code in enumerate(np.random.default_rng(seed).permutation(codes)):
        document, start, end, text = segments.loc[row, ["document", "start", "end", "text"]]
        lines.append(f"{document},{start},{end},{code},anna,{text},segment")
    (project.gold / "anna.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return project


def alone(texts):
    """Return features of texts each of which stands alone."""
    names = [f"d{row}" for row in range(len(texts))]
    return segment_features(texts, embed_layers(texts, ENCODER), names)


def test_where_codes_teach_less_than_definitions_these_are_used_and_the_first_note_says_so(
    tmp_path,
):
    for seed in range(8):
        project = dealt_at_random(tmp_path / f"p{seed}", seed)
        model, _, made = trained(project)
        said = [note.startswith("What people coded does not yet help") for note in made.notes]
        # Wherever it is so it is said first, and nowhere else.
        assert said[:1] == [True] if model.classifier.by_definitions_ else not any(said)
        if model.classifier.by_definitions_:
            break
    else:
        pytest.fail("codes that were dealt at random were learned eight times")
    # What is suggested for text that nobody coded follows the definitions.
    definitions = zero_shot_model(read_codebook(project.codebook), ENCODER, unit="sentence")
    for machine in (model, definitions):
        first = machine.classifier.scores(alone(WATER + SEEDS)).argmax(axis=1)
        assert (first == np.repeat([0, 1], 6)).mean() > 0.8


def test_codes_dealt_at_random_often_give_way_to_the_definitions_and_right_ones_never(in_part):
    segments = in_part.corpus.segments
    texts, names = segments["text"].tolist(), segments["document"].to_numpy(dtype=str)
    features = segment_features(texts, in_part.vectors, names.tolist())
    parts = codebook_rows(in_part.codebook, ENCODER)
    right = np.array([[text in WATER, text in SEEDS] for text in texts])

    def falls_back(labels):
        made = build_classifier(in_part.vectors.shape[1:])
        return made.fit(features, labels, groups=names, definitions=parts).by_definitions_

    random = np.random.default_rng(0)
    assert not falls_back(right)
    assert sum(falls_back(right[random.permutation(len(right))]) for _ in range(20)) >= 6


def test_right_codes_are_learned_and_no_note_says_otherwise(tmp_path):
    model, _, made = trained(write_project(tmp_path / "p"))
    assert not model.classifier.by_definitions_
    assert not any("does not yet help" in note for note in made.notes)


def test_what_was_read_in_one_copy_of_a_document_is_out_of_fold_in_the_other_too(tmp_path):
    project = write_project(tmp_path / "p", gold=False)
    write_gold_file(project, "anna", but=("meeting5.txt",))
    text = (project.corpus / "meeting5.txt").read_text(encoding="utf-8")
    (project.corpus / "copy.txt").write_text(text, encoding="utf-8")
    # Of the two, which are the same, the second in order was coded, and of the first one sentence.
    names = {}
    for name, said in (("copy.txt", [WATER[5]]), ("meeting5.txt", [OTHER[5], SEEDS[5]])):
        for sentence in said:
            start = text.index(sentence)
            code = "water" if sentence in WATER else "seeds" if sentence in SEEDS else ""
            names.setdefault(name, []).append(
                f"{name},{start},{start + len(sentence)},{code},anna,{sentence},segment"
            )
    for number, lines in enumerate(names.values()):
        (project.gold / f"more{number}.csv").write_text(
            "\n".join(["document,start,end,code,coder,quote,scope", *lines]) + "\n",
            encoding="utf-8",
        )
    _, _, made = trained(project)
    table = made.suggestions[made.suggestions["code"] == "water"].set_index(["document", "text"])
    for sentence in (WATER[5], OTHER[5], SEEDS[5]):
        for name in ("copy.txt", "meeting5.txt"):
            assert table.loc[(name, sentence), "out_of_fold"]
    assert not table.loc[("copy.txt", OTHER[2]), "out_of_fold"]
    assert not table.loc[("meeting5.txt", OTHER[2]), "out_of_fold"]


def test_the_report_says_how_much_of_each_case_was_read(in_part):
    study = Study(in_part.project)
    contents = report_contents(study, run_measures(study))
    assert set(contents.read_in_part["coder"]) == {"anna"}
    case_of = study.documents.set_index("document")["case"]
    case_of = case_of.where(case_of != "", case_of.index)
    drawn = in_part.drawn["document"].map(case_of).value_counts()
    there = study.segments["document"].map(case_of).value_counts()
    partly = contents.read_in_part.set_index("case")
    assert partly["read"].to_dict() == drawn[drawn < there.reindex(drawn.index)].to_dict()
    assert partly["segments"].to_dict() == there.reindex(partly.index).to_dict()
