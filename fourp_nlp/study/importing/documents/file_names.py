"""Makes file names that every system accepts, from names of sources and coders."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.documents import SUPPORTED, normalise
from fourp_nlp.documents.registry import LEGACY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = ["coder_name", "document_name", "folded_name", "free_name"]

_ENDING = ".txt"
_LONGEST = 150  # bytes of a name without its ending; systems take 255, and drafts have longer names
_DEEPEST = 8
_FORBIDDEN = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]+")
# What begins a formula in a spreadsheet, an option, or a hidden file.
_BEGINNING = re.compile(r"^[\s.'=+\-@~$＝＋－＠]+")
# Names that Windows keeps for devices, whatever stands behind a full stop.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE
)
# Files that lie in a corpus and are no documents.
_NO_DOCUMENT = re.compile(r"readme", re.IGNORECASE)


def folded_name(name: str) -> str:
    """Return a name as case-insensitive file systems compare it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def free_name(name_with: Callable[[str], str], taken_names: Collection[str]) -> str:
    """Return the first free name.

    Parameters
    ----------
    name_with : callable
        Returns the name with a suffix ("", "_2", "_3", …).
    taken_names : collection of str
        Names in use, as `folded_name` returns them.

    Returns
    -------
    str
        The name.
    """
    name, number = name_with(""), 1
    while folded_name(name) in taken_names:
        number += 1
        name = name_with(f"_{number}")
    return name


def document_name(name: str, taken_names: Collection[str], *, exclude: Collection[str] = ()) -> str:
    """Return the id of a new document: a file name below the corpus folder that every system accepts.

    Parameters
    ----------
    name : str
        The source's name in the other program. It is a path with folders only if every system accepts all of
        its parts between slashes.
    taken_names : collection of str
        Existing ids and files, as `folded_name` returns them.
    exclude : collection of str
        Folders of the corpus that are not read.

    Returns
    -------
    str
        The id. It ends in .txt, which replaces another ending.
    """
    parts = name.split("/")
    *folders, last = parts
    as_they_are = all(part and _file_name(part, "") == part for part in folders) and last
    excluded = {folded_name(folder.strip("/")) for folder in exclude}
    readable = all(
        PurePosixPath(part).suffix.lower() not in SUPPORTED.keys() | LEGACY.keys()
        and folded_name(part) not in excluded
        and folded_name("/".join(folders[: at + 1])) not in excluded
        and folded_name("/".join(folders[: at + 1])) not in taken_names
        for at, part in enumerate(folders)
    )
    if not (as_they_are and readable and len(parts) <= _DEEPEST):
        folders, last = [], "_".join(part for part in parts if part)
    suffix = PurePosixPath(last).suffix
    if suffix.lower() in SUPPORTED or suffix.lower() in LEGACY:
        last = last[: -len(suffix)]
    if _NO_DOCUMENT.match(last):
        last = f"_{last}"
    above = "".join(f"{part}/" for part in folders)
    return free_name(
        lambda more: f"{above}{_file_name(last, 'document', more)}{_ENDING}", taken_names
    )


def coder_name(name: str) -> str:
    """Return the name of another program's coder as a gold file's name.

    Parameters
    ----------
    name : str
        The name there.

    Returns
    -------
    str
        The name here, `unknown` if there is none.
    """
    file_name = _file_name(name, "unknown")
    return f"{file_name}_" if folded_name(file_name) == SETTLED else file_name


def _file_name(text: str, default: str, more: str = "") -> str:
    """Return a text as a file name with a suffix, or a default if nothing remains."""
    shortened = _BEGINNING.sub("", _FORBIDDEN.sub("_", " ".join(normalise(text).split())))
    shortened = shortened.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .")
    if not shortened.strip("_ "):
        shortened = default
    if _DEVICE.fullmatch(shortened):
        shortened = f"_{shortened}"
    return normalise(f"{shortened}{more}")
