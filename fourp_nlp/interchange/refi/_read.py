"""A REFI-QDA project (.qdpx) read into an `Exchange`."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.interchange._exchange import (
    MARKS,
    MEMBERS,
    NODES,
    NOTES,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    Losses,
)
from fourp_nlp.interchange._identity import guid_of
from fourp_nlp.interchange.refi._codes import read_nodes
from fourp_nlp.interchange.refi._dates import utc
from fourp_nlp.interchange.refi._memos import Memos, read_memos
from fourp_nlp.interchange.refi._package import open_package
from fourp_nlp.interchange.refi._people import Guids, read_users
from fourp_nlp.interchange.refi._places import place_selections, shown_elsewhere
from fourp_nlp.interchange.refi._qde import parse_qde
from fourp_nlp.interchange.refi._sources import read_sources
from fourp_nlp.interchange.refi._values import read_members, read_values
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.interchange.refi._qde import Applied, Found, Selection
    from fourp_nlp.interchange.refi._sources import Sources
    from fourp_nlp.tables import Table

__all__ = ["read_qdpx"]

_STANDARD = "urn:QDA-XML:project:1.0"
_OF_MEDIA = {
    "PictureSelection": ("codings of parts of pictures", "A part of a picture has no text."),
    "PDFSelection": (
        "codings of areas of PDF pages",
        "An area of a page has no text that could be found in the text of its source.",
    ),
    "AudioSelection": ("codings of sound", "A stretch of sound has no text."),
    "VideoSelection": ("codings of film", "A stretch of film has no text."),
}


def read_qdpx(path: str | os.PathLike[str]) -> Exchange:
    """Read a REFI-QDA project.

    Every program's spelling is taken: identities in any case, with braces, or that are none; a byte
    order mark, UTF-16 and Windows-1252; CRLF; offsets in code points, UTF-16 units or bytes. How
    offsets were counted is found out by comparing what they cut out with the selections' names.
    Nothing is unpacked to the disk, and no file outside the project is opened.

    Parameters
    ----------
    path : str or os.PathLike
        The .qdpx file.

    Returns
    -------
    Exchange
        The project. Its losses tell what was not taken over, its remarks what was found out.

    Raises
    ------
    ExchangeError
        If it is damaged, encrypted, or holds no project or several.
    UnsafeExchangeError
        If it is no zip file, expands beyond the limits, or declares a document type.
    """
    losses, remarks, guids = Losses(), list[str](), Guids()
    with open_package(path) as package:
        found = parse_qde(
            package.project(), file=package.path, place=package.project_name, root="Project"
        )
        if found.namespace != _STANDARD:
            remarks.append(
                f"The project says that it is of '{found.namespace[:60] or 'no namespace'}', not of "
                f"{_STANDARD}; it was read as if it were."
            )
        sources = read_sources(found.sources, package, guids, losses, remarks)
        nodes, node_names = read_nodes(found.codes, guids, losses)
        placed, reasons = _place(found, sources, losses, remarks)
        memos = read_memos(found, package, guids, losses)
    kept, codes = _codings(found, guids, node_names, losses)
    rows = {id(selection): row for row, selection in enumerate(found.selections)}
    spans = _spans_of(kept, rows, placed, sources)
    users = _users_of(kept, guids)
    user_rows = read_users(
        found.users, [*users, *(guids.tidy(note.user) for note in found.notes)], guids, losses
    )
    coders = {guid: coder for guid, coder, _ in user_rows}
    _tell_lost(kept, spans, codes, users, rows, reasons, sources, node_names, coders, losses)
    marks, mark_of = _marks(kept, spans, codes, users, sources, guids, losses)
    notes, marks, read = memos.laid(
        found, marks, mark_of, _stretches(placed, sources), sources, coders, rows, node_names
    )
    known = dict.fromkeys(node_names, "")
    members = read_members(
        found.collections, set(known), sources, memos.guids, guids, losses
    )
    values = read_values(found, sources, guids, losses)
    _tell_rest(found, guids, losses, remarks)
    return Exchange(
        name=found.name,
        origin=found.origin,
        sources=_frame(sources.rows, SOURCES),
        nodes=nodes,
        users=_frame(user_rows, USERS),
        marks=marks,
        notes=notes,
        values=values,
        members=members,
        read=read,
        losses=losses.table(),
        remarks=tuple(remarks),
    ).conformed()
