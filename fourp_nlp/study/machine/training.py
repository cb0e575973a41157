"""Training the machine coder of a study, and checking whether it is up to date."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.agreement import agreement_table
from fourp_nlp.errors import ModelError
from fourp_nlp.machine.classifier import check_place, save_model
from fourp_nlp.machine.coded_sentences import read_coded_sentences
from fourp_nlp.machine.encoder import EmbeddingCache, load_encoder
from fourp_nlp.machine.fine_tuning import Recipe
from fourp_nlp.machine.training import train, training_set, with_card
from fourp_nlp.study.changes import changing, journal_of
from fourp_nlp.study.machine.out_of_fold import diagram, out_of_fold_tables
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.reading.assisted import bulk_decisions
from fourp_nlp.study.reading.corpus import Watch, no_progress, other_languages

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.machine.classifier import TrainedModel
    from fourp_nlp.study.labels import Labels
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

__all__ = [
    "encoder_name",
    "is_up_to_date",
    "learned_and_measured",
    "train_project",
    "training_fingerprint",
]


def train_project(
    study: Study,
    *,
    fine_tune: bool | None = None,
    into: Path | None = None,
    watch: Watch = no_progress,
) -> TrainedModel:
    """Learn from a project's gold codes and save the model.

    Parameters
    ----------
    study : Study
        The study.
    fine_tune : bool, optional
        Fine-tune the encoder as well. Default: as the settings say.
    into : pathlib.Path, optional
        Save the model in this folder, and leave the project's as it is.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    TrainedModel
        The saved model.

    Raises
    ------
    GoldError
        If there is nothing to learn from, or only one document to fine-tune on.
    EncoderError
        If the encoder cannot be fine-tuned.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    project.check_writable()
    check_place(into or project.model)
    fine_tune = project.settings.model.fine_tune if fine_tune is None else fine_tune
    sentences = read_coded_sentences(project.coded_sentences, codebook.code_ids)
    human, blind = learned_and_measured(study)
    chosen, labels, coded, read = human.segments, human.labels, human.read, human.looked_for
    # One column says all as long as no code is newer than what was read.
    looked_for = coded if (read == coded[:, None]).all() else read
    data = training_set(
        chosen, labels, corpus.sha256, sentences, codebook.code_ids, coded=looked_for
    )
    model = train(
        data,
        codebook,
        load_encoder(encoder_name(project)),
        name=project.settings.model.name,
        unit=project.settings.unit,
        seed=project.settings.model.seed,
        notice=project.settings.notice,
        cache=EmbeddingCache(project.cache),
        embedding_progress=watch("embedding"),
        recipe=Recipe() if fine_tune else None,
        rounds=project.cache.with_name("fine_tuning"),
        quotes=project.settings.model.examples,
        other_text=project.settings.model.other_text,
        # In the order in which they go on: each is a bar on the screen.
        tuning_progress=watch("fine-tuning") if fine_tune else None,
        fitting_progress=watch("training"),
    )
    if blind is not human:
        measured = replace(model.out_of_fold, labels=blind.labels, read=blind.looked_for)
        model = replace(model, out_of_fold=measured)
    facts_out_of_fold = out_of_fold_tables(
        model, blind.labels, blind.looked_for, seed=project.settings.model.seed
    )
    model = with_card(
        model,
        _out_of_fold_figures(model, blind.labels, blind.looked_for),
        codebook.names,
        unseen=facts_out_of_fold,
        diagram=diagram(
            facts_out_of_fold,
            codebook.names,
            title=f"Are the probabilities of {model.name} right?",
        ),
    )
    data_hash = training_fingerprint(study)
    model = replace(model, card={**model.card, "fingerprint_of_data": data_hash})
    if into is not None:
        return save_model(model, into)
    with changing(project.root):
        saved = save_model(model, project.model, journal=journal_of(project.root))
    study.forget("own_model", "model")
    return saved


def learned_and_measured(study: Study) -> tuple[Labels, Labels]:
    """Return the reference coder's labels to learn from, and those to measure the machine with.

    Both are of the same segments. What a person decided suggestion by suggestion is learned from, what was
    accepted in bulk is not; the machine is measured on what was coded without suggestions.
    """
    coder = study.gold.reference
    if study.gold.blind is None:
        labels = study.labels(coder).of_read_documents
        return labels, labels
    learned, blind = study.labels(coder), study.coded_blind().labels(coder)
    looked_for = learned.looked_for & ~(bulk_decisions(study, coder) & ~blind.looked_for)
    learned = replace(
        learned, looked_for=looked_for, read=np.asarray(looked_for.any(axis=1)) | blind.read
    )
    documents = learned.segments["document"]
    of_documents = documents.isin(set(documents[learned.read])).to_numpy(dtype=bool)
    return learned.where(of_documents), blind.where(of_documents)


def training_fingerprint(study: Study) -> str:
    """Return a hash of all that a training would use: equal hashes, equal model.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    gold = study.coded_blind().gold
    documents_of_reference = gold.coded.get(gold.reference, frozenset())
    codings = gold.codings[gold.codings["coder"] == gold.reference]
    rows = codings.sort_values(["document", "start", "end", "code"])
    content = {
        "codebook": codebook.fingerprint(),
        "encoder": load_encoder(encoder_name(project)).id,
        "unit": project.settings.unit,
        "seed": project.settings.model.seed,
        "name": project.settings.model.name,
        "documents": sorted(
            (name, sha) for name, sha in corpus.sha256.items() if name in documents_of_reference
        ),
        "codings": rows[["document", "start", "end", "code"]].to_numpy().tolist(),
        "sentences": [
            hashlib.sha256(path.read_bytes()).hexdigest() for path in project.coded_sentences
        ],
        "package": version("fourp_nlp"),
    }
    if project.settings.model.fine_tune:
        content["fine_tune"] = True
    if not project.settings.model.examples:
        content["examples"] = False
    if project.settings.model.other_text:
        content["other_text"] = True
    languages = {
        name: language
        for name, language in other_languages(corpus).items()
        if name in documents_of_reference
    }
    if languages:
        content["languages"] = sorted(languages.items())
    if gold.rule != "majority":
        content["rule"] = gold.rule
    new_codes = gold.read[(gold.read["coder"] == gold.reference) & (gold.read["without"] != "")]
    if len(new_codes):
        place = ["document", "start", "end", "without"]
        content["without"] = new_codes[place].sort_values(place).to_numpy().tolist()
    applicable = applies_to_segments(corpus, codebook)
    if codebook.applies_to or not applicable.all():
        content["applies"] = hashlib.sha256(np.packbits(applicable).tobytes()).hexdigest()
    parts = gold.read[(gold.read["coder"] == gold.reference) & (gold.read["scope"] == "segment")]
    if len(parts):
        spans = parts[["document", "start", "end"]].sort_values(["document", "start", "end"])
        content["read"] = spans.to_numpy().tolist()
    learned, blind = learned_and_measured(study)
    if (learned.looked_for != blind.looked_for).any():
        decided = np.packbits([learned.labels & learned.looked_for, learned.looked_for]).tobytes()
        content["assisted"] = hashlib.sha256(decided).hexdigest()
    return hashlib.sha256(json.dumps(content, default=int).encode()).hexdigest()


def is_up_to_date(study: Study) -> bool:
    """Return whether the project's model was trained on the present data and settings.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    bool
        False too if there is no model or it cannot be read.
    """
    try:
        model = study.own_model
    except ModelError:
        return False
    fingerprint = training_fingerprint(study)
    return bool(model.card.get("fingerprint_of_data") == fingerprint)


def encoder_name(project: Project) -> str:
    """Return the encoder's name, or its folder if that lies in the project."""
    inside = project.root / project.settings.encoder
    return str(inside) if inside.is_dir() else project.settings.encoder


def _out_of_fold_figures(
    model: TrainedModel, labels: NDArray[np.bool_], read: NDArray[np.bool_]
) -> list[dict[str, Any]]:
    out_of_fold = model.out_of_fold
    if not out_of_fold.documents or model.from_one_document or not read.any():
        return []
    table = agreement_table(
        labels,
        out_of_fold.suggested,
        codes=model.codes,
        themes=model.themes,
        documents=out_of_fold.documents,
        compared=read,
        coder_a="gold",
        coder_b=model.name,
        resamples=0,
    )
    rows = table[table["level"] == "code"]
    wide = rows.pivot(index="code", columns="coefficient", values="value").loc[model.codes]
    coefficient_of = {
        "precision": "precision",
        "recall": "recall",
        "f1": "f1",
        "kappa": "cohen_kappa",
    }
    values = {
        name: wide[column].to_numpy(dtype=np.float64) for name, column in coefficient_of.items()
    }
    counts = read.sum(axis=0)
    with np.errstate(invalid="ignore"):
        prevalence = (labels & read).sum(axis=0) / counts
    return [
        {
            "code": code,
            "n": int(counts[column]),
            "prevalence": _plain(prevalence[column]),
            **{name: _plain(value[column]) for name, value in values.items()},
        }
        for column, code in enumerate(model.codes)
    ]


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
