"""What can be undone and done again, from the log of a review."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["DO", "REDO", "UNDO", "ReviewHistory", "passed_over"]

DO, UNDO, REDO = "do", "undo", "redo"


@dataclass
class ReviewHistory:
    """The actions of one person.

    Attributes
    ----------
    done, undone : list of int
        Actions that can be undone, and done again; the last is next.
    entries : dict of int to pandas.DataFrame
        The entries of each action that was done, in the table REVIEWED.
    passed : set of int
        Actions that could not be undone or done again, which are passed over.
    last : int
        The last entry of the log that is in it.
    """

    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    entries: dict[int, pd.DataFrame] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)
    last: int = 0

    def add(self, log: pd.DataFrame) -> None:
        """Add entries of the log.

        Parameters
        ----------
        log : pandas.DataFrame
            Rows of the table REVIEWED, oldest first, that follow on those that it has.
        """
        for number, action in log.groupby("action", sort=True):
            kind, of_action = str(action["kind"].iloc[0]), int(action["of_action"].iloc[0])
            if kind == DO:
                self.done.append(int(str(number)))
                self.undone.clear()
                self.entries[int(str(number))] = action
            else:
                source, goal = (
                    (self.done, self.undone) if kind == UNDO else (self.undone, self.done)
                )
                source.remove(of_action)
                goal.append(of_action)
            self.last = int(action["number"].iloc[-1])

    def next_to_undo(self) -> pd.DataFrame | None:
        """Return the entries of the action that would be undone, None if there is none."""
        return self._first(self.done)

    def next_to_redo(self) -> pd.DataFrame | None:
        """Return the entries of the action that would be done again, None if there is none."""
        return self._first(self.undone)

    def _first(self, actions: list[int]) -> pd.DataFrame | None:
        left = [number for number in actions if number not in self.passed]
        return self.entries[left[-1]] if left else None

    def next_possible(
        self, kind: str, possible: Callable[[pd.DataFrame], bool]
    ) -> tuple[pd.DataFrame | None, bool]:
        """Return the action that can be undone or done again.

        Parameters
        ----------
        kind : {"undo", "redo"}
            Which.
        possible : callable
            Whether it can be: what it changed may have been changed elsewhere since.

        Returns
        -------
        pandas.DataFrame or None
            Its entries; None if there is none.
        bool
            Whether it can be. If not, it is passed over the next time, as long as it cannot.
        """
        for number in reversed(self.done if kind == UNDO else self.undone):
            action = self.entries[number]
            if possible(action):
                self.passed.discard(number)
                return action, True
            if number not in self.passed:
                self.passed.add(number)
                return action, False
        return None, False


def passed_over(action: pd.DataFrame, kind: str, why: str) -> str:
    """Return the sentences on an action that cannot be undone or done again, and is passed over.

    Parameters
    ----------
    action : pandas.DataFrame
        Its entries.
    kind : {"undo", "redo"}
        What was to be done with it.
    why : str
        The reason, as a clause.
    """
    done, next_time = (
        ("taken back", "the next undo takes back the action before it")
        if kind == UNDO
        else ("done again", "the next redo does the action after it")
    )
    return f"'{action['what'].iloc[0]}' cannot be {done}: {why}. It is passed over: {next_time}."
