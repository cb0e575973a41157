"""What the classifier is worth with each runtime of the encoder, side by side.

Every runtime embeds the same documents; the classifier learns from the same ones and is judged on the same
others, once for each seed. A runtime may be the default only if macro-F1 and mean average precision stay
within 0.005 of single precision. Writes runtimes.csv into docs/.

Usage: python scripts/measure_runtimes.py DATA_FOLDER [--seeds 5] [--jobs 2] [--only aims] [--out docs]
"""

from __future__ import annotations

import argparse
import sys
from multiprocessing import get_context
from pathlib import Path

import benchmark_classifier as benchmark
import numpy as np
import pandas as pd
from benchmark_data import ROOT, load, markdown, prepare

from fourp_nlp.machine.encoder import DEFAULT_ENCODER, RUNTIMES, EmbeddingCache

SIZES = {"demonstration": (6,), "aims": (10, 40), "opp115": (20,)}
FIGURES = ["macro_f1", "mean_average_precision", "hit_at_1", "hit_at_3", "brier"]
NEAR = 0.005
REFERENCE = "torch"


def one(task: tuple[str, int, int, str]) -> dict[str, object]:
    """Measure one runtime on one split."""
    name, size, seed, runtime = task
    benchmark.PREPARED[name] = benchmark.PREPARED[f"{name} {runtime}"]
    row = benchmark.one((name, size, seed, "fourp", ""))
    return {"runtime": runtime, **row}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder with aims/ and opp115/")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", choices=list(SIZES))
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--tell", action="store_true", help="nothing is measured: the table again")
    options = parser.parse_args()
    if options.tell:
        tell(options.out)
        return
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    tasks, likeness = [], []
    for name in options.only or SIZES:
        coded = load(name, options.data)
        if coded is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        for runtime in RUNTIMES:
            benchmark.PREPARED[f"{name} {runtime}"] = prepare(
                coded, cache, f"{DEFAULT_ENCODER}:{runtime}"
            )
        reference = benchmark.PREPARED[f"{name} {REFERENCE}"].vectors
        for runtime in RUNTIMES:
            cosines = (benchmark.PREPARED[f"{name} {runtime}"].vectors * reference).sum(axis=2)
            likeness.append((name, runtime, cosines.mean(), cosines.min()))
        tasks += [
            (name, size, seed, runtime)
            for size in SIZES[name]
            for seed in range(options.seeds)
            for runtime in RUNTIMES
        ]
    with get_context("fork").Pool(options.jobs, maxtasksperchild=1) as pool:
        rows = pd.DataFrame(list(pool.imap(one, tasks, chunksize=1)))
    keys = ["data", "documents"]
    means = rows.groupby([*keys, "runtime"], sort=False)[FIGURES].mean()
    wide = rows.set_index([*keys, "seed", "runtime"])[FIGURES]
    difference = (
        wide
        - wide.xs(REFERENCE, level="runtime").reindex(wide.index.droplevel("runtime")).to_numpy()
    )
    of_runtime = difference.groupby([*keys, "runtime"], sort=False)
    for figure in FIGURES[:2]:
        means[f"{figure}_difference"] = of_runtime[figure].mean()
        means[f"{figure}_se"] = of_runtime[figure].std(ddof=1) / np.sqrt(options.seeds)
    cosines = pd.DataFrame(likeness, columns=["data", "runtime", "cosine_mean", "cosine_least"])
    table = means.reset_index().merge(cosines, on=["data", "runtime"])
    table.to_csv(options.out / "runtimes.csv", index=False, float_format="%.6f")
    tell(options.out)


def tell(folder: Path) -> None:
    """Print what was measured, and whether each runtime may be the default."""
    table = pd.read_csv(folder / "runtimes.csv")
    shown = table[["data", "documents", "runtime"]].copy()
    for figure, short in (("macro_f1", "macro-F1"), ("mean_average_precision", "mAP")):
        shown[short] = table[figure].map("{:.3f}".format)
        shown[f"difference of {short}"] = [
            f"{difference:+.4f} ({error:.4f})"
            for difference, error in zip(
                table[f"{figure}_difference"], table[f"{figure}_se"], strict=True
            )
        ]
    shown["cosine, mean"] = table["cosine_mean"].map("{:.4f}".format)
    shown["cosine, least"] = table["cosine_least"].map("{:.4f}".format)
    text = markdown(shown[table["runtime"] != REFERENCE])
    print(text)
    differences = [f"{figure}_difference" for figure in FIGURES[:2]]
    apart = table[differences].abs().groupby(table["runtime"]).max()
    for runtime, row in apart.iterrows():
        verdict = "within" if (row <= NEAR).all() else "not within"
        print(f"{runtime}: {verdict} {NEAR} of {REFERENCE} (largest difference {row.max():.4f})")


if __name__ == "__main__":
    main()
