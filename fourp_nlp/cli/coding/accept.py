"""`fourp accept`: accept or reject the machine's suggestions, so that each decision counts as a coding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.study.study import Study

CoderOption = Annotated[
    str, typer.Option(metavar="NAME", help="Who decides. Default: the gold coder.")
]
DocumentOption = Annotated[
    Optional[list[str]],
    typer.Option(metavar="ID", help="Only this document (may be repeated).", show_default=False),
]
CodeOption = Annotated[
    Optional[list[str]],
    typer.Option(metavar="ID", help="Only this code (may be repeated).", show_default=False),
]
ToOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE",
        help="Where to write the sheet (.xlsx or .csv). Default: reports/accept_NAME.xlsx.",
        show_default=False,
    ),
]
TakeInOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE",
        help="Instead of writing a sheet: import one that was filled in (CSV or XLSX).",
        show_default=False,
    ),
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="With --take-in: replace earlier decisions.")
]
AboveOption = Annotated[
    Optional[float],
    typer.Option(
        min=0.0,
        max=1.0,
        metavar="P",
        help="Accept in bulk, without a sheet, all suggestions with this probability or more. They count; "
        "the machine does not learn from them.",
        show_default=False,
    ),
]
GuaranteedOption = Annotated[
    bool,
    typer.Option(
        "--guaranteed",
        help="Accept in bulk the suggestions for which a precision is guaranteed (see fourp suggest "
        "--precision).",
    ),
]
FinishOption = Annotated[
    bool,
    typer.Option(
        "--finish",
        help="Record that the coder has read all of the --document: no other code applies in it. All its "
        "suggestions must be decided.",
    ),
]
EarlierOption = Annotated[
    bool,
    typer.Option(
        "--earlier",
        help="Make codings of decisions that an earlier version kept without counting them.",
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier sheet of the same name.")
]


@app.command(
    epilog="Examples: fourp accept --coder anna --document interview3.docx   |   "
    "fourp accept --take-in reports/accept_anna.xlsx --coder anna   |   "
    "fourp accept --finish --document interview3.docx --coder anna"
)
def accept(
    coder: CoderOption = "",
    document: DocumentOption = None,
    code: CodeOption = None,
    to: ToOption = None,
    take_in: TakeInOption = None,
    replace: ReplaceOption = False,
    above: AboveOption = None,
    guaranteed: GuaranteedOption = False,
    finish: FinishOption = False,
    earlier: EarlierOption = False,
    overwrite: OverwriteOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write a sheet of suggestions to accept or reject, or import the decisions.

    Each decision becomes a coding of the person who decides: the code applies, or the segment was read and it
    does not. These codings are counted and learned from. Agreement and estimates leave them out, because the
    coder saw the suggestions.
    """
    from fourp_nlp.cli.screen.console import warn
    from fourp_nlp.cli.screen.unread_notice import warn_unread

    actions = [take_in is not None, above is not None, guaranteed, finish, earlier]
    if sum(actions) > 1:
        raise typer.BadParameter(
            "Use one of --take-in, --above, --guaranteed, --finish and --earlier at a time."
        )
    if any(actions) and (to is not None or overwrite):
        raise typer.BadParameter("--to and --overwrite are for writing a sheet.")
    if replace and take_in is None:
        raise typer.BadParameter("--replace goes with --take-in.")
    if finish and not document:
        raise typer.BadParameter("--finish needs --document: name what was read.")
    if (take_in is not None or earlier) and (document or code):
        raise typer.BadParameter("--document and --code choose suggestions; a sheet has its own.")
    study = the_study(project, changes=True, reference_needed=False)
    study.codebook, study.gold  # noqa: B018 - report their faults first
    warn_unread(study)
    if take_in is not None:
        _take_in(study, take_in, coder, replace=replace, json=json)
        return
    if earlier:
        _earlier(study, json=json)
        return
    who = _who(study, coder)
    study.with_machine()
    if finish:
        _finish(study, who, document or (), json=json)
    elif above is not None or guaranteed:
        _in_bulk(study, who, above, document or (), code or (), json=json)
    else:
        for text in study.model_notes:
            warn(text)
        _write(study, who, document or (), code or (), to, overwrite=overwrite, json=json)


def _who(study: Study, coder: str) -> str:
    """Return who decides: the coder who is named, or the gold coder."""
    from fourp_nlp.coding.gold.coder_names import SETTLED, one_spelling
    from fourp_nlp.errors import GoldError

    who = coder.strip() or study.gold.reference
    if not who or who == SETTLED:
        raise GoldError("No coder is named who decides.", cure="Add --coder NAME.")
    return one_spelling([who], study.gold.coded)[who]


def _write(
    study: Study,
    coder: str,
    documents: Sequence[str],
    codes: Sequence[str],
    to: Path | None,
    *,
    overwrite: bool,
    json: bool,
) -> None:
    from fourp_nlp.cli.screen.console import json_lines, near, say
    from fourp_nlp.study.reconciling.accepting import (
        accept_sheet,
        suggestions_to_decide,
        write_accept_sheet,
    )

    study.project.gold_of_assisted(coder)  # refuses what cannot be the name of a file
    waiting = suggestions_to_decide(study, coder, documents=documents, codes=codes)
    if json:
        json_lines(waiting)
        return
    if waiting.empty:
        say(
            f"{coder} has decided on every suggestion"
            + (" of these." if documents or codes else ".")
        )
        say(f"next: fourp accept --finish --coder {coder} --document ID")
        return
    target = to or study.project.reports / f"accept_{coder}.xlsx"
    path = write_accept_sheet(study, accept_sheet(study, waiting), target, overwrite=overwrite)
    in_documents = waiting["document"].nunique()
    say(
        f"{len(waiting)} suggestions in {in_documents} document{'' if in_documents == 1 else 's'} that "
        f"{coder} has not decided on"
    )
    say(f"wrote {near(path)}")
    say(f"when it is filled in: fourp accept --take-in {near(path)} --coder {coder}")


def _take_in(study: Study, path: Path, coder: str, *, replace: bool, json: bool) -> None:
    from fourp_nlp.cli.screen.console import json_lines, say, warn
    from fourp_nlp.study.reconciling.accepting import ACCEPT_SHEET
    from fourp_nlp.study.reconciling.adjudication import import_decisions

    who = coder.strip() or study.gold.reference
    imported = import_decisions(
        study, path, decided_by=who, replace=replace, sheet=ACCEPT_SHEET, between_coders=False
    )
    for text in imported.spellings:
        warn(text)
    if json:
        json_lines(_numbers(imported.accepted, imported.rejected, imported.undecided))
        return
    say(
        f"decisions: {imported.accepted} accepted, {imported.rejected} rejected; "
        f"{imported.undecided} rows left undecided"
    )
    settling = imported.new + imported.changed + imported.unchanged - imported.elsewhere
    if settling > 0:
        say(
            f"{settling} of the decisions are about text that people had coded already: they settle "
            "differences (fourp reconcile --settle)"
        )
    if imported.elsewhere:
        warn(
            f"{imported.elsewhere} decision(s) have no effect: their places are no segments, or the code "
            "cannot apply there. The documents or the unit may have changed."
        )
    _after(study)


def _earlier(study: Study, *, json: bool) -> None:
    from fourp_nlp.cli.screen.console import json_lines, say
    from fourp_nlp.study.reconciling.accepting import assisted_codings, keep_assisted

    codings = assisted_codings(study, study.store.read_decisions(), between_coders=True)
    if codings.contents:
        keep_assisted(study, codings, "earlier decisions made codings")
    if json:
        json_lines(_numbers(codings.accepted, codings.rejected, 0))
        return
    say(f"earlier decisions: {codings.accepted} accepted, {codings.rejected} rejected")
    _after(study)


def _in_bulk(
    study: Study,
    coder: str,
    above: float | None,
    documents: Sequence[str],
    codes: Sequence[str],
    *,
    json: bool,
) -> None:
    from fourp_nlp.cli.screen.console import json_lines, say
    from fourp_nlp.study.reconciling.accepting import accept_in_bulk, keep_assisted

    codings = accept_in_bulk(study, coder, above=above, documents=documents, codes=codes)
    keep_assisted(study, codings, "suggestions accepted in bulk")
    if json:
        json_lines(_numbers(codings.accepted, 0, 0))
        return
    say(f"accepted in bulk: {codings.accepted} suggestions, as codings of {coder}")
    _after(study)


def _finish(study: Study, coder: str, documents: Sequence[str], *, json: bool) -> None:
    from fourp_nlp.cli.screen.console import json_lines, say
    from fourp_nlp.study.reconciling.accepting import finish_documents, keep_assisted

    codings = finish_documents(study, coder, documents)
    keep_assisted(study, codings, "documents finished")
    if json:
        json_lines(_numbers(0, 0, 0))
        return
    count = len(set(documents))
    say(f"finished: {coder} has read all of {count} document{'' if count == 1 else 's'}")
    _after(study)


def _numbers(accepted: int, rejected: int, undecided: int) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"accepted": [accepted], "rejected": [rejected], "undecided": [undecided]})


def _after(study: Study) -> None:
    """Say what each person's decisions come to, and what to do next."""
    from fourp_nlp.cli.screen.console import say, show
    from fourp_nlp.study.reading.assisted import assisted_summary

    summary = assisted_summary(study)
    if not summary["spans"].any():
        summary = summary.drop(columns="spans")
    if len(summary):
        show(summary, "Decisions about suggestions")
    say("next: fourp frequencies, or fourp run")
