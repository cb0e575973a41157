"""Taking away what a command that was killed left behind, and giving back what it had set aside."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from glob import escape
from typing import TYPE_CHECKING

from fourp_nlp.files._temporary_names import ASIDE, DRAFT, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["sweep", "sweep_drafts"]


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Take temporary files of killed commands away; a file that is only there as it was gets its name back.

    To be called by whoever holds the lock of these folders, after `settle_journals`.

    Parameters
    ----------
    folders : iterable of pathlib.Path
        Where to look; folders inside are not looked into. One that is not there is passed over.

    Returns
    -------
    list of pathlib.Path
        Files and folders that got their names back.
    """
    back = []
    for folder in folders:
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError:
            continue
        for name in names:
            parts = parts_of(name)
            if parts is None:
                continue
            path, target = folder / name, folder / parts[0]
            if _is_alive(parts[1]):
                continue
            with suppress(
                OSError
            ):  # of another user, or open elsewhere: the next one takes it away
                if parts[2] == ASIDE and not target.exists():
                    path.rename(target)
                    back.append(target)
                elif path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    return back


def sweep_drafts(target: Path) -> None:
    """Take away what killed commands left of the file that is to be written.

    Parameters
    ----------
    target : pathlib.Path
        The file.
    """
    for path in target.parent.glob(f".{escape(target.name)}.*.{DRAFT}"):
        parts = parts_of(path.name)
        if parts is not None and parts[0] == target.name and not _is_alive(parts[1]):
            with suppress(OSError):
                path.unlink()


def _is_alive(process: int) -> bool:
    """Whether a process of this number runs here; a command that works without the lock may be it."""
    if process == os.getpid():
        return True
    if os.name == "nt":
        return False  # os.kill would end it; whoever writes here holds the lock, and that is us
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
