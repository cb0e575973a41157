"""The methods text on frequencies that are estimates: how they were made, and the table of them."""

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

    Parameters
    ----------
    facts : MethodsFacts
        What the text may say.

    Yields
    ------
    Sentence
        Nothing if nothing was corrected.
    """
    made = facts.corrected
    if made is None:
        return
    if made.coded == made.segments:
        yield (
            f"{one_line(made.coder)} read all {number(made.segments, 'segment')}, so that the share of "
            "segments with each code was counted and not estimated.",
        )
        return
    yield (
        "The machine's counts were corrected for its errors. The share of segments with each code was "
        f"estimated from the machine's probabilities for all {number(made.segments, 'segment')} and the "
        f"codes that {one_line(made.coder)} gave to {made.coded:,} of them "
        f"({share(made.coded, made.segments)}), {_which(made)}",
        Cited(("egami2023",)),
        ".",
    )
    yield (
        "Segments were put into strata of like probability of the code, and people's share in each was "
        "weighted by the stratum's size (post-stratification",
        Cited(("holt1979", "sarndal1992")),
        "), so that nothing was assumed of the machine's errors.",
    )
    of = (
        "these documents alone"
        if made.target == "corpus"
        else "documents like these, of which these are taken for a random sample"
    )
    yield (
        f"{confidence_level(made.confidence)} intervals are score intervals",
        Cited(("wilson1927", "decrouez2012")),
        f", corrected for skewness; they are for {of}. What {one_line(made.coder)} got wrong is in the "
        "estimates.",
    )
    if made.refused:
        yield (f"No estimate was made of {joined([facts.names.get(c, c) for c in made.refused])}.",)
    yield (
        "Beside them stand the machine's counts as they are, and the estimates from people's codes alone (",
        Shown(_NAME),
        ").",
    )


def corrected_grid(facts: MethodsFacts) -> Iterator[Grid]:
    """Yield the table of corrected frequencies.

    Parameters
    ----------
    facts : MethodsFacts
        What the text may say.

    Yields
    ------
    Grid
        Nothing if nothing was corrected, or all was read.
    """
    made = facts.corrected
    if made is None or made.coded == made.segments:
        return
    rows = tuple(
        (
            facts.names.get(each.code, each.code),
            str(each.positives),
            *(cell(*figure, digits=_DIGITS) for figure in (each.naive, each.corrected, each.gold)),
        )
        for each in made.codes
    )
    yield Grid(
        _NAME,
        f"Share of segments with each code ({made.segments:,} segments, {made.coded:,} coded by "
        f"{one_line(made.coder)})",
        ("Code", "Positives coded", "Machine's count", "Corrected", "People's codes alone"),
        rows,
        (_note(made), *_cautions(made, facts.names)),
    )


def _which(made: CorrectedFacts) -> str:
    """Return which segments were coded: drawn, known, or both."""
    drawn = made.coded - made.known
    if not made.known:
        return "which were drawn at random with known probabilities"
    return (
        f"of which {made.known:,} were read whole or before the draw and were counted as they are, and "
        f"{drawn:,} were drawn at random with known probabilities and stand for the other "
        f"{made.segments - made.known:,}"
    )


def _cautions(made: CorrectedFacts, names: Mapping[str, str]) -> Iterator[str]:
    """Yield what to know before corrected shares are used, once for all codes of which it is said."""
    said: dict[str, list[str]] = {}
    for each in made.codes:
        if each.caution:
            said.setdefault(each.caution, []).append(names.get(each.code, each.code))
    for caution, codes in said.items():
        yield f"{joined(codes)}: {caution}."


def _note(made: CorrectedFacts) -> str:
    return (
        f"In brackets: {confidence_level(made.confidence)} intervals. The machine's count has none: no "
        "sample is behind it."
    )
