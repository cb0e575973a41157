"""Fit how similarity to a definition turns into a first probability, for codes that have no gold yet.

One logistic regression over all (sentence, code) pairs of the coded sentences in `corpus/training`,
every code alike, so that the result can be used with any codebook. The three inputs are those of
`zero_shot_features`. Writes `fourp_nlp/classify/zero_shot.json` and prints what it found.

Usage: python scripts/fit_zero_shot.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from fourp_nlp.classify import definition_similarity, embed_definitions
from fourp_nlp.classify._zero_shot import zero_shot_features
from fourp_nlp.codebook import read_codebook
from fourp_nlp.coded_sentences import read_coded_sentences
from fourp_nlp.embed import EmbeddingCache, embed, load_encoder

ROOT = Path(__file__).resolve().parent.parent
GRID = np.round(np.arange(0.05, 0.96, 0.01), 2)


def main() -> None:
    """Fit, report and write."""
    codebook = read_codebook(ROOT / "corpus" / "codebook.yaml")
    sentences = read_coded_sentences(
        sorted((ROOT / "corpus" / "training").glob("*.csv")), codebook.code_ids
    )
    encoder = load_encoder()
    cache = EmbeddingCache(ROOT / ".fourp" / "embeddings.sqlite")
    vectors = embed(sentences["text"].tolist(), encoder, cache=cache)
    similarity = definition_similarity(vectors, embed_definitions(codebook, encoder, cache=cache))
    inputs = zero_shot_features(similarity)
    labels = np.array(
        [[code in codes for code in codebook.code_ids] for codes in sentences["codes"]]
    )
    count = len(codebook.code_ids)
    x, y = inputs.reshape(-1, inputs.shape[-1]), labels.ravel()
    code = np.tile(np.arange(count), len(labels))

    model = LogisticRegression(C=1e4, max_iter=1000)
    # Judged on codes that the fit did not see, as it will be used on other codebooks.
    unseen = cross_val_predict(
        model, x, y, groups=code, cv=LeaveOneGroupOut(), method="predict_proba"
    )[:, 1].reshape(labels.shape)
    scores = [f1_score(labels, unseen >= t, average="macro", zero_division=0) for t in GRID]
    threshold = float(GRID[int(np.argmax(scores))])
    carries = labels.any(axis=1)
    ranked = np.argsort(-unseen[carries], axis=1)
    first = labels[carries][np.arange(carries.sum()), ranked[:, 0]].mean()
    three = np.take_along_axis(labels[carries], ranked[:, :3], axis=1).any(axis=1).mean()
    model.fit(x, y)
    content = {
        "weights": [round(float(weight), 4) for weight in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), 4),
        "threshold": threshold,
        "fitted_on": f"{len(labels)} coded sentences, {count} codes",
    }
    target = ROOT / "fourp_nlp" / "classify" / "zero_shot.json"
    target.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    print(f"sentences {len(labels)}, with a code {int(carries.sum())}")
    print(f"codes unseen by the fit: macro-F1 {max(scores):.3f} at threshold {threshold:.2f}")
    print(f"right code first {first:.3f}, among the first three {three:.3f}")
    print(json.dumps(content))


if __name__ == "__main__":
    main()
