"""Writes tasks for Label Studio, and the labelling configuration of their project.

The format is described in Label Studio's guide ("Label Studio JSON format of annotated tasks", "Import
pre-annotated data") and in the reference of its tags Text, Labels and Choices.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.annotation.json_records import write_array
from fourp_nlp.exchange.annotation.label_names import colours_of, labels_of
from fourp_nlp.exchange.annotation.row_writer import rows_of
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

    from fourp_nlp.exchange.annotation.label_names import Naming
    from fourp_nlp.exchange.annotation.row_writer import Answer, Row, Rows, Span, Unit
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["CHOICES", "MACHINE", "TEXT", "write_label_studio"]

# The names of the tags in the configuration that is written; results refer to them.
_LABELS, CHOICES, TEXT = "label", "code", "text"
MACHINE = "machine"
_HOTKEYS = "1234567890qwetasdfgzxcvb"
_HINT = 500


def write_label_studio(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    unit: Unit = "document",
    segments: pd.DataFrame | None = None,
    whole: bool = False,
    labels: Naming = "id",
    users: Mapping[str, int | str] | None = None,
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write tasks for Label Studio, and beside them the configuration that their project needs.

    People's codings are in ``annotations``, a machine's in ``predictions``, with a score for each coding and
    the machine's name as ``model_version``. Places count code points, as Label Studio has done since its
    version 1.6.

    Parameters
    ----------
    exchange : Exchange
        A project.
    path : str or os.PathLike
        The .json to be written. The configuration is written beside it, as ``<stem>-labels.xml``: paste
        it into the project's settings before the tasks are imported.
    unit : {"document", "segment"}
        What a task is.
    segments : pandas.DataFrame, optional
        The table SEGMENTS; needed if a task is a segment.
    whole : bool, default False
        Whether codes are given to whole tasks, as choices, instead of to stretches of text.
    labels : {"id", "name"}
        What codes are called.
    users : mapping of str to int or str, optional
        Label Studio's number or e-mail address of a coder. It refuses addresses that it does not know,
        and gives annotations of nobody to whoever imports them; so a coder without one, whose name is
        no address either, is named in a field of ours that it does not look at.
    contents : Contents, optional
        Counts what is in the file.

    Returns
    -------
    pandas.DataFrame
        The table LOSSES.

    Raises
    ------
    ExchangeError
        If rows are to be segments and none are given, or they do not fit the texts.
    FourpError
        If a file cannot be written.
    """
    holds = {"description", "color", "mark notes", "why"} | (set() if whole else {"probability"})
    rows = rows_of(
        exchange, unit=unit, segments=segments, whole=whole, labels=labels, program="Label Studio",
        holds=holds,
    )  # fmt: skip
    known = dict(users or {})
    notes: dict[str, list[str]] = {}
    for about, text in zip(exchange.notes["about"], exchange.notes["text"], strict=True):
        notes.setdefault(about, []).append(text)
    people = exchange.users.loc[~exchange.users["machine"], "coder"]
    rows.losses.add(
        "names of coders",
        "Label Studio identifies people by e-mail address; it attributes these codings to the importing user",
        [coder for coder in people if coder not in known and "@" not in coder],
    )
    target = Path(path)
    write_array((_task(row, notes, known, whole=whole) for row in rows), target)
    _write_configuration(
        exchange, rows, target.with_name(f"{target.stem}-labels.xml"), labels, whole=whole
    )
    rows.count(contents, exchange)
    return rows.losses.table()


def _task(
    row: Row, notes: Mapping[str, list[str]], known: Mapping[str, int | str], *, whole: bool
) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    predictions: list[dict[str, Any]] = []
    for answer in row.answers:
        result = _choices(answer) if whole else _regions(row.text, answer, notes)
        if answer.machine:
            scores = [span.probability for span in answer.spans if math.isfinite(span.probability)]
            prediction: dict[str, Any] = {
                "model_version": answer.coder or MACHINE,
                "result": result,
            }
            if scores:
                prediction["score"] = sum(scores) / len(scores)
            predictions.append(prediction)
        else:
            annotations.append(
                {"result": result, "was_cancelled": False, **_completed_by(answer.coder, known)}
            )
    return {
        "data": {**row.meta, TEXT: row.text},
        "annotations": annotations,
        "predictions": predictions,
    }


def _completed_by(coder: str, known: Mapping[str, int | str]) -> dict[str, Any]:
    named: dict[str, Any] = {"coder": coder} if coder else {}
    who = known.get(coder, coder)
    if isinstance(who, int):
        named["completed_by"] = who
    elif "@" in who:
        named["completed_by"] = {"email": who}
    return named


def _regions(text: str, answer: Answer, notes: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    return [_region(text, span, answer, notes.get(span.guid, [])) for span in answer.spans]


def _region(text: str, span: Span, answer: Answer, notes: list[str]) -> dict[str, Any]:
    region: dict[str, Any] = {
        "id": span.guid,
        "from_name": _LABELS,
        "to_name": TEXT,
        "type": "labels",
        "origin": "prediction" if answer.machine else "manual",
        "value": {
            "start": span.start,
            "end": span.end,
            "text": text[span.start : span.end],
            "labels": [span.label],
        },
    }
    if math.isfinite(span.probability):
        region["score"] = span.probability
    texts = [span.why, *notes] if span.why else notes
    if texts:
        region["meta"] = {"text": texts}
    return region


def _choices(answer: Answer) -> list[dict[str, Any]]:
    if not answer.spans:
        return []
    return [
        {
            "id": answer.spans[0].guid,
            "from_name": CHOICES,
            "to_name": TEXT,
            "type": "choices",
            "value": {"choices": [span.label for span in answer.spans]},
        }
    ]


def _write_configuration(
    exchange: Exchange, rows: Rows, path: Path, labels: Naming, *, whole: bool
) -> None:
    """Write the configuration: a button with colour, hint and key for each code."""
    view = ElementTree.Element("View")
    # Without it, Label Studio joins white space when it shows a text.
    ElementTree.SubElement(view, "Style").text = ".htx-text { white-space: pre-wrap; }"
    if whole:
        parent = ElementTree.SubElement(
            view, "Choices", name=CHOICES, toName=TEXT, choice="multiple", showInline="true"
        )
    else:
        parent = ElementTree.SubElement(view, "Labels", name=_LABELS, toName=TEXT)
    nodes = exchange.nodes
    shown = nodes[nodes["codable"]].reset_index(drop=True)
    all_labels = labels_of(nodes, by=labels)
    for number, (guid, name, description, colour) in enumerate(
        zip(shown["guid"], shown["name"], shown["description"], colours_of(shown), strict=True)
    ):
        label = all_labels[guid]
        parts = [part for part in (name if name != label else "", description) if part]
        hint = " ".join(printable(": ".join(parts)).split())
        attributes = {"value": printable(label)}
        if hint:
            attributes["hint"] = hint if len(hint) <= _HINT else hint[: _HINT - 1] + "…"
        if number < len(_HOTKEYS):
            attributes["hotkey"] = _HOTKEYS[number]
        if not whole:
            attributes["background"] = colour
        ElementTree.SubElement(parent, "Choice" if whole else "Label", attributes)
    ElementTree.SubElement(view, "Text", name=TEXT, value=f"${TEXT}", granularity="symbol")
    ElementTree.indent(view)
    long = shown.loc[shown["description"].str.len() > _HINT, "name"]
    rows.losses.add("ends of long descriptions", f"a hint shows the first {_HINT} characters", long)
    with replacing(path) as partial:
        ElementTree.ElementTree(view).write(partial, encoding="utf-8")
