"""Parts of bar charts; all lengths are in points (72 to the inch)."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import printable
from fourp_nlp.reporting.charts.svg import INK
from fourp_nlp.reporting.text_format import ABSENT, shortened, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = [
    "BAR",
    "LEFT",
    "LINE",
    "RIGHT",
    "WIDTH",
    "CaseAxis",
    "bars",
    "case_axis",
    "frame",
    "integer_axis",
    "note",
    "plain",
    "room_above",
    "title_lines",
    "wrapped_lines",
    "write_cases",
    "write_legend",
    "write_title",
]

WIDTH = 504.0
LEFT, RIGHT = 46.0, 8.0
LINE = 11.0
# The share of a case's place on the axis that its bars fill.
BAR = 0.8

_HATCH = "#1b1f24"
_GAP = 0.5


@dataclass(frozen=True)
class CaseAxis:
    """The axis of a vertical bar chart: the cases, their positions, and their groups."""

    width: float
    at: list[float]
    labels: list[list[str]]
    groups: list[tuple[str, float, float]]
    has_groups: bool

    @property
    def lines(self) -> int:
        """Number of lines of the cases' names."""
        return max((len(label) for label in self.labels), default=1)

    @property
    def names_room(self) -> float:
        """Height of the cases' names."""
        return 8 + LINE * self.lines

    @property
    def whole_room(self) -> float:
        """Height of names, groups and the axis label."""
        return 22 + LINE * self.lines + (20 if self.has_groups else 0)

    @property
    def label_pad(self) -> float:
        """Distance of the axis label from the axis."""
        return 4 + LINE * self.lines + (16 if self.has_groups else 0)


def case_axis(cases: Sequence[tuple[str, str]], names: Mapping[str, str], bars: float) -> CaseAxis:
    """Return the positions of cases on an axis that is wide enough for their names and bars.

    Parameters
    ----------
    cases : sequence of (str, str)
        Each case and its group; cases of one group are neighbours.
    names : mapping of str to str
        Display names.
    bars : float
        The width that the bars of one case need, in points.
    """
    shown = [names.get(case) or case or "no case" for case, _ in cases]
    longest = max((len(word) for label in shown for word in label.split()), default=1)
    each = max(min(5.4 * longest + 4, 90), bars)
    groups = list(dict.fromkeys(group for _, group in cases))
    places = max(len(cases) + _GAP * (len(groups) - 1) + 0.1, 1)
    width = max(WIDTH, LEFT + RIGHT + places * each)
    room = (width - LEFT - RIGHT) / places
    at = [number + _GAP * groups.index(group) for number, (_, group) in enumerate(cases)]
    ends = []
    for group in filter(None, groups):
        members = [x for x, (_, other) in zip(at, cases, strict=True) if other == group]
        fitting = max(4, int((members[-1] - members[0] + 1) * room / 5.2))
        ends.append((shortened(names.get(group) or group, fitting), members[0], members[-1]))
    letters = max(6, int(room / 5.2))
    labels = [wrapped_lines(label, letters, 3) for label in shown]
    return CaseAxis(width=width, at=at, labels=labels, groups=ends, has_groups=bool(ends))


def frame(
    width: float, above: float, plot: float, below: float, *, left: float = LEFT
) -> tuple[Figure, Axes]:
    """Return an empty figure with one pair of axes at a fixed place."""
    from matplotlib.figure import Figure

    height = above + plot + below
    figure = Figure(figsize=(width / 72, height / 72))
    axes = figure.add_axes(
        (left / width, below / height, (width - left - RIGHT) / width, plot / height)
    )
    return figure, axes


def bars(
    axes: Axes,
    at: list[float],
    values: list[int | None],
    *,
    thickness: float,
    look: tuple[str, str],
    lying: bool = False,
) -> Artist:
    """Draw one series of bars with the count at the end of each.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    at : list of float
        Position of each bar on the axis.
    values : list of int or None
        The counts; None is no bar and a dash.
    thickness : float
        Width of a bar on the axis.
    look : (str, str)
        Colour and pattern.
    lying : bool
        Whether the bars run from left to right.

    Returns
    -------
    matplotlib.artist.Artist
        A patch that looks like the bars, for the legend.
    """
    from matplotlib.patches import Patch

    colour, hatch = look
    style: dict[str, Any] = {
        "facecolor": colour,
        "edgecolor": INK,
        "linewidth": 0.5,
        "hatch": hatch,
        "hatchcolor": _HATCH,
    }
    lengths = [value or 0 for value in values]
    draw = axes.barh if lying else axes.bar
    draw(at, lengths, thickness, **style)
    for place, value, length in zip(at, values, lengths, strict=True):
        shown = ABSENT if value is None else whole(value)
        if lying:
            note(axes, shown, (length, place), (3, 0), align=("left", "center"), size=8)
        else:
            note(axes, shown, (place, length), (0, 2), align=("center", "bottom"), size=8)
    return Patch(**style)


def write_cases(axes: Axes, under: CaseAxis, *, unit: str, top: int, groups: bool) -> None:
    """Set up the axes of a vertical chart, and write the cases and groups under it."""
    from matplotlib.transforms import ScaledTranslation

    axes.set_xticks([])
    for x, lines in zip(under.at, under.labels, strict=True):
        for number, line in enumerate(lines):
            note(axes, line, (x, 0), (0, -4 - LINE * number), align=("center", "top"))
    if under.at:
        axes.set_xlim(under.at[0] - 0.55, under.at[-1] + 0.55)
    axes.set_ylim(0, top * 1.12)
    integer_axis(axes.yaxis)
    axes.set_ylabel(unit)
    axes.grid(axis="y", color=INK, alpha=0.15, linewidth=0.6)
    plain(axes, "top", "right", "left")
    if not groups:
        return
    down = 7 + LINE * under.lines
    shift = ScaledTranslation(0, -down / 72, axes.figure.dpi_scale_trans)
    for label, first, last in under.groups:
        axes.plot(
            (first - 0.42, last + 0.42),
            (0, 0),
            color=INK,
            linewidth=0.8,
            transform=axes.get_xaxis_transform() + shift,
            clip_on=False,
        )
        note(axes, label, ((first + last) / 2, 0), (0, -down - 3), align=("center", "top"))


def note(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    shift: tuple[float, float],
    *,
    align: tuple[str, str],
    size: float = 8.5,
) -> None:
    """Write one line: only single lines keep their alignment in another font."""
    axes.annotate(
        printable(text),
        at,
        shift,
        textcoords="offset points",
        annotation_clip=False,
        ha=align[0],
        va=align[1],
        fontsize=size,
    )


def title_lines(title: str, width: float) -> list[str]:
    """Break a chart's title into lines that fit."""
    return textwrap.wrap(printable(title), int((width - 12) / 6.2), max_lines=3, placeholder="…")


def wrapped_lines(text: str, letters: int, lines: int) -> list[str]:
    """Break a label into lines, within a number of lines and of letters per line."""
    return textwrap.wrap(printable(text), letters, max_lines=lines, placeholder="…") or [" "]


def room_above(title: str, legend: list[str], width: float) -> tuple[float, int]:
    """Return the height of title and legend, and the number of columns of the legend."""
    widest = max((len(label) for label in legend), default=1) * 5.4 + 36
    columns = max(1, min(len(legend), int((width - 12) / widest)))
    rows = -(-len(legend) // columns)
    return 8 + 14 * len(title_lines(title, width)) + 14 * rows + 14, columns


def write_title(figure: Figure, title: str) -> None:
    """Write a chart's title at its top left."""
    width, height = (72 * float(side) for side in figure.get_size_inches())
    for number, line in enumerate(title_lines(title, width)):
        figure.text(
            6 / width,
            1 - (6 + 14 * number) / height,
            line,
            ha="left",
            va="top",
            fontsize=10,
            fontweight="bold",
        )


def write_legend(
    figure: Figure, series: Sequence[Artist], legend: list[str], above: float, columns: int
) -> None:
    """Write the legend under the title."""
    width, height = (72 * float(side) for side in figure.get_size_inches())
    rows = -(-len(legend) // columns)
    # Matplotlib leaves out what begins with an underscore; a zero-width space stands before it.
    shown = [f"\u200b{label}" if label.startswith("_") else label for label in legend]
    figure.legend(
        series,
        shown,
        loc="upper left",
        bbox_to_anchor=(2 / width, 1 - (above - 14 * rows - 12) / height),
        ncols=columns,
        frameon=False,
        fontsize=8.5,
        borderpad=0.2,
        borderaxespad=0.0,
        handlelength=1.6,
        handleheight=1.0,
        labelspacing=0.45,
        columnspacing=2.2,
    )


def integer_axis(axis: Axis) -> None:
    """Let an axis show whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))


def plain(axes: Axes, *sides: str) -> None:
    """Remove the named sides of the frame, and all tick marks."""
    for side in sides:
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    axes.tick_params(axis="both", length=0)
