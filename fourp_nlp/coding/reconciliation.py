"""Reconciling suggestions with gold codes: each difference is decided by a person or by a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from fourp_nlp.errors import TableError
from fourp_nlp.tables import (
    RECONCILIATION,
    SEGMENTS,
    SUGGESTIONS,
    conform,
    empty,
    make_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = [
    "ADJUDICATED",
    "DECISIONS",
    "Policy",
    "reconcile",
    "reconciliation_summary",
]

Policy = Literal["human", "machine", "none"]

ADJUDICATED = "adjudicated"
_BOTH = "both"
_RULE = "rule: "
_BY_RULE = {
    "human": f"{_RULE}gold codes stand",
    "machine": f"{_RULE}suggestions stand",
    "none": "",
}
_STATUS = ("agreed", "machine_only", "human_only")
_KEY = ["document", "start", "end", "code"]

DECISIONS = make_table(
    "decisions",
    document=("str", "id of the document"),
    start=("int64", "first code point of the segment"),
    end=("int64", "one past its last code point"),
    code=("str", "id of the code"),
    settled=("bool", "whether the code stands"),
    decided_by=("str", "id of the person who decided"),
)


def reconcile(
    suggestions: pd.DataFrame,
    segments: pd.DataFrame,
    gold: npt.NDArray[np.bool_],
    codes: Sequence[str],
    themes: Sequence[str],
    *,
    covered: npt.NDArray[np.bool_],
    policy: Policy = "human",
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Compare suggestions with gold codes and decide each pair of segment and code.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        The table SUGGESTIONS, all pairs of segment and code. A pair that is not in it counts as
        not suggested, with no probability.
    segments : pandas.DataFrame
        The table SEGMENTS.
    gold : numpy.ndarray of bool, shape (n_segments, n_codes)
        Whether the gold coder gave each segment each code.
    codes, themes : sequence of str, length n_codes
        Ids of the codes in the order of the matrix, and of the theme of each.
    covered : numpy.ndarray of bool, shape (n_segments,) or (n_segments, n_codes)
        Segments that the gold coder read, or which codes they looked for in each. Elsewhere a missing
        gold code means nothing, and nothing is compared.
    policy : {"human", "machine", "none"}
        What settles a difference that no person decided: the gold codes, the suggestions, or
        nothing.
    decisions : pandas.DataFrame, optional
        The table DECISIONS. A decision of a person wins over the policy, and over an agreement;
        where there are several of the same pair, the last row wins. What the policy settled is
        left aside, so that an earlier reconciliation can be handed in whole.

    Returns
    -------
    pandas.DataFrame
        The table RECONCILIATION: the pairs that gold or machine have, in the order of the segments
        and codes. `decided_by` is the person, or "both" where gold and machine agree, or "rule: "
        and the rule. It is empty where the policy "none" left a difference open; such a code does
        not stand.

    Raises
    ------
    TableError
        If a frame is not of its table, or the suggestions are of other segments, of other codes,
        or have a pair twice.
    ValueError
        If the policy is unknown, or lengths do not fit.
    """
    if policy not in _BY_RULE:
        raise ValueError(
            f"The policy is {policy!r}; it must be one of {', '.join(get_args(Policy))}."
        )
    shape = (len(segments), len(codes))
    if gold.shape != shape or covered.shape not in (shape[:1], shape) or len(themes) != len(codes):
        raise ValueError(
            f"For {shape[0]} segments and {shape[1]} codes there are {gold.shape} gold codes, "
            f"{covered.shape} entries of covered and {len(themes)} themes."
        )
    units = conform(segments, SEGMENTS)
    machine, probability = _machine_matrix(conform(suggestions, SUGGESTIONS), units, codes)
    either = (gold | machine) & (covered[:, None] if covered.ndim == 1 else covered)
    row, column = np.nonzero(either)
    if len(row) == 0:
        return empty(RECONCILIATION)
    by_gold, by_machine = gold[row, column].astype(bool), machine[row, column]
    agreed = by_gold & by_machine
    stands = {"human": by_gold, "machine": by_machine, "none": agreed}[policy]
    reconciliation = units.iloc[row].reset_index(drop=True)
    reconciliation = reconciliation.assign(
        code=np.asarray(codes, dtype=object)[column],
        theme=np.asarray(themes, dtype=object)[column],
        gold=by_gold,
        machine=by_machine,
        probability=probability[row, column],
        status=np.select([agreed, by_machine], _STATUS[:2], _STATUS[2]),
        settled=stands,
        decided_by=np.where(agreed, _BOTH, _BY_RULE[policy]),
    )
    reconciliation = conform(reconciliation, RECONCILIATION)
    return reconciliation if decisions is None else _decide(reconciliation, _of_persons(decisions))


def _machine_matrix(
    suggestions: pd.DataFrame, segments: pd.DataFrame, codes: Sequence[str]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Return what was suggested and how probable it is, both of shape (n_segments, n_codes)."""
    names = ["document", "segment", "start", "end"]
    row = pd.MultiIndex.from_frame(segments[names]).get_indexer(
        pd.MultiIndex.from_frame(suggestions[names])
    )
    column = pd.Index(list(codes)).get_indexer(pd.Index(suggestions["code"]))
    if (row < 0).any():
        at = int((row < 0).argmax())
        raise TableError(
            f"There is a suggestion for segment {suggestions['segment'].iloc[at]} of "
            f"'{suggestions['document'].iloc[at]}', which is not among the segments.",
            cure="The documents or the unit of coding have changed: suggest again.",
        )
    if (column < 0).any():
        strange = ", ".join(sorted(set(suggestions["code"][column < 0])))
        raise TableError(
            f"There are suggestions of codes that are not in the codebook: {strange}.",
            cure="The codebook has changed: train and suggest again.",
        )
    pair = row * len(codes) + column
    if len(np.unique(pair)) < len(pair):
        raise TableError(
            "The suggestions have a pair of segment and code twice.",
            cure="Hand in the suggestions of one model only.",
        )
    machine = np.zeros((len(segments), len(codes)), dtype=bool)
    probability = np.full(machine.shape, np.nan)
    machine[row, column] = suggestions["suggested"]
    probability[row, column] = suggestions["probability"]
    return machine, probability


def _of_persons(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return people's latest decision about each pair."""
    table = conform(decisions, DECISIONS)
    by = table["decided_by"].str.strip()
    persons = table[~(by.str.startswith(_RULE) | by.isin(["", _BOTH]))]
    return persons.drop_duplicates(_KEY, keep="last")


def _decide(reconciliation: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    at = pd.MultiIndex.from_frame(decisions[_KEY]).get_indexer(
        pd.MultiIndex.from_frame(reconciliation[_KEY])
    )
    decided = at >= 0
    decided_rows = reconciliation.copy()
    for name in ("settled", "decided_by"):
        values = reconciliation[name].to_numpy().copy()
        values[decided] = decisions[name].to_numpy()[at[decided]]
        decided_rows[name] = values
    return conform(decided_rows, RECONCILIATION)


def reconciliation_summary(
    reconciliation: pd.DataFrame, codes: Sequence[str], themes: Sequence[str]
) -> pd.DataFrame:
    """Count agreement and decisions for each code.

    Parameters
    ----------
    reconciliation : pandas.DataFrame
        The table RECONCILIATION.
    codes, themes : sequence of str, length n_codes
        Ids of the codes, and of the theme of each.

    Returns
    -------
    pandas.DataFrame
        One row a code, in the given order, zeros included, with code, theme and the counts of
        segments gold, machine, agreed, machine_only, human_only, settled (the code stands),
        by_person (a person decided) and open (nobody and no rule did).
    """
    frame = conform(reconciliation, RECONCILIATION)
    by = frame["decided_by"]
    counted = pd.DataFrame(
        {
            "gold": frame["gold"],
            "machine": frame["machine"],
            **{status: frame["status"] == status for status in _STATUS},
            "settled": frame["settled"],
            "by_person": ~(by.str.startswith(_RULE) | by.isin(["", _BOTH])),
            "open": by == "",
        }
    ).astype("int64")
    sums = counted.groupby(frame["code"]).sum().reindex(list(codes), fill_value=0)
    code_columns = pd.DataFrame({"code": list(codes), "theme": list(themes)}, dtype="str")
    return pd.concat([code_columns, sums.reset_index(drop=True)], axis=1)
