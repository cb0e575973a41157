"""How often Shaffer's rho is below .05 for coders whose true kappa is too low, or high enough.

Test sets are drawn from simulated data of known kappa: from the mixture of kappas that rho itself assumes,
and from data within a hundredth of one kappa. rho of each test set is read from one long simulation of the
same design.

Usage: python scripts/measure_rho.py [--sets 20000]
"""

from __future__ import annotations

import argparse

import numpy as np

from fourp_nlp.agreement import shaffer_rho
from fourp_nlp.agreement.rho import _kappas, _pools, _test_sets

POOL = 10_000
WIDE = (0.6, 1.0)


def drawn(rng: np.random.Generator, kappas, rate: float, n: int, sets: int) -> np.ndarray:
    """Return the kappas of test sets from data with kappas in a range, nan where undefined."""
    return _kappas(_test_sets(rng, _pools(rng, rate, kappas, WIDE, POOL, sets), n, 0.0))


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sets", type=int, default=20_000)
    sets = parser.parse_args().sets
    print("rho (10,000 replicates) of some observed kappas at a base rate of .2, threshold .65")
    sizes = (40, 80, 200, 400)
    print(f"{'kappa':>6}" + "".join(f"{n:>6} units" for n in sizes))
    for kappa in (0.5, 0.65, 0.7, 0.75, 0.8, 0.9):
        row = [shaffer_rho(kappa, base_rate=0.2, n_units=n, replicates=10_000).value for n in sizes]
        print(f"{kappa:>6.2f}" + "".join(f"{value:>12.3f}" for value in row))
    print("\nshare of test sets with rho below .05 (threshold .65), by where their data come from")
    columns = ("as assumed", ".64 to .65", ".74 to .75", ".84 to .85")
    print(f"{'base rate':>9}{'units':>7}" + "".join(f"{name:>12}" for name in columns))
    print(f"{'lowest kappa assumed: .40':>40}")
    for lowest in (0.40, 0.62):
        if lowest > 0.40:
            print(f"{'lowest kappa assumed: .62':>40}")
        for rate in (0.05, 0.2):
            for n in (80, 200, 400):
                rng = np.random.default_rng(0)
                null = drawn(rng, (lowest, 0.65), rate, n, sets)
                null = np.sort(null[~np.isnan(null)])
                row = []
                for kappas in ((lowest, 0.65), (0.64, 0.65), (0.74, 0.75), (0.84, 0.85)):
                    found = drawn(rng, kappas, rate, n, sets)
                    found = found[~np.isnan(found)]
                    rho = 1 - np.searchsorted(null, found - 1e-12) / len(null)
                    row.append(float(np.mean(rho < 0.05)))
                print(f"{rate:>9}{n:>7}" + "".join(f"{value:>12.3f}" for value in row))


if __name__ == "__main__":
    main()
