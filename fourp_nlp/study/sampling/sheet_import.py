"""Importing a coding sheet that a person filled in."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import one_spelling, spelling_notes
from fourp_nlp.coding.gold.codes_looked_for import not_looked_for
from fourp_nlp.coding.gold.reader import Gold, read_gold
from fourp_nlp.coding.sheets.coding_sheet import read_sheet
from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError
from fourp_nlp.segments.alignment import codes_read, codings_to_matrix
from fourp_nlp.study.reading.reading_state import codes_asked_by_draws, current_readings
from fourp_nlp.study.sampling.sheet_checks import (
    RecordUpdate,
    coder_of_sheet,
    codes_of_draws,
    conflict,
    merge_into_gold,
    write_import,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.sheets.coding_sheet import FilledSheet
    from fourp_nlp.segments.alignment import Rule
    from fourp_nlp.study.sampling.sheet_checks import SheetImport
    from fourp_nlp.study.study import Study

__all__ = ["import_filled", "import_sheet"]


def import_sheet(
    study: Study,
    path: Path,
    *,
    coder: str = "",
    replace: bool = False,
    repeat: bool = False,
) -> SheetImport:
    """Import a sheet that a person filled in: add its codes to the person's gold file.

    Parameters
    ----------
    study : Study
        The study.
    path : pathlib.Path
        The sheet, CSV or XLSX.
    coder : str, optional
        Who filled it in; by default the coder that the draw was made for.
    replace : bool, default False
        Whether codes given now replace other codes that an earlier sheet gave the same segments.
    repeat : bool, default False
        Whether the segments were coded a second time. A sheet that was drawn for it need not say so.

    Returns
    -------
    SheetImport
        What was written, and where.

    Raises
    ------
    GoldError
        If the sheet cannot be used, a row is not of its draw, or a segment was coded otherwise
        before. Nothing is written then.
    """
    study.carry_codings()
    codes_by_draw = codes_of_draws(Store(study.project.store))
    filled = read_sheet(path, study.documents, study.codebook.code_ids, codes_by_draw)
    return import_filled(study, path, filled, coder=coder, replace=replace, repeat=repeat)


def import_filled(
    study: Study,
    path: Path,
    filled: FilledSheet,
    *,
    coder: str = "",
    replace: bool = False,
    repeat: bool = False,
    answers: int = 0,
) -> SheetImport:
    """Add the codes that a person gave to drawn segments to the person's gold file.

    Parameters
    ----------
    study : Study
        The study.
    path : pathlib.Path
        What messages and the log call the sheet.
    filled : FilledSheet
        What was marked.
    coder, replace, repeat
        As for `import_sheet`.
    answers : int, default 0
        If the codes were given in the review page, the last entry of its log of answers.

    Returns
    -------
    SheetImport
        What was written, and where.

    Raises
    ------
    GoldError
        As for `import_sheet`.
    """
    project, corpus, codebook = study.project, study.corpus, study.codebook
    store = Store(project.store)
    who, notes = coder_of_sheet(filled, store, coder, path)
    spelling = one_spelling([who], _people(study))
    notes = [*notes, *spelling_notes(spelling, {})]
    who = spelling[who]
    codings, coded = filled.marked_tables(who, codebook.code_ids, path)
    repeat = repeat or _drawn_again(filled, store, path)
    target = project.gold_of_draws(who, repeat=repeat)
    sheet_gold = Gold(codings, coded)
    files = project.repeat_files if repeat else project.gold_files
    others = [file for file in files if file != target]
    folder = target.parent
    rule = project.settings.coders.rule
    drawn_segments = partial(codes_asked_by_draws, project, repeat=repeat)
    _hold_to_other_files(folder, others, study, sheet_gold, filled, path, rule, drawn_segments)
    defined, definition_notes = _definitions_of_draws(store, filled, codebook)
    added = merge_into_gold(
        sheet_gold,
        target,
        filled,
        corpus.documents,
        codebook.code_ids,
        path=path,
        replace=replace,
        in_record=RecordUpdate(codebook, drawn_segments, defined),
    )
    sheet_import = write_import(
        project.root, filled, path, who, added, [*notes, *definition_notes],
        repeat=repeat, codes=_codes_of_sheet(filled, codebook), answers=answers,
    )  # fmt: skip
    study.forget("gold", "repeats")
    return sheet_import


def _codes_of_sheet(filled: FilledSheet, codebook: Codebook) -> dict[str, list[str]]:
    """Return for each draw on a sheet the codes that were looked for in its rows that were read."""
    read = filled.rows["read"].to_numpy(dtype=bool)
    looked_for = pd.DataFrame(filled.looked_for[read], columns=codebook.code_ids)
    some = looked_for.groupby(filled.rows.loc[read, "draw"].to_numpy(dtype=object)).any()
    return {
        str(draw): [str(code) for code in is_looked_for.index[is_looked_for]]
        for draw, is_looked_for in some.iterrows()
    }


def _definitions_of_draws(
    store: Store, filled: FilledSheet, codebook: Codebook
) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return the hashes of the definitions that each draw's sheet showed, and what is not known of them."""
    draws = store.read_draws()
    draws_of_sheet = draws[draws["draw"].isin(set(filled.rows["draw"]))]
    defined: dict[str, dict[str, str]] = {}
    notes = []
    for draw, options in draws_of_sheet[["draw", "options"]].itertuples(index=False):
        options_of_draw = json.loads(options)
        if "definitions" in options_of_draw:
            defined[str(draw)] = dict(options_of_draw["definitions"])
        elif (
            options_of_draw.get("codebook_sha256", codebook.fingerprint()) != codebook.fingerprint()
        ):
            notes.append(
                f"The codebook has changed since {draw} was drawn, and an earlier version of fourp_nlp did "
                "not keep what its codes were defined as: the sheet counts as read by the definitions "
                "that there are now."
            )
    return defined, notes


def _people(study: Study) -> list[str]:
    project, corpus, codebook = study.project, study.corpus, study.codebook
    if not project.gold_files:
        return []
    coded = read_gold(project.gold_files, corpus.documents, codebook.code_ids).coded
    return [str(name) for name in coded["coder"].unique()]


def _drawn_again(filled: FilledSheet, store: Store, path: Path) -> bool:
    """Whether the sheet's draws were for a second coding."""
    draws = store.read_draws()
    options_of_draws = draws.loc[draws["draw"].isin(set(filled.rows["draw"])), "options"]
    again = [bool(json.loads(options).get("repeat", False)) for options in options_of_draws]
    if any(again) and not all(again):
        raise GoldError(
            "The sheet holds rows that were drawn to be coded again, and others.",
            file=path,
            cure="Import the sheets one by one, as they were written.",
        )
    return any(again)


def _hold_to_other_files(
    folder: Path,
    elsewhere: list[Path],
    study: Study,
    sheet_gold: Gold,
    filled: FilledSheet,
    path: Path,
    rule: Rule,
    drawn_segments: Callable[[], pd.DataFrame],
) -> None:
    """Refuse codes that contradict the coder's other gold files about the same segments."""
    corpus, codebook = study.corpus, study.codebook
    if not elsewhere:
        return
    gold = read_gold(elsewhere, corpus.documents, codebook.code_ids, all_parts=True)
    who = sheet_gold.coded["coder"].iloc[0]
    if who not in set(gold.coded["coder"]):
        return
    spans = sheet_gold.coded.sort_values(["document", "start"]).reset_index(drop=True)
    spans = spans.assign(segment=np.arange(len(spans)), text=spans["quote"], speaker="", role="")
    codes = codebook.code_ids
    before = codings_to_matrix(spans, gold.codings, codes, coder=who, rule=rule).matrix
    now = codings_to_matrix(spans, sheet_gold.codings, codes, rule=rule).matrix
    readings = current_readings(folder, gold, corpus.documents, codebook, drawn_segments)
    # What is new since they read, text or code, was not coded otherwise: it was not coded.
    looked_for = codes_read(spans, readings.read, codes, who)
    others = spans["looked_for"].map(not_looked_for(spans["looked_for"], codes)).str.split()
    looked_for &= np.array(
        [[code not in not_asked for code in codes] for not_asked in others], dtype=bool
    )
    differing = ((before != now) & looked_for).any(axis=1)
    if differing.any():
        names = np.array(codes, dtype=object)
        conflicts = spans[differing].assign(
            earlier=[", ".join(names[row]) for row in before[differing]],
            later=[", ".join(names[row]) for row in now[differing]],
        )
        cure = f"Correct one of them: the gold file of {who}, or the sheet."
        raise conflict(conflicts, filled, path, elsewhere[0].parent, cure)
