"""Batch scoring on a Dask cluster: the tables are those of one machine, whatever happens on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("distributed", reason="the extra 'scale' is not installed")

from fourp_nlp.batch import engine, run, score_places
from fourp_nlp.errors import FourpError
from fourp_nlp.machine.shipped_model import shipped_model
from tests.dask_cluster import Cluster

TEXTS = [
    "We teach hotel cleaners to notice when a guest never carries a key of her own.",
    "The constable and the shelter read the same file and close it together.",
    "Two beds stay free for whoever comes without papers. Nobody has to give a name.",
]
SCORE = (
    "import sys; from pathlib import Path; from fourp_nlp.batch import score_places; "
    "from fourp_nlp.machine.shipped_model import shipped_model; "
    "score_places([Path(sys.argv[1])], Path(sys.argv[2]), shipped_model(), cluster=sys.argv[3])"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.wait()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    for number in range(8):
        rows = [
            {"text": f"{text} Part {number}, again {at}."} for at in range(12) for text in TEXTS
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"part_{number}.jsonl").write_text(lines)
    return folder


@pytest.fixture(scope="module")
def undisturbed(shards, tmp_path_factory):
    """Scores made without any cluster."""
    folder = tmp_path_factory.mktemp("local")
    assert not score_places([shards], folder, shipped_model(), workers=1).failed
    return folder


def tables(folder):
    return {
        path.relative_to(folder).as_posix(): pd.read_parquet(path)
        for path in sorted(folder.rglob("*.parquet"))
    }


def assert_same(folder, other):
    one, two = tables(folder), tables(other)
    assert one.keys() == two.keys()
    for name in one:
        pd.testing.assert_frame_equal(one[name], two[name], rtol=0, atol=2e-4)
    assert not list(folder.rglob("*.tmp"))


def test_a_cluster_gives_the_tables_of_one_machine(cluster, shards, undisturbed, tmp_path):
    told = []
    made = score_places(
        [shards],
        tmp_path,
        shipped_model(),
        cluster=cluster.address,
        watch=lambda done, total: told.append((done, total)),
    )
    assert not made.failed
    assert told[0] == (0, 8)
    assert told[-1] == (8, 8)
    assert_same(tmp_path, undisturbed)


def test_a_worker_of_a_cluster_killed_on_the_way_costs_nothing(
    cluster, shards, undisturbed, tmp_path
):
    killed = []

    def kill():
        while not list(tmp_path.glob("segments/*")):
            time.sleep(0.02)
        victim = cluster.worker_pids()[0]
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    made = score_places([shards], tmp_path, shipped_model(), cluster=cluster.address)
    thread.join(timeout=30)
    assert killed
    assert not made.failed
    assert_same(tmp_path, undisturbed)


def test_a_driver_of_a_cluster_killed_on_the_way_goes_on_where_it_was(
    cluster, shards, undisturbed, tmp_path
):
    started = subprocess.Popen(
        [sys.executable, "-c", SCORE, str(shards), str(tmp_path), cluster.address]
    )
    while not list(tmp_path.glob("pages/*.parquet")):
        assert started.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    started.kill()
    started.wait()
    made = score_places([shards], tmp_path, shipped_model(), cluster=cluster.address)
    assert not made.failed
    assert made.skipped
    assert_same(tmp_path, undisturbed)


def test_a_scheduler_that_is_not_there_is_told(shards, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_PATIENCE", 2.0)
    with pytest.raises(FourpError, match=r"tcp://127\.0\.0\.1:9 cannot be reached") as told:
        score_places([shards], tmp_path, shipped_model(), cluster="tcp://127.0.0.1:9")
    assert "dask scheduler" in str(told.value)


def test_an_address_that_is_none_is_told(shards, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_PATIENCE", 2.0)
    with pytest.raises(FourpError, match="cannot be reached"):
        score_places([shards], tmp_path, shipped_model(), cluster="head of the cluster")


def test_a_cluster_without_workers_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_PATIENCE", 2.0)
    empty = Cluster(tmp_path, workers=0)
    try:
        with pytest.raises(FourpError, match=r"has no workers.*dask worker tcp://127"):
            list(run(str, [1], lost=str, cluster=empty.address))
    finally:
        empty.close()


def test_workers_of_another_version_are_refused_before_anything_is_scored(
    shards, tmp_path, monkeypatch
):
    """The workers have a package of this name and another version, found before the real one."""
    other = tmp_path / "other" / "fourp_nlp"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("__version__ = '9.9.9'\n")
    path = os.pathsep.join([str(other.parent), os.environ.get("PYTHONPATH", "")])
    old = Cluster(tmp_path, workers=1, PYTHONPATH=path)
    try:
        old.wait(1)
        with pytest.raises(FourpError, match=r"it has fourp_nlp 9\.9\.9 and not 0") as told:
            score_places([shards], tmp_path / "out", shipped_model(), cluster=old.address)
        assert "driver's environment" in str(told.value)
    finally:
        old.close()
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_a_cluster_that_is_lost_on_the_way_is_told_and_what_is_finished_stays(shards, tmp_path):
    dying = Cluster(tmp_path, workers=1)

    def kill():
        while not list(tmp_path.glob("out/pages/*.parquet")):
            time.sleep(0.02)
        dying.scheduler.kill()

    threading.Thread(target=kill, daemon=True).start()
    try:
        with pytest.raises(FourpError, match=r"was lost.*what is finished stays"):
            score_places([shards], tmp_path / "out", shipped_model(), cluster=dying.address)
    finally:
        dying.close()
    assert list((tmp_path / "out" / "pages").glob("*.parquet"))


def _deadly(job):
    if job == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return job


def test_a_job_that_kills_the_workers_of_a_cluster_is_named_and_no_other_is_lost(cluster):
    jobs = [*map(str, range(4)), "deadly", *map(str, range(4, 8))]
    made = list(run(_deadly, jobs, lost=lambda job: f"lost {job}", cluster=cluster.address))
    assert sorted(made) == sorted([*map(str, range(8)), "lost deadly"])


def test_a_cluster_is_reached_by_certificates_and_not_without(
    shards, undisturbed, tmp_path_factory, tmp_path
):
    pytest.importorskip("cryptography", reason="nothing here makes certificates")
    folder = tmp_path_factory.mktemp("tls")
    environment = certificates(folder)
    with Cluster(folder, protocol="tls", **environment) as secured:
        assert secured.address.startswith("tls://")
        words = [sys.executable, "-c", SCORE, str(shards), str(tmp_path), secured.address]
        stranger = subprocess.run(words, check=False, capture_output=True, text=True)
        assert stranger.returncode
        assert "Dask's settings name no certificates" in stranger.stderr
        assert not tables(tmp_path)
        subprocess.run(words, check=True, env={**os.environ, **environment})
    assert_same(tmp_path, undisturbed)


def test_certificates_that_cannot_be_read_are_told(tmp_path):
    import dask

    for content in (None, "no certificate"):
        path = tmp_path / f"{content}.pem"
        if content:
            path.write_text(content)
        settings = {name: str(path) for name in ("ca-file", "client.cert", "client.key")}
        with (
            dask.config.set(
                {f"distributed.comm.tls.{key}": value for key, value in settings.items()}
            ),
            pytest.raises(
                FourpError, match="certificates that Dask's settings name cannot be read"
            ),
        ):
            list(run(str, [1], lost=str, cluster="tls://127.0.0.1:1"))


def certificates(folder):
    """Make an authority with one certificate for all, and return the settings that name them."""
    from distributed import Security

    security = Security.temporary()
    settings = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    authority = folder / "authority.pem"
    authority.write_text(security.tls_ca_file)
    settings["DASK_DISTRIBUTED__COMM__TLS__CA_FILE"] = str(authority)
    for role in ("client", "scheduler", "worker"):
        for what in ("cert", "key"):
            path = folder / f"{role}-{what}.pem"
            path.write_text(getattr(security, f"tls_{role}_{what}"))
            settings[f"DASK_DISTRIBUTED__COMM__TLS__{role.upper()}__{what.upper()}"] = str(path)
    return settings
