"""A methods text as LaTeX, its citations by natbib."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourp_nlp.reporting.methods._phrases import one_line, value_and_interval
from fourp_nlp.reporting.methods.parts import Blank, Cited, Shown

if TYPE_CHECKING:
    from fourp_nlp.reporting.methods.parts import Grid, MethodsText, Sentence

__all__ = ["methods_tex"]

_HEAD = r"""% Written by fourp report --methods. Fill in the parts in [bold brackets].
% Compile with pdflatex, bibtex, pdflatex, pdflatex; with xelatex or lualatex where names need other scripts.
\documentclass[11pt]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\else
  \usepackage{fontspec}
\fi
\usepackage[a4paper,margin=2.2cm]{geometry}
\usepackage{array,booktabs,longtable,url}
\usepackage[round]{natbib}
\setlength{\LTcapwidth}{\textwidth}
\setlength{\emergencystretch}{3em}
\begin{document}
\section*{Methods}
"""
_END = "\\end{document}\n"

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "^": r"\textasciicircum{}",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "%": r"\%",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "`": r"\textasciigrave{}",
        # After the end of a table's row, a bracket would be an option.
        "[": "{[}",
        "]": "{]}",
        "*": "{*}",
        "…": r"\ldots{}",
        "“": "``",
        "”": "''",
        "‘": "`",
        "’": "'",
        "−": "$-$",
    }
)
_HYPHENS = re.compile(r"-(?=-)")
_WIDE = 6  # columns from which a table is set smaller


def methods_tex(text: MethodsText, *, bibliography: str) -> str:
    """Return the text as a LaTeX document that can be compiled as it is.

    `bibliography` is the name of the BibTeX file beside it, without its ending.
    """
    lines = [_HEAD]
    for paragraph in text.paragraphs:
        sentences = "\n".join(_sentence(sentence) for sentence in paragraph.sentences)
        lines.append(f"\\subsection*{{{_escaped(paragraph.title)}}}\n{sentences}\n")
    lines += [_table(grid) for grid in text.tables]
    if text.citations:
        lines.append(f"\\bibliographystyle{{plainnat}}\n\\bibliography{{{bibliography}}}\n")
    return "\n".join([*lines, _END])


def _sentence(sentence: Sentence) -> str:
    pieces = []
    for run in sentence:
        if isinstance(run, Cited):
            pieces.append(f" \\citep{{{','.join(run.keys)}}}")
        elif isinstance(run, Blank):
            pieces.append(f"\\textbf{{[{_escaped(run.what)}]}}")
        elif isinstance(run, Shown):
            pieces.append(f"\\ref{{tab:{run.table}}}")
        else:
            pieces.append(_escaped(run))
    return "".join(pieces).replace("Table \\ref", "Table~\\ref")


def _table(grid: Grid) -> str:
    wide = len(grid.head) > _WIDE
    first = 0.19 if wide else 0.26
    columns = (
        f">{{\\raggedright\\arraybackslash}}p{{{first}\\textwidth}}" + (len(grid.head) - 1) * "r"
    )
    head = " & ".join(_stacked(cell.split(" ")) for cell in grid.head) + " \\\\"
    rows = [
        " & ".join(_stacked(value_and_interval(cell) if wide else [cell]) for cell in row) + " \\\\"
        for row in grid.rows
    ]
    notes = " ".join(_escaped(note) for note in grid.notes)
    return "\n".join(
        [
            f"{{\\{'scriptsize' if wide else 'footnotesize'}\\setlength{{\\tabcolsep}}{{3pt}}",
            f"\\begin{{longtable}}{{{columns}}}",
            f"\\caption{{{_escaped(grid.caption)}}}\\label{{tab:{grid.name}}}\\\\",
            "\\toprule",
            head,
            "\\midrule\\endfirsthead",
            "\\toprule",
            head,
            "\\midrule\\endhead",
            "\\bottomrule\\endfoot",
            *rows,
            "\\end{longtable}",
            *([f"\\noindent {notes}\\par"] if notes else []),
            "}\n",
        ]
    )


def _stacked(lines: list[str]) -> str:
    """Return the lines of a cell, one below the other."""
    cell = "\\\\".join(_escaped(line) for line in lines)
    return cell if len(lines) == 1 else f"\\shortstack[r]{{{cell}}}"


def _escaped(text: str) -> str:
    """Return a text that LaTeX sets as it is, on one line."""
    # Hyphens one after the other would be set as a dash; only what is a dash becomes one.
    escaped = _HYPHENS.sub("-{}", one_line(text).translate(_SPECIAL))
    return escaped.replace("—", "---").replace("–", "--")
