"""`fourp agree --retest`: how each coder who coded again agrees with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study


__all__ = ["show_retest"]


def show_retest(
    study: Study,
    *,
    resamples: int,
    seed: int,
    json: bool,
) -> None:
    """Print and write the agreement of first and second codings."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show
    from fourp_nlp.cli.screen.tables import agreement_screen
    from fourp_nlp.study.measuring.retest import retest
    from fourp_nlp.study.reporting.tables import write_report_tables

    table = retest(study, resamples=resamples, seed=seed)
    if json:
        json_lines(table)
        return
    for title, frame, remarks in agreement_screen(table, study.codebook.names):
        show(frame, title, below=remarks)
    (path,) = write_report_tables(study, {"retest": table})
    say(f"wrote {near(path)}")
