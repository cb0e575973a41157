"""The agreement section: for each comparison a chart of intervals, fuller tables, and cautions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting._agreement_columns import CodingsColumns
from fourp_nlp.reporting.charts.intervals import whisker_chart
from fourp_nlp.reporting.text_format import decimal, percent, whole
from fourp_nlp.reporting.wide_tables import coefficient_label, coefficient_text, interval_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["PER_CODE", "in_full"]

PER_CODE = "Per code"
"""Title of the table of codes, in whose place a fuller one stands where there is one."""

_BETWEEN = "; "
_ANY = "Per code, of segments to which one of them gave any code"
_SETS = "Sets of codes, and spans"
_OF_TWO = ("percent", "positive_agreement", "cohen_kappa", "krippendorff_alpha", "gwet_ac1")
_OF_MANY = ("percent", "positive_agreement", "conger_kappa", "krippendorff_alpha", "gwet_ac1")
_KAPPA = 2  # the place of kappa among these
_OF_PAIRS = ("precision", "recall", "f1")
_LABELS = {
    "positive_agreement": "Positive",
    "cohen_kappa": "Kappa",
    "conger_kappa": "Kappa (Conger)",
}
_WHOLE = {
    "alpha_masi": "Each segment's set of codes (alpha, MASI)",
    "u_alpha": "Spans: marked alike, with the same codes (u_alpha)",
    "u_alpha_binary": "Spans: marked alike, whatever the code (u_alpha_binary)",
    "cu_alpha": "Spans: what two marked has the same code (cu_alpha)",
}


def in_full(contents: ReportContents, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the section shows of each comparison, all coders together first.

    Parameters
    ----------
    contents : ReportContents
        What the report shows.
    pairs : list of dict
        Each pair with the tables that are made from AGREEMENT: `coders`, `who`, `machine`, `tables`
        and `reasons`.

    Returns
    -------
    list of dict
        The same and comparisons of more than two, each also with `chart` (an SVG or empty), `cautions`
        and `paradoxes`.
    """
    known = {pair["coders"]: pair for pair in pairs}
    comparisons = {
        ((str(one), str(other)) if other != "" else tuple(str(coders).split(_BETWEEN))): own
        for (coders, one, other), own in contents.agreement_full.groupby(
            ["coders", "coder_a", "coder_b"], sort=False
        )
    }
    made = []
    together = [each for each in comparisons if each not in known]
    for number, coders in enumerate([*together, *known]):
        pair = known.get(coders) or _of_many(contents, coders)
        nothing: dict[str, Any] = {"chart": "", "cautions": [], "paradoxes": []}
        if coders in comparisons:
            whole_table = comparisons[coders]
            _fill(contents, pair, whole_table[whole_table["by"] == ""], f"w{number}")
        made.append({**nothing, **pair})
    return made


def _of_many(contents: ReportContents, coders: tuple[str, ...]) -> dict[str, Any]:
    *first, last = (contents.name(coder) for coder in coders)
    return {
        "coders": coders,
        "who": f"{', '.join(first)} and {last}",
        "machine": any(coder in contents.machines for coder in coders),
        "tables": [],
        "reasons": [],
    }


def _fill(contents: ReportContents, pair: dict[str, Any], own: pd.DataFrame, key: str) -> None:
    """Put the fuller tables, the chart and the remarks into what is shown of a comparison."""
    coders = pair["coders"]
    two = len(coders) == 2
    shown = _OF_TWO if two else _OF_MANY
    reasons = {text: number for number, text in enumerate(pair["reasons"], start=1)}
    every = own[own["units"] == "all"]
    tables = [part for part in pair["tables"] if part["title"] != PER_CODE]
    if not two and (every["level"] == "theme").any():
        tables.append(_part("Per theme", _table(contents, coders, every, "theme", shown, reasons)))
    extra = ("precision", "recall") if two else ()  # F1 of two is positive agreement
    tables.append(
        _part(PER_CODE, _table(contents, coders, every, "code", (*shown, *extra), reasons))
    )
    some = own[own["units"] == "any_code"]
    if len(some):
        table = _table(contents, coders, some, "code", shown, reasons)
        tables.append(_part(_ANY, table, folded=True))
    tables.append(_part(_SETS, _sets(own, reasons), folded=True))
    kappa = every[every["coefficient"] == shown[_KAPPA]]
    kappa = kappa[kappa["level"].isin(["code", "overall"])]
    drawn = every[every["level"].isin(["code", "overall"])]
    pair.update(
        tables=tables,
        reasons=list(reasons),
        chart=whisker_chart(
            drawn,
            title=f"Agreement of {pair['who']}, with 95% intervals",
            names={**contents.names, "": "All codes, pooled"},
            thresholds=contents.thresholds,
            key=key,
        ),
        cautions=_cautions(contents, own[own["coefficient"].isin([*shown, *extra, *_WHOLE])]),
        paradoxes=[
            (_label(contents, str(code)), str(note))
            for code, note in zip(kappa["code"], kappa["note"], strict=True)
            if note
        ],
    )


def _part(title: str, table: dict[str, Any], *, folded: bool = False) -> dict[str, Any]:
    return {"title": title, "table": table, "folded": folded}


def _label(contents: ReportContents, code: str) -> str:
    return contents.name(code) if code else "All codes, pooled"


def _table(
    contents: ReportContents,
    coders: Sequence[str],
    own: pd.DataFrame,
    level: str,
    shown: tuple[str, ...],
    reasons: dict[str, int],
) -> dict[str, Any]:
    """Return heads and rows: codes (or themes), and all codes pooled."""
    rows = []
    held = own[own["level"].isin([level, "overall"])]
    codings = CodingsColumns.of(contents, coders, held)
    for code, of_code in held.groupby("code", sort=False):
        records = {str(row["coefficient"]): row for row in of_code.to_dict("records")}
        first = records["percent"]
        rows.append(
            {
                "label": _label(contents, str(code)),
                "n": whole(int(first["n"])),
                "counts": codings.cells(first),
                "prevalence": percent(float(first["prevalence"])),
                "indices": (
                    f"PI {decimal(float(first['prevalence_index']))}",
                    f"BI {decimal(float(first['bias_index']))}",
                ),
                "cells": [_cell(name, records.get(name), reasons) for name in shown],
            }
        )
    labels = _LABELS | ({"positive_agreement": "Positive (F1)"} if len(coders) == 2 else {})
    heads = [labels.get(name) or coefficient_label(name) for name in shown]
    return {"counts": codings.heads, "heads": heads, "rows": rows}


def _sets(own: pd.DataFrame, reasons: dict[str, int]) -> dict[str, Any]:
    rows = []
    held = own[(own["level"] == "overall") & own["coefficient"].isin(list(_WHOLE))]
    for record in held.to_dict("records"):
        label = _WHOLE[str(record["coefficient"])]
        if record["units"] == "any_code":
            label += ", of segments with any code"
        unit = "characters" if record["units"] == "spans" else "segments"
        rows.append(
            {
                "label": label,
                "n": f"{whole(int(record['n']))} {unit}",
                "counts": (),
                "prevalence": percent(float(record["prevalence"])),
                "indices": (),
                "cells": [_cell(str(record["coefficient"]), record, reasons)],
            }
        )
    return {"counts": (), "heads": ["Alpha"], "rows": rows}


def _cell(name: str, record: dict[Any, Any] | None, reasons: dict[str, int]) -> dict[str, Any]:
    if record is None:
        return {"text": decimal(math.nan), "interval": "", "against": "", "note": 0}
    value, low, high = (float(record[each]) for each in ("value", "low", "high"))
    reason = str(record["reason"])
    interval = "" if name in _OF_PAIRS else interval_text(name, low, high)
    return {
        "text": coefficient_text(name, value),
        "interval": interval,
        "against": str(record["against"]),
        "note": reasons.setdefault(reason, len(reasons) + 1) if reason else 0,
    }


def _cautions(contents: ReportContents, rows: pd.DataFrame) -> list[str]:
    """Return, each once with whose it is, why intervals are missing or say little."""
    said = []
    for column, what in (("no_interval", "No interval"), ("caution", "Caution")):
        held = rows[(rows[column] != "") & rows["value"].notna()]
        for text, own in held.groupby(column, sort=False):
            whose = dict.fromkeys(
                _WHOLE.get(str(name)) or _label(contents, str(code))
                for name, code in zip(own["coefficient"], own["code"], strict=True)
            )
            said.append(f"{what} ({', '.join(whose)}): {str(text).removesuffix('.')}.")
    return said
