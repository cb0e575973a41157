"""The model's card: what it learned from, with what, and how it did on documents it had not seen."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fourp_nlp.classify import CodeClassifier, TrainedModel
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.embed import Encoder
    from fourp_nlp.training._set import TrainingSet

__all__ = ["training_facts", "with_card"]


def training_facts(
    data: TrainingSet,
    codebook: Codebook,
    encoder: Encoder,
    classifier: CodeClassifier,
    *,
    unit: str,
    seed: int,
    notice: str,
) -> dict[str, Any]:
    """Return what the card says of a training: data, codebook, encoder, counts and versions."""
    inside = data.in_documents & data.read
    packages = ("fourp_nlp", "numpy", "scikit-learn", "sentence-transformers", "spacy", "torch")
    return {
        "codebook": codebook.id,
        "codebook_version": codebook.version,
        "codebook_sha256": codebook.fingerprint(),
        "encoder": encoder.id,
        "unit": unit,
        "seed": seed,
        "notice": notice,
        "documents": len({name for name, own in zip(data.names, inside, strict=True) if own}),
        "segments_in_documents": int(inside.sum()),
        "coded_sentences": int((~data.in_documents).sum()),
        "segments_without_code": int((data.read & ~data.labels.any(axis=1)).sum()),
        "positives": {
            code: {
                "in_documents": int(data.labels[inside, column].sum()),
                "coded_sentences": int(data.labels[~data.in_documents, column].sum()),
                "learned": bool(classifier.learned_[column]),
                "threshold": round(float(classifier.thresholds_[column]), 3),
            }
            for column, code in enumerate(codebook.code_ids)
        },
        "versions": {name: version(name) for name in packages}
        | {"python": platform.python_version()},
    }


def with_card(
    model: TrainedModel, figures: list[dict[str, Any]], names: dict[str, str]
) -> TrainedModel:
    """Return the model with its card written out.

    Parameters
    ----------
    model : TrainedModel
        A trained model.
    figures : list of dict
        Out-of-fold figures, one dict a code: code, n, prevalence, precision, recall, f1, kappa.
    names : dict
        Display names of codes.

    Returns
    -------
    TrainedModel
        The same model; `card["out_of_fold"]` holds the figures and `card_text` the card.
    """
    facts = {**model.card, "out_of_fold": figures}
    return replace(model, card=facts, card_text=_card_text(model.name, facts, names))


def _card_text(name: str, facts: dict[str, Any], names: dict[str, str]) -> str:
    lines = [f"# Model card: {name}", ""]
    if facts["notice"]:
        lines += [f"> {facts['notice']}", ""]
    lines += [
        "A machine coder made by `fourp train`. It suggests codes with a probability; it decides nothing.",
        "",
        f"- Codebook: {facts['codebook']} {facts['codebook_version']}, SHA-256 `{facts['codebook_sha256']}`",
        f"- Encoder: `{facts['encoder']}` (name and beginning of the weights' SHA-256)",
        f"- Unit of coding: {facts['unit']}; seed {facts['seed']}",
        f"- Learned from {facts['documents']} documents with {facts['segments_in_documents']} segments, "
        f"and {facts['coded_sentences']} coded sentences outside them; "
        f"{facts['segments_without_code']} of all these carry no code.",
        "- Versions: " + ", ".join(f"{key} {value}" for key, value in facts["versions"].items()),
        "- This folder quotes the coded segments it learned from. Treat it as you treat the documents.",
        "",
        "## Per code",
        "",
        "Figures are out of fold: each document was coded by a model trained without it. The gold codes are",
        "those of the coder that the model learned from. `n` counts segments, and precision, recall, F1 and",
        "Cohen's kappa are of the suggestions over the threshold.",
        "",
        "| code | positives in documents | in coded sentences | threshold | n | prevalence "
        "| precision | recall | F1 | kappa |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    by_code = {figure["code"]: figure for figure in facts["out_of_fold"]}
    for code, counts in facts["positives"].items():
        figure = by_code.get(code, {})
        cells = [
            names.get(code, code) + ("" if counts["learned"] else " (by definition alone)"),
            str(counts["in_documents"]),
            str(counts["coded_sentences"]),
            f"{counts['threshold']:.2f}",
            str(figure.get("n", "–")),
            *(
                _number(figure.get(key))
                for key in ("prevalence", "precision", "recall", "f1", "kappa")
            ),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.3f}"  # noqa: PLR0124 - nan is not equal to itself
