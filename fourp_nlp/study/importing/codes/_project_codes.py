"""Lists the GUIDs, ids, places and names by which a file may refer to a project's codes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fourp_nlp.control_characters import printable
from fourp_nlp.exchange import codebook_to_nodes, guid_of
from fourp_nlp.exchange.code_definition import read_definition
from fourp_nlp.exchange.code_tree_writer import one_node_themes
from fourp_nlp.exchange.refi.writing.codes import distinct_code_names
from fourp_nlp.study.importing.documents.file_names import folded_name

if TYPE_CHECKING:
    import pandas as pd

    from fourp_nlp.codebook import Code, Codebook, Theme

__all__ = [
    "ProjectCodes",
    "comparable_name",
    "comparable_text",
    "described_ids",
    "paths_of",
    "project_codes",
]


def comparable_name(name: str) -> str:
    """Return a name for comparison: in lower case, without double spaces."""
    return " ".join(folded_name(name).split())


def comparable_text(text: str) -> str:
    """Return a text for comparison: without double spaces and line ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@dataclass(frozen=True)
class ProjectCodes:
    """The codes and themes of a project.

    Attributes
    ----------
    codebook : Codebook
        The codebook.
    nodes : pandas.DataFrame
        The table NODES that is exported.
    items : dict of str to Code or Theme
        Every code, and every theme that is not also a code, by its id.
    themes_of_codes : dict of str to str
        The code with which a theme is one node, by the theme's id.
    identities : tuple of dict of str to str
        Ids by GUID: exported GUIDs, further imported ones, and those that we would make.
    names : dict of str to tuple of str
        The names of each: imported, in the codebook, and exported if another has that name.
    folders : dict of str to str
        Names of folders that are not in the codebook, by GUID.
    """

    codebook: Codebook
    nodes: pd.DataFrame
    items: dict[str, Code | Theme]
    themes_of_codes: dict[str, str]
    identities: tuple[dict[str, str], ...]
    names: dict[str, tuple[str, ...]]
    folders: dict[str, str]

    @property
    def codes(self) -> set[str]:
        """The ids of codes."""
        return set(self.codebook.code_ids)

    def one(self, id_: str) -> str:
        """Return the id of the code that a theme shares a node with; otherwise the same id."""
        return self.themes_of_codes.get(id_, id_)

    def own_name(self, id_: str, name: str) -> str:
        """Return the name to keep: the earlier imported name, if it is one of the code's names."""
        names = self.names.get(id_, ())
        return (
            names[0]
            if names and comparable_text(name) in {id_, *map(comparable_text, names)}
            else name
        )

    def with_codes_below(self) -> set[str]:
        """Return the ids of codes that have codes below them."""
        above = {code.parent for code in self.codebook.all_codes if code.parent}
        for theme in self.codebook.themes:
            if theme.id in self.themes_of_codes and len(theme.codes) > 1:
                above.add(theme.codes[0].id)
        return above


def project_codes(codebook: Codebook, kept_nodes: pd.DataFrame) -> ProjectCodes:
    """Return the codes and themes of a project.

    Parameters
    ----------
    codebook : Codebook
        Its codebook.
    kept_nodes : pandas.DataFrame
        The imported table NODES.

    Returns
    -------
    ProjectCodes
        Its codes and themes.
    """
    nodes = codebook_to_nodes(codebook, kept_nodes)
    code_of_theme = one_node_themes(codebook, kept_nodes)
    items: dict[str, Code | Theme] = {
        theme.id: theme for theme in codebook.themes if theme.id not in code_of_theme
    }
    items |= {code.id: code for code in codebook.all_codes}
    sent = nodes[nodes["code"] != ""]
    imported_nodes = kept_nodes[kept_nodes["code"] != ""]
    ids = [*items, *code_of_theme]
    identities: tuple[dict[str, str], ...] = (
        dict(zip(sent["guid"], sent["code"], strict=True)),
        {
            guid: code_of_theme.get(id_, id_)
            for guid, id_ in zip(imported_nodes["guid"], imported_nodes["code"], strict=True)
            if code_of_theme.get(id_, id_) in items
        },
        {guid_of("node", id_): code_of_theme.get(id_, id_) for id_ in ids},
    )
    distinct_names = distinct_code_names(nodes)
    names = {
        id_: tuple(dict.fromkeys((name, items[id_].name, distinct_names[guid])))
        for guid, id_, name in zip(sent["guid"], sent["code"], sent["name"], strict=True)
    }
    folders = nodes[nodes["code"] == ""]
    return ProjectCodes(
        codebook,
        nodes,
        items,
        code_of_theme,
        identities,
        names,
        dict(zip(folders["guid"], folders["name"], strict=True)),
    )


def described_ids(nodes: pd.DataFrame) -> dict[str, str]:
    """Return the id of each node, or that in its description, by GUID; empty without one.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.

    Returns
    -------
    dict of str to str
        Ids by GUID.
    """
    return {
        guid: code or read_definition(printable(description)).id
        for guid, code, description in zip(
            nodes["guid"], nodes["code"], nodes["description"], strict=True
        )
    }


def paths_of(nodes: pd.DataFrame, known: dict[tuple[int, str], int]) -> dict[str, int]:
    """Return the path of names from the top level to each node, by GUID.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    known : dict of (int, str) to int
        Numbers of known paths, by the parent's number and the name; further ones are added. Paths of several
        tables can be compared if they share it.

    Returns
    -------
    dict of str to int
        The number of each path.
    """
    called = dict(zip(nodes["guid"], nodes["name"], strict=True))
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    paths: dict[str, int] = {}
    for guid in parents:
        passed: dict[str, None] = {}
        at = guid
        while at in parents and at not in paths and at not in passed:
            passed[at] = None
            at = parents[at]
        path = paths.get(at, 0)
        for node in reversed(passed):
            path = known.setdefault((path, comparable_name(called[node])), len(known) + 1)
            paths[node] = path
    return paths
