"""Rows of the report about the machine coder: calibration and confused codes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting.text_format import decimal, percent, shortened, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["calibration_rows", "confused_pairs_of_coders"]

_LONGEST = 300  # characters of an example that are shown


def calibration_rows(contents: ReportContents) -> list[dict[str, Any]]:
    """Return a row for each code, and one for all pooled.

    A row has `label`, `uncertain`, `caution` and `cells`, each cell a text, its interval and why it
    is undefined.
    """
    rows = []
    for record in contents.calibration.to_dict("records"):
        code = str(record["code"])
        cells = [
            _cell(whole(int(record["n"]))),
            _cell(whole(int(record["positives"]))),
            _cell(percent(float(record["prevalence"]))),
            _cell(percent(float(record["mean_probability"]))),
            _number(record, "brier", digits=3),
            _number(record, "skill"),
            _cell(decimal(float(record["ece"]), digits=3)),
            _cell(decimal(float(record["ece_if_calibrated"]), digits=3)),
            _number(record, "slope"),
            _number(record, "intercept"),
        ]
        rows.append(
            {
                "label": contents.name(code) if code else "All codes, pooled",
                "uncertain": bool(record["uncertain"]) and bool(code),
                "pooled": not code,
                "caution": str(record["caution"]),
                "cells": cells,
            }
        )
    return rows


def confused_pairs_of_coders(contents: ReportContents) -> Iterator[dict[str, Any]]:
    """Yield, for each two coders, the codes that were confused in two segments or more.

    Each has `one`, `other`, `machine` and `rows`, with two example segments and a hint.
    """
    frame = contents.confusions
    # The machine first: its errors are what the reader can correct.
    pairs = sorted(
        frame.groupby(["coder_a", "coder_b"], sort=False),
        key=lambda pair: str(pair[0][1]) not in contents.machines,
    )
    for (one, other), confusions in pairs:
        often = confusions[confusions["segments"] > 1].head(contents.confusions_shown)
        if often.empty:
            continue
        yield {
            "one": contents.name(str(one)),
            "other": contents.name(str(other)),
            "machine": str(other) in contents.machines,
            "rows": [_confused(contents, record) for record in often.to_dict("records")],
        }


def _confused(contents: ReportContents, record: dict[Any, Any]) -> dict[str, Any]:
    examples = [
        (shortened(str(record[f"example_{number}"]), _LONGEST), str(record[f"place_{number}"]))
        for number in (1, 2)
        if record[f"example_{number}"]
    ]
    return {
        "code": contents.name(str(record["code"])),
        "taken_for": contents.name(str(record["taken_for"])),
        "segments": whole(int(record["segments"])),
        "coded": whole(int(record["coded"])),
        "expected": decimal(float(record["expected"]), digits=1),
        "examples": examples,
        "hint": str(record["hint"]),
    }


def _number(record: dict[Any, Any], name: str, *, digits: int = 2) -> dict[str, str]:
    low, high = float(record[f"{name}_low"]), float(record[f"{name}_high"])
    interval = ""
    if not (math.isnan(low) or math.isnan(high)):
        interval = f"{decimal(low, digits=digits)} to {decimal(high, digits=digits)}"
    value = float(record[name])
    why = str(record["reason"]) if math.isnan(value) else ""
    return _cell(decimal(value, digits=digits), interval, why)


def _cell(text: str, interval: str = "", why: str = "") -> dict[str, str]:
    return {"text": text, "interval": interval, "why": why}
