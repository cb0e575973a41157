"""Coefficients of many pairs of coders at once: what `agreement` measures pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.agreement import agreement_of_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from fourp_nlp.agreement import Drawing
    from fourp_nlp.agreement.many_coders import Units
    from fourp_nlp.codebook import Codebook

    Numbers = NDArray[np.float64]

__all__ = ["Pairs", "measured_pairs"]

# Labels that are held at once: 64 MB.
_BLOCK = 8_000_000


class Pairs(NamedTuple):
    """Pairs of coders, and what each coder looked for and gave.

    Attributes
    ----------
    of : list of tuple of int
        The two coders of each pair, by their place in what follows.
    read, given : numpy.ndarray of bool, shape (n_coders, n_units, n_codes)
        Which codes each looked for in each unit, and gave.
    documents : numpy.ndarray of object, shape (n_units,)
        Of each unit.
    """

    of: list[tuple[int, int]]
    read: NDArray[np.bool_]
    given: NDArray[np.bool_]
    documents: NDArray[np.object_]


class _Level(NamedTuple):
    """Labels of one level, of shape (n_pairs, n_units, 2, n_codes), on one choice of units."""

    level: str
    codes: list[str]
    labels: Numbers
    documents: NDArray[np.object_]
    asked: Units
    units: Units


def measured_pairs(
    pairs: Pairs, codebook: Codebook, units: Sequence[Units], drawing: Drawing
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield the coefficients of codes, themes and all decisions, of some pairs at a time.

    Parameters
    ----------
    pairs : Pairs
        The pairs.
    codebook : Codebook
        The codes and their themes.
    units : sequence of {"all", "any_code", "this_code"}
        Which units.
    drawing : Drawing
        How documents are drawn.

    Yields
    ------
    first : int
        The number of the first pair of these.
    table : pandas.DataFrame
        The columns of `agreement_of_pairs` and level, in the order in which one pair alone has them; units is
        the choice that was asked for.
    """
    size = pairs.read.shape[1] * pairs.read.shape[2] * 2
    step = max(1, _BLOCK // max(1, size))
    for first in range(0, len(pairs.of), step):
        labels, sets, common = _labels(pairs, pairs.of[first : first + step])
        tables = []
        for level in _levels(labels, sets, common, codebook, units, pairs.documents):
            table = agreement_of_pairs(
                level.labels, level.codes, level.documents, units=level.asked, drawing=drawing
            )
            tables.append(table.assign(level=level.level, units=level.units))
        made = pd.concat(tables, ignore_index=True)
        order = np.argsort(made["pair"].to_numpy(dtype=np.int64), kind="stable")
        made = made.iloc[order].reset_index(drop=True)
        yield first, made.assign(pair=made["pair"] + first)


def _labels(
    pairs: Pairs, chosen: list[tuple[int, int]]
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Return labels and sets, (n_pairs, n_units, 2, n_codes), and codes both knew who read a unit."""
    who = np.array(chosen)
    seen = np.moveaxis(pairs.read[who], 1, 2)
    # Units in which both looked for a code of one kind at least.
    seen = seen & (seen.sum(axis=2) >= 2).any(axis=2)[:, :, None, None]
    labels = np.where(seen, np.moveaxis(pairs.given[who], 1, 2).astype(np.float64), np.nan)
    anything = seen.any(axis=3, keepdims=True)
    common = ~(anything & ~seen).any(axis=2)
    sets = np.where(anything, (labels == 1) & common[:, :, None], np.nan)
    return labels, sets, common


def _levels(
    labels: Numbers,
    sets: Numbers,
    common: NDArray[np.bool_],
    codebook: Codebook,
    units: Sequence[Units],
    documents: NDArray[np.object_],
) -> Iterator[_Level]:
    codes = codebook.code_ids
    themes = np.asarray(codebook.code_themes, dtype=object)
    named = [theme for theme in dict.fromkeys(codebook.code_themes) if theme]
    of_themes = np.empty((*labels.shape[:3], len(named)))
    for place, theme in enumerate(named):
        own = themes == theme
        unknown = np.asarray(~common[..., own].any(axis=2))
        nobody = np.isnan(sets[..., 0]) | unknown[:, :, None]
        of_themes[..., place] = np.where(nobody, np.nan, (sets[..., own] == 1).any(axis=3))
    for chosen in units:
        yield _Level("code", codes, labels, documents, chosen, chosen)
        if named:
            yield _Level("theme", named, of_themes, documents, chosen, chosen)
        usual = labels
        if chosen == "any_code":
            used = np.asarray((labels == 1).any(axis=(2, 3)))
            usual = np.where(used[:, :, None, None], labels, np.nan)
        pooled = np.moveaxis(usual, 2, 3).reshape(len(labels), -1, 2, 1)
        asked: Units = "this_code" if chosen == "this_code" else "all"
        yield _Level("overall", [""], pooled, np.repeat(documents, len(codes)), asked, chosen)
