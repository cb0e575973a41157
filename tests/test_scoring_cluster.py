"""On a Dask cluster the same function gives the same tables, and a killed worker costs nothing."""

import subprocess
import sys
import time

import pandas as pd
import pytest

pytest.importorskip("distributed")
pytest.importorskip("pyarrow")

from fourp_nlp.errors import FourpError
from fourp_nlp.scoring import score_places
from fourp_nlp.shipped import shipped_model
from tests.test_scoring import TEXTS, jsonl, scores

QUIET = ["--no-dashboard"]


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers on loopback; gives the address and the workers' processes."""
    place = tmp_path / "scheduler.json"
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--scheduler-file",
                str(place),
                *QUIET,
            ],
            stderr=subprocess.DEVNULL,
        )
    ]
    deadline = time.monotonic() + 60
    while not place.exists() or not place.read_text().strip():
        assert time.monotonic() < deadline, "the scheduler does not come up"
        time.sleep(0.1)
    worker = [
        "-m",
        "distributed.cli.dask_worker",
        "--scheduler-file",
        str(place),
        "--nthreads",
        "1",
    ]
    local = ["--local-directory", str(tmp_path / "work")]
    running += [
        subprocess.Popen(
            [sys.executable, *worker, *local, "--no-nanny", "--host", "127.0.0.1", *QUIET],
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    import json

    yield json.loads(place.read_text())["address"], running[1:]
    for process in running:
        process.kill()
        process.wait()


def test_a_cluster_gives_the_same_tables_even_if_a_worker_is_killed(cluster, tmp_path):
    address, workers = cluster
    source = tmp_path / "in"
    source.mkdir()
    for number in range(6):
        jsonl(source / f"part_{number}.jsonl", [f"{text} Part {number}." for text in TEXTS])
    score_places([source], tmp_path / "here", shipped_model(), workers=2)
    done = []

    def kill(count, _total):
        done.append(count)
        if count == 2:
            workers[0].kill()

    made = score_places([source], tmp_path / "there", shipped_model(), cluster=address, watch=kill)
    assert not made.failed
    assert done[-1] == 6
    pd.testing.assert_frame_equal(scores(tmp_path / "there"), scores(tmp_path / "here"))


def test_a_cluster_that_is_not_there_is_told_with_the_cure(tmp_path):
    jsonl(tmp_path / "a.jsonl")
    with pytest.raises(FourpError, match=r"cannot be reached.*dask scheduler"):
        score_places(
            [tmp_path / "a.jsonl"], tmp_path / "out", shipped_model(), cluster="tcp://127.0.0.1:1"
        )
