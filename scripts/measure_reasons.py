"""Are the reasons true? Take the named words away, swap the neighbours, forget the example, and look again.

A fifth of the documents of each set is held out; a model learns from the others and suggests for these. Then,
for a random part of its suggestions:

* words: as many words as are named are deleted from the segment, which is embedded anew and scored. How far
  does the probability fall, and how often below the threshold (comprehensiveness, DeYoung et al. 2020, ACL)?
  The same for words drawn at random, the words' own weights alone, and each word left out in turn with the
  encoder run anew.
* neighbours: they are replaced by those of random other segments. Are suggestions lost more often where the
  reason says that the neighbours carried them?
* examples: the nearest one, and the one that adds most to the score, is taken out of the training set, and
  the regression is solved without it. How far does the score fall?

Usage: python scripts/measure_reasons.py DATA_FOLDER [--sets demonstration aims opp115] [--most 300]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from benchmark_data import definitions_alone, learn, load, prepare

from fourp_nlp.machine.attribution.word_attribution import (
    WordEffects,
    score_shares,
    strongest,
    without_words,
    word_effects,
)
from fourp_nlp.machine.classifier import (
    CodeClassifier,
    reaches,
    reworded_features,
    rewording_of,
)
from fourp_nlp.machine.classifier._kernel import Rows, kernel, solve_ridge
from fourp_nlp.machine.encoder import EmbeddingCache, load_encoder

ENCODER = load_encoder()
SWAPS = 5


class Case:
    """A data set, cut in two, with what a model says of the second part."""

    def __init__(self, name: str, data: Path, cache: EmbeddingCache, seed: int) -> None:
        found = load(name, data)
        if found is None:
            raise FileNotFoundError(name)
        self.set = found
        self.documents = found.documents.astype(str)
        random = np.random.default_rng(seed)
        names = random.permutation(np.unique(self.documents))
        self.out = np.isin(self.documents, names[: max(2, len(names) // 5)])
        self.ready = prepare(found, cache)
        self.vectors, self.features = self.ready.vectors, self.ready.features
        self.model = learn(self.ready, np.flatnonzero(~self.out))
        self.rows = np.flatnonzero(self.out)
        self.given = self.model.predict(self.features[self.rows]).astype(bool)


def reembedded(case: Case, rows: np.ndarray, model: CodeClassifier):
    """Return the effect of each word as it is with the encoder run anew without it, and the seconds."""
    plain = word_effects(
        [case.set.texts[row] for row in rows], case.vectors[rows], case.features[rows], model, None
    )
    made, begun = [], time.perf_counter()
    for row, effects in zip(rows, plain, strict=True):
        texts = [without_words(case.set.texts[row], [word]) or "." for word in effects.words]
        if not texts:
            made.append(effects)
            continue
        where = np.full(len(texts), row)
        changed = reworded_features(
            case.features, where, rewording_of(texts, ENCODER.encode(texts))
        )
        falls = model.scores(case.features[[row]]) - model.scores(changed)
        made.append(WordEffects(effects.words, falls))
    return made, plain, time.perf_counter() - begun


def words(case: Case, model: CodeClassifier, most: int, seed: int) -> None:
    """Print what deleting words does to what a model suggests."""
    definition = model is not case.model
    ask, threshold = model.predict_proba, model.thresholds_
    random = np.random.default_rng(seed)
    before = ask(case.features[case.rows])
    pairs = random.permutation(np.argwhere(reaches(before, threshold)))[:most]
    rows, place = np.unique(case.rows[pairs[:, 0]], return_inverse=True)
    texts = [case.set.texts[row] for row in rows]
    begun = time.perf_counter()
    ENCODER.encode(sorted(texts, key=len))
    plain_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    given = (texts, case.vectors[rows], case.features[rows])
    named = word_effects(*given, model, ENCODER)
    seconds = time.perf_counter() - begun
    anew, weights, longer = reembedded(case, rows, model)
    methods = {"random words": None, "the words named": named}
    if not definition:
        methods["the words' own weights"] = weights
    methods["each word left out, encoder run anew"] = anew
    if not definition:
        seen = learn(case.ready, np.arange(len(case.documents)))
        methods["named by a model that learned from the document"] = word_effects(
            *given, seen, ENCODER
        )
    kind = ", definitions alone" if definition else ""
    took = [1000 * some / len(rows) for some in (plain_seconds, seconds, longer)]
    print(
        f"\n{case.set.name}{kind}: {len(pairs)} suggestions in {len(rows)} segments. Seconds for 1000 "
        f"segments: embedding {took[0]:.1f}; words named {took[1]:.1f} ({took[1] / took[0]:.1f} times); "
        f"each word left out {took[2]:.1f} ({took[2] / took[0]:.1f} times)\n"
    )
    print("| words deleted | mean fall of probability | below threshold | n |\n|---|---|---|---|")
    for label, effects in methods.items():
        where, changed, codes = [], [], []
        for (_, code), at in zip(pairs, place, strict=True):
            count = len(strongest(named[at], code))
            pool = named[at].words
            if not count or count >= len(pool):
                continue
            if effects is None:
                chosen = [pool[i] for i in random.permutation(len(pool))[:count]]
            else:
                order = np.argsort(-effects[at].falls[:, code], kind="stable")[:count]
                chosen = [effects[at].words[i] for i in order]
            where.append(rows[at])
            codes.append(code)
            changed.append(without_words(case.set.texts[rows[at]], chosen) or ".")
        again = ask(
            reworded_features(
                case.features, np.array(where), rewording_of(changed, ENCODER.encode(changed))
            )
        )
        codes, first = np.array(codes), before[np.searchsorted(case.rows, where)]
        after, lines = again[np.arange(len(codes)), codes], np.arange(len(codes))
        fall = (first[lines, codes] - after).mean()
        lost = (~reaches(after, threshold[codes])).mean()
        print(f"| {label} | {fall:.3f} | {lost:.3f} | {len(codes)} |")


def neighbours(case: Case, seed: int) -> None:
    """Print the shares of the scores, and what other neighbours do."""
    model, random = case.model, np.random.default_rng(seed)
    features = case.features[case.rows]
    layers, size = case.vectors.shape[1:]
    shares = score_shares(features, model.scores(features), model, layers=layers, dimensions=size)
    total = shares.words + shares.meaning + shares.neighbours
    use = case.given & (total > 0) & model.learned_
    told = [
        float(np.median((part / total)[use]))
        for part in (shares.meaning, shares.words, shares.neighbours)
    ]
    lost = np.zeros(case.given.shape)
    for _ in range(SWAPS):
        other = random.permutation(len(case.rows))
        changed = features.tolil(copy=True)
        swapped = features[other].tolil()
        changed[:, size : 2 * size] = swapped[:, size : 2 * size]
        changed[:, -model.n_context_words :] = swapped[:, -model.n_context_words :]
        lost += model.predict(changed.tocsr()) == 0
    said = shares.lost & case.given
    not_said = ~shares.lost & case.given
    print(
        f"\n{case.set.name}: median shares of the score above the base rate: meaning {told[0]:.2f}, own "
        f"words {told[1]:.2f}, neighbours {told[2]:.2f}. Neighbours are "
        f"said to have carried {said.sum()} of {case.given.sum()} suggestions; with the neighbours of "
        f"random other segments {(lost / SWAPS)[said].mean():.2f} of these are lost, and "
        f"{(lost / SWAPS)[not_said].mean():.2f} of the others."
    )


def examples(case: Case) -> None:
    """Print how far scores fall when an example is forgotten: f(x) less (K^-1 k(x))_i a_i / (K^-1)_ii."""
    model, learned = case.model, np.flatnonzero(~case.out)[case.model.drawn_]
    width = case.features.shape[1] - model.n_words - model.n_context_words

    def seen(rows: np.ndarray) -> Rows:
        some = case.features[rows]
        parts = [some[:, width : width + model.n_words], some[:, width + model.n_words :]]
        return model.scaling_.rows(some[:, :width].toarray(), parts)

    # The regression was solved on the coded segments and, after them, the parts of the definitions.
    parts, weights, _ = model._parts(case.ready.definitions)  # noqa: SLF001 - what it was solved on
    known, asked = seen(learned).followed_by(parts), seen(case.rows)
    both = {"width": model.width, "word_shares": [model.word_share, model.context_word_share]}
    counted = np.concatenate([np.ones(len(learned), np.float32), weights])
    inverse = solve_ridge(kernel(known, known, **both), counted, model.strength).inverse
    near = kernel(asked, known, **both)
    influence = near @ inverse
    cosine = case.vectors[case.rows, 0] @ case.vectors[learned, 0].T
    falls: dict[str, list[float]] = {"nearest": [], "adds most": [], "best": [], "random": []}
    random = np.random.default_rng(0)
    for row, code in np.argwhere(case.given & model.learned_):
        own = np.flatnonzero(case.set.labels[learned, code])
        effect = influence[row] * model.dual_[:, code] / inverse.diagonal()
        adds = near[row, own] * model.dual_[own, code]
        picked = {"nearest": own[cosine[row, own].argmax()], "adds most": own[adds.argmax()]}
        picked |= {"best": own[effect[own].argmax()], "random": random.choice(own)}
        for label, at in picked.items():
            falls[label].append(float(effect[at]))
    told = ", ".join(f"{label} {np.mean(some):.4f}" for label, some in falls.items())
    count = len(falls["best"])
    print(
        f"\n{case.set.name}: mean fall of the score once an example is forgotten: {told} ({count})"
    )


def main() -> None:
    """Run the tests on each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", default=["demonstration", "aims", "opp115"])
    parser.add_argument("--most", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=Path(".fourp/embeddings.sqlite"))
    options = parser.parse_args()
    ENCODER.token_parts(["The weights are read before the clock runs."])
    for name in options.sets:
        try:
            case = Case(name, options.data, EmbeddingCache(options.cache), options.seed)
        except FileNotFoundError:
            print(f"{name} is not in {options.data}; it is left out.")
            continue
        for model in (case.model, definitions_alone(case.ready)):
            words(case, model, options.most, options.seed)
        neighbours(case, options.seed)
        examples(case)


if __name__ == "__main__":
    main()
