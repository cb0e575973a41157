"""Sheets for new codes: segments that were drawn and coded before the codes were added."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.coding.sampling.draws import drawn_for
from fourp_nlp.coding.sheets.coding_sheet import mark_columns, place_columns
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.reporting import write_coding_sheet
from fourp_nlp.segments.alignment import codes_read
from fourp_nlp.spreadsheets import cut_cells, write_csv
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.sampling._draw_coder import coder_of_draw, readings_of_everybody
from fourp_nlp.study.sampling.context import neighbours, speaker_columns
from fourp_nlp.study.sampling.sheets import mark_cells, sheet_definitions

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = ["NewCodesSheet", "sheet_for_new_codes"]

_KEYS = ["document", "document_sha256", "start", "end"]


class NewCodesSheet(NamedTuple):
    """A sheet that asks for new codes in segments that were coded before.

    Attributes
    ----------
    coder : str
        Who is to fill it in.
    codes : list of str
        The codes that it asks for.
    rows : pandas.DataFrame
        One row a segment: draw, order, document, start, end, text, and looked_for (what it asks for).
    files : list of pathlib.Path
        The sheet as CSV and as XLSX.
    """

    coder: str
    codes: list[str]
    rows: pd.DataFrame
    files: list[Path]


def sheet_for_new_codes(
    study: Study,
    *,
    coder: str = "",
    context: int = 2,
    overwrite: bool = False,
) -> NewCodesSheet:
    """Write a sheet of drawn segments that a coder read before some codes were added.

    The segments stay in their draws, with their inclusion probabilities: once the sheet is taken in, a sample
    of them stands for the corpus for the new codes too.

    Parameters
    ----------
    study : Study
        The study.
    coder : str, optional
        Who; by default the reference coder, or the only coder there is.
    context : int, default 2
        How many neighbours the sheet shows on each side.
    overwrite : bool, default False
        Whether an earlier sheet of the same name may be replaced.

    Returns
    -------
    NewCodesSheet
        The segments and the files.

    Raises
    ------
    GoldError
        If no drawn segment that the coder read lacks a code.
    ProjectError
        If the sheet is there already.
    """
    project, codebook = study.project, study.codebook
    read = readings_of_everybody(study)
    who, _ = coder_of_draw(project, read, coder)
    codes = codebook.code_ids
    segments = study.segments
    lacking = _lacking_codes(study, read, who)
    drawn_for_coder = _drawn_segments(study, who)
    drawn_for_coder = drawn_for_coder[lacking[drawn_for_coder["place"].to_numpy()].any(axis=1)]
    if drawn_for_coder.empty:
        raise GoldError(
            f"{who} has looked for every code in every drawn segment that {who} coded: there is nothing to "
            "code for new codes.",
            cure="To see what was read in whole documents: fourp gold",
        )
    rows = drawn_for_coder["place"].to_numpy()
    asked_for = lacking[rows]
    names = np.asarray(codes, dtype=object)
    new_codes = [code for code, some in zip(codes, asked_for.any(axis=0), strict=True) if some]
    before, after = neighbours(segments, rows, context)
    sheet = drawn_for_coder.assign(
        before=before, text=segments["text"].iloc[rows].to_numpy(), after=after
    )
    marks = mark_columns(new_codes)
    column_of = dict(zip(codes, mark_columns(codes)[:-1], strict=True))
    cells = mark_cells(marks, asked_for[:, [codes.index(code) for code in new_codes]])
    sheet = sheet.assign(**speaker_columns(segments, rows))
    sheet = sheet[place_columns(sheet)].assign(
        **cells, note="", looked_for=[" ".join(names[of_row]) for of_row in asked_for]
    )
    stem = f"new_codes_{project.gold_of_draws(who).stem.removesuffix('_next')}"
    files = [project.reports / f"{stem}{suffix}" for suffix in (".csv", ".xlsx")]
    for path in files:
        if path.exists() and not overwrite:
            raise ProjectError(
                "This sheet is there already; nothing was changed.",
                file=path,
                cure="Take it in if it is filled in, or add --overwrite to replace it.",
            )
    definitions = sheet_definitions(codebook)
    of_row = definitions.iloc[:, 0].isin([column_of[code] for code in new_codes])
    detail = {"coder": who, "codes": new_codes, "segments": len(sheet)}
    change_files(
        project.root,
        {
            files[0]: partial(write_csv, cut_cells(sheet)),
            files[1]: partial(write_coding_sheet, sheet, marks, definitions[of_row]),
        },
        what="a sheet for new codes",
        in_store=lambda store: store.log("new codes", detail),
    )
    rows_of_sheet = sheet[["draw", "order", "document", "start", "end", "text", "looked_for"]]
    study.forget("gold", "repeats")
    return NewCodesSheet(who, new_codes, rows_of_sheet.reset_index(drop=True), files)


def _lacking_codes(study: Study, read: pd.DataFrame, coder: str) -> NDArray[np.bool_]:
    """Return the codes for which a coder has not read segments that they read for others."""
    looked_for = codes_read(study.segments, read, study.codebook.code_ids, coder)
    read_at_all = np.asarray(looked_for.any(axis=1))
    lacking = read_at_all[:, None] & ~looked_for
    # Segments that are context alone take no code.
    return np.asarray(lacking & applies_to_segments(study.corpus, study.codebook))


def _drawn_segments(study: Study, coder: str) -> pd.DataFrame:
    """Return the segments drawn for a coder that are still in the corpus, with their rows there."""
    segments = study.segments
    sha256 = segments["document"].map(study.corpus.sha256)
    place_index = pd.MultiIndex.from_frame(segments.assign(document_sha256=sha256)[_KEYS])
    of_coder = drawn_for(Store(study.project.store), coder)
    place = place_index.get_indexer(pd.MultiIndex.from_frame(of_coder[_KEYS]))
    return of_coder.assign(place=place)[place >= 0].drop_duplicates("place")
