"""Writes the XML of a project or codebook as a stream, without what XML cannot hold."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.refi.dialects import DialectStyle
from fourp_nlp.exchange.refi.reading.users import UNKNOWN_USER
from fourp_nlp.exchange.refi.xml_dates import UNKNOWN
from fourp_nlp.exchange.refi.xml_values import fits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["XmlWriter"]

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# White space in an attribute becomes a space when it is read, unless it is written so.
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
# ASCII that may stand anywhere: identities, numbers, most names.
_SAFE = re.compile(r"[ !#-%'-;=?-~]*")
# Pieces that are collected before they are written: a zip compresses large ones far faster.
_BUFFERED = 4096


class XmlWriter:
    """Writes elements, one after the other: a project of 200,000 codings is written in seconds.

    Parameters
    ----------
    stream : binary file
        Where they go.
    namespace, root : str
        Namespace and name of the outermost element.
    losses : Losses
        Characters that XML cannot hold, and invalid dates, are added here.
    style : DialectStyle, optional
        How the dialect is written.
    users : collection of str, optional
        GUIDs of the users in the file's list: no other author is written.
    """

    def __init__(
        self,
        stream: IO[bytes],
        namespace: str,
        root: str,
        losses: Losses,
        *,
        style: DialectStyle | None = None,
        users: Collection[str] = (),
    ) -> None:
        self._stream, self._space, self._root = stream, namespace, root
        self.losses, self._style, self._users = losses, style or DialectStyle(), frozenset(users)
        self._pieces: list[str] = []

    def guid(self, guid: str) -> str:
        """Return a GUID in the spelling of this file."""
        return guid.upper() if self._style.upper_guids else guid

    def author(self, user: str) -> str | None:
        """Return the author of an element; None if the file does not list that user."""
        if user in self._users:
            return self.guid(user)
        return self.guid(UNKNOWN_USER) if self._style.always_authored else None

    def authorship(
        self,
        user: str,
        made_at: str,
        modified_by: str = "",
        modified_at: str = "",
        *,
        always_dated: bool = True,
    ) -> dict[str, str | None]:
        """Return the attributes for who made an element and changed it last, and when.

        What is unknown is empty; an attribute that is not written is None. If `always_dated`, the
        element has a date also where it is unknown.
        """
        has_date = bool(made_at) or always_dated or self._style.always_authored
        return {
            "creatingUser": self.author(user),
            "creationDateTime": self.date(made_at) if has_date else None,
            "modifyingUser": self.guid(modified_by) if modified_by in self._users else None,
            "modifiedDateTime": self.date(modified_at) if modified_at else None,
        }

    def color(self, color: str) -> str:
        """Return a colour in the spelling of this file."""
        return color.lower() if self._style.lower_colors else color

    @contextmanager
    def document(self, **attributes: str | None) -> Iterator[None]:
        """Write the outermost element around what is written in the block."""
        self._write('<?xml version="1.0" encoding="utf-8"?>\n')
        with self.element(self._root, xmlns=self._space, **attributes):
            yield
        self._flush()

    @contextmanager
    def element(self, tag: str, /, **attributes: str | None) -> Iterator[None]:
        """Write an element around what is written in the block; attributes that are None are left out."""
        self._write(f"<{tag}{self._attributes(attributes)}>")
        yield
        self._write(f"</{tag}>")

    def empty(self, tag: str, /, **attributes: str | None) -> None:
        """Write an element without contents."""
        self._write(f"<{tag}{self._attributes(attributes)}/>")

    def text(self, tag: str, content: str) -> None:
        """Write an element with a text in it."""
        self._write(f"<{tag}>{self.valid_text(content).translate(_IN_TEXT)}</{tag}>")

    def date(self, made_at: str) -> str:
        """Return a date and time as XML writes them; where there is none, a fixed one that means unknown."""
        if not made_at or fits("DateTime", made_at):
            return made_at or UNKNOWN
        self.losses.add("dates", "they are no dates as XML writes them: left out", [made_at])
        return UNKNOWN

    def describe(self, description: str) -> None:
        """Write a description, if there is one."""
        if description:
            self.text("Description", description)

    def _write(self, piece: str) -> None:
        self._pieces.append(piece)
        if len(self._pieces) >= _BUFFERED:
            self._flush()

    def _flush(self) -> None:
        self._stream.write("".join(self._pieces).encode())
        self._pieces.clear()

    def _attributes(self, attributes: dict[str, str | None]) -> str:
        written = []
        for key, value in attributes.items():
            if value is None:
                continue
            if not _SAFE.fullmatch(value):
                value = self.valid_text(value).translate(_IN_ATTRIBUTE)  # noqa: PLW2901
            written.append(f' {key}="{value}"')
        return "".join(written)

    def valid_text(self, value: str) -> str:
        """Return what XML can hold of a text, and add the rest to the losses."""
        valid = printable(value)
        if valid != value:
            self.losses.add(
                "texts with control characters",
                "XML does not allow these characters: they are left out",
                [valid],
            )
        return valid
