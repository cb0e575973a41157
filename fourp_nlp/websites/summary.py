"""A summary of collected sites: pages of each, and what was not fetched and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from fourp_nlp.websites.collect import Collected

__all__ = ["summary_of_sites", "why_not"]

_URL = re.compile(r"(?::| to)? https?://\S+")
_MOST = 1_000
_ELSEWHERE = re.compile(r"a redirect to another site: (\S+)")


def why_not(rows: pd.DataFrame) -> pd.DataFrame:
    """Group what was not fetched by the reason.

    Parameters
    ----------
    rows : pandas.DataFrame
        The table FETCHED.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, reason, urls, sites and example (a URL); the most frequent first.
    """
    left = rows[~rows["outcome"].isin(["fetched", "redirected"])]
    left = left.assign(reason=left["reason"].map(lambda text: _URL.sub("", text)))
    grouped = left.groupby(["outcome", "reason"], as_index=False, sort=True).agg(
        urls=("url", "size"), sites=("site", "nunique"), example=("url", "first")
    )
    return grouped.sort_values("urls", ascending=False, kind="stable").reset_index(drop=True)


def summary_of_sites(collected: Collected, sites: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Say of every site what came of it.

    Parameters
    ----------
    collected : Collected
        What was collected.
    sites : pandas.DataFrame
        The table SITES.
    rows : pandas.DataFrame
        The table FETCHED of these sites.

    Returns
    -------
    pandas.DataFrame
        One row a site: site, name, group, state (done, earlier, failed), pages, ended ("all" or the limit
        that was reached), fetched, redirected, refused, failed, cut (URLs), records, bytes, reason (why
        there is no page, with the cure where one is known), and note (of a site of one page, why there is
        no other).
    """
    outcomes = ("fetched", "redirected", "refused", "failed", "cut")
    summaries = []
    for site, name, group in zip(sites["site"], sites["name"], sites["group"], strict=True):
        record = collected.done.get(site, {})
        state = "earlier" if site in collected.earlier else "done" if record else "failed"
        pages = int(record.get("pages", 0))
        counts = record.get("outcomes", {})
        summaries.append(
            {
                "site": site,
                "name": name,
                "group": group,
                "state": state,
                "pages": pages,
                "ended": str(record.get("ended", "")),
                **{outcome: int(counts.get(outcome, 0)) for outcome in outcomes},
                "records": int(record.get("records", 0)),
                "bytes": int(record.get("bytes", 0)),
                "reason": "" if pages else collected.failed.get(site) or _why(rows, site),
                "note": _why_alone(rows, site, record) if pages == 1 else "",
            }
        )
    return pd.DataFrame(summaries)


def _why(rows: pd.DataFrame, site: str) -> str:
    mine = rows[(rows["site"] == site) & ~rows["outcome"].isin(["fetched", "redirected"])]
    if not len(mine):
        return "there is nothing to fetch by its start pages"
    first = mine.iloc[0]
    return _moved(first, site) or f"{first['url']}: {first['reason']}"


def _moved(row: pd.Series, site: str) -> str:
    match = _ELSEWHERE.search(row["reason"])
    if not match:
        return ""
    if row["url"] == match[1]:
        return (
            f"its start page redirects to another website, {match[1]}; if that belongs to the site, "
            f"name it in the list and collect again: --again --site {site}"
        )
    return (
        f"{row['url']} leads to another website, {match[1]}; if that is the site's own, "
        f"name it in the list and collect again: --again --site {site}"
    )


def _why_alone(rows: pd.DataFrame, site: str, record: dict[str, Any]) -> str:
    """Say why a site has one page alone."""
    if str(record.get("ended", "")) != "all":
        return ""
    mine = rows[(rows["site"] == site) & ~rows["outcome"].isin(["fetched", "redirected"])]
    moved = next(filter(None, (_moved(row, site) for _, row in mine.head(_MOST).iterrows())), "")
    if moved:
        return moved
    sitemaps = record.get("sitemaps") or {}
    named = int(sitemaps.get("addresses", 0))
    if named:
        return (
            f"its start page leads to no other page that was fetched; its sitemap names {named:,} "
            "addresses, none of which gave one: see fetched.csv"
        )
    if len(mine):
        return "its start page leads to no other page that was fetched: see fetched.csv"
    return (
        "its start page leads nowhere and no sitemap was found: a script may draw its links. Name further "
        "start pages in the list"
    )
