"""The classifier learns, is calibrated, and its saved form can be trusted or is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from fourp_nlp.codebook import read_codebook
from fourp_nlp.errors import GoldError, ModelError
from fourp_nlp.machine.classifier import CodeClassifier, load_model, save_model, segment_features
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.training import TrainingSet, out_of_fold_folds, train, zero_shot_model
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import OTHER, SEEDS, WATER

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here


def made_up(*, documents: int = 30, per_document: int = 20, seed: int = 0):
    """Return features, codes and documents in which the first column tells the first code, noisily."""
    generator = np.random.default_rng(seed)
    count = documents * per_document
    features = generator.normal(size=(count, 12)).astype(np.float32)
    chance = 1 / (1 + np.exp(-(2 * features[:, 0] - 2)))
    codes = np.column_stack([generator.random(count) < chance, features[:, 1] > 0.5]).astype(int)
    return features, codes, np.repeat(np.arange(documents), per_document)


def test_probabilities_are_near_the_shares_on_unseen_documents():
    features, codes, documents = made_up(documents=120)
    seen = documents < 60
    model = CodeClassifier().fit(features[seen], codes[seen], groups=documents[seen])
    probability = model.predict_proba(features[~seen])[:, 0]
    truth = codes[~seen, 0]
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        some = (probability >= low) & (probability < high)
        assert some.sum() > 30
        assert abs(truth[some].mean() - probability[some].mean()) < 0.1


def test_a_learned_code_beats_chance_by_far_on_unseen_documents():
    features, codes, documents = made_up()
    seen = documents < 20
    model = CodeClassifier().fit(features[seen], codes[seen], groups=documents[seen])
    assert (model.predict(features[~seen])[:, 1] == codes[~seen, 1]).mean() > 0.9


def test_codes_without_enough_examples_are_not_learned_and_say_so():
    features, codes, documents = made_up(documents=6)
    codes = np.column_stack(
        [codes, np.zeros(len(codes), int), np.ones(len(codes), int), np.zeros(len(codes), int)]
    )
    codes[:2, 4] = 1
    model = CodeClassifier().fit(features, codes, groups=documents)
    assert model.learned_.tolist() == [True, True, False, False, False]
    probability = model.predict_proba(features)
    # What nobody found in 120 segments is unlikely, and never impossible.
    assert (probability[:, 2] > 0).all()
    assert (probability[:, 2] < 0.06).all()
    assert not model.predict(features)[:, 2].any()
    assert (probability[:, 3] > 0.99).all()
    assert (probability[:, 3] < 1).all()
    assert model.predict(features)[:, 3].all()
    assert np.isfinite(probability).all()


def test_three_positives_in_two_documents_are_enough_to_learn():
    features, codes, documents = made_up(documents=6)
    rare = np.zeros(len(codes), int)
    rare[[0, 25, 26]] = 1
    model = CodeClassifier().fit(features, np.column_stack([codes, rare]), groups=documents)
    assert model.learned_[2]
    assert model.predict_proba(features)[:, 2].mean() < 0.1


def test_probabilities_follow_the_documents_and_not_sentences_picked_for_their_code():
    features, codes, documents = made_up(documents=40)
    picked = np.flatnonzero((documents >= 30) & (codes[:, 0] == 1))
    rows = np.concatenate([np.flatnonzero(documents < 30), np.repeat(picked, 10)])
    representative = np.arange(len(rows)) < (documents < 30).sum()
    model = CodeClassifier().fit(
        features[rows], codes[rows], groups=documents[rows], representative=representative
    )
    plain = model.predict_proba(features[documents < 30])[:, 0]
    assert abs(plain.mean() - codes[documents < 30, 0].mean()) < 0.03


def test_the_same_seed_gives_the_same_model():
    features, codes, documents = made_up()
    one, two = (CodeClassifier().fit(features, codes, groups=documents) for _ in range(2))
    assert np.array_equal(one.predict_proba(features), two.predict_proba(features))


def test_codes_that_do_not_fit_are_refused():
    model = CodeClassifier()
    with pytest.raises(ValueError, match="0 and 1 only"):
        model.fit(np.zeros((4, 2)), np.array([[0], [1], [2], [0]]))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(np.zeros((4, 2)), np.zeros((3, 1)))


@pytest.fixture
def trained(project):
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    return (
        train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook)),
        project,
        codebook,
    )


def toy_set(labels: np.ndarray | None = None) -> TrainingSet:
    texts = [text for trio in zip(WATER, SEEDS, OTHER, strict=True) for text in trio]
    names = [f"document {number // 3}" for number in range(18)]
    given = np.array([[number % 3 == 0, number % 3 == 1] for number in range(18)])
    return TrainingSet(
        texts=texts,
        documents=[f"sha of {name}" for name in names],
        names=names,
        sources=names,
        spans=np.array([[number * 100, number * 100 + 50] for number in range(18)]),
        labels=given if labels is None else labels,
    )


def test_what_is_said_of_a_document_does_not_depend_on_its_own_codes(project):
    codebook, encoder = read_codebook(project.codebook), load_encoder()
    honest = train(toy_set(), codebook, encoder, name="x", unit="sentence").out_of_fold
    flipped = toy_set().labels.copy()
    flipped[:3] = ~flipped[:3]
    other = train(toy_set(flipped), codebook, encoder, name="x", unit="sentence").out_of_fold
    assert np.array_equal(honest.probabilities[:3], other.probabilities[:3])
    assert not np.array_equal(honest.probabilities[3:], other.probabilities[3:])


def test_folds_keep_documents_whole_and_never_leave_out_loose_sentences():
    names = [f"d{number // 5}" for number in range(100)] + ["passage"] * 10
    inside = np.arange(110) < 100
    folds = out_of_fold_folds(names, inside, seed=1)
    assert len(folds) == 10
    assert sorted(np.concatenate(folds)) == list(range(100))
    for rows in folds:
        held = {names[row] for row in rows}
        assert all(
            name not in held for row, name in enumerate(names) if row not in set(rows.tolist())
        )


def test_nothing_to_learn_from_is_an_error_with_a_cure(project):
    empty = toy_set(np.zeros((18, 2), dtype=bool))
    with pytest.raises(GoldError, match="definitions alone"):
        train(empty, read_codebook(project.codebook), load_encoder(), name="x", unit="sentence")


def test_a_model_says_the_same_after_it_was_saved(trained):
    model, project, _ = trained
    again = load_model(project.model)
    assert again.id == model.id
    features = np.zeros((2, model.classifier.n_features_in_), dtype=np.float32)
    features[1] = 0.1
    assert np.array_equal(
        model.classifier.predict_proba(features), again.classifier.predict_proba(features)
    )
    assert again.examples.texts == model.examples.texts
    assert again.card == model.card


def test_the_card_names_data_encoder_codebook_versions_and_figures(trained):
    model, project, codebook = trained
    text = (project.model / "card.md").read_text(encoding="utf-8")
    for said in (
        codebook.fingerprint(),
        model.encoder_id,
        "seed 0",
        "6 documents",
        "scikit-learn",
        "kappa",
        "Water",
    ):
        assert said in text


@pytest.mark.parametrize("name", ["model.json", "arrays.npz", "card.md", "reliability.svg"])
def test_a_model_that_was_changed_is_refused(trained, name):
    _, project, _ = trained
    path = project.model / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelError, match=f"'{name}' was changed"):
        load_model(project.model)


def test_a_foreign_folder_is_refused_and_never_replaced(trained, tmp_path):
    model, _, _ = trained
    foreign = tmp_path / "pictures"
    foreign.mkdir()
    (foreign / "cat.png").write_bytes(b"cat")
    with pytest.raises(ModelError, match="no model here"):
        load_model(foreign)
    with pytest.raises(ModelError, match="something else"):
        save_model(model, foreign)
    assert (foreign / "cat.png").read_bytes() == b"cat"


def test_a_pickle_dressed_up_as_a_model_is_not_opened(trained, tmp_path):
    _, project, _ = trained
    trap, folder = tmp_path / "sprung", tmp_path / "evil"

    class Trap:
        def __reduce__(self):
            return (open, (str(trap), "w"))

    shutil.copytree(project.model, folder)
    np.savez(folder / "arrays.npz", **{"fitted.thresholds_": np.array([Trap()], dtype=object)})
    manifest = json.loads((folder / "manifest.json").read_text())
    import hashlib

    manifest["sha256"]["arrays.npz"] = hashlib.sha256(
        (folder / "arrays.npz").read_bytes()
    ).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="can be used"):
        load_model(folder)
    assert not trap.exists()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "other-1", "sha256": {}}', "\0\0"])
def test_a_damaged_manifest_is_refused(trained, content):
    _, project, _ = trained
    (project.model / "manifest.json").write_text(content)
    with pytest.raises(ModelError):
        load_model(project.model)


def test_a_second_training_takes_the_place_of_the_first(trained):
    model, project, _ = trained
    again = save_model(model, project.model)
    assert again.id == model.id
    assert [path.name for path in project.model.parent.iterdir()] == [project.model.name]


def test_what_people_put_beside_a_model_stays(trained):
    model, project, _ = trained
    (project.model / "notes.docx").write_bytes(b"my notes on this model")
    (project.model / "plots").mkdir()
    (project.model / "plots" / "a.png").write_bytes(b"png")
    (project.model / "reliability.svg").touch()
    save_model(replace(model, diagram=""), project.model)
    assert (project.model / "notes.docx").read_bytes() == b"my notes on this model"
    assert (project.model / "plots" / "a.png").exists()
    assert not (project.model / "reliability.svg").exists()  # that of the earlier model
    assert not list(project.model.rglob(".*"))


def test_without_gold_the_definitions_alone_rank_the_right_code_first(project):
    codebook = read_codebook(project.codebook)
    model = zero_shot_model(codebook, load_encoder(), unit="sentence")
    assert model.zero_shot
    texts = WATER + SEEDS
    vectors = embed_layers(texts, load_encoder())
    features = segment_features(texts, vectors, ["d"] * 12)
    first = model.classifier.predict_proba(features).argmax(axis=1)
    assert (first == np.repeat([0, 1], 6)).mean() > 0.8
