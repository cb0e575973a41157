"""A filled-in sheet held to its draws and added to a person's gold file, wherever its segments are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.gold import Gold, differing_spans, merge_gold, read_gold, write_gold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fourp_nlp.gold import FilledSheet
    from fourp_nlp.store import Store

__all__ = ["TakenIn", "add_to_gold", "coder_of_sheet", "conflict", "tell_taken"]

_SHOWN = 5  # conflicts that a message names


@dataclass(frozen=True)
class TakenIn:
    """What was taken in from a sheet.

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


def add_to_gold(
    given: Gold,
    target: Path,
    filled: FilledSheet,
    documents: pd.DataFrame,
    codes: Sequence[str],
    *,
    path: Path,
    replace: bool = False,
) -> int:
    """Add what was coded to a gold file.

    Parameters
    ----------
    given : Gold
        The codes of the sheet, and what was read.
    target : pathlib.Path
        The gold file; made where it is missing.
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

    Returns
    -------
    int
        Segments that were coded otherwise before.

    Raises
    ------
    GoldError
        If there are such segments and they are not to be replaced; nothing is written then.
    """
    replaced = 0
    whole = given
    if target.exists():
        earlier = read_gold(target, documents, codes)
        conflicts = differing_spans(earlier, given)
        replaced = len(conflicts)
        if replaced and not replace:
            raise conflict(conflicts, filled, path, target, "Add --replace to let these stand.")
        whole = merge_gold(earlier, given)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GoldError(
            f"The folder of gold codes cannot be made: {error.strerror or error}.",
            file=target.parent,
            cure="Check the folder above it and the disk.",
        ) from error
    write_gold(whole.codings, target, coded=whole.coded)
    return replaced


def tell_taken(
    filled: FilledSheet,
    store: Store,
    path: Path,
    who: str,
    target: Path,
    replaced: int,
    notes: list[str],
    *,
    repeat: bool = False,
) -> TakenIn:
    """Log what was taken in, and count it.

    Parameters
    ----------
    filled : FilledSheet
        The sheet.
    store : Store
        Where draws are kept.
    path, target : pathlib.Path
        The sheet's file and the gold file.
    who : str
        The coder.
    replaced : int
        Segments that were coded otherwise before.
    notes : list of str
        Sentences for the reader, so far.
    repeat : bool, default False
        Whether the segments were coded a second time.

    Returns
    -------
    TakenIn
        The counts.
    """
    rows = filled.rows
    read = rows["read"].to_numpy(dtype=bool)
    noted = rows[rows["note"] != ""]
    without = int((~noted["read"].to_numpy(dtype=bool)).sum())
    told = list(notes)
    if without:
        told.append(f"{without} row(s) have a note but no mark, and count as not read.")
    marks = filled.marks & read[:, None]
    store.log(
        "take in",
        {
            "file": path.name,
            "coder": who,
            "draws": sorted(set(rows["draw"])),
            "read": int(read.sum()),
            "codings": int(marks.sum()),
            "replaced": replaced,
            "repeat": repeat,
            "notes": noted[["document", "start", "end", "note"]].to_dict("records"),
        },
    )
    empty_handed = int((read & ~marks.any(axis=1)).sum())
    return TakenIn(
        who,
        target,
        int(read.sum()),
        empty_handed,
        int(marks.sum()),
        int((~read).sum()),
        replaced,
        told,
        repeat,
    )


def coder_of_sheet(
    filled: FilledSheet, store: Store, coder: str, path: Path
) -> tuple[str, list[str]]:
    """Return who filled a sheet in, after holding its rows to the draws that they name."""
    draws = store.read_draws().set_index("draw")
    rows = filled.rows
    known = rows["draw"].isin(draws.index).to_numpy(dtype=bool)
    keys = ["draw", "document", "start", "end"]
    drawn = pd.MultiIndex.from_frame(store.read_drawn()[keys])
    strange = known & ~pd.MultiIndex.from_frame(rows[keys]).isin(drawn)
    if strange.any():
        row = rows.iloc[int(strange.argmax())]
        raise GoldError(
            f"This segment was not in the draw {row['draw']}.",
            file=path,
            place=f"row {row['row']}",
            cure="Put back what the sheet said, or delete the row.",
        )
    notes = []
    if not known.all():
        notes.append(
            "The project's database does not know the draw of "
            f"{int((~known).sum())} row(s): their codes are taken in, and nothing links them to an "
            "inclusion probability."
        )
    meant = sorted(set(draws.loc[rows.loc[known, "draw"].unique(), "coder"]))
    who = coder.strip() or (meant[0] if len(meant) == 1 else "")
    if not who:
        raise GoldError(
            "It is not said who filled in this sheet.", file=path, cure="Add --coder NAME."
        )
    if meant and meant != [who]:
        notes.append(
            f"The sheet was drawn for {', '.join(meant)}; its codes are taken in as {who}'s."
        )
    return who, notes


def conflict(
    conflicts: pd.DataFrame, filled: FilledSheet, path: Path, where: Path, cure: str
) -> GoldError:
    keys = ["document", "start", "end"]
    rows = filled.rows.set_index(keys)["row"]
    told = [
        f"row {rows.loc[(document, start, end)]}: now {later or 'no code'}, before "
        f"{earlier or 'no code'}"
        for document, start, end, earlier, later in conflicts[[*keys, "earlier", "later"]]
        .head(_SHOWN)
        .itertuples(index=False)
    ]
    more = f"; and {len(conflicts) - _SHOWN} more" if len(conflicts) > _SHOWN else ""
    return GoldError(
        f"{len(conflicts)} segment(s) were coded otherwise before, in {where}: {'; '.join(told)}{more}.",
        file=path,
        cure=cure,
    )
