"""Prodigy: the JSONL that its command ``db-out`` writes and its recipes take.

The format is described in Prodigy's documentation, "Annotation interfaces": spans, choices, binary
labels, and an answer that accepts, rejects or ignores.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.exchange.annotation._row_parts import parts_of
from fourp_nlp.exchange.annotation.coder_selection import chosen_answers
from fourp_nlp.exchange.annotation.exchange_builder import ExchangeBuilder, Mark
from fourp_nlp.exchange.annotation.json_records import read_records, write_lines
from fourp_nlp.exchange.annotation.label_names import labels_of
from fourp_nlp.exchange.annotation.row_writer import rows_of
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from fourp_nlp.exchange.annotation.json_records import Record, Where
    from fourp_nlp.exchange.annotation.label_names import Naming
    from fourp_nlp.exchange.annotation.row_writer import Answer, Row, Rows, Span, Unit
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.offset_units import Counting
    from fourp_nlp.exchange.written_contents import Contents

__all__ = ["read_prodigy", "write_prodigy"]

_OURS = frozenset({"document", "start", "end", "segment", "coder", "machine", "read_in_part"})
_WORD = re.compile(r"\w+|[^\w\s]|\s")


def write_prodigy(
    exchange: Exchange,
    path: str | os.PathLike[str],
    *,
    unit: Unit = "document",
    segments: pd.DataFrame | None = None,
    whole: bool = False,
    coder: str | None = None,
    labels: Naming = "id",
    tokens: bool = False,
    contents: Contents | None = None,
) -> pd.DataFrame:
    """Write JSONL for Prodigy, and beside it a list of its labels.

    A text occurs once for every coder who coded or read it: people's lines are answered ("accept") and
    name their annotator, a machine's are not answered, so that they can be put before somebody.

    Parameters
    ----------
    exchange : Exchange
        A project.
    path : str or os.PathLike
        The .jsonl to be written. The labels are written beside it, as ``<stem>-labels.txt``, for the
        option ``--label`` of Prodigy's recipes.
    unit : {"document", "segment"}
        What a line is.
    segments : pandas.DataFrame, optional
        The table SEGMENTS; needed if a line is a segment.
    whole : bool, default False
        Whether codes are given to whole lines (Prodigy's choice) instead of to stretches of text (its
        spans).
    coder : str, optional
        The only coder, person or machine, whose codings are written; empty: nobody's.
    labels : {"id", "name"}
        What codes are called.
    tokens : bool, default False
        Whether the text is cut into tokens as well, at the ends of words and of codings. Prodigy cuts
        texts itself, but refuses spans that begin or end within its tokens.
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
    holds = set() if whole else {"probability"}
    rows = rows_of(
        exchange, unit=unit, segments=segments, whole=whole, labels=labels, program="Prodigy",
        holds=holds,
    )  # fmt: skip
    target = Path(path)
    write_lines(_lines(rows, coder, whole=whole, tokens=tokens), target)
    codable = exchange.nodes[exchange.nodes["codable"]]["guid"]
    names = labels_of(exchange.nodes, by=labels)[codable].tolist()
    with replacing(target.with_name(f"{target.stem}-labels.txt")) as partial:
        partial.write_text("".join(f"{name}\n" for name in names), encoding="utf-8", newline="\n")
    rows.count(contents, exchange, coder)
    return rows.losses.table()


def _lines(rows: Rows, coder: str | None, *, whole: bool, tokens: bool) -> Iterator[dict[str, Any]]:
    options = [{"id": label, "text": label} for label in rows.labels]
    for row in rows:
        for answer in chosen_answers(row, coder, rows.losses):
            line = _line(row, answer, whole=whole, tokens=tokens)
            if whole:
                line["options"] = options
            yield line


def _line(row: Row, answer: Answer | None, *, whole: bool, tokens: bool) -> dict[str, Any]:
    spans = [] if answer is None else answer.spans
    line: dict[str, Any] = {"text": row.text, "meta": dict(row.meta)}
    if whole:
        line["accept"] = [span.label for span in spans]
    else:
        line["spans"] = [_span(row.text, span) for span in spans]
        if tokens:
            line["tokens"] = _cut(row.text, line["spans"])
    if answer is None:
        return line
    if answer.machine:
        line["meta"] |= {"coder": answer.coder, "machine": True}
        for span in line.get("spans", []):
            span["source"] = answer.coder
    else:
        line["answer"] = "accept"
        if answer.coder:
            line["_annotator_id"] = line["_session_id"] = answer.coder
    return line


def _span(text: str, span: Span) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "start": span.start,
        "end": span.end,
        "text": text[span.start : span.end],
        "label": span.label,
    }
    if math.isfinite(span.probability):
        entry["score"] = span.probability
    return entry


def _cut(text: str, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return tokens cut at the ends of the spans, and add their numbers to the spans."""
    starts = {span["start"] for span in spans}
    ends = {span["end"] for span in spans}
    borders = sorted(starts | ends)
    pieces: list[tuple[int, int]] = []
    at = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        while at < len(borders) and borders[at] <= start:
            at += 1
        while at < len(borders) and borders[at] < end:
            pieces.append((start, borders[at]))
            start = borders[at]
            at += 1
        pieces.append((start, end))
    tokens: list[dict[str, Any]] = []
    for start, end in pieces:
        follows = bool(tokens) and tokens[-1]["end"] == start and not tokens[-1]["ws"]
        if follows and text[start:end] == " " and start not in starts and end not in ends:
            tokens[-1]["ws"] = True
            continue
        tokens.append(
            {"text": text[start:end], "start": start, "end": end, "id": len(tokens), "ws": False}
        )
    by_start = {token["start"]: token["id"] for token in tokens}
    by_end = {token["end"]: token["id"] for token in tokens}
    for span in spans:
        span["token_start"], span["token_end"] = by_start[span["start"]], by_end[span["end"]]
    return tokens


def read_prodigy(
    path: str | os.PathLike[str],
    *,
    coder: str | None = None,
    coders: Mapping[str, str] | None = None,
    documents: Mapping[str, str] | None = None,
    counting: Counting | None = None,
) -> Exchange:
    """Read what Prodigy's ``db-out`` writes.

    A line that was accepted was read, and its codes stand; one that was rejected was read, and its codes
    do not stand; one that was ignored was not read. What a machine proposed and nobody answered is left
    out, unless a line written here says that it is a machine's.

    Parameters
    ----------
    path : str or os.PathLike
        The .jsonl.
    coder : str, optional
        Who coded, where a line does not say; lines without an answer are then this coder's as well.
    coders : mapping of str to str, optional
        Names by Prodigy's annotator or session.
    documents : mapping of str to str, optional
        Texts by document's id: segments are put back into them.
    counting : {"code points", "utf-16"}, optional
        How places are counted; by default as what spans quote shows, and else in code points, as spaCy's.

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
    builder = ExchangeBuilder(Path(path), "Prodigy", documents=documents or {}, counting=counting)
    reader = _Reader(builder, coder, dict(coders or {}))
    for record in read_records(path):
        reader.add(record)
    if reader.unnamed:
        builder.remarks.append(
            f"{reader.unnamed:,} answered lines name no annotator; name the coder with `coder`."
        )
    return builder.build()


class _Reader:
    """Adds lines to the builder."""

    def __init__(self, builder: ExchangeBuilder, coder: str | None, coders: dict[str, str]) -> None:
        self.builder = builder
        self.coder = coder
        self.coders = coders
        self.unnamed = 0

    def add(self, record: Record) -> None:
        fields, where = record.fields, record.where
        losses = self.builder.losses
        meta = where.fields(fields.get("meta"), "meta")
        if not isinstance(fields.get("text"), str):
            losses.add("tasks without a text", "only text is coded here", [f"line {where.line}"])
            return
        number = self.builder.add_record(fields["text"], meta, where)
        for variable, value in meta.items():
            if variable not in _OURS:
                self.builder.add_value(number, variable, value)
        for key in ("relations", "audio_spans"):
            losses.add(
                key.replace("_", " "), "they are no codings of a text", [f"line {where.line}"],
                count=len(where.items(fields.get(key), key)),
            )  # fmt: skip
        answer = where.text(fields.get("answer"), "answer")
        coder, machine = self.coder_of(fields, meta, answer, where)
        codings = self.codings(fields, where)
        match answer:
            case "" if coder:
                pass
            case "":
                losses.add(
                    "codings of unanswered tasks",
                    "they are proposals; if a person made them, name the coder with `coder`",
                    [f"line {where.line}"] if codings else [],
                    count=len(codings),
                )
                return
            case "accept" | "reject":
                self.unnamed += not coder
            case "ignore":
                losses.add(
                    "tasks that were ignored",
                    "an ignored task does not mean that no code applies",
                    [f"line {where.line}, {coder or 'no name'}"],
                )
                return
            case _:
                raise where.fault(
                    f"The answer is '{answer}', but must be accept, reject or ignore."
                )
        if not machine:
            parts = parts_of(meta.get("read_in_part"), where)
            self.builder.add_reading(number, coder, parts.get(coder))
        if answer == "reject":
            losses.add(
                "codings that were rejected", "their text counts as read without them",
                [f"line {where.line}"] if codings else [], count=len(codings),
            )  # fmt: skip
            return
        self.add_codings(number, codings, coder, where, machine=machine)

    def coder_of(
        self, fields: dict[str, Any], meta: dict[str, Any], answer: str, where: Where
    ) -> tuple[str, bool]:
        """Return who coded a line, and whether it is a machine."""
        if not answer and meta.get("machine") is True:
            named = where.text(meta.get("coder"), "coder")
            return (named or "machine", True) if self.coder is None else (self.coder, False)
        for key in ("_annotator_id", "_session_id"):
            named = where.text(fields.get(key), key)
            if named:
                return self.coders.get(named, named), False
        return self.coder or "", False

    def codings(self, fields: dict[str, Any], where: Where) -> list[dict[str, Any] | str]:
        """Return a line's codings: spans as they are, labels of the whole line as texts."""
        spans = [where.fields(span, "A span") for span in where.items(fields.get("spans"), "spans")]
        choices = [
            where.text(choice, "A choice") for choice in where.items(fields.get("accept"), "accept")
        ]
        placed_spans: list[dict[str, Any] | str] = []
        for span in spans:
            if not span.get("label"):
                self.builder.losses.add(
                    "spans without a label", "they have no code", [f"line {where.line}"]
                )
            elif span.get("start") is None or span.get("end") is None:
                self.builder.losses.add(
                    "spans without a place in the text",
                    "they say tokens, not characters",
                    [f"line {where.line}"],
                )
            else:
                placed_spans.append(span)
        # A binary task asks whether one label applies, to the text or to the span that it shows.
        label = fields.get("label")
        if isinstance(label, str) and label and not spans:
            choices.append(label)
        return [*placed_spans, *choices]

    def add_codings(
        self, number: int, codings: list[dict[str, Any] | str], coder: str, where: Where, *, machine: bool
    ) -> None:  # fmt: skip
        for coding in codings:
            if isinstance(coding, str):
                self.builder.add_whole_record_mark(
                    number, coding, coder, machine=machine, line=where.line
                )
                continue
            quote = coding.get("text")
            score = coding.get("score") if machine else None
            self.builder.add_mark(
                Mark(
                    number,
                    where.offset(coding["start"], "The start of a span"),
                    where.offset(coding["end"], "The end of a span"),
                    where.text(coding["label"], "A label"),
                    coder,
                    machine,
                    quote=quote if isinstance(quote, str) and quote else None,
                    probability=where.share(score, "score"),
                    line=where.line,
                )
            )
