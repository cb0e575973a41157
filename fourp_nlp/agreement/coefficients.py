"""The registry of agreement coefficients: one record each, from which everything else about them is derived.

To add a coefficient, write its formula over `Tallies` in a module of this folder, and add one
`CoefficientDefinition` to `COEFFICIENTS`. Tables, screens, the report, the methods text and the table in
docs/agreement.md read the registry; none of them knows a coefficient by its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from fourp_nlp.agreement.formulas.chance_agreement import ALL_THE_SAME
from fourp_nlp.agreement.formulas.label_matrix import NO_PAIR, NO_PAIR_OF_TWO
from fourp_nlp.agreement.formulas.uniform_chance import ONE_CATEGORY
from fourp_nlp.agreement.intervals import coefficients_of_share as share
from fourp_nlp.agreement.intervals import count_formulas as counts
from fourp_nlp.agreement.intervals import standard_errors as errors
from fourp_nlp.agreement.intervals.standard_errors import StandardError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from fourp_nlp.agreement.intervals.coefficients_of_share import FromShare
    from fourp_nlp.agreement.intervals.tallies import Tallies

__all__ = [
    "COEFFICIENTS",
    "Chance",
    "CoefficientDefinition",
    "MeasuredOn",
    "Place",
    "Units",
    "chance_corrected_ids",
    "find_coefficient",
    "known_coefficient",
    "select_coefficients",
    "shown_coefficients",
]

Numbers = npt.NDArray[np.float64]
Units = Literal["all", "any_code", "this_code"]
Chance = Literal["none", "shares", "categories"]
MeasuredOn = Literal["labels", "codes", "sets", "spans", "simulation"]
Place = Literal["pair_table", "screen", "report", "chart", "methods"]

CODE_GIVEN_BY_NOBODY = "no coder gave the code to a unit that two or more coders read"
CODE_GIVEN_TO_ALL = "all coders gave the code to every unit that two or more coders read"


def _not_of_labels(sums: Tallies, disagreements: Numbers) -> Numbers:
    del sums, disagreements
    raise TypeError("This coefficient is not computed from counts of labels.")


@dataclass(frozen=True, kw_only=True)
class CoefficientDefinition:
    """What there is to know of one coefficient.

    Attributes
    ----------
    id : str
        As in the column `coefficient` of the tables.
    name : str
        In full, as within a sentence: "Cohen's kappa".
    short : str
        In running text after it was introduced: "kappa".
    column : str
        Heads its column on the screen; `short` by default.
    heading : str
        Heads its column in the report; `column` with a capital by default.
    heading_of_two : str
        The same where two coders are compared; `heading` by default.
    aliases : tuple of str
        Other names that users may type.
    measured_on : {"labels", "codes", "sets", "spans", "simulation"}
        What it is computed from: labels of one code; figures of all codes; sets of codes of each segment;
        marked spans of text; simulated test sets.
    value_of : callable
        Of those on labels: takes `Tallies` and the disagreements of categories, returns values, nan where
        undefined.
    from_share : callable
        Of those on labels: how the coefficient follows from a share whose interval is known; one of
        `fourp_nlp.agreement.intervals.coefficients_of_share`.
    standard_error : StandardError or None
        The published standard error, which takes units to be independent.
    chance : {"none", "shares", "categories"}
        What chance agreement is taken from: nothing (not corrected for chance), the shares in which
        categories were used, or the categories that there are.
    pairs_only : bool
        Whether it is of two coders only.
    binary : bool
        Whether it is of the two categories "code" and "no code" only.
    of_second_coder : bool
        Whether it measures the second coder against the first, on all units.
    needs_positives : bool
        Whether it rests on units with the code, so that there is a caution where these are few.
    higher_is_better : bool
        Whether more agreement makes it higher.
    as_percentage : bool
        Whether it is written as a percentage.
    undefined : str
        Why it has no value although units were compared; {first}, {second} and {what} stand for the two
        coders and what was coded.
    for_pairs, for_many : frozenset of str
        Where it is shown without being asked for, of two coders and of more: in the table agreement.csv
        ("pair_table"), on the screen, in the report's tables and its chart, in the methods text.
    cites : tuple of str
        Keys of the works that the methods text cites for it.
    formula, source, assumes, undefined_where : str
        For the table in docs/agreement.md.
    """

    id: str
    name: str
    short: str
    column: str = ""
    heading: str = ""
    heading_of_two: str = ""
    aliases: tuple[str, ...] = ()
    measured_on: MeasuredOn = "labels"
    value_of: Callable[[Tallies, Numbers], Numbers] = _not_of_labels
    from_share: FromShare = share.from_pi
    standard_error: StandardError | None = None
    chance: Chance = "none"
    pairs_only: bool = False
    binary: bool = False
    of_second_coder: bool = False
    needs_positives: bool = True
    higher_is_better: bool = True
    as_percentage: bool = False
    undefined: str = ALL_THE_SAME
    for_pairs: frozenset[Place] = frozenset()
    for_many: frozenset[Place] = frozenset()
    cites: tuple[str, ...] = ()
    formula: str = ""
    source: str = ""
    assumes: str = ""
    undefined_where: str = ""

    def __post_init__(self) -> None:
        """Fill in the heads that follow from other names."""
        if not self.column:
            object.__setattr__(self, "column", self.short)
        if not self.heading:
            object.__setattr__(self, "heading", self.column[:1].upper() + self.column[1:])
        if not self.heading_of_two:
            object.__setattr__(self, "heading_of_two", self.heading)

    @property
    def chance_corrected(self) -> bool:
        """Whether agreement by chance is allowed for."""
        return self.chance != "none"

    def why_undefined(
        self,
        sums: Tallies,
        units: Units = "all",
        *,
        first: str = "the first coder",
        second: str = "the second coder",
        what: str = "the code",
    ) -> str:
        """Return why the coefficient of one corpus is undefined.

        Parameters
        ----------
        sums : Tallies
            The sums of one corpus, of shape (width,).
        units : {"all", "any_code", "this_code"}
            Which units were chosen.
        first, second, what : str
            The two coders and what was coded, as the reason names them.

        Returns
        -------
        str
            The reason, in plain words.
        """
        if float(sums.coded) == 0 and units != "all":
            return "no coder gave any code" if units == "any_code" else "no coder gave the code"
        if float(sums.paired) == 0:
            return NO_PAIR_OF_TWO if sums.n_coders == 2 else NO_PAIR
        neither = self.of_second_coder and float(sums.coincidences[1].sum()) == 0
        reason = "neither coder used {what}" if neither else self.undefined
        return reason.format(first=first, second=second, what=what)


def _places(*places: Place) -> frozenset[Place]:
    return frozenset(places)


COEFFICIENTS: tuple[CoefficientDefinition, ...] = (
    CoefficientDefinition(
        id="percent",
        name="percent agreement",
        short="percent agreement",
        column="percent",
        heading="Agreement",
        aliases=("percent_agreement", "agreement", "observed", "observed_agreement"),
        value_of=counts.percent_of,
        from_share=share.from_disagreement(share.percent_of_coincidences),
        standard_error=StandardError(errors.linearised(errors.no_chance)),
        needs_positives=False,
        as_percentage=True,
        for_pairs=_places("pair_table", "screen", "report", "methods"),
        for_many=_places("screen", "report", "methods"),
        formula="none",
        source="none",
        assumes="chance agreement may be ignored",
        undefined_where="no unit has two labels",
    ),
    CoefficientDefinition(
        id="positive_agreement",
        name="positive agreement",
        short="positive agreement",
        column="positive",
        heading_of_two="Positive (F1)",
        value_of=counts.positive_agreement_of,
        from_share=share.from_category(1),
        binary=True,
        undefined=CODE_GIVEN_BY_NOBODY,
        for_pairs=_places("screen", "report", "methods"),
        for_many=_places("screen", "report", "methods"),
        cites=("cicchetti1990",),
        formula="none: o_11 / n_1 of coincidences; F1 of two coders",
        source="Cicchetti & Feinstein 1990",
        assumes="chance agreement may be ignored",
        undefined_where="no coder gave the code",
    ),
    CoefficientDefinition(
        id="negative_agreement",
        name="negative agreement",
        short="negative agreement",
        column="negative",
        value_of=counts.negative_agreement_of,
        from_share=share.from_category(0),
        binary=True,
        needs_positives=False,
        undefined=CODE_GIVEN_TO_ALL,
        cites=("cicchetti1990",),
        formula="none: o_00 / n_0 of coincidences",
        source="Cicchetti & Feinstein 1990",
        assumes="chance agreement may be ignored",
        undefined_where="all labels give the code",
    ),
    CoefficientDefinition(
        id="cohen_kappa",
        name="Cohen's kappa",
        short="kappa",
        aliases=("kappa", "cohens_kappa"),
        value_of=counts.cohen_kappa_of,
        standard_error=StandardError(errors.cohen_kappa_error, fewest_labels=2, quantile="normal"),
        chance="shares",
        pairs_only=True,
        for_pairs=_places("pair_table", "screen", "report", "chart", "methods"),
        cites=("cohen1960",),
        formula="sum_kl w_kl p_Ak p_Bl, of units that both coded",
        source="Cohen 1960, 1968",
        assumes="these two coders, each with their own shares",
        undefined_where="no unit has two labels, or all labels are the same",
    ),
    CoefficientDefinition(
        id="scott_pi",
        name="Scott's pi",
        short="pi",
        aliases=("pi", "scotts_pi"),
        value_of=counts.scott_pi_of,
        standard_error=StandardError(errors.linearised(errors.shares_chance), fewest_labels=2),
        chance="shares",
        pairs_only=True,
        formula="sum_kl w_kl p_k p_l, of units that both coded",
        source="Scott 1955",
        assumes="one distribution for both",
        undefined_where="as Cohen's kappa",
    ),
    CoefficientDefinition(
        id="fleiss_kappa",
        name="Fleiss' kappa",
        short="Fleiss' kappa",
        heading="Kappa (Fleiss)",
        value_of=counts.fleiss_kappa_of,
        standard_error=StandardError(errors.linearised(errors.shares_chance)),
        chance="shares",
        formula="sum_kl w_kl p_k p_l",
        source="Fleiss 1971; Gwet 2014",
        assumes="interchangeable coders; it generalises pi, not Cohen's kappa",
        undefined_where="as Cohen's kappa",
    ),
    CoefficientDefinition(
        id="conger_kappa",
        name="Conger's kappa",
        short="Conger's kappa",
        heading="Kappa (Conger)",
        value_of=counts.conger_kappa_of,
        standard_error=StandardError(errors.linearised(errors.conger_chance)),
        chance="shares",
        for_many=_places("report"),
        formula="mean over pairs g, h of sum_kl w_kl p_gk p_hl",
        source="Conger 1980; Gwet 2014",
        assumes="these coders; generalises Cohen's kappa",
        undefined_where="as Cohen's kappa",
    ),
    CoefficientDefinition(
        id="krippendorff_alpha",
        name="Krippendorff's alpha",
        short="alpha",
        aliases=("alpha", "krippendorffs_alpha"),
        value_of=counts.krippendorff_alpha_of,
        from_share=share.from_labels(share.krippendorff_alpha_of_coincidences),
        standard_error=StandardError(errors.alpha_error, fewest_labels=2, quantile="t_of_coded"),
        chance="shares",
        for_pairs=_places("pair_table", "report", "methods"),
        for_many=_places("screen", "report", "chart", "methods"),
        cites=("krippendorff2004", "krippendorff2019"),
        formula="without replacement: see below",
        source="Krippendorff 2004, 2011",
        assumes="interchangeable coders; units with one label are left out",
        undefined_where="as Cohen's kappa",
    ),
    CoefficientDefinition(
        id="gwet_ac1",
        name="Gwet's AC1",
        short="AC1",
        aliases=("ac1", "ac2", "gwet_ac", "gwet_ac2", "gwets_ac1"),
        value_of=counts.gwet_ac_of,
        from_share=share.from_disagreement(share.gwet_ac_of_coincidences),
        standard_error=StandardError(errors.linearised(errors.gwet_chance)),
        chance="categories",
        needs_positives=False,
        undefined=ONE_CATEGORY,
        for_pairs=_places("pair_table", "screen", "report", "chart", "methods"),
        for_many=_places("screen", "report", "chart", "methods"),
        cites=("gwet2008",),
        formula="T sum_k p_k (1 - p_k) / (q (q - 1)), T = sum of w_kl",
        source="Gwet 2008, 2014",
        assumes="only units that are hard to code are labelled at random",
        undefined_where="only one category is known",
    ),
    CoefficientDefinition(
        id="brennan_prediger",
        name="PABAK (Brennan and Prediger)",
        short="PABAK",
        aliases=("pabak",),
        value_of=counts.brennan_prediger_of,
        from_share=share.from_disagreement(share.brennan_prediger_of_coincidences),
        standard_error=StandardError(errors.linearised(errors.brennan_prediger_chance)),
        chance="categories",
        needs_positives=False,
        undefined=ONE_CATEGORY,
        formula="sum_kl w_kl / q²",
        source="Brennan & Prediger 1981",
        assumes="guesses fall on all categories equally often",
        undefined_where="only one category is known",
    ),
    CoefficientDefinition(
        id="precision",
        name="precision",
        short="precision",
        value_of=counts.precision_of,
        from_share=share.from_precision,
        pairs_only=True,
        binary=True,
        of_second_coder=True,
        undefined="{second} never used {what}",
        for_pairs=_places("pair_table", "report"),
    ),
    CoefficientDefinition(
        id="recall",
        name="recall",
        short="recall",
        value_of=counts.recall_of,
        from_share=share.from_recall,
        pairs_only=True,
        binary=True,
        of_second_coder=True,
        undefined="{first} never used {what}",
        for_pairs=_places("pair_table", "report"),
    ),
    CoefficientDefinition(
        id="f1",
        name="F1",
        short="F1",
        value_of=counts.positive_agreement_of,
        from_share=share.from_category(1),
        pairs_only=True,
        binary=True,
        of_second_coder=True,
        for_pairs=_places("pair_table"),
    ),
    CoefficientDefinition(
        id="macro_f1",
        name="mean of the codes' F1 (macro-F1)",
        short="macro-F1",
        measured_on="codes",
        pairs_only=True,
        of_second_coder=True,
        for_pairs=_places("pair_table"),
    ),
    CoefficientDefinition(
        id="alpha_masi",
        name="each segment's set of codes (alpha, MASI)",
        short="alpha of sets",
        measured_on="sets",
        chance="shares",
        for_pairs=_places("screen", "report", "methods"),
        for_many=_places("screen", "report", "methods"),
        cites=("passonneau2006",),
    ),
    CoefficientDefinition(
        id="u_alpha",
        name="spans: marked alike, with the same codes (u_alpha)",
        short="u_alpha",
        measured_on="spans",
        chance="shares",
        for_pairs=_places("screen", "report"),
        for_many=_places("screen", "report"),
    ),
    CoefficientDefinition(
        id="u_alpha_binary",
        name="spans: marked alike, whatever the code (u_alpha_binary)",
        short="u_alpha_binary",
        measured_on="spans",
        chance="shares",
        for_pairs=_places("screen", "report"),
        for_many=_places("screen", "report"),
    ),
    CoefficientDefinition(
        id="cu_alpha",
        name="spans: what two marked has the same code (cu_alpha)",
        short="cu_alpha",
        measured_on="spans",
        chance="shares",
        for_pairs=_places("screen", "report"),
        for_many=_places("screen", "report"),
    ),
    CoefficientDefinition(
        id="ku_alpha",
        name="spans: what two marked has this code (ku_alpha)",
        short="ku_alpha",
        measured_on="spans",
        chance="shares",
    ),
    CoefficientDefinition(
        id="shaffer_rho",
        name="Shaffer's rho",
        short="rho",
        measured_on="simulation",
        pairs_only=True,
        higher_is_better=False,
    ),
)
"""All coefficients, in the order in which tables show them."""


def select_coefficients(
    *,
    measured_on: tuple[MeasuredOn, ...] | None = ("labels",),
    n_coders: int | None = None,
    of_second_coder: bool | None = None,
    with_standard_error: bool = False,
    binary: bool = True,
) -> tuple[CoefficientDefinition, ...]:
    """Return the registered coefficients with some properties, in their order.

    Parameters
    ----------
    measured_on : tuple of str or None
        What they are computed from; None for anything.
    n_coders : int, optional
        Leaves out those of two coders only where there are more.
    of_second_coder : bool, optional
        Only those that measure the second coder against the first, or only the others.
    with_standard_error : bool, default False
        Only those with a published standard error.
    binary : bool, default True
        Whether those of the two categories "code" and "no code" only are among them.

    Returns
    -------
    tuple of CoefficientDefinition
        Those that there are now.

    Examples
    --------
    >>> [each.id for each in select_coefficients(measured_on=("sets", "codes"))]
    ['macro_f1', 'alpha_masi']
    >>> "cohen_kappa" in [each.id for each in select_coefficients(n_coders=3)]
    False
    """
    return tuple(
        each
        for each in COEFFICIENTS
        if (measured_on is None or each.measured_on in measured_on)
        and not (each.pairs_only and n_coders not in {None, 2})
        and of_second_coder in {None, each.of_second_coder}
        and (each.standard_error is not None or not with_standard_error)
        and (binary or not each.binary)
    )


def shown_coefficients(place: Place, n_coders: int) -> tuple[CoefficientDefinition, ...]:
    """Return the coefficients that stand in a place without being asked for, in their order.

    Parameters
    ----------
    place : {"pair_table", "screen", "report", "chart", "methods"}
        Where.
    n_coders : int
        How many coders are compared.

    Returns
    -------
    tuple of CoefficientDefinition
        On whatever they are measured.

    Examples
    --------
    >>> [each.short for each in shown_coefficients("chart", 3)]
    ['alpha', 'AC1']
    """
    return tuple(
        each
        for each in COEFFICIENTS
        if place in (each.for_pairs if n_coders == 2 else each.for_many)
    )


def chance_corrected_ids() -> list[str]:
    """Return the ids of all coefficients that are corrected for chance, on whatever they are measured.

    Returns
    -------
    list of str
        In the order of the registry.

    Examples
    --------
    >>> "percent" in chance_corrected_ids()
    False
    """
    return [each.id for each in COEFFICIENTS if each.chance_corrected]


def known_coefficient(name: str) -> CoefficientDefinition | None:
    """Return the coefficient of an id or another name of it; None if there is none.

    Parameters
    ----------
    name : str
        In any case; spaces, hyphens and apostrophes do not matter.

    Returns
    -------
    CoefficientDefinition or None
        The record.

    Examples
    --------
    >>> known_coefficient("Cohen's kappa").id
    'cohen_kappa'
    """
    plain = name.strip().casefold().replace("'", "").replace(" ", "_").replace("-", "_")
    return next((each for each in COEFFICIENTS if plain in {each.id, *each.aliases}), None)


def find_coefficient(
    name: str, among: Collection[CoefficientDefinition] | None = None
) -> CoefficientDefinition:
    """Return the coefficient of an id or another name of it.

    Parameters
    ----------
    name : str
        As `known_coefficient` takes it.
    among : collection of CoefficientDefinition, optional
        Those that may be named; by default all.

    Returns
    -------
    CoefficientDefinition
        The record.

    Raises
    ------
    ValueError
        If there is no such coefficient, with the names of those that there are.

    Examples
    --------
    >>> find_coefficient("ac1").name
    "Gwet's AC1"
    """
    allowed = COEFFICIENTS if among is None else among
    definition = known_coefficient(name)
    if definition is None or definition not in allowed:
        raise ValueError(
            f"The coefficient is {name!r}; it must be one of {', '.join(each.id for each in allowed)}."
        )
    return definition
