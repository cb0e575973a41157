"""Finding the documents of a folder, and their ids."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.registry import LEGACY, SUPPORTED
from fourp_nlp.documents.result_files import result_by_name
from fourp_nlp.documents.speaker_attributes import is_speaker_table
from fourp_nlp.errors import DocumentError
from fourp_nlp.files.stray_files import is_stray

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["ATTRIBUTES_FILE", "FoundFile", "check_file", "document_id", "files_of", "folder_files"]

ATTRIBUTES_FILE = "documents.csv"
_CODEBOOK = frozenset({".yaml", ".yml", ".toml", ".json"})
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class FoundFile(NamedTuple):
    """A file to read, with its id, or the reason why it cannot be one."""

    path: Path
    document: str
    problem: str = ""


def document_id(name: str | Path) -> str:
    """Return a path as an id: forward slashes, composed letters, no control characters.

    Parameters
    ----------
    name : str or pathlib.Path
        A relative path; bytes that are no text in the file system's encoding are replaced.

    Returns
    -------
    str
        The id.
    """
    text = os.fsencode(name).decode("utf-8", errors="replace")
    if os.sep == "\\":
        text = text.replace("\\", "/")
    return unicodedata.normalize("NFC", _CONTROL.sub("\ufffd", text))


def folder_files(folder: Path, *, exclude: Collection[str] = ()) -> Iterator[FoundFile]:
    """Yield the documents of a folder and its subfolders, in order of their names.

    Parameters
    ----------
    folder : pathlib.Path
        Where to look. Links to folders are not followed.
    exclude : collection of str
        Subfolders to leave out: their names, or their paths inside the folder; one that begins with
        ``./`` is such a path, even where it is a name alone, and may also be that of a file.

    Yields
    ------
    FoundFile
        Each file that is a document or may be meant as one.
    """
    excluded = {str(name).strip("/") for name in exclude}
    closed: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=closed.append):
        inside = Path(root)
        kept = []
        for name in sorted(folders):
            path = inside / name
            relative = path.relative_to(folder)
            spelt = {name, relative.as_posix(), f"./{relative.as_posix()}"}
            if name.startswith(".") or not excluded.isdisjoint(spelt):
                continue
            if path.is_symlink():
                yield FoundFile(
                    path,
                    document_id(relative),
                    "This is a link to a folder, which is not followed. Copy the folder here.",
                )
            elif path.suffix.lower() in SUPPORTED or path.suffix.lower() in LEGACY:
                yield FoundFile(
                    path,
                    document_id(relative),
                    "This is a folder with the name of a file. Rename it to have its files read.",
                )
            else:
                kept.append(name)
        folders[:] = kept
        for name in sorted(files):
            path = inside / name
            is_codebook = f"./{path.relative_to(folder).as_posix()}" in excluded
            of_speakers = inside == folder and is_speaker_table(path)
            if _is_document(name) and not is_codebook and not of_speakers:
                yield FoundFile(path, document_id(path.relative_to(folder)), result_by_name(path))
    for error in closed:
        path = Path(error.filename)
        yield FoundFile(
            path,
            document_id(path.relative_to(folder)),
            f"This folder cannot be opened ({error.strerror}). Change its permissions.",
        )


def files_of(paths: Iterable[str | Path]) -> list[FoundFile]:
    """Give single files their ids: the name, with as many parents as it takes to tell two apart.

    Parameters
    ----------
    paths : iterable of str or pathlib.Path
        Files; the same file given twice is read once.

    Returns
    -------
    list of FoundFile
        The files in the order given.
    """
    unique = list(dict.fromkeys(Path(path) for path in paths))
    depth = dict.fromkeys(unique, 1)
    while True:
        ids = {path: document_id(Path(*path.parts[-depth[path] :])) for path in unique}
        shared: dict[str, list[Path]] = {}
        for path, name in ids.items():
            shared.setdefault(name, []).append(path)
        longer = [
            path
            for group in shared.values()
            if len(group) > 1
            for path in group
            if depth[path] < len(path.parts)
        ]
        if not longer:
            return [FoundFile(path, ids[path]) for path in unique]
        for path in longer:
            depth[path] += 1


def _is_document(name: str) -> bool:
    lowered = name.casefold()
    return not (
        lowered == ATTRIBUTES_FILE
        or lowered.startswith("readme")
        or is_stray(name)
        or Path(lowered).suffix in _CODEBOOK
    )


def check_file(path: Path, *, max_bytes: int) -> None:
    """Refuse what is no readable file of a known kind and a sensible size.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    max_bytes : int
        Largest size in bytes.

    Raises
    ------
    DocumentError
        With the reason and the cure.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        raise DocumentError(
            "This is a folder, not a file.", file=path, cure="Give the files in it."
        )
    if not path.exists() and not path.is_symlink():
        raise DocumentError("There is no such file.", file=path, cure="Look for a typing error.")
    if not path.is_file():
        raise DocumentError(
            "This is no regular file, or a link that leads nowhere.",
            file=path,
            cure="Put a copy of the document here.",
        )
    if suffix in LEGACY:
        raise DocumentError(
            f"Files of the kind {suffix} are not read.",
            file=path,
            cure=f"Open it in its own program and save as {LEGACY[suffix]}.",
        )
    if suffix not in SUPPORTED:
        raise DocumentError(
            f"Files of the kind '{suffix or '(no suffix)'}' are not read.",
            file=path,
            cure=f"Save it as one of: {', '.join(SUPPORTED)}.",
        )
    size = path.stat().st_size
    if size == 0:
        raise DocumentError("The file is empty.", file=path, cure="Save it again, or take it away.")
    if size > max_bytes:
        raise DocumentError(
            f"The file has {size / 2**20:,.0f} MB; the limit is {max_bytes / 2**20:,.0f} MB.",
            file=path,
            cure="Split it, or take out its pictures.",
        )
