"""Sheets of codings whose code is split: the decisions that come back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.coding.gold.codes_looked_for import codes_in_cell
from fourp_nlp.coding.gold.columns import unguard
from fourp_nlp.coding.gold.problems import SHOWN, did_you_mean, raise_all
from fourp_nlp.coding.sheets._sheet_rows import problem_collector, read_rows, text_of_row
from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.coding.gold.problems import Problem

__all__ = ["NO_CODE", "SPLIT_SHEET", "SplitDecision", "SplitKey", "read_split_decisions"]

SPLIT_SHEET = "split"
"""Name of the sheet in a workbook."""

NO_CODE = "none"
"""What stands under becomes if none of the new codes applies."""

SplitKey = tuple[str, str, int, int, str]
"""A coding: its gold file, document, start, end, and its coder's name as names are compared."""

_NEEDED = ("document", "start", "end", "coder", "file", "code", "into", "becomes")
_NONE = {NO_CODE, "-", "\N{EN DASH}", "\N{EM DASH}"}
_BETWEEN_NAMES = re.compile(r"[;,|\n]+")


class SplitDecision(NamedTuple):
    """What somebody decided about a coding whose code is split.

    Attributes
    ----------
    key : tuple
        The coding.
    row : int
        As a spreadsheet numbers it.
    into : tuple of str
        The codes into which its code is split.
    becomes : tuple of str or None
        Those that apply; None if nothing is decided.
    """

    key: SplitKey
    row: int
    into: tuple[str, ...]
    becomes: tuple[str, ...] | None


def read_split_decisions(
    path: Path, documents: pd.DataFrame, code: str, names: Mapping[str, str]
) -> list[SplitDecision]:
    """Read the decisions on a sheet of codings whose code is split.

    Parameters
    ----------
    path : pathlib.Path
        CSV or XLSX that `fourp codebook split` wrote. Rows may stand in any order, and be missing.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    code : str
        The code that is split.
    names : mapping of str to str
        The name of each code, by its id. Under becomes, ids and names are understood.

    Returns
    -------
    list of SplitDecision
        In the order of the sheet.

    Raises
    ------
    GoldError
        If the file cannot be read or lacks a column; if a row's text is not what its document says there, or
        a cell cannot be understood. It names up to 20 rows.
    """
    header, body = read_rows(path, SPLIT_SHEET)
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise GoldError(
            f"The column(s) {', '.join(missing)} are missing.",
            file=path,
            place="row 1",
            cure="Write the sheet anew, with fourp codebook split.",
        )
    at = {name: header.index(name) for name in (*_NEEDED, "text") if name in header}
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    ids = {name.casefold(): one for one, name in names.items()}
    problems: list[Problem] = []
    decisions: dict[SplitKey, SplitDecision] = {}
    for row, cells in body:
        say = problem_collector(path, row, problems)
        cell = {name: unguard(cells[place].strip()).strip() for name, place in at.items()}
        place = text_of_row(cells, at, texts, say, anew="write the sheet anew")
        if place is None:
            continue
        if cell["code"] != code:
            say(f"The row is about the code '{cell['code']}', not '{code}'.", "Delete the row.")
            continue
        into = _codes(cell["into"], names, {}, "into", say)
        becomes = _codes(cell["becomes"], into or (), ids, "becomes", say)
        if into is None or (cell["becomes"] and becomes is None):
            continue
        key = (cell["file"], *place[:3], name_key(cell["coder"]))
        decision = SplitDecision(key, row, into, becomes if cell["becomes"] else None)
        earlier = decisions.setdefault(key, decision)
        if earlier.becomes != decision.becomes:
            say(
                f"The row decides otherwise than row {earlier.row}.",
                "Delete or correct one of them.",
            )
    raise_all(problems[:SHOWN], len(problems), what="The decisions have")
    return list(decisions.values())


def _codes(
    cell: str,
    allowed: Mapping[str, str] | tuple[str, ...],
    ids: Mapping[str, str],
    column: str,
    say: Callable[[str, str], None],
) -> tuple[str, ...] | None:
    """Return the codes that a cell names, by their ids or names, or report one that cannot be meant."""
    codes: list[str] = []
    for part in (part.strip() for part in _BETWEEN_NAMES.split(cell)):
        if part in allowed:
            codes.append(part)
        elif ids.get(part.casefold()) in allowed:
            codes.append(ids[part.casefold()])
        else:
            codes += codes_in_cell(part)
    if column == "becomes" and len(codes) == 1 and codes[0].casefold() in _NONE:
        return ()
    for code in codes:
        if code not in allowed:
            listed = ", ".join(allowed)
            none = f" Write {NO_CODE} if none of them applies." if column == "becomes" else ""
            say(
                f"'{code}' is not allowed in the column '{column}'.",
                (did_you_mean(code, allowed) or f"Write some of: {listed}.") + none,
            )
            return None
    return tuple(dict.fromkeys(codes))
