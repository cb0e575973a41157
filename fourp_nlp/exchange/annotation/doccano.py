"""doccano: its JSONL of sequence labelling, with and without relations, and of text classification.

The format is what doccano 1.8's `data_export` writes and its `data_import` takes. Its editor counts
places in UTF-16 code units, whatever its documentation calls them (doccano issue 2290).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.exchange.annotation._row_parts import parts_of
from fourp_nlp.exchange.annotation._table_records import records_of
from fourp_nlp.exchange.annotation.coder_selection import chosen_answers
from fourp_nlp.exchange.annotation.exchange_builder import ExchangeBuilder, Mark
from fourp_nlp.exchange.annotation.json_records import read_records, write_lines
from fourp_nlp.exchange.annotation.label_names import colours_of, labels_of
from fourp_nlp.exchange.annotation.row_writer import rows_of
from fourp_nlp.exchange.offset_units import CODE_POINTS, UTF_16, to_utf_16
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from fourp_nlp.exchange.annotation.json_records import Record, Where
    from fourp_nlp.exchange.annotation.label_names import Naming
    from fourp_nlp.exchange.annotation.row_writer import Answer, Row, Rows, Unit
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.offset_units import Counting
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["read_doccano", "write_doccano"]

_KEYS = "1234567890abcdefghijklmnopqrstuvwxyz"
_OURS = frozenset(
    {"document", "start", "end", "segment", "coder", "machine", "counting", "read_in_part"}
)
_THEIRS = frozenset(
    {"id", "text", "label", "labels", "entities", "relations", "cats", "Comments", "comments"}
) | {"annotations", "annotation_approver"}


def write_doccano(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    unit: Unit = "document",
    segments: pd.DataFrame | None = None,
    whole: bool = False,
    coder: str | None = None,
    labels: Naming = "id",
    counting: Counting = UTF_16,
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write JSONL for doccano, and beside it a file of its labels.

    doccano does not know who gave a label. So a text stands once for every coder who coded or read it,
    with the coder's name in a field that doccano keeps; name a coder to get each text once.

    Parameters
    ----------
    exchange : Exchange
        A project.
    path : str or os.PathLike
        The .jsonl to be written. The labels are written beside it, as ``<stem>-labels.json``, to be
        imported on doccano's page Labels first.
    unit : {"document", "segment"}
        What a line is.
    segments : pandas.DataFrame, optional
        The table SEGMENTS; needed if a line is a segment.
    whole : bool, default False
        Whether labels are given to whole lines (doccano's text classification) instead of to stretches of
        text (its sequence labelling).
    coder : str, optional
        The only coder, person or machine, whose codings are written; empty: nobody's, so that the texts
        can be coded afresh.
    labels : {"id", "name"}
        What codes are called.
    counting : {"utf-16", "code points"}
        How places are counted; doccano's own editor shows the first in the right place.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES.

    Raises
    ------
    ExchangeError
        If rows are to be segments and none are given, or they do not fit the texts.
    FourpError
        If a file cannot be written.
    """
    rows = rows_of(
        exchange, unit=unit, segments=segments, whole=whole, labels=labels, program="doccano",
        holds={"color"},
    )  # fmt: skip
    target = Path(path)
    write_lines(_lines(rows, coder, counting, whole=whole), target)
    _write_labels(exchange, target.with_name(f"{target.stem}-labels.json"), labels)
    rows.count(contents, exchange, coder)
    return rows.losses.table()


def _lines(
    rows: Rows, coder: str | None, counting: Counting, *, whole: bool
) -> Iterator[dict[str, Any]]:
    # doccano lays lines out as a table and cannot store what a line lacks: each has every field.
    blank = dict.fromkeys(rows.variables, "")
    for row in rows:
        for answer in chosen_answers(row, coder, rows.losses):
            yield {**blank, **_line(row, answer, counting, whole=whole)}


def _line(row: Row, answer: Answer | None, counting: Counting, *, whole: bool) -> dict[str, Any]:
    spans = [] if answer is None else answer.spans
    label: list[Any]
    if whole:
        label = [span.label for span in spans]
    else:
        places = np.array([(span.start, span.end) for span in spans], dtype=np.int64).reshape(-1, 2)
        if counting == UTF_16:
            places = to_utf_16(row.text, places.ravel()).reshape(-1, 2)
        label = [
            [start, end, span.label]
            for (start, end), span in zip(places.tolist(), spans, strict=True)
        ]
    return {
        "text": row.text,
        "label": label,
        **row.meta,
        "coder": "" if answer is None else answer.coder,
        "machine": answer is not None and answer.machine,
        "counting": counting,
        "read_in_part": row.meta.get("read_in_part", ""),
    }


def _write_labels(exchange: Exchange, path: Path, labels: Naming) -> None:
    nodes = exchange.nodes[exchange.nodes["codable"]]
    names = labels_of(exchange.nodes, by=labels)[nodes["guid"]].tolist()
    entries = [
        {
            "text": name,
            "prefix_key": None,
            "suffix_key": _KEYS[number] if number < len(_KEYS) else None,
            "background_color": colour,
            "text_color": _text_colour(colour),
        }
        for number, (name, colour) in enumerate(zip(names, colours_of(nodes), strict=True))
    ]
    with replacing(path) as partial:
        partial.write_text(json.dumps(entries, indent=1) + "\n", encoding="ascii")


def _text_colour(background: str) -> str:
    """Return black or white, whichever is read more easily on a colour (luma of ITU-R BT.601)."""
    try:
        red, green, blue = (int(background[at : at + 2], 16) for at in (1, 3, 5))
    except ValueError:
        return "#ffffff"
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else "#ffffff"


def read_doccano(
    path: str | os.PathLike[str],
    *,
    coder: str | None = None,
    documents: Mapping[str, str] | None = None,
    counting: Counting | None = None,
) -> Exchange:
    """Read what doccano exports as JSONL, JSON or CSV: labelled stretches, entities, labels of whole lines.

    Places are counted in UTF-16, as doccano's editor does, unless a line written here says otherwise or
    the ends of words speak against it. A project that counts grapheme clusters as one character cannot be
    told from others: switch that off before exporting.

    Parameters
    ----------
    path : str or os.PathLike
        The .jsonl.
    coder : str, optional
        Who coded: doccano writes one file a coder, named after them, or one for all. Without it a line's
        own field ``coder`` is taken, and else nobody is named, and nobody counts as having read.
    documents : mapping of str to str, optional
        Texts by document's id: segments are put back into them.
    counting : {"code points", "utf-16"}, optional
        How places are counted.

    Returns
    -------
    Exchange
        The project.

    Raises
    ------
    ExchangeError
        If the file is not such an export; with the line.
    UnsafeExchangeError
        If the file is beyond the limits.
    """
    builder = ExchangeBuilder(
        Path(path), "doccano", documents=documents or {}, counting=counting, usual=UTF_16
    )
    reader = _Reader(builder, coder)
    for record in records_of(path, lists=("label", "labels"), between="#"):
        reader.add(record)
    reader.add_remarks()
    return builder.build()


def _names_of_labels(path: Path) -> dict[int, str]:
    """Return the names of labels by their numbers, from a list of labels beside a file."""
    beside = path.with_name(f"{path.stem}-labels.json")
    names = {}
    for record in read_records(beside) if beside.is_file() else ():
        number, name = record.fields.get("id"), record.fields.get("text")
        if isinstance(number, int) and isinstance(name, str):
            names[number] = name
    return names


class _Reader:
    """Adds lines to the builder."""

    def __init__(self, builder: ExchangeBuilder, coder: str | None) -> None:
        self.builder = builder
        self.names: dict[int, str] | None = None
        self.unnamed: dict[int, None] = {}
        self.coder = coder
        self.units: set[str] = set()
        self.nobody = 0

    def add(self, record: Record) -> None:
        fields, where = record.fields, record.where
        if not isinstance(fields.get("text"), str):
            raise where.fault(
                "A line of doccano's needs a field 'text' that is a text.",
                "Export a project of texts, not of pictures or sound.",
            )
        name = f"example {fields['id']}" if fields.get("id") is not None else ""
        number = self.builder.add_record(fields["text"], fields, where, name=name)
        coder = self.coder
        if coder is None:
            coder = where.text(fields.get("coder"), "coder")
        # What the writer here named as a machine's is a machine's, unless somebody says whose it is.
        machine = fields.get("machine") is True and self.coder is None
        for variable, value in fields.items():
            # Where a document has no value, the writer here left the field empty.
            if variable not in _OURS and variable not in _THEIRS and value not in ("", {}, []):
                self.builder.add_value(number, variable, value)
        n_labels = self.marks(number, fields, coder, where, machine=machine)
        self.comments(number, fields, where)
        self.builder.losses.add(
            "relations", "codings are not tied to each other here", [f"line {where.line}"],
            count=len(where.items(fields.get("relations"), "relations")),
        )  # fmt: skip
        unit = fields.get("counting")
        if isinstance(unit, str) and unit in {UTF_16, CODE_POINTS}:
            self.units.add(unit)
        if not machine and (n_labels or (coder and self.coder is None)):
            self.nobody += not coder and not fields.get("annotations")
            parts = parts_of(fields.get("read_in_part"), where)
            self.builder.add_reading(number, coder, parts.get(coder))

    def marks(
        self, number: int, fields: dict[str, Any], coder: str, where: Where, *, machine: bool
    ) -> int:
        """Add the codings of a line's labels; return how many there are."""
        label = fields.get("label")
        label_field = [label] if isinstance(label, str) and label else label
        labels = [
            *where.items(None if label_field == "" else label_field, "label"),
            *where.items(fields.get("labels"), "labels"),
            *where.items(fields.get("annotations"), "annotations"),
            *where.items(fields.get("entities"), "entities"),
            *where.items(fields.get("cats"), "cats"),
        ]
        for item in labels:
            annotator = coder
            if isinstance(item, list):
                if len(item) < 3:
                    raise where.fault("A label must be a start, an end and a name.")
                start, end, name = item[:3]
            elif isinstance(item, dict):
                start, end = item.get("start_offset"), item.get("end_offset")
                name = self.named(item.get("label"))
                annotator = self.by(item, coder, where)
                if start is None and end is None:
                    self.builder.add_whole_record_mark(
                        number,
                        where.text(name, "A label"),
                        annotator,
                        machine=machine,
                        line=where.line,
                    )
                    continue
            else:
                self.builder.add_whole_record_mark(
                    number, where.text(item, "A label"), coder, machine=machine, line=where.line
                )
                continue
            self.builder.add_mark(
                Mark(
                    number,
                    where.offset(start, "The start of a label"),
                    where.offset(end, "The end of a label"),
                    where.text(name, "A label"),
                    annotator,
                    machine,
                    line=where.line,
                )
            )
        return len(labels)

    def named(self, label: object) -> object:
        """Return a label's name; old exports have its number."""
        if not isinstance(label, int) or isinstance(label, bool):
            return label
        if self.names is None:
            self.names = _names_of_labels(self.builder.path)
        if label not in self.names:
            self.unnamed.setdefault(label)
        return self.names.get(label, f"label {label}")

    def by(self, annotation: dict[str, Any], coder: str, where: Where) -> str:
        """Return who made an annotation; old exports have the user's number."""
        user = annotation.get("user")
        return coder if coder or user is None else f"user {where.text(user, 'user')}"

    def comments(self, number: int, fields: dict[str, Any], where: Where) -> None:
        for key in ("Comments", "comments"):
            for comment in where.items(fields.get(key), key):
                text = comment.get("text") if isinstance(comment, dict) else comment
                self.builder.add_note(number, where.text(text, "A comment"), "")

    def add_remarks(self) -> None:
        if self.builder.counting is None and len(self.units) == 1:
            (unit,) = self.units
            self.builder.counting = UTF_16 if unit == UTF_16 else CODE_POINTS
        if self.unnamed:
            self.builder.remarks.append(
                f"The file has numbers for {len(self.unnamed)} label(s), and no names: they are called "
                "'label 1' and so on. Export the list of labels from doccano as well, put it beside the "
                f"file as {self.builder.path.stem}-labels.json, and import again."
            )
        if self.nobody:
            self.builder.remarks.append(
                f"{self.nobody:,} lines have labels but no annotator; name the coder with `coder`."
            )
