"""Run the demonstration and the small study, and write their golden files anew, or only compare with them.

    python scripts/update_golden.py                # shows what differs, and writes the golden files anew
    python scripts/update_golden.py --check        # changes nothing; exit status 1 if something differs
    python scripts/update_golden.py --only small   # the small study alone (or: demonstration)
    python scripts/update_golden.py --scenario next --scenario gold   # these of the small study alone

Read what differs before you commit it: each difference is a change that users will see. `git diff tests`
shows the texts and the small tables once more; the large ones are compressed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import golden_run, small_golden_run
from tests.golden_run import Snapshot, differences, read_golden, write_golden


def demonstration(_: Snapshot, __: list[str]) -> Snapshot:
    """Run the demonstration."""
    with tempfile.TemporaryDirectory() as folder:
        return golden_run.run_steps(Path(folder) / "demonstration")


def small(golden: Snapshot, chosen: list[str]) -> Snapshot:
    """Run the scenarios of the small study; of those that are not chosen, the golden files are kept."""
    whole = Snapshot()
    for name in small_golden_run.SCENARIOS:
        is_kept = chosen and name not in chosen
        part = golden.of_step(name) if is_kept else small_golden_run.run_scenario(name)
        whole.tables |= part.tables
        whole.texts |= part.texts
    return whole


RUNS = {
    "demonstration": (golden_run.GOLDEN, demonstration),
    "small": (small_golden_run.GOLDEN, small),
}


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--only", choices=RUNS, help="one of the two")
    parser.add_argument(
        "--scenario", action="append", default=[], help="of the small study; once for each"
    )
    given = parser.parse_args()
    status = 0
    only = "small" if given.scenario else given.only
    for name in [only] if only else RUNS:
        folder, run = RUNS[name]
        golden = read_golden(folder) if (folder / "index.txt").exists() else Snapshot()
        new = run(golden, given.scenario)
        differing = differences(golden, new)
        print(*differing, sep="\n")
        print(
            f"{name}: {len(new.tables)} tables and {len(new.texts)} texts; differences: {len(differing)}"
        )
        status |= bool(differing)
        if not given.check:
            write_golden(new, folder)
    return status if given.check else 0


if __name__ == "__main__":
    sys.exit(main())
