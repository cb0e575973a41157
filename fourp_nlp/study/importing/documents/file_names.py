"""Names of other programs' sources and coders as names of files that every system takes."""

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

__all__ = ["coder_name", "document_name", "folded", "free_name"]

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


def folded(name: str) -> str:
    """Return a name as file systems compare it that do not tell small letters from capitals."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def free_name(wanted: Callable[[str], str], taken: Collection[str]) -> str:
    """Return the first name that is not taken.

    Parameters
    ----------
    wanted : callable
        Given what to put behind the name ("", "_2", "_3", …), returns it.
    taken : collection of str
        Names that are, folded.

    Returns
    -------
    str
        The name.
    """
    found, number = wanted(""), 1
    while folded(found) in taken:
        number += 1
        found = wanted(f"_{number}")
    return found


def document_name(name: str, taken: Collection[str], *, exclude: Collection[str] = ()) -> str:
    """Return the id of a new document: a file name below the corpus folder that every system takes.

    Parameters
    ----------
    name : str
        The source's name in the other program. Only if all of its parts between slashes are names that
        every system takes is it a path, with folders.
    taken : collection of str
        Ids and files that are there, folded.
    exclude : collection of str
        Folders of the corpus that are not read.

    Returns
    -------
    str
        The id. It ends in .txt, in the place of the ending of another kind of document.
    """
    parts = name.split("/")
    *folders, last = parts
    as_they_are = all(part and _file_name(part, "") == part for part in folders) and last
    excluded = {folded(each.strip("/")) for each in exclude}
    readable = all(
        PurePosixPath(part).suffix.lower() not in SUPPORTED.keys() | LEGACY.keys()
        and folded(part) not in excluded
        and folded("/".join(folders[: at + 1])) not in excluded
        and folded("/".join(folders[: at + 1])) not in taken
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
    return free_name(lambda more: f"{above}{_file_name(last, 'document', more)}{_ENDING}", taken)


def coder_name(name: str) -> str:
    """Return the name of a coder of another program as one that a gold file can have.

    Parameters
    ----------
    name : str
        The name there.

    Returns
    -------
    str
        The name here, `unknown` if there is none.
    """
    made = _file_name(name, "unknown")
    return f"{made}_" if folded(made) == SETTLED else made


def _file_name(text: str, default: str, more: str = "") -> str:
    """Return a text as a file name, with something behind it, or a default where nothing is left."""
    kept = _BEGINNING.sub("", _FORBIDDEN.sub("_", " ".join(normalise(text).split())))
    kept = kept.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .")
    if not kept.strip("_ "):
        kept = default
    if _DEVICE.fullmatch(kept):
        kept = f"_{kept}"
    return normalise(f"{kept}{more}")
