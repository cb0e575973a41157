"""Writes REFI-QDA projects and codebooks: a zip of one XML file and the texts, or the XML alone."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from fourp_nlp import __version__
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.exchange import Losses, rows_of
from fourp_nlp.exchange.refi.dialects import DIALECT_STYLES, origin_of
from fourp_nlp.exchange.refi.document_names import names_in_file
from fourp_nlp.exchange.refi.reading.users import MACHINE, UNKNOWN_USER
from fourp_nlp.exchange.refi.sources_without_text import EMPTY, values_for_missing_texts
from fourp_nlp.exchange.refi.writing._notes import Notes, collect_notes
from fourp_nlp.exchange.refi.writing._selections import build_selections, written_codings
from fourp_nlp.exchange.refi.writing._sources import write_sources
from fourp_nlp.exchange.refi.writing._variables import collect_variables
from fourp_nlp.exchange.refi.writing._xml_writer import XmlWriter
from fourp_nlp.exchange.refi.writing.codes import write_codes, write_sets
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.refi.dialects import Dialect, DialectStyle
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
    points, the end not included; the dialect "nvivo" differs. Equal projects give equal files. Notes about a
    passage are written twice, as notes on its codings and as its description, since programs show one or the
    other.

    Parameters
    ----------
    exchange : Exchange
        The project.
    path : path
        The file, ending in .qdpx. An existing file is replaced when the new one is complete.
    dialect : {"plain", "maxqda", "atlasti", "nvivo"}
        "atlasti" writes identities in capital letters; "maxqda" does too, colours in small letters, and a
        user and a date on everything; "nvivo" writes texts with a byte order mark and line ends of two
        characters, counts UTF-16 units, and gives selections no names.
    shared_selections : bool, optional
        Whether codings of the same passage share one selection. By default, only codings that were imported
        on one share it, since some programs read the coder from the selection alone.
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
    if dialect not in DIALECT_STYLES:
        raise ExchangeError(
            f"There is no dialect '{dialect}'.", cure=f"There are: {', '.join(DIALECT_STYLES)}."
        )
    style = DIALECT_STYLES[dialect]
    project = exchange.conformed()
    losses = Losses()
    project = replace(project, sources=_encodable(project.sources, losses))
    _add_text_losses(project.sources, losses)
    project = replace(project, values=values_for_missing_texts(project))
    file_names = names_in_file(project, losses)
    read_as = project.read["document"].map(file_names.read_as).fillna(project.read["document"])
    project = replace(project, values=file_names.values, read=project.read.assign(document=read_as))
    marks = written_codings(project, losses)
    notes = collect_notes(project, marks, losses)
    selections = build_selections(project, marks, notes, shared=shared_selections)
    variables = collect_variables(project, losses)
    note_files = _files(notes) if style.note_files else {}
    users = project.users
    if contents is not None:
        contents.of_project(project, marks)
    with (
        replacing(path) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        large = _may_be_large(project, notes)
        with package.open(_entry("project.qde"), "w", force_zip64=large) as stream:
            writer = XmlWriter(
                stream, _PROJECT, "Project", losses, style=style, users=users["guid"].tolist()
            )
            with writer.document(**_of_project(writer, project, style, dialect)):
                _write_users(writer, users, always_authored=style.always_authored)
                if len(project.nodes):
                    with writer.element("CodeBook"), writer.element("Codes"):
                        code_notes = Notes.none() if style.links_to_codes else notes
                        write_codes(writer, project.nodes, code_notes, set(marks["node"]))
                variables.declare(writer)
                _write_cases(writer, project, variables)
                write_sources(
                    writer, project, notes, selections, variables, file_names.names, dialect
                )
                notes.write(writer, note_files)
                if style.links_to_codes:
                    notes.link(writer, project.nodes["guid"])
                write_sets(writer, project, notes)
                writer.describe(notes.description)
                notes.refer(writer, "")
            written_files = {guid: writer.valid_text(text) for guid, text in note_files.items()}
        texts = {
            guid: text if has_text else EMPTY
            for guid, text, has_text in rows_of(project.sources, "guid", "text", "has_text")
        }
        for guid, text in (texts | written_files).items():
            content = text.replace("\n", "\r\n") if style.crlf else text
            if style.byte_order_mark:
                content = _MARK + content
            package.writestr(_entry(f"{style.folder}/{writer.guid(guid)}.txt"), content.encode())
        if not texts and not written_files:
            # Some programs look into the folder even if nothing is in it.
            package.writestr(zipfile.ZipInfo(f"{style.folder}/", _WHEN), b"")
    return losses.table()


def _of_project(
    writer: XmlWriter, project: Exchange, style: DialectStyle, dialect: Dialect
) -> dict[str, str | None]:
    """Return the attributes of the outermost element."""
    authorship = writer.authorship(
        project.user, project.made_at, project.modified_by, project.modified_at, always_dated=False
    )
    # Some programs name somebody here who is not in their list of users.
    author = writer.guid(project.user) if project.user else authorship["creatingUser"]
    return {
        "name": project.name or "project",
        "origin": origin_of(__version__, dialect),
        "creatingUserGUID": author,
        "creationDateTime": authorship["creationDateTime"],
        "modifyingUserGUID": writer.guid(project.modified_by) if project.modified_by else None,
        "modifiedDateTime": authorship["modifiedDateTime"],
        "xmlns:xsi": _XSI if style.schema_location else None,
        "xsi:schemaLocation": style.schema_location or None,
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
    code_guids = set(project.nodes["guid"])
    _add_codebook_losses(project, losses)
    with replacing(path) as partial, partial.open("wb") as stream:
        writer = XmlWriter(stream, _CODEBOOK, "CodeBook", losses)
        with writer.document(origin=origin_of(__version__, "plain")):
            with writer.element("Codes"):
                write_codes(writer, project.nodes, Notes.none())
            write_sets(writer, project, Notes.none(), only=code_guids)
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
        "UTF-8 cannot encode them: each is replaced by a replacement character",
        sources.loc[half, "document"].tolist(),
        count=sum(len(_HALF.findall(text)) for text in sources.loc[half, "text"]),
    )
    return sources.assign(text=sources["text"].str.replace(_HALF, "\ufffd", regex=True))


def _files(notes: Notes) -> dict[str, str]:
    """Return the texts of notes about the project that a file can hold as they are."""
    notes_on_project = (notes.known[guid] for guid in notes.about.get("", ()))
    return {
        note.guid: note.text
        for note in notes_on_project
        if note.name and note.text[:1].isprintable()
    }


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


def _add_codebook_losses(project: Exchange, losses: Losses) -> None:
    """Add what a codebook has no place for to the losses."""
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
    for item, rows in (
        ("cases", groups["kind"] == "case"),
        ("sets without codes", (groups["kind"] == "set") & ~groups["guid"].isin(codes)),
    ):
        if rows.any():
            losses.add(item, why, groups.loc[rows, "name"].drop_duplicates().tolist())
    values: pd.DataFrame = getattr(project, "values")  # noqa: B009 - Ruff takes .values for the attribute of pandas
    if len(values):
        losses.add(
            "values of variables", why, values["variable"].unique().tolist(), count=len(values)
        )


def _add_text_losses(sources: pd.DataFrame, losses: Losses) -> None:
    missing = sources.loc[~sources["has_text"], "document"].tolist()
    if missing:
        losses.add(
            "texts of documents", "there is none here: the document is exported empty", missing
        )
    other = sources.loc[sources["kind"] != "text", "document"].tolist()
    if other:
        losses.add("pictures, sounds, films and pages of PDF", "only the text is exported", other)


def _write_users(writer: XmlWriter, users: pd.DataFrame, *, always_authored: bool) -> None:
    rows = list(rows_of(users, "guid", "coder", "machine", "name_there", "id"))
    if always_authored:
        rows.append((UNKNOWN_USER, _NOBODY, False, "", ""))
    if not rows:
        return
    with writer.element("Users"):
        for guid, coder, machine, name, user_id in rows:
            written_id = MACHINE if machine else user_id or None
            writer.empty("User", guid=writer.guid(guid), name=name or coder, id=written_id)


def _write_cases(writer: XmlWriter, project: Exchange, variables: Variables) -> None:
    cases = project.members[project.members["kind"] == "case"]
    if cases.empty:
        return
    sources, nodes = set(project.sources["guid"]), set(project.nodes["guid"])
    with writer.element("Cases"):
        for guid, rows in ((str(key), rows) for key, rows in cases.groupby("guid", sort=False)):
            members = [member for member in rows["member"].tolist() if member]
            with writer.element("Case", guid=writer.guid(guid), name=rows["name"].iloc[0]):
                writer.describe(rows["description"].iloc[0])
                for member in (member for member in members if member in nodes):
                    writer.empty("CodeRef", targetGUID=writer.guid(member))
                variables.values(writer, guid)
                for member in (member for member in members if member in sources):
                    writer.empty("SourceRef", targetGUID=writer.guid(member))
                others = [m for m in members if m not in nodes and m not in sources]
                if others:
                    writer.losses.add(
                        "members of cases",
                        "they are not in the file, or cannot belong to a case: left out",
                        others,
                    )
