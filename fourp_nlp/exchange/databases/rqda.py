"""RQDA's projects: one SQLite database, .rqda.

Places count characters of the text from 0, the end not included. A row whose status is 0 was deleted.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.exchange.databases._exchange_builder import DatabaseProject, text_of, whole_of
from fourp_nlp.exchange.databases._sqlite_reader import open_tables

if TYPE_CHECKING:
    import os

    from fourp_nlp.exchange.databases._sqlite_reader import Tables
    from fourp_nlp.exchange.exchange import Exchange

__all__ = ["read_rqda"]

_PROGRAM = "RQDA"
_NEEDED = {
    "source": ("id", "name", "file"),
    "freecode": ("id", "name"),
    "coding": ("cid", "fid", "seltext", "selfirst", "selend"),
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
        project = DatabaseProject(_PROGRAM, file.stem)
        _read(project, tables)
        return project.exchange()


_NOT_READ = {
    "fileAttr": "values of files",
    "caseAttr": "values of cases",
    "coding2": "codings of RQDA's second table",
    "annotation": "annotations",
    "journal": "journals",
}


def _there(status: object) -> bool:
    return status is None or whole_of(status) != 0


def _read(project: DatabaseProject, tables: Tables) -> None:
    for number, name, text, memo, status in tables.rows(
        "source", "id", "name", "file", "memo", "status", order="id"
    ):
        if _there(status):
            known = isinstance(text, str)
            project.source(whole_of(number), text_of(name), text if known else None, text_of(memo))
    _read_codes(project, tables)
    _read_codings(project, tables)
    cases = {
        whole_of(number): text_of(name)
        for number, name, status in tables.rows("cases", "id", "name", "status")
        if _there(status)
    }
    for case, source, status in tables.rows("caselinkage", "caseid", "fid", "status"):
        if _there(status) and whole_of(case) in cases:
            project.member(cases[whole_of(case)], whole_of(source))
    for table, what in _NOT_READ.items():
        count = sum(1 for _ in tables.rows(table, "variable"))
        project.losses.add(what, "they are not read here", count=count)


def _read_codes(project: DatabaseProject, tables: Tables) -> None:
    categories = {}
    for number, name, memo, status in tables.rows("codecat", "catid", "name", "memo", "status"):
        if _there(status):
            categories[whole_of(number)] = (text_of(name), text_of(memo))
    held: dict[int, list[int]] = {}
    for code, category, status in tables.rows("treecode", "cid", "catid", "status"):
        if _there(status) and whole_of(category) in categories:
            held.setdefault(whole_of(code), []).append(whole_of(category))
    for category in dict.fromkeys(each[0] for each in held.values()):
        name, memo = categories[category]
        project.node(f"category {category}", name, description=memo, codable=False)
    for number, name, memo, color, status in tables.rows(
        "freecode", "id", "name", "memo", "color", "status", order="id"
    ):
        if not _there(status):
            continue
        above = held.get(whole_of(number), [])
        project.node(
            f"code {whole_of(number)}",
            text_of(name),
            below=f"category {above[0]}" if above else "",
            description=text_of(memo),
            color=text_of(color),
        )
        project.losses.add(
            "further categories of codes",
            "a code stands below one thing here; the first was taken",
            [f"{text_of(name)}: {categories[each][0]}" for each in above[1:]],
        )


def _read_codings(project: DatabaseProject, tables: Tables) -> None:
    for code, source, quote, start, end, owner, date, memo, status in tables.rows(
        "coding", "cid", "fid", "seltext", "selfirst", "selend", "owner", "date", "memo", "status"
    ):
        if _there(status):
            project.mark(
                whole_of(source),
                whole_of(start),
                whole_of(end),
                f"code {whole_of(code)}",
                text_of(owner),
                text_of(quote),
                text_of(date),
                text_of(memo),
            )
