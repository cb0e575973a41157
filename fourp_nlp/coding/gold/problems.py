"""Problems in gold files, collected and reported together."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.errors import GoldError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["SHOWN", "Problem", "did_you_mean", "nearest", "raise_all"]

# More would push the first ones off the screen.
SHOWN = 20


class Problem(NamedTuple):
    """One thing that is wrong in a gold file, at a line or, in a spreadsheet, at a row."""

    file: str
    line: int
    problem: str
    cure: str
    place_word: str = "line"

    @property
    def place(self) -> str | None:
        """Position in the file; None if the problem concerns the whole file."""
        return f"{self.place_word} {self.line}" if self.line else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the name that is nearest to another.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        The names that there are.

    Returns
    -------
    str
        One of them, or nothing if none is near.
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    return near[0] if near else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a suggestion of the most similar name, as a question.

    Parameters
    ----------
    name : str
        The unknown name.
    known : iterable of str
        The names that there are.

    Returns
    -------
    str
        A sentence, or nothing if no name is near.
    """
    near = nearest(name, known)
    return f"Did you mean '{near}'?" if near else ""


def raise_all(
    problems: Sequence[Problem], total: int, *, what: str = "The gold files have"
) -> None:
    """Raise one error that lists all problems, if there are any.

    Parameters
    ----------
    problems : sequence of Problem
        The problems to name, in order.
    total : int
        How many there are altogether.
    what : str
        How the sentence that counts them begins.

    Raises
    ------
    GoldError
        If there is a problem. With one, it has its file, place and cure; with more, they stand in
        its message, a line each.
    """
    if not problems:
        return
    first = problems[0]
    if total == 1:
        raise GoldError(first.problem, file=first.file, place=first.place, cure=first.cure or None)
    lines = [f"{what} {total} problems:"]
    for problem in problems:
        where = ", ".join(part for part in (problem.file, problem.place) if part)
        lines.append(
            " ".join(part for part in (f"  {where}: {problem.problem}", problem.cure) if part)
        )
    if total > len(problems):
        lines.append(f"  and {total - len(problems)} more.")
    raise GoldError("\n".join(lines))
