"""Reads each file of a folder as `fourp` would, and prints what came of it, in which time and memory.

Each is read in a process of its own, which is ended after a while; the memory is the most that this process,
and the ones that it has files read in, have held.

    python scripts/attack_files.py ../shared/cases/attacks
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

MOST_SECONDS = 300
_AMBIGUOUS = {".json": "label-studio", ".jsonl": "doccano"}
_ARCHIVES = (".warc", ".warc.gz", ".wacz")


def main() -> None:
    """Read the files of a folder one after another."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(outcome(asked.folder)))
        return
    print(f"{'file':30} {'KB':>8} {'seconds':>8} {'MB here':>8} {'MB apart':>9}  outcome")
    for path in sorted(asked.folder.iterdir()):
        if path.is_file() and path.suffix != ".py":
            print(line_of(path), flush=True)


def line_of(path: Path) -> str:
    """Have a file read, and return what is to be printed of it."""
    start = time.monotonic()
    try:
        told = subprocess.run(
            [sys.executable, __file__, str(path), "--one"],
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        came, here, apart = f"NOT ENDED after {MOST_SECONDS} s", 0, 0
    else:
        lines = told.stdout.strip().splitlines()
        if told.returncode or not lines:
            came, here, apart = f"DIED with {told.returncode}: {told.stderr.strip()[-200:]}", 0, 0
        else:
            came, here, apart = json.loads(lines[-1])
    seconds = time.monotonic() - start
    size = path.stat().st_size / 1024
    return f"{path.name[:30]:30} {size:8,.0f} {seconds:8.1f} {here:8,} {apart:9,}  {came}"


def outcome(path: Path) -> tuple[str, int, int]:
    """Read a file here; return what came of it, and the most megabytes held here and in readers."""
    import resource

    from fourp_nlp.errors import FourpError

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    try:
        came = _read(path)
    except FourpError as error:
        came = f"refused: {error.problem}"
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    from fourp_nlp.documents import _isolated_reading as _apart

    apart = max(
        (
            int(line.split()[1]) >> 10
            for reader in _apart._readers._idle  # noqa: SLF001 - measured while it lives
            for line in Path(f"/proc/{reader._process.pid}/status").read_text().splitlines()  # noqa: SLF001
            if line.startswith("VmHWM")
        ),
        default=0,
    )
    dead = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    # A process that has ended is counted with what this one held when it started it.
    return came, here, max(apart, dead if dead > before else 0)


def _read(path: Path) -> str:
    from fourp_nlp.documents import SUPPORTED, read_documents

    if path.suffix in SUPPORTED:
        documents, skipped = read_documents([path])
        characters = int(documents["text"].str.len().sum())
        read = f"read: {len(documents)} document(s), {characters:,} characters"
        return read if skipped.empty else f"refused: {skipped['reason'].iloc[0]}"
    if path.name.endswith(_ARCHIVES):
        from fourp_nlp.websites import import_warc_files

        with tempfile.TemporaryDirectory() as folder:
            return f"read: {len(import_warc_files([path], Path(folder)))} WARC file(s)"
    if path.suffix == ".sqlite":
        from fourp_nlp.coding.store import Store

        return f"read: {len(Store(path).read_documents())} documents of a project's database"
    from fourp_nlp.exchange import format_of

    exchange = format_of(path, _AMBIGUOUS.get(path.suffix, ""), written=False).read()(path)
    return f"read: {len(exchange.sources)} sources, {len(exchange.marks)} codings"


if __name__ == "__main__":
    main()
