"""The HTML page about scored websites: heat map, groups with estimates, pages read, quotations."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fourp_nlp.reporting._heat_map import heat_bounds, heat_step, legend
from fourp_nlp.reporting._html_pages import render_page, write_page
from fourp_nlp.reporting.charts.estimates import estimate_chart
from fourp_nlp.reporting.text_format import ABSENT, decimal, percent, shortened, whole

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

__all__ = ["ScoredContents", "render_scored", "safe_link", "write_scored"]

_LONGEST = 500  # characters of a passage that are shown
_NAME = 80  # and of a name or a title
_CHARTS = 12  # groups that get a chart
_UNITS = {"occurrences": "occurrences", "segments": "segments with the code", "pages": "pages"}


@dataclass(frozen=True)
class ScoredContents:
    """What the page about scored sites is made of; all of it was computed elsewhere.

    Attributes
    ----------
    title : str
        Its heading.
    made : str
        Date and time, in words.
    facts : sequence of (str, str)
        What the scores depend on.
    themes : sequence of (str, sequence of str)
        Themes with their codes.
    names : mapping of str to str
        Display names of codes and themes.
    site_names : mapping of str to str
        Display names of sites.
    sites : pandas.DataFrame
        The sites that are shown, in order: site, group, words, pages, segments.
    counts : pandas.DataFrame
        SCORED_COUNTS by site, of those sites.
    groups : pandas.DataFrame
        SCORED_COUNTS by group, of all sites.
    group_segments : pandas.DataFrame
        The same in segments: the machine's count beside estimates.
    estimates : pandas.DataFrame
        The table ESTIMATES with columns for a thousand words; without rows where there are none.
    estimate_notes : sequence of str
        The sample that they are based on, or why there are none.
    collected : pandas.DataFrame
        One row a site: site, group, then counts, and reason.
    refusals : pandas.DataFrame
        Why addresses were not fetched: outcome, reason, urls, sites, example; without rows if not known.
    quotations : pandas.DataFrame
        Columns site, code, text, probability, url, title, fetched_at, warc and record_id.
    notes : sequence of str
        What to know first: what was left out of the page, and why.
    code_noun : str
        The codebook's word for a code, in the singular.
    """

    title: str
    made: str
    facts: Sequence[tuple[str, str]]
    themes: Sequence[tuple[str, Sequence[str]]]
    names: Mapping[str, str]
    site_names: Mapping[str, str]
    sites: pd.DataFrame
    counts: pd.DataFrame
    groups: pd.DataFrame
    group_segments: pd.DataFrame
    estimates: pd.DataFrame
    collected: pd.DataFrame
    refusals: pd.DataFrame
    quotations: pd.DataFrame
    estimate_notes: Sequence[str] = field(default_factory=list)
    notes: Sequence[str] = field(default_factory=list)
    code_noun: str = "code"

    @property
    def codes(self) -> list[str]:
        """The codes, theme by theme."""
        return [code for _, codes in self.themes for code in codes]

    def name(self, key: str) -> str:
        """Return the display name of a code or theme."""
        return self.names.get(key) or key

    def site(self, key: str) -> str:
        """Return the display name of a site."""
        return shortened(self.site_names.get(key) or key, _NAME)


def write_scored(contents: ScoredContents, path: str | os.PathLike[str]) -> Path:
    """Write the page.

    Parameters
    ----------
    contents : ScoredContents
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
    return write_page(render_scored(contents), path)


def render_scored(contents: ScoredContents) -> str:
    """Return the page.

    Parameters
    ----------
    contents : ScoredContents
        What it shows.

    Returns
    -------
    str
        A whole HTML document without scripts or any reference to another file but links to the pages that
        are quoted. Every text is escaped.
    """
    quoted = _quoted(contents)
    bounds = heat_bounds(contents.counts["per_1000_words"].tolist())
    return render_page(
        "scored.html.j2",
        contents=contents,
        heads=[(contents.name(code), code) for code in contents.codes],
        themes=[
            (contents.name(theme) or "All codes", len(codes)) for theme, codes in contents.themes
        ],
        bodies=list(_bodies(contents, bounds, quoted)),
        legend=legend(bounds),
        unit=_unit(contents),
        places=list(_places(contents)),
        collected=_collected(contents),
        refusals=_refusals(contents),
        quoted=list(quoted.values()),
    )


def safe_link(url: str) -> str:
    """Return a URL if a browser may be sent there by a click: of the web, and nothing else.

    Parameters
    ----------
    url : str
        Anything.

    Returns
    -------
    str
        The URL; empty if it is no http or https address of a host.
    """
    if any(ord(letter) <= ord(" ") for letter in url):
        return ""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in {"http", "https"} and parts.hostname else ""
    except ValueError:
        return ""


def _unit(contents: ScoredContents) -> str:
    units = contents.counts["unit"].tolist()
    return _UNITS[str(units[0])] if units else "occurrences"


def _bodies(
    contents: ScoredContents, bounds: list[float], quoted: Mapping[str, dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the groups, each with the rows of its sites and its total."""
    cells = _by_place(contents.counts, "site")
    totals = _by_place(contents.groups, "group")
    sites = contents.sites
    for group in dict.fromkeys(sites["group"]):
        of_group = sites[sites["group"] == group]
        rows = [
            {
                "name": contents.site(str(row["site"])),
                "words": whole(int(row["words"])),
                "pages": whole(int(row["pages"])),
                "id": quoted[row["site"]]["id"] if row["site"] in quoted else "",
                "cells": [
                    _cell(
                        cells.get((row["site"], code)), bounds, _anchor(quoted, row["site"], code)
                    )
                    for code in contents.codes
                ],
            }
            for row in of_group.to_dict("records")
        ]
        total = contents.groups[contents.groups["group"] == group].head(1).to_dict("records")
        yield {
            "name": str(group) or "No group",
            "sites": len(of_group),
            "rows": rows,
            "words": whole(int(total[0]["words"])) if total else ABSENT,
            "pages": whole(int(total[0]["pages"])) if total else ABSENT,
            "total": [_cell(totals.get((group, code)), bounds, "") for code in contents.codes],
        }


def _by_place(counts: pd.DataFrame, key: str) -> dict[tuple[str, str], tuple[int, float]]:
    columns = (counts[name].tolist() for name in (key, "code", "count", "per_1000_words"))
    return {(place, code): (count, rate) for place, code, count, rate in zip(*columns, strict=True)}


def _cell(held: tuple[int, float] | None, bounds: list[float], anchor: str) -> dict[str, Any]:
    count, rate = held if held is not None else (None, math.nan)
    return {
        "step": heat_step(rate, bounds),
        "rate": decimal(rate, digits=1 if math.isnan(rate) or rate < 99.95 else 0),
        "count": "" if count is None else whole(count),
        "anchor": anchor,
    }


def _anchor(quoted: Mapping[str, dict[str, Any]], site: str, code: str) -> str:
    return str(quoted.get(site, {}).get("anchors", {}).get(code, ""))


def _quoted(contents: ScoredContents) -> dict[str, dict[str, Any]]:
    """Return, for each site that is shown, its quotations by code; the places on the page are numbered."""
    numbers = {code: at for at, code in enumerate(contents.codes)}
    quoted: dict[str, dict[str, Any]] = {}
    by_site = dict(iter(contents.quotations.groupby("site", sort=False)))
    for at, site in enumerate(contents.sites["site"]):
        if site not in by_site:
            continue
        codes, anchors = [], {}
        for key, of_code in by_site[site].groupby("code", sort=False):
            code = str(key)
            if code not in numbers:
                continue
            anchors[code] = f"q{at}-{numbers[code]}"
            codes.append(
                {
                    "id": anchors[code],
                    "name": contents.name(code),
                    "quotations": [_quotation(row) for row in of_code.to_dict("records")],
                }
            )
        quoted[str(site)] = {
            "id": f"q{at}",
            "name": contents.site(str(site)),
            "codes": sorted(codes, key=lambda code: int(str(code["id"]).rpartition("-")[2])),
            "anchors": anchors,
        }
    return quoted


def _quotation(row: Mapping[Any, Any]) -> dict[str, str]:
    url = str(row["url"])
    return {
        "text": shortened(str(row["text"]), _LONGEST),
        "link": safe_link(url),
        "shown": shortened(str(row["title"]) or url or str(row["document"]), _NAME),
        "url": shortened(url, _LONGEST),
        "fetched": str(row["fetched_at"])[:10],
        "record": " ".join(filter(None, (str(row["warc"]), str(row["record_id"])))),
        "probability": decimal(float(row["probability"])),
    }


def _places(contents: ScoredContents) -> Iterator[dict[str, Any]]:
    """Yield all that was scored and each group: counts, and estimates where there are any."""
    groups = list(dict.fromkeys(contents.groups["group"]))
    counts = _by_place(contents.groups, "group")
    segments = _by_place(contents.group_segments, "group")
    places = [("corpus", "", "All that was scored")]
    if len(groups) > 1:
        places += [("group", str(group), str(group) or "No group") for group in groups]
    table = contents.estimates
    for at, (level, place, title) in enumerate(places):
        of_place = table[(table["level"] == level) & (table["place"] == place)]
        by_method = {(row["code"], row["method"]): row for row in of_place.to_dict("records")}
        whose = groups if level == "corpus" else [place]
        facts = contents.groups.drop_duplicates("group").set_index("group").loc[whose]
        words = int(facts["words"].sum())
        rows = []
        for code in contents.codes:
            count = sum(counts[group, code][0] for group in whose)
            rows.append(
                {
                    "label": contents.name(code),
                    "count": whole(count),
                    "rate": decimal(count * 1000 / words if words else math.nan),
                    "segments": whole(sum(segments[group, code][0] for group in whose)),
                    "estimates": [
                        _estimate(by_method.get((code, method)), value, low, high, form)
                        for method, value, low, high, form in _SHOWN
                    ]
                    if len(of_place)
                    else [],
                }
            )
        chart = ""
        if len(of_place) and at <= _CHARTS:
            chart = estimate_chart(
                of_place,
                title=f"Share of segments: {shortened(title, _NAME)}",
                codes=contents.codes,
                names=contents.names,
                key=f"estimates-{at}",
            )
        yield {
            "title": title,
            "pages": whole(int(facts["pages"].sum())),
            "words": whole(words),
            "rows": rows,
            "estimated": bool(len(of_place)),
            "confidence": percent(float(of_place["confidence"].iloc[0])).replace(".0%", "%")
            if len(of_place)
            else "",
            "chart": chart,
            "reasons": [
                reason
                for reason in dict.fromkeys(of_place.loc[of_place["method"] != "naive", "reason"])
                if reason
            ],
        }


_SHOWN = (
    ("naive", "value", "low", "high", percent),
    ("corrected", "value", "low", "high", percent),
    ("gold", "value", "low", "high", percent),
    ("corrected", "count", "count_low", "count_high", whole),
    ("corrected", "per_1000_words", "per_1000_words_low", "per_1000_words_high", decimal),
)


def _estimate(
    row: Mapping[Any, Any] | None,
    value: str,
    low: str,
    high: str,
    form: Any,
) -> tuple[str, str]:
    if row is None:
        return ABSENT, ""
    figures = [float(row[name]) for name in (value, low, high)]
    if form is whole:
        figures = [figure if math.isnan(figure) else round(figure) for figure in figures]
    estimate, lower, upper = figures
    return form(estimate), "" if math.isnan(lower) else f"{form(lower)} to {form(upper)}"


# What stands for "all" in the record that a site is done is no limit.
_LIMITS = {
    "all": "",
    "max_pages": "pages at most",
    "max_bytes": "bytes at most",
    "max_seconds": "time at most",
}


def _collected(contents: ScoredContents) -> dict[str, Any]:
    frame = contents.collected
    plain = {"site", "group", "reason", "ended"}
    numbers = [name for name in frame.columns if name not in plain]
    rows = [
        {
            "name": contents.site(str(row["site"])),
            "group": str(row["group"]),
            "cells": [whole(int(row[name])) for name in numbers],
            "ended": _LIMITS.get(str(row.get("ended", "")), str(row.get("ended", ""))),
            "reason": shortened(str(row["reason"]), _LONGEST),
            "empty": bool(row["reason"]),
        }
        for row in frame.to_dict("records")
    ]
    heads = [str(name).replace("_", " ").capitalize() for name in numbers]
    return {"heads": heads, "rows": rows, "ended": "ended" in frame.columns}


def _refusals(contents: ScoredContents) -> list[dict[str, str]]:
    return [
        {
            "outcome": str(row["outcome"]),
            "reason": shortened(str(row["reason"]), _LONGEST),
            "urls": whole(int(row["urls"])),
            "sites": whole(int(row["sites"])),
            "example": shortened(str(row["example"]), _LONGEST),
        }
        for row in contents.refusals.to_dict("records")
    ]
