"""Taking another program's project over: what would be written, and writing it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.atomic import fingerprint
from fourp_nlp.errors import ExchangeError
from fourp_nlp.gold import read_record, readings
from fourp_nlp.interchange import Exchange, Losses, guid_of, tidy_guid
from fourp_nlp.pipeline._change import change_files
from fourp_nlp.pipeline._reading import record_path
from fourp_nlp.pipeline._retest import AGAIN
from fourp_nlp.pipeline._take_over_attributes import take_attributes
from fourp_nlp.pipeline._take_over_coders import NOBODY, match_coders
from fourp_nlp.pipeline._take_over_codes import CodesMatched, codebook_of_nodes, match_codes
from fourp_nlp.pipeline._take_over_documents import match_sources, text_content
from fourp_nlp.pipeline._take_over_gold import GoldTaken, among, moved_gold, take_gold
from fourp_nlp.pipeline._take_over_kept import kept_after, kept_changes
from fourp_nlp.pipeline._take_over_machine import take_back
from fourp_nlp.pipeline._take_over_marks import place_marks, place_read
from fourp_nlp.project import SETTINGS, new_project_contents, open_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fourp_nlp.pipeline._take_over_coders import Coder
    from fourp_nlp.pipeline._take_over_codes import NewCodes
    from fourp_nlp.pipeline._take_over_documents import Source
    from fourp_nlp.pipeline._take_over_target import Target
    from fourp_nlp.project import Project
    from fourp_nlp.store import Store

__all__ = ["ImportOptions", "ImportPlan", "carry_out", "plan_import"]


@dataclass(frozen=True)
class ImportOptions:
    """What the user asks for.

    Attributes
    ----------
    replace : bool
        Whether what is otherwise there gives way to what is not here: texts, names and descriptions of
        codes, values; and whether codings that are gone there are removed here.
    new_codes : str
        What is done with codes that are not in the codebook: add, ignore or refuse.
    coders : tuple of str
        Take over the codings of these alone; none: of all.
    rename : mapping of str to str
        Coders' names here by their names there.
    machines : frozenset of str
        Users there who are machines.
    decided_by : str
        Who stands for what was done to the machine's codings there; empty: nobody.
    all_read : bool
        Whether every coder read every document.
    """

    replace: bool = False
    new_codes: NewCodes = "add"
    coders: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    machines: frozenset[str] = frozenset()
    decided_by: str = ""
    all_read: bool = False


@dataclass(frozen=True)
class ImportPlan:
    """What taking a project over would do.

    Attributes
    ----------
    project : Project
        The project; yet to be made if `is_new`.
    is_new : bool
        Whether it is.
    contents : dict of pathlib.Path to bytes or None
        The files that would be written; None for one that would go.
    before : dict of pathlib.Path to pathlib.Path
        The names under which earlier files would be kept.
    decisions : pandas.DataFrame
        Decisions that would be kept in the database.
    documents : pandas.DataFrame
        Columns document, name and status (new, known, edited, replaced, without text) of each source.
    codes : pandas.DataFrame
        Columns code, name and status (new, known, renamed, reworded, not taken) of each code and theme.
    coders : pandas.DataFrame
        Columns coder, documents, codings, same, new, moved and gone, one row a person.
    machines : pandas.DataFrame
        Columns coder, codings, kept, moved, removed and added, one row a machine of this project.
    losses : pandas.DataFrame
        The table LOSSES: what the format's reader left behind, and what is not taken over.
    remarks : tuple of str
        What the format's reader found out.
    notes : tuple of str
        What is to be known.
    seen : mapping of pathlib.Path to str or None
        The fingerprints that files of the project had before it was read.
    """

    project: Project
    is_new: bool
    contents: dict[Path, bytes | None]
    before: dict[Path, Path]
    decisions: pd.DataFrame
    documents: pd.DataFrame
    codes: pd.DataFrame
    coders: pd.DataFrame
    machines: pd.DataFrame
    losses: pd.DataFrame
    remarks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seen: Mapping[Path, str | None] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        """Whether anything would be written."""
        return bool(self.contents) or len(self.decisions) > 0


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
    exchange = _tidy(exchange.conformed())
    exchange = replace(exchange, nodes=_named_as_here(exchange.nodes, target))
    losses = Losses()
    notes: list[str] = []
    losses.add_all(exchange.losses)
    coders, told = match_coders(
        exchange.users,
        target,
        nameless=bool((exchange.marks["user"] == "").any()),
        rename=options.rename,
        machines=options.machines,
    )
    exchange, coders = _wanted(exchange, coders, options, notes)
    notes += told
    sources = match_sources(exchange.sources, target, replacing=options.replace)
    losses.add_all(sources.losses.table())
    notes += sources.notes
    codes = _codes(exchange, target, options)
    losses.add_all(codes.losses.table())
    notes += codes.notes
    target, moved_files = moved_gold(target, sources.by_guid.values(), losses)
    placed, lost, moved = place_marks(
        exchange.marks, sources.by_guid, coders, codes.codes, losses, why_no_code=codes.why_none
    )
    if moved:
        notes.append(f"{moved} coding(s) were moved to where their quote stands in our text.")
    machine = placed["coder"].isin({c.coder for c in coders.values() if c.machine})
    here = {s.document for s in sources.by_guid.values() if s.document}
    held = set(codes.codes.values())
    gold = _gold(
        placed[~machine],
        place_read(exchange.read, sources.by_guid, coders, losses),
        target,
        coders,
        options,
        documents=here,
        codes=held,
        lost=lost,
        changed=moved_files,
        # Who read another version read that one: what is new here they have not seen.
        texts={
            s.document: s.normalised if s.status == "edited" else s.text
            for s in sources.by_guid.values()
            if s.document
        },
        replaced={s.document for s in sources.by_guid.values() if s.status == "replaced"},
    )
    notes += gold.notes
    back = take_back(
        placed[machine],
        target,
        coders,
        losses,
        documents={s.document for s in sources.by_guid.values() if s.status in {"known", "edited"}},
        codes=held,
        lost=lost,
        decided_by=options.decided_by,
        replacing=options.replace,
    )
    notes += back.notes
    attributes = take_attributes(
        exchange, sources.by_guid, target.project.attributes, replacing=options.replace
    )
    notes += attributes.notes
    kept = kept_after(
        exchange,
        target,
        sources=sources.by_guid,
        coders=coders,
        codes=codes,
        people=placed[~machine],
        machines=back.others,
        values=attributes.values,
        members=attributes.members,
        gone=gold.gone,
        removed=options.replace,
    )
    contents: dict[Path, bytes | None] = {}
    if target.is_new:
        contents |= _new_project(exchange, target, codes)
    contents |= _texts(sources.by_guid, target, losses)
    contents |= gold.contents
    contents |= _codebook_files(codes, target, notes)
    if attributes.content is not None:
        contents[target.project.attributes] = attributes.content
    contents |= kept_changes(target, kept, sources.by_guid)
    notes += _afterwards(target, codes, gold.counts)
    replaced = [
        target.project.corpus / s.document
        for s in sources.by_guid.values()
        if s.status == "replaced"
    ]
    replaced += [target.project.codebook] if codes.keeps_before else []
    return ImportPlan(
        target.project,
        target.is_new,
        contents,
        _before([*gold.before, *replaced], target.project),
        back.decisions,
        pd.DataFrame(
            [(s.document, s.name, s.status) for s in sources.by_guid.values()],
            columns=["document", "name", "status"],
        ),
        codes.table,
        gold.counts,
        back.counts,
        losses.table(),
        exchange.remarks,
        tuple(dict.fromkeys(notes)),
        {
            path: target.seen[path] if path in target.seen else fingerprint(path)
            for path in contents
        },
    )


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


def _named_as_here(nodes: pd.DataFrame, target: Target) -> pd.DataFrame:
    """Return codes with the names that they have here, where a file calls them by their ids."""
    if target.codebook is None:
        return nodes
    named = nodes["name"].map(target.codebook.names)
    return nodes.assign(name=named.where(named.notna(), nodes["name"]))


def _tidy(exchange: Exchange) -> Exchange:
    """Return the same with every GUID in one spelling, which also makes it safe as a file's name."""
    guids = {
        "sources": ["guid"],
        "nodes": ["guid", "parent"],
        "users": ["guid"],
        "marks": ["guid", "source", "node", "user"],
        "notes": ["guid", "about", "user"],
        "values": ["about"],
        "members": ["guid", "member"],
    }
    made: dict[str, pd.DataFrame] = {}
    for table, columns in guids.items():
        frame: pd.DataFrame = getattr(exchange, table)
        made[table] = frame.assign(
            **{
                name: frame[name].map({text: tidy_guid(text) for text in frame[name].unique()})
                for name in columns
            }
        )
    # Spaces at the ends of a name do not survive everywhere, and tell nobody apart.
    made["users"] = made["users"].assign(coder=made["users"]["coder"].str.strip())
    made["read"] = exchange.read.assign(coder=exchange.read["coder"].str.strip())
    return replace(exchange, **made).conformed()  # type: ignore[arg-type]


def _wanted(
    exchange: Exchange, coders: dict[str, Coder], options: ImportOptions, notes: list[str]
) -> tuple[Exchange, dict[str, Coder]]:
    """Return the project with the coders that are wanted alone."""
    if not options.coders:
        return exchange, coders
    known = {name for each in coders.values() for name in (each.name or NOBODY, each.coder)}
    for name in options.coders:
        if name not in known:
            raise ExchangeError(
                f"There is no coder '{name}' in it.",
                cure=f"Coders in it: {', '.join(sorted(known)) or 'none'}.",
            )
    chosen = {
        guid: each
        for guid, each in coders.items()
        if {each.name or NOBODY, each.coder} & set(options.coders)
    }
    own = exchange.marks["user"].isin(chosen)
    if (left := int((~own).sum())) > 0:
        notes.append(f"{left} coding(s) of other coders were left out, as was asked.")
    names = {each.name for each in chosen.values()}
    read = exchange.read[exchange.read["coder"].isin(names)]
    return replace(exchange, marks=exchange.marks[own].reset_index(drop=True), read=read), chosen


def _gold(
    codings: pd.DataFrame,
    read: pd.DataFrame,
    target: Target,
    coders: Mapping[str, Coder],
    options: ImportOptions,
    *,
    documents: set[str],
    codes: set[str],
    lost: pd.DataFrame,
    changed: set[Path],
    texts: Mapping[str, str],
    replaced: set[str],
) -> GoldTaken:
    """Put people's codings into gold files, and what they coded a second time into those of repeats."""
    taken = []
    for again in (False, True):
        own = [c.coder for c in coders.values() if not c.machine and c.again == again]
        part = replace(target, gold=target.repeat) if again else target
        ending = AGAIN if again else ""
        names = {f"{name}{ending}": name for name in own}
        theirs, their_read, their_lost = (_by_name(frame, names) for frame in (codings, read, lost))
        folder = target.project.repeat if again else target.project.gold
        one = take_gold(
            theirs,
            their_read,
            part,
            coders=list(dict.fromkeys(own)),
            documents=documents,
            codes=codes,
            lost=their_lost,
            changed=changed,
            folder=folder,
            replacing=options.replace,
            all_read=options.all_read and not again,
        )
        one.contents |= _record(
            folder,
            one.told,
            part,
            texts,
            replaced,
            codes,
            all_read=options.all_read and not again,
        )
        one.counts = one.counts.assign(coder=one.counts["coder"] + ending)
        one.gone = one.gone.assign(coder=one.gone["coder"] + ending)
        taken.append(one)
    first, again_ = taken
    busy = pd.concat([first.counts, again_.counts], ignore_index=True)
    busy = busy[(busy[["codings", "moved", "gone"]] > 0).any(axis=1)]
    return GoldTaken(
        first.contents | again_.contents,
        [*first.before, *again_.before],
        busy.reset_index(drop=True),
        pd.concat([first.gone, again_.gone], ignore_index=True),
        options.replace,
        [*first.notes, *again_.notes],
    )


def _record(
    folder: Path,
    told: pd.DataFrame,
    target: Target,
    texts: Mapping[str, str],
    replaced: set[str],
    codes: set[str],
    *,
    all_read: bool,
) -> dict[Path, bytes]:
    """Return the record of what was read, if the file says more than it does."""
    path = record_path(folder)
    there = [] if target.codebook is None else target.codebook.code_ids
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    # What the record does not know yet was read in the texts that there are now.
    before = readings(target.coded, read_record(path), target.documents, there, since=today)
    pair = ["coder", "document"]
    entries = before.record.entries
    # Who has read the text that stays here learns nothing new from another version.
    hashes = dict(zip(target.documents["document"], target.documents["sha256"], strict=True))
    stays = [
        name
        for name, text in target.texts.items()
        if name not in replaced and texts.get(name, text) != text
    ]
    present = entries[entries["text"] == entries["document"].map(hashes)]
    told = told[~(told["document"].isin(stays) & among(told, present, pair))]
    known = among(told, entries, pair)
    made = before.record
    new = [*there, *sorted(codes - set(there))]
    made = made.with_reading(told[~known], texts, new, since=today)
    # No format says for which codes somebody read: who read before read no further ones by this.
    last = entries.drop_duplicates(pair, keep="last").set_index(pair)["codes"]
    rest = told[known]
    lists = last.reindex(pd.MultiIndex.from_frame(rest[pair])).to_numpy()
    for number in dict.fromkeys(lists.tolist()):
        had = new if all_read else before.record.codes[int(number)]
        made = made.with_reading(rest[lists == number], texts, had, since=today)
    if made.content() == before.record.content() and not (replaced and before.is_new):
        return {}
    return {path: made.content()}


def _by_name(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    own = frame[frame["coder"].isin(names)]
    return own.assign(coder=own["coder"].map(names).astype("str"))


def _codes(exchange: Exchange, target: Target, options: ImportOptions) -> CodesMatched:
    if target.codebook is not None or not target.is_new:
        return match_codes(
            exchange.nodes, target, new_codes=options.new_codes, replacing=options.replace
        )
    if exchange.nodes.empty:
        raise ExchangeError(
            "There is no code in it, and a project has a codebook.",
            cure="Make a project with `fourp init DIR --codebook FILE`, and import into it.",
        )
    return codebook_of_nodes(exchange.nodes, exchange.name, _facts(exchange))


def _facts(exchange: Exchange) -> dict[str, str]:
    """Return what a note of ours says of the codebook beside its codes."""
    own = exchange.notes["guid"] == guid_of("note", "project", "Codebook")
    lines = "\n".join(exchange.notes.loc[own, "text"]).split("\n")
    return {label: text for label, _, text in (line.partition(": ") for line in lines)}


def _new_project(
    exchange: Exchange, target: Target, codes: CodesMatched
) -> dict[Path, bytes | None]:
    root = target.project.root
    assert codes.content is not None  # noqa: S101 - a new project's codebook is always new
    notice = exchange.notes["guid"] == guid_of("note", "project", "Notice")
    files = new_project_contents(
        root,
        notice=" ".join("\n".join(exchange.notes.loc[notice, "text"]).split()),
        title=" ".join(exchange.name.split()) or root.name,
        codebook=codes.content.decode(),
        own=False,
    )
    # A list of what Git leaves out is no file of a project: one that is there stays.
    return {
        path: text.encode()
        for path, text in files.items()
        if path.name != ".gitignore" or not path.exists()
    }


def _texts(
    sources: Mapping[str, Source], target: Target, losses: Losses
) -> dict[Path, bytes | None]:
    made: dict[Path, bytes | None] = {}
    for source in sources.values():
        if source.status not in {"new", "replaced"}:
            continue
        content = text_content(source.came)
        if content is None:
            content = text_content(source.text)
            losses.add(
                "texts",
                "They hold characters that no text file can; the corpus has them without.",
                [source.document],
            )
        made[target.project.corpus / source.document] = content
    return made


def _codebook_files(
    codes: CodesMatched, target: Target, notes: list[str]
) -> dict[Path, bytes | None]:
    path = target.project.codebook
    if codes.beside is not None:
        # The ending stays last: a corpus takes no codebook for a document.
        beside = path.with_name(f"{path.stem}.new{path.suffix}")
        notes.append(
            f"New codes are not in {path.name}, which could not be added to line by line. {beside.name} has "
            f"them: put it in the place of {path.name}, and import again."
        )
        there = beside.is_file() and beside.read_bytes() == codes.beside
        return {} if there else {beside: codes.beside}
    if codes.content is not None and not target.is_new:
        return {path: codes.content}
    return {}


def _before(paths: list[Path], project: Project) -> dict[Path, Path]:
    """Return a free name for each file that is to be kept as it was."""
    names: dict[Path, Path] = {}
    for path in paths:
        beside = path.parent in {project.gold, project.repeat}
        # Not in the corpus, which would take it for a document that cannot be read.
        folder = path.parent if beside else project.exchange / "before"
        number, name = 1, folder / f"{path.name}.before"
        while name.exists() or name in names.values():
            number += 1
            name = folder / f"{path.name}.before{number}"
        names[path] = name
    return names


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
    added = int((codes.table["status"] == "new").sum())
    if added and not target.is_new:
        notes.append(f"{added} code(s) are new: run `fourp train`, then `fourp suggest`.")
    return notes
