"""The passages behind a number, as they are shown: text, neighbours, speaker, and who gave which code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.study.sampling.context import neighbours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.study.measuring.counted_segments import CountedSegments
    from fourp_nlp.study.study import Study

__all__ = ["passages_of"]

_AROUND = 2  # neighbouring segments on each side
_LONGEST = 4000  # characters of a passage that are shown
_LONGEST_AROUND = 300


def passages_of(
    study: Study, counted: CountedSegments, coders: Sequence[str], first: int, number: int
) -> list[dict[str, Any]]:
    """Return some of the passages behind a number.

    Parameters
    ----------
    study : Study
        The study that the number was counted in.
    counted : CountedSegments
        Its segments.
    coders : sequence of str
        Whose codes are told: people, or the machine. What the machine says of the chosen codes is told in
        any case.
    first, number : int
        From which passage on, and how many.

    Returns
    -------
    list of dict
        document, document_number, segment (its number in the document), segments (how many), speaker, role,
        text, cut (whether it goes on), before, after; coders, each with name, machine, read, codes (columns)
        and with_suggestions; machine, the probability and suggestion of each chosen code.
    """
    last = min(first + number, counted.count)
    if not 0 <= first < last:
        return []
    starts = np.searchsorted(counted.passage, np.arange(first, last + 1), side="left")
    heads, tails = counted.rows[starts[:-1]], counted.rows[starts[1:] - 1]
    segments = study.segments
    table = segments.iloc[heads]
    documents = pd.Index(study.documents["document"]).get_indexer(pd.Index(table["document"]))
    before, _ = neighbours(segments, heads, _AROUND)
    _, after = neighbours(segments, tails, _AROUND)
    texts = segments["text"].tolist()
    given = [_Given(study, name, heads) for name in coders]
    machine = _Said(study, counted.codes)
    shown = []
    for at, place in enumerate(range(first, last)):
        rows = counted.rows[starts[at] : starts[at + 1]]
        text, cut = _joined([texts[row] for row in rows])
        shown.append(
            {
                "number": place,
                "document": str(table["document"].iloc[at]),
                "document_number": int(documents[at]),
                "segment": int(table["segment"].iloc[at]),
                "segments": len(rows),
                "speaker": str(table["speaker"].iloc[at]),
                "role": str(table["speaker_role"].iloc[at]),
                "text": text,
                "cut": cut,
                "before": _end_of(before[at]),
                "after": _beginning_of(after[at]),
                "coders": [each.shown(at) for each in given],
                "machine": machine.shown(rows),
            }
        )
    return shown


def _joined(texts: list[str]) -> tuple[str, bool]:
    """Return the text of a passage, and whether it was cut."""
    text = " ".join(texts)
    return text[:_LONGEST], len(text) > _LONGEST


def _end_of(text: str) -> str:
    return text if len(text) <= _LONGEST_AROUND else f"…{text[-_LONGEST_AROUND:]}"


def _beginning_of(text: str) -> str:
    return text if len(text) <= _LONGEST_AROUND else f"{text[:_LONGEST_AROUND]}…"


class _Given:
    """What one coder gave to the first segments of passages."""

    def __init__(self, study: Study, coder: str, rows: NDArray[np.int64]) -> None:
        self._name, self._machine = coder, coder == study.machine
        labels = study.labels(coder)
        self._labels: NDArray[np.bool_] = labels.labels[rows]
        self._read: NDArray[np.bool_] = np.asarray(labels.looked_for[rows].any(axis=1))
        self._blind: NDArray[np.bool_] = np.ones(self._labels.shape, dtype=bool)
        blind = study.coded_blind()
        if not self._machine and blind is not study:
            known = coder in blind.gold.coded
            self._blind = blind.labels(coder).labels[rows] if known else np.zeros_like(self._blind)

    def shown(self, at: int) -> dict[str, Any]:
        return {
            "name": self._name,
            "machine": self._machine,
            "read": bool(self._read[at]),
            "codes": np.flatnonzero(self._labels[at]).tolist(),
            "with_suggestions": np.flatnonzero(self._labels[at] & ~self._blind[at]).tolist(),
        }


class _Said:
    """What the machine says of some codes."""

    def __init__(self, study: Study, codes: list[int]) -> None:
        self._codes = codes
        self._probability: NDArray[np.float64] | None = None
        if not study.machine:
            return
        table, n_codes = study.suggestions, len(study.codebook.code_ids)
        self._probability = table["probability"].to_numpy().reshape(-1, n_codes)
        self._labels = study.labels(study.machine).labels
        asked = pd.MultiIndex.from_frame(table[["document", "segment"]].iloc[::n_codes])
        places = pd.MultiIndex.from_frame(study.segments[["document", "segment"]])
        self._row = asked.get_indexer(places)

    def shown(self, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
        if self._probability is None:
            return []
        return [
            {
                "code": code,
                "p": round(float(self._probability[self._row[rows], code].max()), 4),
                "suggested": bool(self._labels[rows, code].any()),
            }
            for code in self._codes
        ]
