"""Builds the exchange of a study: the tables that every format is written from."""

from __future__ import annotations

import difflib
from collections import defaultdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED, matching_coder
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import NOTE
from fourp_nlp.errors import CodebookError, NoSuggestionsError, ProjectError
from fourp_nlp.exchange import MARKS, USERS, Exchange, Losses, codebook_to_nodes, guid_of
from fourp_nlp.study.exporting.coding_dates import coding_days
from fourp_nlp.study.exporting.exchange_extras import MACHINE_CODINGS, read_extras
from fourp_nlp.study.exporting.facts import (
    decision_notes,
    export_members,
    export_notes,
    export_values,
    project_notes,
)
from fourp_nlp.study.exporting.memos import memo_notes
from fourp_nlp.study.exporting.texts import export_texts
from fourp_nlp.study.machine.suggestions import stored_suggestions
from fourp_nlp.study.measuring.measures import machine_of
from fourp_nlp.study.measuring.retest import AGAIN, read_repeats
from fourp_nlp.study.reading.corpus import no_progress
from fourp_nlp.tables import CODED, CODINGS, SUGGESTIONS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
    from fourp_nlp.study.exporting.texts import ExportedTexts
    from fourp_nlp.study.reading.corpus import Corpus, Gold, Watch
    from fourp_nlp.study.study import Study

__all__ = ["codings_on_others_selections", "project_exchange"]

_KEY = ["document", "start", "end", "code", "coder"]
_CODING_COLUMNS = [*CODINGS.columns, "probability", "why", "made_at"]


def project_exchange(
    study: Study,
    *,
    suggestions: bool | Literal["accepted"] = True,
    coders: Sequence[str] = (),
    documents: Sequence[str] = (),
    include_repeat: bool = False,
    watch: Watch = no_progress,
) -> Exchange:
    """Return a project as the tables that every format is written from.

    GUIDs are the imported ones, or the same at every export. An imported document is exported with its
    imported text, and codings have their places in it. People's codings are exported as they were made; the
    machine's are its segments.

    Parameters
    ----------
    study : Study
        The study.
    coders : sequence of str, optional
        Only these people (and `settled`); by default all.
    documents : sequence of str, optional
        Only these documents; by default all.
    include_repeat : bool, default False
        Whether what people coded a second time is exported, under other coder names.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    Exchange
        The project. Its losses say what could not be exported.

    Raises
    ------
    GoldError, ProjectError
        If there is no such coder or document.
    StoreError, CodebookError
        If accepted suggestions are wanted, and there are none for the documents and codes as they are.
    """
    project, corpus, codebook, gold = study.project, study.corpus, study.codebook, study.gold
    extras = read_extras(project)
    coders = [matching_coder(name, gold.coders) for name in coders]
    chosen = _chosen_documents(corpus, documents)
    every = not documents and not coders
    losses, remarks = Losses(), []
    if not documents:
        unread = corpus.skipped[~corpus.skipped["reason"].str.startswith(NOTE)]
        losses.add(
            "documents", "They could not be read, so they are not in the file.", unread["path"]
        )
    codings, read = _human_codings(study, coders, include_repeat=include_repeat)
    machine_suggestions, machine_remarks = _machine(study, suggestions)
    remarks += machine_remarks
    machine = machine_of(machine_suggestions)
    _add_scope_losses(codebook, gold, read, losses)
    store = Store(project.store)
    chosen_names = set(chosen["document"])
    codings = codings[codings["document"].isin(chosen_names)]
    machine_suggestions = machine_suggestions[machine_suggestions["document"].isin(chosen_names)]
    other_machines = (
        _other_machines(extras, chosen, codebook, losses) if suggestions is True else None
    )
    decisions = store.read_decisions()
    decisions = decisions[decisions["document"].isin(chosen_names)]
    if coders:
        decisions = decisions[decisions["decided_by"].isin(set(coders))]

    exported = export_texts(project, chosen, extras, every=not documents, watch=watch)
    nodes = codebook_to_nodes(codebook, extras.nodes)
    coders_with_codings = [*read["coder"].unique(), *codings["coder"].unique()]
    machines = {
        *([machine] if machine else []),
        *(other_machines["coder"] if other_machines is not None else []),
    }
    users = _users([*coders_with_codings, *decisions["decided_by"].unique()], machines, extras)
    guids = dict(zip(users["coder"], users["guid"], strict=True))
    suggestion_codings = _suggestions_as_codings(machine_suggestions, machine, store.read_log())
    codings = codings.assign(made_at=coding_days(codings, project))
    all_codings = _all_codings(
        codings,
        [suggestion_codings, *([] if other_machines is None else [other_machines])],
        extras,
        exported,
        codebook,
    )
    marks = _marks(all_codings, nodes, guids, exported)
    all_codings = all_codings.assign(guid=marks["guid"].to_numpy())
    nodes = _codable(nodes, extras, set(marks["node"]))
    members = export_members(chosen, exported, extras)
    notes = [
        project_notes(project, codebook),
        decision_notes(decisions, store.read_log(), all_codings, exported, codebook.names, guids),
        memo_notes(all_codings["memo"].tolist(), marks),
    ]
    exported_guids = {
        guid for frame in (exported.sources, nodes, marks, members) for guid in frame["guid"]
    }
    notes.append(export_notes(extras, exported, exported_guids, losses, every=every))
    all_notes = pd.concat(notes, ignore_index=True).drop_duplicates("guid", ignore_index=True)
    members = _with_members(members, exported_guids | set(all_notes["guid"]))
    authors = extras.users[
        extras.users["guid"].isin(set(all_notes["user"]) if coders else extras.users["guid"])
    ]
    users = pd.concat([users, authors], ignore_index=True).drop_duplicates("guid")
    unknown = ~all_notes["user"].isin({"", *users["guid"]})
    all_notes = all_notes.assign(user=all_notes["user"].mask(unknown, ""))
    return Exchange(
        name=project.settings.title or project.root.name,
        origin=f"fourp_nlp {version('fourp_nlp')}",
        sources=exported.sources,
        nodes=nodes,
        users=users,
        marks=marks,
        notes=all_notes,
        values=export_values(chosen, exported, members, extras),
        members=members,
        read=_read_places(read[read["document"].isin(chosen_names)], machine, exported),
        losses=losses.table(),
        remarks=(*remarks, *exported.remarks),
        selections=_selections(extras, marks, all_notes),
        only_coded=frozenset(),
        has_texts=True,
        **_project_authorship(extras),
    ).conformed()


def codings_on_others_selections(exchange: Exchange) -> int:
    """Return how many codings came on a selection that somebody else made.

    Parameters
    ----------
    exchange : Exchange
        What `project_exchange` made.

    Returns
    -------
    int
        Their number: programs that read the coder from the selection alone take these for another's.
    """
    selections = exchange.selections
    author = exchange.marks["selection"].map(
        defaultdict(str, zip(selections["guid"], selections["user"], strict=True))
    )
    # The first coding of a selection without an author lends it its coder.
    on_selection = exchange.marks["selection"] != ""
    first = (
        exchange.marks["user"]
        .where(on_selection)
        .groupby(exchange.marks["selection"])
        .transform("first")
    )
    author = author.where(author != "", first)
    return int((on_selection & (author != exchange.marks["user"])).sum())


def _chosen_documents(corpus: Corpus, names: Sequence[str]) -> pd.DataFrame:
    known = corpus.documents["document"]
    for name in names:
        if not known.eq(name).any():
            raise ProjectError(
                f"There is no document '{name}' in this project.",
                cure=_did_you_mean(name, known.tolist(), "`fourp read` lists them."),
            )
    chosen = corpus.documents[known.isin(set(names))] if names else corpus.documents
    return chosen.reset_index(drop=True)


def _did_you_mean(name: str, known: Sequence[str], otherwise: str) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else otherwise


def _human_codings(
    study: Study,
    coders: Sequence[str],
    *,
    include_repeat: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return people's codings and what they read."""
    project, corpus, codebook, gold = study.project, study.corpus, study.codebook, study.gold
    chosen = set(coders or gold.coders)
    codings = gold.codings[gold.codings["coder"].isin(chosen)]
    read = gold.read[gold.read["coder"].isin(chosen)]
    if include_repeat:
        again = read_repeats(project, corpus, codebook)
        chosen = set(coders or again.coded)
        second = again.codings[again.codings["coder"].isin(chosen)]
        second_read = again.read[again.read["coder"].isin(chosen)]
        codings = pd.concat([codings, second.assign(coder=second["coder"] + AGAIN)])
        read = pd.concat([read, second_read.assign(coder=second_read["coder"] + AGAIN)])
    return conform(codings, CODINGS), conform(read, CODED)


def _add_scope_losses(codebook: Codebook, gold: Gold, read: pd.DataFrame, losses: Losses) -> None:
    """Tell what no format carries: where codes can apply, and for which codes somebody read."""
    names = codebook.names
    losses.add(
        "where codes can apply",
        "No other program keeps it: it stays in the codebook here.",
        [names[code] for code in codebook.applies_to],
    )
    partial = gold.read[gold.read["coder"].isin(set(read["coder"])) & (gold.read["without"] != "")]
    distinct = partial[["coder", "document", "without"]].drop_duplicates()
    losses.add(
        "codes for which a document was not read",
        "No format stores which codes a coder looked for: other programs show these codes as not given.",
        [
            f"{coder}, {document}: {', '.join(without.split())}"
            for coder, document, without in distinct.itertuples(index=False)
        ],
    )


def _machine(
    study: Study,
    which_suggestions: bool | Literal["accepted"],  # noqa: FBT001 - as it was asked for
) -> tuple[pd.DataFrame, list[str]]:
    """Return the machine's suggestions that are to go out, and what is to be known of them."""
    project, corpus, codebook = study.project, study.corpus, study.codebook
    if not which_suggestions:
        return empty(SUGGESTIONS), []
    try:
        stored = stored_suggestions(project, corpus, codebook)
    except (NoSuggestionsError, CodebookError) as error:
        if which_suggestions == "accepted":
            raise
        return empty(SUGGESTIONS), [
            f"No suggestions go out. {error.problem} {error.cure or ''}".strip()
        ]
    column = "accepted" if which_suggestions == "accepted" else "suggested"
    chosen = stored[stored[column]].reset_index(drop=True)
    if chosen.empty and which_suggestions == "accepted":
        return chosen, [
            "No suggestion is accepted. `fourp suggest --precision 0.9` accepts those that keep it."
        ]
    return chosen, []


def _other_machines(
    extras: ExchangeExtras, documents: pd.DataFrame, codebook: Codebook, losses: Losses
) -> pd.DataFrame:
    """Return codings of machines that came with projects of other programs, as far as they still stand."""
    machine_codings: pd.DataFrame = extras.machine_codings
    machine_codings = machine_codings[machine_codings["document"].isin(set(documents["document"]))]
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    stands = np.array(
        [
            texts[name][start:end] == quote
            for name, start, end, quote in zip(
                machine_codings["document"],
                machine_codings["start"],
                machine_codings["end"],
                machine_codings["quote"],
                strict=True,
            )
        ],
        dtype=bool,
    )
    has_code = machine_codings["code"].isin(codebook.code_ids).to_numpy(dtype=bool)
    losses.add(
        "codings of other machines",
        "The document was changed here, and their quote is not at their position any more.",
        machine_codings.loc[has_code & ~stands, "quote"],
    )
    losses.add(
        "codings of other machines",
        "Their code is in the codebook no more.",
        machine_codings.loc[~has_code, "code"] + ": " + machine_codings.loc[~has_code, "quote"],
    )
    codings: pd.DataFrame = conform(machine_codings[has_code & stands], MACHINE_CODINGS)
    return codings.reindex(columns=_CODING_COLUMNS)


def _suggestions_as_codings(
    suggestions: pd.DataFrame, machine: str, log: pd.DataFrame
) -> pd.DataFrame:
    """Return this project's suggestions as codings, with the time when they were made."""
    logged = log.loc[log["what"] == "suggestions", "at"]
    at = str(logged.iloc[-1]).replace("+00:00", "Z") if len(logged) else ""
    codings: pd.DataFrame = suggestions.rename(columns={"text": "quote"}).assign(
        coder=machine, made_at=at
    )
    return codings.reindex(columns=_CODING_COLUMNS)


def _users(coders: Sequence[str], machines: set[str], extras: ExchangeExtras) -> pd.DataFrame:
    """Return those who coded or decided, and machines: by the GUIDs with which they came."""
    names = [*dict.fromkeys([*coders, *sorted(machines)])]
    imported = extras.users.drop_duplicates("coder").set_index("coder")
    imported_guid = imported["guid"]
    return conform(
        pd.DataFrame(
            {
                "guid": [
                    str(imported_guid.get(name, "")) or guid_of("user", name) for name in names
                ],
                "coder": names,
                "machine": [name in machines for name in names],
                **{
                    name: [str(imported[name].get(coder, "")) for coder in names]
                    for name in ("name_there", "id")
                },
            }
        ),
        USERS,
    )


def _selections(extras: ExchangeExtras, marks: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """Return the selections with which codings and notes came."""
    used = {*marks["selection"], *notes["selection"]}
    return extras.selections[extras.selections["guid"].isin(used)]


def _project_authorship(extras: ExchangeExtras) -> dict[str, str]:
    """Return who made the project from which this one was made, and when."""
    names = ("user", "made_at", "modified_by", "modified_at")
    return (
        {name: str(extras.project[name].iloc[0]) for name in names} if len(extras.project) else {}
    )


def _all_codings(
    codings: pd.DataFrame,
    machines: list[pd.DataFrame],
    extras: ExchangeExtras,
    exported: ExportedTexts,
    codebook: Codebook,
) -> pd.DataFrame:
    """Return all codings in the order of the texts, with what is known of where they come from.

    Columns: those of CODINGS (with memo), probability, why, made_at, guid (empty where it is ours), the
    places in the text that goes out (first, last), and rank: settled codes before people's, and those before
    machines'.
    """
    people = codings.assign(probability=np.nan, why="")[_CODING_COLUMNS]
    people = people.assign(rank=np.where(people["coder"] == SETTLED, 0, 1))
    tables = [people, *(frame.assign(rank=2) for frame in machines)]
    rows = pd.concat([frame for frame in tables if len(frame)] or [people], ignore_index=True)
    first, last = exported.spans(rows["document"], rows["start"], rows["end"])
    place = [*_KEY, "guid", "came_start", "came_end", "made_at", "selection"]
    imported = pd.concat([extras.marks[place], extras.machine_codings[place]])
    imported = imported.drop_duplicates(_KEY).rename(columns={"made_at": "came_at"})
    rows = rows.merge(imported, on=_KEY, how="left")
    known = rows["guid"].notna().to_numpy()
    # Its place as it came counts, which may have white space at its ends that our text does not have.
    lengths = rows["document"].map({name: len(text) for name, text in exported.texts.items()})
    as_came = (
        known
        & ~rows["document"].map(dict(exported.guids)).isin(exported.moved).to_numpy()
        & (rows["came_start"] >= 0).to_numpy()
        & (rows["came_start"] < rows["came_end"]).to_numpy()
        & (rows["came_end"] <= lengths).to_numpy()
    )
    rows = rows.assign(
        guid=rows["guid"].fillna(""),
        memo=rows["memo"].fillna(""),
        made_at=rows["came_at"].where(known, rows["made_at"]),
        selection=rows["selection"].fillna(""),
        first=np.where(as_came, rows["came_start"].fillna(0), first).astype(np.int64),
        last=np.where(as_came, rows["came_end"].fillna(0), last).astype(np.int64),
        text_order=pd.Index(list(exported.texts)).get_indexer(pd.Index(rows["document"])),
        code_order=pd.Index(codebook.code_ids).get_indexer(pd.Index(rows["code"])),
    )
    order = ["text_order", "first", "last", "code_order", "rank", "coder"]
    return rows.sort_values(order, kind="stable", ignore_index=True)


def _marks(
    codings: pd.DataFrame, nodes: pd.DataFrame, users: dict[str, str], exported: ExportedTexts
) -> pd.DataFrame:
    """Return the table MARKS of codings."""
    guids = codings["guid"].tolist()
    taken_guids: set[str] = set()
    for at, key in enumerate(codings[_KEY].itertuples(index=False, name=None)):
        if not guids[at] or guids[at] in taken_guids:
            guids[at] = guid_of("mark", *key)
        taken_guids.add(guids[at])
    first, last = codings["first"].to_numpy(), codings["last"].to_numpy()
    return conform(
        pd.DataFrame(
            {
                "guid": guids,
                "source": codings["document"].map(dict(exported.guids)),
                "start": first,
                "end": last,
                "node": codings["code"].map(dict(zip(nodes["code"], nodes["guid"], strict=True))),
                "user": codings["coder"].map(users),
                "quote": exported.quotes(codings["document"], first, last),
                "made_at": codings["made_at"],
                "probability": codings["probability"],
                "why": codings["why"],
                "selection": codings["selection"],
            }
        ),
        MARKS,
    )


def _codable(nodes: pd.DataFrame, extras: ExchangeExtras, applied: set[str]) -> pd.DataFrame:
    """Return the nodes; what was a folder elsewhere, and was not applied here, is one again."""
    folders = extras.nodes.loc[~extras.nodes["codable"], "guid"]
    codable = nodes["codable"] & ~(nodes["guid"].isin(set(folders)) & ~nodes["guid"].isin(applied))
    return nodes.assign(codable=codable)


def _with_members(members: pd.DataFrame, exported_guids: set[str]) -> pd.DataFrame:
    """Return cases and sets with the members that go out; one without any stands there alone."""
    inside = (members["member"] == "") | members["member"].isin(exported_guids)
    exported_members = members[inside]
    without_members = members[~members["guid"].isin(set(exported_members["guid"]))].drop_duplicates(
        "guid"
    )
    all_members = pd.concat(
        [exported_members, without_members.assign(member="")], ignore_index=True
    )
    filled = all_members["guid"].isin(set(all_members.loc[all_members["member"] != "", "guid"]))
    return all_members[(all_members["member"] != "") | ~filled].reset_index(drop=True)


def _read_places(read: pd.DataFrame, machine: str, exported: ExportedTexts) -> pd.DataFrame:
    """Return what each coder read, at its places in the texts that go out; the machine read everything."""
    first, last = exported.spans(read["document"], read["start"], read["end"])
    whole = (read["scope"] == "document").to_numpy()
    lengths = read["document"].map({name: len(text) for name, text in exported.texts.items()})
    first, last = np.where(whole, 0, first), np.where(whole, lengths, last)
    quotes = np.array(exported.quotes(read["document"], first, last), dtype=object)
    moved = read.assign(start=first, end=last, quote=np.where(whole, "", quotes))
    if not machine:
        return conform(moved, CODED)
    texts = [(machine, name, 0, len(text), "document", "") for name, text in exported.texts.items()]
    both = [moved, pd.DataFrame(texts, columns=CODED.names)]
    return conform(pd.concat([frame for frame in both if len(frame)]), CODED)
