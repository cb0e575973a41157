"""Recognises the annotation program that wrote a file by the fields of its first records."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.annotation.json_records import read_records

if TYPE_CHECKING:
    import os

__all__ = ["kind_of_records"]

_FIRST = 20


def kind_of_records(path: str | os.PathLike[str]) -> str:
    """Return the name of the format that a JSON file is of.

    Parameters
    ----------
    path : str or os.PathLike
        The file: a list, or lines, of objects.

    Returns
    -------
    str
        One of the names in `FORMATS`; empty if its fields do not tell.
    """
    fields: set[str] = set()
    try:
        for record in islice(read_records(path), _FIRST):
            fields |= record.fields.keys()
    except ExchangeError:
        # Its reader reports the error.
        return ""
    if "fields" in fields and {"responses", "suggestions", "metadata"} & fields:
        return "argilla"
    if {"_input_hash", "_task_hash", "answer", "_view_id", "tokens", "accept"} & fields or (
        "spans" in fields and "text" in fields
    ):
        return "prodigy"
    if "data" in fields or {"annotation_id", "lead_time"} <= fields:
        return "label-studio"
    theirs = {
        "label",
        "labels",
        "entities",
        "annotations",
        "annotation_approver",
        "cats",
        "Comments",
    }
    if "text" in fields and theirs & fields:
        return "doccano"
    return ""
