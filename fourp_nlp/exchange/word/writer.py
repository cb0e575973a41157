"""Writes codings as comments into Word documents."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.control_characters import printable
from fourp_nlp.documents import normalise, normalised_places, read_word_places
from fourp_nlp.errors import DocumentError, ExchangeError
from fourp_nlp.exchange.exchange import Losses
from fourp_nlp.exchange.word._code_matching import labels_of, one_line
from fourp_nlp.exchange.word._comment_marks import anchor_comments, anchorable
from fourp_nlp.exchange.word._comment_parts import Comment, add_comments, comments_of, word_date
from fourp_nlp.exchange.word._comment_text import code_lines, note_lines
from fourp_nlp.exchange.word._custom_xml import codebook_part, embedded_part, read_embedded
from fourp_nlp.exchange.word._markup_names import W14, W
from fourp_nlp.exchange.word._plain_document import Pieces, plain_document
from fourp_nlp.exchange.word._word_file import write_copy, write_plain
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from fourp_nlp.documents import Places, WordPlaces
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["write_word"]

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_UNFORMATTED = frozenset({".txt", ".text", ".csv", ".tsv", ".xlsx", ".srt", ".vtt"})
_LONGEST_NAME = 120  # bytes; file systems take 255
_NO_ORIGINALS: Mapping[str, Path] = MappingProxyType({})


def write_word(
    exchange: Exchange,
    path: str | Path,
    *,
    originals: Mapping[str, Path] = _NO_ORIGINALS,
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write codings as comments in Word documents.

    Each coding is a comment on its passage, by its coder, with its date. The first line of the comment is the
    code's name; a machine's probability and reason follow on a line of their own. A note about a coding
    answers its comment; a note about a passage is a comment that begins with "Note:". Nothing is added to the
    text. The codebook is embedded in the file as a hidden part.

    Parameters
    ----------
    exchange : Exchange
        What to write.
    path : str or pathlib.Path
        A folder, which gets one file for each source; or, for one source, a file that ends in ``.docx``.
        Files of the same names are replaced.
    originals : mapping of str to pathlib.Path, optional
        The file that a source was read from, by the source's name. Where it is a Word document whose text is
        the source's, the comments are put into a copy of it, with its formatting, pictures, comments and
        tracked changes; elsewhere the document is made of the text alone.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES: what the documents do not hold.

    Raises
    ------
    ExchangeError
        If there is no text to write, there are several for one file, or an original would be replaced.
    FourpError
        If a file cannot be written.
    """
    exchange = exchange.conformed()
    losses = Losses()
    sources = exchange.sources[exchange.sources["has_text"]]
    _add_document_losses(exchange, losses)
    if sources.empty:
        raise ExchangeError(
            "There is no text to write.", file=path, cure="Word documents need sources with a text."
        )
    target = Path(path)
    targets = _targets(target, list(sources["document"]))
    writer = _Writer(exchange, losses)
    for guid, document, text, file in zip(
        sources["guid"], sources["document"], sources["text"], targets, strict=True
    ):
        original = Path(originals[document]) if document in originals else None
        if original is not None and _is_same_file(file, original):
            raise ExchangeError(
                "The original would be replaced.", file=file, cure="Choose another folder or name."
            )
        writer.write(file, guid, document, text, original)
    writer.add_inexact()
    if contents is not None:
        contents.of_project(exchange, exchange.marks[exchange.marks["guid"].isin(writer.put)])
    return losses.table()


def _is_same_file(file: Path, original: Path) -> bool:
    return file.exists() and original.exists() and file.samefile(original)


def _targets(path: Path, documents: list[str]) -> list[Path]:
    if path.suffix.lower() == ".docx" and not path.is_dir():
        if len(documents) > 1:
            raise ExchangeError(
                f"There are {len(documents)} documents for one file.",
                file=path,
                cure="Name a folder; each document becomes a file in it.",
            )
        return [path]
    if path.exists() and not path.is_dir():
        raise ExchangeError(
            "This is a file, and neither a folder nor a .docx.", file=path, cure="Name a folder."
        )
    taken: set[str] = set()
    return [path / _file_name(document, taken) for document in documents]


def _file_name(document: str, taken: set[str]) -> str:
    """Return a name for a document's file that every system takes and no other file has."""
    name = unicodedata.normalize("NFC", printable(document))
    name = re.sub(
        r"\.(docx|txt|text|md|markdown|odt|rtf|pdf|html?)$", "", name, flags=re.IGNORECASE
    )
    name = _UNSAFE.sub("_", name).strip(" .") or "document"
    name = name.encode("utf-8", errors="replace")[:_LONGEST_NAME].decode("utf-8", errors="ignore")
    if _RESERVED.fullmatch(name) or name.startswith("~$"):
        name = f"_{name}"
    unique, number = name, 1
    while unique.casefold() in taken:
        number += 1
        unique = f"{name} {number}"
    taken.add(unique.casefold())
    return f"{unique}.docx"


def _add_document_losses(exchange: Exchange, losses: Losses) -> None:
    textless = exchange.sources.loc[~exchange.sources["has_text"], "document"]
    losses.add("sources without a text", "A Word document needs one; they were left out.", textless)
    described = exchange.sources["has_text"] & (exchange.sources["description"] != "")
    losses.add(
        "descriptions of documents",
        "Nothing is added to a text; they were left out.",
        exchange.sources.loc[described, "document"],
    )
    variables = exchange.values["variable"]
    losses.add(
        "values of documents and cases",
        "Comments have no place for them; they were left out.",
        variables.unique(),
        count=len(variables),
    )
    losses.add(
        "cases and sets",
        "Comments have no place for them; they were left out.",
        exchange.members["name"].unique(),
        count=exchange.members["guid"].nunique(),
    )
    losses.add(
        "statements of what a coder read",
        "Comments say only what was coded; they were left out.",
        exchange.read["document"],
    )


@dataclass(frozen=True)
class _Body:
    """The main part of a Word document, and how spans of the source's text map to its pieces."""

    root: Any
    pieces: Pieces
    span_map: _SpanMap


@dataclass(frozen=True)
class _SpanMap:
    """Converts spans of a source's text to spans of the pieces' text, and checks the way back."""

    normal: Places | None = None
    source: Places | None = None  # from the source's text, where that is not normalised itself
    kept: NDArray[np.int64] | None = None  # how many characters are kept before each

    def to_pieces(
        self, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if self.source is not None:
            starts, ends = self.source.to_normalised(starts, ends)
        if self.normal is not None:
            return self.normal.to_original(starts, ends)
        if self.kept is not None:
            return self.kept[starts], self.kept[ends]
        return starts, ends

    def unchanged(
        self,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        anchored: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> NDArray[np.bool_]:
        """Return which spans are read back from the places of their comments unchanged."""
        if self.normal is not None:
            begin, end = self.normal.to_normalised(*anchored)
            if self.source is not None:
                starts, ends = self.source.to_normalised(starts, ends)
        else:
            starts, ends = self.to_pieces(starts, ends)
            begin, end = anchored
        unchanged: NDArray[np.bool_] = (begin == starts) & (end == ends)
        return unchanged


class _Writer:
    """Writes one document after another, and counts what is lost."""

    def __init__(self, exchange: Exchange, losses: Losses) -> None:
        self.losses = losses
        self.inexact: list[str] = []
        self.put: set[str] = set()
        nodes = exchange.nodes
        self.codebook = codebook_part(nodes, exchange.users)
        labels = dict(zip(nodes["guid"], map(printable, labels_of(nodes)), strict=True))
        self.coders = dict(
            zip(exchange.users["guid"], exchange.users["coder"].map(printable), strict=True)
        )
        marks = exchange.marks
        known = marks["node"].isin(labels)
        losses.add(
            "codings of unknown codes",
            "The codebook lacks their code; they were left out.",
            marks.loc[~known, "quote"],
        )
        has_source = marks["source"].isin(
            exchange.sources.loc[exchange.sources["has_text"], "guid"]
        )
        losses.add(
            "codings of sources without a text",
            "A comment needs text; they were left out.",
            marks.loc[known & ~has_source, "quote"],
        )
        marks = marks[known & has_source]
        marks = marks.assign(label=marks["node"].map(labels), row=np.arange(len(marks)))
        self.marks = dict(tuple(marks.groupby("source", sort=False)))
        self.no_marks = marks.iloc[:0]
        self._share_notes(exchange, marks)

    def _share_notes(self, exchange: Exchange, marks: pd.DataFrame) -> None:
        """Divide notes into answers to a coding, comments on a passage, and those without a place."""
        notes = exchange.notes
        answers = notes["about"].isin(marks["guid"])
        on_text = notes["about"].isin(exchange.sources.loc[exchange.sources["has_text"], "guid"])
        on_text &= (notes["start"] >= 0) & (notes["end"] > notes["start"])
        without_place = notes[~answers & ~on_text]
        self.losses.add(
            "notes about codes, whole documents or the project",
            "A comment needs a passage; they were left out.",
            [
                name or text
                for name, text in zip(without_place["name"], without_place["text"], strict=True)
            ],
        )
        self.answers = dict(tuple(notes[answers].groupby("about", sort=False)))
        self.on_text = dict(tuple(notes[on_text & ~answers].groupby("about", sort=False)))
        self.no_notes = notes.iloc[:0]

    def write(self, path: Path, guid: str, document: str, text: str, original: Path | None) -> None:
        """Write one document."""
        places = self._original(original, document, text) if original is not None else None
        length = len(text)
        if places is not None:
            body, text = self._copied_body(places, text)
        else:
            body, text = self._new_body(document, text)
        marks = self.marks.get(guid, self.no_marks).sort_values(["start", "end", "row"])
        notes = self.on_text.get(guid, self.no_notes).sort_values(["start", "end"])
        old_comments = comments_of(places) if places is not None else []
        numbers = [
            int(comment.number)
            for comment in old_comments
            if re.fullmatch(r"\d{1,9}", comment.number)
        ]
        comments, starts, ends, groups = self._comments(marks, notes, max(numbers, default=-1) + 1)
        right = (starts >= 0) & (ends > starts) & (ends <= length)
        put = self._anchor(body, document, starts, ends, groups, right)
        self.put.update(marks["guid"].to_numpy()[put[: len(marks)]])
        gone = {
            number
            for group, is_put in zip(groups, put, strict=True)
            if not is_put
            for number in group
        }
        comments = [comment for comment in comments if comment.number not in gone]
        embedded = embedded_part(
            self.codebook, document=document, source=guid, text=text, exact=places is None
        )
        if places is None:
            comments_root, threads = add_comments(comments)
            with replacing(path) as partial:
                write_plain(
                    partial,
                    root=body.root,
                    comments=comments_root,
                    threads=threads,
                    embedded=embedded,
                    title=document,
                )
            return
        if old_comments:
            self.losses.add(
                "comments that an original had",
                "They are in the copy as well, and will be read as codes or notes.",
                [f"{document}: {comment.text}" for comment in old_comments],
            )
        old = [root for _, root in places.parts("comments")]
        old_threads = [root for _, root in places.parts("commentsExtended")]
        taken = [
            identity
            for root in (*old, body.root)
            for paragraph in root.iter(f"{W}p")
            if (identity := paragraph.get(f"{W14}paraId"))
        ]
        comments_root, threads = add_comments(
            comments,
            into=old[0] if old else None,
            threads=old_threads[0] if old_threads else None,
            taken=taken,
        )
        before = read_embedded(places)
        with replacing(path) as partial:
            write_copy(
                partial,
                places,
                comments=comments_root,
                threads=threads,
                embedded=embedded,
                replaced=before.name if before is not None else "",
            )

    def _original(self, original: Path, document: str, text: str) -> WordPlaces | None:
        """Return the original, if comments can be put into a copy of it."""
        item = "originals that comments could not be put into"
        if original.suffix.lower() in _UNFORMATTED:
            return None
        if original.suffix.lower() != ".docx":
            why = "They are no Word documents; a document was made of the text."
            self.losses.add(item, why, [document])
            return None
        try:
            places = read_word_places(original)
        except (DocumentError, OSError):
            why = "They cannot be read any more; a document was made of the text."
            self.losses.add(item, why, [document])
            return None
        if normalise(places.text) != normalise(text):
            why = "Their text is no longer that of the project; a document was made of the text."
            self.losses.add(item, why, [document])
            return None
        if any("_xmlsignatures" in str(part.partname) for part in places.opened.part.package.parts):
            why = "A copy with comments is not what was signed; Word will say so."
            self.losses.add("digital signatures", why, [document])
        return places

    def _copied_body(self, places: WordPlaces, text: str) -> tuple[_Body, str]:
        pieces = Pieces(places.text, places.elements, places.starts, places.ends, places.skipped)
        normal = normalised_places(places.text)
        from_source = normalised_places(text) if normal.text != text else None
        return _Body(places.opened.element, pieces, _SpanMap(normal, from_source)), normal.text

    def _new_body(self, document: str, text: str) -> tuple[_Body, str]:
        kept = printable(text)
        span_map = _SpanMap()
        if kept != text:
            width = np.array([bool(printable(letter)) for letter in text], dtype=np.int64)
            span_map = _SpanMap(kept=np.concatenate([[0], np.cumsum(width)]))
            self.losses.add(
                "characters that XML forbids",
                "Control characters and halves of characters were left out.",
                [document],
                count=len(text) - len(kept),
            )
        root, pieces = plain_document(kept)
        return _Body(root, pieces, span_map), kept

    def _comments(
        self, marks: pd.DataFrame, notes: pd.DataFrame, first: int
    ) -> tuple[list[Comment], NDArray[np.int64], NDArray[np.int64], list[list[int]]]:
        """Return the comments, and for each passage its span and the numbers of the comments on it."""
        comments: list[Comment] = []
        groups: list[list[int]] = []
        for guid, user, made_at, label, probability, why in zip(
            *(marks[key] for key in ("guid", "user", "made_at", "label", "probability", "why")),
            strict=True,
        ):
            if not math.isnan(probability) and abs(round(probability, 3) - probability) > 1e-9:
                self.inexact.append(label)
            if one_line(why) != why:
                why_lost = "They were written in one line."
                self.losses.add("reasons in several lines", why_lost, [label])
            number = first + len(comments)
            lines = code_lines(label, probability, printable(why))
            comments.append(Comment(number, self._coder(user), self._date(made_at), lines))
            groups.append([number])
            if guid in self.answers:
                for answer in self._notes(self.answers.pop(guid), first + len(comments), number):
                    comments.append(answer)
                    groups[-1].append(answer.number)
        for comment in self._notes(notes, first + len(comments), -1):
            comments.append(comment)
            groups.append([comment.number])
        starts = np.concatenate([marks["start"].to_numpy(), notes["start"].to_numpy()])
        ends = np.concatenate([marks["end"].to_numpy(), notes["end"].to_numpy()])
        return comments, starts.astype(np.int64), ends.astype(np.int64), groups

    def _notes(self, notes: pd.DataFrame, first: int, answers: int) -> list[Comment]:
        return [
            Comment(
                number,
                self._coder(user),
                self._date(made_at),
                note_lines(printable(name), printable(text)),
                answers,
            )
            for number, (user, name, text, made_at) in enumerate(
                zip(*(notes[key] for key in ("user", "name", "text", "made_at")), strict=True),
                start=first,
            )
        ]

    def _coder(self, user: str) -> str:
        return str(self.coders.get(user, ""))

    def _date(self, made_at: str) -> str:
        date, exact = word_date(made_at)
        if made_at and not date:
            self.losses.add("dates", "They cannot be read; their comments have none.", [made_at])
        elif not exact:
            self.losses.add(
                "fractions of a second", "Word dates comments to the second.", [made_at]
            )
        return date

    def _anchor(
        self,
        body: _Body,
        document: str,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        groups: list[list[int]],
        right: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        begin, end = np.where(right, starts, 0), np.where(right, ends, 0)
        allowed = anchorable(body.pieces, body.root)
        anchored = anchor_comments(
            body.pieces, allowed, *body.span_map.to_pieces(begin, end), groups
        )
        put = anchored.put & right
        same = body.span_map.unchanged(begin, end, (anchored.starts, anchored.ends))
        shown = np.array(
            [f"{document}: {one} to {two}" for one, two in zip(starts, ends, strict=True)]
        )
        self.losses.add(
            "codings and notes without a passage",
            "Their place is empty or outside the text; they were left out.",
            shown[~right],
        )
        self.losses.add(
            "codings and notes where Word has no comments",
            "Word takes none in footnotes, endnotes and text boxes, nor on empty lines; they were left out.",
            shown[right & ~put],
        )
        self.losses.add(
            "ends of codings and notes",
            "A comment begins and ends at text of the body: empty lines, list marks, footnotes and text "
            "boxes at the ends of a passage are not in it, and a formula is in it as a whole.",
            shown[put & ~same],
        )
        return put

    def add_inexact(self) -> None:
        """Add the rounded probabilities of all documents to the losses."""
        self.losses.add("probabilities", "They were written with three decimals.", self.inexact)
