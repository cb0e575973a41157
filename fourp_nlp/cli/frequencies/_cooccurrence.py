"""`fourp frequencies --per-1000-words` and `--cooccurrence`: rates and pairs of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.study import Study

__all__ = ["print_cooccurrence", "print_rates"]

_PAIRS = 20  # pairs of codes on the screen; the file holds all


def print_rates(
    study: Study, table: pd.DataFrame, codebook: Codebook, by: str, *, json: bool
) -> None:
    """Print rates, codes down and cases across, and write them."""
    from fourp_nlp.cli.frequencies._estimates import caution_lines
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.study.reporting.tables import write_report_tables

    if json:
        json_lines(table)
        return
    for coder, rates_of_coder in table.groupby("coder", sort=False):
        places = list(dict.fromkeys(rates_of_coder[by]))
        wide = rates_of_coder.pivot(index="code", columns=by, values="rate")
        wide = wide.loc[list(dict.fromkeys(rates_of_coder["code"])), places].reset_index()
        wide["code"] = [codebook.names.get(code, code) for code in wide["code"]]
        words = rates_of_coder.drop_duplicates(by).set_index(by)["words"]
        wide.columns = [
            "code",
            *(f"{place or '(none)'} ({words[place]:,} words)" for place in places),
        ]
        per, unit = int(rates_of_coder["per"].iloc[0]), str(rates_of_coder["unit"].iloc[0])
        show(wide, f"{unit.capitalize()} per {per:,} words by {by}, coder {coder}", digits=2)
        for line in caution_lines(rates_of_coder, codebook):
            say(line)
    (path,) = write_report_tables(study, {"rates": table})
    say(f"wrote {near(path)}")


def print_cooccurrence(
    study: Study, table: pd.DataFrame, codebook: Codebook, *, json: bool
) -> None:
    """Print the pairs of codes that co-occur most, and write all pairs."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.study.reporting.tables import write_report_tables

    if json:
        json_lines(table)
        return
    for coder, pairs_of_coder in table.groupby("coder", sort=False):
        occurring = pairs_of_coder[pairs_of_coder["both"] > 0].sort_values(
            "phi", ascending=False, kind="stable"
        )
        if occurring.empty:
            say(f"No two codes occur in the same segment, coder {coder}.")
            continue
        closest = occurring.head(_PAIRS).drop(columns=["coder", "segments"])
        closest = closest.assign(
            **{
                name: closest[name].map(lambda code: codebook.names.get(code, code))
                for name in ("code", "other")
            }
        )
        closest.columns = [
            "code",
            "and",
            "with the first",
            "with the other",
            "both",
            "by chance",
            "Jaccard",
            "phi",
        ]
        which = (
            "" if len(occurring) <= _PAIRS else f", the {_PAIRS} closest of {len(occurring)} pairs"
        )
        show(
            closest,
            f"Codes in the same segment, {pairs_of_coder['segments'].iloc[0]:,} segments, coder {coder}"
            f"{which}",
        )
    (path,) = write_report_tables(study, {"cooccurrence": table})
    say(f"wrote {near(path)}")
