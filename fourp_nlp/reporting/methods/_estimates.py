"""Corrected frequencies in the methods text: how they were estimated, and their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.number_format import confidence_level
from fourp_nlp.reporting.methods._phrases import cell, joined, number, one_line, share
from fourp_nlp.reporting.methods.parts import Cited, Grid, Shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fourp_nlp.reporting.methods.facts import CorrectedFacts, MethodsFacts
    from fourp_nlp.reporting.methods.parts import Sentence

__all__ = ["corrected_grid", "corrected_method"]

_NAME = "corrected"
_DIGITS = 3


def corrected_method(facts: MethodsFacts) -> Iterator[Sentence]:
    """Yield how counts were corrected for the machine's errors.

    There is nothing if nothing was corrected.
    """
    corrected = facts.corrected
    if corrected is None:
        return
    if corrected.coded == corrected.segments:
        yield (
            f"{one_line(corrected.coder)} read all {number(corrected.segments, 'segment')}, so that the "
            "share of segments with each code was counted and not estimated.",
        )
        return
    yield (
        "The machine's counts were corrected for its errors. The share of segments with each code was "
        f"estimated from the machine's probabilities for all {number(corrected.segments, 'segment')} and the "
        f"codes that {one_line(corrected.coder)} gave to {corrected.coded:,} of them "
        f"({share(corrected.coded, corrected.segments)}), {_which(corrected)}",
        Cited(("egami2023",)),
        ".",
    )
    yield (
        "Segments were stratified by the machine's probability of the code, and the share of coded segments "
        "with the code in each stratum was weighted by the stratum's size (post-stratification",
        Cited(("holt1979", "sarndal1992")),
        "). No assumption was made about the machine's errors.",
    )
    of = (
        "these documents alone"
        if corrected.target == "corpus"
        else "documents like these, of which these are regarded as a random sample"
    )
    yield (
        f"{confidence_level(corrected.confidence)} intervals are score intervals",
        Cited(("wilson1927", "decrouez2012")),
        f", corrected for skewness; they are for {of}. Errors of {one_line(corrected.coder)} "
        "remain in the estimates.",
    )
    if corrected.refused:
        yield (
            f"No estimate could be made of {joined([facts.names.get(c, c) for c in corrected.refused])}.",
        )
    yield (
        "Table ",
        Shown(_NAME),
        " also gives the machine's uncorrected counts, and estimates from the human sample alone.",
    )


def corrected_grid(facts: MethodsFacts) -> Iterator[Grid]:
    """Yield the table of corrected frequencies.

    There is none if nothing was corrected, or all was read.
    """
    corrected = facts.corrected
    if corrected is None or corrected.coded == corrected.segments:
        return
    rows = tuple(
        (
            facts.names.get(code.code, code.code),
            str(code.positives),
            *(cell(*figure, digits=_DIGITS) for figure in (code.naive, code.corrected, code.gold)),
        )
        for code in corrected.codes
    )
    yield Grid(
        _NAME,
        f"Share of segments with each code ({corrected.segments:,} segments, {corrected.coded:,} coded by "
        f"{one_line(corrected.coder)})",
        ("Code", "Positives coded", "Machine count", "Corrected", "Human sample"),
        rows,
        (_note(corrected), *_cautions(corrected, facts.names)),
    )


def _which(corrected: CorrectedFacts) -> str:
    """Return which segments were coded: drawn, known, or both."""
    drawn = corrected.coded - corrected.known
    if not corrected.known:
        return "which were drawn at random with known probabilities"
    return (
        f"of which {corrected.known:,} were read whole or before the draw and were counted as they are, and "
        f"{drawn:,} were drawn at random with known probabilities and represent the other "
        f"{corrected.segments - corrected.known:,}"
    )


def _cautions(corrected: CorrectedFacts, names: Mapping[str, str]) -> Iterator[str]:
    """Yield cautions about corrected shares, each once with all codes that it is about."""
    codes_of: dict[str, list[str]] = {}
    for estimated in corrected.codes:
        if estimated.caution:
            name = names.get(estimated.code, estimated.code)
            codes_of.setdefault(estimated.caution, []).append(name)
    for caution, codes in codes_of.items():
        yield f"{joined(codes)}: {caution}."


def _note(corrected: CorrectedFacts) -> str:
    return (
        f"In brackets: {confidence_level(corrected.confidence)} confidence intervals. The machine count "
        "has none, because it is not based on a sample."
    )
