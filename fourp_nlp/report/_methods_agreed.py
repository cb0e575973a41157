"""Agreement in a methods text: how it was measured, what came out, and a table for each comparison."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fourp_nlp.project import SETTLED
from fourp_nlp.report._methods_parts import Blank, Cited, Grid, Sentence, Shown
from fourp_nlp.report._methods_words import RATIO, cell, joined, number, spread, with_interval
from fourp_nlp.report._text import ABSENT, decimal, percent, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from fourp_nlp.report._methods_facts import Compared, MethodsFacts

__all__ = ["agreed", "agreement_grids", "measures", "whose_codes"]

_FEW_DOCUMENTS = 10  # below, intervals that draw documents again are too narrow
_HEADS = {
    "percent": "Agreement",
    "cohen_kappa": "Kappa",
    "krippendorff_alpha": "Alpha",
    "gwet_ac1": "AC1",
}
_IN_TEXT = {
    "krippendorff_alpha": "alpha",
    "cohen_kappa": "kappa",
    "gwet_ac1": "AC1",
    "percent": "percent agreement",
}  # alpha first: only its range names the codes at the ends
_RIGHT = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


def measures(facts: MethodsFacts) -> Iterator[Sentence]:
    """Yield how agreement was measured: the coefficients, what they allow for chance, the intervals.

    Parameters
    ----------
    facts : MethodsFacts
        What the text may say; at least two coders were compared.

    Yields
    ------
    Sentence
        One at a time.
    """
    yield (
        "Agreement was measured code by code, on the segments that two or more coders of a comparison had "
        "read.",
    )
    pairs = any(_has(compared, "cohen_kappa") for compared in facts.compared)
    kappa: Sentence = (
        (
            "; Cohen's kappa",
            Cited(("cohen1960",)),
            ", which takes chance from how often each of two coders used the code",
        )
        if pairs
        else ()
    )
    yield (
        "Coefficients differ in what they allow for chance",
        Cited(("artstein2008",)),
        ", so that several are given: percent agreement, which allows nothing",
        *kappa,
        "; Krippendorff's alpha",
        Cited(("krippendorff2004", "krippendorff2019")),
        ", which takes chance from how often all coders together used the code, and allows for small "
        "numbers; and Gwet's AC1",
        Cited(("gwet2008",)),
        ", which expects little by chance where a code is rare.",
    )
    yield (
        "Kappa and alpha" if pairs else "Alpha",
        " can be low for a rare code although coders nearly always agree",
        Cited(("feinstein1990",)),
        "; the prevalence, the mean of the coders' shares of segments with the code, is therefore given "
        "beside.",
    )
    yield (
        "For all codes together, alpha was computed of the sets of codes that each segment was given, with "
        "the MASI distance",
        Cited(("passonneau2006",)),
        ".",
    )
    if any(_has_intervals(compared) for compared in facts.compared):
        yield (
            "Since segments of one document are not independent, 95% confidence intervals (CI) are "
            f"percentiles of {number(facts.resamples, 'bootstrap sample')}",
            Cited(("efron1993",)),
            " of whole documents",
            Cited(("field2007",)),
            ", expanded for the number of documents",
            Cited(("hesterberg2015",)),
            f", with seed {facts.seed}.",
        )


def agreed(compared: Compared, facts: MethodsFacts) -> Iterator[Sentence]:
    """Yield what came out of a comparison.

    Parameters
    ----------
    compared : Compared
        The comparison.
    facts : MethodsFacts
        What the text may say.

    Yields
    ------
    Sentence
        One at a time.
    """
    on = f"{number(compared.segments, 'segment')} of {number(compared.documents, 'document')}"
    table = _grid_name(compared, facts)
    place: Sentence = (" (Table ", Shown(table), ")") if table else ()
    if compared.kind == "people":
        yield (f"The codes of {joined(compared.coders)} were compared on {on}", *place, ".")
    elif compared.kind == "retest":
        yield (
            f"{compared.coders[0]} coded {on} a second time, ",
            Blank("state how long after the first coding"),
            *place,
            ".",
        )
    else:
        again = "" if table else " in the same way"
        whose = whose_codes(compared.coders[0])
        yield (f"The machine's suggestions were compared{again} with {whose} on {on}", *place, ".")
        if table and compared.out_of_fold:
            yield (_out_of_fold(compared),)
    yield from _over_codes(compared, facts, named=bool(table))
    sets = compared.sets
    if math.isnan(sets.value):
        yield (f"Alpha of the sets of codes is undefined: {sets.reason}.",)
    else:
        yield (f"Alpha of the sets of codes was {with_interval(sets.value, sets.low, sets.high)}.",)
    if not _has_intervals(compared):
        yield (f"There are no intervals: {sets.no_interval or 'none was asked for'}.",)
    elif compared.documents < _FEW_DOCUMENTS:
        yield (
            f"With {number(compared.documents, 'document')}, these intervals are probably too narrow.",
        )


def whose_codes(coder: str) -> str:
    """Return a coder's codes in words; what was settled is nobody's own.

    Parameters
    ----------
    coder : str
        Id of the coder.

    Returns
    -------
    str
        Such as "the codes of anna".
    """
    return "the settled codes" if coder == SETTLED else f"the codes of {coder}"


def _out_of_fold(compared: Compared) -> str:
    every = compared.out_of_fold == compared.segments
    of = "all these" if every else f"{whole(compared.out_of_fold)} of these"
    taken = (
        "of the definitions alone, since it had learned from no other document,"
        if compared.alone
        else "of a model that had not seen the document"
    )
    return f"For {of} segments, from whose documents it had learned, the suggestions {taken} were taken."


def _over_codes(compared: Compared, facts: MethodsFacts, *, named: bool) -> Iterator[Sentence]:
    """Yield the ranges over codes; why some have no value, only where no table says it."""
    table, names = compared.by_code, facts.names
    shares = table.drop_duplicates("code")["prevalence"].dropna()
    parts = [
        f"{shown} {told}"
        for key, shown in _IN_TEXT.items()
        if (told := _range(table, key, names if key == "krippendorff_alpha" else None))
    ]
    if parts:
        prevalence = spread(shares.min(), shares.max(), percent)
        which = f"Over {whole(len(shares))} codes" if len(shares) > 1 else "For the only code"
        yield (f"{which} (prevalence {prevalence}), {', '.join(parts)}.",)
    undefined = _undefined(table, names)
    if undefined and not named:
        yield (f"Undefined: {'; '.join(undefined)}.",)


def agreement_grids(facts: MethodsFacts, *, machine: bool) -> Iterator[Grid]:
    """Yield a table a comparison; of those with the machine, only of the first coder's.

    Parameters
    ----------
    facts : MethodsFacts
        What the text may say.
    machine : bool
        Whether those with the machine are wanted, or the others.

    Yields
    ------
    Grid
        A row a code.
    """
    for compared in facts.compared:
        name = _grid_name(compared, facts)
        if name and (compared.kind == "machine") == machine:
            yield _grid(compared, name, facts)


def _grid_name(compared: Compared, facts: MethodsFacts) -> str:
    """Return the name of a comparison's table, empty if it has none."""
    same = [each for each in facts.compared if each.kind == compared.kind]
    place = [each is compared for each in same].index(True)
    if compared.kind == "machine" and place:
        return ""
    return f"agreement-{compared.kind}-{place + 1}"


def _grid(compared: Compared, name: str, facts: MethodsFacts) -> Grid:
    table = compared.by_code
    shown = {key: head for key, head in _HEADS.items() if _has(compared, key)}
    right = {row["code"]: row for row in compared.right.to_dict("records")}
    rows = []
    for code, own in table.groupby("code", sort=False):
        by_name = {row["coefficient"]: row for row in own.to_dict("records")}
        cells = [
            facts.names.get(str(code), str(code)),
            percent(own["prevalence"].iloc[0]),
            percent(by_name["percent"]["value"]),
        ]
        cells += [
            cell(by_name[key]["value"], by_name[key]["low"], by_name[key]["high"])
            for key in shown
            if key != "percent"
        ]
        cells += [decimal(right[code][key], digits=RATIO) for key in _RIGHT if right]
        rows.append(tuple(cells))
    who = {
        "people": f"Agreement of {joined(compared.coders)}",
        "machine": f"Agreement of the machine with {compared.coders[0]}",
        "retest": f"Agreement of the first and second coding of {compared.coders[0]}",
    }[compared.kind]
    notes = []
    if _has_intervals(compared):
        notes.append("In brackets: 95% confidence intervals.")
    if ((table["low"] == 1) & (table["coefficient"].isin(list(shown)))).any():
        notes.append(
            "An interval from 1 to 1 is no proof of certainty: there was no difference to draw."
        )
    if right:
        notes.append(f"Precision, recall and F1 take {compared.coders[0]} as the reference.")
        if any(ABSENT in row[-len(_RIGHT) :] for row in rows):
            notes.append(
                f"{ABSENT} under precision: the machine never suggested the code; under recall: "
                f"{compared.coders[0]} never gave it; under F1: neither did."
            )
    undefined = _undefined(table, facts.names)
    if undefined:
        notes.append(f"{ABSENT} undefined: {'; '.join(undefined)}.")
    return Grid(
        name,
        f"{who}, by code ({number(compared.segments, 'segment')}, "
        f"{number(compared.documents, 'document')})",
        ("Code", "Prevalence", *shown.values(), *(_RIGHT.values() if right else ())),
        tuple(rows),
        tuple(notes),
    )


def _has(compared: Compared, coefficient: str) -> bool:
    return bool((compared.by_code["coefficient"] == coefficient).any())


def _has_intervals(compared: Compared) -> bool:
    return bool(compared.by_code["low"].notna().any()) or not math.isnan(compared.sets.low)


def _range(table: pd.DataFrame, coefficient: str, names: Mapping[str, str] | None) -> str:
    """Return a coefficient's range over codes, its ends named on demand; empty without a value."""
    rows = table[(table["coefficient"] == coefficient) & table["value"].notna()]
    if rows.empty:
        return ""
    shown = percent if coefficient == "percent" else decimal
    values = rows["value"].to_numpy()
    ends = [rows.iloc[int(at)] for at in (values.argmin(), values.argmax())]
    least, most = (shown(float(row["value"])) for row in ends)
    n_codes = table["code"].nunique()
    of = f"(defined for {whole(len(rows))}) " if len(rows) < n_codes else ""
    if least == most:
        return f"{of}was {least}"
    if names:
        codes = [names.get(str(row["code"]), str(row["code"])) for row in ends]
        return f"{of}ranged from {least} ({codes[0]}) to {most} ({codes[1]})"
    return f"{of}from {least} to {most}"


def _undefined(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return for each reason why kappa, alpha or AC1 have no value, of which codes."""
    rows = table[table["coefficient"].isin(list(_IN_TEXT)) & (table["reason"] != "")]
    made = []
    for reason, own in rows.groupby("reason", sort=False):
        which = list(dict.fromkeys(own["coefficient"]))
        codes = list(dict.fromkeys(own["code"]))
        coefficients = joined([_IN_TEXT[name] for name in which])
        made.append(
            f"{coefficients} of {joined([names.get(code, code) for code in codes])} ({reason})"
        )
    return made
