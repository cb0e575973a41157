"""Chart of intervals: for each code a dot for the coefficient and a line for its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fourp_nlp.agreement import select_coefficients, shown_coefficients
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
from fourp_nlp.reporting.text_format import decimal
from fourp_nlp.reporting.wide_tables import interval_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["whisker_chart"]

# Told apart by shape as well as by colour (after Okabe and Ito, 2008).
_LOOKS = (
    {"marker": "o", "color": "#0072b2", "markersize": 5.0},
    {"marker": "s", "color": "#e69f00", "markersize": 4.6},
    {"marker": "^", "color": "#009e73", "markersize": 5.0},
    {"marker": "D", "color": "#cc79a7", "markersize": 4.4},
)
_HOLLOW = "hollow: no interval, or one with a caution below"
_LETTERS = 26
_BELOW = 34.0


class _Point(NamedTuple):
    """One coefficient of one code."""

    value: float
    low: float
    high: float
    sure: bool


def whisker_chart(
    agreement: pd.DataFrame,
    *,
    title: str,
    names: Mapping[str, str],
    thresholds: Sequence[float] = (),
    key: str = "whiskers",
) -> str:
    """Draw each code's coefficients with their intervals: kappa (of more than two coders alpha) and AC1.

    Parameters
    ----------
    agreement : pandas.DataFrame
        AGREEMENT_FULL of one comparison and one choice of units: the rows of codes, and of all codes pooled.
    title : str
        Such as "Agreement of anna and ben, with 95% intervals".
    names : mapping of str to str
        Display names of codes; that of the pooled row by "".
    thresholds : sequence of float, optional
        The user's thresholds: each is drawn as a line.
    key : str
        Unique key of this chart on the page: letters, digits and hyphens.

    Returns
    -------
    str
        An ``<svg>`` element, with its content in words for people who cannot see it.
    """
    of_two = any(
        (agreement["coefficient"] == each.id).any()
        for each in select_coefficients()
        if each.pairs_only
    )
    series = shown_coefficients("chart", 2 if of_two else 3)[: len(_LOOKS)]
    codes = list(dict.fromkeys(agreement["code"]))
    points = {each.short: _points(agreement, each.id, codes) for each in series}
    labels = [names.get(code) or code or "all" for code in codes]
    with drawing(key):
        figure = _figure(points, labels, title, sorted(set(thresholds)))
        description = _in_words(points, labels, sorted(set(thresholds)))
        return inline_svg(figure, title=title, description=description, key=key)


def _points(agreement: pd.DataFrame, name: str, codes: list[str]) -> list[_Point]:
    rows = agreement[agreement["coefficient"] == name].set_index("code").reindex(codes)
    return [
        _Point(float(value), float(low), float(high), not (np.isnan(low) or caution))
        for value, low, high, caution in zip(
            rows["value"], rows["low"], rows["high"], rows["caution"].fillna(""), strict=True
        )
    ]


def _figure(
    points: dict[str, list[_Point]], labels: list[str], title: str, thresholds: list[float]
) -> Figure:
    shown = [wrapped_lines(label, _LETTERS, 3) for label in labels]
    left = 10 + max((5.4 * len(line) for lines in shown for line in lines), default=0)
    each = max(26.0, max((len(lines) for lines in shown), default=1) * LINE + 6)
    legend = [f"{name} and its interval" for name in points]
    hollow = any(
        not (point.sure or np.isnan(point.value))
        for of_series in points.values()
        for point in of_series
    )
    legend += [_HOLLOW] if hollow else []
    above, columns = room_above(title, legend, WIDTH)
    above += 14 if thresholds else 0
    figure, axes = frame(WIDTH, above, each * max(len(labels), 1), _BELOW, left=left)
    ends = [
        end
        for of_series in points.values()
        for point in of_series
        for end in (point.low, point.value)
    ]
    lowest = min((end for end in ends if not np.isnan(end)), default=0.0)
    least = min(0.0, float(np.floor(lowest * 5) / 5)) - 0.02
    for value in thresholds:
        axes.axvline(value, color=INK, linewidth=0.9, alpha=0.7, linestyle=(0, (4, 3)))
        note(axes, f"{value:g}", (value, -0.55), (0, 3), align=("center", "bottom"), size=8)
    for number, of_series in enumerate(points.values()):
        _draw(axes, of_series, (number - (len(points) - 1) / 2) * 0.32, _LOOKS[number])
    axes.set_yticks([])
    for row, lines in enumerate(shown):
        for number, line in enumerate(lines):
            up = LINE * ((len(lines) - 1) / 2 - number)
            note(axes, line, (least, row), (-5, up), align=("right", "center"))
    axes.set_xlim(least, 1.03)
    axes.set_ylim(len(labels) - 0.45, -0.55)
    axes.set_xlabel("agreement beyond chance: 1 is perfect, 0 what chance gives")
    axes.grid(axis="x", color=INK, alpha=0.15, linewidth=0.6)
    plain(axes, "top", "right", "bottom")
    write_title(figure, title)
    artists = [_mark(look) for look in _LOOKS[: len(points)]]
    artists += [_mark({**_LOOKS[0], "color": INK}, hollow=True)] if hollow else []
    write_legend(figure, artists, legend, above - (14 if thresholds else 0), columns)
    return figure


def _draw(axes: Axes, points: list[_Point], shift: float, look: Mapping[str, Any]) -> None:
    for row, point in enumerate(points):
        at = row + shift
        if np.isnan(point.value):
            note(axes, "undefined", (0, at), (3, 0), align=("left", "center"), size=8)
            continue
        if not np.isnan(point.low):
            axes.hlines(
                at, point.low, point.high, color=look["color"], linewidth=1.6 if point.sure else 0.8
            )
        axes.plot([point.value], [at], **_style(look, hollow=not point.sure))


def _style(look: Mapping[str, Any], *, hollow: bool = False) -> dict[str, Any]:
    return {
        **look,
        "linestyle": "none",
        "markeredgecolor": look["color"] if hollow else INK,
        "markeredgewidth": 1.1 if hollow else 0.6,
        "markerfacecolor": "none" if hollow else look["color"],
    }


def _mark(look: Mapping[str, Any], *, hollow: bool = False) -> Artist:
    from matplotlib.lines import Line2D

    style = _style(look, hollow=hollow)
    return Line2D([], [], **{**style, "linestyle": "none" if hollow else "-", "linewidth": 1.6})


def _in_words(points: dict[str, list[_Point]], labels: list[str], thresholds: list[float]) -> str:
    """Return every interval in words, for people who cannot see the chart."""
    sentences = []
    for row, label in enumerate(labels):
        of_label = []
        for name, of_series in points.items():
            point = of_series[row]
            if np.isnan(point.value):
                of_label.append(f"{name} undefined")
                continue
            interval = "no interval"
            if not np.isnan(point.low):
                interval = interval_text("", point.low, point.high)
                interval += "" if point.sure else ", with a caution"
            of_label.append(f"{name} {decimal(point.value)} ({interval})")
        sentences.append(f"{label}: {', '.join(of_label)}.")
    if thresholds:
        sentences.append(f"Lines at {', '.join(f'{value:g}' for value in thresholds)}.")
    return " ".join(sentences)
