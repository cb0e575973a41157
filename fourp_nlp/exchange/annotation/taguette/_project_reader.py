"""Reads Taguette's project files: SQLite databases with documents in HTML and offsets in bytes of their text.

An offset counts the UTF-8 bytes of the document's text nodes, tags aside (Taguette's `extract.py`, and
`describePos` in its `taguette.js`). Tables and columns are those of Taguette 1.5.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Literal

import numpy as np

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.annotation.exchange_builder import ExchangeBuilder, Mark
from fourp_nlp.exchange.annotation.json_records import Where
from fourp_nlp.exchange.offset_units import CODE_POINTS, utf_8_sizes
from fourp_nlp.exchange.sqlite_reader import open_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.sqlite_reader import Tables

    Integers = npt.NDArray[np.int64]

__all__ = ["ANYBODY", "byte_places", "read_project"]

ANYBODY = "admin"
"""Taguette's name for whoever works alone, and for everybody in a project that it exports."""

_PROGRAM = "Taguette"
_NEEDED = {
    "projects": ("id", "name", "description"),
    "documents": ("id", "name", "description", "project_id", "contents"),
    "tags": ("id", "project_id", "path", "description"),
    "highlights": ("id", "document_id", "start_offset", "end_offset"),
    "highlight_tags": ("highlight_id", "tag_id"),
    "commands": ("date", "user_login", "project_id", "payload"),
}
_CURE = "Export the project from Taguette again, as SQLite3."
# Tags at whose ends a line ends; the others are within a line.
_BLOCKS = frozenset(
    {
        "p", "br", "blockquote", "pre", "caption", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
        "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "div",
    }
)  # fmt: skip


def read_project(path: Path, *, coder: str, project: str | None) -> Exchange:
    """Read a Taguette project.

    `coder` is who coded; empty: whoever made each highlight, as far as the database says. `project`
    is the project's name, where there are several. The documents are the text of the HTML, a line
    for each block.

    Raises ExchangeError if it is no such project, or there are several and none is named;
    UnsafeExchangeError if the database is beyond the limits, or its tables are not plain tables.
    """
    with open_tables(path, _PROGRAM) as tables:
        tables.check(_NEEDED, _PROGRAM)
        return _read(tables, coder, project)


def _read(tables: Tables, coder: str, project: str | None) -> Exchange:
    path = tables.path
    projects = [
        (_whole(path, number), _text(path, name))
        for number, name in tables.rows("projects", "id", "name", order="id")
    ]
    chosen = [row for row in projects if project is None or row[1] == project]
    if len(chosen) != 1:
        names = "; ".join(name for _, name in projects[:20]) or "none"
        raise ExchangeError(
            f"The database has {len(projects)} projects, and it is not clear which is meant.",
            file=path,
            cure=f"Name one of them: {names}.",
        )
    number, name = chosen[0]
    builder = ExchangeBuilder(path, _PROGRAM, counting=CODE_POINTS)
    documents: dict[int, tuple[int, _HtmlText]] = {}
    for document, title, description, contents, owner in tables.rows(
        "documents", "id", "name", "description", "contents", "project_id", order="id"
    ):
        if owner != number:
            continue
        html_text = _HtmlText(_text(path, contents))
        where = Where(path, len(documents) + 1)
        record = builder.add_record(html_text.text, {"document": _text(path, title)}, where)
        documents[_whole(path, document)] = (record, html_text)
        builder.add_note(record, _text(path, description), "", name="Description")
    tags = {
        _whole(path, tag): (_text(path, label), _text(path, description))
        for tag, label, description, owner in tables.rows(
            "tags", "id", "path", "description", "project_id", order="id"
        )
        if owner == number
    }
    for label, _ in tags.values():
        builder.add_label(label)
    _read_highlights(tables, builder, documents, tags, coder, number)
    exchange = builder.build(name=name)
    descriptions = dict(tags.values())
    nodes = exchange.nodes.assign(
        description=[
            descriptions.get(label, "").replace("\r\n", "\n") for label in exchange.nodes["name"]
        ]
    )
    return replace(exchange, nodes=nodes).conformed()


def _read_highlights(
    tables: Tables,
    builder: ExchangeBuilder,
    documents: Mapping[int, tuple[int, _HtmlText]],
    tags: Mapping[int, tuple[str, str]],
    coder: str,
    project: int,
) -> None:
    path = tables.path
    makers = _makers(tables, project)
    labels: dict[int, list[str]] = {}
    for highlight, tag in tables.rows("highlight_tags", "highlight_id", "tag_id"):
        if tag in tags:
            labels.setdefault(_whole(path, highlight), []).append(tags[tag][0])
    highlights_of: dict[int, list[tuple[int, int, int]]] = {}
    for highlight, document, start, end in tables.rows(
        "highlights", "id", "document_id", "start_offset", "end_offset", order="id"
    ):
        if document in documents:
            span = (_whole(path, highlight), _whole(path, start), _whole(path, end))
            highlights_of.setdefault(_whole(path, document), []).append(span)
    by_nobody = 0
    for document, highlights in highlights_of.items():
        record, html_text = documents[document]
        table = np.array(highlights, dtype=np.int64).reshape(-1, 3)
        starts, ends = html_text.starts(table[:, 1]), html_text.ends(table[:, 2])
        for highlight, start, end in zip(
            table[:, 0].tolist(), starts.tolist(), ends.tolist(), strict=True
        ):
            maker, made_at = makers.get(highlight, ("", ""))
            if maker == ANYBODY:
                maker = ""
            by_nobody += not (coder or maker)
            highlight_labels = labels.get(highlight, [])
            if not highlight_labels:
                builder.losses.add(
                    "highlights without a tag",
                    "a highlight without a tag is no coding",
                    [html_text.text[start:end]],
                )
            for label in highlight_labels:
                builder.add_mark(
                    Mark(
                        record, start, end, label, coder or maker, machine=False, made_at=made_at,
                        line=highlight,
                    )
                )  # fmt: skip
    if by_nobody:
        builder.remarks.append(
            f"{by_nobody:,} highlights do not say who made them: an exported project calls all coders "
            f"{ANYBODY}. Name the coder with `coder`."
        )


def _makers(tables: Tables, project: int) -> dict[int, tuple[str, str]]:
    """Return who made each highlight and when, from the project's log."""
    path = tables.path
    makers: dict[int, tuple[str, str]] = {}
    for date, login, payload, owner in tables.rows(
        "commands", "date", "user_login", "payload", "project_id", order="id"
    ):
        if owner != project:
            continue
        try:
            command = json.loads(_text(path, payload))
        except (ValueError, RecursionError):
            continue
        if isinstance(command, dict) and command.get("type") == "highlight_add":
            highlight = command.get("highlight_id")
            if isinstance(highlight, int):
                written = _text(path, date).strip()
                made_at = f"{written[:19].replace(' ', 'T')}Z" if len(written) >= 19 else ""
                # A highlight is added again when it is changed: whoever did so last gave its tags.
                makers[highlight] = (_text(path, login), made_at)
    return makers


def _whole(path: Path, value: object) -> int:
    if isinstance(value, int):
        return value
    raise ExchangeError(
        f"The database holds {str(value)[:30]!r} where a number belongs.", file=path, cure=_CURE
    )


def _text(path: Path, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise ExchangeError(
        f"The database holds {str(value)[:30]!r} where a text belongs.", file=path, cure=_CURE
    )


class _HtmlText(HTMLParser):
    """The text of an HTML document, with a line for each block; converts byte offsets to its characters.

    Attributes
    ----------
    text : str
        The text.
    """

    def __init__(self, contents: str) -> None:
        super().__init__(convert_charrefs=True)
        self._nodes: list[str] = []
        self._breaks: list[int] = []
        self._length = 0
        self._ends_line = True
        self._due = False
        self._verbatim = False
        # Browsers take these line ends for one before they parse anything.
        self.feed(contents.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        base = "".join(self._nodes)
        bounds = [0, *self._breaks, len(base)]
        self.text = "\n".join(base[a:b] for a, b in itertools.pairwise(bounds))
        self._base_breaks = np.array(self._breaks, dtype=np.int64)
        self._bytes = byte_places(base)

    def starts(self, offsets: Integers) -> Integers:
        """Return where highlights begin; one that begins within a character begins with it."""
        at = np.searchsorted(self._bytes, offsets, side="right") - 1
        return self._after_breaks(at, offsets, "right")

    def ends(self, offsets: Integers) -> Integers:
        """Return where highlights end; one that ends within a character ends behind it."""
        at = np.searchsorted(self._bytes, offsets, side="left")
        return self._after_breaks(at, offsets, "left")

    def _after_breaks(
        self, at: Integers, offsets: Integers, side: Literal["left", "right"]
    ) -> Integers:
        """Return places with the line ends before them counted; those beyond the text stay beyond it."""
        counted: Integers = at + np.searchsorted(self._base_breaks, at, side=side)
        return np.where(offsets > self._bytes[-1], len(self.text) + 1, counted)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._due |= tag in _BLOCKS
        # A line end right behind this tag is not text.
        self._verbatim = tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._due |= tag in _BLOCKS
        self._verbatim = False

    def handle_data(self, data: str) -> None:
        if self._verbatim:
            data = data.removeprefix("\n")
            self._verbatim = False
        if not data:
            return
        inner = data.strip(" \t")
        if inner:
            if self._due and not self._ends_line and not inner.startswith("\n"):
                self._breaks.append(self._length)
            self._due = False
            self._ends_line = inner.endswith("\n")
        self._nodes.append(data)
        self._length += len(data)


def byte_places(text: str) -> Integers:
    """Return the byte of the UTF-8 text at which each character begins, and where the last one ends."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(utf_8_sizes(text))])
