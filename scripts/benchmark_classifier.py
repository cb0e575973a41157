"""Learning curves of the machine coder and of simpler methods, on real human-coded data.

For each data set, number of coded documents and seed, documents are drawn at random: some to learn from,
some to be judged on, none in both. Methods see the same documents:

* cosine: likeness to the nearest part of each definition, which ranks; probability and threshold per code
  from the coded documents;
* tfidf: TF-IDF of words and pairs of words, balanced logistic regression, threshold 0.5;
* encoder: logistic regression on the sentence encoder's vectors, threshold 0.5;
* fourp: this project's classifier with its defaults;
* setfit: contrastive fine-tuning of the encoder (Tunstall et al. 2022, arXiv:2209.11055), only with
  --setfit PYTHON, an interpreter of an environment of its own (see `setfit_oracle.py`), at the sizes
  of --setfit-sizes.

Embeddings are made before the clock starts. Writes benchmark.csv, benchmark.md and benchmark.svg into docs/

Usage: python scripts/benchmark_classifier.py DATA_FOLDER [--seeds 5] [--jobs 2] [--only aims] [--out docs]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import (
    ROOT,
    Coded,
    Ready,
    calibration_error,
    classifier,
    load,
    macro_f1,
    markdown,
    mean_average_precision,
    prepare,
)
from threadpoolctl import threadpool_limits

from fourp_nlp.agreement import agreement_table
from fourp_nlp.machine.classifier import reaches
from fourp_nlp.machine.encoder import EmbeddingCache

SIZES = {
    "demonstration": (3, 6),
    "aims": (5, 10, 25, 40),
    "opp115": (5, 20, 40, 80),
    "ilab": (5, 20, 80),
}
TESTED = {"demonstration": 3, "aims": 10, "opp115": 30, "ilab": 40}
METHODS = ("cosine", "tfidf", "encoder", "fourp")
COLOURS = {
    "cosine": "#8c8c8c",
    "tfidf": "#d98032",
    "encoder": "#4c9f70",
    "setfit": "#9467bd",
    "fourp": "#1f5fa8",
}
PRECISION = 0.9


def split(coded: Coded, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows to learn from and rows to be judged on."""
    names = np.random.default_rng(seed).permutation(np.unique(coded.documents.astype(str)))
    tested = TESTED[coded.name]
    test, train = names[:tested], names[tested : tested + size]
    documents = coded.documents.astype(str)
    return np.flatnonzero(np.isin(documents, train)), np.flatnonzero(np.isin(documents, test))


def cosine(data: Ready, train, test):
    """Return probabilities, suggestions and ranks from the definitions."""
    from sklearn.linear_model import LogisticRegression

    labels = data.coded.labels[train]
    made = np.zeros((len(test), labels.shape[1]))
    suggested = np.zeros(made.shape, dtype=bool)
    for code, target in enumerate(labels.T):
        seen, asked = data.similarity[train, code], data.similarity[test, code]
        if target.any() and not target.all():
            model = LogisticRegression(C=1e4).fit(seen[:, None] * 10, target)
            made[:, code] = model.predict_proba(asked[:, None] * 10)[:, 1]
        tried = np.quantile(seen, np.linspace(0.3, 0.999, 120))
        over = seen[:, None] >= tried
        f1 = 2 * (over & target[:, None]).sum(axis=0) / (over.sum(axis=0) + target.sum())
        suggested[:, code] = asked >= tried[f1.argmax()]
    return made, suggested, data.similarity[test]


def tfidf(data: Ready, train, test):
    """Return what words alone say."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    seen = words.fit_transform([data.coded.texts[row] for row in train])
    asked = words.transform([data.coded.texts[row] for row in test])
    return _logistic(seen, asked, data.coded.labels[train], C=10, class_weight="balanced")


def encoder(data: Ready, train, test):
    """Return what logistic regression on the sentence vectors says."""
    return _logistic(data.vectors[train, 0], data.vectors[test, 0], data.coded.labels[train], C=10)


def _logistic(seen, asked, labels, **options):
    from sklearn.linear_model import LogisticRegression

    made = np.zeros((asked.shape[0], labels.shape[1]))
    for code, target in enumerate(labels.T):
        if target.any() and not target.all():
            model = LogisticRegression(solver="liblinear", dual=True, random_state=0, **options)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made[:, code] = model.fit(seen, target).predict_proba(asked)[:, 1]
        else:
            made[:, code] = target.mean()
    return made, made >= 0.5, made


def fourp(data: Ready, train, test):
    """Return what this project's classifier says."""
    model = classifier(data)
    documents = data.coded.documents[train].astype(str)
    model.fit(
        data.features[train],
        data.coded.labels[train],
        groups=documents,
        definitions=data.definitions,
    )
    made = model.predict_proba(data.features[test])
    return made, reaches(made, model.thresholds_), made


def setfit(data: Ready, train, test, python: str):
    """Return what SetFit says, asked in an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "asked.json", Path(folder) / "answer.npy"
        content = {
            "train": [data.coded.texts[row] for row in train],
            "labels": data.coded.labels[train].astype(int).tolist(),
            "test": [data.coded.texts[row] for row in test],
        }
        asked.write_text(json.dumps(content), encoding="utf-8")
        script = Path(__file__).with_name("setfit_oracle.py")
        ran = subprocess.run(
            [python, str(script), str(asked), str(answer)],
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            sys.exit(f"SetFit failed:\n{ran.stderr[-2000:]}")
        made = np.load(answer, allow_pickle=False)
    return made, made >= 0.5, made


def figures(
    truth: np.ndarray, made: np.ndarray, suggested: np.ndarray, ranks: np.ndarray
) -> dict[str, float]:
    """Return the figures of one run.

    Means over codes leave out those without a positive in the judged documents.
    """
    carries = truth.any(axis=1)
    ranked = np.argsort(-ranks[carries], axis=1, kind="stable")
    hits = np.take_along_axis(truth[carries], ranked, axis=1)
    flat, said = truth.ravel(), made.ravel()
    order = np.argsort(-said, kind="stable")
    found = flat[order].cumsum()
    precise = np.flatnonzero(found / np.arange(1, len(found) + 1) >= PRECISION)
    return {
        "macro_f1": macro_f1(suggested, truth),
        "mean_average_precision": mean_average_precision(ranks, truth),
        "hit_at_1": float(hits[:, 0].mean()),
        "hit_at_3": float(hits[:, :3].any(axis=1).mean()),
        "brier": float(((said - flat) ** 2).mean()),
        "calibration_error": calibration_error(made, truth),
        "recall_at_precision": float(found[precise[-1]] / flat.sum()) if len(precise) else 0.0,
    }


PREPARED: dict[str, Ready] = {}


def one(task: tuple[str, int, int, str, str]) -> dict[str, object]:
    """Measure one method on one split, in a process of its own."""
    name, size, seed, method, python = task
    data = PREPARED[name]
    train, test = split(data.coded, size, seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    started = time.perf_counter()
    with threadpool_limits(limits=1):
        if method == "setfit":
            made, suggested, ranks = setfit(data, train, test, python)
        else:
            made, suggested, ranks = globals()[method](data, train, test)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if method == "setfit":
        # Another interpreter: all that it takes, and the time to start it, are counted.
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - of_children
    row = {"data": name, "documents": size, "segments": len(train), "judged": len(test)}
    row |= {"seed": seed, "method": method}
    row |= figures(data.coded.labels[test], made, suggested, ranks)
    return row | {"seconds": seconds, "memory_mib": memory / 1024}


def people(data: Ready) -> pd.DataFrame:
    """Return agreement of machine with person beside person with person, out of fold by document."""
    from sklearn.model_selection import GroupKFold

    coded = data.coded
    _, groups = np.unique(coded.documents.astype(str), return_inverse=True)
    folds = [
        test
        for _, test in GroupKFold(10, shuffle=True, random_state=0).split(groups, groups=groups)
    ]
    model = classifier(data)
    with threadpool_limits(limits=1):
        _, suggested = model.fit_out_of_fold(
            data.features, coded.labels, groups, definitions=data.definitions, folds=folds
        )

    def kappas(one_side: np.ndarray, other: np.ndarray) -> pd.Series:
        table = agreement_table(
            one_side,
            other,
            coded.codebook.code_ids,
            coded.codebook.code_themes,
            coded.documents,
            coder_a="a",
            coder_b="b",
            resamples=0,
        )
        kept = table[(table["level"] == "code") & (table["coefficient"] == "cohen_kappa")]
        return kept.set_index("code")["value"].loc[coded.codebook.code_ids]

    first, second, third = coded.coders
    pairs = [(first, second), (first, third), (second, third)]
    frame = pd.DataFrame(
        {
            "prevalence": coded.labels.mean(axis=0),
            "person and person": sum(kappas(a, b) for a, b in pairs).to_numpy() / 3,
            "machine and person": sum(kappas(a, suggested) for a in coded.coders).to_numpy() / 3,
            "machine and majority": kappas(coded.labels, suggested).to_numpy(),
        },
        index=coded.codebook.code_ids,
    )
    return pd.concat([frame, frame.mean().to_frame("mean over codes").T])


def plot(table: pd.DataFrame, path: Path) -> None:
    """Draw a learning curve a data set."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "fourp", "svg.fonttype": "none", "font.size": 9}
    names = [name for name in SIZES if name in set(table["data"])]
    figure, axes = plt.subplots(1, len(names), figsize=(3.1 * len(names), 3.2), squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        for method, own in table[table["data"] == name].groupby("method", sort=False):
            runs = own.groupby("documents")["macro_f1"]
            mean, low, high = runs.mean(), runs.min(), runs.max()
            axis.plot(mean.index, mean, "o-", color=COLOURS[method], label=method, markersize=4)
            axis.fill_between(mean.index, low, high, color=COLOURS[method], alpha=0.12, linewidth=0)
        axis.set(title=name, xlabel="coded documents", ylim=(0, 1))
        axis.set_xscale("log")
        axis.set_xticks(SIZES[name], [str(size) for size in SIZES[name]], minor=False)
        axis.minorticks_off()
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes[0][0].set_ylabel("macro-F1 on unseen documents")
    drawn = {
        label: handle
        for axis in axes[0]
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(drawn.values(), drawn.keys(), loc="lower center", ncols=len(drawn), frameon=False)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="folder with aims/, opp115/, ilab/")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="processes; more make seconds longer")
    parser.add_argument("--only", action="append", choices=list(SIZES))
    parser.add_argument("--method", action="append", choices=list(METHODS))
    parser.add_argument("--encoder", default="", help="another encoder by name or folder")
    parser.add_argument("--setfit", default="", help="interpreter of an environment with setfit")
    parser.add_argument("--setfit-sizes", default="aims:5", help="as in aims:5,opp115:5")
    parser.add_argument(
        "--with-rows",
        type=Path,
        action="append",
        default=[],
        help="a benchmark.csv: runs that it has and that are not measured now are shown, too",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    for name in options.only or SIZES:
        coded = load(name, options.data)
        if coded is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        PREPARED[name] = prepare(coded, cache, options.encoder)
    tasks = [
        (name, size, seed, method, "")
        for name in PREPARED
        for size in SIZES[name]
        for seed in range(options.seeds)
        for method in options.method or METHODS
    ]
    if options.setfit:
        for pair in options.setfit_sizes.split(","):
            name, size = pair.split(":")
            tasks += [(name, int(size), seed, "setfit", options.setfit) for seed in range(2)]
    # A process a run: each starts from the same memory.
    with get_context("fork").Pool(options.jobs, maxtasksperchild=1) as pool:
        rows = []
        for row in pool.imap(one, tasks, chunksize=1):
            rows.append(row)
            if sys.stderr.isatty():
                print(f"\r{len(rows)} of {len(tasks)}", end="", file=sys.stderr)
    table = pd.concat(
        [pd.DataFrame(rows), *(pd.read_csv(path) for path in options.with_rows)], ignore_index=True
    ).drop_duplicates(["data", "documents", "seed", "method"])
    order = {name: number for number, name in enumerate([*METHODS, "setfit"])}
    table = table.sort_values(
        ["data", "documents", "method", "seed"],
        key=lambda column: (
            column.map({**order, **{name: -9 + n for n, name in enumerate(SIZES)}})
            if column.name in {"data", "method"}
            else column
        ),
        kind="stable",
        ignore_index=True,
    )
    means = table.drop(columns="seed").groupby(["data", "documents", "method"], sort=False).mean()
    means = means.reset_index().astype({"segments": int, "judged": int})
    spread = table.groupby(["data", "documents", "method"], sort=False)["macro_f1"].std()
    means.insert(6, "sd_f1", spread.to_numpy())
    print(means.round(3).to_string(index=False))
    options.out.mkdir(parents=True, exist_ok=True)
    table.round(5).to_csv(options.out / "benchmark.csv", index=False)
    plot(table, options.out / "benchmark.svg")
    shown = means.rename(
        columns={
            "data": "data",
            "macro_f1": "F1",
            "sd_f1": "± F1",
            "mean_average_precision": "mAP",
            "hit_at_1": "hit@1",
            "hit_at_3": "hit@3",
            "brier": "Brier",
            "calibration_error": "cal. error",
            "recall_at_precision": "recall at .9",
            "memory_mib": "MiB",
        }
    )
    shown["seconds"] = shown["seconds"].map("{:.1f}".format)
    shown["MiB"] = shown["MiB"].map("{:.0f}".format)
    parts = [
        "<!-- Written by scripts/benchmark_classifier.py; do not edit. -->",
        "# Benchmark of the classifier",
        "",
        f"Means over {table['seed'].nunique()} seeds (SetFit: 2), each a random draw of documents to "
        "learn from and of documents to be judged on ("
        + ", ".join(f"{TESTED[name]} for {name}" for name in PREPARED)
        + "). What each method is, and where the data come from, is said in "
        "`scripts/benchmark_classifier.py` and `scripts/benchmark_data.py`; the classifier has its "
        "defaults everywhere. tfidf, encoder and setfit suggest from 0.5 on, as such models are commonly "
        "used, which costs them F1 while codes are few; mAP compares rankings alone. "
        "`segments` were learned from and `judged` were judged on (means). hit@1 "
        "and hit@3 are over judged segments that carry a code. `recall at .9` is the largest share of "
        "the codings that a cut through "
        "the pooled probabilities finds at a precision of 0.9, chosen in hindsight. Seconds are "
        "fitting and predicting on one core without embedding; MiB what the process grew by at most.",
        "",
        "![Learning curves](benchmark.svg)",
        "",
        markdown(shown),
    ]
    if "opp115" in PREPARED and PREPARED["opp115"].coded.coders.size:
        table = people(PREPARED["opp115"])
        print(table.round(3).to_string())
        parts += [
            "",
            "## Machine and person beside person and person",
            "",
            "OPP-115, all 3,792 segments, Cohen's kappa, mean over the three pairs: the machine "
            "learned from the majority codes of other policies (ten folds by policy) and is held "
            "against each of the three coders, as they are against each other.",
            "",
            markdown(table, index=True),
        ]
    (options.out / "benchmark.md").write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
