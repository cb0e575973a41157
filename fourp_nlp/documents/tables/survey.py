"""The texts of a table: one column of text, or a document for each respondent and open question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.documents.reading import Reading, Text
from fourp_nlp.documents.result_files import refuse_result_table
from fourp_nlp.documents.tables._columns import (
    Head,
    cell,
    head_of,
    is_answer,
    named,
    question_label,
    running_text,
)
from fourp_nlp.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["TableColumns", "texts_of_tables"]

# A column that is called so is the text, whatever else there is.
_TEXT = (
    "text",
    "transcript",
    "content",
    "sentence",
    "utterance",
    "statement",
    "quote",
    "verbatim",
    "body",
    "message",
)
# One that is called so is the text if no other column holds running text.
_MAYBE = ("response", "answer", "comment", "note")
_QUESTION = ("question", "prompt", "item")
_DOCUMENT = ("document", "document_id", "document id", "doc", "doc_id")
_SPEAKER = ("speaker", "speaker name", "speaker_name")
_RESPONDENT = (
    "respondent id", "respondent_id", "respondentid", "response id", "response_id", "responseid",
    "respondent", "participant id", "participant_id", "participant", "case id", "case_id", "record id",
    "record_id", "id", "token", *_DOCUMENT,
)  # fmt: skip
_GROUP = ("group",)
_DATE = ("date", "start date", "start time", "startdate", "timestamp", "recordeddate")
_LONG = 40
_SHOWN = 12


@dataclass(frozen=True)
class TableColumns:
    """Which columns of a table are read, as a researcher chose them.

    Attributes
    ----------
    text : tuple of str
        Names of the columns with text; empty: those that hold running text.
    respondent : str
        Name of the column that says who answered; empty: one with a usual name.
    group : str
        Name of the column that documents are grouped by; empty: a column "group", or none.
    """

    text: tuple[str, ...] = ()
    respondent: str = ""
    group: str = ""


class _Table(NamedTuple):
    """A table, its head, and the columns that are read."""

    name: str
    head: Head
    body: Sequence[Sequence[str]]
    columns: list[int]


@dataclass
class _Notes:
    """What is to be known of how tables were read."""

    questions: dict[str, str] = field(default_factory=dict)
    unused: dict[str, None] = field(default_factory=dict)
    blank: int = 0


def texts_of_tables(
    path: Path, tables: Sequence[tuple[str, list[list[str]]]], choice: TableColumns | None = None
) -> Reading:
    """Return the texts of tables.

    Parameters
    ----------
    path : pathlib.Path
        The file that they are from.
    tables : sequence of tuple of (str, list of list of str)
        The name and the rows of each sheet, blank rows left out.
    choice : TableColumns, optional
        Which columns are read.

    Returns
    -------
    Reading
        A text whose paragraphs are the rows, or one for each value of a column "document"; but of a table
        with several open questions a text for each respondent and question.

    Raises
    ------
    DocumentError
        If there is no row, no column of text, or no column of a name that was chosen.
    """
    choice = choice or TableColumns()
    filled = [(name, rows) for name, rows in tables if rows]
    if not filled:
        raise DocumentError("The table has no rows.", file=path, cure="Fill it, or take it away.")
    chosen = [table for name, rows in filled if (table := _chosen(path, name, rows, choice))]
    if not chosen:
        head = head_of(filled[0][1])
        columns = ", ".join(name[:40] or "(no name)" for name in head.names[:20])
        missing = ", ".join(f"'{name}'" for name in choice.text)
        raise DocumentError(
            f"There is no column {missing}. Its columns are: {columns}."
            if missing
            else f"No column holds running text. Its columns are: {columns}.",
            file=path,
            cure="Correct the names of columns in fourp.toml."
            if missing
            else "Name the column with the text 'text', or choose columns in fourp.toml.",
        )
    notes = _Notes()
    survey = choice != TableColumns() or any(len(table.columns) > 1 for table in chosen)
    texts: list[Text] = []
    for table in chosen:
        if survey or _by_question(table) is not None:
            prefix = f"{table.name} / " if len(chosen) > 1 and table.name else ""
            texts += _answers(path, table, choice, notes, prefix)
        else:
            texts += _rows(table, notes)
    return Reading(_merged(texts), remarks=_remarks(chosen, notes))


def _chosen(path: Path, name: str, rows: list[list[str]], choice: TableColumns) -> _Table | None:
    """Return a table with the columns that are read; None if there are none."""
    head = head_of(rows)
    refuse_result_table(path, head.names)
    body: Sequence[Sequence[str]] = rows[head.rows :]
    if choice.text:
        lowered = [each.casefold() for each in head.names]
        wanted = [each.strip().casefold() for each in choice.text]
        # A short name stands for a column that begins with it: "Q1" for "Q1: What …?".
        labels = [question_label(each).casefold() for each in head.names]
        places = [
            next(
                (at for names in (lowered, labels) for at, each in enumerate(names) if each == one),
                -1,
            )
            for one in wanted
        ]
        return None if -1 in places else _Table(name, head, body, places)
    if (column := named(head.names, _TEXT)) is not None:
        return _Table(name, head, body, [column])
    columns = running_text(head, body)
    if (maybe := named(head.names, _MAYBE)) is not None:
        about = named(head.names, _QUESTION)
        columns = sorted({maybe, *columns} - {about})
    if not columns and len(head.names) == 1 and len(head.names[0]) >= _LONG:
        # One column whose first cell is a sentence has no header.
        return _Table(name, Head([""], [""], 0), rows, [0])
    return _Table(name, head, body, columns) if columns else None


def _by_question(table: _Table) -> int | None:
    """Return the column of questions, if each row is a respondent's answer to one of them."""
    about = named(table.head.names, _QUESTION)
    who = named(table.head.names, _RESPONDENT)
    if about is None or who is None or named(table.head.names, _TEXT) is not None:
        return None
    asked = [text for row in table.body if (text := cell(row, about))]
    return about if len(set(asked)) * 2 <= len(asked) else None


def _rows(table: _Table, notes: _Notes) -> Iterator[Text]:
    """Yield each row of a table with one column of text."""
    (column,) = table.columns
    documents = named(table.head.names, _DOCUMENT, but=column)
    speakers = named(table.head.names, _SPEAKER, but=column)
    used = {column, documents, speakers}
    notes.unused |= dict.fromkeys(
        name for at, name in enumerate(table.head.names) if name and at not in used
    )
    for row in table.body:
        text = cell(row, column)
        if text:
            speaker = cell(row, speakers)
            labels = (speaker,) if speaker else ()
            yield Text(f"{speaker}: {text}" if speaker else text, cell(row, documents), labels)


def _answers(
    path: Path, table: _Table, choice: TableColumns, notes: _Notes, prefix: str
) -> Iterator[Text]:
    """Yield each answer to an open question."""
    names = table.head.names
    about = _by_question(table)
    who = (
        _column(path, names, choice.respondent) if choice.respondent else named(names, _RESPONDENT)
    )
    if who in table.columns or not all(cell(row, who) for row in table.body):
        who = None
    group = _column(path, names, choice.group) if choice.group else named(names, _GROUP)
    date = named(names, _DATE)
    used = {*table.columns, who, group, date, about}
    notes.unused |= dict.fromkeys(name for at, name in enumerate(names) if name and at not in used)
    labels = _labels([names[at] for at in table.columns])
    for number, row in enumerate(table.body, start=1):
        respondent = (cell(row, who) or str(number)).replace("#", " ")
        for at, label in zip(table.columns, labels, strict=True):
            text = cell(row, at)
            if not is_answer(text):
                notes.blank += bool(text)
                continue
            asked = question_label(cell(row, about)) if about is not None else label
            question = asked if about is None or len(labels) == 1 else f"{asked}, {label}"
            full = cell(row, about) if about is not None else table.head.questions[at]
            notes.questions.setdefault(question, full)
            part = f"{respondent} / {question}"
            groups = cell(row, group)
            case = f"{path.stem}: {question}"
            yield Text(
                text,
                f"{prefix}{part}",
                attributes={
                    "case": f"{groups} / {case}" if groups else case,
                    "group": groups or case,
                    "date": cell(row, date),
                    "kind": f"answer to {question}",
                    "speaker": respondent,
                },
            )


def _column(path: Path, names: list[str], wanted: str) -> int:
    lowered = [name.casefold() for name in names]
    if wanted.strip().casefold() in lowered:
        return lowered.index(wanted.strip().casefold())
    columns = ", ".join(name[:40] or "(no name)" for name in names[:20])
    raise DocumentError(
        f"There is no column '{wanted}'. Its columns are: {columns}.",
        file=path,
        cure="Correct the names of columns in fourp.toml.",
    )


def _labels(names: list[str]) -> list[str]:
    """Return a short name of each question, no two of which are the same."""
    labels: list[str] = []
    for place, name in enumerate(names, start=1):
        label = question_label(name) or f"column {place}"
        while label in labels:
            label = f"{label} ({place})"
        labels.append(label)
    return labels


def _merged(texts: list[Text]) -> list[Text]:
    """Join texts of one id: their paragraphs follow one another."""
    together: dict[str, list[Text]] = {}
    for text in texts:
        together.setdefault(text.part, []).append(text)
    return [
        Text(
            "\n\n".join(each.text for each in some),
            part,
            tuple(dict.fromkeys(label for each in some for label in each.labels)),
            some[0].attributes,
        )
        for part, some in together.items()
    ]


def _remarks(tables: list[_Table], notes: _Notes) -> list[str]:
    remarks = []
    if notes.questions:
        shown = [
            label if full == label else f"{label} (“{full[:100]}”)"
            for label, full in notes.questions.items()
        ]
        remarks.append(
            f"Each answer to an open question is a document: {_listed(shown)}. The question is its case, the "
            "respondent its speaker. To choose other columns, see 'tables' in docs/files.md."
        )
    else:
        read = {table.head.names[at] for table in tables for at in table.columns} - {""}
        if read and notes.unused:
            remarks.append(f"Read is the column {_listed([f'“{name[:40]}”' for name in read])}.")
    if notes.unused:
        remarks.append(
            f"Columns that are not read: {_listed([name[:40] for name in notes.unused])}."
        )
    if notes.blank:
        cells = "1 cell" if notes.blank == 1 else f"{notes.blank:,} cells"
        remarks.append(f"{cells} with no answer, such as “n/a”, left out.")
    return remarks


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"
