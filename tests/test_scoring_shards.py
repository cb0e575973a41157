"""Shards as they are met: what is read of them, what becomes of faulty ones, what is left behind."""

import dataclasses
import json
import os
import subprocess
import sys
import time

import pandas as pd
import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("fastwarc")

import fourp_nlp.batch.shard_pages as reading
import fourp_nlp.batch.shard_scoring as scoring
from fourp_nlp.batch import (
    find_shards,
    fingerprint_of,
    finished,
    pages_of,
    score_places,
    score_shard,
    sites_of,
)
from fourp_nlp.batch.shard_scoring import Job, OtherWorkerError
from fourp_nlp.errors import DocumentError, FourpError
from fourp_nlp.files import sweep_of_many_writers, temporary_name
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.machine.shipped_model import shipped_model
from tests.warc_files import write_warc

TEXTS = ["We teach cleaners to notice a missing key.", "Two beds stay free. Nobody gives a name."]
SITES = "id,name,group,website\nvalley,Valley,{group},http://127.0.1.30:8040/\n"


def jsonl(path, texts=TEXTS):
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    return path


def job_of(path, out, **more):
    print_ = fingerprint_of(load_model(shipped_model()), unit="sentence").as_json()
    shard = find_shards([path])[0]
    return Job(shard, str(out), str(shipped_model()), "", "sentence", print_, **more)


def tables_of(out):
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_scores_that_lie_among_the_shards_are_no_shards(tmp_path):
    jsonl(tmp_path / "a.jsonl")
    (tmp_path / "scored" / "pages").mkdir(parents=True)
    (tmp_path / "scored" / "scored.json").write_text("{}")
    pd.DataFrame({"text": TEXTS}).to_parquet(tmp_path / "scored" / "pages" / "a.parquet")
    assert [shard.name for shard in find_shards([tmp_path])] == ["a"]


def test_scores_cannot_go_where_the_shards_are(tmp_path):
    jsonl(tmp_path / "a.jsonl")
    with pytest.raises(FourpError, match="cannot go where the shards are"):
        score_places([tmp_path], tmp_path, shipped_model())


def test_a_shard_that_can_no_longer_be_read_leaves_no_old_scores(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"text": TEXTS}).to_parquet(path)
    assert score_shard(job_of(path, tmp_path / "out")).kept == 2
    path.write_bytes(b"no longer a table")
    made = score_shard(job_of(path, tmp_path / "out"))
    assert str(path) in made.problem
    assert "cannot be read" in made.problem
    assert tables_of(tmp_path / "out") == []


def test_a_shard_that_is_not_there_for_a_worker_is_told(tmp_path):
    job = job_of(jsonl(tmp_path / "a.jsonl"), tmp_path / "out")
    (tmp_path / "a.jsonl").unlink()
    assert finished(job) is None
    assert "does not share the folder" in score_shard(job).problem


def test_a_shard_that_grows_while_it_is_scored_is_not_taken_for_finished(tmp_path, monkeypatch):
    job = job_of(jsonl(tmp_path / "a.jsonl"), tmp_path / "out")
    real = scoring.segment

    def slow(documents, **options):
        jsonl(tmp_path / "a.jsonl", [*TEXTS, "More came."])
        return real(documents, **options)

    monkeypatch.setattr(scoring, "segment", slow)
    assert "changed while it was scored" in score_shard(job).problem
    assert tables_of(tmp_path / "out") == []


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("versions", [["fourp_nlp", "0.0.0"]], "it has fourp_nlp"),
        ("versions", [["nobody-has-this", "1"]], "it has no nobody-has-this"),
        ("model_sha256", "0" * 64, "its model is another"),
        ("encoder", "another@1", "its encoder is all-MiniLM"),
    ],
)
def test_a_worker_that_would_score_otherwise_refuses(tmp_path, key, value, told):
    job = job_of(jsonl(tmp_path / "a.jsonl"), tmp_path / "out")
    other = json.loads(job.fingerprint) | {key: value}
    with pytest.raises(OtherWorkerError, match=told):
        score_shard(dataclasses.replace(job, fingerprint=json.dumps(other)))
    assert tables_of(tmp_path / "out") == []


def test_the_segments_are_there_when_the_pages_are(tmp_path, monkeypatch):
    """A run that ends between two files leaves a shard that counts for nothing and is done again."""
    job = job_of(jsonl(tmp_path / "a.jsonl"), tmp_path / "out")
    real = scoring.put_in_place

    def ends(partial, path):
        if path.parent.name == "pages":
            raise KeyboardInterrupt
        real(partial, path)

    monkeypatch.setattr(scoring, "put_in_place", ends)
    with pytest.raises(KeyboardInterrupt):
        score_shard(job)
    assert tables_of(tmp_path / "out") == ["segments/a.parquet"]
    assert finished(job) is None
    monkeypatch.undo()
    assert score_shard(job).kept == 2


def test_files_of_killed_processes_are_swept_and_those_of_living_ones_stay(tmp_path):
    mine = temporary_name(tmp_path / "a.parquet", many_writers=True)
    command = (
        "import sys; from pathlib import Path; from fourp_nlp.files import temporary_name; "
        "temporary_name(Path(sys.argv[1]), many_writers=True).touch()"
    )
    subprocess.run([sys.executable, "-c", command, str(tmp_path / "b.parquet")], check=True)
    foreign, forgotten = (
        tmp_path / f".{name}.parquet.elsewhere.7.0a0b0c0d.tmp" for name in ("c", "d")
    )
    for path in (mine, foreign, forgotten):
        path.touch()
    os.utime(forgotten, (time.time() - 7200,) * 2)
    assert len(list(tmp_path.iterdir())) == 4
    sweep_of_many_writers(tmp_path)
    assert set(tmp_path.iterdir()) == {mine, foreign}


def test_a_line_longer_than_any_document_is_one_failed_page(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_LONGEST_LINE", 100)
    jsonl(tmp_path / "a.jsonl", ["One.", "x" * 350, "Two."])
    made = pd.concat(list(pages_of(find_shards([tmp_path / "a.jsonl"])[0])), ignore_index=True)
    assert made["status"].tolist() == ["kept", "failed", "kept"]
    assert "Line 2 has more than" in made.loc[1, "reason"]


def test_a_document_too_long_to_be_one_is_told_and_the_others_go_on(tmp_path, monkeypatch):
    monkeypatch.setattr(scoring, "_LONGEST", 200)
    made = score_shard(
        job_of(jsonl(tmp_path / "a.jsonl", [TEXTS[0], "Word. " * 50]), tmp_path / "out")
    )
    assert (made.kept, made.failed, made.segments) == (1, 1, 1)
    pages = pd.read_parquet(tmp_path / "out" / "pages" / "a.parquet")
    assert "too many to be one document" in pages.loc[1, "reason"]


def test_text_that_other_programs_wrote_as_bytes_is_text(tmp_path):
    texts = ["Zoë’s café", "Second"]
    pd.DataFrame({"text": [text.encode() for text in texts]}).to_parquet(tmp_path / "a.parquet")
    made = pd.concat(list(pages_of(find_shards([tmp_path / "a.parquet"])[0])))
    assert made["text"].tolist() == texts


def test_documents_of_one_name_in_a_shard_are_told_apart(tmp_path):
    rows = [{"document": "same", "text": text} for text in TEXTS]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = pd.concat(list(pages_of(find_shards([tmp_path / "a.jsonl"])[0])))
    assert made["document"].tolist() == ["same", "same#2"]


def test_a_folder_of_documents_is_read_some_at_a_time_and_gives_the_same(tmp_path, monkeypatch):
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"Document {number}. It has two sentences.")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-nothing")
    (tmp_path / "documents.csv").write_text("document,group\n0.txt,north\n")
    shard = find_shards([tmp_path])[0]
    whole = pd.concat(list(pages_of(shard)), ignore_index=True)
    monkeypatch.setattr(reading, "_CHARACTERS", 60)
    parts = list(pages_of(shard))
    assert len(parts) > 2
    by_name = pd.concat(parts).sort_values("document", ignore_index=True)
    pd.testing.assert_frame_equal(by_name, whole.sort_values("document", ignore_index=True))
    # Files that documents.csv does not name are read all the same.
    assert sorted(whole["status"]) == ["failed", *["kept"] * 5]
    assert whole.set_index("document").loc["0.txt", "group"] == "north"


def test_the_list_of_sites_is_found_beside_what_was_collected(tmp_path):
    write_warc(tmp_path / "valley.warc.gz", [(30, "/")])
    assert sites_of([tmp_path]) is None
    (tmp_path / "sites.csv").write_text(SITES.format(group="north"))
    assert sites_of([tmp_path])["group"].tolist() == ["north"]
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "sites.csv").write_text("this is something else")
    assert sites_of([tmp_path / "texts"]) is None


def test_lists_that_say_different_things_of_a_site_are_refused(tmp_path):
    for group in ("north", "south"):
        (tmp_path / group).mkdir()
        write_warc(tmp_path / group / f"valley_{group}.warc.gz", [(30, "/")])
        (tmp_path / group / "sites.csv").write_text(SITES.format(group=group))
    with pytest.raises(DocumentError, match="different things of 'valley'"):
        sites_of([tmp_path / "north", tmp_path / "south"])


def test_a_site_more_or_another_limit_makes_no_other_site_old(tmp_path, monkeypatch):
    from fourp_nlp.batch import scoring as _batch

    def in_this_process(function, jobs, **_):
        yield from map(function, jobs)

    monkeypatch.setattr(_batch, "run", in_this_process)
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    write_warc(source / "valley.warc.gz", [(30, "/about")])

    def score(text):
        (source / "sites.csv").write_text(text)
        made = score_places([source], out, shipped_model(), sites=sites_of([source]))
        return [shard.skipped for shard in made.shards]

    assert score(SITES.format(group="north")) == [False]
    more = SITES.format(group="north") + "hill,Hill,south,http://127.0.1.31:8040/\n"
    write_warc(source / "hill.warc.gz", [(31, "/about")])
    assert score(more) == [False, True]
    assert score(more.replace("website", "website,max_pages", 1).replace("8040/", "8040/,7")) == [
        True,
        True,
    ]
    assert score(more.replace("Valley,north", "Valley,east")) == [True, False]
    frame = pd.read_parquet(out / "segments" / "valley.parquet")
    assert set(frame["group"]) == {"east"}
