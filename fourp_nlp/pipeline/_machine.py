"""The machine's steps: train, choose a model, suggest, and find the suggestions again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from fourp_nlp.agreement import agreement_table
from fourp_nlp.classify import load_model, save_model
from fourp_nlp.codebook import Codebook, read_codebook
from fourp_nlp.coded_sentences import read_coded_sentences
from fourp_nlp.documents import read_documents
from fourp_nlp.embed import EmbeddingCache, embed, load_encoder
from fourp_nlp.errors import CodebookError, ModelError, StoreError
from fourp_nlp.pipeline._corpus import Corpus, Gold, Watch, gold_labels, unwatched
from fourp_nlp.segment import segment
from fourp_nlp.shipped import shipped_codebook, shipped_model
from fourp_nlp.store import Store
from fourp_nlp.suggest import suggest
from fourp_nlp.training import train, training_set, with_card, zero_shot_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.classify import TrainedModel
    from fourp_nlp.project import Project

__all__ = [
    "Suggested",
    "SuggestedFiles",
    "choose_model",
    "is_up_to_date",
    "stored_suggestions",
    "suggest_corpus",
    "suggest_files",
    "suggestion_matrix",
    "train_project",
]


@dataclass(frozen=True)
class Suggested:
    """Suggestions and what made them."""

    suggestions: pd.DataFrame
    model: TrainedModel
    notes: list[str] = field(default_factory=list)


def train_project(
    project: Project, corpus: Corpus, gold: Gold, codebook: Codebook, *, watch: Watch = unwatched
) -> TrainedModel:
    """Learn from a project's gold codes and save the model.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    TrainedModel
        The saved model.

    Raises
    ------
    GoldError
        If there is nothing to learn from.
    """
    sentences = read_coded_sentences(project.coded_sentences, codebook.code_ids)
    chosen, labels = gold_labels(corpus, gold, codebook, gold.reference)
    data = training_set(chosen, labels, corpus.sha256, sentences, codebook.code_ids)
    model = train(
        data,
        codebook,
        load_encoder(_encoder_name(project)),
        name=project.settings.model.name,
        unit=project.settings.unit,
        seed=project.settings.model.seed,
        notice=project.settings.notice,
        cache=EmbeddingCache(project.cache),
        embedding_progress=watch("embedding"),
        fitting_progress=watch("training"),
    )
    model = with_card(model, _out_of_fold_figures(model, labels), codebook.names)
    return save_model(
        replace(
            model,
            card={
                **model.card,
                "fingerprint_of_data": training_fingerprint(project, corpus, gold, codebook),
            },
        ),
        project.model,
    )


def training_fingerprint(project: Project, corpus: Corpus, gold: Gold, codebook: Codebook) -> str:
    """Return a hash of all that a training would use: equal hashes, equal model.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    own = gold.coded.get(gold.reference, frozenset())
    codings = gold.codings[gold.codings["coder"] == gold.reference]
    rows = codings.sort_values(["document", "start", "end", "code"])
    content = {
        "codebook": codebook.fingerprint(),
        "encoder": load_encoder(_encoder_name(project)).id,
        "unit": project.settings.unit,
        "seed": project.settings.model.seed,
        "name": project.settings.model.name,
        "documents": sorted((name, sha) for name, sha in corpus.sha256.items() if name in own),
        "codings": rows[["document", "start", "end", "code"]].to_numpy().tolist(),
        "sentences": [
            hashlib.sha256(path.read_bytes()).hexdigest() for path in project.coded_sentences
        ],
        "package": version("fourp_nlp"),
    }
    return hashlib.sha256(json.dumps(content, default=int).encode()).hexdigest()


def is_up_to_date(project: Project, corpus: Corpus, gold: Gold, codebook: Codebook) -> bool:
    """Return whether the project's model was trained on exactly what there is now.

    Parameters
    ----------
    project : Project
        The project.
    corpus, gold, codebook
        What was read from it.

    Returns
    -------
    bool
        False too if there is no model or it cannot be read.
    """
    try:
        model = load_model(project.model)
    except ModelError:
        return False
    wanted = training_fingerprint(project, corpus, gold, codebook)
    return bool(model.card.get("fingerprint_of_data") == wanted)


def choose_model(
    project: Project | None,
    codebook: Codebook,
    *,
    encoder: str | None = None,
    unit: str = "sentence",
) -> tuple[TrainedModel, list[str]]:
    """Return the machine coder for a codebook, and what a person should know about it.

    Parameters
    ----------
    project : Project or None
        The project, if there is one; its own model comes first.
    codebook : Codebook
        The codebook.
    encoder : str, optional
        Name of the encoder.
    unit : str
        The unit of coding.

    Returns
    -------
    model : TrainedModel
        The project's model; else the shipped one if the codebook is the shipped one; else one that
        works from the definitions alone.
    notes : list of str
        Sentences for the reader.

    Raises
    ------
    ModelError
        If the project's model was trained for other codes or with another encoder.
    """
    name = encoder or (_encoder_name(project) if project else None)
    wanted = load_encoder(name) if name else load_encoder()
    if project is not None and project.model.exists():
        model = load_model(project.model)
        if model.codes != codebook.code_ids:
            raise ModelError(
                "The model was trained for other codes than the codebook now has.",
                file=project.model,
                cure="Run `fourp train`.",
            )
        if model.encoder_id != wanted.id:
            raise ModelError(
                f"The model was trained with the encoder {model.encoder_id}, and {wanted.id} is set.",
                file=project.model,
                cure="Run `fourp train`, or set `encoder` back in fourp.toml.",
            )
        notes = []
        if model.codebook_fingerprint != codebook.fingerprint():
            notes.append(
                "The codebook's wording was changed since training; `fourp train` learns it."
            )
        return model, notes
    if codebook.fingerprint() == read_codebook(shipped_codebook()).fingerprint():
        model = load_model(shipped_model())
        if model.encoder_id == wanted.id:
            return model, [
                "Suggested by the model that comes with fourp_nlp, which learned from fictional "
                "text written for this codebook. Check its suggestions against your own coding."
            ]
    cache = EmbeddingCache(project.cache) if project else None
    return zero_shot_model(codebook, wanted, unit=unit, cache=cache), [
        "No model was trained for this codebook: these suggestions come from the definitions alone "
        "(zero-shot), and their probabilities are rough. Code some documents and run `fourp train`."
    ]


def suggest_corpus(
    project: Project,
    corpus: Corpus,
    codebook: Codebook,
    *,
    watch: Watch = unwatched,
) -> Suggested:
    """Suggest codes for all of a project's documents and keep them in its database.

    Parameters
    ----------
    project : Project
        The project.
    corpus, codebook
        What was read from it.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    Suggested
        All probabilities, the model, and notes.
    """
    model, notes = choose_model(project, codebook, unit=project.settings.unit)
    notes = [*notes, *_remarks(model, project.settings.unit, corpus)]
    made = _suggest(corpus, model, _encoder_name(project), EmbeddingCache(project.cache), watch)
    facts = {
        "model": model.id,
        "codebook": codebook.fingerprint(),
        "encoder": model.encoder_id,
        "unit": project.settings.unit,
        "fourp_nlp": version("fourp_nlp"),
        "notes": notes,
    }
    Store(project.store).write_suggestions(made, corpus.documents, facts)
    return Suggested(made, model, notes)


@dataclass(frozen=True)
class SuggestedFiles:
    """Suggestions for loose files.

    Attributes
    ----------
    by_file : list of (DataFrame, DataFrame)
        For each file or folder that was named: its documents and its suggestions.
    skipped : pandas.DataFrame
        Table of files that were not read.
    codebook : Codebook
        The codebook used.
    model : TrainedModel
        The machine coder.
    notes : list of str
        Sentences for the reader.
    """

    by_file: list[tuple[pd.DataFrame, pd.DataFrame]]
    skipped: pd.DataFrame
    codebook: Codebook
    model: TrainedModel
    notes: list[str]


def suggest_files(
    paths: Sequence[Path],
    project: Project | None,
    *,
    codebook: Path | None = None,
    unit: Literal["sentence", "turn", "paragraph"] | None = None,
    watch: Watch = unwatched,
) -> SuggestedFiles:
    """Suggest codes for files, whether or not there is a project; nothing is kept.

    Parameters
    ----------
    paths : sequence of path
        Files or folders.
    project : Project or None
        The project whose codebook and model are used, if there is one.
    codebook : path, optional
        Another codebook.
    unit : str, optional
        Unit of coding; by default the project's, or sentences.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    SuggestedFiles
        Suggestions file by file.
    """
    chosen = codebook or (project.codebook if project else shipped_codebook())
    content = read_codebook(chosen)
    unit = unit or (project.settings.unit if project else "sentence")
    model, notes = choose_model(project if codebook is None else None, content, unit=unit)
    cache = EmbeddingCache(project.cache if project else user_cache())
    encoder = _encoder_name(project) if project and codebook is None else None
    by_file, skipped = [], []
    for path in paths:
        documents, missed = read_documents(path, progress=watch("reading"))
        segments = segment(documents, unit=unit, progress=watch("segmenting"))
        corpus = Corpus(documents, missed, segments)
        notes += [text for text in _remarks(model, unit, corpus) if text not in notes]
        by_file.append((documents, _suggest(corpus, model, encoder, cache, watch)))
        skipped.append(missed)
    return SuggestedFiles(by_file, pd.concat(skipped, ignore_index=True), content, model, notes)


def _remarks(model: TrainedModel, unit: str, corpus: Corpus) -> list[str]:
    """Return what a reader should know about this model on these documents."""
    remarks = []
    if not model.zero_shot and model.unit != unit:
        remarks.append(f"The model learned from {model.unit}s and is used on {unit}s here.")
    learned_from = set(model.examples.documents) & set(corpus.sha256.values())
    if learned_from and not model.out_of_fold.documents:
        remarks.append(
            "The machine learned from one document only. What it suggests for that document comes "
            "from the definitions alone, so that agreement with its codes is no echo."
        )
    return remarks


def user_cache() -> Path:
    """Return where vectors are kept for files outside any project."""
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("fourp_nlp") / "embeddings.sqlite"


def _suggest(
    corpus: Corpus, model: TrainedModel, encoder: str | None, cache: EmbeddingCache, watch: Watch
) -> pd.DataFrame:

    vectors = embed(
        corpus.segments["text"].tolist(),
        load_encoder(encoder) if encoder else load_encoder(),
        cache=cache,
        progress=watch("embedding"),
    )
    return suggest(corpus.documents, corpus.segments, vectors, model)


def _encoder_name(project: Project) -> str:
    """Return the encoder's name, or its folder if that lies in the project."""
    inside = project.root / project.settings.encoder
    return str(inside) if inside.is_dir() else project.settings.encoder


def stored_suggestions(project: Project, corpus: Corpus, codebook: Codebook) -> pd.DataFrame:
    """Return the suggestions in a project's database, if they are for its documents as they are now.

    Parameters
    ----------
    project : Project
        The project.
    corpus, codebook
        What was read from it.

    Returns
    -------
    pandas.DataFrame
        Table of suggestions.

    Raises
    ------
    StoreError
        If there are none, or documents, unit or codes have changed since.
    """
    store = Store(project.store)
    suggestions = store.read_suggestions()
    cure = "Run `fourp suggest`."
    if suggestions.empty:
        raise StoreError("There are no suggestions yet.", file=project.store, cure=cure)
    changed = sorted(
        name for name, sha in corpus.sha256.items() if store.read_documents().get(name) != sha
    )
    if changed:
        raise StoreError(
            f"{len(changed)} document(s) changed or are new since `fourp suggest`: {', '.join(changed[:5])}.",
            file=project.store,
            cure=cure,
        )
    if store.read_facts().get("unit") != project.settings.unit:
        raise StoreError(
            "The unit of coding changed since `fourp suggest`.", file=project.store, cure=cure
        )
    if list(dict.fromkeys(suggestions["code"])) != codebook.code_ids:
        raise CodebookError(
            "The codebook's codes changed since `fourp suggest`.", file=project.codebook, cure=cure
        )
    return suggestions


def suggestion_matrix(suggestions: pd.DataFrame, codes: Sequence[str]) -> NDArray[np.bool_]:
    """Return which codes were suggested for which segment, shape (n_segments, n_codes).

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions: every code of every segment.
    codes : sequence of str
        The codes, in the table's order.

    Returns
    -------
    ndarray of bool
        One row a segment, in order.
    """
    return suggestions["suggested"].to_numpy(dtype=bool).reshape(-1, len(codes))


def _out_of_fold_figures(model: TrainedModel, labels: NDArray[np.bool_]) -> list[dict[str, Any]]:

    known = model.out_of_fold
    if not known.documents:
        return []
    table = agreement_table(
        labels,
        known.suggested,
        codes=model.codes,
        themes=model.themes,
        documents=known.documents,
        coder_a="gold",
        coder_b=model.name,
        resamples=0,
    )
    rows = table[table["level"] == "code"]
    wide = rows.pivot(index="code", columns="coefficient", values="value").loc[model.codes]
    shown = {"precision": "precision", "recall": "recall", "f1": "f1", "kappa": "cohen_kappa"}
    values = {name: wide[column].to_numpy(dtype=np.float64) for name, column in shown.items()}
    prevalence = labels.mean(axis=0)
    return [
        {
            "code": code,
            "n": len(labels),
            "prevalence": _plain(prevalence[column]),
            **{name: _plain(value[column]) for name, value in values.items()},
        }
        for column, code in enumerate(model.codes)
    ]


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
