"""The parts of a methods text, independent of the file format: paragraphs, sentences, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Blank", "Cited", "Grid", "MethodsText", "Paragraph", "Run", "Sentence", "Shown"]


class Cited(NamedTuple):
    """Works that are cited in brackets; writers put a space before them."""

    keys: tuple[str, ...]


class Blank(NamedTuple):
    """Something that the author must fill in, because the project does not hold it."""

    what: str


class Shown(NamedTuple):
    """The number of a table, by its name."""

    table: str


Run = str | Cited | Blank | Shown
"""A piece of a sentence; a str is text, which every writer escapes."""

Sentence = tuple[Run, ...]


class Paragraph(NamedTuple):
    """A paragraph under a heading of its own."""

    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    name : str
        By which `Shown` finds it: letters, digits and hyphens.
    caption : str
        What it shows.
    head : tuple of str
        The names of its columns; the first column holds words, the others figures.
    rows : tuple of tuple of str
        Its cells.
    notes : tuple of str
        Notes below it, a sentence each.
    """

    name: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MethodsText:
    """The whole text.

    Attributes
    ----------
    paragraphs : tuple of Paragraph
        In order.
    tables : tuple of Grid
        In the order of their numbers.
    """

    paragraphs: tuple[Paragraph, ...]
    tables: tuple[Grid, ...]

    def _runs(self) -> Iterator[Run]:
        for paragraph in self.paragraphs:
            for sentence in paragraph.sentences:
                yield from sentence

    @property
    def citations(self) -> list[str]:
        """The keys of all works cited, each once, in order of first appearance."""
        keys = [key for run in self._runs() if isinstance(run, Cited) for key in run.keys]
        return list(dict.fromkeys(keys))

    @property
    def blanks(self) -> list[str]:
        """What the author must fill in, in order."""
        return [run.what for run in self._runs() if isinstance(run, Blank)]

    def number(self, table: str) -> int:
        """Return the number of a table, from 1.

        Parameters
        ----------
        table : str
            Its name.

        Returns
        -------
        int
            Its number.

        Raises
        ------
        ValueError
            If there is no such table.
        """
        return [grid.name for grid in self.tables].index(table) + 1
