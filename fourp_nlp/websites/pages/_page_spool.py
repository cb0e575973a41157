"""A temporary file of pages, written in order and read back site by site."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

__all__ = ["Spool"]


class Spool:
    """A temporary file of pages, so that a WARC file may be larger than memory.

    Use it in a ``with`` block; the file is gone afterwards, and has no name even before: what kills the
    process leaves nothing behind.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where it is made, for its owner alone; by default where the system keeps temporary files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        number, name = tempfile.mkstemp(prefix=".fourp-", suffix=".sqlite", dir=folder)
        os.close(number)
        self._path = Path(name)
        self._file = sqlite3.connect(self._path, isolation_level=None)
        self._file.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;"
            "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY;"
            "CREATE TABLE page (number INTEGER PRIMARY KEY, site TEXT, url TEXT, content BLOB);"
            "CREATE UNIQUE INDEX by_site ON page (site, url)"
        )
        self._file.execute("BEGIN")
        with suppress(OSError):  # Windows keeps the name of an open file
            self._path.unlink()

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the file."""
        self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def put(self, site: str, url: str, page: dict[str, Any]) -> bool:
        """Put a page down.

        Of several pages with one URL, the first stays. Returns whether this was the first. `page`
        is what is known of it, as JSON can hold it.
        """
        content = zlib.compress(json.dumps(page).encode(), 1)
        inserted = self._file.execute(
            "INSERT OR IGNORE INTO page (site, url, content) VALUES (?, ?, ?)", (site, url, content)
        )
        return inserted.rowcount > 0

    def sites(self) -> list[str]:
        """Return the sites, in the order in which they were first met."""
        rows = self._file.execute("SELECT site FROM page GROUP BY site ORDER BY MIN(number)")
        return [str(row[0]) for row in rows]

    def pages(self, site: str) -> Iterator[dict[str, Any]]:
        """Take up a site's pages, in the order in which they were put down."""
        rows = self._file.execute(
            "SELECT content FROM page WHERE site = ? ORDER BY number", (site,)
        )
        for (content,) in rows:
            yield json.loads(zlib.decompress(content))
