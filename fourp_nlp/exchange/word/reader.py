"""Comments and highlighted text of Word documents as codings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.documents import normalised_places, read_word_places
from fourp_nlp.errors import DocumentError, ExchangeError, UnsafeDocumentError, UnsafeExchangeError
from fourp_nlp.exchange.exchange import MARKS, NODES, NOTES, SOURCES, USERS, Exchange, Losses
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.word._code_matching import CodeFinder, folded, one_line
from fourp_nlp.exchange.word._comment_parts import comments_of
from fourp_nlp.exchange.word._comment_ranges import Range, ranges_of
from fourp_nlp.exchange.word._comment_text import note_of, what_is_said
from fourp_nlp.exchange.word._custom_xml import carried_in, hash_of
from fourp_nlp.exchange.word._highlights import colour_name, coloured_in, tidy_colour
from fourp_nlp.exchange.word._markup_names import W
from fourp_nlp.exchange.word._plain_document import Pieces, exact_pieces
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from fourp_nlp.documents import Places, WordPlaces
    from fourp_nlp.exchange.word._comment_parts import Found
    from fourp_nlp.exchange.word._custom_xml import Carried
    from fourp_nlp.exchange.word._highlights import Coloured

__all__ = ["read_word"]

_NO_COLOURS: Mapping[str, str] = MappingProxyType({})
_UNDATED: Mapping[str, Any] = MappingProxyType({"made_at": "", "probability": np.nan, "why": ""})
_SHOWN = 10


def read_word(
    paths: str | Path | Iterable[str | Path],
    *,
    nodes: pd.DataFrame | None = None,
    coder: str | None = None,
    colors: Mapping[str, str] = _NO_COLOURS,
    highlights: bool = True,
) -> Exchange:
    """Read the comments and the highlighted text of Word documents as codings.

    Parameters
    ----------
    paths : str, pathlib.Path or iterable of them
        A .docx file, several, or a folder, read with its subfolders. In a folder or among several, a file
        that cannot be read is told as a loss, and the others go on.
    nodes : pandas.DataFrame, optional
        The table NODES: the codes that comments may name. By default the codebook that `write_word` put into
        the file, if there is one; and a comment's first line that names no code is a new code, unless it is
        longer than 80 characters or a sentence.
    coder : str, optional
        Who coded, in place of every author. By default each comment's author; highlighted text has none.
    colors : mapping of str to str, optional
        Which code a highlight or shading colour means, by the colour's name ("yellow", "bright green") or
        value ("#FFFF00").
    highlights : bool
        Whether highlighted text is read. In files of `write_word` it is only where `colors` names the colour.

    Returns
    -------
    Exchange
        The documents' texts as they are read for the corpus, or, of a file of `write_word` whose text nobody
        changed, the text that it was made of; comments that name a code as marks, all others and all answers
        as notes. What named no code, and passages that could not be found, are told in `losses`; what was
        guessed is told in `remarks`.

    Raises
    ------
    ExchangeError
        If there is no file, or the only one cannot be read.
    UnsafeExchangeError
        If it would expand beyond the limits, or is not what it says.
    """
    files, one = _files(paths)
    reader = _Reader(nodes, coder, colors, highlights=highlights)
    for path, document in files:
        try:
            reader.read(path, document)
        except DocumentError as error:
            if one:
                kind = (
                    UnsafeExchangeError if isinstance(error, UnsafeDocumentError) else ExchangeError
                )
                raise kind(
                    error.problem, file=error.file, place=error.place, cure=error.cure
                ) from error
            reader.losses.add(
                "files", "They cannot be read; they were left out.", [f"{path}: {error.problem}"]
            )
    return reader.exchange()


def _files(
    paths: str | Path | Iterable[str | Path],
) -> tuple[list[tuple[Path, str]], bool]:
    """Return the files with the names of their documents, and whether one file was asked for."""
    if not isinstance(paths, str | Path):
        listed = [Path(path) for path in paths]
        if not listed:
            raise ExchangeError("No file was named.", cure="Name Word documents or a folder.")
        found = [file for path in listed for file in _files(path)[0]]
        return found, len(found) == 1
    path = Path(paths)
    if path.is_dir():
        inside = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() == ".docx"
            and file.is_file()
            and not file.name.startswith((".", "~$"))
        )
        if not inside:
            raise ExchangeError(
                "There is no Word document in the folder.",
                file=path,
                cure="Look for a typing error; only files that end in .docx are read.",
            )
        return [(file, file.relative_to(path).as_posix()) for file in inside], False
    if not path.is_file():
        raise ExchangeError("There is no such file.", file=path, cure="Look for a typing error.")
    if path.suffix.lower() != ".docx":
        raise ExchangeError(
            f"Comments are not read from files of the kind '{path.suffix}'.",
            file=path,
            cure="Open it in its own program and save it as .docx.",
        )
    return [(path, path.name)], True


@dataclass
class _Text:
    """A document's text, and how to come to it from the text of the pieces."""

    text: str
    pieces: Pieces
    normal: Places | None
    blocks: tuple[NDArray[np.int64], NDArray[np.int64]]  # starts and ends in the text, ascending

    def spans(
        self, starts: Sequence[int], ends: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first, last = np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64)
        return self.normal.to_normalised(first, last) if self.normal is not None else (first, last)

    def paragraph(self, place: int) -> tuple[int, int]:
        """Return the paragraph that a place of the text is in or after."""
        starts, ends = self.blocks
        if not len(starts):
            return -1, -1
        at = max(int(np.searchsorted(starts, place, side="right")) - 1, 0)
        return int(starts[at]), int(ends[at])


@dataclass
class _Codes:
    """The codes that are known, and new ones as they come."""

    rows: list[dict[str, Any]]
    finder: CodeFinder
    given: bool
    new: dict[str, int] = field(default_factory=dict)

    def new_code(self, name: str, color: str = "") -> int:
        """Return the number of a code that is in no codebook; one spelling is as good as another."""
        key = folded(name) or name
        if key not in self.new:
            self.new[key] = len(self.rows)
            self.rows.append(
                {
                    "guid": guid_of("node", name),
                    "parent": "",
                    "code": "",
                    "name": name,
                    "description": "",
                    "color": color,
                    "codable": True,
                }
            )
        return self.new[key]


class _Reader:
    """Reads one document after another into the rows of an exchange."""

    def __init__(
        self,
        nodes: pd.DataFrame | None,
        coder: str | None,
        colors: Mapping[str, str],
        *,
        highlights: bool,
    ) -> None:
        self.losses = Losses()
        self.remarks: list[str] = []
        self.counts: Counter[str] = Counter()
        self.guessed: Counter[tuple[str, str]] = Counter()
        self.coder = coder
        self.given = conform(nodes, NODES) if nodes is not None else None
        self.codes = self._codes_of(self.given if self.given is not None else _no_nodes())
        self.highlights = highlights
        self.colors: dict[str, str] = {}
        for colour, code in colors.items():
            tidy = tidy_colour(colour)
            if not tidy:
                raise ExchangeError(
                    f"'{colour}' is no highlight colour.",
                    cure="Name it as Word does (yellow, bright green, turquoise), or as #RRGGBB.",
                )
            self.colors[tidy] = code
        self.sources: dict[str, dict[str, Any]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.machines: set[str] = set()
        self.marks: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, dict[str, Any]] = {}

    def _codes_of(self, nodes: pd.DataFrame) -> _Codes:
        rows = [dict(zip(NODES.names, row, strict=True)) for row in nodes.itertuples(index=False)]
        return _Codes(rows, CodeFinder(nodes), given=self.given is not None)

    def read(self, path: Path, document: str) -> None:
        """Read one document."""
        places = read_word_places(path)
        carried = carried_in(places)
        if carried is not None and self.given is None:
            self._add_nodes(carried)
        text = self._text(places, carried, document)
        if carried is not None and carried.document:
            document = carried.document
        source, document = self._source(text.text, document, path, carried)
        found = comments_of(places)
        self._comments(
            found, ranges_of(text.pieces, places.opened.element), text, source, document, carried
        )
        self._colours(coloured_in(text.pieces, places.blocks), text, source, document, carried)
        root = places.opened.element
        if next(root.iter(f"{W}ins", f"{W}del", f"{W}moveTo", f"{W}moveFrom"), None) is not None:
            self.counts["tracked"] += 1

    def _add_nodes(self, carried: Carried) -> None:
        """Add the codebook that a file carries to that of the files before."""
        known = {row["guid"] for row in self.codes.rows}
        more = [row for row in carried.nodes if row["guid"] not in known]
        if not more:
            return
        new = self.codes.new
        rows = pd.DataFrame([*self.codes.rows, *more], columns=NODES.names)
        self.codes = self._codes_of(conform(rows, NODES))
        self.codes.new = new

    def _text(self, places: WordPlaces, carried: Carried | None, document: str) -> _Text:
        pieces = Pieces(places.text, places.elements, places.starts, places.ends, places.skipped)
        if carried is not None and carried.exact:
            exact = exact_pieces(places)
            if hash_of(exact.text) == carried.sha256:
                starts, ends = _paragraphs(exact.text)
                return _Text(exact.text, exact, None, (starts, ends))
        normal = normalised_places(places.text)
        if carried is not None and hash_of(normal.text) != carried.sha256:
            self.losses.add(
                "documents with another text than they were written with",
                "Somebody changed the text, or a program did when it saved; codings are at their places in "
                "the text as it is now.",
                [document],
            )
        starts = np.array([one.start for one in places.laid], dtype=np.int64)
        lengths = np.array([one.length for one in places.laid], dtype=np.int64)
        blocks = normal.to_normalised(starts, starts + lengths)
        return _Text(normal.text, pieces, normal, blocks)

    def _source(
        self, text: str, document: str, path: Path, carried: Carried | None
    ) -> tuple[str, str]:
        """Return the GUID and the name of the document's source; copies of one document are one source."""
        guid = guid_of("source", document)
        if carried is not None and carried.source:
            guid = carried.source
        there = self.sources.get(guid)
        if there is not None and there["text"] == text:
            self.counts["copies"] += 1
            return guid, document
        if there is not None:
            document = f"{document} ({path.name})"
            guid = guid_of("source", document, hash_of(text))
            self.losses.add(
                "copies of a document with different texts",
                "They were kept as documents of their own.",
                [document],
            )
        self.sources[guid] = {
            "guid": guid,
            "document": document,
            "text": text,
            "has_text": bool(text),
            "kind": "text",
            "description": "",
        }
        return guid, document

    def _user(self, author: str, carried: Carried | None) -> str:
        name = self.coder if self.coder is not None else author
        if not name:
            return ""
        if name not in self.users:
            known, machine = (
                carried.users.get(name, ("", False)) if carried is not None else ("", False)
            )
            guid = known or guid_of("user", name)
            self.users[name] = {"guid": guid, "coder": name, "machine": machine}
        return str(self.users[name]["guid"])

    def _comments(
        self,
        found: list[Found],
        ranges: dict[str, Range],
        text: _Text,
        source: str,
        document: str,
        carried: Carried | None,
    ) -> None:
        settled = [ranges.get(comment.number, Range(0, 0, "missing")) for comment in found]
        starts, ends = text.spans([one.start for one in settled], [one.end for one in settled])
        places = {
            comment.number: (where, start, end)
            for comment, where, start, end in zip(
                found, settled, starts.tolist(), ends.tolist(), strict=True
            )
        }
        first_mark: dict[str, str] = {}
        answers = []
        for comment in found:
            where, start, end = places[comment.number]
            self.counts["resolved"] += comment.resolved
            if comment.answers in places:
                answers.append(comment)
                continue
            user = self._user(comment.author, carried)
            said = what_is_said(comment.text, self.codes.finder, new_codes=not self.codes.given)
            shown = f"{document}: {one_line(comment.text)}"
            passage = not where.why and end > start
            if not passage:
                self._tell_passage(where, shown)
            for written, why in said.unknown:
                if self.codes.given or why != "no code has this name":
                    self.losses.add(
                        "names in comments that are no code's",
                        f"They were kept as notes: {why}.",
                        [f"{document}, {start}: {written}"],
                    )
            if where.guessed:
                self.losses.add(
                    "ends of comments",
                    "The file does not say where they end; they were taken to reach to the end of their "
                    "paragraph.",
                    [shown],
                )
            codes = [*said.nodes, *map(self.codes.new_code, said.new)] if passage else []
            for written, node in said.guessed if passage else []:
                self.guessed[written, self.codes.finder.names[node]] += 1
            about = ""
            if not np.isnan(said.probability):
                self.machines.add(user)
            made = {
                "made_at": comment.made_at,
                "probability": said.probability,
                "why": said.why,
            }
            for node in codes:
                mark = self._mark(
                    source, document, text, (start, end), node, user, comment.author, made
                )
                about = about or mark
            first_mark[comment.number] = about
            if codes and not said.note:
                continue
            note = ("", said.note) if codes else note_of(comment.text)
            span = (-1, -1) if about else self._span(text, where, start, end)
            self._note(about or source, span, user, note, comment.made_at)
        self.counts["answers"] += len(answers)
        for comment in answers:
            # What is answered is the first comment of the thread, whatever the file says.
            about = first_mark.get(comment.answers, "")
            where, start, end = places[comment.answers if about else comment.number]
            span = (-1, -1) if about else self._span(text, where, start, end)
            user = self._user(comment.author, carried)
            self._note(about or source, span, user, note_of(comment.text), comment.made_at)

    def _span(self, text: _Text, where: Range, start: int, end: int) -> tuple[int, int]:
        """Return the stretch that a note is about: its passage, or the paragraph that it stands in."""
        if where.why == "missing":
            return -1, -1
        return (start, end) if end > start else text.paragraph(start)

    def _tell_passage(self, where: Range, shown: str) -> None:
        why = {
            "missing": "Nothing says where they belong; they were kept as notes about the document.",
            "gone": "What they stood on was deleted; they were kept as notes about the paragraph.",
        }
        self.losses.add(
            "comments without a passage",
            why.get(
                where.why,
                "They stand at a point and mark no text; they were kept as notes about the paragraph.",
            ),
            [shown],
        )

    def _mark(
        self,
        source: str,
        document: str,
        text: _Text,
        span: tuple[int, int],
        node: int,
        user: str,
        author: str,
        made: Mapping[str, Any],
    ) -> str:
        """Add a coding, if it is new, and return its GUID."""
        row = self.codes.rows[node]
        coder = self.coder if self.coder is not None else author
        guid = guid_of("mark", document, *span, row["code"] or row["name"], coder)
        if guid in self.marks:
            self.losses.add(
                "codings given twice",
                "The same coder gave the same code to the same passage; one was kept.",
                [f"{document}: {row['name']}"],
            )
            return guid
        self.marks[guid] = {
            "guid": guid,
            "source": source,
            "start": span[0],
            "end": span[1],
            "node": row["guid"],
            "user": user,
            "quote": text.text[slice(*span)],
            **made,
        }
        return guid

    def _note(
        self,
        about: str,
        span: tuple[int, int],
        user: str,
        note: tuple[str, str],
        made_at: str,
    ) -> None:
        name, text = note
        number = 0
        while (guid := guid_of("note", about, *span, user, name, text, number)) in self.notes:
            number += 1
        self.notes[guid] = {
            "guid": guid,
            "about": about,
            "start": span[0],
            "end": span[1],
            "user": user,
            "name": name,
            "text": text,
            "made_at": made_at,
        }

    def _colours(
        self,
        coloured: list[Coloured],
        text: _Text,
        source: str,
        document: str,
        carried: Carried | None,
    ) -> None:
        if not self.highlights or not coloured:
            return
        key, legend = self._legend(coloured, text)
        user = self._user("", carried)
        starts, ends = text.spans([one.start for one in coloured], [one.end for one in coloured])
        for passage, start, end in zip(coloured, starts.tolist(), ends.tolist(), strict=True):
            if passage.block in legend or end <= start:
                continue
            name = self.colors.get(passage.colour)
            node = key.get(passage.colour, -1)
            if name is None and node < 0:
                if carried is not None:
                    self.losses.add(
                        "highlighted passages",
                        "In a file that was written with comments, colours count only where their codes "
                        "are named; they were left out.",
                        [colour_name(passage.colour)],
                    )
                    continue
                node = self._unnamed(passage.colour)
            elif name is not None:
                node = self._named(name)
            self.counts["coloured"] += 1
            self._mark(source, document, text, (start, end), node, user, "", _UNDATED)

    def _legend(self, coloured: list[Coloured], text: _Text) -> tuple[dict[str, int], set[int]]:
        """Find lines that say what colours mean: coloured words, each a code's name, and little else."""
        by_block: dict[int, list[Coloured]] = {}
        for passage in coloured:
            if passage.colour not in self.colors:
                by_block.setdefault(passage.block, []).append(passage)
        meant: dict[str, set[int]] = {}
        lines: dict[str, set[int]] = {}
        for block, passages in by_block.items():
            names = [text.pieces.text[one.start : one.end] for one in passages]
            found = [self.codes.finder.find(name, guess=False).node for name in names]
            start, end = self._line(text, passages[0].start)
            if min(found) < 0 or 2 * sum(map(len, names)) < end - start:
                continue
            for passage, node in zip(passages, found, strict=True):
                meant.setdefault(passage.colour, set()).add(node)
                lines.setdefault(passage.colour, set()).add(block)
        key = {colour: nodes.pop() for colour, nodes in meant.items() if len(nodes) == 1}
        for colour, node in key.items():
            told = f"{colour_name(colour)} means {self.codes.rows[node]['name']}"
            self.remarks.append(f"A legend in the document says that {told}.")
        return key, {block for colour in key for block in lines[colour]}

    def _line(self, text: _Text, place: int) -> tuple[int, int]:
        whole = text.pieces.text
        start, end = whole.rfind("\n", 0, place) + 1, whole.find("\n", place)
        return start, end if end >= 0 else len(whole)

    def _unnamed(self, colour: str) -> int:
        name = f"highlighted {colour_name(colour)}"
        self.counts["unnamed"] += 1
        return self.codes.new_code(name, f"#{colour.upper()}")

    def _named(self, name: str) -> int:
        found = self.codes.finder.find(name)
        if found.node >= 0:
            if found.guessed:
                self.guessed[name, self.codes.finder.names[found.node]] += 1
            return found.node
        if self.codes.given:
            raise ExchangeError(
                f"The colours name a code '{name}', but {found.why or 'no code has this name'}.",
                cure="Correct the code's name.",
            )
        return self.codes.new_code(name)

    def exchange(self) -> Exchange:
        """Return all that was read."""
        counts = self.counts
        for number, sentence in (
            (counts["answers"], "answers to comments were kept as notes."),
            (
                counts["resolved"],
                "comments are marked as resolved; they were taken like the others.",
            ),
            (
                counts["copies"],
                "files are further copies of a document; their codings were put together.",
            ),
            (
                counts["coloured"],
                "highlighted passages were taken as codings; nobody is named as their coder.",
            ),
            (
                counts["unnamed"],
                "highlighted passages have no code named for their colour; the colour was taken.",
            ),
            (
                counts["tracked"],
                "documents hold tracked changes; their text is as if all were accepted.",
            ),
        ):
            if number:
                self.remarks.append(f"{number:,} {sentence}")
        if counts["coloured"] and self.coder is not None:
            self.remarks[:] = [
                one.replace("nobody is named as", f"{self.coder} is") for one in self.remarks
            ]
        told = [
            f"'{written}' ({number} times) for '{name}'"
            if number > 1
            else f"'{written}' for '{name}'"
            for (written, name), number in self.guessed.most_common(_SHOWN)
        ]
        if told:
            more = len(self.guessed) - len(told)
            end = f", and {more} more" if more else ""
            self.remarks.append(f"Typing errors were passed over: {'; '.join(told)}{end}.")
        if self.marks and any(mark["made_at"] for mark in self.marks.values()):
            self.remarks.append(
                "Word dates comments by the computer's clock without its zone; the dates were taken as UTC, "
                "unless the file notes UTC besides."
            )
        if not self.marks and not self.notes:
            self.remarks.append("There are no comments and no highlighted text.")
        for user in self.users.values():
            user["machine"] = user["machine"] or user["guid"] in self.machines
        return Exchange(
            origin="Word",
            sources=_table(self.sources, SOURCES),
            nodes=conform(pd.DataFrame(self.codes.rows, columns=NODES.names), NODES),
            users=_table(self.users, USERS),
            marks=_table(self.marks, MARKS),
            notes=_table(self.notes, NOTES),
            losses=self.losses.table(),
            remarks=tuple(self.remarks),
        )


def _no_nodes() -> pd.DataFrame:
    return conform(pd.DataFrame([], columns=NODES.names), NODES)


def _table(rows: dict[str, dict[str, Any]], table: Any) -> pd.DataFrame:
    return conform(pd.DataFrame(list(rows.values()), columns=table.names), table)


def _paragraphs(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lengths = np.array([len(one) for one in text.split("\n\n")], dtype=np.int64)
    ends = np.cumsum(lengths + 2) - 2
    return ends - lengths, ends
