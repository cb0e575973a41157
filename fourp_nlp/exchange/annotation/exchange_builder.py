"""Gathers what stands in records, and makes an exchange of it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.documents import normalise
from fourp_nlp.exchange.annotation.label_names import label_nodes, node_of
from fourp_nlp.exchange.annotation.offset_units import (
    CODE_POINTS,
    UTF_16,
    Counting,
    Ends,
    from_utf_16,
    has_pairs,
)
from fourp_nlp.exchange.exchange import MARKS, NOTES, SOURCES, USERS, VALUES, Exchange, Losses
from fourp_nlp.exchange.identity import guid_of, tidy_guid
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from fourp_nlp.exchange.annotation.json_records import Where
    from fourp_nlp.tables import Table

    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]

__all__ = ["RESERVED", "Gathering", "Mark"]

RESERVED = frozenset(
    {
        "text", "label", "labels", "spans", "document", "start", "end", "segment", "coder", "coders",
        "machine", "counting", "read_in_part", "entities", "relations", "cats", "comments", "Comments",
        "id", "meta", "data", "code", "annotations", "completions", "annotator", "annotation_id",
        "created_at", "updated_at", "lead_time", "agreement",
    }
)  # fmt: skip
"""Names of fields that mean something to a reader; no variable may have them."""

_TO_THE_END = -1
# Some versions of Label Studio write a line end in a quote as these two characters.
_ESCAPED = re.compile(r"\\n|\s+")


class Mark(NamedTuple):
    """A coding as a record holds it.

    Attributes
    ----------
    record : int
        Number of the record.
    start, end : int
        Its place in the record's text, counted as the program counts.
    label, coder : str
        The code and who gave it; the coder is empty if nobody is named.
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
        Where it stands in the file.
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


class _Held(NamedTuple):
    """A record's text as it came and as it is now, the source it belongs to, and where it begins there."""

    raw: str
    ends: Ends
    source: int
    shift: int


@dataclass
class Gathering:
    """Takes records in; `exchange` lays what they hold over the sources' texts.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    program : str
        The program that wrote it.
    documents : mapping of str to str
        Texts by document's id, into which records that are segments are put; may be empty.
    counting : {"code points", "utf-16"} or None
        How places are counted; None: found out.
    usual, usual_quoted : {"code points", "utf-16"}
        How the program counts where nothing shows it, for codings that do not quote their text and for
        those that do.
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
        self._records: list[_Held] = []
        self._names: list[str] = []
        self._texts: list[str | None] = []
        self._known: dict[tuple[str, str | None], int] = {}
        self._taken: set[str] = set()
        self._same: dict[tuple[str, str], _Held] = {}
        self._marks: list[Mark] = []
        self._users: dict[tuple[str, bool], None] = {}
        self._labels: dict[str, None] = {}
        self._notes: list[tuple[str, int, int, int, tuple[str, bool], str, str, str]] = []
        self._values: dict[tuple[int, str], tuple[str, str]] = {}
        self._read: dict[tuple[int, str, int, int, str], None] = {}
        self._by_text: dict[str, str] | None = None
        self._odd = 0
        self._unplaced: list[str] = []
        self._moved = 0

    # What comes in

    def record(self, text: str, meta: Mapping[str, Any], where: Where, *, name: str = "") -> int:
        """Take a record in.

        Parameters
        ----------
        text : str
            Its text as it came.
        meta : mapping
            Its fields; ``document``, ``start``, ``end`` and ``segment`` say where a segment belongs.
        where : Where
            Its place in the file.
        name : str, optional
            What to call it if it names no document.

        Returns
        -------
        int
            Its number.
        """
        document = where.text(meta.get("document"), "The name of a document") or ""
        start, end = meta.get("start"), meta.get("end")
        key = (document or name, text)
        part = document and start is not None and end is not None
        if not part and key in self._same:
            self._records.append(self._same[key])
            return len(self._records) - 1
        ends = Ends(text)
        if part:
            first, last = where.offset(start, "start"), where.offset(end, "end")
            held = self._segment(document, first, last, text, ends)
        else:
            document = document or self._document_of(ends.text) or name
            document = document or f"{self.path.stem}, line {where.line}"
            held = _Held(text, ends, self._source(document, ends.text, where.line), 0)
            self._same[key] = held
        self._records.append(held)
        return len(self._records) - 1

    def untexted(self, name: str, where: Where) -> None:
        """Take a record in that has no text."""
        self._source(name or f"{self.path.stem}, line {where.line}", None, where.line)

    def name_of(self, record: int) -> str:
        """Return the document to which a record belongs."""
        return self._names[self._records[record].source]

    def label(self, label: str) -> None:
        """Take a code in that may never have been given."""
        self._labels.setdefault(label)

    def mark(self, mark: Mark) -> None:
        """Take a coding in."""
        self._marks.append(mark)

    def whole(
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
        """Take in a code that was given to a record as a whole."""
        self._marks.append(
            Mark(
                record,
                0,
                _TO_THE_END,
                label,
                coder,
                machine,
                probability=probability,
                made_at=made_at,
                line=line,
            )
        )

    def note(
        self, record: int, text: str, coder: str, *, machine: bool = False, about: str = "",
        name: str = "", made_at: str = "",
    ) -> None:  # fmt: skip
        """Take in a note about a record's document, or about the coding that is named."""
        if text.strip():
            held = self._records[record]
            if coder:
                self._users.setdefault((coder, machine))
            self._notes.append((about, held.source, -1, -1, (coder, machine), name, text, made_at))

    def value(self, record: int, variable: str, value: object) -> None:
        """Take in a variable of a record's document, if it is one."""
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
        key = (self._records[record].source, variable)
        if self._values.setdefault(key, (kind, written)) != (kind, written):
            self.losses.add(
                "values that differ between records of one document",
                "the first was taken",
                [f"{self.name_of(record)}: {variable}"],
            )

    def read(self, record: int, coder: str, parts: Sequence[Sequence[int]] | None = None) -> None:
        """Take in that a person read a record, or `parts` of it and no more."""
        if not coder:
            return
        self._users.setdefault((coder, False))
        held = self._records[record]
        text = self._texts[held.source] or ""
        if parts is not None:
            for start, end in parts:
                if 0 <= start < end <= len(held.ends.text):
                    self._read[
                        held.source, coder, held.shift + start, held.shift + end, "segment"
                    ] = None
        elif held.shift == 0 and len(held.ends.text) == len(text):
            self._read[held.source, coder, 0, len(text), "document"] = None
        else:
            end = held.shift + len(held.ends.text)
            self._read[held.source, coder, held.shift, end, "segment"] = None

    def user(self, coder: str, *, machine: bool) -> str:
        """Return a coder's GUID; a machine is never the person of the same name."""
        if not coder:
            return ""
        key = (coder, machine)
        self._users.setdefault(key)
        return guid_of("user", self._user_name(key))

    def _user_name(self, key: tuple[str, bool]) -> str:
        coder, machine = key
        return f"{coder} (machine)" if machine and (coder, False) in self._users else coder

    # Where a record belongs

    def _source(self, name: str, text: str | None, line: int) -> int:
        known = self._known.get((name, text))
        if known is not None:
            return known
        chosen = name
        if chosen in self._taken:
            chosen = f"{name}, line {line}"
            while chosen in self._taken:
                chosen += "'"
            self.losses.add(
                "names of documents", "the same name stands with another text; it got its line",
                [chosen],
            )  # fmt: skip
        self._taken.add(chosen)
        self._known[name, text] = len(self._names)
        self._names.append(chosen)
        self._texts.append(text)
        return len(self._names) - 1

    def _segment(self, document: str, start: int, end: int, text: str, ends: Ends) -> _Held:
        whole = self.documents.get(document)
        if whole is not None:
            if 0 <= start < end and whole[start:end] == ends.text:
                return _Held(text, ends, self._source(document, whole, 0), start)
            at = whole.find(ends.text) if ends.text else -1
            if at >= 0 and whole.find(ends.text, at + 1) < 0:
                self._moved += 1
                return _Held(text, ends, self._source(document, whole, 0), at)
        name = f"{document}, {start} to {end}"
        self._unplaced.append(name)
        return _Held(text, ends, self._source(name, ends.text, 0), 0)

    def _document_of(self, text: str) -> str:
        """Return the id of the document that has this text; empty if there is none, or more than one."""
        if self._by_text is None:
            self._by_text = {}
            for document, whole in self.documents.items():
                self._by_text[whole] = "" if whole in self._by_text else document
        if not self._by_text:
            return ""
        return self._by_text.get(text) or self._by_text.get(normalise(text), "")

    # What goes out

    def exchange(self, *, name: str = "") -> Exchange:
        """Return what was gathered.

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
        listed = set(self._labels)
        marks = self._laid(guids)
        self._tell()
        users = [
            (guid_of("user", self._user_name(key)), self._user_name(key), key[1])
            for key in self._users
        ]
        known = set(marks["guid"])
        notes = [
            (
                guid_of("note", about or guids[source], coder[0], title, text),
                about if about in known else guids[source],
                start, end, self.user(coder[0], machine=coder[1]), title, text, made_at,
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
            sources=_made(sources, SOURCES),
            nodes=label_nodes(self._labels),
            users=_made(users, USERS),
            marks=marks,
            notes=_made(notes, NOTES).drop_duplicates("guid", ignore_index=True),
            values=_made(values, VALUES),
            read=_made(read, CODED),
            losses=self.losses.table(),
            remarks=tuple(self.remarks),
            only_coded=frozenset(node_of(label) for label in self._labels if label not in listed),
        ).conformed()

    def _tell(self) -> None:
        if self._unplaced:
            self.remarks.append(
                f"{len(self._unplaced):,} segments stand as documents of their own, because the texts of "
                f"their documents were not given or differ: {'; '.join(self._unplaced[:3])}."
            )
        if self._moved:
            self.remarks.append(
                f"{self._moved:,} segments no longer stand where the file says; each was put where its "
                "words stand exactly once."
            )

    def _laid(self, guids: list[str]) -> pd.DataFrame:
        """Lay the codings over the sources' texts."""
        if not self._marks:
            return empty(MARKS)
        frame = pd.DataFrame(self._marks, columns=list(Mark._fields))
        start, end = self._counted(frame)
        source = np.empty(len(frame), dtype=np.int64)
        length = np.empty(len(frame), dtype=np.int64)
        made_start, made_end = start.copy(), end.copy()
        for record, rows in _groups(frame["record"].to_numpy()):
            held = self._records[record]
            source[rows] = held.source
            length[rows] = len(held.raw)
            made_start[rows] = held.ends.starts(start[rows]) + held.shift
            made_end[rows] = held.ends.ends(end[rows]) + held.shift
        fits = (start >= 0) & (start < end) & (end <= length) & (made_start < made_end)
        self._outside(frame, fits, start, end, length)
        frame = frame[fits].reset_index(drop=True)
        source, made_start, made_end = source[fits], made_start[fits], made_end[fits]
        names = np.array(self._names, dtype=object)[source]
        for label in frame["label"]:
            self._labels.setdefault(label)
        coders = list(zip(frame["coder"], frame["machine"], strict=True))
        # People first, so that a machine is told from a person of its name wherever it is met.
        for key in sorted(set(coders), key=lambda key: (key[1], key[0])):
            self.user(key[0], machine=bool(key[1]))
        user_of = {key: self.user(key[0], machine=bool(key[1])) for key in set(coders)}
        node_ids = {label: node_of(label) for label in self._labels}
        texts = [self._texts[at] or "" for at in source]
        made = pd.DataFrame(
            {
                "guid": [
                    tidy_guid(guid)
                    if guid
                    else guid_of("mark", document, a, b, label, self._user_name((coder, machine)))
                    for guid, document, a, b, label, (coder, machine) in zip(
                        frame["guid"],
                        names,
                        made_start.tolist(),
                        made_end.tolist(),
                        frame["label"],
                        coders,
                        strict=True,
                    )
                ],
                "source": np.array(guids, dtype=object)[source],
                "start": made_start,
                "end": made_end,
                "node": [node_ids[label] for label in frame["label"]],
                "user": [user_of[key] for key in coders],
                "quote": [
                    text[a:b]
                    for text, a, b in zip(
                        texts, made_start.tolist(), made_end.tolist(), strict=True
                    )
                ],
                "made_at": frame["made_at"],
                "probability": frame["probability"],
                "why": frame["why"],
            }
        )
        twice = made.duplicated(["source", "start", "end", "node", "user"])
        self.losses.add(
            "codings that stand in the file twice",
            "the same person gave the same code to the same place; one was kept",
            [f"{names[at]}: {frame['label'].iloc[at]}" for at in np.flatnonzero(twice)[:3]],
            count=int(twice.sum()),
        )
        made = made[~twice].reset_index(drop=True)
        again = made["guid"].duplicated()
        if again.any():
            made.loc[again, "guid"] = [
                guid_of("mark", *key)
                for key in made.loc[again, ["guid", "source", "start", "end", "node", "user"]].itertuples(
                    index=False, name=None
                )
            ]  # fmt: skip
        return conform(made, MARKS)

    def _outside(
        self, frame: pd.DataFrame, fits: Truths, start: Integers, end: Integers, length: Integers
    ) -> None:
        lost = np.flatnonzero(~fits)
        missing = lost[(start[lost] < 0)]
        empty_ones = lost[(start[lost] >= 0) & (start[lost] >= end[lost])]
        beyond = np.setdiff1d(lost, np.concatenate([missing, empty_ones]))
        for rows, item, why in (
            (
                missing,
                "codings whose quoted text is elsewhere or nowhere",
                "what the coding quotes does not stand at its place, nor exactly once elsewhere",
            ),
            (empty_ones, "codings of no text", "they end where they begin, or before"),
            (beyond, "codings outside the text", "they reach beyond the end of the text"),
        ):
            examples = [
                f"line {frame['line'].iloc[at]}, {frame['label'].iloc[at]}, "
                f"{frame['start'].iloc[at]} to {frame['end'].iloc[at]} of {length[at]}"
                for at in rows[:3]
            ]
            self.losses.add(item, why, examples, count=len(rows))

    # How places are counted

    def _counted(self, frame: pd.DataFrame) -> tuple[Integers, Integers]:
        """Return the codings' places in code points of their records' texts as they came.

        A coding whose quote stands nowhere gets the place -1.
        """
        record = frame["record"].to_numpy()
        start = frame["start"].to_numpy().astype(np.int64)
        end = frame["end"].to_numpy().astype(np.int64)
        whole = end == _TO_THE_END
        wide_start, wide_end = start.copy(), end.copy()
        paired = np.zeros(len(frame), dtype=bool)
        for number, rows in _groups(record):
            raw = self._records[number].raw
            last = rows[whole[rows]]
            end[last] = wide_end[last] = len(raw)
            if has_pairs(raw):
                wide_start[rows] = from_utf_16(raw, start[rows], up=False)
                wide_end[rows] = from_utf_16(raw, end[rows], up=True)
                wide_end[last] = len(raw)
                paired[rows] = True
        paired &= ~whole & ((wide_start != start) | (wide_end != end))
        quoted = frame["quote"].notna().to_numpy() & ~whole
        if self.counting is not None:
            wide = paired & (self.counting == UTF_16)
        else:
            wide = self._chosen(frame, paired, quoted, start, end, wide_start, wide_end)
        made_start = np.where(wide, wide_start, start)
        made_end = np.where(wide, wide_end, end)
        if self.counting is None:
            self._follow_quotes(frame, quoted, made_start, made_end)
        return made_start, made_end

    def _chosen(
        self, frame: pd.DataFrame, paired: Truths, quoted: Truths, start: Integers, end: Integers,
        wide_start: Integers, wide_end: Integers,
    ) -> Truths:  # fmt: skip
        """Return which codings are counted in UTF-16: by their quotes, or by where words begin and end."""
        wide = np.zeros(len(frame), dtype=bool)
        rows = np.flatnonzero(paired)
        if not len(rows):
            return wide
        records = frame["record"].to_numpy()
        quotes = frame["quote"].tolist()
        settled: list[int] = []
        open_: list[int] = []
        sharp = {False: 0, True: 0}
        for at in rows:
            raw = self._records[records[at]].raw
            spans = {False: (start[at], end[at]), True: (wide_start[at], wide_end[at])}
            if quoted[at]:
                quote = str(quotes[at])
                says = [way for way, (a, b) in spans.items() if raw[a:b] == quote] or [
                    way for way, (a, b) in spans.items() if _alike(raw[a:b], quote)
                ]
                if len(says) == 1:
                    wide[at] = says[0]
                    settled.append(int(at))
                elif says:
                    open_.append(int(at))
                continue
            for way, (a, b) in spans.items():
                if 0 <= a < b <= len(raw):
                    sharp[way] += _at_word(raw, a, first=True) + _at_word(raw, b, first=False)
        unquoted = rows[~quoted[rows]]
        # The same words stand at either place: then as the others in the file are counted.
        by_wide = int(wide[settled].sum())
        sure = by_wide != len(settled) - by_wide
        wide[open_] = by_wide > len(settled) - by_wide if sure else self.usual_quoted == UTF_16
        if settled:
            self.remarks.append(
                f"Of {len(settled):,} codings behind an emoji or a similar character, {by_wide:,} are "
                f"counted in UTF-16 and {len(settled) - by_wide:,} in code points, as what they quote "
                "shows."
            )
        if len(unquoted):
            chosen = self.usual if sharp[True] == sharp[False] else (
                UTF_16 if sharp[True] > sharp[False] else CODE_POINTS
            )  # fmt: skip
            wide[unquoted] = chosen == UTF_16
            self.remarks.append(
                f"{len(unquoted):,} codings behind an emoji or a similar character do not quote their "
                f"text. Read as {chosen}: so {max(sharp.values()):,} of their {2 * len(unquoted):,} ends "
                f"stand at the end of a word, and {min(sharp.values()):,} the other way. Look at one of "
                "them; `counting` says it otherwise."
            )
        return wide

    def _follow_quotes(
        self, frame: pd.DataFrame, quoted: Truths, start: Integers, end: Integers
    ) -> None:
        """Put codings that do not stand where they say where what they quote stands exactly once."""
        records = frame["record"].to_numpy()
        quotes = frame["quote"].tolist()
        moved: list[str] = []
        for at in np.flatnonzero(quoted):
            raw = self._records[records[at]].raw
            a, b = int(start[at]), int(end[at])
            quote = str(quotes[at])
            if raw[a:b] == quote and 0 <= a < b <= len(raw):
                continue
            if 0 <= a < b <= len(raw) and _alike(raw[a:b], quote):
                continue
            found = raw.find(quote) if quote else -1
            if found >= 0 and raw.find(quote, found + 1) < 0:
                start[at], end[at] = found, found + len(quote)
                moved.append(f"line {frame['line'].iloc[at]}, {frame['label'].iloc[at]}")
            else:
                start[at] = end[at] = -1
        if moved:
            self.remarks.append(
                f"{len(moved):,} codings do not stand where the file says; each was put where the text "
                f"that it quotes stands exactly once: {'; '.join(moved[:3])}."
            )


def _made(rows: list[tuple[Any, ...]], table: Table) -> pd.DataFrame:
    return conform(pd.DataFrame(rows, columns=table.names), table) if rows else empty(table)


def _groups(numbers: npt.NDArray[Any]) -> list[tuple[int, Integers]]:
    """Return each number that occurs and where."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    firsts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else order
    parts = np.split(order, firsts[1:])
    return [(int(numbers[rows[0]]), rows) for rows in parts if len(rows)]


def _alike(stands: str, quote: str) -> bool:
    return stands == quote or (
        _ESCAPED.sub("", stands) == _ESCAPED.sub("", quote) and bool(stands.strip())
    )


def _at_word(text: str, at: int, *, first: bool) -> bool:
    """Return whether a word begins (or ends) at a place."""
    before = at > 0 and (text[at - 1].isalnum())
    after = at < len(text) and (text[at].isalnum())
    return after and not before if first else before and not after
