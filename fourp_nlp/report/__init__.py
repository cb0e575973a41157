"""The report: an HTML page of results, its charts, and tables for a spreadsheet."""

from __future__ import annotations

from fourp_nlp.report._charts import group_chart, theme_chart
from fourp_nlp.report._coding_sheet import SUGGESTED, write_coding_sheet
from fourp_nlp.report._contents import QUOTATIONS, ReportContents
from fourp_nlp.report._decision_sheet import write_decision_sheet
from fourp_nlp.report._html import render_html, write_html
from fourp_nlp.report._reliability import reliability_chart
from fourp_nlp.report._svg import svg_file
from fourp_nlp.report._tables import write_csv, write_xlsx
from fourp_nlp.report._wide import agreement_wide, frequency_wide

__all__ = [
    "QUOTATIONS",
    "SUGGESTED",
    "ReportContents",
    "agreement_wide",
    "frequency_wide",
    "group_chart",
    "reliability_chart",
    "render_html",
    "svg_file",
    "theme_chart",
    "write_coding_sheet",
    "write_csv",
    "write_decision_sheet",
    "write_html",
    "write_xlsx",
]
