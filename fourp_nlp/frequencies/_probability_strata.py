"""Cells of segments with similar machine probabilities, and people's codes counted in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.frequencies._coded_samples import Draws

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["CELLS", "FEWEST", "Tally", "expected_best", "tally"]

CELLS = 5
_CANDIDATES = 40  # cuts that are tried, of each kind
FEWEST = 2  # coded segments of a cell; with fewer it joins its neighbour
_OWN = 100  # coded segments of a stratum, on average over draws, from which it has cells of its own


@dataclass(frozen=True)
class Tally:
    """People's codes counted in cells.

    Attributes
    ----------
    cells : ndarray of int, shape (N,)
        The finest cell of each segment.
    joined : ndarray of int, shape (n_draws, n_cells)
        The cell that each finest cell was joined to.
    weights : ndarray of float, shape (n_draws, n_cells)
        Each cell's share of the segments; they sum to 1.
    shares : ndarray of float, shape (n_draws, n_cells)
        Share of segments with the code in the cell, from the sample.
    sizes : ndarray of float, shape (n_draws, n_cells)
        Effective sample size: the variance of the share is p (1 - p) / size.
    thirds : ndarray of float, shape (n_draws, n_cells)
        The third central moment of the share is p (1 - p) (1 - 2p) times this.
    """

    cells: Integers
    joined: Integers
    weights: Floats
    shares: Floats
    sizes: Floats
    thirds: Floats

    @property
    def values(self) -> Floats:
        """The estimates, shape (n_draws,)."""
        return np.asarray((self.weights * self.shares).sum(axis=1))


def expected_best(machine: Floats, coded: float, count: int = CELLS) -> Integers:
    """Return the cells that would give the smallest variance if the machine's probabilities were right.

    Parameters
    ----------
    machine : ndarray of float, shape (N,)
        The machine's probabilities, or 0 and 1.
    coded : float
        How many of the segments people coded.
    count : int, default 5
        How many cells at most.

    Returns
    -------
    ndarray of int, shape (N,)
        Cells from 0 (the least likely) without gaps; equal probabilities share a cell. Suggestions
        of 0 and 1 make two.

    Notes
    -----
    Of all cuts between some hundred candidates, those with the least
    sum_g (W_g + (1 - W_g) / n) s_g, where s_g is the greater of p_g (1 - p_g) and 1 / n, and p_g the cell's
    mean probability: the variance of a post-stratified mean to the second order (Cochran 1977,
    equation 5A.42), times n. The minimum of 1 / n prevents a very confident machine from forming cells that a
    sample cannot check. The cuts do not use gold codes. They are found by dynamic programming (Fisher 1958).
    If the probabilities are wrong, the cells are less efficient, but the estimate is still right.

    References
    ----------
    .. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley.
    .. [2] Fisher, W. D. (1958). On grouping for maximum homogeneity. Journal of the American
       Statistical Association 53(284), 789-798.
    """
    if not len(machine) or coded <= 0:
        return np.zeros(len(machine), dtype=np.int64)
    order = np.sort(machine)
    starts = _candidates(order)
    sums = np.concatenate([[0.0], np.cumsum(order)])
    ends = np.append(starts, len(order))
    held = (ends[None, :] - ends[:, None]) / len(order)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.clip((sums[ends][None, :] - sums[ends][:, None]) / (held * len(order)), 0, 1)
        cost = (held + (1 - held) / coded) * np.maximum(mean * (1 - mean), 1 / coded)
    cost = np.where(held > 0, cost, np.inf)
    best, origins = [cost[0]], [np.zeros(len(ends), dtype=np.int64)]
    for _ in range(1, count):
        way = best[-1][:, None] + cost
        origins.append(way.argmin(axis=0))
        best.append(way.min(axis=0))
    # As many cells as pay.
    cells = int(np.argmin([each[-1] for each in best]))
    cuts, at = [], len(ends) - 1
    for step in range(cells, 0, -1):
        at = int(origins[step][at])
        cuts.append(order[ends[at]])
    return np.asarray(np.searchsorted(np.array(cuts[::-1]), machine, side="right"), dtype=np.int64)


def _candidates(order: Floats) -> Integers:
    """Return the positions in sorted probabilities where a cell may begin, 0 first."""
    wanted = np.arange(_CANDIDATES) / _CANDIDATES
    candidates = []
    # Even steps of segments, of expected codes, of doubt and of probability.
    for measure in (np.ones(len(order)), order, np.sqrt(order * (1 - order))):
        reached = np.cumsum(measure)
        if reached[-1] > 0:
            candidates.append(np.searchsorted(reached, wanted * reached[-1]))
    candidates.append(np.searchsorted(order, wanted))
    places = np.unique(np.concatenate(candidates))
    values = order[places[places < len(order)]]
    # A cell begins with the first of equal probabilities.
    return np.unique(np.append(0, np.searchsorted(order, values))).astype(np.int64)


def tally(draws: Draws, machine: Floats | None, *, count: int = CELLS) -> Tally:
    """Count people's codes in cells of the machine's probability.

    Parameters
    ----------
    draws : Draws
        Coded samples.
    machine : ndarray of float, shape (N,), or None
        Probabilities that define the cells; None for one cell: the estimate from the human sample only.
    count : int, default 5
        Cells at most, in each block.

    Returns
    -------
    Tally
        The cells' shares and effective sizes.

    Notes
    -----
    A cell's share is the Hájek estimate sum(w y) / sum(w) over its coded segments with w one over the
    inclusion probability, and the cells are weighted by their known sizes: post-stratification (Holt &
    Smith 1979). Strata with enough coded segments have cells of their own, so that weights are equal within a
    cell; the others share cells. Segments that were certain to be selected form cells of infinite size. The
    effective size is N_g^2 / sum(w (w - 1)) with weights made to sum to N_g, times (N_g - 1) / N_g: with
    equal weights n (N - 1) / (N - n), and otherwise with Kish's (1965) design effect. The third moment has
    sum(w (w - 1) (w - 2)) / N_g^3 in its place, that of a Poisson sample. A share is at least that of the
    cell's segments in which the code was found, and at most that of all segments except those read without
    it. A cell with fewer than two coded segments joins its neighbour below, the lowest the one above; this
    depends on sample sizes only.

    References
    ----------
    .. [1] Holt, D. and Smith, T. M. F. (1979). Post stratification. Journal of the Royal Statistical
       Society A 142(1), 33-46.
    .. [2] Kish, L. (1965). Survey Sampling, section 11.7. Wiley.
    """
    block, certain = _blocks(draws)
    cells = np.zeros(draws.size, dtype=np.int64)
    of_cell: list[int] = []
    # How often each segment was coded, on average over draws.
    coded_in = np.bincount(draws.rows[draws.present], minlength=draws.size) / len(draws.rows)
    for number in range(int(block.max()) + 1):
        in_block = block == number
        fine = np.zeros(int(in_block.sum()), dtype=np.int64)
        if machine is not None and number not in certain:
            fine = expected_best(machine[in_block], float(coded_in[in_block].sum()), count)
        cells[in_block] = fine + len(of_cell)
        of_cell += [number] * (int(fine.max()) + 1)
    blocks = np.array(of_cell)
    length = len(blocks)
    coded = draws.summed(np.ones(draws.rows.shape), cells, length)
    joined = _joined(coded, blocks)
    sizes = np.bincount(cells, minlength=length).astype(np.float64)
    weight = draws.weight
    gold = draws.gold
    parts = (np.ones(weight.shape), gold, weight, weight**2, weight**3, weight * gold)
    seen, yes, first, second, third, positives = (
        _gathered(draws.summed(each, cells, length), joined) for each in parts
    )
    total = _gathered(np.broadcast_to(sizes, joined.shape), joined)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(first > 0, positives / first, 0.0)
        shares = np.where(total > 0, np.clip(shares, yes / total, 1 - (seen - yes) / total), 0.0)
        # With c the factor that makes the weights sum to N_g: sum(c w (c w - 1)) / N_g^2.
        second, third = second / first**2, third / first**3
        spread = second - 1 / total
        known = (spread <= 1e-12) | (seen >= total)
        size = np.where(known, np.inf, (total - 1) / total / spread)
        moment = np.where(known, 0.0, third - 3 * second / total + 2 / total**2)
    coded_there = first > 0
    return Tally(
        cells,
        joined,
        total / draws.size,
        shares,
        np.where(coded_there, size, 0.0),
        np.where(coded_there, moment, 0.0),
    )


def _blocks(draws: Draws) -> tuple[Integers, set[int]]:
    """Return the block of each segment, from 0, and which of them were certain to be selected."""
    length = int(draws.strata.max()) + 1
    by_chance = np.where(draws.certain, 0.0, 1.0)
    mean = draws.summed(by_chance, draws.strata, length).mean(axis=0)
    large = [int(each) for each in np.argsort(-mean, kind="stable") if mean[each] >= _OWN]
    # What is left over is one block; the smallest of the others join it until it is large enough.
    while large and len(large) < length and mean.sum() - mean[large].sum() < _OWN:
        large.pop()
    block = np.zeros(draws.size, dtype=np.int64)
    for number, stratum in enumerate(large, start=1):
        block[draws.strata == stratum] = number
    sure = draws.rows[draws.certain]
    if len(sure):
        block[np.unique(sure)] = length + 1
    kept, block = np.unique(block, return_inverse=True)
    numbers = set(np.flatnonzero(kept == length + 1).tolist())
    return np.asarray(block, dtype=np.int64).reshape(-1), numbers


def _joined(coded: Floats, blocks: Integers) -> Integers:
    """Return for each draw and cell the cell that it joins."""
    draws, length = coded.shape
    joined = np.tile(np.arange(length), (draws, 1))
    for block in np.unique(blocks):
        members = np.flatnonzero(blocks == block)
        target = np.full(draws, members[-1])
        held = np.zeros(draws)
        # From the likeliest down: what is gathered goes on to the next until it is enough.
        for cell in members[::-1]:
            held += coded[:, cell]
            joined[:, cell] = target
            enough = held >= FEWEST
            target = np.where(enough, cell - 1, target)
            held = np.where(enough, 0.0, held)
        short = np.flatnonzero(target >= members[0])
        for cell in members[1:]:
            # The lowest, if too few are left for it, joins the one above.
            rest = short[(joined[short, members[0]] != joined[short, cell])]
            low = joined[rest, members[0]].copy()
            high = joined[rest, cell].copy()
            for each in members:
                joined[rest, each] = np.where(joined[rest, each] == low, high, joined[rest, each])
            short = np.setdiff1d(short, rest)
    return joined


def _gathered(values: Floats, joined: Integers) -> Floats:
    draws, length = joined.shape
    flat = joined + np.arange(draws)[:, None] * length
    sums = np.bincount(flat.ravel(), np.ravel(values), minlength=draws * length)
    return sums.reshape(draws, length).astype(np.float64)
