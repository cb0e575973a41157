"""`fourp next`: draw segments to code next, and import coded sheets."""

from __future__ import annotations

from dataclasses import replace as replaced
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

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.sampling.draws import Draw, DrawOptions
    from fourp_nlp.study.study import Study

_DEFAULT = 40
_OVERLAP = 0.3

CountArgument = Annotated[
    Optional[int],
    typer.Argument(
        metavar="[N]",
        min=1,
        help=f"How many segments. Default: {_DEFAULT}.",
        show_default=False,
    ),
]
StrategyOption = Annotated[
    Literal["random", "uncertainty", "disagreement", "diversity", "mixed"],
    typer.Option(
        help="random: a probability sample drawn without the machine, for estimates. The others pick the "
        "segments that the machine would learn most from; mixed is half uncertain, a quarter diverse, a "
        "quarter random."
    ),
]
CoderOption = Annotated[
    str, typer.Option(metavar="NAME", help="Who codes. Default: the gold coder.")
]
CodersOption = Annotated[
    str,
    typer.Option(
        metavar="NAMES",
        help="Draw for several coders at once, N segments on the sheet of each: anna,ben.",
        show_default=False,
    ),
]
OverlapOption = Annotated[
    Optional[float],
    typer.Option(
        min=0.0,
        max=1.0,
        metavar="SHARE",
        help="With --coders: the share of each sheet that all of them code, to measure agreement. Default: "
        "0.3.",
        show_default=False,
    ),
]
SameAsOption = Annotated[
    str,
    typer.Option(
        metavar="DRAW",
        help="Instead of drawing: write a sheet of this draw's segments for another --coder.",
        show_default=False,
    ),
]
SeedOption = Annotated[
    Optional[int],
    typer.Option(
        min=0,
        max=LARGEST_SEED,
        help="Seed. Default: a new one, which is kept with the draw.",
        show_default=False,
    ),
]
CodeOption = Annotated[
    str,
    typer.Option(metavar="CODE", help="Use this code alone (uncertainty, disagreement, mixed)."),
]
StratifyOption = Annotated[
    Optional[Literal["document", "group", "site"]],
    typer.Option(
        help="Draw at random within each document or group; with --scored, within each site or group.",
        show_default=False,
    ),
]
AllocationOption = Annotated[
    Literal["proportional", "equal"], typer.Option(help="Shares of the strata.")
]
ContextOption = Annotated[
    int, typer.Option(min=0, max=20, help="Neighbouring segments shown on each side.")
]
IncludeOpenOption = Annotated[
    bool,
    typer.Option("--include-open", help="Also uncoded segments of the coder's earlier draws."),
]
IncludeCodedOption = Annotated[
    bool, typer.Option("--include-coded", help="Also segments that the coder has coded.")
]
RepeatOption = Annotated[
    bool,
    typer.Option(
        "--repeat",
        help="For a retest: draw from segments that the coder has coded, to be coded a second time. With "
        "--take-in: the sheet is a second coding (one drawn with --repeat need not say so).",
    ),
]
NewCodesOption = Annotated[
    bool,
    typer.Option(
        "--new-codes",
        help="Instead of drawing: write a sheet of the segments that were drawn and coded before some codes "
        "were added, with columns for the new codes only. The segments stay in their draws.",
    ),
]
ShowOption = Annotated[
    Optional[Literal["half"]],
    typer.Option(
        help="Show the machine's suggestion for a random half of a random draw, to test whether it "
        "influences you (`fourp agree --anchoring`).",
        show_default=False,
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier sheet of the same name.")
]
TakeInOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE",
        help="Instead of drawing: import a sheet that was filled in (CSV or XLSX).",
        show_default=False,
    ),
]
ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="With --take-in: replace codes of an earlier sheet.")
]
ScoredOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="DIR",
        help="Draw at random from what `fourp score` wrote here, or import a sheet of such a draw.",
        show_default=False,
    ),
]
CodebookOption = Annotated[
    Optional[Path],
    typer.Option(
        "--codebook",
        metavar="FILE",
        help="With --scored: for the definitions on the sheet. Default: the project's.",
        show_default=False,
    ),
]


@app.command(
    "next",
    epilog="Examples: fourp next 60 --coder anna   |   fourp next 60 --coders anna,ben --overlap 0.3   |   "
    "fourp next --same-as d1-3fa9c2 --coder ben   |   fourp next 40 --by mixed   |   "
    "fourp next --take-in reports/next_d1-3fa9c2.xlsx   |   fourp next --new-codes --coder anna   |   "
    "fourp next 300 --scored scored --coder anna",
)
def next_segments(
    count: CountArgument = None,
    by: StrategyOption = "random",
    coder: CoderOption = "",
    coders: CodersOption = "",
    overlap: OverlapOption = None,
    same_as: SameAsOption = "",
    seed: SeedOption = None,
    code: CodeOption = "",
    stratify: StratifyOption = None,
    allocation: AllocationOption = "proportional",
    context: ContextOption = 2,
    include_open: IncludeOpenOption = False,
    include_coded: IncludeCodedOption = False,
    repeat: RepeatOption = False,
    new_codes: NewCodesOption = False,
    show: ShowOption = None,
    overwrite: OverwriteOption = False,
    take_in: TakeInOption = None,
    replace: ReplaceOption = False,
    scored: ScoredOption = None,
    codebook_file: CodebookOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Draw segments for a person to code next, or import a sheet that was coded.

    Writes a sheet (CSV and XLSX) that shows nothing of the machine (unless --show half), and keeps the
    inclusion probability of each segment in the project. Only segments drawn at random have one.
    """
    from fourp_nlp.cli.batch.scored import codebook_for, import_sheet_of_scored
    from fourp_nlp.cli.screen.console import skipped_documents, watching
    from fourp_nlp.study.sampling.draws import DrawOptions

    options = DrawOptions(
        count=count or _DEFAULT,
        by=by,
        coder=coder,
        seed=seed,
        code=code,
        stratify=None if stratify == "site" else stratify,
        allocation=allocation,
        context=context,
        include_open=include_open,
        include_coded=include_coded,
        repeat=repeat,
        show=show,
    )
    by_site = stratify == "site"
    _refuse_with_several_coders(
        coders,
        overlap,
        same_as,
        coder,
        otherwise=scored is not None or new_codes or take_in is not None,
    )
    if scored is not None:
        _refuse_with_scored(options, new_codes=new_codes)
        if take_in is not None:
            import_sheet_of_scored(scored, take_in, coder=coder, replace=replace, json=json)
            return
        names = codebook_for(scored, codebook_file, the_project_if_any(project))
        _draw_from_scored(scored, options, names, by_site=by_site, overwrite=overwrite, json=json)
        return
    if new_codes:
        _refuse_with_new_codes(options, drawing=count is not None or take_in is not None or by_site)
    if by_site or codebook_file is not None:
        raise typer.BadParameter("--stratify site and --codebook go with --scored.")
    study = the_study(project, changes=True)
    study.codebook  # noqa: B018 - report its faults before documents are read
    with watching() as study.watch:
        corpus = study.corpus
    if new_codes:
        _new_codes(study, coder, context, overwrite=overwrite, json=json)
    elif coders:
        share = _OVERLAP if overlap is None else overlap
        _draw_for_coders(study, options, coders, share, overwrite=overwrite, json=json)
    elif same_as:
        _draw_same_as(study, same_as, coder, context, overwrite=overwrite, json=json)
    elif take_in is not None:
        _import_sheet(study, take_in, coder, replace=replace, repeat=repeat, json=json)
    else:
        _draw(study, options, overwrite=overwrite, json=json)
    if skipped_documents(corpus.skipped):
        raise typer.Exit(SKIPPED_SOME)


def _refuse_with_several_coders(
    coders: str, overlap: float | None, same_as: str, coder: str, *, otherwise: bool
) -> None:
    """Refuse options that have no effect with --coders or --same-as, or without them."""
    if overlap is not None and not coders:
        raise typer.BadParameter("--overlap goes with --coders.")
    if (coders or same_as) and otherwise:
        raise typer.BadParameter(
            "--coders and --same-as draw from the project; they do not go with --scored, --new-codes and "
            "--take-in."
        )
    if coders and (coder or same_as):
        raise typer.BadParameter("Use one of --coder, --coders and --same-as (with --coder).")


def _refuse_with_scored(options: DrawOptions, *, new_codes: bool) -> None:
    """Refuse options that have no effect with --scored."""
    not_random = options.by != "random" or options.code
    if (
        not_random
        or options.include_open
        or options.include_coded
        or options.repeat
        or options.show
        or new_codes
    ):
        raise typer.BadParameter(
            "--scored draws at random; it goes with --coder, --seed, --stratify, --allocation, "
            "--context, --overwrite, --codebook, --take-in and --replace alone."
        )
    if options.stratify == "document":
        raise typer.BadParameter("With --scored, draw within sites or groups: --stratify site.")


def _refuse_with_new_codes(options: DrawOptions, *, drawing: bool) -> None:
    """Refuse options that have no effect with --new-codes: all but --coder and --context."""
    from fourp_nlp.study.sampling.draws import DrawOptions

    others = replaced(options, coder="", context=2, allocation="proportional")
    if drawing or others != DrawOptions(count=options.count):
        raise typer.BadParameter("--new-codes goes with --coder, --context and --overwrite alone.")


def _draw_from_scored(
    folder: Path,
    options: DrawOptions,
    codebook: Codebook | None,
    *,
    by_site: bool,
    overwrite: bool,
    json: bool,
) -> None:
    from fourp_nlp.cli.batch.scored import draw_from_scored

    draw_from_scored(
        folder,
        count=options.count,
        coder=options.coder,
        seed=options.seed,
        stratify="site" if by_site else "group" if options.stratify == "group" else None,
        allocation=options.allocation,
        context=options.context,
        codebook=codebook,
        overwrite=overwrite,
        json=json,
    )


def _draw(study: Study, options: DrawOptions, *, overwrite: bool, json: bool) -> None:
    from fourp_nlp.cli.screen.console import watching
    from fourp_nlp.study.sampling.draws import draw_next

    with watching() as watch:
        draw = draw_next(study, options, overwrite=overwrite, watch=watch)
    _print_draw(draw, json=json)


def _draw_for_coders(
    study: Study, options: DrawOptions, coders: str, overlap: float, *, overwrite: bool, json: bool
) -> None:
    from fourp_nlp.cli.screen.console import json_lines, near, say, warn, watching
    from fourp_nlp.study.sampling.shared_draws import draw_for_coders

    names = [name.strip() for name in coders.split(",") if name.strip()]
    with watching() as watch:
        shared = draw_for_coders(
            study, options, names, overlap=overlap, overwrite=overwrite, watch=watch
        )
    for text in shared.notes:
        warn(text)
    if json:
        import pandas as pd

        rows = [
            sheet._asdict() | {"files": [str(path) for path in sheet.files]}
            for sheet in shared.sheets
        ]
        json_lines(pd.DataFrame(rows))
        return
    for sheet in shared.sheets:
        say(
            f"{sheet.coder}: {sheet.rows} segments by {options.by}, of which {sheet.common} are on every "
            f"sheet (seed {shared.seed}; draws {', '.join(sheet.draws)})"
        )
        for path in sheet.files:
            say(f"wrote {near(path)}")
    say("Each coder codes every row alone. When a sheet is filled in:")
    for sheet in shared.sheets:
        say(f"  fourp next --take-in {near(sheet.files[1])} --coder {sheet.coder}")


def _draw_same_as(
    study: Study, draw: str, coder: str, context: int, *, overwrite: bool, json: bool
) -> None:
    from fourp_nlp.study.sampling.shared_draws import draw_same_as

    same = draw_same_as(study, draw, coder, context=context, overwrite=overwrite)
    _print_draw(same, json=json)


def _print_draw(draw: Draw, *, json: bool) -> None:
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
            f"  {int((blind['arm'] == 'shown').sum())} of them, drawn at random, show the machine's "
            "suggestion. Code every row; then: fourp agree --anchoring"
        )
    elif len(blind):
        say(
            "  Code every row, without looking at suggestions: then the codes of these rows show how often "
            "each code occurs in the frame, and how often the machine is wrong."
        )
    if len(blind) < len(drawn):
        say(
            f"picked on purpose: {len(drawn) - len(blind)} segments, without inclusion probability. "
            "Use them for training, not for estimates."
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

    sheet = sheet_for_new_codes(study, coder=coder, context=context, overwrite=overwrite)
    if json:
        json_lines(sheet.rows)
        return
    say(
        f"{len(sheet.rows)} segments that {sheet.coder} coded before there were these codes: "
        f"{', '.join(sheet.codes)}"
    )
    say("  They stay in their draws: code every row, and their sample holds for these codes too.")
    for path in sheet.files:
        say(f"wrote {near(path)}")
    say(f"when it is filled in: fourp next --take-in {near(sheet.files[1])} --coder {sheet.coder}")


def _import_sheet(
    study: Study,
    path: Path,
    coder: str,
    *,
    replace: bool,
    repeat: bool,
    json: bool,
) -> None:
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.cli.screen.sheet_summary import print_sheet_import
    from fourp_nlp.study.sampling.sheet_import import import_sheet

    imported = import_sheet(study, path, coder=coder, replace=replace, repeat=repeat)
    print_sheet_import(imported, json=json)
    if not json:
        say("next: fourp agree --retest" if imported.repeat else "next: fourp train, or fourp run")
