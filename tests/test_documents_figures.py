"""Figures in README.md and docs/ are those that the commands print which they stand with."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from pathlib import Path

import pytest
import typer.main

from fourp_nlp.cli import app
from scripts.update_documents import (
    Copy,
    Example,
    examples_of,
    figures_in,
    out_of_date,
    pages,
    unmarked,
    update,
)
from tests.conftest import ROOT

TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in pages()}
EXAMPLES = [one for page, text in TEXTS.items() for one in examples_of(page, text)]
COMMAND = re.compile(r"^(?:    )?\$ (fourp .*)$", re.MULTILINE)
CONSOLE = [
    pytest.param(found[1], id=f"{page}-{found[1][:60]}")
    for page, text in TEXTS.items()
    for found in COMMAND.finditer(text)
]


@pytest.fixture(scope="module")
def printed():
    folder = tempfile.mkdtemp()
    yield Copy(Path(folder)).printed
    shutil.rmtree(folder)


@pytest.mark.parametrize("example", [pytest.param(one, id=one.where) for one in EXAMPLES])
def test_what_a_document_shows_is_what_the_command_prints(example, printed):
    assert out_of_date(example, printed) == [], "run: python scripts/update_documents.py"


@pytest.mark.parametrize("page", sorted(TEXTS))
def test_every_table_of_figures_says_where_they_come_from(page):
    assert unmarked(page, TEXTS[page]) == []


@pytest.mark.parametrize("command", CONSOLE)
def test_every_command_that_a_document_shows_has_these_options(command):
    words = command.partition("  #")[0].split()
    found = typer.main.get_command(app)
    for word in words[1:]:
        if hasattr(found, "commands"):
            assert word in found.commands, f"{word} is no command"
            found = found.commands[word]
        elif word.startswith("--"):
            options = {name for parameter in found.params for name in parameter.opts}
            assert word.partition("=")[0] in options


def test_the_training_text_has_as_many_sentences_as_its_readme_says():
    text = " ".join(TEXTS["corpus/README.md"].split())
    sizes = {}
    for path in sorted((ROOT / "corpus" / "training").glob("*.csv")):
        kind = path.stem.split("_")[0] if path.stem.startswith(("plain_", "documents_")) else "own"
        with path.open(encoding="utf-8", newline="") as stream:
            sizes[kind] = sizes.get(kind, 0) + sum(1 for _ in csv.DictReader(stream))
    assert f"{sizes['own']:,} sentences, concrete" in text
    assert f"`plain_*`: {sizes['plain']:,} sentences" in text
    assert f"`documents_*`: {sizes['documents']:,} sentences" in text


SAID = "read: 12 documents\nkappa  0.91\nalpha  0.90 (0.80 to 0.95)\nwrote reports/a.csv\n"


def of_page(text: str, said: str = SAID) -> tuple[str, list[str]]:
    return update(text, "page.md", lambda _: said)


def test_a_figure_that_changed_is_written_anew_where_it_stands():
    page = "<!-- printed by: fourp x -->\n```text\nread: 10 documents\n…\nalpha  0.70 (0.60 to 0.75)\n```\n"
    made, left = of_page(page)
    assert left == []
    assert made == page.replace("10 doc", "12 doc").replace(
        "0.70 (0.60 to 0.75)", "0.90 (0.80 to 0.95)"
    )


def test_a_block_without_an_ellipsis_shows_all_that_is_printed():
    made, left = of_page("<!-- printed by: fourp x -->\n```console\n$ fourp x\nkappa  0.90\n```\n")
    assert left == []
    assert made.split("```")[1] == "console\n$ fourp x\n" + SAID


def test_a_sentence_that_is_quoted_is_written_anew_with_all_that_follows_in_its_paragraph():
    said = (
        "Before it. Alpha was 0.90 (95% CI 0.80 to 0.95). Take care with few documents.\n\nOther.\n"
    )
    made, left = of_page(
        "<!-- quoted from: fourp x -->\n> Alpha was 0.80 (95% CI 0.75\n> to 0.85).\n", said
    )
    assert left == []
    assert made.endswith(
        "-->\n> Alpha was 0.90 (95% CI 0.80 to 0.95). Take care with few documents.\n"
    )


def test_a_quotation_in_prose_keeps_the_words_around_it():
    page = '<!-- quoted from: fourp x -->\nIt says "It expects\nabout 27 codings in 3 texts", and more.\n'
    made, left = of_page(page, "It expects about 1,279 codings in 4 texts.\n")
    assert left == []
    assert made == page.replace("27", "1,279").replace("3 texts", "4 texts")


def test_what_no_command_says_any_more_is_left_to_a_person():
    page = "<!-- printed by: fourp x -->\n```text\n…\nof another kind  1.5\n```\n"
    assert of_page(page) == (page, ["page.md:3: of another kind  1.5"])


@pytest.mark.parametrize(
    ("line", "stale"),
    [("kappa  0.91", []), ("kappa  0.92", ["kappa  0.92"]), ("kappa  0.9", ["kappa  0.9"])],
)
def test_a_stale_figure_is_found(line, stale):
    example = Example("page.md", "printed by", "fourp x", 1, 2, (line,))
    assert out_of_date(example, lambda _: SAID) == stale


def test_figures_of_prose_may_be_rounded_and_be_shares():
    def check(words: str) -> list[str]:
        example = Example("page.md", "figures from", "fourp x", 1, 2, (words,))
        return out_of_date(example, lambda _: "0.9195 12873 0.345")

    assert check("0.92 of 12,873 (34.5%), as in 2013 and figure 12.11") == []
    assert check("0.93 of 12,874 (35.5%)") == ["0.93", "12,874", "35.5%"]


def test_years_and_counts_are_no_figures():
    assert figures_in("In 2013, 40 of 100 (0.4) on page 3.") == ["0.4"]


def test_a_table_without_a_mark_is_named():
    table = "| a | b |\n|---|---|\n| 0.1 | 0.2 |\n| 0.3 | x |\n"
    assert unmarked("page.md", table) == ["page.md:1: | a | b |"]
    assert unmarked("page.md", "<!-- measured by: fourp x (y) -->\n" + table) == []
    assert unmarked("page.md", "<!-- begin: written by x -->\n" + table + "<!-- end -->\n") == []
