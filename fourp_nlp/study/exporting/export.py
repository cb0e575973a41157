"""A project as it goes to other programs."""

from __future__ import annotations

import difflib
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from fourp_nlp.coding.gold.coder_names import SETTLED, known_coder
from fourp_nlp.coding.gold.columns import CODED
from fourp_nlp.coding.store import Store
from fourp_nlp.documents import NOTE
from fourp_nlp.errors import CodebookError, NoSuggestionsError, ProjectError
from fourp_nlp.exchange import MARKS, USERS, Exchange, Losses, codebook_to_nodes, guid_of
from fourp_nlp.study.exporting.coding_dates import coding_days
from fourp_nlp.study.exporting.exchange_extras import KEPT_MACHINE, read_kept
from fourp_nlp.study.exporting.facts import (
    decision_notes,
    kept_notes,
    project_notes,
    sent_members,
    sent_values,
)
from fourp_nlp.study.exporting.texts import sent_texts
from fourp_nlp.study.machine.suggestions import stored_suggestions
from fourp_nlp.study.measuring.measures import machine_of
from fourp_nlp.study.measuring.retest import AGAIN, read_repeats
from fourp_nlp.study.reading.corpus import no_progress
from fourp_nlp.tables import CODINGS, SUGGESTIONS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fourp_nlp.codebook import Codebook
    from fourp_nlp.study.exporting.exchange_extras import Kept
    from fourp_nlp.study.exporting.texts import SentTexts
    from fourp_nlp.study.reading.corpus import Corpus, Gold, Watch
    from fourp_nlp.study.study import Study

__all__ = ["codings_on_others_selections", "project_exchange"]

_KEY = ["document", "start", "end", "code", "coder"]
_LAID = [*CODINGS.names, "probability", "why", "made_at"]


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

    Identities are those with which things came from another program, else such as come out the same every
    time. A document that came with a text of its own goes out with that text, and everything that was coded
    stands at its places there. People's codings go out as they were drawn, the machine's are its segments.

    Parameters
    ----------
    study : Study
        The study.
    coders : sequence of str, optional
        Only these people (and `settled`); by default all.
    documents : sequence of str, optional
        Only these documents; by default all.
    include_repeat : bool, default False
        Whether what people coded a second time goes out, as coders of a name of their own.
    watch : callable, optional
        Is told of progress.

    Returns
    -------
    Exchange
        The project. Its losses tell what could not go out of the project itself.

    Raises
    ------
    GoldError, ProjectError
        If there is no such coder or document.
    StoreError, CodebookError
        If accepted suggestions are wanted, and there are none for the documents and codes as they are.
    """
    project, corpus, codebook, gold = study.project, study.corpus, study.codebook, study.gold
    kept = read_kept(project)
    coders = [known_coder(name, gold.coders) for name in coders]
    chosen = _chosen_documents(corpus, documents)
    every = not documents and not coders
    losses, remarks = Losses(), []
    if not documents:
        unread = corpus.skipped[~corpus.skipped["reason"].str.startswith(NOTE)]
        losses.add(
            "documents", "They were skipped, so that they are not in the file.", unread["path"]
        )
    codings, read = _people(study, coders, include_repeat=include_repeat)
    made, note = _machine(study, suggestions)
    remarks += note
    machine = machine_of(made)
    _tell_scope(codebook, gold, read, losses)
    store = Store(project.store)
    names = set(chosen["document"])
    codings = codings[codings["document"].isin(names)]
    made = made[made["document"].isin(names)]
    others = _other_machines(kept, chosen, codebook, losses) if suggestions is True else None
    decisions = store.read_decisions()
    decisions = decisions[decisions["document"].isin(names)]
    if coders:
        decisions = decisions[decisions["decided_by"].isin(set(coders))]

    sent = sent_texts(project, chosen, kept, every=not documents, watch=watch)
    nodes = codebook_to_nodes(codebook, kept.nodes)
    coded = [*read["coder"].unique(), *codings["coder"].unique()]
    machines = {*([machine] if machine else []), *(others["coder"] if others is not None else [])}
    users = _users([*coded, *decisions["decided_by"].unique()], machines, kept)
    guids = dict(zip(users["coder"], users["guid"], strict=True))
    own = _own(made, machine, store.read_log())
    codings = codings.assign(made_at=coding_days(codings, project))
    laid = _laid(codings, [own, *([] if others is None else [others])], kept, sent, codebook)
    marks = _marks(laid, nodes, guids, sent)
    laid = laid.assign(guid=marks["guid"].to_numpy())
    nodes = _codable(nodes, kept, set(marks["node"]))
    members = sent_members(chosen, sent, kept)
    notes = [
        project_notes(project, codebook),
        decision_notes(decisions, store.read_log(), laid, sent, codebook.names, guids),
    ]
    there = {guid for frame in (sent.sources, nodes, marks, members) for guid in frame["guid"]}
    notes.append(kept_notes(kept, sent, there, losses, every=every))
    said = pd.concat(notes, ignore_index=True).drop_duplicates("guid", ignore_index=True)
    members = _with_members(members, there | set(said["guid"]))
    authors = kept.users[
        kept.users["guid"].isin(set(said["user"]) if coders else kept.users["guid"])
    ]
    users = pd.concat([users, authors], ignore_index=True).drop_duplicates("guid")
    unknown = ~said["user"].isin({"", *users["guid"]})
    said = said.assign(user=said["user"].mask(unknown, ""))
    return Exchange(
        name=project.settings.title or project.root.name,
        origin=f"fourp_nlp {version('fourp_nlp')}",
        sources=sent.sources,
        nodes=nodes,
        users=users,
        marks=marks,
        notes=said,
        values=sent_values(chosen, sent, members, kept),
        members=members,
        read=_read(read[read["document"].isin(names)], machine, sent),
        losses=losses.table(),
        remarks=(*remarks, *sent.remarks),
        selections=_selections(kept, marks, said),
        only_coded=frozenset(),
        **_made(kept),
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
    made = exchange.selections
    author = exchange.marks["selection"].map(dict(zip(made["guid"], made["user"], strict=True)))
    author = author.fillna("")
    # The first coding of a selection without an author lends it its coder.
    own = exchange.marks["selection"] != ""
    first = (
        exchange.marks["user"].where(own).groupby(exchange.marks["selection"]).transform("first")
    )
    author = author.where(author != "", first)
    return int((own & (author != exchange.marks["user"])).sum())


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


def _people(
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


def _tell_scope(codebook: Codebook, gold: Gold, read: pd.DataFrame, losses: Losses) -> None:
    """Tell what no format carries: where codes can apply, and for which codes somebody read."""
    names = codebook.names
    losses.add(
        "where codes can apply",
        "No other program keeps it: it stays in the codebook here.",
        [names[code] for code in codebook.applies_to],
    )
    own = gold.read[gold.read["coder"].isin(set(read["coder"])) & (gold.read["without"] != "")]
    some = own[["coder", "document", "without"]].drop_duplicates()
    losses.add(
        "codes for which a document was not read",
        "No format keeps for which codes somebody read: elsewhere it looks as if they had been looked for.",
        [
            f"{coder}, {document}: {', '.join(without.split())}"
            for coder, document, without in some.itertuples(index=False)
        ],
    )


def _machine(
    study: Study,
    wanted: bool | Literal["accepted"],  # noqa: FBT001 - as it was asked for
) -> tuple[pd.DataFrame, list[str]]:
    """Return the machine's suggestions that are to go out, and what is to be known of them."""
    project, corpus, codebook = study.project, study.corpus, study.codebook
    if not wanted:
        return empty(SUGGESTIONS), []
    try:
        stored = stored_suggestions(project, corpus, codebook)
    except (NoSuggestionsError, CodebookError) as error:
        if wanted == "accepted":
            raise
        return empty(SUGGESTIONS), [
            f"No suggestions go out. {error.problem} {error.cure or ''}".strip()
        ]
    which = "accepted" if wanted == "accepted" else "suggested"
    made = stored[stored[which]].reset_index(drop=True)
    if made.empty and wanted == "accepted":
        return made, [
            "No suggestion is accepted. `fourp suggest --precision 0.9` accepts those that keep it."
        ]
    return made, []


def _other_machines(
    kept: Kept, documents: pd.DataFrame, codebook: Codebook, losses: Losses
) -> pd.DataFrame:
    """Return codings of machines that came with projects of other programs, as far as they still stand."""
    frame: pd.DataFrame = kept.machine_codings
    frame = frame[frame["document"].isin(set(documents["document"]))]
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    stands = np.array(
        [
            texts[name][start:end] == quote
            for name, start, end, quote in zip(
                frame["document"], frame["start"], frame["end"], frame["quote"], strict=True
            )
        ],
        dtype=bool,
    )
    has_code = frame["code"].isin(codebook.code_ids).to_numpy(dtype=bool)
    losses.add(
        "codings of other machines",
        "The document was changed here, and their quote does not stand at their place any more.",
        frame.loc[has_code & ~stands, "quote"],
    )
    losses.add(
        "codings of other machines",
        "Their code is in the codebook no more.",
        frame.loc[~has_code, "code"] + ": " + frame.loc[~has_code, "quote"],
    )
    made: pd.DataFrame = conform(frame[has_code & stands], KEPT_MACHINE)
    return made.reindex(columns=_LAID)


def _own(made: pd.DataFrame, machine: str, log: pd.DataFrame) -> pd.DataFrame:
    """Return this project's suggestions as codings, with the time when they were made."""
    when = log.loc[log["what"] == "suggestions", "at"]
    at = str(when.iloc[-1]).replace("+00:00", "Z") if len(when) else ""
    named: pd.DataFrame = made.rename(columns={"text": "quote"}).assign(coder=machine, made_at=at)
    return named.reindex(columns=_LAID)


def _users(coders: Sequence[str], machines: set[str], kept: Kept) -> pd.DataFrame:
    """Return those who coded or decided, and machines: by the GUIDs with which they came."""
    names = [*dict.fromkeys([*coders, *sorted(machines)])]
    known = kept.users.drop_duplicates("coder").set_index("coder")
    came = known["guid"]
    return conform(
        pd.DataFrame(
            {
                "guid": [str(came.get(name, "")) or guid_of("user", name) for name in names],
                "coder": names,
                "machine": [name in machines for name in names],
                **{
                    name: [str(known[name].get(coder, "")) for coder in names]
                    for name in ("name_there", "id")
                },
            }
        ),
        USERS,
    )


def _selections(kept: Kept, marks: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """Return the selections with which codings and notes came."""
    used = {*marks["selection"], *notes["selection"]}
    return kept.selections[kept.selections["guid"].isin(used)]


def _made(kept: Kept) -> dict[str, str]:
    """Return who made the project from which this one was made, and when."""
    names = ("user", "made_at", "modified_by", "modified_at")
    return {name: str(kept.project[name].iloc[0]) for name in names} if len(kept.project) else {}


def _laid(
    codings: pd.DataFrame,
    machines: list[pd.DataFrame],
    kept: Kept,
    sent: SentTexts,
    codebook: Codebook,
) -> pd.DataFrame:
    """Return all codings in the order of the texts, with what is known of where they come from.

    Columns: those of CODINGS, probability, why, made_at, guid (empty where it is ours), the places in the
    text that goes out (first, last), and rank: settled codes before people's, and those before machines'.
    """
    people = codings.assign(probability=np.nan, why="")[_LAID]
    people = people.assign(rank=np.where(people["coder"] == SETTLED, 0, 1))
    tables = [people, *(frame.assign(rank=2) for frame in machines)]
    laid = pd.concat([frame for frame in tables if len(frame)] or [people], ignore_index=True)
    first, last = sent.spans(laid["document"], laid["start"], laid["end"])
    place = [*_KEY, "guid", "came_start", "came_end", "made_at", "selection"]
    came = pd.concat([kept.marks[place], kept.machine_codings[place]])
    came = came.drop_duplicates(_KEY).rename(columns={"made_at": "came_at"})
    laid = laid.merge(came, on=_KEY, how="left")
    known = laid["guid"].notna().to_numpy()
    # Its place as it came counts, which may have white space at its ends that our text does not have.
    lengths = laid["document"].map({name: len(text) for name, text in sent.texts.items()})
    as_came = (
        known
        & ~laid["document"].map(dict(sent.guids)).isin(sent.moved).to_numpy()
        & (laid["came_start"] >= 0).to_numpy()
        & (laid["came_start"] < laid["came_end"]).to_numpy()
        & (laid["came_end"] <= lengths).to_numpy()
    )
    laid = laid.assign(
        guid=laid["guid"].fillna(""),
        made_at=laid["came_at"].where(known, laid["made_at"]),
        selection=laid["selection"].fillna(""),
        first=np.where(as_came, laid["came_start"].fillna(0), first).astype(np.int64),
        last=np.where(as_came, laid["came_end"].fillna(0), last).astype(np.int64),
        text_order=pd.Index(list(sent.texts)).get_indexer(pd.Index(laid["document"])),
        code_order=pd.Index(codebook.code_ids).get_indexer(pd.Index(laid["code"])),
    )
    order = ["text_order", "first", "last", "code_order", "rank", "coder"]
    return laid.sort_values(order, kind="stable", ignore_index=True)


def _marks(
    laid: pd.DataFrame, nodes: pd.DataFrame, users: dict[str, str], sent: SentTexts
) -> pd.DataFrame:
    """Return the table MARKS of codings."""
    guids = laid["guid"].tolist()
    taken: set[str] = set()
    for at, key in enumerate(laid[_KEY].itertuples(index=False, name=None)):
        if not guids[at] or guids[at] in taken:
            guids[at] = guid_of("mark", *key)
        taken.add(guids[at])
    first, last = laid["first"].to_numpy(), laid["last"].to_numpy()
    return conform(
        pd.DataFrame(
            {
                "guid": guids,
                "source": laid["document"].map(dict(sent.guids)),
                "start": first,
                "end": last,
                "node": laid["code"].map(dict(zip(nodes["code"], nodes["guid"], strict=True))),
                "user": laid["coder"].map(users),
                "quote": sent.quotes(laid["document"], first, last),
                "made_at": laid["made_at"],
                "probability": laid["probability"],
                "why": laid["why"],
                "selection": laid["selection"],
            }
        ),
        MARKS,
    )


def _codable(nodes: pd.DataFrame, kept: Kept, applied: set[str]) -> pd.DataFrame:
    """Return the nodes; what was a folder elsewhere, and was not applied here, is one again."""
    folders = kept.nodes.loc[~kept.nodes["codable"], "guid"]
    codable = nodes["codable"] & ~(nodes["guid"].isin(set(folders)) & ~nodes["guid"].isin(applied))
    return nodes.assign(codable=codable)


def _with_members(members: pd.DataFrame, there: set[str]) -> pd.DataFrame:
    """Return cases and sets with the members that go out; one without any stands there alone."""
    inside = (members["member"] == "") | members["member"].isin(there)
    left = members[inside]
    bare = members[~members["guid"].isin(set(left["guid"]))].drop_duplicates("guid")
    made = pd.concat([left, bare.assign(member="")], ignore_index=True)
    filled = made["guid"].isin(set(made.loc[made["member"] != "", "guid"]))
    return made[(made["member"] != "") | ~filled].reset_index(drop=True)


def _read(read: pd.DataFrame, machine: str, sent: SentTexts) -> pd.DataFrame:
    """Return what each coder read, at its places in the texts that go out; the machine read everything."""
    first, last = sent.spans(read["document"], read["start"], read["end"])
    whole = (read["scope"] == "document").to_numpy()
    lengths = read["document"].map({name: len(text) for name, text in sent.texts.items()})
    first, last = np.where(whole, 0, first), np.where(whole, lengths, last)
    quotes = np.array(sent.quotes(read["document"], first, last), dtype=object)
    moved = read.assign(start=first, end=last, quote=np.where(whole, "", quotes))
    if not machine:
        return conform(moved, CODED)
    texts = [(machine, name, 0, len(text), "document", "") for name, text in sent.texts.items()]
    both = [moved, pd.DataFrame(texts, columns=CODED.names)]
    return conform(pd.concat([frame for frame in both if len(frame)]), CODED)
