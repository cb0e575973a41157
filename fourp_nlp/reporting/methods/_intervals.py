"""How the intervals of agreement were made, in a sentence for each method that there is."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from fourp_nlp.reporting.methods._phrases import number
from fourp_nlp.reporting.methods.parts import Cited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.reporting.methods.facts import MethodsFacts
    from fourp_nlp.reporting.methods.parts import Sentence

__all__ = ["INTERVALS", "how_made"]

_DRAWN: Sentence = (
    "percentiles of {draws}",
    Cited(("efron1993",)),
    " of whole documents",
    Cited(("field2007",)),
)
_EXPANDED: Sentence = (
    *_DRAWN,
    ", expanded for the number of documents",
    Cited(("hesterberg2015",)),
)
_SEED = ", with seed {seed}."

INTERVALS: Mapping[str, Sentence] = MappingProxyType(
    {
        "effective": (
            "made by document: score intervals",
            Cited(("wilson1927",)),
            " of the share of codings on which coders agree, with an effective number of codings",
            Cited(("korn1998",)),
            ", Student's t, and a few codings added",
            Cited(("agresti1998",)),
            "; each was carried over to the coefficient.",
        ),
        "expanded": (*_EXPANDED, _SEED),
        "percentile": (*_DRAWN, _SEED),
        "bca": (*_DRAWN, f", corrected for bias and skewness{_SEED}"),
        "jackknife": (
            "the value plus and minus Student's t times its standard error, from leaving out each "
            "document in turn",
            Cited(("efron1993",)),
            ".",
        ),
    }
)
"""What follows "95% confidence intervals are", by the method of `fourp_nlp.agreement.Drawing`."""


def how_made(facts: MethodsFacts) -> Sentence:
    """Return how the intervals were made; of a method without a description, its name.

    It is what follows "95% confidence intervals are".
    """
    sentence = INTERVALS.get(
        facts.interval, (f"by the method '{facts.interval}' of fourp_nlp{_SEED}",)
    )
    filled = {"draws": number(facts.resamples, "bootstrap sample"), "seed": facts.seed}
    return tuple(run.format(**filled) if isinstance(run, str) else run for run in sentence)
