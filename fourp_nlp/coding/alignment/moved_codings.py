"""Finding codings in a changed document whose earlier text was not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.coding.alignment.unchanged_text import matching_pieces, text_pieces
from fourp_nlp.coding.gold.columns import unguard
from fourp_nlp.coding.gold.validation import quote_matches

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from fourp_nlp.coding.alignment.unchanged_text import Pieces
    from fourp_nlp.coding.reading.reading_record import ReadRecord

__all__ = ["PlacesByRecord"]


class PlacesByRecord:
    """Present positions of codings, as far as the record of what was read and quotes tell.

    Parameters
    ----------
    texts : mapping of str to str
        The texts of the documents.
    record : ReadRecord
        The record of what was read.
    """

    def __init__(self, texts: Mapping[str, str], record: ReadRecord) -> None:
        self._texts, self._record = texts, record
        self._cut: dict[str, Pieces] = {}
        self._known: dict[str, list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]] = {}

    def place(self, name: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
        """Return the present position of a coding.

        Parameters
        ----------
        name : str
            Its document.
        start, end : int
            Where it stood.
        quote : str
            The cell that quotes it.

        Returns
        -------
        (int, int) or None
            Where its words stand between the same sentences; or else the one place where they stand. None if
            they stand nowhere, or in several places.
        """
        text = self._texts[name]
        for before, now in self._of(name):
            piece = int(np.searchsorted(before, start, side="right")) - 1
            if piece >= 0 and now[piece] >= 0:
                by = int(now[piece] - before[piece])
                if start + by >= 0 and quote_matches(quote, text[start + by : end + by]):
                    return start + by, end + by
        for form in dict.fromkeys((quote, unguard(quote), quote.replace("\r\n", "\n"))):
            start_of_quote = text.find(form)
            if start_of_quote >= 0 and text.find(form, start_of_quote + 1) < 0:
                return start_of_quote, start_of_quote + len(form)
        return None

    def _of(self, name: str) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """Return, for each text that somebody read, where its pieces began and begin now, or -1."""
        if name not in self._known:
            entries = self._record.entries
            whole_readings = entries[
                (entries["document"] == name) & (entries["scope"] == "document")
            ]
            shifts = []
            for sha in dict.fromkeys(whole_readings["text"]):
                earlier = self._record.texts[sha]
                pieces = self._cut.setdefault(name, text_pieces(self._texts[name]))
                same = matching_pieces(earlier.pieces, pieces)
                now = np.full(len(earlier.pieces), -1, dtype=np.int64)
                now[same[same >= 0]] = pieces.start[same >= 0]
                shifts.append((np.array(earlier.starts, dtype=np.int64), now))
            self._known[name] = shifts
        return self._known[name]
