"""Batch scoring: the same scores whatever happens on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("fastwarc")

from fourp_nlp.batch import find_shards, pages_of, run, score_places
from fourp_nlp.documents import normalise
from fourp_nlp.errors import DocumentError, FourpError
from fourp_nlp.machine.shipped_model import shipped_model
from tests.warc_files import write_warc

PLACES = ["/", "/about", "/work", "/news/1", "/news/2"]
TEXTS = [
    "We teach hotel cleaners to notice when a guest never carries a key of her own.",
    "The constable and the shelter read the same file and close it together.",
    "Two beds stay free for whoever comes without papers. Nobody has to give a name.",
]


def jsonl(path, texts=TEXTS, **more):
    rows = [{"document": f"{path.stem}-{n}", "text": text, **more} for n, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def scores(folder):
    """Every score of a folder, in one order, without what only the run decides."""
    parts = [pd.read_parquet(path) for path in sorted((folder / "segments").glob("*.parquet"))]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    for number in range(6):
        jsonl(folder / f"part_{number}.jsonl", [f"{text} Part {number}." for text in TEXTS])
    return folder


@pytest.fixture(scope="module")
def undisturbed(shards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    made = score_places([shards], folder, shipped_model(), workers=2)
    assert not made.failed
    return folder


def test_every_segment_has_a_probability_for_every_code(undisturbed):
    frame = scores(undisturbed)
    assert len(frame) == 6 * 7
    probabilities = frame.filter(regex="^p_").to_numpy()
    assert probabilities.shape[1] == 11
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert frame.filter(regex="^s_").to_numpy().any()


def test_scores_are_those_of_fourp_suggest(undisturbed, shards, tmp_path):
    from fourp_nlp.study.machine.suggestions import suggest_files

    row = json.loads((shards / "part_0.jsonl").read_text().splitlines()[2])
    (tmp_path / "page.txt").write_text(row["text"])
    made = suggest_files([tmp_path / "page.txt"], None).by_file[0][1]
    frame = scores(undisturbed)
    mine = frame[frame["document"] == row["document"]]
    wide = made.pivot(index="segment", columns="code", values="probability")
    for code in wide.columns:
        np.testing.assert_allclose(mine[f"p_{code}"], wide[code], atol=2e-4)


def test_a_second_run_scores_nothing_again(undisturbed, shards):
    before = {path: path.stat().st_mtime_ns for path in undisturbed.rglob("*.parquet")}
    made = score_places([shards], undisturbed, shipped_model())
    assert all(shard.skipped for shard in made.shards)
    assert {path: path.stat().st_mtime_ns for path in undisturbed.rglob("*.parquet")} == before


def test_a_shard_that_was_changed_is_scored_again(shards, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    jsonl(source / "a.jsonl")
    jsonl(source / "b.jsonl")
    score_places([source], tmp_path / "out", shipped_model(), workers=1)
    jsonl(source / "b.jsonl", ["Something else was said here instead."])
    made = score_places([source], tmp_path / "out", shipped_model(), workers=1)
    assert [shard.skipped for shard in made.shards] == [True, False]
    assert len(scores(tmp_path / "out")) == 4 + 1


def test_scores_of_two_kinds_are_never_mixed(undisturbed, shards):
    with pytest.raises(FourpError, match=r"made otherwise: unit was .sentence. and is .paragraph."):
        score_places([shards], undisturbed, shipped_model(), unit="paragraph")


def test_a_page_that_cannot_be_coded_is_told_and_the_others_go_on(tmp_path, monkeypatch):
    import fourp_nlp.batch.shard_scoring as scoring

    real = scoring.segment

    def faulty(documents, **options):
        if documents["text"].str.contains("poison").any():
            raise RuntimeError("parser down")
        return real(documents, **options)

    monkeypatch.setattr(scoring, "segment", faulty)
    jsonl(tmp_path / "a.jsonl", [*TEXTS, "This is poison.", TEXTS[0] + " Again."])
    job = scoring.Job(
        find_shards([tmp_path / "a.jsonl"])[0],
        str(tmp_path / "out"),
        str(shipped_model()),
        "",
        "sentence",
        "{}",
    )
    made = scoring.score_shard(job)
    assert (made.pages, made.kept, made.failed) == (5, 4, 1)
    pages = pd.read_parquet(tmp_path / "out" / "pages" / "a.parquet")
    assert pages.loc[3, "status"] == "failed"
    assert "parser down" in pages.loc[3, "reason"]


def _deadly(job):
    if job == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return job


def test_a_job_that_kills_its_worker_is_named_and_no_other_is_lost():
    jobs = [*map(str, range(5)), "deadly", *map(str, range(5, 10))]
    made = list(run(_deadly, jobs, workers=3, lost=lambda job: f"lost {job}"))
    assert sorted(made) == sorted([*map(str, range(10)), "lost deadly"])


def _slow_square(job):
    time.sleep(0.2)
    return job, job * job


def test_a_worker_killed_from_outside_costs_nothing():
    killed = []

    def kill():
        import psutil

        while len(killed) < 3:
            time.sleep(0.7)
            for process in reversed(psutil.Process().children(recursive=True)):
                # Readers of documents are children too, and one may have ended meanwhile.
                with suppress(psutil.Error):
                    if "LokyProcess" in " ".join(process.cmdline()):
                        process.kill()
                        killed.append(process.pid)
                        break

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    made = list(run(_slow_square, range(25), workers=2, lost=lambda job: (job, None)))
    assert sorted(made) == [(job, job * job) for job in range(25)]
    assert killed


def test_a_driver_that_was_killed_goes_on_where_it_was(undisturbed, shards, tmp_path):
    command = (
        "import sys; from pathlib import Path; from fourp_nlp.batch import score_places; "
        "from fourp_nlp.machine.shipped_model import shipped_model; "
        "score_places([Path(sys.argv[1])], Path(sys.argv[2]), shipped_model(), workers=1)"
    )
    out = tmp_path / "out"
    started = subprocess.Popen([sys.executable, "-c", command, str(shards), str(out)])
    while not list(out.glob("segments/*.parquet")):
        assert started.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    import psutil

    workers = psutil.Process(started.pid).children(recursive=True)
    started.kill()
    started.wait()
    assert not psutil.wait_procs(workers, timeout=20)[1], "workers outlive their driver"
    score_places([shards], out, shipped_model(), workers=1)
    pd.testing.assert_frame_equal(scores(out), scores(undisturbed))
    assert not list(out.rglob("*.tmp"))


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="no limit on the size of files here")
def test_a_full_disk_is_told_and_nothing_half_written_stays(shards, tmp_path):
    command = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "from pathlib import Path; from fourp_nlp.batch.shard_scoring import Job, score_shard; "
        "from fourp_nlp.batch import find_shards; from fourp_nlp.machine.shipped_model import shipped_model; "
        "job = Job(find_shards([Path(sys.argv[1])])[0], sys.argv[2], str(shipped_model()), '', 'sentence', '{}'); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)); print(score_shard(job).problem)"
    )
    told = subprocess.run(
        [sys.executable, "-c", command, str(shards), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "cannot be written" in told
    assert "run the same command again" in told
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_of_collected_sites_is_scored_site_by_site(tmp_path):
    for number in (30, 31):
        write_warc(tmp_path / f"valley_{number}.warc.gz", [(number, place) for place in PLACES])
    sites = pd.DataFrame(
        {
            "site": ["valley_30", "valley_31"],
            "name": ["A", "B"],
            "group": ["north", "south"],
            "urls": ["http://127.0.1.30:8040/", "http://127.0.1.31:8040/"],
            "max_pages": 1,
            "max_depth": 1,
            "max_bytes": 1,
            "max_seconds": 1,
            "delay": 0.0,
        }
    )
    made = score_places([tmp_path], tmp_path / "out", shipped_model(), sites=sites, workers=1)
    assert [shard.shard for shard in made.shards] == ["valley_30", "valley_31"]
    frame = scores(tmp_path / "out")
    assert frame.groupby("site")["group"].first().to_dict() == {
        "valley_30": "north",
        "valley_31": "south",
    }


def test_documents_in_parquet_jsonl_and_a_folder_give_the_same_pages(tmp_path):
    texts = [*TEXTS, "Zoë’s café – “naïve”\r\nsecond line"]
    jsonl(tmp_path / "a.jsonl", texts, site="s", group="g")
    pd.DataFrame({"text": texts, "site": "s", "group": "g"}).to_parquet(tmp_path / "b.parquet")
    (tmp_path / "folder").mkdir()
    for number, text in enumerate(texts):
        (tmp_path / "folder" / f"{number}.txt").write_text(text, encoding="utf-8", newline="")
    for place in ("a.jsonl", "b.parquet", "folder"):
        shard = find_shards([tmp_path / place])[0]
        made = pd.concat(list(pages_of(shard)), ignore_index=True)
        assert made["text"].tolist() == [normalise(text) for text in texts]
        assert (made["status"] == "kept").all()


def test_a_line_that_is_no_json_is_one_failed_page(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "One."}\n{"text": 3}\nnonsense\n{"text": "Two."}\n')
    made = pd.concat(list(pages_of(find_shards([path])[0])), ignore_index=True)
    assert made["status"].tolist() == ["kept", "failed", "failed", "kept"]
    assert "Line 3" in made.loc[2, "reason"]


def test_two_shards_of_one_name_are_refused(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        jsonl(tmp_path / folder / "a.jsonl")
    with pytest.raises(DocumentError, match="called like those of"):
        find_shards([tmp_path / "x", tmp_path / "y"])
    assert [shard.name for shard in find_shards([tmp_path])] == ["x--a", "y--a"]
