"""Extends a codebook by new codes and themes, and by changes from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from fourp_nlp.codebook import Code, Codebook, Theme, free_id, id_from_name
from fourp_nlp.control_characters import printable
from fourp_nlp.exchange import NODES, nodes_to_codebook
from fourp_nlp.exchange.code_definition import read_definition, theme_definition
from fourp_nlp.exchange.code_tree_reader import name_in_one
from fourp_nlp.study.importing.codes._changes import changed_items, find_changes
from fourp_nlp.study.importing.codes._messages import some
from fourp_nlp.study.importing.codes._positions import (
    TOP,
    Place,
    arrange_codes,
    codebook_places,
    file_places,
)
from fourp_nlp.tables import conform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.codes._changes import Change
    from fourp_nlp.study.importing.codes._matching import MatchedNodes
    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes

__all__ = ["CodebookExtension", "new_codes_of"]


def new_codes_of(new: pd.DataFrame, ours: ProjectCodes, losses: Losses) -> dict[str, Code]:
    """Return new codes by GUID, with names and ids that no code or theme has."""
    if new.empty:
        return {}
    book = ours.codebook
    our_nodes = pd.DataFrame(
        [(f"ours: {code.id}", "", code.id, code.name, "", "", True) for code in book.all_codes],
        columns=NODES.names,
    )
    flat = pd.concat([our_nodes, new.assign(parent="", codable=True)], ignore_index=True)
    with_codebook = nodes_to_codebook(conform(flat, NODES), id=book.id)
    losses.add_all(with_codebook.losses)
    by_id = {code.id: code for code in with_codebook.codebook.all_codes}
    ids = dict(zip(with_codebook.nodes["guid"], with_codebook.nodes["code"], strict=True))
    taken_ids = {*book.code_ids, *(theme.id for theme in book.themes)}
    codes = {}
    for guid in new["guid"]:
        code = by_id[ids[guid]]
        id_ = free_id(code.id, taken_ids)
        taken_ids.add(id_)
        codes[guid] = code.model_copy(update={"id": id_, "parent": ""})
    return codes


class CodebookExtension:
    """The positions of codes in the new codebook, and the themes that they need."""

    def __init__(
        self,
        rows: pd.DataFrame,
        ours: ProjectCodes,
        known: MatchedNodes,
        new: dict[str, Code],
        *,
        replacing: bool,
    ) -> None:
        self.rows, self.ours, self.known, self.new = rows, ours, known, new
        codes = {guid: id_ for guid, id_ in known.ids.items() if id_ in ours.codes}
        themes = {guid: id_ for guid, id_ in known.ids.items() if id_ not in ours.codes}
        places_in_file = file_places(
            rows, codes | {guid: code.id for guid, code in new.items()}, themes
        )
        if not ours.codebook.themes:
            # Without themes, a folder says nothing of its codes.
            places_in_file = {
                guid: place if place.kind == "code" else TOP
                for guid, place in places_in_file.items()
            }
        self.here = codebook_places(ours)
        # A list does not say what stands where.
        self.tells_places = bool((rows["parent"] != "").any())
        self.moved = {
            guid: places_in_file[guid]
            for guid, id_ in codes.items()
            if self.tells_places and places_in_file[guid] != self.here[id_]
        }
        self.places = self.here | {code.id: places_in_file[guid] for guid, code in new.items()}
        if replacing:
            self.places |= {codes[guid]: place for guid, place in self.moved.items()}
        self.themes = {id_: item for id_, item in ours.items.items() if isinstance(item, Theme)}
        self.new_themes: dict[str, str] = {}
        self._make_themes()

    def _make_themes(self) -> None:
        """Make themes from folders with new or moved codes."""
        rows = self.rows.set_index("guid")
        book = self.ours.codebook
        taken_ids = {*book.code_ids, *(theme.id for theme in book.themes)}
        taken_ids |= {code.id for code in self.new.values()}
        for place in dict.fromkeys(self.places.values()):
            if place.kind != "folder":
                continue
            definition = read_definition(printable(str(rows.at[place.key, "description"])))  # noqa: PD008
            name = str(rows.at[place.key, "name"])  # noqa: PD008
            id_ = definition.id or id_from_name(name) or "theme"
            id_ = free_id(f"{id_}_theme" if id_ in taken_ids else id_, taken_ids)
            if id_.removesuffix("_theme") in self._all_codes():
                # It could be taken for one with that code.
                id_ = free_id(f"{id_}_2", taken_ids)
            taken_ids.add(id_)
            self.new_themes[place.key] = id_
            self.themes[id_] = Theme.model_construct(
                id=id_,
                name=name_in_one(name) or id_,
                definition=theme_definition(definition.parts),
                codes=[],
            )
        self.places = {
            id_: Place("theme", self.new_themes[place.key]) if place.kind == "folder" else place
            for id_, place in self.places.items()
        }

    def changes(self) -> dict[str, Change]:
        names = dict(zip(self.rows["guid"], self.rows["name"], strict=True))
        names |= {id_: item.name for id_, item in self.ours.items.items()}
        names |= {code.id: code.name for code in self.new.values()}
        return find_changes(
            self.rows, self.known.ids, self.ours, self.moved, names, self._all_codes().keys()
        )

    def _all_codes(self) -> dict[str, Code]:
        codes = {code.id: code for code in self.ours.codebook.all_codes}
        return codes | {code.id: code for code in self.new.values()}

    def codebook(self, changes: Mapping[str, Change], losses: Losses) -> Codebook:
        """Return the codebook after the import."""
        if not self.new and not changes:
            return self.ours.codebook
        codes, themes = changed_items(
            list(changes.values()), self._all_codes(), self.themes, losses
        )
        return arrange_codes(
            self.ours.codebook, codes, self.places, themes, self.ours.themes_of_codes
        )

    def emptied(self, extended: Codebook) -> list[str]:
        remaining = {theme.id for theme in extended.themes}
        names = [
            theme.name
            for id_, theme in self.themes.items()
            if id_ not in remaining and id_ not in self.new_themes.values()
        ]
        if not names:
            return []
        return [
            f"{len(names)} theme(s) have no codes left, and are no longer in the codebook: {some(names)}."
        ]

    def holding_known(self) -> set[str]:
        """Return the GUIDs of nodes above any node that is here."""
        parents = dict(zip(self.rows["guid"], self.rows["parent"], strict=True))
        above_known: set[str] = set()
        for guid in self.known.ids:
            at = parents.get(guid, "")
            while at and at not in above_known:
                above_known.add(at)
                at = parents.get(at, "")
        return above_known
