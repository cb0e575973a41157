"""Vectors kept in one SQLite file under the hash of encoder and text."""

from __future__ import annotations

import os
import sqlite3
import warnings
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.errors import FourpWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["EmbeddingCache"]

_MOST_OF_WORDS = 2**28  # bytes of the cache of what words give; a segment takes some 20 KB


class EmbeddingCache:
    """Vectors kept in one SQLite file under the hash of encoder and text; no text is stored.

    Parameters
    ----------
    path : path
        The file; made with its folder when first written.
    half : bool, default False
        Whether numbers are kept in half precision.
    most : int, optional
        Bytes that it may have: beyond them a third is forgotten, at random, so that a round of more texts
        than there is room for still finds some of them.
    """

    def __init__(self, path: Path | str, *, half: bool = False, most: int | None = None) -> None:
        self.path = Path(path)
        self._type: type[np.floating[Any]] = np.float16 if half else np.float32
        self._most = most

    @property
    def words(self) -> EmbeddingCache:
        """The cache beside this one of what each word gives to a text's vectors.

        From a word's vector the word may be guessed: it belongs where the text lies, in a project.
        """
        name = f"{self.path.stem}-words{self.path.suffix}"
        return EmbeddingCache(self.path.with_name(name), half=True, most=_MOST_OF_WORDS)

    def _open(self) -> sqlite3.Connection:
        _make_private(self.path)
        connection = sqlite3.connect(self.path, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS layers (key BLOB PRIMARY KEY, count INTEGER NOT NULL, "
            "vector BLOB NOT NULL) WITHOUT ROWID"
        )
        # Earlier versions kept one layer.
        connection.execute("DROP TABLE IF EXISTS vectors")
        return connection

    def _open_to_read(self) -> sqlite3.Connection:
        """Open it as it is, for a folder that cannot be written."""
        where = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(where, uri=True)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[Any]]:
        """Return the vectors that are known, by key; each of two axes, as it was stored."""
        if not self.path.exists():
            return {}
        try:
            return self._get(keys, self._open)
        except (sqlite3.OperationalError, OSError):
            # Locked, full, or not to be written: what others use is left as it is.
            try:
                return self._get(keys, self._open_to_read)
            except (sqlite3.DatabaseError, ValueError, OSError):
                return {}
        except (sqlite3.DatabaseError, ValueError):
            # A damaged cache costs time, never results: begin a new one.
            self._discard()
            return {}

    def _get(
        self, keys: Sequence[bytes], connect: Callable[[], sqlite3.Connection]
    ) -> dict[bytes, NDArray[Any]]:
        vectors_by_key: dict[bytes, NDArray[Any]] = {}
        with closing(connect()) as connection:
            for first in range(0, len(keys), 500):
                key_block = keys[first : first + 500]
                marks = ",".join("?" * len(key_block))
                rows = connection.execute(
                    f"SELECT key, count, vector FROM layers WHERE key IN ({marks})",  # noqa: S608 - only question marks
                    key_block,
                )
                vectors_by_key.update(
                    (key, np.frombuffer(vector, self._type).reshape(count, -1))
                    for key, count, vector in rows
                )
        return vectors_by_key

    def put(self, keys: Sequence[bytes], vectors: Iterable[NDArray[Any]]) -> None:
        """Store vectors, each of two axes, (layers, dimensions) or (words, numbers), under their keys.

        Warns
        -----
        FourpWarning
            Once for a folder, if they cannot be stored: that costs time at the next run, and no more.
        """
        rows = [
            (key, len(row), row.astype(self._type, copy=False).tobytes())
            for key, row in zip(keys, vectors, strict=True)
        ]
        try:
            with closing(self._open()) as connection, connection:
                if self._most is not None and _bytes_used(connection) > self._most:
                    connection.execute("DELETE FROM layers WHERE random() % 3 = 0")
                connection.executemany("INSERT OR REPLACE INTO layers VALUES (?, ?, ?)", rows)
        except (sqlite3.DatabaseError, OSError) as error:
            # A full or read-only disk must not stop the coding.
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        folder = self.path.parent
        if folder not in _TOLD:
            _TOLD.add(folder)
            why = getattr(error, "strerror", None) or error
            warnings.warn(
                f"Embeddings are not kept, and are computed anew next time: {folder} cannot be written "
                f"({why}).",
                FourpWarning,
                stacklevel=3,
            )

    def _discard(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


_TOLD: set[Path] = set()
"""Folders of caches that this process has said it cannot write."""


def _make_private(path: Path) -> None:
    """Make a file and its folder for their owner alone, where they are not there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _bytes_used(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size
