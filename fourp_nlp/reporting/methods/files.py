"""The files of a methods text: Word, Markdown, LaTeX and BibTeX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.files import replacing
from fourp_nlp.reporting.methods._docx import methods_docx
from fourp_nlp.reporting.methods._latex import methods_tex
from fourp_nlp.reporting.methods._markdown import methods_md
from fourp_nlp.reporting.methods.references import bibtex

if TYPE_CHECKING:
    import os

    from fourp_nlp.reporting.methods.parts import MethodsText

__all__ = ["methods_files", "write_bytes"]

_NAME = "methods"


def methods_files(text: MethodsText, *, date: str) -> dict[str, bytes]:
    """Return a methods text in all its forms.

    Parameters
    ----------
    text : MethodsText
        The text.
    date : str
        The day of the text (ISO 8601).

    Returns
    -------
    dict of str to bytes
        Contents by the name of the file: Word, Markdown, LaTeX, and the works cited as BibTeX.
    """
    bibliography = f"{_NAME}.bib"
    return {
        f"{_NAME}.docx": methods_docx(text, date=date),
        f"{_NAME}.md": methods_md(text, bibliography=bibliography).encode(),
        f"{_NAME}.tex": methods_tex(text, bibliography=_NAME).encode(),
        bibliography: bibtex(text.citations).encode("ascii"),
    }


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> Path:
    """Write a file whole or not at all.

    Parameters
    ----------
    content : bytes
        What it holds.
    path : str or os.PathLike
        The file; its folder is made where it is missing.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    FourpError
        If it cannot be written.
    """
    with replacing(path) as partial:
        partial.write_bytes(content)
    return Path(path)
