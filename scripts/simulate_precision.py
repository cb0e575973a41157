"""Is a promised precision kept? Promises made from some coded documents, measured on all the others.

For each data set, number of coded documents and seed, documents are drawn at random to learn from. The
classifier learns as in a project; what it says of them out of fold makes the promises; all other documents
judge them. Methods see the same models:

* naive: the lowest cut whose precision out of fold is what was asked for;
* fixed sequence: cuts that accept twice as many each time, from the first number that could pass, each at the
  whole permitted error until one fails; each code by itself;
* Bonferroni: ten cuts from 0.5 to 0.95, each at a tenth of the permitted error; each code by itself;
* each code alone: as fourp, but without the control over codes;
* no effect: as fourp, but as if segments of a document were independent;
* fourp: what the package does.

A second table has documents whose true precision is known: a hair below what was asked for at every cut,
so that every promise is a broken one, with errors that are alike within documents.

Prints both as Markdown.

Usage: python scripts/simulate_precision.py DATA_FOLDER [--seeds 20] [--jobs 2] [--only aims]
"""

from __future__ import annotations

import argparse
import sys
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import ROOT, Ready, classifier, load, prepare
from scipy.stats import binom
from threadpoolctl import threadpool_limits

from fourp_nlp.classify import promise
from fourp_nlp.classify._promise import needed, p_value
from fourp_nlp.embed import EmbeddingCache
from fourp_nlp.training import out_of_fold_folds

SIZES = {"aims": (10, 25, 40), "opp115": (20, 40, 80)}
TARGETS = (0.8, 0.9)
CONFIDENCE = 0.9
METHODS = ("naive", "fixed sequence", "Bonferroni", "each code alone", "no effect", "fourp")
RUNS = 2000  # of documents whose truth is known

_DATA: dict[str, Ready] = {}


def told(probabilities):
    """Return probabilities as suggestions tell them, to four places."""
    return np.round(np.asarray(probabilities, dtype=float), 4)


def naive(probability, label, target):
    """Return the lowest cut with the precision, or nan."""
    order = np.argsort(-probability, kind="stable")
    ordered = probability[order]
    share = np.cumsum(label[order]) / np.arange(1, len(order) + 1)
    last_of_its_kind = np.append(ordered[1:] < ordered[:-1], True)
    passing = np.flatnonzero((share >= target) & last_of_its_kind)
    return ordered[passing[-1]] if len(passing) else np.nan


def fixed_sequence(probability, label, target):
    """Return the lowest cut of a sequence that passes until one fails, or nan."""
    ordered = np.sort(probability[probability >= 0.5])[::-1]
    size, lowest = needed(target, 1 - CONFIDENCE), np.nan
    while size <= len(ordered):
        cut = ordered[size - 1]
        over = probability >= cut
        if p_value(label[over].sum(), over.sum(), target) > 1 - CONFIDENCE:
            break
        lowest = cut
        size = 2 * size if 2 * size < len(ordered) or size == len(ordered) else len(ordered)
    return lowest


def bonferroni(probability, label, target):
    """Return the lowest of ten cuts that passes at a tenth of the error, or nan."""
    cuts = np.round(np.arange(0.5, 0.951, 0.05), 2)
    over = probability[:, None] >= cuts
    values = p_value((over & label[:, None]).sum(axis=0), over.sum(axis=0), target)
    passing = cuts[values <= (1 - CONFIDENCE) / len(cuts)]
    return passing[0] if len(passing) else np.nan


def chosen(method, probabilities, labels, documents, target, model):
    """Return each code's threshold by a method; nan where it promises nothing."""
    learned = model.learned_ | ~np.isnan(model.constant_)
    one_by_one = {"naive": naive, "fixed sequence": fixed_sequence, "Bonferroni": bonferroni}
    options = {"precision": target, "confidence": CONFIDENCE}
    if method in one_by_one:
        made = [
            one_by_one[method](probabilities[:, code], labels[:, code], target) if known else np.nan
            for code, known in enumerate(learned)
        ]
        return np.array(made)
    if method == "each code alone":
        made = [
            promise(
                probabilities[:, [code]],
                labels[:, [code]],
                documents,
                thresholds=model.thresholds_[[code]],
                learned=learned[[code]],
                **options,
            ).thresholds[0]
            for code in range(labels.shape[1])
        ]
        return np.array(made)
    return promise(
        probabilities,
        labels,
        documents,
        thresholds=model.thresholds_,
        learned=learned,
        correct_for_documents=method == "fourp",
        **options,
    ).thresholds


def one(task: tuple[str, int, int]) -> list[tuple]:
    """Learn from one draw of documents and measure every method on the others."""
    name, size, seed = task
    data = _DATA[name]
    documents, labels = data.coded.documents.astype(str), data.coded.labels
    names = np.random.default_rng(seed).permutation(np.unique(documents))
    learn = np.isin(documents, names[:size])
    train, test = np.flatnonzero(learn), np.flatnonzero(~learn)
    model = classifier(data)
    folds = out_of_fold_folds(documents[train].tolist(), np.ones(len(train), bool), seed=0)
    with threadpool_limits(limits=1):
        said, _ = model.fit_out_of_fold(
            data.features[train],
            labels[train],
            documents[train],
            definitions=data.definitions,
            folds=folds,
        )
        asked = told(model.predict_proba(data.features[test]))
    _, numbered = np.unique(documents[train], return_inverse=True)
    rows = []
    for target in TARGETS:
        for method in METHODS:
            cuts = chosen(method, told(said), labels[train], numbered, target, model)
            promised = ~np.isnan(cuts)
            # A comparison with nan accepts nothing.
            over = asked >= cuts - 0.00005
            right = (over & labels[test]).sum(axis=0)
            numbers = (promised, over.sum(axis=0), right, labels[test].sum(axis=0))
            rows += [
                (name, size, seed, target, method, code, *own)
                for code, own in enumerate(zip(*(each.tolist() for each in numbers), strict=True))
            ]
    return rows


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a data set, size, target and method."""
    made = []
    keys = ["data", "documents", "target", "method"]
    for key, own in rows.groupby(keys, sort=False):
        target = key[2]
        # A promise under which nothing was accepted was neither kept nor broken.
        used = own[own["promised"] & (own["accepted"] > 0)]
        share = used["right"] / used["accepted"]
        broken = share < target
        # That few right, if the precision were what was promised, in one of twenty samples at most.
        shown = binom.cdf(used["right"], used["accepted"], target) < 0.05
        made.append(
            (
                *key,
                own["promised"].mean(),
                1 - broken.mean(),
                broken.sum() / len(own),
                shown.mean() if len(used) else np.nan,
                used["right"].sum() / max(used["accepted"].sum(), 1) if len(used) else np.nan,
                share.mean(),
                own["right"].sum() / own["positives"].sum(),
            )
        )
    names = ["promised", "kept", "broken of all", "surely broken", "pooled", "mean", "coverage"]
    return pd.DataFrame(made, columns=[*keys, *names])


def known_truth() -> pd.DataFrame:
    """Return how many promises are made, all of them broken, where the precision is 0.79 of 0.8."""
    made = []
    for correlation in (0.0, 0.1, 0.2):
        for documents, each in ((10, 10), (30, 6), (80, 5)):
            promised = {True: 0, False: 0}
            random = np.random.default_rng(1)
            for _ in range(RUNS):
                of = np.repeat(np.arange(documents), each)
                share = np.full(documents, 0.79)
                if correlation:
                    spread = 1 / correlation - 1
                    share = random.beta(0.79 * spread, 0.21 * spread, documents)
                labels = (random.random(len(of)) < share[of])[:, None]
                probabilities = told(random.uniform(0.5, 1, (len(of), 1)))
                for correct in promised:
                    result = promise(
                        probabilities,
                        labels,
                        of,
                        precision=0.8,
                        confidence=CONFIDENCE,
                        thresholds=np.array([0.3]),
                        learned=np.array([True]),
                        correct_for_documents=correct,
                    )
                    promised[correct] += not result.reasons[0]
            row = (correlation, documents, each, promised[False] / RUNS, promised[True] / RUNS)
            made.append(row)
    names = ["correlation", "documents", "suggestions each", "no effect", "fourp"]
    return pd.DataFrame(made, columns=names)


def markdown(frame: pd.DataFrame) -> str:
    """Return a table as Markdown."""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|---" * frame.shape[1] + "|"]
    for row in frame.itertuples(index=False):
        cells = []
        for name, cell in zip(frame.columns, row, strict=True):
            digits = 1 if name in {"target", "correlation"} else 3
            number = isinstance(cell, float)
            text = f"{cell:.{digits}f}" if number else str(cell)
            cells.append("–" if number and np.isnan(cell) else text)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", choices=list(SIZES))
    options = parser.parse_args()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    for name in options.only or SIZES:
        coded = load(name, options.data)
        if coded is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        _DATA[name] = prepare(coded, cache)
    tasks = [
        (name, size, seed)
        for name in _DATA
        for size in SIZES[name]
        for seed in range(options.seeds)
    ]
    with get_context("fork").Pool(options.jobs) as pool:
        rows = [row for made in pool.imap(one, tasks, chunksize=1) for row in made]
    columns = ["data", "documents", "seed", "target", "method", "code", "promised", "accepted"]
    table = pd.DataFrame(rows, columns=[*columns, "right", "positives"])
    if len(table):
        print(f"{options.seeds} draws of documents, confidence {CONFIDENCE}\n")
        print(markdown(summary(table)))
    print(f"\nTrue precision 0.79, promised 0.8: share of {RUNS} runs with a (broken) promise\n")
    print(markdown(known_truth()))


if __name__ == "__main__":
    main()
