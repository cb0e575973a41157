"""Names of temporary files: hidden, beside the file that they are for, with the process that made them."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ASIDE", "DRAFT", "EARLIER", "beside", "parts_of"]

DRAFT = "tmp"
"""Ends the name of a file that is not whole yet."""

EARLIER = "was"
"""Ends the name of a file as it was before a change that has a journal."""

ASIDE = "old"
"""Ends the name of something that was renamed, and whose name nothing has yet."""

_LONGEST = 255  # bytes that a name may have on most file systems
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<process>\d+)\.(?P<kind>tmp|new|old|was)", re.DOTALL)


def beside(path: Path, kind: str) -> Path:
    """Return the temporary name for a file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    kind : str
        What it is: `DRAFT`, `EARLIER` or `ASIDE`.

    Returns
    -------
    pathlib.Path
        A hidden name in the same folder; a long one is cut, with a hash in place of its end.
    """
    end = f".{os.getpid()}.{kind}"
    name = path.name
    if len(os.fsencode(f".{name}{end}")) > _LONGEST:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
        kept = os.fsencode(name)[: _LONGEST - len(end) - len(digest) - 2]
        name = f"{kept.decode('utf-8', errors='ignore')}~{digest}"
    return path.with_name(f".{name}{end}")


def parts_of(name: str) -> tuple[str, int, str] | None:
    """Return the name, the process and the kind that a temporary name consists of; None for others.

    Parameters
    ----------
    name : str
        Name of a file or folder.

    Returns
    -------
    tuple of (str, int, str) or None
        Name of the file it was made for (cut, if that was long), number of the process, kind.
    """
    found = _TEMPORARY.fullmatch(name)
    return None if found is None else (found["name"], int(found["process"]), found["kind"])
