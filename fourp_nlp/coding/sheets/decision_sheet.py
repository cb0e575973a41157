"""Decision sheets: reading people's decisions about codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.coding.gold.columns import unguard
from fourp_nlp.coding.gold.problems import SHOWN, did_you_mean, raise_all
from fourp_nlp.coding.sheets._sheet_rows import problem_collector, read_rows, text_of_row
from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fourp_nlp.coding.gold.problems import Problem

__all__ = ["DECISIONS_SHEET", "DECISION_COLUMNS", "FilledDecisions", "read_decisions"]

DECISION_COLUMNS = ["document", "start", "end", "code", "settled", "decided_by"]

_ACCEPT = "accept"
"""What the column settled is called on a sheet of the machine's suggestions."""

DECISIONS_SHEET = "disagreements"
"""Name of the sheet in a workbook."""

_SAID = {
    **dict.fromkeys(["true", "1", "1.0", "yes", "y", "wahr", "vrai", "ja", "oui"], True),
    **dict.fromkeys(["false", "0", "0.0", "no", "n", "falsch", "faux", "nein", "non"], False),
}
_RULE, _BOTH = "rule:", "both"
_ANEW = "write the sheet anew"


class FilledDecisions(NamedTuple):
    """What people decided on a sheet.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a decision, in the order of the file: the columns of `DECISION_COLUMNS` (settled is
        bool, start and end are int64), row (as a spreadsheet numbers it) and note.
    undecided : int
        Rows that nobody decided yet.
    """

    table: pd.DataFrame
    undecided: int


def read_decisions(
    path: Path,
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    decided_by: str = "",
    sheet: str = DECISIONS_SHEET,
) -> FilledDecisions:
    """Read decisions: a sheet of disagreements or suggestions, or a table of reconciliation, filled in.

    Rows may stand in any order and be missing, columns may have moved, and further ones are passed over.

    Parameters
    ----------
    path : pathlib.Path
        CSV or XLSX with the columns of `DECISION_COLUMNS`; settled may be called accept. Where there is a
        column text, it must say what the document says at that place. A row without anything under settled
        is undecided.
        Rows that a rule settled, or both coders agreed on, hold no person's decision and are left out.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    codes : sequence of str
        Ids of the codes that there are.
    decided_by : str, optional
        Name of the person who decided, for rows without a name.
    sheet : str, optional
        Name of the sheet in a workbook; if there is none of this name, the first is read.

    Returns
    -------
    FilledDecisions
        The decisions, and how many rows have none.

    Raises
    ------
    GoldError
        If the file cannot be read or lacks a column; if a cell cannot be understood, a row's text is
        not what its document says at its place, a row is decided by nobody, or two rows decide the same
        pair of segment and code differently. It names up to 20 rows.
    """
    header, body = read_rows(path, sheet)
    if _ACCEPT in header and "settled" not in header:
        header = ["settled" if name == _ACCEPT else name for name in header]
    at = _columns(path, header)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    problems: list[Problem] = []
    rows: list[tuple[object, ...]] = []
    first: dict[tuple[object, ...], tuple[int, bool]] = {}
    undecided = 0
    for number, cells in body:
        say = problem_collector(path, number, problems)
        cell_by_column = {name: unguard(cells[place].strip()).strip() for name, place in at.items()}
        person = cell_by_column["decided_by"] or decided_by.strip()
        if person == _BOTH or person.startswith(_RULE):
            continue
        if not cell_by_column["settled"]:
            undecided += 1
            continue
        segment = text_of_row(cells, at, texts, say, anew=_ANEW)
        if segment is None:
            continue
        settled = _settled(cell_by_column, person, codes, say)
        if settled is None:
            continue
        key = (*segment[:3], cell_by_column["code"])
        before, earlier_decision = first.setdefault(key, (number, settled))
        if earlier_decision != settled:
            say(f"The row decides otherwise than row {before}.", "Delete or correct one of them.")
        elif before == number:
            note = cell_by_column.get("note", "")
            rows.append((*key, settled, person, number, note))
    raise_all(problems[:SHOWN], len(problems), what="The decisions have")
    table = pd.DataFrame(rows, columns=[*DECISION_COLUMNS, "row", "note"])
    kinds = {"start": "int64", "end": "int64", "row": "int64", "settled": "bool"}
    return FilledDecisions(table.astype(kinds), undecided)


def _settled(
    cell_by_column: dict[str, str],
    person: str,
    codes: Sequence[str],
    say: Callable[[str, str], None],
) -> bool | None:
    """Return the decision of a row, or report why it has none."""
    if cell_by_column["code"] not in codes:
        hint = (
            did_you_mean(cell_by_column["code"], codes) or f"The codebook has: {', '.join(codes)}."
        )
        say(f"There is no code '{cell_by_column['code']}'.", hint)
        return None
    settled = _SAID.get(cell_by_column["settled"].casefold())
    if settled is None:
        say(
            f"'{cell_by_column['settled']}' is not allowed in the column 'settled'.",
            "Write yes or no, or leave it blank if nothing is decided.",
        )
    elif not person:
        say(
            "The row is decided, but has no name under 'decided_by'.",
            "Write there who decided, or add --decided-by NAME for all such rows.",
        )
        return None
    return settled


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    optional = [name for name in ("text", "note") if name in header]
    missing = [name for name in DECISION_COLUMNS if name not in header]
    if missing:
        raise GoldError(
            f"The column(s) {', '.join(missing)} are missing.",
            file=path,
            place="row 1",
            cure=f"The table needs: {', '.join(DECISION_COLUMNS)}.",
        )
    for name in (*DECISION_COLUMNS, *optional):
        if header.count(name) > 1:
            raise GoldError(
                f"The column '{name}' is there more than once.",
                file=path,
                place="row 1",
                cure="Delete one of them.",
            )
    return {name: header.index(name) for name in (*DECISION_COLUMNS, *optional)}
