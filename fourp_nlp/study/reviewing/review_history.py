"""What can be undone and done again, from the log of a review."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DO", "REDO", "UNDO", "ReviewHistory"]

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
    last : int
        The last entry of the log that is in it.
    """

    done: list[int] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    entries: dict[int, pd.DataFrame] = field(default_factory=dict)
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
            elif kind == UNDO:
                self.done.remove(of_action)
                self.undone.append(of_action)
            else:
                self.undone.remove(of_action)
                self.done.append(of_action)
            self.last = int(action["number"].iloc[-1])

    def next_to_undo(self) -> pd.DataFrame | None:
        """Return the entries of the action that would be undone, None if there is none."""
        return self.entries[self.done[-1]] if self.done else None

    def next_to_redo(self) -> pd.DataFrame | None:
        """Return the entries of the action that would be done again, None if there is none."""
        return self.entries[self.undone[-1]] if self.undone else None
