"""`fourp agree`: many pairs of coders as a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.number_format import fixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from fourp_nlp.cli.agreement._agreement import AgreementOptions

__all__ = ["matrix_of_pairs"]

_FURTHEST = 5
"""Pairs that are named because they agree least."""


def matrix_of_pairs(
    table: pd.DataFrame, options: AgreementOptions
) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Yield a matrix of all pairs: title, matrix, and remarks to stand below.

    The coefficient is the first that was asked for, Cohen's kappa by default, of all codes pooled and on the
    first choice of units.
    """
    import numpy as np
    import pandas as pd

    from fourp_nlp.agreement import find_coefficient, shown_coefficients

    pairs = table[(table["coder_a"] != "") & (table["by"] == "")]
    pooled = pairs[(pairs["level"] == "overall") & (pairs["code"] == "")]
    usual = [each.id for each in shown_coefficients("screen", 2) if each.chance_corrected]
    coefficient = next(
        name for name in (*options.coefficients, *usual) if (pooled["coefficient"] == name).any()
    )
    coders = list(dict.fromkeys([*pairs["coder_a"], *pairs["coder_b"]]))
    place = {name: number for number, name in enumerate(coders)}
    units = options.units[0]
    rows = pooled[(pooled["coefficient"] == coefficient) & (pooled["units"] == units)]
    cells = np.full((len(coders), len(coders)), "", dtype=object)
    first, second = rows["coder_a"].map(place), rows["coder_b"].map(place)
    # Without the zero before the point, thirty columns fit beside each other.
    cells[second, first] = [_short(value) for value in rows["value"]]
    numbers = [str(number) for number in range(1, len(coders) + 1)]
    named = [f"{number} {name}" for number, name in zip(numbers, coders, strict=True)]
    frame = pd.DataFrame(cells, columns=numbers).iloc[1:, :-1]
    frame.insert(0, "", named[1:])
    name = find_coefficient(coefficient).name
    title = f"{name[:1].upper()}{name[1:]} of each pair, all codes pooled ({_UNITS[units]})"
    yield title, frame, _remarks(rows, named[0], len(coders))


def _short(value: float) -> str:
    return fixed(value).replace("0.", ".", 1)


_UNITS = {
    "all": "all segments that both read",
    "any_code": "segments to which either gave any code",
    "this_code": "segments to which either gave the code in question",
}


def _remarks(rows: pd.DataFrame, first: str, n_coders: int) -> list[str]:
    known = rows.dropna(subset=["value"]).sort_values("value", kind="stable")
    remarks = [f"column {first}"]
    if len(known):
        middle = known["value"].median()
        low, high = known["value"].iloc[0], known["value"].iloc[-1]
        remarks.append(
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
        remarks.append(f"least: {', '.join(least)}")
    missing = len(rows) - len(known)
    if missing:
        remarks.append(f"–: no value for {missing} pairs; agreement_full.csv says why")
    remarks.append("every pair, code by code and with intervals, is in agreement_full.csv")
    return remarks
