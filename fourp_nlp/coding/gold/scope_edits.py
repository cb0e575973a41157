"""Changing what gold files say was read: a whole document, or the coded passages alone."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.coding.gold.columns import SCOPE, guard, unguard
from fourp_nlp.coding.gold.rows import separator_of
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.files.delimited import cell_reader
from fourp_nlp.files.table_limits import lines_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

__all__ = ["GoldTable", "passages_only", "read_as_whole", "read_table"]


class GoldTable(NamedTuple):
    """The rows of a gold file as they are written, to be changed and written again.

    Attributes
    ----------
    header : list of str
        Names of the columns, in lower case.
    rows : list of list of str
        The header as it is written, then the other rows.
    delimiter, ending : str
        What separates cells, and lines.
    before : str
        What comes before the table: a byte order mark, a line that names the separator.
    stem : str
        The file's name without its ending: the coder where there is no such column.
    """

    header: list[str]
    rows: list[list[str]]
    delimiter: str
    ending: str
    before: str
    stem: str

    def cell(self, row: list[str], name: str) -> str:
        """Return what a row says under a column, empty if there is none."""
        if name not in self.header:
            return self.stem if name == "coder" else ""
        at = self.header.index(name)
        return unguard(row[at].strip()) if at < len(row) else ""

    def is_of(self, row: list[str], coder: str, documents: Collection[str]) -> bool:
        """Whether a row is of a coder and of one of some documents."""
        same_coder = name_key(self.cell(row, "coder")) == name_key(coder)
        return same_coder and self.cell(row, "document") in documents

    def content(self) -> bytes:
        """Return the file's content."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator=self.ending)
        writer.writerows(self.rows)
        return (self.before + out.getvalue()).encode("utf-8")


def read_table(path: Path) -> GoldTable:
    """Read the rows of a gold file that `read_gold` has found right.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    GoldTable
        Its rows, blank ones left out.
    """
    data = path.read_bytes()
    text = data.decode("utf-8-sig")
    delimiter, table, skipped = separator_of(text)
    with cell_reader(lines_of(table), delimiter=delimiter) as reader:
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    return GoldTable(
        [cell.strip().lower() for cell in rows[0]],
        rows,
        delimiter,
        "\r\n" if "\r\n" in text else "\n",
        mark + (text[: text.index("\n") + 1] if skipped else ""),
        path.stem,
    )


def passages_only(table: GoldTable, coder: str, documents: Collection[str]) -> GoldTable | None:
    """Return a gold file in which a coder has read only the coded passages of some documents.

    Parameters
    ----------
    table : GoldTable
        The file.
    coder : str
        The coder.
    documents : collection of str
        The documents.

    Returns
    -------
    GoldTable or None
        The file with another scope in their rows, and without rows that only say that a document was read;
        None if nothing changes.
    """
    header, rows = list(table.header), [list(row) for row in table.rows]
    if SCOPE not in header:
        header.append(SCOPE)
        rows = [
            [*row, *[""] * (len(table.header) - len(row)), SCOPE if at == 0 else ""]
            for at, row in enumerate(rows)
        ]
    place = header.index(SCOPE)
    edited = table._replace(header=header, rows=rows)
    kept, changed = rows[:1], 0
    for row in rows[1:]:
        if edited.is_of(row, coder, documents) and edited.cell(row, SCOPE).lower() != PART:
            changed += 1
            if not edited.cell(row, "start"):
                continue
            row[place : place + 1] = [PART]
        kept.append(row)
    return edited._replace(rows=kept) if changed else None


def read_as_whole(table: GoldTable, coder: str, documents: Collection[str]) -> GoldTable | None:
    """Return a gold file that says that a coder has read some documents as a whole.

    Parameters
    ----------
    table : GoldTable
        The file.
    coder : str
        The coder.
    documents : collection of str
        The documents.

    Returns
    -------
    GoldTable or None
        The file with a row for each document that it does not say it of yet; None if there is none.
    """
    whole = {
        table.cell(row, "document")
        for row in table.rows[1:]
        if table.is_of(row, coder, documents) and table.cell(row, SCOPE).lower() in {"", WHOLE}
    }
    new = [name for name in documents if name not in whole]
    cells = {"coder": coder, SCOPE: WHOLE}
    rows = [
        [guard({**cells, "document": name}.get(column, "")) for column in table.header]
        for name in new
    ]
    return table._replace(rows=[*table.rows, *rows]) if rows else None
