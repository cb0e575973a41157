"""Segments that were drawn for a person, and that this person has not coded yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import name_key
from fourp_nlp.study.labels import stacked_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = ["waiting_segments"]

_SPAN = ["document", "start", "end"]


def waiting_segments(study: Study, coder: str) -> NDArray[np.bool_]:
    """Return the segments of the corpus that a person is still to code for a draw.

    Parameters
    ----------
    study : Study
        The study.
    coder : str
        The person, in any spelling.

    Returns
    -------
    ndarray of bool, shape (n_segments,)
        Drawn for the person by `fourp next`, and not read since without suggestions; of draws for a second
        coding, not read a second time.
    """
    waiting = np.zeros(len(study.segments), dtype=bool)
    store = study.store
    draws = store.read_draws()
    mine = draws[[name_key(name) == name_key(coder) for name in draws["coder"]]]
    if mine.empty:
        return waiting
    drawn = store.read_drawn()
    places = pd.MultiIndex.from_frame(study.segments[_SPAN])
    again = np.array(
        [bool(json.loads(options).get("repeat", False)) for options in mine["options"]], dtype=bool
    )
    for repeat in (False, True):
        rows = drawn[drawn["draw"].isin(mine.loc[again == repeat, "draw"])]
        if len(rows):
            in_draw = places.isin(pd.MultiIndex.from_frame(rows[_SPAN]))
            waiting |= in_draw & ~_read(study, coder, repeat=repeat)
    return waiting


def _read(study: Study, coder: str, *, repeat: bool) -> NDArray[np.bool_]:
    """Return which segments the person read without suggestions, the first or the second time."""
    gold = study.repeats if repeat else study.coded_blind().gold
    names = [name for name in gold.coded if name_key(name) == name_key(coder)]
    if not names:
        return np.zeros(len(study.segments), dtype=bool)
    if repeat:
        return study.labels(names[0], repeat=True).read
    looked_for, _ = stacked_labels(study.coded_blind(), names)
    return np.asarray(looked_for.any(axis=(0, 2)))
