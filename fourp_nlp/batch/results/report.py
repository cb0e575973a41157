"""The data of the report about scored sites; `fourp_nlp.reporting` writes the page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fourp_nlp.batch.fingerprint import read_record
from fourp_nlp.batch.results.counts import count_scored, page_facts, words_note
from fourp_nlp.batch.results.display_names import sites_of_scores
from fourp_nlp.batch.results.estimates import scored_estimates_for_report
from fourp_nlp.batch.results.quotations import strongest
from fourp_nlp.reporting import ScoredContents, write_scored
from fourp_nlp.websites import Collected, read_done, read_fetched, summary_of_sites, why_not

if TYPE_CHECKING:
    from fourp_nlp.batch.results.counts import Unit
    from fourp_nlp.codebook import Codebook

__all__ = ["report_scored"]

_QUOTATIONS = 4000  # on the page, at most about
_LISTED = 400  # sites of which the page says what was read
_REFUSALS = 60
_UNSCORED = "no page of it was scored"
_FATES = ("kept", "folded", "other_language", "empty", "not_found", "unwanted", "failed")


def report_scored(
    folder: Path,
    *,
    codebook: Codebook | None = None,
    collected: Path | None = None,
    unit: Unit = "occurrences",
    most: int = 120,
) -> Path:
    """Write ``report.html`` into a folder of scores.

    Parameters
    ----------
    folder : pathlib.Path
        What `score_places` wrote into.
    codebook : Codebook, optional
        For the names of codes and themes.
    collected : pathlib.Path, optional
        What `collect_sites` wrote into, for what was not fetched, and why.
    unit : {"occurrences", "segments", "pages"}
        What is counted in the heat map.
    most : int, default 120
        Sites in the heat map at most: those with the highest counts.

    Returns
    -------
    pathlib.Path
        The page.

    Raises
    ------
    FourpError
        If there are no scores, or the page cannot be written.
    """
    record = read_record(folder)
    counts = count_scored(folder, by="site", unit=unit)
    known = sites_of_scores(folder)
    facts = page_facts(folder)
    others = facts.loc[~facts["site"].isin(known["site"]), ["site", "group"]].drop_duplicates(
        "site"
    )
    known = pd.concat([known, others.assign(name=others["site"])], ignore_index=True)
    sites, notes = _shown(counts, known, most)
    counts_of_sites = counts[counts["site"].isin(sites["site"])]
    cells = max(len(sites) * max(counts["code"].nunique(), 1), 1)
    estimates, estimate_notes = scored_estimates_for_report(folder)
    read, refusals, more = _read(facts, known, collected)
    contents = ScoredContents(
        title="Codes on websites",
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        facts=_facts(record, counts, facts),
        themes=_themes(counts, codebook),
        names=codebook.names if codebook is not None else {},
        code_noun=codebook.code_noun if codebook is not None else "code",
        site_names=dict(zip(known["site"], known["name"], strict=True)),
        sites=sites,
        counts=counts_of_sites,
        groups=count_scored(folder, by="group", unit=unit),
        group_segments=count_scored(folder, by="group", unit="segments"),
        estimates=estimates,
        estimate_notes=estimate_notes,
        collected=read,
        refusals=refusals,
        quotations=strongest(
            folder, sites["site"].tolist(), each=int(np.clip(_QUOTATIONS // cells, 1, 3))
        ),
        notes=[*notes, *more, *filter(None, [words_note(folder)])],
    )
    return write_scored(contents, folder / "report.html")


def _shown(counts: pd.DataFrame, known: pd.DataFrame, most: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the sites of the heat map, group by group, and say which are left out."""
    columns = ["site", "group", "words", "pages", "segments"]
    scored = counts.groupby(["site", "group"], sort=False, as_index=False).agg(
        words=("words", "first"),
        pages=("pages", "first"),
        segments=("segments", "first"),
        count=("count", "sum"),
    )
    silent = known[~known["site"].isin(scored["site"])]
    silent = silent.assign(words=0, pages=0, segments=0, count=-1)
    every = pd.concat([scored, silent[[*columns, "count"]]], ignore_index=True)
    top = every.sort_values(["count", "site"], ascending=[False, True], kind="stable").head(most)
    notes = []
    if len(every) > len(top):
        notes.append(
            f"Of {len(every):,} sites, the {len(top):,} with the highest counts are in the heat map and "
            "quoted here; groups count all. All sites are in frequencies_by_site.csv, which "
            "`fourp frequencies --scored` writes."
        )
    shown = top.sort_values(["group", "site"], kind="stable")[columns].reset_index(drop=True)
    return shown, notes


def _themes(counts: pd.DataFrame, codebook: Codebook | None) -> list[tuple[str, list[str]]]:
    pairs = counts[["theme", "code"]].drop_duplicates()
    order = codebook.code_ids if codebook is not None else pairs["code"].tolist()
    theme_of = dict(zip(pairs["code"], pairs["theme"], strict=True))
    codes_by_theme: dict[str, list[str]] = {}
    for code in (code for code in order if code in theme_of):
        codes_by_theme.setdefault(theme_of[code], []).append(code)
    return list(codes_by_theme.items())


def _facts(
    record: dict[str, object], counts: pd.DataFrame, facts: pd.DataFrame
) -> list[tuple[str, str]]:
    by_site = counts.drop_duplicates("site")
    kept = facts[facts["status"] == "kept"]
    fates = facts.groupby("status")["pages"].sum()
    lines = [
        ("Sites with text", f"{len(by_site):,}"),
        ("Pages coded", f"{int(by_site['pages'].sum()):,}"),
        ("Segments", f"{int(by_site['segments'].sum()):,}"),
        ("Words", f"{int(by_site['words'].sum()):,}"),
        (
            "Pages set aside",
            ", ".join(
                f"{int(fates[fate]):,} {_words(fate)}"
                for fate in _FATES
                if fate != "kept" and fate in fates
            )
            or "none",
        ),
        ("Words left out as repeated", f"{int(kept['repeated_words'].sum()):,}"),
        ("The machine coder", str(record.get("model", ""))),
        ("Unit of coding", str(record.get("unit", ""))),
        ("Encoder", _encoder(record)),
    ]
    return [(label, value) for label, value in lines if value]


def _encoder(record: dict[str, object]) -> str:
    """Return the encoder; of a folder, its name alone, because the page may be passed on."""
    encoder = str(record.get("encoder", ""))
    return Path(encoder).name if Path(encoder).is_absolute() else encoder


def _words(fate: str) -> str:
    return {
        "folded": "near-duplicates merged with others",
        "other_language": "in other languages",
        "empty": "without text",
        "not_found": "that say that there is no such page",
        "unwanted": "of a kind that was not wanted",
        "failed": "that could not be read",
    }[fate]


def _read(
    facts: pd.DataFrame, known: pd.DataFrame, collected: Path | None
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return what was read of each site, and why addresses were not fetched, as far as that is known."""
    wide = facts.pivot_table(
        index=["site", "group"], columns="status", values="pages", aggfunc="sum", fill_value=0
    )
    frame = wide.reindex(columns=list(_FATES), fill_value=0).reset_index()
    missing = known.loc[~known["site"].isin(frame["site"]), ["site", "group"]]
    frame = pd.concat([frame, missing], ignore_index=True)
    frame = frame.fillna(dict.fromkeys(_FATES, 0)).astype(dict.fromkeys(_FATES, "int64"))
    frame["reason"] = [_why(row) for row in frame.to_dict("records")]
    refusals = pd.DataFrame(columns=["outcome", "reason", "urls", "sites", "example"])
    notes = []
    if collected is not None:
        done = {
            name: record
            for name in known["site"]
            if (record := read_done(collected, name)) is not None
        }
        if done:
            frame, refusals = _of_collected(frame, known, collected, done)
        else:
            notes.append(
                f"In {collected.name} there is no record of `fourp collect` of any of these sites."
            )
    # Those of which nothing was read come first: a long list must not hide them.
    frame = frame.assign(first=frame["reason"] == "").sort_values(
        ["first", "group", "site"], kind="stable"
    )
    frame = frame.drop(columns="first").rename(columns={"kept": "coded", "failed": "unreadable"})
    if len(frame) > _LISTED:
        notes.append(
            f"The table lists {_LISTED} of {len(frame):,} sites, those without text first."
        )
    silent = int((frame["reason"] != "").sum())
    if silent:
        notes.append(
            f"Of {silent} site{'' if silent == 1 else 's'} nothing could be read; that is no count of nought."
        )
    return frame.head(_LISTED).reset_index(drop=True), refusals.head(_REFUSALS), notes


def _why(row: dict[object, object]) -> str:
    if row["kept"]:
        return ""
    fates = [f"{row[fate]} {_words(fate)}" for fate in _FATES[1:] if row[fate]]
    return f"no page was left: {', '.join(fates)}" if fates else _UNSCORED


def _of_collected(
    frame: pd.DataFrame, known: pd.DataFrame, collected: Path, done: dict[str, dict[str, Any]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = read_fetched(collected, known["site"].tolist())
    summary = summary_of_sites(Collected(collected, done=done), known, rows).set_index("site")
    columns = ["fetched", "refused", "failed", "cut"]
    counts = summary[columns].reindex(frame["site"]).fillna(0).astype("int64")
    counts.columns = pd.Index(["fetched", "refused", "not_answered", "cut"])
    table = pd.concat([frame.reset_index(drop=True), counts.reset_index(drop=True)], axis=1)
    # Pages that were fetched and had no text say more than that there was a page.
    unscored = (table["reason"] == _UNSCORED).to_numpy()
    known_why = summary["reason"].reindex(frame["site"]).fillna("").to_numpy()
    table["reason"] = np.where(unscored & (known_why != ""), known_why, table["reason"].to_numpy())
    table["ended"] = summary["ended"].reindex(frame["site"]).fillna("").to_numpy()
    order = ["site", "group", *counts.columns, *_FATES, "ended", "reason"]
    return table[order], why_not(rows)
