"""Kill batch scoring at random moments, go on, and compare the tables with those of an undisturbed run.

    python scripts/kill_score.py [--times 20] [--seed 1] [--only local|cluster] [--victim worker|driver]

Twenty times a worker is killed (kill -9), and twenty times the driver, with processes of this machine and
with a Dask cluster (a scheduler and two workers on loopback). A moment is a number of finished shards, drawn
from none to all but one, and a part of what a shard takes after that, so that it does not matter how busy the
machine is. A run that ended before its moment came is told and does not count. After each, what the killed
run left is looked at, the same is asked for again, and every table is compared with the undisturbed run's,
value by value.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fourp_nlp.batch import score_places
from fourp_nlp.machine.shipped_model import shipped_model
from tests.dask_cluster import Cluster
from tests.warc_files import write_warc

DRIVER = """
import sys
from pathlib import Path
from fourp_nlp.batch import score_places
from fourp_nlp.machine.shipped_model import shipped_model
made = score_places([Path(sys.argv[1])], Path(sys.argv[2]), shipped_model(), workers=2, cluster=sys.argv[3])
sys.exit(3 if made.failed else 0)
"""
PATIENCE = 300


def write_shards(folder: Path, random_: random.Random) -> None:
    """Write eight JSONL shards of unequal size, and two WARC files of sites."""
    who = ["nurses", "officers", "tenants", "lawyers", "teachers", "cooks"]
    what = ["trained", "met", "housed", "escorted", "warned", "counted"]
    for number in range(8):
        rows = []
        for _ in range(random_.randrange(20, 60)):
            said = [
                f"{random_.choice(who)} {random_.choice(what)} {random_.randrange(10**6)} "
                f"{random_.choice(who)} near the harbour."
                for _ in range(4)
            ]
            rows.append({"text": " ".join(text.capitalize() for text in said)})
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"part_{number}.jsonl").write_text(lines)
    for site in (30, 31):
        places = ["/", "/about", "/work", "/news/1", "/news/2", "/news/3"]
        write_warc(folder / f"site_{site}.warc.gz", [(site, place) for place in places])


def start(shards: Path, out: Path, address: str) -> subprocess.Popen[bytes]:
    """Start scoring in a process of its own."""
    words = [sys.executable, "-c", DRIVER, str(shards), str(out), address]
    return subprocess.Popen(words, stderr=subprocess.DEVNULL)


def workers_of(parents: list[int]) -> list[psutil.Process]:
    """Return the processes below these that do the work."""
    found = []
    for parent in parents:
        try:
            below = psutil.Process(parent).children(recursive=True)
            found += [one for one in below if "resource_tracker" not in " ".join(one.cmdline())]
        except psutil.Error:
            continue
    return found


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table of a folder of scores."""
    return {
        path.relative_to(folder).as_posix(): pd.read_parquet(path)
        for path in sorted(folder.glob("*/*.parquet"))
    }


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> bool:
    """Say whether tables are equal, value by value."""
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


def undisturbed(shards: Path, out: Path, address: str) -> tuple[float, dict[str, pd.DataFrame]]:
    """Score without a kill; return seconds from claim to end, and the tables."""
    running = start(shards, out, address)
    claimed = await_claim(running, out)
    if running.wait(timeout=PATIENCE):
        raise SystemExit("the undisturbed run failed")
    return time.monotonic() - claimed, tables(out)


def await_claim(running: subprocess.Popen[bytes], out: Path) -> float:
    """Wait until a run has claimed its folder."""
    while not (out / "scored.json").exists():
        if running.poll() is not None:
            raise SystemExit("a run ended before it began to score")
        time.sleep(0.01)
    return time.monotonic()


def kill_once(
    shards: Path,
    out: Path,
    cluster: Cluster | None,
    victim: str,
    finished: int,
    delay: float,
    expected: dict[str, pd.DataFrame],
) -> dict[str, object]:
    """Kill once, go on, and say what came of it."""
    address = cluster.address if cluster else ""
    running = start(shards, out, address)
    await_claim(running, out)
    while len(list(out.glob("pages/*.parquet"))) < finished and running.poll() is None:
        time.sleep(0.005)
    time.sleep(delay)
    below = workers_of(cluster.nannies if cluster else [running.pid])
    met = running.poll() is None
    if victim == "driver":
        running.kill()
    elif below and met:
        random.Random(delay).choice(below).kill()
    else:
        met = False
    code = running.wait(timeout=PATIENCE)
    outlived = 0
    if victim == "driver" and cluster is None:
        outlived = len(psutil.wait_procs(below, timeout=20)[1])
    before = len(list((out / "pages").glob("*.parquet")))
    again = score_places([shards], out, shipped_model(), workers=2, cluster=address)
    give_up = time.monotonic() + 20
    # What the killed driver had asked of a cluster's worker, that worker still ends.
    while list(out.rglob("*.tmp")) and time.monotonic() < give_up:
        time.sleep(0.1)
    return {
        "met": met,
        "went on": code == 0,
        "finished before": before,
        "again": not again.failed,
        "same": same(tables(out), expected),
        "left": len(list(out.rglob("*.tmp"))),
        "outlived": outlived,
    }


def main() -> None:
    """Do all of it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["local", "cluster"])
    parser.add_argument("--victim", choices=["worker", "driver"])
    given = parser.parse_args()
    random_ = random.Random(given.seed)
    began = time.monotonic()
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shards = folder / "shards"
        shards.mkdir()
        write_shards(shards, random_)
        try:
            with Cluster(folder) as cluster:
                # Its workers load the model once in their lives: the second run tells how long one is.
                cluster.wait()
                undisturbed(shards, folder / "first", cluster.address)
                lasts = {}
                lasts["local"], expected = undisturbed(shards, folder / "local", "")
                lasts["cluster"], made = undisturbed(shards, folder / "dask", cluster.address)
                print(f"undisturbed: {lasts}, the same tables: {same(made, expected)}", flush=True)
                for place in [given.only] if given.only else list(lasts):
                    for victim in [given.victim] if given.victim else ["worker", "driver"]:
                        met = number = 0
                        while met < given.times:
                            out = folder / f"{place}-{victim}-{number}"
                            # Without any shard finished, most of the time goes into starting.
                            finished = random_.randrange(len(expected) // 2)
                            delay = random_.uniform(0, 0.3 if finished else lasts[place] / 2)
                            on = cluster if place == "cluster" else None
                            told = kill_once(shards, out, on, victim, finished, delay, expected)
                            rows.append({"where": place, "killed": victim, **told})
                            print(place, victim, finished, f"{delay:.2f} s", told, flush=True)
                            met, number = met + bool(told["met"]), number + 1
        except KeyboardInterrupt:
            print("interrupted; what was done so far:")
    tell(rows)
    print(f"{(time.monotonic() - began) / 60:.0f} minutes")


def tell(rows: list[dict[str, object]]) -> None:
    """Print a table of what came of all kills."""
    summary = (
        pd.DataFrame(rows)
        .groupby(["where", "killed"])
        .agg(
            runs=("met", "size"),
            killed_while_running=("met", "sum"),
            went_on_by_itself=("went on", "sum"),
            shards_finished_before=("finished before", "mean"),
            second_run_done=("again", "sum"),
            tables_equal=("same", "sum"),
            temporary_files=("left", "sum"),
            workers_outliving=("outlived", "sum"),
        )
    )
    print(summary.to_string())


if __name__ == "__main__":
    main()
