"""Why kappa and AC1 differ, in words: prevalence, bias, or disagreement about the rarer answer.

References
----------
Byrt, T., Bishop, J. and Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46, 423-429.
Cicchetti, D. V. and Feinstein, A. R. (1990). High agreement but low kappa: II. Resolving the
    paradoxes. Journal of Clinical Epidemiology 43, 551-558.
Feinstein, A. R. and Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two
    paradoxes. Journal of Clinical Epidemiology 43, 543-549.
Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
"""

from __future__ import annotations

import math

from fourp_nlp.number_format import fixed, percentage

__all__ = ["BESIDE_KAPPA", "ENOUGH", "PARADOX_OF", "kappa_paradox"]

PARADOX_OF = frozenset({"cohen_kappa", "conger_kappa", "gwet_ac1"})
"""Ids of the coefficients whose difference is explained: kappa of two coders or of more, and AC1."""

BESIDE_KAPPA = ("percent", "gwet_ac1", "positive_agreement", "negative_agreement")
"""Ids of the other coefficients that `kappa_paradox` takes."""

ENOUGH = 10
"""Units with the rarer answer from which on a reason is given."""

_AGREE = 0.8
"""Specific agreement from which on coders are said to agree on the rarer answer."""


def kappa_paradox(
    percent: float,
    kappa: float,
    ac1: float,
    prevalence_index: float,
    bias_index: float,
    *,
    with_code: float,
    without_code: float,
    positive: float,
    negative: float,
    pooled: bool = False,
    apart: float = 0.2,
) -> str:
    """Say why kappa and AC1 differ by more than a stated amount, where the data can tell.

    Parameters
    ----------
    percent : float
        Share of agreement, from 0 to 1.
    kappa : float
        Cohen's kappa, or Conger's of more coders; nan where undefined.
    ac1 : float
        Gwet's AC1; nan where undefined.
    prevalence_index, bias_index : float
        As `prevalence_index` and `bias_index` return them.
    with_code, without_code : float
        Units to which somebody gave the code, and units to which somebody did not give it.
    positive, negative : float
        Positive and negative agreement (Cicchetti and Feinstein 1990); nan where undefined.
    pooled : bool, default False
        Whether the row pools the decisions of all codes; a unit is a decision then.
    apart : float
        By how much they must differ.

    Returns
    -------
    str
        Two to four sentences, or "" where they differ by no more than `apart` or both are
        undefined. No word on which is right: they answer different questions.

    Raises
    ------
    ValueError
        If `apart` is below 0.

    Notes
    -----
    Feinstein and Cicchetti (1990): (1) with the same agreement, kappa falls as the code becomes
    rarer (or more frequent) than its absence; (2) with the same agreement and the same shares on
    the average, kappa is higher where coders differ in how often they use the code.

    A low kappa of a rare code has two possible grounds, which positive agreement tells apart
    (Cicchetti and Feinstein 1990): the prevalence, or coders who disagree about the few units to
    which anybody gave the code. So the reason depends on the rarer of the two answers (the code, or
    its absence): below `ENOUGH` units with it no reason is given; below a specific agreement of 0.8
    on it the disagreement is named first. From 0.8 on, the identity of Byrt, Bishop and Carlin
    (1993), in `bias_index`, gives the kappa of a code as frequent as its absence with the same share
    of agreement, as arithmetic. It holds where no label is missing.

    Examples
    --------
    >>> kappa_paradox(0.998, 0.666, 0.998, -0.994, 0.002,
    ...     with_code=2, without_code=503, positive=0.667, negative=0.999)
    'Kappa is 0.67 and AC1 1.00 with 99.8% agreement. 2 units with the code: too few to say why.'
    """
    if apart < 0:
        raise ValueError("The amount by which kappa and AC1 must differ cannot be below 0.")
    code = "a code" if pooled else "the code"
    if math.isnan(kappa) and not math.isnan(ac1):
        only = "never" if prevalence_index < 0 else "always"
        return (
            f"Kappa is undefined and AC1 is {fixed(ac1)}: {code} was {only} given, so that agreement "
            "by chance is perfect as kappa sees it. These segments cannot show whether coders can "
            f"tell {code}."
        )
    if math.isnan(kappa) or math.isnan(ac1) or abs(ac1 - kappa) <= apart:
        return ""
    sentences = (
        f"Kappa is {fixed(kappa)} and AC1 {fixed(ac1)} with {percentage(percent)} agreement."
    )
    rare = prevalence_index < 0
    units, agreed = (with_code, positive) if rare else (without_code, negative)
    answer = f"with{'' if rare else 'out'} {code}"
    if units < ENOUGH:
        counted = f"{fixed(units, 0)} unit{'' if units == 1 else 's'}"
        return f"{sentences} {counted} {answer}: too few to say why."
    differ = f"differ in how often they give {code} (bias index {fixed(bias_index)}), which raises kappa."
    if kappa > ac1:
        return f"{sentences} Coders {differ}"
    pabak = 2 * percent - 1
    index = fixed(prevalence_index, signed=True)
    sentences += (
        f" {'Codings are' if pooled else 'The code is'} {'rare' if rare else 'frequent'} (prevalence index "
        f"{index}): most agreement is that {code} {'does not apply' if rare else 'applies'}, which "
        "kappa mostly puts down to chance, and AC1 does not."
    )
    specific = f"{'positive' if rare else 'negative'} agreement is {fixed(agreed)} ({fixed(units, 0)} units)"
    given = f"where a coder {'gave' if rare else 'withheld'} {code}"
    if agreed >= _AGREE:
        sentences += (
            f" Coders mostly agree {given}: {specific}. As arithmetic, the same share of agreement on a "
            f"code as frequent as its absence is kappa {fixed(_byrt(pabak, 0.0, bias_index))}; these "
            "data do not show that coders would agree as often there."
        )
    else:
        sentences += (
            f" But coders also disagree {given}: {specific}. Kappa is low for that reason, too."
        )
    if kappa - _byrt(pabak, prevalence_index, 0.0) >= 0.01:
        sentences += f" Coders also {differ}"
    return sentences


def _byrt(pabak: float, prevalence_index: float, bias_index: float) -> float:
    """Return kappa from the identity of Byrt, Bishop and Carlin."""
    shift = bias_index**2 - prevalence_index**2
    return (pabak + shift) / (1 + shift) if shift > -1 else float("nan")
