"""Moving codings to the new positions of their text in documents that have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.alignment.moved_codings import move_rows
from fourp_nlp.coding.gold.record_file import read_record
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.reading_state import record_path

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.study.study import Study

__all__ = ["MovedCodings", "move_codings"]

_QUOTED = 60  # characters of a quote that are shown


class MovedCodings(NamedTuple):
    """Codings that were moved, and codings whose text is gone.

    Attributes
    ----------
    files : dict of pathlib.Path to int
        Rows that were given another place, by the gold files that were written.
    lost : list of str
        File, line and quote of rows whose text is not there any more, or in several places.
    """

    files: dict[Path, int]
    lost: list[str]


def move_codings(study: Study) -> MovedCodings:
    """Move codings in changed documents to the present positions of their text.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    MovedCodings
        What was written, and what could not be moved.

    Raises
    ------
    GoldError
        If the record of what was read is damaged.
    """
    project, corpus = study.project, study.corpus
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    contents: dict[Path, bytes] = {}
    files: dict[Path, int] = {}
    lost: list[str] = []
    fingerprints: dict[Path, str | None] = {}
    for path in [*project.gold_files, *project.repeat_files, *project.assisted_files]:
        fingerprints[path] = fingerprint(path)
        moved = move_rows(path, texts, read_record(record_path(path.parent)))
        lost += [f"{path.name}, line {line}: {_short(quote)}" for line, quote in moved.lost]
        if moved.content is not None:
            contents[path], files[path] = moved.content, moved.moved
    if contents:
        detail = {"files": {path.name: count for path, count in files.items()}}
        change_files(
            project.root,
            contents,
            what="codings moved to where their text stands",
            expect={path: fingerprints[path] for path in contents},
            in_store=lambda store: store.log("codings moved", detail),
        )
    study.forget("gold", "repeats")
    return MovedCodings(files, lost)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
