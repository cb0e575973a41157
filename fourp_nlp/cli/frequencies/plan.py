"""`fourp plan`: how many segments people must still code at random."""

from __future__ import annotations

from typing import Annotated

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study
from fourp_nlp.number_format import confidence_level

MarginOption = Annotated[
    float,
    typer.Option(
        metavar="SHARE",
        min=0.001,
        max=0.49,
        help="Half the width of the interval that you want: 0.03 for plus or minus three percentage "
        "points of all segments.",
    ),
]
ConfidenceOption = Annotated[
    float, typer.Option(metavar="SHARE", min=0.5, max=0.999, help="Of the interval.")
]
CodeOption = Annotated[str, typer.Option(metavar="CODE", help="One code. Default: all of them.")]
CoderOption = Annotated[
    str, typer.Option(metavar="NAME", help="Whose sample. Default: the gold coder's.")
]


@app.command(epilog="Example: fourp plan --margin 0.03")
def plan(
    margin: MarginOption = 0.03,
    confidence: ConfidenceOption = 0.95,
    code: CodeOption = "",
    coder: CoderOption = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Plan how many more randomly drawn segments people must code for a given margin of error.

    The plan uses what is known so far: documents that were read in full, random draws that were coded, and
    the machine's probabilities for all other segments.
    """
    from fourp_nlp.cli.frequencies._estimates import caution_lines
    from fourp_nlp.cli.screen.coder_names import the_coder
    from fourp_nlp.cli.screen.console import json_lines, say, show, warn
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.study.measuring.sample_size import plan_coding

    study = the_study(project)
    codebook, gold = study.codebook, study.gold
    warn_unread(study)
    coder = the_coder(coder, gold)
    table, notes = plan_coding(
        study.with_machine(),
        margin=margin,
        code=code,
        coder=coder,
        confidence=confidence,
    )
    for text in notes:
        warn(text)
    if json:
        json_lines(table)
        return
    import pandas as pd

    by = {
        method: rows_of_method.set_index("code")
        for method, rows_of_method in table.groupby("method")
    }
    codes = list(dict.fromkeys(table["code"]))
    corrected, human_sample = by["corrected"].loc[codes], by["gold"].loc[codes]
    screen = pd.DataFrame(
        {
            "code": [codebook.names.get(name, name) for name in codes],
            "share": corrected["prevalence"].to_numpy(),
            "coded": corrected["coded"].to_numpy(),
            "margin now": corrected["now"].to_numpy(),
            "more, corrected": corrected["more"].to_numpy(),
            "margin now, human sample": human_sample["now"].to_numpy(),
            "more, human sample": human_sample["more"].to_numpy(),
        }
    )
    show(
        screen, f"Segments to be coded at random for ±{margin:g} at {confidence_level(confidence)}"
    )
    for line in caution_lines(table[table["method"] == "corrected"], codebook):
        say(line)
    more, most = int(corrected["more"].max()), int(human_sample["more"].max())
    size = int(table["segments"].iloc[0])
    if not more:
        say("Enough is coded for every code: fourp frequencies --corrected")
        return
    say(
        f"In all {more} more of {size} (with the human sample only, {most} more). This is an expectation: "
        "about half of the samples have a slightly wider interval."
    )
    who = coder or gold.reference
    say(f"next: fourp next {more} --by random" + (f" --coder {who}" if who else " --coder NAME"))
