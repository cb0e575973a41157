"""Hold the prediction-powered mean against ppi-python, in an environment of its own.

    python -m venv ENV && ENV/bin/pip install ppi-python==0.2.3      (MIT licence)
    python scripts/frequency_oracles.py ENV/bin/python

Fifty random corpora of three kinds (probabilities, 0/1 suggestions, a useless machine): the greatest
distance of value and interval ends, tuned and with a power of 0, 0.5 and 1. It ends with an error above 1e-6.

The same file runs in both environments: with `--answer FILE` it is the other side.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

TOLERANCE = 1e-6
POWERS = (None, 0.0, 0.5, 1.0)


def corpora():
    """Return gold codes (nan where nobody read), and what the machine says, of fifty corpora."""
    made = []
    for seed in range(50):
        random = np.random.default_rng(seed)
        size, coded = int(random.integers(300, 3000)), int(random.integers(40, 250))
        chance = random.beta(0.3, 2, size)
        truth = (random.random(size) < chance).astype(float)
        said = [chance, (chance > 0.4).astype(float), random.random(size)][seed % 3]
        gold = np.full(size, np.nan)
        rows = random.choice(size, coded, replace=False)
        gold[rows] = truth[rows]
        made.append((gold, said))
    return made


def answer(path: Path) -> None:
    """Write what ppi-python says."""
    from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

    found = []
    for gold, said in corpora():
        read = ~np.isnan(gold)
        parts = (gold[read], said[read], said[~read])
        for power in POWERS:
            low, high = ppi_mean_ci(*parts, alpha=0.05, lam=power)
            value = ppi_mean_pointestimate(*parts, lam=power)
            found.append([float(np.ravel(each)[0]) for each in (value, low, high)])
    path.write_text(json.dumps(found), encoding="utf-8")


def main() -> None:
    """Ask the other environment and compare."""
    if sys.argv[1] == "--answer":
        answer(Path(sys.argv[2]))
        return
    from fourp_nlp.frequencies import prevalence

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answer.json"
        command = [sys.argv[1], str(Path(__file__).resolve()), "--answer", str(path)]
        subprocess.run(command, check=True)
        theirs = np.array(json.loads(path.read_text("utf-8")))
    ours = []
    for gold, said in corpora():
        chance = np.full(len(gold), np.mean(~np.isnan(gold)))
        for power in POWERS:
            found = prevalence(
                gold,
                chance,
                machine=said,
                method="prediction_powered",
                target="segments",
                power=power,
            )
            ours.append([found.value, found.low, found.high])
    apart = np.abs(np.array(ours) - theirs).max(axis=0)
    for name, each in zip(("value", "low", "high"), apart, strict=True):
        print(f"{name}: greatest distance {each:.1e} in {len(ours)} estimates")
    if not (apart < TOLERANCE).all():
        sys.exit("ppi-python says something else")


if __name__ == "__main__":
    main()
