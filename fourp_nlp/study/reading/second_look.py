"""Codings that were made by an earlier definition of their code, and who has looked at them again since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.store.review_log import ReviewLog
from fourp_nlp.errors import GoldError
from fourp_nlp.segments.alignment import codes_redefined
from fourp_nlp.study.changes import change_files
from fourp_nlp.tables import conform, empty, make_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.study.study import Study

__all__ = ["SECOND_LOOK", "codings_of_code", "mark_second_look", "second_look"]

SECOND_LOOK = make_table(
    "second_look",
    code=("str", "id of the code"),
    coder=("str", "who gave it"),
    document=("str", "id of the document"),
    segment=("int64", "number of the segment in it, from 0"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    text=("str", "the segment"),
    redefined=("str", "date on which fourp first knew of the present definition"),
    looked_at=("str", "when somebody looked at it again, in UTC; empty if nobody did"),
    looked_at_by=("str", "who"),
)

_LOOKED, _TAKEN_BACK = "looked again", "looked again: taken back"
_SPAN = ["document", "start", "end"]
_KEY = ["code", "coder", *_SPAN]


def second_look(study: Study, *, code: str = "", coder: str = "") -> pd.DataFrame:
    """Return the codings that were made by an earlier definition of their code.

    Parameters
    ----------
    study : Study
        The study.
    code : str, optional
        Only this code; by default all.
    coder : str, optional
        Only what this person gave; by default everybody's.

    Returns
    -------
    pandas.DataFrame
        The table SECOND_LOOK: a row for each segment with the code, by coders in the order of the segments.
        Those at which somebody looked again since are among them, with the time.
    """
    segments, gold = study.segments, study.gold
    codes = study.codebook.code_ids
    frames = []
    for person in gold.people if gold.redefined else ():
        if coder and person != coder:
            continue
        stale = codes_redefined(segments, gold.read, codes, person)
        if not stale.any():
            continue
        stale &= study.labels(person).labels
        if code:
            stale &= np.array([each == code for each in codes])
        columns, rows = np.nonzero(stale.T)
        of_rows = segments.iloc[rows]
        ids = [codes[column] for column in columns.tolist()]
        frames.append(
            pd.DataFrame(
                {
                    "code": ids,
                    "coder": person,
                    **{name: of_rows[name].to_numpy() for name in (*_SPAN, "segment", "text")},
                    "redefined": [gold.redefined.get(each, "") for each in ids],
                }
            )
        )
    if not frames:
        return empty(SECOND_LOOK)
    table = pd.concat(frames, ignore_index=True)
    rank = pd.Index(codes).get_indexer(pd.Index(table["code"]))
    table = table.iloc[np.argsort(rank, kind="stable")].reset_index(drop=True)
    return conform(_with_marks(study, table), SECOND_LOOK)


def codings_of_code(study: Study, code: str) -> int:
    """Return how many segments people gave a code, each person counted by themselves."""
    column = study.codebook.code_ids.index(code)
    return sum(int(study.labels(person).labels[:, column].sum()) for person in study.gold.people)


def mark_second_look(study: Study, rows: pd.DataFrame, by: str, *, taken_back: bool = False) -> int:
    """Record in the database that somebody looked again at codings, and left them as they are.

    Parameters
    ----------
    study : Study
        The study.
    rows : pandas.DataFrame
        Rows of the table SECOND_LOOK.
    by : str
        Who looked.
    taken_back : bool, default False
        Whether this is taken back instead, so that they wait for a second look again.

    Returns
    -------
    int
        How many were not marked like this before. It is one action: all of them, or none.

    Raises
    ------
    GoldError
        If nobody is named.
    """
    if not by.strip():
        raise GoldError("Nobody is named who looked at the codings again.", cure="Add --by NAME.")
    is_marked = (rows["looked_at"] != "").to_numpy(dtype=bool)
    chosen = rows[is_marked if taken_back else ~is_marked]
    if chosen.empty:
        return 0
    definitions = study.codebook.definitions
    detail = {
        "by": by.strip(),
        "definitions": {code: definitions[code] for code in dict.fromkeys(chosen["code"])},
        "codings": [list(row) for row in chosen[_KEY].itertuples(index=False, name=None)],
    }
    what = _TAKEN_BACK if taken_back else _LOOKED
    change_files(
        study.project.root,
        {},
        what=what,
        in_store=lambda store: store.log(what, detail),
        undoable=False,
    )
    return len(chosen)


def _with_marks(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return codings with what the database says about a second look at them."""
    marks = _marks(study)
    nothing = {"looked_at": "", "looked_at_by": ""}
    if marks.empty:
        return table.assign(**nothing)
    same = _same_definitions(study)
    now = {code: same.get(digest, digest) for code, digest in study.codebook.definitions.items()}
    by = marks["definition"].map(lambda digest: same.get(digest, digest))
    valid = marks[(by == marks["code"].map(now)).to_numpy(dtype=bool)]
    last = valid.drop_duplicates(_KEY, keep="last")
    last = last[last["looked_at"] != ""]
    merged = table.merge(last[[*_KEY, *nothing]], on=_KEY, how="left")
    return merged.assign(**{name: merged[name].fillna("").astype("str") for name in nothing})


def _marks(study: Study) -> pd.DataFrame:
    """Return all marks, oldest first, with the names that codes and coders have now."""
    log = study.store.read_log(_LOOKED, _TAKEN_BACK)
    frames = []
    for at, what, text in log.itertuples(index=False, name=None):
        detail = json.loads(text)
        frame = pd.DataFrame(detail["codings"], columns=_KEY)
        frame["definition"] = frame["code"].map(detail["definitions"])
        is_mark = what == _LOOKED
        frame = frame.assign(
            at=str(at),
            looked_at=str(at)[:19] if is_mark else "",
            looked_at_by=str(detail["by"]) if is_mark else "",
        )
        frames.append(frame)
    if not frames:
        return pd.DataFrame(columns=[*_KEY, "definition", "at", "looked_at", "looked_at_by"])
    with ReviewLog(study.project.store) as opened:
        return opened.names.entries(pd.concat(frames, ignore_index=True))


def _same_definitions(study: Study) -> Mapping[str, str]:
    """Return one hash for all those between which nothing but ids of codes changed."""
    with ReviewLog(study.project.store) as log:
        changes = log.rows(
            'SELECT detail FROM log WHERE detail LIKE \'%"same_definitions": {"%\' ORDER BY rowid'
        )
    first: dict[str, str] = {}
    for (text,) in changes:
        for before, after in json.loads(text).get("same_definitions", {}).items():
            one = first.get(before, before)
            other = first.get(after, after)
            first |= {before: one, after: one}
            for digest, root in list(first.items()):
                if root == other:
                    first[digest] = one
    return first
