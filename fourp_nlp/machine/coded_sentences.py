"""Reads coded sentences outside the corpus, as further training data."""

from __future__ import annotations

import csv
import difflib
from itertools import zip_longest
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.files.delimited import cell_reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["CODED_SENTENCES_COLUMNS", "read_coded_sentences"]

CODED_SENTENCES_COLUMNS = ["source", "passage", "text", "codes"]
"""Columns of the table: file and line, passage that a sentence stands in, words, list of code ids."""


def read_coded_sentences(paths: Sequence[Path], codes: Sequence[str]) -> pd.DataFrame:
    """Read files of coded sentences.

    Parameters
    ----------
    paths : sequence of path
        CSV files with the columns ``text`` and ``codes`` (ids separated by semicolons, none for a
        sentence without a code), and optionally ``passage``: neighbouring rows of one passage are
        each other's context.
    codes : sequence of str
        The ids of the codebook's codes.

    Returns
    -------
    pandas.DataFrame
        Columns as in `CODED_SENTENCES_COLUMNS`, one row a sentence, in order.

    Raises
    ------
    GoldError
        If a file cannot be read, a column is missing, or a code is unknown.
    """
    known = set(codes)
    rows: list[tuple[str, str, str, list[str]]] = []
    for path in paths:
        try:
            with (
                path.open(encoding="utf-8-sig", newline="") as stream,
                cell_reader(stream, strict=False) as reader,
            ):
                head: list[str] = next(reader, [])
                missing = {"text", "codes"} - set(head)
                if missing:
                    raise GoldError(
                        f"The column(s) {', '.join(sorted(missing))} are missing.",
                        file=path,
                        place="line 1",
                        cure="The first line must name at least: text,codes",
                    )
                for cells in reader:
                    row = dict(zip_longest(head, cells[: len(head)], fillvalue=""))
                    given = [code.strip() for code in row["codes"].split(";")]
                    given = [code for code in given if code]
                    for code in given:
                        if code not in known:
                            close = difflib.get_close_matches(code, codes, n=1)
                            raise GoldError(
                                f"'{code}' is not a code of the codebook.",
                                file=path,
                                place=f"line {reader.line_num}",
                                cure=f"Did you mean '{close[0]}'?" if close else "Correct it.",
                            )
                    text = " ".join(row["text"].split())
                    if text:
                        source = f"{path.name}, line {reader.line_num}"
                        passage = row.get("passage") or str(reader.line_num)
                        rows.append((source, f"{path.name}#{passage}", text, given))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise GoldError(
                f"The coded sentences cannot be read: {error}.",
                file=path,
                cure="Save the table as CSV in UTF-8.",
            ) from error
    return pd.DataFrame(rows, columns=CODED_SENTENCES_COLUMNS)
