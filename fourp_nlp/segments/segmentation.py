"""Cutting documents into segments: sentences, turns or paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Literal, NamedTuple, get_args

import pandas as pd

from fourp_nlp.segments.language_rules import ENGLISH, SentenceRules, rules_of
from fourp_nlp.segments.lines import Block, blocks_of, known_names
from fourp_nlp.segments.sentences import Break, breaks_in, shortened
from fourp_nlp.segments.senter import Question, ask_senter, questions_in
from fourp_nlp.tables import DOCUMENTS, SEGMENTS, conform
from fourp_nlp.turns import trim

__all__ = ["Unit", "segment"]

Unit = Literal["sentence", "turn", "paragraph"]
Progress = Callable[[int, int], None]

_CHARACTERS_AT_ONCE = 500_000
"""Characters of documents that are cut at the same time."""


class _Span(NamedTuple):
    start: int
    end: int
    speaker: str
    role: str


def segment(
    documents: pd.DataFrame, *, unit: Unit = "sentence", progress: Progress | None = None
) -> pd.DataFrame:
    """Cut documents into segments.

    Parameters
    ----------
    documents : pandas.DataFrame
        The table DOCUMENTS. The names in its column `labels` are certain to be speakers. Its
        column `language` says by which rules sentences are divided; where it is empty, or there are none for
        the language, by those for English.
    unit : {'sentence', 'turn', 'paragraph'}
        What a segment is. A sentence longer than 600 characters or 80 words is cut. A turn is what
        is said under one label; text without a label is taken by paragraphs. A paragraph ends at an
        empty line, a label, a bullet, or a line end where the lines are not wrapped.
    progress : callable, optional
        Called with the number of documents done and the number in all.

    Returns
    -------
    pandas.DataFrame
        The table SEGMENTS: in each document in order, without overlap, numbered from 0;
        ``text[start:end]`` of the document is the segment's text, which has no white space at its
        ends and at least one letter or digit.

    Raises
    ------
    TableError
        If the frame lacks a column.
    ValueError
        If there is no such unit.
    MissingExtraError
        If the senter is needed and not installed.
    """
    if unit not in get_args(Unit):
        raise ValueError(f"There is no unit '{unit}'; use one of {', '.join(get_args(Unit))}.")
    documents = conform(documents, DOCUMENTS)
    ids = documents["document"].tolist()
    speakers = [known_names(labels) for labels in documents["labels"]]
    texts = documents["text"].tolist()
    rules = [rules_of(language) for language in documents["language"]]
    columns: dict[str, list[Any]] = {name: [] for name in SEGMENTS.names}
    for rows in _rows_at_once(texts):
        texts_at_once = [texts[row] for row in rows]
        blocks = [blocks_of(texts[row], speakers[row]) for row in rows]
        if unit == "sentence":
            spans_by_row = _sentences(texts_at_once, blocks, [rules[row] for row in rows])
        else:
            cut = _turns if unit == "turn" else _paragraphs
            spans_by_row = [cut(*pair) for pair in zip(texts_at_once, blocks, strict=True)]
        for row, spans in zip(rows, spans_by_row, strict=True):
            _add_segments(columns, ids[row], texts[row], spans)
        if progress is not None:
            progress(rows[-1] + 1, len(texts))
    return conform(pd.DataFrame(columns), SEGMENTS)


def _rows_at_once(texts: list[str]) -> Iterator[list[int]]:
    """Yield the row numbers of documents that are cut at the same time."""
    rows: list[int] = []
    size = 0
    for row, text in enumerate(texts):
        rows.append(row)
        size += len(text)
        if size >= _CHARACTERS_AT_ONCE:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _add_segments(
    columns: dict[str, list[Any]], document: str, text: str, spans: list[_Span]
) -> None:
    columns["document"].extend([document] * len(spans))
    columns["segment"].extend(range(len(spans)))
    columns["start"].extend(span.start for span in spans)
    columns["end"].extend(span.end for span in spans)
    columns["text"].extend(text[span.start : span.end] for span in spans)
    columns["speaker"].extend(span.speaker for span in spans)
    columns["role"].extend(span.role for span in spans)


def _turns(text: str, blocks: list[Block]) -> list[_Span]:
    grouped = groupby(
        blocks, key=lambda block: (block.turn, 0 if block.speaker else block.paragraph)
    )
    return [span for _, group in grouped for span in _joined(text, list(group), "turn")]


def _paragraphs(text: str, blocks: list[Block]) -> list[_Span]:
    grouped = groupby(blocks, key=lambda block: block.paragraph)
    return [span for _, group in grouped for span in _joined(text, list(group), "paragraph")]


def _joined(text: str, blocks: list[Block], role: str) -> Iterator[_Span]:
    trimmed = [trim(text, block.start, block.end) for block in blocks]
    kept = [(start, end) for start, end in trimmed if start < end]
    if kept:
        yield _Span(kept[0][0], kept[-1][1], blocks[0].speaker, role)


def _sentences(
    texts: list[str], blocks: list[list[Block]], rules: list[SentenceRules]
) -> list[list[_Span]]:
    """Cut the blocks of several documents into sentences, asking each language's senter once for all."""
    breaks = [
        [
            []
            if block.role == "heading"
            else list(breaks_in(text, block.start, block.end, rules_of_text))
            for block in blocks_of_text
        ]
        for text, blocks_of_text, rules_of_text in zip(texts, blocks, rules, strict=True)
    ]
    questions: dict[str, list[Question]] = {}
    owners: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        language = rules[row].language
        for block, places in zip(blocks[row], breaks[row], strict=True):
            asked = list(questions_in(text, block, places))
            questions.setdefault(language, []).extend(asked)
            owners.setdefault(language, []).extend([row] * len(asked))
    agreed: list[set[int]] = [set() for _ in texts]
    for language, asked_of_language in questions.items():
        answers = ask_senter(asked_of_language, language)
        for owner, starts in zip(owners[language], answers, strict=True):
            agreed[owner].update(starts)
    return [
        [
            span
            for block, places in zip(blocks[row], breaks[row], strict=True)
            for span in _cut(text, block, places, agreed[row], rules[row])
        ]
        for row, text in enumerate(texts)
    ]


def _cut(
    text: str, block: Block, breaks: list[Break], agreed: set[int], rules: SentenceRules = ENGLISH
) -> Iterator[_Span]:
    starts = [place.start for place in breaks if place.certain or place.start in agreed]
    for first, last in zip([block.start, *starts], [*starts, block.end], strict=True):
        start, end = trim(text, first, last)
        for part in shortened(text, start, end, rules):
            start, end = trim(text, *part)
            if start < end:
                yield _Span(start, end, block.speaker, block.role)
