"""The XML of a project or codebook, written as a stream; what XML cannot hold is left out and told."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from fourp_nlp.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.interchange._exchange import Losses

__all__ = ["Page"]

_DATE = re.compile(
    r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
)
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# White space in an attribute becomes a space when it is read, unless it is written so.
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
_AS_IT_IS = re.compile(
    r"[ !#-%'-;=?-~]*"
)  # ASCII that may stand anywhere: identities, numbers, most names
_FULL = (
    4096  # pieces that are gathered before they are handed on: a zip takes large ones far faster
)


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
    upper : bool, default False
        Whether identities are in capital letters.
    """

    def __init__(
        self, stream: IO[bytes], namespace: str, root: str, losses: Losses, *, upper: bool = False
    ) -> None:
        self._stream, self._space, self._root = stream, namespace, root
        self.losses, self._upper = losses, upper
        self._pieces: list[str] = []

    def guid(self, guid: str) -> str:
        """Return an identity in the spelling of this file."""
        return guid.upper() if self._upper else guid

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
        self._put(f"<{tag}>{self._held(content, tag).translate(_IN_TEXT)}</{tag}>")

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
            if key.endswith("DateTime") and not _DATE.fullmatch(value):
                self.losses.add("dates", "they are no dates as XML writes them: left out", [value])
                continue
            if not _AS_IT_IS.fullmatch(value):
                value = self._held(value, key).translate(_IN_ATTRIBUTE)  # noqa: PLW2901
            made.append(f' {key}="{value}"')
        return "".join(made)

    def _held(self, value: str, where: str) -> str:
        held = printable(value)
        if held != value and where != "name":
            self.losses.add(
                "texts with control characters",
                "XML holds no such characters: they are left out",
                [held],
            )
        return held
