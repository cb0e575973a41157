"""`fourp agree --disagreements`: what coders disagree about, on a sheet to settle it on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.study.study import Study


__all__ = ["show_disagreements"]


def show_disagreements(
    study: Study,
    *,
    between: Sequence[str],
    to: Path | None,
    context: int,
    include_settled: bool,
    overwrite: bool,
    json: bool,
) -> None:
    """Write the sheet of disagreements, or print them as JSON Lines."""
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, near, say, warn
    from fourp_nlp.study.reconciling.disagreements import disagreements, write_disagreements
    from fourp_nlp.study.result_places import check_results_place

    if to is not None:
        check_results_place(to)
    gold = study.gold
    with_machine = (
        any(name not in gold.coded for name in between) if between else len(gold.people) < 2
    )
    disputed = disagreements(
        study.with_machine() if with_machine else study.without_machine(),
        study.store.read_decisions(),
        between=between,
        context=context,
        include_settled=include_settled,
    )
    table = disputed.table
    if json:
        codes = [
            dict(zip(disputed.codes, row, strict=True))
            for row in zip(*disputed.codes.values(), strict=True)
        ]
        json_lines(table.assign(codes=pd.Series(codes, index=table.index, dtype=object)))
        return
    people = ", ".join(disputed.coders)
    say(
        f"{people}: {disputed.compared} segments that two or more read; they disagree about "
        f"{disputed.disputed} of them"
    )
    if disputed.decided:
        shown = "shown with the decision" if include_settled else "left out"
        say(f"decided before, and {shown}: {disputed.decided}")
    if table.empty:
        warn("There is nothing left to settle, so no sheet was written.")
        return
    path = write_disagreements(
        disputed,
        study.codebook,
        to or study.project.reports / "disagreements.xlsx",
        overwrite=overwrite,
    )
    say(f"wrote {near(path)}: {len(table)} rows, one a segment and disputed code")
    say(f"when it is filled in: fourp reconcile --decisions {near(path)}")
