"""How often do intervals for a code's prevalence contain the true value? Samples of fully coded corpora.

For each data set the machine learns from 5 or 20 documents, drawn at random, and codes all the others. Those
are the corpus, and what people coded of it is the truth. A thousand samples are drawn of 50, 100, 200 and 400
segments by each design:

* random: simple random samples;
* by group: as many of each of two groups, which are three tenths of the documents and the rest;
* by document: as many of each document, as far as possible.

For each sample, code and method, the share of the code is estimated with a 95% interval. Coverage is the
share of samples whose interval holds the truth; width is compared with that of gold codes alone with the same
kind of interval ("gold"). The way cells are made was chosen with an eye on aims, opp115 and ilab; the
demonstration (fiction; the machine learned from 5 of its 10 documents) was first looked at afterwards.

A second part compares the two groups in simple random samples. A third has documents like these for its
target: corpora of 10 and 40 documents are drawn with replacement from all, then 200 of their segments.

Prints tables, and writes coverage.csv and coverage.svg into docs/, and the tables into
docs/frequencies_measured.md between the markers.

Usage: python scripts/simulate_coverage.py DATA_FOLDER [--draws 1000] [--out docs]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import ROOT, classifier, load, prepare
from threadpoolctl import threadpool_limits

from fourp_nlp.coding.sampling import random_sample, stratified_sample
from fourp_nlp.frequencies import prevalence
from fourp_nlp.frequencies._coded_samples import Draws
from fourp_nlp.frequencies.comparison import difference_of_draws
from fourp_nlp.frequencies.estimators import (
    Interval,
    adjusted_count,
    by_cells,
    hajek,
    prediction_powered,
)
from fourp_nlp.machine.classifier import reaches
from fourp_nlp.machine.encoder import EmbeddingCache

LEARNED = (5, 20)
SIZES = (50, 100, 200, 400)
DESIGNS = ("random", "by group", "by document")
METHODS = ("naive", "hajek", "prediction_powered", "adjusted_count", "gold", "corrected")
BANDS = (0.0, 0.01, 0.02, 0.05, 0.15, 1.0)
SURE = 0.95
BEGIN, END = "<!-- begin: written by scripts/simulate_coverage.py -->", "<!-- end -->"


def learned(data, count):
    """Return a corpus that the machine codes, having learned from other documents."""
    documents = data.coded.documents.astype(str)
    names = np.random.default_rng(0).permutation(np.unique(documents))
    seen = np.isin(documents, names[:count])
    train, rest = np.flatnonzero(seen), np.flatnonzero(~seen)
    model = classifier(data)
    with threadpool_limits(limits=1):
        model.fit(
            data.features[train],
            data.coded.labels[train],
            groups=documents[train],
            definitions=data.definitions,
        )
        said = model.predict_proba(data.features[rest])
    numbers = np.unique(documents[rest], return_inverse=True)[1]
    order = np.random.default_rng(1).permutation(numbers.max() + 1)
    group = order[numbers] < 0.3 * len(order)
    return {
        "truth": data.coded.labels[rest].astype(float),
        "machine": said,
        "suggested": reaches(said, model.thresholds_).astype(float),
        "documents": numbers,
        "group": group.astype(np.int64),
    }


def samples(corpus, design, size, draws, random):
    """Return rows and inclusion probabilities of many samples, and the strata."""
    total = len(corpus["documents"])
    strata = {
        "random": np.zeros(total, dtype=np.int64),
        "by group": corpus["group"],
        "by document": corpus["documents"],
    }[design]
    made = [
        random_sample(total, size, random)
        if design == "random"
        else stratified_sample(strata, size, random, allocation="equal")
        for _ in range(draws)
    ]
    return (
        np.array([each.rows for each in made]),
        np.array([each.probability for each in made]),
        strata,
    )


def estimates(drawn, suggested):
    """Return (method, interval) of every method."""
    options = {"confidence": SURE}
    share, nothing = np.full(len(drawn.rows), suggested.mean()), np.full(len(drawn.rows), np.nan)
    yield "naive", Interval(share, nothing, nothing)
    yield "hajek", hajek(drawn, **options)
    yield "prediction_powered", prediction_powered(drawn, target="corpus", **options)[0]
    yield "adjusted_count", adjusted_count(drawn, suggested, **options)
    yield "gold", by_cells(drawn, machine=False, **options)
    yield "corrected", by_cells(drawn, machine=True, **options)


def row(made, truth):
    """Return coverage, misses on either side, width, bias and spread of many intervals."""
    value, low, high = made
    kept = ~np.isnan(value)
    if not kept.any():
        return {"defined": 0.0}
    value, low, high = value[kept], low[kept], high[kept]
    if np.isnan(low).any():
        # What nothing was sampled for has a bias and no interval.
        return {"defined": 1.0, "bias": value.mean() - truth, "sd": value.std()}
    return {
        "defined": kept.mean(),
        "coverage": ((low <= truth + 1e-12) & (high >= truth - 1e-12)).mean(),
        "all_above": (low > truth + 1e-12).mean(),
        "all_below": (high < truth - 1e-12).mean(),
        "width": (high - low).mean(),
        "bias": value.mean() - truth,
        "sd": value.std(),
    }


def shares(corpora, draws):
    """Return one row a corpus, design, size, code and method; group differences among them."""
    rows = []
    for number, (name, count, corpus) in enumerate(corpora):
        first = corpus["group"] == 1
        for design in DESIGNS:
            for size in [each for each in SIZES if each < len(first)]:
                random = np.random.default_rng([number, DESIGNS.index(design), size])
                taken, chance, strata = samples(corpus, design, size, draws, random)
                for code in range(corpus["truth"].shape[1]):
                    truth, suggested = corpus["truth"][:, code], corpus["suggested"][:, code]
                    drawn = Draws(
                        len(truth),
                        taken,
                        np.ones(taken.shape, dtype=bool),
                        truth[taken],
                        chance,
                        corpus["machine"][:, code],
                        corpus["documents"],
                        strata,
                    )
                    key = {"data": name, "learned": count, "design": design, "coded": size}
                    key |= {"code": code, "prevalence": truth.mean(), "segments": len(truth)}
                    for method, made in estimates(drawn, suggested):
                        rows.append(
                            key | {"what": "share", "method": method} | row(made, truth.mean())
                        )
                    if design != "random":
                        continue
                    one, other = drawn.within(first), drawn.within(~first)
                    apart = truth[first].mean() - truth[~first].mean()
                    for machine in (False, True):
                        made = difference_of_draws(one, other, machine=machine, confidence=SURE)
                        method = "corrected" if machine else "gold"
                        rows.append(
                            key | {"what": "difference", "method": method} | row(made, apart)
                        )
    return pd.DataFrame(rows)


def of_documents(corpora, draws):
    """Return one row a corpus, number of documents, code and method: documents like these."""
    rows = []
    for number, (name, count, whole) in enumerate(corpora):
        if count != max(LEARNED):
            continue
        members = [
            np.flatnonzero(whole["documents"] == each)
            for each in range(whole["documents"].max() + 1)
        ]
        codes = whole["truth"].shape[1]
        for held in (10, 40):
            random = np.random.default_rng([number, held])
            ends = np.full((draws, codes, 3, 3), np.nan)
            for draw in range(draws):
                chosen = [members[each] for each in random.integers(0, len(members), held)]
                place = np.concatenate(chosen)
                documents = np.repeat(np.arange(held), [len(each) for each in chosen])
                read = random.choice(len(place), min(200, len(place)), replace=False)
                chance = np.full(len(place), len(read) / len(place))
                for code in range(codes):
                    gold = np.full(len(place), np.nan)
                    gold[read] = whole["truth"][place[read], code]
                    said = whole["machine"][place, code]
                    for at, (method, target) in enumerate(
                        (("corrected", "corpus"), ("gold", "documents"), ("corrected", "documents"))
                    ):
                        found = prevalence(
                            gold,
                            chance,
                            machine=said,
                            documents=documents,
                            method=method,
                            target=target,
                        )
                        ends[draw, code, at] = found.value, found.low, found.high
            for code in range(codes):
                truth = whole["truth"][:, code].mean()
                for at, method in enumerate(("corrected, for the corpus", "gold", "corrected")):
                    value, low, high = ends[:, code, at].T
                    rows.append(
                        {"what": "documents", "data": name, "learned": count, "design": "random"}
                        | {"coded": 200, "documents": held, "code": code, "prevalence": truth}
                        | {"method": method}
                        | row(Interval(value, low, high), truth)
                    )
    return pd.DataFrame(rows)


def banded(rows):
    """Return rows with the band of their prevalence and their width over that of gold alone."""
    rows = rows.copy()
    names = ["below 1%", "1 to 2%", "2 to 5%", "5 to 15%", "15% and more"]
    rows["band"] = pd.cut(rows["prevalence"], BANDS, labels=names)
    keys = ["what", "data", "learned", "design", "coded", "documents", "code"]
    keys = [key for key in keys if key in rows]
    gold = rows[rows["method"] == "gold"].set_index(keys)["width"]
    own = pd.MultiIndex.from_frame(rows[keys])
    rows["relative"] = rows["width"].to_numpy() / gold.reindex(own).to_numpy()
    rows["bias_in_sd"] = rows["bias"] / rows["sd"].where(rows["sd"] > 1e-12)
    return rows


def pivot(rows, index, value, digits=3):
    """Return a Markdown table with bands across, mean of codes in each."""
    wide = rows.pivot_table(index=index, columns="band", values=value, observed=True, sort=False)
    wide = wide[[band for band in rows["band"].cat.categories if band in wide.columns]]
    head = "| " + " | ".join([*index, *map(str, wide.columns)]) + " |"
    lines = [head, "|---" * (len(index) + wide.shape[1]) + "|"]
    for key, own in zip(wide.index, wide.to_numpy(), strict=True):
        keys = key if isinstance(key, tuple) else (key,)
        cells = ["–" if np.isnan(each) else f"{each:.{digits}f}" for each in own]
        lines.append("| " + " | ".join([*map(str, keys), *cells]) + " |")
    return "\n".join(lines)


def spread(rows):
    """Return how coverage of single codes varies about the means, as Markdown."""
    lines = [
        "| method | coded | codes | lowest | 10th percentile | median | highest | 93 to 97% | below 93% |",
        "|---" * 9 + "|",
    ]
    for (method, size), own in rows.groupby(["method", "coded"], sort=False):
        if method not in {"gold", "corrected"}:
            continue
        x = own["coverage"].to_numpy()
        within = ((x >= 0.93) & (x <= 0.97)).mean()
        low, some, half = x.min(), np.quantile(x, 0.1), np.median(x)
        lines.append(
            f"| {method} | {size} | {len(x)} | {low:.3f} | {some:.3f} | {half:.3f} | {x.max():.3f} | "
            f"{within:.2f} | {(x < 0.93).mean():.2f} |"
        )
    return "\n".join(lines)


def plot(rows, path):
    """Draw coverage and relative width of single codes against prevalence."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "coverage", "svg.fonttype": "none", "font.size": 9}
    styles = {
        "hajek": ("#8c8c8c", "x", "gold alone, Wald"),
        "prediction_powered": ("#d98032", "+", "PPI++, Wald"),
        "gold": ("#000000", "o", "gold alone, score"),
        "corrected": ("#1f5fa8", "s", "corrected, score"),
    }
    own = rows[(rows["what"] == "share") & (rows["design"] == "random")]
    figure, axes = plt.subplots(2, len(SIZES), figsize=(10, 5.2), sharex=True, sharey="row")
    for column, size in enumerate(SIZES):
        for method, (colour, marker, label) in styles.items():
            some = own[(own["coded"] == size) & (own["method"] == method)]
            hollow = "none" if marker in {"o", "s"} else colour
            look = {"s": 13, "marker": marker, "linewidths": 0.8, "label": label, "color": colour}
            if hollow == "none":
                look |= {"facecolors": "none", "edgecolors": colour}
                look.pop("color")
            axes[0][column].scatter(some["prevalence"], some["coverage"], **look)
            axes[1][column].scatter(some["prevalence"], some["relative"], **look)
        axes[0][column].axhspan(0.93, 0.97, color="#1f5fa8", alpha=0.12, linewidth=0)
        axes[1][column].axhline(1, color="#777777", linewidth=0.7)
        axes[0][column].set(title=f"{size} segments coded", ylim=(0.5, 1.01))
        axes[1][column].set(xlabel="prevalence", ylim=(0, 1.3), xscale="log")
        axes[1][column].set_xticks([0.01, 0.1], ["1%", "10%"])
        axes[1][column].minorticks_off()
        for line in axes[:, column]:
            line.spines[["top", "right"]].set_visible(False)
    axes[0][0].set_ylabel("coverage of 95% intervals")
    axes[1][0].set_ylabel("width over gold alone, score")
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=len(labels), frameon=False)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def main():
    """Simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    cache = EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite")
    corpora = []
    for name in ("aims", "opp115", "ilab", "demonstration"):
        coded = load(name, options.data)
        if coded is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        data = prepare(coded, cache)
        corpora += [
            (name, count, learned(data, count))
            for count in LEARNED
            if count < len(set(coded.documents))
        ]
    if not corpora:
        return
    rows = banded(shares(corpora, options.draws))
    documents = banded(of_documents(corpora, max(options.draws // 5, 10)))
    share, apart = rows[rows["what"] == "share"], rows[rows["what"] == "difference"]
    unseen = share["data"] == "demonstration"
    chosen, fresh = share[~unseen], share[unseen]
    seen = chosen["data"].unique()
    many = [
        f"{options.draws} samples each; means over codes, data ({', '.join(seen)}) and machines (which "
        f"learned from {' or '.join(map(str, LEARNED))} documents).",
        "Coverage of 95% intervals, simple random samples:",
        pivot(chosen[chosen["design"] == "random"], ["method", "coded"], "coverage"),
        "Width, relative to the human sample only with a score interval:",
        pivot(chosen[chosen["design"] == "random"], ["method", "coded"], "relative"),
        "Bias in standard deviations of the estimator (naive does not vary: see the next table):",
        pivot(
            chosen[(chosen["design"] == "random") & (chosen["method"] != "naive")],
            ["method", "coded"],
            "bias_in_sd",
            2,
        ),
        "Mean absolute bias, in percentage points (including the error of a thousand samples):",
        pivot(
            chosen[chosen["design"] == "random"].assign(points=lambda t: 100 * t["bias"].abs()),
            ["method", "coded"],
            "points",
            2,
        ),
        "Coverage of single codes (a code of one data set with one machine), simple random samples:",
        spread(chosen[chosen["design"] == "random"]),
        "Uneven designs, coverage:",
        pivot(
            chosen[(chosen["design"] != "random") & chosen["method"].isin(["gold", "corrected"])],
            ["design", "method", "coded"],
            "coverage",
        ),
        "Uneven designs, width relative to the human sample only:",
        pivot(
            chosen[(chosen["design"] != "random") & (chosen["method"] == "corrected")],
            ["design", "method", "coded"],
            "relative",
        ),
        "Data that were not used to choose the method (demonstration), all designs, coverage:",
        pivot(fresh, ["method", "coded"], "coverage") if len(fresh) else "(not there)",
        "and width relative to the human sample only:",
        pivot(fresh, ["method", "coded"], "relative") if len(fresh) else "(not there)",
        "Difference of two groups, simple random samples, coverage:",
        pivot(apart, ["method", "coded"], "coverage"),
        "and width relative to the human sample only:",
        pivot(apart[apart["method"] == "corrected"], ["method", "coded"], "relative"),
        f"Documents like these, 200 segments coded, {max(options.draws // 5, 10)} corpora each, coverage:",
        pivot(documents, ["documents", "method"], "coverage"),
        "and mean width:",
        pivot(documents, ["documents", "method"], "width"),
    ]
    text = "\n\n".join(many)
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    whole = pd.concat([rows, documents]).drop(columns=["band", "bias_in_sd"])
    numbers = whole.select_dtypes("float").columns
    whole[numbers] = whole[numbers].round(5)
    whole.to_csv(options.out / "coverage.csv", index=False, lineterminator="\n")
    plot(rows, options.out / "coverage.svg")
    page = options.out / "frequencies_measured.md"
    if page.is_file() and BEGIN in (said := page.read_text("utf-8")):
        before, rest = said.split(BEGIN)
        after = rest.split(END, 1)[1]
        page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
