"""Reads records from untrusted JSON files, one at a time, and writes them."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourp_nlp.control_characters import without_halves
from fourp_nlp.errors import ExchangeError, UnsafeExchangeError
from fourp_nlp.files import replacing

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

__all__ = ["Record", "Where", "read_records", "write_array", "write_lines"]

MAX_BYTES = 2 * 1024**3
MAX_RECORD = 32 * 1024**2
MAX_RECORDS = 1_000_000
_CHUNK = 1 << 20
_SEPARATORS = re.compile(r"[\s,]*")
_SPACE = re.compile(r"\s*")
_EXACT = 2**53
# As JSON escapes it. Halves of a pair that stand together have become one letter by then.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_FRESH = "Export it from its program again."
# How near the end of the text read so far an error must be for more text to resolve it.
_TAIL = 64


@dataclass(frozen=True)
class Where:
    """A place in a file, for messages."""

    file: Path
    line: int

    def fault(self, problem: str, cure: str = _FRESH) -> ExchangeError:
        """Return the error that says what is wrong here.

        Parameters
        ----------
        problem, cure : str
            What is wrong, and what can be done.

        Returns
        -------
        ExchangeError
            To be raised.
        """
        return ExchangeError(problem, file=self.file, place=f"line {self.line}", cure=cure)

    def text(self, value: object, what: str) -> str:
        """Return a text; a number counts as one, nothing as an empty one."""
        if isinstance(value, str):
            return value
        if value is None:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise self.fault(f"{what} must be a text, but is {_kind(value)}.")

    def items(self, value: object, what: str) -> list[Any]:
        """Return a list; nothing counts as an empty one."""
        if isinstance(value, list):
            return value
        if value is None:
            return []
        raise self.fault(f"{what} must be a list, but is {_kind(value)}.")

    def fields(self, value: object, what: str) -> dict[str, Any]:
        """Return an object's fields; nothing counts as no fields."""
        if isinstance(value, dict):
            return value
        if value is None:
            return {}
        raise self.fault(f"{what} must be an object, but is {_kind(value)}.")

    def offset(self, value: object, what: str) -> int:
        """Return a place in a text; some programs write it as a text."""
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
            return int(value)
        if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT:
            return value
        raise self.fault(f"{what} must be a whole number, but is {_kind(value)}.")

    def share(self, value: object, what: str) -> float:
        """Return a probability, nan where there is none."""
        if value is None:
            return math.nan
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = float(value) if abs(value) < _EXACT else math.inf
            if 0 <= number <= 1:
                return number
            raise self.fault(f"{what} must be between 0 and 1, but is {value!r}.")
        raise self.fault(f"{what} must be a number, but is {_kind(value)}.")


@dataclass(frozen=True)
class Record:
    """One object of a file, and the line on which it begins."""

    fields: dict[str, Any]
    where: Where


def read_records(path: str | os.PathLike[str]) -> Iterator[Record]:
    """Return the objects of a file one after another: lines of JSON, or a list of objects.

    The file is read in pieces; only the record at hand is held.

    Parameters
    ----------
    path : str or os.PathLike
        The file, in UTF-8.

    Yields
    ------
    Record
        An object and its place.

    Raises
    ------
    ExchangeError
        If the file cannot be read, is not UTF-8 or not JSON (which has no NaN), holds something else
        than objects, or names a field twice.
    UnsafeExchangeError
        If the file, or a record in it, is larger than the limits, or nested too deeply.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise UnsafeExchangeError(
                f"The file has {size / 1024**2:,.0f} MB; the limit is {MAX_BYTES // 1024**2:,} MB.",
                file=file,
                cure="Export fewer documents at a time.",
            )
        yield from _Stream(file).records()
    except OSError as error:
        raise ExchangeError(f"It cannot be read: {error.strerror or error}.", file=file) from error


class _Stream:
    """Reads JSON values from a file in pieces."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.held = ""
        self.at = 0
        self.line = 1
        self.ended = False
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self.parser = json.JSONDecoder(
            object_pairs_hook=_no_twins, parse_constant=_refuse_constant, parse_float=_finite
        )

    def records(self) -> Iterator[Record]:
        with self.file.open("rb") as stream:
            self.read = stream.read
            self.skip(_SPACE)
            is_list = self.peek() == "["
            if is_list:
                self.at += 1
            any_record = False
            number = 0
            while True:
                # Lines of JSON need no comma between them; the few who write one are understood.
                self.skip(_SEPARATORS if is_list or any_record else _SPACE)
                sign = self.peek()
                where = Where(self.file, self.line)
                if is_list and sign == "]":
                    self.at += 1
                    self.skip(_SPACE)
                    if self.peek():
                        raise Where(self.file, self.line).fault(
                            "Something follows the end of the list."
                        )
                    return
                if not sign:
                    if is_list:
                        raise where.fault("The file ends within its list: it is cut off.")
                    if not any_record:
                        raise where.fault("The file is empty.")
                    return
                if sign != "{":
                    raise where.fault(f"A record must begin with a brace, not with {sign!r}.")
                any_record = True
                number += 1
                if number > MAX_RECORDS:
                    raise UnsafeExchangeError(
                        f"The file holds more than {MAX_RECORDS:,} records.",
                        file=self.file,
                        place=f"line {self.line}",
                        cure="Export fewer documents at a time.",
                    )
                yield Record(self.value(where), where)

    def value(self, where: Where) -> dict[str, Any]:
        while True:
            try:
                value, end = self.parser.raw_decode(self.held, self.at)
            except json.JSONDecodeError as error:
                mendable = error.msg.startswith("Unterminated string") or (
                    error.pos >= len(self.held) - _TAIL
                )
                if mendable and self.more():
                    continue
                line = self.line + self.held.count("\n", self.at, error.pos)
                raise Where(self.file, line).fault(f"It is not JSON: {error.msg}.") from error
            except _FaultError as error:
                raise where.fault(str(error)) from error
            except (RecursionError, ValueError) as error:
                raise UnsafeExchangeError(
                    "A record is nested too deeply, or a number in it has too many digits.",
                    file=self.file,
                    place=f"line {where.line}",
                    cure="Do not trust the file; no annotation program writes such records.",
                ) from error
            self.line += self.held.count("\n", self.at, end)
            fields: dict[str, Any] = value
            if _SURROGATE.search(self.held, self.at, end):
                fields = _clean(fields)
            self.at = end
            return fields

    def skip(self, pattern: re.Pattern[str]) -> None:
        while True:
            match = pattern.match(self.held, self.at)
            end = match.end() if match else self.at
            self.line += self.held.count("\n", self.at, end)
            self.at = end
            if end < len(self.held) or not self.more():
                return

    def peek(self) -> str:
        return self.held[self.at : self.at + 1]

    def more(self) -> bool:
        """Read a further piece, as large as what is held, so that a long record costs no more."""
        if self.ended:
            return False
        rest = self.held[self.at :]
        if len(rest) >= MAX_RECORD:
            raise UnsafeExchangeError(
                f"A record is longer than {MAX_RECORD // 1024**2} MB.",
                file=self.file,
                place=f"line {self.line}",
                cure="Split the document, or take what is not text out of it.",
            )
        piece = self.read(max(_CHUNK, min(len(rest), MAX_RECORD - len(rest))))
        self.ended = not piece
        try:
            self.held = rest + self.decoder.decode(piece, final=self.ended)
        except UnicodeDecodeError as error:
            raise ExchangeError(
                "The file is not UTF-8.",
                file=self.file,
                place=f"after line {self.line + rest.count(chr(10))}",
                cure="Export it again, or save it as UTF-8.",
            ) from error
        self.at = 0
        return True


class _FaultError(Exception):
    """Something that JSON, or a careful reader of it, does not allow."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twin = next(name for name, count in counts.items() if count > 1)
        raise _FaultError(f"A record names the field '{twin}' twice, and either could be meant.")
    return fields


def _clean(value: Any) -> Any:
    """Return what can be written in UTF-8, names of fields and all."""
    if isinstance(value, str):
        return without_halves(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    return value


def _refuse_constant(written: str) -> float:
    raise _FaultError(f"A number is {written}, which JSON does not have.")


def _finite(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise _FaultError(f"The number {written[:20]} is larger than any that can be held.")
    return number


def _kind(value: object) -> str:
    names = {str: "a text", list: "a list", dict: "an object", bool: "true or false"}
    return names.get(type(value), "nothing" if value is None else f"the number {value!r}"[:40])


def write_lines(rows: Iterable[dict[str, Any]], path: str | os.PathLike[str]) -> None:
    """Write objects as lines of JSON.

    Letters beyond ASCII are escaped: readers that guess an encoding, or that break lines at U+2028,
    cannot go wrong.

    Parameters
    ----------
    rows : iterable of dict
        The objects; they may be made one at a time.
    path : str or os.PathLike
        File to be written, whole or not at all.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    with replacing(path) as partial, partial.open("w", encoding="ascii", newline="\n") as stream:
        stream.writelines(json.dumps(row, allow_nan=False) + "\n" for row in rows)


def write_array(rows: Iterable[dict[str, Any]], path: str | os.PathLike[str]) -> None:
    """Write objects as one JSON list, an object a line; otherwise as `write_lines`.

    Parameters
    ----------
    rows : iterable of dict
        The objects; they may be made one at a time.
    path : str or os.PathLike
        File to be written, whole or not at all.

    Raises
    ------
    FourpError
        If the file cannot be written.
    """
    with replacing(path) as partial, partial.open("w", encoding="ascii", newline="\n") as stream:
        before = "[\n"
        for row in rows:
            stream.write(before + json.dumps(row, allow_nan=False))
            before = ",\n"
        stream.write("\n]\n" if before == ",\n" else "[]\n")
