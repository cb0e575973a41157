"""Importing decisions about disagreements, and writing the adjudicated codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED, one_spelling, spelling_notes
from fourp_nlp.coding.gold.writer import gold_content
from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.coding.sheets.decision_sheet import DECISIONS_SHEET, read_decisions
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.files import fingerprint
from fourp_nlp.spreadsheets import write_csv
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.reading_state import record_path
from fourp_nlp.study.reconciling.accepting import assisted_codings
from fourp_nlp.tables import CODED, CODINGS, conform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.files import Content
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

__all__ = ["ImportedDecisions", "Settled", "adjudicate", "import_decisions"]

_KEY = ["document", "start", "end", "code"]
_SHOWN = 5  # conflicts that a message names


@dataclass(frozen=True)
class ImportedDecisions:
    """Counts of the decisions imported from a sheet.

    Attributes
    ----------
    new, changed, unchanged : int
        Decisions between coders that were not there before, that replaced others, and that were there
        already.
    undecided : int
        Rows that nobody decided yet.
    spellings : sequence of str
        A sentence for each person whose name is written in several ways.
    accepted, rejected : int
        Decisions about suggestions in text that nobody had coded: they are codings now of the person who
        decided.
    elsewhere : int
        Decisions about places that are no segment, or where the code cannot apply: they have no effect.
    """

    new: int
    changed: int
    unchanged: int
    undecided: int
    spellings: Sequence[str] = ()
    accepted: int = 0
    rejected: int = 0
    elsewhere: int = 0


def import_decisions(
    study: Study,
    path: Path,
    *,
    decided_by: str = "",
    replace: bool = False,
    sheet: str = DECISIONS_SHEET,
    between_coders: bool = True,
) -> ImportedDecisions:
    """Import the decisions of a sheet into the project's database, with person and date.

    A decision about a suggestion in text that nobody coded becomes a coding of the person who decided.

    Parameters
    ----------
    study : Study
        The study.
    path : pathlib.Path
        A sheet of disagreements or a table of reconciliation that people filled in, CSV or XLSX.
    decided_by : str, optional
        Name of the person who decided, for rows without a name.
    replace : bool, default False
        Whether they may replace other decisions, or other people's, about the same segment and code.
    sheet : str, optional
        Name of the sheet in a workbook.
    between_coders : bool, default True
        Whether they settle differences between coders where anybody has coded; otherwise a person's decision
        about a suggestion is a coding of that person, unless the same person has coded the segment.

    Returns
    -------
    ImportedDecisions
        How many there were.

    Raises
    ------
    GoldError
        If the sheet cannot be used, or something was decided otherwise before. Nothing is kept then.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    filled = read_decisions(
        path, corpus.documents, codebook.code_ids, decided_by=decided_by, sheet=sheet
    )
    before = Store(project.store).read_decisions()
    spellings = one_spelling(filled.table["decided_by"], before["decided_by"])
    decisions = filled.table.assign(decided_by=filled.table["decided_by"].map(spellings))
    codings = assisted_codings(study, decisions, replace=replace, between_coders=between_coders)
    at = pd.MultiIndex.from_frame(before[_KEY]).get_indexer(
        pd.MultiIndex.from_frame(decisions[_KEY])
    )
    decided_before = at >= 0
    stands, person = (
        decisions["settled"].to_numpy(dtype=bool),
        decisions["decided_by"].to_numpy(dtype=object),
    )
    differs = decided_before.copy()
    if decided_before.any():
        earlier = before.iloc[at[decided_before]]
        differs[decided_before] = (
            earlier["settled"].to_numpy(dtype=bool) != stands[decided_before]
        ) | (earlier["decided_by"].to_numpy(dtype=object) != person[decided_before])
    # Each person decides for themselves what they code; between coders, one decision counts.
    differs &= ~codings.is_coding
    if differs.any() and not replace:
        raise _conflict(decisions[differs], before.iloc[at[differs]], path)
    to_write = (~decided_before | differs) & ~codings.is_coding
    noted = decisions[decisions["note"] != ""]
    decisions_import = ImportedDecisions(
        int((~decided_before & ~codings.is_coding).sum()),
        int(differs.sum()),
        int((decided_before & ~differs & ~codings.is_coding).sum()),
        filled.undecided,
        spelling_notes(spellings, {}),
        codings.accepted,
        codings.rejected,
        codings.elsewhere,
    )
    detail = {
        "file": path.name,
        "new": decisions_import.new,
        "changed": decisions_import.changed,
        "undecided": decisions_import.undecided,
        "accepted": codings.accepted,
        "rejected": codings.rejected,
        "notes": noted[[*_KEY, "decided_by", "note"]].to_dict("records"),
    }

    def keep(database: Store) -> None:
        database.remove_decisions(codings.decided)
        if to_write.any():
            database.write_decisions(decisions[to_write])
        database.log("decisions taken in", detail)

    change_files(
        project.root,
        codings.contents,
        what="importing decisions",
        expect=codings.expect,
        in_store=keep,
    )
    if codings.contents:
        study.forget("gold")
    return decisions_import


def _conflict(now: pd.DataFrame, before: pd.DataFrame, path: Path) -> GoldError:
    differences = [
        f"row {row}: now {'yes' if stands else 'no'} by {person}, before {'yes' if stood else 'no'} by {who}"
        for row, stands, person, stood, who in list(
            zip(
                now["row"],
                now["settled"],
                now["decided_by"],
                before["settled"],
                before["decided_by"],
                strict=True,
            )
        )[:_SHOWN]
    ]
    more = f"; and {len(now) - _SHOWN} more" if len(now) > _SHOWN else ""
    return GoldError(
        f"{len(now)} row(s) were decided otherwise before: {'; '.join(differences)}{more}.",
        file=path,
        cure="Add --replace to use these instead; the log keeps the earlier ones.",
    )


@dataclass(frozen=True)
class Settled:
    """The adjudicated codes that were written.

    Attributes
    ----------
    file : pathlib.Path
        The gold file.
    decisions : pathlib.Path
        The table of who decided what, and when.
    segments : int
        Segments in it: all that people read, but those with an open disagreement.
    shared, alone : int
        How many of these two or more people read, and one alone.
    decided : int
        Decisions that count here, one a segment and code.
    codings : int
        Codes that stand.
    open : int
        Segments left out because of a disagreement that nobody decided.
    unused : int
        Decisions about places that are no segment that people read.
    """

    file: Path
    decisions: Path
    segments: int
    shared: int
    alone: int
    decided: int
    codings: int
    open: int
    unused: int


def adjudicate(
    study: Study,
    *,
    overwrite: bool = False,
) -> Settled:
    """Write the adjudicated codes as the gold file of the coder "settled".

    A code stands where everybody who read the segment gave it, or where it was decided that it does; a
    decision counts over agreement. A segment about which a disagreement is open is left out, as if
    nobody had read it, and is never taken for a segment without the code.

    Parameters
    ----------
    study : Study
        The study.
    overwrite : bool, default False
        Whether an earlier file may be replaced.

    Returns
    -------
    Settled
        What was written, and where.

    Raises
    ------
    GoldError
        If nobody coded, or no segment is settled.
    ProjectError
        If the file is there already.
    """
    project, corpus, gold, codebook = study.project, study.corpus, study.gold, study.codebook
    target = project.settled
    fingerprints = {target: fingerprint(target)}
    if target.exists() and not overwrite:
        raise ProjectError(
            "The file of settled codes exists already; nothing was changed.",
            file=target,
            cure="Add --overwrite to write it again from gold codes and decisions.",
        )
    if not gold.people:
        raise GoldError(
            "Nothing is coded, so there is nothing to adjudicate.",
            cure="Put gold files into `gold`.",
        )
    decisions = Store(project.store).read_decisions()
    settled = _settled_codes(study, decisions)
    if not settled.segments.any():
        raise GoldError(
            f"No segment is settled: all {settled.open.sum()} segments have an open disagreement.",
            cure="Write them on a sheet with `fourp agree --disagreements`, and decide some.",
        )
    contents: dict[Path, Content] = {}
    n_codings = 0
    for folder, mask in _by_folder(study, settled):
        file = folder / target.name
        segments = settled.segments & (settled.looked_for & mask).any(axis=1)
        if not segments.any() and not file.exists():
            continue
        codings, coded = _tables(
            corpus, segments, settled.codes & mask & segments[:, None], codebook.code_ids
        )
        n_codings += len(codings)
        record = record_path(folder)
        fingerprints |= {path: fingerprint(path) for path in (file, record)}
        contents[file] = gold_content(codings, coded=coded)
        contents[record] = _record(study, folder, coded, settled.looked_for & mask)
    decisions_file = project.reports / "decisions.csv"
    result = Settled(
        target,
        decisions_file,
        int(settled.segments.sum()),
        int((settled.segments & (settled.readers > 1)).sum()),
        int((settled.segments & (settled.readers == 1)).sum()),
        int(settled.used.sum()),
        n_codings,
        int(settled.open.sum()),
        int((~settled.used).sum()),
    )
    detail = {
        "file": target.name,
        "people": gold.people,
        "segments": result.segments,
        "codings": result.codings,
        "decided": result.decided,
        "open": result.open,
    }
    change_files(
        project.root,
        contents | {decisions_file: partial(write_csv, decisions)},
        what="settling the codes that stand",
        expect=fingerprints,
        in_store=lambda database: database.log("settle", detail),
    )
    study.forget("gold")
    return result


class _SettledCodes(NamedTuple):
    """Codes adjudicated by agreement and decisions.

    Attributes
    ----------
    segments, open : ndarray of bool, shape (n_segments,)
        Segments that are settled, and those left out because a disagreement is open.
    codes : ndarray of bool, shape (n_segments, n_codes)
        Codes that stand, of settled segments.
    looked_for : ndarray of bool, shape (n_segments, n_codes)
        Codes that somebody looked for or that were decided.
    readers : ndarray of int, shape (n_segments,)
        How many people read each segment.
    used : ndarray of bool, shape (n_decisions,)
        Decisions that count here.
    """

    segments: NDArray[np.bool_]
    open: NDArray[np.bool_]
    codes: NDArray[np.bool_]
    looked_for: NDArray[np.bool_]
    readers: NDArray[np.int64]
    used: NDArray[np.bool_]


def _settled_codes(study: Study, decisions: pd.DataFrame) -> _SettledCodes:
    """Return the codes that everybody who read a segment gave, or that were decided."""
    looked_for_by, labels = stacked_labels(study, study.gold.people)
    if study.gold.blind is not None:
        # Where anybody coded without seeing suggestions, only such codings are compared.
        blind = study.coded_blind()
        who = [name for name in study.gold.people if name in blind.gold.coded]
        at = [study.gold.people.index(name) for name in who]
        blind_looked_for = np.zeros_like(looked_for_by)
        blind_looked_for[at] = stacked_labels(blind, who)[0]
        coded_blind = blind_looked_for.any(axis=0)
        looked_for_by = np.where(coded_blind, blind_looked_for, looked_for_by)
        labels = labels & looked_for_by
    n_looked, n_given = looked_for_by.sum(axis=0), labels.sum(axis=0)
    stands = (n_given == n_looked) & (n_looked > 0)
    disputed = (n_given > 0) & (n_given < n_looked)
    readers = looked_for_by.any(axis=2).sum(axis=0)
    row, column, used = _places(decisions, study.segments, study.codebook.code_ids, readers > 0)
    looked_for = n_looked > 0
    looked_for[row, column] = True
    stands[row, column] = decisions["settled"].to_numpy(dtype=bool)[used]
    disputed[row, column] = False
    waits = disputed.any(axis=1)
    settled = (readers > 0) & ~waits
    return _SettledCodes(settled, waits, stands & settled[:, None], looked_for, readers, used)


def _by_folder(study: Study, settled: _SettledCodes) -> list[tuple[Path, NDArray[np.bool_]]]:
    """Return the folders of gold files, and for which segments and codes each holds what was settled.

    What nobody coded without seeing suggestions goes to the assisted codings.
    """
    project = study.project
    if study.gold.blind is None:
        return [(project.gold, np.ones_like(settled.looked_for))]
    blind = study.coded_blind()
    looked_for, _ = stacked_labels(blind, blind.gold.people)
    coded_blind = np.asarray(looked_for.any(axis=0))
    return [(project.gold, coded_blind), (project.assisted, ~coded_blind)]


def _places(
    decisions: pd.DataFrame, segments: pd.DataFrame, codes: list[str], read: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return segment and code of each decision that counts, and which decisions those are."""
    span = ["document", "start", "end"]
    row = pd.MultiIndex.from_frame(segments[span]).get_indexer(
        pd.MultiIndex.from_frame(decisions[span])
    )
    column = pd.Index(codes).get_indexer(pd.Index(decisions["code"]))
    used = (row >= 0) & (column >= 0)
    used[used] = read[row[used]]
    return row[used].astype(np.int64), column[used].astype(np.int64), np.asarray(used, dtype=bool)


def _record(
    study: Study,
    folder: Path,
    coded: pd.DataFrame,
    looked_for: NDArray[np.bool_],
) -> bytes:
    """Return the record of what was read in a folder, with the adjudicated segments and codes."""
    corpus, codebook = study.corpus, study.codebook
    # Where a code cannot apply, nothing is left to be settled.
    looked_for = looked_for | ~applies_to_segments(corpus, codebook)
    record = read_record(record_path(folder)).without_coder(SETTLED)
    record = record.knowing(codebook.definitions, since=datetime.now(UTC).strftime("%Y-%m-%d"))
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    since = datetime.now(UTC).strftime("%Y-%m-%d")
    documents = corpus.segments["document"].to_numpy(dtype=object)
    # A document for the codes that were looked for in all of it; a segment for its own.
    whole = pd.DataFrame(looked_for).groupby(documents, sort=False).all()
    of_whole = whole.index.get_indexer(pd.Index(coded["document"]))
    place = ["document", "start", "end"]
    of_part = pd.MultiIndex.from_frame(corpus.segments[place]).get_indexer(
        pd.MultiIndex.from_frame(coded[place])
    )
    is_whole = (coded["scope"] == "document").to_numpy(dtype=bool)
    had = np.where(is_whole[:, None], whole.to_numpy(dtype=bool)[of_whole], looked_for[of_part])
    kinds, which = np.unique(had, axis=0, return_inverse=True)
    codes = np.asarray(codebook.code_ids, dtype=object)
    for number, kind in enumerate(kinds):
        rows_of_kind = coded[which.ravel() == number]
        record = record.with_reading(
            rows_of_kind, texts, codes[kind].tolist(), since=since, definitions=codebook.definitions
        )
    return record.content()


def _tables(
    corpus: Corpus, settled: NDArray[np.bool_], stands: NDArray[np.bool_], codes: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the adjudicated codes as the tables CODINGS and CODED.

    A document of which every segment is settled is coded as a whole; of others, each segment is.
    """
    row, column = np.nonzero(stands)
    chosen = corpus.segments.assign(coder=SETTLED, quote=corpus.segments["text"])
    codings = chosen.iloc[row].assign(code=np.asarray(codes, dtype=object)[column])
    every = pd.Series(settled).groupby(chosen["document"].to_numpy()).transform("all")
    whole = every.to_numpy(dtype=bool)
    parts = chosen[settled & ~whole].assign(scope="segment")
    documents = pd.DataFrame({"document": chosen.loc[whole, "document"].unique()})
    documents = documents.assign(coder=SETTLED, start=0, end=0, scope="document", quote="")
    coded = pd.concat([frame for frame in (documents, parts) if len(frame)])
    return conform(codings, CODINGS), conform(coded, CODED)
