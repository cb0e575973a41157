"""The XML of a project or codebook, written as a stream; what XML cannot hold is left out and told."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.refi.dialects import Way
from fourp_nlp.exchange.refi.reading.users import SOMEBODY
from fourp_nlp.exchange.refi.xml_dates import UNKNOWN
from fourp_nlp.exchange.refi.xml_values import fits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fourp_nlp.exchange.exchange import Losses

__all__ = ["Page"]

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# White space in an attribute becomes a space when it is read, unless it is written so.
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
# ASCII that may stand anywhere: identities, numbers, most names.
_AS_IT_IS = re.compile(r"[ !#-%'-;=?-~]*")
# Pieces that are gathered before they are handed on: a zip takes large ones far faster.
_FULL = 4096


class Page:
    """Writes elements, one after the other: a project of 200,000 codings is written in seconds.

    Parameters
    ----------
    stream : binary file
        Where they go.
    namespace, root : str
        Namespace and name of the outermost element.
    losses : Losses
        Is told of characters that XML cannot hold, and of dates that are none.
    way : Way, optional
        How the dialect writes.
    users : collection of str, optional
        Identities of the users that the file lists: nobody else is named.
    """

    def __init__(
        self,
        stream: IO[bytes],
        namespace: str,
        root: str,
        losses: Losses,
        *,
        way: Way | None = None,
        users: Collection[str] = (),
    ) -> None:
        self._stream, self._space, self._root = stream, namespace, root
        self.losses, self._way, self._users = losses, way or Way(), frozenset(users)
        self._pieces: list[str] = []

    def guid(self, guid: str) -> str:
        """Return an identity in the spelling of this file."""
        return guid.upper() if self._way.upper else guid

    def author(self, user: str) -> str | None:
        """Return who made a thing; None if that is nobody whom the file lists."""
        if user in self._users:
            return self.guid(user)
        return self.guid(SOMEBODY) if self._way.stamped else None

    def made(
        self,
        user: str,
        made_at: str,
        modified_by: str = "",
        modified_at: str = "",
        *,
        dated: bool = True,
    ) -> dict[str, str | None]:
        """Return the attributes that say who made a thing and changed it last, and when.

        Parameters
        ----------
        user, made_at, modified_by, modified_at : str
            As far as it is known; else empty.
        dated : bool, default True
            Whether it has a date of its making in any case.

        Returns
        -------
        dict of str to str or None
            Attributes; None for one that is not written.
        """
        known = bool(made_at) or dated or self._way.stamped
        return {
            "creatingUser": self.author(user),
            "creationDateTime": self.date(made_at) if known else None,
            "modifyingUser": self.guid(modified_by) if modified_by in self._users else None,
            "modifiedDateTime": self.date(modified_at) if modified_at else None,
        }

    def color(self, color: str) -> str:
        """Return a colour in the spelling of this file."""
        return color.lower() if self._way.lower_colors else color

    @contextmanager
    def document(self, **attributes: str | None) -> Iterator[None]:
        """Write the outermost element around what is written in the block."""
        self._put('<?xml version="1.0" encoding="utf-8"?>\n')
        with self.element(self._root, xmlns=self._space, **attributes):
            yield
        self._hand_on()

    @contextmanager
    def element(self, tag: str, /, **attributes: str | None) -> Iterator[None]:
        """Write an element around what is written in the block; attributes that are None are left out."""
        self._put(f"<{tag}{self._clean(attributes)}>")
        yield
        self._put(f"</{tag}>")

    def empty(self, tag: str, /, **attributes: str | None) -> None:
        """Write an element without contents."""
        self._put(f"<{tag}{self._clean(attributes)}/>")

    def text(self, tag: str, content: str) -> None:
        """Write an element with a text in it."""
        self._put(f"<{tag}>{self.held(content).translate(_IN_TEXT)}</{tag}>")

    def date(self, made_at: str) -> str:
        """Return a date and time as XML writes them; where there is none, one that says so."""
        if not made_at or fits("DateTime", made_at):
            return made_at or UNKNOWN
        self.losses.add("dates", "they are no dates as XML writes them: left out", [made_at])
        return UNKNOWN

    def described(self, description: str) -> None:
        """Write a description, if there is one."""
        if description:
            self.text("Description", description)

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        if len(self._pieces) >= _FULL:
            self._hand_on()

    def _hand_on(self) -> None:
        self._stream.write("".join(self._pieces).encode())
        self._pieces.clear()

    def _clean(self, attributes: dict[str, str | None]) -> str:
        made = []
        for key, value in attributes.items():
            if value is None:
                continue
            if not _AS_IT_IS.fullmatch(value):
                value = self.held(value).translate(_IN_ATTRIBUTE)  # noqa: PLW2901
            made.append(f' {key}="{value}"')
        return "".join(made)

    def held(self, value: str) -> str:
        """Return what XML can hold of a text, and tell if that is not all of it."""
        held = printable(value)
        if held != value:
            self.losses.add(
                "texts with control characters",
                "XML holds no such characters: they are left out",
                [held],
            )
        return held
