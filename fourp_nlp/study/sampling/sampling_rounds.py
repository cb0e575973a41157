"""Combining random draws into one sample with known inclusion probabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
    "CombinedSample",
    "RandomDraw",
    "best_sample",
    "notes_on_unused_draws",
    "read_whole",
    "sample_outside_known",
]

_OVERLOOKED = 0.02
"""How much too heavily the segments of a document may weigh, on average, because it was read whole and
nobody can tell."""


@dataclass(frozen=True)
class RandomDraw:
    """One random draw, applied to the present segments.

    Attributes
    ----------
    draw : str
        Its id.
    stratify : str
        What it was divided by; empty if it was not.
    existed, inside : ndarray of bool, shape (n_segments,), or None
        Which segments there were when it was made, and which could be drawn; None if that cannot be
        told again.
    taken : ndarray of bool, shape (n_segments,)
        What was drawn.
    chance : ndarray of float, shape (n_segments,)
        The chance that it has, or would have had, of taking each segment.
    count, unread : int
        How many segments were drawn, and how many of them the coder did not code.
    shown : bool
        Whether suggestions stood on the sheet, for half of it.
    """

    draw: str
    stratify: str
    existed: Flags | None
    inside: Flags | None
    taken: Flags
    chance: Floats
    count: int
    unread: int
    shown: bool = False


@dataclass(frozen=True)
class CombinedSample:
    """A sample combined from several draws.

    Attributes
    ----------
    used : list of int
        The draws, by place.
    taken, sure : ndarray of bool, shape (n_segments,)
        Segments of the sample that were drawn, and those that were sure to be read.
    inclusion : ndarray of float, shape (n_segments,)
        The probability that the sample holds the segment; 0 where no draw could take it.
    out_of_reach : int
        Segments that no draw could take and that nobody read.
    spread : float
        The sum of (1 - pi) / pi over what was left to chance.
    """

    used: list[int]
    taken: Flags
    sure: Flags
    inclusion: Floats
    out_of_reach: int
    spread: float


def best_sample(
    rounds: list[RandomDraw], read: Flags, *, stands_for: NDArray[np.int64] | None = None
) -> CombinedSample | None:
    """Combine random draws into the best possible sample.

    Parameters
    ----------
    rounds : list of RandomDraw
        The draws, oldest first.
    read : ndarray of bool, shape (n_segments,)
        What the coder read.
    stands_for : ndarray of int, shape (n_segments,), optional
        How many segments each row stands for, where segments that are alike in all of `rounds` and in
        `read` share one; by default each for itself.

    Returns
    -------
    CombinedSample or None
        The sample; None if no draw was read to its end whose frame can be told again.

    Notes
    -----
    Draws are taken one after another as long as each could take all that the first could, save for what an
    earlier one of them took. A segment is then of the sample with probability 1 - prod(1 - pi_t)
    over the draws that could take it; what the first left out of its frame, because it was read
    before, is sure (pi = 1). Given what was known at the first draw, this is exact for simple random
    samples, also when later frames lack what earlier draws took:
    n1/N + (1 - n1/N) n2/(N - n1) = (n1 + n2)/N.
    As soon as segments left the frame by anyone's choice, a draw begins a new sample, of which
    all that was read before is the sure part. Of the samples that can be made so, the one with the fewest
    segments out of reach and then the least sum of (1 - pi) / pi, the variance of a total of ones
    under Poisson sampling (Särndal, Swensson & Wretman 1992, section 3.2), is chosen; nobody's codes
    are looked at. A draw that was not read to its end is no part of a sample, for what is missing is
    hardly missing by chance; what it took from the others' frames is reckoned with.
    """
    weight = np.ones(len(read), dtype=np.int64) if stands_for is None else stands_for
    candidates = [_from(rounds, first, read, weight) for first in range(len(rounds))]
    samples = [each for each in candidates if each is not None]
    return min(samples, key=lambda each: (each.out_of_reach, each.spread)) if samples else None


def read_whole(units: list[NDArray[np.int64]], read: Flags, drawn: Flags, chance: Floats) -> Flags:
    """Return the segments of documents, cases and groups that somebody chose to read from end to end.

    Parameters
    ----------
    units : list of ndarray of int64, shape (n_segments,)
        The document of each segment, its case, its group; below 0 for none.
    read : ndarray of bool, shape (n_segments,)
        What the coder read.
    drawn : ndarray of bool, shape (n_segments,)
        What any draw gave the coder to read, at random or on purpose.
    chance : ndarray of float, shape (n_segments,)
        The chance that the draws had of giving it; 1 for what was picked on purpose.

    Returns
    -------
    ndarray of bool, shape (n_segments,)
        Segments of every document, case and group of which all is read, and some of it was given by no
        draw.

    Notes
    -----
    If the choice of these documents did not depend on what was drawn, the sample's segments outside of
    them are, given their number, a random sample of all segments outside, and those inside are known.
    A chosen document of which draws happened to take every segment cannot be told from others: its m
    segments are then weighted by 1 / pi, which adds pi^(m - 1) (1 - pi) of its codes on average. Where
    that is above 2%, as with documents of one or two segments, reading the rest of it counts as picking
    single segments: what is picked among segments that no draw took leaves too many like them in the
    sample.
    """
    in_whole_unit = np.zeros(len(read), dtype=bool)
    likely = np.log(np.clip(chance, 1e-300, 1.0))
    for unit in units:
        has_unit = unit >= 0
        if not has_unit.any():
            continue
        unit_of, length = unit[has_unit], int(unit.max()) + 1
        unread = np.bincount(unit_of, weights=~read[has_unit], minlength=length)
        chosen = np.bincount(unit_of, weights=(read & ~drawn)[has_unit], minlength=length)
        total = np.bincount(unit_of, weights=likely[has_unit], minlength=length)
        most = np.full(length, -np.inf)
        np.maximum.at(most, unit_of, likely[has_unit])
        with np.errstate(invalid="ignore"):
            overlooked = np.exp(total - most) * (1 - np.exp(most))
        whole = (unread == 0) & (chosen > 0) & (overlooked <= _OVERLOOKED)
        in_whole_unit[has_unit] |= whole[unit_of]
    return in_whole_unit


def sample_outside_known(
    rounds: list[RandomDraw], read: Flags, whole: Flags, data: Flags | None = None
) -> CombinedSample | None:
    """Combine random draws outside the segments that are known otherwise.

    Parameters
    ----------
    rounds : list of RandomDraw
        The draws, oldest first.
    read : ndarray of bool, shape (n_segments,)
        What the coder read.
    whole : ndarray of bool, shape (n_segments,)
        What is known because it was read whole, from `read_whole`.
    data : ndarray of bool, shape (n_segments,), optional
        What the sample is to represent; by default all.

    Returns
    -------
    CombinedSample or None
        As from `best_sample`; what was read whole is sure (pi = 1), and drawn is what was drawn outside
        of it. What is no data is neither, and has pi = 1: it is not missing. None if no draw was read to its
        end whose frame can be told again.

    Notes
    -----
    Outside of what was read whole, and within the data, the probability of segments with equal probability
    is replaced by the realised n_rest / N_rest: given how many of them the draws took there, each choice of
    so many is as likely. That is exact for simple random draws, and for draws divided equally by groups; for
    draws divided in proportion it is right but for the rounding of the numbers by stratum. A class of which
    by chance nothing was drawn outside keeps the probability of its design: another draw could have taken it.
    """
    within = np.ones(len(read), dtype=bool) if data is None else data
    aside = whole | ~within
    if not aside.any():
        return best_sample(rounds, read)
    outside = [
        each
        if each.existed is None or each.inside is None
        else replace(
            each,
            existed=each.existed & ~aside,
            inside=each.inside & ~aside,
            taken=each.taken & ~aside,
        )
        for each in rounds
    ]
    sample = best_sample(outside, read & ~aside)
    if sample is None:
        return None
    inclusion = sample.inclusion.copy()
    by_chance = (inclusion > 0) & ~sample.sure
    _, of_class = np.unique(np.round(inclusion[by_chance], 12), return_inverse=True)
    of_class = of_class.reshape(-1)
    n_of_class = np.bincount(of_class)
    n_drawn = np.bincount(of_class, weights=sample.taken[by_chance], minlength=len(n_of_class))
    share = np.divide(n_drawn, n_of_class, out=np.zeros(len(n_of_class)), where=n_of_class > 0)
    some = (n_drawn > 0)[of_class]
    inclusion[by_chance] = np.where(some, share[of_class], inclusion[by_chance])
    inclusion[aside] = 1.0
    return replace(
        sample,
        sure=(sample.sure | whole) & within,
        inclusion=inclusion,
        out_of_reach=int((inclusion <= 0).sum()),
    )


def notes_on_unused_draws(
    rounds: list[RandomDraw], sample: CombinedSample, coder: str
) -> list[str]:
    """Name the draws that are not used for a sample, with reasons.

    Parameters
    ----------
    rounds : list of RandomDraw
        The draws.
    sample : CombinedSample
        What was made of them.
    coder : str
        Who read.

    Returns
    -------
    list of str
        Sentences.
    """
    notes = [
        f"Draw {round_.draw} is left out: {round_.unread} of its {round_.count} segments drawn at random are "
        f"not coded by {coder}, and these are probably not missing at random. Code its sheet to the end."
        for round_ in rounds
        if round_.unread
    ]
    lost = [
        round_.draw
        for at, round_ in enumerate(rounds)
        if not round_.unread and at not in set(sample.used)
    ]
    if lost:
        notes.append(
            f"Not used: {', '.join(lost)}. Between random draws, segments were read or picked on purpose, "
            "so these draws do not form one sample; the best possible sample is used."
        )
    return notes


def _from(
    rounds: list[RandomDraw], first: int, read: Flags, weight: NDArray[np.int64]
) -> CombinedSample | None:
    """Return the sample that begins with a draw; None if it has no draw that was read to its end."""
    begin = rounds[first]
    if begin.existed is None or begin.inside is None:
        return None
    outside = begin.existed & ~begin.inside
    alive = np.ones(len(read))
    inclusion = np.zeros(len(read))
    gone = np.zeros(len(read), dtype=bool)
    taken = gone.copy()
    waiting: list[tuple[Flags, Floats]] = []  # draws that were not read to their end
    used = []
    for at in range(first, len(rounds)):
        round_ = rounds[at]
        if round_.existed is None or round_.inside is None:
            continue
        universe = round_.existed & ~outside
        lacking = universe & ~round_.inside
        if (lacking & ~gone).any():
            break
        back = [(mask & universe, lost) for mask, lost in waiting]
        if any((mask & round_.inside).any() and (mask & lacking).any() for mask, _ in back):
            break
        still_waiting = []
        for (mask, lost), entry in zip(back, waiting, strict=True):
            if (mask & round_.inside).any():
                alive = alive + lost  # what waited could be drawn again
            else:
                still_waiting.append(entry)
        waiting = still_waiting
        part = alive * np.where(universe, round_.chance, 0.0)
        alive = alive - part
        gone |= round_.taken
        if round_.unread:
            waiting.append((round_.taken, part))
            continue
        inclusion += part
        taken |= round_.taken & universe
        used.append(at)
    if not used:
        return None
    inclusion = np.minimum(inclusion, 1.0)
    sure = outside & read
    inclusion[outside] = 0.0
    inclusion[sure] = 1.0
    by_chance = (inclusion > 0) & ~sure
    chances = inclusion[by_chance]
    spread = float((weight[by_chance] * (1 - chances) / chances).sum())
    missing = int(weight[inclusion <= 0].sum())
    return CombinedSample(used, taken & ~sure, sure, inclusion, missing, spread)
