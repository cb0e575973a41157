"""Coefficients of codes, themes and all codes pooled, of many pairs of coders at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.agreement import agreement_of_pairs, select_coefficients
from fourp_nlp.agreement.levels import labels_by_level
from fourp_nlp.agreement.macro_f1 import macro_f1_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from fourp_nlp.agreement import Drawing
    from fourp_nlp.agreement.coefficients import Units
    from fourp_nlp.codebook import Codebook

    Numbers = NDArray[np.float64]

__all__ = ["PairTables", "Pairs", "measure_pairs"]

# Labels that are held at once: 64 MB.
_BLOCK = 8_000_000


class Pairs(NamedTuple):
    """Pairs of coders, and what each coder looked for and gave.

    Attributes
    ----------
    coders : list of str
        Everybody who is compared.
    places : list of tuple of int
        The two coders of each pair, by their place in `coders` and in what follows.
    read, given : numpy.ndarray of bool, shape (n_coders, n_units, n_codes)
        Which codes each looked for in each unit, and gave.
    documents : numpy.ndarray of object, shape (n_units,)
        Of each unit.
    """

    coders: list[str]
    places: list[tuple[int, int]]
    read: NDArray[np.bool_]
    given: NDArray[np.bool_]
    documents: NDArray[np.object_]


class PairTables(NamedTuple):
    """The tables of one pair.

    Attributes
    ----------
    alike : pandas.DataFrame
        Coefficients that treat both coders alike, on the units that were asked for.
    of_second_coder : pandas.DataFrame
        Precision, recall, F1 and macro-F1 of the second coder against the first, on all units.
    """

    alike: pd.DataFrame
    of_second_coder: pd.DataFrame


def measure_pairs(
    pairs: Pairs, codebook: Codebook, units: Sequence[Units], drawing: Drawing
) -> Iterator[PairTables]:
    """Yield the coefficients of codes, themes and all codes pooled, pair by pair.

    The columns are those of `agreement_of_pairs` and level; units is the choice that was asked for.
    """
    size = pairs.read.shape[1] * pairs.read.shape[2] * 2
    step = max(1, _BLOCK // max(1, size))
    second = [each.id for each in select_coefficients(n_coders=2, of_second_coder=True)]
    for start in range(0, len(pairs.places), step):
        places = pairs.places[start : start + step]
        labels = _labels(pairs, places)
        named = [(pairs.coders[one], pairs.coders[other]) for one, other in places]
        alike = _tables(labels, pairs.documents, codebook, units, drawing, named, None)
        others = _tables(labels, pairs.documents, codebook, ("all",), drawing, named, second)
        for number, pair in enumerate(labels):
            read = ~np.isnan(pair).all(axis=(1, 2))
            macro = macro_f1_row(
                pair[read], codebook.code_ids, pairs.documents[read], others[number], drawing
            )
            yield PairTables(alike[number], pd.concat([others[number], macro], ignore_index=True))


def _labels(pairs: Pairs, places: list[tuple[int, int]]) -> Numbers:
    """Return the labels of pairs, shape (n_pairs, n_units, 2, n_codes), on the units that both read."""
    looked_for = np.moveaxis(pairs.read[np.array(places)], 1, 2)
    # Units in which both looked for a code of one kind at least.
    together = (looked_for.sum(axis=2) >= 2).any(axis=2)
    looked_for = looked_for & together[:, :, None, None]
    given = np.moveaxis(pairs.given[np.array(places)], 1, 2)
    return np.where(looked_for, given.astype(np.float64), np.nan)


def _tables(
    labels: Numbers,
    documents: NDArray[np.object_],
    codebook: Codebook,
    units: Sequence[Units],
    drawing: Drawing,
    coders: list[tuple[str, str]],
    names: list[str] | None,
) -> list[pd.DataFrame]:
    """Return the table of each pair."""
    tables = []
    for level in labels_by_level(labels, codebook.code_ids, codebook.code_themes, units):
        table = agreement_of_pairs(
            level.labels,
            level.codes,
            np.repeat(documents, level.repeats),
            units=level.measured_units,
            drawing=drawing,
            names=names,
            coders=coders,
            level=level.level,
        )
        tables.append(table.assign(level=level.level, units=level.units))
    together = pd.concat(tables, ignore_index=True)
    together = together.sort_values("pair", kind="stable", ignore_index=True)
    by_pair = dict(iter(together.groupby("pair", sort=False)))
    return [by_pair[number].drop(columns="pair") for number in range(len(labels))]
