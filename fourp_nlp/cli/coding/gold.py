"""`fourp gold`: who coded what, and how spans are aligned with segments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from fourp_nlp.study.study import Study


__all__ = ["gold"]

_SHOWN = 20  # documents that were read in part
_MEASURES = {
    "carried": "segments given a code",
    "cut_off": "segments cut off",
    "gave_one": "spans kept in one segment",
    "gave_several": "spans kept in several",
    "most": "most segments of one span",
    "gave_none": "spans lost",
    "unread": "given, but not wholly read",
}


RuleOption = Annotated[
    Optional[Literal["majority", "any", "containment", "all"]],
    typer.Option(
        help="Show also what this rule would do, or all three. Default: only the one that fourp.toml "
        "sets under \\[coders].",
        show_default=False,
    ),
]
ReadAgainOption = Annotated[
    str,
    typer.Option(
        "--read-again",
        metavar="NAME",
        help="Record that this coder has read the present text of every document, for every code; with "
        "--document and --code, only of those.",
    ),
]
DocumentOption = Annotated[
    Optional[list[str]],
    typer.Option(metavar="ID", help="With --read-again: this document (may be repeated)."),
]
CodeOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="ID",
        help="With --read-again: for this code, in the text that was read before (may be repeated).",
    ),
]
SameDefinitionOption = Annotated[
    Optional[list[str]],
    typer.Option(
        "--same-definition",
        metavar="CODE",
        help="Record that the new definition of this code means the same as the old one, so that nothing "
        "need be read again for it (may be repeated).",
        show_default=False,
    ),
]
MoveOption = Annotated[
    bool,
    typer.Option(
        "--move",
        help="First carry codings along in documents that have changed or were renamed, in the gold files. "
        "Codings whose passage has changed are left out, and put on a sheet for you to decide.",
    ),
]
DecideOption = Annotated[
    Optional[Path],
    typer.Option(
        "--decide",
        metavar="FILE",
        help="Import the decisions (keep or drop) about codings whose passage has changed, from the sheet "
        "that --move wrote.",
        show_default=False,
    ),
]


gold_app = typer.Typer(invoke_without_command=True)
app.add_typer(gold_app, name="gold")


@gold_app.callback(
    epilog="Examples: fourp gold --rule all   |   fourp gold --read-again anna --document interview3.txt   "
    "|   fourp gold mark-read anna --document interview3.txt --as whole"
)
def gold(
    context: typer.Context,
    rule: RuleOption = None,
    read_again: ReadAgainOption = "",
    document: DocumentOption = None,
    code: CodeOption = None,
    same_definition: SameDefinitionOption = None,
    move: MoveOption = False,
    decide: DecideOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List the coders, what they read, and how their spans are aligned with segments.

    People mark spans freely; training, agreement and counts work with segments. A rule decides which segments
    get the code of a span. For each coder, this command counts the codes that were kept, cut off and lost.

    Text and codes that were added after a coder read are unread. They do not count until the coder codes
    them or --read-again says that they were read. If the definition of a code has changed, a warning says so
    until the segments were read again or --same-definition says that the code means the same.
    """
    from fourp_nlp.cli.screen.unread_notice import warn_unread

    if context.invoked_subcommand is not None:
        return
    if (document or code) and not read_again:
        raise typer.BadParameter("--document and --code go with --read-again.")
    changes = move or decide is not None or bool(read_again or same_definition)
    study = the_study(project, changes=changes, reference_needed=False)
    if move:
        _move(study, quiet=json)
    if decide is not None:
        _decide(study, decide, quiet=json)
    if read_again:
        _read_again(study, read_again, document or (), code or (), quiet=json)
    if same_definition:
        _same_definition(study, same_definition, quiet=json)
    warn_unread(study)
    _print_alignment(study, rule, json=json)


@gold_app.command(
    "mark-read",
    epilog="Examples: fourp gold mark-read anna --document interview3.txt --as whole   |   "
    "fourp gold mark-read anna --document interview3.txt --as passages",
)
def mark_read(
    coder: Annotated[str, typer.Argument(metavar="CODER", help="Who read.")],
    document: Annotated[
        list[str], typer.Option(metavar="ID", help="Which document (may be repeated).")
    ],
    scope: Annotated[
        Literal["whole", "passages"],
        typer.Option(
            "--as",
            help="whole: the coder has read all of it, and what is not coded has no code. passages: only the "
            "coded passages count as read.",
        ),
    ],
    project: ProjectOption = None,
) -> None:
    """Record that a coder has read a document as a whole, or only the passages that are coded."""
    from fourp_nlp.cli.screen.coder_names import the_coder
    from fourp_nlp.cli.screen.console import near, say
    from fourp_nlp.study.reading.marked_as_read import mark_scope

    study = the_study(project, changes=True, reference_needed=False)
    marked = mark_scope(study, the_coder(coder, study.gold), document, scope)
    unit = study.project.settings.unit
    say(
        f"{len(marked.documents)} document{'' if len(marked.documents) == 1 else 's'} changed: "
        f"{marked.after} {unit}s count as read, {marked.before} before"
    )
    for path in marked.files:
        say(f"wrote {near(path)}")


def _read_again(
    study: Study, coder: str, documents: Sequence[str], codes: Sequence[str], *, quiet: bool
) -> None:
    from fourp_nlp.cli.screen.coder_names import the_coder
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.study.reading.marked_as_read import mark_as_read

    coder = the_coder(coder, study.gold)
    marked = mark_as_read(study, coder, documents=documents, codes=codes)
    if quiet:
        return
    unit = study.project.settings.unit
    for_codes = f" for {', '.join(codes)}" if codes else ""
    say(
        f"read again: {coder} has read {len(marked.documents)} "
        f"document{'' if len(marked.documents) == 1 else 's'}{for_codes}; {marked.segments} "
        f"{unit}{' counts' if marked.segments == 1 else 's count'} now that did not"
    )


def _same_definition(study: Study, codes: list[str], *, quiet: bool) -> None:
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.study.reading.marked_as_read import confirm_definition

    changed = confirm_definition(study, codes)
    if not quiet:
        say(
            f"the same as before: {', '.join(changed)}"
            if changed
            else f"nothing was changed: all readings used this definition of {', '.join(codes)}"
        )


def _print_alignment(study: Study, rule: str | None, *, json: bool) -> None:
    """Print and write the effects of aligning spans with segments, coder by coder."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.study.reading.alignment_effects import alignment_by_rule, documents_in_part
    from fourp_nlp.study.reporting.tables import write_report_tables

    unit = study.project.settings.unit
    table = alignment_by_rule(study)
    of_rules = table[table["set"] | (table["rule"] == rule) | (rule == "all")]
    (path,) = write_report_tables(study, {"laid": table})
    if json:
        json_lines(of_rules)
        return
    for title, frame in _screen(of_rules, unit):
        show(frame, title)
    in_part = documents_in_part(study)
    if len(in_part):
        show(in_part.head(_SHOWN), f"Documents that were read in part, in {unit}s")
        if len(in_part) > _SHOWN:
            say(f"… and {len(in_part) - _SHOWN} more")
        say("to change what was read: fourp gold mark-read CODER --document ID --as whole")
    lost = table[table["set"] & (table["examples"] != "")]
    for coder, count, examples in lost[["coder", "gave_none", "examples"]].itertuples(index=False):
        warn(f"{coder}: {count} span(s) gave no {unit} their code: {examples}")
    say(f"wrote {near(path)}")


def _move(study: Study, *, quiet: bool) -> None:
    from fourp_nlp.cli.screen.console import near, say
    from fourp_nlp.study.reading.moving_codings import move_codings

    moved = move_codings(study)
    if quiet:
        return
    for text in moved.documents:
        say(text)
    for path in [*moved.files, *([moved.sheet] if moved.sheet else [])]:
        say(f"wrote {near(path)}")
    if not moved.documents:
        say("all codings are where their passages stand: nothing was moved")


def _decide(study: Study, path: Path, *, quiet: bool) -> None:
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.study.reading.moving_codings import decide_codings

    decided = decide_codings(study, path)
    if not quiet:
        say(f"decided: {decided.kept} kept, {decided.dropped} dropped, {decided.open} still open")


def _screen(effects: pd.DataFrame, unit: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield a title and a table: who coded, and the result of each rule."""
    import pandas as pd

    coders = effects[effects["set"]]
    new = {"unread since": coders["new_text"], "codes since": coders["new_codes"]}
    yield (
        f"Coders, and how their spans match {unit}s",
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
        for name, is_set in zip(effects["rule"], effects["set"], strict=True)
    }
    tall = effects.melt(["coder", "rule"], list(_MEASURES), "what")
    wide = tall.pivot(index=["coder", "what"], columns="rule", values="value")
    order = pd.MultiIndex.from_product([coders["coder"], list(_MEASURES)])
    wide = wide.loc[order, list(names)].rename(columns=names)
    wide.insert(0, "what", [_MEASURES[what] for _, what in order])
    wide.insert(0, "coder", [coder for coder, _ in order])
    yield "What the rule gives" if len(names) == 1 else "What each rule gives", wide
