"""`fourp agree`: many pairs of coders as a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.number_format import fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from fourp_nlp.cli.agreement._screens import Asked

__all__ = ["matrix_of_pairs"]

_NAMES = {
    "cohen_kappa": "Cohen's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "gwet_ac1": "AC1",
    "brennan_prediger": "PABAK",
    "scott_pi": "Scott's pi",
}
_FURTHEST = 5
"""Pairs that are named because they agree least."""


def matrix_of_pairs(
    table: pd.DataFrame, asked: Asked
) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Yield a matrix of all pairs: title, matrix, and remarks to stand below.

    The coefficient is the first that was asked for, Cohen's kappa by default, of all decisions pooled and on
    the first choice of units.
    """
    import numpy as np
    import pandas as pd

    pairs = table[(table["coder_a"] != "") & (table["by"] == "")]
    pooled = pairs[(pairs["level"] == "overall") & (pairs["code"] == "")]
    wanted = next(
        (name for name in asked.coefficients if (pooled["coefficient"] == name).any()),
        "cohen_kappa",
    )
    coders = list(dict.fromkeys([*pairs["coder_a"], *pairs["coder_b"]]))
    place = {name: number for number, name in enumerate(coders)}
    units = asked.units[0]
    own = pooled[(pooled["coefficient"] == wanted) & (pooled["units"] == units)]
    cells = np.full((len(coders), len(coders)), "", dtype=object)
    rows, columns = own["coder_a"].map(place), own["coder_b"].map(place)
    # Without the zero before the point, thirty columns fit beside each other.
    cells[columns, rows] = [_short(value) for value in own["value"]]
    numbers = [str(number) for number in range(1, len(coders) + 1)]
    named = [f"{number} {name}" for number, name in zip(numbers, coders, strict=True)]
    frame = pd.DataFrame(cells, columns=numbers).iloc[1:, :-1]
    frame.insert(0, "", named[1:])
    title = f"{_NAMES.get(wanted, wanted)} of each pair, all codes pooled ({_SAID[units]})"
    yield title, frame, _remarks(own, named[0], len(coders))


def _short(value: float) -> str:
    return fixed(value).replace("0.", ".", 1)


_SAID = {
    "all": "all segments that both read",
    "any_code": "segments to which either gave any code",
    "this_code": "segments to which either gave the code in question",
}


def _remarks(own: pd.DataFrame, first: str, n_coders: int) -> list[str]:
    known = own.dropna(subset=["value"]).sort_values("value", kind="stable")
    said = [f"column {first}"]
    if len(known):
        middle = known["value"].median()
        low, high = known["value"].iloc[0], known["value"].iloc[-1]
        said.append(
            f"{len(known)} pairs of {n_coders} coders: median {fixed(middle)}, from {fixed(low)} to "
            f"{fixed(high)}"
        )
        least = [
            f"{one} and {other} {fixed(value)}"
            for one, other, value in zip(
                *(known[name].head(_FURTHEST) for name in ("coder_a", "coder_b", "value")),
                strict=True,
            )
        ]
        said.append(f"least: {', '.join(least)}")
    missing = len(own) - len(known)
    if missing:
        said.append(f"–: no value for {missing} pairs; agreement_full.csv says why")
    said.append("every pair, code by code and with intervals, is in agreement_full.csv")
    return said
