"""Sheets of a workbook of codings: which are read, and whether they are named after coders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.exchange.tables.column_heads import plain
from fourp_nlp.exchange.tables.layouts.further_sheets import CODEBOOK, DOCUMENTS
from fourp_nlp.exchange.tables.places.document_names import matched_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["FURTHER_SHEETS", "report_unread_columns", "sheets_are_coders", "sheets_remark"]

FURTHER_SHEETS = frozenset({CODEBOOK, DOCUMENTS, "how to"})
"""Sheets that this program writes beside a table of codings, and reads separately."""

# What programs call a sheet, and what says nothing of a person.
_PLAIN_NAME = re.compile(
    r"^(?:sheet|tabelle|tabellenblatt|feuil|feuille|hoja|foglio|blatt|table|data|daten|codings?|matrix|page|part|"
    r"teil|segments?)?[ _]?(?:[0-9]+|\([0-9]+\))*$"
)


_SHOWN = 3  # columns that a loss names; a remark names all


def report_unread_columns(
    why: str, heads: Sequence[str], losses: Losses, remarks: list[str]
) -> None:
    """Add the columns that were not read to the losses; if there are many, name all in a remark.

    Parameters
    ----------
    why : str
        Why.
    heads : sequence of str
        Their heads.
    losses : Losses
        Gets the columns.
    remarks : list of str
        Gets the names if there are many.
    """
    losses.add("columns", why, heads)
    if len(heads) > _SHOWN:
        remarks.append(f"{len(heads)} columns were not read: {', '.join(heads)}.")


def sheets_are_coders(names: Sequence[str], texts: Mapping[str, str]) -> bool:
    """Return whether sheets may be named after coders.

    Parameters
    ----------
    names : sequence of str
        Names of sheets.
    texts : mapping of str to str
        Texts by document id: sheets may also be named after documents.
    """
    plain_names = any(_PLAIN_NAME.match(plain(name)) for name in names)
    return not plain_names and not (texts and matched_share(names, texts) > 0)


def sheets_remark(names: Sequence[str], *, named: bool) -> str:
    """Return the remark on which sheets were read, and whether their names were taken for coders."""
    sentence = f"{len(names)} sheets are tables of one kind, and all were read: {', '.join(names)}."
    if not named:
        return sentence
    return f"{sentence} No column names the coder: the sheets' names are used as coders."
