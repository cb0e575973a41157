"""The first section of the report: what was found, and how far it can be relied on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting._agreement_columns import CodingsColumns
from fourp_nlp.reporting.text_format import decimal, percent, whole
from fourp_nlp.reporting.wide_tables import agreement_wide, interval_text

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["results_section"]

_COMMONEST = 5
_DIFFERENCES = 3
_KAPPA = "cohen_kappa"
_LEAST = 10  # codings of a group that shares are told of


def results_section(contents: ReportContents) -> dict[str, Any]:
    """Return the commonest codes, the largest differences between groups, and the agreement of each pair.

    Parameters
    ----------
    contents : ReportContents
        What the report shows.

    Returns
    -------
    dict
        coder and machine (whose counts they are), commonest, differences and agreement.
    """
    frequencies = contents.frequencies
    section: dict[str, Any] = {
        "coder": "", "machine": False, "in_part": "", "commonest": [], "differences": [],
        "agreement": list(_agreement(contents)),
    }  # fmt: skip
    if frequencies.empty:
        return section
    coders = list(dict.fromkeys(frequencies["coder"]))
    people = [coder for coder in coders if coder not in contents.machines]
    coder = str((people or coders)[0])
    of_coder = frequencies[(frequencies["coder"] == coder) & (frequencies["code"] != "")]
    return section | {
        "coder": contents.name(coder),
        "machine": not people,
        "in_part": _in_part(contents, coder),
        "unit": str(of_coder["unit"].iloc[0]) if len(of_coder) else "",
        "commonest": _commonest(contents, of_coder),
        "differences": _differences(contents, of_coder),
    }


def _in_part(contents: ReportContents, coder: str) -> str:
    partly = contents.read_in_part[contents.read_in_part["coder"] == coder]
    if partly.empty:
        return ""
    cases = "1 case was" if len(partly) == 1 else f"{len(partly):,} cases were"
    read, segments = int(partly["read"].sum()), int(partly["segments"].sum())
    return f"{cases} read in part ({read:,} of {segments:,} segments): counts are of what was read."


def _commonest(contents: ReportContents, counts: pd.DataFrame) -> list[dict[str, str]]:
    by_code = (
        counts.groupby("code", sort=False)["count"]
        .sum()
        .sort_values(ascending=False, kind="stable")
    )
    total = int(by_code.sum())
    n_cases = counts["case"].nunique()
    with_code = counts[counts["count"] > 0].groupby("code")["case"].nunique()
    return [
        {
            "code": contents.name(str(code)),
            "count": whole(int(count)),
            "share": percent(count / total),
            "cases": f"{int(with_code.get(code, 0))} of {n_cases}",
        }
        for code, count in by_code.head(_COMMONEST).items()
        if count > 0
    ]


def _differences(contents: ReportContents, counts: pd.DataFrame) -> list[dict[str, str]]:
    """Return the codes whose share of a group's codings differs most between two groups."""
    wide = counts.pivot_table(
        index="code", columns="group", values="count", aggfunc="sum", fill_value=0, observed=True
    )
    wide = wide.loc[:, [name for name in wide.columns if name and wide[name].sum() >= _LEAST]]
    if wide.shape[1] < 2:
        return []
    shares = wide / wide.sum()
    spread = (shares.max(axis=1) - shares.min(axis=1)).sort_values(ascending=False, kind="stable")
    groups = [str(name) for name in wide.columns]
    counts_of = dict(zip(wide.index, wide.to_numpy(dtype=float).tolist(), strict=True))
    totals = wide.to_numpy(dtype=float).sum(axis=0).tolist()
    rows = []
    for code, difference in spread.head(_DIFFERENCES).items():
        if difference <= 0:
            continue
        by_share = sorted(
            (count / total, name, int(count), int(total))
            for count, total, name in zip(counts_of[code], totals, groups, strict=True)
        )
        low, high = (
            f"{contents.name(name)}: {percent(share)} ({count} of {total})"
            for share, name, count, total in (by_share[0], by_share[-1])
        )
        rows.append({"code": contents.name(str(code)), "high": high, "low": low})
    return rows


def _agreement(contents: ReportContents) -> Any:
    """Yield each pair: n, codings, kappa with interval, and codes on which it is no better than chance."""
    for (one, other), pair in contents.agreement.groupby(["coder_a", "coder_b"], sort=False):
        overall, by_code = agreement_wide(pair, "overall"), agreement_wide(pair, "code")
        if overall.empty or _KAPPA not in overall:
            continue
        row = overall.iloc[0].to_dict()
        codings = CodingsColumns.of(contents, (str(one), str(other)), overall)
        low, high = float(row[f"{_KAPPA}_low"]), float(row[f"{_KAPPA}_high"])
        value = float(row[_KAPPA])
        chance = [
            contents.name(str(record["code"]))
            for record in by_code.to_dict("records")
            if _no_better_than_chance(record)
        ]
        yield {
            "who": f"{contents.name(str(one))} and "
            + ("the machine" if other in contents.machines else contents.name(str(other))),
            "segments": whole(int(by_code["n"].max())) if len(by_code) else "",
            "codings": ", ".join(
                f"{head[0].lower()}{head[1:]} {cell}"
                for head, cell in zip(codings.heads, codings.cells(row), strict=True)
            ),
            "kappa": decimal(value),
            "interval": "no interval"
            if math.isnan(low) or math.isnan(high)
            else interval_text(_KAPPA, low, high),
            "none": _no_better_than_chance(row),
            "chance": chance,
        }


def _no_better_than_chance(row: dict[Any, Any]) -> bool:
    """Whether kappa's interval reaches zero, or kappa itself does where it has none."""
    low, value = float(row[f"{_KAPPA}_low"]), float(row[_KAPPA])
    if math.isnan(value):
        return False
    return value <= 0 if math.isnan(low) else low <= 0
