"""Columns of the report's tables of agreement that say how often coders gave each code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fourp_nlp.reporting.text_format import ABSENT, whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from fourp_nlp.reporting.contents import ReportContents

__all__ = ["CodingsColumns"]

_SIDE_BY_SIDE = (
    6  # coders whose numbers of codings stand side by side; of more, the least and the most
)


class CodingsColumns(NamedTuple):
    """The columns of one table; none where the numbers of codings are not known.

    Attributes
    ----------
    heads : tuple of str
        What they are called.
    """

    heads: tuple[str, ...]

    @classmethod
    def of(
        cls, contents: ReportContents, coders: Sequence[str], table: pd.DataFrame
    ) -> CodingsColumns:
        """Return the columns for coders, if the table has numbers."""
        if table["both"].isna().all():
            return cls(())
        if len(coders) > 2:
            return cls(("All", "Some", "Each"))
        names = [
            "the machine" if each in contents.machines else contents.name(each) for each in coders
        ]
        return cls(("Both", *(f"Only {name}" for name in names)))

    def cells(self, row: Mapping[Any, Any]) -> list[str]:
        """Return the cells of a row.

        The row has both, some and codings. Dashes stand where the numbers are not known.
        """
        both, each = float(row["both"]), [int(n) for n in str(row["codings"]).split("; ") if n]
        if not each:
            return [ABSENT] * len(self.heads)
        if self.heads[0] == "Both":
            return [whole(both), *(whole(number - both) for number in each)]
        listed = ", ".join(whole(number) for number in each)
        if len(each) > _SIDE_BY_SIDE:
            listed = f"{whole(min(each))} to {whole(max(each))}"
        return [whole(both), whole(float(row["some"])), listed]
