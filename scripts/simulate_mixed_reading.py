"""Bias and coverage of a code's total when more was read than the random sample: by history and by rule.

Corpora are made of documents of 30 to 90 segments in which a code is more or less frequent, with a score
of the machine's for each segment. A random sample is read, and then more: documents read whole, chosen by
chance, by the machine's score, by what is in them, by what the sample found or took; or segments picked one
by one by the score. Each history is estimated by three rules, all of them held to what people counted:

- leave out: the sample speaks for all segments, and what was read besides bounds the number;
- count all: whatever was read besides is counted, and the sample speaks for the rest;
- fourp: documents read whole are counted, picks bound the number (`sampling_rounds.read_whole`).

The estimate is that from people's codes (Hájek's with Wilson's interval), for one corpus, at 95%.

    python scripts/simulate_mixed_reading.py [--runs 1000] [--into docs/frequencies_measured.md]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fourp_nlp.agreement import wilson
from fourp_nlp.frequencies._score_intervals import quantile
from fourp_nlp.study.sampling.sampling_rounds import read_whole

HISTORIES = {
    "nothing more": "nothing more is read",
    "by chance": "3 documents, by chance",
    "by score": "3 documents, those with the highest scores",
    "by content": "3 documents, those that hold most of the code",
    "untouched": "3 documents, those of which the sample took least",
    "found": "3 documents, those in which the sample found most",
    "not found": "3 documents, of those in which the sample found none",
    "picks": "as many segments as drawn, those with the highest scores",
}
RULES = ("leave out", "count all", "fourp")
BEGIN = "<!-- begin: written by scripts/simulate_mixed_reading.py -->"
END = "<!-- end: mixed reading -->"

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def corpus(
    random: np.random.Generator, documents: int, prevalence: float, likeness: float
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return each segment's document, whether it has the code, and the machine's score."""
    document = np.repeat(np.arange(documents), random.integers(30, 91, documents))
    share = random.beta(prevalence * likeness, (1 - prevalence) * likeness, documents)[document]
    code = (random.random(len(document)) < share).astype(np.float64)
    score = random.normal(size=len(document)) + 1.5 * code + 0.5 * (share / prevalence - 1)
    return document, code, score


def further(
    history: str,
    random: np.random.Generator,
    document: NDArray[np.int64],
    code: Floats,
    score: Floats,
    sample: Flags,
) -> tuple[Flags, Flags]:
    """Return what was read besides the sample: documents read whole, and picks."""
    none = np.zeros(len(code), dtype=bool)
    size = np.bincount(document)
    found = np.bincount(document, weights=code * sample)
    if history == "nothing more":
        return none, none
    if history == "picks":
        unread = np.flatnonzero(~sample)
        picks = none.copy()
        picks[unread[np.argsort(-score[unread], kind="stable")[: int(sample.sum())]]] = True
        return none, picks
    order = {
        "by chance": random.random(len(size)),
        "by score": -np.bincount(document, weights=score) / size,
        "by content": -np.bincount(document, weights=code) / size,
        "untouched": np.bincount(document, weights=sample) / size,
        "found": np.where(found > 0, -found, np.inf),
        "not found": np.where(found == 0, random.random(len(size)), np.inf),
    }[history]
    chosen = [at for at in np.argsort(order, kind="stable")[:3] if np.isfinite(order[at])]
    return np.isin(document, chosen), none


def estimate(code: Floats, sample: Flags, known: Flags, read: Flags) -> tuple[float, float, float]:
    """Return a total and its interval: the known part, and the sample for the rest, held to the counts."""
    rest = ~known
    drawn, left = int((sample & rest).sum()), int(rest.sum())
    least, most = float(code[read].sum()), float(len(code) - (1 - code[read]).sum())
    if not left:
        return least, least, least
    if not drawn:
        return np.nan, least, most
    share = float(code[sample & rest].mean())
    size = np.inf if drawn == left else drawn * (left - 1) / (left - drawn)
    low, high = wilson(share, size, z=quantile(0.95))
    base = float(code[known].sum())
    made = (base + left * share, base + left * float(low), base + left * float(high))
    return tuple(min(max(each, least), most) for each in made)  # type: ignore[return-value]


def one_setting(
    history: str,
    documents: int,
    drawn: int,
    prevalence: float,
    likeness: float,
    runs: int,
    seed: int,
) -> Floats:
    """Return for each rule and run: estimate, low, high, truth, segments."""
    random = np.random.default_rng(seed)
    made = np.zeros((len(RULES), runs, 5))
    for run in range(runs):
        document, code, score = corpus(random, documents, prevalence, likeness)
        sample = np.zeros(len(code), dtype=bool)
        sample[random.choice(len(code), drawn, replace=False)] = True
        whole, picks = further(history, random, document, code, score, sample)
        read = sample | whole | picks
        chance = np.where(picks, 1.0, drawn / len(code))
        known = read_whole([document], read, sample | picks, chance)
        for at, sure in enumerate((np.zeros(len(code), dtype=bool), whole | picks, known)):
            made[at, run] = (*estimate(code, sample, sure, read), code.sum(), len(code))
    return made


def table(runs: int) -> str:
    """Return the table as Markdown."""
    lines = [
        "| then read | rule | bias, mean (and worst) | coverage, mean (and least) | width |",
        "|---|---|---|---|---|",
    ]
    settings = [
        (documents, drawn, prevalence, likeness)
        for documents, drawn in ((10, 60), (10, 150), (25, 100))
        for prevalence in (0.01, 0.03, 0.1)
        for likeness in (3.0, 20.0)
    ]
    for history, told in HISTORIES.items():
        made = np.stack([one_setting(history, *each, runs, at) for at, each in enumerate(settings)])
        value, low, high, truth, size = (made[..., at] for at in range(5))
        # Of all codes that there are, so that rare and frequent codes count alike.
        bias = np.nanmean(value - truth, axis=2) / truth.mean(axis=2)
        covered = ((low <= truth + 1e-9) & (truth <= high + 1e-9)).mean(axis=2)
        width = ((high - low) / size).mean(axis=(0, 2))
        for at, rule in enumerate(RULES):
            worst = bias[np.abs(bias[:, at]).argmax(), at]
            lines.append(
                f"| {told} | {rule} | {_signed(bias[:, at].mean())} ({_signed(worst)}) | "
                f"{covered[:, at].mean():.3f} ({covered[:, at].min():.3f}) | {width[at]:.3f} |"
            )
    return "\n".join(lines)


def _signed(value: float) -> str:
    """Return a bias with its sign, and none where it rounds to nothing."""
    shown = f"{value:+.2f}"
    return "0.00" if shown in {"+0.00", "-0.00"} else shown


def main() -> None:
    """Print the table, or put it into a document between its marks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="corpora a setting")
    parser.add_argument("--into", type=Path, help="a Markdown file with the marks")
    options = parser.parse_args()
    text = table(options.runs)
    print(text)
    if options.into:
        before, _, rest = options.into.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        options.into.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
