"""The demonstration project is what its READMEs say: fiction, coded to the study's counts."""

from __future__ import annotations

import csv
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.machine.coded_sentences import read_coded_sentences
from fourp_nlp.machine.encoder import load_encoder
from fourp_nlp.machine.training import train, training_set
from fourp_nlp.study.machine.training import is_up_to_date
from fourp_nlp.study.measuring.measures import frequencies
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import ROOT, gold_labels

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here

ONTARIO = ["Ottawa", "London", "Toronto", "York"]
PROVINCES = ["Alberta", "British Columbia", "Manitoba"]


@lru_cache(maxsize=1)
def demonstration():
    project = open_project(ROOT)
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    return project, codebook, corpus, read_gold_codes(project, corpus, codebook)


@lru_cache(maxsize=1)
def counts() -> pd.DataFrame:
    """Occurrences of each code (rows) in each case (columns), by the first coder."""
    _, codebook, corpus, gold = demonstration()
    table = frequencies(
        Study(corpus=corpus, gold=gold, codebook=codebook, suggestions=empty(SUGGESTIONS)),
        coders=["coder_1"],
    )
    return table.pivot(index="code", columns="case", values="count")


def theme(name: str, cases: list[str]) -> int:
    codebook = demonstration()[1]
    codes = [c for c, t in zip(codebook.code_ids, codebook.code_themes, strict=True) if t == name]
    return int(counts().loc[codes, cases].to_numpy().sum())


with (ROOT / "tests" / "data" / "study_counts.csv").open(encoding="utf-8") as stream:
    PUBLISHED = [(r["code"], r["case"], int(r["count"])) for r in csv.DictReader(stream)]


@pytest.mark.parametrize(("code", "case", "count"), PUBLISHED)
def test_the_first_coders_occurrences_equal_the_published_count(code, case, count):
    assert counts().loc[code, case] == count


def test_prosecution_in_ontario_follows_the_study():
    table = counts()
    assert (table.loc[["train_law_enforcement", "supporting_investigations"], ONTARIO] > 0).all(
        axis=None
    )
    assert (table.loc["improve_detection", ONTARIO] == 0).all()
    totals = table.loc[:, ONTARIO].sum(axis=1)
    assert totals["supporting_investigations"] > totals["train_law_enforcement"]


def test_partnerships_in_ontario_follow_the_study():
    table = counts()
    assert (table.loc["enhance_collaboration", ONTARIO] > 0).all()
    assert (table.loc["inform_policy", ONTARIO] == 0).all()
    themes = {
        t: theme(t, ONTARIO) for t in ("prevention", "protection", "prosecution", "partnerships")
    }
    assert sorted(themes, key=themes.get, reverse=True)[:2] == ["protection", "partnerships"]
    assert (
        themes["protection"]
        > themes["partnerships"]
        > max(themes["prevention"], themes["prosecution"])
    )


@pytest.mark.parametrize("group", [ONTARIO, PROVINCES])
def test_what_comes_first_in_each_group_follows_the_study(group):
    totals = counts().loc[:, group].sum(axis=1)
    protection = [
        "support_and_assist_victims",
        "train_service_providers",
        "protect_vulnerable_populations",
    ]
    assert totals[protection].is_monotonic_decreasing
    assert totals[protection].is_unique
    assert (
        totals["information_and_awareness"]
        > totals[["practical_strategies", "reduce_vulnerabilities"]].max()
    )
    assert (
        totals["supporting_investigations"]
        > totals[["train_law_enforcement", "improve_detection"]].max()
    )
    assert totals["enhance_collaboration"] > totals["inform_policy"]


def test_the_provinces_follow_the_study():
    table = counts()
    assert (table.loc["train_service_providers", ["Alberta", "British Columbia"]] > 0).all()
    for code in (
        "protect_vulnerable_populations",
        "practical_strategies",
        "reduce_vulnerabilities",
    ):
        assert (table.loc[code, ["British Columbia", "Manitoba"]] > 0).all()
        assert table.loc[code, "Alberta"] == 0
    for code in ("train_law_enforcement", "improve_detection", "inform_policy"):
        assert (table.loc[code, PROVINCES] > 0).all()
    totals = table.loc[:, PROVINCES].sum(axis=1)
    # "Nearly as frequent": one fewer.
    assert totals["supporting_investigations"] - totals["improve_detection"] == 1


def test_seven_transcripts_and_three_other_documents_of_three_kinds():
    documents = demonstration()[2].documents
    transcripts = documents[documents["kind"] == "transcript"]
    assert sorted(transcripts["case"]) == sorted(ONTARIO + PROVINCES)
    assert transcripts["text"].str.split().str.len().between(1800, 2600).all()
    others = documents[documents["kind"] != "transcript"]
    assert sorted(others["path"].str.rsplit(".").str[-1]) == ["docx", "html", "pptx"]
    assert others["case"].nunique() == 3


def test_every_document_says_on_its_first_line_that_it_is_fiction():
    documents = demonstration()[2].documents
    for kind, text in zip(documents["kind"], documents["text"], strict=True):
        first = text.split("\n\n")[0] if kind != "slides" else text[:400]
        assert "fiction, written for the demonstration of fourp_nlp" in first


def test_at_least_half_the_sentences_carry_no_code_and_some_carry_two():
    _, codebook, corpus, gold = demonstration()
    segments, labels, _ = gold_labels(corpus, gold, codebook, "coder_1")
    per_segment = pd.Series(labels.sum(axis=1)).groupby(segments["document"])
    assert (per_segment.apply(lambda codes: (codes == 0).mean()) >= 0.5).all()
    assert (labels.sum(axis=1) == 2).sum() >= 20


def test_every_gold_span_is_a_segment():
    _, _, corpus, gold = demonstration()
    spans = set(corpus.segments[["document", "start", "end"]].itertuples(index=False, name=None))
    coded = set(gold.codings[["document", "start", "end"]].itertuples(index=False, name=None))
    assert coded <= spans


def test_half_the_documents_are_coded_twice_with_disagreements():
    _, codebook, corpus, gold = demonstration()
    assert len(gold.coded["coder_2"]) * 2 == len(gold.coded["coder_1"]) == 10
    second, theirs, _ = gold_labels(corpus, gold, codebook, "coder_2")
    first, ours, _ = gold_labels(corpus, gold, codebook, "coder_1")
    both = first["document"].isin(second["document"]).to_numpy()
    differing = (ours[both] != theirs).any(axis=1).mean()
    assert 0.01 < differing < 0.2


def test_no_sentence_repeats_the_codebook():
    _, codebook, corpus, _ = demonstration()
    said = {text.casefold() for code in codebook.all_codes for _, text in code.parts()}
    sentences = read_coded_sentences(demonstration()[0].coded_sentences, codebook.code_ids)
    assert not said & {text.casefold() for text in corpus.segments["text"]}
    assert not said & {text.casefold() for text in sentences["text"]}
    assert not set(sentences["text"]) & set(corpus.segments["text"])


def test_the_training_text_is_as_large_and_as_plain_as_the_readme_says():
    project, codebook, _, _ = demonstration()
    sentences = read_coded_sentences(project.coded_sentences, codebook.code_ids)
    carries = sentences["codes"].str.len() > 0
    assert carries.sum() >= 500
    assert (~carries).sum() >= 150
    assert sentences["text"].is_unique
    per_code = sentences["codes"].explode().value_counts()
    assert (per_code.reindex(codebook.code_ids) >= 60).all()


def test_the_model_in_the_repository_was_trained_on_what_is_in_the_repository():
    project, codebook, corpus, gold = demonstration()
    assert is_up_to_date(Study(project, corpus=corpus, gold=gold, codebook=codebook))


class KeptVectors:
    """The encoder, which takes the vectors of training texts from the rows that a model keeps of them."""

    def __init__(self, texts, classifier):
        self.encoder = load_encoder()
        scaling, size = classifier.scaling_, self.encoder.encode([texts[0]]).shape[-1]
        dense = scaling.unpacked(classifier.rows_) * scaling.scale + scaling.mean
        own, middle = dense[:, :size], dense[:, 2 * size : 3 * size]
        self.vectors = dict(zip(texts, np.stack([own, middle], axis=1), strict=False))
        places = scaling.scale * scaling.step
        self.rounding = np.stack([places[:size], places[2 * size : 3 * size]]) / 2

    def __getattr__(self, name):
        return getattr(self.encoder, name)

    def encode(self, texts):
        new = [text for text in texts if text not in self.vectors]
        encoded = dict(zip(new, self.encoder.encode(new), strict=True)) if new else {}
        return np.stack([self.vectors.get(text, encoded.get(text)) for text in texts])


def test_training_again_gives_the_shipped_model_but_for_rounding():
    project, codebook, corpus, gold = demonstration()
    segments, labels, _ = gold_labels(corpus, gold, codebook, gold.reference)
    sentences = read_coded_sentences(project.coded_sentences, codebook.code_ids)
    data = training_set(segments, labels, corpus.sha256, sentences, codebook.code_ids)
    shipped = load_model(project.model)
    kept = KeptVectors(data.texts, shipped.classifier)
    # What is kept is what the encoder gives: one text in thirty shows it, at a thirtieth of the time.
    some = [str(text) for text in data.texts[::30]]
    assert len(some) > 400
    differences = np.abs(kept.encode(some) - kept.encoder.encode(some))
    assert (differences <= kept.rounding + 1e-4).all()
    again = train(
        data,
        codebook,
        kept,
        name="four-ps",
        unit="sentence",
        other_text=project.settings.model.other_text,
    )
    assert again.out_of_fold.documents == shipped.out_of_fold.documents
    differing = again.out_of_fold.suggested != shipped.out_of_fold.suggested
    assert differing.mean() < 0.001
    assert np.allclose(again.classifier.thresholds_, shipped.classifier.thresholds_, atol=0.02)


def test_the_shipped_model_finds_most_of_what_the_first_coder_found():
    project, _codebook, corpus, _gold = demonstration()
    model = load_model(project.model)
    figures = pd.DataFrame(model.card["out_of_fold"])
    # A floor, not a boast: documents/fold and seeds move it by a few hundredths.
    assert figures["f1"].mean() > 0.5
    assert len(model.out_of_fold.documents) == len(corpus.segments)
