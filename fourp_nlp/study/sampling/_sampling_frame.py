"""Sampling frames: which segments a draw could take, recorded so that it can be reconstructed later."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from fourp_nlp.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fourp_nlp.study.study import Study

    Flags = NDArray[np.bool_]
    Names = NDArray[np.object_]

__all__ = ["draw_strata", "frame_hash", "frame_record", "read_frame"]

_DIGITS = 16  # of a document's hash: enough to tell its versions apart


def draw_strata(study: Study, by: str) -> Names:
    """Return what each segment is drawn within.

    Documents, or groups, shape (n_segments,). Raises ProjectError if no document has a group.
    """
    project, corpus = study.project, study.corpus
    if by == "document":
        return corpus.segments["document"].to_numpy(dtype=object)
    groups = corpus.documents.set_index("document")["group"]
    if (groups == "").all():
        raise ProjectError(
            "No document has a group, so a draw cannot be divided by groups.",
            file=project.attributes,
            cure="Fill in the column group, or use --stratify document.",
        )
    named = corpus.segments["document"].map(groups)
    return named.where(named != "", "(no group)").to_numpy(dtype=object)


def frame_hash(segments: pd.DataFrame, sha256: Names, eligible: Flags) -> str:
    """Return a hash that identifies a sampling frame.

    `sha256` is the SHA-256 of each segment's document and `eligible` the frame, each of shape
    (n_segments,).
    """
    digest = hashlib.sha256()
    frame = segments.loc[eligible, ["document", "start", "end"]]
    for row in zip(frame["document"], sha256[eligible], frame["start"], frame["end"], strict=True):
        digest.update(f"{row}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def frame_record(segments: pd.DataFrame, sha256: Names, eligible: Flags) -> dict[str, list[object]]:
    """Return a record of a frame: its documents, and the segments of each that were left out.

    It has for each document the beginning of its hash, and first and last number of every run of
    segments that were left out. Parameters are as in `frame_hash`.
    """
    documents = segments["document"].to_numpy(dtype=object)
    numbers = segments["segment"].to_numpy(dtype=np.int64)
    runs: dict[str, list[list[int]]] = {str(name): [] for name in dict.fromkeys(documents)}
    out = np.flatnonzero(~eligible)
    if len(out):
        same = (documents[out][1:] == documents[out][:-1]) & (np.diff(numbers[out]) == 1)
        first = out[np.append(True, ~same)]
        last = out[np.append(~same, True)]
        for begin, end in zip(first, last, strict=True):
            runs[str(documents[begin])].append([int(numbers[begin]), int(numbers[end])])
    hash_of_document = dict(zip(documents.astype(str), sha256, strict=True))
    return {
        name: [str(hash_of_document[name])[:_DIGITS], left_out_runs]
        for name, left_out_runs in runs.items()
    }


def read_frame(
    record: Mapping[str, Sequence[object]], segments: pd.DataFrame, sha256: Names
) -> tuple[Flags, Flags]:
    """Find the segments of a recorded frame among the present segments.

    `record` is from `frame_record`, in the same unit of coding. Returns which of today's segments
    there were when it was drawn, in these very documents, and which of those could be drawn, each
    of shape (n_segments,).
    """
    documents = segments["document"].to_numpy(dtype=object)
    hash_of_document = {name: str(entry[0]) for name, entry in record.items()}
    existed = np.array(
        [
            hash_of_document.get(name) == str(sha)[:_DIGITS]
            for name, sha in zip(documents, sha256, strict=True)
        ],
        dtype=bool,
    )
    inside = existed.copy()
    numbers = segments["segment"].to_numpy(dtype=np.int64)
    # One key for a document and a number, so that all runs are struck out at once.
    place, names = pd.factorize(documents)
    length = int(numbers.max(initial=0)) + 2
    number = {str(name): at for at, name in enumerate(names)}
    starts = np.zeros(len(names) * length, dtype=np.int64)
    for name, entry in record.items():
        if name in number:
            base = number[name] * length
            for begin, end in cast("list[list[int]]", entry[1]):
                starts[base + min(begin, length - 1)] += 1
                starts[base + min(end + 1, length - 1)] -= 1
    inside &= np.cumsum(starts)[place * length + numbers] == 0
    return existed, inside
