"""Commands on a folder of scores: counts, samples, estimates and the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from fourp_nlp.cli.app import hold
from fourp_nlp.number_format import confidence_level, fixed

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.project import Project

__all__ = [
    "Per",
    "codebook_for",
    "draw_from_scored",
    "import_sheet_of_scored",
    "report_on_scored",
    "show_scored_counts",
    "show_scored_estimates",
]

Per = Literal["", "per_1000_words", "per_page"]

_SHOWN = 60  # sites on the screen; the file has all
_METHODS = {"naive": "machine", "corrected": "corrected", "gold": "human sample"}


def codebook_for(folder: Path, codebook: Path | None, project: Project | None) -> Codebook | None:
    """Return the codebook that names the scored codes: the one given, the project's or the shipped one."""
    from fourp_nlp.batch import codebook_of_scores

    return codebook_of_scores(folder, given=codebook, project=project.codebook if project else None)


def show_scored_counts(
    folder: Path,
    *,
    by: Literal["case", "site", "group", "document"],
    unit: Literal["occurrences", "segments", "documents", "pages"],
    per: Per,
    codebook: Codebook | None,
    json: bool,
) -> None:
    """Print and write counts of a folder of scores."""
    from fourp_nlp.batch import count_scored, page_facts, sites_of_scores, words_note
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn
    from fourp_nlp.spreadsheets import write_csv

    level: Literal["site", "group", "document"] = "site" if by == "case" else by
    counted: Literal["occurrences", "segments", "pages"] = "pages" if unit == "documents" else unit
    table = count_scored(folder, by=level, unit=counted)
    if json:
        json_lines(table)
        return
    if note := words_note(folder):
        warn(note)
    facts = page_facts(folder)
    aside = facts[facts["status"] != "kept"].groupby("status")["pages"].sum()
    if len(aside):
        listed = ", ".join(
            f"{count:,} {str(status).replace('_', ' ')}" for status, count in aside.items()
        )
        warn(f"Pages that are not counted: {listed}. They are listed in {near(folder / 'pages')}.")
    silent = set(facts["site"]) - set(facts.loc[facts["status"] == "kept", "site"])
    if silent:
        first = ", ".join(sorted(silent)[:5])
        warn(
            f"{len(silent):,} site(s) have no page with text, and no count, not even nought: {first}"
            + (" …" if len(silent) > 5 else "")
        )
    sites = sites_of_scores(folder)
    wide = _wide(table, level, per or "count", dict(zip(sites["site"], sites["name"], strict=True)))
    if codebook is not None:
        wide = wide.rename(columns={code: codebook.names.get(code, code) for code in table["code"]})
    unit_words = {"": "", "per_1000_words": " for a thousand words", "per_page": " for a page"}[per]
    machine = str(table["machine"].iloc[0]) if len(table) else ""
    show(
        wide.head(_SHOWN),
        f"{counted.capitalize()}{unit_words}, suggested by {machine}",
        digits=2,
    )
    if len(wide) > _SHOWN:
        warn(f"{len(wide) - _SHOWN:,} more rows are in the file.")
    path = write_csv(table, folder / f"frequencies_by_{level}.csv")
    say(f"wrote {near(path)}")


def _wide(table: pd.DataFrame, level: str, value: str, names: dict[str, str]) -> pd.DataFrame:
    """Return sites (groups, pages) as rows and codes as columns, with words and pages."""
    keys = {"site": ["group", "site"], "group": ["group"], "document": ["site", "document"]}[level]
    facts = table.drop_duplicates(keys)[[*keys, "pages", "words"]]
    codes = list(dict.fromkeys(table["code"]))
    cells = table.pivot(index=keys, columns="code", values=value)[codes].reset_index()
    merged = facts.merge(cells, on=keys).sort_values(keys, kind="stable").reset_index(drop=True)
    if "site" in keys and names:
        merged["site"] = [names.get(site, site) for site in merged["site"]]
    return merged


def show_scored_estimates(
    folder: Path, *, coder: str, confidence: float, codebook: Codebook | None, json: bool
) -> None:
    """Print and write the machine's counts corrected by what people coded of a random sample."""
    from fourp_nlp.batch import estimate_scored
    from fourp_nlp.cli.screen.console import json_lines, near, say, show, warn, watching
    from fourp_nlp.spreadsheets import write_csv

    with watching() as watch:
        estimates = estimate_scored(
            folder, coder=coder, confidence=confidence, watch=watch("codes")
        )
    for text in estimates.notes:
        warn(text)
    if json:
        json_lines(estimates.table)
        return
    names = codebook.names if codebook is not None else {}
    shown = 0
    for (level, place), part in estimates.table.groupby(["level", "place"], sort=False):
        if level == "site" and part.loc[part["method"] != "naive", "value"].isna().all():
            continue  # the note says so of all of them
        shown += 1
        if shown > _SHOWN:
            continue
        where = "all that was scored" if level == "corpus" else f"{level} {str(place) or '(none)'}"
        show(_screen(part, names, confidence), f"Shares of segments: {where}")
        for reason in dict.fromkeys(part.loc[part["method"] != "naive", "reason"]):
            if reason:
                say(f"– {reason}.")
    if shown > _SHOWN:
        warn(f"{shown - _SHOWN:,} more sites are in the file.")
    say(
        "Intervals are for the codes in these very segments. The machine's count has none: no sample is "
        "behind it, and its errors are in it. Corrected is the one to report."
    )
    path = write_csv(estimates.table, folder / "estimates.csv")
    say(f"wrote {near(path)}")


def _screen(part: pd.DataFrame, names: dict[str, str], confidence: float) -> pd.DataFrame:
    import pandas as pd

    rows = {method: part[part["method"] == method].reset_index(drop=True) for method in _METHODS}
    first = rows["corrected"]
    columns: dict[str, object] = {
        "code": [names.get(code, code) for code in first["code"]],
        "segments": first["segments"],
        "coded": first["coded"],
        "found": first["positives"],
    }
    for method, shown in _METHODS.items():
        head = shown if method == "naive" else f"{shown} ({confidence_level(confidence)} interval)"
        columns[head] = _written(rows[method], "", digits=3)
    columns["corrected, in segments"] = _written(first, "count", digits=0)
    columns["corrected, for 1,000 words"] = _written(first, "per_1000_words", digits=2)
    return pd.DataFrame(columns)


def _written(rows: pd.DataFrame, of: str, *, digits: int) -> list[str]:
    ends = (of, f"{of}_low", f"{of}_high") if of else ("value", "low", "high")
    return [
        fixed(value, digits)
        + ("" if math.isnan(low) else f" ({fixed(low, digits)} to {fixed(high, digits)})")
        for value, low, high in zip(*(rows[end] for end in ends), strict=True)
    ]


def draw_from_scored(
    folder: Path,
    *,
    count: int,
    coder: str,
    seed: int | None,
    stratify: Literal["site", "group"] | None,
    allocation: Literal["proportional", "equal"],
    context: int,
    codebook: Codebook | None,
    overwrite: bool,
    json: bool,
) -> None:
    """Draw scored segments for a person to code, and say what was drawn."""
    from fourp_nlp.batch import draw_scored
    from fourp_nlp.cli.screen.console import json_lines, near, say, warn

    if folder.is_dir():  # another is refused by what reads it
        hold(folder)
    draw = draw_scored(
        folder,
        count=count,
        coder=coder,
        codebook=codebook,
        seed=seed,
        stratify=stratify,
        allocation=allocation,
        context=context,
        overwrite=overwrite,
    )
    facts, drawn = draw.facts, draw.drawn
    for text in draw.notes:
        warn(text)
    if json:
        columns = ["draw", "order", "document", "start", "end", "text", "inclusion_probability"]
        json_lines(drawn.assign(text=draw.texts)[[*columns, "stratum"]])
        return
    low, high = drawn["inclusion_probability"].min(), drawn["inclusion_probability"].max()
    chance = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
    say(
        f"draw {facts['draw']} for {facts['coder']}: {len(drawn)} segments at random, seed {facts['seed']}, "
        f"inclusion probability {chance}"
    )
    say(f"frame: {facts['frame_size']:,} {facts['frame']}")
    say(
        "  Code every row, without looking at suggestions. Your codes then show how often each code occurs "
        "in the scored segments, and how often the machine is wrong."
    )
    for path in draw.files:
        say(f"wrote {near(path)}")
    say(f"when it is filled in: fourp next --scored {near(folder)} --take-in {near(draw.files[1])}")


def import_sheet_of_scored(
    folder: Path, path: Path, *, coder: str, replace: bool, json: bool
) -> None:
    """Import a sheet of scored segments, and report what was coded."""
    from fourp_nlp.batch import import_scored_sheet
    from fourp_nlp.cli.screen.console import say
    from fourp_nlp.cli.screen.sheet_summary import print_sheet_import

    if folder.is_dir():  # another is refused by what reads it
        hold(folder)
    taken = import_scored_sheet(folder, path, coder=coder, replace=replace)
    print_sheet_import(taken, json=json)
    if not json:
        say(f"next: fourp frequencies --scored {folder} --corrected")


def report_on_scored(
    folder: Path,
    *,
    collected: Path | None,
    codebook: Codebook | None,
    most: int,
    json: bool,
) -> None:
    """Write the page about scored sites."""
    import pandas as pd

    from fourp_nlp.batch import report_scored
    from fourp_nlp.cli.screen.console import json_lines, near, say

    path = report_scored(folder, codebook=codebook, collected=collected, most=most)
    if json:
        json_lines(pd.DataFrame({"file": [str(path)]}))
        return
    say(f"wrote {near(path)}")
