"""Kill commands that change a project at every system call that changes a file, and look at what is left.

    python scripts/kill_changes.py [--most 40] [--only take-in,import]

Needs Linux and strace. Each command first runs undisturbed, its system calls counted; then it runs once
for each of them and is killed (kill -9) as it enters it; of a call that is made more often, `--most` places
spread evenly are taken. After each kill the same command is given again. Held to: whatever people coded,
decided or drew is as before the command or as after it, nothing of it is missing, the second command does
its work, and no temporary file stays. Prints a table, and ends with 1 if anything was otherwise.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from project_changes.scene import (
    COMMANDS,
    Command,
    codings,
    finish,
    lay,
    left_over,
    let_go,
    make,
    people,
    start,
)

CALLS = (
    "rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,rmdir,ftruncate,"
    "pwrite64,write,fsync,fdatasync,fchmod,chmod,fchmodat"
)


def traced(argv: list[str], log: Path, *options: str) -> int:
    """Run a command under strace; return its exit code."""
    child, go = start(argv, log, hold=True)
    trace = log.with_suffix(".trace")
    tracer = subprocess.Popen(
        [shutil.which("strace") or "", "-f", "-q", "-o", str(trace), *options, "-p", str(child)],
        stderr=subprocess.DEVNULL,
    )
    status = Path("/proc", str(child), "status")
    while "TracerPid:\t0\n" in status.read_text(encoding="ascii"):
        time.sleep(0.002)
    let_go(go)
    code = finish(child)
    tracer.wait()
    return code


def counted(command: Command, root: Path, log: Path) -> Counter[str]:
    """Return how often a command makes each call."""
    code = traced(command.argv(root), log, "-e", f"trace={CALLS}")
    if code:
        sys.exit(log.read_text(encoding="utf-8", errors="replace"))
    trace = log.with_suffix(".trace").read_text(encoding="utf-8", errors="replace")
    return Counter(re.findall(r"^\d+ +(\w+)\(", trace, flags=re.MULTILINE))


def places(count: int, most: int) -> list[int]:
    """Return the calls at which to kill: all, or some spread evenly, the first and the last among them."""
    if count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(step * (count - 1) / (most - 1)) for step in range(most)})


def judged(
    command: Command, root: Path, place: Path, before: dict, after: dict, log: Path
) -> tuple[str, list[str]]:
    """Give the command again, and return what the kill had left and what is not as it should be."""
    wrong = []
    now = people(place)
    kept = codings(now) >= codings(before) & codings(after)
    code = finish(start(command.argv(root), log)[0])
    said = log.read_text(encoding="utf-8", errors="replace")
    done = "is a project already" in said
    if code != 0 and not done:
        wrong.append(f"again: exit {code}: {said[-300:]}")
    last = people(place)
    if not kept and not codings(last) >= codings(before) & codings(after):
        wrong.append("codings are missing")
    if last.get("whole", "ok") != "ok":
        wrong.append("the database is damaged")
    if last.get("decisions") != after.get("decisions"):
        wrong.append("decisions are not as after an undisturbed run")
    if codings(last) != codings(after):
        wrong.append("codings are not as after an undisturbed run")
    drawn = last.get("drawn", [])
    sheets = {path.stem.removeprefix("next_") for path in place.glob("reports/next_*.csv")}
    if sheets - {row[0] for row in drawn}:
        wrong.append("a sheet has no draw")
    wrong += [f"left over: {name}" for name in left_over(place)]
    return ("undone" if "was undone" in said else "as it was"), wrong


def main() -> None:
    """Kill, look, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if shutil.which("strace") is None:
        sys.exit("strace is not installed; on Debian: apt-get install strace")
    import torch

    torch.set_num_threads(1)
    folder = Path(tempfile.mkdtemp(prefix="kill_changes_"))
    base, root, log = make(folder), folder / "project", folder / "log"
    rows, faults = [], []
    for command in COMMANDS:
        if options.only and not any(part in command.name for part in options.only.split(",")):
            continue
        place = root.parent / "study" if command.name == "import --new" else root
        lay(base, root)
        before = people(place)
        counts = counted(command, root, log)
        after = people(place)
        kills = undone = 0
        bad = len(faults)
        for call, count in sorted(counts.items()):
            for number in places(count, options.most):
                lay(base, root)
                inject = f"inject={call}:signal=SIGKILL:when={number}"
                if traced(command.argv(root), log, "-e", f"trace={call}", "-e", inject) >= 0:
                    continue
                kills += 1
                left, wrong = judged(command, root, place, before, after, log)
                undone += left == "undone"
                faults += [f"{command.name}, {call} {number}: {each}" for each in wrong]
        rows.append((command.name, sum(counts.values()), kills, undone, len(faults) - bad))
        print(
            f"{command.name:24} calls {rows[-1][1]:5} kills {kills:4} undone by the next {undone:4} "
            f"faults {rows[-1][4]}",
            flush=True,
        )
    print(
        f"{'all':24} calls {sum(r[1] for r in rows):5} kills {sum(r[2] for r in rows):4} "
        f"undone by the next {sum(r[3] for r in rows):4} faults {len(faults)}"
    )
    for fault in faults[:50]:
        print(fault)
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
