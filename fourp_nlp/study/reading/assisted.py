"""Assisted codings of a study: what people decided about suggestions, in numbers and as a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.assisted import BULK, DECIDED, FINISHED, SPAN, read_assisted
from fourp_nlp.coding.gold.coder_names import SETTLED, one_spelling
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = ["assisted_decisions", "assisted_notes", "assisted_summary", "bulk_decisions"]

_SPAN = ["document", "start", "end"]


def assisted_decisions(study: Study) -> pd.DataFrame:
    """Return what people decided about suggestions.

    Parameters
    ----------
    study : Study
        The study; its gold files are read first, so that faults are reported.

    Returns
    -------
    pandas.DataFrame
        The table DECIDED, with coders as the gold files spell them.
    """
    gold = study.gold
    if gold.assisted is None:
        return empty(DECIDED)
    codes = study.codebook.code_ids
    frames = [read_assisted(path, codes) for path in study.project.assisted_files]
    decided = conform(pd.concat(frames, ignore_index=True), DECIDED)
    spellings = one_spelling(decided["coder"].unique(), gold.coded)
    return decided.assign(coder=decided["coder"].map(spellings).astype("str"))


def assisted_summary(study: Study) -> pd.DataFrame:
    """Return how many suggestions each person accepted and rejected.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    pandas.DataFrame
        One row a coder: coder, accepted, rejected, bulk, spans (passages of their choice that were coded),
        finished (documents) and segments.
    """
    decided = assisted_decisions(study)
    decided = decided[decided["coder"] != SETTLED]
    spans = decided[decided["origin"] == SPAN].groupby("coder").size()
    on_codes = decided[~decided["origin"].isin([FINISHED, SPAN])]
    one_by_one = on_codes["origin"] != BULK
    columns = {
        "accepted": on_codes["accepted"] & one_by_one,
        "rejected": ~on_codes["accepted"],
        "bulk": on_codes["accepted"] & ~one_by_one,
    }
    counts = {name: on_codes[chosen].groupby("coder").size() for name, chosen in columns.items()}
    finished = decided[decided["origin"] == FINISHED].groupby("coder").size()
    segments = on_codes.drop_duplicates(["coder", *_SPAN]).groupby("coder").size()
    columns_by_coder = {**counts, "spans": spans, "finished": finished, "segments": segments}
    table = pd.DataFrame(columns_by_coder).fillna(0)
    return table.astype("int64").rename_axis("coder").reset_index()


def assisted_notes(study: Study) -> list[str]:
    """Return a sentence for each person who decided on suggestions.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    list of str
        What a reader of counts and agreement must know.
    """
    notes = []
    for row in assisted_summary(study).to_dict("records"):
        parts = [f"{row['accepted']} accepted", f"{row['rejected']} rejected"]
        if row["bulk"]:
            parts.append(f"{row['bulk']} accepted in bulk")
        if row["spans"]:
            parts.append(f"{row['spans']} given to passages of their choice")
        finished = row["finished"]
        documents = (
            f", and finished {finished} document{'' if finished == 1 else 's'}" if finished else ""
        )
        notes.append(
            f"{row['coder']} decided on suggestions of the machine ({', '.join(parts)}){documents}. These "
            "codings are in the counts. They are not in agreement and estimates, because the coder saw the "
            "suggestions."
        )
    return notes


def bulk_decisions(study: Study, coder: str) -> NDArray[np.bool_]:
    """Return which codes a person accepted in bulk, shape (n_segments, n_codes).

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person, as the gold files spell the name.

    Returns
    -------
    ndarray of bool
        For the segments of the corpus. Nobody looked at these suggestions one by one, so that nothing can be
        learned from them.
    """
    codes = study.codebook.code_ids
    mask = np.zeros((len(study.segments), len(codes)), dtype=bool)
    decided = assisted_decisions(study)
    chosen = decided[(decided["origin"] == BULK) & (decided["coder"] == coder)]
    if len(chosen):
        row = pd.MultiIndex.from_frame(study.segments[_SPAN]).get_indexer(
            pd.MultiIndex.from_frame(chosen[_SPAN])
        )
        column = pd.Index(codes).get_indexer(pd.Index(chosen["code"]))
        placed = (row >= 0) & (column >= 0)
        mask[row[placed], column[placed]] = True
    return mask
