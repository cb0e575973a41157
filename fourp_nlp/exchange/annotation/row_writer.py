"""Divides an exchange into rows for annotation programs: documents, or segments of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange.annotation.exchange_builder import RESERVED
from fourp_nlp.exchange.annotation.label_names import labels_of
from fourp_nlp.exchange.exchange import Losses
from fourp_nlp.tables import SEGMENTS, conform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import numpy.typing as npt

    from fourp_nlp.exchange.annotation.label_names import Naming
    from fourp_nlp.exchange.exchange import Exchange
    from fourp_nlp.exchange.written_contents import Contents

    Integers = npt.NDArray[np.int64]

__all__ = ["Answer", "Row", "Rows", "Span", "Unit", "rows_of"]

Unit = Literal["document", "segment"]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")


@dataclass(frozen=True)
class Span:
    """A coding within a row: its place in the row's text, its label and what else is known of it."""

    start: int
    end: int
    label: str
    guid: str
    probability: float
    why: str


@dataclass(frozen=True)
class Answer:
    """What one coder said of a row.

    Attributes
    ----------
    coder : str
        Who; empty if no one is named.
    machine : bool
        Whether it is a machine.
    spans : list of Span
        Codings, in their order in the text.
    read : bool
        Whether the coder is known to have read the row.
    parts : list of (int, int)
        The only parts of the row that were read; empty if all of it was.
    """

    coder: str
    machine: bool
    spans: list[Span]
    read: bool
    parts: list[tuple[int, int]]


@dataclass(frozen=True)
class Row:
    """What is coded at a time: a document or a segment, and what each coder said of it."""

    text: str
    meta: dict[str, Any]
    answers: list[Answer]


@dataclass
class Rows:
    """The rows of an exchange.

    Attributes
    ----------
    labels : pandas.Series
        The codes' labels by GUID.
    losses : Losses
        What the rows cannot hold.
    """

    labels: pd.Series
    losses: Losses
    _places: pd.DataFrame
    _texts: list[str]
    _values: list[dict[str, Any]]
    _marks: pd.DataFrame
    _read: pd.DataFrame

    def __iter__(self) -> Iterator[Row]:
        marks = _RowSlices(self._marks, _MARKED, len(self))
        read = _RowSlices(self._read, ("coder", "whole", "first", "last"), len(self))
        columns = [
            self._places[name].tolist() for name in ("at", "document", "start", "end", "segment")
        ]
        for row, (at, document, start, end, segment) in enumerate(zip(*columns, strict=True)):
            meta: dict[str, Any] = {"document": document}
            if segment >= 0:
                meta |= {"segment": segment, "start": start, "end": end}
            # What a reader needs comes last, so that no variable of its name replaces it.
            meta = {**self._values[at], **meta}
            answers = _answers(marks.of(row), read.of(row))
            # Whoever gave codes without being known to have read the row has an empty list.
            parts = {
                answer.coder: answer.parts
                for answer in answers
                if answer.coder and not answer.machine and (answer.parts or not answer.read)
            }
            if parts:
                meta["read_in_part"] = json.dumps(parts, sort_keys=True)
            yield Row(self._texts[at][start:end], meta, answers)

    def __len__(self) -> int:
        return len(self._places)

    def count(
        self, contents: Contents | None, exchange: Exchange, coder: str | None = None
    ) -> None:
        """Count what the rows hold.

        Parameters
        ----------
        contents : Contents or None
            What counts; None: nothing does.
        exchange : Exchange
            What the rows were cut from.
        coder : str, optional
            The only coder whose codings are written; empty: nobody's.
        """
        if contents is None:
            return
        marks = exchange.marks[exchange.marks["guid"].isin(set(self._marks["guid"]))]
        if coder is not None:
            guids = exchange.users.loc[exchange.users["coder"] == coder, "guid"]
            marks = marks[marks["user"].isin(set(guids))]
        contents.of_project(exchange, marks)
        contents.documents = int(self._places["document"].nunique())
        contents.codes = len(self.labels)

    @property
    def variables(self) -> list[str]:
        """Names of the documents' variables."""
        return list(dict.fromkeys(name for values in self._values for name in values))


_MARKED = ("coder", "machine", "first", "last", "label", "guid", "probability", "why")


class _RowSlices:
    """A table's columns as lists, cut by row: many times faster than a frame for each."""

    def __init__(self, table: pd.DataFrame, names: tuple[str, ...], rows: int) -> None:
        ordered = table.sort_values("row", kind="stable")
        self._columns = [ordered[name].tolist() for name in names]
        self._bounds = np.searchsorted(ordered["row"].to_numpy(), np.arange(rows + 1)).tolist()

    def of(self, row: int) -> Iterator[tuple[Any, ...]]:
        a, b = self._bounds[row], self._bounds[row + 1]
        return zip(*(column[a:b] for column in self._columns), strict=True)


def _answers(marks: Iterator[tuple[Any, ...]], read: Iterator[tuple[Any, ...]]) -> list[Answer]:
    spans: dict[tuple[str, bool], list[Span]] = {}
    for coder, machine, *rest in marks:
        spans.setdefault((coder, machine), []).append(Span(*rest))
    parts: dict[str, set[tuple[int, int]]] = {}
    whole: set[str] = set()
    for coder, all_of_it, first, last in read:
        spans.setdefault((coder, False), [])
        parts.setdefault(coder, set()).add((first, last))
        if all_of_it:
            whole.add(coder)
    return [
        Answer(
            coder,
            machine,
            sorted(coder_spans, key=lambda span: (span.start, span.end, span.label)),
            read=not machine and coder in parts,
            parts=[] if machine or coder in whole else sorted(parts.get(coder, ())),
        )
        for (coder, machine), coder_spans in sorted(
            spans.items(), key=lambda item: (item[0][1], item[0][0])
        )
    ]


def rows_of(
    exchange: Exchange,
    *,
    unit: Unit,
    segments: pd.DataFrame | None,
    whole: bool,
    labels: Naming,
    program: str,
    holds: Collection[str] = (),
) -> Rows:
    """Cut an exchange into rows.

    Parameters
    ----------
    exchange : Exchange
        A project.
    unit : {"document", "segment"}
        What a row is.
    segments : pandas.DataFrame, optional
        The table SEGMENTS; needed if a row is a segment.
    whole : bool
        Whether codings speak for whole rows: their places within the row are not kept.
    labels : {"id", "name"}
        What codes are called.
    program : str
        The program's name, for the losses.
    holds : collection of str
        What else the format holds: "description" and "color" of codes, "mark notes", and a machine's
        "probability" and "why".

    Returns
    -------
    Rows
        The rows, in the order of the sources, and what was lost.

    Raises
    ------
    ExchangeError
        If rows are to be segments and none are given, or they do not fit the texts.
    """
    losses = Losses()
    sources = exchange.sources
    named = _unique(sources["document"], losses)
    without = ~sources["has_text"]
    losses.add(
        "sources without a text",
        f"{program} needs texts; they were left out",
        sources.loc[without, "document"],
    )
    kept = sources[~without]
    texts = kept["text"].tolist()
    at_of = {guid: at for at, guid in enumerate(kept["guid"])}
    names = named[~without.to_numpy()]
    places = _places(names, texts, unit, segments)
    label_of = labels_of(exchange.nodes, by=labels)
    _add_losses(exchange, losses, program, holds)
    codable = label_of[exchange.nodes["codable"].to_numpy()]
    marks = _marks(exchange, at_of, label_of, texts, losses)
    row_spans = _aligned(marks, places)
    cut = row_spans["cut"] & ~whole
    losses.add(
        "codings over the end of a segment",
        "each is in every segment that it reaches, cut at the segment's ends",
        row_spans.loc[cut, "quote"].map(lambda quote: quote[:80]),
        count=int(row_spans.loc[cut, "guid"].nunique()),
    )
    losses.add(
        "codings outside every segment",
        "there is no row for their place",
        count=len(marks) - int(row_spans["mark"].nunique()),
    )
    if whole:
        length = (places["end"] - places["start"]).to_numpy()[row_spans["row"].to_numpy()]
        partial = (row_spans["first"] > 0) | (row_spans["last"] < length)
        losses.add(
            "places of codings within a row",
            f"{program} gets codes for whole rows, so each counts for all of its row",
            row_spans.loc[partial, "quote"].map(lambda quote: quote[:80]),
        )
        row_spans = row_spans.assign(first=0, last=length).drop_duplicates(
            ["row", "label", "coder", "machine"]
        )
    read = _read(exchange, dict(zip(names, range(len(names)), strict=True)), places, texts)
    return Rows(
        codable, losses, places, texts, _values(exchange, at_of, losses, program), row_spans, read
    )


def _unique(documents: pd.Series, losses: Losses) -> npt.NDArray[np.object_]:
    number = documents.groupby(documents).cumcount().to_numpy()
    names = documents.to_numpy(dtype=object)
    again = number > 0
    unique = np.array(
        [
            f"{name} ({n + 1})" if n else name
            for name, n in zip(names, number.tolist(), strict=True)
        ],
        dtype=object,
    )
    losses.add(
        "documents of the same name", "each after the first got a number", unique[again].tolist()
    )
    return unique


def _places(
    names: npt.NDArray[np.object_], texts: list[str], unit: Unit, segments: pd.DataFrame | None
) -> pd.DataFrame:
    """Return the places of rows: number of the text, document, start, end, number of the segment or -1."""
    if unit == "document":
        return pd.DataFrame(
            {
                "at": np.arange(len(texts)),
                "document": names,
                "start": np.zeros(len(texts), dtype=np.int64),
                "end": np.array([len(text) for text in texts], dtype=np.int64),
                "segment": np.full(len(texts), -1, dtype=np.int64),
            }
        )
    if segments is None:
        raise ExchangeError(
            "Rows are to be segments, but no segments are given.",
            cure="Give the table of segments, or export documents.",
        )
    rows = conform(segments, SEGMENTS)[["document", "segment", "start", "end", "text"]]
    at_of = {name: at for at, name in enumerate(names)}
    rows = rows[rows["document"].isin(at_of)]
    rows = rows.assign(at=rows["document"].map(at_of).astype("int64"))
    rows = rows.sort_values(["at", "start", "end"], kind="stable", ignore_index=True)
    for at, start, end, text in zip(
        rows["at"].tolist(),
        rows["start"].tolist(),
        rows["end"].tolist(),
        rows["text"],
        strict=True,
    ):
        if texts[at][start:end] != text:
            raise ExchangeError(
                f"The segment at {start} to {end} of '{names[at]}' is not the document's text there.",
                cure="Divide the documents into segments again.",
            )
    return rows[["at", "document", "start", "end", "segment"]]


def _marks(
    exchange: Exchange,
    at_of: dict[str, int],
    label_of: pd.Series,
    texts: list[str],
    losses: Losses,
) -> pd.DataFrame:
    """Return the codings that are in a text and have a code, with coder and label."""
    marks = exchange.marks
    known = marks["source"].isin(at_of)
    losses.add(
        "codings of sources without a text", "there is no text to code",
        marks.loc[~known, "quote"].map(lambda quote: quote[:80]),
    )  # fmt: skip
    coded = marks["node"].isin(label_of.index)
    losses.add(
        "codings without a code",
        "their code is not in the codebook",
        marks.loc[known & ~coded, "quote"].map(lambda quote: quote[:80]),
    )
    marks = marks[known & coded]
    at = marks["source"].map(at_of).astype("int64").to_numpy()
    length = np.array([len(text) for text in texts], dtype=np.int64)[at] if len(at) else at
    fits = ((marks["start"] >= 0) & (marks["start"] < marks["end"])).to_numpy() & (
        marks["end"].to_numpy() <= length
    )
    losses.add(
        "codings outside the text", "their place is not in the document", count=int((~fits).sum())
    )
    users = exchange.users
    name_of = dict(zip(users["guid"], users["coder"], strict=True))
    machines = set(users.loc[users["machine"], "guid"])
    marks = marks[fits]
    rows = pd.DataFrame(
        {
            "mark": np.arange(len(marks)),
            "guid": marks["guid"],
            "at": at[fits],
            "start": marks["start"],
            "end": marks["end"],
            "label": marks["node"].map(label_of),
            "coder": marks["user"].map(lambda guid: name_of.get(guid, "")),
            "machine": marks["user"].isin(machines),
            "quote": marks["quote"],
            "probability": marks["probability"],
            "why": marks["why"],
        }
    )
    return rows.reset_index(drop=True)


def _aligned(spans: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Align spans with rows: one line for each row that a span reaches, with its offsets in the row."""
    step = (
        int(max(places["end"].max(), spans["end"].max())) + 1 if len(places) and len(spans) else 1
    )
    base = places["at"].to_numpy() * step
    starts, ends = base + places["start"].to_numpy(), base + places["end"].to_numpy()
    base_of_span = spans["at"].to_numpy() * step
    first = np.searchsorted(np.maximum.accumulate(ends) if len(ends) else ends,
                            base_of_span + spans["start"].to_numpy(), side="right")  # fmt: skip
    last = np.searchsorted(starts, base_of_span + spans["end"].to_numpy(), side="left")
    counts = np.maximum(last - first, 0)
    pick = np.repeat(np.arange(len(spans)), counts)
    row = (
        np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    ) + np.repeat(first, counts)
    row_spans = spans.iloc[pick].reset_index(drop=True)
    start, end = places["start"].to_numpy()[row], places["end"].to_numpy()[row]
    row_spans["row"] = row
    row_spans["first"] = np.maximum(row_spans["start"].to_numpy(), start) - start
    row_spans["last"] = np.minimum(row_spans["end"].to_numpy(), end) - start
    row_spans["cut"] = (row_spans["start"].to_numpy() < start) | (row_spans["end"].to_numpy() > end)
    # Rows may overlap or leave gaps: what only seemed to be reached goes.
    return row_spans[(row_spans["first"] < row_spans["last"]).to_numpy()].reset_index(drop=True)


def _read(
    exchange: Exchange, at_of: dict[str, int], places: pd.DataFrame, texts: list[str]
) -> pd.DataFrame:
    """Return which rows were read by whom, and whether as a whole."""
    # A machine reads nothing: its codings are kept apart from people's.
    machine = exchange.users["machine"]
    machines = set(exchange.users.loc[machine, "coder"])
    machines -= set(exchange.users.loc[~machine, "coder"])
    read = exchange.read[
        exchange.read["document"].isin(at_of) & ~exchange.read["coder"].isin(machines)
    ]
    at = read["document"].map(at_of).astype("int64").to_numpy()
    length = np.array([len(text) for text in texts], dtype=np.int64)[at] if len(at) else at
    full = (read["scope"] == "document").to_numpy()
    spans = pd.DataFrame(
        {
            "at": at,
            "coder": read["coder"].to_numpy(),
            "start": np.where(full, 0, read["start"].to_numpy()),
            "end": np.where(full, length, read["end"].to_numpy()),
        }
    )
    empty_texts = full & (length == 0)
    row_spans = _aligned(spans, places)
    size = (places["end"] - places["start"]).to_numpy()[row_spans["row"].to_numpy()]
    row_spans["whole"] = (row_spans["first"].to_numpy() == 0) & (
        row_spans["last"].to_numpy() == size
    )
    if empty_texts.any() and (places["segment"] < 0).all():
        nothing = spans[empty_texts].assign(row=at[empty_texts], first=0, last=0, whole=True)
        row_spans = pd.concat([row_spans, nothing], ignore_index=True)
    return row_spans


def _values(
    exchange: Exchange, at_of: dict[str, int], losses: Losses, program: str
) -> list[dict[str, Any]]:
    """Return the variables of each source."""
    values: list[dict[str, Any]] = [{} for _ in at_of]
    table = exchange.values
    of_source = table["about"].isin(at_of)
    losses.add(
        "values of cases",
        f"{program} knows only the fields of a row",
        table.loc[~of_source, "variable"],
    )
    taken = table["variable"].isin(RESERVED) | (table["variable"] == "")
    losses.add(
        "variables whose name means something else",
        f"a field of that name has a meaning of its own in {program}'s files",
        table.loc[of_source & taken, "variable"],
    )
    kinds: list[str] = []
    held = table.loc[of_source & ~taken, ["about", "variable", "kind", "value"]]
    for about, variable, kind, value in held.itertuples(index=False, name=None):
        scalar = _scalar(kind, value)
        if kind not in {"Text", *_KINDS.get(type(scalar), ())}:
            kinds.append(f"{variable} ({kind})")
        values[at_of[about]][variable] = scalar
    losses.add("kinds of variables", "the value is written as a text", kinds)
    return values


_KINDS = {bool: ("Boolean",), int: ("Integer",), float: ("Float",)}


def _scalar(kind: str, value: str) -> str | int | float | bool:
    """Return a value as JSON has it, if reading it back gives the same words."""
    if kind == "Boolean" and value in {"true", "false"}:
        return value == "true"
    if kind == "Integer" and _INTEGER.fullmatch(value) and value != "-0":
        return int(value)
    if kind == "Float":
        try:
            number = float(value)
        except ValueError:
            return value
        if repr(number) == value and np.isfinite(number):
            return number
    return value


def _add_losses(exchange: Exchange, losses: Losses, program: str, holds: Collection[str]) -> None:
    """Add what no annotation program holds to the losses."""
    nodes = exchange.nodes
    losses.add(
        "codes below a theme",
        f"{program}'s labels are a plain list; their themes stay in the codebook",
        nodes.loc[nodes["parent"] != "", "name"],
    )
    for column, item in (("description", "descriptions of codes"), ("color", "colours of codes")):
        if column not in holds:
            losses.add(
                item, f"{program}'s labels have none", nodes.loc[nodes[column] != "", "name"]
            )
    notes = exchange.notes
    if "mark notes" in holds:
        notes = notes[~notes["about"].isin(exchange.marks["guid"])]
    losses.add("notes", f"{program}'s files have no place for them", notes["name"])
    if "why" not in holds:
        losses.add(
            "reasons of the machine",
            f"{program}'s files have no place for them",
            count=int((exchange.marks["why"] != "").sum()),
        )
    if "probability" not in holds:
        losses.add(
            "probabilities of the machine",
            f"{program}'s files have no place for them",
            count=int(exchange.marks["probability"].notna().sum()),
        )
    losses.add(
        "times of codings",
        f"{program}'s files take none for a single coding",
        count=int((exchange.marks["made_at"] != "").sum()),
    )
    losses.add(
        "descriptions of sources",
        f"{program}'s files have no place for them",
        exchange.sources.loc[exchange.sources["description"] != "", "document"],
    )
    members = exchange.members
    losses.add(
        "cases and sets",
        f"{program} knows none",
        members["name"].unique(),
        count=int(members["guid"].nunique()),
    )
