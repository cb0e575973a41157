"""Finds the memos on people's codings among the notes of a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.coding.gold.columns import tidy_memo
from fourp_nlp.coding.gold.reader import Gold
from fourp_nlp.exchange import MEMO, read_decision_note
from fourp_nlp.study.importing.codings.moved_codings import KEY
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.exchange import Exchange

__all__ = ["gold_with_memos", "split_memos"]


def split_memos(exchange: Exchange, kept: Collection[str]) -> tuple[Exchange, dict[str, str]]:
    """Return a project without the notes that are memos on codings, and these memos.

    Parameters
    ----------
    exchange : Exchange
        The project of another program.
    kept : collection of str
        GUIDs of notes that were imported before, and stay notes.

    Returns
    -------
    exchange : Exchange
        The project without them.
    memos : dict of str to str
        Memos by the GUIDs of codings: a note on one coding of a person, by that person or by nobody, that is
        called as this program calls memos, or has no name and no date of its own. Of several on a coding,
        the first; the others stay notes.
    """
    notes, marks = exchange.notes, exchange.marks
    people = set(exchange.users.loc[~exchange.users["machine"].astype(bool), "guid"])
    coding_of = marks[marks["user"].isin(people | {""})].drop_duplicates("guid").set_index("guid")
    on_coding = notes["about"].isin(coding_of.index)
    if not on_coding.any():
        return exchange, {}
    about = coding_of.reindex(notes["about"])
    same_author = (notes["user"] == "") | (notes["user"].to_numpy() == about["user"].to_numpy())
    no_date = (notes["made_at"] == "") | (
        notes["made_at"].to_numpy() == about["made_at"].to_numpy()
    )
    nameless = (notes["name"] == "") & no_date & (notes["modified_at"] == "")
    is_memo = on_coding & same_author & ((notes["name"] == MEMO) | nameless)
    is_memo &= ~notes["guid"].isin(set(kept)) & (notes["text"].str.strip() != "")
    is_memo &= np.array(
        [
            read_decision_note(name, text) is None
            for name, text in zip(notes["name"], notes["text"], strict=True)
        ],
        dtype=bool,
    )
    first = notes[is_memo].drop_duplicates("about")
    memos = {
        about: tidy_memo(text) for about, text in zip(first["about"], first["text"], strict=True)
    }
    others = notes[~notes["guid"].isin(set(first["guid"]))].reset_index(drop=True)
    return replace(exchange, notes=others), memos


def gold_with_memos(files: Mapping[Path, Gold], codings: pd.DataFrame) -> dict[Path, Gold]:
    """Return gold files in which codings have the memos of a file; where it has none, theirs stay.

    Parameters
    ----------
    files : mapping of pathlib.Path to Gold
        The content of gold files.
    codings : pandas.DataFrame
        Codings of the file, with the columns of CODINGS.

    Returns
    -------
    dict of pathlib.Path to Gold
        Those that change.
    """
    noted = codings[codings["memo"] != ""].drop_duplicates(KEY)
    changed = {}
    for path, gold in files.items():
        ours = gold.codings
        if noted.empty or not among(ours, noted, KEY).any():
            continue
        merged = ours[KEY].merge(noted[[*KEY, "memo"]], on=KEY, how="left")["memo"]
        memos = merged.fillna("").to_numpy(dtype=object)
        memos = np.where(memos == "", ours["memo"].to_numpy(dtype=object), memos)
        if (memos != ours["memo"].to_numpy(dtype=object)).any():
            changed[path] = Gold(ours.assign(memo=memos), gold.coded)
    return changed
