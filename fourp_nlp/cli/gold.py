"""`fourp gold`: who coded what, and what becomes of freely drawn spans on segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study
from fourp_nlp.study.study import Study

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


@app.command(
    epilog="Examples: fourp gold --rule all   |   fourp gold --read-again anna --document interview3.txt"
)
def gold(
    rule: Annotated[
        Optional[Literal["majority", "any", "containment", "all"]],
        typer.Option(
            help="Show also what this rule would do, or all three. Default: only the one that fourp.toml "
            "sets under \\[coders].",
            show_default=False,
        ),
    ] = None,
    read_again: Annotated[
        str,
        typer.Option(
            "--read-again",
            metavar="NAME",
            help="Keep that this coder has now read every document as it stands, for every code; or with "
            "--document and --code, those alone.",
        ),
    ] = "",
    document: Annotated[
        Optional[list[str]],
        typer.Option(metavar="ID", help="With --read-again: this document (may be repeated)."),
    ] = None,
    code: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="ID",
            help="With --read-again: for this code, in the text that was read before (may be repeated).",
        ),
    ] = None,
    same_definition: Annotated[
        Optional[list[str]],
        typer.Option(
            "--same-definition",
            metavar="CODE",
            help="Keep that the new definition of this code means what the old one meant, so that what was "
            "read by the old one need not be read again (may be repeated).",
            show_default=False,
        ),
    ] = None,
    move: Annotated[
        bool,
        typer.Option(
            "--move",
            help="First put codings of documents that have changed where their text stands now, in the gold "
            "files; those whose text is gone are named, and stay.",
        ),
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List who coded, what they read, and how their spans fall on segments.

    People draw spans freely; learning, agreement and counts are by segment. By the rule, a segment carries
    a span's code or does not: this tells what was kept, cut off and lost, coder by coder.

    Text and codes that are new since somebody read are unread, and do not count, until --read-again says
    otherwise or their segments are coded. A definition that has changed since is told, until it was read
    again or --same-definition says that it means the same.
    """
    from fourp_nlp.cli.screen.coder_names import the_coder
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.study.reading.alignment_effects import laid_by_rule
    from fourp_nlp.study.reading.reading_state import read_again as keep_read_again
    from fourp_nlp.study.reading.reading_state import same_definition as keep_same_definition
    from fourp_nlp.study.reporting.tables import write_report_tables

    if (document or code) and not read_again:
        raise typer.BadParameter("--document and --code go with --read-again.")
    changes = move or bool(read_again or same_definition)
    study = the_study(project, changes=changes, reference_needed=False)
    unit = study.project.settings.unit
    if move:
        _move(study, quiet=json)
    if read_again:
        read_again = the_coder(read_again, study.gold)
        done = keep_read_again(study, read_again, documents=document or (), codes=code or ())
        for_codes = f" for {', '.join(code)}" if code else ""
        if not json:
            say(
                f"read again: {read_again} has read {len(done.documents)} "
                f"document{'' if len(done.documents) == 1 else 's'}{for_codes}; {done.segments} "
                f"{unit}{'' if done.segments == 1 else 's'} count now that did not"
            )
    if same_definition:
        changed = keep_same_definition(study, same_definition)
        if not json:
            say(
                f"the same as before: {', '.join(changed)}"
                if changed
                else f"nothing was changed: nobody read by another definition of {', '.join(same_definition)}"
            )
    warn_unread(study)
    table = laid_by_rule(study)
    shown = table[table["set"] | (table["rule"] == rule) | (rule == "all")]
    (path,) = write_report_tables(study, {"laid": table})
    if json:
        json_lines(shown)
        return
    for title, frame in _screen(shown, unit):
        show(frame, title)
    lost = table[table["set"] & (table["examples"] != "")]
    for coder, count, examples in lost[["coder", "gave_none", "examples"]].itertuples(index=False):
        warn(f"{coder}: {count} span(s) gave no {unit} their code: {examples}")
    say(f"wrote {near(path)}")


def _move(study: Study, *, quiet: bool) -> None:
    from fourp_nlp.cli.screen.console import near, say, warn
    from fourp_nlp.study.reading.reading_state import move_codings

    made = move_codings(study)
    for text in made.lost:
        warn(f"not moved, as its text is gone or stands in several places: {text}")
    if quiet:
        return
    for path, count in made.files.items():
        say(f"moved {count} row{'' if count == 1 else 's'} in {near(path)}")
    if not made.files:
        say("nothing was moved")


def _screen(laid: pd.DataFrame, unit: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield a title and a table: who coded, and what the rules make of it, side by side."""
    import pandas as pd

    coders = laid[laid["set"]]
    new = {"unread since": coders["new_text"], "codes since": coders["new_codes"]}
    yield (
        f"Who coded, and how spans lie on {unit}s",
        pd.DataFrame(
            {
                "coder": coders["coder"],
                "documents": coders["documents"],
                "in part": coders["in_part"],
                "read as of": coders["read_as_of"],
                **{name: counts for name, counts in new.items() if counts.any()},
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
