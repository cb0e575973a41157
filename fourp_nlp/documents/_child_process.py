"""The child process that reads files: ``python -m fourp_nlp.documents._child_process MEMORY``.

It loads no more than a file's own parser.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fourp_nlp.documents._one_file import reading_of
from fourp_nlp.documents.tables.survey import TableColumns
from fourp_nlp.errors import DocumentError, UnsafeDocumentError
from fourp_nlp.sandbox import serve

__all__ = ["main"]

# openpyxl would load it, and needs it for nothing here.
_UNNEEDED = ("numpy", "pandas")


def main() -> None:
    """Read files until nobody asks any more."""
    for name in _UNNEEDED:
        sys.modules[name] = None  # type: ignore[assignment]
    serve(_answer)


def _answer(request: dict[str, Any], _: bytes) -> dict[str, Any]:
    try:
        columns = request.get("columns")
        chosen = None if columns is None else TableColumns(tuple(columns[0]), *columns[1:])
        return reading_of(Path(request["path"]), chosen).message()
    except DocumentError as error:
        if isinstance(error.__cause__, MemoryError):
            raise error.__cause__ from None
        return {
            "error": {
                "unsafe": isinstance(error, UnsafeDocumentError),
                "problem": error.problem,
                "place": error.place,
                "cure": error.cure,
            }
        }


if __name__ == "__main__":
    main()
