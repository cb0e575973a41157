"""Importing WARC files of other programs (wget, Browsertrix, Common Crawl)."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp import __version__
from fourp_nlp.control_characters import printable
from fourp_nlp.errors import DocumentError
from fourp_nlp.files import writing_to
from fourp_nlp.websites.collect import collecting, read_done
from fourp_nlp.websites.crawl import write_done
from fourp_nlp.websites.pages.warc_records import count_records, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["ImportedWarc", "import_warc_files"]

_ENDINGS = (".warc.gz", ".warc")
_SAFE = re.compile(r"[^A-Za-z0-9_-]+")
_FRESH = "Get a fresh copy."
_MOST_TIMES = 3
"""Times that a WARC file in a WACZ file may grow: it is packed already, and lies there as it is."""


@dataclass(frozen=True)
class ImportedWarc:
    """A WARC file that was taken in.

    Attributes
    ----------
    name : str
        What it is called here, without its ending.
    source : str
        The file that it comes from.
    records, pages : int
        Its records, and how many of them are answers with status 200.
    whole : bool
        False if it is cut off: what is whole of it is read.
    earlier : bool
        Whether it was here before.
    """

    name: str
    source: str
    records: int
    pages: int
    whole: bool
    earlier: bool = False


def import_warc_files(
    files: Iterable[Path],
    folder: Path,
    *,
    failed: Callable[[DocumentError], None] | None = None,
) -> list[ImportedWarc]:
    """Put WARC files beside collected sites, each with a record of what is in it.

    Files are linked where the disk can do that, and copied otherwise; of a WACZ file, its WARC files are
    taken out.

    Parameters
    ----------
    files : iterable of path
        Files whose names end in .warc, .warc.gz or .wacz.
    folder : pathlib.Path
        Where they go.
    failed : callable, optional
        Is told of each file that cannot be taken in, and the others go on. Without it, the first of them is
        an error.

    Returns
    -------
    list of ImportedWarc
        What was taken in.

    Raises
    ------
    DocumentError
        If a file cannot be read, is none of these, or has the name of another one that is there already.
    FourpError
        If the folder cannot be written.
    MissingExtraError
        If the extra ``web`` is not installed.
    """
    imported: list[ImportedWarc] = []

    def tell(error: DocumentError) -> None:
        if failed is None:
            raise error
        failed(error)

    with collecting(folder):
        for file in files:
            path = Path(file)
            try:
                if not path.is_file():
                    raise DocumentError(  # noqa: TRY301
                        "There is no such file.", file=path, cure="Look for a typing error."
                    )
                if path.suffix.lower() == ".wacz":
                    imported.extend(_of_wacz(path, folder, tell))
                else:
                    imported.append(_one(path, path.name, folder, source=path.name))
            except DocumentError as error:
                tell(error)
    return imported


def _one(path: Path, name: str, folder: Path, *, source: str) -> ImportedWarc:
    ending = next((end for end in _ENDINGS if name.lower().endswith(end)), "")
    if not ending:
        raise DocumentError(
            "This is no WARC file by its name.",
            file=path,
            cure="Name files that end in .warc, .warc.gz or .wacz.",
        )
    site = _SAFE.sub("_", name[: -len(ending)]).strip("_-")[:100] or "warc"
    target = folder / f"{site}{ending}"
    size = path.stat().st_size
    record = read_done(folder, site)
    if record is not None and record.get("warc") == target.name and record["warc_bytes"] == size:
        return ImportedWarc(
            site, source, record["records"], record["pages"], bool(record["whole"]), earlier=True
        )
    if record is not None or target.exists():
        raise DocumentError(
            f"There is another file of this name in {folder}.",
            file=path,
            cure="Rename one of them, or take this one into another folder.",
        )
    records, pages = count_records(path)
    try:
        entire = whole(path)
    except OSError as error:
        raise DocumentError(
            f"The file cannot be read: {error.strerror or error}.", file=path, cure=_FRESH
        ) from error
    _put(path, target)
    facts = {
        "site": site,
        "ended": "elsewhere",
        "warc": target.name,
        "source": source,
        "whole": entire,
        "pages": pages,
        "records": records,
        "warc_bytes": size,
        "outcomes": {"fetched": pages},
        "finished_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "software": f"fourp_nlp/{__version__}",
    }
    write_done(folder, site, facts)
    return ImportedWarc(site, source, records, pages, entire)


def _put(path: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    with writing_to(target):
        try:
            try:
                os.link(path, partial)
            except OSError:
                shutil.copyfile(path, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def _of_wacz(
    path: Path, folder: Path, tell: Callable[[DocumentError], None]
) -> Iterator[ImportedWarc]:
    """Take the WARC files out of a WACZ file, which is a zip file with them in its folder archive/."""
    with ExitStack() as stack:
        with _damage(path):
            archive = stack.enter_context(zipfile.ZipFile(path))
            members = [
                member
                for member in archive.infolist()
                if member.filename.startswith("archive/")
                and member.filename.lower().endswith(_ENDINGS)
            ]
        if not members:
            raise DocumentError("There is no WARC file in this WACZ file.", file=path, cure=_FRESH)
        for member in members:
            name = f"{path.stem}-{member.filename.rpartition('/')[2]}"
            partial = folder / f".{_SAFE.sub('_', name)[:100]}.warc.gz.{os.getpid()}.part"
            try:
                _take_out(archive, member, partial, path)
                yield _one(partial, name, folder, source=f"{path.name}/{member.filename}")
            except DocumentError as error:
                # The others in this file may be whole; its own name says more than that of a draft.
                tell(
                    DocumentError(
                        error.problem, file=path, place=printable(member.filename), cure=error.cure
                    )
                )
            finally:
                partial.unlink(missing_ok=True)


def _take_out(archive: zipfile.ZipFile, member: zipfile.ZipInfo, partial: Path, path: Path) -> None:
    left = _MOST_TIMES * max(member.compress_size, 1 << 20)
    with writing_to(partial.parent, "The folder"):
        out = partial.open("wb")
    with out, ExitStack() as stack:
        with _damage(path):
            stream = stack.enter_context(archive.open(member))
        while True:
            with _damage(path):
                block = stream.read(1 << 20)
            if not block:
                return
            left -= len(block)
            if left < 0:
                raise DocumentError(
                    "It unfolds to far more than it is large.",
                    file=path,
                    cure="Do not trust it; ask for a fresh copy.",
                )
            with writing_to(partial.parent, "The folder"):
                out.write(block)


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Whatever a damaged zip file makes Python's reader say is said as one kind of error."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DocumentError(
            f"The WACZ file is damaged ({type(error).__name__}: {reason}).", file=path, cure=_FRESH
        ) from error
