"""The codes that one coder, human or machine, gave to the segments of a study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fourp_nlp.errors import StoreError
from fourp_nlp.segments.alignment import codes_read, codings_to_matrix
from fourp_nlp.study.reading.applicability import applies_to_segments, data_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.reading.corpus import Corpus, Gold
    from fourp_nlp.study.study import Study

__all__ = [
    "Labels",
    "in_common",
    "labels_of_machine",
    "labels_of_person",
    "stacked_labels",
    "suggestion_matrix",
]


@dataclass(frozen=True)
class Labels:
    """The codes that one coder gave to segments.

    Attributes
    ----------
    coder : str
        A person, or the machine's id.
    segments : pandas.DataFrame
        Table of segments.
    labels : ndarray of bool, shape (n_segments, n_codes)
        Which codes the coder applied; none where the coder did not look for the code.
    looked_for : ndarray of bool, shape (n_segments, n_codes)
        For which codes the coder read each segment. Without it, the absence of a code means nothing: the
        segment was not read, the code is newer than the reading, or the code cannot apply there.
    read : ndarray of bool, shape (n_segments,)
        Which segments the coder read at all, of those that are data.
    """

    coder: str
    segments: pd.DataFrame
    labels: NDArray[np.bool_]
    looked_for: NDArray[np.bool_]
    read: NDArray[np.bool_]

    def where(self, mask: NDArray[np.bool_]) -> Labels:
        """Return the labels of some of the segments.

        Parameters
        ----------
        mask : ndarray of bool, shape (n_segments,)
            Which segments.

        Returns
        -------
        Labels
            Those alone, in the same order.
        """
        if mask.all():
            return self
        return replace(
            self,
            segments=self.segments[mask].reset_index(drop=True),
            labels=self.labels[mask],
            looked_for=self.looked_for[mask],
            read=self.read[mask],
        )

    def unread(self, mask: NDArray[np.bool_]) -> Labels:
        """Return the labels as if some segments had not been read.

        Parameters
        ----------
        mask : ndarray of bool, shape (n_segments,)
            Which segments.

        Returns
        -------
        Labels
            Of all segments, in the same order.
        """
        kept = ~mask
        return replace(
            self,
            labels=self.labels & kept[:, None],
            looked_for=self.looked_for & kept[:, None],
            read=self.read & kept,
        )

    @property
    def of_read_segments(self) -> Labels:
        """The labels of the segments that the coder read."""
        return self.where(self.read)

    @property
    def of_read_documents(self) -> Labels:
        """The labels of all segments of each document in which the coder read any segment.

        Segments that were not read are there for their context: they say nothing of any code.
        """
        documents = self.segments["document"]
        return self.where(documents.isin(set(documents[self.read])).to_numpy(dtype=bool))


def labels_of_person(corpus: Corpus, gold: Gold, codebook: Codebook, coder: str) -> Labels:
    """Return the codes that a person gave to the segments of a corpus.

    Parameters
    ----------
    corpus, gold, codebook
        What was read from a project.
    coder : str
        The person, as `gold` spells the name.

    Returns
    -------
    Labels
        Of all segments of the corpus, in its order.
    """
    if gold.blind is not None and gold.assisted is not None:
        blind, assisted = (
            labels_of_person(corpus, each, codebook, coder) for each in (gold.blind, gold.assisted)
        )
        # Where both say something of a code, what was coded without a suggestion counts.
        return replace(
            blind,
            labels=np.where(blind.looked_for, blind.labels, assisted.labels),
            looked_for=blind.looked_for | assisted.looked_for,
            read=blind.read | assisted.read,
        )
    looked_for = codes_read(corpus.segments, gold.read, codebook.code_ids, coder)
    # What is context alone was not read as data, whatever the coder did with it.
    read = np.asarray(looked_for.any(axis=1)) & data_segments(corpus, codebook)
    looked_for &= applies_to_segments(corpus, codebook)
    codings = gold.codings[gold.codings["coder"] == coder]
    labels = codings_to_matrix(corpus.segments, codings, codebook.code_ids, rule=gold.rule).matrix
    return Labels(coder, corpus.segments, labels & looked_for, looked_for, read)


def labels_of_machine(corpus: Corpus, codebook: Codebook, suggestions: pd.DataFrame) -> Labels:
    """Return the codes that the machine coder suggested for the segments of a corpus.

    Parameters
    ----------
    corpus, codebook
        What was read from a project.
    suggestions : pandas.DataFrame
        Table of suggestions: every code of every segment.

    Returns
    -------
    Labels
        Of all segments of the corpus, in its order. The machine looks for every code that can apply.

    Raises
    ------
    StoreError
        If there are segments for which the machine gave no probability.
    """
    # The documents may stand in another order now than when the machine was asked.
    asked, segments = (
        pd.MultiIndex.from_frame(table[["document", "segment"]])
        for table in (suggestions.iloc[:: len(codebook.code_ids)], corpus.segments)
    )
    rows = asked.get_indexer(segments)
    if (rows < 0).any():
        raise StoreError(
            f"The machine was not asked about {(rows < 0).sum()} segments.",
            cure="Run `fourp suggest`.",
        )
    applicable = applies_to_segments(corpus, codebook)
    labels = suggestion_matrix(suggestions, codebook.code_ids)[rows] & applicable
    model = str(suggestions["model"].iloc[0])
    return Labels(model, corpus.segments, labels, applicable, data_segments(corpus, codebook))


def in_common(first: Labels, second: Labels) -> tuple[Labels, Labels]:
    """Return two coders' labels of the segments that both read.

    Parameters
    ----------
    first, second : Labels
        Of the same segments in the same order, as `Study.labels` gives them.

    Returns
    -------
    tuple of Labels
        Both, on those segments alone.
    """
    both = first.read & second.read
    return first.where(both), second.where(both)


def stacked_labels(
    study: Study, coders: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the labels of several coders as arrays.

    Parameters
    ----------
    study : Study
        The study.
    coders : sequence of str
        Whose labels.

    Returns
    -------
    looked_for : ndarray of bool, shape (n_coders, n_segments, n_codes)
        For which codes each read which segments of the corpus.
    labels : ndarray of bool, shape (n_coders, n_segments, n_codes)
        Which codes each gave.

    Raises
    ------
    GoldError
        If there is no such coder.
    """
    shape = (0, len(study.segments), len(study.codebook.code_ids))
    each = [study.labels(coder) for coder in coders]
    if not each:
        return np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    return np.stack([one.looked_for for one in each]), np.stack([one.labels for one in each])


def suggestion_matrix(
    suggestions: pd.DataFrame, codes: Sequence[str], *, out_of_fold: bool = False
) -> NDArray[np.bool_]:
    """Return which codes were suggested for which segment, shape (n_segments, n_codes).

    Parameters
    ----------
    suggestions : pandas.DataFrame
        A whole table of suggestions: every code of every segment.
    codes : sequence of str
        The codes, in the table's order.
    out_of_fold : bool, default False
        What models suggest that did not learn from the segment's document, also where nobody coded it.

    Returns
    -------
    ndarray of bool
        One row a segment, in order.
    """
    column = "out_of_fold_suggested" if out_of_fold else "suggested"
    return suggestions[column].to_numpy(dtype=bool).reshape(-1, len(codes))
