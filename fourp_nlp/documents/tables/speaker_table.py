"""Tables whose rows are turns: a column of speakers, a column of words, often one of times.

Transcripts are often typed or exported as tables. Which table is one is decided by its cells alone, so
that all formats agree; a glossary, an agenda or a table of figures is none.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.text.blocks import Block, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["SpeakerColumns", "SpeakerTables", "speaker_columns"]

_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,:;-]\d{1,3})?"
_TIME = re.compile(
    rf"[\[(#<{{]?\s?{_CLOCK}#?(?:\s?(?:-->|[-–—]|to|bis)\s?#?{_CLOCK}#?)?\s?[\])>}}]?",
    re.IGNORECASE,
)
_TIME_AT_END = re.compile(rf"[\[(#<{{]?\s?{_CLOCK}#?\s?[\])>}}]?$")
_NUMBER = re.compile(r"#?\d{1,6}[.):]?")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_ABBREVIATION = re.compile(r"(?:^|[\s.])[^\W\d_]{1,4}\.$")
_WORDY = re.compile(r"\S+")
_LONGEST_NAME = 60
_MOST_COLUMNS = 63
_LONGEST_HEAD = 40
# A column of answers is short and recurs as a column of names does.
_ANSWERS = frozenset(
    {
        "agree", "disagree", "don't know", "false", "ja", "maybe", "n/a", "na", "nein", "no",
        "non", "none", "oui", "si", "sí", "true", "unsure", "yes",
    }
)  # fmt: skip
_SPEAKER_HEADS = frozenset(
    {
        "befragte", "chi", "falante", "hablante", "interlocutor", "interlocuteur", "intervenant",
        "intervenante", "konuşmacı", "locuteur", "locutor", "locutrice", "mluvčí", "mówca", "naam",
        "name", "names", "nom", "nombre", "nome", "orador", "parlante", "participant",
        "participante", "participants", "person", "persona", "personne", "persoon", "puhuja",
        "quem", "qui", "quién", "respondent", "role", "rolle", "speaker", "speaker name",
        "speakers", "spreker", "sprecher", "sprecher*in", "sprecher/in", "sprecherin", "sprechende",
        "sprecher:in", "talare", "taler", "teilnehmende", "teilnehmer", "teilnehmerin", "voice",
        "vorbitor", "wer", "who", "wie", "имя", "говорящий", "спикер",
    }
)  # fmt: skip
_WORDS_HEADS = frozenset(
    {
        "aussage", "beitrag", "content", "contenido", "contenu", "contenuto", "conteúdo",
        "dialog", "dialogue", "discours", "gesagtes", "gesprochenes", "gesprochener text", "inhalt",
        "inhoud", "innehåll", "interview", "intervention", "metin", "obsah", "propos", "redebeitrag",
        "speech", "spoken text", "spoken words", "statement", "tekst", "testo", "text", "texte",
        "texto", "transcript", "transcripción", "transcripcion", "transcription", "transcript text",
        "transcrição", "transkript", "transkription", "trascrizione", "treść", "turn", "utterance",
        "utterances", "verbatim", "what was said", "words", "wortlaut", "äußerung", "énoncé", "текст",
    }
)  # fmt: skip


class SpeakerColumns(NamedTuple):
    """Where in a table the speakers and their words stand.

    Parameters
    ----------
    speaker, words : int
        Numbers of the columns.
    further : tuple of int
        Other columns with a text that is neither a time nor a number.
    head : int
        Number of the row that names the columns; -1 if there is none. Rows above it are a title.
    times : bool
        Whether a column of times or of row numbers was found.
    """

    speaker: int
    words: int
    further: tuple[int, ...]
    head: int
    times: bool


def speaker_columns(rows: Sequence[Sequence[str]]) -> SpeakerColumns | None:
    """Tell whether the rows of a table are turns.

    They are if a row of heads says so ("Speaker" and "Transcript"), or if one column has few short
    values that recur and change from row to row, and the only other column with a text, to its right,
    has sentences.

    Parameters
    ----------
    rows : sequence of sequence of str
        The cells' texts, row by row; rows may differ in length. A cell that is merged with others has its
        text once.

    Returns
    -------
    SpeakerColumns or None
        The columns, or None if the table is of another kind.
    """
    width = max((len(row) for row in rows), default=0)
    if not 2 <= width <= _MOST_COLUMNS:
        return None
    tidy = [[*(cell.strip() for cell in row), *[""] * (width - len(row))] for row in rows]
    for at, row in enumerate(tidy[:3]):
        heads = [_head(cell) for cell in row]
        if any(head in _SPEAKER_HEADS for head in heads) and all(
            len(cell) <= _LONGEST_HEAD for cell in row
        ):
            return _below_heads(tidy, at, heads)
    return _without_heads(tidy)


def _below_heads(rows: list[list[str]], at: int, heads: list[str]) -> SpeakerColumns | None:
    body = rows[at + 1 :]
    if not body:
        return None
    lengths = _lengths(body)
    speaker = next(number for number, head in enumerate(heads) if head in _SPEAKER_HEADS)
    named = [number for number, head in enumerate(heads) if head in _WORDS_HEADS]
    others = [number for number in range(len(heads)) if number != speaker]
    words = max(named or others, key=lambda number: lengths[number])
    turns = [(row[speaker], row[words]) for row in body if row[words]]
    if not turns or not lengths[words]:
        return None
    names = [_name(name) for name, _ in turns if name]
    if not names or sum(map(_may_be_name, names)) < 0.8 * len(names):
        return None
    if not named and not _is_dialogue(turns, alternates=False):
        return None
    stamps = {number for number in others if number != words and _counts(body, number)}
    further = tuple(
        number for number in others if number != words and number not in stamps and lengths[number]
    )
    return SpeakerColumns(speaker, words, further, at, bool(stamps))


def _without_heads(rows: list[list[str]]) -> SpeakerColumns | None:
    lengths = _lengths(rows)
    stamps = {number for number in range(len(lengths)) if _counts(rows, number)}
    texts = [number for number in range(len(lengths)) if lengths[number] and number not in stamps]
    if len(texts) != 2:
        return None
    speaker, words = texts
    turns = [(row[speaker], row[words]) for row in rows if row[words]]
    if not _is_dialogue(turns, alternates=True) or _has_other_heads(turns):
        return None
    return SpeakerColumns(speaker, words, (), -1, bool(stamps))


def _is_dialogue(turns: list[tuple[str, str]], *, alternates: bool) -> bool:
    """Tell whether names are few, short and come again, and words are those of sentences."""
    named = [(_name(name), words) for name, words in turns if name]
    count = len(named)
    if count < 3 or not turns[0][0]:
        return False
    names = [name for name, _ in named]
    distinct = len(set(names))
    if distinct > max(2, 0.6 * count) or distinct == count:
        return False
    if sum(map(_may_be_name, names)) < 0.95 * count:
        return False
    if sum(name.casefold() in _ANSWERS for name in names) > 0.5 * count:
        return False
    if alternates and sum(one != other for one, other in pairwise(names)) < 0.3 * (count - 1):
        return False
    lengths = [len(_WORDY.findall(words[:400])) for _, words in turns]
    ended = sum(_SENTENCE.search(words[-8:]) is not None for _, words in turns)
    mean = sum(lengths) / len(turns)
    return (
        mean >= 2.5
        and (ended >= 0.4 * len(turns) or mean >= 6)
        and sum(map(len, (words for _, words in turns))) > 1.5 * sum(map(len, names))
    )


def _has_other_heads(turns: list[tuple[str, str]]) -> bool:
    """Tell whether the first row names columns of another kind, such as "Region" and "Comment"."""
    name, words = turns[0]
    return (
        sum(other == name for other, _ in turns) == 1
        and len(words.split(None, 3)) <= 3
        and _SENTENCE.search(words[-8:]) is None
    )


def _lengths(rows: list[list[str]]) -> list[float]:
    """Return the mean length of each column's cells; 0 where all are empty."""
    return [sum(map(len, column)) / len(column) for column in zip(*rows, strict=True)]


def _counts(rows: list[list[str]], number: int) -> bool:
    """Tell whether a column has times or numbers of rows and nothing else."""
    filled = [row[number] for row in rows if row[number]]
    fitting = sum(
        len(cell) <= _LONGEST_NAME and bool(_TIME.fullmatch(cell) or _NUMBER.fullmatch(cell))
        for cell in filled
    )
    return bool(filled) and fitting >= 0.8 * len(filled)


def _head(cell: str) -> str:
    return " ".join(cell[: _LONGEST_HEAD + 1].casefold().strip(" :.#\n").split())


def _name(cell: str) -> str:
    start, end = _name_span(cell)
    return " ".join(cell[start:end].split())


def _name_span(cell: str) -> tuple[int, int]:
    """Return where in a cell the name stands, without a time before or after it and without its colon."""
    start, end = len(cell) - len(cell.lstrip()), len(cell.rstrip())
    if end - start > 2 * _LONGEST_NAME:
        return start, end
    time = _TIME.match(cell, start, end)
    if time is not None and time.end() < end:
        start = time.end()
    time = _TIME_AT_END.search(cell, start, end)
    if time is not None and time.start() > start:
        end = time.start()
    inner = cell[start:end]
    start += len(inner) - len(inner.lstrip(" \n\t\u00a0-–"))
    return start, start + len(cell[start:end].rstrip(" \n\t\u00a0:"))


def _may_be_name(name: str) -> bool:
    return (
        0 < len(name) <= _LONGEST_NAME
        and len(name.split()) <= 6
        and (_LETTER.search(name) is not None or len(name) <= 3)
        and (_SENTENCE.search(name) is None or _ABBREVIATION.search(name) is not None)
    )


class SpeakerTables:
    """Makes paragraphs of tables of speakers, and remembers what a reader tells of them.

    Attributes
    ----------
    labels : dict of str to None
        The speakers, in the order in which they came.
    """

    def __init__(self) -> None:
        self.labels: dict[str, None] = {}
        self._rows = 0
        self._left_out: dict[str, None] = {}

    def blocks(self, rows: Sequence[Sequence[Sequence[Block]]]) -> list[Block]:
        """Return the paragraphs of a table in reading order.

        Parameters
        ----------
        rows : sequence of sequence of sequence of Block
            Rows of cells of paragraphs. A cell that is merged with others has its paragraphs once.

        Returns
        -------
        list of Block
            ``Name: words`` for each row of a table of speakers, without its heads and times; the cells'
            paragraphs, row by row, of any other table.
        """
        cells = [[_text_of(cell) for cell in row] for row in rows]
        columns = speaker_columns(cells)
        if columns is None:
            return [block for row in rows for cell in row for block in cell]
        paragraphs: list[Block] = []
        for at, (row, texts) in enumerate(zip(rows, cells, strict=True)):
            if at == columns.head:
                self._left_out["the names of its columns"] = None
                continue
            filled = [number for number, text in enumerate(texts) if text.strip()]
            whole = len(filled) == 1 and filled[0] not in {columns.speaker, columns.words}
            if at < columns.head or whole:
                # A title, or a remark across the table.
                paragraphs += (block for cell in row for block in cell)
                continue
            paragraphs += self._turn(row, columns)
        if columns.times:
            self._left_out["its times or numbers"] = None
        return paragraphs

    def _turn(self, row: Sequence[Sequence[Block]], columns: SpeakerColumns) -> Iterable[Block]:
        name = _named(row[columns.speaker] if columns.speaker < len(row) else ())
        words = list(row[columns.words]) if columns.words < len(row) else []
        while words and not words[0].text.strip():
            words.pop(0)
        if name is not None:
            self.labels[name.text] = None
            self._rows += 1
            if columns.speaker > columns.words:
                # The name comes later in the file than its words: it has no place before them.
                name = Block(name.text, pieces=(Piece(name.text, None),) if name.pieces else ())
            first = words.pop(0) if words else Block("")
            yield _together(name, first)
        yield from words
        for number in columns.further:
            yield from row[number] if number < len(row) else ()

    def remarks(self) -> list[str]:
        """Return what to tell of the tables: a line, or none."""
        if not self._rows:
            return []
        out = f"; {' and '.join(self._left_out)} were left out" if self._left_out else ""
        rows = "1 row" if self._rows == 1 else f"{self._rows} rows"
        return [f"{rows} of a table of speakers read as “Name: words”{out}."]


def _text_of(cell: Sequence[Block]) -> str:
    return "\n".join(block.text for block in cell)


def _named(cell: Sequence[Block]) -> Block | None:
    """Return the name in a cell, without times; one that stands in several paragraphs is one name."""
    between = Block(" ", pieces=(Piece(" ", None),))
    parts = [part for block in cell if block.text.strip() for part in (between, block)][1:]
    text = "".join(part.text for part in parts).replace("\n", " ")
    start, end = _name_span(text)
    if start >= end or _TIME.fullmatch(text, start, end) is not None:
        return None
    pieces: tuple[Piece, ...] = ()
    if any(block.pieces for block in cell):
        whole = [piece for part in parts for piece in part.pieces]
        pieces = tuple(
            piece._replace(text=piece.text.replace("\n", " ")) for piece in _cut(whole, start, end)
        )
    return Block(text[start:end], pieces=pieces)


def _cut(pieces: Iterable[Piece], start: int, end: int) -> Iterable[Piece]:
    at = 0
    for piece in pieces:
        first, last = max(start - at, 0), min(end - at, len(piece.text))
        if first < last:
            yield Piece(piece.text[first:last], piece.element, piece.skipped + first)
        at += len(piece.text)


def _together(name: Block, words: Block) -> Block:
    text = words.text.lstrip()
    between = ": " if text else ":"
    pieces: tuple[Piece, ...] = ()
    if name.pieces or words.pieces:
        skipped = len(words.text) - len(text)
        word_pieces = _cut(words.pieces, skipped, len(words.text))
        pieces = (*name.pieces, Piece(between, None), *word_pieces)
    return Block(f"{name.text}{between}{text}", pieces=pieces)
