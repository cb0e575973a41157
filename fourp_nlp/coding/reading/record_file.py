"""The file of the record of what was read: JSON beside the gold files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from fourp_nlp.coding.reading.reading_record import ENTRIES, PAIR, ReadRecord, RecordedText
from fourp_nlp.columns import PART, WHOLE
from fourp_nlp.errors import GoldError
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["RECORD_NAME", "read_record", "record_content"]

RECORD_NAME = "what_was_read.json"
"""The record's file, in the folder of the gold files. It is no CSV, so that nobody is named after it."""

_FORMAT = "fourp what was read, 2"
_BEFORE = "fourp what was read, 1"
"""The format without definitions: those that there are when it is first read are taken for theirs."""

_ANY_FORMAT = "fourp what was read, "
_ABOUT = (
    "Which text each coder read, which codes there were, and a hash of each definition. fourp writes this "
    "file beside the gold files and needs it to find new text and codes: keep it with them, and change it "
    "only with fourp gold --read-again. Without it, the present text of all coded documents counts as read."
)


def record_content(record: ReadRecord) -> bytes:
    """Return the content of a record's file: JSON, with one line for each document or list.

    Parameters
    ----------
    record : ReadRecord
        The record.

    Returns
    -------
    bytes
        The content.
    """
    order = sorted(set(record.entries["codes"]))
    number = {at: place for place, at in enumerate(order)}
    entries = record.entries.assign(codes=record.entries["codes"].map(number).astype("int64"))
    entries = entries.sort_values([*PAIR, "since", "start", "end"], kind="stable")
    whole = entries[entries["scope"] == WHOLE]
    parts = entries[entries["scope"] != WHOLE]
    text_hashes = sorted(set(whole["text"]))
    lines = {
        "codes": [_line(dict(record.lists[at])) for at in order],
        "definitions": [
            _line({"code": code, "seen": [list(each) for each in had]})
            for code, had in sorted(record.seen.items())
        ],
        "texts": [
            _line(
                {
                    "sha256": sha,
                    "length": record.texts[sha].length,
                    "pieces": " ".join(record.texts[sha].pieces),
                    "starts": " ".join(map(str, record.texts[sha].starts)),
                }
            )
            for sha in text_hashes
        ],
        "documents": [
            _line(dict(zip(["coder", "document", "text", "codes", "since"], row, strict=True)))
            for row in whole[["coder", "document", "text", "codes", "since"]].itertuples(
                index=False, name=None
            )
        ],
        "segments": [
            _line(
                {
                    **dict(zip([*PAIR, "codes", "since"], key, strict=True)),
                    "spans": spans_of_group[["start", "end", "text"]]
                    .to_numpy(dtype=object)
                    .tolist(),
                }
            )
            for key, spans_of_group in parts.groupby([*PAIR, "codes", "since"], sort=True)
        ],
    }
    opening = [f'"format": {_line(_FORMAT)}', f'"about": {_line(_ABOUT)}']
    joint = ",\n"
    body = [f'"{name}": [\n{joint.join(rows)}\n]' for name, rows in lines.items()]
    return ("{\n" + joint.join([*opening, *body]) + "\n}\n").encode("utf-8", "surrogatepass")


def read_record(path: Path) -> ReadRecord:
    """Read the record of what was read.

    Parameters
    ----------
    path : pathlib.Path
        Its file; it need not be there.

    Returns
    -------
    ReadRecord
        Nothing, if there is no file.

    Raises
    ------
    GoldError
        If the file is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ReadRecord()
    except OSError as error:
        raise GoldError(
            f"The record of what was read cannot be opened: {error.strerror or error}.", file=path
        ) from error
    try:
        content = json.loads(data.decode("utf-8-sig", "surrogatepass"))
        _refuse_later(content, path)
        return _from_json(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GoldError(
            f"The record of what was read is damaged ({error}).",
            file=path,
            cure="Restore an earlier copy. If there is none, delete the file: the present text of all coded "
            "documents then counts as read, also text that was added later.",
        ) from error


def _refuse_later(content: dict[str, Any], path: Path) -> None:
    """Refuse a record of a later version of fourp, which this version could not keep completely."""
    format_name = str(content["format"])
    number = format_name.removeprefix(_ANY_FORMAT)
    if format_name not in {_FORMAT, _BEFORE} and format_name != number and number.isdecimal():
        raise GoldError(
            "The record of what was read was written by a later version of fourp (its format is "
            f"'{format_name}').",
            file=path,
            cure="Install the present version of fourp_nlp. The record stays as it is.",
        )


def _from_json(content: dict[str, Any]) -> ReadRecord:
    before = content["format"] == _BEFORE
    if content["format"] != _FORMAT and not before:
        raise ValueError(f"its format is {content['format']!r}")
    lists = tuple(
        tuple((str(code), "" if before else str(entry[code])) for code in entry)
        for entry in content["codes"]
    )
    seen = {
        str(entry["code"]): [(str(digest), str(date)) for digest, date in entry["seen"]]
        for entry in ([] if before else content["definitions"])
    }
    texts = {
        str(entry["sha256"]): RecordedText(
            int(entry["length"]),
            str(entry["pieces"]).split(),
            [int(start) for start in str(entry["starts"]).split()],
        )
        for entry in content["texts"]
    }
    rows = [
        (
            entry["coder"], entry["document"], 0, texts[entry["text"]].length, WHOLE, entry["text"],
            entry["codes"], entry["since"],
        )
        for entry in content["documents"]
    ]  # fmt: skip
    rows += [
        (entry["coder"], entry["document"], start, end, PART, text, entry["codes"], entry["since"])
        for entry in content["segments"]
        for start, end, text in entry["spans"]
    ]
    entries = conform(pd.DataFrame(rows, columns=ENTRIES.names), ENTRIES)
    if not entries["codes"].between(0, len(lists) - 1).all():
        raise ValueError("it names a list of codes that is not there")
    return ReadRecord(entries, texts, lists, seen)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
