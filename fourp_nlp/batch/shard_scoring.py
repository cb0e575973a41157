"""Scoring one shard as a stream: reading, segmenting, embedding, classifying and writing."""

from __future__ import annotations

import hashlib
import json
import platform
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from fourp_nlp.batch._worker_memory import keep_freed_memory
from fourp_nlp.batch.fingerprint import version_differences
from fourp_nlp.batch.shard_pages import pages_of
from fourp_nlp.batch.shards import CHECK_DISK
from fourp_nlp.errors import INSTALL_SCALE, DocumentError, FourpError, MissingExtraError
from fourp_nlp.files import put_in_place, temporary_name, writing_to
from fourp_nlp.machine.classifier import load_model
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.suggestions import score
from fourp_nlp.segments import segment
from fourp_nlp.string_storage import python_strings
from fourp_nlp.tables import DOCUMENTS, conform, empty
from fourp_nlp.websites import PAGES
from fourp_nlp.word_count import count_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fourp_nlp.batch.shards import Shard
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.machine.encoder import Encoder

__all__ = ["Job", "OtherWorkerError", "Scored", "Unit", "finished", "score_shard"]

Unit = Literal["sentence", "turn", "paragraph"]

_CHARACTERS = 300_000
"""Text that is scored at once, in whole documents: what a worker holds does not grow with its shard."""

_LONGEST = 5_000_000
"""Characters of one document at most: what a document takes of memory grows with it."""

_ONE_AT_A_TIME = threading.Lock()


class OtherWorkerError(FourpError):
    """A worker would score otherwise than its driver: nothing that it does can be kept."""


@dataclass(frozen=True)
class Job:
    """What one worker is asked to do; it travels to other machines.

    Attributes
    ----------
    shard : Shard
        The shard.
    folder : str
        Where scores go: ``segments/NAME.parquet`` and ``pages/NAME.parquet``.
    model : str
        Folder of the machine coder.
    encoder : str
        Name of the encoder; empty for the default.
    unit : str
        The unit of coding.
    fingerprint : str
        What scores depend on, as JSON; it stands in every file.
    sites : str
        The list of sites as JSON; empty without one.
    languages : tuple of str
        Languages of web pages that are kept.
    """

    shard: Shard
    folder: str
    model: str
    encoder: str
    unit: Unit
    fingerprint: str
    sites: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scored:
    """What came of a shard.

    Attributes
    ----------
    shard : str
        Its name.
    pages, kept, failed, empty, folded, other_language, not_found, unwanted : int
        Documents in all; those that were coded, could not be read, have no text, are near-duplicates of
        others, are in a language that was not wanted, say that there is no such page, were not wanted when
        they were fetched.
    noted : int
        Pages that were coded and of which something is to be known: that little of what they show was kept,
        or that parts in other languages were left out.
    segments, words, suggestions : int
        Segments of what was kept, their words, and codes suggested.
    skipped : bool
        Whether it had been scored before.
    problem : str
        Why it could not be scored; empty if it was.
    """

    shard: str
    pages: int = 0
    kept: int = 0
    failed: int = 0
    empty: int = 0
    folded: int = 0
    other_language: int = 0
    not_found: int = 0
    unwanted: int = 0
    noted: int = 0
    segments: int = 0
    words: int = 0
    suggestions: int = 0
    skipped: bool = False
    problem: str = ""


def finished(job: Job) -> Scored | None:
    """Return what came of a shard earlier, if its scores are there, whole, and of the same shard.

    Parameters
    ----------
    job : Job
        The job.

    Returns
    -------
    Scored or None
        Its counts; None if it is still to be scored.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # It is renamed last: where it is, the segments are.
        facts = pq.read_metadata(_pages_file(job)).metadata or {}
        record = json.loads(facts.get(b"fourp_nlp", b"{}"))
        mine = _facts(job)
    except (OSError, ValueError, RecursionError, pa.ArrowException):
        return None
    if not isinstance(record, dict) or "counts" not in record:
        return None
    if any(record.get(key) != value for key, value in mine.items()):
        return None
    if not _segments_file(job).is_file():
        return None
    return _counted(job, record["counts"], skipped=True)


def _facts(job: Job) -> dict[str, Any]:
    """Return what the scores of this shard depend on; it stands in its files."""
    return {
        "fingerprint": json.loads(job.fingerprint),
        "shard": job.shard.fingerprint(),
        "sites": hashlib.sha256(job.sites.encode()).hexdigest(),
    }


@python_strings()
def score_shard(job: Job) -> Scored:
    """Score a shard and write its two tables, whole or not at all.

    The same job gives the same files, whoever does it and however often. What goes wrong with one
    document is told in the table of pages, and the others go on.

    Parameters
    ----------
    job : Job
        What to do.

    Returns
    -------
    Scored
        Counts; with a problem if the shard as a whole cannot be read or written.

    Raises
    ------
    OtherWorkerError
        If this worker's model or packages are not those of the fingerprint.
    MissingExtraError
        If the extra ``scale`` is not installed.
    """
    try:
        import pyarrow  # noqa: F401 - an extra
    except ImportError as error:
        raise MissingExtraError("Scores are written by pyarrow.", cure=INSTALL_SCALE) from error
    try:
        # Where a worker has several threads: tokenizers and networks are not made for two at once.
        with _ONE_AT_A_TIME:
            return finished(job) or _score(job)
    except (OtherWorkerError, MissingExtraError):
        raise
    except FourpError as error:
        problem = str(error)
    except FileNotFoundError:
        problem = (
            f"{job.shard.path}: {platform.node()} cannot see this file. It was taken away; or this worker "
            "does not share the folder: put shards, model and scores where every worker sees them."
        )
    except MemoryError:
        problem = (
            f"{job.shard.path}: It takes more memory than there is. Use fewer workers, or split it."
        )
    except OSError as error:
        problem = (
            f"{job.shard.path}: It cannot be read: {error.strerror or error}. Check folder and disk, then "
            "run the same command again."
        )
    except Exception as error:  # noqa: BLE001 - one shard's fault is not the others'
        problem = (
            f"{job.shard.path}: It could not be scored ({type(error).__name__}: {str(error)[:200]}). "
            "Look into the file; take it away, or write it again."
        )
    return Scored(job.shard.name, problem=" ".join(problem.split()))


def _score(job: Job) -> Scored:
    fingerprint = json.loads(job.fingerprint)
    model, encoder = _machine(job.model, job.encoder, str(fingerprint.get("model_sha256", "")))
    _check_worker(fingerprint, model, encoder)
    sites = pd.DataFrame(json.loads(job.sites)) if job.sites else None
    facts = _facts(job)
    counts: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
    with writing_to(Path(job.folder), "The scores", cure=CHECK_DISK):
        # What stands there is of another shard or fingerprint, and must not be counted if this fails.
        _pages_file(job).unlink(missing_ok=True)
        _segments_file(job).unlink(missing_ok=True)
    with ExitStack() as stack:
        # Closed and renamed in reverse order: when the pages are there, the segments are.
        pages_out = stack.enter_context(_table(_pages_file(job)))
        segments_out = stack.enter_context(_table(_segments_file(job)))
        for pages in _blocks(_pages(job, sites)):
            pages_table, rows = _scored(pages, model, encoder, job.unit)
            counts["pages"] += len(pages_table)
            counts.update(pages_table["status"].tolist())
            counts["noted"] += int((pages_table["note"] != "").sum())
            counts["segments"] += len(rows)
            counts["words"] += int(pages_table.loc[pages_table["status"] == "kept", "words"].sum())
            counts["suggestions"] += int(rows.filter(regex="^s_").to_numpy().sum())
            pages_out.add(pages_table)
            segments_out.add(rows)
        if not counts["pages"]:
            pages_table, rows = _scored(empty(PAGES), model, encoder, job.unit)
            pages_out.add(pages_table)
            segments_out.add(rows)
        if _facts(job) != facts:
            raise DocumentError(
                "It was changed while it was scored.",
                file=job.shard.path,
                cure="Run the same command again when it is whole.",
            )
        facts["counts"] = {name: int(counts[name]) for name in _COUNTED}
        pages_out.tell(facts)
        segments_out.tell(facts)
    return _counted(job, counts)


def _check_worker(fingerprint: dict[str, Any], model: TrainedModel, encoder: Encoder) -> None:
    """Refuse to score otherwise than the driver would: with another model, encoder or version."""
    wanted = (
        fingerprint.get("model_sha256", model.fingerprint),
        fingerprint.get("encoder", encoder.id),
    )
    unlike = version_differences(fingerprint)
    if wanted[0] != model.fingerprint:
        unlike.append("its model is another")
    if wanted[1] != encoder.id:
        unlike.append(f"its encoder is {encoder.id} and not {wanted[1]}")
    if unlike:
        raise OtherWorkerError(
            f"The worker on {platform.node()} would score otherwise: {'; '.join(unlike)}.",
            cure="Give all workers the driver's environment and files, then run the same command again.",
        )


_STATUSES = ("kept", "failed", "empty", "folded", "other_language", "not_found", "unwanted")
_COUNTED = ("pages", *_STATUSES, "noted", "segments", "words", "suggestions")


def _pages(job: Job, sites: pd.DataFrame | None) -> Iterator[pd.DataFrame]:
    """Read the shard's pages, with temporary files beside the scores and not in the system's folder."""
    return pages_of(job.shard, sites=sites, languages=job.languages, scratch=Path(job.folder))


def _counted(job: Job, counts: Mapping[str, int], *, skipped: bool = False) -> Scored:
    known = {name: int(counts.get(name, 0)) for name in _COUNTED}
    return replace(Scored(job.shard.name, skipped=skipped), **known)  # type: ignore[arg-type]


def _segments_file(job: Job) -> Path:
    return Path(job.folder) / "segments" / f"{job.shard.name}.parquet"


def _pages_file(job: Job) -> Path:
    return Path(job.folder) / "pages" / f"{job.shard.name}.parquet"


@lru_cache(maxsize=1)
def _machine(model: str, encoder: str, _sha256: str) -> tuple[TrainedModel, Encoder]:
    """Load a machine coder once in a worker's life; another that was put in its place, anew."""
    keep_freed_memory()
    return load_model(model), load_encoder(encoder) if encoder else load_encoder()


def _blocks(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Gather or cut pages into frames of about as much text as is scored at once."""
    waiting: list[pd.DataFrame] = []
    size = 0
    for frame in frames:
        ends = np.cumsum(frame["text"].str.len().to_numpy()) + size
        part = ends // _CHARACTERS
        for number in np.unique(part).tolist():
            chosen = frame[part == number]
            if waiting and size // _CHARACTERS != number:
                yield pd.concat(waiting, ignore_index=True)
                waiting = []
            waiting.append(chosen)
            size = int(ends[part == number][-1])
    if waiting:
        yield pd.concat(waiting, ignore_index=True)


def _scored(
    pages: pd.DataFrame, model: TrainedModel, encoder: Encoder, unit: Unit
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pages, without text and with their segments counted, and the scored segments."""
    long = (pages["status"] == "kept") & (pages["text"].str.len() > _LONGEST)
    if long.any():
        pages = pages.copy()
        pages.loc[long, "status"] = "failed"
        pages.loc[long, "reason"] = (
            f"It has more than {_LONGEST:,} characters, too many to be one document. Split it."
        )
    pages_table = pages.assign(segments=0)
    try:
        rows = _rows(pages, model, encoder, unit)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a document is anybody's, and its fault is not the shard's
        if len(pages) == 1:
            pages_table["status"], pages_table["text"] = "failed", ""
            pages_table["reason"] = (
                f"It could not be coded ({type(error).__name__}: {str(error)[:200]})."
            )
            rows = _rows(pages.iloc[:0], model, encoder, unit)
        else:
            # Halved until the one that does it stands alone.
            middle = len(pages) // 2
            parts = [
                _scored(part.reset_index(drop=True), model, encoder, unit)
                for part in (pages.iloc[:middle], pages.iloc[middle:])
            ]
            return (
                pd.concat([part[0] for part in parts], ignore_index=True),
                pd.concat([part[1] for part in parts], ignore_index=True),
            )
    counts = rows.groupby("document").size()
    pages_table["segments"] = pages_table["document"].map(counts).fillna(0).astype("int64")
    return pages_table.drop(columns="text"), rows


def _rows(pages: pd.DataFrame, model: TrainedModel, encoder: Encoder, unit: Unit) -> pd.DataFrame:
    kept = pages[pages["status"] == "kept"].reset_index(drop=True)
    # What is scored at scale is divided by the rules for English, in whatever language a page is.
    documents = kept.assign(
        case=kept["site"], kind=kept["mime"], path=kept["warc"], speaker="", language=""
    )
    documents = conform(documents, DOCUMENTS)
    segments = segment(documents, unit=unit)
    vectors = embed_layers(segments["text"].tolist(), encoder)
    probabilities, suggested = score(documents, segments, vectors, model, encoder)
    by_document = kept.set_index("document")
    frame = segments[["document", "segment", "start", "end", "text", "role"]].copy()
    for name in ("site", "group", "copies"):
        frame[name] = by_document[name].reindex(frame["document"]).to_numpy()
    frame["words"] = [count_words(text) for text in frame["text"]]
    for name in _NUMBERS:
        frame[name] = frame[name].to_numpy(dtype=np.int32)
    scores = {f"p_{code}": probabilities[:, at] for at, code in enumerate(model.codes)}
    marks = {f"s_{code}": suggested[:, at] for at, code in enumerate(model.codes)}
    return pd.concat([frame, pd.DataFrame(scores | marks, index=frame.index)], axis=1)


_NUMBERS = ("segment", "start", "end", "copies", "words")


class _Writer:
    """Adds frames to one Parquet file; the first says which columns it has."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def add(self, frame: pd.DataFrame) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with writing_to(self._path.parent.parent, "The scores", cure=CHECK_DISK):
            if self._writer is None:
                schema = pa.schema([(name, _arrow(frame[name])) for name in frame.columns])
                self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")
            table = pa.Table.from_pandas(frame, schema=self._writer.schema, preserve_index=False)
            self._writer.write_table(table)

    def tell(self, facts: dict[str, Any]) -> None:
        self._writer.add_key_value_metadata({"fourp_nlp": json.dumps(facts, ensure_ascii=False)})

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _arrow(column: pd.Series) -> Any:
    import pyarrow as pa

    kinds = {"int64": pa.int64(), "int32": pa.int32(), "float32": pa.float32(), "bool": pa.bool_()}
    return kinds.get(str(column.dtype), pa.string())


@contextmanager
def _table(path: Path) -> Iterator[_Writer]:
    """Hand out a writer under a temporary name; the file is renamed once it is whole and on the disk."""
    folder = path.parent.parent
    partial = temporary_name(path, many_writers=True)
    with writing_to(folder, "The scores", cure=CHECK_DISK):
        path.parent.mkdir(parents=True, exist_ok=True)
    writer = _Writer(partial)
    try:
        yield writer
        with writing_to(folder, "The scores", cure=CHECK_DISK):
            writer.close()
            put_in_place(partial, path)
    except BaseException:
        with suppress(Exception):
            writer.close()
        raise
    finally:
        partial.unlink(missing_ok=True)
