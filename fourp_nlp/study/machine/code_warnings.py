"""Warnings about codes for which the machine has learned from too little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fourp_nlp.machine.calibration import FEW_DOCUMENTS, FEW_POSITIVES

if TYPE_CHECKING:
    from fourp_nlp.machine.classifier import TrainedModel

__all__ = ["cautions"]

_LISTED = 12


def cautions(model: TrainedModel) -> list[str]:
    """Return sentences on codes that were not learned, or whose figures rest on little.

    Parameters
    ----------
    model : TrainedModel
        A trained model; of one that works from definitions alone there is nothing to say here.

    Returns
    -------
    list of str
        None if every code was learned from enough.
    """
    facts: dict[str, dict[str, Any]] = model.card.get("positives", {})
    everywhere = [code for code, fact in facts.items() if fact.get("everywhere")]
    alone = [code for code in facts if not facts[code]["learned"] and code not in everywhere]
    least = model.classifier.min_positives
    # A code that nobody has looked for yet is lacked by few segments, too, and is rare.
    common = [
        code
        for code in alone
        if facts[code].get("without", least) < least and facts[code]["in_documents"] >= least
    ]
    rare = [code for code in alone if code not in common]
    uncertain = [
        f"{code} ({_positives(fact)})"
        for code, fact in facts.items()
        if fact["learned"] and fact.get("uncertain")
    ]
    notes = []
    if rare:
        notes.append(
            f"Few coded segments or documents have {_listed(rare)}: suggestions rest mostly on the "
            "definition."
        )
    if common:
        notes.append(
            f"Few segments lack {_listed(common)}: suggestions rest mostly on the definition."
        )
    if everywhere:
        notes.append(
            f"Every segment that was read carries {_listed(everywhere)}: suggested everywhere, with "
            "the same probability. A code that divides nothing needs no machine."
        )
    if uncertain:
        notes.append(
            f"Uncertain, because documents have too few codings: {_listed(uncertain)}. With fewer than "
            f"{FEW_POSITIVES} positive segments, or in fewer than {FEW_DOCUMENTS} documents, take "
            "figures, probabilities and threshold as rough; code more (`fourp next`)."
        )
    return notes


def _positives(fact: dict[str, Any]) -> str:
    count, documents = fact["in_documents"], fact["documents"]
    if not count:
        return "no positives"
    return (
        f"{count} positive{'' if count == 1 else 's'} in {documents} "
        f"document{'' if documents == 1 else 's'}"
    )


def _listed(items: list[str]) -> str:
    more = len(items) - _LISTED
    return ", ".join(items[:_LISTED]) + (f" and {more} more" if more > 0 else "")
