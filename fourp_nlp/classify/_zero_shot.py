"""A first probability from the likeness to the definitions, for codes that nobody has coded yet."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["zero_shot_features", "zero_shot_probabilities", "zero_shot_threshold"]


@lru_cache(maxsize=1)
def _weights() -> tuple[Floats, float, float]:
    """Return weights, intercept and threshold, as `scripts/fit_zero_shot.py` fitted them.

    It fits over all codes alike, so that they know nothing of any particular code.
    """
    content = json.loads(files(__package__).joinpath("zero_shot.json").read_text("utf-8"))
    weights = np.array(content["weights"], dtype=np.float64)
    return weights, float(content["intercept"]), float(content["threshold"])


def zero_shot_features(similarity: NDArray[Any]) -> Floats:
    """Return what the first probability of a code is made from, for all segments and codes.

    Parameters
    ----------
    similarity : ndarray, shape (n_segments, n_codes)
        Cosine of each segment to the nearest part of each definition.

    Returns
    -------
    ndarray, shape (n_segments, n_codes, 3)
        The cosine; how far it stands above the segment's mean; and how far above its best rival.
    """
    similarity = np.asarray(similarity, dtype=np.float64)
    count = similarity.shape[1]
    if count < 2:
        zeros = np.zeros_like(similarity)
        return np.stack([similarity, zeros, zeros], axis=-1)
    mean = similarity.mean(axis=1, keepdims=True)
    ranked = np.sort(similarity, axis=1)
    best, second = ranked[:, [-1]], ranked[:, [-2]]
    rival = np.where(similarity == best, second, best)
    return np.stack([similarity, similarity - mean, similarity - rival], axis=-1)


def zero_shot_probabilities(similarity: NDArray[Any]) -> Floats:
    """Return rough probabilities from the definitions alone.

    Parameters
    ----------
    similarity : ndarray, shape (n_segments, n_codes)
        Cosine of each segment to the nearest part of each definition.

    Returns
    -------
    ndarray, shape (n_segments, n_codes)
        Probabilities, calibrated over codes in general and not for these codes.
    """
    weights, intercept, _ = _weights()
    logits = zero_shot_features(similarity) @ weights + intercept
    return np.asarray(1 / (1 + np.exp(-logits)))


def zero_shot_threshold() -> float:
    """Return the probability from which the definitions alone suggest a code."""
    return _weights()[2]
