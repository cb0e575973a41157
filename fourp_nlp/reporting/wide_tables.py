"""Long tables laid out wide: agreement by coefficient, frequencies by case or group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import pandas as pd

from fourp_nlp.agreement import known_coefficient, select_coefficients
from fourp_nlp.errors import TableError
from fourp_nlp.number_format import low_end
from fourp_nlp.reporting.text_format import decimal, percent
from fourp_nlp.tables import AGREEMENT, FREQUENCIES, conform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "agreement_wide",
    "codes_by_case",
    "coefficient_label",
    "coefficient_text",
    "coefficients_of",
    "complete_themes",
    "frequency_wide",
    "interval_text",
]


def coefficient_label(coefficient: str) -> str:
    """Return what a coefficient is called in a table's head.

    Parameters
    ----------
    coefficient : str
        Its name in AGREEMENT.

    Returns
    -------
    str
        Such as "Kappa"; the name itself where there is no such coefficient.
    """
    definition = known_coefficient(coefficient)
    return definition.heading if definition else coefficient


def _as_percentage(coefficient: str) -> bool:
    definition = known_coefficient(coefficient)
    return definition is not None and definition.as_percentage


def coefficient_text(coefficient: str, value: float) -> str:
    """Return a coefficient's value for reading.

    Parameters
    ----------
    coefficient : str
        Its name in AGREEMENT.
    value : float
        Its value; nan where it is undefined.

    Returns
    -------
    str
        Percent agreement as a percentage, all others with two decimals, a dash for nan.
    """
    return percent(value) if _as_percentage(coefficient) else decimal(value)


def interval_text(coefficient: str, low: float, high: float) -> str:
    """Return a coefficient's interval for reading.

    Parameters
    ----------
    coefficient : str
        Its name in AGREEMENT.
    low, high : float
        The ends; nan where there is none.

    Returns
    -------
    str
        Such as "0.62 to 0.79", of percent agreement in percent; empty for nan.
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    if _as_percentage(coefficient):
        return f"{percent(low).removesuffix('%')} to {percent(high).removesuffix('%')}"
    return f"{low_end(low).replace('-', '−')} to {decimal(high)}"


def coefficients_of(agreement: pd.DataFrame) -> list[str]:
    """Return the coefficients that an agreement table holds, in the order of reading.

    Parameters
    ----------
    agreement : pandas.DataFrame
        AGREEMENT.

    Returns
    -------
    list of str
        In the order of `fourp_nlp.agreement.COEFFICIENTS`, then any others.
    """
    places = {each.id: place for place, each in enumerate(select_coefficients(measured_on=None))}
    names = list(dict.fromkeys(agreement["coefficient"]))
    definitions = {name: known_coefficient(name) for name in names}
    return sorted(
        names,
        key=lambda name: places[each.id] if (each := definitions[name]) else len(places),
    )


def agreement_wide(
    agreement: pd.DataFrame, level: Literal["code", "theme", "overall"]
) -> pd.DataFrame:
    """Return one row for each pair of coders and code, and the coefficients as columns.

    Parameters
    ----------
    agreement : pandas.DataFrame
        AGREEMENT.
    level : {"code", "theme", "overall"}
        Which rows are wanted.

    Returns
    -------
    pandas.DataFrame
        Columns coder_a, coder_b, code, n, prevalence, both, some, codings, then for each coefficient
        four: its name (the value), and the name followed by _low, _high and _reason. Rows in the order
        in which they first appear. n to codings are those of the first coefficient in
        reading order.

    Raises
    ------
    TableError
        If a coefficient appears twice for the same pair, level and code.
    """
    rows = conform(agreement, AGREEMENT)
    coefficients = coefficients_of(rows)
    rows = rows[rows["level"] == level]
    keys = ["coder_a", "coder_b", "code"]
    doubled = rows.duplicated([*keys, "coefficient"])
    if doubled.any():
        row = rows[doubled].iloc[0]
        raise TableError(
            f"The table 'agreement' has {row['coefficient']} twice for "
            f"'{row['code'] or level}' of {row['coder_a']} and {row['coder_b']}."
        )
    index = pd.MultiIndex.from_frame(rows[keys].drop_duplicates())
    wide = pd.DataFrame(index=index)
    indexed = {
        name: rows[rows["coefficient"] == name].set_index(keys).reindex(index)
        for name in coefficients
    }
    for shared in ("n", "prevalence", "both", "some"):
        joined = pd.Series(float("nan"), index=index)
        for part in indexed.values():
            joined = joined.where(joined.notna(), part[shared].astype("float64"))
        wide[shared] = joined
    wide["n"] = wide["n"].astype("int64")
    known = rows.drop_duplicates(keys).set_index(keys)["codings"].reindex(index)
    wide["codings"] = known.fillna("")
    for name, part in indexed.items():
        for column, suffix in (("value", ""), ("low", "_low"), ("high", "_high")):
            wide[name + suffix] = part[column]
        wide[f"{name}_reason"] = part["reason"].fillna("")
    return wide.reset_index()


def complete_themes(
    themes: Sequence[tuple[str, Sequence[str]]], frame: pd.DataFrame
) -> list[tuple[str, list[str]]]:
    """Return the themes and codes of a codebook, and after them those that only a frame has.

    Parameters
    ----------
    themes : sequence of (str, sequence of str)
        Id of each theme and of its codes, in order.
    frame : pandas.DataFrame
        A frame with columns code and theme.

    Returns
    -------
    list of (str, list of str)
        The themes with every code of the frame, so that no count is lost from sight.
    """
    complete = [(theme, list(codes)) for theme, codes in themes]
    known = {code for _, codes in complete for code in codes}
    codes_of = dict(complete)
    for theme, code in frame[["theme", "code"]].drop_duplicates().itertuples(index=False):
        if code in known:
            continue
        known.add(code)
        if theme not in codes_of:
            codes_of[theme] = []
            complete.append((theme, codes_of[theme]))
        codes_of[theme].append(code)
    return complete


def frequency_wide(
    frequencies: pd.DataFrame,
    themes: Sequence[tuple[str, Sequence[str]]],
    names: Mapping[str, str],
    columns: Sequence[str],
    *,
    by: Literal["case", "group"] = "case",
) -> pd.DataFrame:
    """Return one row for each code, and the cases or groups as columns.

    Parameters
    ----------
    frequencies : pandas.DataFrame
        FREQUENCIES of one coder and one unit, counted by case.
    themes : sequence of (str, sequence of str)
        Id of each theme and of its codes, in the order wanted; codes that only the frequencies
        have come last.
    names : mapping of str to str
        Display names of codes, themes, cases and groups.
    columns : sequence of str
        Ids of the cases or groups, in the order wanted; those that only the frequencies have come
        last.
    by : {"case", "group"}
        What the columns are; the counts of a group are the sums of its cases' counts.

    Returns
    -------
    pandas.DataFrame
        Index: ids of the codes. Columns: theme and indicator (names), one for each id of
        `columns` (its name), total. Counts are Int64; <NA> where there is nothing to count.

    Raises
    ------
    TableError
        If the frequencies hold more than one coder or unit.
    """
    rows = conform(frequencies, FREQUENCIES)
    for column in ("coder", "unit"):
        values = list(rows[column].unique())
        if len(values) > 1:
            raise TableError(
                f"The table 'frequencies' holds more than one {column}: {', '.join(values)}.",
                cure=f"Use one {column} at a time.",
            )
    rows = rows[rows["document"] == ""]
    order = list(dict.fromkeys([*columns, *rows[by]]))
    listed = [(theme, code) for theme, codes in complete_themes(themes, rows) for code in codes]
    codes = [code for _, code in listed]
    counts = rows.pivot_table(index="code", columns=by, values="count", aggfunc="sum")
    counts = counts.reindex(index=codes, columns=order).astype("Int64")
    total = counts.sum(axis=1, min_count=1).astype("Int64")
    counts.columns = pd.Index([names.get(key) or key for key in order])
    labels = pd.DataFrame(
        {
            "theme": [names.get(theme) or theme for theme, _ in listed],
            "indicator": [names.get(code) or code for code in codes],
        },
        index=counts.index,
        dtype="str",
    )
    return pd.concat([labels, counts, total.rename("total")], axis=1)


def codes_by_case(
    frequencies: pd.DataFrame,
    themes: Sequence[tuple[str, Sequence[str]]],
    names: Mapping[str, str],
    cases: Sequence[str],
    *,
    machines: Sequence[str] = (),
    read_in_part: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the counts of every coder by code and case, with totals: people first, machines below.

    Parameters
    ----------
    frequencies : pandas.DataFrame
        FREQUENCIES of one unit, counted by case, of one coder or several.
    themes : sequence of (str, sequence of str)
        Id of each theme and of its codes, in the order wanted.
    names : mapping of str to str
        Display names of codes, themes, cases and coders.
    cases : sequence of str
        Ids of the cases, in the order wanted.
    machines : sequence of str
        Coders that are machines.
    read_in_part : pandas.DataFrame, optional
        READ_IN_PART, as the report has it: each coder who read cases in part gets a last row that says
        how many segments were read of them.

    Returns
    -------
    pandas.DataFrame
        Columns: coder, theme (unless the codebook has none), code, one for each case (its name), and the
        total, named after the unit. Below the codes of each coder are the totals of the cases. Without rows
        if nothing was counted.
    """
    coders = sorted(dict.fromkeys(frequencies["coder"]), key=lambda coder: coder in machines)
    # The same cases for every coder, so that their columns are the same.
    cases = list(dict.fromkeys([*cases, *frequencies["case"]])) if coders else []
    parts = []
    for coder in coders:
        of_coder = frequencies[frequencies["coder"] == coder]
        wide = frequency_wide(of_coder, themes, names, cases)
        unit = of_coder["unit"].iloc[0]
        wide.columns = pd.Index(["theme", "code", *wide.columns[2:-1], f"total {unit}"])
        totals = pd.DataFrame(
            [["", "total", *wide.iloc[:, 2:].sum(min_count=1)]], columns=wide.columns
        )
        last_rows = [totals]
        if read_in_part is not None and (read_in_part["coder"] == coder).any():
            partly = {
                row.case: f"{row.read} of {row.segments} segments"
                for row in read_in_part[read_in_part["coder"] == coder].itertuples()
            }
            words = [partly.get(case) for case in cases]
            row = [["", "read in part", *words, None]]
            last_rows.append(pd.DataFrame(row, columns=wide.columns))
        part = pd.concat([frame.astype(object) for frame in (wide, *last_rows)], ignore_index=True)
        part.insert(0, "coder", names.get(str(coder)) or str(coder), allow_duplicates=True)
        parts.append(part)
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    if any(theme for theme, _ in themes):
        return table
    return table.iloc[:, [0, *range(2, table.shape[1])]]
