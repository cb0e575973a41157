"""Roles and attributes of speakers, as the researcher lists them in ``speakers.csv``."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import DocumentError
from fourp_nlp.files.delimited import cell_reader

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LINE", "SPEAKERS_FILE", "SPEAKER_COLUMNS", "is_speaker_table", "read_speakers"]

SPEAKERS_FILE = "speakers.csv"
"""The table of speakers, at the top of the folder of documents."""

SPEAKER_COLUMNS = ("document", "speaker", "role")
"""Columns of the table that have a meaning of their own; all others are attributes."""

LINE = "line"
"""Column of what `read_speakers` returns: the line of the file on which a row begins."""

# Columns by which a table is a transcript: rows of who says what.
_WORDS = frozenset(
    {
        "text", "transcript", "utterance", "utterances", "content", "sentence", "sentences", "statement",
        "verbatim", "words", "speech", "turn", "message", "texte", "transcription", "propos",
    }
)  # fmt: skip
_RESERVED = frozenset({"case", "group", "site", "code", "theme", "unit", "coder", "count", "by"})
_LONGEST_HEAD = 65_536  # bytes that are looked at for the heads


def is_speaker_table(path: Path) -> bool:
    """Return whether a file is a table of speakers, and no document.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    bool
        It is called ``speakers.csv``, and has a column ``speaker`` or ``role`` and none of what is said: with
        one, it is a transcript.
    """
    if path.name.casefold() != SPEAKERS_FILE:
        return False
    try:
        with path.open("rb") as stream:
            start = stream.read(_LONGEST_HEAD)
    except OSError:
        return False
    encoding = "utf-16" if start[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    first = next(iter(start.decode(encoding, "replace").lstrip().splitlines()), "")
    delimiter = max(",;\t|", key=first.count)
    try:
        with cell_reader([first], delimiter=delimiter) as reader:
            heads = {cell.strip().casefold() for row in reader for cell in row}
    except csv.Error:
        return False
    return bool(heads & {"speaker", "role"}) and not heads & _WORDS


def read_speakers(path: str | Path) -> pd.DataFrame:
    """Return roles and attributes of speakers.

    Parameters
    ----------
    path : str or pathlib.Path
        A CSV file with the column ``speaker`` (the label in the documents), perhaps ``document`` (to tell
        speakers of one name apart; empty for all documents) and ``role``, and any further columns:
        attributes, such as gender. An apostrophe before what a spreadsheet would take for a formula is taken
        off.

    Returns
    -------
    pandas.DataFrame
        One row for each row of the file: `SPEAKER_COLUMNS`, the attributes under their names in small
        letters, and `LINE`. Texts are empty where nothing was given.

    Raises
    ------
    DocumentError
        If the file cannot be read, a column is missing, is there twice or has a name that is taken, a row
        names no speaker, or two rows are about the same speaker.
    """
    import pandas as pd

    from fourp_nlp.documents.normalisation import normalise
    from fourp_nlp.documents.tables.text_table import decoded_rows
    from fourp_nlp.spreadsheets import unguarded

    path = Path(path)
    try:
        _, rows = decoded_rows(path)
    except OSError as error:
        raise DocumentError(
            f"The table of speakers cannot be read: {error.strerror}.", file=path
        ) from error
    header = [normalise(cell).strip().casefold() for cell in rows[0][1]] if rows else []
    _check_heads(header, path)
    places = {name: header.index(name) for name in header if name}
    first: dict[tuple[str, str], int] = {}
    records: list[dict[str, object]] = []
    for line, row in rows[1:]:
        cells = {
            name: unguarded(normalise(row[at])).strip() if at < len(row) else ""
            for name, at in places.items()
        }
        cells["document"] = cells.get("document", "").replace("\\", "/").removeprefix("./")
        cells.setdefault("role", "")
        if not cells["speaker"]:
            raise DocumentError(
                "The row names no speaker.",
                file=path,
                place=f"line {line}",
                cure="Fill the column 'speaker', or take the row away.",
            )
        key = (cells["document"], cells["speaker"].casefold())
        if key in first:
            where = f" of '{cells['document']}'" if cells["document"] else ""
            raise DocumentError(
                f"The speaker '{cells['speaker']}'{where} is on line {first[key]} already.",
                file=path,
                place=f"line {line}",
                cure="Keep one of the two rows, or fill the column 'document' to tell two people apart.",
            )
        first[key] = line
        records.append({**cells, LINE: line})
    attributes = [name for name in places if name not in SPEAKER_COLUMNS]
    frame = pd.DataFrame(records, columns=[*SPEAKER_COLUMNS, *attributes, LINE])
    return frame.astype(dict.fromkeys([*SPEAKER_COLUMNS, *attributes], "str") | {LINE: "int64"})


def _check_heads(header: list[str], path: Path) -> None:
    """Refuse heads of columns that are missing, double or taken."""
    if "speaker" not in header:
        raise DocumentError(
            "There is no column 'speaker'.",
            file=path,
            place="line 1",
            cure="The first line names the columns: document, speaker, role, and any attributes.",
        )
    for name in header:
        if name and header.count(name) > 1:
            raise DocumentError(
                f"The column '{name}' is there more than once.",
                file=path,
                place="line 1",
                cure="Rename one of them.",
            )
        if name in _RESERVED | {LINE}:
            raise DocumentError(
                f"An attribute of speakers cannot be called '{name}', which has another meaning here.",
                file=path,
                place="line 1",
                cure=f"Rename the column, such as 'speaker_{name}'.",
            )
