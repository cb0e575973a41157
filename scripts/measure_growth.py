"""How processor time and memory of whole commands grow with segments, codes and coders.

    python scripts/measure_growth.py [--only segments codes coders] [--large] [--out docs]

Projects are made here: documents of sentences that are all different, a codebook of made codes, and coders
who find a code by one of its words, and miss some. Each command is a process of its own; its processor time
(user and system) and its peak memory are those that the system tells. Writes growth.csv and prints it as a
table.

segments   `fourp run` at 2,000, 4,000 and 8,000 segments with 100 codes and two coders
codes      `fourp run` of 600 segments with 50, 100, 250 and 500 codes
coders     `fourp agree` of 600 segments with 11 codes and 5, 10, 20 and 40 coders
again      `fourp run` once more on the largest of the first, nothing changed
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from benchmark_data import ROOT, markdown
from measure_scale import sentence

FOURP = str(Path(sys.executable).with_name("fourp"))
SENTENCES = 40  # of one document
SYLLABLES = "ba ce di fo gu ha ki lo mu ne pi ra so tu va we xo yu za".split()  # noqa: SIM905


def word(number: int) -> str:
    """Return a made word, another for each number."""
    digits = []
    for _ in range(3):
        number, digit = divmod(number, len(SYLLABLES))
        digits.append(SYLLABLES[digit])
    return "".join(digits)


def make_project(root: Path, *, segments: int, codes: int, coders: int, seed: int = 0) -> None:
    """Write a project: documents, codebook, and a gold file for each coder."""
    drawn = random.Random(seed)
    (root / "corpus").mkdir(parents=True)
    (root / "gold").mkdir()
    lines = ["id: growth", "title: Made codes", "codes:"]
    for number in range(codes):
        lines += [
            f"  - id: code_{number}",
            f"    name: Code {word(number)}",
            f"    short_definition: The sentence speaks of {word(number)}.",
        ]
    (root / "corpus" / "codebook.yaml").write_text("\n".join(lines), encoding="utf-8")
    (root / "fourp.toml").write_text(
        'title = "Growth"\n[coders]\ngold = "coder_0"\n', encoding="utf-8"
    )
    rows: list[list[tuple[object, ...]]] = [[] for _ in range(coders)]
    for first in range(0, segments, SENTENCES):
        name, text = f"document{first // SENTENCES:05}.txt", ""
        for number in range(first, min(first + SENTENCES, segments)):
            made = sentence(drawn, number)
            code = drawn.randrange(codes) if drawn.random() < 0.5 else None
            if code is not None:
                made = f"{made[:-1]}, about {word(code)}."
            start = len(text)
            text += f"{made}\n\n"
            for coder in range(coders):
                if code is not None and drawn.random() < 0.85:
                    rows[coder].append(
                        (name, start, start + len(made), f"code_{code}", f"coder_{coder}", made)
                    )
        (root / "corpus" / name).write_text(text, encoding="utf-8")
    columns = ["document", "start", "end", "code", "coder", "quote"]
    for coder, codings in enumerate(rows):
        pd.DataFrame(codings, columns=columns).to_csv(
            root / "gold" / f"coder_{coder}.csv", index=False
        )


def timed(root: Path, *words: str) -> dict[str, float]:
    """Run a command in a project, and return what it took."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (root / "said.txt").open("w", encoding="utf-8") as said:
        started = time.perf_counter()
        child = subprocess.Popen(
            [FOURP, *words], cwd=root, env=environment, stdout=said, stderr=said
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in {0, 3}:
        sys.exit(f"fourp {' '.join(words)} failed:\n{(root / 'said.txt').read_text()[-2000:]}")
    database = root / "fourp.sqlite"
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "seconds": seconds,
        "peak_mib": usage.ru_maxrss / 1024,
        "database_mib": database.stat().st_size / 2**20 if database.exists() else 0.0,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=["segments", "codes", "coders"])
    parser.add_argument(
        "--large", action="store_true", help="also 500 codes, 40 coders, 20,000 segments"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    cases = [
        *(("segments", segments, 100, 2, "run") for segments in (2000, 4000, 8000)),
        *(("codes", 600, codes, 2, "run") for codes in (50, 100, 250, 500)),
        *(("coders", 600, 11, coders, "agree") for coders in (5, 10, 20, 40)),
    ]
    if options.large:
        cases.append(("all", 20_000, 500, 40, "run"))
    rows = []
    for part, segments, codes, coders, command in cases:
        if options.only and part not in options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "project"
            make_project(root, segments=segments, codes=codes, coders=coders)
            case = {"part": part, "segments": segments, "codes": codes, "coders": coders}
            rows.append({**case, "command": f"fourp {command}", **timed(root, command)})
            if command == "run":
                rows.append({**case, "command": "fourp run, again", **timed(root, command)})
            print(markdown(pd.DataFrame(rows[-1:]).round(1)), file=sys.stderr)
    table = pd.DataFrame(rows)
    if not options.only:
        table.to_csv(options.out / "growth.csv", index=False, float_format="%.1f")
    print(markdown(table.round(1)))


if __name__ == "__main__":
    main()
