"""The tables in a project's folder of reports: which there are, and the only way to write them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from fourp_nlp.spreadsheets import cut_cells, write_csv, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.study.study import Study

__all__ = ["REPORT_TABLES", "ReportTable", "write_report_tables"]


_BY_CASE = "codes by case"


@dataclass(frozen=True)
class ReportTable:
    """How a table of the reports is written.

    Attributes
    ----------
    about : str
        What it holds.
    removed_when_empty : bool
        Whether an earlier file is removed when there are no rows: it would be of other suggestions, or of
        another sample.
    filled_in : bool
        Whether people fill it in with a spreadsheet. Texts that are longer than a cell can be are then
        cut and marked.
    several : bool
        Whether there are several, each with a name that begins with this one.
    """

    about: str
    removed_when_empty: bool = False
    filled_in: bool = False
    several: bool = False


REPORT_TABLES = MappingProxyType(
    {
        "agreement": ReportTable("agreement of each pair of coders"),
        "agreement_full": ReportTable("agreement by all coefficients, of pairs and of all coders"),
        "agreement_of_": ReportTable("the same, of coders that were chosen", several=True),
        "alt_test": ReportTable("the alternative annotator test"),
        "anchoring": ReportTable("agreement with the machine, suggestions shown and hidden"),
        "calibration": ReportTable("calibration of the machine coder"),
        "candidates": ReportTable("the likeliest codes that were not suggested"),
        "comparison": ReportTable("how two groups of documents differ"),
        "confusions": ReportTable("codes that were confused"),
        "cooccurrence": ReportTable("codes in the same segments"),
        "estimates": ReportTable("frequencies as estimates", removed_when_empty=True),
        "frequencies": ReportTable("occurrences by case, of the report"),
        "frequencies_by_": ReportTable(
            "frequencies by case, document, group, speaker or role", several=True
        ),
        "laid": ReportTable("how passages align with segments"),
        "promises": ReportTable("the precision guarantee", removed_when_empty=True),
        "rates": ReportTable("frequencies per 1,000 words"),
        "rates_by_": ReportTable("the same, by speaker or role", several=True),
        "reconciliation": ReportTable("suggestions against gold codes", filled_in=True),
        "retest": ReportTable("agreement of first and second codings"),
        "suggestions": ReportTable("the suggested codes"),
    }
)
"""Every table by the name of its file, without .csv; of several, the beginning of their names."""


def write_report_tables(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    *,
    workbook: str = "",
    by_case: pd.DataFrame | None = None,
) -> list[Path]:
    """Write tables into the project's folder of reports.

    Parameters
    ----------
    study : Study
        The study.
    tables : mapping of str to pandas.DataFrame
        Tables by their names in `REPORT_TABLES`.
    workbook : str, optional
        The name of an Excel workbook that holds all of them as well.
    by_case : pandas.DataFrame, optional
        Codes by case, as `codes_by_case` lays them out: the first sheet of the workbook. It is no file of
        its own, because frequencies.csv holds the same counts.

    Returns
    -------
    list of pathlib.Path
        The files written, in the order of the tables; the workbook last.

    Raises
    ------
    KeyError
        If a table is not declared.
    FourpError
        If a file cannot be written.
    """
    folder = study.project.reports
    declared = {name: _declaration(name) for name in tables}
    written = []
    sheets: dict[str, pd.DataFrame] = {}
    frozen = {}
    if by_case is not None and len(by_case):
        sheets[_BY_CASE] = by_case
        frozen[_BY_CASE] = list(by_case.columns).index("code") + 1
    for name, frame in tables.items():
        path = folder / f"{name}.csv"
        if frame.empty and declared[name].removed_when_empty:
            path.unlink(missing_ok=True)
            continue
        sheets[name] = frame
        written.append(write_csv(cut_cells(frame) if declared[name].filled_in else frame, path))
    if workbook:
        written.append(write_xlsx(sheets, folder / workbook, frozen=frozen))
    return written


def _declaration(name: str) -> ReportTable:
    if name in REPORT_TABLES and not REPORT_TABLES[name].several:
        return REPORT_TABLES[name]
    for beginning, table in REPORT_TABLES.items():
        if table.several and name.startswith(beginning):
            return table
    raise KeyError(name)
