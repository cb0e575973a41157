"""`fourp agree` without another mode: measures agreement, shows the short tables, writes the full one."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fourp_nlp.agreement import Drawing
    from fourp_nlp.agreement.coefficients import Units
    from fourp_nlp.study.study import Study

__all__ = ["AgreementOptions", "show_agreement"]


class AgreementOptions(NamedTuple):
    """What the options ask for.

    Attributes
    ----------
    coders : sequence of str
        Whom to compare together; empty for every pair.
    by : {"code", "theme", "document", "group"}
        What gets a row.
    units : sequence of {"all", "any_code", "this_code"}
        Which segments.
    coefficients : sequence of str
        Ids of the coefficients to show; empty for the usual ones.
    thresholds : sequence of float
        Values that intervals are compared with.
    drawing : Drawing
        How intervals by document are made.
    analytic, rho : bool
        Whether intervals are by formula, and Shaffer's rho is added.
    """

    coders: Sequence[str]
    by: Literal["code", "theme", "document", "group"]
    units: Sequence[Units]
    coefficients: Sequence[str]
    thresholds: Sequence[float]
    drawing: Drawing
    analytic: bool
    rho: bool


def show_agreement(study: Study, options: AgreementOptions, *, json: bool) -> None:
    """Measure the agreement, print the short tables, and write the full one."""
    from fourp_nlp.cli.agreement._agreement_screen import agreement_tables
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.cli.screen.stored_suggestions import with_machine_if_any
    from fourp_nlp.study.measuring.agreement import RHO_THRESHOLD, agreement_in_full
    from fourp_nlp.study.reading.assisted import assisted_notes
    from fourp_nlp.study.reporting.tables import write_report_tables

    gold = study.gold
    needed = len(gold.people) < 2 or any(name not in gold.coded for name in options.coders)
    study = with_machine_if_any(study, needed=needed)
    table = agreement_in_full(
        study,
        coders=options.coders,
        by=options.by if options.by in {"document", "group"} else "",
        units=options.units,
        thresholds=options.thresholds,
        drawing=options.drawing,
        analytic=options.analytic,
        rho=options.rho,
    )
    for text in assisted_notes(study):
        warn(text)
    if json:
        chosen = {*options.coefficients, *(["shaffer_rho"] if options.rho else [])}
        json_lines(table[table["coefficient"].isin(chosen)] if options.coefficients else table)
        return
    names = {"": "overall", **study.codebook.names}
    for title, frame, remarks in agreement_tables(table, names, options):
        show(frame, title, below=remarks)
    if options.analytic:
        warn(
            "The intervals are by formula, which takes segments to be independent. Segments of one document "
            "are not: these intervals are too narrow."
        )
    if options.rho:
        say(
            f"rho: how often two coders whose kappa over all the data is below {RHO_THRESHOLD:g} would reach "
            "a kappa this high on so many segments; it takes segments to be independent"
        )
    if options.coders:
        files = {_file_of(options.coders): table}
        say("agreement_full.csv is of every pair of coders, and is left as it is")
    else:
        short = _short_table(table, study, options)
        files = {"agreement": short, "agreement_full": table}
    for path in write_report_tables(study, files):
        say(f"wrote {near(path)}")


def _short_table(table: pd.DataFrame, study: Study, options: AgreementOptions) -> pd.DataFrame:
    """Return the short table of pairs: of all segments, with intervals by document."""
    from fourp_nlp.agreement import pair_table
    from fourp_nlp.study.measuring.agreement import agree

    if "all" in options.units and not options.analytic:
        return pair_table(table)
    resamples, seed = options.drawing.resamples, options.drawing.seed
    return agree(study, resamples=resamples, seed=seed)


def _file_of(coders: Sequence[str]) -> str:
    """Return the name of the file of chosen coders, so that no other comparison is written over."""
    named = "_".join(re.sub(r"[^\w.-]+", "-", name).strip("-.") for name in coders)
    if re.fullmatch(r"[\w.-]{1,60}", named) and all(named.count(name) for name in coders):
        return f"agreement_of_{named}"
    # Names that no file can have, or many of them, are told apart by a hash.
    mark = hashlib.sha256("\n".join(coders).encode("utf-8", "replace")).hexdigest()[:8]
    return f"agreement_of_{named[:40]}_{mark}"
