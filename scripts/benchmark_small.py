"""Learning curves of the machine coder from no coded sentence to 200, on human-coded data.

For each data set and seed, sentences are drawn at random from the whole collection; each draw continues the
one before. The machine learns from them exactly as `fourp train` does (`benchmark_data.learn`): documents
stay whole, so that neighbours are known, and sentences that were not drawn count as unread. It is judged on
all other sentences that people read, by what `fourp suggest` returns for sentences without codes.

The definitions alone are judged on the same sentences. Each point is compared with both: with the definitions
and with the point before it, which is judged anew on the sentences that neither learned from. Comparisons
are paired over seeds; a point is worse if the mean difference lies more than one standard error below 0.

Writes benchmark_small.csv, benchmark_small.md and benchmark_small.svg into docs/

Usage: python scripts/benchmark_small.py DATA_FOLDER [--interviews PROJECT_FOLDER] [--seeds 5] [--jobs 2]
       [--only aims] [--out docs]
"""

from __future__ import annotations

import argparse
import sys
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import (
    ROOT,
    Ready,
    calibration_error,
    definitions_alone,
    learn,
    load,
    macro_f1,
    markdown,
    mean_average_precision,
    prepare,
    project_copy,
)
from threadpoolctl import threadpool_limits

from fourp_nlp.machine.classifier import reaches
from fourp_nlp.machine.encoder import EmbeddingCache

SIZES = (0, 10, 20, 40, 60, 100, 200)
SETS = ("aims", "opp115", "demonstration", "interviews")
MACHINE, DEFINITIONS, BEFORE = "trained", "definitions alone", "point before"
FIGURES = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "macro_f1": "macro-F1",
    "mean_average_precision": "mAP",
    "precision_at_recall": "precision at recall .35",
    "suggestions_over_true": "suggested / true",
    "calibration_error": "cal. error",
}
RECALL = 0.35
COMPARED = ("f1", "macro_f1", "mean_average_precision")
DRAWN = ("f1", "mean_average_precision", "suggestions_over_true")
COMPARISONS = ((BEFORE, "the previous point"), (DEFINITIONS, "definitions alone"))
COLOURS = {MACHINE: "#1f5fa8", DEFINITIONS: "#8c8c8c"}

_DATA: dict[str, Ready] = {}


def figures(truth: np.ndarray, said: np.ndarray, suggested: np.ndarray) -> dict[str, float]:
    """Return the figures of one machine on some sentences.

    Precision, recall and F1 are of all codes together (micro). Precision is undefined where nothing is
    suggested.
    """
    right, given, there = (truth & suggested).sum(), suggested.sum(), truth.sum()
    return {
        "precision": float(right / given) if given else float("nan"),
        "recall": float(right / there),
        "f1": float(2 * right / (given + there)),
        "macro_f1": macro_f1(suggested, truth),
        "mean_average_precision": mean_average_precision(said, truth),
        "precision_at_recall": precision_at_recall(said, truth, RECALL),
        "suggestions_over_true": float(given / there),
        "calibration_error": calibration_error(said, truth),
    }


def precision_at_recall(said: np.ndarray, truth: np.ndarray, recall: float) -> float:
    """Return the precision of as many of the likeliest pairs as find that share of the codings."""
    found = truth.ravel()[np.argsort(-said, axis=None, kind="stable")].cumsum()
    taken = int(np.searchsorted(found, recall * found[-1])) + 1
    return float(found[taken - 1] / taken)


def measure(task: tuple[str, int]) -> list[dict[str, object]]:
    """Return the figures of every point of one data set and seed."""
    name, seed = task
    data = _DATA[name]
    read, labels = data.coded.read, data.coded.labels
    order = np.random.default_rng(seed).permutation(read)

    def answers(model) -> tuple[np.ndarray, np.ndarray]:
        said = np.zeros(labels.shape)
        said[read] = model.predict_proba(data.features[read])
        return said, reaches(said, model.thresholds_)

    rows: list[dict[str, object]] = []
    with threadpool_limits(limits=1):
        alone = definitions_alone(data)
        without = before = answers(alone)
        for size in SIZES:
            drawn, judged = np.sort(order[:size]), np.sort(order[size:])
            # Without one code `fourp train` refuses, and the definitions are all there is.
            model = learn(data, drawn) if labels[drawn].any() else alone
            now = answers(model)
            machines = {MACHINE: now, DEFINITIONS: without, BEFORE: before}
            for method, (said, suggested) in machines.items():
                point = {"data": name, "coded": size, "seed": seed, "method": method}
                point |= {"judged": len(judged), "codings": int(labels[judged].sum())}
                point |= figures(labels[judged], said[judged], suggested[judged])
                point["by_definitions"] = bool(model.by_definitions_ or model is alone)
                rows.append(point)
            before = now
    return rows


def differences(table: pd.DataFrame, other: str) -> pd.DataFrame:
    """Return how much better the machine is than another, of the same point: mean and standard error.

    Columns are pairs of a figure and ``mean`` or ``error``; rows are pairs of data set and point.
    """
    keys = ["data", "coded", "seed"]
    own, theirs = (
        table[table["method"] == method].set_index(keys)[list(COMPARED)]
        for method in (MACHINE, other)
    )
    by_point = (own - theirs).groupby(["data", "coded"], sort=False)
    mean, error = by_point.mean(), by_point.sem()
    return pd.concat({"mean": mean, "error": error}, axis=1).swaplevel(axis=1)


def verdicts(differences: pd.DataFrame, figure: str) -> pd.Series:
    """Say of every point whether it is worse beyond noise."""
    mean, error = differences[figure, "mean"], differences[figure, "error"].fillna(0)
    return pd.Series(np.where(mean < -error, "**worse**", "not worse"), index=mean.index)


def curves(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the points of one data set: mean, and smallest and largest over seeds."""
    own = table[(table["data"] == name) & (table["method"] != BEFORE)]
    rows = []
    for (size, method), runs in own.groupby(["coded", "method"], sort=False):
        if not size and method == MACHINE:
            continue  # nothing was coded: it is the definitions alone
        row = {"coded": str(size), "judged": str(runs["judged"].iloc[0]), "machine": method}
        for figure, shown in FIGURES.items():
            mean, low, high = (getattr(runs[figure], each)() for each in ("mean", "min", "max"))
            row[shown] = "–" if np.isnan(mean) else f"{mean:.3f} ({low:.3f}–{high:.3f})"
        own_seeds = f"{int(runs['by_definitions'].sum())} of {len(runs)}"
        row["ranked by definitions"] = own_seeds if method == MACHINE else ""
        rows.append(row)
    return pd.DataFrame(rows)


def compared(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return how each point of one data set compares with the point before and with definitions alone."""
    columns = {}
    for other, shown in COMPARISONS:
        found = differences(table, other)
        for figure in COMPARED:
            mean, error = found[figure, "mean"][name], found[figure, "error"][name]
            words = verdicts(found, figure)[name]
            columns[f"{FIGURES[figure]} minus {shown}"] = [
                f"{mean[size]:+.3f} ± {error[size]:.3f}: {words[size]}" for size in SIZES[1:]
            ]
    return pd.DataFrame({"coded": [str(size) for size in SIZES[1:]], **columns})


def plot(table: pd.DataFrame, path: Path) -> None:
    """Draw a column of learning curves a data set."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "fourp", "svg.fonttype": "none", "font.size": 9}
    names = [name for name in SETS if name in set(table["data"])]
    size = 3.0 * len(names), 2.3 * len(DRAWN) + 0.4
    figure, axes = plt.subplots(
        len(DRAWN), len(names), figsize=size, squeeze=False, sharex=True, sharey="row"
    )
    places = np.arange(len(SIZES))
    for column, name in enumerate(names):
        own = table[table["data"] == name]
        for line, wanted in enumerate(DRAWN):
            axis = axes[line][column]
            for method, colour in COLOURS.items():
                runs = own[own["method"] == method].groupby("coded")[wanted]
                mean, low, high = (
                    each.loc[list(SIZES)] for each in (runs.mean(), runs.min(), runs.max())
                )
                axis.plot(places, mean, "o-", color=colour, label=method, markersize=4)
                axis.fill_between(places, low, high, color=colour, alpha=0.15, linewidth=0)
            axis.set_xticks(places, [str(each) for each in SIZES])
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(axis="y", color="#dddddd", linewidth=0.6)
            if wanted == "suggestions_over_true":
                axis.axhline(1, color="#444444", linewidth=0.8, linestyle=":")
        axes[0][column].set_title(name)
        axes[-1][column].set_xlabel("coded sentences")
    for line, wanted in enumerate(DRAWN):
        axes[line][0].set_ylabel(FIGURES[wanted])
        if wanted == "suggestions_over_true":
            axes[line][0].set_yscale("log", base=2)
            axes[line][0].yaxis.set_major_formatter("{x:g}")
        else:
            axes[line][0].set_ylim(0, 1)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0.04, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def report(table: pd.DataFrame, seeds: int) -> str:
    """Return all tables as Markdown."""
    names = [name for name in SETS if name in set(table["data"])]
    worse = {
        other: [
            f"{name} at {size} ({FIGURES[figure]})"
            for figure in COMPARED
            for (name, size), word in verdicts(differences(table, other), figure).items()
            if word != "not worse" and size
        ]
        for other in (BEFORE, DEFINITIONS)
    }
    points = len(names) * (len(SIZES) - 1) * len(COMPARED)
    parts = [
        "<!-- Written by scripts/benchmark_small.py; do not edit. -->",
        "# The machine coder with few coded sentences",
        "",
        "How good are suggestions after 10 to 200 coded sentences? " + _answer(worse, points),
        "",
        "![Learning curves](benchmark_small.svg)",
        "",
        "## Does more coding make suggestions worse?",
        "",
        "Each point is compared with the previous point and with the definitions alone, seed by seed, on the "
        "same sentences. It counts as worse if the mean difference is more than one standard error below 0. "
        "With five seeds, about one of five equal points would count as worse by chance alone.",
        "",
    ]
    for other, shown in COMPARISONS:
        found = "; ".join(worse[other]) or "none"
        parts.append(f"* Worse than {shown}, {len(worse[other])} of {points} comparisons: {found}.")
    parts += [
        "",
        "## How it was measured",
        "",
        f"For each of {seeds} seeds, sentences were drawn at random from the whole collection. The machine "
        "learned from them as `fourp train` does, and was tested on all other sentences that people had "
        "read. `definitions alone` is the suggestion of `fourp suggest` before any coding, tested on the "
        "same sentences. `interviews` is a project of five interviews about housing, of which one coder "
        "read 358 sentences; segments of `opp115` are paragraphs. `scripts/benchmark_data.py` describes "
        "the other data.",
        "",
        "Precision, recall and F1 are over all codes together, at the default thresholds. Macro-F1 and mAP "
        "(mean average precision) are means over codes. `suggested / true` is the number of suggestions over "
        "the number of true codings: 1 is best. `cal. error` is the expected calibration error of all "
        "probabilities, in ten bins of equal width. Cells hold the mean over seeds, and the smallest and "
        "the largest value. `ranked by definitions` counts the seeds in which the machine found that the "
        "coded sentences do not help yet, and ranked by the definitions alone.",
    ]
    for name in names:
        parts += ["", f"## {name}", "", markdown(curves(table, name))]
        parts += ["", markdown(compared(table, name))]
    return "\n".join(parts) + "\n"


def _answer(worse: dict[str, list[str]], points: int) -> str:
    """Return the result in one sentence."""
    count = sum(len(each) for each in worse.values())
    if not count:
        return (
            "On these collections, more coded sentences made suggestions better, or left them as good, in "
            "every comparison (see below)."
        )
    return f"In {count} of {2 * points} comparisons, more coded sentences made suggestions worse (see below)."


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder with aims/, opp115/")
    parser.add_argument("--interviews", type=Path, help="folder of a project; it is copied first")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", action="append", choices=SETS)
    parser.add_argument("--encoder", default="", help="another encoder by name or folder")
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    for name in options.only or SETS:
        if name == "interviews":
            coded = project_copy(name, options.interviews) if options.interviews else None
        else:
            coded = load(name, options.data)
        if coded is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        _DATA[name] = prepare(coded, cache, options.encoder)
    tasks = [(name, seed) for name in _DATA for seed in range(options.seeds)]
    with get_context("fork").Pool(options.jobs) as pool:
        rows = []
        for done, made in enumerate(pool.imap(measure, tasks, chunksize=1), 1):
            rows += made
            if sys.stderr.isatty():
                print(f"\r{done} of {len(tasks)}", end="", file=sys.stderr)
    table = pd.DataFrame(rows)
    text = report(table, options.seeds)
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    table.round(5).to_csv(options.out / "benchmark_small.csv", index=False, lineterminator="\n")
    plot(table, options.out / "benchmark_small.svg")
    (options.out / "benchmark_small.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
