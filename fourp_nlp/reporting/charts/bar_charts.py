"""Bar charts of frequencies, as in a study's figures: per theme by case, and by group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fourp_nlp.reporting.charts._axes import (
    BAR,
    LEFT,
    LINE,
    RIGHT,
    WIDTH,
    bars,
    case_axis,
    frame,
    integer_axis,
    note,
    plain,
    room_above,
    title_lines,
    wrapped_lines,
    write_cases,
    write_legend,
    write_title,
)
from fourp_nlp.reporting.charts.svg import INK, drawing, inline_svg
from fourp_nlp.reporting.text_format import shortened, whole
from fourp_nlp.reporting.wide_tables import frequency_wide

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["group_chart", "theme_chart"]

# Colours that colour-blind readers can tell apart (after Okabe and Ito, 2008), each with a pattern
# for print without colour.
_SERIES = (
    ("#0072b2", ""),
    ("#e69f00", "////"),
    ("#cc79a7", "----"),
    ("#009e73", "\\\\\\\\"),
    ("#56b4e9", "xxxx"),
)
_GROUP_SERIES = (
    ("#4c6a92", ""),
    ("#d9a441", "////"),
    ("#8d6cab", "||||"),
    ("#5f8f6b", "\\\\\\\\"),
    ("#b86b5e", "xxxx"),
    ("#8a8f98", "++++"),
)
# About 870 pixels: beyond it bars of many cases and codes are better read in panels.
_WIDEST = 630.0


@dataclass(frozen=True)
class _Counts:
    """Counts of a chart: one row for each code, one column for each case or group."""

    rows: list[str]
    columns: list[str]
    cells: list[list[int | None]]
    unit: str
    top: int

    def in_words(self) -> str:
        """Return every count in words, for readers who cannot see the chart."""
        sentences = []
        for row, values in zip(self.rows, self.cells, strict=True):
            cells = ", ".join(
                f"{column} {'not counted' if value is None else whole(value)}"
                for column, value in zip(self.columns, values, strict=True)
            )
            sentences.append(f"{row}: {cells}.")
        return " ".join(sentences)


def theme_chart(
    frequencies: pd.DataFrame,
    *,
    title: str,
    codes: Sequence[str],
    cases: Sequence[tuple[str, str]],
    names: Mapping[str, str],
    key: str = "chart",
    ceiling: int | None = None,
    starred: Collection[str] = (),
) -> str:
    """Draw how often each code of a theme was found in each case.

    Up to five codes are drawn side by side for each case. With more codes, or too many cases, each code has a
    panel of its own.

    Parameters
    ----------
    frequencies : pandas.DataFrame
        FREQUENCIES of one coder and one unit, counted by case; codes of other themes are ignored.
    title : str
        Such as "Prevention: occurrences counted by coder_1".
    codes : sequence of str
        The theme's codes, in order.
    cases : sequence of (str, str)
        Each case and its group, in order; cases of one group are drawn together.
    names : mapping of str to str
        Display names.
    key : str
        Unique key of this chart on the page: letters, digits and hyphens.
    ceiling : int, optional
        The highest count that the axis must reach, so that charts can be compared.
    starred : collection of str
        Cases with an asterisk after their name.

    Returns
    -------
    str
        An ``<svg>`` element, with its content in words for people who cannot see it.
    """
    groups = list(dict.fromkeys(group for _, group in cases))
    grouped = sorted(cases, key=lambda case: groups.index(case[1]))
    wide = _wide(frequencies, codes, names, [case for case, _ in grouped], by="case")
    grouped = [
        (f"{names.get(case) or case} *" if case in starred else case, group)
        for case, group in grouped
    ]
    columns = [names.get(case) or case for case, _ in grouped]
    counts = _counts(frequencies, wide, columns, ceiling)
    with drawing(key):
        needed = case_axis(grouped, names, _slot(counts.top) * len(codes)).width
        together = len(codes) <= len(_SERIES) and needed <= _WIDEST
        draw = _side_by_side if together else _panels
        figure = draw(title, counts, grouped, names)
        return inline_svg(figure, title=title, description=counts.in_words(), key=key)


def group_chart(
    frequencies: pd.DataFrame,
    *,
    title: str,
    codes: Sequence[str],
    cases: Sequence[tuple[str, str]],
    names: Mapping[str, str],
    key: str = "chart",
) -> str:
    """Draw how often each code of a theme was found in each group, over all its cases.

    Parameters
    ----------
    frequencies, title, codes, cases, names, key
        As in `theme_chart`.

    Returns
    -------
    str
        An ``<svg>`` element, with its content in words for people who cannot see it.
    """
    groups = list(dict.fromkeys(group for _, group in cases))
    sizes = [sum(group == other for _, other in cases) for group in groups]
    wide = _wide(frequencies, codes, names, groups, by="group")
    legend = [
        f"{shortened(names.get(group) or group or 'no group', 40)} "
        f"({size} case{'' if size == 1 else 's'})"
        for group, size in zip(groups, sizes, strict=True)
    ]
    counts = _counts(frequencies, wide, legend)
    with drawing(key):
        figure = _lying(title, counts)
        return inline_svg(figure, title=title, description=counts.in_words(), key=key)


def _wide(
    frequencies: pd.DataFrame,
    codes: Sequence[str],
    names: Mapping[str, str],
    columns: Sequence[str],
    *,
    by: Literal["case", "group"],
) -> pd.DataFrame:
    rows = frequencies[frequencies["code"].isin(list(codes))]
    wide = frequency_wide(rows, [("", codes)], names, columns, by=by)
    return wide.iloc[:, [0, 1, *range(2, 2 + len(columns))]]


def _counts(
    frequencies: pd.DataFrame, wide: pd.DataFrame, columns: list[str], ceiling: int | None = None
) -> _Counts:
    held = wide.iloc[:, 2:].astype("float64").to_numpy()
    values = [[None if math.isnan(value) else int(value) for value in row] for row in held.tolist()]
    found = [value for row in values for value in row if value is not None]
    return _Counts(
        rows=list(wide["indicator"]),
        columns=columns,
        cells=values,
        unit=str(frequencies["unit"].iloc[0]) if len(frequencies) else "occurrences",
        # An axis to 4 at least: a single 1 should not fill the chart.
        top=max([*found, ceiling or 0, 4]),
    )


def _side_by_side(
    title: str, counts: _Counts, cases: list[tuple[str, str]], names: Mapping[str, str]
) -> Figure:
    series = len(counts.rows)
    under = case_axis(cases, names, _slot(counts.top) * series)
    legend = [shortened(label, 60) for label in counts.rows]
    above, columns = room_above(title, legend, under.width)
    figure, axes = frame(under.width, above, 170, under.whole_room)
    share = BAR / max(series, 1)
    drawn = []
    for number, values in enumerate(counts.cells):
        offset = (number - (series - 1) / 2) * share
        at = [x + offset for x in under.at]
        drawn.append(bars(axes, at, values, thickness=share * 0.92, look=_SERIES[number]))
    write_cases(axes, under, unit=counts.unit, top=counts.top, groups=True)
    axes.set_xlabel("case", labelpad=under.label_pad)
    write_title(figure, title)
    write_legend(figure, drawn, legend, above, columns)
    return figure


def _panels(
    title: str, counts: _Counts, cases: list[tuple[str, str]], names: Mapping[str, str]
) -> Figure:
    from matplotlib.figure import Figure

    under = case_axis(cases, names, _slot(counts.top))
    width = under.width
    head = 10 + 14 * len(title_lines(title, width))
    plot, each = 62.0, 26.0 + 62.0 + under.names_room
    height = head + len(counts.rows) * each + under.whole_room - under.names_room
    figure = Figure(figsize=(width / 72, height / 72))
    for number, (label, values) in enumerate(zip(counts.rows, counts.cells, strict=True), start=1):
        bottom = height - head - number * each + under.names_room
        axes = figure.add_axes(
            (LEFT / width, bottom / height, (width - LEFT - RIGHT) / width, plot / height)
        )
        bars(axes, under.at, values, thickness=BAR * 0.6, look=_SERIES[0])
        axes.set_title(shortened(label, int(width / 6)), loc="left", fontsize=8.5, pad=9)
        last = number == len(counts.rows)
        write_cases(axes, under, unit=counts.unit, top=counts.top, groups=last)
        if last:
            axes.set_xlabel("case", labelpad=under.label_pad)
    write_title(figure, title)
    return figure


def _lying(title: str, counts: _Counts) -> Figure:
    labels = [wrapped_lines(label, 26, 3) for label in counts.rows]
    left = 10 + max((5.4 * len(line) for lines in labels for line in lines), default=0)
    series = len(counts.columns)
    each = max(15.0 * series + 12, max((len(lines) for lines in labels), default=1) * LINE + 4)
    above, columns = room_above(title, counts.columns, WIDTH)
    figure, axes = frame(WIDTH, above, each * len(labels), 34, left=left)
    share = BAR / max(series, 1)
    drawn = []
    for number in range(series):
        offset = (number - (series - 1) / 2) * share
        at = [row + offset for row in range(len(labels))]
        values = [row[number] for row in counts.cells]
        look = _GROUP_SERIES[number % len(_GROUP_SERIES)]
        drawn.append(bars(axes, at, values, thickness=share * 0.92, look=look, lying=True))
    axes.set_yticks([])
    for row, lines in enumerate(labels):
        for number, line in enumerate(lines):
            up = LINE * ((len(lines) - 1) / 2 - number)
            note(axes, line, (0, row), (-5, up), align=("right", "center"))
    axes.set_ylim(len(labels) - 0.45, -0.55)
    axes.set_xlim(0, counts.top * 1.08)
    integer_axis(axes.xaxis)
    axes.set_xlabel(counts.unit)
    axes.grid(axis="x", color=INK, alpha=0.15, linewidth=0.6)
    plain(axes, "top", "right", "bottom")
    write_title(figure, title)
    write_legend(figure, drawn, counts.columns, above, columns)
    return figure


def _slot(top: int) -> float:
    """Return the width of a bar that fits the highest count above it."""
    return (5.0 * len(whole(top)) + 4) / BAR
