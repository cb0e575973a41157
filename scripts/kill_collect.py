"""Kill collections at random moments, go on, and compare what is there with an undisturbed collection.

    python scripts/kill_collect.py [--times 20] [--sites 12] [--seed 1]

Twenty times the driver is killed (kill -9), and twenty times a crawling process. After each kill, processes
that outlive the driver are looked for; then the same collection is run again to its end, and the URL and
payload digest of every response in every WARC file are compared with those of the undisturbed run.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.website_server import sites_csv, websites

DRIVER = """
import sys
from pathlib import Path
from fourp_nlp.websites import Limits, collect_sites, read_sites
sites = read_sites(sys.argv[1], limits=Limits(delay=0.05))
made = collect_sites(sites, Path(sys.argv[2]), allowed=("127.0.1.0/24",), processes=2)
sys.exit(0 if len(made.done) == len(sites) else 3)
"""
# Plain sites, and some with redirects, errors, traps and answers that break off.
NUMBERS = (29, 30, 31, 32, 33, 34, 2, 7, 15, 17, 22, 23)


def start(listed: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a collection in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", DRIVER, str(listed), str(out)])


def held(folder: Path) -> dict[str, Counter[tuple[str, str]]]:
    """Return URL and payload digest of every response in every WARC file."""
    from warcio.archiveiterator import ArchiveIterator

    found = {}
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as stream:
            found[path.name] = Counter(
                (
                    record.rec_headers.get_header("WARC-Target-URI"),
                    record.rec_headers.get_header("WARC-Payload-Digest"),
                )
                for record in ArchiveIterator(stream)
                if record.rec_type == "response"
            )
    return found


def until_gone(processes: list[psutil.Process], patience: float) -> tuple[float, int]:
    """Return the seconds until processes are gone, and how many are not."""
    began = time.monotonic()
    _, left = psutil.wait_procs(processes, timeout=patience)
    return time.monotonic() - began, len(left)


def kill(victims: list[psutil.Process]) -> bool:
    """Kill processes; say whether there was one to kill."""
    killed = False
    for victim in victims:
        try:
            # One that has ended, and that nobody asked about yet, is dead already.
            alive = victim.status() != psutil.STATUS_ZOMBIE
            os.kill(victim.pid, signal.SIGKILL)
        except (psutil.NoSuchProcess, ProcessLookupError):
            continue
        killed = killed or alive
    return killed


def one(kind: str, listed: Path, whole: dict[str, Counter[tuple[str, str]]], span: float, chance):
    """Kill once and go on; return what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        moment = chance.uniform(0.0, span)
        process = start(listed, out)
        driver = psutil.Process(process.pid)
        began = time.monotonic()
        while time.monotonic() - began < moment and process.poll() is None:
            time.sleep(0.005)
        crawlers = driver.children() if process.poll() is None else []
        alive = process.poll() is None
        killed = kill(([driver] if kind == "driver" else crawlers[:1]) if alive else [])
        code = process.wait(120)
        killed = killed and (kind == "crawler" or code == -signal.SIGKILL)
        seconds, orphans = until_gone(crawlers, 10)
        done = len(list(out.glob("*.done.json")))
        again = start(listed, out).wait(300)
        found = held(out)
        loss = sum(sum((whole[name] - found.get(name, Counter())).values()) for name in whole)
        twice = sum(sum((found[name] - whole.get(name, Counter())).values()) for name in found)
        left = len([*out.glob(".*.part"), *out.glob(".*.tmp")])
        return {
            "killed": kind if killed else "",
            "at_s": round(moment, 2),
            "exit": code,
            "sites_done_then": done,
            "orphans": orphans,
            "gone_after_s": round(seconds, 2),
            "rerun_exit": again,
            "lost": loss,
            "twice_or_other": twice,
            "leftovers": left,
            "equal": found == whole,
        }


def main() -> None:
    """Print a row for every kill, and their sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--sites", type=int, default=len(NUMBERS))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with websites() as server, tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "sites.csv"
        listed.write_text(sites_csv(server, NUMBERS[: asked.sites]), encoding="utf-8")
        began = time.monotonic()
        if start(listed, Path(folder) / "whole").wait(300):
            sys.exit("The undisturbed run failed.")
        span = time.monotonic() - began
        whole = held(Path(folder) / "whole")
        records = sum(sum(found.values()) for found in whole.values())
        print(f"undisturbed: {len(whole)} sites, {records} responses, {span:.1f} s")
        rows = []
        for kind in ("driver", "crawler"):
            killed = 0
            while killed < asked.times:
                row = one(kind, listed, whole, span, chance)
                # Before the crawlers are there, and after all is done, there is none to kill.
                killed += bool(row["killed"])
                rows += [row] if row["killed"] else []
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    print(
        table.groupby("killed", sort=False)
        .agg(
            runs=("equal", "size"),
            equal=("equal", "sum"),
            lost=("lost", "sum"),
            twice_or_other=("twice_or_other", "sum"),
            orphans=("orphans", "sum"),
            leftovers=("leftovers", "sum"),
            slowest_end_s=("gone_after_s", "max"),
        )
        .to_string()
    )
    sys.exit(0 if table["equal"].all() and not table["orphans"].any() else 1)


if __name__ == "__main__":
    main()
