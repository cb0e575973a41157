"""Result files of this program in the folder of documents, which are not documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.columns import (
    AGREEMENT,
    AGREEMENT_FULL,
    ALT_TEST,
    ALT_TESTS,
    ANCHORING,
    CALIBRATION,
    COMPARISONS,
    CONFUSIONS,
    COOCCURRENCE,
    ESTIMATES,
    FREQUENCIES,
    NEEDS,
    PROMISES,
    RATES,
)
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["is_table_of_suggestions", "refuse_result_page", "refuse_result_table", "result_by_name"]

_RESULTS = (
    AGREEMENT, AGREEMENT_FULL, ALT_TEST, ALT_TESTS, ANCHORING, CALIBRATION, COMPARISONS, CONFUSIONS,
    COOCCURRENCE, ESTIMATES, FREQUENCIES, NEEDS, PROMISES, RATES,
)  # fmt: skip
_SUGGESTED = (".suggestions.csv", ".suggestions.xlsx")
_ENDINGS = {
    **dict.fromkeys(_SUGGESTED, "a table of suggestions that `fourp suggest` wrote"),
    ".losses.csv": "a table of losses that `fourp export` wrote",
}
_METHODS = ("methods.docx", "methods.md")
_CURE = "Move it out of the folder of documents."

# Columns that no table of documents has together.
_COLUMNS = (
    (frozenset({"document", "segment", "start", "end"}), "a table of coded segments"),
    (frozenset({"document", "start", "end", "code"}), "a table of codings"),
    (frozenset({"draw", "document", "start", "end"}), "a sheet to code on"),
    (frozenset({"document", "document_sha256", "start", "end"}), "a table of drawn segments"),
    (frozenset({"coder_a", "coder_b"}), "a table of agreement"),
)
_HEADS = {
    frozenset(names): what
    for names, what in (
        (("item", "count", "why", "examples"), "a table of losses"),
        (("id", "document", "tag", "content"), "a table of codings"),
        (
            ("tag", "description", "number of highlights", "number of documents"),
            "a table of codes",
        ),
        (
            ("site", "url", "outcome", "status", "bytes", "reason", "record_id", "fetched_at"),
            "a table of what `fourp collect` fetched",
        ),
        (
            ("guid", "document", "text", "has_text", "kind", "description"),
            "a table of another program's sources",
        ),
        (
            ("guid", "about", "start", "end", "user", "name", "text", "made_at"),
            "a table of another program's notes",
        ),
        *((table.names, f"a table of results ({table.name})") for table in _RESULTS),
    )
}
_PAGE = ('<meta name="generator" content="fourp_nlp">', "<style>\n:root { --ink: #1c2430; --soft:")
_METHODS_TEXT = '---\ntitle: "Methods"\nbibliography: methods.bib\n---\n'


def result_by_name(path: Path) -> str:
    """Return why a file is none of the documents by its name, as a sentence with its cure.

    Parameters
    ----------
    path : pathlib.Path
        A file.

    Returns
    -------
    str
        Empty if its name says nothing of the kind.
    """
    name = path.name.casefold()
    what = next((what for ending, what in _ENDINGS.items() if name.endswith(ending)), "")
    if not what and name in _METHODS and path.with_name("methods.bib").exists():
        what = "the methods text that `fourp report --methods` wrote"
    return f"This is {what}, and no document. {_CURE}" if what else ""


def is_table_of_suggestions(name: str) -> bool:
    """Return whether a file has the name that `fourp suggest` gives to its tables.

    Examples
    --------
    >>> is_table_of_suggestions("folder/interview.docx.suggestions.csv")
    True
    """
    return name.casefold().endswith(_SUGGESTED)


def refuse_result_table(path: Path, header: Sequence[str]) -> None:
    """Refuse a table that a command wrote.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    header : sequence of str
        What its columns are called.

    Raises
    ------
    DocumentError
        If they are those of results, and of no table of documents.
    """
    names = frozenset(cell.strip().casefold() for cell in header) - {""}
    what = _HEADS.get(names) or next((what for some, what in _COLUMNS if some <= names), "")
    if what:
        raise DocumentError(
            f"This is {what}, and no document.",
            file=path,
            cure=f"{_CURE} If it is one after all, give its columns other names.",
        )


def refuse_result_page(path: Path, text: str) -> None:
    """Refuse a report or methods text that a command wrote.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    text : str
        What it holds, tags and all.

    Raises
    ------
    DocumentError
        If it begins as these do.
    """
    if any(mark in text[:2000] for mark in _PAGE) or text.startswith(_METHODS_TEXT):
        raise DocumentError("This is a report, and no document.", file=path, cure=_CURE)
