"""Memos of the review page written beside codings that were given without suggestions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.coding.gold.columns import MEMO, guard_memo
from fourp_nlp.coding.gold.scope_edits import read_table
from fourp_nlp.files import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.coding.gold.scope_edits import GoldTable
    from fourp_nlp.files import Content
    from fourp_nlp.study.study import Study

__all__ = ["MemoFiles", "files_with_memos"]

_KEY = ["document", "start", "end", "code"]
_Place = tuple[str, str, str, str]


@dataclass
class MemoFiles:
    """Gold files with memos.

    Attributes
    ----------
    contents : dict of pathlib.Path to bytes or None
        What the files are to hold.
    expect : dict of pathlib.Path to str or None
        Their fingerprints as they were read.
    placed : pandas.DataFrame
        Columns document, start, end and code: memos whose coding is in a gold file.
    """

    contents: dict[Path, Content] = field(default_factory=dict)
    expect: dict[Path, str | None] = field(default_factory=dict)
    placed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_KEY))

    @property
    def written(self) -> int:
        """How many memos are in the files."""
        return len(self.placed)


def files_with_memos(study: Study, coder: str, entries: pd.DataFrame) -> MemoFiles:
    """Return the gold files of a person with memos beside codings; nothing else in them changes.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person.
    entries : pandas.DataFrame
        Rows of the table REVIEWED, one a coding.

    Returns
    -------
    MemoFiles
        The files, and which codings were there.
    """
    result = MemoFiles()
    if entries.empty:
        return result
    columns = (entries[name].tolist() for name in (*_KEY, "memo"))
    memos = {
        (unicodedata.normalize("NFC", document), str(start), str(end), code): memo
        for document, start, end, code, memo in zip(*columns, strict=True)
    }
    placed: set[_Place] = set()
    for path in study.project.gold_files:
        table = read_table(path)
        edited, places = _with_memos(table, name_key(coder), memos)
        placed |= places
        if edited is not None:
            result.expect[path] = fingerprint(path)
            result.contents[path] = edited.content()
    names = entries["document"].map(lambda name: unicodedata.normalize("NFC", name))
    keys = zip(
        names,
        entries["start"].astype(str),
        entries["end"].astype(str),
        entries["code"],
        strict=True,
    )
    there = [key in placed for key in keys]
    result.placed = entries.loc[there, _KEY]
    return result


def _with_memos(
    table: GoldTable, coder: str, memos: dict[_Place, str]
) -> tuple[GoldTable | None, set[_Place]]:
    """Return a gold file with memos, None if nothing changes in it; and which codings it has."""
    header, rows = list(table.header), [list(row) for row in table.rows]
    if MEMO not in header:
        header.append(MEMO)
        rows[0] += [""] * (len(table.header) - len(rows[0])) + [MEMO]
    edited = table._replace(header=header, rows=rows)
    at, places, changed = header.index(MEMO), set[_Place](), False
    for row in rows[1:]:
        if name_key(edited.cell(row, "coder")) != coder:
            continue
        document, start, end, code = (edited.cell(row, name) for name in _KEY)
        place = (unicodedata.normalize("NFC", document), start, end, code)
        if place not in memos:
            continue
        places.add(place)
        cell = guard_memo(memos[place])
        row.extend([""] * (at + 1 - len(row)))
        changed |= row[at] != cell
        row[at] = cell
    return (edited if changed else None), places
