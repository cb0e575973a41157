"""Which options of `fourp agree` go together: one that would do nothing is refused, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import typer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["Chosen", "refuse_idle_options"]

_OBEYED = {
    "disagreements": ("between", "to", "context", "include_settled", "overwrite"),
    "retest": ("resamples", "seed"),
    "alt_test": ("epsilon",),
    "anchoring": ("seed",),
}
"""What each of the other measurements takes, beside --project and --json."""

_OF_AGREEMENT_TOO = frozenset({"resamples", "seed"})
_ALWAYS = frozenset({"project", "json"})


class Chosen(NamedTuple):
    """What the options of the agreement of coders came to.

    Attributes
    ----------
    coders, units, coefficients : sequence of str
        As named, coefficients by their full names; empty where none was.
    by, interval : str
        As chosen, or the default.
    resamples : int
        How many.
    """

    coders: Sequence[str]
    units: Sequence[str]
    coefficients: Sequence[str]
    by: str
    interval: str
    resamples: int


def refuse_idle_options(given: Collection[str], chosen: Chosen) -> None:
    """Refuse options that do nothing together.

    `chosen` is what the parameters `given` on the command line came to. Raises `typer.BadParameter`
    for an option that would change nothing, with the option that it does not go with.
    """
    modes = [name for name in _OBEYED if name in given]
    if len(modes) > 1:
        raise typer.BadParameter(
            f"{_options(modes)} are measurements of their own: run one, then the other."
        )
    if not modes:
        _refuse_strangers(given)
        _refuse_in_agreement(given, chosen)
        return
    (mode,) = modes
    idle = [name for name in given if name not in {mode, *_OBEYED[mode], *_ALWAYS}]
    if idle:
        known = ", ".join(_option(name) for name in (*_OBEYED[mode], "json"))
        raise typer.BadParameter(
            f"{_options(idle)} would do nothing with {_option(mode)}, which takes {known}."
        )
    if mode == "disagreements" and "json" in given and {"to", "overwrite"} & {*given}:
        raise typer.BadParameter(
            "With --json no sheet is written, so that --to and --overwrite would do nothing."
        )
    if "seed" in given and not chosen.resamples:
        raise typer.BadParameter("With --resamples 0 nothing is drawn: --seed would do nothing.")


def _refuse_strangers(given: Collection[str]) -> None:
    """Refuse options of the other measurements."""
    for mode, names in _OBEYED.items():
        idle = [name for name in given if name in names and name not in _OF_AGREEMENT_TOO]
        if idle:
            verb = "go" if len(idle) > 1 else "goes"
            raise typer.BadParameter(f"{_options(idle)} {verb} with {_option(mode)}.")


def _refuse_in_agreement(given: Collection[str], chosen: Chosen) -> None:
    """Refuse what does nothing among the options of the agreement of coders."""
    from fourp_nlp.agreement import chance_corrected_ids, select_coefficients

    named, units = {*chosen.coefficients}, {*chosen.units}
    registered = select_coefficients(measured_on=None)
    of_two = named & {each.id for each in registered if each.pairs_only}
    on_all_units = named & {each.id for each in registered if each.of_second_coder}
    spans, sets, of_codes = (
        {each.id for each in registered if each.measured_on == kind}
        for kind in ("spans", "sets", "codes")
    )
    corrected = {*chance_corrected_ids()}
    analytic, parts = chosen.interval == "analytic", chosen.by in {"document", "group"}
    many = len(chosen.coders) > 2
    rho = "rho" in given
    refusals = (
        (
            analytic and "resamples" in given,
            "With --interval analytic no documents are drawn: --resamples would do nothing.",
        ),
        (
            "seed" in given and not rho and (analytic or not chosen.resamples),
            "With --interval analytic or --resamples 0 nothing is drawn: --seed would do nothing.",
        ),
        (
            "thresholds" in given and not analytic and not chosen.resamples,
            "With --resamples 0 there is no interval to hold against --thresholds.",
        ),
        (
            "thresholds" in given and bool(named) and not named & corrected,
            "--thresholds are for coefficients that allow for chance, but --coefficient names only others.",
        ),
        (rho and many, "Shaffer's rho is of two coders: --rho does nothing for three or more."),
        (
            rho and bool(units) and "all" not in units,
            "Shaffer's rho is of all segments that both read: add --units all, or leave --rho out.",
        ),
        (
            many and bool(of_two),
            f"Of two coders only: {_listed(of_two)}. Three or more were named by --coders.",
        ),
        (
            parts and bool(on_all_units),
            f"Not measured by {chosen.by}: {_listed(on_all_units)}.",
        ),
        (
            parts and bool(named) and named <= spans,
            f"Coefficients of spans are not measured by {chosen.by}: --by would do nothing.",
        ),
        (
            chosen.by == "theme" and bool(named) and named <= spans | sets | of_codes,
            "The coefficients named by --coefficient are not computed for themes: --by theme would do "
            "nothing.",
        ),
        (
            bool(units) and "all" not in units and bool(on_all_units),
            f"Only of all segments: {_listed(on_all_units)}. Add --units all.",
        ),
        (
            units == {"this_code"} and bool(sets & named),
            f"{_listed(sets & named)} is of all codes of a segment: --units this-code does not go with it.",
        ),
        (
            bool(units) and bool(named) and named <= spans,
            "Coefficients of spans are not of segments: --units would do nothing.",
        ),
    )
    for idle, why in refusals:
        if idle:
            raise typer.BadParameter(why)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _options(names: Sequence[str]) -> str:
    *first, last = (_option(name) for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
