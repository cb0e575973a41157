"""`fourp frequencies --per-1000-words` and `--cooccurrence`: rates, and codes that stand together."""

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
    for coder, own in table.groupby("coder", sort=False):
        places = list(dict.fromkeys(own[by]))
        wide = own.pivot(index="code", columns=by, values="rate")
        wide = wide.loc[list(dict.fromkeys(own["code"])), places].reset_index()
        wide["code"] = [codebook.names.get(code, code) for code in wide["code"]]
        words = own.drop_duplicates(by).set_index(by)["words"]
        wide.columns = [
            "code",
            *(f"{place or '(none)'} ({words[place]:,} words)" for place in places),
        ]
        per, unit = int(own["per"].iloc[0]), str(own["unit"].iloc[0])
        show(wide, f"{unit.capitalize()} per {per:,} words by {by}, coder {coder}", digits=2)
        for line in caution_lines(own, codebook):
            say(line)
    (path,) = write_report_tables(study, {"rates": table})
    say(f"wrote {near(path)}")


def print_cooccurrence(
    study: Study, table: pd.DataFrame, codebook: Codebook, *, json: bool
) -> None:
    """Print the pairs of codes that go together most, and write all."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.study.reporting.tables import write_report_tables

    if json:
        json_lines(table)
        return
    for coder, own in table.groupby("coder", sort=False):
        met = own[own["both"] > 0].sort_values("phi", ascending=False, kind="stable")
        if met.empty:
            say(f"No two codes stand in the same segment, coder {coder}.")
            continue
        few = met.head(_PAIRS).drop(columns=["coder", "segments"])
        few = few.assign(
            **{
                name: few[name].map(lambda code: codebook.names.get(code, code))
                for name in ("code", "other")
            }
        )
        few.columns = [
            "code",
            "and",
            "with the first",
            "with the other",
            "both",
            "by chance",
            "Jaccard",
            "phi",
        ]
        shown = "" if len(met) <= _PAIRS else f", the {_PAIRS} closest of {len(met)} pairs"
        show(
            few,
            f"Codes in the same segment, {own['segments'].iloc[0]:,} segments, coder {coder}{shown}",
        )
    (path,) = write_report_tables(study, {"cooccurrence": table})
    say(f"wrote {near(path)}")
