"""Matches sources of another program's project with documents of the study."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.alignment.unchanged_text import matching_pieces, text_pieces
from fourp_nlp.documents import normalise, normalised_places
from fourp_nlp.documents.text.decoding import decode
from fourp_nlp.errors import DocumentError
from fourp_nlp.exchange import Losses, guid_of, rows_of
from fourp_nlp.study.importing.documents.file_names import document_name, folded_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy.typing as npt

    from fourp_nlp.documents import Places
    from fourp_nlp.study.importing.target import ImportTarget

    Integers = npt.NDArray[np.int64]

__all__ = [
    "TEXTS",
    "Moves",
    "Source",
    "Sources",
    "match_sources",
    "text_before",
    "text_content",
    "text_file",
    "without_ending",
]

TEXTS = "texts"
"""The folder in `exchange` with the texts as they came."""

Status = Literal["new", "known", "edited", "replaced", "without text"]

_SHARED_WORDS = (
    0.5  # share of words that a document has to share with one of its name to be a version of it
)
_AUTHORSHIP = ("user", "made_at", "modified_by", "modified_at")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Moves:
    """Positions of passages of one text in another version of it.

    Passages in the common beginning or end keep their position. Any other passage is searched for, and found
    only if it occurs exactly once in the other version.

    Attributes
    ----------
    old, new : str
        The two versions.
    """

    old: str
    new: str

    @cached_property
    def _edges(self) -> tuple[int, int]:
        begins = _common_beginning(self.old, self.new)
        most = min(len(self.old), len(self.new)) - begins
        return begins, min(_common_beginning(self.old[::-1], self.new[::-1]), most)

    def __call__(
        self, starts: Integers, ends: Integers
    ) -> tuple[Integers, Integers, npt.NDArray[np.bool_]]:
        """Return the positions in the new version, and which passages are in it.

        Parameters
        ----------
        starts, ends : ndarray of int64, shape (n,)
            Places in the old version.

        Returns
        -------
        starts, ends : ndarray of int64, shape (n,)
            Places in the new version, -1 where there is none.
        found : ndarray of bool, shape (n,)
            Whether there is one.
        """
        if self.old == self.new:
            return starts, ends, np.ones(len(starts), dtype=bool)
        begins, tail = self._edges
        first, last = np.full_like(starts, -1), np.full_like(ends, -1)
        ahead = ends <= begins
        first[ahead], last[ahead] = starts[ahead], ends[ahead]
        behind = ~ahead & (starts >= len(self.old) - tail)
        by = len(self.new) - len(self.old)
        first[behind], last[behind] = starts[behind] + by, ends[behind] + by
        for at in np.flatnonzero(~ahead & ~behind):
            quote = self.old[starts[at] : ends[at]]
            place = self.new.find(quote)
            if quote and place >= 0 and self.new.find(quote, place + 1) < 0:
                first[at], last[at] = place, place + len(quote)
        return first, last, first >= 0

    def near(self, starts: Integers, ends: Integers) -> tuple[Integers, Integers]:
        """Return the passages of the new version that correspond to changed passages of the old one.

        Parameters
        ----------
        starts, ends : ndarray of int64, shape (n,)
            Places in the old version.

        Returns
        -------
        starts, ends : ndarray of int64, shape (n,)
            The text between the nearest sentences that are equal in both versions.
        """
        if not len(starts):
            return starts, ends
        before, now = text_pieces(self.old), text_pieces(self.new)
        place = matching_pieces(before.hashes, now)
        same = place >= 0
        begin, stop = before.start[place[same]], before.end[place[same]]
        to_begin, to_stop = now.start[same], now.end[same]
        head, tail = self._edges
        first, last = np.zeros_like(starts), np.full_like(ends, len(self.new))
        if len(begin):
            at = np.searchsorted(begin, starts, side="right") - 1
            within = np.minimum(starts - begin[at] + to_begin[at], to_stop[at])
            first = np.where(at >= 0, within, 0)
            at = np.searchsorted(stop, ends, side="left")
            inside = np.minimum(at, len(stop) - 1)
            within = np.maximum(ends - stop[inside] + to_stop[inside], to_begin[inside])
            last = np.where(at < len(stop), within, len(self.new))
        first = np.where(starts <= head, starts, np.maximum(first, head))
        by = len(self.new) - len(self.old)
        last = np.where(
            ends >= len(self.old) - tail, ends + by, np.minimum(last, len(self.new) - tail)
        )
        return first, np.maximum(first, last)


@dataclass(frozen=True)
class Source:
    """A source of another program's project, and its document here.

    Attributes
    ----------
    guid, name, kind, description : str
        As it came.
    came : str
        Its imported text.
    document : str
        The document's id here; empty if there is none.
    status : str
        new; known (the same text is here); edited (ours is another version, and is kept); replaced (ours is
        another version, and is replaced); without text.
    text : str
        The document's text after the import.
    before : str
        The document's text here, as it is now; empty if it is new. A source without text can have one: then
        the file holds no text of a document that is here.
    """

    guid: str
    name: str
    kind: str
    description: str
    came: str
    document: str = ""
    status: Status = "without text"
    text: str = ""
    before: str = ""
    made: tuple[str, str, str, str] = ("", "", "", "")

    @cached_property
    def normalised(self) -> str:
        """The imported text, normalised."""
        return normalise(self.came)

    @cached_property
    def places(self) -> Places:
        """Positions of the imported text in its normalised form."""
        return normalised_places(self.came)

    @property
    def keeps_imported_text(self) -> bool:
        """Whether the imported text is kept: it becomes ours, and normalisation changes it."""
        return self.status in {"new", "known", "replaced"} and self.came != self.text

    def carry(
        self, starts: Integers, ends: Integers
    ) -> tuple[Integers, Integers, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return the positions here of passages of the imported text.

        Parameters
        ----------
        starts, ends : ndarray of int64, shape (n,)
            Places in the imported text.

        Returns
        -------
        starts, ends : ndarray of int64, shape (n,)
            Places in the document's text.
        is_found : ndarray of bool, shape (n,)
            Whether there is one. There is none for passages that normalisation removes, or whose text is not
            in our version of an edited text, or more than once.
        looked_for : ndarray of bool, shape (n,)
            Whether it was found at another place, in another version.
        """
        if self.came != self.normalised:
            starts, ends = self.places.to_normalised(starts, ends)
        is_found = ends > starts
        if self.status != "edited":
            return starts, ends, is_found, np.zeros(len(starts), dtype=bool)
        first, last, moved = Moves(self.normalised, self.text)(starts, ends)
        return first, last, is_found & moved, is_found & moved & (first != starts)


class Sources(NamedTuple):
    """The sources of an exchange by GUID, with losses and messages.

    `doubled` has the names of sources whose GUID another source has.
    """

    by_guid: dict[str, Source]
    losses: Losses
    notes: list[str]
    doubled: list[str]

    @property
    def table(self) -> pd.DataFrame:
        """Columns document, name and status, one row per source of the file."""
        sources = [(s.document, s.name, s.status) for s in self.by_guid.values()]
        doubled = [("", name, "doubled") for name in self.doubled]
        return pd.DataFrame([*sources, *doubled], columns=["document", "name", "status"])

    @property
    def to_keep(self) -> dict[str, Source]:
        """The sources with properties to keep: not those whose document here is unchanged."""
        return {guid: s for guid, s in self.by_guid.items() if s.document or not s.before}


def text_content(text: str) -> bytes | None:
    """Return the content of a text file from which a corpus reads this text.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    bytes or None
        UTF-8; with a byte order mark if the file would otherwise be recognised as another kind. None if no
        file can hold the text.
    """
    for encoding in ("utf-8", "utf-8-sig"):
        content = text.encode(encoding)
        try:
            if decode(content) == text:
                return content
        except DocumentError:
            continue
    return None


def text_file(guid: str) -> str:
    """Return the name of the file with a source's imported text."""
    return f"{guid}.txt"


def text_before(guid: str, our_text: str, target: ImportTarget) -> str:
    """Return the text that earlier kept positions refer to.

    Parameters
    ----------
    guid : str
        The source's identity.
    our_text : str
        The document's text.
    target : ImportTarget
        The project before the import.

    Returns
    -------
    str
        The imported text, if it is kept; else the document's.
    """
    source_extras = target.extras.sources
    original = source_extras.loc[source_extras["guid"] == guid, "original"]
    path = target.project.exchange / TEXTS / text_file(guid)
    if len(original) and original.iloc[0] and path.is_file():
        return path.read_bytes().decode("utf-8-sig", errors="replace")
    return our_text


def match_sources(sources: pd.DataFrame, target: ImportTarget, *, replacing: bool) -> Sources:
    """Find the document of each source: by identity, by text, by name; else a new one.

    Parameters
    ----------
    sources : pandas.DataFrame
        The table SOURCES.
    target : ImportTarget
        The project before the import.
    replacing : bool
        Whether texts that were edited elsewhere replace ours.

    Returns
    -------
    Sources
        Each source with its document.
    """
    losses = Losses()
    notes: list[str] = []
    is_repeated = sources["guid"].duplicated()
    if is_repeated.any():
        losses.add(
            "sources",
            "Their identity is that of another source in the file; only the first was taken.",
            sources.loc[is_repeated, "document"],
        )
    rows = sources[~is_repeated]
    by_guid: dict[str, Source] = {}
    columns = ["guid", "document", "text", "has_text", "kind", "description"]
    for guid, name, text, has_text, kind, description, *authorship in rows_of(
        rows, *columns, *_AUTHORSHIP
    ):
        text_ = _SURROGATE.sub("\ufffd", text) if has_text else ""
        user, made_at, by, at = authorship
        by_guid[guid] = Source(
            guid, name.strip(), kind, description, text_, made=(user, made_at, by, at)
        )
    matched = _match(by_guid, target)
    taken_names = set(target.names)
    for guid, source in by_guid.items():
        if not source.came or not source.normalised:
            if guid in matched:
                document = matched[guid]
                by_guid[guid] = replace(source, before=target.texts[document])
                losses.add("texts", "The file holds no text of them; ours stay.", [document])
            continue
        if guid in matched:
            by_guid[guid] = _matched_source(
                source, matched[guid], target.texts[matched[guid]], notes, replacing=replacing
            )
            continue
        wished_name = _name_before(guid, target) or source.name
        name = document_name(wished_name, taken_names, exclude=target.project.settings.exclude)
        taken_names.add(folded_name(name))
        by_guid[guid] = replace(source, document=name, status="new", text=source.normalised)
    empty = [s.name for s in by_guid.values() if s.came and not s.document and not s.before]
    if empty:
        losses.add("sources", "There is no text in them but white space.", empty)
    return Sources(by_guid, losses, notes, sources.loc[is_repeated, "document"].tolist())


def _matched_source(
    source: Source, document: str, our_text: str, notes: list[str], *, replacing: bool
) -> Source:
    if source.normalised == our_text:
        return replace(source, document=document, status="known", text=our_text, before=our_text)
    if replacing and PurePosixPath(document).suffix.lower() == ".txt":
        notes.append(f"{document}: the text was edited elsewhere, and takes the place of ours.")
        text = source.normalised
        return replace(source, document=document, status="replaced", text=text, before=our_text)
    reason = (
        "Only text files can be replaced." if replacing else "--replace imports the other text."
    )
    notes.append(
        f"{document}: the text was edited elsewhere; ours is kept, and codings were moved to the position of "
        f"their quote. {reason}"
    )
    return replace(source, document=document, status="edited", text=our_text, before=our_text)


def _name_before(guid: str, target: ImportTarget) -> str:
    """Return the name that a source had here before its document was removed."""
    source_extras = target.extras.sources
    names = source_extras.loc[
        (source_extras["guid"] == guid) & source_extras["has_text"].astype(bool), "document"
    ]
    return str(names.iloc[0]) if len(names) else ""


def _match(sources: Mapping[str, Source], target: ImportTarget) -> dict[str, str]:
    """Return the document of each source that is known, by the source's GUID."""
    texts = target.texts
    source_extras = target.extras.sources
    known = {guid_of("source", name): name for name in texts}
    known |= dict(zip(source_extras["guid"], source_extras["document"], strict=True))
    document_of_guid: dict[str, str] = {}
    for guid in sources:
        # Two sources cannot be one document: the later is new.
        if (name := known.get(guid, "")) in texts and name not in document_of_guid.values():
            document_of_guid[guid] = name
    waiting = {
        g: s for g, s in sources.items() if g not in document_of_guid and s.came and s.normalised
    }
    unmatched = [name for name in texts if name not in set(document_of_guid.values())]
    by_text: dict[str, list[str]] = {}
    for name in unmatched:
        by_text.setdefault(texts[name], []).append(name)
    for guid, source in list(waiting.items()):
        alike = by_text.get(source.normalised, [])
        if alike:
            best = next(
                (name for name in alike if folded_name(name) == folded_name(source.name)), alike[0]
            )
            alike.remove(best)
            document_of_guid[guid] = best
            del waiting[guid]
    unmatched = [name for name in unmatched if name not in set(document_of_guid.values())]
    for key in (folded_name, without_ending, _last_part):
        for guid, name in _pairs({g: s.name for g, s in waiting.items()}, unmatched, key):
            if _are_versions(waiting[guid].normalised, texts[name]):
                document_of_guid[guid] = name
                unmatched.remove(name)
                del waiting[guid]
    return document_of_guid


def _pairs(
    names: Mapping[str, str], documents: Iterable[str], key: Callable[[str], str]
) -> list[tuple[str, str]]:
    """Return pairs of sources and documents with the same name, if it is unique on each side."""
    documents_by_key: dict[str, list[str]] = {}
    for name in documents:
        documents_by_key.setdefault(key(name), []).append(name)
    counts = Counter(key(name) for name in names.values())
    return [
        (guid, documents_by_key[key(name)][0])
        for guid, name in names.items()
        if counts[key(name)] == 1 and len(documents_by_key.get(key(name), [])) == 1
    ]


def without_ending(name: str) -> str:
    """Return a name for comparison: case-folded, and without the file ending."""
    return folded_name(normalise(name).removesuffix(PurePosixPath(normalise(name)).suffix))


def _last_part(name: str) -> str:
    return folded_name(PurePosixPath(normalise(name).replace("\\", "/")).stem)


def _common_beginning(first: str, second: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    shorter = min(len(first), len(second))
    points, other_points = (
        np.frombuffer(text[:shorter].encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        for text in (first, second)
    )
    differs = np.flatnonzero(points != other_points)
    return int(differs[0]) if len(differs) else shorter


def _are_versions(first: str, second: str) -> bool:
    """Whether two texts can be versions of one: half of the words of the longer are in both."""
    words = [Counter(_WORD.findall(text.casefold())) for text in (first, second)]
    return (words[0] & words[1]).total() >= _SHARED_WORDS * max(counts.total() for counts in words)
