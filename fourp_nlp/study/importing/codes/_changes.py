"""Finds changed names, descriptions, colours and places of codes and themes in a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fourp_nlp.codebook import Code, Exclusion, Theme
from fourp_nlp.control_characters import printable
from fourp_nlp.exchange.code_definition import read_definition, theme_definition
from fourp_nlp.exchange.code_tree_reader import name_in_one
from fourp_nlp.exchange.code_tree_writer import meaning_of_item, meaning_of_parts
from fourp_nlp.study.importing.codes._project_codes import comparable_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from fourp_nlp.exchange import Losses
    from fourp_nlp.study.importing.codes._positions import Place
    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes

__all__ = ["Change", "changed_items", "find_changes"]


@dataclass
class Change:
    """The differences of one code or theme in a file.

    Attributes
    ----------
    id : str
        Which.
    name, color : str
        A different name or colour; empty if there is none.
    parts : dict or None
        A different definition, as `read_definition` returns its parts.
    place : Place or None
        Another place.
    told : list of str
        The differences in words.
    """

    id: str
    name: str = ""
    color: str = ""
    parts: dict[str, Any] | None = None
    place: Place | None = None
    told: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The changes made in the file."""
        done = {
            "renamed": bool(self.name),
            "reworded": self.parts is not None,
            "recoloured": bool(self.color),
            "moved": self.place is not None,
        }
        return " and ".join(name for name, is_so in done.items() if is_so) or "known"


def find_changes(
    nodes: pd.DataFrame,
    ids: Mapping[str, str],
    ours: ProjectCodes,
    moved: Mapping[str, Place],
    names: Mapping[str, str],
    known: Collection[str],
) -> dict[str, Change]:
    """Return the differences of codes and themes in a file.

    Empty names, descriptions and colours are ignored, and so is the colour of a code that has none here.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    ids : mapping of str to str
        Ids of codes and themes here by GUID.
    ours : ProjectCodes
        The codes here.
    moved : mapping of str to Place
        Positions in the file of codes with another position here, by GUID.
    names : mapping of str to str
        Names of codes, themes and folders by id or GUID, for the telling.
    known : collection of str
        Ids of all codes that there will be.

    Returns
    -------
    dict of str to Change
        By GUID, for codes and themes with any difference.
    """
    described = dict(zip(ours.nodes["code"], ours.nodes["description"], strict=True))
    changes: dict[str, Change] = {}
    for guid, name, description, color in zip(
        nodes["guid"], nodes["name"], nodes["description"], nodes["color"], strict=True
    ):
        id_ = ids.get(guid)
        if id_ is None:
            continue
        item = ours.items[id_]
        change = Change(id_)
        file_name = comparable_text(name)
        if file_name and file_name not in {
            id_,
            *(comparable_text(our_name) for our_name in ours.names[id_]),
        }:
            change.name = name_in_one(name)
            change.told += [f"is called {change.name} there"] if change.name else []
        if description.strip() and comparable_text(description) != comparable_text(
            described.get(id_, "")
        ):
            parts, _ = _mended(read_definition(printable(description)).parts, id_, known)
            theme = isinstance(item, Theme)
            if meaning_of_parts(parts, theme=theme) != meaning_of_item(item):
                change.parts = read_definition(printable(description)).parts
                change.told.append("is described otherwise")
        if isinstance(item, Code) and item.color and color and color.upper() != item.color:
            change.color = color.upper()
            change.told.append(f"has the colour {change.color} there and {item.color} here")
        if guid in moved:
            change.place = moved[guid]
            change.told.append(
                f"is below {names.get(change.place.key, change.place.key)} there"
                if change.place.kind
                else "is at the top level there"
            )
        if change.status != "known":
            changes[guid] = change
    return changes


def changed_items(
    changes: Collection[Change],
    codes: Mapping[str, Code],
    themes: Mapping[str, Theme],
    losses: Losses,
) -> tuple[dict[str, Code], dict[str, Theme]]:
    """Return codes and themes as a file has them.

    Parameters
    ----------
    changes : collection of Change
        The differences.
    codes, themes : mapping of str to Code or Theme
        The codes and themes, by id.
    losses : Losses
        Names that another code has, and ids that are none are added here.

    Returns
    -------
    codes, themes : dict of str to Code or Theme
        The same, changed.
    """
    codes, themes = dict(codes), dict(themes)
    unknown: list[str] = []
    for change in changes:
        if change.id in themes:
            theme = themes[change.id]
            parts = {"name": change.name or theme.name}
            if change.parts is not None:
                parts["definition"] = theme_definition(change.parts)
            themes[change.id] = Theme.model_construct(**(vars(theme) | parts))
            continue
        code = codes[change.id]
        fields: dict[str, Any] = {"color": change.color or code.color}
        if change.parts is not None:
            empty = {"short_definition": "", "full_definition": "", "when_to_use": ""}
            mended, lost = _mended(change.parts, code.id, codes)
            fields |= empty | mended
            unknown += [f"{code.name}: {use}" for use in lost]
        codes[change.id] = Code(**(vars(code) | fields))
    losses.add(
        "codes that are used in the place of others",
        "There is no such code; its id is kept in the text.",
        unknown,
    )
    _rename({change.id: change.name for change in changes if change.name}, codes, losses)
    return codes, themes


def _rename(names: Mapping[str, str], codes: dict[str, Code], losses: Losses) -> None:
    """Rename codes in place, each unlike all others."""
    new_names = {id_: name for id_, name in names.items() if id_ in codes}
    taken_names = {code.name.casefold() for id_, code in codes.items() if id_ not in new_names}
    numbered = []
    for id_, name in new_names.items():
        chosen, number = name, 1
        while chosen.casefold() in taken_names:
            number += 1
            chosen = f"{name} {number}"
        taken_names.add(chosen.casefold())
        codes[id_] = codes[id_].model_copy(update={"name": chosen})
        numbered += [f"{name}: now {chosen}"] if chosen != name else []
    losses.add(
        "names of codes", "Another code has the same name; a number was put behind it.", numbered
    )


def _mended(
    parts: dict[str, Any], own_id: str, known: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """Return parts without references to codes that are not there, or to the code itself."""
    lost, exclusions = [], []
    for exclusion in parts.get("when_not_to_use", []):
        if exclusion.use is not None and (exclusion.use not in known or exclusion.use == own_id):
            lost.append(exclusion.use)
            exclusions.append(Exclusion(when=f"{exclusion.when} ({exclusion.use})"))
        else:
            exclusions.append(exclusion)
    return parts | {"when_not_to_use": exclusions}, lost
