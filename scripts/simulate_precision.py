"""Is a guaranteed precision kept? Guarantees from some coded documents, tested on all the others.

Four tables:

* Kept: for each data set, number of coded documents and split, documents are drawn at random to learn from.
  The classifier learns as in a project; its out-of-fold codes give the guarantees; all other
  documents test them. As these are few, and a sample too, a second test: all documents of the data set,
  each coded by the models of those splits that had not seen it.
* Methods: the same splits, the same models, other rules. *naive*: the lowest cut whose precision out of fold
  is what was asked for. *each code alone*: as fourp, but every code is given the whole permitted error.
  *false discoveries*: if R of m codes get a guarantee, each is given R/m of the error (Benjamini & Bogomolov
  2014), as fourp did before. *Bonferroni*: each is given 1/m. *documents ignored*: as fourp, but as if
  segments of a document were independent. *Student by document* and *betting by document*: as fourp, but each
  document is one observation, its right ones less those that were asked for: by Student's t on the score (as
  Wilson's interval has it), and by betting (Waudby-Smith & Ramdas 2024), which assumes nothing at all of how
  alike segments of a document are.
* Known documents: the documents that test a split are taken as all there are, so that precisions are known
  exactly; a study draws from them, with replacement, and gives guarantees.
* Known truth: made-up documents whose precision is a hair below what is asked for at every cut and for every
  code, so that every guarantee is a broken one. Errors are alike within documents, and documents that are bad
  for one code are bad for the others.

What was learned from each split is kept in a folder, so that an interrupted run goes on where it was, and
another rule is measured in seconds.

Usage: python scripts/simulate_precision.py DATA_FOLDER [--splits 50] [--targets 0.8 0.9 0.95] [--keep FOLDER]
[--only aims] [--out docs]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from benchmark_data import ROOT, Ready, classifier, load, prepare
from scipy.special import betaincinv
from scipy.stats import beta, binom, norm
from scipy.stats import t as student
from threadpoolctl import threadpool_limits

from fourp_nlp.machine.classifier import guarantee_precision
from fourp_nlp.machine.classifier.precision_guarantee import (
    EVEN,
    PLACES,
    _cuts,
    _tested,
    shared_correlation,
)
from fourp_nlp.machine.encoder import EmbeddingCache
from fourp_nlp.machine.training import out_of_fold_folds

SIZES = {"aims": (25, 40), "opp115": (20, 40, 80)}
TARGETS = (0.8, 0.9, 0.95)
CONFIDENCE = 0.9
BY_DOCUMENT = ("Student by document", "betting by document")
METHODS = (
    "naive",
    "each code alone",
    "false discoveries",
    "Bonferroni",
    "documents ignored",
    *BY_DOCUMENT,
    "fourp",
)
POPULATIONS = {"aims": (25, (10, 25)), "opp115": (20, (10, 20, 40))}
STUDIES, PARTS = 40, 5  # of known documents: so many from each of so many splits
ASKED = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
RUNS, CODES = 200, 8  # of documents whose truth is made up
BEGIN, END = "<!-- begin: written by scripts/simulate_precision.py -->", "<!-- end -->"


class Split(NamedTuple):
    """What was learned from some documents, and what it says of them out of fold and of all others."""

    said: np.ndarray
    labels: np.ndarray
    documents: np.ndarray
    asked: np.ndarray
    truth: np.ndarray
    judges: np.ndarray
    thresholds: np.ndarray
    learned: np.ndarray


def told(probabilities):
    """Return probabilities as suggestions tell them, to four places."""
    return np.round(np.asarray(probabilities, dtype=float), 4)


def learn(data: Ready, size: int, seed: int) -> Split:
    """Learn from one draw of documents."""
    documents, labels = data.coded.documents.astype(str), data.coded.labels
    names = np.random.default_rng(seed).permutation(np.unique(documents))
    inside = np.isin(documents, names[:size])
    train, test = np.flatnonzero(inside), np.flatnonzero(~inside)
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
        asked = model.predict_proba(data.features[test])
    return Split(
        told(said),
        labels[train],
        np.unique(documents[train], return_inverse=True)[1],
        told(asked),
        labels[test],
        np.unique(documents[test], return_inverse=True)[1],
        model.thresholds_,
        model.learned_ | ~np.isnan(model.constant_),
    )


def kept_split(data: Ready, size: int, seed: int, folder: Path) -> Split:
    """Return a split as it was kept, or learn and keep it."""
    path = folder / f"{data.coded.name}-{size}-{seed}.npz"
    if not path.exists():
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **learn(data, size, seed)._asdict())
        part.replace(path)
    with np.load(path) as held:
        return Split(*(held[name] for name in Split._fields))


def naive(probability, label, target):
    """Return the lowest cut with the precision, or nan."""
    order = np.argsort(-probability, kind="stable")
    ordered = probability[order]
    share = np.cumsum(label[order]) / np.arange(1, len(order) + 1)
    last_of_its_kind = np.append(ordered[1:] < ordered[:-1], True)
    passing = np.flatnonzero((share >= target) & last_of_its_kind)
    return ordered[passing[-1]] if len(passing) else np.nan


class Evidence(NamedTuple):
    """The cut-offs of each code of a study, and which codes can be tested."""

    codes: list
    able: np.ndarray


def evidence(of: Split, *, documents: bool = True) -> Evidence:
    """Return what a study has to show, with or without the likeness of segments of a document."""
    alike = 0.0
    if documents:
        alike = shared_correlation(of.said, of.labels, of.documents, of.thresholds)
    whole = np.rint(of.said * PLACES).astype(np.int64)
    floors = np.ceil(np.maximum(of.thresholds, EVEN) * PLACES - 1e-9).astype(np.int64)
    codes = [
        _cuts(whole[:, i], of.labels[:, i], of.documents, int(floors[i]), alike)
        for i in range(of.labels.shape[1])
    ]
    return Evidence(codes, of.learned & np.array([len(own.n) > 0 for own in codes]))


class ByDocument(NamedTuple):
    """A code's cut-offs, tested with documents as observations."""

    thresholds: np.ndarray
    n: np.ndarray
    bound: float
    chain: np.ndarray
    labels: np.ndarray
    documents: np.ndarray
    betting: bool

    def p_values(self, places: np.ndarray, precision: float) -> np.ndarray:
        """Return the p-values of some cuts."""
        made = []
        for place in places:
            count = int(self.n[place])
            sizes = np.bincount(self.documents[:count])
            right = np.bincount(self.documents[:count], self.labels[:count], len(sizes))
            over = (right - precision * sizes)[sizes > 0]
            if self.betting:
                stakes = np.array([0.25, 0.5, 0.75, 0.99]) / (precision * sizes.max())
                capital = np.exp(np.log1p(stakes[:, None] * over).clip(-50).sum(axis=1)).mean()
                made.append(min(1 / capital, 1.0) if capital > 0 else 1.0)
            else:
                score = over.sum() / max(np.sqrt((over**2).sum()), 1e-12)
                made.append(student.sf(score, len(over) - 1) if len(over) > 1 else 1.0)
        return np.array(made)


def by_document(of: Split, shown: Evidence, *, betting: bool) -> Evidence:
    """Return the same cut-offs, in the same order, with documents as observations."""
    made = []
    whole = np.rint(of.said * PLACES).astype(np.int64)
    for i, own in enumerate(shown.codes):
        rows = np.argsort(-whole[:, i], kind="stable")
        labels, documents = of.labels[rows, i], of.documents[rows]
        made.append(
            ByDocument(own.thresholds, own.n, own.bound, own.chain, labels, documents, betting)
        )
    return Evidence(made, shown.able)


def passed(shown: Evidence, method: str, target: float) -> np.ndarray:
    """Return each code's threshold by a method; nan where it guarantees nothing."""
    count, error = len(shown.codes), 1 - CONFIDENCE

    def thresholds(lowest: np.ndarray) -> np.ndarray:
        pairs = zip(shown.codes, lowest.tolist(), strict=True)
        return np.array([own.thresholds[k] if k >= 0 else np.nan for own, k in pairs])

    def each(level: float) -> np.ndarray:
        alone = [
            _tested([own], shown.able[[i]], target, level)[0][0]
            for i, own in enumerate(shown.codes)
        ]
        return thresholds(np.array(alone))

    if method == "fourp":
        return thresholds(_tested(shown.codes, shown.able, target, error)[0])
    if method == "each code alone":
        return each(error)
    if method == "Bonferroni":
        return each(error / count)
    for wanted in range(count, 0, -1):
        made = each(error * wanted / count)
        if (~np.isnan(made)).sum() >= wanted:
            return made
    return np.full(count, np.nan)


def chosen(method: str, of: Split, shown: Evidence, target: float) -> np.ndarray:
    """Return each code's threshold by a method, and for fourp by the package itself."""
    if method == "naive":
        made = [
            naive(of.said[:, code], of.labels[:, code], target) if known else np.nan
            for code, known in enumerate(of.learned)
        ]
        return np.array(made)
    if method == "documents ignored":
        return passed(evidence(of, documents=False), "fourp", target)
    if method == "fourp":
        return guarantee_precision(
            of.said,
            of.labels,
            of.documents,
            precision=target,
            confidence=CONFIDENCE,
            thresholds=of.thresholds,
            learned=of.learned,
        ).thresholds
    if method in BY_DOCUMENT:
        own = by_document(of, shown, betting=method == BY_DOCUMENT[1])
        return passed(own, "fourp", target)
    return passed(shown, method, target)


def judged(of: Split, cuts: np.ndarray) -> dict[str, np.ndarray]:
    """Return, for each code, what came of it on the documents that judge."""
    over = of.asked >= cuts - 0.00005  # a comparison with nan accepts nothing
    return {
        "guaranteed": ~np.isnan(cuts),
        "accepted": over.sum(axis=0),
        "right": (over & of.truth).sum(axis=0),
        "suggested": (of.asked >= of.thresholds - 0.00005).sum(axis=0),
        "positives": of.truth.sum(axis=0),
    }


def by_all(splits: list[Split], cuts: np.ndarray) -> dict[str, np.ndarray]:
    """Return how many reach each code's cut in all documents, coded by every model that had not seen them."""
    accepted, right = (np.zeros(len(cuts), dtype=np.int64) for _ in range(2))
    for of in splits:
        over = of.asked >= cuts - 0.00005
        accepted += over.sum(axis=0)
        right += (over & of.truth).sum(axis=0)
    return {"all_accepted": accepted, "all_right": right}


def on_splits(name: str, size: int, splits: list[Split], targets: list[float]) -> pd.DataFrame:
    """Return one row a split, target, method and code."""
    made = []
    for seed, of in enumerate(splits):
        shown = evidence(of)
        for target in targets:
            for method in METHODS:
                cuts = chosen(method, of, shown, target)
                everywhere = by_all(splits, cuts) if method == "fourp" else {}
                frame = pd.DataFrame(judged(of, cuts) | everywhere)
                made.append(
                    frame.assign(
                        data=name,
                        documents=size,
                        judges=int(of.judges.max()) + 1,
                        split=seed,
                        target=target,
                        method=method,
                    )
                )
    return pd.concat(made, ignore_index=True)


def clustered(broken: np.ndarray, split: np.ndarray) -> tuple[float, float]:
    """Return a 95% interval for the share of guarantees kept, those of a split being alike.

    Clopper and Pearson's, on the number of guarantees divided by the design effect of splits; if none or all
    are broken, on the number of splits that made any.
    """
    count, wrong = len(broken), int(broken.sum())
    if not count:
        return np.nan, np.nan
    sizes, sums = np.bincount(split), np.bincount(split, broken)
    share, some = wrong / count, int((sizes > 0).sum())
    alone = count * share * (1 - share)
    within = float(((sums - share * sizes) ** 2).sum()) * some / max(some - 1, 1)
    size = min(count / max(within / alone, 1), count) if alone > 0 else some
    right = size * (1 - share)
    low = betaincinv(right, size - right + 1, 0.025) if right > 0 else 0.0
    high = betaincinv(right + 1, size - right, 0.975) if right < size else 1.0
    return float(low), float(high)


def between(low: float, high: float) -> str:
    """Return an interval in words."""
    return "–" if np.isnan(low) else f"{low:.2f} to {high:.2f}"


def kept_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return fourp's guarantees and whether they were kept: one row a data set, size and target."""
    made = []
    keys = ["data", "documents", "judges", "target"]
    for key, own in rows[rows["method"] == "fourp"].groupby(keys, sort=False):
        # A guarantee under which nothing was accepted was neither kept nor broken.
        used = own[own["guaranteed"] & (own["accepted"] > 0)]
        broken = (used["right"] / used["accepted"] < key[3] - 1e-9).to_numpy()
        studies = own["split"].nunique()
        any_broken = used.loc[broken, "split"].nunique()
        # That few right, if the precision were the guaranteed one, in one of twenty samples at most.
        surely = (binom.cdf(used["right"], used["accepted"], key[3]) < 0.05).sum()
        in_all = used["all_right"] / used["all_accepted"] < key[3] - 1e-9
        low, high = clustered(broken, used["split"].to_numpy())
        kept = studies - any_broken
        made.append(
            (
                *key,
                int(own["guaranteed"].sum()),
                int(broken.sum()),
                1 - broken.mean() if len(used) else np.nan,
                between(low, high),
                f"{kept} of {studies}",
                between(
                    float(beta.ppf(0.025, kept, studies - kept + 1)) if kept else 0.0,
                    float(beta.ppf(0.975, kept + 1, studies - kept)) if kept < studies else 1.0,
                ),
                int(surely),
                int(in_all.sum()),
                f"{studies - used.loc[in_all, 'split'].nunique()} of {studies}",
                used["right"].sum() / used["accepted"].sum() if len(used) else np.nan,
                own["accepted"].sum() / own["suggested"].sum(),
                own["right"].sum() / own["positives"].sum(),
            )
        )
    names = ["guarantees", "broken", "kept", "95% of kept", "studies with none broken", "95%"]
    names += [
        "clearly broken",
        "broken, all documents",
        "none broken, all documents",
        "pooled precision",
        "accepted",
        "recall",
    ]
    return pd.DataFrame(made, columns=["data", "coded", "test documents", "target", *names])


def method_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a data set, size, target and method."""
    made = []
    keys = ["data", "documents", "target", "method"]
    for key, own in rows.groupby(keys, sort=False):
        used = own[own["guaranteed"] & (own["accepted"] > 0)]
        wrong = used["right"] / used["accepted"] < key[2] - 1e-9
        studies = own["split"].nunique()
        surely = (binom.cdf(used["right"], used["accepted"], key[2]) < 0.05).sum()
        made.append(
            (
                *key,
                int(own["guaranteed"].sum()),
                int(wrong.sum()),
                int(surely),
                used.loc[wrong, "split"].nunique() / studies,
                own["right"].sum() / own["positives"].sum(),
            )
        )
    names = ["guarantees", "broken", "clearly broken", "studies with one broken", "recall"]
    return pd.DataFrame(made, columns=["data", "coded", "target", "method", *names])


def known_documents(name: str, splits: list[Split], sizes: tuple[int, ...]) -> pd.DataFrame:
    """Return what is guaranteed, and broken, where the judging documents are all there are."""
    methods = ("each code alone", "fourp")
    made = []
    for size in sizes:
        random = np.random.default_rng(5)
        sums = {(target, method): np.zeros(4) for target in ASKED for method in methods}
        for of in splits[:PARTS]:
            every = [np.flatnonzero(of.judges == k) for k in range(int(of.judges.max()) + 1)]
            for _ in range(STUDIES):
                drawn = random.integers(0, len(every), size)
                rows = np.concatenate([every[k] for k in drawn])
                study = of._replace(
                    said=of.asked[rows],
                    labels=of.truth[rows],
                    documents=np.repeat(np.arange(size), [len(every[k]) for k in drawn]),
                )
                shown = evidence(study)
                for target, method in sums:
                    own = judged(study, passed(shown, method, target))
                    used = own["guaranteed"] & (own["accepted"] > 0)
                    wrong = used & (own["right"] < target * own["accepted"] - 1e-9)
                    found = own["right"].sum() / own["positives"].sum()
                    sums[target, method] += (used.sum(), wrong.sum(), wrong.any(), found)
        studies = STUDIES * len(splits[:PARTS])
        made += [
            (
                name,
                size,
                *key,
                own[0] / studies,
                own[1] / own[0] if own[0] else np.nan,
                own[2] / studies,
                own[3] / studies,
            )
            for key, own in sums.items()
        ]
    names = ["guarantees per study", "share broken", "studies with one broken", "recall"]
    return pd.DataFrame(made, columns=["data", "coded", "target", "method", *names])


def known_truth(correlations: tuple[float, ...] = (0.0, 0.1, 0.2)) -> pd.DataFrame:
    """Return how many studies guarantee anything where the precision is 0.79 of 0.8."""
    made = []
    for correlation in correlations:
        for documents, each in ((3, 60), (5, 20), (5, 100), (10, 10), (30, 6), (80, 5)):
            random = np.random.default_rng(1)
            methods = ("documents ignored", "each code alone", *BY_DOCUMENT, "fourp")
            broken = dict.fromkeys(methods, 0)
            for _ in range(RUNS):
                of = np.repeat(np.arange(documents), each)
                share = np.full((documents, CODES), 0.79)
                if correlation:
                    # Documents' quality of two codes correlates by a half.
                    common = random.normal(size=(documents, 1))
                    own = random.normal(size=(documents, CODES))
                    place = norm.cdf(np.sqrt(0.5) * (common + own))
                    spread = 1 / correlation - 1
                    share = beta.ppf(place, 0.79 * spread, 0.21 * spread)
                labels = random.random((len(of), CODES)) < share[of]
                said = told(random.uniform(0.5, 1, (len(of), CODES)))
                study = Split(
                    said,
                    labels,
                    of,
                    said,
                    labels,
                    of,
                    np.full(CODES, 0.3),
                    np.ones(CODES, dtype=bool),
                )
                with_documents, without = evidence(study), evidence(study, documents=False)
                for method in broken:
                    own = without if method == "documents ignored" else with_documents
                    if method in BY_DOCUMENT:
                        own = by_document(study, own, betting=method == BY_DOCUMENT[1])
                    rule = "each code alone" if method == "each code alone" else "fourp"
                    broken[method] += not np.isnan(passed(own, rule, 0.8)).all()
            made.append((correlation, documents, each, *(n / RUNS for n in broken.values())))
    return pd.DataFrame(made, columns=["correlation", "documents", "suggestions each", *broken])


def markdown(frame: pd.DataFrame) -> str:
    """Return a table as Markdown."""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|---" * frame.shape[1] + "|"]
    for row in frame.itertuples(index=False):
        cells = []
        for name, cell in zip(frame.columns, row, strict=True):
            number = isinstance(cell, float)
            text = (
                (f"{cell:g}" if name in {"target", "correlation"} else f"{cell:.3f}")
                if number
                else str(cell)
            )
            cells.append("–" if number and np.isnan(cell) else text)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def composed(
    rows: list[pd.DataFrame], known: list[pd.DataFrame], truth: pd.DataFrame, splits: int
) -> str:
    """Return all tables as Markdown, each with its heading."""
    parts = []
    if rows:
        table = pd.concat(rows, ignore_index=True)
        parts += [f"## Kept\n\n{splits} draws of documents, confidence {CONFIDENCE}."]
        parts += [markdown(kept_table(table))]
        parts += ["## Compared with other rules", markdown(method_table(table))]
        count = STUDIES * min(PARTS, splits)
        parts += [f"## Known documents\n\n{count} studies a row.", markdown(pd.concat(known))]
    parts += [
        f"## Known truth\n\nTrue precision 0.79, asked for 0.8, {CODES} codes: share of {RUNS} studies that "
        "guarantee anything (0.1 is permitted).",
        markdown(truth),
    ]
    return "\n\n".join(parts)


def write(text: str, path: Path) -> None:
    """Put the tables between the marks of a document."""
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Learn, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--splits", type=int, default=50)
    parser.add_argument("--targets", type=float, nargs="+", default=list(TARGETS))
    parser.add_argument("--keep", type=Path, default=ROOT / ".fourp" / "precision")
    parser.add_argument("--only", action="append", choices=list(SIZES))
    parser.add_argument(
        "--out", type=Path, help="folder of precision_measured.md, to write the tables into"
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    cache = EmbeddingCache(options.keep / "embeddings.sqlite")
    rows, known = [], []
    for name in options.only or SIZES:
        coded = load(name, options.data)
        if coded is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        data = prepare(coded, cache)
        for size in SIZES[name]:
            splits = [kept_split(data, size, seed, options.keep) for seed in range(options.splits)]
            print(f"{name}: {len(splits)} splits of {size} documents", file=sys.stderr)
            rows.append(on_splits(name, size, splits, options.targets))
            if size == POPULATIONS[name][0]:
                known.append(known_documents(name, splits, POPULATIONS[name][1]))
    text = composed(rows, known, known_truth(), options.splits)
    if options.out is None:
        print(text)
        return
    write(text, options.out / "precision_measured.md")


if __name__ == "__main__":
    main()
