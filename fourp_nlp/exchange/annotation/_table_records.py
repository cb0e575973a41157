"""Reads tables that annotation programs export as the records of their JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.exchange.annotation.json_records import Record, Where, read_records
from fourp_nlp.exchange.tables.table_file import read_tables

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator

__all__ = ["records_of"]

_TABLES = frozenset({".csv", ".tsv", ".tab", ".xlsx", ".xlsm"})
_LONGEST = 10_000_000  # characters of a cell that is read as JSON


def records_of(
    path: str | os.PathLike[str], *, lists: Collection[str] = (), between: str = ""
) -> Iterator[Record]:
    """Return the records of a file of JSON, or of a table.

    `lists` are columns that hold a list of labels; `between` separates the labels of a list that is
    not JSON (empty: each is one label). Raises ExchangeError if the file cannot be read, and
    UnsafeExchangeError if it is beyond the limits.
    """
    file = Path(path)
    if file.suffix.lower() not in _TABLES:
        yield from read_records(path)
        return
    for table in read_tables(
        path, "", lambda cells: "text" in {cell.casefold() for cell in cells}
    ).tables:
        columns = {head: table.texts(at) for at, head in enumerate(table.header) if head}
        for at, number in enumerate(table.numbers.tolist()):
            fields = {
                head: _value(texts[at], head in lists, between)
                for head, texts in columns.items()
                if texts[at] != ""
            }
            yield Record(fields, Where(file, number))


def _value(cell: str, is_list: bool, between: str) -> Any:  # noqa: FBT001 - what JSON can hold
    text = cell.strip()
    if text[:1] in {"[", "{"} and len(text) <= _LONGEST:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    if not is_list:
        return cell
    labels = [label.strip() for label in text.split(between)] if between else [text]
    return [label for label in labels if label]
