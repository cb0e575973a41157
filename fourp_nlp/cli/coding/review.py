"""`fourp review`: read, code and settle in the browser; and `fourp log`: what was decided there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from fourp_nlp.cli.app import (
    JsonOption,
    ProjectOption,
    app,
    the_project,
    the_project_if_any,
    the_study,
)

if TYPE_CHECKING:
    from fourp_nlp.study.reviewing.decisions.written_decisions import WrittenDecisions
    from fourp_nlp.study.reviewing.review_session import ReviewSession

__all__ = ["log", "review"]

_THIS_MACHINE = ("127.0.0.1", "localhost")
_NAMED = 5  # decisions that a warning names


@app.command(
    epilog="Examples: fourp review --coder anna   |   fourp review --document interview3.docx   |   "
    "fourp review --scored scored"
)
def review(
    coder: Annotated[
        str, typer.Option(metavar="NAME", help="Who decides. Default: the gold coder.")
    ] = "",
    document: Annotated[
        str, typer.Option(metavar="ID", help="Open this document.", show_default=False)
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="The port; 0: any that is free.")
    ] = 0,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="The interface. Any but 127.0.0.1 lets other machines ask, and needs --anyone-on-network.",
        ),
    ] = "127.0.0.1",
    anyone_on_network: Annotated[
        bool,
        typer.Option(
            "--anyone-on-network",
            help="With --host: text and codes go over the network unencrypted, to whoever has the address.",
        ),
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open no browser.")
    ] = False,
    scored: Annotated[
        Optional[Path],
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Instead: the results of what `fourp score` wrote here, with their passages. Nothing is "
            "written.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Open a page in the browser on which a person decides on suggestions, and codes draws without them.

    Nothing leaves this machine. Each decision is kept at once. The gold files are written when the page is
    closed (Ctrl+C), or with "Write". Differences between coders are settled there, too.
    """
    from fourp_nlp.cli.screen.console import say, warn
    from fourp_nlp.cli.screen.unread_notice import warn_unread
    from fourp_nlp.coding.store.adjudication_log import AdjudicationLog
    from fourp_nlp.coding.store.review_log import ReviewLog
    from fourp_nlp.errors import INSTALL_REVIEW, MissingExtraError
    from fourp_nlp.study.reviewing.differences.difference_session import DifferenceSession
    from fourp_nlp.study.reviewing.review_session import ReviewSession
    from fourp_nlp.study.study import Study

    if host not in _THIS_MACHINE and not anyone_on_network:
        raise typer.BadParameter(
            f"With --host {host}, other machines can read the text: it goes over the network unencrypted, to "
            "whoever has the address. If you want that, add --anyone-on-network."
        )
    if scored is not None:
        if coder or document:
            raise typer.BadParameter(
                "--coder and --document do not go with --scored: nobody decides there."
            )
        _review_scored(scored, host=host, port=port, no_browser=no_browser, project=project)
        return
    try:
        from fourp_nlp.review import ReviewServer
    except ImportError as error:
        raise MissingExtraError("The review page is not installed.", cure=INSTALL_REVIEW) from error

    # No snapshot: files that change while the page is open are read anew.
    study = Study(the_project(project), reference_needed=False)
    study.codebook, study.gold  # noqa: B018 - report their faults first
    warn_unread(study)
    who = coder.strip() or study.gold.reference
    if study.suggestions_of_present_codes.empty:
        warn("There are no suggestions yet: fourp suggest")
    elif not study.machine_if_any:
        warn(
            "The codes were changed since the machine learned. It does not suggest new ones yet: fourp train"
        )
    with ReviewLog(study.project.store) as entries:
        session = ReviewSession(study, who, entries)
        differences = DifferenceSession(study, session.coder, AdjudicationLog(entries))
        server = ReviewServer(
            session,
            host="127.0.0.1" if host == "localhost" else host,
            port=port,
            differences=differences,
        )
        address = _address(server.address, session, document)
        _tell_open(session)
        say(f"the page: {address}")
        say("to end: Ctrl+C")
        if not no_browser:
            import webbrowser

            webbrowser.open(address)
        try:
            server.run()
        except KeyboardInterrupt:
            pass
        finally:
            server.close()
            differences.back_up()
            _tell_written(session.write())


def _review_scored(
    folder: Path, *, host: str, port: int, no_browser: bool, project: Path | None
) -> None:
    """Open the page of a folder of scores."""
    from fourp_nlp.cli.batch.scored import codebook_for
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.errors import INSTALL_REVIEW, MissingExtraError

    try:
        from fourp_nlp.review import ScoredServer
    except ImportError as error:
        raise MissingExtraError("The review page is not installed.", cure=INSTALL_REVIEW) from error
    server = ScoredServer(
        folder,
        codebook_for(folder, None, the_project_if_any(project)),
        host="127.0.0.1" if host == "localhost" else host,
        port=port,
    )
    say(f"the page: {server.address}")
    say("to end: Ctrl+C")
    if not no_browser:
        import webbrowser

        webbrowser.open(server.address)
    with suppress(KeyboardInterrupt):
        server.run()
    server.close()


def _address(address: str, session: ReviewSession, document: str) -> str:
    """Return the address of a document's page, or that of the list if none is named."""
    from fourp_nlp.errors import ProjectError

    if not document:
        return address
    if document not in session.documents:
        raise ProjectError(f"There is no document '{document}'.", cure="See the list: fourp read")
    return address.replace("/?", f"/documents/{session.documents.index(document)}?")


def _tell_open(session: ReviewSession) -> None:
    """Say how much there is to do."""
    from fourp_nlp.cli.screen.console import say

    progress = session.progress()
    say(f"{session.coder}: {progress.open} suggestions are open, {progress.decided} are decided on")
    waiting = [queue.progress for queue in session.drawn.queues]
    left = sum(each.segments - each.coded for each in waiting)
    if any(not each.finished for each in waiting):
        say(f"to be coded without suggestions: {left} segments of draws")


def _tell_written(written: WrittenDecisions) -> None:
    from fourp_nlp.cli.screen.console import near, say, warn

    _tell_hand_edits(written)
    if not written.decisions and written.lost.empty:
        say("no new decisions")
        return
    for path in written.files:
        count = written.decisions
        say(f"wrote {near(path)}: {count} decision{'' if count == 1 else 's'}")
    if len(written.lost):
        warn(
            f"{len(written.lost)} decision(s) fit no segment any more, because the text changed; they are in "
            "the log: fourp log"
        )
    say("to take this back: fourp undo")


def _tell_hand_edits(written: WrittenDecisions) -> None:
    """Name the decisions that were not written, because the gold file was edited by hand after them."""
    from fourp_nlp.cli.screen.console import warn

    count = len(written.hand_edited)
    if not count:
        return
    said = {1: "accepted", 0: "rejected", -1: "open"}
    columns = (written.hand_edited[name].tolist() for name in written.hand_edited.columns)
    named = [
        f"{code} in {document}, {start} to {end}: {said[page]} in the page, {said[file]} in the file"
        for document, start, end, code, page, file in zip(*columns, strict=True)
    ]
    more = f"; and {count - _NAMED} more" if count > _NAMED else ""
    were = "decision was" if count == 1 else "decisions were"
    warn(
        f"{count} {were} not written. The gold file was edited by hand afterwards, and what it says stands: "
        f"{'; '.join(named[:_NAMED])}{more}. To change that, decide anew in the page. The log keeps your "
        "decision: fourp log"
    )


@app.command(
    epilog="Examples: fourp log   |   fourp log --json > decisions.jsonl   |   fourp log --write"
)
def log(
    coder: Annotated[
        str, typer.Option(metavar="NAME", help="Only this person's. Default: everybody's.")
    ] = "",
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="Write decisions into the gold files that are not in them yet."
        ),
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List what was decided in the review page, with who, when and what the machine had given.

    Decisions between coders are in it, too.
    """
    import pandas as pd

    from fourp_nlp.cli.screen.console import json_lines, say, show
    from fourp_nlp.coding.store.answer_log import AnswerLog
    from fourp_nlp.coding.store.review_log import ReviewLog
    from fourp_nlp.study.reviewing.decisions.decision_log import decision_log
    from fourp_nlp.study.reviewing.decisions.written_decisions import write_decisions

    study = the_study(project, changes=write, reference_needed=False)
    with ReviewLog(study.project.store) as entries:
        if write:
            for name in entries.coders_with_pending_entries():
                if coder in ("", name):
                    _tell_written(write_decisions(study, name, entries))
            return
        table, answers = decision_log(entries, coder), AnswerLog(entries).read()
    answers = answers[answers["coder"] == coder] if coder else answers
    if json:
        json_lines(table)
        json_lines(answers.assign(origin="blind"))
        return
    if table.empty and answers.empty:
        say("nothing was decided in the review page yet")
        return
    table = table.assign(
        decision=table["value"].map({1: "applies", 0: "does not apply", -1: "open again"})
    )
    given = answers["codes"].where(answers["codes"] != "", "no code")
    answers = answers.assign(
        code=given.where(answers["read"], ""),
        decision=answers["read"].map({True: "answered", False: "open again"}),
        origin="blind",
    )
    both = pd.concat([table, answers], ignore_index=True).sort_values("at", kind="stable")
    shown = both.assign(when=both["at"].str.replace("T", " ").str[:19])
    columns = ["when", "coder", "what", "document", "start", "end", "code", "decision", "origin"]
    show(shown[columns], "Decisions in the review page (UTC)")
