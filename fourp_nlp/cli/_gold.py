"""`fourp gold`: who coded what, and what becomes of freely drawn spans on segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli._app import JsonOption, ProjectOption, app, the_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["gold"]

_MEASURES = {
    "carried": "segments given a code",
    "cut_off": "segments cut off",
    "gave_one": "spans kept in one segment",
    "gave_several": "spans kept in several",
    "most": "most segments of one span",
    "gave_none": "spans lost",
    "unread": "given, but not wholly read",
}


@app.command(epilog="Example: fourp gold --rule all")
def gold(
    rule: Annotated[
        Optional[Literal["majority", "any", "containment", "all"]],  # noqa: UP045
        typer.Option(
            help="Show also what this rule would do, or all three. Default: only the one that fourp.toml "
            "sets under \\[coders].",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List who coded, what they read, and how their spans fall on segments.

    People draw spans freely; learning, agreement and counts are by segment. By the rule, a segment carries
    a span's code or does not: this tells what was kept, cut off and lost, coder by coder.
    """
    from fourp_nlp.cli._console import json_lines, near, say, show, warn
    from fourp_nlp.codebook import read_codebook
    from fourp_nlp.pipeline import laid_by_rule, read_corpus, read_gold_codes
    from fourp_nlp.spreadsheet import write_csv

    here = the_project(project)
    codebook = read_codebook(here.codebook)
    corpus = read_corpus(here)
    table = laid_by_rule(corpus, read_gold_codes(here, corpus, codebook), codebook)
    shown = table[table["set"] | (table["rule"] == rule) | (rule == "all")]
    path = write_csv(table, here.reports / "laid.csv")
    if json:
        json_lines(shown)
        return
    for title, frame in _screen(shown, here.settings.unit):
        show(frame, title)
    lost = table[table["set"] & (table["examples"] != "")]
    for coder, count, examples in lost[["coder", "gave_none", "examples"]].itertuples(index=False):
        warn(f"{coder}: {count} span(s) gave no {here.settings.unit} their code: {examples}")
    say(f"wrote {near(path)}")


def _screen(laid: pd.DataFrame, unit: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield a title and a table: who coded, and what the rules make of it, side by side."""
    import pandas as pd

    coders = laid[laid["set"]]
    yield (
        f"Who coded, and how spans lie on {unit}s",
        pd.DataFrame(
            {
                "coder": coders["coder"],
                "documents": coders["documents"],
                "in part": coders["in_part"],
                "codings": coders["spans"],
                f"equal to one {unit}": coders["exact"],
                "inside one": coders["inside"],
                "over several": coders["several"],
                "outside": coders["outside"],
            }
        ),
    )
    names = {
        name: f"{name} (set)" if is_set else name
        for name, is_set in zip(laid["rule"], laid["set"], strict=True)
    }
    tall = laid.melt(["coder", "rule"], list(_MEASURES), "what")
    wide = tall.pivot(index=["coder", "what"], columns="rule", values="value")
    order = pd.MultiIndex.from_product([coders["coder"], list(_MEASURES)])
    wide = wide.loc[order, list(names)].rename(columns=names)
    wide.insert(0, "what", [_MEASURES[what] for _, what in order])
    wide.insert(0, "coder", [coder for coder, _ in order])
    yield "What the rule gives" if len(names) == 1 else "What each rule gives", wide
