"""How long agreement takes for a million units and three coders, with missing cells and intervals.

Usage: python scripts/time_agreement.py [--units 1000000] [--codes 12] [--documents 5000]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from fourp_nlp import agreement


def main() -> None:
    """Time each function once and print it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--codes", type=int, default=12)
    parser.add_argument("--documents", type=int, default=5000)
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    truth = rng.random((given.units, 1, given.codes)) < 0.1
    noise = rng.random((given.units, 3, given.codes)) < 0.05
    labels = (truth ^ noise).astype(np.float32)
    labels[rng.random((given.units, 3)) < 0.2] = np.nan
    documents = rng.integers(0, given.documents, size=given.units)
    scale = rng.integers(1, 6, size=(given.units, 3)).astype(float)
    scale[rng.random(scale.shape) < 0.2] = np.nan
    codes = [f"code {each}" for each in range(given.codes)]
    jobs = {
        f"agreement_of_codes, {given.codes} codes": lambda: agreement.agreement_of_codes(
            labels, codes, documents
        ),
        "estimate, quadratic Conger, 5 categories": lambda: agreement.estimate(
            scale, documents, "conger_kappa", weights="quadratic"
        ),
        "estimate_alpha, ordinal, 5 categories": lambda: agreement.estimate_alpha(
            scale, documents, level="ordinal"
        ),
        "analytic_interval, linear AC2": lambda: agreement.analytic_interval(
            scale, "gwet_ac", weights="linear"
        ),
        "estimate_alpha_sets": lambda: agreement.estimate_alpha_sets(
            labels[:, :, :4].astype(np.float64), documents
        ),
    }
    print(
        f"{given.units} units, 3 coders, a fifth of the cells missing, {given.documents} documents"
    )
    print("with 1000 resamples of documents where there is an interval by document")
    for name, job in jobs.items():
        start = time.perf_counter()
        job()
        print(f"{name:44}{time.perf_counter() - start:6.1f} s")


if __name__ == "__main__":
    main()
