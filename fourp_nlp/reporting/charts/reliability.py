"""Reliability diagram: predicted probabilities against the shares that people coded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.number_format import fixed
from fourp_nlp.reporting.charts._axes import (
    LEFT,
    LINE,
    RIGHT,
    WIDTH,
    note,
    plain,
    room_above,
    wrapped_lines,
    write_legend,
    write_title,
)
from fourp_nlp.reporting.charts.svg import INK, drawing, inline_svg
from fourp_nlp.reporting.text_format import decimal, percent, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["reliability_chart"]

# Told apart by shape as well as by colour (after Okabe and Ito, 2008).
_INSIDE = {"marker": "o", "markersize": 5.0, "markerfacecolor": "#0072b2"}
_OUTSIDE = {"marker": "D", "markersize": 5.0, "markerfacecolor": "#e69f00"}
_LEGEND = (
    "share that people coded",
    "the same, outside the band",
    "where 95 of 100 would lie if the probabilities were right",
)
_LARGE = 196.0  # points; the side of the pooled diagram
_GUTTER = 62.0
_COLUMNS = 4
_SMALL = 84.0
_BELOW = 42.0
_HEAD = 26.0  # room for a small diagram's name


def reliability_chart(
    points: pd.DataFrame,
    histogram: pd.DataFrame,
    *,
    title: str,
    names: Mapping[str, str],
    codes: Sequence[str] = (),
    key: str = "reliability",
) -> str:
    """Draw the share of segments that people coded, against the machine's probability.

    Parameters
    ----------
    points : pandas.DataFrame
        RELIABILITY: the points of all codes pooled, and of single codes.
    histogram : pandas.DataFrame
        HISTOGRAM: how many predictions lie in each range of probabilities.
    title : str
        Such as "Are the probabilities right?".
    names : mapping of str to str
        Display names of codes.
    codes : sequence of str, optional
        Codes that get a small diagram of their own, in order.
    key : str
        Unique key of this chart on the page: letters, digits and hyphens.

    Returns
    -------
    str
        An ``<svg>`` element, with its content in words for people who cannot see it.
    """
    drawn = [code for code in codes if (points["code"] == code).any()]
    with drawing(key):
        figure = _figure(points, histogram, drawn, title, names)
        description = _in_words(points, histogram, drawn, names)
        return inline_svg(figure, title=title, description=description, key=key)


def _figure(
    points: pd.DataFrame,
    histogram: pd.DataFrame,
    codes: list[str],
    title: str,
    names: Mapping[str, str],
) -> Figure:
    from matplotlib.figure import Figure

    above, columns = room_above(title, list(_LEGEND), WIDTH)
    rows = -(-len(codes) // _COLUMNS)
    each = _HEAD + _SMALL + 24.0
    height = above + _LARGE + _BELOW + rows * each + (14.0 if rows else 0.0)
    figure = Figure(figsize=(WIDTH / 72, height / 72))

    def place(left: float, top: float, wide: float, high: float) -> Axes:
        return figure.add_axes(
            (left / WIDTH, (height - top - high) / height, wide / WIDTH, high / height)
        )

    axes = place(LEFT, above, _LARGE, _LARGE)
    _draw(axes, points[points["code"] == ""], ticks=6)
    axes.set_xlabel("probability that the machine gave")
    axes.set_ylabel("share that people coded")
    left = LEFT + _LARGE + _GUTTER
    _draw_histogram(place(left, above, WIDTH - left - RIGHT, _LARGE), histogram)
    pitch = (WIDTH - LEFT - RIGHT - _SMALL) / (_COLUMNS - 1)
    for number, code in enumerate(codes):
        row, column = divmod(number, _COLUMNS)
        top = above + _LARGE + _BELOW + row * each + _HEAD
        small = place(LEFT + column * pitch, top, _SMALL, _SMALL)
        of_code = points[points["code"] == code]
        _draw(small, of_code, ticks=3)
        lines = wrapped_lines(names.get(code) or code, 18, 2)
        for at, line in enumerate(lines):
            note(
                small, line, (0, 1), (0, 4 + LINE * (len(lines) - 1 - at)), align=("left", "bottom")
            )
    write_title(figure, title)
    write_legend(figure, _legend(), list(_LEGEND), above, columns)
    return figure


def _draw(axes: Axes, points: pd.DataFrame, *, ticks: int) -> None:
    """Draw one diagram: the diagonal, each point and its band."""
    axes.plot((0, 1), (0, 1), color=INK, linewidth=0.8, alpha=0.6, linestyle=(0, (4, 3)))
    at = points["mean_probability"].to_numpy(dtype=float)
    share = points["share"].to_numpy(dtype=float)
    low = points["band_low"].to_numpy(dtype=float)
    high = points["band_high"].to_numpy(dtype=float)
    axes.vlines(at, low, high, **_band())
    axes.plot(at, share, color=INK, linewidth=0.6, alpha=0.5)
    inside = (share >= low) & (share <= high)
    for some, look in ((inside, _INSIDE), (~inside, _OUTSIDE)):
        axes.plot(at[some], share[some], **_marks(look))
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    steps = np.linspace(0, 1, ticks)
    labels = [fixed(step, 1) for step in steps]
    axes.set_xticks(steps, labels)
    axes.set_yticks(steps, labels)
    axes.grid(color=INK, alpha=0.12, linewidth=0.6)
    plain(axes, "top", "right")


def _draw_histogram(axes: Axes, histogram: pd.DataFrame) -> None:
    """Draw the number of predictions in each range, on a logarithmic axis."""
    low = histogram["low"].to_numpy(dtype=float)
    wide = histogram["high"].to_numpy(dtype=float) - low
    count = histogram["n"].to_numpy(dtype=float)
    # From 0.5, so that a single one can be seen on an axis that has no 0.
    axes.bar(
        low,
        np.where(count > 0, count - 0.5, 0),
        wide * 0.9,
        bottom=0.5,
        align="edge",
        facecolor="#0072b2",
        edgecolor=INK,
        linewidth=0.5,
    )
    axes.set_yscale("log")
    axes.set_xlim(0, 1)
    most = max(float(count.max()) if len(count) else 1.0, 1.0)
    axes.set_ylim(0.5, most * 2)
    decades = [10**power for power in range(9) if 10**power <= most * 1.99]
    axes.set_yticks(decades, [whole(decade) for decade in decades])
    axes.set_yticks([], minor=True)
    steps = np.linspace(0, 1, 6)
    axes.set_xticks(steps, [fixed(step, 1) for step in steps])
    axes.set_xlabel("probability that the machine gave")
    axes.set_ylabel("how often (each step is ten times more)")
    axes.grid(axis="y", color=INK, alpha=0.15, linewidth=0.6)
    plain(axes, "top", "right", "left")


def _band() -> dict[str, Any]:
    return {"color": INK, "alpha": 0.28, "linewidth": 5.0}


def _marks(look: dict[str, Any]) -> dict[str, Any]:
    return {**look, "linestyle": "none", "markeredgecolor": INK, "markeredgewidth": 0.6}


def _legend() -> list[Artist]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], **_marks(_INSIDE)),
        Line2D([], [], **_marks(_OUTSIDE)),
        Line2D([], [], **_band()),
    ]


def _in_words(
    points: pd.DataFrame, histogram: pd.DataFrame, codes: list[str], names: Mapping[str, str]
) -> str:
    """Return every point in words, for readers who cannot see the chart."""
    sentences = []
    for code in ["", *codes]:
        of_code = points[points["code"] == code]
        bins = [
            f"mean probability {decimal(row['mean_probability'])}, coded {percent(row['share'])} of "
            f"{whole(row['n'])}"
            + ("" if row["band_low"] <= row["share"] <= row["band_high"] else " (outside the band)")
            for row in of_code.to_dict("records")
        ]
        sentences.append(f"{names.get(code) or code or 'All codes'}: {'; '.join(bins)}.")
    ranges = [
        f"{decimal(row['low'])} to {decimal(row['high'])}: {whole(row['n'])}"
        for row in histogram.to_dict("records")
    ]
    return " ".join([*sentences, f"Number of predictions in each range: {', '.join(ranges)}."])
