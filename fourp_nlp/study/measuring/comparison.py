"""Comparing two groups of documents, code by code, with intervals and a permutation test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import matching_coder
from fourp_nlp.errors import GoldError, ProjectError
from fourp_nlp.frequencies import (
    CORRELATION,
    Adjustment,
    Estimate,
    adjust_p_values,
    compare,
    figure_of,
    group_test,
)
from fourp_nlp.study.measuring.estimate_checks import (
    cautions_of_estimate,
    codes_of_part,
    possible_shares,
    reason_for_refusal,
)
from fourp_nlp.study.measuring.estimates import probability_matrix, sample_notes
from fourp_nlp.study.reading.applicability import applies_to_segments
from fourp_nlp.study.sampling.coded_sample import coded_sample
from fourp_nlp.tables import COMPARISONS, conform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fourp_nlp.frequencies import Comparison, GroupTest, Scale
    from fourp_nlp.study.reading.corpus import Corpus
    from fourp_nlp.study.sampling.coded_sample import CodedSample
    from fourp_nlp.study.study import Study

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["GroupsCompared", "compare_groups"]

_SCALES: tuple[Scale, ...] = ("difference", "ratio", "cohen_h")
_FEW = 0.05


@dataclass(frozen=True)
class GroupsCompared:
    """Two groups compared, and what a reader must know.

    Attributes
    ----------
    table : pandas.DataFrame
        Table of comparisons.
    notes : list of str
        Sentences for the reader.
    """

    table: pd.DataFrame
    notes: list[str]


def compare_groups(
    study: Study,
    groups: tuple[str, str],
    *,
    corrected: bool = False,
    coder: str = "",
    target: Literal["corpus", "documents"] = "documents",
    adjust: Adjustment = "holm",
    confidence: float = 0.95,
    seed: int = 0,
) -> GroupsCompared:
    """Compare how often each code occurs in two groups of documents.

    Parameters
    ----------
    study : Study
        The study.
    groups : (str, str)
        Two groups of `documents.csv`.
    corrected : bool, default False
        Whether the machine's word on every segment is put together with the sample. Otherwise people's
        codes alone are compared.
    coder : str, optional
        Whose codes; by default the reference coder's.
    target : {"corpus", "documents"}
        What intervals are for.
    adjust : str, default "holm"
        How p-values are adjusted for the number of codes.
    confidence : float, default 0.95
        Of the intervals.
    seed : int, default 0
        Of the permutation test, where not all ways can be tried.

    Returns
    -------
    GroupsCompared
        One row a code and scale.

    Raises
    ------
    ProjectError
        If there is no such group.
    GoldError
        If the coder read neither whole documents of both groups nor a random sample of them.

    Notes
    -----
    Where the coder read no random sample, the documents that the coder read whole are compared, and are
    taken for all there are. The permutation test hands out documents with their number of codings: counted
    where they were read whole; else estimated from the sample, sum(w y) for sum(w) segments, and if
    `corrected` sum(f) + sum(w (y - f)) with f the machine's probability, no less than 0 (the difference
    estimator, Särndal, Swensson & Wretman 1992, section 6.3). If groups do not matter, documents bear these
    numbers whatever their group, so that the test is as right as with counts, and weaker.
    """
    compared, notes = _compared_groups(study, groups, coder, corrected=corrected)
    codebook, masks = study.codebook, compared.masks
    applicable = applies_to_segments(study.corpus, codebook)
    of_code = [[mask & column for mask in masks] for column in applicable.T]
    refusals = [
        _refusals(compared.sample, number, masks_of_code, compared.names)
        for number, masks_of_code in enumerate(of_code)
    ]
    # What is refused, such as a code that was added after the coder read, is not tested either.
    refused = np.array([any(reasons) for reasons in refusals])
    test = _where_it_applies(
        applicable, refused, compared.sample, compared.machine, compared.documents, masks, seed
    )
    adjusted = adjust_p_values(test.p_value, adjust)
    n_documents = [len(np.unique(compared.documents[mask])) for mask in masks]
    rows: list[dict[str, object]] = []
    for number, (code, theme) in enumerate(
        zip(codebook.code_ids, codebook.code_themes, strict=True)
    ):
        tested = {
            "code": code,
            "theme": theme,
            "p_value": test.p_value[number],
            "p_adjusted": adjusted[number],
            "smallest": test.smallest[number],
        }
        reasons = [reason.replace("--code CODE", f"--code {code}") for reason in refusals[number]]
        figures = _rows_of_code(compared, number, of_code[number], reasons, target, confidence)
        rows += [{**tested, **row, "reason": row["reason"] or test.reason} for row in figures]
    table = pd.DataFrame(rows).assign(
        first=compared.names[0],
        second=compared.names[1],
        method=compared.method,
        target=target,
        documents_first=n_documents[0],
        documents_second=n_documents[1],
        adjustment=adjust,
        assignments=test.assignments,
        exact=test.exact,
        confidence=float(confidence),
        coder=compared.sample.coder,
        machine=study.machine if corrected else "",
    )
    notes += [_how_few(test, n_documents, adjust), *_empty_handed(table, target)]
    return GroupsCompared(conform(table, COMPARISONS), notes)


@dataclass(frozen=True)
class _Compared:
    """Two groups and the codes by which they are compared.

    Attributes
    ----------
    names : (str, str)
        The groups.
    masks : list of ndarray of bool, shape (n_segments,)
        Segments of each group that are compared.
    documents : ndarray of int64, shape (n_segments,)
        Number of each segment's document.
    sample : CodedSample
        People's codes.
    machine : ndarray of float, shape (n_segments, n_codes), or None
        The machine's probabilities, if its counts are corrected; None to compare people's codes alone.
    """

    names: tuple[str, str]
    masks: list[Flags]
    documents: NDArray[np.int64]
    sample: CodedSample
    machine: Floats | None

    @property
    def method(self) -> Literal["corrected", "gold"]:
        """How shares are estimated."""
        return "gold" if self.machine is None else "corrected"


def _compared_groups(
    study: Study, groups: tuple[str, str], coder: str, *, corrected: bool
) -> tuple[_Compared, list[str]]:
    """Return the two groups with a coder's codes: of a random sample, or of documents read in full."""
    study = study.coded_blind()
    corpus, gold, suggestions = study.corpus, study.gold, study.suggestions_if_any
    names = _named(corpus, groups)
    coder = coder or gold.reference
    if not coder:
        raise GoldError(
            "No coder is named whose codes are compared."
            if gold.coders
            else "Nothing has been coded.",
            cure=f"Coders are: {', '.join(gold.coders) or 'none'}.",
        )
    sample = coded_sample(study, matching_coder(coder, gold.coders))
    of_group = corpus.segments["document"].map(corpus.documents.set_index("document")["group"])
    masks = [(of_group == group).to_numpy() & sample.is_data for group in names]
    documents = pd.factorize(corpus.segments["document"])[0].astype(np.int64)
    machine = probability_matrix(suggestions, study.codebook) if corrected else None
    if not sample.reason and _unread(sample)[masks[0] | masks[1]].any():
        lost = int((sample.missing & _unread(sample) & (masks[0] | masks[1])).sum())
        if lost:
            raise GoldError(
                f"{lost:,} segments of these groups could not be drawn and were not read, so the sample does "
                "not represent them.",
                cure=f"Draw once more: fourp next 100 --by random --coder {sample.coder}.",
            )
        notes = sample_notes(sample, suggestions)
        return _Compared(names, masks, documents, sample, machine), notes
    if corrected and sample.reason:
        raise GoldError(sample.reason, cure=f"{sample.cure}.")
    whole = _read_whole(sample, documents)
    masks = [mask & whole for mask in masks]
    if not all(mask.any() for mask in masks):
        raise GoldError(
            f"{sample.coder} read no whole document of one of the groups '{names[0]}' and '{names[1]}', and "
            "no random sample of them.",
            cure=f"{sample.cure or 'Code documents of both groups'}.",
        )
    sample = replace(
        sample,
        gold=sample.labels,
        inclusion=np.ones(len(documents)),
        early=np.isnan(sample.labels) & whole[:, None],
        taken=None,
        design=None,
        reason="",
    )
    count = len(np.unique(documents[masks[0] | masks[1]]))
    note = (
        f"The comparison uses the {count} documents of these groups that {sample.coder} read whole."
    )
    return _Compared(names, masks, documents, sample, machine), [note]


def _rows_of_code(
    compared: _Compared,
    number: int,
    masks: list[Flags],
    refusals: list[str],
    target: Literal["corpus", "documents"],
    confidence: float,
) -> list[dict[str, object]]:
    """Return the figures of one code, a row for each scale."""
    sample, documents, machine = compared.sample, compared.documents, compared.machine
    codes, chance = _codes_of_both(sample, number, masks)
    share_bounds = [possible_shares(sample, number, mask) for mask in masks]
    cautions = _cautions(sample, number, masks, compared.names, documents, target)
    refusal = "; ".join(filter(None, refusals))
    rows: list[dict[str, object]] = []
    for scale in _SCALES:
        comparison = compare(
            codes,
            np.where(np.isnan(codes), np.nan, chance),
            masks[0],
            masks[1],
            machine=None if machine is None else machine[:, number],
            documents=documents,
            strata=sample.strata,
            scale=scale,
            method=compared.method,
            target=target,
            confidence=confidence,
        )
        figures = _within_counts(comparison, scale, share_bounds, target)
        if refusal:
            # A group that is not refused keeps its share.
            shares = [np.nan if why else figures[at] for at, why in enumerate(refusals)]
            figures = (shares[0], shares[1], np.nan, np.nan, np.nan)
        caution = "; ".join(filter(None, (cautions, comparison.caution)))
        row = dict(
            zip(("share_first", "share_second", "value", "low", "high"), figures, strict=True)
        )
        rows.append(
            {
                "scale": scale,
                **row,
                "coded_first": comparison.first.coded,
                "coded_second": comparison.second.coded,
                "reason": refusal or comparison.reason,
                "caution": "" if refusal else caution,
            }
        )
    return rows


def _empty_handed(table: pd.DataFrame, target: Literal["corpus", "documents"]) -> list[str]:
    """Name codes without codings in one of the groups, and the assumption of their intervals."""
    none = (table["share_first"] == 0) | (table["share_second"] == 0)
    if target != "documents" or not none.any():
        return []
    named = ", ".join(dict.fromkeys(table.loc[none, "code"]))
    return [
        f"These codes were found in only one group, or in none: {named}. How the documents without them "
        "differ is unknown; the interval assumes that segments of a document are correlated by "
        f"{CORRELATION}."
    ]


def _named(corpus: Corpus, groups: tuple[str, str]) -> tuple[str, str]:
    """Return the groups as the documents name them."""
    groups_present = [str(group) for group in dict.fromkeys(corpus.documents["group"]) if group]
    folded = {group.casefold(): group for group in reversed(groups_present)}
    matched = [
        group if group in groups_present else folded.get(group.casefold(), "") for group in groups
    ]
    for requested, name in zip(groups, matched, strict=True):
        if not name:
            raise ProjectError(
                f"No document belongs to a group '{requested}'.",
                cure="Groups are: "
                f"{', '.join(groups_present) or 'none; fill in the column group of documents.csv'}.",
            )
    if matched[0] == matched[1]:
        raise ProjectError("A group cannot be compared with itself.", cure="Name two groups.")
    return matched[0], matched[1]


def _unread(sample: CodedSample) -> Flags:
    """Return the segments that were read for no code at all, of those that are data."""
    return np.asarray(np.isnan(sample.labels).all(axis=1) & sample.is_data)


def _read_whole(sample: CodedSample, documents: NDArray[np.int64]) -> Flags:
    """Return the segments of documents that were read from beginning to end."""
    unread = _unread(sample).astype(np.float64)
    return np.asarray(np.bincount(documents, weights=unread)[documents] == 0)


def _refusals(
    sample: CodedSample, number: int, masks: list[Flags], names: tuple[str, str]
) -> list[str]:
    """Return for each group why it cannot be compared, by the same rules as for frequencies."""
    reasons = [reason_for_refusal(sample, number, mask, part=True) for mask in masks]
    return [
        f"group {name}: {reason}" if reason else ""
        for name, reason in zip(names, reasons, strict=True)
    ]


def _codes_of_both(sample: CodedSample, number: int, masks: list[Flags]) -> tuple[Floats, Floats]:
    """Return a code's labels and inclusion probabilities; a group that was read completely is known."""
    codes, chance = sample.gold[:, number].copy(), sample.chance(number).copy()
    for mask in masks:
        labels_of_group, sure = codes_of_part(sample, number, mask)
        codes[mask], chance[mask] = labels_of_group[mask], sure[mask]
    return codes, chance


def _cautions(
    sample: CodedSample,
    number: int,
    masks: list[Flags],
    names: tuple[str, str],
    documents: NDArray[np.int64],
    target: Literal["corpus", "documents"],
) -> str:
    """Return the cautions of a comparison: those of each group's share."""
    cautions = []
    for name, mask in zip(names, masks, strict=True):
        share = Estimate(0.0, np.nan, np.nan, "gold", target, 0, 0, int(mask.sum()))
        cautions += [
            f"{name}: {caution}"
            for caution in (cautions_of_estimate(sample, number, mask, share, documents),)
            if caution
        ]
    return "; ".join(cautions)


def _within_counts(
    comparison: Comparison,
    scale: Scale,
    share_bounds: list[tuple[float, float]],
    target: Literal["corpus", "documents"],
) -> tuple[float, float, float, float, float]:
    """Return shares, figure and interval, none of them beyond what people read leaves open."""
    one, other = (
        min(max(estimate.value, least), most) + 0.0 if estimate.defined else np.nan
        for estimate, (least, most) in zip(
            (comparison.first, comparison.second), share_bounds, strict=True
        )
    )
    same = one == comparison.first.value and other == comparison.second.value
    value = comparison.value if same or np.isnan(comparison.value) else figure_of(one, other, scale)
    low, high = comparison.low, comparison.high
    if target == "corpus":
        least = figure_of(share_bounds[0][0], share_bounds[1][1], scale)
        most = figure_of(share_bounds[0][1], share_bounds[1][0], scale)
        low, high = (
            end
            if np.isnan(end) or np.isnan(least) or np.isnan(most)
            else min(max(end, least), most)
            for end in (low, high)
        )
    return one, other, value + 0.0, min(low, value) + 0.0, max(high, value) + 0.0


def _tests(
    sample: CodedSample,
    machine: Floats | None,
    documents: NDArray[np.int64],
    masks: list[Flags],
    seed: int,
) -> GroupTest:
    """Test each code by permuting the documents of both groups, with labels from the draws alone.

    What was read whole after the draws is left aside here: known counts in one group and estimated ones
    in the other would differ in their scatter, and the test asks whether documents bear their numbers
    whatever their group. Where the two groups were read whole, they bear their counts.
    """
    inside = masks[0] | masks[1]
    numbers = range(sample.labels.shape[1])
    whole = np.array([not np.isnan(sample.labels[inside, number]).any() for number in numbers])
    codes, chance = np.full(sample.labels.shape, np.nan), np.ones(sample.labels.shape)
    for number in numbers:
        if whole[number]:
            codes[:, number] = sample.labels[:, number]
        else:
            codes[:, number], chance[:, number] = sample.draw_only(number)
    read = ~np.isnan(codes) & inside[:, None]
    # Codes that were looked for in the same segments are handed out together.
    kinds, of_code = np.unique(np.where(read, chance, 0.0), axis=1, return_inverse=True)
    p_value, smallest = np.full(len(whole), np.nan), np.full(len(whole), np.nan)
    test: GroupTest | None = None
    for at, kind in enumerate(kinds.T):
        columns = np.flatnonzero(of_code.reshape(-1) == at)
        if not kind.any():
            continue
        test_of_kind = _test(
            codes[:, columns],
            np.where(kind > 0, kind, 1.0),
            None if machine is None else machine[:, columns],
            documents,
            masks,
            seed,
        )
        p_value[columns], smallest[columns] = test_of_kind.p_value, test_of_kind.smallest
        test = test or test_of_kind
    if test is None:
        test = _test(codes, np.ones(len(documents)), machine, documents, masks, seed)
    return replace(test, p_value=p_value, smallest=smallest)


def _test(
    codes: Floats,
    chance: Floats,
    machine: Floats | None,
    documents: NDArray[np.int64],
    masks: list[Flags],
    seed: int,
) -> GroupTest:
    """Permute the documents of both groups, with the codings counted or estimated in each."""
    number = int(documents.max()) + 1
    inside = masks[0] | masks[1]
    read = ~np.isnan(codes).all(axis=1) & inside
    weight = np.where(read, 1 / np.where(read, chance, 1.0), 0.0)
    labels = np.nan_to_num(np.where(read[:, None], codes, 0.0))
    if machine is None:
        sizes = np.bincount(documents, weights=weight, minlength=number)
        part = weight[:, None] * labels
    else:
        sizes = np.bincount(documents[inside], minlength=number).astype(np.float64)
        part = np.where(inside[:, None], machine, 0.0) + weight[:, None] * (labels - machine)
    counts = np.stack(
        [np.bincount(documents, weights=column, minlength=number) for column in part.T], axis=1
    )
    has_segments = sizes > 0
    first = np.zeros(number, dtype=bool)
    first[documents[masks[0]]] = True
    return group_test(
        np.maximum(counts[has_segments], 0.0), sizes[has_segments], first[has_segments], seed=seed
    )


def _where_it_applies(
    applicable: Flags,
    late: Flags,
    sample: CodedSample,
    machine: Floats | None,
    documents: NDArray[np.int64],
    masks: list[Flags],
    seed: int,
) -> GroupTest:
    """Test each code by the segments to which it can apply, but those that are refused."""
    test = _tests(sample, machine, documents, masks, seed)
    p_value, smallest = test.p_value.copy(), test.smallest.copy()
    compared = masks[0] | masks[1]
    for column in np.flatnonzero(~applicable[compared].all(axis=0)).tolist():
        only = [mask & applicable[:, column] for mask in masks]
        if all(mask.any() for mask in only):
            test_of_code = _tests(sample, machine, documents, only, seed)
            p_value[column], smallest[column] = (
                test_of_code.p_value[column],
                test_of_code.smallest[column],
            )
        else:
            p_value[column] = smallest[column] = np.nan
    p_value[late], smallest[late] = np.nan, np.nan
    return replace(test, p_value=p_value, smallest=smallest)


def _how_few(test: GroupTest, n_documents: list[int], adjust: Adjustment) -> str:
    """Describe the smallest p-value that is possible with this number of documents."""
    if test.reason:
        return f"There is no test: {test.reason}."
    if np.isnan(test.smallest).all():
        return "Nothing is tested, because nothing can be compared."
    least = float(np.nanmin(test.smallest))
    tested = int((~np.isnan(test.p_value)).sum())
    ways = f"{test.assignments:,} {'ways' if test.exact else 'random ways'}"
    text = (
        f"{n_documents[0]} and {n_documents[1]} documents: the test assigns them to the groups in {ways}, "
        f"and the smallest possible p-value is {least:.2g}"
    )
    raised = float(adjust_p_values(np.r_[least, np.ones(tested - 1)], adjust)[0])
    if tested > 1:
        text += f" ({raised:.2g} adjusted for {tested} codes by {adjust}, if the others give 1)"
    if raised > _FEW:
        text += (
            ". So few documents can hardly show a difference, however large it is: report the intervals, and "
            "do not read a large p-value as similarity"
        )
    return text + "."
