"""Documents, a codebook and a project for tables of codings to go into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

from fourp_nlp.codebook import parse_codebook
from fourp_nlp.exchange import Exchange, codebook_to_nodes, read_long

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BOOK", "TEXTS", "coded", "make_project", "nodes_of", "read", "workbook"]

TEXTS = {
    "interview1.txt": (
        "I: What grows on the plot?\n"
        "A: We’ve planted nine rows of “old” beans – the slugs took half of them.\n"
        "I: And who waters it?\n"
        "A: My neighbour comes on Fridays. Nobody pays her. Nobody pays her."
    ),
    "interview2.txt": (
        "The pump broke in the spring of 2019, and the com-\n"
        "mittee did not mend it until the autumn. The hose is torn … but it holds."
    ),
}

BOOK = """id: plots
codes:
  - id: beans
    name: Beans
  - id: water
    name: "Water: who brings it"
  - id: helpers
    name: Helpers / friends
  - id: money
    name: Money, unpaid
  - id: pate
    name: Pâté
"""


def nodes_of(book: str = BOOK) -> pd.DataFrame:
    return codebook_to_nodes(parse_codebook(book, Path("codebook.yaml")))


def make_project(root: Path, texts: dict[str, str] = TEXTS, book: str = BOOK) -> Path:
    (root / "corpus").mkdir(parents=True)
    (root / "gold").mkdir()
    for name, text in texts.items():
        (root / "corpus" / name).write_text(text, encoding="utf-8")
    (root / "codebook.yaml").write_text(book, encoding="utf-8")
    (root / "fourp.toml").write_text('codebook = "codebook.yaml"\n', encoding="utf-8")
    return root


def workbook(
    path: Path, sheets: dict[str, list[list[object]]], merged: dict[str, list[str]] | None = None
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for each in (merged or {}).get(name, []):
            sheet.merge_cells(each)
    book.save(path)
    return path


def read(
    path: Path, text: str | None = None, *, book: str | None = BOOK, texts=TEXTS, **more
) -> Exchange:
    """Read a long table, written from a text if one is given."""
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return read_long(path, texts, nodes=None if book is None else nodes_of(book), **more)


def coded(made: Exchange) -> set[tuple[str, str, str, str]]:
    """Document, quote, code and coder of each coding; each quote stands at its place."""
    document = dict(zip(made.sources["guid"], made.sources["document"], strict=True))
    texts = dict(zip(made.sources["guid"], made.sources["text"], strict=True))
    code = {
        guid: id_ or name for guid, id_, name in made.nodes[["guid", "code", "name"]].to_numpy()
    }
    coder = dict(zip(made.users["guid"], made.users["coder"], strict=True)) | {"": ""}
    rows = set()
    for source, start, end, node, user, quote in made.marks[
        ["source", "start", "end", "node", "user", "quote"]
    ].to_numpy():
        if texts[source]:
            assert texts[source][start:end] == quote
        rows.add((document[source], quote, code[node], coder[user]))
    return rows
