"""Trains a model and computes out-of-fold predictions for its own documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import GroupKFold

from fourp_nlp.errors import GoldError
from fourp_nlp.machine.attribution.reasons import reasons
from fourp_nlp.machine.classifier import (
    Examples,
    OutOfFold,
    TrainedModel,
    build_classifier,
    codebook_rows,
    dense_features,
    embed_definitions,
    fit_novelty,
    segment_features,
    with_tuned,
)
from fourp_nlp.machine.encoder import (
    EmbeddingCache,
    Encoder,
    Progress,
    embed_layers,
    keeping_tokens,
)
from fourp_nlp.machine.fine_tuning import fine_tune
from fourp_nlp.machine.training.model_card import training_facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.machine.classifier import CodeClassifier
    from fourp_nlp.machine.fine_tuning import Recipe, Tuned
    from fourp_nlp.machine.training.training_set import TrainingSet

__all__ = [
    "out_of_fold_folds",
    "train",
    "zero_shot_model",
]

_OUTER_FOLDS = 10
_PARTS = 4  # of an only document


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
        Row numbers, one array a fold: each document alone if there are ten or fewer, else ten folds. An
        only document is a fold: without it there are the definitions and loose sentences alone.
    """
    rows = np.flatnonzero(in_documents)
    groups = np.asarray(names, dtype=object)[rows].astype(str)
    count = len(np.unique(groups))
    if count < 2:
        return [rows] if count else []
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
    recipe: Recipe | None = None,
    rounds: Path | None = None,
    tuning_progress: Progress | None = None,
    quotes: bool = True,
    other_text: bool = False,
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
    embedding_progress, fitting_progress, tuning_progress : callable, optional
        Called with (done, total).
    recipe : Recipe, optional
        Fine-tune the encoder's upper layers in this way as well, and mix what they say with the
        regression.
    rounds : path, optional
        Folder where each round of fine-tuning is kept, to go on from after an interruption.
    quotes : bool, default True
        Whether the model keeps the words of coded segments and of the codebook's examples, to give reasons.
    other_text : bool, default False
        Whether it is made for other people's text, so that long coded passages say as much of how common
        codes are as documents do.

    Returns
    -------
    TrainedModel
        The model, not yet saved. It carries, for every segment of its own training documents, read
        by people or not, what models said that had not seen the document.

    Raises
    ------
    GoldError
        If there is nothing to learn from, or one document only to fine-tune on.
    """
    _refuse_too_little(data, recipe)
    definitions = embed_definitions(codebook, encoder, cache=cache)
    encoder = keeping_tokens(encoder)
    vectors = embed_layers(data.texts, encoder, cache=cache, progress=embedding_progress)
    features = segment_features(data.texts, vectors, data.names, placed=data.whole.tolist())
    tuned, options = None, {}
    if recipe:
        tuned, tuned_scores = _fine_tuned(data, encoder, recipe, seed, rounds, tuning_progress)
        features = with_tuned(features, tuned_scores)
        options = {"n_tuned": len(definitions.codes)}
    classifier = build_classifier(vectors.shape[1:], seed=seed, **options)
    folds = out_of_fold_folds(data.names, data.in_documents, seed=seed)
    rows, columns = np.nonzero(data.labels)
    examples = Examples(
        codes=columns.astype(np.int64),
        documents=[data.documents[row] for row in rows],
        sources=[data.sources[row] for row in rows],
        texts=[data.texts[row] for row in rows],
        vectors=vectors[rows, 0],
    )
    shown, shown_examples = definitions, examples
    if not quotes:
        shown, shown_examples = definitions.without_quotes(), examples.without_text()
    why, words = (np.full(data.labels.shape, "", dtype=object) for _ in range(2))

    def explain(
        fold: NDArray[np.int64], suggested_here: NDArray[np.bool_], judge: CodeClassifier
    ) -> None:
        """Keep the reasons of the model of a fold, which alone knows them."""
        why[fold], words[fold] = reasons(
            [data.texts[row] for row in fold],
            vectors[fold],
            features[fold],
            suggested_here,
            judge,
            shown,
            examples.only(~np.isin(rows, fold)) if quotes else shown_examples,
            encoder,
            cache.words if cache else None,
        )
        if not quotes:
            words[fold] = ""  # of the segment itself

    probabilities, suggested = classifier.fit_out_of_fold(
        features,
        data.labels,
        _groups(data),
        data.representative(other_text=other_text),
        codebook_rows(codebook, encoder, cache=cache),
        folds=folds,
        read=data.looked_for,
        progress=fitting_progress,
        after_fold=explain,
    )
    return TrainedModel(
        name=name,
        codebook_fingerprint=codebook.fingerprint(),
        encoder_id=encoder.id,
        unit=unit,
        codes=codebook.code_ids,
        themes=codebook.code_themes,
        classifier=classifier,
        definitions=shown,
        examples=shown_examples,
        out_of_fold=_out_of_fold(data, folds, probabilities, suggested, why, words),
        familiar=fit_novelty(
            dense_features(data.texts, vectors, data.names, placed=data.whole.tolist()),
            classifier,
            data.names,
            data.in_documents,
        ),
        tuned=tuned,
        card=training_facts(
            data,
            codebook,
            encoder,
            classifier,
            unit=unit,
            seed=seed,
            notice=notice,
            recipe=recipe,
            quotes=quotes,
        )
        | ({"other_text": True} if other_text else {}),
    )


def _refuse_too_little(data: TrainingSet, recipe: Recipe | None) -> None:
    if not data.labels.any():
        raise GoldError(
            "There is not one coded segment to learn from.",
            cure="Add gold codes, or run `fourp suggest` without training: it then works from the "
            "definitions alone.",
        )
    if recipe and len(set(data.names)) < 2:
        raise GoldError(
            "Fine-tuning needs two coded documents, so that one can be held out.",
            cure="Code a second document, or train without `--fine-tune`.",
        )


def _fine_tuned(
    data: TrainingSet,
    encoder: Encoder,
    recipe: Recipe,
    seed: int,
    folder: Path | None,
    progress: Progress | None,
) -> tuple[Tuned, NDArray[np.float64]]:
    return fine_tune(
        data.texts,
        data.names,
        data.labels,
        encoder,
        read=data.looked_for,
        recipe=recipe,
        seed=seed,
        folder=folder,
        progress=progress,
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
    count = len(definitions.codes)
    shape = embed_layers(["."], encoder, cache=cache).shape[1:]
    classifier = build_classifier(shape).fit_definitions(
        codebook_rows(codebook, encoder, cache=cache), count
    )
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
            np.zeros(0, dtype=np.int64),
            np.zeros((0, count), dtype=object),
            np.zeros((0, count), dtype=object),
            np.zeros((0, count), dtype=bool),
            np.zeros(0, dtype=bool),
        ),
        card={"trained": "no: it works from the definitions alone"},
        fingerprint=codebook.fingerprint(),
    )


def _groups(data: TrainingSet) -> NDArray[np.str_]:
    """Return what is left out as a whole to learn how sure the machine may be: documents and passages.

    An only document is cut into parts, so that something is known of text that was not learned from.
    """
    names = np.asarray(data.names, dtype=object).astype(str)
    rows = np.flatnonzero(data.in_documents)
    if len(rows) and len(np.unique(names[rows])) == 1:
        parts = np.arange(len(rows)) * _PARTS // len(rows)
        names = names.astype(object)
        names[rows] = [f"{names[row]} {part}" for row, part in zip(rows, parts, strict=True)]
        names = names.astype(str)
    return names


def _out_of_fold(
    data: TrainingSet,
    folds: list[NDArray[np.int64]],
    probabilities: NDArray[np.float64],
    suggested: NDArray[np.bool_],
    why: NDArray[np.object_],
    words: NDArray[np.object_],
) -> OutOfFold:
    rows = np.concatenate(folds) if folds else np.zeros(0, dtype=np.int64)
    number = np.repeat(np.arange(len(folds)), [len(fold) for fold in folds])[np.argsort(rows)]
    rows.sort()
    return OutOfFold(
        documents=[data.documents[row] for row in rows],
        spans=data.spans[rows],
        probabilities=probabilities[rows].astype(np.float32),
        suggested=suggested[rows],
        folds=number.astype(np.int64),
        why=why[rows],
        words=words[rows],
        labels=data.labels[rows],
        read=(data.read if data.coded is None else data.coded)[rows],
    )
