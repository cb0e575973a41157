"""The report: an HTML page of results, its charts, tables for a spreadsheet, and the methods text.

Modules
-------
`charts/`: Charts as self-contained SVG.
`methods/`: The methods text of an article: facts, wording, references, and a writer for each format.
`_agreement_columns`: Columns of the report's tables of agreement that say how often coders gave each
    code.
`_agreement_pairs`: The agreement section's tables of two coders, made from the short table of agreement.
`_agreement_section`: The agreement section: for each comparison a chart of intervals, fuller tables,
    and cautions.
`coding_sheet`: A sheet of segments for a person to code, as a workbook with the definitions beside it.
`contents`: The contents of a report: tables and facts that were computed elsewhere.
`decision_sheet`: A sheet of disagreements for a person to settle, as a workbook with the definitions
    beside it.
`_heat_map`: The colours of a heat map of rates.
`_html_pages`: Rendering and writing of HTML pages: the one set-up of the templates.
`_machine_section`: Rows of the report about the machine coder: calibration and confused codes.
`page`: The report as one self-contained HTML page.
`_results_section`: The first section of the report: what was found, and how far it can be relied on.
`scored_page`: The HTML page about scored websites: heat map, groups with estimates, pages read,
    quotations.
`sections`: Parts of the report for another page: the agreement of chosen coders.
`text_format`: How numbers and texts are written for reading.
`wide_tables`: Long tables laid out wide: agreement by coefficient, frequencies by case or group.
"""

from __future__ import annotations

from fourp_nlp.reporting.charts.reliability import reliability_chart
from fourp_nlp.reporting.charts.svg import svg_file
from fourp_nlp.reporting.coding_sheet import SUGGESTED, write_coding_sheet
from fourp_nlp.reporting.contents import ReportContents
from fourp_nlp.reporting.decision_sheet import write_decision_sheet
from fourp_nlp.reporting.methods.facts import (
    AdjudicatedFacts,
    AlignmentFacts,
    AssistedFacts,
    CodebookFacts,
    Compared,
    CorpusFacts,
    CorrectedFacts,
    CountFacts,
    DecisionFacts,
    DrawFacts,
    EstimatedCode,
    GuaranteeFacts,
    MachineFacts,
    MethodsFacts,
    ReaderFacts,
)
from fourp_nlp.reporting.methods.files import methods_files, write_bytes
from fourp_nlp.reporting.methods.parts import Blank
from fourp_nlp.reporting.methods.references import REFERENCES, bibtex
from fourp_nlp.reporting.methods.text import methods_text
from fourp_nlp.reporting.page import render_html, write_html
from fourp_nlp.reporting.scored_page import ScoredContents, safe_link, write_scored

__all__ = [
    "REFERENCES",
    "SUGGESTED",
    "AdjudicatedFacts",
    "AlignmentFacts",
    "AssistedFacts",
    "Blank",
    "CodebookFacts",
    "Compared",
    "CorpusFacts",
    "CorrectedFacts",
    "CountFacts",
    "DecisionFacts",
    "DrawFacts",
    "EstimatedCode",
    "GuaranteeFacts",
    "MachineFacts",
    "MethodsFacts",
    "ReaderFacts",
    "ReportContents",
    "ScoredContents",
    "bibtex",
    "methods_files",
    "methods_text",
    "reliability_chart",
    "render_html",
    "safe_link",
    "svg_file",
    "write_bytes",
    "write_coding_sheet",
    "write_decision_sheet",
    "write_html",
    "write_scored",
]
