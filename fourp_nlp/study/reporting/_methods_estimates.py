"""What a methods text says of corrected frequencies: the estimates that stand among the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import TableError
from fourp_nlp.reporting import CorrectedFacts, EstimatedCode
from fourp_nlp.tables import ESTIMATES, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.project import Project

__all__ = ["corrected_facts"]

_BESIDE = ("naive", "corrected", "gold")


def corrected_facts(project: Project, machine: str, coders: Sequence[str]) -> CorrectedFacts | None:
    """Return the corrected frequencies of the whole corpus, if they were made with what there is now.

    Parameters
    ----------
    project : Project
        The project; `reports/estimates.csv` is read.
    machine : str
        Id of the machine coder.
    coders : sequence of str
        The people who coded.

    Returns
    -------
    CorrectedFacts or None
        None if there are none, they were refused, or they are another machine's.
    """
    try:
        table = conform(
            pd.read_csv(
                project.reports / "estimates.csv", encoding="utf-8-sig", keep_default_na=False,
                na_values={name: [""] for name, c in ESTIMATES.columns.items() if c.kind == "float64"},
            ),
            ESTIMATES,
        )  # fmt: skip
    except (OSError, ValueError, TableError):  # not there, or no such table any more
        return None
    # A cell that a spreadsheet would take for a formula has an apostrophe before it.
    known = {each: each for each in coders} | {f"'{each}": each for each in coders}
    own = table[(table["level"] == "corpus") & table["method"].isin(_BESIDE)]
    own = own[own["machine"].isin({machine, f"'{machine}"}) & own["coder"].isin(known)]
    made = own[own["method"] == "corrected"].drop_duplicates("code")
    there = made[made["value"].notna()]
    if there.empty:
        return None
    figures = own.drop_duplicates(["code", "method"]).set_index(["code", "method"])
    first = there.iloc[0]
    codes = []
    for code in there["code"]:
        rows = [
            figures.loc[(code, method)] for method in _BESIDE if (code, method) in figures.index
        ]
        if len(rows) == len(_BESIDE):
            naive, corrected, alone = (
                (float(row["value"]), float(row["low"]), float(row["high"])) for row in rows
            )
            positives, caution = int(rows[1]["positives"]), str(rows[1]["caution"])
            codes.append(EstimatedCode(str(code), positives, naive, corrected, alone, caution))
    return CorrectedFacts(
        coder=known[str(first["coder"])],
        segments=int(there["segments"].max()),
        coded=int(there["coded"].max()),
        target=str(first["target"]),
        confidence=float(first["confidence"]),
        codes=tuple(codes),
        refused=tuple(made.loc[made["value"].isna(), "code"].astype(str)),
        known=int(there["known"].max()),
    )
