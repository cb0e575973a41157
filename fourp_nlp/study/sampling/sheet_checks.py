"""Checking a filled-in sheet against its draws, and merging it into a person's gold file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.coding.gold.merging import differing_spans, merge_gold
from fourp_nlp.coding.gold.reader import Gold, read_gold
from fourp_nlp.coding.gold.writer import gold_content
from fourp_nlp.errors import GoldError
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.reading.reading_state import (
    codings_of_earlier_codes,
    current_readings,
    record_path,
    updated_record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.sheets.coding_sheet import FilledSheet
    from fourp_nlp.coding.store import Store

__all__ = [
    "REPLACES",
    "Added",
    "RecordUpdate",
    "SheetImport",
    "coder_of_sheet",
    "codes_of_draws",
    "conflict",
    "merge_into_gold",
    "write_import",
]

REPLACES = "Add --replace to use these instead."
"""The cure where codes contradict those of an earlier sheet of the same coder."""

_SHOWN = 5  # conflicts that a message names


@dataclass(frozen=True)
class SheetImport:
    """Counts and notes of the import of a coding sheet.

    Attributes
    ----------
    coder : str
        Whose codes they are.
    file : pathlib.Path
        The gold file that they were written to.
    read : int
        Segments that were read.
    empty_handed : int
        Those of them to which no code applies.
    codings : int
        Codes that were given.
    unread : int
        Rows that were not marked.
    replaced : int
        Segments that were coded otherwise before.
    notes : list of str
        Sentences for the reader.
    repeat : bool
        Whether they were coded a second time, and stand in the folder of repeats.
    """

    coder: str
    file: Path
    read: int
    empty_handed: int
    codings: int
    unread: int
    replaced: int
    notes: list[str]
    repeat: bool


class RecordUpdate(NamedTuple):
    """Data of a sheet for updating the record of what was read.

    Attributes
    ----------
    codebook : Codebook
        The codes that there are now.
    asked : callable
        Returns what was drawn, and the codes that there were then (`codes_asked_by_draws`).
    defined : mapping of str to mapping of str to str
        For each draw the hashes of the definitions that its sheet showed, where they are known.
    """

    codebook: Codebook
    asked: Callable[[], pd.DataFrame]
    defined: Mapping[str, Mapping[str, str]]


def codes_of_draws(store: Store) -> dict[str, list[str]]:
    """Return the codes of the codebook at each draw, as far as the draw recorded them.

    Parameters
    ----------
    store : Store
        Where draws are kept.

    Returns
    -------
    dict of str to list of str
        Ids of codes by the draw's id.
    """
    draws = store.read_draws()
    options_of_draw = {
        name: json.loads(options)
        for name, options in zip(draws["draw"], draws["options"], strict=True)
    }
    return {
        str(name): list(options["codes"])
        for name, options in options_of_draw.items()
        if "codes" in options
    }


@dataclass(frozen=True)
class Added:
    """A gold file with the codes of a sheet added to it, not written yet.

    Attributes
    ----------
    file : pathlib.Path
        The gold file.
    contents : dict of pathlib.Path to bytes
        What it will hold, and the record of what was read.
    seen : dict of pathlib.Path to str or None
        The fingerprints that these files had when they were read; None if there is none yet.
    replaced : int
        Segments that were coded otherwise before.
    """

    file: Path
    contents: dict[Path, bytes]
    seen: dict[Path, str | None]
    replaced: int


def merge_into_gold(
    sheet_gold: Gold,
    target: Path,
    filled: FilledSheet,
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    path: Path,
    replace: bool = False,
    in_record: RecordUpdate | None = None,
) -> Added:
    """Merge the codes of a sheet into a gold file.

    Parameters
    ----------
    sheet_gold : Gold
        The codes of the sheet, and what was read.
    target : pathlib.Path
        The gold file; it may be missing.
    filled : FilledSheet
        The sheet.
    documents : pandas.DataFrame
        Documents, with the columns document and text.
    codes : sequence of str
        Ids of the codes that there are.
    path : pathlib.Path
        The sheet's file.
    replace : bool, default False
        Whether codes given now replace other codes of the same segments.
    in_record : RecordUpdate, optional
        If there is a record of what was read beside the gold file: codes that were not there when
        a segment was read before make no difference, and what is read now is added to it.

    Returns
    -------
    Added
        What is to be written.

    Raises
    ------
    GoldError
        If segments were coded otherwise before and are not to be replaced.
    """
    replaced, fingerprints = 0, {target: fingerprint(target)}
    whole = merge_gold(Gold(sheet_gold.codings.iloc[:0], sheet_gold.coded.iloc[:0]), sheet_gold)
    if target.exists():
        earlier = read_gold(target, documents, codes)
        compared_gold = sheet_gold
        if in_record is not None:
            readings = current_readings(
                target.parent, earlier, documents, in_record.codebook, in_record.asked
            )
            compared_gold = Gold(
                codings_of_earlier_codes(sheet_gold.codings, readings.read), sheet_gold.coded
            )
        conflicts = differing_spans(earlier, compared_gold)
        replaced = len(conflicts)
        if replaced and not replace:
            raise conflict(conflicts, filled, path, target, REPLACES)
        whole = merge_gold(earlier, sheet_gold)
    contents = {target: gold_content(whole.codings, coded=whole.coded)}
    if in_record is not None:
        record = record_path(target.parent)
        fingerprints[record] = fingerprint(record)
        texts = dict(zip(documents["document"], documents["text"], strict=True))
        contents[record] = updated_record(
            target.parent, _by_definitions(sheet_gold, filled, in_record), texts, in_record.codebook
        )
    return Added(target, contents, fingerprints, replaced)


def _by_definitions(
    sheet_gold: Gold, filled: FilledSheet, in_record: RecordUpdate
) -> list[tuple[pd.DataFrame, Mapping[str, str]]]:
    """Return what was read with the definitions that each draw's sheet showed."""
    place = ["document", "start", "end"]
    draw_of = filled.rows.set_index(place)["draw"]
    draws = draw_of.reindex(pd.MultiIndex.from_frame(sheet_gold.coded[place])).to_numpy(
        dtype=object
    )
    now = in_record.codebook.definitions
    return [
        (sheet_gold.coded[draws == draw], {**now, **in_record.defined.get(str(draw), {})})
        for draw in dict.fromkeys(draws)
    ]


def write_import(
    root: Path,
    filled: FilledSheet,
    path: Path,
    who: str,
    added: Added,
    notes: list[str],
    *,
    repeat: bool = False,
    codes: Mapping[str, list[str]] | None = None,
    answers: int = 0,
) -> SheetImport:
    """Write imported codes to the gold file and the log together, and count them.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder, or a folder of scores.
    filled : FilledSheet
        The sheet.
    path : pathlib.Path
        The sheet's file.
    who : str
        The coder.
    added : Added
        What goes into the gold file.
    notes : list of str
        Sentences for the reader, so far.
    repeat : bool, default False
        Whether the segments were coded a second time.
    codes : mapping of str to list of str, optional
        For each draw the codes that the sheet asked for.
    answers : int, default 0
        If the codes were given in the review page, the last entry of its log of answers.

    Returns
    -------
    SheetImport
        The counts.

    Raises
    ------
    FourpError
        If the gold file was changed since it was read, or something cannot be written; nothing is then.
    """
    rows = filled.rows
    read = rows["read"].to_numpy(dtype=bool)
    noted = rows[rows["note"] != ""]
    without = int((~noted["read"].to_numpy(dtype=bool)).sum())
    all_notes = [*notes, *filled.notes]
    if without:
        all_notes.append(f"{without} row(s) have a note but no mark, and count as not read.")
    marks = filled.marks & read[:, None]
    detail = {
        "file": path.name,
        "coder": who,
        "draws": sorted(set(rows["draw"])),
        "codes": dict(codes or {}),
        "read": int(read.sum()),
        "codings": int(marks.sum()),
        "replaced": added.replaced,
        "repeat": repeat,
        "notes": noted[["document", "start", "end", "note"]].to_dict("records"),
        **({"answers": answers} if answers else {}),
    }
    change_files(
        root,
        added.contents,
        what=f"taking in {path.name}",
        expect=added.seen,
        in_store=lambda store: store.log("take in", detail),
    )
    empty_handed = int((read & ~marks.any(axis=1)).sum())
    return SheetImport(
        who,
        added.file,
        int(read.sum()),
        empty_handed,
        int(marks.sum()),
        int((~read).sum()),
        added.replaced,
        all_notes,
        repeat,
    )


def coder_of_sheet(
    filled: FilledSheet, store: Store, coder: str, path: Path
) -> tuple[str, list[str]]:
    """Return the coder of a sheet, after checking its rows against their draws."""
    draws = store.read_draws().set_index("draw")
    rows = filled.rows
    in_database = rows["draw"].isin(draws.index).to_numpy(dtype=bool)
    keys = ["draw", "document", "start", "end"]
    drawn = pd.MultiIndex.from_frame(store.read_drawn()[keys])
    strange = in_database & ~pd.MultiIndex.from_frame(rows[keys]).isin(drawn)
    if strange.any():
        row = rows.iloc[int(strange.argmax())]
        raise GoldError(
            f"This segment was not in the draw {row['draw']}.",
            file=path,
            place=f"row {row['row']}",
            cure="Restore the original cell, or delete the row.",
        )
    notes = []
    if not in_database.all():
        notes.append(
            "The project's database does not know the draw of "
            f"{int((~in_database).sum())} row(s): their codes are imported, but without an "
            "inclusion probability."
        )
    coders_of_draws = sorted(set(draws.loc[rows.loc[in_database, "draw"].unique(), "coder"]))
    who = coder.strip() or (coders_of_draws[0] if len(coders_of_draws) == 1 else "")
    if not who:
        raise GoldError("No coder is named for this sheet.", file=path, cure="Add --coder NAME.")
    if coders_of_draws and coders_of_draws != [who]:
        notes.append(
            f"The sheet was drawn for {', '.join(coders_of_draws)}; its codes are imported as {who}'s."
        )
    return who, notes


def conflict(
    conflicts: pd.DataFrame, filled: FilledSheet, path: Path, where: Path, cure: str
) -> GoldError:
    """Return the error that names the rows of a sheet that differ from earlier codings."""
    keys = ["document", "start", "end"]
    rows = filled.rows.set_index(keys)["row"]
    differences = [
        f"row {rows.loc[(document, start, end)]}: now {later or 'no code'}, before "
        f"{earlier or 'no code'}"
        for document, start, end, earlier, later in conflicts[[*keys, "earlier", "later"]]
        .head(_SHOWN)
        .itertuples(index=False)
    ]
    more = f"; and {len(conflicts) - _SHOWN} more" if len(conflicts) > _SHOWN else ""
    return GoldError(
        f"{len(conflicts)} segment(s) were coded otherwise before, in {where}: {'; '.join(differences)}"
        f"{more}.",
        file=path,
        cure=cure,
    )
