"""Agreement in full: any number of coders, on several choices of units, by document or group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.agreement import (
    Drawing,
    against_thresholds,
    agreement_of_codes,
    agreement_table,
    analytic_intervals,
    estimate_alpha_sets,
    kappa_paradox,
    shaffer_rho_of,
)
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.errors import GoldError
from fourp_nlp.number_format import fixed
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.measuring._pair_coefficients import Pairs, measured_pairs
from fourp_nlp.study.measuring._spans import agreement_on_spans, marked_spans
from fourp_nlp.study.measuring.measures import machine_of, pairs_of_coders
from fourp_nlp.study.reconciling.disagreements import MACHINE, common_codes
from fourp_nlp.tables import AGREEMENT_FULL, conform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

    Numbers = NDArray[np.float64]
    Units = Literal["all", "any_code", "this_code"]
    Part = Literal["", "document", "group"]

__all__ = ["BETWEEN", "RHO_THRESHOLD", "agreement_in_full"]

BETWEEN = "; "
"""Stands between coders' ids."""

RHO_THRESHOLD = 0.65
"""The kappa that coders' kappa over all the data is asked to reach by Shaffer's rho."""

_BEYOND_CHANCE = frozenset(
    {
        "cohen_kappa", "scott_pi", "fleiss_kappa", "conger_kappa", "krippendorff_alpha", "gwet_ac1",
        "brennan_prediger", "alpha_masi", "u_alpha", "u_alpha_binary", "cu_alpha", "ku_alpha",
    }
)  # fmt: skip
# Their names where a standard error by formula is known, as `analytic_interval` calls them.
_BY_FORMULA: dict[str, Literal[
    "percent", "cohen_kappa", "scott_pi", "fleiss_kappa", "conger_kappa", "gwet_ac",
    "brennan_prediger", "krippendorff_alpha",
]] = {
    "percent": "percent",
    "cohen_kappa": "cohen_kappa",
    "scott_pi": "scott_pi",
    "fleiss_kappa": "fleiss_kappa",
    "conger_kappa": "conger_kappa",
    "krippendorff_alpha": "krippendorff_alpha",
    "gwet_ac1": "gwet_ac",
    "brennan_prediger": "brennan_prediger",
}  # fmt: skip
# So many pairs are measured together.
_SEVERAL = 3
_OF_PAIRS = ("precision", "recall", "f1", "macro_f1")
_NO_FORMULA = "no standard error by formula"
_NO_CODE = "nobody gave any code"
_TEXTS = (
    "by", "part", "interval", "against", "caution", "note", "reason", "no_interval", "codings",
)  # fmt: skip
_FIGURES = ("prevalence", "prevalence_index", "bias_index", "coverage", "both", "some")


class _Compared(NamedTuple):
    """Coders, and the segments that two or more of them read.

    Attributes
    ----------
    coders : list of str
        Who.
    labels : numpy.ndarray of float64, shape (n_units, n_coders, n_codes)
        1 where a coder gave the code, 0 where not, nan where they did not read or did not know of the
        code.
    sets : numpy.ndarray of float64, shape (n_units, n_coders, n_codes)
        The same for sets of codes and themes: nan where a coder did not read the unit at all, 0 for
        codes that one of those who read it did not know of.
    common : numpy.ndarray of bool, shape (n_units, n_codes)
        Codes that everybody knew of who read the unit.
    documents, groups : numpy.ndarray of object, shape (n_units,)
        Of each unit.
    """

    coders: list[str]
    labels: Numbers
    sets: Numbers
    common: NDArray[np.bool_]
    documents: NDArray[np.object_]
    groups: NDArray[np.object_]


class _Level(NamedTuple):
    """Labels of one level, on one choice of units, with each label's document and part."""

    level: str
    codes: list[str]
    labels: Numbers
    documents: NDArray[np.object_]
    parts: NDArray[np.object_]
    asked: Units
    units: Units


def agreement_in_full(
    study: Study,
    *,
    coders: Sequence[str] = (),
    by: Part = "",
    units: Sequence[Units] = ("all", "any_code"),
    thresholds: Sequence[float] = (),
    drawing: Drawing | None = None,
    analytic: bool = False,
    rho: bool = False,
    of_pairs: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return all that can be said of coders' agreement.

    Parameters
    ----------
    study : Study
        The study.
    coders : sequence of str, optional
        Whom to compare, all at once: people, and the machine by its id or as "machine". By default
        every pair, as `agree` has them, and all people together where they are three or more.
    by : {"", "document", "group"}
        Whether documents or groups get rows of their own too.
    units : sequence of {"all", "any_code", "this_code"}
        Which segments; see `agreement_of_codes`.
    thresholds : sequence of float, optional
        Values to hold the intervals of coefficients beyond chance against.
    drawing : Drawing, optional
        How documents are drawn for the intervals.
    analytic : bool, default False
        Whether intervals are by formula, which takes segments to be independent.
    rho : bool, default False
        Whether to add Shaffer's rho of each code, of pairs.
    of_pairs : pandas.DataFrame, optional
        What `agree` returned of the same codings with the same drawing, so that it is not made again.

    Returns
    -------
    pandas.DataFrame
        The table AGREEMENT_FULL: comparison by comparison the codes, the themes, overall (the
        decisions of all codes pooled), sets of codes (`alpha_masi`) and spans; then the parts.

    Raises
    ------
    GoldError
        If there are no two coders to compare, one is unknown or named twice, or no two read the
        same segments.
    """
    corpus, gold, codebook, suggestions = (
        study.corpus,
        study.gold,
        study.codebook,
        study.suggestions_if_any,
    )
    drawing = drawing or Drawing()
    if thresholds and not analytic:
        drawing = drawing._replace(minima=tuple(thresholds))
    machine = machine_of(suggestions)
    comparisons = _comparisons(gold, machine, coders)
    everybody = list(dict.fromkeys(name for names in comparisons for name in names))
    read, given = stacked_labels(study, everybody)
    groups = corpus.segments["document"].map(corpus.documents.set_index("document")["group"])
    places = [[everybody.index(name) for name in names] for names in comparisons]
    pairs = {} if by or analytic else _pairs_at_once(places, read)
    known_pairs = {}
    if of_pairs is not None and not analytic:
        by_pair = of_pairs.groupby(["coder_a", "coder_b"], sort=False)
        known_pairs = {(str(one), str(other)): own for (one, other), own in by_pair}
    marked = marked_spans(study, everybody, read)
    made: list[tuple[int, pd.DataFrame]] = []
    if pairs:
        documents = corpus.segments["document"].to_numpy(dtype=object)
        wanted = Pairs(list(pairs.values()), read, given, documents)
        made += _measured_at_once(wanted, list(pairs), codebook, units, drawing)
    for number, (names, own) in enumerate(zip(comparisons, places, strict=True)):
        kept = np.asarray((read[own].sum(axis=0) >= 2).any(axis=1))
        if not kept.any():
            continue
        seen = read[own][:, kept]
        labels = np.where(seen, given[own][:, kept].astype(np.float64), np.nan)
        common = common_codes(seen)
        sets = np.where(seen.any(axis=2, keepdims=True), (labels == 1) & common, np.nan)
        compared = _Compared(
            names,
            np.moveaxis(labels, 0, 1),
            np.moveaxis(sets, 0, 1),
            common,
            corpus.segments.loc[kept, "document"].to_numpy(dtype=object),
            groups[kept].to_numpy(dtype=object),
        )
        if number in pairs:
            tables = [pd.concat(_all_sets(compared, "", units, drawing), ignore_index=True)]
        else:
            tables = [_measured(compared, codebook, "", units, drawing, analytic=analytic)]
        if len(names) == 2:
            known = known_pairs.get((names[0], names[1]))
            tables.append(_of_pair(compared, codebook, drawing, known, analytic=analytic))
        spans = agreement_on_spans(marked, own, drawing=drawing)
        if analytic:
            spans = spans.assign(low=np.nan, high=np.nan, no_interval=_NO_FORMULA)
        tables.append(spans.assign(units="spans"))
        if rho and len(names) == 2:
            with np.errstate(invalid="ignore"):
                rates = given[own[0]].sum(axis=0) / read[own[0]].sum(axis=0)
            tables.append(_rho(compared, codebook, rates, drawing.seed))
        if by:
            tables.append(_measured(compared, codebook, by, units, drawing, analytic=analytic))
        made += [(number, table) for table in tables]
    if not made:
        raise GoldError(
            f"No two of the coders {', '.join(everybody)} read the same segments.",
            cure="Let two people code some of the same documents, or run `fourp suggest`.",
        )
    return _held_against(_finished(made, comparisons, analytic=analytic), thresholds)


def _pairs_at_once(places: list[list[int]], read: NDArray[np.bool_]) -> dict[int, tuple[int, int]]:
    """Return the pairs that read anything together, by number, if there are so many that it pays."""
    pairs = {
        number: (own[0], own[1])
        for number, own in enumerate(places)
        if len(own) == 2 and (read[own[0]] & read[own[1]]).any()
    }
    return pairs if len(pairs) >= _SEVERAL else {}


def _measured_at_once(
    pairs: Pairs, numbers: list[int], codebook: Codebook, units: Sequence[Units], drawing: Drawing
) -> list[tuple[int, pd.DataFrame]]:
    """Return the coefficients of pairs with the numbers of their comparisons, as `_measured` has them."""
    made = []
    for _, table in measured_pairs(pairs, codebook, units, drawing):
        nobody = (table["level"] == "overall") & (table["units"] == "any_code")
        table.loc[nobody & (table["n_units"] == 0), "reason"] = _NO_CODE
        noted = _with_notes(table, 2).rename(columns={"n_units": "n"}).assign(by="")
        size = noted.groupby("pair", sort=False).size()
        ends = size.cumsum().to_numpy()
        columns = noted.drop(columns="pair")
        made += [
            (numbers[pair], columns.iloc[end - rows : end])
            for pair, rows, end in zip(
                size.index.tolist(), size.tolist(), ends.tolist(), strict=True
            )
        ]
    return made


def _comparisons(gold: Gold, machine: str, coders: Sequence[str]) -> list[list[str]]:
    """Return whom to compare with whom."""
    if not coders:
        people = gold.people
        pairs = [list(pair) for pair in pairs_of_coders(gold, machine)]
        return [*pairs, people] if len(people) > 2 else pairs
    named = [name.strip() for name in coders]
    chosen = [
        machine if name == MACHINE and name not in gold.coded and machine else name
        for name in named
    ]
    if len(chosen) < 2:
        raise GoldError(
            f"'{chosen[0]}' alone cannot agree.", cure="Name two coders or more, each by --coders."
        )
    twice = [name for name in chosen if chosen.count(name) > 1]
    if twice:
        raise GoldError(
            f"'{twice[0]}' is named twice, and everybody agrees with themselves.",
            cure="Name each coder once; `fourp agree --retest` compares a person's two codings.",
        )
    if SETTLED in chosen and set(chosen) - {SETTLED, machine}:
        raise GoldError(
            f"No person agrees or disagrees with '{SETTLED}', which was made from their codes.",
            cure=f"Compare '{SETTLED}' with the machine, or people with each other.",
        )
    return [chosen]


def _levels(
    compared: _Compared, codebook: Codebook, by: Part, units: Sequence[Units]
) -> list[_Level]:
    """Return the labels of codes, of themes and of all decisions pooled, for each choice of units."""
    labels, documents = compared.labels, compared.documents
    parts = {"document": documents, "group": compared.groups}.get(by, np.full(len(labels), ""))
    parts = parts.astype(object)
    codes = codebook.code_ids
    themes = np.asarray(codebook.code_themes, dtype=object)
    named = [theme for theme in dict.fromkeys(codebook.code_themes) if theme]
    missing = np.isnan(compared.sets[:, :, :1])
    of_themes = [(compared.sets[:, :, themes == theme] == 1).any(axis=2) for theme in named]
    unknown = [~compared.common[:, themes == theme].any(axis=1) for theme in named]
    levels = []
    for chosen in units:
        levels.append(_Level("code", codes, labels, documents, parts, chosen, chosen))
        if named:
            nobody = missing | np.stack(unknown, axis=1)[:, None, :]
            given = np.where(nobody, np.nan, np.stack(of_themes, axis=2))
            levels.append(_Level("theme", named, given, documents, parts, chosen, chosen))
        usual = labels if chosen != "any_code" else _any_code(labels)
        levels.append(
            _Level(
                "overall",
                [""],
                np.moveaxis(usual, 1, 2).reshape(-1, labels.shape[1], 1),
                np.repeat(documents, len(codes)),
                np.repeat(parts, len(codes)),
                "this_code" if chosen == "this_code" else "all",
                chosen,
            )
        )
    return levels


def _any_code(labels: Numbers) -> Numbers:
    """Return labels without those of units that nobody gave any code."""
    used = (labels == 1).any(axis=(1, 2))
    return np.where(used[:, None, None], labels, np.nan)


def _measured(
    compared: _Compared,
    codebook: Codebook,
    by: Part,
    units: Sequence[Units],
    drawing: Drawing,
    *,
    analytic: bool,
) -> pd.DataFrame:
    """Return the coefficients of labels, of all documents or of each part."""
    made = []
    for each in _levels(compared, codebook, by, units):
        table = agreement_of_codes(
            each.labels,
            each.codes,
            each.documents,
            units=(each.asked,),
            parts=each.parts,
            drawing=drawing._replace(resamples=0) if analytic else drawing,
        )
        if analytic:
            table = _by_formula(table, each)
        table = table.assign(level=each.level, units=each.units)
        if each.level == "overall" and each.units == "any_code":
            table.loc[table["n_units"] == 0, "reason"] = _NO_CODE
        made.append(_with_notes(table, len(compared.coders)))
    sets = _all_sets(compared, by, units, drawing)
    if analytic:
        sets = [each.assign(low=np.nan, high=np.nan, no_interval=_NO_FORMULA) for each in sets]
    coded = pd.concat(made, ignore_index=True).rename(columns={"n_units": "n"}).assign(by=by)
    return pd.concat([coded, *sets], ignore_index=True)


def _all_sets(
    compared: _Compared, by: Part, units: Sequence[Units], drawing: Drawing
) -> list[pd.DataFrame]:
    """Return alpha over sets of codes for each choice of units, with the names of columns of the whole."""
    return [
        _of_sets(compared, by, chosen, drawing).rename(columns={"n_units": "n"}).assign(by=by)
        for chosen in units
        if chosen != "this_code"
    ]


def _with_notes(table: pd.DataFrame, n_coders: int) -> pd.DataFrame:
    """Say, beside each kappa, why it parts from AC1 where it does."""
    kappa = "cohen_kappa" if n_coders == 2 else "conger_kappa"
    figures = [
        table.loc[table["coefficient"] == name, "value"].to_numpy()
        for name in ("percent", kappa, "gwet_ac1", "positive_agreement", "negative_agreement")
    ]
    own = table["coefficient"] == kappa
    columns = ["prevalence_index", "bias_index", "both", "some", "n_units", "level"]
    rows = table.loc[own, columns].itertuples(index=False, name=None)
    notes = np.full(len(table), "", dtype=object)
    notes[own.to_numpy(dtype=bool)] = [
        ""
        if np.isnan(percent)
        else kappa_paradox(
            percent,
            value,
            ac1,
            prevalence,
            bias,
            with_code=both + some,
            without_code=n - both,
            positive=positive,
            negative=negative,
            pooled=level == "overall",
        )
        for percent, value, ac1, positive, negative, (
            prevalence,
            bias,
            both,
            some,
            n,
            level,
        ) in zip(*figures, rows, strict=True)
    ]
    return table.assign(note=pd.Series(notes, index=table.index, dtype="str"))


def _by_formula(table: pd.DataFrame, level: _Level) -> pd.DataFrame:
    """Return the table with intervals by formula in the place of those by document."""
    low, high = np.full((2, len(table)), np.nan)
    reasons = np.full(len(table), _NO_FORMULA, dtype=object)
    coded = (level.labels == 1).any(axis=1)
    column = {code: place for place, code in enumerate(level.codes)}
    rows = table[table["coefficient"].isin(list(_BY_FORMULA))]
    for (part, code), own in rows.groupby(["part", "code"], sort=False):
        place = column[str(code)]
        used = level.parts == part
        if level.asked != "all":
            used &= coded.any(axis=1) if level.asked == "any_code" else coded[:, place]
        found = analytic_intervals(
            level.labels[used][:, :, place],
            [_BY_FORMULA[name] for name in own["coefficient"]],
            categories=(0.0, 1.0),
        )
        for at, one in zip(own.index, found, strict=True):
            low[at], high[at] = one.low, one.high
            reasons[at] = "the value is undefined" if np.isnan(one.value) else one.reason
    return table.assign(low=low, high=high, no_interval=pd.Series(reasons, dtype="str"))


def _of_sets(compared: _Compared, by: Part, units: Units, drawing: Drawing) -> pd.DataFrame:
    """Return alpha over each segment's set of codes, with the MASI distance."""
    labels = _any_code(compared.sets) if units == "any_code" else compared.sets
    parts = {"document": compared.documents, "group": compared.groups}.get(by)
    rows = []
    for part in [""] if parts is None else list(dict.fromkeys(parts)):
        own = np.ones(len(labels), dtype=bool) if parts is None else parts == part
        made = estimate_alpha_sets(labels[own], compared.documents[own], drawing=drawing)
        nobody = units == "any_code" and made.n_units == 0
        rows.append(
            {
                "part": part,
                "level": "overall",
                "code": "",
                "units": units,
                "coefficient": "alpha_masi",
                "value": made.value,
                "low": made.low,
                "high": made.high,
                "n_units": made.n_units,
                "n_documents": made.n_documents,
                "n_coders": int((~np.isnan(labels[own][:, :, 0])).any(axis=0).sum()),
                "reason": _NO_CODE if nobody else made.reason,
                "no_interval": made.no_interval,
                "caution": made.caution,
                "below": made.below,
            }
        )
    return pd.DataFrame(rows)


def _of_pair(
    compared: _Compared,
    codebook: Codebook,
    drawing: Drawing,
    table: pd.DataFrame | None,
    *,
    analytic: bool,
) -> pd.DataFrame:
    """Return precision, recall and F1 of the second coder against the first."""
    if table is None:
        one, other = compared.coders
        labels = compared.labels == 1
        table = agreement_table(
            labels[:, 0],
            labels[:, 1],
            codebook.code_ids,
            codebook.code_themes,
            compared.documents,
            coder_a=one,
            coder_b=other,
            compared=~np.isnan(compared.labels).any(axis=1),
            resamples=0 if analytic else drawing.resamples,
            seed=drawing.seed,
        )
    table = table[table["coefficient"].isin(_OF_PAIRS)]
    return table.drop(columns=["coder_a", "coder_b"]).assign(
        units="all",
        n_coders=2,
        no_interval=np.where(table["low"].isna(), _NO_FORMULA, "")
        if analytic
        else table["no_interval"],
    )


def _rho(compared: _Compared, codebook: Codebook, rates: Numbers, seed: int) -> pd.DataFrame:
    """Return Shaffer's rho of each code; the base rate is that of all that the first coder read."""
    rows = []
    for at, code in enumerate(codebook.code_ids):
        both = ~np.isnan(compared.labels[:, :, at]).any(axis=1)
        n_units = int(both.sum())
        first, second = compared.labels[both, 0, at], compared.labels[both, 1, at]
        rate = float(rates[at])
        row = {"code": code, "value": np.nan, "n": n_units, "prevalence": np.nan}
        try:
            made = shaffer_rho_of(
                first,
                second,
                base_rate=rate if 0 < rate < 1 else None,
                threshold=RHO_THRESHOLD,
                pool=max(10_000, n_units),
                seed=seed,
            )
        except ValueError as error:
            rows.append({**row, "reason": str(error), "note": ""})
            continue
        note = (
            f"kappa {fixed(made.kappa, 3)} of {n_units} segments, against a kappa of {RHO_THRESHOLD:g} over "
            f"all the data; base rate {fixed(rate, 4)}; {made.replicates} simulated test sets, standard "
            f"error {fixed(made.standard_error, 4)}; segments are taken as independent"
        )
        rows.append(
            {
                **row,
                "value": made.value,
                "prevalence": float((first.mean() + second.mean()) / 2),
                "reason": made.reason,
                "note": "" if made.reason else note,
            }
        )
    return pd.DataFrame(rows).assign(
        level="code",
        coefficient="shaffer_rho",
        units="all",
        n_documents=len(set(compared.documents)),
        n_coders=2,
        low=np.nan,
        high=np.nan,
        no_interval="it is itself a chance; its standard error stands in the note",
    )


def _finished(
    made: list[tuple[int, pd.DataFrame]], comparisons: list[list[str]], *, analytic: bool
) -> pd.DataFrame:
    """Return one table, comparison by comparison, with what is the same for all rows of each."""
    made = sorted(made, key=lambda each: each[0])
    lengths = [len(each) for _, each in made]
    which = np.repeat([number for number, _ in made], lengths)
    table = pd.concat([each for _, each in made], ignore_index=True)
    joined, firsts, seconds = (
        np.array(each, dtype=object)[which]
        for each in zip(
            *(
                (BETWEEN.join(names), *(names if len(names) == 2 else ("", "")))
                for names in comparisons
            ),
            strict=True,
        )
    )
    for name in _TEXTS:
        if name not in table.columns:
            table[name] = ""
    for name in _FIGURES:
        if name not in table.columns:
            table[name] = np.nan
    kind = "analytic" if analytic else "by document"
    return table.fillna(dict.fromkeys(_TEXTS, "")).assign(
        coders=joined,
        coder_a=firsts,
        coder_b=seconds,
        interval=np.where(table["low"].notna(), kind, ""),
    )


def _held_against(table: pd.DataFrame, thresholds: Sequence[float]) -> pd.DataFrame:
    """Say where each interval of a coefficient beyond chance lies, and how probably below each threshold."""
    if not thresholds:
        return conform(table, AGREEMENT_FULL)
    own = table["coefficient"].isin(_BEYOND_CHANCE)
    unknown = (float("nan"),) * len(thresholds)
    chances = [
        row if isinstance(row, tuple) else unknown
        for row in table.get("below", pd.Series([unknown] * len(table)))
    ]
    against = [
        against_thresholds(low, high, thresholds, dict(zip(thresholds, row, strict=True)))
        if beyond
        else ""
        for low, high, beyond, row in zip(table["low"], table["high"], own, chances, strict=True)
    ]
    told = table.assign(against=pd.Series(against, index=table.index, dtype="str"))
    return conform(told, AGREEMENT_FULL)
