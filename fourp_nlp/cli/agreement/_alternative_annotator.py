"""`fourp agree --alt-test`: whether the machine may take the place of one of the people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourp_nlp.number_format import fixed

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.study.study import Study


__all__ = ["show_alt_test"]

_SHOWN = {
    "coder": "left out",
    "n": "segments",
    "documents": "documents",
    "person_coded": "coded by person",
    "tested_coded": "by tested",
    "machine": "tested",
    "person": "person",
    "p_adjusted": "p",
    "wins": "wins",
    "document_p_adjusted": "p by document",
    "document_wins": "wins by document",
}


def show_alt_test(
    study: Study,
    *,
    epsilon: float,
    json: bool,
) -> None:
    """Print and write the alternative annotator test of the machine."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.study.measuring.alternative_annotator import NEVER, alt_test_machine
    from fourp_nlp.study.reporting.tables import write_report_tables

    enough_people = len(study.gold.people) > 2
    study = study.with_machine() if enough_people else study.without_machine()
    tested = alt_test_machine(study, epsilon=epsilon)
    table = tested.table
    if json:
        json_lines(table)
        return
    for name, of_tested in table.groupby("tested", sort=False):
        shown = of_tested[list(_SHOWN)].rename(columns=_SHOWN)
        for column in ("wins", "wins by document"):
            shown[column] = ["yes" if wins else "no" for wins in shown[column]]
        show(shown, f"Alternative annotator test: {name}")
        first = of_tested.iloc[0]
        say(
            f"winning rate {_figure(first['winning_rate'])} as published, "
            f"{_figure(first['document_winning_rate'])} by document (it passes from 0.5 on); advantage "
            f"probability {_figure(first['advantage'])}{_interval(first)}; epsilon {epsilon:g}"
        )
    say(
        f"Based on {tested.segments} segments that two or more people read. Shares of segments on which the "
        "machine, or the person who is left out, is at least as close to the other people (Jaccard's index "
        "of sets of codes)."
    )
    passes = table.loc[table["tested"] == NEVER, "winning_rate"].iloc[0] >= 0.5
    if passes:
        warn(
            "A machine that never gives a code passes too: most of these segments have no code, so the test "
            "cannot tell the two apart. Here it is no evidence for the machine."
        )
    for note in tested.notes:
        warn(note)
    (path,) = write_report_tables(study, {"alt_test": table})
    say(f"wrote {near(path)}")


def _figure(value: float) -> str:
    return fixed(value, 3)


def _interval(row: pd.Series) -> str:
    low, high = float(row["advantage_low"]), float(row["advantage_high"])
    return "" if low != low else f" ({fixed(low, 3)} to {fixed(high, 3)})"  # noqa: PLR0124 - nan
