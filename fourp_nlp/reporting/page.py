"""The report as one self-contained HTML page."""

from __future__ import annotations

import math
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.reporting._agreement_pairs import agreement_pairs
from fourp_nlp.reporting._agreement_section import in_full
from fourp_nlp.reporting._html_pages import render_page, write_page
from fourp_nlp.reporting._machine_section import calibration_rows, confused_pairs_of_coders
from fourp_nlp.reporting._results_section import results_section
from fourp_nlp.reporting.charts.bar_charts import group_chart, theme_chart
from fourp_nlp.reporting.charts.estimates import estimate_tables
from fourp_nlp.reporting.charts.reliability import reliability_chart
from fourp_nlp.reporting.text_format import decimal, marked, percent, shortened, whole
from fourp_nlp.reporting.wide_tables import (
    frequency_wide,
)
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["render_html", "write_html"]

_LONGEST = 600  # characters of a passage that are shown
_MOST_DRAWN = 30  # codes of one chart; their table has all


def write_html(contents: ReportContents, path: str | os.PathLike[str]) -> Path:
    """Write the report's page.

    Parameters
    ----------
    contents : ReportContents
        What it shows.
    path : str or os.PathLike
        The file; an earlier one is replaced in one step.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    return write_page(render_html(contents), path)


def render_html(contents: ReportContents) -> str:
    """Return the report's page.

    Parameters
    ----------
    contents : ReportContents
        What it shows.

    Returns
    -------
    str
        A whole HTML document without any reference to another file. Every text is escaped.
    """
    return render_page(
        "report.html.j2",
        contents=contents,
        results=results_section(contents),
        counters=list(_counters(contents)),
        pairs=in_full(contents, list(agreement_pairs(contents))),
        confused=list(confused_pairs_of_coders(contents)),
        calibrated=calibration_rows(contents),
        diagram=_diagram(contents),
        promises=_promises(contents),
        estimated=list(estimate_tables(contents)),
        reconciled=_reconciled(contents),
        disagreements=list(_disagreements(contents)),
        themes=list(_quoted_themes(contents)),
        documents=_documents(contents),
        card=_card(contents.model_card),
    )


def _is_machine(contents: ReportContents, coder: str) -> bool:
    return coder in contents.machines


def _counters(contents: ReportContents) -> Iterator[dict[str, Any]]:
    """Yield, for each coder, the charts and tables of each theme; people come first."""
    frequencies = contents.frequencies
    coders = sorted(
        frequencies["coder"].unique(), key=lambda coder: _is_machine(contents, str(coder))
    )
    groups = list(dict.fromkeys(group for _, group in contents.cases))
    highest = int(frequencies["count"].max()) if len(frequencies) else 0
    for number, coder in enumerate(coders):
        of_coder = frequencies[frequencies["coder"] == coder]
        unit = str(of_coder["unit"].iloc[0])
        machine = _is_machine(contents, str(coder))
        source = (
            f"suggested by the machine, {coder}, not corrected for its errors"
            if machine
            else f"counted by {contents.name(str(coder))}"
        )
        partly = contents.read_in_part[contents.read_in_part["coder"] == coder]
        starred = set(partly["case"])
        themes = []
        for place, (theme, codes) in enumerate(contents.themes):
            name = contents.name(theme) or "All codes"
            key = f"c{number}t{place}"
            drawn = _commonest(of_coder, codes)
            fewer = f" (the {len(drawn)} commonest of {len(codes)} codes)" if drawn != codes else ""
            title = f"{name}: {unit} {'suggested by the machine' if machine else source}{fewer}"
            shared: dict[str, Any] = {
                "codes": drawn,
                "cases": contents.cases,
                "names": contents.names,
            }
            themes.append(
                {
                    "name": name,
                    "id": f"frequencies-{key}",
                    "chart": theme_chart(
                        of_coder, title=title, key=key, ceiling=highest, starred=starred, **shared
                    ),
                    "table": _count_table(
                        contents, of_coder, theme, codes, by="case", starred=starred
                    ),
                    "groups": group_chart(of_coder, title=title, key=f"{key}g", **shared)
                    if len(groups) > 1
                    else "",
                    "group_table": _count_table(contents, of_coder, theme, codes, by="group"),
                }
            )
        yield {
            "coder": coder,
            "source": source,
            "unit": unit,
            "machine": machine,
            "themes": themes,
            "in_part": _in_part(contents, partly),
        }


def _commonest(frequencies: pd.DataFrame, codes: Sequence[str]) -> Sequence[str]:
    """Return the codes that a chart shows, in their order: of very many, the commonest."""
    if len(codes) <= _MOST_DRAWN:
        return codes
    totals = frequencies.groupby("code")["count"].sum().reindex(list(codes), fill_value=0)
    commonest = set(totals.sort_values(ascending=False, kind="stable").index[:_MOST_DRAWN])
    return [code for code in codes if code in commonest]


def _in_part(contents: ReportContents, partly: pd.DataFrame) -> str:
    """Return what the asterisk after cases means: how much of each was read."""
    if partly.empty:
        return ""
    of_cases = [
        f"{contents.name(str(row.case))} {row.read:,} of {row.segments:,} segments"
        for row in partly.itertuples()
    ]
    return "* read in part: " + "; ".join(of_cases)


def _count_table(
    contents: ReportContents,
    frequencies: pd.DataFrame,
    theme: str,
    codes: Sequence[str],
    *,
    by: str,
    starred: Collection[str] = (),
) -> dict[str, Any]:
    """Return heads and rows of counts, with a total below and at the right."""
    of_theme = frequencies[frequencies["code"].isin(codes)]
    places = [case for case, _ in contents.cases]
    groups = list(dict.fromkeys(group for _, group in contents.cases))
    wide = frequency_wide(
        of_theme,
        [(theme, codes)],
        contents.names,
        places if by == "case" else groups,
        by="case" if by == "case" else "group",
    )
    # Cases that only the frequencies have come last, and have no asterisk.
    ids = [*places, *[""] * (wide.shape[1] - 3 - len(places))] if by == "case" else []
    heads = [str(column) for column in wide.columns[2:-1]]
    heads = [
        f"{head}\N{NO-BREAK SPACE}*" if case in starred else head
        for head, case in zip_longest(heads, ids)
    ]
    heads.append("Total")
    numbers = wide.iloc[:, 2:]
    rows = [
        (str(label), [whole(None if pd.isna(value) else int(value)) for value in row])
        for label, row in zip(wide.iloc[:, 1], numbers.itertuples(index=False), strict=True)
    ]
    rows.append(("Total", [whole(int(value)) for value in numbers.fillna(0).sum()]))
    return {"heads": [head or "no group" for head in heads], "rows": rows}


def _diagram(contents: ReportContents) -> str:
    """Return the reliability diagram, drawn from numbers: what lies in a model's folder is not trusted."""
    if contents.reliability.empty:
        return ""
    return reliability_chart(
        contents.reliability,
        contents.histogram,
        title="Predicted probabilities and observed shares",
        names=contents.names,
        codes=contents.diagrams,
    )


def _promises(contents: ReportContents) -> list[dict[str, Any]]:
    """Return, for each code, its threshold, what is accepted, and why there is no guarantee."""
    return [
        {
            "label": contents.name(str(row["code"])),
            "cells": [
                decimal(float(row["accepted_from"])),
                whole(int(row["accepted"])),
                decimal(float(row["lower"])),
                percent(float(row["found"])),
                whole(int(row["left"])),
                # A tenth of a coding would look surer than it is.
                "–" if math.isnan(float(row["below"])) else whole(round(float(row["below"]))),
            ],
            "reason": str(row["reason"]) or str(row.get("caution") or ""),
        }
        for row in contents.promises.to_dict("records")
    ]


def _reconciled(contents: ReportContents) -> list[tuple[str, list[int]]]:
    """Return, for each code, the numbers of agreed, machine only, human only and final codings."""
    frame = contents.reconciliation
    rows = []
    for _, codes in contents.themes:
        for code in codes:
            of_code = frame[frame["code"] == code]
            status = of_code["status"].value_counts()
            counts = [int(status.get(key, 0)) for key in ("agreed", "machine_only", "human_only")]
            rows.append((contents.name(code), [*counts, int(of_code["settled"].sum())]))
    return rows if len(frame) else []


def _disagreements(contents: ReportContents) -> Iterator[dict[str, str]]:
    """Yield the first differences of each code: given by the machine alone, or by the person alone."""
    frame = contents.reconciliation
    differing = frame[frame["status"] != "agreed"]
    few = differing.groupby(["code", "status"], sort=False).head(contents.disagreements_shown)
    for record in few.sort_values(["code", "status"], kind="stable").to_dict("records"):
        yield {
            "code": contents.name(str(record["code"])),
            "who": "machine only" if record["status"] == "machine_only" else "person only",
            "probability": decimal(float(record["probability"])),
            "document": str(record["document"]),
            "text": shortened(str(record["text"]), _LONGEST),
            "settled": "code kept" if record["settled"] else "code dropped",
            "decided_by": str(record["decided_by"]),
        }


def _quoted_themes(contents: ReportContents) -> Iterator[dict[str, Any]]:
    """Yield themes with codes with quotations; the codes' places on the page are numbered."""
    frame = contents.quotations
    number = 0
    for theme, codes in contents.themes:
        quoted = []
        for code in codes:
            number += 1
            of_code = frame[frame["code"] == code]
            quotations = [
                {
                    "pieces": marked(
                        shortened(str(record["text"]), _LONGEST), str(record["words"])
                    ),
                    "where": " · ".join(
                        filter(None, [str(record["case"]), str(record["document"])])
                    ),
                    "speaker": _speaker(str(record["speaker"]), str(record["speaker_role"])),
                    "coder": contents.name(str(record["coder"])),
                    "machine": _is_machine(contents, str(record["coder"])),
                    "probability": decimal(float(record["probability"])),
                    "decision": str(record["decision"]),
                }
                for record in of_code.to_dict("records")
            ]
            shown = quotations[: contents.quotations_shown]
            quoted.append(
                {
                    "name": contents.name(code),
                    "id": f"quotations-{number}",
                    "quotations": shown,
                    "number": _numbers_of_codings(contents, code, len(shown)),
                }
            )
        yield {"name": contents.name(theme), "codes": quoted}


def _numbers_of_codings(contents: ReportContents, code: str, shown: int) -> str:
    """Return how many codings each coder has, people first, and how many are shown if not all are."""
    counts, quotations = contents.quotation_counts, contents.quotations
    if counts.empty:
        counts = (
            quotations.groupby(["code", "coder"], sort=False).size().rename("count").reset_index()
        )
    of_code = counts[counts["code"] == code].set_index("coder")["count"]
    coders = [str(coder) for coder in dict.fromkeys(counts["coder"])]
    numbers = {coder: int(of_code.get(coder, 0)) for coder in coders}
    listed = ", ".join(
        f"{'the machine' if _is_machine(contents, coder) else contents.name(coder)} {numbers[coder]:,}"
        for coder in sorted(coders, key=lambda coder: _is_machine(contents, coder))
    )
    all_are_shown = shown == sum(numbers.values())
    return (listed or "none") + ("" if all_are_shown else f"; {shown:,} shown")


def _speaker(name: str, role: str) -> str:
    """Return who speaks, with the role unless the name says it."""
    return name if not role or role.casefold() in name.casefold() else f"{name} ({role})"


def _documents(contents: ReportContents) -> list[list[str]]:
    frame = contents.documents
    words = frame["text"].map(count_words)
    return [
        [str(row.document), str(row.case), str(row.group), str(row.kind), whole(int(count))]
        for row, count in zip(frame.itertuples(index=False), words, strict=True)
    ]


def _card(facts: Mapping[str, object] | Sequence[tuple[str, object]]) -> list[tuple[str, str]]:
    pairs = facts.items() if hasattr(facts, "items") else facts
    return [(str(label), str(value)) for label, value in pairs]
