"""The machine coder, for the methods text: what it is, what it learned from, what it suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from fourp_nlp.errors import StoreError
from fourp_nlp.reporting import GuaranteeFacts, MachineFacts
from fourp_nlp.study.machine.out_of_fold import card_table
from fourp_nlp.study.machine.precision_guarantee import stored_guarantee
from fourp_nlp.study.machine.training import is_up_to_date
from fourp_nlp.study.measuring.measures import reconcile_with_gold
from fourp_nlp.study.reporting._paths import without_folders
from fourp_nlp.tables import CALIBRATION

if TYPE_CHECKING:
    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.study import Study

__all__ = ["machine_facts", "model_of_suggestions"]

_POSITIVES = ("in_documents", "documents", "coded_sentences", "threshold", "learned", "uncertain")


def model_of_suggestions(study: Study) -> TrainedModel | None:
    """Return the model that made the suggestions.

    None without suggestions. Raises StoreError if the suggestions are by another model than there
    is now.
    """
    machine = study.machine
    if not machine:
        return None
    model = study.model
    if model.id != machine:
        raise StoreError(
            f"The suggestions are by {machine}, and the model is {model.id} now.",
            file=study.project.store,
            cure="Run `fourp suggest`.",
        )
    return model


def machine_facts(study: Study, model: TrainedModel) -> MachineFacts:
    """Return what the machine coder is and did.

    They are from its card, the suggestions, and their reconciliation with gold codes.
    """
    kind: Literal["own", "shipped", "definitions"] = "shipped"
    if study.project.model.exists():
        kind = "own"
    elif model.zero_shot:
        kind = "definitions"
    is_current = kind == "own" and is_up_to_date(study)
    card = {} if kind == "definitions" else model.card
    reconciled = reconcile_with_gold(study)
    compared = reconciled[reconciled["machine"]]
    return MachineFacts(
        id=model.id,
        kind=kind,
        encoder=without_folders(model.encoder_id, study.project.root),
        learned_from=study.gold.reference if is_current else "",
        documents=int(card.get("documents", 0)),
        segments=int(card.get("segments_in_documents", 0)),
        coded_sentences=int(card.get("coded_sentences", 0)),
        seed=int(card.get("seed", 0)),
        version=str(card.get("versions", {}).get("fourp_nlp", "")),
        positives=pd.DataFrame(
            [
                {"code": code} | {name: counts[name] for name in _POSITIVES}
                for code, counts in card.get("positives", {}).items()
            ],
            columns=["code", *_POSITIVES],
        ),
        calibration=card_table(card, "calibration", CALIBRATION),
        fine_tuned=card.get("fine_tuned") or {},
        suggestions=int(study.suggestions["suggested"].sum()),
        compared=len(compared),
        confirmed=int(compared["gold"].sum()),
        standing=int(compared["settled"].sum()),
        guarantee=_guarantee_facts(study),
    )


def _guarantee_facts(study: Study) -> GuaranteeFacts | None:
    promises, sentence = stored_guarantee(study.project)
    if not sentence:
        return None
    stored = study.store.read_facts()["promise"]
    assert isinstance(stored, dict)  # noqa: S101 - else `stored_guarantee` would be empty
    if not stored.get("together"):
        return None  # an earlier version's, code by code: the screen says to suggest again
    return GuaranteeFacts(
        precision=float(stored["precision"]),
        confidence=float(stored["confidence"]),
        codes=int((promises["reason"] == "").sum()),
        codes_in_all=len(promises),
        accepted=int(promises["accepted"].sum()),
    )
