"""Listing disagreements between coders in context, on a sheet for decisions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.sheets.decision_sheet import DECISIONS_SHEET
from fourp_nlp.errors import GoldError
from fourp_nlp.study.decision_sheets import SheetWords, write_sheet_to_decide
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.sampling.code_definitions import definition_lines, definitions_table
from fourp_nlp.study.sampling.context import neighbours
from fourp_nlp.tables import DISAGREEMENTS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

__all__ = [
    "MACHINE",
    "Disagreements",
    "disagreements",
    "is_machine",
    "write_disagreements",
]

MACHINE = "machine"
"""What the machine may be called instead of its id, as long as no person is."""
# Ids of our machines: a name, and the beginning of the model's hash.
_MACHINE_ID = re.compile(r".+@([0-9a-f]{8}|unsaved)")

_BETWEEN = "; "
_KEY = ["document", "start", "end", "code"]
_WORDS = SheetWords(
    "disagreements",
    "Disagreements",
    "Take it in first if it is filled in",
    "Write them as CSV, with --to FILE.csv, or name two coders with --between.",
)


class Disagreements(NamedTuple):
    """Pairs of segment and code over which coders disagree.

    Attributes
    ----------
    table : pandas.DataFrame
        Table of disagreements, in reading order.
    codes : dict of str to list of list of str, each of length n_rows
        For each coder, the ids of all codes given to the row's segment; None where it was not read.
    compared : int
        Segments that two or more of the coders read.
    disputed : int
        How many of them there is any disagreement about, decided or not.
    decided : int
        Disagreements that were decided before, and are left out unless asked for.
    """

    table: pd.DataFrame
    codes: dict[str, list[list[str] | None]]
    compared: int
    disputed: int
    decided: int

    @property
    def coders(self) -> list[str]:
        """Who is compared."""
        return list(self.codes)


def disagreements(
    study: Study,
    decisions: pd.DataFrame,
    *,
    between: Sequence[str] = (),
    context: int = 2,
    include_settled: bool = False,
) -> Disagreements:
    """Find disagreements of coders on segments that two or more of them read.

    Parameters
    ----------
    study : Study
        The study.
    decisions : pandas.DataFrame
        People's decisions so far, as the project's database has them.
    between : sequence of str, optional
        Whom to compare: ids of people or the machine, or "machine". By default everybody who coded, or
        the one person there is and the machine.
    context : int, default 2
        How many neighbours to show on each side.
    include_settled : bool, default False
        Whether to show what was decided before, with the decision.

    Returns
    -------
    Disagreements
        One row a segment and code that somebody gave and somebody else, who read the segment, did not.

    Raises
    ------
    GoldError
        If there are no two coders, one is unknown, or no two read the same segments.
    """
    study = study.coded_blind()
    codebook, segments, machine = study.codebook, study.segments, study.machine
    coders = _coders(study.gold, machine, between)
    read, labels = stacked_labels(study, coders)
    readers, givers = read.sum(axis=0), labels.sum(axis=0)
    if not (readers >= 2).any():
        raise GoldError(
            f"No two of the coders {', '.join(coders)} read the same segments.",
            cure="Ask two people to code some of the same documents, or run `fourp suggest`.",
        )
    disputed = (givers > 0) & (givers < readers) & (readers >= 2)
    row, column = np.nonzero(disputed)
    table_of_disputes = segments.iloc[row].reset_index(drop=True)
    table_of_disputes = table_of_disputes.assign(
        code=np.asarray(codebook.code_ids, dtype=object)[column],
        theme=np.asarray(codebook.code_themes, dtype=object)[column],
        given_by=_named(labels[:, row, column], coders),
        not_given_by=_named(read[:, row, column] & ~labels[:, row, column], coders),
        probability=_probabilities(study.suggestions, table_of_disputes, codebook.code_ids, column)
        if machine in coders
        else np.nan,
    )
    table_of_disputes = _with_decisions(table_of_disputes, decisions)
    decided = table_of_disputes["settled"] != ""
    shown = (
        np.ones(len(table_of_disputes), bool) if include_settled else ~decided.to_numpy(dtype=bool)
    )
    row = row[shown].astype(np.int64)
    before, after = neighbours(segments, row, context)
    table = table_of_disputes[shown].assign(before=before, after=after)
    return Disagreements(
        conform(table, DISAGREEMENTS) if len(table) else empty(DISAGREEMENTS),
        {
            coder: _codes(
                row, np.asarray(read[place].any(axis=1)), labels[place], codebook.code_ids
            )
            for place, coder in enumerate(coders)
        },
        int((readers >= 2).any(axis=1).sum()),
        int(disputed.any(axis=1).sum()),
        int(decided.sum()),
    )


def is_machine(name: str) -> bool:
    """Return whether a coder's name can only be that of a machine.

    Parameters
    ----------
    name : str
        The name.

    Returns
    -------
    bool
        True of "machine" and of a model's id.
    """
    return name == MACHINE or _MACHINE_ID.fullmatch(name) is not None


def _coders(gold: Gold, machine: str, between: Sequence[str]) -> list[str]:
    names = [name.strip() for name in between]
    if names:
        chosen = [
            machine if name == MACHINE and name not in gold.coded and machine else name
            for name in names
        ]
        if len(set(chosen)) < len(chosen):
            raise GoldError(
                f"'{chosen[0]}' is named twice.",
                cure="Name two coders; `fourp agree --retest` compares a person's two codings.",
            )
        return chosen
    people = gold.people
    if len(people) > 1:
        return people
    if gold.reference and machine:
        return [people[0] if people else gold.reference, machine]
    if not gold.coders:
        raise GoldError(
            "Disagreements need two coders, but no person has coded.",
            cure="Add gold files to the folder `gold`.",
        )
    raise GoldError(
        "Disagreements need two coders, but there are one person and no machine.",
        cure="Add gold files to the folder `gold`, or run `fourp suggest` first.",
    )


def _named(who: NDArray[np.bool_], coders: list[str]) -> list[str]:
    """Return the coders of each column, joined; there are few different sets of them."""
    kinds, which = np.unique(who.T, axis=0, return_inverse=True)
    names = [
        _BETWEEN.join(name for name, is_one in zip(coders, kind, strict=True) if is_one)
        for kind in kinds
    ]
    return [names[number] for number in which.ravel()]


def _codes(
    rows: NDArray[np.int64],
    read: NDArray[np.bool_],
    labels_of_coder: NDArray[np.bool_],
    codes: list[str],
) -> list[list[str] | None]:
    return [
        [code for code, is_given in zip(codes, labels, strict=True) if is_given]
        if was_read
        else None
        for was_read, labels in zip(
            read[rows].tolist(), labels_of_coder[rows].tolist(), strict=True
        )
    ]


def _probabilities(
    suggestions: pd.DataFrame, rows: pd.DataFrame, codes: list[str], column: NDArray[np.int64]
) -> NDArray[np.float64]:
    keys = pd.MultiIndex.from_frame(suggestions[_KEY])
    pairs = rows.assign(code=np.asarray(codes, dtype=object)[column])
    at = keys.get_indexer(pd.MultiIndex.from_frame(pairs[_KEY]))
    probability = suggestions["probability"].to_numpy()
    return np.where(at >= 0, probability[at], np.nan)


def _with_decisions(disputes: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    settled = np.full(len(disputes), "", dtype=object)
    decided_by = settled.copy()
    if len(decisions) and len(disputes):
        keys = pd.MultiIndex.from_frame(decisions[_KEY])
        at = keys.get_indexer(pd.MultiIndex.from_frame(disputes[_KEY]))
        is_decided = at >= 0
        stands = decisions["settled"].to_numpy(dtype=bool)[at[is_decided]]
        settled[is_decided] = np.where(stands, "yes", "no")
        decided_by[is_decided] = decisions["decided_by"].to_numpy(dtype=object)[at[is_decided]]
    return disputes.assign(settled=settled, decided_by=decided_by)


def write_disagreements(
    disagreements: Disagreements, codebook: Codebook, path: Path, *, overwrite: bool = False
) -> Path:
    """Write disagreements to a sheet on which a person decides each of them.

    Parameters
    ----------
    disagreements : Disagreements
        What there is to settle.
    codebook : Codebook
        The codebook, for names and definitions.
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
    return write_sheet_to_decide(
        path,
        len(disagreements.table),
        _WORDS,
        lambda: (
            _sheet(disagreements, codebook),
            definitions_table(codebook, code=codebook.code_ids),
        ),
        overwrite=overwrite,
        name=DECISIONS_SHEET,
    )


def _sheet(disagreements: Disagreements, codebook: Codebook) -> pd.DataFrame:
    """Return the columns of the sheet: position, codes, definition and decision."""
    names = codebook.names
    by_id = {code.id: definition_lines(code) for code in codebook.all_codes}
    table = disagreements.table
    place = ["document", "segment", "start", "end"]
    columns: dict[str, object] = {name: table[name] for name in place}
    if (table["speaker"] != "").any():
        columns["speaker"] = table["speaker"]
    columns |= {name: table[name] for name in ("before", "text", "after")}
    for coder, codes_by_segment in disagreements.codes.items():
        columns[f"codes of {coder}"] = [
            "(not read)"
            if ids is None
            else _BETWEEN.join(names[code_id] for code_id in ids) or "(none)"
            for ids in codes_by_segment
        ]
    columns |= {
        "code": table["code"],
        "name": table["code"].map(names),
        "given_by": table["given_by"],
        "not_given_by": table["not_given_by"],
    }
    if table["probability"].notna().any():
        columns["probability"] = table["probability"].round(3)
    columns |= {
        "definition": table["code"].map(by_id),
        "settled": table["settled"],
        "decided_by": table["decided_by"],
        "note": "",
    }
    return pd.DataFrame(columns)
