"""Accepting and rejecting suggestions: each decision becomes a coding of the person who decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import (
    ASSISTED,
    BULK,
    DECIDED,
    FINISHED,
    assisted_content,
    read_assisted,
)
from fourp_nlp.coding.gold.coder_names import one_spelling
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.decision_sheets import SheetWords, write_sheet_to_decide
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.reading_state import record_path, today, updated_record
from fourp_nlp.study.sampling.code_definitions import definition_lines, definitions_table
from fourp_nlp.study.sampling.context import neighbours, speaker_columns
from fourp_nlp.tables import CODED, SUGGESTIONS, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.coding.store import Store
    from fourp_nlp.files import Content
    from fourp_nlp.study.study import Study

__all__ = [
    "ACCEPT_SHEET",
    "AssistedCodings",
    "accept_in_bulk",
    "accept_sheet",
    "assisted_codings",
    "files_of_assisted",
    "finish_documents",
    "keep_assisted",
    "suggestions_to_decide",
    "write_accept_sheet",
]

ACCEPT_SHEET = "suggestions"
"""Name of the sheet in a workbook."""

_SPAN = ["document", "start", "end"]
_KEY = [*_SPAN, "code"]
_SHOWN = 5
_WORDS = SheetWords(
    "suggestions",
    "Suggestions to decide on",
    "Import it first if it is filled in (fourp accept --take-in)",
    "Name documents (--document) or codes (--code), or write CSV: --to FILE.csv",
)
_HOW = (
    "Each row is one code that the machine suggests for the text.",
    "Read the text and the code's definition, and choose yes under 'accept' if the code applies, or no.",
    "Leave 'accept' blank if you have not decided. A blank row stays open; it does not count as no.",
    "Write your name under 'decided_by', or name yourself when the sheet is imported.",
    "You may sort, move or delete rows and add columns. Do not change document, start, end, text and code.",
    "When you are done: fourp accept --take-in THIS_FILE --coder YOUR_NAME",
)


@dataclass(frozen=True)
class AssistedCodings:
    """Decisions about suggestions as codings of the people who decided.

    Attributes
    ----------
    decided : pandas.DataFrame
        The table DECIDED: the decisions that become codings.
    elsewhere : int
        Decisions about places that are no segment, or about codes that cannot apply there.
    is_coding : ndarray of bool, shape (n_decisions,)
        Which of the decisions that were given become codings.
    contents : dict of pathlib.Path to bytes or None
        The files to be written.
    expect : dict of pathlib.Path to str or None
        Their fingerprints as they were read.
    """

    decided: pd.DataFrame
    elsewhere: int
    is_coding: NDArray[np.bool_]
    contents: dict[Path, Content] = field(default_factory=dict)
    expect: dict[Path, str | None] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """How many suggestions were accepted."""
        return int(self.decided["accepted"].sum())

    @property
    def rejected(self) -> int:
        """How many suggestions were rejected."""
        return int((~self.decided["accepted"] & (self.decided["origin"] != FINISHED)).sum())


def suggestions_to_decide(
    study: Study, coder: str, *, documents: Sequence[str] = (), codes: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the suggestions that a person has neither coded nor decided on.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person; somebody new has decided on none.
    documents, codes : sequence of str, optional
        Only these; by default all.

    Returns
    -------
    pandas.DataFrame
        Rows of the table SUGGESTIONS, in reading order.

    Raises
    ------
    NoSuggestionsError
        If there are no suggestions that fit the documents.
    ProjectError
        If there is no such document or code.
    """
    codebook, suggestions = study.codebook, study.suggestions
    _check_names("document", documents, study.documents["document"].tolist())
    _check_names("code", codes, codebook.code_ids)
    looked_for = np.zeros((len(study.segments), len(codebook.code_ids)), dtype=bool)
    who = _spelt(study, coder)
    if who in study.gold.coded:
        looked_for = study.labels(who).looked_for
    chosen = suggestions[suggestions["suggested"]]
    row, column = _places(study, chosen)
    placed = (row >= 0) & (column >= 0)
    is_open = placed.copy()
    is_open[placed] = ~looked_for[row[placed], column[placed]]
    is_open[placed] &= applies_to_segments(study.corpus, codebook)[row[placed], column[placed]]
    if documents:
        is_open &= chosen["document"].isin(list(documents)).to_numpy(dtype=bool)
    if codes:
        is_open &= chosen["code"].isin(list(codes)).to_numpy(dtype=bool)
    order = np.lexsort((column[is_open], row[is_open]))
    return conform(chosen[is_open].iloc[order].reset_index(drop=True), SUGGESTIONS)


def _check_names(kind: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
            raise ProjectError(
                f"There is no {kind} '{name}'.", cure=f"There {_are(known)}: {listed or 'none'}."
            )


def _are(known: Sequence[str]) -> str:
    return "is" if len(known) == 1 else "are"


def _spelt(study: Study, coder: str) -> str:
    """Return a name as the gold files spell it."""
    return one_spelling([coder], study.gold.coded)[coder]


def _places(study: Study, rows: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return segment and code of each row, -1 where there is none."""
    row = pd.MultiIndex.from_frame(study.segments[_SPAN]).get_indexer(
        pd.MultiIndex.from_frame(rows[_SPAN])
    )
    column = pd.Index(study.codebook.code_ids).get_indexer(pd.Index(rows["code"]))
    return row.astype(np.int64), column.astype(np.int64)


def accept_sheet(study: Study, open_suggestions: pd.DataFrame, *, context: int = 2) -> pd.DataFrame:
    """Return the sheet on which a person accepts or rejects suggestions.

    Parameters
    ----------
    study : Study
        The study.
    open_suggestions : pandas.DataFrame
        From `suggestions_to_decide`.
    context : int, default 2
        Segments shown before and after.

    Returns
    -------
    pandas.DataFrame
        One row a suggestion, with the columns accept, note and decided_by to fill in.
    """
    row, _ = _places(study, open_suggestions)
    before, after = neighbours(study.segments, row, context)
    names = study.codebook.names
    definitions = {code.id: definition_lines(code) for code in study.codebook.all_codes}
    columns: dict[str, object] = {"document": open_suggestions["document"]}
    columns |= speaker_columns(study.segments, row)
    columns |= {
        "text": open_suggestions["text"],
        "name": open_suggestions["code"].map(names),
        "probability": open_suggestions["probability"].round(3),
        "accept": "",
        "note": "",
        "decided_by": "",
        "before": before,
        "after": after,
        "definition": open_suggestions["code"].map(definitions),
        **{name: open_suggestions[name] for name in ("code", "segment", "start", "end")},
    }
    return pd.DataFrame(columns)


def write_accept_sheet(
    study: Study, sheet: pd.DataFrame, path: Path, *, overwrite: bool = False
) -> Path:
    """Write the sheet as a workbook, or as CSV.

    Parameters
    ----------
    study : Study
        The study.
    sheet : pandas.DataFrame
        From `accept_sheet`.
    path : pathlib.Path
        An .xlsx or .csv file.
    overwrite : bool, default False
        Whether an earlier file of this name may be replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ProjectError
        If the file is there already, is of another kind, or cannot hold so many rows.
    """
    codebook = study.codebook
    return write_sheet_to_decide(
        path,
        len(sheet),
        _WORDS,
        lambda: (sheet, definitions_table(codebook, code=codebook.code_ids)),
        overwrite=overwrite,
        name=ACCEPT_SHEET,
        how=_HOW,
    )


def assisted_codings(
    study: Study,
    decisions: pd.DataFrame,
    *,
    origin: str = ASSISTED,
    replace: bool = False,
    between_coders: bool = False,
) -> AssistedCodings:
    """Return decisions about suggestions as codings, and the files that hold them.

    Parameters
    ----------
    study : Study
        The study.
    decisions : pandas.DataFrame
        Columns document, start, end, code, settled and decided_by.
    origin : {"assisted", "bulk"}
        Whether a person decided on each, or accepted all of them at once.
    replace : bool, default False
        Whether earlier decisions of the same person may be replaced. Those in bulk are anyway.
    between_coders : bool, default False
        Whether people decide about differences, too: then a decision about a segment that anybody coded for
        the code without seeing suggestions settles a difference. By default only if the same person did.

    Returns
    -------
    AssistedCodings
        The codings, and how many decisions settle a difference and are none.

    Raises
    ------
    GoldError
        If the person decided otherwise before.
    ProjectError
        If no file can have the person's name.
    """
    row, column = _places(study, decisions)
    placed = (row >= 0) & (column >= 0)
    placed[placed] = applies_to_segments(study.corpus, study.codebook)[row[placed], column[placed]]
    spellings = one_spelling(decisions["decided_by"], study.gold.coded)
    blind = study.coded_blind()
    people = blind.gold.people
    looked_for, _ = stacked_labels(blind, people)
    coded_blind = placed.copy()
    if between_coders:
        by_anybody = np.asarray(looked_for.any(axis=0))
        coded_blind[placed] = by_anybody[row[placed], column[placed]]
    else:
        who = pd.Index(people).get_indexer(pd.Index(decisions["decided_by"].map(spellings)))
        coded_blind &= who >= 0
        coded_blind[coded_blind] = looked_for[
            who[coded_blind], row[coded_blind], column[coded_blind]
        ]
    new = placed & ~coded_blind
    chosen = decisions[new]
    segments = study.segments.iloc[row[new]]
    facts = _suggested_then(study, chosen)
    decided = conform(
        pd.DataFrame(
            {
                "document": chosen["document"].to_numpy(dtype=object),
                "start": segments["start"].to_numpy(dtype=np.int64),
                "end": segments["end"].to_numpy(dtype=np.int64),
                "code": chosen["code"].to_numpy(dtype=object),
                "coder": chosen["decided_by"].map(spellings).to_numpy(dtype=object),
                "quote": segments["text"].to_numpy(dtype=object),
                "accepted": chosen["settled"].to_numpy(dtype=bool),
                "origin": origin,
                "probability": facts["probability"].to_numpy(dtype=np.float64),
                "model": facts["model"].to_numpy(dtype=object),
                "decided_at": today(),
            }
        ),
        DECIDED,
    )
    contents, expect = _files(study, decided, replace=replace)
    n_elsewhere = int((~placed).sum())
    return AssistedCodings(decided, n_elsewhere, new, contents, expect)


def _suggested_then(study: Study, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return probability and machine of each decision; nothing where the machine was not asked."""
    suggestions = study.suggestions_if_any
    at = pd.MultiIndex.from_frame(suggestions[_KEY]).get_indexer(
        pd.MultiIndex.from_frame(decisions[_KEY])
    )
    known = at >= 0
    probability = np.full(len(decisions), np.nan)
    probability[known] = suggestions["probability"].to_numpy()[at[known]]
    model = np.full(len(decisions), "", dtype=object)
    model[known] = suggestions["model"].to_numpy(dtype=object)[at[known]]
    return pd.DataFrame({"probability": probability, "model": model})


def _files(
    study: Study, decided: pd.DataFrame, *, replace: bool
) -> tuple[dict[Path, Content], dict[Path, str | None]]:
    """Return the files of assisted codings with new decisions, and the fingerprints of those there are."""
    codes = study.codebook.code_ids
    tables = {}
    for coder, of_coder in decided.groupby("coder", sort=True):
        path = study.project.gold_of_assisted(str(coder))
        before = read_assisted(path, codes) if path.exists() else decided.iloc[:0]
        tables[str(coder)] = _merged(before, of_coder, path, replace=replace)
    return files_of_assisted(study, tables, decided)


def files_of_assisted(
    study: Study, tables: Mapping[str, pd.DataFrame], new: pd.DataFrame
) -> tuple[dict[Path, Content], dict[Path, str | None]]:
    """Return what the files of assisted codings are to hold, and the fingerprints of those there are.

    Parameters
    ----------
    study : Study
        The study.
    tables : mapping of str to pandas.DataFrame
        All decisions of each coder, in the table DECIDED.
    new : pandas.DataFrame
        Those that were made now, by the present definitions. Others keep the definitions of their time.

    Returns
    -------
    contents : dict of pathlib.Path to bytes or None
        The gold files, and the record of what was read; None for a file without decisions, which goes.
    expect : dict of pathlib.Path to str or None
        Their fingerprints as they were read.
    """
    project = study.project
    contents: dict[Path, Content] = {}
    expect: dict[Path, str | None] = {}
    looked_for = []
    for coder, decided in tables.items():
        path = project.gold_of_assisted(coder)
        expect[path] = fingerprint(path)
        contents[path] = assisted_content(decided) if len(decided) else None
        of_now = _made_now(decided, new)
        looked_for += [_what_was_read(study, of_now)] if len(of_now) else []
    if looked_for:
        record = record_path(project.assisted)
        expect[record] = fingerprint(record)
        texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
        definitions = study.codebook.definitions
        contents[record] = updated_record(
            project.assisted,
            [(conform(pd.concat(looked_for), CODED), definitions)],
            texts,
            study.codebook,
        )
    return contents, expect


def _made_now(decided: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return those of a coder's decisions that are among the new ones."""
    key = [*_KEY, "coder"]
    return decided[pd.MultiIndex.from_frame(decided[key]).isin(pd.MultiIndex.from_frame(new[key]))]


def _merged(before: pd.DataFrame, now: pd.DataFrame, path: Path, *, replace: bool) -> pd.DataFrame:
    """Return a person's earlier decisions with the new ones."""
    at = pd.MultiIndex.from_frame(before[_KEY]).get_indexer(pd.MultiIndex.from_frame(now[_KEY]))
    known = at >= 0
    earlier = before.iloc[at[known]]
    one_by_one = earlier["origin"].to_numpy(dtype=object) != BULK
    other = earlier["accepted"].to_numpy(dtype=bool) != now.loc[known, "accepted"].to_numpy(
        dtype=bool
    )
    in_bulk = now.loc[known, "origin"].to_numpy(dtype=object) == BULK
    conflicts = one_by_one & other & ~in_bulk
    if conflicts.any() and not replace:
        differing = now[known][conflicts]
        listed = [
            f"{code} at {start} to {end} of {document}"
            for document, start, end, code in differing[_KEY].itertuples(index=False)
        ]
        raise GoldError(
            f"{len(listed)} suggestion(s) were decided otherwise before: {'; '.join(listed[:_SHOWN])}"
            + (f"; and {len(listed) - _SHOWN} more." if len(listed) > _SHOWN else "."),
            file=path,
            cure="Add --replace to use the new decisions instead.",
        )
    # What a person decided one by one is not replaced by what was accepted in bulk, or repeated.
    stays = one_by_one & (in_bulk | ~other)
    gone = np.zeros(len(before), dtype=bool)
    gone[at[known][~stays]] = True
    fresh = np.ones(len(now), dtype=bool)
    fresh[np.flatnonzero(known)[stays]] = False
    now = _with_memos_of(before, now)
    frames = [frame for frame in (before[~gone], now[fresh]) if len(frame)]
    return conform(pd.concat(frames, ignore_index=True), DECIDED)


def _with_memos_of(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return decisions with the memos on codings that stay given."""
    noted = before[before["memo"] != ""]
    at = pd.MultiIndex.from_frame(noted[_KEY]).get_indexer(pd.MultiIndex.from_frame(now[_KEY]))
    kept = (at >= 0) & now["accepted"].to_numpy(dtype=bool) & (now["memo"] == "").to_numpy()
    memos = now["memo"].to_numpy(dtype=object).copy()
    memos[kept] = noted["memo"].to_numpy(dtype=object)[at[kept]]
    return now.assign(memo=memos)


def _what_was_read(study: Study, decided: pd.DataFrame) -> pd.DataFrame:
    """Return the table CODED of a person's decisions."""
    texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
    finished = decided[decided["origin"] == FINISHED].drop_duplicates("document")
    whole = finished.assign(
        start=0,
        end=[len(texts.get(name, "")) for name in finished["document"]],
        scope=WHOLE,
        quote="",
        looked_for="",
    )
    on_codes = decided[decided["origin"] != FINISHED]
    joined = on_codes.groupby(["coder", *_SPAN], sort=False)["code"].agg(" ".join)
    parts = on_codes.drop_duplicates(_SPAN).assign(scope=PART)
    key = pd.MultiIndex.from_frame(parts[["coder", *_SPAN]])
    parts = parts.assign(looked_for=joined.reindex(key).to_numpy(dtype=object))
    return conform(pd.concat([frame for frame in (whole, parts) if len(frame)]), CODED)


def keep_assisted(study: Study, codings: AssistedCodings, what: str) -> None:
    """Write assisted codings, and log what was decided: all of it, or nothing.

    What is a coding of the person who decided is no longer kept as a decision between coders.

    Parameters
    ----------
    study : Study
        The study.
    codings : AssistedCodings
        From `assisted_codings`.
    what : str
        What the log calls it.

    Raises
    ------
    FourpError
        If a file was changed since it was read, or cannot be written.
    """
    detail = {
        "coders": sorted(set(codings.decided["coder"])),
        "accepted": codings.accepted,
        "rejected": codings.rejected,
        "documents": sorted(set(codings.decided["document"])),
        "models": sorted(set(codings.decided["model"]) - {""}),
    }

    def keep(store: Store) -> None:
        store.remove_decisions(codings.decided)
        store.log(what, detail)

    change_files(
        study.project.root, codings.contents, what=what, expect=codings.expect, in_store=keep
    )
    study.forget("gold")


def accept_in_bulk(
    study: Study,
    coder: str,
    *,
    above: float | None = None,
    documents: Sequence[str] = (),
    codes: Sequence[str] = (),
) -> AssistedCodings:
    """Return the codings of suggestions that a person accepts without looking at each.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person who takes responsibility.
    above : float, optional
        From which probability on. By default only suggestions that are accepted under a precision guarantee.
    documents, codes : sequence of str, optional
        Only these; by default all.

    Returns
    -------
    AssistedCodings
        For `keep_assisted`. They count; the machine does not learn from them.

    Raises
    ------
    GoldError
        If nothing is left to accept.
    """
    waiting = suggestions_to_decide(study, coder, documents=documents, codes=codes)
    enough = waiting["accepted"] if above is None else waiting["probability"] >= above
    chosen = waiting[enough]
    if chosen.empty:
        why = (
            "is accepted under a precision guarantee"
            if above is None
            else f"has a probability of {above:g} or more"
        )
        raise GoldError(
            f"None of the {len(waiting)} suggestions that {coder} has not decided on {why}.",
            cure="Run `fourp suggest --precision 0.9`, or name a probability with --above."
            if above is None
            else "Name a lower probability, or decide one by one: fourp accept",
        )
    decisions = chosen[_KEY].assign(settled=True, decided_by=coder)
    return assisted_codings(study, decisions, origin=BULK)


def finish_documents(study: Study, coder: str, documents: Sequence[str]) -> AssistedCodings:
    """Return codings that say that a person has read all of some documents: no other code applies.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person.
    documents : sequence of str
        The documents.

    Returns
    -------
    AssistedCodings
        For `keep_assisted`. The documents count as coded by the person.

    Raises
    ------
    GoldError
        If suggestions in them are not decided.
    ProjectError
        If there is no such document.
    """
    waiting = suggestions_to_decide(study, coder, documents=documents)
    if len(waiting):
        counts = waiting.groupby("document", sort=False).size()
        listed = ", ".join(f"{count} in {name}" for name, count in counts.items())
        raise GoldError(
            f"{coder} has not decided on {len(waiting)} suggestion(s): {listed}.",
            cure=f"Decide on them first: fourp accept --coder {coder}"
            + "".join(f" --document {name}" for name in counts.index[:_SHOWN]),
        )
    decided = conform(
        pd.DataFrame(
            {
                "document": list(documents),
                "start": 0,
                "end": 0,
                "code": "",
                "coder": _spelt(study, coder),
                "quote": "",
                "accepted": False,
                "origin": FINISHED,
                "probability": np.nan,
                "model": "",
                "decided_at": today(),
            }
        ),
        DECIDED,
    )
    contents, expect = _files(study, decided, replace=False)
    every = np.ones(len(decided), dtype=bool)
    return AssistedCodings(decided, 0, every, contents, expect)
