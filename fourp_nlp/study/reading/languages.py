"""Which languages documents are in, and what that means for sentences and suggestions."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from fourp_nlp.documents.languages import ENGLISH, document_language, language_name
from fourp_nlp.errors import FourpError, MissingExtraError
from fourp_nlp.files.whole_file import replacing
from fourp_nlp.machine.encoder import knows_language
from fourp_nlp.segments.language_rules import RULES
from fourp_nlp.study.machine.training import encoder_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fourp_nlp.study.project import Project
    from fourp_nlp.study.reading.corpus import Corpus

__all__ = ["encoder_language_note", "language_notes", "seeming_languages"]

_NAMED = 5  # documents of a language that a note names
_KEPT = "languages.json"


def language_notes(project: Project, corpus: Corpus) -> list[str]:
    """Return what a person should know about the languages of a project's documents.

    Parameters
    ----------
    project : Project
        The project.
    corpus : Corpus
        Its documents.

    Returns
    -------
    list of str
        At most two sentences: which documents seem to be in another language than is set, and which
        languages that are set have no rules for sentences.
    """
    return [*_other_than_set(project, corpus), *_without_rules(project, corpus)]


def seeming_languages(project: Project, corpus: Corpus) -> dict[str, str]:
    """Return the language that each document seems to be in.

    What was found out once is kept beside the cache of embeddings, by the hash of the text.

    Parameters
    ----------
    project : Project
        The project.
    corpus : Corpus
        Its documents.

    Returns
    -------
    dict of str to str
        By document id, ISO 639-1 codes; documents that are too short, or not clearly in one language, and
        all if the package that tells languages is missing, are not in it.
    """
    path = project.cache.with_name(_KEPT)
    known = _kept(path)
    languages: dict[str, str] = {}
    is_new = False
    columns = (corpus.documents[name].tolist() for name in ("document", "sha256", "text"))
    for name, digest, text in zip(*columns, strict=True):
        if digest not in known:
            try:
                known[digest] = document_language(text)
            except MissingExtraError:
                return {}
            is_new = True
        if known[digest]:
            languages[name] = known[digest]
    if is_new and path.parent.is_dir():
        present = set(corpus.documents["sha256"])
        kept = {digest: language for digest, language in known.items() if digest in present}
        # A folder that cannot be written costs time at the next run, and no more.
        with suppress(OSError, FourpError), replacing(path, private=True) as partial:
            partial.write_text(json.dumps(kept, sort_keys=True), encoding="utf-8")
    return languages


def encoder_language_note(project: Project, corpus: Corpus) -> list[str]:
    """Say which documents are in a language that the encoder does not know.

    Parameters
    ----------
    project : Project
        The project.
    corpus : Corpus
        Its documents.

    Returns
    -------
    list of str
        A sentence; none if the encoder knows their languages, or may.
    """
    encoder = encoder_name(project)
    documents = corpus.documents
    unknown = [
        (name, language)
        for name, language in zip(documents["document"], documents["language"], strict=True)
        if not knows_language(encoder, language)
    ]
    if not unknown:
        return []
    return [
        f"{_listed('is', 'are', unknown)}. The encoder {encoder} knows English only: suggestions there are "
        "not to be trusted. Run: pip install 'fourp_nlp[multilingual]', and set encoder = "
        '"use-multilingual-v3" in fourp.toml (docs/languages.md).'
    ]


def _other_than_set(project: Project, corpus: Corpus) -> list[str]:
    languages = seeming_languages(project, corpus)
    documents = corpus.documents
    others = [
        (name, languages[name])
        for name, language in zip(documents["document"], documents["language"], strict=True)
        if languages.get(name, language) != language
    ]
    if not others:
        return []
    encoder = encoder_name(project)
    seem = dict.fromkeys(language for _, language in others)
    set_as = dict(zip(documents["document"], documents["language"], strict=True))
    rules = dict.fromkeys(language_name(set_as[name] or ENGLISH) for name, _ in others)
    trust = (
        ""
        if all(knows_language(encoder, language) for language in seem)
        else f" The encoder {encoder} and the shipped model know English only: suggestions there are not "
        "to be trusted."
    )
    one = next(iter(seem))
    return [
        f"{_listed('seems to be', 'seem to be', others)}. The language that is set is {' and '.join(rules)}, "
        f'by whose rules sentences are divided.{trust} Set language = "{one}" at the top of fourp.toml, or '
        f'write "{one}" into a column language of documents.csv (docs/languages.md).'
    ]


def _without_rules(project: Project, corpus: Corpus) -> list[str]:
    if project.settings.unit != "sentence":
        return []
    languages = dict.fromkeys(
        language for language in corpus.documents["language"] if language not in {"", *RULES}
    )
    if not languages:
        return []
    names = " and ".join(language_name(language) for language in languages)
    with_rules = " and ".join(language_name(language) for language in RULES)
    return [
        f"Sentences in {names} are divided by the rules for English: there are rules for {with_rules} only."
    ]


def _listed(one: str, several: str, documents: Iterable[tuple[str, str]]) -> str:
    """Return "2 documents are in French: a, b; 1 document is in German: c"."""
    by_language: dict[str, list[str]] = {}
    for name, language in documents:
        by_language.setdefault(language, []).append(name)
    parts = []
    for language, names in sorted(by_language.items(), key=lambda pair: -len(pair[1])):
        verb = f"document {one}" if len(names) == 1 else f"documents {several}"
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        shown = f"{', '.join(names[:_NAMED])}{more}"
        parts.append(f"{len(names)} {verb} in {language_name(language)}: {shown}")
    return "; ".join(parts)


def _kept(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {key: language for key, language in content.items() if isinstance(language, str)}
