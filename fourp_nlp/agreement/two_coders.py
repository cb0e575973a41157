"""The agreement of two coders on every code, every theme and overall: the short table of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.coefficients import known_coefficient, shown_coefficients
from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR_OF_TWO
from fourp_nlp.agreement.intervals.document_intervals import Drawing
from fourp_nlp.agreement.levels import labels_by_level
from fourp_nlp.agreement.macro_f1 import macro_f1_row
from fourp_nlp.agreement.many_coders import agreement_of_codes
from fourp_nlp.tables import AGREEMENT, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["agreement_table", "pair_table"]

Numbers = npt.NDArray[np.float64]

_NEITHER = {
    "code": "neither coder used the code",
    "theme": "neither coder used any code of the theme",
    "overall": "neither coder used any code",
}
_EVERYTHING = {
    "code": "both coders gave every unit the code",
    "theme": "both coders gave every unit a code of the theme",
    "overall": "both coders gave every unit every code",
}


def agreement_table(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    codes: Sequence[str],
    themes: Sequence[str],
    documents: npt.ArrayLike,
    *,
    coder_a: str,
    coder_b: str,
    compared: npt.ArrayLike | None = None,
    resamples: int = 1000,
    seed: int = 0,
    drawing: Drawing | None = None,
) -> pd.DataFrame:
    """Return the agreement of two coders on every code, every theme and overall.

    Parameters
    ----------
    a, b : array_like of 0 and 1 or bool, shape (n_units, n_codes)
        Whether each coder gave each unit each code. `a` is the reference for precision and recall.
    codes : sequence of str, length n_codes
        Ids of the codes.
    themes : sequence of str, length n_codes
        Id of each code's theme.
    documents : array_like, shape (n_units,)
        Id of each unit's document.
    coder_a, coder_b : str
        Ids of the two coders.
    compared : array_like of bool, shape (n_units,) or (n_units, n_codes), optional
        Units that both coders coded, or which codes both looked for in each; what one of them never
        saw or looked for must be False here, or it counts as "no code". By default all.
    resamples : int
        How many times the documents are drawn for the interval of the macro-F1; 0 for no intervals.
    seed : int
        Start of the random numbers.
    drawing : Drawing, optional
        How intervals are made, in the place of `resamples` and `seed`.

    Returns
    -------
    pandas.DataFrame
        The table AGREEMENT, one row a coefficient: percent, cohen_kappa, krippendorff_alpha,
        gwet_ac1, precision, recall and f1 of each code, of each theme and overall, and overall
        macro_f1. Codes in the given order, then themes in order of first appearance, then overall.

    Raises
    ------
    ValueError
        If lengths do not fit, an id repeats itself, or a compared unit holds anything but 0 and 1.

    Notes
    -----
    The values are those of `agreement_of_codes` on the units that are compared.

    A unit has a theme if it has any of its codes, so that two coders who gave it different
    codes of one theme agree on the theme. Of the codes of a theme, those count in a unit that both
    coders looked for there.

    The overall figures pool the decisions: each unit counts once for each code, and n is units x
    codes. They mix codes that are easy with codes that are hard, and codes that are frequent with
    codes that are rare: agreement that the codes were not used weighs most. Read them after the
    figures of the codes, never in their place.

    AC1 takes both categories as known, so that it is 1 for a code that neither coder used, whereas
    kappa and alpha are undefined there: read it beside the prevalence.

    Examples
    --------
    >>> table = agreement_table(
    ...     [[1], [0], [1]], [[1], [0], [0]], ["hope"], ["mood"], ["d", "d", "e"],
    ...     coder_a="ana", coder_b="ben",
    ... )
    >>> table.loc[table["level"] == "code", ["coefficient", "value"]].round(2).head(2)
       coefficient  value
    0      percent   0.67
    1  cohen_kappa   0.40
    """
    labels, names = _read(a, b, codes, themes, documents, compared)
    drawing = drawing or Drawing(resamples=resamples, seed=seed)
    on_labels = [
        each.id for each in shown_coefficients("pair_table", 2) if each.measured_on == "labels"
    ]
    tables = []
    for level in labels_by_level(labels, codes, themes, ("all",)):
        table = agreement_of_codes(
            level.labels,
            level.codes,
            np.repeat(names, level.repeats),
            units=("all",),
            drawing=drawing,
            names=on_labels,
            coders=(coder_a, coder_b),
            level=level.level,
        )
        tables.append(table.assign(level=level.level))
    rows = pd.concat(tables, ignore_index=True)
    macro = macro_f1_row(labels, codes, names, rows, drawing)
    rows = pd.concat([rows, macro], ignore_index=True).rename(columns={"n_units": "n"})
    return pair_table(rows.assign(coder_a=coder_a, coder_b=coder_b, by=""))


def pair_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the short table of pairs of coders, which agreement.csv holds, from the full one.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns as in AGREEMENT_FULL, of any number of comparisons.

    Returns
    -------
    pandas.DataFrame
        AGREEMENT: of each pair, on all units, the coefficients that the registry puts there; codes, then
        themes, then overall. Reasons name codes that neither coder used, or both always.

    Examples
    --------
    >>> from fourp_nlp.agreement import pair_table
    >>> from fourp_nlp.tables import AGREEMENT_FULL, empty
    >>> pair_table(empty(AGREEMENT_FULL)).empty
    True
    """
    order = {each.id: place for place, each in enumerate(shown_coefficients("pair_table", 2))}
    chosen = table[
        table["coefficient"].isin(list(order))
        & (table["coder_a"] != "")
        & (table["units"] == "all")
        & (table["by"] == "")
    ]
    if chosen.empty:
        return empty(AGREEMENT)
    place = chosen["coefficient"].map(order)
    last = place.where(chosen["coefficient"] == "macro_f1", -1)
    levels = chosen["level"].map({"code": 0, "theme": 1, "overall": 2})
    keys = pd.DataFrame(
        {
            "pair": chosen.groupby(["coder_a", "coder_b"], sort=False).ngroup(),
            "level": levels,
            "code": pd.factorize(chosen["code"])[0],
            "last": last,
            "place": place,
        }
    )
    ordered = chosen.loc[keys.sort_values(list(keys.columns), kind="stable").index]
    reasons = [
        _plain_reason(str(name), str(level), reason, prevalence)
        for name, level, reason, prevalence in zip(
            *(ordered[column] for column in ("coefficient", "level", "reason", "prevalence")),
            strict=True,
        )
    ]
    return conform(
        ordered.assign(reason=pd.Series(reasons, index=ordered.index, dtype="str")), AGREEMENT
    ).reset_index(drop=True)


def _plain_reason(name: str, level: str, reason: str, prevalence: float) -> str:
    """Return the reason of a coefficient that takes chance from shares in words of the two coders."""
    definition = known_coefficient(name)
    by_shares = definition is not None and definition.chance == "shares"
    if not (reason and by_shares) or reason == NO_PAIR_OF_TWO:
        return reason
    return _NEITHER[level] if prevalence == 0 else _EVERYTHING[level]


def _read(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    codes: Sequence[str],
    themes: Sequence[str],
    documents: npt.ArrayLike,
    compared: npt.ArrayLike | None,
) -> tuple[Numbers, npt.NDArray[np.generic]]:
    """Return labels, nan where not compared, and documents, of the units that are compared."""
    first, second = np.asarray(a), np.asarray(b)
    if first.ndim != 2 or first.shape != second.shape or first.shape[1] != len(codes):
        raise ValueError(
            f"The coders' arrays are of shape {first.shape} and {second.shape}; both must be units "
            f"x codes, with {len(codes)} codes."
        )
    if len(themes) != len(codes):
        raise ValueError(f"There are {len(codes)} codes but {len(themes)} themes.")
    if len(set(codes)) != len(codes):
        raise ValueError("An id of a code repeats itself.")
    names = np.asarray(documents)
    mask = np.ones(len(first), dtype=bool) if compared is None else np.asarray(compared)
    if names.shape != (len(first),) or mask.shape not in ((len(first),), first.shape):
        raise ValueError("There must be one document, and one entry of compared, for each unit.")
    if mask.dtype != np.bool_:
        raise ValueError("compared must hold True and False.")
    both = np.broadcast_to(mask[:, None] if mask.ndim == 1 else mask, first.shape)
    used = mask if mask.ndim == 1 else mask.any(axis=1)
    for coder in (first, second):
        if coder.dtype != np.bool_ and not np.isin(coder[both], (0, 1)).all():
            raise ValueError(
                "A unit that is compared holds something other than 0 and 1; leave units that were "
                "not coded out by means of compared."
            )
    labels = np.stack([first[used] == 1, second[used] == 1], axis=1)
    return np.where(both[used][:, None, :], labels, np.nan), names[used]
