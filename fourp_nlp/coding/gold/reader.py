"""Reading gold files, and reporting all their problems together."""

from __future__ import annotations

import unicodedata
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold._problem_messages import describe_fault
from fourp_nlp.coding.gold.coder_names import one_spelling, spelling_notes
from fourp_nlp.coding.gold.codes_looked_for import (
    codes_in_cell,
    looked_for_of_places,
    spread_lists_of_files,
)
from fourp_nlp.coding.gold.columns import (
    COLUMNS,
    LOOKED_FOR,
    MEMO,
    SCOPE,
    unguard,
    unguard_memo,
)
from fourp_nlp.coding.gold.problems import SHOWN, Problem, raise_all
from fourp_nlp.coding.gold.rows import read_lines
from fourp_nlp.coding.gold.validation import check_rows
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.files.stray_files import copies_of
from fourp_nlp.tables import CODED, CODINGS, among, conform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy.typing as npt

__all__ = ["Gold", "read_gold", "with_memos_of_doubles"]


class Gold(NamedTuple):
    """Content of gold files: codings, and what each coder read.

    Parameters
    ----------
    codings : pandas.DataFrame
        The table CODINGS, in the order of the files and their lines.
    coded : pandas.DataFrame
        The table CODED: what each coder read, whether or not a code was found in it. A document
        that was coded as a whole has one row, another one row a span that was read.
    spellings : list of str
        A sentence for each coder whose name is written in several ways, which are taken for one.
    places : list of str
        Where each coding stands: the file's name and the line; none if they are of no file.
    """

    codings: pd.DataFrame
    coded: pd.DataFrame
    spellings: Sequence[str] = ()
    places: Sequence[str] = ()


def read_gold(
    paths: str | Path | Iterable[str | Path],
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    all_parts: bool = False,
    known: Iterable[str] = (),
) -> Gold:
    """Read gold files and validate them against the documents and the codebook.

    Parameters
    ----------
    paths : path or iterable of paths
        The CSV files.
    documents : pandas.DataFrame
        The documents, with the columns document and text.
    codes : sequence of str
        Ids of the codes that there are.
    all_parts : bool, default False
        Whether spans that were read in documents which were also read as a whole are told too: they may
        have been read later, in a text that has grown.
    known : iterable of str
        Coders whose names are to be spelt as they are here.

    Returns
    -------
    Gold
        The codings, with quotes exactly as in the documents, and which coder coded what.

    Raises
    ------
    GoldError
        If a file cannot be read or lacks a column, or is by its name a second copy of another; if a row
        names an unknown document or code or no coder, has a start or end that is no whole number or lies
        outside the document, has a quote that is not what stands there, or repeats another row; if
        looked_for names an unknown code, or lacks one that is given. It names file, line and cure of up to 20
        problems.

    Notes
    -----
    Line ends inside a quote may be those of Windows. Columns that a gold file does not have are
    left alone, unless their name is nearly that of one that is missing.
    """
    chosen = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    copies = [_a_copy(path, own) for path, own in copies_of(chosen).items()]
    raise_all(copies[:SHOWN], len(copies))
    tables_read = [read_lines(path) for path in chosen]
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    raw_rows = pd.DataFrame(
        [row for each in tables_read for row in each.rows],
        columns=["file", "line", *COLUMNS, SCOPE, LOOKED_FOR, MEMO],
    )
    spellings, notes = _spellings(raw_rows, known)
    rows = _tidy(raw_rows, texts, codes)
    rows["coder"] = raw_rows["coder"].map(spellings).astype("str")
    rows = spread_lists_of_files(rows)
    rows[LOOKED_FOR] = looked_for_of_places(rows, (rows[SCOPE] == PART).to_numpy(dtype=bool))
    checked = check_rows(rows, texts, codes)

    ranks = {str(path): rank for rank, path in enumerate(chosen)}
    problems: list[tuple[int, int, Callable[[], Problem]]] = [
        (ranks[problem.file], problem.line, partial(_as_is, problem))
        for each in tables_read
        for problem in each.problems
    ]
    files, lines = rows["file"].tolist(), rows["line"].tolist()
    say = partial(describe_fault, rows=rows, checked=checked, texts=texts, codes=codes)
    problems += [
        (ranks[files[row]], lines[row], partial(say, fault, int(row)))
        for fault, rows_with_fault in checked.faults.items()
        for row in np.flatnonzero(rows_with_fault)
    ]
    problems.sort(key=lambda each: each[:2])
    # To look for the name that was meant takes time: only what is shown is put in words.
    raise_all([phrase_problem() for _, _, phrase_problem in problems[:SHOWN]], len(problems))

    spans = rows.assign(start=checked.start, end=checked.end, quote=checked.quotes)
    # A span that is coded in a file of whole documents and in one of drawn segments is one coding.
    key = [name for name in COLUMNS if name != "quote"]
    codings = with_memos_of_doubles(spans[spans["code"] != ""], key).drop_duplicates(key)
    places = [
        f"{Path(str(file)).name}, line {line}"
        for file, line in codings[["file", "line"]].itertuples(index=False)
    ]
    return Gold(
        conform(codings, CODINGS),
        _what_was_read(spans, checked.part, texts, all_parts=all_parts),
        notes,
        places,
    )


def with_memos_of_doubles(codings: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return codings, of which several may be the same, each with the memo that one of them has.

    Parameters
    ----------
    codings : pandas.DataFrame
        With the column memo.
    key : list of str
        Columns by which two codings are the same.

    Returns
    -------
    pandas.DataFrame
        The same rows; where several memos differ, they have the first.
    """
    noted = codings[codings[MEMO] != ""]
    if noted.empty:
        return codings
    memos = noted.drop_duplicates(key).set_index(key)[MEMO]
    of_each = memos.reindex(pd.MultiIndex.from_frame(codings[key])).fillna("")
    return codings.assign(memo=of_each.to_numpy(dtype=object))


def _spellings(rows: pd.DataFrame, known: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return one spelling for each written name, and notes for the reader."""
    first = rows.drop_duplicates("coder")
    names = {str(raw): unguard(str(raw)) for raw in first["coder"]}
    files = dict(
        zip(names.values(), (Path(str(file)).name for file in first["file"]), strict=False)
    )
    used = one_spelling(names.values(), known)
    return {raw: used[name] for raw, name in names.items()}, spelling_notes(used, files)


def _what_was_read(
    spans: pd.DataFrame,
    part: npt.NDArray[np.bool_],
    texts: Mapping[str, str],
    *,
    all_parts: bool,
) -> pd.DataFrame:
    """Return the table CODED: whole documents first, then spans of the others."""
    pair = ["coder", "document"]
    whole = spans.loc[~part, [*pair, LOOKED_FOR]].drop_duplicates(pair)
    lengths = whole["document"].map({name: len(text) for name, text in texts.items()})
    whole = whole.assign(start=0, end=lengths.astype("int64"), scope=WHOLE, quote="")
    parts = spans.loc[part, [*pair, "start", "end", "quote", LOOKED_FOR]].drop_duplicates(
        [*pair, "start", "end"]
    )
    of_whole_documents = among(parts, whole, pair) & (not all_parts)
    return conform(pd.concat([whole, parts[~of_whole_documents].assign(scope=PART)]), CODED)


def _tidy(rows: pd.DataFrame, texts: Iterable[str], codes: Iterable[str]) -> pd.DataFrame:
    """Take white space and apostrophes off all cells but the quotes."""
    tidied = rows.copy()
    for column in ("document", "start", "end", "code", SCOPE):
        tidied[column] = rows[column].astype("str").str.strip()
    tidied[SCOPE] = tidied[SCOPE].str.lower()
    tidied[LOOKED_FOR] = [" ".join(codes_in_cell(unguard(str(cell)))) for cell in rows[LOOKED_FOR]]
    tidied[MEMO] = [unguard_memo(str(cell)) for cell in rows[MEMO]]
    for column, ids in (("document", set(texts)), ("code", set(codes))):
        tidied[column] = [cell if cell in ids else unguard(cell) for cell in tidied[column]]
    # Macs write accents of file names as characters of their own.
    composed = {unicodedata.normalize("NFD", name): name for name in texts if not name.isascii()}
    tidied["document"] = [composed.get(cell, cell) for cell in tidied["document"]]
    return tidied


def _a_copy(path: Path, original: Path | None) -> Problem:
    """Say that a file is a second copy, whose codes would be added to those of the first in silence."""
    of = (
        f"a second copy of {original.name}"
        if original
        else "a copy that was made because of a conflict"
    )
    return Problem(
        str(path),
        0,
        f"By its name this is {of}, and the codes of both would count.",
        "Compare the two, keep one under the coder's name, and move the other out of the folder.",
    )


def _as_is(problem: Problem) -> Problem:
    return problem
