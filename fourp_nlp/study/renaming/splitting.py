"""Splitting a code: a person decides what each of its codings becomes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED, matching_coder, name_key
from fourp_nlp.coding.gold.codes_looked_for import codes_in_cell
from fourp_nlp.coding.gold.columns import LOOKED_FOR
from fourp_nlp.coding.gold.problems import did_you_mean
from fourp_nlp.coding.gold.scope_edits import read_table
from fourp_nlp.coding.reading.undecided import read_undecided
from fourp_nlp.coding.sheets.split_sheet import NO_CODE, SPLIT_SHEET, read_split_decisions
from fourp_nlp.errors import CodebookError, GoldError
from fourp_nlp.study.decision_sheets import SheetWords, write_sheet_to_decide
from fourp_nlp.study.reading.carrying import undecided_path
from fourp_nlp.study.renaming._code_change import DECISION_CODE, DECISION_VALUE, CodeChange
from fourp_nlp.study.renaming._gold_rows import folders_of, set_cell
from fourp_nlp.study.renaming.code_changes import known_code, plan_of_change, without_code
from fourp_nlp.study.sampling.code_definitions import definitions_table
from fourp_nlp.study.sampling.context import neighbours, speaker_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.gold.scope_edits import GoldTable
    from fourp_nlp.coding.reading.reading_record import CodeList, ReadRecord
    from fourp_nlp.coding.reading.undecided import Undecided
    from fourp_nlp.coding.sheets.split_sheet import SplitDecision, SplitKey
    from fourp_nlp.study.renaming._gold_rows import Outcome
    from fourp_nlp.study.renaming.planned_change import PlannedChange
    from fourp_nlp.study.study import Study

__all__ = ["codings_to_split", "plan_splitting", "read_decisions_on_split", "write_split_sheet"]

_DATABASE = "fourp.sqlite"
_WORDS = SheetWords(
    "codings",
    "Codings to decide on",
    "Import it first if it is filled in (--take-in)",
    "Write CSV: --to FILE.csv",
)
_SHOWN = 5
_CONTEXT = 2  # segments before and after a coding
_DECIDED_BY = 5


class _Place(NamedTuple):
    """A passage, and what it becomes."""

    start: int
    end: int
    becomes: tuple[str, ...]


def codings_to_split(study: Study, code: str, *, coder: str = "") -> pd.DataFrame:
    """Return the codings of a code, in the order of their documents.

    Parameters
    ----------
    study : Study
        The study.
    code : str
        The code.
    coder : str, optional
        Only this coder's. By default everybody's, with settled codings and decisions.

    Returns
    -------
    pandas.DataFrame
        Columns document, start, end, coder, text and file: the gold file, or fourp.sqlite for a decision
        that the code applies.

    Raises
    ------
    CodebookError
        If there is no such code.
    GoldError
        If codings with it wait for a decision because their text changed.
    """
    known_code(study, code)
    study.gold, study.repeats  # noqa: B018 - report their faults first
    waiting = sum(
        each.cells.get("code", "") == code for each in read_undecided(undecided_path(study.project))
    )
    if waiting:
        raise GoldError(
            f"{waiting} coding(s) with the code '{code}' wait for a decision, because their text changed.",
            cure="Decide about them first: fourp gold --move",
        )
    texts = dict(zip(study.documents["document"], study.documents["text"], strict=True))
    rows = [
        (*key, given_by)
        for path, table in _gold_tables(study)
        for row in table.rows[1:]
        if table.cell(row, "code") == code
        for key, given_by in [(_key_of_row(study, path, table, row), table.cell(row, "coder"))]
    ]
    rows += [
        (*_key_of_decision(row), row[_DECIDED_BY])
        for row in study.store.people_rows()["decisions"]
        if row[DECISION_CODE] == code
        and row[DECISION_VALUE]
        and 0 <= row[1] < row[2] <= len(texts.get(row[0], ""))
    ]
    table = pd.DataFrame(rows, columns=["file", "document", "start", "end", "key", "coder"])
    table = table.drop_duplicates(["file", "document", "start", "end", "key"])
    if coder:
        coders = dict.fromkeys([*study.gold.coders, *study.repeats.coders])
        table = table[table["key"] == name_key(matching_coder(coder, list(coders)))]
    ranks = {name: rank for rank, name in enumerate(texts)}
    order = np.lexsort((table["end"], table["start"], table["document"].map(ranks)))
    table = table.iloc[order].reset_index(drop=True)
    places = zip(table["document"], table["start"], table["end"], strict=True)
    table["text"] = [texts[name][start:end] for name, start, end in places]
    return table[["document", "start", "end", "coder", "text", "file"]]


def write_split_sheet(
    study: Study,
    codings: pd.DataFrame,
    code: str,
    into: Sequence[str],
    path: Path,
    *,
    overwrite: bool = False,
) -> Path:
    """Write the sheet on which people decide what each coding of a code becomes.

    Parameters
    ----------
    study : Study
        The study.
    codings : pandas.DataFrame
        From `codings_to_split`.
    code : str
        The code.
    into : sequence of str
        The codes into which it is split; the codebook has them.
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
    CodebookError
        If the codebook lacks one of the codes.
    ProjectError
        If the file is there already, is of another kind, or cannot hold so many rows.
    """
    _check_new_codes(study, code, into)
    codebook = study.codebook

    def make() -> tuple[pd.DataFrame, pd.DataFrame]:
        definitions = definitions_table(codebook, code=codebook.code_ids)
        shown = definitions["code"].isin({code, *into})
        return _sheet(study, codings, code, into), definitions[shown]

    return write_sheet_to_decide(
        path,
        len(codings),
        _WORDS,
        make,
        overwrite=overwrite,
        name=SPLIT_SHEET,
        how=_how(code, into),
        becomes=[*into, NO_CODE],
    )


def _how(code: str, into: Sequence[str]) -> list[str]:
    return [
        f"Each row is a passage that somebody gave the code '{code}'.",
        "Read the passage and the definitions of the new codes. Choose under 'becomes' the one that applies.",
        f"If several apply, write them with a semicolon between them: {'; '.join(into[:2])}",
        f"If none of them applies, write {NO_CODE}. The coding is kept aside then.",
        "Rows of 'settled' and of decisions may stay blank if all codings of the passage become the same.",
        "You may sort and move rows and add columns. Do not change the other columns.",
        f"When all rows are filled in: fourp codebook split {code} --take-in THIS_FILE",
    ]


def _sheet(study: Study, codings: pd.DataFrame, code: str, into: Sequence[str]) -> pd.DataFrame:
    first, last = _touched(study.segments, codings)
    before, _ = neighbours(study.segments, first, _CONTEXT)
    _, after = neighbours(study.segments, last, _CONTEXT)
    columns: dict[str, object] = {"document": codings["document"]}
    columns |= speaker_columns(study.segments, first)
    columns |= {
        "text": codings["text"],
        "coder": codings["coder"],
        "into": "; ".join(into),
        "becomes": "",
        "before": before,
        "after": after,
        "code": code,
        **{name: codings[name] for name in ("start", "end", "file")},
    }
    return pd.DataFrame(columns)


def _touched(
    segments: pd.DataFrame, codings: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last segment that each coding touches."""
    first = np.zeros(len(codings), dtype=np.int64)
    last = np.zeros(len(codings), dtype=np.int64)
    rows_of = segments.groupby("document", sort=False).indices
    for document, of_document in codings.reset_index(drop=True).groupby("document", sort=False):
        rows = np.asarray(rows_of.get(document, np.zeros(1)), dtype=np.int64)
        starts = segments["start"].to_numpy()[rows]
        at = of_document.index.to_numpy()
        for place, of in ((first, of_document["start"]), (last, of_document["end"] - 1)):
            place[at] = rows[np.maximum(np.searchsorted(starts, of, side="right") - 1, 0)]
    return first, last


def read_decisions_on_split(
    study: Study, code: str, paths: Iterable[Path]
) -> tuple[list[str], list[SplitDecision]]:
    """Read the sheets on which people decided what each coding of a code becomes.

    Parameters
    ----------
    study : Study
        The study.
    code : str
        The code.
    paths : iterable of pathlib.Path
        The sheets.

    Returns
    -------
    into : list of str
        The codes into which it is split.
    decisions : list of SplitDecision
        The rows of all sheets.

    Raises
    ------
    GoldError
        If a sheet cannot be read, or a coding is decided on differently in two of them.
    """
    known_code(study, code)
    into: list[str] = []
    by_key: dict[SplitKey, tuple[Path, SplitDecision]] = {}
    for path in paths:
        for decision in read_split_decisions(path, study.documents, code, study.codebook.names):
            into += decision.into
            earlier_path, earlier = by_key.setdefault(decision.key, (path, decision))
            if earlier.becomes is None:
                by_key[decision.key] = path, decision
            elif decision.becomes not in (None, earlier.becomes):
                raise GoldError(
                    f"Row {decision.row} decides otherwise than row {earlier.row} of {earlier_path.name}.",
                    file=path,
                    cure="Correct one of them.",
                )
    return list(dict.fromkeys(into)), [decision for _, decision in by_key.values()]


def plan_splitting(
    study: Study,
    code: str,
    into: Sequence[str],
    decisions: Sequence[SplitDecision] = (),
    *,
    keep: bool = False,
) -> PlannedChange:
    """Plan to split a code into others.

    Parameters
    ----------
    study : Study
        The study.
    code : str
        The code.
    into : sequence of str
        The codes into which it is split; the codebook has them. The code itself may be one of them.
    decisions : sequence of SplitDecision, optional
        What each of its codings becomes.
    keep : bool, default False
        Whether the code stays in the codebook though no coding has it any more, as the parent of the others.

    Returns
    -------
    PlannedChange
        For `make_change`. Where somebody looked for the code, the new codes count as looked for: where it
        does not apply, none of them does. Codings to which none of them applies are kept in the folder
        `retired` beside the gold files, where nothing reads them.

    Raises
    ------
    CodebookError
        If the codebook lacks one of the codes, or cannot be without the one that is split.
    GoldError
        If a coding of the code is not decided on.
    """
    _check_new_codes(study, code, into)
    keep = keep or code in into
    if not keep:
        _check_not_needed(study.codebook, study.project.codebook, code)
    codings = codings_to_split(study, code)
    becomes = _all_decided(code, codings, decisions)
    change = _SplitChange(study, code, into, becomes, keep=keep)
    plan = plan_of_change(
        study,
        change,
        f"code {code} split into {', '.join(into)}",
        codebook=None if keep else without_code(study.project.codebook, code),
        aside=code,
        detail={"code": code, "into": list(into)},
    )
    plan.notes.insert(0, _outcome(code, into, becomes))
    gone = len(decisions) - sum(decision.key in becomes for decision in decisions)
    if gone:
        plan.notes.append(
            f"{gone} row(s) of the sheet are about codings that are not there any more."
        )
    return plan


def _outcome(code: str, into: Sequence[str], becomes: Mapping[SplitKey, tuple[str, ...]]) -> str:
    """Return how many codings of the code get each of the new ones."""
    counts = Counter(new for answer in becomes.values() for new in answer)
    listed = ", ".join(f"{new} {counts[new]}" for new in into)
    none = sum(not answer for answer in becomes.values())
    text = f"Of {len(becomes)} codings of {code}: {listed}, {NO_CODE} {none}."
    return f"{text} The last are kept in gold/retired, which nothing reads." if none else text


def _check_new_codes(study: Study, code: str, into: Sequence[str]) -> None:
    known = study.codebook.code_ids
    for new in into:
        if new not in known:
            raise CodebookError(
                f"There is no code '{new}'.",
                file=study.project.codebook,
                cure=" ".join(
                    part
                    for part in (
                        did_you_mean(new, [one for one in known if one != code]),
                        "Add new codes to the codebook first, with their definitions.",
                    )
                    if part
                ),
            )
    if not set(into) - {code}:
        raise CodebookError(
            f"The code '{code}' is split into no other code.",
            cure="Name the new codes: --into CODE --into CODE",
        )


def _check_not_needed(codebook: Codebook, path: Path, code: str) -> None:
    """Refuse to take out a code that others name."""
    for other in codebook.all_codes:
        use = [exclusion.use for exclusion in other.when_not_to_use]
        if other.id != code and (other.parent == code or code in use):
            how = "its parent" if other.parent == code else "what to use in its place"
            raise CodebookError(
                f"The code '{other.id}' names '{code}' as {how}.",
                file=path,
                cure=f"Keep the code with --keep, or change '{other.id}' first.",
            )


def _all_decided(
    code: str, codings: pd.DataFrame, decisions: Sequence[SplitDecision]
) -> dict[SplitKey, tuple[str, ...]]:
    """Return what each coding becomes; raise an error if that is not known of some."""
    answers = {each.key: each.becomes for each in decisions if each.becomes is not None}
    becomes: dict[SplitKey, tuple[str, ...]] = {}
    by_document: dict[str, list[_Place]] = {}
    derived = []
    records = codings[["file", "document", "start", "end", "coder", "text"]]
    for file, document, start, end, coder, text in records.itertuples(index=False):
        key = (str(file), str(document), int(start), int(end), name_key(str(coder)))
        if key in answers:
            becomes[key] = answers[key]
        else:
            derived.append((key, str(text)))
        if key in answers and not _is_derived(key):
            place = _Place(key[2], key[3], answers[key])
            by_document.setdefault(key[1], []).append(place)
    open_codings = []
    for key, text in derived:
        same = {
            place.becomes
            for place in by_document.get(key[1], ())
            if place.start < key[3] and key[2] < place.end
        }
        if _is_derived(key) and len(same) == 1:
            (becomes[key],) = same
        else:
            open_codings.append(f"{key[0]}: {key[1]}, {key[2]} to {key[3]} ({_short(text)})")
    if open_codings:
        listed = "; ".join(open_codings[:_SHOWN])
        more = f" (and {len(open_codings) - _SHOWN} more)" if len(open_codings) > _SHOWN else ""
        raise GoldError(
            f"{len(open_codings)} coding(s) with the code '{code}' are not decided on: {listed}{more}.",
            cure="Fill in 'becomes' in all rows. Codings that are on no sheet are newer than it: write it "
            "anew, under another name, and import both.",
        )
    return becomes


def _is_derived(key: SplitKey) -> bool:
    """Whether a coding was settled between coders, and may follow from theirs."""
    return key[0] == _DATABASE or key[4] == name_key(SETTLED)


def _short(text: str) -> str:
    return repr(text) if len(text) <= 40 else repr(text[:40]) + "..."


def _gold_tables(study: Study) -> Iterable[tuple[Path, GoldTable]]:
    return ((path, read_table(path)) for files in folders_of(study.project) for path in files)


def _key_of_row(study: Study, path: Path, table: GoldTable, row: list[str]) -> SplitKey:
    document = table.cell(row, "document")
    names = study.documents["document"].tolist()
    if document not in names:
        # Macs write accents of file names as characters of their own.
        composed = unicodedata.normalize("NFC", document)
        document = next(
            (name for name in names if unicodedata.normalize("NFC", name) == composed), document
        )
    return (
        path.relative_to(study.project.gold).as_posix(),
        document,
        int(table.cell(row, "start")),
        int(table.cell(row, "end")),
        name_key(table.cell(row, "coder")),
    )


def _key_of_decision(row: tuple[Any, ...]) -> SplitKey:
    return _DATABASE, str(row[0]), int(row[1]), int(row[2]), name_key(str(row[_DECIDED_BY]))


class _SplitChange(CodeChange):
    """How a code becomes several: by a decision about each of its codings."""

    def __init__(
        self,
        study: Study,
        code: str,
        into: Sequence[str],
        becomes: Mapping[SplitKey, tuple[str, ...]],
        *,
        keep: bool,
    ) -> None:
        super().__init__({code: ""}, study.codebook, study.codebook)
        self.study, self.code, self.new, self.becomes = study, code, tuple(into), becomes
        self.keep = keep

    def listed(self, codes: Sequence[str]) -> list[str] | None:
        """Return a list of codes that were looked for, with the new ones where the code was."""
        new = [self.code, *self.new] if self.keep else self.new
        return list(
            dict.fromkeys(
                each for code in codes for each in (new if code == self.code else (code,))
            )
        )

    def row(self, path: Path, table: GoldTable, row: list[str]) -> Outcome:
        """Change a row of a gold file."""
        codes = codes_in_cell(table.cell(row, LOOKED_FOR))
        listed = self.listed(codes) or []
        changed = listed != codes and set_cell(table, row, LOOKED_FOR, " ".join(listed))
        if self.code not in self.new:
            # Codes that were looked for and not given do not apply; none of them was suggested then.
            changed |= self._rejected(table, row)
        if table.cell(row, "code") != self.code:
            return changed
        becomes = self.becomes[_key_of_row(self.study, path, table, row)]
        if not becomes:
            return None
        if becomes == (self.code,):
            return changed
        copies = [row, *(list(row) for _ in becomes[1:])]
        for each, new in zip(copies, becomes, strict=True):
            set_cell(table, each, "code", new)
            if new != self.code:
                set_cell(table, each, "probability", "")
        return copies[1:]

    @property
    def may_differ(self) -> bool:
        """Whether codes that people agreed on may differ afterwards."""
        return True

    def record(self, record: ReadRecord) -> ReadRecord:
        """Change the record of what was read."""
        seen = {
            code: history for code, history in record.seen.items() if self.keep or code != self.code
        }
        return replace(
            record, lists=tuple(self._code_list(each) for each in record.lists), seen=seen
        )

    def _code_list(self, codes: CodeList) -> CodeList:
        before = dict(codes)
        if self.code in before and self.code in self.new:
            # Who splits a code says that its codings mean the codes by their present definitions.
            del before[self.code]
        listed = self.listed([code for code, _ in codes]) or []
        return tuple((code, before.get(code, self.after.get(code, ""))) for code in listed)

    def undecided(self, each: Undecided) -> Undecided | None:
        """Change a coding that waits for a decision, of another code."""
        codes = codes_in_cell(each.cells.get(LOOKED_FOR, ""))
        if codes:
            each.cells[LOOKED_FOR] = " ".join(self.listed(codes) or [])
        return each

    def decisions(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Change decisions: where the code did not apply, none of the new ones does."""
        kept = {row[: DECISION_CODE + 1]: row for row in rows if row[DECISION_CODE] != self.code}
        for row in rows:
            if row[DECISION_CODE] != self.code:
                continue
            applies = bool(row[DECISION_VALUE])
            becomes = self.becomes.get(_key_of_decision(row)) if applies else ()
            if becomes is None:
                continue  # the place is no longer there
            for code in dict.fromkeys([*self.new, *([self.code] if self.keep else [])]):
                new = (*row[:DECISION_CODE], code, int(code in becomes), *row[DECISION_VALUE + 1 :])
                kept.setdefault(new[: DECISION_CODE + 1], new)
        return list(kept.values())
