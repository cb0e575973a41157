"""How fast segments are scored in batch, and how much memory that takes, into docs/scale.csv.

    python scripts/measure_scale.py [--sizes 10000 100000] [--rounds 1] [--workers 2] [--only PART…]
                                    [--run NAME]
    python scripts/measure_scale.py --tell      # nothing is measured: the table, and what follows

Parts, each a row of the table or several:

bare      segmenting, embedding and scoring documents that lie in memory, in as many processes as there are
          workers; models are loaded before the clock starts, nothing is read or written
local     `score_places` over JSONL shards by processes of this machine: everything from the call to its
          return, starting processes and loading models included
dask      the same by a Dask scheduler and as many workers of one thread, which have loaded no model yet
warc      the same as local over WARC files of web pages with the same sentences (the smallest size only)
growing   one shard of 1,000, 4,000 and 16,000 segments by one worker: its memory

Sentences are made here and are all different, so that no text is found twice. Processor time is that of all
processes together. Rows of the same run with the same part and size are replaced; a run is named by its day,
or by --run, and ratios are taken within a run only, as a machine may be slower on another day.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = ROOT / "docs" / "scale.csv"
SENTENCES = 20  # of one document
PARTS = ("bare", "local", "dask", "warc", "growing")

WHO = (
    "night nurses",
    "hotel cleaners",
    "border officers",
    "two lawyers",
    "the tenants' union",
    "our outreach team",
    "retired teachers",
    "farm workers",
    "the shelter's cook",
    "a magistrate",
    "bus drivers",
    "the youth council",
    "market traders",
    "labour inspectors",
    "three survivors",
    "the harbour master",
    "volunteer interpreters",
    "a landlord",
    "school counsellors",
    "the hotline's staff",
)
DID = (
    "kept a list of",
    "learned to recognise",
    "argued about",
    "paid for",
    "asked the city for",
    "wrote down",
    "refused to share",
    "opened",
    "closed",
    "visited",
    "translated",
    "rehearsed",
    "counted",
    "repaired",
    "handed over",
    "waited for",
    "complained about",
    "celebrated",
    "cancelled",
    "photographed",
)
WHAT = (
    "safe rooms",
    "forged contracts",
    "the missing files",
    "bus tickets",
    "warm meals",
    "evening classes",
    "passports held by employers",
    "unpaid wages",
    "first interviews",
    "legal fees",
    "the referral form",
    "spare beds",
    "recruitment adverts",
    "court dates",
    "telephone cards",
    "work permits",
    "the new by-law",
    "joint patrols",
    "training films",
    "donated coats",
)
WHERE = (
    "behind the station",
    "at the land border",
    "in the east wing",
    "near the fish market",
    "after the hearing",
    "before the harvest",
    "during the strike",
    "in the school gym",
    "on the night bus",
    "under the old statute",
    "with the police",
    "without telling anyone",
    "for the second winter",
    "at short notice",
    "in four languages",
    "by telephone",
    "along the river",
    "outside the consulate",
    "at the clinic",
    "in the annual report",
)
AND = (
    "and",
    "but",
    "because",
    "although",
    "so that",
    "while",
    "until",
    "even when",
    "as soon as",
    "unless",
)


def sentence(random_: random.Random, number: int) -> str:
    """Return a sentence that no other number gives."""
    parts = [
        " ".join(random_.choice(some) for some in (WHO, DID, WHAT, WHERE))
        for _ in range(random_.choice((1, 1, 2, 2, 3)))
    ]
    text = f"{parts[0]} in file {number}"
    for part in parts[1:]:
        text += f", {random_.choice(AND)} {part}"
    return f"{text[0].upper()}{text[1:]}."


def documents(count: int, seed: int) -> Iterator[str]:
    """Yield documents of `SENTENCES` sentences, `count` sentences in all."""
    random_ = random.Random(seed)
    for first in range(0, count, SENTENCES):
        numbers = range(first, min(first + SENTENCES, count))
        yield " ".join(sentence(random_, seed * 10**9 + number) for number in numbers)


def write_jsonl(folder: Path, count: int, shards: int) -> None:
    """Write shards of documents."""
    folder.mkdir(parents=True)
    for number in range(shards):
        with (folder / f"part_{number:05}.jsonl").open("w", encoding="utf-8") as stream:
            for at, text in enumerate(documents(count // shards, number)):
                stream.write(json.dumps({"document": f"{number}-{at}", "text": text}) + "\n")


def write_warcs(folder: Path, count: int, shards: int) -> None:
    """Write WARC files of web pages: navigation, a heading, paragraphs, a footer."""
    import io

    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    folder.mkdir(parents=True)
    links = "".join(f'<li><a href="/{at}">Part {at}</a></li>' for at in range(12))
    for number in range(shards):
        with (folder / f"site_{number}.warc.gz").open("wb") as stream:
            writer = WARCWriter(stream, gzip=True)
            for at, text in enumerate(documents(count // shards, number)):
                said = text.split(". ")
                body = "".join(
                    f"<p>{'. '.join(said[first : first + 5])}.</p>"
                    for first in range(0, len(said), 5)
                )
                page = (
                    f"<!doctype html><html lang=en><head><title>Page {at}</title></head><body><nav><ul>"
                    f"{links}</ul></nav><main><h1>Report {number}-{at}</h1>{body}</main>"
                    "<footer>Call us by day or night.</footer></body></html>"
                )
                headers = StatusAndHeaders(
                    "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
                )
                writer.write_record(
                    writer.create_warc_record(
                        f"http://site{number}.example/{at}",
                        "response",
                        payload=io.BytesIO(page.encode()),
                        http_headers=headers,
                    )
                )


# What is measured, each in a process of its own.


def bare_worker(files: list[str], barrier: Any, results: Any) -> None:
    """Score documents that were read before the clock started."""
    import hashlib

    from fourp_nlp.machine.classifier import load_model
    from fourp_nlp.machine.encoder import embed_layers, load_encoder
    from fourp_nlp.machine.shipped_model import shipped_model
    from fourp_nlp.machine.suggestions import score
    from fourp_nlp.segments import segment
    from fourp_nlp.tables import DOCUMENTS, conform

    model, encoder = load_model(shipped_model()), load_encoder()
    rows = [
        json.loads(line) for file in files for line in Path(file).read_text("utf-8").splitlines()
    ]
    blocks, size = [[]], 0
    for row in rows:
        if size >= 300_000:
            blocks.append([])
            size = 0
        blocks[-1].append(row)
        size += len(row["text"])

    def score_block(block: list[dict[str, str]]) -> int:
        frame = pd.DataFrame(block).assign(path="", case="", group="", kind="", date="", speaker="")
        frame["sha256"] = [hashlib.sha256(text.encode()).hexdigest() for text in frame["text"]]
        frame = conform(frame, DOCUMENTS)
        segments = segment(frame)
        score(frame, segments, embed_layers(segments["text"].tolist(), encoder), model, encoder)
        return len(segments)

    score_block(rows[:1])
    barrier.wait()
    began = time.monotonic()
    count = sum(score_block(block) for block in blocks)
    results.put((count, began, time.monotonic()))


def one_bare(folder: Path, workers: int) -> dict[str, float]:
    """Measure the classifier alone."""
    files = sorted(map(str, folder.glob("*.jsonl")))
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(workers), context.Queue()
    processes = [
        context.Process(target=bare_worker, args=(files[at::workers], barrier, results))
        for at in range(workers)
    ]
    for process in processes:
        process.start()
    told = [results.get() for _ in processes]
    for process in processes:
        process.join()
    began, ended = min(row[1] for row in told), max(row[2] for row in told)
    return {"segments": sum(row[0] for row in told), "seconds": ended - began}


def one_scored(folder: Path, workers: int, address: str, out: Path) -> dict[str, float]:
    """Measure batch scoring."""
    from fourp_nlp.batch import score_places
    from fourp_nlp.machine.shipped_model import shipped_model

    began = time.monotonic()
    made = score_places([folder], out, shipped_model(), workers=workers, cluster=address)
    seconds = time.monotonic() - began
    if made.failed or made.total("failed"):
        raise SystemExit(f"failed: {made.failed}")
    return {"segments": made.total("segments"), "seconds": seconds}


class Sampler(threading.Thread):
    """Looks five times a second at what processes use."""

    def __init__(self, driver: int, others: list[int]) -> None:
        super().__init__(daemon=True)
        self._driver, self._others = driver, others
        self._done = threading.Event()
        self._before: dict[int, float] = {}
        self._processor: dict[int, float] = {}
        self.driver = self.worker = 0

    def run(self) -> None:
        """Look until told to stop."""
        while not self._done.wait(0.2):
            self._look()

    def _look(self) -> None:
        import psutil

        try:
            below = [one.pid for one in psutil.Process(self._driver).children(recursive=True)]
        except psutil.Error:
            below = []
        for pid in [self._driver, *below, *self._others]:
            try:
                process = psutil.Process(pid)
                used, times = process.memory_info().rss, process.cpu_times()
            except psutil.Error:
                continue
            spent = times.user + times.system
            if pid in self._others:
                # A cluster's worker lived before.
                spent -= self._before.setdefault(pid, spent)
            self._processor[pid] = spent
            if pid == self._driver:
                self.driver = max(self.driver, used)
            else:
                self.worker = max(self.worker, used)

    def stop(self) -> float:
        """Stop, and return the processor time of all processes."""
        self._done.set()
        self.join()
        return sum(self._processor.values())


def measure(
    part: str,
    folder: Path,
    workers: int,
    cluster: Any = None,
) -> dict[str, Any]:
    """Measure one part in a process of its own, and watch it."""
    address = cluster.address if cluster else ""
    others = cluster.worker_pids() if cluster else []
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        words = [sys.executable, __file__, "--one", part, str(folder), str(workers), address, name]
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        sampler = Sampler(process.pid, others)
        sampler.start()
        told, _ = process.communicate()
        processor = sampler.stop()
        if process.returncode:
            raise SystemExit(f"{part} failed")
        made = json.loads(told.splitlines()[-1])
        written = sum(path.stat().st_size for path in Path(name).rglob("*.parquet"))
    read = sum(path.stat().st_size for path in folder.iterdir())
    segments, seconds = int(made["segments"]), float(made["seconds"])
    row = {
        "part": part,
        "segments": segments,
        "shards": len(list(folder.iterdir())),
        "workers": workers,
        "seconds": round(seconds, 1),
        "segments_per_second": round(segments / seconds, 1),
        "processor_seconds": round(processor, 1),
        "segments_per_processor_second": round(segments / processor, 1),
        "driver_mb": round(sampler.driver / 2**20),
        "worker_mb": round(sampler.worker / 2**20),
        "read_mb": round(read / 2**20, 2),
        "written_mb": round(written / 2**20, 2),
        "load_before": round(load, 2),
        "processors": os.cpu_count(),
    }
    print(json.dumps(row), flush=True)
    return row


def keep(rows: list[dict[str, Any]], run: str) -> None:
    """Put rows into the table, in place of earlier ones of the same run, part and size."""
    frame = pd.DataFrame(rows)
    frame.insert(0, "run", run)
    if TABLE.exists():
        old = pd.read_csv(TABLE)
        keys = ["run", "part", "segments", "shards"]
        known = pd.MultiIndex.from_frame(frame[keys])
        frame = pd.concat([old[~pd.MultiIndex.from_frame(old[keys]).isin(known)], frame])
    order = frame["part"].map({part: at for at, part in enumerate(PARTS)})
    frame = frame.assign(order=order, last=frame["part"] == "growing")
    frame = frame.sort_values(["run", "last", "segments", "order"], kind="stable")
    frame.drop(columns=["order", "last"]).to_csv(TABLE, index=False, lineterminator="\n")


WORDS = {
    "bare": "bare, {workers} processes",
    "local": "local, {workers} workers",
    "dask": "Dask, scheduler and {workers} workers",
    "warc": "local, from WARC files of pages",
    "growing": "one shard, one worker",
}


def tell() -> None:
    """Print the table for a page, the ratios in it, and what 10^9 segments would take."""
    frame = pd.read_csv(TABLE)
    for row in frame.to_dict("records"):
        cells = [
            row["run"],
            WORDS[row["part"]].format(workers=row["workers"]),
            f"{row['segments']:,}",
            f"{row['seconds']:,.1f}",
            f"{row['segments_per_second']:.0f}",
            f"{row['segments_per_processor_second']:.0f}",
            f"{row['driver_mb']:,}",
            f"{row['worker_mb']:,}",
        ]
        print(f"| {' | '.join(cells)} |")
    print()
    rates = frame.pivot_table(
        index=["run", "segments"], columns="part", values="segments_per_second"
    )
    for (run, size), rate in rates.iterrows():
        for part, of in (("dask", "local"), ("local", "bare"), ("dask", "bare")):
            if rate.get(part, 0) > 0 and rate.get(of, 0) > 0:
                print(f"{run}, {size:,} segments: {part} / {of} = {rate[part] / rate[of]:.2f}")
    growing = frame[frame["part"] == "growing"].sort_values("segments")
    if len(growing) > 1:
        more = growing["segments"].iloc[-1] / growing["segments"].iloc[0]
        memory = growing["worker_mb"].iloc[-1] / growing["worker_mb"].iloc[0] - 1
        print(f"one shard of {more:.0f} times the segments: {memory:+.0%} memory")
    largest = frame[frame["part"] == "local"].sort_values("segments").iloc[-1]
    seconds = 1e9 / largest["segments_per_processor_second"]
    disk = 1e9 / largest["segments"] * largest["written_mb"] * 2**20 / 1e9
    print(
        f"10^9 segments, from the row of {largest['segments']:,}: {seconds / 1e6:.1f} million processor "
        f"seconds, {seconds / 3600:,.0f} hours of one processor, {seconds / 3600 / 100:.0f} of a hundred; "
        f"{disk:.0f} GB of scores"
    )


def main() -> None:
    """Measure what was asked for and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--run", default=datetime.now(UTC).date().isoformat())
    parser.add_argument("--tell", action="store_true")
    given = parser.parse_args()
    if given.tell:
        tell()
        return
    from tests.dask_cluster import Cluster

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for size in given.sizes:
            # Ten shards a worker at least, of 2,500 segments at most.
            shards = max(size // 2500, 10 * given.workers)
            write_jsonl(place / str(size), size, shards)
            rows: list[dict[str, Any]] = []
            for at in range(given.rounds):
                for part in [part for part in ("bare", "local", "dask") if part in given.only]:
                    if part != "dask":
                        rows.append(measure(part, place / str(size), given.workers))
                        continue
                    (place / f"cluster-{size}-{at}").mkdir()
                    with Cluster(place / f"cluster-{size}-{at}", given.workers) as cluster:
                        cluster.wait(given.workers)
                        rows.append(measure(part, place / str(size), given.workers, cluster))
            if size == min(given.sizes) and "warc" in given.only:
                write_warcs(place / "warc", size, shards)
                rows.append(measure("warc", place / "warc", given.workers))
            if rows:
                keep(rows, given.run)
        if "growing" in given.only:
            rows = []
            for size in (1_000, 4_000, 16_000):
                write_jsonl(place / f"growing-{size}", size, 1)
                rows.append(measure("growing", place / f"growing-{size}", 1))
            keep(rows, given.run)


def one(words: list[str]) -> None:
    """Measure one part in this process and print what came of it."""
    part, folder, workers, address, out = words
    told = (
        one_bare(Path(folder), int(workers))
        if part == "bare"
        else one_scored(Path(folder), int(workers), address, Path(out) / "scores")
    )
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2:])
    else:
        main()
