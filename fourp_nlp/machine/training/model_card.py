"""The model card: training data, settings and versions, and figures on documents left out of training."""

from __future__ import annotations

import platform
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.machine.calibration import BINS, FEW_DOCUMENTS, FEW_POSITIVES, is_uncertain
from fourp_nlp.machine.encoder import packages_of
from fourp_nlp.number_format import ABSENT, fixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.machine.classifier import CodeClassifier, TrainedModel
    from fourp_nlp.machine.encoder import Encoder
    from fourp_nlp.machine.fine_tuning import Recipe
    from fourp_nlp.machine.training.training_set import TrainingSet

__all__ = ["training_facts", "with_card"]

_DIAGRAM = "reliability.svg"
_CONFUSED = 10  # pairs of confused codes on the card
_TWICE = 2  # a pair that was confused once only is no pattern


def training_facts(
    data: TrainingSet,
    codebook: Codebook,
    encoder: Encoder,
    classifier: CodeClassifier,
    *,
    unit: str,
    seed: int,
    notice: str,
    recipe: Recipe | None = None,
    quotes: bool = True,
) -> dict[str, Any]:
    """Return what the card says of a training: data, codebook, encoder, counts and versions.

    Without quotes, the codebook's examples stand there as hashes, and `examples` is False.
    """
    inside = data.in_documents & data.read
    names = np.asarray(data.names, dtype=object)
    packages = ["fourp_nlp", "numpy", "scikit-learn", "spacy", *packages_of(encoder.id)]
    if recipe and "torch" not in packages:
        packages.append("torch")
    return {
        "codebook": codebook.id,
        "codebook_version": codebook.version,
        "codebook_sha256": codebook.fingerprint(),
        "encoder": encoder.id,
        "unit": unit,
        "seed": seed,
        "notice": notice,
        "fine_tuned": asdict(recipe) | {"share": classifier.tuned_share_} if recipe else None,
        "documents": len(
            {name for name, is_inside in zip(data.names, inside, strict=True) if is_inside}
        ),
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
            | _evidence(
                data.labels[inside, column],
                names[inside],
                data.labels[data.looked_for[:, column], column],
            )
            | {"everywhere": bool(np.isfinite(classifier.constant_[column]))}
            for column, code in enumerate(codebook.code_ids)
        },
        "wording": (codebook if quotes else codebook.without_quotes()).wording(),
        "versions": {name: version(name) for name in packages}
        | {"python": platform.python_version()},
    } | ({} if quotes else {"examples": False})


def _evidence(
    in_documents: NDArray[np.bool_], names: NDArray[np.object_], read: NDArray[np.bool_]
) -> dict[str, Any]:
    """Return in how many documents a code stands, whether that is enough, and what lacks the code."""
    documents = len(set(names[in_documents]))
    return {
        "documents": documents,
        "uncertain": is_uncertain(int(in_documents.sum()), documents),
        "without": int((~read).sum()),
    }


def with_card(
    model: TrainedModel,
    figures: list[dict[str, Any]],
    names: dict[str, str],
    *,
    unseen: dict[str, list[dict[str, Any]]] | None = None,
    diagram: str = "",
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
    unseen : dict, optional
        Rows of `calibration`, `reliability` and `histogram`, and of `confused` codes.
    diagram : str, optional
        The reliability diagram, as the content of an SVG file.

    Returns
    -------
    TrainedModel
        The same model; `card["out_of_fold"]` and the keys of `unseen` hold the figures,
        `card_text` the card and `diagram` the diagram beside it.
    """
    facts = {**model.card, "out_of_fold": figures, **(unseen or {})}
    text = _card_text(model.name, facts, names, drawn=bool(diagram))
    return replace(model, card=facts, card_text=text, diagram=diagram)


def _card_text(name: str, facts: dict[str, Any], names: dict[str, str], *, drawn: bool) -> str:
    lines = [f"# Model card: {name}", ""]
    if facts["notice"]:
        lines += [f"> {facts['notice']}", ""]
    lines += [
        "This model suggests codes, each with a probability. People decide. `fourp train` made it.",
        "",
        f"- Codebook: {facts['codebook']} {facts['codebook_version']}, SHA-256 `{facts['codebook_sha256']}`",
        f"- Encoder: `{facts['encoder']}` (name and beginning of the weights' SHA-256)",
        f"- Unit of coding: {facts['unit']}; seed {facts['seed']}",
        f"- Training data: {facts['documents']} documents with {facts['segments_in_documents']} segments, "
        f"and {facts['coded_sentences']} coded sentences outside them. "
        f"{facts['segments_without_code']} of all these have no code.",
        *(
            [
                "- Meant for other text than these documents: long passages of coded sentences also "
                "showed it how common the codes are."
            ]
            if facts.get("other_text")
            else []
        ),
        *_fine_tuned(facts.get("fine_tuned")),
        "- Versions: " + ", ".join(f"{key} {value}" for key, value in facts["versions"].items()),
        _quoting(facts),
        "",
        "## Per code",
        "",
        "All figures are out of fold: each document was coded by a model trained without it. They compare",
        "the suggestions with the codes of the coder that the model learned from. `n` is the number of",
        "segments. A code is *uncertain* if it has fewer than "
        f"{FEW_POSITIVES} positive segments in documents, or positive",
        f"segments in fewer than {FEW_DOCUMENTS} documents: one segment more or less would then change its "
        "figures and its",
        "threshold.",
        "",
        "| code | positives in documents | documents | in coded sentences | threshold | n | prevalence "
        "| precision | recall | F1 | kappa |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    by_code = {figure["code"]: figure for figure in facts["out_of_fold"]}
    for code, counts in facts["positives"].items():
        figure = by_code.get(code, {})
        cells = [
            _cell(names.get(code, code)) + _mark(counts),
            str(counts["in_documents"]),
            str(counts["documents"]),
            str(counts["coded_sentences"]),
            fixed(counts["threshold"]),
            str(figure.get("n", "–")),
            *(
                _number(figure.get(key))
                for key in ("prevalence", "precision", "recall", "f1", "kappa")
            ),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += _probabilities(facts, names, drawn=drawn)
    lines += _taken_for(facts, names)
    return "\n".join(lines) + "\n"


def _quoting(facts: dict[str, Any]) -> str:
    """Say whether the folder holds people's words."""
    if facts.get("examples", True):
        return (
            "- This folder quotes the coded segments that the model learned from. Protect it as you protect "
            "the documents."
        )
    return (
        "- This folder has no quotations (`examples = false`): it contains no words of documents, of coded "
        "sentences or of the codebook's examples, and no names of documents. It contains numbers learned "
        "from them. With these, it can be tested whether a given sentence was in the training data: do not "
        "publish the folder if that must not become known."
    )


def _fine_tuned(recipe: dict[str, Any] | None) -> list[str]:
    """Say how the encoder was fine-tuned, if it was."""
    if not recipe:
        return []
    return [
        f"- Fine-tuned: {recipe['folds']} networks, each on another {recipe['folds'] - 1} of "
        f"{recipe['folds']} parts of the documents: the upper {recipe['layers']} layers of the encoder, "
        f"{recipe['rounds']} rounds, {recipe['chunk']} tokens at once, learning rate {recipe['rate']:g}. "
        f"Their weight in the score is {fixed(recipe['share'], 1)}, chosen out of fold. Probabilities and "
        "thresholds were fitted to their out-of-fold predictions."
    ]


def _mark(counts: dict[str, Any]) -> str:
    """Return what must be known of a code beside its name."""
    if counts["everywhere"]:
        return " (every segment carries it)"
    if not counts["learned"]:
        return " (mostly by definition)"
    return " (uncertain)" if counts["uncertain"] else ""


def _probabilities(facts: dict[str, Any], names: dict[str, str], *, drawn: bool) -> list[str]:
    rows = facts.get("calibration", [])
    if not rows:
        return []
    lines = ["", "## Are the probabilities right?", ""]
    if drawn:
        lines += [
            f"![Reliability diagram: predicted probability and observed share]({_DIAGRAM})",
            "",
            "Each dot is a bin of similar probabilities; all bins have the same expected number of positive",
            "segments. On the dashed line, probabilities equal observed shares. Above it they are too low,",
            "below it too high. If every probability were right, 95 of 100 dots would lie within their grey",
            "bars (consistency resampling, Bröcker & Smith 2007). The bars treat segments as independent, so",
            "they are a little too narrow where segments of a document are alike. Small diagrams show single",
            "codes that are not uncertain.",
            "",
        ]
    lines += [
        "Out of fold, on segments that people read. *Mean probability*: equal to the prevalence if",
        "probabilities are right. *Brier*: Brier score, 0 is best. *Skill*: Brier skill score against always",
        "predicting the prevalence; 1 is best, 0 is no better than that.",
        f"*ECE*: expected calibration error over {BINS} bins of equally many segments (Naeini et al. 2015).",
        "*ECE by chance*: its mean if every probability were right. *Slope* and *intercept*: calibration",
        "line of outcomes on log odds (Cox 1958), 1 and 0 if calibrated; with a slope below 1 the model is",
        "overconfident. 95% intervals are by document, and never narrower than the number of positive",
        "segments allows.",
        "",
        "| code | n | prevalence | mean probability | Brier | skill | ECE | ECE by chance | slope "
        "| intercept |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    marks = {code: _mark(counts) for code, counts in facts["positives"].items()}
    for row in rows:
        code = row["code"]
        cells = [
            _cell(names.get(code, code)) + marks[code] if code else "all codes, pooled",
            str(row["n"]),
            _number(row["prevalence"]),
            _number(row["mean_probability"]),
            _number(row["brier"], row["brier_low"], row["brier_high"]),
            _number(row["skill"], row["skill_low"], row["skill_high"]),
            _number(row["ece"]),
            _number(row["ece_if_calibrated"]),
            _number(row["slope"], row["slope_low"], row["slope_high"]),
            _number(row["intercept"], row["intercept_low"], row["intercept_high"]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    cautions = [
        f"- {_cell(names.get(row['code'], row['code'])) or 'All codes, pooled'}: {row['caution']}."
        for row in rows
        if row.get("caution")
    ]
    return [*lines, "", *cautions] if cautions else lines


def _taken_for(facts: dict[str, Any], names: dict[str, str]) -> list[str]:
    if not facts.get("calibration"):
        return []
    rows = [row for row in facts.get("confused", []) if row["segments"] >= _TWICE][:_CONFUSED]
    lines = ["", "## Confused codes", ""]
    if not rows:
        return [*lines, "No two codes were confused in two segments or more."]
    lines += [
        "Segments to which people gave the first code and not the second, and the model, out of fold, the",
        "second and not the first. *Of*: segments to which people gave the first code. *Expected*: how many",
        "such segments there would be if the two errors were independent. *Lift*: segments over expected.",
        "`fourp report` quotes examples.",
        "",
        "| code | confused with | segments | of | expected | lift |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [
            *(_cell(names.get(row[key], row[key])) for key in ("code", "taken_for")),
            str(row["segments"]),
            str(row["coded"]),
            fixed(row["expected"], 1),
            fixed(row["lift"], 1),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _cell(text: str) -> str:
    """Return a name for a cell of a Markdown table."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _number(value: float | None, low: float | None = None, high: float | None = None) -> str:
    if value is None or value != value:  # noqa: PLR0124 - nan is not equal to itself
        return ABSENT
    interval = "" if low is None or high is None else f" ({fixed(low, 3)} to {fixed(high, 3)})"
    return f"{fixed(value, 3)}{interval}"
