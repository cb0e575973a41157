"""Agreement in a methods text: how it was measured, what came out, and a table for each comparison."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.agreement import find_coefficient, select_coefficients, shown_coefficients
from fourp_nlp.coding.gold.coder_names import SETTLED
from fourp_nlp.reporting.methods._intervals import how_made
from fourp_nlp.reporting.methods._phrases import RATIO, cell, joined, number, spread, with_interval
from fourp_nlp.reporting.methods.parts import Blank, Cited, Grid, Sentence, Shown
from fourp_nlp.reporting.text_format import ABSENT, decimal, percent, whole

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from typing import Any

    import pandas as pd

    from fourp_nlp.agreement import CoefficientDefinition
    from fourp_nlp.reporting.methods.facts import Compared, MethodsFacts

__all__ = ["agreed", "agreement_grids", "measures", "whose_codes"]

_WAS = re.compile(r"\bwas\b")
_NAMED = 2  # codes that the end of a range names one by one
_COUNTED_CODERS = 6  # coders whose numbers of codings stand side by side
_NONE = "none"  # stands where other values of the table have an interval
_COUNTS = {
    "people": ("Both", "First only", "Second only"),
    "machine": ("Both", "Person only", "Machine only"),
    "retest": ("Both times", "First only", "Second only"),
}
"""What the columns of codings of two are called, by the kind of comparison."""


def measures(facts: MethodsFacts) -> Iterator[Sentence]:
    """Yield how agreement was measured: the coefficients, what they allow for chance, the intervals.

    At least two coders were compared.
    """
    yield (
        "Agreement was measured code by code, on the segments that two or more coders of a comparison had "
        "read.",
    )
    measured = _measured(facts.compared)
    yield (
        "Several coefficients are reported, because they differ in what they allow for chance",
        Cited(("artstein2008",)),
        ": ",
        *_with_works([each for each in measured if each.id != "positive_agreement"]),
        ".",
    )
    by_shares = [each.short for each in measured if each.chance == "shares"]
    yield (
        _capital(joined(by_shares)),
        " of a rare code can be low although coders nearly always agree that it does not apply",
        Cited(("feinstein1990",)),
        "; numbers of codings and positive agreement",
        Cited(("cicchetti1990",)),
        " (the share of all codings of the code that another coder made too) are therefore reported as well. "
        "Prevalence is the mean of the coders' shares of segments with the code.",
    )
    yield (
        "For all codes together, alpha was computed of the sets of codes of each segment, with the MASI "
        "distance",
        Cited(("passonneau2006",)),
        ".",
    )
    if any(_has_intervals(compared) for compared in facts.compared):
        yield (
            "Since segments of one document are not independent, 95% confidence intervals (CI) are ",
            *how_made(facts),
        )


def _measured(compared: Sequence[Compared]) -> list[CoefficientDefinition]:
    """Return the coefficients of labels that the text gives of any of these comparisons, in their order."""
    ids = {name for each in compared for name in each.by_code["coefficient"]}
    shown = {
        each.id
        for one in compared
        for each in shown_coefficients("methods", len(one.coders))
        if each.id in ids
    }
    return [each for each in select_coefficients() if each.id in shown]


def _with_works(definitions: Sequence[CoefficientDefinition]) -> Iterator[str | Cited]:
    """Yield the names of coefficients, each with the works that define it."""
    for place, each in enumerate(definitions):
        last = place == len(definitions) - 1
        yield (" and " if last else ", ") + each.name if place else each.name
        if each.cites:
            yield Cited(each.cites)


def agreed(compared: Compared, facts: MethodsFacts) -> Iterator[Sentence]:
    """Yield what came out of a comparison."""
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
        why_none = "; ".join(dict.fromkeys(filter(None, reasons))) or "none was asked for"
        yield (f"There are no intervals: {why_none}.",)
    elif not table:
        yield from ((caution,) for caution in _cautions_in_short(compared.by_code, facts.names))


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
    """Return a coder's codes in words; settled codes have no possessive.

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
    measured = _measured([compared])
    by_shares = [each for each in measured if each.chance == "shares"]
    by_shares.sort(key=lambda each: each.pairs_only)  # those of any number of coders come first
    others = [each for each in measured if each.chance != "shares"]
    given = everything[everything["prevalence"] > 0]
    never = everything[everything["prevalence"] == 0].drop_duplicates("code")["code"].tolist()
    if never:
        without_value = joined([each.short for each in by_shares])
        yield (
            f"No coder gave {_listed(never, names)} to any of these segments, so {without_value} "
            f"cannot be computed for {'it' if len(never) == 1 else 'them'}; the following is about the other "
            "codes.",
        )
    n_codes = given["code"].nunique()
    ranges, bounds = (
        _ranges(given, some, ends) for some, ends in ((by_shares, names), (others, None))
    )
    if n_codes:
        shares = given.drop_duplicates("code")["prevalence"]
        prevalence = spread(shares.min(), shares.max(), percent)
        of_one = f"For {_listed(given['code'].unique().tolist(), names)}"
        which = f"Over {whole(n_codes)} codes" if n_codes > 1 else of_one
        if ranges:
            yield (f"{which} (prevalence {prevalence}), {joined(ranges)}.",)
        else:
            yield (f"{which} (prevalence {prevalence}), {joined(bounds)}.",)
    undefined = _undefined(given, names)
    if undefined and not named:
        yield (f"Undefined: {'; '.join(undefined)}.",)


def agreement_grids(facts: MethodsFacts, *, machine: bool) -> Iterator[Grid]:
    """Yield a table a comparison; of those with the machine, only of the first coder's.

    `machine` says whether those with the machine are wanted, or the others.
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
    of_second = {row["code"]: row for row in compared.precision_recall.to_dict("records")}
    of_second_heads = [each for each in _of_second_coder() if of_second]
    shown = [
        each
        for each in _measured([compared])
        if not of_second or each.id != "positive_agreement"  # which is F1 of two coders
    ]
    counts = _Counts.of(compared)
    beyond = [each.id for each in shown if each.chance_corrected]
    without = _NONE if table.loc[table["coefficient"].isin(beyond), "low"].notna().any() else ""
    rows = []
    for code, of_code in table.groupby("code", sort=False):
        by_name = {row["coefficient"]: row for row in of_code.to_dict("records")}
        cells = [
            facts.names.get(str(code), str(code)),
            *counts.cells(of_code.iloc[0].to_dict()),
            percent(of_code["prevalence"].iloc[0]),
            *(_cell(each, by_name[each.id], without) for each in shown),
            *(decimal(of_second[code][each.id], digits=RATIO) for each in of_second_heads),
        ]
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
            "Code", *counts.heads, "Prevalence", *(each.heading for each in (*shown, *of_second_heads)),
        ),
        tuple(rows),
        tuple(_notes(compared, facts, counts, beyond, rows)),
    )  # fmt: skip


def _of_second_coder() -> list[CoefficientDefinition]:
    return [each for each in select_coefficients(of_second_coder=True) if each.pairs_only]


def _cell(definition: CoefficientDefinition, row: Mapping[Hashable, Any], without: str) -> str:
    """Return a value, with its interval if it is corrected for chance."""
    if definition.chance_corrected:
        return cell(*(row[name] for name in ("value", "low", "high")), without=without)
    return _value(definition, float(row["value"]))


def _value(definition: CoefficientDefinition, value: float) -> str:
    return percent(value) if definition.as_percentage else decimal(value)


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
            whose = {
                "people": f"{coders[0]} and {coders[1]} both gave the code, {coders[0]} alone, and "
                f"{coders[1]} alone",
                "machine": f"{coders[0]} and the machine both gave the code, {coders[0]} alone, and the "
                "machine alone",
                "retest": f"{coders[0]} gave the code both times, the first time alone, and the second "
                "time alone",
            }[compared.kind]
            return cls(heads, f"{joined(heads)}: segments to which {whose}.")
        note = "All, some: segments to which all coders who read them gave the code, and only some did."
        if len(coders) > _COUNTED_CODERS:
            return cls(("All", "Some"), note)
        return cls(("All", "Some", "Each"), f"{note} Each: how many {joined(coders)} gave it.")

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
    """Yield the notes below a table, a sentence each."""
    table, names = compared.by_code, facts.names
    shown = table[table["coefficient"].isin(beyond)]
    if counts.note:
        yield counts.note
    if compared.precision_recall.empty and "positive_agreement" in {
        each.id for each in _measured([compared])
    }:
        yield "Positive: positive agreement."
    if shown["low"].notna().any():
        yield "In brackets: 95% confidence intervals."
        refused = shown[shown["low"].isna() & shown["value"].notna()]
        for reason, rows_of_reason in refused.groupby("no_interval", sort=False):
            whose = _whose(rows_of_reason, shown, names)
            yield f"No interval ({whose}): {_sentence(str(reason) or 'unknown')}"
    elif reasons := _reasons_for_none(shown):
        yield f"No intervals: {_sentence('; '.join(reasons))}"
    if (shown["low"] == 1).any():
        yield "An interval from 1 to 1 is no proof of certainty: there was no difference to draw."
    yield from _cautions(shown, names)
    if not compared.precision_recall.empty:
        yield f"Precision, recall and F1 take {compared.coders[0]} as the reference."
        yield "F1 is also the positive agreement."
        if any(ABSENT in row[-len(_of_second_coder()) :] for row in rows):
            yield (
                f"{ABSENT} under precision: the machine never suggested the code; under recall: "
                f"{compared.coders[0]} never gave it; under F1: neither did."
            )
    undefined = _undefined(table[table["coefficient"].isin(beyond)], names)
    if undefined:
        yield f"{ABSENT} undefined: {'; '.join(undefined)}."


def _whose(rows: pd.DataFrame, shown: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Return whose rows these are: the codes, and the coefficients unless they are all that is shown."""
    codes = [names.get(code, code) for code in dict.fromkeys(rows["code"])]
    which = list(dict.fromkeys(rows["coefficient"]))
    if len(which) == shown["coefficient"].nunique():
        return joined(codes)
    return f"{joined([find_coefficient(name).short for name in which])} of {joined(codes)}"


def _in_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of coefficients that a methods text gives."""
    ids = {each.id for n_coders in (2, 3) for each in shown_coefficients("methods", n_coders)}
    return table[table["coefficient"].isin(ids)]


def _cautions(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return what to know before values are used, each caution once, with whose it is."""
    rows = _in_text(table)
    rows = rows[rows["value"].notna()]
    return [
        f"Caution ({_whose(of_text, rows, names)}): {_sentence(str(text))}"
        for text, of_text in rows[rows["caution"] != ""].groupby("caution", sort=False)
    ]


def _cautions_in_short(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return cautions for a text without a table: one where several lead to the same conclusion."""
    rows = _in_text(table)
    rows = rows[rows["value"].notna() & (rows["caution"] != "")]
    conclusion = rows["caution"].str.rpartition(": ")[2]
    sentences = []
    for text, of_text in rows.groupby(conclusion, sort=False):
        if len(set(of_text["caution"])) == 1:
            sentences += _cautions(of_text, names)
        else:
            whose = joined([names.get(code, code) for code in dict.fromkeys(of_text["code"])])
            sentences.append(f"Caution (each of {whose}): {_sentence(str(text))}")
    return sentences


def _reasons_for_none(table: pd.DataFrame) -> list[str]:
    """Return why values have no interval, each reason once."""
    rows = _in_text(table)
    reasons = rows.loc[rows["value"].notna(), "no_interval"]
    return [reason for reason in dict.fromkeys(reasons) if reason]


def _sentence(text: str) -> str:
    """Return a text with a full stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _capital(text: str) -> str:
    """Return a text as a sentence begins."""
    return text[:1].upper() + text[1:]


def _listed(codes: Sequence[str], names: Mapping[str, str]) -> str:
    return joined([names.get(str(code), str(code)) for code in codes])


def _has_intervals(compared: Compared) -> bool:
    return bool(compared.by_code["low"].notna().any()) or not math.isnan(compared.sets.low)


def _ranges(
    table: pd.DataFrame,
    definitions: Sequence[CoefficientDefinition],
    names: Mapping[str, str] | None,
) -> list[str]:
    """Return coefficients with their ranges; those of the same range are named together."""
    of_range: dict[str, list[str]] = {}
    for each in definitions:
        if extent := _range(table, each, names):
            of_range.setdefault(extent, []).append(each.short)
    ranges = []
    for extent, named in of_range.items():
        verb = extent if len(named) == 1 else _WAS.sub("were", extent, count=1)
        ranges.append(f"{joined(named)} {verb}")
    return ranges


def _range(
    table: pd.DataFrame, definition: CoefficientDefinition, names: Mapping[str, str] | None
) -> str:
    """Return a coefficient's range over codes, its ends named on demand; empty without a value."""
    rows = table[(table["coefficient"] == definition.id) & table["value"].notna()]
    if rows.empty:
        return ""
    written = [_value(definition, float(value)) for value in rows["value"]]
    values = rows["value"].to_numpy()
    least, most = written[int(values.argmin())], written[int(values.argmax())]
    n_codes = table["code"].nunique()
    of = f"(defined for {whole(len(rows))}) " if len(rows) < n_codes else ""
    if least == most:
        return f"{of}was {least}"
    if names is None:
        return f"{of}was between {least} and {most}"
    low, high = (_at(rows["code"].tolist(), written, end, names) for end in (least, most))
    return f"{of}ranged from {least} ({low}) to {most} ({high})"


def _at(codes: list[str], written: list[str], end: str, names: Mapping[str, str]) -> str:
    """Return the codes whose value reads as this end of the range."""
    at_end = [code for code, value in zip(codes, written, strict=True) if value == end]
    return _listed(at_end, names) if len(at_end) <= _NAMED else f"{whole(len(at_end))} codes"


def _undefined(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return for each reason why coefficients have no value, which ones and of which codes."""
    rows = _in_text(table)
    clauses = []
    for reason, of_reason in rows[rows["reason"] != ""].groupby("reason", sort=False):
        which = joined(
            [find_coefficient(name).short for name in dict.fromkeys(of_reason["coefficient"])]
        )
        codes = joined([names.get(code, code) for code in dict.fromkeys(of_reason["code"])])
        clauses.append(f"{which} of {codes} ({reason})")
    return clauses
