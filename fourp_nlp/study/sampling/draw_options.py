"""What to draw: the options of a draw, and which of them go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fourp_nlp.errors import GoldError, ProjectError

if TYPE_CHECKING:
    from fourp_nlp.codebook import Codebook
    from fourp_nlp.coding.sampling import Allocation, Strategy

__all__ = ["ASKS_MACHINE", "DrawOptions", "check_options"]

ASKS_MACHINE = ("uncertainty", "disagreement", "mixed")
"""Strategies that need the machine's probabilities."""


@dataclass(frozen=True)
class DrawOptions:
    """What to draw, for whom, and what the sheet shows.

    Attributes
    ----------
    count : int
        How many segments.
    by : {"random", "uncertainty", "disagreement", "diversity", "mixed"}
        How they are picked. Only segments drawn at random have an inclusion probability.
    coder : str, optional
        Who will code them. By default the reference coder, or the only coder there is.
    seed : int, optional
        Seed of the random numbers. By default a new one, which is kept with the draw.
    code : str, optional
        For uncertainty, disagreement and mixed: use this code alone.
    stratify : {"document", "group"}, optional
        For random: draw within documents or groups.
    allocation : {"proportional", "equal"}
        How a stratified draw is divided among the strata.
    context : int, default 2
        How many neighbouring segments the sheet shows on each side.
    include_open : bool, default False
        Whether uncoded segments of the coder's earlier draws can be drawn again.
    include_coded : bool, default False
        Whether segments that the coder has coded can be drawn.
    repeat : bool, default False
        Whether to draw, at random, from segments that the coder has coded once, for a retest.
    show : {"half"}, optional
        For random: show the machine's suggestion on the sheet for a random half of the segments of each
        document, to test whether it influences the coder.
    """

    count: int
    by: Strategy = "random"
    coder: str = ""
    seed: int | None = None
    code: str = ""
    stratify: Literal["document", "group"] | None = None
    allocation: Allocation = "proportional"
    context: int = 2
    include_open: bool = False
    include_coded: bool = False
    repeat: bool = False
    show: Literal["half"] | None = None


def check_options(options: DrawOptions, codebook: Codebook) -> None:
    """Refuse options that do not go together, or that name an unknown code.

    Parameters
    ----------
    options : DrawOptions
        The options.
    codebook : Codebook
        The codebook.

    Raises
    ------
    ProjectError
        If an option does not fit the strategy.
    GoldError
        If the code is unknown.
    """
    by, code = options.by, options.code
    if options.show and (by != "random" or options.repeat):
        raise ProjectError(
            "Suggestions are shown for half of a random draw, and of no other.",
            cure="Leave out --show, or draw with --by random and without --repeat.",
        )
    if options.count < 1:
        raise ProjectError(
            f"{options.count} segments cannot be drawn.", cure="Ask for one or more."
        )
    if options.repeat and by != "random":
        raise ProjectError(
            f"A draw by {by} cannot say how steady a coder is.",
            cure="Draw with --by random to have segments coded again.",
        )
    if options.stratify and by != "random":
        raise ProjectError(
            f"A draw by {by} has no strata.", cure="Leave out --stratify, or draw with --by random."
        )
    if code and by not in ASKS_MACHINE:
        raise ProjectError(
            f"A draw by {by} looks at no code.",
            cure="Leave out --code, or draw with --by uncertainty.",
        )
    if code and code not in codebook.code_ids:
        raise GoldError(
            f"There is no code '{code}'.", cure=f"The codebook has: {', '.join(codebook.code_ids)}."
        )
