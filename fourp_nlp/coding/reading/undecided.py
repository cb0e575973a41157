"""Codings whose passage changed, and of which nobody has decided yet where they belong.

They are taken out of the gold files until somebody decides, so that nothing counts that may be wrong. Each is
kept with all cells of its row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["UNDECIDED_NAME", "Undecided", "read_undecided", "undecided_content"]

UNDECIDED_NAME = "undecided.json"
"""The file of undecided codings, in the folder of the gold files. It is no CSV: nothing in it counts."""

_FORMAT = "fourp undecided codings, 1"
_ABOUT = (
    "Codings whose passage was changed in the document. They count nowhere until somebody decides: "
    "fourp gold --move writes a sheet of them, and fourp gold --decide FILE takes the decisions in."
)


@dataclass(frozen=True)
class Undecided:
    """A coding whose passage changed.

    Attributes
    ----------
    number : int
        By which the sheet names it.
    file : str
        The gold file that it was in, by its path in the folder of gold files.
    cells : dict of str to str
        The cells of its row, by the names of the columns.
    document : str
        Its document.
    start, end : int
        Where it stood.
    text : str
        The SHA-256 of the text in which it stood there; empty if that is not known.
    quote : str
        What it coded.
    """

    number: int
    file: str
    cells: dict[str, str]
    document: str
    start: int
    end: int
    text: str
    quote: str


def read_undecided(path: Path) -> list[Undecided]:
    """Read the undecided codings of a project.

    Parameters
    ----------
    path : pathlib.Path
        Their file; it need not be there.

    Returns
    -------
    list of Undecided
        In the order of their numbers.

    Raises
    ------
    GoldError
        If the file is damaged.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise GoldError(
            f"The undecided codings cannot be read: {error.strerror or error}.", file=path
        ) from error
    try:
        content = json.loads(data.decode("utf-8", "surrogatepass"))
        rows = _from_json(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GoldError(
            f"The file of undecided codings is damaged ({error}).",
            file=path,
            cure="Restore an earlier copy. If you delete the file, these codings are lost.",
        ) from error
    return sorted(rows, key=lambda each: each.number)


def _from_json(content: dict[str, Any]) -> list[Undecided]:
    if content["format"] != _FORMAT:
        raise ValueError(f"its format is {content['format']!r}")
    return [_coding(row) for row in content["codings"]]


def _coding(row: dict[str, Any]) -> Undecided:
    return Undecided(
        int(row["number"]),
        str(row["file"]),
        {str(name): str(cell) for name, cell in row["cells"].items()},
        str(row["document"]),
        int(row["start"]),
        int(row["end"]),
        str(row["text"]),
        str(row["quote"]),
    )


def undecided_content(codings: Sequence[Undecided]) -> bytes | None:
    """Return the content of the file of undecided codings.

    Parameters
    ----------
    codings : sequence of Undecided
        The codings.

    Returns
    -------
    bytes or None
        None if there are none, and the file is to go.
    """
    if not codings:
        return None
    rows = ",\n".join(json.dumps(vars(each), ensure_ascii=False) for each in codings)
    opening = f'{{\n"format": {json.dumps(_FORMAT)},\n"about": {json.dumps(_ABOUT)}'
    return f'{opening},\n"codings": [\n{rows}\n]\n}}\n'.encode("utf-8", "surrogatepass")
