"""Passages of scored pages: those behind a count, and those that a search finds, a few at a time."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.batch.results.counts import leave_out, open_scores
from fourp_nlp.batch.results.draws import store_of
from fourp_nlp.batch.results.segment_rows import named, pages_of_documents
from fourp_nlp.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.batch.results.counts import Unit
    from fourp_nlp.batch.results.segment_rows import ScoredRows

__all__ = ["PassageFilters", "count_passages", "scored_passages", "waiting_of_scored"]

_LONGEST_RUN = 20  # segments of an occurrence that are shown
_LONGEST = 4000  # characters of a passage
_LONGEST_AROUND = 300


@dataclass(frozen=True)
class PassageFilters:
    """Which passages.

    Attributes
    ----------
    code : str
        Id of the code; empty for any passage, with or without a code.
    unit : {"occurrences", "segments", "pages"}
        What a passage is, as `fourp_nlp.batch.count_scored` counts: of a page, the passage with the highest
        probability. A search for a text, or for probabilities, finds segments.
    site, group : str or None
        Only of these.
    low, high : float
        Probabilities of the code.
    suggested : bool
        Only what the machine suggests; otherwise all segments with such a probability.
    text : str
        Which the passage must hold, in whatever case.
    """

    code: str = ""
    unit: Unit = "segments"
    site: str | None = None
    group: str | None = None
    low: float = 0.0
    high: float = 1.0
    suggested: bool = True
    text: str = ""

    @property
    def is_search(self) -> bool:
        """Whether segments are looked for one by one."""
        narrowed = self.low > 0 or self.high < 1 or not self.suggested
        return bool(self.text) or not self.code or narrowed or self.unit == "segments"


def waiting_of_scored(folder: Path) -> pd.DataFrame:
    """Return the scored segments that somebody is still to code for a draw, without suggestions.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    pandas.DataFrame
        Columns coder, shard, document and start.
    """
    nothing = pd.DataFrame(columns=["coder", "shard", "document", "start"])
    if not (folder / "fourp.sqlite").is_file():
        return nothing
    store = store_of(folder)
    draws, drawn = store.read_draws(), store.read_drawn()
    if draws.empty or drawn.empty:
        return nothing
    waiting = drawn.assign(coder=drawn["draw"].map(draws.set_index("draw")["coder"]))
    coded = pd.concat([nothing, *map(_coded, sorted((folder / "gold").glob("*.csv")))])
    keys = ["coder", "document", "start"]
    done = pd.MultiIndex.from_frame(coded[keys].astype(str))
    is_done = pd.MultiIndex.from_frame(waiting[keys].astype(str)).isin(done)
    waiting = waiting[~is_done].drop_duplicates(keys).reset_index(drop=True)
    if waiting.empty:
        return nothing
    place = waiting["document"].str.partition("/")
    return pd.DataFrame(
        {
            "coder": waiting["coder"].astype(object),
            "shard": place[0].astype(object),
            "document": place[2].astype(object),
            "start": waiting["start"].astype("int64"),
        }
    )


def _coded(path: Path) -> pd.DataFrame:
    """Return the places of a gold file."""
    columns = ["document", "start"]
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    if not {*columns} <= {*frame.columns}:
        return pd.DataFrame(columns=["coder", *columns])
    return frame[columns].assign(coder=path.stem)


def count_passages(
    folder: Path, filters: PassageFilters, *, without: pd.DataFrame | None = None
) -> int:
    """Return how many passages there are.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    filters : PassageFilters
        Which.
    without : pandas.DataFrame, optional
        Segments that are left out, as in `count_scored`.

    Returns
    -------
    int
        Their number.
    """
    with closing(open_scores(folder)) as scores:
        query, values = _query(scores, filters, leave_out(scores, without))
        (count,) = scores.execute(f"SELECT count(*) FROM ({query})", values).fetchone()  # noqa: S608 - values are bound
    return int(count)


def scored_passages(
    scored: ScoredRows,
    filters: PassageFilters,
    first: int,
    number: int,
    *,
    without: pd.DataFrame | None = None,
) -> list[dict[str, Any]]:
    """Return some passages, those with the highest probability first; without a code, in the order of pages.

    Parameters
    ----------
    scored : ScoredRows
        The segments that there are. None of them is in memory but those that are returned.
    filters : PassageFilters
        Which.
    first, number : int
        From which on, and how many.
    without : pandas.DataFrame, optional
        Segments that are left out, as in `count_scored`.

    Returns
    -------
    list of dict
        text, cut, before, after, segments, segment, probability, suggested, site, group, document, and what
        is known of the page: url, title, fetched_at, warc, record_id.
    """
    with closing(open_scores(scored.folder)) as scores:
        query, values = _query(scores, filters, leave_out(scores, without))
        order = "p DESC, shard, document, first" if filters.code else "shard, document, first"
        wanted = scores.execute(
            f"SELECT * FROM ({query}) ORDER BY {order} LIMIT ? OFFSET ?",  # noqa: S608 - values are bound
            [*values, number, first],
        ).df()
        if wanted.empty:
            return []
        wanted = wanted.assign(n=range(len(wanted)))
        scores.register("wanted", wanted)
        files = [
            str(scored.folder / "segments" / f"{name}.parquet") for name in set(wanted["shard"])
        ]
        texts = scores.execute(
            "SELECT w.n, s.segment, s.text "
            "FROM read_parquet(?, filename = 'file', hive_partitioning = false) s "
            "JOIN wanted w ON w.document = s.document AND parse_filename(s.file, true) = w.shard "
            "AND s.segment BETWEEN w.first - 1 AND least(w.last, w.first + ?) + 1 ORDER BY w.n, s.segment",
            [files, _LONGEST_RUN],
        ).df()
    ids = named(wanted["shard"].tolist(), wanted["document"].tolist())
    pages = pages_of_documents(scored, ids).reindex(ids).fillna("")
    parts = dict(list(texts.groupby("n")))
    return [
        {
            **_text(parts[row["n"]], int(row["first"]), int(row["last"])),
            "segment": int(row["first"]),
            "segments": int(row["last"] - row["first"]) + 1,
            "probability": None if pd.isna(row["p"]) else round(float(row["p"]), 4),
            "suggested": bool(row["has"]),
            "document": ids[at],
            **{str(name): str(value) for name, value in pages.iloc[at].items() if name != "sha256"},
        }
        for at, row in enumerate(wanted.to_dict("records"))
    ]


def _text(segments: pd.DataFrame, first: int, last: int) -> dict[str, Any]:
    """Return the text of a passage, and of its neighbours."""
    number, texts = segments["segment"], segments["text"]
    inside = " ".join(texts[(number >= first) & (number <= last)])
    before, after = " ".join(texts[number < first]), " ".join(texts[number > last])
    return {
        "text": inside[:_LONGEST],
        "cut": len(inside) > _LONGEST or last - first > _LONGEST_RUN,
        "before": before if len(before) <= _LONGEST_AROUND else f"…{before[-_LONGEST_AROUND:]}",
        "after": after if len(after) <= _LONGEST_AROUND else f"{after[:_LONGEST_AROUND]}…",
    }


def _query(scores: Any, filters: PassageFilters, source: str) -> tuple[str, list[Any]]:
    """Return a query for places (shard, document, first, last, p, has), and its values."""
    codes = {
        row[0][2:] for row in scores.execute("DESCRIBE segments").fetchall() if row[0][:2] == "p_"
    }
    if filters.code and filters.code not in codes:
        raise TableError(f"There is no code '{filters.code}'.")
    p, has = (
        (_quoted(f"p_{filters.code}"), _quoted(f"s_{filters.code}"))
        if filters.code
        else ("NULL::FLOAT", "false")
    )
    places, values = (
        ["(shard, document) IN (SELECT (shard, document) FROM pages WHERE status = 'kept')"],
        [],
    )
    if filters.site is not None:
        places.append("(site = ? OR (site = '' AND shard = ?))")
        values += [filters.site, filters.site]
    if filters.group is not None:
        places.append('"group" = ?')
        values.append(filters.group)
    chosen = (
        f"SELECT shard, document, segment, text, {p} AS p, {has} AS has FROM {source} "  # noqa: S608 - ids are quoted
        f"WHERE {' AND '.join(places)}"
    )
    if filters.is_search:
        return _search(chosen, values, filters)
    if filters.unit == "pages":
        return (
            "SELECT shard, document, arg_max(segment, p) AS first, arg_max(segment, p) AS last, "  # noqa: S608
            f"max(p) AS p, true AS has FROM ({chosen}) WHERE has GROUP BY shard, document"
        ), values
    return (
        # A run begins at a segment with the code whose neighbour before it lacks it, as in counts.
        f"WITH chosen AS ({chosen}), marked AS (SELECT shard, document, segment, p, has, has AND NOT "  # noqa: S608
        "(coalesce(lag(has) OVER one, false) AND lag(segment) OVER one = segment - 1) AS begins "
        "FROM chosen WINDOW one AS (PARTITION BY shard, document ORDER BY segment)), "
        "runs AS (SELECT *, sum(begins::INTEGER) OVER (PARTITION BY shard, document ORDER BY segment) AS run "
        "FROM marked WHERE has) "
        "SELECT shard, document, min(segment) AS first, max(segment) AS last, max(p) AS p, true AS has "
        "FROM runs GROUP BY shard, document, run"
    ), values


def _search(chosen: str, values: list[Any], filters: PassageFilters) -> tuple[str, list[Any]]:
    conditions: list[str] = []
    if filters.code and filters.suggested:
        conditions.append("has")
    if filters.code and (filters.low > 0 or filters.high < 1 or not filters.suggested):
        conditions.append("p >= ? AND p <= ?")
        values = [*values, filters.low, filters.high]
    if filters.text:
        conditions.append("contains(lower(text), lower(?))")
        values = [*values, filters.text]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"SELECT shard, document, segment AS first, segment AS last, p, has FROM ({chosen}){where}"  # noqa: S608
    ), values


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
