"""Reads RQDA's projects: one SQLite database, .rqda.

Offsets count characters from 0; the end is one past the last. A row whose status is 0 was deleted.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.exchange.databases._exchange_builder import DatabaseProject, text_of, whole_of
from fourp_nlp.exchange.sqlite_reader import open_tables

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from fourp_nlp.exchange.exchange import Exchange

__all__ = ["read_rqda"]

_PROGRAM = "RQDA"
_NEEDED = {
    "source": ("id", "name", "file"),
    "freecode": ("id", "name"),
    "coding": ("cid", "fid", "seltext", "selfirst", "selend"),
}
_NOT_READ = {
    "fileAttr": "values of files",
    "caseAttr": "values of cases",
    "coding2": "codings of RQDA's second table",
    "annotation": "annotations",
    "journal": "journals",
}


def read_rqda(path: str | os.PathLike[str]) -> Exchange:
    """Read a project of RQDA as it saves it.

    Parameters
    ----------
    path : str or os.PathLike
        The .rqda.

    Returns
    -------
    Exchange
        Its texts, codes and their categories, codings of all coders, memos and cases.

    Raises
    ------
    ExchangeError
        If it is no such project.
    UnsafeExchangeError
        If the database is beyond the limits.
    """
    file = Path(path)
    with open_tables(file, _PROGRAM) as tables:
        tables.check(_NEEDED, _PROGRAM)
        rows = partial(tables.rows, status="status")
        project = DatabaseProject(_PROGRAM, file.stem)
        project.add_sources(rows("source", "id", "name", "file", "memo", order="id"))
        _add_codes(project, rows)
        project.add_codings(
            rows("coding", "cid", "fid", "seltext", "selfirst", "selend", "owner", "date", "memo")
        )
        project.add_cases(rows("cases", "id", "name"), rows("caselinkage", "caseid", "fid"))
        project.add_unread(tables, _NOT_READ, "they are not read here")
        return project.build()


def _add_codes(project: DatabaseProject, rows: Callable[..., Iterator[tuple[Any, ...]]]) -> None:
    categories = {
        whole_of(number): (name, memo)
        for number, name, memo in rows("codecat", "catid", "name", "memo")
    }
    categories_of: dict[int, list[int]] = {}
    for code, category in rows("treecode", "cid", "catid"):
        if whole_of(category) in categories:
            categories_of.setdefault(whole_of(code), []).append(whole_of(category))
    for number in dict.fromkeys(numbers[0] for numbers in categories_of.values()):
        name, memo = categories[number]
        project.add_node(f"category {number}", name, description=memo, codable=False)
    for code, name, memo, color in rows("freecode", "id", "name", "memo", "color", order="id"):
        numbers = categories_of.get(whole_of(code), [])
        project.add_node(
            f"code {whole_of(code)}",
            name,
            below=f"category {numbers[0]}" if numbers else "",
            description=memo,
            color=color,
        )
        project.losses.add(
            "further categories of codes",
            "a code has one parent here; the first category was taken",
            [f"{text_of(name)}: {text_of(categories[number][0])}" for number in numbers[1:]],
        )
