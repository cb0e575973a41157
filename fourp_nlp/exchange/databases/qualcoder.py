"""Reads QualCoder's projects: folders that end in .qda, with a database data.qda inside.

Offsets count characters from 0; the end is one past the last.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.databases._exchange_builder import DatabaseProject, text_of, whole_of
from fourp_nlp.exchange.sqlite_reader import open_tables

if TYPE_CHECKING:
    import os

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.sqlite_reader import Tables

__all__ = ["read_qualcoder"]

_PROGRAM = "QualCoder"
_DATABASE = "data.qda"
_NEEDED = {
    "source": ("id", "name", "fulltext"),
    "code_name": ("cid", "name", "catid"),
    "code_cat": ("catid", "name"),
    "code_text": ("cid", "fid", "seltext", "pos0", "pos1", "owner"),
}
_NOT_READ = {
    "code_image": "codings of pictures",
    "code_av": "codings of sound and film",
    "annotation": "annotations",
    "journal": "journals",
}


def read_qualcoder(path: str | os.PathLike[str]) -> Exchange:
    """Read a project of QualCoder as it saves it.

    Parameters
    ----------
    path : str or os.PathLike
        The folder that ends in .qda, or the data.qda in it.

    Returns
    -------
    Exchange
        Its texts, codes and categories, codings of all coders, memos, cases and values of documents.

    Raises
    ------
    ExchangeError
        If it is no such project.
    UnsafeExchangeError
        If the database is beyond the limits.
    """
    folder = Path(path)
    file = folder / _DATABASE if folder.is_dir() else folder
    if not file.is_file():
        raise ExchangeError(
            f"There is no {_DATABASE} in the folder.",
            file=folder,
            cure="Give the folder of a project of QualCoder.",
        )
    name = (file.parent if file.name == _DATABASE else file).stem
    with open_tables(file, _PROGRAM) as tables:
        tables.check(_NEEDED, _PROGRAM)
        project = DatabaseProject(_PROGRAM, name)
        # A source without words, such as a picture, has an empty text here.
        sources = tables.rows("source", "id", "name", "fulltext", "memo", order="id")
        project.add_sources(
            (number, title, text or None, memo) for number, title, text, memo in sources
        )
        _add_codes(project, tables)
        project.add_codings(
            tables.rows(
                "code_text", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo"
            )
        )
        _add_values(project, tables)
        project.add_cases(
            tables.rows("cases", "caseid", "name"), tables.rows("case_text", "caseid", "fid")
        )
        project.add_unread(tables, _NOT_READ, "they are not read here; export a .qdpx to keep them")
        return project.build()


def _add_codes(project: DatabaseProject, tables: Tables) -> None:
    for number, name, parent, memo in tables.rows(
        "code_cat", "catid", "name", "supercatid", "memo", order="catid"
    ):
        project.add_node(
            f"category {whole_of(number)}",
            name,
            below=_category(parent),
            description=memo,
            codable=False,
        )
    for number, name, parent, memo, color in tables.rows(
        "code_name", "cid", "name", "catid", "memo", "color", order="cid"
    ):
        project.add_node(
            f"code {whole_of(number)}",
            name,
            below=_category(parent),
            description=memo,
            color=color,
        )


def _category(number: object) -> str:
    return f"category {whole_of(number)}" if number is not None else ""


def _add_values(project: DatabaseProject, tables: Tables) -> None:
    for variable, kind, value, number in tables.rows(
        "attribute", "name", "attr_type", "value", "id"
    ):
        if kind == "file":
            project.add_value(whole_of(number), text_of(variable), text_of(value))
        else:
            variables = [text_of(variable)] if text_of(value).strip() else []
            project.losses.add("values of cases", "only those of documents are read", variables)
