"""A matplotlib figure as inline SVG: self-contained, accessible, and the same bytes every time."""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

__all__ = ["INK", "PIXELS_PER_POINT", "drawing", "inline_svg", "svg_file", "without_styles"]

# Stands for the colour of the surrounding text, so that a chart follows light and dark pages.
INK = "#010203"

# 700 pixels for a figure of 7 inches: 8.5 points are then read as 12 pixels.
PIXELS_PER_POINT = 700 / 504

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_SETTINGS: Any = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "hatch.linewidth": 0.9,
    "axes.unicode_minus": True,
}

# The page's colours, for a chart that stands alone: light, dark, and ink on paper.
_ALONE = (
    "<style>svg { color: #1c2430; background: #ffffff; } "
    "@media (prefers-color-scheme: dark) { svg { color: #e6eaef; background: #14191f; } } "
    "@media print { svg { color: #000000; background: none; } }</style>"
)


@contextmanager
def drawing(key: str) -> Iterator[None]:
    """Draw with this project's settings, whatever the reader's own matplotlib settings are.

    Parameters
    ----------
    key : str
        Unique key of the chart on the page, for its inner ids.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A letter that matplotlib's font lacks is drawn by the browser's font, so no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        mpl.rcParams["svg.hashsalt"] = key
        yield


def inline_svg(figure: Figure, *, title: str, description: str, key: str) -> str:
    """Return a figure as an SVG element for an HTML page.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure, drawn under `drawing`.
    title : str
        Its accessible name.
    description : str
        Its content in words, for people who cannot see it.
    key : str
        As in `drawing`; letters, digits and hyphens.

    Returns
    -------
    str
        An ``<svg>`` element without ids that could clash with those of other charts.
    """
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Its style element would rule the whole page.
    svg = re.sub(
        r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL
    )
    svg = svg.replace(INK, "currentColor")
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = re.sub(
        r"font: (?:bold|700) ([\d.]+)px [^;\"]*", r"font-size: \1px; font-weight: 700", svg
    )
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    used = set(re.findall(r"url\(#([^)]+)\)", svg)) | set(re.findall(r'href="#([^"]+)"', svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", svg)
    width, height = (72 * side for side in figure.get_size_inches())
    head = (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="{key}-title" aria-describedby="{key}-desc" '
        f'style="width: {width * PIXELS_PER_POINT:.0f}px; font-family: {_FONTS}; '
        'stroke-linejoin: round; stroke-linecap: butt" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
        f'<title id="{key}-title">{escape(printable(title))}</title>\n'
        f'<desc id="{key}-desc">{escape(printable(description))}</desc>'
    )
    return head + svg[svg.index(">") + 1 :]


def svg_file(svg: str) -> str:
    """Return the element of `inline_svg` as an SVG file of its own, for light, dark and printed pages.

    Parameters
    ----------
    svg : str
        An ``<svg>`` element from `inline_svg`.

    Returns
    -------
    str
        The content of an SVG file.
    """
    head, rest = svg.split(">", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}>\n{_ALONE}{rest}\n'


def without_styles(svg: str) -> str:
    """Return the element of `inline_svg` without style attributes, for pages that allow none.

    Parameters
    ----------
    svg : str
        An ``<svg>`` element from `inline_svg`.

    Returns
    -------
    str
        The same, with presentation attributes in their place.
    """
    return re.sub(r"<[^<>]+>", _without_style, svg)


def _without_style(tag: re.Match[str]) -> str:
    return re.sub(r' style="([^"]*)"', _as_attributes, tag[0])


def _as_attributes(style: re.Match[str]) -> str:
    pairs = [part.partition(":") for part in style[1].split(";") if part.strip()]
    return "".join(f' {name.strip()}="{value.strip()}"' for name, _, value in pairs)
