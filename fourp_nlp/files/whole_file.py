"""Writing one file, completely or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import FourpError
from fourp_nlp.files._temporary_names import temporary_name
from fourp_nlp.files.disk_sync import sync_file, sync_folder
from fourp_nlp.files.leftovers import sweep_drafts
from fourp_nlp.files.private import private_file_mode

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["put_in_place", "replacing", "write_if_absent", "write_text", "writing_to"]


_CURE = "Close it if it is open in another program, and check the folder and the disk."


@contextmanager
def replacing(
    path: str | os.PathLike[str], *, private: bool = False, many_writers: bool = False
) -> Iterator[Path]:
    """Hand out a temporary name beside a file; on success it takes the file's place.

    An error inside the block leaves an earlier file as it was and no temporary file behind. The content is
    on the disk before it takes the name.

    Parameters
    ----------
    path : str or os.PathLike
        The file to be written; its folder is made where it is missing.
    private : bool, default False
        Whether the file is for its owner alone, as `private_file_mode` says, and not for whoever the
        user's files are for.
    many_writers : bool, default False
        Whether other threads and other computers may write the same file at the same time.

    Yields
    ------
    pathlib.Path
        The name to write to.

    Raises
    ------
    FourpError
        If the folder or the file cannot be written.
    """
    target = Path(path)
    # Not tempfile: its files are readable by their owner alone, and would stay so after the rename.
    partial = temporary_name(target, many_writers=many_writers)
    with writing_to(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep_drafts(target)
        try:
            if private:
                mode = private_file_mode(target.parent)
                os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
                partial.chmod(mode)
            yield partial
            put_in_place(partial, target)
        finally:
            partial.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, many_writers: bool = False) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made where it is missing.
    text : str
        Its content.
    many_writers : bool, default False
        Whether other threads and other computers may write the same file at the same time.

    Raises
    ------
    FourpError
        If the folder or the file cannot be written.
    """
    with replacing(path, many_writers=many_writers) as partial:
        partial.write_text(text, encoding="utf-8")


def write_if_absent(path: Path, text: str) -> None:
    """Write a text file whole, unless it is there: of many writers that begin at once, one is first.

    Parameters
    ----------
    path : pathlib.Path
        The file; its folder is made where it is missing.
    text : str
        Its content.

    Raises
    ------
    FourpError
        If the folder or the file cannot be written.
    """
    partial = temporary_name(path, many_writers=True)
    with writing_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.write_text(text, encoding="utf-8")
            sync_file(partial)
            with suppress(FileExistsError):
                _link(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def put_in_place(partial: Path, path: Path) -> None:
    """Give a file that is whole its name, once its content is on the disk.

    Parameters
    ----------
    partial, path : pathlib.Path
        From and to.

    Raises
    ------
    OSError
        If it cannot be renamed.
    """
    sync_file(partial)
    partial.replace(path)
    sync_folder(path.parent)


@contextmanager
def writing_to(path: Path, what: str = "The file", *, cure: str = _CURE) -> Iterator[None]:
    """Report an error of the disk inside the block as one of this program, with its cure.

    Parameters
    ----------
    path : pathlib.Path
        The file or folder that is written, for the message.
    what : str
        What it is, with its article, for the message.
    cure : str
        What the user can do.

    Raises
    ------
    FourpError
        In place of an OSError inside the block.
    """
    try:
        yield
    except OSError as error:
        raise FourpError(
            f"{what} cannot be written: {error.strerror or error}.",
            file=path,
            cure=cure,
        ) from error


def _link(partial: Path, path: Path) -> None:
    """Give a file a second name that is not there yet."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:
        # The file system has no links: a rename must do.
        if not path.exists():
            partial.replace(path)
    sync_folder(path.parent)
