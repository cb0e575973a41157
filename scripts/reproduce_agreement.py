"""Two examples from the literature: unitizing (Krippendorff 2019) and the paradoxes of kappa (1990).

Usage: python scripts/reproduce_agreement.py
"""

from __future__ import annotations

import numpy as np

from fourp_nlp import agreement

# Figure 12.11: start, end and code of the spans of three observers of a continuum of length 60.
OBSERVERS = (
    ((0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)),
    ((0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)),
    ((0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)),
)
KNOWN = {"u_alpha": 0.510, "u_alpha_binary": 0.413, "cu_alpha": 0.724}

# Both coders, only the first, only the second, neither: Feinstein and Cicchetti (1990).
TABLES = ((40, 9, 6, 45), (80, 10, 5, 5), (45, 15, 25, 15), (25, 35, 5, 35))


def unitizing() -> None:
    """Print the four alphas, and cu_alpha with other programs' correction for own pairs."""
    rows = [(0, coder, *unit) for coder, units in enumerate(OBSERVERS) for unit in units]
    columns = np.array(rows).T
    found = agreement.unitizing_alphas(agreement.Spans(*columns), [60], 3, codes=range(1, 8))
    for row in found.table.itertuples():
        known = KNOWN.get(row.coefficient, "")
        name = f"{row.coefficient} {row.code}".strip()
        print(f"{name:16}{row.value:8.4f}  coverage {row.coverage:.3f}  {known} {row.reason}")
    codes = np.zeros((3, 60), dtype=int)
    for coder, units in enumerate(OBSERVERS):
        for start, end, code in units:
            codes[coder, start:end] = code
    met = np.zeros((8, 8))
    for one in range(3):
        for other in range(3):
            if one != other:
                np.add.at(met, (codes[one], codes[other]), 0.5)
    met = met[1:, 1:]
    margin, total = met.sum(axis=1), met.sum()
    ways = {
        "square of the mean over other coders (ours)": lambda parts: (
            np.mean(parts, axis=0).sum() ** 2
        ),
        "mean of the squares over other coders": lambda parts: np.mean(parts.sum(axis=1) ** 2),
        "square of what any other coder marked": lambda parts: parts.any(axis=0).sum() ** 2,
    }
    for name, way in ways.items():
        own = np.zeros(8)
        for coder, units in enumerate(OBSERVERS):
            others = np.delete(codes, coder, axis=0) > 0
            for start, end, code in units:
                own[code] += way(others[:, start:end])
        agreed = total * (margin**2 - own[1:]).sum() / (total**2 - own.sum())
        value = 1 - (total - np.trace(met)) / (total - agreed)
        print(f"cu_alpha with the {name}: {value:.4f}")


def paradoxes() -> None:
    """Print agreement, kappa and AC1 of four tables, and what is said of them."""
    for table in TABLES:
        matrix = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], table, axis=0)
        shares = matrix.mean(axis=0)
        figures = (
            agreement.percent_agreement(matrix).value,
            agreement.cohen_kappa(matrix).value,
            agreement.gwet_ac1(matrix, categories=(0, 1)).value,
            agreement.prevalence_index(shares),
            agreement.bias_index(shares),
        )
        shown = "{:6.2f} kappa {:5.2f} AC1 {:5.2f} PI {:+5.2f} BI {:4.2f}".format(*figures)
        print(f"{table!s:18}{shown}")
        both, first, second, neither = table
        told = agreement.kappa_paradox(
            *figures,
            with_code=both + first + second,
            without_code=neither + first + second,
            positive=2 * both / (2 * both + first + second),
            negative=2 * neither / (2 * neither + first + second),
        )
        print(f"    {told or '(no more than 0.2 apart)'}")


if __name__ == "__main__":
    unitizing()
    paradoxes()
