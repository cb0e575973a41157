"""Writing gold files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import COLUMNS, LOOKED_FOR, MEMO, SCOPE, guard, guard_memo
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.errors import FourpError, GoldError
from fourp_nlp.files import replacing
from fourp_nlp.spreadsheets import quote_cell
from fourp_nlp.tables import CODED, CODINGS, among, conform

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["gold_content", "write_gold"]

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
        The table CODED; of whole documents, coder and document are enough. A document, or a span
        that was read by itself, in which a coder found nothing gets a row of its own; without
        this table, such rows are not in the file. The column scope is written if there is a row
        of scope segment, and the column memo if a coding has one.

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
    that a spreadsheet would take for a formula has an apostrophe before it. A quote that is longer than
    a cell can be is shortened: its beginning and end, its length and its SHA-256, which `read_gold` holds
    to the document.
    """
    _replace(Path(path), gold_content(codings, coded=coded))


def gold_content(codings: pd.DataFrame, *, coded: pd.DataFrame | None = None) -> bytes:
    """Return what `write_gold` would write.

    Parameters
    ----------
    codings, coded : pandas.DataFrame
        As for `write_gold`.

    Returns
    -------
    bytes
        The file's content.

    Raises
    ------
    TableError
        If a frame is not of its table.
    """
    frame = conform(codings, CODINGS).assign(scope=WHOLE, looked_for="")
    if coded is not None:
        frame = _with_what_was_read(frame, coded)
    columns = (*COLUMNS, SCOPE) if (frame[SCOPE] == PART).any() else COLUMNS
    columns = (*columns, LOOKED_FOR) if (frame[LOOKED_FOR] != "").any() else columns
    # Rows that say what was read have none.
    frame = frame.assign(memo=frame[MEMO].fillna("") if MEMO in frame.columns else "")
    columns = (*columns, MEMO) if (frame[MEMO] != "").any() else columns
    frame = frame.sort_values(["document", "start", "end", "code", "coder"], kind="stable")
    cells: dict[str, list[object]] = {
        name: [guard(cell) for cell in frame[name]] for name in columns if name not in _NUMBERS
    }
    if MEMO in cells:
        cells[MEMO] = [guard_memo(memo) for memo in frame[MEMO]]
    cells["quote"] = [guard(quote_cell(quote)) for quote in frame["quote"]]
    for name in _NUMBERS:
        cells[name] = ["" if number == _NO_SPAN else number for number in frame[name].tolist()]
    output = io.StringIO(newline="")
    # All text in quotation marks: the csv module leaves a lone carriage return bare.
    writer = csv.writer(output, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(cells[name] for name in columns), strict=True))
    return output.getvalue().encode("utf-8-sig")


def _with_what_was_read(codings: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Return the codings with their scope, and rows for what was read without finding anything."""
    if SCOPE not in coded.columns:
        coded = coded.assign(start=0, end=0, scope=WHOLE, quote="")
    coded_rows = conform(coded, CODED)
    pair, span = ["coder", "document"], ["coder", "document", "start", "end"]
    whole = coded_rows.loc[coded_rows[SCOPE] == WHOLE, [*pair, LOOKED_FOR]].drop_duplicates(pair)
    parts = coded_rows[
        (coded_rows[SCOPE] == PART) & ~among(coded_rows, whole, pair)
    ].drop_duplicates(span)
    scoped = codings.assign(scope=_scope(among(codings, parts, pair)))
    scoped[LOOKED_FOR] = np.where(
        scoped[SCOPE] == PART, _cells_of(scoped, parts, span), _cells_of(scoped, whole, pair)
    )
    empty_handed = whole[~among(whole, codings, pair)].assign(start=_NO_SPAN, end=_NO_SPAN)
    markers = [
        empty_handed.assign(scope=WHOLE, code="", quote=""),
        parts[~among(parts, codings, span)].assign(code=""),
    ]
    return pd.concat([frame for frame in (scoped, *markers) if len(frame)] or [scoped])


def _cells_of(frame: pd.DataFrame, read: pd.DataFrame, key: list[str]) -> npt.NDArray[np.object_]:
    """Return what was looked for at the place of each row, empty for all codes."""
    cells = read.set_index(key)[LOOKED_FOR].reindex(pd.MultiIndex.from_frame(frame[key]))
    return cells.fillna("").to_numpy(dtype=object)


def _scope(part: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    return np.where(part, np.array(PART, dtype=object), np.array(WHOLE, dtype=object))


def _replace(path: Path, content: bytes) -> None:
    if not path.parent.is_dir():
        raise GoldError(
            "It cannot be written: there is no such folder.",
            file=path,
            cure="Make the folder, or name another file.",
        )
    try:
        with replacing(path) as draft:
            draft.write_bytes(content)
    except FourpError as error:
        raise GoldError(
            error.problem,
            file=path,
            cure="Close it in other programs, and check that the folder is there and writable.",
        ) from error
