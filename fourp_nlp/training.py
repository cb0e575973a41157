"""Training: from gold codes and coded sentences to a model that knows what it has not seen."""

from __future__ import annotations

import platform
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import GroupKFold

from fourp_nlp.classify import (
    WORD_COLUMNS,
    CodeClassifier,
    Definitions,
    Examples,
    OutOfFold,
    TrainedModel,
    definition_similarity,
    embed_definitions,
    feature_blocks,
    segment_features,
)
from fourp_nlp.embed import EmbeddingCache, Encoder, Progress, embed
from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook

__all__ = [
    "TrainingSet",
    "out_of_fold_folds",
    "train",
    "training_set",
    "zero_shot_model",
]

_OUTER_FOLDS = 10


@dataclass(frozen=True)
class TrainingSet:
    """Coded segments, with those of one document (or passage) together and in reading order.

    Attributes
    ----------
    texts : list of str, length n
        The segments' words.
    documents : list of str, length n
        SHA-256 of the text of each one's document; empty for a loose coded sentence.
    names : list of str, length n
        The document's or passage's name: what stays whole in every fold.
    sources : list of str, length n
        Where each can be found, for people.
    spans : ndarray of int, shape (n, 2)
        Start and end in the document; zeros for loose sentences.
    labels : ndarray of bool, shape (n, n_codes)
        Which codes people applied.
    """

    texts: list[str]
    documents: list[str]
    names: list[str]
    sources: list[str]
    spans: NDArray[np.int64]
    labels: NDArray[np.bool_]

    @property
    def in_documents(self) -> NDArray[np.bool_]:
        """Whether a row comes from a document of the corpus; shape (n,)."""
        return np.array([bool(document) for document in self.documents], dtype=bool)


def training_set(
    segments: pd.DataFrame,
    labels: NDArray[np.bool_],
    sha256: dict[str, str],
    coded_sentences: pd.DataFrame,
    codes: Sequence[str],
) -> TrainingSet:
    """Put coded documents and loose coded sentences together.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table of segments, only of documents that the gold coder coded.
    labels : ndarray of bool, shape (n_segments, n_codes)
        The gold codes of those segments.
    sha256 : dict
        SHA-256 of each document's text.
    coded_sentences : pandas.DataFrame
        From `fourp_nlp.coded_sentences.read_coded_sentences`; may be empty.
    codes : sequence of str
        The codebook's code ids.

    Returns
    -------
    TrainingSet
        Documents first, then loose sentences.
    """
    position = {code: number for number, code in enumerate(codes)}
    loose = np.zeros((len(coded_sentences), len(codes)), dtype=bool)
    for row, given in enumerate(coded_sentences["codes"]):
        loose[row, [position[code] for code in given]] = True
    names = segments["document"].tolist()
    sources = [
        f"{name}, segment {number}" for name, number in zip(names, segments["segment"], strict=True)
    ]
    return TrainingSet(
        texts=segments["text"].tolist() + coded_sentences["text"].tolist(),
        documents=[sha256[name] for name in names] + [""] * len(coded_sentences),
        names=names + [f"passage {name}" for name in coded_sentences["passage"]],
        sources=sources + coded_sentences["source"].tolist(),
        spans=np.vstack(
            [
                segments[["start", "end"]].to_numpy(np.int64).reshape(-1, 2),
                np.zeros((len(coded_sentences), 2), dtype=np.int64),
            ]
        ),
        labels=np.vstack([labels, loose]),
    )


def out_of_fold_folds(
    names: Sequence[str], in_documents: NDArray[np.bool_], *, seed: int
) -> list[NDArray[np.int64]]:
    """Return the rows that each fold leaves out: whole documents, one or a few at a time.

    Parameters
    ----------
    names : sequence of str, length n
        The document or passage of each row.
    in_documents : ndarray of bool, shape (n,)
        Which rows are of documents. Loose sentences are never left out: they are not predicted.
    seed : int
        Seed for the order in which documents are dealt to folds.

    Returns
    -------
    list of ndarray of int
        Row numbers, one array a fold: each document alone if there are ten or fewer, else ten folds;
        empty with fewer than two documents.
    """
    rows = np.flatnonzero(in_documents)
    groups = np.asarray(names, dtype=object)[rows].astype(str)
    count = len(np.unique(groups))
    if count < 2:
        return []
    splitter = GroupKFold(min(_OUTER_FOLDS, count), shuffle=True, random_state=seed)
    return [rows[unseen] for _, unseen in splitter.split(rows, groups=groups)]


def train(
    data: TrainingSet,
    codebook: Codebook,
    encoder: Encoder,
    *,
    name: str,
    unit: str,
    seed: int = 0,
    notice: str = "",
    cache: EmbeddingCache | None = None,
    embedding_progress: Progress | None = None,
    fitting_progress: Progress | None = None,
) -> TrainedModel:
    """Learn a codebook's codes from a training set.

    Parameters
    ----------
    data : TrainingSet
        What people coded.
    codebook : Codebook
        The codebook.
    encoder : Encoder
        What embeds the text.
    name : str
        The model's name.
    unit : str
        The unit of coding.
    seed : int, default 0
        Seed of every fold.
    notice : str, optional
        A sentence about the data that the card repeats.
    cache : EmbeddingCache, optional
        Where vectors are kept.
    embedding_progress, fitting_progress : callable, optional
        Called with (done, total).

    Returns
    -------
    TrainedModel
        The model, not yet saved. It carries, for its own training documents, what models said that
        had not seen them.

    Raises
    ------
    GoldError
        If there is nothing to learn from.
    """
    if not data.labels.any():
        raise GoldError(
            "There is not one coded segment to learn from.",
            cure="Add gold codes, or run `fourp suggest` without training: it then works from the "
            "definitions alone.",
        )
    definitions = embed_definitions(codebook, encoder, cache=cache)
    vectors = embed(data.texts, encoder, cache=cache, progress=embedding_progress)
    similarity = definition_similarity(vectors, definitions)
    features = segment_features(
        data.texts, vectors, data.names, similarity, placed=data.in_documents.tolist()
    )
    blank = _classifier(definitions, vectors.shape[1], seed)
    folds = out_of_fold_folds(data.names, data.in_documents, seed=seed)
    out_of_fold = _out_of_fold(data, features, blank, folds, fitting_progress)
    classifier = _fit(blank, features, data)
    if fitting_progress:
        fitting_progress(len(folds) + 1, len(folds) + 1)
    rows, columns = np.nonzero(data.labels)
    examples = Examples(
        codes=columns.astype(np.int64),
        documents=[data.documents[row] for row in rows],
        sources=[data.sources[row] for row in rows],
        texts=[data.texts[row] for row in rows],
        vectors=vectors[rows],
    )
    return TrainedModel(
        name=name,
        codebook_fingerprint=codebook.fingerprint(),
        encoder_id=encoder.id,
        unit=unit,
        codes=codebook.code_ids,
        themes=codebook.code_themes,
        classifier=classifier,
        definitions=definitions,
        examples=examples,
        out_of_fold=out_of_fold,
        card=_facts(data, codebook, encoder, classifier, unit=unit, seed=seed, notice=notice),
    )


def zero_shot_model(
    codebook: Codebook, encoder: Encoder, *, unit: str, cache: EmbeddingCache | None = None
) -> TrainedModel:
    """Return a model that knows nothing but the codebook's definitions.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    encoder : Encoder
        What embeds its parts.
    unit : str
        The unit of coding.
    cache : EmbeddingCache, optional
        Where vectors are kept.

    Returns
    -------
    TrainedModel
        A model of name ``definitions``; its probabilities are rough.
    """
    definitions = embed_definitions(codebook, encoder, cache=cache)
    dimensions = definitions.vectors.shape[1]
    width = len(definitions.codes) + 2 * dimensions + 5 + WORD_COLUMNS
    count = len(definitions.codes)
    classifier = _classifier(definitions, dimensions, 0).fit_definitions(count, width)
    return TrainedModel(
        name="definitions",
        codebook_fingerprint=codebook.fingerprint(),
        encoder_id=encoder.id,
        unit=unit,
        codes=codebook.code_ids,
        themes=codebook.code_themes,
        classifier=classifier,
        definitions=definitions,
        examples=Examples(
            np.zeros(0, dtype=np.int64), [], [], [], np.zeros((0, dimensions), dtype=np.float32)
        ),
        out_of_fold=OutOfFold(
            [],
            np.zeros((0, 2), dtype=np.int64),
            np.zeros((0, count), dtype=np.float32),
            np.zeros((0, count), dtype=bool),
        ),
        card={"trained": "no: it works from the definitions alone"},
        fingerprint=codebook.fingerprint(),
    )


def _classifier(definitions: Definitions, dimensions: int, seed: int) -> CodeClassifier:
    count = len(definitions.codes)
    return CodeClassifier(
        n_similarity=count,
        n_words=WORD_COLUMNS,
        blocks=feature_blocks(count, dimensions),
        random_state=seed,
    )


def _fit(
    blank: CodeClassifier,
    features: sp.csr_matrix,
    data: TrainingSet,
    rows: NDArray[np.int64] | slice = slice(None),
) -> CodeClassifier:
    names = np.asarray(data.names, dtype=object)[rows].astype(str)
    fresh = CodeClassifier(**blank.get_params())
    return fresh.fit(
        features[rows], data.labels[rows], groups=names, representative=data.in_documents[rows]
    )


def _out_of_fold(
    data: TrainingSet,
    features: sp.csr_matrix,
    blank: CodeClassifier,
    folds: list[NDArray[np.int64]],
    progress: Callable[[int, int], None] | None,
) -> OutOfFold:
    count = data.labels.shape[1]
    probabilities = np.zeros((len(data.texts), count), dtype=np.float32)
    suggested = np.zeros((len(data.texts), count), dtype=bool)
    everything = np.arange(len(data.texts))
    for number, unseen in enumerate(folds):
        if progress:
            progress(number, len(folds) + 1)
        seen = np.setdiff1d(everything, unseen)
        fold_model = _fit(blank, features, data, seen)
        # Zero-shot codes of a fold keep the definition's word: that is what a user would get.
        probabilities[unseen] = fold_model.predict_proba(features[unseen])
        suggested[unseen] = probabilities[unseen] >= fold_model.thresholds_
    rows = np.concatenate(folds) if folds else np.zeros(0, dtype=np.int64)
    rows.sort()
    return OutOfFold(
        documents=[data.documents[row] for row in rows],
        spans=data.spans[rows],
        probabilities=probabilities[rows],
        suggested=suggested[rows],
    )


def _facts(
    data: TrainingSet,
    codebook: Codebook,
    encoder: Encoder,
    classifier: CodeClassifier,
    *,
    unit: str,
    seed: int,
    notice: str,
) -> dict[str, Any]:
    inside = data.in_documents
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
        "coded_sentences": int((~inside).sum()),
        "segments_without_code": int((~data.labels.any(axis=1)).sum()),
        "positives": {
            code: {
                "in_documents": int(data.labels[inside, column].sum()),
                "coded_sentences": int(data.labels[~inside, column].sum()),
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
