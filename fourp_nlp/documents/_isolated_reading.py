"""Reading files in child processes, so that a malicious file can crash only its process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fourp_nlp.documents.reading import Reading
from fourp_nlp.errors import DocumentError, UnsafeDocumentError
from fourp_nlp.sandbox import Breakdown, Limits, Processes

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.tables.survey import TableColumns

__all__ = ["read_in_sandbox", "readers"]

_LIMITS = Limits(memory=1536 << 20, seconds=60.0, seconds_per_mb=3.0)


def readers(limits: Limits = _LIMITS) -> Processes:
    """Return processes that read documents.

    As many as there are threads that ask at once.
    """
    return Processes("fourp_nlp.documents._child_process", limits, reads="documents")


def read_in_sandbox(
    path: Path, columns: TableColumns | None = None, *, by: Processes | None = None
) -> Reading:
    """Return the reading of a file, made in another process.

    Of a table, `columns` says which columns are read. The texts are normalised and not empty, no
    two with one id inside the file. Raises DocumentError if the file cannot be read,
    UnsafeDocumentError if reading it breaks a limit, and FourpError if no process can be started.
    """
    processes = by or _readers
    size = path.stat().st_size if path.is_file() else 0
    # A link must stay a link.
    request: dict[str, Any] = {"path": os.path.abspath(path)}  # noqa: PTH100
    if columns is not None:
        request["columns"] = [list(columns.text), columns.respondent, columns.group]
    try:
        answer = processes.ask(request, size=size)
    except Breakdown as broken:
        raise _error(broken, processes.limits, path, size) from None
    return _reading(answer, path)


def _error(broken: Breakdown, limits: Limits, path: Path, size: int) -> DocumentError:
    exceeded = broken.exceeded(limits, size)
    if exceeded:
        cure = "If it is genuine, save it again from its own program, or split it."
        return UnsafeDocumentError(exceeded, file=path, cure=cure)
    return UnsafeDocumentError(
        f"What reads this kind of file broke down over it ({broken.how}), or ran out of its "
        f"{limits.memory >> 20:,} MB of memory.",
        file=path,
        cure="If it is genuine, save it again from its own program, or as plain text.",
    )


def _reading(answer: dict[str, Any], path: Path) -> Reading:
    """Return the reading that an answer holds, after checking all of it: a hostile file may have made it."""
    reading = Reading.from_message(answer)
    if reading is not None:
        return reading
    match answer:
        case {
            "error": {"unsafe": bool(unsafe), "problem": str(problem), "place": place, "cure": cure}
        }:
            kind = UnsafeDocumentError if unsafe else DocumentError
            raise kind(
                problem,
                file=path,
                place=place if isinstance(place, str) else None,
                cure=cure if isinstance(cure, str) else None,
            )
        case _:
            raise UnsafeDocumentError(
                "What reads this kind of file gave no sensible answer.",
                file=path,
                cure="Do not trust the file; ask for a fresh copy.",
            )


_readers = readers()
