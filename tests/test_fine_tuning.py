"""Fine-tuning: honest about what it has seen, resumable, and saved without losing anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import EncoderError, GoldError, ModelError
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.machine.classifier._score_blend import blend_scores, choose_blend_weight
from fourp_nlp.machine.encoder import load_encoder
from fourp_nlp.machine.fine_tuning import (
    Recipe,
    fine_tune,
    load_tuned,
    save_tuned,
    tuned_probabilities,
)
from fourp_nlp.machine.fine_tuning._chunks import Chunks, Tokens, in_batches, make_chunks, tokenise
from fourp_nlp.study.machine.suggestions import suggest_corpus
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import OTHER, SEEDS, WATER, write_gold_file, write_project

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here

SHORT = Recipe(folds=2, rounds=2, layers=1, chunk=48, batch=96)


def meetings():
    """Return texts, documents and labels of four short documents."""
    texts, documents, labels = [], [], []
    for number in range(4):
        for kind, lines in enumerate((WATER, SEEDS, OTHER)):
            for line in (lines[number], lines[(number + 2) % 6]):
                texts.append(line)
                documents.append(f"d{number}")
                labels.append([kind == 0, kind == 1])
    return texts, documents, np.array(labels)


def tokens_of(lengths, documents):
    starts = np.r_[0, np.cumsum(lengths)]
    return Tokens(np.arange(starts[-1]), starts, np.array(documents), 101, 0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=30),
    st.integers(2, 50),
    st.integers(2, 50),
    st.integers(0, 2**32),
)
def test_every_segment_is_in_one_chunk_and_no_chunk_in_two_documents(rows, size, opening, seed):
    lengths = [length for length, _ in rows]
    documents = np.cumsum([new for _, new in rows]).astype(int)
    tokens = tokens_of(lengths, documents)
    for first in (None, opening, np.random.default_rng(seed)):
        chunks = make_chunks(tokens, size, opening=first)
        held = [row for start, end in chunks.rows for row in range(start, end)]
        assert held == list(range(len(rows)))
        for (start, end), length in zip(chunks.rows, chunks.lengths, strict=True):
            assert len(set(documents[start:end])) == 1
            assert length == sum(lengths[start:end]) + 1
            room = max(size, opening) if first is opening else size
            assert length <= room or end - start == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=40), st.integers(1, 200))
def test_batches_hold_every_chunk_once_and_keep_to_their_budget(lengths, budget):
    chunks = Chunks(np.zeros((len(lengths), 2), dtype=int), np.array(lengths, dtype=int))
    batches = in_batches(chunks, budget)
    assert sorted(np.concatenate(batches).tolist() if batches else []) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) * chunks.lengths[batch].max() <= budget or len(batch) == 1


def test_a_very_long_segment_is_cut_and_an_empty_one_kept():
    tokenizer, _ = load_encoder().transformer()
    tokens = tokenise(["word " * 500, "", "short"], ["a", "a", "a"], tokenizer)
    assert tokens.lengths.tolist() == [128, 1, 2]


def test_a_document_has_no_part_in_what_is_said_of_it():
    texts, documents, labels = meetings()
    encoder = load_encoder()
    tuned, said = fine_tune(texts, documents, labels, encoder, recipe=SHORT)
    own = np.array(documents) == "d1"
    turned = labels.copy()
    turned[own] = ~turned[own]
    _, again = fine_tune(texts, documents, turned, encoder, recipe=SHORT)
    np.testing.assert_array_equal(said[own], again[own])
    assert np.abs(said - again)[~own].max() > 1e-4
    assert len(tuned.networks) == 2


def test_unread_segments_are_context_and_teach_nothing():
    texts, documents, labels = meetings()
    read = np.arange(len(texts)) % 5 != 0
    turned = labels.copy()
    turned[~read] = ~turned[~read]
    encoder = load_encoder()
    _, said = fine_tune(texts, documents, labels, encoder, read=read, recipe=SHORT)
    _, again = fine_tune(texts, documents, turned, encoder, read=read, recipe=SHORT)
    np.testing.assert_array_equal(said, again)


def test_it_tells_the_codes_of_unseen_documents_apart():
    texts, documents, labels = meetings()
    recipe = Recipe(folds=2, rounds=12, layers=2, chunk=48, batch=48, rate=1e-3)
    _, said = fine_tune(texts, documents, labels, load_encoder(), recipe=recipe)
    for code in range(2):
        assert said[labels[:, code], code].mean() > said[~labels[:, code], code].mean() + 0.1


class StopError(Exception):
    pass


def test_what_was_interrupted_goes_on_as_if_it_had_not_been(tmp_path):
    texts, documents, labels = meetings()
    encoder = load_encoder()
    whole, said = fine_tune(texts, documents, labels, encoder, recipe=SHORT)
    seen = []

    def stop(done, total):
        seen.append(done / total)
        if done / total > 0.8:  # in the second network's second round
            raise StopError

    with pytest.raises(StopError):
        fine_tune(texts, documents, labels, encoder, recipe=SHORT, folder=tmp_path, progress=stop)
    later = []
    resumed, again = fine_tune(
        texts,
        documents,
        labels,
        encoder,
        recipe=SHORT,
        folder=tmp_path,
        progress=lambda done, total: later.append(done / total),
    )
    np.testing.assert_array_equal(said, again)
    for one, other in zip(whole.networks, resumed.networks, strict=True):
        assert one.keys() == other.keys()
        assert all((one[name] == other[name]).all() for name in one)
    assert seen[0] == 0
    assert later[:2] == pytest.approx([0.5, 0.75], abs=0.02)  # nothing done is done again
    assert later[-1] == 1


def test_what_is_damaged_or_of_other_data_is_done_again(tmp_path):
    texts, documents, labels = meetings()
    encoder = load_encoder()
    _, said = fine_tune(texts, documents, labels, encoder, recipe=SHORT, folder=tmp_path)
    (kept,) = tmp_path.iterdir()
    (kept / "fold-0.npz").write_bytes(b"PK\x03\x04 not really")
    _, again = fine_tune(texts, documents, labels, encoder, recipe=SHORT, folder=tmp_path)
    np.testing.assert_array_equal(said, again)
    _, other = fine_tune(texts, documents, ~labels, encoder, recipe=SHORT, folder=tmp_path)
    assert np.abs(said - other).max() > 0.01
    assert [path.name != kept.name for path in tmp_path.iterdir()] == [True]


def test_networks_are_saved_whole_and_refuse_another_encoder():
    texts, documents, labels = meetings()
    encoder = load_encoder()
    tuned, _ = fine_tune(texts, documents, labels, encoder, recipe=SHORT)
    again = load_tuned(save_tuned(tuned))
    new = [WATER[5], SEEDS[5], OTHER[5]], ["n", "n", "m"]
    said = tuned_probabilities(tuned, *new, encoder)
    np.testing.assert_array_equal(said, tuned_probabilities(again, *new, encoder))
    assert tuned_probabilities(tuned, [], [], encoder).shape == (0, 2)
    for network in again.networks:
        network["head.weight"] = network["head.weight"][:, :-1]
    with pytest.raises(ValueError, match="not those of this encoder"):
        tuned_probabilities(again, *new, encoder)


def test_an_encoder_without_layers_is_refused_with_the_cure():
    class Plain:
        id = "plain"

        def transformer(self):
            return None

    texts, documents, labels = meetings()
    with pytest.raises(EncoderError, match="cannot be fine-tuned") as told:
        fine_tune(texts, documents, labels, Plain(), recipe=SHORT)
    assert "without --fine-tune" in str(told.value)


def test_the_weight_is_chosen_on_unseen_rows_and_zero_where_networks_do_not_help():
    random = np.random.default_rng(0)
    labels = random.random((400, 3)) < 0.2
    good = 0.5 * labels + 0.3 * random.random(labels.shape)
    noise = random.random(labels.shape)
    weights = np.ones(labels.shape)
    assert choose_blend_weight(good, noise, labels, weights) == 0
    assert choose_blend_weight(noise, good, labels, weights) == 0.8
    twin = 0.5 * labels + 0.3 * random.random(labels.shape)
    poor, other = (0.2 * labels + 0.5 * random.random(labels.shape) for _ in range(2))
    assert 0.2 < choose_blend_weight(poor, other, labels, weights) < 0.8
    np.testing.assert_allclose(blend_scores(good, twin, 0.5), (good + twin) / 2)


@pytest.fixture(scope="module")
def tuned_project(tmp_path_factory):
    project = write_project(tmp_path_factory.mktemp("tuned") / "p", gold=False)
    write_gold_file(project, "anna", but=("meeting5.txt",))
    ran = CliRunner().invoke(app, ["train", "--fine-tune", "--project", str(project.root)])
    assert ran.exit_code == 0, ran.output
    assert "fine_tune = true" in ran.output
    return project


def test_a_fine_tuned_model_suggests_for_new_documents_and_says_what_it_is(tuned_project):
    codebook = read_codebook(tuned_project.codebook)
    corpus = read_corpus(tuned_project)
    model = load_model(tuned_project.model)
    assert model.tuned is not None
    assert "Fine-tuned: 3 networks" in model.card_text
    made = suggest_corpus(Study(tuned_project, corpus=corpus, codebook=codebook)).suggestions
    new = made["document"] == "meeting5.txt"
    assert not made.loc[new, "out_of_fold"].any()
    assert made.loc[~new, "out_of_fold"].all()
    if model.classifier.tuned_share_:
        told = made.loc[made["suggested"] & new, "why"]
        assert told.str.contains("fine-tuning|definition|coded").all()
    again = suggest_corpus(Study(tuned_project, corpus=corpus, codebook=codebook)).suggestions
    assert (made["probability"] == again["probability"]).all()


def test_a_fine_tuned_model_without_its_networks_is_refused(tuned_project, tmp_path):
    import json
    import shutil

    copy = tmp_path / "model"
    shutil.copytree(tuned_project.model, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    del manifest["sha256"]["tuned.npz"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="fine-tuned networks are missing"):
        load_model(copy)


def test_one_document_is_too_few_to_fine_tune_on(tmp_path):
    project = write_project(tmp_path / "p", documents=1)
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    with pytest.raises(GoldError, match="two coded documents"):
        train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook), fine_tune=True)
