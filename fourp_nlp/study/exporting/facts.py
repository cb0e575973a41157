"""Collects variables, cases, sets and notes for an export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.documents import normalise
from fourp_nlp.exchange import MEMBERS, NOTES, NOTICE, VALUES, codebook_note, decision_note, guid_of
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
    from fourp_nlp.study.exporting.texts import ExportedTexts
    from fourp_nlp.study.project import Project

__all__ = [
    "VARIABLES",
    "decision_notes",
    "export_members",
    "export_notes",
    "export_values",
    "project_notes",
]

VARIABLES = ("case", "group", "date", "kind", "speaker")
"""The attributes of documents that are variables elsewhere."""

_DATE = r"\d{4}-\d{2}-\d{2}"


def export_members(
    documents: pd.DataFrame, exported: ExportedTexts, extras: ExchangeExtras
) -> pd.DataFrame:
    """Return cases with their documents, and the sets that came from other programs.

    Parameters
    ----------
    documents : pandas.DataFrame
        The documents that are exported.
    exported : ExportedTexts
        Their texts.
    extras : ExchangeExtras
        What was imported. A document stays in its imported cases, unless
        its attribute `case` names another one now.

    Returns
    -------
    pandas.DataFrame
        The table MEMBERS; sets may have codes and notes as members that are not exported.
    """
    cases = extras.members[extras.members["kind"] == "case"]
    known = cases.drop_duplicates("name").set_index("name")
    named = documents[documents["case"] != ""]
    guid_by_case = {
        case: str(known.at[case, "guid"]) if case in known.index else guid_of("case", case)  # noqa: PD008
        for case in named["case"].unique()
    }
    ours = pd.DataFrame(
        {
            "guid": named["case"].map(guid_by_case),
            "kind": "case",
            "name": named["case"],
            "member": named["document"].map(dict(exported.guids)),
            "description": named["case"].map(known["description"]).fillna("") if len(known) else "",
        }
    )
    case_of_document = dict(zip(ours["member"], ours["guid"], strict=True))
    unchanged = pd.MultiIndex.from_frame(cases[["member", "guid"]]).intersection(
        pd.MultiIndex.from_frame(ours[["member", "guid"]])
    )
    changed = set(case_of_document) - set(unchanged.get_level_values(0))
    superseded = (extras.members["kind"] == "case") & extras.members["member"].isin(changed)
    imported = extras.members.assign(member=extras.members["member"].mask(superseded, ""))
    both = [frame for frame in (ours, imported) if len(frame)]
    if not both:
        return empty(MEMBERS)
    all_members = pd.concat(both, ignore_index=True).drop_duplicates(["guid", "member"])
    return conform(all_members, MEMBERS)


def export_values(
    documents: pd.DataFrame, exported: ExportedTexts, members: pd.DataFrame, extras: ExchangeExtras
) -> pd.DataFrame:
    """Return attributes of documents, the group of each case, and variables of other programs.

    Parameters
    ----------
    documents : pandas.DataFrame
        The documents that are exported.
    exported : ExportedTexts
        Their texts.
    members : pandas.DataFrame
        The table MEMBERS that is exported.
    extras : ExchangeExtras
        What was imported; the five attributes of documents are those of the project.

    Returns
    -------
    pandas.DataFrame
        The table VALUES. A variable has one kind throughout: where two would meet, it is Text.
    """
    about = documents["document"].map(dict(exported.guids))
    tables = []
    for name in VARIABLES:
        given = documents[name] != ""
        tables.append(
            pd.DataFrame(
                {"about": about[given], "variable": name, "value": documents.loc[given, name]}
            )
        )
    # A case has its documents' group, where they are of one.
    cases = members[(members["kind"] == "case") & members["member"].isin(set(about))]
    group = cases["member"].map(dict(zip(about, documents["group"], strict=True)))
    single_group = group.groupby(cases["guid"], sort=False).agg(["first", "nunique"])
    single_group = single_group[(single_group["nunique"] == 1) & (single_group["first"] != "")]
    tables.append(
        pd.DataFrame(
            {
                "about": single_group.index,
                "variable": "group",
                "value": single_group["first"].to_numpy(),
            }
        )
    )
    ours = pd.concat(tables, ignore_index=True)
    ours["kind"] = ours["variable"].map(
        {name: _kind(ours.loc[ours["variable"] == name, "value"]) for name in VARIABLES}
    )
    imported = extras.values
    our_variables = imported["variable"].isin(VARIABLES) & imported["about"].isin(set(about))
    exported_guids = set(exported.sources["guid"]) | set(members["guid"])
    other_values = imported[~our_variables & imported["about"].isin(exported_guids)]
    frames = [frame for frame in (ours, other_values) if len(frame)]
    if not frames:
        return empty(VALUES)
    all_values = pd.concat(frames, ignore_index=True).drop_duplicates(["about", "variable"])
    kinds = all_values.groupby("variable")["kind"].transform("nunique")
    return conform(all_values.assign(kind=all_values["kind"].where(kinds == 1, "Text")), VALUES)


def _kind(values: pd.Series) -> str:
    dates = len(values) > 0 and values.str.fullmatch(_DATE).all()
    return "Date" if dates and pd.to_datetime(values, errors="coerce").notna().all() else "Text"


def project_notes(project: Project, codebook: Codebook) -> pd.DataFrame:
    """Return what is said of the whole project: its notice, and what its codebook is.

    Parameters
    ----------
    project : Project
        The project.
    codebook : Codebook
        Its codebook, of which a tree of codes cannot hold all.

    Returns
    -------
    pandas.DataFrame
        The table NOTES.
    """
    facts = {
        "Codebook": codebook.title or codebook.id,
        "Id": codebook.id,
        "Version": codebook.version,
        "Language": codebook.language,
        "Citation": codebook.citation,
        "Word for a code": "" if codebook.code_noun == "code" else codebook.code_noun,
    }
    texts = dict([codebook_note(facts), (NOTICE, project.settings.notice)])
    rows = [
        (guid_of("note", "project", name), "", -1, -1, "", name, text, "")
        for name, text in texts.items()
        if text
    ]
    return conform(pd.DataFrame(rows, columns=NOTES.names), NOTES)


def decision_notes(
    decisions: pd.DataFrame,
    log: pd.DataFrame,
    marks: pd.DataFrame,
    exported: ExportedTexts,
    names: Mapping[str, str],
    users: Mapping[str, str],
) -> pd.DataFrame:
    """Return people's decisions as notes, by those who decided.

    Parameters
    ----------
    decisions : pandas.DataFrame
        From the project's database: document, start, end, code, settled, decided_by, decided_at.
    log : pandas.DataFrame
        The database's log, for what people wrote beside their decisions.
    marks : pandas.DataFrame
        Codings that are exported: document, start, end, code (as in the project), guid and rank. The note is
        on the coding of that code at that place, of several on that of lowest rank; else on the place.
    exported : ExportedTexts
        The texts that are exported.
    names : mapping of str to str
        Names of codes by their ids.
    users : mapping of str to str
        GUIDs of users by their names.

    Returns
    -------
    pandas.DataFrame
        The table NOTES.
    """
    if decisions.empty:
        return empty(NOTES)
    key = ["document", "start", "end", "code"]
    first = marks.sort_values("rank", kind="stable").drop_duplicates(key)
    decided = decisions.merge(first[[*key, "guid"]], on=key, how="left")
    written_beside = _written_beside(log)
    at = pd.MultiIndex.from_frame(decided[[*key, "decided_by"]])
    remarks = (
        written_beside.reindex(at).fillna("").tolist()
        if len(written_beside)
        else [""] * len(decided)
    )
    start, end = exported.spans(decided["document"], decided["start"], decided["end"])
    on_coding = decided["guid"].notna().to_numpy()
    code = decided["code"].map(dict(names)).fillna(decided["code"])
    names_and_texts = [
        decision_note(name, by, more, stands=bool(settled))
        for name, by, more, settled in zip(
            code, decided["decided_by"], remarks, decided["settled"], strict=True
        )
    ]
    return conform(
        pd.DataFrame(
            {
                "guid": [
                    guid_of("note", "decision", *row)
                    for row in decided[key].itertuples(index=False, name=None)
                ],
                "about": decided["guid"].where(
                    on_coding, decided["document"].map(dict(exported.guids))
                ),
                "start": pd.Series(start).mask(on_coding, -1),
                "end": pd.Series(end).mask(on_coding, -1),
                "user": decided["decided_by"].map(dict(users)),
                "name": [name for name, _ in names_and_texts],
                "text": [text for _, text in names_and_texts],
                "made_at": decided["decided_at"].str.replace("+00:00", "Z", regex=False),
            }
        ),
        NOTES,
    )


def _written_beside(log: pd.DataFrame) -> pd.Series:
    """Return what people wrote beside decisions, the latest, by place, code and person."""
    notes = [
        note
        for detail in log.loc[log["what"] == "decisions taken in", "detail"]
        for note in json.loads(detail).get("notes", [])
    ]
    key = ["document", "start", "end", "code", "decided_by"]
    if not notes:
        return pd.Series(dtype="str")
    frame = pd.DataFrame(notes).drop_duplicates(key, keep="last")
    return frame.set_index(key)["note"]


def export_notes(
    extras: ExchangeExtras,
    exported: ExportedTexts,
    exported_guids: Collection[str],
    losses: Losses,
    *,
    every: bool,
) -> pd.DataFrame:
    """Return the notes of other programs on what goes out.

    Parameters
    ----------
    extras : ExchangeExtras
        What was imported, and has no other place.
    exported : ExportedTexts
        The texts that are exported.
    exported_guids : collection of str
        GUIDs of all that is exported.
    losses : Losses
        Notes that cannot stand where they stood are added here.
    every : bool
        Whether everything is exported, so that a note on something missing is lost.

    Returns
    -------
    pandas.DataFrame
        The table NOTES.
    """
    notes = extras.notes
    is_exported = (notes["about"] == "") | notes["about"].isin(set(exported_guids))
    if every:
        losses.add(
            "notes",
            "What they are about is in the project no more; they stay in its folder exchange.",
            notes.loc[~is_exported, "name"] + ": " + notes.loc[~is_exported, "text"],
        )
    exported_notes = notes[is_exported].reset_index(drop=True)
    texts = dict(zip(exported.sources["guid"], exported.sources["text"], strict=True))
    without_place = []
    quotes = dict(zip(extras.quotes["note"], extras.quotes["quote"], strict=True))
    on_passages = exported_notes[exported_notes["start"] >= 0]
    for row, guid, about, start, end in zip(
        on_passages.index,
        on_passages["guid"],
        on_passages["about"],
        on_passages["start"],
        on_passages["end"],
        strict=True,
    ):
        quote = quotes.get(guid, "")
        text = texts.get(about, "")
        if text[start:end] == quote if quote else about not in exported.moved and end <= len(text):
            continue
        # The text was changed here since: where what was noted stands once, there the note is.
        first, last = _once(text, quote)
        exported_notes.loc[row, ["start", "end"]] = first, last
        if first < 0:
            without_place.append(row)
    losses.add(
        "places of notes",
        "The text to which they belong was changed here; the notes are on the whole document.",
        exported_notes.loc[without_place, "name"]
        + ": "
        + exported_notes.loc[without_place, "text"],
    )
    return conform(exported_notes, NOTES)


def _once(text: str, quote: str) -> tuple[int, int]:
    """Return where a quote stands, as it came or normalised; -1 if it does not, or several times."""
    for words in dict.fromkeys(filter(None, (quote, normalise(quote)))):
        place = text.find(words)
        if place >= 0 and text.find(words, place + 1) < 0:
            return place, place + len(words)
    return -1, -1
