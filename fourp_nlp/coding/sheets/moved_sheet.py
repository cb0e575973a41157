"""Sheets of codings whose passage changed: their columns, and the decisions that come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.columns import unguard
from fourp_nlp.coding.gold.problems import SHOWN, raise_all
from fourp_nlp.coding.sheets._sheet_rows import problem_collector, read_rows
from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.coding.gold.problems import Problem

__all__ = ["MOVED_COLUMNS", "MOVED_SHEET", "MovedDecision", "read_moved_decisions"]

MOVED_SHEET = "codings"
"""Name of the sheet in a workbook."""

MOVED_COLUMNS = (
    "number", "document", "coder", "code", "status", "old_quote", "new_quote", "sentences", "decision",
)  # fmt: skip
_NEEDED = ("number", "new_quote", "decision")
_DECISIONS = {"keep": True, "k": True, "drop": False, "d": False}


class MovedDecision(NamedTuple):
    """What somebody decided about a coding whose passage changed.

    Attributes
    ----------
    row : int
        As a spreadsheet numbers it.
    number : int
        The coding.
    keep : bool
        Whether it is kept.
    new_quote : str
        The passage that it is to have.
    """

    row: int
    number: int
    keep: bool
    new_quote: str


def read_moved_decisions(path: Path) -> list[MovedDecision]:
    """Read the decisions on a sheet of codings whose passage changed.

    Parameters
    ----------
    path : pathlib.Path
        CSV or XLSX with the columns number, new_quote and decision. Rows without a decision or without a
        number are passed over.

    Returns
    -------
    list of MovedDecision
        In the order of the sheet.

    Raises
    ------
    GoldError
        If the file cannot be read, lacks a column, or a cell cannot be understood.
    """
    header, body = read_rows(path, MOVED_SHEET)
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise GoldError(
            f"The column {missing[0]} is missing.",
            file=path,
            cure="Write the sheet anew: fourp gold --move",
        )
    at = {name: header.index(name) for name in _NEEDED}
    problems: list[Problem] = []
    decisions: dict[int, MovedDecision] = {}
    for row, cells in body:
        say = problem_collector(path, row, problems)
        number = unguard(cells[at["number"]].strip())
        decision = unguard(cells[at["decision"]].strip()).casefold()
        if not number or not decision:
            continue
        if not (number.isdecimal() and len(number) < 10):
            say(f"The number is '{number}'.", "Restore the original cell, or delete the row.")
            continue
        if decision not in _DECISIONS:
            say(f"The decision is '{decision}'.", "Write keep or drop.")
            continue
        if int(number) in decisions:
            say(f"Number {number} stands in two rows.", "Delete one of them.")
            continue
        quote = unguard(cells[at["new_quote"]])
        decisions[int(number)] = MovedDecision(row, int(number), _DECISIONS[decision], quote)
    raise_all(problems[:SHOWN], len(problems), what="The decisions have")
    return list(decisions.values())
