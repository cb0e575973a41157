"""How many codes to suggest, and how many of them are expected to be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from fourp_nlp.errors import ModelError
from fourp_nlp.machine.classifier import BALANCED, FEWER, MORE, Aim
from fourp_nlp.number_format import percentage

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.project import Project

__all__ = ["Amount", "Expected", "chosen_aim", "expected_results", "expected_sentence"]

Amount = Literal["balanced", "more", "fewer"] | float
"""How many to suggest: a word, or the share of all codings that is to be found."""

_NAMED = {"balanced": BALANCED, "more": MORE, "fewer": FEWER}
_LEAST, _MOST = 0.05, 0.99


@dataclass(frozen=True)
class Expected:
    """Expected results of suggestions, if the probabilities are calibrated.

    Attributes
    ----------
    suggestions : int
        How many there are.
    codings : float
        How many codings are to be expected in all: the sum of all probabilities.
    precision, recall : float
        Share of the suggestions that people would code so too, and share of these codings that are
        suggested; nan where there are none.
    """

    suggestions: int
    codings: float
    precision: float
    recall: float


def chosen_aim(project: Project | None, amount: Amount | None) -> Aim:
    """Return the aim of the thresholds, from the command or the settings.

    Parameters
    ----------
    project : Project or None
        The project, if there is one.
    amount : {"balanced", "more", "fewer"} or float, optional
        What the command says.

    Returns
    -------
    Aim
        The aim.

    Raises
    ------
    ModelError
        If a share is not between 0.05 and 0.99.
    """
    if amount is None:
        amount = project.settings.model.suggest if project else "balanced"
    if isinstance(amount, str):
        return _NAMED[amount]
    if not _LEAST <= amount <= _MOST:
        raise ModelError(
            f"{amount:g} cannot be the share of codings to find.",
            cure=f"Give one from {_LEAST} to {_MOST}, such as 0.8.",
        )
    return Aim(recall=amount)


def expected_results(suggestions: pd.DataFrame) -> Expected:
    """Return the expected precision and recall of suggestions.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions: every code of every segment.

    Returns
    -------
    Expected
        Sums of probabilities.
    """
    probability = suggestions["probability"].to_numpy(dtype=np.float64)
    suggested = suggestions["suggested"].to_numpy(dtype=bool)
    true_positives, expected_codings = float(probability[suggested].sum()), float(probability.sum())
    count = int(suggested.sum())
    return Expected(
        suggestions=count,
        codings=expected_codings,
        precision=true_positives / count if count else float("nan"),
        recall=true_positives / expected_codings if expected_codings else float("nan"),
    )


def expected_sentence(expected: Expected, *, rough: bool) -> str:
    """Describe the expected results, and how to get more or fewer suggestions.

    Parameters
    ----------
    expected : Expected
        From `expected_results`.
    rough : bool
        Whether the probabilities come from definitions alone.

    Returns
    -------
    str
        A sentence or two.
    """
    count = (
        f"about {expected.codings:.0f} codings" if expected.codings >= 1 else "hardly any coding"
    )
    sentence = f"The machine expects {count} in this text"
    if expected.suggestions:
        sentence += (
            f"; of its suggestions about {percentage(expected.precision, 0)} are right, and they find about "
            f"{percentage(expected.recall, 0)} of the codings"
        )
    sentence += " (rough: from definitions alone)" if rough else ""
    return f"{sentence}. For more or fewer: --more, --fewer, or --recall 0.8."
