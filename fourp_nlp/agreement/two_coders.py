"""The agreement of two coders on every code, every theme and overall, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from fourp_nlp.agreement.cautions import beside_interval, counts_told, little_is_known
from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR_OF_TWO
from fourp_nlp.agreement.formulas.two_by_two import FORMULAS, TwoByTwo, f1_of, prevalence_of
from fourp_nlp.agreement.intervals.coefficients_of_share import (
    Carried,
    carried_coefficients,
    carried_proportion,
)
from fourp_nlp.agreement.intervals.document_intervals import (
    Drawing,
    Intervals,
    intervals_by_document,
)
from fourp_nlp.agreement.intervals.share_intervals import Shares
from fourp_nlp.agreement.intervals.tallies import Patterns, Tallies, features_of
from fourp_nlp.tables import AGREEMENT, conform, empty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["agreement_table"]

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
_NEVER = {
    "code": "never used the code",
    "theme": "never used any code of the theme",
    "overall": "never used any code",
}


class _Row(NamedTuple):
    """One thing that is compared: its level and the id of its code or theme."""

    level: str
    code: str


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
        How many times the documents are drawn for the intervals; 0 for no intervals.
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
    A unit carries a theme if it carries any of its codes, so that two coders who gave it different
    codes of one theme agree on the theme. Of the codes of a theme, those count in a unit that both
    coders looked for there.

    The overall figures pool the decisions: each unit counts once for each code, and n is units x
    codes. They mix codes that are easy with codes that are hard, and codes that are frequent with
    codes that are rare: agreement that the codes were not used weighs most. Read them after the
    figures of the codes, never in their place.

    `macro_f1` is the mean of the codes' F1 where that is defined; if it is not for some, `reason`
    says of how many codes it is the mean and which are left out.

    `low` and `high` are those of `agreement_of_codes`; those of precision and recall are of such shares
    themselves (`Shares.ends`). Those of `macro_f1` are the wider, at either end, of two: that of a mean of
    the codes' F1, whose errors are taken to be correlated by a half (Zou and Donner 2008), and of
    documents drawn again. There is no interval with
    fewer than three documents, nor where the value is undefined or the code was given in one
    document alone; `no_interval` says why.

    AC1 takes both categories as known, so that it is 1 for a code that neither coder used, whereas
    kappa and alpha are undefined there: read it beside the prevalence.
    """
    index = [*(_Row("code", code) for code in codes)]
    index += [_Row("theme", theme) for theme in _theme_ids(themes)]
    index.append(_Row("overall", ""))
    first, second, doc, both = _read(a, b, codes, themes, documents, compared)
    counts = _per_document(first, second, doc, both, themes)
    n_codes = len(codes)

    whole = _as_tables(counts.sum(axis=0))
    values = _coefficients(whole, n_codes)

    def coefficients(sums: Numbers) -> Numbers:
        return np.concatenate([*_coefficients(_as_tables(sums), n_codes).values()], axis=-1)

    drawing = drawing or Drawing(resamples=resamples, seed=seed)
    read = (counts.sum(axis=-1) > 0).sum(axis=0)
    found = _intervals(counts, values, coefficients, n_codes, read, drawing)
    ends = np.cumsum([len(each) for each in values.values()])[:-1]
    low, high = (
        dict(zip(values, np.split(side, ends), strict=True)) for side in (found.low, found.high)
    )
    reasons = dict(zip(values, np.split(np.array(found.reasons, dtype=object), ends), strict=True))
    held = ((counts[..., :3].sum(axis=-1)) > 0).sum(axis=0)

    n, prevalence = whole.n, prevalence_of(whole)
    told = [counts_told(each) for each in _given(whole)]
    little = [
        little_is_known(each["both"] + each["some"], int(held[at])) for at, each in enumerate(told)
    ]
    rows: list[dict[str, object]] = []
    for place, row in enumerate(index):
        for name, each in values.items():
            if name == "macro_f1" and row.level != "overall":
                continue
            at = 0 if name == "macro_f1" else place
            value = float(each[at])
            missing = np.isnan(value)
            if name == "macro_f1":
                reason = _macro_reason(f1_of(whole)[:n_codes], codes, empty_handed=n[place] == 0)
            else:
                reason = _reason(name, row.level, whole, place, coder_a, coder_b) if missing else ""
            rows.append(
                {
                    "level": row.level,
                    "code": row.code,
                    "coder_a": coder_a,
                    "coder_b": coder_b,
                    "coefficient": name,
                    "value": value,
                    "low": np.nan if missing else low[name][at],
                    "high": np.nan if missing else high[name][at],
                    "n": int(n[place]),
                    "prevalence": prevalence[place],
                    "reason": reason,
                    "n_documents": int(read[place]),
                    **told[place],
                    "no_interval": reasons[name][at],
                    "caution": ""
                    if reasons[name][at] or name == "macro_f1"
                    else beside_interval("", little[place], name),
                }
            )
    return conform(pd.DataFrame(rows), AGREEMENT) if rows else empty(AGREEMENT)


def _given(whole: TwoByTwo) -> Numbers:
    """Return units that both gave, that one did, and each coder's, shape (n_rows, 4)."""
    some = whole.only_a + whole.only_b
    return np.stack(
        [whole.both, some, whole.both + whole.only_a, whole.both + whole.only_b], axis=-1
    )


# Units with 1 and 1, 1 and 0, 0 and 1, 0 and 0: the order of TwoByTwo.
_PATTERNS = Patterns(
    np.array([[1, 1], [1, 0], [0, 1], [0, 0]], dtype=np.int64), np.empty(0, dtype=np.int64), 2
)
_APART = 1.0 - np.eye(2)
_AS_TALLIED = {"f1": "positive_agreement"}


def _intervals(
    counts: Numbers,
    values: dict[str, Numbers],
    coefficients: Callable[[Numbers], Numbers],
    n_codes: int,
    read: npt.NDArray[np.int64],
    drawing: Drawing,
) -> Intervals:
    """Return the intervals of all coefficients, one after another, the macro F1 last."""
    names = [name for name in values if name != "macro_f1"]
    carried = None
    if drawing.method == "effective":
        carried = _one_after_another(
            [_carried(name, counts, values[name]) for name in names], len(read)
        )
    counted = np.tile(read, len(names))
    found = intervals_by_document(
        counts,
        lambda sums: coefficients(sums)[..., :-1],
        drawing,
        counted=counted,
        carried=carried,
    )
    drawn = intervals_by_document(
        counts,
        lambda sums: coefficients(sums)[..., -1:],
        drawing._replace(method="expanded") if carried is not None else drawing,
        counted=read[-1:],
    )
    low, high, reason = float(drawn.low[0]), float(drawn.high[0]), drawn.reasons[0]
    if carried is not None and not reason:
        at = names.index("f1") * len(read)
        own = slice(at, at + n_codes)
        apart_low, apart_high, reason = _of_mean(
            values["f1"][:n_codes], found.low[own], found.high[own]
        )
        low, high = min(low, apart_low), max(high, apart_high)
        low, high = (np.nan, np.nan) if reason else (low, high)
    return Intervals(
        np.append(found.low, low), np.append(found.high, high), [*found.reasons, reason]
    )


# Of what codes' F1 err by, how alike it is taken to be: coders who are careful with one are with others.
_ALIKE = 0.5


def _of_mean(values: Numbers, low: Numbers, high: Numbers) -> tuple[float, float, str]:
    """Return the interval of a mean of correlated figures from theirs (Zou and Donner 2008)."""
    known = ~np.isnan(values)
    if np.isnan(low[known]).any():
        return np.nan, np.nan, "F1 of some code has no interval"
    mean = float(values[known].mean())

    def reach(each: Numbers) -> float:
        apart, together = (each**2).sum() / len(each) ** 2, each.mean() ** 2
        return float(np.sqrt((1 - _ALIKE) * apart + _ALIKE * together))

    under, over = reach(values[known] - low[known]), reach(high[known] - values[known])
    return max(mean - under, 0.0), min(mean + over, 1.0), ""


def _carried(name: str, counts: Numbers, values: Numbers) -> Carried:
    """Return one coefficient of every row with its shares."""
    both = counts[..., 0]
    if name in {"precision", "recall"}:
        return carried_proportion(both, both + counts[..., 2 if name == "precision" else 1])
    sums = Tallies(counts @ features_of(_PATTERNS, 2, _APART), 2, 2)
    return carried_coefficients(sums, [_AS_TALLIED.get(name, name)], values[:, None])


def _one_after_another(each: list[Carried], n: int) -> Carried:
    """Return several as one: all rows of the first, then all of the next."""
    shares = Shares(
        *(
            np.concatenate(field, axis=-1)
            for field in zip(*(one.shares for one in each), strict=True)
        )
    )

    def carry(values: Numbers) -> Numbers:
        parted = values.reshape(*values.shape[:-1], len(each), n)
        return np.concatenate(
            [one.carry(parted[..., at, :]) for at, one in enumerate(each)], axis=-1
        )

    return Carried(shares, carry)


def _read(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    codes: Sequence[str],
    themes: Sequence[str],
    documents: npt.ArrayLike,
    compared: npt.ArrayLike | None,
) -> tuple[
    npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.int64], npt.NDArray[np.bool_]
]:
    """Return both coders' codes, documents and what was looked for, of the units that are compared."""
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
    chosen = np.ones(len(first), dtype=bool) if compared is None else np.asarray(compared)
    if names.shape != (len(first),) or chosen.shape not in ((len(first),), first.shape):
        raise ValueError("There must be one document, and one entry of compared, for each unit.")
    if chosen.dtype != np.bool_:
        raise ValueError("compared must hold True and False.")
    both = np.broadcast_to(chosen[:, None] if chosen.ndim == 1 else chosen, first.shape)
    used = chosen if chosen.ndim == 1 else chosen.any(axis=1)
    first, second, both = first[used], second[used], both[used]
    for coder in (first, second):
        if coder.dtype != np.bool_ and not np.isin(coder[both], (0, 1)).all():
            raise ValueError(
                "A unit that is compared holds something other than 0 and 1; leave units that were "
                "not coded out by means of compared."
            )
    doc = np.asarray(pd.factorize(names[used])[0], dtype=np.int64)
    return (first == 1) & both, (second == 1) & both, doc, both


def _per_document(
    first: npt.NDArray[np.bool_],
    second: npt.NDArray[np.bool_],
    doc: npt.NDArray[np.int64],
    both: npt.NDArray[np.bool_],
    themes: Sequence[str],
) -> Numbers:
    """Return two-by-two counts, shape (n_documents, n_codes + n_themes + 1, 4), overall last."""
    n_documents = int(doc.max()) + 1 if doc.size else 0
    which = np.asarray(themes, dtype=object)
    groups = [which == theme for theme in _theme_ids(themes)]
    n_codes = len(themes)
    counts = np.zeros((n_documents, n_codes + len(groups) + 1, 4), dtype=np.float64)

    def fill(
        column: int,
        one: npt.NDArray[np.bool_],
        other: npt.NDArray[np.bool_],
        used: npt.NDArray[np.bool_],
    ) -> None:
        # Cells in the order of TwoByTwo: both, only_a, only_b, neither.
        cell = 3 - 2 * one.astype(np.int64) - other
        found = np.bincount((doc * 4 + cell)[used], minlength=n_documents * 4)
        counts[:, column] = found.reshape(n_documents, 4)

    for code in range(n_codes):
        fill(code, first[:, code], second[:, code], both[:, code])
    for place, group in enumerate(groups):
        one, other = (np.asarray(coder[:, group].any(axis=1)) for coder in (first, second))
        fill(n_codes + place, one, other, np.asarray(both[:, group].any(axis=1)))
    counts[:, -1] = counts[:, :n_codes].sum(axis=1)
    return counts


def _theme_ids(themes: Sequence[str]) -> list[str]:
    """Return the themes in order; a codebook of one level has none."""
    return [theme for theme in dict.fromkeys(themes) if theme]


def _as_tables(counts: Numbers) -> TwoByTwo:
    return TwoByTwo(*np.moveaxis(counts, -1, 0))


def _coefficients(table: TwoByTwo, n_codes: int) -> dict[str, Numbers]:
    """Return every coefficient, shape (..., n_rows); the macro F1 has one row."""
    made = {name: formula(table) for name, formula in FORMULAS.items()}
    of_codes = made["f1"][..., :n_codes]
    defined = (~np.isnan(of_codes)).sum(axis=-1, keepdims=True)
    total = np.nansum(of_codes, axis=-1, keepdims=True)
    made["macro_f1"] = np.where(defined > 0, total / np.maximum(defined, 1), np.nan)
    return made


def _reason(name: str, level: str, table: TwoByTwo, at: int, coder_a: str, coder_b: str) -> str:
    """Say in plain words why a coefficient is undefined."""
    if table.n[at] == 0:
        return NO_PAIR_OF_TWO
    if table.ones[at] == 0:
        return _NEITHER[level]
    if name in {"precision", "recall"}:
        return f"{coder_b if name == 'precision' else coder_a} {_NEVER[level]}"
    return _EVERYTHING[level]


def _macro_reason(of_codes: Numbers, codes: Sequence[str], *, empty_handed: bool) -> str:
    """Say why the macro F1 is undefined, or which codes it leaves out."""
    left_out = [code for code, value in zip(codes, of_codes, strict=True) if np.isnan(value)]
    if not left_out and codes:
        return ""
    if empty_handed:
        return NO_PAIR_OF_TWO
    if len(left_out) == len(codes):
        return "F1 is undefined for every code"
    averaged = len(codes) - len(left_out)
    return f"mean of {averaged} of {len(codes)} codes; undefined for {', '.join(left_out)}"
