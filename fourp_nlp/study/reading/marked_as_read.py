"""What people declare about their reading: documents read again, definitions that mean the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from fourp_nlp.coding.gold.coder_names import SETTLED, matching_coder
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.coding.gold.scope_edits import passages_only, read_as_whole, read_table
from fourp_nlp.coding.reading.readings import readings
from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.errors import GoldError
from fourp_nlp.files import fingerprint
from fourp_nlp.segments.alignment import codes_read, covered_segments
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.reading_state import codes_asked_by_draws, record_path, today

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.study.study import Study

__all__ = ["MarkedAsRead", "MarkedScope", "confirm_definition", "mark_as_read", "mark_scope"]


class MarkedAsRead(NamedTuple):
    """What was read again.

    Attributes
    ----------
    documents : list of str
        In which documents.
    segments : int
        Segments there that count as read now and did not before, for one code or more.
    """

    documents: list[str]
    segments: int


def mark_as_read(
    study: Study,
    coder: str,
    *,
    documents: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> MarkedAsRead:
    """Record that a coder has read documents as they are now, or looked for new codes in them.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        Who read.
    documents : sequence of str, optional
        Which documents; by default all in which the coder coded.
    codes : sequence of str, optional
        Only these codes were looked for, in what had been read before. By default everything was read,
        for all codes.

    Returns
    -------
    MarkedAsRead
        What counts as read now.

    Raises
    ------
    GoldError
        If there is no such coder or code, or the coder did not code a document.
    """
    project, corpus, gold, codebook = study.project, study.corpus, study.gold, study.codebook
    if coder == SETTLED:
        raise GoldError(
            f"'{SETTLED}' is not a person, so it cannot have read anything.",
            cure="Write the settled codes again: fourp reconcile --settle --overwrite",
        )
    coder = matching_coder(coder, gold.coders)
    coded_documents = gold.coded[coder]
    for name in documents:
        if name not in coded_documents:
            raise GoldError(
                f"{coder} did not code a document '{name}'.",
                cure=f"{coder} coded: {', '.join(sorted(coded_documents))}.",
            )
    for name in codes:
        if name not in codebook.code_ids:
            raise GoldError(
                f"There is no code '{name}'.",
                cure=f"The codebook has: {', '.join(codebook.code_ids)}.",
            )
    chosen = sorted(documents or coded_documents)
    before = codes_read(corpus.segments, gold.read, codebook.code_ids, coder)
    path = record_path(project.gold)
    fingerprint_before = fingerprint(path)
    files = read_gold(project.gold_files, corpus.documents, codebook.code_ids, all_parts=True)
    coded = files.coded
    coded_again = coded[(coded["coder"] == coder) & coded["document"].isin(chosen)]
    definitions, date = codebook.definitions, today()
    all_codes = codebook.code_ids
    earlier = readings(
        coded, read_record(path), corpus.documents, all_codes,
        since=date, definitions=definitions, drawn=codes_asked_by_draws(project),
    )  # fmt: skip
    if codes:
        record = earlier.record.with_codes(coder, chosen, codes, definitions=definitions)
    else:
        texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        record = earlier.record.with_reading(
            coded_again.assign(looked_for=""),
            texts,
            all_codes,
            since=date,
            definitions=definitions,
        )
    later = readings(
        coded, record, corpus.documents, all_codes, since=date, definitions=definitions
    )
    _refuse_what_files_exclude(coded_again, coder, codes)
    after = codes_read(corpus.segments, later.read, codebook.code_ids, coder)
    count = int((after & ~before).any(axis=1).sum())
    detail = {"coder": coder, "documents": chosen, "codes": list(codes), "segments": count}
    change_files(
        project.root,
        {path: later.record.content()},
        what="what was read again",
        expect={path: fingerprint_before},
        in_store=lambda store: store.log("read again", detail),
    )
    study.forget("gold", "repeats")
    return MarkedAsRead(chosen, count)


def _refuse_what_files_exclude(coded: pd.DataFrame, coder: str, codes: Sequence[str]) -> None:
    """Refuse to record codes as looked for if the gold files say that they were not."""
    cells = coded.loc[coded["looked_for"] != "", ["document", "looked_for"]]
    for document, cell in cells.itertuples(index=False):
        strange = [code for code in codes if code not in cell.split()]
        if strange:
            raise GoldError(
                f"By the column looked_for in the gold files of {coder}, {coder} looked in {document} only "
                f"for: {', '.join(cell.split())}.",
                cure=f"Add {', '.join(strange)} to that column.",
            )


class MarkedScope(NamedTuple):
    """Documents that a coder is recorded to have read as a whole, or in coded passages alone.

    Attributes
    ----------
    documents : list of str
        Those of which this was not so before.
    files : list of pathlib.Path
        Gold files that were written.
    before, after : int
        Segments of all the documents that counted as read before, and that count now.
    """

    documents: list[str]
    files: list[Path]
    before: int
    after: int


def mark_scope(
    study: Study, coder: str, documents: Sequence[str], scope: Literal["whole", "passages"]
) -> MarkedScope:
    """Record that a coder read documents as a whole, or that only the coded passages were read.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The coder.
    documents : sequence of str
        Documents in which the coder coded.
    scope : {"whole", "passages"}
        What was read of them.

    Returns
    -------
    MarkedScope
        What changed, in the gold files themselves.

    Raises
    ------
    GoldError
        If there is no such coder, or the coder did not code a document.
    """
    project, corpus = study.project, study.corpus
    coder = matching_coder(coder, study.gold.people)
    blind = study.coded_blind().gold
    coded = blind.coded.get(coder, frozenset())
    for name in documents:
        if name not in coded:
            raise GoldError(
                f"{coder} did not code a document '{name}'.",
                cure=f"{coder} coded: {', '.join(sorted(coded)) or 'none'}.",
            )
    inside = corpus.segments["document"].isin(list(documents)).to_numpy(dtype=bool)
    read_before = covered_segments(corpus.segments, blind.read, coder) & inside
    tables = {path: read_table(path) for path in project.gold_files}
    if scope == "passages":
        edited = {path: passages_only(table, coder, documents) for path, table in tables.items()}
    else:
        own = [
            path
            for path, table in tables.items()
            if any(table.is_of(row, coder, coded) for row in table.rows[1:])
        ]
        edited = {own[0]: read_as_whole(tables[own[0]], coder, documents)}
    contents = {path: table.content() for path, table in edited.items() if table is not None}
    detail = {"coder": coder, "documents": list(documents), "as": scope}
    if contents:
        change_files(
            project.root,
            contents,
            what="what was read of documents",
            expect={path: fingerprint(path) for path in contents},
            in_store=lambda store: store.log("mark read", detail),
        )
    study.forget("gold")
    read = covered_segments(corpus.segments, study.coded_blind().gold.read, coder) & inside
    names = corpus.segments["document"].to_numpy(dtype=object)
    changed = sorted(set(names[read != read_before]))
    return MarkedScope(changed, list(contents), int(read_before.sum()), int(read.sum()))


def confirm_definition(study: Study, codes: Sequence[str]) -> list[str]:
    """Record that codes mean the same as before, although their definitions were reworded.

    Parameters
    ----------
    study : Study
        The study.
    codes : sequence of str
        The codes.

    Returns
    -------
    list of str
        Those of them whose definition had changed since somebody looked for them.

    Raises
    ------
    GoldError
        If there is no such code.
    """
    project, gold, codebook = study.project, study.gold, study.codebook
    for name in codes:
        if name not in codebook.code_ids:
            raise GoldError(
                f"There is no code '{name}'.",
                cure=f"The codebook has: {', '.join(codebook.code_ids)}.",
            )
    changed = [code for code in codes if code in gold.redefined]
    contents: dict[Path, bytes] = {}
    fingerprints: dict[Path, str | None] = {}
    for folder in (project.gold, project.repeat, project.assisted):
        path = record_path(folder)
        if path.is_file():
            fingerprints[path] = fingerprint(path)
            record = read_record(path).knowing(codebook.definitions, since=today())
            contents[path] = record.same_definition(codes, codebook.definitions).content()
    detail = {"codes": list(codes)}
    change_files(
        project.root,
        contents,
        what="which definitions are the same",
        expect=fingerprints,
        in_store=lambda store: store.log("same definition", detail),
    )
    study.forget("gold", "repeats")
    return changed
