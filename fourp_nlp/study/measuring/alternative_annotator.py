"""Whether a project's machine may take the place of one of its people: the alternative annotator test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.agreement import alt_test, alt_test_table
from fourp_nlp.agreement.levels import sets_of_codes
from fourp_nlp.errors import GoldError
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.measuring.measures import machine_of
from fourp_nlp.tables import ALT_TESTS, conform

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study

__all__ = ["NEVER", "AltTested", "alt_test_machine"]

NEVER = "never a code"
"""Stands for a machine that gives no segment any code, which the test should not let pass."""

_FEWEST = 3


@dataclass(frozen=True)
class AltTested:
    """The test of the machine, and of one that never gives a code.

    Attributes
    ----------
    table : pandas.DataFrame
        ALT_TESTS: one row for each of the two and each person.
    segments : int
        How many segments two people or more read.
    notes : list of str
        Where the machine's test stands on less than it asks for.
    """

    table: pd.DataFrame
    segments: int
    notes: list[str]


def alt_test_machine(study: Study, *, epsilon: float = 0.2) -> AltTested:
    """Put a project's machine to the alternative annotator test, over sets of codes.

    Parameters
    ----------
    study : Study
        The study.
    epsilon : float, default 0.2
        As `alt_test`.

    Returns
    -------
    AltTested
        On the segments that two people or more read; alignment is Jaccard's index of sets of codes.

    Raises
    ------
    GoldError
        If fewer than three people coded, the machine suggested nothing, or no two people read the
        same segments.
    """
    study = study.coded_blind()
    corpus, gold, suggestions = study.corpus, study.gold, study.suggestions_if_any
    machine, people = machine_of(suggestions), gold.people
    if len(people) < _FEWEST:
        known = ", ".join(people) or "none"
        raise GoldError(
            f"The alternative annotator test needs {_FEWEST} people who coded the same segments, and "
            f"there are {len(people)} ({known}).",
            cure="Ask more people to code some of the same documents, each in a gold file of their own.",
        )
    if not machine:
        raise GoldError("There is no machine to test yet.", cure="Run `fourp suggest`.")
    read, given = stacked_labels(study, [*people, machine])
    sets, _ = sets_of_codes(np.moveaxis(np.where(read, given, np.nan), 0, 1))
    has_read = ~np.isnan(sets[..., 0])
    kept = has_read[:, :-1].sum(axis=1) >= 2
    if not kept.any():
        raise GoldError(
            f"No two of {', '.join(people)} read the same segments.",
            cure="Ask people to code some of the same documents.",
        )
    given = np.asarray(sets[kept] == 1)
    machine_codes = given[:, -1]
    tables = []
    notes: list[str] = []
    for name, labels in ((machine, machine_codes), (NEVER, np.zeros_like(machine_codes))):
        result = alt_test(
            given[:, :-1],
            labels,
            alignment="jaccard",
            read=has_read[kept, :-1],
            documents=corpus.segments.loc[kept, "document"].to_numpy(),
            epsilon=epsilon,
        )
        if name == machine:
            notes = [*result.notes]
        by = result.by_document
        tables.append(
            alt_test_table(result, people).assign(
                tested=name,
                person_coded=(given[:, :-1].any(axis=2) & has_read[kept, :-1]).sum(axis=0),
                tested_coded=(labels.any(axis=1, keepdims=True) & has_read[kept, :-1]).sum(axis=0),
                winning_rate=result.published.winning_rate,
                document_winning_rate=np.nan if by is None else by.winning_rate,
                advantage=result.advantage,
                advantage_low=result.low,
                advantage_high=result.high,
            )
        )
    table = conform(pd.concat(tables, ignore_index=True), ALT_TESTS)
    return AltTested(table, int(kept.sum()), notes)
