"""Segments to which a code can apply, as the codebook and the roles of speakers say."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.columns import CANNOT_APPLY, CONTEXT_ALONE, SUGGESTIONS
from fourp_nlp.errors import NoSuggestionsError
from fourp_nlp.segments.alignment import touched_segments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from fourp_nlp.codebook import AppliesTo, Codebook
    from fourp_nlp.study.reading.corpus import Corpus, Gold

__all__ = [
    "applies_notes",
    "applies_to_segments",
    "codings_that_cannot_apply",
    "data_segments",
    "only_where_it_applies",
    "speakers_of",
]

_COLUMNS = {"kinds": "kind", "groups": "group", "cases": "case"}
_UNKNOWN_IN_LOOSE_FILES = frozenset({*_COLUMNS, "speaker_roles"})
_SHOWN = 5  # codings that are named one by one


def applies_to_segments(
    corpus: Corpus, codebook: Codebook, *, loose: bool = False
) -> NDArray[np.bool_]:
    """Return which codes can apply to which segments.

    Parameters
    ----------
    corpus : Corpus
        Documents, with what documents.csv says of them, and segments.
    codebook : Codebook
        The codes, with what they say under `applies_to`.
    loose : bool, default False
        Whether the documents are of no project: what nothing is said of (kind, group, case, role of a
        speaker) is then not held against a code.

    Returns
    -------
    ndarray of bool, shape (n_segments, n_codes)
        True everywhere if the codebook declares nothing and every segment is data. Labels of speakers, roles,
        kinds, groups and cases are compared without regard to case and to white space at their ends.

    Notes
    -----
    Segments that are context alone (those of a speaker whose role is not coded) take no code, save for the
    codes that say themselves which speakers, or roles of speakers, they apply to.
    """
    applicable = np.ones((len(corpus.segments), len(codebook.code_ids)), dtype=bool)
    declared, context = codebook.applies_to, corpus.context
    if not declared and not context.any():
        return applicable
    facts = _Known(corpus)
    for number, code in enumerate(codebook.code_ids):
        needed = declared.get(code, ())
        for condition in needed:
            applicable[:, number] &= facts.fitting(condition, loose=loose)
        if not any(condition.says_who for condition in needed):
            applicable[:, number] &= ~context
    return applicable


def data_segments(corpus: Corpus, codebook: Codebook) -> NDArray[np.bool_]:
    """Return which segments are data: all but those that are context alone.

    Parameters
    ----------
    corpus, codebook
        What was read from a project.

    Returns
    -------
    ndarray of bool, shape (n_segments,)
        Nobody is asked to code the others, and they count for nothing. Where no role is set, all are data.
        So is what a speaker of a role that is not coded says, if a code of the codebook applies to that
        speaker by name, or to the role.
    """
    context = corpus.context
    if not context.any():
        return ~context
    by_name = [
        number
        for number, code in enumerate(codebook.code_ids)
        if any(condition.says_who for condition in codebook.applies_to.get(code, ()))
    ]
    return np.asarray(
        ~context | applies_to_segments(corpus, codebook)[:, by_name].any(axis=1), dtype=bool
    )


class _Known:
    """What is known of segments: who speaks, what they are, and what their documents are."""

    def __init__(self, corpus: Corpus) -> None:
        segments = corpus.segments
        by_document = corpus.documents.set_index("document")
        self.columns = {
            "speakers": _folded(segments["speaker"]),
            "roles": _folded(segments["role"]),
            "speaker_roles": _folded(segments["speaker_role"])
            if "speaker_role" in segments.columns
            else pd.Series("", index=segments.index),
        }
        for name, column in _COLUMNS.items():
            self.columns[name] = _folded(segments["document"].map(by_document[column]))

    def fitting(self, needed: AppliesTo, *, loose: bool = False) -> NDArray[np.bool_]:
        """Return which segments fit everything that is needed."""
        fits = np.ones(len(self.columns["roles"]), dtype=bool)
        for name, values in needed:
            if values is not None:
                accepted = {value.strip().casefold() for value in values}
                accepted |= {""} if loose and name in _UNKNOWN_IN_LOOSE_FILES else set()
                fits &= self.columns[name].isin(accepted).to_numpy(dtype=bool)
        return fits


def _folded(values: pd.Series) -> pd.Series:
    return values.fillna("").astype("str").str.strip().str.casefold()


def only_where_it_applies(
    suggestions: pd.DataFrame, corpus: Corpus, codebook: Codebook, *, loose: bool = False
) -> pd.DataFrame:
    """Return suggestions with a probability of 0 where a code cannot apply.

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions: every code of every segment, segment by segment.
    corpus, codebook
        What was read from a project.
    loose : bool, default False
        As in `applies_to_segments`.

    Returns
    -------
    pandas.DataFrame
        The same table, with speakers and their roles as they are now. Nothing is suggested where a code
        cannot apply, and the reason says so.

    Raises
    ------
    NoSuggestionsError
        If the table was made when codes could not apply where they can now.
    """
    size = len(codebook.code_ids)
    before = suggestions["why"].isin([CANNOT_APPLY, CONTEXT_ALONE]).to_numpy(dtype=bool)
    context = corpus.context
    limited = bool(codebook.applies_to) or bool(before.any()) or bool(context.any())
    if suggestions.empty or not (limited or (corpus.segments["speaker"] != "").any()):
        return suggestions
    # The documents may stand in another order now than when the machine was asked.
    place = ["document", "segment"]
    at = pd.MultiIndex.from_frame(corpus.segments[place]).get_indexer(
        pd.MultiIndex.from_frame(suggestions.iloc[::size][place])
    )
    suggestions = _with_speakers(suggestions, corpus, at, size)
    applicable = applies_to_segments(corpus, codebook, loose=loose)[at]
    applicable[at < 0] = True
    if (before & applicable.ravel()).any():
        raise NoSuggestionsError(
            "To which segments codes can apply has changed since `fourp suggest`.",
            cure="Run `fourp suggest`.",
        )
    if applicable.all():
        return suggestions
    inapplicable = ~applicable.ravel()
    restricted = suggestions.copy()
    for name, column in SUGGESTIONS.columns.items():
        if column.where_inapplicable is not None:
            restricted.loc[inapplicable, name] = column.where_inapplicable
    aside = np.repeat((~data_segments(corpus, codebook))[at] & (at >= 0), size) & inapplicable
    restricted.loc[aside, "why"] = CONTEXT_ALONE
    order = np.argsort(
        -restricted["probability"].to_numpy().reshape(-1, size), axis=1, kind="stable"
    )
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, size + 1)[None, :], axis=1)
    return restricted.assign(rank=ranks.ravel())


def _with_speakers(
    suggestions: pd.DataFrame, corpus: Corpus, at: NDArray[np.int64], size: int
) -> pd.DataFrame:
    """Return suggestions with the speakers of their segments, as the documents and settings are now."""
    columns = {}
    for name in ("speaker", "speaker_role"):
        if name in corpus.segments.columns:
            values = corpus.segments[name].to_numpy(dtype=object)[at]
            columns[name] = np.repeat(np.where(at < 0, "", values), size)
    dtype = corpus.segments["speaker"].dtype
    return suggestions.assign(**columns).astype(dict.fromkeys(columns, dtype))


def applies_notes(corpus: Corpus, codebook: Codebook, gold: Gold) -> list[str]:
    """Return warnings about declarations of where codes can apply.

    Parameters
    ----------
    corpus : Corpus
        Documents and segments.
    codebook : Codebook
        The codes.
    gold : Gold
        What people coded.

    Returns
    -------
    list of str
        A sentence for each value that no segment has, such as a label that is spelt otherwise, and one for
        codings where their code cannot apply, or which lie on context alone. None if the codebook declares
        nothing and every segment is data.
    """
    declared = codebook.applies_to
    if not declared and not corpus.context.any():
        return []
    facts = _Known(corpus)
    notes: dict[str, None] = {}
    for code, needed in declared.items():
        for requirement in needed:
            for name, values in requirement:
                values_present = facts.columns[name]
                for value in values or ():
                    if not (values_present == value.strip().casefold()).any():
                        notes[_unknown(code, name, value, values_present.unique())] = None
    return [*notes, *_in_vain(corpus, codebook, gold)]


def _unknown(code: str, name: str, value: str, values_present: Iterable[str]) -> str:
    close_matches = difflib.get_close_matches(
        value.casefold(), [present for present in values_present if present], n=1
    )
    hint = f" Did you mean '{close_matches[0]}'?" if close_matches else ""
    source = {
        "speakers": "the documents",
        "roles": "the documents",
        "speaker_roles": "[speakers] in fourp.toml and speakers.csv",
    }.get(name, "documents.csv")
    return (
        f"In the codebook, '{code}' applies to {name} '{value}', but no segment has this value. Is it spelt "
        f"as in {source}?{hint}"
    )


def codings_that_cannot_apply(
    corpus: Corpus, codebook: Codebook, codings: pd.DataFrame
) -> NDArray[np.bool_]:
    """Return which codings lie only on segments to which their code cannot apply.

    Parameters
    ----------
    corpus, codebook
        What was read from a project.
    codings : pandas.DataFrame
        The table CODINGS.

    Returns
    -------
    ndarray of bool, shape (n_codings,)
        They stay in the gold files, and count for nothing.
    """
    cannot_apply = np.zeros(len(codings), dtype=bool)
    some = (
        codings["code"]
        .isin(codebook.code_ids if corpus.context.any() else list(codebook.applies_to))
        .to_numpy(dtype=bool)
    )
    if not some.any():
        return cannot_apply
    chosen = codings[some].reset_index(drop=True)
    touched = touched_segments(corpus.segments, chosen, codebook.code_ids, rule="any")
    applicable = applies_to_segments(corpus, codebook)[touched.segment, touched.code]
    n_touched = np.bincount(touched.coding, minlength=len(chosen)) > 0
    n_applicable = np.bincount(touched.coding[applicable], minlength=len(chosen)) > 0
    cannot_apply[some] = n_touched & ~n_applicable
    return cannot_apply


def _in_vain(corpus: Corpus, codebook: Codebook, gold: Gold) -> list[str]:
    """Warn about codings in segments to which their code cannot apply, or which are context alone."""
    lost = codings_that_cannot_apply(corpus, codebook, gold.codings)
    lost &= (gold.codings["coder"] != SETTLED).to_numpy(dtype=bool)
    aside = lost & _on_context(corpus, codebook, gold.codings, lost)
    notes = []
    if n_lost := int((lost & ~aside).sum()):
        notes.append(
            f"{_counted(n_lost)} where the code cannot apply by the codebook "
            f"({_examples(gold, lost & ~aside)}). They stay in the gold files and do not count: correct "
            "them, or `applies_to`."
        )
    if n_aside := int(aside.sum()):
        coders = gold.codings.loc[aside, "coder"].value_counts()
        whose = ", ".join(f"{coder} {count:,}" for coder, count in coders.items())
        roles = _roles_of(corpus, gold.codings[aside])
        notes.append(
            f"{_counted(n_aside)} ({whose}) on segments of speakers whose role is not coded ({roles}; "
            f"{_examples(gold, aside)}). They stay in the gold files and count for nothing: not for "
            "training, frequencies, agreement or estimates. To count them, name the role in `coded` under "
            "[speakers] in fourp.toml."
        )
    return notes


def _counted(count: int) -> str:
    return f"{count:,} coding{'' if count == 1 else 's'}"


def _examples(gold: Gold, mask: NDArray[np.bool_]) -> str:
    """Name the first codings of a choice, with the place where each stands."""
    at = np.flatnonzero(mask)
    rows = gold.codings.iloc[at[:_SHOWN]][["document", "start", "end", "code"]]
    places = [f"{gold.places[row]}: " if len(gold.places) else "" for row in at[:_SHOWN].tolist()]
    examples = "; ".join(
        f"{place}{code} in {document} {start}-{end}"
        for place, (document, start, end, code) in zip(
            places, rows.itertuples(index=False), strict=True
        )
    )
    return examples + (f"; and {len(at) - _SHOWN} more" if len(at) > _SHOWN else "")


def _on_context(
    corpus: Corpus, codebook: Codebook, codings: pd.DataFrame, lost: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which of the codings that count for nothing lie on context alone."""
    aside = np.zeros(len(codings), dtype=bool)
    context = corpus.context
    if not (lost.any() and context.any()):
        return aside
    chosen = codings[lost].reset_index(drop=True)
    touched = touched_segments(corpus.segments, chosen, codebook.code_ids, rule="any")
    n_data = np.bincount(touched.coding[~context[touched.segment]], minlength=len(chosen))
    aside[lost] = n_data == 0
    return aside


def _roles_of(corpus: Corpus, codings: pd.DataFrame) -> str:
    """Name the roles of the speakers in whose words codings begin, with the number of codings."""
    speaker, role = speakers_of(corpus, codings["document"], codings["start"])
    names = np.where(role != "", role, speaker)
    counts = pd.Series(np.where(names == "", "no speaker", names)).value_counts()
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def speakers_of(
    corpus: Corpus, documents: pd.Series, starts: pd.Series
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the speakers, and their roles, in whose words spans begin.

    Parameters
    ----------
    corpus : Corpus
        Documents and segments.
    documents, starts : pandas.Series, length n
        Document and first code point of each span.

    Returns
    -------
    speaker, role : ndarray of str, shape (n,)
        Of the first segment that ends after the start; empty where there is none.
    """
    segments = corpus.segments
    speaker = np.full(len(documents), "", dtype=object)
    role = speaker.copy()
    rows_of = segments.groupby("document", sort=False).indices
    ends = segments["end"].to_numpy(dtype=np.int64)
    names = segments["speaker"].to_numpy(dtype=object)
    roles = (
        segments["speaker_role"].to_numpy(dtype=object)
        if "speaker_role" in segments.columns
        else np.full(len(segments), "", dtype=object)
    )
    first = starts.to_numpy(dtype=np.int64)
    spans_of = (
        pd.Series(np.arange(len(documents))).groupby(documents.to_numpy(dtype=object)).indices
    )
    for document, at in spans_of.items():
        rows = rows_of.get(document)
        if rows is None:
            continue
        place = np.searchsorted(ends[rows], first[at], side="right")
        inside = place < len(rows)
        rows_of_spans = rows[place[inside]]
        speaker[at[inside]], role[at[inside]] = names[rows_of_spans], roles[rows_of_spans]
    return speaker, role
