"""Does the shipped model put the right code first on official prose that none of us wrote.

The United States Department of Labor sorts what it writes on child labour into areas (Findings on the Worst
Forms of Child Labor; not shipped). `AREAS` maps each area, before looking at any result, to the indicators
under which the codebook files such a sentence. A sentence is right at k when an indicator of its area is
among the k likeliest. With --sentences also any table (tsv) with columns `code` and `sentence`, one indicator
a sentence.
Writes shipped_model.md into docs/.

Usage: python scripts/judge_shipped_model.py DATA_FOLDER [--sentences FILE] [--out docs]
"""

from __future__ import annotations

import argparse
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_classifier import markdown
from benchmark_data import ROOT

from fourp_nlp.classify import (
    definition_similarity,
    embed_definitions,
    load_model,
    segment_features,
)
from fourp_nlp.codebook import read_codebook
from fourp_nlp.embed import EmbeddingCache, embed_layers, load_encoder
from fourp_nlp.shipped import shipped_codebook, shipped_model

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


def ilab(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Return texts and areas of the two tables, each text once."""
    actions = pd.read_csv(folder / "suggested_actions.csv").rename(columns={"action": "text"})
    findings = pd.read_csv(folder / "findings_sentences.csv").rename(
        columns={"sentence": "text", "section": "area"}
    )
    made = {}
    for name, table in (("actions", actions), ("findings", findings)):
        own = (
            table.assign(area=table["area"].str.lower())
            .dropna(subset=["text"])
            .drop_duplicates("text")
        )
        own = own[own["area"].isin(list(AREAS))]
        made[name] = (own["text"].astype(str).tolist(), own["area"].tolist())
    return made


def hits(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Return the shares with a right code first, and among the first three."""
    ranked = np.argsort(-scores, axis=1, kind="stable")
    found = np.take_along_axis(right, ranked, axis=1)
    return float(found[:, 0].mean()), float(found[:, :3].any(axis=1).mean())


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with ilab/")
    parser.add_argument("--sentences", type=Path, help="tsv with columns code and sentence")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    codebook = read_codebook(shipped_codebook())
    codes = codebook.code_ids
    encoder = load_encoder()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    definitions = embed_definitions(codebook, encoder, cache=cache)
    model = load_model(shipped_model()).classifier

    sets = ilab(options.data / "ilab")
    if options.sentences:
        table = pd.read_csv(options.sentences, sep="\t")
        sets["sentences"] = (table["sentence"].tolist(), table["code"].replace(SHORT).tolist())
    rows = []
    for name, (texts, areas) in sets.items():
        vectors = embed_layers(texts, encoder, cache=cache)
        alone = [str(number) for number in range(len(texts))]
        loose = [False] * len(texts)
        asked = segment_features(texts, vectors, alone, definitions, placed=loose)
        cosine = definition_similarity(vectors[:, 0], definitions)
        said = model.predict_proba(asked)
        wanted = [AREAS.get(area, [area]) for area in areas]
        right = np.array([[code in some for code in codes] for some in wanted])
        shown = ["all"] if name == "sentences" else [*dict.fromkeys(areas), "all"]
        for area in shown:
            own = np.array([area in ("all", given) for given in areas])
            size = right[own].sum(axis=1)
            chance = [comb(len(codes) - n, 3) / comb(len(codes), 3) for n in size]
            rows.append(
                {
                    "text": name,
                    "area": area.replace("_", " "),
                    "n": int(own.sum()),
                    "chance, first": float((size / len(codes)).mean()),
                    "definitions, first": hits(cosine[own], right[own])[0],
                    "model, first": hits(said[own], right[own])[0],
                    "chance, in three": float(1 - np.mean(chance)),
                    "definitions, in three": hits(cosine[own], right[own])[1],
                    "model, in three": hits(said[own], right[own])[1],
                }
            )
    table = pd.DataFrame(rows)
    print(table.round(3).to_string(index=False))
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
        "filed by their authors. All are judged alone, without neighbours. The subject is child "
        "labour and the writer a government: the figures tell how far the model carries, not how well "
        "it codes coalitions.",
        *(["", _STUDY.format(len(sets["sentences"][0]))] if options.sentences else []),
        "",
        markdown(table),
    ]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "shipped_model.md").write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
