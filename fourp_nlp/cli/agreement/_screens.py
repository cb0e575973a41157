"""`fourp agree`: the tables of agreement on the screen, with what a reader must know beside them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from fourp_nlp.cli.agreement.codings import (
    cautions_said,
    codings_of,
    codings_said,
    intervals_of,
    reasons_said,
)
from fourp_nlp.number_format import ABSENT, fixed
from fourp_nlp.study.study import Study

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from fourp_nlp.agreement import Drawing
    from fourp_nlp.study.measuring.agreement import Part, Units

__all__ = ["COEFFICIENTS", "Asked", "tell_agreement"]

_LABELS = {
    "percent": "percent",
    "positive_agreement": "positive",
    "negative_agreement": "negative",
    "cohen_kappa": "kappa",
    "scott_pi": "pi",
    "fleiss_kappa": "Fleiss' kappa",
    "conger_kappa": "Conger's kappa",
    "krippendorff_alpha": "alpha",
    "gwet_ac1": "AC1",
    "brennan_prediger": "PABAK",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
}
_WITH_INTERVAL = frozenset({"cohen_kappa", "krippendorff_alpha"})
"""Those of the short table that stand with their interval."""

_WHOLE = {
    ("alpha_masi", "all"): "sets of codes, all segments (alpha, MASI)",
    ("alpha_masi", "any_code"): "sets of codes, segments with any code (alpha, MASI)",
    ("macro_f1", "all"): "mean of the codes' F1 (macro-F1)",
    ("u_alpha", "spans"): "spans: marked alike, with the same codes (u_alpha)",
    ("u_alpha_binary", "spans"): "spans: marked alike, whatever the code (u_alpha_binary)",
    ("cu_alpha", "spans"): "spans: what two marked has the same code (cu_alpha)",
}
COEFFICIENTS = (
    *_LABELS, "macro_f1", "alpha_masi", "u_alpha", "u_alpha_binary", "cu_alpha", "ku_alpha",
)  # fmt: skip
"""What `--coefficient` may name."""

_SHOWN_IN_FULL = 15
"""Comparisons that get tables of their own on the screen."""

_NAMED_CODERS = 10
_NAMED = 4  # rows that a remark names

_UNITS = {
    "all": "",
    "any_code": ", segments to which anyone compared gave any code",
    "this_code": ", segments to which anyone compared gave the code in question",
}
"""What a table's title adds for a choice of units."""


class Asked(NamedTuple):
    """What the user asked for, as the options say it."""

    coders: Sequence[str]
    by: str
    units: Sequence[str]
    coefficients: Sequence[str]
    thresholds: Sequence[float]
    drawing: Drawing
    analytic: bool
    rho: bool


def tell_agreement(
    study: Study,
    asked: Asked,
    *,
    json: bool,
) -> None:
    """Measure, print the short tables, and write the full one."""
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.study.measuring.agreement import agreement_in_full
    from fourp_nlp.study.measuring.measures import agree
    from fourp_nlp.study.reporting.tables import write_report_tables

    drawing = asked.drawing
    pairs = None
    if not asked.coders and not json:
        numbers = {"resamples": drawing.resamples, "seed": drawing.seed}
        pairs = agree(study, **numbers)
    table = agreement_in_full(
        study,
        coders=asked.coders,
        by=cast("Part", asked.by if asked.by in {"document", "group"} else ""),
        units=cast("Sequence[Units]", asked.units),
        thresholds=asked.thresholds,
        drawing=drawing,
        analytic=asked.analytic,
        rho=asked.rho,
        of_pairs=pairs,
    )
    if json:
        chosen = {*asked.coefficients, *(["shaffer_rho"] if asked.rho else [])}
        json_lines(table[table["coefficient"].isin(chosen)] if asked.coefficients else table)
        return
    names = {"": "overall", **study.codebook.names}
    for title, frame, remarks in _on_screen(table, names, asked):
        show(frame, title, below=remarks)
    if asked.analytic:
        warn(
            "The intervals are by formula, which takes segments to be independent. Segments of one document "
            "are not: these intervals are too narrow."
        )
    if asked.rho:
        _say_of_rho()
    files = {"agreement_full": table}
    if pairs is not None:
        files = {"agreement": pairs, **files}
    if asked.coders:
        files = {_file_of(asked.coders): table}
        say("agreement_full.csv is of every pair of coders, and is left as it is")
    for path in write_report_tables(study, files):
        say(f"wrote {near(path)}")


def _on_screen(
    table: pd.DataFrame, names: dict[str, str], asked: Asked
) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Yield the tables of each comparison, all coders together first; of many pairs, a matrix."""
    from fourp_nlp.cli.agreement._pair_matrix import matrix_of_pairs
    from fourp_nlp.study.measuring.agreement import BETWEEN

    comparisons = table["coders"].unique().tolist()
    several = len(comparisons) > _SHOWN_IN_FULL
    together = [name for name in comparisons if name.count(BETWEEN) > 1]
    pairs = [name for name in comparisons if name not in together]
    for name in [*together, *([] if several else pairs)]:
        yield from _tables(table[table["coders"] == name], names, asked)
    if several:
        yield from matrix_of_pairs(table, asked)


def _file_of(coders: Sequence[str]) -> str:
    """Return the name of the file of chosen coders, so that no other comparison is written over."""
    import hashlib

    named = "_".join(re.sub(r"[^\w.-]+", "-", name).strip("-.") for name in coders)
    if re.fullmatch(r"[\w.-]{1,60}", named) and all(named.count(name) for name in coders):
        return f"agreement_of_{named}"
    # Names that no file can have, or many of them, are told apart by a hash.
    mark = hashlib.sha256("\n".join(coders).encode("utf-8", "replace")).hexdigest()[:8]
    return f"agreement_of_{named[:40]}_{mark}"


def _say_of_rho() -> None:
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.study.measuring.agreement import RHO_THRESHOLD

    say(
        f"rho: how often two coders whose kappa over all the data is below {RHO_THRESHOLD:g} would reach a "
        "kappa this high on so many segments; it takes segments to be independent"
    )


def _tables(
    own: pd.DataFrame, names: dict[str, str], asked: Asked
) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Yield the tables of one comparison: title, table, and remarks to stand below."""
    import pandas as pd

    from fourp_nlp.study.measuring.agreement import BETWEEN

    coders = str(own["coders"].iloc[0]).split(BETWEEN)
    who = _joined(coders)
    whole = own[own["by"] == ""]
    shown = _shown(whole, asked)
    level = "theme" if asked.by == "theme" else "code"
    rows = whole[whole["level"].isin([level, "overall"])]
    if level == "theme" and not (rows["level"] == "theme").any():
        rows = rows[rows["level"] == "overall"]
    parts = own[own["by"] == asked.by]
    pooled = parts[parts["level"] == "overall"]
    labels = {"": "no group" if asked.by == "group" else ""}
    for number, units in enumerate(asked.units if shown else ()):
        notes = number == 0
        if asked.by in {"code", "theme"}:
            of_units = rows[rows["units"] == units]
            frame = _wide(of_units, "code", names, shown, asked)
            title = f"Agreement: {who}{_UNITS[units]} ({_units_said(whole, units)})"
            said = _remarks(of_units, names, shown, notes=notes)
        else:
            of_units = pooled[pooled["units"] == units]
            frame = _wide(of_units, "part", labels, shown, asked)
            title = f"Agreement by {asked.by}: {who}{_UNITS[units]} (n: segments times codes)"
            said = _remarks(of_units, labels, shown, key="part", notes=notes)
        yield title, frame, [*(codings_said(frame, coders) if notes else ()), *said]
    if asked.by == "group" and shown:
        yield _codes_by_group(parts, names, shown, asked, who)
    sets = _whole(whole, asked)
    if len(sets):
        frame = pd.DataFrame(
            {
                "": [_WHOLE[row] for row in zip(sets["coefficient"], sets["units"], strict=True)],
                "value": sets["value"].to_numpy(),
                "95% interval": intervals_of(sets),
                **({"lies": _lies(sets)} if asked.thresholds else {}),
            }
        )
        remarks = [
            *reasons_said(sets, _LONG, "coefficient"),
            *cautions_said(sets, _LONG, "coefficient"),
        ]
        yield f"Sets of codes, and spans: {who}", frame, remarks
    spans = whole[whole["coefficient"].isin({"u_alpha", "ku_alpha"} & {*asked.coefficients})]
    spans = spans[spans["level"] == "code"]
    if len(spans):
        frame = pd.DataFrame(
            {
                "": [names.get(code, code) for code in spans["code"]],
                "coefficient": spans["coefficient"].to_numpy(),
                "value": spans["value"].to_numpy(),
                "95% interval": intervals_of(spans),
                "coverage": spans["coverage"].to_numpy(),
            }
        )
        remarks = [*reasons_said(spans, names, "code"), *cautions_said(spans, names, "code")]
        yield f"Spans of each code: {who}", frame, remarks
    rho = whole[whole["coefficient"] == "shaffer_rho"]
    if len(rho):
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
        yield f"Shaffer's rho: {who}", frame, reasons_said(undefined, names, "code")


def _joined(coders: Sequence[str]) -> str:
    *first, last = coders
    if len(first) >= _NAMED_CODERS:
        return f"{len(first) + 1} coders, {first[0]} to {last}"
    return f"{', '.join(first)} and {last}"


def _shown(whole: pd.DataFrame, asked: Asked) -> list[str]:
    """Return the coefficients of the wide table, in order."""
    if asked.coefficients:
        return [name for name in dict.fromkeys(asked.coefficients) if name in _LABELS]
    pair = bool((whole["coefficient"] == "cohen_kappa").any())
    beyond = "cohen_kappa" if pair else "krippendorff_alpha"
    return ["percent", "positive_agreement", beyond, "gwet_ac1"]


def _units_said(whole: pd.DataFrame, units: str) -> str:
    """Say on how much a comparison stands."""
    codes = whole[(whole["level"] == "code") & (whole["coefficient"] == "percent")]
    said = []
    n = codes.loc[codes["units"] == units, "n"]
    if len(n) and units != "this_code":
        said.append(f"{n.iloc[0]} segment{'' if n.iloc[0] == 1 else 's'}")
    documents = int(whole.loc[whole["units"] == units, "n_documents"].max())
    said.append(f"{documents} document{'' if documents == 1 else 's'}")
    macro = whole.loc[whole["coefficient"] == "macro_f1", "value"]
    known = units == "all" and len(macro) and macro.notna().all()
    return ", ".join(said) + (f"; macro-F1 {fixed(macro.iloc[0], 3)}" if known else "")


def _wide(
    rows: pd.DataFrame, key: str, names: dict[str, str], shown: list[str], asked: Asked
) -> pd.DataFrame:
    """Return one row for each code or part, of one choice of units."""
    import pandas as pd

    keys = list(dict.fromkeys(rows[key]))
    frame = pd.DataFrame({"": [names.get(name) or name for name in keys]})
    some = rows[rows["coefficient"] == "percent"].set_index(key).reindex(keys)
    if key == "part" or (rows["units"] == "this_code").any():
        frame["n"] = some["n"].fillna(0).astype("int64").to_numpy()
    frame = frame.assign(**codings_of(some))
    frame["prevalence"] = some["prevalence"].to_numpy()
    for name in shown:
        each = rows[rows["coefficient"] == name].set_index(key).reindex(keys)
        if each["level"].isna().all():
            continue
        label = _LABELS[name]
        frame[label] = each["value"].to_numpy()
        if asked.coefficients or name in _WITH_INTERVAL:
            interval = "95% interval"
            while interval in frame.columns:
                interval += " "
            frame[interval] = intervals_of(each)
            if asked.thresholds:
                frame[f"{label} lies"] = _lies(each)
    return frame


def _lies(rows: pd.DataFrame) -> list[str]:
    return [text or ABSENT for text in rows["against"].fillna("")]


def _codes_by_group(
    parts: pd.DataFrame, names: dict[str, str], shown: list[str], asked: Asked, who: str
) -> tuple[str, pd.DataFrame, list[str]]:
    """Return each code's kappa (or the first coefficient chosen) group by group."""
    name = next((each for each in shown if "kappa" in each), shown[0])
    own = parts[
        (parts["coefficient"] == name)
        & (parts["level"] == "code")
        & (parts["units"] == asked.units[0])
    ]
    groups, codes = list(dict.fromkeys(own["part"])), list(dict.fromkeys(own["code"]))
    wide = own.pivot(index="code", columns="part", values="value").reindex(codes)[groups]
    wide.columns = [group or "no group" for group in groups]
    wide.insert(0, "", [names.get(code, code) for code in codes])
    title = f"{_LABELS[name].capitalize()} of each code by group: {who}"
    why = ["–: no value there; agreement_full.csv says why"] if own["value"].isna().any() else []
    return title, wide.reset_index(drop=True), why


def _whole(whole: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return the rows of sets of codes and of spans, all codes together."""
    import pandas as pd

    keys = pd.MultiIndex.from_frame(whole[["coefficient", "units"]])
    own = whole[keys.isin(list(_WHOLE)) & (whole["level"] == "overall").to_numpy()]
    own = own[
        own["coefficient"].isin(asked.coefficients)
        if asked.coefficients
        else own["coefficient"] != "macro_f1"  # which stands in a title then
    ]
    order = [list(_WHOLE).index(row) for row in zip(own["coefficient"], own["units"], strict=True)]
    return own.iloc[sorted(range(len(own)), key=order.__getitem__)]


_LONG = {"alpha_masi": "alpha of sets"}


def _remarks(
    rows: pd.DataFrame, names: dict[str, str], shown: list[str], key: str = "code", *, notes: bool
) -> list[str]:
    """Return what must stand below a table: why cells are empty, cautions, and what columns mean.

    The last, and paradoxes, stand below the first table of a comparison alone: `notes`.
    """
    own = rows[rows["coefficient"].isin(shown)]
    said = []
    if notes and "positive_agreement" in shown:
        said.append(
            "positive: positive agreement, of all times that the code was given, the share that another "
            "coder gave it too"
        )
    said += reasons_said(own, names, key)
    said += cautions_said(own, names, key)
    if notes and {"cohen_kappa", "conger_kappa", "gwet_ac1"} & {*shown}:
        said += _paradoxes(rows, names, key)
    return said


def _paradoxes(rows: pd.DataFrame, names: dict[str, str], key: str) -> list[str]:
    """Return the note on the row where kappa and AC1 part most, and the names of the others."""
    noted = rows[rows["note"] != ""]
    noted = noted[noted["coefficient"].isin(["cohen_kappa", "conger_kappa"])]
    if noted.empty:
        return []
    ac1 = rows[rows["coefficient"] == "gwet_ac1"].set_index([key, "units"])["value"]
    apart = [
        abs(float(ac1[name, units]) - value) if value == value else 2.0  # noqa: PLR0124 - nan
        for name, units, value in zip(noted[key], noted["units"], noted["value"], strict=True)
    ]
    furthest = noted.iloc[apart.index(max(apart))]
    said = [f"{names.get(furthest[key]) or furthest[key]}: {furthest['note']}"]
    others = [names.get(name) or name for name in noted[key] if name != furthest[key]]
    if others:
        named = ", ".join(others) if len(others) <= _NAMED else f"{len(others)} other rows"
        said.append(f"kappa and AC1 part too: {named} (notes in agreement_full.csv)")
    return said
