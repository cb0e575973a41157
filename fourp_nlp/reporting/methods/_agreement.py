"""Agreement in a methods text: how it was measured, what came out, and a table for each comparison."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.reporting.methods._intervals import how_made
from fourp_nlp.reporting.methods._phrases import RATIO, cell, joined, number, spread, with_interval
from fourp_nlp.reporting.methods.parts import Blank, Cited, Grid, Sentence, Shown
from fourp_nlp.reporting.text_format import ABSENT, decimal, percent, whole

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from typing import Any

    import pandas as pd

    from fourp_nlp.reporting.methods.facts import Compared, MethodsFacts

__all__ = ["agreed", "agreement_grids", "measures", "whose_codes"]

_NAMED = 2  # codes that the end of a range names one by one
_COUNTED_CODERS = 6  # coders whose numbers of codings stand side by side
_NONE = "none"  # stands where other values of the table have an interval
_HEADS = {
    "percent": "Agreement",
    "positive_agreement": "Positive",
    "cohen_kappa": "Kappa",
    "krippendorff_alpha": "Alpha",
    "gwet_ac1": "AC1",
}
_NAMED_IN_TEXT = {"krippendorff_alpha": "alpha", "cohen_kappa": "kappa"}
_BOUNDED_IN_TEXT = {
    "percent": "percent agreement",
    "positive_agreement": "positive agreement",
    "gwet_ac1": "AC1",
}
_IN_TEXT = _NAMED_IN_TEXT | _BOUNDED_IN_TEXT
_COUNTS = {
    "people": ("Both", "First only", "Second only"),
    "machine": ("Both", "Person only", "Machine only"),
    "retest": ("Both times", "First only", "Second only"),
}
"""What the columns of codings of two are called, by the kind of comparison."""

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
        " of a rare code can be low although coders nearly always agree that it does not apply",
        Cited(("feinstein1990",)),
        ". Whether they agree where somebody gave it is told by the numbers of codings and by positive "
        "agreement",
        Cited(("cicchetti1990",)),
        ", the share of all codings of the code that another coder made too; both are given beside, with "
        "the prevalence, the mean of the coders' shares of segments with the code.",
    )
    yield (
        "For all codes together, alpha was computed of the sets of codes that each segment was given, with "
        "the MASI distance",
        Cited(("passonneau2006",)),
        ".",
    )
    if any(_has_intervals(compared) for compared in facts.compared):
        yield (
            "Since segments of one document are not independent, 95% confidence intervals (CI) are ",
            *how_made(facts),
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
    yield from _of_sets(compared)
    if not _has_intervals(compared):
        reasons = [*_reasons_for_none(compared.by_code), compared.sets.no_interval]
        told = "; ".join(dict.fromkeys(filter(None, reasons))) or "none was asked for"
        yield (f"There are no intervals: {told}.",)
    elif not table:
        yield from ((caution,) for caution in _cautions(compared.by_code, facts.names))
    elif _cautions(compared.by_code, facts.names):
        yield ("What to know before these values are used stands below Table ", Shown(table), ".")


def _of_sets(compared: Compared) -> Iterator[Sentence]:
    """Yield the alpha of sets of codes, with what to know before it is used."""
    sets = compared.sets
    if math.isnan(sets.value):
        yield (f"Alpha of the sets of codes is undefined: {sets.reason}.",)
        return
    none = sets.no_interval if math.isnan(sets.low) and _has_intervals(compared) else ""
    yield (
        f"Alpha of the sets of codes was {with_interval(sets.value, sets.low, sets.high)}"
        + (f" (no interval: {none})." if none else "."),
    )
    caution = sets.caution
    if caution:
        yield (f"{_sentence(caution)}",)


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
    """Yield the ranges over the codes that somebody gave; why others have no value, without a table."""
    names = facts.names
    everything = compared.by_code
    given = everything[everything["prevalence"] > 0]
    never = everything[everything["prevalence"] == 0].drop_duplicates("code")["code"].tolist()
    if never:
        coefficients = joined([name for key, name in _NAMED_IN_TEXT.items() if _has(compared, key)])
        yield (
            f"Nobody gave {_listed(never, names)} to any of these segments, so that {coefficients} "
            f"cannot be computed of {'it' if len(never) == 1 else 'them'}; what follows is of the other "
            "codes.",
        )
    n_codes = given["code"].nunique()
    ranges, bounds = (
        [f"{shown} {told}" for key, shown in some.items() if (told := _range(given, key, ends))]
        for some, ends in ((_NAMED_IN_TEXT, names), (_BOUNDED_IN_TEXT, None))
    )
    if n_codes:
        shares = given.drop_duplicates("code")["prevalence"]
        prevalence = spread(shares.min(), shares.max(), percent)
        of_one = f"For {_listed(given['code'].unique().tolist(), names)}"
        which = f"Over {whole(n_codes)} codes" if n_codes > 1 else of_one
        if ranges:
            yield (f"{which} (prevalence {prevalence}), {joined(ranges)}.",)
            yield (f"{_capital(joined(bounds))}.",)
        else:
            yield (f"{which} (prevalence {prevalence}), {joined(bounds)}.",)
    undefined = _undefined(given, names)
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
    right = {row["code"]: row for row in compared.right.to_dict("records")}
    shown = {key: head for key, head in _HEADS.items() if _has(compared, key)}
    if right:  # F1 of two coders is their positive agreement
        shown.pop("positive_agreement", None)
    counts = _Counts.of(compared)
    beyond = [key for key in shown if key not in {"percent", "positive_agreement"}]
    without = _NONE if table.loc[table["coefficient"].isin(beyond), "low"].notna().any() else ""
    rows = []
    for code, own in table.groupby("code", sort=False):
        by_name = {row["coefficient"]: row for row in own.to_dict("records")}
        cells = [
            facts.names.get(str(code), str(code)),
            *counts.cells(by_name["percent"]),
            percent(own["prevalence"].iloc[0]),
            percent(by_name["percent"]["value"]),
        ]
        if "positive_agreement" in shown:
            cells.append(decimal(by_name["positive_agreement"]["value"]))
        cells += [
            cell(*(by_name[key][each] for each in ("value", "low", "high")), without=without)
            for key in beyond
        ]
        cells += [decimal(right[code][key], digits=RATIO) for key in _RIGHT if right]
        rows.append(tuple(cells))
    who = {
        "people": f"Agreement of {joined(compared.coders)}",
        "machine": f"Agreement of the machine with {compared.coders[0]}",
        "retest": f"Agreement of the first and second coding of {compared.coders[0]}",
    }[compared.kind]
    return Grid(
        name,
        f"{who}, by code ({number(compared.segments, 'segment')}, "
        f"{number(compared.documents, 'document')})",
        (
            "Code", *counts.heads, "Prevalence", *shown.values(), *(_RIGHT.values() if right else ()),
        ),
        tuple(rows),
        tuple(_notes(compared, facts, counts, beyond, rows)),
    )  # fmt: skip


class _Counts(NamedTuple):
    """The columns that say how often coders gave a code: their heads, and what they mean."""

    heads: tuple[str, ...]
    note: str

    @classmethod
    def of(cls, compared: Compared) -> _Counts:
        """Return the columns of a comparison; none where the numbers are not known."""
        table = compared.by_code
        if "both" not in table.columns or table["both"].isna().all():
            return cls((), "")
        coders = compared.coders
        if len(coders) == 2:
            heads = _COUNTS[compared.kind]
            said = {
                "people": f"{coders[0]} and {coders[1]} both gave the code, {coders[0]} alone, and "
                f"{coders[1]} alone",
                "machine": f"{coders[0]} and the machine both gave the code, {coders[0]} alone, and the "
                "machine alone",
                "retest": f"{coders[0]} gave the code both times, the first time alone, and the second "
                "time alone",
            }[compared.kind]
            return cls(heads, f"{joined(heads)}: segments to which {said}.")
        told = (
            "All, some: segments to which everybody who read them gave the code, and only some did."
        )
        if len(coders) > _COUNTED_CODERS:
            return cls(("All", "Some"), told)
        return cls(("All", "Some", "Each"), f"{told} Each: how many {joined(coders)} gave it.")

    def cells(self, row: Mapping[Hashable, Any]) -> list[str]:
        """Return the cells of a code."""
        if not self.heads:
            return []
        both, some = float(row["both"]), float(row["some"])
        each = str(row["codings"]).split("; ")
        if self.heads[0] != "All":
            alone = [float(count) - both for count in each]
            return [whole(count) for count in (both, *alone)]
        return [whole(both), whole(some), ", ".join(each)][: len(self.heads)]


def _notes(
    compared: Compared,
    facts: MethodsFacts,
    counts: _Counts,
    beyond: Sequence[str],
    rows: Sequence[tuple[str, ...]],
) -> Iterator[str]:
    """Yield what stands below a table, a sentence each."""
    table, names = compared.by_code, facts.names
    shown = table[table["coefficient"].isin(beyond)]
    if counts.note:
        yield counts.note
    if _has(compared, "positive_agreement") and compared.right.empty:
        yield "Positive: positive agreement."
    if shown["low"].notna().any():
        yield "In brackets: 95% confidence intervals."
        refused = shown[shown["low"].isna() & shown["value"].notna()]
        for reason, own in refused.groupby("no_interval", sort=False):
            yield f"No interval ({_whose(own, shown, names)}): {_sentence(str(reason) or 'unknown')}"
    elif reasons := _reasons_for_none(shown):
        yield f"No intervals: {_sentence('; '.join(reasons))}"
    if (shown["low"] == 1).any():
        yield "An interval from 1 to 1 is no proof of certainty: there was no difference to draw."
    yield from _cautions(shown, names)
    if not compared.right.empty:
        yield f"Precision, recall and F1 take {compared.coders[0]} as the reference."
        yield "F1 is also the positive agreement."
        if any(ABSENT in row[-len(_RIGHT) :] for row in rows):
            yield (
                f"{ABSENT} under precision: the machine never suggested the code; under recall: "
                f"{compared.coders[0]} never gave it; under F1: neither did."
            )
    undefined = _undefined(table[table["coefficient"].isin(beyond)], names)
    if undefined:
        yield f"{ABSENT} undefined: {'; '.join(undefined)}."


def _whose(own: pd.DataFrame, shown: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Return whose rows these are: the codes, and the coefficients unless they are all that is shown."""
    codes = [names.get(code, code) for code in dict.fromkeys(own["code"])]
    which = list(dict.fromkeys(own["coefficient"]))
    if len(which) == shown["coefficient"].nunique():
        return joined(codes)
    return f"{joined([_IN_TEXT[name] for name in which])} of {joined(codes)}"


def _cautions(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return what to know before values are used, each caution once, with whose it is."""
    rows = table[table["coefficient"].isin(list(_IN_TEXT)) & table["value"].notna()]
    held = rows[rows["caution"] != ""]
    return [
        f"Caution ({_whose(own, rows, names)}): {_sentence(str(text))}"
        for text, own in held.groupby("caution", sort=False)
    ]


def _reasons_for_none(table: pd.DataFrame) -> list[str]:
    """Return why values have no interval, each reason once."""
    rows = table[table["coefficient"].isin(list(_IN_TEXT)) & table["value"].notna()]
    return [reason for reason in dict.fromkeys(rows["no_interval"]) if reason]


def _sentence(text: str) -> str:
    """Return a text with a full stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def _listed(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return joined([names.get(str(code), str(code)) for code in codes])


def _has(compared: Compared, coefficient: str) -> bool:
    return bool((compared.by_code["coefficient"] == coefficient).any())


def _has_intervals(compared: Compared) -> bool:
    return bool(compared.by_code["low"].notna().any()) or not math.isnan(compared.sets.low)


def _range(table: pd.DataFrame, coefficient: str, names: Mapping[str, str] | None) -> str:
    """Return a coefficient's range over codes, its ends named on demand; empty without a value."""
    rows = table[(table["coefficient"] == coefficient) & table["value"].notna()]
    if rows.empty:
        return ""
    written = [
        percent(float(value)) if coefficient == "percent" else decimal(float(value))
        for value in rows["value"]
    ]
    values = rows["value"].to_numpy()
    least, most = written[int(values.argmin())], written[int(values.argmax())]
    n_codes = table["code"].nunique()
    of = f"(defined for {whole(len(rows))}) " if len(rows) < n_codes else ""
    if least == most:
        return f"{of}was {least}"
    if names is None:
        return f"{of}lay between {least} and {most}"
    low, high = (_at(rows["code"].tolist(), written, end, names) for end in (least, most))
    return f"{of}ranged from {least} ({low}) to {most} ({high})"


def _at(codes: list[str], written: list[str], end: str, names: Mapping[str, str]) -> str:
    """Return the codes whose value reads as this end of the range."""
    own = [code for code, value in zip(codes, written, strict=True) if value == end]
    return _listed(own, names) if len(own) <= _NAMED else f"{whole(len(own))} codes"


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
