"""The XML of a project or codebook, written as a stream; what XML cannot hold is left out and told."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from fourp_nlp.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.interchange._exchange import Losses

__all__ = ["Page"]

_DATE = re.compile(
    r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
)


class Page:
    """Writes elements, one after the other.

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
        self._file: Any = None

    def guid(self, guid: str) -> str:
        """Return an identity in the spelling of this file."""
        return guid.upper() if self._upper else guid

    @contextmanager
    def document(self, **attributes: str | None) -> Iterator[None]:
        """Write the outermost element around what is written in the block."""
        from lxml import etree  # type: ignore[import-untyped, unused-ignore]  # noqa: PLC0415 - slow

        with etree.xmlfile(self._stream, encoding="utf-8") as self._file:
            self._file.write_declaration()
            with self._file.element(
                f"{{{self._space}}}{self._root}", self._clean(attributes), nsmap={None: self._space}
            ):
                yield

    @contextmanager
    def element(self, tag: str, /, **attributes: str | None) -> Iterator[None]:
        """Write an element around what is written in the block; attributes that are None are left out."""
        with self._file.element(f"{{{self._space}}}{tag}", self._clean(attributes)):
            yield

    def empty(self, tag: str, /, **attributes: str | None) -> None:
        """Write an element without contents."""
        with self._file.element(f"{{{self._space}}}{tag}", self._clean(attributes)):
            pass

    def text(self, name: str, content: str) -> None:
        """Write an element with a text in it."""
        with self._file.element(f"{{{self._space}}}{name}"):
            self._file.write(self._held(content, name))

    def described(self, description: str) -> None:
        """Write a description, if there is one."""
        if description:
            self.text("Description", description)

    def _clean(self, attributes: dict[str, str | None]) -> dict[str, str]:
        made = {}
        for key, value in attributes.items():
            if value is None:
                continue
            if key.endswith("DateTime") and not _DATE.fullmatch(value):
                self.losses.add("dates", "they are no dates as XML writes them: left out", [value])
                continue
            made[key] = self._held(value, key)
        return made

    def _held(self, value: str, where: str) -> str:
        held = printable(value)
        if held != value and where != "name":
            self.losses.add(
                "texts with control characters",
                "XML holds no such characters: they are left out",
                [held],
            )
        return held
