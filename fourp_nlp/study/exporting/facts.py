"""What leaves a project beside texts and codings: variables, cases and sets, notes."""

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
    from fourp_nlp.study.exporting.exchange_extras import Kept
    from fourp_nlp.study.exporting.texts import SentTexts
    from fourp_nlp.study.project import Project

__all__ = [
    "VARIABLES",
    "decision_notes",
    "kept_notes",
    "project_notes",
    "sent_members",
    "sent_values",
]

VARIABLES = ("case", "group", "date", "kind", "speaker")
"""The attributes of documents that are variables elsewhere."""

_DATE = r"\d{4}-\d{2}-\d{2}"


def sent_members(documents: pd.DataFrame, sent: SentTexts, kept: Kept) -> pd.DataFrame:
    """Return cases with their documents, and the sets that came from other programs.

    Parameters
    ----------
    documents : pandas.DataFrame
        The documents that go out.
    sent : SentTexts
        Their texts.
    kept : Kept
        What came with projects of other programs. A document stays in the cases in which it came, unless
        its attribute `case` names another one now.

    Returns
    -------
    pandas.DataFrame
        The table MEMBERS; members of sets may yet be codes and notes that do not go out.
    """
    cases = kept.members[kept.members["kind"] == "case"]
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
            "member": named["document"].map(dict(sent.guids)),
            "description": named["case"].map(known["description"]).fillna("") if len(known) else "",
        }
    )
    now = dict(zip(ours["member"], ours["guid"], strict=True))
    stays = pd.MultiIndex.from_frame(cases[["member", "guid"]]).intersection(
        pd.MultiIndex.from_frame(ours[["member", "guid"]])
    )
    changed = set(now) - set(stays.get_level_values(0))
    gone = (kept.members["kind"] == "case") & kept.members["member"].isin(changed)
    came = kept.members.assign(member=kept.members["member"].mask(gone, ""))
    both = [frame for frame in (ours, came) if len(frame)]
    if not both:
        return empty(MEMBERS)
    made = pd.concat(both, ignore_index=True).drop_duplicates(["guid", "member"])
    return conform(made, MEMBERS)


def sent_values(
    documents: pd.DataFrame, sent: SentTexts, members: pd.DataFrame, kept: Kept
) -> pd.DataFrame:
    """Return attributes of documents, the group of each case, and variables of other programs.

    Parameters
    ----------
    documents : pandas.DataFrame
        The documents that go out.
    sent : SentTexts
        Their texts.
    members : pandas.DataFrame
        The table MEMBERS of what goes out.
    kept : Kept
        What came with projects of other programs; the five attributes of documents are told by the project
        alone.

    Returns
    -------
    pandas.DataFrame
        The table VALUES. A variable has one kind throughout: where two would meet, it is Text.
    """
    about = documents["document"].map(dict(sent.guids))
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
    one = group.groupby(cases["guid"], sort=False).agg(["first", "nunique"])
    one = one[(one["nunique"] == 1) & (one["first"] != "")]
    tables.append(
        pd.DataFrame({"about": one.index, "variable": "group", "value": one["first"].to_numpy()})
    )
    ours = pd.concat(tables, ignore_index=True)
    ours["kind"] = ours["variable"].map(
        {name: _kind(ours.loc[ours["variable"] == name, "value"]) for name in VARIABLES}
    )
    came = kept.values
    own = came["variable"].isin(VARIABLES) & came["about"].isin(set(about))
    there = set(sent.sources["guid"]) | set(members["guid"])
    others = came[~own & came["about"].isin(there)]
    both = [frame for frame in (ours, others) if len(frame)]
    if not both:
        return empty(VALUES)
    made = pd.concat(both, ignore_index=True).drop_duplicates(["about", "variable"])
    kinds = made.groupby("variable")["kind"].transform("nunique")
    return conform(made.assign(kind=made["kind"].where(kinds == 1, "Text")), VALUES)


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
    }
    said = dict([codebook_note(facts), (NOTICE, project.settings.notice)])
    rows = [
        (guid_of("note", "project", name), "", -1, -1, "", name, text, "")
        for name, text in said.items()
        if text
    ]
    return conform(pd.DataFrame(rows, columns=NOTES.names), NOTES)


def decision_notes(
    decisions: pd.DataFrame,
    log: pd.DataFrame,
    marks: pd.DataFrame,
    sent: SentTexts,
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
        Codings that go out: document, start, end, code (as in the project), guid and rank. The note is on
        the coding of that code at that place, of several on that of lowest rank; else on the place.
    sent : SentTexts
        The texts that go out.
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
    made = decisions.merge(first[[*key, "guid"]], on=key, how="left")
    why = _written_beside(log)
    at = pd.MultiIndex.from_frame(made[[*key, "decided_by"]])
    said = why.reindex(at).fillna("").tolist() if len(why) else [""] * len(made)
    start, end = sent.spans(made["document"], made["start"], made["end"])
    on_coding = made["guid"].notna().to_numpy()
    code = made["code"].map(dict(names)).fillna(made["code"])
    told = [
        decision_note(name, by, more, stands=bool(settled))
        for name, by, more, settled in zip(
            code, made["decided_by"], said, made["settled"], strict=True
        )
    ]
    return conform(
        pd.DataFrame(
            {
                "guid": [
                    guid_of("note", "decision", *row)
                    for row in made[key].itertuples(index=False, name=None)
                ],
                "about": made["guid"].where(on_coding, made["document"].map(dict(sent.guids))),
                "start": pd.Series(start).mask(on_coding, -1),
                "end": pd.Series(end).mask(on_coding, -1),
                "user": made["decided_by"].map(dict(users)),
                "name": [name for name, _ in told],
                "text": [text for _, text in told],
                "made_at": made["decided_at"].str.replace("+00:00", "Z", regex=False),
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


def kept_notes(
    kept: Kept, sent: SentTexts, there: Collection[str], losses: Losses, *, every: bool
) -> pd.DataFrame:
    """Return the notes of other programs on what goes out.

    Parameters
    ----------
    kept : Kept
        What came with projects of other programs.
    sent : SentTexts
        The texts that go out.
    there : collection of str
        GUIDs of all that goes out.
    losses : Losses
        Notes that cannot stand where they stood are added here.
    every : bool
        Whether everything goes out, so that a note on what is not there is lost rather than left.

    Returns
    -------
    pandas.DataFrame
        The table NOTES.
    """
    notes = kept.notes
    here = (notes["about"] == "") | notes["about"].isin(set(there))
    if every:
        losses.add(
            "notes",
            "What they are about is in the project no more; they stay in its folder exchange.",
            notes.loc[~here, "name"] + ": " + notes.loc[~here, "text"],
        )
    made = notes[here].reset_index(drop=True)
    texts = dict(zip(sent.sources["guid"], sent.sources["text"], strict=True))
    lost = []
    quotes = dict(zip(kept.quotes["note"], kept.quotes["quote"], strict=True))
    placed = made[made["start"] >= 0]
    for row, guid, about, start, end in zip(
        placed.index, placed["guid"], placed["about"], placed["start"], placed["end"], strict=True
    ):
        quote = quotes.get(guid, "")
        text = texts.get(about, "")
        if text[start:end] == quote if quote else about not in sent.moved and end <= len(text):
            continue
        # The text was changed here since: where what was noted stands once, there the note is.
        first, last = _once(text, quote)
        made.loc[row, ["start", "end"]] = first, last
        if first < 0:
            lost.append(row)
    losses.add(
        "places of notes",
        "The text to which they belong was changed here; the notes are on the whole document.",
        made.loc[lost, "name"] + ": " + made.loc[lost, "text"],
    )
    return conform(made, NOTES)


def _once(text: str, quote: str) -> tuple[int, int]:
    """Return where a quote stands, as it came or normalised; -1 if it does not, or several times."""
    for words in dict.fromkeys(filter(None, (quote, normalise(quote)))):
        place = text.find(words)
        if place >= 0 and text.find(words, place + 1) < 0:
            return place, place + len(words)
    return -1, -1
