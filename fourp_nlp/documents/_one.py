"""One file into its texts, whatever goes wrong as an error with its cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.documents._limits import MAX_CHARACTERS
from fourp_nlp.documents._normalise import normalise
from fourp_nlp.documents._registry import SUPPORTED
from fourp_nlp.errors import DocumentError, FourpError, UnsafeDocumentError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["texts_of"]


def texts_of(path: Path) -> list[tuple[str, str]]:
    """Read a file of a known kind here, in this process.

    Parameters
    ----------
    path : pathlib.Path
        The file; its suffix is one of ``SUPPORTED``.

    Returns
    -------
    list of tuple of str
        The texts, normalised and not empty, each with its id inside the file.

    Raises
    ------
    DocumentError
        Whatever goes wrong.
    """
    try:
        return _texts(path)
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


def _texts(path: Path) -> list[tuple[str, str]]:
    read = SUPPORTED[path.suffix.lower()](path)
    several = [("", read)] if isinstance(read, str) else read
    length = sum(len(text) for _, text in several)
    if length > MAX_CHARACTERS:
        raise UnsafeDocumentError(
            f"The file holds {length:,} characters of text; the limit is {MAX_CHARACTERS:,}.",
            file=path,
            cure="Split it.",
        )
    made: dict[str, str] = {}
    for part, text in several:
        text = normalise(text)  # noqa: PLW2901 - from here on only this form counts
        name = normalise(part).replace("\n", " ")
        if text:
            made[name] = f"{made[name]}\n\n{text}" if name in made else text
    if not made:
        raise DocumentError(
            "The file has no text, only white space.",
            file=path,
            cure="Save it again, or take it away.",
        )
    return list(made.items())
