"""Summarises an import by coder: each coding of the file, and each of the study, in exactly one column."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.study.measuring.retest import AGAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.gold_files import GoldImport
    from fourp_nlp.study.importing.codings.machine_codings import MachineImport
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = ["MACHINES", "PEOPLE", "adds_up", "count_by_coder", "machines_table", "people_table"]

_STILL_HERE = ("untouched", "unclear", "lost")

PEOPLE = (
    ("same", "new", "moved", "not_taken"),
    ("same", "moved", "gone", *_STILL_HERE),
)
"""Columns that add up to a person's codings in the file, and to those that were here."""

MACHINES = (
    ("kept", "moved", "added", "not_taken"),
    ("kept", "moved", "removed", *_STILL_HERE),
)
"""The same of a machine."""


def count_by_coder(users: pd.Series, coders: Mapping[str, Coder]) -> pd.Series:
    """Return the number of codings of each coder in a file, by the coder's name here.

    Parameters
    ----------
    users : pandas.Series
        The GUID of the user of each coding.
    coders : mapping of str to Coder
        The coder of each.

    Returns
    -------
    pandas.Series
        Counts; codings of users that the file does not list are under an empty name.
    """
    return users.map(
        defaultdict(str, {guid: c.known_as for guid, c in coders.items()})
    ).value_counts()


def people_table(
    gold_import: GoldImport,
    before: ImportTarget,
    coders: Mapping[str, Coder],
    *,
    filed: pd.Series,
    not_taken: pd.Series,
) -> pd.DataFrame:
    """Return the table of human coders' codings.

    Parameters
    ----------
    gold_import : GoldImport
        Changes of the gold files by people's codings.
    before : ImportTarget
        The project before the import.
    coders : mapping of str to Coder
        All coders of the file.
    filed, not_taken : pandas.Series
        How many codings of each coder the file holds, and how many of them are not taken.

    Returns
    -------
    pandas.DataFrame
        One row for each person in the file who has codings there or here, and for each who lost some here:
        coder, documents, codings (in the file), those of PEOPLE, and here.
    """
    n_here = before.codings["coder"].value_counts()
    again = replace(before, gold=before.repeat).codings
    n_here = n_here.add((again["coder"] + AGAIN).value_counts(), fill_value=0)
    names = [c.known_as for c in coders.values() if not c.machine]
    names = list(dict.fromkeys([*names, "", *gold_import.lost["coder"]]))
    counts = gold_import.counts.set_index("coder")
    table = _complete_counts(
        counts, names, PEOPLE, gold_import.lost["coder"].value_counts(), n_here
    )
    table = table.assign(
        codings=filed.reindex(names, fill_value=0), not_taken=not_taken.reindex(names, fill_value=0)
    )
    busy = (table[["codings", "here"]] > 0).any(axis=1)
    columns = ["documents", "codings", *PEOPLE[0], "here", *PEOPLE[1][2:]]
    return _as_table(table.loc[busy, columns])


def machines_table(
    machine_import: MachineImport,
    before: ImportTarget,
    coders: Mapping[str, Coder],
    *,
    filed: pd.Series,
    not_taken: pd.Series,
) -> pd.DataFrame:
    """Return the table of machines' codings.

    Parameters
    ----------
    machine_import : MachineImport
        The imported machine codings.
    before : ImportTarget
        The project before the import.
    coders : mapping of str to Coder
        All coders of the file.
    filed, not_taken : pandas.Series
        How many codings of each coder the file holds, and how many of them are not taken.

    Returns
    -------
    pandas.DataFrame
        One row for each machine in the file, and for each that lost codings here: coder, codings (in the
        file), those of MACHINES, and here.
    """
    n_here = before.extras.machine_codings["coder"].value_counts()
    if before.machine:
        n_here = n_here.add(pd.Series({before.machine: len(before.suggestions)}), fill_value=0)
    lost = machine_import.lost["coder"]
    in_file = [c.known_as for c in coders.values() if c.machine]
    names = list(dict.fromkeys([*in_file, *lost]))
    counts = machine_import.counts.set_index("coder")
    table = _complete_counts(counts, names, MACHINES, lost.value_counts(), n_here)
    more = not_taken.reindex(names, fill_value=0)
    table = table.assign(
        codings=filed.reindex(names, fill_value=0), not_taken=table["not_taken"] + more
    )
    return _as_table(table[["codings", *MACHINES[0], "here", *MACHINES[1][2:]]])


def _complete_counts(
    counts: pd.DataFrame,
    names: list[str],
    columns: tuple[tuple[str, ...], tuple[str, ...]],
    lost: pd.Series,
    n_here: pd.Series,
) -> pd.DataFrame:
    """Return counts with a row for each name; for names without counts, all codings here are untouched."""
    complete = counts.reindex(index=names)
    apart = complete["same" if "same" in complete else "kept"].isna()
    complete = complete.reindex(
        columns=list(dict.fromkeys([*complete.columns, *columns[0], *columns[1]]))
    )
    complete["here"] = n_here.reindex(names, fill_value=0)
    complete.loc[apart, "lost"] = lost.reindex(names, fill_value=0)[apart]
    complete.loc[apart, "untouched"] = (complete["here"] - complete["lost"])[apart]
    return complete.fillna(0)


def _as_table(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table.astype("int64").rename_axis("coder").reset_index()
    return numbers.astype({"coder": "str"})


def adds_up(people: pd.DataFrame, machines: pd.DataFrame) -> bool:
    """Return whether every coding of the file, and every coding here, is in exactly one column.

    Parameters
    ----------
    people, machines : pandas.DataFrame
        As `people_table` and `machines_table` return them.

    Returns
    -------
    bool
        Whether it is.
    """
    return all(
        bool((table[total] == table[list(columns)].sum(axis=1)).all())
        for table, (file_columns, here_columns) in ((people, PEOPLE), (machines, MACHINES))
        for total, columns in (("codings", file_columns), ("here", here_columns))
    )
