"""Who says what: turns of speakers, recognised by what a whole document has of them.

Pure functions over lines and strings, for readers of documents and for segmentation alike. The form or
forms of labels that a document has are decided first (``_label_decision``), and only then what a line is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.turns.label_candidates import GAP, Form
from fourp_nlp.turns.name_columns import column_labels
from fourp_nlp.turns.passage_edges import has_words, trim
from fourp_nlp.turns.recognition import NotTaken, Opening, Turns, recognise
from fourp_nlp.turns.speaker_names import Kind, kind_of
from fourp_nlp.turns.time_stamps import BRACKETED, HASHED

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BRACKETED",
    "GAP",
    "HASHED",
    "Form",
    "Kind",
    "NotTaken",
    "Opening",
    "Turns",
    "column_labels",
    "has_words",
    "kind_of",
    "recognise",
    "trim",
    "turn_starts",
]


def turn_starts(lines: Sequence[str], known: frozenset[str] = frozenset()) -> list[bool]:
    """Tell which lines begin a turn.

    Parameters
    ----------
    lines : sequence of str
        The lines of one document, in order; empty lines among them are evidence, too.
    known : frozenset of str, default empty
        Names that are certain to be speakers, whatever their spelling.

    Returns
    -------
    list of bool
        For each line, whether it begins with a speaker's label, alone or with a time or words, or is
        the time above one.
    """
    return recognise([" ".join(line.split()) for line in lines], known).starts
