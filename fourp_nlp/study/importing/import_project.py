"""Imports another program's project: plans what would be written, and writes it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fourp_nlp.coding.reading.kept_texts import index_path
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import Exchange, Losses, guid_of
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.importing._coding_summary import count_by_coder, machines_table, people_table
from fourp_nlp.study.importing._extras import extras_after_import, extras_files
from fourp_nlp.study.importing._facts_summary import facts_table
from fourp_nlp.study.importing._files import (
    backup_paths,
    codebook_files,
    new_project_files,
    text_files,
)
from fourp_nlp.study.importing._identities import restore_identities
from fourp_nlp.study.importing._messages import add_differences, edit_remarks
from fourp_nlp.study.importing._own_notes import restore_own_notes
from fourp_nlp.study.importing._prepared_exchange import normalise_guids, select_coders
from fourp_nlp.study.importing.codes.codes import MatchedCodes, codebook_of_nodes, match_codes
from fourp_nlp.study.importing.codes.merged_nodes import follow_merged
from fourp_nlp.study.importing.codings.coders import match_coders
from fourp_nlp.study.importing.codings.codings import place_marks, place_readings
from fourp_nlp.study.importing.codings.comparison import FileScope
from fourp_nlp.study.importing.codings.human_codings import import_human_codings
from fourp_nlp.study.importing.codings.machine_codings import import_machine_codings
from fourp_nlp.study.importing.codings.memos import split_memos
from fourp_nlp.study.importing.codings.moved_codings import KEY
from fourp_nlp.study.importing.codings.moved_with_text import move_to_new_texts
from fourp_nlp.study.importing.documents.attributes import import_attributes
from fourp_nlp.study.importing.documents.documents import match_sources
from fourp_nlp.study.importing.plan import ImportOptions, ImportPlan
from fourp_nlp.study.project import open_project
from fourp_nlp.study.settings import SETTINGS
from fourp_nlp.tables import among

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.exporting.exchange_extras import ExchangeExtras
    from fourp_nlp.study.importing._identities import IdentifiedExchange
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.codings.gold_files import GoldImport
    from fourp_nlp.study.importing.codings.machine_codings import MachineImport
    from fourp_nlp.study.importing.codings.moved_with_text import MovedTarget
    from fourp_nlp.study.importing.documents.attributes import AttributesImport
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import ImportTarget
    from fourp_nlp.study.project import Project

__all__ = ["apply_import", "plan_import"]


def plan_import(
    exchange: Exchange, target: ImportTarget, options: ImportOptions | None = None
) -> ImportPlan:
    """Plan an import: what it would write and lose. Nothing is written.

    Parameters
    ----------
    exchange : Exchange
        The project, from a format's reader.
    target : ImportTarget
        The project here: `read_target` or `new_target` returns it.
    options : ImportOptions, optional
        What the user asks for.

    Returns
    -------
    ImportPlan
        For `apply_import`.

    Raises
    ------
    ExchangeError
        If a coder that the options name is not there, or there are new codes and they are refused.
    """
    options = options or ImportOptions()
    losses, notes = Losses(), list[str]()
    exchange = restore_own_notes(normalise_guids(exchange.conformed()), target, notes)
    losses.add_all(exchange.losses)
    exchange, coders = _match_coders(exchange, target, options, losses, notes)
    exchange, memos = split_memos(exchange, target.extras.notes["guid"])
    sources = match_sources(exchange.sources, target, replacing=options.replace)
    _add(sources.losses, sources.notes, losses, notes)
    exchange, codes, without_place = _match_codes(
        exchange, target, options, sources.by_guid, coders.chosen
    )
    _add(codes.losses, codes.notes, losses, notes)
    moved_target = move_to_new_texts(target, sources.by_guid.values(), losses)
    placing = place_marks(
        exchange.marks,
        sources.by_guid,
        coders.chosen,
        codes.codes | without_place,
        losses,
        why_no_code=codes.why_none,
    )
    placed = placing.placed.assign(memo=[memos.get(guid, "") for guid in placing.placed["guid"]])
    matched = restore_identities(
        exchange, moved_target.target, sources, coders.chosen, codes, placed, notes
    )
    if placing.moved:
        notes.append(
            f"{placing.moved} coding(s) were moved to the position of their quote in our text."
        )
    codings = _match_codings(matched, moved_target, placing.lost, options, losses, notes)
    summary = _summarise_codings(
        matched, codings, placing.lost, target, coders, options, losses, notes
    )
    exchange = _with_guids_here(matched.exchange, codings.gold.guids | codings.machine.guids)
    attributes = import_attributes(
        exchange, matched.sources.by_guid, target.project.attributes, replacing=options.replace
    )
    notes += attributes.notes
    extras = _plan_extras(exchange, matched, codings, attributes, moved_target.target, options)
    facts = facts_table(
        exchange, target, extras, matched.sources.by_guid, attributes.content, losses
    )
    contents = _plan_files(exchange, matched, codings, attributes, extras, target, losses, notes)
    notes += _next_steps(target, matched.codes, summary.people)
    return ImportPlan(
        project=target.project,
        is_new=target.is_new,
        contents=contents,
        before=backup_paths(codings.gold.before, codings.replaced, matched.codes, target.project),
        decisions=codings.machine.decisions,
        documents=matched.sources.table,
        codes=matched.codes.table,
        coders=summary.people,
        machines=summary.machines,
        facts=facts,
        losses=losses.table(),
        remarks=exchange.remarks,
        notes=tuple(dict.fromkeys(notes)),
        seen={
            path: target.seen[path] if path in target.seen else fingerprint(path)
            for path in contents
        },
    )


class _MatchedCoders(NamedTuple):
    """The coders of a file.

    Attributes
    ----------
    every : dict of str to Coder
        All coders by GUID.
    chosen : dict of str to Coder
        The coders that the user asks for.
    n_codings : pandas.Series
        Codings of each in the file.
    left_out : pandas.Series
        The GUID of the coder of each coding that is left out.
    """

    every: dict[str, Coder]
    chosen: dict[str, Coder]
    n_codings: pd.Series
    left_out: pd.Series


class _MatchedCodings(NamedTuple):
    """The matched codings of a file.

    Attributes
    ----------
    scope : FileScope
        Documents and codes that the file holds.
    people : pandas.DataFrame
        Codings of people: the table PLACED.
    gold : GoldImport
        Changes of gold files.
    machine : MachineImport
        The imported machine codings.
    replaced : set of str
        Documents whose text is replaced.
    """

    scope: FileScope
    people: pd.DataFrame
    gold: GoldImport
    machine: MachineImport
    replaced: set[str]


class _Summary(NamedTuple):
    """Summary tables of people's and machines' codings."""

    people: pd.DataFrame
    machines: pd.DataFrame


def _add(step_losses: Losses, step_notes: list[str], losses: Losses, notes: list[str]) -> None:
    """Add the losses and notes of a step to those of the import."""
    losses.add_all(step_losses.table())
    notes += step_notes


def _match_coders(
    exchange: Exchange,
    target: ImportTarget,
    options: ImportOptions,
    losses: Losses,
    notes: list[str],
) -> tuple[Exchange, _MatchedCoders]:
    """Return the project with the codings of the coders that the user asks for, and its coders."""
    coders, coder_notes = match_coders(
        exchange.users,
        target,
        nameless=bool((exchange.marks["user"] == "").any()),
        rename=options.rename,
        machines=options.machines,
    )
    n_codings = count_by_coder(exchange.marks["user"], coders)
    exchange, chosen, left_out = select_coders(exchange, coders, options, losses)
    notes += coder_notes
    return exchange, _MatchedCoders(coders, chosen, n_codings, left_out)


def _match_codings(
    matched: IdentifiedExchange,
    moved_target: MovedTarget,
    lost: pd.DataFrame,
    options: ImportOptions,
    losses: Losses,
    notes: list[str],
) -> _MatchedCodings:
    """Compare the codings of a file with those here: people's, then machines'."""
    sources, coders, placed = matched.sources.by_guid, matched.coders, matched.placed
    without_place = lost[lost["placeless"].astype(bool)]
    by_machine = placed["coder"].isin({c.coder for c in coders.values() if c.machine})
    replaced = {s.document for s in sources.values() if s.status == "replaced"}
    scope = FileScope(
        {s.document: s.text for s in sources.values() if s.document},
        frozenset(matched.codes.codes.values()),
        options.whole,
        lists_codes=not set(matched.exchange.nodes["guid"]) <= set(matched.exchange.marks["node"]),
        with_text=frozenset(
            s.document for s in sources.values() if matched.exchange.has_texts and s.came
        ),
    )
    gold = import_human_codings(
        placed[~by_machine],
        place_readings(matched.exchange.read, sources, coders, losses),
        moved_target,
        coders,
        options,
        scope=scope,
        lost=without_place,
        # Who read another version read that one: what is new here they have not seen.
        texts={
            s.document: s.normalised if s.status == "edited" else s.text
            for s in sources.values()
            if s.document
        },
        replaced=replaced,
    )
    notes += gold.notes
    machine = import_machine_codings(
        placed[by_machine],
        moved_target,
        coders,
        losses,
        scope=scope,
        fresh=replaced | {s.document for s in sources.values() if s.status == "new"},
        lost=without_place,
        decided_by=options.decided_by,
        replacing=options.replace,
    )
    notes += machine.notes
    return _MatchedCodings(scope, placed[~by_machine], gold, machine, replaced)


def _summarise_codings(
    matched: IdentifiedExchange,
    codings: _MatchedCodings,
    lost: pd.DataFrame,
    target: ImportTarget,
    coders: _MatchedCoders,
    options: ImportOptions,
    losses: Losses,
    notes: list[str],
) -> _Summary:
    """Return the summary tables of codings; add differences to the losses and notes."""
    gold, machine = codings.gold, codings.machine
    not_taken = (
        pd.concat([lost["coder"], gold.settled["coder"]])
        .value_counts()
        .add(count_by_coder(coders.left_out, coders.every), fill_value=0)
    )
    add_differences(
        matched.sources.by_guid,
        matched.codes.table,
        pd.concat([gold.lost, machine.lost]),
        gold.settled,
        options,
        losses,
    )
    counts = {"filed": coders.n_codings, "not_taken": not_taken}
    summary = _Summary(
        people_table(gold, target, coders.every, **counts),
        machines_table(machine, target, coders.every, **counts),
    )
    notes += edit_remarks(
        summary.people,
        matched.sources.by_guid,
        target,
        codings.scope,
        set(matched.codes.ids.values()),
        coders.every,
        options,
    )
    return summary


def _plan_extras(
    exchange: Exchange,
    matched: IdentifiedExchange,
    codings: _MatchedCodings,
    attributes: AttributesImport,
    target: ImportTarget,
    options: ImportOptions,
) -> ExchangeExtras:
    """Return the new content of the folder `exchange`."""
    gold, machine = codings.gold, codings.machine
    return extras_after_import(
        exchange,
        _without_codings(target, machine.gone if options.replace else None),
        sources=matched.sources.to_keep,
        coders=matched.coders,
        codes=matched.codes,
        people=_with_guids(codings.people, gold.guids),
        machines=machine.others,
        values=attributes.values,
        members=attributes.members,
        removed_codings=gold.gone,
        removed=options.replace,
    )


def _plan_files(
    exchange: Exchange,
    matched: IdentifiedExchange,
    codings: _MatchedCodings,
    attributes: AttributesImport,
    extras: ExchangeExtras,
    target: ImportTarget,
    losses: Losses,
    notes: list[str],
) -> dict[Path, bytes | None]:
    """Return the files that would be written."""
    sources, codes = matched.sources.by_guid, matched.codes
    contents: dict[Path, bytes | None] = {}
    if target.is_new:
        contents |= new_project_files(exchange, target, codes)
    contents |= text_files(sources, target, losses)
    contents |= codings.gold.contents
    contents |= codebook_files(codes, target, notes)
    if attributes.content is not None:
        contents[target.project.attributes] = attributes.content
    contents |= extras_files(target, extras, sources)
    return contents


def _with_guids_here(exchange: Exchange, guids: Mapping[str, str]) -> Exchange:
    """Return the project with notes and sets that refer to codings by their GUIDs here."""
    if not guids:
        return exchange
    notes, members = exchange.notes, exchange.members
    return replace(
        exchange,
        notes=notes.assign(about=notes["about"].map(lambda guid: guids.get(guid, guid))),
        members=members.assign(member=members["member"].map(lambda guid: guids.get(guid, guid))),
    ).conformed()


def _with_guids(codings: pd.DataFrame, guids: Mapping[str, str]) -> pd.DataFrame:
    return codings.assign(guid=codings["guid"].map(lambda guid: guids.get(guid, guid)))


def _without_codings(target: ImportTarget, removed: pd.DataFrame | None) -> ImportTarget:
    """Return the target without codings of other machines that are removed."""
    if removed is None or removed.empty:
        return target
    codings = target.extras.machine_codings
    extras = replace(target.extras, machine_codings=codings[~among(codings, removed, KEY)])
    return replace(target, extras=extras)


def apply_import(plan: ImportPlan) -> Project:
    """Write the planned files and decisions: all of them, or nothing.

    Parameters
    ----------
    plan : ImportPlan
        What `plan_import` returned.

    Returns
    -------
    Project
        The project as it is now.

    Raises
    ------
    FourpError
        If a file was changed since it was read, or something cannot be written; nothing is then.
    """
    root = plan.project.root
    plan.project.refuse_outside(plan.contents)
    settings = root / SETTINGS
    # The settings last: with them, a folder is a project.
    contents = {path: plan.contents[path] for path in sorted(plan.contents, key=settings.__eq__)}
    kept_texts = index_path(plan.project.gold)
    if kept_texts.is_file():
        # The import has moved the codings of documents whose text it replaced.
        contents = {kept_texts: None, **contents}
    change_files(
        root,
        contents,
        what="an import",
        keep=plan.before,
        expect=plan.seen,
        in_store=partial(_keep_decisions, plan.decisions) if len(plan.decisions) else None,
    )
    return open_project(plan.project.root)


def _keep_decisions(decisions: pd.DataFrame, store: Store) -> None:
    store.write_decisions(decisions)
    store.log(
        "decisions imported",
        {
            "decided_by": sorted(set(decisions["decided_by"])),
            "for": int(decisions["settled"].sum()),
            "against": int((~decisions["settled"].astype(bool)).sum()),
        },
    )


def _match_codes(
    exchange: Exchange,
    target: ImportTarget,
    options: ImportOptions,
    sources: Mapping[str, Source],
    coders: Mapping[str, Coder],
) -> tuple[Exchange, MatchedCodes, dict[str, str]]:
    """Return the project's codes, without new codes whose codings have no position here.

    Returns
    -------
    exchange : Exchange
        The project without such codes.
    codes : MatchedCodes
        Its codes.
    without_place : dict of str to str
        A name for each code that was left out, by its GUID: it is not a code here, and its codings are lost
        for another reason.
    """
    if target.is_new or not exchange.only_coded:
        return *_match_or_make_codes(exchange, target, options), {}
    # Only codes of codings that come in are refused.
    asked = replace(options, new_codes="add")
    matched, codes = _match_or_make_codes(exchange, target, asked)
    new = exchange.only_coded - codes.known
    left_out = _without_a_place(exchange, new, sources, coders) if new else set()
    if left_out or asked != options:
        gone = exchange.nodes["guid"].isin(left_out)
        nodes = exchange.nodes[~gone].reset_index(drop=True)
        matched, codes = _match_or_make_codes(replace(exchange, nodes=nodes), target, options)
        names = exchange.nodes.loc[gone, "name"].tolist()
        if names:
            codes.notes.append(
                f"{len(names)} code(s) of the file are new and were not added, because none of their codings "
                f"has a place here: {', '.join(names[:10])}."
            )
    return matched, codes, {guid: guid for guid in left_out}


def _without_a_place(
    exchange: Exchange,
    new: frozenset[str],
    sources: Mapping[str, Source],
    coders: Mapping[str, Coder],
) -> set[str]:
    """Return the GUIDs of new codes that, with the codes below them, have no coding with a position here."""
    nodes = exchange.nodes
    all_guids = dict(zip(nodes["guid"], nodes["guid"], strict=True))
    placed_codings = place_marks(
        exchange.marks, sources, coders, all_guids, Losses(), why_no_code={}
    ).placed
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    needed: set[str] = set()
    for guid in {*placed_codings["code"], *(all_guids.keys() - new)}:
        at = str(guid)
        while at and at not in needed:
            needed.add(at)
            at = parents.get(at, "")
    return set(all_guids) - needed


def _match_or_make_codes(
    exchange: Exchange, target: ImportTarget, options: ImportOptions
) -> tuple[Exchange, MatchedCodes]:
    """Return the project with merged codes, and its codes."""
    applied = set(exchange.marks["node"])
    if target.codebook is not None or not target.is_new:
        codes = match_codes(
            exchange.nodes,
            target,
            new_codes=options.new_codes,
            replacing=options.replace,
            applied=applied,
        )
        return follow_merged(exchange, codes.into), codes
    if exchange.nodes.empty:
        raise ExchangeError(
            "There is no code in it, and a project has a codebook.",
            cure="Make a project with `fourp init DIR --codebook FILE`, and import into it.",
        )
    codes = codebook_of_nodes(exchange.nodes, exchange.name, _facts(exchange), applied=applied)
    return follow_merged(exchange, codes.into), codes


def _facts(exchange: Exchange) -> dict[str, str]:
    """Return the facts about the codebook in our note."""
    is_codebook_note = exchange.notes["guid"] == guid_of("note", "project", "Codebook")
    lines = "\n".join(exchange.notes.loc[is_codebook_note, "text"]).split("\n")
    return {label: text for label, _, text in (line.partition(": ") for line in lines)}


def _next_steps(target: ImportTarget, codes: MatchedCodes, counts: pd.DataFrame) -> list[str]:
    """Return messages about what the user must do, or can no longer do, after the import."""
    notes = []
    people = set(counts["coder"]) | set(target.coded["coder"]) if len(counts) else set()
    if len(people) > 1 and not target.project.settings.coders.gold:
        first = counts.sort_values("codings", ascending=False)["coder"].iloc[0]
        notes.append(
            f"{len(people)} people have coded. The machine learns from the one who read most, unless you "
            f'name one in fourp.toml: gold = "{first}" under [coders].'
        )
    new = codes.table["status"] == "new"
    # A new theme teaches nothing.
    added = int((new & codes.table["code"].isin(codes.codebook.code_ids)).sum())
    if added and not target.is_new:
        notes.append(f"{added} code(s) are new: run `fourp train`, then `fourp suggest`.")
    return notes
