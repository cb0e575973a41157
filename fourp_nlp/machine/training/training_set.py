"""The training set: segments of coded documents, and loose coded sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["TrainingSet", "training_set"]

_WHOLE = 10  # sentences from which a coded passage counts as a whole text
_PASSAGES_COUNT = (
    300  # segments of documents that all long passages count for, unless they count in full
)


@dataclass(frozen=True)
class TrainingSet:
    """Segments of coded documents, those of one document (or passage) together, in reading order.

    Attributes
    ----------
    texts : list of str, length n
        The segments' words.
    documents : list of str, length n
        SHA-256 of the text of each one's document; empty for a loose coded sentence.
    names : list of str, length n
        The document's or passage's name: what stays whole in every fold.
    sources : list of str, length n
        Where each can be found, for people.
    spans : ndarray of int, shape (n, 2)
        Start and end in the document; zeros for loose sentences.
    labels : ndarray of bool, shape (n, n_codes)
        Which codes people applied.
    coded : ndarray of bool, shape (n,) or (n, n_codes), optional
        Which segments people read, or which codes they looked for in each. The others stand in a
        document of which people read a part: they are context for their neighbours, and nothing is
        learned from their having no code. By default everything was read.
    """

    texts: list[str]
    documents: list[str]
    names: list[str]
    sources: list[str]
    spans: NDArray[np.int64]
    labels: NDArray[np.bool_]
    coded: NDArray[np.bool_] | None = None

    @property
    def read(self) -> NDArray[np.bool_]:
        """Whether people read a segment, so that it can be learned from; shape (n,)."""
        if self.coded is None:
            return np.ones(len(self.texts), dtype=bool)
        return self.coded if self.coded.ndim == 1 else np.asarray(self.coded.any(axis=1))

    @property
    def looked_for(self) -> NDArray[np.bool_]:
        """Which codes people looked for in a segment; shape (n, n_codes)."""
        was_read = self.read if self.coded is None else self.coded
        return np.broadcast_to(
            was_read[:, None] if was_read.ndim == 1 else was_read, self.labels.shape
        )

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Whether a row stands in a whole text, which shows how common codes are; shape (n,).

        That is a document of the corpus, or a coded passage of ten sentences or more: so many are not picked
        for the code that one of them carries.
        """
        _, number, sizes = np.unique(
            np.asarray(self.names, dtype=object).astype(str),
            return_inverse=True,
            return_counts=True,
        )
        return np.asarray(self.in_documents | (sizes[number] >= _WHOLE))

    def representative(self, *, other_text: bool) -> NDArray[np.float64]:
        """Return how much each row says of how common codes are, from 0 to 1; shape (n,).

        Parameters
        ----------
        other_text : bool
            Whether the model is made for other people's text: then long passages say as much as
            documents. Otherwise all of them together say as much as 300 segments of documents.

        Returns
        -------
        ndarray
            1 for documents, 0 for short passages.
        """
        passages = self.whole & ~self.in_documents
        share = 1.0 if other_text else min(1.0, _PASSAGES_COUNT / max(int(passages.sum()), 1))
        return np.where(self.in_documents, 1.0, np.where(passages, share, 0.0))

    @property
    def in_documents(self) -> NDArray[np.bool_]:
        """Whether a row comes from a document of the corpus; shape (n,)."""
        return np.array([bool(document) for document in self.documents], dtype=bool)


def training_set(
    segments: pd.DataFrame,
    labels: NDArray[np.bool_],
    sha256: dict[str, str],
    coded_sentences: pd.DataFrame,
    codes: Sequence[str],
    *,
    coded: NDArray[np.bool_] | None = None,
) -> TrainingSet:
    """Put coded documents and loose coded sentences together.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table of segments: all those of the documents that the gold coder coded, whole or in part.
    labels : ndarray of bool, shape (n_segments, n_codes)
        The gold codes of those segments.
    sha256 : dict
        SHA-256 of each document's text.
    coded_sentences : pandas.DataFrame
        From `fourp_nlp.machine.coded_sentences.read_coded_sentences`; may be empty.
    codes : sequence of str
        The codebook's code ids.
    coded : ndarray of bool, shape (n_segments,) or (n_segments, n_codes), optional
        Which segments the gold coder read, or which codes they looked for in each; by default all.
        Loose sentences were always read.

    Returns
    -------
    TrainingSet
        Documents first, then loose sentences.
    """
    position = {code: number for number, code in enumerate(codes)}
    loose = np.zeros((len(coded_sentences), len(codes)), dtype=bool)
    for row, given in enumerate(coded_sentences["codes"]):
        loose[row, [position[code] for code in given]] = True
    names = segments["document"].tolist()
    sources = [
        f"{name}, segment {number}" for name, number in zip(names, segments["segment"], strict=True)
    ]
    return TrainingSet(
        texts=segments["text"].tolist() + coded_sentences["text"].tolist(),
        documents=[sha256[name] for name in names] + [""] * len(coded_sentences),
        names=names + [f"passage {name}" for name in coded_sentences["passage"]],
        sources=sources + coded_sentences["source"].tolist(),
        spans=np.vstack(
            [
                segments[["start", "end"]].to_numpy(np.int64).reshape(-1, 2),
                np.zeros((len(coded_sentences), 2), dtype=np.int64),
            ]
        ),
        labels=np.vstack([labels, loose]),
        coded=None
        if coded is None
        else np.concatenate([coded, np.ones((len(coded_sentences), *coded.shape[1:]), dtype=bool)]),
    )
