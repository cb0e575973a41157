"""Matches nodes of another program's project with codes and themes of the codebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.codebook import id_from_name
from fourp_nlp.study.importing.codes._project_codes import comparable_name, described_ids, paths_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    import pandas as pd

    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes

__all__ = ["MatchedNodes", "match_nodes"]


class MatchedNodes(NamedTuple):
    """The matched nodes.

    Attributes
    ----------
    ids : dict of str to str
        The id of each node that is a code or theme here, by its GUID.
    folders : dict of str to str
        The GUID here of each node that is a folder that was kept, by its GUID in the file.
    guessed : list of str
        Names of several nodes and several codes, matched by their order only.
    """

    ids: dict[str, str]
    folders: dict[str, str]
    guessed: list[str]


def match_nodes(nodes: pd.DataFrame, ours: ProjectCodes, applied: Collection[str]) -> MatchedNodes:
    """Find the code or theme of each node.

    The keys, from the strongest to the weakest: the exported or imported GUID; the id in its description,
    which stays when it is renamed or moved; its path of names; its parent and name; its name alone; its name
    as an id. All nodes are matched by one key before the next, so that no node takes by a weak key a code
    that another node matches by a stronger one. If several nodes have one id in their descriptions, as copies
    do, the one with our name is ours.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES, without doubles.
    ours : ProjectCodes
        The codes here.
    applied : collection of str
        GUIDs of nodes that text is coded with.

    Returns
    -------
    MatchedNodes
        What was found.
    """
    finder = _Finder(nodes, ours)
    for identities in ours.identities:
        finder.take({guid: identities.get(guid) for guid in finder.guids})
    finder.take_described(described_ids(nodes))
    numbers: dict[tuple[int, str], int] = {}
    our_paths = paths_of(ours.nodes, numbers)
    paths = paths_of(nodes, numbers)
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    our_id = dict(zip(ours.nodes["guid"], ours.nodes["code"], strict=True))
    above = dict(zip(ours.nodes["code"], ours.nodes["parent"], strict=True))
    our_name = dict(zip(ours.nodes["guid"], ours.nodes["name"], strict=True))
    parts = set(nodes["parent"])

    def below(guid: str) -> Hashable:
        up = parents[guid]
        return (
            (comparable_name(finder.name.get(up, "")), comparable_name(finder.name[guid]))
            if up
            else None
        )

    def all_names(id_: str) -> Iterable[str]:
        return dict.fromkeys(comparable_name(name) for name in ours.names[id_])

    def codebook_places(id_: str) -> Iterable[Hashable]:
        up = above.get(id_, "")
        return (
            [(comparable_name(our_name.get(up, "")), name) for name in all_names(id_)] if up else []
        )

    path_of_id = {our_id[guid]: path for guid, path in our_paths.items()}
    keys: list[tuple[Callable[[str], Hashable], Callable[[str], Iterable[Hashable]]]] = [
        (paths.get, lambda id_: [path_of_id[id_]] if id_ in path_of_id else []),
        (below, codebook_places),
        (
            lambda guid: comparable_name(finder.name[guid]),
            lambda id_: [comparable_name(ours.items[id_].name)],
        ),
        (lambda guid: comparable_name(finder.name[guid]), all_names),
        (lambda guid: finder.name[guid], lambda id_: [id_]),
        (lambda guid: id_from_name(finder.name[guid]), lambda id_: [id_]),
    ]
    for key, our_keys in keys:
        finder.take_same(key, our_keys, alike=True)
    # Some programs call every node one that may be applied, themes too. What text is coded with and holds
    # nothing is a code, whatever theme has its name.
    leaves = {guid for guid in applied if guid not in parts}
    for key, our_keys in keys:
        finder.take_same(key, our_keys, alike=False, but=leaves)
    folders = {
        guid: guid for guid in finder.guids if guid in ours.folders and guid not in finder.found
    }
    by_path = {path: guid for guid, path in our_paths.items() if guid in ours.folders}
    for guid, codable in zip(nodes["guid"], nodes["codable"], strict=True):
        known = by_path.get(paths[guid], "")
        free = guid not in finder.found and guid not in folders
        if known and not codable and free and known not in folders.values():
            folders[guid] = known
    return MatchedNodes(finder.found, folders, finder.guessed)


class _Finder:
    """Gives ids to nodes, each once."""

    def __init__(self, nodes: pd.DataFrame, ours: ProjectCodes) -> None:
        self.guids = list(dict.fromkeys(nodes["guid"]))
        self.name = dict(zip(nodes["guid"], nodes["name"], strict=True))
        self.codable = dict(zip(nodes["guid"], nodes["codable"].astype(bool), strict=True))
        self.ours = ours
        self.codes = ours.codes
        self.found: dict[str, str] = {}
        self.taken: set[str] = set()
        self.guessed: list[str] = []

    def take(self, ids: Mapping[str, str | None]) -> None:
        for guid, id_ in ids.items():
            if id_ in self.ours.items and guid not in self.found and id_ not in self.taken:
                self.found[guid] = id_
                self.taken.add(id_)

    def take_described(self, described: Mapping[str, str]) -> None:
        """Use the ids in descriptions; of several nodes with one id, the node with our name."""
        ids = {guid: self.ours.one(id_) for guid, id_ in described.items() if id_}

        def unlike(guid: str) -> tuple[bool, bool]:
            names = self.ours.names.get(ids[guid], ())
            return (
                comparable_name(self.name[guid]) not in {comparable_name(name) for name in names},
                self.codable[guid] != (ids[guid] in self.codes),
            )

        self.take({guid: ids[guid] for guid in sorted(ids, key=unlike)})

    def take_same(
        self,
        key: Callable[[str], Hashable],
        our_keys: Callable[[str], Iterable[Hashable]],
        *,
        alike: bool,
        but: Collection[str] = (),
    ) -> None:
        """Match nodes by a key, within one kind (codes, themes) or across kinds."""
        free: dict[tuple[bool, Hashable], list[str]] = {}
        for id_ in self.ours.items:
            if id_ not in self.taken:
                for key_value in our_keys(id_):
                    free.setdefault((id_ in self.codes, key_value), []).append(id_)
        asking: dict[tuple[bool, Hashable], list[str]] = {}
        for guid in self.guids:
            if guid in self.found or guid in but or (key_value := key(guid)) in (None, ""):
                continue
            asking.setdefault((self.codable[guid] == alike, key_value), []).append(guid)
        for which, guids in asking.items():
            ids = [id_ for id_ in free.get(which, []) if id_ not in self.taken]
            if len(ids) > 1 or (ids and len(guids) > 1):
                self.guessed.append(self.name[guids[0]])
            self.take(dict(zip(guids, ids, strict=False)))
