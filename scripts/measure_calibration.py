"""How often calibration's 95% intervals hold the true value, by simulation.

    python scripts/measure_calibration.py [--corpora 400] [--seed 0]

Documents of 40 to 119 segments differ in how common a code is, which the machine sees, and in what it does
not see. The log odds of the code are 0.3 + 0.9 times those that the machine says, plus the document's own: it
is a little too sure, and says too little. True values are those of a population of 400,000 documents of one
segment each. Prints, for each figure, a row a number of documents and clustering, and a column a prevalence:
the share of intervals that hold the true value, and in brackets the share of corpora without an interval.
Corpora without the code are left out. It takes some minutes.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from fourp_nlp.machine.calibration import calibration_table
from fourp_nlp.machine.calibration.calibration_slope import weighted_lines

INTERCEPT, SLOPE, SPREAD = 0.3, 0.9, 2.0
DOCUMENTS = (3, 5, 10, 20, 40)
PREVALENCES = (0.005, 0.01, 0.02, 0.05, 0.2)
CLUSTERING = {"low": 0.3, "high": 1.0}
FIGURES = ("brier", "skill", "slope", "intercept")


def population(prevalence: float, clustering: float) -> tuple[float, dict[str, float]]:
    """Return the machine's mean log odds that give a prevalence, and the true figures."""
    seen, own, unseen = np.random.default_rng(1).normal(size=(3, 400_000))
    apart = clustering * seen + SPREAD * own

    def share(mean: float) -> float:
        chance = expit(INTERCEPT + SLOPE * (mean + apart) + clustering / 2 * unseen)
        return float(chance.mean()) - prevalence

    mean = float(brentq(share, -20, 5))
    odds = mean + apart
    chance = expit(INTERCEPT + SLOPE * odds + clustering / 2 * unseen)
    said = expit(odds)
    brier = float(np.mean(chance * (1 - said) ** 2 + (1 - chance) * said**2))
    order = np.argsort(odds).reshape(4000, -1)  # cells of a hundred neighbours
    trials = np.full((1, 4000), float(order.shape[1]))
    intercepts, slopes = weighted_lines(
        odds[order].mean(axis=1), trials, chance[order].sum(axis=1)[None]
    )
    return mean, {
        "brier": brier,
        "skill": 1 - brier / (prevalence * (1 - prevalence)),
        "slope": float(slopes[0]),
        "intercept": float(intercepts[0]),
    }


def corpus(
    random: np.random.Generator, documents: int, mean: float, clustering: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return probabilities, outcomes and documents of one corpus."""
    group = np.repeat(np.arange(documents), random.integers(40, 120, documents))
    seen, unseen = random.normal(size=(2, documents)) * [[clustering], [clustering / 2]]
    odds = mean + seen[group] + random.normal(0, SPREAD, len(group))
    happens = random.random(len(group)) < expit(INTERCEPT + SLOPE * odds + unseen[group])
    return expit(odds), happens, group


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    held: dict[tuple[str, int, str, float], list[tuple[bool, bool]]] = {}
    for documents in DOCUMENTS:
        for name, clustering in CLUSTERING.items():
            for prevalence in PREVALENCES:
                mean, true = population(prevalence, clustering)
                random = np.random.default_rng([given.seed, documents])
                for _ in range(given.corpora):
                    said, happens, group = corpus(random, documents, mean, clustering)
                    if not happens.any():
                        continue
                    row = calibration_table(
                        said[:, None], happens[:, None], ["x"], group.astype(str), resamples=1
                    ).iloc[0]
                    for figure in FIGURES:
                        low, high = row[f"{figure}_low"], row[f"{figure}_high"]
                        told = (not np.isnan(low), bool(low <= true[figure] <= high))
                        held.setdefault((figure, documents, name, prevalence), []).append(told)
    print(f"{given.corpora} corpora each; coverage of 95% intervals (share without an interval)\n")
    print("| figure | documents | clustering | " + " | ".join(map(str, PREVALENCES)) + " |")
    print("|---|---|---|" + "---|" * len(PREVALENCES))
    for figure in FIGURES:
        for documents in DOCUMENTS:
            for name in CLUSTERING:
                cells = [_cell(held[figure, documents, name, one]) for one in PREVALENCES]
                print(f"| {figure} | {documents} | {name} | " + " | ".join(cells) + " |")


def _cell(told: list[tuple[bool, bool]]) -> str:
    there = [holds for is_there, holds in told if is_there]
    without = 1 - len(there) / len(told)
    # A share of a handful of intervals says nothing.
    return f"{np.mean(there) if len(there) >= 40 else np.nan:.3f} ({without:.2f})".replace(
        "nan", "–"
    )


if __name__ == "__main__":
    main()
