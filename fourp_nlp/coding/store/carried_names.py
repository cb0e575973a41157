"""Names in logs that are never changed: what codes and coders of earlier entries are called now."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = ["CarriedNames", "NameChange", "carried_names", "followed", "no_longer"]

_QUERY = (
    "SELECT at, what, detail FROM log WHERE what LIKE 'code % renamed to %' OR what LIKE 'codes merged %' "
    "OR what LIKE 'code % retired' OR what LIKE 'code % split into %' OR what IN ('coder renamed', 'undone') "
    "ORDER BY rowid"
)
_SECONDS = 19  # characters of a time up to its seconds: the log of changes is not more precise
_NO_TIME = ""
_SPLIT = re.compile(r"code (\S+) split into ")


class NameChange(NamedTuple):
    """What names of entries became.

    Attributes
    ----------
    into : dict of str to str
        New names by the old ones; empty for a code that was retired or split.
    after, until : str
        The entries that it is about, by their times up to the second; empty `after` from the beginning.
    """

    into: dict[str, str]
    after: str
    until: str

    @property
    def keeps_meaning(self) -> bool:
        """Whether each name only became another: nothing was merged, split or retired."""
        return len(self.into) == 1 and all(self.into.values())


class CarriedNames(NamedTuple):
    """How codes and coders of a project changed their names, oldest first.

    Attributes
    ----------
    codes, coders : list of NameChange
        The changes; one that was taken back is about the entries between the two alone.
    """

    codes: list[NameChange]
    coders: list[NameChange]

    def entries(self, entries: pd.DataFrame) -> pd.DataFrame:
        """Return entries of a log with the names that codes and coders have now.

        Parameters
        ----------
        entries : pandas.DataFrame
            Columns at, code and coder, and perhaps others that name coders.

        Returns
        -------
        pandas.DataFrame
            A code that was merged, split or retired since is one that no codebook has (`no_longer`).
        """
        if entries.empty or not (self.codes or self.coders):
            return entries
        carried = _mapped(
            entries,
            "code",
            [
                change
                if change.keeps_meaning
                else change._replace(into={code: no_longer(code) for code in change.into})
                for change in self.codes
            ],
        )
        for column in ("coder", "decided_by", "before_by"):
            if column in entries.columns:
                carried = _mapped(carried, column, self.coders)
        for column in ("given_by", "not_given_by"):
            if column in entries.columns and self.coders:
                carried = _mapped_lines(carried, column, self.coders)
        return carried

    def recorded(self, coder: str, names: Iterable[str]) -> list[tuple[str, str, str]]:
        """Return under which names a coder's entries are recorded.

        Parameters
        ----------
        coder : str
            The name of now.
        names : iterable of str
            All names in the log.

        Returns
        -------
        list of (str, str, str)
            A name, and the times between which entries with it are this coder's: later than the first or at
            it, and earlier than the second; empty without a limit.
        """
        points = sorted({time for each in self.coders for time in (each.after, each.until) if time})
        # At a point itself, and between two points: what is so at one second of a stretch is so at all.
        stretches = [(_NO_TIME, points[0])]
        for at, after in zip(points, [*points[1:], _NO_TIME], strict=True):
            stretches += [(at, f"{at}~"), (f"{at}~", after)]
        return [
            (name, first, last)
            for name in dict.fromkeys(names)
            for first, last in stretches
            if self._coder_now(name, first) == coder
        ]

    def now_called(self, names: Iterable[str]) -> list[str]:
        """Return every name that coders of recorded names may have now."""
        known = dict.fromkeys(names)
        for change in self.coders:
            known |= dict.fromkeys(change.into[name] for name in list(known) if name in change.into)
        return list(known)

    def _coder_now(self, name: str, at: str) -> str:
        for change in self.coders:
            if change.after <= at and at[:_SECONDS] <= change.until and not _is_past(at, change):
                name = change.into.get(name, name)
        return name


def _is_past(at: str, change: NameChange) -> bool:
    """Return whether a stretch that begins behind a second is behind the end of a change."""
    return at.endswith("~") and at[:_SECONDS] == change.until


def followed(coder: str, before: CarriedNames, now: CarriedNames) -> str:
    """Return what a coder is called after the changes that came to a log while somebody was at work.

    Parameters
    ----------
    coder : str
        The coder's name before.
    before, now : CarriedNames
        What was known of the log before, and what is known now.
    """
    for change in now.coders:
        if change not in before.coders:
            coder = change.into.get(coder, coder)
    return coder


def no_longer(code: str) -> str:
    """Return what stands for a code that was merged, split or retired: it can be the id of none."""
    return f"({code})"


def _mapped(entries: pd.DataFrame, column: str, changes: Sequence[NameChange]) -> pd.DataFrame:
    times = entries["at"].str[:_SECONDS]
    names = entries[column]
    for change in changes:
        concerned = names.isin(list(change.into)) & (times >= change.after)
        concerned &= times <= change.until
        names = names.where(~concerned, names.map(change.into))
    return entries.assign(**{column: names.astype("str")})


def _mapped_lines(
    entries: pd.DataFrame, column: str, changes: Sequence[NameChange]
) -> pd.DataFrame:
    def now(cell: str, at: str) -> str:
        names = cell.split("\n")
        for change in changes:
            if change.after <= at <= change.until:
                names = [change.into.get(name, name) for name in names]
        return "\n".join(names)

    times = entries["at"].str[:_SECONDS]
    cells = [now(cell, at) for cell, at in zip(entries[column], times, strict=True)]
    return entries.assign(**{column: cells})


def carried_names(connection: sqlite3.Connection) -> CarriedNames:
    """Return how codes and coders changed their names, from the project's log.

    Parameters
    ----------
    connection : sqlite3.Connection
        The database.
    """
    names = CarriedNames([], [])
    made: list[tuple[str, str, NameChange]] = []
    for at, what, text in connection.execute(_QUERY):
        detail = json.loads(text)
        if what != "undone":
            into = _into(what, detail)
            if into:
                # The change itself is known to its second: what has the earlier name then came before it.
                made.append(
                    (_told_as(what, detail), what, NameChange(into, _NO_TIME, at[:_SECONDS]))
                )
            continue
        undone = next((each for each in reversed(made) if each[0] == detail.get("what")), None)
        if undone is not None:
            made[made.index(undone)] = (_NO_TIME, undone[1], _between(undone[2], at[:_SECONDS]))
    for _, what, change in made:
        if change.into:
            (names.coders if what == "coder renamed" else names.codes).append(change)
    return names


def _into(what: str, detail: dict[str, Any]) -> dict[str, str]:
    if what == "coder renamed":
        # Earlier versions did not say who was renamed.
        return {str(detail["from"]): str(detail["to"])} if "from" in detail else {}
    if split := _SPLIT.match(what):
        return {split[1]: ""}
    return {str(old): str(new) for old, new in detail.get("codes", {}).items()}


def _told_as(what: str, detail: dict[str, Any]) -> str:
    """Return a change as it is called where it is taken back."""
    if what == "coder renamed":
        return f"coder {detail['from']} renamed to {detail['to']}"
    return what


def _between(change: NameChange, undone: str) -> NameChange:
    """Return what becomes of names that were used between a change and its undoing."""
    if change.keeps_meaning:
        back = {new: old for old, new in change.into.items()}
    else:
        # A merged code that was none of its parts is gone again.
        back = {new: "" for old, new in change.into.items() if new and new not in change.into}
    return NameChange(back, change.until, undone)
