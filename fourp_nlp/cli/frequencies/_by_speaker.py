"""`fourp frequencies --by speaker`, `role` or an attribute of speakers, printed and written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.study import Study

__all__ = ["print_by_speaker"]


def print_by_speaker(study: Study, table: pd.DataFrame, by: str, *, json: bool) -> None:
    """Print counts or rates, codes down and speakers across, and write them."""
    from fourp_nlp.cli.frequencies._estimates import caution_lines
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.study.reporting.tables import write_report_tables

    if json:
        json_lines(table)
        return
    is_rate = "rate" in table.columns
    for coder, of_coder in table.groupby("coder", sort=False):
        unit = str(of_coder["unit"].iloc[0]).capitalize()
        if is_rate:
            per = int(of_coder["per"].iloc[0])
            show(
                _wide(study, of_coder, "rate", "words"),
                f"{unit} per {per:,} words by {by}, coder {coder}",
                digits=2,
            )
            for line in caution_lines(of_coder, study.codebook):
                say(line)
        else:
            show(_wide(study, of_coder, "count", "segments"), f"{unit} by {by}, coder {coder}")
    if not is_rate:
        say("In brackets: the segments in which the coder looked for any code.")
    name = re.sub(r"[^\w-]+", "_", by.strip().casefold())
    (path,) = write_report_tables(
        study, {f"rates_by_{name}" if is_rate else f"frequencies_by_{name}": table}
    )
    say(f"wrote {near(path)}")


def _wide(study: Study, table: pd.DataFrame, value: str, size: str) -> pd.DataFrame:
    """Return a row a code and a column a part, with the size of each part in its head."""
    import pandas as pd

    codes = study.codebook.code_ids
    parts = list(dict.fromkeys(zip(table["part"], table["document"], strict=True)))
    columns: dict[str, object] = {"code": [study.codebook.names.get(code, code) for code in codes]}
    totals = None
    for part, document in parts:
        rows = table[(table["part"] == part) & (table["document"] == document)].set_index("code")
        values = rows.loc[codes, value].to_numpy()
        columns[
            f"{part or '(none)'} ({int(rows[size].max()):,}{' words' if size == 'words' else ''})"
        ] = values
        totals = values if totals is None else totals + values
    if value == "count" and totals is not None:
        columns["total"] = totals
    frame = pd.DataFrame(columns)
    if value == "count":
        sums = {name: frame[name].sum() for name in frame.columns if name != "code"}
        frame = pd.concat([frame, pd.DataFrame([{"code": "total", **sums}])], ignore_index=True)
    return frame
