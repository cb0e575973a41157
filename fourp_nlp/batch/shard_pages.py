"""Reading the pages of a shard, a few at a time, so that a shard may be larger than memory."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.documents import NOTE, normalise, stream_documents
from fourp_nlp.errors import INSTALL_SCALE, DocumentError, MissingExtraError
from fourp_nlp.tables import conform
from fourp_nlp.websites import PAGES, read_pages
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fourp_nlp.batch.shards import Shard

__all__ = ["pages_of"]

_ROWS = 500
_CHARACTERS = 4_000_000
"""Text that is handed on at once, about: what a reader holds does not grow with the file."""

_LONGEST_LINE = 64 * 1024 * 1024


def pages_of(
    shard: Shard,
    *,
    sites: pd.DataFrame | None = None,
    languages: Collection[str] = (),
    scratch: Path | None = None,
) -> Iterator[pd.DataFrame]:
    """Read a shard's documents.

    Parameters
    ----------
    shard : Shard
        The shard. Of a Parquet or JSONL file, the column or key ``text`` is the text; ``document``,
        ``site``, ``group``, ``url``, ``title``, ``date`` and ``language`` are taken where they are there.
    sites : pandas.DataFrame, optional
        The table SITES, for WARC files.
    languages : collection of str
        Languages that are kept of WARC files; empty for all.
    scratch : pathlib.Path, optional
        Where temporary files are made; by default where the system keeps them.

    Yields
    ------
    pandas.DataFrame
        The table PAGES. What cannot be read is a row without text whose status is "failed".

    Raises
    ------
    DocumentError
        If the shard as a whole cannot be read.
    """
    if shard.kind == "warc":
        yield from read_pages(
            Path(shard.path), sites=sites, site=shard.site, languages=languages, scratch=scratch
        )
    elif shard.kind == "folder":
        yield from _of_folder(shard)
    else:
        rows = _of_parquet(shard) if shard.kind == "parquet" else _of_jsonl(shard)
        seen: set[int] = set()
        for block in rows:
            yield _as_pages(block, shard, seen)


def _of_folder(shard: Shard) -> Iterator[pd.DataFrame]:
    for documents, skipped in stream_documents(shard.path, characters=_CHARACTERS):
        read = documents.assign(site=documents["case"], url="", status="kept", reason="")
        problems = skipped[~skipped["reason"].str.startswith(NOTE)]
        missed = pd.DataFrame(
            {
                "document": problems["path"],
                "site": "",
                "group": "",
                "date": "",
                "url": "",
                "text": "",
                "status": "failed",
                "reason": problems["reason"],
            }
        )
        columns = list(missed.columns)
        yield _filled(pd.concat([read[columns], missed], ignore_index=True))


def _of_parquet(shard: Shard) -> Iterator[list[dict[str, Any]]]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet files are read by pyarrow.", cure=INSTALL_SCALE) from error
    try:
        with pq.ParquetFile(shard.path) as file:
            if "text" not in file.schema_arrow.names:
                raise DocumentError(
                    "The table has no column 'text'.",
                    file=shard.path,
                    cure=f"It has: {', '.join(file.schema_arrow.names)}. Rename the one with the text.",
                )
            wanted = [name for name in file.schema_arrow.names if name in _TAKEN - {"problem"}]
            for batch in file.iter_batches(batch_size=_ROWS, columns=wanted):
                yield batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise DocumentError(
            f"The table cannot be read: {error}.", file=shard.path, cure="Write it again."
        ) from error


def _of_jsonl(shard: Shard) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    size = 0
    with Path(shard.path).open("rb") as stream:
        number = 0
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            whole = line
            while len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                whole = b""
                line = stream.readline(_LONGEST_LINE)
            if whole and not whole.strip():
                continue
            rows.append(_row(whole, number))
            size += len(whole)
            if len(rows) == _ROWS or size >= _CHARACTERS:
                yield rows
                rows, size = [], 0
    if rows:
        yield rows


def _row(line: bytes, number: int) -> dict[str, Any]:
    if not line:
        return {"text": "", "problem": f"Line {number} has more than {_LONGEST_LINE:,} bytes."}
    try:
        row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return {"text": "", "problem": f"Line {number} is no JSON object with a key 'text'."}
    return {key: row[key] for key in row if key in _TAKEN and key != "problem"}


_TAKEN = frozenset(
    [
        "document",
        "id",
        "site",
        "case",
        "group",
        "url",
        "title",
        "date",
        "language",
        "text",
        "problem",
    ]
)


def _as_pages(rows: list[dict[str, Any]], shard: Shard, seen: set[int]) -> pd.DataFrame:
    pages = []
    for row in rows:
        number = len(seen) + 1
        cells = {key: _text(value) for key, value in row.items()}
        name = (
            cells.get("document") or cells.get("id") or cells.get("url") or f"{shard.name}#{number}"
        )
        # Numbers in place of names: of a shard's millions of documents, nothing else is kept.
        while (known := _number(name)) in seen:
            name = f"{name}#{number}"
        seen.add(known)
        text = normalise(cells.get("text", ""))
        pages.append(
            {
                "document": name,
                "site": cells.get("site") or cells.get("case", ""),
                "text": text,
                "status": "kept" if text else "failed" if "problem" in cells else "empty",
                "reason": cells.get("problem", "" if text else "It has no text."),
                **{
                    key: cells.get(key, "") for key in ("group", "url", "title", "date", "language")
                },
            }
        )
    return _filled(pd.DataFrame(pages))


def _text(value: object) -> str:
    if value is None:
        return ""
    # Parquet files of other programs may hold text as bytes.
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _number(name: str) -> int:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table PAGES from what is known of documents that are no web pages."""
    for name, column in PAGES.columns.items():
        if name not in frame.columns:
            frame[name] = "" if column.kind == "str" else 0
    kept = frame["status"] == "kept"
    frame["words"] = [count_words(text) for text in frame["text"]]
    frame["copies"] = kept.astype("int64")
    frame["sha256"] = [
        hashlib.sha256(text.encode()).hexdigest() if text else "" for text in frame["text"]
    ]
    return conform(frame, PAGES)
