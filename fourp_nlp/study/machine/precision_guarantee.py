"""Precision guarantees: conditions, calculation and storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.coding.store import Store
from fourp_nlp.errors import ModelError
from fourp_nlp.machine.acceptance import accept
from fourp_nlp.tables import PROMISES, conform, empty

if TYPE_CHECKING:
    from fourp_nlp.machine.acceptance import Accepted
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.project import Project

__all__ = [
    "PrecisionTarget",
    "apply_guarantee",
    "guarantee_facts",
    "guarantee_sentence",
    "precision_target",
    "reason_without_guarantee",
    "stored_guarantee",
]

_CODE = "Code some of your documents and run `fourp train`."


@dataclass(frozen=True)
class PrecisionTarget:
    """A precision to be guaranteed.

    Attributes
    ----------
    precision, confidence : float
        Which, and how surely.
    asked : bool
        Whether it was asked for in this very command, and not only in the settings.
    """

    precision: float
    confidence: float
    asked: bool


def precision_target(
    project: Project | None, precision: float | None, confidence: float | None
) -> PrecisionTarget | None:
    """Return the precision to be guaranteed, from the command or the settings; None without one.

    Parameters
    ----------
    project : Project or None
        The project, if there is one.
    precision, confidence : float or None
        What the command says.

    Returns
    -------
    PrecisionTarget or None
        None without one.

    Raises
    ------
    ModelError
        If only a confidence is given.
    """
    settings = project.settings.model if project else None
    target = precision if precision is not None else (settings.precision if settings else None)
    if target is None:
        if confidence is not None:
            raise ModelError("A confidence needs a precision.", cure="Add --precision 0.9.")
        return None
    confidence_level = (
        confidence if confidence is not None else (settings.confidence if settings else 0.9)
    )
    return PrecisionTarget(target, confidence_level, asked=precision is not None)


def apply_guarantee(
    suggestions: pd.DataFrame,
    sha256: pd.Series,
    model: TrainedModel,
    target: PrecisionTarget,
    *,
    own_model: bool,
    unit: str,
    unlike: int = 0,
) -> tuple[Accepted | None, list[str]]:
    """Accept suggestions with a guaranteed precision, if this model can guarantee any.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        Table of suggestions.
    sha256 : pandas.Series
        SHA-256 of the text of each row's document.
    model : TrainedModel
        The machine coder.
    target : PrecisionTarget
        The precision.
    own_model : bool
        Whether the model learned from the project's own gold codes.
    unit : str
        The unit of coding here.
    unlike : int, default 0
        How many of the documents are unlike everything that the model learned from.

    Returns
    -------
    accepted : Accepted or None
        None if nothing can be guaranteed and only the settings ask for a precision.
    notes : list of str
        Sentences for the reader.

    Raises
    ------
    ModelError
        If nothing can be guaranteed and the command asked for it.
    """
    why_not = reason_without_guarantee(
        model, own_model=own_model, unit=unit, requested=target.asked
    )
    if why_not:
        return None, [
            f"{why_not}: no precision can be guaranteed, and nothing is accepted. {_CODE}"
        ]
    result = accept(
        suggestions,
        sha256.tolist(),
        model,
        precision=target.precision,
        confidence=target.confidence,
        unlike=unlike,
    )
    return result, [guarantee_sentence(result.promises, target.precision, target.confidence)]


def reason_without_guarantee(
    model: TrainedModel, *, own_model: bool, unit: str, requested: bool
) -> str:
    """Return why a model can guarantee no precision at all; empty if it can.

    Parameters
    ----------
    model : TrainedModel
        The machine coder.
    own_model : bool
        Whether it learned from the project's own gold codes.
    unit : str
        The unit of coding here.
    requested : bool
        Whether the command asked for a precision.

    Returns
    -------
    str
        A clause.

    Raises
    ------
    ModelError
        If it can guarantee none and the command asked for it.
    """
    why_not = ""
    if model.zero_shot and not len(model.out_of_fold.documents):
        why_not = (
            "The machine works from the definitions alone, and no person has coded its suggestions"
        )
    elif not own_model:
        why_not = "The model that comes with fourp_nlp learned from fiction, not from documents like yours"
    elif model.unit != unit:
        why_not = f"The model learned from {model.unit}s and was never judged on {unit}s"
    if why_not and requested:
        raise ModelError(f"{why_not}: no precision can be guaranteed.", cure=_CODE)
    return why_not


def guarantee_sentence(
    promises: pd.DataFrame, precision: float, confidence: float, *, together: bool = True
) -> str:
    """Describe the precision guarantees, and name the codes without one.

    Parameters
    ----------
    promises : pandas.DataFrame
        The table PROMISES.
    precision, confidence : float
        What was asked for.
    together : bool, default True
        Whether the confidence is that all guarantees hold; in earlier versions it was not.

    Returns
    -------
    str
        A few sentences.
    """
    codes_without = promises.loc[promises["reason"] != "", "code"].tolist()
    n_guaranteed = len(promises) - len(codes_without)
    n_codes = f"{len(promises)} code{'' if len(promises) == 1 else 's'}"
    sentence = f"A precision of {precision:g} is guaranteed for {n_guaranteed} of {n_codes}"
    if n_guaranteed and together:
        what_holds = "this guarantee holds" if n_guaranteed == 1 else "all of these guarantees hold"
        sentence += f", with a confidence of {confidence:g} that {what_holds}"
    sentence += (
        f": {int(promises['accepted'].sum())} suggestions are accepted, "
        f"{int(promises['left'].sum())} are not: people decide on them."
    )
    if not together:
        sentence += (
            f" The confidence of {confidence:g} is from an earlier version, where it did not hold for all "
            "guarantees together: run `fourp suggest` again."
        )
    if codes_without:
        names = ", ".join(codes_without)
        sentence += f" No guarantee for: {names}; the table says what would be needed."
    return sentence


def guarantee_facts(accepted: Accepted | None) -> dict[str, object]:
    """Return the facts about a precision guarantee that the database keeps.

    Parameters
    ----------
    accepted : Accepted or None
        What was accepted.

    Returns
    -------
    dict
        One entry; none without a guarantee.
    """
    if accepted is None:
        return {}
    rows = accepted.promises.astype(object).where(accepted.promises.notna(), None)
    return {
        "promise": {
            "precision": accepted.precision,
            "confidence": accepted.confidence,
            "together": True,
            "correlation": round(accepted.correlation, 4),
            "codes": rows.to_dict("records"),
        }
    }


def stored_guarantee(project: Project) -> tuple[pd.DataFrame, str]:
    """Return the precision guarantees of the suggestions in a project's database.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    promises : pandas.DataFrame
        The table PROMISES; without rows if no precision was asked for.
    sentence : str
        What is guaranteed, as a sentence; empty if no precision was asked for.
    """
    facts = Store(project.store).read_facts().get("promise")
    if not isinstance(facts, dict):
        return empty(PROMISES), ""
    promises = conform(pd.DataFrame(facts["codes"]), PROMISES)
    sentence = guarantee_sentence(
        promises,
        float(facts["precision"]),
        float(facts["confidence"]),
        together=bool(facts.get("together")),
    )
    return promises, sentence
