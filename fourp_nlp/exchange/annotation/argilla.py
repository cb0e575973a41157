"""Argilla: records as its client (version 2) writes them with ``to_json``, and the settings of their dataset.

A record's ``responses`` are people's, its ``suggestions`` a machine's. The shape is that of
``argilla.records``' ``Record.to_dict`` and of ``Settings.to_json``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourp_nlp.control_characters import without_halves
from fourp_nlp.exchange.annotation._row_parts import parts_of
from fourp_nlp.exchange.annotation.exchange_builder import ExchangeBuilder, Mark
from fourp_nlp.exchange.annotation.json_records import read_records, write_array
from fourp_nlp.exchange.annotation.label_names import labels_of
from fourp_nlp.exchange.annotation.row_writer import rows_of
from fourp_nlp.exchange.identity import guid_of
from fourp_nlp.exchange.offset_units import CODE_POINTS, UTF_16, has_pairs, to_utf_16
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd

    from fourp_nlp.exchange.annotation.json_records import Record, Where
    from fourp_nlp.exchange.annotation.label_names import Naming
    from fourp_nlp.exchange.annotation.row_writer import Answer, Row, Rows, Unit
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.offset_units import Counting
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["read_argilla", "write_argilla"]

_QUESTION, _FIELD = "codes", "text"
_MACHINE = "machine"
_OURS = frozenset({"document", "start", "end", "segment", "coders", "counting", "read_in_part"})


def write_argilla(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    unit: Unit = "document",
    segments: pd.DataFrame | None = None,
    whole: bool = False,
    labels: Naming = "id",
    users: Mapping[str, str] | None = None,
    counting: Counting = CODE_POINTS,
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write records for Argilla's ``Dataset.records.from_json``, and the settings of the dataset.

    Parameters
    ----------
    exchange : Exchange
        A project.
    path : str or os.PathLike
        The .json to be written. The settings are written beside it, as ``<stem>-settings.json``, for
        ``rg.Settings.from_json``.
    unit : {"document", "segment"}
        What a record is.
    segments : pandas.DataFrame, optional
        The table SEGMENTS; needed if a record is a segment.
    whole : bool, default False
        Whether codes are given to whole records (a MultiLabelQuestion) instead of to stretches of text (a
        SpanQuestion).
    labels : {"id", "name"}
        What codes are called.
    users : mapping of str to str, optional
        Argilla's UUID of a coder; without it one is made of the coder's name, which a server knows only
        if it has such a user.
    counting : {"code points", "utf-16"}
        How places are counted. Argilla's server checks them against the text's code points, but its page
        counts in UTF-16 and so shows what stands behind an emoji too far to the left (Argilla issue
        5729); records that are segments, coded as a whole, have no places.
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
    rows = rows_of(
        exchange, unit=unit, segments=segments, whole=whole, labels=labels, program="Argilla",
        holds={"probability"},
    )  # fmt: skip
    target = Path(path)
    write_array(_records(rows, dict(users or {}), counting, whole=whole), target)
    nodes = exchange.nodes[exchange.nodes["codable"]]
    names = labels_of(exchange.nodes, by=labels)[nodes["guid"]].tolist()
    titles = [
        " ".join(name.split()) or label for name, label in zip(nodes["name"], names, strict=True)
    ]
    settings = _settings(dict(zip(names, titles, strict=True)), exchange.name, whole=whole)
    with replacing(target.with_name(f"{target.stem}-settings.json")) as partial:
        partial.write_text(json.dumps(settings, indent=1) + "\n", encoding="ascii")
    rows.count(contents, exchange)
    return rows.losses.table()


def _records(
    rows: Rows, users: dict[str, str], counting: Counting, *, whole: bool
) -> Iterator[dict[str, Any]]:
    for row in rows:
        people = [answer for answer in row.answers if not answer.machine]
        machines = [answer for answer in row.answers if answer.machine]
        for answer in machines[1:]:
            rows.losses.add(
                "codings of further machines",
                "Argilla takes one suggestion for a question; the first machine's are written",
                [answer.coder],
                count=len(answer.spans),
            )
        if not whole and counting == CODE_POINTS and row.answers and has_pairs(row.text):
            rows.losses.add(
                "codings behind an emoji, as Argilla's page shows them",
                "it counts an emoji as two characters and marks what follows too far to the left",
                [str(row.meta["document"])],
            )
        suggested = [
            {
                "value": _value(row, answer, counting, whole=whole),
                "score": _scores(answer),
                "agent": answer.coder or _MACHINE,
            }
            for answer in machines[:1]
        ]
        named = {
            users.get(answer.coder) or guid_of("user", answer.coder): answer.coder
            for answer in people
        }
        segment = row.meta.get("segment")
        metadata = dict(row.meta)
        for key, value in row.meta.items():
            if isinstance(value, bool):
                metadata[key] = "true" if value else "false"
                rows.losses.add(
                    "variables that are yes or no", "Argilla has no such kind; they are written as texts",
                    [f"{row.meta['document']}: {key}"],
                )  # fmt: skip
        if named:
            metadata["coders"] = json.dumps(named, sort_keys=True)
        if not whole:
            metadata["counting"] = counting
        document = str(row.meta["document"])
        yield {
            "id": document if segment is None else f"{document}#{segment}",
            "fields": {_FIELD: row.text},
            "metadata": metadata,
            "suggestions": {_QUESTION: suggested[0]} if suggested else {},
            "responses": {
                _QUESTION: [
                    {"value": _value(row, answer, counting, whole=whole), "user_id": user}
                    for user, answer in zip(named, people, strict=True)
                ]
            }
            if people
            else {},
            "vectors": {},
            "_server_id": None,
        }


def _value(row: Row, answer: Answer, counting: Counting, *, whole: bool) -> list[Any]:
    if whole:
        return [span.label for span in answer.spans]
    places = np.array([(span.start, span.end) for span in answer.spans], dtype=np.int64)
    if counting == UTF_16:
        places = to_utf_16(row.text, places.ravel())
    return [
        # Argilla keeps label, start and end; the text is for whoever reads the file itself.
        {"label": span.label, "start": start, "end": end, "text": row.text[span.start : span.end]}
        for (start, end), span in zip(places.reshape(-1, 2).tolist(), answer.spans, strict=True)
    ]


def _scores(answer: Answer) -> list[float] | None:
    scores = [span.probability for span in answer.spans]
    return scores if scores and all(map(math.isfinite, scores)) else None


def _settings(labels: dict[str, str], title: str, *, whole: bool) -> dict[str, Any]:
    options = [{"value": label, "text": name} for label, name in labels.items()]
    question: dict[str, Any] = {"options": options, "visible_options": None}
    kind = "multi_label_selection" if whole else "span"
    if whole:
        question |= {"type": kind, "options_order": "natural"}
    else:
        question |= {"type": kind, "field": _FIELD, "allow_overlapping": True}
    return {
        "guidelines": None,
        "allow_extra_metadata": True,
        "fields": [
            {
                "name": _FIELD,
                "title": title or _FIELD,
                "type": "text",
                "required": True,
                "settings": {"type": "text", "use_markdown": False},
            }
        ],
        "questions": [
            {
                "name": _QUESTION,
                "title": _QUESTION.capitalize(),
                "description": None,
                "type": kind,
                # A text to which no code applies is an answer as well.
                "required": False,
                "settings": question,
            }
        ],
        "metadata": [],
        "vectors": [],
        "distribution": {"strategy": "overlap", "min_submitted": 1},
    }


def read_argilla(
    path: str | os.PathLike[str],
    *,
    field: str = _FIELD,
    questions: Collection[str] | None = None,
    coders: Mapping[str, str] | None = None,
    documents: Mapping[str, str] | None = None,
    counting: Counting | None = None,
) -> Exchange:
    """Read records that Argilla's client wrote with ``to_json``, or the same as lines of JSON.

    Responses are people's: whoever responded read the record. The client does not write whether a
    response was submitted, so drafts cannot be told from others. Suggestions are a machine's.

    Parameters
    ----------
    path : str or os.PathLike
        The .json or .jsonl.
    field : str, default "text"
        The field that holds the text; where it is missing and there is only one, that one.
    questions : collection of str, optional
        The questions that ask for codes. By default all whose answers are spans or lists of labels; one
        that asks for a single label must be named, for it looks like one that asks for a text.
    coders : mapping of str to str, optional
        Names by Argilla's UUID of a user.
    documents : mapping of str to str, optional
        Texts by document's id: segments are put back into them.
    counting : {"code points", "utf-16"}, optional
        How places are counted. Argilla's page counts in UTF-16 and its client in code points; without a
        word, the ends of words decide.

    Returns
    -------
    Exchange
        The project.

    Raises
    ------
    ExchangeError
        If the file is not such an export; with the line.
    UnsafeExchangeError
        If the file is beyond the limits.
    """
    builder = ExchangeBuilder(
        Path(path), "Argilla", documents=documents or {}, counting=counting, usual=UTF_16
    )
    reader = _Reader(
        builder, field, None if questions is None else set(questions), dict(coders or {})
    )
    for record in read_records(path):
        reader.add(record)
    return builder.build()


class _Reader:
    """Adds records to the builder."""

    def __init__(
        self,
        builder: ExchangeBuilder,
        field: str,
        questions: set[str] | None,
        coders: dict[str, str],
    ) -> None:
        self.builder = builder
        self.field = field
        self.questions = questions
        self.coders = coders

    def add(self, record: Record) -> None:
        fields, where = record.fields, record.where
        if "fields" not in fields:
            raise where.fault(
                "A record of Argilla's needs an object 'fields'.",
                "Write the records with Argilla's client 2: dataset.records.to_json(...).",
            )
        texts = where.fields(fields["fields"], "fields")
        metadata = where.fields(fields.get("metadata"), "metadata")
        text = texts.get(self.field)
        if not isinstance(text, str) and len(texts) == 1:
            text = next(iter(texts.values()))
        responses = where.fields(fields.get("responses"), "responses")
        suggestions = where.fields(fields.get("suggestions"), "suggestions")
        name = f"record {fields['id']}" if fields.get("id") is not None else ""
        if not isinstance(text, str):
            document = metadata.get("document")
            self.builder.add_record_without_text(
                document if isinstance(document, str) else name, where
            )
            self.builder.losses.add(
                "answers to records without a text",
                f"they have no field '{self.field}' that is a text",
                [f"line {where.line}"],
                count=len(responses) + len(suggestions),
            )
            return
        number = self.builder.add_record(text, metadata, where, name=name)
        if metadata.get("counting") == UTF_16:
            self.builder.usual_quoted = UTF_16
        for variable, value in metadata.items():
            if variable not in _OURS:
                self.builder.add_value(number, variable, value)
        self.responses(number, responses, metadata, where)
        self.suggestions(number, suggestions, where)

    def responses(
        self, number: int, responses: dict[str, Any], metadata: dict[str, Any], where: Where
    ) -> None:
        names = _names(metadata.get("coders"), where) | self.coders
        parts = parts_of(metadata.get("read_in_part"), where)
        for question, answers in responses.items():
            for item in where.items(answers, f"The responses to '{question}'"):
                answer = where.fields(item, "A response")
                user = where.text(answer.get("user_id"), "user_id")
                coder = names.get(user, f"user {user}" if user else "")
                value = answer.get("value")
                if value is None:
                    self.builder.losses.add(
                        "responses without an answer",
                        "they were discarded or not finished, and do not say that no code applies",
                        [f"line {where.line}, {coder}"],
                    )
                    continue
                if not self.asks_for_codes(question, value, where):
                    continue
                self.builder.add_reading(number, coder, parts.get(coder))
                self.answer(number, value, coder, where, machine=False, scores=None)

    def suggestions(self, number: int, suggestions: dict[str, Any], where: Where) -> None:
        for question, item in suggestions.items():
            suggestion = where.fields(item, "A suggestion")
            value = suggestion.get("value")
            if not self.asks_for_codes(question, value, where):
                continue
            agent = where.text(suggestion.get("agent"), "agent") or _MACHINE
            self.answer(number, value, agent, where, machine=True, scores=suggestion.get("score"))

    def asks_for_codes(self, question: str, value: object, where: Where) -> bool:
        """Return whether an answer holds codes; if not, add it to the losses."""
        if self.questions is not None:
            has_codes = question in self.questions and isinstance(value, str | list)
        else:
            has_codes = isinstance(value, list) and all(
                isinstance(item, str) or (isinstance(item, dict) and "label" in item)
                for item in value
            )
        if not has_codes:
            self.builder.losses.add(
                f"answers to the question '{question}'",
                "they are neither spans nor lists of labels; `questions` names one that has a single label",
                [f"line {where.line}"],
            )
        return has_codes

    def answer(
        self, number: int, value: object, coder: str, where: Where, *, machine: bool, scores: object
    ) -> None:
        items = [value] if isinstance(value, str) else where.items(value, "value")
        shares = self.shares(scores, len(items), where)
        for item, share in zip(items, shares, strict=True):
            if isinstance(item, str):
                self.builder.add_whole_record_mark(
                    number, item, coder, machine=machine, probability=share, line=where.line
                )
                continue
            span = where.fields(item, "A span")
            quote = span.get("text")
            score = where.share(span.get("score"), "score") if machine else math.nan
            self.builder.add_mark(
                Mark(
                    number,
                    where.offset(span.get("start"), "The start of a span"),
                    where.offset(span.get("end"), "The end of a span"),
                    where.text(span.get("label"), "A label"),
                    coder,
                    machine,
                    quote=quote if isinstance(quote, str) and quote else None,
                    probability=share if math.isnan(score) else score,
                    line=where.line,
                )
            )

    def shares(self, scores: object, count: int, where: Where) -> list[float]:
        """Return a probability for each of the answer's codings."""
        if isinstance(scores, list):
            if len(scores) != count:
                raise where.fault(f"A suggestion has {count} codings, but {len(scores)} scores.")
            return [where.share(score, "score") for score in scores]
        score = where.share(scores, "score")
        if count != 1 and math.isfinite(score):
            self.builder.losses.add(
                "scores of suggestions",
                "a score for several codings at once is no probability of any of them",
                [f"line {where.line}"],
            )
            score = math.nan
        return [score] * count


def _names(written: object, where: Where) -> dict[str, str]:
    """Return coders' names by UUID, as a record written here holds them."""
    if not isinstance(written, str) or not written:
        return {}
    try:
        names = json.loads(written)
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise where.fault(
            "The field 'coders' does not list names.", "Take it out, and give `coders`."
        )
    return {without_halves(key): without_halves(name) for key, name in names.items()}
