"""Cases that a coder read in part, for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.study.reading.applicability import data_segments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.study.study import Study

__all__ = ["read_in_part"]


def read_in_part(study: Study, coders: Iterable[str]) -> pd.DataFrame:
    """Return the cases of which coders read some segments and not others.

    Parameters
    ----------
    study : Study
        The study.
    coders : iterable of str
        People or the machine.

    Returns
    -------
    pandas.DataFrame
        The table READ_IN_PART. What is context alone is left out.
    """
    documents = study.documents
    of_document = documents["case"].where(documents["case"] != "", documents["document"])
    case_of = dict(zip(documents["document"], of_document, strict=True))
    data = data_segments(study.corpus, study.codebook)
    cases = study.segments.loc[data, "document"].map(case_of)
    parts = []
    for coder in coders:
        is_read = pd.Series(study.labels(coder).read[data], index=cases.index)
        counts = is_read.groupby(cases, sort=False).agg(read="sum", segments="size")
        partly = counts[(counts["read"] > 0) & (counts["read"] < counts["segments"])]
        parts.append(partly.rename_axis("case").reset_index().assign(coder=coder))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
