"""Writing gold files."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.gold._cells import CODED, COLUMNS, guard
from fourp_nlp.tables import CODINGS, conform

__all__ = ["write_gold"]

_NUMBERS = ("start", "end")
_NO_SPAN = -1


def write_gold(
    codings: pd.DataFrame, path: str | Path, *, coded: pd.DataFrame | None = None
) -> None:
    """Write codings to a gold file that `read_gold` reads back the same.

    Parameters
    ----------
    codings : pandas.DataFrame
        The table CODINGS.
    path : str or pathlib.Path
        The CSV file. One that is there is replaced, and only once the new one is complete.
    coded : pandas.DataFrame, optional
        The table CODED. A document that a coder coded without finding anything gets a row of its
        own; without this table, such documents are not in the file.

    Raises
    ------
    TableError
        If a frame is not of its table.
    GoldError
        If the file cannot be written.

    Notes
    -----
    UTF-8 with a byte order mark, without which Excel takes it for another encoding; rows sorted by
    document, span, code and coder, so that versions of a file can be compared line by line. A cell
    that a spreadsheet would take for a formula has an apostrophe before it.
    """
    frame = conform(codings, CODINGS)
    if coded is not None:
        frame = pd.concat([frame, _markers(frame, coded)])
    frame = frame.sort_values(["document", "start", "end", "code", "coder"], kind="stable")
    cells: dict[str, list[object]] = {
        name: [guard(cell) for cell in frame[name]] for name in COLUMNS if name not in _NUMBERS
    }
    for name in _NUMBERS:
        cells[name] = ["" if number == _NO_SPAN else number for number in frame[name].tolist()]
    _replace(Path(path), list(zip(*(cells[name] for name in COLUMNS), strict=True)))


def _markers(codings: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Return rows for the documents that a coder coded without finding anything."""
    pairs = conform(coded, CODED).drop_duplicates()
    found = pd.MultiIndex.from_frame(codings[["coder", "document"]])
    without = pairs[~pd.MultiIndex.from_frame(pairs).isin(found)]
    return without.assign(start=_NO_SPAN, end=_NO_SPAN, code="", quote="")


def _replace(path: Path, rows: list[tuple[object, ...]]) -> None:
    # In the same folder, because a file can only be renamed within one file system.
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            # All text in quotation marks: the csv module leaves a lone carriage return bare.
            writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise GoldError(
            f"It cannot be written: {error.strerror or error}.",
            file=path,
            cure="Close it in other programs, and check that the folder is there and writable.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)
