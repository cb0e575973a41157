"""Selections' offsets made places in their texts, in the way in which they were counted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.refi.offsets._evidence import own_counting, weigh
from fourp_nlp.exchange.refi.offsets._known_programs import program_of
from fourp_nlp.exchange.refi.offsets._messages import Read, asked, told
from fourp_nlp.exchange.refi.offsets._selection_names import Names
from fourp_nlp.exchange.refi.offsets._tally import Given
from fourp_nlp.exchange.refi.offsets.offset_units import Measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fourp_nlp.exchange.refi.offsets.offset_units import Counting
    from fourp_nlp.exchange.refi.reading.source_texts import Came

__all__ = ["Spans", "cut_out"]


@dataclass(frozen=True)
class Spans:
    """Places of selections in their texts.

    Attributes
    ----------
    start, end : numpy.ndarray
        Code points, end exclusive, shape (selections,), int64; -1 where the offsets name no place.
    matched : numpy.ndarray
        Whether the selection's name is what stands there, or its beginning, shape (selections,), bool.
    past_end : numpy.ndarray
        Whether its end was one or two units past the text's and is the text's end here, shape
        (selections,), bool.
    remarks : list of str
        Which ways of counting were found, and on what evidence.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    matched: NDArray[np.bool_]
    past_end: NDArray[np.bool_]
    remarks: list[str]


def cut_out(
    texts: Sequence[Came],
    titles: Sequence[str],
    of: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    names: Sequence[str],
    *,
    origin: str = "",
    counting: Counting | None = None,
    file: object = None,
) -> Spans:
    """Find out how offsets were counted, and where selections stand.

    Parameters
    ----------
    texts : sequence of Came
        The texts.
    titles : sequence of str
        Their names, for remarks.
    of : numpy.ndarray
        Index of the text of each selection, shape (selections,), int64.
    start, end : numpy.ndarray
        Offsets as written, shape (selections,), int64.
    names : sequence of str
        Names of the selections; empty where there is none.
    origin : str, optional
        The program that wrote the project, as it says.
    counting : Counting, optional
        How they were counted, if the user says so.
    file : object, optional
        The file, for the error.

    Returns
    -------
    Spans
        The places, as code points of the texts.

    Raises
    ------
    ExchangeError
        If ways of counting that come to different words are left, and nothing tells which it was.
    """
    count = len(names)
    made = Spans(
        np.full(count, -1, dtype=np.int64),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=bool),
        np.zeros(count, dtype=bool),
        [],
    )
    if not count:
        return made
    order = np.argsort(of, kind="stable")
    edges = np.flatnonzero(np.diff(of[order], prepend=-1, append=-2))
    groups = [order[a:b] for a, b in pairwise(edges.tolist())]
    given = Given(texts, groups, of, start, end, Names.of(names))
    program = program_of(origin)
    weighed = weigh(given, program)
    if counting is None and weighed.rivals:
        raise ExchangeError(
            "How this project counts the places of its codings is not certain: several ways fit, and they "
            "come to different words.",
            file=file,
            cure=asked(given, weighed),
        )
    shared = counting if counting is not None else weighed.best
    chosen = []
    for group, rows in enumerate(groups):
        way = shared
        measured = Measured(given.came(group))
        named = given.names.take(rows)
        _place(made, rows, measured, way, given, named)
        if counting is None and ((named.length > 0) & ~made.matched[rows]).any():
            way = own_counting(given, group, shared)
            if way != shared:
                _place(made, rows, measured, way, given, named)
        chosen.append(way)
    read = Read(given, titles, chosen, made.start, made.end, made.matched)
    made.remarks.extend(told(read, weighed, program, counting))
    return made


def _place(
    made: Spans,
    rows: NDArray[np.int64],
    measured: Measured,
    way: Counting,
    given: Given,
    named: Names,
) -> None:
    first, last, late = measured.places(way, given.start[rows], given.end[rows])
    made.start[rows], made.end[rows], made.past_end[rows] = first, last, late
    if (named.length > 0).any():
        made.matched[rows] = measured.hashed.compare(first, last, named).fits
