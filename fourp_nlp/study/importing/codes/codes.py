"""Matches nodes with codes, adds new codes, and finds the file's changes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import pandas as pd

from fourp_nlp.codebook import YAML_ENDINGS, Codebook, codebook_text, id_from_name, is_id
from fourp_nlp.errors import ExchangeError
from fourp_nlp.exchange import NODES, Losses, nodes_to_codebook
from fourp_nlp.study.importing.codes._codebook_yaml import add_codes_to_yaml
from fourp_nlp.study.importing.codes._extended_codebook import CodebookExtension, new_codes_of
from fourp_nlp.study.importing.codes._matching import match_nodes
from fourp_nlp.study.importing.codes._messages import (
    describe_changes,
    describe_colours,
    describe_doubles,
    some,
)
from fourp_nlp.study.importing.codes._project_codes import project_codes
from fourp_nlp.study.importing.codes.merged_nodes import depth_first, merge_doubles
from fourp_nlp.tables import conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fourp_nlp.exchange import Exchange
    from fourp_nlp.study.importing.codes._matching import MatchedNodes
    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes
    from fourp_nlp.study.importing.codes.merged_nodes import MergedNodes
    from fourp_nlp.study.importing.target import ImportTarget

__all__ = [
    "MatchedCodes",
    "NewCodes",
    "codebook_alone",
    "codebook_content",
    "codebook_of_nodes",
    "match_codes",
]

NewCodes = Literal["add", "ignore", "refuse"]

_NOT_ADDED = (
    "Their code is not in the codebook yet. It could not be added without losing parts of the codebook: "
    "replace the codebook with {name}, and import again."
)
_IGNORED = "Their code is not in the codebook, and new codes were not wanted."
_THEME = "They were given to a theme, and a theme is not applied to text here."
_FOLDERS = (
    "A codebook has themes on one level, and only such as hold codes. These folders are kept in the folder "
    "exchange, and go out again where they stood."
)
_NO_THEMES = (
    "The codebook has no themes: codes are in its one list. The folders are kept in the folder exchange, and "
    "go out again where they stood."
)
_FOLDERS_LEFT = (
    "A codebook has themes on one level, and only such as hold codes. These folders were left out."
)


@dataclass(frozen=True)
class MatchedCodes:
    """The nodes of an exchange and the codes here.

    Attributes
    ----------
    codes : dict of str to str
        The code of each node that may be applied, by the node's GUID.
    ids : dict of str to str
        The id of each node that is a code or theme here, by its GUID.
    why_none : dict of str to str
        Why a node has no code here.
    codebook : Codebook
        The codebook as it will be.
    content : bytes or None
        The codebook's file, if it changes.
    beside : bytes or None
        The codebook with the new codes, if it cannot replace ours.
    keeps_before : bool
        Whether the codebook's file as it was is to be kept.
    table : pandas.DataFrame
        Columns code, name and status of each node: known, new, not taken, folder (kept, and not in the
        codebook), double (one code with another node), or what was done to it there: renamed, reworded,
        recoloured, moved, with "and" between.
    nodes : pandas.DataFrame
        The table NODES to keep: codes and themes here, with their ids, and folders.
    into : dict of str to str
        The GUID of the node that a node was merged into, by its own.
    losses : Losses
        What could not be imported.
    notes : list of str
        Messages for the user.
    known : frozenset of str
        GUIDs of nodes that are here already.
    """

    codes: dict[str, str]
    ids: dict[str, str]
    why_none: dict[str, str]
    codebook: Codebook
    table: pd.DataFrame
    nodes: pd.DataFrame = field(default_factory=lambda: empty(NODES))
    into: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    beside: bytes | None = None
    keeps_before: bool = False
    losses: Losses = field(default_factory=Losses)
    notes: list[str] = field(default_factory=list)
    known: frozenset[str] = frozenset()


def codebook_content(codebook: Codebook, path: Path | None = None) -> bytes:
    """Return what a codebook's file holds.

    Parameters
    ----------
    codebook : Codebook
        The codebook.
    path : pathlib.Path, optional
        The file; the ending of its name says the format. Default: YAML.

    Returns
    -------
    bytes
        The file.
    """
    if path is None or path.suffix.lower() in YAML_ENDINGS:
        return codebook_text(codebook).encode()
    from fourp_nlp.study.codebooks import write_codebook

    with TemporaryDirectory(prefix=".fourp-") as folder:
        return write_codebook(
            codebook, Path(folder) / f"codebook{path.suffix.lower()}"
        ).read_bytes()


def codebook_of_nodes(
    nodes: pd.DataFrame, name: str, facts: Mapping[str, str], *, applied: Collection[str] = ()
) -> MatchedCodes:
    """Return a codebook made of another program's codes.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES; at least one.
    name : str
        Name of the project that it comes from.
    facts : mapping of str to str
        Facts in our note about it: Codebook (its title), Id, Version, Language, Citation, Word for a code.
    applied : collection of str, optional
        GUIDs of nodes that text is coded with: they are codes, whatever the file says.

    Returns
    -------
    MatchedCodes
        All of its codes, all new.
    """
    return _codebook_of(nodes, name, facts, applied, _FOLDERS)


def codebook_alone(exchange: Exchange, name: str) -> MatchedCodes:
    """Return only the codebook of a project.

    Parameters
    ----------
    exchange : Exchange
        The project or codebook; at least one code.
    name : str
        Its name if it has none.

    Returns
    -------
    MatchedCodes
        Its codes. Items that a codebook's file cannot store are among the losses.
    """
    matched = _codebook_of(
        exchange.nodes, exchange.name or name, {}, set(exchange.marks["node"]), _FOLDERS_LEFT
    )
    sets = exchange.members[exchange.members["kind"] == "set"]
    of_codes = sets["member"].isin(exchange.nodes["guid"]) | (sets["member"] == "")
    matched.losses.add(
        "groups of codes",
        "A codebook's file has no place for them: they were left out. In a project they are kept.",
        sets[of_codes].drop_duplicates("guid")["name"],
    )
    return matched


def _codebook_of(
    nodes: pd.DataFrame,
    name: str,
    facts: Mapping[str, str],
    applied: Collection[str],
    why_no_folders: str,
) -> MatchedCodes:
    merged = merge_doubles(depth_first(nodes), applied=applied)
    nodes_merged = merged.nodes
    id_ = facts.get("Id", "")
    with_codebook = nodes_to_codebook(
        nodes_merged.assign(
            codable=nodes_merged["codable"].astype(bool) | nodes_merged["guid"].isin(list(applied))
        ),
        id=id_ if is_id(id_) else id_from_name(name) or "imported",
        title=facts.get("Codebook", " ".join(name.split())),
    )
    nodes_with_codes = with_codebook.nodes
    keys = {
        "Version": "version", "Language": "language", "Citation": "citation", "Word for a code": "code_noun",
    }  # fmt: skip
    book = with_codebook.codebook.model_copy(
        update={key: facts[label] for label, key in keys.items() if label in facts}
    )
    ids = dict(zip(nodes_with_codes["guid"], nodes_with_codes["code"], strict=True))
    status = {guid: "new" if id_ else "folder" for guid, id_ in ids.items()}
    losses = Losses()
    losses.add_all(with_codebook.losses)
    losses.add("themes and folders", why_no_folders, with_codebook.folders)
    ids = {guid: id_ for guid, id_ in ids.items() if id_}
    # As it may be applied there.
    codable = nodes_with_codes["guid"].map(
        dict(zip(nodes_merged["guid"], nodes_merged["codable"], strict=True))
    )
    matched = _matched(ids, book, merged)
    return replace(
        matched,
        table=_table(nodes, matched.ids, status, merged),
        nodes=conform(nodes_with_codes.assign(codable=codable.astype(bool)), NODES),
        content=codebook_content(book),
        losses=losses,
        notes=describe_doubles(nodes, merged),
    )


def match_codes(
    nodes: pd.DataFrame,
    target: ImportTarget,
    *,
    new_codes: NewCodes,
    replacing: bool,
    applied: Collection[str] = (),
) -> MatchedCodes:
    """Find the code of each node, or make a new one, and find the differences in the file.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    target : ImportTarget
        The project here, with a codebook.
    new_codes : str
        What is done with codes that are not in the codebook: they are added to it, ignored, or refused.
    replacing : bool
        Whether names, descriptions, colours and positions from the file replace ours.
    applied : collection of str, optional
        GUIDs of nodes that text is coded with.

    Returns
    -------
    MatchedCodes
        Each node's code.

    Raises
    ------
    ExchangeError
        If there are new codes and they are refused.
    """
    book = target.codebook
    if book is None:
        raise ExchangeError(
            "The project has no codebook.",
            file=target.project.codebook,
            cure="Put it there, or import into a new project with --new DIR.",
        )
    project = project_codes(book, target.extras.nodes)
    merged = merge_doubles(nodes, applied=applied, ours=project)
    rows = merged.nodes
    matched_nodes = match_nodes(rows, project, applied)
    unknown = ~rows["guid"].isin(matched_nodes.ids)
    is_code = rows["codable"].astype(bool) | rows["guid"].isin(list(applied))
    new = rows[unknown & is_code]
    if len(new) and new_codes == "refuse":
        raise ExchangeError(
            f"{len(new)} code(s) are not in the codebook: {some(new['name'])}.",
            cure="Add them to the codebook, or import with --new-codes add or --new-codes ignore.",
        )
    losses = Losses()
    not_taken = set(new["guid"]) if new_codes == "ignore" else set()
    losses.add(
        "codes", "New codes were not wanted.", rows.loc[rows["guid"].isin(not_taken), "name"]
    )
    codes = new_codes_of(new[~new["guid"].isin(not_taken)], project, losses)
    added = {guid: code.id for guid, code in codes.items()}
    plan = CodebookExtension(rows, project, matched_nodes, codes, replacing=replacing)
    changes = plan.changes()
    extended = plan.codebook(changes if replacing else {}, losses)
    remaining_ids = {*extended.code_ids, *(theme.id for theme in extended.themes)}
    ids = {guid: id_ for guid, id_ in matched_nodes.ids.items() if id_ in remaining_ids}
    emptied = [guid for guid in matched_nodes.ids if guid not in ids]
    matched = _matched(ids | added | plan.new_themes, extended, merged)
    matched.why_none.update(dict.fromkeys(not_taken, _IGNORED))
    folders = [guid for guid in rows.loc[unknown & ~is_code, "guid"] if guid not in plan.new_themes]
    folders += emptied
    if new_codes == "ignore":
        without = set(folders) - set(matched_nodes.folders) - plan.holding_known()
        not_taken |= without
        folders = [guid for guid in folders if guid not in without]
    status = dict.fromkeys(matched_nodes.ids, "known") | dict.fromkeys(
        [*added, *plan.new_themes], "new"
    )
    status |= dict.fromkeys(folders, "folder") | dict.fromkeys(not_taken, "not taken")
    status |= {guid: change.status for guid, change in changes.items() if guid in matched.ids}
    names = dict(zip(rows["guid"], rows["name"], strict=True))
    losses.add(
        "themes and folders",
        _FOLDERS if book.themes else _NO_THEMES,
        [
            names[guid]
            for guid in folders
            if guid not in matched_nodes.folders and guid not in emptied
        ],
    )
    matched = replace(
        matched,
        losses=losses,
        notes=[
            *describe_doubles(nodes, merged),
            *describe_changes(rows, project, matched_nodes, changes, replacing=replacing),
            *describe_colours(rows, project, matched_nodes),
            *plan.emptied(extended),
        ],
        nodes=_imported_nodes(rows, matched.ids, folders, matched_nodes, project),
        into=merged.into | {a: b for a, b in matched_nodes.folders.items() if a != b},
        known=frozenset({*matched_nodes.ids, *matched_nodes.folders}),
    )
    if extended == book:
        return replace(matched, table=_table(nodes, matched.ids, status, merged))
    if replacing and changes:
        rewritten = codebook_content(extended, target.project.codebook)
        matched = replace(matched, content=rewritten, keeps_before=True)
    elif (content := add_codes_to_yaml(target.project.codebook, extended)) is not None:
        matched = replace(matched, content=content)
    else:
        new_ones = {*added, *plan.new_themes}
        path = target.project.codebook
        matched = _without_new_codes(matched, book, extended, path, new_ones, status)
    return replace(matched, table=_table(nodes, matched.ids, status, merged))


def _matched(ids: dict[str, str], book: Codebook, merged: MergedNodes) -> MatchedCodes:
    """Return the codes of nodes, including merged ones."""
    codes = set(book.code_ids)
    ids = ids | {guid: ids[code] for guid, code in merged.into.items() if code in ids}
    return MatchedCodes(
        {guid: id_ for guid, id_ in ids.items() if id_ in codes},
        ids,
        {guid: _THEME for guid, id_ in ids.items() if id_ not in codes},
        book,
        pd.DataFrame(columns=["code", "name", "status"]),
        into=merged.into,
    )


def _table(
    nodes: pd.DataFrame, ids: Mapping[str, str], status: Mapping[str, str], merged: MergedNodes
) -> pd.DataFrame:
    """Return the code and status of each node of the file."""
    all_status = dict.fromkeys(merged.into, "double") | dict(status)
    table = nodes.assign(
        code=nodes["guid"].map(defaultdict(str, ids)),
        status=nodes["guid"].map(defaultdict(str, all_status)),
    )
    return table[["code", "name", "status"]].reset_index(drop=True)


def _without_new_codes(
    matched: MatchedCodes,
    book: Codebook,
    extended: Codebook,
    path: Path,
    new: Collection[str],
    status: dict[str, str],
) -> MatchedCodes:
    """Return the same codes without new ones, if the codebook's file cannot be extended."""
    status.update(dict.fromkeys(new, "not taken"))
    names = [matched.ids[guid] for guid in new]
    not_added = _NOT_ADDED.format(name=f"{path.stem}.new{path.suffix}")
    matched.losses.add("codes", not_added, names)
    ids = {guid: id_ for guid, id_ in matched.ids.items() if guid not in new}
    codes = {guid: id_ for guid, id_ in matched.codes.items() if guid not in new}
    why = matched.why_none | dict.fromkeys(new, not_added)
    return replace(
        matched,
        ids=ids,
        codes=codes,
        why_none=why,
        codebook=book,
        nodes=matched.nodes[~matched.nodes["guid"].isin(new)].reset_index(drop=True),
        beside=codebook_content(extended, path),
    )


def _imported_nodes(
    rows: pd.DataFrame,
    ids: Mapping[str, str],
    folders: Collection[str],
    matched_nodes: MatchedNodes,
    project: ProjectCodes,
) -> pd.DataFrame:
    """Return the nodes to keep, with their ids."""
    code = rows["guid"].map(defaultdict(str, ids))
    imported = rows.assign(
        guid=rows["guid"].map(lambda guid: matched_nodes.folders.get(guid, guid)),
        parent=rows["parent"].map(lambda guid: matched_nodes.folders.get(guid, guid)),
        code=code,
        # A name of ours is what it was, though a format calls codes by their ids or tells names apart.
        name=[project.own_name(id_, name) for id_, name in zip(code, rows["name"], strict=True)],
    )
    imported = imported[(code != "") | rows["guid"].isin(list(folders))]
    return conform(imported.drop_duplicates("guid"), NODES)
