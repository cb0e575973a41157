"""Scored segments by row number: where they are in the files, and reading a few of them."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.batch.fingerprint import read_record
from fourp_nlp.batch.results.counts import open_scores
from fourp_nlp.errors import INSTALL_SCALE, FourpError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

__all__ = [
    "ScoredRows",
    "column_of",
    "find_places",
    "named",
    "open_rows",
    "page_runs",
    "pages_of_documents",
    "read_rows",
    "torn",
]


@dataclass(frozen=True)
class ScoredRows:
    """The scored segments of a folder, numbered through its files; none of them is in memory.

    Attributes
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    codes, themes : list of str
        Ids of the codes, and the theme of each.
    machine : str
        Id of the model.
    unit : str
        The unit of coding.
    shards : list of str
        Names of the shards, sorted.
    counts : ndarray of int64, shape (n_shards,)
        Segments of each.
    identities : list of str, length n_shards
        What tells a shard's scores from those of the same shard after it was changed.
    """

    folder: Path
    codes: list[str]
    themes: list[str]
    machine: str
    unit: str
    shards: list[str]
    counts: Integers
    identities: list[str]

    @property
    def size(self) -> int:
        """How many segments there are."""
        return int(self.counts.sum())

    @property
    def firsts(self) -> Integers:
        """Number of the first segment of each shard, shape (n_shards,)."""
        return np.asarray(np.cumsum(self.counts) - self.counts, dtype=np.int64)

    def shard_of(self, rows: Integers) -> Integers:
        """Return the shard, by place, that each of some segments is in."""
        return np.asarray(
            np.searchsorted(np.cumsum(self.counts), rows, side="right"), dtype=np.int64
        )

    def file(self, shard: int) -> Path:
        """Return the file of a shard's segments."""
        return self.folder / "segments" / f"{self.shards[shard]}.parquet"


def open_rows(folder: Path) -> ScoredRows:
    """Count the segments of a folder of scores, from what its files say of themselves.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.

    Returns
    -------
    ScoredRows
        The segments.

    Raises
    ------
    FourpError
        If there are no scores, or a file cannot be read.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Scores are read by pyarrow.", cure=INSTALL_SCALE) from error
    record = read_record(folder)
    shards, counts, identities = [], [], []
    for path in sorted((folder / "segments").glob("*.parquet")):
        try:
            parquet = pq.read_metadata(path)
        except (OSError, pa.ArrowException) as error:
            raise FourpError(
                f"The scores cannot be read: {error}.",
                file=path,
                cure="Delete the file and run the same `fourp score` again.",
            ) from error
        facts = (parquet.metadata or {}).get(b"fourp_nlp", b"")
        shards.append(path.name.removesuffix(".parquet"))
        counts.append(parquet.num_rows)
        identities.append(hashlib.sha256(facts + b"\n%d" % parquet.num_rows).hexdigest()[:16])
    if not sum(counts):
        raise FourpError(
            "No segment has been scored here.",
            file=folder,
            cure="Run the same `fourp score` again; if it reports no text, there is none.",
        )
    return ScoredRows(
        folder,
        [str(code) for code in _listed(record.get("codes"))],
        [str(theme) for theme in _listed(record.get("themes"))],
        str(record.get("model", "")),
        str(record.get("unit", "")),
        shards,
        np.array(counts, dtype=np.int64),
        identities,
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def named(shards: Sequence[str], documents: Sequence[str]) -> list[str]:
    """Return one id for a page of a shard: two shards may hold documents of the same id."""
    return [
        f"{shard}/{document}" for shard, document in zip(shards, documents, strict=True)
    ]  # no shard's name has a slash


def read_rows(scored: ScoredRows, rows: Integers, columns: Sequence[str]) -> pd.DataFrame:
    """Read some segments.

    Parameters
    ----------
    scored : ScoredRows
        The segments that there are.
    rows : ndarray of int64, shape (n_rows,)
        Numbers of those wanted, in any order.
    columns : sequence of str
        Columns of the files.

    Returns
    -------
    pandas.DataFrame
        In the order asked for, with a column ``shard``. Of the files, only row groups that hold a wanted
        segment are read, one after another.
    """
    import pyarrow.parquet as pq

    wanted = np.unique(rows)
    parts = []
    of_shard = scored.shard_of(wanted)
    for shard in np.unique(of_shard).tolist():
        in_shard = wanted[of_shard == shard] - scored.firsts[shard]
        with pq.ParquetFile(scored.file(shard)) as file:
            groups = [
                file.metadata.row_group(at).num_rows for at in range(file.metadata.num_row_groups)
            ]
            ends = np.cumsum(groups)
            place = np.searchsorted(ends, in_shard, side="right")
            for at in np.unique(place).tolist():
                inside = in_shard[place == at] - (ends[at] - groups[at])
                table = file.read_row_group(at, columns=list(columns)).take(inside)
                parts.append(table.to_pandas().assign(shard=scored.shards[shard]))
    if not parts:
        return pd.DataFrame(columns=[*columns, "shard"])
    frame = pd.concat(parts, ignore_index=True)
    segments: pd.DataFrame = frame.iloc[np.searchsorted(wanted, rows)].reset_index(drop=True)
    return segments


def column_of(scored: ScoredRows, name: str, kind: type[np.generic]) -> NDArray[Any]:
    """Return one column of all segments.

    Parameters
    ----------
    scored : ScoredRows
        The segments.
    name : str
        Name of the column.
    kind : type
        Its numbers' type: what it takes of memory is that times the segments.

    Returns
    -------
    ndarray, shape (size,)
        The values, in the order of the numbers.
    """
    import pyarrow.parquet as pq

    column = np.empty(scored.size, dtype=kind)
    at = 0
    for shard in range(len(scored.shards)):
        with pq.ParquetFile(scored.file(shard)) as file:
            for number in range(file.metadata.num_row_groups):
                values = file.read_row_group(number, columns=[name]).column(0)
                column[at : at + len(values)] = values.to_numpy()
                at += len(values)
    return column


def page_runs(scored: ScoredRows) -> pd.DataFrame:
    """Return the pages with segments, each a run of the segments' numbers.

    Parameters
    ----------
    scored : ScoredRows
        The segments.

    Returns
    -------
    pandas.DataFrame
        Columns shard, document, site, group, words, segments and first (the number of the first segment),
        in the order of the numbers.

    Raises
    ------
    FourpError
        If pages and segments of a shard do not fit.
    """
    import pyarrow.parquet as pq

    columns = ["document", "site", "group", "words", "segments"]
    parts = []
    for shard, name in enumerate(scored.shards):
        path = scored.folder / "pages" / f"{name}.parquet"
        if not path.is_file():
            raise torn(path)
        with pq.ParquetFile(path) as file:
            pages = file.read(columns=columns).to_pandas()
        pages = pages[pages["segments"] > 0]
        if int(pages["segments"].sum()) != scored.counts[shard]:
            raise torn(path)
        for key in ("site", "group"):
            pages[key] = pages[key].astype("category")
        site = pages["site"].cat.rename_categories(lambda category, name=name: category or name)
        parts.append(pages.assign(shard=name, site=site.astype(object)))
    frame = pd.concat(parts, ignore_index=True)
    for key in ("shard", "site", "group"):
        frame[key] = frame[key].astype(object)
    segments = frame["segments"].to_numpy(dtype=np.int64)
    runs: pd.DataFrame = frame.assign(segments=segments, first=np.cumsum(segments) - segments)
    return runs


def torn(path: Path) -> FourpError:
    """Return the error of pages and segments that are not of one another."""
    return FourpError(
        "Pages and segments of a shard do not fit.",
        file=path,
        cure="Delete both files of the shard, and run the same `fourp score` again.",
    )


def find_places(scored: ScoredRows, places: pd.DataFrame) -> pd.DataFrame:
    """Find segments by page and span.

    Parameters
    ----------
    scored : ScoredRows
        The segments.
    places : pandas.DataFrame
        Columns document (shard and document, from `named`), start and end.

    Returns
    -------
    pandas.DataFrame
        Those that are there: columns document, start, end, text and row (its number).
    """
    nothing = pd.DataFrame(columns=["document", "start", "end", "text", "row"])
    if places.empty:
        return nothing.astype(_FOUND)
    shards = places["document"].str.partition("/")
    wanted = pd.DataFrame(
        {
            "shard": shards[0].astype(object),
            "document": shards[2].astype(object),
            "start": places["start"].to_numpy(),
            "end": places["end"].to_numpy(),
        }
    ).drop_duplicates()
    firsts = pd.DataFrame({"shard": scored.shards, "first": scored.firsts})
    files = [
        str(scored.file(at))
        for at, name in enumerate(scored.shards)
        if name in set(wanted["shard"])
    ]
    if not files:
        return nothing.astype(_FOUND)
    with closing(open_scores(scored.folder)) as scores:
        scores.register("wanted", wanted)
        scores.register("firsts", firsts)
        segments: pd.DataFrame = scores.execute(
            "SELECT w.shard || '/' || w.document AS document, s.start, s.\"end\", s.text, "
            "s.file_row_number + f.first AS row "
            "FROM read_parquet(?, filename = 'file', file_row_number = true, hive_partitioning = false) s "
            'JOIN wanted w ON w.document = s.document AND w.start = s.start AND w."end" = s."end" '
            "AND w.shard = parse_filename(s.file, true) JOIN firsts f ON f.shard = w.shard ORDER BY row",
            [files],
        ).df()
    return segments.astype(_FOUND)


_FOUND = {"start": "int64", "end": "int64", "row": "int64"}


def pages_of_documents(scored: ScoredRows, documents: Sequence[str]) -> pd.DataFrame:
    """Return what is known of some pages.

    Parameters
    ----------
    scored : ScoredRows
        The segments.
    documents : sequence of str
        Pages, from `named`.

    Returns
    -------
    pandas.DataFrame
        Indexed by document: site, group, url, title, fetched_at, warc, record_id and sha256, as far as the
        files have them.
    """
    names = pd.DataFrame({"named": pd.unique(np.asarray(documents, dtype=object))})
    with closing(open_scores(scored.folder)) as scores:
        columns = {row[0] for row in scores.execute("DESCRIBE pages").fetchall()}
        taken = [name for name in _KNOWN if name in columns]
        scores.register("names", names)
        pages: pd.DataFrame = scores.execute(
            "SELECT named, CASE WHEN p.site = '' THEN p.shard ELSE p.site END AS site, p.\"group\""  # noqa: S608 - our own names
            + "".join(f", p.{name}" for name in taken)
            + " FROM pages p JOIN names ON named = p.shard || '/' || p.document"
        ).df()
    for name in _KNOWN:
        if name not in pages:
            pages[name] = ""
    return pages.fillna("").drop_duplicates("named").set_index("named")


_KNOWN = ("url", "title", "fetched_at", "warc", "record_id", "sha256")
