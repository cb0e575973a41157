"""Simulate `fourp next`: how fast the machine learns from what each strategy has people code.

The AIMS.au statements (see `benchmark_data.py`; not shipped) are coded already, so that a person's
answers can be looked up. For each seed, 10 of the 50 statements are set aside for testing. Of the segments of
the other 40, 60 are coded at random; then each strategy chooses 40 a round, the machine learns anew from
all that is coded, and is asked for the codes of the test statements, until 620 segments are coded. All
strategies of a seed begin with the same 60. The last line, all 40 statements coded, is what there is
to reach.

The machine learns as `fourp train` has it learn (`benchmark_data.learn`). As in `fourp next`, it is asked as
it is for what to code, and the strategies are those of `fourp_nlp.coding.sampling`. Writes
docs/next_simulation.csv and .svg and prints the table.

Usage: python scripts/simulate_next.py DATA_FOLDER [--seeds 8] [--out docs] [--jobs 2]
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import ROOT, aims, definitions_alone, learn, prepare

from fourp_nlp.machine.encoder import EmbeddingCache

STRATEGIES = ("random", "uncertainty", "disagreement", "diversity", "mixed")
HELD_OUT, BEGIN, ROUND, END = 10, 60, 40, 620
SHOWN = (60, 100, 220, 340, 460, 620)
_DATA: dict[str, object] = {}


def read(data: Path) -> None:
    """Keep the statements' features, codes and all that a simulation needs."""
    coded = aims(data)
    ready = prepare(coded, EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite"))
    _DATA.update(
        ready=ready,
        features=ready.features,
        vectors=ready.vectors[:, 0],
        labels=coded.labels,
        documents=coded.documents.astype(str),
        alike=pd.factorize(np.array(coded.texts, dtype=object))[0],
        definitions=definitions_alone(ready),
    )


def macro_f1(model, rows):
    """Return the mean over codes of F1 on some rows; a code that is never found counts 0."""
    from sklearn.metrics import f1_score

    made = model.predict(_DATA["features"][rows])
    return f1_score(_DATA["labels"][rows], made, average="macro", zero_division=0)


def scores_of(strategy, model, pool):
    """Return the scores that a strategy goes by, for all segments; those outside the pool are 0."""
    from fourp_nlp.coding.sampling import disagreement, nearness

    if strategy in {"random", "diversity"}:
        return None
    part = _DATA["features"][pool]
    learned = model.predict_proba(part)
    if strategy == "disagreement":
        known, definitions = np.flatnonzero(model.learned_), _DATA["definitions"]
        made = disagreement(
            learned[:, known],
            definitions.predict_proba(part)[:, known],
            model.thresholds_[known],
            definitions.thresholds_[known],
        )
    else:
        made = nearness(learned, model.thresholds_)
    scores = np.zeros((len(pool), made.shape[1]))
    scores[pool] = made
    return scores


def simulate(task):
    """Return (strategy, seed, segments coded, macro-F1) of every round of one strategy."""
    from fourp_nlp.coding.sampling import pick_segments

    strategy, seed = task
    random = np.random.default_rng(seed)
    names = _DATA["documents"]
    order = random.permutation(np.unique(names))
    test = np.isin(names, order[:HELD_OUT])
    if strategy == "everything":
        rest = np.flatnonzero(~test)
        return [(strategy, seed, len(rest), macro_f1(learn(_DATA["ready"], rest), test))]
    coded = random.choice(np.flatnonzero(~test), size=BEGIN, replace=False)
    made = []
    while True:
        model = learn(_DATA["ready"], np.sort(coded))
        made.append((strategy, seed, len(coded), macro_f1(model, test)))
        if len(coded) >= END:
            return made
        pool = ~test
        pool[coded] = False
        pick = pick_segments(
            strategy,
            ROUND,
            pool,
            random,
            scores=scores_of(strategy, model, pool),
            vectors=lambda rows: _DATA["vectors"][rows],
            coded=np.sort(coded),
            alike=_DATA["alike"],
        )
        coded = np.concatenate([coded, pick.rows])


def needed(curve: pd.Series, goal: float) -> str:
    """Return after how many segments a curve of means first reaches a figure."""
    reached = curve[curve >= goal]
    return str(reached.index[0]) if len(reached) else f"more than {curve.index[-1]}"


def plot(means: pd.DataFrame, low: pd.Series, high: pd.Series, goal: float, path: Path):
    """Draw the curves; the band is from the lowest seed of random to the highest."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "next", "svg.fonttype": "none", "font.size": 9})
    styles = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]
    colours = ["#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7"]
    figure, axes = plt.subplots(figsize=(7, 4.2))
    for strategy, style, colour in zip(STRATEGIES, styles, colours, strict=True):
        axes.plot(means.index, means[strategy], linestyle=style, color=colour, label=strategy)
    axes.fill_between(
        means.index, low, high, color="#000000", alpha=0.1, linewidth=0, label="random, all seeds"
    )
    axes.axhline(goal, color="#777777", linewidth=0.7)
    axes.annotate("all 40 statements coded", (means.index[0], goal), va="bottom", color="#555555")
    axes.set_xlabel("segments coded")
    axes.set_ylabel("macro-F1 on 10 unseen statements")
    axes.legend(frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})


def main() -> None:
    """Simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if not (options.data / "aims_au_test.csv").is_file():
        print(f"skipped: {options.data / 'aims_au_test.csv'} is not there")
        return
    read(options.data)
    tasks = [(name, seed) for seed in range(options.seeds) for name in (*STRATEGIES, "everything")]
    with ProcessPoolExecutor(options.jobs, initializer=_DATA.update, initargs=(_DATA,)) as workers:
        rows = [row for made in workers.map(simulate, tasks) for row in made]
    frame = pd.DataFrame(rows, columns=["strategy", "seed", "coded", "macro_f1"])
    options.out.mkdir(parents=True, exist_ok=True)
    frame.round(4).to_csv(options.out / "next_simulation.csv", index=False, lineterminator="\n")
    whole = frame[frame["strategy"] == "everything"]
    curves = frame[frame["strategy"] != "everything"]
    by = curves.groupby(["coded", "strategy"])["macro_f1"]
    means, low, high = (
        each.unstack()[list(STRATEGIES)] for each in (by.mean(), by.min(), by.max())
    )
    spread = by.std().unstack()[list(STRATEGIES)]
    goal = float(means["random"].iloc[-1])
    plot(
        means,
        low["random"],
        high["random"],
        float(whole["macro_f1"].mean()),
        options.out / "next_simulation.svg",
    )

    print(
        f"macro-F1 on {HELD_OUT} unseen statements, mean of {options.seeds} seeds (standard deviation)\n"
    )
    print("| segments coded | " + " | ".join(STRATEGIES) + " |")
    print("|---" * (1 + len(STRATEGIES)) + "|")
    for count in SHOWN:
        cells = [f"{means.loc[count, s]:.3f} ({spread.loc[count, s]:.3f})" for s in STRATEGIES]
        print(f"| {count} | " + " | ".join(cells) + " |")
    cells = [needed(means[s], goal) for s in STRATEGIES]
    print(f"| needed for {goal:.3f} | " + " | ".join(cells) + " |")
    area = [f"{means[s].mean():.3f}" for s in STRATEGIES]
    print("| mean of all rounds | " + " | ".join(area) + " |")
    # Strategies of one seed share its statements and its beginning, so they are compared within it.
    own = curves.groupby(["seed", "strategy"])["macro_f1"].mean().unstack()
    better = own[list(STRATEGIES)].sub(own["random"], axis=0)
    error = better.std() / np.sqrt(len(better))
    cells = [
        "" if s == "random" else f"{better[s].mean():+.3f} ({error[s]:.3f})" for s in STRATEGIES
    ]
    print("| over random (standard error) | " + " | ".join(cells) + " |")
    wins = [
        "" if s == "random" else f"{(better[s] > 0).sum()} of {len(better)}" for s in STRATEGIES
    ]
    print("| seeds in which it is better | " + " | ".join(wins) + " |")
    print(
        f"\nall 40 statements coded ({whole['coded'].mean():.0f} segments on average): "
        f"{whole['macro_f1'].mean():.3f} ({whole['macro_f1'].std():.3f})"
    )


if __name__ == "__main__":
    main()
