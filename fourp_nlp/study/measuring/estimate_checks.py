"""Whether a sample allows an estimate: refusals, cautions, and the shares that are possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.frequencies import Estimate
    from fourp_nlp.study.sampling.coded_sample import CodedSample

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
    "FEWEST_CODED",
    "cautions_of_estimate",
    "codes_of_part",
    "possible_shares",
    "reason_for_refusal",
]

FEWEST_CODED = 30
"""A group, case or document gets an estimate of its own from this many drawn segments on."""

_FEW_POSITIVES = 5  # drawn segments with the code; with fewer, one more or less changes much
_FEW_DOCUMENTS = 10  # for documents like these
_DOUBT = 0.05  # how seldom chance would have the draws find so much, or so little, in what was read whole


def codes_of_part(sample: CodedSample, number: int, mask: Flags) -> tuple[Floats, Floats]:
    """Return a code's labels and their inclusion probabilities; all are sure where all of a part was read.

    Parameters
    ----------
    sample : CodedSample
        What people coded.
    number : int
        Column of the code in the sample.
    mask : ndarray of bool, shape (n_segments,)
        The part.

    Returns
    -------
    gold, inclusion : ndarray of float, shape (n_segments,)
        Of all segments; within the part they are those to use for it.
    """
    gold, inclusion = sample.gold[:, number], sample.chance(number)
    if mask.any() and not np.isnan(sample.labels[mask, number]).any():
        # However that came about.
        return sample.labels[:, number], np.ones(len(gold))
    return gold, inclusion


def possible_shares(sample: CodedSample, number: int, mask: Flags) -> tuple[float, float]:
    """Return the least and the greatest share that what people read of a part leaves open.

    Parameters
    ----------
    sample, number, mask
        As in `codes_of_part`.

    Returns
    -------
    least, most : float
        What was found of all segments, and all but what was rejected, whatever the reason for reading it.
    """
    labels = sample.labels[mask, number]
    if not len(labels):
        return 0.0, 1.0
    return float(np.nansum(labels)) / len(labels), int((labels != 0).sum()) / len(labels)


def reason_for_refusal(sample: CodedSample, number: int, mask: Flags, *, part: bool) -> str:
    """Return why a code cannot be estimated in a part of the segments; empty if it can.

    Parameters
    ----------
    sample, number, mask, part
        As in `estimated_share`.

    Returns
    -------
    str
        The reason, with what was found in what was read.
    """
    labels = sample.labels[mask, number]
    unread = int(np.isnan(labels).sum())
    if not unread:
        return "" if len(labels) else "the code can apply to no segment here"
    read = len(labels) - unread
    positives_clause = (
        f"{int(np.nansum(labels)):,} found in the {read:,} segments that were read; "
        if read
        else ""
    )
    early = int(sample.before_code(number)[mask].sum())
    if early:
        return (
            f"{early:,} segments of the sample were read before there was this code; when they have "
            f"been read for it: fourp gold --read-again {sample.coder} --code CODE"
            + (f"; {positives_clause.removesuffix('; ')} for it" if positives_clause else "")
        )
    chance = sample.chance(number)
    missing = int(((chance <= 0) & np.isnan(sample.labels[:, number]))[mask].sum())
    if missing:
        return (
            f"{positives_clause}{missing:,} of these segments could not be drawn and were not read, so the "
            "sample does not represent them; draw once more"
        )
    drawn = int((~np.isnan(sample.gold[:, number]) & (chance < 1))[mask].sum())
    if not drawn and positives_clause:
        return f"{positives_clause}no sample represents the other {unread:,} segments"
    if part and drawn < FEWEST_CODED:
        known = int(sample.known(number)[mask].sum())
        where = f"among the {len(labels) - known:,} others" if known else "here"
        return (
            f"{positives_clause if known else ''}{drawn} segments of the sample are {where}, and fewer than "
            f"{FEWEST_CODED} are too few"
        )
    return ""


def cautions_of_estimate(
    sample: CodedSample,
    number: int,
    mask: Flags,
    estimate: Estimate,
    documents: NDArray[np.int64],
) -> str:
    """Return the cautions about an estimate.

    Parameters
    ----------
    sample, number, mask, documents
        As in `estimated_share`.
    estimate : Estimate
        The estimate.

    Returns
    -------
    str
        Parts of sentences with semicolons between them; empty where there is nothing to say.
    """
    if not estimate.defined:
        return ""
    if estimate.method == "naive":
        return "the machine's suggestions counted as they are, with its errors"
    cautions = []
    if estimate.target == "documents":
        n_documents = len(np.unique(documents[mask]))
        if n_documents < _FEW_DOCUMENTS:
            cautions.append(f"{n_documents} documents show little about other documents")
    if np.isnan(sample.labels[mask, number]).any():
        chance = sample.chance(number)
        drawn = ~np.isnan(sample.gold[:, number]) & (chance < 1) & mask
        n_positive = int(np.nansum(sample.gold[drawn, number]))
        if n_positive < _FEW_POSITIVES:
            cautions.append(
                f"{n_positive or 'none'} found among the {int(drawn.sum()):,} drawn segments"
            )
        cautions += [caution for caution in (_caution_of_choice(sample, number, mask),) if caution]
        cautions += sample.cautions
        picked = int(
            (~np.isnan(sample.labels[:, number]) & np.isnan(sample.gold[:, number]))[mask].sum()
        )
        if picked:
            cautions.append(
                f"{picked:,} segments picked or read in part after the draw only bound it"
            )
    return "; ".join(filter(None, [*cautions, estimate.caution]))


def _caution_of_choice(sample: CodedSample, number: int, mask: Flags) -> str:
    """Warn if draws found unexpectedly much or little in text that was read completely after them."""
    if sample.taken is None or sample.design is None:
        return ""
    gold, design = sample.draw_only(number)
    whole = sample.known(number) & (design < 1) & mask
    if not whole.any():
        return ""
    from scipy.stats import hypergeom

    labels = sample.labels[whole, number]
    drawn = ~np.isnan(gold[whole])
    n_read, n_positive, n_drawn = len(labels), int(labels.sum()), int(drawn.sum())
    n_drawn_positive = int(labels[drawn].sum())
    law = hypergeom(n_read, n_positive, n_drawn)
    for tail, word, side in (
        (law.sf(n_drawn_positive - 1), "more", "low"),
        (law.cdf(n_drawn_positive), "less", "high"),
    ):
        if tail < _DOUBT:
            return (
                f"the draws found {n_drawn_positive} in {n_drawn} segments of documents read whole, {word} "
                f"than expected by chance from {n_positive} in all {n_read} of their segments: if these "
                f"documents were chosen by what the draws found, the estimate is too {side}"
            )
    return ""
