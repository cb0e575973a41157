"""Compare the machine coder with two baselines, out of fold by document, on any project.

The three see the same segments, the same gold codes and the same folds of whole documents:

* cosine: similarity to the nearest part of each code's definition, with the threshold per code that gave the
  best F1 on the training folds;
* tfidf: TF-IDF of words and pairs of words with a balanced logistic regression, threshold 0.5, and the
  project's coded sentences as training text too;
* fourp: the project's own training, nested: every weight, probability and threshold comes from the training
  folds.

Prints, per code, F1 and Cohen's kappa of each, and their means.

Usage: python scripts/compare_baselines.py [PROJECT_FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from fourp_nlp.agreement import agreement_table
from fourp_nlp.codebook import read_codebook
from fourp_nlp.machine.classifier import definition_similarity, embed_definitions
from fourp_nlp.machine.coded_sentences import read_coded_sentences
from fourp_nlp.machine.encoder import EmbeddingCache, embed, load_encoder
from fourp_nlp.machine.training import out_of_fold_folds, train, training_set
from fourp_nlp.study.labels import labels_of_person
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus, read_gold_codes


def cosine(similarity, labels, folds):
    """Return what the definitions alone suggest, thresholds from the training folds."""
    suggested = np.zeros(labels.shape, dtype=bool)
    for unseen in folds:
        seen = np.setdiff1d(np.arange(len(labels)), unseen)
        for code in range(labels.shape[1]):
            values = similarity[seen, code]
            tried = np.quantile(values, np.linspace(0.3, 0.999, 120))
            over = values[:, None] >= tried
            truth = labels[seen, code][:, None]
            f1 = 2 * (over & truth).sum(axis=0) / (over.sum(axis=0) + truth.sum())
            suggested[unseen, code] = similarity[unseen, code] >= tried[f1.argmax()]
    return suggested


def tfidf(texts, labels, folds, count):
    """Return what words alone suggest for the first `count` rows."""
    suggested = np.zeros((count, labels.shape[1]), dtype=bool)
    for unseen in folds:
        seen = np.setdiff1d(np.arange(len(labels)), unseen)
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        known = words.fit_transform([texts[row] for row in seen])
        asked = words.transform([texts[row] for row in unseen])
        for code in range(labels.shape[1]):
            target = labels[seen, code]
            if target.any():
                model = LogisticRegression(
                    C=10, class_weight="balanced", solver="liblinear", dual=True, random_state=0
                )
                suggested[unseen, code] = model.fit(known, target).predict(asked)
    return suggested


def main() -> None:
    """Measure and print."""
    project = open_project(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent)
    codebook = read_codebook(project.codebook)
    corpus = read_corpus(project)
    gold = read_gold_codes(project, corpus, codebook)
    human = labels_of_person(corpus, gold, codebook, gold.reference).of_read_segments
    segments, labels = human.segments, human.labels
    sentences = read_coded_sentences(project.coded_sentences, codebook.code_ids)
    data = training_set(segments, labels, corpus.sha256, sentences, codebook.code_ids)
    seed = project.settings.model.seed
    folds = out_of_fold_folds(data.names, data.in_documents, seed=seed)
    encoder, cache = load_encoder(project.settings.encoder), EmbeddingCache(project.cache)
    vectors = embed(segments["text"].tolist(), encoder, cache=cache)
    similarity = definition_similarity(vectors, embed_definitions(codebook, encoder, cache=cache))
    made = {
        "cosine": cosine(similarity, labels, folds),
        "tfidf": tfidf(data.texts, data.labels, folds, len(labels)),
        "fourp": train(
            data, codebook, encoder, name="x", unit=project.settings.unit, seed=seed, cache=cache
        ).out_of_fold.suggested,
    }
    columns = {"positives": labels.sum(axis=0)}
    for name, suggested in made.items():
        table = agreement_table(
            labels,
            suggested,
            codebook.code_ids,
            codebook.code_themes,
            segments["document"].to_numpy(),
            coder_a="gold",
            coder_b=name,
            resamples=0,
        )
        codes = table[table["level"] == "code"].pivot(
            index="code", columns="coefficient", values="value"
        )
        for coefficient, shown in (("f1", "F1"), ("cohen_kappa", "kappa")):
            columns[f"{name} {shown}"] = codes.loc[codebook.code_ids, coefficient].to_numpy()
    frame = pd.DataFrame(columns, index=codebook.code_ids)
    frame = pd.concat([frame, frame.mean().to_frame("mean over codes").T])
    print(
        f"{len(labels)} segments of {segments['document'].nunique()} documents, {len(sentences)} coded "
        f"sentences besides, {len(folds)} folds of whole documents, seed {seed}"
    )
    print(frame.round(3).to_string())


if __name__ == "__main__":
    main()
