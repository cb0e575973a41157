"""Fleiss' kappa of the ten categories of OPP-115, known beside computed, with our other figures.

Usage: python scripts/reproduce_opp115.py FOLDER

The folder, or opp115/ in it, holds codes_by_annotator.csv (policy, segment, annotator, one column of
0 and 1 a category), made from the corpus of Wilson, S. et al. (2016), The creation and analysis of a website
privacy policy corpus, ACL: 115 policies, three annotators each. The corpus is for research only and is not
part of this repository.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from fourp_nlp.agreement import agreement_of_codes, estimate_alpha_sets, fleiss_kappa

# Computed by others from the same practices, to three digits.
KNOWN = {
    "First Party Collection/Use": 0.764,
    "Third Party Sharing/Collection": 0.765,
    "Other": 0.489,
    "User Choice/Control": 0.608,
    "Data Security": 0.665,
    "International and Specific Audiences": 0.875,
    "User Access, Edit and Deletion": 0.742,
    "Policy Change": 0.733,
    "Data Retention": 0.550,
    "Do Not Track": 0.907,
}


def load(folder: Path) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Return labels of units x coders x categories, the categories, and each unit's policy."""
    table = pd.read_csv(folder / "codes_by_annotator.csv")
    codes = list(table.columns[3:])
    table = table.sort_values(["policy", "segment", "annotator"], kind="stable")
    sizes = table.groupby(["policy", "segment"]).size()
    if set(sizes) != {3}:
        raise SystemExit("Every segment must have three annotators.")
    labels = table[codes].to_numpy().reshape(-1, 3, len(codes)).astype(bool)
    return labels, codes, table["policy"].to_numpy()[::3]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    folder = given.folder / "opp115" if (given.folder / "opp115").is_dir() else given.folder
    labels, codes, policies = load(folder)
    print(f"{len(labels)} segments, {len(np.unique(policies))} policies, 3 coders\n")
    print(f"{'Fleiss kappa':38}{'known':>10}{'computed':>10}{'difference':>12}")
    for at, code in enumerate(codes):
        found = fleiss_kappa(labels[:, :, at]).value
        known = KNOWN[code]
        print(f"{code:38}{known:>10.3f}{found:>10.4f}{found - known:>12.4f}")
    table = agreement_of_codes(labels, codes, policies, units=("all",))
    print("\nvalue [95% interval by policy]; PI: prevalence index")
    print(f"{'':38}{'PI':>6}  alpha                 AC1                   positive agreement")
    for code, rows in table.groupby("code", sort=False):
        by = rows.set_index("coefficient")
        cells = [
            f"{by.value[name]:.3f} [{by.low[name]:.3f}, {by.high[name]:.3f}]"
            for name in ("krippendorff_alpha", "gwet_ac1", "positive_agreement")
        ]
        print(f"{code:38}{rows.iloc[0].prevalence_index:>6.2f}  {'  '.join(cells)}")
    sets = estimate_alpha_sets(labels, policies)
    print(f"\nalpha of sets (MASI): {sets.value:.3f} [{sets.low:.3f}, {sets.high:.3f}]")


if __name__ == "__main__":
    main()
