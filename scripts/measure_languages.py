"""Measure whether definitions rank the right sentences first, in French and in English.

The thirty sentences are fiction of our own about a shared garden (`tests/french.py`): four codes with six
sentences each, and six sentences without a code, in French and in English. No model is trained: the machine
works from names and definitions alone, as `fourp_nlp.suggest` does. For each encoder and pair of languages a
row tells

- average precision: mean over the codes, 1 where the six right sentences come first, 0.2 by chance;
- first six right: share of the six likeliest sentences of a code that have it, mean over the codes;
- right code likeliest: share of the 24 coded sentences whose likeliest code is theirs, 0.25 by chance.

Usage: python scripts/measure_languages.py
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sklearn.metrics import average_precision_score

import fourp_nlp
from fourp_nlp.machine.encoder import DEFAULT_ENCODER
from fourp_nlp.machine.encoder.multilingual import MULTILINGUAL_ENCODER
from tests.french import CODES, SENTENCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST = 6
ROWS = [("English", "English"), ("English", "French"), ("French", "French")]


def main() -> None:
    """Print a row for each encoder, language of definitions and language of sentences."""
    print(
        "| encoder | definitions | sentences | average precision | first six right | right code likeliest |"
    )
    print("|---|---|---|---|---|---|")
    for encoder in (DEFAULT_ENCODER, MULTILINGUAL_ENCODER):
        for definitions, sentences in ROWS:
            figures = [f"{one:.2f}" for one in measured(encoder, definitions, sentences)]
            print(f"| {' | '.join([encoder, definitions, sentences, *figures])} |")


def measured(encoder: str, definitions: str, sentences: str) -> tuple[float, float, float]:
    """Return the three figures of one row."""
    scores, truth = probabilities(encoder, definitions, sentences), labels()
    codes = range(len(CODES))
    precision = [average_precision_score(truth[:, code], scores[:, code]) for code in codes]
    first = [
        truth[np.argsort(-scores[:, code], kind="stable")[:FIRST], code].mean() for code in codes
    ]
    coded = truth.any(axis=1)
    likeliest = scores[coded].argmax(axis=1) == truth[coded].argmax(axis=1)
    return float(np.mean(precision)), float(np.mean(first)), float(likeliest.mean())


def labels() -> NDArray[np.bool_]:
    """Return which sentence has which code, shape (sentences, codes)."""
    return np.array([[code == name for name in CODES] for code, _, _ in SENTENCES])


def probabilities(encoder: str, definitions: str, sentences: str) -> NDArray[np.float64]:
    """Return the probability of each code for each sentence, shape (sentences, codes)."""
    place = 0 if definitions == "French" else 2
    ids = {code: f"c{number}" for number, code in enumerate(CODES)}
    content = {
        "id": "garden",
        "title": "Garden",
        "codes": [
            {"id": ids[code], "name": texts[place], "short_definition": texts[place + 1]}
            for code, texts in CODES.items()
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codebook.yaml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        texts = [row[1 if sentences == "French" else 2] for row in SENTENCES]
        table = fourp_nlp.suggest(texts, path, encoder=encoder, unit="paragraph", all_codes=True)
    wide = table.pivot_table(index="document", columns="code", values="probability")
    return wide.loc[[str(row) for row in range(len(texts))], list(ids.values())].to_numpy()


if __name__ == "__main__":
    main()
