"""How long a large project takes to go out as REFI-QDA and come back, and how much memory.

    python scripts/time_interchange.py [--documents 1000] [--codings 200000]

Makes a project of invented words in a temporary folder: documents of 600 words with line ends, accents and
emoji, fifty codes, four coders and a machine with a probability and a reason for each coding. Each step
runs in a process of its own, so that its peak of memory is its own. The project comes back the same, or
the script ends with an error. Then the same file is read with all offsets counted in UTF-16 units, which
the reader has to find out, and with no names of selections, which leaves nothing to find out.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from fourp_nlp.exchange import (
    MARKS,
    NODES,
    SOURCES,
    USERS,
    Exchange,
    guid_of,
    read_qdpx,
    write_qdpx,
)
from fourp_nlp.tables import conform

CODERS = ("Anna", "Ben", "Chen", "Dora", "four-ps@0123abcd")
CODES = 50


def invented(documents: int, codings: int) -> Exchange:
    """Return a project of invented words; the same for the same numbers."""
    draw = np.random.default_rng(20260301)
    letters = np.array([*"abcdefghijklmnopqrstuvwxyzéüñ"])
    words = ["".join(draw.choice(letters, draw.integers(2, 10))) for _ in range(5000)]
    words += ["👩‍👧", "🙂", "“so”", "قالت"]
    texts, places = [], []
    for _ in range(documents):
        chosen = [words[one] for one in draw.integers(0, len(words), 600)]
        ends = np.where(draw.random(600) < 0.08, "\n", " ").tolist()
        texts.append("".join(word + end for word, end in zip(chosen, ends, strict=True)).strip())
        lengths = np.array([len(word) + 1 for word in chosen])
        places.append(np.cumsum(lengths) - lengths)
    names = [f"interview {number:04d}.txt" for number in range(documents)]
    source = np.sort(draw.integers(0, documents, codings))
    first = draw.integers(0, 580, codings)
    last = first + draw.integers(1, 20, codings)
    start = np.array([places[d][a] for d, a in zip(source, first, strict=True)])
    end = np.array([places[d][b] - 1 for d, b in zip(source, last, strict=True)])
    order = np.lexsort((end, start, source))
    source, start, end = source[order], start[order], end[order]
    coder = draw.integers(0, len(CODERS), codings)
    machine = coder == len(CODERS) - 1
    nodes = [guid_of("node", f"code_{n}") for n in range(CODES)]
    users = [guid_of("user", name) for name in CODERS]
    guids = [guid_of("source", name) for name in names]
    marks = pd.DataFrame(
        {
            "guid": [guid_of("mark", n) for n in range(codings)],
            "source": [guids[d] for d in source],
            "start": start,
            "end": end,
            "node": [nodes[n] for n in draw.integers(0, CODES, codings)],
            "user": [users[n] for n in coder],
            "quote": [texts[d][a:b] for d, a, b in zip(source, start, end, strict=True)],
            "made_at": "2026-03-01T10:00:00Z",
            "probability": np.where(machine, draw.random(codings), np.nan),
            "why": np.where(machine, "like a sentence that was coded so", ""),
        }
    )
    return Exchange(
        name="invented",
        sources=pd.DataFrame(
            {"guid": guids, "document": names, "text": texts, "has_text": True, "kind": "text"}
        ).assign(description=""),
        nodes=pd.DataFrame(
            {"guid": nodes, "parent": "", "code": "", "name": [f"Code {n}" for n in range(CODES)]}
        ).assign(description="", color="", codable=True),
        users=pd.DataFrame(
            {"guid": users, "coder": CODERS, "machine": [False, False, False, False, True]}
        ),
        marks=conform(marks, MARKS),
    ).conformed()


def measured(step: str, start: float, used: float) -> str:
    """Return a line of the output: seconds that passed, and those of the processor."""
    seconds, used = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )
    return f"{step:<34} {seconds:6.1f} s, processor {used:5.1f} s, peak {peak:6.0f} MB"


def write(path: Path, documents: int, codings: int) -> str:
    """Make a project and write it."""
    exchange = invented(documents, codings)
    start, used = time.perf_counter(), time.process_time()
    lost = write_qdpx(exchange, path)
    told = measured("written (peak with its making)", start, used)
    if len(lost):
        sys.exit(f"lost in writing:\n{lost.to_string()}")
    return told


def read(path: Path, step: str, documents: int, codings: int) -> str:
    """Read a project, and see that it is the same."""
    start, used = time.perf_counter(), time.process_time()
    came = read_qdpx(path)
    told = measured(step, start, used)
    went = invented(documents, codings)
    if not came.losses.empty:
        sys.exit(f"lost in reading:\n{came.losses.to_string()}")
    for name, table in (("sources", SOURCES), ("nodes", NODES), ("users", USERS), ("marks", MARKS)):
        pd.testing.assert_frame_equal(
            conform(getattr(came, name), table),
            conform(getattr(went, name), table),
            check_exact=True,
        )
    return f"{told}\n    {'; '.join(came.remarks)}"


def recounted(path: Path, to: Path, *, named: bool) -> None:
    """Write the same project with offsets in UTF-16 units, or without names of selections."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        texts = {n[8:-4]: old.read(n).decode() for n in old.namelist() if n.startswith("sources/")}
        for name, text in texts.items():
            new.writestr(f"sources/{name}.txt", text)
        xml = old.read("project.qde").decode()
        if not named:
            new.writestr(
                "project.qde", re.sub(r'(<PlainTextSelection[^>]*?) name="[^"]*"', r"\1", xml)
            )
            return
        edges = np.zeros(1, dtype=np.int64)

        def change(found: re.Match[str]) -> str:
            nonlocal edges
            if found[1]:
                points = np.frombuffer(texts[found[1].lower()].encode("utf-32-le"), dtype=np.uint32)
                edges = np.concatenate(([0], np.cumsum(1 + (points > 0xFFFF))))
                return found[0]
            return f'{found[2]}="{edges[int(found[3])]}"'

        pattern = r'<TextSource guid="([^"]*)"|(startPosition|endPosition)="(\d+)"'
        new.writestr("project.qde", re.sub(pattern, change, xml))


def main() -> None:
    """Write and read, and print seconds and megabytes."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--documents", type=int, default=1000)
    options.add_argument("--codings", type=int, default=200_000)
    given = options.parse_args()
    size = (given.documents, given.codings)
    print(f"{given.documents:,} documents, {given.codings:,} codings")

    def alone(function, *arguments):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(function, *arguments).result()

    with TemporaryDirectory() as folder:
        plain, utf_16, bare = (Path(folder) / f"{name}.qdpx" for name in ("plain", "utf16", "bare"))
        print(alone(write, plain, *size))
        with zipfile.ZipFile(plain) as package:
            xml = package.getinfo("project.qde").file_size
        print(
            f"    {plain.stat().st_size / 1e6:.0f} MB, of which the .qde unfolds to {xml / 1e6:.0f} MB"
        )
        print(alone(read, plain, "read", *size))
        alone(recounted_named, plain, utf_16)
        print(alone(read, utf_16, "read, offsets in UTF-16 units", *size))
        alone(recounted_bare, plain, bare)
        print(alone(read, bare, "read, selections without names", *size))


def recounted_named(path: Path, to: Path) -> None:
    """Write the same project with offsets in UTF-16 units."""
    recounted(path, to, named=True)


def recounted_bare(path: Path, to: Path) -> None:
    """Write the same project without names of selections."""
    recounted(path, to, named=False)


if __name__ == "__main__":
    main()
