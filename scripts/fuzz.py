"""Damages valid files of every kind that is read, and looks at what comes of reading them.

Each input is read in a process of its own with a limit of time and memory. What is wanted: it is accepted, or
refused with a sentence of ours. Anything else ends with exit status 1: another exception, a reading that does
not end in time, a process that takes more than 2 GB or dies.

    python scripts/fuzz.py --count 2000 --seed 1
    python scripts/fuzz.py --seed 1 --only 137 --keep /tmp/found     # one input again, and written down

Number n of a seed is always the same input, as long as the valid files are.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]
from fuzz_inputs import CODES, TEXT, mutated, write_seeds

SECONDS = 20.0
MOST_MB = 2048
_STARTING = 120.0


class Outcome(NamedTuple):
    """What came of one input."""

    number: int
    kind: str
    came: str
    said: str
    seconds: float
    mb: int


def main() -> None:
    """Damage files and read them, as many as are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--only", type=int, help="this number alone")
    parser.add_argument("--kind", default="", help="only kinds whose name has this in it")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the inputs that failed")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(Path(asked.work))
        return
    with tempfile.TemporaryDirectory(prefix="fourp_fuzz_") as name:
        sys.exit(run(Path(name), asked))


def run(folder: Path, asked: argparse.Namespace) -> int:
    """Write the valid files, read the damaged ones, and return the exit status."""
    seeds = write_seeds(folder)
    kinds = list(seeds)
    numbers = [asked.only] if asked.only is not None else range(asked.count)
    numbers = [n for n in numbers if asked.kind in kinds[n % len(kinds)]]
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in numbers:
        waiting.put(number)
    outcomes: list[Outcome] = []
    # What refuses the valid files as well would find nothing.
    first = Reader(folder, asked.seconds)
    for kind, path in seeds.items() if asked.only is None else ():
        outcome = first.read(-1, kind, path)
        if outcome.came != "accepted":
            print(
                f"The valid file of the kind {kind} is not accepted ({outcome.came}): {outcome.said}"
            )
            outcomes.append(outcome)
    first.end()
    if outcomes:
        return 1

    def read_some() -> None:
        reader = Reader(folder, asked.seconds)
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                break
            kind = kinds[number % len(kinds)]
            seed = seeds[kind]
            chance = random.Random(f"{asked.seed}:{number}")
            data = mutated(seed.read_bytes(), kind, chance)
            with tempfile.TemporaryDirectory(dir=folder) as inside:
                path = Path(inside) / seed.name
                path.write_bytes(data)
                outcome = reader.read(number, kind, path)
            outcomes.append(outcome)
            if outcome.came not in {"accepted", "refused"} or outcome.mb > MOST_MB:
                print(
                    f"seed {asked.seed}, number {number}, {kind}: {outcome.came}, {outcome.seconds:.1f} s, "
                    f"{outcome.mb} MB\n{outcome.said}",
                    flush=True,
                )
                print(
                    f"  again: python scripts/fuzz.py --seed {asked.seed} --only {number} --keep DIR",
                    flush=True,
                )
                if asked.keep:
                    asked.keep.mkdir(parents=True, exist_ok=True)
                    (asked.keep / f"{asked.seed}_{number}_{seed.name}").write_bytes(data)
            elif asked.only is not None:
                print(f"{outcome.came}: {outcome.said}")
                if asked.keep:
                    asked.keep.mkdir(parents=True, exist_ok=True)
                    (asked.keep / f"{asked.seed}_{number}_{seed.name}").write_bytes(data)
        reader.end()

    threads = [threading.Thread(target=read_some) for _ in range(asked.processes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return table(outcomes)


def table(outcomes: list[Outcome]) -> int:
    """Print what came of the inputs, by kind; return the exit status."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.kind].append(outcome)
    heads = (
        "inputs",
        "accepted",
        "refused",
        "tracebacks",
        "hangs",
        "killed",
        "most MB",
        "slowest s",
    )
    print(f"{'kind':28}" + "".join(f"{head:>11}" for head in heads))
    for kind, some in [*sorted(by_kind.items()), ("all", outcomes)]:
        counts = [
            sum(one.came == came for one in some)
            for came in ("accepted", "refused", "traceback", "hang", "killed")
        ]
        print(
            f"{kind:28}{len(some):>11}"
            + "".join(f"{count:>11}" for count in counts)
            + f"{max((one.mb for one in some), default=0):>11}"
            + f"{max((one.seconds for one in some), default=0):>11.1f}"
        )
    bad = [one for one in outcomes if one.came not in {"accepted", "refused"} or one.mb > MOST_MB]
    print(f"{len(outcomes):,} inputs; {len(bad)} bad.")
    return 1 if bad else 0


class Reader:
    """A process that reads inputs, started anew when one of them ends it."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder, self.seconds = folder, seconds
        self.process: subprocess.Popen[str] | None = None

    def read(self, number: int, kind: str, path: Path) -> Outcome:
        """Have an input read, and return what came of it."""
        if self.process is None:
            self.start()
        start = time.monotonic()
        print(json.dumps({"kind": kind, "path": str(path)}), file=self.process.stdin, flush=True)
        said = self.answer(self.seconds)
        seconds = time.monotonic() - start
        if said is None:
            hung = seconds >= self.seconds
            self.end()
            return Outcome(number, kind, "hang" if hung else "killed", "", seconds, 0)
        return Outcome(number, kind, said["came"], said["said"], seconds, said["mb"])

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--work", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
        )
        self.answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        stream = self.process.stdout

        def listen(answers: queue.SimpleQueue[str]) -> None:
            for line in stream:
                answers.put(line)
            answers.put("")

        threading.Thread(target=listen, args=(self.answers,), daemon=True).start()
        if self.answer(_STARTING) is None:
            raise RuntimeError("The process that reads the inputs does not start.")

    def answer(self, seconds: float) -> dict | None:
        """Return what the process says next, None if it says nothing in time."""
        try:
            line = self.answers.get(timeout=seconds)
        except queue.Empty:
            return None
        return json.loads(line) if line else None

    def end(self) -> None:
        """Kill the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def work(folder: Path) -> None:
    """Read inputs as they are named, and tell of each what came of it."""
    import resource

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    # Above what is allowed, so that breaking it can be seen.
    resource.setrlimit(resource.RLIMIT_DATA, (3 << 30, 3 << 30))
    readers = all_readers(folder)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    children = 0
    for line in sys.stdin:
        asked = json.loads(line)
        Path("/proc/self/clear_refs").write_text("5")
        came, said = outcome_of(readers, asked["kind"], Path(asked["path"]))
        dead = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        most = max(
            _peak("self"),
            dead if dead > children else 0,
            *(_peak(child) for child in _children()),
            0,
        )
        children = max(children, dead)
        print(json.dumps({"came": came, "said": said, "mb": most}), file=answers, flush=True)


def outcome_of(readers: dict, kind: str, path: Path) -> tuple[str, str]:
    """Read an input; return what came of it, and what was said."""
    from fourp_nlp.errors import FourpError

    try:
        refusal = readers[
            kind.partition(" ")[0] if kind.startswith(("document ", "exchange ")) else kind
        ](path, kind)
    except FourpError as error:
        return "refused", str(error)[:2000]
    except Exception:  # noqa: BLE001 - that is what is looked for
        return "traceback", traceback.format_exc()[-3000:]
    return ("refused", refusal) if refusal else ("accepted", "")


def _peak(process: str) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM")), 0
    )


def _children() -> list[str]:
    children: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that has just ended
            children += (task / "children").read_text().split()
    return children


def all_readers(folder: Path) -> dict:
    """Return what reads each kind: a function of path and kind, which returns why it refuses, or nothing."""
    import pandas as pd

    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.coding.gold.reader import read_gold
    from fourp_nlp.coding.sheets.coding_sheet import read_sheet
    from fourp_nlp.coding.sheets.decision_sheet import read_decisions
    from fourp_nlp.documents import read_attributes, read_documents
    from fourp_nlp.exchange import FORMATS
    from fourp_nlp.study.importing.import_project import plan_import
    from fourp_nlp.study.importing.plan import ImportOptions
    from fourp_nlp.study.importing.reader_context import read_foreign
    from fourp_nlp.study.importing.target import new_target, read_target
    from fourp_nlp.study.project import open_project
    from fourp_nlp.websites import read_sites
    from tests.exchanges import HOSTILE, PLAIN

    texts = pd.DataFrame({"document": ["a.txt"], "text": [TEXT]})
    home = Path(tempfile.mkdtemp(dir=folder))
    (home / "corpus" / "sub").mkdir(parents=True)
    (home / "corpus" / "a.txt").write_text(HOSTILE)
    (home / "corpus" / "sub" / "b – é.txt").write_text(PLAIN)
    book = "id: x\ntitle: X\ncodes:\n" + "".join(
        f"  - id: {code}\n    name: {code}\n    short_definition: d\n"
        for code in [*CODES, "shelter"]
    )
    (home / "corpus" / "codebook.yaml").write_text(book)
    (home / "fourp.toml").write_text('title = "t"\n')
    target = read_target(open_project(home), lambda _: lambda *_: None)

    def documents(path: Path, _: str) -> str:
        _, skipped = read_documents([path])
        return "; ".join(skipped["reason"])

    def exchange(path: Path, kind: str) -> str:
        form = FORMATS[kind.partition(" ")[2].removesuffix("-xlsx")]
        for into in (target, new_target(path.parent / "new")):
            made = read_foreign(path, form, into, coder="ana")
            made.conformed()
            plan_import(made, into, ImportOptions())
        return ""

    def toml(path: Path, _: str) -> str:
        for name in ("corpus", "gold"):
            (path.parent / name).mkdir()
        (path.parent / "corpus" / "codebook.yaml").write_text(book)
        open_project(path.parent)
        return ""

    def nothing(function: object) -> object:
        return lambda path, _: (function(path), "")[1]

    made = {
        "document": documents,
        "exchange": exchange,
        "documents.csv": nothing(read_attributes),
        "gold": nothing(lambda path: read_gold(path, texts, CODES)),
        "decisions": nothing(lambda path: read_decisions(path, texts, CODES)),
        "coding sheet": nothing(lambda path: read_sheet(path, texts, CODES)),
        "codebook": nothing(read_codebook),
        "fourp.toml": toml,
        "sites": nothing(read_sites),
        "sites.yaml": nothing(read_sites),
    }
    for kind in ("decisions", "coding sheet"):
        made[f"{kind} .xlsx"] = made[kind]
    try:
        from fourp_nlp.websites import import_warc_files, read_pages
    except ImportError:
        return made

    def pages(path: Path, _: str) -> str:
        for _table in read_pages(path, site="s"):
            pass
        return ""

    return made | {
        "warc": pages,
        "warc.gz": pages,
        "wacz": nothing(lambda path: import_warc_files([path], path.parent / "taken")),
    }


if __name__ == "__main__":
    main()
