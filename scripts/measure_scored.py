"""Measure drawing from, counting, correcting and reporting very many scored segments.

    python scripts/measure_scored.py FOLDER [SEGMENTS]

writes made-up scores of that many segments (10 million by default) into FOLDER, in forty shards, and prints
the seconds and the memory that each step takes, each in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SHARDS, PAGE, GROUPS = 40, 33, 4
CODES = [f"code_{number}" for number in range(11)]


def write(folder: Path, total: int) -> None:
    """Write scores in which a tenth of a code's suggestions and of the others is wrong."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for part in ("segments", "pages"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    record = {"model": "made@up", "codes": CODES, "themes": ["t"] * len(CODES), "unit": "sentence"}
    (folder / "scored.json").write_text(json.dumps(record))
    random = np.random.default_rng(0)
    kinds = [
        f"This is one of the sentences that a page is made of, number {k:03d}." for k in range(997)
    ]
    length, size = len(kinds[0]), total // SHARDS
    page, segment = np.arange(size) // PAGE, np.arange(size) % PAGE
    for shard in range(SHARDS):
        site, group = f"site_{shard:02d}", f"group_{shard % GROUPS}"
        names = [f"{site}/site.example/{number}" for number in range(int(page[-1]) + 1)]
        nought = pa.array(np.zeros(size, dtype=np.int64))
        columns = {
            "document": pa.array(names).take(pa.array(page)),
            "segment": pa.array(segment.astype(np.int32)),
            "start": pa.array((segment * (length + 1)).astype(np.int32)),
            "end": pa.array((segment * (length + 1) + length).astype(np.int32)),
            "text": pa.array(kinds).take(pa.array(np.arange(size) % len(kinds))),
            "role": pa.array([""]).take(nought),
            "site": pa.array([site]).take(nought),
            "group": pa.array([group]).take(nought),
            "copies": pa.array(np.ones(size, dtype=np.int32)),
            "words": pa.array(np.full(size, 14, dtype=np.int32)),
        }
        for code in CODES:
            chances = random.beta(0.4, 4.0, size).astype(np.float32)
            columns[f"p_{code}"] = pa.array(chances)
            columns[f"s_{code}"] = pa.array(chances > 0.5)
        pq.write_table(
            pa.table(columns), folder / "segments" / f"{site}.parquet", row_group_size=12_000
        )
        held = np.bincount(page)
        texts = {
            "url": [f"https://site.example/{number}" for number in range(len(names))],
            **dict.fromkeys(("title", "warc", "record_id", "sha256"), ["x"] * len(names)),
            "fetched_at": ["2026-01-01T00:00:00Z"] * len(names),
            "status": ["kept"] * len(names),
        }
        ones = {"copies": np.ones(len(names), int), "repeated_words": np.zeros(len(names), int)}
        pages = {
            "document": names,
            "site": [site] * len(names),
            "group": [group] * len(names),
            **texts,
            **ones,
            "words": held * 14,
            "segments": held,
        }
        pq.write_table(pa.table(pages), folder / "pages" / f"{site}.parquet")


def step(folder: Path, what: str) -> None:
    """Do one thing and print what it took."""
    from fourp_nlp import batch as scoring

    began = time.perf_counter()
    if what == "draw":
        scoring.draw_scored(folder, count=1000, coder="a", seed=1, overwrite=True)
    elif what == "draw within sites":
        scoring.draw_scored(folder, count=1000, coder="b", seed=1, stratify="site", overwrite=True)
    elif what == "take in":
        import pandas as pd

        sheet = min(folder.glob("next_d1-*.csv"))
        rows = pd.read_csv(sheet, dtype=str, keep_default_na=False)
        given = np.random.default_rng(2).random(len(rows)) < 0.1
        rows[CODES[0]], rows["none"] = np.where(given, "x", ""), np.where(given, "", "x")
        rows.to_csv(folder / "filled.csv", index=False)
        scoring.import_scored_sheet(folder, folder / "filled.csv", coder="a")
    elif what == "count":
        scoring.count_scored(folder)
    elif what == "correct":
        scoring.estimate_scored(folder, coder="a")
    else:
        scoring.report_scored(folder)
    taken = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<20}{taken:8.1f} s {memory:8.0f} MiB", flush=True)


def main() -> None:
    """Write, then measure step by step."""
    folder = Path(sys.argv[1])
    if len(sys.argv) > 3:
        step(folder, sys.argv[3])
        return
    total = int(float(sys.argv[2])) if len(sys.argv) > 2 else 10_000_000
    if not (folder / "scored.json").exists():
        write(folder, total)
    print(f"{total:,} segments in {SHARDS} shards, {len(CODES)} codes", flush=True)
    for what in ("draw", "draw within sites", "take in", "count", "correct", "report"):
        subprocess.run([sys.executable, __file__, str(folder), str(total), what], check=True)


if __name__ == "__main__":
    main()
