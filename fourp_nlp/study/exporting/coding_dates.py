"""Finds the day of a coding in the record of what was read: gold files have no dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.coding.reading.record_file import read_record
from fourp_nlp.exchange import rows_of
from fourp_nlp.study.measuring.retest import AGAIN
from fourp_nlp.study.reading.reading_state import record_path

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.project import Project

__all__ = ["coding_days"]

_DAY = r"\d{4}-\d{2}-\d{2}"


def coding_days(codings: pd.DataFrame, project: Project) -> list[str]:
    """Return the day of each coding: the first of which its coder's reading of the document is on record.

    Parameters
    ----------
    codings : pandas.DataFrame
        Codings with their coder and document, as many as n.
    project : Project
        The project with the record.

    Returns
    -------
    list of str, length n
        The beginning of that day in UTC as ISO 8601; empty where there is none.

    Raises
    ------
    GoldError
        If the record is damaged.
    """
    days: dict[tuple[str, str], str] = {}
    for folder, ending in ((project.gold, ""), (project.assisted, ""), (project.repeat, AGAIN)):
        entries = read_record(record_path(folder)).entries
        entries = entries[entries["since"].str.fullmatch(_DAY)]
        first = entries.sort_values("since").drop_duplicates(["coder", "document"])
        for coder, document, day in rows_of(first, "coder", "document", "since"):
            days.setdefault((f"{coder}{ending}", document), f"{day}T00:00:00Z")
    return [days.get(key, "") for key in rows_of(codings, "coder", "document")]
