"""`fourp agree`: agreement of coders, and what they disagree about."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import LARGEST_SEED, JsonOption, ProjectOption, app, the_study


class Units(StrEnum):
    """Which segments; Typer takes no list of `Literal`."""

    ALL = "all"
    ANY_CODE = "any-code"
    THIS_CODE = "this-code"


MOST_RESAMPLES = 100_000


@app.command(
    epilog="Examples: fourp agree --json > agreement.jsonl   |   fourp agree --coders anna --coders ben "
    "--coders machine --by group --thresholds .667,.800   |   fourp agree --alt-test   |   "
    "fourp agree --disagreements --between anna machine --to anna.csv"
)
def agree(
    context_of: typer.Context,
    coders: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="CODER",
            help="Compare these together; once for each. The machine is called machine. Default: every "
            "pair, and all people together where they are three or more.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        Literal["code", "theme", "document", "group"],
        typer.Option(help="What gets a row. A segment has a theme if it has any of its codes."),
    ] = "code",
    units: Annotated[
        Optional[list[Units]],
        typer.Option(
            metavar="all|any-code|this-code",
            help="Which segments: all that were read, those that anyone gave any code, or the code in "
            "question. Default: the first two, one below the other.",
            show_default=False,
        ),
    ] = None,
    coefficient: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="NAME",
            help="Show this coefficient; once for each. Default: percent, positive agreement, kappa (alpha "
            "of more than two) and AC1. The file holds all.",
            show_default=False,
        ),
    ] = None,
    thresholds: Annotated[
        Optional[str],
        typer.Option(
            metavar="VALUES",
            help="Say where each interval lies by these values, with commas between them. Default: what "
            "fourp.toml says under \\[agreement].",
            show_default=False,
        ),
    ] = None,
    interval: Annotated[
        Literal["document", "analytic"],
        typer.Option(
            help="95% intervals: by document, which allows for few codings and few documents, or by "
            "formula, which takes segments to be independent."
        ),
    ] = "document",
    resamples: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_RESAMPLES,
            help="Bootstrap samples of documents, for intervals of the macro-F1; 0 for no intervals.",
        ),
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the bootstrap.")] = 0,
    rho: Annotated[
        bool,
        typer.Option(
            "--rho", help="Add Shaffer's rho of each code and pair, against a kappa of .65."
        ),
    ] = False,
    alt_test: Annotated[
        bool,
        typer.Option(
            "--alt-test",
            help="Test instead whether the machine may take the place of one of three people or more.",
        ),
    ] = False,
    epsilon: Annotated[
        Optional[float],
        typer.Option(
            min=0,
            max=1,
            help="With --alt-test: what the machine may stay below a person. Default: 0.2, which is for "
            "experts; 0.15 for skilled people, 0.1 for crowd workers.",
            show_default=False,
        ),
    ] = None,
    disagreements: Annotated[
        bool,
        typer.Option(
            "--disagreements",
            help="Write a sheet of what the people (or the one person and the machine) disagree about, "
            "in context, to settle it on.",
        ),
    ] = False,
    between: Annotated[
        Optional[tuple[str, str]],
        typer.Option(
            metavar="CODER CODER",
            help="With --disagreements: these two alone; the machine is called machine.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Optional[Path],
        typer.Option(
            metavar="FILE",
            help="With --disagreements: the sheet, .xlsx or .csv. Default: disagreements.xlsx among "
            "the reports.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        int,
        typer.Option(min=0, max=20, help="With --disagreements: neighbours shown on each side."),
    ] = 2,
    include_settled: Annotated[
        bool,
        typer.Option(
            "--include-settled", help="With --disagreements: also what was decided before."
        ),
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option("--overwrite", help="With --disagreements: replace an earlier sheet."),
    ] = False,
    retest: Annotated[
        bool,
        typer.Option(
            "--retest",
            help="Measure instead how each coder who coded again (gold/repeat) agrees with themselves.",
        ),
    ] = False,
    anchoring: Annotated[
        bool,
        typer.Option(
            "--anchoring",
            help="Compare agreement with the machine where its suggestion was shown and where it was not "
            "(`fourp next N --by random --show half`).",
        ),
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Measure agreement, person with person and person with machine, beside its prevalence and interval."""
    from fourp_nlp.agreement import Drawing
    from fourp_nlp.cli.agreement._alternative_annotator import tell_alt_test
    from fourp_nlp.cli.agreement._anchoring import tell_anchoring
    from fourp_nlp.cli.agreement._disagreements import tell_disagreements
    from fourp_nlp.cli.agreement._options import Chosen, refuse_idle_options
    from fourp_nlp.cli.agreement._retest import tell_retest
    from fourp_nlp.cli.agreement._screens import COEFFICIENTS, Asked, tell_agreement
    from fourp_nlp.cli.screen.coder_names import the_coders
    from fourp_nlp.cli.screen.stored_suggestions import with_machine_if_any
    from fourp_nlp.cli.screen.unread_notice import warn_unread

    chosen = [_SHORT.get(name.casefold(), name) for name in coefficient or ()]
    unknown = [name for name in chosen if name not in COEFFICIENTS]
    if unknown:
        raise typer.BadParameter(
            f"There is no coefficient '{unknown[0]}'. There are: {', '.join(COEFFICIENTS)}."
        )
    wanted = [name.value.replace("-", "_") for name in dict.fromkeys(units or ())]
    refuse_idle_options(
        _given(context_of), Chosen(coders or (), wanted, chosen, by, interval, resamples)
    )
    values = _values(thresholds) if thresholds is not None else None
    study = the_study(project)
    gold = study.gold
    warn_unread(study)
    coders = the_coders(coders or (), gold, or_machine=True)
    if disagreements:
        tell_disagreements(
            study,
            between=the_coders(between or (), gold, or_machine=True),
            to=to,
            context=context,
            include_settled=include_settled,
            overwrite=overwrite,
            json=json,
        )
        return
    if anchoring:
        tell_anchoring(study, seed=seed, json=json)
        return
    if retest:
        tell_retest(study, resamples=resamples, seed=seed, json=json)
        return
    if alt_test:
        tell_alt_test(
            study.with_machine() if len(gold.people) > 2 else study.without_machine(),
            epsilon=0.2 if epsilon is None else epsilon,
            json=json,
        )
        return
    needed = len(gold.people) < 2 or any(name not in gold.coded for name in coders)
    study = with_machine_if_any(study, needed=needed)
    asked = Asked(
        coders=coders,
        by=by,
        units=wanted or ["all", "any_code"],
        coefficients=chosen,
        thresholds=study.project.settings.agreement.thresholds if values is None else values,
        drawing=Drawing(resamples=resamples, seed=seed),
        analytic=interval == "analytic",
        rho=rho,
    )
    tell_agreement(study, asked, json=json)


def _given(context: typer.Context) -> list[str]:
    """Return the names of the parameters that stand on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]


_SHORT = {
    "kappa": "cohen_kappa",
    "alpha": "krippendorff_alpha",
    "ac1": "gwet_ac1",
    "pabak": "brennan_prediger",
}
"""What a coefficient may be called for short."""


def _values(text: str) -> list[float]:
    """Return the thresholds that an option names."""
    try:
        values = sorted({float(part) for part in text.split(",") if part.strip()})
    except ValueError:
        values = []
    if not values or not all(0 < value < 1 for value in values):
        raise typer.BadParameter(
            f"--thresholds {text}: name values between 0 and 1 with commas between them: .667,.800"
        )
    return values
