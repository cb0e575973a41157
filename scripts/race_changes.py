"""Start every pair of commands that change a project at once, and see that neither loses the other's.

    python scripts/race_changes.py [--times 20] [--seed 1] [--only NAME]

Each pair, a command with itself too, starts together in one project, the second after a pause drawn between
none and half of what the first takes. Held to: both do their work or one says clearly why not; every coding,
decision and draw that either makes by itself is there, with all that was there before; the database is
whole; no temporary file stays. Prints a table, and ends with 1 if anything was otherwise.
"""

from __future__ import annotations

import argparse
import itertools
import random
import shutil
import sys
import tempfile
import time
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

from fourp_nlp.coding.gold.coder_names import SETTLED


def rows(state: dict, name: str) -> set:
    """Return the rows of a table of people's work."""
    return set(state.get(name, ()))


def judged(
    pair: tuple[Command, Command],
    codes: list[int],
    said: list[str],
    alone: dict[str, dict],
    before: dict,
    root: Path,
) -> list[str]:
    """Return what is not as it should be after a race."""
    faults = []
    now = people(root)
    names = " + ".join(command.name for command in pair)
    for command, code, text in zip(pair, codes, said, strict=True):
        if code not in {0, 3}:
            if "Error: " not in text or "Traceback" in text:
                faults.append(f"{names}: {command.name} ended with {code}: {text[-300:]}")
            continue
        if "import --replace" not in names:
            lost = (codings(alone[command.name]) | codings(before)) - codings(now)
            # What stands between people depends on what they coded by then.
            faults += [f"{names}: lost {row}" for row in lost if row[-1] != SETTLED]
        for table in ("decisions", "draws"):
            made = rows(alone[command.name], table) - rows(before, table)
            # The size of a draw's frame depends on what the other command did first.
            kept = {row[:-1] if table == "draws" else row for row in rows(now, table)}
            made = {row[:-1] if table == "draws" else row for row in made}
            faults += [f"{names}: lost of {table} {row}" for row in made - kept]
    if now.get("whole") != "ok":
        faults.append(f"{names}: the database is damaged")
    return faults + [f"{names}: left over {name}" for name in left_over(root)]


def main() -> None:
    """Race, look, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="pairs with this name in them")
    options = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    draw = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="race_changes_"))
    base, root = make(folder), folder / "project"
    logs = [folder / "first.log", folder / "second.log"]
    commands = [command for command in COMMANDS if command.name != "import --new"]
    alone, took = {}, {}
    for command in commands:
        lay(base, root)
        began = time.monotonic()
        code = finish(start(command.argv(root), logs[0])[0])
        took[command.name] = time.monotonic() - began
        if code:
            sys.exit(logs[0].read_text(encoding="utf-8", errors="replace"))
        alone[command.name] = people(root)
    lay(base, root)
    before = people(root)
    faults, waited, refused, races = [], 0, 0, 0
    for pair in itertools.combinations_with_replacement(commands, 2):
        if options.only not in f"{pair[0].name} + {pair[1].name}":
            continue
        for _ in range(options.times):
            lay(base, root)
            first, go = start(pair[0].argv(root), logs[0], hold=True)
            second, go_too = start(pair[1].argv(root), logs[1], hold=True)
            let_go(go)
            time.sleep(draw.random() * took[pair[0].name] / 2)
            let_go(go_too)
            codes = [finish(first), finish(second)]
            said = [log.read_text(encoding="utf-8", errors="replace") for log in logs]
            races += 1
            waited += any("Waiting for" in each for each in said)
            faults += judged(pair, codes, said, alone, before, root)
            refused += sum(code not in {0, 3} for code in codes)
        print(f"{pair[0].name} + {pair[1].name}: faults so far {len(faults)}", flush=True)
    print(
        f"pairs {len(commands) * (len(commands) + 1) // 2}, races {races}, one waited for the other in "
        f"{waited}, a command said why it could not in {refused}, faults {len(faults)}"
    )
    for fault in faults[:50]:
        print(fault)
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
