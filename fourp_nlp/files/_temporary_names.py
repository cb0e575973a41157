"""Names of temporary files: hidden, beside their file, with the process that made them."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ASIDE", "DRAFT", "EARLIER", "parts_of", "temporary_name", "writer_of"]

DRAFT = "tmp"
"""Ends the name of a file that is not whole yet."""

EARLIER = "was"
"""Ends the name of a file as it was before a change that has a journal."""

ASIDE = "old"
"""Ends the name of something that was renamed, and whose name nothing has yet."""

_LONGEST = 255  # bytes that a name may have on most file systems
_TEMPORARY = re.compile(r"\.(?P<name>.+)\.(?P<process>\d+)\.(?P<kind>tmp|new|old|was)", re.DOTALL)


def temporary_name(path: Path, kind: str = DRAFT, *, many_writers: bool = False) -> Path:
    """Return the temporary name for a file.

    `kind` is `DRAFT`, `EARLIER` or `ASIDE`. If `many_writers` may write the same file at the same
    time, threads or other computers, every call returns another name, with the computer's name in
    it. The name is hidden, in the same folder; a long one is cut, with a hash in place of its end.
    """
    end = f".{os.getpid()}.{kind}"
    if many_writers:
        end = f".{platform.node()}.{os.getpid()}.t{secrets.token_hex(4)}.{kind}"
    name = path.name
    if len(os.fsencode(f".{name}{end}")) > _LONGEST:
        digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
        kept = os.fsencode(name)[: _LONGEST - len(end) - len(digest) - 2]
        name = f"{kept.decode('utf-8', errors='ignore')}~{digest}"
    return path.with_name(f".{name}{end}")


def parts_of(name: str) -> tuple[str, int, str] | None:
    """Return the name, the process and the kind that a temporary name consists of; None for others.

    The name is that of the file it was made for (cut, if that was long).
    """
    match = _TEMPORARY.fullmatch(name)
    return None if match is None else (match["name"], int(match["process"]), match["kind"])


def writer_of(name: str) -> int | None:
    """Return the process of this computer that made a temporary name for many writers; None for others."""
    before, _, process = name.removesuffix(f".{DRAFT}").rpartition(".")[0].rpartition(".")
    is_ours = f"{before}.".endswith(f".{platform.node()}.") and process.isdigit()
    return int(process) if is_ours else None
