"""Builds an exchange from records: their texts, and the codings, notes and variables on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.documents import normalise
from fourp_nlp.exchange.annotation._coding_offsets import (
    TO_THE_END,
    OffsetDefaults,
    code_point_offsets,
    rows_by_number,
)
from fourp_nlp.exchange.annotation.label_names import label_nodes, node_of
from fourp_nlp.exchange.exchange import (
    MARKS,
    NOTES,
    SOURCES,
    USERS,
    VALUES,
    Exchange,
    Losses,
    table_of_rows,
)
from fourp_nlp.exchange.identity import guid_of, normalise_guid
from fourp_nlp.exchange.offset_units import CODE_POINTS, Counting, LineEnds, find_once
from fourp_nlp.tables import CODED, conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.exchange.annotation.json_records import Where

    Integers = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["RESERVED", "ExchangeBuilder", "Mark"]

RESERVED = frozenset(
    {
        "text", "label", "labels", "spans", "document", "start", "end", "segment", "coder", "coders",
        "machine", "counting", "read_in_part", "entities", "relations", "cats", "comments", "Comments",
        "id", "meta", "data", "code", "annotations", "completions", "annotator", "annotation_id",
        "created_at", "updated_at", "lead_time", "agreement",
    }
)  # fmt: skip
"""Names of fields that a reader interprets; no variable may have them."""


class Mark(NamedTuple):
    """A coding as a record holds it.

    Attributes
    ----------
    record : int
        Number of the record.
    start, end : int
        Its offsets in the record's text, in the program's unit.
    label, coder : str
        The code and who gave it; the coder is empty if no one is named.
    machine : bool
        Whether a machine gave it.
    quote : str or None
        The coded text as the record quotes it, if it does.
    probability : float
        A machine's probability, nan if there is none.
    why : str
        A machine's reason.
    made_at : str
        When it was made.
    guid : str
        Its identity in the file, if it has one.
    line : int
        Its line in the file.
    """

    record: int
    start: int
    end: int
    label: str
    coder: str
    machine: bool
    quote: str | None = None
    probability: float = math.nan
    why: str = ""
    made_at: str = ""
    guid: str = ""
    line: int = 0


class _RecordText(NamedTuple):
    """A record's text as it came and normalised, and the source that it belongs to from an offset on."""

    raw: str
    line_ends: LineEnds
    source: int
    shift: int


@dataclass
class ExchangeBuilder:
    """Collects records and what is coded in them; `build` aligns it with the sources' texts.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    program : str
        The program that wrote it.
    documents : mapping of str to str
        Texts by document id, into which records that are segments are put back; may be empty.
    counting : {"code points", "utf-16"} or None
        The unit of offsets; None: it is inferred.
    usual, usual_quoted : {"code points", "utf-16"}
        The unit where nothing shows it, for codings without and with a quote.
    """

    path: Path
    program: str
    documents: Mapping[str, str] = field(default_factory=dict)
    counting: Counting | None = None
    usual: Counting = CODE_POINTS
    usual_quoted: Counting = CODE_POINTS
    losses: Losses = field(default_factory=Losses)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._records: list[_RecordText] = []
        self._names: list[str] = []
        self._texts: list[str | None] = []
        self._source_of: dict[tuple[str, str | None], int] = {}
        self._names_in_use: set[str] = set()
        self._whole_records: dict[tuple[str, str], _RecordText] = {}
        self._marks: list[Mark] = []
        self._users: dict[tuple[str, bool], None] = {}
        self._labels: dict[str, None] = {}
        self._notes: list[tuple[str, int, int, int, tuple[str, bool], str, str, str]] = []
        self._values: dict[tuple[int, str], tuple[str, str]] = {}
        self._read: dict[tuple[int, str, int, int, str], None] = {}
        self._document_by_text: dict[str, str] | None = None
        self._segments_alone: list[str] = []
        self._segments_moved = 0

    # Adding

    def add_record(
        self, text: str, meta: Mapping[str, Any], where: Where, *, name: str = ""
    ) -> int:
        """Add a record.

        Parameters
        ----------
        text : str
            Its text as it came.
        meta : mapping
            Its fields; ``document``, ``start``, ``end`` and ``segment`` say where a segment belongs.
        where : Where
            Its place in the file.
        name : str, optional
            Its name if it names no document.

        Returns
        -------
        int
            Its number.
        """
        document = where.text(meta.get("document"), "The name of a document") or ""
        start, end = meta.get("start"), meta.get("end")
        key = (document or name, text)
        is_segment = document and start is not None and end is not None
        if not is_segment and key in self._whole_records:
            self._records.append(self._whole_records[key])
            return len(self._records) - 1
        line_ends = LineEnds(text)
        if is_segment:
            span = where.offset(start, "start"), where.offset(end, "end")
            record = self._segment(document, span, text, line_ends)
        else:
            document = document or self._document_with(line_ends.text) or name
            document = document or f"{self.path.stem}, line {where.line}"
            source = self._source(document, line_ends.text, where.line)
            record = _RecordText(text, line_ends, source, 0)
            self._whole_records[key] = record
        self._records.append(record)
        return len(self._records) - 1

    def add_record_without_text(self, name: str, where: Where) -> None:
        """Add a record that has no text."""
        self._source(name or f"{self.path.stem}, line {where.line}", None, where.line)

    def add_label(self, label: str) -> None:
        """Add a code that may never have been given."""
        self._labels.setdefault(label)

    def add_mark(self, mark: Mark) -> None:
        """Add a coding."""
        self._marks.append(mark)

    def add_whole_record_mark(
        self,
        record: int,
        label: str,
        coder: str,
        *,
        machine: bool,
        probability: float = math.nan,
        made_at: str = "",
        line: int = 0,
    ) -> None:
        """Add a code that was given to a record as a whole."""
        self._marks.append(
            Mark(
                record,
                0,
                TO_THE_END,
                label,
                coder,
                machine,
                probability=probability,
                made_at=made_at,
                line=line,
            )
        )

    def add_note(
        self, record: int, text: str, coder: str, *,
        about: str = "", name: str = "", made_at: str = "",
    ) -> None:  # fmt: skip
        """Add a note about a record's document, or about the coding with the GUID `about`."""
        if text.strip():
            source = self._records[record].source
            if coder:
                self._users.setdefault((coder, False))
            self._notes.append((about, source, -1, -1, (coder, False), name, text, made_at))

    def add_value(self, record: int, variable: str, value: object) -> None:
        """Add a variable of a record's document, if the value is a single one."""
        if isinstance(value, bool):
            kind, written = "Boolean", "true" if value else "false"
        elif isinstance(value, int):
            kind, written = "Integer", str(value)
        elif isinstance(value, float):
            kind, written = "Float", repr(value)
        elif isinstance(value, str):
            kind, written = "Text", value
        else:
            if value is not None:
                self.losses.add(
                    "fields that are no single value",
                    "a variable of a document is one text or number",
                    [variable],
                )
            return
        source = self._records[record].source
        if self._values.setdefault((source, variable), (kind, written)) != (kind, written):
            self.losses.add(
                "values that differ between records of one document",
                "the first was taken",
                [f"{self._names[source]}: {variable}"],
            )

    def add_reading(
        self, record: int, coder: str, parts: Sequence[Sequence[int]] | None = None
    ) -> None:
        """Add that a person read a record, or only `parts` of it."""
        if not coder:
            return
        self._users.setdefault((coder, False))
        _, line_ends, source, shift = self._records[record]
        text = self._texts[source] or ""
        length = len(line_ends.text)
        if parts is not None:
            for start, end in parts:
                if 0 <= start < end <= length:
                    self._read[source, coder, shift + start, shift + end, "segment"] = None
        elif shift == 0 and length == len(text):
            self._read[source, coder, 0, length, "document"] = None
        else:
            self._read[source, coder, shift, shift + length, "segment"] = None

    def _user_guid(self, coder: str, *, machine: bool) -> str:
        """Return a coder's GUID; a machine never has that of a person of the same name."""
        if not coder:
            return ""
        self._users.setdefault((coder, machine))
        return guid_of("user", self._user_name((coder, machine)))

    def _user_name(self, key: tuple[str, bool]) -> str:
        coder, machine = key
        return f"{coder} (machine)" if machine and (coder, False) in self._users else coder

    # The source of a record

    def _source(self, name: str, text: str | None, line: int) -> int:
        number = self._source_of.get((name, text))
        if number is not None:
            return number
        unique = name
        if unique in self._names_in_use:
            unique = f"{name}, line {line}"
            while unique in self._names_in_use:
                unique += "'"
            self.losses.add(
                "names of documents", "another text has the same name; the line was added to it",
                [unique],
            )  # fmt: skip
        self._names_in_use.add(unique)
        self._source_of[name, text] = len(self._names)
        self._names.append(unique)
        self._texts.append(text)
        return len(self._names) - 1

    def _segment(
        self, document: str, span: tuple[int, int], text: str, line_ends: LineEnds
    ) -> _RecordText:
        start, end = span
        whole = self.documents.get(document)
        if whole is not None:
            if not (0 <= start < end and whole[start:end] == line_ends.text):
                start = find_once(whole, line_ends.text)
                self._segments_moved += start >= 0
            if start >= 0:
                return _RecordText(text, line_ends, self._source(document, whole, 0), start)
        name = f"{document}, {span[0]} to {end}"
        self._segments_alone.append(name)
        return _RecordText(text, line_ends, self._source(name, line_ends.text, 0), 0)

    def _document_with(self, text: str) -> str:
        """Return the id of the document that has this text; empty if none has, or several have."""
        if self._document_by_text is None:
            self._document_by_text = {}
            for document, whole in self.documents.items():
                self._document_by_text[whole] = "" if whole in self._document_by_text else document
        if not self._document_by_text:
            return ""
        return self._document_by_text.get(text) or self._document_by_text.get(normalise(text), "")

    # Building

    def build(self, *, name: str = "") -> Exchange:
        """Return the exchange.

        Parameters
        ----------
        name : str, optional
            The project's name; by default the file's.

        Returns
        -------
        Exchange
            The project.
        """
        guids = [guid_of("source", document) for document in self._names]
        labels_in_list = set(self._labels)
        marks = self._aligned_marks(guids)
        self._remark_on_segments()
        users = [
            (guid_of("user", self._user_name(key)), self._user_name(key), key[1])
            for key in self._users
        ]
        mark_guids = set(marks["guid"])
        notes = [
            (
                guid_of("note", about or guids[source], coder[0], title, text),
                about if about in mark_guids else guids[source],
                start, end, self._user_guid(coder[0], machine=coder[1]), title, text, made_at,
            )
            for about, source, start, end, coder, title, text, made_at in self._notes
        ]  # fmt: skip
        read = [
            (
                coder, self._names[source], start, end, scope,
                (self._texts[source] or "")[start:end] if scope == "segment" else "",
            )
            for source, coder, start, end, scope in self._read
        ]  # fmt: skip
        sources = [
            (guid, document, text or "", text is not None, "text" if text is not None else "", "")
            for guid, document, text in zip(guids, self._names, self._texts, strict=True)
        ]
        values = [
            (guids[source], variable, kind, value)
            for (source, variable), (kind, value) in self._values.items()
        ]
        return Exchange(
            name=name or self.path.stem,
            origin=self.program,
            sources=table_of_rows(sources, SOURCES),
            nodes=label_nodes(self._labels),
            users=table_of_rows(users, USERS),
            marks=marks,
            notes=table_of_rows(notes, NOTES).drop_duplicates("guid", ignore_index=True),
            values=table_of_rows(values, VALUES),
            read=table_of_rows(read, CODED),
            losses=self.losses.table(),
            remarks=tuple(self.remarks),
            only_coded=frozenset(
                node_of(label) for label in self._labels if label not in labels_in_list
            ),
        ).conformed()

    def _remark_on_segments(self) -> None:
        if self._segments_alone:
            self.remarks.append(
                f"{len(self._segments_alone):,} segments became documents of their own, because the texts "
                f"of their documents were not given or differ: {'; '.join(self._segments_alone[:3])}."
            )
        if self._segments_moved:
            self.remarks.append(
                f"{self._segments_moved:,} segments are no longer where the file says. Each was moved to the "
                "one place that has its words."
            )

    def _aligned_marks(self, guids: list[str]) -> pd.DataFrame:
        """Return the table MARKS: the codings with their offsets in the sources' texts."""
        if not self._marks:
            return empty(MARKS)
        frame = pd.DataFrame(self._marks, columns=list(Mark._fields))
        frame, source = self._source_spans(frame)
        names = np.array(self._names, dtype=object)[source]
        for label in frame["label"]:
            self._labels.setdefault(label)
        coders = list(zip(frame["coder"], frame["machine"], strict=True))
        # People first, so that a machine is told from a person of its name wherever it is met.
        for key in sorted(set(coders), key=lambda key: (key[1], key[0])):
            self._user_guid(key[0], machine=bool(key[1]))
        user_of = {key: self._user_guid(key[0], machine=bool(key[1])) for key in set(coders)}
        node_ids = {label: node_of(label) for label in self._labels}
        spans = list(zip(frame["start"].tolist(), frame["end"].tolist(), strict=True))
        mark_guids = [
            normalise_guid(guid)
            if guid
            else guid_of("mark", document, *span, label, self._user_name(key))
            for guid, document, span, label, key in zip(
                frame["guid"], names, spans, frame["label"], coders, strict=True
            )
        ]
        texts = [self._texts[number] or "" for number in source]
        marks = pd.DataFrame(
            {
                "guid": mark_guids,
                "source": np.array(guids, dtype=object)[source],
                "start": frame["start"],
                "end": frame["end"],
                "node": [node_ids[label] for label in frame["label"]],
                "user": [user_of[key] for key in coders],
                "quote": [text[a:b] for text, (a, b) in zip(texts, spans, strict=True)],
                "made_at": frame["made_at"],
                "probability": frame["probability"],
                "why": frame["why"],
            }
        )
        repeated = marks.duplicated(["source", "start", "end", "node", "user"])
        self.losses.add(
            "codings that the file has twice",
            "the same person gave the same code to the same place; one was kept",
            [f"{names[at]}: {frame['label'].iloc[at]}" for at in np.flatnonzero(repeated)[:3]],
            count=int(repeated.sum()),
        )
        marks = marks[~repeated].reset_index(drop=True)
        same_guid = marks["guid"].duplicated()
        if same_guid.any():
            keys = marks.loc[same_guid, ["guid", "source", "start", "end", "node", "user"]]
            marks.loc[same_guid, "guid"] = [
                guid_of("mark", *key) for key in keys.itertuples(index=False, name=None)
            ]
        return conform(marks, MARKS)

    def _source_spans(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Integers]:
        """Return the codings that lie in their text, with offsets in the source's text, and the sources."""
        raw_start, raw_end = code_point_offsets(
            frame,
            [record.raw for record in self._records],
            OffsetDefaults(self.counting, self.usual, self.usual_quoted),
            self.remarks,
        )
        source = np.empty(len(frame), dtype=np.int64)
        length = np.empty(len(frame), dtype=np.int64)
        start, end = raw_start.copy(), raw_end.copy()
        for number, rows in rows_by_number(frame["record"].to_numpy()):
            record = self._records[number]
            source[rows] = record.source
            length[rows] = len(record.raw)
            start[rows] = record.line_ends.starts(raw_start[rows]) + record.shift
            end[rows] = record.line_ends.ends(raw_end[rows]) + record.shift
        fits = (raw_start >= 0) & (raw_start < raw_end) & (raw_end <= length) & (start < end)
        self._add_misplaced(frame, fits, raw_start, raw_end, length)
        return frame.assign(start=start, end=end)[fits].reset_index(drop=True), source[fits]

    def _add_misplaced(
        self, frame: pd.DataFrame, fits: Flags, start: Integers, end: Integers, length: Integers
    ) -> None:
        """Add the codings that do not lie in their text to the losses."""
        lost = np.flatnonzero(~fits)
        not_found = lost[(start[lost] < 0)]
        without_text = lost[(start[lost] >= 0) & (start[lost] >= end[lost])]
        beyond = np.setdiff1d(lost, np.concatenate([not_found, without_text]))
        for rows, item, why in (
            (
                not_found,
                "codings whose quoted text is elsewhere or nowhere",
                "the quoted text is not at the coding's place, nor exactly once elsewhere",
            ),
            (without_text, "codings of no text", "they end where they begin, or before"),
            (beyond, "codings outside the text", "they reach beyond the end of the text"),
        ):
            examples = [
                f"line {frame['line'].iloc[at]}, {frame['label'].iloc[at]}, "
                f"{frame['start'].iloc[at]} to {frame['end'].iloc[at]} of {length[at]}"
                for at in rows[:3]
            ]
            self.losses.add(item, why, examples, count=len(rows))
