"""Chart and tables of estimated frequencies: a point with its interval for each method."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting.charts._axes import (
    LINE,
    WIDTH,
    frame,
    note,
    plain,
    room_above,
    wrapped_lines,
    write_legend,
    write_title,
)
from fourp_nlp.reporting.charts.svg import INK, drawing, inline_svg
from fourp_nlp.reporting.text_format import percent, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["estimate_chart", "estimate_tables"]

# Colours as in the other charts, and a mark of its own for each method.
_METHODS = (
    ("naive", "machine count", "#e69f00", "s"),
    ("corrected", "corrected", "#0072b2", "o"),
    ("gold", "human sample", "#009e73", "D"),
)
_COLUMNS = (*((key, label) for key, label, _, _ in _METHODS), ("adjusted_count", "adjusted count"))


def estimate_chart(
    estimates: pd.DataFrame,
    *,
    title: str,
    codes: Sequence[str],
    names: Mapping[str, str],
    key: str = "estimates",
) -> str:
    """Draw the share of segments of each code by three methods, with their intervals.

    Parameters
    ----------
    estimates : pandas.DataFrame
        ESTIMATES of one place.
    title : str
        Such as "Share of segments, whole corpus".
    codes : sequence of str
        The codes, from top to bottom.
    names : mapping of str to str
        Display names.
    key : str
        Unique key of this chart on the page: letters, digits and hyphens.

    Returns
    -------
    str
        An ``<svg>`` element, with its content in words for people who cannot see it.
    """
    rows = {(str(row["code"]), str(row["method"])): row for row in estimates.to_dict("records")}
    methods: tuple[tuple[str, str, str, str], ...] = _METHODS
    if all((code, "corrected") in rows and _is_count(rows[(code, "corrected")]) for code in codes):
        # All was read: people's count is one, not three alike.
        methods = (_METHODS[0], ("corrected", "counted", *_METHODS[1][2:]))
    with drawing(key):
        figure = _figure(title, list(codes), rows, names, methods)
        description = " ".join(_in_words(code, rows, names, methods) for code in codes)
        return inline_svg(figure, title=title, description=description, key=key)


def _in_words(
    code: str,
    rows: Mapping[tuple[str, str], Mapping[Any, Any]],
    names: Mapping[str, str],
    methods: tuple[tuple[str, str, str, str], ...],
) -> str:
    cells = ", ".join(
        f"{label} {' '.join(filter(None, _cell(rows.get((code, key)))))}"
        for key, label, _, _ in methods
    )
    return f"{names.get(code) or code}: {cells}."


def _figure(
    title: str,
    codes: list[str],
    rows: Mapping[tuple[str, str], Mapping[Any, Any]],
    names: Mapping[str, str],
    methods: tuple[tuple[str, str, str, str], ...],
) -> Figure:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    labels = [wrapped_lines(names.get(code) or code, 26, 3) for code in codes]
    left = 10 + max((5.4 * len(line) for lines in labels for line in lines), default=0)
    row_height = max(40.0, max((len(lines) for lines in labels), default=1) * LINE + 6)
    legend = [label for _, label, _, _ in methods]
    above, columns = room_above(title, legend, WIDTH)
    figure, axes = frame(WIDTH, above, row_height * len(labels), 36, left=left)
    drawn = []
    highest = 0.0
    for number, (key, _, colour, mark) in enumerate(methods):
        offset = (number - (len(methods) - 1) / 2) * 0.24
        style: dict[str, Any] = {"color": colour, "markeredgecolor": INK, "markeredgewidth": 0.5}
        for at, code in enumerate(codes):
            row = rows.get((code, key))
            if row is None or math.isnan(row["value"]):
                continue
            value, low, high = (float(row[name]) for name in ("value", "low", "high"))
            highest = max(highest, value, 0.0 if math.isnan(high) else high)
            if not math.isnan(low):
                axes.plot((low, high), (at + offset,) * 2, color=colour, linewidth=1.8)
                for end in (low, high):
                    ends = (at + offset - 0.06, at + offset + 0.06)
                    axes.plot((end, end), ends, color=colour, linewidth=1.2)
            axes.plot(value, at + offset, mark, markersize=5.5, clip_on=False, zorder=3, **style)
        (handle,) = axes.plot([], [], mark, linestyle="-", markersize=5.5, **style)
        drawn.append(handle)
    axes.set_yticks([])
    for at, lines in enumerate(labels):
        for number, line in enumerate(lines):
            up = LINE * ((len(lines) - 1) / 2 - number)
            note(axes, line, (0, at), (-5, up), align=("right", "center"))
        if at:
            axes.axhline(at - 0.5, color=INK, alpha=0.12, linewidth=0.6)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, min(max(highest * 1.06, 0.01), 1.02))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.4g}%"))
    axes.set_xlabel("share of segments")
    axes.grid(axis="x", color=INK, alpha=0.15, linewidth=0.6)
    plain(axes, "top", "right", "bottom")
    write_title(figure, title)
    write_legend(figure, drawn, legend, above, columns)
    return figure


def _cell(row: Mapping[Any, Any] | None) -> tuple[str, str]:
    """Return a share and its interval as text."""
    if row is None or math.isnan(row["value"]):
        return "–", ""
    low, high = float(row["low"]), float(row["high"])
    ends = "" if math.isnan(low) else f"{percent(low)} to {percent(high)}"
    return percent(float(row["value"])), ends


def estimate_tables(contents: ReportContents) -> Iterator[dict[str, Any]]:
    """Yield the chart, the rows and the reasons, for the corpus and each of its parts.

    Parameters
    ----------
    contents : ReportContents
        What the report shows.

    Yields
    ------
    dict
        title, chart (empty but for the corpus), heads, rows and reasons; level and place of the part, codes
        of the rows.
    """
    codes = [code for _, of_theme in contents.themes for code in of_theme]
    for (level, place), part in contents.estimates.groupby(["level", "place"], sort=False):
        whole_corpus = level == "corpus"
        where = "Whole corpus" if whole_corpus else contents.name(str(place)) or f"no {level}"
        rows = {(str(row["code"]), str(row["method"])): row for row in part.to_dict("records")}
        shown = [code for code in codes if (code, "corrected") in rows]
        counted = all(_is_count(rows[(code, "corrected")]) for code in shown)
        columns = (("naive", _COLUMNS[0][1]), ("corrected", "counted")) if counted else _COLUMNS
        # A code that can apply to some segments only is a share of these.
        limited = bool(part["segments"].min() < part["segments"].max())
        lines = []
        for code in shown:
            first = rows[(code, "corrected")]
            count, low, high = (float(first[f"count{end}"]) for end in ("", "_low", "_high"))
            ends = "" if math.isnan(low) else f"{whole(round(low))} to {whole(round(high))}"
            counts = [whole(int(first[name])) for name in ("segments", "coded", "positives")]
            cells = [(text, "") for text in (counts if limited else counts[1:])]
            cells += [_cell(rows.get((code, key))) for key, _ in columns]
            cells.append((whole(None if math.isnan(count) else round(count)), ends))
            lines.append((contents.name(code), cells))
        yield {
            "title": where,
            "level": str(level),
            "place": str(place),
            "codes": shown,
            "segments": whole(int(part["segments"].max())),
            "confidence": float(part["confidence"].iloc[0]),
            "target": next(iter(part.loc[part["method"] == "corrected", "target"]), "corpus"),
            "chart": estimate_chart(
                part, title=f"Share of segments: {where}", codes=shown, names=contents.names
            )
            if whole_corpus
            else "",
            "heads": [
                *(["Segments"] if limited else []),
                "Coded",
                "Positives",
                *(label.capitalize() for _, label in columns),
                "In segments",
            ],
            "rows": lines,
            "reasons": _reasons(part[part["method"] != "naive"], contents)
            + _cautions(part[part["method"] == "corrected"], contents),
        }


def _is_count(row: Mapping[Any, Any]) -> bool:
    """Whether everything was read, so that all estimates would be the same count."""
    return bool(row["coded"] == row["segments"] and math.isnan(row["low"]))


def _reasons(rows: pd.DataFrame, contents: ReportContents) -> list[str]:
    """Return why figures are refused or have no interval, and the codes concerned if not all are."""
    labels = dict(_COLUMNS)
    lines = []
    for reason, refused in rows[rows["reason"] != ""].groupby("reason", sort=False):
        methods, codes = (
            list(dict.fromkeys(refused["method"])),
            list(dict.fromkeys(refused["code"])),
        )
        whose = [labels[str(methods[0])]] if len(methods) == 1 else []
        if len(codes) < rows["code"].nunique():
            whose += [contents.name(str(code)) for code in codes]
        lines.append(f"{', '.join(whose)}{': ' if whose else ''}{reason}")
    return lines


def _cautions(rows: pd.DataFrame, contents: ReportContents) -> list[str]:
    """Return the cautions, once for all codes that have the same."""
    cautions = rows.loc[rows["caution"] != "", ["code", "caution"]]
    lines = []
    for caution, of_codes in cautions.groupby("caution", sort=False):
        codes = [contents.name(str(code)) for code in of_codes["code"]]
        whose = "" if len(codes) == rows["code"].nunique() else f"{', '.join(codes)}: "
        lines.append(f"{whose}{caution}")
    return lines
