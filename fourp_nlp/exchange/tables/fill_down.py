"""Fills blank cells that repeat the cell above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.exchange.tables.places.document_names import match_documents
from fourp_nlp.exchange.tables.places.row_places import QuoteFinder

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["fill_from_above"]

_PLACE = ("document", "quote", "start", "end")


def fill_from_above(
    cells: pd.DataFrame, texts: Mapping[str, str], remarks: list[str]
) -> pd.DataFrame:
    """Fill cells that were left blank because nothing changes, or merged before a table was saved as text.

    A code beside nothing at all is a further code of the row above. A quote without a document is one of the
    document above if it stands there. The coder is then also that of the row above, unless one is named.

    Parameters
    ----------
    cells : pandas.DataFrame
        Columns document, quote, start, end, code, coder and sheet, all texts.
    texts : mapping of str to str
        Texts by document id.
    remarks : list of str
        Gets a sentence on such rows.

    Returns
    -------
    pandas.DataFrame
        The same with these cells filled.
    """
    columns = {name: cells[name].tolist() for name in (*_PLACE, "code", "coder", "sheet")}
    finder = QuoteFinder(texts)
    meant: dict[str, str] = {}
    last: dict[str, str] = {}
    filled = 0
    for at in range(len(cells)):
        row = {name: str(column[at]) for name, column in columns.items()}
        if row["sheet"] != last.get("sheet", row["sheet"]):
            last = {}
        goes_on: tuple[str, ...] = ()
        if last and not row["document"].strip():
            if row["quote"].strip():
                name = last["document"]
                if name not in meant:
                    meant[name] = str(match_documents([name], texts, [])[0])
                if _stands_in(row["quote"], meant[name], texts, finder):
                    goes_on = ("document",)
            elif row["code"].strip() and not row["start"].strip():
                goes_on = _PLACE
        if goes_on:
            filled += 1
            names = goes_on if row["coder"].strip() else (*goes_on, "coder")
            for name in names:
                columns[name][at] = row[name] = last[name]
        if row["document"].strip():
            last = row
    if not filled:
        return cells
    remarks.append(
        f"{filled} row(s) name no document. They were read with the document (and coder) of the row above, "
        "in which their quote occurs."
    )
    return cells.assign(**{name: columns[name] for name in (*_PLACE, "coder")})


def _stands_in(quote: str, document: str, texts: Mapping[str, str], finder: QuoteFinder) -> bool:
    if document not in texts:
        return False
    place = finder.find(document, quote)
    return place == "twice" if isinstance(place, str) else place.how != "near"
