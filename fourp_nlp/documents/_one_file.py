"""Reading one file into its texts; every failure becomes an error with its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents.limits import MAX_CHARACTERS
from fourp_nlp.documents.normalisation import normalise, normalise_and_count
from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.registry import SUPPORTED, TABLES
from fourp_nlp.errors import DocumentError, FourpError, UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.documents.tables.survey import TableColumns

__all__ = ["reading_of"]


def reading_of(path: Path, columns: TableColumns | None = None) -> Reading:
    """Read a file of a known kind here, in this process.

    Of a table, `columns` says which columns are read. The texts are normalised and not empty, no
    two with one id inside the file. Raises DocumentError, whatever goes wrong.
    """
    try:
        return _reading(path, columns)
    except FourpError:
        raise
    except PermissionError as error:
        raise DocumentError(
            "You have no permission to read this file.", file=path, cure="Change its permissions."
        ) from error
    except OSError as error:
        raise DocumentError(
            f"The file cannot be opened ({error.strerror or error}).",
            file=path,
            cure="Put a copy of it here.",
        ) from error
    except MemoryError as error:
        raise DocumentError(
            "The file needs more memory than there is.", file=path, cure="Split it."
        ) from error
    except RecursionError as error:
        raise DocumentError(
            "The file is nested too deeply.", file=path, cure="Save it again as plain text."
        ) from error
    except Exception as error:  # any fault in a parser is that of one file, not of the batch
        raise DocumentError(
            f"The file is damaged ({type(error).__name__}: {str(error)[:200]}).",
            file=path,
            cure="Open it in its own program and save it again.",
        ) from error


def _reading(path: Path, columns: TableColumns | None) -> Reading:
    suffix = path.suffix.lower()
    table = TABLES.get(suffix)
    read = table(path, columns) if table else Reading.of(SUPPORTED[suffix](path))
    length = sum(len(one.text) for one in read.texts)
    if length > MAX_CHARACTERS:
        raise UnsafeDocumentError(
            f"The file holds {length:,} characters of text; the limit is {MAX_CHARACTERS:,}.",
            file=path,
            cure="Split it.",
        )
    texts: dict[str, Text] = {}
    numbers = 0
    for one in read.texts:
        text, left_out = normalise_and_count(one.text)
        numbers += left_out
        part = normalise(one.part).replace("\n", " ")
        labels = tuple(filter(None, (_line(label) for label in one.labels)))
        if text and part in texts:
            before = texts[part]
            labels = tuple(dict.fromkeys((*before.labels, *labels)))
            texts[part] = Text(f"{before.text}\n\n{text}", part, labels, before.attributes)
        elif text:
            attributes = {name: _line(value) for name, value in one.attributes.items()}
            texts[part] = Text(text, part, labels, attributes)
    if not texts:
        raise DocumentError(
            "The file has no text, only white space.",
            file=path,
            cure="Save it again, or take it away.",
        )
    doubts, remarks = ([_line(one) for one in lines] for lines in (read.doubts, read.remarks))
    if numbers:
        remarks.append(f"{numbers} line numbers left out, which were typed before the words.")
    return Reading(list(texts.values()), doubts, remarks)


def _line(text: str) -> str:
    return " ".join(normalise(text).split())
