"""What was scored in batch, counted by site, group or page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["tell_scored"]

_SHOWN = 60  # sites on the screen; the file has all


def tell_scored(
    folder: Path,
    *,
    by: Literal["case", "group", "document"],
    unit: Literal["occurrences", "segments", "documents"],
    per_1000_words: bool,
    json: bool,
) -> None:
    """Print and write counts of a folder of scores."""
    from fourp_nlp.cli._console import json_lines, near, say, show, warn
    from fourp_nlp.scoring import count_scored, page_facts
    from fourp_nlp.spreadsheet import write_csv

    level: Literal["site", "group", "document"] = "site" if by == "case" else by
    table = count_scored(folder, by=level, unit="pages" if unit == "documents" else unit)
    if json:
        json_lines(table)
        return
    facts = page_facts(folder)
    aside = facts[facts["status"] != "kept"].groupby("status")["pages"].sum()
    if len(aside):
        listed = ", ".join(
            f"{count:,} {str(status).replace('_', ' ')}" for status, count in aside.items()
        )
        warn(f"Pages that are not counted: {listed}. They are listed in {near(folder / 'pages')}.")
    wide = _wide(table, level, "per_1000_words" if per_1000_words else "count")
    said = "for a thousand words" if per_1000_words else "by the machine"
    show(
        wide.head(_SHOWN),
        f"{table['unit'].iloc[0].capitalize()} {said}, {table['machine'].iloc[0]}",
        digits=2,
    )
    if len(wide) > _SHOWN:
        warn(f"{len(wide) - _SHOWN:,} more rows are in the file.")
    path = write_csv(table, folder / f"frequencies_by_{level}.csv")
    say(f"wrote {near(path)}")


def _wide(table: pd.DataFrame, level: str, value: str) -> pd.DataFrame:
    """Return sites (groups, pages) as rows and codes as columns, with words and pages."""
    keys = {"site": ["group", "site"], "group": ["group"], "document": ["site", "document"]}[level]
    facts = table.drop_duplicates(keys)[[*keys, "pages", "words"]]
    codes = list(dict.fromkeys(table["code"]))
    cells = table.pivot(index=keys, columns="code", values=value)[codes].reset_index()
    merged = facts.merge(cells, on=keys)
    return merged.sort_values(keys, kind="stable").reset_index(drop=True)
