"""How often do intervals for shares and groups contain the true value? Simulated clustered corpora.

Cells were designed with an eye on real corpora (`simulate_coverage.py`), the correction for skewness with one
on the exact part, and intervals for documents like these with one on corpora of this kind. The corpora have
documents of unequal length, in which a code's share is drawn from a beta distribution, so that segments of a
document are correlated by 0.02 or 0.1; the machines are better in some documents than in others. No data set
is needed.

* exact: human sample only, simple random samples, by the hypergeometric distribution.
* shares: the corpus's share. Machines: none (human sample only), useless (its scores have nothing to do
  with the code), good, and learned (a logistic regression fitted to the same sample, out of fold by
  document). Designs: random, as many of each document, as many of each of two groups, and two documents read
  whole beside a random sample of the others.
* documents: the share in documents like these, coded whole or in part.
* groups: differences and ratios of two groups of documents of this corpus.
* groups_like: differences, ratios, odds ratios and Cohen's h of two groups of documents like these.
* coders: what a person's errors do to the number.
* claims: 113 claims coded by people and by three language models (`--claims FOLDER`).

Corpora whose own share is the truth have one between two thirds and three halves of the prevalence that
stands above the column. Prints tables, and writes them into
docs/frequencies_measured.md between the markers.
`--part` runs one part alone and only prints it.

Usage: python scripts/simulate_clustered.py [--claims FOLDER] [--part NAME] [--scale 1.0] [--page FILE]
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import hypergeom

from fourp_nlp.coding.sampling import random_sample, stratified_sample
from fourp_nlp.frequencies import Estimate
from fourp_nlp.frequencies._coded_samples import Draws
from fourp_nlp.frequencies._probability_strata import tally
from fourp_nlp.frequencies.comparison import (
    difference_of_draws,
    figure_of,
    ratio_of_draws,
    side_by_side,
)
from fourp_nlp.frequencies.estimators import Interval, by_cells, for_documents

ROOT = Path(__file__).resolve().parent.parent
PREVALENCES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
SIZES = (50, 100, 200)
PAIRS = (
    (0.005, 0.005), (0.02, 0.02), (0.05, 0.05), (0.2, 0.2), (0.005, 0.02), (0.02, 0.1), (0.05, 0.2),
)  # fmt: skip
DESIGNS = ("random", "by document", "by group", "two whole")
KINDS = ("none", "useless", "good", "learned")
FIGURES = ("difference", "ratio", "odds_ratio", "cohen_h")
PARTLY = ((50, "none"), (100, "none"), (200, "none"), ("all", "none"), (200, "good"))
LOW, HIGH = 0.02, 0.1  # correlation within documents
SURE = 0.95
BEGIN, END = "<!-- begin: written by scripts/simulate_clustered.py -->", "<!-- end: clustered -->"
SLACK = 1e-9
BATCH = 50


class Corpus:
    """Segments in documents, what they carry, and what machines say of them."""

    def __init__(self, random, documents, mean, correlation, length=100, *, fixed=False):
        size = np.maximum(random.lognormal(np.log(length), 0.5, documents).astype(int), 20)
        spread = 1 / correlation - 1
        for _ in range(1000):
            share = random.beta(mean * spread, (1 - mean) * spread, documents)
            self.documents = np.repeat(np.arange(documents), size)
            self.truth = (random.random(size.sum()) < share[self.documents]).astype(float)
            # The corpus's own share is near what is asked for, and never 0.
            if not fixed or (0.67 * mean <= self.truth.mean() <= 1.5 * mean and self.truth.any()):
                break
        self.size, self.random, self.mean = len(self.truth), random, mean
        self.quality = random.normal(0, 0.7, documents)
        self.shift = random.normal(0, 0.4, documents)

    def again(self, correlation, length):
        """Return what documents as long as these carry, drawn anew."""
        spread = 1 / correlation - 1
        share = self.random.beta(self.mean * spread, (1 - self.mean) * spread, len(length))
        return (self.random.random(self.size) < share[self.documents]).astype(float)

    def machine(self, kind):
        """Return probabilities of a machine that is right more or less often, document by document."""
        if kind in {"none", "learned"}:
            return np.full(self.size, self.mean)
        able = 3.0 if kind == "good" else 0.0
        signal = np.maximum(able + self.quality[self.documents], 0.0) if able else 0.0
        score = (
            np.log(self.mean / (1 - self.mean))
            - able / 4
            + self.shift[self.documents]
            + signal * self.truth
            + self.random.normal(0, 1.0, self.size)
        )
        return 1 / (1 + np.exp(-score))

    def features(self):
        """Return what a classifier sees: a signal, and what is of the document."""
        noise = self.random.normal(0, 1, (self.size, 6))
        own = self.random.normal(0, 0.5, (self.documents.max() + 1, 6))
        made = noise + own[self.documents]
        made[:, :2] += 1.5 * self.truth[:, None]
        return made


def fitted(features, codes):
    """Return the weights of a ridge logistic regression."""
    x = np.column_stack([np.ones(len(features)), features])
    weights = np.zeros(x.shape[1])
    weights[0] = np.log((codes.sum() + 0.5) / (len(codes) - codes.sum() + 0.5))
    ridge = np.eye(x.shape[1])
    ridge[0, 0] = 1e-3
    for _ in range(8):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (codes - chance) - ridge @ weights
        weights = weights + np.linalg.solve(
            (x * (chance * (1 - chance))[:, None]).T @ x + ridge, slope
        )
    return weights


def out_of_fold(corpus, features, rows):
    """Return probabilities of a machine that learned from the sample's other documents."""
    said = np.zeros(corpus.size)
    fold = corpus.documents % 5
    for each in range(5):
        seen = rows[fold[rows] != each]
        own = fold == each
        if len(seen) < 2:
            said[own] = corpus.mean
            continue
        weights = fitted(features[seen], corpus.truth[seen])
        score = weights[0] + features[own] @ weights[1:]
        said[own] = 1 / (1 + np.exp(-np.clip(score, -30, 30)))
    return said


def sampled(corpus, design, size, draws):
    """Return many samples of a corpus at once."""
    if design == "two whole":
        return beside_two(corpus, size, draws)
    strata = {
        "random": np.zeros(corpus.size, dtype=np.int64),
        "by document": corpus.documents,
        "by group": (corpus.documents < 0.3 * (corpus.documents.max() + 1)).astype(np.int64),
    }[design]
    made = [
        random_sample(corpus.size, size, corpus.random)
        if design == "random"
        else stratified_sample(strata, size, corpus.random, allocation="equal")
        for _ in range(draws)
    ]
    rows = np.array([each.rows for each in made])
    chance = np.array([each.probability for each in made])
    return Draws(
        corpus.size,
        rows,
        np.ones(rows.shape, dtype=bool),
        corpus.truth[rows],
        chance,
        None,
        corpus.documents,
        strata,
    )


def beside_two(corpus, size, draws):
    """Return random samples of all documents but two, which are read whole."""
    whole = np.flatnonzero(corpus.documents < 2)
    others = np.flatnonzero(corpus.documents >= 2)
    made = [random_sample(len(others), size, corpus.random) for _ in range(draws)]
    rows = np.array([np.concatenate([whole, others[each.rows]]) for each in made])
    chance = np.array([np.concatenate([np.ones(len(whole)), each.probability]) for each in made])
    return Draws(
        corpus.size,
        rows,
        np.ones(rows.shape, dtype=bool),
        corpus.truth[rows],
        chance,
        None,
        corpus.documents,
        np.zeros(corpus.size, dtype=np.int64),
    )


def with_machine(draws, machine, which=None):
    """Return draws that know what a machine says; of one of them alone, if it is said which."""
    parts = {"rows": draws.rows, "present": draws.present, "gold": draws.gold}
    parts["probability"] = draws.probability
    if which is not None:
        parts = {name: each[which : which + 1] for name, each in parts.items()}
    return Draws(
        draws.size, parts["rows"], parts["present"], parts["gold"], parts["probability"], machine,
        draws.documents, draws.strata,
    )  # fmt: skip


def holds(low, high, truth):
    """Return which intervals hold the truth."""
    return (np.asarray(low) <= truth + SLACK) & (np.asarray(high) >= truth - SLACK)


def exact(scale):  # noqa: ARG001 - nothing is drawn
    """Return coverage of the human sample only, by the hypergeometric distribution."""
    lines = ["| segments | coded | " + " | ".join(f"{each:g}" for each in PREVALENCES) + " |"]
    lines.append("|---" * (2 + len(PREVALENCES)) + "|")
    for size in (250, 1000, 5000):
        for coded in SIZES:
            yes = np.arange(coded + 1)
            gold = (np.arange(coded)[None, :] < yes[:, None]).astype(float)
            draws = Draws(
                size,
                np.tile(np.arange(coded), (coded + 1, 1)),
                np.ones(gold.shape, dtype=bool),
                gold,
                np.full(gold.shape, coded / size),
                None,
                None,
                np.zeros(size, dtype=np.int64),
            )
            made = by_cells(draws, machine=False, confidence=SURE)
            cells = []
            for mean in PREVALENCES:
                least, most = max(1, round(0.8 * mean * size)), max(1, round(1.25 * mean * size))
                found = [
                    hypergeom.pmf(yes, size, held, coded)[
                        holds(made.low, made.high, held / size)
                    ].sum()
                    for held in range(least, most + 1)
                ]
                cells.append(f"{np.mean(found):.3f} ({min(found):.3f})")
            lines.append(f"| {size:,} | {coded} | " + " | ".join(cells) + " |")
    return (
        "**Human sample only, simple random samples, exact.** Coverage, mean over the possible numbers of "
        "segments with the code from four fifths to five fourths of the prevalence, and the lowest of them "
        "in brackets:\n\n" + "\n".join(lines)
    )


def markdown(names, across, rows):
    """Return a table: cells of a row after the names of it."""
    head = "| " + " | ".join([*names, *across]) + " |"
    lines = [" | ".join([*map(str, name), *cells]) for name, cells in rows]
    return "\n".join(
        [head, "|---" * (len(names) + len(across)) + "|", *(f"| {each} |" for each in lines)]
    )


def shares(scale):
    """Return coverage of the corrected estimate of corpora clustered by document."""
    corpora, draws = max(int(24 * scale), 2), max(int(50 * scale), 4)
    learned = max(int(8 * scale), 2)
    held, wide = defaultdict(list), defaultdict(list)
    for mean in PREVALENCES:
        for at in range(corpora):
            random = np.random.default_rng([int(mean * 1000), at])
            corpus = Corpus(random, 10, mean, (LOW, HIGH)[at % 2], fixed=True)
            features = corpus.features()
            said = {kind: corpus.machine(kind) for kind in ("none", "useless", "good")}
            for design in DESIGNS:
                for size in SIZES:
                    drawn = sampled(corpus, design, size, draws)
                    ends = {
                        kind: by_cells(
                            with_machine(drawn, own), machine=kind != "none", confidence=SURE
                        )
                        for kind, own in said.items()
                        if kind != "useless" or design == "random"
                    }
                    if design == "random":
                        ends["learned"] = of_learned(corpus, features, drawn, learned)
                    for kind, made in ends.items():
                        key = (design, kind, size)
                        held[*key, mean].append(
                            holds(made.low, made.high, corpus.truth.mean()).mean()
                        )
                        wide[*key, mean].append((made.high - made.low).mean())
    rows = {
        key[:3]: [f"{np.mean(held[*key[:3], mean]):.3f}" for mean in PREVALENCES] for key in held
    }
    order = sorted(rows, key=lambda key: (DESIGNS.index(key[0]), KINDS.index(key[1]), key[2]))
    widths = [
        (
            key[1:],
            [
                f"{np.mean(wide[*key, mean]) / np.mean(wide['random', 'none', key[2], mean]):.2f}"
                for mean in PREVALENCES
            ],
        )
        for key in order
        if key[0] == "random" and key[1] != "none"
    ]
    across = [f"{each:g}" for each in PREVALENCES]
    return "\n\n".join(
        [
            f"**The corpus's share.** Corpora of 10 documents, {corpora} for each prevalence, half of them "
            f"with a correlation of {LOW} within documents and half with {HIGH}; {draws} samples of each "
            f"({learned} where the machine learns from them). Coverage:",
            markdown(("design", "machine", "coded"), across, [(key, rows[key]) for key in order]),
            "Width, relative to the human sample only, random designs:",
            markdown(("machine", "coded"), across, widths),
        ]
    )


def of_learned(corpus, features, drawn, number):
    """Return intervals of some draws, each with a machine that learned from it."""
    made = [
        by_cells(
            with_machine(drawn, out_of_fold(corpus, features, drawn.rows[which]), which),
            machine=True,
            confidence=SURE,
        )
        for which in range(number)
    ]
    return Interval(*(np.concatenate(each) for each in zip(*made, strict=True)))


def documents(scale):
    """Return coverage for documents like these."""
    number = max(int(8 * scale), 1) * BATCH
    few = max(int(60 * scale), 4)
    lines = [
        "| documents | correlation | coded | machine | "
        + " | ".join(f"{each:g}" for each in PREVALENCES)
        + " |"
    ]
    lines.append("|---" * (4 + len(PREVALENCES)) + "|")
    for held in (5, 10):
        for correlation in (LOW, HIGH):
            for size, kind in PARTLY:
                cells = []
                for mean in PREVALENCES:
                    random = np.random.default_rng([held, int(correlation * 100), int(mean * 1000)])
                    found, wide = [], []
                    batch = BATCH if kind == "none" else 1
                    for _ in range((number if kind == "none" else few) // batch):
                        drawn, said = many(random, held, [mean], correlation, size, batch, kind)
                        made = like(drawn, said, machine=kind != "none")
                        found += holds(made.low, made.high, mean).tolist()
                        wide += (made.high - made.low).tolist()
                    cells.append(f"{np.mean(found):.3f} ({np.mean(wide):.2f})")
                lines.append(
                    f"| {held} | {correlation} | {size} | {kind} | " + " | ".join(cells) + " |"
                )
    return (
        f"**Documents like these.** {number} corpora a setting ({few} with a machine), one sample of each. "
        "Coverage, and the mean width in brackets:\n\n" + "\n".join(lines)
    )


def many(random, held, means, correlation, size, batch, kind):
    """Return a sample of each of many corpora, whose documents are as long but carry other codes.

    With more than one prevalence the corpora are of as many groups of documents, one after the other.
    """
    corpora = [Corpus(random, held, mean, correlation) for mean in means]
    length = [np.bincount(each.documents) for each in corpora]
    whole = joined(corpora)
    rows, gold, said = [], [], None
    for _ in range(batch):
        truth = np.concatenate(
            [
                each.again(correlation, own) if batch > 1 else each.truth
                for each, own in zip(corpora, length, strict=True)
            ]
        )
        coded = whole.size if size == "all" else size
        own = random_sample(whole.size, coded, random).rows
        rows.append(own)
        gold.append(truth[own])
        if kind != "none":
            said = np.concatenate([each.machine(kind) for each in corpora])
    places = np.array(rows)
    drawn = Draws(
        whole.size,
        places,
        np.ones(places.shape, dtype=bool),
        np.array(gold),
        np.full(places.shape, places.shape[1] / whole.size),
        None,
        whole.documents,
        np.zeros(whole.size, dtype=np.int64),
    )
    return drawn, said


def like(drawn, said, *, machine):
    """Return the interval for documents like these."""
    drawn = with_machine(drawn, said)
    made = by_cells(drawn, machine=machine, confidence=SURE)
    counted = tally(drawn, said if machine else None)
    return for_documents(drawn, made, counted, confidence=SURE)


def two(random, held, pair, correlation, *, fixed):
    """Return two groups of documents as one corpus, and which segments are of the first."""
    parts = [Corpus(random, held, mean, correlation, fixed=fixed) for mean in pair]
    return parts, np.repeat([True, False], [each.size for each in parts])


def groups(scale):
    """Return the table of two groups of this corpus."""
    corpora, draws = max(int(12 * scale), 2), max(int(80 * scale), 4)
    learned = min(draws, 8)
    table = defaultdict(list)
    for documents_held in (5, 10):
        for pair in PAIRS:
            for at in range(corpora):
                random = np.random.default_rng(
                    [documents_held, *(int(1000 * each) for each in pair), at]
                )
                parts, first = two(random, documents_held, pair, (LOW, HIGH)[at % 2], fixed=True)
                whole = joined(parts)
                truths = [each.truth.mean() for each in parts]
                features = whole.features()
                said = {
                    kind: np.concatenate([each.machine(kind) for each in parts])
                    for kind in ("none", "useless", "good")
                }
                for size in SIZES:
                    drawn = sampled(whole, "random", size, draws)
                    made = {kind: [with_machine(drawn, own)] for kind, own in said.items()}
                    made["learned"] = [
                        with_machine(drawn, out_of_fold(whole, features, drawn.rows[which]), which)
                        for which in range(learned)
                    ]
                    for kind, each in made.items():
                        key = (kind, size, documents_held)
                        # A ratio takes long: without a machine, and with one at one size.
                        ratio = kind == "none" or (kind == "good" and size == SIZES[1])
                        for one in each:
                            of_pair(table, key, pair, one, first, truths, ratio=ratio)
    keys = dict.fromkeys(key[:4] for key in table if key[3] in {"difference", "ratio"})
    order = sorted(keys, key=lambda key: (KINDS.index(key[0]), *key[1:]))
    rows = [(key, [f"{np.nanmean(table[*key, pair]):.3f}" for pair in PAIRS]) for key in order]
    ratios = []
    for size in SIZES:
        cells = []
        for pair in PAIRS:
            of_both = [
                np.concatenate([table["none", size, held, what, pair] for held in (5, 10)])
                for what in ("refused", "unbounded")
            ]
            cells.append(", ".join(f"{np.nanmean(each):.2f}" for each in of_both))
        ratios.append(((size,), cells))
    across = [f"{one:g}, {other:g}" for one, other in PAIRS]
    return "\n\n".join(
        [
            f"**Two groups of this corpus.** {corpora} corpora for each pair of prevalences, "
            f"{draws} samples of each ({learned} where the machine learns from them). The column "
            "heads give the prevalences of the first and the second group. Coverage where the figure is not "
            "refused:",
            markdown(("machine", "coded", "documents a group", "figure"), across, rows),
            "Human sample only: the share of samples in which the ratio is refused (no code in either "
            "group), and of the others the share in which it has no upper bound:",
            markdown(("coded",), across, ratios),
        ]
    )


def joined(parts):
    """Return one corpus of several."""
    whole = object.__new__(Corpus)
    ends = np.cumsum([0] + [each.documents.max() + 1 for each in parts[:-1]])
    whole.documents = np.concatenate(
        [each.documents + end for each, end in zip(parts, ends, strict=True)]
    )
    whole.truth = np.concatenate([each.truth for each in parts])
    whole.size, whole.random = len(whole.truth), parts[0].random
    whole.mean = float(np.mean([each.mean for each in parts]))
    return whole


def of_pair(table, key, pair, drawn, first, truths, *, ratio):
    """Add whether intervals of a difference and a ratio hold the truth."""
    one, other = drawn.within(first), drawn.within(~first)
    machine = key[0] != "none"
    made = difference_of_draws(one, other, machine=machine, confidence=SURE)
    found = holds(made.low, made.high, truths[0] - truths[1])
    table[*key, "difference", pair] += np.where(np.isnan(made.value), np.nan, found).tolist()
    if not ratio:
        return
    made = ratio_of_draws(one, other, machine=machine, confidence=SURE)
    kept = ~np.isnan(made.value)
    found = holds(made.low, made.high, truths[0] / truths[1])
    table[*key, "ratio", pair] += np.where(kept, found, np.nan).tolist()
    table[*key, "refused", pair] += (~kept).astype(float).tolist()
    table[*key, "unbounded", pair] += np.where(kept, np.isinf(made.high), np.nan).tolist()


def groups_like(scale):
    """Return the table of two groups of documents like these."""
    number = max(int(6 * scale), 2) * BATCH
    few = max(int(30 * scale), 4)
    rows = []
    for size, kind in PARTLY:
        for held in (5, 10):
            table = defaultdict(list)
            for pair in PAIRS:
                random = np.random.default_rng([held, *(int(1000 * each) for each in pair)])
                batch = BATCH if kind == "none" else 1
                for at in range((number if kind == "none" else few) // batch):
                    drawn, said = many(random, held, pair, (LOW, HIGH)[at % 2], size, batch, kind)
                    of_pair_like(table, pair, drawn, said, drawn.documents < held)
            for figure in FIGURES:
                cells = []
                for pair in PAIRS:
                    found = np.array(table[pair, figure])
                    refused = np.isnan(found)
                    mean = "–" if refused.all() else f"{np.nanmean(found):.3f}"
                    cells.append(f"{mean} ({refused.mean():.2f})")
                rows.append(((size, held, kind, figure), cells))
    return (
        f"**Two groups of documents like these.** {number} corpora a setting ({few} with a machine), half of "
        f"them with a correlation of {LOW} within documents and half with {HIGH}. Coverage where the figure "
        "is not refused, and the share refused in brackets (no code in either group; for the odds ratio, in "
        "one):\n\n"
        + markdown(
            ("coded", "documents a group", "machine", "figure"),
            [f"{one:g}, {other:g}" for one, other in PAIRS],
            rows,
        )
    )


def of_pair_like(table, pair, drawn, said, first):
    """Add whether intervals of all figures hold the truth of documents like these."""
    made = [
        like(drawn.within(mask), None if said is None else said[mask], machine=said is not None)
        for mask in (first, ~first)
    ]
    for which in range(len(drawn.rows)):
        one, other = (
            Estimate(*(float(part[which]) for part in each), "", "", 0, 0, 0) for each in made
        )
        for figure in FIGURES:
            found = np.nan
            if not np.isnan([figure_of(one.value, other.value, figure), one.low, other.low]).any():
                low, high = side_by_side(one, other, figure)
                found = float(holds(low, high, scaled(pair, figure)))
            table[pair, figure].append(found)


def scaled(pair, figure):
    """Return the true figure of two prevalences."""
    one, other = pair
    if figure == "difference":
        return one - other
    if figure == "ratio":
        return one / other
    if figure == "odds_ratio":
        return one / (1 - one) / (other / (1 - other))
    return 2 * np.arcsin(np.sqrt(one)) - 2 * np.arcsin(np.sqrt(other))


def coders(scale):
    """Return what a person's errors do to the estimate."""
    corpora, draws = max(int(16 * scale), 2), max(int(50 * scale), 4)
    lines = [
        "| the person | prevalence | mean estimate relative to the true share | expected | coverage of the "
        "true share | of the share that the person would code |"
    ]
    lines.append("|---" * 6 + "|")
    for missed, added, name in (
        (0.0, 0.0, "makes no error"),
        (0.1, 0.0, "misses 10% of the segments with the code"),
        (0.3, 0.0, "misses 30% of them"),
        (0.0, 0.005, "gives it to 0.5% of the others"),
        (0.0, 0.02, "gives it to 2% of the others"),
        (0.2, 0.01, "misses 20%, gives it to 1% of the others"),
    ):
        for mean in (0.01, 0.05, 0.2):
            values, right, own = [], [], []
            for at in range(corpora):
                random = np.random.default_rng([int(mean * 1000), at])
                corpus = Corpus(random, 10, mean, (LOW, HIGH)[at % 2], fixed=True)
                said, truth = corpus.machine("good"), corpus.truth.mean()
                chance = np.where(corpus.truth == 1, 1 - missed, added)
                coded = (random.random(corpus.size) < chance).astype(float)
                corpus.truth = coded
                drawn = with_machine(sampled(corpus, "random", 200, draws), said)
                made = by_cells(drawn, machine=True, confidence=SURE)
                values.append(made.value.mean() / truth)
                right.append(holds(made.low, made.high, truth).mean())
                own.append(holds(made.low, made.high, coded.mean()).mean())
            expected = (mean * (1 - missed) + (1 - mean) * added) / mean
            lines.append(
                f"| {name} | {mean:g} | {np.mean(values):.2f} | {expected:.2f} | "
                f"{np.mean(right):.3f} | {np.mean(own):.3f} |"
            )
    return (
        f"**A person's errors go into the estimate.** The corrected estimate with a good machine, 200 coded "
        f"segments; {corpora} corpora of 10 documents, {draws} samples of each:\n\n"
        + "\n".join(lines)
    )


def claims(folder, scale):
    """Return coverage on 113 claims that people and three language models coded."""
    draws = max(int(1000 * scale), 20)
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    ids = [each["paper_id"] for each in gold]
    lines = [
        "| coded | machine | codes | lowest | mean | width relative to the human sample only |",
        "|---" * 6 + "|",
    ]
    runs = {}
    for path in sorted(folder.glob("*_L1_run01.json")):
        rows = {
            each["paper_id"]: each["prediction"] for each in json.loads(path.read_text("utf-8"))
        }
        runs[path.name.split("_")[0]] = [rows.get(each, {}) for each in ids]
    kept = defaultdict(lambda: defaultdict(list))
    for level in ("code", "theme"):
        labels = np.array([each["labels"][level] for each in gold])
        for name in np.unique(labels):
            truth = (labels == name).astype(float)
            random = np.random.default_rng([len(name), int(truth.sum())])
            for size in (50, 75):
                rows = np.array(
                    [random_sample(len(truth), size, random).rows for _ in range(draws)]
                )
                plain = Draws(
                    len(truth), rows, np.ones(rows.shape, dtype=bool), truth[rows],
                    np.full(rows.shape, size / len(truth)), None, None, np.zeros(len(truth), dtype=np.int64),
                )  # fmt: skip
                alone = by_cells(plain, machine=False, confidence=SURE)
                kept[size, "human sample"]["held"].append(
                    holds(alone.low, alone.high, truth.mean()).mean()
                )
                kept[size, "human sample"]["wide"].append(1.0)
                for model, said in runs.items():
                    given = np.array(
                        [
                            float(each.get("confidence") or 0) * (each.get(level) == name)
                            for each in said
                        ]
                    )
                    made = by_cells(with_machine(plain, given), machine=True, confidence=SURE)
                    kept[size, model]["held"].append(
                        holds(made.low, made.high, truth.mean()).mean()
                    )
                    kept[size, model]["wide"].append(
                        (made.high - made.low).mean() / (alone.high - alone.low).mean()
                    )
    for (size, model), found in kept.items():
        lines.append(
            f"| {size} | {model} | {len(found['held'])} | {min(found['held']):.3f} | "
            f"{np.mean(found['held']):.3f} | {np.mean(found['wide']):.2f} |"
        )
    return (
        f"**Claims about continuous integration** ({len(ids)} claims, one code and one theme each; people's "
        "codes are the truth, three language models with their confidence are the machines). "
        f"Codes and themes, {draws} simple random samples of each:\n\n" + "\n".join(lines)
    )


def main():
    """Simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--part", choices=[each.__name__ for each in PARTS] + ["claims"])
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how many samples, of the usual number"
    )
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "frequencies_measured.md")
    options = parser.parse_args()
    made = [
        part(options.scale) for part in PARTS if not options.part or part.__name__ == options.part
    ]
    if options.claims is not None and options.part in {None, "claims"}:
        made.append(claims(options.claims, options.scale))
    text = "\n\n".join(made)
    print(text)
    if options.part or not options.page.is_file():
        return
    said = options.page.read_text("utf-8")
    if BEGIN in said:
        before, rest = said.split(BEGIN)
        after = rest.split(END, 1)[1]
        options.page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


PARTS = (exact, shares, documents, groups, groups_like, coders)

if __name__ == "__main__":
    main()
