"""Taking another program's project over: what would be written, and writing it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import Exchange, Losses, guid_of
from fourp_nlp.files import fingerprint
from fourp_nlp.study.changes import change_files
from fourp_nlp.study.importing._coding_summary import count_by_coder, machines_table, people_table
from fourp_nlp.study.importing._extras import kept_after, kept_changes
from fourp_nlp.study.importing._facts_summary import facts_table
from fourp_nlp.study.importing._files import codebook_files, kept_before, new_project, texts
from fourp_nlp.study.importing._identities import take_identities
from fourp_nlp.study.importing._messages import edit_notes, tell_differences
from fourp_nlp.study.importing._own_notes import own_again
from fourp_nlp.study.importing._prepared_exchange import tidy, wanted
from fourp_nlp.study.importing.codes.codes import CodesMatched, codebook_of_nodes, match_codes
from fourp_nlp.study.importing.codes.merged_nodes import followed
from fourp_nlp.study.importing.codings.coders import match_coders
from fourp_nlp.study.importing.codings.codings import place_marks, place_read
from fourp_nlp.study.importing.codings.comparison import Held, among
from fourp_nlp.study.importing.codings.human_codings import take_people
from fourp_nlp.study.importing.codings.machine_codings import take_back
from fourp_nlp.study.importing.codings.moved_codings import KEY
from fourp_nlp.study.importing.codings.moved_with_text import carry_codings
from fourp_nlp.study.importing.documents.attributes import take_attributes
from fourp_nlp.study.importing.documents.documents import match_sources
from fourp_nlp.study.importing.plan import ImportOptions, ImportPlan
from fourp_nlp.study.project import open_project
from fourp_nlp.study.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.coding.store import Store
    from fourp_nlp.study.importing.codings.coders import Coder
    from fourp_nlp.study.importing.documents.documents import Source
    from fourp_nlp.study.importing.target import Target
    from fourp_nlp.study.project import Project

__all__ = ["carry_out", "plan_import"]


def plan_import(
    exchange: Exchange, target: Target, options: ImportOptions | None = None
) -> ImportPlan:
    """Find out what taking a project over would write and lose; nothing is written.

    Parameters
    ----------
    exchange : Exchange
        The project as a format's reader returns it.
    target : Target
        What there is: `read_target` or `new_target` returns it.
    options : ImportOptions, optional
        What the user asks for.

    Returns
    -------
    ImportPlan
        For `carry_out`.

    Raises
    ------
    ExchangeError
        If a coder that the options name is not there, or there are new codes and they are refused.
    """
    options = options or ImportOptions()
    losses = Losses()
    notes: list[str] = []
    exchange = own_again(tidy(exchange.conformed()), target, notes)
    losses.add_all(exchange.losses)
    coders, told = match_coders(
        exchange.users,
        target,
        nameless=bool((exchange.marks["user"] == "").any()),
        rename=options.rename,
        machines=options.machines,
    )
    all_coders, filed = coders, count_by_coder(exchange.marks["user"], coders)
    exchange, coders, left_out = wanted(exchange, coders, options, losses)
    notes += told
    sources = match_sources(exchange.sources, target, replacing=options.replace)
    losses.add_all(sources.losses.table())
    notes += sources.notes
    exchange, codes, without_place = _codes_with_a_place(
        exchange, target, options, sources.by_guid, coders
    )
    losses.add_all(codes.losses.table())
    notes += codes.notes
    carried = carry_codings(target, sources.by_guid.values(), losses)
    placing = place_marks(
        exchange.marks,
        sources.by_guid,
        coders,
        codes.codes | without_place,
        losses,
        why_no_code=codes.why_none,
    )
    known = take_identities(exchange, carried.target, sources, coders, codes, placing.placed, notes)
    exchange, sources, coders, codes = known.exchange, known.sources, known.coders, known.codes
    if placing.moved:
        notes.append(
            f"{placing.moved} coding(s) were moved to where their quote stands in our text."
        )
    placed, lost = known.placed, placing.lost[placing.lost["placeless"].astype(bool)]
    machine = placed["coder"].isin({c.coder for c in coders.values() if c.machine})
    replaced = {s.document for s in sources.by_guid.values() if s.status == "replaced"}
    held = Held(
        {s.document: s.text for s in sources.by_guid.values() if s.document},
        frozenset(codes.codes.values()),
        options.whole,
        lists_codes=not set(exchange.nodes["guid"]) <= set(exchange.marks["node"]),
    )
    gold = take_people(
        placed[~machine],
        place_read(exchange.read, sources.by_guid, coders, losses),
        carried,
        coders,
        options,
        held=held,
        lost=lost,
        # Who read another version read that one: what is new here they have not seen.
        texts={
            s.document: s.normalised if s.status == "edited" else s.text
            for s in sources.by_guid.values()
            if s.document
        },
        replaced=replaced,
    )
    notes += gold.notes
    back = take_back(
        placed[machine],
        carried,
        coders,
        losses,
        held=held,
        fresh=replaced | {s.document for s in sources.by_guid.values() if s.status == "new"},
        lost=lost,
        decided_by=options.decided_by,
        replacing=options.replace,
    )
    notes += back.notes
    not_taken = (
        pd.concat([placing.lost["coder"], gold.settled["coder"]])
        .value_counts()
        .add(count_by_coder(left_out, all_coders), fill_value=0)
    )
    tell_differences(
        sources.by_guid,
        codes.table,
        pd.concat([gold.lost, back.lost]),
        gold.settled,
        options,
        losses,
    )
    people = people_table(gold, target, all_coders, filed=filed, not_taken=not_taken)
    machines = machines_table(back, target, all_coders, filed=filed, not_taken=not_taken)
    notes += edit_notes(
        people, sources.by_guid, target, held, set(codes.ids.values()), all_coders, options
    )
    exchange = _as_known_here(exchange, gold.guids | back.guids)
    attributes = take_attributes(
        exchange, sources.by_guid, target.project.attributes, replacing=options.replace
    )
    notes += attributes.notes
    kept = kept_after(
        exchange,
        _without(carried.target, back.gone if options.replace else None),
        sources=sources.to_keep,
        coders=coders,
        codes=codes,
        people=_renamed(placed[~machine], gold.guids),
        machines=back.others,
        values=attributes.values,
        members=attributes.members,
        gone=gold.gone,
        removed=options.replace,
    )
    facts = facts_table(exchange, target, kept, sources.by_guid, attributes.content, losses)
    contents: dict[Path, bytes | None] = {}
    if target.is_new:
        contents |= new_project(exchange, target, codes)
    contents |= texts(sources.by_guid, target, losses)
    contents |= gold.contents
    contents |= codebook_files(codes, target, notes)
    if attributes.content is not None:
        contents[target.project.attributes] = attributes.content
    contents |= kept_changes(target, kept, sources.by_guid)
    notes += _afterwards(target, codes, people)
    return ImportPlan(
        target.project,
        target.is_new,
        contents,
        kept_before(gold.before, replaced, codes, target.project),
        back.decisions,
        sources.table,
        codes.table,
        people,
        machines,
        facts,
        losses.table(),
        exchange.remarks,
        tuple(dict.fromkeys(notes)),
        {
            path: target.seen[path] if path in target.seen else fingerprint(path)
            for path in contents
        },
    )


def _as_known_here(exchange: Exchange, guids: Mapping[str, str]) -> Exchange:
    """Return the same with what is said of codings that have another identity here."""
    if not guids:
        return exchange
    notes, members = exchange.notes, exchange.members
    return replace(
        exchange,
        notes=notes.assign(about=notes["about"].map(lambda guid: guids.get(guid, guid))),
        members=members.assign(member=members["member"].map(lambda guid: guids.get(guid, guid))),
    ).conformed()


def _renamed(codings: pd.DataFrame, guids: Mapping[str, str]) -> pd.DataFrame:
    return codings.assign(guid=codings["guid"].map(lambda guid: guids.get(guid, guid)))


def _without(target: Target, gone: pd.DataFrame | None) -> Target:
    """Return what there is without codings of other machines that are removed."""
    if gone is None or gone.empty:
        return target
    codings = target.kept.machine_codings
    kept = replace(target.kept, machine_codings=codings[~among(codings, gone, KEY)])
    return replace(target, kept=kept)


def carry_out(plan: ImportPlan) -> Project:
    """Write what was planned, files and decisions: all of it, or nothing.

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


def _codes_with_a_place(
    exchange: Exchange,
    target: Target,
    options: ImportOptions,
    sources: Mapping[str, Source],
    coders: Mapping[str, Coder],
) -> tuple[Exchange, CodesMatched, dict[str, str]]:
    """Return the project's codes but for new ones that only codings without a place are of.

    Returns
    -------
    exchange : Exchange
        The project without such codes.
    codes : CodesMatched
        Its codes.
    without_place : dict of str to str
        A name for each code that was left out, by its GUID: it is no code here, and its codings are lost for
        another reason.
    """
    if target.is_new or not exchange.only_coded:
        return *_codes(exchange, target, options), {}
    # Only codes of codings that come in are refused.
    asked = replace(options, new_codes="add")
    made, codes = _codes(exchange, target, asked)
    new = exchange.only_coded - codes.known
    left_out = _without_a_place(exchange, new, sources, coders) if new else set()
    if left_out or asked != options:
        gone = exchange.nodes["guid"].isin(left_out)
        nodes = exchange.nodes[~gone].reset_index(drop=True)
        made, codes = _codes(replace(exchange, nodes=nodes), target, options)
        names = exchange.nodes.loc[gone, "name"].tolist()
        if names:
            codes.notes.append(
                f"{len(names)} code(s) of the file are new and were not added, for none of their codings has "
                f"a place here: {', '.join(names[:10])}."
            )
    return made, codes, {guid: guid for guid in left_out}


def _without_a_place(
    exchange: Exchange,
    new: frozenset[str],
    sources: Mapping[str, Source],
    coders: Mapping[str, Coder],
) -> set[str]:
    """Return the GUIDs of new codes that no coding is of that has a place here, nor of what is below them."""
    nodes = exchange.nodes
    each = dict(zip(nodes["guid"], nodes["guid"], strict=True))
    placed = place_marks(exchange.marks, sources, coders, each, Losses(), why_no_code={}).placed
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    needed: set[str] = set()
    for guid in {*placed["code"], *(each.keys() - new)}:
        at = str(guid)
        while at and at not in needed:
            needed.add(at)
            at = parents.get(at, "")
    return set(each) - needed


def _codes(
    exchange: Exchange, target: Target, options: ImportOptions
) -> tuple[Exchange, CodesMatched]:
    """Return the project with codes that are one as one, and its codes."""
    applied = set(exchange.marks["node"])
    if target.codebook is not None or not target.is_new:
        codes = match_codes(
            exchange.nodes,
            target,
            new_codes=options.new_codes,
            replacing=options.replace,
            applied=applied,
        )
        return followed(exchange, codes.into), codes
    if exchange.nodes.empty:
        raise ExchangeError(
            "There is no code in it, and a project has a codebook.",
            cure="Make a project with `fourp init DIR --codebook FILE`, and import into it.",
        )
    codes = codebook_of_nodes(exchange.nodes, exchange.name, _facts(exchange), applied=applied)
    return followed(exchange, codes.into), codes


def _facts(exchange: Exchange) -> dict[str, str]:
    """Return what a note of ours says of the codebook beside its codes."""
    own = exchange.notes["guid"] == guid_of("note", "project", "Codebook")
    lines = "\n".join(exchange.notes.loc[own, "text"]).split("\n")
    return {label: text for label, _, text in (line.partition(": ") for line in lines)}


def _afterwards(target: Target, codes: CodesMatched, counts: pd.DataFrame) -> list[str]:
    """Tell what has to be done, or can no longer be done, when this has been taken over."""
    notes = []
    people = set(counts["coder"]) | set(target.coded["coder"]) if len(counts) else set()
    if len(people) > 1 and not target.project.settings.coders.gold:
        first = counts.sort_values("codings", ascending=False)["coder"].iloc[0]
        notes.append(
            f"{len(people)} people have coded. Say whose codes the machine learns from: write "
            f'gold = "{first}", or another of them, under [coders] in fourp.toml.'
        )
    new = codes.table["status"] == "new"
    # A new theme teaches nothing.
    added = int((new & codes.table["code"].isin(codes.codebook.code_ids)).sum())
    if added and not target.is_new:
        notes.append(f"{added} code(s) are new: run `fourp train`, then `fourp suggest`.")
    return notes
