"""Unexpected errors: one line on the screen, and a file of details for the developers."""

from __future__ import annotations

import errno
import os
import platform
import sys
import time
import traceback
from pathlib import Path

from fourp_nlp import __version__

__all__ = ["TRACEBACK", "UNFORESEEN", "tell"]

UNFORESEEN = 70
"""Exit code of a command that broke down: EX_SOFTWARE of sysexits.h."""

TRACEBACK = "FOURP_TRACEBACK"
"""Environment variable: where it is set, Python prints the traceback as usual."""

_MOST = 40  # frames of an exception that are kept: of one that recurs, the last ones tell enough
_OF_THE_DISK = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO,
    errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ENOENT, errno.EEXIST, errno.EMFILE,
    errno.EBUSY, errno.ESTALE, errno.ELOOP,
}  # fmt: skip


def tell(error: Exception) -> tuple[str, int]:
    """Return the message and exit code for an unexpected exception.

    Parameters
    ----------
    error : Exception
        The exception.

    Returns
    -------
    str
        What happened, and where the details are.
    int
        1 where the disk or the memory is the matter, which the reader can mend; otherwise `UNFORESEEN`.
    """
    if isinstance(error, MemoryError):
        return "There is not enough memory. Close other programs, or take less at once.", 1
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        file_clause = f"{error.filename}: " if error.filename is not None else ""
        return (
            f"{file_clause}The file cannot be read or written: {error.strerror}. "
            "Check the folder, its permissions and the disk, then run the command again.",
            1,
        )
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {_inside(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""
    file = _kept(_details(error))
    where = (
        f"The details are in {file}: no words of documents, no names of files. "
        "Send it to the developers, and say what you did."
        if file
        else f"Set {TRACEBACK}=1 to see the details."
    )
    kind = type(error).__name__
    return f"fourp broke down, which is its fault: {kind}{place}. {where}", UNFORESEEN


def _details(error: BaseException) -> str:
    """Return the traceback without messages of exceptions, which may quote people's words."""
    lines = [
        f"fourp_nlp {__version__}, Python {platform.python_version()}, {platform.system()}",
        f"command: {_command()}",
    ]
    exception: BaseException | None = error
    visited: set[int] = set()
    while exception is not None and id(exception) not in visited:
        visited.add(id(exception))
        lines.append(f"{type(exception).__module__}.{type(exception).__qualname__}, raised by")
        for frame in traceback.extract_tb(exception.__traceback__)[-_MOST:]:
            lines.append(f"  {_inside(frame.filename)}, line {frame.lineno}, in {frame.name}")
            lines.append(f"    {frame.line}")
        exception = exception.__cause__ or exception.__context__
    return "\n".join(lines) + "\n"


def _command() -> str:
    """Return the command and the names of its options, without their values."""
    from fourp_nlp.cli.app import app

    command_names = {
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    }
    words = [word for word in sys.argv[1:] if word in command_names][:1]
    return " ".join(words + [word.partition("=")[0] for word in sys.argv if word.startswith("--")])


def _inside(name: str) -> str:
    """Return a module's file from its package on: where Python is installed is private."""
    parts = Path(name).parts
    for marker in ("site-packages", "dist-packages"):
        if marker in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(marker) :])
    if "fourp_nlp" in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("fourp_nlp") :])
    return Path(name).name


def _kept(text: str) -> str:
    """Write the details to a file of the user's own; return its name, empty if it cannot be written."""
    from platformdirs import user_log_path

    try:
        folder = user_log_path("fourp_nlp")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{os.getpid()}.txt"
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""
    return str(path)
