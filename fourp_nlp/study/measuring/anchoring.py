"""Anchoring: whether suggestions shown to the coder influence the codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.store import Store
from fourp_nlp.errors import GoldError
from fourp_nlp.frequencies import Anchoring, anchoring
from fourp_nlp.segments.alignment import codes_read
from fourp_nlp.study.reading.applicability import applies_to_segments, data_segments
from fourp_nlp.tables import ANCHORING, conform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

__all__ = ["anchoring_effect"]

_KEYS = ["document", "document_sha256", "start", "end"]


def anchoring_effect(
    study: Study,
    *,
    coder: str = "",
    resamples: int = 9999,
    seed: int = 0,
) -> tuple[pd.DataFrame, list[str]]:
    """Compare a coder's agreement with the machine where its suggestion was shown and where it was not.

    Parameters
    ----------
    study : Study
        The study.
    coder : str, optional
        The coder; by default the reference coder.
    resamples : int, default 9999
        Random assignments of the test.
    seed : int, default 0
        Their seed.

    Returns
    -------
    table : pandas.DataFrame
        Table of anchoring: every code, and all together.
    notes : list of str
        Sentences for the reader.

    Raises
    ------
    GoldError
        If no segment that the coder read was drawn with an arm, or the arms cannot be compared.
    """
    study = study.coded_blind()
    project, corpus, gold, codebook = study.project, study.corpus, study.gold, study.codebook
    who = coder or gold.reference
    store = Store(project.store)
    draws, drawn = store.read_draws(), store.read_drawn()
    draws_of_coder = draws[draws["coder"] == who].set_index("draw")
    rows = drawn[(drawn["arm"] != "") & drawn["draw"].isin(draws_of_coder.index)]
    if rows.empty:
        raise GoldError(
            f"No draw{f' for {who}' if who else ''} shows suggestions in one half only.",
            cure="Draw one: fourp next 100 --by random --show half"
            + (f" --coder {who}" if who else " --coder NAME"),
        )
    codes = codebook.code_ids
    suggested = _suggested_then(rows, draws_of_coder["options"], codes)
    segments = corpus.segments
    sha256 = segments["document"].map(corpus.sha256)
    place_index = pd.MultiIndex.from_frame(segments.assign(document_sha256=sha256)[_KEYS])
    place = place_index.get_indexer(pd.MultiIndex.from_frame(rows[_KEYS]))
    in_corpus = (place >= 0) & ~rows.duplicated(_KEYS).to_numpy()
    in_corpus &= data_segments(corpus, codebook)[place]
    looked_for = codes_read(segments, gold.read, codes, who)
    read = np.asarray(looked_for.any(axis=1))
    used = in_corpus & read[place]
    notes = []
    unread = int((in_corpus & ~read[place]).sum())
    if unread:
        notes.append(
            f"{unread} of {int(in_corpus.sum())} segments of these draws are not coded yet. Code the sheet "
            "to the end: segments may be skipped more often in one half than in the other."
        )
    if not used.any():
        raise GoldError(
            f"{who} has coded nothing of the draws with two arms ({', '.join(rows['draw'].unique())}).",
            cure="Fill in the sheet and import it: fourp next --take-in FILE",
        )
    labels = study.labels(who).labels[place[used]]
    # Where a code cannot apply, neither coder nor machine gives it.
    suggested[used] &= applies_to_segments(corpus, codebook)[place[used]]
    always_looked_for = looked_for[place[used]].all(axis=0)
    if not always_looked_for.all():
        later = [
            code
            for code, is_looked_for in zip(codes, always_looked_for, strict=True)
            if not is_looked_for
        ]
        notes.append(f"Left out, as they came into the codebook later: {', '.join(later)}.")
        codes = [
            code
            for code, is_looked_for in zip(codes, always_looked_for, strict=True)
            if is_looked_for
        ]
    comparison = anchoring(
        (rows["arm"] == "shown").to_numpy()[used],
        suggested[used][:, always_looked_for],
        labels[:, always_looked_for],
        rows["document"].to_numpy()[used],
        resamples=resamples,
        seed=seed,
    )
    if comparison.reason:
        raise GoldError(
            f"The two arms cannot be compared: {comparison.reason}.",
            cure="Code more of the sheet, or draw more: fourp next 100 --by random --show half",
        )
    return _table(comparison, codes, who), notes


def _suggested_then(
    rows: pd.DataFrame, options_of_draw: pd.Series, codes: Sequence[str]
) -> NDArray[np.bool_]:
    """Return what the machine suggested for drawn segments when they were drawn, (n_rows, n_codes)."""
    suggested = np.zeros((len(rows), len(codes)), dtype=bool)
    column = {code: at for at, code in enumerate(codes)}
    at = 0
    for draw, part in rows.groupby("draw", sort=False):
        options = json.loads(str(options_of_draw[str(draw)]))
        for order in part["order"]:
            for code in options["suggested"][int(order) - 1]:
                if code in column:
                    suggested[at, column[code]] = True
            at += 1
    return suggested


def _table(comparison: Anchoring, codes: Sequence[str], coder: str) -> pd.DataFrame:
    """Return the table ANCHORING: every code, and all together."""
    table = pd.DataFrame(
        {
            "code": [*codes, ""],
            "coder": coder,
            "shown": comparison.shown,
            "blind": comparison.blind,
            "difference": comparison.difference,
            "low": comparison.low,
            "high": comparison.high,
            "p_value": comparison.p_value,
            "kappa_shown": comparison.kappa_shown,
            "kappa_blind": comparison.kappa_blind,
            "kappa_p_value": comparison.kappa_p_value,
            "n_shown": comparison.n_shown,
            "n_blind": comparison.n_blind,
        }
    )
    return conform(table, ANCHORING)
