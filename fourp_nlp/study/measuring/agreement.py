"""Agreement in full: any number of coders, on several choices of units, by document or group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from fourp_nlp.agreement import (
    Drawing,
    agreement_of_codes,
    estimate_alpha_sets,
    pair_table,
    select_coefficients,
    shaffer_rho_of,
)
from fourp_nlp.agreement.levels import coded_units, labels_by_level, sets_of_codes
from fourp_nlp.agreement.macro_f1 import macro_f1_row
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.errors import GoldError
from fourp_nlp.number_format import fixed
from fourp_nlp.study.labels import stacked_labels
from fourp_nlp.study.measuring._agreement_columns import (
    NO_CODE,
    NO_FORMULA,
    add_notes,
    analytic_intervals_of,
    finish_table,
    place_by_thresholds,
)
from fourp_nlp.study.measuring._pair_coefficients import Pairs, measure_pairs
from fourp_nlp.study.measuring._spans import agreement_on_spans, marked_spans
from fourp_nlp.study.measuring.measures import pairs_of_coders
from fourp_nlp.study.reconciling.disagreements import MACHINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from numpy.typing import NDArray

    from fourp_nlp.agreement.coefficients import Units
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.measuring._spans import Marked
    from fourp_nlp.study.reading.corpus import Gold
    from fourp_nlp.study.study import Study

    Numbers = NDArray[np.float64]
    Part = Literal["", "document", "group"]

__all__ = ["BETWEEN", "RHO_THRESHOLD", "agree", "agreement_in_full"]

BETWEEN = "; "
"""Separates coders' ids."""

RHO_THRESHOLD = 0.65
"""Shaffer's rho asks how often coders whose kappa over all the data is below this reach a kappa as high."""


class _Options(NamedTuple):
    """How agreement is measured.

    Attributes
    ----------
    codebook : Codebook
        The codes and their themes.
    units : sequence of {"all", "any_code", "this_code"}
        Which units.
    by : {"", "document", "group"}
        What gets rows of its own.
    drawing : Drawing
        How intervals by document are made.
    analytic : bool
        Whether intervals are by formula instead.
    """

    codebook: Codebook
    units: Sequence[Units]
    by: Part
    drawing: Drawing
    analytic: bool


class _Compared(NamedTuple):
    """Coders, and the segments that two or more of them read.

    Attributes
    ----------
    coders : list of str
        Who.
    labels : numpy.ndarray of float64, shape (n_units, n_coders, n_codes)
        1 where a coder gave the code, 0 where not, nan where they did not read or did not know of the
        code.
    documents, groups : numpy.ndarray of object, shape (n_units,)
        Of each unit.
    """

    coders: list[str]
    labels: Numbers
    documents: NDArray[np.object_]
    groups: NDArray[np.object_]

    def parts(self, by: Part) -> NDArray[np.object_] | None:
        """Return the part that each unit belongs to, None where all are one."""
        return {"document": self.documents, "group": self.groups}.get(by)


class _Coded(NamedTuple):
    """What every coder looked for and gave, over all segments of the corpus.

    Attributes
    ----------
    coders : list of str
        Who.
    read, given : numpy.ndarray of bool, shape (n_coders, n_segments, n_codes)
        Which codes each looked for in each segment, and gave.
    documents, groups : numpy.ndarray of object, shape (n_segments,)
        Of each segment.
    marked : Marked
        The spans that they marked.
    """

    coders: list[str]
    read: NDArray[np.bool_]
    given: NDArray[np.bool_]
    documents: NDArray[np.object_]
    groups: NDArray[np.object_]
    marked: Marked

    def compare(self, places: list[int]) -> _Compared | None:
        """Return some coders on the segments that two or more of them read; None if there are none."""
        looked_for = self.read[places]
        together = np.asarray((looked_for.sum(axis=0) >= 2).any(axis=1))
        if not together.any():
            return None
        given = self.given[places][:, together].astype(np.float64)
        labels = np.where(looked_for[:, together], given, np.nan)
        return _Compared(
            [self.coders[place] for place in places],
            np.moveaxis(labels, 0, 1),
            self.documents[together],
            self.groups[together],
        )


def agree(
    study: Study,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the short table of every pair of coders, on the segments that both read.

    Parameters
    ----------
    study : Study
        The study; without suggestions, people alone are compared.
    resamples : int, default 1000
        Bootstrap samples of documents for the interval of the macro-F1; 0 for no intervals.
    seed : int, default 0
        Their seed.

    Returns
    -------
    pandas.DataFrame
        The table AGREEMENT, a part of that of `agreement_in_full`: people with each other, then each
        coder with the machine. Adjudicated codes are compared with the machine alone.

    Raises
    ------
    GoldError
        If there are no two coders to compare, or no two read the same segments.
    """
    drawing = Drawing(resamples=resamples, seed=seed)
    return pair_table(agreement_in_full(study, units=("all",), drawing=drawing))


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
) -> pd.DataFrame:
    """Return all coefficients of the agreement of coders.

    Parameters
    ----------
    study : Study
        The study; without suggestions, people alone are compared.
    coders : sequence of str, optional
        Whom to compare, all at once: people, and the machine by its id or as "machine". By default
        every pair, and all people together where they are three or more.
    by : {"", "document", "group"}
        Whether documents or groups get rows of their own too.
    units : sequence of {"all", "any_code", "this_code"}
        Which segments; see `agreement_of_codes`.
    thresholds : sequence of float, optional
        Values to compare the intervals of chance-corrected coefficients with.
    drawing : Drawing, optional
        How intervals by document are made.
    analytic : bool, default False
        Whether intervals are by formula, which takes segments to be independent.
    rho : bool, default False
        Whether to add Shaffer's rho of each code, of pairs.

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
    drawing = drawing or Drawing()
    if thresholds and not analytic:
        drawing = drawing._replace(minima=tuple(thresholds))
    study = study.coded_blind()
    codebook = study.codebook
    options = _Options(codebook, units, by, drawing, analytic)
    comparisons = _comparisons(study.gold, study.machine, coders)
    coded = _coded(study, comparisons)
    places = [[coded.coders.index(name) for name in names] for names in comparisons]
    tables = _pairs_at_once(coded, places, options)
    for number, chosen in enumerate(places):
        compared = coded.compare(chosen)
        if compared is None:
            continue
        if number not in tables:
            tables[number] = _one_at_a_time(compared, options)
        spans = agreement_on_spans(coded.marked, chosen, drawing=drawing)
        tables[number] += [_without_formula(spans, options).assign(units="spans")]
        if rho and len(chosen) == 2:
            tables[number] += [
                _rho(compared, codebook, _base_rates(coded, chosen[0]), drawing.seed)
            ]
        if by:
            tables[number] += _of_labels(compared, options, by)
    if not tables:
        raise GoldError(
            f"No two of the coders {', '.join(coded.coders)} read the same segments.",
            cure="Ask two people to code some of the same documents, or run `fourp suggest`.",
        )
    table = finish_table(tables, comparisons, between=BETWEEN, analytic=analytic)
    return place_by_thresholds(table, thresholds)


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
            f"'{twice[0]}' is named twice.",
            cure="Name each coder once; `fourp agree --retest` compares a person's two codings.",
        )
    if SETTLED in chosen and set(chosen) - {SETTLED, machine}:
        raise GoldError(
            f"People cannot be compared with '{SETTLED}', which was made from their codes.",
            cure=f"Compare '{SETTLED}' with the machine, or people with each other.",
        )
    return [chosen]


def _coded(study: Study, comparisons: list[list[str]]) -> _Coded:
    """Return what everybody who is compared looked for, gave and marked."""
    coders = list(dict.fromkeys(name for names in comparisons for name in names))
    looked_for, given = stacked_labels(study, coders)
    documents = study.segments["document"]
    groups = documents.map(study.documents.set_index("document")["group"])
    return _Coded(
        coders,
        looked_for,
        given,
        documents.to_numpy(dtype=object),
        groups.to_numpy(dtype=object),
        marked_spans(study, coders, looked_for),
    )


def _pairs_at_once(
    coded: _Coded, places: list[list[int]], options: _Options
) -> dict[int, list[pd.DataFrame]]:
    """Return the tables of pairs by the number of their comparison, unless parts or formulas are wanted."""
    if options.by or options.analytic:
        return {}
    pairs = {
        number: (chosen[0], chosen[1])
        for number, chosen in enumerate(places)
        if len(chosen) == 2 and (coded.read[chosen[0]] & coded.read[chosen[1]]).any()
    }
    together = Pairs(coded.coders, list(pairs.values()), coded.read, coded.given, coded.documents)
    measured = measure_pairs(together, options.codebook, options.units, options.drawing)
    tables = {}
    for number, of_pair in zip(pairs, measured, strict=True):
        compared = coded.compare(places[number])
        if compared is None:
            continue
        tables[number] = [
            _as_in_full(_with_reasons(of_pair.alike), n_coders=2),
            *_of_sets(compared, options, ""),
            _of_second_coder(of_pair.of_second_coder, options),
        ]
    return tables


def _one_at_a_time(compared: _Compared, options: _Options) -> list[pd.DataFrame]:
    """Return the tables of one comparison: labels, sets, and of two coders the second against the first."""
    tables = _of_labels(compared, options, "")
    if len(compared.coders) != 2:
        return tables
    drawing = options.drawing._replace(resamples=0) if options.analytic else options.drawing
    names = [each.id for each in select_coefficients(n_coders=2, of_second_coder=True)]
    levels = _levels_table(compared, options.codebook, ("all",), drawing, names=names)
    macro = macro_f1_row(
        compared.labels, options.codebook.code_ids, compared.documents, levels, drawing
    )
    both = pd.concat([levels, macro], ignore_index=True)
    return [*tables, _of_second_coder(both, options)]


def _of_labels(compared: _Compared, options: _Options, by: Part) -> list[pd.DataFrame]:
    """Return the coefficients of labels and of sets of codes, of all documents or of each part."""
    table = _levels_table(
        compared,
        options.codebook,
        options.units,
        options.drawing,
        parts=compared.parts(by),
        analytic=options.analytic,
    )
    coded = _as_in_full(_with_reasons(table), n_coders=len(compared.coders)).assign(by=by)
    return [coded, *_of_sets(compared, options, by)]


def _levels_table(
    compared: _Compared,
    codebook: Codebook,
    units: Sequence[Units],
    drawing: Drawing,
    *,
    parts: NDArray[np.object_] | None = None,
    names: list[str] | None = None,
    analytic: bool = False,
) -> pd.DataFrame:
    """Return coefficients of codes, themes and all codes pooled, with the columns level and part."""
    whole = np.full(len(compared.labels), "", dtype=object) if parts is None else parts
    tables = []
    for level in labels_by_level(compared.labels, codebook.code_ids, codebook.code_themes, units):
        of_labels = np.repeat(whole, level.repeats)
        table = agreement_of_codes(
            level.labels,
            level.codes,
            np.repeat(compared.documents, level.repeats),
            units=(level.measured_units,),
            parts=of_labels,
            drawing=drawing._replace(resamples=0) if analytic else drawing,
            names=names,
            coders=compared.coders,
            level=level.level,
        )
        if analytic:
            table = analytic_intervals_of(table, level, of_labels)
        tables.append(table.assign(level=level.level, units=level.units))
    return pd.concat(tables, ignore_index=True)


def _with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Say of all codes pooled that nobody gave any, where that is why there is nothing to measure."""
    pooled = (table["level"] == "overall") & (table["units"] == "any_code")
    reasons = table["reason"].mask(pooled & (table["n_units"] == 0), NO_CODE)
    return table.assign(reason=reasons)


def _as_in_full(table: pd.DataFrame, *, n_coders: int) -> pd.DataFrame:
    """Return a table of labels with notes, and names of columns as in AGREEMENT_FULL."""
    return add_notes(table, n_coders).rename(columns={"n_units": "n"}).assign(by="")


def _of_second_coder(table: pd.DataFrame, options: _Options) -> pd.DataFrame:
    """Return precision, recall, F1 and macro-F1, without columns that are not about them."""
    kept = table.drop(columns=["prevalence_index", "bias_index"])
    kept = kept.rename(columns={"n_units": "n"}).assign(units="all", n_coders=2, by="")
    return _without_formula(kept, options)


def _without_formula(table: pd.DataFrame, options: _Options) -> pd.DataFrame:
    """Return a table without intervals where these are to be by formula and there is none."""
    if not options.analytic:
        return table
    return table.assign(low=np.nan, high=np.nan, no_interval=NO_FORMULA)


def _of_sets(compared: _Compared, options: _Options, by: Part) -> list[pd.DataFrame]:
    """Return alpha over each segment's set of codes, with the MASI distance, for each choice of units."""
    sets, _ = sets_of_codes(compared.labels)
    parts = compared.parts(by)
    rows = []
    for units in options.units:
        if units == "this_code":
            continue
        labels = coded_units(sets) if units == "any_code" else sets
        for part in [""] if parts is None else list(dict.fromkeys(parts)):
            chosen = np.ones(len(labels), dtype=bool) if parts is None else parts == part
            alpha = estimate_alpha_sets(
                labels[chosen], compared.documents[chosen], drawing=options.drawing
            )
            nobody = units == "any_code" and alpha.n_units == 0
            rows.append(
                {
                    "part": part,
                    "level": "overall",
                    "code": "",
                    "units": units,
                    "coefficient": "alpha_masi",
                    "value": alpha.value,
                    "low": alpha.low,
                    "high": alpha.high,
                    "n": alpha.n_units,
                    "n_documents": alpha.n_documents,
                    "n_coders": int((~np.isnan(labels[chosen][:, :, 0])).any(axis=0).sum()),
                    "reason": NO_CODE if nobody else alpha.reason,
                    "no_interval": alpha.no_interval,
                    "caution": alpha.caution,
                    "below": alpha.below,
                    "by": by,
                }
            )
    return [_without_formula(pd.DataFrame(rows), options)] if rows else []


def _base_rates(coded: _Coded, place: int) -> Numbers:
    """Return each code's share of all segments that a coder read for it; nan where they read none."""
    with np.errstate(invalid="ignore"):
        return np.asarray(coded.given[place].sum(axis=0) / coded.read[place].sum(axis=0))


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
            simulated = shaffer_rho_of(
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
            f"kappa {fixed(simulated.kappa, 3)} of {n_units} segments, against a kappa of "
            f"{RHO_THRESHOLD:g} over all the data; base rate {fixed(rate, 4)}; {simulated.replicates} "
            f"simulated test sets, standard error {fixed(simulated.standard_error, 4)}; segments are "
            "taken as independent"
        )
        rows.append(
            {
                **row,
                "value": simulated.value,
                "prevalence": float((first.mean() + second.mean()) / 2),
                "reason": simulated.reason,
                "note": "" if simulated.reason else note,
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
        no_interval="it is itself a probability; the note has its standard error",
    )
