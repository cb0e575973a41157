"""Sampling strategies by name: which segments a draw picks, in which order, with which probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from fourp_nlp.coding.sampling.diversity import spread_out
from fourp_nlp.coding.sampling.informativeness import highest_in_turn
from fourp_nlp.coding.sampling.probability_samples import (
    Allocation,
    random_sample,
    stratified_sample,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Pick", "Strategy", "mixed_counts", "pick_segments"]

Strategy = Literal["random", "uncertainty", "disagreement", "diversity", "mixed"]

_POOL = 50_000  # segments among which those far apart are sought: each is measured once a choice


class Pick(NamedTuple):
    """What a draw takes, in the order of the sheet.

    Attributes
    ----------
    rows : ndarray of int, shape (n,)
        Row numbers of the segments.
    probability : ndarray of float, shape (n,)
        Each one's inclusion probability; nan where it was not left to chance.
    stratum : ndarray of str, shape (n,)
        What each was drawn within; empty without strata.
    strategy : ndarray of str, shape (n,)
        What picked each: never "mixed".
    """

    rows: NDArray[np.int64]
    probability: NDArray[np.float64]
    stratum: NDArray[np.object_]
    strategy: NDArray[np.object_]


def mixed_counts(count: int) -> dict[str, int]:
    """Return how a mixed draw is divided: a quarter at random, a quarter diverse, half uncertain.

    Parameters
    ----------
    count : int
        How many segments in all.

    Returns
    -------
    dict of str to int
        How many of each strategy; the random part is rounded up.
    """
    blind, diverse = -(-count // 4), count // 4
    return {"random": blind, "diversity": diverse, "uncertainty": count - blind - diverse}


def pick_segments(
    strategy: Strategy,
    count: int,
    eligible: NDArray[np.bool_],
    random: np.random.Generator,
    *,
    scores: NDArray[np.float64] | None = None,
    vectors: Callable[[NDArray[np.int64]], NDArray[np.float32]] | None = None,
    coded: NDArray[np.int64] | None = None,
    strata: NDArray[np.object_] | None = None,
    allocation: Allocation = "proportional",
    alike: NDArray[np.int64] | None = None,
) -> Pick:
    """Pick segments by a strategy.

    Parameters
    ----------
    strategy : {"random", "uncertainty", "disagreement", "diversity", "mixed"}
        How they are picked.
    count : int
        How many.
    eligible : ndarray of bool, shape (n_segments,)
        The frame: which segments can be picked.
    random : numpy.random.Generator
        The source of chance.
    scores : ndarray, shape (n_segments, n_codes), optional
        For uncertainty, disagreement and mixed: from `nearness` or `disagreement`.
    vectors : callable, optional
        For diversity and mixed: given row numbers, returns their embeddings.
    coded : ndarray of int, optional
        For diversity and mixed: rows that are coded already.
    strata : ndarray of str, shape (n_segments,), optional
        For random alone: the stratum of each segment.
    allocation : {"proportional", "equal"}
        How a stratified sample is divided.
    alike : ndarray of int, shape (n_segments,), optional
        Segments with equal numbers have the same words. What is picked on purpose is picked once;
        a random sample takes no notice.

    Returns
    -------
    Pick
        At most `count` segments. A random or mixed draw is in random order, another one has its best
        segments first.

    Raises
    ------
    ValueError
        If the strategy is unknown or lacks what it needs.
    """
    if strategy not in get_args(Strategy):
        raise ValueError(
            f"The strategy is {strategy!r}; it must be one of {', '.join(get_args(Strategy))}."
        )
    if strata is not None and strategy != "random":
        raise ValueError("Only a random draw has strata.")
    frame = np.flatnonzero(eligible).astype(np.int64)
    if strategy == "random":
        sample = (
            random_sample(len(frame), count, random)
            if strata is None
            else stratified_sample(strata[frame], count, random, allocation=allocation)
        )
        rows = frame[sample.rows]
        within = np.full(len(rows), "", dtype=object) if strata is None else strata[rows]
        return Pick(rows, sample.probability, within, np.full(len(rows), "random", dtype=object))
    parts: dict[str, int] = mixed_counts(count) if strategy == "mixed" else {strategy: count}
    # Chance has the first word, over the whole frame: whatever is picked on purpose comes after it.
    blind = random_sample(len(frame), parts.pop("random", 0), random)
    picked = {"random": frame[blind.rows]}
    left = eligible.copy()
    left[picked["random"]] = False
    for name, wanted in parts.items():
        if name == "diversity":
            known = [each for each in (coded, *picked.values()) if each is not None]
            rows = _diverse(left, wanted, random, vectors, np.concatenate(known), alike)
        elif scores is None:
            raise ValueError(f"The strategy {strategy} needs scores.")
        else:
            rows = highest_in_turn(scores, wanted, allowed=left, alike=alike)
        picked[name] = rows
        left[rows] = False
    rows = np.concatenate(list(picked.values()))
    names = np.repeat(np.array(list(picked), dtype=object), [len(each) for each in picked.values()])
    probability = np.full(len(rows), np.nan)
    probability[: len(blind.rows)] = blind.probability
    order = random.permutation(len(rows)) if strategy == "mixed" else np.arange(len(rows))
    nowhere = np.full(len(rows), "", dtype=object)
    return Pick(rows[order], probability[order], nowhere, names[order])


def _diverse(
    left: NDArray[np.bool_],
    count: int,
    random: np.random.Generator,
    vectors: Callable[[NDArray[np.int64]], NDArray[np.float32]] | None,
    coded: NDArray[np.int64],
    alike: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    if vectors is None:
        raise ValueError("The strategy diversity needs vectors.")
    pool = np.flatnonzero(left).astype(np.int64)
    if alike is not None:
        pool = pool[np.sort(np.unique(alike[pool], return_index=True)[1])]
    if len(pool) > _POOL:
        pool = np.sort(random.choice(pool, size=_POOL, replace=False))
    if not count or not len(pool):
        return np.zeros(0, dtype=np.int64)
    known = vectors(coded) if len(coded) else None
    chosen: NDArray[np.int64] = pool[spread_out(vectors(pool), count, random, centres=known)]
    return chosen
