"""Why kappa and AC1 part: the paradoxes of kappa, said in words of one row of figures.

References
----------
Byrt, T., Bishop, J. and Carlin, J. B. (1993). Bias, prevalence and kappa. Journal of Clinical
    Epidemiology 46, 423-429.
Feinstein, A. R. and Cicchetti, D. V. (1990). High agreement but low kappa: I. The problems of two
    paradoxes. Journal of Clinical Epidemiology 43, 543-549.
Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
"""

from __future__ import annotations

import math

__all__ = ["kappa_paradox"]


def kappa_paradox(
    percent: float,
    kappa: float,
    ac1: float,
    prevalence_index: float,
    bias_index: float,
    *,
    apart: float = 0.2,
) -> str:
    """Say why kappa and AC1 part by more than a stated amount.

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
    apart : float
        By how much they must differ.

    Returns
    -------
    str
        One to three sentences, or "" where they differ by no more than `apart` or both are
        undefined. No word on which is right: they answer different questions.

    Raises
    ------
    ValueError
        If `apart` is below 0.

    Notes
    -----
    Feinstein and Cicchetti (1990): (1) with the same agreement, kappa falls as the code becomes
    rarer (or more frequent) than its absence; (2) with the same agreement and the same shares on
    the average, kappa is higher where coders differ in how often they use the code. How much of
    the gap is due to each follows from the identity of Byrt, Bishop and Carlin (1993), in
    `bias_index`, which holds where no label is missing.
    """
    if apart < 0:
        raise ValueError("The amount by which kappa and AC1 must part cannot be below 0.")
    if math.isnan(kappa) and not math.isnan(ac1):
        only = "never" if prevalence_index < 0 else "always"
        return (
            f"Kappa is undefined and AC1 is {ac1:.2f}: the code was {only} given, so that agreement "
            "by chance is perfect as kappa sees it. These segments cannot show whether coders can "
            "tell the code."
        )
    if math.isnan(kappa) or math.isnan(ac1) or abs(ac1 - kappa) <= apart:
        return ""
    said = f"Kappa is {kappa:.2f} and AC1 {ac1:.2f} with {_share(percent)} agreement: "
    pabak = 2 * percent - 1
    level = _byrt(pabak, prevalence_index, 0.0)
    differ = (
        f"differ in how often they give the code (bias index {bias_index:.2f}), which raises kappa"
    )
    if kappa > ac1:
        return said + f"coders {differ}. With equal shares it would be {level:.2f}."
    kind = "rare" if prevalence_index < 0 else "frequent"
    said += (
        f"the code is {kind} (prevalence index {prevalence_index:+.2f}), so that kappa expects much "
        "agreement by chance and AC1 little. Were the code as frequent as its absence, the same "
        f"agreement would give kappa {_byrt(pabak, 0.0, bias_index):.2f}."
    )
    if kappa - level >= 0.01:
        said += f" Coders also {differ}: with equal shares it would be {level:.2f}."
    return said


def _share(percent: float) -> str:
    """Return a share as a percentage; never 100% where it is not all."""
    if percent < 1 and round(percent, 2) == 1:
        return f"{math.floor(percent * 1000) / 10:.1f}%"
    return f"{percent:.0%}"


def _byrt(pabak: float, prevalence_index: float, bias_index: float) -> float:
    shift = bias_index**2 - prevalence_index**2
    return (pabak + shift) / (1 + shift) if shift > -1 else float("nan")
