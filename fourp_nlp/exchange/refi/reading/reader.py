"""Reads REFI-QDA projects (.qdpx) and codebooks (.qdc) into an `Exchange`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange.exchange import MEMBERS, SOURCES, Exchange, Losses
from fourp_nlp.exchange.refi.dialects import DIALECT_STYLES, dialect_of
from fourp_nlp.exchange.refi.document_names import restore_document_names
from fourp_nlp.exchange.refi.note_links import links_as_references
from fourp_nlp.exchange.refi.offsets.offset_units import parse_unit_name
from fourp_nlp.exchange.refi.offsets.selection_places import find_places
from fourp_nlp.exchange.refi.reading._annotations import annotations_as_references
from fourp_nlp.exchange.refi.reading._codes import read_nodes
from fourp_nlp.exchange.refi.reading._codings import read_codings
from fourp_nlp.exchange.refi.reading._notes import place_notes, read_notes, readers_without_user
from fourp_nlp.exchange.refi.reading._package import open_package
from fourp_nlp.exchange.refi.reading._passages import add_selections, author_guids, authorship
from fourp_nlp.exchange.refi.reading._variables import read_members, read_values
from fourp_nlp.exchange.refi.reading._xml_parser import parse_qde
from fourp_nlp.exchange.refi.reading.qde_elements import SelectionElement
from fourp_nlp.exchange.refi.reading.sources import Sources, read_sources
from fourp_nlp.exchange.refi.reading.users import Guids, read_users
from fourp_nlp.exchange.refi.sources_without_text import restore_missing_texts
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from fourp_nlp.exchange.refi.offsets.selection_places import SelectionPlaces
    from fourp_nlp.exchange.refi.reading._notes import Note, PlacedNotes
    from fourp_nlp.exchange.refi.reading.qde_elements import QdeContents
    from fourp_nlp.tables import Table

__all__ = ["read_qdc", "read_qdpx"]

_PROJECT = "urn:QDA-XML:project:1.0"
_CODEBOOK = "urn:QDA-XML:codebook:1.0"
_MAX_CODEBOOK = 64 * 1024 * 1024
_CHUNK = 1 << 16


def read_qdpx(path: str | os.PathLike[str], *, counting: str = "") -> Exchange:
    """Read a REFI-QDA project.

    Every program's spelling is taken: identities in any case, with braces, or that are none; a byte
    order mark, UTF-16 and Windows-1252; CRLF; offsets in code points, UTF-16 units or bytes. How
    offsets were counted is found out from the selections' names, from what they begin and end with, and from
    what the program is known to count.
    Nothing is unpacked to the disk, and no file outside the project is opened.

    Parameters
    ----------
    path : str or os.PathLike
        The .qdpx file.
    counting : str, optional
        How offsets are counted, such as ``utf16-crlf``; by default that is found out.

    Returns
    -------
    Exchange
        The project, in the order of the file. Its losses say what was not imported, its remarks what was
        found out.

    Raises
    ------
    ExchangeError
        If the file is damaged, encrypted, or holds no project or several; if it is not certain how offsets
        were counted, and `counting` does not say; or if `counting` is no such name.
    UnsafeExchangeError
        If it is no zip file, expands beyond the limits, or declares a document type.
    """
    unit = parse_unit_name(counting) if counting else None
    losses, remarks, guids = Losses(), list[str](), Guids()
    with open_package(path) as package:
        qde = parse_qde(
            package.project, file=package.path, place=package.project_name, root="Project", losses=losses,
            remarks=remarks,
        )  # fmt: skip
        _remark_on_version(qde, _PROJECT, remarks)
        sources = read_sources(qde.sources, package, guids, losses, remarks)
        notes = read_notes(qde, package, guids, losses)
    links_as_references(qde, notes, guids)
    annotations_as_references(qde, sources, guids)
    nodes = _read_project_nodes(qde, guids, losses)
    names = dict(zip(nodes["guid"], nodes["name"], strict=True))
    places = find_places(
        qde.selections,
        sources,
        guids,
        losses,
        remarks,
        origin=qde.origin,
        counting=unit,
        file=path,
    )
    codings = read_codings(
        qde.codings, qde.selections, places, sources, set(names), guids, losses, remarks
    )
    authors = [*codings.users, *(note.user for note in notes.values()), *author_guids(qde, guids)]
    listed = [*qde.users, *readers_without_user(qde, notes, guids)]
    users = read_users(listed, authors, guids, losses)
    coders = {guid: coder for guid, coder, *_ in users}
    codings.add_losses(names, coders, losses)
    members, collections = read_members(
        qde.collections, set(names), sources, set(notes), guids, losses
    )
    source_table, values = _restore_own_sources(
        _frame(sources.rows, SOURCES), read_values(qde, sources, collections, guids, losses), losses
    )
    placed = place_notes(
        qde, notes, places, codings.marks, codings.mark_row,
        {id(code): guid for code, guid in zip(qde.codes, nodes["guid"], strict=True)}, sources,
        source_table, coders, {guid for guid, _, machine, _ in users if machine}, guids, losses,
    )  # fmt: skip
    _add_further_losses(qde, places, guids, losses)
    marks = _with_machine_notes(codings.marks, placed)
    on_selections = add_selections(qde, marks, codings.mark_row, placed.notes, guids)
    made_at, modified_at = utc([qde.made_at, qde.modified_at])
    return Exchange(
        name=qde.name,
        origin=qde.origin,
        sources=source_table,
        nodes=nodes,
        users=pd.DataFrame(users, columns=["guid", "coder", "machine", "id"]),
        marks=on_selections.marks,
        notes=_with_changes(on_selections.notes, qde, notes, guids),
        values=values,
        members=members,
        read=placed.read,
        losses=losses.table(),
        remarks=tuple(remarks),
        selections=on_selections.selections,
        user=guids.normalise(qde.user),
        made_at=made_at,
        modified_by=guids.normalise(qde.modified_by),
        modified_at=modified_at,
    ).conformed()


def _read_project_nodes(qde: QdeContents, guids: Guids, losses: Losses) -> pd.DataFrame:
    """Return the table NODES, colours in capitals where this program wrote them in small letters."""
    nodes = read_nodes(qde.codes, guids, losses)
    dialect = dialect_of(qde.origin)
    if dialect is not None and DIALECT_STYLES[dialect].lower_colors:
        nodes = nodes.assign(color=nodes["color"].str.upper())
    return nodes


def read_qdc(path: str | os.PathLike[str]) -> Exchange:
    """Read a REFI-QDA codebook.

    Parameters
    ----------
    path : str or os.PathLike
        The .qdc file.

    Returns
    -------
    Exchange
        Its codes and sets; its name is that of the file.

    Raises
    ------
    ExchangeError
        If it is damaged or no codebook.
    UnsafeExchangeError
        If it is too large or declares a document type.
    """
    file = Path(path)
    losses, remarks, guids = Losses(), list[str](), Guids()
    try:
        with file.open("rb") as stream:
            if stream.read(2) == b"PK":
                raise ExchangeError(
                    "This is a zip file, not a codebook, which is plain XML.",
                    file=file,
                    cure="If it is a project, give it the ending .qdpx.",
                )

            def pieces() -> Iterator[bytes]:
                stream.seek(0)
                return _size_checked(iter(lambda: stream.read(_CHUNK), b""), file)

            qde = parse_qde(
                pieces, file=file, place="", root="CodeBook", losses=losses, remarks=remarks
            )
    except (OSError, ValueError) as error:  # a name with NUL is a ValueError
        raise ExchangeError(
            f"The file cannot be opened: {getattr(error, 'strerror', None) or error}.",
            file=file,
            cure="Check its name and folder.",
        ) from error
    _remark_on_version(qde, _CODEBOOK, remarks)
    nodes = read_nodes(qde.codes, guids, losses)
    members, _ = read_members(qde.collections, set(nodes["guid"]), Sources(), set(), guids, losses)
    losses.add("notes of codes", "A codebook has no notes.", [w for _, w in qde.references])
    _add_invalid_losses(qde, guids, losses)
    return Exchange(
        name=file.stem,
        origin=qde.origin,
        nodes=nodes,
        members=members if len(members) else empty(MEMBERS),
        losses=losses.table(),
        remarks=tuple(remarks),
    ).conformed()


def _size_checked(pieces: Iterator[bytes], file: Path) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _MAX_CODEBOOK:
            raise UnsafeExchangeError(
                f"The codebook is larger than {_MAX_CODEBOOK // 2**20} MB.",
                file=file,
                cure="If it is genuine, export it in parts.",
            )
        yield piece


def _frame(rows: Sequence[tuple[object, ...]], table: Table) -> pd.DataFrame:
    return conform(pd.DataFrame(rows, columns=[*table.columns]), table) if rows else empty(table)


def _with_changes(
    notes: pd.DataFrame, qde: QdeContents, notes_by_guid: Mapping[str, Note], guids: Guids
) -> pd.DataFrame:
    """Return notes with who changed them last, and when."""
    authorships = authorship(qde.notes, guids).set_index(pd.Index(list(notes_by_guid)))
    last = authorships[["modified_by", "modified_at"]].reindex(notes["guid"]).fillna("")
    return notes.assign(
        modified_by=last["modified_by"].to_numpy(), modified_at=last["modified_at"].to_numpy()
    )


def _restore_own_sources(
    sources: pd.DataFrame, values: pd.DataFrame, losses: Losses
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return sources and values without the variables by which this program marks sources."""
    renamed, other_values = restore_document_names(sources, values)
    # Unless another document has one of the names now.
    if renamed["document"].is_unique:
        sources, values = renamed, other_values
    return restore_missing_texts(sources, values, losses)


def _with_machine_notes(marks: pd.DataFrame, placed: PlacedNotes) -> pd.DataFrame:
    if not placed.machine_notes:
        return marks
    rows = list(placed.machine_notes)
    probability = marks["probability"].to_numpy().copy()
    why = marks["why"].to_numpy(dtype=object).copy()
    probability[rows] = [note.probability for note in placed.machine_notes.values()]
    why[rows] = [note.why for note in placed.machine_notes.values()]
    return marks.assign(probability=probability, why=why)


def _remark_on_version(qde: QdeContents, expected: str, remarks: list[str]) -> None:
    if qde.namespace != expected:
        remarks.append(
            f"The file says that it is of '{qde.namespace[:60] or 'no namespace'}', not of "
            f"'{expected}'; it was read as if it were."
        )


def _add_invalid_losses(qde: QdeContents, guids: Guids, losses: Losses) -> None:
    losses.add(
        "identities that are no GUID", "Others were made from them, always the same.", guids.invalid
    )
    losses.add(
        "elements that QDA-XML 1.0 does not have",
        "They were not imported.",
        [f"{name}: {count}" for name, count in qde.unknown.most_common(3)],
        count=qde.unknown.total(),
    )


def _formatted(path: str) -> bool:
    return bool(path.strip()) and not path.strip().lower().endswith(".txt")


def _add_further_losses(
    qde: QdeContents, places: SelectionPlaces, guids: Guids, losses: Losses
) -> None:
    """Add what an exchange has no place for to the losses."""
    used = {coding.selection.row for coding in qde.codings if coding.selection is not None}
    used |= {owner.row for owner, _ in qde.references if isinstance(owner, SelectionElement)}
    without_code = [
        selection.name or f"{selection.start}-{selection.end}"
        for selection, duplicate in zip(qde.selections, places.duplicate, strict=True)
        if selection.row not in used and not duplicate and not selection.description.strip()
    ]
    losses.add(
        "selections without a code",
        "A selection is kept here only for its codes and notes.",
        without_code,
    )
    losses.add("links", "There is no place for them here.", [name for name, _, _ in qde.links])
    losses.add("graphs", "There is no place for them here.", qde.graphs)
    losses.add(
        "formatted notes",
        "Their plain text is here; their formatting, such as bold letters and fonts, is not.",
        [
            note.name
            for note in qde.notes
            if (note.plain_path or note.content) and _formatted(note.rich_path)
        ],
    )
    _add_invalid_losses(qde, guids, losses)
