"""`fourp agree --anchoring`: whether shown suggestions influence the coder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fourp_nlp.study.study import Study


__all__ = ["show_anchoring"]


def show_anchoring(study: Study, *, seed: int, json: bool) -> None:
    """Print agreement with the machine in both arms, and write it."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.study.measuring.anchoring import anchoring_effect
    from fourp_nlp.study.reporting.tables import write_report_tables

    table, notes = anchoring_effect(study, seed=seed)
    for text in notes:
        warn(text)
    if json:
        json_lines(table)
        return
    first = table.iloc[0]
    screen = table.drop(columns=["coder", "n_shown", "n_blind"])
    screen["code"] = [study.codebook.names.get(code, code) or "all codes" for code in table["code"]]
    screen.columns = [
        "code", "shown", "blind", "difference", "low", "high", "p", "kappa shown", "kappa blind",
        "p of kappas",
    ]  # fmt: skip
    show(
        screen,
        f"Agreement of {first['coder']} with the machine: {first['n_shown']} segments with its suggestion "
        f"shown, {first['n_blind']} blind",
    )
    whole = table.iloc[-1]
    if whole["p_value"] < 0.05 and whole["difference"] > 0:
        say(
            "Agreement is higher where suggestions are shown, which indicates anchoring. It does not show "
            "which codes are right."
        )
    else:
        say(
            "No influence of the suggestions can be shown. If the interval includes differences that matter, "
            "more coded segments are needed."
        )
    (path,) = write_report_tables(study, {"anchoring": table})
    say(f"wrote {near(path)}")
