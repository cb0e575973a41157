"""Writing a REFI-QDA project: a zip of one XML file and the texts, as other programs read it exactly."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from fourp_nlp import __version__
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.exchange import Losses, rows_of
from fourp_nlp.exchange.refi.dialects import WAYS
from fourp_nlp.exchange.refi.document_names import named_there
from fourp_nlp.exchange.refi.origin import origin_of
from fourp_nlp.exchange.refi.reading.users import MACHINE, SOMEBODY
from fourp_nlp.exchange.refi.sources_without_text import EMPTY, textless_there
from fourp_nlp.exchange.refi.writing._notes import Notes, notes_of
from fourp_nlp.exchange.refi.writing._selections import going_out, selections_of
from fourp_nlp.exchange.refi.writing._sources import sources_out
from fourp_nlp.exchange.refi.writing._variables import variables_of
from fourp_nlp.exchange.refi.writing._xml_writer import Page
from fourp_nlp.exchange.refi.writing.codes import codes_out, sets_out
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.refi.dialects import Way
    from fourp_nlp.exchange.refi.origin import Dialect
    from fourp_nlp.exchange.refi.writing._variables import Variables
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["write_qdc", "write_qdpx"]

_PROJECT = "urn:QDA-XML:project:1.0"
_CODEBOOK = "urn:QDA-XML:codebook:1.0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# Fixed, so that equal projects give equal files; the earliest that a zip can hold.
_WHEN = (1980, 1, 1, 0, 0, 0)
_LARGE = 1 << 31
_HALF = re.compile("[\ud800-\udfff]")
_MARK = "\ufeff"
_NOBODY = "unknown"


def write_qdpx(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    dialect: Dialect = "plain",
    shared_selections: bool | None = None,
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write a project for NVivo, MAXQDA, ATLAS.ti, QualCoder and other programs that read REFI-QDA.

    Texts are UTF-8 without a byte order mark, with line ends of one character; offsets count Unicode code
    points, the end not included; the dialect "nvivo" is another way. Equal projects give equal files. What
    is about a passage is written twice, as notes on its codings and as its description, since programs show
    one or the other.

    Parameters
    ----------
    exchange : Exchange
        The project.
    path : path
        The file, ending in .qdpx. One that is there is replaced, once the new one is whole.
    dialect : {"plain", "maxqda", "atlasti", "nvivo"}
        "atlasti" writes identities in capital letters; "maxqda" does too, colours in small letters, and a
        user and a date on everything; "nvivo" writes texts with a byte order mark and line ends of two
        characters, counts UTF-16 units, and gives selections no names.
    shared_selections : bool, optional
        Whether codings of the same passage share one selection. By default those do that came on one; any
        other has its own, since some programs read the coder from the selection alone.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES: what the format could not carry, or not as it was.

    Raises
    ------
    ExchangeError
        If there is no such dialect.
    FourpError
        If the file cannot be written.
    """
    if dialect not in WAYS:
        raise ExchangeError(
            f"There is no dialect '{dialect}'.", cure=f"There are: {', '.join(WAYS)}."
        )
    way = WAYS[dialect]
    project = exchange.conformed()
    losses = Losses()
    project = replace(project, sources=_encodable(project.sources, losses))
    _tell_missing(project.sources, losses)
    project = replace(project, values=textless_there(project))
    named = named_there(project, losses)
    read_as = project.read["document"].map(named.read_as).fillna(project.read["document"])
    project = replace(project, values=named.values, read=project.read.assign(document=read_as))
    marks = going_out(project, losses)
    notes = notes_of(project, marks, losses)
    selections = selections_of(project, marks, notes, shared=shared_selections)
    variables = variables_of(project, losses)
    apart = _files(notes) if way.files else {}
    users = project.users
    if contents is not None:
        contents.of_project(project, marks)
    with (
        replacing(path) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        large = _may_be_large(project, notes)
        with package.open(_entry("project.qde"), "w", force_zip64=large) as stream:
            page = Page(stream, _PROJECT, "Project", losses, way=way, users=users["guid"].tolist())
            with page.document(**_of_project(page, project, way, dialect)):
                _users_out(page, users, stamped=way.stamped)
                if len(project.nodes):
                    with page.element("CodeBook"), page.element("Codes"):
                        own = Notes.none() if way.linked else notes
                        codes_out(page, project.nodes, own, set(marks["node"]))
                variables.declare(page)
                _cases_out(page, project, variables)
                sources_out(page, project, notes, selections, variables, named.names, dialect)
                notes.write(page, apart)
                if way.linked:
                    notes.link(page, project.nodes["guid"])
                sets_out(page, project, notes)
                page.described(notes.description)
                notes.refer(page, "")
            held = {guid: page.held(text) for guid, text in apart.items()}
        texts = {
            guid: text if there else EMPTY
            for guid, text, there in rows_of(project.sources, "guid", "text", "has_text")
        }
        for guid, text in (texts | held).items():
            content = text.replace("\n", "\r\n") if way.crlf else text
            if way.marked:
                content = _MARK + content
            package.writestr(_entry(f"{way.folder}/{page.guid(guid)}.txt"), content.encode())
        if not texts and not held:
            # Some programs look into the folder even if nothing is in it.
            package.writestr(zipfile.ZipInfo(f"{way.folder}/", _WHEN), b"")
    return losses.table()


def _of_project(page: Page, project: Exchange, way: Way, dialect: Dialect) -> dict[str, str | None]:
    """Return the attributes of the outermost element."""
    made = page.made(
        project.user, project.made_at, project.modified_by, project.modified_at, dated=False
    )
    # Some programs name somebody here who is not in their list of users.
    maker = page.guid(project.user) if project.user else made["creatingUser"]
    return {
        "name": project.name or "project",
        "origin": origin_of(__version__, dialect),
        "creatingUserGUID": maker,
        "creationDateTime": made["creationDateTime"],
        "modifyingUserGUID": page.guid(project.modified_by) if project.modified_by else None,
        "modifiedDateTime": made["modifiedDateTime"],
        "xmlns:xsi": _XSI if way.location else None,
        "xsi:schemaLocation": way.location or None,
    }


def write_qdc(
    exchange: Exchange, path: str | os.PathLike[str], *, contents: Contents | None = None
) -> pd.DataFrame:
    """Write a codebook alone.

    Parameters
    ----------
    exchange : Exchange
        The project; its codes and sets of codes are written.
    path : path
        The file, ending in .qdc.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES.

    Raises
    ------
    ExchangeError
        If there are no codes: the format cannot say so.
    FourpError
        If the file cannot be written.
    """
    project = exchange.conformed()
    if project.nodes.empty:
        raise ExchangeError("There are no codes to write.", file=path, cure="Add codes first.")
    losses = Losses()
    known = set(project.nodes["guid"])
    _tell_left(project, losses)
    with replacing(path) as partial, partial.open("wb") as stream:
        page = Page(stream, _CODEBOOK, "CodeBook", losses)
        with page.document(origin=origin_of(__version__, "plain")):
            with page.element("Codes"):
                codes_out(page, project.nodes, Notes.none())
            sets_out(page, project, Notes.none(), only=known)
    if contents is not None:
        contents.of_project(project, project.marks.iloc[:0])
    return losses.table()


def _encodable(sources: pd.DataFrame, losses: Losses) -> pd.DataFrame:
    """Return texts that UTF-8 can hold, of the same length."""
    half = sources["text"].str.contains(_HALF)
    if not half.any():
        return sources
    losses.add(
        "characters that are half a character",
        "UTF-8 holds no such thing: a replacement character stands for each",
        sources.loc[half, "document"].tolist(),
        count=sum(len(_HALF.findall(text)) for text in sources.loc[half, "text"]),
    )
    return sources.assign(text=sources["text"].str.replace(_HALF, "\ufffd", regex=True))


def _files(notes: Notes) -> dict[str, str]:
    """Return the texts of notes about the project that a file can hold as they are."""
    about = (notes.known[guid] for guid in notes.about.get("", ()))
    return {note.guid: note.text for note in about if note.name and note.text[:1].isprintable()}


def _may_be_large(project: Exchange, notes: Notes) -> bool:
    """Return whether the XML may pass what a zip holds without an extension that old programs cannot read."""
    words = int(project.marks["quote"].str.len().sum()) + sum(
        len(note.text) for note in notes.listed
    )
    rows = len(project.marks) + len(notes.listed) + len(project.sources) + len(project.nodes)
    # Six bytes a character if all are escaped, each note twice; identities and dates of a row.
    return 12 * words + 2000 * rows > _LARGE


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _tell_left(project: Exchange, losses: Losses) -> None:
    """Tell what a codebook has no place for."""
    why = "a .qdc file holds a codebook alone; write .qdpx for all"
    for item, frame, column in (
        ("documents", project.sources, "document"),
        ("codings", project.marks, "quote"),
        ("notes", project.notes, "name"),
        ("coders", project.users, "coder"),
    ):
        if len(frame):
            losses.add(item, why, frame[column].head(3).tolist(), count=len(frame))
    groups = project.members
    codes = groups.loc[groups["member"].isin(set(project.nodes["guid"])), "guid"]
    for item, left in (
        ("cases", groups["kind"] == "case"),
        ("sets without codes", (groups["kind"] == "set") & ~groups["guid"].isin(codes)),
    ):
        if left.any():
            losses.add(item, why, groups.loc[left, "name"].drop_duplicates().tolist())
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    if len(values):
        losses.add(
            "values of variables", why, values["variable"].unique().tolist(), count=len(values)
        )


def _tell_missing(sources: pd.DataFrame, losses: Losses) -> None:
    missing = sources.loc[~sources["has_text"], "document"].tolist()
    if missing:
        losses.add("texts of documents", "there is none here: the document goes out empty", missing)
    other = sources.loc[sources["kind"] != "text", "document"].tolist()
    if other:
        losses.add("pictures, sounds, films and pages of PDF", "the text alone goes out", other)


def _users_out(page: Page, users: pd.DataFrame, *, stamped: bool) -> None:
    rows = list(rows_of(users, "guid", "coder", "machine", "name_there", "id"))
    if stamped:
        rows.append((SOMEBODY, _NOBODY, False, "", ""))
    if not rows:
        return
    with page.element("Users"):
        for guid, coder, machine, name, short in rows:
            identity = MACHINE if machine else short or None
            page.empty("User", guid=page.guid(guid), name=name or coder, id=identity)


def _cases_out(page: Page, project: Exchange, variables: Variables) -> None:
    cases = project.members[project.members["kind"] == "case"]
    if cases.empty:
        return
    sources, nodes = set(project.sources["guid"]), set(project.nodes["guid"])
    with page.element("Cases"):
        for guid, rows in ((str(key), rows) for key, rows in cases.groupby("guid", sort=False)):
            members = [member for member in rows["member"].tolist() if member]
            with page.element("Case", guid=page.guid(guid), name=rows["name"].iloc[0]):
                page.described(rows["description"].iloc[0])
                for member in (member for member in members if member in nodes):
                    page.empty("CodeRef", targetGUID=page.guid(member))
                variables.values(page, guid)
                for member in (member for member in members if member in sources):
                    page.empty("SourceRef", targetGUID=page.guid(member))
                strange = [m for m in members if m not in nodes and m not in sources]
                if strange:
                    page.losses.add(
                        "members of cases",
                        "they are not in the file, or cannot belong to a case: left out",
                        strange,
                    )
