"""Time Word documents with many comments: one long one, and a project of a thousand.

    python scripts/time_word.py

Prints the processor's seconds for writing and reading a document of 200 pages with 5,000 comments, the
same in a copy of an original, and 1,000 documents with 200,000 comments.
"""

import tempfile
import time
from pathlib import Path

import docx
import numpy as np
import pandas as pd

from fourp_nlp.documents import read_document
from fourp_nlp.exchange import (
    MARKS,
    NODES,
    SOURCES,
    USERS,
    Exchange,
    guid_of,
    read_word,
    write_word,
)
from fourp_nlp.tables import conform

SENTENCE = "We waited there for hours and nobody came to speak with us about the house. "
WORDS_A_PAGE = 500


def exchange_of(texts, codings):
    """Return documents with so many codings each, of 40 to 240 characters."""
    chance = np.random.default_rng(7)
    sources = pd.DataFrame(
        [(guid_of("source", name), name, text, True, "text", "") for name, text in texts.items()],
        columns=SOURCES.names,
    )
    nodes = pd.DataFrame(
        [(f"n{at}", "", f"code{at}", f"Code {at}", "", "", True) for at in range(20)],
        columns=NODES.names,
    )
    users = pd.DataFrame([(f"u{at}", f"coder {at}", False) for at in range(3)], columns=USERS.names)
    parts = []
    for guid, text in zip(sources["guid"], sources["text"], strict=True):
        starts = chance.integers(0, len(text) - 240, codings)
        ends = starts + chance.integers(40, 240, codings)
        parts.append(
            pd.DataFrame(
                {
                    "guid": [guid_of("mark", guid, number) for number in range(codings)],
                    "source": guid,
                    "start": starts,
                    "end": ends,
                    "node": [f"n{at}" for at in chance.integers(0, 20, codings)],
                    "user": [f"u{at}" for at in chance.integers(0, 3, codings)],
                    "quote": "",
                    "made_at": "2026-01-02T03:04:05Z",
                    "probability": np.nan,
                    "why": "",
                }
            )
        )
    marks = conform(pd.concat(parts), MARKS)
    return Exchange(
        sources=conform(sources, SOURCES),
        nodes=conform(nodes, NODES),
        users=conform(users, USERS),
        marks=marks,
    )


def timed(what, call):
    """Print how long the processor worked on a call, and return what it returned."""
    began = time.process_time()
    result = call()
    print(f"{what}: {time.process_time() - began:.1f} s")
    return result


def main():
    """Time everything."""
    paragraph = (SENTENCE * 8).strip()
    pages = 200 * WORDS_A_PAGE // len(paragraph.split())
    long = "\n\n".join([paragraph] * pages)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        exchange = exchange_of({"long": long}, 5000)
        what = f"{len(long.split()):,} words, 5,000 comments"
        timed(f"{what}, written", lambda: write_word(exchange, folder / "long.docx"))
        timed(f"{what}, read", lambda: read_word(folder / "long.docx"))
        original = docx.Document()
        for words in long.split("\n\n"):
            added = original.add_paragraph()
            for at in range(0, len(words), 60):
                added.add_run(words[at : at + 60]).italic = bool(at % 120)
        original.save(str(folder / "original.docx"))
        exchange = exchange_of({"original": read_document(folder / "original.docx")}, 5000)
        originals = {"original": folder / "original.docx"}
        timed(
            f"{what}, put into a copy",
            lambda: write_word(exchange, folder / "copy.docx", originals=originals),
        )
        timed(f"{what}, read from the copy", lambda: read_word(folder / "copy.docx"))
        short = "\n\n".join([paragraph] * 12)
        many = exchange_of({f"document {at}": short for at in range(1000)}, 200)
        timed(
            "1,000 documents, 200,000 comments, written", lambda: write_word(many, folder / "many")
        )
        timed("1,000 documents, 200,000 comments, read", lambda: read_word(folder / "many"))


if __name__ == "__main__":
    main()
