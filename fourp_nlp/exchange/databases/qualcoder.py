"""QualCoder's projects: folders that end in .qda, with a database data.qda inside.

Places count characters of the text from 0, the end not included.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.databases._exchange_builder import DatabaseProject, text_of, whole_of
from fourp_nlp.exchange.databases._sqlite_reader import open_tables

if TYPE_CHECKING:
    import os

    from fourp_nlp.exchange.databases._sqlite_reader import Tables
    from fourp_nlp.exchange.exchange import Exchange

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
        _read(project, tables)
        return project.exchange()


def _read(project: DatabaseProject, tables: Tables) -> None:
    for number, name, text, memo in tables.rows(
        "source", "id", "name", "fulltext", "memo", order="id"
    ):
        known = isinstance(text, str) and text != ""
        project.source(whole_of(number), text_of(name), text if known else None, text_of(memo))
    for number, name, above, memo in tables.rows(
        "code_cat", "catid", "name", "supercatid", "memo", order="catid"
    ):
        below = f"category {whole_of(above)}" if above is not None else ""
        project.node(
            f"category {whole_of(number)}",
            text_of(name),
            below=below,
            description=text_of(memo),
            codable=False,
        )
    for number, name, above, memo, color in tables.rows(
        "code_name", "cid", "name", "catid", "memo", "color", order="cid"
    ):
        project.node(
            f"code {whole_of(number)}",
            text_of(name),
            below=f"category {whole_of(above)}" if above is not None else "",
            description=text_of(memo),
            color=text_of(color),
        )
    for code, source, quote, start, end, owner, date, memo in tables.rows(
        "code_text", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo"
    ):
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
    for variable, kind, value, number in tables.rows(
        "attribute", "name", "attr_type", "value", "id"
    ):
        if kind == "file":
            project.value(whole_of(number), text_of(variable), text_of(value))
        else:
            named = [text_of(variable)] if text_of(value).strip() else []
            project.losses.add("values of cases", "only those of documents are read", named)
    cases = {
        whole_of(number): text_of(name) for number, name in tables.rows("cases", "caseid", "name")
    }
    for case, source in tables.rows("case_text", "caseid", "fid"):
        if whole_of(case) in cases:
            project.member(cases[whole_of(case)], whole_of(source))
    for table, what in _NOT_READ.items():
        count = sum(1 for _ in tables.rows(table, "rowid"))
        project.losses.add(what, "they are not read here; export a .qdpx to keep them", count=count)
