"""How often 95% intervals of agreement hold the true value: rare codes, few documents, clustering.

Corpora of two coders are simulated. Documents have 20 segments and a geometric number more. They differ in
how often a code occurs and in how well it is coded, both beta distributed: with the document's care a coder
sees what is there, and otherwise guesses with the code's prevalence. Care is chosen for the kappa that is
wanted. Clustering is low (the beta distributions' alpha + beta is 30 for occurrence and 20 for care) or
high (4 and 5: a code of prevalence .01 then lives in one document of fifteen or so). "Unbalanced" coders:
the second overlooks some of what is there besides, the more the lower the kappa. The truth is the
coefficient over 200,000 such documents.

Of each setting many corpora are drawn, and an interval of each kind is made for each of them by the package's
own functions. Where a coefficient is undefined, or its interval refused, there is nothing that could hold the
truth: the share of these is printed.

Further tables, of fewer settings: alpha over sets of codes (six codes, documents of 80 segments), alpha of
spans by code (documents of some 6,000 characters, spans of some 140; the coders' ends differ), the average
advantage of `alt_test` (three people, documents of 60 segments that differ in how often the machine is
off), macro-F1 of the six codes, ordinal alpha of ratings (documents of 30 units), and the difference of
`anchoring` (half of the segments shown; the person takes over some of the suggestions that are shown).

Usage: python scripts/measure_intervals.py [--corpora 400] [--csv docs/agreement_intervals.csv]
"""

from __future__ import annotations

import argparse
import sys
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import beta

from fourp_nlp.agreement import (
    Drawing,
    Spans,
    agreement_table,
    alt_test,
    estimate_alpha,
    estimate_alpha_sets,
    find_coefficient,
    krippendorff_alpha,
    krippendorff_alpha_sets,
    unitizing_alpha_of_code,
)
from fourp_nlp.agreement.intervals.coefficients_of_share import interleave
from fourp_nlp.agreement.intervals.document_intervals import intervals_by_document
from fourp_nlp.agreement.intervals.tallies import Patterns, Tallies, features_of
from fourp_nlp.agreement.item_table import values_of
from fourp_nlp.frequencies import anchoring

DOCUMENTS = (2, 3, 5, 10, 20, 40)
PREVALENCES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
KAPPAS = (0.4, 0.66, 0.87, 0.95)
SIZES = (45, 100, 200)
CLUSTERING = {"low": (30.0, 20.0), "high": (4.0, 5.0)}
CODERS = ("alike", "unbalanced")
METHODS = ("effective", "expanded")
FIGURES = [
    "cohen_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "percent",
    "positive_agreement",
    "negative_agreement",
    "precision",
    "recall",
]
DEFINITIONS = [find_coefficient(name) for name in FIGURES]
# One and one, one and none, none and one, none and none.
PATTERNS = Patterns(np.array([[1, 1], [1, 0], [0, 1], [0, 0]]), np.empty(0, dtype=np.int64), 2)
FEATURES = features_of(PATTERNS, 2, 1.0 - np.eye(2))
SWAYED = 0.3  # of the suggestions shown, how many the person takes over
LEAST = 50  # intervals, below which a share of them says nothing
TRUTH = 200_000  # documents of which the truth is the coefficient


class Setting(NamedTuple):
    """What corpora are like."""

    prevalence: float
    kappa: float
    clustering: str
    size: int
    coders: str


def cells(rate, care, prevalence, missed):
    """Return how likely each pattern is in documents, shape (..., 4)."""
    seen, guessed = care + (1 - care) * prevalence, (1 - care) * prevalence
    other = seen * (1 - missed)
    both = rate * seen * other + (1 - rate) * guessed**2
    first = rate * seen * (1 - other) + (1 - rate) * guessed * (1 - guessed)
    second = rate * (1 - seen) * other + (1 - rate) * guessed * (1 - guessed)
    neither = np.maximum(1 - both - first - second, 0)
    made = np.stack([both, first, second, neither], axis=-1)
    return made / made.sum(axis=-1, keepdims=True)


class World:
    """Documents of one setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.of_rate, self.of_care = CLUSTERING[setting.clustering]
        self.missed = 0.8 * (1 - setting.kappa) if setting.coders == "unbalanced" else 0.0
        rng = np.random.default_rng(1)
        p = setting.prevalence
        rates = rng.beta(self.of_rate * p, self.of_rate * (1 - p), size=TRUTH)
        ranks = rng.random(TRUTH)

        def documents(mean, number):
            care = beta.ppf(ranks[:number], self.of_care * mean, self.of_care * (1 - mean))
            return cells(rates[:number], care, p, self.missed).mean(axis=0)

        def short(mean):
            return float(figures_of(documents(mean, 20_000)[None])[0, 0]) - setting.kappa

        self.possible = short(0.9999) > 0
        self.care = brentq(short, 0.02, 0.9999, xtol=1e-4) if self.possible else np.nan
        if self.possible:
            self.truth = figures_of(1e9 * documents(self.care, TRUTH)[None])[0]

    def draw(self, rng, corpora, documents):
        """Return counts of patterns, shape (documents, corpora, 4)."""
        shape = (documents, corpora)
        p = self.setting.prevalence
        sizes = 19 + rng.geometric(1 / (self.setting.size - 19), size=shape)
        rates = rng.beta(self.of_rate * p, self.of_rate * (1 - p), size=shape)
        care = rng.beta(self.of_care * self.care, self.of_care * (1 - self.care), size=shape)
        return rng.multinomial(sizes, cells(rates, care, p, self.missed)).astype(float)


def figures_of(counts):
    """Return all figures of counts of patterns, shape (..., 8)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return values_of(Tallies(counts @ FEATURES, 2, 2), DEFINITIONS)


def intervals(counts, method, resamples):
    """Return low and high of every figure of every corpus, shape (corpora, 8)."""
    values = figures_of(counts.sum(axis=0))
    of_shares = None
    if method == "effective":
        sums = Tallies(counts @ FEATURES, 2, 2)
        total = sums.total()
        of_shares = interleave(
            [
                definition.from_share(sums, total, values[:, at])
                for at, definition in enumerate(DEFINITIONS)
            ]
        )
    found = intervals_by_document(
        counts,
        lambda flat: figures_of(flat).reshape(len(flat), -1),
        Drawing(method=method, resamples=resamples),
        of_shares=of_shares,
    )
    shape = values.shape
    return found.low.reshape(shape), found.high.reshape(shape)


def measure(setting, documents, corpora, resamples):
    """Yield a row for each method and figure."""
    world = World(setting)
    if not world.possible:
        return
    for number in documents:
        counts = world.draw(np.random.default_rng(number), corpora, number)
        for method in METHODS:
            low, high = intervals(counts, method, resamples)
            for at, figure in enumerate(FIGURES):
                there = ~np.isnan(low[:, at])
                enough = there.sum() >= LEAST
                held = (low[there, at] <= world.truth[at]) & (world.truth[at] <= high[there, at])
                yield {
                    **setting._asdict(),
                    "documents": number,
                    "method": method,
                    "figure": figure,
                    "truth": world.truth[at],
                    "coverage": held.mean() if enough else np.nan,
                    "width": (high - low)[there, at].mean() if there.any() else np.nan,
                    "none": 1 - there.mean(),
                }


def labelled(rng, documents, prevalence, care, clustering):
    """Return labels of segments (units x 2 x 6 codes) and the document of each."""
    of_rate, of_care = CLUSTERING[clustering]
    sizes = 20 + rng.geometric(1 / 60, size=documents)
    document = np.repeat(np.arange(documents), sizes)
    shape = (documents, 6)
    rates = rng.beta(of_rate * prevalence, of_rate * (1 - prevalence), size=shape)[document]
    cares = rng.beta(of_care * care, of_care * (1 - care), size=documents)[document]
    truth = rng.random(rates.shape) < rates
    guess = rng.random((len(document), 2, 6)) < prevalence
    seen = rng.random(guess.shape) < cares[:, None, None]
    return np.where(seen, truth[:, None], guess), document


def marked(rng, documents, often, care, clustering):
    """Return the spans of two coders and two codes, and the documents' lengths."""
    spread, of_care = {"low": (10.0, 20.0), "high": (0.7, 5.0)}[clustering]
    lengths = 2000 + rng.geometric(1 / 4000, size=documents)
    rows = []
    for document, length in enumerate(lengths):
        for code in range(2):
            seen = 0.1 + 0.9 * rng.beta(of_care * care, of_care * (1 - care))
            number = rng.poisson(rng.gamma(spread, often / spread) * length / 1000)
            places = np.sort(rng.integers(0, length - 300, number))
            for coder in range(2):
                last = 0
                for place in places[rng.random(number) < seen]:
                    start = max(int(place + rng.normal(0, 15)), last)
                    end = min(int(place) + 60 + int(rng.exponential(80)), length)
                    if end - start >= 10:
                        rows.append((document, coder, start, end, code))
                        last = end
    made = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Spans(*made[:4], made[4]), lengths


def of_sets(setting, documents, method, rng):
    """Return low and high of alpha over sets."""
    labels, of_unit = labelled(rng, documents, *setting)
    made = estimate_alpha_sets(labels, of_unit, drawing=Drawing(method, resamples=200))
    return [(made.low, made.high)]


def of_spans(setting, documents, method, rng):
    """Return low and high of alpha of spans, of each code."""
    spans, lengths = marked(rng, documents, *setting)
    drawing = Drawing(method, resamples=200)
    made = unitizing_alpha_of_code(spans, lengths, 2, codes=[0, 1], drawing=drawing)
    return list(zip(made["low"], made["high"], strict=True))


def further(name, often, measured, truth_of, corpora, cares=(0.6, 0.95)):
    """Yield the lines of a table of other figures; without `cares`, of the default's intervals alone."""
    if not cares:
        yield from plain(name, often, measured, truth_of, corpora)
        return
    yield f"| {name} | care | clustering | documents | truth | default | width | none | expanded | width |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for clustering in CLUSTERING:
        for care in cares:
            for each in often:
                setting = (each, care, clustering)
                truth = truth_of(np.random.default_rng(0), setting)
                for documents in (3, 5, 10, 40):
                    line = []
                    for method in METHODS:
                        rng = np.random.default_rng(documents)
                        ends = np.array(
                            [
                                one
                                for _ in range(corpora)
                                for one in measured(setting, documents, method, rng)
                            ]
                        )
                        low, high = ends[~np.isnan(ends[:, 0])].T
                        if len(low) < LEAST:
                            line.append("– | – | 1.00" if method == "effective" else "– | –")
                            continue
                        held = ((low <= truth) & (truth <= high)).mean()
                        none = f" | {1 - len(low) / len(ends):.2f}" if method == "effective" else ""
                        line.append(f"{held:.3f} | {(high - low).mean():.2f}{none}")
                    yield (
                        f"| {each:g} | {care:g} | {clustering} | {documents} | {truth:.2f} | "
                        f"{' | '.join(line)} |"
                    )


def plain(name, often, measured, truth_of, corpora):
    """Yield the lines of a table of figures of which there is one kind of interval."""
    yield f"| {name} | clustering | documents | truth | coverage | width | none |"
    yield "|---|---|---|---|---|---|---|"
    for clustering in CLUSTERING:
        for each in often:
            setting = (each, None, clustering)
            truth = truth_of(np.random.default_rng(0), setting)
            for documents in (3, 5, 10, 40):
                rng = np.random.default_rng(documents)
                ends = np.array(
                    [measured(setting, documents, "effective", rng)[0] for _ in range(corpora)]
                )
                low, high = ends[~np.isnan(ends[:, 0])].T
                held = ((low <= truth) & (truth <= high)).mean()
                yield (
                    f"| {each:g} | {clustering} | {documents} | {truth:.3f} | {held:.3f} | "
                    f"{(high - low).mean():.3f} | {1 - len(low) / len(ends):.2f} |"
                )


def compared(rng, documents, off, clustering):
    """Return three people's codes, the machine's, and the documents, of segments of a code of .2."""
    of_care = {"low": 20.0, "high": 4.0}[clustering]
    document = np.repeat(np.arange(documents), 60)
    truth = rng.random(len(document)) < 0.2
    rates = rng.beta(of_care * off, of_care * (1 - off), size=documents)[document]
    people = truth[:, None] ^ (rng.random((len(document), 3)) < 0.1)
    return people, truth ^ (rng.random(len(document)) < rates), document


def of_advantage(setting, documents, _, rng):
    """Return low and high of the machine's average advantage."""
    people, machine, of_unit = compared(rng, documents, setting[0], setting[2])
    made = alt_test(people.astype(int), machine.astype(int), documents=of_unit)
    return [(made.low, made.high)]


def advantage_truth(rng, setting):
    """Return the average advantage over very many documents."""
    people, machine, of_unit = compared(rng, 5000, setting[0], setting[2])
    return alt_test(people.astype(int), machine.astype(int), documents=of_unit).advantage


def of_macro_f1(setting, documents, _, rng):
    """Return low and high of the macro-F1 of six codes."""
    labels, of_unit = labelled(rng, documents, setting[0], 0.85, setting[2])
    names = [str(code) for code in range(labels.shape[2])]
    made = agreement_table(
        labels[:, 0], labels[:, 1], names, [""] * len(names), of_unit, coder_a="a", coder_b="b"
    )
    row = made[made["coefficient"] == "macro_f1"].iloc[0]
    return [(row["low"], row["high"])]


def macro_f1_truth(rng, setting):
    """Return the macro-F1 over very many documents."""
    labels, _ = labelled(rng, 5000, setting[0], 0.85, setting[2])
    both, either = (each.sum(axis=0) for each in (labels.all(axis=1), labels.sum(axis=1)))
    return float(np.mean(2 * both / either))


def rated(rng, documents, noise, clustering):
    """Return two coders' ratings from 1 to 5, and documents that differ in level and in care."""
    of_care = {"low": 20.0, "high": 4.0}[clustering]
    document = np.repeat(np.arange(documents), 30)
    level = rng.normal(3, {"low": 0.4, "high": 1.0}[clustering], size=documents)[document]
    truth = level + rng.normal(0, 1, size=len(document))
    spread = noise * of_care / rng.gamma(of_care, size=documents)[document]
    seen = truth[:, None] + spread[:, None] * rng.normal(size=(len(document), 2))
    return np.clip(np.round(seen), 1, 5), document


def of_ratings(setting, documents, _, rng):
    """Return low and high of ordinal alpha of ratings."""
    labels, of_unit = rated(rng, documents, setting[0], setting[2])
    made = estimate_alpha(labels, of_unit, level="ordinal")
    return [(made.low, made.high)]


def ratings_truth(rng, setting):
    """Return ordinal alpha of very many documents."""
    labels, _ = rated(rng, 3000, setting[0], setting[2])
    return krippendorff_alpha(labels, level="ordinal").value


def shown_and_blind(rng, documents, off, clustering):
    """Return arms, suggestions, a person's codes, and documents; agreement differs between documents."""
    of_care = {"low": 20.0, "high": 4.0}[clustering]
    document = np.repeat(np.arange(documents), 40)
    arm = rng.permuted(np.tile(np.arange(40) % 2, (documents, 1)), axis=1).ravel() == 1
    truth = rng.random(len(document)) < 0.2
    rates = rng.beta(of_care * off, of_care * (1 - off), size=documents)[document]
    machine, person = (truth ^ (rng.random(len(document)) < rates * share) for share in (1, 0.5))
    person = np.where(arm & (rng.random(len(document)) < SWAYED), machine, person)
    return arm, machine[:, None], person[:, None], document


def of_anchoring(setting, documents, _, rng):
    """Return low and high of the difference that showing suggestions makes to a code."""
    made = anchoring(*shown_and_blind(rng, documents, setting[0], setting[2]), resamples=9)
    return [(made.low[0], made.high[0])]


def anchoring_truth(rng, setting):
    """Return the difference over very many documents."""
    arm, machine, person, _ = shown_and_blind(rng, 20_000, setting[0], setting[2])
    agreed = (machine == person)[:, 0]
    return agreed[arm].mean() - agreed[~arm].mean()


def sets_truth(rng, setting):
    """Return alpha over sets of very many documents."""
    return krippendorff_alpha_sets(labelled(rng, 2500, *setting)[0]).value


def spans_truth(rng, setting):
    """Return alpha of spans of very many documents, the mean of the two codes."""
    spans, lengths = marked(rng, 5000, *setting)
    drawing = Drawing(resamples=0)
    return unitizing_alpha_of_code(spans, lengths, 2, codes=[0, 1], drawing=drawing)["value"].mean()


def told(table):
    """Yield the lines of the tables."""
    settings = table.drop_duplicates([*Setting._fields, "documents"])
    yield (
        f"{len(settings):,} settings: {', '.join(map(str, sorted(table.documents.unique())))} documents; "
        f"prevalence {', '.join(f'{each:g}' for each in sorted(table.prevalence.unique()))}; kappa "
        f"{', '.join(f'{each:g}' for each in sorted(table.kappa.unique()))}; "
        f"{', '.join(map(str, sorted(table['size'].unique())))} segments a document on average; clustering "
        "low and high; coders alike and unbalanced."
    )
    yield ""
    yield "Coverage of 95% intervals, mean and (least) over these settings:"
    yield ""
    yield "| figure | default | settings below .93 | mean width | expanded percentiles | mean width |"
    yield "|---|---|---|---|---|---|"
    for figure in FIGURES:
        own = table[(table.figure == figure) & table.coverage.notna()]
        new, old = own[own.method == "effective"], own[own.method == "expanded"]
        yield (
            f"| {figure} | {new.coverage.mean():.3f} ({new.coverage.min():.3f}) | "
            f"{(new.coverage < 0.93).mean():.3f} | {new.width.mean():.2f} | {old.coverage.mean():.3f} "
            f"({old.coverage.min():.3f}) | {old.width.mean():.2f} |"
        )
    yield ""
    yield (
        "Cohen's kappa by documents and prevalence: least coverage of the default, its mean width, share of "
        "corpora without an interval; least coverage of expanded percentiles:"
    )
    yield ""
    yield "| documents | " + " | ".join(f"{each:g}" for each in PREVALENCES) + " |"
    yield "|---|" + "---|" * len(PREVALENCES)
    kappa = table[table.figure == "cohen_kappa"]
    for number in sorted(kappa.documents.unique()):
        line = []
        for prevalence in PREVALENCES:
            own = kappa[(kappa.documents == number) & (kappa.prevalence == prevalence)]
            new, old = own[own.method == "effective"], own[own.method == "expanded"]
            if new.coverage.isna().all():
                line.append("refused")
                continue
            line.append(
                f"{new.coverage.min():.3f}, {new.width.mean():.2f}, {new.none.mean():.2f}; "
                f"{old.coverage.min():.3f}"
            )
        yield f"| {number} | " + " | ".join(line) + " |"
    yield ""
    yield (
        "Ten documents or more and a prevalence of .02 or more: mean coverage and mean width of Cohen's "
        "kappa by clustering and documents:"
    )
    yield ""
    yield "| clustering | documents | default | width | expanded percentiles | width |"
    yield "|---|---|---|---|---|---|"
    common = kappa[(kappa.documents >= 10) & (kappa.prevalence >= 0.02)]
    for (clustering, number), own in common.groupby(["clustering", "documents"], sort=False):
        new, old = own[own.method == "effective"], own[own.method == "expanded"]
        yield (
            f"| {clustering} | {number} | {new.coverage.mean():.3f} | {new.width.mean():.2f} | "
            f"{old.coverage.mean():.3f} | {old.width.mean():.2f} |"
        )
    yield ""
    few = kappa[(kappa.method == "effective") & kappa.coverage.notna()]
    worst = few.sort_values("coverage").head(5)
    yield "Least covered of all (kappa, default): " + "; ".join(
        f"{row.coverage:.3f} (prevalence {row.prevalence:g}, kappa {row.kappa:g}, clustering "
        f"{row.clustering}, {row.documents} documents of {row.size}, coders {row.coders})"
        for row in worst.itertuples()
    )


def main() -> None:
    """Simulate, print, and write every setting down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=int, default=400)
    parser.add_argument("--resamples", type=int, default=400)
    parser.add_argument("--documents", type=int, nargs="+", default=list(DOCUMENTS))
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--further", type=int, default=100, help="corpora of the further tables")
    parser.add_argument("--csv", help="write every figure of every setting to this file")
    given = parser.parse_args()
    rows = []
    for clustering in CLUSTERING:
        for coders in CODERS:
            for size in given.sizes:
                for kappa in KAPPAS:
                    for prevalence in PREVALENCES:
                        setting = Setting(prevalence, kappa, clustering, size, coders)
                        rows += measure(setting, given.documents, given.corpora, given.resamples)
                print(f"{clustering}, {coders}, {size}: done", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    if given.csv:
        table.round(4).to_csv(given.csv, index=False)
    print("\n".join(told(table)))
    print("\nAlpha over sets of six codes, by prevalence of each:\n", flush=True)
    for line in further("prevalence", (0.005, 0.03), of_sets, sets_truth, given.further):
        print(line, flush=True)
    print("\nAlpha of spans, by spans of a code in a thousand characters:\n", flush=True)
    for line in further("often", (0.05, 0.3, 1.5), of_spans, spans_truth, given.further):
        print(line, flush=True)
    print(
        "\nAverage advantage of the alternative annotator test, by how often the machine is off:\n"
    )
    for line in further(
        "off", (0.02, 0.1, 0.4), of_advantage, advantage_truth, 4 * given.further, ()
    ):
        print(line, flush=True)
    print("\nMacro-F1 of six codes, by prevalence of each:\n")
    for line in further(
        "prevalence", (0.01, 0.03, 0.1), of_macro_f1, macro_f1_truth, 2 * given.further, ()
    ):
        print(line, flush=True)
    print("\nOrdinal alpha of ratings from 1 to 5, by the spread of a coder around the truth:\n")
    for line in further(
        "spread", (0.3, 0.7, 1.2), of_ratings, ratings_truth, 2 * given.further, ()
    ):
        print(line, flush=True)
    print("\nAnchoring: difference of agreement on a code, by how often the machine is off:\n")
    for line in further(
        "off", (0.02, 0.1, 0.4), of_anchoring, anchoring_truth, 4 * given.further, ()
    ):
        print(line, flush=True)


if __name__ == "__main__":
    main()
