"""Reads the comments and the highlighted text of Word documents as codings."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fourp_nlp.documents import read_word_places
from fourp_nlp.errors import DocumentError, ExchangeError, UnsafeDocumentError, UnsafeExchangeError
from fourp_nlp.exchange.word._code_matching import one_line
from fourp_nlp.exchange.word._comment_parts import comments_of
from fourp_nlp.exchange.word._comment_ranges import Range, ranges_of
from fourp_nlp.exchange.word._comment_text import note_of, parse_comment
from fourp_nlp.exchange.word._custom_xml import read_embedded
from fourp_nlp.exchange.word._document_text import document_text
from fourp_nlp.exchange.word._exchange_builder import ExchangeBuilder
from fourp_nlp.exchange.word._highlights import colour_name, coloured_in, tidy_colour
from fourp_nlp.exchange.word._markup_names import W

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.word._comment_parts import ReadComment
    from fourp_nlp.exchange.word._comment_text import CommentContent
    from fourp_nlp.exchange.word._custom_xml import EmbeddedProject
    from fourp_nlp.exchange.word._document_text import DocumentText
    from fourp_nlp.exchange.word._highlights import Coloured

__all__ = ["read_word"]

_NO_COLOURS: Mapping[str, str] = MappingProxyType({})
_UNDATED: Mapping[str, Any] = MappingProxyType({"made_at": "", "probability": np.nan, "why": ""})
_NO_CODE = "no code has this name"


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
        that cannot be read is listed as a loss, and the others are read.
    nodes : pandas.DataFrame, optional
        The table NODES: the codes that comments may name. By default the codebook that `write_word` embedded
        in the file, if there is one; then a comment's first line that names no code is a new code, unless it
        is longer than 80 characters or a sentence.
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
        as notes. `losses` lists names that are no code's and passages that were not found; `remarks` lists
        misspelt names and the codes to which they were matched.

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
            reader.builder.losses.add(
                "files", "They cannot be read; they were left out.", [f"{path}: {error.problem}"]
            )
    return reader.builder.build()


def _files(
    paths: str | Path | Iterable[str | Path],
) -> tuple[list[tuple[Path, str]], bool]:
    """Return the files with the names of their documents, and whether one file was asked for."""
    if not isinstance(paths, str | Path):
        listed = [Path(path) for path in paths]
        if not listed:
            raise ExchangeError("No file was named.", cure="Name Word documents or a folder.")
        files = [file for path in listed for file in _files(path)[0]]
        return files, len(files) == 1
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


class _Document(NamedTuple):
    """A document that is being read: its text, its source's GUID and name, and what is embedded in it."""

    text: DocumentText
    source: str
    name: str
    embedded: EmbeddedProject | None


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
        self.builder = ExchangeBuilder(nodes, coder)
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

    def read(self, path: Path, name: str) -> None:
        """Read one document."""
        places = read_word_places(path)
        embedded = read_embedded(places)
        if embedded is not None:
            self.builder.add_embedded_codes(embedded)
        text = document_text(places, embedded, name, self.builder.losses)
        if embedded is not None and embedded.document:
            name = embedded.document
        source, name = self.builder.add_source(text.text, name, path, embedded)
        document = _Document(text, source, name, embedded)
        root = places.opened.element
        self._read_comments(comments_of(places), ranges_of(text.pieces, root), document)
        self._read_colours(coloured_in(text.pieces, places.blocks), document)
        if next(root.iter(f"{W}ins", f"{W}del", f"{W}moveTo", f"{W}moveFrom"), None) is not None:
            self.builder.counts["tracked"] += 1

    def _read_comments(
        self, comments: list[ReadComment], ranges: dict[str, Range], document: _Document
    ) -> None:
        """Add the comments that name codes as codings, all others and all answers as notes."""
        text, source, _, embedded = document
        ranges_in_order = [
            ranges.get(comment.number, Range(0, 0, "missing")) for comment in comments
        ]
        starts, ends = text.spans(
            [where.start for where in ranges_in_order], [where.end for where in ranges_in_order]
        )
        places = {
            comment.number: (where, start, end)
            for comment, where, start, end in zip(
                comments, ranges_in_order, starts.tolist(), ends.tolist(), strict=True
            )
        }
        first_mark: dict[str, str] = {}
        answers = []
        for comment in comments:
            self.builder.counts["resolved"] += comment.resolved
            if comment.answers in places:
                answers.append(comment)
                continue
            first_mark[comment.number] = self._read_comment(
                comment, *places[comment.number], document
            )
        self.builder.counts["answers"] += len(answers)
        for comment in answers:
            # What is answered is the first comment of the thread, whatever the file says.
            about = first_mark.get(comment.answers, "")
            where, start, end = places[comment.answers if about else comment.number]
            span = (-1, -1) if about else self._span(text, where, start, end)
            user = self.builder.add_user(comment.author, embedded)
            self.builder.add_note(
                about or source, span, user, note_of(comment.text), comment.made_at
            )

    def _read_comment(
        self, comment: ReadComment, where: Range, start: int, end: int, document: _Document
    ) -> str:
        """Add what a comment says; return the GUID of its first coding, empty if it is a note."""
        text, source, name, embedded = document
        builder = self.builder
        user = builder.add_user(comment.author, embedded)
        content = parse_comment(
            comment.text, builder.codes.finder, new_codes=not builder.codes.given
        )
        has_passage = not where.why and end > start
        self._add_comment_losses(content, where, comment.text, start, name, has_passage=has_passage)
        codes: list[int] = []
        if has_passage:
            codes = [*content.nodes, *map(builder.codes.new_code, content.new)]
            for written, node in content.guessed:
                builder.corrections[written, builder.codes.finder.names[node]] += 1
        if not np.isnan(content.probability):
            builder.machines.add(user)
        details = {
            "made_at": comment.made_at,
            "probability": content.probability,
            "why": content.why,
        }
        about = ""
        for node in codes:
            mark = builder.add_mark(
                source, name, text.text, (start, end), node, user, comment.author, details
            )
            about = about or mark
        if not codes or content.note:
            note = ("", content.note) if codes else note_of(comment.text)
            span = (-1, -1) if about else self._span(text, where, start, end)
            builder.add_note(about or source, span, user, note, comment.made_at)
        return about

    def _add_comment_losses(
        self,
        content: CommentContent,
        where: Range,
        comment: str,
        start: int,
        document: str,
        *,
        has_passage: bool,
    ) -> None:
        losses = self.builder.losses
        shown = f"{document}: {one_line(comment)}"
        if not has_passage:
            self._add_without_passage(where, shown)
        for written, why in content.unknown:
            if self.builder.codes.given or why != _NO_CODE:
                losses.add(
                    "names in comments that are no code's",
                    f"They were kept as notes: {why}.",
                    [f"{document}, {start}: {written}"],
                )
        if where.guessed:
            losses.add(
                "ends of comments",
                "The file does not say where they end; they were read up to the end of their paragraph.",
                [shown],
            )

    def _span(self, text: DocumentText, where: Range, start: int, end: int) -> tuple[int, int]:
        """Return the span that a note is about: its passage, or the paragraph at its place."""
        if where.why == "missing":
            return -1, -1
        return (start, end) if end > start else text.paragraph(start)

    def _add_without_passage(self, where: Range, shown: str) -> None:
        why = {
            "missing": "The file does not say where they belong; they were kept as notes about the document.",
            "gone": "Their passage was deleted; they were kept as notes about the paragraph.",
        }
        self.builder.losses.add(
            "comments without a passage",
            why.get(
                where.why,
                "They mark a point and no text; they were kept as notes about the paragraph.",
            ),
            [shown],
        )

    def _read_colours(self, passages: list[Coloured], document: _Document) -> None:
        """Add the coloured passages as codings: by the legend, the colours named, or the colour itself."""
        if not self.highlights or not passages:
            return
        text, source, document_name, embedded = document
        code_of_colour, legend = self._legend(passages, text)
        user = self.builder.add_user("", embedded)
        starts, ends = text.spans(
            [passage.start for passage in passages], [passage.end for passage in passages]
        )
        for passage, start, end in zip(passages, starts.tolist(), ends.tolist(), strict=True):
            if passage.block in legend or end <= start:
                continue
            name = self.colors.get(passage.colour)
            node = code_of_colour.get(passage.colour, -1)
            if name is None and node < 0:
                if embedded is not None:
                    self.builder.losses.add(
                        "highlighted passages",
                        "In a file that was written with comments, colours count only where their codes "
                        "are named; they were left out.",
                        [colour_name(passage.colour)],
                    )
                    continue
                node = self._unnamed(passage.colour)
            elif name is not None:
                node = self._named(name)
            self.builder.counts["coloured"] += 1
            self.builder.add_mark(
                source, document_name, text.text, (start, end), node, user, "", _UNDATED
            )

    def _legend(
        self, coloured: list[Coloured], text: DocumentText
    ) -> tuple[dict[str, int], set[int]]:
        """Find lines that say what colours mean: coloured words, each a code's name, and little else."""
        by_block: dict[int, list[Coloured]] = {}
        for passage in coloured:
            if passage.colour not in self.colors:
                by_block.setdefault(passage.block, []).append(passage)
        nodes_by_colour: dict[str, set[int]] = {}
        lines: dict[str, set[int]] = {}
        for block, passages in by_block.items():
            names = [text.pieces.text[one.start : one.end] for one in passages]
            nodes_found = [self.builder.codes.finder.find(name, guess=False).node for name in names]
            start, end = self._line(text, passages[0].start)
            if min(nodes_found) < 0 or 2 * sum(map(len, names)) < end - start:
                continue
            for passage, node in zip(passages, nodes_found, strict=True):
                nodes_by_colour.setdefault(passage.colour, set()).add(node)
                lines.setdefault(passage.colour, set()).add(block)
        key = {colour: nodes.pop() for colour, nodes in nodes_by_colour.items() if len(nodes) == 1}
        for colour, node in key.items():
            meaning = f"{colour_name(colour)} means {self.builder.codes.rows[node]['name']}"
            self.builder.remarks.append(f"A legend in the document says that {meaning}.")
        return key, {block for colour in key for block in lines[colour]}

    def _line(self, text: DocumentText, place: int) -> tuple[int, int]:
        whole = text.pieces.text
        start, end = whole.rfind("\n", 0, place) + 1, whole.find("\n", place)
        return start, end if end >= 0 else len(whole)

    def _unnamed(self, colour: str) -> int:
        name = f"highlighted {colour_name(colour)}"
        self.builder.counts["unnamed"] += 1
        return self.builder.codes.new_code(name, f"#{colour.upper()}")

    def _named(self, name: str) -> int:
        match = self.builder.codes.finder.find(name)
        if match.node >= 0:
            if match.guessed:
                self.builder.corrections[name, self.builder.codes.finder.names[match.node]] += 1
            return match.node
        if self.builder.codes.given:
            raise ExchangeError(
                f"The colours name a code '{name}', but {match.why or _NO_CODE}.",
                cure="Correct the code's name.",
            )
        return self.builder.codes.new_code(name)
