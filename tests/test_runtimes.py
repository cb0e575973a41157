"""The runtimes of the encoder: the same vectors without PyTorch, never mixed, and nothing heavy on the way."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourp_nlp.errors import EncoderError, ModelError
from fourp_nlp.machine.encoder import (
    DEFAULT_ENCODER,
    DEFAULT_WEIGHTS_SHA256,
    RUNTIMES,
    EmbeddingCache,
    embed_layers,
    encoder_of_id,
    fits_encoder,
    load_encoder,
    other_runtime,
    packages_of,
)
from tests.conftest import ROOT, write_gold_file, write_project
from tests.test_cli import fourp

pytestmark = pytest.mark.trains_anew  # encoding is what is tested here

TEXTS = [
    "The kettle is on.",
    "",
    "   \t ",
    "Emoji 🐕, é in one sign and e\u0301 in two, and \u202eright to left\u202c.",
    "[SEP] [CLS] [MASK] [PAD] [UNK] ##ing",
    "word " * 400,
    "x" * 3000,
    "Ünïcödé ΑΒΓ 中文字符 العربية",
    "MIXED case, and Numbers 1234567890.",
    "a\u0000b\u200bc\ufeffd",
]
EXACT, FAST, TORCH = (load_encoder(f"{DEFAULT_ENCODER}:{runtime}") for runtime in RUNTIMES)


@pytest.mark.parametrize(("encoder", "apart"), [(EXACT, 2e-6), (FAST, 0.12)])
def test_vectors_are_those_of_sentence_transformers(encoder, apart):
    ours, theirs = encoder.encode(TEXTS), TORCH.encode(TEXTS)
    assert ours.shape == theirs.shape == (len(TEXTS), 2, 384)
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() < apart
    assert np.allclose(np.linalg.norm(ours, axis=2), 1, atol=1e-5)


def test_eight_bits_keep_the_direction():
    cosines = (FAST.encode(TEXTS) * TORCH.encode(TEXTS)).sum(axis=2)
    assert cosines.min() > 0.97
    assert cosines.mean() > 0.99


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_any_text_has_the_same_vectors_in_both(texts):
    assert np.abs(EXACT.encode(texts) - TORCH.encode(texts)).max() < 2e-6


@pytest.mark.parametrize("encoder", [EXACT, FAST])
def test_company_does_not_change_a_vector(encoder):
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-6


@pytest.mark.parametrize("encoder", [EXACT, FAST])
def test_what_the_tokens_give_adds_up_to_the_vectors(encoder):
    vectors = encoder.encode(TEXTS)
    for parts, vector, text in zip(encoder.token_parts(TEXTS), vectors, TEXTS, strict=True):
        assert np.abs(parts.parts.sum(axis=0) - vector).max() < 2e-6
        assert parts.spans.min() >= 0
        assert parts.spans.max() <= len(text)


def test_tokens_stand_where_those_of_sentence_transformers_stand():
    for ours, theirs in zip(EXACT.token_parts(TEXTS), TORCH.token_parts(TEXTS), strict=True):
        assert np.array_equal(ours.spans, theirs.spans)
        assert np.abs(ours.parts - theirs.parts).max() < 2e-6


def test_names_and_ids_tell_the_runtime():
    weights = DEFAULT_WEIGHTS_SHA256[:16]
    assert load_encoder().id == EXACT.id == f"all-MiniLM-L6-v2:exact@{weights}"
    assert FAST.id == f"all-MiniLM-L6-v2:fast@{weights}"
    assert TORCH.id == f"all-MiniLM-L6-v2@{weights}"  # as earlier versions called it
    for encoder, runtime in zip((EXACT, FAST, TORCH), RUNTIMES, strict=True):
        assert encoder_of_id(encoder.id) == f"all-MiniLM-L6-v2:{runtime}"
        assert load_encoder(encoder_of_id(encoder.id)).id == encoder.id
    assert other_runtime(TORCH.id, EXACT.id) == "all-MiniLM-L6-v2:torch"
    assert other_runtime(FAST.id, EXACT.id) == "all-MiniLM-L6-v2:fast"
    assert other_runtime(EXACT.id, EXACT.id) == ""
    assert other_runtime("mine@0123456789abcdef", EXACT.id) == ""
    assert other_runtime(f"all-MiniLM-L6-v2@{'0' * 16}", EXACT.id) == ""
    assert "onnxruntime" in packages_of(EXACT.id)
    assert "torch" in packages_of(TORCH.id)
    assert "onnxruntime" not in packages_of("mine@0123456789abcdef")


def test_only_the_default_encoder_has_other_runtimes():
    with pytest.raises(EncoderError, match="only all-MiniLM-L6-v2 has the runtime 'fast'"):
        load_encoder("all-mpnet-base-v2:fast")


def test_vectors_of_different_runtimes_are_never_mixed(tmp_path):
    cache = EmbeddingCache(tmp_path / "embeddings.sqlite")
    for encoder in (EXACT, FAST, TORCH):
        vectors = embed_layers(TEXTS, encoder, cache=cache)
        assert np.array_equal(embed_layers(TEXTS, encoder, cache=cache), vectors)
        assert np.abs(vectors - encoder.encode(TEXTS)).max() < 1e-6
        assert not any(
            fits_encoder(encoder.id, other.id)
            for other in (EXACT, FAST, TORCH)
            if other is not encoder
        )


def test_a_model_of_another_runtime_is_refused_and_the_message_says_how_to_go_on(
    tmp_path, monkeypatch
):
    project = write_project(tmp_path / "study")
    write_gold_file(project, "anna")
    monkeypatch.chdir(project.root)
    settings_file = project.root / "fourp.toml"
    plain = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(f'encoder = "{DEFAULT_ENCODER}:torch"\n{plain}', encoding="utf-8")
    assert fourp("train").exit_code == 0
    assert fourp("suggest").exit_code == 0
    settings_file.write_text(plain, encoding="utf-8")
    refused = fourp("suggest")
    assert isinstance(refused.exception, ModelError)
    assert 'set encoder = "all-MiniLM-L6-v2:torch" in fourp.toml' in str(refused.exception)
    assert fourp("train").exit_code == 0
    assert fourp("suggest").exit_code == 0


def test_the_graphs_are_what_the_script_writes():
    pytest.importorskip("onnx")
    script = ROOT / "scripts" / "build_encoder_graphs.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("is what this script writes") == 2


HEAVY = ("torch", "transformers", "sentence_transformers")
RUN = """
import sys
from fourp_nlp.cli import main
commands = {commands!r}
for words in commands:
    sys.argv = ["fourp", *words]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (words, end.code)
    loaded = [name for name in {heavy!r} if name in sys.modules]
    assert not loaded, (words, loaded)
"""


def test_the_common_path_loads_neither_torch_nor_transformers(tmp_path):
    project = write_project(tmp_path / "study")
    for coder in ("anna", "ben"):
        write_gold_file(project, coder)
    page = tmp_path / "page.txt"
    page.write_text(
        "The tap drips. Dr. Ito fixed it on Monday. We met at 5 p.m. Then we left.\n",
        encoding="utf-8",
    )
    commands = [
        ["run"],
        ["suggest", str(page), "--out", str(tmp_path / "out")],
        *([command] for command in ("frequencies", "agree", "reconcile", "status", "report")),
        ["frequencies", "--corrected"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(commands=commands, heavy=HEAVY)],
        capture_output=True,
        text=True,
        check=False,
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-3000:]


FINE_TUNE = """
import sys
from fourp_nlp.spacy_import import claim_process
claim_process()
from fourp_nlp.machine.encoder import load_encoder
from fourp_nlp.machine.fine_tuning import Recipe, fine_tune
from fourp_nlp.segments.senter import Question, ask_senter
from fourp_nlp.segments.sentences import Break
import numpy as np

text = "The tap drips. It was mended in May."
doubt = Break(text.index(".") + 1, text.index("It"), certain=False)
assert list(ask_senter([Question(text, 0, [doubt])])) == [[doubt.start]]
assert "torch" not in sys.modules
encoder = load_encoder()
encoder.encode([text])
assert "torch" not in sys.modules
texts = ["The tap drips.", "Beans were sown.", "The pump leaks.", "Peas came up."]
labels = np.array([[1, 0], [0, 1], [1, 0], [0, 1]], dtype=bool)
tuned, said = fine_tune(texts, ["a", "a", "b", "b"], labels, encoder, recipe=Recipe(folds=2, rounds=1))
assert said.shape == (4, 2) and "torch" in sys.modules
"""


def test_fine_tuning_works_in_a_process_that_kept_torch_out():
    done = subprocess.run(
        [sys.executable, "-c", FINE_TUNE], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


OTHERS = """
import sys
from fourp_nlp.segments.senter import _senter
_senter("en")
from thinc.compat import has_torch
assert has_torch and "torch" in sys.modules
"""


def test_in_a_process_of_others_spacy_has_its_torch():
    done = subprocess.run(
        [sys.executable, "-c", OTHERS], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
