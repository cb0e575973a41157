"""Parts of the report for another page: the agreement of chosen coders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fourp_nlp.reporting._agreement_pairs import agreement_pairs
from fourp_nlp.reporting._agreement_section import in_full

if TYPE_CHECKING:
    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["agreement_section"]

_BETWEEN = "; "


def agreement_section(contents: ReportContents, coders: str) -> dict[str, Any]:
    """Return what the report shows of one comparison of coders.

    Parameters
    ----------
    contents : ReportContents
        With the tables agreement and agreement_full.
    coders : str
        Who is compared, as the column coders of agreement_full has it.

    Returns
    -------
    dict
        who, machine, chart (an ``<svg>`` element or empty), tables, reasons, cautions and paradoxes, as the
        report's template reads them.

    Raises
    ------
    KeyError
        If these coders were not compared.
    """
    full = contents.agreement_full[contents.agreement_full["coders"] == coders]
    if full.empty:
        raise KeyError(coders)
    first = full.iloc[0]
    pairs = contents.agreement
    pair = pairs[(pairs["coder_a"] == first["coder_a"]) & (pairs["coder_b"] == first["coder_b"])]
    chosen = replace(contents, agreement_full=full, agreement=pair)
    (section,) = in_full(chosen, list(agreement_pairs(chosen)))
    return section
