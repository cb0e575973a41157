"""Warnings about text, codes and definitions that changed after people had read."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.segments.alignment import (
    codes_read,
    codes_redefined,
    codings_to_matrix,
    covered_segments,
)
from fourp_nlp.study.reading.applicability import applies_notes, data_segments
from fourp_nlp.study.reading.moving_codings import undecided_note
from fourp_nlp.study.reading.who_speaks import role_notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

__all__ = ["codes_added_later", "redefined_codes", "unread_notes"]

_SHOWN = 10  # documents and codes that are named one by one, for each coder


def unread_notes(study: Study) -> list[str]:
    """Return a sentence for each document and code that is new since somebody read.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of str
        What is unread, and what to do; which definitions have changed; what is coded where it cannot
        apply; and which roles are set for nobody. None if nothing is new.
    """
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    notes = []
    for coder in gold.people:
        changed_documents = gold.changed[gold.changed["coder"] == coder]
        read = gold.read[gold.read["coder"] == coder]
        lacking = sorted(codes_added_later(read))
        if changed_documents.empty and not lacking:
            continue
        mask = codes_read(corpus.segments, read, codebook.code_ids, coder)
        codings = gold.codings[gold.codings["coder"] == coder]
        sentences = _of_documents(coder, changed_documents, np.asarray(mask.any(axis=1)), study)
        sentences += _of_codes(coder, lacking, mask, study, read, codings)
        notes += sentences
    notes += _of_definitions(study)
    if study.has_project:
        notes += undecided_note(study.project)
    notes += applies_notes(corpus, codebook, gold)
    notes += role_notes(study)
    if _is_behind(study):
        notes.append(
            "Text or codes were added after the codes were settled. When people have read "
            "them, write the settled codes again: fourp reconcile --settle --overwrite"
        )
    return notes


def redefined_codes(study: Study) -> dict[str, str]:
    """Return the codes whose definition changed after people had looked for them, and the day.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    dict of str to str
        Ids of codes, with the day on which the new definition was first met.
    """
    gold = study.gold
    return {code: gold.redefined[code] for code in _read_before(study)}


def _read_before(study: Study) -> dict[str, list[str]]:
    """Return who read how many segments for codes whose definition has changed since."""
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    counts: dict[str, list[str]] = {}
    for coder in gold.people if gold.redefined else ():
        read = gold.read[gold.read["coder"] == coder]
        stale = codes_redefined(corpus.segments, read, codebook.code_ids, coder).sum(axis=0)
        for code, count in zip(codebook.code_ids, stale.tolist(), strict=True):
            if count:
                counts.setdefault(code, []).append(f"{coder} read {count:,}")
    return counts


def _of_definitions(study: Study) -> list[str]:
    """Warn about definitions that changed after people had looked for the codes."""
    gold = study.gold
    counts = _read_before(study)
    return [
        f"The definition of '{code}' changed on {gold.redefined[code]}, after {' and '.join(readers)} "
        f"segments for it. Read them again and say so: fourp gold --read-again NAME --code {code}; or, if "
        f"it means the same in other words: fourp gold --same-definition {code}"
        for code, readers in counts.items()
    ]


def _is_behind(study: Study) -> bool:
    """Whether people have read more since the codes were adjudicated."""
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    if SETTLED not in gold.coded:
        return False
    if (gold.changed["coder"] == SETTLED).any():
        return True
    settled_readings = gold.read[gold.read["coder"] == SETTLED]
    if not codes_added_later(settled_readings):
        return False
    codes = codebook.code_ids
    lacking = ~codes_read(corpus.segments, settled_readings, codes, SETTLED)
    lacking &= covered_segments(corpus.segments, settled_readings)[:, None]
    lacking &= data_segments(corpus, codebook)[:, None]
    return any(
        bool((lacking & codes_read(corpus.segments, gold.read, codes, coder)).any())
        for coder in gold.people
    )


def codes_added_later(read: pd.DataFrame) -> set[str]:
    """Return the codes that were not there when some of it was read.

    Parameters
    ----------
    read : pandas.DataFrame
        The table READ.

    Returns
    -------
    set of str
        Without those of which the gold files say that they were not looked for.
    """
    pairs = read[["without", "looked_for"]].drop_duplicates()
    return {
        code
        for without, cell in pairs.itertuples(index=False)
        for code in without.split()
        if not cell or code in cell.split()
    }


def _of_documents(
    coder: str,
    changed: pd.DataFrame,
    read: NDArray[np.bool_],
    study: Study,
) -> list[str]:
    corpus, gold, codebook = study.corpus, study.gold, study.codebook
    document = corpus.segments["document"].to_numpy(dtype=object)
    codings = gold.codings[gold.codings["coder"] == coder]
    data = data_segments(corpus, codebook)
    counts = pd.Series(read[data]).groupby(document[data], sort=False).agg(["sum", "size"])
    sentences = []
    for name, how in changed[["document", "how"]].itertuples(index=False):
        if name not in counts.index:
            continue
        n_read, size = (int(value) for value in counts.loc[name])
        if how == "late":
            sentences.append(
                f"{name} has changed since others coded it, and {coder}'s codes of it are new here: they "
                f"count as codes of its present text. Make sure that {coder} read that one."
            )
        elif n_read < size:
            verb = "grew" if how == "grew" else "was changed"
            unread = corpus.segments[~read & data & (document == name)]
            sentences.append(
                f"{name} {verb} after {coder} coded it: {size - n_read:,} of {size:,} segments are unread "
                f"and do not count{_in_vain(codings, unread, codebook, gold, coder)}. Draw them with fourp "
                f"next --coder {quote(coder)}; if {coder} has read them: fourp gold --read-again "
                f"{quote(coder)} --document {quote(str(name))}"
            )
    return _shortened(sentences, f"documents that changed after {coder} coded them")


def _in_vain(
    codings: pd.DataFrame, unread: pd.DataFrame, codebook: Codebook, gold: Gold, coder: str
) -> str:
    """Count unread segments in which the coder has codings nevertheless."""
    codings_there = codings[codings["document"].isin(set(unread["document"]))]
    aligned = codings_to_matrix(unread, codings_there, codebook.code_ids, rule=gold.rule).matrix
    count = int(aligned.any(axis=1).sum())
    return f", nor do {coder}'s codes of {count:,} of them" if count else ""


def _of_codes(
    coder: str,
    lacking: list[str],
    mask: NDArray[np.bool_],
    study: Study,
    read: pd.DataFrame,
    codings: pd.DataFrame,
) -> list[str]:
    corpus, codebook = study.corpus, study.codebook
    sentences = []
    document = corpus.segments["document"].to_numpy(dtype=object)
    some = mask.any(axis=1) & data_segments(corpus, codebook)
    for code in lacking:
        unread = some & ~mask[:, codebook.code_ids.index(code)]
        others = [bool(cell) and code not in cell.split() for cell in read["looked_for"]]
        if any(others):
            # Where the coder's files say that others were looked for, it does not matter when it came.
            unread &= ~covered_segments(corpus.segments, read[others])
        if not unread.any():
            continue
        names = set(document[unread])
        n_codings = int((codings["code"] == code).to_numpy()[codings["document"].isin(names)].sum())
        clause = f"; {n_codings:,} codings with it are in these documents" if n_codings else ""
        sentences.append(
            f"'{code}' was added to the codebook after {coder} read {len(names)} "
            f"document{'' if len(names) == 1 else 's'}: {int(unread.sum()):,} segments are unread for this "
            f"code and do not count for it{clause}. When {coder} has read them for it: fourp gold "
            f"--read-again {quote(coder)} --code {code}"
        )
    return _shortened(sentences, f"codes that came after {coder} read")


def _shortened(sentences: list[str], what: str) -> list[str]:
    if len(sentences) <= _SHOWN:
        return sentences
    return [
        *sentences[:_SHOWN],
        f"And {len(sentences) - _SHOWN} more {what}: fourp gold lists the counts.",
    ]
