"""Finds places of codes in a file and in the codebook, and moves codes to new places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fourp_nlp.codebook import Code, Codebook, Theme, free_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from fourp_nlp.study.importing.codes._project_codes import ProjectCodes

__all__ = ["TOP", "Place", "arrange_codes", "codebook_places", "file_places"]


class Place(NamedTuple):
    """The parent of a code.

    Attributes
    ----------
    kind : str
        code, theme, or folder that is not a theme yet; empty at the top level.
    key : str
        Id of the code or theme; GUID of the folder.
    """

    kind: str
    key: str


TOP = Place("", "")


def codebook_places(ours: ProjectCodes) -> dict[str, Place]:
    """Return the position of each code in the codebook.

    Parameters
    ----------
    ours : ProjectCodes
        The codes here.

    Returns
    -------
    dict of str to Place
        By the id of the code.
    """
    places: dict[str, Place] = {}
    book = ours.codebook
    for code, theme in zip(book.all_codes, book.code_themes, strict=True):
        code_of_theme = ours.themes_of_codes.get(theme)
        if code.parent:
            places[code.id] = Place("code", code.parent)
        elif code_of_theme:
            places[code.id] = TOP if code_of_theme == code.id else Place("code", code_of_theme)
        else:
            places[code.id] = Place("theme", theme) if theme else TOP
    return places


def file_places(
    nodes: pd.DataFrame, codes: Mapping[str, str], themes: Mapping[str, str]
) -> dict[str, Place]:
    """Return the position of each code in a file.

    A code below another code has that code as parent, also with folders between. Any other code is in the
    folder directly above it. Our themes are themes at any position.

    Parameters
    ----------
    nodes : pandas.DataFrame
        The table NODES.
    codes, themes : mapping of str to str
        Ids of nodes that are codes or themes, by GUID. Other nodes that may be applied are not there.

    Returns
    -------
    dict of str to Place
        By GUID, of codes.
    """
    parents = dict(zip(nodes["guid"], nodes["parent"], strict=True))
    codable = dict(zip(nodes["guid"], nodes["codable"].astype(bool), strict=True))
    # The nearest code or theme above each, and the nearest that is here.
    above: dict[str, Place] = {"": TOP}
    right_above: dict[str, Place] = {"": TOP}

    def own(guid: str) -> Place | None:
        if guid in codes:
            return Place("code", codes[guid])
        return Place("theme", themes[guid]) if guid in themes else None

    for start in parents:
        path: dict[str, None] = {}
        at = start
        while at and at in parents and at not in above and at not in path:
            path[at] = None
            at = parents[at]
        if at not in above:
            above[at] = right_above[at] = TOP
        for node in reversed(path):
            up = parents[node]
            up = up if up in above else ""
            place = own(up)
            left_out = place is None and up != "" and codable.get(up, False)
            above[node] = place or above[up]
            right_above[node] = place or (
                right_above[up] if left_out or not up else Place("folder", up)
            )
    return {
        guid: above[guid] if above[guid].kind == "code" else right_above[guid]
        for guid in parents
        if guid in codes
    }


def arrange_codes(
    book: Codebook,
    codes: Mapping[str, Code],
    places: Mapping[str, Place],
    themes: Mapping[str, Theme],
    themes_of_codes: Mapping[str, str],
) -> Codebook:
    """Return a codebook with its codes in the given places.

    Codes that do not move keep their order; codes that are new in a theme, or below a code, are added at its
    end.

    Parameters
    ----------
    book : Codebook
        The codebook as it was.
    codes : mapping of str to Code
        All of its codes by id, new ones last.
    places : mapping of str to Place
        The position of each: below a code, in a theme, or at the top level.
    themes : mapping of str to Theme
        Its themes by id, new ones last, but for those that are one with a code. Their lists of codes are
        ignored; a theme without codes is left out.
    themes_of_codes : mapping of str to str
        The codes that themes are one with, by the themes' ids.

    Returns
    -------
    Codebook
        The codebook.
    """
    root: dict[str, str] = {}
    for code_id in codes:
        path = [code_id]
        while path[-1] not in root and places[path[-1]].kind == "code":
            path.append(places[path[-1]].key)
        top = root.get(path[-1], path[-1])
        root.update(dict.fromkeys(path, top))
    if not any(place.kind == "theme" for place in places.values()) and (
        not book.themes or all(place == TOP for place in places.values())
    ):
        flat = {id_: _below(code, places[id_], "") for id_, code in codes.items()}
        return book.model_copy(
            update={"themes": [], "codes": _parents_first([c.id for c in book.codes], flat)}
        )
    limits = {theme.id: theme.applies_to for theme in book.themes}
    theme_of_code = {code: theme for theme, code in themes_of_codes.items()}
    taken_ids = {*codes, *themes, *theme_of_code.values(), *(theme.id for theme in book.themes)}
    heads: dict[str, tuple[str, str, str]] = {}  # id, name and definition by the theme's id
    before: dict[str, list[str]] = {theme.id: [c.id for c in theme.codes] for theme in book.themes}
    for theme in book.themes:
        if theme.id in themes:
            heads[theme.id] = (theme.id, themes[theme.id].name, themes[theme.id].definition)
        elif (first := themes_of_codes.get(theme.id, "")) in codes and places[first] == TOP:
            heads[theme.id] = (theme.id, codes[first].name, "")
    codes_of_theme: dict[str, dict[str, Code]] = {}
    for id_, code in codes.items():
        top = root[id_]
        if places[top].kind == "theme":
            home, alone = places[top].key, ""
            new = themes[home]
            heads.setdefault(home, (home, new.name, new.definition))
        else:
            if top not in theme_of_code or theme_of_code[top] not in heads:
                theme_of_code[top] = theme_of_code.get(top) or free_id(f"{top}_theme", taken_ids)
                taken_ids.add(theme_of_code[top])
                heads[theme_of_code[top]] = (theme_of_code[top], codes[top].name, "")
            home, alone = theme_of_code[top], top
        codes_of_theme.setdefault(home, {})[id_] = _below(code, places[id_], alone)
    themes_ = []
    for id_, name, definition in heads.values():
        if id_ not in codes_of_theme:
            continue
        head = [id__ for id__ in codes_of_theme[id_] if theme_of_code.get(id__) == id_]
        order = [*head, *(id__ for id__ in before.get(id_, []) if id__ not in head)]
        themes_.append(
            Theme(
                id=id_,
                name=name,
                definition=definition,
                applies_to=limits.get(id_),
                codes=_parents_first(order, codes_of_theme[id_]),
            )
        )
    return book.model_copy(update={"themes": themes_, "codes": []})


def _below(code: Code, place: Place, alone: str) -> Code:
    """Return a code with its parent; a code directly below its theme has none."""
    parent = place.key if place.kind == "code" and place.key != alone else ""
    return code.model_copy(update={"parent": parent})


def _parents_first(before: Iterable[str], codes: Mapping[str, Code]) -> list[Code]:
    """Return codes in the order in which they were, then the others; each behind its parent."""
    order = list(dict.fromkeys([*(id_ for id_ in before if id_ in codes), *codes]))
    ordered: dict[str, Code] = {}
    waiting: dict[str, list[str]] = {}
    for id_ in order:
        parent = codes[id_].parent
        if parent and parent not in ordered:
            waiting.setdefault(parent, []).append(id_)
            continue
        ready = [id_]
        while ready:
            at = ready.pop()
            ordered[at] = codes[at]
            ready += reversed(waiting.pop(at, []))
    return list(ordered.values())
