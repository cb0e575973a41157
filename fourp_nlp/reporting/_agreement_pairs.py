"""The agreement section's tables of two coders, made from the short table of agreement."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from fourp_nlp.agreement import chance_corrected_ids
from fourp_nlp.reporting._agreement_columns import CodingsColumns
from fourp_nlp.reporting._agreement_section import PER_CODE
from fourp_nlp.reporting.text_format import percent, whole
from fourp_nlp.reporting.wide_tables import (
    agreement_wide,
    coefficient_label,
    coefficient_text,
    coefficients_of,
    interval_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["agreement_pairs"]

_LEVELS: tuple[tuple[Literal["overall", "theme", "code"], str], ...] = (
    ("overall", "Overall"),
    ("theme", "Per theme"),
    ("code", PER_CODE),
)


def agreement_pairs(contents: ReportContents) -> Iterator[dict[str, Any]]:
    """Yield each pair of coders with their tables and the reasons for what is undefined."""
    agreement = contents.agreement
    for (one, other), pair in agreement.groupby(["coder_a", "coder_b"], sort=False):
        reasons: dict[str, int] = {}
        tables = [
            {
                "title": title,
                "table": _agreement_rows(contents, pair, level, reasons),
                "folded": False,
            }
            for level, title in _LEVELS
            if (pair["level"] == level).any()
        ]
        yield {
            "coders": (str(one), str(other)),
            "who": f"{contents.name(str(one))} and {contents.name(str(other))}",
            "machine": str(other) in contents.machines,
            "tables": tables,
            "reasons": list(reasons),
        }


def _agreement_rows(
    contents: ReportContents,
    pair: pd.DataFrame,
    level: Literal["code", "theme", "overall"],
    reasons: dict[str, int],
) -> dict[str, Any]:
    wide = agreement_wide(pair, level)
    with_interval = chance_corrected_ids()
    shown = [
        name for name in coefficients_of(pair) if wide[name].notna().any() or level != "overall"
    ]
    if level != "overall":
        shown = [name for name in shown if name != "macro_f1"]
    coders = (str(pair["coder_a"].iloc[0]), str(pair["coder_b"].iloc[0]))
    codings = CodingsColumns.of(contents, coders, wide)
    rows = []
    for record in wide.to_dict("records"):
        cells = []
        for name in shown:
            value, reason = float(record[name]), str(record[f"{name}_reason"])
            low, high = float(record[f"{name}_low"]), float(record[f"{name}_high"])
            note = reasons.setdefault(reason, len(reasons) + 1) if reason else 0
            interval = ""
            if name in with_interval and not (math.isnan(low) or math.isnan(high)):
                interval = interval_text(name, low, high)
            cells.append(
                {
                    "text": coefficient_text(name, value),
                    "interval": interval,
                    "against": "",
                    "note": note,
                }
            )
        rows.append(
            {
                "label": contents.name(str(record["code"]))
                if record["code"]
                else "All codes, pooled",
                "n": whole(int(record["n"])),
                "counts": codings.cells(record),
                "prevalence": percent(float(record["prevalence"])),
                "indices": (),
                "cells": cells,
            }
        )
    heads = [coefficient_label(name) for name in shown]
    return {"counts": codings.heads, "heads": heads, "rows": rows}
