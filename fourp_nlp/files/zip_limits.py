"""Zip containers (docx, pptx, xlsx, odt), checked before any parser sees them."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from fourp_nlp.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_TAGS", "check_package", "read_member"]

MAX_EXPANDED = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 10_000
# Small files of very regular XML compress beyond any ratio without doing harm.
_HARMLESS = 8 * 1024 * 1024
MAX_TAGS = 4_000_000
"""Tags of a member that is read as a tree, which takes a few hundred bytes of memory for each."""
_CHUNK = 1 << 16
# A directory that lies makes zipfile raise nearly anything.
_DAMAGED = (
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    struct.error,
    NotImplementedError,
    OverflowError,
    ValueError,
    RuntimeError,
    OSError,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FRESH = "Get a fresh copy, or open it in its own program and save it again."
# Office programs write these; in another one nothing that is looked for here would be found.
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"}
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{0,100})")
_EBCDIC = b"\x4c\x6f\xa7\x94"
_BOMB = "If it is genuine, take out the pictures and films and save it again."


def _a(kind: str) -> str:
    return f"{'an' if kind[:1] in 'AEIOU' else 'a'} {kind}"


def check_package(
    path: Path, *, main: str, kind: str, most_tags: int | None = MAX_TAGS
) -> frozenset[str]:
    """Refuse a container that is not what it says or would expand beyond the limits.

    The directory is checked first; then every member is read in small pieces, because a
    directory can lie. At most ``MAX_EXPANDED`` bytes are expanded, one piece held at a time.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    main : str
        Beginning of the member's name that this kind of file must have.
    kind : str
        The kind of file in words, for the error.
    most_tags : int or None
        Tags that the XML may have altogether; None where it is read as a stream, never as a tree.

    Returns
    -------
    frozenset of str
        Names of the members.

    Raises
    ------
    DocumentError
        If the file is encrypted, cut off, damaged or of another kind.
    UnsafeDocumentError
        If it expands too far, has too many members or tags, or declares XML entities.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == _OLE:
        raise DocumentError(
            f"This is password-protected or an old Office file (97-2003), not {_a(kind)}.",
            file=path,
            cure=f"Open it, remove the password and save it as {path.suffix.lower()}.",
        )
    if not head.startswith(b"PK"):
        raise UnsafeDocumentError(
            f"This is not {_a(kind)}, whatever its suffix says.", file=path, cure=_FRESH
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_directory(path, members)
            names = frozenset(member.filename for member in members)
            if not any(name.startswith(main) for name in names):
                raise UnsafeDocumentError(
                    f"This is a zip file, but not {_a(kind)}: it has no {main}.",
                    file=path,
                    cure="Give it the suffix of its real kind.",
                )
            expanded = tags = 0
            for member in members:
                size, more = _check_member(path, archive, member, MAX_EXPANDED - expanded)
                expanded += size
                tags += more
                if most_tags is not None and tags > most_tags:
                    raise UnsafeDocumentError(
                        f"The {kind} has more than {most_tags:,} tags.",
                        file=path,
                        place=member.filename,
                        cure="Split it, or save it as plain text.",
                    )
    except _DAMAGED as error:
        raise DocumentError(
            f"The {kind} is cut off or damaged ({error}).", file=path, cure=_FRESH
        ) from error
    return names


def read_member(path: Path, name: str) -> bytes:
    """Return one member of a container that `check_package` has passed.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        The member's name.

    Returns
    -------
    bytes
        Its content.
    """
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def _check_directory(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise UnsafeDocumentError(
            f"The container has {len(members):,} members; the limit is {MAX_MEMBERS:,}.",
            file=path,
            cure=_BOMB,
        )
    expanded = sum(member.file_size for member in members)
    if expanded > MAX_EXPANDED:
        raise UnsafeDocumentError(
            f"The container would expand to {expanded / 2**20:,.0f} MB; "
            f"the limit is {MAX_EXPANDED // 2**20} MB.",
            file=path,
            cure=_BOMB,
        )
    for member in members:
        if member.flag_bits & 1:
            raise DocumentError(
                "The file is password-protected.", file=path, cure="Save it without the password."
            )
        if member.file_size > max(_HARMLESS, MAX_RATIO * member.compress_size):
            raise UnsafeDocumentError(
                f"The container expands more than {MAX_RATIO} times.",
                file=path,
                place=member.filename,
                cure=_BOMB,
            )


def _check_member(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int
) -> tuple[int, int]:
    """Read a member in pieces, looking for entities; return its true size, and how many tags it has."""
    name = member.filename.lower()
    is_xml = name.endswith((".xml", ".rels", ".vml"))
    size = tags = 0
    tail = b""
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            if not size:
                # Any member can be the main one, whatever its name. Drawing programs do declare entities.
                begins = piece[:1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
                is_xml = is_xml or (
                    begins.startswith((b"<", _EBCDIC)) and not name.endswith(".svg")
                )
                if is_xml:
                    _check_encoding(path, member, begins)
            size += len(piece)
            tags += piece.count(b"<") if is_xml or name.endswith(".svg") else 0
            if size > left:
                raise UnsafeDocumentError(
                    f"The container expands beyond {MAX_EXPANDED // 2**20} MB.",
                    file=path,
                    place=member.filename,
                    cure=_BOMB,
                )
            # Dropping zero bytes finds the declaration in UTF-16 as well.
            if is_xml and b"<!ENTITY" in (tail + piece).replace(b"\x00", b""):
                raise UnsafeDocumentError(
                    "The file declares XML entities, which no office program does.",
                    file=path,
                    place=member.filename,
                    cure="Do not trust it; ask for a fresh copy.",
                )
            tail = piece[-32:]
    return size, tags


def _check_encoding(path: Path, member: zipfile.ZipInfo, begins: bytes) -> None:
    declared = _DECLARED.match(begins)
    name = declared[1].decode("latin-1").strip().lower() if declared else "utf-8"
    if begins.startswith(_EBCDIC) or name not in _ENCODINGS:
        raise UnsafeDocumentError(
            f"The file's XML is written in an encoding that no office program uses ({name[:20]}).",
            file=path,
            place=member.filename,
            cure="Open it in its own program and save it again.",
        )
