"""Labels of codes, of themes, and of all codes pooled, for each choice of units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fourp_nlp.agreement.coefficients import Units
    from fourp_nlp.agreement.item_table import Level

__all__ = ["LevelLabels", "coded_units", "labels_by_level", "sets_of_codes", "theme_ids"]

Numbers = npt.NDArray[np.float64]


class LevelLabels(NamedTuple):
    """Labels of one level on one choice of units.

    Attributes
    ----------
    level : {"code", "theme", "overall"}
        Which level.
    codes : list of str
        Ids of the codes or themes; of the level "overall" one empty id.
    labels : numpy.ndarray of float64, shape (..., n_labels, n_coders, len(codes))
        Of the level "overall", each unit stands there once for each code.
    repeats : int
        How often each unit stands there.
    measured_units, units : {"all", "any_code", "this_code"}
        How these labels are to be measured for the choice that was asked for, and that choice.
    """

    level: Level
    codes: list[str]
    labels: Numbers
    repeats: int
    measured_units: Units
    units: Units


def labels_by_level(
    labels: Numbers, codes: Sequence[str], themes: Sequence[str], units: Sequence[Units]
) -> Iterator[LevelLabels]:
    """Yield the labels of codes, of themes, and of all codes pooled, for each choice of units.

    Parameters
    ----------
    labels : numpy.ndarray of float64, shape (..., n_units, n_coders, n_codes)
        1 where a coder gave the code, 0 where not, nan where the coder did not look for it.
    codes, themes : sequence of str, length n_codes
        Ids of the codes and of each code's theme; empty where it has none.
    units : sequence of {"all", "any_code", "this_code"}
        The choices of units.

    Yields
    ------
    LevelLabels
        Codes, themes (if there are any), overall; choice by choice.

    Notes
    -----
    A unit has a theme if it has any of its codes. Of these, those count in a unit that everybody looked
    for who read it.
    """
    named = theme_ids(themes)
    of_theme = [np.asarray([each == theme for each in themes], dtype=bool) for theme in named]
    theme_labels = np.empty((*labels.shape[:-1], len(named)))
    if named:
        sets, common = sets_of_codes(labels)
        for place, chosen in enumerate(of_theme):
            unknown = np.asarray(~common[..., chosen].any(axis=-1))
            nobody = np.isnan(sets[..., 0]) | unknown[..., None]
            given = (sets[..., chosen] == 1).any(axis=-1)
            theme_labels[..., place] = np.where(nobody, np.nan, given)
    for choice in units:
        yield LevelLabels("code", list(codes), labels, 1, choice, choice)
        if named:
            yield LevelLabels("theme", named, theme_labels, 1, choice, choice)
        pooled = coded_units(labels) if choice == "any_code" else labels
        pooled = np.moveaxis(pooled, -1, -2)
        pooled = pooled.reshape(*labels.shape[:-3], -1, labels.shape[-2], 1)
        measured: Units = "this_code" if choice == "this_code" else "all"
        yield LevelLabels("overall", [""], pooled, len(codes), measured, choice)


def theme_ids(themes: Sequence[str]) -> list[str]:
    """Return the themes in order of first appearance; a codebook of one level has none."""
    return [theme for theme in dict.fromkeys(themes) if theme]


def coded_units(labels: Numbers) -> Numbers:
    """Return labels without those of units without any code."""
    coded = (labels == 1).any(axis=(-1, -2), keepdims=True)
    return np.where(coded, labels, np.nan)


def sets_of_codes(labels: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return labels as sets of codes, and the codes that everybody looked for who read a unit.

    Parameters
    ----------
    labels : numpy.ndarray of float64, shape (..., n_units, n_coders, n_codes)
        1 where a coder gave the code, 0 where not, nan where the coder did not look for it.

    Returns
    -------
    sets : numpy.ndarray of float64, shape (..., n_units, n_coders, n_codes)
        nan where a coder did not read the unit at all, 0 for codes that somebody who read it did not look
        for.
    common : numpy.ndarray of bool, shape (..., n_units, n_codes)
        Codes that all coders looked for; all codes where no one read.
    """
    looked_for = ~np.isnan(labels)
    has_read = looked_for.any(axis=-1, keepdims=True)
    common = np.asarray(~(has_read & ~looked_for).any(axis=-2))
    sets = np.where(has_read, (labels == 1) & common[..., None, :], np.nan)
    return sets, common
