"""A methods text as Markdown, its citations as Pandoc reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.reporting.methods._phrases import one_line
from fourp_nlp.reporting.methods.parts import Blank, Cited, Shown

if TYPE_CHECKING:
    from fourp_nlp.reporting.methods.parts import Grid, MethodsText, Sentence

__all__ = ["methods_md"]

# What Markdown, or HTML in it, reads as more than itself; "www." and "://" would become links. Round
# brackets mean nothing without square ones, and escaped they would be maths to some readers.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~^$@&])|(?<=\bwww)(\.)|(:)(?=//)", re.IGNORECASE)


def methods_md(text: MethodsText, *, bibliography: str) -> str:
    """Return the text as Markdown.

    `bibliography` is the name of the BibTeX file beside it; ``pandoc --citeproc`` sets citations
    and references.
    """
    lines = ["---", 'title: "Methods"', f"bibliography: {bibliography}", "---", ""]
    for paragraph in text.paragraphs:
        sentences = " ".join(_sentence(sentence, text) for sentence in paragraph.sentences)
        lines += [f"## {_escaped(paragraph.title)}", "", sentences, ""]
    for grid in text.tables:
        lines += _table(grid, text.number(grid.name))
    lines += ["## References", ""] if text.citations else []
    return "\n".join(lines)


def _sentence(sentence: Sentence, text: MethodsText) -> str:
    pieces = []
    for run in sentence:
        if isinstance(run, Cited):
            pieces.append(f" [{'; '.join(f'@{key}' for key in run.keys)}]")
        elif isinstance(run, Blank):
            pieces.append(f"**\\[{_escaped(run.what)}\\]**")
        elif isinstance(run, Shown):
            pieces.append(str(text.number(run.table)))
        else:
            pieces.append(_escaped(run))
    return "".join(pieces)


def _table(grid: Grid, number: int) -> list[str]:
    rule = [":---", *["---:"] * (len(grid.head) - 1)]
    rows = [[_escaped(cell) for cell in row] for row in (grid.head, *grid.rows)]
    lines = [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]
    notes = " ".join(_escaped(note) for note in grid.notes)
    return [
        f"**Table {number}.** {_escaped(grid.caption)}.",
        "",
        *lines,
        "",
        *([notes, ""] if notes else []),
    ]


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(lambda match: f"\\{match.group()}", one_line(text))
