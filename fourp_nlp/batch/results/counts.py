"""Counting codes in scored shards, with DuckDB over Parquet files."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, get_args

from fourp_nlp.batch.fingerprint import read_record
from fourp_nlp.errors import INSTALL_SCALE, FourpError, MissingExtraError
from fourp_nlp.tables import conform, make_table
from fourp_nlp.word_count import DEFINITION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd


__all__ = [
    "PAGE_FACTS",
    "SCORED_COUNTS",
    "By",
    "Unit",
    "count_scored",
    "leave_out",
    "open_scores",
    "page_facts",
    "words_note",
]

By = Literal["site", "group", "document"]
Unit = Literal["occurrences", "segments", "pages"]


SCORED_COUNTS = make_table(
    "scored_counts",
    code=("str", "id of the code"),
    theme=("str", "id of the code's theme"),
    site=("str", "id of the site; empty if counted by group"),
    group=("str", "the group; empty where none was given"),
    document=("str", "id of the page; empty unless counted by document"),
    unit=("str", "occurrences, segments or pages"),
    machine=("str", "id of the model"),
    count=("int64", "how many the machine suggests"),
    pages=("int64", "pages with text there"),
    segments=("int64", "segments there"),
    words=("int64", "words there"),
    per_1000_words=("float64", "count for a thousand words, nan where there is no word"),
    per_page=("float64", "count for a page, nan where there is none"),
)

PAGE_FACTS = make_table(
    "page_facts",
    site=("str", "id of the site"),
    group=("str", "the group"),
    status=("str", "kept, folded, other_language, empty, not_found, unwanted or failed"),
    pages=("int64", "how many pages"),
    words=("int64", "their words"),
    copies=("int64", "pages that they represent, with their near-duplicates"),
    repeated_words=("int64", "words left out because the site repeats them"),
)


def open_scores(folder: Path) -> Any:
    """Open a folder of scores as a database with the views ``segments`` and ``pages``.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    duckdb.DuckDBPyConnection
        A connection that reads; both views have a column ``shard``.

    Raises
    ------
    FourpError
        If there are no scores.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtraError("Scores are read by duckdb.", cure=INSTALL_SCALE) from error
    read_record(folder)
    if not any((folder / "pages").glob("*.parquet")):
        raise FourpError(
            "No shard has been scored yet.", file=folder, cure="Run the same `fourp score` again."
        )
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "temp_directory": str(folder / ".fourp-counts"),
        },
    )
    for view in ("segments", "pages"):
        place = str(folder / view / "*.parquet").replace("'", "''")
        connection.execute(
            f"CREATE VIEW {view} AS SELECT * EXCLUDE filename, parse_filename(filename, true) AS shard "  # noqa: S608
            f"FROM read_parquet('{place}', filename = true, hive_partitioning = false)"
        )
    return connection


def leave_out(scores: Any, without: pd.DataFrame | None) -> str:
    """Return the name of a view of all segments but some.

    Parameters
    ----------
    scores : duckdb.DuckDBPyConnection
        From `open_scores`.
    without : pandas.DataFrame or None
        Columns shard, document and start.

    Returns
    -------
    str
        A view with the columns of ``segments``; ``segments`` itself if nothing is left out.
    """
    if without is None or without.empty:
        return "segments"
    scores.register("left_out", without[["shard", "document", "start"]])
    scores.execute(
        "CREATE TEMP VIEW visible AS SELECT s.* FROM segments s ANTI JOIN left_out l "
        "ON s.shard = l.shard AND s.document = l.document AND s.start = l.start"
    )
    return "visible"


def words_note(folder: Path) -> str:
    """Return what is to be known of the words of a folder of scores.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    str
        A sentence if they were counted by another definition than now; otherwise empty.

    Raises
    ------
    FourpError
        If there are no scores.
    """
    versions = read_record(folder).get("versions")
    if isinstance(versions, list) and ["fourp_nlp.word_count", DEFINITION] in versions:
        return ""
    return (
        "Words were counted by an earlier definition when these pages were scored, so that rates for a "
        "thousand words differ a little from others. Score again into another folder to compare them."
    )


def count_scored(
    folder: Path,
    *,
    by: By = "site",
    unit: Unit = "occurrences",
    without: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count what the machine suggests in scored shards.

    A page counts once, whatever number of near-duplicates was folded into it.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    by : {"site", "group", "document"}
        What is counted for; a document without a site is a site of its own, under its shard's name.
    unit : {"occurrences", "segments", "pages"}
        What is counted. An occurrence is a run of neighbouring segments of one page with the code.
    without : pandas.DataFrame, optional
        Segments that are counted as if the machine had not been asked about them: columns shard, document and
        start. The numbers of segments and words count them.

    Returns
    -------
    pandas.DataFrame
        The table SCORED_COUNTS: every code for every site (group, document), zeros included.

    Raises
    ------
    FourpError
        If there are no scores.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """
    if by not in get_args(By) or unit not in get_args(Unit):
        raise ValueError(f"by is {by!r} and unit is {unit!r}.")
    record = read_record(folder)
    codes, themes = list(_strings(record["codes"])), list(_strings(record["themes"]))
    with closing(open_scores(folder)) as scores:
        source = leave_out(scores, without)
        wide = scores.execute(_counting(codes, by, unit, source)).df()
    keys = {
        "site": ["site", "group"],
        "group": ["group"],
        "document": ["site", "group", "document"],
    }[by]
    facts = ["pages", "segments", "words"]
    long = wide.melt([*keys, *facts], [f"n{at}" for at in range(len(codes))], "code", "count")
    number = long["code"].str[1:].astype(int)
    frame = long.assign(
        code=[codes[at] for at in number],
        theme=[themes[at] for at in number],
        unit=unit,
        machine=str(record["model"]),
        **{name: "" for name in ("site", "group", "document") if name not in keys},
    )
    order = frame.assign(number=number).sort_values([*keys, "number"], kind="stable").index
    frame = frame.loc[order]
    for name, whole, per in (("per_1000_words", "words", 1000), ("per_page", "pages", 1)):
        some = frame[whole] > 0
        frame[name] = (frame["count"] * per / frame[whole].where(some)).astype("float64")
    return conform(frame, SCORED_COUNTS)


def page_facts(folder: Path) -> pd.DataFrame:
    """Say what became of the pages of each site.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    pandas.DataFrame
        The table PAGE_FACTS.

    Raises
    ------
    FourpError
        If there are no scores.
    """
    with closing(open_scores(folder)) as scores:
        frame = scores.execute(
            f'SELECT {_SITE} AS site, "group", status, count(*) AS pages, sum(words) AS words, '  # noqa: S608
            "sum(copies) AS copies, sum(repeated_words) AS repeated_words "
            'FROM pages GROUP BY ALL ORDER BY site, "group", status'
        ).df()
    return conform(frame, PAGE_FACTS)


_SITE = "CASE WHEN site = '' THEN shard ELSE site END"


def _counting(codes: list[str], by: By, unit: Unit, source: str) -> str:
    """Return the query: one pass over the segments, one row a page, then one row for what is counted."""
    marks = [_quoted(f"s_{code}") for code in codes]
    if unit == "occurrences":
        # A run begins at a segment with the code whose neighbour before it lacks it.
        begins = [
            f"({mark} AND NOT (coalesce(lag({mark}) OVER one, false) "
            "AND lag(segment) OVER one = segment - 1))"
            for mark in marks
        ]
    else:
        begins = marks
    flags = ", ".join(f"{text} AS b{at}" for at, text in enumerate(begins))
    of_page = "max" if unit == "pages" else "sum"
    summed = ", ".join(f"{of_page}(b{at}::INTEGER) AS n{at}" for at in range(len(codes)))
    totals = ", ".join(f"coalesce(sum(n{at}), 0)::BIGINT AS n{at}" for at in range(len(codes)))
    site = f"{_SITE} AS site"
    keys = {
        "site": f'{site}, "group"',
        "group": '"group"',
        "document": f'{site}, "group", document',
    }[by]
    return (
        f"WITH marked AS (SELECT shard, document, {flags} FROM {source} "  # noqa: S608 - ids are quoted
        "WINDOW one AS (PARTITION BY shard, document ORDER BY segment)), "
        f"counted AS (SELECT shard, document, {summed} FROM marked GROUP BY shard, document), "
        "kept AS (SELECT * FROM pages WHERE status = 'kept') "
        f"SELECT {keys}, count(*)::BIGINT AS pages, sum(segments)::BIGINT AS segments, "
        f"sum(words)::BIGINT AS words, {totals} "
        "FROM kept LEFT JOIN counted USING (shard, document) GROUP BY ALL ORDER BY ALL"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _strings(values: object) -> Iterator[str]:
    if isinstance(values, list):
        yield from map(str, values)
