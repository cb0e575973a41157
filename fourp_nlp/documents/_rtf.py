"""Rich Text files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.errors import DocumentError, UnsafeDocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["read"]


def read(path: Path) -> str:
    """Return the text of an .rtf file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        The text, not yet normalised.

    Raises
    ------
    DocumentError
        If the file is not Rich Text or is damaged.
    """
    from striprtf.striprtf import rtf_to_text  # noqa: PLC0415 - slow to import

    strip: Callable[..., str] = rtf_to_text
    data = path.read_bytes()
    if not data.lstrip().startswith(b"{\\rtf"):
        raise UnsafeDocumentError(
            "This is not a Rich Text file, whatever its suffix says.",
            file=path,
            cure="Give it the suffix of its real kind, or save it again as .rtf.",
        )
    try:
        # Beyond ASCII all is escaped; one byte to one character keeps what is not.
        return str(strip(data.decode("latin-1"), errors="replace"))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DocumentError(
            f"The Rich Text is damaged ({type(error).__name__}: {error}).",
            file=path,
            cure="Open it in a word processor and save it as .docx.",
        ) from error
