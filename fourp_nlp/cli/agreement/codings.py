"""Columns and remarks beside coefficients on the screen: codings, intervals, and reasons for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.number_format import ABSENT, fixed, low_end

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["caution_remarks", "codings_of", "codings_remarks", "intervals_of", "reason_remarks"]

_COUNTED_CODERS = 6
"""Coders whose numbers of codings stand side by side; of more, the least and the most."""


def codings_of(rows: pd.DataFrame) -> dict[str, list[str] | list[int]]:
    """Return columns of how often all coders, and only some, gave each code."""
    both, some = ([fixed(float(number), 0) for number in rows[name]] for name in ("both", "some"))
    each = [text.split("; ") if text else [] for text in rows["codings"].fillna("")]
    most = max((len(numbers) for numbers in each), default=0)
    if most == 2:
        alone = [
            [str(int(number) - int(shared)) for number in numbers] or [ABSENT] * 2
            for numbers, shared in zip(each, both, strict=True)
        ]
        first, second = ([row[at] for row in alone] for at in (0, 1))
        columns = {"both": both, "only 1st": first, "only 2nd": second}
    elif most > 2:
        shown = [
            ", ".join(numbers)
            if len(numbers) <= _COUNTED_CODERS
            else f"{min(map(int, numbers))} to {max(map(int, numbers))}"
            for numbers in each
        ]
        columns = {"all": both, "some": some, "by each": [text or ABSENT for text in shown]}
    else:
        columns = {}
    # Numbers stand at the right; a column with dashes or lists is text.
    return {
        name: [int(cell) for cell in cells] if all(cell.isdigit() for cell in cells) else cells
        for name, cells in columns.items()
    }


def codings_remarks(frame: pd.DataFrame, coders: Sequence[str]) -> list[str]:
    """Return what the columns of codings mean, for below a table."""
    if "only 1st" in frame.columns:
        first, second = coders
        return [
            f"both, only 1st, only 2nd: segments that both gave the code, only {first}, only {second}"
        ]
    if "by each" in frame.columns:
        listed = ", ".join(coders) if len(coders) <= _COUNTED_CODERS else "the least and the most"
        return [
            "all, some: segments to which all coders who read them gave the code, and to which only some "
            f"did; by each: number of segments to which each coder gave it ({listed})"
        ]
    return []


def intervals_of(rows: pd.DataFrame) -> list[str]:
    return [
        ABSENT if low != low else f"{low_end(low)} to {fixed(high)}"  # noqa: PLR0124 - nan
        for low, high in zip(rows["low"], rows["high"], strict=True)
    ]


def reason_remarks(rows: pd.DataFrame, names: Mapping[str, str], key: str) -> list[str]:
    """Return why values and intervals are missing, each reason once, with whose they are."""
    remarks = []
    for column, what in (("reason", "no value"), ("no_interval", "no interval")):
        missing = rows["value"].isna() if column == "reason" else rows["value"].notna()
        held = rows[missing & (rows[column] != "") & (rows["coefficient"] != "shaffer_rho")]
        for reason, of_reason in held.groupby(column, sort=False):
            whose = [names.get(name) or name for name in dict.fromkeys(of_reason[key])]
            everyone = len(whose) == rows[key].nunique() and len(whose) > 1
            of = "" if everyone else f" ({', '.join(whose)})"
            remarks.append(f"{what}{of}: {reason}")
    return remarks


def caution_remarks(rows: pd.DataFrame, names: Mapping[str, str], key: str) -> list[str]:
    """Return what to know before values are used, each caution once, with whose it is."""
    remarks = []
    for caution, of_caution in rows[rows["caution"] != ""].groupby("caution", sort=False):
        whose = list(dict.fromkeys(names.get(name) or name for name in of_caution[key]))
        remarks.append(f"caution ({', '.join(whose)}): {caution}")
    return remarks
