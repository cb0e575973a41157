"""`fourp frequencies --corrected` and `--compare`: estimates and comparisons, printed and written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from fourp_nlp.number_format import confidence_level, fixed

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.frequencies import Adjustment
    from fourp_nlp.study.measuring.estimates import Estimates
    from fourp_nlp.study.study import Study

__all__ = ["print_comparison", "print_estimates"]

_SHOWN = {
    "naive": "machine",
    "corrected": "corrected",
    "gold": "human sample",
    "adjusted_count": "adjusted",
}


def print_estimates(
    study: Study,
    *,
    coder: str,
    by: str,
    target: Literal["corpus", "documents"],
    confidence: float,
    json: bool,
) -> None:
    """Print raw, corrected and gold-only frequencies, and write them."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.study.measuring.estimates import estimate_frequencies
    from fourp_nlp.study.reporting.tables import write_report_tables

    estimates = estimate_frequencies(
        study.with_machine(),
        coder=coder,
        by=by,
        target=target,
        confidence=confidence,
    )
    for text in estimates.notes:
        warn(text)
    if json:
        json_lines(estimates.table)
        return
    for (level, place), part in estimates.table.groupby(["level", "place"], sort=False):
        title = f"Shares of segments: {_where(str(level), str(place))}"
        counted = _is_counted(part)
        show(
            _counts(part, study.codebook) if counted else _screen(part, study.codebook, confidence),
            title,
        )
        for line in (
            *_reasons(part, study.codebook),
            *caution_lines(part[part["method"] == "corrected"], study.codebook),
        ):
            say(line)
    say(_meaning(estimates, target))
    (path,) = write_report_tables(study, {"estimates": estimates.table})
    say(f"wrote {near(path)}")


def _reasons(part: pd.DataFrame, codebook: Codebook) -> list[str]:
    """Return why figures are refused or have no interval, and whose where it is not all of them."""
    lines = []
    # That nothing was sampled for the machine's own count is said once, below all tables.
    with_reason = part[(part["reason"] != "") & (part["method"] != "naive")]
    for reason, rows_of_reason in with_reason.groupby("reason", sort=False):
        methods, codes = (
            list(dict.fromkeys(rows_of_reason["method"])),
            list(dict.fromkeys(rows_of_reason["code"])),
        )
        whose = [_SHOWN[methods[0]]] if len(methods) == 1 else []
        if len(codes) < part["code"].nunique():
            whose += [codebook.names.get(code, code) for code in codes]
        lines.append(f"– {', '.join(whose)}{': ' if whose else ''}{reason}.")
    return lines


def caution_lines(rows: pd.DataFrame, codebook: Codebook) -> list[str]:
    """Return cautions about figures, a line for all codes with the same caution."""
    cautions = rows.loc[rows["caution"] != "", ["code", "caution"]].drop_duplicates()
    lines = []
    for caution, rows_of_caution in cautions.groupby("caution", sort=False):
        codes = [codebook.names.get(code, code) for code in rows_of_caution["code"]]
        whose = "" if len(codes) == rows["code"].nunique() else f"{', '.join(codes)}: "
        lines.append(f"– {whose}{caution}.")
    return lines


def _where(level: str, place: str) -> str:
    return "the whole corpus" if level == "corpus" else f"{level} {place or '(none)'}"


def _is_counted(part: pd.DataFrame) -> bool:
    """Whether all of a place was read for every code, and what was found is the count."""
    corrected_rows = part[part["method"] == "corrected"]
    return bool(
        (
            (corrected_rows["coded"] == corrected_rows["segments"])
            & corrected_rows["low"].isna()
            & corrected_rows["value"].notna()
        ).all()
    )


def _counts(part: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return the table of a place that was read completely and needs no estimate."""
    import pandas as pd

    corrected_rows = part[part["method"] == "corrected"]
    machine = part[part["method"] == "naive"].set_index("code").loc[corrected_rows["code"]]
    return pd.DataFrame(
        {
            "code": [codebook.names.get(code, code) for code in corrected_rows["code"]],
            "segments": corrected_rows["segments"].to_numpy(),
            "found": corrected_rows["positives"].to_numpy(),
            "counted": [fixed(value, 3) for value in corrected_rows["value"]],
            _SHOWN["naive"]: [fixed(value, 3) for value in machine["value"]],
        }
    )


def _screen(part: pd.DataFrame, codebook: Codebook, confidence: float) -> pd.DataFrame:
    import pandas as pd

    codes = list(dict.fromkeys(part["code"]))
    rows = {method: part[part["method"] == method].set_index("code") for method in _SHOWN}
    first = rows["corrected"].loc[codes]
    columns: dict[str, object] = {
        "code": [codebook.names.get(code, code) for code in codes],
        "segments": first["segments"].to_numpy(),
        "coded": first["coded"].to_numpy(),
        "found": first["positives"].to_numpy(),
    }
    for method, label in _SHOWN.items():
        rows_of_method = rows[method].loc[codes]
        heading = (
            label if method == "naive" else f"{label} ({confidence_level(confidence)} interval)"
        )
        columns[heading] = _written(
            rows_of_method["value"], rows_of_method["low"], rows_of_method["high"], digits=3
        )
    columns["corrected, in segments"] = _written(
        first["count"], first["count_low"], first["count_high"], digits=0
    )
    return pd.DataFrame(columns)


def _written(
    values: pd.Series[float], low: pd.Series[float], high: pd.Series[float], *, digits: int
) -> list[str]:
    return [
        fixed(value, digits)
        + ("" if math.isnan(one) else f" ({fixed(one, digits)} to {fixed(other, digits)})")
        for value, one, other in zip(values, low, high, strict=True)
    ]


def _meaning(estimates: Estimates, target: str) -> str:
    if estimates.sample.census and target == "corpus":
        return "Everything was read: people's count is the result. The machine's count includes its errors."
    what = "documents like these" if target == "documents" else "the codes in these very segments"
    return (
        f"Report the corrected estimate. Its interval, and that of the human sample, is for {what}. The "
        "machine's count includes its errors, and has no interval because it is not based on a sample."
    )


def print_comparison(
    study: Study,
    *,
    groups: tuple[str, str],
    corrected: bool,
    coder: str,
    target: Literal["corpus", "documents"],
    adjust: Adjustment,
    confidence: float,
    json: bool,
) -> None:
    """Print how two groups of documents differ, and write it."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.study.measuring.comparison import compare_groups
    from fourp_nlp.study.reporting.tables import write_report_tables

    comparison = compare_groups(
        study.with_machine() if corrected else study.without_machine(),
        groups,
        corrected=corrected,
        coder=coder,
        target=target,
        adjust=adjust,
        confidence=confidence,
    )
    for text in comparison.notes:
        warn(text)
    if json:
        json_lines(comparison.table)
        return
    table = comparison.table
    scales = {
        scale: rows_of_scale.reset_index(drop=True)
        for scale, rows_of_scale in table.groupby("scale")
    }
    base = scales["difference"]
    first, second = base["first"].iloc[0], base["second"].iloc[0]
    screen: dict[str, object] = {
        "code": [study.codebook.names.get(code, code) for code in base["code"]],
        str(first): base["share_first"],
        str(second): base["share_second"],
    }
    for scale, label in (
        ("difference", "difference"),
        ("ratio", "ratio"),
        ("cohen_h", "Cohen's h"),
    ):
        rows_of_scale = scales[scale]
        screen[label] = _written(
            rows_of_scale["value"], rows_of_scale["low"], rows_of_scale["high"], digits=3
        )
    screen["p"] = base["p_value"]
    screen[f"p, {adjust}"] = base["p_adjusted"]
    population = "documents like these" if target == "documents" else "these very segments"
    method = "corrected" if corrected else f"codes of {base['coder'].iloc[0]}"
    show(
        pd.DataFrame(screen),
        f"{first} and {second}, {method}, {confidence_level(confidence)} intervals for {population}",
    )
    for reason in dict.fromkeys(table["reason"]):
        if reason:
            say(f"– {reason}.")
    for line in caution_lines(base, study.codebook):
        say(line)
    (path,) = write_report_tables(study, {"comparison": table})
    say(f"wrote {near(path)}")
