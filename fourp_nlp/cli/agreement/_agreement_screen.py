"""`fourp agree`: the tables of agreement as they are shown, with the remarks below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from fourp_nlp.cli.agreement.codings import (
    caution_remarks,
    codings_of,
    codings_remarks,
    intervals_of,
    reason_remarks,
)
from fourp_nlp.number_format import ABSENT, fixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from fourp_nlp.agreement import CoefficientDefinition
    from fourp_nlp.cli.agreement._agreement import AgreementOptions

    Screen = tuple[str, pd.DataFrame, list[str]]

__all__ = ["agreement_tables"]

_SHOWN_IN_FULL = 15
"""Comparisons that get tables of their own on the screen."""

_NAMED_CODERS = 10
_NAMED_ROWS = 4  # rows that a remark names

_OF_UNITS = {
    "all": "",
    "any_code": ", segments to which any of these coders gave any code",
    "this_code": ", segments to which any of these coders gave the code in question",
}
"""What a table's title adds for a choice of units."""

_UNITS_OF_SETS = {"all": ", all segments", "any_code": ", segments with any code"}


def agreement_tables(
    table: pd.DataFrame, names: dict[str, str], options: AgreementOptions
) -> Iterator[Screen]:
    """Yield the tables of each comparison, all coders together first; of many pairs, a matrix."""
    from fourp_nlp.cli.agreement._pair_matrix import matrix_of_pairs
    from fourp_nlp.study.measuring.agreement import BETWEEN

    comparisons = table["coders"].unique().tolist()
    many = len(comparisons) > _SHOWN_IN_FULL
    together = [coders for coders in comparisons if coders.count(BETWEEN) > 1]
    pairs = [coders for coders in comparisons if coders not in together]
    for joined in [*together, *([] if many else pairs)]:
        rows = table[table["coders"] == joined]
        yield from _tables(rows, joined.split(BETWEEN), names, options)
    if many:
        yield from matrix_of_pairs(table, options)


def _tables(
    rows: pd.DataFrame, coders: list[str], names: dict[str, str], options: AgreementOptions
) -> Iterator[Screen]:
    """Yield the tables of one comparison: title, table, and remarks to stand below."""
    who = _joined(coders)
    whole = rows[rows["by"] == ""]
    shown = _shown(coders, options)
    if shown:
        yield from _coefficient_tables(rows, coders, names, shown, options)
    if options.by == "group" and shown:
        yield from _codes_by_group(rows[rows["by"] == "group"], names, shown, options, who)
    yield from _pooled_table(whole, options, who)
    yield from _span_table(whole, names, options, who)
    yield from _rho_table(whole, names, who)


def _coefficient_tables(
    rows: pd.DataFrame,
    coders: list[str],
    names: dict[str, str],
    shown: list[CoefficientDefinition],
    options: AgreementOptions,
) -> Iterator[Screen]:
    """Yield a table for each choice of units: codes or themes, or documents or groups."""
    who = _joined(coders)
    whole = rows[rows["by"] == ""]
    if options.by in {"code", "theme"}:
        levels = whole[whole["level"].isin([options.by, "overall"])]
        key, labels = "code", names
    else:
        levels = rows[(rows["by"] == options.by) & (rows["level"] == "overall")]
        key, labels = "part", {"": "no group" if options.by == "group" else ""}
    for number, units in enumerate(options.units):
        first = number == 0
        of_units = levels[levels["units"] == units]
        frame = _wide(of_units, key, labels, shown, options)
        if key == "code":
            title = f"Agreement: {who}{_OF_UNITS[units]} ({_extent(whole, units)})"
        else:
            title = f"Agreement by {options.by}: {who}{_OF_UNITS[units]} (n: segments times codes)"
        remarks = codings_remarks(frame, coders) if first else []
        yield title, frame, [*remarks, *_remarks(of_units, labels, shown, key, notes=first)]


def _joined(coders: Sequence[str]) -> str:
    *first, last = coders
    if len(first) >= _NAMED_CODERS:
        return f"{len(first) + 1} coders, {first[0]} to {last}"
    return f"{', '.join(first)} and {last}"


def _shown(coders: list[str], options: AgreementOptions) -> list[CoefficientDefinition]:
    """Return the coefficients of labels that get a column, in order."""
    from fourp_nlp.agreement import find_coefficient, shown_coefficients

    if options.coefficients:
        chosen = [find_coefficient(name) for name in dict.fromkeys(options.coefficients)]
    else:
        chosen = list(shown_coefficients("screen", len(coders)))
    return [each for each in chosen if each.measured_on == "labels"]


def _extent(whole: pd.DataFrame, units: str) -> str:
    """Return how much was compared: segments, documents; of all segments the macro-F1."""
    of_units = whole[whole["units"] == units]
    parts = []
    n = of_units.loc[of_units["level"] == "code", "n"]
    if len(n) and units != "this_code":
        parts.append(f"{n.iloc[0]} segment{'' if n.iloc[0] == 1 else 's'}")
    documents = int(of_units["n_documents"].max())
    parts.append(f"{documents} document{'' if documents == 1 else 's'}")
    macro = whole.loc[whole["coefficient"] == "macro_f1", "value"]
    known = units == "all" and len(macro) and macro.notna().all()
    return ", ".join(parts) + (f"; macro-F1 {fixed(macro.iloc[0], 3)}" if known else "")


def _wide(
    rows: pd.DataFrame,
    key: str,
    names: dict[str, str],
    shown: list[CoefficientDefinition],
    options: AgreementOptions,
) -> pd.DataFrame:
    """Return one row for each code or part, of one choice of units."""
    import pandas as pd

    keys = list(dict.fromkeys(rows[key]))
    frame = pd.DataFrame({"": [names.get(name) or name for name in keys]})
    first = rows.drop_duplicates(key).set_index(key).reindex(keys)
    if key == "part" or (rows["units"] == "this_code").any():
        frame["n"] = first["n"].to_numpy()
    frame = frame.assign(**codings_of(first))
    frame["prevalence"] = first["prevalence"].to_numpy()
    for definition in shown:
        of_one = rows[rows["coefficient"] == definition.id].set_index(key).reindex(keys)
        if of_one["level"].isna().all():
            continue
        frame[definition.column] = of_one["value"].to_numpy()
        if options.coefficients or definition.chance == "shares":
            interval = "95% interval"
            while interval in frame.columns:
                interval += " "
            frame[interval] = intervals_of(of_one)
            if options.thresholds:
                frame[f"{definition.column} lies"] = _lies(of_one)
    return frame


def _lies(rows: pd.DataFrame) -> list[str]:
    return [text or ABSENT for text in rows["against"].fillna("")]


def _codes_by_group(
    parts: pd.DataFrame,
    names: dict[str, str],
    shown: list[CoefficientDefinition],
    options: AgreementOptions,
    who: str,
) -> Iterator[Screen]:
    """Yield each code's first coefficient that takes chance from shares (or the first) group by group."""
    chosen = next((each for each in shown if each.chance == "shares"), shown[0])
    rows = parts[
        (parts["coefficient"] == chosen.id)
        & (parts["level"] == "code")
        & (parts["units"] == options.units[0])
    ]
    if rows.empty:  # a coefficient of two coders, where there are more
        return
    groups, codes = list(dict.fromkeys(rows["part"])), list(dict.fromkeys(rows["code"]))
    wide = rows.pivot(index="code", columns="part", values="value").reindex(codes)[groups]
    wide.columns = [group or "no group" for group in groups]
    wide.insert(0, "", [names.get(code, code) for code in codes])
    title = f"{_capital(chosen.column)} of each code by group: {who}"
    undefined = rows["value"].isna().any()
    why = ["–: no value there; agreement_full.csv says why"] if undefined else []
    yield title, wide.reset_index(drop=True), why


def _pooled_table(whole: pd.DataFrame, options: AgreementOptions, who: str) -> Iterator[Screen]:
    """Yield the coefficients of sets of codes and of spans, all codes together."""
    import pandas as pd

    from fourp_nlp.agreement import find_coefficient, select_coefficients

    asked = options.coefficients
    shown = [
        each
        for each in select_coefficients(measured_on=("codes", "sets", "spans"))
        if (each.id in asked if asked else "screen" in each.for_pairs | each.for_many)
    ]
    order = {each.id: place for place, each in enumerate(shown)}
    rows = whole[whole["coefficient"].isin(list(order)) & (whole["level"] == "overall")]
    if rows.empty:
        return
    rows = rows.sort_values("coefficient", key=lambda ids: ids.map(order), kind="stable")
    labels = [
        find_coefficient(name).name + _UNITS_OF_SETS.get(units, "") * (name != "macro_f1")
        for name, units in zip(rows["coefficient"], rows["units"], strict=True)
    ]
    frame = pd.DataFrame(
        {
            "": labels,
            "value": rows["value"].to_numpy(),
            "95% interval": intervals_of(rows),
            **({"lies": _lies(rows)} if options.thresholds else {}),
        }
    )
    short = {each.id: each.short for each in shown}
    remarks = [
        *reason_remarks(rows, short, "coefficient"),
        *caution_remarks(rows, short, "coefficient"),
    ]
    yield f"Sets of codes, and spans: {who}", frame, remarks


def _span_table(
    whole: pd.DataFrame, names: dict[str, str], options: AgreementOptions, who: str
) -> Iterator[Screen]:
    """Yield the coefficients of spans of each code, if they were asked for."""
    import pandas as pd

    from fourp_nlp.agreement import select_coefficients

    spans: tuple[Literal["spans"]] = ("spans",)
    of_spans = {each.id for each in select_coefficients(measured_on=spans)}
    chosen = of_spans & {*options.coefficients}
    rows = whole[whole["coefficient"].isin(chosen) & (whole["level"] == "code")]
    if rows.empty:
        return
    frame = pd.DataFrame(
        {
            "": [names.get(code, code) for code in rows["code"]],
            "coefficient": rows["coefficient"].to_numpy(),
            "value": rows["value"].to_numpy(),
            "95% interval": intervals_of(rows),
            "coverage": rows["coverage"].to_numpy(),
        }
    )
    remarks = [*reason_remarks(rows, names, "code"), *caution_remarks(rows, names, "code")]
    yield f"Spans of each code: {who}", frame, remarks


def _rho_table(whole: pd.DataFrame, names: dict[str, str], who: str) -> Iterator[Screen]:
    """Yield Shaffer's rho of each code beside its kappa, if it was measured."""
    import pandas as pd

    rho = whole[whole["coefficient"] == "shaffer_rho"]
    if rho.empty:
        return
    kappa = whole[(whole["coefficient"] == "cohen_kappa") & (whole["units"] == "all")]
    frame = pd.DataFrame(
        {
            "": [names.get(code, code) for code in rho["code"]],
            "prevalence": rho["prevalence"].to_numpy(),
            "kappa": rho["code"].map(kappa.set_index("code")["value"]).to_numpy(dtype=float),
            "rho": rho["value"].to_numpy(),
        }
    )
    undefined = rho.assign(coefficient="rho")[rho["value"].isna().to_numpy()]
    yield f"Shaffer's rho: {who}", frame, reason_remarks(undefined, names, "code")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _remarks(
    rows: pd.DataFrame,
    names: dict[str, str],
    shown: list[CoefficientDefinition],
    key: str,
    *,
    notes: bool,
) -> list[str]:
    """Return what must stand below a table: why cells are empty, cautions, and what columns mean.

    The last, and paradoxes, stand below the first table of a comparison alone: `notes`.
    """
    from fourp_nlp.agreement import PARADOX_OF

    ids = {each.id for each in shown}
    of_shown = rows[rows["coefficient"].isin(ids)]
    remarks = []
    if notes and "positive_agreement" in ids:
        remarks.append(
            "positive: positive agreement, of all times that the code was given, the share that another "
            "coder gave it too"
        )
    remarks += reason_remarks(of_shown, names, key)
    remarks += caution_remarks(of_shown, names, key)
    if notes and ids & PARADOX_OF:
        remarks += _paradoxes(rows, names, key)
    return remarks


def _paradoxes(rows: pd.DataFrame, names: dict[str, str], key: str) -> list[str]:
    """Return the note on the row where kappa and AC1 differ most, and the names of the others."""
    noted = rows[(rows["note"] != "") & (rows["coefficient"] != "shaffer_rho")]
    if noted.empty:
        return []
    ac1 = rows[rows["coefficient"] == "gwet_ac1"].set_index([key, "units"])["value"]
    differences = [
        abs(float(ac1[name, units]) - value) if value == value else 2.0  # noqa: PLR0124 - nan
        for name, units, value in zip(noted[key], noted["units"], noted["value"], strict=True)
    ]
    furthest = noted.iloc[differences.index(max(differences))]
    remarks = [f"{names.get(furthest[key]) or furthest[key]}: {furthest['note']}"]
    others = [names.get(name) or name for name in noted[key] if name != furthest[key]]
    if others:
        named = ", ".join(others) if len(others) <= _NAMED_ROWS else f"{len(others)} other rows"
        remarks.append(f"kappa and AC1 differ too: {named} (notes in agreement_full.csv)")
    return remarks
