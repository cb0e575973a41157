"""`fourp codebook changes` and `second-look`: versions of a codebook, and codings by earlier definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, the_study
from fourp_nlp.cli.codebook import codebook_app

if TYPE_CHECKING:
    import pandas as pd

_LENGTH = 60  # characters of a passage on the screen
_SHOWN = 50  # codings on the screen


@codebook_app.command(epilog="Examples: fourp codebook changes   |   fourp codebook changes water")
def changes(
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="Only this code, with each wording.")
    ] = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List the versions of the codebook: when it was changed, by what, and which codes.

    They are known from the first change by a command or in the review page on.
    """
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show
    from fourp_nlp.study.renaming.codebook_versions import codebook_versions

    study = the_study(project, reference_needed=False)
    versions = [
        version for version in codebook_versions(study.store) if not code or code in version.after
    ]
    rows = [
        {
            "version": version.number,
            "at": version.at,
            "what": version.what,
            "code": each,
            "part": part,
            "before": (version.before[each] or {}).get(part, ""),
            "after": (after or {}).get(part, ""),
        }
        for version in versions
        for each, after in version.after.items()
        if code in ("", each)
        for part in dict.fromkeys([*(version.before[each] or {}), *(after or {})])
        if (version.before[each] or {}).get(part, "") != (after or {}).get(part, "")
    ]
    if json:
        json_lines(pd.DataFrame(rows))
        return
    if not versions:
        say("no change is known yet: the codebook was not changed with a command or in the page")
        return
    if code:
        table = pd.DataFrame(rows)
        show(table[["version", "part", "before", "after"]], f"Definitions of {code}")
    summary = pd.DataFrame(
        {
            "version": [version.number for version in versions],
            "when": [version.at.replace("T", " ")[:19] for version in versions],
            "what": [version.what for version in versions],
            "codes": [_listed(list(version.after)) for version in versions],
            "fingerprint": [version.fingerprint for version in versions],
        }
    )
    show(summary, "Versions of the codebook (UTC)")


@codebook_app.command(
    "second-look",
    epilog="Examples: fourp codebook second-look water   |   "
    "fourp codebook second-look water --coder anna --looked-at --by anna",
)
def look_again(
    code: Annotated[str, typer.Argument(metavar="[CODE]", help="Default: all codes.")] = "",
    coder: Annotated[
        str, typer.Option(metavar="NAME", help="Only what this coder gave. Default: everybody.")
    ] = "",
    document: Annotated[
        Optional[list[str]],
        typer.Option(metavar="ID", help="Only in this document (may be repeated)."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List those, too, at which somebody looked again.")
    ] = False,
    looked_at: Annotated[
        bool,
        typer.Option(
            "--looked-at",
            help="Record that somebody looked at the listed codings again, and left them as they are.",
        ),
    ] = False,
    open_again: Annotated[
        bool, typer.Option("--open-again", help="Take such records back.")
    ] = False,
    by: Annotated[
        str, typer.Option(metavar="NAME", help="Who looked at them again.", show_default=False)
    ] = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List codings that were made by an earlier definition of their code.

    To change one, decide on it in the review page, or edit the gold file. Examples and colours do not change
    a definition.
    """
    from fourp_nlp.cli.screen.coder_names import the_coder
    from fourp_nlp.cli.screen.console import json_lines, say
    from fourp_nlp.study.reading.second_look import mark_second_look, second_look
    from fourp_nlp.study.renaming.code_changes import known_code

    if looked_at and open_again:
        raise typer.BadParameter("--looked-at and --open-again are opposites.")
    if looked_at and not by.strip():
        raise typer.BadParameter("Say who looked at them again: --by NAME.")
    study = the_study(project, changes=looked_at or open_again, reference_needed=False)
    if code:
        known_code(study, code)
    table = second_look(study, code=code, coder=the_coder(coder, study.gold) if coder else "")
    if document:
        table = table[table["document"].isin(list(document))]
    if looked_at or open_again:
        count = mark_second_look(study, table, by or "somebody", taken_back=open_again)
        said = "wait for a second look again" if open_again else f"looked at again by {by.strip()}"
        say(f"{count} coding{'' if count == 1 else 's'}: {said}")
        return
    shown = table if everything else table[table["looked_at"] == ""]
    if json:
        json_lines(shown)
        return
    _print(shown, len(table) - len(shown))


def _print(table: pd.DataFrame, looked_at: int) -> None:
    from fourp_nlp.cli.screen.console import say, show

    if len(table):
        texts = (
            table["text"]
            .str.slice(0, _LENGTH)
            .where(table["text"].str.len() <= _LENGTH, table["text"].str.slice(0, _LENGTH) + "…")
        )
        columns = ["code", "coder", "document", "segment", "text", "redefined"]
        columns += ["looked_at_by"] if (table["looked_at"] != "").any() else []
        show(
            table.assign(text=texts).head(_SHOWN)[columns],
            "Codings by an earlier definition of their code",
        )
        if len(table) > _SHOWN:
            say(f"… and {len(table) - _SHOWN} more: --json lists all")
        say("when you have looked at them: fourp codebook second-look CODE --looked-at --by NAME")
        say("if the code means the same in other words: fourp gold --same-definition CODE")
    else:
        say("no coding waits for a second look")
    if looked_at:
        say(f"looked at again: {looked_at}")


def _listed(codes: list[str]) -> str:
    shown = ", ".join(codes[:5])
    return f"{shown}, and {len(codes) - 5} more" if len(codes) > 5 else shown
