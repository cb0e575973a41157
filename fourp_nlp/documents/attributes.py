"""Attributes of documents, as the researcher lists them in ``documents.csv``."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from fourp_nlp.documents.languages import language_code
from fourp_nlp.documents.normalisation import normalise
from fourp_nlp.documents.tables.text_table import decoded_rows
from fourp_nlp.errors import DocumentError
from fourp_nlp.spreadsheets import unguarded

__all__ = ["ATTRIBUTES", "checked_attributes", "read_attributes"]

ATTRIBUTES = ("document", "case", "group", "date", "kind", "speaker", "language")


def read_attributes(path: str | Path) -> pd.DataFrame:
    """Return the attributes of documents.

    Parameters
    ----------
    path : str or pathlib.Path
        A CSV file with the column ``document`` (the path inside the corpus folder) and any of
        ``case``, ``group``, ``date``, ``kind``, ``speaker`` and ``language`` (ISO 639-1 code, or a name in
        English); other columns are ignored. An apostrophe before what a spreadsheet would take for a formula
        is taken off.

    Returns
    -------
    pandas.DataFrame
        One row for each document, these columns as text, empty where nothing was given.

    Raises
    ------
    DocumentError
        If the file cannot be read, has no column ``document``, names a document twice, or says a language
        that does not exist.
    """
    return checked_attributes(path)[0]


def checked_attributes(path: str | Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the attributes of documents, as `read_attributes` does, and what is doubtful about the file.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.

    Returns
    -------
    attributes : pandas.DataFrame
        As `read_attributes`.
    doubts : tuple of str
        What should be looked at, a line each, such as an encoding that was guessed.

    Raises
    ------
    DocumentError
        As `read_attributes`.
    """
    path = Path(path)
    try:
        content, rows = decoded_rows(path)
    except OSError as error:
        raise DocumentError(
            f"The file of attributes cannot be read: {error.strerror}.", file=path
        ) from error
    header = [normalise(cell).casefold() for cell in rows[0][1]] if rows else []
    if "document" not in header:
        raise DocumentError(
            "There is no column 'document'.",
            file=path,
            place="line 1",
            cure=f"The first line names the columns: {', '.join(ATTRIBUTES)}.",
        )
    places = {name: header.index(name) for name in ATTRIBUTES if name in header}
    rows_by_document: dict[str, dict[str, str]] = {}
    for line, row in rows[1:]:
        cells = {
            name: unguarded(normalise(row[place])) if place < len(row) else ""
            for name, place in places.items()
        }
        document = cells["document"].replace("\\", "/").removeprefix("./")
        if not document:
            raise DocumentError(
                "The row names no document.",
                file=path,
                place=f"line {line}",
                cure="Fill the column 'document', or take the row away.",
            )
        if document in rows_by_document:
            raise DocumentError(
                f"The document '{document}' is named twice.",
                file=path,
                place=f"line {line}",
                cure="Keep one of the two rows.",
            )
        if cells.get("language"):
            cells["language"] = _language(cells["language"], path, line)
        rows_by_document[document] = cells | {"document": document}
    filled = {name: [row.get(name, "") for row in rows_by_document.values()] for name in ATTRIBUTES}
    return pd.DataFrame(filled, columns=list(ATTRIBUTES), dtype="str"), content.doubts


def _language(written: str, path: Path, line: int) -> str:
    try:
        return language_code(written)
    except ValueError as error:
        raise DocumentError(
            f"In the column 'language', {error}.", file=path, place=f"line {line}"
        ) from None
