"""How often 95% intervals hold the true value, when segments of a document resemble each other.

Corpora are simulated: three coders, documents of about 45 segments that differ in how often a code occurs
and in how well coders agree on it. The truth is the coefficient over 100,000 such documents. Of each number
of documents, many corpora are drawn, and each kind of interval is made for each; those by formula take
segments to be independent.

Usage: python scripts/measure_intervals.py [--corpora 1000] [--documents 5 10 20 40 80]
"""

from __future__ import annotations

import argparse

import numpy as np

from fourp_nlp.agreement import Drawing, analytic_interval
from fourp_nlp.agreement._formulas import FORMULAS, alpha_of
from fourp_nlp.agreement._intervals import intervals_by_document
from fourp_nlp.agreement._labels import Labels
from fourp_nlp.agreement._tallies import Tallies, tally_by_document

NAMES = ("conger_kappa", "krippendorff_alpha", "gwet_ac1")
APART = 1.0 - np.eye(2)
METHODS = ("percentile", "expanded", "bca", "jackknife")


def corpus(rng: np.random.Generator, n_documents: int, prevalence: float):
    """Return labels (units x 3) and documents."""
    sizes = 5 + rng.geometric(1 / 40, size=n_documents)
    documents = np.repeat(np.arange(n_documents), sizes)
    rates = rng.beta(4 * prevalence, 4 * (1 - prevalence), size=n_documents)[documents]
    care = rng.beta(6.4, 1.6, size=n_documents)[documents]
    truth = rng.random(len(documents)) < rates
    guess = rng.random((len(documents), 3)) < prevalence
    labels = np.where(rng.random(guess.shape) < care[:, None], truth[:, None], guess)
    return labels.astype(np.int64), documents


def values(flat: np.ndarray) -> np.ndarray:
    """Return the three coefficients of sums."""
    sums = Tallies(flat, 3, 2)
    return np.stack(
        [
            FORMULAS["conger_kappa"](sums, APART),
            alpha_of(sums.coincidences, np.array([0.0, 1.0])),
            FORMULAS["gwet_ac"](sums, APART),
        ],
        axis=-1,
    )


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=int, default=1000)
    parser.add_argument("--documents", type=int, nargs="+", default=[5, 10, 20, 40, 80])
    given = parser.parse_args()
    for prevalence in (0.2, 0.05):
        rng = np.random.default_rng(1)
        labels, documents = corpus(rng, 100_000, prevalence)
        sums = tally_by_document(Labels(labels, 2), documents, 100_000, APART)
        truth = values(sums.flat.sum(axis=0))
        shown = ", ".join(f"{name} {value:.3f}" for name, value in zip(NAMES, truth, strict=True))
        print(f"\nprevalence {prevalence}; true: {shown}")
        print(
            f"share of {given.corpora} 95% intervals that hold it (mean width; share without interval)"
        )
        print(f"{'documents':>9}  {'interval':12}" + "".join(f"{name:>26}" for name in NAMES))
        for n in given.documents:
            made = {name: [] for name in (*METHODS, "by formula")}
            for _ in range(given.corpora):
                labels, documents = corpus(rng, n, prevalence)
                flat = tally_by_document(Labels(labels, 2), documents, n, APART).flat
                for method in METHODS:
                    found = intervals_by_document(flat, values, Drawing(method=method))
                    made[method].append((found.low, found.high))
                ends = [
                    analytic_interval(labels, name, categories=(0, 1))
                    for name in ("conger_kappa", "krippendorff_alpha", "gwet_ac")
                ]
                made["by formula"].append(([e.low for e in ends], [e.high for e in ends]))
            for method, pairs in made.items():
                low, high = np.moveaxis(np.array(pairs, dtype=float), 1, 0)
                there = ~np.isnan(low)
                inside = ((low <= truth) & (truth <= high)).sum(axis=0) / there.sum(axis=0)
                width = np.nanmean(high - low, axis=0)
                cells = [
                    f"{share:.3f} ({wide:.2f}; {1 - some:.3f})"
                    for share, wide, some in zip(inside, width, there.mean(axis=0), strict=True)
                ]
                print(f"{n:>9}  {method:12}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
