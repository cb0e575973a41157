"""The record of what was read: which text and which codes there were, kept beside the gold files.

A gold file says that somebody coded a document, and not which text of it. The record is made when
codes are first seen. What it does not know yet counts as read as it stands then; from there on, text
and codes that are added later count as unread, and a definition that changes is told. Gold files stay
people's own: nothing is written into them, and they may be renamed, edited, deleted or brought in anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.unchanged_text import sha256_of, text_pieces, unchanged_stretches
from fourp_nlp.coding.gold.coder_names import one_spelling
from fourp_nlp.coding.gold.codes_looked_for import not_looked_for
from fourp_nlp.coding.gold.columns import CODED, LOOKED_FOR, PART, READ, WHOLE
from fourp_nlp.errors import GoldError
from fourp_nlp.tables import Column, Table, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.coding.alignment.unchanged_text import Pieces

__all__ = ["CHANGED", "RECORD_NAME", "ReadRecord", "Readings", "read_record", "readings"]

RECORD_NAME = "what_was_read.json"
"""The record's file, in the folder of the gold files. It is no CSV, so that nobody is named after it."""

_FORMAT = "fourp what was read, 2"
_BEFORE = "fourp what was read, 1"
"""The format without definitions: those that there are when it is first read are taken for theirs."""

_ANY_FORMAT = "fourp what was read, "
_ABOUT = (
    "Which text each coder read, which codes there were, and a hash of how each was defined. fourp writes "
    "this file beside the gold files and needs it to know what is new since: keep it with them, and leave it "
    "to fourp gold --read-again to change it. Without it, everything that was coded counts as read as it "
    "stands."
)
_DIGITS = 16  # of the hash of a span that was read by itself

_PAIR = ["coder", "document"]
_PLACE = [*_PAIR, "start", "end"]
_KEY = [*_PLACE, "scope", "text"]
_NOTHING: Mapping[str, str] = MappingProxyType({})

_ENTRIES = Table(
    "entries",
    MappingProxyType(
        {
            "coder": Column("str", "id of the coder"),
            "document": Column("str", "id of the document"),
            "start": Column("int64", "first code point that was read"),
            "end": Column("int64", "one past the last"),
            "scope": Column("str", "document or segment"),
            "text": Column("str", "SHA-256 of the whole text, or the beginning of that of a span"),
            "codes": Column("int64", "which list of codes there was, from 0"),
            "since": Column("str", "date on which fourp first knew of it"),
        }
    ),
)

CHANGED = Table(
    "changed",
    MappingProxyType(
        {
            "coder": Column("str", "id of the coder"),
            "document": Column("str", "id of a document of which the coder read another text"),
            "how": Column(
                "str",
                "grew: it begins with what was read; changed: it does not; late: others read another "
                "text, and these codes are new here",
            ),
        }
    ),
)


class _Text(NamedTuple):
    """A text that was read: its length in code points, hashes of its pieces, and where each began."""

    length: int
    pieces: list[str]
    starts: list[int]


_Codes = tuple[tuple[str, str], ...]
"""Codes that there were, each with the hash of its definition; an empty hash where that is not known."""


@dataclass(frozen=True)
class ReadRecord:
    """Which text each coder read, which codes there were, and how they were defined.

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

    entries: pd.DataFrame = field(default_factory=lambda: empty(_ENTRIES))
    texts: Mapping[str, _Text] = field(default_factory=lambda: MappingProxyType({}))
    lists: tuple[_Codes, ...] = ()
    seen: Mapping[str, Sequence[tuple[str, str]]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def codes(self) -> tuple[tuple[str, ...], ...]:
        """Lists of codes that there were."""
        return tuple(tuple(code for code, _ in each) for each in self.lists)

    @property
    def since(self) -> dict[str, str]:
        """The last date that stands beside each coder's entries."""
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
        """Return the record with what somebody reads now.

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
        whole = (coded["scope"] == WHOLE).to_numpy(dtype=bool)
        names = coded["document"].to_numpy(dtype=object)
        texts_by_document = {name: texts[name] for name in dict.fromkeys(names[whole].tolist())}
        hashes = {name: sha256_of(text) for name, text in texts_by_document.items()}
        known_texts = dict(self.texts)
        for name, sha in hashes.items():
            if sha not in known_texts:
                cut = text_pieces(texts_by_document[name])
                known_texts[sha] = _Text(
                    len(texts_by_document[name]), cut.hashes, cut.start.tolist()
                )
        text = np.array(
            [
                hashes[name] if is_whole else sha256_of(quote)[:_DIGITS]
                for name, quote, is_whole in zip(names, coded["quote"], whole, strict=True)
            ],
            dtype=object,
        )
        length = [
            known_texts[sha].length if is_whole else 0
            for sha, is_whole in zip(text, whole, strict=True)
        ]
        entries_now = coded.assign(
            start=np.where(whole, 0, coded["start"]),
            end=np.where(whole, length, coded["end"]),
            text=text,
            codes=coded[LOOKED_FOR].map(number),
            since=since,
        )
        entries_now = conform(entries_now, _ENTRIES).drop_duplicates(_KEY)
        entries = before.entries
        at = _places(entries_now, entries)
        old = entries["codes"].to_numpy()[at[at >= 0]]
        pairs = list(zip(old.tolist(), entries_now["codes"][at >= 0].tolist(), strict=True))
        number_of = {
            pair: _number_of(_together(*(lists[each] for each in pair)), lists)
            for pair in dict.fromkeys(pairs)
        }
        joint = np.array([number_of[pair] for pair in pairs], dtype=np.int64)
        # An earlier entry of the same text goes if it says less than both together.
        grown = joint != old
        again = entries_now[at >= 0].assign(codes=joint)[grown]
        gone = np.zeros(len(entries), dtype=bool)
        gone[at[at >= 0][grown]] = True
        entries = _joined([entries[~gone], again, entries_now[at < 0]], _ENTRIES)
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
        """Return the record with the definitions that there are now.

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
        """Return the record after somebody said that codes mean what they meant before.

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
            self, entries=_joined([self.entries[~again], last], _ENTRIES), lists=tuple(lists)
        )

    def spelt_as(self, coders: Iterable[str]) -> ReadRecord:
        """Return the record with the names of coders as they are spelt in the gold files now."""
        names = one_spelling(self.entries["coder"].unique(), coders)
        if all(name == used for name, used in names.items()):
            return self
        entries = self.entries.assign(coder=self.entries["coder"].map(names).astype("str"))
        return replace(self, entries=entries.drop_duplicates([*_KEY, "codes"]))

    def without_coder(self, coder: str) -> ReadRecord:
        """Return the record without a coder, whose codes are made anew."""
        return replace(self, entries=self.entries[self.entries["coder"] != coder])

    def content(self) -> bytes:
        """Return what the record's file holds: JSON, with one line a document or list."""
        order = sorted(set(self.entries["codes"]))
        number = {at: place for place, at in enumerate(order)}
        entries = self.entries.assign(codes=self.entries["codes"].map(number).astype("int64"))
        entries = entries.sort_values([*_PAIR, "since", "start", "end"], kind="stable")
        whole = entries[entries["scope"] == WHOLE]
        parts = entries[entries["scope"] != WHOLE]
        text_hashes = sorted(set(whole["text"]))
        lines = {
            "codes": [_line(dict(self.lists[at])) for at in order],
            "definitions": [
                _line({"code": code, "seen": [list(each) for each in had]})
                for code, had in sorted(self.seen.items())
            ],
            "texts": [
                _line(
                    {
                        "sha256": sha,
                        "length": self.texts[sha].length,
                        "pieces": " ".join(self.texts[sha].pieces),
                        "starts": " ".join(map(str, self.texts[sha].starts)),
                    }
                )
                for sha in text_hashes
            ],
            "documents": [
                _line(dict(zip(["coder", "document", "text", "codes", "since"], row, strict=True)))
                for row in whole[["coder", "document", "text", "codes", "since"]].itertuples(
                    index=False, name=None
                )
            ],
            "segments": [
                _line(
                    {
                        **dict(zip([*_PAIR, "codes", "since"], key, strict=True)),
                        "spans": spans_of_group[["start", "end", "text"]]
                        .to_numpy(dtype=object)
                        .tolist(),
                    }
                )
                for key, spans_of_group in parts.groupby([*_PAIR, "codes", "since"], sort=True)
            ],
        }
        opening = [f'"format": {_line(_FORMAT)}', f'"about": {_line(_ABOUT)}']
        joint = ",\n"
        body = [f'"{name}": [\n{joint.join(rows)}\n]' for name, rows in lines.items()]
        return ("{\n" + joint.join([*opening, *body]) + "\n}\n").encode("utf-8", "surrogatepass")


def _number_of(codes: _Codes, lists: list[_Codes]) -> int:
    """Return which of the lists it is; it is added if it is none of them."""
    if codes not in lists:
        lists.append(codes)
    return lists.index(codes)


def _together(earlier: _Codes, later: _Codes) -> _Codes:
    """Return the codes of two readings of the same text, as the later one defines them."""
    before, now = dict(earlier), dict(later)
    both = {code: now.get(code, "") or before.get(code, "") for code in {**before, **now}}
    return tuple((code, both[code]) for code in (now if both.keys() == now.keys() else both))


def _places(frame: pd.DataFrame, entries: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return where in the entries the same stretch stands, -1 where it does not."""
    if frame.empty or entries.empty:
        return np.full(len(frame), -1)
    places_in_record = pd.MultiIndex.from_frame(entries[_KEY])
    return places_in_record.get_indexer(pd.MultiIndex.from_frame(frame[_KEY]))


class Readings(NamedTuple):
    """What gold files say was read, held to the texts and the codes as they are now.

    Attributes
    ----------
    read : pandas.DataFrame
        The table READ: what counts as read.
    changed : pandas.DataFrame
        The table CHANGED: documents whose text is not the one that a coder read.
    record : ReadRecord
        The record with what it did not know before.
    is_new : bool
        Whether there was anything that it did not know.
    redefined : dict of str to str
        Codes whose definition has changed since somebody looked for them, with the date on which fourp first
        knew of the present one.
    """

    read: pd.DataFrame
    changed: pd.DataFrame
    record: ReadRecord
    is_new: bool
    redefined: dict[str, str]


def read_record(path: Path) -> ReadRecord:
    """Read the record of what was read.

    Parameters
    ----------
    path : pathlib.Path
        Its file; it need not be there.

    Returns
    -------
    ReadRecord
        Nothing, if there is no file.

    Raises
    ------
    GoldError
        If the file is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ReadRecord()
    except OSError as error:
        raise GoldError(
            f"The record of what was read cannot be opened: {error.strerror or error}.", file=path
        ) from error
    try:
        content = json.loads(data.decode("utf-8-sig", "surrogatepass"))
        _refuse_later(content, path)
        return _from_json(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GoldError(
            f"The record of what was read is damaged ({error}).",
            file=path,
            cure="Put back an earlier copy. Without one, delete it: everything that was coded then counts "
            "as read as it stands now, also what was added after it was coded.",
        ) from error


def _refuse_later(content: dict[str, Any], path: Path) -> None:
    """Refuse a record that a later version of fourp wrote: it may say what this one would lose."""
    format_name = str(content["format"])
    number = format_name.removeprefix(_ANY_FORMAT)
    if format_name not in {_FORMAT, _BEFORE} and format_name != number and number.isdecimal():
        raise GoldError(
            "The record of what was read was written by a later version of fourp (its format is "
            f"'{format_name}').",
            file=path,
            cure="Install the present version of fourp_nlp. The record stays as it is.",
        )


def _from_json(content: dict[str, Any]) -> ReadRecord:
    before = content["format"] == _BEFORE
    if content["format"] != _FORMAT and not before:
        raise ValueError(f"its format is {content['format']!r}")
    lists = tuple(
        tuple((str(code), "" if before else str(entry[code])) for code in entry)
        for entry in content["codes"]
    )
    seen = {
        str(entry["code"]): [(str(digest), str(date)) for digest, date in entry["seen"]]
        for entry in ([] if before else content["definitions"])
    }
    texts = {
        str(entry["sha256"]): _Text(
            int(entry["length"]),
            str(entry["pieces"]).split(),
            [int(start) for start in str(entry["starts"]).split()],
        )
        for entry in content["texts"]
    }
    rows = [
        (
            entry["coder"], entry["document"], 0, texts[entry["text"]].length, WHOLE, entry["text"],
            entry["codes"], entry["since"],
        )
        for entry in content["documents"]
    ]  # fmt: skip
    rows += [
        (entry["coder"], entry["document"], start, end, PART, text, entry["codes"], entry["since"])
        for entry in content["segments"]
        for start, end, text in entry["spans"]
    ]
    entries = conform(pd.DataFrame(rows, columns=_ENTRIES.names), _ENTRIES)
    if not entries["codes"].between(0, len(lists) - 1).all():
        raise ValueError("it names a list of codes that is not there")
    return ReadRecord(entries, texts, lists, seen)


def readings(
    coded: pd.DataFrame,
    record: ReadRecord,
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    since: str,
    definitions: Mapping[str, str] = _NOTHING,
    drawn: pd.DataFrame | None = None,
) -> Readings:
    """Hold what gold files say was read to what the texts and the codebook were then.

    Parameters
    ----------
    coded : pandas.DataFrame
        The table CODED, from `read_gold` with ``all_parts``.
    record : ReadRecord
        What is known of earlier readings.
    documents : pandas.DataFrame
        The documents, with the columns document and text and, if it is there, sha256.
    codes : sequence of str
        Ids of the codes that there are now.
    since : str
        Today's date.
    definitions : mapping of str to str, optional
        The hash of each code's definition now.
    drawn : pandas.DataFrame, optional
        Columns coder, document, start, end and looked_for: segments that were drawn, and the codes that there
        were when their sheet was written. What the record does not know of them was read for these codes; a
        row of a coder without a document says it of all else that the coder read.

    Returns
    -------
    Readings
        What counts as read, and the record with what it did not know.

    Notes
    -----
    Of a document that was read as a whole and has changed, those sentences count as read that stand in
    the earlier text, in the same order (`unchanged_stretches`). What the record does not know counts as
    read as it stands, for all codes, unless it was drawn when there were other codes. A document that was
    renamed is known by its text.
    """
    rows = conform(coded, CODED)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    if "sha256" in documents.columns:
        hashes = dict(zip(documents["document"], documents["sha256"], strict=True))
    else:
        hashes = {name: sha256_of(texts[name]) for name in set(rows["document"])}
    known_record = _renamed(record.spelt_as(rows["coder"].unique()), rows, hashes).each_once()
    if len(rows):
        known_record = known_record.knowing(definitions, since=since)
    whole = rows[rows["scope"] == WHOLE]
    parts = rows[rows["scope"] != WHOLE].reset_index(drop=True)
    new = whole[~_among(whole, known_record.entries[known_record.entries["scope"] == WHOLE], _PAIR)]
    new_parts = parts[_known_spans(parts, known_record).to_numpy() < 0]
    # The record keeps which codes there were; which of them a file says were looked for, the file keeps.
    unknown = _joined([_as_asked(new, drawn), _as_asked(new_parts, drawn)], CODED)
    updated = known_record.with_reading(unknown, texts, codes, since=since, definitions=definitions)

    entries = known_record.entries[known_record.entries["scope"] == WHOLE]
    lists = updated.lists
    lacking = _without(lists, codes)
    stale = _redefined(lists, definitions)
    before = entries[_among(entries, whole, _PAIR)]
    before = before.assign(
        without=before["codes"].map(dict(enumerate(_without(known_record.lists, codes)))),
        redefined=before["codes"].map(dict(enumerate(_redefined(known_record.lists, definitions)))),
    )
    reading_parts, changed = _of_whole(before, known_record.texts, texts, hashes)
    reading_parts = [_as_files_say(each, whole, _PAIR, codes) for each in reading_parts]
    other = not_looked_for(unknown[LOOKED_FOR], codes)
    whole_now = unknown[unknown["scope"] == WHOLE]
    new = new.assign(without=whole_now[LOOKED_FOR].map(other).to_numpy(dtype=object))
    reading_parts.append(_as_files_say(new, whole, _PAIR, codes))
    at = _known_spans(parts, updated).to_numpy()
    spans = parts.assign(
        without=np.array([*lacking, ""], dtype=object)[at],
        redefined=np.array([*stale, ""], dtype=object)[at],
    )
    reading_parts.append(_as_files_say(spans, parts, _PLACE, codes))
    late = new[new["document"].isin(_other_texts(entries, hashes))]
    late = late[[*_PAIR]].assign(how="late")
    read = _without_needless(_joined(reading_parts, READ))
    redefined_codes = dict.fromkeys(" ".join(read["redefined"].unique()).split())
    return Readings(
        read,
        _joined([changed, late], CHANGED),
        updated,
        bool(len(unknown)) or known_record is not record,
        {code: updated.defined_since(code) for code in redefined_codes},
    )


def _as_asked(parts: pd.DataFrame, drawn: pd.DataFrame | None) -> pd.DataFrame:
    """Return spans with the codes that there were when they were drawn; empty for all."""
    parts = parts.assign(looked_for="")
    if drawn is None or drawn.empty or parts.empty:
        return parts
    codes_of_span = drawn.drop_duplicates(_PLACE).set_index(_PLACE)[LOOKED_FOR]
    cells = codes_of_span.reindex(pd.MultiIndex.from_frame(parts[_PLACE])).reset_index(drop=True)
    rest = drawn[drawn["document"] == ""].drop_duplicates("coder").set_index("coder")[LOOKED_FOR]
    by_coder = parts["coder"].map(rest).reset_index(drop=True)
    return parts.assign(looked_for=cells.fillna(by_coder).fillna("").to_numpy(dtype=object))


def _as_files_say(
    read: pd.DataFrame, rows: pd.DataFrame, key: list[str], codes: Sequence[str]
) -> pd.DataFrame:
    """Return what was read, without the codes of which the gold files say that they were not looked for."""
    rows_with_list = rows[rows[LOOKED_FOR] != ""].drop_duplicates(key)
    if rows_with_list.empty or read.empty:
        return read
    others = not_looked_for(rows_with_list[LOOKED_FOR], codes)
    cells = rows_with_list.set_index(key)[LOOKED_FOR].map(others)
    more = cells.reindex(pd.MultiIndex.from_frame(read[key])).fillna("").tolist()
    without = [
        " ".join(code for code in codes if code in {*cell.split(), *other.split()})
        if other
        else cell
        for cell, other in zip(read["without"].tolist(), more, strict=True)
    ]
    cell_of = rows_with_list.set_index(key)[LOOKED_FOR].reindex(pd.MultiIndex.from_frame(read[key]))
    return read.assign(without=without, looked_for=cell_of.fillna("").to_numpy(dtype=object))


def _renamed(record: ReadRecord, rows: pd.DataFrame, hashes: Mapping[str, str]) -> ReadRecord:
    """Return the record with documents under their new names, where their texts tell them."""
    old = record.entries
    gone = old[~old["document"].isin(set(hashes))]
    gone = gone[gone["scope"] == WHOLE]
    if gone.empty:
        return record
    whole = rows[rows["scope"] == WHOLE]
    fresh = whole.loc[~_among(whole, old, _PAIR), _PAIR]
    fresh = fresh.assign(text=fresh["document"].map(hashes))
    renamed = gone.merge(fresh, on=["coder", "text"], suffixes=("_before", ""))
    if renamed.empty:
        return record
    return replace(
        record, entries=_joined([old, renamed.drop(columns="document_before")], _ENTRIES)
    )


def _known_spans(parts: pd.DataFrame, record: ReadRecord) -> pd.Series:
    """Return the list of codes that each span was read for, -1 where the record does not know it."""
    entries = record.entries[record.entries["scope"] != WHOLE]
    if parts.empty or entries.empty:
        return pd.Series(-1, index=parts.index, dtype="int64")
    text = [sha256_of(quote)[:_DIGITS] for quote in parts["quote"]]
    spans = parts[_PLACE].assign(text=text)
    numbers = np.full(len(parts), -1)
    # At its place, or, where text was put in before it, anywhere in the document.
    for key in ([*_PLACE, "text"], [*_PAIR, "text"]):
        last = entries.drop_duplicates(key, keep="last")
        at = pd.MultiIndex.from_frame(last[key]).get_indexer(pd.MultiIndex.from_frame(spans[key]))
        numbers_by_key = np.where(at >= 0, last["codes"].to_numpy()[at], -1)
        numbers = np.where(numbers >= 0, numbers, numbers_by_key)
    return pd.Series(numbers, index=parts.index, dtype="int64")


def _without(lists: Sequence[_Codes], codes: Sequence[str]) -> list[str]:
    """Return for each list of codes those that are missing in it."""
    return [" ".join(code for code in codes if code not in dict(each)) for each in lists]


def _redefined(lists: Sequence[_Codes], definitions: Mapping[str, str]) -> list[str]:
    """Return for each list the codes whose definition is another one now."""
    return [
        " ".join(
            code
            for code, digest in each
            if digest and code in definitions and definitions[code] != digest
        )
        for each in lists
    ]


def _of_whole(
    entries: pd.DataFrame,
    earlier_texts: Mapping[str, _Text],
    texts: Mapping[str, str],
    hashes: Mapping[str, str],
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return what is left of readings of whole documents, and which documents have changed."""
    entries = entries.assign(quote="", now=entries["document"].map(hashes))
    same = (entries["text"] == entries["now"]).to_numpy(dtype=bool)
    reading_parts = [entries[same]]
    differing = entries[~same]
    cut: dict[str, Pieces] = {}
    how: list[tuple[str, str, str]] = []
    for (document, sha), same_readings in differing.groupby(["document", "text"], sort=True):
        text, before = texts[str(document)], earlier_texts[str(sha)]
        pieces = cut.setdefault(str(document), text_pieces(text))
        stretches = unchanged_stretches(before.pieces, pieces)
        if not len(pieces.hashes) or (
            len(stretches) == 1 and stretches[0].tolist() == [pieces.start[0], pieces.end[-1]]
        ):
            # White space alone was changed, or something was cut off at an end.
            reading_parts.append(same_readings.assign(start=0, end=len(text)))
            continue
        grew = before.length < len(text) and sha256_of(text[: before.length]) == sha
        coders = dict.fromkeys(same_readings["coder"])
        how += [(coder, str(document), "grew" if grew else "changed") for coder in coders]
        parts = pd.DataFrame(stretches, columns=["start", "end"])
        parts["quote"] = [text[a:b] for a, b in stretches]
        reading_parts.append(
            same_readings.drop(columns=["start", "end", "quote"])
            .assign(scope=PART)
            .merge(parts, how="cross")
        )
    changed = pd.DataFrame(how, columns=CHANGED.names)
    # Somebody who has read the present text since has missed nothing.
    changed = changed[~_among(changed, entries[same], _PAIR)].drop_duplicates(_PAIR)
    return reading_parts, changed


def _other_texts(entries: pd.DataFrame, hashes: Mapping[str, str]) -> set[str]:
    """Return the documents of which somebody read another text than the present one."""
    now = entries["document"].map(hashes)
    return set(entries.loc[now.notna() & (now != entries["text"]), "document"])


def _without_needless(read: pd.DataFrame) -> pd.DataFrame:
    """Return what was read without spans of documents that were wholly read, for all codes."""
    full = read[(read["scope"] == WHOLE) & (read["without"] == "")]
    # By the present definitions first, if somebody read it more than once.
    full = full.sort_values("redefined", key=lambda cells: cells != "", kind="stable")
    full = full.drop_duplicates(_PAIR).sort_index()
    rest = read[~_among(read, full[full["redefined"] == ""], _PAIR)].drop(
        full.index, errors="ignore"
    )
    stale = full[full["redefined"] != ""]
    if len(stale):
        # What was read since by other definitions must not be lost behind the whole.
        same = rest["redefined"].isin(stale["redefined"]) & _among(rest, stale, _PAIR)
        rest = rest[~same]
    rest = rest.drop_duplicates([*_PLACE, "scope", "without", "redefined"])
    first = (rest["scope"] == WHOLE).to_numpy(dtype=bool)
    return _joined([full, rest[first], rest[~first]], READ)


def _among(frame: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> np.ndarray[Any, Any]:
    if frame.empty or others.empty:
        return np.zeros(len(frame), dtype=bool)
    return pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(others[key]))


def _joined(frames: Sequence[pd.DataFrame], table: Table) -> pd.DataFrame:
    some = [frame for frame in frames if len(frame)]
    return conform(pd.concat(some), table) if some else empty(table)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
