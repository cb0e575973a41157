"""The tables into which every format is read, and from which it is written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.tables import CODED, Column, Table, conform, empty, make_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


__all__ = [
    "LOSSES",
    "MARKS",
    "MEMBERS",
    "NODES",
    "NOTES",
    "SELECTIONS",
    "SOURCES",
    "USERS",
    "VALUES",
    "Exchange",
    "Losses",
    "rows_of",
    "table_of_rows",
]


def _text_or_none(meaning: str) -> Column:
    """Return a column of texts that a frame may be without: it is empty then."""
    return Column("str", meaning, "")


_USER = _text_or_none("GUID of who made it; empty if no one is named")
_MADE_AT = _text_or_none("when it was made: date and time as ISO 8601, UTC; empty if unknown")
_MODIFIED_BY = _text_or_none("GUID of who changed it last; empty if no one is named")
_MODIFIED_AT = _text_or_none("when it was changed last, in the same form; empty if unknown")
_SELECTION = _text_or_none(
    "GUID of its selection in the other program, which codings and notes may share; empty if unknown"
)


SOURCES = make_table(
    "sources",
    guid=("str", "identity of the source: a GUID, lower case, without braces"),
    document=("str", "name of the source; in this program the document's id"),
    text=("str", "its text, line ends as \\n, no byte order mark; offsets count its code points"),
    has_text=("bool", "whether there was a text; a source without one keeps its name and values"),
    kind=("str", "text, pdf, picture, audio or video: what the other program held"),
    description=("str", "its description; empty if there is none"),
    name_there=_text_or_none("name under which it is exported; empty: the same as `document`"),
    user=_USER,
    made_at=_MADE_AT,
    modified_by=_MODIFIED_BY,
    modified_at=_MODIFIED_AT,
)

NODES = make_table(
    "nodes",
    guid=("str", "identity of the code or theme"),
    parent=("str", "GUID of its parent; empty at the top"),
    code=("str", "id in a codebook of ours; empty if it has none yet"),
    name=("str", "its name"),
    description=("str", "its description as the format carries it, line ends as \\n"),
    color=("str", "#RRGGBB, or empty"),
    codable=("bool", "whether it may be applied to text; a theme of ours may not"),
)

USERS = make_table(
    "users",
    guid=("str", "identity of the coder"),
    coder=("str", "the coder's name"),
    machine=("bool", "whether it is a machine"),
    name_there=_text_or_none("name under which they are exported; empty: the same as `coder`"),
    id=_text_or_none("short name in the other program, such as initials; empty if there is none"),
)

MARKS = make_table(
    "marks",
    guid=("str", "identity of the coding"),
    source=("str", "GUID of the source"),
    start=("int64", "first code point of the coded span in the source's text"),
    end=("int64", "one past its last code point"),
    node=("str", "GUID of the code"),
    user=("str", "GUID of the coder; empty if no one is named"),
    quote=("str", "the coded text, exactly"),
    made_at=("str", "date and time as ISO 8601, UTC; empty if unknown"),
    probability=("float64", "a machine's probability, nan if there is none"),
    why=("str", "a machine's reason; empty if there is none"),
    selection=_SELECTION,
)

SELECTIONS = make_table(
    "selections",
    guid=("str", "identity of a selection, to which codings and notes refer"),
    user=_USER,
    made_at=_MADE_AT,
    modified_by=_MODIFIED_BY,
    modified_at=_MODIFIED_AT,
)

NOTES = make_table(
    "notes",
    guid=("str", "identity of the note"),
    about=(
        "str",
        "GUID of the source, code or coding that it is about; empty: the whole project",
    ),
    start=("int64", "first code point where it is about a stretch of a source; else -1"),
    end=("int64", "one past its last; else -1"),
    user=("str", "GUID of its author; empty if no one is named"),
    name=("str", "its title"),
    text=("str", "what it says"),
    made_at=("str", "date and time as ISO 8601, UTC; empty if unknown"),
    modified_by=_MODIFIED_BY,
    modified_at=_MODIFIED_AT,
    selection=_SELECTION,
)

VALUES = make_table(
    "values",
    about=("str", "GUID of the source or case"),
    variable=("str", "name of the variable, such as group"),
    kind=("str", "Text, Boolean, Integer, Float, Date or DateTime"),
    value=("str", "the value as XML Schema writes it"),
    variable_guid=_text_or_none("GUID of the variable in the other program; empty if unknown"),
)

MEMBERS = make_table(
    "members",
    guid=("str", "identity of the case or set"),
    kind=("str", "case or set"),
    name=("str", "its name"),
    member=("str", "GUID of a source, code or note in it; empty: it is there without members"),
    description=("str", "description of the case or set; empty if there is none"),
)

LOSSES = make_table(
    "losses",
    item=("str", "what kind of thing was lost or changed, in the plural"),
    count=("int64", "how many"),
    why=("str", "why, and what happened instead"),
    examples=("str", "a few of them, with '; ' between"),
)

_EXAMPLES = 3
_LENGTH = 80


@dataclass
class Losses:
    """Collects what is lost or changed.

    Each kind of thing is listed once for each reason, with its number and a few examples.
    """

    _examples: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(
        self, item: str, why: str, examples: Iterable[str] = (), *, count: int | None = None
    ) -> None:
        """Add things of one kind, lost for one reason.

        Parameters
        ----------
        item : str
            What kind of thing, in the plural: "links", "codings of pictures".
        why : str
            Why, and what happened instead, as a sentence.
        examples : iterable of str
            The things by name or place; all of them, or as many as are at hand.
        count : int, optional
            How many; by default the number of examples.
        """
        named = list(examples)
        key = (item, why)
        kept = self._examples.setdefault(key, [])
        kept.extend(" ".join(name.split())[:_LENGTH] for name in named[: _EXAMPLES - len(kept)])
        self._counts[key] = self._counts.get(key, 0) + (len(named) if count is None else count)

    def add_all(self, losses: pd.DataFrame) -> None:
        """Add the rows of a table of losses.

        Parameters
        ----------
        losses : pandas.DataFrame
            The table LOSSES.
        """
        rows = conform(losses, LOSSES)
        for item, count, why, examples in zip(
            rows["item"], rows["count"], rows["why"], rows["examples"], strict=True
        ):
            self.add(item, why, examples.split("; ") if examples else [], count=int(count))

    def table(self) -> pd.DataFrame:
        """Return the table LOSSES, in the order in which kinds of things were first added."""
        rows = [
            (item, self._counts[item, why], why, "; ".join(examples))
            for (item, why), examples in self._examples.items()
            if self._counts[item, why]
        ]
        return table_of_rows(rows, LOSSES)


@dataclass(frozen=True)
class Exchange:
    """A project for exchange with other programs.

    Attributes
    ----------
    name : str
        The project's name.
    origin : str
        The program that wrote it, as it says.
    sources, nodes, users, marks, notes, values, members, selections : pandas.DataFrame
        The tables of these names, in upper case in this module. `nodes` is in the order of the
        codebook, parents before their children.
    read : pandas.DataFrame
        The table CODED (coder by name, document by name): what each coder read,
        as far as the format says.
    losses : pandas.DataFrame
        The table LOSSES: what was lost in reading.
    remarks : tuple of str
        What the user should know, as sentences: how offsets were counted, which encoding a text had.
    only_coded : frozenset of str
        GUIDs of nodes that occur only in codings: they are codes only if one of their codings was placed.
    has_texts : bool
        Whether the texts of the sources are of the file itself, and not of the study that it was read for.
    user, modified_by : str
        GUIDs of those who made the project and who changed it last; empty if no one is named.
    made_at, modified_at : str
        When: date and time as ISO 8601, UTC; empty if unknown.
    """

    name: str = ""
    origin: str = ""
    sources: pd.DataFrame = field(default_factory=lambda: empty(SOURCES))
    nodes: pd.DataFrame = field(default_factory=lambda: empty(NODES))
    users: pd.DataFrame = field(default_factory=lambda: empty(USERS))
    marks: pd.DataFrame = field(default_factory=lambda: empty(MARKS))
    notes: pd.DataFrame = field(default_factory=lambda: empty(NOTES))
    values: pd.DataFrame = field(default_factory=lambda: empty(VALUES))
    members: pd.DataFrame = field(default_factory=lambda: empty(MEMBERS))
    read: pd.DataFrame = field(default_factory=lambda: empty(CODED))
    losses: pd.DataFrame = field(default_factory=lambda: empty(LOSSES))
    remarks: tuple[str, ...] = ()
    selections: pd.DataFrame = field(default_factory=lambda: empty(SELECTIONS))
    user: str = ""
    made_at: str = ""
    modified_by: str = ""
    modified_at: str = ""
    only_coded: frozenset[str] = frozenset()
    has_texts: bool = True

    def conformed(self) -> Exchange:
        """Return the same with every table checked and in its types.

        A column that has a default in its table may be absent, and is filled with it.

        Returns
        -------
        Exchange
            The same project.

        Raises
        ------
        TableError
            If a table lacks a column or holds a value of another type.
        """
        return replace(
            self,
            sources=conform(self.sources, SOURCES),
            nodes=conform(self.nodes, NODES),
            users=conform(self.users, USERS),
            marks=conform(self.marks, MARKS),
            notes=conform(self.notes, NOTES),
            values=conform(self.values, VALUES),
            members=conform(self.members, MEMBERS),
            read=conform(self.read, CODED),
            losses=conform(self.losses, LOSSES),
            selections=conform(self.selections, SELECTIONS),
        )


def rows_of(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Return the rows of a table as tuples.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    *columns : str
        Which columns, and in which order.

    Returns
    -------
    iterator of tuple
        The rows, as plain values of Python.
    """
    return zip(*(frame[name].tolist() for name in columns), strict=True)


def table_of_rows(rows: Iterable[tuple[Any, ...]], table: Table) -> pd.DataFrame:
    """Return rows as one of the tables.

    Parameters
    ----------
    rows : iterable of tuple
        The rows, with the table's columns in their order; the last ones may be left out if they have
        a default.
    table : Table
        The table.

    Returns
    -------
    pandas.DataFrame
        The table; without rows, the empty one.
    """
    listed = list(rows)
    if not listed:
        return empty(table)
    return conform(pd.DataFrame(listed, columns=table.names[: len(listed[0])]), table)
