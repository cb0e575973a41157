"""Taking in what a person coded on a sheet of drawn segments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.errors import GoldError
from fourp_nlp.gold import (
    Gold,
    codings_to_matrix,
    covered_segments,
    differing_spans,
    merge_gold,
    read_gold,
    read_sheet,
    write_gold,
)
from fourp_nlp.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.gold import FilledSheet, Rule
    from fourp_nlp.pipeline._corpus import Corpus
    from fourp_nlp.project import Project

__all__ = ["TakenIn", "take_in"]

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


def take_in(
    project: Project,
    corpus: Corpus,
    codebook: Codebook,
    path: Path,
    *,
    coder: str = "",
    replace: bool = False,
    repeat: bool = False,
) -> TakenIn:
    """Take in a sheet that a person filled in: its codes are added to the person's gold file.

    Parameters
    ----------
    project : Project
        The project.
    corpus, codebook
        What was read from it.
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
    TakenIn
        What was written, and where.

    Raises
    ------
    GoldError
        If the sheet cannot be used, a row is not of its draw, or a segment was coded otherwise
        before. Nothing is written then.
    """
    filled = read_sheet(path, corpus.documents, codebook.code_ids)
    store = Store(project.store)
    who, notes = _coder_of_sheet(filled, store, coder, path)
    codings, coded = filled.tables(who, codebook.code_ids)
    if coded.empty:
        raise GoldError(
            "No row of the sheet is marked.",
            file=path,
            cure="Put an x under each code that applies, or under none, and save the file.",
        )
    repeat = repeat or _drawn_again(filled, store, path)
    target = project.gold_of_draws(who, repeat=repeat)
    given = Gold(codings, coded)
    files = project.repeat_files if repeat else project.gold_files
    others = [each for each in files if each != target]
    rule = project.settings.coders.rule
    _hold_to_other_files(others, corpus, codebook, given, filled, path, rule)
    replaced = 0
    whole = given
    if target.exists():
        earlier = read_gold(target, corpus.documents, codebook.code_ids)
        conflicts = differing_spans(earlier, given)
        replaced = len(conflicts)
        if replaced and not replace:
            raise _conflict(conflicts, filled, path, target, "Add --replace to let these stand.")
        whole = merge_gold(earlier, given)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_gold(whole.codings, target, coded=whole.coded)
    noted = filled.rows[filled.rows["note"] != ""]
    read = filled.rows["read"].to_numpy(dtype=bool)
    unread = int((~read).sum())
    without = int((~noted["read"].to_numpy(dtype=bool)).sum())
    if without:
        notes.append(f"{without} row(s) have a note but no mark, and count as not read.")
    store.log(
        "take in",
        {
            "file": path.name,
            "coder": who,
            "draws": sorted(set(filled.rows["draw"])),
            "read": len(coded),
            "codings": len(codings),
            "replaced": replaced,
            "repeat": repeat,
            "notes": noted[["document", "start", "end", "note"]].to_dict("records"),
        },
    )
    empty_handed = int((read & ~filled.marks.any(axis=1)).sum())
    return TakenIn(
        who, target, len(coded), empty_handed, len(codings), unread, replaced, notes, repeat
    )


def _drawn_again(filled: FilledSheet, store: Store, path: Path) -> bool:
    """Whether the sheet's draws were made to have segments coded a second time."""
    draws = store.read_draws()
    own = draws.loc[draws["draw"].isin(set(filled.rows["draw"])), "options"]
    again = [bool(json.loads(options).get("repeat", False)) for options in own]
    if any(again) and not all(again):
        raise GoldError(
            "The sheet holds rows that were drawn to be coded again, and others.",
            file=path,
            cure="Take the sheets in one by one, as they were written.",
        )
    return any(again)


def _coder_of_sheet(
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


def _hold_to_other_files(
    others: list[Path],
    corpus: Corpus,
    codebook: Codebook,
    given: Gold,
    filled: FilledSheet,
    path: Path,
    rule: Rule,
) -> None:
    """Refuse codes that contradict what the coder says of the same segments in other gold files."""
    if not others:
        return
    gold = read_gold(others, corpus.documents, codebook.code_ids)
    who = given.coded["coder"].iloc[0]
    if who not in set(gold.coded["coder"]):
        return
    spans = given.coded.sort_values(["document", "start"]).reset_index(drop=True)
    spans = spans.assign(segment=np.arange(len(spans)), text=spans["quote"], speaker="", role="")
    codes = codebook.code_ids
    before = codings_to_matrix(spans, gold.codings, codes, coder=who, rule=rule).matrix
    now = codings_to_matrix(spans, given.codings, codes, rule=rule).matrix
    differing = covered_segments(spans, gold.coded, who) & (before != now).any(axis=1)
    if differing.any():
        names = np.array(codes, dtype=object)
        conflicts = spans[differing].assign(
            earlier=[", ".join(names[row]) for row in before[differing]],
            later=[", ".join(names[row]) for row in now[differing]],
        )
        cure = f"Correct one of them: the gold file of {who}, or the sheet."
        raise _conflict(conflicts, filled, path, others[0].parent, cure)


def _conflict(
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
