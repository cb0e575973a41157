"""The report: an HTML page of results, its charts, tables for a spreadsheet, and the methods text."""

from __future__ import annotations

from fourp_nlp.reporting.charts.bar_charts import group_chart, theme_chart
from fourp_nlp.reporting.charts.intervals import whisker_chart
from fourp_nlp.reporting.charts.reliability import reliability_chart
from fourp_nlp.reporting.charts.svg import svg_file
from fourp_nlp.reporting.coding_sheet import SUGGESTED, write_coding_sheet
from fourp_nlp.reporting.contents import QUOTATIONS, ReportContents
from fourp_nlp.reporting.decision_sheet import write_decision_sheet
from fourp_nlp.reporting.methods.facts import (
    CodebookFacts,
    Compared,
    CorpusFacts,
    CorrectedFacts,
    Counted,
    Decided,
    DrawFacts,
    EstimatedCode,
    LaidFacts,
    MachineFacts,
    MethodsFacts,
    PromiseFacts,
    Reader,
    SettledFacts,
)
from fourp_nlp.reporting.methods.files import methods_files, write_bytes
from fourp_nlp.reporting.methods.parts import Blank, Cited, Grid, MethodsText, Paragraph, Shown
from fourp_nlp.reporting.methods.references import REFERENCES, Reference, bibtex
from fourp_nlp.reporting.methods.text import methods_text
from fourp_nlp.reporting.page import render_html, write_html
from fourp_nlp.reporting.scored_page import ScoredContents, render_scored, safe_link, write_scored
from fourp_nlp.reporting.wide_tables import agreement_wide, frequency_wide

__all__ = [
    "QUOTATIONS",
    "REFERENCES",
    "SUGGESTED",
    "Blank",
    "Cited",
    "CodebookFacts",
    "Compared",
    "CorpusFacts",
    "CorrectedFacts",
    "Counted",
    "Decided",
    "DrawFacts",
    "EstimatedCode",
    "Grid",
    "LaidFacts",
    "MachineFacts",
    "MethodsFacts",
    "MethodsText",
    "Paragraph",
    "PromiseFacts",
    "Reader",
    "Reference",
    "ReportContents",
    "ScoredContents",
    "SettledFacts",
    "Shown",
    "agreement_wide",
    "bibtex",
    "frequency_wide",
    "group_chart",
    "methods_files",
    "methods_text",
    "reliability_chart",
    "render_html",
    "render_scored",
    "safe_link",
    "svg_file",
    "theme_chart",
    "whisker_chart",
    "write_bytes",
    "write_coding_sheet",
    "write_decision_sheet",
    "write_html",
    "write_scored",
]
