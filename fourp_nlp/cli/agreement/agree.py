"""`fourp agree`: agreement of coders, and what they disagree about."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import typer

from fourp_nlp.cli.agreement._option_types import (
    AltTestOption,
    AnchoringOption,
    BetweenOption,
    ByOption,
    CodersOption,
    CoefficientOption,
    ContextOption,
    DisagreementsOption,
    EpsilonOption,
    IncludeSettledOption,
    IntervalOption,
    OverwriteOption,
    ResamplesOption,
    RetestOption,
    RhoOption,
    SeedOption,
    ThresholdsOption,
    ToOption,
    UnitsOption,
)
from fourp_nlp.cli.app import JsonOption, ProjectOption, app, the_study

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fourp_nlp.agreement.coefficients import Units

__all__ = ["agree"]


@app.command(
    epilog="Examples: fourp agree --json > agreement.jsonl   |   fourp agree --coders anna --coders ben "
    "--coders machine --by group --thresholds .667,.800   |   fourp agree --alt-test   |   "
    "fourp agree --disagreements --between anna machine --to anna.csv"
)
def agree(
    context_of: typer.Context,
    coders: CodersOption = None,
    by: ByOption = "code",
    units: UnitsOption = None,
    coefficient: CoefficientOption = None,
    thresholds: ThresholdsOption = None,
    interval: IntervalOption = "document",
    resamples: ResamplesOption = 1000,
    seed: SeedOption = 0,
    rho: RhoOption = False,
    alt_test: AltTestOption = False,
    epsilon: EpsilonOption = None,
    disagreements: DisagreementsOption = False,
    between: BetweenOption = None,
    to: ToOption = None,
    context: ContextOption = 2,
    include_settled: IncludeSettledOption = False,
    overwrite: OverwriteOption = False,
    retest: RetestOption = False,
    anchoring: AnchoringOption = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Measure agreement, person with person and person with machine, beside its prevalence and interval."""
    from fourp_nlp.agreement import Drawing
    from fourp_nlp.cli.agreement._agreement import AgreementOptions, show_agreement
    from fourp_nlp.cli.agreement._alternative_annotator import show_alt_test
    from fourp_nlp.cli.agreement._anchoring import show_anchoring
    from fourp_nlp.cli.agreement._disagreements import show_disagreements
    from fourp_nlp.cli.agreement._option_checks import Chosen, refuse_idle_options
    from fourp_nlp.cli.agreement._retest import show_retest
    from fourp_nlp.cli.screen.coder_names import the_coders
    from fourp_nlp.cli.screen.unread_notice import warn_unread

    names = _coefficient_ids(coefficient or ())
    chosen_units = [choice.value.replace("-", "_") for choice in dict.fromkeys(units or ())]
    refuse_idle_options(
        _given(context_of), Chosen(coders or (), chosen_units, names, by, interval, resamples)
    )
    values = None if thresholds is None else _thresholds(thresholds)
    study = the_study(project)
    warn_unread(study)
    if disagreements:
        show_disagreements(
            study,
            between=the_coders(between or (), study.gold, or_machine=True),
            to=to,
            context=context,
            include_settled=include_settled,
            overwrite=overwrite,
            json=json,
        )
    elif anchoring:
        show_anchoring(study, seed=seed, json=json)
    elif retest:
        show_retest(study, resamples=resamples, seed=seed, json=json)
    elif alt_test:
        show_alt_test(study, epsilon=0.2 if epsilon is None else epsilon, json=json)
    else:
        usual = study.project.settings.agreement.thresholds
        options = AgreementOptions(
            coders=the_coders(coders or (), study.gold, or_machine=True),
            by=by,
            units=cast("list[Units]", chosen_units) or ["all", "any_code"],
            coefficients=names,
            thresholds=usual if values is None else values,
            drawing=Drawing(resamples=resamples, seed=seed),
            analytic=interval == "analytic",
            rho=rho,
        )
        show_agreement(study, options, json=json)


def _given(context: typer.Context) -> list[str]:
    """Return the names of the parameters that stand on the command line."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return [name for name, source in sources.items() if source and source.name == "COMMANDLINE"]


def _coefficient_ids(names: Iterable[str]) -> list[str]:
    """Return the ids of coefficients, which may be named by another name of theirs."""
    from fourp_nlp.agreement import known_coefficient, select_coefficients

    registered = select_coefficients(measured_on=None)
    shown = [each for each in registered if each.measured_on != "simulation"]
    ids = []
    for name in names:
        definition = known_coefficient(name)
        if definition not in shown:
            raise typer.BadParameter(
                f"There is no coefficient '{name}'. There are: {', '.join(each.id for each in shown)}."
            )
        ids.append(definition.id)
    return ids


def _thresholds(text: str) -> list[float]:
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
