"""Assisted codings: what people decided about the machine's suggestions while they saw them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import (
    COLUMNS,
    LOOKED_FOR,
    MEMO,
    SCOPE,
    guard,
    guard_memo,
    unguard,
    unguard_memo,
)
from fourp_nlp.coding.gold.rows import separator_of
from fourp_nlp.columns import PART, WHOLE, Column
from fourp_nlp.errors import GoldError
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import bounded, lines_of
from fourp_nlp.spreadsheets import quote_cell
from fourp_nlp.tables import conform, empty, make_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = [
    "ASSISTED",
    "BULK",
    "DECIDED",
    "EARLIER",
    "FINISHED",
    "SPAN",
    "assisted_content",
    "read_assisted",
]

ASSISTED, BULK, FINISHED = "assisted", "bulk", "finished"
"""Origins: a person decided on one suggestion; accepted many at once; or read the rest of a document."""

SPAN = "span"
"""Origin of a code that a person gave to a passage of their own choice, of any length."""

EARLIER = "earlier"
"""Origin, in the log alone, of a memo on a code that the person gave without seeing suggestions."""

DECIDED = make_table(
    "decided",
    document=("str", "id of the document"),
    start=(
        "int64",
        "first code point of the segment or passage; 0 for a document that was finished",
    ),
    end=("int64", "one past its last code point"),
    code=("str", "id of the code; empty for a document that was finished"),
    coder=("str", "who decided"),
    quote=("str", "the text there, exactly"),
    accepted=("bool", "whether the code applies"),
    origin=("str", "assisted, bulk, span or finished"),
    probability=("float64", "what the machine gave then; empty where it had none"),
    model=("str", "id of the machine; empty where it had no suggestion"),
    decided_at=("str", "date of the decision"),
    memo=Column("str", "the person's memo on the coding; empty if there is none", ""),
)
"""One row a decision about a code at a segment."""

_EXTRA = ("origin", "probability", "model", "decided_at", "rejected")
_SPAN = ["document", "start", "end"]
_BETWEEN = "; "


def assisted_content(decided: pd.DataFrame) -> bytes:
    """Return the gold file of one coder's decisions.

    Parameters
    ----------
    decided : pandas.DataFrame
        The table DECIDED.

    Returns
    -------
    bytes
        CSV that `read_gold` and `read_assisted` read. Each accepted code has a row; a segment without any
        has one without a code. The column looked_for names the codes that were decided on, and rejected those
        that do not apply, each with its probability. A document that was finished has a row of its own.
    """
    frame = conform(decided, DECIDED).sort_values([*_SPAN, "code"], kind="stable")
    columns: tuple[str, ...] = (*COLUMNS, SCOPE, LOOKED_FOR, *_EXTRA)
    if (frame[MEMO] != "").any():
        columns = (*columns, MEMO)
    output = io.StringIO(newline="")
    writer = csv.writer(output, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(columns)
    for row in _rows(frame):
        writer.writerow(
            [
                value if isinstance(value, int | float) else _guarded(name, value)
                for name, value in ((name, row.get(name, "")) for name in columns)
            ]
        )
    return output.getvalue().encode("utf-8-sig")


def _guarded(name: str, value: str) -> str:
    return guard_memo(value) if name == MEMO else guard(value)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, str | int | float]]:
    finished = frame[frame["origin"] == FINISHED]
    for document, coder, day in finished[["document", "coder", "decided_at"]].itertuples(
        index=False
    ):
        yield {
            "document": document, "coder": coder, SCOPE: WHOLE, "origin": FINISHED, "decided_at": day,
        }  # fmt: skip
    segments = frame[frame["origin"] != FINISHED]
    for _, of_segment in segments.groupby(_SPAN, sort=False):
        looked_for = " ".join(of_segment["code"])
        rejected = of_segment[~of_segment["accepted"]]
        listed = _BETWEEN.join(
            code if np.isnan(probability) else f"{code} {probability:.4f}"
            for code, probability in zip(rejected["code"], rejected["probability"], strict=True)
        )
        accepted = of_segment[of_segment["accepted"]]
        shown = (
            accepted
            if len(accepted)
            else rejected.iloc[:1].assign(code="", probability=np.nan, memo="")
        )
        for record in shown.to_dict("records"):
            row = {str(name): value for name, value in record.items()}
            probability = float(row.pop("probability"))
            row.pop("accepted")
            row["quote"] = quote_cell(row["quote"])
            yield {
                **row, SCOPE: PART, LOOKED_FOR: looked_for, "rejected": listed,
                **({} if np.isnan(probability) else {"probability": round(probability, 4)}),
            }  # fmt: skip


def read_assisted(path: Path, codes: Sequence[str]) -> pd.DataFrame:
    """Read decisions about suggestions from a file that `assisted_content` wrote, and people may have edited.

    Parameters
    ----------
    path : pathlib.Path
        A gold file in the folder of assisted codings that `read_gold` has found right.
    codes : sequence of str
        Ids of the codes that there are.

    Returns
    -------
    pandas.DataFrame
        The table DECIDED. A row without an origin is one decision by one person, and codes that were looked
        for and are neither given nor under rejected were rejected, too.

    Raises
    ------
    GoldError
        If the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"It cannot be read: {error}.", file=path) from error
    delimiter, text, _ = separator_of(text)
    with cell_reader(lines_of(text), delimiter=delimiter) as reader:
        rows = [row for row in bounded(reader, path) if any(cell.strip() for cell in row)]
    if not rows:
        return empty(DECIDED)
    header = [cell.strip().lower() for cell in rows[0]]
    cells = [
        {name: _said(name, cell) for name, cell in zip(header, row, strict=False)}
        for row in rows[1:]
    ]
    decided = pd.DataFrame(
        [decision for row in cells for decision in _decisions_of_row(row, path.stem, list(codes))],
        columns=list(DECIDED.columns),
    )
    if decided.empty:
        return empty(DECIDED)
    # Rejections stand on each row of a segment, beside the code that another row accepts.
    decided = decided.sort_values("accepted", ascending=False, kind="stable")
    return conform(decided.drop_duplicates([*_SPAN, "code", "coder"]).sort_index(), DECIDED)


def _said(name: str, cell: str) -> str:
    """Return what a cell says; a quote may begin and end with white space."""
    if name == MEMO:
        return unguard_memo(cell)
    return unguard(cell if name == "quote" else cell.strip())


def _decisions_of_row(
    row: dict[str, str], stem: str, codes: list[str]
) -> Iterator[dict[str, object]]:
    common = {
        "document": row.get("document", ""),
        "coder": row.get("coder", "") or stem,
        "quote": row.get("quote", ""),
        "model": row.get("model", ""),
        "decided_at": row.get("decided_at", ""),
    }
    origin = row.get("origin", "") or ASSISTED
    if not row.get("start", ""):
        yield {
            **common, "start": 0, "end": 0, "code": "", "accepted": False, "origin": FINISHED,
            "probability": np.nan, "memo": "",
        }  # fmt: skip
        return
    place = {"start": int(row["start"]), "end": int(row["end"]), "origin": origin}
    given = row.get("code", "")
    if given:
        yield {
            **common, **place, "code": given, "accepted": True,
            "probability": _number(row.get("probability", "")), "memo": row.get(MEMO, ""),
        }  # fmt: skip
    listed = dict(_rejected(row.get("rejected", "")))
    looked_for = [code for code in row.get(LOOKED_FOR, "").split() if code in codes]
    for code in dict.fromkeys([*listed, *looked_for]):
        if code != given and code in codes:
            # Nothing is rejected in bulk.
            yield {
                **common, **place, "origin": ASSISTED, "code": code, "accepted": False,
                "probability": listed.get(code, np.nan), "memo": "",
            }  # fmt: skip


def _rejected(cell: str) -> Iterator[tuple[str, float]]:
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        code, _, number = part.partition(" ")
        yield code, _number(number)


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")
