"""Ways of finding a page's text, side by side: how much of it each keeps, what else, and how long it takes.

    python scripts/measure_extraction.py [FOLDER] [--encoder]

Without a folder it reads the pages of tests/web_pages.py. A folder holds pages and a file pages.json or
evaldata.json that says of each which passages its text ought to hold ("with") and which not ("without"),
under its address or name with a "file", as the evaluation pages of trafilatura have it. Of a folder without
such a file, only times are told.

Recall, precision and F1 are over the words of these passages, all pages together. A page is lost by half if
less than half of the words of its wanted passages are kept. `--encoder` adds what the encoder takes for the
same text.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RECALL = {"favor_recall": True}
_SETTINGS: dict[str, dict[str, Any]] = {
    "trafilatura fast": {"fast": True},
    "trafilatura fast, recall": {"fast": True, **_RECALL},
    "trafilatura": {"fast": False},
    "trafilatura, recall": {"fast": False, **_RECALL},
    "trafilatura, precision": {"fast": False, "favor_precision": True},
}


@dataclass
class Sample:
    """A page and passages of it."""

    name: str
    content: bytes
    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)


def main() -> None:
    """Measure, and print a row for each way."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--encoder", action="store_true", help="the encoder's time beside it")
    parser.add_argument("--lost", action="store_true", help="name the pages that are lost by half")
    options = parser.parse_args()
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    samples = list(samples_of(options.folder) if options.folder else own_samples())
    judged = [sample for sample in samples if sample.wanted]
    print(f"{len(samples)} pages, {len(judged)} of them with passages that are wanted")
    print(f"{'':42}{'recall':>8}{'precision':>11}{'F1':>7}{'lost by half':>14}{'ms a page':>11}")
    texts: list[str] = []
    for name, way in ways().items():
        texts, took = run(way, samples)
        show(name, samples, texts, took, lost=options.lost)
    if options.encoder:
        encode(texts)


def ways() -> dict[str, Callable[[str], str]]:
    """Return the ways of finding a text; the last one is that of the program."""
    import trafilatura

    from fourp_nlp.documents import page_of, words_of
    from fourp_nlp.websites.pages._block_choice import choose
    from fourp_nlp.websites.pages.main_text import main_text

    def by(options: dict[str, Any]) -> Callable[[str], str]:
        def extract(markup: str) -> str:
            found: Any = trafilatura.bare_extraction(
                markup, include_comments=False, include_tables=True, with_metadata=True, **options
            )
            return (found.text if found is not None else "") or ""

        return extract

    def beside(options: dict[str, Any]) -> Callable[[str], str]:
        extract = by(options)
        return lambda markup: choose(page_of(markup), extract(markup)).text

    made = {name: by(options) for name, options in _SETTINGS.items()}
    made["all words of the page"] = words_of
    made["own blocks"] = lambda markup: choose(page_of(markup)).text
    made["own blocks and trafilatura fast"] = beside({"fast": True})
    made["own blocks and trafilatura, recall"] = beside({"fast": False, **_RECALL})
    made["own blocks and trafilatura (in use)"] = lambda markup: main_text(
        markup.encode("utf-8", "replace"), "", "utf-8"
    ).get("text", "")
    return made


def own_samples() -> Iterator[Sample]:
    """Return the pages of the tests."""
    from tests.web_pages import PAGES

    for page in PAGES:
        yield Sample(page.name, page.html.encode(), list(page.wanted), list(page.unwanted))


def samples_of(folder: Path) -> Iterator[Sample]:
    """Return the pages of a folder, with what is told of them."""
    told = next(
        (folder / name for name in ("pages.json", "evaldata.json") if (folder / name).is_file()),
        None,
    )
    if told is None:
        for path in sorted(folder.rglob("*.htm*")):
            yield Sample(path.name, path.read_bytes())
        return
    for address, facts in json.loads(told.read_text(encoding="utf-8")).items():
        name = str(facts.get("file", address))
        places = (folder / name, folder / "eval" / name, folder / "cache" / name)
        path = next((place for place in places if place.is_file()), None)
        if path is not None:
            yield Sample(
                name, path.read_bytes(), list(facts.get("with", [])), list(facts.get("without", []))
            )


def run(way: Callable[[str], str], samples: list[Sample]) -> tuple[list[str], float]:
    """Return the texts that a way finds, and the seconds that it takes."""
    from fourp_nlp.documents import decode_markup
    from fourp_nlp.errors import FourpError

    texts, took = [], 0.0
    way("<html><body><p>Once, so that nothing is loaded while it is timed.</p></body></html>")
    for sample in samples:
        try:
            markup = decode_markup(sample.content.replace(b"\x00", b""))
        except FourpError:
            texts.append("")
            continue
        began = time.perf_counter()
        try:
            text = way(markup)
        except Exception:  # noqa: BLE001 - a page that a way cannot read is one that it loses
            text = ""
        took += time.perf_counter() - began
        texts.append(" ".join(text.split()))
    return texts, took


def show(name: str, samples: list[Sample], texts: list[str], took: float, *, lost: bool) -> None:
    """Print a row."""
    kept = wanted = other = 0
    halves = []
    for sample, text in zip(samples, texts, strict=True):
        mine = sum(size for passage, size in sized(sample.wanted) if passage in text)
        all_of_it = sum(size for _, size in sized(sample.wanted))
        kept, wanted = kept + mine, wanted + all_of_it
        other += sum(size for passage, size in sized(sample.unwanted) if passage in text)
        if 2 * mine < all_of_it:
            halves.append(sample.name)
    recall = kept / wanted if wanted else float("nan")
    precision = kept / (kept + other) if kept else float("nan")
    f1 = 2 * recall * precision / (recall + precision) if kept else float("nan")
    print(
        f"{name:42}{recall:8.3f}{precision:11.3f}{f1:7.3f}{len(halves):14}"
        f"{1000 * took / max(len(samples), 1):11.1f}",
        flush=True,
    )
    if lost:
        for page in halves:
            print(f"    {page}")


def sized(passages: list[str]) -> list[tuple[str, int]]:
    """Return passages with single spaces, and the words of each."""
    plain = [" ".join(passage.split()) or passage for passage in passages]
    return [(passage, len(passage.split())) for passage in plain]


def encode(texts: list[str]) -> None:
    """Print what the encoder takes for the texts."""
    import pandas as pd

    from fourp_nlp.machine.encoder import embed_layers, load_encoder
    from fourp_nlp.segments import segment
    from fourp_nlp.tables import DOCUMENTS, conform

    kept = [text for text in texts if text]
    frame = pd.DataFrame({"document": [str(n) for n in range(len(kept))], "text": kept})
    for column in DOCUMENTS.names:
        if column not in frame.columns:
            frame[column] = ""
    began = time.perf_counter()
    segments = segment(conform(frame, DOCUMENTS))
    cut = time.perf_counter() - began
    encoder = load_encoder()
    embed_layers(["Once, so that nothing is loaded while it is timed."], encoder)
    began = time.perf_counter()
    embed_layers(segments["text"].tolist(), encoder)
    took = time.perf_counter() - began
    print(
        f"for the same text: {len(segments):,} sentences cut in {1000 * cut / len(kept):.1f} ms a page, "
        f"encoded in {1000 * took / len(kept):.1f} ms a page"
    )


if __name__ == "__main__":
    main()
