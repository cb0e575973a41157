"""The report: an HTML page of results, its charts, and tables for a spreadsheet."""

from __future__ import annotations
