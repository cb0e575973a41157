"""Many coders: all together first, a matrix of pairs, and seconds; the same figures as pair by pair."""

import csv
import random
import time

import numpy as np
import pandas as pd
import pytest

from fourp_nlp.agreement import Drawing, agreement_of_codes, agreement_of_pairs
from fourp_nlp.agreement.intervals._resampling import distinct_resamples, resample_counts
from fourp_nlp.codebook import read_codebook
from fourp_nlp.study.measuring.agreement import agreement_in_full
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.tables import SUGGESTIONS, empty
from tests.conftest import study_of, write_project
from tests.test_cli import fourp


def _coded(root, n_coders):
    project = write_project(root, gold=False)
    for path in sorted(project.corpus.glob("*.txt"))[3:]:
        path.unlink()
    project = open_project(root)
    corpus = read_corpus(project)
    chance = random.Random(3)
    right = {at: chance.choice(["water", "seeds", ""]) for at in range(len(corpus.segments))}
    for number in range(n_coders):
        coder = f"coder{number:02d}"
        with (project.gold / f"{coder}.csv").open("w", newline="", encoding="utf-8") as stream:
            rows = csv.writer(stream)
            rows.writerow(["document", "start", "end", "code", "coder", "quote"])
            # The last two read one document less.
            documents = list(corpus.documents["document"])[: 2 if number >= n_coders - 2 else 3]
            rows.writerows([name, "", "", "", coder, ""] for name in documents)
            for at, one in enumerate(corpus.segments.itertuples()):
                code = chance.choice(["water", "seeds", ""]) if chance.random() < 0.3 else right[at]
                if code and one.document in documents:
                    rows.writerow([one.document, one.start, one.end, code, coder, one.text])
    (root / "fourp.toml").write_text('[coders]\ngold = "coder00"\n', encoding="utf-8")
    return open_project(root)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return _coded(tmp_path_factory.mktemp("many") / "study", 12)


@pytest.fixture(scope="module")
def run(many):
    return fourp("agree", "-p", many.root)


def test_all_together_come_first_then_a_matrix_of_pairs(run):
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    titles = [line for line in lines if line.startswith(("Agreement", "Cohen", "Sets"))]
    assert titles[0].startswith("Agreement: 12 coders, coder00 to coder11 (")
    assert titles[-1].startswith("Cohen's kappa of each pair")
    assert len(titles) == 4  # of all segments, of those with any code, of sets, and the matrix
    assert len(lines) < 80
    assert "66 pairs of 12 coders: median " in run.stdout
    assert any(line.startswith("12 coder11") for line in lines)


def test_every_pair_stands_in_the_file(run, many):
    table = pd.read_csv(many.reports / "agreement_full.csv", low_memory=False)
    assert table["coders"].nunique() == 67
    pairs = pd.read_csv(many.reports / "agreement.csv")
    assert len(pairs[["coder_a", "coder_b"]].drop_duplicates()) == 66


def test_three_times_the_coders_take_no_longer_than_their_pairs_do(tmp_path, many):
    few = _coded(tmp_path / "study", 4)

    def seconds(project):
        start = time.process_time()
        fourp("agree", "-p", project.root)
        return time.process_time() - start

    pairs = 66 / 6
    assert min(seconds(many) for _ in range(2)) <= 2 * pairs * min(seconds(few) for _ in range(2))


def test_pairs_at_once_have_the_figures_of_each_alone(tmp_path):
    project = _coded(tmp_path / "study", 5)
    codebook, corpus = read_codebook(project.codebook), read_corpus(project)
    read = (corpus, read_gold_codes(project, corpus, codebook), codebook, empty(SUGGESTIONS))
    units = ("all", "any_code", "this_code")
    together = agreement_in_full(study_of(*read), units=units, thresholds=(0.667, 0.8))
    assert together["against"].str.contains("with probability").any()
    for pair in (["coder00", "coder01"], ["coder01", "coder04"], ["coder03", "coder04"]):
        alone = agreement_in_full(
            study_of(*read), coders=pair, units=units, thresholds=(0.667, 0.8)
        )
        own = together[together["coders"] == "; ".join(pair)].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, alone)


def test_labels_of_pairs_may_be_missing_anywhere():
    chance = np.random.default_rng(5)
    labels = chance.integers(0, 2, size=(4, 60, 2, 3)).astype(float)
    labels[chance.random(labels.shape) < 0.2] = np.nan
    labels[3, :20] = np.nan
    documents = np.repeat(np.arange(6), 10)
    for units in ("all", "any_code", "this_code"):
        made = agreement_of_pairs(
            labels, ["a", "b", "c"], documents, units=units, drawing=Drawing(resamples=200)
        )
        for pair in range(4):
            alone = agreement_of_codes(
                labels[pair],
                ["a", "b", "c"],
                documents,
                units=(units,),
                drawing=Drawing(resamples=200),
            )
            own = made[made["pair"] == pair].drop(columns="pair").reset_index(drop=True)
            pd.testing.assert_frame_equal(own, alone)


def test_pairs_measured_at_once_lie_below_minima_as_probably_as_each_alone():
    chance = np.random.default_rng(6)
    labels = (chance.random((3, 80, 2, 2)) < 0.3).astype(float)
    labels[0, :, 1] = labels[0, :, 0]
    documents = np.repeat(np.arange(4), 20)
    drawing = Drawing(minima=(0.667, 0.8))
    made = agreement_of_pairs(labels, ["a", "b"], documents, drawing=drawing)
    for pair in range(3):
        alone = agreement_of_codes(
            labels[pair], ["a", "b"], documents, units=("all",), drawing=drawing
        )
        own = made[made["pair"] == pair]
        np.testing.assert_allclose(
            np.array(own["below"].tolist()), np.array(alone["below"].tolist()), atol=1e-12
        )
    assert np.isfinite(np.array(made["below"].tolist())).any()


def test_corpora_of_few_documents_are_counted_once_each():
    counts = np.random.default_rng(1).random((3, 4))
    corpora, which = distinct_resamples(counts, 500, 7)
    assert len(corpora) == 10
    np.testing.assert_allclose(corpora[which], resample_counts(counts, 500, 7))
    assert distinct_resamples(np.ones((40, 1)), 500, 7) is None
