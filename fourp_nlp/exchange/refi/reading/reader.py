"""REFI-QDA projects (.qdpx) and codebooks (.qdc) read into an `Exchange`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.exchange.exchange import MEMBERS, SOURCES, Exchange, Losses
from fourp_nlp.exchange.refi.dialects import WAYS
from fourp_nlp.exchange.refi.document_names import named_here
from fourp_nlp.exchange.refi.note_links import links_as_references
from fourp_nlp.exchange.refi.offsets.offset_units import counting_of
from fourp_nlp.exchange.refi.offsets.selection_places import find_places
from fourp_nlp.exchange.refi.origin import dialect_of
from fourp_nlp.exchange.refi.reading._annotations import annotations_as_references
from fourp_nlp.exchange.refi.reading._codes import read_nodes
from fourp_nlp.exchange.refi.reading._codings import lay_codings
from fourp_nlp.exchange.refi.reading._notes import laid_notes, read_memos, readers
from fourp_nlp.exchange.refi.reading._package import open_package
from fourp_nlp.exchange.refi.reading._passages import made_by, passages_here, stamped
from fourp_nlp.exchange.refi.reading._variables import read_members, read_values
from fourp_nlp.exchange.refi.reading._xml_parser import parse_qde
from fourp_nlp.exchange.refi.reading.qde_elements import Selection
from fourp_nlp.exchange.refi.reading.sources import Sources, read_sources
from fourp_nlp.exchange.refi.reading.users import Guids, read_users
from fourp_nlp.exchange.refi.sources_without_text import textless_here
from fourp_nlp.exchange.refi.xml_dates import utc
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from fourp_nlp.exchange.refi.offsets.selection_places import Places
    from fourp_nlp.exchange.refi.reading._notes import Memo, Said
    from fourp_nlp.exchange.refi.reading.qde_elements import Found
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
        How its offsets are counted, such as ``utf16-crlf``; by default that is found out.

    Returns
    -------
    Exchange
        The project, everything in the order in which the file has it. Its losses tell what was not
        taken over, its remarks what was found out.

    Raises
    ------
    ExchangeError
        If it is damaged, encrypted, or holds no project or several; if nothing tells how its offsets were
        counted, and `counting` does not say; or if there is no such way of counting.
    UnsafeExchangeError
        If it is no zip file, expands beyond the limits, or declares a document type.
    """
    way = counting_of(counting) if counting else None
    losses, remarks, guids = Losses(), list[str](), Guids()
    with open_package(path) as package:
        found = parse_qde(
            package.project, file=package.path, place=package.project_name, root="Project", losses=losses,
            remarks=remarks,
        )  # fmt: skip
        _tell_version(found, _PROJECT, remarks)
        sources = read_sources(found.sources, package, guids, losses, remarks)
        memos = read_memos(found, package, guids, losses)
    links_as_references(found, memos, guids)
    annotations_as_references(found, sources, guids)
    dialect = dialect_of(found.origin)
    nodes = read_nodes(found.codes, guids, losses)
    if dialect is not None and WAYS[dialect].lower_colors:
        nodes = nodes.assign(color=nodes["color"].str.upper())
    node_of = {id(code): guid for code, guid in zip(found.codes, nodes["guid"], strict=True)}
    names = dict(zip(nodes["guid"], nodes["name"], strict=True))
    places = find_places(
        found.selections,
        sources,
        guids,
        losses,
        remarks,
        origin=found.origin,
        counting=way,
        file=path,
    )
    codings = lay_codings(
        found.applied, found.selections, places, sources, set(names), guids, losses, remarks
    )
    authors = [*codings.users, *(memo.user for memo in memos.values()), *made_by(found, guids)]
    users = read_users([*found.users, *readers(found, memos, guids)], authors, guids, losses)
    coders = {guid: coder for guid, coder, *_ in users}
    codings.tell(names, coders, losses)
    members, own = read_members(found.collections, set(names), sources, set(memos), guids, losses)
    held, values = textless_here(
        *_named(_frame(sources.rows, SOURCES), read_values(found, sources, own, guids, losses)),
        losses,
    )
    machines = {guid for guid, _, machine, _ in users if machine}
    said = laid_notes(
        found, memos, places, codings.marks, codings.mark_of, node_of, sources, held, coders, machines,
        guids, losses,
    )  # fmt: skip
    _tell_rest(found, places, guids, losses)
    marks = _with_sureness(codings.marks, said)
    passages = passages_here(found, marks, codings.mark_of, said.notes, guids)
    made_at, modified_at = utc([found.made_at, found.modified_at])
    return Exchange(
        name=found.name,
        origin=found.origin,
        sources=held,
        nodes=nodes,
        users=pd.DataFrame(users, columns=["guid", "coder", "machine", "id"]),
        marks=passages.marks,
        notes=_changed(passages.notes, found, memos, guids),
        values=values,
        members=members,
        read=said.read,
        losses=losses.table(),
        remarks=tuple(remarks),
        selections=passages.selections,
        user=guids.tidy(found.user),
        made_at=made_at,
        modified_by=guids.tidy(found.modified_by),
        modified_at=modified_at,
    ).conformed()


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
                return _limited(iter(lambda: stream.read(_CHUNK), b""), file)

            found = parse_qde(
                pieces, file=file, place="", root="CodeBook", losses=losses, remarks=remarks
            )
    except (OSError, ValueError) as error:  # a name with NUL is a ValueError
        raise ExchangeError(
            f"The file cannot be opened: {getattr(error, 'strerror', None) or error}.",
            file=file,
            cure="Check its name and folder.",
        ) from error
    _tell_version(found, _CODEBOOK, remarks)
    nodes = read_nodes(found.codes, guids, losses)
    members, _ = read_members(
        found.collections, set(nodes["guid"]), Sources(), set(), guids, losses
    )
    losses.add("notes of codes", "A codebook has no notes.", [w for _, w in found.references])
    _tell_odd(found, guids, losses)
    return Exchange(
        name=file.stem,
        origin=found.origin,
        nodes=nodes,
        members=members if len(members) else empty(MEMBERS),
        losses=losses.table(),
        remarks=tuple(remarks),
    ).conformed()


def _limited(pieces: Iterator[bytes], file: Path) -> Iterator[bytes]:
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


def _changed(
    notes: pd.DataFrame, found: Found, memos: Mapping[str, Memo], guids: Guids
) -> pd.DataFrame:
    """Return notes with who changed them last, and when."""
    stamps = stamped(found.notes, guids).set_index(pd.Index(list(memos)))
    last = stamps[["modified_by", "modified_at"]].reindex(notes["guid"]).fillna("")
    return notes.assign(
        modified_by=last["modified_by"].to_numpy(), modified_at=last["modified_at"].to_numpy()
    )


def _named(sources: pd.DataFrame, values: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give documents of ours their own names again, unless another has taken one of them since."""
    named, left = named_here(sources, values)
    return (named, left) if named["document"].is_unique else (sources, values)


def _with_sureness(marks: pd.DataFrame, said: Said) -> pd.DataFrame:
    if not said.sure:
        return marks
    rows = list(said.sure)
    probability = marks["probability"].to_numpy().copy()
    why = marks["why"].to_numpy(dtype=object).copy()
    probability[rows] = [one.probability for one in said.sure.values()]
    why[rows] = [one.why for one in said.sure.values()]
    return marks.assign(probability=probability, why=why)


def _tell_version(found: Found, expected: str, remarks: list[str]) -> None:
    if found.namespace != expected:
        remarks.append(
            f"The file says that it is of '{found.namespace[:60] or 'no namespace'}', not of "
            f"'{expected}'; it was read as if it were."
        )


def _tell_odd(found: Found, guids: Guids, losses: Losses) -> None:
    losses.add(
        "identities that are no GUID", "Others were made from them, always the same.", guids.odd
    )
    losses.add(
        "elements that QDA-XML 1.0 does not have",
        "What they say was not taken over.",
        [f"{name}: {count}" for name, count in found.unknown.most_common(3)],
        count=found.unknown.total(),
    )


def _formatted(path: str) -> bool:
    return bool(path.strip()) and not path.strip().lower().endswith(".txt")


def _tell_rest(found: Found, places: Places, guids: Guids, losses: Losses) -> None:
    """Tell of what an exchange has no place for."""
    used = {one.selection.row for one in found.applied if one.selection is not None}
    used |= {about.row for about, _ in found.references if isinstance(about, Selection)}
    bare = [
        selection.name or f"{selection.start}-{selection.end}"
        for selection, same in zip(found.selections, places.same, strict=True)
        if selection.row not in used and not same and not selection.description.strip()
    ]
    losses.add(
        "selections without a code", "A selection is kept here for its codes and notes alone.", bare
    )
    losses.add("links", "There is no place for them here.", [name for name, _, _ in found.links])
    losses.add("graphs", "There is no place for them here.", found.graphs)
    losses.add(
        "formatted notes",
        "Their plain text is here; their formatting, such as bold letters and fonts, is not.",
        [
            note.name
            for note in found.notes
            if (note.plain or note.content) and _formatted(note.rich)
        ],
    )
    _tell_odd(found, guids, losses)
