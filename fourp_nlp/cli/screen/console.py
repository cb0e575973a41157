"""Printing to the terminal: tables, notes, progress and JSON Lines.

Names of codes, coders and documents, quotes and notices come from files of unknown origin. All
that is printed passes through `visible` here, so that none of it can steer the terminal.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from fourp_nlp.number_format import fixed

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.reading.corpus import Watch

__all__ = [
    "fail",
    "json_lines",
    "near",
    "say",
    "show",
    "skipped_documents",
    "visible",
    "warn",
    "watching",
]

# Control characters of both ranges but tab and line feed; separators of lines and paragraphs; what turns
# the direction of what follows (Unicode TR36, 3.1); and lone surrogates, which no terminal is sent.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    r"""Return a text whose control characters are shown and not sent.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text with each character that could steer a terminal, or turn the direction of a line, written
        as its escape: ``\x1b`` for the one that begins colours.
    """
    return _STEERING.sub(lambda found: _escape(found.group()), text)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _literal(text: str) -> Text:
    """Return a text that Rich prints as it is: no markup in it, no names of emoji."""
    return Text(visible(text))


def _out() -> Console:
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def _err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def say(text: str) -> None:
    """Print a line of result."""
    _out().print(_literal(text))


def near(path: Path) -> str:
    """Return a path as seen from here, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def warn(text: str) -> None:
    """Print something that the user should know."""
    _err().print(_literal(f"Note: {text}"), style="yellow" if sys.stderr.isatty() else None)


def fail(text: str) -> None:
    """Print why a command could not do its work."""
    _err().print(_literal(f"Error: {text}"), style="red" if sys.stderr.isatty() else None)


def skipped_documents(skipped: pd.DataFrame) -> int:
    """Print a line for each document that was skipped or needs a remark; return how many were skipped."""
    from fourp_nlp.documents import NOTE

    count = 0
    for path, reason in zip(skipped["path"], skipped["reason"], strict=True):
        if reason.startswith(NOTE):
            warn(f"{path}: {reason.removeprefix(NOTE)}")
        else:
            count += 1
            _err().print(
                _literal(f"Skipped: {path}: {reason}"),
                style="yellow" if sys.stderr.isatty() else None,
            )
    if count:
        subject = "1 document was" if count == 1 else f"{count} documents were"
        warn(f"{subject} skipped; the others were read.")
    return count


def show(
    frame: pd.DataFrame, title: str = "", *, digits: int = 3, below: Sequence[str] = ()
) -> None:
    """Print a table, and lines below it: ruled and wrapped in a terminal, aligned plain text in a pipe."""
    _show(frame, title, digits)
    for line in below:
        say(line)


def _show(frame: pd.DataFrame, title: str, digits: int) -> None:
    cells = [
        [visible(_cell(value, digits)) for value in row] for row in frame.itertuples(index=False)
    ]
    names = [visible(str(name)) for name in frame.columns]
    title = visible(title)
    right = [_is_number(frame[name]) for name in frame.columns]
    if not sys.stdout.isatty():
        widths = [max([len(n), *(len(row[i]) for row in cells)]) for i, n in enumerate(names)]
        if title:
            sys.stdout.write(f"\n{title}\n")
        for row in [names, *cells]:
            line = "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(row, widths, right, strict=True)
            )
            sys.stdout.write(line.rstrip() + "\n")
        return
    from rich import box
    from rich.table import Table

    from fourp_nlp.cli.screen.terminal_tables import fit

    screen = _out()
    fitted = fit(names, cells, right, screen.width)
    table = Table(
        title=Text(title) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    columns = zip(fitted.names, fitted.right, fitted.one_line, strict=True)
    for name, number, one_line in columns:
        words = max(map(len, name.split()), default=1)
        table.add_column(
            Text(name),
            justify="right" if number else "left",
            overflow="fold",
            min_width=max([words, *(len(row[len(table.columns)]) for row in fitted.rows)])
            if one_line
            else None,
        )
    for row in fitted.rows:
        table.add_row(*(Text(cell) for cell in row))
    screen.print(table)
    if fitted.left_out:
        screen.print(
            _literal(f"not shown at this width: {', '.join(fitted.left_out)} (the files have all)")
        )


def _is_number(values: pd.Series) -> bool:
    return values.dtype.kind in "iuf"


def _cell(value: Any, digits: int) -> str:
    if isinstance(value, float):
        return fixed(value, digits)
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)


def json_lines(frame: pd.DataFrame) -> None:
    """Print one JSON object a row; an undefined or infinite number is null.

    JSON escapes most control characters; those that it lets pass are escaped here in its own way.
    """
    names = list(frame.columns)
    for row in frame.itertuples(index=False, name=None):
        record = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        line = json.dumps(record, ensure_ascii=False)
        sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", line) + "\n")


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, float):
        return value
    return value + 0.0 if math.isfinite(value) else None  # no zero has a sign


@contextmanager
def watching() -> Iterator[Watch]:
    """Give a watch that draws progress bars on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name: lambda _done, _total: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bars = Progress(
        TextColumn("{task.description:<12}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_err(),
        transient=True,
    )
    with bars:

        def watch(name: str) -> Callable[[int, int], None]:
            task = bars.add_task(visible(name), total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield watch
