"""Segments to which a code can apply, as the codebook declares."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.columns import CANNOT_APPLY, SUGGESTIONS
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
    "only_where_it_applies",
]

_COLUMNS = {"kinds": "kind", "groups": "group", "cases": "case"}
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
        Whether the documents are of no project: what nothing is said of (kind, group, case) is then not held
        against a code.

    Returns
    -------
    ndarray of bool, shape (n_segments, n_codes)
        True everywhere if the codebook declares nothing. Labels of speakers, kinds, groups and cases are
        compared without regard to case and to white space at their ends.
    """
    applicable = np.ones((len(corpus.segments), len(codebook.code_ids)), dtype=bool)
    declared = codebook.applies_to
    if not declared:
        return applicable
    facts = _Known(corpus)
    for number, code in enumerate(codebook.code_ids):
        for needed in declared.get(code, ()):
            applicable[:, number] &= facts.fitting(needed, loose=loose)
    return applicable


class _Known:
    """What is known of segments: who speaks, what they are, and what their documents are."""

    def __init__(self, corpus: Corpus) -> None:
        segments = corpus.segments
        by_document = corpus.documents.set_index("document")
        self.columns = {
            "speakers": _folded(segments["speaker"]),
            "roles": _folded(segments["role"]),
        }
        for name, column in _COLUMNS.items():
            self.columns[name] = _folded(segments["document"].map(by_document[column]))

    def fitting(self, needed: AppliesTo, *, loose: bool = False) -> NDArray[np.bool_]:
        """Return which segments fit everything that is needed."""
        fits = np.ones(len(self.columns["roles"]), dtype=bool)
        for name, values in needed:
            if values is not None:
                accepted = {value.strip().casefold() for value in values}
                accepted |= {""} if loose and name in _COLUMNS else set()
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
        The same table if every code can apply everywhere. Otherwise nothing is suggested where it cannot, and
        the reason says so.

    Raises
    ------
    NoSuggestionsError
        If the table was made when codes could not apply where they can now.
    """
    size = len(codebook.code_ids)
    before = (suggestions["why"] == CANNOT_APPLY).to_numpy(dtype=bool)
    if suggestions.empty or not (codebook.applies_to or before.any()):
        return suggestions
    # The documents may stand in another order now than when the machine was asked.
    place = ["document", "segment"]
    at = pd.MultiIndex.from_frame(corpus.segments[place]).get_indexer(
        pd.MultiIndex.from_frame(suggestions.iloc[::size][place])
    )
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
    order = np.argsort(
        -restricted["probability"].to_numpy().reshape(-1, size), axis=1, kind="stable"
    )
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, size + 1)[None, :], axis=1)
    return restricted.assign(rank=ranks.ravel())


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
        codings where their code cannot apply. None if the codebook declares nothing.
    """
    declared = codebook.applies_to
    if not declared:
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
    return (
        f"In the codebook, '{code}' applies to {name} '{value}', but no segment has this value. Is it spelt "
        f"as in {'the documents' if name in {'speakers', 'roles'} else 'documents.csv'}?{hint}"
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
    some = codings["code"].isin(list(codebook.applies_to)).to_numpy(dtype=bool)
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
    """Warn about codings in segments to which their code cannot apply."""
    lost = codings_that_cannot_apply(corpus, codebook, gold.codings)
    lost &= (gold.codings["coder"] != SETTLED).to_numpy(dtype=bool)
    at = np.flatnonzero(lost)
    if not len(at):
        return []
    rows = gold.codings.iloc[at[:_SHOWN]][["document", "start", "end", "code"]]
    places = [f"{gold.places[row]}: " if len(gold.places) else "" for row in at[:_SHOWN].tolist()]
    examples = "; ".join(
        f"{place}{code} in {document} {start}-{end}"
        for place, (document, start, end, code) in zip(
            places, rows.itertuples(index=False), strict=True
        )
    )
    more = f"; and {len(at) - _SHOWN} more" if len(at) > _SHOWN else ""
    return [
        f"{len(at)} coding{'' if len(at) == 1 else 's'} where the code cannot apply by the codebook "
        f"({examples}{more}). They stay in the gold files and do not count: correct them, or `applies_to`."
    ]
