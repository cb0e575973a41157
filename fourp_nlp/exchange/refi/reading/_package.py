"""Reads the .qde and the texts in the zip of a REFI-QDA project; nothing is unpacked to the disk."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["MAX_PROJECT", "MAX_TEXT", "MAX_TEXTS", "Package", "Place", "open_package"]

MAX_PROJECT = 1024 * 1024 * 1024
"""Bytes that the .qde may expand to."""
MAX_TEXT = 64 * 1024 * 1024
"""Bytes that one text may expand to."""
MAX_TEXTS = 1024 * 1024 * 1024
"""Bytes that all texts together may expand to."""
MAX_MEMBERS = 200_000
MAX_RATIO = 200
# Small files of very regular text compress beyond any ratio without doing harm.
_HARMLESS = 8 * 1024 * 1024
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FRESH = "Export the project again, or get a fresh copy of the file."
_DAMAGED = (
    zipfile.BadZipFile, EOFError, zlib.error, struct.error, NotImplementedError, RuntimeError,
    OverflowError, ValueError, OSError,
)  # fmt: skip
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):/*", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[a-z]:[\\/]|[\\/]|~", re.IGNORECASE)


class Place(NamedTuple):
    """Where the file of a reference is.

    Attributes
    ----------
    name : str
        What the project calls it, for the user.
    member : zipfile.ZipInfo or None
        The member of the container, if it has it.
    outside : bool
        Whether the project refers to a file outside itself, which is never opened.
    """

    name: str
    member: zipfile.ZipInfo | None
    outside: bool


@contextmanager
def open_package(path: str | os.PathLike[str]) -> Iterator[Package]:
    """Open a project's container for reading.

    None of its members has been expanded yet. Raises ExchangeError if it is missing, cut off,
    damaged, encrypted, or has not exactly one .qde; UnsafeExchangeError if it is no zip file, or
    has too many members.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            head = stream.read(8)
    except (OSError, ValueError) as error:  # a name with NUL is a ValueError
        raise ExchangeError(
            f"The file cannot be opened: {getattr(error, 'strerror', None) or error}.",
            file=file,
            cure="Check its name and folder.",
        ) from error
    if head == _OLE:
        raise ExchangeError(
            "This is a project in the program's own format, not a REFI-QDA project.",
            file=file,
            cure="Open it in its program and export it as a QDA project (.qdpx).",
        )
    if not head.startswith(b"PK"):
        what = "is empty" if not head else "is not a REFI-QDA project (.qdpx), which is a zip file"
        raise UnsafeExchangeError(f"The file {what}.", file=file, cure=_FRESH)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise ExchangeError(
            f"The project is cut off or damaged ({error}).", file=file, cure=_FRESH
        ) from error
    with archive:
        yield Package(file, archive)


class Package:
    """Members of a project's container, each checked before it is expanded.

    Parameters
    ----------
    path : pathlib.Path
        The file, for errors.
    archive : zipfile.ZipFile
        Its container.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self._left = MAX_TEXTS
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise UnsafeExchangeError(
                f"The container has {len(members):,} members; the limit is {MAX_MEMBERS:,}.",
                file=path,
                cure="If it is genuine, export the project in parts.",
            )
        self._members: dict[str, list[zipfile.ZipInfo]] = {}
        self._in_sources: dict[str, list[zipfile.ZipInfo]] = {}
        projects = []
        for member in members:
            key = _key(member.filename)
            folder, _, base = key.rpartition("/")
            if key.endswith("/") or base.startswith("._") or "__macosx" in key:
                continue
            self._members.setdefault(key, []).append(member)
            if folder.rpartition("/")[2] == "sources":
                self._in_sources.setdefault(base, []).append(member)
            if base.endswith(".qde"):
                projects.append(member)
        if len(projects) != 1:
            raise _no_single_project(path, projects)
        self._project = projects[0]
        self._base = _key(self._project.filename).rpartition("/")[0]
        self.repeated = sorted(
            {same[-1].filename for same in self._members.values() if len(same) > 1}
        )
        """Names that several members have, or that differ in their case alone."""

    @property
    def project_name(self) -> str:
        """Name of the .qde in the container."""
        return self._project.filename

    def project(self) -> Iterator[bytes]:
        """Yield the .qde in pieces.

        A piece has at most 64 KiB. Raises ExchangeError if it is encrypted, cut off or damaged;
        UnsafeExchangeError if it expands beyond `MAX_PROJECT` or more than 200 times.
        """
        yield from self._pieces(self._project, MAX_PROJECT)

    def find(self, reference: str) -> Place:
        """Return where a text is.

        `reference` is as a project writes it: ``internal://NAME``, ``relative:///NAME`` or a path.
        The case of its name and folder does not matter.
        """
        written = reference.strip()
        scheme = _SCHEME.match(written)
        path = written[scheme.end() :] if scheme else written
        kind = scheme[1].lower() if scheme else ""
        away = kind not in {"internal", "relative", ""} or (
            not kind and _ABSOLUTE.match(written) is not None
        )
        for spelling in dict.fromkeys((path, unquote(path))):
            normal_path = _key(spelling).lstrip("/")
            if away or not normal_path or ".." in normal_path.split("/"):
                away = True
                break
            members = self._look_up(normal_path)
            if members:
                exact = [member for member in members if member.filename.endswith(spelling)]
                return Place(reference, (exact or members)[-1], outside=False)
        return Place(reference, None, outside=away or kind == "relative")

    def has(self, reference: str) -> bool:
        """Return whether the container has the file of a reference."""
        return bool(reference) and self.find(reference).member is not None

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """Return a text's bytes.

        `member` was found by `find`. Raises ExchangeError if it is encrypted, cut off or damaged;
        UnsafeExchangeError if it expands beyond `MAX_TEXT`, all texts together beyond `MAX_TEXTS`,
        or more than 200 times.
        """
        data = b"".join(self._pieces(member, min(MAX_TEXT, self._left)))
        self._left -= len(data)
        return data

    def _look_up(self, key: str) -> list[zipfile.ZipInfo]:
        base = f"{self._base}/" if self._base else ""
        for name in (f"{base}sources/{key}", f"{base}{key}"):
            if name in self._members:
                return self._members[name]
        return self._in_sources.get(key.rpartition("/")[2], [])

    def _pieces(self, member: zipfile.ZipInfo, limit: int) -> Iterator[bytes]:
        name = member.filename
        self._check(member, limit)
        size = 0
        try:
            with self._archive.open(member) as stream:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    if size > limit:
                        raise _too_large(self.path, name, limit)
                    yield piece
        except _DAMAGED as error:
            raise ExchangeError(
                f"The project is cut off or damaged ({error}).",
                file=self.path,
                place=name,
                cure=_FRESH,
            ) from error

    def _check(self, member: zipfile.ZipInfo, limit: int) -> None:
        if member.flag_bits & 1:
            raise ExchangeError(
                "The project is password-protected.",
                file=self.path,
                place=member.filename,
                cure="Export it without a password.",
            )
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ExchangeError(
                "It is compressed in a way that no REFI-QDA program uses.",
                file=self.path,
                place=member.filename,
                cure="Unpack the file and zip it again in the common way (deflate).",
            )
        if member.file_size > limit:
            raise _too_large(self.path, member.filename, limit)
        if member.file_size > max(_HARMLESS, MAX_RATIO * member.compress_size):
            raise UnsafeExchangeError(
                f"It expands more than {MAX_RATIO} times.",
                file=self.path,
                place=member.filename,
                cure="Do not trust it; ask for a fresh copy.",
            )


def _key(name: str) -> str:
    return name.replace("\\", "/").replace("{", "").replace("}", "").lower()


def _too_large(path: Path, name: str, limit: int) -> UnsafeExchangeError:
    return UnsafeExchangeError(
        f"It would expand beyond {limit / 2**20:,.0f} MB.",
        file=path,
        place=name,
        cure="If it is genuine, export the project in parts.",
    )


def _no_single_project(path: Path, members: list[zipfile.ZipInfo]) -> ExchangeError:
    if not members:
        return ExchangeError(
            "This zip file is no REFI-QDA project: it has no .qde.", file=path, cure=_FRESH
        )
    names = ", ".join(member.filename for member in members[:5])
    return ExchangeError(
        f"The file holds {len(members)} projects where one is expected: {names}.",
        file=path,
        cure="Take out all .qde files but one.",
    )
