"""`fourp next`: which segments to code next, and taking in what was coded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import (
    LARGEST_SEED,
    SKIPPED_SOME,
    JsonOption,
    ProjectOption,
    app,
    the_project_if_any,
    the_study,
)
from fourp_nlp.number_format import fixed
from fourp_nlp.study.study import Study

if TYPE_CHECKING:
    from fourp_nlp.study.sampling.draws import Draw

_DEFAULT = 40


@app.command(
    "next",
    epilog="Examples: fourp next 60 --coder anna   |   fourp next 40 --by mixed   |   "
    "fourp next --take-in reports/next_d1-3fa9c2.xlsx   |   fourp next --new-codes --coder anna   |   "
    "fourp next 300 --scored scored --coder anna",
)
def next_segments(
    count: Annotated[
        Optional[int],
        typer.Argument(
            metavar="[N]",
            min=1,
            help=f"How many segments. Default: {_DEFAULT}.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        Literal["random", "uncertainty", "disagreement", "diversity", "mixed"],
        typer.Option(
            help="random: a blind probability sample, for numbers. The others look for what the machine "
            "would learn from; mixed is half uncertain, a quarter diverse, a quarter random."
        ),
    ] = "random",
    coder: Annotated[
        str, typer.Option(metavar="NAME", help="Who codes. Default: the gold coder.")
    ] = "",
    seed: Annotated[
        Optional[int],
        typer.Option(
            min=0,
            max=LARGEST_SEED,
            help="Seed. Default: a fresh one, which is kept.",
            show_default=False,
        ),
    ] = None,
    code: Annotated[
        str,
        typer.Option(metavar="CODE", help="Look at one code (uncertainty, disagreement, mixed)."),
    ] = "",
    stratify: Annotated[
        Optional[Literal["document", "group", "site"]],
        typer.Option(
            help="Draw at random within each document or group; with --scored, within each site or group.",
            show_default=False,
        ),
    ] = None,
    allocation: Annotated[
        Literal["proportional", "equal"], typer.Option(help="Shares of the strata.")
    ] = "proportional",
    context: Annotated[int, typer.Option(min=0, max=20, help="Neighbours shown on each side.")] = 2,
    include_open: Annotated[
        bool, typer.Option("--include-open", help="Also what waits in the coder's earlier draws.")
    ] = False,
    include_coded: Annotated[
        bool, typer.Option("--include-coded", help="Also what the coder has coded.")
    ] = False,
    repeat: Annotated[
        bool,
        typer.Option(
            "--repeat",
            help="For a retest: draw from what the coder has coded, to be coded a second time. With "
            "--take-in: the sheet was (one drawn with --repeat need not say so).",
        ),
    ] = False,
    new_codes: Annotated[
        bool,
        typer.Option(
            "--new-codes",
            help="Instead of drawing: a sheet of what was drawn and coded before there were codes that are "
            "new, with columns for these codes alone. Its segments stay in their draws.",
        ),
    ] = False,
    show: Annotated[
        Optional[Literal["half"]],
        typer.Option(
            help="Show the machine's suggestion for half of a random draw, drawn by lot, to see whether it "
            "sways you (`fourp agree --anchoring`).",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier sheet of the same name.")
    ] = False,
    take_in: Annotated[
        Optional[Path],
        typer.Option(
            metavar="FILE",
            help="Take in a sheet that was filled in (CSV or XLSX), instead of drawing.",
            show_default=False,
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="With --take-in: over what an earlier sheet says.")
    ] = False,
    scored: Annotated[
        Optional[Path],
        typer.Option(
            metavar="DIR",
            help="Draw blindly from what `fourp score` wrote here, or take a sheet of it in.",
            show_default=False,
        ),
    ] = None,
    codebook_file: Annotated[
        Optional[Path],
        typer.Option(
            "--codebook",
            metavar="FILE",
            help="With --scored: for the definitions beside the sheet. Default: the project's.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Draw segments for a person to code next, or take in a sheet that was coded.

    Writes a sheet (CSV and XLSX) without anything of the machine on it (unless --show half), and keeps each
    segment's inclusion probability in the project. Only what was drawn at random has one.
    """
    from fourp_nlp.cli.batch.scored import codebook_for, draw_from_scored, take_in_to_scored
    from fourp_nlp.cli.screen.console import skipped_documents, watching
    from fourp_nlp.study.sampling.draws import draw_next

    if scored is not None:
        if by != "random" or code or include_open or include_coded or repeat or show or new_codes:
            raise typer.BadParameter(
                "--scored draws at random; it goes with --coder, --seed, --stratify, --allocation, "
                "--context, --overwrite, --codebook, --take-in and --replace alone."
            )
        if stratify == "document":
            raise typer.BadParameter("With --scored, draw within sites or groups: --stratify site.")
        if take_in is not None:
            take_in_to_scored(scored, take_in, coder=coder, replace=replace, json=json)
            return
        draw_from_scored(
            scored,
            count=count or _DEFAULT,
            coder=coder,
            seed=seed,
            stratify=stratify,
            allocation=allocation,
            context=context,
            codebook=codebook_for(scored, codebook_file, the_project_if_any(project)),
            overwrite=overwrite,
            json=json,
        )
        return
    if new_codes and (
        count is not None
        or take_in is not None
        or by != "random"
        or code
        or stratify
        or seed is not None
        or include_open
        or include_coded
        or repeat
        or show
    ):
        raise typer.BadParameter("--new-codes goes with --coder, --context and --overwrite alone.")
    if stratify == "site" or codebook_file is not None:
        raise typer.BadParameter("--stratify site and --codebook go with --scored.")
    study = the_study(project, changes=True)
    study.codebook  # noqa: B018 - its faults are told before documents are read
    with watching() as study.watch:
        corpus = study.corpus
    if new_codes:
        _new_codes(study, coder, context, overwrite=overwrite, json=json)
    elif take_in is not None:
        _take_in(study, take_in, coder, replace=replace, repeat=repeat, json=json)
    else:
        with watching() as watch:
            draw = draw_next(
                study,
                count=count or _DEFAULT,
                by=by,
                coder=coder,
                seed=seed,
                code=code,
                stratify=stratify,
                allocation=allocation,
                context=context,
                include_open=include_open,
                include_coded=include_coded,
                repeat=repeat,
                show=show,
                overwrite=overwrite,
                watch=watch,
            )
        _tell(draw, json=json)
    if skipped_documents(corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)


def _tell(draw: Draw, *, json: bool) -> None:
    from fourp_nlp.cli.screen.console import json_lines, near, say, warn

    facts, drawn = draw.facts, draw.drawn
    for text in draw.notes:
        warn(text)
    if json:
        columns = ["draw", "order", "document", "start", "end", "text", "inclusion_probability"]
        json_lines(drawn.assign(text=draw.texts)[[*columns, "stratum", "strategy"]])
        return
    say(
        f"draw {facts['draw']} for {facts['coder']}: {len(drawn)} segments by {facts['strategy']}, "
        f"seed {facts['seed']}" + (f", asking {facts['model']}" if facts["model"] else "")
    )
    say(f"frame: {facts['frame_size']} {facts['frame']}")
    blind = drawn[drawn["strategy"] == "random"]
    if len(blind):
        low, high = blind["inclusion_probability"].min(), blind["inclusion_probability"].max()
        chance = fixed(low, 4) if low == high else f"{fixed(low, 4)} to {fixed(high, 4)}"
        say(f"probability sample: {len(blind)} segments, inclusion probability {chance}")
    if len(blind) and (blind["arm"] != "").any():
        say(
            f"  {int((blind['arm'] == 'shown').sum())} of them show what the machine suggests, drawn by lot. "
            "Code every row; then: fourp agree --anchoring"
        )
    elif len(blind):
        say(
            "  Code every row, without looking at suggestions: then the codes of these rows can say how "
            "often each code occurs in the frame, and how often the machine errs."
        )
    if len(blind) < len(drawn):
        say(
            f"picked on purpose: {len(drawn) - len(blind)} segments, without inclusion probability. "
            "Learn from them; count nothing by them."
        )
    for path in draw.files:
        say(f"wrote {near(path)}")
    say(
        f"when it is filled in: fourp next --take-in {near(draw.files[1])} --coder {facts['coder']}"
    )


def _new_codes(
    study: Study,
    coder: str,
    context: int,
    *,
    overwrite: bool,
    json: bool,
) -> None:
    from fourp_nlp.cli.screen.console import json_lines, near, say
    from fourp_nlp.study.sampling.new_codes import sheet_for_new_codes

    made = sheet_for_new_codes(
        study,
        coder=coder,
        context=context,
        overwrite=overwrite,
    )
    if json:
        json_lines(made.rows)
        return
    say(
        f"{len(made.rows)} segments that {made.coder} coded before there were these codes: "
        f"{', '.join(made.codes)}"
    )
    say("  They stay in their draws: code every row, and their sample holds for these codes too.")
    for path in made.files:
        say(f"wrote {near(path)}")
    say(f"when it is filled in: fourp next --take-in {near(made.files[1])} --coder {made.coder}")


def _take_in(
    study: Study,
    path: Path,
    coder: str,
    *,
    replace: bool,
    repeat: bool,
    json: bool,
) -> None:
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.cli.screen.sheet_summary import tell_taken_in
    from fourp_nlp.study.sampling.sheet_import import take_in

    taken = take_in(
        study,
        path,
        coder=coder,
        replace=replace,
        repeat=repeat,
    )
    tell_taken_in(taken, json=json)
    if not json:
        say("next: fourp agree --retest" if taken.repeat else "next: fourp train, or fourp run")
