"""The options of `fourp agree`: their types, limits and help texts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from fourp_nlp.cli.app import LARGEST_SEED

__all__ = [
    "MOST_RESAMPLES",
    "AltTestOption",
    "AnchoringOption",
    "BetweenOption",
    "ByOption",
    "CodersOption",
    "CoefficientOption",
    "ContextOption",
    "DisagreementsOption",
    "EpsilonOption",
    "IncludeSettledOption",
    "IntervalOption",
    "OverwriteOption",
    "ResamplesOption",
    "RetestOption",
    "RhoOption",
    "SeedOption",
    "ThresholdsOption",
    "ToOption",
    "Units",
    "UnitsOption",
]


class Units(StrEnum):
    """Which segments; Typer takes no list of `Literal`."""

    ALL = "all"
    ANY_CODE = "any-code"
    THIS_CODE = "this-code"


MOST_RESAMPLES = 100_000

CodersOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="CODER",
        help="Compare these together; once for each. The machine is called machine. Default: every "
        "pair, and all people together where they are three or more.",
        show_default=False,
    ),
]
ByOption = Annotated[
    Literal["code", "theme", "document", "group"],
    typer.Option(help="What gets a row. A segment has a theme if it has any of its codes."),
]
UnitsOption = Annotated[
    Optional[list[Units]],
    typer.Option(
        metavar="all|any-code|this-code",
        help="Which segments: all that were read, those with any code of any coder, or those with the code "
        "in question. Default: the first two, one below the other.",
        show_default=False,
    ),
]
CoefficientOption = Annotated[
    Optional[list[str]],
    typer.Option(
        metavar="NAME",
        help="Show this coefficient; once for each. Default: percent, positive agreement, kappa (alpha "
        "of more than two) and AC1. The file holds all.",
        show_default=False,
    ),
]
ThresholdsOption = Annotated[
    Optional[str],
    typer.Option(
        metavar="VALUES",
        help="Compare each interval with these values, separated by commas. Default: the setting under "
        "\\[agreement] in fourp.toml.",
        show_default=False,
    ),
]
IntervalOption = Annotated[
    Literal["document", "analytic"],
    typer.Option(
        help="95% intervals: by document, which allows for few codings and few documents, or by "
        "formula, which takes segments to be independent."
    ),
]
ResamplesOption = Annotated[
    int,
    typer.Option(
        min=0,
        max=MOST_RESAMPLES,
        help="Bootstrap samples of documents, for intervals of the macro-F1; 0 for no intervals.",
    ),
]
SeedOption = Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the bootstrap.")]
RhoOption = Annotated[
    bool,
    typer.Option("--rho", help="Add Shaffer's rho of each code and pair, against a kappa of .65."),
]
AltTestOption = Annotated[
    bool,
    typer.Option(
        "--alt-test",
        help="Instead: test whether the machine can replace one of three or more people.",
    ),
]
EpsilonOption = Annotated[
    Optional[float],
    typer.Option(
        min=0,
        max=1,
        help="With --alt-test: what the machine may stay below a person. Default: 0.2, which is for "
        "experts; 0.15 for skilled people, 0.1 for crowd workers.",
        show_default=False,
    ),
]
DisagreementsOption = Annotated[
    bool,
    typer.Option(
        "--disagreements",
        help="Write a sheet of the disagreements between people (or one person and the machine), in "
        "context, to adjudicate them on.",
    ),
]
BetweenOption = Annotated[
    Optional[tuple[str, str]],
    typer.Option(
        metavar="CODER CODER",
        help="With --disagreements: these two alone; the machine is called machine.",
        show_default=False,
    ),
]
ToOption = Annotated[
    Optional[Path],
    typer.Option(
        metavar="FILE",
        help="With --disagreements: the sheet, .xlsx or .csv. Default: disagreements.xlsx among "
        "the reports.",
        show_default=False,
    ),
]
ContextOption = Annotated[
    int,
    typer.Option(min=0, max=20, help="With --disagreements: neighbours shown on each side."),
]
IncludeSettledOption = Annotated[
    bool,
    typer.Option("--include-settled", help="With --disagreements: also what was decided before."),
]
OverwriteOption = Annotated[
    bool,
    typer.Option("--overwrite", help="With --disagreements: replace an earlier sheet."),
]
RetestOption = Annotated[
    bool,
    typer.Option(
        "--retest",
        help="Instead: the agreement of each coder's first and second coding (gold/repeat).",
    ),
]
AnchoringOption = Annotated[
    bool,
    typer.Option(
        "--anchoring",
        help="Compare agreement with the machine where its suggestion was shown and where it was not "
        "(`fourp next N --by random --show half`).",
    ),
]
