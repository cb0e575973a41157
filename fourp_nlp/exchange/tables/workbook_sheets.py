"""Workbooks with several sheets of one kind: which others read, and whether sheets are called like coders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.exchange.tables.column_heads import plain
from fourp_nlp.exchange.tables.layouts.further_sheets import CODEBOOK, DOCUMENTS
from fourp_nlp.exchange.tables.places.document_names import known_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["BESIDE", "are_coders", "sheets_read", "tell_columns"]

BESIDE = frozenset({CODEBOOK, DOCUMENTS, "how to"})
"""Sheets beside a table that this program wrote: they are no tables of codings."""

# What programs call a sheet, and what says nothing of a person.
_PLAIN_NAME = re.compile(
    r"^(?:sheet|tabelle|tabellenblatt|feuil|feuille|hoja|foglio|blatt|table|data|daten|codings?|matrix|page|part|"
    r"teil|segments?)?[ _]?(?:[0-9]+|\([0-9]+\))*$"
)


_SHOWN = 3  # columns that a loss names; a remark names all


def tell_columns(why: str, heads: Sequence[str], losses: Losses, remarks: list[str]) -> None:
    """Tell which columns were passed over, every one by its name.

    Parameters
    ----------
    why : str
        Why.
    heads : sequence of str
        Their heads.
    losses : Losses
        Is told.
    remarks : list of str
        Is told the names if there are many.
    """
    losses.add("columns", why, heads)
    if len(heads) > _SHOWN:
        remarks.append(f"{len(heads)} columns were passed over: {', '.join(heads)}.")


def are_coders(names: Sequence[str], texts: Mapping[str, str]) -> bool:
    """Return whether sheets may be called like coders.

    Parameters
    ----------
    names : sequence of str
        Names of sheets.
    texts : mapping of str to str
        Texts by document id: sheets may also be called like documents.
    """
    plain_names = any(_PLAIN_NAME.match(plain(name)) for name in names)
    return not plain_names and not (texts and known_share(names, texts) > 0)


def sheets_read(names: Sequence[str], *, named: bool) -> str:
    """Return a sentence that says which sheets were read, and whether their names are those of coders."""
    said = f"{len(names)} sheets are tables of one kind, and all were read: {', '.join(names)}."
    if not named:
        return said
    return f"{said} No column says who coded: the names of the sheets were taken for the coders."
