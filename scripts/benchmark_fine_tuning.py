"""The classifier with and without fine-tuning, on the same documents.

Splits and figures are those of `benchmark_classifier.py`: documents are drawn at random, some to learn
from, some to be judged on, none in both. Fine-tuning has its defaults (`Recipe`).
Rounds are kept under .fourp/: a run that was interrupted goes on where it stopped. Seconds are those of
fine-tuning alone, on all cores, with whatever else the machine has to do.

Writes fine_tuning.csv into docs/ and prints the table of docs/fine_tuning.md.

Usage: python scripts/benchmark_fine_tuning.py DATA_FOLDER [--cases aims:10,aims:40:1] [--seeds 2]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_classifier import figures, split
from benchmark_data import ROOT, load, markdown, prepare

from fourp_nlp.machine.classifier import build_classifier, reaches, with_tuned
from fourp_nlp.machine.encoder import EmbeddingCache, load_encoder
from fourp_nlp.machine.fine_tuning import Recipe, fine_tune, tuned_probabilities

SHOWN = {
    "macro_f1": "F1",
    "mean_average_precision": "mAP",
    "hit_at_1": "hit@1",
    "brier": "Brier",
    "calibration_error": "cal. error",
    "recall_at_precision": "recall at .9",
}


def measure(data, size: int, seed: int, folder: Path) -> list[dict[str, object]]:
    """Return the figures of one split, without and with fine-tuning."""
    coded, encoder = data.coded, load_encoder()
    train, test = split(coded, size, seed)
    documents = coded.documents.astype(str)
    codes = coded.labels.shape[1]
    texts = {part: [coded.texts[row] for row in rows] for part, rows in (("a", train), ("b", test))}
    started = time.perf_counter()

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(
                f"\r{coded.name} {size} seed {seed}: {done / total:.0%} ", end="", file=sys.stderr
            )

    tuned, said = fine_tune(
        texts["a"],
        documents[train].tolist(),
        coded.labels[train],
        encoder,
        recipe=Recipe(),
        seed=seed,
        folder=folder,
        progress=tell,
    )
    seconds = time.perf_counter() - started
    asked = tuned_probabilities(tuned, texts["b"], documents[test].tolist(), encoder)
    rows = []
    for method, columns in (("without", 0), ("with", codes)):
        model = build_classifier(data.vectors.shape[1:], n_tuned=columns)
        seen, new = data.features[train], data.features[test]
        if columns:
            seen, new = with_tuned(seen, said), with_tuned(new, asked)
        model.fit(seen, coded.labels[train], groups=documents[train], definitions=data.definitions)
        made = model.predict_proba(new)
        rows.append(
            {
                "data": coded.name,
                "documents": size,
                "seed": seed,
                "fine-tuning": method,
                **figures(coded.labels[test], made, reaches(made, model.thresholds_), made),
                "share": model.tuned_share_,
                "seconds": seconds if columns else 0.0,
            }
        )
    return rows


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder with aims/, opp115/, ilab/")
    parser.add_argument(
        "--cases",
        default="demonstration:6,aims:10,aims:40,opp115:20",
        help="data set:coded documents[:seeds]",
    )
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    ready, rows = {}, []
    options.out.mkdir(parents=True, exist_ok=True)
    for case in options.cases.split(","):
        name, size, *own = case.split(":")
        if name not in ready:
            coded = load(name, options.data)
            if coded is None:
                print(f"{name}: not there, left out", file=sys.stderr)
                continue
            ready[name] = prepare(coded, cache)
        for seed in range(int(own[0]) if own else options.seeds):
            folder = ROOT / ".fourp" / "fine_tuning" / f"{name}-{size}-{seed}"
            rows += measure(ready[name], int(size), seed, folder)
            print(pd.DataFrame(rows[-2:]).round(3).to_string(index=False), flush=True)
            table = pd.DataFrame(rows)
            table.round(5).to_csv(options.out / "fine_tuning.csv", index=False)
    means = table.groupby(["data", "documents", "fine-tuning"], sort=False)
    shown = means[[*SHOWN, "share", "seconds"]].mean().rename(columns=SHOWN)
    shown.insert(0, "seeds", means.size())
    shown["seconds"] = shown["seconds"].map("{:.0f}".format)
    print(markdown(shown.reset_index().astype({"documents": int, "seeds": int})))
    # How far the two are apart on the same documents.
    wide = table.pivot_table(
        index=["data", "documents", "seed"], columns="fine-tuning", values="macro_f1"
    )
    gained = wide["with"] - wide["without"]
    print(f"F1 gained: mean {gained.mean():.3f}, in {np.mean(gained > 0):.0%} of runs")


if __name__ == "__main__":
    main()
