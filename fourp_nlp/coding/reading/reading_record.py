"""The record of what was read: which text each coder read, for which codes, by which definitions.

A gold file says that somebody coded a document, but not which version of its text. The record keeps that. It
is made when gold files are first read; text and codes that are added later count as unread, and a changed
definition is reported. Nothing is written into gold files: people may rename, edit, delete or replace them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.unchanged_text import sha256_of, text_pieces
from fourp_nlp.coding.gold.coder_names import one_spelling
from fourp_nlp.coding.gold.columns import LOOKED_FOR
from fourp_nlp.columns import WHOLE
from fourp_nlp.tables import CODED, Table, conform, empty, make_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


__all__ = [
    "ENTRIES",
    "PAIR",
    "PLACE",
    "SPAN_DIGITS",
    "CodeList",
    "ReadRecord",
    "RecordedText",
    "joined",
]

SPAN_DIGITS = 16  # of the hash of a span that was read by itself

PAIR = ["coder", "document"]
PLACE = [*PAIR, "start", "end"]
_KEY = [*PLACE, "scope", "text"]
_NOTHING: Mapping[str, str] = MappingProxyType({})

ENTRIES = make_table(
    "entries",
    coder=("str", "id of the coder"),
    document=("str", "id of the document"),
    start=("int64", "first code point that was read"),
    end=("int64", "one past the last"),
    scope=("str", "document or segment"),
    text=("str", "SHA-256 of the whole text, or the beginning of that of a span"),
    codes=("int64", "which list of codes there was, from 0"),
    since=("str", "date on which fourp first knew of it"),
)


class RecordedText(NamedTuple):
    """A text that was read: its length in code points, hashes of its pieces, and where each began."""

    length: int
    pieces: list[str]
    starts: list[int]


CodeList = tuple[tuple[str, str], ...]
"""Codes that there were, each with the hash of its definition; an empty hash where that is not known."""


@dataclass(frozen=True)
class ReadRecord:
    """The texts that each coder read, with the codes and definitions of that time.

    Attributes
    ----------
    entries : pandas.DataFrame
        One row a document that was read as a whole, or a span of others.
    texts : mapping of str to (int, list of str)
        By their hashes, the texts of documents that were read as a whole.
    lists : tuple of tuple of (str, str)
        Lists of codes that there were, each with the hash of its definition.
    seen : mapping of str to list of (str, str)
        For each code the definitions that it had, oldest first: the hash, and the date on which fourp first
        knew of it.
    """

    entries: pd.DataFrame = field(default_factory=lambda: empty(ENTRIES))
    texts: Mapping[str, RecordedText] = field(default_factory=lambda: MappingProxyType({}))
    lists: tuple[CodeList, ...] = ()
    seen: Mapping[str, Sequence[tuple[str, str]]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def codes(self) -> tuple[tuple[str, ...], ...]:
        """Lists of the codes of earlier codebooks."""
        return tuple(tuple(code for code, _ in each) for each in self.lists)

    @property
    def since(self) -> dict[str, str]:
        """The latest date among each coder's entries."""
        return {
            str(name): str(last)
            for name, last in self.entries.groupby("coder")["since"].max().items()
        }

    def with_reading(
        self,
        coded: pd.DataFrame,
        texts: Mapping[str, str],
        codes: Sequence[str],
        *,
        since: str,
        definitions: Mapping[str, str] = _NOTHING,
    ) -> ReadRecord:
        """Return the record with a new reading added.

        Parameters
        ----------
        coded : pandas.DataFrame
            The table CODED. Where it says which codes were looked for, it is these alone.
        texts : mapping of str to str
            The text of each document in it.
        codes : sequence of str
            The codes that there are.
        since : str
            The date.
        definitions : mapping of str to str, optional
            The hash of each code's definition.

        Returns
        -------
        ReadRecord
            With what it did not say yet. What was read before and is read now was looked through for the
            codes of both readings, by the definitions of the later one.
        """
        if coded.empty:
            return self
        coded = conform(coded, CODED)
        before = self.each_once()
        lists = list(before.lists)
        number = {
            cell: _number_of(
                tuple(
                    (code, definitions.get(code, ""))
                    for code in codes
                    if not cell or code in cell.split()
                ),
                lists,
            )
            for cell in coded[LOOKED_FOR].unique()
        }
        entries_now, known_texts = _entries_of(coded, texts, self.texts)
        entries_now = entries_now.assign(codes=coded[LOOKED_FOR].map(number), since=since)
        entries_now = conform(entries_now, ENTRIES).drop_duplicates(_KEY)
        entries = before.entries
        at = _places(entries_now, entries)
        old = entries["codes"].to_numpy()[at[at >= 0]]
        pairs = list(zip(old.tolist(), entries_now["codes"][at >= 0].tolist(), strict=True))
        number_of = {
            pair: _number_of(_together(*(lists[number_] for number_ in pair)), lists)
            for pair in dict.fromkeys(pairs)
        }
        joint = np.array([number_of[pair] for pair in pairs], dtype=np.int64)
        # An earlier entry of the same text goes if it says less than both together.
        grown = joint != old
        again = entries_now[at >= 0].assign(codes=joint)[grown]
        gone = np.zeros(len(entries), dtype=bool)
        gone[at[at >= 0][grown]] = True
        entries = joined([entries[~gone], again, entries_now[at < 0]], ENTRIES)
        return replace(self, entries=entries, texts=known_texts, lists=tuple(lists))

    def with_codes(
        self,
        coder: str,
        documents: Sequence[str],
        codes: Sequence[str],
        *,
        definitions: Mapping[str, str] = _NOTHING,
    ) -> ReadRecord:
        """Return the record after somebody looked for further codes in what they had read.

        Parameters
        ----------
        coder : str
            Who.
        documents : sequence of str
            In which documents.
        codes : sequence of str
            For which codes.
        definitions : mapping of str to str, optional
            The hash of each code's definition.

        Returns
        -------
        ReadRecord
            The same texts, read for these codes too, as they are defined now.
        """
        of_coder = (self.entries["coder"] == coder) & self.entries["document"].isin(list(documents))
        further_codes = tuple((code, definitions.get(code, "")) for code in codes)
        lists = list(self.lists)
        number = np.arange(len(lists))
        for at in sorted(set(self.entries.loc[of_coder, "codes"])):
            number[at] = _number_of(_together(lists[at], further_codes), lists)
        entries = self.entries.copy()
        entries.loc[of_coder, "codes"] = number[entries.loc[of_coder, "codes"].to_numpy()]
        return replace(self, entries=entries, lists=tuple(lists))

    def knowing(self, definitions: Mapping[str, str], *, since: str) -> ReadRecord:
        """Return the record with the present definitions added.

        Parameters
        ----------
        definitions : mapping of str to str
            The hash of each code's definition.
        since : str
            Today's date.

        Returns
        -------
        ReadRecord
            The same if it knows them all. A definition that it has not met is dated with today, and codes
            that were read before fourp kept definitions were read as they are defined now.
        """
        seen = {code: list(history) for code, history in self.seen.items()}
        for code, digest in definitions.items():
            had = seen.setdefault(code, [])
            if not had or had[-1][0] != digest:
                had.append((digest, since))
        lists = tuple(
            tuple((code, digest or definitions.get(code, "")) for code, digest in history)
            for history in self.lists
        )
        if lists == self.lists and seen == {
            code: list(history) for code, history in self.seen.items()
        }:
            return self
        return replace(self, lists=lists, seen=seen)

    def same_definition(self, codes: Iterable[str], definitions: Mapping[str, str]) -> ReadRecord:
        """Return the record after somebody confirmed that codes have kept their meaning.

        Parameters
        ----------
        codes : iterable of str
            The codes whose definitions were only put in other words.
        definitions : mapping of str to str
            The hash of each code's definition now.

        Returns
        -------
        ReadRecord
            Everybody who looked for these codes did so by these definitions.
        """
        chosen = set(codes)
        lists = tuple(
            tuple((code, definitions[code] if code in chosen else digest) for code, digest in each)
            for each in self.lists
        )
        return replace(self, lists=lists)

    def defined_since(self, code: str) -> str:
        """Return the date on which fourp first knew of a code's present definition; empty if never."""
        had = self.seen.get(code)
        return had[-1][1] if had else ""

    def each_once(self) -> ReadRecord:
        """Return the record with one entry for each stretch that somebody read."""
        again = self.entries.duplicated(_KEY, keep=False)
        if not again.any():
            return self
        lists = list(self.lists)
        number: dict[tuple[object, ...], int] = {}
        several = self.entries[again].sort_values("since", kind="stable")
        for *key, codes in several[[*_KEY, "codes"]].itertuples(index=False, name=None):
            before = number.get(tuple(key))
            number[tuple(key)] = (
                codes
                if before is None
                else _number_of(_together(lists[before], lists[codes]), lists)
            )
        last = several.drop_duplicates(_KEY, keep="last")
        last = last.assign(
            codes=[number[key] for key in last[_KEY].itertuples(index=False, name=None)]
        )
        return replace(
            self, entries=joined([self.entries[~again], last], ENTRIES), lists=tuple(lists)
        )

    def spelt_as(self, coders: Iterable[str]) -> ReadRecord:
        """Return the record with the names of coders as they are spelt in the gold files now."""
        names = one_spelling(self.entries["coder"].unique(), coders)
        if all(name == used for name, used in names.items()):
            return self
        entries = self.entries.assign(coder=self.entries["coder"].map(names).astype("str"))
        return replace(self, entries=entries.drop_duplicates([*_KEY, "codes"]))

    def without_coder(self, coder: str) -> ReadRecord:
        """Return the record without a coder whose codes will be written again."""
        return replace(self, entries=self.entries[self.entries["coder"] != coder])

    def content(self) -> bytes:
        """Return the content of the record's file."""
        from fourp_nlp.coding.reading.record_file import record_content

        return record_content(self)


def _entries_of(
    coded: pd.DataFrame, texts: Mapping[str, str], known_texts: Mapping[str, RecordedText]
) -> tuple[pd.DataFrame, dict[str, RecordedText]]:
    """Return spans and hashes of what was read, and all recorded texts, the new ones included."""
    whole = (coded["scope"] == WHOLE).to_numpy(dtype=bool)
    names = coded["document"].to_numpy(dtype=object)
    read_texts = {name: texts[name] for name in dict.fromkeys(names[whole].tolist())}
    hashes = {name: sha256_of(text) for name, text in read_texts.items()}
    recorded = dict(known_texts)
    for name, sha in hashes.items():
        if sha not in recorded:
            pieces = text_pieces(read_texts[name])
            recorded[sha] = RecordedText(
                len(read_texts[name]), pieces.hashes, pieces.start.tolist()
            )
    text = np.array(
        [
            hashes[name] if is_whole else sha256_of(quote)[:SPAN_DIGITS]
            for name, quote, is_whole in zip(names, coded["quote"], whole, strict=True)
        ],
        dtype=object,
    )
    length = [
        recorded[sha].length if is_whole else 0 for sha, is_whole in zip(text, whole, strict=True)
    ]
    entries = coded.assign(
        start=np.where(whole, 0, coded["start"]),
        end=np.where(whole, length, coded["end"]),
        text=text,
    )
    return entries, recorded


def _number_of(codes: CodeList, lists: list[CodeList]) -> int:
    """Return which of the lists it is; it is added if it is none of them."""
    if codes not in lists:
        lists.append(codes)
    return lists.index(codes)


def _together(earlier: CodeList, later: CodeList) -> CodeList:
    """Return the codes of two readings of the same text, as the later one defines them."""
    before, now = dict(earlier), dict(later)
    both = {code: now.get(code, "") or before.get(code, "") for code in {**before, **now}}
    return tuple((code, both[code]) for code in (now if both.keys() == now.keys() else both))


def _places(frame: pd.DataFrame, entries: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return the row of the same span in the entries, -1 if there is none."""
    if frame.empty or entries.empty:
        return np.full(len(frame), -1)
    places_in_record = pd.MultiIndex.from_frame(entries[_KEY])
    return places_in_record.get_indexer(pd.MultiIndex.from_frame(frame[_KEY]))


def joined(frames: Sequence[pd.DataFrame], table: Table) -> pd.DataFrame:
    """Return the rows of several frames as a table."""
    some = [frame for frame in frames if len(frame)]
    return conform(pd.concat(some), table) if some else empty(table)
