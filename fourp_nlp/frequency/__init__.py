"""Frequencies: how often each code occurs, counted over the complete grid."""

from __future__ import annotations

from fourp_nlp.frequency._count import By, Unit, count
from fourp_nlp.frequency._wide import with_totals

__all__ = ["By", "Unit", "count", "with_totals"]
