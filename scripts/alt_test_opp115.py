"""The alternative annotator test on privacy policies that three people coded (OPP-115, Wilson et al. 2016).

Ten people coded, three to each policy; each is held against the others who coded the same segments, beside
the machine. The machine learned from the majority codes of other policies (ten folds by policy), as in
`benchmark_classifier.py`. Two that nobody should want are put to the same test: one that never gives a code,
and one that gives each code at random, as often as people do.

The published verdict takes segments for independent; the one by document takes policies for it.
Embeddings are kept in .fourp/benchmark.sqlite.

Usage: python scripts/alt_test_opp115.py DATA_FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from benchmark_data import ROOT, Coded, classifier, load, prepare
from threadpoolctl import threadpool_limits

from fourp_nlp.agreement import EPSILON, alt_test, alt_test_table
from fourp_nlp.machine.encoder import EmbeddingCache

COLUMNS = [
    "coder", "n", "documents", "machine", "person", "p_adjusted", "wins", "document_p_adjusted",
    "document_wins",
]  # fmt: skip


def by_person(coded: Coded, folder: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return codes (n, n_people, n_codes), who read what (n, n_people), and the people's ids."""
    table = pd.read_csv(folder / "opp115" / "codes_by_annotator.csv")
    table = table.sort_values(["policy", "segment", "annotator"])
    who, names = pd.factorize(table["annotator"].astype(str), sort=True)
    n = len(coded.texts)
    # As in `benchmark_data.opp115`: three rows a segment, in the order of the segments.
    seat = who.reshape(n, 3)
    people = np.zeros((n, len(names), coded.labels.shape[1]), dtype=bool)
    read = np.zeros((n, len(names)), dtype=bool)
    for place in range(3):
        people[np.arange(n), seat[:, place]] = coded.coders[place]
        read[np.arange(n), seat[:, place]] = True
    return people, read, list(names)


def out_of_fold(coded: Coded) -> np.ndarray:
    """Return the machine's codes for each segment, by models that did not see its policy."""
    from sklearn.model_selection import GroupKFold

    data = prepare(coded, EmbeddingCache(ROOT / ".fourp" / "benchmark.sqlite"))
    _, groups = np.unique(coded.documents.astype(str), return_inverse=True)
    folds = [
        test
        for _, test in GroupKFold(10, shuffle=True, random_state=0).split(groups, groups=groups)
    ]
    with threadpool_limits(limits=1):
        _, suggested = classifier(data).fit_out_of_fold(
            data.features, coded.labels, groups, definitions=data.definitions, folds=folds
        )
    return suggested


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with opp115/")
    options = parser.parse_args()
    coded = load("opp115", options.data)
    if coded is None:
        parser.error(f"there is no {options.data / 'opp115'}")
    people, read, names = by_person(coded, options.data)
    random = np.random.default_rng(0).random(coded.labels.shape)
    machines = {
        "machine": out_of_fold(coded),
        "never a code": np.zeros_like(coded.labels),
        "at random": random < coded.labels.mean(axis=0),
    }
    documents = coded.documents.astype(str)

    rows = []
    for name, said in machines.items():
        for alignment in ("jaccard", "codes"):
            for who, epsilon in EPSILON.items():
                made = alt_test(
                    people,
                    said,
                    read=read,
                    documents=documents,
                    alignment=alignment,
                    epsilon=epsilon,
                )
                rows.append(
                    {
                        "who": name,
                        "alignment": alignment,
                        "epsilon": f"{epsilon} ({who})",
                        "rho": made.advantage,
                        "low": made.low,
                        "high": made.high,
                        "omega, published": made.published.winning_rate,
                        "omega, by document": made.by_document.winning_rate,
                    }
                )
    print("Sets of codes, all segments; low and high are of rho, whole policies resampled\n")
    print(pd.DataFrame(rows).round(3).to_string(index=False))

    made = alt_test(
        people,
        machines["machine"],
        read=read,
        documents=documents,
        alignment="jaccard",
        epsilon=0.1,
    )
    print("\nThe machine against each person (jaccard, epsilon 0.1)\n")
    print(alt_test_table(made, names)[COLUMNS].round(4).to_string(index=False))
    for note in made.notes:
        print(f"Note: {note}")

    rows = []
    for place, code in enumerate(coded.codebook.code_ids):
        row: dict[str, object] = {"code": code, "prevalence": coded.labels[:, place].mean()}
        for name, said in machines.items():
            made = alt_test(
                people[:, :, place],
                said[:, place],
                read=read,
                documents=documents,
                epsilon=0.1,
            )
            row[f"{name}: rho"] = made.advantage
            if name == "machine":
                row["published"] = made.published.winning_rate
            row[f"{name}: by document"] = made.by_document.winning_rate
        rows.append(row)
    print("\nCode by code (accuracy, epsilon 0.1): rho, and omega as published and by document\n")
    print(pd.DataFrame(rows).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
