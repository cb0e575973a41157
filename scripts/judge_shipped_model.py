"""Judge the shipped model on official prose that none of us wrote, and on sentences in and out of context.

The United States Department of Labor sorts what it writes on child labour into areas (Findings on the Worst
Forms of Child Labor; not shipped). `AREAS` maps each area, before looking at any result, to the indicators
under which the codebook files such a sentence. A sentence is right at k when an indicator of its area is
among the k likeliest. With --sentences also a table (tsv) with columns `code` and `sentence`, one indicator
a sentence; with --coded any table (csv) of coded sentences, with columns `text` and `codes`, where codes are
separated by semicolons or spaces, and a sentence may have none.

Each sentence is scored as `fourp suggest` scores a document that holds this sentence alone. Where each
sentence's codes are known, probabilities are held against them.

Last, sentences of whole documents are scored once by themselves and once in their document: those of the
demonstration, by the shipped model and by models that had not seen the document; and those of 25 AIMS.au
statements (see `benchmark_data.py`), by a model that learned from the 25 others.
Writes shipped_model.md into docs/.

Usage: python scripts/judge_shipped_model.py DATA_FOLDER [--sentences FILE] [--coded FILE ...] [--out docs]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import ROOT, aims, calibration_error, demonstration, learn, markdown, prepare

from fourp_nlp.codebook import Codebook, read_codebook
from fourp_nlp.documents import normalise
from fourp_nlp.machine.classifier import (
    CodeClassifier,
    TrainedModel,
    build_classifier,
    codebook_rows,
    definition_similarity,
    embed_definitions,
    load_model,
    model_features,
    reaches,
    segment_features,
)
from fourp_nlp.machine.coded_sentences import read_coded_sentences
from fourp_nlp.machine.encoder import EmbeddingCache, Encoder, embed_layers, load_encoder
from fourp_nlp.machine.shipped_model import shipped_codebook, shipped_model
from fourp_nlp.machine.training import out_of_fold_folds
from fourp_nlp.study.project import open_project

AREAS = {
    "enforcement": ["supporting_investigations", "improve_detection", "train_law_enforcement"],
    "coordination": ["enhance_collaboration"],
    "social_programs": [
        "support_and_assist_victims",
        "protect_vulnerable_populations",
        "reduce_vulnerabilities",
        "practical_strategies",
        "information_and_awareness",
    ],
    "legal_framework": ["inform_policy"],
    "government_policies": ["inform_policy"],
}
_STUDY = (
    "`sentences` are {} from the results chapter of the study that the codebook comes from (Byrne 2018), "
    "each judged on the one indicator under whose heading it stands."
)
SHORT = {"support_and_assist": "support_and_assist_victims"}
STATEMENTS = 25  # of AIMS.au that are learned from; the others are judged
BINS = 10


@dataclass(frozen=True)
class Texts:
    """Sentences with what is right for each.

    Attributes
    ----------
    name : str
        Of the table.
    texts : list of str, length n
        The sentences.
    truth : ndarray of bool, shape (n, n_codes)
        Which codes count as right.
    areas : list of str, length n
        The area of each; all alike if there are none.
    known : bool
        Whether the right codes are known, and not only some of which one is right.
    """

    name: str
    texts: list[str]
    truth: np.ndarray
    areas: list[str]
    known: bool


def ilab(folder: Path, codes: list[str]) -> list[Texts]:
    """Return texts and areas of the two tables, each text once."""
    actions = pd.read_csv(folder / "suggested_actions.csv").rename(columns={"action": "text"})
    findings = pd.read_csv(folder / "findings_sentences.csv").rename(
        columns={"sentence": "text", "section": "area"}
    )
    made = []
    for name, table in (("actions", actions), ("findings", findings)):
        own = (
            table.assign(area=table["area"].str.lower())
            .dropna(subset=["text"])
            .drop_duplicates("text")
        )
        own = own[own["area"].isin(list(AREAS))]
        areas = own["area"].tolist()
        right = np.array([[code in AREAS[area] for code in codes] for area in areas])
        made.append(Texts(name, own["text"].astype(str).tolist(), right, areas, known=False))
    return made


def coded_sentences(name: str, table: pd.DataFrame, codes: list[str]) -> Texts:
    """Return sentences whose codes are known, from a table with the columns `text` and `codes`."""
    given = table["codes"].fillna("").astype(str).str.replace(";", " ").str.split()
    given = [[SHORT.get(code, code) for code in some] for some in given]
    if unknown := {code for some in given for code in some} - set(codes):
        raise SystemExit(f"{name}: no codes of the codebook: {', '.join(sorted(unknown))}")
    right = np.array([[code in some for code in codes] for some in given])
    return Texts(name, table["text"].astype(str).tolist(), right, ["all"] * len(right), known=True)


def score_alone(
    texts: list[str], model: TrainedModel, encoder: Encoder, cache: EmbeddingCache
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return vectors, probabilities and suggestions of sentences, each a document of its own."""
    vectors = embed_layers(texts, encoder, cache=cache)
    alone = [str(number) for number in range(len(texts))]
    features = model_features(texts, vectors, alone, model, encoder)
    probabilities = model.classifier.predict_proba(features)
    return vectors, probabilities, reaches(probabilities, model.classifier.thresholds_)


def hits(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Return the shares with a right code first, and among the first three."""
    ranked = np.argsort(-scores, axis=1, kind="stable")
    found = np.take_along_axis(right, ranked, axis=1)
    return float(found[:, 0].mean()), float(found[:, :3].any(axis=1).mean())


def rank_table(table: Texts, similarity: np.ndarray, probabilities: np.ndarray) -> list[dict]:
    """Return how often a right code comes first, area by area, among sentences that have one."""
    carries = table.truth.any(axis=1)
    areas = list(dict.fromkeys(table.areas))
    rows = []
    for area in [*(areas if len(areas) > 1 else []), "all"]:
        own = carries & np.array([area in ("all", given) for given in table.areas])
        right, count = table.truth[own], table.truth.shape[1]
        size = right.sum(axis=1)
        chance = [comb(count - n, 3) / comb(count, 3) for n in size]
        by_definition, by_model = hits(similarity[own], right), hits(probabilities[own], right)
        rows.append(
            {
                "text": table.name,
                "area": area.replace("_", " "),
                "n": int(own.sum()),
                "chance, first": float((size / count).mean()),
                "definitions, first": by_definition[0],
                "model, first": by_model[0],
                "chance, in three": float(1 - np.mean(chance)),
                "definitions, in three": by_definition[1],
                "model, in three": by_model[1],
            }
        )
    return rows


def suggestion_row(
    table: Texts, suggested: np.ndarray, probabilities: np.ndarray
) -> dict[str, object]:
    """Return how many suggestions are made at the default thresholds, and how many are right."""
    right, carries = suggested & table.truth, table.truth.any(axis=1)
    return {
        "text": table.name,
        "n": len(suggested),
        "with a suggestion": float(suggested.any(axis=1).mean()),
        "suggestions": int(suggested.sum()),
        "right": int(right.sum()),
        "wrong": int((suggested & ~table.truth).sum()),
        "mean probability": float(probabilities[suggested].mean()) if suggested.any() else "–",
        "share right": float(right.sum() / max(suggested.sum(), 1)),
        "with a right one, of those with a code": float(right[carries].any(axis=1).mean()),
    }


def calibration_rows(table: Texts, probabilities: np.ndarray) -> list[dict[str, object]]:
    """Return what share of codes is right, by bins of their probability."""
    flat, right = probabilities.ravel(), table.truth.ravel()
    place = np.minimum((flat * BINS).astype(int), BINS - 1)
    rows = []
    for number in range(BINS):
        own = place == number
        many = int(own.sum())
        rows.append(
            {
                "text": table.name,
                "probability": f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}",
                "probabilities": many,
                "mean probability": float(flat[own].mean()) if many else "–",
                "observed share": float(right[own].mean()) if many else "–",
            }
        )
    return rows


def calibration_summary(table: Texts, probabilities: np.ndarray) -> dict[str, object]:
    """Return the calibration error, and how many codes were to be expected beside how many there are."""
    return {
        "text": table.name,
        "probabilities": probabilities.size,
        "expected calibration error": calibration_error(probabilities, table.truth),
        "codes expected": float(probabilities.sum()),
        "codes there": int(table.truth.sum()),
    }


def context_row(
    name: str, truth: np.ndarray, in_document: list[np.ndarray], alone: list[np.ndarray]
) -> dict[str, object]:
    """Return how often a sentence's first code changes when it loses its document.

    Parameters
    ----------
    name : str
        What is compared.
    truth : ndarray of bool, shape (n, n_codes)
        The right codes.
    in_document, alone : list of (ndarray, ndarray)
        Probabilities and suggestions, shape (n, n_codes) each.
    """
    first, first_alone = (each[0].argmax(axis=1) for each in (in_document, alone))
    changed, carries = first != first_alone, truth.any(axis=1)
    given = in_document[1].any(axis=1)
    rows = np.flatnonzero(carries)
    return {
        "documents": name,
        "sentences": len(truth),
        "first code changes": float(changed.mean()),
        "of those with a suggestion": float(changed[given].mean()),
        "of those with a code": float(changed[carries].mean()),
        "right first, in document": float(truth[rows, first[rows]].mean()),
        "right first, alone": float(truth[rows, first_alone[rows]].mean()),
        "with a suggestion, in document": float(given.mean()),
        "with a suggestion, alone": float(alone[1].any(axis=1).mean()),
        "calibration error, in document": calibration_error(in_document[0], truth),
        "calibration error, alone": calibration_error(alone[0], truth),
    }


def both_ways(classifier: CodeClassifier, texts, vectors, documents) -> tuple[list, list]:
    """Return probabilities and suggestions of sentences in their documents, and of each by itself."""
    made = []
    for names in (documents, [str(number) for number in range(len(texts))]):
        said = classifier.predict_proba(segment_features(texts, vectors, names))
        made.append([said, reaches(said, classifier.thresholds_)])
    return made[0], made[1]


def shipped_in_context(
    model: TrainedModel, codebook: Codebook, encoder: Encoder, cache: EmbeddingCache
) -> list[dict]:
    """Compare sentences of the demonstration in and out of their documents."""
    project = open_project(ROOT)
    coded = demonstration()
    count, names = len(coded.texts), coded.documents.tolist()
    vectors = embed_layers(coded.texts, encoder, cache=cache)
    rows = []
    if model.tuned is None:
        ways = both_ways(model.classifier, coded.texts, vectors, names)
        rows.append(context_row("demonstration, learned from", coded.labels, *ways))
    # As `fourp train` has a model judge each document that it has not seen.
    loose = read_coded_sentences(project.coded_sentences, codebook.code_ids)
    texts = coded.texts + loose["text"].tolist()
    groups = names + [f"passage {passage}" for passage in loose["passage"]]
    labels = np.zeros((len(texts), len(codebook.code_ids)), dtype=bool)
    labels[:count] = coded.labels
    for row, given in enumerate(loose["codes"]):
        labels[count + row, [codebook.code_ids.index(code) for code in given]] = True
    every = np.concatenate([vectors, embed_layers(loose["text"].tolist(), encoder, cache=cache)])
    inside = np.arange(len(texts)) < count
    seed = project.settings.model.seed
    features = segment_features(texts, every, groups, placed=inside.tolist())
    unseen = [[np.zeros(coded.labels.shape), np.zeros(coded.labels.shape, bool)] for _ in "12"]

    def judge(fold, _, judging) -> None:
        ways = both_ways(
            judging,
            [texts[row] for row in fold],
            every[fold],
            [groups[row] for row in fold],
        )
        for kept, own in zip(unseen, ways, strict=True):
            kept[0][fold], kept[1][fold] = own

    build_classifier(every.shape[1:], seed=seed).fit_out_of_fold(
        features,
        labels,
        groups,
        inside,
        codebook_rows(codebook, encoder, cache=cache),
        folds=out_of_fold_folds(groups, inside, seed=seed),
        after_fold=judge,
    )
    rows.append(context_row("demonstration, not seen", coded.labels, *unseen))
    return rows


def statements_in_context(folder: Path, cache: EmbeddingCache) -> list[dict]:
    """Compare sentences of AIMS.au statements in and out of their documents."""
    if not (folder / "aims_au_test.csv").is_file():
        print(f"{folder}: not there, left out")
        return []
    coded = aims(folder)
    documents = coded.documents.astype(str)
    order = np.random.default_rng(0).permutation(np.unique(documents))
    seen = np.isin(documents, order[:STATEMENTS])
    data = prepare(coded, cache)
    rows = np.flatnonzero(~seen)
    ways = both_ways(
        learn(data, np.flatnonzero(seen)),
        [coded.texts[row] for row in rows],
        data.vectors[rows],
        documents[rows].tolist(),
    )
    return [context_row("AIMS.au statements, not seen", coded.labels[rows], *ways)]


def report(sets: list[Texts], tables: dict[str, list[dict]], *, study: int) -> str:
    """Return all tables as Markdown."""
    parts = [
        "<!-- Written by scripts/judge_shipped_model.py; do not edit. -->",
        "# The shipped model on text that none of us wrote",
        "",
        "The United States Department of Labor sorts what it writes on child labour into areas "
        "(Findings on the Worst Forms of Child Labor; not shipped). Each area was mapped to "
        "indicators before any result was looked at, by what the codebook would file there:",
        "",
        "| area | indicators that count as right |",
        "|---|---|",
        *[
            f"| {area.replace('_', ' ')} | {', '.join(some).replace('_', ' ')} |"
            for area, some in AREAS.items()
        ],
        "",
        "A sentence counts as right when an indicator of its area comes first, or among the first "
        "three, of the eleven. `chance` is what a blind order would reach: areas hold one to five "
        "indicators. `definitions` is the cosine to the nearest part of each definition. `findings` "
        "are sentences of country reports under their headings, which are distant labels: under "
        "Enforcement stands much that only counts inspectors. `actions` are single recommendations, "
        "filed by their authors. Each sentence is scored as `fourp suggest` scores a document that holds "
        "nothing else. The subject is child labour and the writer a government: the figures tell how far "
        "the model carries, not how well it codes coalitions.",
        *(["", _STUDY.format(study)] if study else []),
        "",
        markdown(pd.DataFrame(tables["ranks"])),
        "",
        "## Suggestions at the default thresholds",
        "",
        "A suggestion is right if it is an indicator of the sentence's area, or one of its codes. If "
        "probabilities hold, their mean over suggestions is the share that is right.",
        "",
        markdown(pd.DataFrame(tables["suggestions"])),
    ]
    if any(each.known for each in sets):
        parts += [
            "",
            "## Are the probabilities right?",
            "",
            "Only where the right codes of each sentence are known. Every probability of every code counts; "
            "the expected calibration error is over ten bins of equal width."
            + (
                " `sentences` have one code each, by their heading: others that would also apply count "
                "as wrong, so that shares are too low there."
                if study
                else ""
            ),
            "",
            markdown(pd.DataFrame(tables["calibration"])),
            "",
            markdown(pd.DataFrame(tables["bins"])),
        ]
    parts += [
        "",
        "## A sentence by itself and in its document",
        "",
        "How often does a sentence's likeliest code change when the sentence is taken out of its document? "
        "`not seen`: by models that did not learn from the document. `right first` is the share of sentences "
        "with a code whose likeliest code is one of theirs.",
        "",
        markdown(pd.DataFrame(tables["context"])),
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with ilab/ and aims/")
    parser.add_argument("--sentences", type=Path, help="tsv with columns code and sentence")
    parser.add_argument("--coded", type=Path, nargs="+", default=[], help="csv: text and codes")
    parser.add_argument("--model", type=Path, help="another model for the default codebook")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    codebook = read_codebook(shipped_codebook())
    codes = codebook.code_ids
    encoder = load_encoder()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    definitions = embed_definitions(codebook, encoder, cache=cache)
    model = load_model(options.model or shipped_model())

    sets = ilab(options.data / "ilab", codes)
    if options.sentences:
        table = pd.read_csv(options.sentences, sep="\t")
        table = table.rename(columns={"sentence": "text", "code": "codes"})
        sets.append(coded_sentences("sentences", table, codes))
    sets += [coded_sentences(path.stem, pd.read_csv(path), codes) for path in options.coded]
    tables: dict[str, list[dict]] = {
        name: [] for name in ("ranks", "suggestions", "calibration", "bins")
    }
    for each in sets:
        texts = [normalise(text) for text in each.texts]
        vectors, probabilities, suggested = score_alone(texts, model, encoder, cache)
        similarity = definition_similarity(vectors[:, 0], definitions)
        tables["ranks"] += rank_table(each, similarity, probabilities)
        tables["suggestions"].append(suggestion_row(each, suggested, probabilities))
        if each.known:
            tables["calibration"].append(calibration_summary(each, probabilities))
            tables["bins"] += calibration_rows(each, probabilities)
    tables["context"] = shipped_in_context(model, codebook, encoder, cache)
    tables["context"] += statements_in_context(options.data / "aims", cache)
    for some in tables.values():
        if some:
            print(pd.DataFrame(some).round(3).to_string(index=False), end="\n\n")
    study = sum(len(each.texts) for each in sets if each.name == "sentences")
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "shipped_model.md").write_text(
        report(sets, tables, study=study), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
