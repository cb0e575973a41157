"""Quotations: for each site and code, the segments with the highest probabilities."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.batch.results.counts import open_scores
from fourp_nlp.batch.results.segment_rows import named, open_rows, pages_of_documents, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["strongest"]

_SPARE = 4  # times as many are looked at, since a site may say the same in many places


def strongest(folder: Path, sites: Sequence[str], *, each: int = 3) -> pd.DataFrame:
    """Return the segments that score highest for each site and code.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    sites : sequence of str
        The sites that are looked at.
    each : int, default 3
        How many of each site and code at most; of those with the same words, one.

    Returns
    -------
    pandas.DataFrame
        Columns site, code, text, probability, document, url, title, fetched_at, warc and record_id; by site
        and code, the surest first. Only what the machine suggests is there.
    """
    scored = open_rows(folder)
    firsts = pd.DataFrame({"shard": scored.shards, "first": scored.firsts})
    parts = []
    with closing(open_scores(folder)) as scores:
        scores.register("firsts", firsts)
        scores.register("wanted", pd.DataFrame({"site": list(map(str, sites))}))
        place = str(folder / "segments" / "*.parquet")
        for code in scored.codes:
            mark, probability = (_quoted(f"{kind}_{code}") for kind in ("s", "p"))
            parts.append(
                scores.execute(
                    "WITH own AS (SELECT CASE WHEN site = '' THEN parse_filename(file, true) ELSE site END "  # noqa: S608 - ids are quoted
                    f"AS site, {probability} AS probability, file_row_number, "
                    "parse_filename(file, true) AS shard FROM read_parquet(?, filename = 'file', "
                    f"file_row_number = true, hive_partitioning = false) WHERE {mark}) "
                    "SELECT own.site, probability, file_row_number + first AS row FROM own "
                    "SEMI JOIN wanted ON own.site = wanted.site JOIN firsts ON own.shard = firsts.shard "
                    "QUALIFY row_number() OVER (PARTITION BY own.site ORDER BY probability DESC, "
                    "file_row_number + first) <= ?",
                    [place, each * _SPARE],
                )
                .df()
                .assign(code=code)
            )
    segments = pd.concat(parts, ignore_index=True)
    number = pd.Index(scored.codes).get_indexer(pd.Index(segments["code"]))
    segments = segments.assign(number=number).sort_values(
        ["site", "number", "probability", "row"], ascending=[True, True, False, True]
    )
    rows = segments["row"].to_numpy(dtype=np.int64)
    texts = read_rows(scored, rows, ["document", "text"])
    segments = segments.assign(
        text=texts["text"].to_numpy(),
        document=named(texts["shard"].tolist(), texts["document"].tolist()) if len(texts) else [],
    )
    segments = (
        segments.drop_duplicates(["site", "code", "text"]).groupby(["site", "code"]).head(each)
    )
    pages = pages_of_documents(scored, segments["document"].tolist()).reindex(segments["document"])
    for name in ("url", "title", "fetched_at", "warc", "record_id"):
        segments[name] = pages[name].fillna("").to_numpy()
    quotations: pd.DataFrame = segments.drop(columns=["row", "number"]).reset_index(drop=True)
    return quotations


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
