"""Partly coded segments: people's codes of a probability sample, one draw or many at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["Draws", "numbered", "read_draws"]

_CERTAIN = 1 - 1e-9  # an inclusion probability of 1, but for rounding


@dataclass(frozen=True)
class Draws:
    """Segments, and one or more samples of them that people coded.

    Attributes
    ----------
    size : int
        Number of segments, N.
    rows : ndarray of int, shape (n_draws, n)
        The coded segments of each draw.
    present : ndarray of bool, shape (n_draws, n)
        Whether a place of `rows` holds a segment; draws may be of unequal size.
    gold : ndarray of float, shape (n_draws, n)
        1 where people gave the code, else 0.
    probability : ndarray of float, shape (n_draws, n)
        Inclusion probability of each.
    machine : ndarray of float, shape (N,), or None
        The machine's probability, or 0 and 1 for its suggestions.
    documents : ndarray of int, shape (N,), or None
        Number of the document of each segment, from 0 without gaps.
    strata : ndarray of int, shape (N,)
        Number of the stratum of each segment, from 0; all 0 without strata.
    """

    size: int
    rows: Integers
    present: Flags
    gold: Floats
    probability: Floats
    machine: Floats | None
    documents: Integers | None
    strata: Integers

    @property
    def count(self) -> Integers:
        """Coded segments of each draw, shape (n_draws,)."""
        return np.asarray(self.present.sum(axis=1), dtype=np.int64)

    @property
    def positives(self) -> Integers:
        """Coded segments with the code, shape (n_draws,)."""
        return np.asarray((self.gold * self.present).sum(axis=1), dtype=np.int64)

    @property
    def weight(self) -> Floats:
        """One over the inclusion probability, 0 for empty places, shape (n_draws, n)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.present, 1 / self.probability, 0.0)

    @property
    def certain(self) -> Flags:
        """Whether a segment was certain to be selected, shape (n_draws, n)."""
        return self.present & (self.probability >= _CERTAIN)

    @property
    def sure(self) -> Flags:
        """Which segments were certain to be selected, shape (N,)."""
        mask = np.zeros(self.size, dtype=bool)
        mask[self.rows[self.certain]] = True
        return mask

    def rest(self) -> Draws:
        """Return the segments that were not certain to be selected, and their codes.

        Returns
        -------
        Draws
            The same draws if no segment was certain.

        Raises
        ------
        ValueError
            If a segment was certain to be selected in one draw and is missing from another.
        """
        sure = self.sure
        if not sure.any():
            return self
        if (self.certain.sum(axis=1) != sure.sum()).any():
            raise ValueError(
                "A segment that is certain to be in one draw must be certain to be in all."
            )
        return self.within(~sure)

    def within(self, chosen: Flags) -> Draws:
        """Return the segments of a domain, such as a group, and their codes.

        Parameters
        ----------
        chosen : ndarray of bool, shape (N,)
            Which segments belong to it.

        Returns
        -------
        Draws
            Rows, documents and strata are renumbered.
        """
        place = np.cumsum(chosen) - 1
        present = self.present & chosen[self.rows]
        documents = None if self.documents is None else numbered(self.documents[chosen])
        return replace(
            self,
            size=int(chosen.sum()),
            rows=np.where(present, place[self.rows], 0),
            present=present,
            machine=None if self.machine is None else self.machine[chosen],
            documents=documents,
            strata=numbered(self.strata[chosen]),
        )

    def summed(self, values: Floats, places: Integers, length: int) -> Floats:
        """Return sums of values of the coded segments, grouped by document or another unit.

        Parameters
        ----------
        values : ndarray of float, shape (n_draws, n)
            The values to sum; places without a segment do not count.
        places : ndarray of int, shape (N,)
            Number of each segment's group, such as its document.
        length : int
            Number of groups.

        Returns
        -------
        ndarray, shape (n_draws, length)
            The sums.
        """
        draws = len(self.rows)
        flat = places[self.rows] + np.arange(draws)[:, None] * length
        weights = np.where(self.present, values, 0.0)
        sums = np.bincount(flat.ravel(), weights.ravel(), minlength=draws * length)
        return sums.reshape(draws, length).astype(np.float64)


def numbered(values: ArrayLike) -> Integers:
    """Return consecutive numbers from 0 for ids.

    Parameters
    ----------
    values : array_like, shape (N,)
        Ids of any sortable kind.

    Returns
    -------
    ndarray of int, shape (N,)
        Equal numbers for equal ids.
    """
    array = np.asarray(values)
    if array.dtype == object:
        array = array.astype(str)
    return np.asarray(np.unique(array, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def read_draws(
    gold: ArrayLike,
    inclusion: ArrayLike,
    *,
    machine: ArrayLike | None = None,
    documents: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    within: ArrayLike | None = None,
) -> tuple[Draws, str]:
    """Read one sample, and give the reason if it cannot be used.

    Parameters
    ----------
    gold : array_like, shape (N,)
        1 or True where people gave the code, 0 where they read the segment and did not, nan where it was not
        read.
    inclusion : array_like, shape (N,)
        Inclusion probability of each segment that was read; others are ignored.
    machine : array_like, shape (N,), optional
        The machine's probabilities or its suggestions as 0 and 1, for all segments.
    documents, strata : array_like, shape (N,), optional
        Document and stratum of each segment.
    within : array_like of bool, shape (N,), optional
        A domain; by default all segments.

    Returns
    -------
    draws : Draws
        One draw.
    reason : str
        Why nothing can be estimated from it; empty where something can.

    Raises
    ------
    ValueError
        If lengths do not fit, gold codes are not 0, 1 or nan, or the machine's probabilities are not between
        0 and 1.
    """
    codes = np.asarray(gold, dtype=np.float64)
    chance = np.asarray(inclusion, dtype=np.float64)
    size = len(codes)
    probabilities = None if machine is None else np.asarray(machine, dtype=np.float64)
    given = {
        "inclusion": chance,
        "machine": probabilities,
        "documents": documents,
        "strata": strata,
        "within": within,
    }
    for name, values in given.items():
        if values is not None and np.shape(values) != (size,):
            raise ValueError(f"{name} is of shape {np.shape(values)}, for {size} segments.")
    read = ~np.isnan(codes)
    if not np.isin(codes[read], (0.0, 1.0)).all():
        raise ValueError("Gold codes must be 0, 1 or nan.")
    if probabilities is not None and not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("The machine's probabilities must be between 0 and 1, for every segment.")
    rows = np.flatnonzero(read).astype(np.int64)
    draws = Draws(
        size,
        rows[None],
        np.ones((1, len(rows)), dtype=bool),
        codes[rows][None],
        chance[rows][None],
        probabilities,
        None if documents is None else numbered(documents),
        np.zeros(size, dtype=np.int64) if strata is None else numbered(strata),
    )
    if within is not None:
        draws = draws.within(np.asarray(within, dtype=bool))
        rows = draws.present[0]
        draws = replace(
            draws,
            rows=draws.rows[:, rows],
            present=draws.present[:, rows],
            gold=draws.gold[:, rows],
            probability=draws.probability[:, rows],
        )
    if draws.size and draws.count[0] == draws.size:
        # All of it is coded: however that came about, nothing was left to chance.
        draws = replace(draws, probability=np.ones(draws.rows.shape))
    return draws, _against(draws)


def _against(draws: Draws) -> str:
    chance = draws.probability[draws.present]
    picked = int(np.isnan(chance).sum())
    reasons = [
        (not draws.size, "there are no segments here"),
        (not chance.size, "people coded none of these segments"),
        (
            picked > 0,
            f"{picked} of {chance.size} coded segments were not drawn at random, so they do not represent "
            "others; draw at random with 'fourp next'",
        ),
        (
            bool(((chance <= 0) | (chance > 1)).any()),
            "an inclusion probability is not between 0 and 1",
        ),
        (
            bool(chance.size < draws.size and draws.certain.sum() == chance.size),
            "every coded segment was certain to be read, so nothing is known about the others; draw at "
            "random among them",
        ),
    ]
    return next((reason for stands, reason in reasons if stands), "")
