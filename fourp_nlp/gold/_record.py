"""The record of what was read: which text and which codes there were, kept beside the gold files.

A gold file says that somebody coded a document, and not which text of it. The record is made when
codes are first seen. What it does not know yet counts as read as it stands then; from there on, text
and codes that are added later count as unread. Gold files stay people's own: nothing is written into
them, and they may be renamed, edited, deleted or brought in anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.gold._cells import CODED, PART, READ, WHOLE
from fourp_nlp.gold._names import one_spelling
from fourp_nlp.gold._pieces import sha256_of, text_pieces, unchanged_stretches
from fourp_nlp.tables import Column, Table, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.gold._pieces import Pieces

__all__ = ["CHANGED", "RECORD_NAME", "ReadRecord", "Readings", "read_record", "readings"]

RECORD_NAME = "what_was_read.json"
"""The record's file, in the folder of the gold files. It is no CSV, so that nobody is named after it."""

_FORMAT = "fourp what was read, 1"
_ABOUT = (
    "Which text each coder read, and which codes there were. fourp writes this file beside the gold files "
    "and needs it to know what is new since: keep it with them, and leave it to fourp gold --read-again "
    "to change it. Without it, everything that was coded counts as read as it stands."
)
_DIGITS = 16  # of the hash of a span that was read by itself

_PAIR = ["coder", "document"]
_PLACE = [*_PAIR, "start", "end"]

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


@dataclass(frozen=True)
class ReadRecord:
    """Which text each coder read, and which codes there were.

    Attributes
    ----------
    entries : pandas.DataFrame
        One row a document that was read as a whole, or a span of others.
    texts : mapping of str to (int, list of str)
        By their hashes, the texts of documents that were read as a whole.
    codes : tuple of tuple of str
        Lists of codes that there were.
    """

    entries: pd.DataFrame = field(default_factory=lambda: empty(_ENTRIES))
    texts: Mapping[str, _Text] = field(default_factory=lambda: MappingProxyType({}))
    codes: tuple[tuple[str, ...], ...] = ()

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
    ) -> ReadRecord:
        """Return the record with what somebody reads now.

        Parameters
        ----------
        coded : pandas.DataFrame
            The table CODED.
        texts : mapping of str to str
            The text of each document in it.
        codes : sequence of str
            The codes that they look for.
        since : str
            The date.

        Returns
        -------
        ReadRecord
            With what it did not say yet; earlier entries that say no more than these are gone.
        """
        if coded.empty:
            return self
        wanted = tuple(codes)
        lists = self.codes if wanted in self.codes else (*self.codes, wanted)
        whole = (coded["scope"] == WHOLE).to_numpy(dtype=bool)
        names = coded["document"].to_numpy(dtype=object)
        here = {name: texts[name] for name in dict.fromkeys(names[whole].tolist())}
        hashes = {name: sha256_of(text) for name, text in here.items()}
        known = dict(self.texts)
        for name, sha in hashes.items():
            if sha not in known:
                cut = text_pieces(here[name])
                known[sha] = _Text(len(here[name]), cut.hashes, cut.start.tolist())
        text = np.array(
            [
                hashes[name] if is_whole else sha256_of(quote)[:_DIGITS]
                for name, quote, is_whole in zip(names, coded["quote"], whole, strict=True)
            ],
            dtype=object,
        )
        length = [
            known[sha].length if is_whole else 0 for sha, is_whole in zip(text, whole, strict=True)
        ]
        made = coded.assign(
            start=np.where(whole, 0, coded["start"]),
            end=np.where(whole, length, coded["end"]),
            text=text,
            codes=lists.index(wanted),
            since=since,
        )
        made = conform(made, _ENTRIES).drop_duplicates(_KEY)
        more = [number for number, each in enumerate(lists) if set(each) >= set(wanted)]
        made = made[~_among(made, self.entries[self.entries["codes"].isin(more)], _KEY)]
        # An earlier entry goes if it is of the same text and held no code that this one lacks.
        less = [number for number, each in enumerate(lists) if set(each) <= set(wanted)]
        again = _among(self.entries, made, _KEY) & self.entries["codes"].isin(less).to_numpy()
        entries = _joined([self.entries[~again], made], _ENTRIES)
        return ReadRecord(entries, known, lists)

    def with_codes(self, coder: str, documents: Sequence[str], codes: Sequence[str]) -> ReadRecord:
        """Return the record after somebody looked for further codes in what they had read.

        Parameters
        ----------
        coder : str
            Who.
        documents : sequence of str
            In which documents.
        codes : sequence of str
            For which codes.

        Returns
        -------
        ReadRecord
            The same texts, read for these codes too.
        """
        own = (self.entries["coder"] == coder) & self.entries["document"].isin(list(documents))
        lists = list(self.codes)
        number = np.arange(len(lists))
        for at in sorted(set(self.entries.loc[own, "codes"])):
            wanted = tuple(dict.fromkeys([*lists[at], *codes]))
            if wanted not in lists:
                lists.append(wanted)
            number[at] = lists.index(wanted)
        entries = self.entries.copy()
        entries.loc[own, "codes"] = number[entries.loc[own, "codes"].to_numpy()]
        return replace(self, entries=entries, codes=tuple(lists))

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
        kept = sorted(set(whole["text"]))
        lines = {
            "codes": [_line(self.codes[at]) for at in order],
            "texts": [
                _line(
                    {
                        "sha256": sha,
                        "length": self.texts[sha].length,
                        "pieces": " ".join(self.texts[sha].pieces),
                        "starts": " ".join(map(str, self.texts[sha].starts)),
                    }
                )
                for sha in kept
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
                        "spans": own[["start", "end", "text"]].to_numpy(dtype=object).tolist(),
                    }
                )
                for key, own in parts.groupby([*_PAIR, "codes", "since"], sort=True)
            ],
        }
        head = [f'"format": {_line(_FORMAT)}', f'"about": {_line(_ABOUT)}']
        joint = ",\n"
        body = [f'"{name}": [\n{joint.join(rows)}\n]' for name, rows in lines.items()]
        return ("{\n" + joint.join([*head, *body]) + "\n}\n").encode("utf-8", "surrogatepass")


_KEY = [*_PLACE, "scope", "text"]


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
    """

    read: pd.DataFrame
    changed: pd.DataFrame
    record: ReadRecord
    is_new: bool


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
        return _from_json(json.loads(data.decode("utf-8-sig", "surrogatepass")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GoldError(
            f"The record of what was read is damaged ({error}).",
            file=path,
            cure="Put back an earlier copy. Without one, delete it: everything that was coded then counts "
            "as read as it stands now, also what was added after it was coded.",
        ) from error


def _from_json(held: dict[str, Any]) -> ReadRecord:
    if held["format"] != _FORMAT:
        raise ValueError(f"its format is {held['format']!r}")
    codes = tuple(tuple(str(code) for code in each) for each in held["codes"])
    texts = {
        str(each["sha256"]): _Text(
            int(each["length"]),
            str(each["pieces"]).split(),
            [int(start) for start in str(each["starts"]).split()],
        )
        for each in held["texts"]
    }
    rows = [
        (
            each["coder"], each["document"], 0, texts[each["text"]].length, WHOLE, each["text"],
            each["codes"], each["since"],
        )
        for each in held["documents"]
    ]  # fmt: skip
    rows += [
        (each["coder"], each["document"], start, end, PART, text, each["codes"], each["since"])
        for each in held["segments"]
        for start, end, text in each["spans"]
    ]
    entries = conform(pd.DataFrame(rows, columns=_ENTRIES.names), _ENTRIES)
    if not entries["codes"].between(0, len(codes) - 1).all():
        raise ValueError("it names a list of codes that is not there")
    return ReadRecord(entries, texts, codes)


def readings(
    coded: pd.DataFrame,
    record: ReadRecord,
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    since: str,
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

    Returns
    -------
    Readings
        What counts as read, and the record with what it did not know.

    Notes
    -----
    Of a document that was read as a whole and has changed, those sentences count as read that stand in
    the earlier text, in the same order (`unchanged_stretches`). What the record does not know counts as
    read as it stands, for all codes. A document that was renamed is known by its text.
    """
    rows = conform(coded, CODED)
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    if "sha256" in documents.columns:
        hashes = dict(zip(documents["document"], documents["sha256"], strict=True))
    else:
        hashes = {name: sha256_of(texts[name]) for name in set(rows["document"])}
    known = _renamed(record.spelt_as(rows["coder"].unique()), rows, hashes)
    whole = rows[rows["scope"] == WHOLE]
    parts = rows[rows["scope"] != WHOLE].reset_index(drop=True)
    entries = known.entries[known.entries["scope"] == WHOLE]
    new = whole[~_among(whole, entries, _PAIR)]
    spans = _known_spans(parts, known.entries[known.entries["scope"] != WHOLE])
    new_parts = parts[(spans < 0).to_numpy()]
    unknown = _joined([new, new_parts], CODED)
    made = known.with_reading(unknown, texts, codes, since=since)

    without = _without(made.codes, codes)
    before = entries[_among(entries, whole, _PAIR)]
    told, changed = _of_whole(before, known.texts, texts, hashes, without)
    at = spans.to_numpy()
    told.append(new.assign(without=""))
    told.append(
        parts.assign(without=np.where(at < 0, "", np.array([*without, ""], dtype=object)[at]))
    )
    late = new[new["document"].isin(_other_texts(entries, hashes))]
    late = late[[*_PAIR]].assign(how="late")
    return Readings(
        _without_needless(_joined(told, READ)),
        _joined([changed, late], CHANGED),
        made,
        bool(len(unknown)) or known is not record,
    )


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
    found = gone.merge(fresh, on=["coder", "text"], suffixes=("_before", ""))
    if found.empty:
        return record
    return replace(record, entries=_joined([old, found.drop(columns="document_before")], _ENTRIES))


def _known_spans(parts: pd.DataFrame, entries: pd.DataFrame) -> pd.Series:
    """Return the list of codes that each span was read for, -1 where the record does not know it."""
    if parts.empty or entries.empty:
        return pd.Series(-1, index=parts.index, dtype="int64")
    text = [sha256_of(quote)[:_DIGITS] for quote in parts["quote"]]
    asked = parts[_PLACE].assign(text=text)
    made = np.full(len(parts), -1)
    # At its place, or, where text was put in before it, anywhere in the document.
    for key in ([*_PLACE, "text"], [*_PAIR, "text"]):
        last = entries.drop_duplicates(key, keep="last")
        at = pd.MultiIndex.from_frame(last[key]).get_indexer(pd.MultiIndex.from_frame(asked[key]))
        found = np.where(at >= 0, last["codes"].to_numpy()[at], -1)
        made = np.where(made >= 0, made, found)
    return pd.Series(made, index=parts.index, dtype="int64")


def _without(lists: Sequence[Sequence[str]], codes: Sequence[str]) -> list[str]:
    """Return for each list of codes those that are missing in it."""
    return [" ".join(code for code in codes if code not in set(each)) for each in lists]


def _of_whole(
    entries: pd.DataFrame,
    known: Mapping[str, _Text],
    texts: Mapping[str, str],
    hashes: Mapping[str, str],
    without: Sequence[str],
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return what is left of readings of whole documents, and which documents have changed."""
    missing = entries["codes"].map(dict(enumerate(without)))
    entries = entries.assign(without=missing, quote="", now=entries["document"].map(hashes))
    same = (entries["text"] == entries["now"]).to_numpy(dtype=bool)
    told = [entries[same]]
    differing = entries[~same]
    cut: dict[str, Pieces] = {}
    how: list[tuple[str, str, str]] = []
    for (document, sha), own in differing.groupby(["document", "text"], sort=True):
        text, before = texts[str(document)], known[str(sha)]
        pieces = cut.setdefault(str(document), text_pieces(text))
        stretches = unchanged_stretches(before.pieces, pieces)
        if not len(pieces.hashes) or (
            len(stretches) == 1 and stretches[0].tolist() == [pieces.start[0], pieces.end[-1]]
        ):
            # White space alone was changed, or something was cut off at an end.
            told.append(own.assign(start=0, end=len(text)))
            continue
        grew = before.length < len(text) and sha256_of(text[: before.length]) == sha
        coders = dict.fromkeys(own["coder"])
        how += [(coder, str(document), "grew" if grew else "changed") for coder in coders]
        parts = pd.DataFrame(stretches, columns=["start", "end"])
        parts["quote"] = [text[a:b] for a, b in stretches]
        told.append(
            own.drop(columns=["start", "end", "quote"]).assign(scope=PART).merge(parts, how="cross")
        )
    changed = pd.DataFrame(how, columns=CHANGED.names)
    # Somebody who has read the present text since has missed nothing.
    changed = changed[~_among(changed, entries[same], _PAIR)].drop_duplicates(_PAIR)
    return told, changed


def _other_texts(entries: pd.DataFrame, hashes: Mapping[str, str]) -> set[str]:
    """Return the documents of which somebody read another text than the present one."""
    now = entries["document"].map(hashes)
    return set(entries.loc[now.notna() & (now != entries["text"]), "document"])


def _without_needless(read: pd.DataFrame) -> pd.DataFrame:
    """Return what was read without spans of documents that were wholly read, for all codes."""
    full = read[(read["scope"] == WHOLE) & (read["without"] == "")].drop_duplicates(_PAIR)
    rest = read[~_among(read, full, _PAIR)].drop_duplicates([*_PLACE, "scope", "without"])
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
