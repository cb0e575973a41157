"""Writing a REFI-QDA project: a zip of one XML file and the texts, as other programs read it exactly."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fourp_nlp import __version__
from fourp_nlp.atomic import replacing
from fourp_nlp.errors import ExchangeError
from fourp_nlp.interchange._exchange import Losses, rows_of
from fourp_nlp.interchange.refi._codes_out import codes_out, sets_out
from fourp_nlp.interchange.refi._names import named_there
from fourp_nlp.interchange.refi._notes_out import Notes, notes_of
from fourp_nlp.interchange.refi._page import Page
from fourp_nlp.interchange.refi._selections import Selection, Selections, selections_of
from fourp_nlp.interchange.refi._variables import Variables, variables_of

if TYPE_CHECKING:
    import os

    import numpy.typing as npt
    import pandas as pd

    from fourp_nlp.interchange._exchange import Exchange

__all__ = ["Dialect", "write_qdc", "write_qdpx"]

Dialect = Literal["plain", "maxqda", "atlasti"]

_PROJECT = "urn:QDA-XML:project:1.0"
_CODEBOOK = "urn:QDA-XML:codebook:1.0"
# Fixed, so that equal projects give equal files; the earliest that a zip can hold.
_WHEN = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Way:
    """How a dialect writes."""

    upper: bool  # identities in capitals
    crlf: bool  # line ends as two characters, counted as two
    named: bool  # the XML file bears the project's name


_WAYS = {
    "plain": _Way(upper=False, crlf=False, named=False),
    "maxqda": _Way(upper=False, crlf=True, named=False),
    "atlasti": _Way(upper=True, crlf=False, named=False),
}


def write_qdpx(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    dialect: Dialect = "plain",
    shared_selections: bool = False,
) -> pd.DataFrame:
    """Write a project for NVivo, MAXQDA, ATLAS.ti, QualCoder and other programs that read REFI-QDA.

    Texts are UTF-8 without a byte order mark, with line ends of one character; offsets count Unicode code
    points, the end not included. Equal projects give equal files.

    Parameters
    ----------
    exchange : Exchange
        The project.
    path : path
        The file, ending in .qdpx. One that is there is replaced, once the new one is whole.
    dialect : {"plain", "maxqda", "atlasti"}
        "maxqda" writes line ends of two characters and counts them so; "atlasti" writes identities in
        capital letters.
    shared_selections : bool, default False
        Whether codings of the same passage share one selection. By default each has its own, since some
        programs read the coder from the selection alone.

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
    if dialect not in get_args(Dialect):
        raise ExchangeError(
            f"There is no dialect '{dialect}'.", cure=f"There are: {', '.join(get_args(Dialect))}."
        )
    way = _WAYS[dialect]
    project = exchange.conformed()
    names, values = named_there(project)
    project = replace(project, values=values)
    losses = Losses()
    texts = dict(zip(project.sources["guid"], project.sources["text"], strict=True))
    notes = notes_of(project, losses)
    selections = selections_of(project, notes, losses, shared=shared_selections)
    variables = variables_of(project, losses)
    _tell_missing(project.sources, losses)
    with (
        replacing(path) as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        with package.open(_entry("project.qde"), "w", force_zip64=True) as stream:
            page = Page(stream, _PROJECT, "Project", losses, upper=way.upper)
            with page.document(name=project.name or "project", origin=f"fourp_nlp {__version__}"):
                _users_out(page, project.users)
                if len(project.nodes):
                    with page.element("CodeBook"), page.element("Codes"):
                        codes_out(page, project.nodes, notes)
                variables.declare(page)
                _cases_out(page, project, variables)
                _sources_out(page, project, notes, selections, variables, names, way)
                notes.write(page)
                sets_out(page, project, notes)
                notes.refer(page, "")
        for guid, text, there in rows_of(project.sources, "guid", "text", "has_text"):
            if there:
                name = guid.upper() if way.upper else guid
                content = texts[guid].replace("\n", "\r\n") if way.crlf else text
                package.writestr(
                    _entry(f"sources/{name}.txt"), content.encode("utf-8", "surrogatepass")
                )
    return losses.table()


def write_qdc(exchange: Exchange, path: str | os.PathLike[str]) -> pd.DataFrame:
    """Write a codebook alone.

    Parameters
    ----------
    exchange : Exchange
        The project; its codes and sets of codes are written.
    path : path
        The file, ending in .qdc.

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
        with page.document(origin=f"fourp_nlp {__version__}"):
            with page.element("Codes"):
                codes_out(page, project.nodes, Notes.none())
            sets_out(page, project, Notes.none(), only=known)
    return losses.table()


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
    groups = project.members[project.members["kind"] == "case"]
    if len(groups):
        losses.add("cases", why, groups["name"].drop_duplicates().tolist())


def _tell_missing(sources: pd.DataFrame, losses: Losses) -> None:
    missing = sources.loc[~sources["has_text"], "document"].tolist()
    if missing:
        losses.add("texts of documents", "there is none here: the document goes out empty", missing)
    other = sources.loc[sources["kind"] != "text", "document"].tolist()
    if other:
        losses.add("pictures, sounds, films and pages of PDF", "the text alone goes out", other)


def _users_out(page: Page, users: pd.DataFrame) -> None:
    if users.empty:
        return
    with page.element("Users"):
        for guid, coder, machine in rows_of(users, "guid", "coder", "machine"):
            page.empty("User", guid=page.guid(guid), name=coder, id="machine" if machine else None)


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


def _sources_out(
    page: Page,
    project: Exchange,
    notes: Notes,
    selections: Selections,
    variables: Variables,
    names: dict[str, str],
    way: _Way,
) -> None:
    if project.sources.empty:
        return
    with page.element("Sources"):
        columns = ["guid", "text", "has_text", "description"]
        for guid, text, there, description in rows_of(project.sources, *columns):
            path = f"internal://{page.guid(guid)}.txt" if there else None
            with page.element(
                "TextSource", guid=page.guid(guid), name=names[guid], plainTextPath=path
            ):
                page.described(description)
                if not there:
                    # The schema wants either a file or the text itself.
                    page.text("PlainTextContent", "")
                moved = _line_ends(text) if way.crlf else None
                for place in selections.of(guid):
                    _selection_out(page, place, notes, moved)
                notes.refer(page, guid)
                variables.values(page, guid)


def _line_ends(text: str) -> npt.NDArray[np.int64]:
    """Return where the line ends of a text are."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.flatnonzero(codes == ord("\n")).astype(np.int64)


def _selection_out(
    page: Page,
    place: Selection,
    notes: Notes,
    ends: npt.NDArray[np.int64] | None,
) -> None:
    start, end = place.start, place.end
    if ends is not None:
        start += int(np.searchsorted(ends, start))
        end += int(np.searchsorted(ends, end))
    with page.element(
        "PlainTextSelection",
        guid=page.guid(place.guid),
        name=place.quote,
        startPosition=str(start),
        endPosition=str(end),
        creatingUser=page.guid(place.user) if place.user else None,
        creationDateTime=place.made_at or None,
    ):
        for mark, node, user, made_at in place.codings:
            with page.element(
                "Coding",
                guid=page.guid(mark),
                creatingUser=page.guid(user) if user else None,
                creationDateTime=made_at or None,
            ):
                page.empty("CodeRef", targetGUID=page.guid(node))
                notes.refer(page, mark)
        for note in place.notes:
            page.empty("NoteRef", targetGUID=page.guid(note))
