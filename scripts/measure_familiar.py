"""Count documents flagged as unlike the training text: those of the same kind, and those of another.

For each set, 5 to 30 documents are learned from and the others of the set are held out (over several seeds).
Counted is how many held-out documents are flagged, how many of the other sets, and how many of the held-out
documents once they are spoiled: their words in random order, their letters misread as by a bad scan, or in
place of them French of our own.

Usage: python scripts/measure_familiar.py DATA_FOLDER [--seeds 3]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from benchmark_data import Coded, load

from fourp_nlp.machine.classifier import (
    build_classifier,
    codebook_rows,
    dense_features,
    fit_novelty,
    novelty_scores,
    segment_features,
)
from fourp_nlp.machine.encoder import EmbeddingCache, embed_layers, load_encoder

SETS = ["demonstration", "aims", "opp115", "ilab"]
LEARNED = [5, 10, 30]
SPOILED = 10  # held-out documents that are spoiled in each way

FRENCH = """\
Nous avons ouvert la permanence un lundi de novembre, sans chauffage et sans affiche.
Les bénévoles notent les appels dans un cahier que personne ne relit avant le printemps.
Ma collègue accompagne les femmes à la préfecture et attend avec elles dans le couloir.
Le gendarme nous a demandé une liste, et nous lui avons offert un café.
On forme les infirmières de nuit à poser deux questions quand le compagnon sort fumer.
La mairie paie le loyer, la région paie l'interprète, et le reste vient d'une brocante.
Il faut dire aussi que les jeunes ne viennent jamais seuls la première fois.
Chaque trimestre, les associations se réunissent autour d'une table trop petite.
Nous ne comptons plus les dossiers perdus entre deux services de l'État.
Le film a été montré au collège, et la salle est restée muette un long moment.
Elle a retrouvé un travail dans une boulangerie, puis un appartement à son nom.
Notre rapport annuel tient en quatre pages, et la dernière est une carte.
Personne n'a voulu signer la convention avant l'élection du nouveau conseil.
Les routiers gardent notre numéro collé derrière le pare-soleil.
J'ai appris à me taire quand une personne commence enfin à raconter.
""".splitlines()
MISREAD = str.maketrans("eaoltnics", "c@0!+m1e5")


def jumbled(texts: list[str], random: np.random.Generator) -> list[str]:
    """Return texts with their words in random order."""
    return [" ".join(random.permutation(text.split())) for text in texts]


def misread(texts: list[str], random: np.random.Generator) -> list[str]:
    """Return texts in which a third of the letters are misread, and spaces lost or gained."""
    made = []
    for text in texts:
        wrong = np.array(list(text.translate(MISREAD)))
        right = np.array(list(text))
        letters = np.where(random.random(len(right)) < 1 / 3, wrong, right)
        spaced = np.where(random.random(len(right)) < 0.05, np.char.add(letters, " "), letters)
        made.append("".join(spaced))
    return made


class Flags:
    """Counts of documents and of flagged ones, by kind."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}

    def add(self, kind: str, outside: np.ndarray) -> None:
        """Add some documents."""
        have = self.counts.setdefault(kind, [0, 0])
        have[0] += int(outside.sum())
        have[1] += len(outside)

    def told(self, kind: str) -> str:
        """Return "flagged of all"."""
        flagged, count = self.counts.get(kind, [0, 0])
        return f"{flagged / count:.3f} of {count}" if count else "–"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=Path(".fourp/embeddings.sqlite"))
    options = parser.parse_args()
    encoder, cache = load_encoder(), EmbeddingCache(options.cache)
    found = {name: load(name, options.data) for name in SETS}
    sets = {name: coded for name, coded in found.items() if coded is not None}
    vectors = {
        name: embed_layers(coded.texts, encoder, cache=cache) for name, coded in sets.items()
    }
    print("Share of documents flagged, of how many (over seeds)\n")
    kinds = ["same set", *sets, "words jumbled", "misread", "French"]
    print(f"| learned from | documents | {' | '.join(kinds)} |")
    print("|---|---|" + "---|" * len(kinds))
    for home in sets:
        for count in LEARNED:
            flags = measure(home, count, sets, vectors, options.seeds, encoder, cache)
            if flags.counts:
                print(f"| {home} | {count} | {' | '.join(flags.told(kind) for kind in kinds)} |")


def measure(home, count, sets: dict[str, Coded], vectors, seeds, encoder, cache) -> Flags:
    """Learn from some documents of a set and count what is flagged."""
    flags, coded = Flags(), sets[home]
    documents = coded.documents.astype(str)
    names = np.unique(documents)
    if count > 0.8 * len(names):
        return flags
    definitions = codebook_rows(coded.codebook, encoder, cache=cache)
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        order = random.permutation(names)
        learned = np.isin(documents, order[:count])
        own = documents[learned]
        texts = [text for text, use in zip(coded.texts, learned, strict=True) if use]
        features = segment_features(texts, vectors[home][learned], own.tolist())
        model = build_classifier(vectors[home].shape[1:])
        model.fit(features, coded.labels[learned], groups=own, definitions=definitions)
        familiar = fit_novelty(
            dense_features(texts, vectors[home][learned], own.tolist()),
            model,
            own.tolist(),
            np.ones(len(own), dtype=bool),
        )

        def outside(texts, vectors, names, model=model, familiar=familiar):
            dense = dense_features(texts, vectors, names)
            frame = novelty_scores(dense, model)
            _, place, sizes = np.unique(
                np.asarray(names, dtype=str), return_inverse=True, return_counts=True
            )
            return np.bincount(place, weights=frame) / sizes > familiar.limit(sizes)

        rest = np.flatnonzero(~learned)
        held = [coded.texts[row] for row in rest]
        flags.add("same set", outside(held, vectors[home][rest], documents[rest].tolist()))
        for other, theirs in sets.items():
            if other != home:
                flags.add(
                    other,
                    outside(theirs.texts, vectors[other], theirs.documents.astype(str).tolist()),
                )
        spoiled = rest[np.isin(documents[rest], order[count : count + SPOILED])]
        plain, where = [coded.texts[row] for row in spoiled], documents[spoiled].tolist()
        french = [FRENCH[place] for place in random.integers(len(FRENCH), size=len(plain))]
        for kind, texts_now in (
            ("words jumbled", jumbled(plain, random)),
            ("misread", misread(plain, random)),
            ("French", french),
        ):
            flags.add(
                kind, outside(texts_now, embed_layers(texts_now, encoder, cache=cache), where)
            )
    return flags


if __name__ == "__main__":
    main()
