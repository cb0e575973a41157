"""Test-retest agreement: a coder's second coding compared with the first.

A repeat stands in a folder of its own, and only these two functions read it (and the drawing of what to
code again). So it is never taken for another person, learned from, or counted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.agreement import agreement_table
from fourp_nlp.coding.gold.coder_names import one_spelling
from fourp_nlp.coding.gold.reader import read_gold
from fourp_nlp.errors import GoldError
from fourp_nlp.segments.alignment import coded_documents
from fourp_nlp.study.labels import in_common
from fourp_nlp.study.reading.corpus import Gold
from fourp_nlp.study.reading.reading_state import codes_asked_by_draws, current_readings
from fourp_nlp.tables import AGREEMENT, CODINGS, READ, conform, empty

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.study import Study

__all__ = ["AGAIN", "read_repeats", "retest", "spelt_as_first"]

AGAIN = ", again"
"""Follows a coder's id where the second coding is meant."""


def read_repeats(project: Project, corpus: Corpus, codebook: Codebook) -> Gold:
    """Read what people coded a second time.

    Parameters
    ----------
    project : Project
        The project.
    corpus : Corpus
        Its documents.
    codebook : Codebook
        Its codebook.

    Returns
    -------
    Gold
        The second codings, by the same ids as the first; nobody is the reference.

    Raises
    ------
    GoldError
        If a file is wrong.
    """
    if not project.repeat_files:
        return Gold(empty(CODINGS), {}, "", empty(READ), project.settings.coders.rule)
    codes = codebook.code_ids
    files = read_gold(project.repeat_files, corpus.documents, codes, all_parts=True)
    readings = current_readings(
        project.repeat,
        files,
        corpus.documents,
        codebook,
        partial(codes_asked_by_draws, project, repeat=True),
    )
    return Gold(
        files.codings,
        coded_documents(files.coded),
        "",
        readings.read,
        project.settings.coders.rule,
        readings.changed,
    )


def spelt_as_first(again: Gold, gold: Gold) -> Gold:
    """Return second codings with the coders' names as they are spelt in the first.

    Parameters
    ----------
    again, gold : Gold
        The second codings, and the first.

    Returns
    -------
    Gold
        The second codings.
    """
    names = one_spelling(again.coded, gold.coders)
    codings, read, changed = (
        table.assign(coder=table["coder"].map(names).astype("str"))
        for table in (again.codings, again.read, again.changed)
    )
    coded = {names[coder]: documents for coder, documents in again.coded.items()}
    return replace(again, codings=codings, coded=coded, read=read, changed=changed)


def retest(
    study: Study,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how each coder who coded again agrees with themselves.

    Parameters
    ----------
    study : Study
        The study.
    resamples : int, default 1000
        Bootstrap samples of documents for the intervals.
    seed : int, default 0
        Their seed.

    Returns
    -------
    pandas.DataFrame
        Table of agreement, on the segments that were read both times. `coder_a` is the first coding,
        and the reference for precision and recall; `coder_b` is named after it, and `AGAIN`.

    Raises
    ------
    GoldError
        If nobody coded again, somebody has no first coding, or read nothing a second time.
    """
    study = study.coded_blind()
    gold, repeats, codebook = study.gold, study.repeats, study.codebook
    if not repeats.coded:
        raise GoldError(
            "Nothing was coded a second time.",
            cure="Put the second coding into gold/repeat, as gold/repeat/NAME.csv; `fourp next N --repeat` "
            "draws what to code again.",
        )
    tables = []
    for coder in sorted(repeats.coded):
        if coder not in gold.coded:
            raise GoldError(
                f"'{coder}' coded again, but there is no first coding by that name.",
                cure=f"In gold/repeat, use the names of the gold files: {', '.join(gold.coders) or 'none'}.",
            )
        first, second = in_common(study.labels(coder), study.labels(coder, repeat=True))
        looked_for = first.looked_for & second.looked_for
        if not looked_for.any():
            raise GoldError(
                f"{coder} read no segment both times.",
                cure="Code some of the same documents again; `fourp next N --repeat` draws segments.",
            )
        tables.append(
            agreement_table(
                first.labels,
                second.labels,
                codebook.code_ids,
                codebook.code_themes,
                first.segments["document"].to_numpy(),
                coder_a=coder,
                coder_b=f"{coder}{AGAIN}",
                compared=looked_for,
                resamples=resamples,
                seed=seed,
            )
        )
    return conform(pd.concat(tables, ignore_index=True), AGREEMENT)
