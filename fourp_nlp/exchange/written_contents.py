"""Counts what a writer puts into its file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection

    from fourp_nlp.exchange.exchange import Exchange

__all__ = ["NOBODY", "Contents"]

NOBODY = "nobody named"


@dataclass
class Contents:
    """Counts of what is in a file.

    Attributes
    ----------
    documents, themes, codes : int
        How many.
    codings : dict of str to int
        Codings by coder: also of those whom the file has as coders and who gave no code.
    """

    documents: int = 0
    themes: int = 0
    codes: int = 0
    codings: dict[str, int] = field(default_factory=dict)

    def of_project(self, project: Exchange, marks: pd.DataFrame | None = None) -> None:
        """Count what is in a file that holds a project.

        Parameters
        ----------
        project : Exchange
            What was written.
        marks : pandas.DataFrame, optional
            Those of its codings that were written; by default all.
        """
        written = project.marks if marks is None else marks
        self.documents = int(project.sources["has_text"].sum())
        applied = project.nodes["codable"] | project.nodes["guid"].isin(set(written["node"]))
        self.themes, self.codes = int((~applied).sum()), int(applied.sum())
        names = dict(zip(project.users["guid"], project.users["coder"], strict=True))
        given = written["user"].map(names).fillna(NOBODY).value_counts()
        read_by = set(project.read["coder"])
        # Who read and gave no code is a coder too.
        coders = [name for name in names.values() if name in given.index or name in read_by]
        self.codings = {name: int(given.get(name, 0)) for name in [*coders, *given.index]}

    def table(self, holds: Collection[str]) -> pd.DataFrame:
        """Return what there is, of that which a format can hold.

        Parameters
        ----------
        holds : collection of str
            What it can hold: documents, themes, codes, coders, codings.

        Returns
        -------
        pandas.DataFrame
            Columns item, coder (of codings by one; else empty) and count.
        """
        rows = [
            ("documents", "", self.documents),
            ("themes", "", self.themes),
            ("codes", "", self.codes),
            ("coders", "", len(self.codings)),
            ("codings", "", sum(self.codings.values())),
            *(("codings", coder, count) for coder, count in self.codings.items()),
        ]
        frame = pd.DataFrame(rows, columns=["item", "coder", "count"])
        return frame[frame["item"].isin(holds)].reset_index(drop=True)
