"""Run the demonstration and write the golden files in `tests/golden` anew, or only compare with them.

    python scripts/update_golden.py           # shows what differs, and writes the golden files anew
    python scripts/update_golden.py --check   # changes nothing; exit status 1 if something differs

Read what differs before you commit it: each difference is a change that users will see. `git diff
tests/golden` shows the texts and the small tables once more; the large ones are compressed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.golden_run import GOLDEN, Snapshot, differences, read_golden, run_steps, write_golden


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        new = run_steps(Path(folder) / "demonstration")
    golden = read_golden() if (GOLDEN / "index.txt").exists() else Snapshot()
    differing = differences(golden, new)
    print(*differing, sep="\n")
    print(f"{len(new.tables)} tables and {len(new.texts)} texts; differences: {len(differing)}")
    if given.check:
        return int(bool(differing))
    write_golden(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
