"""Frequencies in the methods text: corrected shares, computed from the study as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting import CorrectedFacts, EstimatedCode
from fourp_nlp.study.measuring.estimates import estimates_for_report

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.study import Study

__all__ = ["corrected_facts"]

_METHODS = ("naive", "corrected", "gold")


def corrected_facts(study: Study) -> tuple[CorrectedFacts | None, str]:
    """Return the corrected frequencies of the whole corpus, or the reason why there are none.

    The defaults of `fourp frequencies --corrected` are used: the reference coder's codes, and 95% intervals
    for these documents.

    There are none without suggestions, or if no code could be estimated. The reason says what to
    do; it is empty without suggestions.
    """
    estimates, notes = estimates_for_report(study)
    if estimates.empty:
        return None, " ".join(notes)
    of_corpus = estimates[(estimates["level"] == "corpus") & estimates["method"].isin(_METHODS)]
    corrected = of_corpus[of_corpus["method"] == "corrected"]
    defined = corrected[corrected["value"].notna()]
    if defined.empty:
        return None, f"no code could be estimated: {corrected['reason'].iloc[0]}"
    figures = of_corpus.set_index(["code", "method"])
    facts = CorrectedFacts(
        coder=str(defined["coder"].iloc[0]),
        segments=int(defined["segments"].max()),
        coded=int(defined["coded"].max()),
        target=str(defined["target"].iloc[0]),
        confidence=float(defined["confidence"].iloc[0]),
        codes=tuple(_estimated_code(str(code), figures) for code in defined["code"]),
        refused=tuple(corrected.loc[corrected["value"].isna(), "code"].astype(str)),
        known=int(defined["known"].max()),
    )
    return facts, ""


def _estimated_code(code: str, figures: pd.DataFrame) -> EstimatedCode:
    rows: list[Any] = [figures.loc[(code, method)] for method in _METHODS]
    naive, corrected, gold = (
        (float(row["value"]), float(row["low"]), float(row["high"])) for row in rows
    )
    return EstimatedCode(
        code, int(rows[1]["positives"]), naive, corrected, gold, str(rows[1]["caution"])
    )
