"""The reading of a file: its texts, speakers, doubts and remarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Reading", "Text"]


class Text(NamedTuple):
    """One document in a file.

    Parameters
    ----------
    text : str
        Its text.
    part : str
        Its id inside the file; empty if the file is one document.
    labels : tuple of str
        Names that the file itself marks as speakers, such as those of a column of names. Each stands in
        the text as it is here, before a colon or alone on its line.
    attributes : mapping of str to str
        What the file itself says of the document, by the names of columns of ``documents.csv``, which goes
        before it.
    """

    text: str
    part: str = ""
    labels: tuple[str, ...] = ()
    attributes: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Reading:
    """The documents of a file, and what a person should know of how they were read.

    Attributes
    ----------
    texts : list of Text
        The documents.
    doubts : list of str
        What may be wrong and should be looked at, a line each; every command shows it.
    remarks : list of str
        What was done as a matter of course, a line each, such as running heads that were left out;
        ``fourp read`` shows it.
    """

    texts: list[Text]
    doubts: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, read: str | list[tuple[str, str]] | Reading) -> Reading:
        """Return what a reader returned as a reading.

        Parameters
        ----------
        read : str or list of tuple of (str, str) or Reading
            A text, or each document's id inside the file and its text.

        Returns
        -------
        Reading
            The reading.
        """
        if isinstance(read, Reading):
            return read
        if isinstance(read, str):
            return cls([Text(read)])
        return cls([Text(text, part) for part, text in read])

    def message(self) -> dict[str, Any]:
        """Return the reading as plain lists, to be sent from one process to another."""
        return {
            "texts": [
                [one.text, one.part, list(one.labels), dict(one.attributes)] for one in self.texts
            ],
            "doubts": self.doubts,
            "remarks": self.remarks,
        }

    @classmethod
    def from_message(cls, message: object) -> Reading | None:
        """Return the reading that a message holds, or None if it is no message of a reading.

        Parameters
        ----------
        message : object
            What another process sent; nothing of it is believed that is not as it must be.

        Returns
        -------
        Reading or None
            The reading, which has at least one text.
        """
        match message:
            case {"texts": [_, *_] as texts, "doubts": list(doubts), "remarks": list(remarks)}:
                pass
            case _:
                return None
        read_texts = []
        for one in texts:
            match one:
                case [str(text), str(part), list(labels), dict(attributes)] if _all_text(
                    [*labels, *attributes, *attributes.values()]
                ):
                    read_texts.append(Text(text, part, tuple(labels), attributes))
                case _:
                    return None
        if not (_all_text(doubts) and _all_text(remarks)):
            return None
        return cls(read_texts, doubts, remarks)


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
