"""The results of a study, as the page's script reads them."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import TableError
from fourp_nlp.reporting import ReportContents
from fourp_nlp.reporting.charts.bar_charts import group_chart, theme_chart
from fourp_nlp.reporting.charts.estimates import estimate_tables
from fourp_nlp.reporting.charts.svg import without_styles
from fourp_nlp.reporting.sections import agreement_section
from fourp_nlp.reporting.text_format import decimal
from fourp_nlp.review.pages.document_data import code_data
from fourp_nlp.study.reporting.results import cases_with_groups, codes_by_theme

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.frequencies import By, Unit
    from fourp_nlp.study.reviewing.results.result_figures import Cell, ResultFigures
    from fourp_nlp.study.reviewing.results.result_session import ResultSession

__all__ = [
    "agreement_data",
    "chart_data",
    "confusion_data",
    "estimate_data",
    "frequency_data",
    "overview_data",
    "passage_data",
]

_MOST_CELLS = 6000  # of one answer
_MOST_PLACES = 40
_MOST_CONFUSIONS = 200
_MOST_DRAWN = 30  # codes of one chart
_SHOWN_OF_CODE = ("code", "id", "name", "theme", "hue")
_drawing = Lock()  # matplotlib's settings are those of the whole process


def overview_data(session: ResultSession, figures: ResultFigures) -> dict[str, Any]:
    """Return what the page needs before any number: coders, codes, and what is not counted."""
    codes = code_data(figures.codebook)
    names = figures.codebook.names
    return {
        "version": figures.version,
        "pending": session.pending,
        "left_out": figures.n_hidden,
        "reference": figures.reference,
        "machine": figures.machine,
        "coders": [{"id": name, "machine": name == figures.machine} for name in figures.coders],
        "codes": [{name: code[name] for name in _SHOWN_OF_CODE} for code in codes],
        "themes": [
            {"id": theme, "name": names.get(theme) or theme or "All codes"}
            for theme, _ in codes_by_theme(figures.codebook)
        ],
        "groups": int(figures.documents["group"].nunique()),
    }


def frequency_data(
    figures: ResultFigures, *, by: By, unit: Unit, coder: str, first: int
) -> dict[str, Any]:
    """Return a table of counts: all codes, and some of the places, with the totals of all."""
    table = figures.frequencies(by=by, unit=unit, coder=coder)
    ids = figures.codebook.code_ids
    counts = table["count"].to_numpy().reshape(-1, len(ids))
    places = table.iloc[:: len(ids)]
    step = int(np.clip(_MOST_CELLS // len(ids), 4, _MOST_PLACES))
    first = min(max(first, 0) // step * step, max(len(counts) - 1, 0) // step * step)
    shown = slice(first, first + step)
    left_out = figures.left_out(by)
    partly = figures.read_in_part(coder) if by == "case" else None
    read = (
        {}
        if partly is None or partly.empty
        else {
            str(row["case"]): [int(row["read"]), int(row["segments"])]
            for row in partly.to_dict("records")
        }
    )
    return {
        "version": figures.version,
        "by": by,
        "unit": unit,
        "coder": coder,
        "first": first,
        "step": step,
        "places": len(counts),
        "columns": [
            {
                "id": str(place),
                "group": str(group) if by != "group" else "",
                "left_out": left_out.get(str(place), 0),
                "read": read.get(str(place)),
            }
            for place, group in zip(
                places[by].iloc[shown], places["group"].iloc[shown], strict=True
            )
        ],
        "rows": [
            {"code": at, "counts": of_code[shown].tolist(), "total": int(of_code.sum())}
            for at, of_code in enumerate(counts.T)
        ],
        "totals": counts[shown].sum(axis=1).tolist(),
        "total": int(counts.sum()),
    }


def estimate_data(figures: ResultFigures, *, by: By, part: int) -> dict[str, Any]:
    """Return the corrected estimates of the corpus, or of one of its parts, as the report has them."""
    table, notes = figures.estimates(by)
    parts = table[["level", "place"]].drop_duplicates().itertuples(index=False)
    places = [(str(level), str(place)) for level, place in parts]
    common = {
        "version": figures.version,
        "by": by,
        "notes": notes,
        "parts": [{"level": level, "place": place} for level, place in places],
    }
    if not places:
        return {**common, "part": 0, "table": None}
    level, place = places[part if 0 <= part < len(places) else 0]
    chosen = table[(table["level"] == level) & (table["place"] == place)]
    with _drawing:
        (section,) = estimate_tables(_contents(figures, estimates=chosen))
    return {
        **common,
        "part": places.index((level, place)),
        "table": {**section, "chart": without_styles(section["chart"])},
    }


def agreement_data(figures: ResultFigures, *, pair: int) -> dict[str, Any]:
    """Return who is compared, and the agreement of one comparison as the report has it."""
    full, short = figures.agreement(), figures.short_agreement()
    overall = full[(full["level"] == "overall") & (full["units"] == "all") & (full["by"] == "")]
    compared = full[["coders", "coder_a", "coder_b"]].drop_duplicates()
    pairs = []
    for row in compared.to_dict("records"):
        coders = str(row["coders"])
        kappa = "cohen_kappa" if row["coder_b"] else "conger_kappa"
        value = overall[(overall["coders"] == coders) & (overall["coefficient"] == kappa)]
        pairs.append(
            {
                "coders": coders.split("; "),
                "kappa": decimal(float(value["value"].iloc[0])) if len(value) else "",
            }
        )
    if not pairs:
        return {"version": figures.version, "pairs": [], "pair": 0, "section": None}
    pair = pair if 0 <= pair < len(pairs) else 0
    contents = _contents(
        figures, agreement=short, agreement_full=full, thresholds=figures.thresholds
    )
    with _drawing:
        section = agreement_section(contents, str(compared["coders"].iloc[pair]))
    return {
        "version": figures.version,
        "pairs": pairs,
        "pair": pair,
        "section": {
            **{name: section[name] for name in ("who", "tables", "reasons", "cautions")},
            "chart": without_styles(section["chart"]),
            "paradoxes": [list(each) for each in section["paradoxes"]],
        },
    }


def confusion_data(figures: ResultFigures, *, pair: int) -> dict[str, Any]:
    """Return which codes two coders give in each other's place."""
    table = figures.confusions()
    names = table[["coder_a", "coder_b"]].drop_duplicates().itertuples(index=False)
    pairs = [[str(one), str(other)] for one, other in names]
    # The machine first: its errors are what the reader can correct.
    pairs.sort(key=lambda pair: pair[1] != figures.machine)
    if not pairs:
        return {"version": figures.version, "pairs": [], "pair": 0, "rows": [], "count": 0}
    pair = pair if 0 <= pair < len(pairs) else 0
    one, other = pairs[pair]
    chosen = table[(table["coder_a"] == one) & (table["coder_b"] == other)]
    columns = {code: at for at, code in enumerate(figures.codebook.code_ids)}
    rows = [
        {
            "code": columns[row["code"]],
            "taken_for": columns[row["taken_for"]],
            "segments": int(row["segments"]),
            "coded": int(row["coded"]),
            "expected": decimal(float(row["expected"]), digits=1),
            "hint": str(row["hint"]),
        }
        for row in chosen.head(_MOST_CONFUSIONS).to_dict("records")
    ]
    return {
        "version": figures.version,
        "pairs": pairs,
        "pair": pair,
        "rows": rows,
        "count": len(chosen),
    }


def chart_data(
    figures: ResultFigures, *, by: By, unit: Unit, coder: str, theme: int
) -> dict[str, Any]:
    """Return the report's chart of a theme, by case or by group."""
    themes = codes_by_theme(figures.codebook)
    if not 0 <= theme < len(themes) or by == "document":
        raise TableError("There is no such chart.")
    table = figures.frequencies(by="case", unit=unit, coder=coder)
    name, codes = themes[theme]
    drawn = _commonest(table, codes)
    names = figures.codebook.names
    who = "suggested by the machine" if coder == figures.machine else f"counted by {coder}"
    title = f"{names.get(name) or name or 'All codes'}: {unit} {who}"
    if drawn != codes:
        title += f" (the {len(drawn)} commonest of {len(codes)} codes)"
    chart = theme_chart if by == "case" else group_chart
    with _drawing:
        svg = chart(
            table,
            title=title,
            codes=drawn,
            cases=cases_with_groups(figures.documents),
            names=names,
            key=f"{by}-{theme}",
        )
    return {"version": figures.version, "title": title, "chart": without_styles(svg)}


def passage_data(figures: ResultFigures, cell: Cell, first: int, number: int) -> dict[str, Any]:
    """Return some of the passages behind a number."""
    passages = figures.passages(cell, first, number)
    return {
        "version": figures.version,
        "count": passages.count,
        "first": first,
        "left_out": passages.left_out,
        "passages": passages.shown,
    }


def _commonest(table: pd.DataFrame, codes: list[str]) -> list[str]:
    """Return the codes that a chart shows, in their order: of very many, the commonest."""
    if len(codes) <= _MOST_DRAWN:
        return codes
    totals = table.groupby("code")["count"].sum().reindex(codes, fill_value=0)
    commonest = set(totals.sort_values(ascending=False, kind="stable").index[:_MOST_DRAWN])
    return [code for code in codes if code in commonest]


def _contents(figures: ResultFigures, **tables: Any) -> ReportContents:
    return ReportContents(
        title="",
        made="",
        names=figures.codebook.names,
        themes=codes_by_theme(figures.codebook),
        machines=[figures.machine] if figures.machine else [],
        code_noun=figures.codebook.code_noun,
        **tables,
    )
