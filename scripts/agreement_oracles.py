"""Our coefficients and standard errors beside those of krippendorff and irrCAC, on random matrices.

krippendorff is under the GPL-3, so both stay in an environment of their own:

    python3 -m venv oracles && oracles/bin/pip install krippendorff irrCAC
    python scripts/agreement_oracles.py oracles/bin/python

Prints the largest difference per coefficient. irrCAC rounds to as many digits as it is asked for, here
12. For alpha's standard error with missing labels it has the formula of irrCAC's first version for R, and
we have that of the later ones (see `fourp_nlp.agreement.analytic_interval`), so that matrices with and
without gaps stand on rows of their own. Matrices in which either has no value are left out; the table says
how many were compared.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from functools import partial

import numpy as np

from fourp_nlp import agreement

WORKER = """
import json, sys, warnings
import numpy as np, pandas as pd, krippendorff
from irrCAC.raw import CAC
warnings.simplefilter("ignore")
made = []
for matrix in json.load(sys.stdin):
    m = np.array(matrix, dtype=float)
    found = {}
    for level in ("nominal", "ordinal", "interval", "ratio"):
        try:
            alpha = krippendorff.alpha(reliability_data=m.T, level_of_measurement=level)
        except ValueError:
            alpha = float("nan")
        found["alpha " + level] = float(alpha)
    for weights in ("identity", "linear", "quadratic", "ordinal"):
        cac = CAC(pd.DataFrame(m), weights=weights, categories=[1.0, 2.0, 3.0, 4.0], digits=12)
        for name in ("gwet", "fleiss", "conger", "bp", "krippendorff"):
            try:
                est = getattr(cac, name)()["est"]
            except (ValueError, ZeroDivisionError):
                est = {"coefficient_value": float("nan"), "se": float("nan"), "pa": float("nan")}
            found[name + " " + weights] = float(est["coefficient_value"])
            found[name + " " + weights + " se"] = float(est["se"])
            if name == "gwet":
                found["percent " + weights] = float(est["pa"])
    made.append(found)
print(json.dumps(made))
"""

SCALE = (1.0, 2.0, 3.0, 4.0)
NAMES = {
    "gwet": "gwet_ac",
    "fleiss": "fleiss_kappa",
    "conger": "conger_kappa",
    "bp": "brennan_prediger",
    "krippendorff": "krippendorff_alpha",
    "percent": "percent",
}


def ours(matrix: np.ndarray, name: str) -> float:
    """Return our value of what the others call by this name."""
    first, kind, *error = name.split(" ")
    if first == "alpha":
        return agreement.krippendorff_alpha(matrix, level=kind).value
    found = agreement.analytic_interval(matrix, NAMES[first], weights=kind, categories=SCALE)
    return found.standard_error if error else found.value


def random_matrices(n: int, seed: int) -> list[np.ndarray]:
    """Return matrices of several sizes, coders of several accuracies, with and without gaps."""
    rng = np.random.default_rng(seed)
    made = []
    while len(made) < n:
        units, coders = rng.integers(6, 80), rng.integers(2, 6)
        truth = rng.choice(SCALE, size=units, p=rng.dirichlet(np.ones(4)))
        right = rng.random((units, coders)) < rng.random(coders)
        matrix = np.where(right, truth[:, None], rng.choice(SCALE, size=(units, coders)))
        matrix[rng.random(matrix.shape) < rng.choice([0.0, 0.1, 0.3])] = np.nan
        if (~np.isnan(matrix)).any(axis=0).all() and (~np.isnan(matrix)).sum(axis=1).max() >= 2:
            made.append(matrix)
    return made


def main() -> None:
    """Compare, and print the largest differences."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("python", help="interpreter of an environment with krippendorff and irrCAC")
    parser.add_argument("--matrices", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    matrices = random_matrices(given.matrices, given.seed)
    text = json.dumps([[list(row) for row in matrix] for matrix in matrices])
    done = subprocess.run(
        [given.python, "-c", WORKER], input=text, capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    print(f"{len(matrices)} matrices of 6 to 79 units, 2 to 5 coders, 4 categories")
    print(f"{'coefficient':44}{'compared':>9}{'largest difference':>20}")
    rows = [(name, "", None) for name in theirs[0]]
    for name in [one for one in theirs[0] if one.startswith("krippendorff") and "se" in one]:
        rows.remove((name, "", None))
        rows += [(name, ", no gaps", False), (name, ", gaps", True)]
    for name, which, has_gaps in rows:
        gaps = []
        for matrix, found in zip(matrices, theirs, strict=True):
            if has_gaps not in {None, bool(np.isnan(matrix).any())}:
                continue
            value = partial(ours, matrix)(name)
            if np.isfinite(value) and np.isfinite(found[name]):
                gaps.append(abs(value - found[name]))
        program = "krippendorff" if name.startswith("alpha") else "irrCAC"
        print(f"{program + ': ' + name + which:44}{len(gaps):>9}{max(gaps):>20.1e}")


if __name__ == "__main__":
    main()
