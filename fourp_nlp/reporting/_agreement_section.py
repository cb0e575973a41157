"""The agreement section: for each comparison a chart of intervals, fuller tables, and cautions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fourp_nlp.agreement import known_coefficient, shown_coefficients
from fourp_nlp.reporting._agreement_columns import CodingsColumns
from fourp_nlp.reporting.charts.intervals import whisker_chart
from fourp_nlp.reporting.text_format import ABSENT, decimal, percent, whole
from fourp_nlp.reporting.wide_tables import coefficient_text, interval_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.agreement import CoefficientDefinition
    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["PER_CODE", "in_full"]

PER_CODE = "Per code"
"""Title of the table of codes, in whose place a fuller one stands where there is one."""

_BETWEEN = "; "
_ANY = "Per code, of segments to which one of them gave any code"
_SETS = "Sets of codes, and spans"
_ON_ALL_CODES = frozenset({"sets", "spans"})
"""What coefficients are measured on that are of all codes together."""


def in_full(contents: ReportContents, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the section shows of each comparison, all coders together first.

    `pairs` has each pair with the tables that are made from AGREEMENT: `coders`, `who`, `machine`,
    `tables` and `reasons`. Returns the same and comparisons of more than two, each also with
    `chart` (an SVG or empty), `cautions` and `paradoxes`.
    """
    known = {pair["coders"]: pair for pair in pairs}
    comparisons = {
        ((str(one), str(other)) if other != "" else tuple(str(coders).split(_BETWEEN))): rows
        for (coders, one, other), rows in contents.agreement_full.groupby(
            ["coders", "coder_a", "coder_b"], sort=False
        )
    }
    shown = []
    together = [coders for coders in comparisons if coders not in known]
    for number, coders in enumerate([*together, *known]):
        pair = known.get(coders) or _of_many(contents, coders)
        nothing: dict[str, Any] = {"chart": "", "cautions": [], "paradoxes": []}
        if coders in comparisons:
            whole_table = comparisons[coders]
            _fill(contents, pair, whole_table[whole_table["by"] == ""], f"w{number}")
        shown.append({**nothing, **pair})
    return shown


def _of_many(contents: ReportContents, coders: tuple[str, ...]) -> dict[str, Any]:
    *first, last = (contents.name(coder) for coder in coders)
    return {
        "coders": coders,
        "who": f"{', '.join(first)} and {last}",
        "machine": any(coder in contents.machines for coder in coders),
        "tables": [],
        "reasons": [],
    }


def _fill(contents: ReportContents, pair: dict[str, Any], rows: pd.DataFrame, key: str) -> None:
    """Put the fuller tables, the chart and the remarks into what is shown of a comparison."""
    coders = pair["coders"]
    definitions = shown_coefficients("report", len(coders))
    on_labels = [each for each in definitions if each.measured_on == "labels"]
    shown = [each for each in on_labels if not each.of_second_coder]
    reasons = {text: number for number, text in enumerate(pair["reasons"], start=1)}
    every = rows[rows["units"] == "all"]
    tables = [part for part in pair["tables"] if part["title"] != PER_CODE]
    if len(coders) > 2 and (every["level"] == "theme").any():
        tables.append(_part("Per theme", _table(contents, coders, every, "theme", shown, reasons)))
    tables.append(_part(PER_CODE, _table(contents, coders, every, "code", on_labels, reasons)))
    some = rows[rows["units"] == "any_code"]
    if len(some):
        table = _table(contents, coders, some, "code", shown, reasons)
        tables.append(_part(_ANY, table, folded=True))
    tables.append(_part(_SETS, _sets(contents, coders, rows, reasons), folded=True))
    noted = every[every["coefficient"].isin([each.id for each in shown]) & (every["note"] != "")]
    noted = noted[noted["level"].isin(["code", "overall"])]
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
        cautions=_cautions(
            contents, rows[rows["coefficient"].isin([each.id for each in definitions])]
        ),
        paradoxes=[
            (_label(contents, str(code)), str(note))
            for code, note in zip(noted["code"], noted["note"], strict=True)
        ],
    )


def _part(title: str, table: dict[str, Any], *, folded: bool = False) -> dict[str, Any]:
    return {"title": title, "table": table, "folded": folded}


def _label(contents: ReportContents, code: str) -> str:
    return contents.name(code) if code else "All codes, pooled"


def _table(
    contents: ReportContents,
    coders: Sequence[str],
    table: pd.DataFrame,
    level: str,
    shown: Sequence[CoefficientDefinition],
    reasons: dict[str, int],
) -> dict[str, Any]:
    """Return heads and rows: codes (or themes), and all codes pooled."""
    rows = []
    chosen = table[table["level"].isin([level, "overall"])]
    codings = CodingsColumns.of(contents, coders, chosen)
    for code, of_code in chosen.groupby("code", sort=False):
        records = {str(row["coefficient"]): row for row in of_code.to_dict("records")}
        first = of_code.iloc[0].to_dict()
        rows.append(
            {
                "label": _label(contents, str(code)),
                "code": str(code) if first["level"] == "code" else "",
                "n": whole(int(first["n"])),
                "counts": codings.cells(first),
                "prevalence": percent(float(first["prevalence"])),
                "indices": (
                    f"PI {decimal(float(first['prevalence_index']))}",
                    f"BI {decimal(float(first['bias_index']))}",
                ),
                "cells": [_cell(each, records.get(each.id), reasons) for each in shown],
            }
        )
    heads = [each.heading_of_two if len(coders) == 2 else each.heading for each in shown]
    return {"counts": codings.heads, "heads": heads, "rows": rows}


def _sets(
    contents: ReportContents,
    coders: Sequence[str],
    table: pd.DataFrame,
    reasons: dict[str, int],
) -> dict[str, Any]:
    """Return rows of sets of codes and spans; beside those of sets, the numbers of all codings."""
    rows = []
    overall = table[table["level"] == "overall"]
    pooled = overall[overall["both"].notna()].head(1)
    codings = CodingsColumns.of(contents, coders, pooled)
    numbers = codings.cells(pooled.iloc[0].to_dict()) if len(pooled) else []
    for record in overall.to_dict("records"):
        definition = known_coefficient(str(record["coefficient"]))
        if definition is None or definition.measured_on not in _ON_ALL_CODES:
            continue
        label = _capital(definition.name)
        if record["units"] == "any_code":
            label += ", of segments with any code"
        in_spans = record["units"] == "spans"
        unit = "characters" if in_spans else "segments"
        rows.append(
            {
                "label": label,
                "n": f"{whole(int(record['n']))} {unit}",
                "counts": [ABSENT] * len(numbers) if in_spans else numbers,
                "prevalence": percent(float(record["prevalence"])),
                "indices": (),
                "cells": [_cell(definition, record, reasons)],
            }
        )
    return {"counts": codings.heads, "heads": ["Alpha"], "rows": rows}


def _cell(
    definition: CoefficientDefinition, record: dict[Any, Any] | None, reasons: dict[str, int]
) -> dict[str, Any]:
    if record is None:
        return {"text": decimal(math.nan), "interval": "", "against": "", "note": 0}
    value, low, high = (float(record[each]) for each in ("value", "low", "high"))
    reason = str(record["reason"])
    interval = "" if definition.of_second_coder else interval_text(definition.id, low, high)
    return {
        "text": coefficient_text(definition.id, value),
        "interval": interval,
        "against": str(record["against"]),
        "note": reasons.setdefault(reason, len(reasons) + 1) if reason else 0,
    }


def _cautions(contents: ReportContents, rows: pd.DataFrame) -> list[str]:
    """Return, each once with whose it is, why intervals are missing or say little."""
    sentences = []
    for column, what in (("no_interval", "No interval"), ("caution", "Caution")):
        noted = rows[(rows[column] != "") & rows["value"].notna()]
        for text, of_text in noted.groupby(column, sort=False):
            whose = dict.fromkeys(
                _whose(contents, str(name), str(code))
                for name, code in zip(of_text["coefficient"], of_text["code"], strict=True)
            )
            sentences.append(f"{what} ({', '.join(whose)}): {str(text).removesuffix('.')}.")
    return sentences


def _whose(contents: ReportContents, coefficient: str, code: str) -> str:
    """Return the code of a row; of coefficients of sets and spans, the coefficient."""
    definition = known_coefficient(coefficient)
    if definition is not None and definition.measured_on in _ON_ALL_CODES:
        return _capital(definition.name)
    return _label(contents, code)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
