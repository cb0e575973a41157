"""Which node of another program's project is which code here, and codes that are new."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from fourp_nlp.codebook import Code, Codebook, Theme, codebook_text, free_id, is_id
from fourp_nlp.errors import ExchangeError
from fourp_nlp.interchange import NODES, Losses, codebook_to_nodes, guid_of, nodes_to_codebook
from fourp_nlp.pipeline._take_over_names import folded
from fourp_nlp.pipeline._take_over_yaml import with_codes
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.pipeline._take_over_target import Target

__all__ = ["CodesMatched", "NewCodes", "codebook_content", "codebook_of_nodes", "match_codes"]

NewCodes = Literal["add", "ignore", "refuse"]

_HELD_BACK = (
    "Their code is not in the codebook yet, which could not be added to without losing what is written in "
    "it: put codebook.new.yaml in its place, and import again."
)
_IGNORED = "Their code is not in the codebook, and new codes were not wanted."
_THEME = "They were given to a theme, and a theme is not applied to text here."


@dataclass(frozen=True)
class CodesMatched:
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
        The codebook with the new codes, if it cannot take the place of ours.
    keeps_before : bool
        Whether the codebook's file as it was is to be kept.
    table : pandas.DataFrame
        Columns code, name and status (known, new, renamed, reworded, not taken) of each node.
    losses : Losses
        What could not be taken over.
    notes : list of str
        What is to be known.
    """

    codes: dict[str, str]
    ids: dict[str, str]
    why_none: dict[str, str]
    codebook: Codebook
    table: pd.DataFrame
    content: bytes | None = None
    beside: bytes | None = None
    keeps_before: bool = False
    losses: Losses = field(default_factory=Losses)
    notes: list[str] = field(default_factory=list)


class _Known(NamedTuple):
    """Ids of codes and themes that nodes are, by GUID, and the nodes that are neither."""

    ids: dict[str, str]
    new: pd.DataFrame


def codebook_content(codebook: Codebook) -> bytes:
    """Return what a codebook's file holds.

    Parameters
    ----------
    codebook : Codebook
        The codebook.

    Returns
    -------
    bytes
        YAML.
    """
    return codebook_text(codebook).encode()


def codebook_of_nodes(nodes: pd.DataFrame, name: str, facts: Mapping[str, str]) -> CodesMatched:
    """Return a codebook made of another program's codes.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES; at least one.
    name : str
        Name of the project that it comes from.
    facts : mapping of str to str
        What a note of ours says of it: Codebook (its title), Id, Version, Language, Citation.

    Returns
    -------
    CodesMatched
        All of its codes, all new.
    """
    nodes = _depth_first(nodes)
    id_ = facts.get("Id", "")
    made = nodes_to_codebook(
        nodes,
        id=id_ if is_id(id_) else _id_of(name),
        title=facts.get("Codebook", " ".join(name.split())),
    )
    filled = made.nodes
    keys = {"Version": "version", "Language": "language", "Citation": "citation"}
    book = made.codebook.model_copy(
        update={key: facts[label] for label, key in keys.items() if label in facts}
    )
    codes = set(book.code_ids)
    ids = dict(zip(filled["guid"], filled["code"], strict=True))
    losses = Losses()
    losses.add_all(made.losses)
    table = filled[["code", "name"]].assign(status="new")
    return CodesMatched(
        {guid: code for guid, code in ids.items() if code in codes},
        ids,
        {guid: _THEME for guid, code in ids.items() if code not in codes},
        book,
        table,
        content=codebook_content(book),
        losses=losses,
    )


def _depth_first(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return codes in the order in which a tree is written: each with all below it, then the next."""
    known = set(nodes["guid"])
    below: dict[str, list[str]] = {}
    for guid, parent in zip(nodes["guid"].tolist(), nodes["parent"].tolist(), strict=True):
        below.setdefault(parent if parent in known and parent != guid else "", []).append(guid)
    order: list[str] = []
    waiting = below.pop("", [])[::-1]
    while waiting:
        guid = waiting.pop()
        order.append(guid)
        waiting.extend(reversed(below.pop(guid, [])))
    # What stands below itself has no place in a tree; it comes last, as it stood.
    place = {guid: number for number, guid in enumerate(order)}
    return nodes.loc[
        nodes["guid"].map(lambda guid: place.get(guid, len(place))).sort_values(kind="stable").index
    ].reset_index(drop=True)


def match_codes(
    nodes: pd.DataFrame, target: Target, *, new_codes: NewCodes, replacing: bool
) -> CodesMatched:
    """Find the code of each node: by identity, by name, by id; else a new one.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    target : Target
        What there is, with a codebook.
    new_codes : str
        What is done with codes that are not in the codebook: they are added to it, ignored, or refused.
    replacing : bool
        Whether names and descriptions from elsewhere take the place of ours.

    Returns
    -------
    CodesMatched
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
    ours = codebook_to_nodes(book, target.kept.nodes)
    known = _find(nodes, book, ours)
    codes = set(book.code_ids)
    matched = CodesMatched(
        {guid: id_ for guid, id_ in known.ids.items() if id_ in codes},
        dict(known.ids),
        {guid: _THEME for guid, id_ in known.ids.items() if id_ not in codes},
        book,
        pd.DataFrame(columns=["code", "name", "status"]),
    )
    changed = _changed(nodes, known.ids, ours)
    status = dict.fromkeys(known.ids, "known") | dict.fromkeys(changed["guid"], "reworded")
    status |= dict.fromkeys(changed.loc[changed["renamed"], "guid"], "renamed")
    if len(known.new) and new_codes == "refuse":
        raise ExchangeError(
            f"{len(known.new)} code(s) are not in the codebook: {_some(known.new['name'])}.",
            cure="Add them to the codebook, or import with --new-codes add or --new-codes ignore.",
        )
    if len(known.new) and new_codes == "ignore":
        matched.why_none.update(dict.fromkeys(known.new["guid"], _IGNORED))
        matched.losses.add("codes", "New codes were not wanted.", known.new["name"])
        status |= dict.fromkeys(known.new["guid"], "not taken")
    wanted = book
    added: dict[str, str] = {}
    if len(known.new) and new_codes == "add":
        wanted, added = _grown(book, ours, nodes, known, matched.losses)
        status |= dict.fromkeys(known.new["guid"], "new")
    reworded = _reworded(wanted, changed, nodes) if replacing and len(changed) else wanted
    matched = _written(matched, target, book, wanted, reworded, added, status)
    if len(changed) and not replacing:
        matched.notes.append(
            f"{len(changed)} code(s) or theme(s) have another name or description in the file: "
            f"{_some(changed['told'])}. Ours stay; --replace takes the others over."
        )
    table = nodes.assign(
        code=nodes["guid"].map(matched.ids).fillna(""), status=nodes["guid"].map(status).fillna("")
    )
    return _with(matched, table=table[["code", "name", "status"]].reset_index(drop=True))


def _with(matched: CodesMatched, **changes: object) -> CodesMatched:
    return CodesMatched(**(vars(matched) | changes))


def _find(nodes: pd.DataFrame, book: Codebook, ours: pd.DataFrame) -> _Known:
    codes, themes = dict.fromkeys(book.code_ids), dict.fromkeys(theme.id for theme in book.themes)
    by_guid = {guid_of("node", id_): id_ for id_ in [*codes, *themes]}
    by_guid |= dict(zip(ours["guid"], ours["code"], strict=True))
    by_name: dict[tuple[bool, str], str] = {}
    for id_, name in book.names.items():
        by_name.setdefault((id_ in codes, _plain(name)), id_)
    own_themes = book.themes_that_are_codes()
    found: dict[str, str] = {}
    taken: set[str] = set()
    by: tuple[Mapping[str, str], ...] = (
        by_guid,
        {
            # Some programs call every node one that may be applied, themes too.
            guid: by_name.get((bool(codable), _plain(name)))
            or by_name.get((not codable, _plain(name)), "")
            for guid, codable, name in zip(
                nodes["guid"], nodes["codable"], nodes["name"], strict=True
            )
        },
        dict(zip(nodes["guid"], nodes["code"], strict=True)),
        {guid: _id_of(name, "") for guid, name in zip(nodes["guid"], nodes["name"], strict=True)},
    )
    for ids in by:
        for guid in nodes["guid"]:
            id_ = ids.get(guid, "")
            id_ = own_themes.get(id_, id_)
            if guid not in found and id_ not in taken and (id_ in codes or id_ in themes):
                found[guid] = id_
                taken.add(id_)
    return _Known(found, nodes[~nodes["guid"].isin(found)])


def _plain(name: str) -> str:
    return " ".join(folded(name).split())


def _changed(nodes: pd.DataFrame, ids: Mapping[str, str], ours: pd.DataFrame) -> pd.DataFrame:
    """Return the known nodes that have another name, or another description that says something."""
    own = nodes[nodes["guid"].isin(ids)].assign(code=lambda frame: frame["guid"].map(ids))
    both = own.merge(ours[["code", "name", "description"]], on="code", suffixes=("", "_ours"))
    tidy = both[["name", "name_ours", "description", "description_ours"]].map(
        lambda text: " ".join(unicodedata.normalize("NFC", text).split())
    )
    renamed = tidy["name"] != tidy["name_ours"]
    reworded = (tidy["description"] != tidy["description_ours"]) & (tidy["description"] != "")
    told = both["name_ours"].where(~renamed, both["name_ours"] + ": there " + both["name"])
    return both.assign(renamed=renamed, told=told)[renamed | reworded].reset_index(drop=True)


def _grown(
    book: Codebook, ours: pd.DataFrame, nodes: pd.DataFrame, known: _Known, losses: Losses
) -> tuple[Codebook, dict[str, str]]:
    """Return the codebook with the new codes in it, and their ids by GUID.

    Each stands where it stands there, as far as that is here: below the code or in the theme above it.
    """
    flat = pd.concat([ours[ours["code"].isin(book.code_ids)], known.new], ignore_index=True)
    made = nodes_to_codebook(flat.assign(parent="", codable=True), id=book.id)
    losses.add_all(made.losses)
    by_id = {code.id: code for code in made.codebook.all_codes}
    ids = dict(zip(made.nodes["guid"], made.nodes["code"], strict=True))
    taken = {*book.code_ids, *(theme.id for theme in book.themes)}
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    codable = dict(zip(nodes["guid"], nodes["codable"].astype(bool), strict=True))
    above = {parents[guid] for guid in known.new["guid"]}
    own_themes = {code: theme for theme, code in book.themes_that_are_codes().items()}
    place = dict(zip(book.code_ids, book.code_themes, strict=True))
    themes = {theme.id: list(theme.codes) for theme in book.themes}
    heads = {theme.id: theme for theme in book.themes}
    top = list(book.codes)
    added: dict[str, str] = {}
    homes: dict[str, tuple[str, str]] = {}  # theme and parent of what stands below a node
    for guid, id_ in known.ids.items():
        theme = place.get(id_, id_)
        homes[guid] = (theme, "" if id_ in heads or own_themes.get(id_) == theme else id_)
    for guid in known.new["guid"]:
        code = by_id[ids[guid]]
        id_ = free_id(code.id, taken)
        taken.add(id_)
        added[guid] = id_
        code = code.model_copy(update={"id": id_, "parent": ""})
        home = homes.get(parents[guid])
        if home is None and book.themes:
            head = id_ if not codable[guid] and guid in above else free_id(f"{id_}_theme", taken)
            taken.add(head)
            heads[head] = Theme.model_construct(
                id=head,
                name=code.name,
                definition=_one_line(code) if head == id_ else "",
                codes=[],
            )
            themes[head] = [] if head == id_ else [code]
            homes[guid] = (head, "")
            continue
        theme, parent = home or ("", "")
        code = code.model_copy(update={"parent": parent})
        (themes[theme] if theme else top).append(code)
        homes[guid] = (theme, id_)
    for head in [head for head, codes in themes.items() if not codes]:
        # A theme of nothing but themes, which a codebook cannot hold.
        del themes[head]
    grown = book.model_copy(
        update={
            "themes": [
                Theme(**(vars(heads[head]) | {"codes": codes})) for head, codes in themes.items()
            ],
            "codes": top,
        }
    )
    return grown, added


def _one_line(code: Code) -> str:
    return " ".join(text for _, text in code.parts()[1:])


def _reworded(book: Codebook, changed: pd.DataFrame, nodes: pd.DataFrame) -> Codebook:
    """Return the codebook with names and descriptions as they are in the file."""
    rows = nodes.set_index("guid").loc[changed["guid"]].reset_index()
    rows = rows.assign(code=changed["code"].to_numpy(), parent="", codable=True)
    made = nodes_to_codebook(conform(rows, NODES), id=book.id).codebook
    news = {code.id: code for code in made.all_codes}
    says = dict(zip(rows["code"], rows["description"] != "", strict=True))
    known = set(book.code_ids)

    def of(code: Code) -> Code:
        new = news.get(code.id)
        if new is None:
            return code
        update: dict[str, object] = {"name": new.name}
        if says[code.id]:
            update = vars(new) | {"id": code.id, "parent": code.parent, "color": code.color}
            update["when_not_to_use"] = [
                each
                if each.use is None or each.use in known
                else each.model_copy(update={"use": None})
                for each in new.when_not_to_use
            ]
        return code.model_copy(update=update)

    themes = []
    for theme in book.themes:
        new = news.get(theme.id)
        update: dict[str, object] = {"codes": [of(code) for code in theme.codes]}
        if new is not None:
            update |= {"name": new.name}
            update |= {"definition": _one_line(new)} if says[theme.id] else {}
        themes.append(theme.model_copy(update=update))
    return book.model_copy(update={"themes": themes, "codes": [of(code) for code in book.codes]})


def _written(
    matched: CodesMatched,
    target: Target,
    book: Codebook,
    wanted: Codebook,
    reworded: Codebook,
    added: Mapping[str, str],
    status: dict[str, str],
) -> CodesMatched:
    """Return the same with what is to be written, and with the new codes if that can be."""
    codes = set(wanted.code_ids)
    grown = {
        "codes": matched.codes | {guid: id_ for guid, id_ in added.items() if id_ in codes},
        "ids": matched.ids | dict(added),
        "why_none": matched.why_none
        | {guid: _THEME for guid, id_ in added.items() if id_ not in codes},
    }
    if reworded is not wanted:
        content = codebook_content(reworded)
        return _with(matched, **grown, codebook=reworded, content=content, keeps_before=True)
    if wanted is book:
        return matched
    content_or_none = with_codes(target.project.codebook, wanted)
    if content_or_none is not None:
        return _with(matched, **grown, codebook=wanted, content=content_or_none)
    status.update(dict.fromkeys(added, "not taken"))
    matched.why_none.update(dict.fromkeys(added, _HELD_BACK))
    matched.losses.add("codes", _HELD_BACK, added.values())
    return _with(matched, beside=codebook_content(wanted))


def _some(names: pd.Series, shown: int = 5) -> str:
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return "; ".join(names.iloc[:shown]) + more


def _id_of(name: str, default: str = "imported") -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:60].rstrip("_") or default
