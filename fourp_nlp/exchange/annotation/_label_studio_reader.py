"""Reads Label Studio's JSON of tasks, JSON-MIN and CSV."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.exchange.annotation._label_studio_writer import CHOICES, MACHINE, TEXT
from fourp_nlp.exchange.annotation._row_parts import parts_of
from fourp_nlp.exchange.annotation._table_records import records_of
from fourp_nlp.exchange.annotation.exchange_builder import ExchangeBuilder, Mark

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping

    from fourp_nlp.exchange.annotation.json_records import Record, Where
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.offset_units import Counting

__all__ = ["read_label_studio"]

_OURS = frozenset({"document", "start", "end", "segment", "read_in_part"})
_CHOSEN = frozenset({"choice", "choices", "label", "labels"})
_RECORDS = frozenset({".json", ".jsonl"})
_MINIMAL = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"}
)


def read_label_studio(
    path: str | os.PathLike[str],
    *,
    text: str = TEXT,
    choices: Collection[str] = (),
    coders: Mapping[str, str] | None = None,
    documents: Mapping[str, str] | None = None,
    counting: Counting | None = None,
) -> Exchange:
    """Read what Label Studio exports as JSON, JSON-MIN or CSV.

    Annotations are people's, predictions a machine's. An annotation that was submitted means that its
    task was read; one that was skipped does not. Places are counted in code points by newer versions and
    in UTF-16 by older ones (and by what was imported into them): each coding quotes its text, and by that
    the counting is told, coding by coding.

    Parameters
    ----------
    path : str or os.PathLike
        The .json.
    text : str, default "text"
        The field of a task that holds its text; where it is missing, the longest text is taken.
    choices : collection of str, optional
        JSON-MIN alone: the fields that hold choices. A single choice looks like any other text there.
    coders : mapping of str to str, optional
        Names by Label Studio's number or e-mail address of a user.
    documents : mapping of str to str, optional
        Texts by document's id: segments are put back into them.
    counting : {"code points", "utf-16"}, optional
        How places are counted, against what the quotes say.

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
        Path(path), "Label Studio", documents=documents or {}, counting=counting
    )
    names = {str(key): name for key, name in (coders or {}).items()}
    reader = _Reader(builder, text, set(choices), names)
    for record in records_of(path):
        reader.add(record)
    return reader.builder.build()


class _Reader:
    """Adds tasks of either kind to the builder."""

    def __init__(
        self, builder: ExchangeBuilder, text: str, choices: set[str], coders: dict[str, str]
    ) -> None:
        self.builder = builder
        self.text = text
        self.choices = choices
        self.coders = coders

    def add(self, record: Record) -> None:
        fields, where = record.fields, record.where
        if "data" in fields or "annotations" in fields or "completions" in fields:
            self.task(fields, where)
        else:
            self.minimal(fields, where)

    def task(self, fields: dict[str, Any], where: Where) -> None:
        data = where.fields(fields.get("data"), "data")
        number = self.text_of(data, fields.get("id"), where)
        # Before version 1.0 annotations were called completions.
        name = "annotations" if "annotations" in fields else "completions"
        annotations = where.items(fields.get(name), name)
        predictions = where.items(fields.get("predictions"), "predictions")
        if number is None:
            lost = [item for item in (*annotations, *predictions) if isinstance(item, dict)]
            self.builder.losses.add(
                "results of tasks without a text",
                "the file does not hold what they are about",
                [f"line {where.line}"],
                count=sum(len(where.items(item.get("result"), "result")) for item in lost),
            )
            return
        self.values(number, data, _OURS | {self.used})
        parts = parts_of(data.get("read_in_part"), where)
        for annotation in annotations:
            self.annotation(number, where.fields(annotation, "An annotation"), parts, where)
        for prediction in predictions:
            self.prediction(number, prediction, where)
        self.builder.losses.add(
            "drafts", "they were not submitted", [f"line {where.line}"],
            count=len(where.items(fields.get("drafts"), "drafts")),
        )  # fmt: skip

    def text_of(self, data: dict[str, Any], task: object, where: Where) -> int | None:
        """Add a task's text; return its number, None if there is no text."""
        self.used = self.text
        if not isinstance(data.get(self.text), str):
            texts = {key: value for key, value in data.items() if isinstance(value, str)}
            texts = {key: value for key, value in texts.items() if key not in _OURS}
            self.used = max(texts, key=lambda key: len(texts[key]), default="")
            remark = f"There is no field '{self.text}'; the text was taken from '{self.used}'."
            if self.used and remark not in self.builder.remarks:
                self.builder.remarks.append(remark)
        text = data.get(self.used)
        name = f"task {task}" if task is not None else ""
        if not isinstance(text, str) or _is_address(text):
            document = data.get("document")
            self.builder.add_record_without_text(
                document if isinstance(document, str) else name, where
            )
            return None
        return self.builder.add_record(text, data, where, name=name)

    def values(self, number: int, data: dict[str, Any], but: frozenset[str] | set[str]) -> None:
        for variable, value in data.items():
            if variable not in but:
                self.builder.add_value(number, variable, value)

    def annotation(
        self, number: int, annotation: dict[str, Any], parts: dict[str, Any], where: Where
    ) -> None:
        results = where.items(annotation.get("result"), "result")
        coder = self.coder(annotation, where)
        if annotation.get("was_cancelled") is True:
            self.builder.losses.add(
                "annotations that were skipped",
                "a skipped task does not mean that no code applies",
                [f"line {where.line}, {coder or 'no name'}"],
            )
            return
        made_at = annotation.get("created_at")
        self.builder.add_reading(number, coder, parts.get(coder))
        for result in results:
            self.result(
                number,
                where.fields(result, "A result"),
                where,
                coder=coder,
                machine=False,
                made_at=made_at if isinstance(made_at, str) else "",
            )

    def coder(self, annotation: dict[str, Any], where: Where) -> str:
        by = annotation.get("completed_by", annotation.get("annotator"))
        if by is None:
            return where.text(annotation.get("coder"), "coder")
        if isinstance(by, dict):
            names = [by.get(key) for key in ("email", "id", "username")]
            for name in names:
                if name is not None and str(name) in self.coders:
                    return self.coders[str(name)]
            by = next((name for name in names if name is not None), "")
        written = where.text(by, "completed_by")
        # A task of ours that has not been through Label Studio names its coder as well.
        ours = annotation.get("coder")
        if isinstance(ours, str) and ours:
            return ours
        return self.coders.get(written, f"user {written}" if written.isdigit() else written)

    def prediction(self, number: int, item: object, where: Where) -> None:
        prediction = where.fields(item, "A prediction")
        machine = where.text(prediction.get("model_version"), "model_version") or MACHINE
        score = self.score(prediction, where)
        results = [
            where.fields(item, "A result")
            for item in where.items(prediction.get("result"), "result")
        ]
        if not (len(results) == 1 and _one_label(results[0])):
            unscored = [item for item in results if item.get("score") is None]
            self.builder.losses.add(
                "scores of predictions",
                "a score for several codings at once is no probability of any of them",
                [f"line {where.line}"] if unscored and math.isfinite(score) else [],
            )
            score = math.nan
        for result in results:
            result_score = self.score(result, where)
            self.result(
                number, result, where, coder=machine, machine=True,
                probability=score if math.isnan(result_score) else result_score,
            )  # fmt: skip

    def score(self, holder: dict[str, Any], where: Where) -> float:
        score = holder.get("score")
        if isinstance(score, int | float) and not isinstance(score, bool) and not 0 <= score <= 1:
            self.builder.losses.add(
                "scores outside 0 to 1",
                "they are no probabilities",
                [f"line {where.line}: {score}"],
            )
            return math.nan
        return where.share(score, "score")

    def result(
        self, number: int, result: dict[str, Any], where: Where, *, coder: str, machine: bool,
        probability: float = math.nan, made_at: str = "",
    ) -> None:  # fmt: skip
        kind = where.text(result.get("type"), "The type of a result").lower()
        value = where.fields(result.get("value"), "value")
        if kind == "choices" and "start" not in value:
            for label in where.items(value.get("choices"), "choices"):
                self.builder.add_whole_record_mark(
                    number, where.text(label, "A choice"), coder, machine=machine,
                    probability=probability, made_at=made_at, line=where.line,
                )  # fmt: skip
            return
        if kind != "labels":
            self.builder.losses.add(
                f"results of the type {kind or '(none)'}",
                "only labels of a text and choices for all of it are codings",
                [f"line {where.line}"],
            )
            return
        named = where.items(value.get("labels"), "labels")
        if not named:
            self.builder.losses.add(
                "regions without a label", "they have no code", [f"line {where.line}"]
            )
        notes = self.region_notes(result, where)
        # An annotation that was made of a prediction has the identities of the machine's codings.
        taken = str(result.get("origin") or "").startswith("prediction")
        guid = "" if taken and not machine else _guid(result.get("id"))
        for at, label in enumerate(named):
            self.builder.add_mark(
                Mark(
                    number,
                    where.offset(value.get("start"), "start"),
                    where.offset(value.get("end"), "end"),
                    where.text(label, "A label"),
                    coder,
                    machine,
                    quote=_quote(value),
                    probability=probability,
                    why="\n".join(notes) if machine else "",
                    made_at=made_at,
                    guid=guid if at == 0 else "",
                    line=where.line,
                )
            )
        if not machine:
            for note in notes:
                self.builder.add_note(number, note, coder, about=guid, made_at=made_at)

    def region_notes(self, result: dict[str, Any], where: Where) -> list[str]:
        """Return the notes on a region."""
        texts = where.fields(result.get("meta"), "meta").get("text")
        if isinstance(texts, str):
            return [texts]
        return [where.text(text, "A note") for text in where.items(texts, "The notes of a region")]

    def minimal(self, fields: dict[str, Any], where: Where) -> None:
        """Add a line of JSON-MIN: a task's fields and one annotation, without the tags' types."""
        spans: dict[str, list[Any]] = {}
        choices: dict[str, list[Any]] = {}
        # Tasks that were written here call their choices so.
        known = self.choices | ({CHOICES} if "document" in fields else set())
        # A table calls what was chosen so, unless the project has a name of its own for it.
        known |= _CHOSEN if self.builder.path.suffix.lower() not in _RECORDS else set()
        for key, value in fields.items():
            if isinstance(value, list) and value and all(_is_region(item) for item in value):
                spans[key] = value
            elif isinstance(value, dict) and isinstance(value.get("choices"), list):
                choices[key] = value["choices"]
            elif key in known and isinstance(value, str):
                choices[key] = [value]
        number = self.text_of(
            {key: value for key, value in fields.items() if key not in _MINIMAL},
            fields.get("id"),
            where,
        )
        if number is None:
            self.builder.losses.add(
                "results of tasks without a text",
                "the file does not hold what they are about",
                [f"line {where.line}"],
                count=sum(map(len, spans.values())) + len(choices),
            )
            return
        self.values(number, fields, _OURS | _MINIMAL | {self.used} | set(spans) | set(choices))
        coder = self.coder(fields, where)
        self.builder.add_reading(
            number, coder, parts_of(fields.get("read_in_part"), where).get(coder)
        )
        made_at = fields.get("created_at")
        for regions in spans.values():
            for region in regions:
                self.result(
                    number,
                    {"type": _type_of(region), "value": region},
                    where,
                    coder=coder,
                    machine=False,
                    made_at=made_at if isinstance(made_at, str) else "",
                )
        for labels in choices.values():
            for label in labels:
                self.builder.add_whole_record_mark(
                    number, where.text(label, "A choice"), coder, machine=False, line=where.line
                )


def _is_region(value: object) -> bool:
    return isinstance(value, dict) and "start" in value and "end" in value


def _type_of(region: dict[str, Any]) -> str:
    """Return the kind of a region by the field that holds its labels."""
    return next((key for key in region if key.endswith(("labels", "choices"))), "labels")


def _one_label(result: dict[str, Any]) -> bool:
    value = result.get("value")
    named = value.get(str(result.get("type"))) if isinstance(value, dict) else None
    return isinstance(named, list) and len(named) == 1


def _quote(value: dict[str, Any]) -> str | None:
    quote = value.get("text")
    return quote if isinstance(quote, str) and quote else None


def _guid(given: object) -> str:
    """Return a region's identity where it is a GUID; Label Studio's own are short and not unique."""
    written = given if isinstance(given, str) else ""
    return written if len(written) == 36 and written.count("-") == 4 else ""


def _is_address(text: str) -> bool:
    start = text[:12].lower()
    return " " not in text and start.startswith(
        ("http://", "https://", "s3://", "gs://", "azure-blob:", "/data/")
    )
