"""What the commands print: tables, notes, progress and JSON Lines."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.pipeline import Watch

__all__ = ["fail", "json_lines", "near", "say", "show", "skipped_documents", "warn", "watching"]


def _out() -> Console:
    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def _err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def say(text: str) -> None:
    """Print a line of result."""
    _out().print(escape(text))


def near(path: Path) -> str:
    """Return a path as seen from here, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def warn(text: str) -> None:
    """Print something that the user should know."""
    _err().print(escape(f"Note: {text}"), style="yellow" if sys.stderr.isatty() else None)


def fail(text: str) -> None:
    """Print why a command could not do its work."""
    _err().print(escape(f"Error: {text}"), style="red" if sys.stderr.isatty() else None)


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
                escape(f"Skipped: {path}: {reason}"),
                style="yellow" if sys.stderr.isatty() else None,
            )
    if count:
        told = "1 document was" if count == 1 else f"{count} documents were"
        warn(f"{told} skipped; the others were read.")
    return count


def show(frame: pd.DataFrame, title: str = "", *, digits: int = 3) -> None:
    """Print a table: ruled and wrapped in a terminal, aligned plain text in a pipe."""
    cells = [[_cell(value, digits) for value in row] for row in frame.itertuples(index=False)]
    names = [str(name) for name in frame.columns]
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

    table = Table(title=escape(title) or None, title_justify="left", box=box.SIMPLE_HEAD)
    for name, number in zip(names, right, strict=True):
        table.add_column(escape(name), justify="right" if number else "left", overflow="fold")
    for row in cells:
        table.add_row(*(escape(cell) for cell in row))
    _out().print(table)


def _is_number(values: pd.Series) -> bool:
    return values.dtype.kind in "iuf"


def _cell(value: Any, digits: int) -> str:  # noqa: ANN401 - a frame's cell may be anything
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.{digits}f}"
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)


def json_lines(frame: pd.DataFrame) -> None:
    """Print one JSON object a row; an undefined or infinite number is null."""
    names = list(frame.columns)
    for row in frame.itertuples(index=False, name=None):
        record = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def _plain(value: Any) -> Any:  # noqa: ANN401
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


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
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_err(),
        transient=True,
    )
    with bars:

        def watch(name: str) -> Callable[[int, int], None]:
            task = bars.add_task(name, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield watch
