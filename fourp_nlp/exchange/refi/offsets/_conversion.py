"""Converts offsets of selections to places in their texts, in the unit in which they were counted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi.offsets._known_programs import program_of
from fourp_nlp.exchange.refi.offsets._likelihood import WrittenSelections
from fourp_nlp.exchange.refi.offsets._messages import (
    ConvertedSelections,
    unit_question,
    unit_remarks,
)
from fourp_nlp.exchange.refi.offsets._selection_names import SelectionNames
from fourp_nlp.exchange.refi.offsets._unit_choice import rank_units, unit_of_text
from fourp_nlp.exchange.refi.offsets.offset_units import TextOffsets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.offsets.offset_units import OffsetUnit
    from fourp_nlp.exchange.refi.reading.source_texts import SourceText

__all__ = ["TextSpans", "convert_offsets"]


@dataclass(frozen=True)
class TextSpans:
    """Places of selections in their texts.

    Attributes
    ----------
    start, end : numpy.ndarray
        Code points, end exclusive, shape (selections,), int64; -1 where there is no such place.
    name_matches : numpy.ndarray
        Whether the selection's name is what the text has there, or its beginning, shape (selections,), bool.
    past_end : numpy.ndarray
        Whether the end was one or two units past the text's, and is the text's end here, shape
        (selections,), bool.
    remarks : list of str
        Which offset units were found, and on what evidence.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    name_matches: NDArray[np.bool_]
    past_end: NDArray[np.bool_]
    remarks: list[str]


def convert_offsets(
    texts: Sequence[SourceText],
    titles: Sequence[str],
    text_index: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    names: Sequence[str],
    *,
    origin: str = "",
    counting: OffsetUnit | None = None,
    file: object = None,
) -> TextSpans:
    """Find out in which unit offsets were counted, and convert them to places.

    Parameters
    ----------
    texts : sequence of SourceText
        The texts.
    titles : sequence of str
        Their names, for remarks.
    text_index : numpy.ndarray
        Index of the text of each selection, shape (selections,), int64.
    start, end : numpy.ndarray
        Offsets as written, shape (selections,), int64.
    names : sequence of str
        Names of the selections; empty where there is none.
    origin : str, optional
        The attribute `origin` of the project.
    counting : OffsetUnit, optional
        The unit that the user gives.
    file : object, optional
        The file, for the error.

    Returns
    -------
    TextSpans
        The places, in code points of the texts.

    Raises
    ------
    ExchangeError
        If several units that give different words are likely, and nothing decides.
    """
    count = len(names)
    spans = TextSpans(
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=bool),
        [],
    )
    if not count:
        return spans
    order = np.argsort(text_index, kind="stable")
    bounds = np.flatnonzero(np.diff(text_index[order], prepend=-1, append=-2))
    groups = [order[a:b] for a, b in pairwise(bounds.tolist())]
    selections = WrittenSelections(texts, groups, text_index, start, end, SelectionNames.of(names))
    program = program_of(origin)
    ranked = rank_units(selections, program)
    if counting is None and ranked.rivals:
        raise ExchangeError(
            "It is not certain what this project counts as one character of a text: its codings fit "
            "several ways of counting, and cover different words in each.",
            file=file,
            cure=unit_question(selections, ranked),
        )
    project_unit = counting if counting is not None else ranked.best
    units = []
    for group, rows in enumerate(groups):
        unit = project_unit
        offsets = TextOffsets(selections.text_of(group))
        _place(spans, rows, offsets, unit, selections)
        named = selections.names.length[rows] > 0
        if counting is None and (named & ~spans.name_matches[rows]).any():
            unit = unit_of_text(selections, group, project_unit)
            if unit != project_unit:
                _place(spans, rows, offsets, unit, selections)
        units.append(unit)
    converted = ConvertedSelections(
        selections, titles, units, spans.start, spans.end, spans.name_matches
    )
    spans.remarks.extend(unit_remarks(converted, ranked, program, counting))
    return spans


def _place(
    spans: TextSpans,
    rows: NDArray[np.int64],
    offsets: TextOffsets,
    unit: OffsetUnit,
    selections: WrittenSelections,
) -> None:
    first, last, past_end = offsets.places(unit, selections.start[rows], selections.end[rows])
    spans.start[rows], spans.end[rows], spans.past_end[rows] = first, last, past_end
    names = selections.names.take(rows)
    if (names.length > 0).any():
        spans.name_matches[rows] = offsets.hashed.compare(first, last, names).matching
